//! Why rows cannot be opened.

use std::io;
use std::path::PathBuf;

/// Why a generation could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("the folder of the rows cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// Another process has it open.
    #[error("the rows are in use by another process: {}", .0.display())]
    InUse(PathBuf),
    /// There are none, and none were to be made.
    #[error("there are no rows in {}", .0.display())]
    None(PathBuf),
    /// They are damaged, and were to be read as they are.
    #[error("{0}")]
    Damaged(String),
    /// They cannot be reached now, or not even an empty store opens.
    #[error("the rows cannot be opened: {0}")]
    Store(String),
}
