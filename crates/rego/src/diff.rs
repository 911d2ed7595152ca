//! What differs between two sets, definition by definition.

use std::collections::{BTreeMap, HashMap, VecDeque};

use model::{PolicyChange, PolicyChangeKind, Source};

use crate::{Rule, Set, probe::only_in};

/// Data longer than this is named and not shown.
const MOST_SHOWN: usize = 16 << 10;

/// The definitions that differ, and the data files. One that merely moved within its file is the same.
#[must_use]
pub fn diff(base: &Set, head: &Set) -> Vec<PolicyChange> {
    let mut changes = moved(base, head);
    let gone = only_in(base, head);
    let fresh = only_in(head, base);
    let mut by_path: HashMap<(&[String], crate::RuleKind), VecDeque<&Rule>> = HashMap::new();
    for rule in gone.iter().filter_map(|place| base.rules().get(*place)) {
        by_path
            .entry((&rule.path, rule.kind))
            .or_default()
            .push_back(rule);
    }
    for rule in fresh.iter().filter_map(|place| head.rules().get(*place)) {
        let old = by_path
            .get_mut(&(rule.path.as_slice(), rule.kind))
            .and_then(VecDeque::pop_front);
        changes.push(match old {
            Some(old) => PolicyChange {
                kind: PolicyChangeKind::Changed,
                id: rule.id.clone(),
                old_id: (old.id != rule.id).then(|| old.id.clone()),
                parts: vec!["definition".to_owned()],
                before: old.text.clone(),
                after: rule.text.clone(),
                source: rule.source.clone(),
            },
            None => PolicyChange {
                kind: PolicyChangeKind::Added,
                id: rule.id.clone(),
                old_id: None,
                parts: Vec::new(),
                before: String::new(),
                after: rule.text.clone(),
                source: rule.source.clone(),
            },
        });
    }
    changes.extend(by_path.into_values().flatten().map(|rule| PolicyChange {
        kind: PolicyChangeKind::Removed,
        id: rule.id.clone(),
        old_id: None,
        parts: Vec::new(),
        before: rule.text.clone(),
        after: String::new(),
        source: rule.source.clone(),
    }));
    changes.extend(data(base, head));
    changes.sort_by(|a, b| {
        (&a.source.file, a.source.line, &a.id).cmp(&(&b.source.file, b.source.line, &b.id))
    });
    changes
}

/// Definitions of equal meaning that stand in another file now.
fn moved(base: &Set, head: &Set) -> Vec<PolicyChange> {
    let mut there: HashMap<[u8; 32], Vec<&Rule>> = HashMap::new();
    for rule in base.rules().iter().rev() {
        there.entry(rule.digest).or_default().push(rule);
    }
    let moved = |rule: &Rule| {
        let old = there.get_mut(&rule.digest)?.pop()?;
        (old.source.file != rule.source.file).then(|| PolicyChange {
            kind: PolicyChangeKind::Moved,
            id: rule.id.clone(),
            old_id: (old.id != rule.id).then(|| old.id.clone()),
            parts: Vec::new(),
            before: old.text.clone(),
            after: rule.text.clone(),
            source: rule.source.clone(),
        })
    };
    head.rules().iter().filter_map(moved).collect()
}

fn data(base: &Set, head: &Set) -> Vec<PolicyChange> {
    let of = |set: &'_ Set| -> BTreeMap<String, ([u8; 32], String)> {
        set.data
            .files
            .iter()
            .map(|file| (file.file.clone(), (file.digest, file.text.clone())))
            .collect()
    };
    let (old, new) = (of(base), of(head));
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let shown = |text: Option<&([u8; 32], String)>| match text {
        Some((_, text)) if text.len() <= MOST_SHOWN => text.clone(),
        Some((_, text)) => format!("{} bytes of data", text.len()),
        None => String::new(),
    };
    names
        .into_iter()
        .filter_map(|name| {
            let (before, after) = (old.get(name), new.get(name));
            let kind = match (before, after) {
                (Some(before), Some(after)) if before.0 == after.0 => return None,
                (Some(_), Some(_)) => PolicyChangeKind::Changed,
                (None, _) => PolicyChangeKind::Added,
                (_, None) => PolicyChangeKind::Removed,
            };
            Some(PolicyChange {
                kind,
                id: name.clone(),
                old_id: None,
                parts: match kind {
                    PolicyChangeKind::Changed => vec!["data".to_owned()],
                    _ => Vec::new(),
                },
                before: shown(before),
                after: shown(after),
                source: Source {
                    file: name.clone(),
                    ..Source::default()
                },
            })
        })
        .collect()
}
