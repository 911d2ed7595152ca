//! Facts about a channel: one of its moves, or a week of them.

use std::{collections::BTreeMap, sync::Arc};

use decisions::Log;
use guard::Report;
use model::{Found, Judged};
use narrative::{
    Facts,
    facts::{
        Applied, Approval, Citation, Exception, Gate, Move, Policy, Promotion, Replayed, Rollback,
        Standing, Step, WayBack, Week, What,
    },
    risk::Assessment,
};
use policy::{Files, PolicySet};
use registry::{Details, Kind, Outcome, Registry};
use release::{Bundle, LIMITS, Mode, Modes, Release};

use super::{
    Ground, access, apart,
    effect::{self, Effect},
    evidence::Receipts,
    nothing,
};
use crate::{Authorities, Error};

/// Moves of a week that are replayed where no report of them was kept, the newest: a log of a million rows takes a moment each.
const REPLAYS: usize = 12;
/// Moves before one that are told of for comparison.
const BEFORE: usize = 12;
const WEEK: u64 = 7 * 24 * 3600;

/// A channel that is told of.
struct Channel<'a> {
    ground: &'a Ground<'a>,
    registry: Registry,
    receipts: Receipts,
    name: &'a str,
}

pub(super) fn promotion(
    ground: &Ground<'_>,
    channel: &str,
    sequence: Option<u64>,
) -> Result<Facts, Error> {
    let channel = Channel::open(ground, channel)?;
    let is = |kind| matches!(kind, Kind::Promotion | Kind::Modes);
    let At { at, later, before } = channel.find(sequence, is, "promotion")?;
    let (moved, drift) = channel.moved(&at, before.first(), later, ground.log.as_ref())?;
    let steps = before.iter().take(BEFORE).map(|it| channel.step(it));
    let mut steps = steps.collect::<Result<Vec<_>, _>>()?;
    steps.reverse();
    Ok(Facts::Promotion(Box::new(Promotion {
        moved,
        drift,
        before: steps,
    })))
}

pub(super) fn rollback(
    ground: &Ground<'_>,
    channel: &str,
    sequence: Option<u64>,
) -> Result<Facts, Error> {
    let channel = Channel::open(ground, channel)?;
    let is = |kind| matches!(kind, Kind::Rollback | Kind::Partial);
    let At { at, later, before } = channel.find(sequence, is, "rollback")?;
    let (moved, drift) = channel.moved(&at, before.first(), later, ground.log.as_ref())?;
    let undone = before
        .iter()
        .find(|it| Some(it.summary.sequence) == at.summary.undoes);
    Ok(Facts::Rollback(Box::new(Rollback {
        undone: undone.map(|it| channel.step(it)).transpose()?,
        partial: at.summary.kind == Kind::Partial,
        moved,
        drift,
    })))
}

pub(super) fn week(ground: &Ground<'_>, channel: &str, until: u64) -> Result<Facts, Error> {
    let channel = Channel::open(ground, channel)?;
    let from = until.saturating_sub(WEEK);
    let before = from.saturating_sub(WEEK);
    let mut steps: Vec<Step> = Vec::new();
    let (mut later, mut replays) = (0_u64, REPLAYS);
    let mut begun = false;
    let mut history = channel.registry.history(channel.name, None)?.peekable();
    while let Some(found) = history.next() {
        let found = found?;
        begun = true;
        if found.summary.at >= until {
            later += 1;
        } else if found.summary.at >= from {
            let parent = history.peek().and_then(|parent| parent.as_ref().ok());
            let log = ground.log.as_ref().filter(|_| replays > 0);
            let (moved, drift) = channel.moved(&found, parent, 1, log)?;
            if matches!(&drift, Replayed::Drift(drift) if drift.report.is_none()) {
                replays -= 1;
            }
            let level = Assessment::of_move(&moved, &drift, false).level;
            steps.push(Step {
                level: Some(level),
                ..moved.step
            });
        } else if found.summary.at >= before || steps.len() < BEFORE {
            steps.push(channel.step(&found)?);
        } else {
            break;
        }
    }
    if !begun {
        return Err(nothing(format!("`{}` never moved", channel.name)));
    }
    steps.reverse();
    let ships = steps.last().map(|step| step.version.clone());
    let is_older = steps.first().is_some_and(|step| step.at < from);
    let moves: Vec<Step> = steps
        .iter()
        .filter(|step| step.at >= from)
        .cloned()
        .collect();
    let earlier: Vec<Step> = steps.into_iter().filter(|step| step.at < from).collect();
    let week_before = earlier
        .iter()
        .filter(|step| step.at >= before)
        .cloned()
        .collect();
    let can_be_undone = later == 0 && moves.last().is_some_and(|last| last.sequence > 1);
    Ok(Facts::Week(Week {
        channel: channel.name.to_owned(),
        from,
        until,
        ships,
        undo: can_be_undone.then(|| way(channel.name)),
        moves,
        before: is_older.then_some(week_before),
        earlier,
    }))
}

