//! Each check has a world in which it fails, and only it. Then bundles are bent byte by byte.

mod world;

use super::*;
use crate::{
    bundle,
    bundle::Part,
    dsse::Envelope,
    hex, moment,
    statement::{PurgedReceipt, Statement, Subject},
};
use serde_json::json;
use world::*;

fn states(verdict: &Verdict, state: State) -> Vec<&str> {
    let checks = verdict.checks.iter().filter(|check| check.state == state);
    checks.map(|check| check.id.as_str()).collect()
}

/// Everything that a reader of a failed test wants to know.
fn told(verdict: &Verdict) -> String {
    let checks = verdict.checks.iter().map(|check| {
        format!(
            "{} {:?}: expected {}, found {}\n",
            check.id, check.state, check.expected, check.found
        )
    });
    checks.collect()
}

#[track_caller]
fn fails_only(id: &str, world: &World) {
    let verdict = world.verdict();
    assert_eq!(states(&verdict, State::Fail), [id], "{}", told(&verdict));
    assert_eq!(verdict.verdict, Outcome::Failed);
}

#[track_caller]
fn cannot_decide(id: &str, world: &World) -> Verdict {
    let verdict = world.verdict();
    assert_eq!(verdict.verdict, Outcome::CannotDecide, "{}", told(&verdict));
    let open = verdict.checks.iter().find(|check| check.id == id).unwrap();
    assert_eq!(
        (open.state, open.needed),
        (State::NotChecked, true),
        "{}",
        told(&verdict)
    );
    verdict
}

#[track_caller]
fn verifies(world: &World) -> Verdict {
    let verdict = world.verdict();
    assert_eq!(verdict.verdict, Outcome::Verified, "{}", told(&verdict));
    verdict
}

#[test]
fn a_good_bundle_is_verified() {
    let verdict = verifies(&World::new());
    assert_eq!(
        states(&verdict, State::NotChecked),
        ["V14", "V16", "V17", "V19"]
    );
    assert!(verdict.checks.iter().all(|check| !check.found.is_empty()));
}

#[test]
fn a_part_of_the_ledger_is_verified_too() {
    for exported in [vec![6], vec![0, 1, 3, 5], vec![3, 4], vec![0, 6]] {
        for compact in [false, true] {
            let world = World {
                exported: exported.clone(),
                compact,
                ..World::new()
            };
            verifies(&world);
        }
    }
}

#[test]
fn contents_are_what_was_put_in_and_lead_to_the_checkpoint() {
    let all: [Vec<u64>; 4] = [vec![6], vec![0, 1, 3, 5], vec![3, 4], (0..7).collect()];
    for (exported, compact) in all.iter().flat_map(|all| [(all, false), (all, true)]) {
        let world = World {
            exported: exported.clone(),
            compact,
            ..World::new()
        };
        let bytes = world.bundle();
        let bundle = bundle::Bundle::open(&bytes, crate::zip::Limits::BUNDLE).unwrap();
        let contents = bundle::Contents::of(&bundle).unwrap();
        assert_eq!(contents.len(), exported.len() as u64);
        let newest = contents.newest(0, usize::MAX);
        assert!(newest.iter().rev().eq(exported));
        assert_eq!(
            contents.newest(1, 1),
            newest
                .get(1..)
                .unwrap_or(&[])
                .iter()
                .take(1)
                .copied()
                .collect::<Vec<_>>()
        );
        let (head, _) = bundle.newest_checkpoint().unwrap();
        let contents = bundle::Contents::again(&bundle, contents.packs());
        let all = world.entries();
        for number in 0..8 {
            let Some(there) = exported.iter().find(|there| **there == number) else {
                assert!(contents.entries([number]).is_err());
                assert!(contents.way(number).is_err());
                continue;
            };
            let entry = &all[usize::try_from(*there).unwrap()];
            assert_eq!(contents.entries([number]).unwrap().first(), Some(entry));
            let way = contents.way(number).unwrap();
            assert_eq!((way.leaf, &way.head), (entry.leaf.hash(), &head));
            assert!(way.holds());
        }
    }
}

