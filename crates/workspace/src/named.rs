//! Named tests: requests with the decision they must have. They are files, so that they are reviewed and versioned with the
//! policies; how the files look is `policy`'s knowledge, how one of them is changed is here.

use std::collections::BTreeMap;

use ipc::{NamedTest, TestView};
use model::{Code, Decision, Failure};
use policy::{Compiled, Files};
use serde_json::Value;

use crate::Error;

/// Where new tests go.
const NEW: &str = "tests/saved.json";

/// Runs all named tests. With a policy set that does not compile there is nothing to run them against.
#[must_use]
pub fn run(files: &Files, compiled: &Compiled) -> Vec<TestView> {
    let broken = compiled
        .set
        .broken()
        .then(|| Error::broken("the policy set", &compiled.problems));
    let broken = broken.map(Failure::from);
    policy::read_tests(files)
        .0
        .into_iter()
        .map(|test| {
            let (passed, outcome) = match &broken {
                Some(failure) => (false, Err(failure.clone())),
                None => {
                    let run = policy::run_test(
                        &test,
                        &compiled.set,
                        &compiled.entities,
                        compiled.schema.as_deref(),
                    );
                    (run.passed, run.outcome.map_err(Failure::from))
                }
            };
            let policy::NamedTest {
                name,
                file,
                request,
                entities,
                decision,
                reasons,
                ..
            } = test;
            TestView {
                test: NamedTest {
                    name,
                    request,
                    entities,
                    decision,
                    reasons,
                },
                file,
                passed,
                outcome,
            }
        })
        .collect()
}

/// The decision a request filed under `ALLOW/` or `DENY/` must have.
fn filed(file: &str) -> Option<Decision> {
    let folder = file.rsplit_once('/')?.0;
    match folder.rsplit('/').next()? {
        "ALLOW" => Some(Decision::Allow),
        "DENY" => Some(Decision::Deny),
        _ => None,
    }
}

fn file_of(files: &Files, name: &str) -> Option<String> {
    policy::read_tests(files)
        .0
        .into_iter()
        .find(|test| test.name == name)
        .map(|test| test.file)
}

/// The elements of a test file as they are, those that are no tests included: what cannot be read must not be lost.
fn elements(files: &Files, file: &str) -> Result<Vec<Value>, Error> {
    let Some(content) = files.get(file) else {
        return Ok(Vec::new());
    };
    serde_json::from_slice(content).map_err(|error| {
        let failure = Failure::new(
            Code::TestInvalid,
            format!("`{file}` is not an array of tests"),
        );
        Error::Failed(failure.with_details(format!(
            "{file}:{}:{}: {error}",
            error.line(),
            error.column()
        )))
    })
}

fn is_called(element: &Value, name: &str) -> bool {
    element.get("name").and_then(Value::as_str) == Some(name)
}

/// What a change of the tests does to their files: new content, or nothing for a file that goes.
pub type Change = BTreeMap<String, Option<String>>;

/// Adds a test, or replaces the one of that name in its place.
///
/// # Errors
/// When the name is empty, or the file it belongs in cannot be read as tests.
pub fn save(files: &Files, test: &NamedTest) -> Result<Change, Error> {
    if test.name.trim().is_empty() {
        return Err(Error::BadCall("a test needs a name".into()));
    }
    let mut change = Change::new();
    let holds = match file_of(files, &test.name) {
        // What a filed request cannot say moves to an ordinary test file.
        Some(file)
            if filed(&file).is_some_and(|decision| {
                decision != test.decision || !test.reasons.is_empty() || test.entities.is_some()
            }) =>
        {
            change.insert(file, None);
            None
        }
        other => other,
    };
    let file = holds.unwrap_or_else(|| {
        if files.contains_key("tests.json") {
            "tests.json"
        } else {
            NEW
        }
        .to_owned()
    });
    let content = if filed(&file).is_some() {
        pretty(&test.request)
    } else {
        let mut tests = elements(files, &file)?;
        let written = serde_json::to_value(test).unwrap_or_default();
        match tests
            .iter_mut()
            .find(|element| is_called(element, &test.name))
        {
            Some(element) => *element = written,
            None => tests.push(written),
        }
        pretty(&tests)
    };
    change.insert(file, Some(content));
    Ok(change)
}

