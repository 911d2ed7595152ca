//! A log made ready to be replayed against one edit after another.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use decisions::{Log, NO_SLICE, Tally};
use model::{ChangeClass, Effect, SetInfo, Totals};
use policy::{Combined, Compiled, Material, PolicySet, ScopeIndex, Tables, Verdict};
use rayon::prelude::*;

use crate::{
    Error, Replay, RiskRules, Side, classify,
    plan::Plan,
    replay::{Compared, Row, Said},
    residual::{Ground, Origin},
    risk::{Guard, assess},
    tally::against_record,
    verdicts::{Bench, Shapes, Verdicts},
};

/// Requests of a log under other facts than those that were recorded with them.
#[derive(Debug, Default)]
pub struct Altered {
    /// Numbers of the requests in the log, ascending. INVARIANT: all whose facts differ are among them; those without a slice
    /// too, when the workspace's entities differ.
    pub requests: Vec<u32>,
    /// The same requests in the same order, with facts as they would be. Entity ids are numbered as in the log.
    pub log: Log,
    /// Entities differ: what a slice lacks is unknown on both sides, and need not be the same unknown thing.
    pub unknown_differs: bool,
}

/// Requests compared between two looks at the cancel flag.
const STRIDE: usize = 2048;

/// A log, parsed once, and what the set in force says to it.
#[derive(Debug)]
pub struct Session {
    log: Arc<Log>,
    base: Side,
    material: Arc<Material>,
    shapes: Shapes,
    verdicts: Verdicts,
    disagreeing: Vec<u32>,
    /// What every preview of this session shares: rows, disagreements, assumed entities.
    totals: Totals,
}

fn material(log: &Log, compiled: &Compiled) -> Material {
    let slices: Vec<&[u32]> = log
        .slices
        .iter()
        .map(|slice| slice.entities.as_deref().unwrap_or_default())
        .collect();
    let tables = Tables {
        uids: &log.uids,
        contexts: &log.contexts,
        entities: &log.entities,
        slices: &slices,
    };
    let pairs = log
        .requests
        .iter()
        .map(|request| (request.context, request.action));
    Material::new(
        tables,
        pairs,
        compiled.schema.as_deref(),
        &compiled.entities,
    )
}

fn set_info(side: &Side) -> SetInfo {
    SetInfo {
        label: side.label.clone(),
        digest: side.compiled.set.digest(),
        policies: side.compiled.set.policies().len() as u64,
    }
}

fn schema_digest(compiled: &Compiled) -> Option<&str> {
    compiled.schema.as_deref().map(policy::Schema::digest)
}

