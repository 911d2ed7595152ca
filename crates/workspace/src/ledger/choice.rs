//! Which receipts go into a bundle, and what comes along: by number, by when they were signed, about the same edits; the reports
//! they speak of, which are kept beside the ledger when a receipt is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
};

use evidence::{
    dsse::Envelope,
    entry::Entry,
    hex, sha256,
    statement::{Predicate as _, PurgeManifest, Said, Statement},
};
use model::{Code, Failure};
use store::ledger::View;

use super::{Ledger, tree::entries};
use crate::{Error, replace_file};

/// The folder beside a ledger's database in which lies what its receipts speak of.
const KEPT: &str = "kept";

/// Receipts of a ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Their numbers, in any order; all, if there are none.
    pub numbers: Vec<Range<u64>>,
    /// Of these only those signed at this second since 1970 or later.
    pub from: Option<u64>,
    /// Of these only those signed before this second.
    pub until: Option<u64>,
    /// And every other receipt about the edits that these are about.
    pub edits: bool,
    /// Digests of the policies in what channels shipped, by the digests of their files: see [`crate::policies_of_moves`].
    pub policies: BTreeMap<String, String>,
}

impl Ledger {
    /// Numbers of the chosen receipts, ascending, no run touching the next. With those of which only the leaf is left goes the receipt
    /// that says so.
    ///
    /// # Errors
    /// `bad_call` for numbers that the ledger does not have, or when there are none; `store_…`, `ledger_damaged`.
    pub fn choose(&self, choice: &Choice) -> Result<Vec<Range<u64>>, Error> {
        self.store.read(|view| {
            let size = view.size()?;
            let mut runs = choice.numbers.clone();
            if runs.is_empty() {
                runs.push(0..size);
            }
            if let Some(wrong) = runs.iter().find(|run| run.is_empty() || run.end > size) {
                return Err(unchosen(format!(
                    "the ledger has {size} receipts, numbered from 0: {} to {} are not among them",
                    wrong.start,
                    wrong.end.saturating_sub(1)
                )));
            }
            let mut runs = joined(runs);
            if choice.from.is_some() || choice.until.is_some() {
                let mut inside = Vec::new();
                for entry in runs.into_iter().flat_map(|run| entries(view, run)) {
                    let leaf = entry?.leaf;
                    let late = choice.from.is_none_or(|from| leaf.time >= from);
                    if late && choice.until.is_none_or(|until| leaf.time < until) {
                        inside.push(leaf.seq..leaf.seq + 1);
                    }
                }
                runs = joined(inside);
            }
            if choice.edits {
                // A preview and a verdict name the policies that they are about, a move all files that it ships.
                let same = |head: String| choice.policies.get(&head).cloned().unwrap_or(head);
                let mut heads = BTreeSet::new();
                for entry in runs.iter().cloned().flat_map(|run| entries(view, run)) {
                    heads.extend(edit_of(&entry?).map(|(_, head)| same(head)));
                }
                for entry in entries(view, 0..size) {
                    let entry = entry?;
                    let seq = entry.leaf.seq;
                    if edit_of(&entry).is_some_and(|(_, head)| heads.contains(&same(head))) {
                        runs.push(seq..seq + 1);
                    }
                }
                runs = joined(runs);
            }
            let purged = purged(view, &runs)?;
            if !purged.is_empty() {
                for entry in entries(view, 0..size) {
                    let entry = entry?;
                    let seq = entry.leaf.seq;
                    if purges(&entry, &purged) {
                        runs.push(seq..seq + 1);
                    }
                }
                runs = joined(runs);
            }
            match runs.is_empty() {
                true => Err(unchosen(
                    "no receipt was chosen: the bundle would prove nothing".to_owned(),
                )),
                false => Ok(runs),
            }
        })
    }

