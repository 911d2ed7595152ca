//! Drives the Studio as a person would: the application as it is shipped, in a real window, through WebKitWebDriver. A
//! [`Home`] is a user's empty home folder, a [`Studio`] is the application running in it; [`scenario`] gives a test both, and
//! keeps a picture of the screen when the test fails.

mod axe;
mod clean;
mod network;
mod pace;
mod pictures;
mod studio;
mod webdriver;

pub use axe::Violation;
pub use clean::{Clean, not_tested, on_a_clean_machine, said};
pub use network::{Traffic, without_network};
pub use pace::{Scrolled, Started, percentile};
pub use pictures::{Picture, compare};
pub use studio::{Home, Stage, Studio, Theme, at, scenario};
pub use webdriver::{Element, Session, chromedriver};

/// Why a scenario cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something the tests need is not there.
    #[error("{0}: run the window tests with `cargo xtask test`")]
    Missing(String),
    /// A file or a process.
    #[error("{0}: {1}")]
    System(String, std::io::Error),
    /// The driver cannot be reached, or does not speak as it should.
    #[error("the driver: {0}")]
    Driver(String),
    /// The driver refuses: the standard's error code, and the driver's words.
    #[error("the driver says `{code}`: {message}")]
    Refused {
        /// E.g. `no such element`.
        code: String,
        /// In words.
        message: String,
    },
    /// A picture cannot be read or written.
    #[error("{0}: `cargo xtask pictures` keeps pictures anew")]
    Picture(String),
    /// Something did not come about in time.
    #[error("waited {seconds} s for {what}; last seen: {seen}")]
    Waited {
        /// For what.
        what: String,
        /// How long.
        seconds: u64,
        /// What was there instead.
        seen: String,
    },
}

impl From<ureq::Error> for Error {
    fn from(error: ureq::Error) -> Self {
        Self::Driver(error.to_string())
    }
}
