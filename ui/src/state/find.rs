//! What the palette finds: actions, files, policies, entities, receipts, tests, what-ifs, prepared edits and help, by letters in order
//! ([`crate::fuzzy`]); without letters what was chosen last stands first. Entities are looked for by the application, which has all of them.

use ipc::{ListReceipts, ReceiptView, ReceiptsAsked, ReceiptsOf, Suggest, SuggestIds};
use leptos::{prelude::*, task::spawn_local};

use super::{Draft, Studio, known::Known};
use crate::{
    actions::{ACTIONS, Action},
    calls::call,
    dom, fuzzy,
    icons::Icon,
    texts::{help, shell},
};

/// Entries shown at most.
const MOST: usize = 60;
/// Entities asked for at once, and from how many letters on.
const ENTITIES: u32 = 30;
const LETTERS: usize = 2;
/// The newest receipts, which are searched.
const RECEIPTS: u32 = 200;
/// What was chosen last is remembered so far.
const RECENT: usize = 8;
/// Where it is remembered.
const REMEMBERED: &str = "palette";

/// What the search knows besides what the window shows anyway.
#[derive(Clone, Copy)]
pub struct Find {
    /// Entities that contain what was typed last.
    entities: Known<Vec<String>>,
    /// The newest receipts of the ledger.
    receipts: Known<Vec<ReceiptView>>,
    /// What was typed last: only its answer is shown.
    asked: StoredValue<String>,
}

impl Find {
    pub(super) fn new() -> Self {
        Self {
            entities: Known::new(Vec::new()),
            receipts: Known::new(Vec::new()),
            asked: StoredValue::new(String::new()),
        }
    }

    /// Forgets what belongs to a workspace.
    pub(super) fn leave_workspace(self) {
        self.entities.set(Vec::new());
        self.receipts.set(Vec::new());
    }
}

/// What choosing an entry does.
#[derive(Clone)]
pub enum Target {
    /// Runs an action.
    Action(&'static Action),
    /// Opens a file.
    File(String),
    /// Opens a policy's file where it stands.
    Policy(model::Source),
    /// Tries a request of, or for, an entity.
    Entity(String),
    /// Shows a receipt.
    Receipt(u64),
    /// Applies a prepared edit: its name and its file.
    Story(String, String),
    /// Shows the test requests.
    Test,
    /// Shows a pack of what-ifs.
    Pack(String),
    /// Opens an article.
    Help(String),
}

/// An entry.
#[derive(Clone)]
pub struct Found {
    /// Tells it from all others, in the next session, too.
    key: String,
    /// Its name.
    pub label: String,
    /// What it is.
    pub note: String,
    /// Its picture.
    pub picture: Icon,
    /// Why it cannot be chosen now.
    pub blocked: Option<String>,
    /// What choosing it does.
    pub target: Target,
    /// Bytes of the label that matched.
    pub ranges: Vec<(usize, usize)>,
}

/// Entries with all that most of them have.
struct Entries(Vec<Found>);

impl Entries {
    fn add(&mut self, kind: &str, label: &str, note: &'static str, picture: Icon, target: Target) {
        self.0.push(Found {
            key: format!("{kind}:{label}"),
            label: label.to_owned(),
            note: note.to_owned(),
            picture,
            blocked: None,
            target,
            ranges: Vec::new(),
        });
    }

