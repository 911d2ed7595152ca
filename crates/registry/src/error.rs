//! What the registry refuses, and what keeps it from working.

use std::io::ErrorKind;

use git2::{ErrorClass, ErrorCode};
use model::{Code, Failure};

/// What the registry refuses, and what keeps it from working. Nothing half-done stays behind either way.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder is in no repository.
    #[error("`{0}` is in no git repository")]
    NoRepository(String),
    /// Something in the repository cannot be read.
    #[error("cannot read {what}: {}", .reason.why)]
    Read {
        /// What was to be read.
        what: String,
        /// git's reason, and what to do about it.
        reason: Reason,
    },
    /// Something cannot be written.
    #[error("cannot write {what}: {why}")]
    Write {
        /// What was to be written.
        what: String,
        /// git's or the system's reason.
        why: String,
    },
    /// The disk takes no more.
    #[error("cannot write {0}: the disk is full")]
    Full(String),
    /// Something in the repository is not what the registry writes.
    #[error("{what} {why}")]
    Damaged {
        /// What was read.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// A version, channel or person that cannot be one.
    #[error("{0}")]
    Malformed(String),
    /// No tag of that version.
    #[error("there is no version `{0}`")]
    VersionUnknown(String),
    /// The version is there, with other content.
    #[error("version `{0}` is there already, with other content")]
    VersionTaken(String),
    /// The tag of a version is not where it was.
    #[error("version `{version}` is not what it was: {why}")]
    VersionMoved {
        /// The version.
        version: String,
        /// What differs.
        why: String,
    },
    /// Somebody else moved the channel, or is about to.
    #[error("`{channel}` cannot be moved: {why}")]
    Conflict {
        /// The channel.
        channel: String,
        /// What stands against it.
        why: String,
    },
    /// A remote, as it was fetched last, has moves that this clone has not.
    #[error("`{channel}` cannot be moved: `{remote}` has moves of it that are not here")]
    Behind {
        /// The channel.
        channel: String,
        /// The remote.
        remote: String,
    },
    /// The time of a move is before that of the move before it.
    #[error("the clock says {now}, and `{channel}` was moved at {last}")]
    ClockBack {
        /// The channel.
        channel: String,
        /// The time of the new move, RFC 3339.
        now: String,
        /// The time of the move before it.
        last: String,
    },
    /// An approval does not hold.
    #[error("the approval of `{by}` does not hold: {why}")]
    Approval {
        /// Whose.
        by: String,
        /// Why not.
        why: String,
    },
    /// A bundle that is none, or not the one that belongs here.
    #[error(transparent)]
    Release(#[from] release::Error),
    /// A bundle that does not fit the move it is to be part of.
    #[error("the {which} bundle {why}")]
    Bundle {
        /// `roll-forward` or `rollback`.
        which: &'static str,
        /// What does not fit.
        why: String,
    },
}

/// Why git does not do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The reason.
    pub why: String,
    /// What to do about it, where it is the repository's kind.
    pub hint: Option<&'static str>,
}

impl Error {
    /// Why git does not do what it is asked. libgit2 has no codes for kinds of repositories that it does not know, only words.
    #[must_use]
    pub fn reason(error: &git2::Error) -> Reason {
        let said = error.message();
        let kind = |word: &str| {
            error.class() == ErrorClass::Repository && said.to_ascii_lowercase().contains(word)
        };
        let (why, hint) = match error.code() {
            ErrorCode::Owner => (
                "the repository belongs to another user",
                "if you trust it, tell git: `git config --global --add safe.directory FOLDER`, with the folder that holds its `.git`",
            ),
            _ if kind("object format") || kind("extensions.objectformat") => (
                "the repository names its objects by another digest than SHA-1",
                "channels need a repository of git's ordinary format: `git init --object-format=sha1` in a new folder, and commit the workspace there",
            ),
            _ if kind("extensions.refstorage") => (
                "the repository keeps its refs in another format than files",
                "clone it with `git clone --ref-format=files`, or convert it: `git refs migrate --ref-format=files`",
            ),
            ErrorCode::NotFound if error.class() == ErrorClass::Odb => {
                let hint = "a clone made with `--filter` or `--depth` lacks some: `git fetch --refetch --no-filter` brings what the one left out, `git fetch --unshallow` \
                            the other; elsewhere see `git fsck`";
                return Reason {
                    why: format!("the repository lacks an object: {said}"),
                    hint: Some(hint),
                };
            }
            _ => {
                let (why, hint) = (said.to_owned(), None);
                return Reason { why, hint };
            }
        };
        Reason {
            why: why.to_owned(),
            hint: Some(hint),
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NoRepository(_) => Code::RegistryMissing,
            Self::Read { .. } => Code::FileRead,
            Self::Full(_) => Code::StoreFull,
            Self::Write { .. } => Code::FileWrite,
            Self::Damaged { .. } => Code::RegistryDamaged,
            Self::Malformed(_) => Code::BadCall,
            Self::VersionUnknown(_) => Code::VersionUnknown,
            Self::VersionTaken(_) => Code::VersionTaken,
            Self::VersionMoved { .. } => Code::VersionMoved,
            Self::Conflict { .. } | Self::Behind { .. } => Code::PromotionConflict,
            Self::ClockBack { .. } => Code::ClockBack,
            Self::Approval { .. } => Code::ApprovalRefused,
            Self::Release(error) => error.code(),
            Self::Bundle { .. } => Code::ReleaseInvalid,
        }
    }

    pub(crate) fn read(what: impl Into<String>) -> impl FnOnce(git2::Error) -> Self {
        let what = what.into();
        move |error| Self::Read {
            what,
            reason: Self::reason(&error),
        }
    }

    pub(crate) fn write(what: impl Into<String>) -> impl FnOnce(git2::Error) -> Self {
        let what = what.into();
        move |error| Self::Write {
            what,
            why: Self::reason(&error).why,
        }
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::Full(what)
            }
            _ => Self::Write {
                what,
                why: error.to_string(),
            },
        }
    }

    pub(crate) fn damaged(what: impl Into<String>, why: impl Into<String>) -> Self {
        let (what, why) = (what.into(), why.into());
        Self::Damaged { what, why }
    }

    pub(crate) fn conflict(channel: &str, why: impl Into<String>) -> Self {
        Self::Conflict {
            channel: channel.to_owned(),
            why: why.into(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Self::new(error.code(), error.to_string());
        match &error {
            Error::Behind { channel, remote } => {
                failure.hint = format!(
                    "`git update-ref refs/fabric/channels/{channel} refs/remotes/{remote}/fabric/channels/{channel}` takes them over, in place of what this clone moved meanwhile"
                );
            }
            Error::Read { reason, .. } => {
                if let Some(hint) = reason.hint {
                    hint.clone_into(&mut failure.hint);
                }
            }
            Error::Write { .. } => {
                "check permissions and free space of the repository, and ask again: what was begun is finished or forgotten first"
                    .clone_into(&mut failure.hint);
            }
            _ => {}
        }
        failure
    }
}
