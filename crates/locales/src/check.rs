//! What the files of all languages have to agree on before anything is built. Build scripts call [`check`] and stop at whatever it
//! finds; the tests call it with files that are wrong.
//!
//! English is the measure: every language has its messages, no others, and says the same facts in each. A message is text,
//! placeholders, choices by a placeholder, and terms; there are no references between messages, and only the functions of a
//! placeholder that the caller knows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};

/// The language that says which messages there are.
pub const MEASURE: &str = "en";
/// What every term has beside its word: its name in the glossary, and what it means.
const OF_A_TERM: [&str; 2] = ["name", "means"];

/// A language's file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The language's tag.
    pub tag: String,
    /// As it is told of in problems.
    pub file: String,
    /// What it says.
    pub text: String,
}

/// Something that keeps the languages from being used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which file.
    pub file: String,
    /// On which line, from 1.
    pub line: usize,
    /// What.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// What one file has: messages with their placeholders, and terms.
#[derive(Default)]
struct Contents {
    messages: BTreeMap<String, BTreeSet<String>>,
    terms: BTreeSet<String>,
}

/// What a pattern asks for.
struct Asked<'f> {
    functions: &'f [&'f str],
    placeholders: BTreeSet<String>,
    terms: BTreeSet<String>,
    wrong: Vec<String>,
}

/// The messages and their placeholders, if all files agree. A file may use the functions named here, each of one placeholder.
///
/// # Errors
/// Everything that is wrong, in the order of the files.
pub fn check(
    sources: &[Source],
    functions: &[&str],
) -> Result<BTreeMap<String, BTreeSet<String>>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut read = |source| contents(source, functions, &mut problems);
    let all: Vec<(&Source, Contents)> = sources.iter().map(|it| (it, read(it))).collect();
    let Some((measure, wanted)) = all.iter().find(|(source, _)| source.tag == MEASURE) else {
        problems.push(Problem {
            file: MEASURE.to_owned(),
            line: 1,
            message: "there is no such language, and it says which messages there are".to_owned(),
        });
        return Err(problems);
    };
    for (source, found) in &all {
        let mut tell = |key: &str, placeholder: &str, message: String| {
            problems.push(source.problem(key, placeholder, message));
        };
        for (key, placeholders) in &wanted.messages {
            let Some(said) = found.messages.get(key) else {
                let at = measure.line(key, "");
                let message = format!(
                    "the message `{key}` is missing; {}:{at} has it",
                    measure.file
                );
                tell("", "", message);
                continue;
            };
            for unknown in said.difference(placeholders) {
                tell(key, unknown, format!("`{key}` knows no `${unknown}`"));
            }
            for left_out in placeholders.difference(said) {
                tell(key, "", format!("`{key}` leaves out `${left_out}`"));
            }
        }
        for key in found.messages.keys() {
            if !wanted.messages.contains_key(key) {
                tell(
                    key,
                    "",
                    format!("`{key}` is no message of {}", measure.file),
                );
            }
        }
        for term in wanted.terms.symmetric_difference(&found.terms) {
            let message = format!(
                "the term `-{term}` is not in this file and in {} alike",
                measure.file
            );
            tell(&format!("-{term}"), "", message);
        }
    }
    if problems.is_empty() {
        Ok(wanted.messages.clone())
    } else {
        Err(problems)
    }
}

