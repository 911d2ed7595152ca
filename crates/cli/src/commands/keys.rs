//! `fabric keys`: the user's signing keys.

use std::path::{Path, PathBuf};

use evidence::{
    ed25519::PublicKey,
    moment,
    note::{Kind, VerifierKey},
};
use model::{Code, Failure};
use registry::Registry;
use serde::Serialize;
use vault::{Keep, Kept, State, Vault};
use workspace::{
    Folders, Ledger, LedgerInfo, Lingers, Promotion, own_key, rotate_key, signers, vault_of,
};

use super::{
    FINE, failed, now,
    passphrase::{Asked, ask, chosen, given},
    root,
};
use crate::{
    args::{Keeping, Keys, KeysCreate, KeysExport, KeysRecover, KeysRotate, KeysShow},
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
            for (path, key) in vault.unlisted().map_err(Failure::from)? {
                terminal.remark(&unlisted(&path, &key));
            }
            Ok(FINE)
        }
        Keys::Show(arguments) => show(&vault, arguments, terminal),
        Keys::Rotate(arguments) => rotate(&vault, arguments, terminal),
        Keys::Revoke(arguments) => {
            let key = vault.find(&arguments.key).map_err(Failure::from)?;
            let beside = match arguments.even_if_needed {
                true => Vec::new(),
                false => spare(&vault, &key, &arguments.dir)?,
            };
            let key = vault.revoke(&arguments.key, now()).map_err(Failure::from)?;
            terminal.result(&key, |_| format!("{} signs nothing more\n", key.name))?;
            for text in beside {
                terminal.remark(&text);
            }
            Ok(FINE)
        }
        Keys::Export(arguments) => export(&vault, arguments, terminal),
        Keys::Recover(arguments) => recover(&vault, arguments, terminal),
    }
}

/// What to do about the secret half of a key that is not in the list: an interrupted command leaves one that nobody needs, an older list
/// put back one that a ledger may sign with.
fn unlisted(path: &Path, key: &PublicKey) -> String {
    let path = path.display();
    let back = format!("bring it back, `fabric keys recover {path} --name NAME`");
    let what = match workspace::signed_with(key, &Folders::of_user()) {
        Ok(origins) if origins.is_empty() => {
            format!("and signed for no ledger that is known here: {back}, or remove the file")
        }
        Ok(origins) => format!("and signed for {}: {back}", origins.join(", ")),
        Err(_) => format!("and may have signed for a ledger: {back}"),
    };
    format!("{path}: the secret half of a key that is not in the list, {what}\n")
}

/// Why a key is not destroyed: what it is needed for, and the way on.
type Needed = (String, String);

/// A workspace in which it is looked who needs a key.
struct Place<'a> {
    dir: &'a Path,
    root: PathBuf,
    ledger: Option<Ledger>,
}

/// Refuses to destroy a key unless nobody is known to need it: no ledger of the user's, and no channel of the workspaces at hand. What
/// changes for ledgers that it signs for beside their own comes back, a text for each.
fn spare(vault: &Vault, key: &vault::Key, dirs: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let folders = Folders::of_user();
    let unlooked = |error: workspace::Error| {
        let mut failure = Failure::from(error);
        let more = "; `--even-if-needed` destroys the key without looking";
        failure.hint.push_str(more);
        failure
    };
    let signed = workspace::signed_with(&key.key()?, &folders).map_err(unlooked)?;
    let mut places = Vec::new();
    for dir in dirs {
        let Ok(root) = root(dir) else { continue };
        let ledger = Ledger::open(&root, &folders).map_err(unlooked)?;
        places.push(Place { dir, root, ledger });
    }
    let mut needed = None;
    for place in &places {
        if needed.is_none() {
            needed = needed_here(vault, key, place, &signed)?;
        }
    }
    if needed.is_none() {
        needed = needed_elsewhere(vault, key, &places, (signed, &folders))?;
    }
    let Some((needed, hint)) = needed else {
        let beside = places.iter().map(|place| beside(key, place));
        return Ok(beside
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect());
    };
    let message = format!("without the key `{}` {needed}", key.public);
    let mut failure = Failure::new(Code::KeyNeeded, message);
    failure.hint = format!("{hint}; `--even-if-needed` destroys it all the same");
    Err(failure)
}

