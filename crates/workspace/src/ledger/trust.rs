//! A trust file for who is to believe a ledger, in the form of `docs/evidence.md`: what its keeper can say of it. Whom to believe is the
//! reader's to say, so it is handed over by another way than the bundles, and read.

use evidence::{
    hex, moment,
    note::{Kind, VerifierKey},
    statement::KINDS,
    trust::Trust,
};
use model::{Code, Failure};
use serde_json::json;
use vault::State;

use super::{Ledger, LedgerKey, ROLE};
use crate::Error;

/// What is to be believed.
pub(crate) struct Believed<'a> {
    /// A remark to begin with.
    pub(crate) about: Option<&'a str>,
    /// The ledger, under each of its keys.
    pub(crate) logs: &'a [VerifierKey],
    /// The same keys, for receipts and bundles.
    pub(crate) keys: &'a [LedgerKey],
    /// Witnesses: a short name for each, and how a trust policy writes its key.
    pub(crate) witnesses: &'a [(String, String)],
    /// How many of them have to have cosigned.
    pub(crate) enough: usize,
}

/// The trust file's text.
pub(crate) fn trust_file(believed: &Believed<'_>) -> String {
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
    let witness = |(name, vkey): &(String, String)| format!("witness {name} {vkey}");
    let policy: Vec<_> = (believed.about.map(str::to_owned).into_iter())
        .chain(believed.logs.iter().map(|log| format!("log {log}")))
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
        "keys": believed.keys.iter().map(key).collect::<Vec<_>>(),
        "receipts": receipts,
    });
    format!("{trust:#}\n")
}

/// A call that makes no trust file, and what to do there.
fn wrong(message: impl Into<String>, hint: &str) -> Error {
    let mut failure = Failure::new(Code::BadCall, message);
    hint.clone_into(&mut failure.hint);
    failure.into()
}

impl Ledger {
    /// A trust file for this ledger and all its keys, with these witnesses, of which so many have to have cosigned what is believed. A key
    /// that is revoked in `known`, its keeper's, is believed until then at the latest.
    ///
    /// # Errors
    /// `bad_call` for more witnesses asked than named, for a witness twice, and for one of the ledger's own keys as a witness;
    /// `store_…`, `ledger_damaged`.
    pub fn trust(
        &self,
        witnesses: &[VerifierKey],
        enough: usize,
        known: &[vault::Key],
    ) -> Result<String, Error> {
        if enough > witnesses.len() {
            let message = format!(
                "{enough} witnesses are to have cosigned, and {} are named",
                witnesses.len()
            );
            return Err(wrong(
                message,
                "name more with --witness-key, or ask for fewer with --quorum",
            ));
        }
        let mut info = self.info()?;
        let own = |witness: &&VerifierKey| info.keys.iter().any(|key| key.public == witness.key());
        if let Some(own) = witnesses.iter().find(own) {
            let message = format!(
                "the key given as the witness's, `{}`, is the ledger's own: who keeps a ledger cannot witness it",
                own.name()
            );
            return Err(wrong(
                message,
                "give the key that the witness names when it starts, and let it have one of its own",
            ));
        }
        for key in &mut info.keys {
            let public = hex(&key.public.to_bytes());
            let revoked = |it: &&vault::Key| it.public == public && it.state == State::Revoked;
            if let Some(ended) = known.iter().find(revoked).and_then(|it| it.ended) {
                // A trust file believes no key for less than a second.
                let ended = ended.max(key.since.saturating_add(1));
                key.until = Some(key.until.map_or(ended, |until| until.min(ended)));
            }
        }
        let log = |key: &LedgerKey| VerifierKey::new(&info.origin, Kind::Ed25519, key.public);
        let logs: Vec<_> = info.keys.iter().map(log).collect::<Result<_, _>>()?;
        let named = |(number, key): (usize, &VerifierKey)| (format!("w{number}"), key.to_string());
        let text = trust_file(&Believed {
            about: None,
            logs: &logs,
            keys: &info.keys,
            witnesses: &(1..).zip(witnesses).map(named).collect::<Vec<_>>(),
            enough,
        });
        Trust::parse(text.as_bytes())
            .map_err(|error| wrong(error.to_string(), "name each witness once, by its own key"))?;
        Ok(text)
    }
}
