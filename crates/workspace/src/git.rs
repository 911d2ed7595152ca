//! The little of git that is needed: the files of a folder at a revision, and a repository with one commit for the sample.
//! Nothing here writes to a repository that is not new.

use std::{
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use git2::{
    Blob, ErrorClass, ErrorCode, ObjectType, Oid, Repository, Signature, Time, Tree, TreeWalkMode,
    TreeWalkResult,
};
use model::{Code, Failure};
use policy::Files;

use crate::Error;

mod writers;

pub use writers::{Coming, Since, authors, comes_from, sayings, writers, wrote};

/// The files of a folder as a commit has them.
#[derive(Debug)]
pub struct AtRevision {
    /// The commit, 40 hex digits.
    pub commit: String,
    /// The files of the folder, with paths inside it.
    pub files: Files,
}

/// The files of `folder` at its repository's HEAD; nothing when it is in no repository, or HEAD has no commit, or the
/// commit holds no policies of the folder.
///
/// # Errors
/// When there is a repository that cannot be read.
pub fn head(folder: &Path) -> Result<Option<AtRevision>, Error> {
    let Some((repository, prefix)) = find(folder, "HEAD")? else {
        return Ok(None);
    };
    let commit = match repository.head().and_then(|head| head.peel_to_commit()) {
        Ok(commit) => commit,
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
            return Ok(None);
        }
        Err(error) => return Err(failed("HEAD", &error)),
    };
    let files = read_tree(
        &repository,
        &commit.tree().map_err(|error| failed("HEAD", &error))?,
        &prefix,
        "HEAD",
    )?;
    Ok(crate::scan::has_policies(&files).then(|| AtRevision {
        commit: commit.id().to_string(),
        files,
    }))
}

/// The commit that HEAD of `folder`'s repository is at, 40 hex digits; nothing when there is none.
///
/// # Errors
/// When there is a repository that cannot be read.
pub fn head_commit(folder: &Path) -> Result<Option<String>, Error> {
    let Some((repository, _)) = find(folder, "HEAD")? else {
        return Ok(None);
    };
    Ok(repository
        .head()
        .and_then(|head| head.peel_to_commit())
        .ok()
        .map(|commit| commit.id().to_string()))
}

/// The files that a revision names: `HEAD~1`, `v1.2` and the like mean `folder` at that revision; `v1.2:policies` means
/// that folder of the repository. Nothing when `folder` is in no repository.
///
/// # Errors
/// `revision_unknown` when the repository does not know the revision or it holds no such folder.
pub fn at(folder: &Path, spec: &str) -> Result<Option<AtRevision>, Error> {
    let Some((repository, prefix)) = find(folder, spec)? else {
        return Ok(None);
    };
    let (revision, prefix) = match spec.split_once(':') {
        Some((revision, inside)) => (revision, inside.trim_matches('/').to_owned()),
        None => (spec, prefix),
    };
    let commit = repository
        .revparse_single(revision)
        .and_then(|object| object.peel_to_commit())
        .map_err(|error| match error.code() {
            ErrorCode::NotFound => Error::revision(spec, UNKNOWN),
            _ => failed(spec, &error),
        })?;
    let files = read_tree(
        &repository,
        &commit.tree().map_err(|error| failed(spec, &error))?,
        &prefix,
        spec,
    )?;
    Ok(Some(AtRevision {
        commit: commit.id().to_string(),
        files,
    }))
}

/// Whether the repository of `folder` knows a revision of that name.
///
/// # Errors
/// When there is a repository that cannot be read.
pub fn knows(folder: &Path, spec: &str) -> Result<bool, Error> {
    let Some((repository, _)) = find(folder, spec)? else {
        return Ok(false);
    };
    let revision = spec.split_once(':').map_or(spec, |(revision, _)| revision);
    let object = repository.revparse_single(revision);
    Ok(object.and_then(|object| object.peel_to_commit()).is_ok())
}

