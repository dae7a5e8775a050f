//! The name of a text of rules by its content.

use domain::Sha256;
use sha2::Digest;

/// The hash of a text of rules.
pub fn sha256(text: &str) -> Sha256 {
    Sha256::from_bytes(sha2::Sha256::digest(text.as_bytes()).into())
}
