//! From a template to spans.

use std::borrow::Cow;

use fluent_syntax::{
    ast::{
        CallArguments, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
    },
    unicode::unescape_unicode_to_string,
};

use super::{Arg, Language, merged, messages};
use crate::document::Span;

type Args = [(&'static str, Arg)];

impl Language {
    pub(super) fn evaluated(&self, pattern: &Pattern<&'static str>, args: &Args) -> Vec<Span> {
        let mut spans = Vec::new();
        self.pattern(pattern, args, &mut spans);
        if self.pseudo {
            spans.insert(0, Span::Text("[".to_owned()));
            spans.push(Span::Text("]".to_owned()));
        }
        merged(spans)
    }

    fn pattern(&self, pattern: &Pattern<&'static str>, args: &Args, to: &mut Vec<Span>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => {
                    // A template may go on on the next line; its sentence does not.
                    let text = value.replace('\n', " ");
                    to.push(Span::Text(if self.pseudo {
                        stretched(&text)
                    } else {
                        text
                    }));
                }
                PatternElement::Placeable { expression } => self.expression(expression, args, to),
            }
        }
    }

    fn expression(&self, expression: &Expression<&'static str>, args: &Args, to: &mut Vec<Span>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline, args, to),
            Expression::Select { selector, variants } => {
                let (chosen, number) = match selector {
                    InlineExpression::VariableReference { id } => match arg(args, id.name) {
                        Some(Arg::Number(number)) => {
                            (Cow::from(self.plural(number.value)), Some(number.value))
                        }
                        Some(Arg::Choice(word)) => (Cow::from(*word), None),
                        Some(Arg::Words(spans)) => (Cow::from(super::plain(spans)), None),
                        None => (Cow::from(""), None),
                    },
                    _ => (Cow::from(""), None),
                };
                // A number that is written out comes before its plural.
                let exactly = |variant: &&Variant<&str>| match variant.key {
                    VariantKey::NumberLiteral { value } => {
                        value.parse().ok() == number && number.is_some()
                    }
                    VariantKey::Identifier { .. } => false,
                };
                let by_name = |variant: &&Variant<&str>| match variant.key {
                    VariantKey::Identifier { name } => name == chosen,
                    VariantKey::NumberLiteral { .. } => false,
                };
                let found = variants.iter().find(exactly);
                let found = found.or_else(|| variants.iter().find(by_name));
                let found = found.or_else(|| variants.iter().find(|variant| variant.default));
                if let Some(variant) = found {
                    self.pattern(&variant.value, args, to);
                }
            }
        }
    }

    fn inline(&self, inline: &InlineExpression<&'static str>, args: &Args, to: &mut Vec<Span>) {
        match inline {
            InlineExpression::StringLiteral { value } => {
                to.push(Span::Text(unescape_unicode_to_string(value).into_owned()));
            }
            InlineExpression::NumberLiteral { value } => to.push(Span::Text((*value).to_owned())),
            InlineExpression::VariableReference { id } => match arg(args, id.name) {
                Some(Arg::Number(number)) => {
                    let digits = self.number(number.value);
                    if number.about {
                        let about = messages::About {
                            n: super::words(digits),
                        };
                        to.extend(self.say(about));
                    } else {
                        to.push(Span::Text(digits));
                    }
                }
                Some(Arg::Words(spans)) => to.extend(spans.iter().cloned()),
                Some(Arg::Choice(_)) | None => {}
            },
            InlineExpression::TermReference { id, arguments, .. } => {
                self.term(id.name, arguments.as_ref(), to);
            }
            InlineExpression::Placeable { expression } => self.expression(expression, args, to),
            // INVARIANT: the build refused them.
            InlineExpression::FunctionReference { .. }
            | InlineExpression::MessageReference { .. } => {}
        }
    }

    /// A term, marked where it is first used.
    fn term(
        &self,
        id: &'static str,
        arguments: Option<&CallArguments<&'static str>>,
        to: &mut Vec<Span>,
    ) {
        let Some(term) = self.terms.get(id) else {
            return;
        };
        let named = arguments.into_iter().flat_map(|arguments| &arguments.named);
        let args: Vec<(&'static str, Arg)> = named
            .filter_map(|argument| match argument.value {
                InlineExpression::StringLiteral { value } => {
                    Some((argument.name.name, Arg::Choice(value)))
                }
                _ => None,
            })
            .collect();
        let mut spans = Vec::new();
        self.pattern(&term.word, &args, &mut spans);
        let text = super::plain(&spans);
        let first = !self.used.borrow().contains(&id);
        if first {
            self.used.borrow_mut().push(id);
            to.push(Span::Term(text));
        } else {
            to.push(Span::Text(text));
        }
    }
}

fn arg<'a>(args: &'a Args, name: &str) -> Option<&'a Arg> {
    args.iter()
        .find(|(key, _)| *key == name)
        .map(|(_, arg)| arg)
}

/// English with accents, two fifths longer.
fn stretched(text: &str) -> String {
    let mut stretched = String::with_capacity(text.len() * 2);
    for (at, c) in text.chars().enumerate() {
        let accented = match c {
            'a' => 'á',
            'e' => 'ê',
            'i' => 'ï',
            'o' => 'ø',
            'u' => 'ü',
            'n' => 'ñ',
            'c' => 'ç',
            's' => 'š',
            'A' => 'Å',
            'E' => 'É',
            'I' => 'Î',
            'O' => 'Ö',
            'T' => 'Ť',
            other => other,
        };
        stretched.push(accented);
        if c.is_alphabetic() && at % 5 < 2 {
            stretched.push(accented);
        }
    }
    stretched
}
