//! The schema: entity types, actions, and the words the editor offers.

use std::{
    ops::Range,
    str,
    sync::{Arc, OnceLock},
};

use cedar_policy_core::{
    ast::{Entity, EntityType, EntityUID},
    entities::ContextJsonParser,
    extensions::Extensions,
    validator::{
        CoreSchema, Validator, ValidatorSchema, ValidatorSchemaFragment, context_schema_for_action,
        json_schema,
    },
};
use model::{Code, Problem, Severity, Source};

use crate::{
    FileKind, Files, depth, digest, entities,
    fitting::Fitting,
    kind,
    language::Catalog,
    recover, text,
    tokens::{Kind, tokens},
};

/// The schema of a workspace, put together from all its schema files.
#[derive(Debug)]
pub struct Schema {
    pub(crate) validator: ValidatorSchema,
    /// The files with what they say, for what the validator does not keep: annotations, places, names of types.
    pub(crate) fragments: Vec<(String, Fragment)>,
    digest: String,
    checker: OnceLock<Validator>,
    catalog: OnceLock<Catalog>,
    fitting: OnceLock<Fitting>,
}

impl Schema {
    /// There is nothing to know of entities of this type: they have neither attributes nor tags nor parents.
    pub(crate) fn bare(&self, kind: &EntityType) -> bool {
        self.validator.get_entity_type(kind).is_some_and(|found| {
            !found.is_external()
                && found.attributes().iter().next().is_none()
                && found.tag_type().is_none()
                && !self
                    .validator
                    .entity_types()
                    .any(|above| above.has_descendant_entity_type(kind))
        })
    }

    /// Reads all schema files. Without any there is no schema and one note that says so; with a broken one there is no
    /// schema and the problems.
    #[must_use]
    pub fn parse(files: &Files) -> (Option<Arc<Self>>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut fragments = Vec::new();
        let mut seen = false;
        for (file, content) in files
            .iter()
            .filter(|(file, _)| kind(file) == Some(FileKind::Schema))
        {
            seen = true;
            match fragment(file, content) {
                Ok((fragment, mut warnings)) => {
                    fragments.push((file.clone(), fragment));
                    problems.append(&mut warnings);
                }
                Err(mut errors) => problems.append(&mut errors),
            }
        }
        if !seen {
            let note = text::problem(
                Code::SchemaMissing,
                Severity::Info,
                Source::default(),
                "the workspace has no schema",
            );
            return (None, vec![note]);
        }
        if problems
            .iter()
            .any(|problem| problem.severity == Severity::Error)
        {
            return (None, problems);
        }
        let parts = fragments
            .iter()
            .map(|(_, fragment)| ValidatorSchemaFragment::from_schema_fragment(fragment.clone()))
            .collect::<Result<Vec<_>, _>>();
        match parts.and_then(|parts| {
            ValidatorSchema::from_schema_fragments(parts, Extensions::all_available())
        }) {
            Ok(validator) => {
                let digest = digest(files, &[FileKind::Schema]);
                (
                    Some(Arc::new(Self {
                        validator,
                        fragments,
                        digest,
                        checker: OnceLock::new(),
                        catalog: OnceLock::new(),
                        fitting: OnceLock::new(),
                    })),
                    problems,
                )
            }
            Err(error) => {
                problems.extend(place_in_files(files, &error));
                (None, problems)
            }
        }
    }

    /// `sha256:…` over the schema files.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether an entity, `{uid, attrs, parents}`, fits.
    ///
    /// # Errors
    /// In words, what does not fit.
    pub fn admits_entity(&self, json: &serde_json::Value) -> Result<(), String> {
        match entities::parse(&json.to_string(), Some(self))? {
            (_, None) => Ok(()),
            (_, Some(mismatch)) => Err(mismatch),
        }
    }

    /// Whether an action's requests can have a context.
    ///
    /// # Errors
    /// In words, what does not fit, or that there is no such action.
    pub fn admits_context(&self, action: &str, context: &str) -> Result<(), String> {
        let action: EntityUID = action
            .parse()
            .map_err(|_| format!("`{action}` is not an action"))?;
        let expected = context_schema_for_action(&self.validator, &action)
            .ok_or_else(|| format!("the schema has no action `{action}`"))?;
        ContextJsonParser::new(Some(&expected), Extensions::all_available())
            .from_json_str(context)
            .map(drop)
            .map_err(|error| entities::chain(&error))
    }

    pub(crate) fn core(&self) -> CoreSchema<'_> {
        CoreSchema::new(&self.validator)
    }

    /// What it says of values; made when first asked for.
    pub(crate) fn fitting(&self) -> &Fitting {
        self.fitting.get_or_init(|| Fitting::new(&self.validator))
    }

    /// The engine's validator, which wants a schema of its own; made when first asked for.
    pub(crate) fn validator(&self) -> &Validator {
        self.checker
            .get_or_init(|| Validator::new(self.validator.clone()))
    }

    /// The schema as its author wrote it; read when first asked for.
    pub(crate) fn catalog(&self) -> &Catalog {
        self.catalog.get_or_init(|| Catalog::new(self))
    }

    /// The entity of an action, with the groups it is in.
    pub(crate) fn action(&self, uid: &EntityUID) -> Option<Arc<Entity>> {
        cedar_policy_core::entities::Schema::action(&self.core(), uid)
    }

    pub(crate) fn action_entities(&self) -> impl Iterator<Item = Arc<Entity>> + '_ {
        self.validator.actions().filter_map(|uid| self.action(uid))
    }
}

