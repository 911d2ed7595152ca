//! `locales LOCALES TO`: writes the packs of all languages into a folder, as `<tag>.txt`.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [locales, to] = folders.as_slice() else {
        return Err("name the folder of all languages, and the one to write to".into());
    };
    let packs = locales::packs(&locales::read(locales)?).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    fs::create_dir_all(to)?;
    for (tag, pack) in packs {
        fs::write(to.join(format!("{tag}.txt")), pack)?;
    }
    Ok(())
}
