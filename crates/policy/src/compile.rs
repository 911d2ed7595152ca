//! From the files of a workspace to everything that can be decided with them.

use std::sync::Arc;

use model::Problem;

use crate::{EntityStore, Files, PolicySet, Schema};

/// The files of a workspace, compiled. Always there: what could not be compiled is named in `problems`.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The schema, unless there is none or it is broken.
    pub schema: Option<Arc<Schema>>,
    /// The policies.
    pub set: Arc<PolicySet>,
    /// The entities.
    pub entities: Arc<EntityStore>,
    /// What was found on the way, by file and line. Validation is apart: see `validate`.
    pub problems: Vec<Problem>,
}

/// Compiles files. The three parts can also be parsed one by one, by who wants to keep those that did not change.
#[must_use]
pub fn compile(files: &Files) -> Compiled {
    let (schema, mut problems) = Schema::parse(files);
    let (set, found) = PolicySet::parse(files);
    problems.extend(found);
    let (entities, found) = EntityStore::parse(files, schema.as_deref());
    problems.extend(found);
    problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    Compiled {
        schema,
        set: Arc::new(set),
        entities: Arc::new(entities),
        problems,
    }
}
