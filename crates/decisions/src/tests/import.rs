//! Rows survive the way through lines and tables, whatever the spelling, the order and the number of threads.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::slice::{canonical_entity, digest, digest_text};
use crate::{NO_SLICE, is_store};

fn lines(rows: &[Row]) -> String {
    rows.iter().map(|row| row.to_json() + "\n").collect()
}

proptest! {
    #[test]
    fn rows_survive_lines_and_tables(some in some_rows()) {
        let (log, import) = read(vec![text(lines(&some))]).unwrap().build().unwrap();
        prop_assert_eq!(import.skipped_total, 0);
        prop_assert_eq!(import.rows, some.len() as u64);
        let expected: Vec<Row> = some.iter().map(as_recorded).collect();
        prop_assert_eq!(rows(&log), expected);
    }

    #[test]
    fn pushing_rows_is_importing_their_lines(some in some_rows()) {
        let mut builder = Builder::new("test");
        for row in &some {
            prop_assert!(builder.push(row).unwrap());
        }
        let folder = tempfile::tempdir().unwrap();
        builder.finish(&folder.path().join("pushed")).unwrap();
        read(vec![text(lines(&some))]).unwrap().finish(&folder.path().join("read")).unwrap();
        prop_assert_eq!(
            std::fs::read(folder.path().join("pushed")).unwrap(),
            std::fs::read(folder.path().join("read")).unwrap()
        );
    }

    #[test]
    fn the_counts_are_those_of_the_rows(some in some_rows()) {
        let (log, import) = read(vec![text(lines(&some))]).unwrap().build().unwrap();
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let mut requests = BTreeSet::new();
        for row in some.iter().map(as_recorded) {
            let request = (row.principal, row.resource, format!("{:?}{:?}", row.context, row.entities));
            let outcome = (row.decision, row.reasons, row.errors, row.tenant, row.bundle, row.engine);
            *counts.entry(format!("{request:?} {outcome:?}")).or_default() += 1;
            requests.insert(request);
        }
        prop_assert_eq!(log.tallies.len(), counts.len());
        prop_assert_eq!(import.distinct_requests, requests.len() as u64);
        let mut tallied: Vec<u32> = log.tallies.iter().map(|tally| tally.rows).collect();
        let mut expected: Vec<u32> = counts.into_values().collect();
        tallied.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(tallied, expected);
        let allowed = some.iter().filter(|row| row.decision == Decision::Allow).count();
        prop_assert_eq!(log.info.allowed, allowed as u64);
        let times: Vec<i64> = some.iter().map(|row| row.at).filter(|at| *at != NO_TIME).collect();
        prop_assert_eq!(&log.info.first_at, &times.iter().min().map_or(String::new(), |at| crate::format_time(*at)));
        prop_assert_eq!(&log.info.last_at, &times.iter().max().map_or(String::new(), |at| crate::format_time(*at)));
    }
}

#[test]
fn the_result_does_not_depend_on_threads() {
    // Several chunks, so that several threads really work, with slices named before they are given.
    let mut lines = String::new();
    for number in 0..40_000_u32 {
        let mut row = row(&format!("u{}", number * 7919 % 1000), Decision::Allow);
        row.id = format!("{number}");
        row.at = i64::from(number) * 1000;
        row.context
            .insert("padding".to_owned(), Value::from("x".repeat(100)));
        let user = entity(&format!("u{}", number % 50), 1);
        let inline = Facts::Inline(vec![user]);
        row.entities = if number < 30_000 {
            row.entities = inline;
            as_recorded(&row).entities
        } else {
            inline
        };
        if number % 100 == 7 {
            lines.push_str("broken ");
        }
        lines.push_str(&row.to_json());
        lines.push('\n');
    }
    let folder = tempfile::tempdir().unwrap();
    let stores: Vec<Vec<u8>> = [1, 2, 3, 8]
        .into_iter()
        .map(|threads| {
            let path = folder.path().join(format!("{threads}"));
            let mut calls = 0;
            let builder = import(vec![text(lines.clone())], threads, &mut |_, _| {
                calls += 1;
                ControlFlow::Continue(())
            });
            let import = builder.unwrap().finish(&path).unwrap();
            assert!(calls > 4, "one chunk proves nothing");
            assert_eq!(import.rows, 39_600);
            assert_eq!(import.slices, 50);
            assert_eq!(import.skipped_total, 400);
            assert_eq!(import.skipped[1].line, 108);
            assert!(is_store(&path));
            std::fs::read(&path).unwrap()
        })
        .collect();
    assert!(stores.windows(2).all(|pair| pair[0] == pair[1]));
    let log = Log::open(&folder.path().join("8")).unwrap();
    assert!(log.slices.iter().all(|slice| slice.entities.is_some()));
}

