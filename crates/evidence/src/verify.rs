//! The verifier: what a bundle proves to somebody who trusts nobody but those named in a trust file. Twenty-one checks, each a
//! thin function over what was read once; each passes, fails, or was not checked, with the reason. The bundle is *verified* when
//! nothing fails and nothing that is needed was left unchecked; it is never verified by omission.
//!
//! Pure, as everything here: bytes, trust, the moment to judge at and the checkpoint seen last come in; decisions are re-run by
//! whoever has a policy engine ([`Replay`]). Packs of receipts are judged on every core, one in hand at a time.

mod heads;
mod receipts;
mod report;
mod workers;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use crate::{
    Error, Hash,
    bundle::{self, Bundle, MANIFEST_LIMITS, Part, Range},
    checkpoint::Checkpoint,
    dsse, hex, merkle, moment, sha256,
    statement::Subject,
    tlog_proof::Proof,
    trust::Trust,
    zip,
};
use heads::{Head, Standing};
use receipts::{Answers, Judge, Miss, Opened, Pack, Question, Signed, Tally, Version};
pub use report::{Program, Refusal, Resource, Summary, VERIFIER};

/// Where decisions lie that are to be run again.
pub const DECISIONS: &str = "artefacts/decisions/";
/// What may lie there, unpacked.
const MAX_DECISIONS: u64 = 256 << 20;
/// How often a new key may name its own follower.
const MAX_ROTATIONS: usize = 16;
const NO_TRUST: &str = "no trust file was given: a bundle does not say whom to believe";

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It could not be asked, or there is nothing to ask about.
    NotChecked,
}

/// How a verification ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing fails, and everything needed was checked.
    Verified,
    /// Something fails.
    Failed,
    /// Nothing fails, but something needed could not be checked.
    CannotDecide,
}

/// A check and its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// `V01` to `V21`.
    pub id: String,
    /// How it ended.
    pub state: State,
    /// What holds if it passes.
    pub sentence: String,
    /// What was expected; empty if not checked.
    pub expected: String,
    /// What was found; the reason if not checked.
    pub found: String,
    /// Further failures, one a line.
    #[serde(skip)]
    pub detail: Vec<String>,
    /// Without it, nothing is verified.
    #[serde(skip)]
    pub needed: bool,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// In one word.
    pub verdict: Outcome,
    /// What was verified.
    pub subject: Subject,
    /// All checks, in order.
    pub checks: Vec<Check>,
}

/// Who runs decisions again. Evidence knows no policy engine.
pub trait Replay {
    /// Runs them.
    fn replay(&self, decisions: &Decisions<'_>) -> Replayed;

    /// Network connections the process opened meanwhile, where that can be counted.
    fn connections(&self) -> Option<u64> {
        None
    }
}

/// What is to be run again.
pub struct Decisions<'a> {
    /// Files below [`DECISIONS`], by what follows it.
    pub files: BTreeMap<&'a str, Vec<u8>>,
    /// What receipts say of pairs of policy sets.
    pub claims: &'a Claims,
    /// Told how far it is; false to stop.
    pub progress: &'a dyn Fn(Progress) -> bool,
}

impl Decisions<'_> {
    /// Tells how many are done, and whether to go on.
    #[must_use]
    pub fn go_on(&self, done: usize, total: usize) -> bool {
        (self.progress)(Progress { done, total })
    }
}

/// What receipts say, by the digests of the set before and after.
pub type Claims = BTreeMap<(String, String), Claim>;

/// What receipts say of a pair of policy sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Rows said to gain and to lose access, at most, where a receipt counts them.
    pub counts: Option<(u64, u64)>,
}

/// What running decisions again gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// So many decisions, all the same.
    Agree(u64),
    /// Not what the bundle says.
    Differ {
        /// What it says.
        expected: String,
        /// What came out.
        found: String,
    },
    /// Nobody here can run them, and why.
    Unable(String),
}

/// Runs nothing again.
#[derive(Clone, Copy, Debug)]
pub struct NoReplay;

impl Replay for NoReplay {
    fn replay(&self, _: &Decisions<'_>) -> Replayed {
        Replayed::Unable("this verifier has no policy engine".to_owned())
    }
}

/// How far a verification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Files judged, then decisions run again.
    pub done: usize,
    /// Of how many.
    pub total: usize,
}

