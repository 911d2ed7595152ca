//! Reads the files of all languages, stops where they are wrong, and writes what the crate is compiled with: the texts, and a
//! type for each message whose fields are its placeholders, so that a message that is not there, a placeholder that is not
//! filled, and a message that nobody says are found by the compiler.

use std::{collections::BTreeMap, env, error::Error, fmt::Write, fs, path::Path};

use locales::check::{self, Source};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../locales");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut sources = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path().join("report.ftl");
        let tag = path
            .parent()
            .and_then(Path::file_name)
            .and_then(|name| name.to_str());
        if let (Some(tag), true) = (tag, path.is_file()) {
            println!("cargo::rerun-if-changed={}", path.display());
            sources.insert(
                tag.to_owned(),
                Source {
                    tag: tag.to_owned(),
                    file: format!("locales/{tag}/report.ftl"),
                    text: fs::read_to_string(&path)?,
                },
            );
        }
    }
    let sources: Vec<Source> = sources.into_values().collect();
    match check::check(&sources, &[]) {
        Ok(messages) => {
            let to = Path::new(&env::var("OUT_DIR")?).join("messages.rs");
            fs::write(to, written(&sources, &messages)?)?;
        }
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={problem}");
            }
        }
    }
    Ok(())
}

fn written(
    sources: &[Source],
    messages: &BTreeMap<String, std::collections::BTreeSet<String>>,
) -> Result<String, std::fmt::Error> {
    let mut to = String::new();
    writeln!(
        to,
        "/// Tags and texts of all languages.\npub(crate) const TEXTS: &[(&str, &str)] = &["
    )?;
    for source in sources {
        writeln!(to, "    ({:?}, {:?}),", source.tag, source.text)?;
    }
    writeln!(to, "];")?;
    for (key, placeholders) in messages {
        let name: String = key
            .split('-')
            .flat_map(|word| {
                word.chars()
                    .take(1)
                    .flat_map(char::to_uppercase)
                    .chain(word.chars().skip(1))
            })
            .collect();
        let fields = |each: fn(&str) -> String| -> String {
            placeholders.iter().map(|it| each(it)).collect()
        };
        let (declared, named, given) = (
            fields(|it| format!("pub(crate) {it}: Arg, ")),
            fields(|it| format!("{it}, ")),
            fields(|it| format!("({it:?}, {it}), ")),
        );
        writeln!(to, "/// `{key}`\npub(crate) struct {name} {{ {declared}}}")?;
        writeln!(
            to,
            "impl Message for {name} {{ const KEY: &'static str = {key:?}; \
             fn args(self) -> Vec<(&'static str, Arg)> {{ let Self {{ {named}}} = self; vec![{given}] }} }}"
        )?;
    }
    Ok(to)
}
