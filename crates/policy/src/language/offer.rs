//! What could stand at a place. This file decides by the place; `names` offers types, actions and entities, `expressions`
//! what conditions are made of, `strings` what stands in quotes.

mod expressions;
mod names;
mod strings;

use model::{Completion, CompletionKind};

use super::{
    catalog::{ActionEntry, Catalog},
    place::{Cursor, Section},
    types::Typing,
    values,
    words::{self, Entry},
};
use crate::{EntityStore, PolicySet, text};

/// More nobody reads.
const MOST: usize = 200;

/// What is known when something is to be completed.
pub(super) struct Offers<'a> {
    cursor: &'a Cursor<'a>,
    catalog: &'a Catalog,
    typing: &'a Typing<'a>,
    set: Option<&'a PolicySet>,
    store: Option<&'a EntityStore>,
    found: Vec<Offer>,
}

struct Offer {
    /// How well it matches what was typed, then how likely it is; less is better.
    rank: (u8, u8),
    completion: Completion,
}

impl<'a> Offers<'a> {
    pub(super) fn new(
        cursor: &'a Cursor<'a>,
        catalog: &'a Catalog,
        typing: &'a Typing<'a>,
        set: Option<&'a PolicySet>,
        store: Option<&'a EntityStore>,
    ) -> Self {
        Self {
            cursor,
            catalog,
            typing,
            set,
            store,
            found: Vec::new(),
        }
    }

    pub(super) fn all(mut self) -> Vec<Completion> {
        match self.cursor.section() {
            Section::Top { annotated } => self.top(annotated),
            Section::AnnotationName => self.annotation_names(),
            Section::AnnotationValue(name) => self.annotation_values(&name),
            Section::Scope { part, from } => self.scope(part, from),
            Section::BetweenClauses => self.clauses(),
            Section::BeforeClause => {}
            Section::Condition { from } => self.condition(from),
        }
        self.found.sort_by(|a, b| {
            let key =
                |offer: &Offer| (offer.rank, offer.completion.kind != CompletionKind::Snippet);
            key(a)
                .cmp(&key(b))
                .then_with(|| a.completion.label.cmp(&b.completion.label))
        });
        let mut listed: Vec<Completion> = Vec::new();
        for Offer { completion, .. } in self.found {
            if listed.len() == MOST {
                break;
            }
            let same = |other: &Completion| {
                other.label == completion.label && other.insert == completion.insert
            };
            if !listed.iter().any(same) {
                listed.push(completion);
            }
        }
        listed
    }

    /// Offers something that replaces the text from byte `from` to the cursor: label, what is inserted, detail, longer text.
    fn put(&mut self, likely: u8, from: usize, kind: CompletionKind, texts: [&str; 4]) {
        let typed = self
            .cursor
            .text
            .get(from..self.cursor.at)
            .unwrap_or_default();
        self.put_for(typed, likely, from, kind, texts);
    }

    /// The same, when it is something else that was typed of it.
    fn put_for(
        &mut self,
        typed: &str,
        likely: u8,
        from: usize,
        kind: CompletionKind,
        texts: [&str; 4],
    ) {
        let [label, insert, detail, info] = texts;
        if let Some(matches) = matches(label, typed) {
            self.found.push(Offer {
                rank: (matches, likely),
                completion: Completion {
                    label: label.to_owned(),
                    kind,
                    detail: detail.to_owned(),
                    info: info.to_owned(),
                    insert: insert.to_owned(),
                    from_column: text::line_column(self.cursor.text, from).1,
                },
            });
        }
    }

    /// Offers something in the place of the word being typed.
    fn here(&mut self, likely: u8, kind: CompletionKind, texts: [&str; 4]) {
        self.put(likely, self.cursor.partial.start, kind, texts);
    }

