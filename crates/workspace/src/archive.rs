//! A policy set in a `.tar`, plain or compressed with gzip or zstd. The first bytes tell which. Nothing is unpacked to disk,
//! so an entry's path can do no harm; the size of what is read is limited. An archive with Rego in it is an OPA bundle, and is
//! read by the stricter rules of `rego`.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read},
    path::{Component, Path},
    sync::Arc,
};

use ipc::LeftFile;
use model::Failure;
use policy::Files;
use rego::{Key, Whole};

use crate::{Error, scan};

/// At most so many bytes come out of an archive, whatever its size says.
const MOST_BYTES: u64 = 1 << 30;
/// Why a link is not taken.
pub const LINK: &str = "it is a link; put the file itself there";
/// Folders of our own layout: a single one of these at the top of an archive is part of the workspace, not its name.
const OWN: &[&str] = &[
    "policies",
    "schema",
    "entities",
    "links",
    "tests",
    "stories",
    "scenarios",
    "ALLOW",
    "DENY",
];

/// The files of a workspace in an archive. A single folder around everything, as release archives have it, is taken off;
/// not so in a bundle, where folders are places in its data. With a key, the archive must be a bundle signed with it.
///
/// # Errors
/// `revision_unknown` when the file is no archive or is damaged; `file_read` when it cannot be opened; for a bundle
/// `bundle_invalid`, `bundle_signature` and `bundle_key`.
pub fn read(path: &Path, key: Option<&Key>) -> Result<Files, Error> {
    if key.is_some() || is_bundle(path)? {
        return read_bundle(path, key);
    }
    let mut files = read_workspace(path)?.0;
    files.retain(|name, _| scan::belongs(name));
    Ok(files)
}

/// The same with files that its manifest may name, and with what is not read that seems to belong, and why.
///
/// # Errors
/// As [`read`].
pub fn look(path: &Path) -> Result<(Files, Vec<LeftFile>), Error> {
    match is_bundle(path)? {
        true => Ok((read_bundle(path, None)?, Vec::new())),
        false => read_workspace(path),
    }
}

fn read_bundle(path: &Path, key: Option<&Key>) -> Result<Files, Error> {
    rego::read_bundle(open(path)?, key, rego::Limits::default()).map_err(|error| {
        Error::Failed(Failure::from(error).with_details(path.display().to_string()))
    })
}

/// A file that a manifest may name.
fn may_be_named(name: &str) -> bool {
    name.ends_with(".toml")
}

fn damaged(path: &Path) -> impl Fn(io::Error) -> Error {
    let spec = path.display().to_string();
    move |error| {
        Error::revision(
            &spec,
            format!("is no archive of policies (`.tar`, `.tar.gz` or `.tar.zst`): {error}"),
        )
    }
}

/// The archive, uncompressed.
fn open(path: &Path) -> Result<Box<dyn Read>, Error> {
    let mut file = BufReader::new(File::open(path).map_err(Error::read(path))?);
    let bytes: Box<dyn Read> = match file.fill_buf().map_err(Error::read(path))? {
        [0x1f, 0x8b, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            Box::new(zstd::Decoder::with_buffer(file).map_err(damaged(path))?)
        }
        [b'P', b'K', 3 | 5, ..] => {
            let why = "is a zip archive: pack it as `.tar`, `.tar.gz` or `.tar.zst`, or unpack it and give the folder";
            return Err(Error::revision(&path.display().to_string(), why));
        }
        _ => Box::new(file),
    };
    Ok(Box::new(bytes.take(MOST_BYTES)))
}

