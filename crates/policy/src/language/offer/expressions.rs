//! What conditions are made of: attributes, methods, operators, values.

use model::CompletionKind;

use super::{Offers, list};
use crate::{
    language::{
        catalog::Ty,
        types::Typed,
        values,
        words::{self, On},
    },
    tokens,
};

impl Offers<'_> {
    pub(super) fn attributes(&mut self, typed: &[Typed], behind_dot: bool) {
        let dot = self
            .cursor
            .before
            .last()
            .map_or(0, |token| token.span.start);
        for (name, member) in self.typing.members(typed) {
            let optional = if member.field.required { "" } else { "?" };
            let detail = format!("{}{optional}", member.field.ty.name());
            let mut info = member.field.doc.clone();
            if info.is_empty() {
                info = self.catalog.common_doc(&member.field.ty).to_owned();
            }
            if !member.everywhere {
                let only = format!("Only on {}.", list(&member.of));
                info = format!("{info} {only}").trim().to_owned();
            }
            let rank = u8::from(!member.everywhere);
            let quoted = format!("\"{}\"", name.escape_debug());
            let kind = CompletionKind::Attribute;
            if tokens::is_word(&name) {
                self.here(rank, kind, [&name, &name, &detail, &info]);
            } else if behind_dot {
                // The dot is replaced too.
                let texts = [&name, &format!("[{quoted}]"), &*detail, &info];
                self.put_for(self.cursor.typed(), rank, dot, kind, texts);
            } else {
                self.here(rank, kind, [&name, &quoted, &detail, &info]);
            }
        }
    }

    pub(super) fn methods(&mut self, typed: &[Typed]) {
        let on = self.on(typed);
        for (wanted, method) in words::METHODS {
            // Of what is not known, anything may be asked.
            if on.contains(wanted) || on.is_empty() || on.contains(&On::Any) {
                let insert = match method.signature.contains("()") {
                    true => format!("{}()", method.name),
                    false => format!("{}(", method.name),
                };
                let texts = [method.name, &insert, method.signature, method.text];
                self.here(2, CompletionKind::Function, texts);
            }
        }
    }

    fn on(&self, typed: &[Typed]) -> Vec<On> {
        typed.iter().map(|typed| self.typing.on(typed)).collect()
    }

    /// What can be compared with an operand of these types.
    pub(super) fn values(&mut self, typed: &[Typed], operand: &str, groups: bool) {
        let mut entities = typed.is_empty();
        for typed in typed {
            match self.catalog.resolve(&typed.ty) {
                Ty::Bool => self.keywords(0, &["true", "false"]),
                Ty::String => {
                    for value in self.texts(typed, operand) {
                        let whole = format!("\"{}\"", value.escape_debug());
                        self.here(0, CompletionKind::Value, [&whole, &whole, "", ""]);
                    }
                }
                Ty::Action => self.actions(groups),
                Ty::Extension(name) => self.functions(0, |function| {
                    function == name || (function == "ip" && name == "ipaddr")
                }),
                Ty::Entity(_) => entities = true,
                _ => {}
            }
        }
        if entities {
            self.references(typed, groups);
        }
    }

    /// Texts that occur: in the entities, and in other policies.
    pub(super) fn texts(&self, typed: &Typed, operand: &str) -> Vec<String> {
        let origin = typed.origin.as_ref().zip(self.store);
        let mut found = origin
            .map(|((kind, path), store)| values::of_attribute(store, kind, path))
            .unwrap_or_default();
        let compared = self.set.map(|set| values::compared(set, operand));
        for value in compared.unwrap_or_default() {
            if !found.contains(&value) {
                found.push(value);
            }
        }
        found
    }

    fn functions(&mut self, likely: u8, wanted: impl Fn(&str) -> bool) {
        for function in words::FUNCTIONS
            .iter()
            .filter(|function| wanted(function.name))
        {
            let insert = format!("{}(\"${{}}\")", function.name);
            let texts = [function.name, &insert, function.signature, function.text];
            self.here(likely, CompletionKind::Snippet, texts);
        }
    }

    /// The beginning of an operand; of any type, or only what has no type of its own.
    pub(super) fn operand(&mut self, likely: u8, any: bool) {
        self.words(likely, words::VARIABLES);
        self.keywords(likely + 2, &["if"]);
        if !any {
            return;
        }
        self.keywords(likely + 2, &["true", "false"]);
        self.functions(likely + 2, |_| true);
        let (_, from) = self.cursor.path();
        for (name, entry) in &self.catalog.types {
            let texts = [name, &format!("{name}::\""), "entity type", &entry.doc];
            self.put(likely + 5, from, CompletionKind::Type, texts);
        }
    }

    /// Operators that can stand behind the operand that was just written.
    pub(super) fn after_operand(&mut self) {
        let typed = self.typing.before(self.cursor.before.len());
        let on = self.on(&typed);
        let is = |wanted: &[On]| on.iter().any(|on| wanted.contains(on));
        for (wanted, operator) in words::OPERATORS {
            let fits = match wanted {
                On::Any => true,
                On::Bool => operator.name != "!",
                On::Entity => {
                    is(&[On::Entity, On::Tagged]) || (is(&[On::Action]) && operator.name == "in")
                }
                On::Long if matches!(operator.name, "+" | "-" | "*") => is(&[On::Long]),
                On::Long => is(&[On::Long, On::Datetime, On::Duration]),
                wanted => on.contains(wanted),
            };
            if fits || on.is_empty() || on.contains(&On::Any) {
                let likely = match wanted {
                    On::Any => 1,
                    On::Bool if !is(&[On::Bool]) => 2,
                    _ => 0,
                };
                self.words(likely, [operator]);
            }
        }
        if (1..=self.cursor.before.len()).any(|back| self.cursor.back(back) == "if") {
            self.keywords(2, &["then", "else"]);
        }
    }
}
