//! What happened, in words: the facts of a promotion gathered and told, pages set, printed, set again after an edit, and an annex of a
//! hundred thousand rows. The long report is made of the narratives of the sample, one after the other, until it has ten pages and four
//! charts.

use std::{
    fs, io,
    sync::Arc,
    time::{Duration, Instant},
};

use decisions::Log;
use model::Failure;
use narrative::{
    Document,
    document::{Column, Content},
    edit::{Edits, editable},
};
use pdf::{Annex, Attachment, Options};
use workspace::{
    Ledger,
    narratives::{self, Ground, Narrative, Subject},
};

use super::{
    Measured, Run, ms, percentile, precise,
    release::{NOW, Shipped, TIMES, failed, wrong},
};
use crate::{
    progress::{Progress, Unit},
    terminal::Stop,
};

const PAGES: usize = 10;
const CHARTS: usize = 4;
/// Rows of the annex.
const CHANGED: usize = 100_000;
/// Bytes of the bundle that the report carries.
const BUNDLE: u32 = 60_000;

impl Run<'_> {
    pub fn narrative(&mut self, rows: u64) -> Result<(), Stop> {
        let shipped = self.shipped(rows)?;
        let progress = Progress::start("Telling", Unit::Rows, self.terminal);
        shipped.promote("1.0.0", NOW)?;
        shipped.edit()?;
        shipped.promote("1.1.0", NOW + 1)?;
        shipped.roll_back(NOW + 2)?;
        shipped.promote("1.1.0", NOW + 3)?;
        let mut times = Vec::new();
        let mut told = Vec::new();
        for _ in 0..TIMES {
            let (took, all) = shipped.told()?;
            (told, times) = (all, [times, vec![took]].concat());
        }
        drop(progress);
        let all = ms(percentile(&mut times, 50));
        self.measure(Measured::new("narratives_told", all, "ms"))?;
        let report = long(&told)?;
        self.printed(&report)?;
        self.edited(&report)?;
        self.annexed(&report)
    }

    /// The report as a file.
    fn printed(&mut self, report: &Document) -> Result<(), Stop> {
        let options = options();
        let mut times = Vec::new();
        let mut bytes = Vec::new();
        for _ in 0..TIMES {
            let start = Instant::now();
            bytes = written(report, &options)?;
            times.push(start.elapsed());
        }
        if !pdf::check(&bytes).map_err(unset)?.holds() {
            return Err(wrong("the printed report does not hold").into());
        }
        // A command prints once: what it reads and works out for the first time is in it.
        let first = times.first().copied().unwrap_or_default();
        self.measure(Measured::new("narrative_pdf_first", ms(first), "ms").within(150.0))?;
        let again = ms(percentile(&mut times, 50));
        self.measure(Measured::new("narrative_pdf", again, "ms").within(150.0))?;
        let size = precise(bytes.len() as u64) / 1e3;
        self.measure(Measured::new("narrative_pdf_size", size, "kB").within(400.0))
    }

    /// An author's words taken over, and the pages set again as a window gets them.
    fn edited(&mut self, report: &Document) -> Result<(), Stop> {
        let first = report
            .blocks
            .iter()
            .find_map(|block| Some((block, editable(block)?)));
        let (block, text) = first.ok_or_else(|| wrong("nothing can be edited"))?;
        let mut times = Vec::new();
        for turn in 0..TIMES {
            let start = Instant::now();
            let mut edits = Edits::default();
            let words = format!("{text} Turn {turn}.");
            edits
                .put(report, &block.id, "bench", &words)
                .and_then(|()| edits.apply(report))
                .map_err(|error| failed(error.into()))
                .and_then(|document| {
                    let pages = pdf::pages(&document, &options()).map_err(unset)?;
                    let packed = ipc::wire::pack(&pages);
                    packed
                        .map(drop)
                        .map_err(|error| wrong(error.to_string()).into())
                })?;
            times.push(start.elapsed());
        }
        let edited = ms(percentile(&mut times, 50));
        self.measure(Measured::new("narrative_edit", edited, "ms").within(100.0))
    }

    /// Every row that changed, printed behind the report; and how much memory that takes, where the system says it.
    fn annexed(&mut self, report: &Document) -> Result<(), Stop> {
        let mut rows = (0..CHANGED).map(|row| {
            vec![
                (row + 1).to_string(),
                format!("User::\"u{}\"", row * 7919 % 48_611),
                "Action::\"read\"".to_owned(),
                format!("Record::\"r{}\"", row * 104_729 % 99_991),
                if row % 2 == 0 { "gained" } else { "lost" }.to_owned(),
            ]
        });
        let titles = ["Row", "Principal", "Action", "Resource", "Change"];
        let annex = Annex {
            caption: "All rows that changed".to_owned(),
            columns: titles
                .map(|title| Column {
                    title: title.to_owned(),
                    numeric: title == "Row",
                })
                .to_vec(),
            rows: &mut rows,
        };
        let path = self.place.path().join("annex.pdf");
        let file = fs::File::create(&path).map_err(|error| super::local(&error))?;
        let before = peak();
        let start = Instant::now();
        pdf::write_to(
            report,
            &options(),
            &mut [annex],
            &mut io::BufWriter::new(file),
            &mut |_| true,
        )
        .map_err(unset)?;
        let took = ms(start.elapsed());
        self.measure(Measured::new("narrative_annex", took, "ms").within(6_000.0))?;
        match before.zip(peak()) {
            None => Ok(()),
            Some((before, after)) => {
                let grown = precise(after.saturating_sub(before)) / 1e3;
                self.measure(Measured::new("narrative_annex_memory", grown, "MB"))
            }
        }
    }
}

