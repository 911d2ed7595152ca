//! Which values occur: in the entities, and in what other policies compare with.

use std::collections::{BTreeMap, HashMap};

use cedar_policy_core::ast::{
    BinaryOp, EntityType, EntityUID, Expr, ExprKind, Literal, PartialValue, Value, ValueKind,
};

use crate::{EntityStore, PolicySet};

/// An attribute with more different values than this is no choice between a few; then only the frequent ones are shown.
const MOST_VALUES: usize = 12;

/// Texts an attribute has among the entities of a type, the frequent ones first.
pub(super) fn of_attribute(store: &EntityStore, kind: &str, path: &[String]) -> Vec<String> {
    let Ok(kind) = kind.parse::<EntityType>() else {
        return Vec::new();
    };
    let Some((first, rest)) = path.split_first() else {
        return Vec::new();
    };
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for entity in store.entities.iter() {
        if *entity.uid().entity_type() != kind {
            continue;
        }
        if let Some(PartialValue::Value(value)) = entity.get(first) {
            count(value, rest, &mut counts);
        }
    }
    let mut found: Vec<(usize, &str)> = counts
        .into_iter()
        .map(|(text, times)| (times, text))
        .collect();
    let choice = found.len() <= MOST_VALUES;
    found.retain(|(times, _)| choice || *times > 2);
    found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    found.truncate(MOST_VALUES);
    found.into_iter().map(|(_, text)| text.to_owned()).collect()
}

fn count<'v>(value: &'v Value, path: &[String], counts: &mut HashMap<&'v str, usize>) {
    match (value.value_kind(), path.split_first()) {
        (ValueKind::Lit(Literal::String(text)), None) => *counts.entry(text).or_default() += 1,
        (ValueKind::Set(set), None) => set.iter().for_each(|element| count(element, path, counts)),
        (ValueKind::Record(record), Some((first, rest))) => {
            if let Some(value) = record.get(first.as_str()) {
                count(value, rest, counts);
            }
        }
        _ => {}
    }
}

/// Texts that policies compare `operand` with, e.g. `context.purpose`.
pub(super) fn compared(set: &PolicySet, operand: &str) -> Vec<String> {
    let mut found = BTreeMap::new();
    let mut note = |expr: &Expr| {
        let texts: Vec<&Expr> = match expr.expr_kind() {
            ExprKind::Set(items) => items.iter().collect(),
            _ => vec![expr],
        };
        for text in texts {
            if let ExprKind::Lit(Literal::String(text)) = text.expr_kind() {
                *found.entry(text.to_string()).or_insert(0) += 1;
            }
        }
    };
    let is_operand =
        |expr: &Expr| matches!(expr.expr_kind(), ExprKind::GetAttr { .. }) && name(expr) == operand;
    for template in set.written() {
        for expr in template
            .non_scope_constraints()
            .into_iter()
            .flat_map(Expr::subexpressions)
        {
            let ExprKind::BinaryApp {
                op: BinaryOp::Eq | BinaryOp::Contains,
                arg1,
                arg2,
            } = expr.expr_kind()
            else {
                continue;
            };
            if is_operand(arg1) {
                note(arg2);
            } else if is_operand(arg2) {
                note(arg1);
            }
        }
    }
    found.into_keys().take(MOST_VALUES).collect()
}

/// `a.b.c` as one would write it.
fn name(expr: &Expr) -> String {
    match expr.expr_kind() {
        ExprKind::GetAttr { expr, attr } => format!("{}.{attr}", name(expr)),
        _ => expr.to_string(),
    }
}

/// Names of the tags entities of a type have.
pub(super) fn tags(store: &EntityStore, kind: &str) -> Vec<String> {
    let mut found: Vec<String> = store
        .entities
        .iter()
        .filter(|entity| entity.uid().entity_type().to_string() == kind)
        .flat_map(|entity| {
            entity
                .tag_keys()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Entities of a type whose id contains `text`, without regard to case; those that begin with it first.
pub(super) fn entities(store: &EntityStore, kind: &str, text: &str, limit: usize) -> Vec<String> {
    let Ok(kind) = kind.parse::<EntityType>() else {
        return Vec::new();
    };
    let text = text.to_lowercase();
    let mut found: Vec<(bool, &str)> = store
        .entities
        .iter()
        .map(|entity| entity.uid())
        .filter(|uid| *uid.entity_type() == kind)
        .filter_map(|uid: &EntityUID| {
            let id: &str = uid.eid().as_ref();
            let at = id.to_lowercase().find(&text)?;
            Some((at != 0, id))
        })
        .collect();
    found.sort_unstable();
    found.truncate(limit);
    found.into_iter().map(|(_, id)| id.to_owned()).collect()
}

/// How often each annotation is used, and with which values.
pub(super) fn annotations(set: &PolicySet) -> BTreeMap<String, BTreeMap<String, usize>> {
    let mut found: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for template in set.written() {
        for (name, value) in template.annotations_arc().iter() {
            let values = found.entry(name.to_string()).or_default();
            *values.entry(value.val.to_string()).or_default() += 1;
        }
    }
    found
}
