//! How the policies of a version are applied: said with a promotion, and changed later without a new version.

use std::{collections::BTreeSet, sync::Arc};

use decisions::Log;
use model::{Found, Remark};
use policy::PolicySet;
use proof::Prover;
use registry::{Kind, Move, Registry, Subject};
use release::{Files, Mode, Modes, Release};

use super::{
    Fact, Promoted, Promotion, Standing, authors,
    candidate::folder_of,
    demands::{At, Demands},
    gates,
    gates::Between,
    has_words, in_force, never_moved,
    partial::is_partial,
    refused, rules, shipped, splice,
    splice::{Effect, effect},
    transfer,
};
use crate::{Compiler, Error, git, scan};

/// What a mode is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModeOf {
    /// All policies, whatever was said about single ones.
    All,
    /// Policies that nothing else is said about.
    Default,
    /// One policy, by its id.
    Policy(String),
    /// The policies with this `@group`.
    Group(String),
}

/// Modes to be.
pub struct NewModes<'a> {
    /// Of which channel.
    pub channel: &'a str,
    /// Of what.
    pub of: &'a [ModeOf],
    /// How these are applied from now on.
    pub mode: Mode,
    /// Why.
    pub reason: &'a str,
    /// Why it cannot wait for the channel's window.
    pub outside_window: Option<&'a str>,
    /// Opens the log to replay, where something is to be judged.
    pub log: &'a dyn Fn() -> Result<Option<Arc<Log>>, Error>,
}

/// The same modes, with one more for some of them.
#[must_use]
pub fn with_mode(mut modes: Modes, of: &[ModeOf], mode: Mode) -> Modes {
    for of in of {
        match of {
            ModeOf::All => {
                modes = Modes {
                    default: mode,
                    ..Modes::default()
                };
            }
            ModeOf::Default => modes.default = mode,
            ModeOf::Policy(id) => drop(modes.policies.insert(id.clone(), mode)),
            ModeOf::Group(group) => drop(modes.groups.insert(group.clone(), mode)),
        }
    }
    modes
}

/// Applies the policies of the version in force in other modes: a move like any other, with its way back. Asked for are the approvals
/// and the window, of which the files in force say what a promotion needs; and where single policies wait now, so that a set decides that
/// nobody judged, that it passes the tests and the tolerance. Where these ask for approvals that nobody can give, what is committed is
/// asked for them.
///
/// # Errors
/// `promotion_refused` when the channel ships nothing, has no such policy or group, or is in these modes; those of
/// [`super::promote`].
pub fn change_modes(with: &Promotion<'_>, wanted: &NewModes<'_>) -> Result<Promoted, Error> {
    has_words("reason", Some(wanted.reason))?;
    has_words(
        "reason for moving outside the window",
        wanted.outside_window,
    )?;
    let registry = Registry::open(with.root)?;
    let mut held = registry.hold(wanted.channel)?;
    super::finish(with, &mut held)?;
    let tip = held.tip()?;
    let tip = tip.ok_or_else(|| rules::unknown_or_unmoved(with.root, &registry, wanted.channel))?;
    let super::Shipped {
        release: before,
        roots,
        ..
    } = shipped(&registry, &tip.id)?;
    let modes = with_mode(before.modes.clone(), wanted.of, wanted.mode);
    if modes == before.modes {
        return Err(refused(
            format!("`{}` is in these modes already", wanted.channel),
            "`fabric channel` tells how each channel is applied",
        ));
    }
    let past = match modes.all_enforced() {
        true => None,
        false => Some(enforced_before(&registry, &tip, &before)?),
    };
    let (base, otherwise) = past.map(|past| (past.files, past.version)).unzip();
    let release = Release {
        sequence: before.sequence + 1,
        undoes: None,
        modes,
        base,
        ..before.clone()
    };
    are_known(&release)?;
    let folder = folder_of(&registry, &tip)?;
    let at = |folder| At {
        commit: &tip.summary.commit,
        folder,
    };
    let asked = Demands::in_force(
        with.root,
        wanted.channel,
        (&before.files, at(&*folder)),
        (&before.files, at(registry.folder())),
    )?;
    let subject = Subject::of(&release);
    // Whoever changes the modes needs another's word, and so does who wrote what comes into force by it.
    let mut authors = vec![git::user(with.root)?];
    if asked.rules.approvals > 0 {
        let there = authors::There::new(with.root, &registry, (&tip, &before))?;
        authors.extend(there.of_policies((&tip.summary.commit, &release))?);
    }
    let (approved, approvals) = gates::approvals(
        asked.rules.approvals,
        registry.approvals(&subject)?,
        &subject,
        (&asked.approvers, &authors),
        with.now,
    );
    let window = gates::window(&asked.rules, wanted.outside_window, with.now);
    let (mut facts, report) = judged(with, &before, &release, &asked, wanted)?;
    facts.extend([approved.with(asked.own_approvals.clone()), window]);
    if facts.iter().any(|fact| fact.standing == Standing::Blocked) {
        return Ok(Promoted::Blocked { gates: facts });
    }
    if let Some(report) = &report {
        with.ledger.keep(report.as_bytes())?;
    }
    let policies = touched(&before, &release);
    let mut made = transfer(
        with,
        &mut held,
        super::Transfer {
            release: &release,
            before: &before,
            roots: &roots,
            commit: tip.summary.commit.clone(),
            kind: Kind::Modes,
            reason: wanted.reason,
            policies,
            approvals,
        },
        facts,
    )?;
    if let Promoted::Moved(moved) = &mut made {
        moved.otherwise = otherwise.flatten();
    }
    Ok(made)
}

