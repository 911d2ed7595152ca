//! A bundle as an OCI image layout (image-spec 1.1), so that any registry of containers can carry it: an artifact whose one layer is the
//! bundle as it was signed. Nothing about it is to be believed but that layer, by a [`crate::Consumer`].

use std::sync::Arc;

use evidence::{hex, json, sha256};
use serde_json::{Value, json};

use crate::{Bundle, Error, Files, LIMITS};

/// What the artifact is.
pub const ARTIFACT: &str = "application/vnd.trust-fabric.release.v1";
const LAYER: &str = "application/vnd.trust-fabric.release.v1+zip";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// The files of the layout, by their paths. Same bundle, same bytes.
///
/// # Errors
/// Those of [`Bundle::open`].
pub fn oci_layout(bytes: &[u8]) -> Result<Files, Error> {
    let bundle = Bundle::open(bytes, LIMITS)?;
    let release = bundle.claims();
    let (channel, version) = (&release.channel, &release.version);
    let mut files = Files::new();
    let title = json!({ "org.opencontainers.image.title": format!("{channel}.tfr") });
    let layer = with(put(&mut files, LAYER, bytes), "annotations", title);
    let config = put(&mut files, EMPTY, b"{}");
    let said = format!(
        "release {} of {channel} of {} for {}",
        release.sequence, release.tenant, release.environment
    );
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": ARTIFACT,
        "config": config,
        "layers": [layer],
        "annotations": {
            "org.opencontainers.image.version": version,
            "org.opencontainers.image.description": said,
        },
    });
    let manifest = put(&mut files, MANIFEST, &text(&manifest)?);
    let manifest = with(manifest, "artifactType", ARTIFACT.into());
    let name = json!({ "org.opencontainers.image.ref.name": channel });
    let index = json!({
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [with(manifest, "annotations", name)],
    });
    files.insert("index.json".to_owned(), text(&index)?.into());
    let layout = json!({ "imageLayoutVersion": "1.0.0" });
    files.insert("oci-layout".to_owned(), text(&layout)?.into());
    Ok(files)
}

/// Puts a blob where its digest says, and describes it.
fn put(files: &mut Files, media: &str, bytes: &[u8]) -> Value {
    let digest = hex(&sha256(&[bytes]));
    let described = json!({
        "mediaType": media,
        "digest": format!("sha256:{digest}"),
        "size": bytes.len(),
    });
    files.insert(format!("blobs/sha256/{digest}"), Arc::from(bytes));
    described
}

fn with(mut described: Value, name: &str, value: Value) -> Value {
    if let Value::Object(members) = &mut described {
        members.insert(name.to_owned(), value);
    }
    described
}

fn text(value: &Value) -> Result<Vec<u8>, Error> {
    Ok(json::to_canonical(value)?.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Sealing, seal,
        tests::{key, release},
    };

    #[test]
    fn every_descriptor_is_of_a_blob_that_is_there_and_every_blob_is_described() {
        let key = key(1);
        let roots = crate::Roots::first(
            &crate::Roles::new(role(&key), role(&key)),
            4_000_000_000,
            &[&key],
        );
        let roots = roots.unwrap();
        let sealing = Sealing {
            roots: &roots,
            keys: &[&key],
            expires: 4_000_000_000,
            renewed: 0,
        };
        let bundle = seal(&release(7, "1.4.0"), &sealing).unwrap();
        let files = oci_layout(&bundle).unwrap();
        assert_eq!(files, oci_layout(&bundle).unwrap());
        let read = |path: &str| serde_json::from_slice::<Value>(&files[path]).unwrap();
        assert_eq!(read("oci-layout")["imageLayoutVersion"], "1.0.0");
        let index = read("index.json");
        let mut seen = std::collections::BTreeSet::new();
        let mut blob = |described: &Value| {
            let digest = described["digest"].as_str().unwrap();
            let digest = digest.strip_prefix("sha256:").unwrap();
            let path = format!("blobs/sha256/{digest}");
            let bytes = files[&path].clone();
            assert_eq!(hex(&sha256(&[&bytes])), digest);
            assert_eq!(described["size"], bytes.len());
            seen.insert(path);
            bytes
        };
        let described = &index["manifests"][0];
        assert_eq!(
            described["annotations"]["org.opencontainers.image.ref.name"],
            "stable"
        );
        let manifest: Value = serde_json::from_slice(&blob(described)).unwrap();
        assert_eq!(
            (&index["schemaVersion"], &manifest["schemaVersion"]),
            (&json!(2), &json!(2))
        );
        assert_eq!(described["mediaType"], manifest["mediaType"]);
        // "artifactType MUST be set when config.mediaType is the empty value", and the descriptor repeats it.
        assert_eq!(manifest["config"]["mediaType"], EMPTY);
        assert_eq!(manifest["artifactType"], ARTIFACT);
        assert_eq!(described["artifactType"], ARTIFACT);
        assert_eq!(&*blob(&manifest["config"]), b"{}");
        assert_eq!(&*blob(&manifest["layers"][0]), bundle);
        assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
        let blobs = files.keys().filter(|path| path.starts_with("blobs/"));
        assert!(blobs.eq(seen.iter()));
        assert!(oci_layout(b"no bundle").is_err());
    }

    fn role(key: &evidence::ed25519::SecretKey) -> crate::Role {
        crate::Role {
            keys: vec![evidence::ed25519::Signer::public(key)],
            threshold: 1,
        }
    }
}
