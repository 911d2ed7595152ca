//! Channels as a window shows them.

use std::path::Path;

use evidence::moment;
use ipc::{
    Applied, AppliedView, Asked, CutoverLine, CutoverView, Did, GateView, LaneView, MovedView,
    ReleasesView, ShippedView, StopView, WayBackView,
};
use model::Failure;
use registry::{Kind, Move, Registry};
use release::{Mode, Modes};

use super::{
    ChannelRules, Fact, Promoted, Standing, behind,
    candidate::{folder_of, shipped},
    committed, foreign,
    modes::enforced_before,
    moving::nothing_decides,
};
use crate::{Error, Ledger, Manifest, git, manifest, scan};

/// Moves of a channel that are shown.
const STOPS: usize = 50;
/// Lines of a shadow log's report that are shown.
const LISTED: usize = 100;

/// Every channel that moved or that the workspace asks something of, and what a promotion could begin with.
///
/// # Errors
/// `registry_missing`, and what keeps the repository from being read. A channel whose history cannot be read says so itself.
pub fn view(root: &Path, ledger: Option<&Ledger>) -> Result<ReleasesView, Error> {
    view_of(root, ledger, STOPS)
}

/// The same with every move there was.
///
/// # Errors
/// As [`view`].
pub fn view_all(root: &Path, ledger: Option<&Ledger>) -> Result<ReleasesView, Error> {
    view_of(root, ledger, usize::MAX)
}

fn view_of(root: &Path, ledger: Option<&Ledger>, stops: usize) -> Result<ReleasesView, Error> {
    let registry = Registry::open(root)?;
    let asked = rules_at(root, "HEAD");
    let mut names = registry.channels()?;
    let mut behind = behind(ledger, &registry)?;
    behind.extend(foreign(root, &registry)?);
    names.extend(behind.keys().cloned());
    names.extend(asked.iter().map(|rules| rules.name.clone()));
    names.sort_unstable();
    names.dedup();
    let mut lane = |name: &String| {
        let mut lane = lane(root, &registry, name, stops).unwrap_or_else(|error| LaneView {
            failure: Some(Failure::from(error)),
            ..begun(name, asked.iter().find(|rules| rules.name == *name))
        });
        lane.failure = lane.failure.or_else(|| behind.remove(name));
        lane
    };
    let unready = committed(&registry).err().map(Failure::from);
    let newest = git::versions(root, 1)?.into_iter().next();
    let versions = registry.versions()?.into_iter();
    Ok(ReleasesView {
        lanes: names.iter().map(&mut lane).collect(),
        versions: versions.map(|version| version.version).collect(),
        next: registry.next_version()?,
        commit: newest.map_or_else(String::new, |(_, title, _)| title),
        unready,
    })
}

/// What a revision of the workspace asks of channels; nothing where it cannot be read, for the gates say why.
pub(super) fn rules_at(root: &Path, revision: &str) -> Vec<ChannelRules> {
    rules_of_text(git::file_at(root, revision, manifest::FILE))
}

/// The same of a folder of the repository that the workspace was in then.
fn rules_in(root: &Path, revision: &str, folder: &str) -> Vec<ChannelRules> {
    rules_of_text(git::file_in(root, revision, folder, manifest::FILE))
}

fn rules_of_text(text: Result<Option<Vec<u8>>, Error>) -> Vec<ChannelRules> {
    let text = text.ok().flatten();
    let file = text.map(|text| (manifest::FILE.to_owned(), text.into()));
    Manifest::read(&file.into_iter().collect()).0.channel
}

/// A channel before its first move.
fn begun(name: &str, rules: Option<&ChannelRules>) -> LaneView {
    LaneView {
        name: name.to_owned(),
        environment: rules
            .and_then(|rules| rules.environment.clone())
            .unwrap_or_else(|| name.to_owned()),
        asks: rules.map(asks).unwrap_or_default(),
        since: String::new(),
        stops: Vec::new(),
        older: 0,
        way_back: None,
        nothing_before: true,
        nothing_decides: true,
        failure: None,
    }
}

/// What is asked before it moves.
fn asks(rules: &ChannelRules) -> Vec<Asked> {
    let tolerance = rules.tolerance.clone().map(Asked::Tolerance);
    let approvals = (rules.approvals > 0).then_some(Asked::Approvals(rules.approvals as u64));
    let window = rules
        .window
        .as_ref()
        .map(|window| Asked::Window(window.hours()));
    [tolerance, approvals, window]
        .into_iter()
        .flatten()
        .collect()
}

