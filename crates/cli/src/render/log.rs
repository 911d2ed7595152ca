//! What an import did and what a log holds.

use std::{collections::BTreeMap, fmt::Write as _};

use model::{Code, LogImport, LogInfo};

use super::hint;
use crate::text::{Columns, Look, Tone, bytes, count, counted, paragraph, visible};

/// Line numbers shown for one kind of bad line.
const LINES: usize = 8;

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
    use model::SkippedLine;

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
            })
            .collect();
        done.skipped.push(SkippedLine {
            line: 77,
            code: Code::LogTruncated,
        });
        done.skipped_total = 13;
        assert_snapshot!(import(&done, PLAIN), @r"
        1,000,000 rows: 100,000 distinct requests, 1 entity slice
        13 lines skipped
          log_line: lines 1,000, 2,000, 3,000, 4,000, 5,000, 6,000, 7,000, 8,000, …
            hint: see the line number; the other lines were used
          log_truncated: line 77
            hint: copy the log again if its last line matters
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
            skipped: 0,
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

        first  2026-10-03T00:00:00Z
        last   2026-11-20T00:00:00Z
        size   48.2 MB
        from   generated, seed 7
        ");
    }
}
