//! `fabric ledger`: what a workspace's ledger holds, whether it is whole, and what others need to check that.

use std::{collections::BTreeSet, fs, path::Path};

use evidence::{
    hex, moment,
    note::{Kind, VerifierKey},
    unhex,
};
use model::{Code, Failure};
use serde::Serialize;
use witness::Client;
use workspace::{
    Folders, LedgerInfo, by_reference, evidence_of_moves, key_is_lost, own_key, signers, vault_of,
};

use super::{FINE, failed, may_write, not_its_own, now, passphrase::ask, root, write_out};
use crate::{
    args::{
        AskWitness, Ledger, LedgerCompact, LedgerExport, LedgerInit, LedgerProve, LedgerPurge,
        LedgerRestore, LedgerSample, LedgerSign, LedgerTrust, Opening,
    },
    render,
    terminal::{Stop, Terminal},
};

pub fn ledger(command: &Ledger, terminal: &Terminal) -> Result<u8, Stop> {
    match command {
        Ledger::Init(arguments) => init(arguments, terminal),
        Ledger::Info(dir) => info(&open(&dir.dir)?, terminal),
        Ledger::List(dir) => list(&open(&dir.dir)?, terminal),
        Ledger::Check(dir) => check(&open(&dir.dir)?, terminal),
        Ledger::Trust(arguments) => trust(arguments, terminal),
        Ledger::Sign(arguments) => sign(arguments, terminal),
        Ledger::Prove(arguments) => prove(arguments, terminal),
        Ledger::Export(arguments) => export(arguments, terminal),
        Ledger::Compact(arguments) => compact(arguments, terminal),
        Ledger::Purge(arguments) => purge(arguments, terminal),
        Ledger::Restore(arguments) => restore(arguments, terminal),
        Ledger::Sample(arguments) => sample(arguments, terminal),
    }
}

/// The ledger of a workspace.
pub fn open(dir: &Path) -> Result<workspace::Ledger, Stop> {
    let found = workspace::Ledger::open(&root(dir)?, &Folders::of_user()).map_err(failed)?;
    found.ok_or_else(|| {
        let message = format!("`{}` has no ledger", dir.display());
        Failure::new(Code::LedgerMissing, message).into()
    })
}

/// What a ledger is: the JSON of `fabric ledger info`, `init` and `restore`.
#[derive(Serialize)]
pub struct Info {
    /// Its database.
    pub database: String,
    /// What it is called wherever it is trusted.
    pub origin: String,
    /// Receipts.
    pub receipts: u64,
    /// Receipts the last checkpoint covers.
    pub signed: u64,
    /// Its keys, the oldest first.
    pub keys: Vec<InfoKey>,
    /// The last checkpoint.
    pub checkpoint: Option<String>,
    /// Why it may not sign.
    pub trouble: Option<Failure>,
}

/// A key of a ledger.
#[derive(Serialize)]
pub struct InfoKey {
    /// What its keeper calls it.
    pub name: String,
    /// How a trust policy writes it.
    pub vkey: String,
    /// From when on.
    pub since: String,
    /// Until when it signs beside its successor.
    pub until: Option<String>,
}

impl Info {
    fn of(info: LedgerInfo) -> Result<Self, Failure> {
        let key = |key: &workspace::LedgerKey| {
            let vkey = VerifierKey::new(&info.origin, Kind::Ed25519, key.public)
                .map_err(|error| Failure::new(Code::LedgerDamaged, error.to_string()))?;
            Ok(InfoKey {
                name: key.name.clone(),
                vkey: vkey.to_string(),
                since: moment::text(key.since),
                until: key.until.map(moment::text),
            })
        };
        Ok(Self {
            database: info.path.display().to_string(),
            keys: info.keys.iter().map(key).collect::<Result<_, Failure>>()?,
            origin: info.origin,
            receipts: info.size,
            signed: info.signed,
            checkpoint: info.checkpoint,
            trouble: info.trouble,
        })
    }
}

