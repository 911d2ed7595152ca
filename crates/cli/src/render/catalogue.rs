//! Lists: prepared edits, the error catalogue, measures.

use ipc::StoryView;
use model::Code;

use crate::{
    bench::Measured,
    text::{Columns, Look, paragraph, visible},
};

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
        out.push_str(&paragraph(&lead, longest + 5, look.width, code.hint()));
    }
    out
}

/// Measures, with what they are compared to.
pub fn measures(measures: &[Measured], look: Look) -> String {
    let mut table = Columns::new(0, &[1, 3, 5]);
    table.row(["measure", "value", "", "peer", "", "ratio"].map(|head| look.quiet(head)));
    for measure in measures {
        let peer = measure.peer.map(|peer| number(peer, &measure.unit));
        table.row([
            measure.name.clone(),
            look.strong(number(measure.value, &measure.unit)),
            measure.unit.clone(),
            peer.unwrap_or_default(),
            if measure.peer.is_some() {
                measure.unit.clone()
            } else {
                String::new()
            },
            measure
                .ratio
                .map(|ratio| format!("{ratio:.1}×"))
                .unwrap_or_default(),
        ]);
    }
    table.text()
}

fn number(value: f64, unit: &str) -> String {
    match unit {
        "ms" | "MB" => format!("{value:.1}"),
        "rows" | "requests" | "policies" => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
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
    fn measures_stand_in_columns() {
        let list = [
            Measured::new("import", 4.312, "s"),
            Measured::new("replay_full", 1.5, "s").against(93.0),
        ];
        assert_snapshot!(measures(&list, PLAIN), @r"
        measure      value      peer     ratio
        import        4.31  s
        replay_full   1.50  s  93.00  s  62.0×
        ");
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