/// A bundle with a few kinds of receipts and of damage. `V14` and `V19` have nothing to fail on in this version.
#[test]
fn v01_what_can_be_read_in_two_ways_fails() {
    let twice = |world: &mut World| {
        world.drafts[0] = world.drafts[0].with("{\"_type\":", "{\"_type\":\"x\",\"_type\":");
    };
    let blank = |world: &mut World| {
        world.drafts[0] = world.drafts[0].with(",\"predicate\"", ", \"predicate\"")
    };
    let fraction =
        |world: &mut World| world.drafts[0] = world.drafts[0].with("\"rows\":1000", "\"rows\":1e3");
    for bend in [twice, blank, fraction] {
        let mut world = World::new();
        bend(&mut world);
        fails_only("V01", &world);
    }
    // Not strict base64 in an envelope, lines that do not end, and one too many in a file.
    let mut world = World::new();
    world.bend_entries = Box::new(|entries| {
        let receipt = entries[0].receipt.as_mut().unwrap();
        receipt.envelope = receipt
            .envelope
            .replacen("==\"", "\"", 1)
            .replacen("=\"", "\"", 1);
        bind(&mut entries[0]);
    });
    fails_only("V01", &world);
    let bytes = World::new().bundle();
    for bad in [&bytes[1..], &bytes[..bytes.len() - 1], b"", b"PK"] {
        let verdict = World::new().judge(bad);
        assert_eq!(states(&verdict, State::Fail), ["V01"]);
    }
}

#[test]
fn v02_what_is_signed_as_something_else_fails() {
    let mut world = World::new();
    world.drafts[0].payload_type = "application/json".into();
    fails_only("V02", &world);
}

#[test]
fn v03_a_key_that_is_not_trusted_fails() {
    let mut world = World::new();
    world.drafts[0].signers = vec![STRANGER];
    fails_only("V03", &world);
    let world = World {
        exporter: STRANGER,
        ..World::new()
    };
    fails_only("V03", &world);
    // One of two approvers; and one who signed twice.
    for signers in [
        vec![RELEASE],
        vec![RELEASE, RELEASE],
        vec![RELEASE, STRANGER],
    ] {
        let mut world = World::new();
        world.drafts[2].signers = signers;
        fails_only("V03", &world);
    }
    // A stranger beside trusted signers spoils nothing.
    let mut world = World::new();
    world.drafts[2].signers.push(STRANGER);
    verifies(&world);
    // A trusted key's name on a signature that is not its own.
    let mut world = World::new();
    world.bend_entries = Box::new(|entries| {
        let receipt = entries[0].receipt.as_mut().unwrap();
        let mut envelope = Envelope::parse(receipt.envelope.as_bytes()).unwrap();
        envelope.signatures[0].bytes[5] ^= 1;
        receipt.envelope = envelope.to_json();
        bind(&mut entries[0]);
    });
    fails_only("V03", &world);
}

#[test]
fn v04_a_key_that_was_not_valid_fails() {
    let with = |at: &str, value| {
        let mut world = World::new();
        world.trust.pointer_mut("/keys/1").unwrap()[at] = json!(value);
        world
    };
    fails_only("V04", &with("from", moment::text(NOW - 399)));
    fails_only("V04", &with("until", moment::text(NOW - 300)));
    verifies(&with("until", moment::text(NOW - 99)));
    // Revoked before it signed; and before witnesses saw what it signed.
    fails_only("V04", &with("revoked", moment::text(NOW - 300)));
    fails_only("V04", &with("revoked", moment::text(NOW - 10)));
    verifies(&with("revoked", moment::text(NOW - 9)));
    // Without witnesses nobody knows when a revoked key signed.
    let mut alone = with("revoked", moment::text(NOW - 9));
    *alone.trust["policy"]
        .as_array_mut()
        .unwrap()
        .last_mut()
        .unwrap() = json!("quorum none");
    fails_only("V04", &alone);
    // After the moment to judge at.
    let mut world = World::new();
    world.at = Some(NOW - 5);
    fails_only("V04", &world);
    world.at = None;
    verifies(&world);
}

#[test]
fn v04_a_rotation_is_signed_by_both_keys() {
    let mut world = World::new();
    world.drafts[3].signers = vec![STUDIO];
    let verdict = world.verdict();
    // The follower is not trusted then.
    assert_eq!(
        states(&verdict, State::Fail),
        ["V03", "V04"],
        "{}",
        told(&verdict)
    );
    world.drafts.truncate(4);
    world
        .drafts
        .push(Draft::of(&preview(NOW - 200), policies(), &[STUDIO]));
    world.drafts.push(Draft::of(
        &rollback(NOW - 100, 8, 6),
        policies(),
        &[RELEASE],
    ));
    world
        .drafts
        .push(Draft::of(&preview(NOW - 50), policies(), &[STUDIO]));
    fails_only("V04", &world);
    // A follower may name its own, and none may sign before it was named.
    let mut world = World::new();
    world.drafts[4] = Draft::of(
        &rotation(NOW - 200, FOLLOWER, 25),
        policies(),
        &[FOLLOWER, 25],
    );
    world.drafts[6].signers = vec![25];
    verifies(&world);
    world.drafts[0].signers = vec![FOLLOWER];
    fails_only("V04", &world);
    // A key cannot give a role it does not have.
    let mut world = World::new();
    world.drafts[3] = world.drafts[3].with("\"role\":\"studio\"", "\"role\":\"release\"");
    let verdict = world.verdict();
    assert!(states(&verdict, State::Fail).contains(&"V04"));
    // Which role it is about is said.
    let told = told(&verdict);
    assert!(
        told.contains("in the role `release`") && told.contains("`studio`"),
        "{told}"
    );
}

