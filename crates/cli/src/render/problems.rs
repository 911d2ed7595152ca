//! Problems with their place in the text, the line itself and a mark under what is meant.

use std::{collections::BTreeMap, fmt::Write as _};

use help::Told;
use model::{Code, Problem, Severity};
use unicode_width::UnicodeWidthStr as _;

use super::hint;
use crate::text::{Look, Tone, count, counted, size, visible};

/// The text of a file, for the excerpt; nothing when there is none.
pub type Sources<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Problems after which the rest is only counted: nobody reads the hundredth.
const SHOWN: usize = 50;

/// Errors and warnings one by one, notes summed up by kind.
pub fn problems(found: &[Problem], sources: Sources<'_>, look: Look) -> String {
    let mut out = String::new();
    let (notes, marked): (Vec<&Problem>, Vec<&Problem>) = found
        .iter()
        .partition(|problem| problem.severity == Severity::Info);
    let mut text: (String, Option<String>) = (String::new(), None);
    for problem in marked.iter().take(SHOWN) {
        if text.0 != problem.file || text.1.is_none() {
            text = (problem.file.clone(), sources(&problem.file));
        }
        out.push_str(&one(problem, text.1.as_deref(), look));
        out.push('\n');
    }
    if marked.len() > SHOWN {
        let more = counted((marked.len() - SHOWN) as u64, "problem");
        let _ = writeln!(out, "… and {more} more; --json lists all\n");
    }
    let mut kinds: BTreeMap<(Code, &str), Vec<&Problem>> = BTreeMap::new();
    for note in notes {
        kinds.entry((note.code, &note.hint)).or_default().push(note);
    }
    for ((code, text), notes) in kinds {
        let lead = look.quiet(format!("note[{}]:", code.as_str()));
        let advice = match notes.as_slice() {
            [note] => {
                let mut told = Told::new(code, &note.message, text, look.language);
                let at = place(note);
                if !at.is_empty() {
                    let last = told.said.as_mut().unwrap_or(&mut told.title);
                    last.push_str(&format!(" ({at})"));
                }
                out.push_str(&super::title(&lead, &told, look));
                told.hint
            }
            notes => {
                let mut files: Vec<_> = notes.iter().map(|note| note.file.clone()).collect();
                files.dedup();
                let message = format!("{} times, in {}", count(size(notes)), super::listed(&files));
                let told = Told::new(code, &message, text, look.language);
                out.push_str(&super::title(&lead, &told, look));
                told.hint
            }
        };
        out.push_str(&hint("  ", &advice, look));
        out.push('\n');
    }
    out
}

/// `2 errors, 1 warning`, or nothing.
pub fn tally(found: &[Problem], look: Look) -> Option<String> {
    let number = |severity| {
        let matching = found.iter().filter(|problem| problem.severity == severity);
        matching.count() as u64
    };
    let parts: Vec<_> = [
        (number(Severity::Error), "error", Tone::Risk),
        (number(Severity::Warning), "warning", Tone::Loss),
        (number(Severity::Info), "note", Tone::Quiet),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, what, tone)| look.tone(tone, counted(number, what)))
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn one(problem: &Problem, text: Option<&str>, look: Look) -> String {
    let (word, tone) = match problem.severity {
        Severity::Error => ("error", Tone::Risk),
        Severity::Warning => ("warning", Tone::Loss),
        Severity::Info => ("note", Tone::Quiet),
    };
    let lead = look.tone(tone, format!("{word}[{}]:", problem.code.as_str()));
    let told = Told::new(problem.code, &problem.message, &problem.hint, look.language);
    let mut out = super::title(&lead, &told, look);
    let at = place(problem);
    if !at.is_empty() {
        let _ = writeln!(out, "  {at}");
    }
    if let Some(line) = text.and_then(|text| line(text, problem.line)) {
        out.push_str(&excerpt(problem, line, tone, look));
    }
    out.push_str(&hint("  ", &told.hint, look));
    out
}

/// `file:line:column`, as far as it is known.
fn place(problem: &Problem) -> String {
    match (problem.file.as_str(), problem.line) {
        ("", _) => String::new(),
        (file, 0) => visible(file),
        (file, line) => format!("{}:{line}:{}", visible(file), problem.column),
    }
}

fn line(text: &str, number: u32) -> Option<&str> {
    let before = usize::try_from(number).ok()?.checked_sub(1)?;
    text.lines()
        .nth(before)
        .filter(|line| !line.trim().is_empty())
}

