//! Numbers as RFC 8785 writes them.

/// A finite double as ECMAScript writes it (ECMA-262, Number::toString), which is what RFC 8785 asks for. Rust's exponent form
/// gives the shortest digits that read back as the same number, nearest to it where several do; only where to put the point
/// differs.
#[must_use]
pub fn format_number(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let shortest = format!("{:e}", number.abs());
    // Of two equally near, ECMAScript takes the even one, as Rust does for a given number of digits only.
    let precision = shortest.find('e').unwrap_or_default().saturating_sub(2);
    let even = format!("{:.precision$e}", number.abs());
    let scientific = match even.parse::<f64>() {
        Ok(again) if again.to_bits() == number.abs().to_bits() => even,
        _ => shortest,
    };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let point = exponent.parse::<i32>().unwrap_or_default() + 1;
    let zeros = |number: i32| "0".repeat(usize::try_from(number).unwrap_or_default());
    let sign = if number < 0.0 { "-" } else { "" };
    let split = |at: i32| {
        usize::try_from(at)
            .ok()
            .and_then(|at| digits.split_at_checked(at))
            .unwrap_or((&digits, ""))
    };
    if (count..=21).contains(&point) {
        format!("{sign}{digits}{}", zeros(point - count))
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = split(point);
        format!("{sign}{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else {
        let (head, tail) = split(1);
        let dot = if tail.is_empty() { "" } else { "." };
        format!("{sign}{head}{dot}{tail}e{:+}", point - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256;

    /// RFC 8785, appendix B, and the powers around which the form changes.
    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        for (bits, text) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(format_number(f64::from_bits(bits)), text);
        }
    }

    /// Smallest normal numbers in a row, and doubles of a chain of SHA-256.
    #[test]
    fn numbers_read_back_as_themselves() {
        let mut block = [0_u8; 32];
        let mut numbers: Vec<u64> = (0..2000).map(|add| 0x0010_0000_0000_0000 + add).collect();
        for _ in 0..2000 {
            block = sha256(&[&block]);
            numbers.extend(
                block
                    .chunks(8)
                    .map(|eight| u64::from_le_bytes(eight.try_into().unwrap())),
            );
        }
        for number in numbers
            .into_iter()
            .map(f64::from_bits)
            .filter(|number| number.is_finite())
        {
            let text = format_number(number);
            assert_eq!(
                text.parse::<f64>().unwrap().to_bits(),
                number.to_bits(),
                "{text}"
            );
            assert!(text.len() <= 25, "{text}");
        }
    }
}
