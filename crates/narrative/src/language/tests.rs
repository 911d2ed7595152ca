//! The rules of each language.

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, PatternElement, VariantKey},
    parser,
};

use super::{
    Arg, Language, PSEUDO, code, exact, languages, messages, messages::TEXTS, plain, words,
};
use crate::{document::Span, rounding::Rounded};

/// 21 November 2026, 14:05 UTC.
const AT: u64 = 1_795_269_900;

fn said(tag: &str, text: impl Fn(&Language) -> String) -> String {
    text(&Language::find(tag).unwrap())
}

#[test]
fn each_language_writes_numbers_dates_lists_and_quotes_its_own_way() {
    for (tag, number, date, moment, list, quoted) in [
        (
            "en",
            "about 24,000",
            "November\u{a0}21, 2026",
            "November\u{a0}21, 2026, 14:05 UTC",
            "a, b, and c",
            "“ok”",
        ),
        (
            "de",
            "rund 24.000",
            "21.\u{a0}November 2026",
            "21.\u{a0}November 2026, 14:05 Uhr (UTC)",
            "a, b und c",
            "„ok“",
        ),
        (
            "fr",
            "environ 24\u{202f}000",
            "21\u{a0}novembre 2026",
            "21\u{a0}novembre 2026 à 14\u{a0}h\u{a0}05\u{a0}min (UTC)",
            "a, b et c",
            "«\u{202f}ok\u{202f}»",
        ),
    ] {
        let count = || Arg::Number(Rounded::of(24_400));
        let items = ["a", "b", "c"].map(|item| vec![Span::Text(item.to_owned())]);
        let requests = said(tag, |it| it.text(messages::Requests { count: count() }));
        assert!(requests.starts_with(number), "{requests}");
        assert_eq!(said(tag, |it| it.date(AT)), date);
        assert_eq!(said(tag, |it| it.moment(AT)), moment);
        assert_eq!(said(tag, |it| plain(&it.list(&items))), list);
        assert_eq!(said(tag, |it| it.quoted("ok")), quoted);
    }
    assert_eq!(said("en-GB", |it| it.date(AT)), "21\u{a0}November 2026");
    assert_eq!(said("de-CH", |it| it.number(24_000)), "24'000");
}

#[test]
fn plurals_follow_each_language() {
    let people = |tag: &str, count| {
        said(tag, |it| {
            it.text(messages::People {
                count: exact(count),
            })
        })
    };
    // French has one person where there is none.
    assert_eq!(
        [0, 1, 2].map(|n| people("en", n)),
        ["0 people", "1 person", "2 people"]
    );
    assert_eq!(
        [0, 1, 2].map(|n| people("de", n)),
        ["0 Personen", "einer Person", "2 Personen"]
    );
    assert_eq!(
        [0, 1, 2].map(|n| people("fr", n)),
        ["0 personne", "1 personne", "2 personnes"]
    );
}

#[test]
fn a_term_is_marked_where_it_is_first_used_and_explained_at_the_end() {
    let language = Language::find("en").unwrap();
    let lead = || messages::EvidenceLeadEmpty { origin: code("a") };
    let term = Span::Term("ledger".to_owned());
    assert!(language.say(lead()).contains(&term));
    assert!(!language.say(lead()).contains(&term));
    let glossary = language.glossary();
    assert_eq!(glossary.len(), 1);
    assert!(glossary[0].0 == "Ledger" && glossary[0].1.starts_with("The list of all receipts."));
}

#[test]
fn what_no_template_wrote_stands_outside_the_brackets_of_the_pseudo_language() {
    let language = Language::find(PSEUDO).unwrap();
    let text = language.text(messages::ReasonNone {});
    assert!(text.starts_with('[') && text.ends_with(']'), "{text}");
    let english = said("en", |it| it.text(messages::ReasonNone {}))
        .chars()
        .count();
    assert!(text.chars().count() * 10 >= english * 13, "{text}");
    assert!(
        language
            .text(messages::Quotation {
                text: words("plain")
            })
            .contains("plain")
    );
}

#[test]
fn a_language_is_found_by_its_tag() {
    assert_eq!(languages(), ["de", "en", "fr"]);
    for tag in ["tlh", "", "../en", "english please"] {
        let message = Language::find(tag).err().map(|error| error.to_string());
        assert_eq!(
            message,
            Some(format!("`{tag}` is no language of narratives"))
        );
    }
}

/// A choice by number says something of its own wherever the language has a plural for counts up to a thousand.
#[test]
fn no_plural_is_left_to_chance() {
    for (tag, text) in TEXTS {
        let language = Language::find(tag).unwrap();
        let wanted: std::collections::BTreeSet<&str> =
            (0..1000).map(|n| language.plural(n)).collect();
        for entry in parser::parse(*text).unwrap().body {
            let Entry::Message(message) = entry else {
                continue;
            };
            for element in message.value.unwrap().elements {
                let PatternElement::Placeable {
                    expression: Expression::Select { selector, variants },
                } = element
                else {
                    continue;
                };
                let InlineExpression::VariableReference { id } = selector else {
                    panic!("the check lets this pass")
                };
                if !["count", "days"].contains(&id.name) {
                    continue;
                }
                let has = |category: &str| {
                    variants.iter().any(
                        |it| matches!(it.key, VariantKey::Identifier { name } if name == category),
                    )
                };
                // Where nobody says "people: 1", the one form serves all.
                let one_form = variants.len() == 2 && !has("one");
                assert!(
                    one_form || wanted.iter().all(|it| has(it)),
                    "{tag}: `{}` lacks one of {wanted:?}",
                    message.id.name
                );
            }
        }
    }
}
