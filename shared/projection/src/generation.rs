//! The folder of one generation of rows: `NAME-vVERSION`, with a lock, and the rows below it; `NAME-vVERSION-BUILD` where they were
//! built anew.
//!
//! A raised version has a folder of its own, so a process of the old version goes on serving beside one that builds the new rows. A
//! generation that is built beside the one that serves takes over in the same process.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::ReadError;
use crate::projection::Projection;
use crate::shelf::Shelf;

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
    /// Why the rows were dropped when they were opened, if they were.
    dropped_because: Option<String>,
    place: Place,
    lock: Retired,
}

/// Which generation: rows of one version may be built more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    parent: PathBuf,
    name: &'static str,
    version: u32,
    /// First bytes of keys whose blocks are not packed.
    plain: &'static [u8],
    /// 0 for the first of a version.
    pub(crate) build: u32,
}

/// The folder of the blocks.
const ROWS: &str = "rows";
/// What says that a generation that was built beside another has taken over.
const WHOLE: &str = "whole";
/// What says that a generation is not built on for now.
const PAUSED: &str = "paused";

impl Place {
    /// The generation that serves, and the one that was being built beside it.
    pub(crate) fn find<P: Projection>(parent: &Path) -> io::Result<(Self, Option<Self>)> {
        let (name, version) = (P::NAME, P::VERSION);
        let place = |build| Self { parent: parent.to_owned(), name, version, plain: P::PLAIN, build };
        let mut builds = Vec::new();
        fs::create_dir_all(parent)?;
        for entry in fs::read_dir(parent)? {
            let found = entry?.file_name();
            let build = found.to_str().and_then(|found| found.strip_prefix(&format!("{name}-v{version}-")));
            builds.extend(build.and_then(|build| build.parse().ok()).filter(|build: &u32| *build > 0));
        }
        let serving = builds.iter().copied().filter(|build| place(*build).folder().join(WHOLE).exists()).max();
        let serving = place(serving.unwrap_or(0));
        let building = builds.into_iter().filter(|build| *build > serving.build).max().map(place);
        Ok((serving, building))
    }

    /// The generation to be built beside this one.
    pub(crate) fn next(&self) -> Self {
        Self { build: self.build + 1, ..self.clone() }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        let Self { parent, name, version, build, .. } = self;
        parent.join(if *build == 0 { format!("{name}-v{version}") } else { format!("{name}-v{version}-{build}") })
    }

    /// From now on this is the generation that serves, at the next start as well.
    pub(crate) fn take_over(&self) -> io::Result<()> {
        if self.build > 0 { fs::write(self.folder().join(WHOLE), b"") } else { Ok(()) }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.folder().join(PAUSED).exists()
    }

    pub(crate) fn pause(&self, paused: bool) -> io::Result<()> {
        let mark = self.folder().join(PAUSED);
        if paused {
            fs::create_dir_all(self.folder())?;
            return fs::write(mark, b"");
        }
        match fs::remove_file(mark) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes the folder, if no process has it open.
    pub(crate) fn remove(&self) -> io::Result<()> {
        let folder = self.folder();
        if folder.is_dir() && lock(&folder)?.is_some() {
            fs::remove_dir_all(&folder)?;
            tracing::info!(folder = %folder.display(), "rows that serve no more removed");
        }
        Ok(())
    }

    /// Removes the folders of lower versions, and of lower builds of this one, that no process has open.
    pub(crate) fn drop_older(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.parent)? {
            let found = entry?.file_name();
            let Some(rest) = found.to_str().and_then(|found| found.strip_prefix(&format!("{}-v", self.name))) else {
                continue;
            };
            let (version, build) = rest.split_once('-').unwrap_or((rest, "0"));
            let (Ok(version), Ok(build)) = (version.parse(), build.parse()) else { continue };
            if (version, build) < (self.version, self.build) {
                Self { version, build, ..self.clone() }.remove()?;
            }
        }
        Ok(())
    }
}

/// The lock of a folder, which is removed when it is let go of, if it is to serve no more.
#[derive(Debug)]
struct Retired {
    folder: PathBuf,
    over: AtomicBool,
    _lock: File,
}

impl Drop for Retired {
    fn drop(&mut self) {
        if self.over.load(Ordering::Relaxed)
            && let Err(error) = fs::remove_dir_all(&self.folder)
        {
            tracing::warn!(%error, folder = %self.folder.display(), "rows that serve no more could not be removed");
        }
    }
}

impl Generation {
    /// Opens the rows, or starts with none where they cannot be read.
    pub(crate) fn open(place: Place) -> Result<(Self, Shelf), OpenError> {
        let folder = place.folder();
        fs::create_dir_all(&folder)?;
        // sled has a lock too. This one comes first, because what sled cannot open is dropped, and a folder in use must not be.
        let Some(lock) = lock(&folder)? else { return Err(OpenError::InUse(folder)) };
        let rows = folder.join(ROWS);
        let opening = folder.join("opening");
        // Damage may end the process instead of giving an error; the mark then tells the next start to begin with nothing.
        let mut dropped_because = None;
        if opening.exists() {
            dropped_because = Some("the rows were not opened to the end last time".to_owned());
            tracing::warn!(folder = %folder.display(), "the rows were not opened to the end last time: dropped, to be replayed");
            drop_rows(&rows)?;
        }
        fs::write(&opening, b"")?;
        let opened = open_rows(&rows, &place).or_else(|error| {
            tracing::warn!(%error, folder = %folder.display(), "the rows cannot be opened: dropped, to be replayed");
            dropped_because = Some(error.to_string());
            drop_rows(&rows)?;
            open_rows(&rows, &place)
        });
        let shelf = opened.map_err(|error| OpenError::Store(error.to_string()))?;
        fs::remove_file(&opening)?;
        let lock = Retired { folder, over: AtomicBool::new(false), _lock: lock };
        Ok((Self { dropped_because, place, lock }, shelf))
    }

    /// Opens the blocks again, after they were closed.
    pub(crate) fn open_shelf(&self) -> Result<Shelf, ReadError> {
        open_rows(&self.folder().join(ROWS), &self.place)
    }

    pub(crate) fn dropped_because(&self) -> Option<&str> {
        self.dropped_because.as_deref()
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.lock.folder
    }

    /// The folder goes once nobody reads from it any more.
    pub(crate) fn retire(&self) {
        self.lock.over.store(true, Ordering::Relaxed);
    }
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

fn open_rows(rows: &Path, place: &Place) -> Result<Shelf, ReadError> {
    Shelf::open(rows, place.name, place.plain)
}

fn drop_rows(rows: &Path) -> io::Result<()> {
    match fs::remove_dir_all(rows) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
