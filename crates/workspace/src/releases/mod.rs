//! Moving a channel: a version is made of what is committed, gates are looked at, the bundle that ships it and the bundle that
//! takes it back are sealed, the receipt is written, and then the channel moves. Each step is of another room: `registry` keeps
//! and moves, `release` seals, `guard` judges drift, the [`Ledger`] remembers. Killed at any point, the next call finishes what
//! had its receipt, and says so instead of doing what it was asked for; what had none it forgets.

mod authors;
mod back;
mod behind;
mod candidate;
mod demands;
mod digests;
mod export;
mod gates;
mod modes;
mod moving;
mod partial;
mod roots;
mod rules;
mod splice;
mod view;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use decisions::{Log, Pair};
use evidence::{ed25519::Signer, moment};
use guard::Override;
use model::{Code, Failure, Found, Remark};
use policy::PolicySet;
use proof::Prover;
use registry::{
    Approval, Approver, Change, Held, Kind, Move, NewVersion, Recovered, Registry, Subject,
    Summary, Version,
};
use release::{Files, Modes, Release};
use serde::Serialize;
use vault::{Ask, Vault};

pub use back::roll_back;
pub use behind::{behind, foreign};
pub use digests::{evidence_of_moves, policies_of_moves};
pub use export::{Form, channel_root, export};
pub use gates::{Fact, Standing};
pub use modes::{ModeOf, NewModes, are_known as known_modes, change_modes, with_mode};
pub use partial::roll_back_policy;
pub use roots::{begin_root_again, believed_by, renew_root, renew_roots};
pub(crate) use rules::problems as rule_problems;
pub use rules::{ApproverRule, ChannelRules, known_channel};
pub(crate) use splice::enforced;
pub(crate) use view::{gate, moved, recorded, view, view_all};

use crate::{Compiler, Error, Ledger, git, references};
use behind::{is_ours, is_whole};
use candidate::{Candidate, Shipped, candidate, committed, is_news, is_same, manifest, shipped};
use gates::Between;
use moving::{Shipment, Transfer, move_to, transfer};

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
    /// How its policies are applied.
    pub modes: Modes,
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
    /// How its policies are applied, in words: `enforced`, `audit-only`, `canary 10 %`.
    pub mode: String,
    /// The same as a value.
    #[serde(skip)]
    pub modes: Modes,
    /// What it shipped before.
    pub before: Option<String>,
    /// How the policies of that were applied.
    pub mode_before: Option<String>,
    /// The move's id in the repository.
    pub id: String,
    /// The version that decides for whom these modes do not reach, in words, where that is one and it was not told of before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// The policy that was brought back, where it was not enforced for anybody: what decides stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_enforced: Option<String>,
    /// The number of the receipt in the ledger.
    pub receipt: u64,
    /// What was looked at.
    pub gates: Vec<Fact>,
    /// A way back is sealed.
    pub way_back: bool,
    /// Nothing was in force before, and nothing decides for everybody now: whom no canary reaches is denied everything.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nothing_decides: bool,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Promoted {
    /// It moved.
    Moved(Box<Moved>),
    /// It stands where it stood.
    Blocked {
        /// What was looked at.
        gates: Vec<Fact>,
    },
}

/// Ships a version.
///
/// # Errors
/// `registry_missing`, `version_taken`, `version_moved`, `promotion_conflict`, `clock_back`, `key_missing` and the others of the
/// rooms it goes through; `move_finished` when a move had been begun, which is finished now, and is all that happened; `promotion_refused` when the working copy is in no state to make a version of. Nothing moved then.
pub fn promote(with: &Promotion<'_>, wanted: &Wanted<'_>) -> Result<Promoted, Error> {
    has_words("reason", wanted.reason.as_deref())?;
    has_words(
        "reason for moving outside the window",
        wanted.outside_window,
    )?;
    has_words("reason for leaving references out", wanted.skip_references)?;
    let registry = Registry::open(with.root)?;
    let mut held = registry.hold(wanted.channel)?;
    finish(with, &mut held)?;
    let mut found = candidate(
        with.root,
        &registry,
        wanted.channel,
        wanted.version,
        wanted.modes.clone(),
    )?;
    // Nobody answers for drift who may have made it.
    if let (Some(error), Some(_)) = (found.nobody_knows.take(), wanted.overriding) {
        return Err(error);
    }
    is_news(&found, with.now)?;
    let judged = judge(with, &registry, &found, wanted)?;
    let made = match judged.sound && !found.tagged {
        true => Some(tag(with, &registry, &found)?),
        false => None,
    };
    let closed = |fact: &Fact| fact.standing == Standing::Blocked;
    if judged.facts.iter().any(closed) {
        return Ok(Promoted::Blocked {
            gates: judged.facts,
        });
    }
    let moved = ship(with, &mut held, &found, wanted, judged);
    if let (Err(_), Some(made)) = (&moved, made)
        && registry.begun(wanted.channel)?.is_none()
    {
        // What was refused leaves no version behind; nobody can have approved it yet.
        registry.untag(&made)?;
    }
    moved
}

