//! What is to ship: a version, made of what is committed or there already, as the release that it would be, and what is asked of it.

use std::path::Path;

use evidence::hex;
use model::{Code, Failure};
use registry::{Move, Registry, Version};
use release::{Bundle, Files, LIMITS, Modes, Release, Roots};

use super::{
    ChannelRules, authors,
    authors::folders_of,
    behind::is_ours,
    demands::{At, Demands},
    enforced, modes, moving, partial, refused, rules,
};
use crate::{Error, Manifest, git, scan};

/// A version, and what it would be as a release.
pub(super) struct Candidate {
    pub(super) commit: String,
    /// The workspace's folder in that commit, which may be another than today's.
    pub(super) folder: String,
    /// The version is there already.
    pub(super) tagged: bool,
    pub(super) release: Release,
    /// What is asked of it.
    pub(super) asked: Demands,
    pub(super) authors: Vec<String>,
    /// Why nobody can say who wrote it, where no approval is asked for.
    pub(super) nobody_knows: Option<Error>,
    /// What the channel ships.
    pub(super) before: Option<Shipped>,
}

/// What a promotion would ship.
pub(super) fn candidate(
    root: &Path,
    registry: &Registry,
    channel: &str,
    name: &str,
    modes: Modes,
) -> Result<Candidate, Error> {
    let (version, commit, (folder, files), tagged) = match registry.version(name) {
        Err(registry::Error::VersionUnknown(_)) => {
            let commit = committed(registry)?;
            let files = files_at(root, &commit)?;
            is_free(registry, name, &commit, &files)?;
            let today = (registry.folder().to_owned(), files);
            (name.to_owned(), commit, today, false)
        }
        found => {
            let version = found?;
            registry.unmoved(&version.version, &version.commit, &version.digest)?;
            let found = files_of(root, registry, &version, channel)?;
            (version.version, version.commit, found, true)
        }
    };
    registry.is_not_behind(channel)?;
    let tip = registry.tip(channel)?;
    let mut shipped_from = registry.folder().to_owned();
    let before = match &tip {
        None => None,
        Some(tip) => {
            is_ours(root, registry, tip)?;
            shipped_from = folder_of(registry, tip)?;
            Some(shipped(registry, &tip.id)?)
        }
    };
    // INVARIANT: what is asked of a change is what was in force before it. A change that loosens its own gates passes the old ones.
    let at = |commit, folder| At { commit, folder };
    let own = (&files, at(&*commit, &*folder));
    let asked = match (&before, &tip) {
        (Some(before), Some(tip)) => {
            let there = at(&tip.summary.commit, &shipped_from);
            Demands::in_force(root, channel, (&before.release.files, there), own)?
        }
        _ => {
            let asks = manifest(&files)?;
            rules::is_listed(&asks.channel, registry, channel)?;
            Demands::of(&asks, channel, root, own.1)?
        }
    };
    // What stays in force for whom the version does not apply to yet: what is in force for all now.
    let base = match (modes.all_enforced(), &before) {
        (true, _) => None,
        (false, Some(there)) => match tip
            .as_ref()
            .filter(|_| is_of(&there.release, &version, &files))
        {
            // Of the version that is there only the modes change, and it does not wait for itself.
            Some(tip) => Some(modes::enforced_before(registry, tip, &there.release)?.files),
            None => Some(waiting(&there.release)?),
        },
        (false, None) => Some(Files::new()),
    };
    let own = manifest(&files)?;
    let tenant = tenant(&own);
    let environment = rules_of(&own, channel).environment;
    if let Some(before) = &before {
        stays(before, &tenant, environment.as_deref())?;
    }
    let release = Release {
        tenant,
        channel: channel.to_owned(),
        environment: match &before {
            Some(before) => before.release.environment.clone(),
            None => environment.unwrap_or_else(|| channel.to_owned()),
        },
        version,
        sequence: tip.as_ref().map_or(0, |tip| tip.summary.sequence) + 1,
        undoes: None,
        modes,
        files,
        base,
    };
    modes::are_known(&release)?;
    let there = before.as_ref().zip(tip.as_ref());
    let there = there.map(|(before, tip)| (tip, &before.release));
    let writers = authors::of(root, registry, there, (&commit, &release));
    // Who wrote it matters where somebody else is to answer for it.
    let mut nobody_knows = None;
    let authors = match writers {
        Err(error) if asked.rules.approvals == 0 && error.code() == Code::AuthorUnknown => {
            nobody_knows = Some(error);
            Vec::new()
        }
        authors => authors?,
    };
    Ok(Candidate {
        release,
        commit,
        folder,
        tagged,
        asked,
        authors,
        nobody_knows,
        before,
    })
}

