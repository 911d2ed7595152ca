//! Bundles to verify: one in which everything holds, and for each check one in which it fails. Most are the worlds that the checks
//! themselves are tested with; decisions are real ones, because the page runs them again.

use evidence::{bundle::Manifest, checkpoint::Checkpoint, moment, verify::Outcome};
use model::Request;
use serde_json::json;
use verifier::Asked;

use super::world::*;

/// A verification, and how it ends.
pub struct Case {
    pub name: String,
    pub bundle: Vec<u8>,
    pub trust: Option<String>,
    pub at: Option<String>,
    pub seen: Option<String>,
    pub verdict: Outcome,
    /// Checks that fail.
    pub fails: &'static [&'static str],
}

impl Case {
    fn of(name: &str, world: &World, fails: &'static [&'static str]) -> Self {
        Self {
            name: name.to_owned(),
            bundle: world.bundle(),
            trust: Some(world.trust.to_string()),
            at: world.at.map(moment::text),
            seen: world.last_seen.as_ref().map(|head| note(head, &[])),
            verdict: if fails.is_empty() {
                Outcome::Verified
            } else {
                Outcome::Failed
            },
            fails,
        }
    }

    fn undecided(name: &str, world: &World) -> Self {
        Self {
            verdict: Outcome::CannotDecide,
            ..Self::of(name, world, &[])
        }
    }
}

const ROWS: &str = "artefacts/decisions/rows.jsonl";

/// A world whose exporter signs other files. The worlds' own decisions are none.
fn signed(bend: impl Fn(&mut Files) + 'static) -> World {
    World {
        bend_files: Box::new(move |files| {
            files.remove(ROWS);
            bend(files);
        }),
        ..World::new()
    }
}

/// A world bent otherwise.
fn bent(bend: impl FnOnce(&mut World)) -> World {
    let mut world = signed(|_| {});
    bend(&mut world);
    world
}

