//! Rows on pages: what has to stay together does, tables begin again with their head, and notes stand beside what they prove.

use crate::{
    face::{Faces, Typeface},
    layout::{Geometry, Row, style},
    sheet::{Entry, HAIR, Op, Place, QUIET, Sheet, Sheets, Target, rule},
    text::{Reading, Text},
};

/// Puts rows on pages.
pub(crate) fn pages(rows: Vec<Row>, geometry: &Geometry) -> Sheets {
    let mut pages = Pages::new(*geometry);
    let mut rows = rows.into_iter().peekable();
    let mut group: Vec<Row> = Vec::new();
    while let Some(row) = rows.next() {
        let goes_on = row.keep && rows.peek().is_some();
        group.push(row);
        if !goes_on {
            pages.together(std::mem::take(&mut group));
        }
    }
    pages.done()
}

struct Pages {
    geometry: Geometry,
    sheets: Sheets,
    sheet: Sheet,
    /// Notes of this page that come after their block: who copies a paragraph gets no notes among its lines.
    margin: Vec<Op>,
    y: f64,
    /// Where the column of notes is free.
    free: f64,
    /// Notes that had no room on their page.
    waiting: Vec<Row>,
}

impl Pages {
    fn new(geometry: Geometry) -> Self {
        Self {
            geometry,
            sheets: Sheets::default(),
            sheet: Sheet::default(),
            margin: Vec::new(),
            y: geometry.top,
            free: geometry.top,
            waiting: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.y <= self.geometry.top
    }

    /// Rows that belong on one page, when a page has room for them.
    fn together(&mut self, rows: Vec<Row>) {
        let mut height = 0.0;
        for (place, row) in rows.iter().enumerate() {
            height += row.height;
            if place > 0 || !self.is_empty() {
                height += row.before;
            }
        }
        // What stands beside a row needs room as well, if the page is not to end with notes that lost their text.
        let beside: f64 = rows
            .iter()
            .flat_map(|row| &row.notes)
            .map(|note| note.height + note.before)
            .sum();
        let start = if rows.iter().any(|row| row.wide) {
            self.y.max(self.free)
        } else {
            self.y
        };
        let room = self.geometry.bottom - start;
        let crowded = beside > self.geometry.bottom - self.free.max(self.y) && room < 120.0;
        if (height > room || crowded) && !self.is_empty() {
            self.turn();
        }
        for row in rows {
            self.row(row);
        }
    }

    fn row(&mut self, row: Row) {
        let before = if self.is_empty() { 0.0 } else { row.before };
        let top = if row.wide {
            self.y.max(self.free)
        } else {
            self.y
        };
        if top + before + row.height > self.geometry.bottom && !self.is_empty() {
            self.turn();
            return self.row(row);
        }
        if self.is_empty()
            && let Some(head) = &row.head
        {
            head.iter().for_each(|row| self.put(row.clone()));
        }
        self.put(row);
    }

    fn put(&mut self, row: Row) {
        if row.wide {
            self.y = self.y.max(self.free);
        }
        if !self.is_empty() {
            self.y += row.before;
        }
        let at: Place = (self.sheets.pages.len(), self.y);
        if !row.anchors.is_empty() {
            self.sheet.ops.append(&mut self.margin);
        }
        for anchor in row.anchors {
            self.sheets.anchors.entry(anchor).or_insert(at);
        }
        if let Some((level, text)) = row.outline {
            self.sheets.outline.push(Entry { level, text, at });
        }
        let y = self.y;
        self.sheet
            .ops
            .extend(row.ops.into_iter().map(|op| op.lowered(y)));
        self.y += row.height;
        if row.wide {
            self.free = self.free.max(self.y);
        }
        self.notes(row.notes, y);
    }

    fn notes(&mut self, notes: Vec<Row>, beside: f64) {
        let height: f64 = notes.iter().map(|note| note.height + note.before).sum();
        // As near as there is room: lower than its text only below other notes, higher only above the foot of the page.
        let fits = self.geometry.bottom - height;
        let mut y = beside.min(fits).max(self.free);
        for note in notes {
            if y + note.height > self.geometry.bottom || !self.waiting.is_empty() {
                self.waiting.push(note);
                continue;
            }
            y += note.before;
            self.margin
                .extend(note.ops.into_iter().map(|op| op.lowered(y)));
            y += note.height;
            self.free = y + 5.0;
        }
    }

    fn turn(&mut self) {
        self.sheet.ops.append(&mut self.margin);
        self.sheets.pages.push(std::mem::take(&mut self.sheet));
        self.y = self.geometry.top;
        self.free = self.geometry.top;
        let waiting = std::mem::take(&mut self.waiting);
        self.notes(waiting, self.geometry.top);
    }

    fn done(mut self) -> Sheets {
        self.turn();
        while !self.waiting.is_empty() {
            self.turn();
        }
        // Notes that waited for a page of their own have one now.
        if !self.margin.is_empty() {
            self.turn();
        }
        self.sheets
    }
}

impl Sheets {
    /// Writes the numbers of pages where they were left open.
    pub(crate) fn number(&mut self, faces: &'static Faces) {
        let anchors = &self.anchors;
        for sheet in &mut self.pages {
            let mut ops = Vec::with_capacity(sheet.ops.len());
            for op in std::mem::take(&mut sheet.ops) {
                match op {
                    Op::Pages {
                        at,
                        style,
                        anchors: of,
                        linked,
                    } => {
                        let mut found: Vec<(usize, &String)> = of
                            .iter()
                            .filter_map(|anchor| Some((anchors.get(anchor)?.0 + 1, anchor)))
                            .collect();
                        found.sort();
                        found.dedup_by_key(|(page, _)| *page);
                        let many = found.len();
                        let mut text = Text::new(faces);
                        for (place, (page, anchor)) in found.into_iter().take(8).enumerate() {
                            if place > 0 {
                                text.push(", ", style, Reading::Figures, None);
                            }
                            let target = linked.then(|| Target::Anchor(anchor.clone()));
                            text.push(&page.to_string(), style, Reading::Figures, target);
                        }
                        if many > 8 {
                            text.push("\u{2026}", style, Reading::Words, None);
                        }
                        text.place_before(text.all(), at, &mut ops);
                    }
                    op => ops.push(op),
                }
            }
            sheet.ops = ops;
        }
    }
}

/// What stands on every page of its own: the running title, and the words around the page's number.
pub(crate) struct Furniture {
    pub faces: &'static Faces,
    pub geometry: Geometry,
    pub title: String,
    /// "Page {page} of {pages}".
    pub page: String,
}

/// Where the foot stands.
pub(crate) const FOOT: f64 = 40.0;

/// How the foot looks.
pub(crate) const SMALL: crate::sheet::Style = style(Typeface::Regular, 7.6, QUIET);

impl Furniture {
    /// The words before the page's number, between the two, and after.
    fn words(&self) -> (&str, &str, &str) {
        let split = self.page.split_once("{page}");
        let parts = split.and_then(|(before, rest)| {
            let (between, after) = rest.split_once("{pages}")?;
            Some((before, between, after))
        });
        // Where the language has them the other way round, numbers alone are understood.
        parts.unwrap_or(("", " / ", ""))
    }

