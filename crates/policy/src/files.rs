//! Which files of a folder are policies, schema, links, entities and tests. One rule serves our own layout and plain
//! Cedar folders: the name decides, never the content.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use sha2::{Digest, Sha256};

use crate::Error;

/// The files of a workspace: path inside it, with `/`, to content. Where they come from (a folder, a git revision, an
/// archive, a folder with drafts laid over it) makes no difference to anything below.
pub type Files = BTreeMap<String, Arc<[u8]>>;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Policies and templates: `*.cedar`.
    Policies,
    /// A schema: `*.cedarschema`, `*.cedarschema.json`.
    Schema,
    /// Template links: `linked`, `links.json`, `links/*.json`.
    Links,
    /// Entities: `entities.json`, `entities/*.json`.
    Entities,
    /// Named tests: `tests.json`, `tests/*.json`, and requests filed under `ALLOW/` or `DENY/`.
    Tests,
    /// Modules of the other engine, which is no business of this room: `*.rego`.
    Rego,
    /// Data of such modules: `data.json`, in any folder.
    RegoData,
}

/// What the file at `path` holds; nothing for files that are no part of a workspace.
#[must_use]
pub fn kind(path: &str) -> Option<FileKind> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = folder.rsplit('/').next().unwrap_or_default();
    let json = name.ends_with(".json");
    if name.ends_with(".cedar") {
        Some(FileKind::Policies)
    } else if name.ends_with(".cedarschema") || name.ends_with(".cedarschema.json") {
        Some(FileKind::Schema)
    } else if name == "linked" || name == "links.json" || (folder == "links" && json) {
        Some(FileKind::Links)
    } else if name == "entities.json" || (folder == "entities" && json) {
        Some(FileKind::Entities)
    } else if name == "tests.json" || (matches!(folder, "tests" | "ALLOW" | "DENY") && json) {
        Some(FileKind::Tests)
    } else if name.ends_with(".rego") {
        Some(FileKind::Rego)
    } else if name == "data.json" {
        Some(FileKind::RegoData)
    } else {
        None
    }
}

/// Other files a workspace may have: its settings, hints for a log, prepared edits, what-ifs, what policies rest on.
fn accompanies(path: &str) -> bool {
    matches!(path, "workspace.toml" | "log.toml" | "authorities.toml")
        || path.starts_with("evidence/")
        || ((path.starts_with("stories/") || path.starts_with("scenarios/"))
            && path.ends_with(".toml"))
}

/// Reads the files of a workspace from a folder. Hidden folders, `target`, `node_modules` and links to folders are
/// passed over.
///
/// # Errors
/// When `root` is no folder, or something in it cannot be read.
pub fn read_dir(root: &Path) -> Result<Files, Error> {
    if !root.is_dir() {
        return Err(Error::NotAFolder(root.display().to_string()));
    }
    let mut files = Files::new();
    read_into(root, "", &mut files)?;
    Ok(files)
}

fn read_into(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| Error::Read { path, source }
    };
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        // Not `entry.metadata`: a link to a folder must stay a link, or a loop would never end.
        let file_type = entry.file_type().map_err(failed(&entry.path()))?;
        if file_type.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules") {
                read_into(&entry.path(), &format!("{path}/"), files)?;
            }
        } else if (kind(&path).is_some() || accompanies(&path)) && entry.path().is_file() {
            let content = fs::read(entry.path()).map_err(failed(&entry.path()))?;
            files.insert(path, content.into());
        }
    }
    Ok(())
}

/// `sha256:…` over the files of the given kinds, by path and content.
#[must_use]
pub fn digest(files: &Files, kinds: &[FileKind]) -> String {
    let mut hash = Sha256::new();
    for (path, content) in files
        .iter()
        .filter(|(path, _)| kind(path).is_some_and(|kind| kinds.contains(&kind)))
    {
        hash.update((path.len() as u64).to_le_bytes());
        hash.update(path);
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content);
    }
    crate::text::sha256_name(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_in_both_layouts() {
        for (path, expected) in [
            ("policies.cedar", Some(FileKind::Policies)),
            ("policies/access/baseline.cedar", Some(FileKind::Policies)),
            ("policies.cedarschema", Some(FileKind::Schema)),
            ("schema/a.cedarschema.json", Some(FileKind::Schema)),
            ("linked", Some(FileKind::Links)),
            ("links/partners.json", Some(FileKind::Links)),
            ("entities.json", Some(FileKind::Entities)),
            ("entities/people.json", Some(FileKind::Entities)),
            ("ALLOW/alice.json", Some(FileKind::Tests)),
            ("tests/core.json", Some(FileKind::Tests)),
            ("authz/allow.rego", Some(FileKind::Rego)),
            ("authz/data.json", Some(FileKind::RegoData)),
            ("README.md", None),
            ("package.json", None),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }

    #[test]
    fn a_folder_is_read_without_what_does_not_belong_to_it() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "a.cedar",
            "deep/er/b.cedar",
            ".git/c.cedar",
            "target/d.cedar",
            "notes.txt",
            "workspace.toml",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let names: Vec<_> = read_dir(folder.path()).unwrap().into_keys().collect();
        assert_eq!(names, ["a.cedar", "deep/er/b.cedar", "workspace.toml"]);
        assert!(matches!(
            read_dir(&folder.path().join("a.cedar")),
            Err(Error::NotAFolder(_))
        ));
    }
}
