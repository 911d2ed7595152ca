//! OPA bundles as they come: signed or not, built with care or with malice.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test"
)]

use std::collections::BTreeMap;

use model::{Code, Failure};
use rego::{Error, Files, Key, Limits, read_bundle};
use tar::{Builder, EntryType, Header};

const POLICY: &str =
    "package authz\n\ndefault allow := false\n\nallow if input.user == data.owner\n";
/// As nobody would write it, so that the digest is that of the value and not of the spelling.
const DATA: &str = "{ \"owner\": \"ada\", \"n\": 1.50, \"s\": \"a\u{2028}b<&>\" }\n";
const MANIFEST: &str = r#"{"revision":"r7","roots":[""]}"#;
const SECRET: &[u8] = b"a shared secret";

/// Tokens over the three files above, made with other tools than ours: by `openssl`'s keys, one for each algorithm.
fn token(algorithm: &str) -> String {
    let tokens: BTreeMap<String, String> =
        serde_json::from_str(include_str!("keys/tokens.json")).unwrap();
    tokens[algorithm].clone()
}

fn signatures(token: &str) -> String {
    serde_json::json!({ "signatures": [token] }).to_string()
}

fn keys() -> [(&'static str, Key); 3] {
    [
        ("RS256", Key::read(include_bytes!("keys/rsa.pub")).unwrap()),
        ("ES256", Key::read(include_bytes!("keys/ec.pub")).unwrap()),
        ("HS256", Key::read(SECRET).unwrap()),
    ]
}

/// An archive with entries past every check of the library that writes them.
fn tar(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, content) in entries {
        append(&mut builder, name, content, EntryType::Regular);
    }
    builder.into_inner().unwrap()
}

fn append(builder: &mut Builder<Vec<u8>>, name: &str, content: &str, kind: EntryType) {
    let mut header = Header::new_gnu();
    header.set_size(content.len() as u64);
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_cksum();
    builder.append(&header, content.as_bytes()).unwrap();
}

fn read(bytes: &[u8], key: Option<&Key>) -> Result<Files, Error> {
    read_bundle(bytes, key, Limits::default())
}

fn why(result: Result<Files, Error>) -> (Code, String) {
    let error = result.unwrap_err();
    let said = error.to_string();
    (Failure::from(error).code, said)
}

/// What becomes of the entries of a bundle.
type Change<'a> = &'a dyn Fn(&mut Vec<(&str, String)>);

/// The signed bundle with some of its entries changed.
fn signed(token: &str, change: impl Fn(&mut Vec<(&str, String)>)) -> Vec<u8> {
    let mut entries = vec![
        (".manifest", MANIFEST.to_owned()),
        (".signatures.json", signatures(token)),
        ("authz/policy.rego", POLICY.to_owned()),
        ("data.json", DATA.to_owned()),
    ];
    change(&mut entries);
    let entries: Vec<_> = entries
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    tar(&entries)
}

#[test]
fn a_signature_of_each_algorithm_holds_with_its_key_and_no_other() {
    for (algorithm, key) in keys() {
        let bundle = signed(&token(algorithm), |_| {});
        let files = read(&bundle, Some(&key)).unwrap();
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            [".manifest", "authz/policy.rego", "data.json"]
        );
        for (other, key) in keys() {
            if other != algorithm {
                assert_eq!(
                    why(read(&bundle, Some(&key))).0,
                    Code::BundleSignature,
                    "{algorithm} by {other}"
                );
            }
        }
        assert_eq!(why(read(&bundle, None)).0, Code::BundleKey);
    }
    let others = Key::read(b"another secret").unwrap();
    assert_eq!(
        why(read(&signed(&token("HS256"), |_| {}), Some(&others))).0,
        Code::BundleSignature
    );
    let unsigned = tar(&[("a.rego", POLICY)]);
    let [(_, key), ..] = keys();
    assert_eq!(why(read(&unsigned, Some(&key))).0, Code::BundleSignature);
    assert_eq!(read(&unsigned, None).unwrap().len(), 1);
}

#[test]
fn a_public_key_is_no_shared_secret() {
    // Signed with the public key's own text: what holds for whoever lets the token choose its algorithm.
    use hmac::{Hmac, KeyInit, Mac};
    let public: &[u8] = include_bytes!("keys/rsa.pub");
    let payload = token("HS256").split('.').nth(1).unwrap().to_owned();
    let head = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"HS256"}"#);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(public).unwrap();
    mac.update(format!("{head}.{payload}").as_bytes());
    let mac = data_encoding::BASE64URL_NOPAD.encode(&mac.finalize().into_bytes());
    let none = data_encoding::BASE64URL_NOPAD.encode(br#"{"alg":"none"}"#);
    let key = Key::read(public).unwrap();
    for token in [
        format!("{head}.{payload}.{mac}"),
        format!("{none}.{payload}."),
    ] {
        let bundle = signed(&token, |_| {});
        assert_eq!(why(read(&bundle, Some(&key))).0, Code::BundleSignature);
    }
}

