//! Builds a bundle from receipts in the order of their numbers, the hashes of the ledger's tree, and its checkpoints. Only packed
//! files are kept, so that a year of receipts is exported in the memory that the bundle itself takes.

use std::collections::BTreeMap;

use super::{ARTEFACTS, Growth, MANIFEST_LIMITS, Manifest, PACK, Part, Range, WHAT, container};
use crate::{
    Error, Hash,
    checkpoint::Checkpoint,
    compact::{self, Dictionary},
    dsse,
    ed25519::Signer,
    entry::Entry,
    hex, json,
    merkle::{self, Hashes},
    moment,
    note::Note,
    statement::{Statement, Subject},
    tlog_proof::Proof,
    zip::{self, Packed},
};

/// A bundle being built.
#[derive(Debug)]
pub struct Builder {
    issued: u64,
    purpose: String,
    checkpoints: BTreeMap<u64, (Checkpoint, String)>,
    /// First number of each run, and the one after its last.
    runs: Vec<std::ops::Range<u64>>,
    /// Receipts of the file that is being filled.
    pack: Vec<Entry>,
    /// What repeats in compact blocks, if there are to be any.
    dictionary: Option<Dictionary>,
    /// Bytes of compact blocks.
    compacted: usize,
    files: Vec<(Packed, Hash)>,
}

impl Builder {
    /// A bundle exported at a moment, in seconds since 1970.
    #[must_use]
    pub fn new(issued: u64, purpose: &str) -> Self {
        Self {
            issued,
            purpose: purpose.to_owned(),
            checkpoints: BTreeMap::new(),
            runs: Vec::new(),
            pack: Vec::new(),
            dictionary: None,
            compacted: 0,
            files: Vec::new(),
        }
    }

    /// Has receipts that are added from now on written in few bytes. What such blocks do not hold stays in lines.
    #[must_use]
    pub fn compact(mut self) -> Self {
        self.dictionary = Some(Dictionary::default());
        self
    }

    /// Adds a head of the ledger, as it was signed.
    ///
    /// # Errors
    /// [`Error::Form`] for what is no checkpoint, is of an empty ledger, or of another ledger than those before.
    pub fn checkpoint(&mut self, note: &str) -> Result<(), Error> {
        let head = Checkpoint::parse(&Note::parse(note.as_bytes())?.text)?;
        let other = |(known, text): &(Checkpoint, String)| {
            known.origin != head.origin || (known.size == head.size && text != note)
        };
        if head.size == 0 || self.checkpoints.values().any(other) {
            let why = "a checkpoint of another ledger, of the same size, or of an empty one";
            return Err(Error::form(WHAT, why));
        }
        self.checkpoints.insert(head.size, (head, note.to_owned()));
        Ok(())
    }

    /// Adds a receipt.
    ///
    /// # Errors
    /// [`Error::Form`] for one that does not follow those before, or is not bound to its leaf.
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Error> {
        let seq = entry.leaf.seq;
        if !entry.is_bound() {
            return Err(Error::form(
                WHAT,
                format!("receipt {seq} is not bound to its leaf"),
            ));
        }
        match self.runs.last_mut() {
            Some(run) if run.end == seq => run.end = seq.saturating_add(1),
            Some(run) if run.end > seq => {
                return Err(Error::form(WHAT, format!("receipt {seq} is out of order")));
            }
            _ => {
                self.flush()?;
                self.runs.push(seq..seq.saturating_add(1));
            }
        }
        if seq.is_multiple_of(PACK) {
            self.flush()?;
        }
        self.pack.push(entry.clone());
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        let pack = std::mem::take(&mut self.pack);
        let Some(first) = pack.first().map(|entry| entry.leaf.seq) else {
            return Ok(());
        };
        if let Some(dictionary) = &mut self.dictionary {
            dictionary.learn(&pack);
            // A bundle whose blocks could rebuild to more than a bundle may hold is not opened.
            let most = zip::Limits::BUNDLE.total / compact::FACTOR as u64;
            let fits = |part: &Vec<u8>| (self.compacted + part.len()) as u64 <= most;
            if let Some(part) = compact::to_part(first, &pack, dictionary).ok().filter(fits) {
                self.compacted += part.len();
                return self.add(&Part::Compact(first), &part);
            }
        }
        let lines: String = pack.iter().map(|entry| entry.to_line() + "\n").collect();
        self.add(&Part::Receipts(first), lines.as_bytes())
    }

