//! Bundles that somebody put together, with or without keys.

use model::Code;
use release::{Consumer, Error};
use serde_json::{Value, json};

use crate::world::*;

fn refusal(bytes: &[u8]) -> Error {
    offered(&mut consumer(), bytes, NOW).unwrap_err()
}

const DOCUMENTS: [&str; 3] = [
    "metadata/targets.json",
    "metadata/snapshot.json",
    "metadata/timestamp.json",
];

#[test]
fn what_two_bundles_make_together_is_no_bundle() {
    let (one, two) = (
        Parts::of(&sealed(&release(1))),
        Parts::of(&sealed(&release(2))),
    );
    // Every document and the release, taken from the other, alone and in pairs.
    let names = [
        DOCUMENTS[0],
        DOCUMENTS[1],
        DOCUMENTS[2],
        "targets/release.json",
    ];
    for pick in 1..15_u32 {
        let mut mixed = Parts(one.0.clone());
        for (at, name) in names.iter().enumerate() {
            if pick & (1 << at) != 0 {
                mixed.0.insert((*name).to_owned(), two.0[*name].clone());
            }
        }
        assert_eq!(
            refusal(&mixed.pack()).code(),
            Code::ReleaseTampered,
            "{pick:04b}"
        );
    }
}

#[test]
fn every_file_is_needed_and_no_other() {
    let good = Parts::of(&sealed(&audited(1)));
    for name in good.0.keys() {
        // Who trusts the root already needs no copy of it.
        if name == "metadata/1.root.json" {
            continue;
        }
        let mut less = Parts(good.0.clone());
        less.0.remove(name);
        assert_eq!(
            refusal(&less.pack()).code(),
            Code::ReleaseTampered,
            "{name}"
        );
    }
    for name in [
        "x",
        "metadata/x.json",
        "metadata/root.json",
        "targets/x",
        "targets/files/x",
    ] {
        let mut more = Parts(good.0.clone());
        more.0.insert(name.to_owned(), b"x".to_vec());
        assert_eq!(
            refusal(&more.pack()).code(),
            Code::ReleaseTampered,
            "{name}"
        );
    }
    for name in [
        "metadata/01.root.json",
        "metadata/0.root.json",
        "metadata/3.root.json",
    ] {
        let mut more = Parts(good.0.clone());
        more.0
            .insert(name.to_owned(), good.0["metadata/1.root.json"].clone());
        assert!(
            offered(&mut consumer(), &more.pack(), NOW).is_err(),
            "{name}"
        );
    }
}

#[test]
fn a_file_is_what_was_signed() {
    let mut parts = Parts::of(&sealed(&release(1)));
    let name = parts
        .0
        .keys()
        .find(|name| name.starts_with("targets/files/"))
        .unwrap()
        .clone();
    parts
        .0
        .insert(name, b"forbid(principal, action, resource);".to_vec());
    assert_eq!(refusal(&parts.pack()).code(), Code::ReleaseTampered);
    // The release itself says something else.
    let mut parts = Parts::of(&sealed(&release(1)));
    let mut manifest: Value = serde_json::from_slice(&parts.0["targets/release.json"]).unwrap();
    manifest["version"] = "1.0.1".into();
    parts.write("targets/release.json", &manifest);
    assert_eq!(refusal(&parts.pack()).code(), Code::ReleaseTampered);
}

#[test]
fn a_document_says_what_its_keys_signed() {
    for name in DOCUMENTS {
        let good = Parts::of(&sealed(&release(1)));
        let document: Value = serde_json::from_slice(&good.0[name]).unwrap();
        let with = |change: fn(&mut Value)| {
            let (mut parts, mut document) = (Parts(good.0.clone()), document.clone());
            change(&mut document);
            parts.write(name, &document);
            // The others name what is there now, so that nothing but the signature is wrong.
            if name != "metadata/timestamp.json" {
                let kept = parts.0[name].clone();
                parts.rename();
                parts.0.insert(name.to_owned(), kept);
            }
            refusal(&parts.pack())
        };
        assert_eq!(
            with(|d| d["signed"]["version"] = 1_000_001.into()).code(),
            Code::ReleaseTampered
        );
        assert_eq!(
            with(|d| d["signed"]["expires"] = "2099-01-01T00:00:00Z".into()).code(),
            Code::ReleaseTampered
        );
        let fewer = with(|d| drop(d["signatures"].as_array_mut().unwrap().pop()));
        assert_eq!(
            fewer,
            Error::Untrusted {
                what: name.into(),
                found: 1,
                needed: 2
            }
        );
        let none = with(|d| d["signatures"] = json!([]));
        assert!(matches!(none, Error::Untrusted { found: 0, .. }));
        let swapped = with(|d| {
            let first = d["signatures"][0]["sig"].take();
            d["signatures"][0]["sig"] = d["signatures"][1]["sig"].take();
            d["signatures"][1]["sig"] = first;
        });
        assert_eq!(swapped.code(), Code::ReleaseTampered);
        let more = with(|d| {
            let more = json!({"keyid": "ff".repeat(32), "sig": "00".repeat(64)});
            d["signatures"].as_array_mut().unwrap().push(more);
        });
        assert_eq!(more.code(), Code::ReleaseTampered);
        // One key twice is one key, and is not even read.
        let twice = with(|d| d["signatures"][1] = d["signatures"][0].clone());
        assert_eq!(twice.code(), Code::ReleaseInvalid);
    }
}

