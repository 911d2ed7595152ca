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
    let Some((tip, before)) = there else {
        return git::writers(root, None, commit, &release.files);
    };
    let mut authors = of_policies(root, registry, (tip, before), (commit, release))?;
    // Of the version that is there nobody wrote anything since.
    if tip.summary.commit != commit {
        let since = git::Since {
            commit: &tip.summary.commit,
            files: &before.files,
            folders: &folders_of(registry, &tip.summary.channel)?,
        };
        authors.extend(git::writers(root, Some(&since), commit, &release.files)?);
    }
    Ok(authors.into_iter().collect())
}

/// Who wrote the policies that a release of a commit brings into force, for whomever. What waited, was taken back or was put to wait again is somebody's
/// own as what is new is; and what decides for whom a mode does not reach was written in the version that it is of.
pub(super) fn of_policies(
    root: &Path,
    registry: &Registry,
    (tip, before): (&Move, &Release),
    (commit, release): (&str, &Release),
) -> Result<BTreeSet<String>, Error> {
    let now = git::sayings(&enforced(before)?);
    let own = git::sayings(&release.files);
    let (mut of_version, mut of_others) = (BTreeSet::new(), BTreeSet::new());
    for then in splice::deciding(release)? {
        let then = git::sayings(&then);
        for id in now.keys().chain(then.keys()) {
            let text = then.get(id).copied();
            if text != now.get(id).copied() {
                let of = match text == own.get(id).copied() {
                    true => &mut of_version,
                    false => &mut of_others,
                };
                of.insert((id.clone(), text));
            }
        }
    }
    let there = (tip, &now);
    let mut writers = followed(root, registry, there, commit, of_version)?;
    for found in registry.history(&tip.summary.channel, Some(&tip.id))? {
        if of_others.is_empty() {
            break;
        }
        let found = found?;
        let said = git::sayings(&shipped(registry, &found.id)?.release.files);
        let (here, further) = of_others
            .into_iter()
            .partition(|(id, text)| said.get(id) == text.as_ref());
        writers.extend(followed(
            root,
            registry,
            there,
            &found.summary.commit,
            here,
        )?);
        of_others = further;
    }
    Ok(writers)
}

/// Who wrote policies as a commit has them: each is followed back to the version in which it was as it decides `now`.
fn followed(
    root: &Path,
    registry: &Registry,
    (tip, now): (&Move, &BTreeMap<String, [u8; 32]>),
    commit: &str,
    coming: BTreeSet<git::Coming>,
) -> Result<BTreeSet<String>, Error> {
    if coming.is_empty() {
        return Ok(BTreeSet::new());
    }
    // What decides by another name is only called otherwise.
    let is_new = |text: &[u8; 32]| !now.values().any(|known| known == text);
    let coming = coming.into_iter();
    let mut coming: Vec<git::Coming> = coming.map(|(id, text)| (id, text.filter(is_new))).collect();
    let channel = &tip.summary.channel;
    let folders = folders_of(registry, channel)?;
    let mut writers = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for found in registry.history(channel, Some(&tip.id))? {
        if coming.is_empty() {
            break;
        }
        let found = found?;
        let base = &found.summary.commit;
        let is_first = seen.insert((found.summary.digest.clone(), base.clone()));
        if !is_first || !git::comes_from(root, commit, base)? {
            continue;
        }
        let there = git::sayings(&shipped(registry, &found.id)?.release.files);
        let is_as_now = |(id, text): &git::Coming| {
            let is_there = |text| there.values().any(|known| *known == text);
            there.get(id) == now.get(id) && !text.is_some_and(is_there)
        };
        let (since, further): (Vec<_>, Vec<_>) = coming.into_iter().partition(is_as_now);
        writers.extend(git::wrote(root, Some(base), commit, &folders, &since)?);
        coming = further;
    }
    writers.extend(git::wrote(root, None, commit, &folders, &coming)?);
    Ok(writers)
}

/// The folders of the repository that the workspace was in when the channel moved, and the one it is in.
pub(super) fn folders_of(registry: &Registry, channel: &str) -> Result<BTreeSet<String>, Error> {
    let mut folders = BTreeSet::from([registry.folder().to_owned()]);
    for found in registry.history(channel, None)? {
        folders.extend(registry.details(&found?.id)?.folder);
    }
    Ok(folders)
}
