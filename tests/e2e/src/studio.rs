//! The application running in a home of its own.

use std::{
    collections::HashMap,
    env,
    ffi::OsString,
    fs::{self, File},
    io::Write,
    ops::Deref,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Element, Error, Picture, Session, webdriver::ended};

/// How long something may take to come about. Far longer than it should, for machines that are busy otherwise.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often it is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Finds the first visible element for a selector, in shadow roots too.
const FIND: &str = "
    const find = root => {
        for (const element of root.querySelectorAll(arguments[0])) {
            if (element.checkVisibility()) return element;
        }
        for (const host of root.querySelectorAll('*')) {
            const found = host.shadowRoot && find(host.shadowRoot);
            if (found) return found;
        }
        return null;
    };
    const found = find(document);
";

/// A user's home folder: empty at first, gone at the end.
pub struct Home {
    folder: TempDir,
    /// Answers of native dialogs, which no driver can reach.
    dialog: Option<PathBuf>,
    /// What is otherwise around the Studio than it usually is.
    around: HashMap<&'static str, OsString>,
}

impl Home {
    /// An empty home.
    ///
    /// # Errors
    /// No room for temporary files.
    pub fn new() -> Result<Self, Error> {
        let folder =
            tempfile::tempdir().map_err(|error| Error::System("making a home".into(), error))?;
        Ok(Self {
            folder,
            dialog: None,
            around: HashMap::new(),
        })
    }

    /// A home in which the sample workspace was opened before, with a log of so many decisions.
    ///
    /// # Errors
    /// The command line beside the Studio cannot make it.
    pub fn with_sample(rows: u32) -> Result<Self, Error> {
        let home = Self::new()?;
        let sample = home.path().join("data/trust-fabric/northwind");
        let sample = sample.to_string_lossy();
        home.fabric(&["init", "--sample", &sample])?;
        let rows = rows.to_string();
        home.fabric(&["log", "generate", "--store", "--rows", &rows, &sample])?;
        Ok(home)
    }

    /// Runs the command line beside the Studio in this home, and returns what it printed; also when it found something.
    ///
    /// # Errors
    /// It is not there, or could not do it.
    pub fn fabric(&self, arguments: &[&str]) -> Result<String, Error> {
        let fabric = self.binary()?.with_file_name("fabric");
        let output = Command::new(&fabric)
            .args(arguments)
            .current_dir(self.path())
            .envs(self.folders())
            .output()
            .map_err(|error| Error::System(fabric.display().to_string(), error))?;
        if matches!(output.status.code(), Some(0 | 1)) {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Error::Missing(format!(
            "`fabric {}`: {said}",
            arguments.join(" ")
        )))
    }

    fn binary(&self) -> Result<PathBuf, Error> {
        env::var_os("STUDIO_BINARY")
            .map(PathBuf::from)
            .ok_or_else(|| Error::Missing("`STUDIO_BINARY` is not set".into()))
    }

    /// What tells programs where this home is.
    fn folders(&self) -> HashMap<&'static str, OsString> {
        [
            ("HOME", ""),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ]
        .into_iter()
        .map(|(name, folder)| (name, self.path().join(folder).into_os_string()))
        .collect()
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What native dialogs answer from the next start on.
    pub fn answer_dialogs_with(&mut self, path: impl Into<PathBuf>) {
        self.dialog = Some(path.into());
    }

    /// Sets a variable of the environment from the next start on, the one of a folder or the display as well.
    pub fn surround_with(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.around.insert(name, value.into());
    }

    /// Starts the Studio.
    ///
    /// # Errors
    /// It does not start, or there is no driver or no display.
    pub fn start(&self, arguments: &[&str]) -> Result<Studio, Error> {
        let binary = self.binary()?;
        let environment = self.environment()?;
        let began = Instant::now();
        let session = Session::start(&binary, arguments, &environment)?;
        Ok(Studio { session, began })
    }

