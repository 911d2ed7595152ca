//! The bundle in front: the verdict in words, what it rests on, and under which circumstances it was judged.

use ipc::{BundleVerdict, BundleView, CheckState, HeadView};
use leptos::prelude::*;

use super::{checks, fact, file, hash, picture, receipts, trust};
use crate::{
    components::{Button, EmptyState, Gutter, Kind, TabLabel, Tabs, live, nothing, prose},
    dom,
    icons::{Icon, icon, icon_with},
    places::failed,
    shell::act,
    state::{Studio, as_text, because},
    words,
};

/// The page.
pub fn bundle(studio: Studio) -> AnyView {
    let evidence = studio.evidence;
    view! {
        {live(move || match evidence.failure.get() {
            Some(failure) => view! {
                <div class="col" data-test="evidence-failure">
                    {failed(&failure)}
                    <span class="row">
                        {act(studio, "verify-again", Kind::Plain, "Try again")}
                        {act(studio, "verify-bundle", Kind::Ghost, "")}
                    </span>
                </div>
            }
            .into_any(),
            None if evidence.path.with(String::is_empty) => empty(studio),
            None => evidence.bundle.get().map_or_else(nothing, |bundle| judged(studio, bundle)),
        })}
    }
    .into_any()
}

/// Before a bundle was chosen: what this is for, whom to trust, what was opened before.
fn empty(studio: Studio) -> AnyView {
    let recent = move || {
        studio.evidence.view.with(|view| match view {
            Some(Ok(view)) if !view.recent.is_empty() => {
                let rows = view.recent.iter().take(6).map(|it| recent(studio, it));
                view! {
                    <section class="col" data-test="evidence-recent">
                        <h2 class="label">"Opened before"</h2>
                        <div class="card">{rows.collect_view()}</div>
                    </section>
                }
                .into_any()
            }
            _ => nothing(),
        })
    };
    view! {
        <div class="evidence-start" data-test="evidence-empty">
            <div class="start-head">
                {icon_with(Icon::ShieldCheck, "icon")}
                <div>
                    <h2>"Check what was promised, and trust nobody for it"</h2>
                    <p class="dim">"A bundle holds signed receipts and everything that proves them: keys, the ledger they are in, the decisions themselves. Every check is made on this machine, by your trust file alone, and recorded decisions are run again. Nothing leaves this machine."</p>
                </div>
            </div>
            <div class="row wrap">
                {act(studio, "verify-bundle", Kind::Primary, "")}
                <span class="faint">"or drop a .tfb file anywhere on this window"</span>
            </div>
            <section class="col">
                <h2 class="label">"Whose word counts"</h2>
                {trust::chosen(studio)}
            </section>
            {live(recent)}
        </div>
    }
    .into_any()
}

fn recent(studio: Studio, it: &ipc::RecentBundle) -> AnyView {
    let (folder, name) = words::file(&it.path);
    let (word, tone) = words::verdict(it.verdict);
    let (folder, name, path) = (folder.to_owned(), name.to_owned(), it.path.clone());
    view! {
        <button type="button" class="recent-item" data-test="recent-bundle" on:click=move |_| studio.verify(path.clone())>
            <span class=tone>{icon(picture(it.verdict))}</span>
            <b>{name}</b>
            <span class="faint cut grow">{folder}</span>
            <span class="faint">{format!("{word} on {}", words::date(&it.at))}</span>
        </button>
    }
    .into_any()
}

