//! `fabric pdp`: the enforcement point as a process, from the first request to the cut-over.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    channels::{change, follow, guests, promote, shipping},
    place::{POLICIES, Place},
};

/// A server, ended with the test.
pub struct Running {
    child: Child,
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(place: &Place, more: &[&str]) -> Running {
    running(place, &[&["w", "--every", "1"], more].concat())
}

pub fn running(place: &Place, more: &[&str]) -> Running {
    let arguments = ["pdp", "serve", "--listen", "127.0.0.1:0", "--json"];
    let mut child = place
        .command(&[&arguments, more].concat())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    let url = said["url"].as_str().unwrap().to_owned();
    Running { child, url }
}

fn asked(user: &str, action: &str, doc: &str) -> String {
    json!({
        "subject": {"type": "user", "id": user},
        "action": {"name": action},
        "resource": {"type": "doc", "id": doc},
        "context": {"mfa": true},
    })
    .to_string()
}

impl Running {
    pub fn evaluate(&self, user: &str, action: &str, doc: &str) -> Value {
        let url = format!("{}/access/v1/evaluation", self.url);
        let request = ureq::post(&url).header("Content-Type", "application/json");
        let mut answer = request.send(asked(user, action, doc)).unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }

    pub fn get(&self, path: &str) -> String {
        let mut answer = ureq::get(format!("{}{path}", self.url)).call().unwrap();
        answer.body_mut().read_to_string().unwrap()
    }

    /// Asks until the health is as it has to be.
    pub fn until(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let health: Value = serde_json::from_str(&self.get("/health")).unwrap();
            if wanted(&health) {
                return health;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{health}");
            std::thread::yield_now();
        }
    }