/// Moves the channel, with every gate passed.
fn ship(
    with: &Promotion<'_>,
    held: &mut Held<'_>,
    found: &Candidate,
    wanted: &Wanted<'_>,
    judged: Judged,
) -> Result<Promoted, Error> {
    let Judged {
        facts,
        report,
        approvals,
        ..
    } = judged;
    let release = &found.release;
    let before = found.before.as_ref().map(|before| &before.release);
    if let Some(report) = &report {
        with.ledger.keep(report.as_bytes())?;
    }
    let is_overridden = facts
        .iter()
        .any(|fact| fact.gate == "drift" && fact.standing == Standing::Overridden);
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
    let way_back = before.map(|before| back_to(before, release));
    let shipment = Shipment {
        release,
        ready: None,
        way_back: way_back.as_ref(),
        roots: found.before.as_ref().map(|before| &before.roots),
        overriding: wanted.overriding.filter(|_| is_overridden),
    };
    move_to(with, held, &shipment, change, facts)
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
        wanted.modes.clone(),
    )?;
    is_whole(with.ledger, &registry, wanted.channel)?;
    is_news(&found, with.now)?;
    Ok(judge(with, &registry, &found, wanted)?.facts)
}

/// Who answers for a move says why: spaces are no reason.
fn has_words(what: &str, said: Option<&str>) -> Result<(), Error> {
    match said {
        Some(said) if said.trim().is_empty() => Err(refused(
            format!("the {what} is empty"),
            "say in a few words why; it stays with the move",
        )),
        _ => Ok(()),
    }
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
    let Candidate { release, asked, .. } = found;
    let before = found.before.as_ref().map(|before| &before.release);
    let subject = Subject::of(release);
    let mut compiler = Compiler::default();
    let (validation, checked) = gates::validation(&mut compiler, &release.files);
    // What lies in today's folder says nothing of a version from another.
    let not_shipped = match found.folder == registry.folder() {
        true => gates::not_shipped(with.root, &found.commit, &release.files)?,
        false => None,
    };
    let validation = match validation.standing {
        Standing::Blocked => validation,
        _ => gates::rules(&release.files, &|path| {
            let read = git::file_in(with.root, &found.commit, &found.folder, path);
            read.ok().flatten()
        }),
    };
    let validation = validation.with(not_shipped);
    let shipped = before.map(|before| &before.files);
    let held = before.map(in_force).transpose()?;
    let between = match validation.standing {
        Standing::Blocked => Between::default(),
        _ => Between {
            now: held.as_ref().and_then(|held| held.decides.clone()),
            then: splice::between(release)?,
        },
    };
    let tests = gates::tests(&release.files, shipped, &checked, &between, &mut compiler);
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
            asked,
            before: held.as_ref().map(|held| &held.files),
            after: Some(&release.files),
            between: &between,
            log: wanted.log.clone(),
            given: wanted.overriding,
            authors: found.authors.clone(),
            compiler: &mut compiler,
            prover: &Prover::default(),
            kept: with.ledger.beside("guard"),
            now: with.now,
        })?;
        let is_held = matches!(drift.found, Found::Replayed(_));
        let drift = drift.with(held.and_then(|held| held.remark).filter(|_| is_held));
        (Some(drift), report)
    };
    let (approved, approvals) = gates::approvals(
        asked.rules.approvals,
        registry.approvals(&subject)?,
        &subject,
        (&found.asked.approvers, &found.authors),
        with.now,
    );
    let approved = approved.with(asked.own_approvals.clone());
    let window = gates::window(&asked.rules, wanted.outside_window, with.now);
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

/// What drift is held against.
struct HeldAgainst {
    files: Files,
    /// The same, where it decides for everybody.
    decides: Option<Files>,
    /// What is to be known about it.
    remark: Option<Remark>,
}

/// What drift is held against: what decides for everybody, not what is only recorded or reaches a few. Where nothing does, that is the
/// version that is there: else a version that is put to audit-only could be followed by any other.
fn in_force(before: &Release) -> Result<HeldAgainst, Error> {
    let decides = enforced(before)?;
    if !crate::scan::has_policies(&decides) {
        return Ok(HeldAgainst {
            files: before.files.clone(),
            decides: None,
            remark: Some(Remark::NothingDecides),
        });
    }
    let left_out = before.modes.has_canary() && decides != before.files;
    Ok(HeldAgainst {
        files: decides.clone(),
        decides: Some(decides),
        remark: left_out.then_some(Remark::CanaryLeftOut),
    })
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
    modes: Modes,
    (by, key): (&str, &dyn Signer),
    lasts: u64,
) -> Result<Approval, Error> {
    let registry = Registry::open(root)?;
    registry.version(version)?;
    let found = candidate(root, &registry, channel, version, modes)?;
    let subject = Subject::of(&found.release);
    let by = named(&found.asked.approvers, by, key);
    let approval = Approval::sign(&subject, by, now, now.saturating_add(lasts), key)?;
    approval.check(&subject, &found.asked.approvers, &found.authors, now)?;
    registry.approve(&subject, &approval)?;
    Ok(approval)
}