    fn entity(&mut self, id: &str) {
        let target = Target::Entity(id.to_owned());
        self.add(
            "entity",
            id,
            shell::KIND_ENTITY.get(),
            Icon::Building2,
            target,
        );
    }
}

/// What was chosen last, the newest first: the keys of entries.
fn recent() -> Vec<String> {
    let kept = dom::recall(REMEMBERED).unwrap_or_default();
    kept.lines().map(str::to_owned).collect()
}

/// Everything that fits, best first; what cannot be chosen comes behind what can.
fn search(query: &str, all: Vec<Found>, recent: &[String]) -> Vec<Found> {
    let query = query.trim();
    let mut found: Vec<(i32, Found)> = all
        .into_iter()
        .filter_map(|entry| {
            let (score, ranges) = fuzzy::find(query, &entry.label)?;
            // Entities come a moment after the rest, and what is first by then stays first.
            let late = match (&entry.blocked, &entry.target) {
                (Some(_), _) => 150,
                (None, Target::Entity(_)) => 120,
                _ => 0,
            };
            let place = recent.iter().position(|key| *key == entry.key);
            let early = place.map_or(0, |place| 1_000 - i32::try_from(place).unwrap_or(0));
            // Among what fits equally well, what was chosen before.
            let early = if query.is_empty() { early } else { early / 100 };
            Some((score - late + early, Found { ranges, ..entry }))
        })
        .collect();
    found.sort_by_key(|(score, _)| -score);
    // Scattered letters are of interest only when nothing contains the words.
    if !query.is_empty() && found.iter().any(|(_, entry)| entry.ranges.len() == 1) {
        found.retain(|(_, entry)| entry.ranges.len() == 1);
    }
    let mut found: Vec<Found> = found.into_iter().map(|(_, entry)| entry).collect();
    found.truncate(MOST);
    found
}

impl Studio {
    /// Everything that fits what was typed, best first. Tracked.
    pub fn find(self, query: &str) -> Vec<Found> {
        let recent = recent();
        search(query, self.entries(&recent), &recent)
    }

    fn entries(self, recent: &[String]) -> Vec<Found> {
        let mut all = Entries(Vec::new());
        for action in ACTIONS.iter().filter(|action| action.id != "palette") {
            let target = Target::Action(action);
            all.add("action", action.title.get(), "", action.picture, target);
            if let Some(last) = all.0.last_mut() {
                // The key of an action stays when the language changes.
                last.key = format!("action:{}", action.id);
                last.blocked = (action.blocked)(self);
            }
        }
        self.workspace.with(|workspace| {
            let Some(workspace) = workspace else { return };
            for file in &workspace.files {
                let target = Target::File(file.path.clone());
                all.add(
                    "file",
                    &file.path,
                    shell::KIND_FILE.get(),
                    Icon::FileCode,
                    target,
                );
            }
            for story in &workspace.stories {
                let target = Target::Story(story.name.clone(), story.file.clone());
                let note = shell::KIND_STORY.get();
                all.add("story", &story.title, note, Icon::FlaskConical, target);
            }
        });
        self.editing.policies.with(|policies| {
            for policy in policies {
                let target = Target::Policy(policy.source.clone());
                let note = shell::KIND_POLICY.get();
                all.add("policy", &policy.id, note, Icon::ShieldCheck, target);
            }
        });
        self.tests.list.with(|list| {
            for test in list.iter().flatten() {
                let note = shell::KIND_TEST.get();
                all.add(
                    "test",
                    &test.test.name,
                    note,
                    Icon::FlaskConical,
                    Target::Test,
                );
            }
        });
        self.packs.view.with(|view| {
            for pack in view.iter().flatten().flat_map(|view| &view.packs) {
                let target = Target::Pack(pack.name.clone());
                let note = shell::KIND_WHAT_IFS.get();
                all.add("pack", &pack.title, note, Icon::CircleQuestionMark, target);
            }
        });
        self.find.receipts.with(|receipts| {
            for receipt in receipts {
                let label = format!("{}  {}", receipt.number, receipt.says);
                let target = Target::Receipt(receipt.number);
                all.add(
                    "receipt",
                    &label,
                    shell::KIND_RECEIPT.get(),
                    Icon::Database,
                    target,
                );
            }
        });
        self.help.all.with(|articles| {
            for article in articles {
                let target = Target::Help(article.id.clone());
                all.add(
                    "help",
                    &article.title,
                    help::TITLE.get(),
                    Icon::BookOpenText,
                    target,
                );
            }
        });
        self.find.entities.with(|found| {
            // Those chosen last are not asked for again.
            let before = recent.iter().filter_map(|key| key.strip_prefix("entity:"));
            let open = self.workspace.with(Option::is_some);
            for id in before.filter(|id| open && !found.iter().any(|it| it == id)) {
                all.entity(id);
            }
            found.iter().for_each(|id| all.entity(id));
        });
        all.0
    }

