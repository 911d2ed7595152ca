//! An entity as a log recorded it, which may be less than there was: it says what it omits, or lacks what the schema requires. Whether
//! an edit that asks for such an attribute chooses the entity is then not known.

use drift::type_of;
use serde_json::Value;

use super::{
    Mask,
    edit::{Edit, attribute},
    hierarchy::parents,
};
use crate::{select::Vocabulary, value};

/// An entity as a slice has it.
pub(super) struct Recorded {
    pub(super) uid: String,
    pub(super) json: Value,
    pub(super) parents: Vec<String>,
    /// The edits that choose it, whatever it is in.
    pub(super) mask: Mask,
    /// Those of which that is not known.
    pub(super) maybe: Mask,
}

impl Recorded {
    pub(super) fn read(json: &str, edits: &[Edit<'_>], known: &Vocabulary<'_>) -> Option<Self> {
        let json: Value = serde_json::from_str(json).ok()?;
        let uid = value::comparable(json.get("uid")?).as_str()?.to_owned();
        let mut it = Self {
            uid,
            parents: parents(&json),
            json,
            mask: 0,
            maybe: 0,
        };
        for (at, edit) in edits.iter().enumerate() {
            let lacks = |name: &str| {
                let silent = it.json.get("omitted").is_none();
                omits(&it.json, name) || (silent && it.requires(known, name))
            };
            match edit.chooses(&it.uid, &it.json, lacks) {
                Some(true) => it.mask |= 1 << at,
                Some(false) => {}
                None => it.maybe |= 1 << at,
            }
        }
        Some(it)
    }

    /// Every entity of its type has this attribute.
    pub(super) fn requires(&self, known: &Vocabulary<'_>, name: &str) -> bool {
        attribute(known, type_of(&self.uid), name).is_ok_and(|(_, required)| required)
    }
}

/// A record says of an attribute that it does not carry it.
pub(super) fn omits(json: &Value, name: &str) -> bool {
    let names = json
        .get("omitted")
        .and_then(|omitted| omitted.get("attrs"))
        .and_then(Value::as_array);
    names.is_some_and(|names| names.iter().any(|it| it == name))
}
