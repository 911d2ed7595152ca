//! Places in modules. Regorus counts characters and takes a tab for four; editors count UTF-16 code units.

use model::{Code, Problem, Severity, Source};

/// Line and column, both from 1, of a byte offset.
pub(crate) fn place(text: &str, offset: usize) -> (u32, u32) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = text.get(..offset).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    (saturate(line), saturate(column.encode_utf16().count() + 1))
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The place of a range of bytes.
pub(crate) fn source(file: &str, text: &str, range: std::ops::Range<usize>) -> Source {
    let (line, column) = place(text, range.start);
    let (end_line, end_column) = place(text, range.end);
    Source {
        file: file.to_owned(),
        line,
        column,
        end_line,
        end_column,
    }
}

/// A problem at a place.
pub(crate) fn problem(
    code: Code,
    severity: Severity,
    place: Source,
    message: impl Into<String>,
) -> Problem {
    Problem {
        code,
        severity,
        file: place.file,
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        message: message.into(),
        hint: code.hint().to_owned(),
    }
}

/// A problem of a whole file.
pub(crate) fn of_file(code: Code, file: &str, message: impl Into<String>) -> Problem {
    let place = Source {
        file: file.to_owned(),
        ..Source::default()
    };
    problem(code, Severity::Error, place, message)
}

/// What regorus says went wrong, and where: its messages begin with `--> file:line:column` when they know it.
pub(crate) struct Said {
    pub(crate) file: Option<String>,
    line: u32,
    column: u32,
    pub(crate) message: String,
}

impl Said {
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let whole = error.to_string();
        let mut said = Self {
            file: None,
            line: 0,
            column: 0,
            message: String::new(),
        };
        let Some(rest) = whole.trim_start().strip_prefix("--> ") else {
            said.message = one_line(&whole);
            return said;
        };
        let (head, body) = rest.split_once('\n').unwrap_or((rest, ""));
        let mut parts = head.rsplitn(3, ':');
        said.column = parts
            .next()
            .and_then(|part| part.trim().parse().ok())
            .unwrap_or(0);
        said.line = parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
        said.file = parts.next().map(str::to_owned);
        // Three lines show the text; the words follow.
        let words = body
            .lines()
            .find_map(|line| line.strip_prefix("error: "))
            .map_or_else(|| one_line(body), str::to_owned);
        said.message = words.trim().trim_end_matches('.').to_owned();
        said
    }

    /// As a problem of the file it is about, else of `otherwise`.
    pub(crate) fn problem(&self, code: Code, otherwise: &str, text: &str) -> Problem {
        if self.line == 0 {
            return of_file(code, otherwise, self.message.clone());
        }
        let start = self.offset(text);
        let rest = text.get(start..).unwrap_or_default();
        let word = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let place = source(otherwise, text, start..start + word.max(first));
        problem(code, Severity::Error, place, self.message.clone())
    }

    /// The byte that regorus' line and column point at.
    fn offset(&self, text: &str) -> usize {
        let before: usize = text
            .split_inclusive('\n')
            .take(self.line.saturating_sub(1) as usize)
            .map(str::len)
            .sum();
        let mut column = 1;
        let line = text.get(before..).unwrap_or_default();
        for (at, letter) in line.char_indices() {
            if column >= self.column || letter == '\n' {
                return before + at;
            }
            column += if letter == '\t' { 4 } else { 1 };
        }
        text.len()
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `sha256:…`
pub(crate) fn sha256_name(digest: &[u8]) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regorus_places_become_an_editors() {
        let text = "package a\n\n\té := x\n";
        let error = anyhow::anyhow!(
            "\n--> p/a.rego:3:10\n  |\n3 | x\n  | ^\nerror: use of undefined variable `x` is unsafe."
        );
        let said = Said::of(&error);
        assert_eq!(said.file.as_deref(), Some("p/a.rego"));
        let problem = said.problem(Code::RegoInvalid, "p/a.rego", text);
        assert_eq!(
            (problem.line, problem.column, problem.end_column),
            (3, 7, 8)
        );
        assert_eq!(problem.message, "use of undefined variable `x` is unsafe");
        let plain = Said::of(&anyhow::anyhow!("rule\n  conflict")).problem(
            Code::RegoInvalid,
            "a.rego",
            text,
        );
        assert_eq!((plain.line, plain.message.as_str()), (0, "rule conflict"));
    }

    #[test]
    fn places_past_the_end_are_the_end() {
        let error = anyhow::anyhow!("\n--> a.rego:9:9\nerror: no");
        let problem = Said::of(&error).problem(Code::RegoSyntax, "a.rego", "x\n");
        assert_eq!((problem.line, problem.column), (2, 1));
    }
}