#[test]
fn a_document_has_one_form() {
    for name in DOCUMENTS
        .into_iter()
        .chain(["metadata/1.root.json", "targets/release.json"])
    {
        let good = Parts::of(&sealed(&release(1)));
        let text = String::from_utf8(good.0[name].clone()).unwrap();
        for bad in [
            format!("{text}\n"),
            text.replacen(':', ": ", 1),
            text.replacen('{', "{\"more\":1,", 1),
            text.replacen("\"signed\":{", "\"signed\":{\"more\":1,", 1),
            text.replacen("1.0.34", "2.0.0", 1),
            text.replacen("\"version\":1", "\"version\":0", 1),
            text.replacen('"', "'", 1),
            String::new(),
            "{}".to_owned(),
            "[]".to_owned(),
        ] {
            if bad == text {
                continue;
            }
            let mut parts = Parts(good.0.clone());
            parts.0.insert(name.to_owned(), bad.clone().into_bytes());
            assert!(
                offered(&mut consumer(), &parts.pack(), NOW).is_err(),
                "{name}: {bad}"
            );
        }
    }
}

/// What even the holder of all keys cannot make a consumer take.
#[test]
fn signers_cannot_contradict_themselves() {
    let good = Parts::of(&sealed(&release(1)));
    let mut cases: Vec<(&str, Parts)> = Vec::new();
    let mut parts = Parts(good.0.clone());
    parts.say(DOCUMENTS[0], &[2, 3], |said| {
        said["targets"]["extra"] = said["targets"]["release.json"].clone();
    });
    parts.rename();
    cases.push(("a target that is not there", parts));
    let mut parts = Parts(good.0.clone());
    parts.say(DOCUMENTS[0], &[2, 3], |said| {
        said["targets"]["release.json"]["length"] = 1.into();
    });
    parts.rename();
    cases.push(("a length that is another", parts));
    let mut parts = Parts(good.0.clone());
    parts.say(DOCUMENTS[0], &[2, 3], |said| {
        let targets = said["targets"].as_object_mut().unwrap();
        let name = targets
            .keys()
            .find(|name| name.starts_with("files/"))
            .unwrap()
            .clone();
        targets.remove(&name);
    });
    parts.rename();
    cases.push(("a file that is not signed for", parts));
    let mut parts = Parts(good.0.clone());
    for name in DOCUMENTS {
        parts.say(name, &[2, 3], |said| said["version"] = 2_000_000.into());
        parts.rename();
    }
    cases.push(("the version of another sequence", parts));
    let mut parts = Parts(good.0.clone());
    parts.say(DOCUMENTS[2], &[2, 3], |said| {
        said["meta"]["more.json"] = said["meta"]["snapshot.json"].clone();
    });
    cases.push(("more metadata than there is", parts));
    for (case, parts) in cases {
        let error = offered(&mut consumer(), &parts.pack(), NOW).unwrap_err();
        assert_eq!(error.code(), Code::ReleaseTampered, "{case}: {error}");
    }
}

#[test]
fn one_role_s_word_is_not_another_s() {
    // The snapshot's text, signed by the same keys, where the timestamp should be.
    let mut parts = Parts::of(&sealed(&release(1)));
    let snapshot = parts.0["metadata/snapshot.json"].clone();
    parts
        .0
        .insert("metadata/timestamp.json".to_owned(), snapshot);
    let error = offered(&mut consumer(), &parts.pack(), NOW).unwrap_err();
    assert_eq!(error.code(), Code::ReleaseInvalid, "{error}");
}

#[test]
fn what_a_consumer_kept_and_was_changed_is_not_read() {
    let kept = serde_json::to_value(consumer()).unwrap();
    for (member, value) in [
        ("trusted", json!("{}")),
        ("more", json!(1)),
        ("tenant", json!(null)),
    ] {
        let mut bad = kept.clone();
        bad[member] = value;
        assert!(serde_json::from_value::<Consumer>(bad).is_err(), "{member}");
    }
}