fn judged(studio: Studio, bundle: BundleView) -> AnyView {
    let evidence = studio.evidence;
    let count =
        |fits: fn(&ipc::CheckView) -> bool| bundle.checks.iter().filter(|it| fits(it)).count();
    let fail = count(|it| it.state == CheckState::Fail);
    let open = count(|it| it.state == CheckState::NotChecked && it.needed);
    let checks = TabLabel::new("checks", "Checks");
    let labels = vec![
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
    ];
    let page = evidence.page;
    let banner = banner(studio, &bundle);
    let bundle = StoredValue::new(bundle);
    view! {
        <div class="judged" class:stale=move || evidence.busy.get().is_some()>
            {banner}
            <div class="review">
                <div class="card">
                    <Tabs name="bundle" label="What the verdict rests on" tabs=Signal::stored(labels) current=page on_choose=move |key| page.set(key)/>
                    <div class="panel" id="bundle-panel" role="tabpanel" tabindex="0" aria-label=move || page.get()>
                        {live(move || match page.get() {
                            "receipts" => receipts::list(studio, evidence.receipts),
                            "files" => bundle.with_value(files),
                            _ => bundle.with_value(|bundle| checks::checks(studio, bundle)),
                        })}
                    </div>
                </div>
                <Gutter property="--why" label="Width of the side" smallest=300.0 largest=720.0 usual=420.0 right=true/>
                <aside class="card" aria-label=move || if page.get() == "receipts" { "The receipt in front" } else { "The bundle and how it was judged" }>
                    {live(move || match page.get() {
                        "receipts" => receipts::front(studio, evidence.receipts),
                        _ => bundle.with_value(|bundle| circumstances(studio, bundle)),
                    })}
                </aside>
            </div>
        </div>
    }
    .into_any()
}

fn banner(studio: Studio, bundle: &BundleView) -> AnyView {
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
    let facts = [
        words::count(bundle.receipts, "receipt", "receipts"),
        format!("{exported} {}", words::date(&bundle.issued)),
        format!("judged by {by} in {}", words::duration(bundle.milliseconds)),
        "nothing left this machine".to_owned(),
    ]
    .join(" · ");
    let text = as_text(bundle);
    let trusts = bundle
        .trust
        .as_ref()
        .is_some_and(|trust| trust.failure.is_none());
    let trustless = (!trusts).then(|| act(studio, "choose-trust", Kind::Primary, ""));
    let blocked =
        (!verified).then(|| "Only the checkpoint of a verified bundle is remembered".to_owned());
    let head = bundle.head.clone();
    // Remembered now, or before: then it was compared with itself.
    let kept = bundle.last_seen == head && head.is_some();
    let remembered = move || {
        kept || studio
            .evidence
            .remembered
            .with(|remembered| remembered.is_some() && *remembered == head)
    };
    let remember = move || {
        if remembered() {
            return view! { <span class="row dim" data-test="remembered">{icon(Icon::Check)}"Checkpoint remembered"</span> }.into_any();
        }
        view! { <Button label="Remember checkpoint" blocked=MaybeProp::from(blocked.clone()) test="remember" on_click=move || studio.remember_head()/> }.into_any()
    };
    view! {
        <section class="judgement" data-tone=tone aria-labelledby="verdict" data-test="verdict" data-verdict=word>
            {icon_with(picture(bundle.verdict), "icon")}
            <div class="says">
                <h2 id="verdict" tabindex="-1">{word}</h2>
                <p data-test="verdict-why">{prose(&because(bundle))}</p>
                <p class="faint">{facts}</p>
            </div>
            <div class="row wrap">
                {trustless}
                {act(studio, "verify-again", Kind::Plain, "")}
                {live(remember)}
                <Button label="Copy verdict" picture=Icon::Copy test="copy-verdict" on_click=move || {
                    dom::copy(&text);
                    studio.say("Verdict copied");
                }/>
            </div>
        </section>
    }
    .into_any()
}

