//! Patterns by which people name several ids at once.

/// `A::B` of `A::B::"c"`.
#[must_use]
pub fn type_of(uid: &str) -> &str {
    uid.split_once("::\"").map_or(uid, |(kind, _)| kind)
}

/// Whether a text is of a pattern in which `*` stands for any run of characters. Linear in practice: only the last `*` is
/// ever tried again.
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), text.get(t)) {
            (Some(b'*'), _) => {
                retry = Some((p, t));
                p += 1;
            }
            (Some(wanted), Some(found)) if wanted == found => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    p = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == b'*')
}
