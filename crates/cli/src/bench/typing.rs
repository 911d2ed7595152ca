//! Typing into an open window.

use std::{fs, path::Path, sync::Arc, time::Instant};

use decisions::Log;
use ipc::{Edit, Host as _, Revision};
use model::{Code, Failure};
use policy::Files;
use workspace::{Config, Folders, Studio};

use super::{
    Measured, Run,
    edits::{edits, middle},
    lay_out, local, ms, percentile, text,
};
use crate::{
    progress::{Progress, Unit},
    terminal::Stop,
};

/// Times the condition is typed.
const ROUNDS: usize = 4;

/// The Studio with a workspace open that has a log. The first preview reads the log; what is to be measured is typing into
/// an open window, so it is done here.
pub fn open(files: &Files, log: &Log, place: &Path, edited: &str) -> Result<Studio, Failure> {
    let root = lay_out(files, &place.join("workspace"))?;
    fs::create_dir_all(root.join(".fabric")).map_err(|error| local(&error))?;
    log.write(&root.join(".fabric/log.tfl"))?;
    let folders = Folders {
        data: place.join("data"),
        state: place.join("state"),
    };
    let config = Config {
        folders,
        ..Config::of_user(Arc::new(|_| {}))
    };
    let studio = Studio::new(config);
    studio.open_workspace(ipc::Path {
        path: root.display().to_string(),
    })?;
    studio.edit_file(Edit {
        path: edited.to_owned(),
        text: text(files, edited),
        revision: 1,
    })?;
    studio.preview_drift(Revision { revision: 1 })?;
    Ok(studio)
}

impl Run<'_> {
    /// Types a condition into a policy of the workspace, letter by letter, as the window would send it.
    pub fn edit(&mut self, log: &Log, files: &Files) -> Result<(), Stop> {
        let Some(edit) = middle(edits(files, &policy::compile(files))) else {
            return Err(Failure::new(Code::SetBroken, "there is no policy to edit").into());
        };
        let studio = open(files, log, self.place.path(), &edit.file)?;
        let text = text(files, &edit.file);
        let _progress = Progress::start("Typing", Unit::Rows, self.terminal);

        let mut revision = 1;
        let (mut problems, mut counts) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let whole = format!("\nwhen {{ resource == resource && \"r{round}\" != \"typed\" }}");
            for typed in 1..=whole.len() {
                revision += 1;
                let part = whole.get(..typed).unwrap_or(&whole);
                let edited = edit.insert(&text, part);
                let start = Instant::now();
                let result = studio.edit_file(Edit {
                    path: edit.file.clone(),
                    text: edited,
                    revision,
                })?;
                problems.push(start.elapsed());
                if result
                    .problems
                    .iter()
                    .all(|problem| problem.severity != model::Severity::Error)
                {
                    studio.preview_drift(Revision { revision })?;
                    counts.push(start.elapsed());
                }
            }
        }
        for (name, times) in [("problems_p95", &mut problems), ("counts_p95", &mut counts)] {
            self.measure(Measured::new(name, ms(percentile(times, 95)), "ms"))?;
        }
        Ok(())
    }
}