/// Verifies a bundle. `at` is the moment to judge at, in seconds since 1970: nothing may have been signed after it. `last_seen` is
/// a checkpoint the auditor has seen, and verified, before. `progress` is called between files; `None` when it returns false.
pub fn verify(
    bytes: &[u8],
    trust: Option<&Trust>,
    at: Option<u64>,
    last_seen: Option<&Checkpoint>,
    replay: &dyn Replay,
    progress: &dyn Fn(Progress) -> bool,
) -> Option<Verdict> {
    let subject = Subject::of("bundle", bytes);
    let found: Vec<_> = match Case::open(bytes, trust, at, last_seen) {
        Ok(mut case) => {
            case.examine(progress)?;
            case.replay(replay, progress)?;
            CHECKS.iter().map(|rule| (rule.check)(&case)).collect()
        }
        Err(error) => CHECKS
            .iter()
            .map(|rule| match rule.id {
                "V01" => fail("a bundle within limits", error.to_string()),
                _ => open("the bundle could not be read"),
            })
            .collect(),
    };
    let checks = CHECKS.iter().zip(found).map(|(rule, found)| Check {
        id: rule.id.to_owned(),
        state: found.state,
        sentence: rule.sentence.to_owned(),
        expected: found.expected,
        found: found.found,
        detail: found.detail,
        needed: found.needed,
    });
    Some(Verdict::of(subject, checks.collect()))
}

impl Verdict {
    fn of(subject: Subject, checks: Vec<Check>) -> Self {
        let open = |check: &Check| check.state == State::NotChecked && check.needed;
        let verdict = if checks.iter().any(|check| check.state == State::Fail) {
            Outcome::Failed
        } else if checks.iter().any(open) {
            Outcome::CannotDecide
        } else {
            Outcome::Verified
        };
        Self {
            verdict,
            subject,
            checks,
        }
    }
}

/// A check: its law, and the function that holds a case against it.
struct Rule {
    id: &'static str,
    sentence: &'static str,
    check: fn(&Case<'_>) -> Found,
}

const fn rule(id: &'static str, sentence: &'static str, check: fn(&Case<'_>) -> Found) -> Rule {
    Rule {
        id,
        sentence,
        check,
    }
}

const CHECKS: [Rule; 21] = [
    rule(
        "V01",
        "everything can be read, within limits and in one way only",
        readable,
    ),
    rule(
        "V02",
        "what is signed is a statement, and signed as one",
        typed,
    ),
    rule(
        "V03",
        "keys of your trust file signed the manifest and every receipt",
        signed,
    ),
    rule("V04", "each of these keys was valid when it signed", valid),
    rule("V05", "statements have the members of their type", shaped),
    rule(
        "V06",
        "every file has the digest that was signed",
        unchanged,
    ),
    rule("V07", "who signed may sign that kind of receipt", allowed),
    rule(
        "V08",
        "the ledger you trust signed its checkpoints",
        checkpoints,
    ),
    rule(
        "V09",
        "enough of your witnesses saw the ledger like this",
        witnesses,
    ),
    rule("V10", "every receipt is in the ledger", included),
    rule("V11", "the ledger only grew", consistent),
    rule("V12", "the ledger is the one your trust file names", pinned),
    rule(
        "V13",
        "every entry of the ledger is bound to its receipt",
        bound,
    ),
    rule("V14", "timestamps of authorities hold", |_| {
        idle("bundles of this version carry none")
    }),
    rule("V15", "nothing is missing, and nothing was added", complete),
    rule(
        "V16",
        "compacted receipts are rebuilt byte for byte",
        |_| idle("nothing in it is compacted"),
    ),
    rule("V17", "what was purged was purged by the rules", purged),
    rule("V18", "no policy version goes back", forward),
    rule("V19", "zero-knowledge proofs hold", |_| {
        idle("it holds none")
    }),
    rule("V20", "nothing was asked over the network", offline),
    rule("V21", "decisions, run again, come out the same", replayed),
];

/// What a check found.
struct Found {
    state: State,
    expected: String,
    found: String,
    detail: Vec<String>,
    needed: bool,
}

fn found(state: State, expected: impl Into<String>, found: impl Into<String>) -> Found {
    Found {
        state,
        expected: expected.into(),
        found: found.into(),
        detail: Vec::new(),
        needed: true,
    }
}

fn pass(expected: impl Into<String>, is: impl Into<String>) -> Found {
    found(State::Pass, expected, is)
}

fn fail(expected: impl Into<String>, is: impl Into<String>) -> Found {
    found(State::Fail, expected, is)
}

/// Not checked, though it had to be.
fn open(why: impl Into<String>) -> Found {
    found(State::NotChecked, "", why)
}

/// Not checked, because there is nothing to check.
fn idle(why: impl Into<String>) -> Found {
    Found {
        needed: false,
        ..open(why)
    }
}

impl From<Miss> for Found {
    fn from(miss: Miss) -> Self {
        fail(miss.expected, miss.found)
    }
}

/// A file, unpacked and judged.
struct Judged {
    content: Result<Hash, Error>,
    stored: Hash,
    pack: Option<Pack>,
}

/// What a bundle says, read once, and the answers to what is asked of each receipt.
struct Case<'a> {
    bundle: Bundle<'a>,
    trust: Option<&'a Trust>,
    at: Option<u64>,
    last_seen: Option<&'a Checkpoint>,
    opened: Opened,
    signed: Option<Signed>,
    heads: Vec<Head>,
    /// In the order of the archive, without the manifest.
    files: Vec<(&'a str, Judged)>,
    answers: Answers,
    lines: u64,
    purged: u64,
    versions: Vec<Version>,
    claims: Claims,
    replayed: Option<Replayed>,
    connections: Option<u64>,
}

impl<'a> Case<'a> {
    fn open(
        bytes: &'a [u8],
        trust: Option<&'a Trust>,
        at: Option<u64>,
        last_seen: Option<&'a Checkpoint>,
    ) -> Result<Self, Error> {
        let bundle = Bundle::open(bytes, zip::Limits::BUNDLE)?;
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
            answers: Answers::default(),
            lines: 0,
            purged: 0,
            versions: Vec::new(),
            claims: Claims::new(),
            replayed: None,
            connections: None,
        })
    }

