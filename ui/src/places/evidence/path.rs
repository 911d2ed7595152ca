//! The way from a leaf to a root, drawn: the leaf at the bottom, at each step the hash beside it, above both what they make.
//! Plain elements, in the page from the leaf upwards, so that it reads as the list of steps it is.

use ipc::{PathStep, PathView};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::empty;
use crate::{
    components::{Kind, Piece, copies, drawn, piece},
    dom,
    icons::Icon,
    state::Studio,
    words,
};

/// The drawing, or that nothing covers the receipt yet.
pub fn path(studio: Studio, number: u64, path: Option<&PathView>) -> Piece {
    let Some(path) = path else {
        return empty(
            Icon::Clock,
            "No checkpoint covers it yet",
            "The receipt is kept and will be proven by the next checkpoint that its ledger signs.",
        );
    };
    let (tone, picture, says) = match path.holds {
        true => ("p.row.ok", Icon::Check, "Leads to the signed root"),
        false => ("p.row.risk", Icon::X, "Does not lead to the signed root"),
    };
    let last = path.steps.len();
    // Level 0 is the leaf; each step beside a node makes the node above.
    let nodes = std::iter::once(&path.leaf).chain(path.steps.iter().map(|step| &step.node));
    let levels = nodes.enumerate().map(|(at, node)| {
        let name = match at {
            at if at == last && path.holds => "signed root",
            at if at == last => "what it makes",
            0 => "leaf",
            _ => "",
        };
        level(node, name, path.steps.get(at))
    });
    let mut drawing = piece("ol.way-up")
        .with("aria-label", "From the leaf to the root")
        .all(levels);
    if !path.holds {
        drawing =
            drawing
                .with("class", "way-up broken")
                .add(level(&path.head.root, "signed root", None));
    }
    // The pointer copies one hash; the button below copies all of them.
    let drawing = drawing.hears(
        "click",
        Box::new(move |event| {
            let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
            if let Some(hash) = target.and_then(|target| target.get_attribute("data-tip")) {
                dom::copy(&hash);
                studio.say("Hash copied");
            }
        }),
    );
    let about = format!(
        "Receipt {} of {}, in {} up to the checkpoint of {}",
        words::number(number),
        words::number(path.head.size),
        words::count(last as u64, "step", "steps"),
        path.head.origin
    );
    piece("div.section")
        .with("data-test", "path")
        .with("data-holds", if path.holds { "true" } else { "false" })
        .add(piece(tone).add(drawn(picture)).add(piece("b").text(says)))
        .add(piece("p.dim").text(&about))
        .add(drawing)
        .add(piece("span.row").add(copies(
            studio,
            "Copy proof",
            Kind::Plain,
            as_text(number, path),
        )))
}

/// A node and the hash beside it.
fn level(node: &str, name: &str, step: Option<&PathStep>) -> Piece {
    let level = piece("li.level").add(code("span.node", node, name));
    let Some(step) = step else { return level };
    let (class, words) = match step.left {
        true => ("span.beside.left", " with, on its left, "),
        false => ("span.beside.right", " with, on its right, "),
    };
    level
        .add(piece("span.unseen").text(words))
        .add(code(class, &step.beside, ""))
        .add(piece("span.unseen").text(" makes"))
}

fn code(class: &str, hash: &str, name: &str) -> Piece {
    let hash = piece("code")
        .with("data-tip", hash)
        .text(&words::hash(hash));
    match name {
        "" => piece(class).add(hash),
        name => piece(class).add(piece("small").text(name)).add(hash),
    }
}

/// The way as text, with whole hashes.
fn as_text(number: u64, path: &PathView) -> String {
    let mut lines = vec![format!("leaf {number}  {}", path.leaf)];
    for step in &path.steps {
        let side = if step.left { "left " } else { "right" };
        lines.push(format!("  {side}  {}", step.beside));
        lines.push(format!("  makes  {}", step.node));
    }
    let leads = if path.holds { "leads" } else { "does not lead" };
    lines.push(format!(
        "{leads} to the root {} of {} receipts of {}",
        path.head.root, path.head.size, path.head.origin
    ));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc::HeadView;

    #[test]
    fn the_text_names_the_side_of_every_hash() {
        let step = |beside: &str, left, node: &str| PathStep {
            beside: beside.into(),
            left,
            node: node.into(),
        };
        let path = PathView {
            leaf: "aa".into(),
            steps: vec![step("bb", false, "cc"), step("dd", true, "ee")],
            head: HeadView {
                origin: "example.com/ledger".into(),
                size: 3,
                root: "ff".into(),
            },
            holds: false,
        };
        assert_eq!(
            as_text(1, &path),
            "leaf 1  aa\n  right  bb\n  makes  cc\n  left   dd\n  makes  ee\ndoes not lead to the root ff of 3 receipts of example.com/ledger\n"
        );
    }
}
