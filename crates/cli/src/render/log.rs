//! What an import did and what a log holds.

use std::{collections::BTreeMap, fmt::Write as _};

use decisions::TOLD_SKIPS;
use model::{Code, LogImport, LogInfo, SkippedLine};

use super::hint;
use crate::text::{Columns, Look, Tone, bytes, count, counted, paragraph, visible};

/// Line numbers shown for one kind of bad line.
const LINES: usize = 8;

/// The first of the lines of a log that could not be used, `total` all told, each with its reason.
pub fn bad_lines(indent: &str, total: u64, first: &[SkippedLine], look: Look) -> String {
    let list = SkippedLine::list(total, first);
    let lines = list.lines().filter(|_| !first.is_empty());
    lines
        .map(|line| paragraph(indent, indent.len() + 2, look.width, line))
        .collect()
}

/// That not all of a log could be read, and the first of what could not, for who would not be told otherwise; nothing of a log that is whole.
pub fn unread(info: &LogInfo, look: Look) -> String {
    if info.skipped == 0 {
        return String::new();
    }
    let lines = counted(info.skipped, "line");
    let text = format!("{lines} of the log could not be read and took no part.");
    let lead = format!("{} ", look.quiet("note:"));
    let list = bad_lines("      ", info.skipped, &info.first_skipped, look);
    paragraph(&lead, 6, look.width, &text) + &list
}

/// What an import did.
pub fn import(done: &LogImport, look: Look) -> String {
    let mut out = format!(
        "{}: {}, {}\n",
        look.strong(counted(done.rows, "row")),
        counted(done.distinct_requests, "distinct request"),
        counted(done.slices, "entity slice"),
    );
    let mut kinds: BTreeMap<Code, Vec<u64>> = BTreeMap::new();
    for skipped in &done.skipped {
        kinds.entry(skipped.code).or_default().push(skipped.line);
    }
    if done.skipped_total > 0 {
        let _ = writeln!(
            out,
            "{}",
            look.tone(
                Tone::Loss,
                format!("{} skipped", counted(done.skipped_total, "line"))
            )
        );
    }
    for (code, lines) in kinds {
        let mut numbers: Vec<_> = lines.iter().take(LINES).map(|line| count(*line)).collect();
        if lines.len() > LINES || done.skipped_total > done.skipped.len() as u64 {
            numbers.push("…".to_owned());
        }
        let word = if numbers.len() == 1 { "line" } else { "lines" };
        let text = format!("{word} {}", numbers.join(", "));
        out.push_str(&paragraph(
            &format!("  {}: ", code.as_str()),
            4,
            look.width,
            &text,
        ));
        out.push_str(&hint("    ", help::hint(code, look.language), look));
    }
    let first = done.skipped.get(..TOLD_SKIPS).unwrap_or(&done.skipped);
    out.push_str(&bad_lines("  ", done.skipped_total, first, look));
    out
}

/// What a log holds.
pub fn info(info: &LogInfo, look: Look) -> String {
    let mut facts = Columns::new(0, &[1]);
    let mut fact = |name: &str, number: u64, remark: String| {
        facts.row([look.quiet(name), count(number), look.quiet(remark)]);
    };
    let share = |part: u64| match info.rows {
        0 => String::new(),
        rows => {
            let tenths = u128::from(part) * 1000 / u128::from(rows);
            format!("{}.{} %", tenths / 10, tenths % 10)
        }
    };
    fact("rows", info.rows, String::new());
    fact("distinct requests", info.distinct_requests, String::new());
    fact("entity slices", info.slices, String::new());
    fact("allowed", info.allowed, share(info.allowed));
    fact(
        "denied",
        info.rows.saturating_sub(info.allowed),
        share(info.rows.saturating_sub(info.allowed)),
    );
    if info.entities_assumed > 0 {
        fact(
            "entities assumed",
            info.entities_assumed,
            "rows that carry none; the workspace's are used".into(),
        );
    }
    if info.skipped > 0 {
        fact("lines skipped", info.skipped, "when it was imported".into());
    }
    let mut out = facts.text();
    out.push_str(&bad_lines("  ", info.skipped, &info.first_skipped, look));
    let mut facts = Columns::new(0, &[]);
    if !info.first_at.is_empty() {
        facts.row([look.quiet("first"), visible(&info.first_at)]);
        facts.row([look.quiet("last"), visible(&info.last_at)]);
    }
    facts.row([look.quiet("size"), bytes(info.bytes)]);
    if !info.origin.is_empty() {
        facts.row([look.quiet("from"), visible(&info.origin)]);
    }
    out.push('\n');
    out.push_str(&facts.text());
    out
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;

    use super::*;
    use crate::render::unit::PLAIN;

    #[test]
    fn an_import_names_the_lines_it_could_not_use() {
        let mut done = LogImport {
            rows: 1_000_000,
            distinct_requests: 100_000,
            slices: 1,
            skipped: Vec::new(),
            skipped_total: 0,
        };
        assert_snapshot!(import(&done, PLAIN), @"1,000,000 rows: 100,000 distinct requests, 1 entity slice");
        done.skipped = (1..=12)
            .map(|line| SkippedLine {
                line: line * 1000,
                code: Code::LogLine,
                why: "`v` is not 1".into(),
            })
            .collect();
        done.skipped.push(SkippedLine {
            line: 77,
            code: Code::LogTruncated,
            why: "the file ends within it".into(),
        });
        done.skipped_total = 13;
        assert_snapshot!(import(&done, PLAIN), @r"
        1,000,000 rows: 100,000 distinct requests, 1 entity slice
        13 lines skipped
          log_line: lines 1,000, 2,000, 3,000, 4,000, 5,000, 6,000, 7,000, 8,000, …
            hint: see the line number; the other lines were used
          log_truncated: line 77
            hint: copy the log again if its last line matters
          line 1,000: `v` is not 1
          line 2,000: `v` is not 1
          line 3,000: `v` is not 1
          line 4,000: `v` is not 1
          line 5,000: `v` is not 1
          and 8 more
        ");
    }

    #[test]
    fn a_log_is_described_in_aligned_columns() {
        let held = LogInfo {
            rows: 1_000_000,
            distinct_requests: 100_000,
            slices: 4_312,
            allowed: 941_230,
            entities_assumed: 12,
            skipped: 2,
            first_skipped: vec![SkippedLine {
                line: 7,
                code: Code::LogEncoding,
                why: "it is not UTF-8".into(),
            }],
            first_at: "2026-10-03T00:00:00Z".into(),
            last_at: "2026-11-20T00:00:00Z".into(),
            bytes: 48_203_117,
            origin: "generated, seed 7".into(),
        };
        assert_snapshot!(info(&held, PLAIN), @r"
        rows               1,000,000
        distinct requests    100,000
        entity slices          4,312
        allowed              941,230  94.1 %
        denied                58,770  5.8 %
        entities assumed          12  rows that carry none; the workspace's are used
        lines skipped              2  when it was imported
          line 7: it is not UTF-8
          and 1 more

        first  2026-10-03T00:00:00Z
        last   2026-11-20T00:00:00Z
        size   48.2 MB
        from   generated, seed 7
        ");
    }
}
