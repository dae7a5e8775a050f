//! The hash by which what is stored is named.

use domain::Sha256;
use sha2::Digest;

/// That of these bytes.
pub(crate) fn hash(bytes: &[u8]) -> Sha256 {
    Sha256::from_bytes(sha2::Sha256::digest(bytes).into())
}
