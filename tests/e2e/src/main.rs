//! `e2e STEM`: measures the built application in its real window, and keeps what it finds as `STEM.json`, one object a measure, and as
//! `STEM.txt`, a table. `cargo xtask bench studio` brings it a display. Nothing is judged here: a figure over its target is printed as one.

use std::{env, fmt::Write as _, fs, path::Path, process::ExitCode};

use e2e::{Error, Home, Stage, at, percentile};
use serde::Serialize;
use serde_json::json;

/// Decisions in the log: so many that the list of changes has more than 100,000 rows.
const ROWS: u32 = 2_000_000;
/// The file that is edited.
const FILE: &str = "policies/access/contractors.cedar";
/// So often the application is started.
const STARTS: usize = 5;
/// Place changes that memory is watched over, and in how many calls of the driver they are made.
const CHANGES: u64 = 200;
const AT_ONCE: u64 = 10;
/// Milliseconds between two of them, in which answers come.
const PAUSE: u64 = 100;
const STEPS: u64 = 400;

/// One measure, as `fabric bench` writes it.
#[derive(Serialize)]
struct Measured {
    name: &'static str,
    value: f64,
    unit: &'static str,
    peer: Option<f64>,
    /// How many times the target holds the value.
    ratio: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<f64>,
}

#[derive(Default)]
struct Measures(Vec<Measured>);

impl Measures {
    fn keep(&mut self, name: &'static str, value: f64, unit: &'static str, target: Option<f64>) {
        let rounded = |value: f64| (value * 1e3).round() / 1e3;
        let ratio = target
            .filter(|_| value > 0.0)
            .map(|target| rounded(target / value));
        self.0.push(Measured {
            name,
            value: rounded(value),
            unit,
            peer: None,
            ratio,
            target,
        });
    }

    /// The times that half of them, and 95 of a hundred, do not exceed. The target is the second's.
    fn times(&mut self, names: [&'static str; 2], times: &[f64], target: Option<f64>) {
        for (name, percent, target) in [(names[0], 50, None), (names[1], 95, target)] {
            self.keep(
                name,
                percentile(times, percent).unwrap_or(f64::NAN),
                "ms",
                target,
            );
        }
    }

    fn table(&self) -> String {
        let mut table = format!(
            "{:<18} {:>12}       {:>12}  {:>6}\n",
            "measure", "value", "target", "ratio"
        );
        for Measured {
            name,
            value,
            unit,
            ratio,
            target,
            ..
        } in &self.0
        {
            let decimals = if matches!(*unit, "ms" | "MB") { 1 } else { 0 };
            let target = target.map_or(String::new(), |target| format!("≤ {target:.decimals$}"));
            let ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.1}×"));
            let line =
                format!("{name:<18} {value:>12.decimals$} {unit:<5} {target:>12}  {ratio:>6}");
            // Writing to a text does not fail.
            let _ = writeln!(table, "{}", line.trim_end());
        }
        table
    }
}

