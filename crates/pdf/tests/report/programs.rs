//! What other programs say of our files. Where they are not installed, that is said and nothing is judged.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use pdf::{Options, Paper};

use crate::{options, sample};

/// What a program prints about a file that it reads from its standard input.
fn asked(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .args((program == "pdftotext").then_some("-"))
        .stderr(Stdio::piped())
        .output();
    let Ok(output) = output else {
        let _ = writeln!(std::io::stderr(), "`{program}` is not installed: not asked");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}{errors}");
    assert!(errors.is_empty(), "{program}: {errors}");
    Some(said)
}

fn in_file(language: &str, paper: Paper) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let bytes = pdf::write(
        &sample::report(language, 4),
        &Options { paper, ..options() },
    )
    .unwrap();
    file.write_all(&bytes).unwrap();
    file
}

#[test]
fn text_is_found_and_copied_in_every_language() {
    for (language, sentence) in [
        (
            "en",
            "Nothing that was denied for a reason of law is allowed now.",
        ),
        (
            "de",
            "Größtenteils gewinnen Außenstellen Zugriff; eingebüßt haben ihn vor allem Prüferinnen und Prüfer. Ärgerlich wäre, wenn das übersehen würde.",
        ),
        (
            "fr",
            "L’essentiel des accès gagnés l’est par les équipes à l’étranger ; l’audit en perd. Là où l’œil s’arrête, le chiffre exact figure en marge.",
        ),
    ] {
        let file = in_file(language, Paper::A4);
        // In the order of the content, as who copies gets it.
        let Some(text) = asked("pdftotext", &["-raw"], file.path()) else {
            return;
        };
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&text).contains(&words(sentence)), "{text}");
        assert!(
            words(&text).contains("principal || principal.contract"),
            "{text}"
        );
    }
}

#[test]
fn the_file_is_in_order() {
    for paper in [Paper::A4, Paper::Letter] {
        let file = in_file("de", paper);
        if let Some(said) = asked("qpdf", &["--check"], file.path()) {
            assert!(
                said.contains("No syntax or stream encoding errors"),
                "{said}"
            );
            assert!(!said.to_lowercase().contains("warning"), "{said}");
        }
        if let Some(said) = asked("pdfinfo", &[], file.path()) {
            assert!(said.contains("Author:          Ana Petrović"), "{said}");
            assert!(
                said.contains(if paper == Paper::A4 {
                    "(A4)"
                } else {
                    "(letter)"
                }),
                "{said}"
            );
            assert!(said.contains("Title:           Auftragnehmer"), "{said}");
        }
        if let Some(said) = asked("pdffonts", &[], file.path()) {
            let fonts: Vec<&str> = said.lines().skip(2).collect();
            assert_eq!(fonts.len(), 5, "{said}");
            // Embedded, cut to what is used, with the way back to characters.
            assert!(
                fonts
                    .iter()
                    .all(|line| line.contains("yes yes yes") && line.as_bytes()[6] == b'+'),
                "{said}"
            );
        }
        if let Some(said) = asked("pdfdetach", &["-list"], file.path()) {
            assert!(
                said.contains("narrative.json") && said.contains("evidence.tfb"),
                "{said}"
            );
        }
    }
}
