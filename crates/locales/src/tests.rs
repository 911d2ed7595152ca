//! Files that agree, files that do not, and what is made of them.

use std::{collections::BTreeMap, env, fs, path::Path, process};

use crate::{
    PSEUDO,
    check::{Source, check},
    items, messages, packs, read,
};

fn source(tag: &str, text: &str) -> Source {
    Source {
        tag: tag.to_owned(),
        file: format!("{tag}.ftl"),
        text: text.to_owned(),
    }
}

fn told(en: &str, other: &str) -> Vec<String> {
    let problems = check(&[source("de", other), source("en", en)], &[])
        .err()
        .unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn files_that_agree_are_built() {
    let found = check(
        &[
            source("en", "a = { $x } and { $y }\n"),
            source("de", "a = { $y } und { $x }\n"),
        ],
        &[],
    )
    .unwrap();
    let placeholders: Vec<_> = found["a"].iter().cloned().collect();
    assert_eq!(placeholders, ["x", "y"]);
    assert!(
        check(&[source("de", "a = b\n")], &[]).is_err(),
        "without the measure"
    );
}

#[test]
fn what_stops_the_build_is_told_with_file_and_line() {
    for (en, de, problem) in [
        (
            "a = { $who }\n",
            "# one\n\na = Hallo\n    { $wer }\n",
            "de.ftl:4: `a` knows no `$wer`",
        ),
        (
            "a = { $who }\n",
            "\na = Hallo\n",
            "de.ftl:2: `a` leaves out `$who`",
        ),
        (
            "a = x\nb = y\n",
            "a = x\n",
            "de.ftl:1: the message `b` is missing; en.ftl:2 has it",
        ),
        (
            "a = x\n",
            "a = x\nb = y\n",
            "de.ftl:2: `b` is no message of en.ftl",
        ),
        ("a = x\n", "a = x\na = y\n", "de.ftl:1: `a` is there twice"),
        (
            "a = x\n",
            "a = { NUMBER(3) }\n",
            "de.ftl:1: `a`: there is no function `NUMBER`",
        ),
        (
            "a = x\n",
            "b = c\na = { b }\n",
            "de.ftl:2: `a`: `b` cannot be referred to",
        ),
        (
            "a = x\n",
            "a = { -t }\n",
            "de.ftl:1: `a` uses the term `-t`, which is not there",
        ),
        ("a = x\n", "a = { $n ->\n [one] x\n}\n", "de.ftl:3: "),
        (
            "a = x\n",
            "a = x\n-t = y\n",
            "de.ftl:2: `-t`: a term has the attributes",
        ),
        (
            "a = x\n-t = y\n .name = T\n .means = U\n",
            "a = x\n",
            "de.ftl:1: the term `-t` is not",
        ),
    ] {
        let told = told(en, de);
        assert!(
            told.iter().any(|it| it.starts_with(problem)),
            "{problem}\n{told:#?}"
        );
    }
}

/// A place in English and German.
fn place(en: &str, de: &str) -> BTreeMap<String, Vec<Source>> {
    BTreeMap::from([("a".to_owned(), vec![source("de", de), source("en", en)])])
}

#[test]
fn what_the_window_cannot_say_stops_the_build() {
    const CHOICE: &str = "a = { $n ->\n    [one] x\n   *[other] y\n}\n";
    for (en, de, problem) in [
        (
            "a = x\nb = y\n",
            "a = x\n",
            "de.ftl:1: the message `b` is missing",
        ),
        (
            CHOICE,
            "a = { $m ->\n    [one] x\n   *[other] y\n}\n",
            "de.ftl:1: `a` knows no `$m`",
        ),
        (
            CHOICE,
            "a = { $n }\n",
            "de.ftl:1: `a`: `$n` is a number here or in en",
        ),
        (
            "a = { NUMBER($n) }\n",
            "a = { NUMBER($n) } { $n }\n",
            "de.ftl:1: `a`: `$n` is a number and words",
        ),
        (
            CHOICE,
            "a = { $n ->\n    [0] x\n   *[other] y\n}\n",
            "de.ftl:1: `a`: nothing is said for `$n` being 1",
        ),
        (
            CHOICE,
            "a = { $n ->\n    [one] x\n    [few] z\n   *[other] y\n}\n",
            "de.ftl:1: `a`: `[few]` cannot be chosen",
        ),
        (
            CHOICE,
            "a = { $n ->\n   *[one] x\n}\n",
            "de.ftl:1: `a`: `[one]` cannot be chosen",
        ),
        (
            "a = { PLURAL($n) }\n",
            "a = { $n }\n",
            "en.ftl:1: `a`: there is no function `PLURAL`",
        ),
        (
            "a = { NUMBER($n, digits: 2) }\n",
            "a = { NUMBER($n) }\n",
            "en.ftl:1: `a`: `NUMBER` is of one placeholder",
        ),
        (
            "a = x\n-t = y\n .name = T\n .means = U\n",
            "a = x\n-t = y\n .name = T\n .means = U\n",
            "de.ftl:2: `-t`: the window has no terms",
        ),
    ] {
        let told: Vec<String> = messages(&place(en, de))
            .err()
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(
            told.iter().any(|it| it.starts_with(problem)),
            "{problem}\n{told:#?}"
        );
    }
}

#[test]
fn a_pack_is_a_line_for_each_message_in_the_order_of_keys() {
    let places = place(
        "b = Open\na = { NUMBER($files) ->\n    [0] No files\n    [one] One file\n   *[other] { NUMBER($files) } files\n} in { $name }\n",
        "a = In { $name }: { $files ->\n   *[other] { NUMBER($files) } Dateien\n    [one] eine Datei\n}\nb = Offen\n",
    );
    // Only a placeholder chooses.
    assert!(packs(&places).is_err());
    let places = place(
        "b = Open\na = { $files ->\n    [0] No files\n    [one] One file\n   *[other] { NUMBER($files) } files\n} in { $name }\n",
        "a = In { $name }: { $files ->\n   *[other] { NUMBER($files) } Dateien\n    [one] eine Datei\n}\nb = Offen\n",
    );
    let packs = packs(&places).unwrap();
    let lines = |tag: &str| {
        packs[tag]
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lines("en"),
        [
            "\u{2}a0\u{3}No files\u{4}1\u{3}One file\u{4}\u{3}\u{1}a files\u{4}\u{4} in \u{1}b",
            "Open"
        ]
    );
    assert_eq!(
        lines("de"),
        [
            "In \u{1}b: \u{2}a1\u{3}eine Datei\u{4}\u{3}\u{1}a Dateien\u{4}\u{4}",
            "Offen"
        ]
    );
    assert_eq!(lines(PSEUDO)[1], "[ÖÖpééñ]");
    // All were made for the same build, and another build has another shape.
    let shape = |pack: &str| pack.lines().next().unwrap().to_owned();
    assert!(
        packs
            .values()
            .all(|pack| shape(pack) == shape(&packs["en"]))
    );
    let other = crate::packs(&place("b = Open\n", "b = Offen\n")).unwrap();
    assert_ne!(shape(&other["en"]), shape(&packs["en"]));
}

#[test]
fn items_have_the_placeholders_as_typed_fields() {
    let found = messages(&place(
        "open-it = Open\nfiles-in = { NUMBER($files) } files in { $name }\n",
        "open-it = Öffnen\nfiles-in = { $name }: { NUMBER($files) } Dateien\n",
    ));
    let code = items(&["de", "en"], &found.unwrap()).unwrap();
    for line in [
        "pub mod a {",
        "pub struct FilesIn<'t> {",
        "    pub files: u64,",
        "    pub name: &'t str,",
        "    pub fn say(self) -> String { fill(0, &[Arg::Number(self.files), Arg::Words(self.name), ]) }",
        "pub const OPEN_IT: Text = Text(1);",
    ] {
        assert!(code.lines().any(|it| it == line), "{line}\n{code}");
    }
}

#[test]
fn a_file_that_a_language_lacks_is_told_of_message_by_message() {
    let folder = env::temp_dir().join(format!("locales-{}", process::id()));
    for (tag, place) in [("en", "shell"), ("en", "drift"), ("de", "shell")] {
        let ui = folder.join(tag).join("ui");
        fs::create_dir_all(&ui).unwrap();
        fs::write(ui.join(format!("{place}.ftl")), "a = x\n").unwrap();
    }
    let problems = messages(&read(&folder).unwrap()).unwrap_err();
    fs::remove_dir_all(&folder).unwrap();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["locales/de/ui/drift.ftl:1: the message `a` is missing; locales/en/ui/drift.ftl:1 has it"]
    );
}