#[test]
fn a_digest_finds_its_slice_before_after_and_in_another_file() {
    let mut inline = row("a", Decision::Allow);
    inline.entities = Facts::Inline(vec![entity("b", 1), entity("a", 2)]);
    let (_, first) = canonical_entity(&entity("a", 2).to_string()).unwrap();
    let (_, second) = canonical_entity(&entity("b", 1).to_string()).unwrap();
    let mut named = row("a", Decision::Allow);
    named.entities = Facts::Digest(digest([first.as_str(), second.as_str()]));
    let mut missing = row("a", Decision::Deny);
    missing.entities = Facts::Digest([9; 32]);
    let assumed = row("a", Decision::Allow);

    let files = [
        lines(&[named.clone(), missing]),
        lines(&[inline, assumed]),
        lines(&[named]),
    ];
    let (log, import) = read(files.into_iter().map(text).collect())
        .unwrap()
        .build()
        .unwrap();
    assert_eq!(import.rows, 5);
    assert_eq!(import.slices, 2);
    assert_eq!(import.distinct_requests, 3);
    assert_eq!(log.slice(0).unwrap(), [first, second]);
    assert_eq!(log.slice(1), None);
    assert_eq!(log.requests.last().unwrap().slice, NO_SLICE);
    assert_eq!(log.info.entities_assumed, 1);
    assert_eq!(log.tallies.iter().map(|tally| tally.rows).max(), Some(3));
    assert_eq!(
        digest_text(&log.slices[1].digest),
        format!("sha256:{}", "09".repeat(32))
    );
}

#[test]
fn a_slice_with_two_contents_for_one_entity_is_refused() {
    let mut twice = row("a", Decision::Allow);
    twice.entities = Facts::Inline(vec![entity("a", 1), entity("a", 1)]);
    let mut torn = twice.clone();
    torn.entities = Facts::Inline(vec![entity("a", 1), entity("a", 2)]);
    let (log, import) = read(vec![text(lines(&[twice, torn]))])
        .unwrap()
        .build()
        .unwrap();
    assert_eq!((import.rows, import.skipped_total), (1, 1));
    assert_eq!(log.slice(0).unwrap().len(), 1);
}

#[test]
fn rows_of_a_range_come_from_their_blocks_alone() {
    let mut builder = Builder::new("test");
    let mut batch = crate::batch::Reader::default();
    let line = row("a", Decision::Allow).to_json();
    for _ in 0..150_000 {
        assert!(batch.line(&line).is_ok());
    }
    builder.absorb(batch.batch).unwrap();
    let (log, _) = builder.build().unwrap();
    assert_eq!(log.blocks.sections().count(), 3);
    for range in [
        0..0,
        0..1,
        65_535..65_537,
        131_072..150_000,
        149_999..u64::MAX,
        200_000..300_000,
    ] {
        let numbers: Vec<u64> = log
            .rows(range.clone())
            .map(|row| row.unwrap().number)
            .collect();
        let expected: Vec<u64> = (range.start.min(150_000)..range.end.min(150_000)).collect();
        assert_eq!(numbers, expected);
    }
}

#[test]
fn a_cancelled_import_ends() {
    let many = lines(&vec![row("a", Decision::Allow); 100_000]);
    let result = import(vec![text(many)], 3, &mut |_, _| ControlFlow::Break(()));
    assert!(matches!(result, Err(Error::Cancelled)));
}
