//! Keyboard chords: how an event is named, how two-key sequences are followed, how a chord is shown.

use web_sys::KeyboardEvent;

use crate::texts::shell;

/// A key event as the action list writes it: `mod+k`, `shift+alt+f`, `?`, `g`. `mod` is Ctrl, and Cmd on Apple machines.
pub fn name(event: &KeyboardEvent) -> String {
    chord(
        &event.key(),
        event.code().as_str(),
        event.ctrl_key() || event.meta_key(),
        event.alt_key(),
        event.shift_key(),
    )
}

fn chord(key: &str, code: &str, command: bool, alt: bool, shift: bool) -> String {
    let lower = key.to_lowercase();
    // Alt changes what a letter key produces on some layouts, so the key's place is asked then.
    let key = match code.strip_prefix("Key") {
        Some(letter) if alt => letter.to_lowercase(),
        _ => lower,
    };
    let printed = key.chars().count() == 1;
    let mut name = String::new();
    if command {
        name.push_str("mod+");
    }
    // A printed sign such as `?` already says that shift was held.
    if shift && (!printed || command || alt) {
        name.push_str("shift+");
    }
    if alt {
        name.push_str("alt+");
    }
    name + &key
}

/// What following a sequence leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<T> {
    /// A whole chord or sequence: do this.
    Do(T),
    /// The first key of at least one sequence: wait for the second.
    Wait,
    /// Nothing known.
    None,
}

/// Finds what `key`, typed after `before` (empty at first), means among `(chord, value)` pairs.
pub fn follow<T: Copy>(
    before: &str,
    key: &str,
    known: impl Iterator<Item = (&'static str, T)> + Clone,
) -> Step<T> {
    let typed = if before.is_empty() {
        key.to_owned()
    } else {
        format!("{before} {key}")
    };
    if let Some((_, value)) = known.clone().find(|(chord, _)| *chord == typed) {
        return Step::Do(value);
    }
    let prefix = typed + " ";
    if known.clone().any(|(chord, _)| chord.starts_with(&prefix)) {
        return Step::Wait;
    }
    // `g x` that means nothing: let the second key stand alone.
    if before.is_empty() {
        Step::None
    } else {
        follow("", key, known)
    }
}

/// A chord as it stands on keycaps: `["Ctrl", "K"]`; a sequence gives its keys in turn.
pub fn caps(chord: &str, apple: bool) -> Vec<String> {
    chord
        .split([' ', '+'])
        .filter(|key| !key.is_empty())
        .map(|key| match (key, apple) {
            ("mod", true) => "⌘".into(),
            ("mod", false) => shell::KEY_CTRL.into(),
            ("shift", true) => "⇧".into(),
            ("shift", false) => shell::KEY_SHIFT.into(),
            ("alt", true) => "⌥".into(),
            ("alt", false) => shell::KEY_ALT.into(),
            ("escape", _) => shell::KEY_ESCAPE.into(),
            ("enter", _) => shell::KEY_ENTER.into(),
            ("space", _) => shell::KEY_SPACE.into(),
            (key, _) if key.len() == 1 => key.to_uppercase(),
            (key, _) => {
                let mut letters = key.chars();
                letters.next().map_or_else(String::new, |first| {
                    first.to_uppercase().chain(letters).collect()
                })
            }
        })
        .collect()
}

/// The machine is Apple's, where commands go with Cmd.
pub fn apple() -> bool {
    web_sys::window().is_some_and(|window| {
        window
            .navigator()
            .platform()
            .is_ok_and(|name| name.starts_with("Mac"))
    })
}

/// The event comes from somewhere text is typed, so plain letters belong to that place and not to shortcuts.
pub fn typing(event: &KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast;
    let Some(target) = event
        .composed_path()
        .get(0)
        .dyn_into::<web_sys::HtmlElement>()
        .ok()
    else {
        return false;
    };
    target.is_content_editable()
        || target
            .matches("textarea, select, input:not([type=checkbox]):not([type=radio])")
            .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_get_the_names_of_the_action_list() {
        assert_eq!(chord("k", "KeyK", true, false, false), "mod+k");
        assert_eq!(chord("?", "Slash", false, false, true), "?");
        assert_eq!(chord("F", "KeyF", false, true, true), "shift+alt+f");
        assert_eq!(chord("ƒ", "KeyF", false, true, false), "alt+f");
        assert_eq!(chord("F8", "F8", false, false, true), "shift+f8");
        assert_eq!(chord("Z", "KeyZ", true, false, true), "mod+shift+z");
    }

    #[test]
    fn sequences_are_followed() {
        let known = [("g p", 1), ("g d", 2), ("n", 3), ("mod+k", 4)].into_iter();
        assert_eq!(follow("", "g", known.clone()), Step::Wait);
        assert_eq!(follow("g", "d", known.clone()), Step::Do(2));
        assert_eq!(follow("g", "n", known.clone()), Step::Do(3));
        assert_eq!(follow("g", "x", known.clone()), Step::None);
        assert_eq!(follow("", "mod+k", known), Step::Do(4));
    }

    #[test]
    fn caps_follow_the_machine() {
        crate::texts::tests::english();
        assert_eq!(caps("mod+shift+z", false), ["Ctrl", "Shift", "Z"]);
        assert_eq!(caps("mod+k", true), ["⌘", "K"]);
        assert_eq!(caps("g p", false), ["G", "P"]);
        assert_eq!(caps("shift+f8", false), ["Shift", "F8"]);
    }
}
