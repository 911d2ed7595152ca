//! What the machine makes of it: generating, importing, opening and replaying a log, and the time from a keystroke to its
//! consequences, each as one measure. The peer of a replay is the engine's own authorizer over every row and both sets,
//! on every core, in the same run; it is timed on a sample of the rows and scaled to all of them. A proof has no peer.

use std::{
    fs::{self, File},
    io::BufWriter,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use decisions::{Builder, Log, Recipe, RecordedRow, Source};
use drift::{RiskRules, Session, Side};
use ipc::{Edit, Host as _, Revision};
use model::{Code, Failure, PolicyKind};
use policy::{Compiled, FileKind, Files};
use proof::Prover;
use serde::Serialize;
use tempfile::TempDir;
use workspace::{Config, Folders, Studio};

use crate::{
    args::{Bench, Measure},
    commands::{FINE, read},
    progress::{self, Progress, Unit},
    render,
    terminal::{Stop, Terminal},
};

/// One measure: the JSON of `fabric bench`.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Its name.
    pub name: String,
    /// What was measured.
    pub value: f64,
    /// In which unit.
    pub unit: String,
    /// The same work done the plain way in the same run, in the same unit.
    pub peer: Option<f64>,
    /// How many times faster than the peer.
    pub ratio: Option<f64>,
}

impl Measured {
    /// A measure without a peer.
    pub fn new(name: &str, value: f64, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: rounded(value),
            unit: unit.to_owned(),
            peer: None,
            ratio: None,
        }
    }

    /// The same measure beside its peer.
    pub fn against(mut self, peer: f64) -> Self {
        self.peer = Some(rounded(peer));
        self.ratio = (self.value > 0.0).then(|| rounded(peer / self.value));
        self
    }
}

/// Three decimals: no clock here is better.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

/// Requests the peer is timed on.
const SAMPLE: u64 = 4_000;
/// Times the log is opened.
const OPENED: usize = 9;

/// `fabric bench`
pub fn bench(arguments: &Bench, terminal: &Terminal) -> Result<u8, Stop> {
    let wants = |measure| arguments.what.is_empty() || arguments.what.contains(&measure);
    let place = tempfile::tempdir().map_err(|error| local(&error))?;
    let files = match &arguments.dir {
        Some(folder) => read(folder)?,
        None => workspace::sample_files(),
    };
    let mut run = Run {
        terminal,
        place,
        files,
        rows: arguments.rows,
        measured: Vec::new(),
    };
    let compiled = run.compiled(&run.files)?;
    // A proof needs no log.
    if arguments.what != [Measure::Prove] {
        run.generate(&compiled, wants(Measure::Generate))?;
        let log = run.import(wants(Measure::Import))?;
        if wants(Measure::Replay) {
            run.replay(&log, &compiled)?;
        }
        if wants(Measure::Edit) {
            run.edit(&log)?;
        }
    }
    if wants(Measure::Prove) {
        run.prove(&compiled)?;
    }
    if !terminal.json {
        terminal.print(&render::measures(&run.measured, terminal.out))?;
    }
    Ok(FINE)
}

struct Run<'a> {
    terminal: &'a Terminal,
    place: TempDir,
    files: Files,
    rows: u64,
    measured: Vec<Measured>,
}