impl Session {
    /// Parses the log and evaluates the base set over it.
    ///
    /// # Errors
    /// [`Error::Broken`] when the base does not compile, [`Error::Empty`] when there are no rows, [`Error::Cancelled`].
    pub fn new(log: Arc<Log>, base: Side, cancel: &AtomicBool) -> Result<Self, Error> {
        if base.compiled.set.broken() {
            return Err(Error::Broken(base.label));
        }
        if log.requests.is_empty() {
            return Err(Error::Empty);
        }
        let material = Arc::new(material(&log, &base.compiled));
        let shapes = Shapes::new(&log, &material);
        let all = (0_u32..).zip(base.compiled.set.policies());
        let verdicts = Bench {
            log: &log,
            material: &material,
            store: &base.compiled.entities,
            policies: base.compiled.set.policies(),
            shapes: &shapes,
            index: &ScopeIndex::new(all, &material, shapes.distinct()),
            cancel,
        }
        .evaluate()?;
        let mut session = Self {
            log,
            base,
            material,
            shapes,
            verdicts,
            disagreeing: Vec::new(),
            totals: Totals::default(),
        };
        session.compare_with_record();
        Ok(session)
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// The set in force.
    #[must_use]
    pub fn base(&self) -> &Side {
        &self.base
    }

    fn compare_with_record(&mut self) {
        let decided = |request: u32| match self.unreplayable(request as usize) {
            Some(_) => None,
            None => self.before(request as usize).decision,
        };
        let (mut totals, disagreeing) = against_record(&self.log, decided);
        let assumed = |tally: &&Tally| {
            let request = self.log.requests.get(tally.request as usize);
            request.is_some_and(|request| request.slice == NO_SLICE)
        };
        let tallies = self.log.tallies.iter().filter(assumed);
        totals.entities_assumed = tallies.map(|tally| u64::from(tally.rows)).sum();
        self.totals = totals;
        self.disagreeing = disagreeing;
    }

    fn unreplayable(&self, request: usize) -> Option<&str> {
        match self.shapes.of(request) {
            Some(_) => self
                .verdicts
                .unreplayable
                .get(&(request as u32))
                .map(String::as_str),
            None => Some("an entity id cannot be read"),
        }
    }

    fn before(&self, request: usize) -> Combined<u32> {
        classify::decide(&self.base.compiled.set, self.verdicts.of(request))
    }

    /// Replays the log against an edit.
    ///
    /// # Errors
    /// [`Error::Broken`] when the edit does not compile, [`Error::Cancelled`] when the flag was raised.
    pub fn preview(
        &self,
        head: &Side,
        risk: &RiskRules,
        cancel: &AtomicBool,
    ) -> Result<Replay, Error> {
        if head.compiled.set.broken() {
            return Err(Error::Broken(head.label.clone()));
        }
        let plan = Plan::new(&self.base.compiled.set, &head.compiled.set);
        let same_facts = schema_digest(&self.base.compiled) == schema_digest(&head.compiled)
            && (self.totals.entities_assumed == 0
                || self.base.compiled.entities.digest() == head.compiled.entities.digest());
        let comparison = if same_facts {
            self.delta(head, &plan, cancel)?
        } else {
            self.whole(head, cancel)?
        };
        let rows = self.changed_rows(&comparison, &head.compiled.set, &plan, risk, cancel)?;
        Ok(self.replayed(head, rows, &comparison.material, None))
    }

    /// Replays the log as if some facts had been others: recorded facts under the base, `altered` facts under `head`. The head's
    /// own entities are those of rows without a slice.
    ///
    /// # Errors
    /// As [`Session::preview`].
    pub fn what_if(
        &self,
        altered: Altered,
        head: &Side,
        risk: &RiskRules,
        cancel: &AtomicBool,
    ) -> Result<Replay, Error> {
        if head.compiled.set.broken() {
            return Err(Error::Broken(head.label.clone()));
        }
        let plan = Plan::new(&self.base.compiled.set, &head.compiled.set);
        let same_schema = schema_digest(&self.base.compiled) == schema_digest(&head.compiled);
        let mut comparison = if same_schema {
            self.delta(head, &plan, cancel)?
        } else {
            self.whole(head, cancel)?
        };
        let (log, policies) = (&altered.log, head.compiled.set.policies());
        let material = material(log, &head.compiled);
        let shapes = Shapes::new(log, &material);
        let verdicts = Bench {
            log,
            material: &material,
            store: &head.compiled.entities,
            policies,
            shapes: &shapes,
            index: &ScopeIndex::new((0_u32..).zip(policies), &material, shapes.distinct()),
            cancel,
        }
        .evaluate()?;
        for (place, request) in (0_u32..).zip(&altered.requests) {
            let then = verdicts.unreplayable.get(&place).map(String::as_str);
            match then.or_else(|| self.unreplayable(*request as usize)) {
                Some(why) => comparison.unreplayable.insert(*request, why.to_owned()),
                None => comparison.unreplayable.remove(request),
            };
        }
        comparison.altered = Some((&altered.requests, verdicts));
        comparison.unknown_differs = altered.unknown_differs;
        let rows = self.changed_rows(&comparison, &head.compiled.set, &plan, risk, cancel)?;
        let head_material = comparison.material;
        Ok(self.replayed(head, rows, &head_material, Some((altered, material))))
    }

    fn replayed(
        &self,
        head: &Side,
        rows: Vec<Row<Combined<u32>>>,
        head_material: &Arc<Material>,
        altered: Option<(Altered, Material)>,
    ) -> Replay {
        let (base_set, head_set) = (&self.base.compiled.set, &head.compiled.set);
        let compared = Compared {
            log: &self.log,
            engine: policy::ENGINE,
            base: set_info(&self.base),
            head: set_info(head),
            policies: policy::diff(base_set, head_set),
            totals: self.totals,
        };
        let said = |set| {
            move |combined: &Combined<u32>| Said {
                outcome: classify::outcome(set, combined),
                open: combined.open.clone(),
            }
        };
        let origin = Origin {
            base: Ground::new(&self.material, &self.base.compiled),
            head: Ground::new(head_material, &head.compiled),
            altered,
        };
        let said = (said(base_set), said(head_set));
        Replay::new(compared, rows, said, Some(origin))
    }

    /// Only what changed, only where it could match.
    fn delta(
        &self,
        head: &Side,
        plan: &Plan,
        cancel: &AtomicBool,
    ) -> Result<Comparison<'static>, Error> {
        let policies = head.compiled.set.policies();
        let fresh = plan
            .fresh
            .iter()
            .filter_map(|place| Some((*place, policies.get(*place as usize)?)));
        let verdicts = if plan.fresh.is_empty() {
            Verdicts::default()
        } else {
            Bench {
                log: &self.log,
                material: &self.material,
                store: &head.compiled.entities,
                policies,
                shapes: &self.shapes,
                index: &ScopeIndex::new(fresh, &self.material, self.shapes.distinct()),
                cancel,
            }
            .evaluate()?
        };
        // A row that cannot be evaluated is open only if a policy that changed could have applied to it.
        let base = self.base.compiled.set.policies();
        let gone = plan
            .gone
            .iter()
            .filter_map(|place| Some((*place, base.get(*place as usize)?)));
        let gone = ScopeIndex::new(gone, &self.material, self.shapes.distinct());
        let touched = |request: u32| {
            let entry = self.log.requests.get(request as usize);
            let shaped = entry.zip(self.shapes.of(request as usize));
            shaped.is_none_or(|(entry, shape)| {
                let uids = [entry.principal, entry.resource];
                let could_apply = gone.candidates(&self.material, shape, uids, || None);
                !could_apply.is_empty()
            })
        };
        let mut unreplayable = verdicts.unreplayable.clone();
        for (request, why) in &self.verdicts.unreplayable {
            if touched(*request) {
                unreplayable.insert(*request, why.clone());
            }
        }
        if !plan.is_empty() {
            unreplayable.extend(self.unreadable());
        }
        Ok(Comparison {
            head: verdicts,
            material: Arc::clone(&self.material),
            kept: true,
            unreplayable,
            altered: None,
            unknown_differs: false,
        })
    }

