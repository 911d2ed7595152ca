//! The schema as plain values: which types there are, what they hold, and which requests make sense. For those who make
//! up requests and entities, or show a schema; everything is sorted by name, so equal schemas have equal outlines.

use std::collections::BTreeMap;

use cedar_policy_core::validator::{
    ValidatorEntityTypeKind,
    types::{Attributes, EntityKind, Type},
};

use crate::Schema;

/// A schema, read off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Entity types, by name.
    pub types: BTreeMap<String, TypeOutline>,
    /// Actions that apply to something, by id; groups of actions are left out.
    pub actions: BTreeMap<String, ActionOutline>,
}

/// An entity type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeOutline {
    /// Its attributes.
    pub attributes: BTreeMap<String, AttributeOutline>,
    /// What its tags hold, if it has tags.
    pub tags: Option<ValueOutline>,
    /// Types its entities can be in, directly or through others.
    pub ancestors: Vec<String>,
    /// The only ids there are, for an enumerated type.
    pub ids: Option<Vec<String>>,
}

/// An action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionOutline {
    /// Types that may ask.
    pub principals: Vec<String>,
    /// Types that may be asked about.
    pub resources: Vec<String>,
    /// What a request says about itself.
    pub context: BTreeMap<String, AttributeOutline>,
}

/// An attribute of an entity, a record or a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeOutline {
    /// It is always there.
    pub required: bool,
    /// What it holds.
    pub value: ValueOutline,
}

/// A type of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueOutline {
    /// True or false.
    Bool,
    /// An integer.
    Long,
    /// Text.
    String,
    /// An entity of this type.
    Entity(String),
    /// Any number of these.
    Set(Box<ValueOutline>),
    /// Named values.
    Record(BTreeMap<String, AttributeOutline>),
    /// A value of an extension: `ipaddr`, `decimal`, `datetime`, `duration`.
    Extension(String),
    /// Nothing can be said.
    Unknown,
}

impl Schema {
    /// Reads the schema off.
    #[must_use]
    pub fn outline(&self) -> Outline {
        let types = self
            .validator
            .entity_types()
            .map(|found| {
                let above = self.validator.ancestors(found.name());
                let mut ancestors: Vec<String> = above
                    .into_iter()
                    .flatten()
                    .map(ToString::to_string)
                    .collect();
                ancestors.sort_unstable();
                let ids = match &found.kind {
                    ValidatorEntityTypeKind::Enum(ids) => Some(
                        ids.iter()
                            .map(|id| AsRef::<str>::as_ref(id).to_owned())
                            .collect(),
                    ),
                    _ => None,
                };
                let outline = TypeOutline {
                    attributes: attributes(found.attributes()),
                    tags: found.tag_type().map(value),
                    ancestors,
                    ids,
                };
                (found.name().to_string(), outline)
            })
            .collect();
        let actions = self.validator.action_ids().filter_map(|action| {
            let names = |found: Vec<String>| {
                let mut names = found;
                names.sort_unstable();
                names
            };
            let principals = names(action.principals().map(ToString::to_string).collect());
            let resources = names(action.resources().map(ToString::to_string).collect());
            if principals.is_empty() || resources.is_empty() {
                return None;
            }
            let context = match action.context_type() {
                Some(Type::Record { attrs, .. }) => attributes(attrs),
                _ => BTreeMap::new(),
            };
            let outline = ActionOutline {
                principals,
                resources,
                context,
            };
            Some((action.name().to_string(), outline))
        });
        Outline {
            types,
            actions: actions.collect(),
        }
    }
}

fn attributes(found: &Attributes) -> BTreeMap<String, AttributeOutline> {
    found
        .iter()
        .map(|(name, attribute)| {
            let outline = AttributeOutline {
                required: attribute.is_required,
                value: value(&attribute.attr_type),
            };
            (name.to_string(), outline)
        })
        .collect()
}

fn value(found: &Type) -> ValueOutline {
    match found {
        Type::Bool(_) => ValueOutline::Bool,
        Type::Long => ValueOutline::Long,
        Type::String => ValueOutline::String,
        Type::Entity(EntityKind::Entity(kind)) => kind
            .get_single_entity()
            .map_or(ValueOutline::Unknown, |name| {
                ValueOutline::Entity(name.to_string())
            }),
        Type::Set {
            element_type: Some(element),
        } => ValueOutline::Set(Box::new(value(element))),
        Type::Record { attrs, .. } => ValueOutline::Record(attributes(attrs)),
        Type::ExtensionType { name } => ValueOutline::Extension(name.to_string()),
        _ => ValueOutline::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Files;

    #[test]
    fn a_schema_is_read_off() {
        let text = r#"
            entity Color enum ["red", "blue"];
            entity Team;
            entity User in [Team] = { name: String, boss?: User, seen: Set<datetime>, at: { x: Long } } tags Bool;
            action work;
            action view in [work] appliesTo { principal: [User, Team], resource: Color, context: { mfa: Bool, ip?: ipaddr } };
        "#;
        let files = Files::from([("s.cedarschema".to_owned(), Arc::from(text.as_bytes()))]);
        let (schema, problems) = Schema::parse(&files);
        let outline = schema.unwrap_or_else(|| panic!("{problems:?}")).outline();
        assert_eq!(
            outline.types["Color"].ids,
            Some(vec!["red".to_owned(), "blue".to_owned()])
        );
        let user = &outline.types["User"];
        assert_eq!(user.ancestors, ["Team"]);
        assert_eq!(user.tags, Some(ValueOutline::Bool));
        assert!(!user.attributes["boss"].required);
        assert_eq!(
            user.attributes["boss"].value,
            ValueOutline::Entity("User".to_owned())
        );
        let set = ValueOutline::Set(Box::new(ValueOutline::Extension("datetime".to_owned())));
        assert_eq!(user.attributes["seen"].value, set);
        let ValueOutline::Record(at) = &user.attributes["at"].value else {
            panic!("no record")
        };
        assert_eq!(at["x"].value, ValueOutline::Long);
        assert_eq!(outline.actions.len(), 1);
        let view = &outline.actions["Action::\"view\""];
        assert_eq!(view.principals, ["Team", "User"]);
        assert_eq!(view.resources, ["Color"]);
        assert_eq!(view.context.keys().collect::<Vec<_>>(), ["ip", "mfa"]);
    }
}