/// What tests and drift say of the sets that decide from now on and that nobody judged: neither a version that was promoted, nor what was
/// before it, nor what decides already.
fn judged(
    with: &Promotion<'_>,
    before: &Release,
    release: &Release,
    asked: &Demands,
    wanted: &NewModes<'_>,
) -> Result<(Vec<Fact>, Option<String>), Error> {
    let mut known: Vec<Effect> = splice::deciding(before)?.iter().map(effect).collect();
    known.extend(release.base.as_ref().map(effect));
    let mut then = splice::deciding(release)?;
    then.retain(|files| scan::has_policies(files) && !known.contains(&effect(files)));
    // A promotion was judged by its version; what a rollback of one policy made was not.
    let of_version = effect(&release.files);
    let is_version = |files: &Files| effect(files) == of_version;
    let whole = then.iter().any(is_version) && is_partial(&release.version);
    then.retain(|files| !is_version(files));
    let held = in_force(before)?;
    if then.is_empty() && !whole {
        return Ok((Vec::new(), None));
    }
    let between = Between {
        now: held.decides,
        then,
    };
    let mut compiler = Compiler::default();
    let (_, checked) = gates::validation(&mut compiler, &release.files);
    let tests = gates::tests(&release.files, None, &checked, &between, &mut compiler);
    let log = match asked.tolerance {
        Some(_) => (wanted.log)()?,
        None => None,
    };
    let (drift, report) = gates::drift(gates::Drift {
        asked,
        before: Some(&held.files),
        after: whole.then_some(&release.files),
        between: &between,
        log,
        given: None,
        authors: Vec::new(),
        compiler: &mut compiler,
        prover: &Prover::default(),
        kept: with.ledger.beside("guard"),
        now: with.now,
    })?;
    let is_whole = !drift.remarks.contains(&Remark::InBetween);
    let signs_nothing = is_whole && drift.standing == Standing::Blocked;
    let hint = match signs_nothing {
        true => {
            "a move of modes takes no override: promote this version in these modes, where an approver may sign one"
        }
        false => drift.hint,
    };
    let is_held = matches!(drift.found, Found::Replayed(_));
    let drift = Fact { hint, ..drift }.with(held.remark.filter(|_| is_held));
    Ok((vec![tests, drift], report))
}

/// What decides for whom a mode has not reached.
pub(super) struct Before {
    pub(super) files: Files,
    /// The version that they are of, in words, where that is one.
    pub(super) version: Option<String>,
}

