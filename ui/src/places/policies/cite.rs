//! The link picker: what may be cited, found by name or title, and put into the policy where the cursor stands.

use ipc::CitableView;
use leptos::{prelude::*, task::spawn_local};
use model::Failure;

use crate::{
    components::{Kind, Piece, button, choice, drawn, field, piece, shown, trouble, typed},
    icons::Icon,
    state::Studio,
    texts::{policies, shell},
    words,
};

const AS: [(&str, &str); 2] = [("authority", "@authority"), ("evidence", "@evidence")];

/// Finds something to cite and cites it.
pub fn cite(studio: Studio) -> AnyView {
    let listed = studio.editing.citable;
    let wanted = RwSignal::new(String::new());
    let failure = RwSignal::new(None::<Failure>);
    studio.list_citable();
    let fields = shown(move || {
        piece("div.body").add(
            piece("div.pair")
                .add(field(policies::FIND.get(), "cite-find", ""))
                .add(choice(policies::CITE_AS.get(), "cite-as", "authority", AS)),
        )
    });
    let choices = shown(move || {
        let wanted = wanted.get().trim().to_lowercase();
        piece("div.body").add(listed.with(|listed| choices(listed.as_ref(), &wanted)))
    });
    let told = shown(move || match failure.get() {
        None => piece("span"),
        Some(failure) => piece("div.body").add(trouble(&failure)),
    });
    let buttons = shown(move || {
        piece("footer")
            .add(
                button(shell::CANCEL.get(), None, Kind::Plain)
                    .pressed(move || studio.overlay.set(None)),
            )
            .add(
                button(shell::DIALOG_CITE.get(), None, Kind::Primary)
                    .with("type", "submit")
                    .with("data-test", "cite-submit"),
            )
    });
    view! {
        <form
            data-help="references"
            on:input=move |_| wanted.set(typed("#cite-find"))
            on:submit=move |event| {
                event.prevent_default();
                let Some(name) = chosen() else { return };
                let annotation = typed("#cite-as");
                failure.set(None);
                // INVARIANT: the dialog may be closed before an answer is here: only `try_` from here on.
                spawn_local(async move {
                    match studio.cite(annotation, name).await {
                        Ok(()) => studio.overlay.set(None),
                        Err(why) => drop(failure.try_set(Some(why))),
                    }
                });
            }
        >{fields}{choices}{told}{buttons}</form>
    }
    .into_any()
}

/// What may be cited and is called like what is wanted.
fn choices(listed: Option<&Result<Vec<CitableView>, Failure>>, wanted: &str) -> Piece {
    let all = match listed {
        None => {
            return piece("p.dim.late")
                .with("role", "status")
                .text(policies::READING_LIST.get());
        }
        Some(Err(failure)) => return trouble(failure),
        Some(Ok(all)) => all,
    };
    if all.is_empty() {
        return piece("p.dim").prose(policies::NOTHING_TO_CITE.get());
    }
    let found = |one: &&CitableView| {
        [&one.name, &one.title, &one.kind]
            .iter()
            .any(|text| text.to_lowercase().contains(wanted))
    };
    let mut found = all.iter().filter(found).peekable();
    if found.peek().is_none() {
        return piece("p.dim")
            .with("role", "status")
            .text(policies::NOTHING_CALLED_SO.get());
    }
    let items = found.enumerate().map(|(row, one)| {
        let id = format!("cite-{row}");
        let radio = piece("input")
            .with("type", "radio")
            .with("name", "cite")
            .with("id", &id)
            .with("value", &one.name)
            .with_if(row == 0, "checked", "");
        let amiss = one.amiss.as_ref().map(|amiss| {
            let said = words::sentence(&words::amiss(&one.name, amiss));
            piece("small.lose.row")
                .add(drawn(Icon::TriangleAlert))
                .add(piece("span").prose(&said))
        });
        piece("label.citable").with("for", &id).add(radio).add(
            piece("span.says")
                .add(
                    piece("span.row")
                        .add(piece("b").text(&one.name))
                        .add(piece("small.faint").text(&one.kind)),
                )
                .add(piece("span.dim").text(&one.title))
                .all(amiss),
        )
    });
    piece("div.citables")
        .with("role", "radiogroup")
        .with("aria-label", policies::CITABLE.get())
        .with("data-test", "citables")
        .all(items)
}

/// The name that is chosen.
fn chosen() -> Option<String> {
    Some(typed(".citables input:checked")).filter(|name| !name.is_empty())
}
