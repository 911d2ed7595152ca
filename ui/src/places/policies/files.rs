//! The tree of a workspace's files, by what they hold, and the sample's prepared edits.

use std::collections::BTreeSet;

use ipc::{FileKind, FileView, StoryView, WorkspaceView};
use leptos::prelude::*;

use crate::{
    components::{Button, Kind, Tree, TreeNode},
    icons::Icon,
    state::{Overlay, Studio},
    texts::{Text, policies, shell},
    words,
};

const SECTIONS: [(FileKind, Text); 6] = [
    (FileKind::Policies, shell::POLICIES),
    (FileKind::Schema, policies::SCHEMA),
    (FileKind::Tests, policies::TESTS),
    (FileKind::Scenarios, policies::WHAT_IFS),
    (FileKind::Links, policies::LINKS),
    (FileKind::Entities, policies::ENTITIES),
];

fn picture(kind: FileKind) -> Icon {
    match kind {
        FileKind::Policies => Icon::FileCode,
        FileKind::Schema => Icon::Shapes,
        FileKind::Tests => Icon::FlaskConical,
        FileKind::Scenarios => Icon::CircleQuestionMark,
        FileKind::Links => Icon::Link,
        FileKind::Entities => Icon::Braces,
    }
}

fn leaf(file: &FileView, level: u8) -> TreeNode {
    let (_, name) = words::file(&file.path);
    let (dot, bad) = match file {
        FileView { problems: 1.., .. } => (Some(policies::HAS_PROBLEMS.get()), true),
        FileView { draft: true, .. } => (Some(policies::HAS_DRAFT.get()), false),
        _ => (None, false),
    };
    TreeNode {
        key: file.path.clone(),
        level,
        label: name.to_owned(),
        picture: picture(file.kind),
        open: None,
        note: if file.changed && !file.draft {
            policies::CHANGED.into()
        } else {
            String::new()
        },
        dot,
        bad,
    }
}

/// Rows of the tree: sections, their folders, their files; nothing below a closed one.
fn rows(workspace: &WorkspaceView, closed: &BTreeSet<String>) -> Vec<TreeNode> {
    let branch = |key: String, level: u8, label: &str, note: String| TreeNode {
        open: Some(!closed.contains(&key)),
        picture: if closed.contains(&key) {
            Icon::ChevronRight
        } else {
            Icon::ChevronDown
        },
        key,
        level,
        label: label.to_owned(),
        note,
        dot: None,
        bad: false,
    };
    let mut rows = Vec::new();
    for (kind, title) in SECTIONS {
        let title = title.get();
        let files: Vec<_> = workspace
            .files
            .iter()
            .filter(|file| file.kind == kind)
            .collect();
        if files.is_empty() {
            continue;
        }
        let note = match kind {
            FileKind::Policies => {
                words::number(u64::from(workspace.policies + workspace.templates))
            }
            FileKind::Entities => words::number(u64::from(workspace.entities)),
            _ => String::new(),
        };
        let section = branch(format!("section:{title}"), 1, title, note);
        let open = section.open == Some(true);
        rows.push(section);
        if !open {
            continue;
        }
        // The folder they all lie in says nothing the section does not say.
        let shared = shared_folder(&files);
        let mut folder = "";
        let mut folder_open = true;
        // Files without a folder first, then folder by folder; the list is sorted by path already.
        let below = |file: &FileView| {
            file.path
                .get(shared..)
                .map_or("", |rest| words::file(rest).0)
                .len()
                + shared
        };
        let (top, nested): (Vec<&FileView>, Vec<&FileView>) =
            files.into_iter().partition(|file| below(file) == shared);
        rows.extend(top.into_iter().map(|file| leaf(file, 2)));
        for file in nested {
            let in_folder = file.path.get(..below(file)).unwrap_or_default();
            if in_folder != folder {
                folder = in_folder;
                let name = folder
                    .get(shared..)
                    .unwrap_or_default()
                    .trim_end_matches('/');
                let mut row = branch(format!("folder:{title}:{folder}"), 2, name, String::new());
                folder_open = row.open == Some(true);
                row.picture = if folder_open {
                    Icon::FolderOpen
                } else {
                    Icon::Folder
                };
                rows.push(row);
            }
            if folder_open {
                rows.push(leaf(file, 3));
            }
        }
    }
    if !workspace.stories.is_empty() {
        let title = policies::STORIES.get();
        let section = branch("section:stories".into(), 1, title, String::new());
        let open = section.open == Some(true);
        rows.push(section);
        if open {
            rows.extend(workspace.stories.iter().map(story));
        }
    }
    rows
}

