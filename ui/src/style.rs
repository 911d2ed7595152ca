//! Tests of the style sheets: every text colour reaches its contrast on every ground it stands on.

use std::{fs, path::PathBuf};

const TOKENS: &str = include_str!("../style/tokens.css");

/// Value of a token in one scheme, from the block that begins with `block`.
fn token(block: &str, name: &str, dark: bool) -> Option<[f64; 3]> {
    let body = TOKENS.split_once(block)?.1.split_once("\n  }")?.0;
    let value = body
        .split_once(&format!("--{name}: light-dark("))?
        .1
        .split_once(')')?
        .0;
    let hex = value
        .split(", ")
        .nth(usize::from(dark))?
        .trim()
        .trim_start_matches('#');
    let channel = |at: usize| {
        u8::from_str_radix(hex.get(at..at + 2)?, 16)
            .ok()
            .map(f64::from)
    };
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// WCAG 2.2 contrast ratio.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [r, g, b] = colour.map(|value| {
            let value = value / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_can_be_read_in_every_theme() {
    let grounds = ["bg", "surface", "sunken", "hover", "accent-soft"];
    let texts = [
        "ink", "ink-2", "ink-3", "accent", "gain", "lose", "maybe", "risk", "ok", "warn",
    ];
    let own = [
        ("gain", "gain-soft"),
        ("lose", "lose-soft"),
        ("maybe", "maybe-soft"),
        ("ink-2", "maybe-soft"),
        ("risk", "risk-soft"),
        ("ok", "ok-soft"),
        ("warn", "warn-soft"),
        ("accent-ink", "accent"),
        ("ink-2", "warn-soft"),
        ("ink-2", "risk-soft"),
        ("ink-2", "accent-soft"),
    ];
    let code = [
        "code-key",
        "code-str",
        "code-type",
        "code-dim",
        "code-num",
        "code-self",
        "code-fn",
        "code-op",
    ];
    let mut pairs: Vec<(&str, &str)> = own.to_vec();
    for ground in grounds {
        pairs.extend(texts.map(|text| (text, ground)));
    }
    for ground in ["surface", "sunken", "code-active"] {
        pairs.extend(code.map(|text| (text, ground)));
    }
    // Changed text in the diff, where comments and operators take the colour of ordinary text.
    for ground in ["gain-soft", "lose-soft", "gain-mark", "lose-mark"] {
        pairs.push(("ink", ground));
        pairs.extend(
            code.iter()
                .filter(|text| !["code-dim", "code-op"].contains(text))
                .map(|text| (*text, ground)),
        );
    }
    let mut bad = Vec::new();
    for (block, least) in [(":root {", 4.5), ("[data-contrast=\"more\"] {", 7.0)] {
        for dark in [false, true] {
            let of = |name: &str| {
                token(block, name, dark)
                    .or_else(|| token(":root {", name, dark))
                    .unwrap()
            };
            for (text, ground) in &pairs {
                let ratio = contrast(of(text), of(ground));
                let least = if text.starts_with("code-") {
                    4.5
                } else {
                    least
                };
                if ratio < least {
                    bad.push(format!(
                        "{block} dark={dark}: {text} on {ground} is {ratio:.2}, needs {least}"
                    ));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn no_ligatures_in_code() {
    // In the last layer, so that no `font` shorthand turns them on again.
    let last = include_str!("../style/utilities.css");
    assert!(
        last.contains("code, pre, kbd, .mono, .code")
            && last.contains("font-variant-ligatures: none")
    );
}

/// What a place or a bar looks like stands in the style sheets, where a theme reaches it.
#[test]
fn nothing_is_styled_where_it_stands() {
    let mut folders = vec![PathBuf::from("src/places"), PathBuf::from("src/shell")];
    let mut styled = Vec::new();
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        // Cargo runs tests in the folder of their package.
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            read += 1;
            let text = fs::read_to_string(&path).unwrap();
            let lines = text.lines().filter(|line| line.contains(" style:"));
            styled.extend(lines.map(|line| format!("{}: {}", path.display(), line.trim())));
        }
    }
    // The gallery's own frame is no part of the product.
    styled.retain(|line| !line.contains("gallery.rs"));
    assert!(read > 30 && styled.is_empty(), "{read}: {styled:#?}");
}
