//! The case: what a bundle says, read once, with the answers to what is asked of each receipt. The checks look at nothing else.

use std::{cell::Cell, collections::BTreeMap, ops::Range};

use super::{
    Claims, DECISIONS, Decisions, Progress, Replay, Replayed,
    heads::{self, Head},
    receipts::{self, Answers, Judge, Miss, Opened, Pack, Question, Signed, Spoken, Version},
    workers,
};
use crate::{
    Error, Hash,
    bundle::{self, Bundle, MANIFEST_LIMITS, Part},
    checkpoint::Checkpoint,
    merkle, sha256,
    statement::PurgeManifest,
    tlog_proof::Proof,
    trust::Trust,
    zip::{self, File},
};

/// Checkpoints of a bundle. Each costs signatures to check before anything else is known.
const MAX_HEADS: usize = 1024;
/// Bytes of decisions, unpacked.
const MAX_DECISIONS: u64 = 256 << 20;
/// How often a new key may name its own follower.
const MAX_ROTATIONS: usize = 16;

/// What a bundle says.
pub(super) struct Case<'a> {
    pub(super) bundle: Bundle<'a>,
    pub(super) trust: Option<&'a Trust>,
    pub(super) at: Option<u64>,
    pub(super) last_seen: Option<&'a Checkpoint>,
    opened: Opened,
    /// The manifest, if it is one.
    pub(super) signed: Option<Signed>,
    pub(super) heads: Vec<Head>,
    /// In the order of the archive, without the manifest.
    pub(super) files: Vec<(&'a str, Judged)>,
    packs: Vec<Pack>,
    pub(super) answers: Answers,
    /// Receipts, purged ones too.
    pub(super) lines: u64,
    /// Hashes of the leaves of those, by number.
    pub(super) purged: BTreeMap<u64, Hash>,
    /// What purges say of themselves, by number.
    pub(super) purges: BTreeMap<u64, PurgeManifest>,
    pub(super) compacted: u64,
    pub(super) versions: Vec<Version>,
    pub(super) claims: Claims,
    pub(super) replayed: Option<Replayed>,
    pub(super) connections: Option<u64>,
}

/// A file, unpacked.
pub(super) struct Judged {
    pub(super) content: Result<Hash, Error>,
    pub(super) stored: Hash,
}

/// Receipts without gap.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) first: u64,
    pub(super) last: u64,
    /// Which packs hold them.
    packs: Range<usize>,
}

impl<'a> Case<'a> {
    /// Reads directory, manifest and checkpoints.
    pub(super) fn open(
        bytes: &'a [u8],
        trust: Option<&'a Trust>,
        at: Option<u64>,
        last_seen: Option<&'a Checkpoint>,
    ) -> Result<Self, Error> {
        let bundle = Bundle::open(bytes, zip::Limits::BUNDLE)?;
        let heads = bundle.parts.keys();
        let heads = heads.filter(|part| matches!(part, Part::Checkpoint(_)));
        if heads.count() > MAX_HEADS {
            return Err(Error::limit(
                "the number of checkpoints of a bundle",
                MAX_HEADS,
            ));
        }
        let text = bundle.read(&Part::Manifest)?;
        let opened = receipts::open(&text, MANIFEST_LIMITS)?;
        if opened.0.to_json().as_bytes() != text {
            let why = "its envelope is not canonical JSON";
            return Err(Error::form("manifest", why));
        }
        Ok(Self {
            heads: heads::read(&bundle, trust),
            bundle,
            trust,
            at,
            last_seen,
            opened,
            signed: None,
            files: Vec::new(),
            packs: Vec::new(),
            answers: Answers::default(),
            lines: 0,
            purged: BTreeMap::new(),
            purges: BTreeMap::new(),
            compacted: 0,
            versions: Vec::new(),
            claims: Claims::new(),
            replayed: None,
            connections: None,
        })
    }

