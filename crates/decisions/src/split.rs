//! Cuts a stream into chunks of whole lines, or, when the file is one JSON array or holds objects spread over several lines,
//! into chunks of whole values. Each chunk can then be read by any thread. A line or value may be 16 MiB long; a longer one
//! is skipped without being held in memory.

use std::io::{self, BufRead};
use std::ops::Range;

use model::Code;

/// The longest line or value that is read.
pub const MAX_LINE: usize = 16 << 20;

/// What is wrong with a longer one.
pub(crate) const TOO_LONG: &str = "it is longer than 16 MiB";

/// How much text a chunk holds, about.
const CHUNK: usize = 2 << 20;

/// Some whole lines or values.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) bytes: Vec<u8>,
    /// Where each value lies and on which line it starts; lines are found by whoever reads the chunk.
    pub(crate) values: Option<Vec<(Range<usize>, u64)>>,
    /// Number of the first line.
    pub(crate) first_line: u64,
    /// The last line ends with the stream instead of a line break.
    pub(crate) open_end: bool,
    /// A line behind the others that was found unusable already, and why.
    pub(crate) skipped: Option<(u64, Code, &'static str)>,
}

/// How the stream is cut.
enum Mode {
    Lines,
    Values(Values),
}

/// What is known of a stream of values between chunks.
#[derive(Default)]
struct Values {
    /// Inside the array that spans the file.
    in_array: bool,
    /// A value outgrew [`MAX_LINE`]: its end is not looked for any more.
    lost: bool,
    /// No scan before this many bytes are there, so that a long value is not scanned again and again.
    wanted: usize,
}

/// Where a scan stands.
enum State {
    /// Between values.
    Outside,
    /// In an object or array that started here, on that line.
    Inside {
        start: usize,
        line: u64,
        brackets: u64,
        in_string: bool,
        escaped: bool,
    },
    /// In something that is no row, whatever it is: up to the next comma or line break.
    Junk { start: usize, line: u64 },
}

/// Cuts one stream.
pub(crate) struct Splitter<R> {
    input: R,
    mode: Option<Mode>,
    carry: Vec<u8>,
    /// Number of the line that `carry` starts on.
    line: u64,
    done: bool,
}

