//! Writes generated rows as lines of JSON. What repeats (ids, outcomes) is put into its JSON form once.

use std::io::Write;

use crate::batch::{Entry, Tables};
use crate::generate::Sink;
use crate::slice::digest_text;
use crate::{Error, canonical, instant, row, table};

/// Text is handed on when this much has gathered.
const BUFFER: usize = 1 << 20;

/// Rows on their way out.
pub(crate) struct Lines<'a> {
    out: &'a mut dyn Write,
    text: String,
    uids: Vec<String>,
    outcomes: Vec<String>,
    /// For each slice, whether it was given in full.
    given: Vec<bool>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(out: &'a mut dyn Write) -> Self {
        Self {
            out,
            text: String::with_capacity(BUFFER * 2),
            uids: Vec::new(),
            outcomes: Vec::new(),
            given: Vec::new(),
        }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        let failed = |error| Error::write("-", error);
        self.out.write_all(self.text.as_bytes()).map_err(failed)?;
        self.text.clear();
        self.out.flush().map_err(failed)
    }

    /// Brings the JSON forms up to date with the tables.
    fn follow(&mut self, tables: &Tables) {
        for number in self.uids.len()..tables.uids.len() {
            let mut json = String::new();
            canonical::write_string(tables.uids.get(number), &mut json);
            self.uids.push(json);
        }
        for number in self.outcomes.len()..tables.outcomes.len() {
            let mut json = String::new();
            if let Some(recorded) = table::recorded(tables.outcomes.get(number)) {
                row::write_outcome(&recorded, &mut json);
            }
            self.outcomes.push(json);
        }
        self.given.resize(tables.slices.list.len(), false);
    }
}

impl Sink for Lines<'_> {
    fn row(&mut self, tables: &Tables, entry: &Entry, id: &str) -> Result<(), Error> {
        self.follow(tables);
        let uid = |number: u32| at(&self.uids, number).map_or("\"\"", String::as_str);
        let out = &mut self.text;
        out.push_str("{\"v\":1,\"id\":");
        canonical::write_string(id, out);
        out.push_str(",\"at\":\"");
        out.push_str(&instant::format(entry.at));
        out.push_str("\",\"principal\":");
        out.push_str(uid(entry.principal));
        out.push_str(",\"action\":");
        out.push_str(uid(entry.action));
        out.push_str(",\"resource\":");
        out.push_str(uid(entry.resource));
        out.push_str(",\"context\":");
        out.push_str(
            tables
                .contexts
                .get(usize::try_from(entry.context).unwrap_or(0)),
        );
        if let (Some(slice), Some(given)) = (
            at(&tables.slices.list, entry.slice),
            usize::try_from(entry.slice)
                .ok()
                .and_then(|at| self.given.get_mut(at)),
        ) {
            if *given {
                out.push_str(",\"entities\":\"");
                out.push_str(&digest_text(&slice.digest));
                out.push('"');
            } else {
                *given = true;
                out.push_str(",\"entities\":[");
                for (index, entity) in slice.entities.iter().flatten().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str(tables.entities.get(usize::try_from(*entity).unwrap_or(0)));
                }
                out.push(']');
            }
        }
        out.push_str(at(&self.outcomes, entry.outcome).map_or("", String::as_str));
        out.push_str("}\n");
        if self.text.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }
}

fn at<T>(list: &[T], number: u32) -> Option<&T> {
    list.get(usize::try_from(number).ok()?)
}
