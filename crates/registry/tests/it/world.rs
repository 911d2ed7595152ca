//! A repository with a workspace in it, and sealed bundles to move its channels with.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use evidence::ed25519::{SecretKey, Signer as _};
use git2::{Repository, Time};
use registry::{Bundles, Change, Held, Kind, Move, NewVersion, Registry, Version};
use release::{Files, Mode, Modes, Release, Role, Roles, Roots, Sealing, seal};

pub const NOW: u64 = 1_795_262_400;
pub const ADA: &str = "Ada Byron <ada@example.com>";

pub fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub static ROOTS: LazyLock<Roots> = LazyLock::new(|| {
    let role = Role {
        keys: vec![key(1).public()],
        threshold: 1,
    };
    Roots::first(&Roles::new(role.clone(), role), NOW * 2, &[&key(1)]).unwrap()
});

pub struct World {
    pub folder: Folder,
    pub repository: Repository,
    pub registry: Registry,
}

/// The test's own, which goes with it, or another's.
pub enum Folder {
    Own(tempfile::TempDir),
    Other(PathBuf),
}

impl Folder {
    pub fn path(&self) -> &Path {
        match self {
            Self::Own(folder) => folder.path(),
            Self::Other(path) => path,
        }
    }
}

impl World {
    /// The one that another process made.
    pub fn at(path: &Path) -> Self {
        Self {
            folder: Folder::Other(path.to_owned()),
            repository: Repository::open(path).unwrap(),
            registry: Registry::open(&path.join("team")).unwrap(),
        }
    }

    /// A repository whose folder `team` is the workspace, with one commit.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        fs::create_dir(folder.path().join("team")).unwrap();
        let registry = Registry::open(&folder.path().join("team")).unwrap();
        let world = Self {
            folder: Folder::Own(folder),
            repository,
            registry,
        };
        world.write("// 0");
        world
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("team/a.cedar")
    }

    /// Writes the only policy file and commits it; the commit's id.
    pub fn write(&self, text: &str) -> String {
        fs::write(self.path(), text).unwrap();
        let mut index = self.repository.index().unwrap();
        index.add_path("team/a.cedar".as_ref()).unwrap();
        index.write().unwrap();
        let tree = self
            .repository
            .find_tree(index.write_tree().unwrap())
            .unwrap();
        let ada = git2::Signature::new("Ada Byron", "ada@example.com", &Time::new(0, 0)).unwrap();
        let parent = self
            .repository
            .head()
            .ok()
            .map(|head| head.peel_to_commit().unwrap());
        let parents: Vec<_> = parent.iter().collect();
        let id = self
            .repository
            .commit(Some("HEAD"), &ada, &ada, "c", &tree, &parents);
        id.unwrap().to_string()
    }

    /// A new version: its file, its commit, its tag.
    pub fn version(&self, version: &str) -> Version {
        let commit = self.write(&format!("// {version}"));
        let new = NewVersion {
            version,
            commit: &commit,
            digest: release::digest(&files(version)),
            by: ADA,
            at: NOW,
            words: "",
        };
        self.registry.tag(&new).unwrap()
    }

    pub fn hold(&self) -> Held<'_> {
        self.registry.hold("stable").unwrap()
    }

    /// A version made, and the channel moved to it.
    pub fn promote(&self, version: &str) -> Move {
        let change = self.promotion(&self.version(version));
        self.moved(change)
    }

    pub fn moved(&self, change: Change) -> Move {
        let mut held = self.hold();
        let prepared = held.prepare(change).unwrap();
        held.commit(&prepared).unwrap();
        prepared
    }

    /// The change that moves the channel to a version.
    pub fn promotion(&self, version: &Version) -> Change {
        let tip = self.registry.tip("stable").unwrap();
        let sequence = tip.as_ref().map_or(0, |tip| tip.summary.sequence) + 1;
        let forward = release(sequence, &version.version);
        Change {
            bundles: bundles(&forward, tip.as_ref()),
            commit: version.commit.clone(),
            kind: Kind::Promotion,
            by: ADA.into(),
            at: NOW + sequence,
            reason: None,
            policies: vec![],
            approvals: vec![],
            gates: vec![],
        }
    }

    /// The change that takes the last move back, made of nothing but what was prepared with it.
    pub fn rollback(&self) -> Change {
        let tip = self.registry.tip("stable").unwrap().unwrap();
        let before = self
            .registry
            .history("stable", None)
            .unwrap()
            .nth(1)
            .unwrap()
            .unwrap();
        let forward = self.registry.bundles(&tip.id).unwrap().rollback.unwrap();
        let mut again = release(tip.summary.sequence + 2, &tip.summary.version);
        again.modes = tip.summary.modes.clone();
        again.base = (!again.modes.all_enforced()).then(Files::new);
        again.undoes = Some(tip.summary.sequence + 1);
        Change {
            bundles: Bundles {
                forward,
                rollback: Some(sealed(&again)),
            },
            commit: before.summary.commit,
            kind: Kind::Rollback,
            by: ADA.into(),
            at: tip.summary.at + 1,
            reason: Some("the night shift lost access".into()),
            policies: vec![],
            approvals: vec![],
            gates: vec![],
        }
    }
}

pub fn files(version: &str) -> Files {
    Files::from([(
        "a.cedar".to_owned(),
        format!("// {version}").into_bytes().into(),
    )])
}

pub fn release(sequence: u64, version: &str) -> Release {
    Release {
        tenant: "northwind".into(),
        channel: "stable".into(),
        environment: "production".into(),
        version: version.into(),
        sequence,
        undoes: None,
        modes: Modes::default(),
        files: files(version),
        base: None,
    }
}

/// The bundle of a release, and the one that goes back to the move before it.
pub fn bundles(forward: &Release, tip: Option<&Move>) -> Bundles {
    let back = tip.map(|tip| {
        let mut back = release(forward.sequence + 1, &tip.summary.version);
        back.undoes = Some(forward.sequence);
        back.modes = tip.summary.modes.clone();
        back.base = (!back.modes.all_enforced()).then(Files::new);
        sealed(&back)
    });
    Bundles {
        forward: sealed(forward),
        rollback: back,
    }
}

pub fn audit_only() -> Modes {
    Modes {
        default: Mode::AuditOnly,
        ..Modes::default()
    }
}

pub fn sealed(release: &Release) -> Vec<u8> {
    let with = Sealing {
        roots: &ROOTS,
        keys: &[&key(1)],
        expires: NOW * 2,
        renewed: 0,
    };
    seal(release, &with).unwrap()
}
