//! Room for what is about to be written.

use std::fs;
use std::io;
use std::path::Path;

/// Takes away whatever stands at `path`, a file or a folder with all that is in it, if anything does.
pub(crate) fn clear(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
