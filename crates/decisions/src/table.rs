//! The tables of a log as bytes. Every table is written column by column, because equal things side by side compress best.

use model::{Decision, PolicyError};

use crate::bytes::{Cursor, put_signed, put_unsigned};
use crate::line::Outcome;
use crate::log::{Distinct, Log, NO_INPUT, NO_SLICE, Recorded, Tally};
use crate::{NO_TIME, Slice};

/// The tables, each after those it refers to.
pub(crate) const NAMES: [&str; 8] = [
    "uids", "contexts", INPUTS, "entities", "slices", "requests", "outcomes", "tallies",
];

/// The one table that a store may lack: only rows of the Open Policy Agent have inputs.
pub(crate) const INPUTS: &str = "inputs";

/// The name all blocks of rows share.
pub(crate) const ROWS: &str = "rows";

/// The shortest string of a table: an empty object.
const SHORTEST: usize = 2;

/// One table as bytes.
pub(crate) fn encode(name: &str, log: &Log) -> Vec<u8> {
    let mut out = Vec::new();
    match name {
        "uids" => strings(log.uids.iter().map(String::as_str), &mut out),
        "contexts" => strings(log.contexts.iter().map(String::as_str), &mut out),
        INPUTS => strings(log.inputs.iter().map(String::as_str), &mut out),
        "entities" => strings(log.entities.iter().map(String::as_str), &mut out),
        "slices" => slices(&log.slices, &mut out),
        "requests" => requests(&log.requests, !log.inputs.is_empty(), &mut out),
        "outcomes" => {
            let keys: Vec<String> = log.outcomes.iter().map(outcome_key).collect();
            strings(keys.iter().map(String::as_str), &mut out);
        }
        "tallies" => tallies(&log.tallies, &mut out),
        _ => {}
    }
    out
}

/// Reads one table into the log; those it refers to must be there. Nothing when the bytes are not such a table.
pub(crate) fn decode(name: &str, raw: &[u8], log: &mut Log) -> Option<()> {
    let mut cursor = Cursor::new(raw);
    match name {
        "uids" => log.uids = read_strings(&mut cursor)?,
        "contexts" => log.contexts = read_strings(&mut cursor)?,
        INPUTS => log.inputs = read_strings(&mut cursor)?,
        "entities" => log.entities = read_strings(&mut cursor)?,
        "slices" => log.slices = read_slices(&mut cursor, log.entities.len())?,
        "requests" => log.requests = read_requests(&mut cursor, log)?,
        "outcomes" => {
            let keys = read_strings(&mut cursor)?;
            log.outcomes = keys
                .iter()
                .map(|key| recorded(key))
                .collect::<Option<_>>()?;
        }
        "tallies" => log.tallies = read_tallies(&mut cursor, log)?,
        _ => return None,
    }
    cursor.is_at_end().then_some(())
}

fn put_length(length: usize, out: &mut Vec<u8>) {
    put_unsigned(u64::try_from(length).unwrap_or(u64::MAX), out);
}

fn strings<'a>(strings: impl ExactSizeIterator<Item = &'a str> + Clone, out: &mut Vec<u8>) {
    put_length(strings.len(), out);
    for string in strings.clone() {
        put_length(string.len(), out);
    }
    for string in strings {
        out.extend_from_slice(string.as_bytes());
    }
}

fn read_strings(cursor: &mut Cursor<'_>) -> Option<Vec<String>> {
    let count = count(cursor, 1 + SHORTEST)?;
    let mut lengths = Vec::with_capacity(count);
    for _ in 0..count {
        lengths.push(cursor.length().filter(|length| *length >= SHORTEST)?);
    }
    let mut rest = str::from_utf8(cursor.take(cursor.remaining())?).ok()?;
    let mut strings = Vec::with_capacity(count);
    for length in lengths {
        let (string, tail) = rest.split_at_checked(length)?;
        strings.push(string.to_owned());
        rest = tail;
    }
    rest.is_empty().then_some(strings)
}

/// Reads how many entries follow. Each takes some bytes at least, so a count that cannot fit is a lie.
fn count(cursor: &mut Cursor<'_>, shortest: usize) -> Option<usize> {
    let count = cursor.length()?;
    (count.checked_mul(shortest)? <= cursor.remaining() && u32::try_from(count).is_ok())
        .then_some(count)
}

fn slices(slices: &[Slice], out: &mut Vec<u8>) {
    put_length(slices.len(), out);
    for slice in slices {
        out.extend_from_slice(&slice.digest);
    }
    for slice in slices {
        match &slice.entities {
            None => put_length(0, out),
            Some(entities) => put_length(entities.len() + 1, out),
        }
    }
    for slice in slices {
        for entity in slice.entities.iter().flatten() {
            put_unsigned(u64::from(*entity), out);
        }
    }
}

fn read_slices(cursor: &mut Cursor<'_>, entities: usize) -> Option<Vec<Slice>> {
    let count = count(cursor, 33)?;
    let mut slices = Vec::with_capacity(count);
    for _ in 0..count {
        slices.push(Slice {
            digest: cursor.take(32)?.try_into().ok()?,
            entities: None,
        });
    }
    let mut lengths = Vec::with_capacity(count);
    for _ in 0..count {
        lengths.push(cursor.length()?);
    }
    for (slice, length) in slices.iter_mut().zip(lengths) {
        if let Some(length) = length.checked_sub(1) {
            if length > cursor.remaining() {
                return None;
            }
            // As long as it will be from the beginning: there are as many slices as requests.
            let mut numbers = Vec::with_capacity(length);
            for _ in 0..length {
                numbers.push(cursor.number(entities)?);
            }
            slice.entities = Some(numbers.into_boxed_slice());
        }
    }
    Some(slices)
}

