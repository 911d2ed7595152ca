//! Builds a log from rows, in any number. What it holds grows with the distinct values and by a few bytes a row; the rows'
//! own names are compressed as they come.

use std::collections::HashMap;
use std::path::Path;

use model::{Code, Decision, LogImport, LogInfo, SkippedLine};

use crate::batch::{Batch, Entry, Reader, Tables};
use crate::block::{self, Blocks};
use crate::log::{Distinct, Log, NO_INPUT, NO_SLICE, Recorded, Tally};
use crate::skip::{Skipped, TOLD_SKIPS};
use crate::{Error, NO_TIME, Row, instant, store, table};

/// Numbers stay below this, so that [`NO_SLICE`] stays free.
const MAX_TABLE: usize = 0xffff_fff0;

/// A log in the making.
#[derive(Default)]
pub struct Builder {
    tables: Tables,
    distinct: Vec<Distinct>,
    by_distinct: HashMap<Distinct, u32>,
    tallies: Vec<Tally>,
    by_outcome: HashMap<(u32, u32), u32>,
    /// The column of each row's tally, as numbered while building.
    row_tallies: Vec<u32>,
    row_times: Vec<i64>,
    names: Names,
    skipped: Skipped,
    origin: String,
}

/// The rows' names: those of full blocks compressed, those of the last one not yet.
#[derive(Default)]
struct Names {
    full: Vec<Compressed>,
    open: String,
    ends: Vec<usize>,
}

/// The names of one block.
struct Compressed {
    stored: Vec<u8>,
    raw_length: usize,
    rows: usize,
}

impl Names {
    fn push(&mut self, id: &str) -> Result<(), Error> {
        if self.ends.len() >= block::ROWS || self.open.len() >= block::ID_BYTES {
            self.close()?;
        }
        self.open.push_str(id);
        self.ends.push(self.open.len());
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ids = starts
            .zip(&self.ends)
            .map(|(start, end)| self.open.get(start..*end).unwrap_or_default());
        let raw = block::encode_names(ids);
        let stored =
            zstd::encode_all(&raw[..], 1).map_err(|error| Error::write("memory", error))?;
        self.full.push(Compressed {
            stored,
            raw_length: raw.len(),
            rows: self.ends.len(),
        });
        self.open.clear();
        self.ends.clear();
        Ok(())
    }
}

