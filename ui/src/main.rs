//! The Studio's window: screens, components and the editor's binding, in Leptos, without a server. It computes nothing
//! about policies; it asks through `ipc` and shows. Map: `state` is what the window knows and how it asks, `actions` is
//! everything one can do, `shell` is what surrounds every place, `places` are the screens, `components` their parts,
//! `texts` what is said in which language, `words` how values are written, `calls` and `editor` the two ways out.

mod actions;
mod app;
mod calls;
mod components;
mod crash;
mod dom;
mod editor;
mod fuzzy;
mod icons;
mod keys;
mod places;
mod shell;
mod state;
#[cfg(test)]
mod style;
mod texts;
mod words;

use leptos::mount::mount_to_body;
use texts::Pack;

fn main() {
    crash::catch();
    wasm_bindgen_futures::spawn_local(async {
        // Everything says something, so nothing is shown before the texts are here; boot.js asked for them with this program.
        let mut spoken = None;
        for setting in [None, Some("en")] {
            if spoken.is_none() {
                spoken = Pack::fetch(setting).await.and_then(Pack::speak);
            }
        }
        match spoken {
            Some(language) => mount_to_body(move || app::begin(language)),
            None => {
                // A page that cannot be written shows nothing.
                let _ = crash::show("the texts of this window are not those of its program");
            }
        }
    });
}
