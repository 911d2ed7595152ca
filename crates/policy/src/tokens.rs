//! Cedar as a flat row of tokens. The engine's parser gives a tree or errors; formatting, comparing and completing also
//! have to work on pieces of text and on text that is being typed, so nothing here ever fails: what is no token is one
//! character of [`Kind::Other`].

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word: keyword, variable, type, attribute.
    Word,
    /// A string with both quotes.
    Text,
    /// A string whose closing quote is missing; it reaches to the end.
    OpenText,
    /// Digits.
    Number,
    /// `?principal`, `?resource`.
    Slot,
    /// From `//` to the end of the line, the line break left out.
    Comment,
    /// An operator or bracket, the longest that fits.
    Sign,
    /// Anything else.
    Other,
}

/// A token and the bytes it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Range<usize>,
}

impl Token {
    pub(crate) fn text<'t>(&self, source: &'t str) -> &'t str {
        source.get(self.span.clone()).unwrap_or_default()
    }
}

const LONG_SIGNS: [&str; 7] = ["::", "==", "!=", "<=", ">=", "&&", "||"];

/// The tokens of a text, comments among them, white space left out.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = next(rest);
        if let Some(kind) = kind {
            found.push(Token {
                kind,
                span: at..at + length,
            });
        }
        at += length.max(1);
    }
    found
}

/// The same for text that is being typed: a string that is not closed ends with its line, or one missing quote would swap
/// strings and everything else from there on.
pub(crate) fn line_tokens(source: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        found.extend(tokens(line).into_iter().map(|token| {
            let length = match token.kind {
                Kind::OpenText => token.text(line).trim_end_matches(['\r', '\n']).len(),
                _ => token.span.len(),
            };
            let from = start + token.span.start;
            Token {
                kind: token.kind,
                span: from..from + length,
            }
        }));
        start += line.len();
    }
    found
}

/// Kind and length of what `rest` begins with; no kind for white space.
fn next(rest: &str) -> (Option<Kind>, usize) {
    let while_ = |matches: fn(char) -> bool| {
        rest.find(|character| !matches(character))
            .unwrap_or(rest.len())
    };
    let word = |character: char| character == '_' || character.is_ascii_alphanumeric();
    let Some(first) = rest.chars().next() else {
        return (None, 0);
    };
    match first {
        _ if first.is_whitespace() => (None, while_(char::is_whitespace)),
        _ if rest.starts_with("//") => {
            let line = rest.split(['\n', '\r']).next().unwrap_or_default();
            (Some(Kind::Comment), line.len())
        }
        '"' => text(rest),
        '0'..='9' => (Some(Kind::Number), while_(|digit| digit.is_ascii_digit())),
        'a'..='z' | 'A'..='Z' | '_' => (
            Some(Kind::Word),
            rest.find(|character| !word(character))
                .unwrap_or(rest.len()),
        ),
        '?' => {
            let name = rest
                .get(1..)
                .map_or(0, |name| name.find(|c| !word(c)).unwrap_or(name.len()));
            (
                Some(if name == 0 { Kind::Other } else { Kind::Slot }),
                1 + name,
            )
        }
        _ if LONG_SIGNS.iter().any(|sign| rest.starts_with(sign)) => (Some(Kind::Sign), 2),
        _ if "()[]{}.,:;@=<>!+-*".contains(first) => (Some(Kind::Sign), 1),
        _ => (Some(Kind::Other), first.len_utf8()),
    }
}

fn text(rest: &str) -> (Option<Kind>, usize) {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return (Some(Kind::Text), at + 1),
            _ => {}
        }
    }
    (Some(Kind::OpenText), rest.len())
}

/// It can be written behind a dot.
pub(crate) fn is_word(name: &str) -> bool {
    next(name) == (Some(Kind::Word), name.len())
}

