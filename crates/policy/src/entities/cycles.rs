//! Entities that are their own ancestors.

use std::collections::HashMap;

use cedar_policy_core::ast::EntityUID;

use super::files::Placed;

/// The entities that lie on a cycle of parents, each with the cycle in words for the first of them found.
pub(super) fn cyclic(
    placed: &[Placed],
    by_uid: &HashMap<EntityUID, usize>,
) -> HashMap<usize, String> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let parents = |at: usize| -> Vec<usize> {
        placed
            .get(at)
            .into_iter()
            .flat_map(|placed| placed.entity.parents())
            .filter_map(|uid| by_uid.get(uid).copied())
            .collect()
    };
    let mut state = vec![State::New; placed.len()];
    let mut found = HashMap::new();
    let mut starts: Vec<usize> = by_uid.values().copied().collect();
    starts.sort_unstable();
    for start in starts {
        if state.get(start) != Some(&State::New) {
            continue;
        }
        // Depth first with an explicit path: hierarchies may be deeper than the stack.
        let mut path = vec![(start, parents(start))];
        if let Some(entry) = state.get_mut(start) {
            *entry = State::Open;
        }
        while let Some((at, rest)) = path.last_mut() {
            let at = *at;
            match rest.pop() {
                Some(parent) => match state.get(parent) {
                    Some(State::New) => {
                        if let Some(entry) = state.get_mut(parent) {
                            *entry = State::Open;
                        }
                        path.push((parent, parents(parent)));
                    }
                    Some(State::Open) => {
                        let ring: Vec<usize> = path
                            .iter()
                            .map(|(node, _)| *node)
                            .skip_while(|node| *node != parent)
                            .collect();
                        let names = ring
                            .iter()
                            .chain([&parent])
                            .filter_map(|node| placed.get(*node));
                        let words = names
                            .map(|placed| format!("`{}`", placed.entity.uid()))
                            .collect::<Vec<_>>()
                            .join(" in ");
                        ring.into_iter().for_each(|node| {
                            found.entry(node).or_insert_with(|| words.clone());
                        });
                    }
                    _ => {}
                },
                None => {
                    if let Some(entry) = state.get_mut(at) {
                        *entry = State::Done;
                    }
                    path.pop();
                }
            }
        }
    }
    found
}
