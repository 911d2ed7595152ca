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