/// One file of `folder` as a commit has it; nothing when it has none there.
///
/// # Errors
/// When the repository or the commit cannot be read.
pub fn file_at(folder: &Path, commit: &str, path: &str) -> Result<Option<Vec<u8>>, Error> {
    match find(folder, commit)? {
        Some((repository, prefix)) => file_of(&repository, commit, &prefix, path),
        None => Ok(None),
    }
}

/// The same of another folder of the repository that `folder` is in, with `/`; empty for all of it.
///
/// # Errors
/// As [`file_at`].
pub fn file_in(
    folder: &Path,
    commit: &str,
    other: &str,
    path: &str,
) -> Result<Option<Vec<u8>>, Error> {
    match find(folder, commit)? {
        Some((repository, _)) => file_of(&repository, commit, other, path),
        None => Ok(None),
    }
}

fn file_of(
    repository: &Repository,
    commit: &str,
    prefix: &str,
    path: &str,
) -> Result<Option<Vec<u8>>, Error> {
    let read = || -> Result<Option<Vec<u8>>, git2::Error> {
        let tree = repository
            .revparse_single(commit)?
            .peel_to_commit()?
            .tree()?;
        match tree.get_path(&Path::new(prefix).join(path)) {
            Ok(entry) => {
                let blob = entry.to_object(repository)?.peel_to_blob()?;
                Ok(Some(blob.content().to_vec()))
            }
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    };
    read().map_err(|error| failed(commit, &error))
}

/// Commits looked at for those that changed a folder: a tenth of a second of history.
const VISITED: usize = 10_000;

/// The commits that changed a folder, newest first, at most `limit`: short name, first line of the message, milliseconds.
/// Empty outside of a repository and before the first commit. Of a long history only the newest part is looked at.
///
/// # Errors
/// When there is a repository that cannot be read.
pub fn versions(folder: &Path, limit: usize) -> Result<Vec<(String, String, i64)>, Error> {
    let Some((repository, prefix)) = find(folder, "HEAD")? else {
        return Ok(Vec::new());
    };
    let content = |commit: &git2::Commit<'_>| {
        let tree = commit.tree().ok()?;
        if prefix.is_empty() {
            return Some(tree.id());
        }
        Some(tree.get_path(Path::new(&prefix)).ok()?.id())
    };
    let walk = || -> Result<Vec<(String, String, i64)>, git2::Error> {
        let mut walk = repository.revwalk()?;
        match walk.push_head() {
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
                return Ok(Vec::new());
            }
            pushed => pushed?,
        }
        let mut found = Vec::new();
        for id in walk.take(VISITED) {
            let commit = repository.find_commit(id?)?;
            let before = commit.parent(0).ok();
            if before
                .as_ref()
                .is_some_and(|before| content(before) == content(&commit))
            {
                continue;
            }
            let name = commit.as_object().short_id()?;
            found.push((
                String::from_utf8_lossy(&name).into_owned(),
                String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned(),
                commit.time().seconds().saturating_mul(1000),
            ));
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    };
    walk().map_err(|error| failed("HEAD", &error))
}

/// Who commits here, as `name <address>`: what git's settings say.
///
/// # Errors
/// `author_unknown` when they do not say.
pub fn user(folder: &Path) -> Result<String, Error> {
    let unknown = || {
        let message = "git does not know who you are: it has no `user.name`, or no `user.email`";
        Failure::new(Code::AuthorUnknown, message)
    };
    let Some((repository, _)) = find(folder, "HEAD")? else {
        return Err(unknown().into());
    };
    let signature = repository.signature().map_err(|_| unknown())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(format!(
        "{} <{}>",
        text(signature.name_bytes()),
        text(signature.email_bytes())
    ))
}

/// The folder that the repository of `folder` takes its hooks from; nothing outside of a repository.
///
/// # Errors
/// When there is a repository that cannot be read.
pub fn hooks(folder: &Path) -> Result<Option<PathBuf>, Error> {
    let Some((repository, _)) = find(folder, "hooks")? else {
        return Ok(None);
    };
    let chosen = repository
        .config()
        .and_then(|config| config.get_path("core.hooksPath"));
    Ok(Some(match (chosen, repository.workdir()) {
        (Ok(chosen), Some(top)) => top.join(chosen),
        _ => repository.commondir().join("hooks"),
    }))
}

