//! Entities and contexts that fit the schema, read fast: values are made as their types say, in one pass over the JSON.
//!
//! INVARIANT: what is read here, the engine reads alike. Whatever does not fit to the letter, or is written in a way that is not
//! the ordinary one, yields nothing, and the engine's own reader is asked instead, which also says what is wrong.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
    sync::Arc,
};

use cedar_policy_core::{
    ast::{Context, Eid, Entity, EntityType, EntityUID, Name, PartialValue, Value},
    entities::{EntityTypeDescription as _, Schema as _, SchemaType},
    extensions::Extensions,
    validator::{CoreSchema, ValidatorEntityTypeKind, ValidatorSchema, context_schema_for_action},
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use smol_str::SmolStr;

/// Fields of one object read here at most.
const MANY: usize = 256;

/// What a schema says of values, ready for reading.
#[derive(Debug)]
pub(crate) struct Fitting {
    kinds: HashMap<String, Kind>,
    contexts: HashMap<EntityUID, Fields>,
}

/// An entity type.
#[derive(Debug)]
struct Kind {
    name: EntityType,
    attributes: Fields,
    tags: Option<Shape>,
    above: HashMap<String, EntityType>,
}

type Fields = BTreeMap<SmolStr, (Shape, bool)>;

/// What a value looks like.
#[derive(Debug)]
enum Shape {
    Bool,
    Long,
    Text,
    Uid(String, EntityType),
    /// A value made by calling this function with a text.
    Extension(&'static str, Name),
    Set(Box<Shape>),
    /// With which of the fields are required.
    Record(Fields),
    /// Something for the engine to read.
    Odd,
}

impl Fitting {
    pub fn new(schema: &ValidatorSchema) -> Self {
        let core = CoreSchema::new(schema);
        let plain = |name: &EntityType| {
            let known = schema.get_entity_type(name);
            !name.is_action()
                && known.is_some_and(|known| {
                    !known.is_external() && !matches!(known.kind, ValidatorEntityTypeKind::Enum(_))
                })
        };
        let shape = |kind: &SchemaType| Shape::new(kind, &plain);
        let kinds = schema.entity_types().filter_map(|known| {
            let name = known.name();
            let described = core.entity_type(name)?;
            if !plain(name) || described.open_attributes() {
                return None;
            }
            let attributes = known.attributes();
            let attributes = attributes.iter().map(|(attribute, kind)| {
                let shape = described
                    .attr_type(attribute)
                    .as_ref()
                    .map_or(Shape::Odd, &shape);
                (attribute.clone(), (shape, kind.is_required))
            });
            let parents = described.allowed_parent_types();
            let kind = Kind {
                name: name.clone(),
                attributes: attributes.collect(),
                tags: described.tag_type().as_ref().map(&shape),
                above: parents
                    .iter()
                    .filter(|name| plain(name))
                    .map(|name| (name.to_string(), name.clone()))
                    .collect(),
            };
            Some((name.to_string(), kind))
        });
        let contexts = schema.actions().filter_map(|action| {
            use cedar_policy_core::entities::ContextSchema as _;
            let expected = context_schema_for_action(schema, action)?.context_type();
            match shape(&expected) {
                Shape::Record(fields) => Some((action.clone(), fields)),
                _ => None,
            }
        });
        Self {
            kinds: kinds.collect(),
            contexts: contexts.collect(),
        }
    }

    /// An entity, `{uid, attrs, parents, tags}`.
    pub fn entity(&self, json: &str) -> Option<Entity> {
        let mut parts = serde_json::from_str::<Json<'_>>(json).ok()?.fields()?;
        let [uid, attributes, parents, tags] =
            ["uid", "attrs", "parents", "tags"].map(|name| take(&mut parts, name));
        if !parts.is_empty() {
            return None;
        }
        let (kind, id) = uid?.uid()?;
        let kind = self.kinds.get(&*kind)?;
        let attributes = record(attributes?, &kind.attributes)?;
        let above = parents?.items()?.into_iter().map(|parent| {
            let (name, id) = parent.uid()?;
            Some(named(kind.above.get(&*name)?, &id))
        });
        let parents: HashSet<EntityUID> = above.collect::<Option<_>>()?;
        let tags: Vec<(SmolStr, Value)> = match tags {
            None => Vec::new(),
            Some(tags) => {
                let shape = kind.tags.as_ref()?;
                let tags = tags.fields()?.into_iter();
                let tags = tags.map(|(name, tag)| Some((SmolStr::new(name), tag.value(shape)?)));
                tags.collect::<Option<_>>()?
            }
        };
        let partial = |(name, value)| (name, PartialValue::Value(value));
        Some(Entity::new_with_attr_partial_value(
            named(&kind.name, &id),
            attributes.into_iter().map(partial),
            HashSet::new(),
            parents,
            tags.into_iter().map(partial),
        ))
    }

    /// The attributes among these that a type declares; what it does not declare is left out.
    ///
    /// # Errors
    /// In words, what does not fit.
    pub fn attributes(
        &self,
        kind: &EntityType,
        json: &str,
    ) -> Result<Vec<(SmolStr, PartialValue)>, String> {
        let read = serde_json::from_str::<Json<'_>>(json).map_err(|error| error.to_string())?;
        let given = read
            .fields()
            .ok_or("not an object, or one with a member twice")?;
        let Some(known) = self.kinds.get(&kind.to_string()) else {
            return Ok(Vec::new());
        };
        let declared = given.into_iter().filter_map(|(name, value)| {
            let (name, (shape, _)) = known.attributes.get_key_value(&*name)?;
            let value = value.value(shape).map(PartialValue::Value);
            let value = value.ok_or_else(|| format!("`{name}` is not as `{kind}` declares it"));
            Some(value.map(|value| (name.clone(), value)))
        });
        declared.collect()
    }

    /// Whether an action's requests can have this in their context.
    pub fn admits(&self, action: &EntityUID, name: &str) -> bool {
        let fields = self.contexts.get(action);
        fields.is_none_or(|fields| fields.contains_key(name))
    }

    /// The context of a request for an action.
    pub fn context(&self, json: &str, action: &EntityUID) -> Option<Context> {
        let fields = self.contexts.get(action)?;
        let values = record(serde_json::from_str(json).ok()?, fields)?;
        Some(Context::Value(Arc::new(values)))
    }
}

impl Shape {
    fn new(kind: &SchemaType, plain: &impl Fn(&EntityType) -> bool) -> Self {
        match kind {
            SchemaType::Bool => Self::Bool,
            SchemaType::Long => Self::Long,
            SchemaType::String => Self::Text,
            SchemaType::Entity { ty } if plain(ty) => Self::Uid(ty.to_string(), ty.clone()),
            SchemaType::Extension { name } => {
                let function = match name.to_string().as_str() {
                    "ipaddr" => "ip",
                    "decimal" => "decimal",
                    "datetime" => "datetime",
                    "duration" => "duration",
                    _ => return Self::Odd,
                };
                function
                    .parse::<Name>()
                    .map_or(Self::Odd, |name| Self::Extension(function, name))
            }
            SchemaType::Set { element_ty } => Self::Set(Box::new(Self::new(element_ty, plain))),
            SchemaType::Record {
                attrs,
                open_attrs: false,
            } => {
                let fields = attrs.iter().map(|(name, field)| {
                    let shape = Self::new(field.schema_type(), plain);
                    (name.clone(), (shape, field.is_required()))
                });
                Self::Record(fields.collect())
            }
            _ => Self::Odd,
        }
    }
}

fn named(kind: &EntityType, id: &str) -> EntityUID {
    EntityUID::from_components(kind.clone(), Eid::new(id), None)
}

fn record(json: Json<'_>, fields: &Fields) -> Option<BTreeMap<SmolStr, Value>> {
    let mut values = BTreeMap::new();
    for (name, value) in json.fields()? {
        let (name, (shape, _)) = fields.get_key_value(&*name)?;
        values.insert(name.clone(), value.value(shape)?);
    }
    let whole = fields
        .iter()
        .all(|(name, (_, required))| !required || values.contains_key(name));
    whole.then_some(values)
}

/// A JSON value whose texts are borrowed where that is possible. Names of fields are in order of appearance, each once.
enum Json<'j> {
    Bool(bool),
    Long(i64),
    Text(Cow<'j, str>),
    Items(Vec<Json<'j>>),
    Fields(Vec<(Cow<'j, str>, Json<'j>)>),
    /// Null, a fraction, a number too large, or a field given twice.
    Odd,
}

fn take<'j>(fields: &mut Vec<(Cow<'j, str>, Json<'j>)>, name: &str) -> Option<Json<'j>> {
    let at = fields.iter().position(|(field, _)| field == name)?;
    Some(fields.swap_remove(at).1)
}

impl<'j> Json<'j> {
    fn fields(self) -> Option<Vec<(Cow<'j, str>, Json<'j>)>> {
        match self {
            Self::Fields(fields) => Some(fields),
            _ => None,
        }
    }

    fn items(self) -> Option<Vec<Json<'j>>> {
        match self {
            Self::Items(items) => Some(items),
            _ => None,
        }
    }

    fn text(self) -> Option<Cow<'j, str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The only two fields of an object.
    fn pair(self, first: &str, second: &str) -> Option<[Json<'j>; 2]> {
        let mut fields = self.fields().filter(|fields| fields.len() == 2)?;
        Some([take(&mut fields, first)?, take(&mut fields, second)?])
    }

    /// What an escape like `__entity` holds, or the value itself.
    fn unescaped(self, escape: &str) -> Self {
        match self {
            Self::Fields(mut fields) if fields.len() == 1 => match take(&mut fields, escape) {
                Some(inner) => inner,
                None => Self::Fields(fields),
            },
            other => other,
        }
    }

    /// Type and id.
    fn uid(self) -> Option<(Cow<'j, str>, Cow<'j, str>)> {
        let [kind, id] = self.unescaped("__entity").pair("type", "id")?;
        Some((kind.text()?, id.text()?))
    }

    fn value(self, shape: &Shape) -> Option<Value> {
        Some(match (shape, self) {
            (Shape::Bool, Self::Bool(bool)) => bool.into(),
            (Shape::Long, Self::Long(long)) => long.into(),
            (Shape::Text, Self::Text(text)) => text.as_ref().into(),
            (Shape::Uid(name, kind), json @ Self::Fields(_)) => {
                let (named_kind, id) = json.uid()?;
                (*named_kind == **name).then(|| named(kind, &id))?.into()
            }
            (Shape::Extension(function, name), json) => {
                let text = match json {
                    Self::Text(text) => text,
                    escaped => {
                        let [called, text] = escaped.unescaped("__extn").pair("fn", "arg")?;
                        (called.text()? == *function).then(|| text.text())??
                    }
                };
                let function = Extensions::all_available().func(name).ok()?;
                match function.call(&[text.as_ref().into()]).ok()? {
                    PartialValue::Value(value) => value,
                    PartialValue::Residual(_) => return None,
                }
            }
            (Shape::Set(element), Self::Items(items)) => {
                let items = items.into_iter().map(|item| item.value(element));
                Value::set(items.collect::<Option<Vec<_>>>()?, None)
            }
            (Shape::Record(fields), json @ Self::Fields(_)) => {
                Value::record_arc(Arc::new(record(json, fields)?), None)
            }
            _ => return None,
        })
    }
}

impl<'j> Deserialize<'j> for Json<'j> {
    fn deserialize<D: Deserializer<'j>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

impl<'j> Visitor<'j> for Reader {
    type Value = Json<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Json<'j>, E> {
        Ok(Json::Bool(bool))
    }

    fn visit_i64<E>(self, long: i64) -> Result<Json<'j>, E> {
        Ok(Json::Long(long))
    }

    fn visit_u64<E>(self, long: u64) -> Result<Json<'j>, E> {
        Ok(i64::try_from(long).map_or(Json::Odd, Json::Long))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json<'j>, E> {
        Ok(Json::Odd)
    }

    fn visit_unit<E>(self) -> Result<Json<'j>, E> {
        Ok(Json::Odd)
    }

    fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Json<'j>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'j>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut from: A) -> Result<Json<'j>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element()? {
            items.push(item);
        }
        Ok(Json::Items(items))
    }

    fn visit_map<A: MapAccess<'j>>(self, mut from: A) -> Result<Json<'j>, A::Error> {
        let mut fields: Vec<(Cow<'j, str>, Json<'j>)> = Vec::new();
        let mut twice = false;
        while let Some((name, value)) = from.next_entry::<Field<'j>, Json<'j>>()? {
            // Comparing each with each is fastest for records as they are; one as large as this is the engine's reader's.
            twice |= fields.len() == MANY || fields.iter().any(|(known, _)| *known == name.0);
            if twice {
                continue;
            }
            fields.push((name.0, value));
        }
        Ok(if twice {
            Json::Odd
        } else {
            Json::Fields(fields)
        })
    }
}

