//! Settings: how the window looks and what it speaks, what happens on save, where data lies, which version this is.

use ipc::{Density, Language, Theme};
use leptos::prelude::*;

use crate::{
    components::{Button, Choice, Kind, Piece, button, checked, does, piece, shown},
    dom,
    icons::{Icon, icon},
    state::Studio,
    texts::{settings, shell},
    words,
};

/// The settings screen.
pub fn settings() -> AnyView {
    let studio = Studio::here();
    let set = studio.settings;
    view! {
        <div class="page" data-test="settings">
            <div class="settings">
                <h1>{settings::TITLE.get()}</h1>
                <section>
                    <h2>{settings::LOOK.get()}</h2>
                    <div class="card">
                        <div class="setting">
                            <div><b>{settings::THEME.get()}</b><p class="dim">{settings::THEME_ABOUT.get()}</p></div>
                            <Choice
                                label=settings::THEME.get()
                                name="theme"
                                options=vec![
                                    (Theme::System, "system", settings::THEME_SYSTEM.get(), Icon::Monitor),
                                    (Theme::Light, "light", settings::THEME_LIGHT.get(), Icon::Sun),
                                    (Theme::Dark, "dark", settings::THEME_DARK.get(), Icon::Moon),
                                    (Theme::Contrast, "contrast", settings::THEME_CONTRAST.get(), Icon::Contrast),
                                ]
                                value=Signal::derive(move || set.get().theme)
                                on_choose=move |theme| studio.set(|settings| settings.theme = theme)
                            />
                        </div>
                        <div class="setting">
                            <div><b>{settings::DENSITY.get()}</b><p class="dim">{settings::DENSITY_ABOUT.get()}</p></div>
                            <Choice
                                label=settings::DENSITY.get()
                                name="density"
                                options=vec![
                                    (Density::Comfortable, "comfortable", settings::DENSITY_COMFORTABLE.get(), Icon::Rows2),
                                    (Density::Compact, "compact", settings::DENSITY_COMPACT.get(), Icon::ListFilter),
                                ]
                                value=Signal::derive(move || set.get().density)
                                on_choose=move |density| studio.set(|settings| settings.density = density)
                            />
                        </div>
                        <div class="setting">
                            <div><label for="language"><b>{settings::LANGUAGE.get()}</b></label><p class="dim">{settings::LANGUAGE_ABOUT.get()}</p></div>
                            {language(studio, "language")}
                        </div>
                    </div>
                </section>
                <section>
                    <h2>{settings::EDITING.get()}</h2>
                    <div class="card">
                        <label class="check">
                            <input
                                type="checkbox"
                                data-test="format-on-save"
                                prop:checked=move || set.get().format_on_save
                                on:change=move |event| {
                                    let on = event_target_checked(&event);
                                    studio.set(|settings| settings.format_on_save = on);
                                }
                            />
                            <span><b>{settings::FORMAT_ON_SAVE.get()}</b><br/><span class="dim">{settings::FORMAT_ON_SAVE_ABOUT.get()}</span></span>
                        </label>
                        {shown(move || {
                            let told = checked_field(settings::NOTIFY.get(), settings::NOTIFY_ABOUT.get(), !set.get().quiet);
                            told.hears("change", Box::new(move |_| {
                                let quiet = !checked("#notify");
                                studio.set(|settings| settings.quiet = quiet);
                            }))
                        })}
                    </div>
                </section>
                <section>
                    <h2>{settings::DATA.get()}</h2>
                    <div class="card">{move || data(studio)}</div>
                </section>
                <section>
                    <h2>{settings::HELP.get()}</h2>
                    <div class="card">
                        <label class="check">
                            <input
                                type="checkbox"
                                data-test="count-help"
                                prop:checked=move || !set.get().help_uncounted
                                on:change=move |event| {
                                    let on = event_target_checked(&event);
                                    studio.set(|settings| settings.help_uncounted = !on);
                                }
                            />
                            <span><b>{settings::COUNT_HELP.get()}</b><br/><span class="dim">{settings::COUNT_HELP_ABOUT.get()}</span></span>
                        </label>
                        {counts(studio)}
                    </div>
                    <div class="card">{trouble(studio)}</div>
                </section>
                <section>
                    <h2>{settings::ABOUT.get()}</h2>
                    <div class="card">
                        {move || {
                            let about = studio.about.get();
                            view! {
                                <table class="facts loose">
                                    <tbody>
                                        <tr><th scope="row">{shell::STUDIO.get()}</th><td>{about.version}</td></tr>
                                        <tr><th scope="row">{settings::ABOUT_ENGINE.get()}</th><td class="mono">{about.engine}</td></tr>
                                        <tr><th scope="row">{settings::ABOUT_LICENCES.get()}</th><td>{settings::LICENCES.get()}</td></tr>
                                    </tbody>
                                </table>
                            }
                        }}
                    </div>
                </section>
            </div>
        </div>
    }
    .into_any()
}

fn checked_field(title: &str, about: &str, on: bool) -> Piece {
    let input = piece("input")
        .with("type", "checkbox")
        .with("id", "notify")
        .with("data-test", "notify")
        .with_if(on, "checked", "");
    let words = piece("span")
        .add(piece("b").text(title))
        .add(piece("br"))
        .add(piece("span.dim").text(about));
    piece("label.check").add(input).add(words)
}

