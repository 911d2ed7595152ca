//! A ledger keeps what it acknowledged, never signs two histories, and says so when a backup was put in its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Write as _},
    ops::Range,
    process::{Command, Stdio},
};

use evidence::{
    checkpoint::{self, Checkpoint},
    dsse::{self, Envelope},
    ed25519::{SecretKey, Signer as _},
    hex,
    merkle::{self, Hashes as _},
    note::{Kind, VerifierKey},
    sha256,
    statement::{
        DriftPreview, KeyRotation, Narrative, Predicate as _, PurgeManifest, Restore, Statement,
        Subject,
    },
};

use super::*;
use crate::{Ledger, Lingers, OVERLAP, Receipt, high_water::HighWater};

const NOW: u64 = 1_795_262_400;
const FOLDER: &str = "LEDGER_TEST_FOLDER";
const ROUND: &str = "LEDGER_TEST_ROUND";
const DISK: &str = "LEDGER_TEST_DISK";

fn key(n: usize) -> SecretKey {
    SecretKey::from_seed(&sha256(&[b"key", &n.to_be_bytes()]))
}

fn receipt(n: u64, key: &SecretKey) -> Receipt {
    let said = DriftPreview {
        issued: "2026-11-21T12:00:00Z".into(),
        base: "sha256:0".into(),
        head: "sha256:1".into(),
        rows: n,
        gained: 0,
        lost: 0,
        open: 0,
    };
    Receipt::seal(vec![Subject::of(&format!("edit {n}"), b"x")], &said, &[key]).unwrap()
}

fn receipts(numbers: Range<u64>) -> Vec<Receipt> {
    numbers.map(|n| receipt(n, &key(0))).collect()
}

/// A workspace with a ledger and a user of its own.
struct Place {
    _keep: tempfile::TempDir,
    root: PathBuf,
    folders: Folders,
}

impl Place {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let place = Self::at(keep.path());
        fs::create_dir(&place.root).unwrap();
        Self {
            _keep: keep,
            ..place
        }
    }

    fn at(base: &Path) -> Self {
        Self {
            _keep: tempfile::tempdir().unwrap(),
            root: base.join("w"),
            folders: Folders {
                data: base.join("data"),
                state: base.join("state"),
            },
        }
    }

    fn create(&self) -> Ledger {
        let origin = Some("example.com/ledger");
        Ledger::create(&self.root, &self.folders, origin, ("k0", &key(0)), NOW).unwrap()
    }

    fn open(&self) -> Ledger {
        Ledger::open(&self.root, &self.folders).unwrap().unwrap()
    }

    fn database(&self) -> PathBuf {
        self.root.join(".fabric/ledger.sqlite")
    }
}

fn code<T>(result: Result<T, crate::Error>) -> Code {
    result.err().unwrap().code()
}

fn verifier(n: usize) -> VerifierKey {
    VerifierKey::new("example.com/ledger", Kind::Ed25519, key(n).public()).unwrap()
}

/// The head of a checkpoint that this key signed.
fn head(note: &str, key: usize) -> Checkpoint {
    checkpoint::open(note.as_bytes(), &[verifier(key)], &[])
        .unwrap()
        .0
}

#[test]
fn receipts_are_proven_against_what_was_signed() {
    let place = Place::new();
    assert!(Ledger::open(&place.root, &place.folders).unwrap().is_none());
    let ledger = place.create();
    assert_eq!(
        code(Ledger::create(
            &place.root,
            &place.folders,
            None,
            ("k", &key(0)),
            NOW
        )),
        Code::BadCall
    );
    assert_eq!(ledger.append(receipts(0..300)).unwrap(), 0..300);
    assert_eq!(code(ledger.prove(0)), Code::BadCall);
    let first = ledger.sign(&[&key(0)], NOW).unwrap();
    assert_eq!(ledger.append(receipts(300..520)).unwrap(), 300..520);
    let second = ledger.sign(&[&key(0)], NOW).unwrap();
    assert_eq!(ledger.sign(&[&key(0)], NOW + 1).unwrap(), second);
    drop(ledger);

    let ledger = place.open();
    let old = head(&first, 0);
    assert_eq!((old.size, head(&second, 0).size), (300, 520));
    let entries = ledger.entries(0..1000).unwrap();
    assert_eq!(entries.len(), 520);
    for seq in [0, 255, 256, 519] {
        let proof = ledger.prove(seq).unwrap();
        let leaf = entries[seq as usize].leaf.hash();
        proof.verify(&leaf, &[verifier(0)], &[]).unwrap();
        let envelope = &entries[seq as usize].receipt.as_ref().unwrap().envelope;
        assert_eq!(ledger.find(&sha256(&[envelope.as_bytes()])).unwrap(), [seq]);
        let said = dsse::open(envelope.as_bytes(), dsse::IN_TOTO, &[key(0).public()], 1).unwrap();
        let said: DriftPreview = Statement::parse(&said).unwrap().predicate().unwrap();
        assert_eq!(said.rows, seq);
    }
    let growth = ledger.growth(300).unwrap();
    growth.verify(&old.root, &head(&second, 0)).unwrap();
    let checked = ledger.check().unwrap();
    assert_eq!((checked.size, checked.checkpoints), (520, 3));
    assert_eq!(checked.root, head(&second, 0).root);
}

