//! What a schema says, kept the way its author wrote it: with `@doc`, with the places of declarations, and with named types
//! still named. The validator expands all of that away.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use cedar_policy_core::{
    ast::{Eid, EntityUID},
    est,
    parser::Loc,
    validator::{RawName, ValidatorSchema, json_schema as written},
};
use model::Source;

use crate::{Schema, text, tokens};

/// Types and actions by their full names.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub(super) types: BTreeMap<String, TypeEntry>,
    pub(super) actions: BTreeMap<String, ActionEntry>,
    common: BTreeMap<String, CommonEntry>,
}

/// An entity type.
#[derive(Debug)]
pub(super) struct TypeEntry {
    pub(super) doc: String,
    pub(super) declared: Option<Declared>,
    pub(super) fields: Fields,
    /// What its tags hold.
    pub(super) tags: Option<Ty>,
    /// The only ids there are.
    pub(super) ids: Option<Vec<String>>,
    /// Types its entities can be in.
    pub(super) above: Vec<String>,
}

/// An action or a group of actions.
#[derive(Debug)]
pub(super) struct ActionEntry {
    pub(super) doc: String,
    pub(super) declared: Option<Declared>,
    pub(super) principals: BTreeSet<String>,
    pub(super) resources: BTreeSet<String>,
    pub(super) context: Fields,
    /// The groups it is in, directly or through others.
    pub(super) groups: Vec<String>,
}

#[derive(Debug)]
struct CommonEntry {
    ty: Ty,
    doc: String,
}

/// Attributes by name, or the common type that has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fields {
    Here(Arc<BTreeMap<String, Field>>),
    Common(String),
}

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) ty: Ty,
    pub(super) required: bool,
    pub(super) doc: String,
    pub(super) declared: Option<Declared>,
}

/// A type of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    Bool,
    Long,
    String,
    /// `ipaddr`, `decimal`, `datetime`, `duration`.
    Extension(String),
    Entity(String),
    Action,
    Set(Box<Ty>),
    Record(Fields),
    /// A named type.
    Common(String),
    Unknown,
}

impl Ty {
    /// As a schema would write it; records in short.
    pub(super) fn name(&self) -> String {
        match self {
            Ty::Bool => "Bool".into(),
            Ty::Long => "Long".into(),
            Ty::String => "String".into(),
            Ty::Extension(name) | Ty::Entity(name) | Ty::Common(name) => name.clone(),
            Ty::Record(Fields::Common(name)) => name.clone(),
            Ty::Action => "Action".into(),
            Ty::Set(element) => format!("Set<{}>", element.name()),
            Ty::Record(Fields::Here(fields)) => match fields.len() {
                0..=4 => {
                    let names: Vec<_> = fields.keys().map(String::as_str).collect();
                    format!("{{ {} }}", names.join(", "))
                }
                more => format!("{{ {more} attributes }}"),
            },
            Ty::Unknown => "?".into(),
        }
    }
}

impl Catalog {
    pub(crate) fn new(schema: &Schema) -> Self {
        let mut catalog = Self::default();
        let reader = Reader::new(schema);
        for (file, fragment) in &schema.fragments {
            let file: Arc<str> = Arc::from(file.as_str());
            for (namespace, definition) in &fragment.0 {
                let namespace = namespace
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let place = Place {
                    reader: &reader,
                    file: Arc::clone(&file),
                    namespace: &namespace,
                };
                place.read(definition, &schema.validator, &mut catalog);
            }
        }
        catalog
    }

    /// A type with its name looked up.
    pub(super) fn resolve<'t>(&'t self, ty: &'t Ty) -> &'t Ty {
        let mut ty = ty;
        // Named types cannot be circular in a schema that was accepted; the bound is for safety.
        for _ in 0..32 {
            let name = match ty {
                Ty::Common(name) | Ty::Record(Fields::Common(name)) => name,
                _ => return ty,
            };
            match self.common.get(name) {
                Some(found) => ty = &found.ty,
                None => return &Ty::Unknown,
            }
        }
        &Ty::Unknown
    }

    /// The attributes of a record or entity.
    pub(super) fn fields<'t>(&'t self, ty: &'t Ty) -> Option<&'t BTreeMap<String, Field>> {
        match self.resolve(ty) {
            Ty::Record(Fields::Here(fields)) => Some(fields),
            Ty::Entity(name) => self.listed(&self.types.get(name)?.fields),
            _ => None,
        }
    }

    /// Attributes, wherever they are listed.
    pub(super) fn listed<'t>(&'t self, fields: &'t Fields) -> Option<&'t BTreeMap<String, Field>> {
        match fields {
            Fields::Here(fields) => Some(fields),
            Fields::Common(name) => self.common_fields(name),
        }
    }

