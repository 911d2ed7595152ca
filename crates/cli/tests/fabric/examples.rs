//! The applications of Cedar's own examples, when they are at hand: the folder `cedar-example-use-cases` is named by the
//! environment variable `FABRIC_CEDAR_EXAMPLES`. Without it this says so and checks nothing.

use std::path::PathBuf;

use crate::place::Place;

const APPLICATIONS: [&str; 7] = [
    "document_cloud",
    "github_example",
    "hotel_chains",
    "sales_orgs",
    "streaming_service",
    "tags_n_roles",
    "tax_preparer",
];

fn examples() -> Option<PathBuf> {
    let folder = std::env::var_os("FABRIC_CEDAR_EXAMPLES").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("FABRIC_CEDAR_EXAMPLES is not set: the example applications were not checked");
    }
    folder
}

#[test]
fn all_seven_are_accepted_and_decide_as_their_folders_say() {
    let Some(examples) = examples() else { return };
    let place = Place::new();
    for name in APPLICATIONS {
        let folder = examples.join(name);
        let folder = folder.to_str().unwrap();
        let checked = place.run(&["check", folder, "--json"]);
        assert_eq!(checked.status, 0, "{name}: {}{}", checked.out, checked.err);
        assert!(checked.json()["policies"].as_u64().unwrap() > 0, "{name}");
        let tested = place.run(&["test", folder, "--json"]);
        assert_eq!(tested.status, 0, "{name}: {}{}", tested.out, tested.err);
        assert!(tested.json()["passed"].as_u64().unwrap() > 0, "{name}");
    }
    let all = place.run(&["test", examples.to_str().unwrap(), "--json"]);
    assert_eq!((all.status, all.json()["failed"].as_u64()), (0, Some(0)));
}

#[test]
fn each_can_be_given_a_log_that_its_own_policies_reproduce() {
    let Some(examples) = examples() else { return };
    let place = Place::new();
    for name in [
        "document_cloud",
        "github_example",
        "hotel_chains/templated",
        "tax_preparer",
    ] {
        let folder = examples.join(name);
        let folder = folder.to_str().unwrap();
        place
            .run(&[
                "log",
                "generate",
                folder,
                "--rows",
                "2000",
                "--out",
                "log.jsonl.gz",
            ])
            .fine();
        let same = place.run(&["drift", folder, folder, "--log", "log.jsonl.gz", "--json"]);
        assert_eq!(same.status, 0, "{name}: {}{}", same.out, same.err);
        assert_eq!(same.json()["totals"]["unchanged"], 2000, "{name}");
        assert_eq!(same.json()["totals"]["log_disagrees"], 0, "{name}");
    }
}
