//! A language: its templates, and its rules for numbers, plurals, dates and lists.
//!
//! Templates are written in Project Fluent's syntax, one file a language. We walk its tree ourselves instead of using its
//! runtime, because plurals are ICU4X's like everything else, and because what comes out is not a string but spans: a policy's
//! id stays an id, and the first use of a term of the glossary is remembered.
//!
//! INVARIANT: the build read every file, found all messages in all languages, and made a type of each ([`messages`]).

mod evaluate;
pub(crate) mod messages;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, collections::HashMap};

use fluent_syntax::{
    ast::{Entry, Pattern, Resource},
    parser,
};
use icu_calendar::{Date, Gregorian};
use icu_datetime::{FixedCalendarDateTimeFormatter, fieldsets::YMD};
use icu_decimal::{DecimalFormatter, input::Decimal};
use icu_list::{ListFormatter, options::ListFormatterOptions};
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

use crate::{
    Error,
    document::Span,
    rounding::Rounded,
    visible::{prose, visible},
};
use messages::{Message, TEXTS};

/// The pseudo-language of the tests: English made longer, with accents, between brackets. What a reader sees without brackets
/// was not written by a template.
pub const PSEUDO: &str = "en-XA";

/// What is put into a template.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    /// A number; decides plurals.
    Number(Rounded),
    /// A word that variants are chosen by, and that is never shown.
    Choice(&'static str),
    /// Words.
    Words(Vec<Span>),
}

/// A language, for one document: it remembers which terms were used.
pub struct Language {
    tag: String,
    messages: HashMap<&'static str, Pattern<&'static str>>,
    terms: HashMap<&'static str, Term>,
    used: RefCell<Vec<&'static str>>,
    pseudo: bool,
    decimal: DecimalFormatter,
    plurals: PluralRules,
    dates: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    /// Of months that are cut short.
    short_dates: FixedCalendarDateTimeFormatter<Gregorian, YMD>,
    lists: ListFormatter,
}

/// A term: its word in sentences, its name in the glossary, what it means.
struct Term {
    word: Pattern<&'static str>,
    name: Pattern<&'static str>,
    means: Pattern<&'static str>,
}

/// The tags of all languages, sorted.
#[must_use]
pub fn languages() -> Vec<&'static str> {
    TEXTS.iter().map(|(tag, _)| *tag).collect()
}

/// What a language calls itself.
///
/// # Errors
/// [`Error::Language`] for a tag that is not there.
pub fn language_name(tag: &str) -> Result<String, Error> {
    Ok(Language::find(tag)?.text(messages::LanguageName {}))
}

impl Language {
    /// A language by its tag, `de`; of `de-AT` the nearest that is there, with the rules of Austria.
    ///
    /// # Errors
    /// [`Error::Language`] for a language that is not there.
    pub fn find(tag: &str) -> Result<Self, Error> {
        let unknown = || Error::Language(tag.to_owned());
        let locale: Locale = tag.parse().map_err(|_| unknown())?;
        let of = locale.id.language.as_str();
        let (_, text) = TEXTS
            .iter()
            .find(|(tag, _)| *tag == of)
            .ok_or_else(unknown)?;
        let pseudo = tag == PSEUDO;
        let rules: Locale = if pseudo {
            icu_locale_core::locale!("en")
        } else {
            locale
        };
        let (Ok(resource) | Err((resource, _))) = parser::parse(*text);
        let (messages, terms) = sorted(resource);
        Ok(Self {
            tag: tag.to_owned(),
            messages,
            terms,
            used: RefCell::default(),
            pseudo,
            decimal: DecimalFormatter::try_new((&rules).into(), Default::default())
                .map_err(|_| unknown())?,
            plurals: PluralRules::try_new_cardinal((&rules).into()).map_err(|_| unknown())?,
            dates: FixedCalendarDateTimeFormatter::try_new((&rules).into(), YMD::long())
                .map_err(|_| unknown())?,
            short_dates: FixedCalendarDateTimeFormatter::try_new((&rules).into(), YMD::medium())
                .map_err(|_| unknown())?,
            lists: ListFormatter::try_new_and((&rules).into(), ListFormatterOptions::default())
                .map_err(|_| unknown())?,
        })
    }

