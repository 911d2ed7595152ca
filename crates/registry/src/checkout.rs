//! What the author's checkout is in. The registry changes nothing there; what a release must not be made of, the caller decides.

use git2::{RepositoryState, StatusOptions};

use crate::{Error, Registry};

/// What the author's checkout is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingCopy {
    /// The commit that is checked out, in hexadecimal digits; `None` before the first.
    pub commit: Option<String>,
    /// The branch; `None` when HEAD is detached.
    pub branch: Option<String>,
    /// What git is in the middle of, like `merge`.
    pub under_way: Option<&'static str>,
    /// Paths inside the workspace of files that differ from the commit or are not part of it, sorted.
    pub changed: Vec<String>,
}

impl Registry {
    /// What the author's checkout is in.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn working_copy(&self) -> Result<WorkingCopy, Error> {
        let what = "the working copy";
        let head = match self.repository.head() {
            Ok(head) => Some(head),
            Err(error)
                if matches!(
                    error.code(),
                    git2::ErrorCode::UnbornBranch | git2::ErrorCode::NotFound
                ) =>
            {
                None
            }
            Err(error) => return Err(Error::read("HEAD")(error)),
        };
        let commit = head.as_ref().and_then(|head| head.peel_to_commit().ok());
        let branch = head.filter(git2::Reference::is_branch);
        let mut options = StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true);
        let statuses = match self.repository.is_bare() {
            true => None,
            false => Some(
                self.repository
                    .statuses(Some(&mut options))
                    .map_err(Error::read(what))?,
            ),
        };
        let inside = |path: &[u8]| {
            let path = String::from_utf8_lossy(path).into_owned();
            if self.prefix.is_empty() {
                return Some(path);
            }
            Some(
                path.strip_prefix(&self.prefix)?
                    .strip_prefix('/')?
                    .to_owned(),
            )
        };
        let mut changed: Vec<String> = statuses
            .iter()
            .flat_map(git2::Statuses::iter)
            .filter_map(|entry| inside(entry.path_bytes()))
            .collect();
        changed.sort_unstable();
        Ok(WorkingCopy {
            commit: commit.map(|commit| commit.id().to_string()),
            branch: branch.and_then(|branch| Some(branch.shorthand().ok()?.to_owned())),
            under_way: match self.repository.state() {
                RepositoryState::Clean => None,
                RepositoryState::Merge => Some("merge"),
                RepositoryState::Revert | RepositoryState::RevertSequence => Some("revert"),
                RepositoryState::CherryPick | RepositoryState::CherryPickSequence => {
                    Some("cherry-pick")
                }
                RepositoryState::Bisect => Some("bisect"),
                RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => Some("am"),
                _ => Some("rebase"),
            },
            changed,
        })
    }
}
