//! Files that somebody changed.

use pdf::{Error, Options, Part, State};
use proptest::prelude::*;

use crate::{options, sample};

fn small() -> Vec<u8> {
    let mut document = sample::empty("en");
    document.blocks.push(sample::block(
        "p",
        narrative::document::Content::Paragraph(sample::words("About 1 in 40 requests.")),
    ));
    pdf::write(
        &document,
        &Options {
            attachment: options().attachment,
            ..Options::default()
        },
    )
    .unwrap()
}

fn find(bytes: &[u8], what: &str) -> usize {
    bytes
        .windows(what.len())
        .position(|window| window == what.as_bytes())
        .unwrap()
}

fn differing(bytes: &[u8]) -> Vec<Part> {
    let check = pdf::check(bytes).unwrap();
    assert!(!check.holds());
    let parts = check
        .parts
        .into_iter()
        .filter(|(_, state)| *state == State::Differs);
    parts.map(|(part, _)| part).collect()
}

#[test]
fn the_part_that_was_changed_is_named() {
    let whole = pdf::write(&sample::report("en", 3), &options()).unwrap();
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        differing(&bytes)
    };
    // The first two streams are those of the first two pages.
    let first = find(&whole, "stream\n") + 40;
    assert_eq!(changed(first), [Part::Page(1)]);
    let second = first + find(&whole[first..], "\nstream\n") + 40;
    assert_eq!(changed(second), [Part::Page(2)]);
    let font = find(&whole, "/FontFile2");
    assert_eq!(changed(font), [Part::Fonts]);
    let bundle = &options().attachment.unwrap().bytes[100..132];
    let attachment = whole
        .windows(32)
        .position(|window| window == bundle)
        .unwrap();
    assert_eq!(changed(attachment), [Part::Attachment]);
    assert_eq!(
        changed(find(&whole, "/CreationDate") + 20),
        [Part::Structure]
    );
    let link = find(&whole, "/Rect [") + 8;
    assert!(matches!(changed(link)[..], [Part::Page(_)]));
}

#[test]
fn a_page_that_was_written_anew_is_named_though_everything_moved() {
    // As an update would do it: another page, shorter, and a table of objects that fits.
    let whole = small();
    let content = find(&whole, " 0 obj");
    let start = whole[..content]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    let end = start + find(&whole[start..], "endobj\n") + 7;
    let id = std::str::from_utf8(&whole[start..content]).unwrap();
    let forged = format!("{id} 0 obj\n<<\n/Length 0\n>>\nstream\n\nendstream\nendobj\n");
    let mut bytes = whole[..start].to_vec();
    bytes.extend(forged.as_bytes());
    bytes.extend(&whole[end..]);
    let shift = whole.len() - bytes.len();
    let table = find(&whole, "\nxref\n") + 1;
    let text = String::from_utf8_lossy(&whole[table..]).into_owned();
    let mut moved = String::new();
    for line in text.lines() {
        let number = line
            .get(..10)
            .and_then(|digits| digits.parse::<usize>().ok());
        match number.filter(|at| line.len() == 19 && *at > start) {
            Some(at) => moved.push_str(&format!("{:010}{}\n", at - shift, &line[10..])),
            None if line == table.to_string() => moved.push_str(&format!("{}\n", table - shift)),
            None => moved.push_str(&format!("{line}\n")),
        }
    }
    bytes.truncate(table - shift);
    bytes.extend(moved.as_bytes());
    let parts = differing(&bytes);
    assert!(parts.contains(&Part::Page(1)), "{parts:?}");
    for part in [Part::Document, Part::Attachment, Part::Fonts] {
        assert!(!parts.contains(&part), "{parts:?}");
    }
}

#[test]
fn bytes_that_nobody_needs_are_noticed_too() {
    let whole = small();
    let mut longer = whole.clone();
    longer.extend(b"\n%%EOF\n");
    match pdf::check(&longer) {
        Ok(check) => assert!(!check.holds()),
        Err(error) => assert!(matches!(error, Error::Foreign(_)), "{error}"),
    }
    let mut comment = whole.clone();
    comment.splice(15..15, *b"%x\n");
    assert!(pdf::check(&comment).is_err() || !pdf::check(&comment).unwrap().holds());
}

#[test]
fn no_changed_byte_passes() {
    let whole = small();
    let held = |at: usize, by: u8| {
        let mut bytes = whole.clone();
        bytes[at] ^= by;
        pdf::check(&bytes).is_ok_and(|check| check.holds())
    };
    // Every byte of what says how to read the file, and every seventeenth of what it holds.
    let table = find(&whole, "\nxref\n");
    for at in (0..60)
        .chain((60..table).step_by(17))
        .chain(table..whole.len())
    {
        assert!(!held(at, 1) && !held(at, 0x80), "byte {at}");
    }
}

#[test]
fn what_is_no_report_is_no_report() {
    for bytes in [&b""[..], b"%PDF-1.7", b"hello", &[0xff; 4096]] {
        assert!(matches!(pdf::check(bytes), Err(Error::Foreign(_))));
    }
    // A stream that unfolds to more than is read.
    let whole = small();
    let mut bomb = Vec::new();
    let mut encoder = flate2::write::ZlibEncoder::new(&mut bomb, flate2::Compression::best());
    for _ in 0..(17 << 10) {
        std::io::Write::write_all(&mut encoder, &[b' '; 1024]).unwrap();
    }
    encoder.finish().unwrap();
    let start = find(&whole, "/Type /EmbeddedFile");
    let head = whole[..start]
        .windows(4)
        .rposition(|window| window == b"obj\n")
        .unwrap()
        + 4;
    let mut bytes = whole[..head].to_vec();
    bytes.extend(
        format!(
            "<<\n/Length {}\n/Filter /FlateDecode\n>>\nstream\n",
            bomb.len()
        )
        .as_bytes(),
    );
    bytes.extend(&bomb);
    bytes.extend(b"\nendstream\nendobj\n");
    let table = bytes.len();
    let old = find(&whole, "\nxref\n") + 1;
    let rest = String::from_utf8_lossy(&whole[old..]).replace(
        &format!("startxref\n{old}\n"),
        &format!("startxref\n{table}\n"),
    );
    bytes.extend(rest.as_bytes());
    assert!(
        matches!(pdf::check(&bytes), Err(Error::Large { .. })),
        "{:?}",
        pdf::check(&bytes).err()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn no_mutation_passes_or_ends_the_program(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..4_u8), 1..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let whole = small();
        let mut bytes = whole.clone();
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => {
                    let from = at.saturating_sub(usize::from(byte));
                    let part = bytes[from..at].to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let held = pdf::check(&bytes).is_ok_and(|check| check.holds());
        prop_assert_eq!(held, bytes == whole);
    }
}
