//! The container of a bundle: a zip archive that can be written in one way only. Any unpacker opens it; this reader refuses
//! whatever two unpackers could read differently. Names are sorted and plain ASCII, times are fixed, files lie one after another
//! from the first byte to the last, local headers say what the central directory says, and there are no extra fields, comments,
//! data descriptors, encryption or zip64. Sizes are held against [`Limits`] before anything is unpacked and while it is.

use std::collections::BTreeSet;

use miniz_oxide::{
    deflate::compress_to_vec,
    inflate::{
        TINFLStatus,
        core::{
            DecompressorOxide, decompress, inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
        },
    },
};

use crate::{Error, Hash, sha256};

const WHAT: &str = "container";
const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
/// Bytes that an archive ends with, without a comment.
pub const END_LENGTH: usize = 22;
/// Version 2.0 of the format: deflate and folders.
const VERSION: u16 = 20;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// 1 January 1980, 00:00: the earliest moment that zip can write.
const TIME: u16 = 0;
const DATE: u16 = 0x21;
/// Good, and not slow: higher levels save two percent and cost twice the time.
const LEVEL: u8 = 6;
/// No stream of deflate unpacks to more than this many times its length.
const MAX_RATIO: u64 = 1032;
const MAX_NAME: usize = 200;

/// What the format can number without zip64.
pub const MAX_FILES: usize = 65_534;

/// What a reader admits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Files.
    pub files: usize,
    /// Bytes of one file, unpacked.
    pub file: u64,
    /// Bytes of all files together, unpacked.
    pub total: u64,
}

impl Limits {
    /// A bundle: 64 MiB a file, 4 GiB in all.
    pub const BUNDLE: Self = Self {
        files: MAX_FILES,
        file: 64 << 20,
        total: 4 << 30,
    };
}

/// A file, packed: what lies in the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    name: String,
    crc: u32,
    size: u32,
    deflated: bool,
    stored: Vec<u8>,
}

impl Packed {
    /// Packs a file: deflated where that makes it smaller.
    ///
    /// # Errors
    /// [`Error::Form`] for a name that no container may hold, [`Error::Limit`] from 4 GiB.
    pub fn new(name: &str, content: &[u8]) -> Result<Self, Error> {
        let deflated = compress_to_vec(content, LEVEL);
        if deflated.len() >= content.len() {
            return Self::stored(name, content.to_vec());
        }
        Ok(Self {
            stored: deflated,
            deflated: true,
            ..Self::stored(name, content.to_vec())?
        })
    }

