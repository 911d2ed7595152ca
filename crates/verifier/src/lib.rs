//! The decisions of a bundle, run again: the one check of [`evidence::verify`] that needs a policy engine. A bundle may carry the
//! decisions that an edit changes, with the policies, schema and entities of both sides; [`pack`] writes them, and [`Engine`]
//! decides each again with the engine's plain authorizer, and holds the policies against the digests that receipts name.
//!
//! | below `artefacts/decisions/` | content |
//! |---|---|
//! | `both/…` | files that base and head have in common, named as in a workspace |
//! | `base/…`, `head/…` | files that only one has, or that differ |
//! | `rows.jsonl` | one [`Row`] a line |
//!
//! Names of files are written in the characters a bundle admits: `__` is an underscore, `_` and two hexadecimal digits another byte.
//! Compiles to WebAssembly, so that a page can verify.

mod needed;

use std::{collections::BTreeMap, sync::Arc};

use evidence::{
    json::{self, Limits},
    verify::{Claim, Decisions, Replay, Replayed},
};
use model::{Code, Decision, Failure, Request, Severity};
use policy::{Compiled, EntityStore, FileKind, Files};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use needed::needed;

const ROWS: &str = "rows.jsonl";
/// A row with all entities it needs.
const LIMITS: Limits = Limits {
    bytes: 4 << 20,
    ..Limits::ANY
};

/// What is wrong with decisions that were to be packed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// One side's policies, schema, links or entities can be read only in part.
    #[error("the {side} does not compile: `{file}`: {message}")]
    Broken {
        /// `base` or `head`.
        side: &'static str,
        /// Where.
        file: String,
        /// What is wrong there.
        message: String,
    },
    /// A request that one side cannot decide.
    #[error(transparent)]
    Undecided(#[from] policy::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Broken { .. } => Self::new(Code::SetBroken, error.to_string()),
            Error::Undecided(error) => error.into(),
        }
    }
}

/// A request that a log recorded, with how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The request.
    pub request: Request,
    /// The recorded entities; `None` for those of the workspace.
    pub entities: Option<Vec<Value>>,
    /// How many rows of the log it stands for.
    pub count: u64,
}

/// A line of `rows.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The request.
    pub request: Request,
    /// The recorded entities; absent for those of the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<Value>>,
    /// What the base decides.
    pub base: Decision,
    /// What the head decides.
    pub head: Decision,
    /// How many rows of the log it stands for.
    pub count: u64,
}

/// Both sides of an edit.
struct Sides {
    base: Compiled,
    head: Compiled,
}

/// The first reason why files cannot be decided with.
fn compiled(files: &Files, side: &'static str) -> Result<Compiled, Error> {
    let compiled = policy::compile(files);
    let broken = compiled
        .problems
        .iter()
        .find(|problem| problem.severity == Severity::Error);
    match broken {
        Some(problem) => Err(Error::Broken {
            side,
            file: problem.file.clone(),
            message: problem.message.clone(),
        }),
        None => Ok(compiled),
    }
}

impl Sides {
    fn of(base: &Files, head: &Files) -> Result<Self, Error> {
        Ok(Self {
            base: compiled(base, "base")?,
            head: compiled(head, "head")?,
        })
    }

    /// What both sides decide.
    fn decide(
        &self,
        request: &Request,
        entities: Option<&[Value]>,
    ) -> Result<(Decision, Decision), policy::Error> {
        let one = |side: &Compiled| {
            let schema = side.schema.as_deref();
            let given = match entities {
                Some(entities) => Some(EntityStore::from_json(entities, schema)?),
                None => None,
            };
            let store = given.as_ref().unwrap_or(&side.entities);
            policy::decide(&side.set, store, schema, request).map(|(decision, ..)| decision)
        };
        Ok((one(&self.base)?, one(&self.head)?))
    }
}

