//! Moving a channel: a version is made of what is committed, gates are looked at, the bundle that ships it and the bundle that
//! takes it back are sealed, the receipt is written, and then the channel moves. Each step is of another room: `registry` keeps
//! and moves, `release` seals, `guard` judges drift, the [`Ledger`] remembers. Killed at any point, the next call finishes what
//! had its receipt and forgets what had none.

mod gates;
mod rules;
mod view;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use decisions::Log;
use evidence::{
    Hash,
    dsse::Envelope,
    ed25519::Signer,
    hex, moment, sha256,
    statement::{self, Subject as About},
};
use guard::Override;
use model::{Code, Failure};
use policy::PolicySet;
use proof::Prover;
use registry::{Approval, Bundles, Change, Held, Kind, Move, NewVersion, Registry, Subject};
use release::{
    Bundle, Consumer, Files, LIMITS, Mode, Modes, Release, Role, Roles, Roots, Sealing, seal,
};
use serde::Serialize;
use vault::{Ask, Vault};

pub use gates::{Fact, Standing};
pub use rules::{ApproverRule, ChannelRules};
pub(crate) use view::{gate, moved, view};

use crate::{
    Compiler, Error, Ledger, Manifest, Receipt, git, references, scan,
    signing::{by_reference, signers},
};

/// Seconds for which consumers take a bundle: it has to be renewed, or the channel moved, before.
const LASTS: u64 = 90 * 24 * 3600;
/// Seconds for which a root is believed.
const ROOT_LASTS: u64 = 5 * 365 * 24 * 3600;

/// What moves a channel besides files: the workspace, its ledger, the keys, the time.
pub struct Promotion<'a> {
    /// The workspace's folder (canonical).
    pub root: &'a Path,
    /// Its ledger.
    pub ledger: &'a Ledger,
    /// The user's keys.
    pub vault: &'a Vault,
    /// Asked for passphrases.
    pub ask: Ask<'a>,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// What is to be shipped.
pub struct Wanted<'a> {
    /// Where.
    pub channel: &'a str,
    /// Which version; it is made of the commit that is checked out when there is none of this name.
    pub version: &'a str,
    /// In which mode policies are applied that nothing else is said about.
    pub mode: Mode,
    /// What is said about it.
    pub reason: Option<String>,
    /// What drift is judged on.
    pub log: Option<Arc<Log>>,
    /// An override of what exceeds the tolerance.
    pub overriding: Option<&'a Override>,
    /// Why it cannot wait for the channel's window.
    pub outside_window: Option<&'a str>,
    /// Why it ships although policies cite what is not there.
    pub skip_references: Option<&'a str>,
}

/// A channel moved.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// Which.
    pub channel: String,
    /// The number of the move.
    pub sequence: u64,
    /// What it ships now.
    pub version: String,
    /// What it shipped before.
    pub before: Option<String>,
    /// The move's id in the repository.
    pub id: String,
    /// The number of the receipt in the ledger.
    pub receipt: u64,
    /// What was looked at.
    pub gates: Vec<Fact>,
    /// A way back is sealed.
    pub way_back: bool,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Promoted {
    /// It moved.
    Moved(Moved),
    /// It stands where it stood.
    Blocked {
        /// What was looked at.
        gates: Vec<Fact>,
    },
}

/// A version, and what it would be as a release.
struct Candidate {
    commit: String,
    /// The version is there already.
    tagged: bool,
    release: Release,
    rules: ChannelRules,
    /// Whose approvals count.
    approvers: Vec<registry::Approver>,
    /// The tolerance file, if one is named and there.
    tolerance: Option<Vec<u8>>,
    authors: Vec<String>,
    /// What the channel ships, and the roots it is signed under.
    before: Option<(Release, Roots)>,
}

