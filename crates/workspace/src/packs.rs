//! Scenario packs of a workspace: which there are, running them, keeping what they found, and which are due. Policies and
//! entities are those of the saved files; drafts change nothing until they are saved.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use chart::{Chart, Ground, Line, Panel, Tone};
use decisions::{Log, Recipe};
use drift::{Session, Side};
use model::{Failure, PackOutcome, PackResult, PackRun, Problem, ScenarioRows, Severity};
use policy::Files;
use scenarios::{Pack, Rows, Setting, Vocabulary};
use store::{Archive, KEPT_FOR, Point, Run, State};

use crate::{Checked, Compiler, Error, Folders, compare::side, git, home, logs};

/// Called before each scenario with its name, how many are done and how many there are; `Break` cancels.
pub type Step<'a> = &'a mut dyn FnMut(&str, u64, u64) -> ControlFlow<()>;

/// The packs among a workspace's files, by name, and what is wrong with those that cannot be read.
#[must_use]
pub fn packs(files: &Files) -> (Vec<Pack>, Vec<Failure>) {
    let (packs, errors) = scenarios::read(files);
    (packs, errors.into_iter().map(Failure::from).collect())
}

/// Everything wrong with a workspace's packs: what cannot be read, and what speaks of something that is not there.
pub(crate) fn problems(files: &Files, compiled: &policy::Compiled) -> Vec<Problem> {
    let (packs, mut errors) = scenarios::read(files);
    if !packs.is_empty() {
        let known = Vocabulary::new(compiled);
        // Other policies may go with another schema and other entities.
        let here = |pack: &&Pack| pack.scenarios.iter().all(|it| it.policies.head == ".");
        let here = packs.iter().filter(here);
        errors.extend(here.filter_map(|pack| pack.check(&known).err()));
    }
    errors.iter().map(scenarios::Error::problem).collect()
}

/// The packs of these names, in the order of the workspace; all of them when none is named.
///
/// # Errors
/// `scenario_invalid` when one that is meant cannot be read, `bad_call` when there is none of a name.
pub fn choose(files: &Files, names: &[String]) -> Result<Vec<Pack>, Error> {
    let (mut packs, errors) = scenarios::read(files);
    let file = |name: &str| format!("{}{name}.toml", scenarios::FOLDER);
    let meant = |path: &str| names.is_empty() || names.iter().any(|name| file(name) == path);
    // A pack that cannot be read must not be missed for being left out.
    if let Some(error) = errors.into_iter().find(|error| meant(&error.problem().file)) {
        return Err(error.into());
    }
    for name in names {
        if !packs.iter().any(|pack| pack.name == *name) {
            return Err(Error::Unknown {
                kind: "scenario pack",
                name: name.clone(),
            });
        }
    }
    packs.retain(|pack| meant(&pack.file));
    Ok(packs)
}

/// Runs packs one after the other, and says what came of each, in their order. `log` is the workspace's own, asked for when a
/// pack wants it.
///
/// # Errors
/// `cancelled`, and then nothing came of any. What else goes wrong is the outcome of its pack.
pub fn run(
    root: &Path,
    files: &Files,
    checked: &Checked,
    packs: &[Pack],
    log: &mut dyn FnMut() -> Result<Arc<Log>, Error>,
    cancel: &AtomicBool,
    step: Step<'_>,
) -> Result<Vec<PackOutcome>, Error> {
    let mut runner = Runner {
        root,
        files,
        checked,
        cancel,
        rows: None,
        sides: BTreeMap::new(),
        sessions: Vec::new(),
        done: 0,
        all: packs.iter().map(|pack| pack.scenarios.len() as u64).sum(),
    };
    // Packs that share their rows run together, so that few sessions are alive at a time.
    let mut order: Vec<(usize, &Pack)> = packs.iter().enumerate().collect();
    order.sort_by_key(|(at, pack)| match pack.rows {
        Rows::Log => (0, 0, None, *at),
        Rows::Generated { rows, seed } => (1, rows, seed, *at),
    });
    let mut outcomes = Vec::new();
    for (at, pack) in order {
        let outcome = match runner.pack(pack, log, step) {
            Ok(result) => PackOutcome::Result(result),
            Err(error) if error.code() == model::Code::Cancelled => return Err(error),
            Err(error) => PackOutcome::Error(error.into()),
        };
        outcomes.push((at, outcome));
    }
    outcomes.sort_by_key(|(at, _)| *at);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

/// Packs under way, and what they share.
struct Runner<'a> {
    root: &'a Path,
    files: &'a Files,
    checked: &'a Checked,
    cancel: &'a AtomicBool,
    rows: Option<(Rows, Arc<Log>, ScenarioRows)>,
    sides: BTreeMap<String, Arc<Side>>,
    /// By the revision that decides as things were; of the rows above.
    sessions: Vec<(String, Arc<Session>)>,
    done: u64,
    all: u64,
}

