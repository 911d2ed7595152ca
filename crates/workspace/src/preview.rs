//! What the window asks of a replay: the counts in short, the groups beside the editor, pages, one change explained, marks.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex},
};

use decisions::{Log, NO_SLICE};
use drift::{Filter, Replay};
use ipc::{
    ChangeFilter, ChangeQuery, ChangeView, EntityView, GroupQuery, Page, Recorded, TopGroup,
    Viewed, ViewedCount, WhyView,
};
use model::{Change, ChangeClass, Code, Failure, Group, GroupBy, OpenPolicy, Source, counted};
use policy::{EntityStore, Files};
use rego::Question;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::History;

use crate::{Error, compare::Side, decided::changed_decisions, open::lock, question};

/// Groups beside the editor.
const TOP: usize = 8;
/// Changes of a group that are looked at for its title.
const TITLED: usize = 2000;
/// No page is longer, whatever is asked for.
const LONGEST_PAGE: usize = 1000;

/// A finished replay, and the marks on its changes.
pub(crate) struct Previewed {
    pub(crate) replay: Replay,
    pub(crate) log: Arc<Log>,
    base: Side,
    head: Side,
    /// Files of both sides.
    files: [Arc<Files>; 2],
    viewed: Mutex<HashSet<u32>>,
}

impl Previewed {
    /// Finds the marks that belong to this comparison.
    pub(crate) fn new(
        replay: Replay,
        log: Arc<Log>,
        (base, head): (Side, Side),
        files: [Arc<Files>; 2],
        history: &History,
    ) -> Self {
        let marked = history
            .viewed(&replay.base().digest, &replay.head().digest)
            .unwrap_or_default();
        let viewed = if marked.is_empty() {
            HashSet::new()
        } else {
            replay
                .ids(&Filter::default())
                .into_iter()
                .filter(|id| marked.contains(&mark(&log, *id)))
                .collect()
        };
        Self {
            replay,
            log,
            base,
            head,
            files,
            viewed: Mutex::new(viewed),
        }
    }

