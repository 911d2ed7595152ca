//! Policy sets: parsed, named, digested, linked.
//!
//! A policy's id is its `@id`; without one it is the file and the policy's position in it (`access/baseline.cedar#3`), and a
//! note says so. Its digest is taken over the syntax tree without id, annotations and formatting: equal digests mean equal
//! decisions for every request.

use std::{
    collections::{BTreeMap, HashMap},
    str,
};

use cedar_policy_core::{
    ast::{self, EntityUID, PolicyID, SlotId},
    est,
    parser::{Loc, parse_policyset},
};
use model::{Code, Effect, PolicyKind, PolicySummary, Problem, Severity, Source};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{FileKind, Files, kind, recover::recover, schema, text};

/// A policy that can decide: an ordinary policy or a linked template.
#[derive(Debug)]
pub struct Policy {
    /// Its id, unique in the set.
    pub id: String,
    /// The id comes from `@id` or a link, so it survives moves.
    pub stable_id: bool,
    /// Ordinary policy or link.
    pub kind: PolicyKind,
    /// Permit or forbid.
    pub effect: Effect,
    /// Where it stands; for a link, where its template stands.
    pub source: Source,
    /// Digest of its meaning.
    pub digest: [u8; 32],
    pub(crate) ast: ast::Policy,
    /// Scope and conditions as one expression, built once.
    pub(crate) condition: ast::Expr,
}

/// A template.
#[derive(Debug)]
pub(crate) struct TemplateEntry {
    pub(crate) id: String,
    pub(crate) stable_id: bool,
    pub(crate) source: Source,
    pub(crate) ast: ast::Template,
}

/// A policy set. Policies are in the order of files and positions, links after them.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Vec<Policy>,
    pub(crate) templates: Vec<TemplateEntry>,
    /// The same set as the engine wants it, for the validator and the plain authorizer.
    pub(crate) ast: ast::PolicySet,
    by_id: HashMap<String, usize>,
    broken: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    template_id: String,
    link_id: String,
    args: BTreeMap<String, String>,
}

impl PolicySet {
    /// Reads all policy and link files. What cannot be read is a problem and is left out; see [`PolicySet::broken`].
    #[must_use]
    pub fn parse(files: &Files) -> (Self, Vec<Problem>) {
        let mut set = Self::default();
        let mut problems = Vec::new();
        for (file, content) in files {
            if kind(file) == Some(FileKind::Policies) {
                set.add_file(file, content, &mut problems);
            }
        }
        for (file, content) in files {
            if kind(file) == Some(FileKind::Links) {
                set.add_links(file, content, &mut problems);
            }
        }
        set.broken = problems
            .iter()
            .any(|problem| problem.severity == Severity::Error);
        (set, problems)
    }