/// The same folder in the repository's main worktree, when `folder` is in a linked one (`git worktree add`) and the main one has it.
#[must_use]
pub fn in_main_worktree(folder: &Path) -> Option<PathBuf> {
    let (linked, prefix) = find(folder, "HEAD").ok()??;
    if !linked.is_worktree() {
        return None;
    }
    let main = Repository::open(linked.commondir()).ok()?;
    // A bare repository has none. Where git's folder lies apart from its worktree, the folder around it is not that worktree.
    let top = main.workdir()?.canonicalize().ok()?;
    let of_top = Repository::open(&top).ok()?;
    if of_top.path().canonicalize().ok() != linked.commondir().canonicalize().ok() {
        return None;
    }
    let folder = match prefix.is_empty() {
        true => top,
        false => top.join(prefix),
    };
    folder.is_dir().then_some(folder)
}

/// The repository `folder` is in, and the folder's path inside it.
fn find(folder: &Path, spec: &str) -> Result<Option<(Repository, String)>, Error> {
    let repository = match Repository::discover(folder) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(failed(spec, &error)),
    };
    let prefix = {
        let real = folder.canonicalize().map_err(Error::read(folder))?;
        let Some(top) = repository.workdir().and_then(|top| top.canonicalize().ok()) else {
            return Ok(None);
        };
        let Ok(inside) = real.strip_prefix(&top) else {
            return Ok(None);
        };
        inside
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/")
    };
    Ok(Some((repository, prefix)))
}

fn read_tree(
    repository: &Repository,
    tree: &Tree<'_>,
    prefix: &str,
    spec: &str,
) -> Result<Files, Error> {
    let git = |error: git2::Error| failed(spec, &error);
    let folder;
    let tree = if prefix.is_empty() {
        tree
    } else {
        match tree
            .get_path(Path::new(prefix))
            .and_then(|entry| entry.to_object(repository))
        {
            Ok(object) => match object.into_tree() {
                Ok(tree) => {
                    folder = tree;
                    &folder
                }
                Err(_) => {
                    return Err(Error::revision(
                        spec,
                        format!("has a file at `{prefix}`, not a folder"),
                    ));
                }
            },
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(Files::new()),
            Err(error) => return Err(git(error)),
        }
    };
    let mut files = Files::new();
    let mut trouble = None;
    let (mut unnamed, mut elsewhere) = (None, None);
    let walked = tree.walk(TreeWalkMode::PreOrder, |parent, entry| {
        let Ok(name) = entry.name() else {
            let path = format!("{parent}{}", String::from_utf8_lossy(entry.name_bytes()));
            if !holds(repository, entry, &path) {
                return TreeWalkResult::Skip;
            }
            unnamed = Some(path);
            return TreeWalkResult::Abort;
        };
        let path = format!("{parent}{name}");
        if entry.kind() == Some(ObjectType::Commit)
            && decides(repository, prefix, &path, entry.id())
        {
            elsewhere = Some(path);
            return TreeWalkResult::Abort;
        }
        if !crate::scan::belongs(&path) {
            return if entry.kind() == Some(ObjectType::Tree) && !name.starts_with('.') {
                TreeWalkResult::Ok
            } else {
                TreeWalkResult::Skip
            };
        }
        if entry.kind() != Some(ObjectType::Blob) {
            return TreeWalkResult::Ok;
        }
        let blob = entry
            .to_object(repository)
            .and_then(|object| object.peel_to_blob());
        let blob = match entry.filemode() {
            SYMLINK => blob.and_then(|blob| linked(repository, tree, &path, blob)),
            _ => blob.map(Some),
        };
        match blob {
            Ok(blob) => {
                if let Some(blob) = blob {
                    files.insert(path, Arc::from(blob.content()));
                }
                TreeWalkResult::Ok
            }
            Err(error) => {
                trouble = Some(error);
                TreeWalkResult::Abort
            }
        }
    });
    if let Some(path) = unnamed {
        return Err(Error::revision(
            spec,
            format!("has `{path}`, whose name is not Unicode: rename it"),
        ));
    }
    if let Some(path) = elsewhere {
        return Err(Error::revision(
            spec,
            format!(
                "has policies in the submodule `{path}`, which are another repository's: take them over into this one, or out of the workspace's folder"
            ),
        ));
    }
    match (trouble, walked) {
        (Some(error), _) => Err(git(error)),
        (None, walked) => walked.map(|()| files).map_err(git),
    }
}