/// The line with a mark under the columns meant; of a long line the part around them.
fn excerpt(problem: &Problem, line: &str, tone: Tone, look: Look) -> String {
    let gutter = format!("{:>6} │ ", problem.line);
    let room = look.width.saturating_sub(gutter.width()).max(20);
    // Columns of a problem count UTF-16 units from 1; what is printed counts cells.
    let start = problem.column.saturating_sub(1) as usize;
    let end = if problem.end_line == problem.line {
        (problem.end_column.saturating_sub(1) as usize).max(start + 1)
    } else {
        usize::MAX
    };
    let mut unit = 0;
    let mut cells: Vec<(String, bool)> = Vec::new();
    for c in line.chars() {
        cells.push((
            visible(c.encode_utf8(&mut [0; 4])),
            (start..end).contains(&unit),
        ));
        unit += c.len_utf16();
    }
    if start >= unit {
        // Past the end: the text stops where something was expected.
        cells.push((" ".to_owned(), true));
    }
    let total: usize = cells.iter().map(|(text, _)| text.width()).sum();
    let first_marked = cells.iter().position(|(_, marked)| *marked).unwrap_or(0);
    let skip = if total <= room {
        0
    } else {
        first_marked.saturating_sub(room / 3)
    };
    let mut shown = if skip > 0 {
        "…".to_owned()
    } else {
        String::new()
    };
    let mut marks = " ".repeat(shown.width());
    for (text, marked) in cells.iter().skip(skip) {
        if shown.width() + text.width() >= room {
            shown.push('…');
            break;
        }
        shown.push_str(text);
        marks.push_str(&if *marked { "^" } else { " " }.repeat(text.width()));
    }
    format!(
        "{}{}\n{}{}\n",
        look.quiet(&gutter),
        shown.trim_end(),
        look.quiet(format!("{:>6} │ ", "")),
        look.tone(tone, marks.trim_end()),
    )
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;

    use super::*;
    use crate::render::unit::PLAIN;

    fn problem(code: Code, severity: Severity, line: u32, columns: (u32, u32)) -> Problem {
        Problem {
            code,
            severity,
            file: "policies/access/baseline.cedar".into(),
            line,
            column: columns.0,
            end_line: line,
            end_column: columns.1,
            message: "attribute `clearence` is not declared for entity type `Employee`".into(),
            hint: "did you mean `clearance`?".into(),
        }
    }

    #[test]
    fn a_problem_shows_its_line_and_marks_what_is_meant() {
        let text = "permit (principal, action, resource)\nwhen { principal.clearence > 2 };\n";
        let found = [
            problem(Code::PolicyInvalid, Severity::Error, 2, (18, 27)),
            problem(Code::PolicyWarning, Severity::Warning, 0, (0, 0)),
            problem(Code::PolicyWithoutId, Severity::Info, 1, (1, 5)),
        ];
        assert_snapshot!(problems(&found, &|_| Some(text.into()), PLAIN), @r"
        error[policy_invalid]: attribute `clearence` is not declared for entity type
          `Employee`
          policies/access/baseline.cedar:2:18
             2 │ when { principal.clearence > 2 };
               │                  ^^^^^^^^^
          hint: did you mean `clearance`?

        warning[policy_warning]: attribute `clearence` is not declared for entity type
          `Employee`
          policies/access/baseline.cedar
          hint: did you mean `clearance`?

        note[policy_without_id]: attribute `clearence` is not declared for entity type
          `Employee` (policies/access/baseline.cedar:1:1)
          hint: did you mean `clearance`?
        ");
        assert_eq!(tally(&found, PLAIN).unwrap(), "1 error, 1 warning, 1 note");
        assert_eq!(tally(&[], PLAIN), None);
    }

    #[test]
    fn long_lines_wide_letters_and_ends_of_text_keep_the_mark_in_place() {
        let long = format!("{}HERE{}", "x".repeat(300), "y".repeat(300));
        let shown = excerpt(
            &problem(Code::PolicySyntax, Severity::Error, 1, (301, 305)),
            &long,
            Tone::Risk,
            PLAIN,
        );
        let mut lines = shown.lines();
        let (text, mark) = (lines.next().unwrap(), lines.next().unwrap());
        assert!(text.width() <= 80, "{text}");
        let column = |line: &str, what: &str| line[..line.find(what).unwrap()].width();
        assert_eq!(column(text, "HERE"), column(mark, "^^^^"));

        // `😀` is two UTF-16 units and two cells; `日` one unit and two cells.
        let shown = excerpt(
            &problem(Code::PolicySyntax, Severity::Error, 1, (5, 6)),
            "😀日 Z",
            Tone::Risk,
            PLAIN,
        );
        let mut lines = shown.lines();
        let (text, mark) = (lines.next().unwrap(), lines.next().unwrap());
        assert_eq!(column(text, "Z"), column(mark, "^"));

        assert_snapshot!(
            excerpt(&problem(Code::PolicySyntax, Severity::Error, 7, (7, 7)), "permit", Tone::Risk, PLAIN),
            @r"
             7 │ permit
               │       ^
        "
        );
    }

    #[test]
    fn many_problems_are_counted_not_poured_out() {
        let many = vec![problem(Code::PolicyInvalid, Severity::Error, 1, (1, 2)); 60];
        assert!(
            problems(&many, &|_| None, PLAIN)
                .ends_with("… and 10 problems more; --json lists all\n\n")
        );
        let notes = vec![problem(Code::PolicyWithoutId, Severity::Info, 1, (1, 2)); 1200];
        assert_snapshot!(problems(&notes, &|_| None, PLAIN), @r"
        note[policy_without_id]: 1,200 times, in policies/access/baseline.cedar
          hint: did you mean `clearance`?
        ");
    }
}
