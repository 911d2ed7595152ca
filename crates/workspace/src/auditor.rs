//! The auditor's side: bundles verified by a trust file of the auditor's own, with no workspace at all. The command line and the
//! window verify by the same functions here; only a window keeps in mind what it verified last, to show what is in it.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::Instant,
};

use evidence::{
    bundle::{Bundle, Contents, Packs, Part},
    checkpoint::Checkpoint,
    hex, moment,
    note::Note,
    sha256,
    trust::Trust,
    verify::{self, Decisions, Outcome, Replay, Replayed, State, Verdict},
    zip,
};
use ipc::{
    ArtefactView, BundleVerdict, BundleView, CheckState, CheckView, EvidenceView, HeadView, Page,
    ReceiptProof, ReceiptView, RecentBundle, SampleBundle, TrustKey, TrustView, VerifyAsked,
};
use model::{Code, Failure};
use serde::{Deserialize, Serialize};
use store::Lock;

use crate::{
    Error, Folders, SampleEvidence, loopback::Loopback, open::lock, receipts, replace_file, reports,
};

/// What zip can hold without its extensions.
const MAX_BUNDLE: u64 = u32::MAX as u64;
/// What is read without looking at its end before.
const SHORT: u64 = 64 << 20;
/// What trust files and checkpoints may be; their readers admit less.
const MAX_FILE: u64 = 4 << 20;
/// Bundles that are remembered.
pub(crate) const RECENT: usize = 12;

/// Runs decisions again with Cedar, and counts connections that are opened meanwhile.
pub struct Host(Option<BTreeSet<String>>);

impl Host {
    /// From now on.
    #[must_use]
    pub fn new() -> Self {
        Self(connections())
    }
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

impl Replay for Host {
    fn replay(&self, decisions: &Decisions<'_>) -> Replayed {
        verifier::Engine.replay(decisions)
    }