    /// Packs a file as it is.
    ///
    /// # Errors
    /// As [`Packed::new`].
    pub fn stored(name: &str, content: Vec<u8>) -> Result<Self, Error> {
        if !is_name(name) {
            return Err(bad_name(name));
        }
        Ok(Self {
            name: name.to_owned(),
            crc: crc32fast::hash(&content),
            size: u32::try_from(content.len())
                .map_err(|_| Error::limit(format!("the file `{name}`"), u32::MAX as usize))?,
            deflated: false,
            stored: content,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of its bytes as they lie in the container.
    #[must_use]
    pub fn digest(&self) -> Hash {
        sha256(&[&self.stored])
    }

    /// The part of the header that local header and central directory have in common: from the version to the name's length.
    fn header(&self) -> Result<Vec<u8>, Error> {
        let too_large = |_| Error::limit("a container", u32::MAX as usize);
        let method = if self.deflated { DEFLATED } else { STORED };
        let stored = u32::try_from(self.stored.len()).map_err(too_large)?;
        let name = u16::try_from(self.name.len()).map_err(too_large)?;
        let mut header = Vec::with_capacity(24);
        for half in [VERSION, 0, method, TIME, DATE] {
            header.extend(half.to_le_bytes());
        }
        for word in [self.crc, stored, self.size] {
            header.extend(word.to_le_bytes());
        }
        header.extend(name.to_le_bytes());
        Ok(header)
    }
}

impl From<&File<'_>> for Packed {
    /// As it lies in a container.
    fn from(file: &File<'_>) -> Self {
        Self {
            name: file.name.to_owned(),
            crc: file.crc,
            size: file.size,
            deflated: file.deflated,
            stored: file.stored.to_vec(),
        }
    }
}

/// The container of these files, in the order of their names.
///
/// # Errors
/// [`Error::Form`] for names that do not go together, [`Error::Limit`] for more than zip can number.
pub fn write(mut files: Vec<Packed>) -> Result<Vec<u8>, Error> {
    let too_large = |_| Error::limit("a container", u32::MAX as usize);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let mut names = Names::default();
    let bytes: usize = files
        .iter()
        .map(|file| file.stored.len() + 2 * MAX_NAME)
        .sum();
    let (mut out, mut central) = (Vec::with_capacity(bytes), Vec::new());
    for file in &files {
        names.admit(&file.name)?;
        let header = file.header()?;
        central.extend(CENTRAL.to_le_bytes());
        central.extend(VERSION.to_le_bytes());
        central.extend(&header);
        // Length of extra field and comment, disk, attributes inside and outside.
        central.extend([0; 12]);
        central.extend(u32::try_from(out.len()).map_err(too_large)?.to_le_bytes());
        central.extend(file.name.as_bytes());
        out.extend(LOCAL.to_le_bytes());
        out.extend(header);
        out.extend([0; 2]);
        out.extend(file.name.as_bytes());
        out.extend(&file.stored);
    }
    if files.len() > MAX_FILES {
        return Err(Error::limit(
            "the number of files of a container",
            MAX_FILES,
        ));
    }
    let count = u16::try_from(files.len()).map_err(too_large)?;
    let (start, length) = (
        u32::try_from(out.len()).map_err(too_large)?,
        u32::try_from(central.len()).map_err(too_large)?,
    );
    out.extend(central);
    out.extend(END.to_le_bytes());
    out.extend([0; 4]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    Ok(out)
}

/// A container, its directory read. Nothing is unpacked yet.
#[derive(Clone, Debug)]
pub struct Archive<'a> {
    files: Vec<File<'a>>,
}

/// A file in a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File<'a> {
    /// Its name, with `/`.
    pub name: &'a str,
    /// Its bytes as they lie there.
    pub stored: &'a [u8],
    /// How many bytes it unpacks to.
    pub size: u32,
    crc: u32,
    deflated: bool,
}

/// Whether the last bytes of a file of so many bytes are the end of an archive that is all of the file. What passes may be wrong yet;
/// what does not cannot be opened, and need not be read.
#[must_use]
pub fn ends(end: &[u8; END_LENGTH], length: u64) -> bool {
    let mut end = Cursor(end);
    if end.word() != Some(END) {
        return false;
    }
    let (_disks, _here, _count) = (end.word(), end.half(), end.half());
    match (end.word(), end.word(), end.half()) {
        (Some(directory), Some(start), Some(0)) => {
            u64::from(directory) + u64::from(start) + END_LENGTH as u64 == length
        }
        _ => false,
    }
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    ///
    /// # Errors
    /// [`Error::Limit`], [`Error::Form`].
    pub fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, Error> {
        let wrong = |why: &str| Error::form(WHAT, why);
        let cut = || wrong("it is no zip archive, or cut off");
        let at = bytes.len().checked_sub(END_LENGTH).ok_or_else(cut)?;
        let (body, end) = bytes.split_at_checked(at).ok_or_else(cut)?;
        let mut end = Cursor(end);
        if end.word() != Some(END) {
            return Err(wrong("it does not end with the end of a zip archive"));
        }
        let (disks, here, count) = (end.word(), end.half(), end.half());
        let (length, start, comment) = (end.word(), end.word(), end.half());
        let count = usize::from(count.ok_or_else(cut)?);
        if count > limits.files || count > MAX_FILES {
            return Err(Error::limit(
                "the number of files of a container",
                limits.files.min(MAX_FILES),
            ));
        }
        if (disks, here.map(usize::from), comment) != (Some(0), Some(count), Some(0)) {
            return Err(wrong("several disks, or a comment"));
        }
        let start = start.map_or(usize::MAX, |start| start as usize);
        let (local, central) = body
            .split_at_checked(start)
            .filter(|(_, central)| length.map(|length| length as usize) == Some(central.len()))
            .ok_or_else(|| wrong("bytes before or behind its directory"))?;
        let (mut local, mut central) = (Cursor(local), Cursor(central));
        let mut names = Names::default();
        let (mut files, mut total) = (Vec::with_capacity(count), 0_u64);
        for _ in 0..count {
            let offset = start - local.0.len();
            let file = File::read_headers(&mut local, &mut central, offset)?;
            names.admit(file.name)?;
            let size = u64::from(file.size);
            total = total.saturating_add(size);
            if size > limits.file {
                let what = format!("the file `{}` of a container", file.name);
                return Err(Error::Limit {
                    what,
                    limit: limits.file,
                });
            }
            if total > limits.total {
                return Err(Error::Limit {
                    what: "a container, unpacked,".to_owned(),
                    limit: limits.total,
                });
            }
            files.push(file);
        }
        if !local.0.is_empty() || !central.0.is_empty() {
            return Err(wrong("bytes that belong to no file"));
        }
        Ok(Self { files })
    }

    /// Its files, sorted by name.
    #[must_use]
    pub fn files(&self) -> &[File<'a>] {
        &self.files
    }

    /// The file of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&File<'a>> {
        let at = self
            .files
            .binary_search_by(|file| file.name.cmp(name))
            .ok()?;
        self.files.get(at)
    }
}