    /// As Ctrl-C ends it: what is recorded is on the disk then.
    #[cfg(unix)]
    fn end(mut self) {
        let id = self.child.id().to_string();
        let status = std::process::Command::new("kill")
            .args(["-INT", &id])
            .status();
        assert!(status.unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

const STRICTER: &str = "\
@id(\"owner\")
permit (principal, action, resource is Doc)
when { resource.owner == principal };

@id(\"public\")
permit (principal, action == Action::\"view\", resource is Doc)
when { resource.public && !principal.guest };
";

#[test]
#[cfg(unix)]
fn a_new_version_is_watched_before_it_is_enforced() {
    let place = Place::new();
    place.write("old/policies.cedar", POLICIES);
    for file in ["policies.cedarschema", "entities.json"] {
        place.write(&format!("old/{file}"), place.read(&format!("w/{file}")));
    }
    place.write("w/policies.cedar", STRICTER);
    place.write("modes.toml", "default = \"audit-only\"\n");
    let more = [
        "--base",
        "old",
        "--modes",
        "modes.toml",
        "--shadow",
        "shadow.jsonl",
    ];
    let server = serve(&place, &more);
    assert_eq!(server.evaluate("bob", "view", "menu")["decision"], true);
    assert_eq!(server.evaluate("bob", "view", "menu")["decision"], true);
    assert_eq!(server.evaluate("alice", "edit", "plan")["decision"], true);
    // The old forbid still holds.
    let stays = server.evaluate("bob", "view", "plan");
    assert_eq!(
        (&stays["decision"], &stays["context"]["reasons"]),
        (&json!(false), &json!(["guests-stay-out"]))
    );
    server.end();

    let found = place.run(&["pdp", "cutover", "shadow.jsonl", "--json"]);
    assert_eq!(found.status, 1);
    let found = found.json();
    assert_eq!(
        (
            &found["compared"],
            &found["would_deny"],
            &found["would_allow"]
        ),
        (&json!(4), &json!(2), &json!(0))
    );
    assert_eq!(
        (
            &found["changes"][0]["principal"],
            &found["changes"][0]["times"]
        ),
        (&json!("User::\"bob\""), &json!(2))
    );
    let text = place.run(&["pdp", "cutover", "shadow.jsonl"]);
    assert!(
        text.out
            .contains("deny  User::\"bob\" view  2 times on 1 resource  public\n"),
        "{}",
        text.out
    );
    // The preview replays the same decisions and comes to the same.
    let drift = place
        .run(&["drift", "old", "w", "--log", "shadow.jsonl", "--json"])
        .json();
    assert_eq!(
        (
            &drift["totals"]["rows"],
            &drift["totals"]["lost"],
            &drift["totals"]["gained"]
        ),
        (&json!(4), &json!(2), &json!(0)),
        "{drift}"
    );

    // Enforced, nothing is recorded any more.
    fs::remove_file(place.path("shadow.jsonl")).unwrap();
    let server = serve(&place, &["--shadow", "shadow.jsonl"]);
    assert_eq!(server.evaluate("bob", "view", "menu")["decision"], false);
    server.end();
    let found = place.run(&["pdp", "cutover", "shadow.jsonl", "--json"]);
    assert_eq!((found.status, &found.json()["compared"]), (0, &json!(0)));
}

#[test]
#[cfg(unix)]
fn what_was_compared_is_named_and_a_channel_counts_only_what_it_ships() {
    let place = shipping("");
    let watched = |policies: &str, version: &str| {
        change(&place, policies);
        promote(&place, version, &["--mode-of", "public=audit-only"]).fine();
        let server = follow(&place, &["--shadow", "shadow.jsonl"]);
        assert!(server.guest().0);
        server.end();
    };
    let cutover = |more: &[&str]| place.run(&[&["pdp", "cutover", "shadow.jsonl"], more].concat());
    let of_channel = ["--channel", "stable", "--dir", "w"];
    let with_json = [&of_channel[..], &["--json"]].concat();
    watched(&guests(), "1.1.0");
    let first = cutover(&[]);
    let line = "\n  enforced sha256:";
    assert_eq!((first.status, first.out.matches(line).count()), (1, 1));
    assert_eq!(cutover(&of_channel).status, 1);

    // Nobody would lose anything by the next version.
    change(&place, &format!("{POLICIES}// a word\n"));
    promote(&place, "1.2.0", &["--mode-of", "public=audit-only"]).fine();
    let gone = cutover(&of_channel);
    assert_eq!(gone.status, 1, "{}", gone.out);
    for said in [
        ": not what `stable` ships now\n",
        "no row is of what `stable` ships now",
    ] {
        assert!(gone.out.contains(said), "{said}: {}", gone.out);
    }
    let wider = POLICIES.replacen("resource.public", "resource.public || principal.guest", 1);
    watched(&wider, "1.3.0");
    let both = cutover(&[]);
    assert_eq!((both.status, both.out.matches(line).count()), (1, 2));
    assert!(both.out.contains("2 pairs of versions"), "{}", both.out);
    let now = cutover(&with_json);
    let told = now.json();
    assert_eq!((now.status, &told["compared"]), (0, &json!(1)), "{told}");
    let pairs = told["compared_of"].as_array().unwrap();
    let known: Vec<_> = pairs.iter().map(|one| &one["in_force"]).collect();
    assert_eq!(known, [&json!(false), &json!(true)], "the newest last");
    assert_eq!(
        (&pairs[0]["would_deny"], &pairs[1]["would_deny"]),
        (&json!(1), &json!(0))
    );
    assert!(pairs[0]["shadow"].as_str().unwrap().starts_with("sha256:"));
    assert_ne!(pairs[0]["shadow"], pairs[1]["shadow"]);

    let unknown = cutover(&["--channel", "beta", "--dir", "w", "--json"]);
    assert_eq!(unknown.failed().0, "promotion_refused");
}

#[test]
fn a_changed_folder_takes_force_and_a_broken_one_does_not() {
    let place = Place::new();
    let server = serve(&place, &[]);
    assert_eq!(server.evaluate("alice", "edit", "plan")["decision"], true);
    place.write("w/policies.cedar", "forbid (principal, action, resource);");
    server.until(|health| health["sequence"] == 2);
    assert_eq!(server.evaluate("alice", "edit", "plan")["decision"], false);
    place.write("w/policies.cedar", "permit (");
    let health = server.until(|health| !health["source_failure"].is_null());
    assert_eq!(
        (&health["sequence"], &health["source_failure"]["code"]),
        (&json!(2), &json!("set_broken"))
    );
    assert_eq!(server.evaluate("alice", "edit", "plan")["decision"], false);
    assert!(
        server
            .get("/metrics")
            .contains("fabric_pdp_source_failures_total")
    );
}

#[test]
fn one_request_is_decided_as_the_server_would() {
    let place = Place::new();
    let decide = |input: &str, more: &[&str]| {
        place.run_with_input(&[&["pdp", "decide", "w"], more].concat(), input)
    };
    assert_eq!(
        decide(&asked("alice", "edit", "plan"), &[]).fine(),
        "allow  by owner\n"
    );
    assert_eq!(
        decide(&asked("bob", "edit", "menu"), &[]).fine(),
        "deny  no policy applies\n"
    );
    // The hint is of the form that is asked for, not of the one that `fabric decide` has.
    let none = decide("{\"subject\": 1}", &[]);
    assert_eq!(none.status, 2);
    let hint = none.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(hint.contains("AuthZEN request is {\"subject\""), "{hint}");
    for canary in [0, 101] {
        place.write("modes.toml", format!("default = {{ canary = {canary} }}\n"));
        let wrong = ["--modes", "modes.toml", "--json"];
        let (_, message) = decide(&asked("alice", "edit", "plan"), &wrong).failed();
        assert!(
            message.contains("does not say how policies are applied"),
            "{message}"
        );
    }
    place.write("modes.toml", "[policies]\nowner = \"audit-only\"\n");
    // What is held back needs something that is enforced meanwhile.
    let modes = ["--modes", "modes.toml", "--json"];
    let alone = decide(&asked("alice", "edit", "plan"), &modes).failed();
    assert_eq!(alone.0, "bad_call");
    assert!(alone.1.contains("everybody would be denied"), "{}", alone.1);
    place.write("none/none.cedar", "");
    let modes = ["--modes", "modes.toml", "--base", "none"];
    let shadowed = decide(&asked("alice", "edit", "plan"), &modes).fine();
    assert_eq!(
        shadowed,
        "deny  no policy applies\nthe new version: allow  by owner\n"
    );
    place.write("modes.toml", "[policies]\nowners = \"audit-only\"\n");
    let mistyped = [&modes[..], &["--json"]].concat();
    let mistyped = decide(&asked("alice", "edit", "plan"), &mistyped).failed();
    assert_eq!(mistyped.0, "bad_call");
    assert!(mistyped.1.contains("`owners`"), "{}", mistyped.1);
    let answer = decide(&asked("alice", "edit", "plan"), &["--json"]).json();
    assert_eq!(
        (&answer["decision"], &answer["context"]["reasons"]),
        (&json!(true), &json!(["owner"]))
    );
    for input in ["{", "{}", &asked("alice", "sell", "plan")] {
        assert_eq!(
            decide(input, &["--json"]).failed().0,
            "request_invalid",
            "{input}"
        );
    }
    place.write("modes.toml", "default = \"sometimes\"\n");
    assert_eq!(
        decide("{}", &["--modes", "modes.toml", "--json"])
            .failed()
            .0,
        "bad_call"
    );
}

#[test]
fn what_cannot_be_served_says_why() {
    let place = Place::new();
    let code = |arguments: &[&str]| {
        place
            .run(&[&["pdp"], arguments, &["--json"]].concat())
            .failed()
            .0
    };
    assert_eq!(
        code(&["serve", "w", "--listen", "0.0.0.0:0"]),
        "pdp_address"
    );
    assert_eq!(code(&["serve", "nowhere"]), "workspace_missing");
    place.write("empty.txt", "\n");
    assert_eq!(
        code(&["serve", "w", "--token-file", "empty.txt"]),
        "bad_call"
    );
    assert_eq!(
        code(&["serve", "w", "--token-file", "none.txt"]),
        "file_read"
    );
    assert_eq!(
        code(&["serve", "w", "--shadow", "no/such/folder/s.jsonl"]),
        "file_write"
    );
    place.write("context.toml", "[[facts]]\n");
    assert_eq!(
        code(&["serve", "w", "--context", "context.toml"]),
        "context_invalid"
    );
    assert_eq!(code(&["cutover", "none.jsonl"]), "file_read");
    place.write("w/policies.cedar", "permit (");
    assert_eq!(code(&["serve", "w"]), "set_broken");
    place.write("lines.jsonl", "{\"v\":1}\n");
    let cutover = place.run(&["pdp", "cutover", "lines.jsonl", "--json"]);
    assert_eq!(cutover.json()["error"]["code"], "log_line");
}

#[test]
fn a_shadow_log_that_was_cut_off_says_what_was_read_and_what_was_not() {
    let place = Place::empty();
    let row = |shadow: &str| {
        format!(
            "{{\"at\":\"\",\"principal\":\"p\",\"action\":\"a\",\"resource\":\"r\",\"decision\":\"allow\",\
             \"shadow\":{{\"decision\":\"{shadow}\"}}}}\n"
        )
    };
    let whole = row("allow") + &row("deny");
    place.write("cut.jsonl", whole.clone() + &row("deny")[..70]);
    let text = place.run(&["pdp", "cutover", "cut.jsonl"]);
    assert_eq!((text.status, text.err.as_str()), (1, ""));
    for said in [
        "2 decisions compared",
        "would be denied   1",
        "1 line could not be read",
        "cut.jsonl:3:",
    ] {
        assert!(text.out.contains(said), "{said}: {}", text.out);
    }
    // Nothing would change: what was not read does not say that something would.
    place.write("same.jsonl", row("allow") + "{\"\u{e9}");
    let same = place.run(&["pdp", "cutover", "same.jsonl", "--json"]);
    assert_eq!((same.status, &same.json()["unread"]), (0, &json!(1)));
}
