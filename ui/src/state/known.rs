//! What the window knows, each thing with one signal beside it that says it changed. As a signal of its own each type would cost some
//! kilobytes of what the interface may weigh.

use std::sync::{PoisonError, RwLock};

use leptos::prelude::*;
use model::Failure;

/// An answer, once it is there.
pub type Answer<T> = Option<Result<T, Failure>>;

/// A value that lives as long as the page, used as if it were a signal.
pub struct Known<T: 'static> {
    value: &'static RwLock<T>,
    /// Turned over at each change.
    changed: RwSignal<bool>,
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Known<T> {}

impl<T> Known<T> {
    /// A value that is never given back: for what belongs to the root of the interface.
    pub(super) fn new(value: T) -> Self {
        Self {
            value: Box::leak(Box::new(RwLock::new(value))),
            changed: RwSignal::new(false),
        }
    }

    /// Hears of changes without reading.
    pub fn track(self) {
        self.changed.track();
    }

    /// Reads it; tracked.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.with_untracked(read)
    }

    /// Reads it.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.value.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes it. It must not be read meanwhile.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.write().unwrap_or_else(PoisonError::into_inner));
        self.changed.update(|turned| *turned = !*turned);
    }

    /// Replaces it.
    pub fn set(self, value: T) {
        self.update(|it| *it = value);
    }
}

impl<T: Clone> Known<T> {
    /// A copy; tracked.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// A copy.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}