    /// Everything again: schema or entities changed, so every policy may say something else.
    fn whole(&self, head: &Side, cancel: &AtomicBool) -> Result<Comparison<'static>, Error> {
        // Without a schema the groups of actions are the entities'.
        let schema = schema_digest(&self.base.compiled);
        let same_actions = schema.is_some()
            || self.base.compiled.entities.digest() == head.compiled.entities.digest();
        let material = if schema == schema_digest(&head.compiled) && same_actions {
            Arc::clone(&self.material)
        } else {
            Arc::new(material(&self.log, &head.compiled))
        };
        let policies = head.compiled.set.policies();
        let shapes = Shapes::new(&self.log, &material);
        let verdicts = Bench {
            log: &self.log,
            material: &material,
            store: &head.compiled.entities,
            policies,
            shapes: &shapes,
            index: &ScopeIndex::new((0_u32..).zip(policies), &material, shapes.distinct()),
            cancel,
        }
        .evaluate()?;
        let mut unreplayable = self.verdicts.unreplayable.clone();
        unreplayable.extend(verdicts.unreplayable.clone());
        unreplayable.extend(self.unreadable());
        Ok(Comparison {
            head: verdicts,
            material,
            kept: false,
            unreplayable,
            altered: None,
            unknown_differs: false,
        })
    }

    fn unreadable(&self) -> impl Iterator<Item = (u32, String)> + '_ {
        let requests = self.shapes.unreadable();
        requests.map(|request| (request, "an entity id cannot be read".to_owned()))
    }

    fn changed_rows(
        &self,
        comparison: &Comparison<'_>,
        head: &PolicySet,
        plan: &Plan,
        risk: &RiskRules,
        cancel: &AtomicBool,
    ) -> Result<Vec<Row<Combined<u32>>>, Error> {
        let requests = self.log.requests.len();
        let chunks: Vec<usize> = (0..requests).step_by(STRIDE).collect();
        let found: Vec<Vec<Row<Combined<u32>>>> = chunks
            .into_par_iter()
            .map(|first| {
                if cancel.load(Ordering::Relaxed) {
                    return Err(Error::Cancelled);
                }
                Ok((first..requests.min(first + STRIDE))
                    .filter(|request| self.stirred(*request, comparison, plan))
                    .filter_map(|request| self.row(request, comparison, head, plan, risk))
                    .collect())
            })
            .collect::<Result<_, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Whether a request could be worth a row at all: something that spoke to it is not on the other side, or it is told apart by
    /// more than policies. Most requests of an edit end here.
    fn stirred(&self, request: usize, comparison: &Comparison<'_>, plan: &Plan) -> bool {
        let number = request as u32;
        let stays = |place: u32| matches!(plan.kept.get(place as usize), Some(Some(_)));
        !comparison.only_policies_differ()
            || comparison.head.places(request).next().is_some()
            || !self.verdicts.places(request).all(stays)
            || comparison.unreplayable.contains_key(&number)
            || self.disagreeing.binary_search(&number).is_ok()
    }

    /// One distinct request, if it is worth a place in the report.
    fn row(
        &self,
        request: usize,
        comparison: &Comparison<'_>,
        head: &PolicySet,
        plan: &Plan,
        risk: &RiskRules,
    ) -> Option<Row<Combined<u32>>> {
        let number = request as u32;
        let log_disagrees = self.disagreeing.binary_search(&number).is_ok();
        if let Some(why) = comparison.unreplayable.get(&number) {
            let open = Combined {
                decision: None,
                needs: vec![why.clone()],
                ..Combined::default()
            };
            return Some(Row {
                request: number,
                class: ChangeClass::Undeterminable,
                risk: assess(
                    ChangeClass::Undeterminable,
                    self.sensitivity(request, risk).as_ref(),
                    Guard::default(),
                ),
                causes: Vec::new(),
                before: open.clone(),
                after: open,
                error_changed: false,
                log_disagrees,
            });
        }
        let base = &self.base.compiled.set;
        let kept = |place: u32| plan.kept.get(place as usize).copied().flatten();
        let (head_verdicts, place, says) = comparison.of(request);
        if says == Says::TheSame
            && !log_disagrees
            && self.says_nothing_new(request, plan, head_verdicts.of(place))
        {
            return None;
        }
        let mut pairs = Pairs::default();
        for (place, verdict) in self.verdicts.of(request) {
            match kept(place) {
                Some(place) => pairs.before(head, place, verdict, says),
                None => pairs.gone(base, place, verdict),
            }
        }
        for (place, verdict) in head_verdicts.of(place) {
            pairs.after(head, place, verdict);
        }
        if !pairs.differ() {
            if !log_disagrees {
                return None;
            }
            let before = self.before(request);
            return Some(Row {
                request: number,
                class: ChangeClass::Unchanged,
                risk: assess(ChangeClass::Unchanged, None, Guard::default()),
                causes: Vec::new(),
                after: pairs.decide_after(head),
                before,
                error_changed: false,
                log_disagrees,
            });
        }
        let before = self.before(request);
        let after = pairs.decide_after(head);
        let class = if before.decision.is_none() && after.decision.is_none() && pairs.open_alike() {
            ChangeClass::Unchanged
        } else {
            classify::class(before.decision, after.decision)
        };
        let error_changed = pairs.errors_differ();
        if class == ChangeClass::Unchanged && !error_changed && !log_disagrees {
            return None;
        }
        let guard = pairs.guard();
        let sensitivity = self.sensitivity(request, risk);
        Some(Row {
            request: number,
            class,
            risk: assess(class, sensitivity.as_ref(), guard),
            causes: pairs.causes(),
            before,
            after,
            error_changed,
            log_disagrees,
        })
    }

    /// Policies that changed say what those said whose place they took, and no other spoke. An open answer is never the same.
    fn says_nothing_new<'v>(
        &self,
        request: usize,
        plan: &Plan,
        head: impl Iterator<Item = (u32, &'v Verdict)> + Clone,
    ) -> bool {
        let mut renewed = 0;
        for (place, verdict) in self.verdicts.of(request) {
            let place = place as usize;
            if plan.kept.get(place).copied().flatten().is_some() {
                continue;
            }
            let now = plan.renewed.get(place).copied().flatten();
            let same = |(place, says): (u32, &Verdict)| Some(place) == now && says == verdict;
            if matches!(verdict, Verdict::Unknown(_)) || !head.clone().any(same) {
                return false;
            }
            renewed += 1;
        }
        head.count() == renewed
    }

    fn sensitivity(&self, request: usize, risk: &RiskRules) -> Option<model::Risk> {
        let entry = self.log.requests.get(request)?;
        let kind = self.material.kind_name(self.material.kind(entry.resource)?);
        let slice = self
            .log
            .slices
            .get(entry.slice as usize)
            .and_then(|slice| slice.entities.as_deref());
        risk.sensitivity(&kind, |name| {
            self.material
                .attribute(slice, &self.base.compiled.entities, entry.resource, name)
        })
    }
}

