//! Reads the release notes, one file in `docs/notes` for each command of `fabric`, and stops where one names no article; and what errors mean and
//! the command line says in other languages than English.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    since: String,
    note: String,
    article: String,
}

/// What an error means in a language, and what to do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    means: String,
    hint: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../..");
    notes(&root)?;
    codes(&root)?;
    commands(&root)
}

fn codes(root: &Path) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    for (name, tag) in [("GERMAN", "de"), ("FRENCH", "fr")] {
        let path = root.join(format!("locales/{tag}/codes.toml"));
        println!("cargo::rerun-if-changed={}", path.display());
        let all: BTreeMap<String, Told> = toml::from_str(&fs::read_to_string(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        writeln!(
            text,
            "/// Name, meaning and hint of every code, by name.\nconst {name}: &[(&str, &str, &str)] = &["
        )?;
        for (code, Told { means, hint }) in all {
            writeln!(text, "    ({code:?}, {means:?}, {hint:?}),")?;
        }
        writeln!(text, "];")?;
    }
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("codes.rs"), text)?;
    Ok(())
}

fn commands(root: &Path) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    for (name, tag) in [("GERMAN", "de"), ("FRENCH", "fr")] {
        let path = root.join(format!("locales/{tag}/commands.toml"));
        println!("cargo::rerun-if-changed={}", path.display());
        let all: BTreeMap<String, String> = toml::from_str(&fs::read_to_string(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        writeln!(
            text,
            "/// English and the language, by the English.\nconst {name}: &[(&str, &str)] = &["
        )?;
        for (english, other) in all {
            writeln!(text, "    ({english:?}, {other:?}),")?;
        }
        writeln!(text, "];")?;
    }
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("commands.rs"),
        text,
    )?;
    Ok(())
}

fn notes(root: &Path) -> Result<(), Box<dyn Error>> {
    let folder = root.join("docs/notes");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut notes = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let wrong = |why: String| format!("{}: {why}", path.display());
        let command = match (path.file_stem(), path.extension()) {
            (Some(stem), Some(end)) if end == "toml" => stem.to_string_lossy().into_owned(),
            _ => return Err(wrong("a note is a TOML file".into()).into()),
        };
        let note: Note = toml::from_str(&fs::read_to_string(&path)?)
            .map_err(|error| wrong(error.to_string()))?;
        let article = format!("assets/help/en/{}.md", note.article);
        if !root.join(&article).is_file() {
            return Err(wrong(format!("there is no article `{}`", note.article)).into());
        }
        let numbers = note
            .since
            .split('.')
            .filter(|part| part.parse::<u32>().is_ok());
        if numbers.count() != 3 || !note.note.ends_with('.') {
            return Err(wrong("`since` is a version like 0.1.0, `note` a sentence".into()).into());
        }
        notes.insert(command, note);
    }
    let mut list = String::from("&[");
    for (command, note) in notes {
        let Note {
            since,
            note,
            article,
        } = note;
        write!(
            list,
            "Note {{ command: {command:?}, since: {since:?}, text: {note:?}, article: {article:?} }},"
        )?;
    }
    list.push(']');
    let out = PathBuf::from(env::var("OUT_DIR")?).join("notes.rs");
    fs::write(out, list)?;
    Ok(())
}