    /// The decisions it changes, for a bundle.
    pub(crate) fn decisions(&self) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        let [base, head] = &self.files;
        changed_decisions(&self.replay, &self.log, base, head)
    }

    pub(crate) fn changes_total(&self) -> u64 {
        self.replay.changes(&Filter::default(), 0, 0).0
    }

    pub(crate) fn viewed_total(&self) -> u64 {
        lock(&self.viewed).len() as u64
    }

    fn filter(&self, asked: &ChangeFilter) -> Filter {
        Filter {
            classes: asked.classes.clone(),
            errors_only: asked.errors_only,
            disagreements_only: asked.disagreements_only,
            without: if asked.unviewed_only {
                lock(&self.viewed).clone()
            } else {
                HashSet::new()
            },
            text: asked.text.trim().to_owned(),
            group: asked.group.clone(),
        }
    }

    pub(crate) fn groups(&self, query: &GroupQuery) -> Page<Group> {
        let groups = self.all_groups(query.by, &query.filter);
        let (total, offset) = (groups.len() as u64, query.offset as usize);
        let limit = (query.limit as usize).min(LONGEST_PAGE);
        Page {
            total,
            offset: query.offset,
            items: groups.into_iter().skip(offset).take(limit).collect(),
        }
    }

    pub(crate) fn changes(&self, query: &ChangeQuery) -> Page<ChangeView> {
        let limit = (query.limit as usize).min(LONGEST_PAGE);
        let (total, changes) =
            self.replay
                .changes(&self.filter(&query.filter), query.offset as usize, limit);
        let viewed = lock(&self.viewed);
        let items = changes
            .into_iter()
            .map(|change| ChangeView {
                viewed: viewed.contains(&change.id),
                change,
            })
            .collect();
        Page {
            total,
            offset: query.offset,
            items,
        }
    }

    /// The changes that a filter lets through, riskiest first, by their ids.
    pub(crate) fn ids(&self, filter: &ChangeFilter) -> Vec<u32> {
        self.replay.ids(&self.filter(filter))
    }

    /// A change, and whether it was marked as viewed.
    pub(crate) fn change(&self, id: u32) -> Option<(Change, bool)> {
        let viewed = lock(&self.viewed).contains(&id);
        Some((self.replay.change(id)?, viewed))
    }

    pub(crate) fn all_groups(&self, by: GroupBy, filter: &ChangeFilter) -> Vec<Group> {
        self.replay.groups(by, &self.filter(filter))
    }

    pub(crate) fn mark(
        &self,
        asked: &Viewed,
        history: &History,
        at: i64,
    ) -> Result<ViewedCount, Error> {
        let known: HashSet<u32> = self.replay.ids(&Filter::default()).into_iter().collect();
        let ids: Vec<u32> = asked
            .ids
            .iter()
            .copied()
            .filter(|id| known.contains(id))
            .collect();
        let marks: Vec<String> = ids.iter().map(|id| mark(&self.log, *id)).collect();
        let (base, head) = (&self.replay.base().digest, &self.replay.head().digest);
        history.mark_viewed(
            base,
            head,
            marks.iter().map(String::as_str),
            asked.viewed,
            at,
        )?;
        let mut viewed = lock(&self.viewed);
        for id in ids {
            if asked.viewed {
                viewed.insert(id);
            } else {
                viewed.remove(&id);
            }
        }
        Ok(ViewedCount {
            viewed: viewed.len() as u64,
            total: known.len() as u64,
        })
    }

    pub(crate) fn why(&self, id: u32) -> Result<WhyView, Error> {
        let gone = || Error::BadCall(format!("the last preview has no change {id}"));
        let change = self.replay.change(id).ok_or_else(gone)?;
        let request = self.log.request(id).ok_or_else(gone)?;
        let distinct = self.log.requests.get(id as usize).ok_or_else(gone)?;
        let entities_assumed = distinct.slice == NO_SLICE && matches!(self.head, Side::Cedar(_));
        let slice = self.slice(distinct.slice);
        let cedar = |side: &drift::Side| {
            let (set, store, schema) = (
                &side.compiled.set,
                &side.compiled.entities,
                side.compiled.schema.as_deref(),
            );
            let explained = if entities_assumed {
                policy::explain(set, store, schema, &request)
            } else {
                policy::explain_recorded(set, store, schema, &request, &slice)
            };
            explained.map_err(Failure::from)
        };
        let input = self.log.input(id).and_then(Question::read);
        let explain = |side: &Side| match side {
            Side::Cedar(side) => cedar(side),
            Side::Rego(side) => {
                let input = input.as_ref().ok_or_else(|| {
                    let message = "the row does not carry the input that was asked";
                    Failure::new(Code::RequestInvalid, message)
                })?;
                let asked = match &self.base {
                    Side::Rego(base) => base.set.answers(input.path.as_deref()),
                    Side::Cedar(_) => false,
                };
                Ok(question::explain(&side.set, input, asked))
            }
        };
        let (before, after) = (explain(&self.base)?, explain(&self.head)?);
        let read: BTreeSet<&str> = before
            .entities_read
            .iter()
            .chain(&after.entities_read)
            .map(String::as_str)
            .collect();
        let entities = if entities_assumed {
            match &self.head {
                Side::Cedar(head) => of_store(&head.compiled.entities, &read),
                Side::Rego(_) => Vec::new(),
            }
        } else {
            of_slice(&slice, &read)
        };
        let [base, edit] = change.lacks();
        let residual = change.residual.clone().unwrap_or_default();
        let left_open = |side: &[OpenPolicy]| side.iter().map(left_open).collect();
        Ok(WhyView {
            entities,
            entities_assumed,
            turns_on: residual.words,
            lacks: (base, edit),
            left_open: (left_open(&residual.before), left_open(&residual.after)),
            recorded: self.recorded(id),
            viewed: lock(&self.viewed).contains(&id),
            change,
            request,
            before,
            after,
        })
    }

    fn slice(&self, slice: u32) -> Vec<Value> {
        let entities = self
            .log
            .slices
            .get(slice as usize)
            .and_then(|slice| slice.entities.as_deref())
            .unwrap_or_default();
        let entity =
            |number: &u32| serde_json::from_str(self.log.entities.get(*number as usize)?).ok();
        entities.iter().filter_map(entity).collect()
    }

    fn recorded(&self, id: u32) -> Vec<Recorded> {
        let from = self.log.tallies.partition_point(|tally| tally.request < id);
        let tallies = self
            .log
            .tallies
            .iter()
            .skip(from)
            .take_while(|tally| tally.request == id);
        let time = |at: i64| {
            if at == decisions::NO_TIME {
                String::new()
            } else {
                decisions::format_time(at)
            }
        };
        tallies
            .filter_map(|tally| {
                let outcome = self.log.outcomes.get(tally.outcome as usize)?;
                Some(Recorded {
                    decision: Some(outcome.decision),
                    reasons: outcome.reasons.clone(),
                    rows: u64::from(tally.rows),
                    first_at: time(tally.first_at),
                    last_at: time(tally.last_at),
                })
            })
            .collect()
    }

    /// What may not be known in general.
    pub(crate) fn notes(&self) -> Vec<String> {
        let totals = self.replay.totals();
        let mut notes = Vec::new();
        let rows = |count: u64| counted(count, "row");
        if self.log.info.skipped > 0 {
            let lines = counted(self.log.info.skipped, "line");
            notes.push(match self.log.info.first_skipped.first() {
                Some(first) => {
                    format!("{lines} of the log could not be read and took no part; {first}")
                }
                None => format!("{lines} of the log could not be read and took no part"),
            });
        }
        if totals.entities_assumed > 0 {
            notes.push(format!(
                "{} without entities: the workspace's own, as they are now, are assumed",
                rows(totals.entities_assumed)
            ));
        }
        if totals.undeterminable > 0 {
            notes.push(format!(
                "{} cannot be told: the log lacks what the policies read",
                rows(totals.undeterminable)
            ));
        }
        if totals.log_disagrees > 0 {
            notes.push(format!("{} were decided otherwise when they were recorded: other policies or entities were in force", rows(totals.log_disagrees)));
        }
        if totals.error_changed > 0 {
            notes.push(format!(
                "{}: a policy begins or ceases to fail; {}",
                rows(totals.error_changed),
                match self.head {
                    Side::Cedar(_) => "a failing forbid is skipped",
                    Side::Rego(_) => "what fails decides nothing",
                }
            ));
        }
        notes
    }

    /// The groups to show beside the editor: one for each policy and direction, riskiest first.
    pub(crate) fn top(&self) -> Vec<TopGroup> {
        let sources: HashMap<&str, &Source> = self
            .replay
            .policies()
            .iter()
            .map(|change| (change.id.as_str(), &change.source))
            .collect();
        let directions = [
            (vec![ChangeClass::Gained], ChangeClass::Gained),
            (vec![ChangeClass::Lost], ChangeClass::Lost),
            (
                vec![
                    ChangeClass::MaybeGained,
                    ChangeClass::MaybeLost,
                    ChangeClass::Undeterminable,
                ],
                ChangeClass::Undeterminable,
            ),
            // The decision stays, but a policy begins or ceases to fail.
            (vec![ChangeClass::Unchanged], ChangeClass::Unchanged),
        ];
        let mut top = Vec::new();
        for (classes, class) in directions {
            let all = Filter {
                errors_only: class == ChangeClass::Unchanged,
                classes,
                ..Filter::default()
            };
            for group in self
                .replay
                .groups(GroupBy::Policy, &all)
                .into_iter()
                .take(TOP)
            {
                let filter = Filter {
                    group: Some((GroupBy::Policy, group.key.clone())),
                    ..all.clone()
                };
                let (total, changes) = self.replay.changes(&filter, 0, TITLED);
                let Some(first) = changes.first() else {
                    continue;
                };
                let classes: BTreeSet<ChangeClass> =
                    changes.iter().map(|change| change.class).collect();
                top.push(TopGroup {
                    title: title(&changes, total),
                    class: if classes.len() == 1 {
                        first.class
                    } else {
                        class
                    },
                    rows: match group.gained + group.lost + group.open {
                        0 => changes.iter().map(|change| change.rows).sum(),
                        rows => rows,
                    },
                    principals: group.principals,
                    resources: group.resources,
                    risk: group.risk,
                    cause: sources
                        .get(group.key.as_str())
                        .map(|source| (group.key.clone(), (*source).clone())),
                    change: first.id,
                });
            }
        }
        top.sort_by(|a, b| {
            (a.risk.level, a.class, std::cmp::Reverse(a.rows), &a.title).cmp(&(
                b.risk.level,
                b.class,
                std::cmp::Reverse(b.rows),
                &b.title,
            ))
        });
        top.truncate(TOP);
        top
    }
}

