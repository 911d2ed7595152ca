//! What somebody holds over the window or lets go there: told by its content, from a few bytes of it, so that it is told at once.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use ipc::Dropped;

use crate::{project, scan};

/// What is read of a file to tell what it is.
const HEAD: u64 = 64 << 10;

/// What paths are, taken together.
#[must_use]
pub fn recognise(paths: &[PathBuf]) -> Dropped {
    let mut kinds = paths.iter().map(|path| one(path));
    match (kinds.next(), paths.len()) {
        (Some(kind), 1) => kind,
        // Logs are imported together; of all else one is enough for a moment.
        (Some(Dropped::Logs), _) if kinds.all(|kind| kind == Dropped::Logs) => Dropped::Logs,
        _ => Dropped::Unknown,
    }
}

fn one(path: &Path) -> Dropped {
    if path.is_dir() {
        return folder(path);
    }
    let Some(head) = head(path) else {
        return Dropped::Unknown;
    };
    if head.starts_with(b"PK\x03\x04") {
        return Dropped::Bundle;
    }
    if head.starts_with(b"%PDF-") {
        return Dropped::Report;
    }
    if is_tar(&head) {
        return Dropped::Project;
    }
    if project::is_log(path) {
        return Dropped::Logs;
    }
    match is_cedar(path) {
        true => Dropped::Project,
        false => Dropped::Unknown,
    }
}

/// A folder opens as it is when settings of a workspace or policies are in it.
fn folder(path: &Path) -> Dropped {
    let Ok(files) = scan::list(path) else {
        return Dropped::Unknown;
    };
    let decides = |path: &String| {
        matches!(
            policy::kind(path),
            Some(policy::FileKind::Policies | policy::FileKind::Rego)
        )
    };
    match files.contains_key(crate::manifest::FILE) || files.keys().any(decides) {
        true => Dropped::Workspace,
        false => Dropped::Unknown,
    }
}

/// A tar archive, compressed or not: its magic stands in the first header.
fn is_tar(head: &[u8]) -> bool {
    let magic = |bytes: &[u8]| bytes.get(257..262) == Some(b"ustar");
    let mut first = [0; 512];
    match head {
        [0x1f, 0x8b, ..] => {
            let mut plain = flate2::read::MultiGzDecoder::new(head);
            plain.read_exact(&mut first).is_ok() && magic(&first)
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => zstd::Decoder::new(head)
            .is_ok_and(|mut plain| plain.read_exact(&mut first).is_ok() && magic(&first)),
        plain => magic(plain),
    }
}

/// The beginning of a file; nothing of what is no file or cannot be read.
fn head(path: &Path) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let file = File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    file.take(HEAD).read_to_end(&mut head).ok()?;
    Some(head)
}

/// A text that parses as policies, whatever it is called; a long one has to be called so.
pub(crate) fn is_cedar(path: &Path) -> bool {
    let named = path.extension().is_some_and(|it| it == "cedar");
    let text = match head(path) {
        Some(head) if (head.len() as u64) < HEAD => String::from_utf8(head).ok(),
        Some(_) if named => fs::read_to_string(path).ok(),
        _ => None,
    };
    let found = |text: String| {
        let files = policy::Files::from([("a.cedar".to_owned(), text.into_bytes().into())]);
        let checked = crate::check(&files);
        let set = &checked.compiled.set;
        set.policies().len() + set.templates() > 0
    };
    text.is_some_and(found)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn content_tells_and_names_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let put = |name: &str, content: &[u8]| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
            path
        };
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(1);
        header.set_cksum();
        tar.append_data(&mut header, "a.rego", b"x".as_slice())
            .unwrap();
        let tar = tar.into_inner().unwrap();
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&tar).unwrap();
        let row = br#"{"v":1,"principal":"User::\"a\"","action":"Action::\"b\"","resource":"Doc::\"c\"","context":{},"decision":"allow"}"#;
        let cedar = b"permit (principal, action, resource);";
        for (name, content, expected) in [
            ("a.txt", b"PK\x03\x04rest".as_slice(), Dropped::Bundle),
            ("b.tfb", b"%PDF-1.7", Dropped::Report),
            ("c.bin", &tar, Dropped::Project),
            ("d.log", &gz.finish().unwrap(), Dropped::Project),
            ("e.pdf", row, Dropped::Logs),
            ("f.md", cedar, Dropped::Project),
            ("g.cedar", b"# no policy", Dropped::Unknown),
            ("h.tfb", b"", Dropped::Unknown),
        ] {
            assert_eq!(recognise(&[put(name, content)]), expected, "{name}");
        }
        let logs = [put("one", row), put("two", row)];
        assert_eq!(recognise(&logs), Dropped::Logs);
        assert_eq!(
            recognise(&[root.join("one"), root.join("f.md")]),
            Dropped::Unknown
        );
        assert_eq!(recognise(&[]), Dropped::Unknown);
        put("work/deep/a.cedar", cedar);
        put("papers/notes.md", b"x");
        assert_eq!(recognise(&[root.join("work")]), Dropped::Workspace);
        assert_eq!(recognise(&[root.join("papers")]), Dropped::Unknown);
    }
}
