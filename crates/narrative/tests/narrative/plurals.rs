//! What the window counts as one, held against Unicode's rules. Here and not in `locales`: that crate runs while others are built, and
//! what its tests needed would have everything compiled twice, for the tests and for use.

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

#[test]
fn what_is_counted_as_one_is_what_unicode_says() {
    for tag in ["en", "de", "fr"] {
        let locale: Locale = tag.parse().unwrap();
        let rules = PluralRules::try_new_cardinal((&locale).into()).unwrap();
        let one = locales::one(tag).unwrap();
        for number in 0..10_000_u64 {
            let counted = rules.category_for(number) == PluralCategory::One;
            assert_eq!(counted, one.contains(&number), "{tag}: {number}");
        }
    }
}