    /// Gathers what the window does not have at hand.
    pub fn gather(self) {
        self.list_help();
        self.find_entities(String::new());
        let asked = ReceiptsAsked {
            of: ReceiptsOf::Ledger,
            offset: 0,
            limit: RECEIPTS,
        };
        spawn_local(async move {
            // Without a workspace, or without a ledger, there are none.
            if let Ok(page) = call::<ListReceipts>(asked).await {
                self.find.receipts.set(page.items);
            }
        });
    }

    /// Looks for entities that contain what was typed.
    pub fn find_entities(self, text: String) {
        let find = self.find;
        let text = text.trim().to_owned();
        find.asked.set_value(text.clone());
        if text.chars().count() < LETTERS {
            find.entities.set(Vec::new());
            return;
        }
        let asked = Suggest {
            types: Vec::new(),
            text: text.clone(),
            limit: ENTITIES,
        };
        spawn_local(async move {
            let ids = call::<SuggestIds>(asked).await.unwrap_or_default();
            if find.asked.with_value(|asked| *asked == text) {
                find.entities.set(ids);
            }
        });
    }

    /// Does what an entry stands for, and remembers it.
    pub fn choose_found(self, entry: Found) {
        let mut keys = recent();
        keys.retain(|key| *key != entry.key);
        keys.insert(0, entry.key);
        keys.truncate(RECENT);
        dom::remember(REMEMBERED, &keys.join("\n"));
        match entry.target {
            Target::Action(action) => action.perform(self),
            Target::File(path) => self.open_file(&path, None),
            Target::Policy(source) => self.open_file(&source.file.clone(), Some(source)),
            Target::Entity(id) => self.try_request(self.request_with(id)),
            Target::Receipt(number) => {
                self.evidence.wanted.set(Some(number));
                self.show_ledger();
            }
            Target::Story(name, file) => self.apply_story(name, file),
            Target::Test => self.show_page("tests"),
            Target::Help(article) => self.help(&article),
            Target::Pack(name) => {
                self.choose_pack(name);
                self.show_packs();
            }
        }
    }

    /// A request to try, with an entity where its type can stand.
    fn request_with(self, id: String) -> Draft {
        let (kind, _) = id.split_once("::\"").unwrap_or((&id, ""));
        let is = |types: fn(&ipc::ActionView) -> &Vec<String>| {
            self.workspace.with_untracked(|workspace| {
                let actions = workspace.iter().flat_map(|workspace| &workspace.actions);
                actions
                    .into_iter()
                    .any(|action| types(action).iter().any(|it| it == kind))
            })
        };
        let mut draft = Draft::default();
        if kind == "Action" || kind.ends_with("::Action") {
            draft.action = id;
        } else if is(|action| &action.principals) || !is(|action| &action.resources) {
            draft.principal = id;
        } else {
            draft.resource = id;
        }
        draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(labels: &[&str]) -> Vec<Found> {
        let mut all = Entries(Vec::new());
        labels.iter().for_each(|label| all.entity(label));
        all.0
    }

    fn labels(query: &str, all: Vec<Found>, recent: &[&str]) -> Vec<String> {
        let recent: Vec<String> = recent.iter().map(|key| format!("entity:{key}")).collect();
        search(query, all, &recent)
            .into_iter()
            .map(|entry| entry.label)
            .collect()
    }

    #[test]
    fn without_letters_what_was_chosen_last_is_first() {
        let all = found(&["one", "two", "three"]);
        assert_eq!(labels("", all.clone(), &[]), ["one", "two", "three"]);
        assert_eq!(labels(" ", all, &["three", "two"]), ["three", "two", "one"]);
    }

    #[test]
    fn with_letters_it_decides_only_between_equals() {
        let all = found(&["a note", "b note", "another"]);
        assert_eq!(
            labels("note", all.clone(), &["b note"]),
            ["b note", "a note"]
        );
        assert_eq!(labels("anot", all, &["a note"]), ["another"]);
    }

    #[test]
    fn what_cannot_be_chosen_comes_last() {
        let mut all = found(&["format file", "format all files"]);
        all[0].blocked = Some("no file is open".into());
        assert_eq!(
            labels("format", all, &[]),
            ["format all files", "format file"]
        );
    }
}
