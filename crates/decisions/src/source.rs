//! Where lines come from: files and standard input, plain or compressed. The compression is told by the first bytes, never
//! by the name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use crate::Error;

const BUFFER: usize = 256 * 1024;

/// Something that holds a log.
pub enum Source {
    /// A file.
    Path(PathBuf),
    /// A stream, e.g. standard input, with the name to call it by.
    Reader(String, Box<dyn Read + Send>),
}

impl Source {
    /// A file, or standard input when the path is `-`.
    #[must_use]
    pub fn named(path: &Path) -> Self {
        if path == Path::new("-") {
            Self::Reader("standard input".to_owned(), Box::new(io::stdin()))
        } else {
            Self::Path(path.to_path_buf())
        }
    }

    /// What to call it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Reader(name, _) => name.clone(),
        }
    }

    /// Its size in bytes as stored; 0 when unknown.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Path(path) => path.metadata().map_or(0, |metadata| metadata.len()),
            Self::Reader(..) => 0,
        }
    }
}

/// An open source, decompressed.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) bytes: Box<dyn BufRead + Send>,
    pub(crate) compressed: bool,
    broken: Arc<AtomicU64>,
}

impl Input {
    /// True when the stored bytes themselves could not be read, as opposed to decompressed.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed) > 0
    }
}

/// Opens a source; `done` counts the stored bytes as they are read.
pub(crate) fn open(source: Source, done: Arc<AtomicU64>) -> Result<Input, Error> {
    let name = source.name();
    let fail = |error| Error::read(&name, error);
    let raw: Box<dyn Read + Send> = match source {
        Source::Path(path) => Box::new(File::open(path).map_err(fail)?),
        Source::Reader(_, reader) => reader,
    };
    let broken = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        inner: raw,
        done,
        broken: Arc::clone(&broken),
    };
    let mut stored = BufReader::with_capacity(BUFFER, counted);
    let magic = peek(&mut stored).map_err(fail)?;
    let stored: Box<dyn BufRead + Send> = Box::new(io::Cursor::new(magic.clone()).chain(stored));
    let is_skippable = matches!(magic.as_slice(), [0x50..=0x5f, 0x2a, 0x4d, 0x18]);
    let (bytes, compressed): (Box<dyn BufRead + Send>, bool) =
        if magic == [0x28, 0xb5, 0x2f, 0xfd] || is_skippable {
            let mut decoder = zstd::Decoder::with_buffer(stored).map_err(fail)?;
            // The command line tool's own limit; a frame may ask for more, and more memory.
            decoder.window_log_max(27).map_err(fail)?;
            (Box::new(BufReader::with_capacity(BUFFER, decoder)), true)
        } else if magic.starts_with(&[0x1f, 0x8b]) {
            let decoder = MultiGzDecoder::new(stored);
            (Box::new(BufReader::with_capacity(BUFFER, decoder)), true)
        } else {
            (stored, false)
        };
    Ok(Input {
        name,
        bytes,
        compressed,
        broken,
    })
}

/// The first four bytes, taken off the reader: a stream may hand them out one by one.
fn peek(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut magic = Vec::with_capacity(4);
    reader.by_ref().take(4).read_to_end(&mut magic)?;
    Ok(magic)
}

struct Counted {
    inner: Box<dyn Read + Send>,
    done: Arc<AtomicU64>,
    broken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(length) => {
                let length64 = u64::try_from(length).unwrap_or(0);
                self.done.fetch_add(length64, Ordering::Relaxed);
                Ok(length)
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    self.broken.fetch_add(1, Ordering::Relaxed);
                }
                Err(error)
            }
        }
    }
}