/// Whether a submodule that is checked out holds what would be part of the workspace: a folder is read with it, and a revision cannot be.
fn decides(repository: &Repository, prefix: &str, path: &str, commit: Oid) -> bool {
    let name = match prefix {
        "" => path.to_owned(),
        prefix => format!("{prefix}/{path}"),
    };
    let open = || -> Result<bool, git2::Error> {
        let other = repository.find_submodule(&name)?.open()?;
        let tree = other.find_commit(commit)?.tree()?;
        Ok(tree.iter().any(|entry| {
            let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
            holds(&other, &entry, &format!("{path}/{name}"))
        }))
    };
    open().unwrap_or(false)
}

/// The mode of a symbolic link, whose blob is the path it points to.
const SYMLINK: i32 = 0o120_000;
/// Links that are followed one after the other, as systems do.
const MOST_LINKS: usize = 40;

/// What a symbolic link stands for inside the folder that `tree` is; nothing when it leads out of it, to no file, or nowhere. As a
/// folder on disk is read, so that the same workspace has the same policies either way.
fn linked<'r>(
    repository: &'r Repository,
    tree: &Tree<'_>,
    path: &str,
    link: Blob<'r>,
) -> Result<Option<Blob<'r>>, git2::Error> {
    let (mut path, mut blob) = (PathBuf::from(path), link);
    for _ in 0..MOST_LINKS {
        let Ok(to) = str::from_utf8(blob.content()) else {
            return Ok(None);
        };
        let mut target = path.parent().map(Path::to_path_buf).unwrap_or_default();
        for part in Path::new(to).components() {
            match part {
                Component::Normal(name) => target.push(name),
                Component::CurDir => {}
                Component::ParentDir if target.pop() => {}
                _ => return Ok(None),
            }
        }
        let entry = match tree.get_path(&target) {
            Ok(entry) => entry,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if entry.kind() != Some(ObjectType::Blob) {
            return Ok(None);
        }
        (path, blob) = (target, entry.to_object(repository)?.peel_to_blob()?);
        if entry.filemode() != SYMLINK {
            return Ok(Some(blob));
        }
    }
    Ok(None)
}

/// Whether an entry whose name is not Unicode is part of a workspace, or holds what is.
fn holds(repository: &Repository, entry: &git2::TreeEntry<'_>, path: &str) -> bool {
    if entry.kind() != Some(ObjectType::Tree) {
        return crate::scan::belongs(path);
    }
    let Some(tree) = entry
        .to_object(repository)
        .ok()
        .and_then(|object| object.into_tree().ok())
    else {
        return false;
    };
    tree.iter().any(|entry| {
        let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
        holds(repository, &entry, &format!("{path}/{name}"))
    })
}

const UNKNOWN: &str = "is not known to the repository";

fn failed(spec: &str, error: &git2::Error) -> Error {
    match error.code() {
        // What a known revision lacks is another thing.
        ErrorCode::NotFound if error.class() != ErrorClass::Odb => {
            return Error::revision(spec, UNKNOWN);
        }
        ErrorCode::Ambiguous => {
            return Error::revision(spec, "names more than one object of the repository");
        }
        _ => {}
    }
    let reason = registry::Error::reason(error);
    let mut failure = Failure::from(Error::revision(
        spec,
        format!("cannot be read: {}", reason.why),
    ));
    if let Some(hint) = reason.hint {
        hint.clone_into(&mut failure.hint);
    }
    failure.into()
}

