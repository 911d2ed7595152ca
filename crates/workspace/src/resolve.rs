//! From what a user names to the files of a policy set: a folder, an archive, or a git revision. What exists on disk wins over a
//! revision of the same name; `./main` and `main:` say which is meant.

use std::path::Path;

use policy::Files;

use crate::{Error, archive, git, scan};

/// A policy set somebody named.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// As the user named it.
    pub label: String,
    /// Its files.
    pub files: Files,
}

/// The files that `spec` names: a folder, a `.tar`, `.tar.gz` or `.tar.zst` archive, or a git revision (`HEAD~1`, `v1.2`,
/// `v1.2:policies`) of the repository that the folder `near` is in.
///
/// # Errors
/// `revision_unknown` when it is none of these or holds no policies; `file_read` when it cannot be read.
pub fn resolve(spec: &str, near: &Path) -> Result<Resolved, Error> {
    let path = Path::new(spec);
    let files = if path.is_dir() {
        scan::read_workspace(path).map_err(|error| match error {
            Error::NoWorkspace(_) => Error::revision(spec, "holds no policies"),
            other => other,
        })?
    } else if path.is_file() {
        archive::read(path)?
    } else {
        let unknown = || {
            Error::revision(
                spec,
                format!(
                    "is no folder, no archive, and no revision: `{}` is not in a git repository",
                    near.display()
                ),
            )
        };
        git::at(near, spec)?.ok_or_else(unknown)?.files
    };
    if !files
        .keys()
        .any(|path| policy::kind(path) == Some(policy::FileKind::Policies))
    {
        return Err(Error::revision(spec, "holds no policies"));
    }
    Ok(Resolved {
        label: spec.to_owned(),
        files,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use model::Code;

    use super::*;

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
