//! What is wrong with policies that parse: the engine's strict validator, with places.
//!
//! The validator knows the schema and not the entities, so it cannot see that a policy speaks of a group nobody is in
//! because its name is misspelt; [`missing_entities`] does.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cedar_policy_core::{
    ast::{
        Eid, Entity, EntityType, EntityUID, Expr, ExprKind, Literal, PolicyID, PolicySet as Asts,
        Template,
    },
    entities::Dereference,
    parser::Loc,
    validator::{ValidationError, ValidationMode, ValidationWarning},
};
use miette::Diagnostic;
use model::{Code, PolicyKind, Problem, Severity, Source};

use rayon::prelude::*;

use crate::{
    EntityStore, Policy, PolicySet, Schema,
    set::TemplateEntry,
    text::{self, Lines},
    tokens,
};

/// Every diagnostic of the validator names a policy and a place, but in a type of its own.
macro_rules! place_of {
    ($diagnostic:ident in $kind:ident: $($variant:ident)+) => {
        match $diagnostic {
            $($kind::$variant(found) => (&found.policy_id, found.source_loc.as_ref()),)+
        }
    };
}

fn error_place(error: &ValidationError) -> (&PolicyID, Option<&Loc>) {
    place_of!(error in ValidationError:
        UnrecognizedEntityType UnrecognizedActionId UnexpectedType IncompatibleTypes UnsafeAttributeAccess
        UnsafeOptionalAttributeAccess UnsafeTagAccess NoTagsAllowed UndefinedFunction WrongNumberArguments
        FunctionArgumentValidation EmptySetForbidden NonLitExtConstructor InternalInvariantViolation
        InvalidEnumEntity EntityDerefLevelViolation IncompleteSchema)
}

fn warning_place(warning: &ValidationWarning) -> (&PolicyID, Option<&Loc>) {
    place_of!(warning in ValidationWarning:
        MixedScriptString BidiCharsInString BidiCharsInIdentifier MixedScriptIdentifier ConfusableIdentifier
        ImpossiblePolicy InvalidActionApplication)
}

/// Validates all policies, templates and links against a schema. With a `level`, policies may follow entity references
/// only so many steps from the request (Cedar RFC 76). Sorted by file and place.
#[must_use]
pub fn validate(set: &PolicySet, schema: &Schema, level: Option<u32>) -> Vec<Problem> {
    let files: Vec<_> = set.files.values().collect();
    let mut problems: Vec<_> = files
        .into_par_iter()
        .flat_map_iter(|file| file.validate(schema, level))
        .collect();
    // A template is its file's concern, what is put into its slots is not.
    let links: Vec<_> = set.links().cloned().collect();
    problems.extend(validate_some(&links, &[], None, schema, level));
    sort(&mut problems);
    problems
}

/// The same for policies of one file whose `lines` are known, or for links.
pub(crate) fn validate_some(
    policies: &[Arc<Policy>],
    templates: &[Arc<TemplateEntry>],
    lines: Option<&Lines>,
    schema: &Schema,
    level: Option<u32>,
) -> Vec<Problem> {
    let mut asts = Asts::new();
    // INVARIANT: ids are unique, so nothing is refused.
    for template in templates {
        let _ = asts.add_template(Template::clone(&template.ast));
    }
    for policy in policies {
        let _ = asts.add(policy.ast.clone());
    }
    let validator = schema.validator();
    let result = match level {
        Some(level) => validator.validate_with_level(&asts, ValidationMode::Strict, level),
        None => validator.validate(&asts, ValidationMode::Strict),
    };
    let places = Places::new(policies, templates, lines);
    // Links bring their templates along, which are not asked about.
    let (errors, warnings): (Vec<_>, Vec<_>) = {
        let (errors, warnings) = result.into_errors_and_warnings();
        (
            errors
                .filter(|error| places.knows(error_place(error).0))
                .collect(),
            warnings
                .filter(|warning| places.knows(warning_place(warning).0))
                .collect(),
        )
    };
    let mut problems: Vec<_> = errors
        .iter()
        .map(|error| {
            let mut problem = places.error(error);
            if let Some(hint) = suggestion(error, schema) {
                problem.hint = hint;
            }
            problem
        })
        .collect();
    let broken: HashSet<_> = errors.iter().map(|error| error_place(error).0).collect();
    let pointless: HashSet<_> = warnings
        .iter()
        .filter(|warning| matches!(warning, ValidationWarning::InvalidActionApplication(_)))
        .map(|warning| warning_place(warning).0)
        .collect();
    // That a policy never applies follows from an error in it, or from a scope that fits no action: one word is enough.
    let warnings = warnings.iter().filter(|warning| {
        let policy = warning_place(warning).0;
        match warning {
            ValidationWarning::ImpossiblePolicy(_) => {
                !broken.contains(policy) && !pointless.contains(policy)
            }
            ValidationWarning::InvalidActionApplication(_) => !broken.contains(policy),
            _ => true,
        }
    });
    problems.extend(warnings.map(|warning| places.warning(warning)));
    problems
}

