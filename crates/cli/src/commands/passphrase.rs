//! Passphrases: from a file, else from whoever sits at the terminal, without echo. None is ever printed, and each is asked for once in a
//! run, however often its key is opened.

use std::{
    cell::RefCell,
    fs,
    io::{self, IsTerminal as _, Read as _},
    path::{Path, PathBuf},
};

use model::{Code, Failure};
use vault::{Key, Passphrase};

use crate::args::Opening;

/// What opens keys in this run.
pub struct Asked {
    /// One file for all of them. Standard input can be read only once.
    file: Option<PathBuf>,
    prompt: fn(&str) -> Result<Passphrase, Failure>,
    /// What was read or typed, by the public half of the key; what a file says goes for every key and has none. Wiped with the rest.
    known: RefCell<Vec<(Option<String>, Passphrase)>>,
}

impl Asked {
    /// Nothing was asked yet.
    pub fn of(opening: &Opening) -> Self {
        Self {
            file: opening.passphrase_file.clone(),
            prompt: typed,
            known: RefCell::default(),
        }
    }

    /// The passphrase of a key.
    ///
    /// # Errors
    /// `file_read`; `bad_call` where nobody can be asked.
    pub fn opens(&self, key: &Key) -> Result<Passphrase, Failure> {
        let whose = self.file.is_none().then(|| key.public.clone());
        self.once(whose, || match &self.file {
            Some(path) => from_file(path),
            None => (self.prompt)(&format!("Passphrase of the key {}: ", key.name)),
        })
    }

    /// One for a new key: that of the file, else one that is typed twice.
    ///
    /// # Errors
    /// As [`Asked::opens`]; `bad_call` for two that differ.
    pub fn seals(&self) -> Result<Passphrase, Failure> {
        match &self.file {
            Some(path) => self.once(None, || from_file(path)),
            None => twice("Passphrase", self.prompt),
        }
    }

    /// Remembers what a new key was sealed with.
    pub fn sealed(&self, key: &Key, passphrase: Passphrase) {
        let mut known = self.known.borrow_mut();
        known.push((Some(key.public.clone()), passphrase));
    }

    fn once(
        &self,
        whose: Option<String>,
        ask: impl FnOnce() -> Result<Passphrase, Failure>,
    ) -> Result<Passphrase, Failure> {
        let known = |all: &[(Option<String>, Passphrase)]| {
            let mut all = all.iter();
            all.find(|(of, _)| *of == whose).map(|(_, it)| it.clone())
        };
        if let Some(known) = known(&self.known.borrow()) {
            return Ok(known);
        }
        let passphrase = ask()?;
        let mut all = self.known.borrow_mut();
        all.push((whose, passphrase.clone()));
        Ok(passphrase)
    }
}

/// Where the passphrases of keys come from, as [`Asked::opens`] has it.
pub fn ask(opening: &Opening) -> impl Fn(&Key) -> Result<Passphrase, Failure> {
    let asked = Asked::of(opening);
    move |key| asked.opens(key)
}

/// A new one, from a file; typed, it is typed twice.
pub fn chosen(file: Option<&Path>, what: &str) -> Result<Passphrase, Failure> {
    match file {
        Some(path) => from_file(path),
        None => twice(what, typed),
    }
}

/// One that is there already, from a file or typed.
pub fn given(file: Option<&Path>, what: &str) -> Result<Passphrase, Failure> {
    match file {
        Some(path) => from_file(path),
        None => typed(&format!("{what}: ")),
    }
}

fn twice(
    what: &str,
    prompt: fn(&str) -> Result<Passphrase, Failure>,
) -> Result<Passphrase, Failure> {
    let once = prompt(&format!("{what}: "))?;
    if once == prompt(&format!("{what}, again: "))? {
        return Ok(once);
    }
    let mut failure = Failure::new(Code::BadCall, "the two passphrases differ");
    "type the same one twice".clone_into(&mut failure.hint);
    Err(failure)
}

fn typed(prompt: &str) -> Result<Passphrase, Failure> {
    let nobody = || {
        let mut failure = Failure::new(
            Code::BadCall,
            "a passphrase is needed, and nobody can be asked",
        );
        failure.hint =
            "name a file with it: --passphrase-file FILE, or - for standard input".to_owned();
        failure
    };
    if !io::stdin().is_terminal() {
        return Err(nobody());
    }
    let text = rpassword::prompt_password(prompt).map_err(|_| nobody())?;
    Ok(Passphrase::new(text))
}

/// The first line of a file.
fn from_file(path: &Path) -> Result<Passphrase, Failure> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().read_to_string(&mut text).map(drop)
    } else {
        fs::read_to_string(path).map(|content| text = content)
    };
    read.map_err(|error| {
        Failure::new(
            Code::FileRead,
            format!("cannot read `{}`: {error}", path.display()),
        )
    })?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Passphrase::new(line.to_owned()))
}

#[cfg(test)]
pub mod tests {
    use std::cell::RefCell;

    use super::*;

    thread_local! {
        static PROMPTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    /// Somebody at a terminal who types one passphrase always, and what they were asked since this was called last.
    pub fn asked() -> (Asked, impl Fn() -> Vec<String>) {
        let asked = Asked {
            file: None,
            prompt: |prompt| {
                PROMPTS.with_borrow_mut(|prompts| prompts.push(prompt.to_owned()));
                Ok(Passphrase::new("correct horse".to_owned()))
            },
            known: RefCell::default(),
        };
        (asked, || PROMPTS.take())
    }
}
