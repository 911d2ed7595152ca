//! From a promotion to a changed answer: the enforcement point follows a channel in a repository, in a folder, at an address; what
//! is not to be believed changes nothing, and what was in force outlives its source.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use evidence::ed25519::{SecretKey, Signer as _};
use release::{Modes, Release, Role, Roles, Roots, Sealing, seal};
use serde_json::{Value, json};

use crate::{
    pdp::{Running, running},
    place::{ENTITIES, POLICIES, Place, Ran, SCHEMA},
};

/// The same with guests left out of what is public.
const STRICTER: &str = "when { resource.public && !principal.guest };";

/// What git prints.
pub fn git(place: &Place, arguments: &[&str]) -> String {
    let done = Command::new("git")
        .args(arguments)
        .current_dir(place.path("w"))
        .env("HOME", place.path("home"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GIT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {said}");
    String::from_utf8(done.stdout).unwrap()
}

pub fn commit(place: &Place) {
    git(place, &["add", "--all"]);
    git(place, &["commit", "--quiet", "--message", "change"]);
}

/// The policies with guests left out of what is public.
pub fn guests() -> String {
    POLICIES.replacen("when { resource.public };", STRICTER, 1)
}

/// Commits other policies.
pub fn change(place: &Place, policies: &str) {
    place.write("w/policies.cedar", policies);
    commit(place);
}

/// A workspace of Rego that ships 1.0.0 in `stable`.
pub fn shipping_rego() -> Place {
    let place = Place::new();
    fs::remove_dir_all(place.path("w")).unwrap();
    let rego = "package authz\n\ndefault allow := false\n\nallow if data.levels[input.user] > 1\n";
    place.write("w/authz.rego", rego);
    place.write("w/levels/data.json", "{\"ann\":2}");
    begin(&place, "[rego]\nentrypoint = \"authz/allow\"\n");
    place
}

/// A workspace that ships 1.0.0 in `stable`, and the root that it is believed by.
pub fn shipping(rules: &str) -> Place {
    let place = Place::new();
    begin(&place, rules);
    let root = place.run(&["channel", "root", "stable", "--dir", "w"]);
    assert!(root.err.contains("root 1, sha256:"), "{}", root.err);
    place.write("root.json", root.fine());
    place
}

fn begin(place: &Place, rules: &str) {
    place.write("w/workspace.toml", format!("tenant = \"acme\"\n{rules}"));
    place.write("w/.gitignore", ".fabric/\n");
    git(place, &["init", "--quiet", "--initial-branch=main", "."]);
    git(place, &["config", "user.name", "Ivo"]);
    git(place, &["config", "user.email", "ivo@acme.example"]);
    commit(place);
    place.begin_ledger("release");
    promote(place, "1.0.0", &[]).fine();
}

/// A command that moves `stable`.
pub fn moved(place: &Place, arguments: &[&str]) -> Ran {
    let whose = ["--dir", "w", "--passphrase-file", "pass"];
    place.run(&[arguments, &whose].concat())
}

pub fn promote(place: &Place, version: &str, more: &[&str]) -> Ran {
    moved(
        place,
        &[&["promote", version, "--to", "stable"], more].concat(),
    )
}

pub fn follow(place: &Place, more: &[&str]) -> Running {
    let channel = ["w", "--channel", "stable", "--root", "root.json"];
    running(place, &[&channel[..], more].concat())
}

impl Running {
    /// Whether the guest may see what is public, and by which move that was decided.
    pub fn guest(&self) -> (bool, u64) {
        let answer = self.evaluate("bob", "view", "menu");
        (
            answer["decision"].as_bool().unwrap(),
            answer["context"]["sequence"].as_u64().unwrap(),
        )
    }

    /// Until the health says that.
    fn fails(&self, code: &str) -> Value {
        self.until(|health| health["source_failure"]["code"] == code)
    }

    pub fn at(&self, sequence: u64) -> Value {
        self.until(|health| health["sequence"] == sequence && health["source_failure"].is_null())
    }

    fn failures(&self) -> u64 {
        let metrics = self.get("/metrics");
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix("fabric_pdp_source_failures_total "));
        line.unwrap().parse().unwrap()
    }
}

#[test]
fn a_promotion_reaches_who_decides_and_outlives_the_repository() {
    let place = shipping("");
    let server = follow(&place, &[]);
    assert_eq!(server.guest(), (true, 1));
    change(&place, &guests());
    promote(&place, "1.1.0", &[]).fine();
    let since = Instant::now();
    while server.guest() != (false, 2) {
        assert!(since.elapsed().as_secs() < 60, "{}", server.get("/health"));
    }
    println!("visible after {:?}", since.elapsed());
    let back = ["rollback", "stable", "--reason", "guests were locked out"];
    moved(&place, &back).fine();
    server.at(3);
    assert_eq!(server.guest(), (true, 3));

    // Killed, and the repository is gone: what was taken last decides, and says how old it is.
    drop(server);
    fs::rename(place.path("w"), place.path("elsewhere")).unwrap();
    let server = follow(&place, &[]);
    let health = server.fails("registry_missing");
    assert_eq!(
        (&health["sequence"], &health["version"], &health["tenant"]),
        (&json!(3), &json!("1.0.0"), &json!("acme"))
    );
    assert_eq!(server.guest(), (true, 3));
    // It is back, and so is who says that this is in force.
    fs::rename(place.path("elsewhere"), place.path("w")).unwrap();
    server.at(3);
    assert_eq!(server.guest(), (true, 3));
}

#[test]
fn what_cannot_be_written_speaks_of_no_draft() {
    let place = shipping("");
    place.write("file", "");
    let export = [
        "channel", "export", "stable", "--to", "file/x", "--dir", "w",
    ];
    let ran = place.run(&export);
    assert!(ran.err.contains("file_write"), "{}", ran.err);
    assert!(!ran.err.contains("draft"), "{}", ran.err);
}

/// Who signs, and what for.
struct Signer {
    key: SecretKey,
    roots: Roots,
}

const FAR: u64 = 4_000_000_000;

impl Signer {
    fn new(seed: u8) -> Self {
        let key = SecretKey::from_seed(&[seed; 32]);
        let role = || Role {
            keys: vec![key.public()],
            threshold: 1,
        };
        let roots = Roots::first(&Roles::new(role(), role()), FAR, &[&key]).unwrap();
        Self { key, roots }
    }

    fn seal(&self, expires: u64, release: &Release) -> Vec<u8> {
        let sealing = Sealing {
            roots: &self.roots,
            keys: &[&self.key],
            expires,
            renewed: 0,
        };
        seal(release, &sealing).unwrap()
    }
}

/// Whether guests may see what is public is told by whether the number is odd.
fn release(sequence: u64) -> Release {
    let policies = match sequence % 2 {
        1 => POLICIES.to_owned(),
        _ => guests(),
    };
    let file = |path: &str, text: &str| (path.to_owned(), Arc::from(text.as_bytes()));
    Release {
        tenant: "acme".to_owned(),
        channel: "stable".to_owned(),
        environment: "production".to_owned(),
        version: format!("1.{sequence}.0"),
        sequence,
        undoes: None,
        modes: Modes::default(),
        files: [
            file("p.cedar", &policies),
            file("s.cedarschema", SCHEMA),
            file("entities.json", ENTITIES),
        ]
        .into(),
        base: None,
    }
}

/// Follows what somebody puts at a place.
fn from<'a>(place: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let whose = [
        "--from",
        place,
        "--channel",
        "stable",
        "--root",
        "root.json",
        "--tenant",
        "acme",
        "--environment",
        "production",
        "--state",
        "state",
    ];
    [&whose, more].concat()
}

