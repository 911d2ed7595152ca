//! Values to positions.

use model::Code;
use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::{Error, Map, Value, json};

/// Puts what went wrong into other words: the message and the hint of what has this code.
pub type Words<'w> = &'w dyn Fn(Code, &mut String, &mut String);

/// A value as JSON whose structs are lists and whose variants are numbers.
///
/// # Errors
/// Keys of a map that are not texts or numbers.
pub fn pack<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
    pack_in(value, &|_, _, _| {})
}

/// The same, with other words for every [`model::Failure`] and [`model::Problem`] in it, wherever it stands. It is done here because every
/// answer and every failure passes here, and nothing else does: what is stored, signed or compared keeps the words it had.
///
/// # Errors
/// As [`pack`].
pub fn pack_in<T: Serialize + ?Sized>(value: &T, words: Words<'_>) -> Result<Value, Error> {
    value.serialize(Packer(words))
}

struct Packer<'w>(Words<'w>);

/// A list under way: the items of a sequence, the fields of a struct. With a number it is the content of that variant.
struct List<'w> {
    items: Vec<Value>,
    variant: Option<u32>,
    words: Words<'w>,
    /// Of what goes wrong, where in the list what is told of it stands.
    wrong: Option<Wrong>,
}

/// Places of a code, its message and its hint.
#[derive(Default)]
struct Wrong {
    code: usize,
    message: usize,
    hint: usize,
}

impl<'w> List<'w> {
    fn new(variant: Option<u32>, len: usize, words: Words<'w>) -> Self {
        Self {
            items: Vec::with_capacity(len),
            variant,
            words,
            wrong: None,
        }
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.items.push(pack_in(value, self.words)?);
        Ok(())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        if let Some(wrong) = &mut self.wrong {
            match name {
                "code" => wrong.code = self.items.len(),
                "message" => wrong.message = self.items.len(),
                "hint" => wrong.hint = self.items.len(),
                _ => {}
            }
        }
        self.push(value)
    }

    fn told(
        &mut self,
        Wrong {
            code,
            message,
            hint,
        }: Wrong,
    ) -> Option<()> {
        let code = serde_json::from_value(self.items.get(code)?.clone()).ok()?;
        let text = |at: usize| Some(self.items.get(at)?.as_str()?.to_owned());
        let (mut said, mut advice) = (text(message)?, text(hint)?);
        (self.words)(code, &mut said, &mut advice);
        *self.items.get_mut(message)? = said.into();
        *self.items.get_mut(hint)? = advice.into();
        Some(())
    }

    fn done(mut self) -> Value {
        if let Some(wrong) = self.wrong.take() {
            // INVARIANT: both types have all three, the code by its name.
            let _ = self.told(wrong);
        }
        let items = Value::Array(self.items);
        match self.variant {
            None => items,
            Some(variant) => json!([variant, items]),
        }
    }
}

/// A map under way, and the key whose value comes next.
struct Entries<'w>(Map<String, Value>, String, Words<'w>);

impl<'w> Serializer for Packer<'w> {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = List<'w>;
    type SerializeTuple = List<'w>;
    type SerializeTupleStruct = List<'w>;
    type SerializeTupleVariant = List<'w>;
    type SerializeMap = Entries<'w>;
    type SerializeStruct = List<'w>;
    type SerializeStructVariant = List<'w>;

    fn serialize_bool(self, v: bool) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_i8(self, v: i8) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_i16(self, v: i16) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_i32(self, v: i32) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_i64(self, v: i64) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_u8(self, v: u8) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_u16(self, v: u16) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_u32(self, v: u32) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_u64(self, v: u64) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_f32(self, v: f32) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_f64(self, v: f64) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_char(self, v: char) -> Result<Value, Error> {
        Ok(v.to_string().into())
    }
    fn serialize_str(self, v: &str) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_bytes(self, v: &[u8]) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_none(self) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Error> {
        pack_in(value, self.0)
    }
    fn serialize_unit(self) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
    ) -> Result<Value, Error> {
        Ok(variant.into())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        pack_in(value, self.0)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        Ok(json!([variant, pack_in(value, self.0)?]))
    }
    fn serialize_seq(self, len: Option<usize>) -> Result<List<'w>, Error> {
        Ok(List::new(None, len.unwrap_or_default(), self.0))
    }
    fn serialize_tuple(self, len: usize) -> Result<List<'w>, Error> {
        Ok(List::new(None, len, self.0))
    }
    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<List<'w>, Error> {
        Ok(List::new(None, len, self.0))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        len: usize,
    ) -> Result<List<'w>, Error> {
        Ok(List::new(Some(variant), len, self.0))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'w>, Error> {
        Ok(Entries(Map::new(), String::new(), self.0))
    }
    fn serialize_struct(self, name: &'static str, len: usize) -> Result<List<'w>, Error> {
        let wrong = matches!(name, "Failure" | "Problem").then(Wrong::default);
        Ok(List {
            wrong,
            ..List::new(None, len, self.0)
        })
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        len: usize,
    ) -> Result<List<'w>, Error> {
        Ok(List::new(Some(variant), len, self.0))
    }
}

impl SerializeSeq for List<'_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.push(value)
    }
    fn end(self) -> Result<Value, Error> {
        Ok(self.done())
    }
}

impl SerializeTuple for List<'_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.push(value)
    }
    fn end(self) -> Result<Value, Error> {
        Ok(self.done())
    }
}

impl SerializeTupleStruct for List<'_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.push(value)
    }
    fn end(self) -> Result<Value, Error> {
        Ok(self.done())
    }
}

impl SerializeTupleVariant for List<'_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.push(value)
    }
    fn end(self) -> Result<Value, Error> {
        Ok(self.done())
    }
}

impl SerializeStruct for List<'_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.field(name, value)
    }
    // What is left out keeps its place.
    fn skip_field(&mut self, _: &'static str) -> Result<(), Error> {
        self.push(&())
    }
    fn end(self) -> Result<Value, Error> {
        Ok(self.done())
    }
}

impl SerializeStructVariant for List<'_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.push(value)
    }
    fn skip_field(&mut self, _: &'static str) -> Result<(), Error> {
        self.push(&())
    }
    fn end(self) -> Result<Value, Error> {
        Ok(self.done())
    }
}

impl SerializeMap for Entries<'_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.1 = match serde_json::to_value(key)? {
            Value::String(key) => key,
            Value::Number(key) => key.to_string(),
            _ => return Err(Error::custom("a key is a text or a number")),
        };
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = std::mem::take(&mut self.1);
        self.0.insert(key, pack_in(value, self.2)?);
        Ok(())
    }
    fn end(self) -> Result<Value, Error> {
        Ok(self.0.into())
    }
}
