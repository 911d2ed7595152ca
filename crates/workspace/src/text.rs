//! Text as an editor sees it: lines and columns, and line endings that are put back on saving as they were found.

use std::ops::Range;

use model::{Code, Problem, Severity};
use sha2::{Digest, Sha256};

/// Line and column (from 1; columns in UTF-16 code units) of a byte in a text. Bytes past the end count as the end.
pub fn place(source: &str, byte: usize) -> (u32, u32) {
    let before = source.get(..byte).unwrap_or(source);
    let line = before.matches('\n').count();
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .encode_utf16()
        .count();
    (line as u32 + 1, column as u32 + 1)
}

/// The byte of a line and column, the other way round; nothing when the text has no such place.
pub fn byte(source: &str, line: u32, column: u32) -> Option<usize> {
    let before = source
        .split_inclusive('\n')
        .take(line.checked_sub(1)? as usize);
    let start: usize = before.map(str::len).sum();
    let mut left = column.checked_sub(1)? as usize;
    let mut at = start;
    for c in source.get(start..)?.chars() {
        if left == 0 {
            return Some(at);
        }
        left = left.checked_sub(c.len_utf16())?;
        at += c.len_utf8();
    }
    (left == 0).then_some(at)
}

/// A problem at a range of bytes of a file.
pub fn problem(
    code: Code,
    severity: Severity,
    file: &str,
    source: &str,
    range: Range<usize>,
    message: impl Into<String>,
) -> Problem {
    let ((line, column), (end_line, end_column)) =
        (place(source, range.start), place(source, range.end));
    Problem {
        code,
        severity,
        file: file.to_owned(),
        line,
        column,
        end_line,
        end_column,
        message: message.into(),
        hint: code.hint().to_owned(),
    }
}

/// A problem of a whole file.
pub fn problem_of_file(
    code: Code,
    severity: Severity,
    file: &str,
    message: impl Into<String>,
) -> Problem {
    Problem {
        code,
        severity,
        file: file.to_owned(),
        line: 0,
        column: 0,
        end_line: 0,
        end_column: 0,
        message: message.into(),
        hint: code.hint().to_owned(),
    }
}

/// How the lines of a file end. Editors work with `\n`; what a file had comes back when it is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnding {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
}

impl LineEnding {
    /// What most lines of a text end with.
    pub fn of(text: &str) -> Self {
        let all = text.matches('\n').count();
        let crlf = text.matches("\r\n").count();
        if crlf * 2 > all { Self::CrLf } else { Self::Lf }
    }

    /// The text with every line ended this way.
    pub fn apply(self, text: &str) -> String {
        let text = for_editing(text);
        match self {
            Self::Lf => text,
            Self::CrLf => text.replace('\n', "\r\n"),
        }
    }
}

/// The text with `\n` alone.
pub fn for_editing(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// `sha256:…`
pub fn digest(bytes: &[u8]) -> String {
    decisions::slice::digest_text(&Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_count_as_editors_do() {
        assert_eq!(place("aé😀x\nb", 0), (1, 1));
        assert_eq!(place("aé😀x\nb", 7), (1, 5));
        assert_eq!(place("aé😀x\nb", 9), (2, 1));
        assert_eq!(place("aé😀x\nb", 99), (2, 2));
    }

    #[test]
    fn a_place_is_the_byte_it_came_from() {
        let text = "aé😀x\nb\n";
        for (at, _) in text.char_indices() {
            let (line, column) = place(text, at);
            assert_eq!(byte(text, line, column), Some(at));
        }
        // Within a character, behind the end, before the beginning.
        for (line, column) in [(1, 4), (3, 2), (0, 1), (1, 0)] {
            assert_eq!(byte(text, line, column), None, "{line}:{column}");
        }
    }

    proptest! {
        #[test]
        fn line_endings_come_back(lines in proptest::collection::vec("[a-z]{0,3}", 1..6), crlf in any::<bool>()) {
            let saved = lines.join(if crlf { "\r\n" } else { "\n" });
            let edited = for_editing(&saved);
            prop_assert!(!edited.contains('\r'));
            prop_assert_eq!(LineEnding::of(&saved).apply(&edited), saved);
        }
    }
}