/// A place whose root is this signer's.
fn trusting(signer: &Signer) -> Place {
    let place = Place::new();
    place.write("root.json", signer.roots.last().text());
    place
}

#[test]
fn what_is_not_to_be_believed_changes_nothing() {
    let signer = Signer::new(7);
    let place = trusting(&signer);
    let put = |bytes: &[u8]| {
        // As whoever puts bundles somewhere should: whole or not at all.
        place.write("out/new", bytes);
        fs::rename(place.path("out/new"), place.path("out/stable.tfr")).unwrap();
    };
    let good = |sequence| signer.seal(FAR, &release(sequence));
    put(&good(2));
    let server = running(&place, &from("out", &[]));
    assert_eq!(server.guest(), (false, 2));
    let mut before = server.failures();
    let mut refused = |bytes: &[u8], code: &str| {
        put(bytes);
        let health = server.fails(code);
        assert_eq!(health["sequence"], 2, "{code}");
        assert_eq!(server.guest(), (false, 2), "{code}");
        let failures = server.failures();
        assert!(failures > before, "{code}: {failures}");
        before = failures;
        put(&good(2));
        server.at(2);
    };
    let of = |change: fn(&mut Release)| {
        let mut other = release(3);
        change(&mut other);
        signer.seal(FAR, &other)
    };
    refused(&good(1), "release_older");
    refused(&signer.seal(1_000_000_000, &release(3)), "release_expired");
    refused(&of(|it| it.tenant = "umbrella".into()), "release_foreign");
    refused(&of(|it| it.environment = "test".into()), "release_foreign");
    refused(&of(|it| it.channel = "canary".into()), "release_foreign");
    refused(&Signer::new(8).seal(FAR, &release(3)), "release_untrusted");
    let mut damaged = good(3);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    refused(&damaged, "release_invalid");
    refused(&good(3)[..100], "release_invalid");
    refused(
        &of(|it| {
            it.files
                .insert("p.cedar".into(), Arc::from(&b"permit ("[..]));
        }),
        "set_broken",
    );
    // What is good after all that is taken.
    put(&good(5));
    server.at(5);
    assert_eq!(server.guest(), (true, 5));

    // What was seen outlives a kill: the older one is known for one, and the last good one decides.
    drop(server);
    put(&good(4));
    let server = running(&place, &from("out", &[]));
    server.fails("release_older");
    assert_eq!(server.guest(), (true, 5));
    drop(server);
    fs::remove_dir_all(place.path("out")).unwrap();
    let server = running(&place, &from("out", &[]));
    server.fails("pdp_source");
    assert_eq!(server.guest(), (true, 5));

    // One folder is one enforcement point's.
    let code = |arguments: &[&str]| {
        let serve = ["pdp", "serve", "--listen", "127.0.0.1:0", "--json"];
        place.run(&[&serve[..], arguments].concat()).failed().0
    };
    assert_eq!(code(&from("out", &[])), "pdp_state");
    drop(server);
    let mut other = from("out", &[]);
    other[7] = "umbrella";
    assert_eq!(code(&other), "pdp_state");
    other[11] = "empty";
    assert_eq!(code(&other), "pdp_source");
    // Another root, given by hand: nothing of the old one is taken up again, but what was seen is known.
    place.write("root.json", Signer::new(9).roots.last().text());
    assert_eq!(code(&from("out", &[])), "pdp_source");
    place.write("out/stable.tfr", Signer::new(9).seal(FAR, &release(3)));
    assert_eq!(code(&from("out", &[])), "release_older");
    place.write("state/state.json", "{");
    assert_eq!(code(&from("out", &[])), "pdp_state");
}