#[test]
fn what_is_compacted_is_read_as_before() {
    let place = Place::new();
    let ledger = place.create();
    assert_eq!(ledger.compact(true).unwrap().blocks, 0);
    ledger.append(receipts(0..300)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    let all = ledger.entries(0..300).unwrap();
    let found = |ledger: &Ledger, seq: usize| {
        let envelope = &all[seq].receipt.as_ref().unwrap().envelope;
        ledger.find(&sha256(&[envelope.as_bytes()])).unwrap()
    };
    let bundle = |ledger: &Ledger, compact| {
        let wanted = crate::WantedBundle {
            receipts: std::iter::once(0..300).collect(),
            compact,
            ..Default::default()
        };
        ledger.bundle(&wanted, &key(0), NOW).unwrap()
    };
    let bundled = [false, true].map(|compact| bundle(&ledger, compact));
    assert!(bundled[1].len() < bundled[0].len());
    // Beside the rows: nothing is removed yet.
    let beside = ledger.compact(false).unwrap();
    assert_eq!(
        (beside.receipts, beside.blocks, beside.written),
        (300, 2, 2)
    );
    assert_eq!((beside.left, beside.dropped), (0, 0));
    assert!(beside.before > 6 * beside.after, "{beside:?}");
    assert_eq!(ledger.check().unwrap().size, 300);
    assert_eq!(found(&ledger, 7), [7]);
    // In the place of them.
    let alone = ledger.compact(true).unwrap();
    assert_eq!((alone.written, alone.dropped), (0, 300));
    assert!(alone.database[1] < alone.database[0]);
    assert_eq!(ledger.compact(true).unwrap().dropped, 0);
    // It goes on: new rows behind old blocks, and a block behind a short one.
    ledger.append(receipts(300..310)).unwrap();
    let said = ledger.entries(0..999).unwrap();
    assert_eq!((said.len(), &said[..300]), (310, &all[..]));
    assert_eq!(ledger.entries(298..302).unwrap(), said[298..302]);
    ledger.sign(&[&key(0)], NOW).unwrap();
    drop(ledger);
    let ledger = place.open();
    let more = ledger.compact(true).unwrap();
    assert_eq!((more.receipts, more.blocks, more.dropped), (310, 3, 10));
    let checked = ledger.check().unwrap();
    assert_eq!((checked.size, checked.checkpoints), (310, 3));
    assert_eq!(ledger.entries(0..999).unwrap(), said);
    assert_eq!(
        (found(&ledger, 0), found(&ledger, 299)),
        (vec![0], vec![299])
    );
    assert!(ledger.find(&[0; 32]).unwrap().is_empty());
    for seq in [0, 255, 256, 309] {
        let proof = ledger.prove(seq).unwrap();
        let leaf = said[seq as usize].leaf.hash();
        proof.verify(&leaf, &[verifier(0)], &[]).unwrap();
    }
    assert_eq!(ledger.page(0, 20).unwrap().items.len(), 20);
    ledger.export(&place.root.join("export")).unwrap();
    let bytes = bundle(&ledger, true);
    let read = evidence::bundle::Bundle::open(&bytes, evidence::zip::Limits::BUNDLE).unwrap();
    let contents = evidence::bundle::Contents::of(&read).unwrap();
    assert_eq!(contents.entries(0..300).unwrap(), all);
}

#[test]
fn a_short_block_grows_with_the_ledger_while_its_rows_are_there() {
    let place = Place::new();
    let ledger = place.create();
    for size in [100, 200, 256, 300] {
        let before = ledger.size().unwrap();
        ledger.append(receipts(before..size)).unwrap();
        let done = ledger.compact(false).unwrap();
        assert_eq!(
            (done.receipts, done.blocks, done.written),
            (size, size.div_ceil(256), 1)
        );
        assert_eq!(ledger.compact(false).unwrap().written, 0);
    }
    let all = ledger.entries(0..300).unwrap();
    // One without its rows stays as it is.
    ledger.compact(true).unwrap();
    ledger.append(receipts(300..310)).unwrap();
    let other = place.open();
    assert_eq!(other.compact(true).unwrap().blocks, 3);
    assert_eq!(ledger.entries(0..300).unwrap(), all);
    assert_eq!(ledger.check().unwrap().size, 310);
}

#[test]
fn what_fits_no_block_stays_as_it_is() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..256)).unwrap();
    ledger.compact(false).unwrap();
    // More than a block holds.
    let said = Narrative {
        issued: "2026-11-21T12:00:00Z".into(),
        language: "de".into(),
        format: "html".into(),
        facts: "sha256:0".into(),
    };
    let about = |n: usize| Subject::of(&format!("{n}{}", "x".repeat(30_000)), b"x");
    let large = |n| Receipt::seal(vec![about(n)], &said, &[&key(0)]).unwrap();
    ledger.append((0..60).map(large).collect()).unwrap();
    let all = ledger.entries(0..316).unwrap();
    let done = ledger.compact(true).unwrap();
    assert_eq!((done.receipts, done.left, done.dropped), (256, 60, 256));
    assert_eq!(ledger.entries(0..316).unwrap(), all);
    assert_eq!(ledger.check().unwrap().size, 316);
    assert_eq!(ledger.compact(true).unwrap().left, 60);
}

#[test]
fn a_ledger_of_a_newer_program_is_left_alone() {
    let place = Place::new();
    drop(place.create());
    let mut bytes = fs::read(place.database()).unwrap();
    // `user_version`, https://www.sqlite.org/fileformat2.html#the_database_header
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(place.database(), &bytes).unwrap();
    let opened = Ledger::open(&place.root, &place.folders);
    assert_eq!(code(opened), Code::StoreNewer);
    assert_eq!(fs::read(place.database()).unwrap(), bytes);
}

/// Compacts on a disk that is full again and again, when started by the test below; does nothing in an ordinary run.
#[test]
fn child_on_a_small_disk() {
    let Some(base) = std::env::var_os(DISK) else {
        return;
    };
    let place = Place::at(Path::new(&base));
    fs::create_dir(&place.root).unwrap();
    let ledger = place.create();
    ledger.append(receipts(0..300)).unwrap();
    let all = ledger.entries(0..300).unwrap();
    let ballast = place.root.join("ballast");
    let (mut ends, mut full) = (0, 0);
    // With ever more room it gets ever farther, and each time everything is there.
    for left in (0..32).rev() {
        // What does not fit fills the disk.
        let _ = fs::write(&ballast, vec![0; left << 17]);
        match ledger.compact(true) {
            Ok(done) => {
                assert_eq!(done.receipts, 300);
                ends += 1;
            }
            Err(error) => {
                assert_eq!(error.code(), Code::StoreFull);
                full += 1;
            }
        }
        assert_eq!(ledger.entries(0..300).unwrap(), all);
        assert_eq!(ledger.check().unwrap().size, 300);
    }
    drop(ledger);
    assert_eq!(place.open().entries(0..300).unwrap(), all);
    assert!(ends > 0 && full > 0, "{ends} {full}");
    say("played");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_amid_a_compaction_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mount = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-ec", script]);
        command.arg(std::env::current_exe().unwrap());
        command.env(DISK, folder.path()).output()
    };
    let possible = mount("mount -t tmpfs none /mnt");
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("not tested: this system lets nobody mount a file system of their own");
        return;
    }
    let script = format!(
        "mount -t tmpfs -o size=3m none \"${DISK}\"; SQLITE_TMPDIR=\"${DISK}\" exec \"$0\" --exact tests::ledger::child_on_a_small_disk --nocapture"
    );
    let output = mount(&script).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("\nplayed ."),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_block_that_was_changed_is_found_and_drops_nothing() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..20)).unwrap();
    ledger.compact(false).unwrap();
    let salt = ledger
        .entries(9..10)
        .unwrap()
        .remove(0)
        .receipt
        .unwrap()
        .salt;
    drop(ledger);
    let whole = fs::read(place.database()).unwrap();
    // The salt lies in the row and in the block.
    let places: Vec<_> = (0..whole.len() - 32)
        .filter(|at| whole[*at..at + 32] == salt)
        .collect();
    assert_eq!(places.len(), 2);
    for at in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(place.database(), bytes).unwrap();
        let ledger = place.open();
        assert_eq!(code(ledger.check()), Code::LedgerDamaged);
        assert_eq!(code(ledger.compact(true)), Code::LedgerDamaged);
        assert_eq!(ledger.entries(0..9).unwrap().len(), 9);
    }
}

