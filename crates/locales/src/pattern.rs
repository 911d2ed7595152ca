//! What a message of the window says, as parts. Its placeholders are numbers or words, and it chooses by numbers alone.

use std::collections::BTreeMap;

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey},
    parser,
    unicode::unescape_unicode_to_string,
};

use crate::{Message, Problem, Source, check::MEASURE};

/// The one function: its argument is a number, and written as one.
pub(crate) const NUMBER: &str = "NUMBER";

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number, written in the way of the language.
    Number,
    /// Words, as they are.
    Words,
}

/// A part of what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Arg(String),
    Choice(String, Vec<(Vec<u64>, Vec<Part>)>),
}

/// The numbers that a language counts as `one`. The others are `other`, and the millions that French would count apart are, too:
/// in figures they are written like them. Nothing for a language that is not known.
#[must_use]
pub fn one(tag: &str) -> Option<&'static [u64]> {
    match tag {
        "en" | "de" => Some(&[1]),
        "fr" => Some(&[0, 1]),
        _ => None,
    }
}

/// What the messages of one file say, by key.
type Said = BTreeMap<String, (Vec<Part>, BTreeMap<String, Kind>)>;

/// The messages of a place, whose languages agree on keys and placeholders already.
pub(crate) fn messages(sources: &[Source]) -> Result<Vec<Message>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut said = BTreeMap::new();
    for source in sources {
        said.insert(source.tag.as_str(), read(source, &mut problems));
    }
    let measure = said.remove(MEASURE).unwrap_or_default();
    for source in sources {
        for (key, (_, kinds)) in said.get(source.tag.as_str()).into_iter().flatten() {
            let wanted = measure.get(key).map(|(_, kinds)| kinds);
            for (name, kind) in kinds {
                if wanted.and_then(|wanted| wanted.get(name)) != Some(kind) {
                    let message = format!(
                        "`{key}`: `${name}` is a number here or in {MEASURE}, and words in the other"
                    );
                    problems.push(source.problem(key, name, message));
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let message = |(key, (parts, placeholders)): (String, (Vec<Part>, _))| Message {
        key,
        placeholders,
        english: told(&parts),
    };
    Ok(measure.into_iter().map(message).collect())
}

/// The messages of one file.
pub(crate) fn read(source: &Source, problems: &mut Vec<Problem>) -> Said {
    // What does not parse was told of before.
    let (Ok(resource) | Err((resource, _))) = parser::parse(source.text.as_str());
    let mut said = BTreeMap::new();
    for entry in &resource.body {
        let (key, pattern) = match entry {
            Entry::Message(message) => (message.id.name, message.value.as_ref()),
            Entry::Term(term) => {
                let key = format!("-{}", term.id.name);
                let message = format!("`{key}`: the window has no terms");
                problems.push(source.problem(&key, "", message));
                continue;
            }
            _ => continue,
        };
        let mut reader = Reader {
            one: one(&source.tag),
            kinds: BTreeMap::new(),
            wrong: Vec::new(),
        };
        let parts = pattern.map_or_else(Vec::new, |pattern| reader.pattern(pattern));
        for wrong in reader.wrong {
            problems.push(source.problem(key, "", format!("`{key}`: {wrong}")));
        }
        said.insert(key.to_owned(), (parts, reader.kinds));
    }
    said
}

struct Reader {
    one: Option<&'static [u64]>,
    kinds: BTreeMap<String, Kind>,
    wrong: Vec<String>,
}

impl Reader {
    fn pattern(&mut self, pattern: &Pattern<&str>) -> Vec<Part> {
        let mut parts = Vec::new();
        for element in &pattern.elements {
            match element {
                // A message may go on on the next line; its sentence does not.
                PatternElement::TextElement { value } => {
                    parts.push(Part::Text(value.replace('\n', " ")));
                }
                PatternElement::Placeable { expression } => self.expression(expression, &mut parts),
            }
        }
        parts
    }

    fn expression(&mut self, expression: &Expression<&str>, to: &mut Vec<Part>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline, to),
            Expression::Select { selector, variants } => {
                if let InlineExpression::VariableReference { id } = selector {
                    self.placeholder(id.name, Kind::Number);
                    let variants = self.variants(id.name, variants);
                    to.push(Part::Choice(id.name.to_owned(), variants));
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>, to: &mut Vec<Part>) {
        match inline {
            InlineExpression::StringLiteral { value } => {
                to.push(Part::Text(unescape_unicode_to_string(value).into_owned()));
            }
            InlineExpression::NumberLiteral { value } => to.push(Part::Text((*value).to_owned())),
            InlineExpression::VariableReference { id } => {
                self.placeholder(id.name, Kind::Words);
                to.push(Part::Arg(id.name.to_owned()));
            }
            // Of functions there is only this one.
            InlineExpression::FunctionReference { arguments, .. } => {
                if let [InlineExpression::VariableReference { id }] =
                    arguments.positional.as_slice()
                {
                    self.placeholder(id.name, Kind::Number);
                    to.push(Part::Arg(id.name.to_owned()));
                }
            }
            InlineExpression::Placeable { expression } => self.expression(expression, to),
            InlineExpression::MessageReference { .. } | InlineExpression::TermReference { .. } => {
                self.wrong
                    .push("the window's messages refer to no others".to_owned());
            }
        }
    }

    fn placeholder(&mut self, name: &str, kind: Kind) {
        let known = *self.kinds.entry(name.to_owned()).or_insert(kind);
        if known != kind {
            self.wrong.push(format!(
                "`${name}` is a number and words: write `{{ {NUMBER}(${name}) }}`"
            ));
        }
    }

    /// Numbers first, as they are nearer than `one`; what is left last.
    fn variants(&mut self, name: &str, variants: &[Variant<&str>]) -> Vec<(Vec<u64>, Vec<Part>)> {
        let Some(one) = self.one else {
            self.wrong
                .push("the plurals of this language are not known".to_owned());
            return Vec::new();
        };
        let (mut exact, mut rest) = (Vec::new(), Vec::new());
        for variant in variants {
            let says = self.pattern(&variant.value);
            match (&variant.key, variant.default) {
                (VariantKey::Identifier { name: "other" }, true) => rest.push((Vec::new(), says)),
                (VariantKey::Identifier { name: "one" }, false) => {
                    rest.insert(0, (one.to_vec(), says));
                }
                (VariantKey::NumberLiteral { value }, false) if value.parse::<u64>().is_ok() => {
                    exact.push((value.parse().into_iter().collect(), says));
                }
                (VariantKey::Identifier { name: key }, _)
                | (VariantKey::NumberLiteral { value: key }, _) => self.wrong.push(format!(
                    "`[{key}]` cannot be chosen: there are whole numbers, `[one]` and `*[other]`"
                )),
            }
        }
        exact.append(&mut rest);
        for number in one {
            if !exact.iter().any(|(numbers, _)| numbers.contains(number)) {
                self.wrong
                    .push(format!("nothing is said for `${name}` being {number}"));
            }
        }
        exact
    }
}

/// What the parts say, for people who read code.
fn told(parts: &[Part]) -> String {
    let told = parts.iter().map(|part| match part {
        Part::Text(text) => text.clone(),
        Part::Arg(name) => format!("{{{name}}}"),
        Part::Choice(_, variants) => variants
            .last()
            .map_or_else(String::new, |(_, says)| told(says)),
    });
    told.collect()
}
