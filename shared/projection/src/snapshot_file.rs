//! Snapshots: every row of a projection in one file, to be carried to another machine.
//!
//! `PUHUI-ROWS 2`, a line feed; then parts behind their lengths (4 bytes, the big end first): a head with the projection's name, its
//! version and the mark (the log's id, position, commit, digest); blocks of rows, packed; an empty part; and XXH3 over all of it. The
//! digest is made anew from the rows that are read, and the log must hold the mark's commit at its position before the rows answer
//! anything.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::clear::clear;
use crate::error::ReadError;
use crate::existing::Existing;
use crate::framed::{FrameError, Reader, Writer};
use crate::generation::{Ending, OpenError, Place};
use crate::layers::{Digest, Mark};
use crate::projection::Projection;
use crate::scan::Row;
use crate::shelf::{Builder, Entries, Shelf};
use crate::snapshot::Snapshot;
use crate::store::Store;

const MAGIC: &[u8; 13] = b"PUHUI-ROWS 2\n";
/// Rows that are packed together, in bytes.
const PIECE_BYTES: usize = 64 * 1024;
/// Longest part that is read, packed or not, in bytes: a piece may hold one row more than fits.
const PART_BYTES_MAX: usize = 16 * 1024 * 1024;

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    name: String,
    version: u32,
    mark: Mark,
}

/// Why a snapshot could not be written or taken.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// The file cannot be read or written.
    #[error("the file: {0}")]
    File(#[from] io::Error),
    /// The rows cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The rows cannot be read or written.
    #[error(transparent)]
    Rows(#[from] ReadError),
    /// It is not a snapshot, or was damaged or cut.
    #[error("not a whole snapshot: {0}")]
    Damaged(&'static str),
    /// It is of another projection or another version.
    #[error("a snapshot of {name}, version {version}: this program's rows are {ours}")]
    Other {
        /// What it is of.
        name: String,
        /// Its version.
        version: u32,
        /// The projection and version that can be taken.
        ours: String,
    },
    /// There are rows already.
    #[error("there are rows already, up to position {0}")]
    Occupied(u64),
}

impl From<FrameError> for CarryError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::File(error) => Self::File(error),
            FrameError::Cut => Self::Damaged("it ends too early"),
            FrameError::TooLong => Self::Damaged("a part is too long"),
            FrameError::Sum => Self::Damaged("its checksum is another"),
        }
    }
}

/// What a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// The last position its rows hold.
    pub position: u64,
    /// Their digest.
    pub digest: Digest,
    /// How many there are.
    pub rows: u64,
}

