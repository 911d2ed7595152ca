//! One body a parser: reads, and where it reads, holds that there is no other way to write it. True when it was read.

use evidence::{
    bundle::{Bundle, Growth, Range},
    checkpoint::Checkpoint,
    compact::{self, Dictionary},
    dsse::Envelope,
    entry::{Entry, Receipt},
    json::{self, Limits},
    leaf::Leaf,
    note::{Note, VerifierKey},
    statement::{self, Statement},
    tlog_policy::Policy,
    tlog_proof,
    trust::Trust,
    verify::{NoReplay, Outcome, verify},
    zip::{self, Archive},
};

/// A body.
pub type Body = fn(&[u8]) -> bool;

/// Every one, by name.
pub const ALL: &[(&str, Body)] = &[
    ("json", json),
    ("envelope", envelope),
    ("statement", statement),
    ("entry", entry),
    ("compact", compact),
    ("dictionary", dictionary),
    ("leaf", leaf),
    ("note", note),
    ("checkpoint", checkpoint),
    ("verifier_key", verifier_key),
    ("tlog_policy", tlog_policy),
    ("tlog_proof", tlog_proof),
    ("growth", growth),
    ("range_proof", range_proof),
    ("consistency_proof", consistency_proof),
    ("zip", zip),
    ("trust", trust),
    ("bundle", bundle),
];

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// Strict JSON: its canonical form is its own.
pub fn json(bytes: &[u8]) -> bool {
    let Ok(value) = json::parse(bytes, Limits::ANY) else {
        return false;
    };
    let canonical = value.canonical();
    let again = json::parse_canonical(canonical.as_bytes(), Limits::ANY);
    assert_eq!(again.as_ref(), Ok(&value));
    true
}

/// DSSE envelopes.
pub fn envelope(bytes: &[u8]) -> bool {
    let Ok(read) = Envelope::parse(bytes) else {
        return false;
    };
    assert_eq!(Envelope::parse(read.to_json().as_bytes()), Ok(read));
    true
}

/// Statements, and what they say.
pub fn statement(bytes: &[u8]) -> bool {
    let Ok(read) = Statement::parse(bytes) else {
        return false;
    };
    let _ = statement::check(&read);
    true
}

/// Entries of a ledger.
pub fn entry(bytes: &[u8]) -> bool {
    let Ok(read) = Entry::parse(text(bytes)) else {
        return false;
    };
    assert_eq!(read.to_line().as_bytes(), bytes);
    true
}

/// What repeats in the blocks that [`compact`] reads.
pub fn words() -> Dictionary {
    let receipt = Receipt {
        salt: [0; 32],
        envelope: r#"{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"k","sig":"s"}]}"#.to_owned(),
    };
    let entry = Entry {
        leaf: Leaf {
            kind: 1,
            flags: 0,
            seq: 0,
            digest: [0; 32],
            keyid: [0; 32],
            time: 0,
        },
        receipt: Some(receipt),
    };
    let mut words = Dictionary::default();
    words.learn(&[entry.clone(), entry]);
    words
}

/// Compacted receipts.
pub fn compact(bytes: &[u8]) -> bool {
    let words = words();
    let _ = compact::read_part(bytes);
    let Ok((first, entries)) = compact::decode(bytes, &words) else {
        return false;
    };
    assert_eq!(
        compact::encode(first, &entries, &words).as_deref(),
        Ok(bytes)
    );
    true
}

/// What repeats in compacted receipts.
pub fn dictionary(bytes: &[u8]) -> bool {
    let mut words = Dictionary::default();
    if words.extend(bytes).is_err() {
        return false;
    }
    assert_eq!(words.to_bytes(0), bytes);
    true
}

/// Leaves.
pub fn leaf(bytes: &[u8]) -> bool {
    let Ok(read) = Leaf::parse(bytes) else {
        return false;
    };
    assert_eq!(read.to_bytes(), bytes);
    true
}

/// Signed notes.
pub fn note(bytes: &[u8]) -> bool {
    let Ok(read) = Note::parse(bytes) else {
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    true
}

/// Checkpoints.
pub fn checkpoint(bytes: &[u8]) -> bool {
    let Ok(read) = Checkpoint::parse(text(bytes)) else {
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    true
}

/// Keys of notes.
pub fn verifier_key(bytes: &[u8]) -> bool {
    let Ok(read) = VerifierKey::parse(text(bytes)) else {
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    true
}

/// Policies of logs and witnesses.
pub fn tlog_policy(bytes: &[u8]) -> bool {
    let Ok(read) = Policy::parse(bytes) else {
        return false;
    };
    assert!(!read.asks_for_witnesses() || !read.is_satisfied(&[]));
    true
}

/// Offline proofs.
pub fn tlog_proof(bytes: &[u8]) -> bool {
    let Ok(read) = tlog_proof::Proof::parse(bytes) else {
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    true
}

/// Bodies of `add-checkpoint`.
pub fn growth(bytes: &[u8]) -> bool {
    let Ok(read) = tlog_proof::Growth::parse(bytes) else {
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    true
}

/// Proofs of runs.
pub fn range_proof(bytes: &[u8]) -> bool {
    let Ok(read) = Range::parse(bytes) else {
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    true
}

/// Proofs that a ledger grew.
pub fn consistency_proof(bytes: &[u8]) -> bool {
    let Ok(read) = Growth::parse(bytes) else {
        return false;
    };
    assert_eq!(read.to_string().as_bytes(), bytes);
    true
}

/// Containers. What unpacks and is packed again unpacks to the same.
pub fn zip(bytes: &[u8]) -> bool {
    let limits = zip::Limits {
        files: 16,
        file: 1 << 20,
        total: 1 << 20,
    };
    let Ok(archive) = Archive::open(bytes, limits) else {
        return false;
    };
    let files: Result<Vec<_>, _> = archive
        .files()
        .iter()
        .map(|file| zip::Packed::new(file.name, &file.read()?))
        .collect();
    let Ok(files) = files else {
        return false;
    };
    let again = zip::write(files).unwrap_or_default();
    let read = |bytes| {
        let archive = Archive::open(bytes, limits);
        archive.map(|archive| {
            archive
                .files()
                .iter()
                .map(|file| file.read().ok())
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(read(&again), read(bytes));
    true
}

/// Trust files.
pub fn trust(bytes: &[u8]) -> bool {
    Trust::parse(bytes).is_ok()
}

/// Bundles, judged by an auditor who trusts nobody: never verified.
pub fn bundle(bytes: &[u8]) -> bool {
    let nobody = Trust::parse(b"{\"version\":1}").ok();
    let verdict = verify(bytes, nobody.as_ref(), None, None, &NoReplay, &|_| true);
    assert!(verdict.is_some_and(|verdict| verdict.verdict != Outcome::Verified));
    Bundle::open(bytes, zip::Limits::BUNDLE).is_ok()
}