impl Runner<'_> {
    fn pack(
        &mut self,
        pack: &Pack,
        log: &mut dyn FnMut() -> Result<Arc<Log>, Error>,
        step: Step<'_>,
    ) -> Result<PackResult, Error> {
        let (before, risk) = (self.done, self.checked.manifest.risk());
        self.done += pack.scenarios.len() as u64;
        // What can be told without a log is told before one is read or made.
        let here = self.side(".")?;
        if pack.scenarios.iter().all(|it| it.policies.head == ".") {
            pack.check(&Vocabulary::new(&here.compiled))?;
        }
        let rows = self.rows_of(pack, log)?;
        let mut found = Vec::new();
        for (at, scenario) in (before..).zip(&pack.scenarios) {
            if step(&scenario.name, at, self.all).is_break() {
                return Err(Error::Cancelled);
            }
            let head = self.side(&scenario.policies.head)?;
            let session = self.session(&scenario.policies.base)?;
            let setting = Setting::new(&session, &head, &risk);
            found.push(scenarios::run(scenario, &setting, self.cancel)?);
        }
        Ok(scenarios::result(pack, rows, found))
    }

    fn rows_of(
        &mut self,
        pack: &Pack,
        log: &mut dyn FnMut() -> Result<Arc<Log>, Error>,
    ) -> Result<ScenarioRows, Error> {
        if let Some((rows, _, told)) = &self.rows
            && *rows == pack.rows
        {
            return Ok(told.clone());
        }
        // The memory of the last rows first.
        self.rows = None;
        self.sessions.clear();
        let log = match pack.rows {
            Rows::Log => log()?,
            Rows::Generated { rows, seed } => {
                let mut recipe = Recipe::read(self.files)?.with_rows(rows);
                if let Some(seed) = seed {
                    recipe = recipe.with_seed(seed);
                }
                let cancel = self.cancel;
                let (builder, _) = decisions::generate(
                    &self.side(".")?.compiled,
                    &recipe,
                    &mut |_, _| {
                        if cancel.load(std::sync::atomic::Ordering::Relaxed) {
                            ControlFlow::Break(())
                        } else {
                            ControlFlow::Continue(())
                        }
                    },
                )?;
                Arc::new(builder.build()?.0)
            }
        };
        let told = ScenarioRows {
            origin: log.info.origin.clone(),
            rows: log.info.rows,
            digest: log.digest(),
        };
        self.rows = Some((pack.rows, log, told.clone()));
        Ok(told)
    }

    /// The policies of a revision; `.` is the saved files. Only revisions: a pack reads nothing outside its repository.
    fn side(&mut self, spec: &str) -> Result<Arc<Side>, Error> {
        if let Some(known) = self.sides.get(spec) {
            return Ok(known.clone());
        }
        let side = if spec == "." {
            whole(self.checked)?;
            side("saved files", self.checked)?
        } else {
            let near = self.root.display();
            let found = git::at(self.root, spec)?.ok_or_else(|| {
                Error::revision(spec, format!("is no revision: `{near}` is not in a git repository"))
            })?;
            let checked = Compiler::default().check(&found.files);
            whole(&checked)?;
            side(spec, &checked)?
        };
        let side = Arc::new(side);
        self.sides.insert(spec.to_owned(), side.clone());
        Ok(side)
    }

    fn session(&mut self, base: &str) -> Result<Arc<Session>, Error> {
        if let Some((_, session)) = self.sessions.iter().find(|(spec, _)| spec == base) {
            return Ok(session.clone());
        }
        let side = self.side(base)?;
        let log = self.rows.as_ref().map(|(_, log, _)| log.clone()).ok_or(Error::NoLog)?;
        let session = Arc::new(Session::new(log, (*side).clone(), self.cancel)?);
        self.sessions.push((base.to_owned(), session.clone()));
        Ok(session)
    }
}

/// Refuses policies, entities or a schema that can only be read in part: the answer would be that of another workspace.
fn whole(checked: &Checked) -> Result<(), Error> {
    let problems = &checked.compiled.problems;
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(Error::broken("the workspace", problems));
    }
    Ok(())
}