/// Writes every row of a projection that is not running into `file`, which must not be there yet. Rows that are not there, or not whole,
/// are an error, and nothing is made of them. The file is whole and on the disk before it has its name: until then it is
/// `.NAME.part` beside it, which goes where this fails or is ended, and is begun anew by the next one where the process ends.
pub fn export<P: Projection>(
    folder: &Path,
    projection: P,
    file: &Path,
    ending: &Ending,
) -> Result<Carried, CarryError> {
    free(file)?;
    let existing = Existing::open(folder, projection, ending)?;
    let part = beside(file)?;
    let out = File::options().create(true).truncate(false).write(true).open(&part)?;
    // Two that write the same file would write into one another.
    out.try_lock().map_err(io::Error::from)?;
    out.set_len(0)?;
    let carried = write::<P>(&existing.snapshot(), out, ending).and_then(|carried| {
        free(file)?;
        fs::rename(&part, file)?;
        Ok(carried)
    });
    if carried.is_err() {
        clear(&part)?;
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    carried
}

/// An error where something has this name.
fn free(file: &Path) -> io::Result<()> {
    match fs::symlink_metadata(file) {
        Ok(_) => Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{} is there already", file.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Where a file is written until it is whole.
fn beside(file: &Path) -> io::Result<PathBuf> {
    let name = file.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it has no name"))?;
    let mut part = OsString::from(".");
    part.push(name);
    part.push(".part");
    Ok(file.with_file_name(part))
}

fn write<P: Projection>(snapshot: &Snapshot<'_>, out: File, ending: &Ending) -> Result<Carried, CarryError> {
    let mark = snapshot.mark();
    let mut out = Writer::new(BufWriter::with_capacity(1 << 20, out));
    out.put(MAGIC)?;
    let head = Head { name: P::NAME.to_owned(), version: P::VERSION, mark };
    out.part(&postcard::to_allocvec(&head).map_err(ReadError::from)?)?;
    let (mut rows, mut bytes, mut piece) = (0, 0, Vec::new());
    for row in snapshot.scan(&[], None) {
        let row = row?;
        rows += 1;
        bytes += row.key().len() + row.value().len() + 8;
        piece.push(row);
        if bytes >= PIECE_BYTES {
            ending.go_on()?;
            out.part(&packed(&piece, bytes))?;
            (bytes, piece) = (0, Vec::new());
        }
    }
    if !piece.is_empty() {
        out.part(&packed(&piece, bytes))?;
    }
    out.part(&[])?;
    out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Carried { position: mark.position, digest: mark.digest, rows })
}

fn packed(piece: &[Row], bytes: usize) -> Vec<u8> {
    let mut builder = Builder::whole(bytes);
    for row in piece {
        builder.push(row.key(), row.value(), row.counts());
    }
    let blocks = builder.finish();
    lz4_flex::block::compress_prepend_size(blocks.first().map_or(&[], |(_, bytes)| bytes))
}

/// Takes the rows of a snapshot as those of a projection that has none yet and is not running. Nothing is kept of one that is not
/// whole.
pub fn import<P: Projection>(folder: &Path, _: P, file: &Path) -> Result<Carried, CarryError> {
    let file = BufReader::with_capacity(1 << 20, File::open(file)?);
    let mut file = Reader::new(file, PART_BYTES_MAX);
    if file.take()? != *MAGIC {
        return Err(CarryError::Damaged("it does not begin as one"));
    }
    let head: Head = postcard::from_bytes(&file.part()?).map_err(|_| CarryError::Damaged("its head cannot be read"))?;
    if (head.name.as_str(), head.version) != (P::NAME, P::VERSION) {
        let ours = format!("{}, version {}", P::NAME, P::VERSION);
        return Err(CarryError::Other { name: head.name, version: head.version, ours });
    }
    let (serving, _) = Place::find::<P>(folder)?;
    let own = serving.folder();
    // Of a relative path nothing is left at the end.
    let there = |folder: &&Path| folder.as_os_str().is_empty() || fs::symlink_metadata(folder).is_ok();
    let missing: Vec<PathBuf> = own.ancestors().take_while(|folder| !there(folder)).map(Path::to_owned).collect();
    let taken = taken(file, &serving, head.mark, !missing.is_empty());
    if taken.is_err() {
        // Nothing stays made for what was refused. What somebody else has put there meanwhile is not empty.
        missing.iter().skip(1).take_while(|folder| fs::remove_dir(folder).is_ok()).for_each(drop);
    }
    taken
}

/// Takes the rows that follow in `file`. Of a folder that is `new` nothing is left where they are not whole.
fn taken<R: Read>(file: Reader<R>, serving: &Place, mark: Mark, new: bool) -> Result<Carried, CarryError> {
    let store = match Store::open(serving.clone()) {
        Ok(store) => store,
        Err(error) => {
            if new && let Err(error) = serving.remove() {
                tracing::warn!(%error, "what was made for a snapshot could not be removed");
            }
            return Err(error.into());
        }
    };
    if store.cursor().0 > 0 {
        return Err(CarryError::Occupied(store.cursor().0));
    }
    let filled = filled(file, &store, mark);
    if filled.is_err() {
        if new {
            // With its lock, once it is let go of.
            store.generation().retire(None);
        }
        store.remove_rows()?;
    }
    filled
}

fn filled<R: Read>(file: Reader<R>, store: &Store, mark: Mark) -> Result<Carried, CarryError> {
    let Some(blocks) = store.view().shelf().cloned() else { return Err(ReadError::Reopening.into()) };
    // Before they are whole: nothing may end between the two.
    store.generation().set_unconfirmed(&mark)?;
    let taken = rows(file, &blocks, mark);
    drop(blocks);
    let taken = taken?;
    store.flush()?;
    Ok(taken)
}

/// Unpacks rows. How long they are stands before them: whoever made the file says it, and may say anything.
fn unpacked(part: &[u8]) -> Result<Vec<u8>, CarryError> {
    let damaged = || CarryError::Damaged("its rows cannot be unpacked");
    let (length, packed) = part.split_first_chunk::<4>().ok_or_else(damaged)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| damaged())?;
    if length > PART_BYTES_MAX {
        return Err(CarryError::Damaged("a part is too long once it is unpacked"));
    }
    lz4_flex::block::decompress(packed, length).map_err(|_| damaged())
}

fn rows<R: Read>(mut file: Reader<R>, blocks: &Shelf, mark: Mark) -> Result<Carried, CarryError> {
    let damaged = |_| CarryError::Damaged("its rows cannot be read");
    let (mut digest, mut rows, mut first) = (Digest::default(), 0, Vec::new());
    blocks.begin_writing()?;
    loop {
        let part = file.part()?;
        if part.is_empty() {
            break;
        }
        let piece = unpacked(&part)?;
        let mut builder = Builder::new(first.clone(), piece.len());
        let mut entries = Entries::of(piece.into());
        while let Some(entry) = entries.next().map_err(damaged)? {
            let (key, value) = (entries.key(), entries.value(entry));
            if key < first.as_slice() {
                return Err(CarryError::Damaged("its rows are not in order"));
            }
            if entry.counts {
                digest.counted(key, value);
            } else {
                digest.comes(key, value);
            }
            builder.push(key, value, entry.counts);
            rows += 1;
        }
        let last = [entries.key(), &[0]].concat();
        blocks.fill(builder.finish())?;
        first = last;
    }
    file.finish()?;
    if digest != mark.digest {
        return Err(CarryError::Damaged("its rows do not give its digest"));
    }
    blocks.end_writing(&mark)?;
    Ok(Carried { position: mark.position, digest, rows })
}

#[cfg(test)]
mod tests;