#[test]
fn v05_a_statement_without_its_members_fails() {
    for (from, to) in [
        ("Statement/v1", "Statement/v2"),
        ("\"rows\":1000", "\"rowz\":1000"),
        ("\"sha256\"", "\"sha512\""),
        ("\"gained\":3", "\"gained\":\"3\""),
    ] {
        let mut world = World::new();
        world.drafts[0] = world.drafts[0].with(from, to);
        fails_only("V05", &world);
    }
    // A type of a later version is no fault, but nothing is known of it.
    let mut world = World::new();
    world.drafts[0] = world.drafts[0].with("drift-preview/v1", "drift-preview/v2");
    cannot_decide("V05", &world);
}

#[test]
fn v06_a_file_that_is_not_the_one_signed_fails() {
    let bent = |name: &'static str| World {
        bend_signed: Box::new(move |files| files.get_mut(name).unwrap().push(b' ')),
        ..World::new()
    };
    fails_only("V06", &bent("artefacts/policies/a.cedar"));
    fails_only("V06", &bent("artefacts/decisions/rows.jsonl"));
    let world = World {
        bend_manifest: Box::new(|manifest| manifest.container = "0".repeat(64)),
        ..World::new()
    };
    fails_only("V06", &world);
    // An artefact that is another than the receipts speak of, though the exporter signs it.
    let world = World {
        bend_files: Box::new(|files| {
            files
                .get_mut("artefacts/policies/a.cedar")
                .unwrap()
                .push(b' ')
        }),
        ..World::new()
    };
    fails_only("V06", &world);
    // One that no receipt speaks of, though receipts call theirs so; of several reports, one is enough.
    let reported = |named: &'static [u8]| {
        let mut world = World::new();
        let report = |of: &[u8]| Subject::of("drift-report.json", of);
        world.drafts[0] = Draft::of(&preview(NOW - 500), report(named), &[STUDIO]);
        world.drafts[6] = Draft::of(&preview(NOW - 50), report(b"of another edit"), &[STUDIO]);
        world.bend_files = Box::new(|files| {
            files.insert("artefacts/drift-report.json".into(), b"{}".to_vec());
        });
        world
    };
    verifies(&reported(b"{}"));
    fails_only("V06", &reported(b"{ }"));
}

#[test]
fn v06_names_the_file_that_cannot_be_unpacked() {
    let world = World::new();
    let bytes = world.bundle();
    let found = (0..bytes.len()).find_map(|at| {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        let verdict = world.judge(&bad);
        let check = verdict.checks.into_iter().find(|it| it.id == "V06")?;
        let is_it = check.found.contains("cannot be unpacked");
        is_it.then_some((check.state, check.found))
    });
    let (state, found) = found.unwrap();
    assert_eq!(state, State::NotChecked);
    assert!(found.starts_with('`') && found.contains("(V01)"), "{found}");
}

#[test]
fn v07_a_signer_with_another_role_fails() {
    let mut world = World::new();
    world.drafts[1].signers = vec![STUDIO];
    fails_only("V07", &world);
    let world = World {
        exporter: RELEASE,
        ..World::new()
    };
    fails_only("V07", &world);
    // Two keys, of which only one may.
    let mut world = World::new();
    world.drafts[2].signers = vec![RELEASE, STUDIO];
    fails_only("V07", &world);
    // No rule: nobody may.
    let mut world = World::new();
    world.trust["receipts"]
        .as_object_mut()
        .unwrap()
        .remove("rollback");
    fails_only("V07", &world);
}

#[test]
fn roles_and_validity_must_hold_of_the_same_key() {
    // The one with the role was not valid; the valid one has not the role.
    let mut world = World::new();
    world.drafts[1].signers = vec![RELEASE, STUDIO];
    verifies(&world);
    world.trust["keys"][1]["revoked"] = json!(moment::text(NOW - 300));
    fails_only("V04", &world);
}

#[test]
fn v08_a_checkpoint_that_its_ledger_did_not_sign_fails() {
    let bent = |from: &'static str, to: &'static str| World {
        bend_files: Box::new(move |files| {
            for (name, content) in files.iter_mut() {
                if name == "checkpoints/3" {
                    let text = String::from_utf8(content.clone()).unwrap();
                    let bent = text.replacen(from, to, 1);
                    assert_ne!(bent, text);
                    *content = bent.into_bytes();
                }
            }
        }),
        ..World::new()
    };
    fails_only("V08", &bent("\n3\n", "\n03\n"));
    fails_only("V08", &bent("\n3\n", "\n4\n"));
    fails_only("V08", &bent("\n\n", "\nmore\n\n"));
    fails_only("V08", &bent("— w11", "- w11"));
    // A key of the same name and id, and another signature.
    let world = World {
        bend_files: Box::new(|files| {
            let head = World::new().head(3);
            let mut note = head.to_note().unwrap();
            note.sign(ORIGIN, &key(STRANGER)).unwrap();
            files.insert("checkpoints/3".into(), note.to_string().into_bytes());
        }),
        ..World::new()
    };
    fails_only("V08", &world);
}