/// What was in force for everybody before the version that a channel ships came. What was taken back is not: a version that came back
/// by a rollback stands where it stood before, and one that lost a policy that way in the place of the one it was.
pub(super) fn enforced_before(
    registry: &Registry,
    tip: &Move,
    now: &Release,
) -> Result<Before, Error> {
    if let Some(base) = &now.base {
        return Ok(Before {
            files: base.clone(),
            version: None,
        });
    }
    let channel = &tip.summary.channel;
    let mut from = tip.id.clone();
    let mut taken_back = BTreeSet::new();
    // What a rollback took out of what stands was in force before that, too.
    let before = |files: &Files, version: Option<String>, taken_back: &BTreeSet<String>| {
        let along = |files: Files, id: &String| splice::bring_along(&files, &now.files, id);
        let made = taken_back.iter().try_fold(files.clone(), along)?;
        let mended = || {
            let ids: Vec<_> = taken_back.iter().map(|id| format!("`{id}`")).collect();
            format!(", with {} as taken back", ids.join(", "))
        };
        Ok(Before {
            version: version.map(|version| match made == *files {
                true => version,
                false => version + &mended(),
            }),
            files: made,
        })
    };
    // INVARIANT: every turn goes on from an older move.
    loop {
        let since = registry.in_force_since(channel, Some(&from))?;
        let since = since.ok_or_else(|| never_moved(channel))?;
        if let Some(base) = shipped(registry, &since.id)?.release.base {
            return before(&base, None, &taken_back);
        }
        let parent = match (since.parent, since.summary.kind) {
            (None, _) => return before(&Files::new(), None, &BTreeSet::new()),
            (Some(parent), Kind::Promotion | Kind::Modes) => {
                let release = shipped(registry, &parent)?.release;
                let version = release
                    .modes
                    .all_enforced()
                    .then(|| release.version.clone());
                return before(&splice::enforced(&release)?, version, &taken_back);
            }
            (Some(parent), Kind::Partial) => {
                taken_back.extend(since.summary.policies);
                parent
            }
            (Some(parent), Kind::Rollback) => {
                let restored = since.summary.undoes.unwrap_or_default().saturating_sub(1);
                let mut history = registry.history(channel, Some(&parent))?;
                let restored = history.find(|found| {
                    let is = |found: &Move| found.summary.sequence <= restored;
                    found.as_ref().map_or(true, is)
                });
                restored.ok_or_else(|| never_moved(channel))??.id
            }
        };
        from = parent;
    }
}

/// Refuses modes of what is not there: a mistyped name would enforce what it was to hold back. What cannot be parsed has other troubles.
///
/// # Errors
/// `promotion_refused` with the policy or group.
pub fn are_known(release: &Release) -> Result<(), Error> {
    let Modes {
        policies, groups, ..
    } = &release.modes;
    if policies.is_empty() && groups.is_empty() {
        return Ok(());
    }
    let (new, _) = PolicySet::parse(&release.files);
    if new.broken() {
        return Ok(());
    }
    let old = base(release);
    let all = || new.policies().iter().chain(old.policies());
    // A number follows the place in a file: it would name one policy before and another one after.
    if let Some(policy) = all().find(|policy| !policy.stable_id) {
        return Err(refused(
            format!(
                "`{}` has no @id, so that its name follows its place in the file",
                policy.id
            ),
            "give every policy an @id before one of them is applied otherwise than the others: it is told by its id what was before",
        ));
    }
    for id in policies.keys() {
        if !all().any(|policy| policy.id == *id) {
            return Err(refused(
                format!("this version has no policy `{id}`"),
                "name policies by the @id that they have in this version",
            ));
        }
    }
    for group in groups.keys() {
        if !all().any(|policy| policy.annotation("group") == Some(group)) {
            return Err(refused(
                format!("this version has no policy with @group(\"{group}\")"),
                "name groups by the @group of their policies in this version",
            ));
        }
    }
    Ok(())
}

/// What decides for those whom a mode has not reached.
fn base(release: &Release) -> PolicySet {
    let parsed = release.base.as_ref().map(PolicySet::parse);
    parsed.unwrap_or_default().0
}

/// Policies that another mode applies to than before, by id.
pub(super) fn touched(before: &Release, after: &Release) -> Vec<String> {
    let (new, old) = (PolicySet::parse(&after.files).0, base(after));
    let ids: BTreeSet<String> = new
        .policies()
        .iter()
        .chain(old.policies())
        .filter(|policy| {
            let group = policy.annotation("group");
            before.modes.of(&policy.id, group) != after.modes.of(&policy.id, group)
        })
        .map(|policy| policy.id.clone())
        .collect();
    ids.into_iter().collect()
}
