//! The small workspace and what the tests do to it.

use std::{collections::BTreeMap, fmt::Write, path::Path, sync::Arc};

use model::{Explanation, Problem, Request};
use policy::{Compiled, Files, compile, read_dir};

/// The small workspace in `tests/data`.
pub fn clinic() -> Files {
    read_dir(Path::new("tests/data/clinic")).unwrap()
}

/// Files from texts.
pub fn files(texts: &[(&str, &str)]) -> Files {
    texts
        .iter()
        .map(|(path, text)| ((*path).to_owned(), Arc::from(text.as_bytes())))
        .collect()
}

/// The small workspace with some files replaced or added.
pub fn clinic_with(texts: &[(&str, &str)]) -> Files {
    let mut all = clinic();
    all.extend(files(texts));
    all
}

/// Compiles files that must be free of errors.
pub fn sound(files: &Files) -> Compiled {
    let compiled = compile(files);
    let errors: Vec<_> = compiled
        .problems
        .iter()
        .filter(|problem| problem.severity == model::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    compiled
}

pub fn request(
    principal: &str,
    action: &str,
    resource: &str,
    context: serde_json::Value,
) -> Request {
    Request {
        principal: principal.into(),
        action: action.into(),
        resource: resource.into(),
        context: context.as_object().cloned().unwrap_or_default(),
    }
}

/// Problems as lines of text.
pub fn lines(problems: &[Problem]) -> String {
    problems.iter().fold(String::new(), |mut text, problem| {
        let Problem {
            code,
            severity,
            file,
            line,
            column,
            end_line,
            end_column,
            message,
            hint,
        } = problem;
        let code = code.as_str();
        let _ = writeln!(
            text,
            "{file}:{line}:{column}-{end_line}:{end_column} {severity:?} {code}: {message}\n    {hint}"
        );
        text
    })
}

/// An explanation as lines of text.
pub fn told(explanation: &Explanation) -> String {
    let mut text = format!(
        "{:?} because of {:?}\n",
        explanation.decision, explanation.reasons
    );
    for error in &explanation.errors {
        let _ = writeln!(text, "error in {}: {}", error.policy, error.message);
    }
    if !explanation.needs.is_empty() {
        let _ = writeln!(text, "needs {:?}", explanation.needs);
    }
    for clause in &explanation.clauses {
        let held = match clause.held {
            Some(true) => "held",
            Some(false) => "failed",
            None => "open",
        };
        let place = &clause.source;
        let _ = writeln!(
            text,
            "{held} {:?} {} {}:{}:{}  {}",
            clause.effect, clause.policy, place.file, place.line, place.column, clause.text
        );
        for read in &clause.reads {
            let _ = writeln!(text, "    {} = {}", read.expression, read.value);
        }
    }
    let _ = writeln!(text, "read {:?}", explanation.entities_read);
    text
}

/// Every problem stands inside the file it names.
pub fn assert_places_exist(files: &Files, problems: &[Problem]) {
    let texts: BTreeMap<_, _> = files
        .iter()
        .map(|(path, content)| (path.as_str(), String::from_utf8_lossy(content)))
        .collect();
    for problem in problems {
        if problem.file.is_empty() {
            continue;
        }
        let text = texts.get(problem.file.as_str()).unwrap();
        let lines: Vec<&str> = text.split('\n').collect();
        for (line, column) in [
            (problem.line, problem.column),
            (problem.end_line, problem.end_column),
        ] {
            if line == 0 {
                assert_eq!((problem.line, problem.column), (0, 0));
                continue;
            }
            let content = lines
                .get(line as usize - 1)
                .unwrap_or_else(|| panic!("line {line} of {problem:?}"));
            let width = content.encode_utf16().count() + 1;
            assert!((1..=width).contains(&(column as usize)), "{problem:?}");
        }
        let ends = (problem.end_line, problem.end_column);
        assert!((problem.line, problem.column) <= ends, "{problem:?}");
    }
}
