//! The bundle in front: the verdict in words, what it rests on, and under which circumstances it was judged.

use ipc::{BundleVerdict, BundleView, CheckState, CheckView, HeadView};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{checks, empty, file, hash, picture, receipts, tabs, trust, words_of};
use crate::{
    components::{
        Gutter, Kind, Piece, TabLabel, button, copies, does, drawn, facts, live, piece, shown,
        trouble,
    },
    dom,
    icons::Icon,
    state::{Studio, as_text, because},
    words,
};

/// The page.
pub fn bundle(studio: Studio) -> AnyView {
    let evidence = studio.evidence;
    let open = Memo::new(move |_| evidence.bundle.with(Option::is_some));
    live(move || {
        if open.get() {
            return judged(studio);
        }
        shown(move || match evidence.failure.get() {
            Some(failure) => piece("div.col")
                .with("data-test", "evidence-failure")
                .add(trouble(&failure))
                .add(
                    piece("span.row")
                        .add(does(studio, "verify-again", Kind::Plain, "Try again"))
                        .add(does(studio, "verify-bundle", Kind::Ghost, "")),
                ),
            None if evidence.path.with(String::is_empty) => begin(studio),
            None => piece("span"),
        })
    })
}

/// Before a bundle was chosen: what this is for, whom to trust, what was opened before.
fn begin(studio: Studio) -> Piece {
    let about = "A bundle holds signed receipts and everything that proves them: keys, the ledger they are in, the decisions themselves. Every check is made on this machine, by your trust file alone, and recorded decisions are run again. Nothing leaves this machine.";
    let head = piece("div.start-head").add(drawn(Icon::ShieldCheck)).add(
        piece("div")
            .add(piece("h2").text("Check what was promised, and trust nobody for it"))
            .add(piece("p.dim").text(about)),
    );
    let choose = piece("div.row.wrap")
        .add(does(studio, "verify-bundle", Kind::Primary, ""))
        .add(piece("span.faint").text("or drop a .tfb file anywhere on this window"));
    let page = piece("div.evidence-start")
        .with("data-test", "evidence-empty")
        .add(head)
        .add(choose);
    studio.evidence.view.with(|view| match view {
        None => page,
        Some(Err(failure)) => page.add(trouble(failure)),
        Some(Ok(view)) => {
            let trusts = trust::judged(studio, view.trust.as_ref());
            let page = match view.sample {
                None => page,
                Some(_) => page.add(
                    piece("div.row.wrap")
                        .add(does(studio, "verify-sample", Kind::Plain, ""))
                        .add(piece("span.faint").text("three receipts made on this machine, judged by the sample's own trust file")),
                ),
            };
            let page = page.add(
                piece("section.col")
                    .add(piece("h2.label").text("Whose word counts"))
                    .add(piece("div.card").with("data-test", "trust").add(trusts)),
            );
            if view.recent.is_empty() {
                return page;
            }
            let rows = view.recent.iter().take(6).map(|it| recent(studio, it));
            page.add(
                piece("section.col")
                    .add(piece("h2.label").text("Opened before"))
                    .add(piece("div.card").all(rows)),
            )
        }
    })
}

fn recent(studio: Studio, it: &ipc::RecentBundle) -> Piece {
    let (folder, name) = words::file(&it.path);
    let (word, tone) = words::verdict(it.verdict);
    let path = it.path.clone();
    piece("button.recent-item")
        .with("type", "button")
        .with("data-test", "recent-bundle")
        .add(
            piece("span")
                .with("class", tone)
                .add(drawn(picture(it.verdict))),
        )
        .add(piece("b").text(name))
        .add(piece("span.faint.cut.grow").text(folder))
        .add(piece("span.faint").text(&format!("{word} on {}", words::date(&it.at))))
        .pressed(move || studio.verify(path.clone()))
}

fn judged(studio: Studio) -> AnyView {
    let evidence = studio.evidence;
    let page = evidence.page;
    let part = move |draw: fn(Studio, &BundleView) -> Piece| {
        shown(move || {
            evidence.bundle.with(|bundle| {
                bundle
                    .as_ref()
                    .map_or_else(|| piece("span"), |bundle| draw(studio, bundle))
            })
        })
    };
    let labels = Signal::derive(move || {
        evidence
            .bundle
            .with(|bundle| bundle.as_ref().map(labels).unwrap_or_default())
    });
    view! {
        <div class="judged" class:stale=move || !evidence.busy.get().is_empty()>
            {part(banner)}
            <div class="review">
                <div class="card">
                    {tabs("bundle", "What the verdict rests on", labels, page)}
                    <div class="panel" id="bundle-panel" role="tabpanel" tabindex="0" aria-label=move || page.get()>
                        {live(move || match page.get() {
                            "receipts" => receipts::list(studio, evidence.receipts),
                            "files" => part(files),
                            _ => part(checks::checks),
                        })}
                    </div>
                </div>
                <Gutter property="--why" label="Width of the side" smallest=300.0 largest=720.0 usual=420.0 right=true/>
                <aside class="card" aria-label="More of it">
                    {live(move || match page.get() {
                        "receipts" => receipts::front(studio, evidence.receipts),
                        _ => part(circumstances),
                    })}
                </aside>
            </div>
        </div>
    }
    .into_any()
}

