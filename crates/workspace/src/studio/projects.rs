//! Projects as a window takes them over.

use std::path::Path;

use ipc::{CreatedFile, Event, ProjectAsked, ProjectTaken, ProjectView};

use super::Studio;
use crate::{Error, project, sample};

impl Studio {
    /// What a project holds, and what of it the open workspace has not.
    pub(super) fn project(&self, path: &str) -> Result<ProjectView, Error> {
        let found = project::look(Path::new(path))?;
        let here = self.desk().map(|desk| desk.workspace.saved_files()).ok();
        Ok(found.view(path, here.as_ref()))
    }

    /// Makes a workspace of a project, or extends the open one.
    pub(super) fn project_taken(&self, asked: &ProjectAsked) -> Result<ProjectTaken, Error> {
        let found = project::look(Path::new(&asked.path))?;
        if let Some(into) = &asked.into {
            let into = Path::new(into);
            self.config.folders.may_write_in(into)?;
            let folder = match sample::is_free(into)? {
                true => into.to_owned(),
                false => into.join(&found.name),
            };
            found.make(&folder)?;
            return Ok(ProjectTaken {
                workspace: self.open(&folder)?,
                created: Vec::new(),
            });
        }
        let desk = self.desk()?;
        desk.workspace.may_write()?;
        let files = desk.workspace.saved_files();
        let created = found.add(&desk.workspace.root, &files)?;
        desk.workspace.reload()?;
        Ok(ProjectTaken {
            workspace: self.view(&desk),
            created,
        })
    }

    /// Removes what was added.
    pub(super) fn project_taken_back(&self, created: &[CreatedFile]) -> Result<Vec<String>, Error> {
        let desk = self.desk()?;
        desk.workspace.may_write()?;
        let kept = project::take_back(&desk.workspace.root, created);
        desk.workspace.reload()?;
        (self.config.sink)(Event::WorkspaceChanged);
        Ok(kept)
    }
}
