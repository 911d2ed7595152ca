//! Every kind in every language and form, as it was read by people and found good.

use narrative::{render, tags, write};

use crate::samples;

#[test]
fn every_kind_reads_well_in_every_language_and_form() {
    for (kind, facts) in samples::all() {
        for tag in tags() {
            let document = write(&facts, tag).unwrap();
            insta::assert_snapshot!(format!("{kind}.{tag}.text"), render::text(&document));
            insta::assert_snapshot!(
                format!("{kind}.{tag}.markdown"),
                render::markdown(&document)
            );
            // Whether JSON keeps the order of its keys depends on who else is compiled with us.
            insta::with_settings!({sort_maps => true}, {
                insta::assert_json_snapshot!(format!("{kind}.{tag}.slack"), render::slack(&document));
            });
            let html = render::html(&document);
            // The style is the same everywhere, and drawings are for the tests of `chart`.
            let (before, rest) = html.split_once("<style>").unwrap();
            let (_, after) = rest.split_once("</style>").unwrap();
            insta::assert_snapshot!(
                format!("{kind}.{tag}.html"),
                undrawn(&format!("{before}{after}")).replace("><", ">\n<")
            );
        }
    }
}

fn undrawn(html: &str) -> String {
    let mut out = String::new();
    for (at, part) in html.split("<svg").enumerate() {
        let part = if at == 0 {
            part
        } else {
            part.split_once("</svg>").map_or("", |(_, rest)| rest)
        };
        out += part;
    }
    out
}
