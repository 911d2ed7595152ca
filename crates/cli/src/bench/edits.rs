//! Edits of one policy each, made in the text as an author makes them.

use model::PolicyKind;
use policy::{Compiled, FileKind, Files};

/// A place for one policy's edit.
pub struct OneEdit {
    /// The policy.
    pub id: String,
    /// Where it stands.
    pub file: String,
    /// Bytes before the policy's closing `;`.
    at: usize,
}

impl OneEdit {
    /// Puts something behind the policy's last word.
    pub fn insert(&self, text: &str, part: &str) -> String {
        let (before, after) = text.split_at_checked(self.at).unwrap_or((text, ""));
        format!("{before}{part}{after}")
    }

    /// The files with the policy's effect taken away: a condition that never holds.
    pub fn without(&self, files: &Files) -> Files {
        let mut files = files.clone();
        let text = self.insert(&super::text(&files, &self.file), "\nwhen { false }");
        files.insert(self.file.clone(), text.into_bytes().into());
        files
    }

    /// Changes the policy's meaning for the engine and nobody's access: a condition that always holds.
    pub fn apply(&self, text: &str) -> String {
        self.insert(text, "\nwhen { resource == resource }")
    }
}

/// One edit for each ordinary policy, last place first, so that one after the other they can all be applied.
pub fn edits(files: &Files, compiled: &Compiled) -> Vec<OneEdit> {
    let mut edits: Vec<_> = compiled
        .set
        .summaries()
        .into_iter()
        .filter(|policy| policy.kind == PolicyKind::Static)
        .filter(|policy| policy::kind(&policy.source.file) == Some(FileKind::Policies))
        .filter_map(|policy| {
            let text = std::str::from_utf8(files.get(&policy.source.file)?).ok()?;
            let line = usize::try_from(policy.source.end_line)
                .ok()?
                .checked_sub(1)?;
            let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
            // Columns count UTF-16 units. What closes a policy is the last `;` of its text; a comment may follow.
            let mut units = policy.source.end_column.saturating_sub(1) as usize;
            let last: String = text
                .get(start..)?
                .chars()
                .take_while(|c| {
                    let inside = units > 0;
                    units = units.saturating_sub(c.len_utf16());
                    inside
                })
                .collect();
            let closing = last.rfind(';')?;
            Some(OneEdit {
                id: policy.id,
                file: policy.source.file,
                at: start + closing,
            })
        })
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.at));
    edits
}

/// The one in the middle.
pub fn middle(mut edits: Vec<OneEdit>) -> Option<OneEdit> {
    if edits.is_empty() {
        None
    } else {
        Some(edits.swap_remove(edits.len() / 2))
    }
}

/// Applies all edits.
pub fn everything(files: &Files, edits: &[OneEdit]) -> Files {
    let mut texts = std::collections::BTreeMap::new();
    for edit in edits {
        let text = texts
            .entry(edit.file.as_str())
            .or_insert_with(|| super::text(files, &edit.file));
        *text = edit.apply(text);
    }
    let mut files = files.clone();
    for (file, text) in texts {
        files.insert(file.to_owned(), text.into_bytes().into());
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_changes_one_policy_and_its_meaning() {
        let text = "permit(principal, action, resource); // a;b\nforbid(principal, action, resource)\nwhen { false };\n";
        let files = Files::from([("a.cedar".to_owned(), text.as_bytes().into())]);
        let compiled = policy::compile(&files);
        let edits = edits(&files, &compiled);
        assert_eq!(edits.len(), 2);
        let all = edits
            .iter()
            .fold(text.to_owned(), |text, edit| edit.apply(&text));
        let edited = policy::compile(&Files::from([(
            "a.cedar".to_owned(),
            all.as_bytes().into(),
        )]));
        assert!(!edited.set.broken(), "{all}");
        assert_eq!(policy::diff(&compiled.set, &edited.set).len(), 2);
    }
}
