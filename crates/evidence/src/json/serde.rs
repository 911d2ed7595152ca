//! Values to and from the types of others, without a text between.

use serde::{
    Deserializer, Serialize, Serializer,
    de::{IntoDeserializer as _, Visitor, value},
    forward_to_deserialize_any,
};

use super::{MAX_INTEGER, Value};

/// The whole number a double is, if it is one that an unsigned or signed integer holds.
enum Whole {
    Positive(u64),
    Negative(i64),
}

fn whole(number: f64) -> Option<Whole> {
    if number.fract() != 0.0 || number.abs() >= 9_223_372_036_854_775_808.0 {
        return None;
    }
    // INVARIANT: within the range of both types, and without fraction.
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    let signed = number as i64;
    Some(u64::try_from(signed).map_or(Whole::Negative(signed), Whole::Positive))
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => match whole(*number) {
                Some(Whole::Positive(whole)) if whole <= MAX_INTEGER => {
                    serializer.serialize_u64(whole)
                }
                Some(Whole::Negative(whole)) if whole.unsigned_abs() <= MAX_INTEGER => {
                    serializer.serialize_i64(whole)
                }
                _ => serializer.serialize_f64(*number),
            },
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl<'de> Deserializer<'de> for &'de Value {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match whole(*number) {
                Some(Whole::Positive(whole)) => visitor.visit_u64(whole),
                Some(Whole::Negative(whole)) => visitor.visit_i64(whole),
                None => visitor.visit_f64(*number),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(elements) => {
                let mut elements = value::SeqDeserializer::new(elements.iter());
                let read = visitor.visit_seq(&mut elements)?;
                elements.end()?;
                Ok(read)
            }
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.as_str(), value));
                let mut members = value::MapDeserializer::new(members);
                let read = visitor.visit_map(&mut members)?;
                members.end()?;
                Ok(read)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Value::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self {
            Value::String(text) => {
                let variant: value::StrDeserializer<'_, Self::Error> =
                    text.as_str().into_deserializer();
                variant.deserialize_enum(name, variants, visitor)
            }
            other => other.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> serde::de::IntoDeserializer<'de, value::Error> for &'de Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Limits, parse, to_canonical};
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Yes,
        No,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        text: String,
        number: u64,
        below: i64,
        maybe: Option<bool>,
        none: Option<String>,
        list: Vec<BTreeMap<String, Word>>,
    }

    #[test]
    fn a_value_reads_like_its_text() {
        let all = All {
            text: "é\n\"".into(),
            number: (1 << 53) - 1,
            below: -7,
            maybe: Some(true),
            none: None,
            list: vec![BTreeMap::from([
                ("a".into(), Word::Yes),
                ("b".into(), Word::No),
            ])],
        };
        let text = serde_json::to_vec(&all).unwrap();
        let value = parse(&text, Limits::ANY).unwrap();
        assert_eq!(All::deserialize(&value).unwrap(), all);
        assert_eq!(to_canonical(&value).unwrap(), value.canonical());
        for (from, to) in [
            ("-7", "1.5"),
            ("\"yes\"", "\"maybe\""),
            ("\"yes\"", "1"),
            ("9007199254740991", "-1"),
            ("9007199254740991", "\"1\""),
            ("\"text\"", "\"texts\""),
        ] {
            let bad = String::from_utf8(text.clone())
                .unwrap()
                .replacen(from, to, 1);
            let value = parse(bad.as_bytes(), Limits::ANY).unwrap();
            assert!(All::deserialize(&value).is_err(), "{to}");
            assert!(serde_json::from_str::<All>(&bad).is_err(), "{to}");
        }
    }
}