fn edited(name: &'static str, from: &'static str, to: &'static str) -> World {
    signed(move |files| {
        let content = files.get_mut(name).unwrap();
        let text = String::from_utf8(content.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        *content = text.replacen(from, to, 1).into_bytes();
    })
}

/// A world with the decisions of an edit that lets everybody see the plan; `from` is replaced in the rows.
fn decided(policies_after: &str, from: &'static str, to: &'static str) -> World {
    const BEFORE: &str =
        "permit (principal, action, resource) when { resource.owner == principal };";
    const SCHEMA: &str = "entity User; entity Doc { owner: User }; action view appliesTo { principal: User, resource: Doc };";
    let ana = json!({"type": "User", "id": "ana"});
    let entities = json!([
        {"uid": ana, "attrs": {}, "parents": []},
        {"uid": {"type": "Doc", "id": "plan"}, "attrs": {"owner": {"__entity": ana}}, "parents": []},
    ])
    .to_string();
    let files = |policies: &str| -> policy::Files {
        let named = [
            ("a.cedar", policies),
            ("a.cedarschema", SCHEMA),
            ("entities.json", &entities),
        ];
        let bytes = named.map(|(name, text)| (name.to_owned(), text.as_bytes().into()));
        bytes.into_iter().collect()
    };
    let (before, after) = (files(BEFORE), files(policies_after));
    let asked = |who: &str, count| Asked {
        request: Request {
            principal: format!("User::\"{who}\""),
            action: "Action::\"view\"".into(),
            resource: "Doc::\"plan\"".into(),
            context: serde_json::Map::new(),
        },
        entities: None,
        count,
    };
    let packed = verifier::pack(&before, &after, [asked("bob", 3), asked("ana", 9)]).unwrap();
    let mut world = signed(move |files| {
        for (name, content) in &packed {
            files.insert(format!("artefacts/{name}"), content.clone());
        }
        let rows = String::from_utf8(files[ROWS].clone()).unwrap();
        assert!(rows.contains(from), "{rows}");
        files.insert(ROWS.into(), rows.replacen(from, to, 1).into_bytes());
    });
    let digest = |files| policy::compile(files).set.digest();
    let mut said = preview(NOW - 500);
    (said.base, said.head) = (digest(&before), digest(&after));
    world.drafts[0] = Draft::of(&said, policies(), &[STUDIO]);
    world
}

const OPENED: &str = "permit (principal, action, resource);";

/// The bundle in which everything holds, decisions and all.
pub fn good() -> Case {
    Case::of("good", &decided(OPENED, "", ""), &[])
}

/// A bundle of many receipts, which takes a while.
pub fn long(receipts: u64) -> Case {
    let world = bent(|world| {
        world.drafts = (0..receipts)
            .map(|seq| Draft::of(&preview(NOW - 500 + seq / 100), policies(), &[STUDIO]))
            .collect();
        world.exported = (0..receipts).collect();
        world.heads = vec![receipts];
    });
    Case::of("long", &world, &[])
}

/// All of them.
pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        good(),
        Case::of("without-decisions", &bent(|_| {}), &[]),
        Case::of(
            "part",
            &bent(|world| world.exported = vec![0, 1, 3, 5]),
            &[],
        ),
        Case::of(
            "v01-twice",
            &bent(|world| {
                world.drafts[0] =
                    world.drafts[0].with("{\"_type\":", "{\"_type\":\"x\",\"_type\":");
            }),
            &["V01"],
        ),
        Case::of(
            "v01-deep",
            &bent(|world| world.drafts[0].payload = b"[".repeat(500_000)),
            &["V01"],
        ),
        Case::of(
            "v02",
            &bent(|world| world.drafts[0].payload_type = "application/json".into()),
            &["V02"],
        ),
        Case::of(
            "v03",
            &bent(|world| world.drafts[0].signers = vec![STRANGER]),
            &["V03"],
        ),
        Case::of(
            "v03-threshold",
            &bent(|world| world.drafts[2].signers = vec![RELEASE, RELEASE]),
            &["V03"],
        ),
        Case::of(
            "v04",
            &bent(|world| world.trust["keys"][1]["until"] = json!(moment::text(NOW - 300))),
            &["V04"],
        ),
        Case::of(
            "v04-later",
            &bent(|world| world.at = Some(NOW - 5)),
            &["V04"],
        ),
        Case::of(
            "v05",
            &bent(|world| {
                world.drafts[0] = world.drafts[0].with("\"gained\":3", "\"gained\":\"3\"")
            }),
            &["V05"],
        ),
        Case::undecided(
            "v05-later",
            &bent(|world| {
                world.drafts[0] = world.drafts[0].with("drift-preview/v1", "drift-preview/v2");
            }),
        ),
        Case::of(
            "v06",
            &bent(|world| {
                world.bend_signed = Box::new(|files| {
                    files
                        .get_mut("artefacts/policies/a.cedar")
                        .unwrap()
                        .push(b' ')
                });
            }),
            &["V06"],
        ),
        Case::of(
            "v07",
            &bent(|world| world.drafts[1].signers = vec![STUDIO]),
            &["V07"],
        ),
        Case::of("v08", &edited("checkpoints/3", "\n3\n", "\n4\n"), &["V08"]),
        Case::of(
            "v09",
            &bent(|world| world.witnesses = vec![WITNESSES[0], STRANGER]),
            &["V09"],
        ),
        Case::of(
            "v10",
            &signed(|files| drop(files.remove("proofs/0-6.txt"))),
            &["V10"],
        ),
        Case::of(
            "v11",
            &signed(|files| drop(files.remove("proofs/consistency-3-7.txt"))),
            &["V11"],
        ),
        Case::of(
            "v11-seen",
            &bent(|world| world.last_seen = Some(World::new().head(5))),
            &[],
        ),
        Case::of(
            "v11-fork",
            &bent(|world| {
                world.last_seen = Some(Checkpoint {
                    root: [9; 32],
                    ..World::new().head(5)
                });
            }),
            &["V11"],
        ),
        Case::undecided(
            "v11-between",
            &bent(|world| {
                world.last_seen = Some(World::new().head(5));
                world.exported = vec![5, 6];
            }),
        ),
        manifest(
            "v12",
            |manifest| manifest.origin = "other.example".into(),
            &["V12"],
        ),
        Case::of(
            "v13",
            &bent(|world| world.bend_entries = Box::new(|entries| entries[0].leaf.time += 1)),
            &["V13"],
        ),
        manifest("v15", |manifest| manifest.size = 8, &["V15"]),
        // Numbers beyond what a machine of 32 bits counts with.
        manifest(
            "v15-huge",
            |manifest| manifest.runs = vec![[0, u64::MAX >> 11]; 1_000],
            &["V15"],
        ),
        Case::of(
            "v15-added",
            &bent(|world| {
                world.bend_signed =
                    Box::new(|files| drop(files.insert("readme.txt".into(), b"x".to_vec())));
            }),
            &["V15"],
        ),
        Case::of(
            "v17",
            &bent(|world| world.bend_entries = Box::new(|entries| entries[0].receipt = None)),
            &["V17"],
        ),
        Case::of(
            "v18",
            &bent(|world| world.trust["channels"]["production"] = json!(9)),
            &["V18"],
        ),
        Case::of(
            "v21-decision",
            &decided(OPENED, "\"base\":\"deny\"", "\"base\":\"allow\""),
            &["V21"],
        ),
        Case::of(
            "v21-counts",
            &decided(OPENED, "\"count\":3", "\"count\":4"),
            &["V21"],
        ),
        Case {
            trust: None,
            verdict: Outcome::CannotDecide,
            ..Case::of("no-trust", &bent(|_| {}), &[])
        },
        Case {
            trust: Some("{\"version\":1}".to_owned()),
            ..Case::of("nobody-trusted", &bent(|_| {}), &["V03", "V12"])
        },
    ];
    let whole = good().bundle;
    for (number, end) in [0, 1, whole.len() / 2, whole.len() - 1]
        .into_iter()
        .enumerate()
    {
        cases.push(Case {
            name: format!("cut-{number}"),
            bundle: whole[..end].to_vec(),
            verdict: Outcome::Failed,
            fails: &["V01"],
            ..good()
        });
    }
    cases
}

/// A case whose exporter signs another manifest.
fn manifest(
    name: &str,
    bend: impl Fn(&mut Manifest) + 'static,
    fails: &'static [&'static str],
) -> Case {
    let bend = Box::new(bend);
    Case::of(name, &bent(|world| world.bend_manifest = bend), fails)
}

/// The good bundle with one bit turned, at places all over it. None is verified.
pub fn mutants(count: usize) -> Vec<Case> {
    let good = good();
    let step = good.bundle.len() / count;
    (0..count)
        .map(|number| {
            let mut bundle = good.bundle.clone();
            bundle[number * step] ^= 1 << (number % 8);
            Case {
                name: format!("mutant-{number}"),
                bundle,
                trust: good.trust.clone(),
                at: good.at.clone(),
                seen: None,
                verdict: Outcome::Failed,
                fails: &[],
            }
        })
        .collect()
}
