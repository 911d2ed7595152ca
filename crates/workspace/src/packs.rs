//! Scenario packs of a workspace: which there are, running them, keeping what they found, and which are due. Policies and
//! entities are those of the saved files; drafts change nothing until they are saved.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

pub use chart::Ground;
use chart::{Chart, Line, Panel, Tone};
use decisions::{Log, Recipe};
use drift::{Session, Side};
use ipc::{LastRun, PackView, PacksView, RunLine, ScenarioView};
use model::{Code, Failure, PackOutcome, PackResult, Problem, ScenarioRows, Severity};
use policy::Files;
use rayon::prelude::*;
use scenarios::{Pack, Rows, Setting, Vocabulary};
use store::{Archive, KEPT_FOR, Point, Run, State};

use crate::{Checked, Compiler, Error, Folders, compare, git, home};

/// Called before each pack and each scenario with its name, how many scenarios are done and how many there are; `Break` cancels.
pub type Step<'a> = &'a mut dyn FnMut(&str, u64, u64) -> ControlFlow<()>;

/// Everything wrong with a workspace's packs: what cannot be read, and what speaks of something that is not there.
pub(crate) fn problems(files: &Files, compiled: &policy::Compiled) -> Vec<Problem> {
    let (packs, mut errors) = scenarios::read(files);
    if !packs.is_empty() {
        let known = Vocabulary::new(compiled);
        // Other policies may go with another schema and other entities.
        let here = |pack: &&Pack| pack.scenarios.iter().all(|it| it.policies.head == ".");
        let here: Vec<_> = packs.iter().filter(here).collect();
        let wrong = here.into_par_iter().map(|pack| pack.check(&known).err());
        errors.extend(wrong.collect::<Vec<_>>().into_iter().flatten());
    }
    errors.iter().map(scenarios::Error::problem).collect()
}

/// Packs that are meant.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// Those that can be read, by name.
    pub packs: Vec<Pack>,
    /// The others, with what is wrong with them. They must not be missed for being left out.
    pub broken: Vec<(String, Failure)>,
}

/// The packs of these names; all of them when none is named.
///
/// # Errors
/// `bad_call` when there is none of a name.
pub fn choose(files: &Files, names: &[String]) -> Result<Chosen, Error> {
    let (packs, errors) = scenarios::read(files);
    let meant = |name: &str| names.is_empty() || names.iter().any(|it| it == name);
    let name = |error: &scenarios::Error| {
        let file = error.problem().file;
        let name = file.strip_prefix(scenarios::FOLDER).unwrap_or(&file);
        name.strip_suffix(".toml").unwrap_or(name).to_owned()
    };
    let broken = errors.into_iter().map(|error| (name(&error), error.into()));
    let chosen = Chosen {
        packs: packs.into_iter().filter(|pack| meant(&pack.name)).collect(),
        broken: broken.filter(|(name, _)| meant(name)).collect(),
    };
    let known = |name: &&String| {
        chosen.packs.iter().any(|pack| pack.name == **name)
            || chosen.broken.iter().any(|(broken, _)| broken == *name)
    };
    match names.iter().find(|name| !known(name)) {
        None => Ok(chosen),
        Some(name) => Err(Error::Unknown {
            kind: "scenario pack",
            name: name.clone(),
        }),
    }
}

/// Runs packs one after the other, and says what came of each, by name. `log` is the workspace's own, asked for when a pack
/// wants it.
///
/// # Errors
/// `cancelled`, and then nothing came of any. What else goes wrong is the outcome of its pack.
pub fn run(
    root: &Path,
    files: &Files,
    checked: &Checked,
    chosen: Chosen,
    log: &mut dyn FnMut() -> Result<Arc<Log>, Error>,
    cancel: &AtomicBool,
    step: Step<'_>,
) -> Result<Vec<(String, PackOutcome)>, Error> {
    let Chosen { mut packs, broken } = chosen;
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
    packs.sort_by_key(|pack| match pack.rows {
        Rows::Log => (0, None),
        Rows::Generated { rows, seed } => (rows, seed),
    });
    let mut outcomes: Vec<_> = broken
        .into_iter()
        .map(|(name, failure)| (name, PackOutcome::Error(failure)))
        .collect();
    for pack in packs {
        let outcome = match runner.pack(&pack, log, step) {
            Ok(result) => PackOutcome::Result(result),
            Err(error) if error.code() == Code::Cancelled => return Err(error),
            Err(error) => PackOutcome::Error(error.into()),
        };
        outcomes.push((pack.name, outcome));
    }
    outcomes.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(outcomes)
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
        // Rows may have to be made first, which takes longest.
        if step(&pack.title, before, self.all).is_break() {
            return Err(Error::Cancelled);
        }
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
                let (builder, _) =
                    decisions::generate(&self.side(".")?.compiled, &recipe, &mut |_, _| {
                        if cancel.load(std::sync::atomic::Ordering::Relaxed) {
                            ControlFlow::Break(())
                        } else {
                            ControlFlow::Continue(())
                        }
                    })?;
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
            compare::Side::cedar("saved files", self.checked)?
        } else {
            let near = self.root.display();
            let found = git::at(self.root, spec)?.ok_or_else(|| {
                Error::revision(
                    spec,
                    format!("is no revision: `{near}` is not in a git repository"),
                )
            })?;
            let checked = Compiler::default().check(&found.files);
            whole(&checked)?;
            compare::Side::cedar(spec, &checked)?
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
        let log = self
            .rows
            .as_ref()
            .map(|(_, log, _)| log.clone())
            .ok_or(Error::NoLog)?;
        let session = Arc::new(Session::new(log, (*side).clone(), self.cancel)?);
        self.sessions.push((base.to_owned(), session.clone()));
        Ok(session)
    }
}

