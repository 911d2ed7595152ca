//! Lists: prepared edits, the error catalogue.

use ipc::StoryView;
use model::Code;

use crate::text::{Look, paragraph, visible};

/// Prepared edits.
pub fn stories(stories: &[StoryView], look: Look) -> String {
    if stories.is_empty() {
        return "no prepared edits; they are stories/*.toml\n".to_owned();
    }
    let mut out = String::new();
    for story in stories {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!(
            "{}  {}\n",
            look.strong(visible(&story.name)),
            visible(&story.title)
        ));
        out.push_str(&format!("  {}\n", look.quiet(visible(&story.file))));
        out.push_str(&paragraph("  ", 2, look.width, &story.summary));
        out.push_str(&look.quiet(paragraph("  Expect: ", 4, look.width, &story.expect)));
    }
    out
}

/// The error catalogue.
pub fn codes(look: Look) -> String {
    let longest = Code::ALL
        .iter()
        .map(|code| code.as_str().len())
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for code in Code::ALL {
        let name = code.as_str();
        let lead = format!(
            "{}{}  {}  ",
            look.strong(name),
            " ".repeat(longest - name.len()),
            code.exit()
        );
        out.push_str(&paragraph(
            &lead,
            longest + 5,
            look.width,
            help::hint(*code, look.language),
        ));
    }
    out
}

#[cfg(test)]
mod unit {
    use insta::assert_snapshot;

    use super::*;
    use crate::render::unit::PLAIN;

    #[test]
    fn every_code_has_a_line() {
        let text = codes(PLAIN);
        for code in Code::ALL {
            assert!(
                text.lines().any(|line| line.starts_with(code.as_str())),
                "{code:?}"
            );
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80));
    }

    #[test]
    fn a_story_says_what_to_expect() {
        let list = [StoryView {
            name: "2-contractors".into(),
            title: "Say it once for contractors".into(),
            summary: "The guardrail already keeps contractors away from P0. Drop the class check that repeats it.".into(),
            expect: "Contractors gain read and comment on P0.".into(),
            file: "policies/access/contractors.cedar".into(),
        }];
        assert_snapshot!(stories(&list, PLAIN), @r"
        2-contractors  Say it once for contractors
          policies/access/contractors.cedar
          The guardrail already keeps contractors away from P0. Drop the class check
          that repeats it.
          Expect: Contractors gain read and comment on P0.
        ");
    }
}
