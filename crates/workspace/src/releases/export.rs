//! What a channel ships, for others to carry: as it was signed, as an artifact that registries of containers hold, or, for Rego, as a
//! bundle that OPA loads.

use std::{io::Write as _, path::Path};

use flate2::{Compression, GzBuilder};
use model::{Code, Failure};
use registry::Registry;
use release::{Bundle, Files, LIMITS, Root, Roots, oci_layout};

use super::manifest;
use crate::Error;

/// What a channel is exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The signed bundle.
    Bundle,
    /// An OCI image layout that holds it.
    Oci,
    /// A bundle of OPA, which is not signed.
    Opa,
}

fn shipped(root: &Path, channel: &str) -> Result<Vec<u8>, Error> {
    let registry = Registry::open(root)?;
    let last = registry.last(channel)?.ok_or_else(|| {
        let message = format!("no channel `{channel}` ships anything here");
        Failure::new(Code::PdpSource, message)
    })?;
    Ok(registry.bundles(&last)?.forward)
}

/// The newest root that a channel's releases are signed under.
///
/// # Errors
/// `pdp_source` for a channel that ships nothing, those of [`Registry::open`] and [`Bundle::open`].
pub fn channel_root(root: &Path, channel: &str) -> Result<Root, Error> {
    let bundle = Bundle::open(&shipped(root, channel)?, LIMITS)?;
    let roots = Roots::read(bundle.roots().iter().map(Root::text))?;
    Ok(roots.last().clone())
}

/// What a channel ships, as files by their paths: to be written in this order, so that what names another comes after it. Same release,
/// same bytes.
///
/// # Errors
/// As [`channel_root`]; `engine_mixed` for a bundle of OPA when the channel ships Cedar, `set_broken` when its Rego does not compile.
pub fn export(root: &Path, channel: &str, form: Form) -> Result<Files, Error> {
    let bytes = shipped(root, channel)?;
    let one = |name: String, content: Vec<u8>| Files::from([(name, content.into())]);
    match form {
        Form::Bundle => Ok(one(format!("{channel}.tfr"), bytes)),
        Form::Oci => Ok(oci_layout(&bytes)?),
        Form::Opa => Ok(one(format!("{channel}.tar.gz"), opa(&bytes)?)),
    }
}

fn opa(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let bundle = Bundle::open(bytes, LIMITS)?;
    let release = bundle.claims();
    let (channel, version) = (&release.channel, &release.version);
    if !release.files.keys().any(|path| path.ends_with(".rego")) {
        let message = format!(
            "`{channel}` ships Cedar, which no bundle of OPA holds: export it as `tfr` or `oci`"
        );
        return Err(Failure::new(Code::EngineMixed, message).into());
    }
    let compiled = rego::compile(&release.files, &manifest(&release.files)?.rego);
    let set = compiled.set.ok_or_else(|| {
        let message = format!("version {version} in `{channel}` does not compile");
        Failure::new(Code::SetBroken, message)
    })?;
    let revision = format!("{version}/{}", release.sequence);
    let tar = rego::write_bundle(&release.files, &set, &revision).map_err(Failure::from)?;
    // Neither name nor time: same content, same bytes.
    let mut packed = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    let packed = packed.write_all(&tar).and_then(|()| packed.finish());
    packed.map_err(|error| Failure::new(Code::Internal, error.to_string()).into())
}
