//! A long list fetched in pages as it is looked at. While a new version of the list is on its way the old rows stay.

use std::{collections::HashMap, future::Future, pin::Pin, rc::Rc};

use ipc::Page;
use leptos::{prelude::*, task::spawn_local};
use model::Failure;

use super::known::Known;

const PAGE: u64 = 100;

/// A page on its way.
pub(super) type Answer<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Failure>>>>;
type Fetch<T> = Rc<dyn Fn(u64, u32) -> Answer<T>>;

#[derive(Clone, Debug)]
struct Loaded<T> {
    version: u32,
    total: u64,
    pages: HashMap<u64, Vec<T>>,
}

/// The list.
pub struct Pages<T: Send + Sync + 'static> {
    loaded: Known<Option<Loaded<T>>>,
    failure: RwSignal<Option<Failure>>,
    version: StoredValue<u32>,
    wanted: StoredValue<Vec<u64>>,
    fetch: StoredValue<Option<Fetch<T>>, LocalStorage>,
}

impl<T: Send + Sync + 'static> Clone for Pages<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Pages<T> {}

impl<T: Clone + Send + Sync + 'static> Pages<T> {
    /// An empty list that knows of nothing to fetch.
    pub fn new() -> Self {
        Self {
            loaded: Known::new(None),
            failure: RwSignal::new(None),
            version: StoredValue::new(0),
            wanted: StoredValue::new(Vec::new()),
            fetch: StoredValue::new_local(None),
        }
    }

    /// Starts over with another question. Old rows stay until the first page of the answer arrives.
    pub fn ask<F>(self, fetch: impl Fn(u64, u32) -> F + 'static)
    where
        F: Future<Output = Result<Page<T>, Failure>> + 'static,
    {
        self.fetch.set_value(Some(Rc::new(move |offset, limit| {
            Box::pin(fetch(offset, limit))
        })));
        self.version.update_value(|version| *version += 1);
        self.wanted.set_value(Vec::new());
        self.load(0);
    }

    /// Empties the list.
    pub fn clear(self) {
        self.fetch.set_value(None);
        self.version.update_value(|version| *version += 1);
        self.wanted.set_value(Vec::new());
        self.failure.set(None);
        self.loaded.set(None);
    }

    /// Length of the whole list; nothing before the first answer.
    pub fn total(self) -> Option<u64> {
        self.loaded
            .with(|loaded| loaded.as_ref().map(|loaded| loaded.total))
    }

    /// Why the last page could not be fetched.
    pub fn failure(self) -> Option<Failure> {
        self.failure.get()
    }

    /// An item. When its page is not here yet, fetches it; the caller is run again when it arrives.
    pub fn get(self, at: u64) -> Option<T> {
        let page = at / PAGE;
        let (known, item) = self.loaded.with(|loaded| {
            let page = loaded.as_ref().and_then(|loaded| loaded.pages.get(&page));
            (
                page.is_some(),
                page.and_then(|items| items.get(usize::try_from(at % PAGE).ok()?))
                    .cloned(),
            )
        });
        if !known {
            self.load(page);
        }
        item
    }

    /// Place of the first item that fits, among those fetched so far.
    pub fn position(self, fits: impl Fn(&T) -> bool) -> Option<u64> {
        self.loaded.with_untracked(|loaded| {
            let loaded = loaded.as_ref()?;
            let mut numbers: Vec<_> = loaded.pages.keys().copied().collect();
            numbers.sort_unstable();
            numbers.into_iter().find_map(|number| {
                let within = loaded.pages.get(&number)?.iter().position(&fits)?;
                Some(number * PAGE + u64::try_from(within).ok()?)
            })
        })
    }

    /// Changes items in place, e.g. a mark the user has set.
    pub fn touch(self, change: impl Fn(&mut T)) {
        self.loaded.update(|loaded| {
            if let Some(loaded) = loaded {
                loaded.pages.values_mut().flatten().for_each(change);
            }
        });
    }

    fn load(self, page: u64) {
        let Some(fetch) = self.fetch.get_value() else {
            return;
        };
        if self.wanted.with_value(|wanted| wanted.contains(&page)) {
            return;
        }
        self.wanted.update_value(|wanted| wanted.push(page));
        let version = self.version.get_value();
        spawn_local(async move {
            let limit = u32::try_from(PAGE).unwrap_or(100);
            let answer = fetch(page * PAGE, limit).await;
            if self.version.try_get_value() != Some(version) {
                return;
            }
            match answer {
                Ok(answer) => {
                    self.failure.try_set(None);
                    self.loaded.update(|loaded| match loaded {
                        Some(loaded) if loaded.version == version => {
                            loaded.total = answer.total;
                            loaded.pages.insert(page, answer.items);
                        }
                        _ => {
                            let pages = HashMap::from([(page, answer.items)]);
                            *loaded = Some(Loaded {
                                version,
                                total: answer.total,
                                pages,
                            });
                        }
                    });
                }
                Err(failure) => {
                    self.failure.try_set(Some(failure));
                }
            }
        });
    }
}
