//! Whole reports: the same bytes for the same facts, what is carried comes out again, and nothing that was changed passes.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod annexes;
mod hostile;
mod narratives;
mod programs;
mod sample;
mod tampered;

use sha2::{Digest as _, Sha256};

use pdf::{Attachment, Error, Options, Paper, Part};

pub(crate) fn options() -> Options {
    Options {
        author: "Ana Petrović".to_owned(),
        date: 1_795_262_400_000,
        attachment: Some(Attachment {
            name: "evidence.tfb".to_owned(),
            description: "Bundle of evidence".to_owned(),
            bytes: (0..9_000_u32)
                .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
                .collect(),
        }),
        ..Options::default()
    }
}

#[test]
fn the_same_facts_give_the_same_bytes_on_every_thread() {
    let first = pdf::write(&sample::report("en", 3), &options()).unwrap();
    let others: Vec<_> = (0..4)
        .map(|_| std::thread::spawn(|| pdf::write(&sample::report("en", 3), &options()).unwrap()))
        .collect();
    for other in others {
        assert!(other.join().unwrap() == first);
    }
    let mut changed = sample::report("en", 3);
    changed.title.push('!');
    assert!(pdf::write(&changed, &options()).unwrap() != first);
}

/// Files of another layout cannot be compared with ours, so a change to how pages look must not go unnoticed: raise `pdf::LAYOUT`
/// together with this number. A new version of what compresses or cuts fonts changes bytes as well.
#[test]
fn a_change_of_the_layout_has_a_number() {
    let mut digest = Sha256::new();
    for language in ["en", "de", "fr"] {
        digest.update(pdf::write(&sample::report(language, 3), &options()).unwrap());
    }
    let digest = data_encoding::HEXLOWER.encode(&digest.finalize());
    assert_eq!((pdf::LAYOUT, &digest[..16]), (3, "948c16da13093804"));
}

#[test]
fn what_is_carried_comes_out_again() {
    for language in ["en", "de", "fr"] {
        let document = sample::report(language, 2);
        let bytes = pdf::write(&document, &options()).unwrap();
        let carried = pdf::read(&bytes).unwrap();
        assert_eq!(carried.document, document);
        assert_eq!(carried.attachment, options().attachment);
        assert_eq!(
            (carried.author, carried.date),
            (options().author, options().date)
        );
        let check = pdf::check(&bytes).unwrap();
        assert!(check.holds(), "{:?}", check.parts);
        assert!(
            check.parts.contains_key(&Part::Attachment) && check.parts.contains_key(&Part::Page(1))
        );
    }
    let bare = pdf::write(
        &sample::empty("en"),
        &Options {
            paper: Paper::Letter,
            ..Options::default()
        },
    )
    .unwrap();
    let check = pdf::check(&bare).unwrap();
    assert!(check.holds() && check.carried.attachment.is_none());
}

#[test]
fn the_hash_is_on_every_page_and_of_everything() {
    let hash = |options: &Options| {
        pdf::read(&pdf::write(&sample::report("en", 0), options).unwrap())
            .unwrap()
            .hash
    };
    let first = hash(&options());
    assert_eq!(first.len(), 64);
    let mut other = options();
    other.attachment.as_mut().unwrap().bytes[77] ^= 1;
    assert_ne!(hash(&other), first);
    assert_ne!(
        hash(&Options {
            date: 0,
            ..options()
        }),
        first
    );
    assert_ne!(
        hash(&Options {
            paper: Paper::Letter,
            ..options()
        }),
        first
    );
    for page in pdf::pages(&sample::report("en", 0), &options()).unwrap() {
        assert!(page.contains(&first));
    }
}

#[test]
fn pages_as_svg_are_as_many_and_can_be_inlined() {
    let document = sample::report("de", 3);
    let pages = pdf::pages(&document, &options()).unwrap();
    let check = pdf::check(&pdf::write(&document, &options()).unwrap()).unwrap();
    let written = check
        .parts
        .keys()
        .filter(|part| matches!(part, Part::Page(_)))
        .count();
    assert_eq!(pages.len(), written);
    assert!(written > 4, "{written}");
    for (number, page) in (1..).zip(&pages) {
        assert!(page.starts_with("<svg xmlns=") && page.ends_with("</svg>"));
        assert_eq!(page.matches("<svg").count(), 1);
        assert!(page.contains(&format!("Seite {number} von {written}")));
        for one in ["<script", "<style", "http://", "https://", "javascript:"] {
            assert!(
                !page
                    .replacen("http://www.w3.org/2000/svg", "", 1)
                    .contains(one),
                "{one}"
            );
        }
        // Every glyph that is used is there.
        for used in page.split("<use href=\"#").skip(1) {
            let id = used.split('"').next().unwrap();
            assert!(page.contains(&format!("<path id=\"{id}\"")), "{id}");
        }
    }
    // A link is called what stands under it.
    let link = pages[0].split_once("<a href=\"#block:unknown\" aria-label=\"");
    assert!(link.is_some_and(|(_, rest)| !rest.starts_with('"')));
}

#[test]
fn what_cannot_be_written_is_told() {
    let mut nameless = options();
    for name in [
        "",
        "narrative.json",
        "annex-1.csv",
        "../evidence",
        "a\u{202e}b",
    ] {
        nameless.attachment.as_mut().unwrap().name = name.to_owned();
        let error = pdf::write(&sample::empty("en"), &nameless).unwrap_err();
        assert!(matches!(error, Error::Name(_)), "{error}");
    }
    let mut document = sample::report("en", 1);
    for block in &mut document.blocks {
        if let narrative::document::Content::Chart {
            drawing: narrative::document::Drawing::Bars(bars),
            ..
        } = &mut block.content
        {
            bars.groups[0].gained = f64::NAN;
        }
    }
    let error = pdf::write(&document, &options()).unwrap_err();
    assert!(matches!(error, Error::Document(_)), "{error}");
}
