//! One file of policies, read and validated: everything that does not depend on the other files. A set made after another
//! takes over the files that did not change, so a keystroke costs one file, whatever the number of policies.

use std::{
    collections::HashSet,
    ops::Range,
    str,
    sync::{Arc, Mutex, PoisonError},
};

use cedar_policy_core::{
    ast::{self, PolicyID},
    est,
    parser::Loc,
};
use model::{Code, PolicyKind, Problem, Severity, Source};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::{
    Schema,
    recover::{parse, recover},
    schema,
    set::{Policy, TemplateEntry, effect},
    text::{self, Lines},
    validate::validate_some,
};

/// Policies validated in one go, on one core.
const STRIDE: usize = 256;

/// A file of policies.
#[derive(Debug, Default)]
pub(crate) struct PolicyFile {
    content: Arc<[u8]>,
    /// In the order of the file.
    pub(crate) policies: Vec<Arc<Policy>>,
    pub(crate) templates: Vec<Arc<TemplateEntry>>,
    pub(crate) problems: Vec<Problem>,
    lines: Lines,
    /// What the validator said last, and under which schema and level.
    validated: Mutex<Option<Validated>>,
}

#[derive(Debug)]
struct Validated {
    schema: String,
    level: Option<u32>,
    problems: Vec<Problem>,
}

/// A policy or template as it is parsed.
#[derive(Clone, Copy)]
enum Ast<'a> {
    Static(&'a ast::Policy),
    Template(&'a ast::Template),
}

impl Ast<'_> {
    fn loc(&self) -> Option<&Loc> {
        match self {
            Self::Static(policy) => policy.loc(),
            Self::Template(template) => template.loc(),
        }
    }

    fn start(&self) -> usize {
        self.loc().map_or(0, Loc::start)
    }

    /// What its `@id` says, if it says something.
    fn id(&self) -> Option<String> {
        let annotations = match self {
            Self::Static(policy) => policy.annotations_arc(),
            Self::Template(template) => template.annotations_arc(),
        };
        annotations
            .iter()
            .find(|(name, _)| name.as_ref() == "id")
            .map(|(_, value)| value.val.to_string())
            .filter(|id| !id.is_empty())
    }
}

/// What became of one of them.
enum Made {
    Policy(Arc<Policy>),
    Template(Arc<TemplateEntry>),
}

impl PolicyFile {
    /// Whether it was read from this very content.
    pub(crate) fn is(&self, content: &Arc<[u8]>) -> bool {
        Arc::ptr_eq(&self.content, content) || self.content == *content
    }

    /// Its text; empty when it is none.
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.content).unwrap_or_default()
    }

    /// The place of a range of its bytes; `file` is what it is called.
    pub(crate) fn place(&self, file: &str, range: Range<usize>) -> Source {
        self.lines.place(file, self.text(), range)
    }

    /// Reads a file. What cannot be read is a problem and is left out.
    pub(crate) fn read(file: &str, content: &Arc<[u8]>) -> Self {
        let mut read = Self {
            content: Arc::clone(content),
            ..Self::default()
        };
        let source = match str::from_utf8(content) {
            Ok(source) => source,
            Err(error) => {
                read.problems.push(schema::not_utf8(file, content, error));
                return read;
            }
        };
        let (parsed, pieces) = match parse(source) {
            Some(parsed) => (parsed, Vec::new()),
            None => {
                let recovered = recover(file, source);
                read.problems = recovered.problems;
                (recovered.parsed, recovered.pieces)
            }
        };
        let mut found: Vec<Ast<'_>> = parsed
            .static_policies()
            .map(Ast::Static)
            .chain(parsed.templates().map(Ast::Template))
            .collect();
        found.sort_by_key(Ast::start);
        read.lines = Lines::of(source);
        let mut taken = HashSet::new();
        let mut named = Vec::with_capacity(found.len());
        for (number, ast) in (1_usize..).zip(found) {
            // A policy that cannot be read keeps its number, so that those below it keep theirs.
            let piece = pieces.partition_point(|piece| piece.end <= ast.start());
            let position = if pieces.is_empty() { number } else { piece + 1 };
            let source = match ast.loc() {
                Some(loc) => read.lines.place(file, source, loc.start()..loc.end()),
                None => text::whole(file),
            };
            let given = ast.id();
            let stable_id = given.is_some();
            let id = given.unwrap_or_else(|| format!("{file}#{position}"));
            if !stable_id {
                let message =
                    format!("this policy has no @id; it is called `{id}` after its place");
                read.problems.push(text::problem(
                    Code::PolicyWithoutId,
                    Severity::Info,
                    source.clone(),
                    message,
                ));
            }
            let name = Name {
                id,
                stable_id,
                position,
                source,
            };
            let free = |id: &str| !taken.contains(id);
            if let Some(name) = name.among(free, &mut read.problems) {
                taken.insert(name.id.clone());
                named.push((name, ast));
            }
        }
        let made: Vec<Made> = named
            .into_par_iter()
            .map(|(name, ast)| make(name, ast))
            .collect();
        for made in made {
            match made {
                Made::Policy(policy) => read.policies.push(policy),
                Made::Template(template) => read.templates.push(template),
            }
        }
        read
    }

    /// What the validator says of its policies and templates.
    pub(crate) fn validate(&self, schema: &Schema, level: Option<u32>) -> Vec<Problem> {
        let mut kept = self
            .validated
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &*kept
            && kept.schema == schema.digest()
            && kept.level == level
        {
            return kept.problems.clone();
        }
        let lines = Some(&self.lines);
        let policies = self.policies.par_chunks(STRIDE);
        let templates = self.templates.par_chunks(STRIDE);
        let problems: Vec<Problem> = policies
            .flat_map_iter(|some| validate_some(some, &[], lines, schema, level))
            .chain(templates.flat_map_iter(|some| validate_some(&[], some, lines, schema, level)))
            .collect();
        *kept = Some(Validated {
            schema: schema.digest().to_owned(),
            level,
            problems: problems.clone(),
        });
        problems
    }
}

