//! Entity types, actions and entities.

use model::CompletionKind;

use super::{Offers, applies};
use crate::language::{
    catalog::{ActionEntry, Ty},
    types::Typed,
    values,
};

/// A type with so few entities is written out whole.
const FEW: usize = 12;
/// The user types on to find others.
pub(super) const MOST_ENTITIES: usize = 50;

impl Offers<'_> {
    /// Entity types, those an operand can have first.
    pub(super) fn types(&mut self, typed: &[Typed]) {
        let own: Vec<&str> = entity_types(typed).collect();
        let (_, from) = self.cursor.path();
        for (name, entry) in &self.catalog.types {
            let rank = if own.contains(&name.as_str()) { 0 } else { 4 };
            let texts = [name, name, "entity type", &entry.doc];
            self.put(rank, from, CompletionKind::Type, texts);
        }
    }

    /// Actions, those first that fit the rest of the scope.
    pub(super) fn actions(&mut self, groups: bool) {
        let (_, from) = self.cursor.path();
        for (id, action) in &self.catalog.actions {
            let rank = self.unlikely(id, action, groups);
            let texts = [id.as_str(), id, &applies(action), &action.doc];
            self.put(rank, from, CompletionKind::Action, texts);
        }
    }

    pub(super) fn unlikely(&self, id: &str, action: &ActionEntry, groups: bool) -> u8 {
        let fits = self.typing.actions();
        match action.principals.is_empty() {
            // A group that is named with `==` never applies.
            true if !groups => 6,
            true if self
                .catalog
                .members(id)
                .iter()
                .any(|member| fits.contains(member)) =>
            {
                1
            }
            _ if fits.contains(id) => 0,
            _ => 4,
        }
    }

    /// Beginnings of entity ids: `Type::"`, and whole ids of types that have few.
    pub(super) fn references(&mut self, typed: &[Typed], groups: bool) {
        let (_, from) = self.cursor.path();
        let mut wanted: Vec<(u8, &str)> = Vec::new();
        for name in entity_types(typed) {
            wanted.push((1, name));
            let above = self.catalog.types.get(name).filter(|_| groups);
            let above = above.into_iter().flat_map(|entry| &entry.above);
            wanted.extend(above.map(|name| (0, name.as_str())));
        }
        wanted.sort_unstable_by_key(|(rank, name)| (*name, *rank));
        wanted.dedup_by_key(|(_, name)| *name);
        let few = wanted.len() <= 8;
        if wanted.is_empty() {
            wanted.extend(self.catalog.types.keys().map(|name| (4, name.as_str())));
        }
        for (rank, name) in wanted {
            let doc = self.catalog.types.get(name).map_or("", |entry| &entry.doc);
            let texts = [name, &format!("{name}::\""), "entity type", doc];
            self.put(2 + rank, from, CompletionKind::Type, texts);
            let ids = match few {
                true => self.ids(name, "", FEW + 1),
                false => Vec::new(),
            };
            // A list that turns out not to be short is not shown at all.
            for id in ids.iter().filter(|_| ids.len() <= FEW) {
                let whole = format!("{name}::\"{}\"", id.escape_debug());
                let texts = [&whole, &whole, "entity", ""];
                self.put(1 + rank, from, CompletionKind::Entity, texts);
            }
        }
    }

    /// Ids of a type: those the schema lists, else those of the entities.
    pub(super) fn ids(&self, name: &str, text: &str, limit: usize) -> Vec<String> {
        match self
            .catalog
            .types
            .get(name)
            .and_then(|entry| entry.ids.clone())
        {
            Some(ids) => ids,
            None => self
                .store
                .map(|store| values::entities(store, name, text, limit))
                .unwrap_or_default(),
        }
    }

    /// After `k8s::`: types and actions whose names go on, and entities of the type.
    pub(super) fn continued(&mut self) {
        let (path, from) = self.cursor.path();
        for (name, entry) in &self.catalog.types {
            if name.starts_with(&path) {
                let texts = [name, name, "entity type", &entry.doc];
                self.put(0, from, CompletionKind::Type, texts);
            }
        }
        for (id, action) in &self.catalog.actions {
            if id.starts_with(&path) {
                let rank = 1 + self.unlikely(id, action, true);
                let texts = [id.as_str(), id, &applies(action), &action.doc];
                self.put(rank, from, CompletionKind::Action, texts);
            }
        }
        let name = path.trim_end_matches("::");
        if self.catalog.types.contains_key(name) {
            for id in self.ids(name, self.cursor.typed(), MOST_ENTITIES) {
                let whole = format!("{name}::\"{}\"", id.escape_debug());
                self.put(
                    0,
                    from,
                    CompletionKind::Entity,
                    [&whole, &whole, "entity", ""],
                );
            }
        }
    }
}

/// The entity types among types.
pub(super) fn entity_types(typed: &[Typed]) -> impl Iterator<Item = &str> {
    typed.iter().filter_map(|typed| match &typed.ty {
        Ty::Entity(name) => Some(name.as_str()),
        _ => None,
    })
}
