//! `fabric update`: a newer version from a file, without any network.

use model::Failure;
use serde_json::json;
use workspace::updates::{Applied, Installation, Told, Update, UpdateKey};

use super::FINE;
use crate::{
    args::{UpdateDescribe, UpdateFrom, Updating},
    terminal::{Stop, Terminal},
    text::visible,
};

pub fn update(arguments: &Updating, terminal: &Terminal) -> Result<u8, Stop> {
    let here = Installation::here(env!("CARGO_PKG_VERSION")).map_err(Failure::from)?;
    match arguments {
        Updating::Check(from) => check(from, &here, terminal),
        Updating::Apply(from) => apply(from, &here, terminal),
        Updating::Describe(arguments) => describe(arguments, &here, terminal),
    }
}

fn read(from: &UpdateFrom, here: &Installation) -> Result<Update, Failure> {
    let key = match &from.key {
        Some(path) => UpdateKey::read(path),
        None => UpdateKey::built_in(),
    };
    Ok(Update::read(&from.file, &key?, here)?)
}

fn check(from: &UpdateFrom, here: &Installation, terminal: &Terminal) -> Result<u8, Stop> {
    let update = read(from, here)?;
    let command = update.command(&from.file);
    let found =
        json!({ "update": update.told, "installed": here.version.to_string(), "command": command });
    terminal.result(&found, |_| {
        let Told { version, package, platform, .. } = &update.told;
        let how = command.as_deref().map_or_else(
            || format!("replaces `{}`, and keeps it as `.previous`", here.program.display()),
            |command| format!("calls `{command}`"),
        );
        format!(
            "{} is version {version}, a {package} for {platform}, signed and whole; this is {}\n`fabric update apply` {}\n",
            visible(&from.file.display().to_string()),
            here.version,
            visible(&how)
        )
    })?;
    Ok(FINE)
}

fn apply(from: &UpdateFrom, here: &Installation, terminal: &Terminal) -> Result<u8, Stop> {
    let update = read(from, here)?;
    if let Some(command) = update.command(&from.file) {
        terminal.remark(&format!("{}\n", visible(&command)));
    }
    let applied = update.apply(here).map_err(Failure::from)?;
    let done =
        json!({ "update": update.told, "installed": here.version.to_string(), "applied": applied });
    terminal.result(&done, |_| {
        let back = match &applied {
            Applied::Installed(_) => String::new(),
            Applied::Replaced(kept) => format!(
                "; the way back: mv {} {}",
                visible(&kept.display().to_string()),
                visible(&here.program.display().to_string())
            ),
        };
        format!("{} is installed{back}\n", update.told.version)
    })?;
    Ok(FINE)
}

fn describe(
    arguments: &UpdateDescribe,
    here: &Installation,
    terminal: &Terminal,
) -> Result<u8, Stop> {
    let told = Told::of(&arguments.file, here).map_err(Failure::from)?;
    terminal.result(&told, |_| format!("{told}\n"))?;
    Ok(FINE)
}
