//! `fabric story`: the prepared edits of a workspace.

use model::{Code, Failure};

use super::{FINE, failed, read, root};
use crate::{
    args::{StoryApply, StoryList},
    render,
    terminal::{Stop, Terminal},
    text::{paragraph, visible},
};

pub fn list(arguments: &StoryList, terminal: &Terminal) -> Result<u8, Stop> {
    let (stories, problems) = workspace::read_stories(&read(&arguments.dir.dir)?);
    let stories: Vec<_> = stories.into_iter().map(|story| story.view).collect();
    for problem in problems {
        terminal.remark(&format!(
            "{}:{}: {}\n",
            problem.file, problem.line, problem.message
        ));
    }
    terminal.result(&stories, |look| render::stories(&stories, look))?;
    Ok(FINE)
}

pub fn apply(arguments: &StoryApply, terminal: &Terminal) -> Result<u8, Stop> {
    let files = read(&arguments.dir)?;
    let story = workspace::find_story(&files, &arguments.name).map_err(|error| {
        let mut failure = Failure::from(error);
        failure.hint = format!("`fabric story list {}` names them", arguments.dir.display());
        Stop::Failed(failure)
    })?;
    let file = &story.view.file;
    let old = files.get(file).ok_or_else(|| {
        Failure::new(
            Code::FileConflict,
            format!("`{file}`, which the story edits, is not there"),
        )
    })?;
    let old = String::from_utf8_lossy(old);
    let new = story.apply(&old).map_err(failed)?;
    let changed = new != old;
    if changed {
        let path = workspace::inside(&root(&arguments.dir)?, file).map_err(failed)?;
        workspace::replace_file(&path, new.as_bytes()).map_err(|error| {
            Failure::new(
                Code::FileWrite,
                format!("cannot write `{}`: {error}", path.display()),
            )
        })?;
    }
    let done = serde_json::json!({ "story": story.view.name, "file": file, "changed": changed });
    terminal.result(&done, |look| {
        let word = if changed {
            "edited"
        } else {
            "is edited already"
        };
        format!(
            "{} {word}: {}\n",
            look.strong(visible(file)),
            visible(&story.view.title)
        )
    })?;
    terminal.remark(&paragraph(
        "expect: ",
        8,
        terminal.out.width,
        &story.view.expect,
    ));
    Ok(FINE)
}
