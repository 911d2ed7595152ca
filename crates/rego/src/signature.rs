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
