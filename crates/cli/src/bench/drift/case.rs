//! One size of the family, ready to be measured: the workspace, a log in the store with the decisions that the rules mean,
//! and those decisions.

use std::{
    fs::{self, File},
    io::BufWriter,
    path::{Path, PathBuf},
};

use decisions::{Log, Source};
use drift::{Replay, Side};
use model::{Code, Decision, Failure};
use policy::{Compiled, Files, PolicySet};
use rayon::prelude::*;

use super::super::{
    compiled, cores,
    edits::{self, OneEdit},
    family::{Asked, Organisation, Request, Requests, Rule, cedar},
    local,
};

/// One size of the family.
pub struct Case<'a> {
    /// Who and what there is.
    pub organisation: &'a Organisation,
    /// What is allowed.
    pub rules: &'a [Rule],
    /// What is asked.
    pub requests: &'a Requests,
    /// The rules as a workspace.
    pub files: Files,
    /// The same, compiled.
    pub base: Side,
    /// The same with every policy edited, which changes nobody's access.
    pub everything: Side,
    /// A place in the text for every policy's edit.
    pub edits: Vec<OneEdit>,
    /// The log.
    pub store: PathBuf,
    /// Permits and forbids that match, by request.
    matching: Vec<(usize, usize)>,
}

impl<'a> Case<'a> {
    /// Decides the requests by what the rules mean, and imports the log that a correct engine would have left. The folder
    /// is used for it, whatever it held.
    pub fn new(
        organisation: &'a Organisation,
        rules: &'a [Rule],
        requests: &'a Requests,
        place: &Path,
    ) -> Result<Self, Failure> {
        let of_user: Vec<Vec<&Rule>> = organisation
            .users
            .iter()
            .map(|user| rules.iter().filter(|rule| rule.concerns(user)).collect())
            .collect();
        let matching: Vec<_> = requests
            .distinct
            .par_iter()
            .map(|asked| {
                let rules = of_user.get(asked.user).into_iter().flatten();
                let mut matching = (0, 0);
                if let Some(request) = asked.of(organisation) {
                    for rule in rules.filter(|rule| rule.matches(&request)) {
                        *(if rule.forbids {
                            &mut matching.1
                        } else {
                            &mut matching.0
                        }) += 1;
                    }
                }
                matching
            })
            .collect();
        let decisions: Vec<_> = matching
            .iter()
            .map(|matching| decision(*matching))
            .collect();
        let failed = |error| local(&error);
        fs::create_dir_all(place).map_err(failed)?;
        let (lines, store) = (place.join("log.jsonl"), place.join("log.tfl"));
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&lines).map_err(failed)?);
        requests
            .write(organisation, &decisions, &mut out)
            .and_then(|()| out.into_inner().map_err(Into::into))
            .map_err(failed)?;
        decisions::import(vec![Source::Path(lines.clone())], cores(), &mut |_, _| {
            std::ops::ControlFlow::Continue(())
        })?
        .finish(&store)?;
        // The lines are several times as large as everything else.
        fs::remove_file(lines).map_err(failed)?;

        let files = cedar::files(organisation, rules);
        let base = compiled(&files)?;
        let edits = edits::edits(&files, &base);
        let everything = compiled(&edits::everything(&files, &edits))?;
        let side = |label: &str, compiled| Side {
            label: label.to_owned(),
            compiled,
        };
        Ok(Self {
            organisation,
            rules,
            requests,
            files,
            base: side("base", base),
            everything: side("every policy edited", everything),
            edits,
            store,
            matching,
        })
    }

    /// What the rules mean for a request.
    pub fn means(&self, number: usize) -> Option<Decision> {
        self.matching
            .get(number)
            .map(|matching| decision(*matching))
    }

    /// A request with all that its decision can depend on.
    pub fn request(&self, number: usize) -> Option<Request<'a>> {
        self.requests.distinct.get(number)?.of(self.organisation)
    }

    /// The set without one policy's effect. What did not change is not compiled again.
    pub fn without(&self, edit: &OneEdit) -> Result<Side, Failure> {
        let (set, _) = PolicySet::parse(&edit.without(&self.files));
        if set.broken() {
            return Err(Failure::new(
                Code::SetBroken,
                format!("`{}` cannot be edited", edit.id),
            ));
        }
        Ok(Side {
            label: edit.id.clone(),
            compiled: Compiled {
                set: set.into(),
                ..self.base.compiled.clone()
            },
        })
    }

    /// Rows that gain and rows that lose access when one rule loses its effect.
    pub fn changes_without(&self, id: &str) -> Option<(u64, u64)> {
        let rule = self.rules.iter().find(|rule| rule.id == id)?;
        let mut changes = (0, 0);
        for ((number, matching), rows) in self.matching.iter().enumerate().zip(&self.requests.rows)
        {
            if !rule.matches(&self.request(number)?) {
                continue;
            }
            let (permits, forbids) = *matching;
            let after = match rule.forbids {
                true => (permits, forbids - 1),
                false => (permits - 1, forbids),
            };
            match (decision(*matching), decision(after)) {
                (Decision::Deny, Decision::Allow) => changes.0 += rows,
                (Decision::Allow, Decision::Deny) => changes.1 += rows,
                _ => {}
            }
        }
        Some(changes)
    }

    /// The replay reproduces every decision, and sees these changes and no others.
    pub fn check(
        &self,
        replay: &Replay,
        what: &str,
        (gained, lost): (u64, u64),
    ) -> Result<(), Failure> {
        let totals = replay.totals();
        if totals.log_disagrees > 0 {
            let filter = drift::Filter {
                disagreements_only: true,
                ..drift::Filter::default()
            };
            let (_, first) = replay.changes(&filter, 0, 1);
            let told = first.first().map_or(String::new(), |change| {
                format!("{} {} {}", change.principal, change.action, change.resource)
            });
            return Err(disagreement("the replay", &told));
        }
        let open =
            totals.maybe_gained + totals.maybe_lost + totals.undeterminable + totals.error_changed;
        if (totals.gained, totals.lost, open) == (gained, lost, 0) {
            return Ok(());
        }
        Err(Failure::new(
            Code::BenchDisagrees,
            format!(
                "{what}: the rules mean {gained} rows gained and {lost} lost, the replay says {}, {} and {open} open",
                totals.gained, totals.lost
            ),
        ))
    }

    /// An engine's decision on a request is what the rules mean.
    pub fn agrees(
        &self,
        engine: &str,
        number: usize,
        said: Option<Decision>,
    ) -> Result<(), Failure> {
        let told = self
            .requests
            .distinct
            .get(number)
            .map_or(String::new(), Asked::told);
        match said {
            Some(decision) if Some(decision) == self.means(number) => Ok(()),
            Some(_) => Err(disagreement(engine, &told)),
            None => Err(Failure::new(
                Code::BenchDisagrees,
                format!("{engine} does not decide {told}"),
            )),
        }
    }

    /// Opens the log.
    pub fn log(&self) -> Result<Log, Failure> {
        Ok(Log::open(&self.store)?)
    }
}

fn disagreement(engine: &str, request: &str) -> Failure {
    Failure::new(
        Code::BenchDisagrees,
        format!("{engine} decides otherwise than the rules mean: {request}"),
    )
}

/// One forbid outweighs every permit, and who is not permitted is denied.
fn decision((permits, forbids): (usize, usize)) -> Decision {
    if permits > 0 && forbids == 0 {
        Decision::Allow
    } else {
        Decision::Deny
    }
}