/// What changes where a ledger went on to another key less than thirty days ago, and signed with this one beside it: nobody needs it for
/// that, but who trusts it alone is to know.
fn beside(key: &vault::Key, place: &Place<'_>) -> Result<Option<String>, Failure> {
    let Some(info) = place.ledger.as_ref().map(Ledger::info).transpose()? else {
        return Ok(None);
    };
    let public = key.key()?;
    let until = info.keys.iter().find(|it| it.public == public);
    let until = until.and_then(|it| it.until).filter(|until| *until > now());
    Ok(until.map(|until| {
        format!(
            "\n{} would have signed with it, too, until {}; from now on it signs with its new key alone. What was signed verifies as before.\n\
             Who trusts the old key and not the new one believes nothing that comes: hand them what `fabric ledger trust {}` writes, and name\n\
             the new key to its witnesses.\n",
            info.origin,
            moment::text(until),
            place.dir.display()
        )
    }))
}

/// For ledgers of the user's that signed with the key last, and are not at hand: whether such a one still needs the key, and its channels
/// do, can be told from its workspace alone. One whose place a ledger at hand took may go on in another copy of the workspace: that
/// tells by signing, within thirty days.
fn needed_elsewhere(
    vault: &Vault,
    key: &vault::Key,
    places: &[Place<'_>],
    (mut origins, folders): (Vec<String>, &Folders),
) -> Result<Option<Needed>, Failure> {
    let at_hand = || {
        let all = places.iter();
        all.filter_map(|place| Some((place, place.ledger.as_ref()?)))
    };
    origins.retain(|origin| !at_hand().any(|(_, ledger)| ledger.origin() == origin));
    let after = |origin: &String| at_hand().find(|(_, ledger)| ledger.goes_on_from(origin));
    let unknown: Vec<_> = origins
        .iter()
        .filter(|origin| after(origin).is_none())
        .map(String::as_str)
        .collect();
    if !unknown.is_empty() {
        let hint = format!(
            "name the workspace of each, where it is looked whether it still needs the key: `fabric keys revoke {} --dir DIR`",
            key.public
        );
        let needed = format!("nobody could sign for {}", unknown.join(", "));
        return Ok(Some((needed, hint)));
    }
    // A keyring that does not answer may have it.
    if !vault.holds(key).unwrap_or(true) {
        return Ok(None);
    }
    for origin in &origins {
        let Some((place, ledger)) = after(origin) else {
            continue;
        };
        let (why, hint) = match ledger.lingers(origin, folders, now())? {
            None => continue,
            Some(Lingers::Signed) => (
                "but it signed after that, in another copy of the workspace".to_owned(),
                format!(
                    "name that copy, too, where it is looked whether it still needs the key: `fabric keys revoke {} --dir {} --dir COPY`; where \
                     there is none any more, nothing else needs it",
                    key.public,
                    place.dir.display()
                ),
            ),
            Some(Lingers::Until(until)) => (
                "but another copy of the workspace may still sign for it, and the key is here"
                    .to_owned(),
                format!(
                    "where there is no other copy, or nobody can open the key any more, nothing else needs it, and from {} on, if no copy signs \
                     until then, this is taken to be so",
                    moment::text(until)
                ),
            ),
        };
        let needed = format!(
            "nobody could sign for {origin}: {} took its place in `{}`, {why}",
            ledger.origin(),
            place.dir.display()
        );
        return Ok(Some((needed, hint)));
    }
    Ok(None)
}

/// Where a place holds less than is known of it, so that nothing can be told from what it does not hold: its ledger is not the newest, or
/// its channels were left behind. A ledger that is not the newest has nothing to do with a key that it never named, and that did not sign
/// what it signed last.
fn behind(
    place: &Place<'_>,
    key: &PublicKey,
    signed: &[String],
) -> Result<Option<Needed>, Failure> {
    let less = |failure: Failure| {
        let needed = format!(
            "a ledger or a channel might not go on, and `{}` cannot tell: {}",
            place.dir.display(),
            failure.message
        );
        let hint = format!(
            "name with `--dir` the copy that holds all of it, or mend this one: {}",
            failure.hint
        );
        Some((needed, hint))
    };
    let mut moved = false;
    if let Some(ledger) = &place.ledger {
        let info = ledger.info()?;
        let named = info.keys.iter().any(|known| known.public == *key)
            || signed
                .iter()
                .any(|origin| ledger.is_of_one_line_with(origin));
        if let Some(trouble) = info.trouble.filter(|_| named) {
            return Ok(less(trouble));
        }
        moved = !ledger.last_moves()?.is_empty();
    }
    let registry = match Registry::open(&place.root) {
        Err(error @ registry::Error::NoRepository(_)) => {
            return Ok(less(error.into()).filter(|_| moved));
        }
        found => found?,
    };
    let channels = workspace::behind(place.ledger.as_ref(), &registry)?;
    Ok(channels.into_values().next().and_then(less))
}

/// For the workspace's ledger, which signs with the key, and for channels that could never be given another root without it.
fn needed_here(
    vault: &Vault,
    key: &vault::Key,
    place: &Place<'_>,
    signed: &[String],
) -> Result<Option<Needed>, Failure> {
    let public = key.key()?;
    if let Some(behind) = behind(place, &public, signed)? {
        return Ok(Some(behind));
    }
    let dir = place.dir.display();
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
    let passphrase = Asked::of(&keeping.opening).seals()?;
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

/// What changes when a key is replaced.
struct Rotation {
    old: vault::Key,
    /// The workspace whose ledger signs with it and goes on with the new one, and that ledger.
    ledger: Option<(PathBuf, Ledger)>,
    /// The ledger at hand, which signs with another key and keeps it.
    other: Option<String>,
    /// Ledgers elsewhere that sign with the old key until it is replaced there, too.
    elsewhere: Vec<String>,
}

fn rotate(vault: &Vault, arguments: &KeysRotate, terminal: &Terminal) -> Result<u8, Stop> {
    let asked = Asked::of(&arguments.keeping.opening);
    let rotation = Rotation::of(&arguments.name, &arguments.dir, vault)?;
    let unused = rotation.unused(vault)?;
    let (old, new) = rotation.done(vault, arguments.keeping.file, &asked)?;
    let signed = match &rotation.ledger {
        None => None,
        Some((root, ledger)) => {
            let channels = workspace::renew_roots(&Promotion {
                root,
                ledger,
                vault,
                ask: &|key: &vault::Key| asked.opens(key),
                now: now(),
            });
            Some((ledger.origin(), channels.map_err(failed)?))
        }
    };
    if let Some(origin) = rotation.other {
        let text = format!("{origin} signs with another key, and goes on with that\n");
        terminal.remark(&text);
    }
    if !rotation.elsewhere.is_empty() {
        terminal.remark(&format!(
            "{} signed with the old key last: before you revoke it, replace it in the workspace of each, `fabric keys rotate {} --dir DIR`\n",
            rotation.elsewhere.join(", "),
            old.public
        ));
    }
    for public in unused {
        terminal.remark(&format!(
            "{public}, of that name, signed for no ledger that is known here: a rotation that was interrupted may have left it; if nothing else uses it, `fabric keys revoke {public}`\n"
        ));
    }
    rotated((&old, &new), signed, &arguments.dir, terminal)
}

impl Rotation {
    /// Which key it is, and which ledger goes with it. What a ledger refuses is said before a key is made.
    fn of(name: &str, dir: &Path, vault: &Vault) -> Result<Self, Stop> {
        let old = vault.find(name).map_err(Failure::from)?;
        let folders = Folders::of_user();
        let found = match root(dir) {
            Ok(root) => Ledger::open(&root, &folders)
                .map_err(failed)?
                .map(|ledger| (root, ledger)),
            Err(_) => None,
        };
        let (mut ledger, mut other) = (None, None);
        // The mark of another ledger that cannot be read is no reason to keep a key.
        let signed_with = |old: &vault::Key| {
            let key = old.key().ok();
            let found = key.map(|key| workspace::signed_with(&key, &folders));
            found.and_then(Result::ok).unwrap_or_default()
        };
        let Some((root, found)) = found else {
            let elsewhere = signed_with(&old);
            return Ok(Self {
                old,
                ledger,
                other,
                elsewhere,
            });
        };
        if let Some(trouble) = found.info().map_err(failed)?.trouble {
            return Err(trouble.into());
        }
        let old = match own_key(&found, vault).map_err(failed)? {
            // An earlier key of that name may have been replaced where the ledger was not at hand: it is the one to go on from.
            Some(own) if own.public == old.public || own.name == old.name => {
                ledger = Some((root, found));
                own
            }
            _ => {
                other = Some(found.origin().to_owned());
                old
            }
        };
        let mut elsewhere = signed_with(&old);
        if let Some((_, ledger)) = &ledger {
            elsewhere.retain(|origin| !ledger.goes_on_from(origin));
        }
        Ok(Self {
            old,
            ledger,
            other,
            elsewhere,
        })
    }

    /// Other keys of that name that no ledger of the user's signed with, by their public halves: where a ledger is at hand, that is how one is
    /// left which was made for it and never reached it.
    fn unused(&self, vault: &Vault) -> Result<Vec<String>, Failure> {
        let Some((_, ledger)) = &self.ledger else {
            return Ok(Vec::new());
        };
        let info = ledger.info()?;
        let folders = Folders::of_user();
        let mut unused = Vec::new();
        for key in vault.list()? {
            let public = key.key()?;
            let other = key.name == self.old.name && key.public != self.old.public;
            if other
                && key.state != State::Revoked
                && !info.keys.iter().any(|known| known.public == public)
                // A mark that cannot be read is no reason to speak of a key.
                && workspace::signed_with(&public, &folders).is_ok_and(|it| it.is_empty())
            {
                unused.push(key.public);
            }
        }
        Ok(unused)
    }

    /// Makes the new key and lets the ledger sign with it, both or nothing; the old key, as it is now, comes first.
    fn done(
        &self,
        vault: &Vault,
        in_file: bool,
        asked: &Asked,
    ) -> Result<(vault::Key, vault::Key), Stop> {
        let ask = |key: &vault::Key| asked.opens(key);
        // That nobody could sign with both is said before a key is made, too.
        vault.opened(&self.old, &ask)?;
        if let Some((_, ledger)) = &self.ledger {
            signers(ledger, vault, &ask, now()).map_err(failed)?;
        }
        let before = vault.list().map_err(Failure::from)?;
        let (old, new) = if in_file {
            let passphrase = asked.seals()?;
            let made = vault.rotate(&self.old.public, Keep::File(&passphrase), now());
            let (old, new) = made.map_err(Failure::from)?;
            asked.sealed(&new, passphrase);
            (old, new)
        } else {
            let made = vault.rotate(&self.old.public, Keep::Keyring, now());
            made.map_err(Failure::from)?
        };
        let Some((_, ledger)) = &self.ledger else {
            return Ok((old, new));
        };
        if let Err(error) = rotate_key(ledger, vault, (&old, &new), &ask, now()) {
            // A ledger that has the new key needs it, whatever went wrong after that.
            let own = own_key(ledger, vault).map_err(failed)?;
            if own.is_none_or(|own| own.public != new.public) {
                vault.take_back(&new, &before).map_err(Failure::from)?;
            }
            return Err(failed(error));
        }
        Ok((old, new))
    }
}

/// Tells what was replaced: the keys, the ledger that signs with both now, and the channels whose next root does.
fn rotated(
    (old, new): (&vault::Key, &vault::Key),
    signed: Option<(&str, Vec<String>)>,
    dir: &Path,
    terminal: &Terminal,
) -> Result<u8, Stop> {
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
            dir.display()
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
    super::may_write(path)?;
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
    let recovery = given(
        arguments.recovery_passphrase_file.as_deref(),
        "Recovery passphrase",
    )?;
    let key = kept(&arguments.keeping, |keep| {
        vault.recover(&arguments.name, &arguments.from, &recovery, keep, now())
    })?;
    made(&key, terminal)
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

#[cfg(test)]
mod tests {
    use vault::Cost;

    use super::*;
    use crate::commands::passphrase::tests::asked;

    #[test]
    fn whoever_replaces_a_key_types_each_passphrase_once() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders {
            data: folder.path().join("data"),
            state: folder.path().join("state"),
        };
        let vault = vault_of(&folders).with_cost(Cost {
            memory: 8,
            passes: 1,
            lanes: 1,
        });
        let (asked, prompts) = asked();
        let sealing = asked.seals().unwrap();
        let old = vault.create("audit", Keep::File(&sealing), 1).unwrap();
        let signer = vault.signer(&old, &|_| Ok(sealing.clone())).unwrap();
        let key = (old.name.as_str(), &signer as &dyn evidence::ed25519::Signer);
        let ledger = Ledger::create(folder.path(), &folders, Some("example.com/l"), key, 1);
        prompts();
        let rotation = Rotation {
            old,
            ledger: Some((folder.path().to_owned(), ledger.unwrap())),
            other: None,
            elsewhere: Vec::new(),
        };
        let (_, new) = rotation.done(&vault, true, &asked).ok().unwrap();
        assert_eq!(
            prompts(),
            [
                "Passphrase of the key audit: ",
                "Passphrase: ",
                "Passphrase, again: "
            ]
        );
        let (_, ledger) = rotation.ledger.unwrap();
        assert_eq!(own_key(&ledger, &vault).unwrap(), Some(new));
    }
}
