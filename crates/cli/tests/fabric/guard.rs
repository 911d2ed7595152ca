//! The guard: verdicts and their exit status, overrides that hold and overrides that do not, the record of false blocks, the
//! reports, and the hook in a real repository.

use std::{fs, path::Path, process::Command};

use guard::{Override, Report, SecretKey};
use insta::assert_snapshot;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::place::{POLICIES, Place, Ran, row};

const NOTHING_MAY_CHANGE: &str = "[default]\ngained = 0\nlost = 0\nopen = 0\nerror_changed = 0\n";

/// `w` as it is, `x` where everybody may view, and a log in which Bob asked three times.
fn place() -> Place {
    let place = Place::new();
    for file in ["policies.cedarschema", "entities.json"] {
        place.write(&format!("x/{file}"), place.read(&format!("w/{file}")));
    }
    place.write("x/policies.cedar", opened());
    let bob = row("bob", "view", "plan", "deny");
    place.write(
        "log.jsonl",
        row("alice", "edit", "plan", "allow") + &bob.repeat(3),
    );
    place.write("t.toml", NOTHING_MAY_CHANGE);
    place
}

/// The policies without the check and the forbid that keep Bob out.
fn opened() -> String {
    let (kept, _) = POLICIES.split_once("@id(\"guests-stay-out\")").unwrap();
    kept.replace("when { resource.public }", "")
}

const GUARD: &[&str] = &[
    "guard",
    "--base",
    "w",
    "--head",
    "x",
    "--log",
    "log.jsonl",
    "--tolerance",
    "t.toml",
];

/// Without a solver, so that reports are the same on every machine.
fn run(place: &Place, more: &[&str]) -> Ran {
    let mut command = place.command(&[GUARD, more].concat());
    command.env("CVC5", place.path("no-solver"));
    command.output().unwrap().into()
}

/// Standard error as one line.
fn unwrapped(ran: &Ran) -> String {
    ran.err.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_beyond_the_tolerance_is_blocked_and_the_rest_passes() {
    let place = place();
    let blocked = run(&place, &["--json"]);
    let report = blocked.json();
    assert_eq!(blocked.status, 1, "{}", blocked.err);
    assert_eq!(report["verdict"], "blocked");
    assert_eq!(report["totals"]["gained"], 3);
    assert_eq!(
        report["proof"][1],
        json!({"action": "Action::\"view\"", "relation": "not_proven", "counterexample": null, "reason": "no solver"})
    );
    assert_eq!(report["override"], Value::Null);
    let found = &report["violations"][0];
    assert_eq!(
        (
            &found["band"],
            &found["measure"],
            &found["rows"],
            &found["limit"]
        ),
        (&json!("default"), &json!("gained"), &json!(3), &json!(0))
    );
    assert_eq!(found["examples"][0]["principal"], "User::\"bob\"");

    place.write("t.toml", "[default]\ngained = 3\n");
    let passed = run(&place, &["--json", "-"]);
    assert_eq!(
        (passed.status, &passed.json()["verdict"]),
        (0, &json!("pass"))
    );
    let text = run(&place, &[]);
    assert_eq!(text.status, 0);
    assert!(
        text.out.ends_with("\npass: within the tolerance\n"),
        "{}",
        text.out
    );

    // The first rule that bounds a gain counts it; the default's three are for others.
    place.write(
        "t.toml",
        "[default]\ngained = 3\n[[rule]]\naction = '*\"view\"'\nresource = \"Doc\"\ngained = 2\n",
    );
    let ruled = run(&place, &[]);
    assert_eq!(ruled.status, 1, "{}", ruled.out);
    assert!(
        ruled.out.contains("gained               3  of 2  over\n"),
        "{}",
        ruled.out
    );
}

#[test]
fn what_the_log_cannot_tell_is_undecided() {
    let place = place();
    // The slice knows who asks and what for, and not whether the document is public.
    let mut open: Value = serde_json::from_str(&row("bob", "view", "plan", "deny")).unwrap();
    open["entities"] = json!([
        {"uid": {"type": "User", "id": "bob"}, "attrs": {"guest": false}, "parents": []},
        {"uid": {"type": "Doc", "id": "plan"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}}, "parents": []},
    ]);
    place.write("log.jsonl", format!("{open}\n"));
    let ran = run(&place, &["--json"]);
    assert_eq!(
        (ran.status, &ran.json()["verdict"]),
        (2, &json!("undecided")),
        "{}",
        ran.out
    );
    place.write("t.toml", "[default]\nopen = 1\n");
    assert_eq!(run(&place, &[]).status, 0);
}

