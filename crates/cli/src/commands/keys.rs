//! `fabric keys`: the user's signing keys. Secrets are asked for without echo, or come from a file; none is ever printed.

use std::{
    fs,
    io::{self, IsTerminal as _, Read as _},
    path::{Path, PathBuf},
};

use evidence::note::{Kind, VerifierKey};
use model::{Code, Failure};
use serde::Serialize;
use vault::{Keep, Kept, Passphrase, State, Vault};
use workspace::{Folders, Ledger, LedgerInfo, Promotion, own_key, rotate_key, signers, vault_of};

use super::{FINE, failed, now, root};
use crate::{
    args::{Keeping, Keys, KeysCreate, KeysExport, KeysRecover, KeysRotate, KeysShow, Opening},
    render,
    terminal::{Stop, Terminal},
};

pub fn keys(command: &Keys, terminal: &Terminal) -> Result<u8, Stop> {
    let vault = vault_of(&Folders::of_user());
    match command {
        Keys::Create(arguments) => create(&vault, arguments, terminal),
        Keys::List => {
            let keys = vault.list().map_err(Failure::from)?;
            terminal.result(&keys, |look| render::keys(&keys, look))?;
            Ok(FINE)
        }
        Keys::Show(arguments) => show(&vault, arguments, terminal),
        Keys::Rotate(arguments) => rotate(&vault, arguments, terminal),
        Keys::Revoke(arguments) => {
            let key = vault.find(&arguments.key).map_err(Failure::from)?;
            if !arguments.even_if_needed {
                spare(&vault, &key, &arguments.dir)?;
            }
            let key = vault.revoke(&arguments.key, now()).map_err(Failure::from)?;
            terminal.result(&key, |_| format!("{} signs nothing more\n", key.name))?;
            Ok(FINE)
        }
        Keys::Export(arguments) => export(&vault, arguments, terminal),
        Keys::Recover(arguments) => recover(&vault, arguments, terminal),
    }
}

/// Why a key is not destroyed: what it is needed for, and the way on.
type Needed = (String, String);

/// A workspace in which it is looked who needs a key.
struct Place<'a> {
    dir: &'a Path,
    root: PathBuf,
    ledger: Option<Ledger>,
}

/// Refuses to destroy a key unless nobody is known to need it: no ledger of the user's, and no channel of the workspaces at hand.
fn spare(vault: &Vault, key: &vault::Key, dirs: &[PathBuf]) -> Result<(), Failure> {
    let folders = Folders::of_user();
    let mut places = Vec::new();
    for dir in dirs {
        let Ok(root) = root(dir) else { continue };
        let ledger = Ledger::open(&root, &folders)?;
        places.push(Place { dir, root, ledger });
    }
    let mut needed = None;
    for place in &places {
        if needed.is_none() {
            needed = needed_here(vault, key, place)?;
        }
    }
    if needed.is_none() {
        needed = needed_elsewhere(key, &places, &folders)?;
    }
    let Some((needed, hint)) = needed else {
        return Ok(());
    };
    let message = format!("without the key `{}` {needed}", key.public);
    let mut failure = Failure::new(Code::KeyNeeded, message);
    failure.hint = format!("{hint}; `--even-if-needed` destroys it all the same");
    Err(failure)
}

