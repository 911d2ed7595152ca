//! Shipping a version and taking it back: the sample, judged on a log of as many rows as are asked for, with a key in an encrypted file; a
//! history of ten thousand moves; what a shadow log comes to. Each includes what a command does from its start: opening the log, the
//! repository, the ledger, the key.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use decisions::Log;
use evidence::ed25519::SecretKey;
use model::{Code, Failure};
use registry::{Kind, Query, Registry, Summary};
use release::Modes;
use vault::{Keep, Passphrase, Vault};
use workspace::{Folders, Ledger, Promoted, Promotion, WantedMove, promote, roll_back};

use super::{
    Measured, Run, compiled,
    evidence::{ISSUED, receipt},
    lay_out, local, ms, percentile,
};
use crate::{
    progress::{Progress, Unit},
    terminal::Stop,
};

/// When the first version ships: 21 November 2026, 12:00, in seconds since 1970.
pub(super) const NOW: u64 = 1_795_262_400;
const MOVES: u64 = 10_000;
/// Rows of the shadow log.
const SHADOWED: usize = 100_000;
/// A measure that costs little is taken so often; its median counts.
pub(super) const TIMES: usize = 5;
/// The channel's rule: everything is judged, nothing is in the way.
const RULE: &str = "\n[[channel]]\nname = \"stable\"\ntolerance = \"tolerance.toml\"\n";
const TOLERANCE: &str =
    "[default]\ngained = \"any\"\nlost = \"any\"\nopen = \"any\"\nerror_changed = \"any\"\n";
const KEY: &str = "bench";
/// Receipts appended at once.
const BATCH: usize = 4_096;

/// A workspace whose versions are shipped.
pub(super) struct Shipped {
    pub(super) root: PathBuf,
    pub(super) folders: Folders,
    pub(super) log: PathBuf,
}

impl Run<'_> {
    /// The sample in a repository of its own, with a ledger and a log; nothing was shipped yet.
    pub(super) fn shipped(&mut self, rows: u64) -> Result<Shipped, Stop> {
        let mut files = workspace::sample_files();
        let sample = compiled(&files)?;
        self.generate(&files, &sample, rows, false)?;
        drop(self.import(false)?);
        let manifest = super::text(&files, "workspace.toml") + RULE;
        files.insert("workspace.toml".to_owned(), manifest.into_bytes().into());
        files.insert("tolerance.toml".to_owned(), TOLERANCE.as_bytes().into());
        let root = lay_out(&files, &self.place.path().join("shipped"))?;
        let root = root.canonicalize().map_err(|error| local(&error))?;
        git(&root, &["init", "--quiet"])?;
        git(&root, &["config", "user.name", "Bench"])?;
        git(&root, &["config", "user.email", "bench@example.com"])?;
        git(&root, &["config", "gc.auto", "0"])?;
        commit(&root)?;
        let shipped = Shipped {
            root,
            folders: Folders {
                data: self.place.path().join("data"),
                state: self.place.path().join("state"),
            },
            log: self.place.path().join("log.tfl"),
        };
        shipped.begin()?;
        Ok(shipped)
    }

    pub fn release(&mut self, rows: u64) -> Result<(), Stop> {
        let shipped = self.shipped(rows)?;
        let progress = Progress::start("Shipping", Unit::Rows, self.terminal);
        shipped.receipts()?;
        shipped.promote("1.0.0", NOW)?;
        shipped.edit()?;
        let judged = shipped.promote("1.1.0", NOW + 1)?;
        let (mut back, mut again) = (Vec::new(), Vec::new());
        for turn in 0..TIMES as u64 {
            back.push(shipped.roll_back(NOW + 2 + 2 * turn)?);
            again.push(shipped.promote("1.1.0", NOW + 3 + 2 * turn)?);
        }
        drop(progress);
        self.measure(Measured::new("promote", ms(judged), "ms").within(10_000.0))?;
        let known = ms(percentile(&mut again, 50));
        self.measure(Measured::new("promote_judged_before", known, "ms").within(1_000.0))?;
        let back = ms(percentile(&mut back, 50));
        self.measure(Measured::new("rollback", back, "ms").within(1_000.0))?;
        self.history()?;
        self.cutover()
    }

    /// All moves of a channel read and looked through, as they are written and as git packs them.
    fn history(&mut self) -> Result<(), Stop> {
        let root = self.place.path().join("history");
        fs::create_dir_all(&root).map_err(|error| local(&error))?;
        git(&root, &["init", "--quiet"])?;
        import(&root)?;
        let loose = walked(&root)?;
        git(&root, &["gc", "--quiet"])?;
        let packed = walked(&root)?;
        self.measure(Measured::new("history_loose", ms(loose), "ms").within(200.0))?;
        self.measure(Measured::new("history_packed", ms(packed), "ms").within(200.0))
    }

    /// What a shadow log comes to, read from its file.
    fn cutover(&mut self) -> Result<(), Stop> {
        let path = self.place.path().join("shadow.jsonl");
        let mut lines = String::new();
        for row in 0..SHADOWED {
            let (user, doc) = (row % 997, row % 4_999);
            let shadow = if row % 7 == 0 { "deny" } else { "allow" };
            lines += &format!(
                "{{\"v\":1,\"id\":\"{row}\",\"at\":\"2026-11-03T10:00:00Z\",\"principal\":\"User::\\\"u{user}\\\"\",\"action\":\"Action::\\\"read\\\"\",\
                 \"resource\":\"Doc::\\\"d{doc}\\\"\",\"context\":{{}},\"decision\":\"allow\",\"reasons\":[\"p\"],\
                 \"shadow\":{{\"decision\":\"{shadow}\",\"reasons\":[]}}}}\n"
            );
        }
        fs::write(&path, lines).map_err(|error| local(&error))?;
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let start = Instant::now();
            let found = decisions::cutover(&[&path], None).map_err(Failure::from)?;
            times.push(start.elapsed());
            if found.all.compared != SHADOWED as u64 || found.all.would_deny == 0 {
                return Err(wrong("the shadow log does not come to what it holds").into());
            }
        }
        let report = ms(percentile(&mut times, 50));
        self.measure(Measured::new("cutover_report", report, "ms"))
    }
}

