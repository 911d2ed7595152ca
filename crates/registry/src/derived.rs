//! A commit of the registry's own: the files of a version with some of them otherwise. It is on no branch; what holds it is the tag
//! of the version that is made of it.

use git2::{FileMode, Oid, build::TreeUpdateBuilder};
use release::Files;

use crate::{Error, Registry, text};

impl Registry {
    /// Makes a commit on another one, in which the files of the workspace's folder there are these instead of those. Its id comes
    /// back, in hexadecimal digits.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Write`].
    pub fn derive(
        &self,
        (from, folder): (&str, &str),
        before: &Files,
        after: &Files,
        by: &str,
        at: u64,
        words: &str,
    ) -> Result<String, Error> {
        let signature = text::signature(by, at)?;
        let inside = |path: &str| match folder {
            "" => path.to_owned(),
            folder => format!("{folder}/{path}"),
        };
        let writer = self.writer()?;
        let repository = &writer.repository;
        let write = || {
            let parent = repository.find_commit(Oid::from_str(from)?)?;
            let mut update = TreeUpdateBuilder::new();
            for (path, content) in after {
                if before.get(path) != Some(content) {
                    update.upsert(inside(path), repository.blob(content)?, FileMode::Blob);
                }
            }
            for path in before.keys().filter(|path| !after.contains_key(*path)) {
                update.remove(inside(path));
            }
            let tree = update.create_updated(repository, &parent.tree()?)?;
            let tree = repository.find_tree(tree)?;
            repository.commit(None, &signature, &signature, words, &tree, &[&parent])
        };
        let what = format!("a commit on `{from}`");
        let written = write().map_err(Error::write(what.clone()));
        let id = written.map_err(|error| writer.explained(error))?;
        writer.is_there(id, &what)?;
        Ok(id.to_string())
    }
}