/// The mark of a change is made of its request, so that it is found again when the log was imported anew.
fn mark(log: &Log, id: u32) -> String {
    let mut hash = Sha256::new();
    if let Some(distinct) = log.requests.get(id as usize) {
        for uid in [distinct.principal, distinct.action, distinct.resource] {
            hash.update(log.uids.get(uid as usize).map_or("", String::as_str));
            hash.update([0]);
        }
        hash.update(
            log.contexts
                .get(distinct.context as usize)
                .map_or("", String::as_str),
        );
        hash.update([0]);
        hash.update(
            log.slices
                .get(distinct.slice as usize)
                .map_or([0; 32], |slice| slice.digest),
        );
    }
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// `Contractor: comment, read Record (P0)`.
fn title(changes: &[Change], total: u64) -> String {
    let kinds = |of: fn(&Change) -> &str| -> BTreeSet<&str> {
        changes.iter().map(|change| split(of(change)).0).collect()
    };
    let actions: BTreeSet<&str> = changes
        .iter()
        .map(|change| split(&change.action).1)
        .collect();
    let mut title = format!(
        "{}: {} {}",
        list(&kinds(|change| &change.principal), "kinds of principals"),
        list(&actions, "actions on"),
        list(&kinds(|change| &change.resource), "kinds of resources"),
    );
    // The sensitivity that the risk rules found, when it is one of the few and all changes were looked at.
    let values: BTreeSet<&str> = changes
        .iter()
        .filter_map(|change| {
            change
                .risk
                .why
                .strip_prefix("resource.")?
                .split_once(" is ")
        })
        .map(|(_, value)| value)
        .collect();
    let all_have_one = changes
        .iter()
        .all(|change| change.risk.why.starts_with("resource."));
    if all_have_one && (1..=3).contains(&values.len()) && total == changes.len() as u64 {
        title.push_str(&format!(
            " ({})",
            values.into_iter().collect::<Vec<_>>().join(", ")
        ));
    }
    title
}

fn list(names: &BTreeSet<&str>, many: &str) -> String {
    if names.len() > 3 {
        format!("{} {many}", names.len())
    } else {
        names.iter().copied().collect::<Vec<_>>().join(", ")
    }
}

/// `A::B::"c"` is of the type `A::B` with the id `c`.
fn split(uid: &str) -> (&str, &str) {
    uid.split_once("::\"").map_or((uid, uid), |(kind, id)| {
        (kind, id.strip_suffix('"').unwrap_or(id))
    })
}

fn of_store(store: &EntityStore, read: &BTreeSet<&str>) -> Vec<EntityView> {
    store
        .to_json()
        .filter(|(_, id, _)| read.contains(id.as_str()))
        .map(|(_, id, json)| view(id, &json))
        .collect()
}

/// A policy that stays open, with the clauses that keep it so.
fn left_open(open: &OpenPolicy) -> String {
    let clauses = open.clauses.iter();
    let clauses = clauses.map(|clause| format!("`{}` is {}", clause.text, clause.holds_if));
    let clauses: Vec<String> = clauses.collect();
    format!("`{}` applies if {}", open.policy, clauses.join(" and "))
}

fn of_slice(slice: &[Value], read: &BTreeSet<&str>) -> Vec<EntityView> {
    let id = |json: &Value| {
        let uid = json.get("uid")?;
        let uid = uid.get("__entity").unwrap_or(uid);
        decisions::uid::print(uid.get("type")?.as_str()?, uid.get("id")?.as_str()?)
    };
    let mut views: Vec<_> = slice
        .iter()
        .filter_map(|json| Some(view(id(json)?, json)))
        .filter(|view| read.contains(view.id.as_str()))
        .collect();
    views.sort_by(|a, b| a.id.cmp(&b.id));
    views
}

fn view(id: String, json: &Value) -> EntityView {
    let empty = serde_json::Map::new();
    let attributes = json
        .get("attrs")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let tags = json
        .get("tags")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let tags = tags
        .iter()
        .map(|(name, value)| (format!("tag {name}"), value));
    let omitted = |kind: &str, lead: &'static str| {
        let names = json.get("omitted").and_then(|kinds| kinds.get(kind));
        let names = names.and_then(Value::as_array).into_iter().flatten();
        let names = names.filter_map(Value::as_str).map(move |name| {
            let words = "not recorded".to_owned();
            (format!("{lead}{name}"), words)
        });
        names.collect::<Vec<_>>()
    };
    let parents = json
        .get("parents")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    EntityView {
        id,
        attributes: attributes
            .iter()
            .map(|(name, value)| (name.clone(), value))
            .chain(tags)
            .map(|(name, value)| (name, words(value)))
            .chain(omitted("attrs", ""))
            .chain(omitted("tags", "tag "))
            .collect(),
        parents: parents.iter().map(words).collect(),
    }
}

