//! The checks, failing ones first and open. What has nothing to look at is folded, and counted.

use ipc::{BundleView, CheckState, CheckView};

use crate::{
    components::{Kind, Piece, button, copies, drawn, piece},
    dom,
    icons::Icon,
    state::{Studio, compared},
    texts::evidence,
    words,
};

/// Whether a check belongs to a group.
type Fits = fn(&CheckView) -> bool;

/// Further failures listed one by one.
const FURTHER: usize = 50;

/// All of them.
pub fn checks(studio: Studio, bundle: &BundleView) -> Piece {
    let again = studio.evidence.again.with_untracked(Clone::clone);
    let of = |fits: Fits| bundle.checks.iter().filter(move |it| fits(it));
    let row = |it: &CheckView| {
        let when = again
            .as_ref()
            .and_then(|(id, at)| (*id == it.id).then_some(at.as_str()));
        row(studio, it, when)
    };
    let mut page = piece("div.checks").with("data-test", "checks");
    let ended = |state| words::sentence(words::check(state).0);
    let groups: [(String, Fits); 3] = [
        (ended(CheckState::Fail), |it| it.state == CheckState::Fail),
        (evidence::CHECKS_NEEDED.into(), |it| {
            it.state == CheckState::NotChecked && it.needed
        }),
        (ended(CheckState::Pass), |it| it.state == CheckState::Pass),
    ];
    for (title, fits) in groups {
        let count = of(fits).count();
        if count > 0 {
            let head = piece("h3.checks-head")
                .text(&title)
                .add(piece("em").text(&count.to_string()));
            page = page.add(piece("section").add(head).all(of(fits).map(row)));
        }
    }
    let idle = |it: &CheckView| it.state == CheckState::NotChecked && !it.needed;
    let open = of(idle).any(|it| again.as_ref().is_some_and(|(id, _)| *id == it.id))
        || dom::find("details.checks-idle[open]").is_some();
    let title = match of(idle).count() as u64 {
        0 => return page,
        count => evidence::ChecksIdle { count }.say(),
    };
    page.add(
        piece("details.checks-idle")
            .with_if(open, "open", "")
            .add(
                piece("summary.checks-head")
                    .add(drawn(Icon::ChevronRight))
                    .text(&title),
            )
            .all(of(idle).map(row)),
    )
}

fn row(studio: Studio, check: &CheckView, again: Option<&str>) -> Piece {
    let (word, tone) = words::check(check.state);
    let (picture, tone) = match (check.state, check.needed) {
        (CheckState::Pass, _) => (Icon::Check, tone),
        (CheckState::Fail, _) => (Icon::X, tone),
        (CheckState::NotChecked, true) => (Icon::CircleDashed, tone),
        (CheckState::NotChecked, false) => (Icon::CircleDashed, "faint"),
    };
    let says = piece("span.says")
        .text(&words::sentence(&check.sentence))
        .text(" ");
    // The head of the group says in sight how it ended; whoever hears the row alone is told by the row.
    let says = match check.state {
        CheckState::NotChecked => says.add(piece("small").with("class", tone).prose(&check.found)),
        _ => says.add(piece("span.unseen").text(word)),
    };
    let summary = piece("summary")
        .add(piece("span").with("class", tone).add(drawn(picture)))
        .add(piece("code.faint").text(&check.id))
        .add(says)
        .add(piece("span.turn").add(drawn(Icon::ChevronRight)));
    let line = |list: Piece, name: &str, text: &str| {
        if text.is_empty() {
            return list;
        }
        list.add(piece("dt").text(name))
            .add(piece("dd.copyable").prose(text))
    };
    let found = piece("dl.found");
    let mut found = match check.state {
        CheckState::NotChecked => line(found, evidence::CHECK_WHY_NOT.get(), &check.found),
        _ => line(
            line(found, evidence::CHECK_EXPECTED.get(), &check.expected),
            evidence::CHECK_FOUND.get(),
            &check.found,
        ),
    };
    if !check.detail.is_empty() {
        let lines = check.detail.iter().take(FURTHER);
        let mut list = piece("ul").all(lines.map(|it| piece("li.copyable").prose(it)));
        let more = check.detail.len().saturating_sub(FURTHER);
        if more > 0 {
            let more = evidence::CheckMore { count: more as u64 }.say();
            list = list.add(piece("li.faint").text(&more));
        }
        found = found
            .add(piece("dt").text(evidence::CHECK_ALSO.get()))
            .add(piece("dd").add(list));
    }
    let mut body = piece("div.law-body").add(found);
    if let Some(at) = again {
        let time = at.get(11..19).unwrap_or(at);
        body = body.add(
            piece("p.row.dim")
                .with("data-test", "check-again")
                .add(drawn(Icon::RotateCw))
                .text(&evidence::CheckAgain { time, state: word }.say()),
        );
    }
    let result = evidence::TextCheck {
        check: &check.id,
        state: word,
        sentence: &check.sentence,
    };
    let detail = check.detail.join("\n");
    let text = [result.say(), compared(check).join("\n"), detail].join("\n");
    let id = check.id.clone();
    let buttons = piece("span.row")
        .add(
            button(evidence::CHECK_RUN.get(), Some(Icon::RotateCw), Kind::Plain)
                .with("data-test", "check-run")
                .pressed(move || studio.verify_again(Some(id.clone()))),
        )
        .add(copies(studio, evidence::COPY.get(), Kind::Ghost, text));
    // What was drawn before is on the page still: whoever opened or closed a row finds it so, unless the check ends otherwise now.
    let before = dom::find(&format!("[data-check={}][data-state=\"{word}\"]", check.id));
    let open = match before {
        Some(before) if again.is_none() => before.has_attribute("open"),
        _ => again.is_some() || check.state == CheckState::Fail,
    };
    piece("details.law")
        .with_if(open, "open", "")
        .with_if(again.is_some(), "data-again", "")
        .with("data-check", &check.id)
        .with("data-state", word)
        .add(summary)
        .add(body.add(buttons))
}
