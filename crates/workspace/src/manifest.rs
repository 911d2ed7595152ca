//! `workspace.toml`: what a workspace is called and how its policies are to be judged. The file may be missing, and a
//! broken one keeps nobody from opening the workspace: it is a problem in the list like any other.

use drift::{RiskRule, RiskRules};
use model::{Code, Problem, Severity};
use policy::{Files, PolicySet};
use proof::Separation;
use serde::Deserialize;

use crate::{
    narratives::Weekly,
    releases::{ApproverRule, ChannelRules},
    text,
};

/// Name of the file.
pub const FILE: &str = "workspace.toml";

/// What `workspace.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manifest {
    /// Name of the workspace; empty = its folder's name.
    pub name: String,
    /// Whose it is.
    pub tenant: String,
    /// Where its data lives.
    pub residency: String,
    /// How many steps policies may go from an entity's attribute to the next entity; nothing = any number.
    pub level: Option<u32>,
    /// Which resources are sensitive, `[[risk]]`.
    risk: Vec<RiskRule>,
    /// Which policies must never match the same request, `[[separation]]`.
    pub separation: Vec<Separation>,
    /// How Rego is read and bundles are checked, `[rego]`.
    pub rego: rego::Settings,
    /// What is asked before a channel moves, `[[channel]]`.
    pub channel: Vec<ChannelRules>,
    /// Whose approvals count, `[[approver]]`.
    pub approver: Vec<ApproverRule>,
    /// Of which channels every week is told, `[[narrative]]`.
    pub narrative: Vec<Weekly>,
}

impl Manifest {
    /// Reads the manifest from a workspace's files. The second part is what is wrong with it.
    #[must_use]
    pub fn read(files: &Files) -> (Self, Option<Problem>) {
        let Some(content) = files.get(FILE) else {
            return (Self::default(), None);
        };
        let Ok(source) = str::from_utf8(content) else {
            return (
                Self::default(),
                Some(text::problem(
                    Code::FileEncoding,
                    Severity::Error,
                    FILE,
                    "",
                    0..0,
                    format!("`{FILE}` is not UTF-8"),
                )),
            );
        };
        match toml::from_str(source) {
            Ok(manifest) => (manifest, None),
            Err(error) => {
                let message = error.message().to_owned();
                let place = error.span().unwrap_or_default();
                (
                    Self::default(),
                    Some(text::problem(
                        Code::WorkspaceConfig,
                        Severity::Error,
                        FILE,
                        source,
                        place,
                        message,
                    )),
                )
            }
        }
    }

    /// Separations that guard nothing: of a policy nobody has, or of one from itself.
    pub(crate) fn vain_separations(&self, set: &PolicySet, files: &Files) -> Vec<Problem> {
        let source = files
            .get(FILE)
            .and_then(|content| str::from_utf8(content).ok());
        let source = source.unwrap_or_default();
        let unknown = |id: &String| {
            let why = format!("no policy is called `{id}`, so nothing is kept separate from it");
            set.get(id).is_none().then(|| (id.clone(), why))
        };
        let vain = self.separation.iter().flat_map(|Separation { a, b }| {
            if a == b {
                let why =
                    format!("`{a}` stands on both sides, and no policy is separate from itself");
                return vec![(a.clone(), why)];
            }
            [a, b].into_iter().filter_map(unknown).collect()
        });
        let problem = |(id, why): (String, String)| {
            let quoted = format!("\"{id}\"");
            let at = source.find(&quoted).unwrap_or_default();
            let end = source.len().min(at + quoted.len());
            let (code, severity) = (Code::WorkspaceConfig, Severity::Error);
            text::problem(code, severity, FILE, source, at..end, why)
        };
        vain.map(problem).collect()
    }

    /// The rules by which changes are ranked.
    #[must_use]
    pub fn risk(&self) -> RiskRules {
        RiskRules {
            rules: self.risk.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> (Manifest, Option<Problem>) {
        Manifest::read(&Files::from([(FILE.to_owned(), source.as_bytes().into())]))
    }

    #[test]
    fn what_is_said_is_read() {
        let (manifest, problem) = read(
            "name = \"N\"\nlevel = 2\n[[risk]]\ntype = \"Record\"\nattribute = \"class\"\nvalues = { P0 = \"high\" }\n",
        );
        assert_eq!(problem, None);
        assert_eq!(
            (
                manifest.name.as_str(),
                manifest.level,
                manifest.risk().rules.len()
            ),
            ("N", Some(2), 1)
        );
        assert_eq!(Manifest::read(&Files::new()), (Manifest::default(), None));
    }

    #[test]
    fn a_separation_must_name_two_policies_that_are_there() {
        let source = "[[separation]]\na = \"x\"\nb = \"gone\"\n";
        let files: Files = [
            (FILE, source),
            ("p.cedar", "@id(\"x\") permit(principal, action, resource);"),
        ]
        .map(|(path, text)| (path.to_owned(), text.as_bytes().into()))
        .into();
        let problems = crate::check(&files).problems;
        let errors: Vec<_> = problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .collect();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(
            (
                errors[0].code,
                errors[0].line,
                errors[0].column,
                errors[0].end_column
            ),
            (Code::WorkspaceConfig, 3, 5, 11)
        );
        let source = "[[separation]]\na = \"x\"\nb = \"x\"\n";
        let mut files = files;
        files.insert(FILE.to_owned(), source.as_bytes().into());
        let problems = crate::check(&files).problems;
        let same: Vec<_> = problems
            .iter()
            .filter(|problem| problem.message.contains("`x` stands on both sides"))
            .collect();
        assert_eq!(same.len(), 1, "{problems:?}");
        assert_eq!(
            (same[0].code, same[0].severity, same[0].line),
            (Code::WorkspaceConfig, Severity::Error, 2)
        );
        let (_, problem) = read("[[separation]]\na = \"x\"\nc = \"y\"\n");
        assert!(problem.unwrap().message.contains('c'));
    }

    #[test]
    fn a_mistake_is_shown_in_its_place() {
        let (manifest, problem) = read("name = \"N\"\nlevle = 2\n");
        let problem = problem.unwrap();
        assert_eq!(manifest, Manifest::default());
        assert_eq!(
            (
                problem.code,
                problem.line,
                problem.column,
                problem.end_column
            ),
            (Code::WorkspaceConfig, 2, 1, 6)
        );
        assert!(problem.message.contains("levle"), "{}", problem.message);
    }
}
