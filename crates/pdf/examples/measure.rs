//! Writes the sample report and a long annex, and says how long that takes and how much memory. `cargo run --release -p pdf --example measure -- FOLDER`
//! puts the files and the pages as SVG into a folder.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "it measures, and stops where something is wrong"
)]

#[path = "../tests/report/sample.rs"]
mod sample;

use std::{env, fs, path::PathBuf, time::Instant};

use pdf::{Annex, Attachment, Options};

/// The most memory that this process ever had, in megabytes; Linux says it.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kilobytes| kilobytes / 1024)
}

fn best(mut work: impl FnMut()) -> f64 {
    let times = (0..10).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1000.0
    });
    times.fold(f64::INFINITY, f64::min)
}

fn main() {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let options = Options {
        author: "Trust Fabric Studio".to_owned(),
        date: 1_795_262_400_000,
        attachment: Some(Attachment {
            name: "evidence.tfb".to_owned(),
            description: "Bundle of evidence".to_owned(),
            bytes: (0..40_000_u32)
                .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
                .take(60_000)
                .collect(),
        }),
        ..Options::default()
    };
    let document = sample::report("en", 6);
    let start = Instant::now();
    let bytes = pdf::write(&document, &options).unwrap();
    let first = start.elapsed().as_secs_f64() * 1000.0;
    let pages = pdf::pages(&document, &options).unwrap();
    println!(
        "report: {} pages, {} kB with a bundle of 60 kB, the first {first:.1} ms",
        pages.len(),
        bytes.len() / 1000
    );
    println!(
        "  again {:.1} ms",
        best(|| drop(pdf::write(&document, &options)))
    );
    println!(
        "  as SVG {:.1} ms, {} kB",
        best(|| drop(pdf::pages(&document, &options))),
        pages.iter().map(String::len).sum::<usize>() / 1000
    );
    println!("  checked {:.1} ms", best(|| drop(pdf::check(&bytes))));
    if let Some(folder) = &folder {
        for language in ["en", "de", "fr"] {
            let bytes = pdf::write(&sample::report(language, 6), &options).unwrap();
            fs::write(folder.join(format!("report-{language}.pdf")), bytes).unwrap();
        }
        for (number, page) in (1..).zip(&pages) {
            fs::write(folder.join(format!("page-{number}.svg")), page).unwrap();
        }
    }
    let empty = pdf::write(&sample::empty("en"), &Options::default()).unwrap();
    println!("nothing at all: {} kB", empty.len() / 1000);
    let before = peak();
    for (many, wide) in [(100_000, false), (100_000, true)] {
        let mut rows = (0..many).map(|row: usize| {
            let mut cells = vec![
                format!("{}", row + 1),
                format!("User::\"u{}\"", row * 7919 % 48_611),
                format!("doc-{}", row * 104_729 % 99_991),
            ];
            if wide {
                cells.extend([
                    "Action::\"read\"".to_owned(),
                    sample::GROUPS[row % 7].0.to_owned(),
                    ["gained", "lost"][row % 2].to_owned(),
                ]);
            }
            cells
        });
        let columns = [
            ("Row", true),
            ("Principal", false),
            ("Resource", false),
            ("Action", false),
            ("Group", false),
            ("Change", false),
        ];
        let annex = Annex {
            caption: "All rows that changed".to_owned(),
            columns: columns
                .iter()
                .take(if wide { 6 } else { 3 })
                .map(|(title, numeric)| sample::column(title, *numeric))
                .collect(),
            rows: &mut rows,
        };
        let mut bytes = Vec::new();
        let start = Instant::now();
        let mut calls = 0;
        pdf::write_to(&document, &options, &mut [annex], &mut bytes, &mut |_| {
            calls += 1;
            true
        })
        .unwrap();
        println!(
            "annex of {many} rows{}: {calls} pages, {:.0} ms, {:.1} MB; most memory {:?} MB before, {:?} MB now",
            if wide { " of six columns" } else { "" },
            start.elapsed().as_secs_f64() * 1000.0,
            bytes.len() as f64 / 1e6,
            before.unwrap_or_default(),
            peak().unwrap_or_default()
        );
        if let Some(folder) = &folder {
            fs::write(
                folder.join(format!(
                    "annex-{}.pdf",
                    if wide { "wide" } else { "narrow" }
                )),
                bytes,
            )
            .unwrap();
        }
    }
}