#[test]
fn v09_too_few_witnesses_fail() {
    for witnesses in [vec![], vec![WITNESSES[0]], vec![WITNESSES[0], STRANGER]] {
        let world = World {
            witnesses,
            ..World::new()
        };
        fails_only("V09", &world);
    }
    // Who asks for none gets none.
    let mut world = World::new();
    world.witnesses.clear();
    *world.trust["policy"]
        .as_array_mut()
        .unwrap()
        .last_mut()
        .unwrap() = json!("quorum none");
    assert!(states(&verifies(&world), State::NotChecked).contains(&"V09"));
}

/// What one check expected, and found.
fn said_of(id: &str, verdict: &Verdict) -> (String, String) {
    let check = verdict.checks.iter().find(|check| check.id == id).unwrap();
    (check.expected.clone(), check.found.clone())
}

#[test]
fn one_key_and_one_witness_are_told_as_one() {
    let mut world = World::new();
    world.witnesses = vec![WITNESSES[0]];
    let (_, found) = said_of("V09", &world.verdict());
    assert!(found.starts_with("1 known witness signed"), "{found}");
    *world.trust["policy"]
        .as_array_mut()
        .unwrap()
        .last_mut()
        .unwrap() = json!("quorum W11");
    let (_, found) = said_of("V09", &verifies(&world));
    assert!(found.starts_with("1 witness signed"), "{found}");
    let mut world = World::new();
    world.trust.pointer_mut("/keys/1").unwrap()["from"] = json!(moment::text(NOW - 399));
    let (expected, _) = said_of("V04", &world.verdict());
    assert!(expected.starts_with("1 key valid at"), "{expected}");
}

#[test]
fn v10_a_receipt_that_is_not_in_the_ledger_fails() {
    // The run, and a single receipt.
    for (exported, name) in [
        ((0..7).collect(), "proofs/0-6.txt"),
        (vec![5], "proofs/5.tlog-proof"),
        (vec![1, 2], "proofs/1-2.txt"),
    ] {
        let exported: Vec<u64> = exported;
        // Another receipt in the place of the one in the tree: well signed, and never appended.
        let world = World {
            exported: exported.clone(),
            bend_files: Box::new(|files| {
                let (name, content) = files
                    .iter_mut()
                    .find(|(name, _)| name.starts_with("receipts/"))
                    .unwrap();
                let Some(Part::Receipts(first)) = Part::of(name) else {
                    unreachable!()
                };
                let text = String::from_utf8(content.clone()).unwrap();
                let (_, rest) = text.split_once('\n').unwrap();
                let other = Draft::of(&preview(NOW - 450), policies(), &[STUDIO]).entry(first);
                *content = format!("{}\n{rest}", other.to_line()).into_bytes();
            }),
            ..World::new()
        };
        let verdict = world.verdict();
        assert!(
            states(&verdict, State::Fail).contains(&"V10"),
            "{}",
            told(&verdict)
        );
        // No proof; one that is none; one of another receipt's.
        for bend in [
            |content: &mut Vec<u8>| content.truncate(3),
            |content: &mut Vec<u8>| {
                let text = String::from_utf8(content.clone()).unwrap();
                let at = text.find("=\n").unwrap() - 4;
                content[at] = if content[at] == b'A' { b'B' } else { b'A' };
            },
        ] {
            if exported.len() == 7 {
                continue;
            }
            let world = World {
                exported: exported.clone(),
                bend_files: Box::new(move |files| bend(files.get_mut(name).unwrap())),
                ..World::new()
            };
            fails_only("V10", &world);
        }
        let world = World {
            exported,
            bend_files: Box::new(move |files| drop(files.remove(name))),
            ..World::new()
        };
        fails_only("V10", &world);
    }
    let mut world = World::new();
    world.bend_files = Box::new(|files| {
        let (_, content) = files
            .iter_mut()
            .find(|(name, _)| name.starts_with("receipts/"))
            .unwrap();
        let mut lines: Vec<_> = String::from_utf8(content.clone())
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        lines[0] = Draft::of(&preview(NOW - 499), policies(), &[STUDIO])
            .entry(0)
            .to_line();
        *content = (lines.join("\n") + "\n").into_bytes();
    });
    fails_only("V10", &world);
}