/// Whether a file says what is decided. Tests, settings and what-ifs do not.
fn decides(name: &str) -> bool {
    matches!(
        policy::kind(name),
        Some(FileKind::Policies | FileKind::Schema | FileKind::Links | FileKind::Entities)
    )
}

/// The decisions of requests under both sides of an edit, as files below `artefacts/` of a bundle, with those entities of the
/// workspace that these decisions can look at.
///
/// # Errors
/// [`Error`], when a side does not compile or a request cannot be decided.
pub fn pack(
    base: &Files,
    head: &Files,
    asked: impl IntoIterator<Item = Asked>,
) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let own = |files: &Files| -> Files {
        let files = files.iter().filter(|(name, _)| decides(name));
        files
            .map(|(name, content)| (name.clone(), Arc::clone(content)))
            .collect()
    };
    let (base, head) = (own(base), own(head));
    let sides = Sides::of(&base, &head)?;
    let mut decided = Vec::new();
    for asked in asked {
        let decisions = sides.decide(&asked.request, asked.entities.as_deref())?;
        decided.push((asked, decisions));
    }
    let requests = decided.iter().map(|(asked, _)| &asked.request);
    let less = needed([&base, &head], requests);
    let same = Sides::of(&less[0], &less[1]).is_ok_and(|sides| {
        decided.iter().all(|(asked, decisions)| {
            let found = sides.decide(&asked.request, asked.entities.as_deref());
            found.is_ok_and(|found| found == *decisions)
        })
    });
    let [base, head] = if same { less } else { [base, head] };
    let mut packed = BTreeMap::new();
    let mut add = |folder: &str, name: &str, content: &[u8]| {
        packed.insert(
            format!("decisions/{folder}/{}", escape(name)),
            content.to_vec(),
        );
    };
    for (name, content) in &base {
        let folder = if head.get(name) == Some(content) {
            "both"
        } else {
            "base"
        };
        add(folder, name, content);
    }
    for (name, content) in &head {
        if base.get(name) != Some(content) {
            add("head", name, content);
        }
    }
    let mut rows = String::new();
    for (asked, (base, head)) in decided {
        let Asked {
            request,
            entities,
            count,
        } = asked;
        let row = Row {
            request,
            entities,
            base,
            head,
            count,
        };
        // A row holds no map with keys other than text, so that it can always be written.
        rows.push_str(&serde_json::to_string(&row).unwrap_or_default());
        rows.push('\n');
    }
    packed.insert(format!("decisions/{ROWS}"), rows.into_bytes());
    Ok(packed)
}

/// Runs decisions again with Cedar's own authorizer.
#[derive(Clone, Copy, Debug)]
pub struct Engine;

impl Replay for Engine {
    fn replay(&self, decisions: &Decisions<'_>) -> Replayed {
        match replay(decisions) {
            Ok(Some(count)) => Replayed::Agree(count),
            Ok(None) => Replayed::Unable("it was cancelled".to_owned()),
            Err((expected, found)) => Replayed::Differ { expected, found },
        }
    }
}

