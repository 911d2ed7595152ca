//! How long the history of a channel takes: `cargo run --release -p registry --example history -- [MOVES]`. The moves are written
//! as loose objects, read, packed by `git`, and read again; each figure is the best and the median of nine, by a process's first
//! look each time.

use std::{error::Error, process::Command, time::Instant};

use git2::{Repository, Signature, Time};
use registry::{Kind, Query, Registry, Summary};
use release::Modes;

const FIRST: u64 = 1_795_262_400;

fn summary(sequence: u64) -> Summary {
    let digest = |what: &str| {
        evidence::hex(&evidence::sha256(
            &[format!("{what} {sequence}").as_bytes()],
        ))
    };
    let person = |number: u64| format!("Person {number} <p{number}@example.com>");
    Summary {
        channel: "stable".into(),
        sequence,
        version: format!("1.{sequence}.0"),
        commit: digest("commit").chars().take(40).collect(),
        digest: digest("files"),
        modes: Modes::default(),
        kind: Kind::Promotion,
        undoes: None,
        by: person(sequence % 17),
        at: FIRST + sequence,
        reason: Some("quarterly review of ward access".into()),
        policies: (0..4)
            .map(|at| format!("policy-{}", (sequence + at) % 40))
            .collect(),
        approvers: vec![person(17 + sequence % 5)],
        overridden: Vec::new(),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let moves: u64 = std::env::args()
        .nth(1)
        .map_or(Ok(10_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let repository = Repository::init(folder.path())?;
    let mut tree = repository.treebuilder(None)?;
    tree.insert("forward.tfr", repository.blob(b"forward")?, 0o100_644)?;
    let tree = repository.find_tree(tree.write()?)?;
    let mut parent = None;
    for sequence in 1..=moves {
        let message = format!(
            "Promote\n\n{}\n",
            evidence::json::to_canonical(&summary(sequence))?
        );
        let by = Signature::new("a", "a@b.example", &Time::new(0, 0))?;
        let parents: Vec<_> = parent.iter().collect();
        let id = repository.commit(None, &by, &by, &message, &tree, &parents)?;
        parent = Some(repository.find_commit(id)?);
    }
    let last = parent.ok_or("no moves")?.id();
    repository.reference("refs/fabric/channels/stable", last, true, "")?;
    measure("loose", folder.path(), moves)?;
    let packed = Command::new("git")
        .arg("-C")
        .arg(folder.path())
        .args(["gc", "--quiet"])
        .status();
    if packed.is_ok_and(|status| status.success()) {
        measure("packed", folder.path(), moves)?;
    } else {
        println!("packed: not measured, for there is no `git`");
    }
    Ok(())
}

fn measure(what: &str, folder: &std::path::Path, moves: u64) -> Result<(), Box<dyn Error>> {
    let query = Query {
        person: Some("p3@example.com".into()),
        policy: Some("policy-7".into()),
        ..Query::default()
    };
    let (mut all, mut page) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let start = Instant::now();
        let registry = Registry::open(folder)?;
        let (mut read, mut found) = (0, 0);
        for one in registry.history("stable", None)? {
            read += 1;
            found += u64::from(query.admits(&one?));
        }
        all.push(start.elapsed());
        if read != moves || (found == 0 && moves > 1_000) {
            return Err(format!("{read} of {moves} moves were read, {found} found").into());
        }
        let start = Instant::now();
        let registry = Registry::open(folder)?;
        registry
            .history("stable", None)?
            .take(50)
            .collect::<Result<Vec<_>, _>>()?;
        page.push(start.elapsed());
    }
    for (name, times) in [("all", &mut all), ("first page of 50", &mut page)] {
        times.sort_unstable();
        if let (Some(best), Some(median)) = (times.first(), times.get(times.len() / 2)) {
            println!("{what}, {name}: best {best:.1?}, median {median:.1?}");
        }
    }
    Ok(())
}
