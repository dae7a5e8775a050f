//! Files that are whole or are not read: parts behind their lengths (4 bytes, the big end first), and XXH3 over all of it at the end.

use std::io::{self, Read, Write};

use xxhash_rust::xxh3::Xxh3Default;

/// Bytes of the checksum at the end.
pub(crate) const SUM_BYTES: usize = 8;

/// Writes such a file.
pub(crate) struct Writer<W> {
    inner: W,
    sum: Xxh3Default,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, sum: Xxh3Default::new() }
    }

    /// Bytes of a length that who reads them knows.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.inner.write_all(bytes)
    }

    pub(crate) fn part(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put(&u32::try_from(bytes.len()).map_err(io::Error::other)?.to_be_bytes())?;
        self.put(bytes)
    }

    /// Ends it with the checksum. What is below has still to be flushed.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.inner.write_all(&self.sum.digest().to_be_bytes())?;
        Ok(self.inner)
    }
}

/// Why such a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error("it ends too early")]
    Cut,
    #[error("a part is too long")]
    TooLong,
    #[error("its checksum is another")]
    Sum,
}

/// Reads such a file. Nothing that was read is to be believed before [`Reader::finish`].
pub(crate) struct Reader<R> {
    inner: R,
    sum: Xxh3Default,
    part_bytes_max: usize,
}

impl<R: Read> Reader<R> {
    /// A part that says it is longer than `part_bytes_max` is refused before memory is taken for it.
    pub(crate) fn new(inner: R, part_bytes_max: usize) -> Self {
        Self { inner, sum: Xxh3Default::new(), part_bytes_max }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), FrameError> {
        self.inner.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => FrameError::Cut,
            _ => FrameError::File(error),
        })
    }

    /// Bytes of a known length.
    pub(crate) fn take<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], FrameError> {
        let mut bytes = [0; LENGTH];
        self.fill(&mut bytes)?;
        self.sum.update(&bytes);
        Ok(bytes)
    }

    pub(crate) fn part(&mut self) -> Result<Vec<u8>, FrameError> {
        let length = usize::try_from(u32::from_be_bytes(self.take()?)).map_err(|_| FrameError::TooLong)?;
        if length > self.part_bytes_max {
            return Err(FrameError::TooLong);
        }
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        self.sum.update(&bytes);
        Ok(bytes)
    }

    /// Compares the checksum.
    pub(crate) fn finish(mut self) -> Result<(), FrameError> {
        let sum = self.sum.digest().to_be_bytes();
        let mut stored = [0; SUM_BYTES];
        self.fill(&mut stored)?;
        if stored == sum { Ok(()) } else { Err(FrameError::Sum) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<Vec<u8>>, FrameError> {
        let mut reader = Reader::new(bytes, 20);
        let parts = vec![reader.take::<2>()?.to_vec(), reader.part()?, reader.part()?];
        reader.finish()?;
        Ok(parts)
    }

    #[test]
    fn what_was_cut_or_changed_is_not_read() {
        let mut writer = Writer::new(Vec::new());
        writer.put(b"ab").unwrap();
        writer.part(b"one").unwrap();
        writer.part(b"").unwrap();
        let whole = writer.finish().unwrap();
        assert_eq!(read(&whole).unwrap(), [&b"ab"[..], b"one", b""]);
        for at in 0..whole.len() {
            assert!(matches!(read(&whole[..at]), Err(FrameError::Cut)));
            let mut changed = whole.clone();
            changed[at] ^= 0x40;
            read(&changed).unwrap_err();
        }
        let long = [&b"ab"[..], &u32::MAX.to_be_bytes()].concat();
        assert!(matches!(read(&long), Err(FrameError::TooLong)), "no memory is taken for it");
    }
}
