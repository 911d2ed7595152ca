//! What a consumer refuses, rule by rule, and what nobody can seal.

use evidence::ed25519::Signer;
use model::Code;
use release::{Bundle, Consumer, Error, LIMITS, Release, Roles, Roots, Sealing, seal};

use crate::world::*;

fn refusal(consumer: &mut Consumer, bytes: &[u8], now: u64) -> Code {
    let before = consumer.seen.clone();
    let error = offered(consumer, bytes, now).unwrap_err();
    assert_eq!(
        consumer.seen, before,
        "a refusal changes nothing of what was seen"
    );
    error.code()
}

#[test]
fn another_s_release_is_foreign() {
    let changes: [fn(&mut Release); 3] = [
        |release| release.tenant = "contoso".into(),
        |release| release.channel = "canary".into(),
        |release| release.environment = "staging".into(),
    ];
    for change in changes {
        let mut release = release(1);
        change(&mut release);
        assert_eq!(
            refusal(&mut consumer(), &sealed(&release), NOW),
            Code::ReleaseForeign
        );
    }
}

#[test]
fn what_expired_is_refused_from_that_second_on() {
    let bytes = sealed(&release(1));
    offered(&mut consumer(), &bytes, EXPIRES - 1).unwrap();
    assert_eq!(
        refusal(&mut consumer(), &bytes, EXPIRES),
        Code::ReleaseExpired
    );
    // Each of the four alone.
    for name in ["targets", "snapshot", "timestamp"] {
        let mut parts = Parts::of(&bytes);
        let expired = evidence::moment::text(NOW);
        parts.say(&format!("metadata/{name}.json"), &[2, 3], |said| {
            said["expires"] = expired.clone().into();
        });
        parts.rename();
        if name != "targets" {
            // Signed anew by the naming, with what it said before.
            assert!(
                parts.0[&format!("metadata/{name}.json")]
                    .windows(20)
                    .any(|w| w == expired.as_bytes())
            );
        }
        let error = offered(&mut consumer(), &parts.pack(), NOW).unwrap_err();
        assert!(
            matches!(&error, Error::Expired { what, .. } if what.contains(name)),
            "{error}"
        );
    }
    let roots = Roots::first(&roles(), NOW, &[&key(1)]).unwrap();
    let bytes = sealed_with(&release(1), &roots, &[2, 3], 0);
    let error = offered(&mut consumer_of(roots.begin()), &bytes, NOW).unwrap_err();
    assert!(
        matches!(&error, Error::Expired { what, .. } if what.contains("root")),
        "{error}"
    );
}

#[test]
fn versions_never_go_back() {
    let mut consumer = consumer();
    offered(
        &mut consumer,
        &sealed_with(&release(2), &ROOTS, &[2, 3], 4),
        NOW,
    )
    .unwrap();
    assert_eq!(
        refusal(&mut consumer, &sealed(&release(1)), NOW),
        Code::ReleaseOlder
    );
    let renewed_less = sealed_with(&release(2), &ROOTS, &[2, 3], 3);
    assert_eq!(
        refusal(&mut consumer, &renewed_less, NOW),
        Code::ReleaseOlder
    );
}

#[test]
fn one_sequence_is_one_release() {
    let changes: [fn(&mut Release); 3] = [
        |release| release.files = files(&[("policies/a.cedar", "// other")]),
        |release| release.version = "9.9.9".into(),
        |release| *release = audited(1),
    ];
    for change in changes {
        let mut consumer = consumer();
        offered(&mut consumer, &sealed(&release(1)), NOW).unwrap();
        let mut other = release(1);
        change(&mut other);
        let other = sealed_with(&other, &ROOTS, &[2, 3], 1);
        assert_eq!(refusal(&mut consumer, &other, NOW), Code::ReleaseTampered);
    }
}

#[test]
fn keys_that_the_root_does_not_name_are_not_believed() {
    let theirs = Roots::first(
        &Roles::new(role(&[11], 1), role(&[12], 1)),
        ROOT_EXPIRES,
        &[&key(11)],
    )
    .unwrap();
    let bytes = sealed_with(&release(1), &theirs, &[12], 0);
    // Their root claims the same version: the bundle does not decide who is trusted.
    assert_eq!(
        refusal(&mut consumer(), &bytes, NOW),
        Code::ReleaseUntrusted
    );
    let mut parts = Parts::of(&bytes);
    parts.0.remove("metadata/1.root.json");
    assert_eq!(
        refusal(&mut consumer(), &parts.pack(), NOW),
        Code::ReleaseUntrusted
    );
}

