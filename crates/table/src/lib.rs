//! A table as a plain value, and the three forms in which it is handed on: CSV, JSON and Markdown. Its rows come one by one, so a
//! table of a million rows takes no more memory than one of ten. Columns have stable names in lower case (`first_at`), the same in
//! every language: they are the keys in JSON and the head in CSV, and scripts rest on them.

mod csv;
mod json;
mod markdown;

pub use markdown::escaped;

use std::io::{self, Write};

use model::{Code, Failure};

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, names, moments (RFC 3339 in UTC).
    Text,
    /// Counts.
    Number,
    /// True or false.
    Flag,
    /// Several names.
    List,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its stable name, unique in the table.
    pub name: &'static str,
    /// What stands in it.
    pub kind: Kind,
}

/// What stands in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It is not known, or there is none.
    Nothing,
    /// Words.
    Text(String),
    /// A count.
    Number(u64),
    /// True or false.
    Flag(bool),
    /// Several names.
    List(Vec<String>),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Vec<String>> for Cell {
    fn from(names: Vec<String>) -> Self {
        Self::List(names)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Nothing, Into::into)
    }
}

/// The rows of a table, each as wide as its columns. What could not be read or was cancelled ends them.
pub type Rows<'a> = Box<dyn Iterator<Item = Result<Vec<Cell>, Failure>> + 'a>;

/// Rows under columns.
pub struct Table<'a> {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Rows<'a>,
}

/// A form in which a table is handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// RFC 4180 in UTF-8, with a head. A text that a spreadsheet would take for a formula has a `'` in front.
    Csv,
    /// An array of objects, one a line, each with all keys.
    Json,
    /// A table as GitHub reads it.
    Markdown,
}

/// Why a table was not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row could not be had.
    #[error("{0}")]
    Row(Failure),
    /// It could not be written down.
    #[error("cannot write the table: {0}")]
    Write(#[from] io::Error),
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Row(failure) => failure.code,
            Self::Write(_) => Code::FileWrite,
        }
    }
}

impl<'a> Table<'a> {
    /// A table of rows that are at hand.
    #[must_use]
    pub fn of(columns: &[(&'static str, Kind)], rows: Vec<Vec<Cell>>) -> Self {
        Self::streamed(columns, Box::new(rows.into_iter().map(Ok)))
    }

    /// A table of rows that are made as they are asked for.
    #[must_use]
    pub fn streamed(columns: &[(&'static str, Kind)], rows: Rows<'a>) -> Self {
        let column = |(name, kind): &(&'static str, Kind)| Column { name, kind: *kind };
        Self {
            columns: columns.iter().map(column).collect(),
            rows,
        }
    }

    /// Writes all of it; the number of its rows.
    ///
    /// # Errors
    /// What ended the rows, or kept them from being written; then the output holds a part.
    pub fn write(self, form: Form, out: &mut dyn Write) -> Result<u64, Error> {
        match form {
            Form::Csv => csv::write(self, out),
            Form::Json => json::write(self, out),
            Form::Markdown => markdown::write(self, out),
        }
    }

    /// Writes one row after the other with what a form has for it.
    fn each(
        self,
        mut put: impl FnMut(&[Column], &[Cell]) -> Result<(), io::Error>,
    ) -> Result<u64, Error> {
        let mut count = 0;
        for row in self.rows {
            let mut row = row.map_err(Error::Row)?;
            row.resize(self.columns.len(), Cell::Nothing);
            put(&self.columns, &row)?;
            count += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn written(table: Table<'_>, form: Form) -> String {
        let mut out = Vec::new();
        table.write(form, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_ends_the_rows_ends_the_table_in_every_form() {
        for form in [Form::Csv, Form::Json, Form::Markdown] {
            let gone = Failure::new(Code::Cancelled, "cancelled");
            let rows = [Ok(vec!["a".into()]), Err(gone), Ok(vec!["b".into()])];
            let table = Table::streamed(&[("x", Kind::Text)], Box::new(rows.into_iter()));
            let error = table.write(form, &mut io::sink()).unwrap_err();
            assert_eq!(error.code(), Code::Cancelled);
        }
    }

    #[test]
    fn rows_are_as_wide_as_the_columns() {
        let rows = vec![Vec::new(), vec!["a".into(), "b".into(), "c".into()]];
        let columns = [("one", Kind::Text), ("two", Kind::Text)];
        assert_eq!(
            written(Table::of(&columns, rows), Form::Csv),
            "one,two\r\n,\r\na,b\r\n"
        );
    }
}
