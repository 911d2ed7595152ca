//! Lines that cannot be used: how many there are, and the first of them by number and reason. Everything that reads a log counts
//! them here, so that a log of nothing but such lines takes no more memory than one with a thousand.
//!
//! INVARIANT: a reason never repeats what the line says. Where a log is broken, secrets may stand anywhere in it.

use std::fmt;

use model::{Code, SkippedLine};
use serde_json::error::Category;

/// How many unusable lines are named one by one; the others are only counted.
pub const NAMED_SKIPS: usize = 1000;

/// How many of them a log remembers with their reason, for everybody who opens it.
pub const TOLD_SKIPS: usize = 5;

/// Why a line is no row.
#[derive(Debug)]
pub(crate) enum Why {
    /// It is no JSON, or no object.
    Json(serde_json::Error),
    /// A member is not as it has to be.
    Member(&'static str),
}

impl From<serde_json::Error> for Why {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl From<&'static str> for Why {
    fn from(why: &'static str) -> Self {
        Self::Member(why)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(why) => f.write_str(why),
            Self::Json(error) => f.write_str(&words(error)),
        }
    }
}

/// What the parser says, without what it read.
pub(crate) fn words(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let (line, column) = (error.line(), error.column());
    let what = said
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&said);
    match error.classify() {
        // These name members that the reader knows; every other word on data may repeat it.
        Category::Data
            if ["duplicate field", "missing field"]
                .iter()
                .any(|it| what.starts_with(it)) =>
        {
            what.to_owned()
        }
        Category::Data => "it is JSON of another form".to_owned(),
        Category::Io => "it cannot be read".to_owned(),
        // A line has one line, a value that is spread over several has its own.
        Category::Syntax | Category::Eof if line > 1 => {
            format!("{what} in its line {line}, column {column}")
        }
        Category::Syntax | Category::Eof => format!("{what} in column {column}"),
    }
}

/// Unusable lines, in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct Skipped {
    pub(crate) first: Vec<SkippedLine>,
    pub(crate) total: u64,
}

impl Skipped {
    /// Counts a line.
    pub(crate) fn add(&mut self, line: u64, code: Code, why: impl fmt::Display) {
        self.total += 1;
        // Words are made only for those that are told.
        if self.first.len() < NAMED_SKIPS {
            let why = why.to_string();
            self.first.push(SkippedLine { line, code, why });
        }
    }

    /// Counts what was found behind.
    pub(crate) fn append(&mut self, behind: Self) {
        let room = NAMED_SKIPS.saturating_sub(self.first.len());
        self.first.extend(behind.first.into_iter().take(room));
        self.total += behind.total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line;

    fn why(text: &str) -> String {
        line::read(text).err().unwrap().to_string()
    }

    #[test]
    fn a_reason_says_what_is_wrong_and_where() {
        let start = r#""v":1,"principal":"U::\"a\"","action":"A::\"x\"","resource":"R::\"r\"""#;
        for (text, expected) in [
            ("", "EOF while parsing a value in column 0".to_owned()),
            ("nonsense", "expected ident in column 2".into()),
            ("{\"v\":1", "EOF while parsing an object in column 6".into()),
            (
                "{\n\"v\": x}",
                "expected value in its line 2, column 6".into(),
            ),
            ("\"hunter2\"", "it is JSON of another form".into()),
            ("[1]", "it is JSON of another form".into()),
            ("{\"v\":1,\"v\":1}", "duplicate field `v`".into()),
            ("{\"v\":2}", "`v` is not 1".into()),
            ("{\"v\":1}", "it has no `principal`".into()),
            (&format!("{{{start}}}"), "it has no `decision`".into()),
            (
                &format!("{{{start},\"decision\":\"hunter2\"}}"),
                "`decision` is neither allow nor deny".into(),
            ),
            (
                &format!("{{{start},\"decision\":\"deny\",\"at\":\"hunter2\"}}"),
                "its time is not RFC 3339".into(),
            ),
            ("{\"level\":\"info\"}", "it has no `principal`".into()),
            (
                "{\"input\":1,\"result\":\"hunter2\"}",
                "`result` says neither true nor false".into(),
            ),
        ] {
            assert_eq!(why(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_reason_never_repeats_what_the_line_says(
            before in "[\\[\\]{}\",: vad1]{0,8}",
            after in "[\\[\\]{}\",: vad1]{0,8}",
        ) {
            for line in [
                format!("{before}hunter2{after}"),
                format!("{{\"v\":1,\"principal\":\"hunter2{before}{after}"),
                format!("{{\"v\":1,\"{before}\":\"hunter2\",\"decision\":{after}}}"),
                format!("{before}\"hunter2\"{after}"),
            ] {
                if let Err(why) = line::read(&line) {
                    let why = why.to_string();
                    proptest::prop_assert!(!why.contains("hunter"), "{why}: {line}");
                    proptest::prop_assert!(why.len() < 100, "{why}");
                }
            }
        }
    }

    #[test]
    fn a_million_lines_take_the_memory_of_a_thousand() {
        let mut all = Skipped::default();
        for chunk in 0..10 {
            let mut some = Skipped::default();
            for line in 0..100_000 {
                some.add(chunk * 100_000 + line + 1, Code::LogLine, "x");
            }
            assert_eq!(some.first.len(), NAMED_SKIPS);
            all.append(some);
        }
        assert_eq!((all.total, all.first.len()), (1_000_000, NAMED_SKIPS));
        assert!(all.first.iter().map(|it| it.line).eq(1..=1000));
    }
}