type Fragment = json_schema::Fragment<cedar_policy_core::validator::RawName>;

fn fragment(file: &str, content: &[u8]) -> Result<(Fragment, Vec<Problem>), Vec<Problem>> {
    let source = str::from_utf8(content).map_err(|error| vec![not_utf8(file, content, error)])?;
    if file.ends_with(".json") {
        return Fragment::from_json_str(source)
            .map(|fragment| (fragment, Vec::new()))
            .map_err(|error| {
                let (message, place) = text::json_place(file, source, &error.to_string());
                vec![text::problem(
                    Code::SchemaSyntax,
                    Severity::Error,
                    place,
                    message,
                )]
            });
    }
    if let Some(at) = depth::too_deep(source) {
        return Err(vec![recover::deep(file, source, at)]);
    }
    match Fragment::from_cedarschema_str(source, Extensions::all_available()) {
        Ok((fragment, warnings)) => Ok((
            fragment,
            warnings
                .flat_map(|warning| {
                    diagnose(
                        file,
                        source,
                        &warning,
                        Code::PolicyWarning,
                        Severity::Warning,
                    )
                })
                .collect(),
        )),
        Err(error) => Err(diagnose(
            file,
            source,
            &error,
            Code::SchemaSyntax,
            Severity::Error,
        )),
    }
}

/// A problem for a file that is not UTF-8, at the first bad byte.
pub(crate) fn not_utf8(file: &str, content: &[u8], error: str::Utf8Error) -> Problem {
    let valid = content
        .get(..error.valid_up_to())
        .and_then(|valid| str::from_utf8(valid).ok())
        .unwrap_or_default();
    let place = text::source(file, valid, valid.len()..valid.len());
    text::problem(
        Code::FileEncoding,
        Severity::Error,
        place,
        format!("`{file}` is not UTF-8"),
    )
}

/// One problem for each place a diagnostic labels, the related diagnostics included; one for the whole file when it
/// labels none.
pub(crate) fn diagnose(
    file: &str,
    source: &str,
    error: &dyn miette::Diagnostic,
    code: Code,
    severity: Severity,
) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut message = error.to_string();
    let labels: Vec<_> = error.labels().into_iter().flatten().collect();
    if let Some(label) = labels
        .iter()
        .find_map(|label| label.label())
        .filter(|label| !message.contains(label))
    {
        message = format!("{message}: {label}");
    }
    let place = labels.first().map_or_else(
        || text::whole(file),
        |label| text::source(file, source, label.offset()..label.offset() + label.len()),
    );
    let mut problem = text::problem(code, severity, place, message);
    if let Some(help) = error.help() {
        problem.hint = help.to_string();
    }
    found.push(problem);
    for related in error.related().into_iter().flatten() {
        found.extend(diagnose(file, source, related, code, severity));
    }
    found
}

/// The engine reports errors between schema files without a file. The names it speaks of are looked up in the files' text:
/// one problem a name, at the first place where it stands.
fn place_in_files(files: &Files, error: &dyn miette::Diagnostic) -> Vec<Problem> {
    let message = error.to_string();
    let schemas: Vec<(&str, &str)> = files
        .iter()
        .filter(|(file, _)| kind(file) == Some(FileKind::Schema))
        .filter_map(|(file, content)| Some((file.as_str(), str::from_utf8(content).ok()?)))
        .collect();
    let all = names(&message);
    let problem = |(name, place): (&str, Source)| {
        let mut problem =
            text::problem(Code::SchemaSyntax, Severity::Error, place, message.clone());
        if let Some(help) = error.help() {
            // The engine's advice speaks of the first name only, and holds for each.
            let first = all.first().copied().unwrap_or_default();
            problem.hint =
                help.to_string()
                    .replacen(&format!("`{first}`"), &format!("`{name}`"), 1);
        }
        problem
    };
    let mut found: Vec<_> = all
        .iter()
        .filter_map(|name| {
            schemas.iter().find_map(|(file, source)| {
                Some((*name, text::source(file, source, standing(source, name)?)))
            })
        })
        .map(problem)
        .collect();
    if found.is_empty() {
        let file = schemas.first().map_or("", |(file, _)| *file);
        found.push(problem(("", text::whole(file))));
    }
    found
}

/// The names in an error message: what is in backticks, else the list behind the colon.
fn names(message: &str) -> Vec<&str> {
    let quoted: Vec<_> = message.split('`').skip(1).step_by(2).collect();
    if !quoted.is_empty() {
        return quoted;
    }
    let list = message.split_once(": ").map_or("", |(_, list)| list);
    list.split(", ").filter(|name| !name.is_empty()).collect()
}

/// Where a name stands in a schema, written out or by its last part.
fn standing(source: &str, name: &str) -> Option<Range<usize>> {
    let last = name.rsplit("::").next().unwrap_or(name).trim_matches('"');
    let tokens = tokens(source);
    tokens
        .iter()
        .filter(|token| token.kind != Kind::Comment)
        .find(|token| token.text(source).trim_matches('"') == last)
        .map(|token| token.span.clone())
}