/// What the head set says, as far as it had to be asked.
struct Comparison<'a> {
    head: Verdicts,
    /// What it was asked over.
    material: Arc<Material>,
    /// Kept policies were not asked again: they say what they said.
    kept: bool,
    unreplayable: HashMap<u32, String>,
    /// Requests with other facts, and what the whole head set says to them.
    altered: Option<(&'a [u32], Verdicts)>,
    unknown_differs: bool,
}

/// What a policy that both sets hold says on the head's side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// What it says on the base's: it reads the same facts.
    TheSame,
    /// The same words, but what is unknown may be another thing.
    TheSameWords,
    /// It was asked again.
    Anew,
}

impl Comparison<'_> {
    /// A policy that both sides hold says on the one what it says on the other, whatever the request.
    fn only_policies_differ(&self) -> bool {
        self.kept && self.altered.is_none() && !self.unknown_differs
    }

    /// Where the head's verdicts on a request stand, and what they leave out.
    fn of(&self, request: usize) -> (&Verdicts, usize, Says) {
        if let Some((requests, verdicts)) = &self.altered
            && let Ok(place) = requests.binary_search(&(request as u32))
        {
            return (verdicts, place, Says::Anew);
        }
        let says = match (self.kept, self.unknown_differs) {
            (false, _) => Says::Anew,
            (true, false) => Says::TheSame,
            (true, true) => Says::TheSameWords,
        };
        (&self.head, request, says)
    }
}