    /// Ends the file of receipts that is being filled, and returns it packed; nothing when none was begun. An export that may be
    /// interrupted keeps it, to go on from there with [`Builder::packed`].
    ///
    /// # Errors
    /// [`Error::Limit`].
    pub fn pack(&mut self) -> Result<Option<&Packed>, Error> {
        let before = self.files.len();
        self.flush()?;
        let added = self.files.get(before..).and_then(<[_]>::last);
        Ok(added.map(|(file, _)| file))
    }

    /// Adds receipts as [`Builder::pack`] returned them in an earlier export. They are read again: each must be the one in the
    /// ledger's tree at its number, bound to its leaf, and written in the one way there is.
    ///
    /// # Errors
    /// [`Error::Form`] for another file than that of these numbers, or one in which something else lies; then nothing was added.
    pub fn packed(
        &mut self,
        numbers: std::ops::Range<u64>,
        file: &zip::File<'_>,
        hashes: &impl Hashes,
    ) -> Result<(), Error> {
        let wrong = |why: &str| Error::form(WHAT, format!("`{}` {why}", file.name));
        if file.name != Part::Receipts(numbers.start).to_string() || numbers.is_empty() {
            return Err(wrong("is not the file that comes next"));
        }
        let content = file.read()?;
        let text = std::str::from_utf8(&content).map_err(|_| wrong("is no UTF-8"))?;
        let mut lines = text.split_inclusive('\n');
        let same = numbers.clone().all(|seq| {
            let line = lines.next().and_then(|line| line.strip_suffix('\n'));
            line.and_then(|line| Some((line, Entry::parse(line).ok()?)))
                .is_some_and(|(line, entry)| {
                    entry.leaf.seq == seq
                        && entry.is_bound()
                        && hashes.hash(0, seq) == Some(entry.leaf.hash())
                        && entry.to_line() == line
                })
        });
        if !same || lines.next().is_some() {
            return Err(wrong("does not hold these receipts of the ledger"));
        }
        self.flush()?;
        match self.runs.last_mut() {
            Some(run) if run.end == numbers.start => run.end = numbers.end,
            Some(run) if run.end > numbers.start => return Err(wrong("is out of order")),
            _ => self.runs.push(numbers),
        }
        self.files
            .push((Packed::from(file), crate::sha256(&[&content])));
        Ok(())
    }

    /// Adds what receipts speak of, under a name below `artefacts/`.
    ///
    /// # Errors
    /// [`Error::Form`] for a name that leads elsewhere, [`Error::Limit`].
    pub fn artefact(&mut self, name: &str, content: &[u8]) -> Result<(), Error> {
        self.add(&Part::Artefact(&format!("{ARTEFACTS}{name}")), content)
    }

    /// Adds the exporter's own tlog-policy, for people to read.
    ///
    /// # Errors
    /// [`Error::Limit`].
    pub fn policy(&mut self, text: &str) -> Result<(), Error> {
        self.add(&Part::Policy, text.as_bytes())
    }

    fn add(&mut self, part: &Part<'_>, content: &[u8]) -> Result<(), Error> {
        if content.len() as u64 > zip::Limits::BUNDLE.file {
            return Err(Error::Limit {
                what: format!("the file `{part}` of a bundle"),
                limit: zip::Limits::BUNDLE.file,
            });
        }
        let packed = Packed::new(&part.to_string(), content)?;
        self.files.push((packed, crate::sha256(&[content])));
        Ok(())
    }

