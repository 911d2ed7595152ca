//! `fabric init`: a new workspace, small or the sample.

use super::{FINE, failed};
use crate::{
    args::Init,
    terminal::{Stop, Terminal},
};

pub fn init(arguments: &Init, terminal: &Terminal) -> Result<u8, Stop> {
    let folder = &arguments.dir.dir;
    if arguments.sample {
        workspace::copy_sample(folder)
    } else {
        workspace::init(folder)
    }
    .map_err(failed)?;
    let place = folder.display().to_string();
    if terminal.json {
        terminal.json(&serde_json::json!({ "workspace": place }))?;
    } else if arguments.sample {
        terminal.print(&format!(
            "{place}: the sample workspace, Northwind Records\n"
        ))?;
        terminal.remark(&format!(
            "\nTry\n  fabric story list {place}\n  fabric log generate {place} --rows 100k --store\n  \
             fabric story apply {place} 2-contractors\n  fabric drift HEAD {place} --log {place}\n"
        ));
    } else {
        terminal.print(&format!("{place}: a new workspace\n"))?;
        terminal.remark(&format!(
            "\nTry\n  fabric check {place}\n  fabric test {place}\n"
        ));
    }
    Ok(FINE)
}