/// What a receipt says of a purge.
fn purge_of(entry: &evidence::entry::Entry) -> Option<PurgeManifest> {
    let envelope = &entry.receipt.as_ref()?.envelope;
    let envelope = Envelope::parse(envelope.as_bytes()).unwrap();
    Statement::parse(&envelope.payload)
        .unwrap()
        .predicate()
        .ok()
}

#[test]
fn what_is_purged_is_gone_from_the_disk_and_a_receipt_says_so() {
    // In rows alone, in blocks beside them, in blocks alone.
    for compacted in [None, Some(false), Some(true)] {
        let place = Place::new();
        let ledger = place.create();
        ledger.append(receipts(0..20)).unwrap();
        ledger.sign(&[&key(0)], NOW).unwrap();
        if let Some(drop) = compacted {
            ledger.compact(drop).unwrap();
        }
        let before = ledger.entries(0..20).unwrap();
        let purge = |numbers: &[u64], reason: &str| {
            let numbers: BTreeSet<_> = numbers.iter().copied().collect();
            ledger.purge(&numbers, (reason, "ana"), &BTreeMap::new(), &[&key(0)], NOW)
        };
        assert_eq!(purge(&[3, 9], "asked for").unwrap(), 20);
        for (numbers, reason) in [
            (&[][..], "asked for"),
            (&[4], " "),
            (&[4, 21], "asked for"),
            (&[4, 3], "asked for"),
            (&[4, 20], "asked for"),
        ] {
            assert_eq!(code(purge(numbers, reason)), Code::BadCall, "{numbers:?}");
        }
        let after = ledger.entries(0..21).unwrap();
        for (old, new) in before.iter().zip(&after) {
            let gone = [3, 9].contains(&old.leaf.seq);
            assert_eq!(new.receipt.is_none(), gone);
            assert!(new.leaf == old.leaf && (gone || new == old));
        }
        let said = purge_of(&after[20]).unwrap();
        assert_eq!(
            (said.reason.as_str(), said.by.as_str()),
            ("asked for", "ana")
        );
        let named = said.receipts.iter().map(|it| (it.number, it.leaf.clone()));
        let leaf = |seq: usize| hex(&before[seq].leaf.hash());
        assert!(named.eq([(3, leaf(3)), (9, leaf(9))]));
        let checked = ledger.check().unwrap();
        assert_eq!((checked.size, checked.purged), (21, 2));
        assert_eq!(ledger.info().unwrap().signed, 21);

        // A bundle with what was purged takes along the receipt that says so.
        let choice = |numbers| crate::Choice {
            numbers: vec![numbers],
            ..Default::default()
        };
        assert_eq!(ledger.choose(&choice(2..4)).unwrap(), [2..4, 20..21]);
        let others = ledger.choose(&choice(4..9)).unwrap();
        assert!(others.into_iter().eq(std::iter::once(4..9)));
        // Blocks are made again, and hold no more than there is.
        ledger.compact(true).unwrap();
        assert_eq!(ledger.entries(0..21).unwrap(), after);
        drop(ledger);
        let bytes = fs::read(place.database()).unwrap();
        let log = fs::read(place.database().with_extension("sqlite-wal")).unwrap_or_default();
        let there = |part: &[u8]| {
            let within = |bytes: &[u8]| bytes.windows(part.len()).any(|it| it == part);
            within(&bytes) || within(&log)
        };
        let salt = |seq: usize| before[seq].receipt.as_ref().unwrap().salt;
        assert!(there(&salt(4)), "this is how a salt is found");
        assert!(!there(&salt(3)) && !there(&salt(9)), "{compacted:?}");
        let text = |n: u64| format!("edit {n}").into_bytes();
        let told = |n: u64| {
            let envelope = &before[n as usize].receipt.as_ref().unwrap().envelope;
            there(&text(n)) || there(&envelope.as_bytes()[envelope.len() - 60..])
        };
        assert!(!told(3) && !told(9), "{compacted:?}");
        place.open().check().unwrap();
    }
}

#[test]
fn a_report_goes_with_the_last_receipt_that_speaks_of_it() {
    let place = Place::new();
    let ledger = place.create();
    let moves = BTreeMap::new();
    let report = b"whose access changes";
    ledger.keep(report).unwrap();
    let kept = place
        .root
        .join(".fabric/kept")
        .join(hex(&sha256(&[report])));
    for n in 0..2 {
        let said = DriftPreview {
            issued: "2026-11-21T12:00:00Z".into(),
            base: "sha256:0".into(),
            head: "sha256:1".into(),
            rows: n,
            gained: 0,
            lost: 0,
            open: 0,
        };
        let about = vec![Subject::of("drift-report.json", report)];
        let receipt = Receipt::seal(about, &said, &[&key(0)]).unwrap();
        ledger.append(vec![receipt]).unwrap();
    }
    for seq in 0..2 {
        assert!(kept.is_file());
        let numbers = BTreeSet::from([seq]);
        ledger
            .purge(&numbers, ("asked for", "ana"), &moves, &[&key(0)], NOW)
            .unwrap();
    }
    assert!(!kept.exists());
}

#[test]
fn a_purge_leaves_nothing_beside_the_ledger_that_no_receipt_needs() {
    let place = Place::new();
    let ledger = place.create();
    let kept = |content: &[u8]| {
        let name = hex(&sha256(&[content]));
        place.root.join(".fabric/kept").join(name).is_file()
    };
    for content in [&b"of nothing"[..], b"of the move"] {
        ledger.keep(content).unwrap();
    }
    let cached = place.root.join(".fabric/guard/verdict.json");
    fs::create_dir_all(cached.parent().unwrap()).unwrap();
    fs::write(&cached, "rows").unwrap();
    for (name, content) in [("drift-report.json", &b"r"[..]), ("move", b"id")] {
        let said = DriftPreview {
            issued: "2026-11-21T12:00:00Z".into(),
            base: "sha256:0".into(),
            head: "sha256:1".into(),
            rows: 1,
            gained: 0,
            lost: 0,
            open: 0,
        };
        let about = vec![Subject::of(name, content)];
        let receipt = Receipt::seal(about, &said, &[&key(0)]).unwrap();
        ledger.append(vec![receipt]).unwrap();
    }
    let rests_on = vec![hex(&sha256(&[b"of the move"]))];
    let moves = BTreeMap::from([(hex(&sha256(&[b"id"])), rests_on)]);
    let purge = |number: u64| {
        let numbers = BTreeSet::from([number]);
        ledger
            .purge(&numbers, ("asked for", "ana"), &moves, &[&key(0)], NOW)
            .unwrap();
    };
    purge(0);
    assert!(!cached.exists() && !kept(b"of nothing"));
    assert!(kept(b"of the move"));
    purge(1);
    assert!(!kept(b"of the move"));
}

