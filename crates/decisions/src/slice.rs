//! Entity slices: the entities a decision may read, named by a digest of their content. The digest is SHA-256 over the
//! canonical JSON array of the entities, sorted by printed uid; each entity is `{"attrs","parents","tags","uid"}` with
//! `uid` and parents as `{"id","type"}`, parents sorted, `tags` left out when there are none. `omitted` names attributes and
//! tags that the entity has and that are not recorded, sorted; without it nothing is said about what is missing.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{canonical, uid};

/// One entity in the making, borrowed from a line of a log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entity<'a> {
    #[serde(borrow)]
    uid: &'a RawValue,
    #[serde(borrow, default)]
    attrs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    omitted: Option<Omitted<'a>>,
    #[serde(borrow, default)]
    parents: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    tags: Option<&'a RawValue>,
}

/// Names of what an entity has and the record does not carry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Omitted<'a> {
    #[serde(borrow, default)]
    attrs: BTreeSet<Cow<'a, str>>,
    #[serde(borrow, default)]
    tags: BTreeSet<Cow<'a, str>>,
}

impl Omitted<'_> {
    /// Appends its canonical form; nothing when a name is given, too.
    fn write(&self, entity: &Entity<'_>, out: &mut String) -> Option<()> {
        out.push_str(",\"omitted\":{");
        let kinds = [
            ("attrs", &self.attrs, entity.attrs),
            ("tags", &self.tags, entity.tags),
        ];
        let mut first = true;
        for (kind, names, given) in kinds {
            let given: BTreeMap<Cow<'_, str>, IgnoredAny> =
                serde_json::from_str(given.map_or("{}", RawValue::get)).ok()?;
            if names.iter().any(|name| given.contains_key(name)) {
                return None;
            }
            if names.is_empty() {
                continue;
            }
            if !first {
                out.push(',');
            }
            first = false;
            canonical::write_string(kind, out);
            out.push_str(":[");
            for (at, name) in names.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                canonical::write_string(name, out);
            }
            out.push(']');
        }
        out.push('}');
        Some(())
    }
}

/// The printed uid and the canonical JSON of one entity, or nothing when `json` is no entity.
#[must_use]
pub fn canonical_entity(json: &str) -> Option<(String, String)> {
    let entity: Entity<'_> = serde_json::from_str(json).ok()?;
    let printed = uid::from_json(entity.uid)?;
    let mut parents = entity
        .parents
        .iter()
        .map(|parent| uid::from_json(parent))
        .collect::<Option<Vec<_>>>()?;
    parents.sort_unstable();
    parents.dedup();

    let mut out = String::with_capacity(json.len());
    out.push_str("{\"attrs\":");
    write_record(entity.attrs, &mut out)?;
    if let Some(omitted) = &entity.omitted {
        omitted.write(&entity, &mut out)?;
    }
    out.push_str(",\"parents\":[");
    for (index, parent) in parents.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_uid(parent, &mut out)?;
    }
    out.push(']');
    let before_tags = out.len();
    out.push_str(",\"tags\":");
    write_record(entity.tags, &mut out)?;
    if out.ends_with(":{}") {
        out.truncate(before_tags);
    }
    out.push_str(",\"uid\":");
    write_uid(&printed, &mut out)?;
    out.push('}');
    Some((printed, out))
}

fn write_record(json: Option<&RawValue>, out: &mut String) -> Option<()> {
    let json = json.map_or("{}", RawValue::get);
    if !json.starts_with('{') {
        return None;
    }
    canonical::write(json, out).ok()
}

fn write_uid(printed: &str, out: &mut String) -> Option<()> {
    let (kind, id) = uid::parse(printed)?;
    out.push_str("{\"id\":");
    canonical::write_string(&id, out);
    out.push_str(",\"type\":");
    canonical::write_string(&kind, out);
    out.push('}');
    Some(())
}

/// The digest of a slice, given its entities' canonical JSON in order of their printed uids.
pub fn digest<'a>(entities: impl IntoIterator<Item = &'a str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"[");
    for (index, entity) in entities.into_iter().enumerate() {
        if index > 0 {
            hash.update(b",");
        }
        hash.update(entity.as_bytes());
    }
    hash.update(b"]");
    hash.finalize().into()
}

