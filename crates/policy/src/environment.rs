//! Kinds of requests: which there are by the schema, and which policies could apply to one. For proofs, which are about all
//! requests and entities that fit the schema, and so may leave out more than the replay's index, which trusts no slice.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use cedar_policy_core::{
    ast::{
        self, BinaryOp, EntityReference, EntityType, EntityUID, Expr, ExprKind, Literal,
        PrincipalOrResourceConstraint as Constraint, StaticPolicy,
    },
    evaluator::Evaluator,
    extensions::Extensions,
    validator::{ValidationMode, ValidatorSchema, types::RequestEnv},
};
use model::Environment;

use crate::{Asked, EntityStore, Policy, PolicySet, Schema, index::action_matches};

impl Schema {
    /// Every kind of request the schema allows, sorted.
    #[must_use]
    pub fn environments(&self) -> Vec<Environment> {
        let all: BTreeSet<_> = self
            .validator
            .unlinked_request_envs(ValidationMode::Strict)
            .filter_map(|environment| match environment {
                RequestEnv::DeclaredAction {
                    principal,
                    action,
                    resource,
                    ..
                } => Some(Environment {
                    action: action.to_string(),
                    principal: principal.to_string(),
                    resource: resource.to_string(),
                }),
                RequestEnv::UndeclaredAction => None,
            })
            .collect();
        all.into_iter().collect()
    }

    /// The groups an action is in, all the way up, sorted.
    #[must_use]
    pub fn action_groups(&self, action: &str) -> Vec<String> {
        let entity = action.parse().ok().and_then(|uid| self.action(&uid));
        let mut groups: Vec<_> = entity
            .iter()
            .flat_map(|entity| entity.ancestors())
            .map(ToString::to_string)
            .collect();
        groups.sort_unstable();
        groups
    }

    /// An entity of that type always has the attribute.
    #[must_use]
    pub fn requires(&self, kind: &str, attribute: &str) -> bool {
        let kind = kind.parse::<EntityType>().ok();
        kind.and_then(|kind| self.validator.get_entity_type(&kind))
            .and_then(|kind| kind.attr(attribute))
            .is_some_and(|attribute| attribute.is_required)
    }

    /// The engine's schema.
    #[must_use]
    pub fn engine(&self) -> &ValidatorSchema {
        &self.validator
    }
}

impl PolicySet {
    /// The policies whose scope could match a request of that kind, in the order of the set.
    ///
    /// INVARIANT: a policy left out says no, without error, to every such request that fits the schema together with its
    /// entities.
    #[must_use]
    pub fn in_scope(&self, environment: &Environment, schema: &Schema) -> Vec<&Policy> {
        let scoped = self.scoped(environment, schema).into_iter();
        scoped.map(|policy| &**policy).collect()
    }

    /// A set of these alone. It says to such a request what the whole set says, and sooner.
    #[must_use]
    pub fn narrowed(&self, environment: &Environment, schema: &Schema) -> Self {
        let mut narrow = Self::default();
        for policy in self.scoped(environment, schema) {
            narrow.push(Arc::clone(policy));
        }
        narrow
    }

    fn scoped(&self, environment: &Environment, schema: &Schema) -> Vec<&Arc<Policy>> {
        let action = environment.action.parse::<EntityUID>().ok();
        let [principal, resource] =
            [&environment.principal, &environment.resource].map(|name| name.parse().ok());
        let (Some(action), Some(principal), Some(resource)) = (action, principal, resource) else {
            return Vec::new();
        };
        let groups = schema.action(&action);
        self.policies()
            .iter()
            .filter(|policy| {
                action_matches(policy.ast.action_constraint(), &action, groups.as_deref())
            })
            .filter(|policy| {
                let (who, what) = (
                    policy.ast.principal_constraint(),
                    policy.ast.resource_constraint(),
                );
                admits(who.as_inner(), &principal, schema)
                    && admits(what.as_inner(), &resource, schema)
            })
            .collect()
    }
}

