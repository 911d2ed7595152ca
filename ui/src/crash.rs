//! When the interface itself fails: a screen that says so and reloads, and a report to the application. Typed text is
//! safe by then; it was kept as a draft with each keystroke.

use std::panic;

use ipc::{Name, ReportPanic};
use wasm_bindgen::{JsCast, closure::Closure};

use crate::{calls::tell, dom};

/// Shows the screen on the first panic.
pub fn catch() {
    panic::set_hook(Box::new(|info| {
        let report = info.to_string();
        show(&report);
        tell::<ReportPanic>(Name { name: report });
    }));
}

/// Built by hand: the framework is what has just failed.
fn show(report: &str) -> Option<()> {
    let page = dom::document()?;
    if page.query_selector(".crash").ok()?.is_some() {
        return None;
    }
    let screen = page.create_element("div").ok()?;
    screen.set_class_name("crash");
    screen.set_attribute("role", "alertdialog").ok()?;
    screen
        .set_attribute("aria-label", "The view stopped")
        .ok()?;
    screen.set_inner_html(
        "<div class=\"empty\"><h2>The view stopped</h2><p>Something in this window went wrong. Your edits are kept as \
         drafts; reloading brings them back.</p><pre class=\"code\"></pre><div class=\"row\"><button class=\"btn primary\" \
         data-test=\"reload-view\">Reload view</button></div></div>",
    );
    screen
        .query_selector("pre")
        .ok()??
        .set_text_content(Some(report));
    page.body()?.append_child(&screen).ok()?;
    let button: web_sys::HtmlElement = screen.query_selector("button").ok()??.dyn_into().ok()?;
    let reload = Closure::<dyn Fn()>::new(|| {
        if let Some(window) = web_sys::window() {
            // A page that cannot be reloaded can still be closed.
            let _ = window.location().reload();
        }
    });
    button.set_onclick(Some(reload.as_ref().unchecked_ref()));
    reload.forget();
    button.focus().ok()
}
