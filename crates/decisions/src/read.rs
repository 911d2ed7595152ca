//! Imports logs: one thread reads and decompresses, several read lines into batches, one puts the batches together in the
//! order of the file. Chunks are dealt out in turn and collected in the same turn, so the result does not depend on how
//! many threads there are, and what is in flight is bounded.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use model::Code;

use crate::batch::{Batch, Reader};
use crate::skip::Why;
use crate::source::{self, Source};
use crate::split::{Chunk, MAX_LINE, Splitter, TOO_LONG};
use crate::{Builder, Error};

/// Called now and then with the bytes read and the bytes there are (0 when unknown); `Break` cancels.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// What flows from the reading thread to the workers, and on.
type Dealt<T> = Result<T, Error>;

/// Imports logs in any of the known forms, one after the other, into one builder. A slice given inline in one serves all.
///
/// # Errors
/// [`Error::Read`] when a source cannot be read, [`Error::Cancelled`], [`Error::TooLarge`]. That not one row was found is
/// [`Builder::build`]'s error.
pub fn import(
    sources: Vec<Source>,
    threads: usize,
    progress: Progress<'_>,
) -> Result<Builder, Error> {
    let origin: Vec<String> = sources.iter().map(Source::name).collect();
    let mut builder = Builder::new(origin.join(", "));
    let total = sources.iter().map(Source::size).sum();
    let done = Arc::new(AtomicU64::new(0));
    let workers = threads.clamp(1, 64);
    thread::scope(|scope| {
        let mut deal: Vec<SyncSender<Dealt<Chunk>>> = Vec::with_capacity(workers);
        let mut collect: Vec<Receiver<Dealt<Batch>>> = Vec::with_capacity(workers);
        for _ in 0..workers {
            let (chunks, work) = sync_channel(1);
            let (results, batches) = sync_channel(1);
            deal.push(chunks);
            collect.push(batches);
            scope.spawn(move || {
                for chunk in work {
                    let batch = chunk.map(|chunk| read_chunk(&chunk));
                    if results.send(batch).is_err() {
                        return;
                    }
                }
            });
        }
        let count = Arc::clone(&done);
        scope.spawn(move || cut(sources, &count, &deal));
        // Dropping `collect` on an early return makes every sender fail, and every thread end.
        let collect = collect;
        for batches in collect.iter().cycle() {
            // The chunks of one worker end when all do.
            let Ok(batch) = batches.recv() else { break };
            builder.absorb(batch?)?;
            if progress(done.load(Ordering::Relaxed), total).is_break() {
                return Err(Error::Cancelled);
            }
        }
        Ok(builder)
    })
}

/// Cuts all sources into chunks and deals them out in turn. A failure is dealt like a chunk, so that it arrives in order.
fn cut(sources: Vec<Source>, done: &Arc<AtomicU64>, deal: &[SyncSender<Dealt<Chunk>>]) {
    let mut turns = deal.iter().cycle();
    let mut send = |chunk| turns.next().is_some_and(|turn| turn.send(chunk).is_ok());
    for source in sources {
        if let Err(error) = cut_one(source, done, &mut send) {
            send(Err(error));
            return;
        }
    }
}

fn cut_one(
    source: Source,
    done: &Arc<AtomicU64>,
    send: &mut impl FnMut(Dealt<Chunk>) -> bool,
) -> Result<(), Error> {
    let mut input = source::open(source, Arc::clone(done))?;
    let bytes = std::mem::replace(&mut input.bytes, Box::new(std::io::empty()));
    let mut splitter = Splitter::new(bytes);
    loop {
        match splitter.next() {
            Ok(Some(chunk)) => {
                if !send(Ok(chunk)) {
                    return Ok(());
                }
            }
            Ok(None) => return Ok(()),
            Err(_) if input.compressed && !input.is_broken() => {
                // The compressed stream is cut off or garbled: what came before counts, the break is reported.
                let mut rest = splitter.into_rest();
                if !rest.open_end {
                    let cut = "the compressed file breaks off";
                    let broken = (rest.first_line, Code::LogTruncated, cut);
                    rest.skipped.get_or_insert(broken);
                }
                send(Ok(rest));
                return Ok(());
            }
            Err(error) => return Err(Error::read(&input.name, error)),
        }
    }
}

/// Reads the lines or values of one chunk.
fn read_chunk(chunk: &Chunk) -> Batch {
    let mut reader = Reader::default();
    match &chunk.values {
        Some(values) => {
            for (range, line) in values {
                let value = chunk.bytes.get(range.clone()).unwrap_or_default();
                read_line(&mut reader, value, *line, false);
            }
        }
        None => read_lines(&mut reader, chunk),
    }
    // Behind all that the chunk holds.
    if let Some((line, code, why)) = chunk.skipped {
        reader.batch.skipped.add(line, code, why);
    }
    reader.batch
}

fn read_lines<'a>(reader: &mut Reader<'a>, chunk: &'a Chunk) {
    let mut rest = &chunk.bytes[..];
    let mut number = chunk.first_line;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = match end {
            Some(end) => (
                rest.get(..end).unwrap_or_default(),
                rest.get(end + 1..).unwrap_or_default(),
            ),
            None => (rest, &[][..]),
        };
        read_line(reader, line, number, end.is_none() && chunk.open_end);
        rest = after;
        number += 1;
    }
}

fn read_line<'a>(reader: &mut Reader<'a>, line: &'a [u8], number: u64, open_end: bool) {
    let (code, why) = match str::from_utf8(line) {
        Ok(text) if text.trim_ascii().is_empty() => return,
        Ok(text) if text.len() > MAX_LINE => (Code::LogLine, TOO_LONG.into()),
        Ok(text) => match reader.line(text) {
            Ok(()) => return,
            Err(why) => (Code::LogLine, why),
        },
        Err(_) => (Code::LogEncoding, Why::Member("it is not UTF-8")),
    };
    let code = if open_end { Code::LogTruncated } else { code };
    reader.batch.skipped.add(number, code, why);
}
