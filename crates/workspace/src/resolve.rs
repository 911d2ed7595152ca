//! From what a user names to the files of a policy set: a folder, an archive, or a git revision. What is both a revision and
//! on disk is refused, as git does; `./main` and `main^0` say which is meant.

use std::{
    fs, io,
    path::{Component, Path},
};

use model::Failure;
use policy::Files;
use rego::Key;

use crate::{Error, Manifest, archive, git, manifest, path, scan};

/// A policy set somebody named.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// As the user named it.
    pub label: String,
    /// Its files.
    pub files: Files,
}

/// The files that `spec` names: a folder, a `.tar`, `.tar.gz` or `.tar.zst` archive (an OPA bundle among them), or a git
/// revision (`HEAD~1`, `v1.2`, `v1.2:policies`) of the repository that the folder `near` is in. A bundle is checked with the
/// key that the `workspace.toml` of `near` names.
///
/// # Errors
/// `revision_unknown` when it is none of these or holds no policies; `file_read` when it cannot be read; `bundle_invalid`,
/// `bundle_signature`, `bundle_key`.
pub fn resolve(spec: &str, near: &Path) -> Result<Resolved, Error> {
    resolve_with(spec, near, None)
}

/// As [`resolve`], but a key that is given takes the place of the one that `workspace.toml` names. Every archive must then
/// be signed with it; folders and revisions are one's own.
///
/// # Errors
/// Those of [`resolve`].
pub fn resolve_with(spec: &str, near: &Path, key: Option<&Key>) -> Result<Resolved, Error> {
    resolve_in(Path::new(""), spec, near, key)
}

/// As [`resolve_with`], with what is on disk looked for in a folder.
fn resolve_in(here: &Path, spec: &str, near: &Path, key: Option<&Key>) -> Result<Resolved, Error> {
    let path = here.join(spec);
    let path = path.as_path();
    // Whoever makes a folder called like a commit does not choose what is read in its place.
    let first = Path::new(spec).components().next();
    let placed = !matches!(first, Some(Component::Normal(_)));
    if !placed && path.exists() && git::knows(near, spec)? {
        let why = "names a revision, and something in this folder as well";
        let mut failure = Failure::from(Error::revision(spec, why));
        failure.hint = format!(
            "write `./{spec}` for what lies in this folder, or `{spec}^0` for the revision"
        );
        return Err(failure.into());
    }
    let files = if path.is_dir() {
        scan::read_workspace(path).map_err(|error| match error {
            Error::NoWorkspace(_) => Error::revision(spec, "holds no policies"),
            other => other,
        })?
    } else if path.is_file() {
        let own;
        let key = match key {
            Some(key) => Some(key),
            None => {
                own = own_key(near)?;
                own.as_ref()
            }
        };
        archive::read(path, key)?
    } else {
        let unknown = || {
            let why = format!(
                "is no folder, no archive, and no revision: `{}` is not in a git repository",
                near.display()
            );
            let mut failure = Failure::from(Error::revision(spec, why));
            "revisions are looked up in a repository: name its folder with `--repo`, or go there; or name a folder or an archive"
                .clone_into(&mut failure.hint);
            failure
        };
        git::at(near, spec)?.ok_or_else(unknown)?.files
    };
    if !scan::has_policies(&files) {
        return Err(Error::revision(spec, "holds no policies"));
    }
    Ok(Resolved {
        label: spec.to_owned(),
        files,
    })
}

/// The key that a workspace demands of bundles. A settings file that cannot be read may have demanded one.
fn own_key(near: &Path) -> Result<Option<Key>, Error> {
    let settings = near.join(manifest::FILE);
    let content = match fs::read(&settings) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::read(&settings)(error)),
    };
    let files = Files::from([(manifest::FILE.to_owned(), content.into())]);
    let manifest = match Manifest::read(&files) {
        (manifest, None) => manifest,
        (_, Some(problem)) => {
            let place = format!("{}:{}:{}", settings.display(), problem.line, problem.column);
            return Err(Error::Config(format!("{place}: {}", problem.message)));
        }
    };
    let Some(name) = manifest.rego.key else {
        return Ok(None);
    };
    let root = near.canonicalize().map_err(Error::read(near))?;
    read_key(&path::inside(&root, &name)?).map(Some)
}

