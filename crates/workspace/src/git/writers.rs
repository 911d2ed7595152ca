//! Who wrote what, as far as commits tell: nobody is taken for no author because a clone lacks them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use git2::{ErrorCode, ObjectType, Oid, Repository, Signature, Tree, TreeWalkMode, TreeWalkResult};
use model::{Code, Failure};
use policy::{FileKind, Files, PolicySet};

use super::{failed, find, read_tree};
use crate::Error;

/// Who made the commits that `head` has and `base` has not, as `name <address>`, each once. A side that is no revision of
/// the repository, like a folder, stands for HEAD. Empty outside of a repository.
///
/// # Errors
/// When there is a repository that cannot be read; `author_unknown` when it lacks a part of the history that this takes.
pub fn authors(folder: &Path, base: &str, head: &str) -> Result<Vec<String>, Error> {
    let Some((repository, _)) = find(folder, head)? else {
        return Ok(Vec::new());
    };
    let commit = |spec: &str| {
        let named = spec.split_once(':').map_or(spec, |(revision, _)| revision);
        [named, "HEAD"].into_iter().find_map(|spec| {
            let object = repository.revparse_single(spec).ok()?;
            Some(object.peel_to_commit().ok()?.id())
        })
    };
    let Some(last) = commit(head) else {
        return Ok(Vec::new());
    };
    let people = History::of(&repository)?.authors(last, commit(base), &mut |_| Ok(true))?;
    Ok(people.into_iter().collect())
}

/// What is in force, to which something is held.
#[derive(Clone, Copy, Debug)]
pub struct Since<'a> {
    /// The commit it is of.
    pub commit: &'a str,
    /// The files.
    pub files: &'a Files,
    /// The folders of the repository that versions were shipped from so far, with `/`; empty for all of it.
    pub folders: &'a BTreeSet<String>,
}

/// Who wrote what `files`, those of `head`, have otherwise than what is in force: the authors of the commits since then, and where
/// the two parted before that, of all that ever touched a file that is not as it was when they did. What was taken back and comes
/// again was written by whoever wrote it first. Without anything in force: the authors of all commits that changed something in `folder`.
///
/// # Errors
/// `author_unknown` when the repository lacks a part of the history that this takes, [`Error::Revision`] when it cannot be read.
pub fn writers(
    folder: &Path,
    since: Option<&Since<'_>>,
    head: &str,
    files: &Files,
) -> Result<Vec<String>, Error> {
    let Some((repository, prefix)) = find(folder, head)? else {
        return Ok(Vec::new());
    };
    let git = |error: git2::Error| failed(head, &error);
    let history = History::of(&repository)?;
    let id = |spec: &str| -> Result<Oid, git2::Error> {
        let object = repository.revparse_single(spec)?;
        Ok(object.peel_to_commit()?.id())
    };
    let last = id(head).map_err(git)?;
    // A workspace that went from one folder to another has its history in both.
    let mut folders = BTreeSet::from([&*prefix]);
    folders.extend(
        since
            .iter()
            .flat_map(|since| since.folders)
            .map(String::as_str),
    );
    let touched = |paths: &[&str], commit: &git2::Commit<'_>| changes(commit, &folders, paths);
    let Some(since) = since else {
        let people = history.authors(last, None, &mut |commit| touched(&[""], commit))?;
        return Ok(people.into_iter().collect());
    };
    // Not here is no commit that nobody wrote: it cannot be said who did.
    let before = id(since.commit).map_err(|_| history.cut_off())?;
    let mut people = history.authors(last, Some(before), &mut |_| Ok(true))?;
    if !repository.graph_descendant_of(last, before).map_err(git)? {
        let parted = match repository.merge_base(last, before) {
            Ok(parted) => {
                let tree = repository
                    .find_commit(parted)
                    .and_then(|commit| commit.tree())
                    .map_err(git)?;
                let mut files = Files::new();
                for folder in &folders {
                    let there = read_tree(&repository, &tree, folder, head)?;
                    if crate::scan::has_policies(&there) {
                        files = there;
                    }
                }
                files
            }
            Err(error) if error.code() == ErrorCode::NotFound => Files::new(),
            Err(error) => return Err(git(error)),
        };
        let differs = |path: &&String| {
            let was = since.files.get(*path);
            was != parted.get(*path) && was != files.get(*path)
        };
        let paths: BTreeSet<&String> = since.files.keys().chain(parted.keys()).collect();
        let other: Vec<&str> = paths
            .into_iter()
            .filter(differs)
            .map(String::as_str)
            .collect();
        if !other.is_empty() {
            people.extend(history.authors(last, None, &mut |commit| touched(&other, commit))?);
        }
    }
    Ok(people.into_iter().collect())
}

