//! Policy sets: parsed, named, digested, linked.
//!
//! A policy's id is its `@id`; without one it is the file and the policy's position in it (`access/baseline.cedar#3`), and a
//! note says so. Its digest is taken over the syntax tree without id, annotations and formatting: equal digests mean equal
//! decisions for every request.

use std::{
    collections::{BTreeMap, HashMap},
    str,
    sync::{Arc, OnceLock},
};

use cedar_policy_core::ast::{self, EntityUID, PolicyID, SlotId};
use model::{Code, Effect, PolicyKind, PolicySummary, Problem, Severity, Source};
use rayon::prelude::*;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    FileKind, Files, kind,
    reading::{self, Name, PolicyFile},
    schema, text,
};

/// A policy that can decide: an ordinary policy or a linked template.
#[derive(Clone, Debug)]
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
    /// Its number among those of its file, from 1; 0 for a link.
    pub(crate) position: usize,
    pub(crate) ast: ast::Policy,
    /// Scope and conditions as one expression, built once.
    pub(crate) condition: ast::Expr,
}

impl Policy {
    /// What an annotation says: `stable` for `@group("stable")`.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&str> {
        let mut all = self.ast.annotations_arc().iter();
        all.find(|(key, _)| AsRef::<str>::as_ref(key) == name)
            .map(|(_, value)| value.val.as_str())
    }

    fn name(&self) -> Name {
        Name {
            id: self.id.clone(),
            stable_id: self.stable_id,
            position: self.position,
            source: self.source.clone(),
        }
    }
}

/// A template.
#[derive(Clone, Debug)]
pub(crate) struct TemplateEntry {
    pub(crate) id: String,
    pub(crate) stable_id: bool,
    pub(crate) position: usize,
    pub(crate) source: Source,
    pub(crate) ast: Arc<ast::Template>,
}

impl TemplateEntry {
    fn name(&self) -> Name {
        Name {
            id: self.id.clone(),
            stable_id: self.stable_id,
            position: self.position,
            source: self.source.clone(),
        }
    }
}