#[test]
fn v11_a_ledger_that_did_not_only_grow_fails() {
    let name = "proofs/consistency-3-7.txt";
    for bend in [
        |files: &mut Files| drop(files.remove("proofs/consistency-3-7.txt")),
        |files: &mut Files| {
            files
                .get_mut("proofs/consistency-3-7.txt")
                .unwrap()
                .truncate(60)
        },
    ] {
        let world = World {
            bend_files: Box::new(bend),
            ..World::new()
        };
        fails_only("V11", &world);
    }
    // Another past, well signed: a fork.
    let mut other = World::new();
    other.drafts[0] = Draft::of(&preview(NOW - 501), policies(), &[STUDIO]);
    let forked = other.note(3).into_bytes();
    let world = World {
        bend_files: Box::new(move |files| {
            drop(files.insert("checkpoints/3".into(), forked.clone()))
        }),
        ..World::new()
    };
    fails_only("V11", &world);
    assert!(files(&World::new().bundle()).contains_key(name));
}

#[test]
fn v11_what_was_seen_before_must_go_with_it() {
    let good = World::new();
    let seen = |size| World {
        last_seen: Some(World::new().head(size)),
        ..World::new()
    };
    // A checkpoint of the bundle, and sizes between, from the receipts themselves.
    for size in 1..=7 {
        let verdict = verifies(&seen(size));
        assert!(states(&verdict, State::Pass).contains(&"V11"));
    }
    for size in [3, 5, 7] {
        let mut world = seen(size);
        world.last_seen.as_mut().unwrap().root = [9; 32];
        fails_only("V11", &world);
        let mut world = seen(size);
        world.last_seen.as_mut().unwrap().origin = "elsewhere".into();
        fails_only("V11", &world);
    }
    // A part of the ledger does not prove what lies between, unless it was exported since then.
    let mut world = seen(5);
    world.exported = vec![5, 6];
    cannot_decide("V11", &world);
    world.since = Some(5);
    verifies(&world);
    world.last_seen.as_mut().unwrap().root = [9; 32];
    fails_only("V11", &world);
    // An older bundle cannot show that what was seen grew from it, nor could one of another history.
    for root in [None, Some([9; 32])] {
        let mut world = World {
            last_seen: Some(World::new().head(7)),
            heads: vec![3],
            exported: vec![0, 1, 2],
            ..World::new()
        };
        if let Some(root) = root {
            world.last_seen.as_mut().unwrap().root = root;
        }
        let verdict = cannot_decide("V11", &world);
        let v11 = verdict.checks.iter().find(|check| check.id == "V11");
        assert!(v11.unwrap().found.contains("since size 7"), "{v11:?}");
    }
    // Nothing to compare.
    let world = World {
        heads: vec![7],
        ..good
    };
    assert!(states(&verifies(&world), State::NotChecked).contains(&"V11"));
}

#[test]
fn v12_another_ledger_fails() {
    let mut world = World::new();
    let log = crate::note::VerifierKey::new(
        "other.example",
        crate::note::Kind::Ed25519,
        crate::ed25519::Signer::public(&key(LOG)),
    )
    .unwrap();
    world.trust["policy"][0] = json!(format!("log {log}"));
    fails_only("V12", &world);
    let world = World {
        bend_manifest: Box::new(|manifest| manifest.origin = "other.example".into()),
        ..World::new()
    };
    fails_only("V12", &world);
}

#[test]
fn v13_a_leaf_of_another_receipt_fails() {
    let bends: [fn(&mut Leafed); 4] = [
        |leaf| leaf.digest[0] ^= 1,
        |leaf| leaf.keyid[0] ^= 1,
        |leaf| leaf.kind = 6,
        |leaf| leaf.time += 1,
    ];
    for bend in bends {
        let world = World {
            bend_entries: Box::new(move |entries| bend(&mut entries[0].leaf)),
            ..World::new()
        };
        fails_only("V13", &world);
    }
}

type Leafed = crate::leaf::Leaf;

