//! The shadow log on disk. A slice is given in full where a file first uses it, and by its digest afterwards; each file is a log of
//! its own.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use decisions::{Facts, Row, slice};
use serde_json::Value;

use super::Observed;
use crate::cache::Key;

/// So many distinct questions are remembered, so that their slices are not worked out again.
const REMEMBERED: usize = 4096;

pub(super) struct Writer {
    path: PathBuf,
    rotate: u64,
    keep: usize,
    file: Option<File>,
    bytes: u64,
    /// Slices that the file holds in full.
    given: HashSet<[u8; 32]>,
    known: HashMap<Key, (Row, Option<[u8; 32]>)>,
}

impl Writer {
    pub fn open(path: PathBuf, rotate: u64, keep: usize) -> io::Result<Self> {
        let mut writer = Self {
            path,
            rotate,
            keep,
            file: None,
            bytes: 0,
            given: HashSet::new(),
            known: HashMap::new(),
        };
        writer.open_file()?;
        Ok(writer)
    }

    /// Goes on behind what a file holds, after the end of a last line that has none.
    fn open_file(&mut self) -> io::Result<&mut File> {
        let mut file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(&self.path)?;
        self.bytes = file.seek(SeekFrom::End(0))?;
        self.given.clear();
        let mut last = [b'\n'];
        if self.bytes > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        let file = self.file.insert(file);
        if last != *b"\n" {
            file.write_all(b"\n")?;
            self.bytes += 1;
        }
        Ok(file)
    }

    /// Writes an answer; nothing when that is not possible.
    pub fn write(&mut self, at: i64, observed: &Observed) -> Option<()> {
        if !self.known.contains_key(&observed.key) {
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            let row = observed
                .engine
                .row(&observed.posed, &observed.answer)
                .ok()?;
            let digest = match &row.entities {
                Facts::Inline(entities) => Some(digest(entities)?),
                Facts::Assumed | Facts::Digest(_) => None,
            };
            self.known.insert(observed.key, (row, digest));
        }
        if self.bytes >= self.rotate {
            self.put_aside().ok()?;
        }
        let (row, digest) = self.known.get_mut(&observed.key)?;
        row.at = at;
        let mut line = match digest {
            Some(digest) if self.given.contains(digest) => {
                let whole = std::mem::replace(&mut row.entities, Facts::Digest(*digest));
                let line = row.to_json();
                row.entities = whole;
                line
            }
            _ => row.to_json(),
        };
        line.push('\n');
        let digest = *digest;
        let file = match &mut self.file {
            Some(file) => file,
            None => self.open_file().ok()?,
        };
        if file.write_all(line.as_bytes()).is_err() {
            // Half a line may be there: what comes next begins a new one, in a file opened anew.
            self.file = None;
            return None;
        }
        self.bytes += line.len() as u64;
        self.given.extend(digest);
        Some(())
    }

    /// Gives the file a number, and goes on with a new one. The oldest files go.
    fn put_aside(&mut self) -> io::Result<()> {
        let mut aside = numbered(&self.path)?;
        let next = aside.last().map_or(1, |(number, _)| number + 1);
        fs::rename(&self.path, named(&self.path, next))?;
        let surplus = (aside.len() + 1).saturating_sub(self.keep);
        for (_, old) in aside.drain(..surplus.min(aside.len())) {
            fs::remove_file(old)?;
        }
        self.open_file().map(drop)
    }
}

fn digest(entities: &[Value]) -> Option<[u8; 32]> {
    let texts = entities.iter();
    let texts = texts.map(|entity| slice::canonical_entity(&entity.to_string()));
    let mut texts: Vec<(String, String)> = texts.collect::<Option<_>>()?;
    texts.sort_unstable();
    Some(slice::digest(texts.iter().map(|(_, text)| text.as_str())))
}

/// `shadow.jsonl` put aside is `shadow.1.jsonl`, `shadow.2.jsonl` and so on.
fn named(path: &Path, number: u64) -> PathBuf {
    let (stem, end) = parts(path);
    path.with_file_name(format!("{stem}.{number}{end}"))
}

fn parts(path: &Path) -> (String, String) {
    let text =
        |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let stem = text(path.file_stem()).unwrap_or_default();
    let end = text(path.extension()).map_or_else(String::new, |end| format!(".{end}"));
    (stem, end)
}

/// The files put aside, oldest first.
fn numbered(path: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let (stem, end) = parts(path);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix(&stem)?.strip_prefix('.'))
            .and_then(|name| name.strip_suffix(&end)?.parse::<u64>().ok());
        found.extend(number.map(|number| (number, entry.path())));
    }
    found.sort_unstable();
    Ok(found)
}