fn main() -> ExitCode {
    let Some(stem) = env::args_os().nth(1) else {
        eprintln!("usage: e2e STEM");
        return ExitCode::FAILURE;
    };
    match measure().and_then(|measures| keep(Path::new(&stem), &measures)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<Measures, Error> {
    let mut measures = Measures::default();
    at(Home::with_sample(ROWS)?, "bench", &["--sample"], |stage| {
        start(stage, &mut measures)?;
        stage.find("[data-test=truth][data-state=fresh]")?;
        places(stage, &mut measures)?;
        let least = stage.round_trips(500, "job.cancel", &json!(null))?;
        measures.times(["ipc_p50", "ipc_p95"], &least, None);
        list(stage, &mut measures)?;
        let page = json!({ "filter": {}, "offset": 0, "limit": 100 });
        let pages = stage.round_trips(200, "drift.changes", &page)?;
        measures.times(["ipc_page_p50", "ipc_page_p95"], &pages, None);
        measures.keep("wasm", stage.wasm_bytes()? / 1e6, "MB", Some(1.5));
        Ok(())
    })?;
    Ok(measures)
}

/// From the process to the first screen.
fn start(stage: &mut Stage, measures: &mut Measures) -> Result<(), Error> {
    let (mut pages, mut ready) = (Vec::new(), Vec::new());
    for turn in 0..STARTS {
        if turn > 0 {
            stage.close_and_start(&["--sample"])?;
        }
        let took = stage.start_took()?;
        pages.push(took.page);
        ready.push(took.ready);
    }
    measures.keep(
        "start_page",
        percentile(&pages, 50).unwrap_or(f64::NAN),
        "ms",
        None,
    );
    measures.keep(
        "start",
        percentile(&ready, 50).unwrap_or(f64::NAN),
        "ms",
        Some(900.0),
    );
    Ok(())
}

/// From place to place, and what is left of it in memory. What each place makes once is made before the watch begins.
fn places(stage: &Stage, measures: &mut Measures) -> Result<(), Error> {
    let round = || -> Result<Vec<f64>, Error> {
        let mut times = Vec::new();
        while (times.len() as u64) < CHANGES {
            times.extend(stage.change_places(AT_ONCE, PAUSE)?);
            // A round ends where it began.
            stage.click("[data-test=go-policies]")?;
        }
        Ok(times)
    };
    round()?;
    let (elements, memory) = (stage.elements()?, stage.memory()?);
    let times = round()?;
    measures.times(["place_p50", "place_p95"], &times, Some(50.0));
    measures.keep("memory", memory / 1e6, "MB", None);
    measures.keep(
        "memory_grown",
        (stage.memory()? - memory) / 1e6,
        "MB",
        Some(0.0),
    );
    measures.keep(
        "elements_grown",
        stage.elements()? - elements,
        "",
        Some(0.0),
    );
    Ok(())
}

/// A list of more than 100,000 changes, from top to bottom.
fn list(stage: &Stage, measures: &mut Measures) -> Result<(), Error> {
    stage.click(&format!("[data-test=tree-item][data-key='{FILE}']"))?;
    stage.text_when(".cm-content", "a text", |text| text.len() > 1)?;
    stage.click(".cm-content")?;
    stage.session().press("Control+Home")?;
    // Whoever had access to anything loses it.
    stage
        .session()
        .type_text("@id(\"nobody\") forbid (principal, action, resource);\n")?;
    stage.text_when("[data-test=truth][data-state=fresh]", "losses", |text| {
        text.contains("lose") && !text.contains("0 lose")
    })?;
    stage.click("[data-test=open-drift]")?;
    stage.find("[data-test=changes] .grid-row [data-test=viewed]")?;
    let scrolled = stage.scroll(STEPS)?;
    measures.keep("scroll_rows", scrolled.rows as f64, "rows", None);
    measures.times(
        ["scroll_script_p50", "scroll_script_p95"],
        &scrolled.scripts,
        Some(16.0),
    );
    measures.times(
        ["scroll_frame_p50", "scroll_frame_p95"],
        &scrolled.frames,
        None,
    );
    measures.keep("scroll_gaps", scrolled.gaps.len() as f64, "", Some(0.0));
    Ok(())
}

fn keep(stem: &Path, measures: &Measures) -> Result<(), Error> {
    let mut lines = String::new();
    for measured in &measures.0 {
        // Writing to a text does not fail.
        let _ = writeln!(lines, "{}", json!(measured));
    }
    let table = measures.table();
    if let Some(folder) = stem.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| Error::System(folder.display().to_string(), error))?;
    }
    for (ending, text) in [("json", lines), ("txt", table)] {
        let path = stem.with_extension(ending);
        fs::write(&path, text).map_err(|error| Error::System(path.display().to_string(), error))?;
    }
    Ok(())
}