/// Makes a repository of a folder, with one commit that holds all of it.
///
/// # Errors
/// When the repository cannot be written.
pub fn commit_all(
    folder: &Path,
    author: (&str, &str),
    seconds: i64,
    message: &str,
) -> Result<(), Error> {
    let commit = || -> Result<(), git2::Error> {
        let repository = Repository::init(folder)?;
        // The sample is the same on every machine, whatever the user's own settings say about line endings.
        repository.config()?.set_bool("core.autocrlf", false)?;
        // Who never told git who they are goes on as its author.
        if repository.signature().is_err() {
            let mut config = repository.config()?;
            config.set_str("user.name", author.0)?;
            config.set_str("user.email", author.1)?;
        }
        let mut index = repository.index()?;
        index.add_all(["*"], git2::IndexAddOption::DEFAULT, None)?;
        index.write()?;
        let tree = repository.find_tree(index.write_tree()?)?;
        let signature = Signature::new(author.0, author.1, &Time::new(seconds, 0))?;
        repository.commit(Some("HEAD"), &signature, &signature, message, &tree, &[])?;
        Ok(())
    };
    commit().map_err(|error| Error::Write {
        path: folder.join(".git").display().to_string(),
        source: std::io::Error::other(error.message().to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use model::Code;

    use super::*;

    fn repository() -> (tempfile::TempDir, Repository) {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        (folder, repository)
    }

    fn commit(repository: &Repository, file: &str, text: &str) {
        let top = repository.workdir().unwrap();
        fs::create_dir_all(top.join(file).parent().unwrap()).unwrap();
        fs::write(top.join(file), text).unwrap();
        let mut index = repository.index().unwrap();
        index.add_path(Path::new(file)).unwrap();
        index.write().unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let signature = Signature::new("a", "a@b.example", &Time::new(0, 0)).unwrap();
        let parent = repository
            .head()
            .ok()
            .map(|head| head.peel_to_commit().unwrap());
        repository
            .commit(
                Some("HEAD"),
                &signature,
                &signature,
                "c",
                &tree,
                &parent.iter().collect::<Vec<_>>(),
            )
            .unwrap();
    }

    fn text(found: &AtRevision, path: &str) -> String {
        String::from_utf8(found.files[path].to_vec()).unwrap()
    }

    #[test]
    fn a_folder_of_a_repository_is_read_at_its_revisions() {
        let (folder, repository) = repository();
        assert!(head(folder.path()).unwrap().is_none(), "no commit yet");
        commit(&repository, "team/policies/a.cedar", "one");
        commit(&repository, "team/policies/a.cedar", "two");
        commit(&repository, "README.md", "words");
        fs::write(folder.path().join("team/policies/a.cedar"), "not committed").unwrap();

        let team = folder.path().join("team");
        assert_eq!(
            text(&head(&team).unwrap().unwrap(), "policies/a.cedar"),
            "two"
        );
        let before = at(&team, "HEAD~2").unwrap().unwrap();
        assert_eq!(text(&before, "policies/a.cedar"), "one");
        assert_eq!(
            text(
                &at(folder.path(), "HEAD:team/policies").unwrap().unwrap(),
                "a.cedar"
            ),
            "two"
        );
        assert_eq!(
            text(
                &at(&team, &before.commit[..10]).unwrap().unwrap(),
                "policies/a.cedar"
            ),
            "one"
        );
        repository
            .tag_lightweight("v1", &repository.revparse_single("HEAD~1").unwrap(), false)
            .unwrap();
        assert_eq!(
            text(&at(&team, "v1").unwrap().unwrap(), "policies/a.cedar"),
            "two"
        );

        assert_eq!(at(&team, "v2").unwrap_err().code(), Code::RevisionUnknown);
        assert_eq!(
            at(&team, "HEAD:README.md").unwrap_err().code(),
            Code::RevisionUnknown
        );
        assert!(at(&team, "HEAD:nowhere").unwrap().unwrap().files.is_empty());
    }

    #[test]
    fn the_authors_of_an_edit_are_those_of_its_own_commits() {
        let (folder, repository) = repository();
        commit(&repository, "a.cedar", "one");
        let by = |name: &str| {
            let signature =
                Signature::new(name, &format!("{name}@b.example"), &Time::new(0, 0)).unwrap();
            let parent = repository.head().unwrap().peel_to_commit().unwrap();
            let tree = parent.tree().unwrap();
            let id =
                repository.commit(Some("HEAD"), &signature, &signature, "c", &tree, &[&parent]);
            id.unwrap().to_string()
        };
        let base = by("early");
        by("ivo");
        by("mara");
        let last = by("ivo");
        let expected = ["ivo <ivo@b.example>", "mara <mara@b.example>"];
        assert_eq!(authors(folder.path(), &base, &last).unwrap(), expected);
        assert_eq!(
            authors(folder.path(), &base, ".").unwrap(),
            expected,
            "a folder stands for HEAD"
        );
        assert_eq!(authors(folder.path(), "HEAD", "HEAD").unwrap(), [""; 0]);
    }

    #[test]
    fn policies_of_a_submodule_are_not_left_out_without_a_word() {
        let (folder, repository) = repository();
        commit(&repository, "a.cedar", "one");
        let other = tempfile::tempdir().unwrap();
        for (file, text) in [("notes.txt", "n"), ("deep/b.cedar", "two")] {
            commit(&Repository::init(other.path()).unwrap(), file, text);
        }
        let git = |arguments: &[&str]| {
            let done = std::process::Command::new("git")
                .args([
                    "-c",
                    "protocol.file.allow=always",
                    "-c",
                    "user.name=A",
                    "-c",
                    "user.email=a@b",
                ])
                .args(arguments)
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(done.status.success(), "{done:?}");
        };
        git(&[
            "submodule",
            "--quiet",
            "add",
            other.path().to_str().unwrap(),
            "pol",
        ]);
        git(&["commit", "--quiet", "--message", "c"]);
        let refused = head(folder.path()).unwrap_err();
        assert!(refused.to_string().contains("submodule `pol`"), "{refused}");
        assert!(at(folder.path(), "HEAD~1").is_ok());
    }

    #[test]
    fn who_is_named_as_co_author_wrote_it_too() {
        let (folder, repository) = repository();
        commit(&repository, "a.cedar", "one");
        let parent = repository.head().unwrap().peel_to_commit().unwrap();
        let signature = Signature::new("Ann", "ann@b.example", &Time::new(0, 0)).unwrap();
        let message = "Both\n\nCo-authored-by: Dana <dana@b.example>\n";
        let tree = parent.tree().unwrap();
        let made = repository.commit(
            Some("HEAD"),
            &signature,
            &signature,
            message,
            &tree,
            &[&parent],
        );
        made.unwrap();
        assert_eq!(
            authors(folder.path(), "HEAD~1", "HEAD").unwrap(),
            ["Ann <ann@b.example>", "Dana <dana@b.example>"]
        );
    }

    #[test]
    fn a_linked_worktree_knows_the_folder_of_the_main_one() {
        let (folder, repository) = repository();
        commit(&repository, "team/a.cedar", "one");
        let top = folder.path().canonicalize().unwrap();
        let beside = tempfile::tempdir().unwrap();
        let linked = beside.path().join("linked");
        repository.worktree("linked", &linked, None).unwrap();
        let main = |folder: &str| in_main_worktree(&linked.join(folder));
        assert_eq!(main("").unwrap(), top);
        assert_eq!(main("team").unwrap(), top.join("team"));
        assert_eq!(
            in_main_worktree(&top.join("team")),
            None,
            "it is the main one"
        );
        fs::remove_dir_all(top.join("team")).unwrap();
        assert_eq!(main("team"), None, "the main one has no such folder");
        assert_eq!(in_main_worktree(beside.path()), None);
        repository
            .config()
            .unwrap()
            .set_bool("core.bare", true)
            .unwrap();
        assert_eq!(main(""), None, "a bare repository has no main worktree");
    }

    #[test]
    fn a_repository_of_another_kind_says_what_to_do() {
        let hint_of = |name: &str, value: &str| {
            let (folder, repository) = repository();
            commit(&repository, "a.cedar", "one");
            let mut config = repository.config().unwrap();
            config.set_i32("core.repositoryformatversion", 1).unwrap();
            config.set_str(name, value).unwrap();
            let read = Failure::from(head(folder.path()).unwrap_err());
            let registry = registry::Registry::open(folder.path()).err().unwrap();
            assert_eq!(read.hint, Failure::from(registry).hint, "both say the same");
            read.hint
        };
        assert!(hint_of("extensions.objectformat", "sha256").contains("--object-format=sha1"));
        assert!(hint_of("extensions.refstorage", "reftable").contains("--ref-format=files"));
        let theirs = git2::Error::new(ErrorCode::Owner, ErrorClass::Config, "not owned");
        let hint = registry::Error::reason(&theirs).hint.unwrap();
        assert!(hint.contains("safe.directory"), "{hint}");
    }

    #[test]
    fn what_a_clone_left_out_is_told_with_how_to_bring_it() {
        let (folder, repository) = repository();
        commit(&repository, "a.cedar", "one");
        let blob = repository
            .revparse_single("HEAD:a.cedar")
            .unwrap()
            .id()
            .to_string();
        let (first, rest) = blob.split_at(2);
        let objects = folder.path().join(".git/objects");
        fs::remove_file(objects.join(first).join(rest)).unwrap();
        let failure = Failure::from(at(folder.path(), "HEAD").unwrap_err());
        assert!(
            failure.message.contains("lacks an object"),
            "{}",
            failure.message
        );
        assert!(failure.hint.contains("--no-filter"), "{}", failure.hint);
        let unknown = Failure::from(at(folder.path(), &"0123".repeat(10)).unwrap_err());
        assert!(unknown.message.ends_with(UNKNOWN), "{}", unknown.message);
    }

    #[test]
    fn hooks_are_where_the_repository_says() {
        let (folder, repository) = repository();
        let own = hooks(folder.path()).unwrap().unwrap();
        assert!(own.ends_with(".git/hooks"), "{own:?}");
        let mut config = repository.config().unwrap();
        config.set_str("core.hooksPath", ".hooks").unwrap();
        let chosen = hooks(folder.path()).unwrap().unwrap();
        assert!(
            chosen.ends_with(".hooks") && !chosen.ends_with(".git/hooks"),
            "{chosen:?}"
        );
        assert_eq!(hooks(tempfile::tempdir().unwrap().path()).unwrap(), None);
    }

    #[test]
    fn a_folder_without_policies_in_head_has_no_base_there() {
        let (folder, repository) = repository();
        commit(&repository, "README.md", "words");
        fs::create_dir(folder.path().join("new")).unwrap();
        fs::write(folder.path().join("new/a.cedar"), "").unwrap();
        assert!(head(&folder.path().join("new")).unwrap().is_none());
    }

    #[test]
    fn outside_of_any_repository_there_are_no_revisions() {
        let folder = tempfile::tempdir().unwrap();
        assert!(head(folder.path()).unwrap().is_none());
        assert!(at(folder.path(), "HEAD").unwrap().is_none());
    }

    #[test]
    fn a_new_repository_has_one_commit_with_everything() {
        let make = || {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("policies")).unwrap();
            fs::write(folder.path().join("policies/a.cedar"), "one").unwrap();
            commit_all(folder.path(), ("A", "a@b.example"), 1_790_000_000, "first").unwrap();
            head(folder.path()).unwrap().unwrap()
        };
        let (one, two) = (make(), make());
        assert_eq!(text(&one, "policies/a.cedar"), "one");
        assert_eq!(
            one.commit, two.commit,
            "the same content makes the same commit"
        );
    }
}
