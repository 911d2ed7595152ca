//! A folder that holds several workspaces, each in a folder of its own, as collections of examples do. Put together they would
//! be one policy set with two schemas that contradict each other; so they are taken apart.

use policy::{FileKind, Files};

use crate::manifest;

/// One workspace of a folder.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its folder, relative to the one that was named; empty when that is itself the workspace.
    pub folder: String,
    /// Its files, by paths inside it.
    pub files: Files,
}

impl Part {
    /// A path inside the part as a path inside the folder that was named.
    #[must_use]
    pub fn path(&self, inside: &str) -> String {
        if self.folder.is_empty() || inside.is_empty() {
            inside.to_owned()
        } else {
            format!("{}/{inside}", self.folder)
        }
    }
}

/// The workspaces a folder holds: the folder itself, unless it has no `workspace.toml`, nothing of its own, and two or more
/// folders in it each have policies and a schema.
#[must_use]
pub fn apart(files: &Files) -> Vec<Part> {
    split(String::new(), files.clone())
}

fn split(folder: String, files: Files) -> Vec<Part> {
    let own = |path: &str| {
        !path.contains('/') && (path == manifest::FILE || policy::kind(path).is_some())
    };
    if files.keys().any(|path| own(path)) {
        return vec![Part { folder, files }];
    }
    let mut inner: Vec<Part> = Vec::new();
    for (path, content) in &files {
        let Some((first, rest)) = path.split_once('/') else {
            continue;
        };
        match inner.last_mut() {
            // Paths are sorted, but `a-b/` sorts before `a/`: folders are contiguous, their order does not matter.
            Some(part) if part.folder == first => {
                part.files.insert(rest.to_owned(), content.clone());
            }
            _ => inner.push(Part {
                folder: first.to_owned(),
                files: Files::from([(rest.to_owned(), content.clone())]),
            }),
        }
    }
    let whole = |part: &Part| {
        let has = |wanted| {
            part.files
                .keys()
                .any(|path| policy::kind(path) == Some(wanted))
        };
        has(FileKind::Policies) && has(FileKind::Schema)
    };
    if inner.len() < 2 || !inner.iter().all(whole) {
        return vec![Part { folder, files }];
    }
    let named = |part: &Part| {
        if folder.is_empty() {
            part.folder.clone()
        } else {
            format!("{folder}/{}", part.folder)
        }
    };
    inner
        .into_iter()
        .flat_map(|part| split(named(&part), part.files))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(paths: &[&str]) -> Vec<(String, usize)> {
        let files = paths
            .iter()
            .map(|path| ((*path).to_owned(), [].into()))
            .collect();
        apart(&files)
            .into_iter()
            .map(|part| (part.folder, part.files.len()))
            .collect()
    }

    #[test]
    fn applications_side_by_side_are_taken_apart_at_every_depth() {
        let found = folders(&[
            "hotels/static/p.cedar",
            "hotels/static/p.cedarschema",
            "hotels/templated/ALLOW/a.json",
            "hotels/templated/p.cedar",
            "hotels/templated/p.cedarschema",
            "tags/p.cedar",
            "tags/p.cedarschema",
        ]);
        assert_eq!(
            found,
            [
                ("hotels/static".into(), 2),
                ("hotels/templated".into(), 3),
                ("tags".into(), 2)
            ]
        );
    }

    #[test]
    fn one_workspace_stays_whole() {
        for paths in [
            &["policies/a.cedar", "schema/a.cedarschema", "tests/t.json"][..],
            &[
                "workspace.toml",
                "a/p.cedar",
                "a/p.cedarschema",
                "b/p.cedar",
                "b/p.cedarschema",
            ],
            &["p.cedar", "p.cedarschema"],
            &["a/p.cedar", "a/p.cedarschema"],
            &["a/p.cedar", "a/p.cedarschema", "b/p.cedar"],
        ] {
            assert_eq!(folders(paths), [(String::new(), paths.len())], "{paths:?}");
        }
    }
}
