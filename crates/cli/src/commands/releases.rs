//! `fabric promote`, `rollback`, `approve`, `history`, `channel`: what ships, and the way back.

use std::{collections::BTreeMap, path::Path};

use evidence::{hex, moment, sha256};
use model::{Code, Failure};
use registry::{Move, Query, Registry};
use serde_json::{Value, json};
use workspace::{
    ExportForm, Folders, Ledger, ModeOf, NewModes, Promoted, Promotion, WantedMove, open_log,
    open_named_log, override_at, vault_of,
};

use super::{FINE, FOUND, failed, now, passphrase::ask, root};
use crate::{
    args::{
        Approve, ChannelExport, ChannelMode, ChannelRoot, Channels, Form, History, OfChannel,
        Opening, Promote, Rollback, Whose,
    },
    progress::{Progress, Unit},
    render,
    terminal::{Stop, Terminal},
};

fn registry_of(folder: &Path) -> Result<Registry, Failure> {
    Registry::open(folder).map_err(Failure::from)
}

/// Does something with the workspace's ledger and the user's keys.
fn signing<T>(
    (whose, opening): (&Whose, &Opening),
    work: impl FnOnce(&Promotion<'_>) -> Result<T, workspace::Error>,
) -> Result<T, Stop> {
    let root = root(&whose.dir)?;
    let folders = Folders::of_user();
    let ledger = Ledger::open(&root, &folders).map_err(failed)?;
    let done = work(&Promotion {
        root: &root,
        ledger: &ledger.ok_or_else(|| workspace::no_ledger(&root))?,
        vault: &vault_of(&folders),
        ask: &ask(opening),
        now: now(),
    });
    done.map_err(failed)
}

/// Moves a channel, and tells what came of it.
fn moving(
    with: (&Whose, &Opening),
    terminal: &Terminal,
    work: impl FnOnce(&Promotion<'_>) -> Result<Promoted, workspace::Error>,
) -> Result<u8, Stop> {
    let promoted = signing(with, work)?;
    terminal.result(&promoted, |look| render::promoted(&promoted, look))?;
    Ok(match promoted {
        Promoted::Moved(_) => FINE,
        Promoted::Blocked { .. } => FOUND,
    })
}

pub fn promote(arguments: &Promote, terminal: &Terminal) -> Result<u8, Stop> {
    moving((&arguments.whose, &arguments.opening), terminal, |with| {
        let folders = Folders::of_user();
        let overriding = match &arguments.overriding {
            None => None,
            Some(path) => Some(override_at(path)?),
        };
        let log = match &arguments.log {
            None => open_log(with.root, &folders)?,
            Some(path) => {
                let progress = Progress::start("Reading the log", Unit::Bytes, terminal);
                let mut told = |done, total| progress.at(done, total);
                Some(open_named_log(path, &folders, &mut told)?)
            }
        };
        if let Some(log) = &log {
            terminal.remark(&render::unread(&log.info, terminal.err));
        }
        let wanted = WantedMove {
            channel: &arguments.to,
            version: &arguments.version,
            modes: arguments.applied.modes(),
            reason: arguments.reason.clone(),
            log,
            overriding: overriding.as_ref(),
            outside_window: arguments.outside_window.as_deref(),
            skip_references: arguments.skip_references.as_deref(),
        };
        workspace::promote(with, &wanted)
    })
}

pub fn rollback(arguments: &Rollback, terminal: &Terminal) -> Result<u8, Stop> {
    let (channel, reason) = (&arguments.channel, &arguments.reason);
    let whose = (&arguments.whose, &arguments.opening);
    moving(whose, terminal, |with| match &arguments.policy {
        None => workspace::roll_back(with, channel, reason),
        Some(policy) => workspace::roll_back_policy(with, channel, policy, reason),
    })
}

pub fn approve(arguments: &Approve, terminal: &Terminal) -> Result<u8, Stop> {
    let root = root(&arguments.whose.dir)?;
    let vault = vault_of(&Folders::of_user());
    let key = vault.find(&arguments.key).map_err(Failure::from)?;
    let signer = vault.signer(&key, &ask(&arguments.opening))?;
    let approval = workspace::approve(
        &root,
        now(),
        &arguments.to,
        &arguments.version,
        arguments.applied.modes(),
        (&arguments.by, &signer),
        arguments.hours * 3600,
    )
    .map_err(failed)?;
    let (version, channel) = (&arguments.version, &arguments.to);
    let modes = arguments.applied.modes().words();
    terminal.result(&approval, |_| {
        let until = moment::text(approval.expires);
        format!(
            "{} approves {version} for {channel}, {modes}, until {until}\n",
            approval.by
        )
    })?;
    Ok(FINE)
}

pub fn history(arguments: &History, terminal: &Terminal) -> Result<u8, Stop> {
    let folder = root(&arguments.whose.dir)?;
    let registry = registry_of(&folder)?;
    workspace::known_channel(&folder, &arguments.channel).map_err(failed)?;
    let mut behind = behind(&folder, &registry)?.remove(&arguments.channel);
    let last = registry.last(&arguments.channel).map_err(Failure::from)?;
    if let Some(behind) = behind.take_if(|_| last.is_none()) {
        return Err(behind.into());
    }
    let query = Query {
        person: arguments.person.clone(),
        policy: arguments.policy.clone(),
        version: arguments.version.clone(),
        kind: None,
    };
    let most = match arguments.limit {
        0 => usize::MAX,
        limit => limit,
    };
    let moves: Vec<Move> = registry
        .history(&arguments.channel, None)
        .map_err(Failure::from)?
        .filter(|found| found.as_ref().map_or(true, |found| query.admits(found)))
        .take(most)
        .collect::<Result<_, _>>()
        .map_err(Failure::from)?;
    let list: Vec<Value> = moves.iter().map(line).collect();
    terminal.result(&list, |look| match last.is_none() {
        true => format!("{} ships nothing here\n", arguments.channel),
        false => render::moves(&moves, look),
    })?;
    if last.is_none() && workspace::lacks_channels(&folder) {
        terminal.remark(&format!("{}\n", workspace::BRING_CHANNELS));
    }
    tell(behind, terminal);
    Ok(FINE)
}

/// Channels of which more is known than the repository holds, and those that ship another workspace. Without a ledger that can be read,
/// more is known only where other clones have it.
fn behind(folder: &Path, registry: &Registry) -> Result<BTreeMap<String, Failure>, Stop> {
    let ledger = Ledger::open(folder, &Folders::of_user()).ok().flatten();
    let mut told = workspace::behind(ledger.as_ref(), registry).map_err(failed)?;
    told.extend(workspace::foreign(folder, registry).map_err(failed)?);
    Ok(told)
}

fn tell(behind: impl IntoIterator<Item = Failure>, terminal: &Terminal) {
    for Failure { message, hint, .. } in behind {
        terminal.remark(&format!("\n{message}: {hint}\n"));
    }
}

/// That a channel ships another workspace: what is asked of it is given, for consumers may ask from anywhere.
fn tell_foreign(folder: &Path, channel: &str, terminal: &Terminal) -> Result<(), Stop> {
    let mut foreign = workspace::foreign(folder, &registry_of(folder)?).map_err(failed)?;
    tell(foreign.remove(channel), terminal);
    Ok(())
}

fn line(one: &Move) -> Value {
    json!({ "id": one.id, "parent": one.parent, "move": one.summary })
}

pub fn channels(arguments: &Channels, terminal: &Terminal) -> Result<u8, Stop> {
    match &arguments.what {
        None => stand(arguments, terminal),
        Some(OfChannel::Mode(arguments)) => mode(arguments, terminal),
        Some(OfChannel::Root(arguments)) => trusted(arguments, terminal),
        Some(OfChannel::Export(arguments)) => export(arguments, terminal),
    }
}

fn stand(arguments: &Channels, terminal: &Terminal) -> Result<u8, Stop> {
    let folder = root(&arguments.whose.dir)?;
    let registry = registry_of(&folder)?;
    let mut tips = Vec::new();
    for channel in registry.channels().map_err(Failure::from)? {
        tips.extend(registry.tip(&channel).map_err(Failure::from)?);
    }
    let list: Vec<Value> = tips.iter().map(line).collect();
    let behind = behind(&folder, &registry)?;
    terminal.result(&list, |look| match tips.is_empty() && !behind.is_empty() {
        true => String::new(),
        false => render::channels(&tips, look),
    })?;
    tell(behind.into_values(), terminal);
    Ok(FINE)
}

fn mode(arguments: &ChannelMode, terminal: &Terminal) -> Result<u8, Stop> {
    let all = arguments.all.then_some(ModeOf::All);
    let default = arguments.default.then_some(ModeOf::Default);
    let policies = arguments.policy.iter().cloned().map(ModeOf::Policy);
    let groups = arguments.group.iter().cloned().map(ModeOf::Group);
    let of: Vec<ModeOf> = all
        .into_iter()
        .chain(default)
        .chain(policies)
        .chain(groups)
        .collect();
    let wanted = NewModes {
        channel: &arguments.channel,
        of: &of,
        mode: arguments.mode,
        reason: &arguments.reason,
        outside_window: arguments.outside_window.as_deref(),
        log: &|| Ok(None),
    };
    moving((&arguments.whose, &arguments.opening), terminal, |with| {
        let log = || open_log(with.root, &Folders::of_user());
        workspace::change_modes(
            with,
            &NewModes {
                log: &log,
                ..wanted
            },
        )
    })
}

fn trusted(arguments: &ChannelRoot, terminal: &Terminal) -> Result<u8, Stop> {
    let (channel, with) = (&arguments.channel, (&arguments.whose, &arguments.opening));
    let found = if arguments.renew {
        signing(with, |with| workspace::renew_root(with, channel))?
    } else if arguments.begin_again {
        signing(with, |with| workspace::begin_root_again(with, channel))?
    } else {
        let folder = root(&arguments.whose.dir)?;
        workspace::known_channel(&folder, channel).map_err(failed)?;
        tell_foreign(&folder, channel, terminal)?;
        workspace::channel_root(&folder, channel).map_err(failed)?
    };
    terminal.print(&(String::from_utf8_lossy(found.text()).into_owned() + "\n"))?;
    let digest = hex(&sha256(&[found.text()]));
    terminal.remark(&format!("root {}, sha256:{digest}\n", found.version()));
    if arguments.begin_again {
        terminal.remark(&format!(
            "{channel} is signed under it from its next move on: give it to whoever enforces the channel before that\n"
        ));
    }
    Ok(FINE)
}

fn export(arguments: &ChannelExport, terminal: &Terminal) -> Result<u8, Stop> {
    let form = match arguments.form {
        Form::Tfr => ExportForm::Bundle,
        Form::Oci => ExportForm::Oci,
        Form::Opa => ExportForm::Opa,
    };
    super::not_its_own(&arguments.to)?;
    let folder = root(&arguments.whose.dir)?;
    workspace::known_channel(&folder, &arguments.channel).map_err(failed)?;
    tell_foreign(&folder, &arguments.channel, terminal)?;
    let files = workspace::export_channel(&folder, &arguments.channel, form).map_err(failed)?;
    let mut written = Vec::new();
    for (name, content) in &files {
        let path = arguments.to.join(name);
        workspace::replace_file(&path, content).map_err(|error| {
            let message = format!("cannot write `{}`: {error}", path.display());
            Failure::new(Code::FileWrite, message)
        })?;
        written.push(path.display().to_string());
    }
    terminal.result(&json!({ "written": written }), |_| {
        written.join("\n") + "\n"
    })?;
    Ok(FINE)
}
