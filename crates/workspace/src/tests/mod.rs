//! Everything a window can do, without a window.

mod auditor;
mod candidates;
mod cedar;
mod channels;
mod crash;
mod diagnosing;
mod drift_gate;
mod editing;
mod helping;
mod kills;
mod ledger;
mod moves;
mod narratives;
mod northwind;
mod projects;
mod proving;
mod references;
mod refusals;
mod rego;
pub mod releases;
mod roots;
pub mod scenarios;
mod starting;
mod tables;
mod telling;
mod trouble;
mod updates;
mod wire;
mod witness;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use ipc::{Edit, Event, Host, WorkspaceView};
use model::{Code, Failure, Request};

use crate::{Config, Folders, Studio, open::lock};

/// A small workspace as other people lay theirs out: no manifest, no subfolders.
pub const POLICIES: &str = r#"@id("owners")
permit (principal, action, resource)
when { principal == resource.owner };

@id("staff-view")
permit (principal in Group::"staff", action == Action::"view", resource);

@id("nothing-secret")
forbid (principal, action, resource)
when { resource.secret } unless { context.mfa };
"#;
pub const SCHEMA: &str = r#"entity Group;
entity User in [Group];
entity Doc { owner: User, secret: Bool };
action view, edit appliesTo { principal: User, resource: Doc, context: { mfa: Bool } };
"#;
pub const ENTITIES: &str = r#"[
  {"uid": {"type": "Group", "id": "staff"}, "attrs": {}, "parents": []},
  {"uid": {"type": "User", "id": "ada"}, "attrs": {}, "parents": [{"type": "Group", "id": "staff"}]},
  {"uid": {"type": "User", "id": "bo"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Doc", "id": "plan"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "bo"}}, "secret": true}, "parents": []},
  {"uid": {"type": "Doc", "id": "menu"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "bo"}}, "secret": false}, "parents": []}
]
"#;

/// A Studio with folders, a clock and an ear of its own.
pub struct Bench {
    _keep: tempfile::TempDir,
    pub base: PathBuf,
    pub config: Config,
    pub events: Arc<Mutex<Vec<Event>>>,
}

impl Bench {
    pub fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let base = keep.path().canonicalize().unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = events.clone();
        // Every look at the clock is a second later than the last.
        let now = AtomicI64::new(1_790_000_000_000);
        let config = Config {
            folders: Folders {
                data: base.join("data"),
                state: base.join("state"),
            },
            clock: Arc::new(move || now.fetch_add(1000, Ordering::Relaxed)),
            sink: Arc::new(move |event| lock(&heard).push(event)),
            webview: Some("2.48.5".into()),
        };
        Self {
            _keep: keep,
            base,
            config,
            events,
        }
    }

    pub fn studio(&self) -> Studio {
        Studio::new(self.config.clone())
    }

    /// The small workspace, and its folder.
    pub fn small(&self) -> PathBuf {
        let root = self.base.join("small");
        for (path, text) in [
            ("policies.cedar", POLICIES),
            ("app.cedarschema", SCHEMA),
            ("entities.json", ENTITIES),
        ] {
            write(&root, path, text);
        }
        write(
            &root,
            "ALLOW/ada_views_menu.json",
            &request("ada", "view", "menu", true),
        );
        write(
            &root,
            "DENY/bo_views_plan_without_mfa.json",
            &request("bo", "view", "plan", false),
        );
        root
    }

    /// A Studio on the small workspace.
    pub fn small_studio(&self) -> (Studio, WorkspaceView) {
        let root = self.small();
        let studio = self.studio();
        let view = open(&studio, &root);
        (studio, view)
    }
}

pub fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub fn request(user: &str, action: &str, doc: &str, mfa: bool) -> String {
    serde_json::json!({
        "principal": format!("User::\"{user}\""),
        "action": format!("Action::\"{action}\""),
        "resource": format!("Doc::\"{doc}\""),
        "context": {"mfa": mfa},
    })
    .to_string()
}

pub fn asked(user: &str, action: &str, doc: &str, mfa: bool) -> Request {
    serde_json::from_str(&request(user, action, doc, mfa)).unwrap()
}

pub fn at(path: &str) -> ipc::Path {
    ipc::Path { path: path.into() }
}

pub fn name(name: &str) -> ipc::Name {
    ipc::Name { name: name.into() }
}

pub fn open(studio: &Studio, root: &Path) -> WorkspaceView {
    studio.open_workspace(at(root.to_str().unwrap())).unwrap()
}

pub fn edit(path: &str, text: &str, revision: u32) -> Edit {
    Edit {
        path: path.into(),
        text: text.into(),
        revision,
    }
}

pub fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> Code {
    let failure = result.unwrap_err();
    assert!(failure.hint.len() > 10, "{failure:?}");
    failure.code
}

pub fn codes(failures: &[Failure]) -> Vec<Code> {
    failures.iter().map(|failure| failure.code).collect()
}

/// The log of the small workspace: every request there is, some often, decided by the policies in force.
pub fn small_log(root: &Path) -> PathBuf {
    let mut lines = String::new();
    let mut at = 0;
    for user in ["ada", "bo"] {
        for action in ["view", "edit"] {
            for doc in ["plan", "menu"] {
                for mfa in [true, false] {
                    let owner = user == "bo";
                    let staff = user == "ada" && action == "view";
                    let allowed = (owner || staff) && (doc != "plan" || mfa);
                    for _ in 0..(if action == "view" { 3 } else { 1 }) {
                        at += 1;
                        let mut row: serde_json::Value =
                            serde_json::from_str(&request(user, action, doc, mfa)).unwrap();
                        row["v"] = 1.into();
                        row["id"] = format!("r{at}").into();
                        row["at"] = format!("2026-11-03T10:{:02}:00Z", at % 60).into();
                        row["decision"] = if allowed { "allow" } else { "deny" }.into();
                        lines.push_str(&(row.to_string() + "\n"));
                    }
                }
            }
        }
    }
    let path = root.join("access.jsonl");
    fs::write(&path, lines).unwrap();
    path
}