/// The moves of all channels, oldest first, and the gates that did not hold or were left out.
pub(super) fn all(ground: &Ground<'_>) -> Result<(Vec<Step>, Vec<Exception>), Error> {
    // A ledger may be in a folder without a repository.
    let Ok(registry) = Registry::open(ground.root) else {
        return Ok(Default::default());
    };
    let (mut steps, mut exceptions) = (Vec::new(), Vec::new());
    for name in registry.channels()? {
        let channel = Channel::open(ground, &name)?;
        for found in channel.registry.history(&name, None)? {
            let found = found?;
            let step = channel.step(&found)?;
            if !step.left_out.is_empty() {
                exceptions.extend(channel.exceptions(&found, &step)?);
            }
            steps.push(step);
        }
    }
    steps.sort_by_key(|step| (step.at, step.channel.clone(), step.sequence));
    Ok((steps, exceptions))
}

/// A move, how many came after it, and those before it, newest first.
struct At {
    at: registry::Move,
    later: u64,
    before: Vec<registry::Move>,
}

impl<'a> Channel<'a> {
    fn open(ground: &'a Ground<'a>, name: &'a str) -> Result<Self, Error> {
        Ok(Self {
            ground,
            registry: Registry::open(ground.root)?,
            receipts: Receipts::of(ground.ledger)?,
            name,
        })
    }

    /// A move of a kind: the one of this number, or the last.
    fn find(
        &self,
        sequence: Option<u64>,
        is: impl Fn(Kind) -> bool,
        what: &str,
    ) -> Result<At, Error> {
        let mut history = self.registry.history(self.name, None)?;
        let mut later = 0;
        let at = loop {
            let Some(found) = history.next().transpose()? else {
                let message = match sequence {
                    Some(number) => format!("`{}` has no move {number}", self.name),
                    None => format!("`{}` has no {what}", self.name),
                };
                return Err(nothing(message));
            };
            let wanted = sequence.map_or_else(
                || is(found.summary.kind),
                |number| number == found.summary.sequence,
            );
            if wanted {
                break found;
            }
            later += 1;
        };
        if !is(at.summary.kind) {
            let message = format!(
                "move {} of `{}` is no {what}: {}",
                at.summary.sequence,
                self.name,
                at.summary.what()
            );
            return Err(nothing(message));
        }
        // What a rollback takes back is right before it; what is compared is not far.
        let before = history.take(BEFORE).collect::<Result<_, _>>()?;
        Ok(At { at, later, before })
    }