/// Who approves, as the workspace writes their name where it is theirs: only a part of it may have been typed.
fn named<'a>(approvers: &'a [Approver], by: &'a str, key: &dyn Signer) -> &'a str {
    let own = approvers.iter().find(|known| known.key == key.public());
    let named = own.filter(|known| known.is_named(by));
    named.map_or(by, |known| &known.person)
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

/// The move after one, with what was there before it.
fn back_to(before: &Release, from: &Release) -> Release {
    Release {
        sequence: from.sequence + 1,
        undoes: Some(from.sequence),
        ..before.clone()
    }
}

fn refused(message: impl Into<String>, hint: &str) -> Error {
    let mut failure = Failure::new(Code::PromotionRefused, message.into());
    hint.clone_into(&mut failure.hint);
    failure.into()
}

/// Of a channel that ships nothing, when something is to be done with what it ships.
fn never_moved(channel: &str) -> Error {
    refused(
        format!("`{channel}` ships nothing yet"),
        "promote a version to it first: `fabric promote`",
    )
}

/// What the rows of a shadow log are of, as long as what a channel ships now runs along with something else; nothing where it is enforced.
///
/// # Errors
/// `promotion_refused` when the channel ships nothing; what an enforcement point says of a release that it cannot decide by.
pub fn shadow_pairs(root: &Path, channel: &str) -> Result<BTreeSet<Pair>, Error> {
    let registry = Registry::open(root)?;
    let tip = registry.tip(channel)?;
    let tip = tip.ok_or_else(|| rules::unknown_or_unmoved(root, &registry, channel))?;
    let engine = pdp::Engine::new(&shipped(&registry, &tip.id)?.release)?;
    Ok(engine.pairs())
}

/// What a killed process left is finished, if its receipt is written, and forgotten otherwise. Who asked for something saw the channel
/// without that move: they are told of it, and nothing else moves before they ask again.
fn finish(with: &Promotion<'_>, held: &mut Held<'_>) -> Result<(), Error> {
    let ledger = with.ledger;
    if let Some(tip) = held.tip()? {
        is_ours(with.root, held.registry(), &tip)?;
    }
    let seen = held.registry().last(held.channel())?;
    match held.recover(|begun| ledger.has_move(&begun.id))? {
        Recovered::Finished(begun) if seen.as_ref() != Some(&begun.id) => {
            return Err(finished(&begun).into());
        }
        // Where only the end of its end was missing, the channel was there already.
        Recovered::Finished(_) | Recovered::Forgotten(_) | Recovered::Nothing => {}
    }
    is_whole(ledger, held.registry(), held.channel())
}

fn finished(begun: &Move) -> Failure {
    let Summary {
        channel,
        sequence,
        version,
        at,
        by,
        ..
    } = &begun.summary;
    let at = moment::text(*at);
    let message = format!(
        "move {sequence} of `{channel}` to {version}, begun {at} by {by}, was finished just now, and nothing else was done"
    );
    let mut failure = Failure::new(Code::MoveFinished, message);
    failure.hint = format!(
        "to take it back, say `fabric rollback {channel}` again; to ship a version by its name, `fabric promote VERSION --to {channel}`"
    );
    failure
}

/// Makes the version, once its own files are in order: what else keeps it waiting is not about them.
fn tag(with: &Promotion<'_>, registry: &Registry, found: &Candidate) -> Result<Version, Error> {
    let by = git::user(with.root)?;
    Ok(registry.tag(&NewVersion {
        version: &found.release.version,
        commit: &found.commit,
        digest: release::digest(&found.release.files),
        by: &by,
        at: with.now,
        words: &format!("Version {}", found.release.version),
    })?)
}

/// Policies that are not the same in both, by id; one that has another id now by both.
fn differing(before: Option<&Files>, after: &Files) -> Vec<String> {
    let set = |files| PolicySet::parse(files).0;
    let before = before.map(set).unwrap_or_default();
    let changes = policy::diff(&before, &set(after));
    let ids: BTreeSet<String> = changes
        .into_iter()
        .flat_map(|change| [Some(change.id), change.old_id])
        .flatten()
        .collect();
    ids.into_iter().collect()
}
