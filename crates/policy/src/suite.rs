//! Named tests: requests with the decision they should have.
//!
//! Ours are arrays in `tests.json` and `tests/*.json`. Plain Cedar folders file one request a file under `ALLOW/` and `DENY/`;
//! there the folder is the expected decision and the file's name the test's.

use std::{collections::HashSet, str};

use model::{Code, Decision, Explanation, Problem, Request, Severity};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use crate::{
    EntityStore, Error, FileKind, Files, PolicySet, Schema, explain, kind, schema,
    set::element_offset, text,
};

/// A request with the decision it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTest {
    /// Its name, unique in the workspace.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// First line of it.
    pub line: u32,
    /// The request.
    pub request: Request,
    /// All entities there are for it, each `{uid, attrs, parents}`; nothing: those of the workspace.
    pub entities: Option<Vec<Value>>,
    /// What it must decide.
    pub decision: Decision,
    /// Policies that must determine it; empty = any.
    pub reasons: Vec<String>,
}

/// How a test fared.
#[derive(Debug)]
pub struct TestRun {
    /// It decided as it says, for the reasons it says.
    pub passed: bool,
    /// What it decided, or why it could not.
    pub outcome: Result<Explanation, Error>,
}

/// A test as files have it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    request: WrittenRequest,
    #[serde(default)]
    entities: Option<Vec<Value>>,
    decision: Decision,
    #[serde(default)]
    reasons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRequest {
    principal: Id,
    action: Id,
    resource: Id,
    #[serde(default)]
    context: Map<String, Value>,
}

/// An entity id: `Type::"id"`, or `{"type": …, "id": …}` as entity files have it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Parts {
        #[serde(rename = "type")]
        kind: String,
        id: String,
    },
    Wrapped {
        __entity: Box<Id>,
    },
}

impl Id {
    fn text(self) -> String {
        match self {
            Id::Text(text) => text,
            Id::Parts { kind, id } => format!("{kind}::\"{}\"", id.escape_debug()),
            Id::Wrapped { __entity } => __entity.text(),
        }
    }
}

impl From<WrittenRequest> for Request {
    fn from(written: WrittenRequest) -> Self {
        Self {
            principal: written.principal.text(),
            action: written.action.text(),
            resource: written.resource.text(),
            context: written.context,
        }
    }
}

/// Reads all named tests. What cannot be read is a problem and is left out.
#[must_use]
pub fn read_tests(files: &Files) -> (Vec<NamedTest>, Vec<Problem>) {
    let mut suite = Suite::default();
    for (file, content) in files
        .iter()
        .filter(|(file, _)| kind(file) == Some(FileKind::Tests))
    {
        match str::from_utf8(content) {
            Ok(source) => suite.read(file, source),
            Err(error) => suite.problems.push(schema::not_utf8(file, content, error)),
        }
    }
    (suite.tests, suite.problems)
}

/// Runs a test.
#[must_use]
pub fn run_test(
    test: &NamedTest,
    set: &PolicySet,
    store: &EntityStore,
    schema: Option<&Schema>,
) -> TestRun {
    let outcome = match &test.entities {
        None => explain(set, store, schema, &test.request),
        Some(given) => EntityStore::from_json(given, schema)
            .and_then(|own| explain(set, &own, schema, &test.request)),
    };
    let mut wanted: Vec<_> = test.reasons.iter().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let passed = outcome.as_ref().is_ok_and(|outcome| {
        outcome.decision == test.decision
            && (wanted.is_empty() || wanted.into_iter().eq(&outcome.reasons))
    });
    TestRun { passed, outcome }
}

#[derive(Default)]
struct Suite {
    tests: Vec<NamedTest>,
    names: HashSet<String>,
    problems: Vec<Problem>,
}

impl Suite {
    fn read(&mut self, file: &str, source: &str) {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let decision = match folder.rsplit('/').next() {
            Some("ALLOW") => Decision::Allow,
            Some("DENY") => Decision::Deny,
            _ => return self.read_array(file, source),
        };
        let stem = name.strip_suffix(".json").unwrap_or(name);
        match serde_json::from_str::<WrittenRequest>(source) {
            Ok(written) => {
                // Both folders may hold a file of one name; then the folder is part of the test's.
                let name = match self.names.contains(stem) {
                    true => file.strip_suffix(".json").unwrap_or(file),
                    false => stem,
                };
                self.add(NamedTest {
                    name: name.to_owned(),
                    file: file.to_owned(),
                    line: 1,
                    request: written.into(),
                    entities: None,
                    decision,
                    reasons: Vec::new(),
                });
            }
            Err(error) => self.problem(file, source, 0, &error),
        }
    }

    fn read_array(&mut self, file: &str, source: &str) {
        let elements: Vec<&RawValue> = match serde_json::from_str(source) {
            Ok(elements) => elements,
            Err(error) => return self.problem(file, source, 0, &error),
        };
        for raw in elements {
            let at = element_offset(source, raw.get());
            match serde_json::from_str::<Written>(raw.get()) {
                Ok(written) => self.add(NamedTest {
                    name: written.name,
                    file: file.to_owned(),
                    line: text::line_column(source, at).0,
                    request: written.request.into(),
                    entities: written.entities,
                    decision: written.decision,
                    reasons: written.reasons,
                }),
                Err(error) => self.problem(file, source, at, &error),
            }
        }
    }

    fn add(&mut self, test: NamedTest) {
        if self.names.insert(test.name.clone()) {
            self.tests.push(test);
            return;
        }
        let place = model::Source {
            line: test.line,
            column: 1,
            end_line: test.line,
            end_column: 1,
            file: test.file,
        };
        let message = format!(
            "another test is called `{}` too; this one is not run",
            test.name
        );
        let mut problem = text::problem(Code::TestInvalid, Severity::Error, place, message);
        problem.hint = "give one of the two another name".to_owned();
        self.problems.push(problem);
    }

    /// A problem where the JSON reader stopped; it counts from the element's beginning, which is at byte `from`.
    fn problem(&mut self, file: &str, source: &str, from: usize, error: &serde_json::Error) {
        let element = source.get(from..).unwrap_or_default();
        let at = from + byte_place(element, error.line(), error.column());
        let place = text::source(file, source, at..at);
        let mut message = error.to_string();
        if let Some(end) = message.find(" at line ") {
            message.truncate(end);
        }
        self.problems.push(text::problem(
            Code::TestInvalid,
            Severity::Error,
            place,
            message,
        ));
    }
}

/// Byte offset of a place as serde_json counts it: lines from 1, columns in bytes.
fn byte_place(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (start + column.saturating_sub(1)).min(text.len())
}
