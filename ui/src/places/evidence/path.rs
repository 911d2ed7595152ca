//! The way from a leaf to a root, drawn: the leaf at the bottom, at each step the hash beside it, above both what they make.
//! Plain elements, in the page from the leaf upwards, so that it reads as the list of steps it is.

use ipc::{HeadView, PathStep, PathView};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::empty;
use crate::{
    components::{Kind, Piece, copies, drawn, piece},
    dom,
    icons::Icon,
    state::Studio,
    texts::evidence,
    words,
};

/// The drawing, or that nothing covers the receipt yet.
pub fn path(studio: Studio, number: u64, path: Option<&PathView>) -> Piece {
    let Some(path) = path else {
        return empty(Icon::Clock, evidence::NO_PATH, evidence::NO_PATH_ABOUT);
    };
    let (tone, picture, says) = match path.holds {
        true => ("p.row.ok", Icon::Check, evidence::PATH_LEADS.get()),
        false => ("p.row.risk", Icon::X, evidence::PATH_MISLEADS.get()),
    };
    let last = path.steps.len();
    // Level 0 is the leaf; each step beside a node makes the node above.
    let nodes = std::iter::once(&path.leaf).chain(path.steps.iter().map(|step| &step.node));
    let levels = nodes.enumerate().map(|(at, node)| {
        let name = match at {
            at if at == last && path.holds => evidence::PATH_ROOT.get(),
            at if at == last => evidence::PATH_END.get(),
            0 => evidence::PATH_LEAF.get(),
            _ => "",
        };
        level(node, name, path.steps.get(at))
    });
    let mut drawing = piece("ol.way-up")
        .with("aria-label", evidence::PATH_LABEL.get())
        .all(levels);
    if !path.holds {
        let root = level(&path.head.root, evidence::PATH_ROOT.get(), None);
        drawing = drawing.with("class", "way-up broken").add(root);
    }
    // The pointer copies one hash; the button below copies all of them.
    let drawing = drawing.hears(
        "click",
        Box::new(move |event| {
            let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
            if let Some(hash) = target.and_then(|target| target.get_attribute("data-tip")) {
                dom::copy(&hash);
                studio.say(evidence::HASH_COPIED);
            }
        }),
    );
    let about = evidence::PathAbout {
        number,
        size: path.head.size,
        steps: last as u64,
        origin: &path.head.origin,
    }
    .say();
    piece("div.section")
        .with("data-test", "path")
        .with("data-holds", if path.holds { "true" } else { "false" })
        .add(piece(tone).add(drawn(picture)).add(piece("b").text(says)))
        .add(piece("p.dim").text(&about))
        .add(drawing)
        .add(piece("span.row").add(copies(
            studio,
            evidence::COPY_PROOF.get(),
            Kind::Plain,
            as_text(number, path),
        )))
}

/// A node and the hash beside it.
fn level(node: &str, name: &str, step: Option<&PathStep>) -> Piece {
    let level = piece("li.level").add(code("span.node", node, name));
    let Some(step) = step else { return level };
    let (class, with) = match step.left {
        true => ("span.beside.left", evidence::PATH_WITH_LEFT),
        false => ("span.beside.right", evidence::PATH_WITH_RIGHT),
    };
    level
        .add(piece("span.unseen").text(&format!(" {} ", with.get())))
        .add(code(class, &step.beside, ""))
        .add(piece("span.unseen").text(&format!(" {}", evidence::PATH_MAKES.get())))
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
    let (number, hash) = (&number.to_string(), &path.leaf);
    let mut lines = vec![evidence::WayLeaf { number, hash }.say()];
    for step in &path.steps {
        let hash = &step.beside;
        let beside = match step.left {
            true => evidence::WayLeft { hash }.say(),
            false => evidence::WayRight { hash }.say(),
        };
        let makes = evidence::WayMakes { hash: &step.node }.say();
        lines.extend([beside, makes].map(|line| format!("  {line}")));
    }
    let HeadView { origin, size, root } = &path.head;
    let size = &size.to_string();
    lines.push(match path.holds {
        true => evidence::WayLeads { root, size, origin }.say(),
        false => evidence::WayMisleads { root, size, origin }.say(),
    });
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::tests::english;

    #[test]
    fn the_text_names_the_side_of_every_hash() {
        english();
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