    fn words<'w>(&mut self, likely: u8, words: impl IntoIterator<Item = &'w Entry>) {
        for Entry {
            name,
            signature,
            text,
        } in words
        {
            self.here(
                likely,
                CompletionKind::Keyword,
                [name, name, signature, text],
            );
        }
    }

    fn keywords(&mut self, likely: u8, wanted: &[&str]) {
        self.words(
            likely,
            words::KEYWORDS
                .iter()
                .filter(|word| wanted.contains(&word.name)),
        );
    }

    fn top(&mut self, annotated: bool) {
        self.keywords(1, &["permit", "forbid"]);
        if self.cursor.in_string || annotated {
            return;
        }
        for snippet in words::SNIPPETS {
            let texts = [snippet.name, snippet.signature, "snippet", snippet.text];
            self.here(0, CompletionKind::Snippet, texts);
        }
        let texts = ["@id", "@id(\"${name}\")", "annotation", words::ID];
        self.here(2, CompletionKind::Snippet, texts);
    }

    fn annotation_names(&mut self) {
        let texts = ["id", "id(\"${}\")", "annotation", words::ID];
        self.here(0, CompletionKind::Snippet, texts);
        for (name, values) in self.set.map(values::annotations).unwrap_or_default() {
            if name != "id" {
                let insert = format!("{name}(\"${{}}\")");
                let info = super::times(values.values().sum());
                self.here(
                    1,
                    CompletionKind::Snippet,
                    [&name, &insert, "annotation", &info],
                );
            }
        }
    }

    fn annotation_values(&mut self, name: &str) {
        if !self.cursor.in_string || name == "id" {
            return;
        }
        let used = self.set.map(values::annotations).unwrap_or_default();
        for (value, times) in used.get(name).into_iter().flatten() {
            let rank = u8::try_from(20_usize.saturating_sub(*times)).unwrap_or(0);
            self.string(
                rank,
                CompletionKind::Value,
                [value, &format!("used {times}×"), ""],
            );
        }
    }

    fn clauses(&mut self) {
        let clauses = words::KEYWORDS
            .iter()
            .filter(|word| matches!(word.name, "when" | "unless"));
        for word in clauses {
            let insert = format!("{} {{ ${{condition}} }}", word.name);
            let texts = [word.name, &insert, word.signature, word.text];
            self.here(0, CompletionKind::Snippet, texts);
        }
    }

    fn scope(&mut self, part: usize, from: usize) {
        let variable = words::VARIABLES.get(part.min(2));
        if self.cursor.before.len() <= from {
            return self.words(0, variable.filter(|_| part < 3));
        }
        if self.cursor.in_string {
            return self.quoted_in_scope();
        }
        let typed = self.typing.variable(variable.map_or("", |word| word.name));
        match self.cursor.back(1) {
            "principal" | "resource" => self.operators(0, &["is", "==", "in"]),
            "action" => self.operators(0, &["==", "in"]),
            "is" => self.types(&typed),
            "==" | "in" | "[" | "," if part == 1 => self.actions(self.cursor.back(1) != "=="),
            "==" | "in" => {
                self.words(2, words::SLOTS.get(usize::from(part == 2)));
                self.references(&typed, self.cursor.back(1) == "in");
            }
            "::" => self.continued(),
            _ => self.operators(0, &["in"]),
        }
    }

    fn operators(&mut self, likely: u8, wanted: &[&str]) {
        for name in wanted {
            self.words(likely, words::meaning(name));
        }
    }

    fn condition(&mut self, from: usize) {
        let end = self.cursor.before.len();
        if self.cursor.in_string {
            return self.quoted();
        }
        let left = end.saturating_sub(1);
        let typed = self.typing.before(left);
        match self.cursor.back(1) {
            "." => {
                self.attributes(&typed, true);
                // In `a has b.c` nothing is called.
                if !self.in_has_path() {
                    self.methods(&typed);
                }
            }
            "::" => self.continued(),
            "has" => self.attributes(&typed, false),
            "is" => self.types(&typed),
            operator @ ("in" | "==" | "!=") => {
                let operand = self.typing.operand(left);
                self.values(&typed, &operand, operator == "in");
                self.operand(4, typed.is_empty());
            }
            "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "like" => self.operand(0, true),
            _ if end > from && self.typing.ends_operand(left) => self.after_operand(),
            _ => self.operand(0, true),
        }
    }

    fn in_has_path(&self) -> bool {
        let mut back = 1;
        while self.cursor.back(back) == "." {
            back += 2;
        }
        self.cursor.back(back) == "has"
    }
}

/// How well a label matches what was typed: 0 begins with it, 1 one of its words does, 2 it is somewhere inside.
fn matches(label: &str, typed: &str) -> Option<u8> {
    let fold = |text: &str| text.trim_start_matches(['"', '@']).to_lowercase();
    let (label, typed) = (fold(label), fold(typed));
    let at = label.find(&typed)?;
    if at == 0 {
        return Some(0);
    }
    let ends = [':', '"', '-', '_', '.', ' '];
    let starts_word = label
        .match_indices(&typed)
        .any(|(at, _)| label.get(..at).is_some_and(|before| before.ends_with(ends)));
    Some(if starts_word { 1 } else { 2 })
}

fn applies(action: &ActionEntry) -> String {
    match action.principals.is_empty() {
        true => "group of actions".to_owned(),
        false => format!("{} → {}", list(&action.principals), list(&action.resources)),
    }
}

/// Names, the first three of them.
pub(super) fn list<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let all: Vec<&str> = names.into_iter().map(String::as_str).collect();
    match all.len() {
        0..=3 => all.join(", "),
        more => format!(
            "{} and {} more",
            all.get(..3).unwrap_or_default().join(", "),
            more - 3
        ),
    }
}
