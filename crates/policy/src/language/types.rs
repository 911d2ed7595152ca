//! Which types an expression can have at a place, told from tokens: the scope and earlier `is` tests narrow the variables,
//! the schema says what attributes and methods lead to.

use std::{collections::BTreeSet, ops::Range};

use super::{
    catalog::{Catalog, Field, Ty},
    place::{Cursor, Section},
    scope::{Constraint, constraints, path},
    words::On,
};
use crate::tokens::{Kind, Token};

/// A type an expression may have, and where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) ty: Ty,
    /// The entity type it is an attribute of, and the path from there.
    pub(super) origin: Option<(String, Vec<String>)>,
}

/// An attribute and the types that have it.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) field: Field,
    /// Names of the types that have it.
    pub(super) of: Vec<String>,
    /// All types asked have it.
    pub(super) everywhere: bool,
    pub(super) typed: Typed,
}

/// What the policy around the cursor is about.
pub(super) struct Typing<'c> {
    catalog: &'c Catalog,
    text: &'c str,
    tokens: &'c [Token],
    principals: BTreeSet<String>,
    resources: BTreeSet<String>,
    actions: BTreeSet<&'c str>,
}

const KEYWORDS: [&str; 10] = [
    "in", "is", "has", "like", "if", "then", "else", "when", "unless", "",
];