    /// The attributes of a common type.
    pub(super) fn common_fields(&self, name: &str) -> Option<&BTreeMap<String, Field>> {
        match self.resolve(&self.common.get(name)?.ty) {
            Ty::Record(Fields::Here(fields)) => Some(fields),
            _ => None,
        }
    }

    /// What is said about a named type.
    pub(super) fn common_doc(&self, ty: &Ty) -> &str {
        match ty {
            Ty::Common(name) | Ty::Record(Fields::Common(name)) => {
                self.common.get(name).map_or("", |found| &found.doc)
            }
            _ => "",
        }
    }

    /// The actions of a group, itself among them.
    pub(super) fn members<'c>(&'c self, group: &str) -> Vec<&'c str> {
        self.actions
            .iter()
            .filter(|(id, action)| *id == group || action.groups.iter().any(|above| above == group))
            .map(|(id, _)| id.as_str())
            .collect()
    }
}

/// Which names are declared, for telling what an unqualified one means.
struct Reader {
    common: BTreeSet<String>,
    entities: BTreeSet<String>,
    /// The groups of each action.
    groups: BTreeMap<String, Vec<String>>,
}

fn full(namespace: &str, name: &str) -> String {
    match namespace.is_empty() || name.contains("::") {
        true => name.to_owned(),
        false => format!("{namespace}::{name}"),
    }
}

impl Reader {
    fn new(schema: &Schema) -> Self {
        let (mut common, mut entities) = (BTreeSet::new(), BTreeSet::new());
        for (namespace, definition) in schema.fragments.iter().flat_map(|(_, part)| &part.0) {
            let namespace = namespace
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            let names = definition.common_types.keys();
            common.extend(names.map(|name| full(&namespace, name.as_ref().as_ref())));
            let names = definition.entity_types.keys();
            entities.extend(names.map(|name| full(&namespace, name.as_ref())));
        }
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for group in schema.validator.action_ids() {
            for member in group.descendants() {
                let above = groups.entry(member.to_string()).or_default();
                above.push(group.name().to_string());
            }
        }
        groups.values_mut().for_each(|above| above.sort_unstable());
        Self {
            common,
            entities,
            groups,
        }
    }

    /// Cedar's rule: a name without `::` is looked for in its namespace, then outside all, then among the built-in types.
    fn named(&self, namespace: &str, name: &str) -> Ty {
        for candidate in [full(namespace, name), name.to_owned()] {
            if self.common.contains(&candidate) {
                return Ty::Common(candidate);
            }
            if self.entities.contains(&candidate) {
                return Ty::Entity(candidate);
            }
        }
        let name = name.strip_prefix("__cedar::").unwrap_or(name);
        match name {
            "Bool" | "Boolean" => Ty::Bool,
            "Long" => Ty::Long,
            "String" => Ty::String,
            "ipaddr" | "decimal" | "datetime" | "duration" => Ty::Extension(name.to_owned()),
            _ => Ty::Unknown,
        }
    }
}

/// Where a part of a schema is being read.
struct Place<'a> {
    reader: &'a Reader,
    file: Arc<str>,
    namespace: &'a str,
}