    /// Judges manifest and files. Again, where a receipt names a key's follower that signed others.
    fn examine(&mut self, progress: &dyn Fn(Progress) -> bool) -> Option<()> {
        let policy = self.trust.map(|trust| &trust.policy);
        let witnessed = self.heads.iter().filter_map(|head| {
            let (checkpoint, signed) = head.signed()?;
            Some((checkpoint.size, heads::witnessed(policy?, signed)?))
        });
        let keys = self.trust.iter().flat_map(|trust| &trust.keys);
        let judge = Judge {
            trust: self.trust,
            keys: keys.map(|key| (key.id(), key.clone())).collect(),
            at: self.at,
            witnessed: witnessed.collect(),
            files: BTreeMap::new(),
        };
        let mut answers = Answers::default();
        let signed = judge.manifest(&self.opened, &mut answers);
        let digest = |subject: &Subject| subject.digest.get("sha256").cloned();
        let subjects: BTreeMap<String, String> = signed
            .iter()
            .flat_map(|signed| &signed.statement.subject)
            .filter_map(|subject| Some((subject.name.clone(), digest(subject)?)))
            .collect();
        let mut judge_files = Judge {
            files: subjects
                .iter()
                .map(|(name, digest)| (name.as_str(), digest.as_str()))
                .collect(),
            ..judge
        };
        let files: Vec<_> = self
            .bundle
            .archive
            .files()
            .iter()
            .filter(|file| Part::of(file.name) != Some(Part::Manifest))
            .collect();
        let total = files.len();
        let one = |judge: &Judge<'_>, file: &zip::File<'_>| {
            let content = file.read();
            let pack = match (&content, Part::of(file.name)) {
                (Ok(content), Some(Part::Receipts(first))) => Some(judge.pack(first, content)),
                _ => None,
            };
            Judged {
                content: content.map(|content| sha256(&[&content])),
                stored: file.digest(),
                pack,
            }
        };
        let mut judged = workers::each(
            total,
            |at| files.get(at).map(|file| one(&judge_files, file)),
            &|done| progress(Progress { done, total }),
        )?;
        for _ in 0..MAX_ROTATIONS {
            let packs = || {
                judged
                    .iter()
                    .flatten()
                    .filter_map(|file| file.pack.as_ref())
            };
            let known = judge_files.keys.len();
            for key in packs().flat_map(|pack| &pack.followers) {
                judge_files
                    .keys
                    .entry(key.id())
                    .or_insert_with(|| key.clone());
            }
            if judge_files.keys.len() == known {
                break;
            }
            let again: Vec<usize> = judged
                .iter()
                .enumerate()
                .filter(|(_, file)| {
                    let pack = file.as_ref().and_then(|file| file.pack.as_ref());
                    let asked = [Question::Signed, Question::Allowed, Question::Valid];
                    pack.is_some_and(|pack| asked.iter().any(|asked| pack.answers.failed(*asked)))
                })
                .map(|(at, _)| at)
                .collect();
            let results = workers::each(
                again.len(),
                |at| {
                    let file = again.get(at).and_then(|at| files.get(*at));
                    file.map(|file| one(&judge_files, file))
                },
                &|_| progress(Progress { done: total, total }),
            )?;
            for (at, result) in again.into_iter().zip(results) {
                if let Some(file) = judged.get_mut(at) {
                    *file = result;
                }
            }
        }
        if judge_files.keys.len() > self.trust.map_or(0, |trust| trust.keys.len()) {
            // A follower may have signed the manifest.
            answers = Answers::default();
            judge_files.manifest(&self.opened, &mut answers);
        }
        for pack in judged
            .iter_mut()
            .flatten()
            .filter_map(|file| file.pack.as_mut())
        {
            answers.add(std::mem::take(&mut pack.answers));
            self.lines += pack.lines;
            self.purged += pack.purged;
            self.versions.append(&mut pack.versions);
            for (pair, claim) in std::mem::take(&mut pack.claims) {
                self.claims.entry(pair).or_default().merge(claim);
            }
        }
        self.answers = answers;
        self.files = files
            .iter()
            .map(|file| file.name)
            .zip(judged.into_iter().flatten())
            .collect();
        self.signed = signed;
        Some(())
    }