#[test]
fn a_root_follows_by_the_keys_of_the_one_before_it_and_by_its_own() {
    let next = Roles::new(role(&[5], 1), role(&[7], 1));
    assert!(matches!(
        ROOTS
            .clone()
            .next(&next, ROOT_EXPIRES, &[&key(5)])
            .unwrap_err(),
        Error::Untrusted {
            found: 0,
            needed: 1,
            ..
        }
    ));
    assert!(ROOTS.clone().next(&next, ROOT_EXPIRES, &[&key(1)]).is_err());
    let roots = ROOTS
        .clone()
        .next(&next, ROOT_EXPIRES, &[&key(1), &key(5)])
        .unwrap();
    let good = sealed_with(&release(1), &roots, &[7], 0);
    offered(&mut consumer(), &good, NOW).unwrap();
    // Signed by one of the two only.
    for seeds in [[1], [5]] {
        let mut parts = Parts::of(&good);
        parts.say("metadata/2.root.json", &seeds, |_| {});
        assert_eq!(
            refusal(&mut consumer(), &parts.pack(), NOW),
            Code::ReleaseUntrusted,
            "{seeds:?}"
        );
    }
    // One left out.
    let further = roots.clone().next(&next, ROOT_EXPIRES, &[&key(5)]).unwrap();
    let mut parts = Parts::of(&sealed_with(&release(1), &further, &[7], 0));
    parts.0.remove("metadata/1.root.json");
    parts.0.remove("metadata/2.root.json");
    assert_eq!(
        refusal(&mut consumer(), &parts.pack(), NOW),
        Code::ReleaseUntrusted
    );
    let texts = further.all().map(|root| root.text()).collect::<Vec<_>>();
    assert!(Roots::read([texts[0], texts[2]]).is_err());
    assert!(Roots::read([texts[1], texts[2]]).is_err());
    assert!(Roots::read([]).is_err());
}

#[test]
fn keys_that_were_taken_back_stay_so_even_when_the_bundle_that_said_it_is_refused() {
    let next = Roles::new(role(&[1], 1), role(&[7], 1));
    let roots = ROOTS.clone().next(&next, ROOT_EXPIRES, &[&key(1)]).unwrap();
    let mut consumer = consumer();
    let bytes = sealed_with(&release(1), &roots, &[7], 0);
    assert_eq!(
        refusal(&mut consumer, &bytes, EXPIRES),
        Code::ReleaseExpired
    );
    assert_eq!(consumer.trusted.version(), 2);
    assert_eq!(
        refusal(&mut consumer, &sealed(&release(1)), NOW),
        Code::ReleaseUntrusted
    );
}

#[test]
fn too_few_keys_seal_nothing() {
    let keys = key(2);
    let with = Sealing {
        roots: &ROOTS,
        keys: &[&keys],
        expires: EXPIRES,
        renewed: 0,
    };
    let error = seal(&release(1), &with).unwrap_err();
    assert_eq!(error.code(), Code::ReleaseUntrusted);
    let twice = Sealing {
        keys: &[&keys, &keys],
        ..with
    };
    assert_eq!(
        seal(&release(1), &twice).unwrap_err(),
        error,
        "one key twice is one key"
    );
    for roles in [
        Roles::new(role(&[1], 0), role(&[2], 1)),
        Roles::new(role(&[1], 2), role(&[2], 1)),
        Roles::new(role(&[1, 1], 2), role(&[2], 1)),
        Roles::new(role(&[1], 1), role(&[], 0)),
    ] {
        let error = Roots::first(&roles, ROOT_EXPIRES, &[&key(1)]).unwrap_err();
        assert_eq!(error.code(), Code::ReleaseInvalid);
    }
}

#[test]
fn what_metadata_cannot_number_is_not_sealed() {
    let (one, two) = (key(2), key(3));
    let keys: [&dyn Signer; 2] = [&one, &two];
    let sealing = |renewed| Sealing {
        roots: &ROOTS,
        keys: &keys,
        expires: EXPIRES,
        renewed,
    };
    assert!(seal(&release(1), &sealing(release::MAX_RENEWALS - 1)).is_ok());
    assert!(seal(&release(1), &sealing(release::MAX_RENEWALS)).is_err());
    let mut far = release(1);
    for sequence in [9_007_199_255, u64::MAX] {
        far.sequence = sequence;
        assert_eq!(
            seal(&far, &sealing(0)).unwrap_err().code(),
            Code::ReleaseInvalid
        );
    }
    far.sequence = 9_007_199_254;
    let bytes = seal(&far, &sealing(0)).unwrap();
    assert_eq!(Bundle::open(&bytes, LIMITS).unwrap().claims(), &far);
}
