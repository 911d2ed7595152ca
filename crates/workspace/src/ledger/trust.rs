//! A trust file for who is to believe a ledger, in the form of `docs/evidence.md`: what its keeper can say of it. Whom to believe is the
//! reader's to say, so it is handed over by another way than the bundles, and read.

use std::{collections::BTreeSet, path::Path};

use evidence::{
    ed25519::PublicKey,
    hex, moment,
    note::{Kind, Note, VerifierKey},
    statement::KINDS,
    trust::Trust,
};
use model::{Code, Failure};
use serde_json::json;
use vault::State;

use super::{Ledger, LedgerKey, ROLE, keys, opening::files, succession::restored};
use crate::Error;

/// What is to be believed.
pub(crate) struct Believed<'a> {
    /// A remark to begin with.
    pub(crate) about: Option<&'a str>,
    /// The logs. No two of them share a key: a policy names each key once.
    pub(crate) logs: &'a [Log],
    /// Witnesses: a short name for each, and how a trust policy writes its key.
    pub(crate) witnesses: &'a [(String, String)],
    /// How many of them have to have cosigned.
    pub(crate) enough: usize,
}

/// A ledger under one origin.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) origin: String,
    /// Its keys, the oldest first.
    pub(crate) keys: Vec<LedgerKey>,
    /// Its database is not there: only who signed its last checkpoint can be told, as far as their keys are known.
    pub(crate) lost: bool,
}

impl Log {
    /// That of an origin whose place another took, as far as its last checkpoint tells: of these keys it has those that signed that.
    fn lost((origin, note): (String, &[u8]), known: &[LedgerKey]) -> Self {
        let signed = |key: &&LedgerKey| {
            let verifier = VerifierKey::new(&origin, Kind::Ed25519, key.public);
            verifier
                .is_ok_and(|key| Note::parse(note).is_ok_and(|note| note.verify(&[key]).is_ok()))
        };
        Self {
            keys: known.iter().filter(signed).cloned().collect(),
            origin,
            lost: true,
        }
    }

    /// Its keys, as a trust policy writes them.
    pub(crate) fn verifiers(&self) -> Result<Vec<VerifierKey>, evidence::Error> {
        let one = |key: &LedgerKey| VerifierKey::new(&self.origin, Kind::Ed25519, key.public);
        self.keys.iter().map(one).collect()
    }

    fn has(&self, key: &PublicKey) -> bool {
        self.keys.iter().any(|known| known.public == *key)
    }
}

/// A trust file, and what could not be put into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// The file.
    pub text: String,
    /// Origins this ledger went on from that share a key with one that is named: a file of their own names them.
    pub left_out: Vec<String>,
    /// Origins whose databases are lost: only those of the user's keys are named that signed their last checkpoints.
    pub lost: Vec<String>,
    /// Those of them for which that is none, so that they are not named.
    pub unknown: Vec<String>,
}

/// The trust file's text.
pub(crate) fn trust_file(believed: &Believed<'_>) -> Result<String, evidence::Error> {
    // What rotations of a ledger's key hand on.
    let role = json!({"roles": [ROLE]});
    let kinds = KINDS.iter().filter_map(|(_, name)| name.split('/').next());
    let receipts: serde_json::Map<_, _> = kinds
        .chain(["bundle"])
        .map(|kind| (kind.to_owned(), role.clone()))
        .collect();
    let quorum = match (believed.witnesses, believed.enough) {
        ([], _) | (_, 0) => vec!["quorum none".to_owned()],
        ([(one, _)], _) => vec![format!("quorum {one}")],
        (several, enough) => {
            let names: Vec<_> = several.iter().map(|(name, _)| name.as_str()).collect();
            vec![
                format!("group witnesses {enough} {}", names.join(" ")),
                "quorum witnesses".to_owned(),
            ]
        }
    };
    let logs = believed.logs.iter().map(Log::verifiers);
    let logs = logs.collect::<Result<Vec<_>, _>>()?.concat();
    let witness = |(name, vkey): &(String, String)| format!("witness {name} {vkey}");
    let policy: Vec<_> = (believed.about.map(str::to_owned).into_iter())
        .chain(logs.iter().map(|log| format!("log {log}")))
        .chain(believed.witnesses.iter().map(witness))
        .chain(quorum)
        .collect();
    let key = |key: &LedgerKey| {
        let mut said = json!({
            "key": hex(&key.public.to_bytes()),
            "name": key.name,
            "roles": [ROLE],
            "from": moment::text(key.since),
        });
        if let (Some(until), Some(said)) = (key.until, said.as_object_mut()) {
            said.insert("until".to_owned(), moment::text(until).into());
        }
        said
    };
    let trust = json!({
        "version": 1,
        "policy": policy,
        "keys": believed.logs.iter().flat_map(|log| &log.keys).map(key).collect::<Vec<_>>(),
        "receipts": receipts,
    });
    Ok(format!("{trust:#}\n"))
}

