//! What can go wrong with rows.

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
    /// A row has not the form the program writes.
    #[error("a row cannot be decoded: {0}")]
    Decode(#[from] postcard::Error),
}

impl From<sled::Error> for ReadError {
    fn from(error: sled::Error) -> Self {
        Self::Store(error.to_string())
    }
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        Self::Store(error.to_string())
    }
}