/// Ships a version.
///
/// # Errors
/// `registry_missing`, `version_taken`, `version_moved`, `promotion_conflict`, `clock_back`, `key_missing` and the others of the
/// rooms it goes through; `promotion_refused` when the working copy is in no state to make a version of. Nothing moved then.
pub fn promote(with: &Promotion<'_>, wanted: &Wanted<'_>) -> Result<Promoted, Error> {
    let registry = Registry::open(with.root)?;
    let mut held = registry.hold(wanted.channel)?;
    finish(with.ledger, &mut held)?;
    let found = candidate(
        with.root,
        &registry,
        wanted.channel,
        wanted.version,
        wanted.mode,
    )?;
    let Judged {
        facts,
        report,
        approvals,
        sound,
    } = judge(with, &registry, &found, wanted)?;
    if sound && !found.tagged {
        tag(with, &registry, &found)?;
    }
    if facts.iter().any(|fact| fact.standing == Standing::Blocked) {
        return Ok(Promoted::Blocked { gates: facts });
    }
    let release = &found.release;
    let before = found.before.as_ref().map(|(before, _)| before);
    if let Some(report) = &report {
        with.ledger.keep(report.as_bytes())?;
    }
    let recorded = facts.iter().filter_map(Fact::recorded).collect();
    let change = |bundles| Change {
        bundles,
        commit: found.commit.clone(),
        kind: Kind::Promotion,
        by: String::new(),
        at: with.now,
        reason: wanted.reason.clone(),
        policies: differing(before.map(|before| &before.files), &release.files),
        approvals,
        gates: recorded,
    };
    let way_back = before.map(|before| Release {
        sequence: release.sequence + 1,
        undoes: Some(release.sequence),
        ..before.clone()
    });
    let shipment = Shipment {
        release,
        ready: None,
        way_back: way_back.as_ref(),
        roots: found.before.as_ref().map(|(_, roots)| roots),
    };
    move_to(with, &mut held, &shipment, change, facts)
}

/// What every gate says of a promotion now. Nothing moves, and no version is made.
///
/// # Errors
/// Those of [`promote`], but for keys and receipts.
pub fn gates(with: &Promotion<'_>, wanted: &Wanted<'_>) -> Result<Vec<Fact>, Error> {
    let registry = Registry::open(with.root)?;
    let found = candidate(
        with.root,
        &registry,
        wanted.channel,
        wanted.version,
        wanted.mode,
    )?;
    Ok(judge(with, &registry, &found, wanted)?.facts)
}

/// What the gates say.
struct Judged {
    /// Of each, in order.
    facts: Vec<Fact>,
    /// What drift was judged on, as it is to be kept.
    report: Option<String>,
    /// Those that count.
    approvals: Vec<Approval>,
    /// A version may be made of it.
    sound: bool,
}

fn judge(
    with: &Promotion<'_>,
    registry: &Registry,
    found: &Candidate,
    wanted: &Wanted<'_>,
) -> Result<Judged, Error> {
    let Candidate { release, rules, .. } = found;
    let before = found.before.as_ref().map(|(before, _)| before);
    let subject = Subject::of(release);
    let mut compiler = Compiler::default();
    let (validation, checked) = gates::validation(&mut compiler, &release.files);
    let tests = gates::tests(&release.files, &checked);
    let references = gates::references(
        before.is_some_and(|before| before.files.contains_key(references::FILE)),
        &checked,
        with.ledger,
        wanted.skip_references,
        with.now,
    )?;
    let sound = [&validation, &tests, &references]
        .iter()
        .all(|fact| fact.standing != Standing::Blocked);
    // A set that does not compile cannot be replayed, and has been told of.
    let (drift, report) = if validation.standing == Standing::Blocked {
        (None, None)
    } else {
        let (drift, report) = gates::drift(gates::Drift {
            rules,
            tolerance: found.tolerance.clone(),
            before: before.map(|before| &before.files),
            after: &release.files,
            log: wanted.log.clone(),
            given: wanted.overriding,
            authors: found.authors.clone(),
            compiler: &mut compiler,
            prover: &Prover::default(),
            kept: with.ledger.beside("guard"),
            now: with.now,
        })?;
        (Some(drift), report)
    };
    let (approved, approvals) = gates::approvals(
        rules.approvals,
        registry.approvals(&subject)?,
        &subject,
        (&found.approvers, &found.authors),
        with.now,
    );
    let window = gates::window(rules, wanted.outside_window, with.now);
    let facts = [
        Some(validation),
        Some(tests),
        Some(references),
        drift,
        Some(approved),
        Some(window),
    ];
    Ok(Judged {
        facts: facts.into_iter().flatten().collect(),
        report,
        approvals,
        sound,
    })
}

