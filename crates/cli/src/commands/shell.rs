//! What belongs to the shell around the program: completions, manual pages, the error catalogue.

use std::{fs, path::Path};

use clap::CommandFactory as _;
use clap_mangen::Man as Page;
use model::{Code, Failure};
use serde::Serialize;

use super::FINE;
use crate::{
    args::{Cli, Codes, Completions, Man},
    render,
    terminal::{Stop, Terminal},
};

pub fn completions(arguments: &Completions, terminal: &Terminal) -> Result<u8, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "fabric", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(FINE)
}

pub fn man(arguments: &Man, terminal: &Terminal) -> Result<u8, Stop> {
    let command = Cli::command();
    if arguments.markdown {
        terminal.print(&render::commands_reference(command))?;
        return Ok(FINE);
    }
    let Some(folder) = &arguments.dir else {
        terminal.print(&page(&command)?)?;
        return Ok(FINE);
    };
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error| Failure::new(Code::FileWrite, format!("cannot write `{path}`: {error}"))
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut written = Vec::new();
    let mut waiting = vec![command];
    while let Some(mut command) = waiting.pop() {
        command.build();
        let name = format!(
            "{}.1",
            command.get_display_name().unwrap_or(command.get_name())
        );
        let path = folder.join(&name);
        fs::write(&path, page(&command)?).map_err(failed(&path))?;
        written.push(name);
        let inner = command.get_subcommands();
        waiting.extend(inner.filter(|inner| inner.get_name() != "help").cloned());
    }
    written.sort();
    terminal.remark(&format!(
        "{} written to {}\n",
        crate::text::counted(written.len() as u64, "page"),
        folder.display()
    ));
    if terminal.json {
        terminal.json(&serde_json::json!({ "pages": written }))?;
    }
    Ok(FINE)
}

fn page(command: &clap::Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    Page::new(command.clone())
        .manual("Trust Fabric Studio")
        .render(&mut page)
        .map_err(|error| Failure::new(Code::Internal, error.to_string()))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

pub fn codes(arguments: &Codes, terminal: &Terminal) -> Result<u8, Stop> {
    if arguments.markdown {
        terminal.print(&render::errors_reference())?;
        return Ok(FINE);
    }
    #[derive(Serialize)]
    struct Entry {
        code: Code,
        exit: u8,
        meaning: &'static str,
        hint: &'static str,
    }
    let list: Vec<_> = Code::ALL
        .iter()
        .map(|&code| Entry {
            code,
            exit: code.exit(),
            meaning: code.meaning(),
            hint: code.hint(),
        })
        .collect();
    terminal.result(&list, render::codes)?;
    Ok(FINE)
}
