//! Keys, roots, releases and bundles, and the tools of a forger.

use std::{collections::BTreeMap, sync::LazyLock};

use evidence::{
    ed25519::{PublicKey, SecretKey, Signer},
    hex,
    json::{self, Limits},
    sha256,
    zip::{self, Archive, Packed},
};
use release::{
    Bundle, Consumer, Error, Files, LIMITS, Mode, Modes, Release, Role, Roles, Root, Roots,
    Sealing, seal,
};
use serde_json::{Value, json};

/// When it all happens.
pub const NOW: u64 = 1_795_262_400;
/// When bundles expire.
pub const EXPIRES: u64 = NOW + 86_400;
/// When roots do.
pub const ROOT_EXPIRES: u64 = NOW + 365 * 86_400;

pub fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub fn role(seeds: &[u8], threshold: usize) -> Role {
    Role {
        keys: seeds.iter().map(|seed| key(*seed).public()).collect(),
        threshold,
    }
}

/// The root's key is 1; releases are signed by two of the keys 2, 3 and 4.
pub fn roles() -> Roles {
    Roles::new(role(&[1], 1), role(&[2, 3, 4], 2))
}

pub static ROOTS: LazyLock<Roots> =
    LazyLock::new(|| Roots::first(&roles(), ROOT_EXPIRES, &[&key(1)]).unwrap());

pub fn files(files: &[(&str, &str)]) -> Files {
    let file = |(path, text): &(&str, &str)| ((*path).to_owned(), text.as_bytes().into());
    files.iter().map(file).collect()
}

pub fn release(sequence: u64) -> Release {
    Release {
        tenant: "northwind".into(),
        channel: "stable".into(),
        environment: "production".into(),
        version: format!("1.{sequence}.0"),
        sequence,
        undoes: None,
        modes: Modes::default(),
        files: files(&[
            ("policies/a.cedar", &format!("// {sequence}")),
            ("policies/b.cedar", "permit(principal, action, resource);"),
        ]),
        base: None,
    }
}

/// One whose policies are not enforced yet.
pub fn audited(sequence: u64) -> Release {
    let mut audited = release(sequence);
    audited.modes.default = Mode::AuditOnly;
    audited.modes.policies = BTreeMap::from([("a".to_owned(), Mode::Canary(10))]);
    audited.base = Some(files(&[("policies/a.cedar", "// before")]));
    audited
}

pub fn sealed_with(release: &Release, roots: &Roots, seeds: &[u8], renewed: u64) -> Vec<u8> {
    let keys: Vec<_> = seeds.iter().map(|seed| key(*seed)).collect();
    let keys: Vec<&dyn Signer> = keys.iter().map(|key| key as &dyn Signer).collect();
    let with = Sealing {
        roots,
        keys: &keys,
        expires: EXPIRES,
        renewed,
    };
    seal(release, &with).unwrap()
}

pub fn sealed(release: &Release) -> Vec<u8> {
    sealed_with(release, &ROOTS, &[2, 3], 0)
}

pub fn consumer() -> Consumer {
    consumer_of(ROOTS.begin())
}

pub fn consumer_of(root: &Root) -> Consumer {
    Consumer::new("northwind", "stable", "production", root.clone())
}

/// What a consumer makes of a bundle.
pub fn offered(consumer: &mut Consumer, bytes: &[u8], now: u64) -> Result<Release, Error> {
    consumer.accept(&Bundle::open(bytes, LIMITS)?, now)
}

/// The files of a container, to be changed and packed again.
pub struct Parts(pub BTreeMap<String, Vec<u8>>);

impl Parts {
    pub fn of(bytes: &[u8]) -> Self {
        let archive = Archive::open(bytes, LIMITS).unwrap();
        let file = |file: &zip::File<'_>| (file.name.to_owned(), file.read().unwrap());
        Self(archive.files().iter().map(file).collect())
    }

    pub fn pack(&self) -> Vec<u8> {
        let packed =
            |(name, content): (&String, &Vec<u8>)| Packed::stored(name, content.clone()).unwrap();
        zip::write(self.0.iter().map(packed).collect()).unwrap()
    }

    /// Changes what a document says, and signs it anew with these keys.
    pub fn say(&mut self, name: &str, seeds: &[u8], change: impl FnOnce(&mut Value)) {
        let mut document: Value = serde_json::from_slice(&self.0[name]).unwrap();
        change(&mut document["signed"]);
        let said = document["signed"].to_string();
        let message = json::canonicalize(said.as_bytes(), Limits::ANY).unwrap();
        let mut signatures: Vec<(String, Value)> = seeds
            .iter()
            .map(|seed| {
                let (id, signature) = (
                    id(key(*seed).public()),
                    key(*seed).sign(message.as_bytes()).unwrap(),
                );
                (id.clone(), json!({"keyid": id, "sig": hex(&signature)}))
            })
            .collect();
        signatures.sort_by(|a, b| a.0.cmp(&b.0));
        document["signatures"] = signatures.into_iter().map(|(_, value)| value).collect();
        self.write(name, &document);
    }

    /// Writes a document as it is.
    pub fn write(&mut self, name: &str, document: &Value) {
        let text = json::canonicalize(document.to_string().as_bytes(), Limits::ANY).unwrap();
        self.0.insert(name.to_owned(), text.into_bytes());
    }

    /// Lets timestamp and snapshot name what is there now, signed as they should be.
    pub fn rename(&mut self) {
        for (name, other) in [
            ("metadata/snapshot.json", "metadata/targets.json"),
            ("metadata/timestamp.json", "metadata/snapshot.json"),
        ] {
            let text = self.0[other].clone();
            let version: Value = serde_json::from_slice(&text).unwrap();
            let version = version["signed"]["version"].clone();
            let short = other.rsplit('/').next().unwrap();
            self.say(name, &[2, 3], |said| {
                said["meta"][short] = json!({
                    "hashes": {"sha256": hex(&sha256(&[&text]))}, "length": text.len(), "version": version,
                });
            });
        }
    }
}

/// The id of a key, worked out as the specification says and not as the crate does.
pub fn id(key: PublicKey) -> String {
    let key = json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": hex(&key.to_bytes())}});
    let text = json::canonicalize(key.to_string().as_bytes(), Limits::ANY).unwrap();
    hex(&sha256(&[text.as_bytes()]))
}