impl Shipped {
    /// Edits the policies as a story of the sample does, and commits that.
    pub(super) fn edit(&self) -> Result<(), Stop> {
        let files = workspace::sample_files();
        let story = workspace::find_story(&files, "2-contractors").map_err(failed)?;
        let edited = story
            .apply(&super::text(&files, &story.view.file))
            .map_err(failed)?;
        fs::write(self.root.join(&story.view.file), edited).map_err(|error| local(&error))?;
        // What is known of the story's own test: it fails, and ships all the same here.
        fs::remove_dir_all(self.root.join("tests")).map_err(|error| local(&error))?;
        Ok(commit(&self.root)?)
    }

    fn vault(&self) -> Vault {
        workspace::vault_of(&self.folders)
    }

    fn begin(&self) -> Result<(), Stop> {
        let vault = self.vault();
        let key = vault
            .create(KEY, Keep::File(&passphrase()), NOW)
            .map_err(Failure::from)?;
        let signer = vault.signer(&key, &|_| Ok(passphrase()))?;
        let origin = Some("example.com/bench");
        Ledger::create(&self.root, &self.folders, origin, (KEY, &signer), NOW)
            .map(drop)
            .map_err(failed)
    }

    /// A ledger that is as full as one that is audited.
    fn receipts(&self) -> Result<(), Stop> {
        let key = SecretKey::from_seed(&[7; 32]);
        let ledger = Ledger::open(&self.root, &self.folders).map_err(failed)?;
        let ledger = ledger.ok_or_else(|| failed(workspace::Error::NoLedger))?;
        for first in (0..ISSUED).step_by(BATCH) {
            let numbers = first..ISSUED.min(first + BATCH as u64);
            let receipts = numbers.map(|number| receipt(number, &key));
            let receipts = receipts.collect::<Result<_, _>>().map_err(failed)?;
            ledger.append(receipts).map_err(failed)?;
        }
        Ok(())
    }