/// A name of a field, borrowed where that is possible; serde's own `Cow` is never borrowed.
struct Field<'j>(Cow<'j, str>);

impl<'j> Deserialize<'j> for Field<'j> {
    fn deserialize<D: Deserializer<'j>>(from: D) -> Result<Self, D::Error> {
        match from.deserialize_str(Reader)? {
            Json::Text(text) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("a name is a text")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Files, Schema, entities, kernel};

    const SCHEMA: &str = r#"
        type Home = { city: String, zip?: Long };
        entity Team in [Team];
        entity Tier enum ["gold", "silver"];
        entity User in [Team] {
            level: Long, region?: String, boss?: User, roles?: Set<String>, friends?: Set<User>, home?: Home,
            from?: ipaddr, score?: decimal, since?: datetime, span?: duration, tier?: Tier, on?: Bool, all?: Set<Set<Home>>
        } tags Set<Long>;
        entity Doc { owner: User };
        action read appliesTo { principal: User, resource: Doc, context: { mfa: Bool, note?: String, from?: ipaddr, home?: Home } };
    "#;

    fn schema() -> Arc<Schema> {
        let files = Files::from([("s.cedarschema".to_owned(), Arc::from(SCHEMA.as_bytes()))]);
        let (schema, problems) = Schema::parse(&files);
        schema.unwrap_or_else(|| panic!("{problems:?}"))
    }

    /// Values that fit some attribute, nearly fit it, or never do.
    fn value() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec![
            "7",
            "-9223372036854775808",
            "9223372036854775808",
            "1.5",
            "1e3",
            "true",
            "null",
            "\"\"",
            "\"gold\"",
            "\"10.0.0.1\"",
            "\"10.0.0.0/8\"",
            "\"1.25\"",
            "\"2024-05-01\"",
            "\"2h3m\"",
            "\"\\u00e9\\n\"",
            "{}",
            "[]",
            r#"{"type":"User","id":"u"}"#,
            r#"{"__entity":{"type":"User","id":"u\"x"}}"#,
            r#"{"type":"Team","id":"t"}"#,
            r#"{"type":"User","id":"u","x":1}"#,
            r#"{"__entity":{"type":"User"}}"#,
            r#"{"type":"Nobody","id":"u"}"#,
            r#"{"type":"Tier","id":"gold"}"#,
            r#"{"type":"Tier","id":"lead"}"#,
            r#"{"type":"Action","id":"read"}"#,
            r#"{"__extn":{"fn":"ip","arg":"::1"}}"#,
            r#"{"__extn":{"fn":"decimal","arg":"0.5"}}"#,
            r#"{"fn":"ip","arg":"::1"}"#,
            r#"{"__extn":{"fn":"datetime","arg":"2024-01-01"}}"#,
            r#"{"__extn":{"fn":"unknown","arg":"x"}}"#,
            r#"{"__extn":{"fn":"duration","arg":"1d"}}"#,
            r#"{"__expr":"1"}"#,
            r#"{"city":"b"}"#,
            r#"{"city":"b","zip":7}"#,
            r#"{"city":"b","zip":7,"zip":8}"#,
            r#"{"city":7}"#,
            r#"{"zip":7}"#,
            r#"{"city":"b","x":1}"#,
            r#"["a","b","a"]"#,
            "[1,2]",
        ])
        .prop_map(str::to_owned);
        leaf.prop_recursive(2, 6, 3, |inner| {
            prop::collection::vec(inner, 0..3).prop_map(|items| format!("[{}]", items.join(",")))
        })
    }

    fn object(names: &'static [&'static str]) -> impl Strategy<Value = String> {
        let field = (prop::sample::select(names), value());
        prop::collection::vec(field, 0..4).prop_map(|fields| {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("\"{name}\":{value}"));
            fields.collect::<Vec<_>>().join(",")
        })
    }

    const ATTRIBUTES: &[&str] = &[
        "region",
        "boss",
        "roles",
        "friends",
        "home",
        "from",
        "score",
        "since",
        "span",
        "tier",
        "on",
        "all",
        "r\\u0065gion",
        "extra",
        "level",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn an_entity_read_fast_is_the_engines(
            attrs in object(ATTRIBUTES), tags in object(&["a", "b"]), above in value(), level in "(\"level\":[0-9]{1,3},?)?", tail in 0..4_usize,
        ) {
            let schema = schema();
            let attrs = format!("{level}{attrs}");
            let attrs = attrs.trim_end_matches(',');
            let tail = ["", r#","tags":{}"#, &format!(r#","tags":{{{tags}}}"#), r#","more":1"#][tail].to_owned();
            let json = format!(r#"{{"uid":{{"type":"User","id":"u"}},"attrs":{{{attrs}}},"parents":[{above}]{tail}}}"#);
            let json = json.replace("\"parents\":[[]]", "\"parents\":[]");
            if let Some(fast) = schema.fitting().entity(&json) {
                let (slow, mismatch) = entities::parse_slowly(&json, Some(&schema)).expect(&json);
                prop_assert_eq!(mismatch, None, "{}", json);
                prop_assert!(fast.deep_eq(&slow), "{}\n{:?}\n{:?}", json, fast, slow);
                prop_assert_eq!(fast.to_json_value().unwrap(), slow.to_json_value().unwrap());
            }
        }

        #[test]
        fn a_context_read_fast_is_the_engines(fields in object(&["mfa", "note", "from", "home", "extra"]), mfa in any::<bool>()) {
            let schema = schema();
            let action: EntityUID = "Action::\"read\"".parse().unwrap();
            let json = if mfa { format!("{{\"mfa\":true,{fields}}}").replace(",}", "}") } else { format!("{{{fields}}}") };
            if let Some(fast) = schema.fitting().context(&json, &action) {
                let slow = kernel::read_context_slowly(&json, &action, Some(&schema)).expect(&json);
                prop_assert_eq!(fast, slow);
            }
        }
    }

    #[test]
    fn objects_of_unusual_size_are_the_engines() {
        for (count, read) in [(MANY, true), (MANY + 1, false), (100_000, false)] {
            let fields: Vec<_> = (0..count).map(|n| format!("\"f{n}\":1")).collect();
            let text = format!("{{{}}}", fields.join(","));
            let json: Json = serde_json::from_str(&text).unwrap();
            assert_eq!(matches!(json, Json::Fields(_)), read, "{count}");
        }
    }

    #[test]
    fn ordinary_entities_are_read_fast() {
        let schema = schema();
        for json in [
            r#"{"uid":{"type":"Team","id":"t"},"attrs":{},"parents":[]}"#,
            r#"{"uid":{"__entity":{"type":"User","id":"u"}},"parents":[{"type":"Team","id":"t"}],"attrs":{"level":3,"boss":{"__entity":{"type":"User","id":"v"}},"roles":["a"],
                "home":{"city":"b"},"from":{"__extn":{"fn":"ip","arg":"10.0.0.1"}},"score":"1.5","since":"2024-05-01"},"tags":{"t":[1]}}"#,
        ] {
            let fast = schema.fitting().entity(json).expect(json);
            let (slow, mismatch) = entities::parse_slowly(json, Some(&schema)).unwrap();
            assert!(
                mismatch.is_none() && fast.deep_eq(&slow),
                "{fast:?}\n{slow:?}"
            );
        }
        let action = "Action::\"read\"".parse().unwrap();
        let context = r#"{"mfa":true,"from":{"__extn":{"fn":"ip","arg":"10.0.0.1"}},"home":{"city":"x","zip":1}}"#;
        assert!(schema.fitting().context(context, &action).is_some());
    }
}
