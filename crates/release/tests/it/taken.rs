//! What a consumer takes.

use model::Code;
use release::{Bundle, Consumer, LIMITS, Roles, Roots};

use crate::world::*;

#[test]
fn what_was_sealed_is_what_is_taken() {
    for release in [release(1), audited(1)] {
        let bytes = sealed(&release);
        assert_eq!(bytes, sealed(&release), "same release, same bytes");
        let mut consumer = consumer();
        assert_eq!(offered(&mut consumer, &bytes, NOW).unwrap(), release);
        let seen = consumer.seen.clone().unwrap();
        assert_eq!(seen.release, evidence::hex(&release.digest().unwrap()));
        // The same again, as after a restart.
        let kept = serde_json::to_string(&consumer).unwrap();
        let mut again: Consumer = serde_json::from_str(&kept).unwrap();
        assert_eq!(again, consumer);
        assert_eq!(offered(&mut again, &bytes, NOW).unwrap(), release);
    }
}

#[test]
fn content_that_two_files_share_travels_once() {
    let mut release = audited(1);
    release.base = Some(release.files.clone());
    let bundle = Parts::of(&sealed(&release));
    let files = bundle
        .0
        .keys()
        .filter(|name| name.starts_with("targets/files/"));
    assert_eq!(files.count(), release.files.len());
    assert_eq!(
        offered(&mut consumer(), &bundle.pack(), NOW).unwrap(),
        release
    );
}

#[test]
fn a_renewal_and_a_rollback_prepared_before_it_are_both_taken() {
    let mut consumer = consumer();
    let mut back = release(2);
    back.undoes = Some(1);
    let prepared = sealed(&back);
    offered(&mut consumer, &sealed(&release(1)), NOW).unwrap();
    let renewed = sealed_with(&release(1), &ROOTS, &[2, 3], 7);
    offered(&mut consumer, &renewed, NOW).unwrap();
    assert_eq!(consumer.seen.as_ref().unwrap().renewed, 7);
    assert_eq!(offered(&mut consumer, &prepared, NOW).unwrap(), back);
}

#[test]
fn any_keys_that_are_enough_are_enough() {
    for seeds in [&[2, 3][..], &[4, 2], &[2, 3, 4], &[9, 4, 3, 1]] {
        let bytes = sealed_with(&release(1), &ROOTS, seeds, 0);
        offered(&mut consumer(), &bytes, NOW).unwrap();
    }
}

#[test]
fn roots_are_followed_from_wherever_a_consumer_is() {
    let second = Roles::new(role(&[5, 6], 2), role(&[7], 1));
    let third = Roles::new(role(&[5], 1), role(&[7, 8], 1));
    let roots = ROOTS
        .clone()
        .next(&second, ROOT_EXPIRES, &[&key(1), &key(5), &key(6)])
        .unwrap();
    let roots = roots
        .next(&third, ROOT_EXPIRES, &[&key(5), &key(6)])
        .unwrap();
    let bytes = sealed_with(&release(1), &roots, &[8], 0);
    for root in roots.all() {
        let mut consumer = consumer_of(root);
        offered(&mut consumer, &bytes, NOW).unwrap();
        assert_eq!(&consumer.trusted, roots.last());
    }
    let texts: Vec<_> = roots.all().map(|root| root.text().to_vec()).collect();
    assert_eq!(Roots::read(texts.iter().map(Vec::as_slice)).unwrap(), roots);
}

#[test]
fn a_rollback_prepared_under_an_older_root_is_taken_while_its_keys_are_trusted() {
    let same = ROOTS
        .clone()
        .next(&roles(), ROOT_EXPIRES, &[&key(1)])
        .unwrap();
    let mut consumer = consumer_of(same.last());
    offered(&mut consumer, &sealed(&release(1)), NOW).unwrap();
}

#[test]
fn what_was_accepted_last_is_gone_on_with_after_it_expired_and_nothing_else_is() {
    let mut consumer = consumer();
    let [first, second] =
        [1, 2].map(|sequence| Bundle::open(&sealed(&release(sequence)), LIMITS).unwrap());
    assert_eq!(
        consumer.resume(&first).unwrap_err().code(),
        Code::ReleaseTampered
    );
    consumer.accept(&first, NOW).unwrap();
    assert_eq!(consumer.resume(&first).unwrap(), release(1));
    assert!(consumer.resume(&second).is_err());
    assert_eq!(
        consumer.accept(&first, EXPIRES).unwrap_err().code(),
        Code::ReleaseExpired
    );
}