/// How many decisions came out as they are written; `None` when told to stop; else what was expected and found.
fn replay(decisions: &Decisions<'_>) -> Result<Option<u64>, (String, String)> {
    let (mut base, mut head, mut rows) = (Files::new(), Files::new(), None);
    for (name, content) in &decisions.files {
        let (folder, file) = name.split_once('/').unwrap_or(("", name));
        let sides: &mut [&mut Files] = match folder {
            "both" => &mut [&mut base, &mut head],
            "base" => &mut [&mut base],
            "head" => &mut [&mut head],
            "" if file == ROWS => {
                rows = Some(content);
                continue;
            }
            _ => &mut [],
        };
        let known = unescape(file).filter(|file| decides(file));
        let Some(known) = known.filter(|_| !sides.is_empty()) else {
            let expected = "policies, schemas, links, entities and rows".to_owned();
            return Err((expected, format!("the file `{name}`")));
        };
        let content: Arc<[u8]> = content.as_slice().into();
        for side in sides {
            if side.insert(known.clone(), Arc::clone(&content)).is_some() {
                return Err(("each file once".to_owned(), format!("`{known}` twice")));
            }
        }
    }
    let sides = Sides::of(&base, &head)
        .map_err(|error| ("policies that compile".to_owned(), error.to_string()))?;
    let pair = (sides.base.set.digest(), sides.head.set.digest());
    let Some(claim) = decisions.claims.get(&pair) else {
        let expected = "policy sets that a receipt in the bundle speaks of".to_owned();
        return Err((expected, format!("{} and {}", pair.0, pair.1)));
    };
    let text = rows
        .and_then(|rows| std::str::from_utf8(rows).ok())
        .filter(|text| text.is_empty() || text.ends_with('\n'))
        .ok_or_else(|| (format!("`{ROWS}`, lines of UTF-8"), "none".to_owned()))?;
    let lines: Vec<_> = text.lines().collect();
    let (mut gained, mut lost) = (0_u64, 0_u64);
    for (number, line) in (1_usize..).zip(&lines) {
        if !decisions.go_on(number - 1, lines.len()) {
            return Ok(None);
        }
        let row =
            read(line).map_err(|why| (format!("line {number} of `{ROWS}`, a decision"), why))?;
        let found = sides
            .decide(&row.request, row.entities.as_deref())
            .map_err(|error| {
                (
                    format!("line {number}: a request that can be decided"),
                    error.to_string(),
                )
            })?;
        if found != (row.base, row.head) {
            let tell = |(base, head)| format!("{} before, {} after", word(base), word(head));
            let request = &row.request;
            let expected = format!(
                "line {number}: {} {} {}: {}",
                request.principal,
                request.action,
                request.resource,
                tell((row.base, row.head))
            );
            return Err((expected, tell(found)));
        }
        match found {
            (Decision::Deny, Decision::Allow) => gained = gained.saturating_add(row.count),
            (Decision::Allow, Decision::Deny) => lost = lost.saturating_add(row.count),
            _ => {}
        }
    }
    // A bundle may carry some of the rows that changed, but never more than the receipt counted.
    if let Claim {
        counts: Some((most_gained, most_lost)),
    } = claim
        && (gained > *most_gained || lost > *most_lost)
    {
        let tell = |gained, lost| format!("{gained} gained, {lost} lost");
        let expected = format!(
            "at most {}, as receipts count",
            tell(*most_gained, *most_lost)
        );
        return Err((expected, tell(gained, lost)));
    }
    Ok(Some(2 * lines.len() as u64))
}

fn read(line: &str) -> Result<Row, String> {
    json::parse(line.as_bytes(), LIMITS).map_err(|error| error.to_string())?;
    serde_json::from_str(line).map_err(|error| error.to_string())
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::Deny => "deny",
    }
}

/// A name in the characters of a bundle.
fn escape(name: &str) -> String {
    let one = |byte: u8| match byte {
        b'_' => "__".to_owned(),
        b'.' | b'/' | b'-' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("_{byte:02x}"),
    };
    name.bytes().map(one).collect()
}

