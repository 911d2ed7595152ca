//! Pages as a PDF, object by object, each given away as soon as it is complete. Objects are numbered in the order in which they are
//! asked for, nothing depends on time or chance, and what is known only at the end (how many pages, the content hash, which characters
//! were used) lies in objects of its own that every page names.

use std::{collections::BTreeMap, io};

use pdf_writer::{
    Chunk, Content, Date, Filter, Finish as _, Name, Rect, Ref, Str, TextStr,
    types::{ActionType, AnnotationType, AssociationKind, OutlineItemFlags, PageMode},
    writers::Annotation,
};

use crate::{
    Annex, Error, LAYOUT, annex,
    carry::{self, STATEMENT, Statement},
    check::Part,
    face::{Faces, Typeface},
    fonts::{self, Used, folded},
    layout::Geometry,
    paginate::Furniture,
    sheet::{Color, Entry, Op, Place, Target},
};

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

/// An attachment as it lies in the file.
struct Attached {
    name: String,
    stream: Ref,
    spec: Ref,
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
        let mut content = self.content(&ops, height);
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

    /// The operators of a page or of what pages share.
    fn content(&mut self, ops: &[Op], height: f64) -> Content {
        let mut content = Content::new();
        let mut font: Option<(Typeface, f64)> = None;
        let (mut fill, mut stroke): (Option<Color>, Option<Color>) = (None, None);
        let at = |(x, y): (f64, f64)| (near(x), near(height - y));
        for op in ops {
            match op {
                Op::Text {
                    at: point,
                    style,
                    glyphs,
                } => {
                    filled(&mut content, &mut fill, style.color);
                    content.begin_text();
                    if font != Some((style.typeface, style.size)) {
                        font = Some((style.typeface, style.size));
                        content
                            .set_font(Name(font_name(style.typeface).as_bytes()), near(style.size));
                    }
                    let (x, y) = at(*point);
                    content.next_line(x, y);
                    let used = self.used.entry(style.typeface).or_default();
                    let mut shown = content.show_positioned();
                    let mut items = shown.items();
                    let mut run: Vec<u8> = Vec::with_capacity(glyphs.len() * 2);
                    for glyph in glyphs {
                        run.extend(used.code(glyph).to_be_bytes());
                        if glyph.kern != 0.0 {
                            items.show(Str(&run)).adjust(near(-glyph.kern));
                            run.clear();
                        }
                    }
                    if !run.is_empty() {
                        items.show(Str(&run));
                    }
                    items.finish();
                    shown.finish();
                    content.end_text();
                }
                Op::Line {
                    points,
                    width,
                    color,
                } => {
                    if stroke != Some(*color) {
                        stroke = Some(*color);
                        let [r, g, b] = color.map(part);
                        content.set_stroke_rgb(r, g, b);
                    }
                    content.set_line_width(near(*width));
                    path(&mut content, points.iter().copied().map(at));
                    content.stroke();
                }
                Op::Fill { points, color } => {
                    filled(&mut content, &mut fill, *color);
                    path(&mut content, points.iter().copied().map(at));
                    content.close_path().fill_nonzero();
                }
                Op::Circle {
                    center,
                    radius,
                    color,
                } => {
                    filled(&mut content, &mut fill, *color);
                    circle(&mut content, at(*center), near(*radius));
                }
                Op::Link { .. } | Op::Pages { .. } => {}
            }
        }
        content
    }

