//! The rules of a module, each definition by itself: what it is called, where it stands, what it says. A definition is to Rego
//! what a policy is to Cedar: the unit that is added, removed or changed.

use std::ops::Range;

use model::Source;
use sha2::{Digest, Sha256};

/// What a definition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RuleKind {
    /// `default allow := false`: what holds when nothing else does.
    Default,
    /// `f(x) := …`: it has a value only for arguments.
    Function,
    /// Everything else.
    Value,
}

/// One definition.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name: `authz.allow`, the second one of the name `authz.allow#2`.
    pub id: String,
    /// What it is.
    pub kind: RuleKind,
    /// Where it stands.
    pub source: Source,
    /// As it is written.
    pub text: String,
    /// Digest of its package, its module's imports and its text without comments and needless space. Equal digests decide
    /// alike, as long as all that they refer to does.
    pub digest: [u8; 32],
    /// The parts of its path: `data` is left out.
    pub(crate) path: Vec<String>,
    /// Place of its module in the set.
    pub(crate) module: usize,
    /// Bytes of its name in the module.
    pub(crate) head: Range<usize>,
    /// Bytes of all of it.
    pub(crate) range: Range<usize>,
}

/// What comes before the name, and the parts of the name, of a definition that begins where `text` does.
pub(crate) struct Head {
    pub(crate) range: Range<usize>,
    pub(crate) names: Vec<String>,
    pub(crate) kind: RuleKind,
}

/// Reads the name of a definition that regorus has parsed, so that only what can follow a name must be told from it.
pub(crate) fn head(text: &str) -> Head {
    let default = text
        .strip_prefix("default")
        .filter(|rest| rest.starts_with(char::is_whitespace))
        .map(|rest| text.len() - rest.trim_start().len());
    let start = default.unwrap_or(0);
    let mut at = start;
    let mut names = Vec::new();
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let word = |at: usize| {
        let rest = rest(at);
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    };
    let first = word(at);
    names.push(first.to_owned());
    at += first.len();
    loop {
        if let Some(tail) = rest(at).strip_prefix('.') {
            let name = word(text.len() - tail.len());
            if name.is_empty() {
                break;
            }
            names.push(name.to_owned());
            at += 1 + name.len();
        } else if let Some((name, length)) = bracketed(rest(at)) {
            names.push(name);
            at += length;
        } else {
            break;
        }
    }
    let kind = match default {
        Some(_) => RuleKind::Default,
        None if rest(at).starts_with('(') => RuleKind::Function,
        None => RuleKind::Value,
    };
    Head {
        range: start..at,
        names,
        kind,
    }
}

/// `["name"]`, and its length.
fn bracketed(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('[')?.trim_start();
    let mut strings = serde_json::Deserializer::from_str(inner).into_iter::<String>();
    let name = strings.next()?.ok()?;
    let after = inner.get(strings.byte_offset()..)?.trim_start();
    Some((name, text.len() - after.strip_prefix(']')?.len()))
}

/// `authz.allow`; a part that is no identifier stands in brackets: `authz["my-rule"]`.
pub(crate) fn dotted<S: AsRef<str>>(parts: &[S]) -> String {
    let mut out = String::new();
    for part in parts {
        let part = part.as_ref();
        let mut letters = part.chars();
        let plain = letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if plain {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(part);
        } else {
            out.push('[');
            out.push_str(&serde_json::Value::from(part).to_string());
            out.push(']');
        }
    }
    out
}

/// The text without the comments and the space behind it.
pub(crate) fn code(text: &str) -> &str {
    let (mut at, mut end) = (0, 0);
    for piece in pieces(text) {
        match piece {
            Piece::Space(gap) | Piece::Comment(gap) => at += gap.len(),
            Piece::Code(code) => {
                at += code.len();
                end = at;
            }
        }
    }
    text.get(..end).unwrap_or(text)
}

/// The text without comments, every run of spaces one space and every run of line ends one. Line ends stay, because they end
/// statements; so another layout of lines counts as a change, and is then found to change nothing.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = None;
    for piece in pieces(text) {
        match piece {
            Piece::Space(gap) => {
                let line = gap.contains('\n') || space == Some('\n');
                space = Some(if line { '\n' } else { ' ' });
            }
            Piece::Comment(_) => space = space.or(Some(' ')),
            Piece::Code(code) => {
                if let Some(space) = space.take().filter(|_| !out.is_empty()) {
                    out.push(space);
                }
                out.push_str(code);
            }
        }
    }
    out
}