/// `sha256:` and 64 hexadecimal digits.
#[must_use]
pub fn digest_text(digest: &[u8; 32]) -> String {
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in digest {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

/// The inverse of [`digest_text`]; upper-case digits are read too.
#[must_use]
pub fn parse_digest(text: &str) -> Option<[u8; 32]> {
    let hex = text.strip_prefix("sha256:")?.as_bytes();
    if hex.len() != 64 {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(hex.chunks_exact(2)) {
        for &digit in pair {
            let nibble = char::from(digit).to_digit(16)?;
            *byte = *byte << 4 | u8::try_from(nibble).ok()?;
        }
    }
    Some(digest)
}

/// A slice in a table of distinct slices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The slice's name.
    pub digest: [u8; 32],
    /// Numbers of its entities in the table of entities, in order of their uids; nothing when the log names the digest
    /// but never gives the content.
    pub entities: Option<Box<[u32]>>,
}

/// The distinct slices of a log, in order of first mention.
#[derive(Default)]
pub(crate) struct Slices {
    pub(crate) list: Vec<Slice>,
    by_digest: HashMap<[u8; 32], u32>,
}

impl Slices {
    /// The number of the slice with this digest; its content is made when it is asked for and was not known before.
    pub(crate) fn intern(
        &mut self,
        digest: [u8; 32],
        entities: Option<impl FnOnce() -> Box<[u32]>>,
    ) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let number = *self.by_digest.entry(digest).or_insert(next);
        if number == next {
            self.list.push(Slice {
                digest,
                entities: entities.map(|make| make()),
            });
        } else if let Some(make) = entities
            && let Some(known) = usize::try_from(number)
                .ok()
                .and_then(|at| self.list.get_mut(at))
            && known.entities.is_none()
        {
            known.entities = Some(make());
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entity_has_one_text() {
        let plain = canonical_entity(
            r#"{"uid":{"type":"User","id":"al\"ice"},"attrs":{"b":1,"a":[]},"parents":[{"type":"T","id":"2"},{"type":"T","id":"1"}]}"#,
        );
        let odd = canonical_entity(
            r#"{ "parents": ["T::\"1\"", {"__entity":{"id":"2","type":"T"}}, "T::\"1\""], "tags": { }, "attrs":{"a":[ ],"b":1}, "uid":{"__entity":{"type":"User","id":"al\u0022ice"}} }"#,
        );
        assert_eq!(plain, odd);
        let (uid, text) = plain.unwrap();
        assert_eq!(uid, r#"User::"al\"ice""#);
        assert_eq!(
            text,
            r#"{"attrs":{"a":[],"b":1},"parents":[{"id":"1","type":"T"},{"id":"2","type":"T"}],"uid":{"id":"al\"ice","type":"User"}}"#
        );
    }

    #[test]
    fn refuses_what_is_no_entity() {
        for json in [
            "1",
            "{}",
            r#"{"uid":"alice"}"#,
            r#"{"uid":"U::\"a\"","attrs":[]}"#,
            r#"{"uid":"U::\"a\"","parents":["x"]}"#,
            r#"{"uid":"U::\"a\"","attrs":{"a":1,"a":2}}"#,
            r#"{"uid":"U::\"a\"","other":1}"#,
            r#"{"uid":"U::\"a\"","omitted":["a"]}"#,
            r#"{"uid":"U::\"a\"","omitted":{"parents":["a"]}}"#,
            r#"{"uid":"U::\"a\"","attrs":{"\u0061":1},"omitted":{"attrs":["a"]}}"#,
            r#"{"uid":"U::\"a\"","tags":{"a":1},"omitted":{"tags":["a"]}}"#,
        ] {
            assert_eq!(canonical_entity(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_omitted_is_part_of_the_text() {
        let (_, text) = canonical_entity(
            r#"{"uid":"U::\"a\"","attrs":{"c":1},"tags":{"a":1},"omitted":{"tags":["b"],"attrs":["b","a","b"]}}"#,
        )
        .unwrap();
        assert_eq!(
            text,
            r#"{"attrs":{"c":1},"omitted":{"attrs":["a","b"],"tags":["b"]},"parents":[],"tags":{"a":1},"uid":{"id":"a","type":"U"}}"#
        );
        assert_eq!(
            canonical_entity(&text).map(|(_, text)| text),
            Some(text.clone())
        );
        // That nothing is omitted says more than silence.
        let (_, all) = canonical_entity(r#"{"uid":"U::\"a\"","omitted":{}}"#).unwrap();
        assert_eq!(
            all,
            r#"{"attrs":{},"omitted":{},"parents":[],"uid":{"id":"a","type":"U"}}"#
        );
    }

    #[test]
    fn a_digest_survives_its_text() {
        let digest = digest(["{}"]);
        let text = digest_text(&digest);
        assert_eq!(parse_digest(&text), Some(digest));
        assert_eq!(
            parse_digest(&text.to_uppercase().replace("SHA", "sha")),
            Some(digest)
        );
        // echo -n '[{}]' | sha256sum
        assert_eq!(
            text,
            "sha256:e10808d43975dc400731053386849f864f297e6c4f7519c380f3dbaf7067a840"
        );
        for bad in ["", "sha256:", "sha256:zz", "md5:00"] {
            assert_eq!(parse_digest(bad), None);
        }
    }
}