    /// What stands in the foot of every page and is known when all are there.
    fn feet(&mut self, statement: &Statement, hash: &str) -> Result<(), Error> {
        let mut tail = Vec::new();
        self.furniture.tail(self.pages.len(), &mut tail);
        let mut foot = Vec::new();
        self.furniture
            .hash(&statement.document.furniture.hash, hash, &mut foot);
        let Geometry { width, height, .. } = self.furniture.geometry;
        for (id, ops, height, bounds) in [
            (TAIL, tail, 0.0, Rect::new(-2.0, -4.0, 160.0, 12.0)),
            (
                HASH,
                foot,
                height,
                Rect::new(0.0, 0.0, near(width), near(height)),
            ),
        ] {
            let data = folded(self.content(&ops, height).finish().as_slice())?;
            let mut chunk = Chunk::new();
            let mut form = chunk.form_xobject(id, &data);
            form.filter(Filter::FlateDecode);
            form.bbox(bounds);
            let mut resources = form.resources();
            let mut list = resources.fonts();
            for typeface in self.used.keys() {
                list.pair(Name(font_name(*typeface).as_bytes()), font_ref(*typeface));
            }
            list.finish();
            resources.finish();
            form.finish();
            self.object(Part::Structure, id, &chunk)?;
        }
        Ok(())
    }

    fn fonts(&mut self) -> Result<(), Error> {
        let faces = self.furniture.faces;
        for (typeface, used) in std::mem::take(&mut self.used) {
            if used.is_empty() {
                continue;
            }
            let mut next = self.next;
            let mut written: Vec<(Ref, Chunk)> = Vec::new();
            fonts::write(
                faces,
                typeface,
                &used,
                font_ref(typeface),
                || {
                    next += 1;
                    Ref::new(next - 1)
                },
                |id, chunk| {
                    written.push((id, chunk.clone()));
                    Ok(())
                },
            )?;
            self.next = next;
            for (id, chunk) in written {
                self.object(Part::Fonts, id, &chunk)?;
            }
            self.used.insert(typeface, Used::default());
        }
        Ok(())
    }

    /// Headings as a tree; says whether there are any.
    fn outline(&mut self, entries: &[Entry]) -> Result<bool, Error> {
        if entries.is_empty() {
            return Ok(false);
        }
        let ids: Vec<Ref> = entries.iter().map(|_| self.new_id()).collect();
        // For each entry: its parent, and the children of each.
        let mut children: BTreeMap<Ref, Vec<usize>> = BTreeMap::new();
        let mut parents = Vec::new();
        let mut open: Vec<(u8, Ref)> = Vec::new();
        for (place, (entry, id)) in entries.iter().zip(&ids).enumerate() {
            while open.last().is_some_and(|(level, _)| *level >= entry.level) {
                open.pop();
            }
            let parent = open.last().map_or(OUTLINE, |(_, id)| *id);
            parents.push(parent);
            children.entry(parent).or_default().push(place);
            open.push((entry.level, *id));
        }
        let ends = |id: &Ref| {
            let list = children.get(id)?;
            Some((
                *ids.get(*list.first()?)?,
                *ids.get(*list.last()?)?,
                list.len(),
            ))
        };
        let mut chunk = Chunk::new();
        if let Some((first, last, _)) = ends(&OUTLINE) {
            chunk
                .outline(OUTLINE)
                .first(first)
                .last(last)
                .count(count(entries.len()));
        }
        self.object(Part::Structure, OUTLINE, &chunk)?;
        for (place, ((entry, id), parent)) in entries.iter().zip(&ids).zip(&parents).enumerate() {
            let siblings = children.get(parent).map(Vec::as_slice).unwrap_or_default();
            let own = siblings
                .iter()
                .position(|sibling| *sibling == place)
                .unwrap_or_default();
            let sibling = |own: Option<usize>| own.and_then(|own| ids.get(*siblings.get(own)?));
            let mut chunk = Chunk::new();
            let mut item = chunk.outline_item(*id);
            item.title(TextStr(&entry.text)).parent(*parent);
            if let Some(id) = sibling(own.checked_sub(1)) {
                item.prev(*id);
            }
            if let Some(id) = sibling(own.checked_add(1)) {
                item.next(*id);
            }
            if let Some((first, last, many)) = ends(id) {
                item.first(first).last(last).count(count(many));
            }
            if entry.level == 1 {
                item.flags(OutlineItemFlags::empty());
            }
            let (page, y): Place = entry.at;
            if let Some(page) = self.pages.get(page) {
                item.dest().page(*page).xyz(
                    0.0,
                    near(self.furniture.geometry.height - y + 12.0),
                    None,
                );
            }
            item.finish();
            self.object(Part::Structure, *id, &chunk)?;
        }
        Ok(true)
    }