fn files(bundle: &BundleView) -> AnyView {
    if bundle.artefacts.is_empty() {
        return view! { <EmptyState picture=Icon::FileText title="No files" text="The receipts in this bundle speak of no files that came along."/> }.into_any();
    }
    let row = |it: &ipc::ArtefactView| {
        view! { <tr><td><code class="copyable">{it.name.clone()}</code></td><td class="num right">{words::bytes(it.bytes)}</td></tr> }.into_any()
    };
    view! {
        <div class="section" data-test="bundle-files">
            <table class="facts">
                <caption class="unseen">"Files that receipts speak of"</caption>
                <thead><tr><th scope="col">"File"</th><th scope="col" class="right">"Size"</th></tr></thead>
                <tbody>{bundle.artefacts.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn head(studio: Studio, head: &HeadView) -> AnyView {
    view! {
        <code>{head.origin.clone()}</code>
        <p class="row"><span class="dim">{words::count(head.size, "receipt", "receipts")}</span>{hash(studio, "Copy the root", &head.root)}</p>
    }
    .into_any()
}

/// What the bundle says of itself, and how it was judged.
fn circumstances(studio: Studio, bundle: &BundleView) -> AnyView {
    let believed = bundle.verdict == BundleVerdict::Verified;
    let says = (!believed).then(|| {
        view! { <p class="faint">"What follows is what it says of itself."</p> }.into_any()
    });
    let purpose = match bundle.purpose.as_str() {
        "" => view! { <span class="faint">"not said"</span> }.into_any(),
        purpose => purpose.to_owned().into_any(),
    };
    let ledger = bundle.head.as_ref().map_or_else(
        || view! { <span class="faint">"none in it"</span> }.into_any(),
        |it| head(studio, it),
    );
    view! {
        <div class="panel" tabindex="0" role="group" aria-label="The bundle and how it was judged" data-test="circumstances">
            <section class="section">
                <h3>"The bundle"</h3>
                <table class="facts"><tbody>
                    {fact("File", file(studio, &bundle.path))}
                    {fact("SHA-256", hash(studio, "Copy the digest", &bundle.digest))}
                    {fact("Size", words::bytes(bundle.bytes).into_any())}
                </tbody></table>
                {says}
                <table class="facts"><tbody>
                    {fact("Exported", words::date_time(&bundle.issued).into_any())}
                    {fact("Purpose", purpose)}
                    {fact("Checkpoint", ledger)}
                </tbody></table>
            </section>
            <section class="section">
                <h3>"Judged by"</h3>
                {trust::judged(studio, bundle.trust.as_ref())}
            </section>
            <section class="section">
                <h3>"Judged at"</h3>
                {moment(studio, bundle.at.as_deref())}
            </section>
            <section class="section">
                <h3>"Compared with"</h3>
                {last_seen(studio, bundle)}
            </section>
        </div>
    }
    .into_any()
}

/// The moment: nothing may have been signed after it.
fn moment(studio: Studio, at: Option<&str>) -> AnyView {
    let text = RwSignal::new(
        at.map(|at| at.get(..16).unwrap_or(at).to_owned())
            .unwrap_or_default(),
    );
    let wrong = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = text.get_untracked();
        let moment = words::moment(&text);
        wrong.set(moment.is_none());
        if let Some(moment) = moment {
            studio.judge_at(Some(moment));
        } else {
            studio.say("Write the moment as 2026-11-21 12:00");
        }
    };
    let told = match at {
        Some(at) => format!(
            "As of {}: nothing may have been signed after it.",
            words::date_time(at)
        ),
        None => "No moment was given: every signature is judged at its own time.".to_owned(),
    };
    let clear = at.is_some().then(|| {
        view! { <Button label="Any time" kind=Kind::Ghost test="judge-any" on_click=move || studio.judge_at(None)/> }.into_any()
    });
    view! {
        <p class="dim">{told}</p>
        <form class="row wrap" on:submit=submit>
            <input
                class="input num grow"
                type="datetime-local"
                id="judge-at"
                data-test="judge-at"
                aria-label="Moment to judge at, UTC"
                placeholder="2026-11-21 12:00"
                aria-invalid=move || wrong.get().then_some("true")
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            />
            <span class="faint">"UTC"</span>
            <Button label="Judge then" submit=true test="judge-submit" on_click=|| {}/>
            {clear}
        </form>
    }
    .into_any()
}

/// The checkpoint seen before.
fn last_seen(studio: Studio, bundle: &BundleView) -> AnyView {
    let seen = match &bundle.last_seen {
        Some(seen) => head(studio, seen),
        None => view! { <p class="dim">"Nothing: no checkpoint of this ledger was seen before. Remember one, and every later bundle must have grown from it."</p> }.into_any(),
    };
    let own = studio.evidence.last_seen.get_untracked().map(|path| {
        view! {
            <span class="row">
                <span class="faint cut grow" data-tip=path.clone()>{format!("from {}", words::file(&path).1)}</span>
                <Button label="Use the remembered one" kind=Kind::Ghost on_click=move || studio.compare_checkpoint(None)/>
            </span>
        }
        .into_any()
    });
    view! {
        {seen}
        {own}
        <span class="row"><Button label="Compare with a file…" test="compare-checkpoint" on_click=move || studio.pick_checkpoint()/></span>
    }
    .into_any()
}