/// What comes into force: a policy's id, and the digest of what it says, if it is to be there and does not decide by any name yet.
pub type Coming = (String, Option<[u8; 32]>);

/// What each policy of some files says, by its id.
pub fn sayings(files: &Files) -> BTreeMap<String, [u8; 32]> {
    let (set, _) = PolicySet::parse(files);
    let policies = set.policies().iter();
    policies
        .map(|policy| (policy.id.clone(), policy.digest))
        .collect()
}

/// Who changed some policies, or brought in what they say under whatever name, in the commits that `head` has and `base` has not, in any of
/// these folders of the repository; without a base, in all commits.
///
/// # Errors
/// As [`writers`].
pub fn wrote(
    folder: &Path,
    base: Option<&str>,
    head: &str,
    folders: &BTreeSet<String>,
    coming: &[Coming],
) -> Result<BTreeSet<String>, Error> {
    if coming.is_empty() {
        return Ok(BTreeSet::new());
    }
    let Some((repository, _)) = find(folder, head)? else {
        return Ok(BTreeSet::new());
    };
    let history = History::of(&repository)?;
    let id = |spec: &str| -> Result<Oid, git2::Error> {
        let object = repository.revparse_single(spec)?;
        Ok(object.peel_to_commit()?.id())
    };
    let last = id(head).map_err(|error| failed(head, &error))?;
    let before = base.map(id).transpose().map_err(|_| history.cut_off())?;
    let mut known = BTreeMap::new();
    let mut said = |commit: &git2::Commit<'_>| said_at(&repository, commit, folders, &mut known);
    history.authors(last, before, &mut |commit| {
        let now = said(commit)?;
        let parents: Vec<_> = commit.parents().map(|parent| said(&parent)).collect();
        let parents: Vec<_> = parents.into_iter().collect::<Result<_, _>>()?;
        // What nobody says is no change of the first commit.
        let is_new = |of: &dyn Fn(&Saying) -> bool| {
            let said =
                |all: &Sayings| -> Sayings { all.iter().filter(|one| of(one)).cloned().collect() };
            let now = said(&now);
            match parents.is_empty() {
                true => !now.is_empty(),
                false => parents.iter().all(|parent| said(parent) != now),
            }
        };
        Ok(coming.iter().any(|(id, text)| {
            let brings = |text: &[u8; 32]| {
                let says = |all: &Sayings| all.iter().any(|(_, said)| said == text);
                says(&now) && !parents.iter().any(says)
            };
            is_new(&|(of, _)| of == id) || text.as_ref().is_some_and(brings)
        }))
    })
}

/// Whether a commit is another, or comes from it. What is not here is nothing that anything is known to come from.
///
/// # Errors
/// When there is a repository that cannot be read.
pub fn comes_from(folder: &Path, commit: &str, earlier: &str) -> Result<bool, Error> {
    let Some((repository, _)) = find(folder, commit)? else {
        return Ok(false);
    };
    let id = |spec: &str| Oid::from_str(spec).and_then(|id| repository.find_commit(id));
    let (Ok(commit), Ok(earlier)) = (id(commit), id(earlier)) else {
        return Ok(false);
    };
    let descends = repository.graph_descendant_of(commit.id(), earlier.id());
    Ok(commit.id() == earlier.id() || descends.map_err(|error| failed("the history", &error))?)
}

/// What is said in any of some folders, under which id: another workspace may be today where one was.
type Sayings = BTreeSet<Saying>;

type Saying = (String, [u8; 32]);

/// What the policies of a commit say. Few commits change them, and what was read once is `known`.
fn said_at(
    repository: &Repository,
    commit: &git2::Commit<'_>,
    folders: &BTreeSet<String>,
    known: &mut BTreeMap<Vec<(String, Oid)>, Arc<Sayings>>,
) -> Result<Sayings, git2::Error> {
    let tree = commit.tree()?;
    let mut all = Sayings::new();
    for folder in folders {
        let found = match folder.as_str() {
            "" => tree.clone(),
            folder => match tree.get_path(Path::new(folder)) {
                Ok(entry) => entry.to_object(repository)?.peel_to_tree()?,
                Err(error) if error.code() == ErrorCode::NotFound => continue,
                Err(error) => return Err(error),
            },
        };
        let mut there = Vec::new();
        found.walk(TreeWalkMode::PreOrder, |parent, entry| {
            let path = format!("{parent}{}", String::from_utf8_lossy(entry.name_bytes()));
            let decides = [Some(FileKind::Policies), Some(FileKind::Links)];
            if entry.kind() == Some(ObjectType::Blob) && decides.contains(&policy::kind(&path)) {
                there.push((path, entry.id()));
            }
            TreeWalkResult::Ok
        })?;
        let said = match known.get(&there) {
            Some(said) => Arc::clone(said),
            None => {
                let mut files = Files::new();
                for (path, id) in &there {
                    let text = repository.find_blob(*id)?;
                    files.insert(path.clone(), Arc::from(text.content()));
                }
                let said = Arc::new(sayings(&files).into_iter().collect());
                known.insert(there, Arc::clone(&said));
                said
            }
        };
        all.extend(said.iter().cloned());
    }
    Ok(all)
}