    fn step(&self, found: &registry::Move) -> Result<Step, Error> {
        let said = &found.summary;
        let undone = said.undoes.unwrap_or_default();
        let details = self.registry.details(&found.id)?;
        // What drift was judged on is what decided before and does since only where all of both is enforced.
        let changed = match self.report(&details) {
            Some((report, _)) if self.is_enforced(found)? => Some(access::changed(&report.drift)),
            _ => None,
        };
        Ok(Step {
            channel: said.channel.clone(),
            sequence: said.sequence,
            what: match said.kind {
                Kind::Promotion => What::Promotion,
                Kind::Rollback => What::Rollback(undone),
                Kind::Modes => What::Modes,
                Kind::Partial => What::Partial(undone),
            },
            version: said.version.clone(),
            at: said.at,
            by: said.by.clone(),
            reason: said.reason.clone(),
            left_out: said.overridden.clone(),
            changed,
            level: None,
            receipt: self.receipts.of_move(&found.id),
            id: found.id.clone(),
        })
    }

    /// The gates that did not hold or were left out, with who answers for each: an approver for drift, and for others who moved.
    fn exceptions(&self, found: &registry::Move, step: &Step) -> Result<Vec<Exception>, Error> {
        let details = self.registry.details(&found.id)?;
        let exception = |name: &String| {
            let gate = details.gates.iter().find(|gate| gate.name == *name);
            let (by, reason) = match gate.and_then(|gate| gate.found.as_ref()) {
                Some(Found::Replayed(Judged {
                    answer: Some(answer),
                    ..
                })) => (answer.by.clone(), Some(answer.reason.clone())),
                // An old move says it in words alone, and its mover may not answer for drift.
                _ if name == "drift" => (String::new(), None),
                Some(
                    Found::ReferencesBroken {
                        left_out: reason @ Some(_),
                        ..
                    }
                    | Found::Closed {
                        anyway: reason @ Some(_),
                        ..
                    },
                ) => (step.by.clone(), reason.clone()),
                _ => (step.by.clone(), step.reason.clone()),
            };
            Exception {
                at: step.at,
                by,
                what: name.clone(),
                place: format!("{} {}", step.channel, step.version),
                reason: reason.unwrap_or_default(),
                receipt: step.receipt.clone(),
            }
        };
        Ok(step.left_out.iter().map(exception).collect())
    }

    /// Every policy is enforced for everybody since a move, and was before it.
    fn is_enforced(&self, found: &registry::Move) -> Result<bool, Error> {
        let before = match &found.parent {
            Some(parent) => self.release(parent)?.modes.all_enforced(),
            None => true,
        };
        Ok(before && found.summary.modes.all_enforced())
    }

    /// The report by which drift was judged, and its digest.
    fn report(&self, details: &Details) -> Option<(Report, String)> {
        let ledger = self.ground.ledger?;
        let digest = details
            .gates
            .iter()
            .find_map(|gate| gate.evidence.clone())?;
        let text = ledger.kept_at(&digest)?;
        Some((Report::read(&String::from_utf8(text).ok()?).ok()?, digest))
    }

    /// All that is known of a move, and whose access it changes.
    fn moved(
        &self,
        found: &registry::Move,
        before: Option<&registry::Move>,
        later: u64,
        log: Option<&Arc<Log>>,
    ) -> Result<(Move, Replayed), Error> {
        let details = self.registry.details(&found.id)?;
        let after = self.release(&found.id)?;
        let shipped = before.map(|before| self.release(&before.id)).transpose()?;
        let drift = match &shipped {
            None => Replayed::First,
            Some(shipped) => self.drift(shipped, &after, &details, log)?,
        };
        let mut step = self.step(found)?;
        if let Replayed::Drift(drift) = &drift {
            step.changed = drift.effect();
        }
        let gate = |gate: &registry::Gate| Gate {
            name: gate.name.clone(),
            standing: match gate.outcome {
                Outcome::Passed => Standing::Passed,
                Outcome::Overridden => Standing::Overridden,
                Outcome::Skipped => Standing::Skipped,
            },
            found: gate.detail.clone(),
            finding: gate.found.clone(),
            remarks: gate.remarks.clone(),
        };
        let approval = |it: &registry::Approval| Approval {
            by: it.by.clone(),
            at: it.at,
        };
        let way_back = match (&details.rollback, before) {
            // Only the last move is taken back by one call.
            (Some(bundle), Some(before)) if later == 0 => Some(WayBack {
                version: before.summary.version.clone(),
                command: way(self.name),
                bundle: bundle.clone(),
            }),
            _ => None,
        };
        let moved = Move {
            tenant: details.tenant.clone(),
            environment: details.environment.clone(),
            from: before.map(|before| before.summary.version.clone()),
            policies: policies(
                &found.summary.policies,
                shipped.as_ref().map(|it| &it.files),
                &after.files,
            ),
            modes: modes(&found.summary.modes),
            gates: details.gates.iter().map(gate).collect(),
            approvals: details.approvals.iter().map(approval).collect(),
            way_back,
            later,
            step,
        };
        Ok((moved, drift))
    }

