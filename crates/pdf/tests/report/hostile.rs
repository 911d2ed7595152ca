//! Documents that nobody would write on purpose.

use narrative::{
    Document,
    document::{Content, Note, Source, Span, Table, Tone},
};

use crate::{options, sample};

fn whole(document: &Document) -> Vec<String> {
    let bytes = pdf::write(document, &options()).unwrap();
    assert!(pdf::check(&bytes).unwrap().holds());
    pdf::pages(document, &options()).unwrap()
}

fn of(content: Content) -> Document {
    let mut document = sample::empty("en");
    document.blocks.push(sample::block("b", content));
    document
}

/// Everything that can be read on these pages.
fn read(pages: &[String]) -> String {
    let mut text = String::new();
    for part in pages
        .iter()
        .flat_map(|page| page.split("xml:space=\"preserve\">").skip(1))
    {
        text.push_str(part.split("</text>").next().unwrap());
    }
    text.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[test]
fn names_of_three_hundred_characters_are_shown_whole() {
    let name: String = (0..300)
        .map(|place| char::from(b'a' + (place % 26) as u8))
        .collect();
    let id = format!("policies/{name}");
    let mut document = of(Content::Paragraph(vec![Span::Code(id.clone())]));
    document.blocks[0].notes = vec![Note {
        text: name.clone(),
        source: Some(Source::Policy(id.clone())),
    }];
    let cells = vec![sample::words(&name), vec![Span::Code(id.clone())]];
    document.blocks.push(sample::block(
        "t",
        Content::Table(Table {
            caption: name.clone(),
            columns: vec![sample::column("a", false), sample::column("b", true)],
            rows: vec![cells; 3],
        }),
    ));
    document.title = name.clone();
    document.particulars = vec![(name.clone(), id.clone())];
    let shown = read(&whole(&document));
    // Lines of two columns alternate, so only what has its lines to itself reads on.
    assert!(
        shown.matches(&id).count() >= 2,
        "text, note and sources: {shown}"
    );
}

#[test]
fn foreign_letters_are_told_and_nothing_is_blank() {
    let document = of(Content::Paragraph(vec![
        Span::Text("ab\u{5d0}\u{5d1}".to_owned()),
        Span::Code("pol\u{301}icy\u{202e}x\u{200b}".to_owned()),
        Span::Strong("漢\u{1f600}\u{7}".to_owned()),
    ]));
    let shown = read(&whole(&document));
    assert!(
        shown
            .contains("ab⟨U+05D0⟩⟨U+05D1⟩pol⟨U+0301⟩icy⟨U+202E⟩x⟨U+200B⟩⟨U+6F22⟩⟨U+1F600⟩⟨U+0007⟩"),
        "{shown}"
    );
}

#[test]
fn nothing_at_all_is_a_page() {
    assert_eq!(whole(&sample::empty("en")).len(), 1);
    let mut bare = sample::empty("en");
    bare.title = String::new();
    bare.furniture.page = "no placeholders".to_owned();
    for content in [
        Content::Paragraph(Vec::new()),
        Content::List(Vec::new()),
        Content::List(vec![Vec::new()]),
        Content::Callout {
            tone: Tone::Caution,
            title: String::new(),
            items: Vec::new(),
        },
        Content::Table(Table {
            caption: String::new(),
            columns: Vec::new(),
            rows: vec![Vec::new(); 3],
        }),
        Content::Table(Table {
            caption: String::new(),
            columns: vec![sample::column("", true)],
            rows: vec![vec![Vec::new(); 4], Vec::new()],
        }),
        Content::Glossary(Vec::new()),
        Content::Heading {
            level: 0,
            text: String::new(),
        },
        sample::trend("", 0),
    ] {
        bare.blocks.push(sample::block("same id", content));
    }
    whole(&bare);
}

#[test]
fn headings_of_any_depth_and_in_any_order_make_an_outline() {
    let mut document = sample::empty("en");
    for (place, level) in [9, 3, 0, 255, 1, 2, 2, 1, 4, 2].into_iter().enumerate() {
        document.blocks.push(sample::block(
            &format!("h{place}"),
            Content::Heading {
                level,
                text: format!("Heading {place}"),
            },
        ));
    }
    whole(&document);
    document.blocks = (0..400)
        .map(|place| {
            sample::block(
                &format!("h{place}"),
                Content::Heading {
                    level: 1,
                    text: "Next ".repeat(40),
                },
            )
        })
        .collect();
    assert!(whole(&document).len() > 20);
}

#[test]
fn a_hundred_thousand_rows_in_a_table_of_the_document_are_written() {
    let rows =
        (0..100_000).map(|row| vec![sample::words(&row.to_string()), sample::words("changed")]);
    let document = of(Content::Table(Table {
        caption: "Rows".to_owned(),
        columns: vec![sample::column("Row", true), sample::column("What", false)],
        rows: rows.collect(),
    }));
    let bytes = pdf::write(&document, &options()).unwrap();
    let carried = pdf::read(&bytes).unwrap();
    assert_eq!(carried.document, document);
}

#[test]
fn a_cell_higher_than_a_page_goes_on_on_the_next() {
    let long: String = (0..9_000).map(|word| format!("word{word} ")).collect();
    let document = of(Content::Table(Table {
        caption: "Tall".to_owned(),
        columns: vec![sample::column("a", false), sample::column("b", false)],
        rows: vec![vec![sample::words(&long), sample::words("x")]],
    }));
    let pages = whole(&document);
    assert!(pages.len() > 5, "{}", pages.len());
    let shown = read(&pages);
    assert!(shown.contains("word0 ") && shown.contains("word8999"));
    assert_eq!(shown.matches("Tall (continued)").count(), pages.len() - 1);
}

#[test]
fn notes_longer_than_their_page_are_all_there() {
    let mut document = of(Content::Paragraph(sample::words("Short.")));
    document.blocks[0].notes = (0..300)
        .map(|place| sample::note(&format!("note-{place};"), Some(sample::receipt(place))))
        .collect();
    let shown = read(&whole(&document));
    for place in 0..300 {
        assert!(shown.contains(&format!("note-{place};")), "{place}");
    }
}

#[test]
fn a_link_leads_nowhere_it_should_not() {
    let link = |address: &str| Span::Link {
        text: "here".to_owned(),
        source: Source::Address(address.to_owned()),
    };
    let bad = [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://exa\u{301}mple.org",
        "data:text/html,x",
    ];
    let mut spans: Vec<Span> = bad.iter().map(|address| link(address)).collect();
    spans.push(link("https://example.org/a?b=\"c\">"));
    let pages = whole(&of(Content::Paragraph(spans)));
    assert_eq!(pages[0].matches("<a href").count(), 1);
    assert!(pages[0].contains("https://example.org/a?b=&quot;c&quot;&gt;"));
}
