//! Facts from elsewhere: where they are found, and what happens when they are not.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use model::Code;
use pdp::{
    Context, Engine, Options, Party, Point, Question,
    shadow::{Recorder, Recording},
};
use release::{Mode, Modes};

use crate::{modes, party, release};

const SCHEMA: &str = r#"
    entity User { tier?: Long, groups?: Set<String> };
    entity Doc;
    action view appliesTo { principal: [User], resource: [Doc], context: { ip?: ipaddr, on_call?: Bool, region?: String, shift?: String } };
"#;

/// 2026-11-22T08:00:00Z
const NOW: u64 = 1_795_334_400;

fn engine(policies: &str) -> Engine {
    let mut shipped = release(1, policies, None, Modes::default());
    shipped
        .files
        .insert("s.cedarschema".into(), SCHEMA.as_bytes().into());
    shipped
        .files
        .insert("entities.json".into(), b"[]".as_slice().into());
    Engine::new(&shipped).unwrap()
}

fn point(folder: &Path, policies: &str, configuration: &str) -> Point {
    let path = folder.join("context.toml");
    fs::write(&path, configuration).unwrap();
    let mut options = Options::new(Box::new(|| NOW));
    options.context = Some(Context::open(&path).unwrap());
    Point::new(engine(policies), options)
}

fn view<'a>(user: &'a str, context: &'a str) -> Question<'a> {
    Question {
        principal: party("User", user),
        action: "view",
        resource: party("Doc", "d"),
        context,
    }
}

const ROTA: &str = r#"
[[facts]]
name = "rota"
file = "rota.csv"
find = "now"
by = "principal"
column = "user"
attributes.on_call = { value = true }
attributes.shift = "team"
otherwise = { on_call = false }
"#;

