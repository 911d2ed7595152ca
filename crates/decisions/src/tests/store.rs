//! The compact store gives back what was put in, or says that it cannot.

use std::path::PathBuf;

use model::Code;

use super::*;

fn written(some: &[Row]) -> (tempfile::TempDir, PathBuf) {
    let mut builder = Builder::new("test");
    for row in some {
        assert!(builder.push(row).unwrap());
    }
    builder.skip(7, Code::LogLine, "it is not UTF-8");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.tfl");
    builder.finish(&path).unwrap();
    (folder, path)
}

/// Opens and reads everything; the code of whatever fails.
fn read_all(path: &std::path::Path) -> Result<Vec<Row>, Code> {
    let log = Log::open(path).map_err(|error| error.code())?;
    let mut found = Vec::new();
    for row in log.rows(0..u64::MAX) {
        found.push(log.row(&row.map_err(|error| error.code())?).unwrap());
    }
    Ok(found)
}

/// A log of two engines, in a store.
fn mixed() -> (tempfile::TempDir, PathBuf) {
    let lines: Vec<String> = (0..50_u8)
        .map(|number| match number % 2 {
            0 => row(&format!("u{}", number % 7), Decision::Allow).to_json(),
            _ => json!({"input": {"user": format!("u{}", number % 7), "n": number % 3}, "path": "authz/allow", "result": true}).to_string(),
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.tfl");
    let builder = read(vec![text(lines.join("\n"))]).unwrap();
    builder.finish(&path).unwrap();
    (folder, path)
}

#[test]
fn inputs_survive_the_store() {
    let (folder, path) = mixed();
    let log = Log::open(&path).unwrap();
    let told = |log: &Log| -> Vec<Option<String>> {
        (0..log.requests.len() as u32)
            .map(|number| log.input(number).map(str::to_owned))
            .collect()
    };
    let inputs = told(&log);
    assert!(inputs.contains(&None));
    let one = r#"{"input":{"n":1,"user":"u1"},"path":"authz/allow"}"#;
    assert!(inputs.iter().any(|input| input.as_deref() == Some(one)));
    let copy = folder.path().join("copy");
    log.write(&copy).unwrap();
    assert_eq!(told(&Log::open(&copy).unwrap()), inputs);
    // Who knows nothing of inputs can open a log that has none.
    let (_keep, plain) = written(&sample());
    let version = |path: &PathBuf| std::fs::read(path).unwrap()[8];
    assert_eq!((version(&plain), version(&path)), (1, 2));
}

fn sample() -> Vec<Row> {
    (0..200_u8)
        .map(|number| {
            let mut row = row(&format!("u{}", number % 17), Decision::Allow);
            row.id = format!("row-{number}");
            row.at = i64::from(number) * 60_000;
            row.reasons = vec!["p".to_owned()];
            row.entities = match number % 3 {
                0 => Facts::Assumed,
                1 => Facts::Digest([number % 5; 32]),
                _ => Facts::Inline(vec![entity("a", number % 7), entity("b", 1)]),
            };
            row
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_survive_the_store(some in some_rows()) {
        let (_folder, path) = written(&some);
        let expected: Vec<Row> = some.iter().map(as_recorded).collect();
        prop_assert_eq!(read_all(&path).unwrap(), expected);
        let log = Log::open(&path).unwrap();
        prop_assert_eq!(log.info.rows, some.len() as u64);
        prop_assert_eq!(log.info.skipped, 1);
        // The same rows in another order, under other names and at other times, are the same log; other rows are not.
        let mut other: Vec<Row> = some.iter().rev().cloned().collect();
        for row in &mut other {
            row.id = "other".to_owned();
            row.at = 7;
        }
        let (_other_folder, other_path) = written(&other);
        prop_assert_eq!(Log::open(&other_path).unwrap().digest(), log.digest());
        other.push(other[0].clone());
        let (_more_folder, more) = written(&other);
        prop_assert_ne!(Log::open(&more).unwrap().digest(), log.digest());
        prop_assert_eq!(log.info.bytes, path.metadata().unwrap().len());
        // Writing an opened store again copies its rows block by block.
        let copy = path.with_extension("copy");
        log.write(&copy).unwrap();
        prop_assert_eq!(read_all(&copy).unwrap(), read_all(&path).unwrap());
    }
}

#[test]
fn a_store_cut_anywhere_is_damaged() {
    let (_folder, path) = written(&sample());
    let bytes = std::fs::read(&path).unwrap();
    for length in 0..bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert_eq!(read_all(&path), Err(Code::LogDamaged), "cut at {length}");
    }
    std::fs::write(&path, [&bytes[..], b"x"].concat()).unwrap();
    assert_eq!(read_all(&path), Err(Code::LogDamaged));
}

#[test]
fn a_flipped_bit_anywhere_is_noticed() {
    let (_folder, path) = written(&sample());
    let bytes = std::fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        std::fs::write(&path, &damaged).unwrap();
        let code = read_all(&path).unwrap_err();
        let version = (8..12).contains(&at);
        assert!(
            code == Code::LogDamaged || version && code == Code::LogNewer,
            "byte {at}: {code:?}"
        );
    }
}

#[test]
fn a_newer_store_is_told_apart() {
    let (_folder, path) = written(&sample());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8] = 3;
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(read_all(&path), Err(Code::LogNewer));
    std::fs::write(&path, "{\"v\":1}\n".repeat(20)).unwrap();
    assert_eq!(read_all(&path), Err(Code::LogDamaged));
}

/// Builds a store around a table of contents of any kind, with every checksum right.
fn forge(sections: &[(&str, &[u8], u64, u64)], contents: impl Fn(String) -> String) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let mut bytes = vec![0; 56];
    let mut entries = Vec::new();
    for (name, stored, raw_length, rows) in sections {
        let sha256 = crate::slice::digest_text(&Sha256::digest(stored).into());
        entries.push(json!({"name": name, "offset": bytes.len(), "length": stored.len(), "raw_length": raw_length, "sha256": sha256, "rows": rows}));
        bytes.extend_from_slice(stored);
    }
    let info = model::LogInfo {
        rows: 1,
        ..model::LogInfo::default()
    };
    let json = contents(json!({"info": info, "sections": entries}).to_string());
    let offset = bytes.len() as u64;
    bytes.extend_from_slice(json.as_bytes());
    bytes[..8].copy_from_slice(b"\x89TFL\r\n\x1a\n");
    let inputs = sections
        .iter()
        .any(|(name, ..)| *name == crate::table::INPUTS);
    bytes[8..12].copy_from_slice(&(1 + u32::from(inputs)).to_le_bytes());
    bytes[12..16].copy_from_slice(&(json.len() as u32).to_le_bytes());
    bytes[16..24].copy_from_slice(&offset.to_le_bytes());
    bytes[24..56].copy_from_slice(&Sha256::digest(&json));
    bytes
}

