use super::*;
use crate::{
    dsse,
    ed25519::{SecretKey, Signer as _},
    entry::Receipt,
    json,
    leaf::{self, Leaf},
    sha256,
    statement::{
        DriftPreview, GuardVerdict, Override, Predicate, Promotion, Ruling, Statement, Subject,
    },
};
use proptest::prelude::*;
use std::sync::LazyLock;

fn entry(seq: u64, envelope: String) -> Entry {
    let salt = sha256(&[b"salt", &seq.to_be_bytes()]);
    Entry {
        leaf: Leaf {
            kind: 2,
            flags: 0,
            seq,
            digest: leaf::digest(&salt, envelope.as_bytes()),
            keyid: [7; 32],
            time: 1_795_262_400 + seq,
        },
        receipt: Some(Receipt { salt, envelope }),
    }
}

fn digest(of: u64) -> String {
    format!("sha256:{}", hex(&sha256(&[&of.to_be_bytes()])))
}

/// Receipts as the guard and an approver leave them.
fn receipts(count: u64) -> Vec<Entry> {
    let key = SecretKey::from_seed(&[1; 32]);
    let sealed = |said: Result<Statement, Error>| said.unwrap().seal(&[&key]).unwrap().to_json();
    let one = |seq: u64| {
        let about = vec![Subject::of("drift-report.json", &seq.to_be_bytes())];
        let issued = moment::text(1_795_262_400 + seq * 37);
        let (kind, envelope) = if seq.is_multiple_of(3) {
            let said = Override {
                issued,
                base: digest(0),
                // Of the same edit as its neighbours.
                head: digest(seq / 3),
                approver: "ben".into(),
                author: "ana".into(),
                reason: format!("agreed with \"legal\", case {seq}\n"),
                expires: moment::text(1_795_348_800 + seq * 37),
            };
            (Override::KIND, sealed(Statement::new(about, &said)))
        } else {
            let said = GuardVerdict {
                issued,
                base: digest(0),
                // Of the same edit as its neighbours.
                head: digest(seq / 3),
                tolerance: digest(9),
                verdict: Ruling::Blocked,
                violations: seq,
            };
            (GuardVerdict::KIND, sealed(Statement::new(about, &said)))
        };
        let mut entry = entry(seq, envelope);
        entry.leaf.kind = kind;
        entry.leaf.keyid = key.public().id();
        entry.leaf.time = 1_795_262_400 + seq * 37;
        entry
    };
    (0..count).map(one).collect()
}

/// As work on policies leaves them: of each edit three previews and a verdict, of some an override, of some a promotion, with a
/// digest of each of ten files before and after.
fn of_a_workspace(edits: u64) -> Vec<Entry> {
    let key = SecretKey::from_seed(&[1; 32]);
    let mut all: Vec<Entry> = Vec::new();
    let mut add =
        |kind: u8, about: Vec<Subject>, said: &dyn Fn(String) -> Result<Statement, Error>| {
            let seq = all.len() as u64;
            let time = 1_795_262_400 + seq * 911;
            let mut said = said(moment::text(time)).unwrap();
            said.subject = about;
            let mut entry = entry(seq, said.seal(&[&key]).unwrap().to_json());
            (entry.leaf.kind, entry.leaf.keyid, entry.leaf.time) = (kind, key.public().id(), time);
            all.push(entry);
        };
    let nothing = || vec![Subject::of("x", b"")];
    for edit in 0..edits {
        let (base, report) = (digest(edit / 10), |n: u64| {
            vec![Subject::of(
                "drift-report.json",
                &(edit * 9 + n).to_be_bytes(),
            )]
        });
        for n in 0..3 {
            add(DriftPreview::KIND, report(n), &|issued| {
                let (base, head) = (base.clone(), digest(edit * 9 + n));
                let (gained, lost, open) = (edit % 5 * 1000, edit % 3, 0);
                Statement::new(
                    nothing(),
                    &DriftPreview {
                        issued,
                        base,
                        head,
                        rows: 69_612,
                        gained,
                        lost,
                        open,
                    },
                )
            });
        }
        let head = digest(edit * 9 + 2);
        let verdict = if edit % 5 == 0 {
            Ruling::Blocked
        } else {
            Ruling::Pass
        };
        let about = vec![Subject::of("guard-report.json", &edit.to_be_bytes())];
        add(GuardVerdict::KIND, about, &|issued| {
            let (base, head) = (base.clone(), head.clone());
            let said = GuardVerdict {
                issued,
                base,
                head,
                tolerance: digest(7),
                verdict,
                violations: u64::from(edit % 5 == 0),
            };
            Statement::new(nothing(), &said)
        });
        if edit % 5 == 0 {
            let about = vec![Subject::of("override.json", &edit.to_be_bytes())];
            add(Override::KIND, about, &|issued| {
                let (base, head) = (base.clone(), head.clone());
                let reason = format!("agreed with legal, case {edit}");
                let said = Override {
                    issued,
                    base,
                    head,
                    approver: "ben".into(),
                    author: "ana".into(),
                    reason,
                    expires: "2027-01-01T00:00:00Z".into(),
                };
                Statement::new(nothing(), &said)
            });
        }
        if edit % 10 == 9 {
            let file = |side: &str, at: u64, n: u64| {
                Subject::of(
                    &format!("artefacts/{side}/policies/{n}.cedar"),
                    &[n, (at + 9 - n) / 10].map(u64::to_be_bytes).concat(),
                )
            };
            let version = edit / 10;
            let about =
                (0..10).flat_map(|n| [file("before", version, n), file("after", version + 1, n)]);
            add(Promotion::KIND, about.collect(), &|issued| {
                let (from, to) = (base.clone(), digest(version + 1));
                Statement::new(
                    nothing(),
                    &Promotion {
                        issued,
                        channel: "production".into(),
                        version,
                        from,
                        to,
                        by: "ana".into(),
                    },
                )
            });
        }
    }
    all
}

