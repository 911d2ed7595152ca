//! The guide's strip above the status bar: one sentence, the way to the real control, and the way out. It covers nothing.

use ipc::Theme;
use leptos::prelude::*;

use crate::{
    components::{Choice, Kind, Piece, button, live, nothing, piece, shown},
    icons::Icon,
    places::language,
    state::{STEPS, Studio, WELCOME},
    texts::{guide, settings},
};

/// The strip; nothing when the guide was left or is at its end.
pub fn strip(studio: Studio) -> AnyView {
    let step = Memo::new(move |_| studio.guide_step().map(|(done, _)| done));
    live(move || {
        match step.get() {
        None => nothing(),
        Some(done) => view! {
            <section class="guide" aria-label=guide::TITLE.get() data-test="guide" data-help="start/guide">
                {shown(move || says(studio, done))}
                {(done == 1).then(|| look(studio))}
                {shown(move || buttons(studio, done))}
            </section>
        }
        .into_any(),
    }
    })
}

/// Where the guide is, and what to do now.
fn says(studio: Studio, done: u32) -> Piece {
    let all = STEPS.len() as u64 - u64::from(WELCOME);
    let place = match done.checked_sub(WELCOME) {
        None => guide::Welcome {
            number: u64::from(done) + 1,
            all: u64::from(WELCOME),
        }
        .say(),
        Some(done) => guide::Tour {
            number: u64::from(done) + 1,
            all,
        }
        .say(),
    };
    let step = usize::try_from(done).ok().and_then(|done| STEPS.get(done));
    let words = match step {
        Some(step) if step.key == "machine" => machine(studio),
        Some(step) => step.says.get().to_owned(),
        None => String::new(),
    };
    piece("p")
        .with("data-test", "guide-says")
        .with("data-step", step.map_or("", |step| step.key))
        .add(piece("b").text(&place))
        .add(piece("span").prose(&words))
}

/// What this machine has, as two sentences.
fn machine(studio: Studio) -> String {
    studio.look_at_machine().with(|machine| match machine {
        Some(Ok(machine)) => {
            let solver = if machine.solver {
                guide::SOLVER
            } else {
                guide::NO_SOLVER
            };
            let keyring = match machine.keyring {
                None => guide::KEYRING,
                Some(_) => guide::NO_KEYRING,
            };
            format!("{} {}", solver.get(), keyring.get())
        }
        Some(Err(failure)) => failure.message.clone(),
        None => guide::MACHINE.into(),
    })
}

fn look(studio: Studio) -> AnyView {
    let options = vec![
        (
            Theme::System,
            "system",
            settings::THEME_SYSTEM.get(),
            Icon::Monitor,
        ),
        (
            Theme::Light,
            "light",
            settings::THEME_LIGHT.get(),
            Icon::Sun,
        ),
        (Theme::Dark, "dark", settings::THEME_DARK.get(), Icon::Moon),
        (
            Theme::Contrast,
            "contrast",
            settings::THEME_CONTRAST.get(),
            Icon::Contrast,
        ),
    ];
    view! {
        <Choice
            label=settings::THEME.get()
            name="guide-theme"
            options
            value=Signal::derive(move || studio.settings.get().theme)
            on_choose=move |theme| studio.set(|settings| settings.theme = theme)
        />
        {language(studio, "guide-language")}
    }
    .into_any()
}

fn buttons(studio: Studio, done: u32) -> Piece {
    let chosen = matches!(done, 1 | 2);
    let show = button(guide::SHOW.get(), None, Kind::Plain)
        .with("data-test", "guide-show")
        .pressed(move || studio.guide_show());
    let (label, kind) = match chosen {
        true => (guide::CONTINUE, Kind::Primary),
        false => (guide::SKIP, Kind::Ghost),
    };
    let on = button(label.get(), None, kind)
        .with("data-test", "guide-on")
        .pressed(move || studio.guide_to(done + 1));
    let leave = button(guide::LEAVE.get(), Some(Icon::X), Kind::Bare)
        .with("data-test", "guide-leave")
        .pressed(move || studio.leave_guide());
    piece("div.row")
        .all((!chosen).then_some(show))
        .add(on)
        .add(leave)
}