impl Run<'_> {
    /// Keeps a measure; as JSON it is printed at once, one a line.
    fn measure(&mut self, measured: Measured) -> Result<(), Stop> {
        if self.terminal.json {
            self.terminal.line(&measured)?;
        }
        self.measured.push(measured);
        Ok(())
    }

    fn compiled(&self, files: &Files) -> Result<Compiled, Stop> {
        let compiled = policy::compile(files);
        if compiled.set.broken() {
            return Err(Failure::new(
                Code::SetBroken,
                "the policies to measure with do not compile",
            )
            .into());
        }
        Ok(compiled)
    }

    fn lines(&self) -> std::path::PathBuf {
        self.place.path().join("log.jsonl")
    }

    fn generate(&mut self, compiled: &Compiled, wanted: bool) -> Result<(), Stop> {
        let recipe = Recipe::read(&self.files)
            .map_err(Failure::from)?
            .with_rows(self.rows);
        let file = File::create(self.lines()).map_err(|error| local(&error))?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let (made, took) = {
            let progress = Progress::start("Generating", Unit::Rows, self.terminal);
            let start = Instant::now();
            let made =
                decisions::generate_lines(compiled, &recipe, &mut out, &mut |done, total| {
                    progress.at(done, total)
                });
            (made.map_err(Failure::from)?, start.elapsed())
        };
        if wanted {
            self.measure(Measured::new("generate", took.as_secs_f64(), "s"))?;
        }
        self.measure(Measured::new("rows", precise(made.rows), "rows"))?;
        self.measure(Measured::new(
            "distinct_requests",
            precise(made.distinct),
            "requests",
        ))
    }

    fn import(&mut self, wanted: bool) -> Result<Arc<Log>, Stop> {
        let store = self.place.path().join("log.tfl");
        let took = {
            let progress = Progress::start("Importing", Unit::Bytes, self.terminal);
            let start = Instant::now();
            let builder = decisions::import(
                vec![Source::Path(self.lines())],
                cores(),
                &mut |done, total| progress.at(done, total),
            );
            builder
                .and_then(|builder| builder.finish(&store))
                .map_err(Failure::from)?;
            start.elapsed()
        };
        let open = || Log::open(&store).map_err(Failure::from);
        if wanted {
            self.measure(Measured::new("import", took.as_secs_f64(), "s"))?;
            let size = fs::metadata(&store).map_err(|error| local(&error))?.len();
            let lines = fs::metadata(self.lines())
                .map_err(|error| local(&error))?
                .len();
            self.measure(
                Measured::new("log_size", precise(size) / 1e6, "MB").against(precise(lines) / 1e6),
            )?;
            let mut times = Vec::new();
            for _ in 0..OPENED {
                let start = Instant::now();
                let log = open()?;
                times.push(start.elapsed());
                drop(log);
            }
            self.measure(Measured::new(
                "open_p95",
                ms(percentile(&mut times, 95)),
                "ms",
            ))?;
        }
        Ok(Arc::new(open()?))
    }

    fn replay(&mut self, log: &Arc<Log>, compiled: &Compiled) -> Result<(), Stop> {
        let base = Side {
            label: "base".to_owned(),
            compiled: compiled.clone(),
        };
        let edits = edits(&self.files, compiled);
        let everything = edits.iter().fold(self.files.clone(), |mut files, edit| {
            let text = files
                .get(&edit.file)
                .map(|text| String::from_utf8_lossy(text).into_owned());
            if let Some(text) = text {
                files.insert(edit.file.clone(), edit.apply(&text).into_bytes().into());
            }
            files
        });
        let everything = Side {
            label: "every policy edited".to_owned(),
            compiled: self.compiled(&everything)?,
        };
        let rules = RiskRules::default();
        let never = progress::cancelled();
        let store = self.place.path().join("log.tfl");
        let _progress = Progress::start("Replaying", Unit::Rows, self.terminal);

        let peer = peer(log, &base, &everything)?;
        let start = Instant::now();
        let opened = Arc::new(Log::open(&store).map_err(Failure::from)?);
        let session = Session::new(opened, base, never).map_err(Failure::from)?;
        let first = start.elapsed();
        session
            .preview(&everything, &rules, never)
            .map_err(Failure::from)?;
        let took = start.elapsed();
        self.measure(Measured::new(
            "policies",
            precise(compiled.set.policies().len() as u64),
            "policies",
        ))?;
        self.measure(
            Measured::new("replay_base", first.as_secs_f64(), "s")
                .against(peer.as_secs_f64() / 2.0),
        )?;
        self.measure(
            Measured::new("replay_full", took.as_secs_f64(), "s").against(peer.as_secs_f64()),
        )?;

        let mut times = Vec::new();
        for edit in &edits {
            let mut files = self.files.clone();
            let text = files
                .get(&edit.file)
                .map(|text| String::from_utf8_lossy(text).into_owned())
                .unwrap_or_default();
            files.insert(edit.file.clone(), edit.apply(&text).into_bytes().into());
            let head = Side {
                label: edit.file.clone(),
                compiled: self.compiled(&files)?,
            };
            let start = Instant::now();
            let replay = session
                .preview(&head, &rules, never)
                .map_err(Failure::from)?;
            times.push(start.elapsed());
            drop(replay);
        }
        let peer = ms(peer);
        self.measure(
            Measured::new("delta_p50", ms(percentile(&mut times, 50)), "ms").against(peer),
        )?;
        self.measure(Measured::new("delta_p95", ms(percentile(&mut times, 95)), "ms").against(peer))
    }

    /// Takes the effect from one policy after the other and proves what changes, with a solver that runs already; then what
    /// the edit that reaches furthest changes, with one that has to be started.
    fn prove(&mut self, compiled: &Compiled) -> Result<(), Stop> {
        fn side(compiled: &Compiled) -> proof::Side<'_> {
            proof::Side {
                label: "bench",
                compiled,
            }
        }
        let never = progress::cancelled();
        let warm = Prover::default();
        if !warm.has_solver() {
            self.terminal
                .remark("no proof is measured: there is no cvc5\n");
            return Ok(());
        }
        let mut times = Vec::new();
        let mut furthest: Option<(usize, Compiled)> = None;
        for edit in edits(&self.files, compiled) {
            let mut files = self.files.clone();
            let text = files
                .get(&edit.file)
                .map(|text| String::from_utf8_lossy(text).into_owned())
                .unwrap_or_default();
            let without = edit.insert(&text, "\nwhen { false }");
            files.insert(edit.file.clone(), without.into_bytes().into());
            let head = self.compiled(&files)?;
            let start = Instant::now();
            let proof = warm
                .prove(side(compiled), side(&head), never)
                .map_err(Failure::from)?;
            times.push(start.elapsed());
            let reach = proof
                .environments
                .iter()
                .filter(|proof| proof.relation != model::Relation::Equivalent)
                .count();
            if furthest.as_ref().is_none_or(|(most, _)| reach > *most) {
                furthest = Some((reach, head));
            }
        }
        let (median, most) = (percentile(&mut times, 50), percentile(&mut times, 95));
        self.measure(Measured::new("prove_p50", ms(median), "ms"))?;
        self.measure(Measured::new("prove_p95", ms(most), "ms"))?;
        if let Some((reach, head)) = furthest {
            let start = Instant::now();
            Prover::default()
                .prove(side(compiled), side(&head), never)
                .map_err(Failure::from)?;
            let took = ms(start.elapsed());
            self.measure(Measured::new(
                "prove_cold_kinds",
                precise(reach as u64),
                "requests",
            ))?;
            self.measure(Measured::new("prove_cold", took, "ms"))?;
        }
        Ok(())
    }

    /// Types a condition into a policy of the workspace, letter by letter, as the window would send it.
    fn edit(&mut self, log: &Log) -> Result<(), Stop> {
        let root = self.place.path().join("workspace");
        for (path, content) in &self.files {
            let path = root.join(path);
            let folder = path.parent().unwrap_or(&root);
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, content))
                .map_err(|error| local(&error))?;
        }
        fs::create_dir_all(root.join(".fabric")).map_err(|error| local(&error))?;
        log.write(&root.join(".fabric/log.tfl"))
            .map_err(Failure::from)?;
        let folders = Folders {
            data: self.place.path().join("data"),
            state: self.place.path().join("state"),
        };
        let config = Config {
            folders,
            ..Config::of_user(Arc::new(|_| {}))
        };
        let studio = Studio::new(config);
        studio.open_workspace(ipc::Path {
            path: root.display().to_string(),
        })?;
        let Some(edit) = middle(edits(&self.files, &policy::compile(&self.files))) else {
            return Err(Failure::new(Code::SetBroken, "there is no policy to edit").into());
        };
        let text = self
            .files
            .get(&edit.file)
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default();
        let _progress = Progress::start("Typing", Unit::Rows, self.terminal);

        let mut revision = 1;
        // The first preview reads the log; what is measured is typing into an open window.
        studio.edit_file(Edit {
            path: edit.file.clone(),
            text: text.clone(),
            revision,
        })?;
        studio.preview_drift(Revision { revision })?;
        let (mut problems, mut counts) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let whole = format!("\nwhen {{ resource == resource && \"r{round}\" != \"typed\" }}");
            for typed in 1..=whole.len() {
                revision += 1;
                let part = whole.get(..typed).unwrap_or(&whole);
                let edited = edit.insert(&text, part);
                let start = Instant::now();
                let result = studio.edit_file(Edit {
                    path: edit.file.clone(),
                    text: edited,
                    revision,
                })?;
                problems.push(start.elapsed());
                if result
                    .problems
                    .iter()
                    .all(|problem| problem.severity != model::Severity::Error)
                {
                    studio.preview_drift(Revision { revision })?;
                    counts.push(start.elapsed());
                }
            }
        }
        self.measure(Measured::new(
            "problems_p95",
            ms(percentile(&mut problems, 95)),
            "ms",
        ))?;
        self.measure(Measured::new(
            "counts_p95",
            ms(percentile(&mut counts, 95)),
            "ms",
        ))
    }
}

