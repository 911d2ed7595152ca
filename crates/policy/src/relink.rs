//! A link of a template as other files have it, in the text of the files: changed, taken out, or put in again. Its template comes along
//! where it is no longer there as it was.

use std::{ops::Range, sync::Arc};

use serde_json::{Map, Value, value::RawValue};

use crate::{
    FileKind, Files, PolicySet, kind, reading,
    set::{TemplateEntry, element_offset},
    text,
};

/// A file of links, and where each stands in it.
struct Written {
    file: String,
    text: String,
    links: Vec<(Map<String, Value>, Range<usize>)>,
}

impl Written {
    /// Nothing when it is no list of links.
    fn read(file: &str, content: &[u8]) -> Option<Self> {
        let text = str::from_utf8(content).ok()?;
        let raw: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        let read = |raw: &RawValue| {
            let at = element_offset(text, raw.get());
            let value = serde_json::from_str(raw.get()).ok()?;
            Some((value, at..at + raw.get().len()))
        };
        Some(Self {
            links: raw.into_iter().map(read).collect::<Option<_>>()?,
            file: file.to_owned(),
            text: text.to_owned(),
        })
    }

    /// The file that holds a link, and the link's number in it.
    fn of(files: &Files, id: &str) -> Option<(Self, usize)> {
        let links = files
            .iter()
            .filter(|(file, _)| kind(file) == Some(FileKind::Links));
        links
            .filter_map(|(file, content)| Self::read(file, content))
            .find_map(|written| {
                let is = |(link, _): &(Map<_, _>, _)| {
                    link.get("link_id").and_then(Value::as_str) == Some(id)
                };
                let at = written.links.iter().position(is)?;
                Some((written, at))
            })
    }

    /// With other text in place of some.
    fn with(mut self, range: Range<usize>, new: &str) -> (String, Arc<[u8]>) {
        self.text.replace_range(range, new);
        (self.file, self.text.into_bytes().into())
    }

    /// Without one of the links, and the comma that parts it from the others.
    fn without(self, at: usize) -> (String, Arc<[u8]>) {
        let range = |at: usize| self.links.get(at).map_or(0..0, |(_, range)| range.clone());
        let own = range(at);
        let gone = match (at, self.links.len()) {
            (0, 1) => own,
            (0, _) => own.start..range(1).start,
            _ => range(at - 1).end..own.end,
        };
        self.with(gone, "")
    }

    /// With one more link, behind the others.
    fn and(self, link: &str) -> (String, Arc<[u8]>) {
        match self.links.last() {
            Some((_, last)) => {
                let end = last.end;
                self.with(end..end, &format!(",\n  {link}"))
            }
            None => (self.file, format!("[\n  {link}\n]\n").into_bytes().into()),
        }
    }
}

/// The files with a link as `other` files have it: in its place, behind the links of its file, or gone. Nothing when it cannot be
/// done; what comes out is to be compiled and held against what was meant.
#[must_use]
pub fn relinked(files: &Files, other: &Files, id: &str) -> Option<Files> {
    let mut out = files.clone();
    let here = Written::of(files, id);
    let Some((there, at)) = Written::of(other, id) else {
        let (written, at) = here?;
        out.extend([written.without(at)]);
        return Some(out);
    };
    let (mut link, range) = there.links.get(at).cloned()?;
    let meant = link.get("template_id")?.as_str()?.to_owned();
    let template = with_template(&mut out, other, &meant)?;
    let raw = if template == meant {
        there.text.get(range)?.to_owned()
    } else {
        link.insert("template_id".to_owned(), template.into());
        Value::from(link).to_string()
    };
    let changed = match here {
        Some((written, at)) => {
            let range = written.links.get(at)?.1.clone();
            written.with(range, &raw)
        }
        None => {
            let content = files.get(&there.file).map_or(&b"[]"[..], |content| content);
            Written::read(&there.file, content)?.and(&raw)
        }
    };
    out.extend([changed]);
    Some(out)
}

/// Sees to it that the files have a template as `other` files have it, and says what it is called there: links of it that are not to
/// change may need another one of that name.
fn with_template(files: &mut Files, other: &Files, name: &str) -> Option<String> {
    let (there, _) = PolicySet::parse(other);
    let (here, _) = PolicySet::parse(files);
    let wanted = there.template(name)?;
    let digest = |template: &TemplateEntry| reading::digest(&template.ast, &[]);
    let numbered = (2..).map(|number| format!("{name} as it was {number}"));
    let mut names = [name.to_owned(), format!("{name} as it was")]
        .into_iter()
        .chain(numbered);
    names.find(|name| match here.template(name) {
        Some(template) if digest(template) == digest(wanted) => true,
        Some(_) => false,
        None if here.get(name).is_some() => false,
        None => {
            let file = &wanted.source.file;
            let mut text = files.get(file).map_or(Vec::new(), |text| text.to_vec());
            let written = other
                .get(file)
                .and_then(|content| str::from_utf8(content).ok())
                .and_then(|text| called(wanted, text, name));
            text.extend(format!("\n{}\n", written.unwrap_or_default()).into_bytes());
            files.insert(file.clone(), text.into());
            true
        }
    })
}

/// A template as it is written in the text of its file, under another id.
fn called(template: &TemplateEntry, file: &str, id: &str) -> Option<String> {
    let place = &template.source;
    let start = text::offset(file, place.line, place.column);
    let end = text::offset(file, place.end_line, place.end_column);
    let own = annotations_id(template).unwrap_or(start..start);
    let (before, after) = (file.get(start..own.start)?, file.get(own.end..end)?);
    let gap = if own.is_empty() { "\n" } else { "" };
    Some(format!(
        "{before}@id(\"{}\"){gap}{after}",
        id.escape_debug()
    ))
}

/// Where a template's `@id("…")` stands.
fn annotations_id(template: &TemplateEntry) -> Option<Range<usize>> {
    let mut all = template.ast.annotations_arc().iter();
    let (_, id) = all.find(|(name, _)| AsRef::<str>::as_ref(name) == "id")?;
    let loc = id.loc.as_ref()?;
    Some(loc.start()..loc.end())
}
