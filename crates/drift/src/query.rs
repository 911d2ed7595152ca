//! Parts of a replay for a screen: filtered, paged, grouped.

use std::collections::{HashMap, HashSet};

use model::{Change, ChangeClass, Group, GroupBy, Risk, RiskLevel};

use crate::{Replay, replay::Entry};

/// Which changes are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these classes; empty = all that changed, are open, or fail differently.
    pub classes: Vec<ChangeClass>,
    /// Only where an evaluation error appeared or vanished.
    pub errors_only: bool,
    /// Only where the base disagrees with the log.
    pub disagreements_only: bool,
    /// Not these.
    pub without: HashSet<u32>,
    /// Text the principal, action, resource or a cause must contain, without regard to case.
    pub text: String,
    /// Only this group.
    pub group: Option<(GroupBy, String)>,
}

/// A change as it lies in the replay, for who must look at every one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<'a> {
    /// Number of the distinct request in the log.
    pub id: u32,
    /// What happens.
    pub class: ChangeClass,
    /// How bad if it is a mistake.
    pub level: RiskLevel,
    /// Rows that ask exactly this.
    pub rows: u64,
    /// Who.
    pub principal: &'a str,
    /// What.
    pub action: &'a str,
    /// On what.
    pub resource: &'a str,
    /// An evaluation error appeared or vanished.
    pub error_changed: bool,
}

/// The decision may change but the log cannot tell.
pub(crate) fn is_open(class: ChangeClass) -> bool {
    matches!(
        class,
        ChangeClass::MaybeGained | ChangeClass::MaybeLost | ChangeClass::Undeterminable
    )
}

impl Replay {
    fn matching<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = &'a Entry> + 'a {
        let needle = filter.text.to_lowercase();
        // The text is looked for in each distinct id once, not in each change.
        let hits: Option<HashSet<u32>> = (!needle.is_empty()).then(|| {
            (0_u32..)
                .zip(&self.log.uids)
                .filter(|(_, uid)| uid.to_lowercase().contains(&needle))
                .map(|(number, _)| number)
                .collect()
        });
        self.entries.iter().filter(move |entry| {
            let shown = if filter.disagreements_only {
                entry.log_disagrees
            } else if filter.classes.is_empty() {
                entry.class != ChangeClass::Unchanged || entry.error_changed
            } else {
                filter.classes.contains(&entry.class)
            };
            shown
                && (!filter.errors_only || entry.error_changed)
                && !filter.without.contains(&entry.request)
                && hits
                    .as_ref()
                    .is_none_or(|hits| self.contains(entry, hits, &needle))
                && filter
                    .group
                    .as_ref()
                    .is_none_or(|(by, key)| self.keys(*by, entry).any(|found| found == key))
        })
    }

    fn contains(&self, entry: &Entry, hits: &HashSet<u32>, needle: &str) -> bool {
        let request = self.log.requests.get(entry.request as usize);
        request.is_some_and(|request| {
            [request.principal, request.action, request.resource]
                .iter()
                .any(|uid| hits.contains(uid))
        }) || self
            .causes(entry)
            .iter()
            .any(|cause| cause.to_lowercase().contains(needle))
    }

    fn keys<'a>(&'a self, by: GroupBy, entry: &Entry) -> impl Iterator<Item = &'a str> + 'a {
        let request = self.log.requests.get(entry.request as usize);
        let uid = match by {
            GroupBy::Principal => request.map(|request| request.principal),
            GroupBy::Resource => request.map(|request| request.resource),
            GroupBy::Action => request.map(|request| request.action),
            GroupBy::Policy => None,
        };
        let causes = if by == GroupBy::Policy {
            self.causes(entry)
        } else {
            &[]
        };
        uid.map(|uid| self.text(uid))
            .into_iter()
            .chain(causes.iter().map(String::as_str))
    }

    /// A page of changes, riskiest first, and how many there are all told.
    #[must_use]
    pub fn changes(&self, filter: &Filter, offset: usize, limit: usize) -> (u64, Vec<Change>) {
        let mut total = 0;
        let mut page = Vec::new();
        for entry in self.matching(filter) {
            if total >= offset && page.len() < limit {
                page.push(self.materialise(entry));
            }
            total += 1;
        }
        (total as u64, page)
    }

    /// Every change, riskiest first, without a copy of anything.
    pub fn each(&self) -> impl Iterator<Item = Seen<'_>> {
        self.entries.iter().map(|entry| {
            let request = self.log.requests.get(entry.request as usize);
            let text = |uid: Option<u32>| uid.map_or("", |uid| self.text(uid));
            Seen {
                id: entry.request,
                class: entry.class,
                level: entry.level,
                rows: entry.rows,
                principal: text(request.map(|request| request.principal)),
                action: text(request.map(|request| request.action)),
                resource: text(request.map(|request| request.resource)),
                error_changed: entry.error_changed,
            }
        })
    }

    /// The ids of all changes that match, riskiest first.
    #[must_use]
    pub fn ids(&self, filter: &Filter) -> Vec<u32> {
        self.matching(filter).map(|entry| entry.request).collect()
    }

    /// All groups, riskiest first. With [`GroupBy::Policy`] a change counts for each policy that caused it.
    #[must_use]
    pub fn groups(&self, by: GroupBy, filter: &Filter) -> Vec<Group> {
        #[derive(Default)]
        struct Sums<'a> {
            gained: u64,
            lost: u64,
            open: u64,
            changes: u64,
            principals: HashSet<u32>,
            resources: HashSet<u32>,
            worst: Option<(RiskLevel, &'a str)>,
        }
        let mut sums: HashMap<&str, Sums<'_>> = HashMap::new();
        for entry in self.matching(filter) {
            let request = self.log.requests.get(entry.request as usize);
            for key in self.keys(by, entry) {
                let sum = sums.entry(key).or_default();
                match entry.class {
                    ChangeClass::Gained => sum.gained += entry.rows,
                    ChangeClass::Lost => sum.lost += entry.rows,
                    class if is_open(class) => sum.open += entry.rows,
                    _ => {}
                }
                sum.changes += 1;
                if let Some(request) = request {
                    sum.principals.insert(request.principal);
                    sum.resources.insert(request.resource);
                }
                // Entries come riskiest first, so the first one is the worst.
                sum.worst.get_or_insert((entry.level, self.why(entry)));
            }
        }
        let mut groups: Vec<Group> = sums
            .into_iter()
            .map(|(key, sum)| Group {
                key: key.to_owned(),
                gained: sum.gained,
                lost: sum.lost,
                open: sum.open,
                changes: sum.changes,
                principals: sum.principals.len() as u64,
                resources: sum.resources.len() as u64,
                risk: sum.worst.map_or(
                    Risk {
                        level: RiskLevel::Low,
                        why: String::new(),
                    },
                    |(level, why)| Risk {
                        level,
                        why: why.to_owned(),
                    },
                ),
            })
            .collect();
        groups.sort_by(|a, b| {
            let weight = |group: &Group| group.gained + group.lost + group.open;
            a.risk
                .level
                .cmp(&b.risk.level)
                .then(weight(b).cmp(&weight(a)))
                .then(a.key.cmp(&b.key))
        });
        groups
    }
}
