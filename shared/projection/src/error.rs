//! What can go wrong with rows.

use std::io;

/// Why a commit could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The rows could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A row could not be written in its stored form.
    #[error("a row cannot be encoded: {0}")]
    Encode(postcard::Error),
    /// The commit contradicts the rows.
    #[error("the commit does not follow from the rows: {0}")]
    Contradiction(String),
}

/// Why rows could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error("the rows cannot be reached: {0}")]
    Store(String),
    /// What is stored has not the form the program writes: the files were changed or damaged.
    #[error("the rows are damaged: {0}")]
    Damaged(String),
    /// A row has not the form the program writes.
    #[error("a row cannot be decoded: {0}")]
    Decode(#[from] postcard::Error),
    /// The rows were held so long that others stand in the blocks by now.
    #[error("the rows were read for too long: they have moved on")]
    Overtaken,
    /// The store is being opened anew after an error.
    #[error("the rows are being opened anew")]
    Reopening,
}

impl ReadError {
    /// Whether the same question may be answered when it is asked again a little later.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Overtaken | Self::Reopening | Self::Store(_))
    }
}

impl From<sled::Error> for ReadError {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) => error.into(),
            error => Self::Damaged(error.to_string()),
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        // What says that a file is not what was written; everything else is of the machine, and may pass.
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists => Self::Damaged(error.to_string()),
            _ => Self::Store(error.to_string()),
        }
    }
}