/// A server of one bundle, which tells whoever has it that nothing changed.
struct Shelf {
    url: String,
    bundle: Arc<Mutex<Vec<u8>>>,
    sent: Arc<AtomicUsize>,
    asked: Arc<AtomicUsize>,
}

impl Shelf {
    fn new(bundle: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shelf = Self {
            url: format!("http://{}/bundles/", listener.local_addr().unwrap()),
            bundle: Arc::new(Mutex::new(bundle)),
            sent: Arc::default(),
            asked: Arc::default(),
        };
        let (bundle, sent, asked) = (
            Arc::clone(&shelf.bundle),
            Arc::clone(&shelf.sent),
            Arc::clone(&shelf.asked),
        );
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<String> = lines
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                    .collect();
                assert!(head[0].starts_with("GET /bundles/stable.tfr "), "{head:?}");
                asked.fetch_add(1, Ordering::SeqCst);
                let bundle = bundle.lock().unwrap().clone();
                let tag = format!("\"{}\"", evidence::hex(&evidence::sha256(&[&bundle])));
                let has = head.iter().any(|line| {
                    let line = line.to_ascii_lowercase();
                    line.starts_with("if-none-match:") && line.contains(&tag)
                });
                let (status, body) = match has {
                    true => ("304 Not Modified", Vec::new()),
                    false => ("200 OK", bundle),
                };
                if !has {
                    sent.fetch_add(1, Ordering::SeqCst);
                }
                let head = format!(
                    "HTTP/1.1 {status}\r\nETag: {tag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(&[head.as_bytes(), &body].concat());
            }
        });
        shelf
    }
}

