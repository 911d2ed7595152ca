//! CSV by RFC 4180: a head, CRLF, quotes where they are needed; UTF-8 without a mark of its order, which scripts would take for a
//! part of the first name.
//!
//! Spreadsheets run what begins like a formula, wherever it came from: a principal called `=HYPERLINK(…)` would be one. So a text
//! that begins with `=`, `+`, `-`, `@` or one of their wide forms, behind blanks or not, or with a tabulator or the end of a line,
//! gets a `'` in front, which spreadsheets take for "this is text". A text that has such a `'` already gets one more, so that
//! nothing is lost: who reads the file takes one `'` away from what would else have begun like that. Numbers are numbers.

use std::io::{self, Write};

use ::csv::{Terminator, Writer, WriterBuilder};

use crate::{Cell, Error, Table};

pub fn write(table: Table<'_>, out: &mut dyn Write) -> Result<u64, Error> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(out);
    writer
        .write_record(table.columns.iter().map(|column| column.name))
        .map_err(io::Error::from)?;
    let count = table.each(|_, row| put(&mut writer, row))?;
    writer.flush()?;
    Ok(count)
}

fn put(writer: &mut Writer<&mut dyn Write>, row: &[Cell]) -> io::Result<()> {
    let cells = row.iter().map(|cell| match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => guarded(text.clone()),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::List(names) => guarded(names.join(", ")),
    });
    writer.write_record(cells).map_err(io::Error::from)
}

/// A text that no spreadsheet takes for a formula.
fn guarded(text: String) -> String {
    match is_formula(text.trim_start_matches('\'')) {
        true => format!("'{text}"),
        false => text,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Form, Kind, tests::written};

    /// What a reader of the file takes a text for.
    fn unguarded(text: &str) -> &str {
        match text.strip_prefix('\'') {
            Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
            _ => text,
        }
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for text in [
            "=1+1",
            "+SUM(A1)",
            "-2",
            "@x",
            "  =cmd|' /C calc'!A0",
            "\t=1",
            "\r=1",
            "＝1",
            "'=1",
        ] {
            assert_eq!(guarded(text.to_owned()), format!("'{text}"));
        }
        for text in [
            "",
            "User::\"ada\"",
            "a=b",
            "'quoted'",
            "2026-11-03T10:00:00Z",
            "–",
        ] {
            assert_eq!(guarded(text.to_owned()), text);
        }
    }

    #[test]
    fn lines_end_as_the_rfc_has_it_and_numbers_are_bare() {
        let columns = [("who", Kind::Text), ("rows", Kind::Number)];
        let rows = vec![
            vec!["User::\"ada\"".into(), 3_u64.into()],
            vec![Cell::Nothing, Cell::Nothing],
        ];
        let text = written(Table::of(&columns, rows), Form::Csv);
        assert_eq!(text, "who,rows\r\n\"User::\"\"ada\"\"\",3\r\n,\r\n");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(rows in prop::collection::vec(("[=+@',\"\\-\\t\\r\\n aé＝]{0,6}|.{0,9}", any::<u64>(), any::<bool>()), 0..20)) {
            let columns = [("text", Kind::Text), ("count", Kind::Number), ("flag", Kind::Flag)];
            let cells = rows.iter().map(|(text, count, flag)| vec![text.as_str().into(), (*count).into(), (*flag).into()]);
            let text = written(Table::of(&columns, cells.collect()), Form::Csv);
            let mut reader = ::csv::Reader::from_reader(text.as_bytes());
            prop_assert_eq!(reader.headers().unwrap(), vec!["text", "count", "flag"]);
            let read: Vec<_> = reader.records().map(Result::unwrap).map(|record| {
                (unguarded(&record[0]).to_owned(), record[1].parse().unwrap(), record[2].parse().unwrap())
            }).collect();
            for record in &read {
                prop_assert!(!is_formula(&guarded(record.0.clone())));
            }
            prop_assert_eq!(read, rows);
        }
    }
}