fn learned(entries: &[Entry]) -> Dictionary {
    let mut dictionary = Dictionary::default();
    dictionary.learn(entries);
    dictionary
}

/// Bytes of receipts as they are: leaf, salt and envelope.
fn plain(entries: &[Entry]) -> usize {
    let receipt = |entry: &Entry| Some(32 + entry.receipt.as_ref()?.envelope.len());
    let one = |entry: &Entry| leaf::LENGTH + receipt(entry).unwrap_or_default();
    entries.iter().map(one).sum()
}

/// Previews, in each of which everything is another that can be.
fn previews(count: u64) -> Vec<Entry> {
    let key = SecretKey::from_seed(&[1; 32]);
    let one = |seq: u64| {
        let said = DriftPreview {
            issued: moment::text(1_795_262_400 + seq * 37),
            base: digest(seq / 100),
            head: digest(seq),
            rows: 1_000_000 + seq / 100,
            gained: seq % 7 * 100,
            lost: seq % 3,
            open: 0,
        };
        let about = Subject::of("drift-report.json", &seq.to_be_bytes());
        let sealed = Statement::new(vec![about], &said).unwrap().seal(&[&key]);
        let mut entry = entry(seq, sealed.unwrap().to_json());
        entry.leaf.kind = DriftPreview::KIND;
        entry.leaf.keyid = key.public().id();
        entry.leaf.time = 1_795_262_400 + seq * 37;
        entry
    };
    (0..count).map(one).collect()
}

#[test]
fn receipts_shrink_and_come_back() {
    // Of a preview, 160 bytes are signature, salt and two digests: what is added to them is little.
    for (all, factor) in [
        (receipts(256), 66),
        (previews(256), 61),
        (of_a_workspace(59), 62),
    ] {
        let dictionary = learned(&all);
        let block = encode(0, &all, &dictionary).unwrap();
        assert_eq!(decode(&block, &dictionary).unwrap(), (0, all.clone()));
        let (plain, bytes) = (plain(&all), block.len() + dictionary.to_bytes(0).len());
        assert!(10 * plain > factor * bytes, "{plain} to {bytes}");
        // A part of a bundle carries the leaf hashes too.
        let part = to_part(0, &all, &dictionary).unwrap();
        let (hashes, inside) = read_part(&part).unwrap();
        assert_eq!(inside, block);
        assert!(
            hashes
                .iter()
                .copied()
                .eq(all.iter().map(|entry| entry.leaf.hash()))
        );
    }
}

#[test]
fn what_was_written_with_fewer_words_is_read_with_more() {
    let all = receipts(90);
    let mut dictionary = learned(&all[..30]);
    let (block, chunk) = (
        encode(0, &all[..30], &dictionary).unwrap(),
        dictionary.to_bytes(0),
    );
    let before = dictionary.len();
    // These would be shorter by now.
    let odd: Vec<_> = (30..60)
        .map(|seq| {
            entry(
                seq,
                format!("[\"{}\"]", all[1].receipt.as_ref().unwrap().envelope.len()),
            )
        })
        .collect();
    dictionary.learn(&all[60..]);
    dictionary.learn(&odd);
    assert!(dictionary.len() > before);
    assert_eq!(decode(&block, &dictionary).unwrap().1, all[..30]);
    let mut again = Dictionary::default();
    again.extend(&chunk).unwrap();
    assert_eq!(again.len(), before);
    assert_eq!(decode(&block, &again).unwrap().1, all[..30]);
    again.extend(&dictionary.to_bytes(before)).unwrap();
    assert_eq!(again, dictionary);
    assert!(again.extend(&chunk).is_err());
    assert!(decode(&block, &Dictionary::default()).is_err());
}