impl Policy {
    /// The engine's policy, with the slots of a linked template filled.
    #[must_use]
    pub fn engine(&self) -> ast::Policy {
        if self.ast.is_static() {
            return self.ast.clone();
        }
        StaticPolicy::new(
            self.ast.id().clone(),
            None,
            self.ast.annotations_arc().as_ref().clone(),
            self.ast.effect(),
            self.ast.principal_constraint(),
            self.ast.action_constraint().clone(),
            self.ast.resource_constraint(),
            self.ast.non_scope_constraints().cloned(),
        )
        .map_or_else(|_| self.ast.clone(), Into::into)
    }

    /// Whether it matches a request; the error says in words why it could not be evaluated.
    ///
    /// # Errors
    /// The words.
    pub fn matches(&self, store: &EntityStore, asked: &Asked) -> Result<bool, String> {
        let extensions = Extensions::all_available();
        Evaluator::new(asked.0.clone(), &store.entities, extensions)
            .evaluate(&self.ast)
            .map_err(|error| error.to_string())
    }
}

/// What policies speak of by name, which is what their readers know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// Entity ids.
    pub ids: BTreeSet<String>,
    /// Names of attributes that are read.
    pub attributes: BTreeSet<String>,
    /// Texts that attributes are compared with, by the attribute's name.
    pub values: BTreeMap<String, BTreeSet<String>>,
}

impl Policy {
    /// What it speaks of, added to what is known.
    pub fn speak(&self, vocabulary: &mut Vocabulary) {
        for part in self.engine().condition().subexpressions() {
            vocabulary.learn(part);
        }
    }
}

impl Vocabulary {
    fn learn(&mut self, part: &Expr) {
        match part.expr_kind() {
            ExprKind::Lit(Literal::EntityUID(uid)) => {
                self.ids.insert(uid.to_string());
            }
            ExprKind::GetAttr { attr, .. } | ExprKind::HasAttr { attr, .. } => {
                self.attributes.insert(attr.to_string());
            }
            ExprKind::BinaryApp {
                op: BinaryOp::Eq | BinaryOp::Contains,
                arg1,
                arg2,
            } => {
                for (one, other) in [(arg1, arg2), (arg2, arg1)] {
                    if let ExprKind::GetAttr { attr, .. } = one.expr_kind() {
                        let known = self.values.entry(attr.to_string()).or_default();
                        known.extend(texts(other));
                    }
                }
            }
            _ => {}
        }
    }
}

