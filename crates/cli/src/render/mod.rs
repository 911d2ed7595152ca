//! From plain values to text for people. Each function takes what `--json` would print and a look; nothing here decides.

mod access;
mod bench;
mod catalogue;
mod drift;
mod guard;
mod guide;
mod ledger;
mod log;
mod pdp;
mod problems;
mod proof;
mod reference;
mod releases;
mod scenarios;
mod tests;
mod verdict;

pub use access::{answer, decision, explained_answer, explanation};
pub use bench::{figures, measures};
pub use catalogue::{codes, stories};
pub use drift::drift;
pub use guard::{guard, stats};
pub use guide::{article, code, hits, notes};
pub use ledger::{checked, compacted, key, keys, ledger, receipts};
pub use log::{import, info, unread};
pub use pdp::{cutover, enforced};
pub use problems::{problems, tally};
pub use proof::{lints, proof};
pub use reference::{
    commands as commands_reference, errors as errors_reference, notes as notes_reference,
};
pub use releases::{channels, moves, promoted};
pub use scenarios::{PacksRun, packs, runs, scenarios};
pub use tests::{TestLine, TestRun, tests};
pub use verdict::verdict;

use help::Told;
use model::Failure;

use crate::text::{Look, Tone, paragraph, visible};

/// `error[code]: message`, the place, `hint: …`. In another language than English what the code means stands before the message.
pub fn failure(failure: &Failure, look: Look) -> String {
    let head = format!("error[{}]:", failure.code.as_str());
    let told = Told::new(failure.code, &failure.message, &failure.hint, look.language);
    let mut out = title(&look.tone(Tone::Risk, head), &told, look);
    for line in failure.details.iter().flat_map(|details| details.lines()) {
        let line = visible(line);
        out.push_str(format!("  {line}").trim_end());
        out.push('\n');
    }
    out.push_str(&hint("", &told.hint, look));
    out
}

/// What went wrong behind what it is called, and below it, indented, what the program said.
fn title(lead: &str, told: &Told, look: Look) -> String {
    let mut out = paragraph(&format!("{lead} "), 2, look.width, &told.title);
    if let Some(said) = &told.said {
        out.push_str(&paragraph("  ", 2, look.width, said));
    }
    out
}

/// `hint: …`, indented like what it belongs to.
fn hint(indent: &str, hint: &str, look: Look) -> String {
    if hint.is_empty() {
        return String::new();
    }
    let lead = format!("{indent}{} ", look.quiet("hint:"));
    paragraph(&lead, indent.len() + 6, look.width, hint)
}

/// `Action::"read"` as `read`; other ids as they are.
fn action(id: &str) -> String {
    let name = id
        .rsplit_once("Action::\"")
        .and_then(|(_, name)| name.strip_suffix('"'))
        .unwrap_or(id);
    visible(name)
}

/// `a`, `a and b`, `a, b and 3 more`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => visible(one),
        [one, two] => format!("{} and {}", visible(one), visible(two)),
        [one, two, rest @ ..] => {
            format!("{}, {} and {} more", visible(one), visible(two), rest.len())
        }
    }
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;
    use model::Code;

    use super::*;

    pub const PLAIN: Look = Look {
        color: false,
        width: 80,
        language: help::Language::English,
    };
    pub const COLOR: Look = Look {
        color: true,
        width: 80,
        language: help::Language::English,
    };

    #[test]
    fn a_failure_says_what_where_and_what_to_do() {
        let found = Failure::new(Code::LogMissing, "no log was imported into `northwind`");
        assert_snapshot!(failure(&found, PLAIN), @r"
        error[log_missing]: no log was imported into `northwind`
        hint: import one with `fabric log import`, or make one with `fabric log
              generate`
        ");
        let placed = Failure::new(Code::RequestInvalid, "`principal` is missing")
            .with_details("request.json:1:2\n\n\x1b[2J");
        assert_snapshot!(failure(&placed, PLAIN), @r#"
        error[request_invalid]: `principal` is missing
          request.json:1:2

          \u{1b}[2J
        hint: a request is {principal, action, resource, context} with ids written
              Type::"id"
        "#);
        assert!(failure(&placed, COLOR).starts_with("\x1b[31merror[request_invalid]:\x1b[0m `"));
    }

    #[test]
    fn names_are_short_and_never_escape() {
        assert_eq!(action("Action::\"read\""), "read");
        assert_eq!(action("Tax::Action::\"view\""), "view");
        assert_eq!(action("read"), "read");
        assert_eq!(action("Action::\"a\x1b\""), "a\\u{1b}");
        let names = ["a", "b", "c", "d"].map(String::from);
        assert_eq!(listed(&names), "a, b and 2 more");
        assert_eq!(listed(&names[..2]), "a and b");
    }
}
