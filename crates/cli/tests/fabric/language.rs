//! What goes wrong, told in the user's language: asked for, or the system's. What a program reads stays English.

use crate::place::{Place, Ran};

/// What the terminal shows of a run with this language of the system.
fn system(place: &Place, locale: &str, arguments: &[&str]) -> Ran {
    let mut command = place.command(arguments);
    command.env_remove("LC_ALL").env("LANG", locale);
    command.output().unwrap().into()
}

#[test]
fn a_failure_is_told_in_german_and_french() {
    let place = Place::new();
    let german = place.run(&["check", "nowhere", "--lang", "de"]);
    assert_eq!((german.status, german.out.as_str()), (2, ""));
    assert_eq!(
        german.err,
        "error[workspace_missing]: An diesem Pfad gibt es keinen Arbeitsbereich\n  \
           `nowhere` is not a workspace\n\
         hint: einen Ordner mit .cedar- oder .rego-Dateien wählen oder mit `fabric init`\n      \
               einen anlegen\n"
    );
    let french = place.run(&["--language", "fr-CA", "ledger", "info", "w"]);
    assert_eq!((french.status, french.out.as_str()), (2, ""));
    assert_eq!(
        french.err,
        "error[ledger_missing]: L’espace de travail ne tient pas de registre\n  \
           `w` has no ledger\n\
         hint: en commencer un avec `fabric ledger init`\n"
    );
    // A command line that is not understood says so in the language that it names.
    let misspelled = place.run(&["--lang=fr", "chekc"]).err;
    assert_eq!(
        misspelled.lines().next(),
        Some("error[bad_call]: Une ligne de commande ou un message entre la fenêtre et")
    );
    assert!(
        misspelled.contains("hint: voir `fabric help`\n"),
        "{misspelled}"
    );
}

#[test]
fn problems_are_told_with_what_was_said_and_where() {
    let place = Place::new();
    place.write(
        "w/double.cedar",
        "@id(\"owner\")\npermit (principal, action, resource);\n",
    );
    let told = place.run(&["check", "w", "--lang", "fr"]).out;
    assert!(
        told.starts_with(
            "error[policy_duplicate_id]: Deux règles ont le même identifiant\n  \
               another policy is called `owner` too\n  \
               policies.cedar:1:1\n"
        ),
        "{told}"
    );
    assert!(
        told.contains("\n  hint: donner un autre @id à l’une des deux\n"),
        "{told}"
    );
}

#[test]
fn the_system_says_which_language_unless_one_is_asked_for() {
    let place = Place::new();
    let title = |ran: Ran| ran.err.lines().next().unwrap_or_default().to_owned();
    let german = "error[workspace_missing]: An diesem Pfad gibt es keinen Arbeitsbereich";
    let english = "error[workspace_missing]: `nowhere` is not a workspace";
    let check = ["check", "nowhere"];
    assert_eq!(title(system(&place, "de_CH.UTF-8", &check)), german);
    for locale in ["C", "en_GB.UTF-8", "tlh"] {
        assert_eq!(title(system(&place, locale, &check)), english, "{locale}");
    }
    let asked = ["check", "nowhere", "--lang", "en"];
    assert_eq!(title(system(&place, "de_CH.UTF-8", &asked)), english);

    // One that nobody speaks is refused, by every command.
    let (code, message) = place
        .run(&["check", "w", "--lang", "tlh", "--json"])
        .failed();
    assert_eq!(code, "language_unknown");
    assert!(message.contains("`tlh`"), "{message}");
}

#[test]
fn what_a_program_reads_is_english_in_every_language() {
    let place = Place::new();
    for arguments in [
        ["check", "nowhere", "--json"],
        ["codes", "--json", "--quiet"],
        ["check", "w", "--json"],
        ["codes", "--markdown", "--quiet"],
    ] {
        let plain = place.run(&arguments);
        for locale in ["de_DE.UTF-8", "fr_FR.UTF-8"] {
            let told = system(&place, locale, &arguments);
            assert_eq!(told.out, plain.out, "{arguments:?}");
            assert_eq!(told.status, plain.status);
        }
    }
}

#[test]
fn a_command_tells_how_it_is_called() {
    let place = Place::new();
    let german = place
        .run(&["story", "apply", "--help", "--lang", "de"])
        .fine();
    assert_eq!(
        german,
        "Eine vorbereitete Änderung in ihre Datei schreiben\n\n\
         Aufruf: fabric story apply [OPTIONS] <DIR> <NAME>\n\n\
         Argumente:\n  \
           <DIR>   Der Arbeitsbereich\n  \
           <NAME>  Der Name der Änderung, wie `fabric story list` ihn zeigt\n\n\
         Optionen:\n  \
           -h, --help  Diese Hilfe ausgeben\n\n\
         Ausgabe:\n      \
               --json            JSON statt Text ausgeben\n      \
               --color <WHEN>    Wann Farben verwendet werden: auto, always oder never [Vorgabe: auto]\n  \
           -q, --quiet           Nur Ergebnisse und Fehler ausgeben: keinen Fortschritt, keine\n                        \
                                 Schlussbemerkungen\n      \
               --language <TAG>  Die Sprache von Fehlern, Hilfe und Berichten: de, en oder fr, auch mit\n                        \
                                 Region, etwa de-AT [Vorgabe: die des Systems, sonst en] [alias: --lang]\n"
    );
    // As the program says it without a command, too, and behind `help`; what is said of what may be given is told with it.
    let french = system(&place, "fr_FR.UTF-8", &["help", "fmt"]).out;
    assert!(
        french
            .starts_with("Mettre en forme des fichiers de règles sur place\n\nUtilisation\u{a0}: "),
        "{french}"
    );
    let measures = system(&place, "de_DE.UTF-8", &["prove", "-h"]).out;
    assert!(measures.contains("[Vorgabe: 10]"), "{measures}");
    for arguments in [
        &["--help"][..],
        &["log"],
        &["guard", "-h"],
        &["bench", "--help"],
    ] {
        let plain = place.run(arguments);
        for locale in ["de_DE.UTF-8", "fr_FR.UTF-8"] {
            let told = system(&place, locale, arguments);
            assert_eq!(told.status, plain.status, "{arguments:?}");
            assert_eq!(told.out.is_empty(), plain.out.is_empty(), "{arguments:?}");
            let all = format!("{}{}", told.out, told.err);
            for english in ["Print ", "The workspace", "[default:", "[possible", "Usage"] {
                assert!(!all.contains(english), "{english}: {all}");
            }
        }
    }
}

#[test]
fn the_catalogue_and_the_guide_speak_it() {
    let place = Place::new();
    let codes = place.run(&["codes", "--lang", "de"]).fine();
    assert!(codes.contains("2  in `fabric help` nachsehen\n"), "{codes}");
    let guide = system(&place, "fr_FR.UTF-8", &["guide", "key_locked"]).out;
    let top = "key_locked\n  Un fichier de clé ou un trousseau ne s’ouvre pas.\n  \
               hint: vérifier la phrase secrète\u{202f}; si elle est juste, le fichier est\n";
    assert!(guide.starts_with(top), "{guide}");
    assert!(guide.contains("\nUne clé qui ne s’ouvre pas\n"), "{guide}");
}
