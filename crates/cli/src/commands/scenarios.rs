//! `fabric scenarios`: run what-ifs, list them, show how they went, let the machine run them.

use std::path::{Path, PathBuf};

use ipc::RunLine;
use model::{Code, Failure, PackOutcome, PackRun};
use time::OffsetDateTime;
use workspace::{Folders, Ground, choose_packs, keep_runs, kept_runs, open_log, run_of, run_packs};

use super::{FINE, FOUND, UNDECIDED, failed, read, root, schedule};
use crate::{
    args::{Dir, ScenariosHistory, ScenariosRun, ScenariosSchedule},
    progress::{self, Progress, Unit},
    render::{self, PacksRun},
    terminal::{Stop, Terminal},
};

pub fn run(arguments: &ScenariosRun, terminal: &Terminal) -> Result<u8, Stop> {
    let (names, folder) = apart(&arguments.what);
    let (files, root, folders) = (read(&folder)?, root(&folder)?, Folders::of_user());
    let chosen = choose_packs(&files, &names).map_err(|error| unknown(error, &folder))?;
    if chosen.packs.is_empty() && chosen.broken.is_empty() {
        // A pipeline that looks into the wrong folder must not pass.
        let message = format!("`{}` has no scenario packs", folder.display());
        let mut failure = Failure::new(Code::ScenarioInvalid, message);
        failure.hint = "put packs into scenarios/*.toml; docs/scenarios.md has the format".into();
        return Err(failure.into());
    }
    let mut run = PacksRun::default();
    let outcomes = {
        let progress = Progress::start("Running", Unit::Scenarios, terminal);
        let mut log = || {
            let log = open_log(&root, &folders)?.ok_or(workspace::Error::NoLog)?;
            run.log = Some(log.info.clone());
            Ok(log)
        };
        run_packs(
            &root,
            &files,
            &workspace::check(&files),
            chosen,
            &mut log,
            progress::cancelled(),
            &mut |_, done, all| progress.at(done, all),
        )
        .map_err(failed)?
    };
    let now = now();
    let runs: Vec<_> = outcomes
        .iter()
        .map(|(pack, outcome)| run_of(pack, outcome, now))
        .collect();
    let kept = keep_runs(&root, &folders, &runs, now);
    for (pack, outcome) in outcomes {
        match &outcome {
            PackOutcome::Error(_) => run.failed += 1,
            PackOutcome::Result(result) => {
                run.met += result.met;
                run.expectations += result.expectations;
            }
        }
        run.packs.push(PackRun {
            at: decisions::format_time(now),
            pack,
            outcome,
        });
    }
    run.unkept = kept.err().map(Failure::from);
    terminal.result(&run, |look| render::scenarios(&run, look))?;
    Ok(match (run.failed, run.met == run.expectations) {
        (0, true) => FINE,
        (0, false) => FOUND,
        _ => UNDECIDED,
    })
}

pub fn list(arguments: &Dir, terminal: &Terminal) -> Result<u8, Stop> {
    let folder = &arguments.dir;
    let (files, root) = (read(folder)?, root(folder)?);
    let now = now();
    let runs = kept_runs(&root, &Folders::of_user(), None, now).map_err(failed)?;
    let view = workspace::view_packs(&files, &runs, now);
    terminal.result(&view, |look| render::packs(&view, look))?;
    Ok(if view.broken.is_empty() {
        FINE
    } else {
        UNDECIDED
    })
}

