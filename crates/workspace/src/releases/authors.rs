//! Who wrote what a version brings into force.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use registry::{Move, Registry};
use release::Release;

use super::{candidate::shipped, enforced, splice};
use crate::{Error, git};

/// The authors of a release of a commit, held against what its channel ships; without that, all who ever wrote the workspace.
pub(super) fn of(
    root: &Path,
    registry: &Registry,
    there: Option<(&Move, &Release)>,
    (commit, release): (&str, &Release),
) -> Result<Vec<String>, Error> {
    let Some(there) = there else {
        return git::writers(root, None, commit, &release.files);
    };
    let there = There::new(root, registry, there)?;
    let mut authors = there.of_policies((commit, release))?;
    // Of the version that is there nobody wrote anything since.
    let (tip, before) = (there.tip, there.before);
    if tip.summary.commit != commit {
        let since = git::Since {
            commit: &tip.summary.commit,
            files: &before.files,
            folders: &there.folders,
        };
        authors.extend(git::writers(root, Some(&since), commit, &release.files)?);
    }
    Ok(authors.into_iter().collect())
}

/// What a channel ships, and what of it decides for everybody.
pub(super) struct There<'a> {
    root: &'a Path,
    registry: &'a Registry,
    tip: &'a Move,
    before: &'a Release,
    now: BTreeMap<String, [u8; 32]>,
    folders: BTreeSet<String>,
}

impl<'a> There<'a> {
    pub(super) fn new(
        root: &'a Path,
        registry: &'a Registry,
        (tip, before): (&'a Move, &'a Release),
    ) -> Result<Self, Error> {
        Ok(Self {
            root,
            registry,
            tip,
            before,
            now: git::sayings(&enforced(before)?),
            folders: folders_of(registry, &tip.summary.channel)?,
        })
    }

    /// Who wrote the policies that a release of a commit brings into force, for whomever. What waited, was taken back or was put to wait
    /// again is somebody's own as what is new is; and what decides for whom a mode does not reach was written in the version that it is of.
    pub(super) fn of_policies(
        &self,
        (commit, release): (&str, &Release),
    ) -> Result<BTreeSet<String>, Error> {
        let own = git::sayings(&release.files);
        let (mut of_version, mut of_others) = (BTreeSet::new(), BTreeSet::new());
        for then in splice::deciding(release)? {
            let then = git::sayings(&then);
            for id in self.now.keys().chain(then.keys()) {
                let text = then.get(id);
                if text != self.now.get(id) {
                    let of = match text == own.get(id) {
                        true => &mut of_version,
                        false => &mut of_others,
                    };
                    of.insert((id.clone(), text.copied()));
                }
            }
        }
        let mut writers = self.followed(commit, of_version)?;
        let mut seen = BTreeSet::new();
        for found in self.history()? {
            if of_others.is_empty() {
                break;
            }
            let found = found?;
            if !seen.insert(found.summary.digest.clone()) {
                continue;
            }
            let said = self.said(&found)?;
            let (here, further) = of_others
                .into_iter()
                .partition(|(id, text)| said.get(id) == text.as_ref());
            writers.extend(self.followed(&found.summary.commit, here)?);
            of_others = further;
        }
        Ok(writers)
    }

    /// Who wrote policies as a commit has them: each is followed back to the version in which it was as it decides now.
    fn followed(
        &self,
        commit: &str,
        coming: BTreeSet<git::Coming>,
    ) -> Result<BTreeSet<String>, Error> {
        // What decides by another name is only called otherwise.
        let is_new = |text: &[u8; 32]| !self.now.values().any(|known| known == text);
        let coming = coming.into_iter();
        let mut coming: Vec<git::Coming> =
            coming.map(|(id, text)| (id, text.filter(is_new))).collect();
        let mut writers = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for found in self.history()? {
            if coming.is_empty() {
                break;
            }
            let found = found?;
            let base = &found.summary.commit;
            let is_first = seen.insert((found.summary.digest.clone(), base.clone()));
            if !is_first || !git::comes_from(self.root, commit, base)? {
                continue;
            }
            let there = self.said(&found)?;
            let is_as_now = |(id, text): &git::Coming| {
                let is_there = |text| there.values().any(|known| *known == text);
                there.get(id) == self.now.get(id) && !text.is_some_and(is_there)
            };
            let (since, further): (Vec<_>, Vec<_>) = coming.into_iter().partition(is_as_now);
            writers.extend(self.wrote(Some(base), commit, &since)?);
            coming = further;
        }
        writers.extend(self.wrote(None, commit, &coming)?);
        Ok(writers)
    }

    fn wrote(
        &self,
        base: Option<&str>,
        commit: &str,
        coming: &[git::Coming],
    ) -> Result<BTreeSet<String>, Error> {
        git::wrote(self.root, base, commit, &self.folders, coming)
    }

    /// The moves up to what is there, the newest first.
    fn history(&self) -> Result<impl Iterator<Item = Result<Move, registry::Error>>, Error> {
        let channel = &self.tip.summary.channel;
        Ok(self.registry.history(channel, Some(&self.tip.id))?)
    }

    /// What the policies of a move said.
    fn said(&self, found: &Move) -> Result<BTreeMap<String, [u8; 32]>, Error> {
        let shipped = shipped(self.registry, &found.id)?;
        Ok(git::sayings(&shipped.release.files))
    }
}

/// The folders of the repository that the workspace was in when the channel moved, and the one it is in.
pub(super) fn folders_of(registry: &Registry, channel: &str) -> Result<BTreeSet<String>, Error> {
    let mut folders = BTreeSet::from([registry.folder().to_owned()]);
    for found in registry.history(channel, None)? {
        folders.extend(registry.details(&found?.id)?.folder);
    }
    Ok(folders)
}
