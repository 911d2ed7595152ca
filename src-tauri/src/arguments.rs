//! The command line: `studio [WORKSPACE | BUNDLE]` or `studio --sample`.

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Arguments {
    /// A window.
    Open(Opening),
    /// A text.
    Say(String),
    /// Nothing that we know; the text says what we do know.
    Wrong(String),
}

/// What the window shows first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The workspaces opened before.
    Nothing,
    /// The sample workspace.
    Sample,
    /// The workspace at a path.
    Workspace(String),
    /// The bundle at a path, to be verified.
    Bundle(String),
}

const USAGE: &str = "\
Usage: studio [WORKSPACE | BUNDLE]

  WORKSPACE   a workspace, or a folder that holds Cedar policies
  BUNDLE      a bundle to verify: a file whose name ends in `.tfb`
  --sample    open the sample workspace
  --version   print the version
  --help      print this

`fabric` does the same work in the terminal.";

impl Opening {
    /// What lies at a path, by its name.
    fn of(path: &str) -> Self {
        if path.ends_with(".tfb") {
            Self::Bundle(path.to_owned())
        } else {
            Self::Workspace(path.to_owned())
        }
    }
}

impl Arguments {
    /// Reads a command line without the program's own name.
    pub fn read(words: impl Iterator<Item = String>) -> Self {
        let words: Vec<_> = words.collect();
        match words
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice()
        {
            [] => Self::Open(Opening::Nothing),
            ["--sample"] => Self::Open(Opening::Sample),
            ["--version" | "-V"] => Self::Say(format!("studio {}", env!("CARGO_PKG_VERSION"))),
            ["--help" | "-h"] => Self::Say(USAGE.to_owned()),
            ["--", path] => Self::Open(Opening::of(path)),
            [path] if !path.starts_with('-') => Self::Open(Opening::of(path)),
            other => Self::Wrong(format!(
                "`{}` is not understood\n\n{USAGE}",
                other.join(" ")
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Arguments {
        Arguments::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_path_the_sample_or_nothing() {
        assert_eq!(
            read("out/november.tfb"),
            Arguments::Open(Opening::Bundle("out/november.tfb".into()))
        );
        assert_eq!(read(""), Arguments::Open(Opening::Nothing));
        assert_eq!(read("--sample"), Arguments::Open(Opening::Sample));
        assert_eq!(
            read("policies"),
            Arguments::Open(Opening::Workspace("policies".into()))
        );
        assert_eq!(
            read("-- --sample"),
            Arguments::Open(Opening::Workspace("--sample".into()))
        );
    }

    #[test]
    fn what_is_not_understood_is_answered_with_the_usage() {
        for line in ["--nothing", "one two", "--sample policies"] {
            let Arguments::Wrong(text) = read(line) else {
                panic!("`{line}` was understood");
            };
            assert!(text.contains(line) && text.contains("Usage:"), "{text}");
        }
        assert!(matches!(read("--help"), Arguments::Say(_)));
        assert!(matches!(read("-V"), Arguments::Say(_)));
    }
}