#[test]
fn leaves_that_are_not_their_receipt_s_are_kept() {
    let mut all = receipts(6);
    all[0].leaf.seq = 9;
    all[1].leaf.digest = [0; 32];
    all[2].leaf.time = u64::MAX;
    all[3].receipt = None;
    all[4].leaf.keyid = [0; 32];
    let dictionary = learned(&all);
    let block = encode(0, &all, &dictionary).unwrap();
    assert_eq!(decode(&block, &dictionary).unwrap().1, all);
}

#[test]
fn nothing_grows_beyond_the_factor() {
    // A word of the greatest length in every hole.
    let word = "w".repeat(MAX_WORD);
    let text = format!("[{}\"{word}\"]", format!("\"{word}\",").repeat(500));
    let hostile = [entry(0, text.clone()), entry(1, text)];
    let dictionary = learned(&hostile);
    assert!(matches!(
        encode(0, &hostile, &dictionary),
        Err(Error::Limit { .. })
    ));
    // Without the word it is as long as it is.
    assert!(encode(0, &hostile, &Dictionary::default()).is_ok());
    assert!(encode(0, &[], &dictionary).is_err());
    assert!(encode(0, &receipts(257), &dictionary).is_err());
    assert!(encode(u64::MAX, &receipts(1), &dictionary).is_err());
    let huge = [entry(0, " ".repeat(MAX_BYTES))];
    assert!(matches!(
        encode(0, &huge, &dictionary),
        Err(Error::Limit { .. })
    ));
}

#[test]
fn a_dictionary_has_limits_and_one_form() {
    let mut full = Dictionary::default();
    for number in 0..MAX_WORDS {
        assert!(full.add(&format!("word {number}")));
    }
    assert!(!full.add("one more"));
    assert!(!Dictionary::default().add(&"w".repeat(MAX_WORD + 1)));
    assert!(!Dictionary::default().add(&format!("{HOLE}{}", "w".repeat(MAX_SHAPE))));
    let mut again = Dictionary::default();
    again.extend(&full.to_bytes(0)).unwrap();
    assert_eq!(again, full);
    // Claims more words than there are; a byte behind; a digest written as text; nothing.
    let digits = [&[1, 1, 4, 4][..], "a".repeat(64).as_bytes()].concat();
    for bad in [
        &[1, 0xff, 0xff, 0xff, 0xff, 0x0f][..],
        &[1, 0, 0],
        &digits,
        &[],
        &[2, 0],
        &[1, 0x80, 0],
    ] {
        assert!(Dictionary::default().extend(bad).is_err(), "{bad:?}");
    }
}

fn any_scalar() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value as V;
    prop_oneof![
        Just(V::Null),
        any::<bool>().prop_map(V::from),
        any::<f64>().prop_map(V::from),
        any::<u64>().prop_map(V::from),
        "[a-z\"\\\\\u{1}\n]{0,6}".prop_map(V::from),
        any::<[u8; 32]>().prop_map(|bytes| V::from(hex(&bytes))),
        (0..5_u64).prop_map(|of| V::from(digest(of))),
        any::<u32>().prop_map(|at| V::from(moment::text(at.into()))),
        prop::collection::vec(any::<u8>(), 64).prop_map(|bytes| V::from(base64::encode(&bytes))),
        Just(V::from(base64::encode(b"{\"a\":7}"))),
    ]
}

fn canonical(value: &serde_json::Value) -> String {
    json::canonicalize(value.to_string().as_bytes(), json::Limits::ANY).unwrap()
}

fn any_json() -> impl Strategy<Value = String> {
    use serde_json::Value as V;
    let value = any_scalar().prop_recursive(3, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(V::from),
            prop::collection::hash_map("[a-c]{1,2}", inner, 0..5)
                .prop_map(|map| V::Object(map.into_iter().collect())),
        ]
    });
    value.prop_map(|value| canonical(&value))
}