#[test]
fn nobody_is_made_believed_who_is_not() {
    let place = Place::new();
    let ledger = place.create();
    let own = VerifierKey::new("w.example/w", Kind::Cosignature, key(0).public()).unwrap();
    assert_eq!(code(ledger.trust(None, (&[own], 1), &[])), Code::BadCall);
    let public = hex(&key(0).public().to_bytes());
    let revoked = vault::Key {
        name: "k0".into(),
        public,
        kept: vault::Kept::File,
        state: vault::State::Revoked,
        created: NOW,
        ended: Some(NOW + 60),
    };
    ledger.rotate(&key(0), ("k1", &key(1)), NOW + 9).unwrap();
    let drafted = ledger.trust(None, (&[], 0), &[revoked]).unwrap();
    let trust: serde_json::Value = serde_json::from_str(&drafted.text).unwrap();
    let until = evidence::moment::text(NOW + 60);
    assert_eq!(trust["keys"][0]["until"], until.as_str());
    assert!(trust["keys"][1].get("until").is_none());
}

#[test]
fn a_key_that_opens_by_itself_is_not_lost_whatever_is_said() {
    let place = Place::new();
    let vault = vault::Vault::in_memory();
    let made = vault.create("k", vault::Keep::Memory, NOW).unwrap();
    let signer = vault.opened(&made, &|_| unreachable!()).unwrap().signer();
    let ledger = Ledger::create(&place.root, &place.folders, None, ("k", &signer), NOW).unwrap();
    let is_lost = |said| crate::key_is_lost(&ledger, &vault, said);
    assert!(!is_lost(None).unwrap());
    assert_eq!(code(is_lost(Some(&|_| unreachable!()))), Code::BadCall);
    vault.revoke("k", NOW).unwrap();
    assert!(is_lost(None).unwrap());
    assert!(is_lost(Some(&|_| unreachable!())).unwrap());
}

#[test]
fn many_threads_append_at_once_and_each_has_numbers_of_its_own() {
    let place = Place::new();
    let ledger = place.create();
    let numbers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (ledger, numbers) = (&ledger, &numbers);
            scope.spawn(move || {
                for n in 0..10 {
                    let got = ledger.append(receipts(n..n + thread % 3)).unwrap();
                    assert_eq!(got.end - got.start, thread % 3);
                    lock(numbers).extend(got);
                }
            });
        }
    });
    let mut numbers = numbers.into_inner().unwrap();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..70).collect::<Vec<_>>());
    ledger.check().unwrap();
}

#[test]
fn many_who_append_share_a_commit() {
    let place = Place::new();
    let ledger = place.create();
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                for n in 0..10 {
                    ledger.append(receipts(n..n + 1)).unwrap();
                }
            });
        }
    });
    assert_eq!(ledger.size().unwrap(), 320);
    let commits = ledger.commits.load(Ordering::Relaxed);
    assert!(commits < 160, "320 receipts in {commits} commits");
}

#[test]
fn a_backup_is_noticed_and_signs_nothing_and_the_way_out_is_a_new_origin() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..10)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    drop(ledger);
    let backup = fs::read(place.database()).unwrap();
    let ledger = place.open();
    ledger.append(receipts(10..14)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    drop(ledger);
    let newest = fs::read(place.database()).unwrap();

    fs::write(place.database(), &backup).unwrap();
    let stale = place.open();
    let trouble = stale.info().unwrap().trouble.unwrap();
    assert_eq!(trouble.code, Code::LedgerStale);
    assert!(
        trouble.message.contains("10") && trouble.message.contains("14"),
        "{trouble}"
    );
    assert_eq!(code(stale.sign(&[&key(0)], NOW)), Code::LedgerStale);
    assert_eq!(code(stale.append(receipts(0..1))), Code::LedgerStale);
    assert_eq!(code(stale.check()), Code::LedgerStale);
    assert_eq!(stale.entries(0..99).unwrap().len(), 10);
    // What others are to believe is not written either, of no receipt: it would be a shorter history than they may have seen.
    let wanted = crate::WantedBundle {
        receipts: std::iter::once(0..2).collect(),
        ..crate::WantedBundle::default()
    };
    let target = place.root.join("stale.tfb");
    let on = &mut |_, _| std::ops::ControlFlow::Continue(());
    assert_eq!(code(stale.bundle(&wanted, &key(0), NOW)), Code::LedgerStale);
    let exported = stale.export_to(&wanted, &key(0), NOW, &target, on);
    assert_eq!(code(exported), Code::LedgerStale);
    assert!(!target.exists());
    assert_eq!(code(stale.prove(0)), Code::LedgerStale);
    assert_eq!(code(stale.growth(3)), Code::LedgerStale);
    let folder = place.root.join("stale");
    assert_eq!(code(stale.export(&folder)), Code::LedgerStale);
    assert!(!folder.exists());
    // It is shown here, though.
    assert_eq!(stale.receipt(3).unwrap().receipt.number, 3);
    assert_eq!(stale.list(0..10).unwrap().len(), 10);
    drop(stale);

    // The newer database is put back.
    fs::write(place.database(), &newest).unwrap();
    let ledger = place.open();
    ledger.sign(&[&key(0)], NOW).unwrap();
    let refused = ledger.restore(&place.folders, ("k0", &key(0)), "ana", None, (false, NOW));
    assert_eq!(code(refused), Code::BadCall);
    // Another way to be unable to go on: whose key it is has lost it.
    let elsewhere = Place::new();
    let ledger = elsewhere.create();
    ledger.append(receipts(0..3)).unwrap();
    let next = ledger.restore(
        &elsewhere.folders,
        ("k1", &key(1)),
        "ana",
        None,
        (true, NOW),
    );
    assert_eq!(next.unwrap().origin(), "example.com/ledger/2");

    // It is lost.
    fs::write(place.database(), &backup).unwrap();
    let next = place
        .open()
        .restore(&place.folders, ("k0", &key(0)), "ana", None, (false, NOW))
        .unwrap();
    assert_eq!(next.origin(), "example.com/ledger/2");
    drop(next);
    let next = place.open();
    assert_eq!(next.origin(), "example.com/ledger/2");
    assert!(next.info().unwrap().trouble.is_none());
    let first = next.entries(0..1).unwrap().remove(0);
    assert_eq!(first.leaf.kind, Restore::KIND);
    let envelope = Envelope::parse(first.receipt.unwrap().envelope.as_bytes()).unwrap();
    let said: Restore = Statement::parse(&envelope.payload)
        .unwrap()
        .predicate()
        .unwrap();
    assert_eq!(
        (
            said.origin.as_str(),
            said.backup,
            said.known,
            said.by.as_str()
        ),
        ("example.com/ledger", 10, 14, "ana")
    );
    next.append(receipts(0..3)).unwrap();
    assert_eq!(
        fs::read(place.database()).unwrap(),
        backup,
        "the old one is left alone"
    );
}