impl<'a> File<'a> {
    /// Reads the headers of the next file, which lies `offset` bytes from the start.
    fn read_headers(
        local: &mut Cursor<'a>,
        central: &mut Cursor<'a>,
        offset: usize,
    ) -> Result<Self, Error> {
        let wrong = |why: &str| Error::form(WHAT, why);
        let cut = || wrong("a header that is cut off, or does not follow the file before it");
        let mut head = Cursor(central.take(CENTRAL_LENGTH).ok_or_else(cut)?);
        let mut own = Cursor(local.take(LOCAL_LENGTH).ok_or_else(cut)?);
        if (head.word(), own.word()) != (Some(CENTRAL), Some(LOCAL)) {
            return Err(cut());
        }
        // Which system wrote it, and its version of zip: nothing an unpacker may go by.
        if head.half() != Some(VERSION) {
            return Err(wrong(
                "its list of files names one that no bundle is written with: it was changed, or is no bundle",
            ));
        }
        let (common, again) = (head.take(24), own.take(24));
        if common != again {
            return Err(wrong("local header and directory disagree"));
        }
        let mut common = Cursor(common.ok_or_else(cut)?);
        let [version, flags, method, time, date] = [(); 5].map(|()| common.half());
        let [crc, stored, size] = [(); 3].map(|()| common.word());
        let name = common.half().ok_or_else(cut)?;
        if (version, flags, time, date) != (Some(VERSION), Some(0), Some(TIME), Some(DATE)) {
            return Err(wrong(
                "a file that is encrypted, streamed or dated, as none in a bundle is: it was changed, or is no bundle",
            ));
        }
        let deflated = match method {
            Some(STORED) => false,
            Some(DEFLATED) => true,
            _ => return Err(wrong("a file packed by another method than deflate")),
        };
        if own.half() != Some(0) || head.take(12) != Some(&[0; 12]) {
            return Err(wrong("extra fields, comments or attributes"));
        }
        if head.word().map(|at| at as usize) != Some(offset) {
            return Err(wrong("files that do not lie one after another"));
        }
        let name = central.take(usize::from(name)).ok_or_else(cut)?;
        if local.take(name.len()) != Some(name) {
            return Err(wrong("local header and directory disagree"));
        }
        let name = std::str::from_utf8(name)
            .ok()
            .filter(|name| is_name(name))
            .ok_or_else(|| bad_name(&String::from_utf8_lossy(name)))?;
        let stored = stored.ok_or_else(cut)? as usize;
        let file = Self {
            name,
            stored: local.take(stored).ok_or_else(cut)?,
            size: size.ok_or_else(cut)?,
            crc: crc.ok_or_else(cut)?,
            deflated,
        };
        let possible = match deflated {
            true => u64::from(file.size) <= stored as u64 * MAX_RATIO,
            false => file.size as usize == stored,
        };
        if possible {
            Ok(file)
        } else {
            Err(wrong("a file that cannot unpack to the size it claims"))
        }
    }