/// Of few shapes, with values that are now the same as before, now others of their kind.
fn any_of_a_shape() -> impl Strategy<Value = String> {
    let pair = (any_scalar(), 0..3_u64, 0..3_u64, any::<bool>());
    pair.prop_map(|(some, number, at, deep)| {
        let inside = canonical(&serde_json::json!({
            "at": moment::text(at), "is": some, "number": number, "of": digest(number),
        }));
        if deep {
            canonical(&serde_json::json!({"payload": base64::encode(inside.as_bytes())}))
        } else {
            inside
        }
    })
}

fn any_text() -> impl Strategy<Value = String> {
    let enveloped = any_json().prop_map(|payload| {
        dsse::seal(
            "x/y",
            payload.into_bytes(),
            &[&SecretKey::from_seed(&[3; 32])],
        )
        .unwrap()
        .to_json()
    });
    prop_oneof![
        4 => any_of_a_shape(),
        1 => any_json(),
        1 => enveloped,
        1 => any::<String>(),
        1 => "[\"\\\\:{}0-9a\u{1}-]{0,12}",
    ]
}

fn any_entries() -> impl Strategy<Value = Vec<Entry>> {
    let one = (any_text(), 0..9_u8, any::<u64>());
    prop::collection::vec(one, 1..9).prop_map(|all| {
        let bent = |(seq, (text, bend, number)): (u64, (String, u8, u64))| {
            let mut entry = entry(seq, text);
            match bend {
                0 => entry.leaf.seq = number,
                1 => entry.leaf.time = number,
                2 => entry.leaf.digest = digest(number).as_bytes()[..32].try_into().unwrap(),
                3 => entry.receipt = None,
                _ => {}
            }
            entry
        };
        (5..).zip(all).map(bent).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_its_shape_filled(text in any_text()) {
        let (shape, holes) = split(&text);
        let mut holes = holes.into_iter();
        let mut pieces = shape.split(HOLE);
        let mut filled = pieces.next().unwrap().to_owned();
        for piece in pieces {
            filled.push_str(holes.next().unwrap());
            filled.push_str(piece);
        }
        prop_assert_eq!(&filled, &text);
        prop_assert_eq!(holes.next(), None);
    }

    #[test]
    fn whatever_it_is_comes_back(entries in any_entries(), known in any::<bool>(), others in any_entries()) {
        let mut dictionary = learned(&others);
        if known {
            dictionary.learn(&entries);
        }
        let block = encode(5, &entries, &dictionary).unwrap();
        prop_assert_eq!(decode(&block, &dictionary).unwrap(), (5, entries.clone()));
        dictionary.learn(&entries);
        prop_assert_eq!(decode(&block, &dictionary).unwrap(), (5, entries));
        let mut again = Dictionary::default();
        again.extend(&dictionary.to_bytes(0)).unwrap();
        prop_assert_eq!(again, dictionary);
    }

    /// Bent in any place, a block is refused, or rebuilds to receipts with other leaves.
    #[test]
    fn no_bent_block_rebuilds_to_the_same_leaves(bends in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..4), count in 1..9_usize) {
        static ALL: LazyLock<Vec<Entry>> = LazyLock::new(|| receipts(8));
        let all = &ALL[..count];
        let dictionary = learned(all);
        let block = encode(0, all, &dictionary).unwrap();
        let mut bent = block.clone();
        for (at, byte, how) in bends {
            let at = at.index(bent.len());
            match how {
                0 => bent[at] = byte,
                1 => bent.insert(at, byte),
                _ => drop(bent.remove(at)),
            }
        }
        if let Ok((first, rebuilt)) = decode(&bent, &dictionary) {
            prop_assert_eq!(&encode(first, &rebuilt, &dictionary).unwrap(), &bent);
            let hashes = |all: &[Entry]| all.iter().map(|entry| entry.leaf.hash()).collect::<Vec<_>>();
            prop_assert!(bent == block || hashes(&rebuilt) != hashes(all) || !rebuilt.iter().all(Entry::is_bound));
        }
    }

    #[test]
    fn bytes_of_chance_are_refused_or_written_so(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        static WORDS: LazyLock<Dictionary> = LazyLock::new(|| learned(&receipts(4)));
        let dictionary = &*WORDS;
        let headed = [&[1, 0, 1, 0, 2, 3][..], &bytes].concat();
        for bytes in [&bytes, &headed] {
            if let Ok((first, entries)) = decode(bytes, dictionary) {
                prop_assert_eq!(&encode(first, &entries, dictionary).unwrap(), bytes);
            }
            let _ = read_part(bytes);
            let _ = Dictionary::default().extend(bytes);
        }
    }
}
