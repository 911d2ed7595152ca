//! The answer, kept small, and the report made from it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use decisions::{Log, format_time};
use model::{
    Change, ChangeClass, DriftReport, GroupBy, Headline, Outcome, PolicyChange, Reach, Risk,
    RiskLevel, SetInfo, Totals,
};

use crate::{Filter, query, residual::Origin, tally::tallied};

/// One distinct request worth reporting, as found. What each side says of it is `O`: as each engine has it at hand.
#[derive(Debug)]
pub(crate) struct Row<O> {
    pub(crate) request: u32,
    pub(crate) class: ChangeClass,
    pub(crate) risk: Risk,
    pub(crate) causes: Vec<String>,
    pub(crate) before: O,
    pub(crate) after: O,
    pub(crate) error_changed: bool,
    pub(crate) log_disagrees: bool,
}

/// The same, with everything that repeats kept once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) request: u32,
    pub(crate) class: ChangeClass,
    pub(crate) level: RiskLevel,
    why: u32,
    causes: u32,
    before: u32,
    after: u32,
    pub(crate) rows: u64,
    first_at: i64,
    last_at: i64,
    pub(crate) error_changed: bool,
    pub(crate) log_disagrees: bool,
}

/// What was compared, and what of it does not depend on single requests.
pub(crate) struct Compared<'a> {
    pub(crate) log: &'a Arc<Log>,
    pub(crate) engine: &'static str,
    pub(crate) base: SetInfo,
    pub(crate) head: SetInfo,
    pub(crate) policies: Vec<PolicyChange>,
    /// Rows, disagreements, assumed entities.
    pub(crate) totals: Totals,
}

/// Whose real access would change. Changes are riskiest first.
#[derive(Debug)]
pub struct Replay {
    pub(crate) log: Arc<Log>,
    engine: &'static str,
    base: SetInfo,
    head: SetInfo,
    totals: Totals,
    headline: Headline,
    policies: Vec<PolicyChange>,
    pub(crate) entries: Vec<Entry>,
    by_request: HashMap<u32, u32>,
    whys: Vec<String>,
    causes: Vec<Vec<String>>,
    outcomes: Vec<Said>,
    /// Nothing when the engine cannot tell what an open decision turns on.
    origin: Option<Origin>,
}

/// What a side says.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) outcome: Outcome,
    /// Places of the policies that leave it open.
    pub(crate) open: Vec<u32>,
}

/// Keeps each distinct value once.
struct Interner<K, V> {
    numbers: HashMap<K, u32>,
    values: Vec<V>,
}

impl<K: std::hash::Hash + Eq + Clone, V> Interner<K, V> {
    fn new() -> Self {
        Self {
            numbers: HashMap::new(),
            values: Vec::new(),
        }
    }

    fn number(&mut self, key: K, make: impl FnOnce(&K) -> V) -> u32 {
        let Self { numbers, values } = self;
        *numbers.entry(key).or_insert_with_key(|key| {
            values.push(make(key));
            values.len() as u32 - 1
        })
    }
}