/// Times the condition is typed.
const ROUNDS: usize = 4;

/// An edit of one policy that changes its meaning for the engine and nobody's access: a condition that always holds.
struct OneEdit {
    file: String,
    /// Bytes before the policy's closing `;`.
    at: usize,
}

impl OneEdit {
    fn insert(&self, text: &str, part: &str) -> String {
        let (before, after) = text.split_at_checked(self.at).unwrap_or((text, ""));
        format!("{before}{part}{after}")
    }

    fn apply(&self, text: &str) -> String {
        self.insert(text, "\nwhen { resource == resource }")
    }
}

/// One edit for each ordinary policy, last place first, so that one after the other they can all be applied.
fn edits(files: &Files, compiled: &Compiled) -> Vec<OneEdit> {
    let mut edits: Vec<_> = compiled
        .set
        .summaries()
        .into_iter()
        .filter(|policy| policy.kind == PolicyKind::Static)
        .filter(|policy| policy::kind(&policy.source.file) == Some(FileKind::Policies))
        .filter_map(|policy| {
            let text = std::str::from_utf8(files.get(&policy.source.file)?).ok()?;
            let line = usize::try_from(policy.source.end_line)
                .ok()?
                .checked_sub(1)?;
            let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            // Columns count UTF-16 units. What closes a policy is the last `;` of its text; a comment may follow.
            let mut units = policy.source.end_column.saturating_sub(1) as usize;
            let last: String = text
                .get(start..)?
                .chars()
                .take_while(|c| {
                    let inside = units > 0;
                    units = units.saturating_sub(c.len_utf16());
                    inside
                })
                .collect();
            let closing = last.rfind(';')?;
            Some(OneEdit {
                file: policy.source.file,
                at: start + closing,
            })
        })
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.at));
    edits
}