    /// Proves and signs what was added. `hashes` are those of the ledger's tree, at least up to the newest checkpoint; `since` is
    /// the size of the checkpoint the auditor saw last, if that is known.
    ///
    /// # Errors
    /// [`Error::Form`] without checkpoint, or when the newest is older than a receipt; [`Error::Proof`] when the tree is not that
    /// of the checkpoints; [`Error::Limit`] for more files than a bundle may hold: export a range without gaps instead;
    /// [`Error::Signer`].
    pub fn seal(
        mut self,
        hashes: &impl Hashes,
        since: Option<u64>,
        signers: &[&dyn Signer],
    ) -> Result<Vec<u8>, Error> {
        self.flush()?;
        if let Some(dictionary) = self.dictionary.take().filter(|it| !it.is_empty()) {
            self.add(&Part::Dictionary, &dictionary.to_bytes(0))?;
        }
        let checkpoints = std::mem::take(&mut self.checkpoints);
        let (size, (head, note)) = checkpoints
            .last_key_value()
            .ok_or_else(|| Error::form(WHAT, "no checkpoint of the ledger was added"))?;
        if self.runs.last().is_some_and(|run| run.end > *size) {
            return Err(Error::form(
                WHAT,
                "a receipt is newer than the newest checkpoint",
            ));
        }
        for (size, (checkpoint, text)) in &checkpoints {
            if merkle::root(hashes, *size)? != checkpoint.root {
                return Err(Error::Proof(
                    "the tree of the ledger is not that of its checkpoint",
                ));
            }
            self.add(&Part::Checkpoint(*size), text.as_bytes())?;
        }
        let sizes: Vec<_> = checkpoints.keys().copied().collect();
        let pairs = sizes.windows(2).filter_map(|pair| match pair {
            [old, new] => Some((*old, *new)),
            _ => None,
        });
        let since = since.filter(|since| !sizes.contains(since) && (1..*size).contains(since));
        for (old, new) in pairs.chain(since.map(|since| (since, *size))) {
            let hashes = merkle::consistency_proof(hashes, old, new)?;
            let growth = Growth { old, new, hashes };
            self.add(&Part::Growth(old, new), growth.to_string().as_bytes())?;
        }
        let runs: Vec<_> = self
            .runs
            .iter()
            .map(|run| [run.start, run.end - 1])
            .collect();
        for [first, last] in runs.iter().copied() {
            let proof = merkle::range_proof(hashes, first..last + 1, *size)?;
            if first == last {
                let proof = Proof {
                    extra: Vec::new(),
                    index: first,
                    hashes: proof,
                    checkpoint: note.clone(),
                };
                self.add(&Part::Inclusion(first), proof.to_string().as_bytes())?;
            } else {
                let proof = Range {
                    first,
                    last,
                    size: *size,
                    hashes: proof,
                };
                self.add(&Part::Range(first, last), proof.to_string().as_bytes())?;
            }
        }
        if self.files.len() >= zip::MAX_FILES {
            return Err(Error::limit(
                "the number of files of a bundle",
                zip::MAX_FILES,
            ));
        }
        self.files.sort_by(|(a, _), (b, _)| a.name().cmp(b.name()));
        let manifest = Manifest {
            issued: moment::text(self.issued),
            origin: head.origin.clone(),
            size: *size,
            runs,
            purpose: self.purpose,
            container: hex(&container(self.files.iter().map(|(file, _)| file.digest()))),
        };
        let subject = self.files.iter().map(|(file, digest)| Subject {
            name: file.name().to_owned(),
            digest: BTreeMap::from([("sha256".to_owned(), hex(digest))]),
        });
        let payload = json::to_canonical(&Statement::new(subject.collect(), &manifest)?)?;
        if payload.len() > MANIFEST_LIMITS.bytes {
            return Err(Error::limit(
                "the manifest of a bundle",
                MANIFEST_LIMITS.bytes,
            ));
        }
        let sealed = dsse::seal(dsse::IN_TOTO, payload.into_bytes(), signers)?.to_json();
        let mut files: Vec<_> = self.files.into_iter().map(|(file, _)| file).collect();
        files.push(Packed::stored(
            &Part::Manifest.to_string(),
            sealed.into_bytes(),
        )?);
        zip::write(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bundle::{Bundle, Contents},
        ed25519::SecretKey,
        entry::Receipt,
        leaf::{self, Leaf},
        merkle::Tree,
    };

    const ORIGIN: &str = "example.com/ledger";

    fn entry(seq: u64) -> Entry {
        let (salt, envelope) = ([seq as u8; 32], format!("{{\"receipt\":{seq}}}"));
        Entry {
            leaf: Leaf {
                kind: 1,
                flags: 0,
                seq,
                digest: leaf::digest(&salt, envelope.as_bytes()),
                keyid: [7; 32],
                time: 9,
            },
            receipt: Some(Receipt { salt, envelope }),
        }
    }

    /// A tree of so many receipts.
    fn ledger(size: u64) -> Tree {
        let mut tree = Tree::default();
        (0..size).for_each(|seq| tree.append(entry(seq).leaf.hash()).unwrap());
        tree
    }

    fn head(tree: &Tree, size: u64) -> String {
        let head = Checkpoint {
            origin: ORIGIN.into(),
            size,
            root: merkle::root(tree, size).unwrap(),
            extensions: Vec::new(),
        };
        let mut note = head.to_note().unwrap();
        note.sign(ORIGIN, &SecretKey::from_seed(&[1; 32])).unwrap();
        note.to_string()
    }

    fn build(
        tree: &Tree,
        sizes: &[u64],
        seqs: impl IntoIterator<Item = u64>,
        since: Option<u64>,
    ) -> Result<Vec<u8>, Error> {
        let mut builder = Builder::new(1_795_262_400, "audit");
        for size in sizes {
            builder.checkpoint(&head(tree, *size))?;
        }
        builder.policy("quorum none\n")?;
        builder.artefact("policies/a.cedar", b"permit(principal, action, resource);")?;
        for seq in seqs {
            builder.entry(&entry(seq))?;
        }
        builder.seal(tree, since, &[&SecretKey::from_seed(&[2; 32])])
    }

    #[test]
    fn runs_are_packed_and_proven_once() {
        let tree = ledger(700);
        let seqs = (3..600).chain([610]).chain(620..622);
        let bytes = build(&tree, &[650, 700], seqs.clone(), Some(5)).unwrap();
        let bundle = Bundle::open(&bytes, zip::Limits::BUNDLE).unwrap();
        let names: Vec<_> = bundle
            .archive
            .files()
            .iter()
            .map(|file| file.name)
            .collect();
        assert_eq!(
            names,
            [
                "artefacts/policies/a.cedar",
                "bundle.dsse.json",
                "checkpoints/650",
                "checkpoints/700",
                "proofs/3-599.txt",
                "proofs/610.tlog-proof",
                "proofs/620-621.txt",
                "proofs/consistency-5-700.txt",
                "proofs/consistency-650-700.txt",
                "receipts/00000000000000000003.jsonl",
                "receipts/00000000000000000256.jsonl",
                "receipts/00000000000000000512.jsonl",
                "receipts/00000000000000000610.jsonl",
                "receipts/00000000000000000620.jsonl",
                "trust/policy",
            ]
        );
        assert!(bundle.unknown.is_empty());
        // Every proof leads to the newest root, every file is a subject, every receipt is there.
        let root = merkle::root(&tree, 700).unwrap();
        let run = bundle.read(&Part::Range(3, 599)).unwrap();
        let run = Range::parse(&run).unwrap();
        let leaves: Vec<_> = (3..600).map(|seq| entry(seq).leaf.hash()).collect();
        merkle::verify_range(&leaves, 3, run.size, &run.hashes, &root).unwrap();
        let one = Proof::parse(&bundle.read(&Part::Inclusion(610)).unwrap()).unwrap();
        merkle::verify_inclusion(&entry(610).leaf.hash(), 610, 700, &one.hashes, &root).unwrap();
        let key = SecretKey::from_seed(&[2; 32]).public();
        let payload = dsse::open(
            &bundle.read(&Part::Manifest).unwrap(),
            dsse::IN_TOTO,
            &[key],
            1,
        );
        let said = Statement::parse_within(&payload.unwrap(), MANIFEST_LIMITS).unwrap();
        let manifest = said.predicate::<Manifest>().unwrap();
        assert_eq!(manifest.runs, [[3, 599], [610, 610], [620, 621]]);
        assert_eq!((manifest.size, manifest.origin.as_str()), (700, ORIGIN));
        for subject in &said.subject {
            let content = bundle.archive.get(&subject.name).unwrap().read().unwrap();
            assert!(subject.is(&content), "{}", subject.name);
        }
        assert_eq!(said.subject.len(), names.len() - 1);
        let found: Vec<_> = bundle
            .parts
            .iter()
            .filter(|(part, _)| matches!(part, Part::Receipts(_)))
            .flat_map(|(_, file)| {
                let text = String::from_utf8(file.read().unwrap()).unwrap();
                let lines: Vec<_> = text
                    .lines()
                    .map(|line| Entry::parse(line).unwrap())
                    .collect();
                assert!(lines.len() <= 256);
                lines
            })
            .collect();
        assert_eq!(found, seqs.map(entry).collect::<Vec<_>>());
    }

    #[test]
    fn what_was_packed_before_is_held_against_the_tree() {
        let tree = ledger(600);
        let whole = build(&tree, &[600], 3..600, None).unwrap();
        let mut builder = Builder::new(1_795_262_400, "audit");
        builder.checkpoint(&head(&tree, 600)).unwrap();
        builder.policy("quorum none\n").unwrap();
        builder
            .artefact("policies/a.cedar", b"permit(principal, action, resource);")
            .unwrap();
        assert_eq!(builder.pack().unwrap(), None);
        (3..256).for_each(|seq| builder.entry(&entry(seq)).unwrap());
        let kept = zip::write(vec![builder.pack().unwrap().unwrap().clone()]).unwrap();
        let kept = zip::Archive::open(&kept, zip::Limits::BUNDLE).unwrap();
        let [file] = kept.files() else { unreachable!() };

        let mut again = Builder::new(1_795_262_400, "audit");
        again.checkpoint(&head(&tree, 600)).unwrap();
        again.policy("quorum none\n").unwrap();
        again
            .artefact("policies/a.cedar", b"permit(principal, action, resource);")
            .unwrap();
        let mut other = Tree::default();
        (0..600).for_each(|_| other.append([1; 32]).unwrap());
        for (numbers, tree) in [
            (3..255, &tree),
            (3..257, &tree),
            (4..256, &tree),
            (3..256, &other),
        ] {
            assert!(again.packed(numbers, file, tree).is_err());
        }
        again.packed(3..256, file, &tree).unwrap();
        assert!(again.packed(3..256, file, &tree).is_err());
        (256..600).for_each(|seq| again.entry(&entry(seq)).unwrap());
        let key = SecretKey::from_seed(&[2; 32]);
        assert_eq!(again.seal(&tree, None, &[&key]).unwrap(), whole);
    }

    #[test]
    fn the_same_input_gives_the_same_bytes() {
        let tree = ledger(20);
        let bytes = build(&tree, &[20, 10], 0..20, None).unwrap();
        assert_eq!(bytes, build(&tree, &[10, 20], 0..20, None).unwrap());
        assert_ne!(bytes, build(&tree, &[10, 20], 0..19, None).unwrap());
    }

    #[test]
    fn compact_blocks_hold_what_lines_do() {
        let tree = ledger(700);
        let built = |compact: bool| {
            let mut builder = Builder::new(1_795_262_400, "audit");
            if compact {
                builder = builder.compact();
            }
            builder.checkpoint(&head(&tree, 700)).unwrap();
            (3..600)
                .chain([610])
                .for_each(|seq| builder.entry(&entry(seq)).unwrap());
            let sealed = builder.seal(&tree, None, &[&SecretKey::from_seed(&[2; 32])]);
            sealed.unwrap()
        };
        let (lines, blocks) = (built(false), built(true));
        assert_eq!(blocks, built(true));
        assert!(blocks.len() < lines.len());
        let bytes = blocks.clone();
        let [lines, blocks] =
            [&lines, &blocks].map(|bytes| Bundle::open(bytes, zip::Limits::BUNDLE).unwrap());
        let firsts = |bundle: &Bundle<'_>, part: fn(u64) -> Part<'static>| {
            [3, 256, 512, 610]
                .iter()
                .filter(|first| bundle.parts.contains_key(&part(**first)))
                .count()
        };
        assert_eq!(
            (
                firsts(&lines, Part::Receipts),
                firsts(&lines, Part::Compact)
            ),
            (4, 0)
        );
        assert_eq!(
            (
                firsts(&blocks, Part::Receipts),
                firsts(&blocks, Part::Compact)
            ),
            (0, 4)
        );
        assert!(!blocks.dictionary().unwrap().is_empty());
        let all = |bundle: &Bundle<'_>| {
            let contents = Contents::of(bundle).unwrap();
            let mut numbers = contents.newest(0, usize::MAX);
            numbers.reverse();
            assert!(contents.way(300).unwrap().holds());
            contents.entries(numbers).unwrap()
        };
        assert_eq!(all(&lines), all(&blocks));
        // What blocks could rebuild counts like files.
        let sizes = blocks.archive.files().iter();
        let limits = zip::Limits {
            total: sizes.map(|file| u64::from(file.size)).sum(),
            ..zip::Limits::BUNDLE
        };
        assert!(matches!(
            Bundle::open(&bytes, limits),
            Err(Error::Limit { .. })
        ));
        // A receipt too large for a block stays a line.
        let mut large = entry(0);
        large.receipt.as_mut().unwrap().envelope = "x".repeat(compact::MAX_BYTES);
        let receipt = large.receipt.as_ref().unwrap();
        large.leaf.digest = leaf::digest(&receipt.salt, receipt.envelope.as_bytes());
        let mut tree = Tree::default();
        tree.append(large.leaf.hash()).unwrap();
        let mut builder = Builder::new(0, "").compact();
        builder.checkpoint(&head(&tree, 1)).unwrap();
        builder.entry(&large).unwrap();
        let bytes = builder
            .seal(&tree, None, &[&SecretKey::from_seed(&[2; 32])])
            .unwrap();
        let bundle = Bundle::open(&bytes, zip::Limits::BUNDLE).unwrap();
        assert!(bundle.parts.contains_key(&Part::Receipts(0)));
    }

