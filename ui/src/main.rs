//! The Studio's window: screens, components and the editor's binding, in Leptos, without a server. It computes nothing
//! about policies; it asks through `ipc` and shows. Map: `state` is what the window knows and how it asks, `actions` is
//! everything one can do, `shell` is what surrounds every place, `places` are the screens, `components` their parts,
//! `words` how values are written, `calls` and `editor` the two ways out.

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
mod words;

fn main() {
    crash::catch();
    leptos::mount::mount_to_body(app::App);
}