/// A value as Cedar would write it.
fn words(value: &Value) -> String {
    let entity = |value: &Value| {
        decisions::uid::print(value.get("type")?.as_str()?, value.get("id")?.as_str()?)
    };
    match value {
        Value::Object(object) => {
            if let Some(printed) = object.get("__entity").and_then(entity) {
                return printed;
            }
            if object.len() == 2
                && let Some(printed) = entity(value)
            {
                return printed;
            }
            if let Some(call) = object.get("__extn") {
                let part = |name: &str| call.get(name).and_then(Value::as_str);
                if let (Some(function), Some(argument)) = (part("fn"), part("arg")) {
                    return format!("{function}({argument:?})");
                }
            }
            let fields: Vec<_> = object
                .iter()
                .map(|(name, value)| format!("{name}: {}", words(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(words).collect::<Vec<_>>().join(", ")
        ),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use model::{Change, Outcome, Risk, RiskLevel};

    use super::*;

    fn change(principal: &str, action: &str, resource: &str, why: &str) -> Change {
        let outcome = Outcome {
            decision: None,
            reasons: Vec::new(),
            errors: Vec::new(),
            needs: Vec::new(),
        };
        Change {
            id: 0,
            class: ChangeClass::Gained,
            rows: 1,
            first_at: String::new(),
            last_at: String::new(),
            principal: principal.into(),
            action: action.into(),
            resource: resource.into(),
            before: outcome.clone(),
            after: outcome,
            causes: Vec::new(),
            risk: Risk {
                level: RiskLevel::High,
                why: why.into(),
            },
            error_changed: false,
            log_disagrees: false,
            residual: None,
        }
    }

    #[test]
    fn a_title_says_who_does_what_to_what() {
        let p0 = "resource.classification is P0";
        let some = [
            change("Contractor::\"a\"", "Action::\"read\"", "Record::\"1\"", p0),
            change(
                "Contractor::\"b\"",
                "Action::\"comment\"",
                "Record::\"2\"",
                p0,
            ),
        ];
        assert_eq!(title(&some, 2), "Contractor: comment, read Record (P0)");
        assert_eq!(
            title(&some, 3),
            "Contractor: comment, read Record",
            "not all were looked at"
        );
        let many: Vec<_> = (0..5)
            .map(|n| {
                change(
                    "A::U::\"a\"",
                    &format!("Action::\"{n}\""),
                    "D::\"x\"",
                    "access is gained",
                )
            })
            .collect();
        assert_eq!(title(&many, 5), "A::U: 5 actions on D");
    }

    #[test]
    fn values_are_written_as_cedar_writes_them() {
        let json = serde_json::json!({
            "uid": {"type": "D", "id": "x\"y"},
            "attrs": {"a": [1, true], "b": {"__entity": {"type": "U", "id": "m"}}, "c": {"__extn": {"fn": "ip", "arg": "10.0.0.1"}}, "d": {"e": "f"}},
            "parents": [{"type": "G", "id": "g"}],
        });
        let views = of_slice(&[json], &BTreeSet::from([r#"D::"x\"y""#]));
        let text: Vec<_> = views[0]
            .attributes
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!(
            text,
            ["[1, true]", "U::\"m\"", "ip(\"10.0.0.1\")", "{e: \"f\"}"]
        );
        assert_eq!(views[0].parents, ["G::\"g\""]);
    }
}
