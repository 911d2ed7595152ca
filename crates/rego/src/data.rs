//! `data.json` files: the folders a file lies in are the place of its content in `data`, as in OPA's bundles.

use model::{Code, Problem};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{Files, rule::dotted, text};

/// Base documents that came from files.
#[derive(Debug, Default)]
pub(crate) struct Data {
    /// Each file's content, in place.
    pub(crate) files: Vec<DataFile>,
    /// All of them together.
    pub(crate) whole: Map<String, Value>,
}

#[derive(Debug)]
pub(crate) struct DataFile {
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) digest: [u8; 32],
}

/// Reads every `data.json`.
pub(crate) fn read(files: &Files, problems: &mut Vec<Problem>) -> Data {
    let mut data = Data::default();
    for (file, content) in files {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        if name != "data.json" {
            continue;
        }
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let text = match str::from_utf8(content) {
            Ok(text) => text,
            Err(_) => {
                let message = format!("`{file}` is not UTF-8");
                problems.push(text::of_file(Code::FileEncoding, file, message));
                continue;
            }
        };
        let value: Value = match serde_json::from_str(text) {
            Ok(value) => value,
            Err(error) => {
                problems.push(unreadable(file, text, &error));
                continue;
            }
        };
        let parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        let digest = Sha256::digest(value.to_string()).into();
        let nested = parts.iter().rev().fold(value, |value, part| {
            Value::Object(Map::from_iter([((*part).to_owned(), value)]))
        });
        let Value::Object(members) = nested else {
            let message = "data at the top must be an object".to_owned();
            problems.push(text::of_file(Code::RegoData, file, message));
            continue;
        };
        let mut path = Vec::new();
        if let Err(twice) = merge(&mut data.whole, members, &mut path) {
            let message = format!("`data.{twice}` is given by another file, too");
            problems.push(text::of_file(Code::RegoData, file, message));
            continue;
        }
        data.files.push(DataFile {
            file: file.clone(),
            text: text.to_owned(),
            digest,
        });
    }
    data
}

fn unreadable(file: &str, text: &str, error: &serde_json::Error) -> Problem {
    let start: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let at = (start + error.column().saturating_sub(1)).min(text.len());
    let message = error.to_string();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message.as_str(), |(message, _)| message)
        .to_owned();
    let place = text::source(file, text, at..at);
    text::problem(Code::RegoData, model::Severity::Error, place, message)
}

/// Puts `more` into `into`; the first place that both have is the error.
fn merge(
    into: &mut Map<String, Value>,
    more: Map<String, Value>,
    path: &mut Vec<String>,
) -> Result<(), String> {
    for (name, value) in more {
        path.push(name.clone());
        match (into.get_mut(&name), value) {
            (None, value) => {
                into.insert(name, value);
            }
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new, path)?,
            _ => return Err(dotted(path)),
        }
        path.pop();
    }
    Ok(())
}

impl Data {
    /// Where its top lies: the members of the outermost object.
    pub(crate) fn places(&self) -> impl Iterator<Item = Vec<String>> {
        self.whole.keys().map(|name| vec![name.clone()])
    }

    /// The data has something where a rule of this path puts its value, or in its way.
    pub(crate) fn gives(&self, path: &[String]) -> bool {
        let mut members = &self.whole;
        for part in path {
            match members.get(part) {
                None => return false,
                Some(Value::Object(inner)) => members = inner,
                Some(_) => return true,
            }
        }
        true
    }

    /// The first place of the data that is in none of the roots.
    pub(crate) fn outside(&self, roots: &[Vec<String>]) -> Option<String> {
        fn look(
            members: &Map<String, Value>,
            roots: &[Vec<String>],
            path: &mut Vec<String>,
        ) -> Option<String> {
            for (name, value) in members {
                path.push(name.clone());
                let inside = roots.iter().any(|root| path.starts_with(root));
                let above = roots.iter().any(|root| root.starts_with(path));
                let found = match value {
                    _ if inside => None,
                    Value::Object(inner) if above => look(inner, roots, path),
                    _ => Some(dotted(path)),
                };
                if found.is_some() {
                    return found;
                }
                path.pop();
            }
            None
        }
        look(&self.whole, roots, &mut Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> (Data, Vec<String>) {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().into()))
            .collect();
        let mut problems = Vec::new();
        let data = read(&files, &mut problems);
        let words = problems
            .iter()
            .map(|found| {
                format!(
                    "{}:{}:{}: {}",
                    found.file, found.line, found.column, found.message
                )
            })
            .collect();
        (data, words)
    }

    #[test]
    fn folders_are_places() {
        let (data, problems) = of(&[
            ("data.json", r#"{"a":{"x":1}}"#),
            ("a/b/data.json", "[1,2]"),
            ("notes.json", "{"),
        ]);
        assert_eq!(problems, [""; 0]);
        assert_eq!(
            Value::Object(data.whole.clone()).to_string(),
            r#"{"a":{"b":[1,2],"x":1}}"#
        );
        let path = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        assert!(data.gives(&path("a.x")) && data.gives(&path("a.x.y")) && data.gives(&path("a")));
        assert!(!data.gives(&path("a.y")));
        assert_eq!(data.outside(&[path("a")]), None);
        assert_eq!(data.outside(&[path("a.b")]).as_deref(), Some("a.x"));
        assert_eq!(data.outside(&[vec![]]), None);
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_place() {
        let (_, problems) = of(&[
            ("a/data.json", r#"{"x":1}"#),
            ("a/x/data.json", "2"),
            ("b/data.json", "{\n  \"x\": }"),
            ("data.json", "[]"),
        ]);
        insta::assert_snapshot!(problems.join("\n"), @r"
        a/x/data.json:0:0: `data.a.x` is given by another file, too
        b/data.json:2:8: expected value
        data.json:0:0: data at the top must be an object
        ");
    }
}