    /// Whose access changes when what decided before gives way to what decides since.
    fn drift(
        &self,
        before: &Release,
        after: &Release,
        details: &Details,
        log: Option<&Arc<Log>>,
    ) -> Result<Replayed, Error> {
        let told = match effect::of(before, after)? {
            Effect::Told(told) => told,
            Effect::Apart(classes) => return Ok(apart::replayed(&classes, log.cloned())),
            Effect::Unknown => return Ok(Replayed::Canaries),
        };
        let is_judged = told.before == before.files && told.after == after.files;
        Ok(match self.report(details).filter(|_| is_judged) {
            Some((report, digest)) => {
                access::judged(&told, (&report, digest), self.ground.log.as_deref())
            }
            None => access::replayed(&told, log.cloned()),
        })
    }

    fn release(&self, id: &str) -> Result<Release, Error> {
        let bundle = Bundle::open(&self.registry.bundles(id)?.forward, LIMITS)?;
        Ok(bundle.claims().clone())
    }
}

/// What takes the last move of a channel back.
fn way(channel: &str) -> String {
    format!("fabric rollback {channel} --reason \"…\"")
}

/// The policies that a move recorded, with how they differ and what they rest on.
fn policies(recorded: &[String], before: Option<&Files>, after: &Files) -> Vec<Policy> {
    let set = |files: &Files| PolicySet::parse(files).0;
    let now = set(after);
    let changes = policy::diff(&before.map(set).unwrap_or_default(), &now);
    let how: BTreeMap<&str, model::PolicyChangeKind> = changes
        .iter()
        .map(|change| (change.id.as_str(), change.kind))
        .collect();
    let authorities = Authorities::read(after).0;
    let cited = now.citations();
    let cites = |id: &String| {
        let mut names: Vec<&str> = cited
            .iter()
            .filter(|it| it.policy == *id && !it.name.is_empty())
            .map(|it| it.name.as_str())
            .collect();
        names.dedup();
        let citation = |name: &str| {
            let told = authorities.told(name);
            let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Citation {
                id: name.to_owned(),
                title: told.and_then(|(title, _)| filled(title)),
                link: told.and_then(|(_, link)| filled(link)),
            }
        };
        names.into_iter().map(citation).collect()
    };
    let policy = |id: &String| Policy {
        id: id.clone(),
        how: how.get(id.as_str()).copied(),
        cites: cites(id),
    };
    recorded.iter().map(policy).collect()
}

/// What is not enforced for everybody.
fn modes(modes: &Modes) -> Vec<Applied> {
    let percent = |mode: Mode| match mode {
        Mode::AuditOnly => Some(0),
        Mode::Canary(percent) if percent < 100 => Some(percent),
        Mode::Canary(_) | Mode::Enforce => None,
    };
    let all = percent(modes.default).map(|percent| Applied {
        policy: None,
        percent,
    });
    let named = modes
        .policies
        .iter()
        .map(|(name, mode)| (name.clone(), *mode));
    let groups = modes
        .groups
        .iter()
        .map(|(name, mode)| (format!("@group(\"{name}\")"), *mode));
    let named = named.chain(groups).filter_map(|(policy, mode)| {
        Some(Applied {
            policy: Some(policy),
            percent: percent(mode)?,
        })
    });
    all.into_iter().chain(named).collect()
}