#[test]
fn a_hostile_store_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.tfl");
    let bomb = zstd::encode_all(&vec![0; 1 << 26][..], 19).unwrap();
    let huge_count: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let count = zstd::encode_all(huge_count, 3).unwrap();
    for (stored, raw_length) in [
        (&bomb[..], 10),
        (&bomb[..], u64::MAX),
        (&bomb[..], 1 << 26),
        (&count[..], 10),
        (&b"no zstd"[..], 7),
        (&[][..], 0),
    ] {
        for name in crate::table::NAMES {
            let sections = [(name, stored, raw_length, 0)];
            std::fs::write(&path, forge(&sections, |json| json)).unwrap();
            assert_eq!(read_all(&path), Err(Code::LogDamaged));
        }
    }
    for contents in ["", "{}", "null", "{\"info\":{},\"sections\":[]}"] {
        std::fs::write(&path, forge(&[], |_| contents.to_owned())).unwrap();
        assert_eq!(read_all(&path), Err(Code::LogDamaged));
    }
    let far = forge(&[("uids", b"abc", 3, 0)], |json| {
        json.replace("\"offset\":56", &format!("\"offset\":{}", u64::MAX))
    });
    std::fs::write(&path, far).unwrap();
    assert_eq!(read_all(&path), Err(Code::LogDamaged));
}

proptest! {
    /// Every checksum right, but one table garbled: it decodes to something consistent, or is refused.
    #[test]
    fn garbled_tables_never_panic(table in 0..9_usize, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let (folder, path) = mixed();
        let log = Log::open(&path).unwrap();
        let mut parts: Vec<(&str, Vec<u8>, u64)> = crate::table::NAMES
            .iter()
            .map(|name| (*name, crate::table::encode(name, &log), 0))
            .collect();
        let section = log.blocks.sections().next().unwrap();
        let rows = crate::store::inflate(&log.blocks.stored(0).unwrap(), section, &path).unwrap();
        parts.push((crate::table::ROWS, rows, section.rows));
        let raw = &mut parts[table].1;
        let position = at.index(raw.len());
        raw[position] ^= byte;
        if byte % 4 == 0 {
            let length = cut.index(raw.len());
            raw.truncate(length);
        }
        let stored: Vec<Vec<u8>> = parts.iter().map(|(_, raw, _)| zstd::encode_all(&raw[..], 1).unwrap()).collect();
        let sections: Vec<(&str, &[u8], u64, u64)> = parts
            .iter()
            .zip(&stored)
            .map(|((name, raw, rows), stored)| (*name, &stored[..], raw.len() as u64, *rows))
            .collect();
        let forged = forge(&sections, |json| json.replacen("\"rows\":1,", "\"rows\":50,", 1));
        let path = folder.path().join("forged");
        std::fs::write(&path, forged).unwrap();
        if let Ok(log) = Log::open(&path) {
            for (number, _) in log.requests.iter().enumerate() {
                let number = u32::try_from(number).unwrap();
                prop_assert!(log.request(number).is_some());
                let asked = log.requests[number as usize].input != crate::NO_INPUT;
                prop_assert_eq!(log.input(number).is_some(), asked);
            }
            for (number, slice) in log.slices.iter().enumerate() {
                prop_assert_eq!(log.slice(u32::try_from(number).unwrap()).is_some(), slice.entities.is_some());
            }
            for row in log.rows(0..u64::MAX).flatten() {
                prop_assert!(log.row(&row).is_some());
            }
        }
    }
}

#[test]
fn an_open_log_outlives_its_replacement() {
    let (_folder, path) = written(&sample());
    let log = Log::open(&path).unwrap();
    let mut other = Builder::new("other");
    other.push(&row("z", Decision::Deny)).unwrap();
    other.finish(&path).unwrap();
    assert_eq!(rows(&log).len(), 200);
    assert_eq!(read_all(&path).unwrap().len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let mut builder = Builder::new("test");
    builder.push(&row("a", Decision::Allow)).unwrap();
    let error = builder
        .finish("/nowhere/at/all/log.tfl".as_ref())
        .unwrap_err();
    assert_eq!(error.code(), Code::FileWrite);
    assert!(error.to_string().contains("/nowhere/at/all/log.tfl"));
}
