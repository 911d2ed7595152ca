//! The members of a JSON object as they are written, each once. Readers that keep the last of two members of one name see another
//! request than readers that keep the first, so such an object is none here.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::Error;

/// Members in the order in which they are written.
pub(crate) struct Members<'j>(Vec<(Cow<'j, str>, &'j RawValue)>);

impl<'j> Members<'j> {
    pub fn read(json: &'j str) -> Result<Self, serde_json::Error> {
        if json.is_empty() {
            return Ok(Self(Vec::new()));
        }
        serde_json::from_str(json)
    }

    pub fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| wanted(name));
    }
}

impl fmt::Display for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (at, (name, value)) in self.0.iter().enumerate() {
            let name = serde_json::to_string(name).map_err(|_| fmt::Error)?;
            write!(f, "{}{name}:{value}", if at > 0 { "," } else { "" })?;
        }
        f.write_str("}")
    }
}

/// One JSON object with the members of another laid over it; an empty text is an empty object.
///
/// # Errors
/// [`Error::Request`] when one of them is no object, or has a member twice.
pub fn laid_over(below: &str, above: &str) -> Result<String, Error> {
    let read = |json| {
        Members::read(json).map_err(|error| Error::Request(format!("cannot be read: {error}")))
    };
    let (mut all, above) = (read(below)?, read(above)?);
    all.retain(|name| !above.0.iter().any(|(other, _)| other == name));
    all.0.extend(above.0);
    Ok(all.to_string())
}

impl<'j> Deserialize<'j> for Members<'j> {
    fn deserialize<D: Deserializer<'j>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Reader)
    }
}

/// A name that is borrowed where it is written plainly.
#[derive(Deserialize)]
struct Name<'j>(#[serde(borrow)] Cow<'j, str>);

struct Reader;

impl<'j> Visitor<'j> for Reader {
    type Value = Members<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Members<'j>, A::Error> {
        let mut members: Vec<(Cow<'j, str>, &'j RawValue)> = Vec::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            if members.iter().any(|(known, _)| *known == name) {
                return Err(A::Error::custom(format!("`{name}` is given twice")));
            }
            members.push((name, value));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_laid_over_each_other_or_are_none() {
        let laid = |below, above| laid_over(below, above).map_err(|error| error.to_string());
        assert_eq!(laid("", "").unwrap(), "{}");
        assert_eq!(
            laid(r#"{"a":1,"b\n":[1.50,{}],"c":"x"}"#, r#" {"a" : null} "#).unwrap(),
            r#"{"b\n":[1.50,{}],"c":"x","a":null}"#
        );
        for bad in [
            "[]",
            "{",
            "1",
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":1}}"#,
        ] {
            assert!(laid(bad, "").is_err() && laid("", bad).is_err(), "{bad}");
        }
    }
}
