//! Help in the terminal: an error, an article, words.

use crate::place::Place;

#[test]
fn an_error_is_explained_where_it_is_met() {
    let place = Place::new();
    let text = place.run(&["guide", "key_locked"]).fine();
    assert!(text.starts_with("key_locked\n  A key file"), "{text}");
    assert!(text.contains("hint: check the passphrase"), "{text}");
    assert!(text.contains("\nA key that does not open\n"), "{text}");
    assert!(
        !text.contains("A key that is not there"),
        "only its section"
    );
    let german = place
        .run(&["guide", "key_locked", "--language", "de-AT"])
        .fine();
    assert!(german.contains("Passphrase"), "{german}");

    // Whatever a command fails with can be asked for.
    let (code, _) = place.run(&["check", "nowhere", "--json"]).failed();
    let explained = place.run(&["guide", &code, "--json"]);
    assert_eq!(explained.json()["code"], code.as_str());
    assert_eq!(explained.json()["id"], "workspace");
}

#[test]
fn articles_are_listed_read_and_searched() {
    let place = Place::new();
    let list = place.run(&["guide"]).fine();
    assert!(list.starts_with("start"), "{list}");
    assert_eq!(list.lines().count(), help::articles().len());
    let article = place.run(&["guide", "ledger"]).fine();
    assert!(
        article.contains("\n  fabric ledger check\n"),
        "commands stand as they are typed: {article}"
    );
    assert!(!article.contains("{#"), "{article}");

    let found = place.run(&["guide", "backup", "database"]).fine();
    assert!(
        found.lines().any(|line| line.starts_with("ledger  ")),
        "{found}"
    );
    let nothing = place.run(&["guide", "xylophone"]);
    assert_eq!((nothing.status, nothing.err.as_str()), (1, ""));
    let (code, message) = place
        .run(&["guide", "ledger", "--language", "tlh", "--json"])
        .failed();
    assert_eq!(code, "language_unknown");
    assert!(message.contains("`tlh`"), "{message}");
}

#[test]
fn notes_tell_what_came_with_a_version() {
    let place = Place::new();
    let all = place.run(&["notes"]).fine();
    assert!(all.starts_with("0.1.0\n"), "{all}");
    assert_eq!(place.run(&["notes", "0.1.0"]).fine(), all);
    assert_eq!(place.run(&["notes", "0.0.9"]).status, 1);
    assert_eq!(
        place.run(&["notes", "--json"]).json()[0]["article"],
        "releases"
    );
}
