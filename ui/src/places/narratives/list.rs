//! What can be told, the contents of what is told, and what was published.

use ipc::{PublishedView, SubjectView, WeeklyView};
use leptos::prelude::*;

use crate::{
    components::{Piece, piece, shown, trouble},
    state::Studio,
    texts::{self, narratives},
    words,
};

/// The column at the left.
pub fn list(studio: Studio) -> AnyView {
    let narratives = studio.narratives;
    let subjects = shown(move || {
        let front = narratives.telling.get().map(|telling| telling.subject);
        narratives.view.with(|view| match view {
            Some(Ok(view)) => piece("div")
                .add(piece("h2.label").text(narratives::TO_TELL.get()))
                .add(
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
                    .with("aria-label", narratives::CONTENTS.get())
                    .add(piece("h2.label").text(narratives::CONTENTS.get()))
                    .add(piece("ol.headings").all(items))
            }
            _ => piece("span"),
        })
    });
    let published = shown(move || {
        narratives.view.with(|view| match view {
            Some(Ok(view)) if !view.published.is_empty() => piece("div")
                .add(piece("h2.label").text(narratives::PUBLISHED.get()))
                .add(piece("ul").all(view.published.iter().map(|it| kept(studio, it)))),
            _ => piece("span"),
        })
    });
    let weekly = shown(move || {
        narratives.view.with(|view| match view {
            Some(Ok(view)) if !view.weekly.is_empty() => piece("div")
                .add(piece("h2.label").text(narratives::TOLD_BY_ITSELF.get()))
                .add(piece("ul").all(view.weekly.iter().map(by_itself))),
            _ => piece("span"),
        })
    });
    view! { <aside class="tellings" aria-label=narratives::TELLINGS.get() on:click=move |event| super::pages::follow(studio, &event)>{subjects}{contents}{published}{weekly}</aside> }
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
    let (channel, language) = (&it.channel, &it.language);
    let next = &words::date_time(&it.next_at);
    let line = piece("li.weekly")
        .with("data-test", "weekly")
        .add(piece("b.cut").text(&narratives::WeekOf { channel }.say()))
        .add(piece("small").text(&narratives::NextWeek { next, language }.say()));
    match &it.failure {
        None => line,
        Some(failure) => line.add(trouble(failure)),
    }
}

fn kept(studio: Studio, it: &PublishedView) -> Piece {
    let stars = match it.average {
        Some(average) => {
            let average = &format!("{average:.1}").replace('.', texts::words::DECIMAL.get());
            let readers = it.ratings;
            narratives::Rated { average, readers }.say()
        }
        None => narratives::NOT_RATED.into(),
    };
    let (receipt, stars) = (&it.receipt.to_string(), &stars);
    let about = narratives::ReceiptAndStars { receipt, stars }.say();
    let receipt = it.receipt;
    let title = format!("{}, {}", it.form.to_uppercase(), words::date(&it.at));
    piece("li").add(
        piece("button.tell")
            .with("type", "button")
            .with("data-test", "published")
            .with("data-tip", narratives::RATE.get())
            .add(piece("b.cut").text(&title))
            .add(piece("small").text(&about))
            .pressed(move || studio.offer_rating(receipt)),
    )
}
