//! Making, importing and opening a log.

use std::{
    fs::{self, File},
    io::BufWriter,
    sync::Arc,
    time::Instant,
};

use decisions::{Log, Recipe, Source};
use model::Failure;
use policy::{Compiled, Files};

use super::{Measured, Run, cores, local, ms, percentile, precise};
use crate::{
    progress::{Progress, Unit},
    terminal::Stop,
};

/// Times the log is opened.
const OPENED: usize = 9;

impl Run<'_> {
    /// Makes a log for the workspace, as lines.
    pub fn generate(
        &mut self,
        files: &Files,
        compiled: &Compiled,
        rows: u64,
        wanted: bool,
    ) -> Result<(), Stop> {
        let recipe = Recipe::read(files).map_err(Failure::from)?.with_rows(rows);
        let file =
            File::create(self.place.path().join("log.jsonl")).map_err(|error| local(&error))?;
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

    /// Imports it, and opens it again.
    pub fn import(&mut self, wanted: bool) -> Result<Arc<Log>, Stop> {
        let store = self.place.path().join("log.tfl");
        let took = {
            let progress = Progress::start("Importing", Unit::Bytes, self.terminal);
            let start = Instant::now();
            let builder = decisions::import(
                vec![Source::Path(self.place.path().join("log.jsonl"))],
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
            let lines = fs::metadata(self.place.path().join("log.jsonl"))
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
}
