//! Names that try to be markup, to turn the text around, or to fill the page: what a reader sees is the name, and nothing acts.

use model::{ActionProof, Amiss, Answer, Broken, Found, Hours, Judged, Relation, Remark};
use narrative::{
    Facts,
    facts::{Gate, Replayed, Standing},
    language::plain,
    render,
    visible::visible,
    write,
};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;

use crate::samples;

/// Facts in which everything that others named is called this.
fn called(name: &str) -> Facts {
    let mut promotion = samples::promotion();
    let moved = &mut promotion.moved;
    for text in [
        &mut moved.tenant,
        &mut moved.environment,
        &mut moved.step.channel,
        &mut moved.step.version,
        &mut moved.step.by,
        &mut moved.step.id,
    ] {
        *text = name.to_owned();
    }
    moved.step.reason = Some(format!("because {name}"));
    moved.from = Some(name.to_owned());
    for policy in &mut moved.policies {
        policy.id = name.to_owned();
        for cited in &mut policy.cites {
            cited.title = Some(name.to_owned());
            cited.link = Some(format!("https://example.org/{name}"));
        }
    }
    for gate in &mut moved.gates {
        gate.name = name.to_owned();
        gate.found = name.to_owned();
        gate.finding = None;
    }
    moved.gates.extend(findings(name));
    if let Some(gate) = moved.gates.last_mut() {
        gate.remarks = remarks(name);
    }
    for approval in &mut moved.approvals {
        approval.by = name.to_owned();
    }
    if let Some(back) = &mut moved.way_back {
        back.command = name.to_owned();
        back.version = name.to_owned();
    }
    if let Replayed::Drift(drift) = &mut promotion.drift {
        for group in &mut drift.people {
            group.name = name.to_owned();
        }
        for example in &mut drift.examples {
            example.principal = name.to_owned();
            example.resource = name.to_owned();
        }
    }
    Facts::Promotion(Box::new(promotion))
}

/// What is to be known beside a finding, where others are named.
fn remarks(name: &str) -> Vec<Remark> {
    vec![
        Remark::OwnTolerance {
            why: name.to_owned(),
        },
        Remark::TestsGone {
            count: 2,
            first: name.to_owned(),
        },
        Remark::NotShipped {
            count: 2,
            first: name.to_owned(),
        },
    ]
}

/// Gates at which others are named, or said something.
fn findings(name: &str) -> Vec<Gate> {
    let name = || name.to_owned();
    let found = [
        Found::Errors {
            count: 2,
            file: name(),
            line: 1,
            message: name(),
        },
        Found::TestsFail {
            failed: 1,
            of: 2,
            first: name(),
        },
        Found::Unlisted { file: name() },
        Found::ReferencesBroken {
            broken: 1,
            of: 1,
            first: Broken::Citation {
                file: name(),
                line: 1,
                column: 1,
                name: name(),
                amiss: Amiss::Unlisted {
                    list: name(),
                    near: Some(name()),
                },
            },
            left_out: Some(name()),
        },
        Found::Replayed(Judged {
            others: vec![ActionProof {
                action: name(),
                relation: Relation::NotProven,
                reason: Some(name()),
            }],
            answer: Some(Answer {
                by: name(),
                reason: name(),
            }),
            ..Judged::default()
        }),
        Found::Approvals {
            wanted: 2,
            by: vec![name()],
            refused: vec![name()],
        },
        Found::Closed {
            hours: Hours {
                days: Vec::new(),
                from: name(),
                until: name(),
            },
            anyway: Some(name()),
        },
    ];
    let gate = |found| samples::gate("gate", Standing::Skipped, found);
    found.map(gate).into()
}

const HOSTILE: &[&str] = &[
    "permit\u{202e}timrep",
    "a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}z",
    "\u{301}leading",
    "</title><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "<!channel> <@U123> <https://evil.example|click>",
    "*bold* _it_ ~no~ `code` [link](https://evil.example) ![x](y)",
    "# heading\n- item\n1. one\n> quote\n| a | b |",
    "@everyone see #12 at www.evil.example or https://evil.example",
    "[^1]: a footnote",
    "``` fence",
    "{ $placeholder } {page} {by}",
    "שלום \u{2068}עולם",
    "",
    " ",
    "\\",
    "1. x",
    " leading and following ",
];

fn events(markdown: &str) -> Vec<Event<'_>> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(markdown, options).collect()
}

/// Nothing in it is there because of a name: links lead where facts say, and no HTML but our own anchors.
fn is_harmless(markdown: &str) {
    for event in events(markdown) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                let ours = dest_url.starts_with('#')
                    || dest_url.starts_with("https://example.org/")
                    || dest_url.contains("eur-lex");
                assert!(ours, "{dest_url}\n{markdown}");
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let ours = ["<a id=\"", "</a>", "<code>", "</code>"]
                    .iter()
                    .any(|tag| html.trim().starts_with(tag));
                assert!(ours, "{html}");
            }
            Event::Start(Tag::Image { .. } | Tag::CodeBlock(_) | Tag::Strikethrough) => {
                panic!("{markdown}")
            }
            _ => {}
        }
    }
}

