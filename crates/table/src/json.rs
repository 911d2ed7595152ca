//! JSON: an array with one object a line, whose keys stand in the order of the columns; every object has all of them.

use std::io::{self, Write};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::{Cell, Column, Error, Table};

struct Object<'a>(&'a [Column], &'a [Cell]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (column, cell) in self.0.iter().zip(self.1) {
            map.serialize_entry(column.name, cell)?;
        }
        map.end()
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Nothing => serializer.serialize_unit(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Number(number) => serializer.serialize_u64(*number),
            Cell::Flag(flag) => serializer.serialize_bool(*flag),
            Cell::List(names) => names.serialize(serializer),
        }
    }
}

pub fn write(table: Table<'_>, out: &mut dyn Write) -> Result<u64, Error> {
    out.write_all(b"[")?;
    let mut before = "\n";
    let count = table.each(|columns, row| {
        out.write_all(before.as_bytes())?;
        before = ",\n";
        serde_json::to_writer(&mut *out, &Object(columns, row)).map_err(io::Error::from)
    })?;
    out.write_all(b"\n]\n")?;
    out.flush()?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{Form, Kind, tests::written};

    #[test]
    fn keys_stand_in_the_order_of_the_columns_and_none_is_missing() {
        let columns = [("who", Kind::Text), ("by", Kind::List), ("at", Kind::Text)];
        let rows = vec![vec!["ada".into(), vec!["a".to_owned()].into()]];
        let text = written(Table::of(&columns, rows), Form::Json);
        assert_eq!(text, "[\n{\"who\":\"ada\",\"by\":[\"a\"],\"at\":null}\n]\n");
        let none = written(Table::of(&columns, Vec::new()), Form::Json);
        assert_eq!(serde_json::from_str::<Value>(&none).unwrap(), json!([]));
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(rows in prop::collection::vec((".{0,9}", any::<u64>(), prop::collection::vec(".{0,4}", 0..3)), 0..20)) {
            let columns = [("text", Kind::Text), ("count", Kind::Number), ("names", Kind::List)];
            let cells = rows.iter().map(|(text, count, names)| vec![text.as_str().into(), (*count).into(), names.clone().into()]);
            let text = written(Table::of(&columns, cells.collect()), Form::Json);
            let expected: Vec<Value> = rows.iter().map(|(text, count, names)| json!({"text": text, "count": count, "names": names})).collect();
            prop_assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap(), expected);
        }
    }
}
