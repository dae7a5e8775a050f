//! The name of a text of rules by its content.

use domain::Sha256;
use domain::command::RulesCommand;
use sha2::Digest;

/// The hash of all that a command on the rules says.
pub(crate) fn said(command: &RulesCommand) -> Sha256 {
    Sha256::from_bytes(sha2::Sha256::digest(command.canonical()).into())
}

/// The hash of a text of rules.
pub fn sha256(text: &str) -> Sha256 {
    Sha256::from_bytes(sha2::Sha256::digest(text.as_bytes()).into())
}