#[test]
fn what_is_not_as_it_was_signed_is_refused() {
    let [(algorithm, key), ..] = keys();
    let good = token(algorithm);
    let altered = |change: Change<'_>| why(read(&signed(&good, change), Some(&key)));
    let mut said = vec![
        altered(&|entries| entries[2].1.push_str("allow := true\n")),
        altered(&|entries| entries[3].1 = DATA.replace("ada", "eve")),
        altered(&|entries| entries[0].1 = r#"{"revision":"r8","roots":[""]}"#.to_owned()),
        altered(&|entries| entries.push(("authz/more.rego", POLICY.to_owned()))),
        altered(&|entries| entries.push(("README.md", String::new()))),
        altered(&|entries| {
            entries.remove(2);
        }),
        altered(&|entries| entries[3].1 = "{".to_owned()),
        altered(&|entries| entries[3].1 = "[".repeat(100_000) + &"]".repeat(100_000)),
    ];
    for token in [
        good.replace('.', ""),
        format!("{good}A"),
        good.replacen("ey", "eZ", 1),
        format!("{}.x", good.rsplit_once('.').unwrap().0),
        String::new(),
    ] {
        said.push(why(read(&signed(&token, |_| {}), Some(&key))));
    }
    for text in [
        "",
        "{}",
        "[]",
        r#"{"signatures":[]}"#,
        r#"{"signatures":["a","b"]}"#,
        r#"{"signatures":["a"],"plugin":"mine"}"#,
    ] {
        said.push(altered(&|entries| text.clone_into(&mut entries[1].1)));
    }
    let said: Vec<_> = said
        .iter()
        .map(|(code, words)| format!("{}: {words}", code.as_str()))
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    bundle_signature: the signature of the bundle does not hold: `authz/policy.rego` is not what was signed
    bundle_signature: the signature of the bundle does not hold: `data.json` is not what was signed
    bundle_signature: the signature of the bundle does not hold: `.manifest` is not what was signed
    bundle_signature: the signature of the bundle does not hold: it does not cover `authz/more.rego`
    bundle_signature: the signature of the bundle does not hold: it does not cover `README.md`
    bundle_signature: the signature of the bundle does not hold: it covers `authz/policy.rego`, which the bundle lacks
    bundle_signature: the signature of the bundle does not hold: `data.json` is not JSON: EOF while parsing an object at line 1 column 1
    bundle_signature: the signature of the bundle does not hold: `data.json` is not JSON: it is nested too deeply
    bundle_invalid: `.signatures.json` of the bundle cannot be read: it holds no token of three parts
    bundle_signature: the signature of the bundle does not hold: it was not made with this key, or altered since
    bundle_invalid: `.signatures.json` of the bundle cannot be read: the token's head: expected value at line 1 column 1
    bundle_invalid: `.signatures.json` of the bundle cannot be read: the token is not written in base64url
    bundle_invalid: `.signatures.json` of the bundle cannot be read: it holds no token of three parts
    bundle_invalid: `.signatures.json` of the bundle cannot be read: EOF while parsing a value at line 1 column 0
    bundle_invalid: `.signatures.json` of the bundle cannot be read: missing field `signatures` at line 1 column 2
    bundle_invalid: `.signatures.json` of the bundle cannot be read: invalid length 0, expected struct Signatures with 2 elements at line 1 column 2
    bundle_invalid: `.signatures.json` of the bundle cannot be read: it holds 0 signatures, and one is expected
    bundle_invalid: `.signatures.json` of the bundle cannot be read: it holds 2 signatures, and one is expected
    bundle_invalid: `.signatures.json` of the bundle cannot be read: it is to be checked by the plugin `mine`, which is not known here
    ");
}

#[test]
fn the_same_value_in_another_spelling_is_the_same_data() {
    let [(algorithm, key), ..] = keys();
    let spelled = "{\"s\":\"a\\u2028b<&>\",\"n\":1.50,\"owner\":\"\\u0061da\"}";
    let bundle = signed(&token(algorithm), |entries| {
        spelled.clone_into(&mut entries[3].1)
    });
    assert!(read(&bundle, Some(&key)).is_ok());
}

#[test]
fn what_leads_out_of_a_bundle_is_refused_whole() {
    for name in [
        "../a.rego",
        "a/../../b.rego",
        "..",
        "//etc/a.rego",
        "a\\..\\b.rego",
        "c:/a.rego",
        "",
    ] {
        let bytes = tar(&[("good.rego", POLICY), (name, POLICY)]);
        let (code, said) = why(read(&bytes, None));
        assert_eq!(code, Code::BundleInvalid, "{name}: {said}");
    }
    for (kind, what) in [
        (EntryType::Symlink, "a link"),
        (EntryType::Link, "a link"),
        (EntryType::Char, "no plain file"),
        (EntryType::Fifo, "no plain file"),
    ] {
        let mut builder = Builder::new(Vec::new());
        append(&mut builder, "a.rego", "", kind);
        let (code, said) = why(read(&builder.into_inner().unwrap(), None));
        assert_eq!(
            (code, said.contains(what)),
            (Code::BundleInvalid, true),
            "{said}"
        );
    }
    for twice in [
        ["a.rego", "a.rego"],
        ["a.rego", "/a.rego"],
        ["a.rego", "./a.rego"],
    ] {
        let (code, said) = why(read(&tar(&twice.map(|name| (name, POLICY))), None));
        assert_eq!(
            (code, said.contains("twice")),
            (Code::BundleInvalid, true),
            "{said}"
        );
    }
}

#[test]
fn a_bundle_as_opa_writes_it_is_read() {
    let mut builder = Builder::new(Vec::new());
    append(&mut builder, "/", "", EntryType::Directory);
    append(&mut builder, "/authz", "", EntryType::Directory);
    for (name, text) in [
        ("/data.json", "{}"),
        ("/authz/allow.rego", POLICY),
        (
            "/.manifest",
            r#"{"revision":"7","roots":["authz"],"metadata":{"x":1}}"#,
        ),
        ("/policy.wasm", "\0asm"),
        ("/authz/users/data.json", "[]"),
    ] {
        append(&mut builder, name, text, EntryType::Regular);
    }
    let files = read(&builder.into_inner().unwrap(), None).unwrap();
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        [
            ".manifest",
            "authz/allow.rego",
            "authz/users/data.json",
            "data.json"
        ]
    );
}

