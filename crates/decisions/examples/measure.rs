//! Measures what the log room promises: `cargo run --release -p decisions --example measure -- DIR [ROWS]`.
//!
//! Generates a log for the workspace in DIR, straight into a store and as lines; imports the lines; opens the store; reads
//! all rows. One line a measure, with the limit where there is one for a million rows.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Instant;

use decisions::{Log, Recipe, Source, generate, generate_lines, import};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which workspace?")?);
    let files = policy::read_dir(&folder)?;
    let mut recipe = Recipe::read(&files)?;
    if let Some(rows) = arguments.next() {
        recipe = recipe.with_rows(rows.parse()?);
    }
    let scratch = tempfile::tempdir()?;
    let threads = available_parallelism().map_or(1, usize::from);
    println!("{} rows, {threads} threads", recipe.rows);

    let started = Instant::now();
    let compiled = policy::compile(&files);
    report("compile the workspace", started, "");

    let started = Instant::now();
    let (builder, made) = generate(&compiled, &recipe, &mut |_, _| ControlFlow::Continue(()))?;
    report("generate into a builder", started, "8 s");
    let started = Instant::now();
    let store = scratch.path().join("generated.tfl");
    let import_of_generated = builder.finish(&store)?;
    report("finish the store", started, "");
    println!(
        "{made:?}, slices {}, {} bytes (60 MB)",
        import_of_generated.slices,
        store.metadata()?.len()
    );

    let lines = scratch.path().join("log.jsonl");
    let started = Instant::now();
    let mut out = BufWriter::new(File::create(&lines)?);
    generate_lines(&compiled, &recipe, &mut out, &mut |_, _| {
        ControlFlow::Continue(())
    })?;
    drop(out);
    report("generate as lines", started, "");
    println!("{} bytes of lines", lines.metadata()?.len());

    let started = Instant::now();
    let builder = import(vec![Source::Path(lines)], threads, &mut |_, _| {
        ControlFlow::Continue(())
    })?;
    report("import: read", started, "");
    let imported = scratch.path().join("imported.tfl");
    let summary = builder.finish(&imported)?;
    report("import: all", started, "10 s");
    println!(
        "{} rows, {} distinct, {} slices, {} skipped",
        summary.rows, summary.distinct_requests, summary.slices, summary.skipped_total
    );
    println!("{} bytes (60 MB)", imported.metadata()?.len());

    let started = Instant::now();
    let log = Log::open(&imported)?;
    report("open", started, "500 ms");
    println!(
        "uids {}, contexts {}, entities {}, slices {}, requests {}, outcomes {}, tallies {}",
        log.uids.len(),
        log.contexts.len(),
        log.entities.len(),
        log.slices.len(),
        log.requests.len(),
        log.outcomes.len(),
        log.tallies.len()
    );
    println!(
        "allowed {:.1} %",
        100.0 * log.info.allowed as f64 / log.info.rows as f64
    );
    let started = Instant::now();
    let rows = log.rows(0..u64::MAX).filter(Result::is_ok).count();
    report("read all rows", started, "");
    println!("{rows} rows read");
    Ok(())
}

fn report(what: &str, started: Instant, limit: &str) {
    println!(
        "{what:<26}{:>9.3} s   {limit}",
        started.elapsed().as_secs_f64()
    );
}