    /// Whether it lies in the container as it is.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        !self.deflated
    }

    /// Unpacks it.
    ///
    /// # Errors
    /// [`Error::Form`] where it unpacks to something else than its headers say.
    pub fn read(&self) -> Result<Vec<u8>, Error> {
        let wrong = |why: &str| Error::form(WHAT, format!("`{}` {why}", self.name));
        let content = if self.deflated {
            // INVARIANT: the size is within the limits, and not beyond what the stored bytes can unpack to.
            let mut content = vec![0; self.size as usize];
            let mut state = Box::<DecompressorOxide>::default();
            let (status, used, written) = decompress(
                &mut state,
                self.stored,
                &mut content,
                0,
                TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
            );
            if (status, used, written) != (TINFLStatus::Done, self.stored.len(), content.len()) {
                return Err(wrong("does not unpack to the size it claims"));
            }
            content
        } else {
            self.stored.to_vec()
        };
        if crc32fast::hash(&content) == self.crc {
            Ok(content)
        } else {
            Err(wrong("is damaged: its checksum is another"))
        }
    }

    /// SHA-256 of its bytes as they lie in the container.
    #[must_use]
    pub fn digest(&self) -> Hash {
        sha256(&[self.stored])
    }
}

/// What is left to read.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn half(&mut self) -> Option<u16> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_le_bytes(*taken))
    }

    fn word(&mut self) -> Option<u32> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*taken))
    }
}

/// Names seen so far: in order, and none that a file system would take for another.
#[derive(Default)]
struct Names<'a> {
    last: &'a str,
    /// Files and the folders above them, in small letters.
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl<'a> Names<'a> {
    fn admit(&mut self, name: &'a str) -> Result<(), Error> {
        if self.last >= name {
            let why = format!("`{name}` occurs twice, or the names are not sorted");
            return Err(Error::form(WHAT, why));
        }
        self.last = name;
        let small = name.to_ascii_lowercase();
        let mut clash = self.folders.contains(&small);
        for (at, _) in small.match_indices('/') {
            let folder = small.get(..at).unwrap_or_default();
            clash |= self.files.contains(folder);
            if !self.folders.contains(folder) {
                self.folders.insert(folder.to_owned());
            }
        }
        if clash || !self.files.insert(small) {
            let why = format!("`{name}` is a name some systems take for that of another file");
            return Err(Error::form(WHAT, why));
        }
        Ok(())
    }
}

/// Whether a name means the same file on every system, inside the folder one unpacks to.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
    name.len() <= MAX_NAME
        && name.bytes().all(plain)
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.ends_with('.'))
}

