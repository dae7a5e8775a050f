//! What is about to be written, in a file of its own: rows go to sled in many blocks, and a process that ends between two of them goes on
//! from here at the next start.
//!
//! The file is whole before the first block, and goes when sled has written the last one.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clear::clear;
use crate::error::ReadError;
use crate::framed::{FrameError, Reader, SUM_BYTES, Writer};
use crate::layers::{Change, Mark, Table, TableBuilder};

const NAME: &str = "redo";
const GONE: u8 = 0;
const PLAIN: u8 = 1;
const COUNTS: u8 = 2;

fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// A resolved table, the mark of the rows it is written over, and the mark that holds once it is written.
#[derive(Debug)]
pub(crate) struct Redo {
    pub(crate) table: Arc<Table>,
    pub(crate) before: Mark,
    pub(crate) after: Mark,
}

/// Keeps what is about to be written.
pub(crate) fn keep(folder: &Path, redo: &Redo) -> Result<(), ReadError> {
    let odd = |error: io::Error| ReadError::Store(format!("{}: {error}", path(folder).display()));
    write(folder, redo).map_err(odd)
}

fn write(folder: &Path, redo: &Redo) -> io::Result<()> {
    if path(folder).is_dir() {
        clear(&path(folder))?;
    }
    let file = BufWriter::with_capacity(1 << 16, File::create(path(folder))?);
    let mut file = Writer::new(file);
    file.part(&postcard::to_allocvec(&(redo.before, redo.after)).map_err(io::Error::other)?)?;
    for (key, change) in redo.table.rows() {
        giving_way::let_others_first();
        file.part(key)?;
        match change {
            Change::Put(value) => {
                file.put(&[if value.counts { COUNTS } else { PLAIN }])?;
                file.part(value.bytes())?;
            }
            // A resolved table adds nothing.
            Change::Gone | Change::Add(_) => file.put(&[GONE])?,
        }
    }
    file.finish()?.flush()
}

/// What was kept; `None` where there is nothing, or its writing was cut short, which was before anything else was written.
pub(crate) fn kept(folder: &Path) -> Result<Option<Redo>, ReadError> {
    // Nobody has kept anything there, and a pipe is never opened to its end.
    if std::fs::metadata(path(folder)).is_ok_and(|there| !there.is_file()) {
        return Ok(None);
    }
    match File::open(path(folder)) {
        Ok(file) => {
            let bytes = file.metadata()?.len();
            read(BufReader::with_capacity(1 << 16, file), bytes)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn read(file: impl Read, bytes: u64) -> Result<Option<Redo>, ReadError> {
    match whole(file, bytes) {
        Ok(redo) => Ok(redo),
        Err(FrameError::File(error)) => Err(error.into()),
        Err(FrameError::Cut | FrameError::TooLong | FrameError::Sum) => Ok(None),
    }
}

fn whole(file: impl Read, bytes: u64) -> Result<Option<Redo>, FrameError> {
    // A part is no longer than the file.
    let mut file = Reader::new(file, usize::try_from(bytes).unwrap_or(usize::MAX));
    let marks = file.part()?;
    let Ok((before, after)) = postcard::from_bytes(&marks) else { return Ok(None) };
    let mut left = bytes.saturating_sub(length(&marks) + sum_bytes());
    let mut table = TableBuilder::default();
    while left > 0 {
        let key = file.part()?;
        let [form] = file.take()?;
        left = left.saturating_sub(length(&key) + 1);
        if form == GONE {
            table.gone(&key);
        } else {
            let value = file.part()?;
            left = left.saturating_sub(length(&value));
            table.put(&key, &value, form == COUNTS);
        }
    }
    file.finish()?;
    Ok(Some(Redo { table: Arc::new(table.finish()), before, after }))
}

/// Bytes a part takes in the file.
fn length(part: &[u8]) -> u64 {
    u64::try_from(part.len()).unwrap_or(u64::MAX).saturating_add(4)
}

fn sum_bytes() -> u64 {
    u64::try_from(SUM_BYTES).unwrap_or(u64::MAX)
}

/// It is written: nothing need be done again.
pub(crate) fn drop_kept(folder: &Path) -> io::Result<()> {
    clear(&path(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        assert!(kept(folder.path()).unwrap().is_none());
        let mut table = TableBuilder::default();
        table.put(b"one", b"first", false);
        table.gone(b"three");
        table.put(b"two", &[2], true);
        let mark = |position| Mark { position, ..Mark::default() };
        let redo = Redo { table: Arc::new(table.finish()), before: mark(5), after: mark(7) };
        keep(folder.path(), &redo).unwrap();
        let back = kept(folder.path()).unwrap().unwrap();
        assert_eq!(format!("{back:?}"), format!("{redo:?}"));
        let whole = std::fs::read(path(folder.path())).unwrap();
        for length in 0..whole.len() {
            assert!(
                read(&whole[..length], u64::try_from(length).unwrap()).unwrap().is_none(),
                "{length} of {}",
                whole.len()
            );
        }
        drop_kept(folder.path()).unwrap();
        drop_kept(folder.path()).unwrap();
        assert!(kept(folder.path()).unwrap().is_none());
    }
}
