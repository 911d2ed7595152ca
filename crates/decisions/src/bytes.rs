//! Numbers as bytes: LEB128 without a sign, and zigzag LEB128 with one. Reading never goes past the end and never panics.

/// Appends a number in seven-bit groups, lowest first.
pub(crate) fn put_unsigned(mut value: u64, out: &mut Vec<u8>) {
    loop {
        let group = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            out.push(group);
            return;
        }
        out.push(group | 0x80);
    }
}

/// Appends a number with its sign in the lowest bit, so that small negatives stay short.
pub(crate) fn put_signed(value: i64, out: &mut Vec<u8>) {
    put_unsigned((value << 1 ^ value >> 63).cast_unsigned(), out);
}

/// Reads from the front of some bytes.
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(front)
    }

    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let group = u64::from(byte & 0x7f);
            if shift == 63 && group > 1 {
                return None;
            }
            value |= group << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    pub(crate) fn signed(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// A number of bytes or items.
    pub(crate) fn length(&mut self) -> Option<usize> {
        usize::try_from(self.unsigned()?).ok()
    }

    /// A number into a table of `size` entries.
    pub(crate) fn number(&mut self, size: usize) -> Option<u32> {
        let value = u32::try_from(self.unsigned()?).ok()?;
        (usize::try_from(value).ok()? < size).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_survive(values in prop::collection::vec((any::<u64>(), any::<i64>()), 0..20)) {
            let mut out = Vec::new();
            for (unsigned, signed) in &values {
                put_unsigned(*unsigned, &mut out);
                put_signed(*signed, &mut out);
            }
            let mut cursor = Cursor::new(&out);
            for (unsigned, signed) in values {
                prop_assert_eq!(cursor.unsigned(), Some(unsigned));
                prop_assert_eq!(cursor.signed(), Some(signed));
            }
            prop_assert!(cursor.is_at_end());
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
            let mut cursor = Cursor::new(&bytes);
            while cursor.signed().is_some() {}
        }
    }
}
