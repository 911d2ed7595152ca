//! How two policy sets differ, as syntax trees. Layout, comments, the order of policies and the files they stand in make no
//! difference; neither does how `&&`s are grouped or in which order a scope lists its actions.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use cedar_policy_core::{
    ast::{self, ActionConstraint, Expr, SlotEnv},
    parser::Loc,
};
use model::{PolicyChange, PolicyChangeKind, Source};
use rayon::prelude::*;

use crate::{
    Policy, PolicySet,
    explain::{Conjunct, conjuncts},
    format,
    set::TemplateEntry,
    tokens::{Kind, tokens},
};

/// What an edit does to a policy set, by file and place in `head` (removed policies: in `base`). Templates are compared like
/// policies. A change of nothing but annotations is reported with parts that all begin with `annotation`.
#[must_use]
pub fn diff(base: &PolicySet, head: &PolicySet) -> Vec<PolicyChange> {
    let (base, head) = (entries(base, head), entries(head, base));
    // Laying out what changed takes longer than finding it.
    let change = |(old, new): (Option<&Entry<'_>>, Option<&Entry<'_>>)| match (old, new) {
        (Some(old), Some(new)) => changed(old, new),
        (None, Some(new)) => Some(PolicyChange {
            kind: PolicyChangeKind::Added,
            id: new.id.to_owned(),
            old_id: None,
            parts: Vec::new(),
            before: String::new(),
            after: new.text(),
            source: new.source.clone(),
        }),
        (Some(old), None) => Some(PolicyChange {
            kind: PolicyChangeKind::Removed,
            id: old.id.to_owned(),
            old_id: None,
            parts: Vec::new(),
            before: old.text(),
            after: String::new(),
            source: old.source.clone(),
        }),
        (None, None) => None,
    };
    let mut changes: Vec<_> = pairs(&base, &head)
        .into_par_iter()
        .filter_map(change)
        .collect();
    changes.sort_by(|a, b| {
        let place = |change: &PolicyChange| (change.source.line, change.source.column);
        (&a.source.file, place(a), &a.id).cmp(&(&b.source.file, place(b), &b.id))
    });
    changes
}

/// A policy, link or template.
struct Entry<'s> {
    id: &'s str,
    stable_id: bool,
    source: &'s Source,
    loc: Option<&'s Loc>,
    slots: Option<&'s SlotEnv>,
    annotations: BTreeMap<&'s str, &'s str>,
    meaning: Meaning<'s>,
}

/// What a policy says, apart from how it is written.
#[derive(PartialEq, Eq, Hash)]
struct Meaning<'s> {
    template: bool,
    effect: ast::Effect,
    principal: String,
    action: String,
    resource: String,
    conditions: Vec<(bool, &'s Expr)>,
}

impl Entry<'_> {
    fn digest(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        self.meaning.hash(&mut hash);
        hash.finish()
    }

    fn same(&self, other: &Entry<'_>) -> bool {
        self.meaning == other.meaning
    }

    /// How many of effect, principal, action and resource are the same.
    fn likeness(&self, other: &Entry<'_>) -> usize {
        let (a, b) = (&self.meaning, &other.meaning);
        [
            a.effect == b.effect,
            a.principal == b.principal,
            a.action == b.action,
            a.resource == b.resource,
        ]
        .into_iter()
        .filter(|same| *same)
        .count()
    }

    /// As written, but laid out the usual way, without comments, slots filled.
    fn text(&self) -> String {
        let written = self.loc.and_then(Loc::snippet).unwrap_or_default();
        let mut filled = String::with_capacity(written.len());
        let mut at = 0;
        for token in tokens(written) {
            if token.kind != Kind::Slot {
                continue;
            }
            let slot = token.text(written);
            let value = self.slots.and_then(|slots| {
                let mut slots = slots.iter();
                slots.find(|(id, _)| id.to_string() == slot)
            });
            if let Some((_, value)) = value {
                filled += written.get(at..token.span.start).unwrap_or_default();
                filled += &value.to_string();
                at = token.span.end;
            }
        }
        format::canonical(&(filled + written.get(at..).unwrap_or_default()))
    }
}