/// One policy's verdicts on both sides.
struct Pair<'v> {
    id: &'v str,
    effect: Effect,
    /// Place in the head set, when it is there.
    place: Option<u32>,
    /// The same policy over the same facts on both sides.
    same: bool,
    before: Option<&'v Verdict>,
    after: Option<&'v Verdict>,
}

impl Pair<'_> {
    /// It says something else now. Two policies that differ may turn out differently even when both depend on the same
    /// unknown facts.
    fn differs(&self) -> bool {
        self.before != self.after
            || (!self.same && matches!(self.before, Some(Verdict::Unknown(_))))
    }
}

#[derive(Default)]
struct Pairs<'v>(Vec<Pair<'v>>);

impl<'v> Pairs<'v> {
    fn before(&mut self, head: &'v PolicySet, place: u32, verdict: &'v Verdict, says: Says) {
        let Some(policy) = head.policies().get(place as usize) else {
            return;
        };
        self.0.push(Pair {
            id: &policy.id,
            effect: policy.effect,
            place: Some(place),
            same: says == Says::TheSame,
            before: Some(verdict),
            after: (says != Says::Anew).then_some(verdict),
        });
    }

    fn gone(&mut self, base: &'v PolicySet, place: u32, verdict: &'v Verdict) {
        let Some(policy) = base.policies().get(place as usize) else {
            return;
        };
        self.0.push(Pair {
            id: &policy.id,
            effect: policy.effect,
            place: None,
            same: false,
            before: Some(verdict),
            after: None,
        });
    }

