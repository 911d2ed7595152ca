//! A small world to verify: a ledger with a log key, two witnesses and three signers, some receipts, artefacts, and an auditor with
//! a trust file. Each part can be bent before the bundle is built, as a careless or dishonest producer would, or after.
//!
//! By public names only: `tests/e2e` holds the verifier's page against the same worlds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use evidence::{
    bundle::{self, Builder, Bundle, MANIFEST_LIMITS, Manifest, Part},
    checkpoint::Checkpoint,
    compact::{self, Dictionary},
    dsse::{self, Envelope, IN_TOTO},
    ed25519::{SecretKey, Signer},
    entry::{Entry, Receipt},
    hex,
    leaf::{self, Leaf},
    merkle::{self, Tree},
    moment,
    note::{Kind, VerifierKey},
    sha256,
    statement::{
        DriftPreview, KeyRotation, Override, Predicate, Promotion, PurgeManifest, PurgedReceipt,
        Rollback, Statement, Subject,
    },
    trust::Trust,
    verify::{Decisions, Replay, Replayed, Verdict, verify},
    zip::{self, Packed},
};

pub(super) const ORIGIN: &str = "example.com/ledger";
/// 21 November 2026, 12:00.
pub(super) const NOW: u64 = 1_795_262_400;

pub(super) const LOG: u8 = 1;
pub(super) const WITNESSES: [u8; 2] = [11, 12];
/// Signs what the Studio does, and bundles.
pub(super) const STUDIO: u8 = 21;
/// May put policies into force.
pub(super) const RELEASE: u8 = 22;
/// A second approver.
pub(super) const APPROVER: u8 = 23;
/// Follows the Studio's key.
pub(super) const FOLLOWER: u8 = 24;
/// Trusted by nobody.
pub(super) const STRANGER: u8 = 99;

pub(super) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub(super) fn public(seed: u8) -> String {
    hex(&key(seed).public().to_bytes())
}

/// A receipt to be.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) payload_type: String,
    pub(super) payload: Vec<u8>,
    pub(super) signers: Vec<u8>,
    pub(super) kind: u8,
    pub(super) time: u64,
}

impl Draft {
    pub(super) fn of<P: Predicate>(predicate: &P, subject: Subject, signers: &[u8]) -> Self {
        let statement = Statement::new(vec![subject], predicate).unwrap();
        Self {
            payload_type: IN_TOTO.to_owned(),
            payload: evidence::json::to_canonical(&statement)
                .unwrap()
                .into_bytes(),
            signers: signers.to_vec(),
            kind: P::KIND,
            time: moment::seconds(predicate.issued()).unwrap(),
        }
    }

    /// The same with a piece of the payload replaced.
    pub(super) fn with(&self, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.payload.clone()).unwrap();
        let payload = text.replace(from, to);
        assert_ne!(payload, text, "{from}");
        Self {
            payload: payload.into_bytes(),
            ..self.clone()
        }
    }

    pub(super) fn entry(&self, seq: u64) -> Entry {
        let keys: Vec<_> = self.signers.iter().map(|seed| key(*seed)).collect();
        let signers: Vec<&dyn Signer> = keys.iter().map(|key| key as &dyn Signer).collect();
        let envelope = dsse::seal(&self.payload_type, self.payload.clone(), &signers).unwrap();
        let salt = sha256(&[&seq.to_be_bytes()]);
        let mut entry = Entry {
            leaf: Leaf {
                kind: self.kind,
                flags: 0,
                seq,
                digest: [0; 32],
                keyid: keys[0].public().id(),
                time: self.time,
            },
            receipt: Some(Receipt {
                salt,
                envelope: envelope.to_json(),
            }),
        };
        bind(&mut entry);
        entry
    }
}

/// Gives a leaf the digest of its receipt.
pub(super) fn bind(entry: &mut Entry) {
    if let Some(receipt) = &entry.receipt {
        entry.leaf.digest = leaf::digest(&receipt.salt, receipt.envelope.as_bytes());
    }
}