    /// Starts the Studio once more, beside the one that is running, and waits until it has handed over and ended.
    ///
    /// # Errors
    /// It cannot be started, or says no.
    pub fn start_again(&self, arguments: &[&str]) -> Result<(), Error> {
        let binary = self.binary()?;
        let status = Command::new(&binary)
            .args(arguments)
            .current_dir(self.path())
            .envs(self.environment()?)
            .status()
            .map_err(|error| Error::System(binary.display().to_string(), error))?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::Missing(format!(
                "the second start ended with {status}"
            )))
        }
    }

    /// What a Studio is started with.
    fn environment(&self) -> Result<HashMap<&'static str, OsString>, Error> {
        if env::var_os("DISPLAY").is_none() {
            return Err(Error::Missing("there is no display".into()));
        }
        let mut environment = self.folders();
        for (name, value) in [
            // Assistive technology is asked for over a bus that may never answer.
            ("NO_AT_BRIDGE", "1"),
            // Without these two the window stays white where there is no graphics card.
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
            ("WEBKIT_DISABLE_COMPOSITING_MODE", "1"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("GDK_BACKEND", "x11"),
            ("TZ", "UTC"),
            ("LC_ALL", "C.UTF-8"),
        ] {
            environment.insert(name, OsString::from(value));
        }
        environment.insert(
            "FABRIC_DIALOG_ANSWER",
            self.dialog.clone().unwrap_or_default().into_os_string(),
        );
        environment.extend(self.around.clone());
        Ok(environment)
    }
}

/// A running Studio.
pub struct Studio {
    session: Session,
    began: Instant,
}

impl Studio {
    /// The session, for what is not worth a name here.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Time since the start was asked for.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// The visible element for a selector, as soon as there is one.
    ///
    /// # Errors
    /// It does not come.
    pub fn find(&self, selector: &str) -> Result<Element, Error> {
        let script = format!("{FIND} return found;");
        self.until(&format!("`{selector}`"), || {
            let found = self.session.run(&script, &json!([selector]))?;
            Ok(Element::of(&found).ok_or_else(|| "nothing".into()))
        })
    }

    /// Nothing visible matches a selector any more.
    ///
    /// # Errors
    /// It stays.
    pub fn gone(&self, selector: &str) -> Result<(), Error> {
        self.until(&format!("`{selector}` to go"), || {
            Ok(if self.count(selector)? == 0 {
                Ok(())
            } else {
                Err("it is still there".into())
            })
        })
    }

    /// How many visible elements match a selector outside shadow roots.
    ///
    /// # Errors
    /// The driver's.
    pub fn count(&self, selector: &str) -> Result<u64, Error> {
        let script = "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).length;";
        Ok(self
            .session
            .run(script, &json!([selector]))?
            .as_u64()
            .unwrap_or_default())
    }

    /// The text a reader sees in an element, as soon as it is there.
    ///
    /// # Errors
    /// It does not come.
    pub fn text(&self, selector: &str) -> Result<String, Error> {
        let script = format!("{FIND} return found && found.innerText;");
        self.until(&format!("`{selector}`"), || {
            let text = self.session.run(&script, &json!([selector]))?;
            let text = text.as_str().unwrap_or_default().trim().to_owned();
            // What is there and not laid out yet has no text.
            Ok(if text.is_empty() {
                Err("nothing".into())
            } else {
                Ok(text)
            })
        })
    }

    /// The text of an element, as soon as it is as it should be.
    ///
    /// # Errors
    /// It does not become so.
    pub fn text_when(
        &self,
        selector: &str,
        what: &str,
        fits: impl Fn(&str) -> bool,
    ) -> Result<String, Error> {
        let script = format!("{FIND} return found && found.innerText;");
        self.until(&format!("`{selector}`: {what}"), || {
            let text = self.session.run(&script, &json!([selector]))?;
            let text = text.as_str().unwrap_or_default().trim().to_owned();
            Ok(if fits(&text) { Ok(text) } else { Err(text) })
        })
    }

    /// A property of an element in the page, e.g. `value`.
    ///
    /// # Errors
    /// It does not come.
    pub fn property(&self, selector: &str, name: &str) -> Result<Value, Error> {
        let script = format!("{FIND} return found && [found[arguments[1]]];");
        self.until(&format!("`{selector}`"), || {
            let mut found = self.session.run(&script, &json!([selector, name]))?;
            let value = found.get_mut(0).map(Value::take);
            Ok(value.ok_or_else(|| "nothing".into()))
        })
    }

    /// Clicks an element as soon as it is there. One that is drawn anew in that moment is looked for again.
    ///
    /// # Errors
    /// It does not come, or something covers it.
    pub fn click(&self, selector: &str) -> Result<(), Error> {
        self.until(&format!("`{selector}` to be clicked"), || {
            let element = self.find(selector)?;
            match self.session.click(&element) {
                Ok(()) => Ok(Ok(())),
                Err(Error::Refused { code, message })
                    if [
                        "stale element reference",
                        "element not interactable",
                        "element click intercepted",
                    ]
                    .contains(&code.as_str()) =>
                {
                    Ok(Err(format!("{code}: {message}")))
                }
                Err(error) => Err(error),
            }
        })
    }

