//! A row of the log, version 1: one JSON object a line. This is the form the Studio writes; [`crate::import()`] reads it and others.

use model::{Decision, PolicyError};
use serde_json::{Map, Value};

use crate::instant::{self, NO_TIME};
use crate::{Recorded, canonical, slice};

/// The entities a decision could read.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Facts {
    /// The row does not say: the workspace's entities are assumed.
    #[default]
    Assumed,
    /// A slice given inline elsewhere in the log, by digest.
    Digest([u8; 32]),
    /// The slice itself: each entity as `{"uid","attrs","parents","tags"}`.
    Inline(Vec<Value>),
}

/// What policies that were not in force would have decided, beside what was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadow {
    /// Their answer.
    pub decision: Decision,
    /// Determining policies.
    pub reasons: Vec<String>,
    /// Policies that could not be evaluated.
    pub errors: Vec<PolicyError>,
    /// Digest or version of these policies; may be empty.
    pub bundle: String,
}

/// One recorded decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The producer's name for this decision; may be empty.
    pub id: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z, or [`NO_TIME`].
    pub at: i64,
    /// Whose request; may be empty.
    pub tenant: String,
    /// Who asked, `Type::"id"`.
    pub principal: String,
    /// What they wanted to do.
    pub action: String,
    /// To what.
    pub resource: String,
    /// Facts of the moment, in Cedar's JSON form.
    pub context: Map<String, Value>,
    /// What the decision could read.
    pub entities: Facts,
    /// The recorded answer.
    pub decision: Decision,
    /// Determining policies.
    pub reasons: Vec<String>,
    /// Policies that could not be evaluated.
    pub errors: Vec<PolicyError>,
    /// Digest or version of the policies in force; may be empty.
    pub bundle: String,
    /// The engine that decided, e.g. `cedar/4.14`; may be empty.
    pub engine: String,
    /// What would have been decided by policies that are not in force yet. A log's readers pass over it: a replay decides anew.
    pub shadow: Option<Shadow>,
}

impl Row {
    /// A row with the parts every row has, and nothing else.
    #[must_use]
    pub fn new(principal: &str, action: &str, resource: &str, decision: Decision) -> Self {
        Self {
            id: String::new(),
            at: NO_TIME,
            tenant: String::new(),
            principal: principal.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            context: Map::new(),
            entities: Facts::Assumed,
            decision,
            reasons: Vec::new(),
            errors: Vec::new(),
            bundle: String::new(),
            engine: String::new(),
            shadow: None,
        }
    }

    /// The row as one line of JSON, without the line break. Empty parts are left out.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(512);
        self.write_json(&mut out);
        out
    }

    /// Appends what [`Row::to_json`] returns.
    pub fn write_json(&self, out: &mut String) {
        write_name(&self.id, self.at, out);
        let asked = [&*self.principal, &self.action, &self.resource];
        write_asked(&self.tenant, asked, out);
        canonical::write_object(&self.context, out);
        match &self.entities {
            Facts::Assumed => {}
            Facts::Digest(digest) => write_text("entities", &slice::digest_text(digest), out),
            Facts::Inline(entities) => {
                out.push_str(",\"entities\":[");
                for (index, entity) in entities.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    canonical::write_value(entity, out);
                }
                out.push(']');
            }
        }
        write_answer(self.decision, &self.reasons, &self.errors, out);
        write_origin(&self.bundle, &self.engine, out);
        if let Some(shadow) = &self.shadow {
            let mut answer = String::new();
            write_answer(
                shadow.decision,
                &shadow.reasons,
                &shadow.errors,
                &mut answer,
            );
            write_text("bundle", &shadow.bundle, &mut answer);
            out.push_str(",\"shadow\":{");
            out.push_str(answer.trim_start_matches(','));
            out.push('}');
        }
        out.push('}');
    }
}

/// Appends the start of a row: which it is, and when it was.
pub(crate) fn write_name(id: &str, at: i64, out: &mut String) {
    out.push_str("{\"v\":1");
    write_text("id", id, out);
    write_text("at", &instant::format(at), out);
}

/// Appends what was asked, up to where the context stands.
pub(crate) fn write_asked(
    tenant: &str,
    [principal, action, resource]: [&str; 3],
    out: &mut String,
) {
    write_text("tenant", tenant, out);
    write_text("principal", principal, out);
    write_text("action", action, out);
    write_text("resource", resource, out);
    out.push_str(",\"context\":");
}

/// Appends the members of a row that say what was decided, and under what.
pub(crate) fn write_outcome(recorded: &Recorded, out: &mut String) {
    write_text("tenant", &recorded.tenant, out);
    write_decided(recorded, out);
}

/// Appends the same without whose request it was.
pub(crate) fn write_decided(recorded: &Recorded, out: &mut String) {
    write_answer(recorded.decision, &recorded.reasons, &recorded.errors, out);
    write_origin(&recorded.bundle, &recorded.engine, out);
}

fn write_origin(bundle: &str, engine: &str, out: &mut String) {
    write_text("bundle", bundle, out);
    write_text("engine", engine, out);
}

fn write_answer(decision: Decision, reasons: &[String], errors: &[PolicyError], out: &mut String) {
    write_text("decision", decision_text(decision), out);
    out.push_str(",\"reasons\":[");
    for (index, reason) in reasons.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        canonical::write_string(reason, out);
    }
    out.push_str("],\"errors\":[");
    for (index, error) in errors.iter().enumerate() {
        out.push_str(if index > 0 { ",{" } else { "{" });
        out.push_str("\"policy\":");
        canonical::write_string(&error.policy, out);
        write_text("message", &error.message, out);
        out.push('}');
    }
    out.push(']');
}

/// `allow` or `deny`.
pub(crate) fn decision_text(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::Deny => "deny",
    }
}

fn write_text(name: &str, value: &str, out: &mut String) {
    if !value.is_empty() {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        canonical::write_string(value, out);
    }
}
