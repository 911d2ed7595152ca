//! Help, asked for as a window does.

use ipc::{
    CountHelp, Guide, HelpAsked, HelpLanguage, HelpSearch, LookAtMachine, ReadHelp, SaveSettings,
    SearchHelp, Settings, Start,
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

#[test]
fn what_is_opened_is_counted_for_the_user_alone_until_it_is_turned_off() {
    let bench = Bench::new();
    let studio = bench.studio();
    let counts = || {
        let asked = HelpLanguage { lang: "de".into() };
        call::<CountHelp>(&studio, asked)
    };
    assert_eq!(counts(), []);
    for id in ["keys", "key_locked", "drift"] {
        studio.read_help(asked(id, "en")).unwrap();
    }
    studio.read_help(asked("nothing", "en")).unwrap_err();
    let told: Vec<_> = counts()
        .into_iter()
        .map(|count| (count.id, count.title, count.opened, count.last))
        .collect();
    let day = "2026-09-21".to_owned();
    assert_eq!(
        told,
        [
            ("keys".into(), "Schlüssel".into(), 2, day.clone()),
            ("drift".to_owned(), "Abweichungen".to_owned(), 1, day),
        ]
    );

    let export = |name: &str| {
        let path = bench.base.join(name);
        studio
            .export_help_counts(at(path.to_str().unwrap()))
            .unwrap();
        fs::read_to_string(path).unwrap()
    };
    assert_eq!(
        export("counts.csv"),
        "article,opened,last\ndrift,1,2026-09-21\nkeys,2,2026-09-21\n"
    );
    let json: serde_json::Value = serde_json::from_str(&export("counts.json")).unwrap();
    assert_eq!(json["keys"]["opened"], 2);

    let off = Settings {
        help_uncounted: true,
        ..Settings::default()
    };
    studio.save_settings(off).unwrap();
    studio.read_help(asked("keys", "en")).unwrap();
    assert_eq!(
        counts()[0].opened,
        2,
        "nothing more is counted; what was is still shown"
    );
    studio.clear_help_counts(()).unwrap();
    studio.clear_help_counts(()).unwrap();
    assert_eq!(counts(), []);
    assert!(!bench.config.folders.state.join("help.json").exists());
    studio.read_help(asked("keys", "en")).unwrap();
    assert_eq!(counts(), []);
}

#[test]
fn counts_that_cannot_be_read_or_written_keep_nobody_from_help() {
    let bench = Bench::new();
    let studio = bench.studio();
    write(&bench.config.folders.state, "help.json", "{\"keys\": ");
    studio.read_help(asked("keys", "en")).unwrap();
    let asked_counts = || HelpLanguage { lang: "en".into() };
    assert_eq!(studio.count_help(asked_counts()).unwrap()[0].opened, 1);
    fs::remove_dir_all(&bench.config.folders.state).unwrap();
    fs::write(&bench.config.folders.state, "in the way").unwrap();
    studio.read_help(asked("keys", "en")).unwrap();
    assert_eq!(studio.count_help(asked_counts()).unwrap(), []);
}