#[test]
fn an_origin_whose_place_another_took_lingers_while_a_copy_may_sign_for_it() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..3)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    drop(ledger);
    let copy = fs::read(place.database()).unwrap();
    let restore = |n: usize, now| {
        let name = format!("k{n}");
        let with = (name.as_str(), &key(n) as &dyn evidence::ed25519::Signer);
        let next = place
            .open()
            .restore(&place.folders, with, "ana", None, (true, now));
        drop(next.unwrap());
    };
    let first = "example.com/ledger";
    let lingers = |now| place.open().lingers(first, &place.folders, now).unwrap();
    restore(1, NOW + 5);
    let until = NOW + 5 + OVERLAP;
    // And when a third took the place of the second.
    for third in [false, true] {
        if third {
            restore(2, NOW + 7);
        }
        assert_eq!(lingers(until - 1), Some(Lingers::Until(until)));
        assert_eq!(lingers(until), None);
    }
    // In another copy it signs: that is no guess any more, and has no end.
    let elsewhere = Place {
        folders: place.folders.clone(),
        ..Place::new()
    };
    fs::create_dir_all(elsewhere.root.join(".fabric")).unwrap();
    fs::write(elsewhere.database(), copy).unwrap();
    let other = elsewhere.open();
    other.append(receipts(3..4)).unwrap();
    other.sign(&[&key(0)], NOW + 9).unwrap();
    assert_eq!(lingers(until), Some(Lingers::Signed));
    // Where the second is lost as well, the third began later.
    fs::remove_file(place.root.join(".fabric/ledger-2.sqlite")).unwrap();
    let until = NOW + 7 + OVERLAP;
    assert_eq!(lingers(until - 1), Some(Lingers::Until(until)));
    assert_eq!(lingers(until), None);
}

#[test]
fn another_history_and_a_machine_that_remembers_nothing_are_noticed() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..5)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    drop(ledger);
    let copy = fs::read(place.database()).unwrap();
    let elsewhere = Place {
        folders: Folders {
            state: place.folders.state.with_file_name("elsewhere"),
            ..place.folders.clone()
        },
        ..Place::at(place.root.parent().unwrap())
    };
    // Another machine, to which the mark was never brought.
    let unknown = elsewhere.open();
    assert_eq!(code(unknown.sign(&[&key(0)], NOW)), Code::LedgerStale);
    drop(unknown);
    let marks = |place: &Place| place.folders.state.join("ledgers");
    fs::create_dir_all(marks(&elsewhere)).unwrap();
    for mark in fs::read_dir(marks(&place)).unwrap() {
        let mark = mark.unwrap();
        fs::copy(mark.path(), marks(&elsewhere).join(mark.file_name())).unwrap();
    }
    // There the copy goes on, as a backup would; here the ledger goes on.
    let ledger = elsewhere.open();
    ledger.append(receipts(100..108)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    drop(ledger);
    let other = fs::read(place.database()).unwrap();
    fs::write(place.database(), &copy).unwrap();
    let ledger = place.open();
    ledger.append(receipts(5..9)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    drop(ledger);
    fs::write(place.database(), &other).unwrap();
    let forked = place.open();
    assert_eq!(code(forked.sign(&[&key(0)], NOW)), Code::LedgerForked);
    assert_eq!(code(forked.append(receipts(0..1))), Code::LedgerForked);
}

#[test]
fn a_mark_that_cannot_be_raised_lets_no_checkpoint_out() {
    let place = Place::new();
    let ledger = place.create();
    let mark = fs::read_dir(place.folders.state.join("ledgers"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "checkpoint"))
        .unwrap();
    ledger.append(receipts(0..4)).unwrap();
    // A file that may not be replaced.
    let mut permissions = fs::metadata(&mark).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&mark, permissions).unwrap();
    assert_eq!(code(ledger.sign(&[&key(0)], NOW)), Code::FileWrite);
    assert_eq!(ledger.checkpoints().unwrap().len(), 1);
    assert_eq!(head(&ledger.checkpoints().unwrap()[0], 0).size, 0);
    fs::remove_file(&mark).unwrap();
    assert_eq!(code(ledger.sign(&[&key(0)], NOW)), Code::LedgerStale);
    fs::write(&mark, "no checkpoint").unwrap();
    assert_eq!(code(ledger.sign(&[&key(0)], NOW)), Code::LedgerDamaged);
    fs::write(&mark, &ledger.checkpoints().unwrap()[0]).unwrap();
    assert_eq!(head(&ledger.sign(&[&key(0)], NOW).unwrap(), 0).size, 4);
}

#[test]
fn a_checkpoint_that_was_signed_and_not_kept_is_signed_the_same_again() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..4)).unwrap();
    drop(ledger);
    let before = fs::read(place.database()).unwrap();
    let signed = place.open().sign(&[&key(0)], NOW).unwrap();
    // As after a kill between the mark and the commit.
    fs::write(place.database(), before).unwrap();
    let ledger = place.open();
    assert_eq!(ledger.checkpoints().unwrap().len(), 1);
    assert_eq!(ledger.sign(&[&key(0)], NOW).unwrap(), signed);
    assert_eq!(ledger.checkpoints().unwrap().len(), 2);
}

#[test]
fn what_was_altered_on_the_disk_is_named_and_not_signed_for() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..40)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    ledger.append(receipts(40..60)).unwrap();
    let sealed = |seq: u64| {
        let entry = ledger.entries(seq..seq + 1).unwrap().remove(0);
        entry.receipt.unwrap().envelope
    };
    let (early, late) = (sealed(7), sealed(50));
    drop(ledger);
    let whole = fs::read(place.database()).unwrap();
    for (envelope, seq, signs) in [(late, 50, false), (early, 7, true)] {
        let mut bytes = whole.clone();
        let at = bytes
            .windows(envelope.len())
            .position(|window| window == envelope.as_bytes())
            .unwrap();
        bytes[at + 20] ^= 1;
        fs::write(place.database(), bytes).unwrap();
        let ledger = place.open();
        let error = ledger.check().unwrap_err();
        assert_eq!(error.code(), Code::LedgerDamaged);
        assert!(
            error.to_string().contains(&format!("receipt {seq}:")),
            "{error}"
        );
        // Before every checkpoint only what is new is read again; the tree below is held against the mark.
        let signed = ledger.sign(&[&key(0)], NOW);
        assert_eq!(signed.is_ok(), signs);
    }
}