/// Takes the last move of a channel back: what it shipped before is shipped again, under a higher number, from the bundle that
/// was sealed for it. No gate is looked at: the way back is always open.
///
/// # Errors
/// `promotion_refused` when there is nothing to go back to; those of [`promote`].
pub fn roll_back(with: &Promotion<'_>, channel: &str, reason: &str) -> Result<Promoted, Error> {
    let registry = Registry::open(with.root)?;
    let mut held = registry.hold(channel)?;
    finish(with.ledger, &mut held)?;
    let tip = held
        .tip()?
        .ok_or_else(|| refused(format!("`{channel}` never moved")))?;
    let bundles = registry.bundles(&tip.id)?;
    let prepared = bundles.rollback.ok_or_else(|| {
        refused(format!(
            "`{channel}` ships its first version: nothing was in force before"
        ))
    })?;
    let back = Bundle::open(&prepared, LIMITS)?;
    let shipped = Bundle::open(&bundles.forward, LIMITS)?;
    let release = back.claims().clone();
    // Going forward again is a move like any other, and has its way sealed as well.
    let again = Release {
        sequence: release.sequence + 1,
        undoes: Some(release.sequence),
        ..shipped.claims().clone()
    };
    let version = registry.version(&release.version)?;
    let change = |bundles| Change {
        bundles,
        commit: version.commit.clone(),
        kind: Kind::Rollback,
        by: String::new(),
        at: with.now,
        reason: Some(reason.to_owned()),
        policies: differing(Some(&shipped.claims().files), &release.files),
        approvals: Vec::new(),
        gates: Vec::new(),
    };
    let roots = Roots::read(back.roots().iter().map(release::Root::text))?;
    let (tenant, environment) = (&release.tenant, &release.environment);
    let mut consumer = Consumer::new(tenant, channel, environment, roots.last().clone());
    let ready = match consumer.accept(&back, with.now) {
        Ok(_) => Some(prepared),
        // The channel did not move for long: the same is sealed again.
        Err(release::Error::Expired { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let shipment = Shipment {
        release: &release,
        ready,
        way_back: Some(&again),
        roots: Some(&roots),
    };
    move_to(with, &mut held, &shipment, change, Vec::new())
}

/// Approves that a version is shipped, as the channel stands now, in a clone of one's own: no ledger is needed. The version has to be
/// there.
///
/// # Errors
/// `version_unknown`; `approval_refused` when the key is of nobody who may, or the change is their own; those of [`promote`].
pub fn approve(
    root: &Path,
    now: u64,
    channel: &str,
    version: &str,
    mode: Mode,
    (by, key): (&str, &dyn Signer),
    lasts: u64,
) -> Result<Approval, Error> {
    let registry = Registry::open(root)?;
    registry.version(version)?;
    let found = candidate(root, &registry, channel, version, mode)?;
    let subject = Subject::of(&found.release);
    let approval = Approval::sign(&subject, by, now, now.saturating_add(lasts), key)?;
    approval.check(&subject, &found.approvers, &found.authors, now)?;
    registry.approve(&subject, &approval)?;
    Ok(approval)
}

/// A signed override, from its file.
///
/// # Errors
/// `override_refused` when it cannot be read.
pub fn override_at(path: &Path) -> Result<Override, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("cannot read `{}`: {error}", path.display());
        Failure::new(Code::OverrideRefused, message)
    })?;
    Ok(Override::read(&text)?)
}

