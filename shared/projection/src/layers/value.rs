//! Values of rows that share what they are pieces of.

use std::sync::Arc;

/// Bytes that are shared: of a block as it was unpacked, of a table, or as sled holds it.
#[derive(Debug, Clone)]
pub(crate) enum Bytes {
    Own(Arc<Vec<u8>>),
    /// From the second byte on: the first tells the form.
    Held(sled::IVec),
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Own(Arc::new(bytes))
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Held(bytes) => bytes.get(1..).unwrap_or_default(),
        }
    }
}

/// The value of a row: a piece of a block, of a table, or of its own.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) block: Bytes,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it is a row that counts numbers.
    pub(crate) counts: bool,
}

impl Value {
    pub(crate) fn new(bytes: Vec<u8>, counts: bool) -> Self {
        Self { start: 0, end: bytes.len(), block: bytes.into(), counts }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.block[self.start..self.end]
    }
}