    /// Head and foot of a page; what follows its number is the same everywhere ([`Furniture::tail`]) and stands at the point
    /// that is returned.
    pub(crate) fn page(&self, number: usize, ops: &mut Vec<Op>) -> (f64, f64) {
        let (left, right) = self.geometry.full();
        let y = self.geometry.height - FOOT;
        if number > 1 {
            let title = Text::cut(self.faces, &self.title, SMALL, right - left);
            title.place(title.all(), (left, 44.0), ops);
            ops.push(rule((left, right), 52.0, 0.4, HAIR));
        }
        ops.push(rule((left, right), y - 13.0, 0.4, HAIR));
        let (before, between, _) = self.words();
        let text = format!("{before}{number}{between}");
        let text = Text::of(self.faces, &text, SMALL, Reading::Words);
        let x = text.place(text.all(), (self.geometry.notes.0, y), ops);
        (x, y)
    }

    /// What follows the page's number: how many there are. Starts at nought.
    pub(crate) fn tail(&self, pages: usize, ops: &mut Vec<Op>) {
        let text = format!("{pages}{}", self.words().2);
        let text = Text::of(self.faces, &text, SMALL, Reading::Words);
        text.place(text.all(), (0.0, 0.0), ops);
    }

    /// The hash at the left of the foot.
    pub(crate) fn hash(&self, name: &str, hash: &str, ops: &mut Vec<Op>) {
        let (left, _) = self.geometry.full();
        let y = self.geometry.height - FOOT;
        let name = Text::cut(self.faces, name, SMALL, 90.0);
        let x = name.place(name.all(), (left, y), ops);
        let mono = style(Typeface::Mono, 6.6, QUIET);
        let hash = Text::of(self.faces, hash, mono, Reading::Exact);
        hash.place(hash.all(), (x + 5.0, y), ops);
    }
}

#[cfg(test)]
mod tests;