    /// Its tag.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// A message, as spans.
    pub(crate) fn say<M: Message>(&self, message: M) -> Vec<Span> {
        let args = message.args();
        match self.messages.get(M::KEY) {
            Some(pattern) => self.evaluated(pattern, &args),
            // INVARIANT: the build refused a language without it.
            None => Vec::new(),
        }
    }

    /// A message that begins a sentence.
    pub(crate) fn sentence<M: Message>(&self, message: M) -> Vec<Span> {
        let mut spans = self.say(message);
        if let Some(Span::Text(text) | Span::Term(text) | Span::Strong(text)) = spans.first_mut() {
            capital(text);
        }
        spans
    }

    /// A message without marks.
    pub(crate) fn text<M: Message>(&self, message: M) -> String {
        plain(&self.say(message))
    }

    /// The terms that were used, in the order of the alphabet, and what they mean.
    pub(crate) fn glossary(&self) -> Vec<(String, String)> {
        let used = self.used.borrow().clone();
        let pattern = |pattern| plain(&self.evaluated(pattern, &[]));
        let mut glossary: Vec<_> = used
            .iter()
            .filter_map(|term| self.terms.get(term))
            .map(|term| (pattern(&term.name), pattern(&term.means)))
            .collect();
        glossary.sort();
        glossary
    }

    /// A number with the separators of the language.
    pub(crate) fn number(&self, value: u64) -> String {
        self.decimal.format(&Decimal::from(value)).to_string()
    }

    /// Which plural a number takes.
    fn plural(&self, value: u64) -> &'static str {
        match self.plurals.category_for(value) {
            PluralCategory::Zero => "zero",
            PluralCategory::One => "one",
            PluralCategory::Two => "two",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => "other",
        }
    }

    /// A day, from seconds since 1970 UTC.
    pub(crate) fn date(&self, seconds: u64) -> String {
        self.dated(&date(seconds))
    }

    /// The same where there is little room, as in a table or below a drawing.
    pub(crate) fn short_date(&self, seconds: u64) -> String {
        self.short_dates.format(&date(seconds)).to_string()
    }

    /// A day that is written `2026-11-23`; as it is where it is none.
    pub(crate) fn day(&self, written: &str) -> String {
        let date = || {
            let (year, rest) = written.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            let year = i32::from(year.parse::<u16>().ok()?);
            Date::try_new_gregorian(year, month.parse().ok()?, day.parse().ok()?).ok()
        };
        date().map_or_else(|| written.to_owned(), |date| self.dated(&date))
    }

    /// Day and month stand on one line.
    fn dated(&self, date: &Date<Gregorian>) -> String {
        let written = self.dates.format(date).to_string();
        written.replacen(' ', "\u{a0}", 1)
    }

    /// A day and the time on it.
    pub(crate) fn moment(&self, seconds: u64) -> String {
        let of_day = seconds % DAY;
        self.text(messages::Moment {
            date: words(self.date(seconds)),
            hour: words(format!("{:02}", of_day / 3600)),
            minute: words(format!("{:02}", of_day % 3600 / 60)),
        })
    }

    /// Items with what stands between them, `a, b and c`.
    pub(crate) fn list(&self, items: &[Vec<Span>]) -> Vec<Span> {
        // The items are put in after the list is made of stand-ins that no separator holds.
        let stand_ins: Vec<String> = (0..items.len())
            .map(|at| format!("\u{1}{at}\u{2}"))
            .collect();
        let joined = self.lists.format(stand_ins.iter()).to_string();
        let mut spans = Vec::new();
        for (at, part) in joined.split('\u{1}').enumerate() {
            let text = match part.split_once('\u{2}') {
                Some((number, text)) if at > 0 => {
                    let item = number.parse().ok().and_then(|at: usize| items.get(at));
                    spans.extend(item.into_iter().flatten().cloned());
                    text
                }
                _ => part,
            };
            if !text.is_empty() {
                spans.push(Span::Text(text.to_owned()));
            }
        }
        merged(spans)
    }

    /// Words between the quotation marks of the language.
    pub(crate) fn quoted(&self, text: &str) -> String {
        self.text(messages::Quotation {
            text: words(prose(text)),
        })
    }

    /// What a program said, between the quotation marks of the language: it is no sentence of ours, and no word of this language.
    pub(crate) fn said(&self, text: &str) -> Vec<Span> {
        self.say(messages::Quotation {
            text: Arg::Words(vec![Span::Said(prose(text))]),
        })
    }

    /// The same at the end of a sentence, which ends with the words where they end one.
    pub(crate) fn quoted_last(&self, text: &str) -> String {
        let text = text.trim();
        match text.ends_with(['.', '!', '?', '\u{2026}']) {
            true => self.quoted(text),
            false => self.text(messages::QuotationEnd {
                text: words(prose(text)),
            }),
        }
    }
}

