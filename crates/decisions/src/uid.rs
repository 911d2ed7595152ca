//! Entity ids in the one spelling Cedar prints: `Type::"id"`, namespaces joined by `::`, the id escaped as Cedar's
//! `Display` escapes it. Logs spell them in many ways (spaces, other escapes, JSON objects); two spellings of one entity
//! must not count as two.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The JSON spellings of an entity id that are objects. One plain struct: trying one shape after the other costs an error
/// for each id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    __entity: Option<&'a RawValue>,
}

/// The printed form of an entity id given as JSON: a string `Type::"id"`, `{"type","id"}` or `{"__entity":{"type","id"}}`.
pub(crate) fn from_json(raw: &RawValue) -> Option<String> {
    let json = raw.get();
    if json.starts_with('"') {
        return plain_json(json).or_else(|| normalize(&serde_json::from_str::<String>(json).ok()?));
    }
    match serde_json::from_str(json).ok()? {
        Object {
            kind: None,
            id: None,
            __entity: Some(inner),
        } => match serde_json::from_str(inner.get()).ok()? {
            Object {
                kind: Some(kind),
                id: Some(id),
                __entity: None,
            } => print(&kind, &id),
            _ => None,
        },
        Object {
            kind: Some(kind),
            id: Some(id),
            __entity: None,
        } => print(&kind, &id),
        _ => None,
    }
}

/// The common case without parsing twice: `"Type::\"id\""` with a plain id.
fn plain_json(json: &str) -> Option<String> {
    let inner = json.strip_prefix('"')?.strip_suffix("\\\"\"")?;
    let (kind, id) = inner.split_once("::\\\"")?;
    (is_type(kind) && is_plain(id)).then(|| format!("{kind}::\"{id}\""))
}

/// The printed form of an entity id given as text, or nothing when it is none.
#[must_use]
pub fn normalize(text: &str) -> Option<String> {
    let (kind, id) = parse(text)?;
    print(&kind, &id)
}

/// The printed form of an entity given as type and id.
#[must_use]
pub fn print(kind: &str, id: &str) -> Option<String> {
    if !is_type(kind) {
        return None;
    }
    Some(if is_plain(id) {
        format!("{kind}::\"{id}\"")
    } else {
        format!("{kind}::\"{}\"", id.escape_debug())
    })
}

/// Type and id (unescaped) of an entity id given as text.
pub fn parse(text: &str) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let text = text.trim();
    let quote = text.find('"')?;
    let (path, quoted) = text.split_at(quote);
    let path = path.trim_end().strip_suffix("::")?;
    let kind = if is_type(path) {
        Cow::Borrowed(path)
    } else {
        let parts: Vec<&str> = path.split("::").map(str::trim).collect();
        Cow::Owned(parts.join("::"))
    };
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if !is_type(&kind) {
        return None;
    }
    Some((kind, unescape(inner)?))
}

/// Ids that Cedar prints as they are: printable ASCII without quotes and backslash.
fn is_plain(id: &str) -> bool {
    id.bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\'' | b'\\'))
}

fn is_type(path: &str) -> bool {
    path.split("::").all(|name| {
        let mut bytes = name.bytes();
        bytes
            .next()
            .is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic())
            && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    })
}

/// Undoes the escapes of a Cedar string: `\n \r \t \\ \0 \' \"`, `\xNN` up to 7f, `\u{…}` with one to six digits.
fn unescape(inner: &str) -> Option<Cow<'_, str>> {
    if !inner.contains(['\\', '"']) {
        return Some(Cow::Borrowed(inner));
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(next) = chars.next() {
        match next {
            '"' => return None,
            '\\' => out.push(match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                other @ ('\\' | '\'' | '"') => other,
                'x' => {
                    let high = chars.next()?.to_digit(16)?;
                    let low = chars.next()?.to_digit(16)?;
                    char::from_u32(high * 16 + low).filter(char::is_ascii)?
                }
                'u' => {
                    let (digits, rest) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                    chars = rest.chars();
                    if digits.len() > 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                        return None;
                    }
                    char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
                }
                _ => return None,
            }),
            other => out.push(other),
        }
    }
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(text: &str) -> Option<String> {
        from_json(&serde_json::from_str::<Box<RawValue>>(text).unwrap())
    }

    #[test]
    fn every_spelling_of_one_entity_is_one() {
        let expected = Some(r#"App::User::"alice""#.to_owned());
        assert_eq!(normalize(r#"App::User::"alice""#), expected);
        assert_eq!(normalize(r#" App :: User :: "\u{61}lic\x65" "#), expected);
        assert_eq!(json(r#""App::User::\"alice\"""#), expected);
        assert_eq!(json(r#""App::User::\u0022alice\"""#), expected);
        assert_eq!(json(r#"{"type":"App::User","id":"alice"}"#), expected);
        assert_eq!(
            json(r#"{"__entity":{"id":"alice","type":"App::User"}}"#),
            expected
        );
    }

    #[test]
    fn refuses_what_is_no_entity_id() {
        for text in [
            "",
            "alice",
            "User",
            "User::",
            "User::alice",
            r#"User:"alice""#,
            r#"::"alice""#,
            r#"User::"ali"ce""#,
            r#"User::"alice"#,
            r#"User::"\q""#,
            r#"User::"\u{110000}""#,
            r#"User::"\xff""#,
            r#"1User::"a""#,
            r#"User::::"a""#,
            "User::\"\\",
        ] {
            assert_eq!(normalize(text), None, "{text}");
        }
        for text in [
            "1",
            "null",
            r#"{"type":"User"}"#,
            r#"{"type":"Us er","id":"a"}"#,
            r#"["a"]"#,
        ] {
            assert_eq!(json(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_then_parsing_gives_the_same_entity(id in any::<String>()) {
            let printed = print("Ns::T", &id).unwrap();
            let (kind, back) = parse(&printed).unwrap();
            prop_assert_eq!(kind.as_ref(), "Ns::T");
            prop_assert_eq!(back.as_ref(), id.as_str());
            let as_json = serde_json::to_string(&printed).unwrap();
            prop_assert_eq!(json(&as_json), Some(printed.clone()));
            prop_assert_eq!(normalize(&printed), Some(printed));
        }

        #[test]
        fn arbitrary_text_never_panics(text in any::<String>()) {
            let _ = normalize(&text);
            let _ = normalize(&format!("T::\"{text}\""));
        }
    }
}