#[test]
fn who_is_on_call_is_told_by_the_clock() {
    let folder = tempfile::tempdir().unwrap();
    let rota = "user,from,until,team\n\
        ann,2026-11-22T00:00:00Z,2026-11-22T08:00:00Z,early\n\
        ann,2026-11-23T00:00:00Z,2026-11-24T00:00:00Z,late\n\
        bea,2026-11-22T09:00:00+01:00,2026-11-22T18:00:00+01:00,\"day, long\"\n";
    fs::write(folder.path().join("rota.csv"), rota).unwrap();
    let point = point(
        folder.path(),
        r#"permit(principal, action, resource) when { context.on_call };"#,
        ROTA,
    );
    for (user, allowed) in [("ann", false), ("bea", true), ("cem", false)] {
        let answer = point.decide(&view(user, ""));
        assert_eq!(
            (answer.allows(), &answer.refused),
            (allowed, &None),
            "{user}"
        );
        // Whoever says so of themselves is not believed.
        assert_eq!(
            point.decide(&view(user, r#"{"on_call":true}"#)).allows(),
            allowed,
            "{user}"
        );
    }
}

#[test]
fn the_narrowest_network_says_where_an_address_lies() {
    let folder = tempfile::tempdir().unwrap();
    let networks = r#"[{"network":"0.0.0.0/0","region":"world"},{"network":"10.0.0.0/8","region":"eu"},
        {"network":"10.9.0.0/16","region":"us"},{"network":"2001:db8::/32","region":"eu"}]"#;
    fs::write(folder.path().join("networks.json"), networks).unwrap();
    let configuration = r#"
        [[facts]]
        name = "residency"
        file = "networks.json"
        find = "network"
        by = "context.ip"
        column = "network"
        attributes.region = "region"
    "#;
    let point = point(
        folder.path(),
        r#"permit(principal, action, resource) when { context.region == "eu" };"#,
        configuration,
    );
    for (ip, allowed) in [
        ("10.1.2.3", true),
        ("10.9.2.3", false),
        ("11.0.0.1", false),
        ("2001:db8::1", true),
    ] {
        for context in [
            format!(r#"{{"ip":"{ip}"}}"#),
            format!(r#"{{"ip":{{"__extn":{{"fn":"ip","arg":"{ip}"}}}}}}"#),
        ] {
            assert_eq!(
                point.decide(&view("u", &context)).allows(),
                allowed,
                "{context}"
            );
        }
    }
    let refused = |context| {
        point
            .decide(&view("u", context))
            .refused
            .clone()
            .unwrap()
            .code
    };
    assert_eq!(refused("{}"), Code::RequestInvalid);
    assert_eq!(refused(r#"{"ip":"here"}"#), Code::RequestInvalid);
    assert_eq!(refused(r#"{"ip":"2002::1"}"#), Code::ContextStale);
}

#[test]
fn a_directorys_export_becomes_attributes_of_who_asks() {
    let folder = tempfile::tempdir().unwrap();
    let people = "version: 1\n# people\ndn: uid=ann,dc=x\nuid: ann\nemployeeType: 3\nmemberOf: gold\nmemberOf: si\n lver\n\n\
        dn: uid=bea,dc=x\nuid:: YmVh\nemployeeType: 1\nmemberOf: silver\n";
    fs::write(folder.path().join("people.ldif"), people).unwrap();
    let tier = |groups: &str| {
        format!(
            "[[facts]]\nname = \"tier\"\nfile = \"people.ldif\"\nfind = \"equal\"\nby = \"principal\"\ncolumn = \"uid\"\nof = \"principal\"\n\
            attributes.tier = {{ column = \"employeeType\", type = \"long\" }}\n{groups}"
        )
    };
    let policies = r#"permit(principal, action, resource) when { principal.tier > 2 && principal.groups.contains("silver") };"#;
    let set = "attributes.groups = { column = \"memberOf\", type = \"set\" }\n";
    let first = point(folder.path(), policies, &tier(set));
    assert!(first.decide(&view("ann", "")).allows());
    assert!(!first.decide(&view("bea", "")).allows());
    let mut claims = view("bea", "");
    claims.principal = Party {
        properties: r#"{"tier":9}"#,
        ..claims.principal
    };
    assert!(!first.decide(&claims).allows());
    // Nobody else is known, and nobody guesses.
    assert_eq!(
        first
            .decide(&view("cem", ""))
            .refused
            .as_ref()
            .unwrap()
            .code,
        Code::ContextStale
    );
}

#[test]
fn what_cannot_be_read_again_is_not_used_any_longer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (works, asked) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
    let (working, count) = (Arc::clone(&works), Arc::clone(&asked));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            count.fetch_add(1, Ordering::SeqCst);
            let body = r#"[{"id":"ann","region":"eu"}]"#;
            let status = if working.load(Ordering::SeqCst) {
                "200 OK"
            } else {
                "500 Oh"
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
            let _ = stream.shutdown(Shutdown::Write);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let configuration = format!(
        "[[facts]]\nname = \"home\"\nurl = \"http://{address}/home\"\nformat = \"json\"\nfind = \"equal\"\nby = \"principal\"\ncolumn = \"id\"\nattributes.region = \"region\"\n"
    );
    let point = Arc::new(point(
        folder.path(),
        r#"permit(principal, action, resource) when { context.region == "eu" };"#,
        &configuration,
    ));
    // Many ask at once, one fetches.
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert!(point.decide(&view("ann", "")).allows()));
        }
    });
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(point.status().context[0].rows, Some(1));
    works.store(false, Ordering::SeqCst);
    assert!(point.decide(&view("ann", "")).allows());
    point.context().unwrap().forget();
    let answer = point.decide(&view("ann", ""));
    assert_eq!(
        (answer.allows(), answer.refused.as_ref().unwrap().code),
        (false, Code::ContextStale)
    );
    // It is not asked again with every request.
    for _ in 0..20 {
        assert!(!point.decide(&view("ann", "")).allows());
    }
    assert!(asked.load(Ordering::SeqCst) <= 4, "{asked:?}");
    assert!(point.status().context[0].failure.is_some());
    assert!(
        point
            .metrics()
            .contains("fabric_pdp_context_failures_total 21\n")
    );
    works.store(true, Ordering::SeqCst);
    point.context().unwrap().forget();
    assert!(point.decide(&view("ann", "")).allows());
}

#[test]
fn the_values_used_are_in_the_shadow_log() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("rota.csv"),
        "user,from,until,team\nbea,2026-11-22T00:00:00Z,2026-11-23T00:00:00Z,day\n",
    )
    .unwrap();
    fs::write(folder.path().join("context.toml"), ROTA).unwrap();
    let mut shipped = release(
        1,
        r#"permit(principal, action, resource) when { context.on_call };"#,
        None,
        modes(Mode::AuditOnly, &[]),
    );
    shipped
        .files
        .insert("s.cedarschema".into(), SCHEMA.as_bytes().into());
    shipped
        .files
        .insert("entities.json".into(), b"[]".as_slice().into());
    let log = folder.path().join("shadow.jsonl");
    let mut options = Options::new(Box::new(|| NOW));
    options.context = Some(Context::open(&folder.path().join("context.toml")).unwrap());
    options.recorder = Some(Recorder::start(Recording::to(log.clone(), Box::new(|| 0))).unwrap());
    let point = Point::new(Engine::new(&shipped).unwrap(), options);
    assert!(!point.decide(&view("bea", "")).allows());
    drop(point);
    let text = fs::read_to_string(log).unwrap();
    assert!(
        text.contains(r#""context":{"on_call":true,"shift":"day"}"#),
        "{text}"
    );
    assert!(text.contains(r#""shadow":{"decision":"allow""#), "{text}");
}

#[test]
fn a_configuration_or_table_is_used_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("context.toml");
    let code = |text: &str| {
        fs::write(&path, text).unwrap();
        Context::open(&path).unwrap_err().code
    };
    for text in [
        "[[facts]]",
        "x = 1",
        "[[facts]]\nname = \"a\"",
        &ROTA.replace("file =", "url = \"http://127.0.0.1:1/a.csv\"\nfile ="),
        &ROTA.replace("rota.csv", "rota.xyz"),
        &ROTA.replace("\"principal\"", "\"everything\""),
        &ROTA.replace("column =", "pillar ="),
        &ROTA.replace("\"now\"", "\"then\""),
    ] {
        assert_eq!(code(text), Code::ContextInvalid, "{text}");
    }
    assert_eq!(
        Context::open(&folder.path().join("none")).unwrap_err().code,
        Code::FileRead
    );
    for table in [
        "",
        "user,from\n",
        "user,from,until,team\nann,now,then,x\n",
        "user,from,until,team\nann\n",
    ] {
        fs::write(folder.path().join("rota.csv"), table).unwrap();
        let point = point(folder.path(), "permit(principal, action, resource);", ROTA);
        let answer = point.decide(&view("ann", ""));
        // A table without rows is one.
        let whole = !table.contains('\n') || table == "user,from\n";
        assert_eq!(answer.allows(), whole, "{table:?}: {answer:?}");
    }
}

#[test]
fn facts_cost_less_than_five_milliseconds() {
    let folder = tempfile::tempdir().unwrap();
    let mut rota = "user,from,until,team\n".to_owned();
    for user in 0..10_000 {
        rota.push_str(&format!(
            "u{user},2026-11-22T00:00:00Z,2026-11-23T00:00:00Z,day\n"
        ));
    }
    fs::write(folder.path().join("rota.csv"), rota).unwrap();
    let policies = r#"permit(principal, action, resource) when { context.on_call };"#;
    let with = point(folder.path(), policies, ROTA);
    assert!(with.decide(&view("u0", "")).allows());
    let mut took: Vec<Duration> = (0..10_000)
        .map(|user| {
            let user = format!("u{user}");
            let start = Instant::now();
            assert!(with.decide(&view(&user, "")).allows());
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    let p95 = took[9500];
    println!("with facts: p50 {:?}, p95 {p95:?}", took[5000]);
    assert!(p95 < Duration::from_millis(5), "{p95:?}");
}