/// A part of a module's text.
pub(crate) enum Piece<'a> {
    Space(&'a str),
    Comment(&'a str),
    /// A string, or text without spaces, strings and comments.
    Code(&'a str),
}

/// Cuts a text into code, comments and space.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '`' => quoted(rest, '`', false),
            '"' => quoted(rest, '"', true),
            first if first.is_whitespace() => rest
                .find(|c: char| !c.is_whitespace())
                .unwrap_or(rest.len()),
            _ => rest
                .find(|c: char| c.is_whitespace() || matches!(c, '#' | '`' | '"'))
                .unwrap_or(rest.len()),
        };
        let (piece, tail) = rest.split_at_checked(length)?;
        rest = tail;
        Some(match first {
            '#' => Piece::Comment(piece),
            first if first.is_whitespace() => Piece::Space(piece),
            _ => Piece::Code(piece),
        })
    })
}

/// Length of a string with its quotes; to the end of the text when it is not closed.
fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            return at + 1;
        }
        if escapes && letter == '\\' {
            letters.next();
        }
    }
    text.len()
}

/// The digest of a definition.
pub(crate) fn digest(package: &[String], preamble: &str, text: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [&dotted(package), preamble, &plain(text)] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_what_follows() {
        for (text, names, kind, rest) in [
            ("allow if x", vec!["allow"], RuleKind::Value, " if x"),
            ("allow := true", vec!["allow"], RuleKind::Value, " := true"),
            ("allow{x}", vec!["allow"], RuleKind::Value, "{x}"),
            (
                "default allow = false",
                vec!["allow"],
                RuleKind::Default,
                " = false",
            ),
            ("defaults := 1", vec!["defaults"], RuleKind::Value, " := 1"),
            ("f(x) := 1", vec!["f"], RuleKind::Function, "(x) := 1"),
            ("a.b.f(x)", vec!["a", "b", "f"], RuleKind::Function, "(x)"),
            (
                "deny contains m if",
                vec!["deny"],
                RuleKind::Value,
                " contains m if",
            ),
            ("deny[m] { x }", vec!["deny"], RuleKind::Value, "[m] { x }"),
            (
                r#"a["b-c"].d[x] := 1"#,
                vec!["a", "b-c", "d"],
                RuleKind::Value,
                "[x] := 1",
            ),
            (r#"a["b"]"#, vec!["a", "b"], RuleKind::Value, ""),
        ] {
            let head = head(text);
            assert_eq!(head.names, names, "{text}");
            assert_eq!(head.kind, kind, "{text}");
            assert_eq!(&text[head.range.end..], rest, "{text}");
        }
    }

    #[test]
    fn paths_are_written_as_rego_writes_them() {
        assert_eq!(dotted(&["authz", "allow"]), "authz.allow");
        assert_eq!(
            dotted(&["authz", "my-rule", "x\"y"]),
            r#"authz["my-rule"]["x\"y"]"#
        );
    }

    #[test]
    fn layout_and_comments_are_no_meaning_and_strings_are() {
        let a = "allow if {\n\tinput.x == \"a  # b\" # why\n\n\t# more\n\tinput.y\n}";
        let b = "allow   if {\n  input.x ==  \"a  # b\"\n  input.y\n}";
        assert_eq!(plain(a), plain(b));
        assert_eq!(plain(b), "allow if {\ninput.x == \"a  # b\"\ninput.y\n}");
        assert_ne!(plain("x := `a  b`"), plain("x := `a b`"));
        assert_ne!(
            plain("f(x)"),
            plain("f (x)"),
            "space before a bracket matters"
        );
        assert_eq!(
            plain("\"\\\" # not a comment\" x"),
            "\"\\\" # not a comment\" x"
        );
        assert_eq!(
            code("a if x == \"#\" # b\n# of the next\n"),
            "a if x == \"#\""
        );
        assert_eq!(plain("\"never closed # "), "\"never closed # ");
    }
}