/// What was probably meant. The engine has suggestions too, but among equally good ones it takes any.
fn suggestion(error: &ValidationError, schema: &Schema) -> Option<String> {
    let (wanted, names): (&str, Vec<String>) = match error {
        ValidationError::UnrecognizedEntityType(found) => {
            let types = schema.validator.entity_types();
            (
                &found.actual_entity_type,
                types.map(|kind| kind.name().to_string()).collect(),
            )
        }
        ValidationError::UnrecognizedActionId(found) => {
            let actions = schema.validator.actions();
            (
                &found.actual_action_id,
                actions.map(ToString::to_string).collect(),
            )
        }
        _ => return None,
    };
    Some(match nearest(wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "declare it in the schema, or name one that is declared".to_owned(),
    })
}

/// Names looked up in vain before it is clear that the entities are only some of those there are.
const LOOKED_UP: usize = 200;

/// Entities that policies name and that are not among the workspace's entities, although one of almost that name is: most
/// likely a misspelling, for a policy about nobody is valid and never matches. Others may well exist elsewhere.
#[must_use]
pub fn missing_entities(set: &PolicySet, store: &EntityStore) -> Vec<Problem> {
    let mut known: HashMap<&EntityType, Vec<&str>> = HashMap::new();
    let mut meant: HashMap<EntityUID, Option<&str>> = HashMap::new();
    let places = Places::new(set.policies(), &set.templates, None);
    let mut problems = Vec::new();
    let mut report = |policy: &str, uid: &EntityUID, loc: Option<&Loc>, from_link: bool| {
        if uid.is_action() || matches!(store.entities.entity(uid), Dereference::Data(_)) {
            return;
        }
        if meant.len() >= LOOKED_UP && !meant.contains_key(uid) {
            return;
        }
        let near = *meant.entry(uid.clone()).or_insert_with(|| {
            if known.is_empty() {
                for entity in store.entities.iter().map(Entity::uid) {
                    let names = known.entry(entity.entity_type()).or_default();
                    names.push(entity.eid().as_ref());
                }
            }
            let names = known.get(uid.entity_type())?;
            nearest(uid.eid().as_ref(), names.iter().copied())
        });
        let Some(near) = near else {
            return;
        };
        let near = EntityUID::from_components(uid.entity_type().clone(), Eid::new(near), None);
        let message = match from_link {
            true => format!("the link `{policy}` names `{uid}`, which is not among the entities"),
            false => format!("`{uid}` is not among the entities"),
        };
        let place = places.place(policy, loc);
        let mut problem = text::problem(Code::PolicyWarning, Severity::Warning, place, message);
        problem.hint = format!("did you mean `{near}`?");
        problems.push(problem);
    };
    for template in set.written() {
        let policy: &str = template.id().as_ref();
        for part in [
            template.principal_constraint().as_expr(),
            template.action_constraint().as_expr(),
            template.resource_constraint().as_expr(),
        ]
        .iter()
        .chain(template.non_scope_constraints())
        {
            for (uid, loc) in part.subexpressions().filter_map(literal) {
                report(policy, uid, loc, false);
            }
        }
    }
    for policy in set.policies() {
        for uid in policy.ast.env().values() {
            report(&policy.id, uid, None, true);
        }
    }
    sort(&mut problems);
    problems.dedup();
    problems
}

fn literal(expr: &Expr) -> Option<(&EntityUID, Option<&Loc>)> {
    match expr.expr_kind() {
        ExprKind::Lit(Literal::EntityUID(uid)) => {
            Some((uid.as_ref(), expr.source_loc().or_else(|| uid.loc())))
        }
        _ => None,
    }
}