fn init(arguments: &LedgerInit, terminal: &Terminal) -> Result<u8, Stop> {
    let folders = Folders::of_user();
    let vault = vault_of(&folders);
    let root = root(&arguments.dir.dir)?;
    // A mistyped path gets no ledger that nobody finds again.
    super::read(&root)?;
    let key = vault.find(&arguments.key).map_err(Failure::from)?;
    let signer = vault.signer(&key, &ask(&arguments.opening))?;
    let origin = arguments.origin.as_deref();
    let ledger = workspace::Ledger::create(&root, &folders, origin, (&key.name, &signer), now())
        .map_err(failed)?;
    info(&ledger, terminal)?;
    terminal.remark("\nKeep the database in your backups, and its key in a recovery file.\n");
    Ok(FINE)
}

fn info(ledger: &workspace::Ledger, terminal: &Terminal) -> Result<u8, Stop> {
    let info = Info::of(ledger.info().map_err(failed)?)?;
    terminal.result(&info, |look| render::ledger(&info, look))?;
    Ok(FINE)
}

/// Receipts read at once.
const PAGE: u64 = 512;

fn list(ledger: &workspace::Ledger, terminal: &Terminal) -> Result<u8, Stop> {
    let size = ledger.size().map_err(failed)?;
    let mut receipts = Vec::new();
    let mut start = 0;
    while start < size {
        let end = size.min(start + PAGE);
        receipts.extend(ledger.list(start..end).map_err(failed)?);
        start = end;
    }
    let json = serde_json::json!({ "origin": ledger.origin(), "receipts": receipts });
    terminal.result(&json, |look| render::receipts(&receipts, look))?;
    Ok(FINE)
}

fn check(ledger: &workspace::Ledger, terminal: &Terminal) -> Result<u8, Stop> {
    let checked = ledger.check().map_err(failed)?;
    let json = serde_json::json!({
        "origin": ledger.origin(),
        "receipts": checked.size,
        "purged": checked.purged,
        "checkpoints": checked.checkpoints,
        "root": hex(&checked.root),
    });
    terminal.result(&json, |look| {
        render::checked(ledger.origin(), &checked, look)
    })?;
    Ok(FINE)
}

/// Signs a checkpoint over all that is there.
fn signed(ledger: &workspace::Ledger, opening: &Opening) -> Result<String, Stop> {
    let vault = vault_of(&Folders::of_user());
    let keys = signers(ledger, &vault, &ask(opening), now()).map_err(failed)?;
    ledger.sign(&by_reference(&keys), now()).map_err(failed)
}

/// The witness, if one was named.
fn client(asked: &AskWitness) -> Result<Option<Client>, Failure> {
    match (&asked.witness, &asked.witness_key) {
        (Some(url), Some(key)) => Ok(Some(Client::new(url, key)?)),
        _ => Ok(None),
    }
}

fn sign(arguments: &LedgerSign, terminal: &Terminal) -> Result<u8, Stop> {
    let ledger = open(&arguments.dir.dir)?;
    let note = match client(&arguments.witness)? {
        None => signed(&ledger, &arguments.opening)?,
        Some(witness) => {
            let vault = vault_of(&Folders::of_user());
            let keys = signers(&ledger, &vault, &ask(&arguments.opening), now()).map_err(failed)?;
            ledger
                .sign_witnessed(&by_reference(&keys), &witness, now())
                .map_err(failed)?
        }
    };
    let json = serde_json::json!({ "origin": ledger.origin(), "checkpoint": note });
    terminal.result(&json, |_| note.clone())?;
    Ok(FINE)
}

