//! Full-text search over texts that are given at the start, in memory: SQLite's FTS5.

use std::path::Path;

use rusqlite::{Connection, params};

use crate::Error;

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its title. Words in it count for more.
    pub title: String,
    /// What it says.
    pub body: String,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its number among the texts, from 0.
    pub number: usize,
    /// The part of the body in which words were found, or its beginning.
    pub excerpt: String,
}

/// Texts that can be searched. Accents and case make no difference, and a word finds those that begin with it.
pub struct Index {
    connection: Connection,
}

impl Index {
    /// An index of these texts.
    ///
    /// # Errors
    /// SQLite's own, such as want of memory.
    pub fn new(texts: impl IntoIterator<Item = Text>) -> Result<Self, Error> {
        let fill = || -> rusqlite::Result<Connection> {
            let connection = Connection::open_in_memory()?;
            connection.execute_batch(
                "CREATE VIRTUAL TABLE texts USING fts5(title, body, tokenize = \"unicode61 remove_diacritics 2\", prefix = '2 3'); BEGIN",
            )?;
            let mut row =
                connection.prepare("INSERT INTO texts (rowid, title, body) VALUES (?1, ?2, ?3)")?;
            for (number, text) in (0_i64..).zip(texts) {
                row.execute(params![number, text.title, text.body])?;
            }
            drop(row);
            connection.execute_batch("COMMIT")?;
            Ok(connection)
        };
        let connection = fill().map_err(|error| Error::sqlite(Path::new(":memory:"), &error))?;
        Ok(Self { connection })
    }

    /// The texts that have all of the words, best first; if there is none, those that have some of them. Nothing in the words is syntax.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn search(&self, words: &str, limit: u32) -> Result<Vec<Hit>, Error> {
        let words: Vec<String> = words
            .split_whitespace()
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
            .collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let all = self.matching(&words.join(" AND "), limit)?;
        if !all.is_empty() || words.len() == 1 {
            return Ok(all);
        }
        self.matching(&words.join(" OR "), limit)
    }

    fn matching(&self, expression: &str, limit: u32) -> Result<Vec<Hit>, Error> {
        let find = || -> rusqlite::Result<Vec<Hit>> {
            let mut query = self.connection.prepare(
                "SELECT rowid, snippet(texts, 1, '', '', '…', 20) FROM texts WHERE texts MATCH ?1 ORDER BY bm25(texts, 8, 1), rowid LIMIT ?2",
            )?;
            let hits = query.query_map(params![expression, limit], |row| {
                let number: i64 = row.get(0)?;
                Ok(Hit {
                    number: usize::try_from(number).unwrap_or_default(),
                    excerpt: row.get(1)?,
                })
            })?;
            hits.collect()
        };
        find().map_err(|error| Error::sqlite(Path::new(":memory:"), &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let texts = [
            (
                "Keys",
                "A key that does not open. Keep a recovery file elsewhere.",
            ),
            ("Schlüssel", "Der Schlüsselbund des Systems fehlt."),
            (
                "Ledger",
                "Receipts, signed by a key. A backup was put back. (key_locked)",
            ),
        ];
        Index::new(texts.map(|(title, body)| Text {
            title: title.into(),
            body: body.into(),
        }))
        .unwrap()
    }

    fn found(words: &str) -> Vec<usize> {
        let hits = index().search(words, 10).unwrap();
        hits.into_iter().map(|hit| hit.number).collect()
    }

    #[test]
    fn the_best_comes_first() {
        assert_eq!(found("key"), [0, 2], "in the title, then in the text");
        assert_eq!(found("key backup"), [2], "all words before some");
        assert_eq!(
            found("recovery backup").len(),
            2,
            "some, if nothing has all"
        );
        assert_eq!(found("nowhere"), [0; 0]);
        assert_eq!(index().search("key", 1).unwrap().len(), 1);
    }

    #[test]
    fn accents_case_and_endings_make_no_difference() {
        assert_eq!(found("schlussel"), [1]);
        assert_eq!(found("SCHLÜSSELB"), [1]);
        assert_eq!(found("key_lock"), [2]);
    }

    #[test]
    fn nothing_typed_is_syntax() {
        for typed in [
            "",
            " ",
            "\"",
            "*",
            "a\"b",
            "key OR",
            "NEAR(",
            "title:key",
            "-key",
            "' OR 1=1 --",
            "\0",
            "^",
            "(((",
            "key\" OR \"x",
        ] {
            assert!(index().search(typed, 10).is_ok(), "{typed}");
        }
    }

    #[test]
    fn an_excerpt_shows_where() {
        let hits = index().search("backup", 10).unwrap();
        assert!(hits[0].excerpt.contains("backup was put back"), "{hits:?}");
    }
}
