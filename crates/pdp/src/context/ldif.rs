//! LDIF, as directories export it (RFC 2849): entries apart by empty lines, `name: value`, `name:: base64`, a line that begins with a
//! space goes on. Values that are elsewhere (`name:< url`) and changes are refused.

use data_encoding::BASE64;
use serde_json::{Map, Value};

/// The entries of an export. A name with one value is a text, with several a list; names are as they are written first.
///
/// # Errors
/// In words, with the line.
pub(super) fn entries(text: &str) -> Result<Vec<Map<String, Value>>, String> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(rest), Some((_, before))) if !before.is_empty() => before.push_str(rest),
            _ => lines.push((at + 1, line.to_owned())),
        }
    }
    let mut all = Vec::new();
    let mut entry: Map<String, Value> = Map::new();
    for (number, line) in lines {
        if line.is_empty() {
            all.extend((!entry.is_empty()).then(|| std::mem::take(&mut entry)));
            continue;
        }
        if line.starts_with('#')
            || (entry.is_empty() && all.is_empty() && line.starts_with("version:"))
        {
            continue;
        }
        let wrong = |why: &str| format!("line {number}: {why}");
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| wrong("no `name: value`"))?;
        let value = if let Some(encoded) = value.strip_prefix(':') {
            let bytes = BASE64.decode(encoded.trim().as_bytes());
            let bytes = bytes.map_err(|_| wrong("no base64"))?;
            String::from_utf8(bytes).map_err(|_| wrong("the value is no text"))?
        } else if value.starts_with('<') {
            return Err(wrong("the value is elsewhere"));
        } else {
            value.trim().to_owned()
        };
        if name == "changetype" {
            return Err(wrong("changes are no export"));
        }
        match entry.get_mut(name) {
            None => drop(entry.insert(name.to_owned(), Value::from(value))),
            Some(Value::Array(values)) => values.push(Value::from(value)),
            Some(one) => *one = Value::Array(vec![one.take(), Value::from(value)]),
        }
    }
    all.extend((!entry.is_empty()).then_some(entry));
    Ok(all)
}
