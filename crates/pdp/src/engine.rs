//! One release, compiled: who is asked decides by it as long as it is in force.
//!
//! A policy applies to the principals whose hundredth ([`release::bucket`]) its mode has reached: none for audit-only, all for
//! enforce. The distinct percentages of a release therefore cut the hundredths into a few classes, and all principals of a class
//! are decided by one set: each policy from the new files where its mode has reached the class, else from those that were enforced
//! before. Each set is made ready once. Schema and entities are facts, which have no mode: they are those of the new files.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use decisions::{Pair, Shadow};
use model::{Decision, Failure, PolicyError, Severity};
use policy::{
    Compiled, EntityStore, FileKind, Policy, PolicySet, Posed, Prepared, Question, RequestReader,
    Schema,
};
use release::{Files, Mode, Release, bucket};
use serde::Serialize;

use crate::Error;

/// Which release decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Whose it is.
    pub tenant: String,
    /// The channel.
    pub channel: String,
    /// Where the channel is in force.
    pub environment: String,
    /// The version of the policies.
    pub version: String,
    /// Rises with every move of the channel.
    pub sequence: u64,
    /// `sha256:…` over policies, links, schema and entities of the new files.
    pub digest: String,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is enforced.
    pub decision: Decision,
    /// Determining policies, sorted.
    pub reasons: Vec<String>,
    /// Policies that could not be evaluated.
    pub errors: Vec<PolicyError>,
    /// Why it was denied without asking the policies.
    pub refused: Option<Failure>,
    /// What the whole of the new version decides, where the principal is decided by another set.
    pub shadow: Option<Shadow>,
    /// By which release.
    pub version: Arc<Version>,
}

impl Answer {
    /// A denial without asking the policies.
    #[must_use]
    pub fn refused(why: Failure, version: &Arc<Version>) -> Self {
        Self {
            decision: Decision::Deny,
            reasons: Vec::new(),
            errors: Vec::new(),
            refused: Some(why),
            shadow: None,
            version: Arc::clone(version),
        }
    }

    /// Whether it is enforced.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.decision == Decision::Allow
    }

    /// The new version would have answered otherwise.
    #[must_use]
    pub fn differs(&self) -> bool {
        let shadow = self.shadow.as_ref();
        shadow.is_some_and(|shadow| shadow.decision != self.decision)
    }
}

/// The policies that principals of a class are decided by.
#[derive(Debug)]
struct Class {
    enforced: Arc<Prepared>,
    /// It is another set than the whole of the new files.
    partial: bool,
    /// These policies and the whole: what a recorded decision has to tell about.
    both: PolicySet,
    digest: String,
}

/// A release, compiled.
#[derive(Debug)]
pub struct Engine {
    version: Arc<Version>,
    schema: Option<Arc<Schema>>,
    store: Arc<EntityStore>,
    reader: RequestReader,
    whole: Arc<Prepared>,
    whole_digest: String,
    /// The percentages of canaries, ascending: a principal is in the class of as many as its hundredth has reached.
    thresholds: Vec<u8>,
    classes: Vec<Class>,
}

impl Engine {
    /// Compiles a release.
    ///
    /// # Errors
    /// [`Error::Broken`] when something of it does not compile, [`Error::Empty`], [`Error::Rego`].
    pub fn new(release: &Release) -> Result<Self, Error> {
        let compiled = compiled(release, &release.files, "files")?;
        if compiled.set.policies().is_empty() {
            return Err(Error::Empty(release.version.clone()));
        }
        let base = match &release.base {
            Some(base) => self::compiled(release, base, "base")?.set,
            None => Arc::default(),
        };
        let Compiled {
            schema,
            set,
            entities: store,
            ..
        } = compiled;
        let picks = picks(release, &base, &set);
        let mut thresholds: Vec<u8> = picks.iter().map(|pick| pick.reach).collect();
        thresholds.retain(|reach| (1..100).contains(reach));
        thresholds.sort_unstable();
        thresholds.dedup();
        let whole = Arc::new(Prepared::new(Arc::clone(&set), &store));
        let whole_digest = set.digest();
        let first_of_class = std::iter::once(0).chain(thresholds.iter().copied());
        let classes = first_of_class
            .map(|bucket| Class::new(&picks, bucket, &whole, &store))
            .collect();
        Ok(Self {
            version: Arc::new(Version {
                tenant: release.tenant.clone(),
                channel: release.channel.clone(),
                environment: release.environment.clone(),
                version: release.version.clone(),
                sequence: release.sequence,
                digest: policy::digest(
                    &release.files,
                    &[
                        FileKind::Policies,
                        FileKind::Links,
                        FileKind::Schema,
                        FileKind::Entities,
                    ],
                ),
            }),
            reader: RequestReader::new(schema.clone(), Arc::clone(&store)),
            schema,
            store,
            whole,
            whole_digest,
            thresholds,
            classes,
        })
    }

    /// Which release this is.
    #[must_use]
    pub fn version(&self) -> &Arc<Version> {
        &self.version
    }

    /// The schema, if there is one.
    #[must_use]
    pub fn schema(&self) -> Option<&Arc<Schema>> {
        self.schema.as_ref()
    }

    /// The entities.
    #[must_use]
    pub fn store(&self) -> &Arc<EntityStore> {
        &self.store
    }

    /// Who reads requests to this release.
    #[must_use]
    pub fn reader(&self) -> &RequestReader {
        &self.reader
    }

    /// Somebody is decided by another set than the whole of the new files.
    #[must_use]
    pub fn shadowing(&self) -> bool {
        self.classes.iter().any(|class| class.partial)
    }

