//! Killed at any moment of a promotion, a rollback, an approval: a child process, this binary again, does them until it is killed. Each
//! time the channel is at one whole version, and it and the ledger agree.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use evidence::{
    dsse::Envelope,
    ed25519::{SecretKey, Signer as _},
    hex, sha256,
};
use release::{Bundle, LIMITS, Modes};

use super::{
    releases::{NOON, Place, RULES, blocked, moved},
    *,
};
use crate::{Moved, Promoted, approve, roll_back};

const ROOT: &str = "RELEASES_TEST_ROOT";
const FIRST: &str = "RELEASES_TEST_FIRST";
const MARA: &str = "Mara <mara@acme.example>";
/// In so many workspaces at once, for a kill mostly waits for a disk; each is killed so often.
const PLACES: u32 = 4;
const KILLS: u32 = 195;
const DOINGS: [&str; 3] = ["approve", "promote", "roll back"];

fn mara() -> SecretKey {
    SecretKey::from_seed(&[5; 32])
}

/// A second after the last move.
fn now(place: &Place) -> u64 {
    let tip = place.registry().tip("stable").unwrap();
    tip.map_or(NOON, |tip| tip.summary.at + 1)
}

fn approved(place: &Place, version: &str) {
    let (root, now, key) = (&place.root, now(place), mara());
    approve(
        root,
        now,
        "stable",
        version,
        Modes::default(),
        (MARA, &key),
        60,
    )
    .unwrap();
}

/// The version that is not in force.
fn other(place: &Place) -> &'static str {
    match place.registry().tip("stable").unwrap() {
        Some(tip) if tip.summary.version == "1.1.0" => "1.0.0",
        _ => "1.1.0",
    }
}

/// The other version is shipped. Where somebody was killed behind a receipt, that move is finished first, and nothing else is done: then it
/// needs an approval of its own, or is in force.
fn shipped(place: &Place) -> Moved {
    loop {
        match place.promoted(other(place), now(place), |_| ()) {
            Ok(Promoted::Moved(moved)) => return *moved,
            Ok(closed) => {
                assert_eq!(blocked(closed), ["approvals"]);
                approved(place, other(place));
            }
            Err(error) => assert_eq!(error.code(), Code::MoveFinished, "{error}"),
        }
    }
}

fn doing(place: &Place, what: &str) {
    match what {
        "approve" => approved(place, other(place)),
        "promote" => drop(shipped(place)),
        _ => {
            let back = || place.with(now(place), |with| roll_back(with, "stable", "r"));
            // What somebody else had begun is told of once, and then taken back like any other.
            let back = back().or_else(|error| match error.code() {
                Code::MoveFinished => back(),
                _ => Err(error),
            });
            moved(back.unwrap());
        }
    }
}

/// Does them in turn until it is killed, when started by the test below; does nothing in an ordinary run.
#[test]
fn child() {
    let Some(root) = std::env::var_os(ROOT) else {
        return;
    };
    let place = Place::at(Path::new(&root));
    let first: usize = std::env::var(FIRST).unwrap().parse().unwrap();
    if DOINGS[first] == "promote" {
        approved(&place, other(&place));
    }
    for what in DOINGS.iter().cycle().skip(first) {
        // In one piece: a line torn by a kill is not heard.
        let mut out = std::io::stdout().lock();
        out.write_all(format!("\nto {what}\n").as_bytes()).unwrap();
        out.flush().unwrap();
        drop(out);
        doing(&place, what);
    }
}

struct Killed {
    child: Child,
    words: BufReader<std::process::ChildStdout>,
}

