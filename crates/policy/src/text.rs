//! Places in text: the engine counts bytes, editors count lines and UTF-16 code units.

use std::{fmt::Write, ops::Range};

use model::{Code, Problem, Severity, Source};

/// Line and column, both from 1, of a byte offset. Offsets past the end or inside a character are moved back.
pub(crate) fn line_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..floor(text, offset)).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (saturate(line), column(before, line_start))
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The column after the last character of `before`, whose last line begins at `line_start`.
fn column(before: &str, line_start: usize) -> u32 {
    let line = before.get(line_start..).unwrap_or_default();
    saturate(line.encode_utf16().count() + 1)
}

/// Where the lines of a text begin: for who asks for many places in it.
#[derive(Debug, Default)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after).collect())
    }

    /// As [`source`], of the text these are the lines of.
    pub(crate) fn place(&self, file: &str, text: &str, range: Range<usize>) -> Source {
        let line_column = |offset: usize| {
            let before = text.get(..floor(text, offset)).unwrap_or_default();
            let line = self.0.partition_point(|start| *start <= before.len());
            let start = line.checked_sub(1).and_then(|line| self.0.get(line));
            (saturate(line), column(before, start.copied().unwrap_or(0)))
        };
        place(file, &range, line_column)
    }
}

/// Byte offset of a line and column, both from 1; the nearest place that exists when they lie outside.
pub(crate) fn offset(text: &str, line: u32, column: u32) -> usize {
    let mut start = 0;
    for (number, content) in (1_u32..).zip(text.split_inclusive('\n')) {
        if number == line {
            let mut units = 1;
            for (at, character) in content.char_indices() {
                if units >= column as usize || character == '\n' {
                    return start + at;
                }
                units += character.len_utf16();
            }
            return start + content.len();
        }
        start += content.len();
    }
    text.len()
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The place of a byte range.
pub(crate) fn source(file: &str, text: &str, range: Range<usize>) -> Source {
    place(file, &range, |offset| line_column(text, offset))
}

fn place(file: &str, range: &Range<usize>, line_column: impl Fn(usize) -> (u32, u32)) -> Source {
    let (line, column) = line_column(range.start);
    let (end_line, end_column) = line_column(range.end.max(range.start));
    Source {
        file: file.to_owned(),
        line,
        column,
        end_line,
        end_column,
    }
}

/// A problem at a place, with its code's own hint.
pub(crate) fn problem(
    code: Code,
    severity: Severity,
    place: Source,
    message: impl Into<String>,
) -> Problem {
    let Source {
        file,
        line,
        column,
        end_line,
        end_column,
    } = place;
    Problem {
        code,
        severity,
        file,
        line,
        column,
        end_line,
        end_column,
        message: message.into(),
        hint: code.hint().to_owned(),
    }
}

/// The place "somewhere in this file".
pub(crate) fn whole(file: &str) -> Source {
    Source {
        file: file.to_owned(),
        ..Source::default()
    }
}

/// The message of a JSON reader without the place it ends with, and that place.
pub(crate) fn json_place(file: &str, text: &str, message: &str) -> (String, Source) {
    let parsed = message
        .rsplit_once(" at line ")
        .and_then(|(before, place)| {
            let (line, column) = place.split_once(" column ")?;
            Some((
                before,
                line.parse::<u32>().ok()?,
                column.parse::<u32>().ok()?,
            ))
        });
    match parsed {
        Some((before, line, column)) => {
            let at = offset(text, line, column);
            (before.to_owned(), source(file, text, at..at))
        }
        None => (message.to_owned(), whole(file)),
    }
}

/// `sha256:…`
pub(crate) fn sha256_name(digest: &[u8]) -> String {
    digest.iter().fold("sha256:".to_owned(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_places_are_each_others_inverse() {
        let text = "a\nbä😀c\n\nz";
        for (at, _) in text.char_indices() {
            let (line, column) = line_column(text, at);
            assert_eq!(offset(text, line, column), at, "{line}:{column}");
        }
        let lines = Lines::of(text);
        for at in 0..text.len() + 2 {
            assert_eq!(
                lines.place("f", text, at..at + 1),
                source("f", text, at..at + 1)
            );
        }
        assert_eq!(line_column(text, text.find('c').unwrap()), (2, 5));
        assert_eq!(line_column(text, 9999), (4, 2));
        assert_eq!(offset(text, 9, 9), text.len());
        assert_eq!(offset(text, 3, 50), text.find("\nz").unwrap());
    }
}
