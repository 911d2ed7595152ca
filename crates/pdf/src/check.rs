//! Is a file what it says it is? It is written again from what it carries and compared while that is done, object by object.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{
    Annex, Error, LAYOUT,
    carry::{self, Carried, Found, Objects},
    file::{self, Sink},
};

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The document as data, which the content hash is of.
    Document,
    /// The bundle of evidence.
    Attachment,
    /// The rows of an annex, from 0.
    Annex(usize),
    /// A page, from 1: what it shows, and its links.
    Page(usize),
    /// All pages, where none can be judged.
    Pages,
    /// The letters' shapes.
    Fonts,
    /// Everything else: title, outline, the foot of the pages, the table of objects.
    Structure,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => f.write_str("document"),
            Self::Attachment => f.write_str("attachment"),
            Self::Annex(place) => write!(f, "annex {}", place + 1),
            Self::Page(number) => write!(f, "page {number}"),
            Self::Pages => f.write_str("pages"),
            Self::Fonts => f.write_str("fonts"),
            Self::Structure => f.write_str("structure"),
        }
    }
}

/// What is known of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is as it was written.
    Holds,
    /// It was changed.
    Differs,
    /// The file was set by another layout than this program's, which cannot say how it should look.
    NotChecked,
}

/// What a file carries, and which parts of it hold.
#[derive(Clone, Debug)]
pub struct Check {
    /// What it carries.
    pub carried: Carried,
    /// The layout it was set by; this program's is [`LAYOUT`].
    pub layout: u32,
    /// Every part once, in order.
    pub parts: BTreeMap<Part, State>,
}

impl Check {
    /// Whether every part holds, so that the file is, byte for byte, what this program writes from what it carries.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.parts.values().all(|state| *state == State::Holds)
    }
}

/// Holds a file against what it carries.
///
/// That everything holds says: these bytes are what this program makes of this document and this bundle. It does not say who made
/// them; the content hash does, where somebody signed it (a receipt), and the bundle does for the facts.
///
/// # Errors
/// When it cannot be read what the file carries: as [`crate::read`].
pub fn check(bytes: &[u8]) -> Result<Check, Error> {
    let found = carry::find(bytes)?;
    let mut parts: BTreeMap<Part, State> = BTreeMap::new();
    let holds = |held: bool| if held { State::Holds } else { State::Differs };
    let hash = carry::hash(&found.bytes);
    let trailer = bytes.get(found.objects.table..).unwrap_or_default();
    let named = format!("/ContentHash ({hash})");
    let named = trailer
        .windows(named.len())
        .any(|window| window == named.as_bytes());
    let exact = found
        .statement
        .bytes()
        .is_ok_and(|again| again == found.bytes);
    parts.insert(Part::Document, holds(named && exact));
    if let (Some(listed), Some(attachment)) = (&found.statement.attachment, &found.attachment) {
        parts.insert(
            Part::Attachment,
            holds(carry::hash(attachment) == listed.sha256),
        );
    }
    let annexes = found.statement.annexes.iter().zip(&found.annexes);
    for (place, (listed, csv)) in annexes.enumerate() {
        let digest = carry::hex(&Sha256::digest(csv));
        parts.insert(Part::Annex(place), holds(digest == listed.sha256));
    }
    if found.statement.layout == LAYOUT {
        compare(bytes, &found, &mut parts)?;
    } else {
        parts.insert(Part::Pages, State::NotChecked);
        parts.insert(Part::Fonts, State::NotChecked);
        parts.insert(Part::Structure, State::NotChecked);
    }
    Ok(Check {
        carried: found.carried(),
        layout: found.statement.layout,
        parts,
    })
}

/// Compares what would be written with what is there.
struct Comparison<'a> {
    bytes: &'a [u8],
    objects: &'a Objects,
    parts: &'a mut BTreeMap<Part, State>,
    /// Where the next byte would be, if all before were equal.
    at: usize,
    equal: bool,
}

impl Sink for Comparison<'_> {
    fn put(&mut self, part: Part, id: i32, bytes: &[u8]) -> Result<(), Error> {
        let there = |at: usize| self.bytes.get(at..at.saturating_add(bytes.len())) == Some(bytes);
        let in_place = there(self.at);
        self.equal &= in_place;
        self.at = self.at.saturating_add(bytes.len());
        let offset = if id == 0 {
            None
        } else {
            self.objects.offset(id)
        };
        // Where everything moved, an object is looked for where the file says it is.
        let same = in_place || offset.is_some_and(there);
        let state = if same { State::Holds } else { State::Differs };
        let known = self.parts.entry(part).or_insert(State::Holds);
        if state == State::Differs {
            *known = State::Differs;
        }
        Ok(())
    }
}

fn compare(bytes: &[u8], found: &Found, parts: &mut BTreeMap<Part, State>) -> Result<(), Error> {
    let mut comparison = Comparison {
        bytes,
        objects: &found.objects,
        parts,
        at: 0,
        equal: true,
    };
    let mut readers: Vec<_> = found.annexes.iter().map(|csv| rows(csv)).collect();
    let mut annexes: Vec<Annex<'_>> = found
        .statement
        .annexes
        .iter()
        .zip(&mut readers)
        .map(|(listed, rows)| Annex {
            caption: listed.caption.clone(),
            columns: listed.columns.clone(),
            rows,
        })
        .collect();
    let attachment = found.attachment.as_deref();
    file::write(
        &found.statement,
        attachment,
        &mut annexes,
        &mut comparison,
        &mut |_| true,
    )?;
    let whole = comparison.equal && comparison.at == bytes.len();
    // A byte that no part owns, as one after the end.
    if !whole && parts.values().all(|state| *state == State::Holds) {
        parts.insert(Part::Structure, State::Differs);
    }
    Ok(())
}

fn rows(csv: &[u8]) -> impl Iterator<Item = Vec<String>> {
    let reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    let rows = reader.into_byte_records().map_while(Result::ok);
    rows.map(|row| {
        row.iter()
            .map(|cell| String::from_utf8_lossy(cell).into_owned())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, carry::Statement, sample};

    #[test]
    fn pages_of_another_layout_are_not_judged() {
        let document = sample::report("en", 0);
        let mut statement = Statement::new(&document, &Options::default()).unwrap();
        statement.layout = LAYOUT + 1;
        let mut bytes = Vec::new();
        let mut sink = file::Stream(&mut bytes);
        file::write(&statement, None, &mut [], &mut sink, &mut |_| true).unwrap();
        let check = check(&bytes).unwrap();
        assert_eq!((check.layout, check.holds()), (LAYOUT + 1, false));
        let parts: Vec<String> = check
            .parts
            .iter()
            .map(|(part, state)| format!("{part}: {state:?}"))
            .collect();
        assert_eq!(
            parts,
            [
                "document: Holds",
                "pages: NotChecked",
                "fonts: NotChecked",
                "structure: NotChecked"
            ]
        );
    }
}