/// Length of the folder path that all files share.
fn shared_folder(files: &[&FileView]) -> usize {
    let Some(first) = files.first() else { return 0 };
    let mut shared = words::file(&first.path).0;
    while !files.iter().all(|file| file.path.starts_with(shared)) {
        shared = words::file(shared.trim_end_matches('/')).0;
    }
    shared.len()
}

fn story(story: &StoryView) -> TreeNode {
    TreeNode {
        key: format!("story:{}", story.name),
        level: 2,
        label: story.title.clone(),
        picture: Icon::Play,
        open: None,
        note: String::new(),
        dot: None,
        bad: false,
    }
}

/// The pane.
pub fn files() -> AnyView {
    let studio = Studio::here();
    let closed = RwSignal::new(BTreeSet::<String>::new());
    let rows = Memo::new(move |_| {
        studio.workspace.with(|workspace| {
            workspace
                .as_ref()
                .map(|workspace| closed.with(|closed| rows(workspace, closed)))
                .unwrap_or_default()
        })
    });
    let selected = Memo::new(move |_| {
        studio
            .editing
            .file
            .with(|file| file.as_ref().map(|file| file.path.clone()))
    });
    let choose = move |key: String| match key.strip_prefix("story:") {
        Some(name) => {
            let file = studio.workspace.with_untracked(|workspace| {
                workspace
                    .as_ref()?
                    .stories
                    .iter()
                    .find(|story| story.name == name)
                    .map(|story| story.file.clone())
            });
            if let Some(file) = file {
                studio.apply_story(name.to_owned(), file);
            }
        }
        None => studio.open_file(&key, None),
    };
    let toggle = move |key: String| {
        closed.update(|closed| {
            if !closed.remove(&key) {
                closed.insert(key);
            }
        });
    };
    view! {
        <div class="pane-head">
            <span class="grow">{policies::FILES.get()}</span>
            <Button label=shell::DIALOG_NEW_FILE.get() kind=Kind::Tiny picture=Icon::FilePlus test="new-file" on_click=move || studio.overlay.set(Some(Overlay::NewFile))/>
            <Button label=policies::HIDE_TREE.get() kind=Kind::Tiny picture=Icon::PanelLeft chord="mod+b" on_click=move || studio.tree.set(false)/>
        </div>
        <Tree id="files" label=policies::FILES.get() rows selected on_choose=choose on_toggle=toggle/>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, kind: FileKind) -> FileView {
        FileView {
            path: path.into(),
            kind,
            policies: 1,
            draft: false,
            changed: false,
            problems: 0,
            editable: true,
        }
    }

    #[test]
    fn files_stand_below_their_kind_and_folder() {
        crate::texts::tests::english();
        let workspace = WorkspaceView {
            root: String::new(),
            name: String::new(),
            tenant: String::new(),
            residency: String::new(),
            base: String::new(),
            files: vec![
                file("a/one.cedar", FileKind::Policies),
                file("a/two.cedar", FileKind::Policies),
                file("s.cedarschema", FileKind::Schema),
                file("z.cedar", FileKind::Policies),
            ],
            policies: 3,
            templates: 0,
            entities: 0,
            actions: vec![],
            problems: vec![],
            log: None,
            stories: vec![],
            notices: vec![],
            recovered: vec![],
            generate_rows: None,
        };
        let shown = |closed: &[&str]| {
            let closed = closed.iter().map(|key| (*key).to_owned()).collect();
            rows(&workspace, &closed)
                .into_iter()
                .map(|row| format!("{} {}", row.level, row.label))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shown(&[]),
            [
                "1 Policies",
                "2 z.cedar",
                "2 a",
                "3 one.cedar",
                "3 two.cedar",
                "1 Schema",
                "2 s.cedarschema"
            ]
        );
        assert_eq!(
            shown(&["folder:Policies:a/"]),
            [
                "1 Policies",
                "2 z.cedar",
                "2 a",
                "1 Schema",
                "2 s.cedarschema"
            ]
        );
        assert_eq!(
            shown(&["section:Policies"]),
            ["1 Policies", "1 Schema", "2 s.cedarschema"]
        );
        let lengths = |paths: &[&str]| {
            shared_folder(
                &paths
                    .iter()
                    .map(|path| file(path, FileKind::Tests))
                    .collect::<Vec<_>>()
                    .iter()
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(lengths(&["p/a/x.cedar", "p/b/y.cedar"]), 2);
        assert_eq!(lengths(&["tests/x.json", "tests/y.json"]), 6);
        assert_eq!(lengths(&["pa/x.cedar", "pb/y.cedar"]), 0);
    }
}
