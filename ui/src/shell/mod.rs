//! What surrounds every place: top bar, rail, status bar, and the dialogs that belong to no place.

mod bars;
mod help;
mod overlays;

pub use bars::{Rail, StatusBar, TopBar, act};
pub use overlays::Overlays;