    fn replay(&mut self, replay: &dyn Replay, progress: &dyn Fn(Progress) -> bool) -> Option<()> {
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
            let read = |(name, file): (&'a str, &zip::File<'_>)| Some((name, file.read().ok()?));
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

    /// Receipts with something to read in them, and the manifest.
    fn statements(&self) -> u64 {
        self.lines - self.purged + 1
    }

    fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.files.iter().filter_map(|(_, file)| file.pack.as_ref())
    }

    /// The newest checkpoint that the ledger signed.
    fn newest(&self) -> Option<&Checkpoint> {
        self.heads
            .iter()
            .rev()
            .find_map(|head| Some(head.signed()?.0))
    }

    /// The check that a question held of `total` receipts.
    fn asked(&self, question: Question, total: u64, expected: &str) -> Found {
        let Some(tally) = self.answers.of(question) else {
            return open("not asked");
        };
        if let Some((place, miss)) = tally.misses.first() {
            let more = match tally.failed - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            let tell = |(place, miss): &(String, Miss)| {
                format!("{place}: expected {}, found {}", miss.expected, miss.found)
            };
            return Found {
                detail: tally.misses.iter().map(tell).collect(),
                ..fail(
                    miss.expected.clone(),
                    format!("{place}: {}{more}", miss.found),
                )
            };
        }
        if let Some(why) = &tally.open {
            return open(why.clone());
        }
        if tally.held < total {
            let left = total - tally.held;
            return open(format!(
                "{left} of {total} could not be asked: see the checks that failed"
            ));
        }
        pass(expected, format!("{total} of {total}"))
    }

    fn asked_with_trust(&self, question: Question, expected: &str) -> Found {
        match self.trust {
            Some(_) => self.asked(question, self.statements(), expected),
            None => open(NO_TRUST),
        }
    }
}

impl Answers {
    fn failed(&self, question: Question) -> bool {
        self.of(question)
            .is_some_and(|tally: &Tally| tally.failed > 0)
    }
}

impl Claim {
    fn merge(&mut self, other: Self) {
        if let Some((gained, lost)) = other.counts {
            self.counted(gained, lost);
        }
    }
}

/// V01. Limits before anything is parsed, strict base64, JSON without duplicate names, UTF-8, nothing behind the end.
fn readable(case: &Case<'_>) -> Found {
    let broken = case
        .files
        .iter()
        .find_map(|(_, file)| file.content.as_ref().err());
    match broken {
        Some(error) => fail("files that unpack to what they claim", error.to_string()),
        None => case.asked(Question::Read, case.lines + 1, "manifest and receipts read"),
    }
}

/// V02. The payload type, checked before the payload is parsed; signed bytes rebuilt from decoded ones.
fn typed(case: &Case<'_>) -> Found {
    case.asked(Question::Type, case.statements(), dsse::IN_TOTO)
}

/// V03. Strict signatures under keys of the trust file, never of the bundle; thresholds count distinct keys.
fn signed(case: &Case<'_>) -> Found {
    case.asked_with_trust(
        Question::Signed,
        "signatures that hold, by enough trusted keys",
    )
}

/// V04. Keys valid at the moment of signing, rotations signed by both keys, nothing signed after the moment to judge at.
fn valid(case: &Case<'_>) -> Found {
    case.asked_with_trust(
        Question::Valid,
        "signatures made while their keys were valid",
    )
}