    /// What rows of its shadow log are of: each set that somebody is decided by instead of the whole of the new files, and that.
    #[must_use]
    pub fn pairs(&self) -> BTreeSet<Pair> {
        let partial = self.classes.iter().filter(|class| class.partial);
        let pairs = partial.map(|class| Pair {
            enforced: class.digest.clone(),
            shadow: self.whole_digest.clone(),
        });
        pairs.collect()
    }

    /// Decides. What cannot be read or does not fit the schema is denied with the reason.
    #[must_use]
    pub fn decide(&self, question: &Question<'_>) -> Answer {
        match self.reader.read(question) {
            Ok(posed) => self.decide_read(&posed),
            Err(error) => Answer::refused(error.into(), &self.version),
        }
    }

    /// Decides what was read before.
    #[must_use]
    pub fn decide_read(&self, posed: &Posed) -> Answer {
        self.decided(posed)
            .unwrap_or_else(|error| Answer::refused(error.into(), &self.version))
    }

    fn decided(&self, posed: &Posed) -> Result<Answer, policy::Error> {
        let class = self.class(posed);
        let prepared = class.map_or(&self.whole, |class| &class.enforced);
        let (decision, reasons, errors) = prepared.decide(&self.store, posed)?;
        let shadow = match class.filter(|class| class.partial) {
            None => None,
            Some(_) => {
                let (decision, reasons, errors) = self.whole.decide(&self.store, posed)?;
                Some(Shadow {
                    decision,
                    reasons,
                    errors,
                    bundle: self.whole_digest.clone(),
                })
            }
        };
        Ok(Answer {
            decision,
            reasons,
            errors,
            refused: None,
            shadow,
            version: Arc::clone(&self.version),
        })
    }

    fn class(&self, posed: &Posed) -> Option<&Class> {
        let at = if self.thresholds.is_empty() {
            0
        } else {
            let bucket = bucket(&posed.principal());
            self.thresholds.partition_point(|reach| *reach <= bucket)
        };
        self.classes.get(at)
    }

    /// A decision as a row of the log, with the least that both sets read.
    ///
    /// # Errors
    /// [`policy::Error::Request`] when the request has no form that can be written.
    pub(crate) fn row(
        &self,
        posed: &Posed,
        answer: &Answer,
    ) -> Result<decisions::Row, policy::Error> {
        let request = posed.request()?;
        let (principal, action) = (&request.principal, &request.action);
        let mut row = decisions::Row::new(principal, action, &request.resource, answer.decision);
        row.context = request.context;
        row.tenant.clone_from(&self.version.tenant);
        row.reasons.clone_from(&answer.reasons);
        row.errors.clone_from(&answer.errors);
        policy::ENGINE.clone_into(&mut row.engine);
        row.shadow.clone_from(&answer.shadow);
        if let Some(class) = self.class(posed) {
            row.bundle.clone_from(&class.digest);
            let least = posed.least_slice(&class.both, &self.store, self.schema.as_deref())?;
            row.entities = decisions::Facts::Inline(least);
        }
        Ok(row)
    }
}

fn compiled(release: &Release, files: &Files, which: &'static str) -> Result<Compiled, Error> {
    let rego = |path: &String| policy::kind(path) == Some(FileKind::Rego);
    if files.keys().any(rego) {
        return Err(Error::Rego(release.version.clone()));
    }
    let mut compiled = policy::compile(files);
    compiled
        .problems
        .retain(|problem| problem.severity == Severity::Error);
    if compiled.problems.is_empty() {
        return Ok(compiled);
    }
    Err(Error::Broken {
        version: release.version.clone(),
        which,
        problems: compiled.problems,
    })
}

/// One policy id, and where it is taken from.
struct Pick<'a> {
    /// Of so many hundredths of the principals from the new files, else from those before.
    reach: u8,
    new: Option<&'a Arc<Policy>>,
    old: Option<&'a Arc<Policy>>,
}

fn picks<'a>(release: &Release, base: &'a PolicySet, files: &'a PolicySet) -> Vec<Pick<'a>> {
    let mut old: BTreeMap<&str, &Arc<Policy>> = base
        .policies()
        .iter()
        .map(|policy| (policy.id.as_str(), policy))
        .collect();
    let reach = |policy: &Policy| match release.modes.of(&policy.id, policy.annotation("group")) {
        Mode::AuditOnly => 0,
        Mode::Canary(percent) => percent.min(100),
        Mode::Enforce => 100,
    };
    let mut picks: Vec<Pick<'_>> = files
        .policies()
        .iter()
        .map(|policy| Pick {
            reach: reach(policy),
            new: Some(policy),
            old: old.remove(policy.id.as_str()),
        })
        .collect();
    // What the new files do not have is taken out of force like anything else they say.
    picks.extend(old.into_values().map(|policy| Pick {
        reach: reach(policy),
        new: None,
        old: Some(policy),
    }));
    picks
}

impl Class {
    fn new(picks: &[Pick<'_>], bucket: u8, whole: &Arc<Prepared>, store: &EntityStore) -> Self {
        let enforced: Vec<Arc<Policy>> = picks
            .iter()
            .filter_map(|pick| {
                if bucket < pick.reach {
                    pick.new
                } else {
                    pick.old
                }
            })
            .cloned()
            .collect();
        let same = |a: &Policy, b: &Policy| a.id == b.id && a.digest == b.digest;
        let all = whole.set().policies();
        let partial = all.len() != enforced.len()
            || all
                .iter()
                .any(|policy| !enforced.iter().any(|own| same(own, policy)));
        let own = enforced.iter().filter(|_| partial);
        let both = PolicySet::picked(all.iter().chain(own).cloned());
        let set = PolicySet::picked(enforced);
        Self {
            digest: set.digest(),
            enforced: if partial {
                Arc::new(Prepared::new(Arc::new(set), store))
            } else {
                Arc::clone(whole)
            },
            partial,
            both,
        }
    }
}