#[test]
fn v15_what_is_missing_or_added_fails() {
    let lost = |name: &'static str| World {
        bend_signed: Box::new(move |files| drop(files.remove(name))),
        ..World::new()
    };
    let more = |name: &'static str| World {
        bend_signed: Box::new(move |files| drop(files.insert(name.into(), b"x".to_vec()))),
        ..World::new()
    };
    fails_only("V15", &lost("artefacts/policies/a.cedar"));
    fails_only("V15", &more("artefacts/policies/b.cedar"));
    fails_only("V15", &more("readme.txt"));
    // Signed, and still no file of a bundle.
    for name in ["readme.txt", "proofs/1-2.txt"] {
        let world = World {
            bend_files: Box::new(move |files| drop(files.insert(name.into(), b"x".to_vec()))),
            ..World::new()
        };
        fails_only("V15", &world);
    }
    let declared: [fn(&mut bundle::Manifest); 3] = [
        |manifest| manifest.runs = vec![[0, 5]],
        |manifest| manifest.runs = vec![[0, 6], [8, 9]],
        |manifest| manifest.size = 8,
    ];
    for declare in declared {
        let world = World {
            bend_manifest: Box::new(declare),
            ..World::new()
        };
        let verdict = world.verdict();
        assert!(
            states(&verdict, State::Fail).contains(&"V15"),
            "{}",
            told(&verdict)
        );
    }
    let world = World {
        bend_manifest: Box::new(|manifest| manifest.size = 8),
        ..World::new()
    };
    fails_only("V15", &world);
    // A leaf with another number than its place.
    let world = World {
        bend_entries: Box::new(|entries| entries[0].leaf.seq = 1),
        ..World::new()
    };
    fails_only("V15", &world);
}

fn compact() -> World {
    World {
        compact: true,
        ..World::new()
    }
}

const BLOCK: &str = "receipts/00000000000000000000.compact";

#[test]
fn v16_what_does_not_rebuild_to_its_leaf_fails() {
    // What is compacted and rebuilds is judged like lines.
    let (lines, blocks) = (verifies(&World::new()), verifies(&compact()));
    for (line, block) in lines.checks.iter().zip(&blocks.checks) {
        if line.id == "V16" {
            assert_eq!(block.state, State::Pass);
            assert_eq!(block.found, "7 of 7");
        } else if line.id != "V06" && line.id != "V15" {
            // A dictionary is a file more.
            assert_eq!(line, block);
        }
    }
    let bends: [fn(&mut Files); 5] = [
        // A claimed hash of one receipt, and of all.
        |files| files.get_mut(BLOCK).unwrap()[2] ^= 1,
        |files| files.get_mut(BLOCK).unwrap()[2..226].fill(0),
        // The first salt; the end cut off.
        |files| files.get_mut(BLOCK).unwrap()[250] ^= 1,
        |files| {
            files.get_mut(BLOCK).unwrap().pop();
        },
        // Another word.
        |files| {
            let words = files.get_mut("receipts/dictionary").unwrap();
            let at = words
                .windows(7)
                .position(|word| word == b"in-toto")
                .unwrap();
            words[at] = b'I';
        },
    ];
    for bend in bends {
        fails_only(
            "V16",
            &World {
                bend_files: Box::new(bend),
                ..compact()
            },
        );
    }
    let world = World {
        bend_files: Box::new(|files| drop(files.remove("receipts/dictionary"))),
        ..compact()
    };
    fails_only("V16", &world);
    // One hash less than receipts: one is missing, too.
    let world = World {
        bend_files: Box::new(|files| {
            let part = files.get_mut(BLOCK).unwrap();
            part[1] -= 1;
            part.drain(2..34);
        }),
        ..compact()
    };
    let verdict = world.verdict();
    assert_eq!(
        states(&verdict, State::Fail),
        ["V15", "V16"],
        "{}",
        told(&verdict)
    );
    // A leaf that was kept, of another receipt.
    let world = World {
        bend_entries: Box::new(|entries| entries[0].leaf.digest[0] ^= 1),
        ..compact()
    };
    fails_only("V16", &world);
}

#[test]
fn compacted_receipts_are_judged_like_others() {
    let mut world = compact();
    world.drafts[0].signers = vec![STRANGER];
    fails_only("V03", &world);
    let mut world = compact();
    world.drafts[0].payload = b"[".repeat(500_000);
    fails_only("V01", &world);
    let world = World {
        bend_entries: Box::new(|entries| entries[0].receipt = None),
        ..compact()
    };
    fails_only("V17", &world);
    // No hashes and no block; the same receipts twice.
    let world = World {
        bend_files: Box::new(|files| files.get_mut(BLOCK).unwrap().truncate(100)),
        ..compact()
    };
    let verdict = world.verdict();
    assert_eq!(
        states(&verdict, State::Fail),
        ["V01", "V15"],
        "{}",
        told(&verdict)
    );
    let mut files = files(&World::new().bundle());
    let (name, lines) = files
        .pop_first()
        .into_iter()
        .chain(files)
        .find(|(name, _)| name.starts_with("receipts/"))
        .unwrap();
    let world = World {
        bend_files: Box::new(move |files| drop(files.insert(name.clone(), lines.clone()))),
        ..compact()
    };
    assert!(states(&world.verdict(), State::Fail).contains(&"V15"));
}

