//! A file's bytes into a [`Book`]: by what the bytes are, whatever the file is called.

mod text;
mod xlsx;

use crate::book::Book;
use crate::bounds::FILE_BYTES_MAX;
use crate::error::ListError;

/// Opens a file. What cannot be read is told as what it is and what to do.
pub fn open(bytes: &[u8]) -> Result<Book, ListError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(ListError::TooLarge);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(ListError::OldWorkbook);
    }
    if bytes.starts_with(b"PK\x03\x04") { xlsx::open(bytes) } else { text::open(bytes) }
}