fn contents(source: &Source, functions: &[&str], problems: &mut Vec<Problem>) -> Contents {
    let mut contents = Contents::default();
    let resource = match parser::parse(source.text.as_str()) {
        Ok(resource) => resource,
        Err((resource, errors)) => {
            problems.extend(errors.iter().map(|error| Problem {
                file: source.file.clone(),
                line: line_at(&source.text, error.pos.start),
                message: error.kind.to_string(),
            }));
            resource
        }
    };
    let mut used = Vec::new();
    for entry in &resource.body {
        let (key, asked, new) = match entry {
            Entry::Message(message) => {
                let mut asked = Asked::new(functions);
                match &message.value {
                    Some(pattern) => asked.pattern(pattern),
                    None => asked.wrong.push("it says nothing".to_owned()),
                }
                if !message.attributes.is_empty() {
                    asked.wrong.push("only terms have attributes".to_owned());
                }
                let key = message.id.name.to_owned();
                let new = contents
                    .messages
                    .insert(key.clone(), asked.placeholders.clone());
                (key, asked, new.is_none())
            }
            Entry::Term(term) => {
                let mut asked = Asked::new(functions);
                asked.pattern(&term.value);
                let mut named: Vec<&str> = Vec::new();
                for attribute in &term.attributes {
                    named.push(attribute.id.name);
                    asked.pattern(&attribute.value);
                }
                if named != OF_A_TERM {
                    asked.wrong.push(format!(
                        "a term has the attributes {OF_A_TERM:?}, and this has {named:?}"
                    ));
                }
                let new = contents.terms.insert(term.id.name.to_owned());
                (format!("-{}", term.id.name), asked, new)
            }
            Entry::Junk { .. }
            | Entry::Comment(_)
            | Entry::GroupComment(_)
            | Entry::ResourceComment(_) => continue,
        };
        if !new {
            problems.push(source.problem(&key, "", format!("`{key}` is there twice")));
        }
        for wrong in asked.wrong {
            problems.push(source.problem(&key, "", format!("`{key}`: {wrong}")));
        }
        used.extend(asked.terms.into_iter().map(|term| (key.clone(), term)));
    }
    for (key, term) in used {
        if !contents.terms.contains(&term) {
            problems.push(source.problem(
                &key,
                "",
                format!("`{key}` uses the term `-{term}`, which is not there"),
            ));
        }
    }
    contents
}

impl<'f> Asked<'f> {
    fn new(functions: &'f [&'f str]) -> Self {
        Self {
            functions,
            placeholders: BTreeSet::new(),
            terms: BTreeSet::new(),
            wrong: Vec::new(),
        }
    }

    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                if !matches!(selector, InlineExpression::VariableReference { .. }) {
                    self.wrong
                        .push("a choice is made by a placeholder".to_owned());
                }
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            InlineExpression::VariableReference { id } => {
                self.placeholders.insert(id.name.to_owned());
            }
            InlineExpression::TermReference {
                id,
                attribute: None,
                ..
            } => {
                self.terms.insert(id.name.to_owned());
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::FunctionReference { id, arguments } => {
                let of = (arguments.positional.as_slice(), arguments.named.as_slice());
                match of {
                    _ if !self.functions.contains(&id.name) => self
                        .wrong
                        .push(format!("there is no function `{}`", id.name)),
                    ([of @ InlineExpression::VariableReference { .. }], []) => self.inline(of),
                    _ => self.wrong.push(format!(
                        "`{}` is of one placeholder, and takes no more",
                        id.name
                    )),
                }
            }
            InlineExpression::MessageReference { id, .. }
            | InlineExpression::TermReference { id, .. } => {
                self.wrong
                    .push(format!("`{}` cannot be referred to", id.name));
            }
        }
    }
}

impl Source {
    pub(crate) fn problem(&self, key: &str, placeholder: &str, message: String) -> Problem {
        Problem {
            file: self.file.clone(),
            line: self.line(key, placeholder),
            message,
        }
    }

    /// Where an entry begins, or the first line of it that has a placeholder; else 1.
    fn line(&self, key: &str, placeholder: &str) -> usize {
        let begins = |line: &str| {
            let rest = line.strip_prefix(key);
            !key.is_empty() && rest.is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let mut lines = self
            .text
            .lines()
            .enumerate()
            .skip_while(|(_, line)| !begins(line));
        let Some((first, line)) = lines.next() else {
            return 1;
        };
        let has = |line: &str| line.contains(&format!("${placeholder}"));
        let later = lines.take_while(|(_, line)| line.starts_with(' ') || line.is_empty());
        let at = std::iter::once((first, line))
            .chain(later)
            .find(|(_, line)| has(line));
        1 + at.map_or(first, |(at, _)| at)
    }
}

fn line_at(text: &str, byte: usize) -> usize {
    1 + text
        .bytes()
        .take(byte)
        .filter(|byte| *byte == b'\n')
        .count()
}
