//! Every parser of evidence, given whatever: bytes of chance, and good input bent. None panics, none admits what it would write
//! otherwise. `fuzz/` holds the same bodies for `cargo fuzz`.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the helpers of integration tests for program code"
)]

#[path = "parsers/bodies.rs"]
mod bodies;

use evidence::{
    bundle::{Builder, Growth, Range},
    checkpoint::Checkpoint,
    compact, dsse,
    ed25519::{SecretKey, Signer as _},
    entry::{Entry, Receipt},
    hex,
    leaf::{self, Leaf},
    merkle::{Tree, inclusion_proof, root},
    note::{Kind, VerifierKey},
    statement::{DriftPreview, Statement, Subject},
    tlog_proof::{self, Proof},
    zip::Packed,
};
use proptest::prelude::*;

/// Good input for each body, by its name.
fn good(name: &str) -> Vec<u8> {
    let key = SecretKey::from_seed(&[1; 32]);
    let mut tree = Tree::default();
    let said = DriftPreview {
        issued: "2026-11-21T12:00:00Z".into(),
        base: "sha256:a".into(),
        head: "sha256:b".into(),
        rows: 1,
        gained: 0,
        lost: 0,
        open: 0,
    };
    let statement = Statement::new(vec![Subject::of("x", b"x")], &said).unwrap();
    let envelope = statement.seal(&[&key]).unwrap();
    let entry = |seq: u64| {
        let (salt, envelope) = ([3; 32], envelope.to_json());
        Entry {
            leaf: Leaf {
                kind: 1,
                flags: 0,
                seq,
                digest: leaf::digest(&salt, envelope.as_bytes()),
                keyid: key.public().id(),
                time: 1_795_262_400,
            },
            receipt: Some(Receipt { salt, envelope }),
        }
    };
    for seq in 0..3 {
        tree.append(entry(seq).leaf.hash()).unwrap();
    }
    let head = Checkpoint {
        origin: "example.com/log".into(),
        size: 3,
        root: root(&tree, 3).unwrap(),
        extensions: Vec::new(),
    };
    let mut note = head.to_note().unwrap();
    note.sign(&head.origin, &key).unwrap();
    note.cosign("w", &key, 1_795_262_400).unwrap();
    let log = VerifierKey::new(&head.origin, Kind::Ed25519, key.public()).unwrap();
    let witness = VerifierKey::new("w", Kind::Cosignature, key.public()).unwrap();
    let hashes = inclusion_proof(&tree, 1, 3).unwrap();
    let policy = format!("log {log}\nwitness w {witness}\ngroup g 1 w\nquorum g\n");
    match name {
        "json" => br#"{"a":[1,-2.5e3,"x\u00e9\n",true,null],"b":{}}"#.to_vec(),
        "envelope" => envelope.to_json().into_bytes(),
        "statement" => envelope.payload,
        "entry" => entry(0).to_line().into_bytes(),
        "compact" => compact::encode(0, &[entry(0), entry(1)], &bodies::words()).unwrap(),
        "dictionary" => bodies::words().to_bytes(0),
        "leaf" => entry(0).leaf.to_bytes(),
        "note" => note.to_string().into_bytes(),
        "checkpoint" => head.to_string().into_bytes(),
        "verifier_key" => log.to_string().into_bytes(),
        "tlog_policy" => policy.into_bytes(),
        "tlog_proof" => Proof {
            extra: b"x".to_vec(),
            index: 1,
            hashes,
            checkpoint: note.to_string(),
        }
        .to_string()
        .into_bytes(),
        "growth" => tlog_proof::Growth {
            old: 1,
            hashes,
            checkpoint: note.to_string(),
        }
        .to_string()
        .into_bytes(),
        "range_proof" => Range {
            first: 1,
            last: 2,
            size: 3,
            hashes,
        }
        .to_string()
        .into_bytes(),
        "consistency_proof" => Growth {
            old: 1,
            new: 3,
            hashes,
        }
        .to_string()
        .into_bytes(),
        "zip" => {
            let files = [("a/b", b"abab".repeat(9)), ("c", b"c".to_vec())];
            let files = files
                .iter()
                .map(|(name, content)| Packed::new(name, content).unwrap());
            evidence::zip::write(files.collect()).unwrap()
        }
        "trust" => {
            let lines: Vec<_> = policy.lines().map(|line| format!("\"{line}\"")).collect();
            format!(
                r#"{{"version":1,"policy":[{}],"keys":[{{"key":"{}","name":"n","roles":["r"],"from":"2026-01-01T00:00:00Z"}}],"receipts":{{"bundle":{{"roles":["r"]}}}}}}"#,
                lines.join(","),
                hex(&key.public().to_bytes())
            )
            .into_bytes()
        }
        "bundle" => {
            let mut builder = Builder::new(1_795_262_400, "x");
            builder.checkpoint(&note.to_string()).unwrap();
            for seq in 0..3 {
                builder.entry(&entry(seq)).unwrap();
            }
            builder.seal(&tree, None, &[&key]).unwrap()
        }
        other => unreachable!("no good input for `{other}`"),
    }
}

#[test]
fn good_input_is_read() {
    for (name, body) in bodies::ALL {
        assert!(body(&good(name)), "{name}");
        assert!(!body(b"\xff\0"), "{name}");
    }
    // An envelope need not be canonical, and its other members are ignored.
    let odd = String::from_utf8(good("envelope"))
        .unwrap()
        .replacen('{', "{ \"more\": 1, ", 1);
    assert!(dsse::Envelope::parse(odd.as_bytes()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn bytes_of_chance_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (_, body) in bodies::ALL {
            body(&bytes);
        }
    }

    #[test]
    fn good_input_bent_is_read_or_refused(
        which in any::<prop::sample::Index>(),
        bends in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..6),
    ) {
        let (name, body) = bodies::ALL[which.index(bodies::ALL.len())];
        let mut bytes = good(name);
        for (at, byte, how) in bends {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => {
                    let end = (at + usize::from(byte)).min(bytes.len());
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        body(&bytes);
    }
}