fn prove(arguments: &LedgerProve, terminal: &Terminal) -> Result<u8, Stop> {
    if arguments.out != Path::new("-") {
        may_write(&arguments.out)?;
    }
    let ledger = open(&arguments.dir.dir)?;
    let seq = number(&ledger, &arguments.receipt)?;
    let covered = ledger.info().map_err(failed)?.signed;
    if seq >= ledger.size().map_err(failed)? {
        return Err(missing(&arguments.receipt));
    }
    if seq >= covered {
        signed(&ledger, &arguments.opening)?;
    }
    let proof = ledger.prove(seq).map_err(failed)?.to_string();
    let json = serde_json::json!({ "origin": ledger.origin(), "number": seq, "proof": proof });
    hand_out(&arguments.out, &proof, &json, terminal)
}

/// Writes a text to a file, or prints it where that is `-`.
fn hand_out(
    path: &Path,
    text: &str,
    json: &serde_json::Value,
    terminal: &Terminal,
) -> Result<u8, Stop> {
    let printed = path == Path::new("-");
    if !printed {
        write_out(path, text.as_bytes())?;
    }
    if terminal.json {
        terminal.json(json)?;
    } else if printed {
        terminal.print(text)?;
    }
    Ok(FINE)
}

fn trust(arguments: &LedgerTrust, terminal: &Terminal) -> Result<u8, Stop> {
    let ledger = open(&arguments.dir.dir)?;
    let key = |text: &String| {
        VerifierKey::parse(text).map_err(|error| {
            let mut failure = Failure::new(Code::BadCall, error.to_string());
            "name a witness by its vkey, as `fabric keys show NAME --origin ORIGIN` prints it"
                .clone_into(&mut failure.hint);
            failure
        })
    };
    let witnesses = arguments.witness_key.iter().map(key);
    let witnesses = witnesses.collect::<Result<Vec<_>, _>>()?;
    let enough = arguments.quorum.unwrap_or(witnesses.len());
    let known = vault_of(&Folders::of_user())
        .list()
        .map_err(Failure::from)?;
    let drafted = ledger
        .trust(arguments.origin.as_deref(), (&witnesses, enough), &known)
        .map_err(failed)?;
    let value = |error: serde_json::Error| Failure::new(Code::Internal, error.to_string());
    let json = serde_json::from_str(&drafted.text).map_err(value)?;
    // Whom somebody trusts they may have written into it by hand.
    let differs = |there: Vec<u8>| there != drafted.text.as_bytes();
    if arguments.out.is_file() && fs::read(&arguments.out).is_ok_and(differs) {
        let message = format!("`{}` exists already", arguments.out.display());
        let mut failure = Failure::new(Code::FileWrite, message);
        "choose another name; a trust file that says something else is never overwritten"
            .clone_into(&mut failure.hint);
        return Err(failure.into());
    }
    let done = hand_out(&arguments.out, &drafted.text, &json, terminal)?;
    for origin in drafted.lost {
        terminal.remark(&format!(
            "{origin}: its database is lost, so of its keys those of yours are named that signed its last checkpoint; one that was replaced before stands in an older trust file.\n"
        ));
    }
    for origin in drafted.unknown {
        terminal.remark(&format!(
            "{origin} is not named: its database is lost, and no key of yours signed its last checkpoint. Bundles from before are verified by an older trust file.\n"
        ));
    }
    for origin in drafted.left_out {
        terminal.remark(&format!(
            "{origin} shares a key with an origin that is named, and a policy names each key once: `fabric ledger trust {} --origin {origin}` names it alone.\n",
            arguments.dir.dir.display()
        ));
    }
    Ok(done)
}

fn missing(named: &str) -> Stop {
    let message = format!("the ledger has no receipt `{named}`");
    let mut failure = Failure::new(Code::BadCall, message);
    "name one by its number, which `fabric ledger list` tells, or by the SHA-256 of its envelope"
        .clone_into(&mut failure.hint);
    failure.into()
}

/// The number of a receipt that somebody named by number or digest.
fn number(ledger: &workspace::Ledger, named: &str) -> Result<u64, Stop> {
    let unknown = || missing(named);
    let digits = named.strip_prefix("sha256:").unwrap_or(named);
    match unhex(digits) {
        Some(digest) => {
            let found = ledger.find(&digest).map_err(failed)?;
            found.first().copied().ok_or_else(unknown)
        }
        None => named.parse().map_err(|_| unknown()),
    }
}