fn ours() -> BTreeMap<String, Vec<Source>> {
    read(Path::new("../../locales")).unwrap()
}

#[test]
fn the_windows_languages_are_complete() {
    let (places, messages) = (ours(), messages(&ours()).unwrap());
    let count: usize = messages.values().map(Vec::len).sum();
    let packs = packs(&places).unwrap();
    let tags: Vec<&str> = packs.keys().map(String::as_str).collect();
    assert_eq!(tags, ["de", "en", PSEUDO, "fr"]);
    for (tag, pack) in &packs {
        let lines: Vec<&str> = pack.lines().collect();
        assert_eq!(lines.len(), count + 1, "{tag}");
        assert!(
            lines.iter().all(|line| !line.is_empty()),
            "{tag} says nothing"
        );
    }
}

#[test]
fn the_pseudo_language_is_longer_by_a_third_and_stands_in_brackets() {
    let packs = packs(&ours()).unwrap();
    let (mut plain, mut long) = (0, 0);
    for (english, pseudo) in packs["en"].lines().zip(packs[PSEUDO].lines()).skip(1) {
        if english.chars().any(char::is_alphabetic)
            && !english.contains('\u{1}')
            && english.len() > 20
        {
            assert!(pseudo.starts_with('[') && pseudo.ends_with(']'), "{pseudo}");
            plain += english.chars().count();
            long += pseudo.chars().count();
        }
    }
    let ratio = f64::from(u32::try_from(long).unwrap()) / f64::from(u32::try_from(plain).unwrap());
    assert!((1.3..1.5).contains(&ratio), "{ratio}");
}

/// French sets a narrow or hard blank before high punctuation and inside quotation marks; a plain one would break the line there.
#[test]
fn french_never_breaks_before_its_punctuation() {
    for sources in ours().values() {
        for source in sources.iter().filter(|source| source.tag == "fr") {
            for (at, line) in source.text.lines().enumerate() {
                // A sign at the very beginning is no punctuation.
                let says = line
                    .split_once(" = ")
                    .map_or(line.trim_start(), |(_, says)| says);
                let broken = [" ;", " !", " ?", " :", " »", "« "];
                let wrong = broken.iter().any(|it| says.contains(it));
                assert!(
                    line.starts_with('#') || !wrong,
                    "{}:{}: {line}",
                    source.file,
                    at + 1
                );
            }
        }
    }
}