/// A policy set. Policies are in the order of files and positions, links after them.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Vec<Arc<Policy>>,
    pub(crate) templates: Vec<Arc<TemplateEntry>>,
    /// What it was read from, by name.
    pub(crate) files: BTreeMap<String, Arc<PolicyFile>>,
    by_id: HashMap<String, usize>,
    templates_by_id: HashMap<String, usize>,
    /// The same set as the engine wants it; made when somebody asks the engine about all of it.
    whole: OnceLock<ast::PolicySet>,
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
        Self::parse_after(None, files)
    }

    /// The same, of files of which most are those that an `earlier` set was read from: these are not read again.
    #[must_use]
    pub fn parse_after(earlier: Option<&Self>, files: &Files) -> (Self, Vec<Problem>) {
        let of = |wanted| move |(file, _): &(&String, _)| kind(file) == Some(wanted);
        let mut set = Self::default();
        let mut problems = Vec::new();
        let policies: Vec<_> = files.iter().filter(of(FileKind::Policies)).collect();
        let read: Vec<_> = policies
            .into_par_iter()
            .map(|(file, content)| {
                let known = earlier.and_then(|earlier| earlier.files.get(file));
                let read = match known.filter(|known| known.is(content)) {
                    Some(known) => Arc::clone(known),
                    None => Arc::new(PolicyFile::read(file, content)),
                };
                (file.clone(), read)
            })
            .collect();
        for (file, read) in read {
            set.adopt(&read, &mut problems);
            set.files.insert(file, read);
        }
        for (file, content) in files.iter().filter(of(FileKind::Links)) {
            set.add_links(file, content, &mut problems);
        }
        set.broken = problems
            .iter()
            .any(|problem| problem.severity == Severity::Error);
        (set, problems)
    }

    /// Takes what a file holds, under ids that no earlier file has.
    fn adopt(&mut self, file: &PolicyFile, problems: &mut Vec<Problem>) {
        problems.extend(file.problems.iter().cloned());
        for policy in &file.policies {
            if !self.taken(&policy.id) {
                self.push(Arc::clone(policy));
            } else if let Some(name) = policy.name().among(|id| !self.taken(id), problems) {
                self.push(Arc::new(Policy {
                    ast: policy.ast.new_id(PolicyID::from_string(&name.id)),
                    id: name.id,
                    ..Policy::clone(policy)
                }));
            }
        }
        for template in &file.templates {
            if !self.taken(&template.id) {
                self.push_template(Arc::clone(template));
            } else if let Some(name) = template.name().among(|id| !self.taken(id), problems) {
                self.push_template(Arc::new(TemplateEntry {
                    ast: Arc::new(template.ast.new_id(PolicyID::from_string(&name.id))),
                    id: name.id,
                    ..TemplateEntry::clone(template)
                }));
            }
        }
    }

    /// A set of these, in this order, whichever sets they are from. [`PolicySet::get`] finds the last of those with one id.
    #[must_use]
    pub fn picked(policies: impl IntoIterator<Item = Arc<Policy>>) -> Self {
        let mut set = Self::default();
        policies.into_iter().for_each(|policy| set.push(policy));
        set
    }

    /// Some of the text could not be read, so the set is not what its author means and must not be replayed.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.broken
    }

    /// The policies that decide.
    #[must_use]
    pub fn policies(&self) -> &[Arc<Policy>] {
        &self.policies
    }

    /// The links.
    pub(crate) fn links(&self) -> impl Iterator<Item = &Arc<Policy>> {
        let kind = |policy: &&Arc<Policy>| policy.kind == PolicyKind::Link;
        self.policies.iter().filter(kind)
    }

    /// Policies and templates as they are written; links add nothing to these.
    pub(crate) fn written(&self) -> impl Iterator<Item = &ast::Template> {
        let of_files = |policy: &&Arc<Policy>| policy.kind != PolicyKind::Link;
        let policies = self.policies.iter().filter(of_files);
        let templates = self.templates.iter().map(|template| &*template.ast);
        policies
            .map(|policy| policy.ast.template())
            .chain(templates)
    }

    /// All of it for the engine.
    pub(crate) fn whole(&self) -> &ast::PolicySet {
        self.whole.get_or_init(|| {
            let mut whole = ast::PolicySet::new();
            // INVARIANT: ids are unique. Refused is only a template that came with its links.
            for policy in &self.policies {
                let _ = whole.add(policy.ast.clone());
            }
            for template in &self.templates {
                let _ = whole.add_template(ast::Template::clone(&template.ast));
            }
            whole
        })
    }

    /// How many templates there are.
    #[must_use]
    pub fn templates(&self) -> usize {
        self.templates.len()
    }

    /// The policy of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Policy> {
        let policy = self.by_id.get(id).and_then(|at| self.policies.get(*at));
        policy.map(|policy| &**policy)
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
            .template(&link.template_id)
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
        let id = PolicyID::from_string(&link.link_id);
        let ast = ast::Template::link(Arc::clone(&template.ast), id, values)
            .map_err(|error| error.to_string())?;
        self.push(Arc::new(Policy {
            condition: ast.condition(),
            effect: effect(ast.effect()),
            kind: PolicyKind::Link,
            stable_id: true,
            id: link.link_id,
            position: 0,
            source: template.source.clone(),
            digest: reading::digest(&template.ast, &named),
            ast,
        }));
        Ok(())
    }

    /// The template of that id.
    pub(crate) fn template(&self, id: &str) -> Option<&Arc<TemplateEntry>> {
        let at = self.templates_by_id.get(id)?;
        self.templates.get(*at)
    }

    fn taken(&self, id: &str) -> bool {
        self.by_id.contains_key(id) || self.templates_by_id.contains_key(id)
    }

    pub(crate) fn push(&mut self, policy: Arc<Policy>) {
        self.by_id.insert(policy.id.clone(), self.policies.len());
        self.policies.push(policy);
    }

    fn push_template(&mut self, template: Arc<TemplateEntry>) {
        let next = self.templates.len();
        self.templates_by_id.insert(template.id.clone(), next);
        self.templates.push(template);
    }
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