    /// Some of the text could not be read, so the set is not what its author means and must not be replayed.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.broken
    }

    /// The policies that decide.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// How many templates there are.
    #[must_use]
    pub fn templates(&self) -> usize {
        self.templates.len()
    }

    /// The policy of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Policy> {
        self.by_id.get(id).and_then(|at| self.policies.get(*at))
    }

    /// `sha256:…` over the digests of the policies, whatever their order, ids or files.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut digests: Vec<_> = self.policies.iter().map(|policy| policy.digest).collect();
        digests.sort_unstable();
        text::sha256_name(&Sha256::digest(digests.concat()))
    }

    /// Every policy, template and link for a list, by file and position.
    #[must_use]
    pub fn summaries(&self) -> Vec<PolicySummary> {
        let annotations = |annotations: &ast::Annotations| {
            annotations
                .iter()
                .map(|(name, value)| (name.to_string(), value.val.to_string()))
                .collect()
        };
        let mut all: Vec<_> = self
            .policies
            .iter()
            .map(|policy| PolicySummary {
                id: policy.id.clone(),
                stable_id: policy.stable_id,
                kind: policy.kind,
                effect: policy.effect,
                source: policy.source.clone(),
                annotations: annotations(policy.ast.annotations_arc()),
            })
            .chain(self.templates.iter().map(|template| PolicySummary {
                id: template.id.clone(),
                stable_id: template.stable_id,
                kind: PolicyKind::Template,
                effect: effect(template.ast.effect()),
                source: template.source.clone(),
                annotations: annotations(template.ast.annotations_arc()),
            }))
            .collect();
        all.sort_by(|a, b| {
            let place = |summary: &PolicySummary| {
                (
                    summary.source.file.clone(),
                    summary.source.line,
                    summary.source.column,
                )
            };
            place(a).cmp(&place(b)).then_with(|| a.id.cmp(&b.id))
        });
        all
    }

    fn add_file(&mut self, file: &str, content: &[u8], problems: &mut Vec<Problem>) {
        let source = match str::from_utf8(content) {
            Ok(source) => source,
            Err(error) => return problems.push(schema::not_utf8(file, content, error)),
        };
        let (parsed, pieces) = match parse_policyset(source) {
            Ok(parsed) => (parsed, Vec::new()),
            Err(_) => {
                let recovered = recover(file, source);
                problems.extend(recovered.problems);
                (recovered.parsed, recovered.pieces)
            }
        };
        enum Entry<'a> {
            Static(&'a ast::Policy),
            Template(&'a ast::Template),
        }
        let mut entries: Vec<(usize, Entry<'_>)> = parsed
            .static_policies()
            .map(|policy| (policy.loc().map_or(0, Loc::start), Entry::Static(policy)))
            .chain(parsed.templates().map(|template| {
                (
                    template.loc().map_or(0, Loc::start),
                    Entry::Template(template),
                )
            }))
            .collect();
        entries.sort_by_key(|(at, _)| *at);
        for (number, (at, entry)) in (1_usize..).zip(&entries) {
            // A policy that cannot be read keeps its number, so that those below it keep theirs.
            let piece = pieces.iter().position(|piece| piece.contains(at));
            let number = piece.map_or(number, |piece| piece + 1);
            let (loc, annotation) = match entry {
                Entry::Static(policy) => (policy.loc(), id_of(policy.annotations_arc())),
                Entry::Template(template) => (template.loc(), id_of(template.annotations_arc())),
            };
            let place = loc.map_or_else(
                || text::whole(file),
                |loc| text::source(file, source, loc.start()..loc.end()),
            );
            let stable_id = annotation.is_some_and(|annotation| !annotation.val.is_empty());
            let by_place = format!("{file}#{number}");
            let mut id = match annotation {
                Some(annotation) if stable_id => annotation.val.to_string(),
                _ => by_place.clone(),
            };
            if !stable_id {
                let message =
                    format!("this policy has no @id; it is called `{id}` after its place");
                problems.push(text::problem(
                    Code::PolicyWithoutId,
                    Severity::Info,
                    place.clone(),
                    message,
                ));
            }
            if self.taken(&id) {
                let message = format!("another policy is called `{id}` too");
                problems.push(text::problem(
                    Code::PolicyDuplicateId,
                    Severity::Error,
                    place.clone(),
                    message,
                ));
                id = format!("{id} ({by_place})");
                if self.taken(&id) {
                    continue;
                }
            }
            match entry {
                Entry::Static(policy) => {
                    let ast = policy.new_id(PolicyID::from_string(&id));
                    if self.ast.add(ast.clone()).is_ok() {
                        self.push(Policy {
                            digest: template_digest(ast.template(), &[]),
                            condition: ast.condition(),
                            effect: effect(ast.effect()),
                            kind: PolicyKind::Static,
                            source: place,
                            stable_id,
                            id,
                            ast,
                        });
                    }
                }
                Entry::Template(template) => {
                    let ast = template.new_id(PolicyID::from_string(&id));
                    if self.ast.add_template(ast.clone()).is_ok() {
                        self.templates.push(TemplateEntry {
                            id,
                            stable_id,
                            source: place,
                            ast,
                        });
                    }
                }
            }
        }
    }

    fn add_links(&mut self, file: &str, content: &[u8], problems: &mut Vec<Problem>) {
        let source = match str::from_utf8(content) {
            Ok(source) => source,
            Err(error) => return problems.push(schema::not_utf8(file, content, error)),
        };
        let links: Vec<&serde_json::value::RawValue> = match serde_json::from_str(source) {
            Ok(links) => links,
            Err(error) => {
                let at = text::offset(source, saturate(error.line()), saturate(error.column()));
                let place = text::source(file, source, at..at);
                return problems.push(text::problem(
                    Code::LinkInvalid,
                    Severity::Error,
                    place,
                    error.to_string(),
                ));
            }
        };
        for raw in links {
            let at = element_offset(source, raw.get());
            let place = text::source(file, source, at..at + raw.get().len());
            if let Err(message) = self.add_link(raw.get()) {
                problems.push(text::problem(
                    Code::LinkInvalid,
                    Severity::Error,
                    place,
                    message,
                ));
            }
        }
    }

    fn add_link(&mut self, raw: &str) -> Result<(), String> {
        let link: Link = serde_json::from_str(raw).map_err(|error| error.to_string())?;
        let template = self
            .templates
            .iter()
            .find(|template| template.id == link.template_id)
            .ok_or_else(|| format!("no template is called `{}`", link.template_id))?;
        if self.taken(&link.link_id) {
            return Err(format!("another policy is called `{}` too", link.link_id));
        }
        let mut values = HashMap::new();
        let mut named = Vec::new();
        for (slot, value) in &link.args {
            let id = match slot.as_str() {
                "?principal" => SlotId::principal(),
                "?resource" => SlotId::resource(),
                _ => {
                    return Err(format!(
                        "`{slot}` is not a slot; slots are ?principal and ?resource"
                    ));
                }
            };
            let uid: EntityUID = value
                .parse()
                .map_err(|error| format!("`{value}` is not an entity id: {error}"))?;
            named.push((slot.as_str(), uid.to_string()));
            values.insert(id, uid);
        }
        let digest = template_digest(&template.ast, &named);
        let (source, template_id) = (template.source.clone(), template.ast.id().clone());
        let id = PolicyID::from_string(&link.link_id);
        let ast = self
            .ast
            .link(template_id, id, values)
            .map_err(|error| error.to_string())?
            .clone();
        self.push(Policy {
            condition: ast.condition(),
            effect: effect(ast.effect()),
            kind: PolicyKind::Link,
            stable_id: true,
            id: link.link_id,
            source,
            digest,
            ast,
        });
        Ok(())
    }

    fn taken(&self, id: &str) -> bool {
        self.by_id.contains_key(id) || self.templates.iter().any(|template| template.id == id)
    }

    fn push(&mut self, policy: Policy) {
        self.by_id.insert(policy.id.clone(), self.policies.len());
        self.policies.push(policy);
    }
}

fn id_of(annotations: &ast::Annotations) -> Option<&ast::Annotation> {
    annotations
        .iter()
        .find(|(name, _)| name.as_ref() == "id")
        .map(|(_, value)| value)
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Where a piece of `source` that serde borrowed stands in it.
pub(crate) fn element_offset(source: &str, part: &str) -> usize {
    (part.as_ptr() as usize)
        .saturating_sub(source.as_ptr() as usize)
        .min(source.len())
}

pub(crate) fn effect(effect: ast::Effect) -> Effect {
    match effect {
        ast::Effect::Permit => Effect::Permit,
        ast::Effect::Forbid => Effect::Forbid,
    }
}

/// Digest of the meaning: the engine's JSON syntax tree without annotations, and what the slots are bound to.
fn template_digest(template: &ast::Template, slots: &[(&str, String)]) -> [u8; 32] {
    let mut tree = serde_json::to_value(est::Policy::from(template.clone())).unwrap_or_default();
    if let Some(tree) = tree.as_object_mut() {
        tree.remove("annotations");
    }
    let mut hash = Sha256::new();
    hash.update(tree.to_string());
    for (slot, value) in slots {
        hash.update([0]);
        hash.update(slot);
        hash.update([0]);
        hash.update(value);
    }
    hash.finalize().into()
}
