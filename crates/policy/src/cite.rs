//! What policies rest on: the names that they cite in `@authority("…")` and `@evidence("…")`, each with its place. Several are
//! separated by commas, so that a name may be written as people write it: `@authority("GDPR Art. 32, MSA 4.2")`. What a name stands
//! for is told elsewhere; here it is only found, and completed.

use cedar_policy_core::ast;
use model::{Completion, CompletionKind, Source};

use crate::{
    PolicySet,
    language::{Cursor, Section},
    recover::pieces,
    set::Policy,
    text,
    tokens::{Kind, Token, line_tokens},
};

/// The annotations that cite.
const CITING: [&str; 2] = ["authority", "evidence"];

/// One name that a policy or template cites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// Id of the policy or template.
    pub policy: String,
    /// `authority` or `evidence`.
    pub annotation: &'static str,
    /// The name as it is written, without the space around it; empty where a comma or the quotes hold none.
    pub name: String,
    /// Where the name stands; where the annotation does, if that is written with escapes.
    pub source: Source,
}

/// What may be cited: its name, what kind of thing it is, and words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citable<'a> {
    /// The name.
    pub name: &'a str,
    /// Its kind, in a word.
    pub kind: &'a str,
    /// Its title.
    pub title: &'a str,
}

impl PolicySet {
    /// Everything that its policies and templates cite, in their order.
    #[must_use]
    pub fn citations(&self) -> Vec<Citation> {
        let written = |policy: &&std::sync::Arc<Policy>| policy.kind != model::PolicyKind::Link;
        let policies = self.policies().iter().filter(written);
        let policies =
            policies.map(|policy| (&policy.id, &policy.source, policy.ast.annotations_arc()));
        let templates = self.templates.iter();
        let templates = templates.map(|template| {
            let annotations = template.ast.annotations_arc();
            (&template.id, &template.source, annotations)
        });
        let mut found = Vec::new();
        for (policy, source, annotations) in policies.chain(templates) {
            for (name, annotation) in annotations.iter() {
                let name: &str = name.as_ref();
                if let Some(annotation_name) = CITING.iter().find(|citing| **citing == name) {
                    for (name, source) in self.names(source, annotation) {
                        found.push(Citation {
                            policy: policy.clone(),
                            annotation: annotation_name,
                            name,
                            source,
                        });
                    }
                }
            }
        }
        found
    }

    /// The names of one annotation, each with its place.
    fn names(&self, policy: &Source, annotation: &ast::Annotation) -> Vec<(String, Source)> {
        let value = annotation.val.as_str();
        let file = self.files.get(&policy.file);
        let span = annotation.loc.as_ref().map(|loc| loc.start()..loc.end());
        let place = |range| file.map(|read| read.place(&policy.file, range));
        let whole = || {
            let place = span.clone().and_then(place);
            place.unwrap_or_else(|| policy.clone())
        };
        // Where the content begins, if it stands in the file as it is meant.
        let begins = span.as_ref().and_then(|span| {
            let written = file?.text().get(span.clone())?;
            Some(span.start + written.find(&format!("\"{value}\""))? + 1)
        });
        let mut at = 0;
        let mut names = Vec::new();
        for part in value.split(',') {
            let name = part.trim();
            let from = at + (part.len() - part.trim_start().len());
            let exact = begins.and_then(|begins| place(begins + from..begins + from + name.len()));
            names.push((name.to_owned(), exact.unwrap_or_else(whole)));
            at += part.len() + 1;
        }
        names
    }
}

