//! Markdown as GitHub reads it. Whatever a name holds, it stays text in its cell: every character that Markdown or GitHub could act
//! on is escaped.

use std::io::Write;

use crate::{Cell, Error, Kind, Table};

pub fn write(table: Table<'_>, out: &mut dyn Write) -> Result<u64, Error> {
    let heads = table.columns.iter().map(|column| head(column.name));
    line(out, heads)?;
    let rules = table.columns.iter().map(|column| match column.kind {
        Kind::Number => "--:",
        Kind::Text | Kind::Flag | Kind::List => "---",
    });
    line(out, rules.map(str::to_owned))?;
    let count = table.each(|_, row| line(out, row.iter().map(cell)))?;
    out.flush()?;
    Ok(count)
}

fn line(out: &mut dyn Write, cells: impl Iterator<Item = String>) -> std::io::Result<()> {
    for cell in cells {
        write!(out, "| {cell} ")?;
    }
    out.write_all(b"|\n")
}

/// The name of a column in words: `first_at` is `First at`.
fn head(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => escaped(text),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Cell::List(names) => escaped(&names.join(", ")),
    }
}

/// Text in Markdown that is nothing but text, on one line, in a cell of a table or elsewhere; what would open a list or a heading at
/// the beginning of a line is not looked at.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Nobody is called, no ticket is named, and no address becomes a link, because of a name.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '/' if out.ends_with("/") || out.ends_with(":") => out.push_str("&#47;"),
            '.' if out.to_ascii_lowercase().ends_with("www") => out.push_str("&#46;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use crate::{Form, Kind, Table, tests::written};

    /// The cells of all rows, as a reader of Markdown has them; nothing when there is more than text in one.
    fn read(markdown: &str) -> Option<Vec<Vec<String>>> {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_MATH
            | Options::ENABLE_FOOTNOTES;
        let mut rows = Vec::new();
        let mut cell = String::new();
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Start(Tag::TableRow) => rows.push(Vec::new()),
                Event::End(TagEnd::TableCell) => {
                    if let Some(row) = rows.last_mut() {
                        Vec::push(row, std::mem::take(&mut cell));
                    }
                    cell.clear();
                }
                Event::Text(text) => cell += &text,
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableCell)
                | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow) => {}
                _ => return None,
            }
        }
        Some(rows)
    }

    #[test]
    fn a_table_with_its_head_in_words() {
        let columns = [("first_at", Kind::Text), ("rows", Kind::Number)];
        let rows = vec![vec!["a|b".into(), 7_u64.into()]];
        assert_eq!(
            written(Table::of(&columns, rows), Form::Markdown),
            "| First at | Rows |\n| --- | --: |\n| a\\|b | 7 |\n"
        );
    }

    proptest! {
        #[test]
        fn whatever_a_name_holds_it_is_text_in_its_cell(
            names in prop::collection::vec(prop::collection::vec("[a-c:/.@#|`*_<>&$~\\\\\\[\\]!\"(){}+=-]{1,9}", 2), 1..5)
        ) {
            let columns = [("one", Kind::Text), ("two", Kind::Text)];
            let rows = names.iter().map(|row| row.iter().map(|it| it.as_str().into()).collect());
            let text = written(Table::of(&columns, rows.collect()), Form::Markdown);
            prop_assert_eq!(read(&text), Some(names));
        }
    }
}