/// The text on one line, without comments: what stood apart stays apart by one space, except inside brackets.
pub(crate) fn one_line(source: &str) -> String {
    let mut line = String::with_capacity(source.len());
    let mut end: Option<usize> = None;
    for token in tokens(source) {
        if token.kind == Kind::Comment {
            continue;
        }
        let text = token.text(source);
        let broken = end.is_some_and(|end| {
            let gap = source.get(end..token.span.start).unwrap_or_default();
            match gap.contains('\n') {
                // A line break after `(` or before `)` or `.` is layout, not a space somebody wanted.
                true => {
                    !line.ends_with(['(', '[', '.']) && !text.starts_with([')', ']', '.', ',', ';'])
                }
                false => !gap.is_empty(),
            }
        });
        if broken {
            line.push(' ');
        }
        line.push_str(text);
        end = Some(token.span.end);
    }
    line
}

/// The head of a policy: where its effect, and the three parts of its scope stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// From `permit` to the closing bracket.
    pub(crate) span: Range<usize>,
    /// Principal, action, resource.
    pub(crate) parts: [Range<usize>; 3],
}

/// Finds the head of the first policy in `source`.
pub(crate) fn head(source: &str) -> Option<Head> {
    let all: Vec<_> = tokens(source)
        .into_iter()
        .filter(|token| token.kind != Kind::Comment)
        .collect();
    let mut before = "";
    let effect = all.iter().position(|token| {
        let text = token.text(source);
        let found = before != "@" && matches!(text, "permit" | "forbid");
        before = text;
        found
    })?;
    let mut parts: Vec<Range<usize>> = Vec::with_capacity(3);
    let mut depth = 0_usize;
    let start = all.get(effect)?.span.start;
    let mut part: Option<Range<usize>> = None;
    for token in all.get(effect + 1..)? {
        match token.text(source) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let text = token.text(source);
        if depth == 0 || (depth == 1 && text == ",") {
            parts.extend(part.take());
            if depth == 0 {
                return Some(Head {
                    span: start..token.span.end,
                    parts: parts.try_into().ok()?,
                });
            }
        } else if !(depth == 1 && text == "(") {
            part = Some(part.map_or(token.span.clone(), |part| part.start..token.span.end));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source)
            .iter()
            .map(|token| token.text(source))
            .collect()
    }

    #[test]
    fn a_policy_falls_into_words_signs_and_texts() {
        let source = "@id(\"a \\\" b\") permit(principal in ?principal) // c\n when{1<=-2}";
        assert_eq!(
            texts(source),
            [
                "@",
                "id",
                "(",
                "\"a \\\" b\"",
                ")",
                "permit",
                "(",
                "principal",
                "in",
                "?principal",
                ")",
                "// c",
                "when",
                "{",
                "1",
                "<=",
                "-",
                "2",
                "}"
            ]
        );
        assert_eq!(texts("A::\"un"), ["A", "::", "\"un"]);
        assert_eq!(tokens("\"un").first().unwrap().kind, Kind::OpenText);
    }

    #[test]
    fn lines_are_joined_where_the_text_allows() {
        let source = "a\n  // why\n  && foo(\n    \"x  y\"\n  )\n  .bar";
        assert_eq!(one_line(source), "a && foo(\"x  y\").bar");
        assert_eq!(one_line("a==b  &&c"), "a==b &&c");
    }

    #[test]
    fn the_head_of_a_policy_is_found_behind_its_annotations() {
        let source = "@permit(\"permit(a,b,c)\")\npermit (\n principal is A in B::\"(\",\n action in [C, D],\n resource // r\n) when {};";
        let head = head(source).unwrap();
        let parts = head.parts.map(|part| source.get(part).unwrap());
        assert_eq!(
            parts,
            ["principal is A in B::\"(\"", "action in [C, D]", "resource"]
        );
        assert!(source.get(head.span).unwrap().ends_with("// r\n)"));
        assert!(super::head("permit (principal, action").is_none());
    }

    proptest! {
        #[test]
        fn tokens_cover_the_text_in_order_and_leave_out_only_white_space(source in "[\\PC\n\r\t\"/]{0,60}") {
            let mut at = 0;
            for token in tokens(&source) {
                prop_assert!(token.span.start >= at && token.span.end > token.span.start);
                prop_assert!(source.get(at..token.span.start).unwrap().trim().is_empty());
                prop_assert!(source.get(token.span.clone()).is_some());
                at = token.span.end;
            }
            prop_assert!(source.get(at..).unwrap().trim().is_empty());
            let _ = head(&source);
            let _ = one_line(&source);
        }
    }
}
