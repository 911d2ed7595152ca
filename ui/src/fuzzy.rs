//! Search in the palette: a query's letters must occur in order; runs, word beginnings and early places score higher.

/// How well `query` fits `text`, and the byte ranges that matched; nothing when it does not fit.
pub fn find(query: &str, text: &str) -> Option<(i32, Vec<(usize, usize)>)> {
    let wanted: Vec<char> = query
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    if wanted.is_empty() {
        return Some((0, Vec::new()));
    }
    // A whole occurrence beats any scattered one.
    let lower = text.to_lowercase();
    let plain = query.trim().to_lowercase();
    if lower.len() == text.len()
        && let Some(at) = lower.find(&plain)
    {
        let begins = at == 0
            || lower
                .get(..at)
                .and_then(|head| head.chars().last())
                .is_some_and(|letter| !letter.is_alphanumeric());
        let score = 200 + if begins { 100 } else { 0 }
            - i32::try_from(at.min(60)).unwrap_or(60)
            - length(text);
        return Some((score, vec![(at, at + plain.len())]));
    }
    let mut score = 0;
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    let mut next = wanted.iter().copied().peekable();
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let Some(&want) = next.peek() else { break };
        if letter.to_lowercase().eq([want]) {
            next.next();
            let end = at + letter.len_utf8();
            match ranges.last_mut() {
                Some(last) if last.1 == at => {
                    last.1 = end;
                    score += 12;
                }
                _ => {
                    ranges.push((at, end));
                    score += if before.is_alphanumeric() { 1 } else { 10 };
                }
            }
        }
        before = letter;
    }
    next.peek()
        .is_none()
        .then(|| (score - length(text), ranges))
}

fn length(text: &str) -> i32 {
    i32::try_from(text.len().min(200) / 8).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_must_occur_in_order() {
        assert!(find("frm", "Format file").is_some());
        assert!(find("mrf", "Format file").is_none());
        assert_eq!(find("", "anything"), Some((0, vec![])));
    }

    #[test]
    fn whole_words_come_first() {
        let score = |query: &str, text: &str| find(query, text).unwrap().0;
        assert!(score("drift", "Open Drift") > score("drt", "Discard rust text"));
        assert!(score("save", "Save file") > score("save", "Unsaved files"));
        assert!(score("of", "Open file") > score("of", "xoxf"));
    }

    #[test]
    fn ranges_are_what_matched() {
        let (_, ranges) = find("fofi", "Format file").unwrap();
        let text: String = ranges
            .iter()
            .map(|&(from, to)| &"Format file"[from..to])
            .collect();
        assert_eq!(text, "Fofi");
    }
}