pub(super) fn preview(time: u64) -> DriftPreview {
    DriftPreview {
        issued: moment::text(time),
        base: "sha256:a".into(),
        head: "sha256:b".into(),
        rows: 1000,
        gained: 3,
        lost: 0,
        open: 0,
    }
}

pub(super) fn promotion(time: u64, version: u64) -> Promotion {
    Promotion {
        issued: moment::text(time),
        channel: "production".into(),
        version,
        from: "sha256:a".into(),
        to: "sha256:b".into(),
        by: "ana".into(),
    }
}

pub(super) fn rollback(time: u64, version: u64, restores: u64) -> Rollback {
    Rollback {
        issued: moment::text(time),
        channel: "production".into(),
        version,
        restores,
        from: "sha256:b".into(),
        to: "sha256:a".into(),
        by: "ana".into(),
        reason: "clerks lost their access".into(),
    }
}

pub(super) fn approval(time: u64) -> Override {
    Override {
        issued: moment::text(time),
        base: "sha256:a".into(),
        head: "sha256:b".into(),
        approver: "ben".into(),
        author: "ana".into(),
        reason: "agreed with legal".into(),
        expires: moment::text(time + 86_400),
    }
}

pub(super) fn rotation(time: u64, old: u8, new: u8) -> KeyRotation {
    KeyRotation {
        issued: moment::text(time),
        old: public(old),
        new: public(new),
        role: "studio".into(),
    }
}

pub(super) fn purge(time: u64, receipts: Vec<PurgedReceipt>) -> PurgeManifest {
    PurgeManifest {
        issued: moment::text(time),
        receipts,
        reason: "a person asked for it".into(),
        by: "ana".into(),
    }
}

pub(super) fn policies() -> Subject {
    Subject::of("artefacts/policies/a.cedar", POLICIES)
}

const POLICIES: &[u8] = b"permit(principal, action, resource);";

type Bend<T> = Box<dyn Fn(&mut T)>;
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// What is verified, and by whom.
pub(super) struct World {
    pub(super) drafts: Vec<Draft>,
    /// Receipts of the ledger that are exported.
    pub(super) exported: Vec<u64>,
    pub(super) heads: Vec<u64>,
    pub(super) since: Option<u64>,
    pub(super) witnesses: Vec<u8>,
    pub(super) exporter: u8,
    /// Whether receipts are exported in blocks.
    pub(super) compact: bool,
    /// Changes entries before they are leaves.
    pub(super) bend_entries: Bend<Vec<Entry>>,
    /// Changes files, which the exporter then signs.
    pub(super) bend_files: Bend<Files>,
    /// Changes what the exporter signs.
    pub(super) bend_manifest: Bend<Manifest>,
    /// Changes files that were signed.
    pub(super) bend_signed: Bend<Files>,
    pub(super) trust: Value,
    pub(super) at: Option<u64>,
    pub(super) last_seen: Option<Checkpoint>,
    pub(super) replayed: Replayed,
    pub(super) connections: Option<u64>,
}

impl Replay for World {
    fn replay(&self, _: &Decisions<'_>) -> Replayed {
        self.replayed.clone()
    }

