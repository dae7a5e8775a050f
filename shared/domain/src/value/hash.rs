//! The name of bytes by their content.

use std::fmt;

use super::invalid::Invalid;

/// The SHA-256 hash of a message's bytes (哈希值), shown as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The hash of these 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits of either case.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let form = Invalid::new("FORMAT", "哈希值应为64位十六进制数字", "64 hexadecimal digits");
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(form);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| form)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| form)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_shown() {
        let hash = Sha256::from_bytes(std::array::from_fn(|index| u8::try_from(index * 7).unwrap_or(255)));
        assert_eq!(Sha256::parse(&hash.to_string()), Ok(hash));
        assert_eq!(Sha256::parse(&hash.to_string().to_uppercase()), Ok(hash));
        for odd in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"+0".repeat(32), &"中".repeat(21)] {
            assert!(Sha256::parse(odd).is_err(), "{odd}");
        }
    }
}
