//! Positions to values, from whatever holds them: the interface has JavaScript's own values, a test has JSON.

use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer,
        MapAccess, SeqAccess, VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};

/// Reads a value that [`pack`](super::pack) wrote. What is not there reads as nought, nothing or empty: a packed value
/// is believed to be one, since both ends are built from the same types.
///
/// # Errors
/// Variants and characters that do not exist, numbers out of range: those of the node.
pub fn unpack<T: DeserializeOwned, N: Node>(node: N) -> Result<T, N::Error> {
    T::deserialize(Reader(node))
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
    /// A map.
    Map,
}

/// A value of JSON, however it is held. Asked for something that it is not, it answers with nought, nothing or empty.
pub trait Node: Sized {
    /// How a value that cannot be read is told. One that cannot exist leaves no code for it.
    type Error: de::Error;
    /// What it is.
    fn kind(&self) -> Kind;
    /// Yes or no.
    fn truth(&self) -> bool;
    /// The number.
    fn number(&self) -> f64;
    /// The text.
    fn text(&self) -> String;
    /// Number of items of the list.
    fn size(&self) -> u32;
    /// An item of the list.
    fn at(&self, index: u32) -> Self;
    /// Keys and values of the map.
    fn entries(&self) -> Vec<(String, Self)>;
}

struct Reader<N>(N);

impl<'de, N: Node> Deserializer<'de> for Reader<N> {
    type Error = N::Error;

    // Only for what has no type of its own.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        match self.0.kind() {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool => visitor.visit_bool(self.0.truth()),
            Kind::Number => {
                let number = self.0.number();
                if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0 {
                    visitor.visit_i64(number as i64)
                } else {
                    visitor.visit_f64(number)
                }
            }
            Kind::Text => visitor.visit_string(self.0.text()),
            Kind::List => self.deserialize_seq(visitor),
            Kind::Map => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_bool(self.0.truth())
    }
    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_u64(self.0.number() as u64)
    }
    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_u64(self.0.number() as u64)
    }
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_u64(self.0.number() as u64)
    }
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_u64(self.0.number() as u64)
    }
    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_i64(self.0.number() as i64)
    }
    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_i64(self.0.number() as i64)
    }
    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_i64(self.0.number() as i64)
    }
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_i64(self.0.number() as i64)
    }
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_f64(self.0.number())
    }
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_f64(self.0.number())
    }
    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_string(self.0.text())
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_string(self.0.text())
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_string(self.0.text())
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        match self.0.kind() {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_unit()
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, N::Error> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        let end = self.0.size();
        visitor.visit_seq(Items {
            list: self.0,
            next: 0,
            end,
        })
    }
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, N::Error> {
        visitor.visit_seq(Fields {
            list: self.0,
            next: 0,
        })
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, N::Error> {
        self.deserialize_tuple(len, visitor)
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, N::Error> {
        self.deserialize_tuple(fields.len(), visitor)
    }
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, N::Error> {
        visitor.visit_map(Entries {
            rest: self.0.entries().into_iter(),
            value: None,
        })
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, N::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! { bytes byte_buf unit_struct identifier ignored_any }
}

/// Items of a list whose length tells when it ends.
struct Items<N> {
    list: N,
    next: u32,
    end: u32,
}

impl<'de, N: Node> SeqAccess<'de> for Items<N> {
    type Error = N::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, N::Error> {
        if self.next == self.end {
            return Ok(None);
        }
        let item = self.list.at(self.next);
        self.next += 1;
        seed.deserialize(Reader(item)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some((self.end - self.next) as usize)
    }
}

/// Fields of a struct, whose reader knows when it ends.
struct Fields<N> {
    list: N,
    next: u32,
}

impl<'de, N: Node> SeqAccess<'de> for Fields<N> {
    type Error = N::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, N::Error> {
        let field = self.list.at(self.next);
        self.next += 1;
        seed.deserialize(Reader(field)).map(Some)
    }
}

struct Entries<N> {
    rest: std::vec::IntoIter<(String, N)>,
    value: Option<N>,
}

impl<'de, N: Node> MapAccess<'de> for Entries<N> {
    type Error = N::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, N::Error> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, N::Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(Reader(value)),
            None => seed.deserialize(().into_deserializer()),
        }
    }
}

impl<'de, N: Node> EnumAccess<'de> for Reader<N> {
    type Error = N::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), N::Error> {
        let (variant, content) = match self.0.kind() {
            Kind::Number => (self.0.number(), self.0),
            _ => (self.0.at(0).number(), self.0.at(1)),
        };
        let variant = seed.deserialize((variant as u32).into_deserializer())?;
        Ok((variant, Self(content)))
    }
}

impl<'de, N: Node> VariantAccess<'de> for Reader<N> {
    type Error = N::Error;

    fn unit_variant(self) -> Result<(), N::Error> {
        Ok(())
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, N::Error> {
        seed.deserialize(self)
    }
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, N::Error> {
        self.deserialize_tuple(len, visitor)
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, N::Error> {
        self.deserialize_tuple(fields.len(), visitor)
    }
}