/// A world in which receipt 4 was purged, and a receipt says so.
fn purged(compact: bool, bend: impl FnOnce(&mut Vec<PurgedReceipt>)) -> World {
    let mut world = World {
        exported: (0..8).collect(),
        heads: vec![3, 8],
        compact,
        bend_entries: Box::new(|entries| entries[4].receipt = None),
        ..World::new()
    };
    let leaf = hex(&world.drafts[4].entry(4).leaf.hash());
    let mut receipts = vec![PurgedReceipt { number: 4, leaf }];
    bend(&mut receipts);
    let said = purge(NOW - 20, receipts);
    world.drafts.push(Draft::of(&said, policies(), &[RELEASE]));
    world
}

#[test]
fn v17_what_was_purged_is_named_by_a_manifest_with_its_leaf() {
    for compact in [false, true] {
        let verdict = verifies(&purged(compact, |_| {}));
        assert!(states(&verdict, State::Pass).contains(&"V17"));
        // A part without what was purged names more than it holds.
        let world = World {
            exported: vec![6, 7],
            ..purged(compact, |_| {})
        };
        verifies(&world);
    }
    let bends: [fn(&mut Vec<PurgedReceipt>); 4] = [
        |receipts| receipts[0].number = 3,
        |receipts| receipts[0].leaf = hex(&[7; 32]),
        |receipts| {
            let twice = PurgedReceipt {
                leaf: hex(&[7; 32]),
                ..receipts[0].clone()
            };
            receipts.push(twice);
        },
        |receipts| {
            let later = PurgedReceipt {
                number: 7,
                ..receipts[0].clone()
            };
            receipts.push(later);
        },
    ];
    for bend in bends {
        fails_only("V17", &purged(false, bend));
    }
    // Nobody says so.
    let world = World {
        exported: (0..7).collect(),
        ..purged(false, |_| {})
    };
    fails_only("V17", &world);
    // It is said, and not done.
    let world = World {
        bend_entries: Box::new(|_| {}),
        ..purged(false, |_| {})
    };
    fails_only("V17", &world);
}

#[test]
fn v18_a_version_that_goes_back_fails() {
    let with = |at: usize, draft: Draft| {
        let mut world = World::new();
        world.drafts[at] = draft;
        world
    };
    let signed = |receipt: crate::statement::Rollback| Draft::of(&receipt, policies(), &[RELEASE]);
    fails_only("V18", &with(5, signed(rollback(NOW - 100, 7, 6))));
    fails_only("V18", &with(5, signed(rollback(NOW - 100, 6, 5))));
    fails_only("V18", &with(5, signed(rollback(NOW - 100, 8, 8))));
    fails_only(
        "V18",
        &with(
            1,
            Draft::of(&promotion(NOW - 400, 9), policies(), &[RELEASE]),
        ),
    );
    let mut world = World::new();
    world.trust["channels"]["production"] = json!(9);
    fails_only("V18", &world);
    world.trust["channels"]["production"] = json!(8);
    let (_, found) = said_of("V18", &verifies(&world));
    assert_eq!(found, "`production` at version 8");
    // Of a channel that is not there nothing is told, and that is said: it may be misspelt.
    world.trust["channels"] = json!({"prodution": 9, "production": 8});
    let (_, found) = said_of("V18", &verifies(&world));
    assert_eq!(
        found,
        "`production` at version 8; nothing of `prodution`, which your trust file names"
    );
    let mut world = World::new();
    world.exported = vec![0];
    let verdict = verifies(&world);
    assert!(states(&verdict, State::NotChecked).contains(&"V18"));
    let (_, found) = said_of("V18", &verdict);
    assert!(
        found.ends_with("; nothing of `production`, which your trust file names"),
        "{found}"
    );
}

#[test]
fn v20_a_connection_fails() {
    let world = World {
        connections: Some(1),
        ..World::new()
    };
    fails_only("V20", &world);
    let world = World {
        connections: None,
        ..World::new()
    };
    verifies(&world);
}

#[test]
fn v21_decisions_that_come_out_otherwise_fail() {
    let mut world = World::new();
    world.replayed = Replayed::Differ {
        expected: "allow".into(),
        found: "deny".into(),
    };
    fails_only("V21", &world);
    world.replayed = Replayed::Unable("no engine".into());
    cannot_decide("V21", &world);
    // Without decisions there is nothing to run.
    world.bend_files = Box::new(|files| drop(files.remove("artefacts/decisions/rows.jsonl")));
    verifies(&world);
}

#[test]
fn without_trust_nothing_is_verified() {
    let world = World::new();
    let bytes = world.bundle();
    let verdict = verify(&bytes, None, None, None, &world, &|_| true).unwrap();
    assert_eq!(verdict.verdict, Outcome::CannotDecide, "{}", told(&verdict));
    assert!(states(&verdict, State::Fail).is_empty());
    let nobody = Trust::parse(b"{\"version\":1}").unwrap();
    let verdict = verify(&bytes, Some(&nobody), None, None, &world, &|_| true).unwrap();
    assert_eq!(
        states(&verdict, State::Fail),
        ["V03", "V12"],
        "{}",
        told(&verdict)
    );
}