fn export(arguments: &LedgerExport, terminal: &Terminal) -> Result<u8, Stop> {
    not_its_own(&arguments.to)?;
    let ledger = open(&arguments.dir.dir)?;
    let info = ledger.info().map_err(failed)?;
    if info.signed < info.size {
        signed(&ledger, &arguments.opening)?;
    }
    let written = ledger.export(&arguments.to).map_err(failed)?;
    let json = serde_json::json!({
        "origin": info.origin,
        "size": info.size,
        "folder": arguments.to,
        "written": written,
    });
    terminal.result(&json, |_| {
        format!(
            "{}: {} of {}\n",
            arguments.to.display(),
            crate::text::counted(info.size, "receipt"),
            info.origin
        )
    })?;
    Ok(FINE)
}

fn compact(arguments: &LedgerCompact, terminal: &Terminal) -> Result<u8, Stop> {
    let ledger = open(&arguments.dir.dir)?;
    let done = ledger.compact(arguments.drop).map_err(failed)?;
    let [before, after] = done.database;
    let json = serde_json::json!({
        "origin": ledger.origin(),
        "receipts": done.receipts,
        "blocks": done.blocks,
        "written": done.written,
        "left": done.left,
        "dropped": done.dropped,
        "bytes": { "before": done.before, "after": done.after },
        "factor": done.factor(),
        "database": { "before": before, "after": after },
    });
    terminal.result(&json, |look| render::compacted(&done, look))?;
    Ok(FINE)
}

fn purge(arguments: &LedgerPurge, terminal: &Terminal) -> Result<u8, Stop> {
    let ledger = open(&arguments.dir)?;
    let info = ledger.info().map_err(failed)?;
    let numbers = super::bundle::numbers(&arguments.receipts, info.size)?;
    let numbers: BTreeSet<u64> = numbers.into_iter().flatten().collect();
    let in_force = info.keys.iter().find(|key| key.until.is_none());
    let by = arguments
        .by
        .as_deref()
        .or_else(|| in_force.map(|key| key.name.as_str()))
        .unwrap_or_default();
    let vault = vault_of(&Folders::of_user());
    let keys = signers(&ledger, &vault, &ask(&arguments.opening), now()).map_err(failed)?;
    let said = (arguments.reason.as_str(), by);
    let moves = evidence_of_moves(&root(&arguments.dir)?).map_err(failed)?;
    let manifest = ledger
        .purge(&numbers, said, &moves, &by_reference(&keys), now())
        .map_err(failed)?;
    let json = serde_json::json!({
        "origin": ledger.origin(),
        "purged": numbers,
        "manifest": manifest,
    });
    terminal.result(&json, |_| {
        let purged = crate::text::counted(numbers.len() as u64, "receipt");
        format!("{purged} purged; receipt {manifest} says so\n")
    })?;
    Ok(FINE)
}