    /// The document as data, the bundle, the rows of annexes.
    fn files(
        &mut self,
        statement: &Statement,
        text: &[u8],
        attachment: Option<&[u8]>,
        annexes: &[Vec<u8>],
    ) -> Result<Vec<Attached>, Error> {
        let mut all = vec![(
            STATEMENT.to_owned(),
            statement.document.title.clone(),
            Part::Document,
            folded(text)?,
            true,
            "application/json",
        )];
        if let (Some(listed), Some(bytes)) = (&statement.attachment, attachment) {
            let (name, description) = (listed.name.clone(), listed.description.clone());
            all.push((
                name,
                description,
                Part::Attachment,
                bytes.to_vec(),
                false,
                "application/octet-stream",
            ));
        }
        for (place, (listed, csv)) in statement.annexes.iter().zip(annexes).enumerate() {
            let (name, caption) = (carry::annex_name(place), listed.caption.clone());
            all.push((
                name,
                caption,
                Part::Annex(place),
                csv.clone(),
                true,
                "text/csv",
            ));
        }
        let mut attached = Vec::new();
        for (name, description, part, bytes, folded, kind) in all {
            let (stream, spec) = (self.new_id(), self.new_id());
            let mut chunk = Chunk::new();
            let mut embedded = chunk.embedded_file(stream, &bytes);
            if folded {
                embedded.filter(Filter::FlateDecode);
            }
            embedded.subtype(Name(kind.as_bytes()));
            embedded.params().modification_date(date(statement.date));
            embedded.finish();
            self.object(part, stream, &chunk)?;
            let mut chunk = Chunk::new();
            let mut file = chunk.file_spec(spec);
            file.path(Str(name.as_bytes()))
                .unic_file(TextStr(&name))
                .embedded_file(stream);
            if !description.is_empty() {
                file.description(TextStr(&description));
            }
            file.association_kind(if part == Part::Attachment {
                AssociationKind::Supplement
            } else {
                AssociationKind::Source
            });
            file.finish();
            self.object(part, spec, &chunk)?;
            attached.push(Attached { name, stream, spec });
        }
        Ok(attached)
    }

    fn catalog(
        &mut self,
        statement: &Statement,
        outlined: bool,
        files: &[Attached],
    ) -> Result<(), Error> {
        let document = &statement.document;
        let mut chunk = Chunk::new();
        let mut catalog = chunk
            .indirect(CATALOG)
            .start::<pdf_writer::writers::Catalog<'_>>();
        catalog.pages(PAGES).lang(TextStr(&document.language));
        catalog.viewer_preferences().display_doc_title(true);
        if outlined {
            catalog.outlines(OUTLINE).page_mode(PageMode::UseOutlines);
        }
        let mut names: Vec<&Attached> = files.iter().collect();
        names.sort_by(|a, b| a.name.cmp(&b.name));
        let mut list = catalog.names();
        let mut tree = list.embedded_files();
        let mut entries = tree.names();
        for file in names {
            entries.insert(Str(file.name.as_bytes()), file.spec);
        }
        entries.finish();
        tree.finish();
        list.finish();
        let mut associated = catalog.insert(Name(b"AF")).array();
        for file in files {
            associated.item(file.spec);
        }
        associated.finish();
        catalog.finish();
        self.object(Part::Structure, CATALOG, &chunk)?;

        let Geometry { width, height, .. } = self.furniture.geometry;
        let mut chunk = Chunk::new();
        let mut pages = chunk.pages(PAGES);
        pages
            .kids(self.pages.iter().copied())
            .count(count(self.pages.len()));
        pages.media_box(Rect::new(0.0, 0.0, near(width), near(height)));
        let mut resources = pages.resources();
        let mut fonts = resources.fonts();
        for typeface in self.used.keys() {
            fonts.pair(Name(font_name(*typeface).as_bytes()), font_ref(*typeface));
        }
        fonts.finish();
        let mut forms = resources.x_objects();
        forms.pair(Name(b"Tail"), TAIL).pair(Name(b"Hash"), HASH);
        forms.finish();
        resources.finish();
        pages.finish();
        self.object(Part::Structure, PAGES, &chunk)?;

        let mut chunk = Chunk::new();
        let mut info = chunk
            .indirect(INFO)
            .start::<pdf_writer::writers::DocumentInfo<'_>>();
        info.title(TextStr(&document.title))
            .subject(TextStr(&document.subtitle));
        if !statement.author.is_empty() {
            info.author(TextStr(&statement.author));
        }
        info.creator(TextStr("Trust Fabric Studio"));
        info.producer(TextStr(&format!("Trust Fabric Studio, layout {LAYOUT}")));
        info.creation_date(date(statement.date))
            .modified_date(date(statement.date));
        info.finish();
        self.object(Part::Structure, INFO, &chunk)
    }