    /// What a command does with all of it, and how long that takes.
    fn moved(
        &self,
        now: u64,
        act: impl FnOnce(&Promotion<'_>) -> Result<Promoted, workspace::Error>,
    ) -> Result<Duration, Stop> {
        let start = Instant::now();
        let ledger = Ledger::open(&self.root, &self.folders).map_err(failed)?;
        let ledger = ledger.ok_or_else(|| failed(workspace::Error::NoLedger))?;
        let promoted = act(&Promotion {
            root: &self.root,
            ledger: &ledger,
            vault: &self.vault(),
            ask: &|_| Ok(passphrase()),
            now,
        })
        .map_err(failed)?;
        let took = start.elapsed();
        match promoted {
            Promoted::Moved(_) => Ok(took),
            Promoted::Blocked { gates } => {
                Err(wrong(format!("the channel did not move: {gates:?}")).into())
            }
        }
    }

    pub(super) fn promote(&self, version: &str, now: u64) -> Result<Duration, Stop> {
        self.moved(now, |with| {
            let log = Log::open(&self.log).map_err(workspace::Error::from)?;
            let wanted = WantedMove {
                channel: "stable",
                version,
                modes: Modes::default(),
                reason: None,
                log: Some(Arc::new(log)),
                overriding: None,
                outside_window: None,
                skip_references: None,
            };
            promote(with, &wanted)
        })
    }

    pub(super) fn roll_back(&self, now: u64) -> Result<Duration, Stop> {
        self.moved(now, |with| roll_back(with, "stable", "measured"))
    }
}

fn passphrase() -> Passphrase {
    Passphrase::new("a long walk".to_owned())
}

pub(super) fn failed(error: workspace::Error) -> Stop {
    Stop::Failed(error.into())
}

pub(super) fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Code::Internal, message.into())
}

fn git(root: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let ended = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .output();
    match ended {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(wrong(String::from_utf8_lossy(&output.stderr).into_owned())),
        Err(error) => Err(wrong(format!("`git` cannot be run: {error}"))),
    }
}

fn commit(root: &Path) -> Result<(), Failure> {
    git(root, &["add", "--all"])?;
    git(root, &["commit", "--quiet", "--message", "measured"])
}

/// Ten thousand moves, each an object of its own.
fn import(root: &Path) -> Result<(), Failure> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["-c", "fastimport.unpackLimit=1000000", "fast-import"])
        .arg("--quiet")
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| wrong(format!("`git` cannot be run: {error}")))?;
    let mut stream = String::new();
    for sequence in 1..=MOVES {
        let summary = evidence::json::to_canonical(&summary(sequence))
            .map_err(|error| wrong(error.to_string()))?;
        let message = format!("Promote\n\n{summary}\n");
        stream += &format!(
            "commit refs/fabric/channels/stable\ncommitter B <b@example.com> 0 +0000\ndata {}\n{message}\n",
            message.len()
        );
        if sequence == 1 {
            stream += "M 100644 inline forward.tfr\ndata 7\nforward\n";
        }
    }
    let written = match child.stdin.take() {
        Some(mut to) => to.write_all(stream.as_bytes()),
        None => Ok(()),
    };
    let ended = written.and_then(|()| child.wait());
    match ended.map_err(|error| local(&error))? {
        ended if ended.success() => Ok(()),
        ended => Err(wrong(format!("`git fast-import` ended with {ended}"))),
    }
}

fn summary(sequence: u64) -> Summary {
    let digest = |what: &str| {
        let text = format!("{what} {sequence}");
        evidence::hex(&evidence::sha256(&[text.as_bytes()]))
    };
    let person = |number: u64| format!("Person {number} <p{number}@example.com>");
    Summary {
        channel: "stable".into(),
        sequence,
        version: format!("1.{sequence}.0"),
        commit: digest("commit").chars().take(40).collect(),
        digest: digest("files"),
        modes: Modes::default(),
        kind: Kind::Promotion,
        undoes: None,
        by: person(sequence % 17),
        at: NOW + sequence,
        reason: Some("quarterly review of ward access".into()),
        policies: (0..4)
            .map(|at| format!("policy-{}", (sequence + at) % 40))
            .collect(),
        approvers: vec![person(17 + sequence % 5)],
        overridden: Vec::new(),
    }
}

/// The median of some walks over all moves, each by a process's first look at the repository.
fn walked(root: &Path) -> Result<Duration, Failure> {
    let query = Query {
        person: Some("p3@example.com".into()),
        policy: Some("policy-7".into()),
        ..Query::default()
    };
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        let registry = Registry::open(root)?;
        let (mut read, mut found) = (0, 0);
        for one in registry.history("stable", None)? {
            read += 1;
            found += u64::from(query.admits(&one?));
        }
        times.push(start.elapsed());
        if read != MOVES || found == 0 {
            return Err(wrong(format!("{read} moves were read, {found} found")));
        }
    }
    Ok(percentile(&mut times, 50))
}
