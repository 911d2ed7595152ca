//! What the window says, in its language. The texts lie in `locales/<language>/ui/<place>.ftl`, English first; the build makes of each
//! message an item of the module of its place, and refuses languages that do not agree. A screen says
//!
//! ```ignore
//! view! { <h1>{texts::drift::TITLE.get()}</h1> }                       // title = Drift
//! texts::drift::Rows { rows: 3 }.say()                                 // rows = { $rows -> [one] One row *[other] { NUMBER($rows) } rows }
//! texts::drift::Opened { path: &path, at: &words::date_time(at) }.say() // opened = { $path } opened at { $at }
//! ```
//!
//! A number is chosen by or stands in `NUMBER()`, and is a `u64`; all else is words. A text that is there as it stands is
//! `&'static str` and fits wherever a literal does. Texts are not tracked: when the language changes, the root makes all views
//! anew under the same state ([`crate::app`]). So a text is asked for where it is shown, and never kept in the state.
//!
//! Neither texts nor keys are part of the WebAssembly: boot.js fetches the pack of the language (`texts/<language>.txt`; its form is
//! told in `crates/locales`) beside it, and a message is a line of it.

use std::{
    str::Chars,
    sync::{PoisonError, RwLock},
};

use wasm_bindgen::prelude::*;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The lines of the pack in use, without the first.
static LINES: RwLock<&[&str]> = RwLock::new(&[]);

/// A message without placeholders, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(u16);

impl Text {
    /// It, in the language of the window.
    pub fn get(self) -> &'static str {
        line(self.0)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.get().to_owned()
    }
}

/// What stands for a placeholder.
#[derive(Clone, Copy)]
enum Arg<'t> {
    Number(u64),
    Words(&'t str),
}

fn line(number: u16) -> &'static str {
    let lines = *LINES.read().unwrap_or_else(PoisonError::into_inner);
    lines.get(usize::from(number)).copied().unwrap_or_default()
}

fn fill(number: u16, args: &[Arg<'_>]) -> String {
    let mut said = String::new();
    say(&mut line(number).chars(), args, Some(&mut said));
    said
}

const ARG: char = '\u{1}';
const CHOICE: char = '\u{2}';
const MEANS: char = '\u{3}';
const END: char = '\u{4}';

/// Says what comes until its end; what was not chosen is passed over without a word.
fn say(rest: &mut Chars<'_>, args: &[Arg<'_>], mut to: Option<&mut String>) {
    while let Some(next) = rest.next() {
        let to = to.as_deref_mut();
        match next {
            END => return,
            CHOICE => choose(rest, args, to),
            ARG => match (arg(rest, args), to) {
                (Some(Arg::Number(number)), Some(to)) => to.push_str(&crate::words::number(number)),
                (Some(Arg::Words(words)), Some(to)) => to.push_str(words),
                _ => {}
            },
            letter => to.into_iter().for_each(|to| to.push(letter)),
        }
    }
}