fn bad_name(name: &str) -> Error {
    let why = format!(
        "`{}` is no name of a file in a container",
        name.escape_debug()
    );
    Error::form(WHAT, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    const LIMITS: Limits = Limits {
        files: 8,
        file: 1 << 20,
        total: 2 << 20,
    };

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let files = files
            .iter()
            .map(|(name, content)| Packed::new(name, content));
        write(files.collect::<Result<_, _>>().unwrap()).unwrap()
    }

    fn sample() -> Vec<u8> {
        packed(&[
            ("b/two.txt", &b"two ".repeat(100)),
            ("a.txt", b"one"),
            ("empty", b""),
        ])
    }

    /// Every file unpacked, or why not.
    fn unpacked(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let archive = Archive::open(bytes, LIMITS)?;
        let read = |file: &File<'_>| Ok((file.name.to_owned(), file.read()?));
        archive.files().iter().map(read).collect()
    }

    fn refused(bytes: &[u8]) -> String {
        unpacked(bytes).unwrap_err().to_string()
    }

    #[test]
    fn what_was_packed_is_unpacked_in_the_order_of_names() {
        let files = unpacked(&sample()).unwrap();
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.txt", "b/two.txt", "empty"]);
        assert_eq!(files[1].1, b"two ".repeat(100));
        let bytes = sample();
        let archive = Archive::open(&bytes, LIMITS).unwrap();
        assert!(archive.get("a.txt").unwrap().is_stored());
        assert!(!archive.get("b/two.txt").unwrap().is_stored());
        assert!(archive.get("b").is_none());
        assert!(unpacked(&write(Vec::new()).unwrap()).unwrap().is_empty());
    }

    /// Unpackers of this machine open it; without one this test says that it judges nothing.
    #[test]
    fn other_programs_open_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tfb");
        std::fs::write(&path, sample()).unwrap();
        let python = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None and z.read('b/two.txt') == b'two ' * 100";
        let mut judged = 0;
        for (program, arguments) in [("unzip", ["-t", "-qq"]), ("python3", ["-c", python])] {
            match Command::new(program).args(arguments).arg(&path).output() {
                Ok(done) => {
                    judged += 1;
                    assert!(done.status.success(), "{program}: {done:?}");
                }
                Err(error) => eprintln!("`{program}` did not judge: {error}"),
            }
        }
        eprintln!("{judged} other programs opened the container");
    }

    /// Where a name stands: in the local header, and in the directory.
    fn places(bytes: &[u8], name: &[u8]) -> [usize; 2] {
        let found: Vec<_> = (0..bytes.len() - name.len())
            .filter(|at| &bytes[*at..*at + name.len()] == name)
            .collect();
        found.try_into().unwrap()
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "",
            "/",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a/./b",
            "a//b",
            "a/",
            ".",
            "..",
            "a.",
            "C:x",
            "a\\b",
            "a\0b",
            "ä",
            "a b",
            "a\n",
        ] {
            assert!(Packed::new(name, b"x").is_err(), "{name:?}");
        }
        assert!(Packed::new(&"x".repeat(MAX_NAME + 1), b"x").is_err());
        // Put into a container by somebody else: the same length, so that nothing but the name is wrong.
        for bad in [
            "/.txt", "../xx", "a/../", "a\\txt", "a\0txt", "a txt", "a.tx:",
        ] {
            let mut bytes = sample();
            for at in places(&bytes, b"a.txt") {
                bytes[at..at + 5].copy_from_slice(bad.as_bytes());
            }
            let why = refused(&bytes);
            assert!(why.contains("no name of a file"), "{why}");
        }
    }

    #[test]
    fn names_that_some_systems_take_for_one_are_refused() {
        let clash = |a: &str, b: &str| {
            let files = [a, b].map(|name| Packed::new(name, b"x").unwrap());
            write(files.to_vec()).unwrap_err().to_string()
        };
        assert!(clash("a", "a").contains("twice"));
        for (a, b) in [("a", "A"), ("a", "a/b"), ("A", "a/b"), ("x/b", "X/B")] {
            assert!(clash(a, b).contains("some systems"), "{a} {b}");
        }
        assert!(
            write(
                ["a/b", "A/c"]
                    .map(|name| Packed::new(name, b"x").unwrap())
                    .to_vec()
            )
            .is_ok()
        );
    }

    #[test]
    fn limits_hold_before_anything_is_unpacked() {
        let many: Vec<_> = (0..9).map(|at| format!("f{at}")).collect();
        let many: Vec<_> = many
            .iter()
            .map(|name| (name.as_str(), b"x".as_slice()))
            .collect();
        assert!(refused(&packed(&many)).contains("number of files"));
        let large = vec![0; (1 << 20) + 1];
        assert!(refused(&packed(&[("bomb", &large)])).contains("`bomb`"));
        let half = vec![0; 1 << 20];
        let three = packed(&[("a", &half), ("b", &half), ("c", &half)]);
        assert!(three.len() < 10_000);
        assert!(refused(&three).contains("unpacked, is larger"));
    }

    /// The bytes that claim the unpacked size of `b/two.txt`.
    fn claim(bytes: &mut [u8], size: u32) {
        let [local, central] = places(bytes, b"b/two.txt");
        for at in [local - 30 + 22, central - 46 + 24] {
            bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
        }
    }

    #[test]
    fn a_claim_of_four_gigabytes_costs_nothing() {
        let mut bytes = sample();
        claim(&mut bytes, u32::MAX);
        assert!(refused(&bytes).contains("cannot unpack to the size"));
        let generous = Limits {
            file: u64::MAX,
            total: u64::MAX,
            ..LIMITS
        };
        assert!(Archive::open(&bytes, generous).is_err());
        // More, and less, than it really unpacks to.
        for size in [399_u32, 401] {
            claim(&mut bytes, size);
            assert!(refused(&bytes).contains("does not unpack to the size"));
        }
    }

    #[test]
    fn cut_or_extended_anywhere_it_is_refused() {
        let bytes = sample();
        for end in 0..bytes.len() {
            assert!(unpacked(&bytes[..end]).is_err(), "{end}");
            assert!(unpacked(&bytes[end + 1..]).is_err(), "{end}");
            let grown = [&bytes[..end], b"\0", &bytes[end..]].concat();
            assert!(unpacked(&grown).is_err(), "{end}");
        }
        assert!(unpacked(&[&bytes, b"\0".as_slice()].concat()).is_err());
        assert!(unpacked(&[b"\0".as_slice(), &bytes].concat()).is_err());
        assert!(unpacked(&[bytes.clone(), bytes.clone()].concat()).is_err());
    }

    #[test]
    fn every_bit_outside_of_deflated_streams_counts() {
        let bytes = sample();
        let whole = unpacked(&bytes).unwrap();
        let archive = Archive::open(&bytes, LIMITS).unwrap();
        let stored: Vec<_> = archive.files().iter().map(|file| file.stored).collect();
        for bit in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            // A stream can be packed in other ways: that is what `Packed::digest` is for.
            let Ok(read) = Archive::open(&bent, LIMITS) else {
                continue;
            };
            let same = read
                .files()
                .iter()
                .map(|file| file.stored)
                .eq(stored.iter().copied());
            assert!(!same || unpacked(&bent).is_err(), "bit {bit}");
            assert!(
                unpacked(&bent).is_err() || unpacked(&bent).unwrap() == whole,
                "bit {bit}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_files_come_back(files in prop::collection::btree_map("[a-c]{1,3}(/[d-f.]{0,2}[g-i])?", prop::collection::vec(any::<u8>(), 0..200), 0..6)) {
            let packed: Vec<_> = files.iter().map(|(name, content)| Packed::new(name, content).unwrap()).collect();
            if let Ok(bytes) = write(packed) {
                let read: Vec<_> = files.into_iter().collect();
                prop_assert_eq!(unpacked(&bytes).unwrap(), read);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), bends in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
            let _ = unpacked(&bytes);
            bytes = sample();
            for (at, byte) in bends {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let _ = unpacked(&bytes);
        }
    }
}