#[test]
fn keys_change_by_signing_twice() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..2)).unwrap();
    let refused = ledger.rotate(&key(1), ("k2", &key(2)), NOW);
    assert_eq!(code(refused), Code::KeyMissing);
    let both = ledger.rotate(&key(0), ("k1", &key(1)), NOW).unwrap();
    assert_eq!((head(&both, 0).size, head(&both, 1).size), (3, 3));
    let change = ledger.entries(2..3).unwrap().remove(0);
    assert_eq!(change.leaf.kind, KeyRotation::KIND);
    let envelope = Envelope::parse(change.receipt.unwrap().envelope.as_bytes()).unwrap();
    let keys = [key(0).public(), key(1).public()];
    assert_eq!(envelope.verify(dsse::IN_TOTO, &keys, 2).unwrap().len(), 2);
    // The old key alone signs nothing more; for a while it signs beside the new one, then no longer.
    assert_eq!(code(ledger.sign(&[&key(0)], NOW)), Code::KeyMissing);
    ledger.append(vec![receipt(9, &key(1))]).unwrap();
    let later = ledger.sign(&[&key(0), &key(1)], NOW + OVERLAP - 1).unwrap();
    assert_eq!(head(&later, 0), head(&later, 1));
    ledger.append(vec![receipt(10, &key(1))]).unwrap();
    let last = ledger.sign(&[&key(0), &key(1)], NOW + OVERLAP).unwrap();
    assert_eq!(head(&last, 1).size, 5);
    assert!(checkpoint::open(last.as_bytes(), &[verifier(0)], &[]).is_err());
    ledger.check().unwrap();
}

#[test]
fn growth_from_what_nobody_here_signed_is_refused() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..3)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    let bundle = |since| {
        let wanted = crate::WantedBundle {
            receipts: std::iter::once(0..3).collect(),
            since: Some(since),
            ..crate::WantedBundle::default()
        };
        ledger.bundle(&wanted, &key(0), NOW)
    };
    assert!(bundle(1).is_ok() && bundle(3).is_ok());
    for since in [0, 4, 400] {
        let refused = bundle(since).err().unwrap();
        assert_eq!(refused.code(), Code::BadCall);
        let said = refused.to_string();
        assert!(
            said.contains(&format!("from {since} ")) && said.contains("covers 3"),
            "{said}"
        );
    }
}

#[test]
fn a_ledger_is_not_its_own_witness() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..1)).unwrap();
    // Nobody answers there: it is refused before anybody is asked.
    let own = VerifierKey::new("w", Kind::Cosignature, key(0).public()).unwrap();
    let witness = ::witness::Client::new("http://127.0.0.1:1", &own.to_string()).unwrap();
    for refused in [
        ledger.sign_witnessed(&[&key(0)], &witness, NOW),
        ledger.cosign(&witness),
    ] {
        let refused = refused.err().unwrap();
        assert_eq!(refused.code(), Code::BadCall);
        assert!(
            refused.to_string().contains("the ledger's own, `k0`"),
            "{refused}"
        );
    }
    assert_eq!(ledger.info().unwrap().signed, 0);
}

#[test]
fn signatures_of_witnesses_join_the_checkpoint_they_are_of() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..2)).unwrap();
    let signed = ledger.sign(&[&key(0)], NOW).unwrap();
    let mut note = evidence::note::Note::parse(signed.as_bytes()).unwrap();
    note.cosign("w", &key(7), NOW).unwrap();
    let line = format!("{}\n", note.signatures.last().unwrap());
    let cosigned = ledger.cosigned(&signed, &line).unwrap();
    assert_eq!(ledger.cosigned(&signed, &line).unwrap(), cosigned);
    let witness = VerifierKey::new("w", Kind::Cosignature, key(7).public()).unwrap();
    let (_, by) = checkpoint::open(cosigned.as_bytes(), &[verifier(0)], &[witness]).unwrap();
    assert_eq!(by.len(), 2);
    assert_eq!(ledger.sign(&[&key(0)], NOW).unwrap(), cosigned);
    assert_eq!(ledger.prove(0).unwrap().checkpoint, cosigned);
    assert_eq!(code(ledger.cosigned(&signed, "no line\n")), Code::BadCall);
    ledger.append(receipts(2..3)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    assert_eq!(code(ledger.cosigned(&signed, &line)), Code::BadCall);
}

#[test]
fn an_export_is_a_log_that_others_read_and_goes_on_where_it_was_interrupted() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..300)).unwrap();
    let note = ledger.sign(&[&key(0)], NOW).unwrap();
    let out = place.root.join("export");
    assert_eq!(ledger.export(&out).unwrap(), 6);
    let names = [
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    ];
    let read = |name: &str| fs::read(out.join(name)).unwrap();
    assert_eq!(read("checkpoint"), note.as_bytes());
    let lengths: Vec<_> = names.iter().map(|name| read(name).len()).collect();
    assert_eq!(lengths, [8192, 44 * 32, 32, 256 * 106, 44 * 106]);
    let first = read("tile/entries/000");
    assert_eq!(first[..2], [0, 104]);
    assert_eq!(
        merkle::leaf_hash(&first[2..106])[..],
        read("tile/0/000")[..32]
    );
    // Torn off in the middle, and whole again.
    fs::write(out.join("tile/0/000"), b"half").unwrap();
    fs::remove_file(out.join("checkpoint")).unwrap();
    assert_eq!(ledger.export(&out).unwrap(), 2);
    assert_eq!(ledger.export(&out).unwrap(), 0);
}

/// Exports to a file, and is interrupted after so many files of receipts.
fn export(
    ledger: &Ledger,
    wanted: &crate::WantedBundle,
    now: u64,
    target: &Path,
    files: usize,
) -> Result<u64, crate::Error> {
    let mut left = files;
    ledger.export_to(wanted, &key(0), now, target, &mut |done, total| {
        assert!(done < total && total == wanted.count());
        match left.checked_sub(1) {
            Some(less) => {
                left = less;
                std::ops::ControlFlow::Continue(())
            }
            None => std::ops::ControlFlow::Break(()),
        }
    })
}

