//! What a log recorded of one question to OPA, as `decisions` keeps it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// One question: an input document, and what the answer rested on besides.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The input document, JSON.
    pub input: &'a str,
    /// The rule that was asked, in parts; nothing when the log does not say.
    pub path: Option<Vec<String>>,
    /// What the outside said, by function and arguments: OPA's `nd_builtin_cache`.
    pub recorded: Option<&'a str>,
    /// Parts of the input that the log's masks took, as JSON pointers.
    pub erased: Vec<String>,
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    input: &'a RawValue,
    #[serde(borrow)]
    path: Option<Cow<'a, str>>,
    #[serde(borrow)]
    nd_builtin_cache: Option<&'a RawValue>,
    #[serde(default)]
    erased: Vec<String>,
}

impl<'a> Question<'a> {
    /// Reads what `decisions::Log::input` gives; nothing when it is no such document.
    #[must_use]
    pub fn read(document: &'a str) -> Option<Self> {
        let document: Document<'a> = serde_json::from_str(document).ok()?;
        Some(Self {
            input: document.input.get(),
            path: document.path.map(|path| parts(&path)),
            recorded: document.nd_builtin_cache.map(RawValue::get),
            erased: document.erased,
        })
    }

    /// A question that no log recorded.
    #[must_use]
    pub fn of(input: &'a str) -> Self {
        Self {
            input,
            path: None,
            recorded: None,
            erased: Vec::new(),
        }
    }

    /// The same question, asked of a rule: `authz/allow`.
    #[must_use]
    pub fn about(self, rule: &str) -> Self {
        Self {
            path: Some(parts(rule)),
            ..self
        }
    }
}

/// `authz/allow`, as OPA writes paths, in parts.
pub(crate) fn parts(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}
