//! Turns `assets/icons/*.svg` into one enum and the messages of the window into items, so that a screen can only name an icon that
//! exists and say what there is in every language.

use std::{collections::BTreeSet, env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let to = env::var("OUT_DIR")?;
    icons(Path::new(&to))?;
    texts(Path::new(&to))
}

fn texts(to: &Path) -> Result<(), Box<dyn Error>> {
    let folder = Path::new("../locales");
    println!("cargo::rerun-if-changed={}", folder.display());
    let places = locales::read(folder)?;
    match locales::messages(&places) {
        Ok(messages) => {
            let tags: BTreeSet<&str> = places
                .values()
                .flatten()
                .map(|it| it.tag.as_str())
                .collect();
            let tags: Vec<&str> = tags.into_iter().collect();
            fs::write(to.join("texts.rs"), locales::items(&tags, &messages)?)?;
        }
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={problem}");
            }
        }
    }
    Ok(())
}

fn icons(to: &Path) -> Result<(), Box<dyn Error>> {
    let folder = Path::new("../assets/icons");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut icons = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "svg") {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let svg = fs::read_to_string(&path)?;
            let from = svg.find('>').ok_or("an icon without `<svg …>`")? + 1;
            let to = svg.rfind("</svg>").ok_or("an icon without `</svg>`")?;
            icons.push((
                name,
                svg.get(from..to).unwrap_or_default().trim().to_owned(),
            ));
        }
    }
    icons.sort();

    let mut code =
        String::from("#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub enum Icon {\n");
    for (name, _) in &icons {
        writeln!(code, "    {},", camel(name))?;
    }
    code.push_str("}\nimpl Icon {\n    fn shapes(self) -> &'static str {\n        match self {\n");
    for (name, shapes) in &icons {
        writeln!(code, "            Icon::{} => {shapes:?},", camel(name))?;
    }
    code.push_str("        }\n    }\n}\n");
    fs::write(to.join("icons.rs"), code)?;
    Ok(())
}

fn camel(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        })
        .collect()
}
