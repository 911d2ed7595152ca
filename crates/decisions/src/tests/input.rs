//! Every way an input can be packed, and every way it can be bad.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use model::{Code, LogImport};

use super::*;
use crate::{MAX_LINE, NAMED_SKIPS};

fn good(number: usize) -> String {
    row(&format!("u{number}"), Decision::Allow).to_json()
}

fn imported(bytes: impl Into<Vec<u8>>) -> LogImport {
    read(vec![text(bytes)]).unwrap().build().unwrap().1
}

fn codes(import: &LogImport) -> Vec<(u64, Code)> {
    import
        .skipped
        .iter()
        .map(|skip| (skip.line, skip.code))
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Hands out one byte at a time, as a slow pipe may.
struct Drip(std::io::Cursor<Vec<u8>>);

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

#[test]
fn compression_is_told_by_the_bytes() {
    let plain = format!("{}\n{}\n", good(1), good(2));
    let zst = zstd::encode_all(plain.as_bytes(), 3).unwrap();
    let twice = |bytes: &[u8]| [bytes, bytes].concat();
    let folder = tempfile::tempdir().unwrap();
    for (bytes, rows) in [
        (plain.clone().into_bytes(), 2),
        (zst.clone(), 2),
        (twice(&zst), 4),
        (gzip(plain.as_bytes()), 2),
        (twice(&gzip(plain.as_bytes())), 4),
    ] {
        let import = imported(bytes.clone());
        assert_eq!((import.rows, import.skipped_total), (rows, 0));
        // The name says nothing.
        let path = folder.path().join("log.txt");
        std::fs::write(&path, &bytes).unwrap();
        let total = bytes.len() as u64;
        let mut seen = (0, 0);
        let builder = crate::import(vec![Source::named(&path)], 1, &mut |done, total| {
            seen = (done, total);
            ControlFlow::Continue(())
        });
        assert_eq!(builder.unwrap().rows(), rows);
        assert_eq!(seen, (total, total));
        let drip = Drip(std::io::Cursor::new(bytes));
        let source = Source::Reader("drip".to_owned(), Box::new(drip));
        assert_eq!(read(vec![source]).unwrap().rows(), rows);
    }
}

#[test]
fn a_byte_order_mark_carriage_returns_and_blank_lines_do_not_matter() {
    let import = imported(format!("\u{feff}{}\r\n\r\n  \n{}\r\n", good(1), good(2)));
    assert_eq!((import.rows, import.skipped_total), (2, 0));
}

#[test]
fn broken_lines_are_named_and_skipped() {
    let mut bytes = format!("{}\nnonsense\n{{\"v\":1}}\n", good(1)).into_bytes();
    bytes.extend_from_slice(b"\xff\xfe\n");
    bytes.extend_from_slice(format!("{}\n{}", good(2), &good(3)[..40]).as_bytes());
    let import = imported(bytes);
    assert_eq!(import.rows, 2);
    assert_eq!(
        codes(&import),
        [
            (2, Code::LogLine),
            (3, Code::LogLine),
            (4, Code::LogEncoding),
            (6, Code::LogTruncated)
        ]
    );
}

#[test]
fn a_last_line_without_break_is_a_row_when_it_is_whole() {
    let import = imported(format!("{}\n{}", good(1), good(2)));
    assert_eq!((import.rows, import.skipped_total), (2, 0));
}

#[test]
fn a_cut_inside_a_character_is_a_cut() {
    let mut bytes = format!("{}\n", good(1)).into_bytes();
    bytes.extend_from_slice(&"{\"id\":\"é".as_bytes()[..8]);
    assert_eq!(codes(&imported(bytes)), [(2, Code::LogTruncated)]);
}

#[test]
fn a_million_bad_lines_are_counted_and_a_thousand_named() {
    let mut bytes = "x\n".repeat(1_000_000);
    bytes.push_str(&good(1));
    let import = imported(bytes);
    assert_eq!((import.rows, import.skipped_total), (1, 1_000_000));
    assert_eq!(import.skipped.len(), NAMED_SKIPS);
    assert_eq!(import.skipped[999].line, 1000);
}

#[test]
fn no_row_at_all_is_an_error_with_a_hint() {
    for bytes in ["", "\n\n", "x\n", "[]", "{\n", "\u{feff}"] {
        let Err(error) = read(vec![text(bytes)]).unwrap().build() else {
            panic!("`{bytes}` is no log")
        };
        assert_eq!(error.code(), Code::LogEmpty);
        let failure = model::Failure::from(error);
        assert!(failure.message.contains("`test`") && !failure.hint.is_empty());
    }
}

#[test]
fn a_missing_file_is_named() {
    let Err(error) = read(vec![Source::named("/nowhere/log.jsonl".as_ref())]) else {
        panic!("read from nowhere")
    };
    assert_eq!(error.code(), Code::FileRead);
    assert!(error.to_string().contains("`/nowhere/log.jsonl`"));
}

#[test]
fn a_line_beyond_the_limit_is_skipped_and_the_next_is_read() {
    let padding = |length: usize| {
        format!(
            "{{\"padding\":\"{}\",{}\n",
            "p".repeat(length),
            &good(1)[1..]
        )
    };
    let bytes = [
        padding(MAX_LINE - 1000),
        padding(3 * MAX_LINE),
        padding(10),
        padding(MAX_LINE),
    ]
    .concat();
    let import = imported(bytes);
    assert_eq!(import.rows, 2);
    assert_eq!(codes(&import), [(2, Code::LogLine), (4, Code::LogLine)]);
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let start = good(1).replace("\"context\":{}", "\"context\":{\"a\":#}");
    let mut bytes = String::new();
    for depth in [50, 200, 1_000_000] {
        bytes.push_str(&start.replace('#', &deep(depth)));
        bytes.push('\n');
    }
    bytes.push_str(&deep(2_000_000));
    bytes.push('\n');
    bytes.push_str(&format!(
        "{{\"input\":{},\"result\":true}}\n",
        deep(1_000_000)
    ));
    let import = imported(bytes);
    assert_eq!(import.rows, 1);
    assert_eq!(import.skipped_total, 4);
}

#[test]
fn arrays_and_spread_objects_are_read_value_by_value() {
    let pretty = |number| {
        let value: Value = serde_json::from_str(&good(number)).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    let array = format!("[{},\n{} ,\n7, \"]\",\n{}]\n", good(1), pretty(2), good(3));
    let import = imported(array.clone());
    assert_eq!(import.rows, 3);
    let second = pretty(2).lines().count() as u64;
    assert_eq!(
        codes(&import),
        [(2 + second, Code::LogLine), (2 + second, Code::LogLine)]
    );
    assert_eq!(imported(gzip(array.as_bytes())).rows, 3);

    let spread = format!("{}\n{}{}", pretty(1), pretty(2), pretty(3));
    assert_eq!(imported(spread.clone()).rows, 3);
    let cut = &spread[..spread.len() - 5];
    let import = imported(cut);
    assert_eq!(import.rows, 2);
    assert_eq!(codes(&import), [(second * 2, Code::LogTruncated)]);

    // Enough values for many chunks; the line numbers stay right.
    let mut many = "[\n".to_owned();
    for number in 0..60_000 {
        many.push_str(&good(number % 100));
        many.push_str(if number == 50_000 {
            ",\n{\"v\":1},\n"
        } else {
            ",\n"
        });
    }
    many.push_str("{}]");
    let import = imported(many);
    assert_eq!((import.rows, import.distinct_requests), (60_000, 100));
    assert_eq!(
        codes(&import),
        [(50_003, Code::LogLine), (60_003, Code::LogLine)]
    );
}

#[test]
fn a_value_far_beyond_the_limit_ends_an_array() {
    for (length, rows) in [(MAX_LINE + 10, 2), (3 * MAX_LINE, 1)] {
        let padding = "p".repeat(length);
        let array = format!("[{},{{\"padding\":\"{padding}\"}},\n{}]", good(1), good(2));
        let import = imported(array);
        assert_eq!(import.rows, rows);
        assert_eq!(codes(&import), [(1, Code::LogLine)]);
    }
}

#[test]
fn a_line_that_starts_like_an_array_does_not_hide_the_others() {
    let import = imported(format!("[2026-11-03] started\n{}\n", good(1)));
    assert_eq!((import.rows, codes(&import)), (1, vec![(1, Code::LogLine)]));
}

#[test]
fn a_compressed_log_that_breaks_off_keeps_what_came_before() {
    let mut plain = String::new();
    for number in 0..20_000 {
        let mut row = row(&format!("u{}", number * 31 % 4093), Decision::Deny);
        row.id = format!("{:x}", number * 0x9e37_79b9_u64);
        plain.push_str(&row.to_json());
        plain.push('\n');
    }
    // Without a checksum zstd cannot notice every damage; its command line tool adds one.
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(plain.as_bytes()).unwrap();
    for packed in [encoder.finish().unwrap(), gzip(plain.as_bytes())] {
        let half = &packed[..packed.len() / 2];
        let import = imported(half);
        assert!((5_000..15_000).contains(&import.rows), "{}", import.rows);
        assert_eq!(codes(&import), [(import.rows + 1, Code::LogTruncated)]);
        let mut garbled = packed.clone();
        let middle = packed.len() / 2;
        garbled[middle..middle + 64].fill(0xff);
        let result = read(vec![text(garbled)]).unwrap().build();
        if let Ok((_, import)) = result {
            assert!(import.skipped_total > 0, "damage is never silent");
        }
    }
}

#[test]
fn the_three_forms_may_mix() {
    let cedar = r#"{"request":{"principal":"User::\"a\"","action":"Action::\"view\"","resource":"Doc::\"d\""},"response":{"decision":"allow"}}"#;
    let opa = r#"{"decision_id":"1","input":{"user":"a","action":"view","resource":"Doc::\"d\""},"result":{"allow":true}}"#;
    let ours = row("a", Decision::Allow).to_json();
    let (log, import) = read(vec![text(format!("{cedar}\n{opa}\n{ours}\n"))])
        .unwrap()
        .build()
        .unwrap();
    assert_eq!((import.rows, import.skipped_total), (3, 0));
    // OPA's keeps its input, which the others have not.
    assert_eq!(log.requests.len(), 2, "one request in two spellings");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(vec![text(bytes)]).unwrap().build();
    }

    #[test]
    fn any_brackets_are_read_without_panic(bytes in "[\\[\\]{}\",:a\\\\\n ]{0,60}") {
        for start in ["[{", "{\n", ""] {
            let _ = read(vec![text(format!("{start}{bytes}"))]).unwrap().build();
        }
    }
}