/// Refuses a version for somebody or somewhere else: consumers of a channel take nothing that is not for them.
fn stays(before: &Shipped, tenant: &str, environment: Option<&str>) -> Result<(), Error> {
    let Release {
        channel,
        tenant: its_tenant,
        environment: its_environment,
        ..
    } = &before.release;
    let (what, was, is) = if its_tenant != tenant {
        ("tenant", its_tenant, tenant)
    } else {
        match environment.filter(|named| named != its_environment) {
            Some(named) => ("environment", its_environment, named),
            None => return Ok(()),
        }
    };
    let message = format!("`{channel}` is for {what} `{was}`, and the version says `{is}`");
    let mut failure = Failure::new(Code::ReleaseForeign, message);
    failure.hint = format!(
        "a channel keeps its {what}: correct `{what}` in workspace.toml and commit, or begin another channel"
    );
    Err(failure.into())
}

/// Refuses a new version by a name that is another's.
fn is_free(registry: &Registry, name: &str, commit: &str, files: &Files) -> Result<(), Error> {
    if partial::is_partial(name) {
        return Err(refused(
            format!("`{name}` is a name that only a rollback of one policy gives"),
            "name the version without `+partial`",
        ));
    }
    Ok(registry.unmoved(name, commit, &hex(&release::digest(files)))?)
}

/// What stays in force for whom a version does not apply to yet. One base cannot say that some have what others have not: where a canary
/// is all that decides, it would be taken from those it had reached, and nobody would be allowed anything.
fn waiting(before: &Release) -> Result<Files, Error> {
    let base = enforced(before)?;
    if !scan::has_policies(&base) && before.modes.has_canary() {
        return Err(refused(
            format!(
                "`{}` decides for a part of all people only, and nothing decides for the others: nobody would be allowed anything until the new version is enforced",
                before.channel
            ),
            "enforce what it ships for everybody first, `fabric channel mode CHANNEL enforce --all`, or enforce the new version",
        ));
    }
    Ok(base)
}

/// Refuses to ship what is in force already in the same modes, for who does so twice has no way back but to the same. A release that
/// consumers will not take for long any more is shipped again as it is.
pub(super) fn is_news(found: &Candidate, now: u64) -> Result<(), Error> {
    let Some(before) = &found.before else {
        return Ok(());
    };
    let there = &before.release;
    let lasts = before.expires.saturating_sub(now) > moving::LASTS / 3;
    if lasts && is_same(there, &found.release) {
        let (channel, version, modes) = (&there.channel, &there.version, there.modes.words());
        return Err(refused(
            format!("`{channel}` ships {version} already, {modes}: there is nothing to move"),
            "promote another version, or change how this one is applied with `fabric channel mode`",
        ));
    }
    Ok(())
}

/// Whether two releases are the same version in the same modes.
pub(super) fn is_same(one: &Release, other: &Release) -> bool {
    is_of(one, &other.version, &other.files) && one.modes == other.modes
}

/// Whether a release is of this version.
fn is_of(release: &Release, version: &str, files: &Files) -> bool {
    release.version == version && release.files == *files
}

/// What a move shipped.
pub(super) struct Shipped {
    pub(super) release: Release,
    /// The roots it is signed under.
    pub(super) roots: Roots,
    /// The second since 1970 from which no consumer takes it any more.
    expires: u64,
}

/// The folder in which the commit of a move has what was shipped. That is the one that the workspace was in, unless an older version was
/// shipped again after it had gone to another.
pub(super) fn folder_of(registry: &Registry, of: &Move) -> Result<String, Error> {
    let said = &of.summary;
    let recorded = registry.details(&of.id)?.folder;
    let recorded = recorded.unwrap_or_else(|| registry.folder().to_owned());
    let Some(top) = registry.top() else {
        return Ok(recorded);
    };
    let is_there = |folder: &String| {
        let found = files_in(top, &said.commit, folder);
        // What cannot be read is told by who needs it.
        found.is_ok_and(|files| hex(&release::digest(&files)) == said.digest)
    };
    if is_there(&recorded) {
        return Ok(recorded);
    }
    let mut others = folders_of(registry, &said.channel)?.into_iter();
    Ok(others.find(is_there).unwrap_or(recorded))
}