#[test]
fn what_is_too_much_or_cannot_be_used_is_refused() {
    let limits = Limits {
        entries: 3,
        file: 100,
        all: 150,
    };
    let long = "x".repeat(90);
    for (entries, part) in [
        (
            vec![
                ("a.rego", ""),
                ("b.rego", ""),
                ("c.rego", ""),
                ("d.rego", ""),
            ],
            "3 entries",
        ),
        (vec![("a.rego", &*"x".repeat(101))], "100 bytes"),
        (vec![("a.rego", &*long), ("b.rego", &*long)], "150 bytes"),
    ] {
        let error = read_bundle(&tar(&entries)[..], None, limits).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    for (entries, part) in [
        (vec![("patch.json", "{}")], "delta"),
        (vec![("a.rego", POLICY), ("b/data.yaml", "")], "YAML"),
        (vec![(".manifest", "{")], ".manifest"),
        (vec![(".manifest", r#"{"roots":"a"}"#)], ".manifest"),
    ] {
        let (code, said) = why(read(&tar(&entries), None));
        assert_eq!(
            (code, said.contains(part)),
            (Code::BundleInvalid, true),
            "{said}"
        );
    }
    let whole = tar(&[("a.rego", &"# \n".repeat(2000))]);
    assert!(read(&whole, None).is_ok());
    // The last is where the entry ends and the archive does not.
    for cut in [1, 300, 600, 2000, 512 + 6144] {
        assert_eq!(
            why(read(&whole[..cut], None)).0,
            Code::BundleInvalid,
            "{cut}"
        );
    }
}

#[test]
fn keys_that_cannot_be_used_are_refused() {
    let private = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n";
    let large = vec![b'x'; 1 << 20];
    for (content, part) in [
        (&b""[..], "empty"),
        (private.as_bytes(), "private"),
        (include_bytes!("keys/weak.pub"), "1024 bits"),
        (
            b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            "neither",
        ),
        (&large, "too large"),
    ] {
        let error = Key::read(content).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(error.code(), Code::BundleKey);
    }
    assert_eq!(format!("{:?}", Key::read(SECRET).unwrap()), "Key(HS256)");
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(mut bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2048), at in 0_usize..1536, byte in proptest::prelude::any::<u8>()) {
        let _ = read(&bytes, None);
        bytes = signed(&token("HS256"), |_| {});
        bytes[at] ^= byte;
        let key = Key::read(SECRET).unwrap();
        if let Ok(files) = read(&bytes, Some(&key)) {
            proptest::prop_assert_eq!(&files["authz/policy.rego"][..], POLICY.as_bytes());
        }
    }
}