/// What a policy or template is called, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) id: String,
    /// The id comes from `@id`.
    pub(crate) stable_id: bool,
    /// Its number among those of its file, from 1.
    pub(crate) position: usize,
    pub(crate) source: Source,
}

impl Name {
    /// The name it goes by where others have names, too: another one, and a problem, if its own is not `free`. Nothing if
    /// that is not free either.
    pub(crate) fn among(
        mut self,
        free: impl Fn(&str) -> bool,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        if free(&self.id) {
            return Some(self);
        }
        let message = format!("another policy is called `{}` too", self.id);
        problems.push(text::problem(
            Code::PolicyDuplicateId,
            Severity::Error,
            self.source.clone(),
            message,
        ));
        self.id = format!("{} ({}#{})", self.id, self.source.file, self.position);
        free(&self.id).then_some(self)
    }
}

fn make(name: Name, ast: Ast<'_>) -> Made {
    match ast {
        Ast::Static(policy) => {
            let ast = policy.new_id(PolicyID::from_string(&name.id));
            Made::Policy(Arc::new(Policy {
                digest: digest(ast.template(), &[]),
                condition: ast.condition(),
                effect: effect(ast.effect()),
                kind: PolicyKind::Static,
                id: name.id,
                stable_id: name.stable_id,
                position: name.position,
                source: name.source,
                ast,
            }))
        }
        Ast::Template(template) => Made::Template(Arc::new(TemplateEntry {
            ast: Arc::new(template.new_id(PolicyID::from_string(&name.id))),
            id: name.id,
            stable_id: name.stable_id,
            position: name.position,
            source: name.source,
        })),
    }
}

/// Digest of the meaning: the engine's JSON syntax tree without annotations, and what the slots are bound to.
pub(crate) fn digest(template: &ast::Template, slots: &[(&str, String)]) -> [u8; 32] {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{Files, PolicySet, Schema, diff, missing_entities, validate};

    const SCHEMA: &str = "entity User; entity Doc { open: Bool }; action view, edit appliesTo { principal: User, resource: Doc };";
    const TEXTS: [&str; 9] = [
        "permit(principal, action, resource);",
        "@id(\"a\") permit(principal, action, resource) when { resource.open };",
        "@id(\"b\")\npermit(principal, action, resource) when { resource.opne };\n\n@id(\"a\") forbid(principal, action, resource);",
        "@id(\"t\") permit(principal == ?principal, action, resource);\n@id(\"a\") permit(principal == User::\"u\", action, resource);",
        "@id(\"a (2.cedar#1)\") permit(principal, action == Action::\"view\", resource is User);",
        "permit(principal, action, resource) when { resource.open }; forbid(principal",
        "// nothing",
        "@id(\"t\") forbid(principal, action, resource == ?resource) unless { resource.open };",
        "\u{feff}permit",
    ];
    const LINKS: [&str; 3] = [
        "[]",
        r#"[{"template_id": "t", "link_id": "l", "args": {"?principal": "User::\"u\""}}]"#,
        r#"[{"template_id": "t", "link_id": "l", "args": {"?resource": "User::\"u\""}}, {"template_id": "t", "link_id": "a", "args": {}}]"#,
    ];

    fn files(texts: &[usize], links: usize) -> Files {
        let texts = texts.iter().enumerate();
        let mut files: Files = texts
            .map(|(file, text)| (format!("{file}.cedar"), TEXTS[*text].as_bytes().into()))
            .collect();
        files.insert("links.json".into(), LINKS[links].as_bytes().into());
        files
    }

    proptest! {
        #[test]
        fn a_set_made_after_another_is_the_set_made_alone(
            before in prop::collection::vec(0..TEXTS.len(), 0..5), after in prop::collection::vec(0..TEXTS.len(), 0..5),
            links in 0..LINKS.len(), level in prop::option::of(0..2_u32),
        ) {
            let schema = Files::from([("s.cedarschema".to_owned(), SCHEMA.as_bytes().into())]);
            let schema = Schema::parse(&schema).0.unwrap();
            let earlier = PolicySet::parse(&files(&before, 0)).0;
            // The level of the earlier one must not stick to the files they share.
            let _ = validate(&earlier, &schema, None);
            let files = files(&after, links);
            let (alone, expected) = PolicySet::parse(&files);
            let (set, problems) = PolicySet::parse_after(Some(&earlier), &files);
            prop_assert_eq!(problems, expected);
            prop_assert_eq!(set.summaries(), alone.summaries());
            prop_assert_eq!(set.digest(), alone.digest());
            prop_assert_eq!(set.broken(), alone.broken());
            prop_assert_eq!(diff(&earlier, &set), diff(&earlier, &alone));
            prop_assert_eq!(validate(&set, &schema, level), validate(&alone, &schema, level));
            let nobody = crate::EntityStore::from_json(&[], None).unwrap();
            prop_assert_eq!(missing_entities(&set, &nobody), missing_entities(&alone, &nobody));
            let whole = |set: &PolicySet| set.whole().policies().map(|policy| policy.id().to_string()).collect::<std::collections::BTreeSet<_>>();
            prop_assert_eq!(whole(&set).len(), set.policies().len());
            prop_assert_eq!(whole(&set), whole(&alone));
        }
    }
}