/// What a move shipped, by its id.
pub(super) fn shipped(registry: &Registry, id: &str) -> Result<Shipped, Error> {
    let bundle = Bundle::open(&registry.bundles(id)?.forward, LIMITS)?;
    let roots = Roots::read(bundle.roots().iter().map(release::Root::text))?;
    Ok(Shipped {
        release: bundle.claims().clone(),
        roots,
        expires: bundle.expires(),
    })
}

/// The commit that is checked out, if what is on disk is what is committed.
pub(super) fn committed(registry: &Registry) -> Result<String, Error> {
    let copy = registry.working_copy()?;
    if let Some(under_way) = copy.under_way {
        return Err(refused(
            format!("git is in the middle of a {under_way}"),
            "finish it or abort it in git, and ask again",
        ));
    }
    if copy.branch.is_none() {
        return Err(refused(
            "no branch is checked out: a version is made of a branch's commit",
            "check a branch out, and ask again",
        ));
    }
    // What is no part of a version may be as it likes.
    let mut changed = copy.changed.iter().filter(|path| scan::belongs(path));
    if let Some(first) = changed.next() {
        let differ = match changed.count() {
            0 => format!("`{first}` differs"),
            more => format!("`{first}` and {more} more differ"),
        };
        return Err(refused(
            format!("{differ} from what is committed"),
            "commit or put aside what is in the way, and ask again",
        ));
    }
    copy.commit.ok_or_else(|| {
        refused(
            "nothing is committed yet",
            "commit the policies, and ask again",
        )
    })
}

/// What is asked of a channel.
pub(super) fn rules_of(asks: &Manifest, channel: &str) -> ChannelRules {
    let listed = asks.channel.iter().find(|rules| rules.name == channel);
    listed.cloned().unwrap_or_else(|| ChannelRules {
        name: channel.to_owned(),
        ..ChannelRules::default()
    })
}

/// What the files' `workspace.toml` says.
pub(super) fn manifest(files: &Files) -> Result<Manifest, Error> {
    match Manifest::read(files) {
        (manifest, None) => Ok(manifest),
        (_, Some(problem)) => {
            let message = format!(
                "the `{}` of the version cannot be read, line {}: {}",
                problem.file, problem.line, problem.message
            );
            let mut failure = Failure::new(Code::WorkspaceConfig, message);
            failure.hint =
                "`fabric check` shows the place; correct it, commit, and make a new version"
                    .to_owned();
            Err(failure.into())
        }
    }
}

fn tenant(manifest: &Manifest) -> String {
    match manifest.tenant.as_str() {
        "" => "default".to_owned(),
        tenant => tenant.to_owned(),
    }
}

/// The files of a version that is there, with their folder: the workspace's, or one that it was in when the channel shipped something.
fn files_of(
    root: &Path,
    registry: &Registry,
    version: &Version,
    channel: &str,
) -> Result<(String, Files), Error> {
    let mut folders = folders_of(registry, channel)?;
    let today = folders.take(registry.folder());
    let mut unread = None;
    for folder in today.into_iter().chain(folders) {
        match files_in(root, &version.commit, &folder) {
            Ok(files) if hex(&release::digest(&files)) == version.digest => {
                return Ok((folder, files));
            }
            Ok(_) => {}
            Err(error) => drop(unread.get_or_insert(error)),
        }
    }
    Err(unread.unwrap_or_else(|| {
        let message = format!(
            "version {} was made of other files than this workspace has in its commit",
            version.version
        );
        let mut failure = Failure::new(Code::VersionMoved, message);
        "make a new version of what is committed: the tag was moved, or is of another workspace or of a folder that nothing was shipped from"
            .clone_into(&mut failure.hint);
        failure.into()
    }))
}

/// The files of a folder of the repository in a commit.
fn files_in(root: &Path, commit: &str, folder: &str) -> Result<Files, Error> {
    files_at(root, &format!("{commit}:{folder}"))
}

fn files_at(root: &Path, commit: &str) -> Result<Files, Error> {
    let found = git::at(root, commit)?;
    Ok(found.map(|found| found.files).unwrap_or_default())
}
