//! The narratives themselves, of every kind and in every language.

#[path = "../../../narrative/tests/narrative/samples.rs"]
mod samples;

use crate::options;

#[test]
fn every_kind_of_narrative_is_printed_in_every_language_and_holds() {
    for (kind, facts) in samples::all() {
        for language in narrative::tags() {
            let document = narrative::write(&facts, language).unwrap();
            let bytes = pdf::write(&document, &options()).unwrap();
            let check = pdf::check(&bytes).unwrap();
            assert!(check.holds(), "{kind}, {language}: {:?}", check.parts);
            assert_eq!(check.carried.document, document);
            let pages = pdf::pages(&document, &options()).unwrap();
            assert!(!pages.is_empty());
            // No kind says what our letters cannot show; the language of tests brackets everything on purpose.
            let foreign = pages.iter().any(|page| page.contains("⟨U+"));
            assert!(!foreign, "{kind}, {language}");
        }
    }
}

#[test]
fn no_word_of_a_german_table_is_cut() {
    use narrative::facts::{Facts, What};
    let mut evidence = samples::evidence();
    for (step, what) in
        evidence
            .moves
            .iter_mut()
            .zip([What::Partial(6), What::Modes, What::Rollback(7)])
    {
        step.what = what;
        step.version = "2.1.0+partial.6.c2e5e056".to_owned();
    }
    let document = narrative::write(&Facts::Evidence(evidence), "de").unwrap();
    let pages = pdf::pages(&document, &options()).unwrap().concat();
    let lines: Vec<&str> = pages
        .split("xml:space=\"preserve\">")
        .skip(1)
        .filter_map(|rest| rest.split("</text>").next())
        .collect();
    let whole = |word: &str| {
        lines
            .iter()
            .any(|line| line.split(' ').any(|it| it == word))
    };
    for word in [
        "Gewonnen",
        "Verloren",
        "zurückgenommen",
        "Anwendung",
        "Rücknahme",
    ] {
        assert!(whole(word), "{word}: {lines:?}");
    }
    // Dates are broken between their words.
    assert!(
        !lines.iter().any(|line| line.ends_with("Novemb")),
        "{lines:?}"
    );
}
