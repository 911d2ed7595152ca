//! Prepared edits worth previewing, `stories/*.toml`: find these lines in a file, put those in their place. The sample's first
//! screen shows them; any workspace may have some.

use ipc::StoryView;
use model::{Code, Problem, Severity};
use policy::Files;
use serde::Deserialize;

use crate::{Error, text};

/// A prepared edit.
#[derive(Clone, Debug)]
pub struct Story {
    /// As the window shows it.
    pub view: StoryView,
    edits: Vec<Replacement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    expect: String,
    file: String,
    #[serde(default)]
    edit: Vec<Replacement>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replacement {
    find: String,
    replace: String,
}

/// All prepared edits, in order of their files' names, and what is wrong with those files. A story's name is its file's.
#[must_use]
pub fn read(files: &Files) -> (Vec<Story>, Vec<Problem>) {
    let mut stories = Vec::new();
    let mut problems = Vec::new();
    for (path, content) in files {
        let Some(name) = path
            .strip_prefix("stories/")
            .and_then(|name| name.strip_suffix(".toml"))
        else {
            continue;
        };
        let source = String::from_utf8_lossy(content);
        match toml::from_str::<Written>(&source) {
            Ok(Written {
                title,
                summary,
                expect,
                file,
                edit,
            }) => {
                stories.push(Story {
                    view: StoryView {
                        name: name.to_owned(),
                        title,
                        summary,
                        expect,
                        file,
                    },
                    edits: edit,
                });
            }
            Err(error) => {
                let place = error.span().unwrap_or_default();
                problems.push(text::problem(
                    Code::WorkspaceConfig,
                    Severity::Warning,
                    path,
                    &source,
                    place,
                    error.message(),
                ));
            }
        }
    }
    (stories, problems)
}

/// The story of a name.
///
/// # Errors
/// When there is none.
pub fn find(files: &Files, name: &str) -> Result<Story, Error> {
    let known = read(files)
        .0
        .into_iter()
        .find(|story| story.view.name == name);
    known.ok_or_else(|| Error::Unknown {
        kind: "story",
        name: name.to_owned(),
    })
}

impl Story {
    /// The text with the edit in it. Parts that are there already stay, so applying it twice is applying it once.
    ///
    /// # Errors
    /// `file_conflict` when a part finds neither what it looks for nor what it would put there.
    pub fn apply(&self, text: &str) -> Result<String, Error> {
        let mut text = text::for_editing(text);
        for edit in &self.edits {
            if let Some(at) = text.find(&edit.find) {
                text.replace_range(at..at + edit.find.len(), &edit.replace);
            } else if !text.contains(&edit.replace) {
                return Err(Error::StoryStale {
                    story: self.view.title.clone(),
                    file: self.view.file.clone(),
                });
            }
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(source: &str) -> Files {
        Files::from([("stories/2-open.toml".to_owned(), source.as_bytes().into())])
    }

    const STORY: &str = "title = \"Open\"\nfile = \"a.cedar\"\n[[edit]]\nfind = '''\n  b\n'''\nreplace = '''\n  c\n'''\n";

    #[test]
    fn an_edit_is_applied_once_and_to_what_it_was_made_for() {
        let story = find(&files(STORY), "2-open").unwrap();
        assert_eq!(
            (story.view.title.as_str(), story.view.file.as_str()),
            ("Open", "a.cedar")
        );
        let edited = story.apply("a\r\n  b\r\nd\n").unwrap();
        assert_eq!(edited, "a\n  c\nd\n");
        assert_eq!(story.apply(&edited).unwrap(), edited);
        assert_eq!(
            story.apply("something else").unwrap_err().code(),
            Code::FileConflict
        );
    }

    #[test]
    fn a_broken_story_is_a_problem_and_no_story() {
        let (stories, problems) = read(&files("title = \"x\"\nfiel = \"a.cedar\"\n"));
        assert!(stories.is_empty());
        assert_eq!(
            (problems[0].code, problems[0].line),
            (Code::WorkspaceConfig, 2)
        );
        assert_eq!(
            find(&files(STORY), "nothing").unwrap_err().code(),
            Code::BadCall
        );
    }
}