/// The key in a file, to check bundles with.
///
/// # Errors
/// `file_read`, `bundle_key`.
pub fn read_key(path: &Path) -> Result<Key, Error> {
    let content = fs::read(path).map_err(Error::read(path))?;
    Key::read(&content).map_err(|error| {
        Error::Failed(Failure::from(error).with_details(path.display().to_string()))
    })
}

#[cfg(test)]
mod tests {

    use model::Code;

    use super::*;

    #[test]
    fn a_revision_without_a_repository_says_where_it_is_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let failure = Failure::from(resolve("HEAD", folder.path()).unwrap_err());
        assert_eq!(failure.code, Code::RevisionUnknown);
        assert!(failure.hint.contains("--repo"), "{failure:?}");
    }

    #[test]
    fn a_folder_called_like_a_commit_is_not_read_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "permit(principal, action, resource);").unwrap();
        };
        write("a.cedar");
        git::commit_all(folder.path(), ("A", "a@b.example"), 0, "c").unwrap();
        let commit = git::head(folder.path()).unwrap().unwrap().commit;
        write(&format!("{commit}/b.cedar"));
        // As if it were written where the program runs, which tests share.
        let read = |spec: &str| resolve_in(folder.path(), spec, folder.path(), None);
        let failure = Failure::from(read(&commit).unwrap_err());
        assert_eq!(failure.code, Code::RevisionUnknown);
        assert!(failure.hint.contains(&format!("./{commit}")), "{failure:?}");
        let files = |spec: String| read(&spec).unwrap().files.into_keys().collect::<Vec<_>>();
        assert_eq!(files(format!("./{commit}")), ["b.cedar"]);
        assert_eq!(files(format!("{commit}^0")), ["a.cedar"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_what_it_points_to_in_a_folder_and_in_a_revision() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("p")).unwrap();
        fs::write(
            folder.path().join("rules.txt"),
            "permit(principal, action, resource);",
        )
        .unwrap();
        for (to, at) in [
            ("../rules.txt", "p/a.cedar"),
            ("p/a.cedar", "b.cedar"),
            ("c.cedar", "c.cedar"),
            ("nowhere", "d.cedar"),
            ("p", "e.cedar"),
            ("../../f.cedar", "p/f.cedar"),
        ] {
            std::os::unix::fs::symlink(to, folder.path().join(at)).unwrap();
        }
        git::commit_all(folder.path(), ("A", "a@b.example"), 0, "c").unwrap();
        let there = scan::read_workspace(folder.path()).unwrap();
        assert_eq!(there.keys().collect::<Vec<_>>(), ["b.cedar", "p/a.cedar"]);
        assert_eq!(resolve("HEAD", folder.path()).unwrap().files, there);
    }

    #[test]
    fn folders_archives_and_revisions_are_the_same_set() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("w");
        fs::create_dir_all(root.join("policies")).unwrap();
        fs::write(
            root.join("policies/a.cedar"),
            "permit(principal, action, resource);",
        )
        .unwrap();
        git::commit_all(&root, ("A", "a@b.example"), 0, "c").unwrap();
        let tar = folder.path().join("w.tar.gz");
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(
            fs::File::create(&tar).unwrap(),
            Default::default(),
        ));
        builder
            .append_path_with_name(root.join("policies/a.cedar"), "w/policies/a.cedar")
            .unwrap();
        builder.into_inner().unwrap().finish().unwrap();

        for spec in [
            root.to_str().unwrap(),
            tar.to_str().unwrap(),
            "HEAD",
            "HEAD:",
        ] {
            let resolved = resolve(spec, &root).unwrap();
            assert_eq!(
                resolved.files.keys().collect::<Vec<_>>(),
                ["policies/a.cedar"],
                "{spec}"
            );
            assert_eq!(resolved.label, spec);
        }
        fs::create_dir(folder.path().join("empty")).unwrap();
        for spec in [
            "HEAD~1",
            "no-such-thing",
            folder.path().join("empty").to_str().unwrap(),
            "HEAD:elsewhere",
        ] {
            assert_eq!(
                resolve(spec, &root).unwrap_err().code(),
                Code::RevisionUnknown,
                "{spec}"
            );
        }
        assert_eq!(
            resolve("HEAD", folder.path()).unwrap_err().code(),
            Code::RevisionUnknown
        );
    }
}
