//! Authors' words survive, and are flagged when their facts do not.

use narrative::{
    Error, Facts,
    document::{Content, Mark, Span},
    edit::{Edits, editable, read},
    language::plain,
    render, write,
};
use proptest::prelude::*;

use crate::samples;

fn edited(id: &str, words: &str) -> Edits {
    let mut edits = Edits::default();
    let document = write(&Facts::Promotion(Box::new(samples::promotion())), "en").unwrap();
    edits
        .put(&document, id, "Ana Pérez <ana@northwind.example>", words)
        .unwrap();
    edits
}

#[test]
fn an_author_s_words_take_the_place_of_those_computed() {
    let edits = edited("why-lead", "We did it for **the auditors**. See `GDPR`.");
    let document = edits
        .apply(&write(&Facts::Promotion(Box::new(samples::promotion())), "en").unwrap())
        .unwrap();
    let block = document
        .blocks
        .iter()
        .find(|block| block.id == "why-lead")
        .unwrap();
    assert_eq!(
        block.mark,
        Mark::Edited {
            by: "Ana Pérez <ana@northwind.example>".to_owned()
        }
    );
    let Content::Paragraph(spans) = &block.content else {
        panic!()
    };
    assert!(
        spans.contains(&Span::Strong("the auditors".to_owned()))
            && spans.contains(&Span::Code("GDPR".to_owned()))
    );
    // The evidence stays beside them.
    assert!(!block.notes.is_empty());
    let html = render::html(&document);
    assert!(html.contains("edited by Ana Pérez") && html.contains("class=\"block edited\""));
}

#[test]
fn words_whose_facts_changed_are_flagged_and_stay() {
    let edits = edited("affected-gained", "Nobody minds.");
    let mut promotion = samples::promotion();
    let narrative::facts::Replayed::Drift(drift) = &mut promotion.drift else {
        panic!()
    };
    drift.changed.gained = 25_900;
    let document = edits
        .apply(&write(&Facts::Promotion(Box::new(promotion)), "en").unwrap())
        .unwrap();
    let block = document
        .blocks
        .iter()
        .find(|block| block.id == "affected-gained")
        .unwrap();
    let Mark::Unfounded { missing, .. } = &block.mark else {
        panic!("{:?}", block.mark)
    };
    assert!(
        missing.contains("In all, about 26,000 requests gain access."),
        "{missing}"
    );
    assert!(render::text(&document).contains("Nobody minds."));
    assert!(render::markdown(&document).contains("no longer supported by facts"));
}

#[test]
fn words_whose_facts_are_gone_stay_where_they_were() {
    let edits = edited("affected-open", "The rest is being looked at.");
    let mut promotion = samples::promotion();
    let narrative::facts::Replayed::Drift(drift) = &mut promotion.drift else {
        panic!()
    };
    drift.changed.open = 0;
    let document = edits
        .apply(&write(&Facts::Promotion(Box::new(promotion)), "en").unwrap())
        .unwrap();
    let at = document
        .blocks
        .iter()
        .position(|block| block.id == "affected-open")
        .unwrap();
    assert_eq!(document.blocks[at - 1].id, "affected-lost");
    assert!(
        matches!(&document.blocks[at].mark, Mark::Unfounded { missing, .. } if missing.contains("not there any more"))
    );
}

#[test]
fn what_cannot_be_edited_is_refused() {
    let document = write(&Facts::Promotion(Box::new(samples::promotion())), "en").unwrap();
    for (id, words, why) in [
        ("nowhere", "x", "there is no block `nowhere`"),
        ("detail-people-chart", "x", "is no prose"),
        ("changed", "x", "is no prose"),
        ("why-lead", "  ", "needs words"),
        ("why-lead", "<!-- -->", "needs words"),
    ] {
        let Err(Error::Edit(message)) = Edits::default().put(&document, id, "ana", words) else {
            panic!("{id}")
        };
        assert!(message.contains(why), "{message}");
    }
}

#[test]
fn putting_back_what_was_there_takes_an_edit_back() {
    let document = write(&Facts::Promotion(Box::new(samples::promotion())), "en").unwrap();
    for block in &document.blocks {
        let Some(was) = editable(block) else { continue };
        let mut edits = Edits::default();
        edits
            .put(&document, &block.id, "ana", "Other words.")
            .unwrap();
        assert_eq!(edits.blocks.len(), 1);
        edits.put(&document, &block.id, "ana", &was).unwrap();
        assert!(edits.blocks.is_empty(), "{}: {was}", block.id);
    }
}

#[test]
fn an_edit_s_markdown_brings_words_and_nothing_else() {
    let read = |markdown: &str| {
        read(markdown)
            .iter()
            .map(|part| plain(part))
            .collect::<Vec<_>>()
    };
    assert_eq!(read("a <script>x</script> b"), ["a x b"]);
    assert_eq!(read("![pixel](https://evil.example/x.png)seen"), ["seen"]);
    assert_eq!(read("- one\n- two\n\nthree"), ["one", "two", "three"]);
    assert_eq!(read("[run](javascript:alert(1))"), ["run"]);
    let spans = narrative::edit::read("[run](javascript:alert(1))");
    assert_eq!(spans, [[Span::Text("run".to_owned())]]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Regenerating from the same facts keeps every edit, and storing edits keeps them, too.
    #[test]
    fn regenerating_keeps_every_edit(words in proptest::collection::vec("[a-zA-Z*_`#\\[\\] .]{1,40}", 1..6)) {
        let facts = Facts::Promotion(Box::new(samples::promotion()));
        let document = write(&facts, "fr").unwrap();
        let mut edits = Edits::default();
        let prose: Vec<_> = document.blocks.iter().filter(|block| editable(block).is_some()).collect();
        for (block, words) in prose.iter().zip(&words) {
            let _ = edits.put(&document, &block.id, "ana", words);
        }
        let stored: Edits = serde_json::from_str(&serde_json::to_string(&edits).unwrap()).unwrap();
        prop_assert_eq!(&stored, &edits);
        let once = edits.apply(&document).unwrap();
        let again = stored.apply(&write(&facts, "fr").unwrap()).unwrap();
        prop_assert_eq!(&once, &again);
        let marked = once.blocks.iter().filter(|block| matches!(block.mark, Mark::Edited { .. })).count();
        prop_assert_eq!(marked, edits.blocks.len());
        let flagged = once.blocks.iter().filter(|block| matches!(block.mark, Mark::Unfounded { .. })).count();
        prop_assert_eq!(flagged, 0);
    }
}
