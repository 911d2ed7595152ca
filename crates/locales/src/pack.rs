//! The pack of a language, and the pseudo-language made of English.

use std::collections::BTreeMap;

use crate::{Kind, Message, Problem, Source, check::MEASURE, pattern, pattern::Part, shape};

/// Before the letter of an argument.
pub const ARG: char = '\u{1}';
/// Before the letter of the number that is chosen by.
pub const CHOICE: char = '\u{2}';
/// Between the numbers of a variant and what it says.
pub const MEANS: char = '\u{3}';
/// After a variant, and after all of them.
pub const END: char = '\u{4}';

/// The pseudo-language of the tests: English made longer by a third and more, with accents, between brackets. What is cut off on
/// screen lacks a bracket; what no file says has no accents.
pub const PSEUDO: &str = "en-XA";

/// The pack of each language by its tag, the pseudo-language among them.
///
/// # Errors
/// As [`crate::messages`].
pub fn packs(
    places: &BTreeMap<String, Vec<Source>>,
) -> Result<BTreeMap<String, String>, Vec<Problem>> {
    let messages = crate::messages(places)?;
    let shape = shape(&messages);
    let mut packs = BTreeMap::new();
    for (place, sources) in places {
        let known = messages.get(place).map_or(&[][..], Vec::as_slice);
        for source in sources {
            let said = pattern::read(source, &mut Vec::new());
            let begin = |tag: &str| (tag.to_owned(), shape.clone());
            if source.tag == MEASURE {
                let (tag, shape) = begin(PSEUDO);
                let pack = packs.entry(tag).or_insert(shape);
                line_each(
                    known,
                    |key| said.get(key).map(|(parts, _)| pseudo(parts)),
                    pack,
                );
            }
            let (tag, shape) = begin(&source.tag);
            let pack = packs.entry(tag).or_insert(shape);
            line_each(
                known,
                |key| said.get(key).map(|(parts, _)| parts.clone()),
                pack,
            );
        }
    }
    Ok(packs)
}

fn line_each(messages: &[Message], parts: impl Fn(&str) -> Option<Vec<Part>>, pack: &mut String) {
    for message in messages {
        pack.push('\n');
        write(
            &parts(&message.key).unwrap_or_default(),
            &message.placeholders,
            pack,
        );
    }
}

fn write(parts: &[Part], placeholders: &BTreeMap<String, Kind>, to: &mut String) {
    let letter = |name: &str| {
        let known = placeholders.keys().zip('a'..='z');
        known
            .filter(|(known, _)| *known == name)
            .map(|(_, letter)| letter)
            .next()
    };
    for part in parts {
        match part {
            Part::Text(text) => to.push_str(text),
            Part::Arg(name) => to.extend([Some(ARG), letter(name)].into_iter().flatten()),
            Part::Choice(name, variants) => {
                to.extend([Some(CHOICE), letter(name)].into_iter().flatten());
                for (numbers, says) in variants {
                    let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
                    to.push_str(&numbers.join(","));
                    to.push(MEANS);
                    write(says, placeholders, to);
                    to.push(END);
                }
                to.push(END);
            }
        }
    }
}

/// In the pseudo-language. What has no letters is notation, and stays.
fn pseudo(parts: &[Part]) -> Vec<Part> {
    if !has_letters(parts) {
        return parts.to_vec();
    }
    let mut whole = vec![Part::Text("[".to_owned())];
    whole.extend(stretched(parts));
    whole.push(Part::Text("]".to_owned()));
    whole
}

fn has_letters(parts: &[Part]) -> bool {
    parts.iter().any(|part| match part {
        Part::Text(text) => text.chars().any(char::is_alphabetic),
        Part::Arg(_) => false,
        Part::Choice(_, variants) => variants.iter().any(|(_, says)| has_letters(says)),
    })
}

fn stretched(parts: &[Part]) -> Vec<Part> {
    let part = |part: &Part| match part {
        Part::Text(text) => Part::Text(text.chars().flat_map(letters).collect()),
        Part::Arg(name) => Part::Arg(name.clone()),
        Part::Choice(name, variants) => Part::Choice(
            name.clone(),
            variants
                .iter()
                .map(|(numbers, says)| (numbers.clone(), stretched(says)))
                .collect(),
        ),
    };
    parts.iter().map(part).collect()
}

/// A letter with an accent; a vowel twice, which makes English longer by a third.
fn letters(letter: char) -> impl Iterator<Item = char> {
    let (accented, times) = match letter {
        'a' => ('á', 2),
        'e' => ('é', 2),
        'i' => ('í', 2),
        'o' => ('ö', 2),
        'u' => ('ü', 2),
        'y' => ('ý', 2),
        'A' => ('Á', 2),
        'E' => ('É', 2),
        'I' => ('Í', 2),
        'O' => ('Ö', 2),
        'U' => ('Ü', 2),
        'c' => ('ç', 1),
        'n' => ('ñ', 1),
        's' => ('š', 1),
        'C' => ('Ç', 1),
        'N' => ('Ñ', 1),
        'S' => ('Š', 1),
        other => (other, 1),
    };
    std::iter::repeat_n(accented, times)
}
