//! Outlines from `assets/icons`, one enum value each (see `build.rs`).

use leptos::prelude::*;

include!(concat!(env!("OUT_DIR"), "/icons.rs"));

/// An icon as decoration: whatever it stands on carries the words.
pub fn icon(icon: Icon) -> AnyView {
    icon_with(icon, "icon")
}

/// The same at 14 px.
pub fn small(icon: Icon) -> AnyView {
    icon_with(icon, "icon small")
}

/// The same with classes of the caller's.
pub fn icon_with(icon: Icon, class: &'static str) -> AnyView {
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=icon.shapes()></svg> }.into_any()
}

/// The shapes of an icon, for whoever draws it without a view.
pub fn shapes(icon: Icon) -> &'static str {
    icon.shapes()
}
