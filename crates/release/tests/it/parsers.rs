//! Every parser of releases, given whatever: bytes of chance, and good input bent. None panics, none reads what it would write
//! otherwise. `fuzz/` holds the same bodies for `cargo fuzz`.

#[path = "../parsers/bodies.rs"]
mod bodies;

use proptest::prelude::*;

use crate::world::*;

fn good(name: &str) -> Vec<u8> {
    match name {
        "release" => sealed(&audited(1)),
        "root" => ROOTS.begin().text().to_vec(),
        other => unreachable!("no good input for `{other}`"),
    }
}

#[test]
fn good_input_is_read() {
    for (name, body) in bodies::ALL {
        assert!(body(&good(name)), "{name}");
        assert!(!body(b"\xff\0"), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

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
            // Cut down to nothing, there is nothing left to bend.
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.truncate(at + 1),
            }
        }
        body(&bytes);
    }

    #[test]
    fn what_is_in_files_changes_nothing(names in prop::collection::btree_map("[a-z ä]{1,8}(/[A-Z.x]{1,4})?", any::<Vec<u8>>(), 0..8)) {
        let mut release = release(1);
        release.files = names.into_iter().map(|(name, content)| (name, content.into())).collect();
        // `.` and `..` are no names.
        prop_assume!(release.digest().is_ok());
        let taken = offered(&mut consumer(), &sealed(&release), NOW).unwrap();
        prop_assert_eq!(taken, release);
    }
}
