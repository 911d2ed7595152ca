//! What can be told, the contents of what is told, and what was published.

use ipc::{PublishedView, SubjectView, WeeklyView};
use leptos::prelude::*;

use crate::{
    components::{Piece, piece, shown, trouble},
    state::Studio,
    words,
};

/// The column at the left.
pub fn list(studio: Studio) -> AnyView {
    let narratives = studio.narratives;
    let subjects = shown(move || {
        let front = narratives.telling.get().map(|telling| telling.subject);
        narratives.view.with(|view| match view {
            Some(Ok(view)) => piece("div").add(piece("h2.label").text("To tell")).add(
                piece("ul").all(
                    view.subjects
                        .iter()
                        .map(|it| subject(studio, it, front.as_ref() == Some(&it.subject))),
                ),
            ),
            _ => piece("span"),
        })
    });
    let contents = shown(move || {
        narratives.told.with(|told| match told {
            Some(Ok(view)) if view.headings.len() > 1 => {
                let items = view.headings.iter().map(|heading| {
                    piece("li")
                        .with("data-level", &heading.level.to_string())
                        .add(
                            piece("a")
                                .with("href", &format!("#{}", heading.place))
                                .text(&heading.text),
                        )
                });
                piece("nav")
                    .with("aria-label", "Contents")
                    .add(piece("h2.label").text("Contents"))
                    .add(piece("ol.headings").all(items))
            }
            _ => piece("span"),
        })
    });
    let published = shown(move || {
        narratives.view.with(|view| match view {
            Some(Ok(view)) if !view.published.is_empty() => piece("div")
                .add(piece("h2.label").text("Published"))
                .add(piece("ul").all(view.published.iter().map(|it| kept(studio, it)))),
            _ => piece("span"),
        })
    });
    let weekly = shown(move || {
        narratives.view.with(|view| match view {
            Some(Ok(view)) if !view.weekly.is_empty() => piece("div")
                .add(piece("h2.label").text("Told by itself"))
                .add(piece("ul").all(view.weekly.iter().map(by_itself))),
            _ => piece("span"),
        })
    });
    view! { <aside class="tellings" aria-label="What can be told" on:click=move |event| super::pages::follow(studio, &event)>{subjects}{contents}{published}{weekly}</aside> }
        .into_any()
}

fn subject(studio: Studio, it: &SubjectView, front: bool) -> Piece {
    let subject = it.subject.clone();
    let at = match it.at.as_str() {
        "" => String::new(),
        at => words::date(at),
    };
    piece("li").add(
        piece("button.tell")
            .with("type", "button")
            .with("aria-pressed", if front { "true" } else { "false" })
            .with("data-test", "tell")
            .with("data-kind", &it.kind)
            .add(piece("b.cut").text(&it.title))
            .add(
                piece("small")
                    .text(&it.kind)
                    .text(if at.is_empty() { "" } else { " · " })
                    .text(&at),
            )
            .pressed(move || {
                let subject = subject.clone();
                studio.tell(|telling| telling.subject = subject);
            }),
    )
}

fn by_itself(it: &WeeklyView) -> Piece {
    let next = words::date_time(&it.next_at);
    let line = piece("li.weekly")
        .with("data-test", "weekly")
        .add(piece("b.cut").text(&format!("The week of {}", it.channel)))
        .add(piece("small").text(&format!("Next {next} · {}", it.language)));
    match &it.failure {
        None => line,
        Some(failure) => line.add(trouble(failure)),
    }
}

fn kept(studio: Studio, it: &PublishedView) -> Piece {
    let receipt = it.receipt;
    let stars = match it.average {
        Some(average) => format!(
            "{average:.1} of 5 by {}",
            words::count(it.ratings, "reader", "readers")
        ),
        None => "Not rated yet".to_owned(),
    };
    let title = format!("{}, {}", it.form.to_uppercase(), words::date(&it.at));
    piece("li").add(
        piece("button.tell")
            .with("type", "button")
            .with("data-test", "published")
            .with("data-tip", "Rate it")
            .add(piece("b.cut").text(&title))
            .add(piece("small").text(&format!("Receipt {receipt} · {stars}")))
            .pressed(move || studio.offer_rating(receipt)),
    )
}