impl Builder {
    /// An empty log that says where it came from, e.g. `generated, seed 7`.
    #[must_use]
    pub fn new(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            ..Self::default()
        }
    }

    /// Adds one row. Returns false, and counts nothing, when an id, the context or a slice in it is malformed.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when the log outgrows its format.
    pub fn push(&mut self, row: &Row) -> Result<bool, Error> {
        let json = row.to_json();
        let mut reader = Reader::default();
        let usable = reader.line(&json).is_ok();
        self.absorb(reader.batch)?;
        Ok(usable)
    }

    /// Counts a line that cannot be used, and why, in words that do not repeat it.
    pub fn skip(&mut self, line: u64, code: Code, why: &str) {
        self.skipped.add(line, code, why);
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        u64::try_from(self.row_tallies.len()).unwrap_or(u64::MAX)
    }

    /// Adds a row by numbers into tables that [`Builder::set_tables`] hands over in the end.
    pub(crate) fn push_entry(&mut self, entry: &Entry, id: &str) -> Result<(), Error> {
        let distinct = Distinct {
            slice: entry.slice,
            principal: entry.principal,
            action: entry.action,
            resource: entry.resource,
            context: entry.context,
            input: entry.input,
        };
        self.count(distinct, entry.outcome, entry.at);
        self.names.push(id)
    }

    /// The tables that rows pushed by [`Builder::push_entry`] refer to.
    pub(crate) fn set_tables(&mut self, tables: Tables) {
        self.tables = tables;
    }

    /// Adds the rows of a batch, and its skipped lines.
    pub(crate) fn absorb(&mut self, mut batch: Batch) -> Result<(), Error> {
        self.skipped.append(std::mem::take(&mut batch.skipped));
        let here = &mut self.tables;
        let uids: Vec<u32> = batch
            .tables
            .uids
            .iter()
            .map(|text| here.uids.intern(text))
            .collect();
        let contexts: Vec<u32> = batch
            .tables
            .contexts
            .iter()
            .map(|text| here.contexts.intern(text))
            .collect();
        let inputs: Vec<u32> = batch
            .tables
            .inputs
            .iter()
            .map(|text| here.inputs.intern(text))
            .collect();
        let entities: Vec<u32> = batch
            .tables
            .entities
            .iter()
            .map(|text| here.entities.intern(text))
            .collect();
        let outcomes: Vec<u32> = batch
            .tables
            .outcomes
            .iter()
            .map(|text| here.outcomes.intern(text))
            .collect();
        let mut slices = Vec::with_capacity(batch.tables.slices.list.len());
        for slice in &batch.tables.slices.list {
            let content = slice.entities.as_deref().map(|numbers| {
                || {
                    numbers
                        .iter()
                        .map(|number| mapped(&entities, *number))
                        .collect()
                }
            });
            slices.push(here.slices.intern(slice.digest, content));
        }
        for (entry, id) in batch.rows.iter().zip(batch.ids()) {
            let distinct = Distinct {
                slice: if entry.slice == NO_SLICE {
                    NO_SLICE
                } else {
                    mapped(&slices, entry.slice)
                },
                principal: mapped(&uids, entry.principal),
                action: mapped(&uids, entry.action),
                resource: mapped(&uids, entry.resource),
                context: mapped(&contexts, entry.context),
                input: if entry.input == NO_INPUT {
                    NO_INPUT
                } else {
                    mapped(&inputs, entry.input)
                },
            };
            self.count(distinct, mapped(&outcomes, entry.outcome), entry.at);
            self.names.push(id)?;
        }
        let here = &self.tables;
        let largest = here
            .uids
            .len()
            .max(here.contexts.len())
            .max(here.inputs.len())
            .max(here.entities.len());
        let largest = largest.max(here.slices.list.len()).max(self.tallies.len());
        if largest > MAX_TABLE {
            return Err(Error::TooLarge(NO_SLICE));
        }
        Ok(())
    }

    fn count(&mut self, distinct: Distinct, outcome: u32, at: i64) {
        let next = number(self.distinct.len());
        let request = *self.by_distinct.entry(distinct).or_insert(next);
        if request == next {
            self.distinct.push(distinct);
        }
        let next = number(self.tallies.len());
        let tally = *self.by_outcome.entry((request, outcome)).or_insert(next);
        if tally == next {
            self.tallies.push(Tally {
                request,
                outcome,
                rows: 0,
                first_at: NO_TIME,
                last_at: NO_TIME,
            });
        }
        if let Some(known) = index(tally).and_then(|tally| self.tallies.get_mut(tally)) {
            known.rows = known.rows.saturating_add(1);
            if at != NO_TIME {
                known.first_at = if known.first_at == NO_TIME {
                    at
                } else {
                    known.first_at.min(at)
                };
                known.last_at = known.last_at.max(at);
            }
        }
        self.row_tallies.push(tally);
        self.row_times.push(at);
    }

    /// The finished log, in memory, and what the import did.
    ///
    /// # Errors
    /// [`Error::Empty`] when there is not one row.
    pub fn build(mut self) -> Result<(Log, LogImport), Error> {
        if self.row_tallies.is_empty() {
            return Err(Error::Empty {
                origin: self.origin,
                skipped: self.skipped.total,
                first: told(&self.skipped.first),
            });
        }
        let request_numbers = sort_by_key(&mut self.distinct, |distinct| *distinct);
        for tally in &mut self.tallies {
            tally.request = mapped(&request_numbers, tally.request);
        }
        let tally_numbers = sort_by_key(&mut self.tallies, |tally| (tally.request, tally.outcome));
        for tally in &mut self.row_tallies {
            *tally = mapped(&tally_numbers, *tally);
        }
        let blocks = self.blocks()?;
        let outcomes = self.tables.outcomes.iter().map(table::recorded);
        let outcomes: Vec<Recorded> = outcomes
            .collect::<Option<_>>()
            .ok_or_else(|| Error::damaged("memory", "an outcome is garbled"))?;
        let import = LogImport {
            rows: self.rows(),
            distinct_requests: u64::from(number(self.distinct.len())),
            slices: u64::from(number(self.tables.slices.list.len())),
            skipped: std::mem::take(&mut self.skipped.first),
            skipped_total: self.skipped.total,
        };
        let mut log = Log {
            uids: self.tables.uids.into_strings(),
            contexts: self.tables.contexts.into_strings(),
            inputs: self.tables.inputs.into_strings(),
            entities: self.tables.entities.into_strings(),
            slices: self.tables.slices.list,
            requests: self.distinct,
            outcomes,
            tallies: self.tallies,
            info: LogInfo::default(),
            blocks,
        };
        log.info = info(&log, &import, self.origin);
        Ok((log, import))
    }

    /// Builds the log and writes it as a compact store.
    ///
    /// # Errors
    /// Those of [`Builder::build`] and [`Log::write`].
    pub fn finish(self, path: &Path) -> Result<LogImport, Error> {
        let (log, import) = self.build()?;
        log.write(path)?;
        Ok(import)
    }

    fn blocks(&mut self) -> Result<Blocks, Error> {
        self.names.close()?;
        let mut blocks = Vec::with_capacity(self.names.full.len());
        let mut tallies = &self.row_tallies[..];
        let mut times = &self.row_times[..];
        for names in self.names.full.drain(..) {
            let (tallies_here, tallies_after) = tallies
                .split_at_checked(names.rows)
                .unwrap_or((tallies, &[]));
            let (times_here, times_after) =
                times.split_at_checked(names.rows).unwrap_or((times, &[]));
            (tallies, times) = (tallies_after, times_after);
            let raw = block::encode_columns(tallies_here, times_here);
            let mut stored = names.stored;
            // Two frames, one after the other, decompress as one.
            stored.append(
                &mut zstd::encode_all(&raw[..], 3)
                    .map_err(|error| Error::write("memory", error))?,
            );
            let mut section = store::describe(table::ROWS, &stored, names.raw_length + raw.len());
            section.rows = u64::try_from(names.rows).unwrap_or(0);
            blocks.push((stored, section));
        }
        Ok(Blocks::Memory(blocks))
    }
}

