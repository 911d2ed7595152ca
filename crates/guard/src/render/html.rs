//! The report as one HTML file: no script, no network, light and dark as the reader's system is, fit for paper. `maud`
//! escapes every text that is put in; the policy in the head forbids whatever might slip through. However many rows were
//! replayed, the file shows the first groups and requests and how many there are.

use std::{cmp::Reverse, collections::HashMap};

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use model::{Change, Group, Outcome, PolicyChange, Reach, RiskLevel};

use super::{
    allowed, class, count, counted, difference, headline, kind, level, measure, notes, outcome,
    relation, rows, unread, visible,
};
use crate::{Band, Count, Limit, Measure, Report, Ruling, Violation};

const STYLE: &str = include_str!("style.css");

const CHANGES: usize = 50;
const GROUPS: usize = 20;
const POLICIES: usize = 50;
const PROOFS: usize = 100;

/// The report as HTML.
#[must_use]
pub fn html(report: &Report) -> String {
    let drift = &report.drift;
    let ruling = report.verdict.verdict;
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="referrer" content="no-referrer";
                title { "Access drift: " (ruling.word()) ", " (visible(&drift.base.label)) " to " (visible(&drift.head.label)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.eyebrow {
                        span class={ "badge verdict " (ruling.word()) } { (capital(ruling.word())) }
                        span { "Access drift" }
                    }
                    h1 { (headline(report)) }
                    p.lead {
                        (name(&drift.base.label)) " → " (name(&drift.head.label)) ", "
                        (counted(drift.totals.rows, "recorded decision")) " replayed"
                    }
                }
                main {
                    (tiles(report))
                    @if let Some(given) = &report.r#override {
                        div.approved {
                            p { strong { (visible(&given.approver)) } " approved what is outside, until " (visible(&given.expires)) }
                            p.lead { (visible(&given.reason)) }
                        }
                    }
                    (outside(report))
                    (bands(&report.verdict.tolerance.bands))
                    (requests(report))
                    (reach(report))
                    (policies(&drift.policies))
                    (proof(report))
                    @let (unread, notes) = (unread(report), notes(report));
                    @if unread.is_some() || !notes.is_empty() {
                        section aria-labelledby="notes" {
                            h2 #notes { "Good to know" }
                            div.notes {
                                @if let Some(unread) = unread {
                                    p { (unread) }
                                    @for line in &report.drift.first_skipped {
                                        p { code { (visible(&line.to_string())) } }
                                    }
                                }
                                @for note in notes { p { (note) } }
                            }
                        }
                    }
                }
                footer { (foot(report)) }
            }
        }
    };
    page.into_string()
}

fn tiles(report: &Report) -> Markup {
    let totals = &report.drift.totals;
    let headline = &report.drift.headline;
    let open = totals.maybe_gained + totals.maybe_lost + totals.undeterminable;
    let tile = |class: &str, word: &str, rows: u64, reach: Option<Reach>| {
        let class = if rows == 0 { "zero" } else { class };
        markup! {
            div {
                dt { (word) }
                dd class=(class) { (count(rows)) }
                dd.reach {
                    @if let Some(reach) = reach.filter(|_| rows > 0) {
                        (counted(reach.principals, "principal")) br;
                        (counted(reach.resources, "resource"))
                    }
                }
            }
        }
    };
    markup! {
        dl.tiles {
            (tile("gained", "Gained", totals.gained, Some(headline.gained)))
            (tile("lost", "Lost", totals.lost, Some(headline.lost)))
            (tile("open", "Open", open, Some(headline.open)))
            (tile("error_changed", "Errors changed", totals.error_changed, None))
            (tile("", "Unchanged", totals.unchanged, None))
        }
    }
}

