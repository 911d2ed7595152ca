//! Policies laid out the one usual way.
//!
//! The engine's formatter does the work, a policy at a time. Between policies the author's comments and blank lines stay,
//! and a policy in which the engine would lose a comment stays as it is written. Schema files are left alone: the engine can
//! print a schema, but not the comments in it.

use std::ops::Range;

use cedar_policy_formatter::{Config, policies_str_to_pretty};
use model::Problem;

use crate::{
    FileKind, kind,
    recover::{parse, recover},
    tokens::{Kind, Token, tokens},
};

/// Columns a line may have when nothing else is asked for.
pub const WIDTH: usize = 80;

/// Formats the text of `file` to lines of at most `width` columns where that is possible. Formatting twice changes nothing,
/// and never is anything but layout changed. Line ends stay what they are (the first one counts). Files that hold no
/// policies come back unchanged.
///
/// # Errors
/// The problems, when the text does not parse.
pub fn format(file: &str, text: &str, width: usize) -> Result<String, Vec<Problem>> {
    if kind(file) != Some(FileKind::Policies) {
        return Ok(text.to_owned());
    }
    if parse(text).is_none() {
        return Err(recover(file, text).problems);
    }
    let crlf = text
        .find('\n')
        .is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r')));
    let text = outside_strings(text, |layout| layout.replace("\r\n", "\n"));
    let formatted = pieces(&text, width);
    Ok(match crlf {
        true => outside_strings(&formatted, |layout| layout.replace('\n', "\r\n")),
        false => formatted,
    })
}

/// One policy without its comments, laid out; unchanged when it does not parse.
pub(crate) fn canonical(policy: &str) -> String {
    let bare: String = without_comments(policy);
    match policies_str_to_pretty(&bare, &config(WIDTH)) {
        Ok(formatted) => formatted.trim().to_owned(),
        Err(_) => bare.trim().to_owned(),
    }
}

fn config(width: usize) -> Config {
    Config {
        line_width: width.max(20),
        indent_width: 2,
    }
}

fn without_comments(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut at = 0;
    for token in tokens(text) {
        if token.kind == Kind::Comment {
            bare.push_str(text.get(at..token.span.start).unwrap_or_default());
            at = token.span.end;
        }
    }
    bare + text.get(at..).unwrap_or_default()
}

/// Changes everything but the strings; a line break in one of those is part of a policy's meaning.
fn outside_strings(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for token in tokens(text) {
        if token.kind == Kind::Text {
            changed += &change(text.get(at..token.span.start).unwrap_or_default());
            changed += token.text(text);
            at = token.span.end;
        }
    }
    changed + &change(text.get(at..).unwrap_or_default())
}

/// A text that parses, formatted: policies by the engine, what stands between them by [`between`].
fn pieces(text: &str, width: usize) -> String {
    let mut formatted = String::with_capacity(text.len());
    let mut end = 0;
    for span in policies(text) {
        between(
            text.get(end..span.start).unwrap_or_default(),
            &mut formatted,
        );
        formatted += &policy(text.get(span.clone()).unwrap_or_default(), width);
        end = span.end;
    }
    between(text.get(end..).unwrap_or_default(), &mut formatted);
    let trimmed = formatted.trim_end().len();
    formatted.truncate(trimmed);
    if !formatted.is_empty() {
        formatted.push('\n');
    }
    formatted
}

/// Where the policies of a text stand, from the first annotation or the effect to the semicolon.
pub(crate) fn policies(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut depth = 0_usize;
    for Token { kind, span } in tokens(text) {
        if kind == Kind::Comment {
            continue;
        }
        let from = *start.get_or_insert(span.start);
        match text.get(span.clone()).unwrap_or_default() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => {
                found.push(from..span.end);
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// What stands between two policies: comments keep their lines, blank lines shrink to one, policies stand one apart, and a
/// comment behind a semicolon stays behind it.
fn between(gap: &str, formatted: &mut String) {
    let mut lines = gap.split('\n').map(str::trim).peekable();
    if !formatted.is_empty() {
        let beside = lines.next().unwrap_or_default();
        if !beside.is_empty() {
            formatted.push(' ');
            formatted.push_str(beside);
        }
        formatted.push('\n');
        // A policy is followed by a blank line, whatever the author left.
        formatted.push('\n');
    }
    let mut blank = true;
    for line in lines {
        match line.is_empty() {
            true if blank => {}
            true => formatted.push('\n'),
            false => {
                formatted.push_str(line);
                formatted.push('\n');
            }
        }
        blank = line.is_empty();
    }
}

/// One policy, laid out. As written when the engine cannot do it without harm.
fn policy(written: &str, width: usize) -> String {
    let mut current = written.to_owned();
    // With comments in odd places the engine sometimes needs a second run to settle.
    for _ in 0..4 {
        let Ok(next) = policies_str_to_pretty(&current, &config(width)) else {
            break;
        };
        let next = next.trim().to_owned();
        if comments(&next) != comments(written) {
            break;
        }
        if next == current {
            return next;
        }
        current = next;
    }
    written.to_owned()
}

fn comments(text: &str) -> Vec<&str> {
    tokens(text)
        .iter()
        .filter(|token| token.kind == Kind::Comment)
        .map(|token| token.text(text).trim_end())
        .collect()
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;

    fn formatted(text: &str) -> String {
        let once = format("a.cedar", text, WIDTH).unwrap();
        assert_eq!(format("a.cedar", &once, WIDTH).unwrap(), once);
        once
    }

    #[test]
    fn layout_is_made_usual_and_comments_stay() {
        let text = "// File.\n\n\n   // First.\n@id(\"a\")permit(principal,action,resource)when{context.mfa // why\n&&true};// beside\nforbid(principal,action,resource);\n\n\n// Last.\n// Lines.";
        insta::assert_snapshot!(formatted(text));
    }

    #[test]
    fn a_file_without_policies_keeps_its_comments() {
        assert_eq!(formatted(""), "");
        assert_eq!(formatted("\n\n // a\n\n\n// b"), "// a\n\n// b\n");
    }

    #[test]
    fn line_ends_stay_and_strings_are_not_touched() {
        let text =
            "// a\r\npermit(principal,action,resource)\r\nwhen{ context.x == \"1\\r\\n2\" };\r\n";
        let formatted = formatted(text);
        assert_eq!(
            formatted.matches("\r\n").count(),
            formatted.matches('\n').count()
        );
        assert!(formatted.contains("\"1\\r\\n2\""));
        let raw = "permit(principal,action,resource)when{context.x==\"1\n2\"};\n";
        assert!(format("a.cedar", raw, WIDTH).unwrap().contains("\"1\n2\""));
    }

    #[test]
    fn what_does_not_parse_is_a_problem_with_a_place() {
        let problems =
            format("a.cedar", "permit(principal,\n  acton, resource);", WIDTH).unwrap_err();
        let problem = problems.first().unwrap();
        assert_eq!((problem.code, problem.line), (Code::PolicySyntax, 2));
    }

    #[test]
    fn schemas_are_left_alone() {
        assert_eq!(
            format("a.cedarschema", "entity  A;", WIDTH).unwrap(),
            "entity  A;"
        );
    }
}