#[test]
fn it_stops_when_told() {
    let world = World::new();
    let trust = world.trust();
    assert!(
        verify(&world.bundle(), Some(&trust), None, None, &world, &|_| {
            false
        })
        .is_none()
    );
}

#[test]
fn a_verdict_can_be_signed() {
    let world = World::new();
    let signed = |verdict: &Verdict| {
        let statement = verdict.statement(NOW, Some(b"trust")).unwrap();
        let envelope = statement.seal(&[&key(STUDIO)]).unwrap();
        Statement::parse(&envelope.payload).unwrap()
    };
    let good = world.verdict();
    let summary: Summary = signed(&good).predicate().unwrap();
    assert_eq!(summary.properties.len(), states(&good, State::Pass).len());
    assert!(signed(&good).subject[0].is(&world.bundle()));
    let mut world = World::new();
    world.trust = json!({"version": 1});
    let refusal: Refusal = signed(&world.verdict()).predicate().unwrap();
    assert_eq!(refusal.verdict, Outcome::Failed);
    assert_eq!(refusal.checks.len(), 21);
    assert!(signed(&world.verdict()).predicate::<Summary>().is_err());
}

/// Every byte of a small bundle in turn, bent in several ways: more than twenty thousand mutants, and none is verified.
#[test]
fn no_mutant_is_verified() {
    mutate(World::new());
}

#[test]
fn no_mutant_of_a_compact_bundle_is_verified() {
    mutate(compact());
}

fn mutate(mut world: World) {
    world.drafts.drain(1..);
    world.exported = vec![0];
    world.heads = vec![1];
    let (trust, bytes) = (world.trust(), world.bundle());
    let judge =
        |bytes: &[u8]| verify(bytes, Some(&trust), world.at, None, &world, &|_| true).unwrap();
    assert_eq!(
        judge(&bytes).verdict,
        Outcome::Verified,
        "{}",
        told(&judge(&bytes))
    );
    let mut mutants = 0;
    for at in 0..bytes.len() {
        for flip in [1, 2, 4, 8, 32, 128] {
            let mut bent = bytes.clone();
            bent[at] ^= flip;
            mutants += 1;
            assert_ne!(
                judge(&bent).verdict,
                Outcome::Verified,
                "byte {at} with {flip}"
            );
        }
    }
    assert!(mutants >= 20_000, "{mutants}");
}

#[test]
fn cut_off_anywhere_it_fails() {
    let world = World::new();
    let (trust, bytes) = (world.trust(), world.bundle());
    for end in 0..bytes.len() {
        let verdict = verify(&bytes[..end], Some(&trust), world.at, None, &world, &|_| {
            true
        })
        .unwrap();
        assert_eq!(states(&verdict, State::Fail), ["V01"], "{end}");
    }
}

#[test]
fn hostile_receipts_fail() {
    let mut deep = World::new();
    deep.drafts[0].payload = b"[".repeat(500_000);
    fails_only("V01", &deep);
    let mut large = World::new();
    large.drafts[0].payload = vec![b' '; (1 << 20) + 1];
    fails_only("V01", &large);
    let lines: [fn(&str) -> String; 5] = [
        |_| "\0".repeat(100) + "\n",
        |text| text.replacen('"', "\0", 1),
        |text| text.trim_end().to_owned(),
        |text| text.repeat(40),
        |_| String::new(),
    ];
    for bend in lines {
        let world = World {
            bend_files: Box::new(move |files| {
                let (_, content) = files
                    .iter_mut()
                    .find(|(name, _)| name.starts_with("receipts/"))
                    .unwrap();
                *content = bend(&String::from_utf8(content.clone()).unwrap()).into_bytes();
            }),
            ..World::new()
        };
        let verdict = world.verdict();
        assert!(
            states(&verdict, State::Fail).contains(&"V01"),
            "{}",
            told(&verdict)
        );
    }
}

#[test]
fn a_manifest_that_declares_a_million_things_costs_no_more_than_reading_it() {
    let world = World {
        bend_manifest: Box::new(|manifest| manifest.runs = vec![[0, u64::MAX >> 11]; 400_000]),
        ..World::new()
    };
    fails_only("V15", &world);
    let world = World {
        bend_manifest: Box::new(|manifest| manifest.runs.clear()),
        ..World::new()
    };
    assert!(states(&world.verdict(), State::Fail).contains(&"V15"));
    let world = World {
        bend_files: Box::new(|files| {
            for size in 100..1200 {
                files.insert(format!("checkpoints/{size}"), Vec::new());
            }
        }),
        ..World::new()
    };
    fails_only("V01", &world);
}
