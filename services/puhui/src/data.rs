//! Data folders that are named on the command line, looked at before anything is opened: a mistyped one is told by its name, and nothing
//! is made there.

mod look;

use std::path::{Path, PathBuf};

use crate::failure::{Failure, of_path};

pub(crate) use look::{
    KNOWN, LOG, REQUEST_KEY, REQUEST_KEY_KNOWN, ROWS, disk_mib, explained, log_explained, log_in_place, made,
};

/// The folder of the directory's rows in the data folder of `serve`.
pub(crate) fn rows(folder: &Path) -> Result<PathBuf, Failure> {
    is_folder(folder)?;
    let rows = folder.join(ROWS);
    if rows.is_dir() {
        return Ok(rows);
    }
    let shown = folder.display();
    Err(Failure::usage(format!("{shown}:没有目录数据 / holds no rows of a directory ({} is missing)", rows.display())))
}

/// Where the directory's rows are to be, in a data folder that may be new; the folder above it must be there.
pub(crate) fn new_rows(folder: &Path) -> Result<PathBuf, Failure> {
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    above.map_or(Ok(()), is_folder)?;
    Ok(folder.join(ROWS))
}

fn is_folder(folder: &Path) -> Result<(), Failure> {
    match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Failure::usage(format!("{}:不是文件夹 / is no folder", folder.display()))),
        Err(error) => Err(of_path(folder)(error)),
    }
}