#[test]
fn reports_go_where_they_are_sent() {
    let place = place();
    let ran = run(
        &place,
        &[
            "--json",
            "r.json",
            "--html",
            "new/r.html",
            "--markdown",
            "r.md",
        ],
    );
    assert_eq!(ran.status, 1);
    assert!(
        ran.out
            .ends_with("blocked: outside the tolerance in 1 place\n"),
        "{}",
        ran.out
    );
    let report: Value = serde_json::from_str(&place.read("r.json")).unwrap();
    assert_eq!(report["verdict"], "blocked");
    assert!(place.read("new/r.html").starts_with("<!DOCTYPE html>"));
    let printed = run(&place, &["--markdown", "-"]);
    assert_eq!((printed.status, printed.out), (1, place.read("r.md")));
    assert_snapshot!(without_digests(&place.read("r.md")), @r##"
    ### Access drift: blocked

    Outside tolerance in 1 place. `w` → `x`, 4 recorded decisions replayed.

    - **3 rows gained** in `default`, none allowed; medium risk: `User::"bob"` `Action::"view"` `Doc::"plan"`

    | gained | lost | open | errors changed | unchanged |
    |--:|--:|--:|--:|--:|
    | 3 | 0 | 0 | 0 | 1 |

    4 rows without entities: those of the workspace were assumed.

    <details>
    <summary>Tolerance</summary>

    | band | gained | lost | open | errors changed |
    |:--|:--|:--|:--|:--|
    | `default` | 3 of 0 **over** | 0 of 0 | 0 of 0 | 0 of 0 |

    </details>

    <details>
    <summary>Requests, riskiest first</summary>

    - **medium** + gained, 3 rows: `User::"bob"` `Action::"view"` `Doc::"plan"`  
      denied by `guests-stay-out`; now allowed by `public`

    </details>

    <details>
    <summary>Caused by</summary>

    | | risk | gained | lost | open | requests |
    |:--|:--|--:|--:|--:|--:|
    | `guests-stay-out` | medium | 3 | 0 | 0 | 1 |
    | `public` | medium | 3 | 0 | 0 | 1 |

    </details>

    <details>
    <summary>Who</summary>

    | | risk | gained | lost | open | requests |
    |:--|:--|--:|--:|--:|--:|
    | `User::"bob"` | medium | 3 | 0 | 0 | 1 |

    </details>

    <details>
    <summary>On what</summary>

    | | risk | gained | lost | open | requests |
    |:--|:--|--:|--:|--:|--:|
    | `Doc::"plan"` | medium | 3 | 0 | 0 | 1 |

    </details>

    <details>
    <summary>Beyond the log</summary>

    - `Action::"edit"`: not proven: no solver
    - `Action::"view"`: not proven: no solver

    </details>

    <details>
    <summary>Policies</summary>

    `public` changed

    ```diff
      @id("public")
      permit (
        principal,
        action == Action::"view",
        resource is Doc
    - )
    - when { resource.public };
    + );
    ```

    `guests-stay-out` removed

    ```diff
    - @id("guests-stay-out")
    - forbid (
    -   principal is User,
    -   action,
    -   resource
    - )
    - when { principal.guest }
    - unless { resource.public };
    ```


    </details>
    "##);
    assert_snapshot!(body(&place.read("new/r.html")), @r##"
    <header>
    <p class="eyebrow">
    <span class="badge verdict blocked">Blocked</span>
    <span>Access drift</span>
    </p>
    <h1>Outside tolerance in 1 place</h1>
    <p class="lead">
    <code>w</code> → <code>x</code>, 4 recorded decisions replayed</p>
    </header>
    <main>
    <dl class="tiles">
    <div>
    <dt>Gained</dt>
    <dd class="gained">3</dd>
    <dd class="reach">1 principal<br>1 resource</dd>
    </div>
    <div>
    <dt>Lost</dt>
    <dd class="zero">0</dd>
    <dd class="reach">
    </dd>
    </div>
    <div>
    <dt>Open</dt>
    <dd class="zero">0</dd>
    <dd class="reach">
    </dd>
    </div>
    <div>
    <dt>Errors changed</dt>
    <dd class="zero">0</dd>
    <dd class="reach">
    </dd>
    </div>
    <div>
    <dt>Unchanged</dt>
    <dd class="">1</dd>
    <dd class="reach">
    </dd>
    </div>
    </dl>
    <section aria-labelledby="outside">
    <h2 id="outside">What is outside</h2>
    <ul class="plain card found">
    <li>
    <p class="line">
    <span class="what gained">3 rows gained</span>
    <span>in default</span>
    <span class="end">none allowed</span>
    </p>
    <ul>
    <li>
    <span>
    <span class="badge medium">medium</span>
    </span>
    <span>
    <code>
    <span class="kind">User::&quot;</span>bob<span class="kind">&quot;</span>
    </code> <code class="do">view</code> <code>
    <span class="kind">Doc::&quot;</span>plan<span class="kind">&quot;</span>
    </code>
    </span>
    <span class="n">3 rows</span>
    </li>
    </ul>
    </li>
    </ul>
    </section>
    <section aria-labelledby="tolerance">
    <h2 id="tolerance">Tolerance</h2>
    <p class="lead">Rows counted, and rows allowed. A change counts in the first band that bounds it.</p>
    <div class="card">
    <table class="bands">
    <thead>
    <tr>
    <th scope="col">Band</th>
    <th scope="col">Gained</th>
    <th scope="col">Lost</th>
    <th scope="col">Open</th>
    <th scope="col">Errors changed</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <th scope="row">default<small>everything else</small>
    </th>
    <td class="over">
    <b>3</b> <span class="quiet">of 0</span> <span class="word">over</span>
    <svg class="bar" aria-hidden="true" focusable="false">
    <rect class="track" width="100%" height="4" rx="2">
    </rect>
    <rect class="fill" width="100.0%" height="4" rx="2">
    </rect>
    </svg>
    </td>
    <td>
    <b>0</b> <span class="quiet">of 0</span>
    </td>
    <td>
    <b>0</b> <span class="quiet">of 0</span>
    </td>
    <td>
    <b>0</b> <span class="quiet">of 0</span>
    </td>
    </tr>
    </tbody>
    </table>
    </div>
    </section>
    <section aria-labelledby="requests">
    <h2 id="requests">Requests, riskiest first</h2>
    <p class="lead">1 distinct request</p>
    <ul class="plain card">
    <li>
    <details class="request">
    <summary>
    <span class="line">
    <span>
    <span class="badge medium">medium</span>
    </span>
    <span class="sign gained">+ gained</span>
    <span>
    <code>
    <span class="kind">User::&quot;</span>bob<span class="kind">&quot;</span>
    </code> <code class="do">view</code> <code>
    <span class="kind">Doc::&quot;</span>plan<span class="kind">&quot;</span>
    </code>
    </span>
    <span class="end n">3 rows</span>
    </span>
    </summary>
    <div class="body">
    <dl>
    <dt>Risk</dt>
    <dd>forbid `guests-stay-out` no longer matches</dd>
    <dt>Before</dt>
    <dd>denied by <code>guests-stay-out</code>
    </dd>
    <dt>After</dt>
    <dd>allowed by <code>public</code>
    </dd>
    <dt>Caused by</dt>
    <dd>
    <code>guests-stay-out</code>, <code>public</code>
    </dd>
    <dt>Asked</dt>
    <dd>2026-11-03</dd>
    </dl>
    </div>
    </details>
    </li>
    </ul>
    </section>
    <section aria-labelledby="reach">
    <h2 id="reach">How far it reaches</h2>
    <div class="card groups">
    <details>
    <summary>
    <span class="line">
    <span>What causes it</span>
    <span class="end n">2</span>
    </span>
    </summary>
    <table>
    <thead>
    <tr>
    <th scope="col">Cause</th>
    <th scope="col">Risk</th>
    <th class="r" scope="col">Gained</th>
    <th class="r" scope="col">Lost</th>
    <th class="r" scope="col">Open</th>
    <th class="r" scope="col">Requests</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <th scope="row">
    <code>guests-stay-out</code>
    </th>
    <td>
    <span class="badge medium">medium</span>
    </td>
    <td class="r gained">3</td>
    <td class="r quiet">0</td>
    <td class="r quiet">0</td>
    <td class="r">1</td>
    </tr>
    <tr>
    <th scope="row">
    <code>public</code>
    </th>
    <td>
    <span class="badge medium">medium</span>
    </td>
    <td class="r gained">3</td>
    <td class="r quiet">0</td>
    <td class="r quiet">0</td>
    <td class="r">1</td>
    </tr>
    </tbody>
    </table>
    </details>
    <details>
    <summary>
    <span class="line">
    <span>Who</span>
    <span class="end n">1</span>
    </span>
    </summary>
    <table>
    <thead>
    <tr>
    <th scope="col">Principal</th>
    <th scope="col">Risk</th>
    <th class="r" scope="col">Gained</th>
    <th class="r" scope="col">Lost</th>
    <th class="r" scope="col">Open</th>
    <th class="r" scope="col">Requests</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <th scope="row">
    <code>
    <span class="kind">User::&quot;</span>bob<span class="kind">&quot;</span>
    </code>
    </th>
    <td>
    <span class="badge medium">medium</span>
    </td>
    <td class="r gained">3</td>
    <td class="r quiet">0</td>
    <td class="r quiet">0</td>
    <td class="r">1</td>
    </tr>
    </tbody>
    </table>
    </details>
    <details>
    <summary>
    <span class="line">
    <span>On what</span>
    <span class="end n">1</span>
    </span>
    </summary>
    <table>
    <thead>
    <tr>
    <th scope="col">Resource</th>
    <th scope="col">Risk</th>
    <th class="r" scope="col">Gained</th>
    <th class="r" scope="col">Lost</th>
    <th class="r" scope="col">Open</th>
    <th class="r" scope="col">Requests</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <th scope="row">
    <code>
    <span class="kind">Doc::&quot;</span>plan<span class="kind">&quot;</span>
    </code>
    </th>
    <td>
    <span class="badge medium">medium</span>
    </td>
    <td class="r gained">3</td>
    <td class="r quiet">0</td>
    <td class="r quiet">0</td>
    <td class="r">1</td>
    </tr>
    </tbody>
    </table>
    </details>
    <details>
    <summary>
    <span class="line">
    <span>To do what</span>
    <span class="end n">1</span>
    </span>
    </summary>
    <table>
    <thead>
    <tr>
    <th scope="col">Action</th>
    <th scope="col">Risk</th>
    <th class="r" scope="col">Gained</th>
    <th class="r" scope="col">Lost</th>
    <th class="r" scope="col">Open</th>
    <th class="r" scope="col">Requests</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <th scope="row">
    <code>
    <span class="kind">Action::&quot;</span>view<span class="kind">&quot;</span>
    </code>
    </th>
    <td>
    <span class="badge medium">medium</span>
    </td>
    <td class="r gained">3</td>
    <td class="r quiet">0</td>
    <td class="r quiet">0</td>
    <td class="r">1</td>
    </tr>
    </tbody>
    </table>
    </details>
    </div>
    </section>
    <section aria-labelledby="policies">
    <h2 id="policies">Policies that differ</h2>
    <p class="lead">2 policies, compared by meaning</p>
    <ul class="plain card">
    <li>
    <details>
    <summary>
    <span class="line">
    <span class="badge">changed</span>
    <code>public</code>
    <span class="quiet">condition 1 removed</span>
    <span class="end">
    <code>policies.cedar:5</code>
    </span>
    </span>
    </summary>
    <div class="body">
    <pre>
    <span>  @id(&quot;public&quot;)</span>
    <span>  permit (</span>
    <span>    principal,</span>
    <span>    action == Action::&quot;view&quot;,</span>
    <span>    resource is Doc</span>
    <del>− )</del>
    <del>− when { resource.public };</del>
    <ins>+ );</ins>
    </pre>
    </div>
    </details>
    </li>
    <li>
    <details>
    <summary>
    <span class="line">
    <span class="badge">removed</span>
    <code>guests-stay-out</code>
    <span class="quiet">
    </span>
    <span class="end">
    <code>policies.cedar:9</code>
    </span>
    </span>
    </summary>
    <div class="body">
    <pre>
    <del>− @id(&quot;guests-stay-out&quot;)</del>
    <del>− forbid (</del>
    <del>−   principal is User,</del>
    <del>−   action,</del>
    <del>−   resource</del>
    <del>− )</del>
    <del>− when { principal.guest }</del>
    <del>− unless { resource.public };</del>
    </pre>
    </div>
    </details>
    </li>
    </ul>
    </section>
    <section aria-labelledby="proof">
    <h2 id="proof">Beyond the log</h2>
    <div class="card">
    <table>
    <thead>
    <tr>
    <th scope="col">Action</th>
    <th scope="col">Proof</th>
    <th scope="col">For example</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <th scope="row">
    <code>
    <span class="kind">Action::&quot;</span>edit<span class="kind">&quot;</span>
    </code>
    </th>
    <td>not proven: no solver</td>
    <td>
    </td>
    </tr>
    <tr>
    <th scope="row">
    <code>
    <span class="kind">Action::&quot;</span>view<span class="kind">&quot;</span>
    </code>
    </th>
    <td>not proven: no solver</td>
    <td>
    </td>
    </tr>
    </tbody>
    </table>
    </div>
    </section>
    <section aria-labelledby="notes">
    <h2 id="notes">Good to know</h2>
    <div class="notes">
    <p>4 rows without entities: those of the workspace were assumed.</p>
    </div>
    </section>
    </main>
    "##);
}

/// What a page shows, a tag a line, without its style and the digests.
fn body(page: &str) -> String {
    let (_, body) = page.split_once("<body>").unwrap();
    let (body, _) = body.split_once("<footer>").unwrap();
    body.replace("><", ">\n<")
}

/// The digests depend on the engine's version.
fn without_digests(text: &str) -> String {
    text.lines()
        .filter(|line| !line.starts_with("<sub>"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_failure_of_a_run_with_json_in_a_file_is_told_in_words() {
    let place = place();
    place.write("t.toml", "[default]\ngained = 0\nlots = 1\n");
    let ran = run(&place, &["--json", "r.json"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.starts_with(
            "error[tolerance_invalid]: the tolerance is not understood: unknown field `lots`"
        ),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("  t.toml:3:1\n"), "{}", ran.err);
    assert!(!place.path("r.json").exists());
}

#[test]
fn what_cannot_be_judged_is_an_error_and_never_a_pass() {
    let place = place();
    let failed = |changed: &[(&str, &str)]| {
        let mut arguments = GUARD.to_vec();
        for (flag, value) in changed {
            let at = arguments.iter().position(|known| known == flag);
            match at {
                Some(at) => arguments[at + 1] = value,
                None => arguments.extend([flag, value]),
            }
        }
        arguments.push("--json");
        place.run(&arguments).failed()
    };
    place.write("empty.jsonl", "");
    place.write("broken/p.cedar", "permit (");
    place.write("latin.toml", b"# \xe9");
    for (changed, code) in [
        (("--base", "no-such-revision"), "revision_unknown"),
        (("--head", "no-such-revision"), "revision_unknown"),
        (("--head", "broken"), "set_broken"),
        (("--log", "empty.jsonl"), "log_empty"),
        (("--log", "w"), "log_missing"),
        (("--tolerance", "nowhere.toml"), "file_read"),
        (("--tolerance", "latin.toml"), "tolerance_invalid"),
        (("--override", "t.toml"), "override_refused"),
    ] {
        assert_eq!(failed(&[changed]).0, code, "{changed:?}");
    }
    assert_eq!(
        run(&place, &["r.json"]).status,
        2,
        "a path without --json is nowhere to write to"
    );
    assert!(!place.path("r.json").exists());
    assert_eq!(place.run(&["guard", "--base", "w"]).status, 2);
    assert_eq!(place.run(&["guard"]).status, 2);
}

/// A tolerance that knows Dana, whose key is in `dana.key`, and the report of the block in `r.json`.
fn with_dana(place: &Place) -> SecretKey {
    let key = place.run(&["guard", "key", "dana.key"]).fine();
    place.write(
        "t.toml",
        format!(
            "{NOTHING_MAY_CHANGE}[[approver]]\nname = \"Dana\"\nemail = \"dana@n.example\"\n{key}"
        ),
    );
    assert_eq!(run(place, &["--json", "r.json"]).status, 1);
    SecretKey::read(&place.read("dana.key")).unwrap()
}

const SIGN: &[&str] = &[
    "guard",
    "override",
    "r.json",
    "--reason",
    "the audit needs it",
    "--approver",
    "Dana",
    "--key",
    "dana.key",
];

#[test]
fn an_override_lets_through_what_its_approver_saw_and_nothing_else() {
    let place = place();
    with_dana(&place);
    let soon = (OffsetDateTime::now_utc() + Duration::days(2))
        .format(&Rfc3339)
        .unwrap();
    let more = ["--expires", soon.as_str(), "--author", "Ivo"];
    assert!(
        place
            .run(&[SIGN, &more].concat())
            .fine()
            .starts_with("override.json: until ")
    );

    // A second one takes its place, and that of nothing else.
    place.run(&[SIGN, &more].concat()).fine();
    let seen = place.read("r.json");
    for out in ["r.json", "dana.key", "nowhere/override.json"] {
        let ran = place.run(&[SIGN, &more, &["--out", out, "--json"]].concat());
        assert_eq!(ran.failed().0, "file_write", "{out}");
    }
    assert_eq!(place.read("r.json"), seen);

    let passed = run(&place, &["--override", "override.json", "--json"]);
    let report = passed.json();
    assert_eq!((passed.status, &report["verdict"]), (0, &json!("pass")));
    assert_eq!(report["override"]["reason"], "the audit needs it");
    assert_eq!(
        report["violations"][0]["rows"], 3,
        "what is outside stays in the report"
    );
    let text = run(&place, &["--override", "override.json"]).out;
    assert!(
        text.contains("\npass: Dana approved what is outside the tolerance, until"),
        "{text}"
    );

    // One more row, one more policy, another tolerance: each needs another signature.
    let log = place.read("log.jsonl");
    place.write(
        "log.jsonl",
        log.clone() + &row("bob", "view", "plan", "deny"),
    );
    let refused = |words: &str| {
        let (code, text) = run(&place, &["--override", "override.json", "--json"]).failed();
        assert_eq!(code, "override_refused");
        assert!(text.contains(words), "{text}");
    };
    refused("accepts 3 rows gained in `default`, and there are 4");
    place.write("log.jsonl", log);
    place.write(
        "x/policies.cedar",
        opened() + "@id(\"all\") permit (principal, action, resource);",
    );
    refused("is for another head");
    place.write("x/policies.cedar", opened());
    place.write(
        "t.toml",
        place.read("t.toml").replace("lost = 0", "lost = 1"),
    );
    refused("is for another tolerance");
    place.write(
        "t.toml",
        place
            .read("t.toml")
            .replace("lost = 1", "lost = 0")
            .replace("\"Dana\"", "\"Dora\""),
    );
    refused("`Dana` is not an approver");
}

#[test]
fn overrides_that_do_not_hold_are_refused_one_by_one() {
    let place = place();
    let key = with_dana(&place);
    let report = Report::read(&place.read("r.json")).unwrap();
    let now = OffsetDateTime::now_utc();
    let at = |days| (now + Duration::days(days)).format(&Rfc3339).unwrap();
    let refused = |given: Value, words: &str| {
        place.write("o.json", given.to_string());
        let (code, text) = run(&place, &["--override", "o.json", "--json"]).failed();
        assert_eq!(code, "override_refused", "{text}");
        assert!(text.contains(words) && text.contains("o.json"), "{text}");
    };
    let statement = |author: &str, expires: String| {
        report
            .statement(
                Some(author.into()),
                "Dana".into(),
                "because".into(),
                expires,
            )
            .unwrap()
    };
    let signed = |statement, key: &SecretKey, now| {
        serde_json::to_value(Override::sign(statement, key, now).unwrap()).unwrap()
    };

    let early = now - Duration::days(9);
    refused(signed(statement("Ivo", at(-1)), &key, early), "expired at ");
    refused(
        signed(statement("D <dana@n.example>", at(1)), &key, now),
        "cannot approve it",
    );
    refused(
        signed(statement("Ivo", at(1)), &SecretKey::from_seed([9; 32]), now),
        "the signature is not `Dana`'s",
    );
    let mut longer = signed(statement("Ivo", at(1)), &key, now);
    longer["statement"]["expires"] = at(1000).into();
    refused(longer, "the signature is not `Dana`'s");
    let mut more = signed(statement("Ivo", at(1)), &key, now);
    more["note"] = "x".into();
    refused(more, "unknown field `note`");

    // Nor is one signed that could not hold.
    for (more, words) in [
        (
            ["--author", "Dana", "--expires", "2999-01-01"],
            "cannot approve it",
        ),
        (
            ["--author", "Ivo", "--expires", "2020-01-01"],
            "expired at 2020-01-01T23:59:59Z",
        ),
        (["--author", "Ivo", "--expires", "soon"], "is no date"),
    ] {
        let ran = place.run(&[SIGN, &more].concat());
        assert_eq!(ran.status, 2);
        assert!(unwrapped(&ran).contains(words), "{}", ran.err);
    }
    let nobody = place.run(&[SIGN, &["--expires", "2999-01-01"]].concat());
    assert!(
        unwrapped(&nobody).contains("hint: name them with --author"),
        "{}",
        nobody.err
    );
    assert!(!place.path("override.json").exists());
}

#[test]
fn keys_are_private_and_never_overwritten() {
    let place = place();
    with_dana(&place);
    let key = place.read("dana.key");
    let again = place.run(&["guard", "key", "dana.key"]);
    assert_eq!(again.status, 2);
    assert!(
        unwrapped(&again).contains("never overwritten"),
        "{}",
        again.err
    );
    assert_eq!(place.read("dana.key"), key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = place.path("dana.key");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let open = place.run(
            &[
                SIGN,
                &["--author", "Ivo", "--expires", "2999-01-01", "--json"],
            ]
            .concat(),
        );
        assert_eq!(open.failed().0, "key_invalid");
    }
}

#[test]
fn judged_blocks_make_the_rate_of_false_ones() {
    let place = place();
    assert_eq!(
        place.run(&["guard", "stats", "w"]).fine(),
        "No block was judged yet.\n"
    );
    run(&place, &["--json", "one.json"]);
    place.write("t.toml", "[default]\ngained = 1\n");
    run(&place, &["--json", "two.json"]);
    let judge = |report, judgement| {
        place
            .run(&[
                "guard", "judge", report, judgement, "--dir", "w", "--note", "seen",
            ])
            .fine()
    };
    judge("one.json", "--false-block");
    judge("one.json", "--right");
    judge("two.json", "--false-block");
    assert_eq!(
        place.run(&["guard", "stats", "w"]).fine(),
        "1 of 2 judged blocks wrong: 50.0 %\n"
    );
    let lines = place.read("w/.fabric/guard.jsonl");
    assert_eq!(lines.lines().count(), 3, "{lines}");
    let stats = place.run(&["guard", "stats", "w", "--json"]).json();
    assert_eq!(stats["false_block_rate"], 0.5);

    place.write("t.toml", "[default]\ngained = 9\n");
    run(&place, &["--json", "fine.json"]);
    place.write("none.json", "{}");
    for report in ["fine.json", "none.json", "t.toml"] {
        let ran = place.run(&["guard", "judge", report, "--right", "--dir", "w", "--json"]);
        assert_eq!(ran.failed().0, "report_invalid", "{report}");
    }
    assert_eq!(
        place
            .run(&["guard", "judge", "one.json", "--dir", "w"])
            .status,
        2,
        "one of the two is to be said"
    );
}

/// A repository with `w`'s policies in its folder `team`, pushed to a bare one, and the hook in it.
struct Repository<'a> {
    place: &'a Place,
}

impl<'a> Repository<'a> {
    fn new(place: &'a Place) -> Self {
        let repository = Self { place };
        for file in ["policies.cedar", "policies.cedarschema", "entities.json"] {
            place.write(&format!("r/team/{file}"), place.read(&format!("w/{file}")));
        }
        place.write("r/team/tolerance.toml", NOTHING_MAY_CHANGE);
        place.write("r/README.md", "words");
        repository.git(&["init", "--quiet", "--initial-branch=main", "."]);
        repository.git(&[
            "init",
            "--quiet",
            "--bare",
            "--initial-branch=main",
            "../remote.git",
        ]);
        repository.git(&["remote", "add", "origin", "../remote.git"]);
        repository.git(&["config", "fabric.workspace", "team"]);
        repository.git(&["config", "fabric.log", "../log.jsonl"]);
        repository.git(&["config", "fabric.program", env!("CARGO_BIN_EXE_fabric")]);
        repository.commit("Policies in force");
        repository.git(&["push", "--quiet", "--set-upstream", "origin", "main"]);
        place.run(&["guard", "hook", "r/team"]).fine();
        repository
    }

    fn run(&self, arguments: &[&str]) -> (bool, String) {
        // The program under test is looked for by its absolute path, and nobody's settings are read.
        let done = Command::new("git")
            .args(arguments)
            .current_dir(self.place.path("r"))
            .env("HOME", self.place.path("home"))
            .env("XDG_DATA_HOME", self.place.path("home/data"))
            .env("XDG_STATE_HOME", self.place.path("home/state"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Ivo")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "ivo@n.example")))
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE")
            .output()
            .unwrap();
        (
            done.status.success(),
            String::from_utf8(done.stderr).unwrap(),
        )
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        let (fine, said) = self.run(arguments);
        assert!(fine, "{arguments:?}: {said}");
        said
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--no-verify", "--message", message]);
    }
}

#[test]
fn the_hook_stops_a_push_that_changes_more_than_it_may() {
    let place = place();
    let repository = Repository::new(&place);

    place.write("r/README.md", "other words");
    repository.commit("Words");
    repository.git(&["push", "--quiet"]);

    // The edit also widens the tolerance; it is judged by the one in force.
    repository.git(&["switch", "--quiet", "--create", "open"]);
    place.write("r/team/policies.cedar", opened());
    place.write("r/team/tolerance.toml", "[default]\ngained = \"any\"\n");
    repository.commit("Everybody may view");
    let (pushed, said) = repository.run(&["push", "origin", "open"]);
    assert!(!pushed, "{said}");
    assert!(
        said.contains("blocked: outside the tolerance in 1 place"),
        "{said}"
    );
    assert!(
        said.contains("refs/heads/open is not pushed; the report is in .git/fabric-guard.html"),
        "{said}"
    );
    let report = place.read("r/.git/fabric-guard.json");
    assert_eq!(
        serde_json::from_str::<Value>(&report).unwrap()["authors"],
        json!(["Ivo <ivo@n.example>"])
    );

    // One that narrows is let through once the tolerance in force says so.
    repository.git(&["switch", "--quiet", "main"]);
    place.write("r/team/tolerance.toml", "[default]\nlost = 1\n");
    repository.commit("One row may be lost");
    repository.git(&["push", "--quiet"]);
    repository.git(&["switch", "--quiet", "--create", "narrow"]);
    place.write(
        "r/team/policies.cedar",
        POLICIES.replace("when { resource.owner == principal }", "when { false }"),
    );
    repository.commit("Owners may not edit");
    repository.git(&["push", "origin", "narrow"]);
    repository.git(&["push", "origin", "--delete", "narrow"]);

    // Straight to the branch in force.
    repository.git(&["switch", "--quiet", "main"]);
    place.write("r/team/policies.cedar", opened());
    repository.commit("Everybody may view");
    assert!(!repository.run(&["push"]).0);
    fs::remove_file(place.path("log.jsonl")).unwrap();
    let (pushed, said) = repository.run(&["push"]);
    assert!(
        !pushed && said.contains("error["),
        "no log is no pass: {said}"
    );
}

#[test]
fn the_hook_asks_which_branch_is_in_force_where_it_cannot_know() {
    let place = place();
    let repository = Repository::new(&place);
    repository.git(&["branch", "--move", "main", "trunk"]);
    repository.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    repository.git(&["update-ref", "refs/remotes/origin/trunk", "HEAD"]);
    repository.git(&["switch", "--quiet", "--create", "open"]);
    place.write("r/team/policies.cedar", opened());
    repository.commit("Everybody may view");
    let (pushed, said) = repository.run(&["push", "origin", "open"]);
    assert!(
        !pushed && said.contains("git config fabric.base origin/BRANCH"),
        "{said}"
    );
    repository.git(&["config", "fabric.base", "origin/trunk"]);
    let (pushed, said) = repository.run(&["push", "origin", "open"]);
    assert!(!pushed && said.contains("blocked:"), "{said}");
}

/// A few lines that are cut or garbled are told of; a log that is mostly such decides nothing.
#[test]
fn a_log_that_is_mostly_unreadable_is_no_ground_for_a_verdict() {
    let place = place();
    let log = place.read("log.jsonl");
    let log = log.repeat(10);
    let judged = |bad: usize| {
        place.write("bad.jsonl", format!("{log}{}", "garbage\n".repeat(bad)));
        let mut asked = vec!["guard", "--base", "w", "--head", "w"];
        place.write("nothing.toml", NOTHING_MAY_CHANGE);
        asked.extend(["--log", "bad.jsonl", "--tolerance", "nothing.toml"]);
        place.run(&asked)
    };
    let rows = log.lines().count();
    assert_eq!(judged(0).status, 0);
    let refused = judged(rows);
    assert_eq!(refused.status, 2, "{}", refused.err);
    assert!(refused.err.contains("log_empty"), "{}", refused.err);
    let first = format!("line {}: expected value in column 1\n", rows + 1);
    assert!(refused.err.contains(&first), "{}", refused.err);
    // Where few are bad, every form of the report names the first.
    let told = judged(1);
    assert_eq!(told.status, 0, "{}", told.err);
    assert!(told.out.contains(&first), "{}", told.out);
    let mut asked = vec!["guard", "--base", "w", "--head", "w"];
    asked.extend(["--log", "bad.jsonl", "--tolerance", "nothing.toml"]);
    asked.extend(["--html", "r.html", "--markdown", "r.md", "--json", "r.json"]);
    place.run(&asked).fine();
    for name in ["r.html", "r.md"] {
        let report = place.read(name);
        assert!(report.contains(first.trim_end()), "{name}: {report}");
    }
    assert!(place.read("r.json").contains("\"why\":"));
}

#[test]
fn the_hook_takes_a_signed_override() {
    let place = place();
    let repository = Repository::new(&place);
    let key = place.run(&["guard", "key", "dana.key"]).fine();
    place.write(
        "r/team/tolerance.toml",
        format!(
            "[[approver]]\nname = \"Dana\"\n{key}[[approver]]\nname = \"Ivo\"\nkey = \"{}\"\n",
            SecretKey::from_seed([3; 32]).public().as_str()
        ),
    );
    repository.commit("Dana and Ivo may approve");
    repository.git(&["push", "--quiet"]);
    place.write("r/team/policies.cedar", opened());
    repository.commit("Everybody may view");
    assert!(!repository.run(&["push"]).0);
    let sign = [
        "guard",
        "override",
        "r/.git/fabric-guard.json",
        "--reason",
        "the audit",
        "--approver",
        "Dana",
        "--key",
        "dana.key",
        "--expires",
        "2999-01-01",
    ];
    place.run(&sign).fine();
    repository.git(&["config", "fabric.override", "../override.json"]);

    // Ivo made the commit, so his own signature is worth nothing, whoever he says the author is.
    let report = Report::read(&place.read("r/.git/fabric-guard.json")).unwrap();
    let own = report
        .statement(
            Some("Nobody".into()),
            "Ivo".into(),
            "mine".into(),
            "2999-01-01T00:00:00Z".into(),
        )
        .unwrap();
    let own = Override::sign(
        own,
        &SecretKey::from_seed([3; 32]),
        OffsetDateTime::now_utc(),
    )
    .unwrap();
    let danas = place.read("override.json");
    place.write("override.json", serde_json::to_string(&own).unwrap());
    let (pushed, said) = repository.run(&["push"]);
    assert!(
        !pushed && said.contains("`Ivo` is the author of the change"),
        "{said}"
    );

    place.write("override.json", danas);
    repository.git(&["push"]);
}

#[test]
fn a_hook_of_somebody_else_is_left_alone() {
    let place = place();
    let repository = Repository::new(&place);
    place.run(&["guard", "hook", "r"]).fine();
    place.write("r/.git/hooks/pre-push", "#!/bin/sh\nexit 0\n");
    let refused = place.run(&["guard", "hook", "r"]);
    assert_eq!(refused.status, 2);
    assert!(
        unwrapped(&refused).contains("somebody else's hook"),
        "{}",
        refused.err
    );
    assert_eq!(place.read("r/.git/hooks/pre-push"), "#!/bin/sh\nexit 0\n");
    assert_eq!(
        place.run(&["guard", "hook", "w", "--json"]).failed().0,
        "file_read"
    );

    repository.git(&["config", "core.hooksPath", "hooks"]);
    place.run(&["guard", "hook", "r"]).fine();
    assert!(is_executable(&place.path("r/hooks/pre-push")));
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).unwrap().permissions().mode() & 0o111 == 0o111
    }
    #[cfg(not(unix))]
    path.is_file()
}
