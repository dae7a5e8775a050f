//! The folder of one generation of rows: `NAME-vVERSION`, with a lock, and the rows below it.
//!
//! A raised version has a folder of its own, so a process of the old version goes on serving beside one that builds the new rows.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::shelf::{Shelf, Unpacked};

/// Memory sled may hold pages in, in bytes.
const CACHE_BYTES: u64 = 128 * 1024 * 1024;

/// Attempts to open rows whose lock is being let go, and the pause between them: 5 s in all.
const LOCKED_ATTEMPTS_MAX: u32 = 100;
const LOCKED_PAUSE: Duration = Duration::from_millis(50);

/// Why a generation could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("the folder of the rows cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// Another process has it open.
    #[error("the rows are in use by another process: {}", .0.display())]
    InUse(PathBuf),
    /// Not even an empty store opens.
    #[error("the rows cannot be opened: {0}")]
    Store(String),
}

/// An open folder. The lock is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Generation {
    pub(crate) tree: sled::Tree,
    pub(crate) db: sled::Db,
    unpacked: Unpacked,
    parent: PathBuf,
    folder: PathBuf,
    name: &'static str,
    version: u32,
    _lock: File,
}

impl Generation {
    /// Opens the rows, or starts with none where they cannot be read.
    pub(crate) fn open(parent: &Path, name: &'static str, version: u32) -> Result<Self, OpenError> {
        let folder = folder_of(parent, name, version);
        fs::create_dir_all(&folder)?;
        // sled has a lock too. This one comes first, because what sled cannot open is dropped, and a folder in use must not be.
        let Some(lock) = lock(&folder)? else { return Err(OpenError::InUse(folder)) };
        let rows = folder.join("rows");
        let opening = folder.join("opening");
        // Damage may end the process instead of giving an error; the mark then tells the next start to begin with nothing.
        if opening.exists() {
            tracing::warn!(folder = %folder.display(), "the rows were not opened to the end last time: dropped, to be replayed");
            drop_rows(&rows)?;
        }
        fs::write(&opening, b"")?;
        let db = match open_rows(&rows) {
            Ok(db) => db,
            Err(error) => {
                tracing::warn!(%error, folder = %folder.display(), "the rows cannot be opened: dropped, to be replayed");
                drop_rows(&rows)?;
                open_rows(&rows).map_err(|error| OpenError::Store(error.to_string()))?
            }
        };
        fs::remove_file(&opening)?;
        let tree = db.open_tree(name).map_err(|error| OpenError::Store(error.to_string()))?;
        Ok(Self { tree, db, unpacked: Unpacked::new(), parent: parent.to_owned(), folder, name, version, _lock: lock })
    }

    pub(crate) fn shelf(&self) -> Shelf<'_> {
        Shelf::new(&self.tree, &self.unpacked)
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the folders of lower versions that no process has open.
    pub(crate) fn drop_older(&self) -> io::Result<()> {
        for older in (0..self.version).map(|version| folder_of(&self.parent, self.name, version)) {
            if older.is_dir() && lock(&older)?.is_some() {
                fs::remove_dir_all(&older)?;
                tracing::info!(folder = %older.display(), "rows of an older version removed");
            }
        }
        Ok(())
    }
}

fn folder_of(parent: &Path, name: &str, version: u32) -> PathBuf {
    parent.join(format!("{name}-v{version}"))
}

/// The lock of a folder; `None` while somebody else has it.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Opens what is there. sled's threads let go of its own lock a moment after the last handle was dropped, in this process or in one
/// that is ending; that is no damage, and rows are not dropped for it.
fn open_rows(rows: &Path) -> sled::Result<sled::Db> {
    let open = || sled::Config::new().path(rows).cache_capacity(CACHE_BYTES).flush_every_ms(None).open();
    for _ in 1..LOCKED_ATTEMPTS_MAX {
        match open() {
            Err(sled::Error::Io(error)) if error.to_string().contains("could not acquire lock") => {
                #[expect(clippy::disallowed_methods, reason = "bounded wait for a lock that is being let go")]
                std::thread::sleep(LOCKED_PAUSE);
            }
            other => return other,
        }
    }
    open()
}

fn drop_rows(rows: &Path) -> io::Result<()> {
    match fs::remove_dir_all(rows) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