fn outside(report: &Report) -> Markup {
    let violations = &report.verdict.violations;
    if violations.is_empty() {
        return markup! {};
    }
    let one = |found: &Violation| {
        let examples = found.examples.len() as u64;
        let more = found.requests.saturating_sub(examples);
        markup! {
            li {
                p.line {
                    span class={ "what " (tone(found.measure)) } { (rows(found.rows)) " " (found.measure.words()) }
                    span { "in " (visible(&found.band)) }
                    span.end { (allowed(found.limit)) " allowed" }
                }
                @if examples > 0 {
                    ul {
                        @for example in &found.examples {
                            li {
                                span { (risk(example.risk)) }
                                span { (ask(&example.principal, &example.action, &example.resource)) }
                                span.n { (rows(example.rows)) }
                            }
                        }
                        @if more > 0 { li.quiet { span {} span { "and " (counted(more, "more request")) } } }
                    }
                }
            }
        }
    };
    markup! {
        section aria-labelledby="outside" {
            h2 #outside { "What is outside" }
            @if report.verdict.verdict == Ruling::Undecided {
                p.lead { "These rows may change, and the log does not carry what would tell." }
            }
            ul.plain.card.found { @for found in violations { (one(found)) } }
        }
    }
}

fn bands(bands: &[Band]) -> Markup {
    markup! {
        section aria-labelledby="tolerance" {
            h2 #tolerance { "Tolerance" }
            p.lead { "Rows counted, and rows allowed. A change counts in the first band that bounds it." }
            div.card {
                table.bands {
                    thead { tr {
                        th scope="col" { "Band" }
                        @for of in Measure::ALL { th scope="col" { (measure(of)) } }
                    } }
                    tbody {
                        @for band in bands {
                            tr {
                                th scope="row" { (visible(&band.name)) small { (visible(&band.covers)) } }
                                @for of in Measure::ALL {
                                    @match band.counts.iter().find(|count| count.measure == of) {
                                        Some(count) => (bar(count)),
                                        None => td.none { span aria-hidden="true" { "·" } span.sr { "not bounded here" } },
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Rows of a limit, and a bar: up to the limit it fills; beyond, a notch shows where the limit lies.
fn bar(counted: &Count) -> Markup {
    let over = counted.limit.exceeded_by(counted.rows);
    let share = |part: u64, whole: u64| {
        if whole == 0 {
            0.0
        } else {
            (part as f64 / whole as f64 * 100.0).clamp(0.0, 100.0)
        }
    };
    let (drawn, fill, tick) = match counted.limit {
        Limit::AtMost(0) => (over, 100.0, None),
        Limit::AtMost(limit) if over => (true, 100.0, Some(share(limit, counted.rows))),
        // What is there can be seen, however small its share.
        Limit::AtMost(limit) if counted.rows > 0 => {
            (true, share(counted.rows, limit).max(3.0), None)
        }
        Limit::AtMost(_) => (true, 0.0, None),
        Limit::Any => (false, 0.0, None),
    };
    markup! {
        td class=[over.then_some("over")] {
            b { (count(counted.rows)) } " "
            span.quiet { "of " @match counted.limit { Limit::AtMost(limit) => (count(limit)), Limit::Any => "any" } }
            @if over { " " span.word { "over" } }
            @if drawn {
                svg.bar aria-hidden="true" focusable="false" {
                    rect.track width="100%" height="4" rx="2" {}
                    @if fill > 0.0 { rect.fill width=(format!("{fill:.1}%")) height="4" rx="2" {} }
                    @if let Some(tick) = tick { rect.tick x=(format!("{:.1}%", tick.min(98.5))) width="2" height="4" {} }
                }
            }
        }
    }
}

/// Changes that read alike: they differ in context or facts, which are not shown.
struct Alike<'a> {
    first: &'a Change,
    rows: u64,
    variants: u64,
    first_at: &'a str,
    last_at: &'a str,
}

fn alike(changes: &[Change]) -> Vec<Alike<'_>> {
    let mut found: Vec<Alike<'_>> = Vec::new();
    let mut places = HashMap::new();
    for change in changes {
        let reads = (
            (&change.principal, &change.action, &change.resource),
            (change.class, change.risk.level, &change.risk.why),
            (
                &change.before,
                &change.after,
                change.error_changed,
                change.log_disagrees,
                &change.residual,
            ),
        );
        let place = *places.entry(reads).or_insert(found.len());
        match found.get_mut(place) {
            Some(known) => {
                known.rows += change.rows;
                known.variants += 1;
                known.first_at = known.first_at.min(&change.first_at);
                known.last_at = known.last_at.max(&change.last_at);
            }
            None => found.push(Alike {
                first: change,
                rows: change.rows,
                variants: 1,
                first_at: &change.first_at,
                last_at: &change.last_at,
            }),
        }
    }
    found.sort_by_key(|alike| {
        let change = alike.first;
        (change.risk.level, change.class, Reverse(alike.rows))
    });
    found
}

fn requests(report: &Report) -> Markup {
    let drift = &report.drift;
    if drift.changes.is_empty() {
        return markup! {};
    }
    let mut shown = alike(&drift.changes);
    let all = shown.len() <= CHANGES && drift.changes.len() as u64 == drift.changes_total;
    shown.truncate(CHANGES);
    let total = counted(drift.changes_total, "distinct request");
    let covered: u64 = shown.iter().map(|alike| alike.variants).sum();
    markup! {
        section aria-labelledby="requests" {
            h2 #requests { "Requests, riskiest first" }
            p.lead { @if all { (total) } @else { (count(covered)) " of " (total) } }
            ul.plain.card { @for alike in &shown { li { (request(report, alike)) } } }
        }
    }
}

fn request(report: &Report, alike: &Alike<'_>) -> Markup {
    let change = alike.first;
    let (sign, word) = class(change.class, change.error_changed);
    let tone = match sign {
        "+" => "gained",
        "−" => "lost",
        "!" => "error_changed",
        _ => "open",
    };
    // Days are enough to see whether it is still being asked.
    let day = |at: &str| at.get(..10).unwrap_or(at).to_owned();
    let days = match (day(alike.first_at), day(alike.last_at)) {
        (first, last) if first == last => first,
        (first, last) => format!("{first} to {last}"),
    };
    let several = alike.variants > 1;
    let [before, after] = change.lacks();
    let sides = change.residual.iter();
    let sides = sides.flat_map(|residual| residual.before.iter().chain(&residual.after));
    let mut open: Vec<String> = sides.map(|it| it.policy.clone()).collect();
    open.sort_unstable();
    open.dedup();
    let turns_on = change.turns_on(|clause| markup! { code { (visible(clause)) } }.into_string());
    markup! {
        details.request {
            summary {
                span.line {
                    span { (risk(change.risk.level)) }
                    span class={ "sign " (tone) } { (sign) " " (word) }
                    span { (ask(&change.principal, &change.action, &change.resource)) }
                    span.end.n { (rows(alike.rows)) @if several { ", " (count(alike.variants)) " variants" } }
                }
            }
            div.body {
                dl {
                    @if !change.risk.why.is_empty() { dt { "Risk" } dd { (visible(&change.risk.why)) } }
                    dt { "Before" } dd { (side(&change.before, &before)) }
                    dt { "After" } dd { (side(&change.after, &after)) }
                    @if let Some(words) = turns_on { dt { "Turns on" } dd { (PreEscaped(words)) } }
                    @if !open.is_empty() { dt { "Left open by" } dd { (names(&open)) } }
                    @if !change.causes.is_empty() { dt { "Caused by" } dd { (listed(&change.causes, &|policy| cause(report, policy))) } }
                    @if !days.is_empty() { dt { "Asked" } dd { (visible(&days)) } }
                    @if change.log_disagrees { dt { "Log" } dd { "recorded another decision than the base gives" } }
                }
            }
        }
    }
}

fn side(of: &Outcome, lacks: &[String]) -> Markup {
    let (words, list) = outcome(of, lacks);
    markup! {
        (words) " " (names(list))
        @for error in of.errors.iter().take(5) {
            br; (name(&error.policy)) " fails: " (visible(&error.message))
        }
    }
}

/// At most five, and how many more.
fn names(list: &[String]) -> Markup {
    listed(list, &name)
}

fn listed(list: &[String], named: &dyn Fn(&str) -> Markup) -> Markup {
    markup! {
        @for (at, one) in list.iter().take(5).enumerate() { @if at > 0 { ", " } (named(one)) }
        @if list.len() > 5 { " and " (count(list.len() as u64 - 5)) " more" }
    }
}

/// A policy that was edited, or the entities by which one that was not says something else.
fn cause(report: &Report, policy: &str) -> Markup {
    markup! { @if report.drift.is_unedited(policy) { "entities that " (name(policy)) " reads" } @else { (name(policy)) } }
}

fn reach(report: &Report) -> Markup {
    let drift = &report.drift;
    let cause = |policy: &str| cause(report, policy);
    let cause: &dyn Fn(&str) -> Markup = &cause;
    let lists = [
        ("What causes it", "Cause", &drift.by_policy, cause),
        ("Who", "Principal", &drift.by_principal, &name),
        ("On what", "Resource", &drift.by_resource, &name),
        ("To do what", "Action", &drift.by_action, &name),
    ];
    if lists.iter().all(|(_, _, groups, _)| groups.is_empty()) {
        return markup! {};
    }
    markup! {
        section aria-labelledby="reach" {
            h2 #reach { "How far it reaches" }
            div.card.groups {
                @for (title, column, groups, named) in lists { @if !groups.is_empty() { (group(title, column, groups, named)) } }
            }
        }
    }
}

fn group(title: &str, column: &str, groups: &[Group], named: &dyn Fn(&str) -> Markup) -> Markup {
    // A report holds at most a hundred groups of a kind.
    let total = if groups.len() < 100 {
        count(groups.len() as u64)
    } else {
        "100 or more".to_owned()
    };
    let number = |rows: u64, tone: &str| {
        let tone = if rows == 0 { "quiet" } else { tone };
        markup! { td class={ "r " (tone) } { (count(rows)) } }
    };
    markup! {
        details {
            summary { span.line { span { (title) } span.end.n { (total) } } }
            table {
                thead { tr {
                    th scope="col" { (column) }
                    th scope="col" { "Risk" }
                    th.r scope="col" { "Gained" }
                    th.r scope="col" { "Lost" }
                    th.r scope="col" { "Open" }
                    th.r scope="col" { "Requests" }
                } }
                tbody {
                    @for group in groups.iter().take(GROUPS) {
                        tr {
                            th scope="row" { (named(&group.key)) }
                            td { (risk(group.risk.level)) }
                            (number(group.gained, "gained"))
                            (number(group.lost, "lost"))
                            (number(group.open, "open"))
                            td.r { (count(group.changes)) }
                        }
                    }
                }
            }
            @if groups.len() > GROUPS { p.more { "The first " (GROUPS) " of " (total) } }
        }
    }
}

fn policies(changes: &[PolicyChange]) -> Markup {
    if changes.is_empty() {
        return markup! {};
    }
    markup! {
        section aria-labelledby="policies" {
            h2 #policies { "Policies that differ" }
            p.lead { (counted(changes.len() as u64, "policy|policies")) ", compared by meaning" }
            ul.plain.card {
                @for change in changes.iter().take(POLICIES) { li { (policy(change)) } }
                @if changes.len() > POLICIES { li.more { "The first " (POLICIES) " of " (count(changes.len() as u64)) } }
            }
        }
    }
}

fn policy(change: &PolicyChange) -> Markup {
    let (lines, cut) = difference(change);
    let parts: Vec<_> = change
        .parts
        .iter()
        .take(5)
        .map(|part| visible(part))
        .collect();
    markup! {
        details {
            summary {
                span.line {
                    span.badge { (kind(change.kind)) }
                    (name(&change.id))
                    @if let Some(old) = change.old_id.as_ref().filter(|old| **old != change.id) { span.quiet { "was " (name(old)) } }
                    span.quiet { (parts.join(", ")) }
                    span.end { code { (visible(&change.source.file)) ":" (change.source.line) } }
                }
            }
            div.body {
                pre {
                    @for (sign, line) in &lines {
                        @match sign {
                            '+' => ins { "+ " (line) },
                            '-' => del { "− " (line) },
                            _ => span { "\u{a0} " (line) },
                        }
                    }
                    @if cut { span { "…" } }
                }
            }
        }
    }
}

fn proof(report: &Report) -> Markup {
    let lines = &report.verdict.proof;
    markup! {
        section aria-labelledby="proof" {
            h2 #proof { "Beyond the log" }
            @if lines.is_empty() {
                p.lead { "Not proven: no solver. What the log does not hold was not looked at." }
            } @else {
                div.card {
                    table {
                        thead { tr { th scope="col" { "Action" } th scope="col" { "Proof" } th scope="col" { "For example" } } }
                        tbody {
                            @for line in lines.iter().take(PROOFS) {
                                tr {
                                    th scope="row" { (name(&line.action)) }
                                    td { (relation(line.relation)) @if let Some(reason) = &line.reason { ": " (visible(reason)) } }
                                    td { @if let Some(found) = &line.counterexample { (visible(&found.sentence)) } }
                                }
                            }
                        }
                    }
                    @if lines.len() > PROOFS { p.more { "The first " (PROOFS) " of " (count(lines.len() as u64)) } }
                }
            }
        }
    }
}

fn foot(report: &Report) -> Markup {
    let drift = &report.drift;
    let digest = |text: &str| markup! { code { (visible(text)) } };
    markup! {
        dl {
            dt { "Engine" } dd { (visible(&drift.engine)) }
            dt { "Base" } dd { (counted(drift.base.policies, "policy|policies")) ", " (digest(&drift.base.digest)) }
            dt { "Head" } dd { (counted(drift.head.policies, "policy|policies")) ", " (digest(&drift.head.digest)) }
            dt { "Tolerance" } dd { (digest(&report.verdict.tolerance.digest)) }
            @if !report.authors.is_empty() {
                dt { "Authors" } dd { (report.authors.iter().take(10).map(|author| visible(author)).collect::<Vec<_>>().join(", ")) }
            }
        }
    }
}

fn risk(of: RiskLevel) -> Markup {
    markup! { span class={ "badge " (level(of)) } { (level(of)) } }
}

fn tone(of: Measure) -> &'static str {
    match of {
        Measure::Gained => "gained",
        Measure::Lost => "lost",
        Measure::Open => "open",
        Measure::ErrorChanged => "error_changed",
    }
}

/// Who, what, on what. The action goes by its name where its type says no more than that it is one.
fn ask(principal: &str, action: &str, resource: &str) -> Markup {
    let short = action
        .strip_prefix("Action::\"")
        .and_then(|name| name.strip_suffix('"'))
        .unwrap_or(action);
    markup! { (name(principal)) " " code.do { (visible(short)) } " " (name(resource)) }
}

/// A name; of an entity's id, the type stands back.
fn name(text: &str) -> Markup {
    match text.split_once("::\"") {
        Some((kind, id)) => {
            markup! { code { span.kind { (visible(kind)) "::\"" } (visible(id.strip_suffix('"').unwrap_or(id))) @if id.ends_with('"') { span.kind { "\"" } } } }
        }
        None => markup! { code { (visible(text)) } },
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
