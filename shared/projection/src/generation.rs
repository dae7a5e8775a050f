//! The folder of one generation of rows: `NAME-vVERSION`, with a lock, and the rows below it; `NAME-vVERSION-BUILD` where they were
//! built anew.
//!
//! A raised version has a folder of its own, so a process of the old version goes on serving beside one that builds the new rows. A
//! generation that is built beside the one that serves takes over in the same process.

mod aside;
mod check;
mod seal;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::ReadError;
use crate::layers::Mark;
use crate::projection::Projection;
use crate::shelf::{self, Shelf};

pub(crate) use aside::Why;
pub use check::check_if_asked;
use seal::Seal;

/// Why a generation could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written.
    #[error("the folder of the rows cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// Another process has it open.
    #[error("the rows are in use by another process: {}", .0.display())]
    InUse(PathBuf),
    /// There are none, and none were to be made.
    #[error("there are no rows in {}", .0.display())]
    None(PathBuf),
    /// They are damaged, and were to be read as they are.
    #[error("the rows are damaged: {0}")]
    Damaged(String),
    /// They cannot be reached now, or not even an empty store opens.
    #[error("the rows cannot be opened: {0}")]
    Store(String),
}

/// An open folder. The lock is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Generation {
    /// Why the rows before these were given up, if they were.
    dropped_because: OnceLock<String>,
    place: Place,
    /// Whether there is a seal that holds, to be broken before anything is written.
    sealed: AtomicBool,
    lock: Held,
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