#[test]
fn a_bundle_s_export_goes_on_where_it_was_interrupted() {
    let place = Place::new();
    let ledger = place.create();
    ledger.append(receipts(0..600)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    let wanted = crate::WantedBundle {
        receipts: std::iter::once(3..599).collect(),
        purpose: "audit".into(),
        artefacts: BTreeMap::from([("a.json".to_owned(), b"{}".to_vec())]),
        ..Default::default()
    };
    let whole = ledger.bundle(&wanted, &key(0), NOW).unwrap();
    let folder = place.root.join("out");
    fs::create_dir(&folder).unwrap();
    let (target, part) = (folder.join("b.tfb"), folder.join("b.tfb.part"));
    let written = || {
        assert!(!part.exists(), "nothing is left behind");
        let bytes = fs::read(&target).unwrap();
        fs::remove_file(&target).unwrap();
        bytes
    };
    assert_eq!(
        export(&ledger, &wanted, NOW, &target, 3).unwrap(),
        whole.len() as u64
    );
    assert!(written() == whole);
    let mut length = 0;
    for files in 0..3 {
        let whole = ledger.bundle(&wanted, &key(0), NOW).unwrap();
        assert_eq!(
            code(export(&ledger, &wanted, NOW, &target, files)),
            Code::Cancelled
        );
        assert!(!target.exists());
        let now = part.metadata().unwrap().len();
        assert!(now > length, "every file is kept as soon as it is packed");
        length = now;
        // The ledger does not stand still meanwhile.
        ledger.append(receipts(0..1)).unwrap();
        ledger.sign(&[&key(0)], NOW + 50).unwrap();
        export(&ledger, &wanted, NOW + 60, &target, 3).unwrap();
        assert!(written() == whole, "after {files} files");
    }

    // Everything is packed, and then the bundle itself cannot be written.
    fs::create_dir(&target).unwrap();
    assert_eq!(
        code(export(&ledger, &wanted, NOW, &target, 3)),
        Code::FileWrite
    );
    fs::remove_dir(&target).unwrap();
    let full = fs::read(&part).unwrap();
    let later = |wanted| ledger.bundle(wanted, &key(0), NOW + 60).unwrap();
    let begun = ledger.bundle(&wanted, &key(0), NOW).unwrap();
    assert!(begun != whole && begun != later(&wanted));
    // A writer that stops at any byte, and a disk that changes any: the first record says how it was begun.
    let first = 36 + u32::from_be_bytes(full[..4].try_into().unwrap()) as usize;
    let places = (0..full.len()).step_by(full.len() / 60);
    for at in places.chain([first - 1, first, first + 1, full.len() - 1]) {
        let mut changed = full.clone();
        changed[at] ^= 1;
        for left in [&full[..at], &changed] {
            fs::write(&part, left).unwrap();
            export(&ledger, &wanted, NOW + 60, &target, 3).unwrap();
            let known = at >= first;
            assert!(
                written() == if known { begun.clone() } else { later(&wanted) },
                "{at} of {}",
                full.len()
            );
        }
    }
    // What belongs to another export is thrown away.
    let other = crate::WantedBundle {
        purpose: "another".into(),
        ..wanted.clone()
    };
    fs::write(&part, &full).unwrap();
    export(&ledger, &other, NOW + 60, &target, 3).unwrap();
    assert!(written() == later(&other));
    for now in [NOW - 1, NOW + 24 * 3600] {
        fs::write(&part, &full).unwrap();
        export(&ledger, &wanted, now, &target, 3).unwrap();
        assert!(written() == ledger.bundle(&wanted, &key(0), now).unwrap());
    }
    // Two at once: the second needs no part, and leaves the first one's alone.
    fs::write(&part, &full).unwrap();
    let held = fs::File::open(&part).unwrap();
    held.lock().unwrap();
    export(&ledger, &wanted, NOW + 60, &target, 3).unwrap();
    assert!(fs::read(&part).unwrap() == full && fs::read(&target).unwrap() == later(&wanted));
    drop(held);
    fs::remove_file(&part).unwrap();
    fs::remove_file(&target).unwrap();
    #[cfg(unix)]
    {
        // A link that somebody put there is not written through.
        let theirs = folder.join("theirs");
        fs::write(&theirs, "mine").unwrap();
        std::os::unix::fs::symlink(&theirs, &part).unwrap();
        export(&ledger, &wanted, NOW + 60, &target, 3).unwrap();
        assert_eq!(fs::read_to_string(&theirs).unwrap(), "mine");
        assert!(fs::read(&target).unwrap() == later(&wanted));
    }
}

#[test]
fn the_mark_knows_a_ledger_by_its_origin_alone() {
    let place = Place::new();
    drop(place.create());
    let mark = HighWater::of("example.com/ledger", &place.folders);
    assert_eq!(mark.read().unwrap().unwrap().size, 0);
    assert!(
        HighWater::of("example.com/other", &place.folders)
            .read()
            .unwrap()
            .is_none()
    );
    // A beginning that was interrupted after the mark is begun again.
    fs::remove_file(place.database()).unwrap();
    let ledger = place.create();
    ledger.append(receipts(0..1)).unwrap();
    ledger.sign(&[&key(0)], NOW).unwrap();
    drop(ledger);
    fs::remove_file(place.database()).unwrap();
    let origin = Some("example.com/ledger");
    let again = Ledger::create(&place.root, &place.folders, origin, ("k", &key(0)), NOW);
    assert_eq!(code(again), Code::LedgerStale);
}

fn say(line: &str) {
    // In one piece, and marked at its end: a line torn by a kill is not heard.
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line} .\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Exports the first receipts that were signed for, as long as they are enough for a part: always the same, so that a child goes
/// on where the one before it was killed.
fn bundle(place: &Place, ledger: &Ledger) {
    const FIRST: u64 = 300;
    if ledger.info().unwrap().signed < FIRST {
        return;
    }
    let wanted = crate::WantedBundle {
        receipts: std::iter::once(0..FIRST).collect(),
        ..Default::default()
    };
    let target = place.root.join("b.tfb");
    export(ledger, &wanted, NOW, &target, usize::MAX).unwrap();
    say("bundled");
}

/// Purges a receipt behind those that are bundled; which one is left to chance.
fn purge(ledger: &Ledger, keys: &[&dyn evidence::ed25519::Signer], chance: u64) {
    const BUNDLED: u64 = 300;
    let Some(more) = ledger.size().unwrap().checked_sub(BUNDLED + 1) else {
        return;
    };
    let seq = BUNDLED + (chance >> 20) % (more + 1);
    match ledger.purge(
        &BTreeSet::from([seq]),
        ("chance", "k"),
        &BTreeMap::new(),
        keys,
        NOW,
    ) {
        Ok(_) => say(&format!("purged {seq}")),
        // It was purged before, or others are verified by it.
        Err(error) => assert_eq!(error.code(), Code::BadCall, "{error}"),
    }
}

/// Appends from two threads, signs, exports, bundles, compacts, purges and rotates until it is killed, when started by the test
/// below; does nothing in an ordinary run.
#[test]
fn child() {
    let Some(base) = std::env::var_os(FOLDER) else {
        return;
    };
    let place = Place::at(Path::new(&base));
    let mut chance: u64 = std::env::var(ROUND).unwrap().parse().unwrap();
    let ledger = match Ledger::open(&place.root, &place.folders).unwrap() {
        Some(ledger) => ledger,
        None => place.create(),
    };
    let append = |thread: u64| {
        for n in 0.. {
            let batch: Vec<_> = (0..=n % 3)
                .map(|one| receipt(n * 10 + one + thread, &key(0)))
                .collect();
            for seq in ledger.append(batch).unwrap() {
                let entry = ledger.entries(seq..seq + 1).unwrap().remove(0);
                say(&format!("kept {seq} {}", hex(&entry.leaf.digest)));
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| append(1));
        scope.spawn(|| append(2));
        loop {
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let keys = ledger.info().unwrap().keys.len();
            let note = match (chance >> 33) % 8 {
                0 => {
                    ledger.export(&place.root.join("export")).unwrap();
                    say("exported");
                    continue;
                }
                3 => {
                    bundle(&place, &ledger);
                    continue;
                }
                // It reads everything that is in blocks.
                2 if chance & (1 << 41) != 0 => {
                    let done = ledger.compact(chance & (1 << 40) != 0).unwrap();
                    assert_eq!(done.left, 0);
                    say("compacted");
                    continue;
                }
                4 if chance & (1 << 42) != 0 => {
                    let (now, before) = (key(keys - 1), key(keys.saturating_sub(2)));
                    purge(&ledger, &[&now, &before], chance);
                    continue;
                }
                1 => ledger
                    .rotate(&key(keys - 1), ("next", &key(keys)), NOW)
                    .unwrap(),
                _ => ledger
                    .sign(&[&key(keys - 1), &key(keys.saturating_sub(2))], NOW)
                    .unwrap(),
            };
            say(&format!(
                "signed {}",
                evidence::base64::encode(note.as_bytes())
            ));
        }
    });
}

#[test]
fn a_kill_at_any_moment_loses_no_receipt_and_forks_nothing() {
    const ROUNDS: u64 = 210;
    let place = Place::new();
    let base = place.root.parent().unwrap().to_owned();
    let (mut kept, mut signed) = (BTreeMap::new(), Vec::new());
    let (mut exports, mut bundled, mut compacted) = (0, 0, 0);
    let mut purged = BTreeSet::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::ledger::child", "--nocapture"])
            .env(FOLDER, &base)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The moment is the one after so many acknowledgements, whatever the child does then; at first even while it opens.
        let wanted = (round * 7) % 23;
        let mut heard = 0;
        if wanted == 0 {
            child.kill().unwrap();
        }
        for line in BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
        {
            let words: Vec<_> = line.split(' ').collect();
            match words[..] {
                ["kept", seq, digest, "."] => {
                    let before = kept.insert(seq.parse::<u64>().unwrap(), digest.to_owned());
                    assert_eq!(before, None, "number {seq} was given twice");
                }
                ["signed", note, "."] => {
                    let note = evidence::base64::decode(note).unwrap();
                    signed.push(String::from_utf8(note).unwrap());
                }
                ["exported", "."] => exports += 1,
                ["bundled", "."] => bundled += 1,
                ["compacted", "."] => compacted += 1,
                ["purged", seq, "."] => assert!(purged.insert(seq.parse::<u64>().unwrap())),
                _ => continue,
            }
            heard += 1;
            if heard == wanted {
                child.kill().unwrap();
            }
        }
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && !said.contains("panicked"),
            "{said}"
        );
    }
    let ledger = place.open();
    let checked = ledger.check().unwrap();
    assert!(
        kept.len() > 300 && signed.len() > 100 && exports > 10 && bundled > 10 && compacted > 10,
        "{} {} {exports} {bundled} {compacted}",
        kept.len(),
        signed.len()
    );
    // What was purged was purged by a receipt that says so, and nothing else was.
    let all = ledger.entries(0..u64::MAX).unwrap();
    let named = all.iter().filter_map(purge_of).flat_map(|it| it.receipts);
    let named: BTreeMap<_, _> = named.map(|it| (it.number, it.leaf)).collect();
    let gone = all.iter().filter(|entry| entry.receipt.is_none());
    let gone: BTreeMap<_, _> = gone
        .map(|entry| (entry.leaf.seq, hex(&entry.leaf.hash())))
        .collect();
    assert_eq!(named, gone);
    assert!(purged.len() > 5 && purged.iter().all(|seq| gone.contains_key(seq)));
    for (seq, entry) in (0..).zip(ledger.entries(0..u64::MAX).unwrap()) {
        if let Some(digest) = kept.remove(&seq) {
            assert_eq!(
                hex(&entry.leaf.digest),
                digest,
                "receipt {seq} is another one"
            );
        }
        assert!(entry.is_bound());
    }
    assert_eq!(kept, BTreeMap::new(), "acknowledged, and lost");
    // Every checkpoint ever handed out is a beginning of the next larger one, and of what is there now.
    let keys = ledger.info().unwrap().keys;
    let known: Vec<_> = (0..keys.len()).map(verifier).collect();
    assert!(keys.len() > 5);
    let mut tree = merkle::Tree::default();
    for entry in ledger.entries(0..u64::MAX).unwrap() {
        tree.append(entry.leaf.hash()).unwrap();
    }
    assert_eq!(merkle::root(&tree, tree.size()).unwrap(), checked.root);
    assert!(tree.hash(0, checked.size - 1).is_some());
    let mut heads: Vec<_> = signed
        .iter()
        .map(|note| checkpoint::open(note.as_bytes(), &known, &[]).unwrap().0)
        .collect();
    heads.sort_by_key(|head| head.size);
    for pair in heads.windows(2) {
        let [old, new] = pair else { unreachable!() };
        if old.size > 0 {
            let proof = merkle::consistency_proof(&tree, old.size, new.size).unwrap();
            merkle::verify_consistency(old.size, &old.root, new.size, &new.root, &proof).unwrap();
        }
    }
    let last = heads.last().unwrap();
    assert_eq!(merkle::root(&tree, last.size).unwrap(), last.root);
    // What was exported last is whole.
    let bytes = fs::read(place.root.join("b.tfb")).unwrap();
    let read = evidence::bundle::Bundle::open(&bytes, evidence::zip::Limits::BUNDLE).unwrap();
    let contents = evidence::bundle::Contents::of(&read).unwrap();
    assert_eq!(
        contents.entries(0..300).unwrap(),
        ledger.entries(0..300).unwrap()
    );
    ledger.export(&place.root.join("export")).unwrap();
    assert_eq!(ledger.export(&place.root.join("export")).unwrap(), 0);
}