/// Those of the unusable lines that everybody who opens the log is told of.
fn told(skipped: &[SkippedLine]) -> Vec<SkippedLine> {
    skipped.iter().take(TOLD_SKIPS).cloned().collect()
}

/// What a log holds, in numbers; its size is known once it is written.
fn info(log: &Log, import: &LogImport, origin: String) -> LogInfo {
    let mut info = LogInfo {
        rows: import.rows,
        distinct_requests: import.distinct_requests,
        slices: import.slices,
        skipped: import.skipped_total,
        first_skipped: told(&import.skipped),
        origin,
        ..LogInfo::default()
    };
    let (mut first, mut last) = (i64::MAX, NO_TIME);
    for tally in &log.tallies {
        let rows = u64::from(tally.rows);
        let outcome = index(tally.outcome).and_then(|at| log.outcomes.get(at));
        if outcome.is_some_and(|outcome| outcome.decision == Decision::Allow) {
            info.allowed += rows;
        }
        let request = index(tally.request).and_then(|at| log.requests.get(at));
        if request.is_some_and(|request| request.slice == NO_SLICE) {
            info.entities_assumed += rows;
        }
        if tally.first_at != NO_TIME {
            first = first.min(tally.first_at);
            last = last.max(tally.last_at);
        }
    }
    if last != NO_TIME {
        info.first_at = instant::format(first);
        info.last_at = instant::format(last);
    }
    info
}

fn index(number: u32) -> Option<usize> {
    usize::try_from(number).ok()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// INVARIANT: `map` has an entry for every number handed out before.
fn mapped(map: &[u32], number: u32) -> u32 {
    index(number)
        .and_then(|at| map.get(at))
        .copied()
        .unwrap_or(0)
}

/// Sorts `items`; returns each old number's new one.
fn sort_by_key<T: Copy, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) -> Vec<u32> {
    let mut order: Vec<(T, u32)> = items.iter().copied().zip(0..).collect();
    order.sort_unstable_by_key(|(item, old)| (key(item), *old));
    let mut numbers = vec![0; order.len()];
    for (new, (_, old)) in (0..).zip(&order) {
        if let Some(slot) = index(*old).and_then(|old| numbers.get_mut(old)) {
            *slot = new;
        }
    }
    *items = order.into_iter().map(|(item, _)| item).collect();
    numbers
}
