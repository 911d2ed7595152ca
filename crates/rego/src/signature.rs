//! `.signatures.json` of a bundle: one JSON Web Token whose payload lists every file with its digest. It holds when the
//! token is signed with the key at hand, and the files it lists are exactly those of the bundle, each with the digest it
//! says. Source: the Open Policy Agent's documentation of bundle signing; RFC 7515 for the token.

use std::collections::BTreeMap;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::{Error, Files, Key};

/// Name of the file.
pub(crate) const FILE: &str = ".signatures.json";
/// Data nested deeper than this cannot be read anyway.
const DEEPEST: u32 = 128;

#[derive(Deserialize)]
struct Signatures {
    signatures: Vec<String>,
    #[serde(default)]
    plugin: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Extensions that must be understood (RFC 7515, section 4.1.11); none are.
    #[serde(default)]
    crit: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Payload {
    files: Vec<Listed>,
    /// What the signature is for; a key without a scope is for nothing in particular.
    #[serde(default)]
    scope: String,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    hash: String,
    algorithm: String,
}

/// Checks the files of a bundle, by their paths in it, against what its signature says.
///
/// # Errors
/// [`Error::Signature`] with the first thing that does not hold, [`Error::Malformed`].
pub(crate) fn check(signatures: &[u8], files: &Files, key: &Key) -> Result<(), Error> {
    let malformed = |why: String| Error::Malformed { file: FILE, why };
    let signatures: Signatures =
        serde_json::from_slice(signatures).map_err(|error| malformed(error.to_string()))?;
    if !signatures.plugin.is_empty() {
        return Err(malformed(format!(
            "it is to be checked by the plugin `{}`, which is not known here",
            signatures.plugin
        )));
    }
    let [token] = &signatures.signatures[..] else {
        return Err(malformed(format!(
            "it holds {} signatures, and one is expected",
            signatures.signatures.len()
        )));
    };
    let wrong = |why: &str| Error::Signature(why.to_owned());
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed("it holds no token of three parts".to_owned()));
    };
    let decoded = |part: &str| {
        BASE64URL_NOPAD
            .decode(part.as_bytes())
            .map_err(|_| malformed("the token is not written in base64url".to_owned()))
    };
    let head: Header = serde_json::from_slice(&decoded(header)?)
        .map_err(|error| malformed(format!("the token's head: {error}")))?;
    if head.alg != key.algorithm() {
        return Err(Error::Signature(format!(
            "it says `{}`, and the key is for {}",
            head.alg,
            key.algorithm()
        )));
    }
    if head.crit.is_some() {
        return Err(wrong("it demands extensions that are not known here"));
    }
    let signed = token
        .get(..header.len() + 1 + payload.len())
        .unwrap_or_default();
    // Nothing the payload says is looked at before this.
    if !key.verifies(signed.as_bytes(), &decoded(signature)?) {
        return Err(wrong("it was not made with this key, or altered since"));
    }
    let payload: Payload = serde_json::from_slice(&decoded(payload)?)
        .map_err(|error| malformed(format!("the token's payload: {error}")))?;
    if !payload.scope.is_empty() {
        return Err(Error::Signature(format!(
            "it is for the scope `{}`, and the key is for none",
            payload.scope
        )));
    }
    let mut listed: BTreeMap<String, Listed> = BTreeMap::new();
    for entry in payload.files {
        let name = entry.name.trim_start_matches('/').to_owned();
        if let Some(twice) = listed.insert(name, entry) {
            return Err(Error::Signature(format!("it lists `{}` twice", twice.name)));
        }
    }
    for (path, content) in files {
        let entry = listed
            .remove(path)
            .ok_or_else(|| Error::Signature(format!("it does not cover `{path}`")))?;
        if digest(path, content, &entry.algorithm)?
            != HEXLOWER_PERMISSIVE
                .decode(entry.hash.as_bytes())
                .unwrap_or_default()
        {
            return Err(Error::Signature(format!("`{path}` is not what was signed")));
        }
    }
    match listed.into_keys().next() {
        None => Ok(()),
        Some(missing) => Err(Error::Signature(format!(
            "it covers `{missing}`, which the bundle lacks"
        ))),
    }
}

