//! `release.json`: all that a release is, its files by their digests. One release has one text, and one text one release.

use std::collections::BTreeMap;

use evidence::{
    hex,
    json::{self, Limits},
    sha256,
};
use serde::{Deserialize, Serialize};

use crate::{Error, Files, Mode, Modes, Release};

/// The version of this format.
const FORMAT: u64 = 1;
/// Digests in hexadecimal digits, by path.
type Digests = BTreeMap<String, String>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<Digests>,
    channel: String,
    environment: String,
    files: Digests,
    format: u64,
    modes: Modes,
    sequence: u64,
    tenant: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undoes: Option<u64>,
    version: String,
}

/// The text of a release that is sound.
pub(crate) fn write(release: &Release) -> Result<String, Error> {
    sound(release)?;
    let manifest = Manifest {
        base: release.base.as_ref().map(digests),
        channel: release.channel.clone(),
        environment: release.environment.clone(),
        files: digests(&release.files),
        format: FORMAT,
        modes: release.modes.clone(),
        sequence: release.sequence,
        tenant: release.tenant.clone(),
        undoes: release.undoes,
        version: release.version.clone(),
    };
    Ok(json::to_canonical(&manifest)?)
}

/// The release of a text; `content` gives the files by their digests.
pub(crate) fn read(
    text: &[u8],
    limits: Limits,
    content: impl Fn(&str) -> Option<std::sync::Arc<[u8]>>,
) -> Result<Release, Error> {
    json::parse_canonical(text, limits)?;
    let manifest: Manifest =
        serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
    if manifest.format != FORMAT {
        let why = format!("is of format {}, which is not known here", manifest.format);
        return Err(wrong(why));
    }
    let files = |digests: Digests| -> Result<Files, Error> {
        let file = |(path, digest): (String, String)| {
            let found = content(&digest);
            found.map(|found| (path, found)).ok_or_else(|| {
                Error::altered(
                    crate::bundle::file_name(&digest),
                    "is missing in the bundle",
                )
            })
        };
        digests.into_iter().map(file).collect()
    };
    let release = Release {
        tenant: manifest.tenant,
        channel: manifest.channel,
        environment: manifest.environment,
        version: manifest.version,
        sequence: manifest.sequence,
        undoes: manifest.undoes,
        modes: manifest.modes,
        files: files(manifest.files)?,
        base: manifest.base.map(files).transpose()?,
    };
    sound(&release)?;
    Ok(release)
}

fn digests(files: &Files) -> Digests {
    let digest = |(path, content): (&String, &std::sync::Arc<[u8]>)| {
        (path.clone(), hex(&sha256(&[content])))
    };
    files.iter().map(digest).collect()
}

fn wrong(why: impl Into<String>) -> Error {
    Error::form("the release", why)
}

/// Whether all that a release says goes together.
fn sound(release: &Release) -> Result<(), Error> {
    for (what, name) in [
        ("tenant", &release.tenant),
        ("channel", &release.channel),
        ("environment", &release.environment),
    ] {
        if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
            return Err(wrong(format!(
                "needs a {what}, in one line of at most 200 bytes"
            )));
        }
    }
    // What is read and written again must be what was read: `1.02.0` and the like are refused by the reader.
    if semver::Version::parse(&release.version).is_err() {
        return Err(wrong(format!(
            "has `{}` for a version; write it like `1.2.0`",
            release.version
        )));
    }
    if release.sequence == 0 {
        return Err(wrong("has the sequence 0; the first is 1"));
    }
    if release
        .undoes
        .is_some_and(|undone| undone == 0 || undone >= release.sequence)
    {
        return Err(wrong("takes back a move that was not made before it"));
    }
    let Modes {
        default,
        policies,
        groups,
    } = &release.modes;
    let mut modes = policies.values().chain(groups.values()).chain([default]);
    if modes.any(|mode| matches!(mode, Mode::Canary(101..))) {
        return Err(wrong("has a canary of more than 100 percent"));
    }
    match (&release.base, release.modes.all_enforced()) {
        (None, false) => {
            return Err(wrong(
                "does not enforce every policy, and brings no base to stay enforced",
            ));
        }
        (Some(_), true) => return Err(wrong("enforces every policy, and brings a base for none")),
        _ => {}
    }
    let base = release.base.iter().flat_map(Files::keys);
    match release.files.keys().chain(base).find(|path| !is_path(path)) {
        Some(path) => {
            let path = path.escape_debug();
            let why = format!("has a file `{path}`, whose path not every system can hold");
            Err(wrong(why))
        }
        None => Ok(()),
    }
}

/// Whether a path stays in the folder it is unpacked to, on every system.
fn is_path(path: &str) -> bool {
    path.len() <= 1024
        && !path.chars().any(|c| c.is_control() || c == '\\')
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{audited, files, release};

    fn refused(change: impl FnOnce(&mut Release)) -> String {
        let mut release = release(1, "1.0.0");
        change(&mut release);
        write(&release).unwrap_err().to_string()
    }

    #[test]
    fn what_does_not_go_together_is_no_release() {
        assert!(write(&release(1, "1.0.0-rc.1+build.5")).is_ok());
        assert!(write(&audited(1, "1.0.0")).is_ok());
        for version in ["", "1", "1.0", "v1.0.0", "1.02.0", "1.0.0 ", "1.0.0-01"] {
            assert!(refused(|r| r.version = version.into()).contains("for a version"));
        }
        assert!(refused(|r| r.sequence = 0).contains("sequence 0"));
        assert!(refused(|r| r.undoes = Some(1)).contains("takes back"));
        assert!(refused(|r| r.undoes = Some(0)).contains("takes back"));
        assert!(refused(|r| r.tenant.clear()).contains("a tenant"));
        assert!(refused(|r| r.channel = "a\nb".into()).contains("a channel"));
        assert!(refused(|r| r.modes.default = Mode::AuditOnly).contains("brings no base"));
        assert!(refused(|r| r.base = Some(files(&[]))).contains("a base for none"));
        let canary = |r: &mut Release| {
            r.modes.default = Mode::Canary(101);
            r.base = Some(files(&[]));
        };
        assert!(refused(canary).contains("100 percent"));
        for path in ["", "/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb"] {
            assert!(
                refused(|r| r.files = files(&[(path, "")])).contains("every system"),
                "{path:?}"
            );
        }
        let odd = files(&[("Zugriff für Büro/ä b.cedar", ""), ("A", ""), ("a", "")]);
        let mut named = release(1, "1.0.0");
        named.files = odd;
        assert!(write(&named).is_ok());
    }
}