    fn connections(&self) -> Option<u64> {
        self.connections
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A world in which everything holds.
    pub(super) fn new() -> Self {
        let drafts = vec![
            Draft::of(&preview(NOW - 500), policies(), &[STUDIO]),
            Draft::of(&promotion(NOW - 400, 7), policies(), &[RELEASE]),
            Draft::of(&approval(NOW - 300), policies(), &[RELEASE, APPROVER]),
            Draft::of(
                &rotation(NOW - 250, STUDIO, FOLLOWER),
                policies(),
                &[STUDIO, FOLLOWER],
            ),
            Draft::of(&preview(NOW - 200), policies(), &[FOLLOWER]),
            Draft::of(&rollback(NOW - 100, 8, 6), policies(), &[RELEASE]),
            Draft::of(&preview(NOW - 50), policies(), &[STUDIO]),
        ];
        let signer = |seed, name: &str, roles: &[&str]| json!({"key": public(seed), "name": name, "roles": roles, "from": "2026-01-01T00:00:00Z"});
        let log = VerifierKey::new(ORIGIN, Kind::Ed25519, key(LOG).public()).unwrap();
        let mut policy = vec![format!("log {log}")];
        for seed in WITNESSES {
            policy.push(format!("witness W{seed} {}", witness(seed)));
        }
        policy.push("group both all W11 W12".into());
        policy.push("quorum both".into());
        Self {
            drafts,
            exported: (0..7).collect(),
            heads: vec![3, 7],
            since: None,
            witnesses: WITNESSES.to_vec(),
            exporter: STUDIO,
            compact: false,
            bend_entries: Box::new(|_| {}),
            bend_files: Box::new(|_| {}),
            bend_manifest: Box::new(|_| {}),
            bend_signed: Box::new(|_| {}),
            trust: json!({
                "version": 1,
                "policy": policy,
                "keys": [
                    signer(STUDIO, "Studio", &["studio"]),
                    signer(RELEASE, "Ana", &["release"]),
                    signer(APPROVER, "Ben", &["approver"]),
                ],
                "receipts": {
                    "bundle": {"roles": ["studio"]},
                    "drift-preview": {"roles": ["studio"]},
                    "promotion": {"roles": ["release"]},
                    "rollback": {"roles": ["release"]},
                    "override": {"roles": ["release", "approver"], "threshold": 2},
                    "key-rotation": {"roles": ["studio"]},
                    "purge-manifest": {"roles": ["release"]},
                },
                "channels": {"production": 7},
            }),
            at: Some(NOW + 60),
            last_seen: None,
            replayed: Replayed::Agree(4),
            connections: Some(0),
        }
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<_> = (0..)
            .zip(&self.drafts)
            .map(|(seq, draft)| draft.entry(seq))
            .collect();
        (self.bend_entries)(&mut entries);
        entries
    }

    /// The ledger's tree, as its keeper builds it.
    pub(super) fn tree(&self) -> Tree {
        let mut tree = Tree::default();
        for entry in self.entries() {
            tree.append(entry.leaf.hash()).unwrap();
        }
        tree
    }

    pub(super) fn head(&self, size: u64) -> Checkpoint {
        Checkpoint {
            origin: ORIGIN.into(),
            size,
            root: merkle::root(&self.tree(), size).unwrap(),
            extensions: Vec::new(),
        }
    }

    /// A checkpoint, signed and witnessed.
    pub(super) fn note(&self, size: u64) -> String {
        note(&self.head(size), &self.witnesses)
    }

    /// The bundle.
    pub(super) fn bundle(&self) -> Vec<u8> {
        let (entries, tree) = (self.entries(), self.tree());
        let mut builder = Builder::new(NOW, "audit of November");
        for size in &self.heads {
            builder.checkpoint(&self.note(*size)).unwrap();
        }
        for seq in &self.exported {
            let mut entry = entries[usize::try_from(*seq).unwrap()].clone();
            // The builder would notice.
            entry.leaf.seq = *seq;
            bind(&mut entry);
            builder.entry(&entry).unwrap();
        }
        builder.artefact("policies/a.cedar", POLICIES).unwrap();
        builder.artefact("decisions/rows.jsonl", b"{}\n").unwrap();
        let exporter = key(self.exporter);
        let built = builder.seal(&tree, self.since, &[&exporter]).unwrap();
        // What was really exported, as the producer bent it.
        let mut files = files(&built);
        for (part, content) in &mut files {
            if let Some(Part::Receipts(first)) = Part::of(part) {
                let count = content.iter().filter(|byte| **byte == b'\n').count() as u64;
                let lines = entries
                    .iter()
                    .skip(usize::try_from(first).unwrap())
                    .take(usize::try_from(count).unwrap());
                *content = lines
                    .map(|entry| entry.to_line() + "\n")
                    .collect::<String>()
                    .into_bytes();
            }
        }
        if self.compact {
            files = compacted(files);
        }
        (self.bend_files)(&mut files);
        let mut manifest = manifest(&built);
        manifest.container = String::new();
        let packed = |files: &Files| -> Vec<Packed> {
            let others = files.iter().filter(|(name, _)| *name != "bundle.dsse.json");
            others
                .map(|(name, content)| Packed::new(name, content).unwrap())
                .collect()
        };
        manifest.container = hex(&bundle::container(
            packed(&files).iter().map(Packed::digest),
        ));
        (self.bend_manifest)(&mut manifest);
        let subjects = files.iter().filter(|(name, _)| *name != "bundle.dsse.json");
        let subjects = subjects
            .map(|(name, content)| Subject::of(name, content))
            .collect();
        let statement = Statement::new(subjects, &manifest).unwrap();
        let sealed = statement.seal(&[&exporter]).unwrap().to_json();
        files.insert("bundle.dsse.json".into(), sealed.into_bytes());
        (self.bend_signed)(&mut files);
        let mut packed = packed(&files);
        let manifest = files["bundle.dsse.json"].clone();
        packed.push(Packed::stored("bundle.dsse.json", manifest).unwrap());
        zip::write(packed).unwrap()
    }

    pub(super) fn trust(&self) -> Trust {
        Trust::parse(self.trust.to_string().as_bytes()).unwrap()
    }

    pub(super) fn judge(&self, bytes: &[u8]) -> Verdict {
        let trust = self.trust();
        verify(
            bytes,
            Some(&trust),
            self.at,
            self.last_seen.as_ref(),
            self,
            &|_| true,
        )
        .unwrap()
    }

    pub(super) fn verdict(&self) -> Verdict {
        self.judge(&self.bundle())
    }
}

/// The same files with blocks in the place of lines.
fn compacted(files: Files) -> Files {
    let mut dictionary = Dictionary::default();
    let mut compacted = Files::new();
    for (name, content) in files {
        let Some(Part::Receipts(first)) = Part::of(&name) else {
            compacted.insert(name, content);
            continue;
        };
        let text = String::from_utf8(content).unwrap();
        let entries: Vec<_> = text
            .lines()
            .map(|line| Entry::parse(line).unwrap())
            .collect();
        dictionary.learn(&entries);
        let part = compact::to_part(first, &entries, &dictionary).unwrap();
        compacted.insert(Part::Compact(first).to_string(), part);
    }
    compacted.insert(Part::Dictionary.to_string(), dictionary.to_bytes(0));
    compacted
}

pub(super) fn witness(seed: u8) -> VerifierKey {
    let name = format!("w{seed}.example");
    VerifierKey::new(&name, Kind::Cosignature, key(seed).public()).unwrap()
}

/// A checkpoint, signed by the log and cosigned.
pub(super) fn note(head: &Checkpoint, witnesses: &[u8]) -> String {
    let mut note = head.to_note().unwrap();
    note.sign(&head.origin, &key(LOG)).unwrap();
    for seed in witnesses {
        note.cosign(witness(*seed).name(), &key(*seed), NOW - 10)
            .unwrap();
    }
    note.to_string()
}

/// The files of a bundle.
pub(super) fn files(bytes: &[u8]) -> Files {
    let bundle = Bundle::open(bytes, zip::Limits::BUNDLE).unwrap();
    let files = bundle.archive.files().iter();
    files
        .map(|file| (file.name.to_owned(), file.read().unwrap()))
        .collect()
}

pub(super) fn manifest(bytes: &[u8]) -> Manifest {
    let envelope = Envelope::parse(&files(bytes)["bundle.dsse.json"]).unwrap();
    Statement::parse_within(&envelope.payload, MANIFEST_LIMITS)
        .unwrap()
        .predicate()
        .unwrap()
}
