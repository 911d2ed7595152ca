//! Tables too long to be read: small type, one line a row where it fits, several bands a page where columns are narrow, and every
//! page given away before the next begins. What is kept grows only with the rows as compressed CSV, which the file carries.

use std::io::Write;

use sha2::{Digest as _, Sha256};

use crate::{
    Annex, Error,
    carry::{self, ListedAnnex},
    face::{Faces, Typeface},
    file::File,
    layout::{Geometry, style},
    sheet::{FAINT, HAIR, INK, Op, QUIET, Style, rule},
    table::shared,
    text::{Lines, Reading, Text},
};

const BODY: Style = style(Typeface::Regular, 6.6, INK);
const HEAD: Style = style(Typeface::Strong, 6.2, QUIET);
const LEADING: f64 = 8.2;
const GAP: f64 = 9.0;
/// Between two bands of a page.
const GUTTER: f64 = 18.0;
/// From so many rows it is judged how wide columns are; later rows are wrapped.
const JUDGED: usize = 500;

/// A written annex.
pub(crate) struct Written {
    pub listed: ListedAnnex,
    /// Its rows as compressed CSV.
    pub csv: Vec<u8>,
}

/// CSV on its way to both: the digest of its text, and the compressed text.
struct Folder {
    digest: Sha256,
    length: u64,
    folded: flate2::write::ZlibEncoder<Vec<u8>>,
}

impl Write for Folder {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        self.folded.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Where columns stand.
struct Plan {
    /// For each band of a page, for each column: from and to.
    bands: Vec<Vec<(f64, f64)>>,
    widths: Vec<f64>,
    titles: Vec<(Text, Lines)>,
    caption: (Text, Text),
    numeric: Vec<bool>,
    /// Where rows begin on a page.
    top: f64,
    geometry: Geometry,
}

/// Writes an annex on pages of its own.
pub(crate) fn write(
    annex: &mut Annex<'_>,
    continued: &str,
    file: &mut File<'_>,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Written, Error> {
    let columns = annex.columns.len();
    let mut csv = csv::Writer::from_writer(Folder {
        digest: Sha256::new(),
        length: 0,
        folded: flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(6)),
    });
    if columns > 0 {
        csv.write_record(annex.columns.iter().map(|column| &column.title))
            .map_err(lost)?;
    }
    let even = |mut row: Vec<String>| {
        row.resize(columns, String::new());
        row
    };
    let judged: Vec<Vec<String>> = annex
        .rows
        .take(if columns > 0 { JUDGED } else { 0 })
        .map(even)
        .collect();
    let plan = Plan::new(annex, continued, &judged, file);
    let mut paper = Sheets {
        plan: &plan,
        file,
        ops: Vec::new(),
        band: 0,
        y: plan.top,
        pages: 0,
    };
    paper.begin();
    let mut rows: u64 = 0;
    let all = judged.into_iter().chain(
        annex
            .rows
            .take(if columns > 0 { usize::MAX } else { 0 })
            .map(even),
    );
    for row in all {
        csv.write_record(&row).map_err(lost)?;
        // INVARIANT: no larger than what is read again.
        if csv.get_ref().length > carry::ROWS {
            return Err(carry::too_large("an annex", carry::ROWS));
        }
        let pages = paper.pages;
        paper.row(&row, rows)?;
        rows += 1;
        if paper.pages != pages && !go_on(rows) {
            return Err(Error::Cancelled);
        }
    }
    paper.turn()?;
    let folder = csv.into_inner().map_err(|error| error.into_error())?;
    Ok(Written {
        listed: ListedAnnex {
            caption: annex.caption.clone(),
            columns: annex.columns.clone(),
            rows,
            sha256: carry::hex(&folder.digest.finalize()),
        },
        csv: folder.folded.finish()?,
    })
}

fn lost(error: csv::Error) -> Error {
    Error::Io(std::io::Error::other(error))
}