    fn connections(&self) -> Option<u64> {
        let before = self.0.as_ref()?;
        Some(connections()?.difference(before).count() as u64)
    }
}

/// Internet sockets of this process, where the system tells. Not those of the desktop, which are no way out.
fn connections() -> Option<BTreeSet<String>> {
    let open = fs::read_dir("/proc/self/fd").ok()?.flatten();
    let own = open.filter_map(|file| {
        let link = fs::read_link(file.path()).ok()?;
        let link = link.to_str()?.strip_prefix("socket:[")?;
        Some(link.strip_suffix(']')?.to_owned())
    });
    let own: BTreeSet<_> = own.collect();
    let tables = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"];
    let tables = tables.map(|table| fs::read_to_string(format!("/proc/self/net/{table}")));
    // Where not one of them can be read, nothing is known.
    if tables.iter().all(Result::is_err) {
        return None;
    }
    let internet: BTreeSet<_> = tables
        .iter()
        .flatten()
        .flat_map(|table| table.lines().skip(1))
        .filter_map(|line| line.split_whitespace().nth(9))
        .collect();
    Some(
        own.into_iter()
            .filter(|inode| internet.contains(inode.as_str()))
            .collect(),
    )
}

/// A file that may be read whole, and how long it is. What is no file is not opened: a pipe would be waited for.
fn open_file(path: &Path, limit: u64) -> Result<(File, u64), Failure> {
    let failed = |why: String| {
        let message = format!("cannot read `{}`: {why}", path.display());
        Failure::new(Code::FileRead, message)
    };
    let about = fs::metadata(path).map_err(|error| failed(error.to_string()))?;
    if !about.is_file() {
        let mut failure = failed("it is no file".to_owned());
        "name a file: folders, pipes and devices are not read".clone_into(&mut failure.hint);
        return Err(failure);
    }
    if about.len() > limit {
        let mut failure = failed(format!(
            "it is larger than {limit} bytes, which is more than any file of its kind"
        ));
        "see whether it is the file you mean, and ask for a smaller one"
            .clone_into(&mut failure.hint);
        return Err(failure);
    }
    let file = File::open(path).map_err(|error| failed(error.to_string()))?;
    Ok((file, about.len()))
}

/// Refuses, before it is read, what is too long to be read for nothing: a report that is longer than any, or a long file that does not
/// end as a bundle does. What is short is read, and judged.
fn is_worth_reading(path: &Path) -> Result<(), Failure> {
    let (mut file, length) = open_file(path, MAX_BUNDLE)?;
    if length <= SHORT {
        return Ok(());
    }
    let failed = |error: io::Error| {
        let message = format!("cannot read `{}`: {error}", path.display());
        Failure::new(Code::FileRead, message)
    };
    let refused = |why: String, hint: &str| {
        let message = format!("cannot read `{}`: {why}", path.display());
        let mut failure = Failure::new(Code::FileRead, message);
        hint.clone_into(&mut failure.hint);
        failure
    };
    let mut head = [0; 5];
    file.read_exact(&mut head).map_err(failed)?;
    if reports::is_report(&head) {
        let most = pdf::LARGEST as u64;
        return match length > most {
            true => Err(refused(
                format!("it has {length} bytes, and no report has more than {most}"),
                "ask whoever sent it for the report again",
            )),
            false => Ok(()),
        };
    }
    let mut end = [0; zip::END_LENGTH];
    let at = length.saturating_sub(end.len() as u64);
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    file.read_exact(&mut end).map_err(failed)?;
    match zip::ends(&end, length) {
        true => Ok(()),
        false => Err(refused(
            format!(
                "it has {length} bytes and does not end as a bundle does: it was cut off, or is none"
            ),
            "get the file again, and hold its SHA-256 against the sender's",
        )),
    }
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let failed = |why: String| {
        let message = format!("cannot read `{}`: {why}", path.display());
        Failure::new(Code::FileRead, message)
    };
    let (file, _) = open_file(path, limit)?;
    let mut content = Vec::new();
    file.take(limit)
        .read_to_end(&mut content)
        .map_err(|error| failed(error.to_string()))?;
    Ok(content)
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    replace_file(path, content).map_err(|error| {
        let message = format!("cannot write `{}`: {error}", path.display());
        Failure::new(Code::FileWrite, message)
    })
}

fn invalid(code: Code, path: &Path, error: &evidence::Error) -> Failure {
    Failure::new(code, error.to_string()).with_details(path.display().to_string())
}

/// A bundle's bytes.
///
/// # Errors
/// `file_read`, also for what is no file or larger than a bundle can be.
pub fn read_bundle(path: &Path) -> Result<Vec<u8>, Failure> {
    is_worth_reading(path)?;
    read(path, MAX_BUNDLE)
}

/// A trust file: its text, and what it says.
///
/// # Errors
/// `file_read`, `trust_invalid`.
pub fn read_trust(path: &Path) -> Result<(Vec<u8>, Trust), Failure> {
    let text = read(path, MAX_FILE)?;
    let trust = Trust::parse(&text).map_err(|error| invalid(Code::TrustInvalid, path, &error))?;
    Ok((text, trust))
}

/// A checkpoint that was seen before.
///
/// # Errors
/// `file_read`, `checkpoint_invalid`.
pub fn read_checkpoint(path: &Path) -> Result<Checkpoint, Failure> {
    let text = read(path, MAX_FILE)?;
    Note::parse(&text)
        .and_then(|note| Checkpoint::parse(&note.text))
        .map_err(|error| invalid(Code::CheckpointInvalid, path, &error))
}

/// The moment to judge at, in seconds since 1970.
///
/// # Errors
/// `bad_call`.
pub fn read_moment(text: &str) -> Result<u64, Failure> {
    moment::seconds(text).ok_or_else(|| {
        let mut failure = Failure::new(Code::BadCall, format!("`{text}` is no moment in UTC"));
        failure.hint = "write it as 2026-11-21T12:00:00Z".to_owned();
        failure
    })
}

/// Verifies a bundle; `progress` stops it.
///
/// # Errors
/// `cancelled`.
pub fn verify_bundle(
    bytes: &[u8],
    trust: Option<&Trust>,
    at: Option<u64>,
    last_seen: Option<&Checkpoint>,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Verdict, Failure> {
    let progress = RefCell::new(progress);
    let go_on = |at: verify::Progress| {
        let mut progress = progress.borrow_mut();
        (*progress)(at.done as u64, at.total as u64).is_continue()
    };
    // What a report carries is a bundle; another report in its place is none.
    let bundle = |bytes: &[u8]| {
        verify::verify(bytes, trust, at, last_seen, &Host::new(), &go_on)
            .ok_or_else(|| Failure::new(Code::Cancelled, "verification was cancelled"))
    };
    match reports::is_report(bytes) {
        true => reports::verify(bytes, bundle),
        false => bundle(bytes),
    }
}

/// What an auditor's window has in mind.
pub struct Auditor {
    /// The file with [`Memory`].
    memory: PathBuf,
    /// Where checkpoints are that were seen.
    seen: PathBuf,
    /// Evidence to look around in.
    sample: SampleEvidence,
    last: Mutex<Option<Arc<Judged>>>,
    /// Held by who changes what is remembered.
    changing: Mutex<()>,
}

/// What is remembered from one start to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    trust: Option<String>,
    recent: Vec<Past>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Past {
    path: String,
    at: String,
    verdict: BundleVerdict,
}

/// A bundle that was judged.
struct Judged {
    bytes: Vec<u8>,
    trust: Option<Trust>,
    verdict: BundleVerdict,
    checks: Vec<CheckView>,
    /// The checkpoint it was held against.
    seen: Option<Checkpoint>,
    /// Its receipts, counted once.
    packs: OnceLock<Arc<Packs>>,
}

impl Judged {
    /// What is in it.
    fn with<T>(
        &self,
        look: impl FnOnce(&Contents<'_>) -> Result<T, evidence::Error>,
    ) -> Result<T, Error> {
        let bundle = Bundle::open(&self.bytes, zip::Limits::BUNDLE)?;
        let contents = match self.packs.get() {
            Some(packs) => Contents::again(&bundle, packs.clone()),
            None => Contents::of(&bundle)?,
        };
        self.packs.get_or_init(|| contents.packs());
        Ok(look(&contents)?)
    }

    /// What the trust file calls a key.
    fn signer(&self, id: &str) -> Option<String> {
        let keys = self.trust.iter().flat_map(|trust| &trust.keys);
        let mut named = keys.filter(|key| key.id() == id);
        named.next().map(|key| key.name.clone())
    }
}

impl Auditor {
    /// The auditor of these folders.
    #[must_use]
    pub fn new(folders: &Folders) -> Self {
        Self {
            memory: folders.data.join("evidence.json"),
            seen: folders.state.join("seen"),
            sample: SampleEvidence::beside(&Loopback::sample(folders)),
            last: Mutex::default(),
            changing: Mutex::default(),
        }
    }

    /// What is remembered. A memory that cannot be read is an empty one: it is a convenience, and no evidence.
    fn memory(&self) -> Memory {
        let text = read(&self.memory, MAX_FILE).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Changes what is remembered, while no other thread does, and no other program on this machine.
    fn change(&self, change: impl FnOnce(&mut Memory)) -> Result<(), Failure> {
        let _alone = self.alone()?;
        let before = self.memory();
        let mut memory = before.clone();
        change(&mut memory);
        if memory == before {
            return Ok(());
        }
        let text = serde_json::to_vec_pretty(&memory).unwrap_or_default();
        write(&self.memory, &text)
    }

    /// Keeps others from changing what is remembered. The file's lock keeps other programs off; where a file system has none, what
    /// they write is whole still, and theirs or ours.
    fn alone(&self) -> Result<(MutexGuard<'_, ()>, Lock), Failure> {
        let here = lock(&self.changing);
        Ok((here, Lock::wait(&self.memory.with_extension("lock"))?))
    }

    /// What to begin with.
    #[must_use]
    pub fn view(&self) -> EvidenceView {
        let memory = self.memory();
        let SampleEvidence { bundle, trust } = &self.sample;
        // Who trusts somebody already is not to be talked into trusting the sample.
        let free = memory
            .trust
            .as_deref()
            .is_none_or(|chosen| Path::new(chosen) == trust);
        let sample = (free && bundle.is_file() && trust.is_file()).then(|| SampleBundle {
            bundle: bundle.display().to_string(),
            trust: trust.display().to_string(),
        });
        let recent = memory.recent.into_iter().map(|past| RecentBundle {
            path: past.path,
            at: past.at,
            verdict: past.verdict,
        });
        EvidenceView {
            trust: memory.trust.map(|path| trust_view(&path)),
            recent: recent.collect(),
            sample,
        }
    }

    /// Judges by this trust file from now on.
    ///
    /// # Errors
    /// `file_read`, `trust_invalid`, and then whom to trust stays as it was; `file_write`.
    pub fn choose_trust(&self, path: Option<String>) -> Result<Option<TrustView>, Failure> {
        if let Some(path) = &path {
            read_trust(Path::new(path))?;
        }
        self.change(|memory| memory.trust.clone_from(&path))?;
        Ok(path.as_deref().map(trust_view))
    }

    /// Verifies a bundle by the trust file that was chosen.
    ///
    /// # Errors
    /// Those of reading the files; `cancelled`.
    pub fn verify(
        &self,
        asked: &VerifyAsked,
        now: u64,
        progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<BundleView, Failure> {
        let started = Instant::now();
        let at = asked.at.as_deref().map(read_moment).transpose()?;
        let file = read_bundle(Path::new(&asked.path))?;
        let chosen = self.memory().trust;
        let trust = chosen
            .as_deref()
            .map(|path| read_trust(Path::new(path)))
            .transpose()?
            .map(|(_, trust)| trust);
        // Of a report, what it carries.
        let carried = reports::evidence(&file);
        let newest = head_of(carried.as_ref().unwrap_or(&file));
        let last_seen = match &asked.last_seen {
            Some(path) => Some(read_checkpoint(Path::new(path))?),
            None => newest.as_ref().and_then(|(head, _)| self.seen_of(head)),
        };
        let verdict = verify_bundle(&file, trust.as_ref(), at, last_seen.as_ref(), progress)?;
        let (size, digest) = (file.len() as u64, hex(&sha256(&[&file])));
        let outcome = outcome(verdict.verdict);
        let judged = Judged {
            trust,
            verdict: outcome,
            checks: verdict.checks.into_iter().map(check_view).collect(),
            seen: last_seen.clone(),
            packs: OnceLock::new(),
            bytes: carried.unwrap_or(file),
        };
        // What cannot be opened was told by the first check.
        let (manifest, receipts) = judged
            .with(|contents| Ok((contents.bundle().manifest().ok(), contents.len())))
            .unwrap_or_default();
        let view = BundleView {
            path: asked.path.clone(),
            bytes: size,
            digest,
            verdict: outcome,
            trust: chosen.as_deref().map(trust_view),
            at: at.map(moment::text),
            checks: judged.checks.clone(),
            purpose: manifest
                .as_ref()
                .map_or_else(String::new, |said| said.purpose.clone()),
            issued: manifest.map_or_else(String::new, |said| said.issued),
            receipts,
            head: newest.as_ref().map(|(head, _)| head_view(head)),
            last_seen: last_seen.as_ref().map(head_view),
            artefacts: artefacts(&judged.bytes),
            milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        *lock(&self.last) = Some(Arc::new(judged));
        let past = Past {
            path: asked.path.clone(),
            at: moment::text(now),
            verdict: outcome,
        };
        // A verdict is a verdict, whether it is remembered or not.
        let _ = self.change(|memory| {
            memory.recent.retain(|past| past.path != asked.path);
            memory.recent.insert(0, past);
            memory.recent.truncate(RECENT);
        });
        Ok(view)
    }

    /// Where the newest checkpoint of a ledger is that was remembered.
    fn seen_file(&self, origin: &str) -> PathBuf {
        let name = hex(&sha256(&[origin.as_bytes()]));
        let name = name.get(..32).unwrap_or(&name);
        self.seen.join(name).with_extension("checkpoint")
    }

    /// Where those are that the newest one was shown to have grown from.
    fn earlier_file(&self, head: &Checkpoint) -> PathBuf {
        let folder = self.seen_file(&head.origin).with_extension("");
        folder.join(format!("{}.checkpoint", head.size))
    }

    /// What is remembered of a ledger to hold its head against: the head of that size, if it is one the newest grew from, so that an
    /// older bundle is held against what was seen when it was new; else the newest.
    fn seen_of(&self, head: &Checkpoint) -> Option<Checkpoint> {
        let read = |path: &Path| {
            let seen = read_checkpoint(path).ok()?;
            (seen.origin == head.origin).then_some(seen)
        };
        let newest = read(&self.seen_file(&head.origin))?;
        let earlier = || read(&self.earlier_file(head)).filter(|seen| seen.size == head.size);
        match newest.size > head.size {
            true => earlier().or(Some(newest)),
            false => Some(newest),
        }
    }

    /// Remembers the newest checkpoint of the bundle that was verified last. An older one than is remembered is no news.
    ///
    /// # Errors
    /// `bad_call` when there is no verified bundle, or it was not held against what is remembered; `file_write`.
    pub fn remember_head(&self) -> Result<HeadView, Failure> {
        let last = self.last()?;
        if last.verdict != BundleVerdict::Verified {
            let message = "only the checkpoint of a verified bundle is remembered";
            return Err(Error::BadCall(message.into()).into());
        }
        let (head, note) = last.with(|contents| contents.bundle().newest_checkpoint())?;
        let path = self.seen_file(&head.origin);
        let _alone = self.alone()?;
        if let Some(known) = self.seen_of(&head) {
            if known.size >= head.size {
                return Ok(head_view(&known));
            }
            // INVARIANT: each checkpoint that is remembered was shown to grow from the one before, or memory would be a way to
            // bring in another history.
            if last.seen.as_ref() != Some(&known) {
                let mut failure = Failure::new(
                    Code::BadCall,
                    "the bundle was not compared with the checkpoint that is remembered",
                );
                "use the remembered one, verify again, then remember this one"
                    .clone_into(&mut failure.hint);
                return Err(failure);
            }
            write(&self.earlier_file(&known), &read(&path, MAX_FILE)?)?;
        }
        write(&path, note.as_bytes())?;
        Ok(head_view(&head))
    }

    fn last(&self) -> Result<Arc<Judged>, Error> {
        lock(&self.last)
            .clone()
            .ok_or_else(|| Error::BadCall("no bundle was verified yet".into()))
    }

    /// The verdict on the bundle that was verified last, and its checks.
    ///
    /// # Errors
    /// `bad_call` before the first bundle.
    pub fn checks(&self) -> Result<(BundleVerdict, Vec<CheckView>), Failure> {
        let last = self.last()?;
        Ok((last.verdict, last.checks.clone()))
    }

    /// Receipts of the bundle that was verified last, the newest first.
    ///
    /// # Errors
    /// `bad_call` before the first bundle, or for one whose receipts cannot be read.
    pub fn receipts(&self, offset: u64, limit: u32) -> Result<Page<ReceiptView>, Failure> {
        let last = self.last()?;
        let (total, entries) = last.with(|contents| {
            let numbers = contents.newest(offset, limit as usize);
            let entries = contents.entries(numbers.iter().copied())?;
            Ok((
                contents.len(),
                numbers.into_iter().zip(entries).collect::<Vec<_>>(),
            ))
        })?;
        let view =
            |(number, entry): &(u64, _)| receipts::view(*number, entry, &|id| last.signer(id));
        Ok(Page {
            total,
            offset,
            items: entries.iter().map(view).collect(),
        })
    }

    /// One of them with all that proves it.
    ///
    /// # Errors
    /// `bad_call` for one that is not there.
    pub fn receipt(&self, number: u64) -> Result<ReceiptProof, Failure> {
        let last = self.last()?;
        let (entry, way) = last
            .with(|contents| Ok((contents.entries([number])?.pop(), contents.way(number).ok())))?;
        let entry = entry.ok_or_else(|| Error::BadCall(format!("there is no receipt {number}")))?;
        Ok(receipts::proof(number, &entry, way.as_ref(), &|id| {
            last.signer(id)
        }))
    }
}

/// The newest checkpoint of a bundle that opens, and its note.
fn head_of(bytes: &[u8]) -> Option<(Checkpoint, String)> {
    let bundle = Bundle::open(bytes, zip::Limits::BUNDLE).ok()?;
    bundle.newest_checkpoint().ok()
}

fn artefacts(bytes: &[u8]) -> Vec<ArtefactView> {
    let Ok(bundle) = Bundle::open(bytes, zip::Limits::BUNDLE) else {
        return Vec::new();
    };
    let artefact = |(part, file): (&Part<'_>, &zip::File<'_>)| match part {
        Part::Artefact(name) => Some(ArtefactView {
            name: (*name).to_owned(),
            bytes: u64::from(file.size),
        }),
        _ => None,
    };
    bundle.parts.iter().filter_map(artefact).collect()
}

/// A checkpoint in the words of a window.
pub(crate) fn head_view(head: &Checkpoint) -> HeadView {
    HeadView {
        origin: head.origin.clone(),
        size: head.size,
        root: hex(&head.root),
    }
}

fn outcome(outcome: Outcome) -> BundleVerdict {
    match outcome {
        Outcome::Verified => BundleVerdict::Verified,
        Outcome::Failed => BundleVerdict::Failed,
        Outcome::CannotDecide => BundleVerdict::CannotDecide,
    }
}

fn check_view(check: verify::Check) -> CheckView {
    CheckView {
        id: check.id,
        state: match check.state {
            State::Pass => CheckState::Pass,
            State::Fail => CheckState::Fail,
            State::NotChecked => CheckState::NotChecked,
        },
        sentence: check.sentence,
        expected: check.expected,
        found: check.found,
        detail: check.detail,
        needed: check.needed,
    }
}

/// A trust file as it is now, readable or not.
fn trust_view(path: &str) -> TrustView {
    let (text, trust, failure) = match read_trust(Path::new(path)) {
        Ok((text, trust)) => (Some(text), Some(trust), None),
        Err(failure) => (None, None, Some(failure)),
    };
    let day = |seconds: u64| {
        moment::text(seconds)
            .split('T')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let key = |key: &evidence::trust::Key| {
        let mut valid = format!("from {}", day(key.from));
        if let Some(until) = key.until {
            valid += &format!(" until {}", day(until));
        }
        if let Some(revoked) = key.revoked {
            valid += &format!(", revoked {}", day(revoked));
        }
        TrustKey {
            name: key.name.clone(),
            roles: key.roles.iter().cloned().collect::<Vec<_>>().join(", "),
            id: key.id(),
            valid,
        }
    };
    let policy = trust.as_ref().map(|trust| &trust.policy);
    TrustView {
        path: path.to_owned(),
        digest: text.map_or_else(String::new, |text| hex(&sha256(&[&text]))),
        origins: policy.map_or_else(Vec::new, |policy| {
            policy
                .logs
                .iter()
                .map(|log| log.key.name().to_owned())
                .collect()
        }),
        witnesses: policy.map_or(0, |policy| {
            u32::try_from(policy.witnesses.len()).unwrap_or(u32::MAX)
        }),
        keys: trust
            .iter()
            .flat_map(|trust| &trust.keys)
            .map(key)
            .collect(),
        failure,
    }
}
