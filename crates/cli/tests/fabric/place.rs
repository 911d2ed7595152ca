//! A folder of its own for each test, and the program run in it with nothing of the user's around.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A temporary folder with a small workspace `w` in it.
pub struct Place {
    folder: TempDir,
}

/// What a run left behind.
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

pub const POLICIES: &str = "\
@id(\"owner\")
permit (principal, action, resource is Doc)
when { resource.owner == principal };

@id(\"public\")
permit (principal, action == Action::\"view\", resource is Doc)
when { resource.public };

@id(\"guests-stay-out\")
forbid (principal is User, action, resource)
when { principal.guest }
unless { resource.public };
";

pub const SCHEMA: &str = "\
entity User { guest: Bool };
entity Doc { owner: User, public: Bool };
action view, edit appliesTo { principal: User, resource: Doc, context: { mfa: Bool } };
";

pub const ENTITIES: &str = r#"[
  {"uid": {"type": "User", "id": "alice"}, "attrs": {"guest": false}, "parents": []},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {"guest": true}, "parents": []},
  {"uid": {"type": "Doc", "id": "plan"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}, "public": false}, "parents": []},
  {"uid": {"type": "Doc", "id": "menu"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}, "public": true}, "parents": []}
]
"#;

/// Opens the keys that [`Place::begin_ledger`] makes.
pub const PASS: &[&str] = &["--passphrase-file", "pass"];

/// A request as a file has it.
pub fn request(principal: &str, action: &str, resource: &str) -> String {
    serde_json::json!({
        "principal": format!("User::\"{principal}\""),
        "action": format!("Action::\"{action}\""),
        "resource": format!("Doc::\"{resource}\""),
        "context": { "mfa": true },
    })
    .to_string()
}

/// A row of a log, without entities: the workspace's are assumed.
pub fn row(principal: &str, action: &str, resource: &str, decision: &str) -> String {
    let mut row: Value = serde_json::from_str(&request(principal, action, resource)).unwrap();
    row["v"] = 1.into();
    row["at"] = "2026-11-03T10:15:00Z".into();
    row["decision"] = decision.into();
    row["reasons"] = Value::Array(Vec::new());
    row["errors"] = Value::Array(Vec::new());
    row.to_string() + "\n"
}

impl Place {
    /// Without the workspace.
    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn new() -> Self {
        let place = Self::empty();
        place.write("w/policies.cedar", POLICIES);
        place.write("w/policies.cedarschema", SCHEMA);
        place.write("w/entities.json", ENTITIES);
        place.write("w/ALLOW/alice_edits.json", request("alice", "edit", "plan"));
        place.write("w/DENY/bob_views.json", request("bob", "view", "plan"));
        place
    }

    /// Gives `w` a ledger, `example.com/l`, and the key that it is signed with, in an encrypted file. What the key is known by.
    pub fn begin_ledger(&self, key: &str) -> Value {
        self.write("pass", "correct horse battery\n");
        let create = ["keys", "create", key, "--file", "--json"];
        let made = self.run(&[&create, PASS].concat()).json();
        let origin = ["--key", key, "--origin", "example.com/l"];
        let init = [&["ledger", "init", "w"][..], &origin, PASS].concat();
        self.run(&init).fine();
        made["public"].clone()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Every file and its content, for finding out that nothing was written.
    pub fn snapshot(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    found.push((path.clone(), Vec::new()));
                    walk(&path, found);
                } else {
                    found.push((path.clone(), fs::read(&path).unwrap()));
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.path(folder), &mut found);
        found.sort();
        found
    }

    /// A folder once more, as a backup has it.
    pub fn copy(&self, from: &str, to: &str) {
        fs::create_dir_all(self.path(to)).unwrap();
        for (path, content) in self.snapshot(from) {
            let copy = self
                .path(to)
                .join(path.strip_prefix(self.path(from)).unwrap());
            if path.is_dir() {
                fs::create_dir_all(copy).unwrap();
            } else {
                fs::write(copy, content).unwrap();
            }
        }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fabric"));
        self.surround(&mut command)
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Lets a program find nothing of the user's.
    pub fn surround<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("HOME", self.path("home"))
            .env("XDG_DATA_HOME", self.path("home/data"))
            .env("XDG_STATE_HOME", self.path("home/state"))
            // The temporary folder may be inside somebody's repository.
            .env("GIT_CEILING_DIRECTORIES", self.folder.path())
            // The tester may read another language.
            .env("LC_ALL", "C.UTF-8")
            .env_remove("NO_COLOR")
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    pub fn run_with_input(&self, arguments: &[&str], input: impl Into<Vec<u8>>) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.into();
        let writer = std::thread::spawn(move || {
            // The program may stop reading early.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output.into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let ran = Self {
            status: output
                .status
                .code()
                .expect("ended by itself, not by a signal"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }
}

impl Ran {
    /// The result, when all was fine.
    #[track_caller]
    pub fn fine(self) -> String {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        self.out
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// That the work could not be done: the code and the message, from JSON.
    #[track_caller]
    pub fn failed(&self) -> (String, String) {
        let error = &self.json()["error"];
        assert_eq!(self.status, 2, "{error}");
        assert!(!error["hint"].as_str().unwrap().is_empty(), "{error}");
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        (
            text("code"),
            format!("{}\n{}", text("message"), text("details")),
        )
    }
}

/// Keys of an object, sorted.
pub fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}
