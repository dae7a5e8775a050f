//! The name of the file that is kept open: somebody may take it away, and what is written into a file without a name no start finds.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::inode::{named, nameless};

/// Device and number of a file or folder.
pub(super) type Identity = (u64, u64);

/// A path, in the folder where it was.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) path: PathBuf,
    folder: Identity,
}

/// What has the name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Held {
    Own,
    Nothing,
    Another,
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

impl Name {
    /// The name of this file, which was opened or made at `path`.
    pub(super) fn of(path: &Path, file: &File) -> io::Result<(Self, Identity)> {
        let (folder, _) = named(folder_of(path))?;
        // Not what has the name: that may be another by now.
        Ok((Self { path: path.to_owned(), folder }, nameless(file)?))
    }

    /// What has it now. In another folder in the place of its own nothing is looked for: it is not the log's.
    pub(super) fn held(&self, own: Identity) -> io::Result<Held> {
        match named(&self.path) {
            Ok((there, _)) if there == own => Ok(Held::Own),
            Ok(_) => Ok(Held::Another),
            Err(Errno::NOENT) if named(folder_of(&self.path))?.0 == self.folder => Ok(Held::Nothing),
            Err(error) => Err(error.into()),
        }
    }
}