/// Removes a test.
///
/// # Errors
/// When there is none of that name.
pub fn delete(files: &Files, name: &str) -> Result<Change, Error> {
    let file = file_of(files, name).ok_or_else(|| Error::Unknown {
        kind: "test",
        name: name.to_owned(),
    })?;
    let content = if filed(&file).is_some() {
        None
    } else {
        let mut tests = elements(files, &file)?;
        tests.retain(|element| !is_called(element, name));
        Some(pretty(&tests))
    };
    Ok(Change::from([(file, content)]))
}

fn pretty(value: &impl serde::Serialize) -> String {
    // INVARIANT: tests are strings, maps and enums, which always serialise.
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use model::Request;

    use super::*;

    fn test(name: &str, decision: Decision) -> NamedTest {
        let request = Request {
            principal: "U::\"a\"".into(),
            action: "Action::\"b\"".into(),
            resource: "D::\"c\"".into(),
            context: Default::default(),
        };
        NamedTest {
            name: name.into(),
            request,
            entities: None,
            decision,
            reasons: Vec::new(),
        }
    }

    fn apply(files: &mut Files, change: Change) {
        for (file, content) in change {
            match content {
                Some(content) => files.insert(file, content.into_bytes().into()),
                None => files.remove(&file),
            };
        }
    }

    fn names(files: &Files) -> Vec<(String, String)> {
        policy::read_tests(files)
            .0
            .into_iter()
            .map(|test| (test.file, test.name))
            .collect()
    }

    const FILED: &[u8] =
        br#"{"principal":"U::\"a\"","action":"Action::\"b\"","resource":"D::\"c\""}"#;

    #[test]
    fn tests_are_added_replaced_and_removed_in_their_files() {
        let mut files = Files::new();
        for name in ["one", "two"] {
            let change = save(&files, &test(name, Decision::Allow)).unwrap();
            apply(&mut files, change);
        }
        let change = save(&files, &test("one", Decision::Deny)).unwrap();
        apply(&mut files, change);
        assert_eq!(
            names(&files),
            [
                ("tests/saved.json".into(), "one".into()),
                ("tests/saved.json".into(), "two".into())
            ]
        );
        assert_eq!(policy::read_tests(&files).0[0].decision, Decision::Deny);
        let change = delete(&files, "one").unwrap();
        apply(&mut files, change);
        assert_eq!(names(&files), [("tests/saved.json".into(), "two".into())]);
        assert_eq!(delete(&files, "one").unwrap_err().code(), Code::BadCall);
        assert_eq!(
            save(&files, &test(" ", Decision::Deny)).unwrap_err().code(),
            Code::BadCall
        );
    }

    #[test]
    fn a_filed_request_stays_filed_until_it_says_more_than_its_folder_can() {
        let mut files = Files::from([("ALLOW/a.json".to_owned(), FILED.into())]);
        assert_eq!(names(&files), [("ALLOW/a.json".into(), "a".into())]);
        let change = save(&files, &test("a", Decision::Allow)).unwrap();
        assert_eq!(change.keys().collect::<Vec<_>>(), ["ALLOW/a.json"]);
        let change = save(&files, &test("a", Decision::Deny)).unwrap();
        apply(&mut files, change);
        assert_eq!(names(&files), [("tests/saved.json".into(), "a".into())]);
        files.insert("DENY/b.json".into(), FILED.into());
        let change = delete(&files, "b").unwrap();
        apply(&mut files, change);
        assert_eq!(names(&files).len(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_neither_lost_nor_overwritten() {
        let mut files = Files::from([(
            "tests/saved.json".to_owned(),
            b"[{\"name\": 1}]".as_slice().into(),
        )]);
        let change = save(&files, &test("new", Decision::Allow)).unwrap();
        let written: Vec<Value> =
            serde_json::from_str(change["tests/saved.json"].as_ref().unwrap()).unwrap();
        assert_eq!(
            (written.len(), &written[0]),
            (2, &serde_json::json!({"name": 1}))
        );
        files.insert("tests/saved.json".into(), b"[{".as_slice().into());
        assert_eq!(
            save(&files, &test("new", Decision::Allow))
                .unwrap_err()
                .code(),
            Code::TestInvalid
        );
    }
}
