//! Every error of a text that does not parse. The engine stops at the first fault in the grammar, so the text is cut into
//! policies and each is parsed on its own; those that parse stay usable while one of them is being typed.

use std::{collections::HashSet, ops::Range};

use cedar_policy_core::{ast::PolicySet, parser::parse_policyset};
use model::{Code, Problem, Severity};

use crate::{
    depth::too_deep,
    schema, text,
    tokens::{Kind, line_tokens},
};

/// Nobody corrects more at once.
const MOST_PROBLEMS: usize = 100;

/// What could be saved of a text.
pub(crate) struct Recovered {
    /// The policies that parse, with places as in the text.
    pub(crate) parsed: PolicySet,
    /// Where policies stand, readable or not, in order.
    pub(crate) pieces: Vec<Range<usize>>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads a text that parses as a whole; nothing when it does not, or nests too deep to be parsed.
pub(crate) fn parse(source: &str) -> Option<PolicySet> {
    match too_deep(source) {
        Some(_) => None,
        None => parse_policyset(source).ok(),
    }
}

/// That a text nests too deep, at the byte where it does.
pub(crate) fn deep(file: &str, source: &str, at: usize) -> Problem {
    text::problem(
        Code::PolicyTooDeep,
        Severity::Error,
        text::source(file, source, at..at + 1),
        "this nests too deep to be read",
    )
}

/// What is wrong with a text.
fn faults(file: &str, source: &str) -> Vec<Problem> {
    if let Some(at) = too_deep(source) {
        return vec![deep(file, source, at)];
    }
    let errors = parse_policyset(source).err();
    let errors = errors.iter().flat_map(|errors| errors.iter());
    errors
        .flat_map(|error| {
            schema::diagnose(file, source, error, Code::PolicySyntax, Severity::Error)
        })
        .collect()
}

/// Reads what can be read of a text that does not parse as a whole.
pub(crate) fn recover(file: &str, source: &str) -> Recovered {
    let pieces = pieces(source);
    let mut problems = Vec::new();
    let mut readable = source.to_owned();
    for piece in &pieces {
        let text = source.get(piece.clone()).unwrap_or_default();
        let found = faults(file, text);
        if found.is_empty() {
            continue;
        }
        let found = found.into_iter();
        problems.extend(found.map(|problem| shift(problem, source, piece)));
        // Blank, and of the same length, so that everything else keeps its place.
        let blank: String = text
            .chars()
            .flat_map(|character| match character {
                '\n' => "\n".chars().take(1),
                other => "    ".chars().take(other.len_utf8()),
            })
            .collect();
        readable.replace_range(piece.clone(), &blank);
    }
    let parsed = match parse(&readable) {
        Some(parsed) if !problems.is_empty() => parsed,
        // The pieces are not to blame, or not alone: what the engine says of the whole must do.
        _ => {
            problems = faults(file, source);
            if problems.is_empty() {
                problems = faults(file, &readable);
            }
            PolicySet::new()
        }
    };
    // The engine labels one place several times when a token is both unexpected and incomplete.
    let mut seen = HashSet::new();
    problems.retain(|problem| seen.insert((problem.line, problem.column, problem.message.clone())));
    problems.truncate(MOST_PROBLEMS);
    Recovered {
        parsed,
        pieces,
        problems,
    }
}

/// A problem found in a piece, at its place in the whole.
fn shift(mut problem: Problem, source: &str, piece: &Range<usize>) -> Problem {
    let (line, column) = text::line_column(source, piece.start);
    let moved = |at: u32, at_column: u32| match at {
        0 => (line, column),
        1 => (line, at_column + column - 1),
        _ => (at + line - 1, at_column),
    };
    (problem.end_line, problem.end_column) = moved(problem.end_line, problem.end_column);
    (problem.line, problem.column) = moved(problem.line, problem.column);
    problem
}

/// Cuts a text at semicolons outside brackets, and where a line begins with what only a new policy begins with: a missing
/// bracket or semicolon must not make one fault of everything below it.
pub(crate) fn pieces(source: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut current: Option<Range<usize>> = None;
    let (mut depth, mut begun) = (0_usize, false);
    for token in line_tokens(source) {
        if token.kind == Kind::Comment {
            continue;
        }
        let text = token.text(source);
        let opens = begun
            && matches!(text, "permit" | "forbid" | "@")
            && (token.span.start == 0
                || source
                    .get(..token.span.start)
                    .is_some_and(|before| before.ends_with('\n')));
        if opens {
            found.extend(current.take());
            (depth, begun) = (0, false);
        }
        begun |= matches!(text, "permit" | "forbid");
        current = Some(current.map_or(token.span.clone(), |piece| piece.start..token.span.end));
        match text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => {
                found.extend(current.take());
                begun = false;
            }
            _ => {}
        }
    }
    found.extend(current);
    found
}
