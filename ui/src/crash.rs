//! When the interface itself fails: a screen that says so and reloads, and a report to the application. Typed text is
//! safe by then; it was kept as a draft with each keystroke.

use std::panic;

use ipc::{Name, ReportPanic};
use wasm_bindgen::{JsCast, closure::Closure};

use crate::{calls::tell, dom, state, texts::shell};

/// Shows the screen on the first panic.
pub fn catch() {
    panic::set_hook(Box::new(|info| {
        let report = info.to_string();
        show(&report);
        tell::<ReportPanic>(Name { name: report });
    }));
}

/// Shows it. Built by hand: the framework is what has just failed.
pub fn show(report: &str) -> Option<()> {
    let page = dom::document()?;
    if page.query_selector(".crash").ok()?.is_some() {
        return None;
    }
    let screen = page.create_element("div").ok()?;
    screen.set_class_name("crash");
    screen.set_attribute("role", "alertdialog").ok()?;
    screen
        .set_attribute("aria-label", shell::CRASH_TITLE.get())
        .ok()?;
    screen.set_inner_html(
        "<div class=\"empty\"><h2></h2><p></p><pre class=\"code\"></pre><div class=\"row\"><button class=\"btn primary\" \
         data-test=\"reload-view\"></button><button class=\"btn\" data-test=\"reload-diagnose\"></button></div></div>",
    );
    for (part, says) in [
        ("h2", shell::CRASH_TITLE.get()),
        ("p", shell::CRASH_ABOUT.get()),
        ("pre", report),
        ("button", shell::CRASH_RELOAD.get()),
        ("button + button", shell::CRASH_DIAGNOSE.get()),
    ] {
        screen
            .query_selector(part)
            .ok()??
            .set_text_content(Some(says));
    }
    page.body()?.append_child(&screen).ok()?;
    let reloads = |selector: &str, address: Option<&'static str>| {
        let button: web_sys::HtmlElement =
            screen.query_selector(selector).ok()??.dyn_into().ok()?;
        let reload = Closure::<dyn Fn()>::new(move || {
            if let Some(window) = web_sys::window() {
                // A page that cannot be reloaded can still be closed.
                let _ = address.map(|address| window.location().set_hash(address));
                let _ = window.location().reload();
            }
        });
        button.set_onclick(Some(reload.as_ref().unchecked_ref()));
        reload.forget();
        Some(button)
    };
    reloads("button + button", Some(state::ASKED))?;
    reloads("button", None)?.focus().ok()
}
