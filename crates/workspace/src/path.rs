//! Paths that come from outside. A path inside a workspace is relative, written with `/`, has no hidden parts and does not
//! lead out again, neither by its text nor through a symbolic link.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::Error;

/// The place on disk of a path inside the workspace at `root` (which is canonical). The file need not exist.
///
/// # Errors
/// `file_outside` for anything else than a plain path below `root`.
pub fn inside(root: &Path, path: &str) -> Result<PathBuf, Error> {
    let outside = || Error::Outside(path.to_owned());
    let plain = |part: &str| {
        let windows = cfg!(windows) && (part.contains(['\\', ':']) || part.ends_with([' ', '.']));
        !(part.is_empty() || part.starts_with('.') || part.contains('\0') || windows)
    };
    if !path.split('/').all(plain) {
        return Err(outside());
    }
    let place = path
        .split('/')
        .fold(root.to_owned(), |place, part| place.join(part));
    // The deepest part that exists decides: what does not exist cannot be a link.
    let mut existing: &Path = &place;
    loop {
        match fs::canonicalize(existing) {
            Ok(real) if real.starts_with(root) => break,
            Ok(_) => return Err(outside()),
            // A dangling link points nowhere yet, but a write through it would create what it points to.
            Err(_) if fs::symlink_metadata(existing).is_ok_and(|meta| meta.is_symlink()) => {
                return Err(outside());
            }
            Err(error)
                if error.kind() == io::ErrorKind::NotFound
                    || error.kind() == io::ErrorKind::NotADirectory =>
            {
                existing = existing.parent().ok_or_else(outside)?;
            }
            Err(error) => return Err(Error::read(path)(error)),
        }
    }
    Ok(place)
}

#[cfg(test)]
mod tests {
    use model::Code;
    use proptest::prelude::*;

    use super::*;

    fn root() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join("w")).unwrap();
        fs::write(root.join("secret.cedar"), "x").unwrap();
        let root = root.join("w");
        (folder, root)
    }

    #[test]
    fn plain_paths_are_inside() {
        let (_keep, root) = root();
        for path in [
            "a.cedar",
            "deep/er/new.cedar",
            "ALLOW/x y.json",
            "ünïcode/ß.cedar",
        ] {
            assert_eq!(inside(&root, path).unwrap(), root.join(path));
        }
    }

    #[test]
    fn everything_else_is_outside() {
        let (_keep, root) = root();
        for path in [
            "",
            "/etc/passwd",
            "../secret.cedar",
            "a/../../secret.cedar",
            "a//b",
            "a/",
            "./a",
            ".git/config",
            "a/.fabric/x",
            "..\\secret.cedar",
            "a\0b",
            "a/.",
            "a/..",
        ] {
            let error = inside(&root, path).unwrap_err();
            assert_eq!(error.code(), Code::FileOutside, "{path:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn links_do_not_lead_out() {
        let (_keep, root) = root();
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, root.join(name)).unwrap();
        link("../secret.cedar", "file.cedar");
        link("..", "folder");
        link("../not-there.cedar", "dangling.cedar");
        fs::write(root.join("here.cedar"), "x").unwrap();
        link("here.cedar", "same.cedar");
        for path in [
            "file.cedar",
            "folder/secret.cedar",
            "folder/new.cedar",
            "dangling.cedar",
        ] {
            assert_eq!(
                inside(&root, path).unwrap_err().code(),
                Code::FileOutside,
                "{path}"
            );
        }
        assert!(inside(&root, "same.cedar").is_ok());
    }

    proptest! {
        #[test]
        fn no_text_leads_out(path in "[a./\\\\]{0,12}") {
            let (_keep, root) = root();
            if let Ok(place) = inside(&root, &path) {
                prop_assert!(place.starts_with(&root));
                prop_assert!(place.components().all(|part| part != std::path::Component::ParentDir));
            }
        }
    }
}