fn lane(root: &Path, registry: &Registry, name: &str, stops: usize) -> Result<LaneView, Error> {
    let tip = registry.tip(name)?;
    // What is asked of the next move is what is in force now.
    let at = tip.as_ref().map_or("HEAD", |tip| &tip.summary.commit);
    let folder = match &tip {
        Some(tip) => folder_of(registry, tip)?,
        None => registry.folder().to_owned(),
    };
    let rules = rules_in(root, at, &folder);
    let mut lane = begun(name, rules.iter().find(|rules| rules.name == name));
    let Some(tip) = tip else {
        return Ok(lane);
    };
    let details = registry.details(&tip.id)?;
    if let Some(since) = registry.in_force_since(name, None)? {
        lane.since = moment::text(since.summary.at);
    }
    lane.environment = details.environment;
    lane.older = tip.summary.sequence.saturating_sub(stops as u64);
    let moves: Vec<Move> = registry
        .history(name, None)?
        .take(stops)
        .collect::<Result<_, _>>()?;
    // What was only shipped again to last longer is no way back.
    let other = |one: &&Move| {
        let (one, now) = (&one.summary, &tip.summary);
        (&one.version, &one.digest, &one.modes) != (&now.version, &now.digest, &now.modes)
    };
    if details.rollback.is_some()
        && let Some(before) = moves.iter().find(other)
    {
        let (now, before) = (&tip.summary, &before.summary);
        let says_mode = before.version == now.version || !before.modes.all_enforced();
        lane.way_back = Some(WayBackView {
            version: before.version.clone(),
            applied: says_mode.then(|| applied(&before.modes)),
        });
    }
    // A bundle that cannot be read is told of by those who need it.
    let unreached = unreached(registry, &tip).unwrap_or_default();
    (lane.nothing_before, lane.nothing_decides) = unreached;
    lane.stops = moves.into_iter().map(stop).collect();
    Ok(lane)
}

/// Whether nothing was in force before what a channel ships, and whether nothing decides now for whom no canary reaches.
fn unreached(registry: &Registry, tip: &Move) -> Result<(bool, bool), Error> {
    let release = shipped(registry, &tip.id)?.release;
    let before = enforced_before(registry, tip, &release)?;
    Ok((
        !scan::has_policies(&before.files),
        nothing_decides(&release),
    ))
}

fn stop(one: Move) -> StopView {
    let said = one.summary;
    StopView {
        id: one.id,
        sequence: said.sequence,
        did: match (said.kind, said.undoes.unwrap_or_default()) {
            (Kind::Promotion, _) => Did::Promotion,
            (Kind::Modes, _) => Did::Modes,
            (Kind::Rollback, undone) => Did::Undid(undone),
            (Kind::Partial, undone) => Did::UndidPart(undone),
        },
        kind: said.what(),
        applied: applied(&said.modes),
        mode: match said.modes.all_enforced() {
            true => String::new(),
            false => said.modes.words(),
        },
        version: said.version,
        commit: said.commit,
        at: moment::text(said.at),
        by: said.by,
        reason: said.reason.unwrap_or_default(),
        policies: said.policies,
        approvers: said.approvers,
        overridden: said.overridden,
    }
}

/// How policies are applied. A canary of everybody is none.
fn applied(modes: &Modes) -> AppliedView {
    let one = |mode: &Mode| match *mode {
        Mode::Enforce | Mode::Canary(100..) => Applied::Enforced,
        Mode::AuditOnly => Applied::AuditOnly,
        Mode::Canary(percent) => Applied::Canary(percent),
    };
    let others = modes.policies.iter().chain(&modes.groups);
    let others = others.map(|(name, mode)| (name.clone(), one(mode)));
    let all = one(&modes.default);
    AppliedView {
        all,
        others: others.filter(|(_, mode)| *mode != all).collect(),
    }
}

/// A gate.
#[must_use]
pub fn gate(fact: Fact) -> GateView {
    let standing = match fact.standing {
        Standing::Passed => "passed",
        Standing::Overridden => "overridden",
        Standing::Skipped => "skipped",
        Standing::NotAsked => "not-asked",
        Standing::Blocked => "blocked",
    };
    GateView {
        gate: fact.gate.to_owned(),
        standing: standing.to_owned(),
        found: fact.words(),
        finding: Some(fact.found),
        remarks: fact.remarks,
        hint: fact.hint.to_owned(),
    }
}

/// What a shadow log comes to.
#[must_use]
pub fn recorded(found: decisions::Cutover) -> CutoverView {
    let all = found.all;
    let mut changes = all.changes;
    let more = changes.len().saturating_sub(LISTED) as u64;
    changes.truncate(LISTED);
    let of_others = found.compared_of.iter();
    let of_others = of_others.filter(|one| one.in_force == Some(false));
    let of_others = of_others.map(|one| one.counts.compared).sum();
    let line = |change: decisions::Change| CutoverLine {
        principal: change.principal,
        action: change.action,
        decision: change.decision,
        times: change.times,
        resources: change.resources,
        policies: change.policies,
    };
    CutoverView {
        compared: all.compared,
        of_others,
        others: found.others,
        unread: found.unread,
        would_deny: all.would_deny,
        would_allow: all.would_allow,
        first_at: all.first_at,
        last_at: all.last_at,
        changes: changes.into_iter().map(line).collect(),
        more,
    }
}

/// What came of a move.
#[must_use]
pub fn moved(promoted: Promoted) -> MovedView {
    let (gates, moved) = match promoted {
        Promoted::Blocked { gates } => (gates, None),
        Promoted::Moved(moved) => {
            let shipped = ShippedView {
                channel: moved.channel,
                version: moved.version,
                applied: applied(&moved.modes),
                receipt: moved.receipt,
            };
            (moved.gates, Some(shipped))
        }
    };
    MovedView {
        gates: gates.into_iter().map(gate).collect(),
        moved,
    }
}