    #[test]
    fn what_cannot_be_proven_is_not_exported() {
        let tree = ledger(20);
        let says = |built: Result<Vec<u8>, Error>| built.unwrap_err().to_string();
        assert!(says(build(&tree, &[], 0..2, None)).contains("no checkpoint"));
        assert!(says(build(&tree, &[10], 0..11, None)).contains("newer"));
        assert!(says(build(&tree, &[10], [1, 1], None)).contains("out of order"));
        let mut other = Tree::default();
        (0..20).for_each(|_| other.append([1; 32]).unwrap());
        for (ledger, why) in [
            (ledger(19), "missing"),
            (other, "not that of its checkpoint"),
        ] {
            let mut builder = Builder::new(0, "");
            builder.checkpoint(&head(&tree, 20)).unwrap();
            let signer = SecretKey::from_seed(&[2; 32]);
            assert!(says(builder.seal(&ledger, None, &[&signer])).contains(why));
        }
        let mut builder = Builder::new(0, "");
        assert!(builder.artefact("../x", b"").is_err());
        let mut swapped = entry(1);
        swapped.receipt = entry(2).receipt;
        assert!(builder.entry(&swapped).is_err());
        let elsewhere = head(&tree, 10).replace(ORIGIN, "elsewhere");
        builder.checkpoint(&head(&tree, 20)).unwrap();
        assert!(builder.checkpoint(&elsewhere).is_err());
    }
}
