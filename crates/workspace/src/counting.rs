//! How often each article of the help was opened: counted on this machine, for its user to see, in one small file of the state
//! folder. Nothing is sent, nothing but names of articles and days is in it, and a setting ends it.

use std::{collections::BTreeMap, fs, io, path::Path};

use help::Language;
use ipc::HelpCount;
use serde::{Deserialize, Serialize};

use crate::{Error, Folders};

/// The file.
const FILE: &str = "help.json";

/// What is known of an article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    opened: u64,
    last: String,
}

type Counts = BTreeMap<String, Count>;

/// What was counted so far. A file that cannot be understood counts as none: it is only counts.
fn read(folders: &Folders) -> Counts {
    let bytes = fs::read(folders.state.join(FILE)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Counts that an article was opened. `now`: seconds since 1970 UTC.
///
/// # Errors
/// The state folder cannot be written.
pub fn count(folders: &Folders, article: &str, now: u64) -> Result<(), Error> {
    let mut counts = read(folders);
    let count = counts.entry(article.to_owned()).or_default();
    count.opened = count.opened.saturating_add(1);
    count.last = evidence::moment::text(now).chars().take(10).collect();
    let path = folders.state.join(FILE);
    let text = serde_json::to_string(&counts).map_err(|error| Error::BadCall(error.to_string()))?;
    disk::replace(&path, text.as_bytes()).map_err(Error::write(&path))
}

/// What was counted, most opened first. Articles that are there no more are left out.
///
/// # Errors
/// `language_unknown`.
pub fn view(folders: &Folders, language: &str) -> Result<Vec<HelpCount>, Error> {
    let language = Language::find(language)?;
    let mut counts: Vec<_> = read(folders)
        .into_iter()
        .filter_map(|(id, Count { opened, last })| {
            let (article, _) = help::find(&id).ok()?;
            let title = article.title(language).to_owned();
            Some(HelpCount {
                id,
                title,
                opened,
                last,
            })
        })
        .collect();
    counts.sort_by(|a, b| b.opened.cmp(&a.opened).then_with(|| a.id.cmp(&b.id)));
    Ok(counts)
}

/// Writes what was counted: as CSV where the file's name ends so, else as JSON.
///
/// # Errors
/// The file cannot be written.
pub fn export(folders: &Folders, path: &Path) -> Result<(), Error> {
    let counts = read(folders);
    let csv = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    let text = if csv {
        // Names of articles and days have nothing that CSV would have to quote.
        let line = |(id, count): (&String, &Count)| {
            let Count { opened, last } = count;
            let name = help::find(id).map_or("", |(article, _)| article.id);
            format!("{name},{opened},{last}\n")
        };
        let lines: String = counts.iter().map(line).collect();
        format!("article,opened,last\n{lines}")
    } else {
        let text = serde_json::to_string_pretty(&counts);
        text.map_err(|error| Error::BadCall(error.to_string()))? + "\n"
    };
    disk::replace(path, text.as_bytes()).map_err(Error::write(path))
}

/// Forgets everything.
///
/// # Errors
/// The file cannot be removed.
pub fn clear(folders: &Folders) -> Result<(), Error> {
    let path = folders.state.join(FILE);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::write(&path)(error)),
        _ => Ok(()),
    }
}
