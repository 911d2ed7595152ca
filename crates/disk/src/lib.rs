//! Writing a file so that at every moment the old content or the new one is there, whole: into a hidden file beside it,
//! flushed, then renamed over it. And opening nothing but files.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

static SERIAL: AtomicU32 = AtomicU32::new(0);

/// Replaces the content of a file, or makes the file and its folders. Permissions stay as they were; a symbolic link stays
/// a link. A device or a pipe is written to as it is: what would be renamed over it would take its place.
///
/// # Errors
/// Those of the file system; the old content is then untouched.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    replace_with(path, |out| out.write_all(content))
}

/// As [`replace`], with content that is written bit by bit and need not fit into memory.
///
/// # Errors
/// Those of whoever writes it and of the file system; the old content is then untouched.
pub fn replace_with<T, E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
) -> Result<T, E> {
    put(path, write, false)
}

/// As [`replace`], for a secret: a new file is its owner's alone, from its first moment on.
///
/// # Errors
/// As [`replace`].
pub fn replace_private(path: &Path, content: &[u8]) -> io::Result<()> {
    put(path, |out| out.write_all(content), true)
}

fn put<T, E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
    private: bool,
) -> Result<T, E> {
    let path = match fs::canonicalize(path) {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error.into()),
    };
    if fs::metadata(&path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        let mut out = BufWriter::new(File::options().write(true).open(&path)?);
        let written = write(&mut out)?;
        out.flush()?;
        return Ok(written);
    }
    let folder = path.parent();
    let folder = match folder.ok_or(io::Error::from(io::ErrorKind::InvalidInput))? {
        // A new file of the current folder, named without it.
        none if none.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    fs::create_dir_all(folder)?;
    let temporary = beside(&path);
    let written = write_flushed(&temporary, write, private).and_then(|written| {
        match fs::metadata(&path) {
            Ok(old) if old.permissions().readonly() => {
                return Err(io::Error::from(io::ErrorKind::PermissionDenied).into());
            }
            Ok(old) if !private => fs::set_permissions(&temporary, old.permissions())?,
            Ok(_) | Err(_) => {}
        }
        fs::rename(&temporary, &path)?;
        Ok(written)
    });
    if written.is_err() {
        // The error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    }
    let written = written?;
    flush_folder(folder)?;
    Ok(written)
}

/// A name for a file that is not there yet, in the same folder so that it can be renamed to `path`; hidden, so that
/// nothing takes it for a part of the workspace if it is left behind.
#[must_use]
pub fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".{name}.{}-{serial}.tmp", std::process::id()))
}

fn write_flushed<T, E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, E>,
    private: bool,
) -> Result<T, E> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    // Elsewhere the user's own folders are the user's alone.
    #[cfg(not(unix))]
    let _ = private;
    let mut out = BufWriter::new(options.open(path)?);
    let written = write(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(written)
}

/// Makes a rename survive a power cut.
fn flush_folder(folder: &Path) -> io::Result<()> {
    // Windows has no such thing; the rename there is journalled.
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

/// Opens a file to be read. What is none is refused, and never waited for, as a pipe would be that nobody writes to.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for a folder, a pipe or a device; those of the file system.
pub fn open(path: &Path) -> io::Result<File> {
    match fs::metadata(path)?.is_file() {
        true => File::open(path),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no file: folders, pipes and devices are not read",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_replaced_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/folder/a.cedar");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_its_writer_gives_up_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        replace(&path, b"old").unwrap();
        let failed = replace_with(&path, |out| {
            out.write_all(b"half of it")?;
            Err::<(), _>(io::Error::other("no more"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no more");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let size = replace_with(&path, |out| out.write(b"new")).unwrap();
        assert_eq!((size, fs::read(&path).unwrap()), (3, b"new".to_vec()));
    }

    #[test]
    #[cfg(unix)]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("a", &link).unwrap();
        replace(&link, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_file_is_not_replaced() {
        use std::os::unix::{fs::FileTypeExt as _, net::UnixListener};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let _socket = UnixListener::bind(&path).unwrap();
        replace(&path, b"new").unwrap_err();
        let there = fs::symlink_metadata(&path).unwrap();
        assert!(there.file_type().is_socket());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn a_secret_is_its_owner_s_alone_even_where_others_could_read_before() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        replace_private(&path, b"one").unwrap();
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        replace_private(&path, b"two").unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_file_that_may_not_be_written_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert_eq!(
            replace(&path, b"new").unwrap_err().kind(),
            io::ErrorKind::PermissionDenied
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
