//! What an outlet that is not on record is called.

use domain::{OperatorCode, ProviderId};
use sha2::{Digest, Sha256};

use crate::fold;
use crate::reading::Entry;

/// What the digest of a name begins with, so that it can never be a digest made for another purpose.
const NAME_DIGEST_PREFIX: &str = "puhui/list/v1\n";

/// The id of an outlet that is not on record: the operator's credit code, or the key of county and name where the list has none, and the outlet
/// number, 001 where the list has none.
pub fn new_id(entry: &Entry) -> Option<ProviderId> {
    ProviderId::new(operator(entry)?, entry.outlet.unwrap_or(1)).ok()
}

/// The operator of an outlet that is not on record.
pub(super) fn operator(entry: &Entry) -> Option<OperatorCode> {
    match &entry.uscc {
        Some(uscc) => Some(OperatorCode::Uscc(uscc.clone())),
        None => to_be_completed(entry),
    }
}

/// The key of an operator whose credit code the list does not give: the county, and the first 8 bytes of SHA-256 over
/// `puhui/list/v1`, a line feed, and the outlet's name in half width without white space.
fn to_be_completed(entry: &Entry) -> Option<OperatorCode> {
    let digest = Sha256::digest(format!("{NAME_DIGEST_PREFIX}{}", fold::name(entry.name.as_str())));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    OperatorCode::to_be_completed(entry.division.county(), first)
}
