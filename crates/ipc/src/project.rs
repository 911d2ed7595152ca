//! Somebody's project: what is in it, and what became of it.

use model::Problem;
use serde::{Deserialize, Serialize};

use crate::WorkspaceView;

/// Files of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPart {
    /// `policies`, `modules`, `schema`, `entities`, `data`, `links` or `tests`.
    pub part: String,
    /// Where they would lie in the workspace.
    pub files: Vec<String>,
    /// How many policies, rules or entities are in them; 0 where nothing is counted.
    pub holds: u64,
}

/// A file that can be imported as a decision log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLog {
    /// The file.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A file that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftFile {
    /// Its path in the project.
    pub path: String,
    /// Why, in words.
    pub why: String,
}

/// A folder or archive that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectView {
    /// Where it is.
    pub path: String,
    /// What a workspace of it would be called.
    pub name: String,
    /// What is in it.
    pub parts: Vec<ProjectPart>,
    /// Decision logs beside it.
    pub logs: Vec<FoundLog>,
    /// What is not taken though it looks as if it belonged.
    pub left: Vec<LeftFile>,
    /// Files that are nothing of a policy project.
    pub others: u64,
    /// Errors in what is taken.
    pub problems: Vec<Problem>,
    /// How many files the open workspace does not have.
    pub added: u64,
    /// Files that the open workspace has otherwise: they stay as they are.
    pub kept: Vec<String>,
}

/// A project to be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectAsked {
    /// Where it is.
    pub path: String,
    /// The folder for a new workspace, or the one in which it is made when that holds something; nothing: the open workspace is
    /// extended.
    pub into: Option<String>,
}

/// A file that an import made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedFile {
    /// Its path inside the workspace.
    pub path: String,
    /// SHA-256 of what was written, in hexadecimal digits.
    pub digest: String,
}

/// What became of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectTaken {
    /// The workspace that is open now.
    pub workspace: WorkspaceView,
    /// The files that were added to a workspace that was open.
    pub created: Vec<CreatedFile>,
}