/// Seconds of a day.
pub(crate) const DAY: u64 = 86_400;
/// Days from the first day of year 1 to 1 January 1970.
const UNIX_EPOCH: i64 = 719_163;

/// The day that a moment is on.
fn date(seconds: u64) -> Date<Gregorian> {
    let days = i64::try_from(seconds / DAY).unwrap_or(i64::MAX);
    let days = icu_calendar::types::RataDie::new(UNIX_EPOCH.saturating_add(days));
    Date::from_rata_die(days, Gregorian)
}

fn sorted(
    resource: Resource<&'static str>,
) -> (
    HashMap<&'static str, Pattern<&'static str>>,
    HashMap<&'static str, Term>,
) {
    let (mut messages, mut terms) = (HashMap::new(), HashMap::new());
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                messages.extend(message.value.map(|value| (message.id.name, value)));
            }
            Entry::Term(term) => {
                let mut attributes = term.attributes.into_iter().map(|attribute| attribute.value);
                if let (Some(name), Some(means)) = (attributes.next(), attributes.next()) {
                    let word = term.value;
                    terms.insert(term.id.name, Term { word, name, means });
                }
            }
            _ => {}
        }
    }
    (messages, terms)
}

/// A number as it is.
pub(crate) fn exact(value: u64) -> Arg {
    Arg::Number(Rounded::exact(value))
}

/// Words of our own.
pub(crate) fn words(text: impl Into<String>) -> Arg {
    Arg::Words(vec![Span::Text(text.into())])
}

/// Words of somebody else.
pub(crate) fn name(text: &str) -> Arg {
    words(visible(text))
}

/// An id.
pub(crate) fn code(text: &str) -> Arg {
    Arg::Words(vec![Span::Code(visible(text))])
}

/// Spans without marks.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    let text = |span: &Span| match span {
        Span::Text(text)
        | Span::Strong(text)
        | Span::Code(text)
        | Span::Term(text)
        | Span::Said(text)
        | Span::Link { text, .. } => text.clone(),
    };
    spans.iter().map(text).collect()
}

/// The same spans, with texts that follow each other as one.
pub(crate) fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match (merged.last_mut(), span) {
            (Some(Span::Text(before)), Span::Text(text)) => before.push_str(&text),
            (_, span) => merged.push(span),
        }
    }
    merged
}

/// The first letter made a capital one.
fn capital(text: &mut String) {
    let mut rest = text.chars();
    if let Some(first) = rest.next().filter(|first| first.is_lowercase()) {
        *text = first.to_uppercase().chain(rest).collect();
    }
}
