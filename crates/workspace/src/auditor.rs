//! The auditor's side: bundles verified by a trust file of the auditor's own, with no workspace at all. The command line and the
//! window verify by the same functions here; only a window keeps in mind what it verified last, to show what is in it.

mod files;

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::Instant,
};

use evidence::{
    bundle::{Bundle, Contents, Packs, Part},
    checkpoint::Checkpoint,
    hex, moment, sha256,
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

pub use files::{read_bundle, read_checkpoint, read_moment, read_trust};

use crate::{Error, Folders, SampleEvidence, loopback::Loopback, open::lock, receipts, reports};
use files::{read, write};

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

/// Verifies a bundle; `progress` stops it.
///
/// # Errors
/// `cancelled`; `bad_call` for a release bundle, which proves nothing to an auditor and is no evidence that was tampered with.
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
    if reports::is_report(bytes) {
        return reports::verify(bytes, bundle);
    }
    let verdict = bundle(bytes)?;
    if verdict.verdict == Outcome::Failed && release::Bundle::open(bytes, release::LIMITS).is_ok() {
        let message =
            "it is a release bundle, which enforcement points take, and holds no evidence";
        let mut failure = Failure::new(Code::BadCall, message);
        "ask for the bundle of evidence about the move: `fabric bundle` makes it, or Evidence in the window"
            .clone_into(&mut failure.hint);
        return Err(failure);
    }
    Ok(verdict)
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
        let text = read(&self.memory).unwrap_or_default();
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
            write(&self.earlier_file(&known), &read(&path)?)?;
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
