//! Settings: how the window looks, what happens on save, where data lies, which version this is.

use ipc::{Density, Theme};
use leptos::prelude::*;

use crate::{
    components::{Button, Choice, Kind},
    dom,
    icons::Icon,
    state::Studio,
    words,
};

/// The settings screen.
pub fn settings() -> AnyView {
    let studio = Studio::here();
    let settings = studio.settings;
    view! {
        <div class="page" data-test="settings">
            <div class="settings">
                <h1>"Settings"</h1>
                <section>
                    <h2>"Look"</h2>
                    <div class="card">
                        <div class="setting">
                            <div><b>"Theme"</b><p class="dim">"System follows the machine, its wish for contrast included."</p></div>
                            <Choice
                                label="Theme"
                                name="theme"
                                options=vec![
                                    (Theme::System, "System", Icon::Monitor),
                                    (Theme::Light, "Light", Icon::Sun),
                                    (Theme::Dark, "Dark", Icon::Moon),
                                    (Theme::Contrast, "High contrast", Icon::Contrast),
                                ]
                                value=Signal::derive(move || settings.get().theme)
                                on_choose=move |theme| studio.set(|settings| settings.theme = theme)
                            />
                        </div>
                        <div class="setting">
                            <div><b>"Density"</b><p class="dim">"Height of rows, and of lines in the editor."</p></div>
                            <Choice
                                label="Density"
                                name="density"
                                options=vec![(Density::Comfortable, "Comfortable", Icon::Rows2), (Density::Compact, "Compact", Icon::ListFilter)]
                                value=Signal::derive(move || settings.get().density)
                                on_choose=move |density| studio.set(|settings| settings.density = density)
                            />
                        </div>
                    </div>
                </section>
                <section>
                    <h2>"Editing"</h2>
                    <div class="card">
                        <label class="check">
                            <input
                                type="checkbox"
                                data-test="format-on-save"
                                prop:checked=move || settings.get().format_on_save
                                on:change=move |event| {
                                    let on = event_target_checked(&event);
                                    studio.set(|settings| settings.format_on_save = on);
                                }
                            />
                            <span><b>"Format policy files when they are saved"</b><br/><span class="dim">"One undo step. Text that does not parse is saved as it stands."</span></span>
                        </label>
                    </div>
                </section>
                <section>
                    <h2>"Data"</h2>
                    <div class="card">{move || data(studio)}</div>
                </section>
                <section>
                    <h2>"About"</h2>
                    <div class="card">
                        {move || {
                            let about = studio.about.get();
                            view! {
                                <table class="facts loose">
                                    <tbody>
                                        <tr><th scope="row">"Trust Fabric Studio"</th><td>{about.version}</td></tr>
                                        <tr><th scope="row">"Policy engine"</th><td class="mono">{about.engine}</td></tr>
                                        <tr><th scope="row">"Licences"</th><td>"Studio: Apache-2.0. Inter and JetBrains Mono: OFL. Lucide icons: ISC."</td></tr>
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
                        <Button label="Copy path" kind=Kind::Tiny picture=Icon::Copy on_click=move || {
                            dom::copy(&copied);
                            studio.say("Path copied");
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
                {root.map(|root| place("Workspace", root))}
                {place("The Studio's own data", about.data_dir)}
                {log.map(|log| view! {
                    <tr>
                        <th scope="row">"Decision log"</th>
                        <td>
                            {words::log(&log)}
                            <p class="dim">
                                {format!(
                                    "{} distinct requests, {} entity slices, {} on disk. {}",
                                    words::number(log.distinct_requests),
                                    words::number(log.slices),
                                    words::bytes(log.bytes),
                                    if log.origin.is_empty() { String::new() } else { format!("From {}.", log.origin) },
                                )}
                            </p>
                        </td>
                    </tr>
                })}
            </tbody>
        </table>
    }
    .into_any()
}
