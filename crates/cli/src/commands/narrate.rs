//! `fabric narrate`: what happened, in words.

use std::io::{self, IsTerminal as _, Write as _};

use evidence::moment;
use model::{Code, Failure};
use pdf::Paper;
use serde_json::json;
use workspace::{
    Folders, Ledger, Promotion,
    narratives::{self, Form, Ground, Published, Rating, Subject},
    open_log, open_named_log, read_moment, vault_of,
};

use super::{FINE, failed, ledger, now, passphrase::ask, root, weekly};
use crate::{
    args::{Narrate, NarrateMove, NarrateRate, Sheet, Telling, Told},
    progress::{Progress, Unit},
    render,
    terminal::{Stop, Terminal, unwritten},
};

pub fn narrate(arguments: &Narrate, terminal: &Terminal) -> Result<u8, Stop> {
    let of_move = |it: &NarrateMove| (it.channel.clone(), it.sequence);
    let (subject, told) = match arguments {
        Narrate::Promotion(it) => {
            let (channel, sequence) = of_move(it);
            (Subject::Promotion { channel, sequence }, &it.told)
        }
        Narrate::Rollback(it) => {
            let (channel, sequence) = of_move(it);
            (Subject::Rollback { channel, sequence }, &it.told)
        }
        Narrate::Week(it) => {
            let until = it.until.as_deref().map(read_moment).transpose()?;
            // This second is part of it.
            let until = until.unwrap_or_else(|| now() + 1);
            let channel = it.channel.clone();
            (Subject::Week { channel, until }, &it.told)
        }
        Narrate::Verdict(it) => (
            Subject::Verdict {
                receipt: it.receipt,
            },
            &it.told,
        ),
        Narrate::Evidence(it) => (Subject::Evidence, &it.told),
        Narrate::Weekly(it) => return weekly::publish(it, terminal),
        Narrate::Schedule(it) => return weekly::timer(it, terminal),
        Narrate::List(it) => return list(&ledger::open(&it.whose.dir)?, terminal),
        Narrate::Rate(it) => return rate(it, terminal),
    };
    tell(&subject, told, terminal)
}

fn tell(subject: &Subject, told: &Told, terminal: &Terminal) -> Result<u8, Stop> {
    let root = root(&told.whose.dir)?;
    let folders = Folders::of_user();
    let ledger = Ledger::open(&root, &folders).map_err(failed)?;
    let log = match &told.log {
        None => open_log(&root, &folders).map_err(failed)?,
        Some(path) => {
            let progress = Progress::start("Reading the log", Unit::Bytes, terminal);
            let mut on = |done, total| progress.at(done, total);
            Some(open_named_log(path, &folders, &mut on).map_err(failed)?)
        }
    };
    if let Some(log) = &log {
        terminal.remark(&render::unread(&log.info, terminal.err));
    }
    let ground = Ground {
        root: &root,
        ledger: ledger.as_ref(),
        log,
        now: now(),
    };
    if let Some(path) = &told.out {
        super::may_write(path)?;
    }
    let narrative = narratives::narrate(&ground, subject, terminal.tag).map_err(failed)?;
    let vault = vault_of(&folders);
    let asked = ask(&told.opening);
    let signing = match (&ledger, told.publish) {
        (_, false) => None,
        (None, true) => return Err(failed(workspace::Error::NoLedger)),
        (Some(ledger), true) => Some(Promotion {
            root: &root,
            ledger,
            vault: &vault,
            ask: &asked,
            now: ground.now,
        }),
    };
    let paper = match told.paper {
        Sheet::A4 => Paper::A4,
        Sheet::Letter => Paper::Letter,
    };
    let form = form(told.form);
    let (bytes, receipt) = match &signing {
        None => (
            narratives::print(&narrative, form, paper, None).map_err(failed)?,
            None,
        ),
        Some(with) => {
            let (recorded, bytes) =
                narratives::publish(with, &narrative, form, paper).map_err(failed)?;
            (bytes, Some(recorded.first))
        }
    };
    if let Some(path) = &told.out {
        super::write_out(path, &bytes)?;
    }
    let published = receipt.map(|number| format!("published with receipt {number}\n"));
    if terminal.json {
        let file = told.out.as_ref().map(|path| path.display().to_string());
        let json = json!({
            "facts": narrative.facts,
            "document": narrative.document,
            "receipt": receipt,
            "file": file,
        });
        terminal.json(&json)?;
    } else if told.out.is_none() {
        if told.form == Telling::Pdf && io::stdout().is_terminal() {
            let message = "a PDF is no text for a terminal: name a file with --out";
            return Err(Failure::new(Code::BadCall, message).into());
        }
        let mut out = io::stdout().lock();
        out.write_all(&bytes)
            .and_then(|()| out.flush())
            .map_err(unwritten)?;
    }
    terminal.remark(&published.unwrap_or_default());
    Ok(FINE)
}

fn form(form: Telling) -> Form {
    match form {
        Telling::Markdown => Form::Markdown,
        Telling::Html => Form::Html,
        Telling::Text => Form::Text,
        Telling::Slack => Form::Slack,
        Telling::Pdf => Form::Pdf,
    }
}

fn list(ledger: &Ledger, terminal: &Terminal) -> Result<u8, Stop> {
    let published = narratives::published(ledger).map_err(failed)?;
    terminal.result(&published, |_| match published.as_slice() {
        [] => "nothing was published\n".to_owned(),
        published => published.iter().map(line).collect(),
    })?;
    Ok(FINE)
}

fn line(it: &Published) -> String {
    let stars = match it.average {
        Some(average) => format!("{average:.1} of 5 by {}", it.ratings),
        None => "not rated".to_owned(),
    };
    let gone = if it.kept {
        ""
    } else {
        ", its bytes are not kept here"
    };
    format!(
        "receipt {}  {}  {} {}  {stars}{gone}\n",
        it.receipt, it.at, it.language, it.format
    )
}

fn rate(arguments: &NarrateRate, terminal: &Terminal) -> Result<u8, Stop> {
    let ledger = ledger::open(&arguments.whose.dir)?;
    let by = narratives::reader(&root(&arguments.whose.dir)?);
    let rated = narratives::rate(
        &ledger,
        Rating {
            receipt: arguments.receipt,
            stars: arguments.stars,
            comment: arguments.comment.clone(),
            by,
            at: moment::text(now()),
        },
    );
    let rated = rated.map_err(failed)?;
    terminal.result(&rated, |_| line(&rated))?;
    Ok(FINE)
}
