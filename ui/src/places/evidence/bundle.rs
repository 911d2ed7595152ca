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
    texts::{Text, evidence},
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
        let again = evidence::TRY_AGAIN.get();
        shown(move || match evidence.failure.get() {
            Some(failure) => piece("div.col")
                .with("data-test", "evidence-failure")
                .add(trouble(&failure))
                .add(
                    piece("span.row")
                        .add(does(studio, "verify-again", Kind::Plain, again))
                        .add(does(studio, "verify-bundle", Kind::Ghost, "")),
                ),
            None if evidence.path.with(String::is_empty) => begin(studio),
            None => piece("span"),
        })
    })
}

/// Before a bundle was chosen: what this is for, whom to trust, what was opened before.
fn begin(studio: Studio) -> Piece {
    let head = piece("div.start-head").add(drawn(Icon::ShieldCheck)).add(
        piece("div")
            .add(piece("h2").text(evidence::BEGIN.get()))
            .add(piece("p.dim").text(evidence::BEGIN_ABOUT.get())),
    );
    let choose = piece("div.row.wrap")
        .add(does(studio, "verify-bundle", Kind::Primary, ""))
        .add(piece("span.faint").text(evidence::BEGIN_DROP.get()));
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
                        .add(piece("span.faint").text(evidence::BEGIN_SAMPLE.get())),
                ),
            };
            let page = page.add(
                piece("section.col")
                    .add(piece("h2.label").text(evidence::BEGIN_TRUST.get()))
                    .add(piece("div.card").with("data-test", "trust").add(trusts)),
            );
            if view.recent.is_empty() {
                return page;
            }
            let rows = view.recent.iter().take(6).map(|it| recent(studio, it));
            page.add(
                piece("section.col")
                    .add(piece("h2.label").text(evidence::BEGIN_RECENT.get()))
                    .add(piece("div.card").all(rows)),
            )
        }
    })
}

fn recent(studio: Studio, it: &ipc::RecentBundle) -> Piece {
    let (folder, name) = words::file(&it.path);
    let (verdict, tone) = words::verdict(it.verdict);
    let date = &words::date(&it.at);
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
        .add(piece("span.faint").text(&evidence::JudgedOn { verdict, date }.say()))
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
        <div class="judged" class:stale=move || evidence.busy.get().is_some()>
            {part(banner)}
            <div class="review">
                <div class="card">
                    {tabs("bundle", evidence::RESTS_ON, labels, page)}
                    <div class="panel" id="bundle-panel" role="tabpanel" tabindex="0" aria-labelledby=move || format!("bundle-tab-{}", page.get())>
                        {live(move || match page.get() {
                            "receipts" => receipts::list(studio, evidence.receipts),
                            "files" => part(files),
                            _ => part(checks::checks),
                        })}
                    </div>
                </div>
                <Gutter property="--why" label=evidence::SIDE_WIDTH.get() smallest=300.0 largest=720.0 usual=420.0 right=true/>
                <aside class="card" aria-label=evidence::SIDE.get()>
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
    let checks = TabLabel::new("checks", evidence::CHECKS);
    vec![
        match (fail, open) {
            (0, 0) => checks.with(bundle.checks.len()),
            (0, open) => checks.with(evidence::ChecksOpen { count: open as u64 }.say()),
            (fail, _) => TabLabel {
                bad: true,
                ..checks.with(evidence::ChecksFailed { count: fail as u64 }.say())
            },
        },
        TabLabel::new("receipts", evidence::RECEIPTS).with(words::number(bundle.receipts)),
        TabLabel::new("files", evidence::FILES).with(bundle.artefacts.len()),
    ]
}

fn banner(studio: Studio, bundle: &BundleView) -> Piece {
    let (word, tone) = words::verdict(bundle.verdict);
    let verified = bundle.verdict == BundleVerdict::Verified;
    let date = &words::date(&bundle.issued);
    let time = &words::duration(bundle.milliseconds);
    let exported = match verified {
        true => evidence::LineExported { date }.say(),
        false => evidence::LineSaysExported { date }.say(),
    };
    let judged = match &bundle.trust {
        Some(trust) => {
            let (_, file) = words::file(&trust.path);
            evidence::LineJudged { file, time }.say()
        }
        None => evidence::LineJudgedByNobody { time }.say(),
    };
    let count = bundle.receipts;
    let receipts = evidence::ReceiptCount { count }.say();
    let line = [receipts, exported, judged, evidence::LINE_STAYS.into()].join(" · ");
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
                .text(evidence::REMEMBERED.get()),
        );
    } else if verified {
        buttons = buttons.add(
            button(evidence::REMEMBER.get(), None, Kind::Plain)
                .with("data-test", "remember")
                .pressed(move || studio.remember_head()),
        );
    }
    let copy = evidence::COPY_VERDICT.get();
    let copied = copies(studio, copy, Kind::Plain, as_text(bundle));
    piece("section.judgement")
        .with("aria-labelledby", "verdict")
        .with("data-test", "verdict")
        .with("data-verdict", word)
        .with("data-tone", tone)
        .add(drawn(picture(bundle.verdict)))
        .add(says)
        .add(buttons.add(copied.with("data-test", "copy-verdict")))
}

