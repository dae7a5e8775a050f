//! Which file it is, whatever its name: its device and its number there.

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Statx, StatxFlags, makedev, statx};

/// Device and number of a file.
pub(crate) fn identity(about: &Metadata) -> (u64, u64) {
    (about.dev(), about.ino())
}

/// Device and number of the file that has this name, and its length in bytes. Nothing is asked about its times: a file system that was
/// asked for one gives the next write a finer one, and each sync of the journal then takes a third longer, to put that down.
pub(crate) fn named(path: &Path) -> rustix::io::Result<((u64, u64), u64)> {
    let about = statx(CWD, path, AtFlags::empty(), StatxFlags::INO | StatxFlags::SIZE)?;
    Ok((number_of(&about), about.stx_size))
}

/// The same device and number of an open file, whatever has its name.
pub(crate) fn nameless(file: &File) -> rustix::io::Result<(u64, u64)> {
    Ok(number_of(&statx(file, "", AtFlags::EMPTY_PATH, StatxFlags::INO)?))
}

fn number_of(about: &Statx) -> (u64, u64) {
    (makedev(about.stx_dev_major, about.stx_dev_minor), about.stx_ino)
}