/// Whether a commit changes one of some files, in any of these folders.
fn changes(
    commit: &git2::Commit<'_>,
    folders: &BTreeSet<&str>,
    paths: &[&str],
) -> Result<bool, git2::Error> {
    let of = |commit: &git2::Commit<'_>| -> Result<Vec<Option<Oid>>, git2::Error> {
        let tree = commit.tree()?;
        let each = folders
            .iter()
            .flat_map(|folder| paths.iter().map(move |path| (folder, path)));
        each.map(|(folder, path)| entry(&tree, folder, path))
            .collect()
    };
    let now = of(commit)?;
    let mut changed = commit.parent_count() > 0 || now.iter().any(Option::is_some);
    for parent in commit.parents() {
        changed &= of(&parent)? != now;
    }
    Ok(changed)
}

/// What a tree holds at a path inside a folder; nothing when it holds nothing there.
fn entry(tree: &Tree<'_>, folder: &str, path: &str) -> Result<Option<Oid>, git2::Error> {
    let whole = match (folder, path) {
        ("", "") => return Ok(Some(tree.id())),
        (folder, "") => PathBuf::from(folder),
        (folder, path) => Path::new(folder).join(path),
    };
    match tree.get_path(&whole) {
        Ok(entry) => Ok(Some(entry.id())),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The commits of a repository, of which a shallow clone has only the last.
struct History<'a> {
    repository: &'a Repository,
    /// Commits whose parents are elsewhere.
    ends: BTreeSet<Oid>,
}

impl<'a> History<'a> {
    fn of(repository: &'a Repository) -> Result<Self, Error> {
        let path = repository.commondir().join("shallow");
        let ends = match std::fs::read_to_string(&path) {
            Ok(text) => text
                .lines()
                .filter_map(|line| Oid::from_str(line).ok())
                .collect(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeSet::new(),
            Err(error) => return Err(Error::read(&path)(error)),
        };
        Ok(Self { repository, ends })
    }

    /// Who made the commits up to `last` that `before` has not, as `name <address>`, as far as they are `wanted`.
    fn authors(
        &self,
        last: Oid,
        before: Option<Oid>,
        wanted: &mut dyn FnMut(&git2::Commit<'_>) -> Result<bool, git2::Error>,
    ) -> Result<BTreeSet<String>, Error> {
        let mut cut_off = false;
        let mut walk = || -> Result<BTreeSet<String>, git2::Error> {
            let mut walk = self.repository.revwalk()?;
            walk.push(last)?;
            if let Some(before) = before {
                walk.hide(before)?;
            }
            let mut found = BTreeSet::new();
            for id in walk {
                let id = id?;
                cut_off |= self.ends.contains(&id);
                let commit = self.repository.find_commit(id)?;
                if wanted(&commit)? {
                    // Whoever amends or rebases a commit may have written it, too.
                    found.extend([commit.author(), commit.committer()].map(|who| person(&who)));
                    found.extend(co_authors(&commit));
                }
            }
            Ok(found)
        };
        let found = walk().map_err(|error| failed("the history", &error))?;
        if cut_off {
            Err(self.cut_off())
        } else {
            Ok(found)
        }
    }

    fn cut_off(&self) -> Error {
        let message = match self.ends.is_empty() {
            true => {
                "the commit that is in force is not in this repository, so that nobody can say who wrote what came since"
            }
            false => {
                "this clone lacks older commits, so that nobody can say who wrote all of the change"
            }
        };
        let mut failure = Failure::new(Code::AuthorUnknown, message);
        "bring the rest of the history, `git fetch --unshallow` or `git fetch --all --tags`, and ask again".clone_into(&mut failure.hint);
        failure.into()
    }
}

fn person(who: &Signature<'_>) -> String {
    let (name, email) = (who.name_bytes(), who.email_bytes());
    format!(
        "{} <{}>",
        String::from_utf8_lossy(name),
        String::from_utf8_lossy(email)
    )
}

/// Whom the last lines of a commit's message name as having written it, too.
fn co_authors(commit: &git2::Commit<'_>) -> Vec<String> {
    let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
    let Ok(trailers) = git2::message_trailers_strs(&message) else {
        return Vec::new();
    };
    let named = trailers.iter();
    named
        .filter(|(key, _)| key.eq_ignore_ascii_case("co-authored-by"))
        .map(|(_, person)| person.trim().to_owned())
        .collect()
}
