//! Killed at any moment: a child process, this binary again, promotes, rolls back and approves, and writes receipts to a file.

use std::{
    fs::{self, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use registry::{Approval, Error, Held, Move, Recovered, Registry, Subject};

use crate::world::*;

const ROOT: &str = "REGISTRY_TEST_ROOT";
/// The word at which the child waits to be killed.
const HALT: &str = "REGISTRY_TEST_HALT";
const HALTS: [&str; 4] = ["recovered", "approved", "prepared", "receipted"];
const ROUNDS: u32 = 520;

/// The caller's ledger: a line a receipt, marked at its end. What a kill tore off is none.
struct Receipts(PathBuf);

impl Receipts {
    fn all(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        let receipts = text.lines().filter_map(|line| line.strip_suffix(" ."));
        receipts.map(str::to_owned).collect()
    }

    fn add(&self, of: &Move) {
        let mut file = OpenOptions::new();
        let mut file = file.append(true).create(true).open(&self.0).unwrap();
        file.write_all(format!("\n{} .\n", of.id).as_bytes())
            .unwrap();
    }
}

fn say(what: &str) {
    let mut out = std::io::stdout().lock();
    // In one piece, and marked at its end: a line torn by a kill is not heard.
    out.write_all(format!("\n{what} .\n").as_bytes()).unwrap();
    out.flush().unwrap();
    drop(out);
    while std::env::var(HALT).is_ok_and(|halt| halt == what) {
        std::thread::park();
    }
}

fn recovered(held: &mut Held<'_>, receipts: &Receipts) -> Recovered {
    held.recover(|begun| Ok::<_, Error>(receipts.all().contains(&begun.id)))
        .unwrap()
}

/// Moves the channel to and fro until it is killed, when started by the test below; does nothing in an ordinary run.
#[test]
fn child() {
    let Some(root) = std::env::var_os(ROOT) else {
        return;
    };
    let root = Path::new(&root);
    let world = World::at(root);
    let receipts = Receipts(root.join("receipts"));
    say("open");
    loop {
        let mut held = world.hold();
        recovered(&mut held, &receipts);
        say("recovered");
        let tip = held.tip().unwrap();
        let next = held.next().unwrap();
        // Two versions, each promoted and taken back in turn.
        let change = match &tip {
            Some(tip) if tip.summary.sequence > 1 && tip.summary.undoes.is_none() => {
                world.rollback()
            }
            _ => {
                let version = if next % 4 < 2 { "1.0.0" } else { "1.1.0" };
                world.promotion(&world.registry.version(version).unwrap())
            }
        };
        let subject = Subject {
            base: next - 1,
            ..Subject::of(&release(next, "1.0.0"))
        };
        let approval = Approval::sign(&subject, ADA, NOW, NOW + next, &key(1)).unwrap();
        world.registry.approve(&subject, &approval).unwrap();
        say("approved");
        let prepared = held.prepare(change).unwrap();
        say("prepared");
        receipts.add(&prepared);
        say("receipted");
        held.commit(&prepared).unwrap();
        say(&format!("moved {}", prepared.id));
    }
}

#[test]
fn a_kill_at_any_moment_leaves_the_channel_at_one_whole_move_that_has_its_receipt() {
    let world = World::new();
    for version in ["1.0.0", "1.1.0"] {
        world.version(version);
    }
    let root = world.folder.path().to_owned();
    let receipts = Receipts(root.join("receipts"));
    let (mut finished, mut forgotten, mut moved) = (0, 0, 0);
    let mut last = 0;
    for round in 0..ROUNDS {
        // Every other one is killed between two steps, however fast they follow on each other; the others at any moment.
        let halt = (round % 2 == 0).then(|| HALTS[round as usize / 2 % HALTS.len()]);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kills::child", "--nocapture"])
            .env(ROOT, &root)
            .envs(halt.map(|halt| (HALT, halt)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // After so many words, and so long after the last of them: another moment every time.
        let wanted = 1 + round % 7;
        let after = u128::from(round * 37 % 97) * 40;
        let mut heard = 0;
        for line in BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
        {
            if !line.ends_with(" .") {
                continue;
            }
            if let Some(id) = line
                .strip_prefix("moved ")
                .and_then(|line| line.strip_suffix(" ."))
            {
                moved += 1;
                assert!(receipts.all().contains(&id.to_owned()));
            }
            heard += 1;
            let halted = halt.is_some_and(|halt| line == format!("{halt} ."));
            if halted || (halt.is_none() && heard == wanted) {
                let since = Instant::now();
                while since.elapsed().as_micros() < after {
                    std::hint::spin_loop();
                }
                child.kill().unwrap();
            }
        }
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && !said.contains("panicked"),
            "round {round}: {said}"
        );
        // Another process looks at what is there.
        let registry = Registry::open(&root.join("team")).unwrap();
        let mut held = registry.hold("stable").unwrap();
        match recovered(&mut held, &receipts) {
            Recovered::Nothing => {}
            Recovered::Finished(_) => finished += 1,
            Recovered::Forgotten(_) => forgotten += 1,
        }
        let Some(tip) = held.tip().unwrap() else {
            assert!(receipts.all().is_empty());
            continue;
        };
        assert_eq!(receipts.all().last(), Some(&tip.id), "round {round}");
        assert!(tip.summary.sequence >= last, "round {round}");
        last = tip.summary.sequence;
        let found = registry.bundles(&tip.id).unwrap();
        let forward = release::Bundle::open(&found.forward, release::LIMITS).unwrap();
        assert_eq!(
            evidence::hex(&forward.digest()),
            registry.details(&tip.id).unwrap().forward
        );
        assert_eq!(forward.claims().sequence, tip.summary.sequence);
        drop(held);
    }
    let all: Vec<_> = world
        .registry
        .history("stable", None)
        .unwrap()
        .map(|it| it.unwrap().id)
        .collect();
    let mut receipted = receipts.all();
    receipted.reverse();
    assert_eq!(
        all, receipted,
        "a receipt for each move, and none for what did not happen"
    );
    eprintln!(
        "{ROUNDS} kills, {last} moves, {moved} heard of, {finished} finished and {forgotten} forgotten afterwards"
    );
    assert!(moved > 50 && finished > 10 && forgotten > 10);
    if let Ok(output) = Command::new("git")
        .arg("-C")
        .arg(&root)
        .args(["fsck", "--strict"])
        .output()
    {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