/// Keeps what packs found, and drops what is older than ninety days. All are kept, or none.
///
/// # Errors
/// The database cannot be written: read-only, full, damaged, newer.
pub fn keep(
    root: &Path,
    folders: &Folders,
    outcomes: &[(String, PackOutcome)],
    now: i64,
) -> Result<(), Error> {
    let runs: Vec<Run> = outcomes.iter().map(|(pack, outcome)| kept(pack, outcome, now)).collect();
    let folder = home::archive_to_write(root, folders)?;
    Ok(Archive::open(&folder)?.keep(&runs, now)?)
}

fn kept(pack: &str, outcome: &PackOutcome, at: i64) -> Run {
    let (state, points) = match outcome {
        PackOutcome::Error(_) => (State::Failed, Vec::new()),
        PackOutcome::Result(result) => {
            let state = if result.is_met() { State::Met } else { State::Unmet };
            let points = result.scenarios.iter().map(|scenario| {
                let (totals, met) = (&scenario.totals, |it: &&model::ExpectationResult| it.met);
                Point {
                    scenario: scenario.name.clone(),
                    gained: totals.gained,
                    lost: totals.lost,
                    open: totals.maybe_gained + totals.maybe_lost + totals.undeterminable,
                    met: scenario.expectations.iter().filter(met).count() as u64,
                    expectations: scenario.expectations.len() as u64,
                }
            });
            (state, points.collect())
        }
    };
    Run {
        pack: pack.to_owned(),
        at,
        state,
        // INVARIANT: strings, numbers and lists of them are always JSON.
        facts: serde_json::to_string(outcome).unwrap_or_default(),
        points,
    }
}

/// Runs that were kept, of one pack or of all, oldest first; none when nothing was ever kept, or it is too old by now.
///
/// # Errors
/// The database cannot be read.
pub fn kept_runs(
    root: &Path,
    folders: &Folders,
    pack: Option<&str>,
    now: i64,
) -> Result<Vec<Run>, Error> {
    match home::archive_to_read(root, folders) {
        None => Ok(Vec::new()),
        Some(folder) => Ok(Archive::open(&folder)?.runs(pack, now.saturating_sub(KEPT_FOR))?),
    }
}

/// A run as it was told when it ended.
#[must_use]
pub fn told(run: &Run) -> PackRun {
    let unreadable = |error: serde_json::Error| {
        let message = format!("the result of `{}` cannot be read: {error}", run.pack);
        PackOutcome::Error(Failure::new(model::Code::StoreDamaged, message))
    };
    PackRun {
        at: decisions::format_time(run.at),
        pack: run.pack.clone(),
        outcome: serde_json::from_str(&run.facts).unwrap_or_else(unreadable),
    }
}

/// Gains, losses and expectations over time, as SVG: of one scenario, or of all of a pack together.
#[must_use]
pub fn trend(title: &str, runs: &[Run], scenario: Option<&str>, ground: Ground) -> String {
    let mine = |point: &&Point| scenario.is_none_or(|name| point.scenario == name);
    let line = |name: &str, tone: Tone, count: &dyn Fn(&Point) -> u64| Line {
        name: name.to_owned(),
        tone,
        points: runs
            .iter()
            .filter(|run| run.points.iter().any(|point| mine(&point)))
            .map(|run| (run.at, run.points.iter().filter(mine).map(count).sum::<u64>() as f64))
            .collect(),
    };
    let chart = Chart {
        title: match scenario {
            None => title.to_owned(),
            Some(name) => format!("{title}: {name}"),
        },
        panels: vec![
            Panel {
                title: "rows".to_owned(),
                lines: vec![
                    line("gained", Tone::Gain, &|point| point.gained),
                    line("lost", Tone::Loss, &|point| point.lost),
                ],
            },
            Panel {
                title: "expectations".to_owned(),
                lines: vec![
                    line("met", Tone::Plain, &|point| point.met),
                    line("not met", Tone::Loss, &|point| {
                        point.expectations.saturating_sub(point.met)
                    }),
                ],
            },
        ],
    };
    chart::svg(&chart, ground)
}

/// When a pack runs next by itself, given when it ran last, or since when somebody has been there to run it.
pub(crate) fn next(pack: &Pack, last: Option<i64>, since: i64) -> Option<i64> {
    pack.schedule.map(|schedule| schedule.after(last.unwrap_or(since)))
}

/// The packs that are due. One that never ran waits for its hour; one that missed its hour runs now, once.
pub(crate) fn due<'a>(
    packs: &'a [Pack],
    last: &BTreeMap<String, i64>,
    since: i64,
    now: i64,
) -> Vec<&'a Pack> {
    let due = |pack: &&Pack| {
        next(pack, last.get(&pack.name).copied(), since).is_some_and(|moment| moment <= now)
    };
    packs.iter().filter(due).collect()
}