/// A call that makes no trust file, and what to do there.
fn wrong(message: impl Into<String>, hint: &str) -> Error {
    let mut failure = Failure::new(Code::BadCall, message);
    hint.clone_into(&mut failure.hint);
    failure.into()
}

impl Ledger {
    /// A trust file for this ledger and all its keys, and for those whose place it took; or for one `origin` of them alone. So many of the
    /// witnesses have to have cosigned what is believed. A key that is revoked in `known`, its keeper's, is believed until then at the
    /// latest, and one of an earlier origin until the next began.
    ///
    /// # Errors
    /// `bad_call` for more witnesses asked than named, for none of those that are named, for a witness twice, for one of the ledger's own
    /// keys as a witness, and for an origin that is none of this ledger's; `store_…`, `ledger_damaged`.
    pub fn trust(
        &self,
        origin: Option<&str>,
        (witnesses, enough): (&[VerifierKey], usize),
        known: &[vault::Key],
    ) -> Result<Drafted, Error> {
        countable(witnesses, enough)?;
        let users = known.iter().filter_map(|key| {
            // Since when a key was the ledger's is lost with its database.
            Some(unnamed(key.key().ok()?, &key.name))
        });
        let others = witnesses.iter().map(|key| unnamed(key.key(), key.name()));
        let mut all = self.logs(&users.chain(others).collect::<Vec<_>>())?;
        for witness in witnesses {
            refuse_own(&all, &witness.key())?;
        }
        for key in all.iter_mut().flat_map(|log| &mut log.keys) {
            let public = hex(&key.public.to_bytes());
            let revoked = |it: &&vault::Key| it.public == public && it.state == State::Revoked;
            if let Some(ended) = known.iter().find(revoked).and_then(|it| it.ended) {
                ends(key, ended);
            }
        }
        if let Some(origin) = origin {
            all.retain(|log| log.origin == origin);
            if all.is_empty() {
                return Err(wrong(
                    format!("`{origin}` is no origin of this ledger whose database is here"),
                    "`fabric ledger info` tells the one it has; those before it lie beside its database",
                ));
            }
        }
        let (mut logs, mut left_out) = (Vec::<Log>::new(), Vec::new());
        let (mut lost, mut unknown) = (Vec::new(), Vec::new());
        for log in all {
            if log.keys.is_empty() {
                unknown.push(log.origin);
                continue;
            }
            if log.lost {
                lost.push(log.origin.clone());
            }
            if log
                .keys
                .iter()
                .any(|key| logs.iter().any(|it| it.has(&key.public)))
            {
                left_out.push(log.origin);
            } else {
                logs.push(log);
            }
        }
        let named = |(number, key): (usize, &VerifierKey)| (format!("w{number}"), key.to_string());
        let text = trust_file(&Believed {
            about: None,
            logs: &logs,
            witnesses: &(1..).zip(witnesses).map(named).collect::<Vec<_>>(),
            enough,
        })?;
        Trust::parse(text.as_bytes())
            .map_err(|error| wrong(error.to_string(), "name each witness once, by its own key"))?;
        Ok(Drafted {
            text,
            left_out,
            lost,
            unknown,
        })
    }

