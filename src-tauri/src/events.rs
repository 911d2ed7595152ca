//! The way of an event from any thread to the window. What happens before a window listens is kept for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ipc::{Event, wire};
use serde_json::Value;
use tauri::ipc::Channel;

/// Where events go.
#[derive(Default)]
pub struct Events(Mutex<Listener>);

enum Listener {
    /// Nobody yet.
    Waiting(Vec<Event>),
    /// The page.
    Page(Channel<Value>),
}

impl Default for Listener {
    fn default() -> Self {
        Self::Waiting(Vec::new())
    }
}

impl Events {
    /// Tells the window, now or as soon as it listens.
    pub fn send(&self, event: Event) {
        match &mut *self.listener() {
            // A page that is gone is replaced by the next one that listens.
            Listener::Page(page) => drop(wire::pack(&event).map(|event| page.send(event))),
            // Of no use later: how far something was, and what was held over the window.
            Listener::Waiting(kept)
                if !matches!(event, Event::Progress { .. } | Event::Hover { .. }) =>
            {
                kept.push(event);
            }
            Listener::Waiting(_) => {}
        }
    }

    /// A page begins to listen, in place of the one before.
    pub fn listen(&self, page: Channel<Value>) {
        let before = std::mem::replace(&mut *self.listener(), Listener::Page(page));
        if let Listener::Waiting(kept) = before {
            kept.into_iter().for_each(|event| self.send(event));
        }
    }

    fn listener(&self) -> MutexGuard<'_, Listener> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn page() -> (Channel<Value>, Arc<Mutex<Vec<String>>>) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = heard.clone();
        let channel = Channel::new(move |body| {
            if let tauri::ipc::InvokeResponseBody::Json(text) = body {
                ear.lock().unwrap().push(text);
            }
            Ok(())
        });
        (channel, heard)
    }

    fn open(path: &str) -> Event {
        Event::OpenPath { path: path.into() }
    }

    #[test]
    fn what_happened_before_the_window_listened_is_heard_in_order() {
        let events = Events::default();
        events.send(open("one"));
        events.send(Event::Progress {
            title: "Importing".into(),
            done: 1,
            total: 2,
        });
        events.send(open("two"));
        let (channel, heard) = page();
        events.listen(channel);
        events.send(Event::WorkspaceChanged);
        let heard = heard.lock().unwrap();
        let sent = [open("one"), open("two"), Event::WorkspaceChanged];
        assert_eq!(
            *heard,
            sent.map(|event| wire::pack(&event).unwrap().to_string())
        );
    }

    #[test]
    fn a_page_loaded_again_takes_the_place_of_the_one_before() {
        let events = Events::default();
        let (first, old) = page();
        events.listen(first);
        let (second, new) = page();
        events.listen(second);
        events.send(open("here"));
        assert!(old.lock().unwrap().is_empty());
        assert_eq!(new.lock().unwrap().len(), 1);
    }
}
