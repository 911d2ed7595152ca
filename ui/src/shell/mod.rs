//! What surrounds every place: top bar, rail, status bar, and the dialogs that belong to no place.

mod bars;
mod guide;
mod help;
mod overlays;

pub use bars::{Rail, StatusBar, TopBar, act};
pub use guide::strip as guide;
pub use overlays::Overlays;