impl Killed {
    /// A child that begins with one of [`DOINGS`], where it says that it does.
    fn beginning(base: &Path, first: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::kills::child", "--nocapture"])
            .env(ROOT, base)
            .env(FIRST, first.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let words = BufReader::new(child.stdout.take().unwrap());
        let mut killed = Self { child, words };
        killed.hear();
        killed
    }

    fn hear(&mut self) {
        let mut line = String::new();
        while !line.starts_with("to ") {
            line.clear();
            let read = self.words.read_line(&mut line).unwrap();
            if read == 0 {
                let mut said = String::new();
                let stderr = self.child.stderr.as_mut().unwrap();
                std::io::Read::read_to_string(stderr, &mut said).unwrap();
                panic!("the child ended: {said}");
            }
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        let output = self.child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && !said.contains("panicked"),
            "{said}"
        );
    }
}

/// The moves that the ledger speaks of, by the digest of their ids.
fn receipts(place: &Place, from: u64) -> Vec<String> {
    let size = place.ledger.size().unwrap();
    let entries = place.ledger.entries(from..size).unwrap().into_iter();
    let of = |entry: evidence::entry::Entry| {
        let envelope = entry.receipt.unwrap().envelope;
        let payload = Envelope::parse(envelope.as_bytes()).unwrap().payload;
        let said: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        let subjects = said["subject"].as_array().unwrap();
        let moved = subjects.iter().find(|subject| subject["name"] == "move");
        let digest = &moved.unwrap()["digest"]["sha256"];
        digest.as_str().unwrap().to_owned()
    };
    entries.map(of).collect()
}

/// What holds whenever a process was killed. How many moves there are comes back.
fn whole(base: &Path, before: u64) -> u64 {
    let place = Place::at(base);
    let registry = place.registry();
    let tip = registry.tip("stable").unwrap().unwrap();
    let moves = tip.summary.sequence;
    assert!(moves >= before, "no move is lost");
    let found = registry.bundles(&tip.id).unwrap();
    let forward = Bundle::open(&found.forward, LIMITS).unwrap();
    assert_eq!(forward.claims().sequence, moves);
    assert_eq!(
        hex(&release::digest(&forward.claims().files)),
        tip.summary.digest
    );
    let back = Bundle::open(&found.rollback.unwrap(), LIMITS).unwrap();
    assert_eq!(back.claims().sequence, moves + 1);
    // The ledger has a receipt for each move; for one more at most, which waits for the next who comes.
    let receipts = receipts(&place, moves - 1);
    let id = |id: &str| hex(&sha256(&[id.as_bytes()]));
    assert_eq!(receipts.first(), Some(&id(&tip.id)));
    let repository = git2::Repository::open(&place.root).unwrap();
    let pending = repository.refname_to_id("refs/fabric/pending/stable");
    let pending = pending.ok().map(|begun| id(&begun.to_string()));
    match &receipts[1..] {
        [] => {}
        [one] => assert_eq!(Some(one), pending.as_ref(), "it is begun"),
        more => panic!("{} receipts without a move", more.len()),
    }
    moves
}

fn one_place(seed: u32) -> (u64, usize) {
    let rules = format!(
        "{RULES}[[channel]]\nname = \"stable\"\napprovals = 1\n\
         [[approver]]\nname = \"{MARA}\"\nkey = \"{}\"\n",
        hex(&mara().public().to_bytes())
    );
    let place = Place::new(&rules);
    let base = place.root.parent().unwrap().to_owned();
    // Both versions are there, and the channel has a way back.
    blocked(place.promote("1.0.0", NOON, |_| ()));
    approved(&place, "1.0.0");
    moved(place.promote("1.0.0", NOON, |_| ()));
    place.commit("a.cedar", &POLICIES.replace("owners", "keepers"));
    blocked(place.promote("1.1.0", now(&place), |_| ()));
    approved(&place, "1.1.0");
    moved(place.promote("1.1.0", now(&place), |_| ()));
    // How long each of them takes, so that kills fall into all of it, and behind it where this was a quick one.
    let mut lasts = [Duration::ZERO; 3];
    for (first, lasts) in lasts.iter_mut().enumerate() {
        let mut child = Killed::beginning(&base, first);
        let since = Instant::now();
        child.hear();
        *lasts = since.elapsed();
        child.kill();
    }
    let mut last = whole(&base, 2);
    let mut begun = BTreeSet::new();
    for round in 0..KILLS {
        let first = (round % 3) as usize;
        let child = Killed::beginning(&base, first);
        let since = Instant::now();
        let after = lasts[first].mul_f64(f64::from((round * 37 + seed * 23) % 97) / 60.0);
        while since.elapsed() < after {
            std::hint::spin_loop();
        }
        child.kill();
        last = whole(&base, last);
        let repository = git2::Repository::open(&place.root).unwrap();
        if let Ok(id) = repository.refname_to_id("refs/fabric/pending/stable") {
            begun.insert(id);
        }
    }
    // The next who comes goes on from there.
    let again = shipped(&place);
    assert_eq!(whole(&base, last), again.sequence);
    let registry = place.registry();
    let history = registry.history("stable", None).unwrap();
    let mut all: Vec<_> = history
        .map(|one| hex(&sha256(&[one.unwrap().id.as_bytes()])))
        .collect();
    all.reverse();
    assert_eq!(
        all,
        receipts(&place, 0),
        "each move has its receipt, in order"
    );
    assert_eq!(place.ledger.check().unwrap().size, again.sequence);
    if let Ok(output) = Command::new("git")
        .arg("-C")
        .arg(&place.root)
        .args(["fsck", "--strict"])
        .output()
    {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
    (again.sequence, begun.len())
}

#[test]
fn a_kill_at_any_moment_leaves_a_whole_version_and_a_ledger_that_agrees() {
    let found: Vec<(u64, usize)> = thread::scope(|scope| {
        let places: Vec<_> = (0..PLACES)
            .map(|seed| scope.spawn(move || one_place(seed)))
            .collect();
        places.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let moves: u64 = found.iter().map(|(moves, _)| moves).sum();
    let begun: usize = found.iter().map(|(_, begun)| begun).sum();
    eprintln!(
        "{} kills, {moves} moves, {begun} left begun",
        PLACES * KILLS
    );
    assert!(moves > 30 && begun > 5, "kills fell into moves");
}
