//! What a database must withstand: a process killed while it writes, a full disk, a folder that cannot be written, a
//! damaged file, a newer program. Where a test needs another process it starts this binary again, with `ROLE` naming the
//! part to play; a read-only and a full file system are real ones, mounted in a namespace of their own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use crate::{App, Draft, Entry, EntryKind, History, Lock};
use model::Code;

const ROLE: &str = "STORE_TEST_ROLE";
const FOLDER: &str = "STORE_TEST_FOLDER";

fn draft(n: usize) -> Draft {
    Draft {
        path: "access/baseline.cedar".into(),
        text: format!("{n} {}", "permit(principal, action, resource);".repeat(200)),
        base_digest: None,
        updated_at: n as i64,
    }
}

/// The part this process plays when another test started it; does nothing in an ordinary run.
#[test]
fn child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let folder = std::env::var(FOLDER).unwrap();
    let folder = Path::new(&folder);
    let folder_of = |name: &str| folder.join(name);
    match role.as_str() {
        "type until killed" => {
            let _lock = Lock::take(folder).unwrap();
            let history = History::open(folder).unwrap();
            for n in 0.. {
                history.put_draft(&draft(n)).unwrap();
                if n % 7 == 0 {
                    let title = "Previewed".into();
                    let entry = Entry {
                        kind: EntryKind::Preview,
                        at: n as i64,
                        title,
                        facts: None,
                    };
                    history.record(&entry).unwrap();
                }
                println!("\nkept {n}");
            }
        }
        "fill the disk" => {
            let history = History::open(folder).unwrap();
            history.put_draft(&draft(1)).unwrap();
            let mut big = draft(2);
            big.text = "x".repeat(4 << 20);
            assert_eq!(history.put_draft(&big).unwrap_err().code(), Code::StoreFull);
            assert_eq!(history.drafts().unwrap(), [draft(1)]);
            // Nothing is broken: what fits is still taken, now and after opening again.
            history.put_draft(&draft(3)).unwrap();
            drop(history);
            fs::write(folder.join("ballast"), vec![0; 8 << 20]).unwrap_err();
            match History::open(folder) {
                Ok(history) => assert_eq!(history.drafts().unwrap(), [draft(3)]),
                Err(error) => assert_eq!(error.code(), Code::StoreFull),
            }
            fs::remove_file(folder.join("ballast")).unwrap();
            let history = History::open(folder).unwrap();
            assert_eq!(history.drafts().unwrap(), [draft(3)]);
        }
        "reach a limit on the size of files" => {
            let ledger = crate::Ledger::open(&folder.join("ledger.sqlite")).unwrap();
            let big = "x".repeat(1 << 20);
            let written = ledger.write::<(), crate::Error>(|change| change.begin(&big));
            let failure = model::Failure::from(written.unwrap_err());
            assert_eq!(failure.code, Code::StoreReadOnly, "{}", failure.message);
            assert!(failure.hint.contains("size of files"), "{}", failure.hint);
            let small = ledger.write::<_, crate::Error>(|change| change.begin("small"));
            small.unwrap();
        }
        "read a ledger that may not be written" => {
            for (folder, origin) in [("at rest", "one"), ("in use", "two")] {
                let ledger =
                    crate::Ledger::open(&folder_of(folder).join("a %41?b.sqlite")).unwrap();
                let found = ledger
                    .read::<_, crate::Error>(|view| view.origin())
                    .unwrap();
                assert_eq!(found.as_deref(), Some(origin));
                let error = ledger.write::<(), crate::Error>(|change| change.begin("other"));
                assert_eq!(error.unwrap_err().code(), Code::StoreReadOnly);
            }
            let none = crate::Ledger::open(&folder.join("at rest/none.sqlite"));
            assert_eq!(none.err().unwrap().code(), Code::StoreReadOnly);
        }
        "meet a read-only folder" => {
            for folder in [folder.join("used"), folder.join("fresh")] {
                assert_eq!(
                    History::open(&folder).err().unwrap().code(),
                    Code::StoreReadOnly
                );
                assert_eq!(Lock::take(&folder).unwrap_err().code(), Code::StoreReadOnly);
                assert_eq!(
                    App::open(&folder).err().unwrap().code(),
                    Code::StoreReadOnly
                );
            }
        }
        other => panic!("no role `{other}`"),
    }
    println!("\nplayed");
}

fn play(role: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "hardship::child", "--nocapture"])
        .env(ROLE, role)
        .env(FOLDER, folder);
    command
}

