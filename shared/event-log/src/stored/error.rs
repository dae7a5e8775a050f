//! Why stored bytes are no commit.

use domain::Invalid;

/// Why stored bytes are not a commit this program can read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No bytes at all.
    #[error("the stored commit is empty")]
    Empty,
    /// Written by a newer program.
    #[error("written by a newer version: form {0}")]
    UnknownForm(u8),
    /// Written by a newer program: the fact has this number in `puhui.audit.v1.Event`.
    #[error("written by a newer version: fact {0}")]
    UnknownFact(u32),
    /// Written by a newer program: a choice has this number.
    #[error("written by a newer version: a choice with the number {0}, which this program does not know")]
    UnknownChoice(u64),
    /// Not written by any version: no form begins with this byte.
    #[error("it is no commit: its first byte is 0x{0:02x}")]
    NoCommit(u8),
    /// Not the form its first byte says.
    #[error("the stored commit is malformed: {0}")]
    Malformed(String),
    /// The form is right, a value in it is not.
    #[error("the stored commit holds an invalid value: {0}")]
    InvalidValue(Invalid),
}

impl DecodeError {
    /// Whether a newer program may have written it.
    pub fn is_newer(&self) -> bool {
        matches!(self, Self::UnknownForm(_) | Self::UnknownFact(_) | Self::UnknownChoice(_))
    }
}

impl From<Invalid> for DecodeError {
    fn from(invalid: Invalid) -> Self {
        Self::InvalidValue(invalid)
    }
}