fn shape(markdown: &str) -> (usize, usize, usize, usize) {
    let events = events(markdown);
    let count = |is: fn(&Event<'_>) -> bool| events.iter().filter(|event| is(event)).count();
    (
        count(|it| matches!(it, Event::Start(Tag::Heading { .. }))),
        count(|it| matches!(it, Event::Start(Tag::Item))),
        count(|it| matches!(it, Event::Start(Tag::TableCell))),
        count(|it| matches!(it, Event::Start(Tag::FootnoteDefinition(_)))),
    )
}

fn check(name: &str) {
    let document = write(&called(name), "en").unwrap();
    let calm = write(&called("calm"), "en").unwrap();
    let markdown = render::markdown(&document);
    is_harmless(&markdown);
    // One source more or less: `calm` cites an address of its own.
    assert_eq!(
        shape(&markdown),
        shape(&render::markdown(&calm)),
        "{name:?}\n{markdown}"
    );

    let html = render::html(&document);
    for tag in ["<script", "<img", "onerror=alert(1)>"] {
        assert!(!html.contains(tag), "{name:?}");
    }
    for text in [&html, &markdown, &render::text(&document)] {
        let acts = text
            .chars()
            .find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}'));
        assert_eq!(acts, None, "{name:?}");
        let count = |c| text.matches(c).count();
        assert_eq!(count('\u{2068}'), count('\u{2069}'), "isolates are closed");
    }
    is_a_message(&render::slack(&document));
}

/// Within the limits of Block Kit, and nothing that Slack reads as markup.
fn is_a_message(message: &Value) {
    let blocks = message["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    let fallback = message["text"].as_str().unwrap();
    assert!(!fallback.contains('<') && !fallback.contains('>'));
    for block in blocks {
        let texts = strings(block);
        assert!(
            texts.iter().map(|text| text.chars().count()).sum::<usize>() <= 3_300,
            "{block}"
        );
        match block["type"].as_str().unwrap() {
            "header" => {
                assert_eq!(block["text"]["type"], "plain_text");
                assert!(
                    (1..=150).contains(&block["text"]["text"].as_str().unwrap().chars().count())
                );
            }
            "context" => assert!(
                block["elements"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|it| it["type"] == "plain_text")
            ),
            "rich_text" => assert!(!block.to_string().contains("mrkdwn")),
            other => panic!("{other}"),
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let text = members
                .get("text")
                .and_then(Value::as_str)
                .map(str::to_owned);
            text.into_iter()
                .chain(
                    members
                        .values()
                        .filter(|it| !it.is_string())
                        .flat_map(strings),
                )
                .collect()
        }
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn names_do_nothing() {
    for name in HOSTILE {
        check(name);
    }
}

#[test]
fn names_of_three_hundred_characters_leave_room_for_the_rest() {
    let name = "x".repeat(300);
    check(&name);
    let document = write(&called(&name), "en").unwrap();
    assert!(document.title.chars().count() <= 220, "{}", document.title);
}

#[test]
fn a_week_with_a_thousand_moves_is_still_a_message() {
    let mut week = samples::week();
    week.moves = (1..1_000)
        .map(|n| samples::step(n, "1.0.0", samples::AT, n, 0))
        .collect();
    let document = write(&Facts::Week(week), "de").unwrap();
    is_a_message(&render::slack(&document));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_name_does_anything(name in "\\PC{0,40}|[ -~\n]{0,40}|[`*_|\\\\\\[\\]<>#&@:/.~$!()-]{0,12}") {
        check(&name);
    }

    /// What Markdown says is what was said, whatever stands in it.
    #[test]
    fn prose_goes_to_markdown_and_back(name in "\\PC{1,40}|[`*_|\\\\\\[\\]<>#&@:/.~$!()-]{1,12}") {
        is_said_back(&name);
    }
}

#[test]
fn marks_at_the_beginning_go_to_markdown_and_back() {
    for name in ["-", "+", "#", ">", "=", "1.", "1)", " -", "*", "---"] {
        is_said_back(name);
    }
}

fn is_said_back(name: &str) {
    let document = write(&called(name), "en").unwrap();
    for block in &document.blocks {
        if let narrative::document::Content::Paragraph(spans) = &block.content {
            let back = narrative::edit::read(&render::spans(spans));
            let back: Vec<String> = back.iter().map(|part| plain(part)).collect();
            let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(
                squeezed(&back.join(" ")),
                squeezed(&plain(spans)),
                "{}",
                visible(name)
            );
        }
    }
}