/// The languages there are, each under its own name. The pseudo-language of the tests is not offered, and shown if it is set.
pub fn language(studio: Studio, id: &'static str) -> AnyView {
    let options = [
        (Language::System, settings::LANGUAGE_SYSTEM.get()),
        (Language::German, settings::LANGUAGE_DE.get()),
        (Language::English, settings::LANGUAGE_EN.get()),
        (Language::French, settings::LANGUAGE_FR.get()),
        (Language::Pseudo, "en-XA"),
    ];
    let chosen = move || studio.settings.get().language;
    let shown = options
        .into_iter()
        .filter(move |(language, _)| *language != Language::Pseudo || chosen() == Language::Pseudo)
        .map(move |(language, name)| {
            view! { <option value=language.tag() lang=(language != Language::System).then(|| language.tag()) selected=move || chosen() == language>{name}</option> }
        })
        .collect_view();
    let choose = move |event| {
        let tag = event_target_value(&event);
        if let Some((language, _)) = options.into_iter().find(|(it, _)| it.tag() == tag) {
            studio.set(|settings| settings.language = language);
            studio.speak();
        }
    };
    view! {
        <span class="select-wrap">
            <select class="select" id=id data-test=id aria-label=settings::LANGUAGE.get() on:change=choose>{shown}</select>
            {icon(Icon::ChevronDown)}
        </span>
    }
    .into_any()
}

fn data(studio: Studio) -> AnyView {
    let about = studio.about.get();
    let place = |label: &'static str, path: String| {
        let copied = path.clone();
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>
                    <div class="row">
                        <code class="copyable grow">{path}</code>
                        <Button label=settings::COPY_PATH.get() kind=Kind::Tiny picture=Icon::Copy on_click=move || {
                            dom::copy(&copied);
                            studio.say(settings::PATH_COPIED);
                        }/>
                    </div>
                </td>
            </tr>
        }
    };
    let log = studio.workspace.with(|workspace| {
        workspace
            .as_ref()
            .and_then(|workspace| workspace.log.clone())
    });
    let root = studio
        .workspace
        .with(|workspace| workspace.as_ref().map(|workspace| workspace.root.clone()));
    view! {
        <table class="facts loose">
            <tbody>
                {root.map(|root| place(settings::DATA_WORKSPACE.get(), root))}
                {place(settings::DATA_OWN.get(), about.data_dir)}
                {log.map(|log| view! {
                    <tr>
                        <th scope="row">{settings::DATA_LOG.get()}</th>
                        <td>
                            {words::log(&log)}
                            <p class="dim">
                                {settings::DataLogFacts { requests: log.distinct_requests, slices: log.slices, bytes: &words::bytes(log.bytes) }.say()}
                                {(!log.origin.is_empty()).then(|| format!(" {}", settings::DataLogOrigin { origin: &log.origin }.say()))}
                            </p>
                        </td>
                    </tr>
                })}
            </tbody>
        </table>
    }
    .into_any()
}

/// How often help was opened, what can be done with the counts, and what becomes of them when nothing is counted any more.
fn counts(studio: Studio) -> AnyView {
    studio.count_help();
    shown(move || {
        let counts = studio.diagnostics.counts.get();
        let off = studio.settings.get().help_uncounted;
        let made = piece("div.col.setting-more").with("data-test", "help-counts");
        if counts.is_empty() {
            return made.add(piece("p.faint").text(settings::COUNTS_NONE.get()));
        }
        let rows = counts.into_iter().map(|count| {
            piece("tr")
                .add(piece("th").with("scope", "row").text(&count.title))
                .add(
                    piece("td.num").text(
                        &settings::Opened {
                            count: count.opened,
                        }
                        .say(),
                    ),
                )
                .add(piece("td.faint").text(&words::date(&count.last)))
        });
        let act = |label: &str, does: fn(Studio)| {
            button(label, None, Kind::Plain).pressed(move || does(studio))
        };
        let acts = piece("div.row.wrap")
            .add(act(settings::COUNTS_CSV.get(), |studio| {
                studio.export_help_counts("csv")
            }))
            .add(act(settings::COUNTS_JSON.get(), |studio| {
                studio.export_help_counts("json")
            }))
            .add(
                act(settings::COUNTS_CLEAR.get(), Studio::clear_help_counts)
                    .with("data-test", "clear-counts"),
            );
        let note = off.then(|| piece("p").text(settings::COUNTS_KEPT.get()));
        made.all(note)
            .add(piece("table.facts").add(piece("tbody").all(rows)))
            .add(acts)
    })
}

/// The way to diagnostics.
fn trouble(studio: Studio) -> AnyView {
    shown(move || {
        piece("div.setting")
            .add(
                piece("div")
                    .add(piece("b").text(settings::TROUBLE.get()))
                    .add(piece("p.dim").text(settings::TROUBLE_ABOUT.get())),
            )
            .add(does(studio, "diagnose", Kind::Plain, ""))
    })
}
