//! What stands in quotes: ids of entities and actions, texts to compare with, names of tags and attributes.

use model::CompletionKind;

use super::{
    Offers, applies,
    names::{MOST_ENTITIES, entity_types},
};
use crate::language::{catalog::Ty, types::Typed, values};

impl Offers<'_> {
    /// Offers a string's content, with the closing quote if there is none yet: the content, detail, longer text.
    pub(super) fn string(&mut self, likely: u8, kind: CompletionKind, texts: [&str; 3]) {
        let [value, detail, info] = texts;
        let rest = self.cursor.text.get(self.cursor.at..).unwrap_or_default();
        let close = if rest.starts_with('"') { "" } else { "\"" };
        let insert = format!("{}{close}", value.escape_debug());
        self.here(likely, kind, [value, &insert, detail, info]);
    }

    pub(super) fn quoted_in_scope(&mut self) {
        if self.cursor.back(1) == "::" {
            self.quoted_id();
        }
    }

    pub(super) fn quoted(&mut self) {
        let left = self.cursor.before.len().saturating_sub(1);
        match self.cursor.back(1) {
            "::" => self.quoted_id(),
            "==" | "!=" => self.quoted_values(left),
            "(" => self.quoted_argument(left),
            "has" => self.quoted_attributes(left),
            "[" | "," => self.quoted_element(),
            _ => {}
        }
    }

    fn quoted_id(&mut self) {
        let (path, _) = self.cursor.path();
        let kind = path.trim_end_matches("::");
        if kind != "Action" && !kind.ends_with("::Action") {
            for id in self.ids(kind, self.cursor.typed(), MOST_ENTITIES) {
                self.string(0, CompletionKind::Entity, [&id, kind, ""]);
            }
            return;
        }
        let prefix = format!("{kind}::\"");
        for (id, action) in &self.catalog.actions {
            let name = id
                .strip_prefix(&prefix)
                .and_then(|name| name.strip_suffix('"'));
            if let Some(name) = name {
                let rank = self.unlikely(id, action, true);
                let texts = [name, &applies(action), &action.doc];
                self.string(rank, CompletionKind::Action, texts);
            }
        }
    }

    fn quoted_attributes(&mut self, end: usize) {
        let typed = self.typing.before(end);
        for (name, member) in self.typing.members(&typed) {
            let texts = [&*name, &member.field.ty.name(), &member.field.doc];
            self.string(0, CompletionKind::Attribute, texts);
        }
    }

    /// Texts that the operand before token `end`, or its elements, can be.
    fn quoted_values(&mut self, end: usize) {
        let (typed, operand) = (self.typing.before(end), self.typing.operand(end));
        self.quoted_values_of(&typed, &operand);
    }

    fn quoted_values_of(&mut self, typed: &[Typed], operand: &str) {
        for typed in typed {
            let element = match self.catalog.resolve(&typed.ty) {
                Ty::Set(element) => element,
                other => other,
            };
            if *self.catalog.resolve(element) == Ty::String {
                for value in self.texts(typed, operand) {
                    self.string(0, CompletionKind::Value, [&value, "", ""]);
                }
            }
        }
    }

    /// The argument of a method whose bracket is token `open`.
    fn quoted_argument(&mut self, open: usize) {
        let Some(dot) = open
            .checked_sub(2)
            .filter(|dot| self.cursor.word(*dot) == ".")
        else {
            return;
        };
        match self.cursor.word(open - 1) {
            "hasTag" | "getTag" => {
                let typed = self.typing.before(dot);
                let Some(store) = self.store else { return };
                for name in entity_types(&typed).flat_map(|kind| values::tags(store, kind)) {
                    self.string(0, CompletionKind::Value, [&name, "tag", ""]);
                }
            }
            "contains" => self.quoted_values(dot),
            _ => {}
        }
    }

    /// An element of a set, as in `["a", "b"].contains(x)` and `x.containsAny(["a"])`; or the attribute in `x["a"]`.
    fn quoted_element(&mut self) {
        let open = (0..self.cursor.before.len())
            .rev()
            .find(|at| self.cursor.word(*at) == "[");
        let Some(open) = open.filter(|open| *open > 0) else {
            return;
        };
        if self.typing.ends_operand(open - 1) {
            return self.quoted_attributes(open);
        }
        match open.checked_sub(3).map(|dot| (dot, self.cursor.word(dot))) {
            Some((dot, ".")) if self.cursor.word(open - 1) == "(" => self.quoted_values(dot),
            _ => self.looked_for(),
        }
    }

    /// What `["…"].contains(operand)` is asked about stands behind the cursor.
    fn looked_for(&mut self) {
        let all = &self.cursor.all;
        let word = |at: usize| all.get(at).map_or("", |token| token.text(self.cursor.text));
        let after = all
            .iter()
            .position(|token| token.span.start >= self.cursor.at);
        let close = after.and_then(|after| (after..all.len()).find(|at| word(*at) == "]"));
        let Some(from) = close
            .filter(|close| word(close + 1) == "." && word(close + 2) == "contains")
            .map(|close| close + 4)
        else {
            return;
        };
        let Some(end) = (from..all.len()).find(|at| word(*at) == ")") else {
            return;
        };
        let operand: String = (from..end).map(word).collect();
        let typed = self.typing.elsewhere(all, from..end);
        self.quoted_values_of(&typed, &operand);
    }
}
