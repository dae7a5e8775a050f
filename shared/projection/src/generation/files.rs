//! The files of a generation.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files and folders below one folder, at most. Where there are more, they are neither sealed, so that the next start looks at each block,
/// nor copied.
pub(super) const FILES_MAX: usize = 100_000;

/// What is below a folder and is no folder, in the order of its path from there.
pub(super) fn files(below: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(below.join(&folder))? {
            let path = folder.join(entry?.file_name());
            // What a link leads to counts.
            if fs::metadata(below.join(&path))?.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
            if found.len() + folders.len() > FILES_MAX {
                return Err(io::Error::other("too many files in the folder of the rows"));
            }
        }
    }
    found.sort();
    Ok(found)
}