    /// Numbers of all receipts that are about the edit from one policy set to another, by their digests.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn about(&self, base: &str, head: &str) -> Result<Vec<u64>, Error> {
        self.store.read(|view| {
            let mut found = Vec::new();
            for entry in entries(view, 0..view.size()?) {
                let entry = entry?;
                if edit_of(&entry).is_some_and(|(from, to)| from == base && to == head) {
                    found.push(entry.leaf.seq);
                }
            }
            Ok(found)
        })
    }

    /// Whether a receipt is about the edit from one policy set to another, by their digests.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn speaks_of(
        &self,
        receipts: &[Range<u64>],
        base: &str,
        head: &str,
    ) -> Result<bool, Error> {
        self.store.read(|view| {
            for entry in receipts.iter().cloned().flat_map(|run| entries(view, run)) {
                if edit_of(&entry?).is_some_and(|edit| edit == (base.to_owned(), head.to_owned())) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    fn kept(&self) -> PathBuf {
        self.beside(KEPT)
    }

    /// A place of that name beside the ledger's database, in the workspace's memory.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }

    /// Keeps what a receipt is about to speak of, so that bundles can take it along.
    ///
    /// # Errors
    /// `file_write`.
    pub fn keep(&self, content: &[u8]) -> Result<(), Error> {
        keep_beside(self.path.parent().unwrap_or(Path::new(".")), content)
    }

    /// What was kept, by its SHA-256 in hexadecimal digits; nothing when it is gone or altered.
    pub(crate) fn kept_at(&self, digest: &str) -> Option<Vec<u8>> {
        // Nobody's digest leads out of the folder.
        let digest = evidence::unhex::<32>(digest)?;
        let content = fs::read(self.kept().join(hex(&digest))).ok()?;
        (sha256(&[&content]) == digest).then_some(content)
    }

    /// Digests of all that was kept.
    pub(super) fn all_kept(&self) -> Result<Vec<String>, Error> {
        let folder = self.kept();
        let all = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            all => all.map_err(Error::read(&folder))?,
        };
        let mut found = Vec::new();
        for one in all {
            let name = one.map_err(Error::read(&folder))?.file_name();
            let name = name.to_string_lossy().into_owned();
            found.extend(evidence::unhex::<32>(&name).map(|_| name));
        }
        Ok(found)
    }

    /// Destroys what was kept, by its SHA-256 in hexadecimal digits.
    pub(super) fn forget(&self, digest: &str) -> Result<(), Error> {
        let path = self.kept().join(digest);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::write(path)(error)),
            _ => Ok(()),
        }
    }

    /// What receipts speak of, as far as it was kept, by the names they give it. Of several with one name the newest receipt's, which
    /// is the one that a bundle has room for.
    ///
    /// # Errors
    /// `store_…`, `ledger_damaged`.
    pub fn reports(&self, receipts: &[Range<u64>]) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        let mut named = BTreeMap::new();
        self.store.read(|view| {
            for entry in receipts.iter().cloned().flat_map(|run| entries(view, run)) {
                for subject in statement_of(&entry?).into_iter().flat_map(|it| it.subject) {
                    named.insert(subject.name.clone(), subject);
                }
            }
            Ok::<_, Error>(())
        })?;
        let kept = self.kept();
        let found = named.into_iter().filter_map(|(name, subject)| {
            let digest = evidence::unhex::<32>(subject.digest.get("sha256")?)?;
            let content = fs::read(kept.join(hex(&digest))).ok()?;
            subject.is(&content).then_some((name, content))
        });
        Ok(found.collect())
    }
}

/// Keeps something in the folder of ledgers.
pub(super) fn keep_beside(folder: &Path, content: &[u8]) -> Result<(), Error> {
    let path = folder.join(KEPT).join(hex(&sha256(&[content])));
    replace_file(&path, content).map_err(Error::write(&path))
}

fn unchosen(message: String) -> Error {
    let mut failure = Failure::new(Code::BadCall, message);
    "choose among those that `fabric ledger list` shows".clone_into(&mut failure.hint);
    failure.into()
}

/// Runs in order, with those that touch made one.
fn joined(mut runs: Vec<Range<u64>>) -> Vec<Range<u64>> {
    runs.sort_unstable_by_key(|run| run.start);
    let mut joined: Vec<Range<u64>> = Vec::new();
    for run in runs {
        match joined.last_mut() {
            Some(last) if last.end >= run.start => last.end = last.end.max(run.end),
            _ => joined.push(run),
        }
    }
    joined
}

pub(crate) fn statement_of(entry: &Entry) -> Option<Statement> {
    let envelope = Envelope::parse(entry.receipt.as_ref()?.envelope.as_bytes()).ok()?;
    Statement::parse(&envelope.payload).ok()
}

/// Those of which only the leaf is left.
fn purged(view: &View<'_>, runs: &[Range<u64>]) -> Result<BTreeSet<u64>, Error> {
    let mut purged = BTreeSet::new();
    for entry in runs.iter().cloned().flat_map(|run| entries(view, run)) {
        let entry = entry?;
        if entry.receipt.is_none() {
            purged.insert(entry.leaf.seq);
        }
    }
    Ok(purged)
}

/// Whether a receipt says that one of these was purged.
fn purges(entry: &Entry, purged: &BTreeSet<u64>) -> bool {
    let said =
        (entry.leaf.kind == PurgeManifest::KIND).then(|| statement_of(entry)?.predicate().ok());
    let said: Option<PurgeManifest> = said.flatten();
    said.is_some_and(|said| said.receipts.iter().any(|it| purged.contains(&it.number)))
}

/// Digests of the policies before and after the edit that a receipt is about.
fn edit_of(entry: &Entry) -> Option<(String, String)> {
    match Said::of(&statement_of(entry)?).ok()? {
        Said::DriftPreview(said) => Some((said.base, said.head)),
        Said::GuardVerdict(said) => Some((said.base, said.head)),
        Said::Override(said) => Some((said.base, said.head)),
        Said::Promotion(said) => Some((said.from, said.to)),
        Said::Rollback(said) => Some((said.from, said.to)),
        Said::Narrative(_) | Said::KeyRotation(_) | Said::Restore(_) | Said::PurgeManifest(_) => {
            None
        }
    }
}