    /// The table of objects, and where to begin reading.
    fn end(mut self, hash: &str, files: &[Attached]) -> Result<(), Error> {
        let table = self.at;
        let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", self.next);
        for id in 1..self.next {
            match self.offsets.get(&id) {
                Some(offset) => end.push_str(&format!("{offset:010} 00000 n \n")),
                // A number that was kept for what is not there.
                None => end.push_str("0000000000 65535 f \n"),
            }
        }
        let id = hash.get(..32).unwrap_or(hash);
        let carried: Vec<String> = files
            .iter()
            .map(|file| format!("{} 0 R", file.stream.get()))
            .collect();
        end.push_str(&format!(
            "trailer\n<<\n/Size {}\n/Root {} 0 R\n/Info {} 0 R\n/ID [<{id}> <{id}>]\n/ContentHash ({hash})\n/Carried [{}]\n>>\nstartxref\n{table}\n%%EOF\n",
            self.next,
            CATALOG.get(),
            INFO.get(),
            carried.join(" "),
        ));
        self.put(Part::Structure, 0, end.as_bytes())
    }
}

/// A number as it is written: hundredths of a point are finer than any printer.
fn near(value: f64) -> f32 {
    ((value * 100.0).round() / 100.0) as f32
}

fn part(color: u8) -> f32 {
    (f32::from(color) / 255.0 * 1000.0).round() / 1000.0
}

fn count(many: usize) -> i32 {
    i32::try_from(many).unwrap_or(i32::MAX)
}

fn filled(content: &mut Content, fill: &mut Option<Color>, color: Color) {
    if *fill != Some(color) {
        *fill = Some(color);
        let [r, g, b] = color.map(part);
        content.set_fill_rgb(r, g, b);
    }
}

fn path(content: &mut Content, points: impl Iterator<Item = (f32, f32)>) {
    for (place, (x, y)) in points.enumerate() {
        if place == 0 {
            content.move_to(x, y);
        } else {
            content.line_to(x, y);
        }
    }
}

fn circle(content: &mut Content, (x, y): (f32, f32), r: f32) {
    // What a quarter of a circle takes as a Bézier curve.
    let k = r * 0.552_284_8;
    content
        .move_to(x + r, y)
        .cubic_to(x + r, y + k, x + k, y + r, x, y + r)
        .cubic_to(x - k, y + r, x - r, y + k, x - r, y)
        .cubic_to(x - r, y - k, x - k, y - r, x, y - r)
        .cubic_to(x + k, y - r, x + r, y - k, x + r, y)
        .close_path()
        .fill_nonzero();
}

/// A moment in UTC; one beyond the years that PDF can say becomes the last or first of them.
fn date(milliseconds: i64) -> Date {
    let seconds = milliseconds.div_euclid(1000).clamp(0, 253_402_300_799);
    let moment = time::OffsetDateTime::from_unix_timestamp(seconds)
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    Date::new(u16::try_from(moment.year()).unwrap_or(1970))
        .month(u8::from(moment.month()))
        .day(moment.day())
        .hour(moment.hour())
        .minute(moment.minute())
        .second(moment.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