/// V05. Statement and predicate types known, and their members there.
fn shaped(case: &Case<'_>) -> Found {
    case.asked(
        Question::Shape,
        case.statements(),
        "statements of known types",
    )
}

/// V06. Each file against the manifest, as stored and unpacked; artefacts against the receipts that speak of them.
fn unchanged(case: &Case<'_>) -> Found {
    let Some(signed) = &case.signed else {
        return open("the manifest could not be read");
    };
    let mut checked = 0;
    for subject in &signed.statement.subject {
        let file = case
            .files
            .binary_search_by(|(name, _)| (*name).cmp(&subject.name));
        let file = file.ok().and_then(|at| case.files.get(at));
        // A file that is not there is missing (V15); one that does not unpack cannot be read (V01).
        let Some((
            _,
            Judged {
                content: Ok(digest),
                ..
            },
        )) = file
        else {
            continue;
        };
        let said = subject
            .digest
            .get("sha256")
            .map(String::as_str)
            .unwrap_or_default();
        if said != hex(digest) {
            let expected = format!("`{}` with digest {said}", subject.name);
            return fail(expected, hex(digest));
        }
        checked += 1;
    }
    if let Some(tally) = case
        .answers
        .of(Question::Subjects)
        .filter(|tally| tally.failed > 0)
    {
        return case.asked(Question::Subjects, tally.held, "");
    }
    if checked < signed.statement.subject.len() || checked < case.files.len() {
        return open("files are missing, or the manifest does not list them");
    }
    let stored = hex(&bundle::container(
        case.files.iter().map(|(_, file)| file.stored),
    ));
    if stored != signed.manifest.container {
        return fail(
            format!("files stored as {}", signed.manifest.container),
            stored,
        );
    }
    pass(
        "the digests that the manifest lists",
        format!("{checked} files"),
    )
}

/// V07. The role of each signer against the kind of receipt; a kind without rule may be signed by nobody.
fn allowed(case: &Case<'_>) -> Found {
    let found = case.asked_with_trust(
        Question::Allowed,
        "signers with the roles that your trust file asks for",
    );
    match case
        .answers
        .of(Question::Shape)
        .and_then(|tally| tally.open.as_ref())
    {
        Some(why) if found.state == State::NotChecked => open(why.clone()),
        _ => found,
    }
}

/// V08. Form, name and signature of every checkpoint. Unknown keys are ignored; a known key's bad signature spoils it.
fn checkpoints(case: &Case<'_>) -> Found {
    for head in &case.heads {
        if let Standing::Broken(miss) = &head.standing {
            let found = format!("`{}`: {}", head.name, miss.found);
            return fail(miss.expected.clone(), found);
        }
    }
    if case.trust.is_none() {
        return open(NO_TRUST);
    }
    if case.heads.is_empty() {
        return open("the bundle holds no checkpoint");
    }
    if case.heads.iter().any(|head| head.signed().is_none()) {
        return open("a checkpoint is of a ledger that your trust file does not name");
    }
    pass(
        "checkpoints signed by the ledger",
        format!("{} of {}", case.heads.len(), case.heads.len()),
    )
}

/// V09. The quorum of the trust file for the newest checkpoint, which all proofs lead to; no cosignature after the moment to judge at.
fn witnesses(case: &Case<'_>) -> Found {
    let Some(trust) = case.trust else {
        return open(NO_TRUST);
    };
    if !trust.policy.asks_for_witnesses() {
        return idle("your trust file asks for no witness");
    }
    let newest = case.heads.iter().rev().find_map(Head::signed);
    let Some((newest, signed)) = newest else {
        return open("no checkpoint is signed by the ledger");
    };
    let name = format!("the checkpoint of size {}", newest.size);
    let cosigned = signed.iter().filter(|signed| signed.time > 0).count();
    match heads::witnessed(&trust.policy, signed) {
        None => fail(
            "the quorum of your trust file",
            format!("{cosigned} known witnesses signed {name}"),
        ),
        Some(time) if case.at.is_some_and(|at| time > at) => fail(
            format!("witnesses by {}", moment::text(case.at.unwrap_or_default())),
            format!("{name} was witnessed at {}", moment::text(time)),
        ),
        Some(time) => pass(
            "the quorum of your trust file",
            format!(
                "{cosigned} witnesses signed {name} by {}",
                moment::text(time)
            ),
        ),
    }
}

