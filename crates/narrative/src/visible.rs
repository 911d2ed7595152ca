//! Names that others gave, fit to stand in a sentence. A log, a policy or a commit can say anything; nothing it says may act on
//! who reads it, turn the direction of the words around it, hide, or push everything else off the page.
//!
//! Whatever controls a display or the direction of text is written out (`\u{202e}`), so that it is seen. A name in a script that is
//! written from the right keeps its own direction, between an isolate's two ends (U+2068, U+2069). A combining mark without a
//! letter gets a dotted circle, as Unicode draws it; more than a few on one letter are written out. Escaping for a format comes
//! on top, in each renderer.

/// The longest name that is shown whole, in characters. Of a longer one both ends are shown: names often differ in their end.
pub const LONGEST: usize = 96;
const END: usize = 24;
/// Combining marks that one letter may bear; Vietnamese needs two, Hebrew with points three.
const MARKS: usize = 4;

/// A name, fit to be shown.
#[must_use]
pub fn visible(name: &str) -> String {
    shown(name, LONGEST)
}

/// The same, however long: for lists of what is cited.
#[must_use]
pub fn whole(name: &str) -> String {
    shown(name, usize::MAX)
}

/// An address, in characters that an address may have: the others are written as their bytes (RFC 3986, section 2.1).
#[must_use]
pub fn address(address: &str) -> String {
    let mut shown = String::new();
    for c in address.chars() {
        if c.is_ascii_graphic()
            && !matches!(c, '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '|' | '}')
        {
            shown.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                shown += &format!("%{byte:02X}");
            }
        }
    }
    shown
}

fn shown(name: &str, longest: usize) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut marks = 0;
    let mut from_the_right = false;
    for c in name.chars() {
        let acts = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}'
                | '\u{e0000}'..='\u{e007f}' | '\u{fff9}'..='\u{fffb}');
        if acts {
            marks = 0;
            shown.push(c.escape_unicode().to_string());
            continue;
        }
        if combines(c) {
            marks += 1;
            match shown.last_mut() {
                None => shown.push(format!("\u{25cc}{c}")),
                Some(_) if marks > MARKS => shown.push(c.escape_unicode().to_string()),
                Some(before) => before.push(c),
            }
            continue;
        }
        marks = 0;
        from_the_right |= matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
        shown.push(c.to_string());
    }
    if shown.len() > longest {
        let end = shown.split_off(shown.len() - END);
        shown.truncate(LONGEST - END - 1);
        shown.push("…".to_owned());
        shown.extend(end);
    }
    let text = shown.concat();
    if text.trim().is_empty() {
        // Nothing between quotation marks is seen to be nothing.
        return format!("\"{text}\"");
    }
    if from_the_right {
        format!("\u{2068}{text}\u{2069}")
    } else {
        text
    }
}

/// What somebody wrote in sentences, on one line: each word as a name, so that none is cut for the sake of others.
#[must_use]
pub fn prose(text: &str) -> String {
    text.split_whitespace()
        .map(visible)
        .collect::<Vec<_>>()
        .join(" ")
}

fn combines(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// A person as people are called: `Ana Pérez` of `Ana Pérez <ana@example.org>`; the address where there is no name.
#[must_use]
pub fn person(name: &str) -> String {
    let called = name
        .split_once('<')
        .map_or(name, |(called, _)| called)
        .trim();
    if called.is_empty() {
        visible(name.trim().trim_start_matches('<').trim_end_matches('>'))
    } else {
        visible(called)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_is_written_out() {
        assert_eq!(visible("permit\u{202e}timrep"), "permit\\u{202e}timrep");
        assert_eq!(visible("a\nb\u{0}"), "a\\u{a}b\\u{0}");
        assert_eq!(visible("\u{301}x"), "\u{25cc}\u{301}x");
        assert_eq!(visible("e\u{301}"), "e\u{301}");
        assert_eq!(visible("עברית"), "\u{2068}עברית\u{2069}");
        assert!(visible(&format!("z{}", "\u{301}".repeat(50))).contains("\\u{301}"));
    }

    #[test]
    fn of_a_long_name_both_ends_are_shown() {
        let name = format!("begin{}end", "x".repeat(292));
        let shown = visible(&name);
        assert_eq!(shown.chars().count(), LONGEST);
        assert!(shown.starts_with("begin") && shown.ends_with("end") && shown.contains('…'));
    }

    #[test]
    fn people_are_called_by_their_names() {
        assert_eq!(person("Ana Pérez <ana@example.org>"), "Ana Pérez");
        assert_eq!(person("<ana@example.org>"), "ana@example.org");
        assert_eq!(person("ana"), "ana");
    }

    proptest! {
        #[test]
        fn no_name_controls_a_display(name in "\\PC*|.*") {
            let shown = visible(&name);
            let inner = shown.strip_prefix('\u{2068}').and_then(|it| it.strip_suffix('\u{2069}')).unwrap_or(&shown);
            let acts = inner.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
            prop_assert!(!acts, "{}", shown);
        }
    }
}