/// What says that blocks are being opened that could not be looked at before.
const OPENING: &str = "opening";
/// What says that the rows came with a snapshot: its mark.
const UNCONFIRMED: &str = "unconfirmed";
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
        let entries = match fs::read_dir(parent) {
            Ok(entries) => Some(entries),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        for entry in entries.into_iter().flatten() {
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

/// The lock of a folder, which goes when it is let go of, if it is to serve no more.
#[derive(Debug)]
struct Held {
    folder: PathBuf,
    /// What becomes of the rows: they are removed, or put aside.
    over: OnceLock<Option<Why>>,
    _lock: File,
}

impl Held {
    fn new(folder: PathBuf, lock: File) -> Self {
        Self { folder, over: OnceLock::new(), _lock: lock }
    }

    fn go(&self, why: Option<Why>) -> io::Result<()> {
        if let Some(why) = why {
            let (parent, name) = (self.folder.parent(), self.folder.file_name().and_then(|name| name.to_str()));
            aside::put(parent.unwrap_or(Path::new(".")), &self.folder.join(ROWS), name.unwrap_or_default(), why)?;
        }
        fs::remove_dir_all(&self.folder)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(why) = self.over.get()
            && let Err(error) = self.go(*why)
        {
            tracing::warn!(%error, folder = %self.folder.display(), "rows that serve no more could not be removed");
        }
    }
}

impl Generation {
    /// Opens the rows, or starts with none where they are damaged: those are put aside.
    pub(crate) fn open(place: Place) -> Result<(Self, Shelf), OpenError> {
        let folder = place.folder();
        fs::create_dir_all(&folder)?;
        // sled has a lock too. This one comes first: what is in use must not be put aside.
        let Some(lock) = lock(&folder)? else { return Err(OpenError::InUse(folder)) };
        let lock = Held::new(folder, lock);
        let generation = Self { dropped_because: OnceLock::new(), place, sealed: AtomicBool::new(false), lock };
        let blocks = match generation.checked() {
            Ok(blocks) => blocks,
            Err(error) if error.passes() => return Err(OpenError::Store(error.to_string())),
            Err(error) => generation.anew(Why::Damaged, &error.to_string())?,
        };
        Ok((generation, blocks))
    }

    /// Opens rows that are there, to be read: nothing is made, written or put aside.
    pub(crate) fn open_existing(place: Place) -> Result<(Self, Shelf), OpenError> {
        let folder = place.folder();
        if !folder.join(ROWS).is_dir() {
            return Err(OpenError::None(folder));
        }
        let Some(lock) = lock(&folder)? else { return Err(OpenError::InUse(folder)) };
        let lock = Held::new(folder, lock);
        let generation = Self { dropped_because: OnceLock::new(), place, sealed: AtomicBool::new(false), lock };
        match generation.sound().and_then(|()| check::guarded(|| generation.open_shelf())) {
            Ok(blocks) => Ok((generation, blocks)),
            Err(error) if error.passes() => Err(OpenError::Store(error.to_string())),
            Err(error) => Err(OpenError::Damaged(error.to_string())),
        }
    }

    fn rows(&self) -> PathBuf {
        self.folder().join(ROWS)
    }

    /// Looks at the files before sled does, where they are not what they were when they were closed.
    fn sound(&self) -> Result<(), ReadError> {
        if !self.rows().join("db").exists() {
            // There is nothing yet; or what is missing is found out by sled, which begins anew without it.
            return if self.rows().exists() && fs::read_dir(self.rows())?.next().is_some() {
                Err(ReadError::Damaged("the file of the blocks is gone".to_owned()))
            } else {
                Ok(())
            };
        }
        match seal::look(self.folder(), &self.rows())? {
            Seal::Holds => {
                self.sealed.store(true, Ordering::Relaxed);
                return Ok(());
            }
            // A sudden end may have fallen into an opening, which changes files that are sealed.
            Seal::Broken(how) => {
                tracing::warn!(how, folder = %self.folder().display(), "the seal of the rows does not hold");
            }
            Seal::None => {}
        }
        if self.folder().join(OPENING).exists() {
            return Err(ReadError::Damaged("the rows were not opened to the end last time".to_owned()));
        }
        check::in_its_own_process(self.folder(), self.place.name).unwrap_or(Ok(()))
    }

    fn checked(&self) -> Result<Shelf, ReadError> {
        self.sound()?;
        if !self.sealed.load(Ordering::Relaxed) {
            // Damage may end this process where it could not be looked for in another; the mark tells the next start.
            fs::write(self.folder().join(OPENING), b"")?;
        }
        self.unseal()?;
        let blocks = check::guarded(|| self.open_shelf())?;
        match fs::remove_file(self.folder().join(OPENING)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(blocks),
        }
    }

    /// Puts the rows aside, and opens none in their place. They must be closed, or read by those alone who were told to end.
    pub(crate) fn anew(&self, why: Why, because: &str) -> Result<Shelf, OpenError> {
        let blocks = self.put_aside(why, because).and_then(|()| self.open_shelf());
        self.tell_dropped(because);
        blocks.map_err(|error| OpenError::Store(error.to_string()))
    }

    /// Puts the rows aside.
    pub(crate) fn put_aside(&self, why: Why, because: &str) -> Result<(), ReadError> {
        self.unseal()?;
        shelf::drop_kept(self.folder())?;
        match fs::remove_file(self.folder().join(UNCONFIRMED)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        if self.rows().exists() {
            let name = self.folder().file_name().and_then(|name| name.to_str()).unwrap_or(self.place.name);
            let aside = aside::put(&self.place.parent, &self.rows(), name, why)?;
            tracing::warn!(because, aside = %aside.display(), "rows are put aside, to be replayed");
        }
        match fs::remove_file(self.folder().join(OPENING)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes the rows, if there are any.
    pub(crate) fn remove_rows(&self) -> io::Result<()> {
        self.unseal()?;
        match fs::remove_dir_all(self.rows()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Opens the blocks, also again after they were closed.
    pub(crate) fn open_shelf(&self) -> Result<Shelf, ReadError> {
        Shelf::open(&self.rows(), self.place.name, self.place.plain)
    }

    /// Everything is written, and nobody writes: the next start need not look at each block.
    pub(crate) fn seal(&self) -> io::Result<()> {
        seal::seal(self.folder(), &self.rows())?;
        self.sealed.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Something is about to be written.
    pub(crate) fn unseal(&self) -> io::Result<()> {
        if self.sealed.swap(false, Ordering::Relaxed) { seal::unseal(self.folder()) } else { Ok(()) }
    }

    /// Whether what lies there is what was sealed.
    pub(crate) fn is_sealed(&self) -> bool {
        self.sealed.load(Ordering::Relaxed)
    }

    pub(crate) fn dropped_because(&self) -> Option<&str> {
        self.dropped_because.get().map(String::as_str)
    }

    /// Says why the rows before these were given up. The first reason stays.
    pub(crate) fn tell_dropped(&self, because: &str) {
        let _ = self.dropped_because.set(because.to_owned());
    }

    /// The mark of a snapshot that these rows came with, until they have been made from the log here.
    pub(crate) fn unconfirmed(&self) -> Option<Mark> {
        let bytes = fs::read(self.folder().join(UNCONFIRMED)).ok()?;
        // What says nothing any more says that much.
        Some(postcard::from_bytes(&bytes).unwrap_or_default())
    }

    /// These rows come with a snapshot.
    pub(crate) fn set_unconfirmed(&self, mark: &Mark) -> io::Result<()> {
        fs::write(self.folder().join(UNCONFIRMED), postcard::to_allocvec(mark).map_err(io::Error::other)?)
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.lock.folder
    }

    /// The folder goes once nobody reads from it any more. Its rows are put aside where a reason is told, else removed.
    pub(crate) fn retire(&self, why: Option<Why>) {
        let _ = self.lock.over.set(why);
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
