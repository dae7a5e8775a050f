//! What tells files that were closed in order from files that were changed since: their checksums, in a file beside them.
//!
//! sled takes what it finds for what it wrote, and ends the process where it is not (spacejam/sled#1387). So its files are looked at
//! before it opens them: those of a seal that holds are what they were.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3Default;

use super::files::{FILES_MAX, files};
use crate::clear::clear;
use crate::framed::{FrameError, Reader, Writer};

const NAME: &str = "seal";
/// Longest path of one of them, in bytes.
const PATH_BYTES_MAX: usize = 4096;
/// Bytes that are read at one time.
const PIECE_BYTES: usize = 1024 * 1024;

/// What a seal says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seal {
    /// There is none: they were not closed in order.
    None,
    /// They are what they were.
    Holds,
    /// They are not.
    Broken(String),
}

/// One file: its path below the folder, its length and its checksum.
type Sealed = (PathBuf, u64, u64);

fn sealed(rows: &Path, path: PathBuf) -> io::Result<Sealed> {
    let mut file = File::open(rows.join(&path))?;
    let (mut sum, mut length, mut piece) = (Xxh3Default::new(), 0_u64, vec![0; PIECE_BYTES]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((path, length, sum.digest()));
        }
        length += u64::try_from(read).map_err(io::Error::other)?;
        sum.update(&piece[..read]);
    }
}

/// Seals the files in `rows`, which nobody writes to any more. The seal lies in `folder`.
pub(super) fn seal(folder: &Path, rows: &Path) -> io::Result<()> {
    let made = folder.join("seal.made");
    let mut file = Writer::new(Vec::new());
    for path in files(rows)? {
        let (path, length, sum) = sealed(rows, path)?;
        file.part(path.as_os_str().as_encoded_bytes())?;
        file.put(&length.to_be_bytes())?;
        file.put(&sum.to_be_bytes())?;
    }
    file.part(&[])?;
    // Whatever stands there, and where the seal belongs, is no file of this program.
    clear(&made)?;
    unseal(folder)?;
    let mut out = File::create(&made)?;
    out.write_all(&file.finish()?)?;
    out.sync_all()?;
    fs::rename(made, folder.join(NAME))
}

/// They are about to be written to.
pub(super) fn unseal(folder: &Path) -> io::Result<()> {
    clear(&folder.join(NAME))
}

/// Looks at the files in `rows`.
pub(super) fn look(folder: &Path, rows: &Path) -> io::Result<Seal> {
    // A pipe is never opened to its end.
    if fs::metadata(folder.join(NAME)).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return Ok(Seal::Broken("no file stands in the place of the seal".to_owned()));
    }
    let file = match File::open(folder.join(NAME)) {
        Ok(file) => BufReader::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Seal::None),
        Err(error) => return Err(error),
    };
    let expected = match read(file) {
        Ok(expected) => expected,
        Err(FrameError::File(error)) if error.kind() == io::ErrorKind::IsADirectory => {
            return Ok(Seal::Broken("a folder stands in the place of the seal".to_owned()));
        }
        Err(FrameError::File(error)) => return Err(error),
        Err(error) => return Ok(Seal::Broken(format!("the seal itself: {error}"))),
    };
    let found = match files(rows) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Seal::Broken("the files are gone".to_owned()));
        }
        Err(error) => return Err(error),
    };
    let named = |path: &Path| path.as_os_str().as_encoded_bytes().to_vec();
    if let Some((path, ..)) = expected.iter().find(|(path, ..)| !found.iter().any(|found| named(found) == *path)) {
        return Ok(Seal::Broken(format!("{} is gone", String::from_utf8_lossy(path))));
    }
    for path in found {
        let (path, length, sum) = sealed(rows, path)?;
        if !expected.contains(&(named(&path), length, sum)) {
            return Ok(Seal::Broken(format!("{} was changed", path.display())));
        }
    }
    Ok(Seal::Holds)
}

fn read(file: impl Read) -> Result<Vec<(Vec<u8>, u64, u64)>, FrameError> {
    let (mut file, mut expected) = (Reader::new(file, PATH_BYTES_MAX), Vec::new());
    loop {
        let path = file.part()?;
        if path.is_empty() {
            file.finish()?;
            return Ok(expected);
        }
        if expected.len() == FILES_MAX {
            return Err(FrameError::TooLong);
        }
        expected.push((path, u64::from_be_bytes(file.take()?), u64::from_be_bytes(file.take()?)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_holds_until_anything_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let rows = folder.path().join("rows");
        fs::create_dir_all(rows.join("blobs")).unwrap();
        for (name, bytes) in [("db", &b"blocks"[..]), ("blobs/1", b"long"), ("conf", b"")] {
            fs::write(rows.join(name), bytes).unwrap();
        }
        let look = || look(folder.path(), &rows).unwrap();
        assert_eq!(look(), Seal::None);
        let damages: [fn(&Path); 7] = [
            |_| {},
            |rows| fs::write(rows.join("db"), b"bl0cks").unwrap(),
            |rows| fs::write(rows.join("db"), b"block").unwrap(),
            |rows| fs::remove_file(rows.join("blobs/1")).unwrap(),
            |rows| fs::write(rows.join("snap.1"), b"").unwrap(),
            |rows| fs::write(rows.parent().unwrap().join(NAME), b"seal").unwrap(),
            |rows| fs::remove_dir_all(rows).unwrap(),
        ];
        for (index, damage) in damages.into_iter().enumerate() {
            fs::write(rows.join("db"), b"blocks").unwrap();
            fs::write(rows.join("blobs/1"), b"long").unwrap();
            seal(folder.path(), &rows).unwrap();
            damage(&rows);
            assert_eq!(matches!(look(), Seal::Holds), index == 0, "{index}: {:?}", look());
            if index == 4 {
                fs::remove_file(rows.join("snap.1")).unwrap();
            }
        }
        unseal(folder.path()).unwrap();
        unseal(folder.path()).unwrap();
        assert_eq!(look(), Seal::None);
    }
}