fn middle(mut edits: Vec<OneEdit>) -> Option<OneEdit> {
    if edits.is_empty() {
        None
    } else {
        Some(edits.swap_remove(edits.len() / 2))
    }
}

/// Time the engine's own authorizer would take over every row of the log, both sets, on every core.
fn peer(log: &Log, base: &Side, head: &Side) -> Result<Duration, Failure> {
    let wanted = SAMPLE.min(log.info.rows).max(1);
    let stride = (log.info.rows / wanted).max(1);
    let mut builders: Vec<_> = (0..cores()).map(|_| Builder::new("sample")).collect();
    // Every `stride`th row, the rows in the order of their requests, dealt out to the cores.
    let (mut passed, mut next) = (0, stride / 2);
    let mut deal = 0;
    for (tally, number) in log.tallies.iter().zip(0_u32..) {
        passed += u64::from(tally.rows);
        if next >= passed {
            continue;
        }
        next += (passed - next).div_ceil(stride) * stride;
        let recorded = RecordedRow {
            number: 0,
            id: String::new(),
            at: decisions::NO_TIME,
            tally: number,
        };
        let turn = deal % builders.len().max(1);
        if let (Some(builder), Some(row)) = (builders.get_mut(turn), log.row(&recorded)) {
            builder.push(&row)?;
            deal += 1;
        }
    }
    let samples: Vec<Log> = builders
        .into_iter()
        .filter(|builder| builder.rows() > 0)
        .map(|builder| builder.build().map(|(log, _)| log))
        .collect::<Result<_, _>>()?;
    let evaluated: usize = samples.iter().map(|sample| sample.requests.len()).sum();
    let start = Instant::now();
    thread::scope(|scope| {
        for sample in &samples {
            scope.spawn(|| drift::oracle(sample, base, head));
        }
    });
    let took = start.elapsed();
    Ok(took.mul_f64(precise(log.info.rows) / precise(evaluated.max(1) as u64)))
}

/// A count as a measure. INVARIANT: counts here stay far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn precise(count: u64) -> f64 {
    count as f64
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The time that so many percent of the times do not exceed.
fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let rank = (times.len() * percent).div_ceil(100);
    times
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn local(error: &std::io::Error) -> Failure {
    Failure::new(
        Code::FileWrite,
        format!("cannot write a temporary file: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let mut times: Vec<_> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&mut times, 95), Duration::from_millis(95));
        assert_eq!(percentile(&mut times, 50), Duration::from_millis(50));
        assert_eq!(percentile(&mut times[..1], 95), Duration::from_millis(1));
        assert_eq!(percentile(&mut [], 95), Duration::ZERO);
    }

    #[test]
    fn an_edit_changes_one_policy_and_its_meaning() {
        let text = "permit(principal, action, resource); // a;b\nforbid(principal, action, resource)\nwhen { false };\n";
        let files = Files::from([("a.cedar".to_owned(), text.as_bytes().into())]);
        let compiled = policy::compile(&files);
        let edits = edits(&files, &compiled);
        assert_eq!(edits.len(), 2);
        let all = edits
            .iter()
            .fold(text.to_owned(), |text, edit| edit.apply(&text));
        let edited = policy::compile(&Files::from([(
            "a.cedar".to_owned(),
            all.as_bytes().into(),
        )]));
        assert!(!edited.set.broken(), "{all}");
        assert_eq!(policy::diff(&compiled.set, &edited.set).len(), 2);
    }
}