impl<R: BufRead> Splitter<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            mode: None,
            carry: Vec::new(),
            line: 1,
            done: false,
        }
    }

    /// The next chunk, or nothing at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Chunk>> {
        if self.done {
            return Ok(None);
        }
        // Enough to see how the first value starts; a stream may hand out less at a time.
        while self.mode.is_none() {
            let more = read_some(&mut self.input, &mut self.carry)?;
            if more == 0 || self.carry.len() >= 1024 {
                self.choose_mode();
            }
        }
        match self.mode {
            Some(Mode::Values(_)) => self.next_values(),
            _ => self.next_lines(),
        }
    }

    /// What was read before the stream broke off: one last chunk.
    pub(crate) fn into_rest(mut self) -> Chunk {
        if self.mode.is_none() {
            self.choose_mode();
        }
        self.finish()
    }

    fn choose_mode(&mut self) {
        if self.carry.starts_with(&[0xef, 0xbb, 0xbf]) {
            self.carry.drain(..3);
        }
        self.mode = Some(if starts_spread(&self.carry) {
            Mode::Values(Values::default())
        } else {
            Mode::Lines
        });
    }

    fn finish(&mut self) -> Chunk {
        match self.mode {
            Some(Mode::Values(_)) => self.values(true),
            _ => {
                let bytes = std::mem::take(&mut self.carry);
                let open_end = bytes.last().is_some_and(|last| *last != b'\n');
                self.lines(bytes, open_end)
            }
        }
    }

    fn next_lines(&mut self) -> io::Result<Option<Chunk>> {
        let mut searched = 0;
        loop {
            if self.carry.len() >= CHUNK
                && let Some(end) = last_break(&self.carry, searched)
            {
                let rest = self.carry.split_off(end + 1);
                let bytes = std::mem::replace(&mut self.carry, rest);
                return Ok(Some(self.lines(bytes, false)));
            }
            if self.carry.len() >= CHUNK {
                searched = self.carry.len();
            }
            if self.carry.len() > MAX_LINE {
                return self.skip_line().map(Some);
            }
            if read_some(&mut self.input, &mut self.carry)? == 0 {
                self.done = true;
                return Ok(Some(self.finish()));
            }
        }
    }

    fn lines(&mut self, bytes: Vec<u8>, open_end: bool) -> Chunk {
        let breaks = bytes.iter().filter(|byte| **byte == b'\n').count();
        let first_line = self.line;
        self.line += u64::try_from(breaks).unwrap_or(0);
        Chunk {
            bytes,
            first_line,
            open_end,
            ..Chunk::default()
        }
    }

    /// Drops the overlong line that `carry` starts with.
    fn skip_line(&mut self) -> io::Result<Chunk> {
        self.carry = Vec::new();
        loop {
            let buffer = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            let (used, ended) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.input.consume(used);
            if ended {
                let line = self.line;
                self.line += 1;
                return Ok(Chunk {
                    first_line: line,
                    skipped: Some((line, Code::LogLine, TOO_LONG)),
                    ..Chunk::default()
                });
            }
        }
    }

    fn next_values(&mut self) -> io::Result<Option<Chunk>> {
        loop {
            if matches!(&self.mode, Some(Mode::Values(values)) if self.carry.len() >= values.wanted.max(CHUNK))
            {
                let chunk = self.values(false);
                let found = chunk
                    .values
                    .as_ref()
                    .is_some_and(|values| !values.is_empty());
                let wanted = if found { 0 } else { self.carry.len() * 2 };
                if let Some(Mode::Values(values)) = &mut self.mode {
                    values.wanted = wanted;
                }
                if found || chunk.skipped.is_some() {
                    return Ok(Some(chunk));
                }
            }
            if read_some(&mut self.input, &mut self.carry)? == 0 {
                self.done = true;
                return Ok(Some(self.values(true)));
            }
        }
    }

    /// Takes the whole values off the front of `carry`.
    fn values(&mut self, at_end: bool) -> Chunk {
        let Some(Mode::Values(known)) = &mut self.mode else {
            return Chunk::default();
        };
        if known.lost {
            self.carry.clear();
        }
        let first_line = self.line;
        let mut found = Vec::new();
        let mut line = self.line;
        let mut state = State::Outside;
        for (at, &byte) in self.carry.iter().enumerate() {
            state = match state {
                State::Outside => match byte {
                    b',' | b' ' | b'\t' | b'\r' | b'\n' => State::Outside,
                    b'[' if !known.in_array => {
                        known.in_array = true;
                        State::Outside
                    }
                    b']' => {
                        known.in_array = false;
                        State::Outside
                    }
                    b'{' | b'[' => State::Inside {
                        start: at,
                        line,
                        brackets: 1,
                        in_string: false,
                        escaped: false,
                    },
                    _ => State::Junk { start: at, line },
                },
                State::Inside {
                    start,
                    line,
                    brackets,
                    in_string,
                    escaped,
                } => {
                    let in_string = in_string != (byte == b'"' && !escaped);
                    let escaped = in_string && byte == b'\\' && !escaped;
                    let brackets = match byte {
                        b'{' | b'[' if !in_string => brackets + 1,
                        b'}' | b']' if !in_string => brackets - 1,
                        _ => brackets,
                    };
                    if brackets == 0 {
                        found.push((start..at + 1, line));
                        State::Outside
                    } else {
                        State::Inside {
                            start,
                            line,
                            brackets,
                            in_string,
                            escaped,
                        }
                    }
                }
                State::Junk { start, line } if matches!(byte, b',' | b'\n') => {
                    found.push((start..at, line));
                    State::Outside
                }
                State::Junk { start, line } => State::Junk { start, line },
            };
            line += u64::from(byte == b'\n');
        }
        let mut skipped = None;
        let bytes = match state {
            State::Outside => {
                self.line = line;
                std::mem::take(&mut self.carry)
            }
            State::Inside {
                start, line: on, ..
            }
            | State::Junk { start, line: on } => {
                let too_long = self.carry.len() - start > MAX_LINE;
                let rest = self.carry.split_off(start);
                let bytes = std::mem::replace(&mut self.carry, rest);
                if too_long || at_end {
                    known.lost = too_long;
                    skipped = Some(if at_end {
                        (on, Code::LogTruncated, "the file ends within it")
                    } else {
                        (on, Code::LogLine, TOO_LONG)
                    });
                    self.line = line;
                    self.carry.clear();
                } else {
                    self.line = on;
                }
                bytes
            }
        };
        Chunk {
            bytes,
            values: Some(found),
            first_line,
            open_end: false,
            skipped,
        }
    }
}

/// True for a file that is an array of objects, or whose first object does not end on its line.
fn starts_spread(start: &[u8]) -> bool {
    let mut bytes = start.iter().copied();
    match bytes.find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => match bytes.find(|byte| !byte.is_ascii_whitespace()) {
            Some(first) => matches!(first, b'{' | b']'),
            None => true,
        },
        Some(b'{') => {
            let mut rest = bytes.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
            rest.next() == Some(b'\n')
        }
        _ => false,
    }
}

fn last_break(bytes: &[u8], from: usize) -> Option<usize> {
    let tail = bytes.get(from..)?;
    tail.iter()
        .rposition(|byte| *byte == b'\n')
        .map(|at| from + at)
}

fn read_some(input: &mut impl BufRead, into: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        match input.fill_buf() {
            Ok(buffer) => {
                into.extend_from_slice(buffer);
                let length = buffer.len();
                input.consume(length);
                return Ok(length);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