fn labels(bundle: &BundleView) -> Vec<TabLabel> {
    let count = |fits: fn(&CheckView) -> bool| bundle.checks.iter().filter(|it| fits(it)).count();
    let fail = count(|it| it.state == CheckState::Fail);
    let open = count(|it| it.state == CheckState::NotChecked && it.needed);
    let checks = TabLabel::new("checks", "Checks");
    vec![
        match (fail, open) {
            (0, 0) => checks.with(bundle.checks.len()),
            (0, open) => checks.with(format!("{open} open")),
            (fail, _) => TabLabel {
                bad: true,
                ..checks.with(format!("{fail} failed"))
            },
        },
        TabLabel::new("receipts", "Receipts").with(words::number(bundle.receipts)),
        TabLabel::new("files", "Files").with(bundle.artefacts.len()),
    ]
}

fn banner(studio: Studio, bundle: &BundleView) -> Piece {
    let (word, tone) = words::verdict(bundle.verdict);
    let verified = bundle.verdict == BundleVerdict::Verified;
    let by = match &bundle.trust {
        Some(trust) => words::file(&trust.path).1,
        None => "nobody",
    };
    let exported = if verified {
        "exported"
    } else {
        "says it was exported"
    };
    let line = format!(
        "{} · {exported} {} · judged by {by} in {} · nothing left this machine",
        words::count(bundle.receipts, "receipt", "receipts"),
        words::date(&bundle.issued),
        words::duration(bundle.milliseconds),
    );
    let says = piece("div.says")
        .add(
            piece("h2")
                .with("id", "verdict")
                .with("tabindex", "-1")
                .text(word),
        )
        .add(
            piece("p")
                .with("data-test", "verdict-why")
                .prose(&because(bundle)),
        )
        .add(piece("p.faint").text(&line));
    let trusts = bundle
        .trust
        .as_ref()
        .is_some_and(|trust| trust.failure.is_none());
    let mut buttons = piece("div.row.wrap");
    if !trusts {
        buttons = buttons.add(does(studio, "choose-trust", Kind::Primary, ""));
    }
    buttons = buttons.add(does(studio, "verify-again", Kind::Plain, ""));
    // Remembered now, or before: then it was compared with itself.
    let remembered = bundle.head.is_some()
        && (bundle.last_seen == bundle.head
            || studio
                .evidence
                .remembered
                .with(|remembered| *remembered == bundle.head));
    if remembered {
        buttons = buttons.add(
            piece("span.row.dim")
                .with("data-test", "remembered")
                .add(drawn(Icon::Check))
                .text("Checkpoint remembered"),
        );
    } else if verified {
        buttons = buttons.add(
            button("Remember checkpoint", None, Kind::Plain)
                .with("data-test", "remember")
                .pressed(move || studio.remember_head()),
        );
    }
    let text = as_text(bundle);
    piece("section.judgement")
        .with("aria-labelledby", "verdict")
        .with("data-test", "verdict")
        .with("data-verdict", word)
        .with("data-tone", tone)
        .add(drawn(picture(bundle.verdict)))
        .add(says)
        .add(buttons.add(
            copies(studio, "Copy verdict", Kind::Plain, text).with("data-test", "copy-verdict"),
        ))
}

fn files(_: Studio, bundle: &BundleView) -> Piece {
    if bundle.artefacts.is_empty() {
        return empty(
            Icon::FileText,
            "No files",
            "The receipts in this bundle speak of no files that came along.",
        );
    }
    let rows = bundle.artefacts.iter().map(|it| {
        piece("tr")
            .add(piece("td").add(piece("code.copyable").text(&it.name)))
            .add(piece("td.num").text(&words::bytes(it.bytes)))
    });
    let column = |name| piece("th").with("scope", "col").text(name);
    let head = piece("tr").add(column("File")).add(column("Size"));
    piece("div.section").with("data-test", "bundle-files").add(
        piece("table.facts")
            .add(piece("thead").add(head))
            .add(piece("tbody").all(rows)),
    )
}