fn refused(message: impl Into<String>) -> Error {
    Failure::new(Code::PromotionRefused, message.into()).into()
}

/// What a killed process left is finished, if its receipt is written, and forgotten otherwise.
fn finish(ledger: &Ledger, held: &mut Held<'_>) -> Result<(), Error> {
    held.recover::<Error>(|begun| Ok(receipt_of(ledger, &begun.id)?.is_some()))
        .map(drop)
}

/// The number of the receipt that speaks of a move, by the move's id. All of the ledger may be read, for clocks go back.
pub(crate) fn receipt_of(ledger: &Ledger, id: &str) -> Result<Option<u64>, Failure> {
    let wanted = hex(&sha256(&[id.as_bytes()]));
    let mut end = ledger.size()?;
    while end > 0 {
        let start = end.saturating_sub(512);
        for (number, entry) in (start..end).zip(ledger.entries(start..end)?).rev() {
            let Some(receipt) = &entry.receipt else {
                continue;
            };
            let envelope = Envelope::parse(receipt.envelope.as_bytes()).map_err(Error::from)?;
            let said = String::from_utf8_lossy(&envelope.payload);
            if said.contains(&wanted) {
                return Ok(Some(number));
            }
        }
        end = start;
    }
    Ok(None)
}

fn candidate(
    root: &Path,
    registry: &Registry,
    channel: &str,
    name: &str,
    mode: Mode,
) -> Result<Candidate, Error> {
    let (version, commit, tagged) = match registry.version(name) {
        Err(registry::Error::VersionUnknown(_)) => (name.to_owned(), committed(registry)?, false),
        found => {
            let version = found?;
            registry.unmoved(&version)?;
            if hex(&release::digest(&files_at(root, &version.commit)?)) != version.digest {
                let message = format!("the files of version {name} are not those it was made of");
                return Err(Failure::new(Code::VersionMoved, message).into());
            }
            (version.version, version.commit, true)
        }
    };
    let files = files_at(root, &commit)?;
    let tip = registry.tip(channel)?;
    let before = match &tip {
        None => None,
        Some(tip) => {
            let bundle = Bundle::open(&registry.bundles(&tip.id)?.forward, LIMITS)?;
            let roots = Roots::read(bundle.roots().iter().map(release::Root::text))?;
            Some((bundle.claims().clone(), roots))
        }
    };
    // INVARIANT: what is asked of a change is what was in force before it. A change that loosens its own gates passes the old ones.
    let (asks, asked_at) = match (&before, &tip) {
        (Some((before, _)), Some(tip)) => (&before.files, tip.summary.commit.as_str()),
        _ => (&files, commit.as_str()),
    };
    let asks = manifest(asks)?;
    let listed = asks.channel.iter().find(|rules| rules.name == channel);
    let rules = listed.cloned().unwrap_or_else(|| ChannelRules {
        name: channel.to_owned(),
        ..ChannelRules::default()
    });
    let tolerance = match &rules.tolerance {
        Some(path) => git::file_at(root, asked_at, path)?,
        None => None,
    };
    let modes = Modes {
        default: mode,
        ..Modes::default()
    };
    // What stays in force for whom the version does not apply to yet: what is in force for all now.
    let in_force = before.as_ref().map(|(before, _)| {
        let enforced = before.base.as_ref().unwrap_or(&before.files);
        enforced.clone()
    });
    let base = match (modes.all_enforced(), in_force) {
        (true, _) => None,
        (false, in_force) => Some(in_force.unwrap_or_default()),
    };
    let authors = match &tip {
        Some(tip) => git::authors(root, &tip.summary.commit, &commit)?,
        None => git::authors(root, &commit, &commit)?,
    };
    let tenant = tenant(&manifest(&files)?);
    if let Some((shipped, _)) = before
        .as_ref()
        .filter(|(shipped, _)| shipped.tenant != tenant)
    {
        let message = format!(
            "`{channel}` ships to `{}`, and the version is of `{tenant}`",
            shipped.tenant
        );
        let mut failure = Failure::new(Code::ReleaseForeign, message);
        failure.hint = "a channel keeps its tenant: correct `tenant` in workspace.toml, or begin another channel".to_owned();
        return Err(failure.into());
    }
    Ok(Candidate {
        release: Release {
            tenant,
            channel: channel.to_owned(),
            environment: rules
                .environment
                .clone()
                .unwrap_or_else(|| channel.to_owned()),
            version,
            sequence: tip.as_ref().map_or(0, |tip| tip.summary.sequence) + 1,
            undoes: None,
            modes,
            files,
            base,
        },
        commit,
        tagged,
        rules,
        approvers: rules::approvers(&asks.approver)?,
        tolerance,
        authors,
        before,
    })
}

