//! What cannot be explained.

use model::{Code, Failure};

/// Help that is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No article is written in this language.
    #[error("there is no help in `{0}`: choose en, de or fr")]
    Language(String),
    /// Neither an article nor an error has this name.
    #[error("there is no help article and no error `{0}`")]
    Article(String),
}

impl Error {
    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Language(_) => Code::LanguageUnknown,
            Self::Article(_) => Code::HelpUnknown,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
