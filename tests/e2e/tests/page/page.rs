//! The page in a browser, and the world around it: a folder of bundles, and a network that only counts.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use e2e::{Element, Error, Session, chromedriver};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cases::Case;

/// Stands where the network would be: whatever is asked of it is written down, and nothing is answered.
pub struct Network {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Network {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut line = String::new();
                // Who connects and says nothing is written down, too.
                let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
                let _ = BufReader::new(stream).read_line(&mut line);
                book.lock().unwrap().push(line.trim().to_owned());
            }
        });
        Self { address, asked }
    }

    /// What was asked, except by Chromium itself, which asks its makers for updates, the time and accounts whatever page is open.
    pub fn asked(&self) -> Vec<String> {
        let own = |line: &&String| {
            let (_, address) = line.split_once(' ').unwrap_or_default();
            let address = address.trim_start_matches("http://");
            let host = address.split([':', '/', ' ']).next().unwrap_or_default();
            host.ends_with(".google.com") || host.ends_with(".googleapis.com")
        };
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|line| !own(line)).cloned().collect()
    }
}

/// The page.
pub struct Page {
    pub session: Session,
    pub network: Network,
    folder: TempDir,
}

/// What the page shows in the end.
#[derive(Debug)]
pub struct Shown {
    /// `told` for a verdict, `failed` for none.
    pub state: String,
    /// The verdict, as the page would save it.
    pub json: String,
    /// The banner.
    pub banner: String,
}

/// Where the page was built.
pub fn built() -> Result<PathBuf, Error> {
    env::var_os("VERIFIER_PAGE")
        .map(PathBuf::from)
        .ok_or_else(|| Error::Missing("`VERIFIER_PAGE` is not set".into()))
}

/// Runs a test on the page; says so where there is no browser to run it in.
pub fn on_page(test: impl FnOnce(&Page) -> Result<(), Error>) -> Result<(), Error> {
    on(&built()?, test)
}

/// The same with the page from another file.
pub fn on(file: &Path, test: impl FnOnce(&Page) -> Result<(), Error>) -> Result<(), Error> {
    let there = Command::new(chromedriver())
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if there.is_err() {
        eprintln!("no `chromedriver`: the verifier's page is judged by nobody");
        return Ok(());
    }
    let folder = tempfile::tempdir().unwrap();
    let network = Network::new();
    let session = Session::chromium(folder.path(), &network.address)?;
    session.open(&format!("file://{}", file.display()))?;
    test(&Page {
        session,
        network,
        folder,
    })
}

impl Page {
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn element(&self, selector: &str) -> Result<Element, Error> {
        let found = self.session.run(
            "return document.querySelector(arguments[0])",
            &json!([selector]),
        )?;
        Element::of(&found).ok_or_else(|| Error::Missing(format!("`{selector}` is not there")))
    }

    pub fn click(&self, selector: &str) -> Result<(), Error> {
        self.session.click(&self.element(selector)?)
    }

    /// A file for both verifiers.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.into_os_string().into_string().unwrap()
    }

    /// Chooses everything but the bundle, then the bundle.
    pub fn choose(&self, case: &Case) -> Result<(), Error> {
        self.click("button[type=reset]")?;
        let put = |field: &str, value: &str| self.session.fill(&self.element(field)?, value);
        if let Some(trust) = &case.trust {
            put("#trust", &self.write("trust.json", trust))?;
        }
        if let Some(seen) = &case.seen {
            put("#seen", &self.write("seen.txt", seen))?;
        }
        if let Some(at) = &case.at {
            put("#at", at)?;
        }
        put(
            "#bundle",
            &self.write(&format!("{}.tfb", case.name), &case.bundle),
        )
    }

    /// What the page shows when it is done.
    pub fn shown(&self) -> Result<Shown, Error> {
        let shown = self.session.run_async(
            "const done = arguments[arguments.length - 1];
             const text = id => document.getElementById(id).textContent;
             const look = () => {
                 const state = document.body.dataset.state;
                 if (state === 'told' || state === 'failed') done([state, text('json'), text('banner')]);
                 else setTimeout(look, 5);
             };
             look();",
            &json!([]),
        )?;
        let part = |at: usize| shown[at].as_str().unwrap_or_default().to_owned();
        Ok(Shown {
            state: part(0),
            json: part(1),
            banner: part(2),
        })
    }

    /// What `fabric verify --json` says of the files that were chosen.
    pub fn fabric(&self, case: &Case) -> Output {
        let studio = env::var_os("STUDIO_BINARY").map(PathBuf::from).unwrap();
        let mut fabric = Command::new(studio.with_file_name("fabric"));
        fabric.current_dir(self.folder.path()).args([
            "verify",
            &format!("{}.tfb", case.name),
            "--json",
        ]);
        if case.trust.is_some() {
            fabric.args(["--trust", "trust.json"]);
        }
        if case.seen.is_some() {
            fabric.args(["--last-seen", "seen.txt"]);
        }
        if let Some(at) = &case.at {
            fabric.args(["--at", at]);
        }
        fabric.output().unwrap()
    }
}

/// Ids of checks in a state.
pub fn states(verdict: &Value, state: &str) -> Vec<String> {
    let checks = verdict["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["state"] == state)
        .map(|check| check["id"].as_str().unwrap().to_owned())
        .collect()
}
