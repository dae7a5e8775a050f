//! The name of bytes by their content.

use std::fmt;

use arrayvec::ArrayString;

use super::hex;
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
        let mut digits = self.0.iter().flat_map(|byte| hex::digits(*byte));
        let text: [u8; 64] = std::array::from_fn(|_| digits.next().unwrap_or(b'0'));
        // They are ASCII.
        f.write_str(&ArrayString::from_byte_string(&text).unwrap_or_default())
    }
}

/// Bytes that name a request key.
const REQUEST_KEY_BYTES: usize = 4;
/// Bytes of a request's digest and of the name of its key.
const REQUEST_DIGEST_BYTES: usize = 20;

/// What tells whether two requests of one id ask for the same: a digest under a key that is not in the log, behind the name of that key.
/// Digests under different keys say nothing of one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestDigest([u8; REQUEST_DIGEST_BYTES]);

impl RequestDigest {
    /// The digest of these 20 bytes: 4 name the key, which are not all 0, 16 are the digest under it.
    pub fn from_bytes(bytes: [u8; REQUEST_DIGEST_BYTES]) -> Self {
        Self(bytes)
    }

    /// What stands in the place of a digest where no request is behind a commit.
    pub fn of_no_request(bytes: [u8; REQUEST_DIGEST_BYTES - REQUEST_KEY_BYTES]) -> Self {
        let mut digest = [0; REQUEST_DIGEST_BYTES];
        digest[REQUEST_KEY_BYTES..].copy_from_slice(&bytes);
        Self(digest)
    }

    /// Whether a request is behind it.
    pub fn is_of_request(&self) -> bool {
        self.0[..REQUEST_KEY_BYTES] != [0; REQUEST_KEY_BYTES]
    }

    /// Its 20 bytes.
    pub fn as_bytes(&self) -> &[u8; REQUEST_DIGEST_BYTES] {
        &self.0
    }

    /// Whether both were made under one key, and so can be compared.
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.0[..REQUEST_KEY_BYTES] == other.0[..REQUEST_KEY_BYTES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_shown() {
        let hash = Sha256::from_bytes(std::array::from_fn(|index| u8::try_from(index * 7).unwrap_or(255)));
        assert_eq!((hash.as_bytes()[1], hash.as_bytes()[31]), (7, 217));
        assert_eq!(Sha256::parse(&hash.to_string()), Ok(hash));
        assert_eq!(Sha256::parse(&hash.to_string().to_uppercase()), Ok(hash));
        for odd in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"+0".repeat(32), &"中".repeat(21)] {
            assert!(Sha256::parse(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn digests_under_different_keys_say_nothing_of_one_another() {
        let digest = |key: u8, of: u8| {
            RequestDigest::from_bytes(std::array::from_fn(|index| if index < REQUEST_KEY_BYTES { key } else { of }))
        };
        assert!(digest(1, 7).is_comparable(&digest(1, 8)) && !digest(1, 7).is_comparable(&digest(2, 7)));
        assert!(digest(1, 7).is_of_request() && !RequestDigest::of_no_request([7; 16]).is_of_request());
        assert_eq!(RequestDigest::of_no_request([7; 16]).as_bytes(), digest(0, 7).as_bytes());
        assert_eq!((digest(1, 7).as_bytes()[3], digest(1, 7).as_bytes()[4]), (1, 7));
    }
}