/// What a set holds, but for what the `other` took over from it as it is.
fn entries<'s>(set: &'s PolicySet, other: &PolicySet) -> Vec<Entry<'s>> {
    let apart = |policy: &&Arc<Policy>| {
        let shared = other.get(&policy.id);
        shared.is_none_or(|shared| !std::ptr::eq(shared, &***policy))
    };
    let policies = set.policies().iter().filter(apart).map(|policy| Entry {
        id: &policy.id,
        stable_id: policy.stable_id,
        source: &policy.source,
        loc: policy.ast.loc(),
        slots: Some(policy.ast.env()),
        annotations: annotations(policy.ast.annotations_arc()),
        meaning: Meaning {
            template: false,
            effect: policy.ast.effect(),
            principal: policy.ast.principal_constraint().to_string(),
            action: action(policy.ast.action_constraint()),
            resource: policy.ast.resource_constraint().to_string(),
            conditions: conditions(policy.ast.non_scope_constraints()),
        },
    });
    let apart = |template: &&Arc<TemplateEntry>| {
        let shared = other.template(&template.id);
        shared.is_none_or(|shared| !Arc::ptr_eq(shared, template))
    };
    let templates = set.templates.iter().filter(apart).map(|template| Entry {
        id: &template.id,
        stable_id: template.stable_id,
        source: &template.source,
        loc: template.ast.loc(),
        slots: None,
        annotations: annotations(template.ast.annotations_arc()),
        meaning: Meaning {
            template: true,
            effect: template.ast.effect(),
            principal: template.ast.principal_constraint().to_string(),
            action: action(template.ast.action_constraint()),
            resource: template.ast.resource_constraint().to_string(),
            conditions: conditions(template.ast.non_scope_constraints()),
        },
    });
    policies.chain(templates).collect()
}

fn annotations(annotations: &ast::Annotations) -> BTreeMap<&str, &str> {
    annotations
        .iter()
        .map(|(name, value)| (name.as_ref(), value.val.as_str()))
        .collect()
}

fn action(constraint: &ActionConstraint) -> String {
    match constraint {
        ActionConstraint::In(actions) => {
            let mut names: Vec<_> = actions.iter().map(ToString::to_string).collect();
            names.sort_unstable();
            names.dedup();
            format!("action in {}", names.join(", "))
        }
        other => other.to_string(),
    }
}

fn conditions(constraints: Option<&Expr>) -> Vec<(bool, &Expr)> {
    conjuncts(constraints)
        .into_iter()
        .map(|Conjunct { expr, negated }| (negated, expr))
        .collect()
}

/// Which policies of the two sets are the same one: those with the same name the author gave, then those that say the same
/// (in the same file first), then those without a name of their own that are alike and in one file.
fn pairs<'a, 's>(
    base: &'a [Entry<'s>],
    head: &'a [Entry<'s>],
) -> Vec<(Option<&'a Entry<'s>>, Option<&'a Entry<'s>>)> {
    let mut pairs = Vec::new();
    let mut taken: (HashSet<usize>, HashSet<usize>) = Default::default();
    let mut take = |old: usize, new: usize, taken: &mut (HashSet<usize>, HashSet<usize>)| {
        taken.0.insert(old);
        taken.1.insert(new);
        pairs.push((base.get(old), head.get(new)));
    };

    let named: HashMap<_, _> = base
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.stable_id)
        .map(|(at, entry)| ((entry.meaning.template, entry.id), at))
        .collect();
    for (new, entry) in head.iter().enumerate().filter(|(_, entry)| entry.stable_id) {
        if let Some(old) = named.get(&(entry.meaning.template, entry.id)) {
            take(*old, new, &mut taken);
        }
    }

    let mut by_meaning: HashMap<u64, Vec<usize>> = HashMap::new();
    for (old, entry) in base
        .iter()
        .enumerate()
        .filter(|(old, _)| !taken.0.contains(old))
    {
        by_meaning.entry(entry.digest()).or_default().push(old);
    }
    for in_file in [true, false] {
        for (new, entry) in head.iter().enumerate() {
            if taken.1.contains(&new) {
                continue;
            }
            let candidates = by_meaning.get(&entry.digest()).into_iter().flatten();
            let found = candidates.copied().find(|old| {
                !taken.0.contains(old)
                    && base.get(*old).is_some_and(|other| {
                        other.same(entry) && (!in_file || other.source.file == entry.source.file)
                    })
            });
            if let Some(old) = found {
                take(old, new, &mut taken);
            }
        }
    }

    for least in [4, 3, 2] {
        for (new, entry) in head.iter().enumerate() {
            if taken.1.contains(&new) || entry.stable_id {
                continue;
            }
            let found = base.iter().enumerate().find(|(old, other)| {
                !taken.0.contains(old)
                    && !other.stable_id
                    && other.meaning.template == entry.meaning.template
                    && other.source.file == entry.source.file
                    && other.likeness(entry) >= least
            });
            if let Some((old, _)) = found {
                take(old, new, &mut taken);
            }
        }
    }

    let rest = |all: usize, taken: HashSet<usize>| (0..all).filter(move |at| !taken.contains(at));
    let removed = rest(base.len(), taken.0).map(|old| (base.get(old), None));
    let added = rest(head.len(), taken.1).map(|new| (None, head.get(new)));
    pairs.extend(removed);
    pairs.extend(added);
    pairs
}