    /// This log and those whose place it took, the newest first, as far as their databases can be read. Where one is lost, those of the `known`
    /// keys stand for its own that signed the checkpoint which was known when the next began.
    pub(super) fn logs(&self, known: &[LedgerKey]) -> Result<Vec<Log>, Error> {
        let mut found = vec![(
            Log {
                origin: self.origin.clone(),
                keys: self.store.read(keys)?,
                lost: false,
            },
            self.store.read(restored)?,
        )];
        for path in files(self.path.parent().unwrap_or(Path::new(".")))?
            .into_iter()
            .rev()
        {
            let read = || {
                let store = store::Ledger::open(&path)?;
                store.read(|view| Ok::<_, Error>((view.origin()?, keys(view)?, restored(view)?)))
            };
            // A damaged one is left behind by a restore, and no reason to believe less of the others.
            let Ok((Some(origin), keys, before)) = read() else {
                continue;
            };
            if path == self.path || !self.goes_on_from(&origin) {
                continue;
            }
            let lost = false;
            found.push((Log { origin, keys, lost }, before));
        }
        let here: BTreeSet<_> = found.iter().map(|(log, _)| log.origin.clone()).collect();
        let mut logs = Vec::new();
        for (log, before) in found {
            follows(&mut logs, log);
            if let Some(before) = before.filter(|before| !here.contains(&before.origin)) {
                let note = self.kept_at(&before.checkpoint).unwrap_or_default();
                follows(&mut logs, Log::lost((before.origin, &note), known));
            }
        }
        Ok(logs)
    }
}

/// A key of which nobody knows since when it was a ledger's.
pub(super) fn unnamed(public: PublicKey, name: &str) -> LedgerKey {
    LedgerKey {
        public,
        name: name.to_owned(),
        since: 0,
        until: None,
    }
}

/// Adds the log before these: it ended when the first of them began.
fn follows(logs: &mut Vec<Log>, mut log: Log) {
    let began = logs.iter().filter_map(|log| Some(log.keys.first()?.since));
    // Since when a lost one had its keys is not known.
    if let Some(began) = began.filter(|since| *since > 0).min() {
        // In its last second both may have signed.
        for key in &mut log.keys {
            ends(key, began.saturating_add(1));
        }
    }
    logs.push(log);
}

/// Ends the time of a key, if it does not end before. A trust file believes no key for less than a second.
fn ends(key: &mut LedgerKey, at: u64) {
    let at = at.max(key.since.saturating_add(1));
    key.until = Some(key.until.map_or(at, |until| until.min(at)));
}

/// Refuses a number of witnesses that says something else than the witnesses that are named.
fn countable(witnesses: &[VerifierKey], enough: usize) -> Result<(), Error> {
    let named = witnesses.len();
    if enough > named {
        return Err(wrong(
            format!(
                "{enough} witnesses are to have cosigned, and {named} {} named",
                if named == 1 { "is" } else { "are" }
            ),
            "name more with --witness-key, or ask for fewer with --quorum",
        ));
    }
    if enough == 0 && named > 0 {
        return Err(wrong(
            "witnesses are named, and none of them has to have cosigned: they would count for nothing",
            "ask for one at least with --quorum, or name no witness",
        ));
    }
    Ok(())
}

/// Refuses a ledger's own key in the place of a witness's, one of an earlier origin, too: the ledger's signature would pass for that of
/// somebody who watches it.
pub(super) fn refuse_own(logs: &[Log], witness: &PublicKey) -> Result<(), Error> {
    let mut own = logs.iter().flat_map(|log| &log.keys);
    match own.find(|key| key.public == *witness) {
        None => Ok(()),
        Some(key) => Err(wrong(
            format!(
                "the key given as the witness's is the ledger's own, `{}`: who keeps a ledger cannot witness it",
                key.name
            ),
            "give the key that the witness names when it starts, and let it have one of its own",
        )),
    }
}
