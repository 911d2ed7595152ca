//! One type for each message of `locales/en/report.ftl`, its fields the placeholders; written by the build script.

use super::Arg;

/// A message with what is put into it.
pub(crate) trait Message {
    /// Its name in the files.
    const KEY: &'static str;
    /// Its placeholders and what stands for them.
    fn args(self) -> Vec<(&'static str, Arg)>;
}

include!(concat!(env!("OUT_DIR"), "/messages.rs"));
