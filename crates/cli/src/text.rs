//! Plain-text layout: counts with separators, columns, wrapped paragraphs, and colour that carries no meaning of its own
//! (a reader without colour loses nothing: signs and words say the same).

use help::Language;
pub use model::{count, counted};
use unicode_width::UnicodeWidthChar as _;

/// What a stream can show.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Colours are understood and wanted.
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// What goes wrong is told in it.
    pub language: Language,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// A heading or the word that matters.
    Strong,
    /// Less important than what stands around it.
    Quiet,
    /// Access gained. Blue, not green: a gain is neither good nor bad in itself.
    Gain,
    /// Access lost. Amber, for the same reason.
    Loss,
    /// Risk, errors, what failed.
    Risk,
    /// Verified, passed.
    Good,
}

impl Look {
    /// The text in its tone.
    pub fn tone(self, tone: Tone, text: impl AsRef<str>) -> String {
        let text = text.as_ref();
        let code = match tone {
            Tone::Plain => return text.to_owned(),
            Tone::Strong => "1",
            Tone::Quiet => "2",
            Tone::Gain => "94",
            Tone::Loss => "33",
            Tone::Risk => "31",
            Tone::Good => "32",
        };
        if self.color && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// `text` in bold.
    pub fn strong(self, text: impl AsRef<str>) -> String {
        self.tone(Tone::Strong, text)
    }

    /// `text`, dimmed.
    pub fn quiet(self, text: impl AsRef<str>) -> String {
        self.tone(Tone::Quiet, text)
    }
}

/// A length as saturating u64.
pub fn size<T>(list: &[T]) -> u64 {
    list.len() as u64
}

/// `48,203,117` bytes as `48.2 MB`.
pub fn bytes(number: u64) -> String {
    let (unit, name) = match number {
        0..1_000 => return counted(number, "byte"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = number / (unit / 10);
    format!("{}.{} {name}", count(tenths / 10), tenths % 10)
}

/// Columns a text takes, escape sequences not counted.
pub fn width(text: &str) -> usize {
    let mut columns = 0;
    let mut escape = false;
    for c in text.chars() {
        match (escape, c) {
            (true, 'm') => escape = false,
            (true, _) => {}
            (false, '\x1b') => escape = true,
            (false, c) => columns += c.width().unwrap_or(0),
        }
    }
    columns
}

/// The text, cut to a width with `…`. Only for plain text.
pub fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

/// Control characters made visible: a log or a policy may hold anything, and a terminal obeys some of it.
pub fn visible(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars()
        .flat_map(|c| {
            let (plain, escaped) = if c == '\t' {
                (Some(' '), None)
            } else if c.is_control() {
                (None, Some(c.escape_default()))
            } else {
                (Some(c), None)
            };
            plain.into_iter().chain(escaped.into_iter().flatten())
        })
        .collect()
}

/// A paragraph, wrapped at words. Every line begins with `indent` columns; the first with `lead` instead, which is as
/// wide. Words that do not fit a line stay whole, so that ids can be copied, and no line breaks at a blank that holds words together, as
/// French has them before a colon. Ends with a newline.
pub fn paragraph(lead: &str, indent: usize, columns: usize, text: &str) -> String {
    let mut out = String::new();
    let mut line = lead.to_owned();
    let mut used = width(lead);
    let mut empty = true;
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}');
    for word in text.split(breaks).filter(|word| !word.is_empty()) {
        let word = visible(word);
        let long = width(&word);
        if !empty && used + 1 + long > columns {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(indent);
            used = indent;
            empty = true;
        }
        if !empty {
            line.push(' ');
            used += 1;
        }
        line.push_str(&word);
        used += long;
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
    out
}

/// Rows whose cells stand under each other, two spaces apart. Cells may carry colours. Columns named in `right` are set
/// flush right.
#[derive(Debug, Default)]
pub struct Columns {
    rows: Vec<Vec<String>>,
    right: &'static [usize],
    indent: usize,
}

impl Columns {
    /// An empty table.
    pub fn new(indent: usize, right: &'static [usize]) -> Self {
        Self {
            rows: Vec::new(),
            right,
            indent,
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// The rows as text, each with a newline.
    pub fn text(&self) -> String {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            for (at, cell) in row.iter().enumerate() {
                let cell = width(cell);
                match widths.get_mut(at) {
                    Some(widest) => *widest = cell.max(*widest),
                    None => widths.push(cell),
                }
            }
        }
        let mut out = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(self.indent);
            for (at, (cell, widest)) in row.iter().zip(&widths).enumerate() {
                if *widest == 0 {
                    continue;
                }
                if line.len() > self.indent {
                    line.push_str("  ");
                }
                let gap = " ".repeat(widest.saturating_sub(width(cell)));
                if self.right.contains(&at) {
                    line.push_str(&gap);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&gap);
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators_and_plurals() {
        assert_eq!(count(0_u64), "0");
        assert_eq!(count(999_u64), "999");
        assert_eq!(count(1_000_u64), "1,000");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(counted(1_u64, "row"), "1 row");
        assert_eq!(counted(12_000_u64, "row"), "12,000 rows");
        assert_eq!(counted(2_u64, "policy|policies"), "2 policies");
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(48_203_117), "48.2 MB");
        assert_eq!(bytes(1_999), "1.9 kB");
    }

    #[test]
    fn columns_align_whatever_they_hold() {
        let look = Look {
            color: true,
            width: 80,
            language: Language::English,
        };
        let mut columns = Columns::new(2, &[1]);
        columns.row([look.strong("höhe"), "1".into(), String::new(), "x".into()]);
        columns.row(["日本".into(), "1,000".into(), String::new(), String::new()]);
        assert_eq!(
            columns.text(),
            "  \x1b[1mhöhe\x1b[0m      1  x\n  日本  1,000\n"
        );
    }

    #[test]
    fn paragraphs_wrap_at_words_and_keep_long_ones_whole() {
        assert_eq!(
            paragraph("a: ", 3, 12, "one two three four"),
            "a: one two\n   three\n   four\n"
        );
        assert_eq!(
            paragraph("", 2, 6, "x Record::\"audit-file\" y"),
            "x\n  Record::\"audit-file\"\n  y\n"
        );
        assert_eq!(
            paragraph("", 0, 6, "un\u{202f}; deux\u{a0}: ok"),
            "un\u{202f};\ndeux\u{a0}:\nok\n"
        );
        assert_eq!(paragraph("a", 1, 10, ""), "a\n");
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(visible("a\x1b[2Jb\r\n"), "a\\u{1b}[2Jb\\r\\n");
        assert_eq!(visible("naïve\tx"), "naïve x");
        assert_eq!(fit("abcdef", 4), "abc…");
        assert_eq!(fit("abcd", 4), "abcd");
    }
}