fn choose(rest: &mut Chars<'_>, args: &[Arg<'_>], mut to: Option<&mut String>) {
    let by = match arg(rest, args) {
        Some(Arg::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let mut chosen = false;
    while !rest.as_str().starts_with(END)
        && let Some((numbers, _)) = rest.as_str().split_once(MEANS)
    {
        let fits = !chosen && (numbers.is_empty() || numbers.split(',').any(|it| it == by));
        chosen |= fits;
        rest.nth(numbers.len());
        say(rest, args, to.as_deref_mut().filter(|_| fits));
    }
    rest.next();
}

/// The argument whose letter comes next.
fn arg<'t>(rest: &mut Chars<'_>, args: &[Arg<'t>]) -> Option<Arg<'t>> {
    let place = (rest.next()? as usize).checked_sub('a' as usize)?;
    args.get(place).copied()
}

/// A language, as it was fetched.
pub struct Pack {
    /// Its tag.
    pub tag: String,
    text: String,
}

impl Pack {
    /// Fetches a language by what is set; by what was set last, when that is not known yet.
    pub async fn fetch(setting: Option<&str>) -> Option<Self> {
        let pair: js_sys::Array = fetch(setting).await.ok()?.dyn_into().ok()?;
        let (tag, text) = (pair.get(0).as_string()?, pair.get(1).as_string()?);
        Some(Self { tag, text })
    }

    /// Says everything in this language from now on, and gives its tag; unless it was made for another build.
    pub fn speak(self) -> Option<String> {
        take(self.text).then_some(self.tag)
    }
}

fn take(pack: String) -> bool {
    // Texts are handed out for as long as the page lives; there are a few languages, and each is some kilobytes.
    match pack.leak().split_once('\n') {
        Some((SHAPE, lines)) => {
            let lines: Vec<&str> = lines.split('\n').collect();
            *LINES.write().unwrap_or_else(PoisonError::into_inner) = lines.leak();
            true
        }
        _ => false,
    }
}

#[wasm_bindgen]
extern "C" {
    // The tag and the pack (boot.js).
    #[wasm_bindgen(js_namespace = globalThis, js_name = studioTexts, catch)]
    async fn fetch(setting: Option<&str>) -> Result<JsValue, JsValue>;
}

#[cfg(test)]
pub mod tests {
    use std::{collections::BTreeMap, path::Path};

    use super::*;

    fn packs() -> BTreeMap<String, String> {
        let folder = Path::new("../locales");
        locales::packs(&locales::read(folder).unwrap()).unwrap()
    }

    /// For tests of what is said. All tests of a process share the language, so it is only ever English.
    pub fn english() {
        assert!(take(packs()["en"].clone()));
    }

    fn said(line: &str, args: &[Arg<'_>]) -> String {
        let mut to = String::new();
        say(&mut line.chars(), args, Some(&mut to));
        to
    }

    #[test]
    fn messages_choose_and_are_filled() {
        english();
        let line = "In \u{1}b: \u{2}a0\u{3}nothing\u{4}1,2\u{3}few in \u{1}b\u{4}\u{3}\u{1}a files\u{4}\u{4}.";
        let files = |number| said(line, &[Arg::Number(number), Arg::Words("a\u{e9}")]);
        assert_eq!(files(0), "In aé: nothing.");
        assert_eq!(files(1), "In aé: few in aé.");
        assert_eq!(files(2), "In aé: few in aé.");
        assert_eq!(files(12), "In aé: 12 files.");
        assert_eq!(files(1_234_567), "In aé: 1,234,567 files.");
    }

    #[test]
    fn a_choice_within_a_choice_is_passed_over_whole() {
        let inner = |says: &str| format!("\u{2}b1\u{3}one {says}\u{4}\u{3}many {says}\u{4}\u{4}");
        let line = format!(
            "\u{2}a1\u{3}{}\u{4}\u{3}{}!\u{4}\u{4}",
            inner("x"),
            inner("y")
        );
        let both = |a, b| said(&line, &[Arg::Number(a), Arg::Number(b)]);
        assert_eq!(
            [both(1, 1), both(1, 2), both(2, 1), both(2, 2)],
            ["one x", "many x", "one y!", "many y!"]
        );
    }

    #[test]
    fn what_is_broken_or_of_another_build_harms_nothing() {
        for line in [
            "\u{1}",
            "\u{1}z",
            "\u{2}",
            "\u{2}a",
            "\u{2}a1",
            "\u{2}a1\u{3}x",
            "\u{4}x",
            "\u{2}\u{4}\u{3}",
        ] {
            said(line, &[Arg::Number(1)]);
        }
        assert!(!take(String::new()));
        assert!(!take(packs()["de"].replacen(SHAPE, "0", 1)));
    }

    /// What the packs hold is what the items of the crate ask for, number by number.
    #[test]
    fn items_say_their_own_message() {
        english();
        assert_eq!(shell::CANCEL.get(), "Cancel");
        assert_eq!(words::VERIFIED.get(), "Verified");
        assert_eq!(actions::PALETTE.get(), "Search and commands");
        assert_eq!(
            shell::Tests {
                passed: 1_000,
                all: 2_000
            }
            .say(),
            "1,000 of 2,000 tests pass"
        );
        assert_eq!(shell::Errors { count: 1 }.say(), "1 error");
        assert_eq!(
            actions::Refused {
                action: "A",
                why: "b"
            }
            .say(),
            "A: b"
        );
    }

    #[test]
    fn the_page_asks_for_the_languages_there_are() {
        let boot = include_str!("../boot.js");
        assert!(boot.contains(&format!("const languages = {LANGUAGES:?};")));
    }
}
