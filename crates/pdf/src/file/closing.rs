//! What is known when all pages are written, and therefore stands behind them.

use std::collections::BTreeMap;

use pdf_writer::{
    Chunk, Date, Filter, Finish as _, Name, Rect, Ref, Str, TextStr,
    types::{AssociationKind, OutlineItemFlags, PageMode},
};

use super::{
    CATALOG, File, HASH, INFO, OUTLINE, PAGES, TAIL,
    content::{self, near},
    font_name, font_ref,
};
use crate::{
    Error, LAYOUT,
    carry::{self, STATEMENT, Statement},
    check::Part,
    fonts::{self, Used, folded},
    layout::Geometry,
    sheet::{Entry, Place},
};

/// An attachment as it lies in the file.
pub(super) struct Attached {
    name: String,
    stream: Ref,
    spec: Ref,
}

impl File<'_> {
    /// What stands in the foot of every page and is known when all are there.
    pub(super) fn feet(&mut self, statement: &Statement, hash: &str) -> Result<(), Error> {
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
            let data = folded(
                content::write(&ops, height, &mut self.used)
                    .finish()
                    .as_slice(),
            )?;
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

    pub(super) fn fonts(&mut self) -> Result<(), Error> {
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
    pub(super) fn outline(&mut self, entries: &[Entry]) -> Result<bool, Error> {
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
    pub(super) fn files(
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

    pub(super) fn catalog(
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
    pub(super) fn end(mut self, hash: &str, files: &[Attached]) -> Result<(), Error> {
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

fn count(many: usize) -> i32 {
    i32::try_from(many).unwrap_or(i32::MAX)
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