/// The text an expression is, or those it is a set of.
fn texts(expr: &Expr) -> Vec<String> {
    match expr.expr_kind() {
        ExprKind::Lit(Literal::String(text)) => vec![text.to_string()],
        ExprKind::Set(elements) => elements.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// An entity of that type could match.
fn admits(constraint: &Constraint, kind: &EntityType, schema: &Schema) -> bool {
    // What is not known to the schema is left to the proof to complain about.
    let could_be_in = |reference: &EntityReference| match reference {
        EntityReference::Slot(_) => true,
        EntityReference::EUID(uid) => {
            uid.entity_type() == kind
                || schema
                    .validator
                    .get_entity_type(uid.entity_type())
                    .is_none_or(|above| above.descendants.contains(kind))
        }
    };
    match constraint {
        Constraint::Any => true,
        Constraint::Is(only) => **only == *kind,
        Constraint::In(reference) => could_be_in(reference),
        Constraint::IsIn(only, reference) => **only == *kind && could_be_in(reference),
        Constraint::Eq(EntityReference::EUID(uid)) => uid.entity_type() == kind,
        Constraint::Eq(EntityReference::Slot(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use model::Request;

    use super::*;
    use crate::{EntityReader, Files};

    fn compiled() -> crate::Compiled {
        let schema = "entity Group; entity User in [Group]; entity Bot; entity Doc in [Folder]; entity Folder; \
            action work; action read in [work] appliesTo { principal: [User, Bot], resource: Doc }; \
            action list appliesTo { principal: User, resource: Folder };";
        let policies = r#"
            @id("any") permit(principal, action, resource);
            @id("work") permit(principal is User, action in Action::"work", resource);
            @id("staff") forbid(principal in Group::"staff", action, resource);
            @id("one") permit(principal == Bot::"b", action == Action::"read", resource in Folder::"f");
            @id("slot") permit(principal == ?principal, action, resource in ?resource) when { resource == Doc::"d" };
        "#;
        let links = r#"[{"template_id": "slot", "link_id": "link",
            "args": {"?principal": "User::\"u\"", "?resource": "Folder::\"f\""}}]"#;
        crate::compile(&Files::from(
            [
                ("s.cedarschema", schema),
                ("p.cedar", policies),
                ("links.json", links),
            ]
            .map(|(path, text)| (path.to_owned(), Arc::from(text.as_bytes()))),
        ))
    }

    #[test]
    fn the_schema_tells_which_policies_could_apply() {
        let compiled = compiled();
        let schema = compiled.schema.unwrap();
        let of: Vec<_> = schema
            .environments()
            .iter()
            .map(|environment| {
                let ids: Vec<_> = compiled
                    .set
                    .in_scope(environment, &schema)
                    .iter()
                    .map(|policy| policy.id.clone())
                    .collect();
                format!(
                    "{} {} {}: {}",
                    environment.principal,
                    environment.action,
                    environment.resource,
                    ids.join(" ")
                )
            })
            .collect();
        assert_eq!(
            of,
            [
                "User Action::\"list\" Folder: any staff link",
                "Bot Action::\"read\" Doc: any one",
                "User Action::\"read\" Doc: any work staff link",
            ]
        );
        assert_eq!(
            schema.action_groups("Action::\"read\""),
            ["Action::\"work\""]
        );
    }

    #[test]
    fn policies_speak_of_ids_and_of_what_attributes_are_compared_with() {
        let policy = r#"permit(principal in G::"g", action, resource)
            when { resource.class != "P0" && ["a", "b"].contains(context.x) && resource.other == principal };"#;
        let files = Files::from([("p.cedar".to_owned(), Arc::from(policy.as_bytes()))]);
        let mut vocabulary = Vocabulary::default();
        let set = PolicySet::parse(&files).0;
        set.policies()
            .iter()
            .for_each(|policy| policy.speak(&mut vocabulary));
        assert_eq!(vocabulary.ids.len(), 1);
        assert_eq!(vocabulary.attributes.len(), 3);
        let known: Vec<_> = vocabulary
            .values
            .iter()
            .map(|(name, texts)| format!("{name}: {texts:?}"))
            .collect();
        assert_eq!(known, [r#"class: {"P0"}"#, "other: {}", r#"x: {"a", "b"}"#]);
    }

    #[test]
    fn a_link_is_the_policy_it_stands_for() {
        let compiled = compiled();
        let link = compiled.set.get("link").unwrap();
        let text = link.engine().to_string();
        assert!(text.contains("principal == User::\"u\""), "{text}");
        assert!(link.engine().is_static());
        let reader = EntityReader::new(compiled.schema.as_deref().unwrap());
        let asked = |id: &str| {
            let request = Request {
                principal: format!("User::\"{id}\""),
                action: "Action::\"read\"".into(),
                resource: "Doc::\"d\"".into(),
                context: serde_json::Map::new(),
            };
            reader.request(&request, true).unwrap()
        };
        let matches = |id| link.matches(&compiled.entities, &asked(id));
        assert_eq!((matches("u"), matches("v")), (Ok(false), Ok(false)));
        let any = compiled.set.get("any").unwrap();
        assert_eq!(any.matches(&compiled.entities, &asked("u")), Ok(true));
    }
}
