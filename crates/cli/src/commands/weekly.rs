//! `fabric narrate weekly` and `schedule`: weeks that are told by themselves, as `workspace.toml` asks for them.

use std::{fmt::Write as _, path::Path};

use evidence::moment;
use model::{Code, Failure};
use scenarios::Schedule;
use serde_json::json;
use workspace::{
    Folders, Ledger, Manifest, Promotion,
    narratives::{self, Ground, Weekly},
    open_log, vault_of,
};

use super::{
    FINE, UNDECIDED, failed, now,
    passphrase::ask,
    read, root,
    schedule::{self, put},
};
use crate::{
    args::{NarrateSchedule, NarrateWeeks},
    render,
    terminal::{Stop, Terminal},
};

/// Publishes what is due. A channel that cannot be told keeps no other from being told.
pub fn publish(arguments: &NarrateWeeks, terminal: &Terminal) -> Result<u8, Stop> {
    let dir = &arguments.whose.dir;
    let rules = rules(dir)?;
    let (root, folders) = (root(dir)?, Folders::of_user());
    let ledger = Ledger::open(&root, &folders).map_err(failed)?;
    let ledger = ledger.ok_or_else(|| failed(workspace::Error::NoLedger))?;
    let now = now();
    let due = narratives::due(&ledger, &rules, 0, now).map_err(failed)?;
    let log = match due.as_slice() {
        [] => None,
        _ => open_log(&root, &folders).map_err(failed)?,
    };
    if let Some(log) = &log {
        terminal.remark(&render::unread(&log.info, terminal.err));
    }
    let ground = Ground {
        root: &root,
        ledger: Some(&ledger),
        log,
        now,
    };
    let (vault, asked) = (vault_of(&folders), ask(&arguments.opening));
    let with = Promotion {
        root: &root,
        ledger: &ledger,
        vault: &vault,
        ask: &asked,
        now,
    };
    let (mut told, mut wrong) = (Vec::new(), Vec::new());
    for (rule, until) in &due {
        let week = match narratives::tell_week(&with, &ground, rule, *until) {
            Ok(week) => week,
            Err(error) => {
                wrong.push((&rule.channel, Failure::from(error)));
                continue;
            }
        };
        if let Some(folder) = &arguments.out {
            let day = moment::text(*until);
            let day = day.split('T').next().unwrap_or_default();
            let (language, ending) = (&rule.language, rule.form.ending());
            // A channel may be called `canary/eu`.
            let channel = rule.channel.replace('/', "-");
            put(
                &folder.join(format!("{channel}-{day}.{language}.{ending}")),
                &week.bytes,
            )?;
        }
        told.push(week);
    }
    if terminal.json {
        let wrong: Vec<_> = wrong
            .iter()
            .map(|(channel, failure)| json!({ "channel": channel, "error": failure }))
            .collect();
        terminal.json(&json!({ "told": told, "failed": wrong }))?;
    } else {
        let mut text = String::new();
        for week in &told {
            let until = moment::text(week.until);
            let _ = writeln!(
                text,
                "{}: the week until {until}, receipt {}",
                week.channel, week.receipt
            );
        }
        for (channel, failure) in &wrong {
            let _ = writeln!(text, "{channel}: {} ({})", failure.message, failure.hint);
        }
        terminal.print(&text)?;
        if due.is_empty() {
            let next = rules.iter().map(|rule| rule.next(now)).min();
            let next = next.map(moment::text).unwrap_or_default();
            terminal.remark(&format!("nothing is due; the next week is told {next}\n"));
        }
    }
    Ok(if wrong.is_empty() { FINE } else { UNDECIDED })
}

/// Writes the timer that calls the above.
pub fn timer(arguments: &NarrateSchedule, terminal: &Terminal) -> Result<u8, Stop> {
    let dir = &arguments.timer.dir.dir;
    let rules = rules(dir)?;
    let workspace = schedule::absolute(&root(dir)?)?;
    let passphrase = match &arguments.opening.passphrase_file {
        None => None,
        Some(path) => Some(schedule::absolute(&root(path)?)?),
    };
    let mut words = vec!["narrate", "weekly", "--quiet", "--dir", &workspace];
    if let Some(path) = &passphrase {
        words.extend(["--passphrase-file", path]);
    }
    let what = schedule::What {
        name: "fabric-narratives",
        about: "Weekly narratives",
        written_by: "fabric narrate schedule",
        arguments: &words,
        workspace: &workspace,
    };
    let at = match &arguments.timer.at {
        Some(at) => schedule::moment(at)?,
        None => whenever(&rules),
    };
    schedule::write(&what, at, &arguments.timer, terminal)
}

/// When something can be due: the moment that all rules share, else every night after the last of them.
fn whenever(rules: &[Weekly]) -> Schedule {
    let mut moments: Vec<_> = rules.iter().map(|rule| rule.at).collect();
    moments.sort_by_key(|at| at.time());
    match moments.as_slice() {
        [first, rest @ ..] if rest.iter().all(|it| it == first) => *first,
        moments => {
            let (hour, minute) = moments.last().map_or((6, 0), |at| at.time());
            Schedule::daily(hour, minute)
        }
    }
}

/// What a workspace asks for.
fn rules(dir: &Path) -> Result<Vec<Weekly>, Stop> {
    let (manifest, problem) = Manifest::read(&read(dir)?);
    if let Some(problem) = problem {
        return Err(Failure::new(Code::WorkspaceConfig, problem.message).into());
    }
    match manifest.narrative.is_empty() {
        true => Err(narratives::no_weeks().into()),
        false => Ok(manifest.narrative),
    }
}