impl<'c> Typing<'c> {
    pub(super) fn new(catalog: &'c Catalog, cursor: &'c Cursor<'_>) -> Self {
        let [principal, action, resource] = constraints(cursor);
        let kinds = |found: &Constraint| -> Option<BTreeSet<String>> {
            let of = |uid: &str| uid.rsplit_once("::").map(|(kind, _)| kind.to_owned());
            if let Some(kind) = &found.is {
                return catalog
                    .types
                    .contains_key(kind)
                    .then(|| [kind.clone()].into());
            }
            if let Some(kind) = found.equals.first().and_then(|uid| of(uid)) {
                return Some([kind].into());
            }
            let group = found.within.first().and_then(|uid| of(uid))?;
            let members = catalog
                .types
                .iter()
                .filter(|(name, entry)| **name == group || entry.above.contains(&group));
            Some(members.map(|(name, _)| name.clone()).collect())
        };
        let (wanted_principals, wanted_resources) = (kinds(&principal), kinds(&resource));
        let fits = |wanted: &Option<BTreeSet<String>>, have: &BTreeSet<String>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| !wanted.is_disjoint(have))
        };
        let named: BTreeSet<&str> = action
            .equals
            .iter()
            .chain(&action.within)
            .flat_map(|uid| catalog.members(uid))
            .collect();
        let mut actions: BTreeSet<&str> = catalog
            .actions
            .iter()
            .filter(|(id, _)| named.is_empty() || named.contains(id.as_str()))
            .filter(|(_, entry)| {
                fits(&wanted_principals, &entry.principals)
                    && fits(&wanted_resources, &entry.resources)
            })
            .map(|(id, _)| id.as_str())
            .collect();
        if actions.is_empty() {
            actions = named;
        }
        let all = |of: fn(&super::catalog::ActionEntry) -> &BTreeSet<String>,
                   wanted: Option<BTreeSet<String>>| {
            let allowed: BTreeSet<String> = actions
                .iter()
                .filter_map(|id| catalog.actions.get(*id))
                .flat_map(|entry| of(entry).iter().cloned())
                .collect();
            match wanted {
                Some(wanted) if wanted.is_disjoint(&allowed) => wanted,
                Some(wanted) => allowed.intersection(&wanted).cloned().collect(),
                None => allowed,
            }
        };
        let mut typing = Self {
            principals: all(|entry| &entry.principals, wanted_principals),
            resources: all(|entry| &entry.resources, wanted_resources),
            catalog,
            text: cursor.text,
            tokens: &cursor.before,
            actions,
        };
        if let Section::Condition { from } = cursor.section() {
            typing.narrow(from);
        }
        typing
    }

    /// Takes `principal is T && …` into account.
    fn narrow(&mut self, from: usize) {
        let from = (from..self.tokens.len())
            .rev()
            .find(|at| self.word(*at) == "||")
            .map_or(from, |at| at + 1);
        for at in from..self.tokens.len() {
            if self.word(at + 1) != "is" {
                continue;
            }
            let (kind, end) = self.path(at + 2);
            if !self.catalog.types.contains_key(&kind) || end >= self.tokens.len() {
                continue;
            }
            match self.word(at) {
                "principal" => self.principals = [kind].into(),
                "resource" => self.resources = [kind].into(),
                _ => {}
            }
        }
    }

    pub(super) fn actions(&self) -> &BTreeSet<&'c str> {
        &self.actions
    }

    /// The types a variable can have.
    pub(super) fn variable(&self, name: &str) -> Vec<Typed> {
        let entities = |names: &BTreeSet<String>| {
            let typed = names.iter().map(|name| plain(Ty::Entity(name.clone())));
            typed.collect()
        };
        match name {
            "principal" => entities(&self.principals),
            "resource" => entities(&self.resources),
            "action" => vec![plain(Ty::Action)],
            "context" => {
                let mut found: Vec<Typed> = Vec::new();
                let contexts = self
                    .actions
                    .iter()
                    .filter_map(|id| self.catalog.actions.get(*id));
                for action in contexts {
                    let typed = plain(Ty::Record(action.context.clone()));
                    if !found.contains(&typed) {
                        found.push(typed);
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// The types of the operand that ends before token `end`.
    pub(super) fn before(&self, end: usize) -> Vec<Typed> {
        self.chain(self.start(end)..end)
    }

    /// The operand's text, for comparing it with what other policies say.
    pub(super) fn operand(&self, end: usize) -> String {
        let start = self.start(end);
        (start..end).map(|at| self.word(at)).collect()
    }

    /// The types of an operand somewhere else in the policy.
    pub(super) fn elsewhere(&self, tokens: &[Token], range: Range<usize>) -> Vec<Typed> {
        let there = Typing {
            catalog: self.catalog,
            text: self.text,
            tokens,
            principals: self.principals.clone(),
            resources: self.resources.clone(),
            actions: self.actions.clone(),
        };
        there.chain(range)
    }

    /// Attributes of records and entities, by name.
    pub(super) fn members(&self, of: &[Typed]) -> Vec<(String, Member)> {
        let mut found: Vec<(String, Member)> = Vec::new();
        let mut asked = 0;
        for typed in of {
            let Some(fields) = self.catalog.fields(&typed.ty) else {
                continue;
            };
            asked += 1;
            for (name, field) in fields {
                let owner = typed.ty.name();
                match found
                    .iter_mut()
                    .find(|(known, member)| known == name && member.field.ty == field.ty)
                {
                    Some((_, member)) => member.of.push(owner),
                    None => found.push((
                        name.clone(),
                        Member {
                            field: field.clone(),
                            of: vec![owner],
                            everywhere: false,
                            typed: step(typed, name, field),
                        },
                    )),
                }
            }
        }
        for (_, member) in &mut found {
            member.everywhere = member.of.len() == asked;
        }
        found
    }

    /// What operators and methods can stand behind a type.
    pub(super) fn on(&self, typed: &Typed) -> On {
        match self.catalog.resolve(&typed.ty) {
            Ty::Bool => On::Bool,
            Ty::Long => On::Long,
            Ty::String => On::String,
            Ty::Entity(name) => match self
                .catalog
                .types
                .get(name)
                .is_some_and(|entry| entry.tags.is_some())
            {
                true => On::Tagged,
                false => On::Entity,
            },
            Ty::Action => On::Action,
            Ty::Set(_) => On::Set,
            Ty::Record(_) => On::Record,
            Ty::Extension(name) => match name.as_str() {
                "ipaddr" => On::Address,
                "decimal" => On::Decimal,
                "datetime" => On::Datetime,
                _ => On::Duration,
            },
            Ty::Common(_) | Ty::Unknown => On::Any,
        }
    }

    fn word(&self, at: usize) -> &'c str {
        self.tokens
            .get(at)
            .map_or("", |token| token.text(self.text))
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn path(&self, from: usize) -> (String, usize) {
        path(self.text, self.tokens, from)
    }

    /// Something a `.` or operator can stand behind ends with this token.
    pub(super) fn ends_operand(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Word) => !KEYWORDS.contains(&self.word(at)),
            Some(Kind::Text | Kind::Number | Kind::Slot) => true,
            Some(Kind::Sign) => matches!(self.word(at), ")" | "]" | "}"),
            _ => false,
        }
    }

    /// Where the operand begins that ends before token `end`.
    fn start(&self, end: usize) -> usize {
        let mut at = end;
        while at > 0 && self.ends_operand(at - 1) {
            at -= 1;
            if matches!(self.word(at), ")" | "]" | "}") {
                let Some(open) = self.opening(at) else {
                    return at;
                };
                let indexed = open > 0 && self.ends_operand(open - 1);
                match self.word(open) {
                    "(" if indexed && self.kind(open - 1) == Some(Kind::Word) => at = open - 1,
                    "[" if indexed => {
                        at = open;
                        continue;
                    }
                    _ => at = open,
                }
            }
            match at.checked_sub(1).map(|before| self.word(before)) {
                Some("." | "::") => at -= 1,
                _ => break,
            }
        }
        at
    }

    fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        (0..=close).rev().find(|at| {
            match self.word(*at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
    }

    fn closing(&self, open: usize, end: usize) -> usize {
        let mut depth = 0_usize;
        let close = (open..end).find(|at| {
            match self.word(*at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        close.unwrap_or(end)
    }

    /// The types of an operand that is all of these tokens.
    fn chain(&self, range: Range<usize>) -> Vec<Typed> {
        let Range { start, end } = range;
        if start >= end {
            return Vec::new();
        }
        let first = self.word(start);
        let after_has = start > 0 && self.word(start - 1) == "has";
        let (mut found, mut at) = match self.kind(start) {
            // In `a has b.c` the path begins at `a`.
            Some(Kind::Word) if after_has => {
                (self.attribute(&self.before(start - 1), first), start + 1)
            }
            Some(Kind::Word) if self.word(start + 1) == "::" => {
                let (kind, next) = self.path(start);
                let entity = match kind == "Action" || kind.ends_with("::Action") {
                    true => Ty::Action,
                    false => Ty::Entity(kind),
                };
                (vec![plain(entity)], next + 2)
            }
            Some(Kind::Word) if self.word(start + 1) == "(" => {
                let name = match first {
                    "ip" => "ipaddr",
                    other => other,
                };
                (
                    vec![plain(Ty::Extension(name.to_owned()))],
                    self.closing(start + 1, end) + 1,
                )
            }
            Some(Kind::Word) => match first {
                "true" | "false" => (vec![plain(Ty::Bool)], start + 1),
                _ => (self.variable(first), start + 1),
            },
            Some(Kind::Text) => (vec![plain(Ty::String)], start + 1),
            Some(Kind::Number) => (vec![plain(Ty::Long)], start + 1),
            Some(Kind::Sign) => {
                let close = self.closing(start, end);
                let inner = self.inner(start + 1, close);
                match first {
                    "(" => (inner, close + 1),
                    "[" => {
                        let element = inner
                            .into_iter()
                            .next()
                            .map_or(Ty::Unknown, |typed| typed.ty);
                        (vec![plain(Ty::Set(Box::new(element)))], close + 1)
                    }
                    _ => (Vec::new(), close + 1),
                }
            }
            _ => (Vec::new(), start + 1),
        };
        while at < end {
            match self.word(at) {
                "." if self.word(at + 2) == "(" => {
                    found = self.result(&found, self.word(at + 1));
                    at = self.closing(at + 2, end) + 1;
                }
                "." => {
                    found = self.attribute(&found, self.word(at + 1));
                    at += 2;
                }
                "[" => {
                    let name = self.word(at + 1);
                    let name = name
                        .strip_prefix('"')
                        .and_then(|name| name.strip_suffix('"'));
                    found = self.attribute(&found, name.unwrap_or_default());
                    at = self.closing(at, end) + 1;
                }
                _ => break,
            }
        }
        found
    }

    /// The types of what stands in brackets: a truth value if anything is compared or joined there.
    fn inner(&self, from: usize, to: usize) -> Vec<Typed> {
        let compares = (from..to).any(|at| {
            matches!(
                self.word(at),
                "==" | "!="
                    | "<"
                    | "<="
                    | ">"
                    | ">="
                    | "&&"
                    | "||"
                    | "!"
                    | "in"
                    | "is"
                    | "has"
                    | "like"
            )
        });
        if compares {
            return vec![plain(Ty::Bool)];
        }
        let end = (from..to).find(|at| self.word(*at) == ",").unwrap_or(to);
        match self.start(end) == from {
            true => self.chain(from..end),
            false => Vec::new(),
        }
    }

    fn attribute(&self, of: &[Typed], name: &str) -> Vec<Typed> {
        self.members(of)
            .into_iter()
            .filter(|(known, _)| known == name)
            .map(|(_, member)| member.typed)
            .collect()
    }

    fn result(&self, of: &[Typed], method: &str) -> Vec<Typed> {
        let extension = |name: &str| vec![plain(Ty::Extension(name.to_owned()))];
        match method {
            "getTag" => {
                let tags = of.iter().filter_map(|typed| match &typed.ty {
                    Ty::Entity(name) => self.catalog.types.get(name)?.tags.clone(),
                    _ => None,
                });
                tags.map(plain).collect()
            }
            "offset" | "toDate" => extension("datetime"),
            "durationSince" | "toTime" => extension("duration"),
            "toMilliseconds" | "toSeconds" | "toMinutes" | "toHours" | "toDays" => {
                vec![plain(Ty::Long)]
            }
            _ => vec![plain(Ty::Bool)],
        }
    }
}

fn plain(ty: Ty) -> Typed {
    Typed { ty, origin: None }
}

fn step(from: &Typed, name: &str, field: &Field) -> Typed {
    let origin = match (&from.ty, &from.origin) {
        (Ty::Entity(kind), _) => Some((kind.clone(), vec![name.to_owned()])),
        (_, Some((kind, path))) => {
            let path = path.iter().cloned().chain([name.to_owned()]);
            Some((kind.clone(), path.collect()))
        }
        _ => None,
    };
    Typed {
        ty: field.ty.clone(),
        origin,
    }
}
