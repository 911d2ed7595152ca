//! As much of the WebDriver protocol (W3C, <https://www.w3.org/TR/webdriver2/>) as the tests need.

use std::{
    collections::HashMap,
    env,
    ffi::OsString,
    fs, io,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use ureq::Agent;

use crate::Error;

/// How long one call may take. Starting the application is one call.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the application may take to end when its session does.
const LEAVE: Duration = Duration::from_secs(5);
/// The name under which the standard hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An element of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element(String);

/// A driver process and its one session with the application.
pub struct Session {
    driver: Child,
    agent: Agent,
    url: String,
}

impl Session {
    /// Starts a driver, and the application through it.
    ///
    /// # Errors
    /// No driver on this machine, or the application does not start.
    pub fn start(
        binary: &Path,
        arguments: &[&str],
        environment: &HashMap<&str, OsString>,
    ) -> Result<Self, Error> {
        let mut driver = Command::new("WebKitWebDriver");
        driver
            .envs(environment)
            // The application lets itself be driven only when told so.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            // The tests read English, whatever the developer's machine speaks.
            .env("LC_ALL", "C.UTF-8");
        let options = json!({ "binary": binary, "args": arguments });
        // No `browserName`: the driver would compare it with its own and refuse.
        Self::through(driver, &json!({ "webkitgtk:browserOptions": options }))
    }

    /// Starts Chromium without a window. What it saves goes to `Downloads` in `home`, and whatever it asks the network for to `proxy`.
    ///
    /// # Errors
    /// No driver or browser on this machine, or it does not start.
    pub fn chromium(home: &Path, proxy: &str) -> Result<Self, Error> {
        let mut driver = Command::new(chromedriver());
        driver.env("HOME", home).stdout(Stdio::null());
        let proxy = format!("--proxy-server={proxy}");
        let arguments = [
            "--headless",
            // For administrators it starts only so.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--window-size=1000,1400",
            &proxy,
            // Nor is anything on this machine asked without it.
            "--proxy-bypass-list=<-loopback>",
        ];
        let options = json!({ "args": arguments });
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": options });
        Self::through(driver, &wanted)
    }

    fn through(mut driver: Command, wanted: &Value) -> Result<Self, Error> {
        // Bound for a moment to learn a number nobody else has.
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| Error::System("finding a free port".into(), error))?
            .port();
        let program = driver.get_program().to_string_lossy().into_owned();
        let driver = driver
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Error::Missing(format!("`{program}` is not installed")),
                _ => Error::System(format!("starting {program}"), error),
            })?;
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build()
            .new_agent();
        let mut session = Self {
            driver,
            agent,
            url: format!("http://127.0.0.1:{port}"),
        };
        session.until_it_listens()?;
        let wanted = json!({ "capabilities": { "alwaysMatch": wanted } });
        let made = session.post("/session", &wanted)?;
        let id = made
            .get("sessionId")
            .and_then(Value::as_str)
            .ok_or_else(|| Error::Driver(format!("no session id in {made}")))?;
        session.url = format!("{}/session/{id}", session.url);
        Ok(session)
    }

    fn until_it_listens(&mut self) -> Result<(), Error> {
        let began = Instant::now();
        loop {
            match self.get("/status") {
                Ok(_) => return Ok(()),
                Err(error) if began.elapsed() > PATIENCE => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    /// The application's process; nothing when it is gone.
    #[must_use]
    pub fn application(&self) -> Option<u32> {
        let driver = self.driver.id();
        fs::read_to_string(format!("/proc/{driver}/task/{driver}/children"))
            .ok()?
            .split_whitespace()
            .filter_map(|id| id.parse().ok())
            .find(|id| !ended(*id))
    }

    /// Goes to an address.
    ///
    /// # Errors
    /// The driver's, e.g. when nobody answers there.
    pub fn open(&self, url: &str) -> Result<(), Error> {
        self.post("/url", &json!({ "url": url })).map(drop)
    }

    /// Types into an element; into one that takes files, the path of a file.
    ///
    /// # Errors
    /// The driver's, e.g. when the file is not there.
    pub fn fill(&self, element: &Element, text: &str) -> Result<(), Error> {
        let path = format!("/element/{}/value", element.0);
        self.post(&path, &json!({ "text": text })).map(drop)
    }

    /// The window's title.
    ///
    /// # Errors
    /// The driver's.
    pub fn title(&self) -> Result<String, Error> {
        Ok(self.get("/title")?.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the page. Elements are handed to it as arguments and come back as elements.
    ///
    /// # Errors
    /// The driver's, or an exception in the script.
    pub fn run(&self, script: &str, arguments: &Value) -> Result<Value, Error> {
        self.post(
            "/execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Runs a script that calls its last argument when it is done.
    ///
    /// # Errors
    /// The driver's, or an exception in the script.
    pub fn run_async(&self, script: &str, arguments: &Value) -> Result<Value, Error> {
        self.post(
            "/execute/async",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Clicks an element in its middle, as a mouse does.
    ///
    /// # Errors
    /// The driver's, e.g. `element click intercepted`.
    pub fn click(&self, element: &Element) -> Result<(), Error> {
        self.post(&format!("/element/{}/click", element.0), &json!({}))
            .map(drop)
    }

    /// Presses keys: modifiers held down, then the last one, e.g. `Control+Shift+p`, `Enter`, `g`.
    ///
    /// # Errors
    /// The driver's.
    pub fn press(&self, chord: &str) -> Result<(), Error> {
        let mut keys: Vec<_> = chord.split('+').map(key).collect();
        if chord.ends_with("++") || chord == "+" {
            keys = chord
                .trim_end_matches('+')
                .split('+')
                .filter(|name| !name.is_empty())
                .map(key)
                .chain(["+".into()])
                .collect();
        }
        let down = keys
            .iter()
            .map(|key| json!({ "type": "keyDown", "value": key }));
        let up = keys
            .iter()
            .rev()
            .map(|key| json!({ "type": "keyUp", "value": key }));
        self.keyboard(down.chain(up).collect())
    }

    /// Types a text, key by key.
    ///
    /// # Errors
    /// The driver's.
    pub fn type_text(&self, text: &str) -> Result<(), Error> {
        let strokes = text.chars().flat_map(|c| {
            let value = if c == '\n' {
                key("Enter")
            } else {
                c.to_string()
            };
            [
                json!({ "type": "keyDown", "value": value }),
                json!({ "type": "keyUp", "value": value }),
            ]
        });
        self.keyboard(strokes.collect())
    }

    fn keyboard(&self, strokes: Vec<Value>) -> Result<(), Error> {
        let actions =
            json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.post("/actions", &actions).map(drop)
    }

    /// The window's size on screen.
    ///
    /// # Errors
    /// The driver's.
    pub fn resize(&self, width: u32, height: u32) -> Result<(), Error> {
        self.post("/window/rect", &json!({ "width": width, "height": height }))
            .map(drop)
    }

    fn get(&self, path: &str) -> Result<Value, Error> {
        let mut answer = self.agent.get(format!("{}{path}", self.url)).call()?;
        value(answer.body_mut().read_json()?)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, Error> {
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.url))
            .send_json(body)?;
        value(answer.body_mut().read_json()?)
    }
}

impl Drop for Session {
    /// Ends the application and the driver, and comes back when both are gone: a Studio that lingers would take the next
    /// one's place.
    fn drop(&mut self) {
        let application = self.application();
        // The application may be gone already; then the driver is all there is to end.
        let _ = self.agent.delete(&self.url).call();
        if let Some(process) = application {
            let asked = Instant::now();
            while !ended(process) && asked.elapsed() < LEAVE {
                thread::sleep(Duration::from_millis(10));
            }
            if !ended(process) {
                eprintln!("the application lingered for {LEAVE:?} and was killed");
                let _ = Command::new("kill")
                    .args(["-KILL", &process.to_string()])
                    .status();
            }
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The driver for Chromium: the one that `CHROMEDRIVER` names, else the system's.
#[must_use]
pub fn chromedriver() -> OsString {
    env::var_os("CHROMEDRIVER")
        .filter(|path| !path.is_empty())
        .unwrap_or_else(|| "chromedriver".into())
}

/// Whether a process is over, whatever its parent makes of that.
pub(crate) fn ended(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

impl Element {
    /// The element in a script's answer, if it is one.
    #[must_use]
    pub fn of(value: &Value) -> Option<Self> {
        value.get(ELEMENT)?.as_str().map(|id| Self(id.to_owned()))
    }

    /// The element as an argument of a script.
    #[must_use]
    pub fn argument(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }
}

fn value(mut answer: Value) -> Result<Value, Error> {
    let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
    match value.get("error").and_then(Value::as_str) {
        Some(code) => Err(Error::Refused {
            code: code.to_owned(),
            message: value
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        }),
        None => Ok(value),
    }
}

/// The code point that stands for a named key (section 17.4.2 of the standard); any other text stands for itself.
fn key(name: &str) -> String {
    match name {
        "Backspace" => "\u{e003}",
        "Tab" => "\u{e004}",
        "Enter" => "\u{e007}",
        "Shift" => "\u{e008}",
        "Control" => "\u{e009}",
        "Alt" => "\u{e00a}",
        "Escape" => "\u{e00c}",
        "Space" => " ",
        "PageUp" => "\u{e00e}",
        "PageDown" => "\u{e00f}",
        "End" => "\u{e010}",
        "Home" => "\u{e011}",
        "Left" => "\u{e012}",
        "Up" => "\u{e013}",
        "Right" => "\u{e014}",
        "Down" => "\u{e015}",
        "Delete" => "\u{e017}",
        "F1" => "\u{e031}",
        "F8" => "\u{e038}",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_driver_is_an_error_here() {
        let refused = value(json!({ "value": { "error": "no such element", "message": "gone" } }))
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the driver says `no such element`: gone"
        );
        assert_eq!(
            value(json!({ "value": { "ready": true } })).unwrap(),
            json!({ "ready": true })
        );
        assert_eq!(value(json!({ "value": null })).unwrap(), Value::Null);
    }

    #[test]
    fn elements_go_to_scripts_and_come_back() {
        let element = Element("7".into());
        assert_eq!(Element::of(&element.argument()), Some(element));
        assert_eq!(Element::of(&json!("text")), None);
    }
}