    /// Clicks the first visible element of a selector that contains a text.
    ///
    /// # Errors
    /// There is none.
    pub fn click_text(&self, selector: &str, text: &str) -> Result<(), Error> {
        let script = "return [...document.querySelectorAll(arguments[0])].find(e => e.checkVisibility() && e.innerText.includes(arguments[1])) ?? null;";
        self.until(&format!("`{selector}` with `{text}`"), || {
            let found = self.session.run(script, &json!([selector, text]))?;
            let Some(element) = Element::of(&found) else {
                return Ok(Err("nothing".into()));
            };
            match self.session.click(&element) {
                Ok(()) => Ok(Ok(())),
                Err(Error::Refused { code, message }) => Ok(Err(format!("{code}: {message}"))),
                Err(error) => Err(error),
            }
        })
    }

    /// Looks again and again until something is as it should be. `look` answers with what it found, or with what it saw
    /// instead.
    ///
    /// # Errors
    /// It does not come about, or looking fails.
    pub fn until<T>(
        &self,
        what: &str,
        mut look: impl FnMut() -> Result<Result<T, String>, Error>,
    ) -> Result<T, Error> {
        let began = Instant::now();
        loop {
            let looked = match look() {
                // Drawn anew between finding it and naming it: it is looked for again.
                Err(Error::Refused { code, message }) if code == "stale element reference" => {
                    Err(message)
                }
                looked => looked?,
            };
            match looked {
                Ok(found) => return Ok(found),
                Err(seen) if began.elapsed() > PATIENCE => {
                    return Err(Error::Waited {
                        what: what.to_owned(),
                        seconds: PATIENCE.as_secs(),
                        seen,
                    });
                }
                Err(_) => thread::sleep(LOOK_EVERY),
            }
        }
    }

    /// The application's process.
    ///
    /// # Errors
    /// It is gone.
    pub fn process(&self) -> Result<u32, Error> {
        self.session
            .application()
            .ok_or_else(|| Error::Driver("the application is gone".into()))
    }

    /// When the application's process began, in milliseconds since 1970.
    ///
    /// # Errors
    /// It is gone.
    pub fn started_at(&self) -> Result<f64, Error> {
        let read =
            |path: String| fs::read_to_string(&path).map_err(|error| Error::System(path, error));
        let unclear = || Error::Driver("the start of the process cannot be read".into());
        // Field 22 of proc(5): hundredths of a second since boot; the name in parentheses may hold blanks.
        let stat = read(format!("/proc/{}/stat", self.process()?))?;
        let ticks = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(19))
            .and_then(|ticks| ticks.parse::<f64>().ok());
        let uptime = read("/proc/uptime".into())?;
        let uptime = uptime
            .split_whitespace()
            .next()
            .and_then(|seconds| seconds.parse::<f64>().ok());
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|_| unclear())?;
        let booted = now.as_secs_f64() - uptime.ok_or_else(unclear)?;
        Ok((booted + ticks.ok_or_else(unclear)? / 100.0) * 1000.0)
    }

    /// Prints a measured figure and keeps it beside the pictures, one JSON object a line.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep_figure(&self, name: &str, value: f64, unit: &str) -> Result<(), Error> {
        println!("{name}: {value:.0} {unit}");
        let path = kept("figures.jsonl")
            .ok_or_else(|| Error::Missing("there is no folder for figures".into()))?;
        let line = json!({ "name": name, "value": value, "unit": unit });
        let write = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| writeln!(file, "{line}"));
        write.map_err(|error| Error::System(path.display().to_string(), error))
    }

    fn ended(&self, process: u32) -> Result<(), Error> {
        self.until("the application to end", || {
            Ok(if ended(process) {
                Ok(())
            } else {
                Err("it is still there".into())
            })
        })
    }

    /// Puts the page into the colours a reader may choose, and waits until it is drawn in them.
    ///
    /// # Errors
    /// The driver's.
    pub fn dress(&self, theme: Theme) -> Result<(), Error> {
        self.session
            .run_async(DRESS, &json!([theme.attributes()]))
            .map(drop)
    }

    /// Keeps a picture of the screen, for a person to look at.
    pub fn picture(&self, name: &str) {
        picture(name);
    }

    /// What is on the screen.
    ///
    /// # Errors
    /// No picture can be taken.
    pub fn look(&self, name: &str) -> Result<Picture, Error> {
        let none = || Error::Missing("no picture of the screen can be taken".into());
        Picture::read(&picture(name).ok_or_else(none)?)
    }

    /// The folder for what people look at afterwards.
    ///
    /// # Errors
    /// There is none.
    pub fn beside(&self) -> Result<PathBuf, Error> {
        let none = || Error::Missing("there is no folder for pictures".into());
        kept("").ok_or_else(none)
    }
}