/// The change between two versions of a policy, if there is any.
fn changed(old: &Entry<'_>, new: &Entry<'_>) -> Option<PolicyChange> {
    let mut parts = Vec::new();
    let (a, b) = (&old.meaning, &new.meaning);
    for (same, part) in [
        (a.effect == b.effect, "effect"),
        (a.principal == b.principal, "scope of the principal"),
        (a.action == b.action, "scope of the action"),
        (a.resource == b.resource, "scope of the resource"),
    ] {
        if !same {
            parts.push(part.to_owned());
        }
    }
    parts.extend(condition_parts(&a.conditions, &b.conditions));
    // A place in a file is no name: only a name somebody gave can be changed.
    let renamed = old.id != new.id && (old.stable_id || new.stable_id);
    let mut names: Vec<_> = old
        .annotations
        .keys()
        .chain(new.annotations.keys())
        .collect();
    names.sort_unstable();
    names.dedup();
    parts.extend(
        names
            .into_iter()
            .filter(|name| {
                **name != "id" && old.annotations.get(**name) != new.annotations.get(**name)
            })
            .map(|name| format!("annotation {name}")),
    );
    if parts.is_empty() && !renamed {
        return None;
    }
    let kind = match renamed && old.same(new) {
        true => PolicyChangeKind::Moved,
        false => PolicyChangeKind::Changed,
    };
    Some(PolicyChange {
        kind,
        id: new.id.to_owned(),
        old_id: renamed.then(|| old.id.to_owned()),
        parts,
        before: old.text(),
        after: new.text(),
        source: new.source.clone(),
    })
}

/// Which conditions differ. Conditions are the `&&`-parts of all clauses, counted from 1; removed ones by their number in the
/// base, the others by their number in the edit.
fn condition_parts(old: &[(bool, &Expr)], new: &[(bool, &Expr)]) -> Vec<String> {
    let same = common(old, new);
    let mut parts = Vec::new();
    let (mut from, mut to) = (0, 0);
    for (until_old, until_new) in same.into_iter().chain([(old.len(), new.len())]) {
        let (removed, added) = (until_old - from, until_new - to);
        let both = removed.min(added);
        parts.extend((1..=both).map(|number| format!("condition {}", to + number)));
        parts.extend(
            (both + 1..=removed).map(|number| format!("condition {} removed", from + number)),
        );
        parts.extend((both + 1..=added).map(|number| format!("condition {} added", to + number)));
        (from, to) = (until_old + 1, until_new + 1);
    }
    if parts.is_empty() || old.len() != new.len() {
        return parts;
    }
    // The same conditions in another order: what holds is the same, what errors may not be.
    let moved = old.iter().all(|condition| new.contains(condition));
    match moved {
        true => vec!["order of the conditions".to_owned()],
        false => parts,
    }
}

/// Places of a longest common subsequence.
fn common<T: PartialEq>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut lengths = vec![0_u32; (a.len() + 1) * width];
    let at = |lengths: &[u32], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, left) in a.iter().enumerate().rev() {
        for (j, right) in b.iter().enumerate().rev() {
            let length = match left == right {
                true => at(&lengths, i + 1, j + 1) + 1,
                false => at(&lengths, i + 1, j).max(at(&lengths, i, j + 1)),
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        if left == right {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}
