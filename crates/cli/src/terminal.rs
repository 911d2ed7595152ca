//! Where output goes and how it may look: results to standard output, everything else to standard error, colours and
//! progress only where somebody watches. A reader that goes away (`| head`) ends the program quietly.

use std::{
    env,
    io::{self, IsTerminal, Write as _},
};

use help::Language;
use model::{Code, Failure};
use serde::Serialize;

use crate::{
    args::{Global, When},
    text::Look,
};

/// Why a command ends early.
#[derive(Debug)]
pub enum Stop {
    /// It could not be done.
    Failed(Failure),
    /// Nobody reads the output any more.
    Unread,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Text width when nobody watches, and the most that is used when somebody does: longer lines are hard to read.
const WIDTH: usize = 80;
const WIDEST: usize = 100;

/// The two streams and what they can show.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Results are JSON.
    pub json: bool,
    /// No progress and no closing remarks.
    pub quiet: bool,
    /// Look of standard output.
    pub out: Look,
    /// Look of standard error.
    pub err: Look,
    /// Somebody watches standard error.
    pub watched: bool,
    /// The language as it was asked for, perhaps with a region.
    pub tag: &'static str,
    readable_json: bool,
}

impl Terminal {
    /// The terminal this process runs in.
    pub fn of(global: Global) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|value| value == "dumb");
        let color = |terminal: bool| match global.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !plain,
        };
        let width = if out {
            terminal_size::terminal_size()
                .map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(60, WIDEST))
        } else {
            WIDTH
        };
        let tag = spoken(global.language, |name| env::var(name).ok());
        // One that there is not is refused by whoever needs it, in English.
        let language = Language::find(&tag).unwrap_or_default();
        Self {
            json: global.json,
            quiet: global.quiet,
            out: Look {
                color: color(out),
                width,
                language,
            },
            err: Look {
                color: color(err),
                width,
                language,
            },
            watched: err && !global.quiet,
            // There is one for as long as the program runs.
            tag: tag.leak(),
            readable_json: out,
        }
    }

    /// Prints a result: `json` as JSON, else what `text` makes of it.
    pub fn result(
        &self,
        json: &impl Serialize,
        text: impl FnOnce(Look) -> String,
    ) -> Result<(), Stop> {
        if self.json {
            self.json(json)
        } else {
            self.print(&text(self.out))
        }
    }

    /// Prints JSON: on one line for programs, indented for people.
    pub fn json(&self, value: &impl Serialize) -> Result<(), Stop> {
        if !self.readable_json {
            return self.line(value);
        }
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.print(&(text + "\n")),
            Err(error) => Err(Failure::new(Code::Internal, error.to_string()).into()),
        }
    }

    /// Prints JSON on one line, whoever reads: for a stream of values.
    pub fn line(&self, value: &impl Serialize) -> Result<(), Stop> {
        match serde_json::to_string(value) {
            Ok(text) => self.print(&(text + "\n")),
            Err(error) => Err(Failure::new(Code::Internal, error.to_string()).into()),
        }
    }

    /// Prints to standard output.
    pub fn print(&self, text: &str) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(unwritten)
    }

    /// A closing remark: standard error, people only.
    pub fn remark(&self, text: &str) {
        if !self.quiet && !self.json {
            // Whoever closed standard error does not want remarks.
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    /// Prints why the work could not be done. With `--json` on standard output, where the result would have been.
    pub fn failure(&self, failure: &Failure) {
        #[derive(Serialize)]
        struct Shape<'a> {
            error: &'a Failure,
        }
        if self.json {
            // The exit status still tells when nobody reads this.
            let _ = self.json(&Shape { error: failure });
        } else {
            let _ = io::stderr().write_all(crate::render::failure(failure, self.err).as_bytes());
        }
    }
}

/// The tag of the language to speak: what was asked for; else what the first variable of the system says that is set (POSIX orders them so), where we
/// speak that; else English.
fn spoken(asked: Option<String>, set: impl Fn(&str) -> Option<String>) -> String {
    let systems = || {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(set);
        let locale = set.into_iter().find(|value| !value.is_empty())?;
        let tag = locale.split(['.', '@']).next()?.replace('_', "-");
        Language::find(&tag).is_ok().then_some(tag)
    };
    asked
        .or_else(systems)
        .unwrap_or_else(|| Language::English.tag().to_owned())
}

/// What a failed write to standard output means.
pub fn unwritten(error: io::Error) -> Stop {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Stop::Unread
    } else {
        let message = format!("cannot write to standard output: {error}");
        Failure::new(Code::FileWrite, message).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_asked_for_or_the_systems() {
        let said = |asked: Option<&str>, set: &[(&str, &str)]| {
            let find = |name: &str| set.iter().find(|(it, _)| *it == name);
            spoken(asked.map(str::to_owned), |name| {
                find(name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(said(None, &[]), "en");
        assert_eq!(said(None, &[("LANG", "de_AT.UTF-8")]), "de-AT");
        assert_eq!(said(None, &[("LANG", "fr_FR@euro")]), "fr-FR");
        assert_eq!(said(Some("fr"), &[("LC_ALL", "de_DE.UTF-8")]), "fr");
        let two = [("LANG", "de_DE.UTF-8"), ("LC_MESSAGES", "fr_CH.UTF-8")];
        assert_eq!(said(None, &two), "fr-CH");
        let off = [("LANG", "de_DE.UTF-8"), ("LC_ALL", "C.UTF-8")];
        assert_eq!(said(None, &off), "en", "the first that is set decides");
        let empty = [("LANG", "de"), ("LC_ALL", "")];
        assert_eq!(said(None, &empty), "de");
        assert_eq!(said(None, &[("LANG", "tlh_KX")]), "en");
        assert_eq!(said(Some("tlh"), &[]), "tlh", "refused later, by its name");
    }
}