pub fn history(arguments: &ScenariosHistory, terminal: &Terminal) -> Result<u8, Stop> {
    let (names, folder) = apart(&arguments.what);
    let (files, root) = (read(&folder)?, root(&folder)?);
    let pack = match names.as_slice() {
        [] => None,
        [pack] => Some(pack.as_str()),
        [_, folder, ..] => {
            let message = format!("`{folder}` is not a folder");
            return Err(Failure::new(Code::WorkspaceMissing, message).into());
        }
    };
    let runs = kept_runs(&root, &Folders::of_user(), pack, now()).map_err(failed)?;
    // A pack that is gone has its history still; a name that never was one has none.
    let known = choose_packs(&files, &[]).map_err(failed)?.packs;
    let named = known.iter().find(|it| Some(it.name.as_str()) == pack);
    if let Some(pack) = pack
        && runs.is_empty()
        && named.is_none()
    {
        choose_packs(&files, &[pack.to_owned()]).map_err(|error| unknown(error, &folder))?;
    }
    let Some(path) = &arguments.svg else {
        let lines: Vec<RunLine> = runs.iter().map(workspace::run_line).collect();
        terminal.result(&lines, |look| render::runs(&lines, look))?;
        return Ok(FINE);
    };
    let Some(pack) = pack else {
        let message = "a drawing shows one pack: name it";
        return Err(Failure::new(Code::BadCall, message).into());
    };
    let scenario = arguments.scenario.as_deref();
    let of = |name: &str| {
        let now = known.iter().filter(|it| it.name == pack);
        now.flat_map(|it| &it.scenarios).any(|it| it.name == name)
            || runs
                .iter()
                .flat_map(|run| &run.points)
                .any(|it| it.scenario == name)
    };
    if let Some(name) = scenario.filter(|name| !of(name)) {
        let message = format!("`{pack}` has no scenario `{name}`");
        return Err(Failure::new(Code::BadCall, message).into());
    }
    let title = named.map_or(pack, |it| &it.title);
    let drawing = workspace::trend(title, &runs, scenario, Ground::Own);
    if path == Path::new("-") {
        terminal.print(&drawing)?;
        return Ok(FINE);
    }
    super::not_its_own(path)?;
    schedule::put(path, drawing.as_bytes())?;
    terminal.remark(&format!("{}\n", path.display()));
    if terminal.json {
        terminal.json(&serde_json::json!({ "svg": path, "runs": runs.len() }))?;
    }
    Ok(FINE)
}

pub fn schedule(arguments: &ScenariosSchedule, terminal: &Terminal) -> Result<u8, Stop> {
    let dir = &arguments.timer.dir.dir;
    read(dir)?;
    let workspace = schedule::absolute(&root(dir)?)?;
    let what = schedule::What {
        name: "fabric-scenarios",
        about: "Scenario packs",
        written_by: "fabric scenarios schedule",
        arguments: &["scenarios", "run", "--quiet", &workspace],
        workspace: &workspace,
    };
    let at = schedule::moment(arguments.timer.at.as_deref().unwrap_or("02:30"))?;
    schedule::write(&what, at, &arguments.timer, terminal)
}

/// Names of packs, and the workspace: the last word when it is a folder, else the current one.
fn apart(what: &[String]) -> (Vec<String>, PathBuf) {
    match what.split_last() {
        Some((last, names)) if Path::new(last).is_dir() => (names.to_vec(), last.into()),
        _ => (what.to_vec(), PathBuf::from(".")),
    }
}

fn unknown(error: workspace::Error, folder: &Path) -> Stop {
    let mut failure = Failure::from(error);
    if failure.code == Code::BadCall {
        failure.hint = format!("`fabric scenarios list {}` names them", folder.display());
    }
    failure.into()
}

fn now() -> i64 {
    (OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_at_the_end_is_the_workspace() {
        let words =
            |words: &[&str]| -> Vec<String> { words.iter().map(|it| (*it).to_owned()).collect() };
        let here = PathBuf::from(".");
        assert_eq!(apart(&[]), (vec![], here.clone()));
        assert_eq!(apart(&words(&["on-call"])), (words(&["on-call"]), here));
        assert_eq!(
            apart(&words(&["a", "b", ".."])),
            (words(&["a", "b"]), "..".into())
        );
        assert_eq!(apart(&words(&["/"])), (vec![], "/".into()));
    }
}