/// Plays a role behind `mounts`, shell commands run in a mount namespace of their own; `false` where the system has none.
#[cfg(target_os = "linux")]
fn play_behind(mounts: &str, role: &str, folder: &Path) -> bool {
    let possible = Command::new("unshare")
        .args([
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs none /mnt",
        ])
        .stderr(Stdio::null())
        .status();
    if !possible.is_ok_and(|status| status.success()) {
        println!("not tested: this system lets nobody mount a file system of their own");
        return false;
    }
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-ec"])
        .arg(format!(
            "{mounts}; exec \"$0\" --exact hardship::child --nocapture"
        ))
        .arg(std::env::current_exe().unwrap())
        .env(ROLE, role)
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("played"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    true
}

#[test]
fn a_killed_process_loses_no_draft_it_was_told_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    for wanted in [3, 40, 200] {
        let mut child = play("type until killed", folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut kept = 0;
        for line in lines.map_while(Result::ok) {
            if let Some(n) = line.strip_prefix("kept ") {
                kept = n.parse::<usize>().unwrap();
                if kept == wanted {
                    child.kill().unwrap();
                }
            }
        }
        child.wait().unwrap();
        assert!(kept >= wanted);

        let _lock = Lock::take(folder.path()).expect("a killed process holds no lock");
        let history = History::open(folder.path()).unwrap();
        let drafts = history.drafts().unwrap();
        assert_eq!(drafts.len(), 1);
        let last = usize::try_from(drafts[0].updated_at).unwrap();
        assert!(last >= kept, "draft {kept} was kept, and {last} is there");
        assert_eq!(drafts[0], draft(last));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_named_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    play_behind(
        "mount -t tmpfs -o size=1m none \"$STORE_TEST_FOLDER\"",
        "fill the disk",
        folder.path(),
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_read_only_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let used = folder.path().join("used");
    Lock::take(&used).unwrap();
    History::open(&used).unwrap().put_draft(&draft(1)).unwrap();
    App::open(&used).unwrap();
    play_behind(
        "mount --bind \"$STORE_TEST_FOLDER\" \"$STORE_TEST_FOLDER\"; mount -o remount,ro,bind \"$STORE_TEST_FOLDER\"",
        "meet a read-only folder",
        folder.path(),
    );
}

#[test]
#[cfg(target_os = "linux")]
fn what_the_system_does_not_take_is_no_fault_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    play_behind(
        "trap '' XFSZ; ulimit -f 512",
        "reach a limit on the size of files",
        folder.path(),
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_ledger_that_may_not_be_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let begun = |name: &str, origin: &str| {
        let ledger = crate::Ledger::open(&folder.path().join(name).join("a %41?b.sqlite")).unwrap();
        let done = ledger.write::<_, crate::Error>(|change| change.begin(origin));
        done.unwrap();
        ledger
    };
    drop(begun("at rest", "one"));
    let _in_use = begun("in use", "two");
    assert!(!folder.path().join("at rest/a %41?b.sqlite-wal").exists());
    assert!(folder.path().join("in use/a %41?b.sqlite-wal").exists());
    play_behind(
        "mount --bind \"$STORE_TEST_FOLDER\" \"$STORE_TEST_FOLDER\"; mount -o remount,ro,bind \"$STORE_TEST_FOLDER\"",
        "read a ledger that may not be written",
        folder.path(),
    );
}

#[test]
fn what_was_read_without_a_lock_while_somebody_wrote_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let begin = |origin: &str| {
        let ledger = crate::Ledger::open(&path).unwrap();
        let done = ledger.write::<_, crate::Error>(|change| change.begin(origin));
        done.unwrap();
    };
    begin("one");
    let reading = crate::Ledger::open_to_read(&path).unwrap();
    let origin = || reading.read::<_, crate::Error>(|view| view.origin());
    assert_eq!(origin().unwrap().as_deref(), Some("one"));
    let writing = crate::Ledger::open(&path).unwrap();
    assert_eq!(origin().unwrap_err().code(), Code::StoreLocked, "open");
    drop(writing);
    let left = fs::File::options().append(true).open(&path).unwrap();
    left.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    assert_eq!(origin().unwrap_err().code(), Code::StoreLocked, "written");
}

#[test]
fn a_damaged_file_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    let history = History::open(folder.path()).unwrap();
    for n in 0..50 {
        let mut draft = draft(n);
        draft.path = format!("{n}.cedar");
        history.put_draft(&draft).unwrap();
    }
    drop(history);
    let whole = fs::read(&path).unwrap();
    let mut torn = whole.clone();
    torn[4096..3 * 4096].fill(0xA5);
    for bad in [
        b"this is no database at all, whatever its name says".repeat(100),
        whole[..whole.len() / 2].to_vec(),
        torn,
    ] {
        fs::write(&path, &bad).unwrap();
        assert_eq!(
            History::open(folder.path()).err().unwrap().code(),
            Code::StoreDamaged
        );
        assert_eq!(fs::read(&path).unwrap(), bad);
    }
}

#[test]
fn a_folder_in_the_place_of_a_database_is_told_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger-3.sqlite");
    fs::create_dir(&path).unwrap();
    let error = crate::Ledger::open(&path).err().unwrap();
    assert_eq!(error.code(), Code::StoreDamaged);
    assert!(error.to_string().contains("it is a folder"), "{error}");
    assert!(path.is_dir());
}

#[test]
fn what_a_killed_process_probed_with_is_taken_away_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let left = |name: &str| folder.path().join(name);
    let others = ["ledger.mine.probe", "studio.7.probe", "ledger-2.7.probe"];
    for name in others
        .iter()
        .chain(&["ledger.4711.probe", "ledger.1.probe"])
    {
        fs::write(left(name), "").unwrap();
    }
    crate::Ledger::open(&left("ledger.sqlite")).unwrap();
    assert!(!left("ledger.4711.probe").exists() && !left("ledger.1.probe").exists());
    assert!(others.iter().all(|name| left(name).exists()));
}

#[test]
fn a_newer_database_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("studio.db");
    drop(History::open(folder.path()).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    // `user_version`, https://www.sqlite.org/fileformat2.html#the_database_header
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&path, &bytes).unwrap();
    let error = History::open(folder.path()).err().unwrap();
    assert_eq!(error.code(), Code::StoreNewer);
    assert!(error.to_string().contains("99"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn two_programs_may_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (
        History::open(folder.path()).unwrap(),
        History::open(folder.path()).unwrap(),
    );
    std::thread::scope(|scope| {
        for (name, history) in [("one", &one), ("two", &two)] {
            scope.spawn(move || {
                for n in 0..100 {
                    let mut draft = draft(n);
                    draft.path = format!("{name}-{n}.cedar");
                    history.put_draft(&draft).unwrap();
                }
            });
        }
    });
    assert_eq!(one.drafts().unwrap().len(), 200);
}