impl Place<'_> {
    fn read(
        &self,
        definition: &written::NamespaceDefinition<RawName>,
        validator: &ValidatorSchema,
        catalog: &mut Catalog,
    ) {
        for (name, common) in &definition.common_types {
            let name = full(self.namespace, name.as_ref().as_ref());
            let entry = CommonEntry {
                ty: self.ty(&common.ty, common.loc.as_ref()),
                doc: doc(&common.annotations),
            };
            catalog.common.insert(name, entry);
        }
        for (name, entity) in &definition.entity_types {
            let name = full(self.namespace, name.as_ref());
            let loc = entity.loc.as_ref();
            let (fields, tags, ids) = match &entity.kind {
                written::EntityTypeKind::Standard(standard) => (
                    self.fields(&standard.shape.0, loc),
                    standard.tags.as_ref().map(|tags| self.ty(tags, loc)),
                    None,
                ),
                written::EntityTypeKind::Enum { choices } => {
                    let ids = choices.iter().map(|id| AsRef::<str>::as_ref(id).to_owned());
                    (Fields::Here(Arc::default()), None, Some(ids.collect()))
                }
            };
            let parsed = name.parse().ok();
            let mut above: Vec<String> = parsed
                .as_ref()
                .and_then(|parsed| validator.ancestors(parsed))
                .into_iter()
                .flatten()
                .map(ToString::to_string)
                .collect();
            above.sort_unstable();
            let entry = TypeEntry {
                doc: doc(&entity.annotations),
                declared: self.declared(loc, name.rsplit("::").next().unwrap_or(&name)),
                fields,
                tags,
                ids,
                above,
            };
            catalog.types.insert(name, entry);
        }
        for (name, action) in &definition.actions {
            let kind = full(self.namespace, "Action");
            let eid = Eid::new(name.clone());
            let Some(uid) = kind
                .parse()
                .ok()
                .map(|kind| EntityUID::from_components(kind, eid, None))
            else {
                continue;
            };
            let Some(found) = validator.get_action_id(&uid) else {
                continue;
            };
            let loc = action.loc.as_ref();
            let context = action
                .applies_to
                .as_ref()
                .map(|applies| self.fields(&applies.context.0, loc));
            let uid = uid.to_string();
            let entry = ActionEntry {
                doc: doc(&action.annotations),
                declared: self.declared(loc, name),
                principals: found.principals().map(ToString::to_string).collect(),
                resources: found.resources().map(ToString::to_string).collect(),
                context: context.unwrap_or_else(|| Fields::Here(Arc::default())),
                groups: self.reader.groups.get(&uid).cloned().unwrap_or_default(),
            };
            catalog.actions.insert(uid, entry);
        }
    }

    fn ty(&self, ty: &written::Type<RawName>, loc: Option<&Loc>) -> Ty {
        let named = |name: &RawName| self.reader.named(self.namespace, &name.to_string());
        match ty {
            written::Type::CommonTypeRef { type_name, .. } => named(type_name),
            written::Type::Type { ty, .. } => match ty {
                written::TypeVariant::String => Ty::String,
                written::TypeVariant::Long => Ty::Long,
                written::TypeVariant::Boolean => Ty::Bool,
                written::TypeVariant::Set { element } => Ty::Set(Box::new(self.ty(element, loc))),
                written::TypeVariant::Record(record) => Ty::Record(self.record(record, loc)),
                written::TypeVariant::Entity { name } => named(name),
                written::TypeVariant::EntityOrCommon { type_name } => named(type_name),
                written::TypeVariant::Extension { name } => Ty::Extension(name.to_string()),
            },
        }
    }

    fn fields(&self, ty: &written::Type<RawName>, loc: Option<&Loc>) -> Fields {
        match self.ty(ty, loc) {
            Ty::Record(fields) => fields,
            Ty::Common(name) => Fields::Common(name),
            _ => Fields::Here(Arc::default()),
        }
    }

    fn record(&self, record: &written::RecordType<RawName>, loc: Option<&Loc>) -> Fields {
        let fields = record.attributes.iter().map(|(name, attribute)| {
            let field = Field {
                ty: self.ty(&attribute.ty, loc),
                required: attribute.required,
                doc: doc(&attribute.annotations),
                declared: self.declared(loc, name),
            };
            (name.to_string(), field)
        });
        Fields::Here(Arc::new(fields.collect()))
    }

    fn declared(&self, loc: Option<&Loc>, name: &str) -> Option<Declared> {
        Some(Declared {
            file: Arc::clone(&self.file),
            loc: loc?.clone(),
            name: name.to_owned(),
        })
    }
}

/// Where something is declared: the engine knows only the declaration around it, so the name is looked for when asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    file: Arc<str>,
    loc: Loc,
    name: String,
}

impl Declared {
    pub(super) fn place(&self) -> Source {
        let snippet = self.loc.snippet().unwrap_or_default();
        let all = tokens::tokens(snippet);
        let text = |at: usize| all.get(at).map_or("", |token| token.text(snippet));
        let quoted = format!("\"{}\"", self.name);
        let found = all.iter().enumerate().find(|(at, token)| {
            let own = token.text(snippet);
            // In an annotation, or as the type of something else, it is not declared.
            (own == self.name || own == quoted)
                && !matches!(text(at.wrapping_sub(1)), "(" | ":" | "<" | "::" | "@")
        });
        let span = found.map_or(0..0, |(_, token)| token.span.clone());
        let start = self.loc.start();
        text::source(
            &self.file,
            &self.loc.src,
            start + span.start..start + span.end,
        )
    }
}

/// The words of `@doc`.
fn doc(annotations: &est::Annotations) -> String {
    annotations
        .0
        .iter()
        .find(|(name, _)| AsRef::<str>::as_ref(name) == "doc")
        .and_then(|(_, value)| value.as_ref())
        .map(|value| value.val.to_string())
        .unwrap_or_default()
}