/// V10. Leaves recomputed and led to the root of a signed checkpoint, never to a root that a proof brings along.
fn included(case: &Case<'_>) -> Found {
    let Some(signed) = &case.signed else {
        return open("the manifest could not be read");
    };
    if case.lines == 0 {
        return open("the bundle holds no receipt");
    }
    let mut proven = 0;
    for [first, last] in &signed.manifest.runs {
        let Some(leaves) = case.leaves(*first, *last) else {
            return open("receipts are missing or cannot be read");
        };
        match case.proven(*first, *last, &leaves) {
            Ok(true) => proven += leaves.len() as u64,
            Ok(false) => return open("no checkpoint that they lead to is signed by the ledger"),
            Err(miss) => return miss.into(),
        }
    }
    if proven < case.lines {
        return open("receipts lie outside of what the manifest declares");
    }
    pass(
        "leaves that lead to the root of a signed checkpoint",
        format!("{proven} of {proven}"),
    )
}

impl Case<'_> {
    /// The leaf hashes of a run, if all are there.
    fn leaves(&self, first: u64, last: u64) -> Option<Vec<Hash>> {
        let mut leaves = Vec::new();
        for pack in self
            .packs()
            .filter(|pack| (first..=last).contains(&pack.first))
        {
            if pack.first != first + leaves.len() as u64 || pack.leaves.len() as u64 != pack.lines {
                return None;
            }
            leaves.extend_from_slice(&pack.leaves);
        }
        let expected = last.checked_sub(first)?.checked_add(1)?;
        (leaves.len() as u64 == expected).then_some(leaves)
    }

    /// Whether the proof of a run holds; `false` if it leads to a checkpoint that nobody trusted signed.
    fn proven(&self, first: u64, last: u64, leaves: &[Hash]) -> Result<bool, Miss> {
        let name = if first == last {
            format!("receipt {first}")
        } else {
            format!("receipts {first} to {last}")
        };
        let miss = |error: &Error| Miss::new(format!("a proof for {name}"), error.to_string());
        let parts = &self.bundle.parts;
        let (range, one) = (
            parts.get(&Part::Range(first, last)),
            parts.get(&Part::Inclusion(first)),
        );
        let (size, hashes) = match (range, one) {
            (Some(file), _) => {
                let proof = file
                    .read()
                    .and_then(|text| Range::parse(&text))
                    .map_err(|error| miss(&error))?;
                if (proof.first, proof.last) != (first, last) {
                    return Err(miss(&Error::Proof(
                        "it is about other receipts than its name says",
                    )));
                }
                (proof.size, proof.hashes)
            }
            (None, Some(file)) if first == last => {
                let proof = file
                    .read()
                    .and_then(|text| Proof::parse(&text))
                    .map_err(|error| miss(&error))?;
                let head = self
                    .heads
                    .iter()
                    .find(|head| head.text == proof.checkpoint.as_bytes());
                let Some(head) = head.filter(|_| proof.index == first) else {
                    let why =
                        "it is about another receipt, or a checkpoint that is not in the bundle";
                    return Err(miss(&Error::Proof(why)));
                };
                let Some(head) = head.read() else {
                    return Ok(false);
                };
                (head.size, proof.hashes)
            }
            _ => return Err(miss(&Error::Proof("there is none"))),
        };
        let mut heads = self.heads.iter().filter_map(Head::signed);
        let Some((head, _)) = heads.find(|(head, _)| head.size == size) else {
            let broken = self.heads.iter().any(|head| head.signed().is_none());
            return if broken || self.heads.is_empty() {
                Ok(false)
            } else {
                Err(miss(&Error::Proof(
                    "it leads to a checkpoint that is not in the bundle",
                )))
            };
        };
        // What witnesses vouch for is the newest checkpoint.
        if self.newest().is_some_and(|newest| newest.size != size) {
            return Err(miss(&Error::Proof(
                "it leads to another checkpoint than the newest",
            )));
        }
        merkle::verify_range(leaves, first, size, &hashes, &head.root)
            .map_err(|error| miss(&error))?;
        Ok(true)
    }
}