#[test]
fn a_bundle_at_an_address_is_sent_once() {
    let signer = Signer::new(7);
    let place = trusting(&signer);
    let shelf = Shelf::new(signer.seal(FAR, &release(1)));
    let server = running(&place, &from(&shelf.url, &["--every", "1"]));
    assert_eq!(server.guest(), (true, 1));
    let asked = shelf.asked.load(Ordering::SeqCst);
    server.until(|_| shelf.asked.load(Ordering::SeqCst) > asked + 1);
    assert_eq!(shelf.sent.load(Ordering::SeqCst), 1);
    *shelf.bundle.lock().unwrap() = signer.seal(FAR, &release(2));
    server.at(2);
    assert_eq!(server.guest(), (false, 2));
    assert_eq!(shelf.sent.load(Ordering::SeqCst), 2);
}

#[test]
fn what_cannot_be_followed_says_why() {
    let place = shipping("");
    let code = |arguments: &[&str]| {
        let serve = ["pdp", "serve", "--listen", "127.0.0.1:0", "--json"];
        place.run(&[&serve[..], arguments].concat()).failed().0
    };
    assert_eq!(code(&["w", "--channel", "stable"]), "bad_call");
    assert_eq!(
        code(&["w", "--channel", "canary", "--root", "root.json"]),
        "pdp_source"
    );
    assert_eq!(
        code(&["w", "--channel", "stable", "--root", "none.json"]),
        "file_read"
    );
    place.write("wrong.json", "{}");
    assert_eq!(
        code(&["w", "--channel", "stable", "--root", "wrong.json"]),
        "release_invalid"
    );
    place.write("other.json", Signer::new(8).roots.last().text());
    assert_eq!(
        code(&["w", "--channel", "stable", "--root", "other.json"]),
        "release_untrusted"
    );
    assert_eq!(code(&from("https://bundles.example/", &[])), "bad_call");
    let root = ["channel", "root", "canary", "--dir", "w", "--json"];
    assert_eq!(place.run(&root).failed().0, "pdp_source");

    // What is exported is what was shipped.
    let export = ["channel", "export", "stable", "--dir", "w", "--to", "out"];
    assert_eq!(place.run(&export).fine(), "out/stable.tfr\n");
    // It is no evidence, and none that was tampered with.
    let verify = place.run(&["verify", "out/stable.tfr", "--json"]);
    let (code, message) = verify.failed();
    assert_eq!(code, "bad_call");
    assert!(message.contains("release bundle"), "{message}");
    let mut whose = from("out", &[]);
    whose[9] = "stable";
    let server = running(&place, &whose);
    assert_eq!(server.guest(), (true, 1));
}
