//! Rows that carry only what their decisions read: the same decisions, and nothing that anybody would have to believe.

use std::collections::BTreeSet;

use super::generate::{RECIPE, files, go_on, lines, log, workspace};
use super::*;
use crate::{Recipe, lessen};

fn lessened(of: &Log, compiled: &policy::Compiled) -> (crate::Lessened, Log) {
    let mut out = Vec::new();
    let done = lessen(of, compiled, &mut out, &mut go_on).unwrap();
    let (log, import) = read(vec![text(out)]).unwrap().build().unwrap();
    assert_eq!(import.skipped_total, 0);
    (done, log)
}

#[test]
fn a_log_made_least_is_one_cut_down() {
    let compiled = workspace();
    let recipe = Recipe::parse(RECIPE).unwrap();
    let whole = log(&compiled, &recipe);
    let (done, cut) = lessened(&whole, &compiled);
    assert_eq!((done.rows, done.kept), (whole.info.rows, 0));
    let made = log(&compiled, &recipe.clone().with_least(true));
    assert_eq!(rows(&cut), rows(&made));
    let slices = |log: &Log| -> BTreeSet<([u8; 32], Vec<String>)> {
        (0..)
            .zip(&log.slices)
            .map(|(number, slice)| {
                let entities = log.slice(number).unwrap().into_iter();
                (slice.digest, entities.map(str::to_owned).collect())
            })
            .collect()
    };
    assert_eq!(slices(&cut), slices(&made));
    let direct = lines(&compiled, &recipe.with_least(true));
    let (direct, import) = read(vec![text(direct)]).unwrap().build().unwrap();
    assert_eq!(import.skipped_total, 0);
    assert_eq!(rows(&direct), rows(&made));
    // Twice is once.
    let (_, again) = lessened(&made, &compiled);
    assert_eq!(rows(&again), rows(&made));
    // Everything else is as it was.
    let plain = |log: &Log| -> Vec<Row> {
        let rows = rows(log).into_iter();
        rows.map(|row| Row {
            entities: Facts::Assumed,
            ..row
        })
        .collect()
    };
    assert_eq!(plain(&whole), plain(&made));
}

proptest! {
    // Whatever a log holds, each of its rows comes out, with its slice cut down or as it was.
    #[test]
    fn no_row_is_lost(all in prop::collection::vec((some_facts(), "[ab]"), 1..12)) {
        let compiled = policy::compile(&files(&[("p.cedar", "permit(principal, action, resource) when { principal.level > 1 };")]));
        let mut builder = Builder::new("test");
        for (facts, who) in &all {
            let mut row = row(who, Decision::Allow);
            row.entities.clone_from(facts);
            prop_assert!(builder.push(&row).unwrap());
        }
        let (before, _) = builder.build().unwrap();
        let (done, after) = lessened(&before, &compiled);
        let (before, after) = (rows(&before), rows(&after));
        prop_assert_eq!(done.rows, before.len() as u64);
        prop_assert_eq!(before.len(), after.len());
        let mut kept = 0;
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!((&before.principal, before.decision), (&after.principal, after.decision));
            prop_assert_eq!(matches!(before.entities, Facts::Assumed), matches!(after.entities, Facts::Assumed));
            kept += u64::from(before.entities == after.entities);
        }
        prop_assert!(done.kept <= kept);
    }
}