/// For ledgers of the user's that signed with the key last, and are neither at hand nor one whose place one at hand took: whether such a
/// one still needs the key, and its channels do, can be told from its workspace alone.
fn needed_elsewhere(
    key: &vault::Key,
    places: &[Place<'_>],
    folders: &Folders,
) -> Result<Option<Needed>, Failure> {
    let mut origins = workspace::signed_with(&key.key()?, folders).map_err(|error| {
        let mut failure = Failure::from(error);
        let more = "; `--even-if-needed` destroys the key without looking";
        failure.hint.push_str(more);
        failure
    })?;
    let at_hand = |origin: &String| {
        let mut ledgers = places.iter().filter_map(|place| place.ledger.as_ref());
        ledgers.any(|ledger| ledger.goes_on_from(origin))
    };
    origins.retain(|origin| !at_hand(origin));
    let needed = format!("nobody could sign for {}", origins.join(", "));
    let hint = format!(
        "name the workspace of each, where it is looked whether it still needs the key: `fabric keys revoke {} --dir DIR`",
        key.public
    );
    Ok((!origins.is_empty()).then_some((needed, hint)))
}

/// For the workspace's ledger, which signs with the key, and for channels that could never be given another root without it.
fn needed_here(
    vault: &Vault,
    key: &vault::Key,
    place: &Place<'_>,
) -> Result<Option<Needed>, Failure> {
    let dir = place.dir.display();
    let public = key.key()?;
    let info = place.ledger.as_ref().map(Ledger::info).transpose()?;
    let signs = |info: &LedgerInfo| {
        let mut keys = info.keys.iter();
        keys.any(|known| known.until.is_none() && known.public == public)
    };
    if let Some(info) = info.filter(signs) {
        // A name means the key in force of that name, and this may be an earlier one.
        let by_name = vault
            .find(&key.name)
            .is_ok_and(|it| it.public == key.public);
        let named = if by_name { &key.name } else { &key.public };
        let hint = format!(
            "replace it first: `fabric keys rotate {named} --dir {dir}`; if nobody can open it any more, the ledger goes on under a new origin with another: \
             `fabric ledger restore {dir} --key OTHER --by WHO --lost`"
        );
        return Ok(Some((
            format!("nobody could sign for the ledger {}", info.origin),
            hint,
        )));
    }
    let channels = workspace::believed_by(&place.root, &public)?;
    Ok(channels.first().map(|first| {
        let names: Vec<_> = channels.iter().map(|name| format!("`{name}`")).collect();
        let hint = format!(
            "sign the next root of each with this key and the ledger's: `fabric channel root {first} --renew --dir {dir}`, or, if nobody can open \
             it any more, begin anew: `fabric channel root {first} --begin-again --dir {dir}`; then revoke it"
        );
        (
            format!("nobody could follow on the root of {}", names.join(", ")),
            hint,
        )
    }))
}

fn create(vault: &Vault, arguments: &KeysCreate, terminal: &Terminal) -> Result<u8, Stop> {
    let key = kept(&arguments.keeping, |keep| {
        vault.create(&arguments.name, keep, now())
    })?;
    made(&key, terminal)
}

fn made(key: &vault::Key, terminal: &Terminal) -> Result<u8, Stop> {
    terminal.result(key, |_| format!("{}  ed25519:{}\n", key.name, key.public))?;
    terminal.remark(
        "\nWrite a recovery file and keep it elsewhere: `fabric keys export NAME --recovery FILE`.\n",
    );
    Ok(FINE)
}

/// Does something with the place a key is to be kept in; asks for a new passphrase twice where there is one.
fn kept<T>(
    keeping: &Keeping,
    work: impl FnOnce(Keep<'_>) -> Result<T, vault::Error>,
) -> Result<T, Failure> {
    if !keeping.file {
        return Ok(work(Keep::Keyring)?);
    }
    let passphrase = chosen(keeping.opening.passphrase_file.as_deref(), "Passphrase")?;
    Ok(work(Keep::File(&passphrase))?)
}

#[derive(Serialize)]
struct Shown<'k> {
    #[serde(flatten)]
    key: &'k vault::Key,
    /// SHA-256 of the public half, as receipts have it.
    keyid: String,
    /// How a trust policy names the key of a log.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    /// How a trust policy names the key of a witness.
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<String>,
}

fn show(vault: &Vault, arguments: &KeysShow, terminal: &Terminal) -> Result<u8, Stop> {
    let key = vault.find(&arguments.key).map_err(Failure::from)?;
    let public = key.key().map_err(Failure::from)?;
    let line = |kind| {
        let origin = arguments.origin.as_deref()?;
        Some(VerifierKey::new(origin, kind, public).map(|key| key.to_string()))
    };
    let named = |line: Option<Result<String, evidence::Error>>| {
        line.transpose()
            .map_err(|error| Failure::new(Code::BadCall, error.to_string()))
    };
    let shown = Shown {
        key: &key,
        keyid: evidence::hex(&public.id()),
        log: named(line(Kind::Ed25519))?,
        witness: named(line(Kind::Cosignature))?,
    };
    terminal.result(&shown, |look| {
        let mut rows = vec![
            ("key", format!("ed25519:{}", key.public)),
            ("keyid", shown.keyid.clone()),
        ];
        rows.extend(shown.log.clone().map(|line| ("log", line)));
        rows.extend(shown.witness.clone().map(|line| ("witness", line)));
        render::key(&key, &rows, look)
    })?;
    Ok(FINE)
}

fn rotate(vault: &Vault, arguments: &KeysRotate, terminal: &Terminal) -> Result<u8, Stop> {
    let folders = Folders::of_user();
    let mut old = vault.find(&arguments.name).map_err(Failure::from)?;
    let found = match root(&arguments.dir) {
        Ok(root) => Ledger::open(&root, &folders).map_err(failed)?,
        Err(_) => None,
    };
    let (mut ledger, mut others) = (None, None);
    if let Some(found) = found {
        // What a ledger refuses is said before a key is made.
        if let Some(trouble) = found.info().map_err(failed)?.trouble {
            return Err(trouble.into());
        }
        match own_key(&found, vault).map_err(failed)? {
            // An earlier key of that name may have been replaced where the ledger was not at hand: it is the one to go on from.
            Some(own) if own.public == old.public || own.name == old.name => {
                old = own;
                ledger = Some(found);
            }
            _ => others = Some(found.origin().to_owned()),
        }
    }
    // Standard input is read once, for both keys.
    let given = arguments.keeping.opening.passphrase_file.as_deref();
    let given = given.map(from_file).transpose()?;
    let ask = |key: &vault::Key| match &given {
        Some(passphrase) => Ok(passphrase.clone()),
        None => typed(&format!("Passphrase of the key {}: ", key.name)),
    };
    // And that nobody could sign with both, too.
    vault.opened(&old, &ask)?;
    if let Some(ledger) = &ledger {
        signers(ledger, vault, &ask, now()).map_err(failed)?;
    }
    let before = vault.list().map_err(Failure::from)?;
    let (old, new) = match (arguments.keeping.file, &given) {
        (false, _) => vault.rotate(&old.public, Keep::Keyring, now()),
        (true, Some(passphrase)) => vault.rotate(&old.public, Keep::File(passphrase), now()),
        (true, None) => {
            let passphrase = chosen(None, "Passphrase")?;
            vault.rotate(&old.public, Keep::File(&passphrase), now())
        }
    }
    .map_err(Failure::from)?;
    let signed = match &ledger {
        None => None,
        Some(ledger) => {
            if let Err(error) = rotate_key(ledger, vault, (&old, &new), &ask, now()) {
                // A ledger that has the new key needs it, whatever went wrong after that.
                let own = own_key(ledger, vault).map_err(failed)?;
                if own.is_none_or(|own| own.public != new.public) {
                    vault.take_back(&new, &before).map_err(Failure::from)?;
                }
                return Err(failed(error));
            }
            let root = root(&arguments.dir)?;
            let channels = workspace::renew_roots(&Promotion {
                root: &root,
                ledger,
                vault,
                ask: &ask,
                now: now(),
            });
            Some((ledger.origin().to_owned(), channels.map_err(failed)?))
        }
    };
    if let Some(origin) = others {
        let text = format!("{origin} signs with another key, and goes on with that\n");
        terminal.remark(&text);
    }
    if terminal.json {
        let (ledger, channels) = signed.unzip();
        let json =
            serde_json::json!({ "old": old, "new": new, "ledger": ledger, "channels": channels });
        terminal.json(&json)?;
        return Ok(FINE);
    }
    let mut text = format!("{}  ed25519:{}\n", new.name, new.public);
    if let Some((origin, channels)) = signed {
        if !channels.is_empty() {
            let names = channels.join(", ");
            text.push_str(&format!(
                "{names}: the root of the next move is signed with both keys\n"
            ));
        }
        text.push_str(&format!(
            "{origin} signs with both keys for thirty days; then revoke the old one:\n  fabric keys revoke {} --dir {}\n",
            old.public,
            arguments.dir.display()
        ));
    }
    terminal.print(&text)?;
    Ok(FINE)
}

fn export(vault: &Vault, arguments: &KeysExport, terminal: &Terminal) -> Result<u8, Stop> {
    let key = vault.find(&arguments.key).map_err(Failure::from)?;
    let Some(path) = &arguments.recovery else {
        terminal.result(
            &serde_json::json!({ "key": format!("ed25519:{}", key.public) }),
            |_| format!("ed25519:{}\n", key.public),
        )?;
        return Ok(FINE);
    };
    if path.exists() {
        let message = format!("`{}` exists already", path.display());
        let mut failure = Failure::new(Code::FileWrite, message);
        failure.hint = "choose another name; a recovery file is never overwritten".to_owned();
        return Err(failure.into());
    }
    let recovery = chosen(
        arguments.recovery_passphrase_file.as_deref(),
        "Recovery passphrase",
    )?;
    vault.back_up(&key, &ask(&arguments.opening), &recovery, path)?;
    terminal.result(&serde_json::json!({ "file": path }), |_| {
        format!("{}: keep it apart from this machine\n", path.display())
    })?;
    Ok(FINE)
}

fn recover(vault: &Vault, arguments: &KeysRecover, terminal: &Terminal) -> Result<u8, Stop> {
    let recovery = match &arguments.recovery_passphrase_file {
        Some(path) => from_file(path)?,
        None => typed("Recovery passphrase: ")?,
    };
    let key = kept(&arguments.keeping, |keep| {
        vault.recover(&arguments.name, &arguments.from, &recovery, keep, now())
    })?;
    made(&key, terminal)
}

/// Where the passphrase of a key comes from: a file, else whoever sits at the terminal.
pub fn ask(opening: &Opening) -> impl Fn(&vault::Key) -> Result<Passphrase, Failure> {
    let file = opening.passphrase_file.clone();
    move |key| match &file {
        Some(path) => from_file(path),
        None => typed(&format!("Passphrase of the key {}: ", key.name)),
    }
}

/// A new passphrase; typed, it is typed twice.
fn chosen(file: Option<&Path>, what: &str) -> Result<Passphrase, Failure> {
    if let Some(path) = file {
        return from_file(path);
    }
    let (once, again) = (
        hidden(&format!("{what}: "))?,
        hidden(&format!("{what}, again: "))?,
    );
    if once == again {
        Ok(Passphrase::new(once))
    } else {
        let mut failure = Failure::new(Code::BadCall, "the two passphrases differ");
        "type the same one twice".clone_into(&mut failure.hint);
        Err(failure)
    }
}

fn typed(prompt: &str) -> Result<Passphrase, Failure> {
    hidden(prompt).map(Passphrase::new)
}

fn hidden(prompt: &str) -> Result<String, Failure> {
    let nobody = || {
        let mut failure = Failure::new(
            Code::BadCall,
            "a passphrase is needed, and nobody can be asked",
        );
        failure.hint =
            "name a file with it: --passphrase-file FILE, or - for standard input".to_owned();
        failure
    };
    if !io::stdin().is_terminal() {
        return Err(nobody());
    }
    rpassword::prompt_password(prompt).map_err(|_| nobody())
}

/// The first line of a file.
fn from_file(path: &Path) -> Result<Passphrase, Failure> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().read_to_string(&mut text).map(drop)
    } else {
        fs::read_to_string(path).map(|content| text = content)
    };
    read.map_err(|error| {
        Failure::new(
            Code::FileRead,
            format!("cannot read `{}`: {error}", path.display()),
        )
    })?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Passphrase::new(line.to_owned()))
}

/// Where a key is, and whether it signs, in words.
pub fn words(key: &vault::Key) -> (&'static str, &'static str) {
    let place = match key.kept {
        Kept::Keyring => "keyring",
        Kept::File => "encrypted file",
        Kept::Memory => "memory",
    };
    let state = match key.state {
        State::InForce => "in force",
        State::Replaced => "replaced",
        State::Revoked => "revoked",
    };
    (place, state)
}
