//! The few places where the page is touched directly: focus, local memory, the clipboard, measures.

use std::time::Duration;

use std::future::Future;

use futures_channel::oneshot;
use leptos::prelude::{request_animation_frame, set_timeout};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;
use web_sys::{Document, Element, HtmlElement};

/// The page.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The first element that a selector finds.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// Focuses the first element that a selector finds.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        // An element that cannot take focus leaves it where it was.
        let _ = element.focus();
    }
}

/// What the help has to say of what has the focus: the nearest `data-help` around it.
pub fn topic() -> Option<String> {
    let focused = document()?.active_element()?;
    focused
        .closest("[data-help]")
        .ok()??
        .get_attribute("data-help")
}

/// A selector of what has the focus, by its id; of the place in front, when it has none. Nothing when the page itself has it.
pub fn focused() -> Option<String> {
    let element = document()?.active_element()?;
    let id = element.id();
    match (element.tag_name().as_str(), id.as_str()) {
        ("BODY", _) => None,
        (_, "") => Some("#stage".to_owned()),
        (_, id) => Some(format!("#{id}")),
    }
}

/// Focuses after the screen has been drawn again.
pub fn focus_soon(selector: &'static str) {
    request_animation_frame(move || focus(selector));
}

/// Gives an element that is on screen the focus and a ring, and takes the ring from the one before; whether there is one.
pub fn point_at(selector: Option<&str>) -> bool {
    const RING: &str = "data-pointed";
    if let Some(before) = find("[data-pointed]") {
        // What is there can be taken away.
        let _ = before.remove_attribute(RING);
    }
    let found = selector.and_then(find).filter(|it| {
        let place = it.get_bounding_client_rect();
        place.width() > 0.0 && place.height() > 0.0
    });
    if let Some(element) = &found {
        let _ = element.set_attribute(RING, "");
        let _ = element.focus();
        element.scroll_into_view_with_bool(false);
    }
    found.is_some()
}

/// Waits until what was changed just now is on screen. A hidden window draws nothing, so this waits until it is shown.
pub async fn drawn() {
    let (told, hear) = oneshot::channel();
    // A frame's callbacks come right before it is drawn, other tasks after.
    request_animation_frame(move || {
        let after = move || {
            let _ = told.send(());
        };
        set_timeout(after, Duration::ZERO);
    });
    // Only a page that is left drops the other end.
    let _ = hear.await;
}

/// Remembers a value on this machine; forgotten silently where storage is closed.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

/// What was remembered.
pub fn recall(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Puts a text on the clipboard.
pub fn copy(text: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.navigator().clipboard().write_text(text);
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = ClipboardItem)]
    type Clip;
    #[wasm_bindgen(constructor, js_class = "ClipboardItem", catch)]
    fn new(forms: &js_sys::Object) -> Result<Clip, JsValue>;
}

/// Puts a text on the clipboard once it is there. Browsers only let a press do that, so it has to be asked for at once.
pub fn copy_later(text: impl Future<Output = Option<String>> + 'static) {
    let text = future_to_promise(async move {
        // A refusal leaves the clipboard as it is.
        text.await.map(JsValue::from).ok_or(JsValue::NULL)
    });
    let forms = js_sys::Object::new();
    let held = js_sys::Reflect::set(&forms, &"text/plain".into(), &text).is_ok();
    if held
        && let Some(window) = web_sys::window()
        && let Ok(clip) = Clip::new(&forms)
    {
        let _ = window
            .navigator()
            .clipboard()
            .write(&js_sys::Array::of1(&clip));
    }
}

/// The window has the focus.
pub fn is_looked_at() -> bool {
    document().is_some_and(|page| page.has_focus().unwrap_or(true))
}

/// Milliseconds since the page began.
pub fn now() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |clock| clock.now())
}

/// This moment as RFC 3339 in UTC.
pub fn moment() -> String {
    js_sys::Date::new_0().to_iso_string().into()
}

/// A moment as RFC 3339 in UTC lies behind us.
pub fn is_past(at: &str) -> bool {
    // NaN, which is what comes of no moment, is before nothing.
    js_sys::Date::parse(at) < js_sys::Date::now()
}

/// Sets an attribute of the root element, or removes it.
pub fn mark_root(name: &str, value: Option<&str>) {
    let Some(root) = document().and_then(|page| page.document_element()) else {
        return;
    };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// A media query holds.
pub fn media(query: &str) -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(query).ok()?)
        .is_some_and(|list| list.matches())
}

/// Width and height of the window, CSS pixels.
pub fn viewport() -> (f64, f64) {
    let Some(window) = web_sys::window() else {
        return (1440.0, 900.0);
    };
    let size = |value: Result<JsValue, _>| value.ok().and_then(|value| value.as_f64());
    (
        size(window.inner_width()).unwrap_or(1440.0),
        size(window.inner_height()).unwrap_or(900.0),
    )
}

/// Places a floating element below (or above) another and keeps it inside the window.
pub fn place_beside(floating: &HtmlElement, anchor: &Element, at_end: bool) {
    let (width, height) = viewport();
    let anchor = anchor.get_bounding_client_rect();
    let own = floating.get_bounding_client_rect();
    let left = if at_end {
        anchor.right() - own.width()
    } else {
        anchor.left()
    };
    let below = anchor.bottom() + 4.0;
    let top = if below + own.height() > height - 8.0 {
        (anchor.top() - own.height() - 4.0).max(8.0)
    } else {
        below
    };
    let style = floating.style();
    let _ = style.set_property(
        "left",
        &format!(
            "{}px",
            left.clamp(8.0, (width - own.width() - 8.0).max(8.0))
        ),
    );
    let _ = style.set_property("top", &format!("{top}px"));
}

/// A property of an element by name, for methods that web-sys only offers behind unstable flags.
pub fn invoke(element: &HtmlElement, method: &str) {
    if let Ok(function) = js_sys::Reflect::get(element, &method.into())
        && let Some(function) = function.dyn_ref::<js_sys::Function>()
    {
        // `showPopover` on a shown popover throws, which is as good as shown.
        let _ = function.call0(element);
    }
}

/// The address within the page, without `#`.
pub fn hash() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    hash.unwrap_or_default().trim_start_matches('#').to_owned()
}