/// V11. Each checkpoint is the beginning of the next, and the one seen last goes with them. Proofs are walked whole.
fn consistent(case: &Case<'_>) -> Found {
    let heads: Vec<_> = case
        .heads
        .iter()
        .filter_map(Head::signed)
        .map(|(head, _)| head)
        .collect();
    if heads.len() < case.heads.len() || (heads.is_empty() && case.last_seen.is_some()) {
        return open("checkpoints could not be checked");
    }
    let miss = |old: u64, new: u64, why: String| {
        fail(format!("a ledger that grew from {old} to {new}"), why)
    };
    let mut grown = 0;
    for pair in heads.windows(2) {
        let [old, new] = pair else { continue };
        match heads::grew(&case.bundle, old, new) {
            Some(Ok(())) => grown += 1,
            Some(Err(error)) => return miss(old.size, new.size, error.to_string()),
            None => return miss(old.size, new.size, "no proof in the bundle".to_owned()),
        }
    }
    let Some(seen) = case.last_seen else {
        return match grown {
            0 => idle("one checkpoint, and none seen before to compare it with"),
            _ => pass(
                "each checkpoint the beginning of the next",
                format!("{grown} proofs"),
            ),
        };
    };
    if heads.iter().any(|head| head.origin != seen.origin) {
        return fail(
            format!("the ledger `{}` you saw before", seen.origin),
            "another ledger",
        );
    }
    let mut proofs = heads
        .iter()
        .filter_map(|head| heads::grew(&case.bundle, seen, head));
    match proofs.next() {
        Some(Ok(())) => {}
        Some(Err(error)) => {
            return miss(
                seen.size,
                heads.last().map_or(0, |head| head.size),
                error.to_string(),
            );
        }
        // With every leaf from the first, the root seen can be built again.
        None => match seen
            .size
            .checked_sub(1)
            .and_then(|last| case.first_to(last))
        {
            Some(leaves) if merkle::root_of(&leaves) == seen.root => {}
            Some(_) => {
                return miss(
                    seen.size,
                    0,
                    "the receipts lead to another root at that size".to_owned(),
                );
            }
            None if seen.size == 0 => {}
            None => {
                return open(format!(
                    "the bundle does not prove what lies between size {}, which you saw, and its checkpoints: ask for an export since that size",
                    seen.size
                ));
            }
        },
    }
    pass(
        "each checkpoint the beginning of the next, and the one you saw",
        format!("{} proofs", grown + 1),
    )
}

impl Case<'_> {
    /// The leaf hashes from the ledger's first to `last`, if they are all there and proven.
    fn first_to(&self, last: u64) -> Option<Vec<Hash>> {
        let [first, end] = self.signed.as_ref()?.manifest.runs.first()?;
        if *first != 0 || *end < last {
            return None;
        }
        let mut leaves = self.leaves(0, *end)?;
        if !matches!(self.proven(0, *end, &leaves), Ok(true)) {
            return None;
        }
        leaves.truncate(usize::try_from(last).ok()?.checked_add(1)?);
        Some(leaves)
    }
}