/// Colours as a reader chooses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// The system's, with more contrast.
    Contrast,
}

impl Theme {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Contrast];

    /// Its name in files: `light`, `dark`, `contrast`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    fn attributes(self) -> Value {
        match self {
            Self::Contrast => json!({ "data-contrast": "more" }),
            Self::Light | Self::Dark => json!({ "data-theme": self.name() }),
        }
    }
}

/// A change of colours fades, and is on the screen a frame after the page has it.
const DRESS: &str = "
    const [attributes, done] = arguments;
    const root = document.documentElement;
    for (const name of ['data-theme', 'data-contrast']) root.removeAttribute(name);
    for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
    requestAnimationFrame(() => {
        const fades = document.getAnimations().filter(it => it.effect.getComputedTiming().endTime !== Infinity);
        Promise.allSettled(fades.map(it => it.finished)).then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(null))));
    });";

/// A path in the folder for what people look at afterwards.
fn kept(name: &str) -> Option<PathBuf> {
    let folder = env::var_os("STUDIO_PICTURES").map_or_else(env::temp_dir, PathBuf::from);
    fs::create_dir_all(&folder).ok()?;
    Some(folder.join(name))
}

/// Takes a picture of the whole screen. The driver's own pictures hang without a graphics card, so the X server is asked.
fn picture(name: &str) -> Option<PathBuf> {
    let path = kept(&format!("{name}.png"))?;
    let taken = Command::new("timeout")
        .args(["20", "import", "-window", "root"])
        .arg(&path)
        .status()
        .ok()?;
    taken.success().then_some(path)
}

/// A home and the Studio running in it.
pub struct Stage {
    /// The user's home.
    pub home: Home,
    studio: Studio,
}

impl Deref for Stage {
    type Target = Studio;

    fn deref(&self) -> &Studio {
        &self.studio
    }
}

impl Stage {
    /// Ends the application the way a power cut does, and starts it again in the same home.
    ///
    /// # Errors
    /// It was gone already, or does not start again.
    pub fn crash_and_start(&mut self, arguments: &[&str]) -> Result<(), Error> {
        self.end_and_start("-KILL", arguments)
    }

    /// Ends the application as the end of a session does, and starts it again in the same home. The driver's own way to close a
    /// window takes the page out of it and then kills the process: nobody does that.
    ///
    /// # Errors
    /// It was gone already, or does not end, or does not start again.
    pub fn close_and_start(&mut self, arguments: &[&str]) -> Result<(), Error> {
        self.end_and_start("-TERM", arguments)
    }

    fn end_and_start(&mut self, signal: &str, arguments: &[&str]) -> Result<(), Error> {
        let process = self.process()?;
        let status = Command::new("kill")
            .args([signal, &process.to_string()])
            .status();
        status.map_err(|error| Error::System("kill".into(), error))?;
        self.ended(process)?;
        self.studio = self.home.start(arguments)?;
        Ok(())
    }
}

/// Takes a picture while a failed assertion unwinds.
struct Witness<'a>(&'a str);

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.keep();
        }
    }
}

impl Witness<'_> {
    fn keep(&self) {
        if let Some(path) = picture(self.0) {
            eprintln!("what the screen showed is in `{}`", path.display());
        }
    }
}

/// Runs a test on a Studio started in an empty home, and keeps a picture when the test fails.
///
/// # Errors
/// The test's.
pub fn scenario(
    name: &str,
    arguments: &[&str],
    test: impl FnOnce(&mut Stage) -> Result<(), Error>,
) -> Result<(), Error> {
    at(Home::new()?, name, arguments, test)
}

/// Keeps others from the screen: it has one focus. A test that failed leaves the lock poisoned and the screen free.
pub(crate) fn screen() -> MutexGuard<'static, ()> {
    static SCREEN: Mutex<()> = Mutex::new(());
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same in a given home.
///
/// # Errors
/// The test's.
pub fn at(
    home: Home,
    name: &str,
    arguments: &[&str],
    test: impl FnOnce(&mut Stage) -> Result<(), Error>,
) -> Result<(), Error> {
    let _alone = screen();
    let studio = home.start(arguments)?;
    let mut stage = Stage { home, studio };
    // Declared after the stage, so that it looks at the screen before the window goes.
    let witness = Witness(name);
    let outcome = test(&mut stage);
    if outcome.is_err() {
        witness.keep();
    }
    outcome
}