impl Shipped {
    /// All that can be told of the sample, and how long that takes from opening the ledger and the log.
    fn told(&self) -> Result<(Duration, Vec<Narrative>), Stop> {
        let start = Instant::now();
        let ledger = Ledger::open(&self.root, &self.folders).map_err(failed)?;
        let log = Log::open(&self.log).map_err(|error| failed(error.into()))?;
        let ground = Ground {
            root: &self.root,
            ledger: ledger.as_ref(),
            log: Some(Arc::new(log)),
            now: NOW + 4,
        };
        let (channel, until) = ("stable".to_owned(), NOW + 86_400);
        let subjects = [
            Subject::Promotion {
                channel: channel.clone(),
                sequence: Some(4),
            },
            Subject::Rollback {
                channel: channel.clone(),
                sequence: Some(3),
            },
            Subject::Week { channel, until },
            Subject::Evidence,
        ];
        let told: Result<Vec<_>, _> = subjects
            .iter()
            .map(|subject| narratives::narrate(&ground, subject, "en"))
            .collect();
        Ok((start.elapsed(), told.map_err(failed)?))
    }
}

/// One report of many, with ids that stay unique.
fn long(told: &[Narrative]) -> Result<Document, Stop> {
    let first = told.first().ok_or_else(|| wrong("nothing was told"))?;
    let mut report = Document {
        blocks: Vec::new(),
        ..first.document.clone()
    };
    for (turn, narrative) in told.iter().cycle().enumerate() {
        let blocks = narrative.document.blocks.iter().cloned().map(|mut block| {
            block.id = format!("{}-{turn}", block.id);
            block
        });
        report.blocks.extend(blocks);
        let is_chart =
            |block: &&narrative::document::Block| matches!(block.content, Content::Chart { .. });
        let charts = report.blocks.iter().filter(is_chart).count();
        let pages = pdf::pages(&report, &options()).map_err(unset)?.len();
        if pages >= PAGES && charts >= CHARTS {
            return Ok(report);
        }
        if turn > 100 {
            break;
        }
    }
    Err(wrong("what the sample tells does not fill ten pages with four charts").into())
}

fn options() -> Options {
    let noise = (0..BUNDLE / 4).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes());
    Options {
        author: "Trust Fabric Studio".to_owned(),
        date: i64::try_from(NOW).unwrap_or_default() * 1_000,
        // As large as a bundle of a few receipts, and as hard to press.
        attachment: Some(Attachment {
            name: "evidence.tfb".to_owned(),
            description: "Receipts".to_owned(),
            bytes: noise.collect(),
        }),
        ..Options::default()
    }
}

fn written(report: &Document, options: &Options) -> Result<Vec<u8>, Stop> {
    pdf::write(report, options).map_err(unset)
}

fn unset(error: pdf::Error) -> Stop {
    Stop::Failed(Failure::from(workspace::Error::from(error)))
}

/// The most memory that this process ever had, in kilobytes; Linux says it.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
