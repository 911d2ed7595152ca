//! Public vectors, through the public functions. They are not in this repository: `FABRIC_EVIDENCE_VECTORS` names a folder
//! that holds them as their authors publish them, in `cctv` (C2SP/CCTV), `wycheproof/ed25519_test.json` (C2SP/wycheproof), `merkle`
//! (transparency-dev/merkle), `jsontestsuite` (nst/JSONTestSuite) and `jcs` (cyberphone/json-canonicalization). Without it
//! each test says so and judges nothing.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the helpers of integration tests for program code"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use evidence::{base64, ed25519, json, merkle, sha256};
use serde_json::Value;

fn folder(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("FABRIC_EVIDENCE_VECTORS").map(|root| Path::new(&root).join(name));
    if found.is_none() {
        eprintln!("FABRIC_EVIDENCE_VECTORS is not set: `{name}` is not judged");
    }
    found
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "json") {
            found.push(path);
        }
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap().as_bytes();
    data_encoding::HEXLOWER_PERMISSIVE.decode(text).unwrap()
}

fn verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    match (key.try_into(), signature.try_into()) {
        (Ok(key), Ok(signature)) => ed25519::verify(key, message, signature),
        _ => false,
    }
}

#[test]
fn cctv_accepts_43_of_914() {
    let Some(folder) = folder("cctv") else { return };
    let vectors = read(&folder.join("ed25519/ed25519vectors.json"));
    let vectors = vectors.as_array().unwrap();
    let accepted = vectors.iter().filter(|vector| {
        let message = vector["msg"].as_str().unwrap().as_bytes();
        verifies(&bytes(&vector["key"]), message, &bytes(&vector["sig"]))
    });
    assert_eq!((accepted.count(), vectors.len()), (43, 914));
}

#[test]
fn wycheproof_agrees() {
    let Some(folder) = folder("wycheproof") else {
        return;
    };
    let mut judged = 0;
    for group in read(&folder.join("ed25519_test.json"))["testGroups"]
        .as_array()
        .unwrap()
    {
        let key = bytes(&group["publicKey"]["pk"]);
        for test in group["tests"].as_array().unwrap() {
            let found = verifies(&key, &bytes(&test["msg"]), &bytes(&test["sig"]));
            assert_eq!(found, test["result"] == "valid", "{}", test["tcId"]);
            judged += 1;
        }
    }
    assert!(judged > 100, "{judged}");
}

#[test]
fn merkle_agrees() {
    let Some(folder) = folder("merkle") else {
        return;
    };
    for kind in ["inclusion", "consistency"] {
        let mut paths = Vec::new();
        files(&folder.join("testdata").join(kind), &mut paths);
        let mut accepted = 0;
        for path in &paths {
            let vector = read(path);
            let number = |name: &str| vector[name].as_u64().unwrap_or_default();
            // Some roots are words, only ever held against each other: their digests stand for them.
            let hash = |value: &Value| {
                let bytes = base64::decode(value.as_str().unwrap_or_default())
                    .filter(|bytes| !bytes.is_empty())?;
                Some(
                    bytes
                        .as_slice()
                        .try_into()
                        .unwrap_or_else(|_| sha256(&[&bytes])),
                )
            };
            let proof = vector["proof"]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default();
            let held = proof
                .iter()
                .map(hash)
                .collect::<Option<Vec<_>>>()
                .is_some_and(|proof| {
                    let result = if kind == "inclusion" {
                        let (Some(leaf), Some(root)) =
                            (hash(&vector["leafHash"]), hash(&vector["root"]))
                        else {
                            return false;
                        };
                        merkle::verify_inclusion(
                            &leaf,
                            number("leafIdx"),
                            number("treeSize"),
                            &proof,
                            &root,
                        )
                    } else {
                        let (Some(old), Some(new)) =
                            (hash(&vector["root1"]), hash(&vector["root2"]))
                        else {
                            return false;
                        };
                        merkle::verify_consistency(
                            number("size1"),
                            &old,
                            number("size2"),
                            &new,
                            &proof,
                        )
                    };
                    result.is_ok()
                });
            assert_eq!(held, vector["wantErr"] == false, "{}", path.display());
            accepted += usize::from(held);
        }
        assert_eq!(paths.len(), 98);
        assert!(accepted > 2, "{accepted}");
    }
}

#[test]
fn json_test_suite_agrees_but_for_duplicate_names() {
    let Some(folder) = folder("jsontestsuite") else {
        return;
    };
    let mut paths = Vec::new();
    files(&folder.join("test_parsing"), &mut paths);
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let held = json::parse(&fs::read(path).unwrap(), json::Limits::ANY).is_ok();
        match name.split_at(2) {
            ("y_", "object_duplicated_key.json" | "object_duplicated_key_and_value.json")
            | ("n_", _) => assert!(!held, "{name}"),
            ("y_", _) => assert!(held, "{name}"),
            _ => {}
        }
    }
    assert!(paths.len() > 300, "{}", paths.len());
}

#[test]
fn jcs_agrees() {
    let Some(folder) = folder("jcs") else { return };
    let mut paths = Vec::new();
    files(&folder.join("testdata/input"), &mut paths);
    assert_eq!(paths.len(), 6);
    for path in paths {
        let wanted = folder
            .join("testdata/output")
            .join(path.file_name().unwrap());
        let found = json::canonicalize(&fs::read(&path).unwrap(), json::Limits::ANY).unwrap();
        assert_eq!(
            found,
            fs::read_to_string(wanted).unwrap(),
            "{}",
            path.display()
        );
    }
}

/// The number file of cyberphone/json-canonicalization, made from its description: fixed doubles (read from `numgen.js` there),
/// 2,000 in a row, then a chain of SHA-256; its published digests for 10,000 and 100,000 lines.
#[test]
fn jcs_numbers_agree() {
    let Some(folder) = folder("jcs") else { return };
    let source = fs::read_to_string(folder.join("testdata/numgen.js")).unwrap();
    let fixed = source
        .split("BigUint64Array([")
        .nth(1)
        .unwrap()
        .split(']')
        .next()
        .unwrap();
    let mut numbers: Vec<u64> = fixed
        .split(',')
        .filter_map(|item| item.trim().strip_prefix("0x")?.strip_suffix('n'))
        .map(|digits| u64::from_str_radix(digits, 16).unwrap())
        .collect();
    numbers.extend((0..2000).map(|add| 0x0010_0000_0000_0000 + add));
    let mut block = [0; 32];
    while numbers.len() < 100_000 {
        block = sha256(&[&block]);
        let eights = block
            .chunks(8)
            .map(|eight| u64::from_le_bytes(eight.try_into().unwrap()));
        numbers.extend(
            eights.filter(|bits| f64::from_bits(*bits).is_finite() && f64::from_bits(*bits) != 0.0),
        );
    }
    for (lines, digest) in [
        (
            10_000,
            "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
        ),
        (
            100_000,
            "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
        ),
    ] {
        let text: String = numbers[..lines]
            .iter()
            .map(|bits| format!("{bits:x},{}\n", json::format_number(f64::from_bits(*bits))))
            .collect();
        assert_eq!(
            evidence::hex(&sha256(&[text.as_bytes()])),
            digest,
            "{lines}"
        );
    }
}