fn restore(arguments: &LedgerRestore, terminal: &Terminal) -> Result<u8, Stop> {
    let folders = Folders::of_user();
    let vault = vault_of(&folders);
    if let Some(origin) = &arguments.origin {
        return restore_lost(origin, arguments, terminal);
    }
    let ledger = open(&arguments.dir.dir).map_err(|stop| or_lost(stop, &arguments.dir.dir))?;
    let witness = client(&arguments.witness)?;
    let key = vault.find(&arguments.key).map_err(Failure::from)?;
    let ask = ask(&arguments.opening);
    let signer = vault.signer(&key, &ask)?;
    let (before, sound) = {
        let info = ledger.info().map_err(failed)?;
        (info.origin, info.trouble.is_none())
    };
    // Who cannot open a key any more is not asked for its passphrase.
    let given = |key: &vault::Key| match arguments.opening.passphrase_file {
        Some(_) => ask(key),
        None => Err(Failure::new(Code::KeyLocked, "nobody knows it")),
    };
    let said: Option<vault::Ask<'_>> = match arguments.lost {
        true => Some(&given),
        false => None,
    };
    // Whatever else is wrong with a ledger, it is a reason of its own, and no keyring is asked for it.
    let lost = sound && key_is_lost(&ledger, &vault, said).map_err(failed)?;
    let left = own_key(&ledger, &vault).map_err(failed)?;
    let next = ledger
        .restore(
            &folders,
            (&key.name, &signer),
            &arguments.by,
            witness.as_ref(),
            (lost, now()),
        )
        .map_err(failed)?;
    info(&next, terminal)?;
    if lost {
        terminal.remark(&format!(
            "\nOf {before} nothing is lost but its key: all its receipts stay in its database, and nobody signs for it any more.\n\
             For each channel that is believed by the lost key: `fabric channel root CHANNEL --begin-again`.\n"
        ));
        if let Some(key) = left {
            terminal.remark(&format!(
                "Then take the lost key out of your list: `fabric keys revoke {} --dir {}`.\n",
                key.public,
                arguments.dir.dir.display()
            ));
        }
    }
    Ok(FINE)
}

/// Where there is no database to restore from, the ledgers that this machine knows of are named, for whose it was.
fn or_lost(stop: Stop, dir: &Path) -> Stop {
    let mut failure = match stop {
        Stop::Failed(failure) => failure,
        other => return other,
    };
    if failure.code == Code::LedgerMissing {
        failure.hint = format!(
            "put the newest copy of its database into `.fabric`; if none is left, name its origin: `fabric ledger restore {} --origin ORIGIN --key KEY --by WHO`",
            dir.display()
        );
        let known = workspace::signed_origins(&Folders::of_user());
        failure.details = (!known.is_empty())
            .then(|| format!("ledgers that signed on this machine:\n{}", known.join("\n")));
    }
    Stop::Failed(failure)
}

/// Goes on under a new origin from what is known of a ledger whose database is lost.
fn restore_lost(origin: &str, arguments: &LedgerRestore, terminal: &Terminal) -> Result<u8, Stop> {
    let folders = Folders::of_user();
    let vault = vault_of(&folders);
    let root = root(&arguments.dir.dir)?;
    super::read(&root)?;
    let witness = client(&arguments.witness)?;
    let key = vault.find(&arguments.key).map_err(Failure::from)?;
    let signer = vault.signer(&key, &ask(&arguments.opening))?;
    let next = workspace::Ledger::restore_lost(
        (&root, origin),
        &folders,
        (&key.name, &signer),
        &arguments.by,
        witness.as_ref(),
        now(),
    )
    .map_err(failed)?;
    info(&next, terminal)?;
    terminal.remark(&format!(
        "\nThe receipts of {origin} are lost; the first receipt says how many there were, and bundles that were made of them verify as they did.\n\
         For each channel that is believed by a key which is lost as well: `fabric channel root CHANNEL --begin-again`.\n"
    ));
    Ok(FINE)
}

fn sample(arguments: &LedgerSample, terminal: &Terminal) -> Result<u8, Stop> {
    let folder = &arguments.folder;
    let made = workspace::sample_evidence(folder, &Folders::of_user(), now()).map_err(failed)?;
    let info = Info::of(open(folder)?.info().map_err(failed)?)?;
    let (bundle, trust) = (made.bundle.display(), made.trust.display());
    let json = serde_json::json!({
        "workspace": folder.display().to_string(),
        "origin": info.origin,
        "receipts": info.receipts,
        "bundle": bundle.to_string(),
        "trust": trust.to_string(),
    });
    terminal.result(&json, |look| render::ledger(&info, look))?;
    terminal.remark(&format!(
        "\nTry\n  fabric verify {bundle} --trust {trust}\n"
    ));
    Ok(FINE)
}
