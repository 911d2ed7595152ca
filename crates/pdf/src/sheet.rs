//! What a page is before it is bytes: strokes and texts at points, from the upper left corner. [`crate::file`] writes them as PDF,
//! [`crate::svg`] as SVG, and neither adds anything.

use std::collections::BTreeMap;

use crate::face::Typeface;

/// Red, green, blue.
pub(crate) type Color = [u8; 3];

pub(crate) const INK: Color = [0x1c, 0x20, 0x24];
pub(crate) const QUIET: Color = [0x5b, 0x63, 0x6b];
pub(crate) const HAIR: Color = [0xc4, 0xc9, 0xce];
pub(crate) const FAINT: Color = [0xe4, 0xe7, 0xea];
pub(crate) const TINT: Color = [0xf5, 0xf6, 0xf7];
pub(crate) const LINK: Color = [0x1d, 0x4f, 0x91];
pub(crate) const LOST: Color = [0xb8, 0x74, 0x1a];
pub(crate) const CAUTION: Color = [0x8a, 0x55, 0x0f];
pub(crate) const RISK: Color = [0xb3, 0x26, 0x1e];
pub(crate) const VERIFIED: Color = [0x2b, 0x74, 0x49];

/// How letters look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub typeface: Typeface,
    pub size: f64,
    pub color: Color,
}

/// A glyph of a run of text. Widths are in thousandths of its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Glyph {
    pub id: u16,
    pub c: char,
    /// As the face has it.
    pub width: f64,
    /// What kerning adds after it.
    pub kern: f64,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// A place of the same file.
    Anchor(String),
    /// An address outside.
    Address(String),
}

/// A mark on a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// Glyphs in one style; the point is the start of their base line.
    Text {
        at: (f64, f64),
        style: Style,
        glyphs: Vec<Glyph>,
    },
    Line {
        points: Vec<(f64, f64)>,
        width: f64,
        color: Color,
    },
    Fill {
        points: Vec<(f64, f64)>,
        color: Color,
    },
    Circle {
        center: (f64, f64),
        radius: f64,
        color: Color,
    },
    /// A rectangle that leads somewhere.
    Link {
        from: (f64, f64),
        to: (f64, f64),
        target: Target,
    },
    /// The numbers of the pages where these places are, ending at this point; known when all pages are.
    Pages {
        at: (f64, f64),
        style: Style,
        anchors: Vec<String>,
        /// Whether each number leads there.
        linked: bool,
    },
}

/// A box.
pub(crate) fn rectangle((left, top): (f64, f64), (right, bottom): (f64, f64), color: Color) -> Op {
    Op::Fill {
        points: vec![(left, top), (right, top), (right, bottom), (left, bottom)],
        color,
    }
}

/// A level line.
pub(crate) fn rule((left, right): (f64, f64), y: f64, width: f64, color: Color) -> Op {
    Op::Line {
        points: vec![(left, y), (right, y)],
        width,
        color,
    }
}

impl Op {
    /// The same, farther down.
    pub(crate) fn lowered(mut self, by: f64) -> Self {
        match &mut self {
            Self::Text { at, .. } | Self::Pages { at, .. } => at.1 += by,
            Self::Line { points, .. } | Self::Fill { points, .. } => {
                points.iter_mut().for_each(|(_, y)| *y += by);
            }
            Self::Circle { center, .. } => center.1 += by,
            Self::Link { from, to, .. } => {
                from.1 += by;
                to.1 += by;
            }
        }
        self
    }
}

/// A page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    pub ops: Vec<Op>,
}

/// Where something stands: page, from 0, and how far down.
pub(crate) type Place = (usize, f64);

/// An entry of the outline.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub level: u8,
    pub text: String,
    pub at: Place,
}

/// All pages of a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheets {
    pub pages: Vec<Sheet>,
    pub anchors: BTreeMap<String, Place>,
    pub outline: Vec<Entry>,
}