/// V12. The origin, named by the auditor and not by the producer.
fn pinned(case: &Case<'_>) -> Found {
    let Some(trust) = case.trust else {
        return open(NO_TRUST);
    };
    let Some(signed) = &case.signed else {
        return open("the manifest could not be read");
    };
    let origins: BTreeSet<_> = trust.policy.logs.iter().map(|log| log.key.name()).collect();
    let names = |origins: &BTreeSet<&str>| match origins.len() {
        0 => "none".to_owned(),
        _ => origins
            .iter()
            .map(|origin| format!("`{origin}`"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let expected = format!("a ledger your trust file names: {}", names(&origins));
    let read = case.heads.iter().filter_map(Head::read);
    let found: BTreeSet<_> = read
        .map(|head| head.origin.as_str())
        .chain([signed.manifest.origin.as_str()])
        .collect();
    if found.len() == 1 && found.is_subset(&origins) {
        pass(expected, names(&found))
    } else {
        fail(expected, names(&found))
    }
}

/// V13. Digest, signer, kind and time in the leaf are those of the receipt.
fn bound(case: &Case<'_>) -> Found {
    case.asked(
        Question::Bound,
        case.lines - case.purged,
        "leaves with digest, signer, kind and time of their receipts",
    )
}

/// V15. Every file listed and there, nothing else, and receipts without gap over what the manifest declares.
fn complete(case: &Case<'_>) -> Found {
    let Some(signed) = &case.signed else {
        return open("the manifest could not be read");
    };
    let listed: BTreeSet<_> = signed
        .statement
        .subject
        .iter()
        .map(|subject| subject.name.as_str())
        .collect();
    if listed.len() != signed.statement.subject.len() {
        return fail(
            "a manifest that lists each file once",
            "one that lists a file twice",
        );
    }
    let there: BTreeSet<_> = case.files.iter().map(|(name, _)| *name).collect();
    if let Some(name) = listed.difference(&there).next() {
        return fail(
            format!("the file `{name}`, which the manifest lists"),
            "none",
        );
    }
    if let Some(name) = there.difference(&listed).next() {
        return fail(
            "only files that the manifest lists",
            format!("the file `{name}` too"),
        );
    }
    let runs = &signed.manifest.runs;
    let proves = |first: u64, last: u64| runs.contains(&[first, last]);
    let stray = case.bundle.parts.keys().find(|part| match part {
        Part::Range(first, last) => !proves(*first, *last),
        Part::Inclusion(index) => !proves(*index, *index),
        _ => false,
    });
    let stray = stray.map(ToString::to_string).or(case
        .bundle
        .unknown
        .first()
        .map(|name| (*name).to_owned()));
    if let Some(name) = stray {
        return fail(
            "only files that a bundle has",
            format!("the file `{name}` too"),
        );
    }
    let mut found: Vec<[u64; 2]> = Vec::new();
    for pack in case.packs() {
        let end = pack.first.saturating_add(pack.lines - 1);
        match found.last_mut() {
            Some([_, last]) if pack.first <= *last => {
                return fail("each receipt once", format!("receipt {} twice", pack.first));
            }
            Some([_, last]) if pack.first == *last + 1 => *last = end,
            _ => found.push([pack.first, end]),
        }
    }
    let tell = |runs: &[[u64; 2]]| {
        let some = runs
            .iter()
            .take(8)
            .map(|[first, last]| format!("{first}-{last}"));
        let more = if runs.len() > 8 { ", …" } else { "" };
        format!("receipts {}{more}", some.collect::<Vec<_>>().join(", "))
    };
    if found != *runs {
        return fail(tell(runs), tell(&found));
    }
    let newest = case.heads.iter().rev().find_map(Head::read);
    if newest.is_some_and(|newest| newest.size != signed.manifest.size) {
        let expected = format!("a newest checkpoint of size {}", signed.manifest.size);
        return fail(expected, newest.map_or(0, |head| head.size).to_string());
    }
    let placed = case.asked(Question::Placed, case.lines, "");
    if placed.state != State::Pass {
        return placed;
    }
    pass(
        format!("{} files and {}", listed.len(), tell(runs)),
        format!(
            "{} files and {} receipts without gap",
            there.len(),
            case.lines
        ),
    )
}

/// V17. A purged receipt leaves its leaf; who purged it and why, nothing in this version of bundles tells.
fn purged(case: &Case<'_>) -> Found {
    match case.purged {
        0 => idle("nothing in it was purged"),
        count => open(format!(
            "{count} receipts were purged, and the bundle does not prove by which rule"
        )),
    }
}

/// V18. In each channel versions grow, a rollback is a higher version with earlier content, and the newest is not older than the
/// one the auditor saw last.
fn forward(case: &Case<'_>) -> Found {
    let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
    for Version {
        seq,
        channel,
        version,
        restores,
    } in &case.versions
    {
        if restores.is_some_and(|restored| restored >= *version) {
            return fail(
                format!("a rollback of `{channel}` under a higher version than it restores"),
                format!("receipt {seq}: version {version}"),
            );
        }
        let before = newest.insert(channel, *version);
        if let Some(before) = before.filter(|before| before >= version) {
            return fail(
                format!("a version of `{channel}` above {before}"),
                format!("receipt {seq}: version {version}"),
            );
        }
    }
    if newest.is_empty() {
        return idle("no receipt in it puts a policy into force");
    }
    let seen = case.trust.map(|trust| &trust.channels);
    for (channel, version) in &newest {
        if let Some(seen) = seen
            .and_then(|seen| seen.get(*channel))
            .filter(|seen| *seen > version)
        {
            return fail(
                format!("version {seen} of `{channel}`, which you saw, or a newer one"),
                format!("version {version}"),
            );
        }
    }
    let told = newest
        .iter()
        .map(|(channel, version)| format!("`{channel}` at version {version}"));
    pass(
        "versions that only grow",
        told.collect::<Vec<_>>().join(", "),
    )
}

/// V20. The verifier has no code that opens a connection; where the host can count its own, they are counted.
fn offline(case: &Case<'_>) -> Found {
    match case.connections {
        None => {
            idle("this host does not count its connections; the verifier has no code to open one")
        }
        Some(0) => pass("no connection opened", "none"),
        Some(count) => fail("no connection opened", count.to_string()),
    }
}

/// V21. Decisions in the bundle, run again with its policies and entities.
fn replayed(case: &Case<'_>) -> Found {
    match &case.replayed {
        None => idle("the bundle holds no decisions"),
        Some(Replayed::Agree(count)) => pass(
            "the decisions in the bundle",
            format!("{count} run again, all the same"),
        ),
        Some(Replayed::Differ { expected, found }) => fail(expected.clone(), found.clone()),
        Some(Replayed::Unable(why)) => open(why.clone()),
    }
}

#[cfg(test)]
mod tests;