/// It holds something of a bundle, wherever the path leads, and no Cedar.
fn is_bundle(path: &Path) -> Result<bool, Error> {
    let damaged = damaged(path);
    let mut archive = tar::Archive::new(open(path)?);
    let mut found = false;
    for entry in archive.entries().map_err(&damaged)? {
        let entry = entry.map_err(&damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if policy::kind(&name) == Some(policy::FileKind::Policies) {
            return Ok(false);
        }
        found |= rego::is_bundle_file(&name);
    }
    Ok(found)
}

fn read_workspace(path: &Path) -> Result<(Files, Vec<LeftFile>), Error> {
    let spec = path.display().to_string();
    let damaged = damaged(path);
    let (mut all, mut passed_over) = (Vec::new(), Vec::new());
    let mut pass_over = |path: &str, why: &str| {
        let (path, why) = (path.to_owned(), why.to_owned());
        passed_over.push(LeftFile { path, why });
    };
    let mut left = MOST_BYTES;
    let mut archive = tar::Archive::new(Whole::new(open(path)?));
    for entry in archive.entries().map_err(&damaged)? {
        let entry = entry.map_err(&damaged)?;
        let size = entry.size();
        let kind = entry.header().entry_type();
        let said = entry.path().map_err(&damaged)?.into_owned();
        if !kind.is_file() {
            let name = said.to_string_lossy();
            if (kind.is_symlink() || kind.is_hard_link()) && policy::kind(&name).is_some() {
                pass_over(&name, LINK);
            }
            continue;
        }
        let Some(name) = plain(&said) else {
            pass_over(
                &said.to_string_lossy(),
                "it leads out of the archive, or its name is not Unicode",
            );
            continue;
        };
        left = left
            .checked_sub(size)
            .ok_or_else(|| Error::revision(&spec, "is larger than a workspace may be (1 GiB)"))?;
        let mut content = Vec::new();
        // Only what belongs is held in memory.
        let wanted = scan::belongs(&name)
            || may_be_named(&name)
            || name
                .split_once('/')
                .is_some_and(|(_, rest)| scan::belongs(rest));
        if wanted {
            entry
                .take(size)
                .read_to_end(&mut content)
                .map_err(&damaged)?;
        }
        all.push((name, content));
    }
    archive.into_inner().ended().map_err(&damaged)?;
    let top = all
        .first()
        .and_then(|(name, _)| name.split_once('/'))
        .map(|(top, _)| format!("{top}/"));
    let top = top.filter(|top| {
        all.iter().all(|(name, _)| name.starts_with(top.as_str()))
            && !OWN.contains(&top.trim_end_matches('/'))
    });
    let strip = |name: String| match &top {
        Some(top) => name.strip_prefix(top.as_str()).unwrap_or(&name).to_owned(),
        None => name,
    };
    let files = all
        .into_iter()
        .map(|(name, content)| (strip(name), Arc::from(content)))
        .filter(|(name, _)| scan::belongs(name) || may_be_named(name))
        .collect();
    Ok((files, passed_over))
}

/// The path in our spelling; nothing for one that leads upwards or is not Unicode.
fn plain(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use model::Code;

    use super::*;

    fn tar(entries: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, content) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            // Written past the library's own check, which refuses paths that lead upwards.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(tar::EntryType::Regular);
            header.set_cksum();
            builder.append(&header, content.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn names(bytes: &[u8]) -> Result<Vec<String>, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Ok(read(file.path(), None)?.into_keys().collect())
    }

    #[test]
    fn three_compressions_and_one_folder_around_it() {
        let plain = tar(&[
            ("v1/policies/a.cedar", "x"),
            ("v1/README.md", "x"),
            ("v1/workspace.toml", ""),
        ]);
        let gz = {
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), Default::default());
            io::Write::write_all(&mut gz, &plain).unwrap();
            gz.finish().unwrap()
        };
        let zst = zstd::encode_all(plain.as_slice(), 1).unwrap();
        for bytes in [plain, gz, zst] {
            assert_eq!(
                names(&bytes).unwrap(),
                ["policies/a.cedar", "workspace.toml"]
            );
        }
        assert_eq!(
            names(&tar(&[("policies/a.cedar", "x")])).unwrap(),
            ["policies/a.cedar"]
        );
        assert_eq!(
            names(&tar(&[("a.cedar", "x"), ("b/c.cedar", "x")])).unwrap(),
            ["a.cedar", "b/c.cedar"]
        );
    }

    #[test]
    fn paths_that_lead_upwards_are_passed_over() {
        assert_eq!(
            names(&tar(&[
                ("../a.cedar", "x"),
                ("/b.cedar", "x"),
                ("./c.cedar", "x")
            ]))
            .unwrap(),
            ["c.cedar"]
        );
    }

    #[test]
    fn what_is_passed_over_is_told() {
        let mut builder = tar::Builder::new(tar(&[("policies/a.cedar", "x"), ("../b.cedar", "x")]));
        // The end of the first is two empty blocks.
        let whole = builder.get_mut().len() - 1024;
        builder.get_mut().truncate(whole);
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder
            .append_link(&mut header, "policies/c.cedar", "/etc/passwd")
            .unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), builder.into_inner().unwrap()).unwrap();
        let (files, left) = look(file.path()).unwrap();
        assert!(files.keys().eq(["policies/a.cedar"]), "{files:?}");
        let left: Vec<_> = left.iter().map(|left| left.path.as_str()).collect();
        assert_eq!(left, ["../b.cedar", "policies/c.cedar"]);
    }

    #[test]
    fn what_is_no_archive_says_so() {
        let whole = tar(&[("a.cedar", &"x".repeat(5000))]);
        for bytes in [
            b"permit(principal, action, resource);".repeat(40),
            whole[..2000].to_vec(),
            vec![0x1f, 0x8b, 1, 2, 3],
            vec![0x28, 0xb5, 0x2f, 0xfd, 9, 9],
            b"PK\x03\x04".repeat(300),
        ] {
            let error = names(&bytes).unwrap_err();
            assert_eq!(error.code(), Code::RevisionUnknown);
            assert!(error.to_string().contains("`.tar.zst`"), "{error}");
        }
    }
}