/// Refuses policies, entities or a schema that can only be read in part: the answer would be that of another workspace.
fn whole(checked: &Checked) -> Result<(), Error> {
    let problems = &checked.compiled.problems;
    if problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
    {
        return Err(Error::broken("the workspace", problems));
    }
    Ok(())
}

/// Keeps what packs found, and drops what is older than ninety days. All are kept, or none.
///
/// # Errors
/// The database cannot be written: read-only, full, damaged, newer.
pub fn keep(root: &Path, folders: &Folders, runs: &[Run], now: i64) -> Result<(), Error> {
    let folder = home::archive_to_write(root, folders)?;
    Ok(Archive::open(&folder)?.keep(runs, now)?)
}

/// What came of a pack, as it is kept.
#[must_use]
pub fn run_of(pack: &str, outcome: &PackOutcome, at: i64) -> Run {
    let (state, points) = match outcome {
        PackOutcome::Error(_) => (State::Failed, Vec::new()),
        PackOutcome::Result(result) => {
            let state = if result.is_met() {
                State::Met
            } else {
                State::Unmet
            };
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
fn told(run: &Run) -> LastRun {
    let unreadable = |error: serde_json::Error| {
        let message = format!("the result of `{}` cannot be read: {error}", run.pack);
        PackOutcome::Error(Failure::new(Code::StoreDamaged, message))
    };
    LastRun {
        at: decisions::format_time(run.at),
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
            .map(|run| {
                (
                    run.at,
                    run.points.iter().filter(mine).map(count).sum::<u64>() as f64,
                )
            })
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
        days: Vec::new(),
    };
    chart::svg(&chart, ground)
}

/// A run in one line.
#[must_use]
pub fn line(run: &Run) -> RunLine {
    let sum = |count: fn(&Point) -> u64| run.points.iter().map(count).sum();
    RunLine {
        at: decisions::format_time(run.at),
        pack: run.pack.clone(),
        state: run.state.as_str().to_owned(),
        gained: sum(|point| point.gained),
        lost: sum(|point| point.lost),
        open: sum(|point| point.open),
        met: sum(|point| point.met),
        expectations: sum(|point| point.expectations),
    }
}

/// All packs with what is known of each: its last run, when it is due, how it went over time. `runs` are those of the last
/// ninety days, oldest first; `since` is when somebody began to be there to run packs.
#[must_use]
pub fn view(files: &Files, runs: &[Run], since: i64) -> PacksView {
    let (packs, errors) = scenarios::read(files);
    let view = |pack: Pack| {
        let mine: Vec<Run> = runs
            .iter()
            .filter(|run| run.pack == pack.name)
            .cloned()
            .collect();
        let last = mine.last();
        PackView {
            rows: match pack.rows {
                Rows::Log => "the workspace's log".to_owned(),
                Rows::Generated { rows, seed: None } => format!("{rows} rows made up"),
                Rows::Generated {
                    rows,
                    seed: Some(seed),
                } => format!("{rows} rows made up, seed {seed}"),
            },
            schedule: pack.schedule.map(|schedule| schedule.to_string()),
            next_at: next(&pack, last.map(|run| run.at), since).map(decisions::format_time),
            scenarios: pack
                .scenarios
                .iter()
                .map(|it| ScenarioView {
                    name: it.name.clone(),
                    about: it.about.clone(),
                    expectations: it.expectations(),
                })
                .collect(),
            last: last.map(told),
            trend: trend(&pack.title, &mine, None, Ground::Page),
            name: pack.name,
            file: pack.file,
            title: pack.title,
            about: pack.about,
            digest: pack.digest,
        }
    };
    PacksView {
        packs: packs.into_iter().map(view).collect(),
        broken: errors.into_iter().map(Failure::from).collect(),
        unkept: None,
    }
}

/// When a pack runs next by itself, given when it ran last, or since when somebody has been there to run it.
pub(crate) fn next(pack: &Pack, last: Option<i64>, since: i64) -> Option<i64> {
    pack.schedule
        .map(|schedule| schedule.after(last.unwrap_or(since)))
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