/// The digest of a file as OPA takes it: of its bytes, or, where it is JSON that OPA reads, of the value in one spelling.
fn digest(path: &str, content: &[u8], algorithm: &str) -> Result<Vec<u8>, Error> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let spelled;
    let bytes = if matches!(name, "data.json" | ".manifest") {
        spelled = canonical(content)
            .map_err(|error| Error::Signature(format!("`{path}` is not JSON: {error}")))?;
        spelled.as_bytes()
    } else {
        content
    };
    match algorithm {
        "SHA-256" => Ok(Sha256::digest(bytes).to_vec()),
        "SHA-384" => Ok(Sha384::digest(bytes).to_vec()),
        "SHA-512" => Ok(Sha512::digest(bytes).to_vec()),
        other => Err(Error::Signature(format!(
            "`{path}` is listed with the digest `{other}`; SHA-256, SHA-384 and SHA-512 are accepted"
        ))),
    }
}

/// JSON with sorted members, no space, and numbers as they were written.
fn canonical(content: &[u8]) -> Result<String, serde_json::Error> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let value: &RawValue = serde_json::from_slice(content)?;
    let mut out = String::with_capacity(content.len());
    write(value, &mut out, DEEPEST)?;
    Ok(out)
}

fn write(value: &RawValue, out: &mut String, depth: u32) -> Result<(), serde_json::Error> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| serde::de::Error::custom("it is nested too deeply"))?;
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            // The last of two members of one name counts, as in Go.
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
            out.push('{');
            for (place, (name, value)) in members.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write_string(&name, out);
                out.push(':');
                write(value, out, depth)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            out.push('[');
            for (place, item) in items.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out, depth)?;
            }
            out.push(']');
        }
        Some(b'"') => write_string(&serde_json::from_str::<String>(text)?, out),
        _ => out.push_str(text),
    }
    Ok(())
}