fn manifest(files: &Files) -> Result<Manifest, Error> {
    match Manifest::read(files) {
        (manifest, None) => Ok(manifest),
        (_, Some(problem)) => Err(Error::Config(problem.message)),
    }
}

fn tenant(manifest: &Manifest) -> String {
    match manifest.tenant.as_str() {
        "" => "default".to_owned(),
        tenant => tenant.to_owned(),
    }
}

/// The commit that is checked out, if what is on disk is what is committed.
fn committed(registry: &Registry) -> Result<String, Error> {
    let copy = registry.working_copy()?;
    if let Some(under_way) = copy.under_way {
        return Err(refused(format!("git is in the middle of a {under_way}")));
    }
    if copy.branch.is_none() {
        return Err(refused(
            "no branch is checked out: a version is made of a branch's commit",
        ));
    }
    // What is no part of a version may be as it likes.
    let mut changed = copy.changed.iter().filter(|path| scan::belongs(path));
    if let Some(first) = changed.next() {
        let differ = match changed.count() {
            0 => format!("`{first}` differs"),
            more => format!("`{first}` and {more} more differ"),
        };
        return Err(refused(format!("{differ} from what is committed")));
    }
    copy.commit
        .ok_or_else(|| refused("nothing is committed yet"))
}

/// Makes the version, once its own files are in order: what else keeps it waiting is not about them.
fn tag(with: &Promotion<'_>, registry: &Registry, found: &Candidate) -> Result<(), Error> {
    let by = git::user(with.root)?;
    registry.tag(&NewVersion {
        version: &found.release.version,
        commit: &found.commit,
        digest: release::digest(&found.release.files),
        by: &by,
        at: with.now,
        words: &format!("Version {}", found.release.version),
    })?;
    Ok(())
}

fn files_at(root: &Path, commit: &str) -> Result<Files, Error> {
    let found = git::at(root, commit)?;
    Ok(found.map(|found| found.files).unwrap_or_default())
}

/// Policies that are not the same in both, by id.
fn differing(before: Option<&Files>, after: &Files) -> Vec<String> {
    let set = |files| PolicySet::parse(files).0;
    let before = before.map(set).unwrap_or_default();
    let changes = policy::diff(&before, &set(after));
    let ids: BTreeSet<String> = changes.into_iter().map(|change| change.id).collect();
    ids.into_iter().collect()
}

/// The roots under which this is sealed: those of the channel, or new ones; with the ledger's key of now, if it is another.
fn rooted(roots: Option<&Roots>, keys: &[&dyn Signer], now: u64) -> Result<Roots, Error> {
    let first = keys
        .first()
        .ok_or_else(|| Error::NoKey("the ledger has no key".to_owned()))?;
    let role = || Role {
        keys: vec![first.public()],
        threshold: 1,
    };
    let (roles, until) = (Roles::new(role(), role()), now.saturating_add(ROOT_LASTS));
    Ok(match roots {
        None => Roots::first(&roles, until, keys)?,
        Some(roots) if *roots.last().roles() == roles && now < roots.last().expires() => {
            roots.clone()
        }
        Some(roots) => roots.clone().next(&roles, until, keys)?,
    })
}