/// The name that differs in the fewest letters, if it is close enough to be meant.
#[must_use]
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = match wanted.chars().count() {
        0..=3 => 1,
        4..=8 => 2,
        _ => 3,
    };
    names
        .map(|name| (distance(wanted, name, allowed), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein's distance, given up (as `limit + 1`) once it is beyond `limit`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let b: Vec<char> = b.chars().collect();
    if a.chars().count().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (number, letter) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(row.first_mut().unwrap_or(&mut 0), number + 1);
        let mut left = number + 1;
        for (other, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = *cell;
            left = changed.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
        if row.iter().min().is_none_or(|least| *least > limit) {
            return limit + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

fn sort(problems: &mut [Problem]) {
    problems.sort_by(|a, b| {
        let key = |problem: &Problem| (problem.line, problem.column, problem.severity);
        (&a.file, key(a), &a.message).cmp(&(&b.file, key(b), &b.message))
    });
}

/// Where policies stand, by id.
struct Places<'s> {
    policies: HashMap<&'s str, (&'s Source, Option<&'s Loc>)>,
    links: HashSet<&'s str>,
    /// Of the file they all stand in.
    lines: Option<&'s Lines>,
}

impl<'s> Places<'s> {
    fn new(
        policies: &'s [Arc<Policy>],
        templates: &'s [Arc<TemplateEntry>],
        lines: Option<&'s Lines>,
    ) -> Self {
        let links = policies
            .iter()
            .filter(|policy| policy.kind == PolicyKind::Link)
            .map(|policy| policy.id.as_str());
        let policies = policies
            .iter()
            .map(|policy| (policy.id.as_str(), (&policy.source, policy.ast.loc())));
        let templates = templates
            .iter()
            .map(|template| (template.id.as_str(), (&template.source, template.ast.loc())));
        Self {
            policies: policies.chain(templates).collect(),
            links: links.collect(),
            lines,
        }
    }

    fn knows(&self, policy: &PolicyID) -> bool {
        self.policies.contains_key(AsRef::<str>::as_ref(policy))
    }

    /// The place of a piece of a policy. What has no place of its own, or covers the whole policy, is shown at the
    /// policy's head.
    fn place(&self, policy: &str, loc: Option<&Loc>) -> Source {
        let Some((source, whole)) = self.policies.get(policy) else {
            return Source::default();
        };
        let Some(whole) = whole else {
            return (*source).clone();
        };
        // A link's slots are read from another text; a span in it means nothing here.
        let at = |span| match self.lines {
            Some(lines) => lines.place(&source.file, &whole.src, span),
            None => text::source(&source.file, &whole.src, span),
        };
        match loc.filter(|loc| Arc::ptr_eq(&loc.src, &whole.src) && loc.span != whole.span) {
            Some(loc) => at(loc.start()..loc.end()),
            None => {
                let head = whole.snippet().and_then(tokens::head);
                let span = head.map_or(whole.start()..whole.end(), |head| {
                    whole.start() + head.span.start..whole.start() + head.span.end
                });
                at(span)
            }
        }
    }

    fn error(&self, error: &ValidationError) -> Problem {
        let code = match error {
            ValidationError::EntityDerefLevelViolation(_) => Code::PolicyLevel,
            _ => Code::PolicyInvalid,
        };
        let (policy, loc) = error_place(error);
        self.problem(code, Severity::Error, policy, loc, error)
    }

    fn warning(&self, warning: &ValidationWarning) -> Problem {
        let (policy, loc) = warning_place(warning);
        let mut problem =
            self.problem(Code::PolicyWarning, Severity::Warning, policy, loc, warning);
        match warning {
            ValidationWarning::ImpossiblePolicy(_) => {
                problem.hint =
                    "correct the condition that can never hold, or remove the policy".into();
            }
            ValidationWarning::InvalidActionApplication(_) if warning.help().is_none() => {
                problem.hint =
                    "compare the scope with what its actions apply to in the schema".into();
            }
            _ => {}
        }
        problem
    }

    fn problem(
        &self,
        code: Code,
        severity: Severity,
        policy: &PolicyID,
        loc: Option<&Loc>,
        diagnostic: &dyn Diagnostic,
    ) -> Problem {
        let message = diagnostic.to_string();
        // The place says which policy it is, except for links, which all stand where their template stands.
        let message = match self.links.contains(policy.as_ref()) {
            true => message,
            false => message
                .strip_prefix(&format!("for policy `{policy}`"))
                .map(|rest| rest.trim_start_matches([',', ':', ' ']).to_owned())
                .unwrap_or(message),
        };
        let place = self.place(policy.as_ref(), loc);
        let mut problem = text::problem(code, severity, place, message);
        if let Some(help) = diagnostic.help() {
            let written = loc.and_then(Loc::snippet).unwrap_or_default();
            problem.hint = hint(&help.to_string(), policy, written);
        }
        problem
    }
}

/// The engine's advice: the policy is known from the place, and the `e` of `e has x && ..` from what is written there.
fn hint(help: &str, policy: &PolicyID, written: &str) -> String {
    let help = help
        .strip_prefix(&format!("for policy `{policy}`, "))
        .unwrap_or(help);
    let Some((before, access)) = help
        .split_once("`e")
        .filter(|(_, rest)| rest.starts_with(['.', ' ', '[']))
    else {
        return help.to_owned();
    };
    let Some((path, rest)) = access.split_once(" has ") else {
        return help.to_owned();
    };
    let attribute = rest.split(" && ").next().unwrap_or_default();
    let base = match attribute.starts_with('"') {
        true => written.strip_suffix(&format!("{path}[{attribute}]")),
        false => written.strip_suffix(&format!("{path}.{attribute}")),
    };
    match base {
        Some(base) => format!("{before}`{}{path} has {rest}", tokens::one_line(base)),
        None => help.to_owned(),
    }
}
