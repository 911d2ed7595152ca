//! Pages as a PDF, object by object, each given away as soon as it is complete. Objects are numbered in the order in which they are
//! asked for, nothing depends on time or chance, and what is known only at the end (how many pages, the content hash, which characters
//! were used) lies in objects of its own that every page names.

mod closing;
mod content;

use std::{collections::BTreeMap, io};

use pdf_writer::{
    Chunk, Filter, Finish as _, Name, Rect, Ref, Str,
    types::{ActionType, AnnotationType},
    writers::Annotation,
};

use crate::{
    Annex, Error, annex,
    carry::{self, Statement},
    check::Part,
    face::{Faces, Typeface},
    fonts::{Used, folded},
    layout::Geometry,
    paginate::Furniture,
    sheet::{Entry, Op, Target},
};
use content::near;

pub(crate) const HEADER: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

/// Takes what is written, part by part. Objects are numbered from 1; 0 is what lies around them.
pub(crate) trait Sink {
    fn put(&mut self, part: Part, id: i32, bytes: &[u8]) -> Result<(), Error>;
}

/// Bytes one after another.
pub(crate) struct Stream<'a>(pub &'a mut dyn io::Write);

impl Sink for Stream<'_> {
    fn put(&mut self, _: Part, _: i32, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.0.write_all(bytes)?)
    }
}

/// The objects that every file has, by their numbers.
const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);
const TAIL: Ref = Ref::new(4);
const HASH: Ref = Ref::new(5);
const OUTLINE: Ref = Ref::new(6);
const FONTS: i32 = 7;
const FREE: i32 = FONTS + Typeface::ALL.len() as i32;

/// A file that is being written.
pub(crate) struct File<'a> {
    sink: &'a mut dyn Sink,
    at: u64,
    next: i32,
    offsets: BTreeMap<i32, u64>,
    used: BTreeMap<Typeface, Used>,
    pages: Vec<Ref>,
    pub furniture: Furniture,
}

fn font_name(typeface: Typeface) -> String {
    format!("F{}", typeface as u8)
}

fn font_ref(typeface: Typeface) -> Ref {
    Ref::new(FONTS + typeface as i32)
}

/// Writes everything.
pub(crate) fn write(
    statement: &Statement,
    attachment: Option<&[u8]>,
    annexes: &mut [Annex<'_>],
    sink: &mut dyn Sink,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<(), Error> {
    let faces = Faces::get().ok_or(Error::Fonts)?;
    let mut statement = statement.clone();
    let geometry = Geometry::of(statement.paper);
    let sheets = crate::set(faces, geometry, &statement.document);
    let mut file = File {
        sink,
        at: 0,
        next: FREE,
        offsets: BTreeMap::new(),
        used: BTreeMap::new(),
        pages: Vec::new(),
        furniture: Furniture {
            faces,
            geometry,
            title: statement.document.title.clone(),
            page: statement.document.furniture.page.clone(),
        },
    };
    file.put(Part::Structure, 0, HEADER)?;
    let ids: Vec<Ref> = sheets.pages.iter().map(|_| file.new_id()).collect();
    let places: BTreeMap<&String, (Ref, f64)> = sheets
        .anchors
        .iter()
        .filter_map(|(name, at)| Some((name, (*ids.get(at.0)?, at.1))))
        .collect();
    for (sheet, id) in sheets.pages.into_iter().zip(&ids) {
        file.page(*id, sheet.ops, &|name| places.get(name).copied())?;
        if !go_on(0) {
            return Err(Error::Cancelled);
        }
    }
    let mut outline = sheets.outline;
    let mut carried = Vec::new();
    let mut before = 0;
    statement.annexes.clear();
    for annex in annexes.iter_mut() {
        outline.push(Entry {
            level: 1,
            text: annex.caption.clone(),
            at: (file.pages.len(), geometry.top),
        });
        let continued = &statement.document.furniture.continued;
        let done = annex::write(annex, continued, &mut file, &mut |rows| {
            go_on(before + rows)
        })?;
        before += done.listed.rows;
        statement.annexes.push(done.listed);
        carried.push(done.csv);
    }
    let text = statement.bytes()?;
    let hash = carry::hash(&text);
    file.feet(&statement, &hash)?;
    file.fonts()?;
    let outlined = file.outline(&outline)?;
    let files = file.files(&statement, &text, attachment, &carried)?;
    file.catalog(&statement, outlined, &files)?;
    file.end(&hash, &files)
}

impl File<'_> {
    fn new_id(&mut self) -> Ref {
        let id = Ref::new(self.next);
        self.next += 1;
        id
    }

    fn put(&mut self, part: Part, id: i32, bytes: &[u8]) -> Result<(), Error> {
        if id > 0 {
            self.offsets.insert(id, self.at);
        }
        self.at += bytes.len() as u64;
        self.sink.put(part, id, bytes)
    }

    fn object(&mut self, part: Part, id: Ref, chunk: &Chunk) -> Result<(), Error> {
        self.put(part, id.get(), chunk.as_bytes())
    }

    /// A page of its own, without links.
    pub(crate) fn loose_page(&mut self, ops: Vec<Op>) -> Result<(), Error> {
        let id = self.new_id();
        self.page(id, ops, &|_| None)
    }

    fn page(
        &mut self,
        id: Ref,
        mut ops: Vec<Op>,
        place: &dyn Fn(&String) -> Option<(Ref, f64)>,
    ) -> Result<(), Error> {
        let number = self.pages.len() + 1;
        self.pages.push(id);
        let height = self.furniture.geometry.height;
        let (x, y) = self.furniture.page(number, &mut ops);
        let mut content = content::write(&ops, height, &mut self.used);
        content.save_state();
        content.transform([1.0, 0.0, 0.0, 1.0, near(x), near(height - y)]);
        content.x_object(Name(b"Tail")).restore_state();
        content.x_object(Name(b"Hash"));
        let data = folded(content.finish().as_slice())?;
        let stream = self.new_id();
        let part = Part::Page(number);
        let mut chunk = Chunk::new();
        chunk.stream(stream, &data).filter(Filter::FlateDecode);
        self.object(part, stream, &chunk)?;

        let mut chunk = Chunk::new();
        let mut page = chunk.page(id);
        page.parent(PAGES).contents(stream);
        let mut links = ops
            .iter()
            .filter_map(|op| match op {
                Op::Link { from, to, target } => Some((*from, *to, target)),
                _ => None,
            })
            .peekable();
        if links.peek().is_some() {
            let mut list = page.insert(Name(b"Annots")).array();
            for (from, to, target) in links {
                let rect = Rect::new(
                    near(from.0),
                    near(height - to.1),
                    near(to.0),
                    near(height - from.1),
                );
                let mut link = list.push().start::<Annotation<'_>>();
                link.subtype(AnnotationType::Link)
                    .rect(rect)
                    .border(0.0, 0.0, 0.0, None);
                match target {
                    Target::Address(address) => {
                        link.action()
                            .action_type(ActionType::Uri)
                            .uri(Str(address.as_bytes()));
                    }
                    Target::Anchor(name) => {
                        if let Some((page, y)) = place(name) {
                            let mut action = link.action();
                            action.action_type(ActionType::GoTo);
                            action
                                .destination()
                                .page(page)
                                .xyz(0.0, near(height - y + 12.0), None);
                        }
                    }
                }
            }
            list.finish();
        }
        page.finish();
        self.object(part, id, &chunk)
    }
}