impl Replay {
    /// `said` makes what a report says out of what the base says, and out of what the edit says.
    pub(crate) fn new<O: Clone + Eq + std::hash::Hash>(
        compared: Compared<'_>,
        rows: Vec<Row<O>>,
        said: (impl Fn(&O) -> Said, impl Fn(&O) -> Said),
        origin: Option<Origin>,
    ) -> Self {
        let Compared {
            log,
            engine,
            base,
            head,
            policies,
            mut totals,
        } = compared;
        let mut whys = Interner::new();
        let mut causes = Interner::new();
        let mut outcomes = Interner::new();
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let sum = tallied(log, row.request);
            let counter = match row.class {
                ChangeClass::Gained => &mut totals.gained,
                ChangeClass::Lost => &mut totals.lost,
                ChangeClass::MaybeGained => &mut totals.maybe_gained,
                ChangeClass::MaybeLost => &mut totals.maybe_lost,
                ChangeClass::Undeterminable => &mut totals.undeterminable,
                ChangeClass::Unchanged => &mut totals.unchanged,
            };
            *counter += sum.rows;
            if row.error_changed {
                totals.error_changed += sum.rows;
            }
            entries.push(Entry {
                request: row.request,
                class: row.class,
                level: row.risk.level,
                why: whys.number(row.risk.why, String::clone),
                causes: causes.number(row.causes, Vec::clone),
                before: outcomes.number((false, row.before), |(_, side)| said.0(side)),
                after: outcomes.number((true, row.after), |(_, side)| said.1(side)),
                rows: sum.rows,
                first_at: sum.first_at,
                last_at: sum.last_at,
                error_changed: row.error_changed,
                log_disagrees: row.log_disagrees,
            });
        }
        // Rows that are not among the entries are unchanged too.
        let changed = totals.gained
            + totals.lost
            + totals.maybe_gained
            + totals.maybe_lost
            + totals.undeterminable;
        totals.unchanged = totals.rows - changed;
        entries.sort_unstable_by(|a, b| {
            (a.level, a.class)
                .cmp(&(b.level, b.class))
                .then(b.rows.cmp(&a.rows))
                .then(a.request.cmp(&b.request))
        });
        let by_request = (0_u32..)
            .zip(&entries)
            .map(|(place, entry)| (entry.request, place))
            .collect();
        let mut replay = Self {
            log: Arc::clone(log),
            engine,
            base,
            head,
            totals,
            headline: Headline::default(),
            policies,
            entries,
            by_request,
            whys: whys.values,
            causes: causes.values,
            outcomes: outcomes.values,
            origin,
        };
        replay.headline = replay.reach();
        replay
    }

    /// Rows by class.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// How far it reaches.
    #[must_use]
    pub fn headline(&self) -> Headline {
        self.headline
    }

    /// Policies that differ.
    #[must_use]
    pub fn policies(&self) -> &[PolicyChange] {
        &self.policies
    }

    /// The set in force.
    #[must_use]
    pub fn base(&self) -> &SetInfo {
        &self.base
    }

    /// The edit.
    #[must_use]
    pub fn head(&self) -> &SetInfo {
        &self.head
    }

    /// The change with this number of a distinct request.
    #[must_use]
    pub fn change(&self, id: u32) -> Option<Change> {
        self.by_request
            .get(&id)
            .and_then(|place| self.entries.get(*place as usize))
            .map(|entry| self.materialise(entry))
    }

    /// The whole report, with at most `limit` changes.
    #[must_use]
    pub fn report(&self, limit: usize) -> DriftReport {
        let filter = Filter::default();
        let groups = |by: GroupBy| {
            let mut groups = self.groups(by, &filter);
            groups.truncate(100);
            groups
        };
        let (changes_total, changes) = self.changes(&filter, 0, limit);
        DriftReport {
            version: 1,
            engine: self.engine.to_owned(),
            base: self.base.clone(),
            head: self.head.clone(),
            totals: self.totals,
            skipped: self.log.info.skipped,
            first_skipped: self.log.info.first_skipped.clone(),
            headline: self.headline,
            policies: self.policies.clone(),
            changes,
            changes_total,
            by_principal: groups(GroupBy::Principal),
            by_resource: groups(GroupBy::Resource),
            by_action: groups(GroupBy::Action),
            by_policy: groups(GroupBy::Policy),
        }
    }

    fn reach(&self) -> Headline {
        let of = |wanted: &dyn Fn(ChangeClass) -> bool| {
            let (mut principals, mut resources) = (HashSet::new(), HashSet::new());
            for entry in self.entries.iter().filter(|entry| wanted(entry.class)) {
                if let Some(request) = self.log.requests.get(entry.request as usize) {
                    principals.insert(request.principal);
                    resources.insert(request.resource);
                }
            }
            Reach {
                principals: principals.len() as u64,
                resources: resources.len() as u64,
            }
        };
        Headline {
            gained: of(&|class| class == ChangeClass::Gained),
            lost: of(&|class| class == ChangeClass::Lost),
            open: of(&query::is_open),
        }
    }

    pub(crate) fn why(&self, entry: &Entry) -> &str {
        self.whys.get(entry.why as usize).map_or("", String::as_str)
    }

    pub(crate) fn causes(&self, entry: &Entry) -> &[String] {
        self.causes
            .get(entry.causes as usize)
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn text(&self, uid: u32) -> &str {
        self.log.uids.get(uid as usize).map_or("", String::as_str)
    }

    pub(crate) fn materialise(&self, entry: &Entry) -> Change {
        let request = self.log.requests.get(entry.request as usize);
        let text = |uid: Option<u32>| uid.map(|uid| self.text(uid).to_owned()).unwrap_or_default();
        let said = |number: u32| self.outcomes.get(number as usize);
        let outcome = |number: u32| {
            said(number).map_or(
                Outcome {
                    decision: None,
                    reasons: Vec::new(),
                    errors: Vec::new(),
                    needs: Vec::new(),
                },
                |said| said.outcome.clone(),
            )
        };
        let open = |number: u32| said(number).map_or(&[][..], |said| &said.open);
        let mut change = Change {
            id: entry.request,
            class: entry.class,
            rows: entry.rows,
            first_at: format_time(entry.first_at),
            last_at: format_time(entry.last_at),
            principal: text(request.map(|request| request.principal)),
            action: text(request.map(|request| request.action)),
            resource: text(request.map(|request| request.resource)),
            before: outcome(entry.before),
            after: outcome(entry.after),
            causes: self.causes(entry).to_vec(),
            risk: Risk {
                level: entry.level,
                why: self.why(entry).to_owned(),
            },
            error_changed: entry.error_changed,
            log_disagrees: entry.log_disagrees,
            residual: None,
        };
        if let Some(origin) = &self.origin {
            origin.tell(
                &mut change,
                &self.log,
                [entry.before, entry.after].map(open),
            );
        }
        change
    }
}