    /// Judges manifest and files; `None` when told to stop.
    pub(super) fn examine(&mut self, progress: &dyn Fn(Progress) -> bool) -> Option<()> {
        let policy = self.trust.map(|trust| &trust.policy);
        let witnessed = self.heads.iter().filter_map(|head| {
            let (checkpoint, signed) = head.signed()?;
            Some((checkpoint.size, heads::witnessed(policy?, signed)?))
        });
        let keys = self.trust.iter().flat_map(|trust| &trust.keys);
        let mut judge = Judge {
            trust: self.trust,
            keys: keys.map(|key| (key.id(), key.clone())).collect(),
            at: self.at,
            witnessed: witnessed.collect(),
            files: BTreeMap::new(),
            dictionary: self.bundle.dictionary(),
        };
        self.signed = judge.manifest(&self.opened, &mut Answers::default());
        let subjects = self
            .signed
            .iter()
            .flat_map(|signed| &signed.statement.subject);
        judge.files = subjects
            .filter_map(|subject| {
                Some((subject.name.clone(), subject.digest.get("sha256")?.clone()))
            })
            .collect();
        let parts = self.bundle.archive.files().iter().copied();
        let parts: Vec<_> = parts
            .filter(|file| Part::of(file.name) != Some(Part::Manifest))
            .collect();
        let judged = judge_files(&mut judge, &parts, progress)?;
        // Once more, for a follower may have signed it.
        let mut answers = Answers::default();
        self.signed = judge.manifest(&self.opened, &mut answers);
        let mut spoken = Spoken::new();
        for (file, (judged, pack)) in parts.iter().zip(judged) {
            self.files.push((file.name, judged));
            let Some(mut pack) = pack else { continue };
            answers.add(std::mem::take(&mut pack.answers));
            self.lines += pack.lines;
            self.purged.append(&mut pack.purged);
            self.purges.append(&mut pack.purges);
            self.compacted += pack.compacted;
            self.versions.append(&mut pack.versions);
            for (pair, claim) in std::mem::take(&mut pack.claims) {
                self.claims.entry(pair).or_default().merge(claim);
            }
            for (name, (seq, held)) in std::mem::take(&mut pack.spoken) {
                let known = spoken.entry(name).or_default();
                *known = (known.0.max(seq), known.1 || held);
            }
            self.packs.push(pack);
        }
        judge.spoken(&spoken, &mut answers);
        self.answers = answers;
        Some(())
    }

    /// Has the decisions run again; `None` when told to stop.
    pub(super) fn replay(
        &mut self,
        replay: &dyn Replay,
        progress: &dyn Fn(Progress) -> bool,
    ) -> Option<()> {
        let stopped = Cell::new(false);
        let progress = |at| {
            stopped.set(stopped.get() || !progress(at));
            !stopped.get()
        };
        let files = self.bundle.archive.files().iter();
        let files: Vec<_> = files
            .filter_map(|file| Some((file.name.strip_prefix(DECISIONS)?, file)))
            .collect();
        if !files.is_empty() {
            let size: u64 = files.iter().map(|(_, file)| u64::from(file.size)).sum();
            let read = |(name, file): (&'a str, &File<'_>)| Some((name, file.read().ok()?));
            self.replayed = Some(if size > MAX_DECISIONS {
                Replayed::Differ {
                    expected: format!("at most {MAX_DECISIONS} bytes of decisions"),
                    found: format!("{size}"),
                }
            } else if let Some(files) = files.into_iter().map(read).collect() {
                replay.replay(&Decisions {
                    files,
                    claims: &self.claims,
                    progress: &progress,
                })
            } else {
                Replayed::Unable("a file of decisions cannot be unpacked".to_owned())
            });
        }
        self.connections = replay.connections();
        (!stopped.get()).then_some(())
    }

    /// Receipts with something to read in them.
    pub(super) fn receipts(&self) -> u64 {
        self.lines - self.purged.len() as u64
    }

    /// These, and the manifest.
    pub(super) fn statements(&self) -> u64 {
        self.receipts() + 1
    }

    /// Whether a receipt is in the bundle, purged or not.
    pub(super) fn holds(&self, number: u64) -> bool {
        let within = |pack: &Pack| {
            number
                .checked_sub(pack.first)
                .is_some_and(|at| at < pack.lines)
        };
        self.packs.iter().any(within)
    }

    /// The newest checkpoint that the ledger signed.
    pub(super) fn newest(&self) -> Option<&Checkpoint> {
        let mut heads = self.heads.iter().rev();
        heads.find_map(|head| Some(head.signed()?.0))
    }

    /// The runs of receipts that are there, or the number of one that is there twice.
    pub(super) fn runs(&self) -> Result<Vec<Run>, u64> {
        let mut runs: Vec<Run> = Vec::new();
        for (at, pack) in self.packs.iter().enumerate() {
            let (first, last) = (pack.first, pack.first.saturating_add(pack.lines - 1));
            match runs.last_mut() {
                Some(run) if first <= run.last => return Err(first),
                Some(run) if first == run.last.saturating_add(1) => {
                    run.last = last;
                    run.packs.end = at + 1;
                }
                _ => runs.push(Run {
                    first,
                    last,
                    packs: at..at + 1,
                }),
            }
        }
        Ok(runs)
    }

    /// The runs, if they are those that the manifest declares.
    pub(super) fn declared(&self) -> Option<Vec<Run>> {
        let declared = &self.signed.as_ref()?.manifest.runs;
        let there = self.runs().ok()?;
        let same = declared.len() == there.len()
            && declared
                .iter()
                .zip(&there)
                .all(|(declared, run)| *declared == [run.first, run.last]);
        same.then_some(there)
    }

    /// The leaf hashes of a run, if all could be read.
    pub(super) fn leaves(&self, run: &Run) -> Option<Vec<Hash>> {
        let packs = self.packs.get(run.packs.clone())?;
        let whole = |pack: &Pack| pack.leaves.len() as u64 == pack.lines;
        let leaves = packs.iter().flat_map(|pack| &pack.leaves).copied();
        packs.iter().all(whole).then(|| leaves.collect())
    }