fn head(studio: Studio, head: &HeadView) -> Piece {
    let size = words::count(head.size, "receipt", "receipts");
    piece("div").add(piece("code").text(&head.origin)).add(
        piece("p.row.wrap")
            .add(piece("span.dim").text(&size))
            .add(hash(studio, "Copy the root", &head.root)),
    )
}

/// What the bundle says of itself, and how it was judged.
fn circumstances(studio: Studio, bundle: &BundleView) -> Piece {
    let mut own = piece("section.section")
        .add(piece("h3").text("The bundle"))
        .add(facts(vec![
            ("File", file(studio, &bundle.path)),
            ("SHA-256", hash(studio, "Copy the digest", &bundle.digest)),
            ("Size", words_of(&words::bytes(bundle.bytes))),
        ]));
    if bundle.verdict != BundleVerdict::Verified {
        own = own.add(piece("p.faint").text("What follows is what it says of itself."));
    }
    let purpose = match bundle.purpose.as_str() {
        "" => "not said",
        purpose => purpose,
    };
    let ledger = match &bundle.head {
        Some(it) => head(studio, it),
        None => words_of("none in it"),
    };
    let own = own.add(facts(vec![
        ("Exported", words_of(&words::date_time(&bundle.issued))),
        ("Purpose", words_of(purpose)),
        ("Checkpoint", ledger),
    ]));
    let section = |title: &str, inner: Piece| inner_section(title).add(inner);
    piece("div.panel")
        .with("tabindex", "0")
        .with("role", "group")
        .with("aria-label", "The bundle and how it was judged")
        .with("data-test", "circumstances")
        .add(own)
        .add(section(
            "Judged by",
            trust::judged(studio, bundle.trust.as_ref()),
        ))
        .add(section("Judged at", moment(studio, bundle.at.as_deref())))
        .add(section("Compared with", last_seen(studio, bundle)))
}

fn inner_section(title: &str) -> Piece {
    piece("section.titled").add(piece("h3").text(title))
}

/// The moment: nothing may have been signed after it.
fn moment(studio: Studio, at: Option<&str>) -> Piece {
    let told = match at {
        Some(at) => format!(
            "As of {}: nothing may have been signed after it.",
            words::date_time(at)
        ),
        None => "No moment was given: every signature is judged at its own time.".to_owned(),
    };
    let field = piece("input.input.num.grow")
        .with("type", "datetime-local")
        .with("id", "judge-at")
        .with("data-test", "judge-at")
        .with("aria-label", "Moment to judge at, UTC")
        .with("placeholder", "2026-11-21 12:00")
        .with("value", at.and_then(|at| at.get(..16)).unwrap_or_default());
    let form = piece("form.row.wrap")
        .add(field)
        .add(piece("span.faint").text("UTC"))
        .add(
            button("Judge then", None, Kind::Plain)
                .with("type", "submit")
                .with("data-test", "judge-submit"),
        )
        .hears(
            "submit",
            Box::new(move |event| {
                event.prevent_default();
                let field =
                    dom::find("#judge-at").and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
                match field.and_then(|field| words::moment(&field.value())) {
                    Some(moment) => studio.judge_at(Some(moment)),
                    None => {
                        studio.say("Write the moment as 2026-11-21 12:00");
                        dom::focus("#judge-at");
                    }
                }
            }),
        );
    let form = match at {
        None => form,
        Some(_) => form.add(
            button("Any time", None, Kind::Ghost)
                .with("data-test", "judge-any")
                .pressed(move || studio.judge_at(None)),
        ),
    };
    piece("div.section")
        .add(piece("p.dim").text(&told))
        .add(form)
}

/// The checkpoint seen before.
fn last_seen(studio: Studio, bundle: &BundleView) -> Piece {
    let seen = match &bundle.last_seen {
        Some(seen) => head(studio, seen),
        None => piece("p.dim").text("Nothing: no checkpoint of this ledger was seen before. Remember one, and every later bundle must have grown from it."),
    };
    let choose = piece("span.row.wrap").add(
        button("Compare with a file…", None, Kind::Plain)
            .with("data-test", "compare-checkpoint")
            .pressed(move || studio.pick_checkpoint()),
    );
    let made = piece("div.section").add(seen);
    match studio.evidence.last_seen.get_untracked() {
        None => made.add(choose),
        Some(path) => {
            let from = format!("from {}", words::file(&path).1);
            made.add(piece("span.faint.cut").with("data-tip", &path).text(&from))
                .add(
                    choose.add(
                        button("Use the remembered one", None, Kind::Ghost)
                            .pressed(move || studio.compare_checkpoint(None)),
                    ),
                )
        }
    }
}
