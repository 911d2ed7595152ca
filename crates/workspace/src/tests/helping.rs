//! Help, asked for as a window does.

use ipc::{
    Guide, HelpAsked, HelpSearch, LookAtMachine, ReadHelp, SaveSettings, SearchHelp, Settings,
    Start,
};

use super::{wire::call, *};

fn asked(id: &str, lang: &str) -> HelpAsked {
    HelpAsked {
        id: id.into(),
        lang: lang.into(),
    }
}

fn search(words: &str, lang: &str) -> HelpSearch {
    HelpSearch {
        words: words.into(),
        lang: lang.into(),
    }
}

#[test]
fn an_error_leads_to_the_article_that_explains_it_in_every_language() {
    let bench = Bench::new();
    let studio = bench.studio();
    for lang in ["en", "de", "fr"] {
        for code in Code::ALL {
            let article = call::<ReadHelp>(&studio, asked(code.as_str(), lang));
            let anchor = article.anchor.unwrap();
            let heading = format!("<h2 id=\"{}/{anchor}\">", article.id);
            assert!(article.html.contains(&heading), "{lang} {code:?}");
            assert!(article.codes.contains(code));
        }
    }
    let wrong = |asked| studio.read_help(asked).unwrap_err().code;
    assert_eq!(wrong(asked("nothing", "en")), Code::HelpUnknown);
    assert_eq!(wrong(asked("keys", "xx")), Code::LanguageUnknown);
}

#[test]
fn words_are_found_in_the_language_of_the_reader() {
    let bench = Bench::new();
    let studio = bench.studio();
    let first = |words: &str, lang: &str| {
        let hits = call::<SearchHelp>(&studio, search(words, lang));
        let first = hits.into_iter().next();
        first.map(|hit| format!("{}#{}", hit.id, hit.anchor))
    };
    assert_eq!(first("key_locked", "en").unwrap(), "keys#locked");
    assert_eq!(first("passphrase", "en").unwrap(), "keys#locked");
    assert_eq!(first("Passphrase", "de").unwrap(), "keys#locked");
    assert_eq!(first("phrase secrète", "fr").unwrap(), "keys#locked");
    assert_eq!(first("keys", "en").unwrap(), "keys#");
    assert_eq!(first("xylophone", "en"), None);

    let all = call::<SearchHelp>(&studio, search(" ", "fr"));
    assert_eq!(all.len(), help::articles().len());
    assert!(studio.search_help(search("x", "xx")).is_err());
}

#[test]
fn the_guide_goes_on_where_it_was_left() {
    let bench = Bench::new();
    let guide = |studio: &Studio| call::<Start>(studio, ()).settings.guide;
    assert_eq!(guide(&bench.studio()), Guide::default());
    let left = Guide {
        done: 7,
        left: true,
    };
    let settings = Settings {
        guide: left,
        ..Settings::default()
    };
    call::<SaveSettings>(&bench.studio(), settings);
    assert_eq!(guide(&bench.studio()), left);
}

#[test]
fn a_machine_is_looked_at_without_a_workspace() {
    let bench = Bench::new();
    let machine = call::<LookAtMachine>(&bench.studio(), ());
    assert_eq!(machine.solver, proof::Prover::default().has_solver());
    if let Some(failure) = machine.keyring {
        assert_eq!(failure.code, Code::KeyringMissing);
    }
}
