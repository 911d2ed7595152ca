//! Texts in all languages, at build time: the files are held against each other ([`check`]), and those of the window become a pack
//! for each language ([`packs`]) and Rust items that name its messages ([`items`]).
//!
//! The window finds a message by number: the place it has among all messages of all files, in the order of the alphabet. So
//! neither keys nor texts are compiled into it. A pack is text, a line for each number; the first line is the [`shape`] that it
//! was made for, so that a window never says the messages of another build. In a line [`ARG`] and [`CHOICE`] are followed by the
//! letter of an argument (`a` is the first in the order of the alphabet). A choice goes on with its variants, each the numbers
//! it is for (none: whatever is left), [`MEANS`], what it says, and [`END`]; a last [`END`] closes it.
//!
//! A number is chosen by, or written as `{ NUMBER($n) }`; every other placeholder is words. Which numbers are `one` is known here
//! for each language, so that what runs in the window only compares numbers.

pub mod check;
mod items;
mod pack;
mod pattern;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

pub use check::{Problem, Source};
pub use items::items;
pub use pack::{ARG, CHOICE, END, MEANS, PSEUDO, packs};
pub use pattern::{Kind, one};

/// A message of the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its key in the file.
    pub key: String,
    /// Its placeholders, in the order of the alphabet.
    pub placeholders: BTreeMap<String, Kind>,
    /// What it says in English, on one line.
    pub english: String,
}

/// The files of the window by their place: `locales/<tag>/ui/<place>.ftl`. A file that a language lacks is there and empty, so that
/// [`messages`] says which messages are missing.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn read(locales: &Path) -> io::Result<BTreeMap<String, Vec<Source>>> {
    let mut texts = BTreeMap::new();
    for language in fs::read_dir(locales)? {
        let language = language?;
        let folder = language.path().join("ui");
        if !folder.is_dir() {
            continue;
        }
        let tag = language.file_name().to_string_lossy().into_owned();
        for file in fs::read_dir(folder)? {
            let path = file?.path();
            if let (Some(place), Some("ftl")) = (
                path.file_stem().and_then(|name| name.to_str()),
                path.extension().and_then(|ending| ending.to_str()),
            ) {
                texts.insert(
                    (place.to_owned(), tag.clone()),
                    fs::read_to_string(&path)?.replace('\r', ""),
                );
            }
        }
    }
    let tags: BTreeSet<String> = texts.keys().map(|(_, tag)| tag.clone()).collect();
    let places: BTreeSet<String> = texts.keys().map(|(place, _)| place.clone()).collect();
    Ok(places
        .into_iter()
        .map(|place| {
            let sources = tags.iter().map(|tag| Source {
                tag: tag.clone(),
                file: format!("locales/{tag}/ui/{place}.ftl"),
                text: texts
                    .remove(&(place.clone(), tag.clone()))
                    .unwrap_or_default(),
            });
            let sources = sources.collect();
            (place, sources)
        })
        .collect())
}

/// The messages of each place, in the order of their numbers, if all languages agree.
///
/// # Errors
/// Everything that is wrong, by place and language.
pub fn messages(
    places: &BTreeMap<String, Vec<Source>>,
) -> Result<BTreeMap<String, Vec<Message>>, Vec<Problem>> {
    let (mut all, mut problems) = (BTreeMap::new(), Vec::new());
    for (place, sources) in places {
        match check::check(sources, &[pattern::NUMBER]) {
            Ok(_) => match pattern::messages(sources) {
                Ok(messages) => drop(all.insert(place.clone(), messages)),
                Err(wrong) => problems.extend(wrong),
            },
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() {
        Ok(all)
    } else {
        Err(problems)
    }
}

/// What packs and items of one build have in common and those of another have not: keys and placeholders of all messages, as
/// sixteen hexadecimal digits (FNV-1a).
pub fn shape(messages: &BTreeMap<String, Vec<Message>>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (place, messages) in messages {
        for message in messages {
            let line = format!("{place} {} {:?}\n", message.key, message.placeholders);
            for byte in line.bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            }
        }
    }
    format!("{hash:016x}")
}
