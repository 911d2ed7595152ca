//! The dialog that takes somebody's project over: what was found, what would be done, and what is left out.

use ipc::{ProjectPart, ProjectView};
use leptos::prelude::*;

use crate::{
    components::{Kind, Piece, button, check, checked, piece, shown, trouble},
    icons::Icon,
    state::Studio,
    texts::{Text, project, shell},
    words,
};

/// What is in it.
pub fn project(studio: Studio) -> AnyView {
    let projects = studio.projects;
    let body = shown(move || {
        let body = piece("div.body").with("data-test", "project");
        if projects.busy.get() {
            let looking = piece("p.dim").with("role", "status");
            return body.add(looking.text(project::LOOKING.get()));
        }
        let found = projects.view.with(|view| match view {
            None => piece("p.dim").text(project::ABOUT.get()),
            Some(Err(why)) => trouble(why),
            Some(Ok(view)) => found(view),
        });
        let failed = projects.failure.with(|why| why.as_ref().map(trouble));
        let choose = |label: Text, test: &str, archive: bool| {
            button(label.get(), Some(Icon::FolderOpen), Kind::Plain)
                .with("data-test", test)
                .pressed(move || studio.pick_project(archive))
        };
        let choices = piece("div.row")
            .add(choose(project::CHOOSE_FOLDER, "project-folder", false))
            .add(choose(project::CHOOSE_ARCHIVE, "project-archive", true));
        body.add(found).all(failed).add(choices)
    });
    let buttons = shown(move || {
        let foot = piece("footer").add(
            button(shell::CANCEL.get(), None, Kind::Plain)
                .pressed(move || studio.overlay.set(None)),
        );
        let added = projects.view.with(|view| match view {
            Some(Ok(view)) => Some(view.added),
            _ => None,
        });
        let (Some(added), false) = (added, projects.busy.get()) else {
            return foot;
        };
        let open = studio.workspace.with(Option::is_some);
        let extend = project::Extend { count: added }.say();
        let extend = open.then(|| {
            button(&extend, None, Kind::Plain)
                .with("data-test", "project-extend")
                .with_if(added == 0, "disabled", "")
                .pressed(move || studio.take_project(true, checked("#project-logs")))
        });
        let make = button(project::MAKE.get(), None, Kind::Primary)
            .with("data-test", "project-make")
            .pressed(move || studio.take_project(false, checked("#project-logs")));
        foot.all(extend).add(make)
    });
    view! { <div data-help="workspace/project">{body}{buttons}</div> }.into_any()
}

fn found(view: &ProjectView) -> Piece {
    let head = piece("h3").text(&project::Found { name: &view.name }.say());
    let parts = piece("ul.names").all(view.parts.iter().map(part));
    let logs = view.logs.iter().map(|log| words::file(&log.path).1);
    let logs: Vec<&str> = logs.collect();
    let logs = (!logs.is_empty()).then(|| {
        let files = &logs.join(", ");
        check(&project::Logs { files }.say(), "project-logs", true)
    });
    let note = |so: bool, text: String| so.then(|| piece("p.dim").text(&text));
    let problems = view.problems.len() as u64;
    let wrong = view.problems.first().map(|first| {
        let (file, message) = (&first.file, &first.message);
        project::Problems {
            count: problems,
            file,
            message,
        }
        .say()
    });
    let kept = view.kept.len() as u64;
    let files = &view.kept.join(", ");
    let left = (!view.left.is_empty()).then(|| {
        let line = |it: &ipc::LeftFile| {
            piece("li")
                .add(piece("code").text(&it.path))
                .add(piece("span.dim").prose(&format!(" {}", it.why)))
        };
        piece("details.fold")
            .with("open", "")
            .add(
                piece("summary").text(
                    &project::Left {
                        count: view.left.len() as u64,
                    }
                    .say(),
                ),
            )
            .add(piece("ul.names").all(view.left.iter().map(line)))
    });
    piece("div.col")
        .add(head)
        .add(parts)
        .all(logs)
        .all(wrong.map(|wrong| piece("p.risk").prose(&wrong)))
        .all(note(kept > 0, project::Kept { count: kept, files }.say()))
        .all(left)
        .all(note(
            view.others > 0,
            project::Others { count: view.others }.say(),
        ))
}

fn part(part: &ProjectPart) -> Piece {
    let (files, holds) = (part.files.len() as u64, part.holds);
    let text = match part.part.as_str() {
        "policies" => project::Policies { files, holds }.say(),
        "modules" => project::Modules { files, holds }.say(),
        "entities" => project::Entities { files, holds }.say(),
        "schema" => project::Schema { files }.say(),
        "data" => project::Data { files }.say(),
        "links" => project::Links { files }.say(),
        _ => project::Tests { files }.say(),
    };
    let names = part.files.join("\n");
    piece("li").with("data-tip", &names).text(&text)
}