/// The name that was written so, if one was.
fn unescape(written: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = written;
    while let Some((plain, escaped)) = rest.split_once('_') {
        bytes.extend(plain.bytes());
        if let Some(after) = escaped.strip_prefix('_') {
            bytes.push(b'_');
            rest = after;
        } else {
            let (digits, after) = escaped.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after;
        }
    }
    bytes.extend(rest.bytes());
    let name = String::from_utf8(bytes).ok()?;
    (escape(&name) == written).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::verify::Claims;
    use proptest::prelude::*;
    use serde_json::json;

    const POLICIES: &str = "\
        @id(\"owner\") permit (principal, action, resource) when { resource.owner == principal };\n\
        @id(\"public\") permit (principal, action, resource) when { resource.public };\n";
    const SCHEMA: &str = "entity User; entity Doc { owner: User, public: Bool }; action view appliesTo { principal: User, resource: Doc };";

    fn entities() -> Value {
        let doc = |id: &str, public: bool| json!({"uid": {"type": "Doc", "id": id}, "attrs": {"owner": {"__entity": {"type": "User", "id": "ana"}}, "public": public}, "parents": []});
        json!([{"uid": {"type": "User", "id": "ana"}, "attrs": {}, "parents": []}, doc("plan", false), doc("menu", true)])
    }

    fn files(policies: &str) -> Files {
        [
            ("policies/access rules.cedar", policies.to_owned()),
            ("main.cedarschema", SCHEMA.to_owned()),
            ("entities/all_of_them.json", entities().to_string()),
            ("tests/more.json", "[]".to_owned()),
        ]
        .into_iter()
        .map(|(name, content)| (name.to_owned(), content.into_bytes().into()))
        .collect()
    }

    fn asked(principal: &str, doc: &str, entities: Option<Vec<Value>>) -> Asked {
        Asked {
            request: Request {
                principal: format!("User::\"{principal}\""),
                action: "Action::\"view\"".into(),
                resource: format!("Doc::\"{doc}\""),
                context: serde_json::Map::new(),
            },
            entities,
            count: 3,
        }
    }

    fn head() -> String {
        POLICIES.replace("resource.public", "!resource.public")
    }

    fn packed() -> BTreeMap<String, Vec<u8>> {
        let recorded = vec![
            json!({"uid": {"type": "Doc", "id": "plan"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "eve"}}, "public": true}, "parents": []}),
        ];
        let asked = [
            asked("bob", "plan", None),
            asked("bob", "menu", None),
            asked("ana", "plan", None),
            asked("bob", "plan", Some(recorded)),
        ];
        pack(&files(POLICIES), &files(&head()), asked).unwrap()
    }

    fn claims(counts: Option<(u64, u64)>) -> Claims {
        let digest = |policies: &str| policy::compile(&files(policies)).set.digest();
        Claims::from([((digest(POLICIES), digest(&head())), Claim { counts })])
    }

    fn run(packed: &BTreeMap<String, Vec<u8>>, claims: &Claims) -> Replayed {
        let files = packed
            .iter()
            .map(|(name, content)| (name.strip_prefix("decisions/").unwrap(), content.clone()));
        Engine.replay(&Decisions {
            files: files.collect(),
            claims,
            progress: &|_| true,
        })
    }

    fn differs(packed: &BTreeMap<String, Vec<u8>>, claims: &Claims) -> String {
        match run(packed, claims) {
            Replayed::Differ { expected, found } => format!("{expected} / {found}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn decisions_come_out_as_they_were_packed() {
        let packed = packed();
        let names: Vec<_> = packed.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "decisions/base/policies/access_20rules.cedar",
                "decisions/both/entities/all__of__them.json",
                "decisions/both/main.cedarschema",
                "decisions/head/policies/access_20rules.cedar",
                "decisions/rows.jsonl",
            ]
        );
        let rows = String::from_utf8(packed["decisions/rows.jsonl"].clone()).unwrap();
        let decided: Vec<_> = rows
            .lines()
            .map(|line| read(line).unwrap())
            .map(|row| (row.base, row.head))
            .collect();
        use Decision::{Allow, Deny};
        assert_eq!(
            decided,
            [(Deny, Allow), (Allow, Deny), (Allow, Allow), (Allow, Deny)]
        );
        assert_eq!(run(&packed, &claims(None)), Replayed::Agree(8));
        assert_eq!(run(&packed, &claims(Some((3, 6)))), Replayed::Agree(8));
    }

    #[test]
    fn entities_that_no_decision_can_look_at_stay_at_home() {
        const SCHEMA: &str = "entity Team in [Team]; entity User in [Team] { boss?: User }; entity Doc { owner: User } tags User; \
            action view appliesTo { principal: User, resource: Doc, context: { by?: User } };";
        let user = |id: &str, boss: Option<&str>, team: &str| {
            let attrs = boss.map_or(
                json!({}),
                |boss| json!({"boss": {"__entity": {"type": "User", "id": boss}}}),
            );
            json!({"uid": {"type": "User", "id": id}, "attrs": attrs, "parents": [{"type": "Team", "id": team}]})
        };
        let team = |id: &str, parents: &[&str]| {
            let parents: Vec<_> = parents
                .iter()
                .map(|id| json!({"type": "Team", "id": id}))
                .collect();
            json!({"uid": {"type": "Team", "id": id}, "attrs": {}, "parents": parents})
        };
        let doc = |id: &str, owner: &str| {
            json!({"uid": {"type": "Doc", "id": id}, "attrs": {"owner": {"__entity": {"type": "User", "id": owner}}}, "parents": [],
                "tags": {"keeper": {"__entity": {"type": "User", "id": "tagged"}}}})
        };
        let entities = json!([
            user("ana", None, "a"),
            user("bob", Some("cy"), "a"),
            user("cy", None, "b"),
            user("named", None, "c"),
            user("stranger", Some("ana"), "d"),
            user("tagged", None, "b"),
            user("told", None, "b"),
            team("a", &["top"]),
            team("b", &[]),
            team("c", &["d"]),
            team("d", &[]),
            team("e", &[]),
            team("top", &[]),
            doc("plan", "bob"),
            doc("other", "stranger"),
        ]);
        let policies = "\
            @id(\"a\") permit (principal in Team::\"top\", action, resource) when { resource.owner has boss && resource.owner.boss != principal };\n\
            @id(\"b\") permit (principal, action, resource) when { User::\"named\" in Team::\"d\" && context has by && context.by in Team::\"b\" };\n";
        let files = |policies: &str| -> Files {
            let all = [
                ("p.cedar", policies.to_owned()),
                ("s.cedarschema", SCHEMA.to_owned()),
                ("entities.json", entities.to_string()),
            ];
            all.into_iter()
                .map(|(name, content)| (name.to_owned(), content.into_bytes().into()))
                .collect()
        };
        let by = |name: Option<&str>| {
            let mut asked = asked("ana", "plan", None);
            if let Some(name) = name {
                let user = json!({"__entity": {"type": "User", "id": name}});
                asked.request.context.insert("by".to_owned(), user);
            }
            asked.count = 1;
            asked
        };
        let kept = |policies: &str, asked: Vec<Asked>| {
            let packed = pack(&files(policies), &files(""), asked).unwrap();
            let list: Vec<Value> =
                serde_json::from_slice(&packed["decisions/both/entities.json"]).unwrap();
            let ids = list
                .iter()
                .map(|entity| entity["uid"]["id"].as_str().unwrap().to_owned());
            (ids.collect::<Vec<_>>().join(" "), packed)
        };
        let (ids, packed) = kept(policies, vec![by(None), by(Some("told"))]);
        assert_eq!(ids, "ana bob cy named tagged told a b c d top plan");
        let digest = |policies: &str| policy::compile(&files(policies)).set.digest();
        let claims = Claims::from([(
            (digest(policies), digest("")),
            Claim {
                counts: Some((0, 2)),
            },
        )]);
        assert_eq!(run(&packed, &claims), Replayed::Agree(4));
        // A name that is not found in the text: everything goes along rather than a decision that comes out otherwise.
        let second = policies.lines().nth(1).unwrap();
        let spaced = second.replace("User::\"named\"", "User :: \"named\"");
        let without = |policies: &str| {
            !kept(policies, vec![by(Some("told"))])
                .0
                .contains("stranger")
        };
        assert_eq!((without(second), without(&spaced)), (true, false));
    }

    #[test]
    fn a_decision_that_comes_out_otherwise_is_told() {
        let good = packed();
        let bent = |name: &str, from: &str, to: &str| {
            let mut packed = good.clone();
            let content = packed.get_mut(name).unwrap();
            let text = String::from_utf8(content.clone()).unwrap();
            assert!(text.contains(from), "{text}");
            *content = text.replacen(from, to, 1).into_bytes();
            differs(&packed, &claims(None))
        };
        let rows = "decisions/rows.jsonl";
        assert!(bent(rows, "\"base\":\"deny\"", "\"base\":\"allow\"").contains("line 1"));
        assert!(bent(rows, "User::\\\"bob", "User::\\\"ana").contains("line 1"));
        assert!(bent(rows, "{\"request\"", "{\"request\":1,\"request\"").contains("twice"));
        assert!(bent(rows, "\"count\":3", "\"count\":3,\"more\":1").contains("unknown field"));
        assert!(bent(rows, "Doc::\\\"plan", "plan").contains("decided"));
        // Other policies, other facts.
        assert!(
            bent(
                "decisions/head/policies/access_20rules.cedar",
                "!resource",
                "resource"
            )
            .contains("speaks of")
        );
        assert!(
            bent(
                "decisions/both/entities/all__of__them.json",
                "\"public\":false",
                "\"public\":true"
            )
            .contains("line 1")
        );
        assert!(bent("decisions/both/main.cedarschema", "entity", "entitty").contains("compile"));
    }

    #[test]
    fn what_receipts_do_not_say_is_told() {
        let packed = packed();
        assert!(differs(&packed, &Claims::new()).contains("speaks of"));
        assert!(differs(&packed, &claims(Some((2, 6)))).contains("at most 2 gained"));
        assert!(differs(&packed, &claims(Some((3, 5)))).contains("6 lost"));
    }

    #[test]
    fn files_that_do_not_belong_are_told() {
        let with = |name: &str| {
            let mut packed = packed();
            packed.insert(format!("decisions/{name}"), b"[]".to_vec());
            differs(&packed, &claims(None))
        };
        for name in [
            "notes.txt",
            "side/a.cedar",
            "base/readme",
            "base/a_zz.cedar",
            "base/_61.cedar",
        ] {
            assert!(with(name).contains("the file"), "{name}");
        }
        assert!(with("base/entities/all__of__them.json").contains("twice"));
        let mut none = packed();
        none.remove("decisions/rows.jsonl");
        assert!(differs(&none, &claims(None)).contains("rows.jsonl"));
    }

    #[test]
    fn what_cannot_be_decided_is_not_packed() {
        let broken = files("permit (principal");
        assert!(matches!(
            pack(&files(POLICIES), &broken, []),
            Err(Error::Broken { side: "head", .. })
        ));
        let nobody = [asked("bob", "plan\"", None)];
        assert!(matches!(
            pack(&files(POLICIES), &files(POLICIES), nobody),
            Err(Error::Undecided(_))
        ));
    }

    #[test]
    fn it_stops_when_told() {
        let (packed, claims) = (packed(), claims(None));
        let files = packed
            .iter()
            .map(|(name, content)| (name.strip_prefix("decisions/").unwrap(), content.clone()));
        let decisions = Decisions {
            files: files.collect(),
            claims: &claims,
            progress: &|_| false,
        };
        assert!(matches!(Engine.replay(&decisions), Replayed::Unable(_)));
    }

    proptest! {
        #[test]
        fn any_name_can_be_written(name in "\\PC{1,12}", written in "[a-z0-9_./]{1,12}") {
            let escaped = escape(&name);
            prop_assert_eq!(unescape(&escaped).unwrap(), name);
            if let Some(name) = unescape(&written) {
                prop_assert_eq!(escape(&name), written);
            }
        }
    }
}