/// What could be cited where the cursor stands; nothing when that is not between the quotes of an annotation that cites. Lines and
/// columns count from 1, columns in UTF-16 code units.
#[must_use]
pub fn complete_citation<'a>(
    citable: impl Iterator<Item = Citable<'a>>,
    text: &str,
    line: u32,
    column: u32,
) -> Option<Vec<Completion>> {
    let at = text::offset(text, line, column);
    let cursor = Cursor::new(text, at).filter(|cursor| cursor.in_string)?;
    let Section::AnnotationValue(annotation) = cursor.section() else {
        return None;
    };
    if !CITING.contains(&annotation.as_str()) {
        return None;
    }
    let typed = cursor.typed();
    let last = typed.rsplit(',').next().unwrap_or_default();
    let name = last.trim_start();
    let from_column = text::line_column(text, at - name.len()).1;
    // A name behind which others stand must not end the string; nor must one in quotes that are closed.
    let rest = text.get(at..).unwrap_or_default();
    let rest = rest.lines().next().unwrap_or_default();
    let close = if rest.contains('"') { "" } else { "\"" };
    let wanted = name.to_lowercase();
    let mut offers: Vec<(bool, Completion)> = citable
        .filter_map(|citable| {
            let found = citable.name.to_lowercase().find(&wanted);
            let titled = || citable.title.to_lowercase().contains(&wanted).then_some(1);
            let rank = found.or_else(titled)?;
            let completion = Completion {
                label: citable.name.to_owned(),
                kind: CompletionKind::Value,
                detail: citable.kind.to_owned(),
                info: citable.title.to_owned(),
                insert: format!("{}{close}", citable.name.escape_debug()),
                from_column,
            };
            Some((rank > 0, completion))
        })
        .collect();
    offers.sort_by(|(a, one), (b, other)| (a, &one.label).cmp(&(b, &other.label)));
    Some(offers.into_iter().map(|(_, offer)| offer).collect())
}

/// The name that is cited where the cursor stands, with its place; nothing when that is not between the quotes of an annotation that
/// cites.
#[must_use]
pub fn citation_at(file: &str, text: &str, line: u32, column: u32) -> Option<(String, Source)> {
    let at = text::offset(text, line, column);
    let cursor = Cursor::new(text, at).filter(|cursor| cursor.in_string)?;
    let Section::AnnotationValue(annotation) = cursor.section() else {
        return None;
    };
    if !CITING.contains(&annotation.as_str()) {
        return None;
    }
    let before = cursor.typed().rsplit(',').next().unwrap_or_default();
    let after = text.get(at..)?.split([',', '"', '\n']).next()?;
    let from = at - before.len() + (before.len() - before.trim_start().len());
    let name = text.get(from..at + after.len())?.trim();
    (!name.is_empty()).then(|| {
        let source = text::source(file, text, from..from + name.len());
        (name.to_owned(), source)
    })
}

/// The text with one more name cited by the policy in which the cursor stands, else by the next one: after those that it cites already, or
/// in an annotation of its own after the others. Nothing when there is no policy, the annotation does not cite, or
/// the policy cites the name already.
#[must_use]
pub fn cite(text: &str, line: u32, column: u32, annotation: &str, name: &str) -> Option<String> {
    if !CITING.contains(&annotation) || name.is_empty() {
        return None;
    }
    let at = text::offset(text, line, column);
    let pieces = pieces(text);
    let piece = pieces.iter().find(|piece| at < piece.end);
    let piece = piece.or(pieces.last())?;
    let tokens: Vec<Token> = line_tokens(text)
        .into_iter()
        .filter(|token| token.kind != Kind::Comment && piece.contains(&token.span.start))
        .collect();
    let written = name.escape_debug().to_string();
    let mut end = None;
    // `@name("value")`, as often as it stands there.
    for annotated in tokens.chunks(5) {
        let [at, key, open, value, close] = annotated else {
            break;
        };
        let signs = [at, open, close].map(|token| token.text(text));
        if signs != ["@", "(", ")"] || value.kind != Kind::Text {
            break;
        }
        end = Some(close.span.end);
        if key.text(text) != annotation {
            continue;
        }
        let quoted = value.span.start + 1..value.span.end - 1;
        let cited = text.get(quoted.clone())?;
        if cited.split(',').any(|cited| cited.trim() == written) {
            return None;
        }
        let comma = if cited.trim().is_empty() { "" } else { ", " };
        let (before, after) = text.split_at_checked(quoted.end)?;
        return Some(format!("{before}{comma}{written}{after}"));
    }
    let citation = format!("@{annotation}(\"{written}\")");
    Some(match end {
        Some(end) => {
            let (before, after) = text.split_at_checked(end)?;
            format!("{before}\n{citation}{after}")
        }
        None => {
            let (before, after) = text.split_at_checked(tokens.first()?.span.start)?;
            format!("{before}{citation}\n{after}")
        }
    })
}