/// What goes out, and what comes after it if it is taken back.
struct Shipment<'a> {
    release: &'a Release,
    /// Its bundle, where that was sealed before.
    ready: Option<Vec<u8>>,
    way_back: Option<&'a Release>,
    roots: Option<&'a Roots>,
}

fn move_to(
    with: &Promotion<'_>,
    held: &mut Held<'_>,
    shipment: &Shipment<'_>,
    change: impl FnOnce(Bundles) -> Change,
    facts: Vec<Fact>,
) -> Result<Promoted, Error> {
    let keys = signers(with.ledger, with.vault, with.ask, with.now)?;
    let keys = by_reference(&keys);
    let roots = rooted(shipment.roots, &keys, with.now)?;
    let sealing = Sealing {
        roots: &roots,
        keys: &keys,
        expires: with.now.saturating_add(LASTS),
        renewed: 0,
    };
    let bundles = Bundles {
        forward: match &shipment.ready {
            Some(ready) => ready.clone(),
            None => seal(shipment.release, &sealing)?,
        },
        rollback: match shipment.way_back {
            Some(back) => Some(seal(back, &sealing)?),
            None => None,
        },
    };
    let before = held.tip()?;
    let by = git::user(with.root)?;
    let prepared = held.prepare(Change {
        by,
        ..change(bundles.clone())
    })?;
    let written = receipt(with, &prepared, before.as_ref(), &bundles, &keys).and_then(|receipt| {
        let numbers = with.ledger.append(vec![receipt])?;
        with.ledger.sign(&keys, with.now)?;
        Ok(numbers.start)
    });
    let number = match written {
        Ok(number) => number,
        Err(error) => {
            // What is not in the ledger did not happen; what is, the next call finishes.
            if receipt_of(with.ledger, &prepared.id)?.is_none() {
                held.forget(&prepared)?;
            }
            return Err(error);
        }
    };
    held.commit(&prepared)?;
    Ok(Promoted::Moved(Moved {
        channel: prepared.summary.channel,
        sequence: prepared.summary.sequence,
        version: prepared.summary.version,
        before: before.map(|before| before.summary.version),
        id: prepared.id,
        receipt: number,
        gates: facts,
        way_back: bundles.rollback.is_some(),
    }))
}

/// That a channel moves: signed over the move, both bundles and the digests of the files.
fn receipt(
    with: &Promotion<'_>,
    prepared: &Move,
    before: Option<&Move>,
    bundles: &Bundles,
    keys: &[&dyn Signer],
) -> Result<Receipt, Error> {
    let said = &prepared.summary;
    let digest = |digest: &str| format!("sha256:{digest}");
    let nothing: Hash = release::digest(&Files::new());
    let from = before.map_or_else(|| hex(&nothing), |before| before.summary.digest.clone());
    let mut about = vec![
        About::of("move", prepared.id.as_bytes()),
        About::of("forward.tfr", &bundles.forward),
    ];
    if let Some(rollback) = &bundles.rollback {
        about.push(About::of("rollback.tfr", rollback));
    }
    let (issued, channel) = (moment::text(with.now), said.channel.clone());
    match said.undoes {
        None => Receipt::seal(
            about,
            &statement::Promotion {
                issued,
                channel,
                version: said.sequence,
                from: digest(&from),
                to: digest(&said.digest),
                by: said.by.clone(),
            },
            keys,
        ),
        Some(undone) => Receipt::seal(
            about,
            &statement::Rollback {
                issued,
                channel,
                version: said.sequence,
                restores: undone.saturating_sub(1),
                from: digest(&from),
                to: digest(&said.digest),
                by: said.by.clone(),
                reason: said.reason.clone().unwrap_or_default(),
            },
            keys,
        ),
    }
}
