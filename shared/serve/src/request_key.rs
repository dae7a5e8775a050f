//! The key under which requests are digested, so that what a request said cannot be found out from its digest by trying.

use std::fmt;

use domain::{Invalid, RequestDigest, Sha256};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Digest;

/// What the name of a key is made of beside it, so that it is no digest of a request.
const NAME: &[u8] = b"puhui request key";
/// What a key's fingerprint is made of beside it: another word than its name, of which a fingerprint is no longer piece.
const FINGERPRINT: &[u8] = b"puhui request key fingerprint";
/// Bytes of a key's name.
const NAME_BYTES: usize = 4;

/// A secret of 32 bytes that is kept beside the log and not in it. All who write one log have the same.
#[derive(Clone)]
pub struct RequestKey {
    begun: Hmac<sha2::Sha256>,
    name: [u8; NAME_BYTES],
}

impl RequestKey {
    /// The key of these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        // Of any length a key is taken; one of 32 bytes is a block's beginning.
        let mut block = hmac::digest::Key::<Hmac<sha2::Sha256>>::default();
        block[..bytes.len()].copy_from_slice(bytes);
        let begun = Hmac::new(&block);
        let mut name = [0; NAME_BYTES];
        name.copy_from_slice(&begun.clone().chain_update(NAME).finalize().into_bytes()[..NAME_BYTES]);
        Self { begun, name }
    }

    /// Reads 64 hexadecimal digits, with white space around them or none.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Sha256::parse(text.trim()).map(|bytes| Self::from_bytes(bytes.as_bytes()))
    }

    /// A new key, as it is written: 64 hexadecimal digits. Made of `random`, which holds at least 32 bytes that nobody can guess.
    pub fn written(random: &[u8]) -> String {
        Sha256::from_bytes(sha2::Sha256::digest(random).into()).to_string()
    }

    /// The key's name, which says nothing of it: 8 hexadecimal digits, which stand before each digest.
    pub fn name(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.name))
    }

    /// By which this key is known again among all others, and which says nothing of it: 64 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        Sha256::from_bytes(self.begun.clone().chain_update(FINGERPRINT).finalize().into_bytes().into()).to_string()
    }

    /// Whether it is this one.
    pub fn is(&self, other: &Self) -> bool {
        self.digest([]) == other.digest([])
    }

    /// The digest of a request that says these parts, in this order.
    pub fn digest<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> RequestDigest {
        let mut mac = self.begun.clone();
        for part in parts {
            // So that no two lists of parts are the same bytes. Each is far smaller than 2^64.
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        let mut bytes = [0; 20];
        bytes[..NAME_BYTES].copy_from_slice(&self.name);
        bytes[NAME_BYTES..].copy_from_slice(&mac.finalize().into_bytes()[..16]);
        RequestDigest::from_bytes(bytes)
    }
}

/// Tells its name alone.
impl fmt::Debug for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestKey({})", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(key: &RequestKey, parts: &[&str]) -> RequestDigest {
        key.digest(parts.iter().map(|part| part.as_bytes()))
    }

    #[test]
    fn a_digest_is_of_the_parts_and_the_key() {
        let (one, other) = (RequestKey::from_bytes(&[1; 32]), RequestKey::from_bytes(&[2; 32]));
        let first = digest(&one, &["ab", "c"]);
        assert_eq!(first, digest(&one, &["ab", "c"]));
        for parts in [&["a", "bc"][..], &["abc"], &["ab", "c", ""], &["ab"]] {
            let another = digest(&one, parts);
            assert!(first != another && first.is_comparable(&another), "{parts:?}");
        }
        assert!(!first.is_comparable(&digest(&other, &["ab", "c"])));
        assert!(!format!("{one:?}").contains(&"01".repeat(4)), "{one:?}");
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let written = RequestKey::written(&[7; 32]);
        let key = RequestKey::parse(&format!("{written}\n")).unwrap();
        assert_eq!(key.name(), RequestKey::parse(&written).unwrap().name());
        assert!(
            key.is(&RequestKey::parse(&written.to_uppercase()).unwrap()) && !key.is(&RequestKey::from_bytes(&[7; 32]))
        );
        let other = RequestKey::from_bytes(&[7; 32]);
        assert!(key.fingerprint() == RequestKey::parse(&written).unwrap().fingerprint());
        assert!(key.fingerprint() != other.fingerprint() && !key.fingerprint().contains(&key.name()));
        for odd in ["", "00", &"g".repeat(64), &"0".repeat(63)] {
            assert!(RequestKey::parse(odd).is_err(), "{odd}");
        }
    }

    /// HMAC-SHA256 as RFC 4231 has it (test case 1, its key of 20 bytes filled up with zeros, which is the same key).
    #[test]
    fn the_digest_is_hmac_sha256() {
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let mac = RequestKey::from_bytes(&key).begun.chain_update(b"Hi There").finalize().into_bytes();
        let mac = Sha256::from_bytes(mac.into()).to_string();
        assert_eq!(mac, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }
}