impl Plan {
    fn new(annex: &Annex<'_>, continued: &str, judged: &[Vec<String>], file: &File<'_>) -> Self {
        let (faces, geometry) = (file.furniture.faces, file.furniture.geometry);
        let (left, right) = geometry.full();
        let titles: Vec<Text> = annex
            .columns
            .iter()
            .map(|column| Text::of(faces, &column.title, HEAD, Reading::Words))
            .collect();
        let digits = cell(faces, "1,000,000", true).natural();
        let natural: Vec<f64> = titles
            .iter()
            .zip(&annex.columns)
            .enumerate()
            .map(|(place, (title, column))| {
                let cells = judged.iter().filter_map(|row| row.get(place));
                let cells = cells.map(|text| cell(faces, text, column.numeric).natural());
                // Numbers of later rows may be longer than those of the first.
                let least = if column.numeric { digits } else { 0.0 };
                cells.fold(title.natural().max(least), f64::max) + 0.5
            })
            .collect();
        let gaps = GAP * natural.len().saturating_sub(1) as f64;
        let needs = natural.iter().sum::<f64>() + gaps;
        let many = (1..=4_u8)
            .rev()
            .map(f64::from)
            .find(|many| needs * many + GUTTER * (many - 1.0) <= right - left)
            .unwrap_or(1.0);
        let band = (right - left - GUTTER * (many - 1.0)) / many;
        // Every column gets as much of what is left: rows to come may need it.
        let slack =
            (band - gaps - natural.iter().sum::<f64>()).max(0.0) / natural.len().max(1) as f64;
        let natural: Vec<f64> = natural.into_iter().map(|width| width + slack).collect();
        let widths = shared(&natural, &vec![0.0; natural.len()], band - gaps, 0);
        let bands = (0..many as usize).map(|place| {
            let mut x = left + place as f64 * (band + GUTTER);
            let edges = widths.iter().map(|width| {
                let from = x;
                x += width + GAP;
                (from, from + width)
            });
            edges.collect()
        });
        let bands = bands.collect();
        let titles: Vec<(Text, Lines)> = titles
            .into_iter()
            .zip(&widths)
            .map(|(title, width)| {
                let lines = title.lines(*width).into_iter().take(3).collect();
                (title, lines)
            })
            .collect();
        let tallest = titles
            .iter()
            .map(|(_, lines)| lines.len())
            .max()
            .unwrap_or(1);
        let look = style(Typeface::Strong, 10.0, INK);
        let again = format!("{} ({continued})", annex.caption);
        Self {
            bands,
            widths,
            caption: (
                Text::cut(faces, &annex.caption, look, right - left),
                Text::cut(faces, &again, Style { size: 8.0, ..look }, right - left),
            ),
            numeric: annex.columns.iter().map(|column| column.numeric).collect(),
            top: geometry.top + 20.0 + tallest as f64 * LEADING + 6.0,
            titles,
            geometry,
        }
    }
}

fn cell(faces: &'static Faces, text: &str, numeric: bool) -> Text {
    let reading = if numeric {
        Reading::Figures
    } else {
        Reading::Exact
    };
    Text::of(faces, text, BODY, reading)
}

/// The pages of an annex, one at a time.
struct Sheets<'a, 'b> {
    plan: &'a Plan,
    file: &'a mut File<'b>,
    ops: Vec<Op>,
    band: usize,
    y: f64,
    pages: usize,
}

impl Sheets<'_, '_> {
    fn begin(&mut self) {
        let plan = self.plan;
        let (left, _) = plan.geometry.full();
        let caption = if self.pages == 0 {
            &plan.caption.0
        } else {
            &plan.caption.1
        };
        caption.place(
            caption.all(),
            (left, plan.geometry.top + 8.0),
            &mut self.ops,
        );
        for edges in &plan.bands {
            for ((edge, (title, lines)), numeric) in
                edges.iter().zip(&plan.titles).zip(&plan.numeric)
            {
                for (place, line) in lines.iter().enumerate() {
                    let y = plan.geometry.top + 20.0 + LEADING * (place as f64 + 0.76);
                    if *numeric {
                        title.place_before(line.clone(), (edge.1, y), &mut self.ops);
                    } else {
                        title.place(line.clone(), (edge.0, y), &mut self.ops);
                    }
                }
            }
            if let (Some(first), Some(last)) = (edges.first(), edges.last()) {
                self.ops
                    .push(rule((first.0, last.1), plan.top - 3.5, 0.5, HAIR));
            }
        }
    }

    fn row(&mut self, row: &[String], number: u64) -> Result<(), Error> {
        let plan = self.plan;
        let faces = self.file.furniture.faces;
        let cells: Vec<(Text, Lines)> = row
            .iter()
            .zip(&plan.widths)
            .zip(&plan.numeric)
            .map(|((text, width), numeric)| {
                let text = cell(faces, text, *numeric);
                let lines = text.lines(*width);
                (text, lines)
            })
            .collect();
        let lines = cells
            .iter()
            .map(|(_, lines)| lines.len())
            .max()
            .unwrap_or(1);
        let height = lines as f64 * LEADING;
        let bottom = plan.geometry.bottom;
        // Whole, unless no band is high enough for it.
        if self.y + height > bottom && height <= bottom - plan.top {
            self.next()?;
        }
        for place in 0..lines {
            if self.y + LEADING > bottom {
                self.next()?;
            }
            let edges = plan
                .bands
                .get(self.band)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let y = self.y + LEADING * 0.76;
            for (((text, lines), edge), numeric) in cells.iter().zip(edges).zip(&plan.numeric) {
                if let Some(line) = lines.get(place) {
                    if *numeric {
                        text.place_before(line.clone(), (edge.1, y), &mut self.ops);
                    } else {
                        text.place(line.clone(), (edge.0, y), &mut self.ops);
                    }
                }
            }
            self.y += LEADING;
            // A line after every fifth row leads the eye.
            if place + 1 == lines
                && (number + 1).is_multiple_of(5)
                && let (Some(first), Some(last)) = (edges.first(), edges.last())
            {
                self.ops
                    .push(rule((first.0, last.1), self.y - 0.4, 0.25, FAINT));
            }
        }
        Ok(())
    }

    /// To the next band, or to the next page.
    fn next(&mut self) -> Result<(), Error> {
        self.band += 1;
        self.y = self.plan.top;
        if self.band >= self.plan.bands.len() {
            self.turn()?;
            self.begin();
        }
        Ok(())
    }

    fn turn(&mut self) -> Result<(), Error> {
        self.band = 0;
        self.pages += 1;
        self.file.loose_page(std::mem::take(&mut self.ops))
    }
}