    /// Whether the proof of a run holds; `false` if it leads to a checkpoint that nobody trusted signed.
    pub(super) fn proven(&self, run: &Run, leaves: &[Hash]) -> Result<bool, Miss> {
        let (first, last) = (run.first, run.last);
        let name = if first == last {
            format!("receipt {first}")
        } else {
            format!("receipts {first} to {last}")
        };
        let miss = |error: Error| Miss::new(format!("a proof for {name}"), error.to_string());
        let Some((size, hashes)) = self.proof(first, last).map_err(miss)? else {
            return Ok(false);
        };
        let Some(newest) = self.newest() else {
            return Ok(false);
        };
        // What witnesses vouch for is the newest checkpoint.
        if newest.size != size {
            let unsigned = self.heads.iter().any(|head| head.signed().is_none());
            let why = Error::Proof("it leads to another checkpoint than the newest");
            return if unsigned { Ok(false) } else { Err(miss(why)) };
        }
        merkle::verify_range(leaves, first, size, &hashes, &newest.root).map_err(miss)?;
        Ok(true)
    }

    /// The proof of a run: size of the tree, and hashes. `None` if it is for a checkpoint that cannot be read.
    fn proof(&self, first: u64, last: u64) -> Result<Option<(u64, Vec<Hash>)>, Error> {
        let parts = &self.bundle.parts;
        if let Some(file) = parts.get(&Part::Range(first, last)) {
            let proof = bundle::Range::parse(&file.read()?)?;
            return if (proof.first, proof.last) == (first, last) {
                Ok(Some((proof.size, proof.hashes)))
            } else {
                Err(Error::Proof(
                    "it is about other receipts than its name says",
                ))
            };
        }
        let file = parts.get(&Part::Inclusion(first)).filter(|_| first == last);
        let proof = Proof::parse(&file.ok_or(Error::Proof("there is none"))?.read()?)?;
        let mut heads = self.heads.iter();
        match heads.find(|head| head.text == proof.checkpoint.as_bytes()) {
            Some(head) if proof.index == first => {
                Ok(head.read().map(|head| (head.size, proof.hashes)))
            }
            _ => Err(Error::Proof(
                "it is about another receipt, or a checkpoint that is not in the bundle",
            )),
        }
    }

    /// The root at an older size, from receipts: if they are there from the first, and proven.
    pub(super) fn root_at(&self, size: u64) -> Option<Hash> {
        let runs = self.declared()?;
        let run = runs
            .first()
            .filter(|run| run.first == 0 && size > 0 && size - 1 <= run.last)?;
        let leaves = self.leaves(run)?;
        if !matches!(self.proven(run, &leaves), Ok(true)) {
            return None;
        }
        leaves
            .get(..usize::try_from(size).ok()?)
            .map(merkle::root_of)
    }
}

type Each = (Judged, Option<Pack>);

/// Judges every file; those again that hold receipts of a key which only a receipt names.
fn judge_files(
    judge: &mut Judge<'_>,
    files: &[File<'_>],
    progress: &dyn Fn(Progress) -> bool,
) -> Option<Vec<Each>> {
    let total = files.len();
    let one = |judge: &Judge<'_>, file: &File<'_>| {
        let content = file.read();
        let pack = match (&content, Part::of(file.name)) {
            (Ok(content), Some(Part::Receipts(first))) => Some(judge.pack(first, content)),
            (Ok(content), Some(Part::Compact(first))) => Some(judge.compact(first, content)),
            _ => None,
        };
        let judged = Judged {
            content: content.map(|content| sha256(&[&content])),
            stored: file.digest(),
        };
        (judged, pack)
    };
    let tell = |done| progress(Progress { done, total });
    let mut judged = workers::each(files, |file| one(judge, file), &tell)?;
    for _ in 0..MAX_ROTATIONS {
        let known = judge.keys.len();
        let packs = judged.iter().filter_map(|(_, pack)| pack.as_ref());
        for key in packs.flat_map(|pack| &pack.followers) {
            judge.keys.entry(key.id()).or_insert_with(|| key.clone());
        }
        if judge.keys.len() == known {
            break;
        }
        let refused = |(_, (_, pack)): &(&File<'_>, &mut Each)| {
            let asked = [Question::Signed, Question::Allowed, Question::Valid];
            let failed = |pack: &Pack| asked.iter().any(|asked| pack.answers.failed(*asked));
            pack.as_ref().is_some_and(failed)
        };
        let (again, places): (Vec<_>, Vec<_>) =
            files.iter().zip(&mut judged).filter(refused).unzip();
        let results = workers::each(&again, |file| one(judge, file), &|_| tell(total))?;
        for (place, result) in places.into_iter().zip(results) {
            *place = result;
        }
    }
    Some(judged)
}
