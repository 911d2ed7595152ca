//! Numbers as messages say them.

/// `1234567` as `1,234,567`.
#[must_use]
pub fn count(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `2 rows`; the plural is the singular with an s, or given: `policy|policies`.
#[must_use]
pub fn counted(number: impl Into<u64>, what: &str) -> String {
    let number = number.into();
    match (number, what.split_once('|')) {
        (1, Some((one, _))) => format!("1 {one}"),
        (1, None) => format!("1 {what}"),
        (_, Some((_, many))) => format!("{} {many}", count(number)),
        (_, None) => format!("{} {what}s", count(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_things_counted() {
        let grouped = [0_u64, 12, 999, 1000, 1_000_000].map(count);
        assert_eq!(grouped, ["0", "12", "999", "1,000", "1,000,000"]);
        let words = [0_u64, 1, 1000].map(|number| counted(number, "row"));
        assert_eq!(words, ["0 rows", "1 row", "1,000 rows"]);
        let words = [1_u64, 2].map(|number| counted(number, "policy|policies"));
        assert_eq!(words, ["1 policy", "2 policies"]);
    }
}