/// A string as Go's `encoding/json` writes it, which escapes two line separators that JSON would let stand.
fn write_string(text: &str, out: &mut String) {
    let json = serde_json::Value::from(text).to_string();
    out.push_str(
        &json
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What OPA's own tests hold to be signed (open-policy-agent/opa, v1/bundle/bundle_test.go and verify_test.go): the one over
    /// the three files below with the secret `secret`, the other with the private half of the RSA key.
    const TOKENS: [&str; 2] = [
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImZvbyJ9.eyJmaWxlcyI6W3sibmFtZSI6ImZvby9iYXIvLm1hbmlmZXN0IiwiaGFzaCI6IjUwN2EyYzM4YTE0NDFkYjU4ZDJjYjg3OTgyYzQyYWE5MWE0MzQyZWY0MjJhNmI1NDJlZGRlYmVlZjZmMDQxMmYiLCJhbGdvcml0aG0iOiJTSEEtMjU2In0seyJuYW1lIjoiZm9vL2Jhci9hL2IvYy9kYXRhLmpzb24iLCJoYXNoIjoiYTYxNWVlYWVlMjFkZTUxNzlkZTA4MGRlOGMzMDUyYzhkYTkwMTEzODQwNmJhNzFjMzhjMDMyODQ1ZjdkNTRmNCIsImFsZ29yaXRobSI6IlNIQS0yNTYifSx7Im5hbWUiOiJmb28vYmFyL2h0dHAvcG9saWN5L3BvbGljeS5yZWdvIiwiaGFzaCI6ImY2NjQ0NjFlMzAzYjM3YzIwYzVlMGJlMjkwMDg4MTY3OGNkZjhlODYwYWE0MzNhNWExNGQ0OTRiYTNjNjY2NDkiLCJhbGdvcml0aG0iOiJTSEEtMjU2In1dLCJpYXQiOjE1OTIyNDgwMjcsImlzcyI6IkpXVFNlcnZpY2UiLCJzY29wZSI6IndyaXRlIn0.qTHkuBDVuT-Zl5pbJdZ6LoJ9eooFOhhpRdCheauDrlA",
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImZvbyJ9.eyJmaWxlcyI6W3sibmFtZSI6ImRiL3VhbTIvZW50aXRsZW1lbnRzL2RhdGEuanNvbiIsImhhc2giOiJjMjEzMTU0NGM3MTZhMjVhNWUzMWY1MDQzMDBmNTI0MGU4MjM1Y2FkYjlhNTdmMGJkMWI2ZjRiZDc0YjI2NjEyIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiZGIvdWFtMi9wb2xpY3kvb3BhLXBvbGljeS5yZWdvIiwiaGFzaCI6IjQyY2ZlNjc2OGI1N2JiNWY3NTAzYzE2NWMyOGRkMDdhYzViODEzNTU0ZWJjODUwZjJjYzM1ODQzZTcxMzdiMWQifV0sImlhdCI6MTU5MjI1MTQwNiwiaXNzIjoiSldUU2VydmljZSIsInNjb3BlIjoid3JpdGUifQ.UZcX_Qj29o213nwZ5mysiyNcgAp1AOqCkDLkj1KGZ7Cw3l17TbkF8t3FJd654sf762NGcABA0WQ2zxq-labXl_d5TKQmq23lurO3qLHI1cKQPyoxPbddGo78sJpMwWsiMyEYcyyKC9FpNUpa8cT81GPo4q9Zui8TAD0wtHh2YxBL7E8QYLJxcLMJTJxVBgrQGLXFT7vYRc6hJz9Vu-i0SWuLBGxOCmYoHr4DWFfy0IhAbhiUFyLRpukfBPjCJNYY5LgaZdN6LaYivtIEUms5jUuXubBimLJm7KOT5-bgJMXTcUsbrbl2Ma7PwG5IOKjjgyEvH8KVfGFZSzNrpuxKmA",
    ];
    const RSA: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA9KaakMv1XKKDaSch3PFR
3a27oaHp1GNTTNqvb1ZaHZXp+wuhYDwc/MTE67x9GCifvQBWzEGorgTq7aisiOyl
vKifwz6/wQ+62WHKG/sqKn2Xikp3P63aBIPlZcHbkyyRmL62yeyuzYoGvLEYel+m
z5SiKGBwviSY0Th2L4e5sGJuk2HOut6emxDi+E2Fuuj5zokFJvIT6Urlq8f3h6+l
GeR6HUOXqoYVf7ff126GP7dticTVBgibxkkuJFmpvQSW6xmxruT4k6iwjzbZHY7P
ypZ/TdlnuGC1cOpAVyU7k32IJ9CRbt3nwEf5U54LRXLLQjFixWZHwKdDiMTF4ws0
+wIDAQAB
-----END PUBLIC KEY-----";
    const FILES: [(&str, &str); 3] = [
        ("foo/bar/.manifest", r#"{"revision": "quickbrownfaux"}"#),
        ("foo/bar/a/b/c/data.json", "[1,2,3]"),
        ("foo/bar/http/policy/policy.rego", "package example"),
    ];

    fn said(token: &str, key: &Key) -> String {
        let signatures = serde_json::json!({ "signatures": [token] }).to_string();
        let files = FILES.map(|(path, text)| (path.to_owned(), text.as_bytes().into()));
        let refused = check(signatures.as_bytes(), &files.into(), key);
        refused.unwrap_err().to_string()
    }

    /// What the payload says is looked at once the signature holds: the one token is for a scope, the other leaves an algorithm out.
    #[test]
    fn what_opa_signed_holds() {
        let keys = [b"secret", RSA.as_bytes()].map(|key| Key::read(key).unwrap());
        let after = ["for the scope `write`", "missing field `algorithm`"];
        for ((token, key), after) in TOKENS.iter().zip(&keys).zip(after) {
            let why = said(token, key);
            assert!(why.contains(after), "{why}");
        }
        let why = said(TOKENS[0], &Key::read(b"another").unwrap());
        assert!(why.contains("not made with this key"), "{why}");
    }

    #[test]
    fn digests_are_those_that_opa_takes() {
        let payload = TOKENS[0].split('.').nth(1).unwrap();
        let payload = BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap();
        let payload: Payload = serde_json::from_slice(&payload).unwrap();
        assert_eq!(payload.files.len(), FILES.len());
        for ((path, text), listed) in FILES.iter().zip(&payload.files) {
            assert_eq!(listed.name, *path);
            let taken = digest(path, text.as_bytes(), &listed.algorithm).unwrap();
            assert_eq!(
                data_encoding::HEXLOWER.encode(&taken),
                listed.hash,
                "{path}"
            );
        }
    }
}