/// The column of inputs is there only when the log has some, so that other logs are what they were before there were any.
fn requests(requests: &[Distinct], with_inputs: bool, out: &mut Vec<u8>) {
    put_length(requests.len(), out);
    let mut before = 0;
    for request in requests {
        let slice = i64::from(request.slice);
        put_signed(slice - before, out);
        before = slice;
    }
    for column in [
        |request: &Distinct| request.principal,
        |request: &Distinct| request.action,
        |request: &Distinct| request.resource,
        |request: &Distinct| request.context,
    ] {
        for request in requests {
            put_unsigned(u64::from(column(request)), out);
        }
    }
    if with_inputs {
        for request in requests {
            // None is 0, the first is 1.
            put_unsigned(u64::from(request.input.wrapping_add(1)), out);
        }
    }
}

fn read_requests(cursor: &mut Cursor<'_>, log: &Log) -> Option<Vec<Distinct>> {
    let count = count(cursor, 5)?;
    let mut requests = Vec::with_capacity(count);
    let mut slice = 0_i64;
    for _ in 0..count {
        slice = slice.checked_add(cursor.signed()?)?;
        let number = u32::try_from(slice).ok()?;
        if number != NO_SLICE && usize::try_from(number).ok()? >= log.slices.len() {
            return None;
        }
        requests.push(Distinct {
            slice: number,
            principal: 0,
            action: 0,
            resource: 0,
            context: 0,
            input: NO_INPUT,
        });
    }
    for request in &mut requests {
        request.principal = cursor.number(log.uids.len())?;
    }
    for request in &mut requests {
        request.action = cursor.number(log.uids.len())?;
    }
    for request in &mut requests {
        request.resource = cursor.number(log.uids.len())?;
    }
    for request in &mut requests {
        request.context = cursor.number(log.contexts.len())?;
    }
    if !log.inputs.is_empty() {
        for request in &mut requests {
            request.input = cursor.number(log.inputs.len() + 1)?.wrapping_sub(1);
        }
    }
    requests.is_sorted_by(|a, b| a < b).then_some(requests)
}

fn tallies(tallies: &[Tally], out: &mut Vec<u8>) {
    put_length(tallies.len(), out);
    let mut before = 0;
    for tally in tallies {
        let request = i64::from(tally.request);
        put_signed(request - before, out);
        before = request;
    }
    for tally in tallies {
        put_unsigned(u64::from(tally.outcome), out);
    }
    for tally in tallies {
        put_unsigned(u64::from(tally.rows), out);
    }
    for tally in tallies {
        put_signed(tally.first_at, out);
        put_signed(tally.last_at.wrapping_sub(tally.first_at), out);
    }
}

fn read_tallies(cursor: &mut Cursor<'_>, log: &Log) -> Option<Vec<Tally>> {
    let count = count(cursor, 5)?;
    let mut tallies = Vec::with_capacity(count);
    let mut request = 0_i64;
    for _ in 0..count {
        request = request.checked_add(cursor.signed()?)?;
        let number = u32::try_from(request).ok()?;
        if usize::try_from(number).ok()? >= log.requests.len() {
            return None;
        }
        tallies.push(Tally {
            request: number,
            outcome: 0,
            rows: 0,
            first_at: NO_TIME,
            last_at: NO_TIME,
        });
    }
    for tally in &mut tallies {
        tally.outcome = cursor.number(log.outcomes.len())?;
    }
    for tally in &mut tallies {
        tally.rows = u32::try_from(cursor.unsigned()?).ok()?;
    }
    for tally in &mut tallies {
        tally.first_at = cursor.signed()?;
        tally.last_at = tally.first_at.wrapping_add(cursor.signed()?);
    }
    let key = |tally: &Tally| (tally.request, tally.outcome);
    tallies
        .is_sorted_by(|a, b| key(a) < key(b))
        .then_some(tallies)
}

/// The outcome under a key that [`Outcome::write_key`] made.
pub(crate) fn recorded(key: &str) -> Option<Recorded> {
    type Key = (
        Decision,
        Vec<String>,
        Vec<(String, String)>,
        String,
        String,
        String,
    );
    let (decision, reasons, errors, bundle, engine, tenant): Key =
        serde_json::from_str(key).ok()?;
    Some(Recorded {
        decision,
        reasons,
        errors: errors
            .into_iter()
            .map(|(policy, message)| PolicyError { policy, message })
            .collect(),
        bundle,
        engine,
        tenant,
    })
}

fn outcome_key(recorded: &Recorded) -> String {
    let mut outcome = Outcome {
        decision: recorded.decision,
        reasons: recorded
            .reasons
            .iter()
            .map(|reason| reason.as_str().into())
            .collect(),
        errors: recorded
            .errors
            .iter()
            .map(|error| (error.policy.as_str().into(), error.message.as_str().into()))
            .collect(),
        bundle: recorded.bundle.as_str().into(),
        engine: recorded.engine.as_str().into(),
        tenant: recorded.tenant.as_str().into(),
    };
    let mut key = String::new();
    outcome.write_key(&mut key);
    key
}
