//! Of a workspace's entities, those that some decisions can look at. A decision begins at its request and at the entities that
//! policies name, and gets no further than attributes, tags and parents lead. Names in policies are looked for in their text;
//! whoever packs decisions makes them with what is left, and takes everything where that would change one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use model::Request;
use policy::{FileKind, Files};
use serde_json::Value;

type Name = (String, String);

/// The name an object gives: `{"type": …, "id": …}`, as the format writes all of them.
fn name(value: &Value) -> Option<Name> {
    let text = |member: &str| Some(value.get(member)?.as_str()?.to_owned());
    Some((text("type")?, text("id")?))
}

/// All names in a value.
fn names(value: &Value, found: &mut Vec<Name>) {
    found.extend(name(value));
    match value {
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        Value::Object(members) => members.values().for_each(|member| names(member, found)),
        _ => {}
    }
}

/// The name in `User::"ana"`.
fn parsed(text: &str) -> Option<Name> {
    let (kind, id) = text.split_once("::\"")?;
    // Escapes are rare in ids; whoever uses them gets all entities.
    Some((kind.to_owned(), id.strip_suffix('"')?.to_owned()))
}

/// The entity itself.
fn own(entity: &Value) -> Option<Name> {
    let uid = entity.get("uid")?;
    name(uid.get("__entity").unwrap_or(uid))
}

/// A list of entities, if a file is one.
fn list(file: &str, content: &[u8]) -> Option<Vec<Value>> {
    if policy::kind(file) != Some(FileKind::Entities) {
        return None;
    }
    serde_json::from_slice(content).ok()
}

/// Both sides' files with the entities that requests can lead to, and no others. Files that cannot be read stay as they are.
pub(crate) fn needed<'a>(
    sides: [&Files; 2],
    requests: impl Iterator<Item = &'a Request>,
) -> [Files; 2] {
    let mut leads: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
    let mut texts = String::new();
    for (file, content) in sides.into_iter().flatten() {
        for entity in list(file, content).iter().flatten() {
            if let Some(own) = own(entity) {
                names(entity, leads.entry(own).or_default());
            }
        }
        if matches!(
            policy::kind(file),
            Some(FileKind::Policies | FileKind::Links)
        ) {
            // In links, quotes are escaped.
            texts += &String::from_utf8_lossy(content).replace("\\\"", "\"");
            texts.push('\n');
        }
    }
    let mut open: Vec<Name> = Vec::new();
    for request in requests {
        let ends = [&request.principal, &request.action, &request.resource];
        open.extend(ends.into_iter().filter_map(|text| parsed(text)));
        for value in request.context.values() {
            names(value, &mut open);
        }
    }
    let spoken_of = |(kind, id): &&Name| texts.contains(&format!("{kind}::\"{id}\""));
    open.extend(leads.keys().filter(spoken_of).cloned());
    let mut reached = BTreeSet::new();
    while let Some(next) = open.pop() {
        if !reached.contains(&next) {
            open.extend(leads.get(&next).into_iter().flatten().cloned());
            reached.insert(next);
        }
    }
    sides.map(|files| {
        let less = |(file, content): (&String, &Arc<[u8]>)| {
            let Some(mut list) = list(file, content) else {
                return (file.clone(), Arc::clone(content));
            };
            list.retain(|entity| own(entity).is_none_or(|own| reached.contains(&own)));
            // One a line, for people.
            let lines: Vec<_> = list.iter().map(Value::to_string).collect();
            let text = format!("[\n{}\n]\n", lines.join(",\n"));
            (file.clone(), text.into_bytes().into())
        };
        files.iter().map(less).collect()
    })
}