fn files(_: Studio, bundle: &BundleView) -> Piece {
    if bundle.artefacts.is_empty() {
        return empty(Icon::FileText, evidence::NO_FILES, evidence::NO_FILES_ABOUT);
    }
    let rows = bundle.artefacts.iter().map(|it| {
        piece("tr")
            .add(piece("td").add(piece("code.copyable").text(&it.name)))
            .add(piece("td.num").text(&words::bytes(it.bytes)))
    });
    let column = |name: Text| piece("th").with("scope", "col").text(name.get());
    let head = piece("tr").all([evidence::FILE, evidence::SIZE].map(column));
    piece("div.section").with("data-test", "bundle-files").add(
        piece("table.facts")
            .add(piece("thead").add(head))
            .add(piece("tbody").all(rows)),
    )
}

fn head(studio: Studio, head: &HeadView) -> Piece {
    let size = evidence::ReceiptCount { count: head.size }.say();
    piece("div").add(piece("code").text(&head.origin)).add(
        piece("p.row.wrap")
            .add(piece("span.dim").text(&size))
            .add(hash(studio, evidence::COPY_ROOT, &head.root)),
    )
}

/// What the bundle says of itself, and how it was judged.
fn circumstances(studio: Studio, bundle: &BundleView) -> Piece {
    let digest = hash(studio, evidence::COPY_DIGEST, &bundle.digest);
    let mut own = piece("section.section")
        .add(piece("h3").text(evidence::THE_BUNDLE.get()))
        .add(facts(vec![
            (evidence::FILE.get(), file(studio, &bundle.path)),
            ("SHA-256", digest),
            (evidence::SIZE.get(), words_of(&words::bytes(bundle.bytes))),
        ]));
    if bundle.verdict != BundleVerdict::Verified {
        own = own.add(piece("p.faint").text(evidence::SAYS_ITSELF.get()));
    }
    let purpose = match bundle.purpose.as_str() {
        "" => evidence::NO_PURPOSE.get(),
        purpose => purpose,
    };
    let ledger = match &bundle.head {
        Some(it) => head(studio, it),
        None => words_of(evidence::NO_CHECKPOINT.get()),
    };
    let exported = words_of(&words::date_time(&bundle.issued));
    let own = own.add(facts(vec![
        (evidence::EXPORTED.get(), exported),
        (evidence::PURPOSE.get(), words_of(purpose)),
        (evidence::CHECKPOINT.get(), ledger),
    ]));
    let section = |title: Text| piece("section.titled").add(piece("h3").text(title.get()));
    let (trust, at) = (bundle.trust.as_ref(), bundle.at.as_deref());
    piece("div.panel")
        .with("tabindex", "0")
        .with("role", "group")
        .with("aria-label", evidence::CIRCUMSTANCES.get())
        .with("data-test", "circumstances")
        .add(own)
        .add(section(evidence::JUDGED_BY).add(trust::judged(studio, trust)))
        .add(section(evidence::JUDGED_AT).add(moment(studio, at)))
        .add(section(evidence::COMPARED_WITH).add(last_seen(studio, bundle)))
}

/// The moment: nothing may have been signed after it.
fn moment(studio: Studio, at: Option<&str>) -> Piece {
    let told = match at {
        Some(at) => {
            let at = &words::date_time(at);
            evidence::JudgedAsOf { at }.say()
        }
        None => evidence::JUDGED_ANY_TIME.into(),
    };
    let field = piece("input.input.num.grow")
        .with("type", "datetime-local")
        .with("id", "judge-at")
        .with("data-test", "judge-at")
        .with("aria-label", evidence::MOMENT.get())
        .with("placeholder", "2026-11-21 12:00")
        .with("value", at.and_then(|at| at.get(..16)).unwrap_or_default());
    let form = piece("form.row.wrap")
        .add(field)
        .add(piece("span.faint").text("UTC"))
        .add(
            button(evidence::JUDGE_THEN.get(), None, Kind::Plain)
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
                        studio.say(evidence::MOMENT_WRONG);
                        dom::focus("#judge-at");
                    }
                }
            }),
        );
    let form = match at {
        None => form,
        Some(_) => form.add(
            button(evidence::ANY_TIME.get(), None, Kind::Ghost)
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
        None => piece("p.dim").text(evidence::COMPARED_WITH_NOTHING.get()),
    };
    let choose = piece("span.row.wrap").add(
        button(evidence::COMPARE_FILE.get(), None, Kind::Plain)
            .with("data-test", "compare-checkpoint")
            .pressed(move || studio.pick_checkpoint()),
    );
    let made = piece("div.section").add(seen);
    match studio.evidence.last_seen.get_untracked() {
        None => made.add(choose),
        Some(path) => {
            let (_, file) = words::file(&path);
            let from = evidence::ComparedFrom { file }.say();
            made.add(piece("span.faint.cut").with("data-tip", &path).text(&from))
                .add(
                    choose.add(
                        button(evidence::COMPARE_REMEMBERED.get(), None, Kind::Ghost)
                            .pressed(move || studio.compare_checkpoint(None)),
                    ),
                )
        }
    }
}
