//! What is about to be written, in a file of its own: rows go to sled in many blocks, and a process that ends between two of them goes on
//! from here at the next start.
//!
//! The file is whole before the first block, and goes when sled has written the last one.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3Default;

use crate::ReadError;
use crate::pace;
use crate::store::Mark;
use crate::table::{Change, Table, Value};

const NAME: &str = "redo";
const GONE: u8 = 0;
const PLAIN: u8 = 1;
const COUNTS: u8 = 2;

struct Summed<W> {
    inner: W,
    sum: Xxh3Default,
}

impl<W: Write> Summed<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.inner.write_all(bytes)
    }

    fn part(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put(&u32::try_from(bytes.len()).map_err(io::Error::other)?.to_be_bytes())?;
        self.put(bytes)
    }
}

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
    let file = BufWriter::with_capacity(1 << 16, File::create(path(folder))?);
    let mut file = Summed { inner: file, sum: Xxh3Default::new() };
    file.part(&postcard::to_allocvec(&(redo.before, redo.after)).map_err(io::Error::other)?)?;
    for (key, change) in &redo.table.rows {
        pace::step();
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
    let sum = file.sum.digest().to_be_bytes();
    file.inner.write_all(&sum)?;
    file.inner.flush()
}

/// What was kept; `None` where there is nothing, or its writing was cut short, which was before anything else was written.
pub(crate) fn kept(folder: &Path) -> Result<Option<Redo>, ReadError> {
    let mut bytes = Vec::new();
    match File::open(path(folder)) {
        Ok(mut file) => file.read_to_end(&mut bytes).map_err(|error| ReadError::Store(error.to_string()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ReadError::Store(error.to_string())),
    };
    Ok(read(&bytes))
}

fn read(bytes: &[u8]) -> Option<Redo> {
    let (mut rest, sum) = bytes.split_last_chunk::<8>()?;
    let mut summed = Xxh3Default::new();
    summed.update(rest);
    if summed.digest().to_be_bytes() != *sum {
        return None;
    }
    let (before, after) = postcard::from_bytes(part(&mut rest)?).ok()?;
    let mut table = Table::default();
    while !rest.is_empty() {
        let key = part(&mut rest)?.to_vec();
        let (form, after) = rest.split_first()?;
        rest = after;
        let change = match *form {
            GONE => Change::Gone,
            form => Change::Put(Value::new(part(&mut rest)?.to_vec(), form == COUNTS)),
        };
        table.set(key, change);
    }
    Some(Redo { table: Arc::new(table), before, after })
}

fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(part)
}

/// It is written: nothing need be done again.
pub(crate) fn drop_kept(folder: &Path) -> io::Result<()> {
    match fs::remove_file(path(folder)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        assert!(kept(folder.path()).unwrap().is_none());
        let mut table = Table::default();
        table.set(b"one".to_vec(), Change::Put(Value::new(b"first".to_vec(), false)));
        table.set(b"two".to_vec(), Change::Gone);
        table.set(b"three".to_vec(), Change::Put(Value::new(vec![2], true)));
        let mark = |position| Mark { position, ..Mark::default() };
        let redo = Redo { table: Arc::new(table), before: mark(5), after: mark(7) };
        keep(folder.path(), &redo).unwrap();
        let back = kept(folder.path()).unwrap().unwrap();
        assert_eq!(format!("{back:?}"), format!("{redo:?}"));
        let whole = fs::read(path(folder.path())).unwrap();
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_none(), "{length} of {}", whole.len());
        }
        drop_kept(folder.path()).unwrap();
        drop_kept(folder.path()).unwrap();
        assert!(kept(folder.path()).unwrap().is_none());
    }
}