    fn after(&mut self, head: &'v PolicySet, place: u32, verdict: &'v Verdict) {
        let Some(policy) = head.policies().get(place as usize) else {
            return;
        };
        let same = |pair: &&mut Pair<'_>| {
            pair.place == Some(place)
                || (pair.place.is_none() && pair.id == policy.id && pair.effect == policy.effect)
        };
        match self.0.iter_mut().find(same) {
            Some(pair) => {
                pair.place = Some(place);
                pair.after = Some(verdict);
            }
            None => self.0.push(Pair {
                id: &policy.id,
                effect: policy.effect,
                place: Some(place),
                same: false,
                before: None,
                after: Some(verdict),
            }),
        }
    }

    fn differ(&self) -> bool {
        self.0.iter().any(Pair::differs)
    }

    fn errors_differ(&self) -> bool {
        let failed = |verdict: Option<&Verdict>| matches!(verdict, Some(Verdict::Error(_)));
        self.0
            .iter()
            .any(|pair| failed(pair.before) != failed(pair.after))
    }

    /// Both sides depend on the same policies in the same way: the same ones are open, and a permit matches for certain on
    /// both or on neither.
    fn open_alike(&self) -> bool {
        let open = |verdict: Option<&Verdict>| matches!(verdict, Some(Verdict::Unknown(_)));
        let permits = |verdict: fn(&Pair<'v>) -> Option<&'v Verdict>| {
            self.0
                .iter()
                .any(|pair| pair.effect == Effect::Permit && verdict(pair) == Some(&Verdict::Match))
        };
        self.0
            .iter()
            .all(|pair| pair.same || (!open(pair.before) && !open(pair.after)))
            && permits(|pair| pair.before) == permits(|pair| pair.after)
    }

    fn decide_after(&self, head: &PolicySet) -> Combined<u32> {
        classify::decide(
            head,
            self.0.iter().filter_map(|pair| pair.place.zip(pair.after)),
        )
    }

    fn causes(&self) -> Vec<String> {
        let mut causes: Vec<_> = self
            .0
            .iter()
            .filter(|pair| pair.differs())
            .map(|pair| pair.id.to_owned())
            .collect();
        causes.sort_unstable();
        causes.dedup();
        causes
    }

    fn guard(&self) -> Guard<'v> {
        let matched = |verdict: Option<&Verdict>| verdict == Some(&Verdict::Match);
        let failed = |verdict: Option<&Verdict>| matches!(verdict, Some(Verdict::Error(_)));
        let forbids = || self.0.iter().filter(|pair| pair.effect == Effect::Forbid);
        Guard {
            lifted: forbids()
                .find(|pair| matched(pair.before) && !matched(pair.after))
                .map(|pair| pair.id),
            failing: forbids()
                .find(|pair| !failed(pair.before) && failed(pair.after))
                .map(|pair| pair.id),
        }
    }
}
