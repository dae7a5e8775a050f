//! The folder of one generation of rows: `NAME-vVERSION`, with a lock, and the rows below it; `NAME-vVERSION-BUILD` where they were
//! built anew.
//!
//! A raised version has a folder of its own, so a process of the old version goes on serving beside one that builds the new rows. A
//! generation that is built beside the one that serves takes over in the same process.

mod aside;
mod check;
mod copy;
mod ending;
mod files;
mod lock;
mod names;
mod open_error;
mod place;
mod seal;
mod standing;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::clear::clear;
use crate::error::ReadError;
use crate::layers::{Digest, Mark};
use crate::shelf::{self, Shelf};

pub(crate) use aside::{Why, make_room};
pub(crate) use copy::Copy;
pub use ending::Ending;
pub use open_error::OpenError;
pub(crate) use place::Place;
pub(crate) use standing::Missed;

use check::Looked;
pub use check::check_if_asked;
#[cfg(test)]
pub(crate) use check::{Looked as Said, SAYS};
use lock::{Held, lock};
use names::{BECAUSE, BECAUSE_BYTES_MAX, COMPARED, OPENING, ROWS, UNCONFIRMED};
use seal::Seal;
use standing::Standing;

/// Why rows are given up where there is no folder that holds them.
pub(crate) const FILE_STOOD: &str = "a file stood in the place of their folder";

/// An open folder. The lock is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Generation {
    /// Why the rows before these were given up, if they were.
    dropped_because: OnceLock<String>,
    place: Place,
    /// Whether there is a seal that holds, to be broken before anything is written.
    sealed: AtomicBool,
    /// Whether a look at them was begun, and did not come to its end.
    not_known: AtomicBool,
    /// What is to be found under its name while the blocks are open.
    standing: Standing,
    lock: Held,
}

/// What is known of files before sled opens them.
#[derive(Debug, Clone, Copy)]
struct Sound {
    /// That they are well; else nothing is.
    known: bool,
    /// They were sealed, and are others now.
    broken: bool,
}

impl Sound {
    const WELL: Self = Self { known: true, broken: false };
}

impl Generation {
    fn new(place: Place, lock: Held) -> Self {
        let (sealed, not_known) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { dropped_because: OnceLock::new(), place, sealed, not_known, standing: Standing::default(), lock }
    }

    /// Opens the rows, or starts with none where they are damaged: those are put aside.
    pub(crate) fn open(place: Place) -> Result<(Self, Shelf), OpenError> {
        let folder = place.folder();
        let file = !folder.is_dir() && fs::symlink_metadata(&folder).is_ok();
        if file {
            aside::put(&place.parent, &folder, place.name, Why::Damaged)?;
        }
        fs::create_dir_all(&folder)?;
        // sled has a lock too. This one comes first: what is in use must not be put aside.
        let Some(lock) = lock(&folder)? else { return Err(OpenError::InUse(folder)) };
        let generation = Self::new(place, Held::new(folder, lock));
        if file {
            generation.remember(FILE_STOOD)?;
        }
        generation.recall()?;
        let blocks = match generation.checked() {
            Ok(blocks) => blocks,
            Err(error) if error.passes() => return Err(OpenError::Store(error.to_string())),
            Err(error) => generation.anew(Why::Damaged, &error.to_string())?,
        };
        Ok((generation, blocks))
    }

    /// Opens a copy of rows that are there, to be read as they are, unless that is ended meanwhile.
    pub(crate) fn open_existing(copied: Place, ending: &Ending) -> Result<(Self, Shelf), OpenError> {
        let folder = copied.folder();
        let Some(lock) = lock(&folder)? else { return Err(OpenError::InUse(folder)) };
        let generation = Self::new(copied, Held::new(folder, lock));
        let sound = generation.sound(ending).and_then(|sound| ending.go_on().map(|()| sound).map_err(ReadError::from));
        match sound.and_then(|sound| generation.open_looked_at(sound)) {
            Ok(blocks) => Ok((generation, blocks)),
            Err(error) if error.passes() => Err(OpenError::Store(error.to_string())),
            Err(error) => Err(OpenError::Damaged(error.to_string())),
        }
    }

    fn rows(&self) -> PathBuf {
        self.folder().join(ROWS)
    }

    /// Looks at the files before sled does, where they are not what they were when they were closed. Whether they are known to be well.
    fn sound(&self, ending: &Ending) -> Result<Sound, ReadError> {
        let (rows, db) = (self.rows(), self.rows().join("db"));
        if !rows.is_dir() {
            return match fs::symlink_metadata(&rows) {
                // There is nothing yet.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Sound::WELL),
                Err(error) => Err(error.into()),
                Ok(_) => Err(ReadError::Damaged("a file stands in the place of the folder of the blocks".to_owned())),
            };
        }
        if !db.is_file() {
            // What else is missing is found out by sled, which begins anew without it.
            return if fs::read_dir(rows)?.next().is_some() {
                Err(ReadError::Damaged("the file of the blocks is gone, or something else stands there".to_owned()))
            } else {
                Ok(Sound::WELL)
            };
        }
        let broken = match seal::look(self.folder(), &rows)? {
            Seal::Holds => {
                self.sealed.store(true, Ordering::Relaxed);
                return Ok(Sound::WELL);
            }
            // A sudden end may have fallen into an opening, which changes files that are sealed.
            Seal::Broken(how) => {
                tracing::warn!(how, folder = %self.folder().display(), "the seal of the rows does not hold");
                true
            }
            Seal::None => false,
        };
        let why = match check::in_its_own_process(self.folder(), self.place.name, ending) {
            Some(Looked::Well) => return Ok(Sound { known: true, broken }),
            Some(Looked::Damaged(how)) => return Err(ReadError::Damaged(how)),
            Some(Looked::Away) => {
                return Err(ReadError::Store("the rows cannot be reached for a look at them".to_owned()));
            }
            Some(Looked::NotKnown(why)) => {
                self.not_known.store(true, Ordering::Relaxed);
                why
            }
            None => "this program cannot be started for that".to_owned(),
        };
        if self.folder().join(OPENING).exists() {
            // Neither could be done, and it is not tried for ever.
            let how = format!("the rows could not be looked at ({why}), and were not opened to the end last time");
            return Err(ReadError::Damaged(how));
        }
        Ok(Sound { known: false, broken })
    }

    /// Opens blocks that were looked at. sled takes files that it can make nothing of for new ones.
    fn open_looked_at(&self, sound: Sound) -> Result<Shelf, ReadError> {
        let blocks = check::guarded(|| self.open_shelf())?;
        if sound.broken && blocks.mark()?.position == 0 {
            return Err(ReadError::Damaged("nothing is found in files that were sealed".to_owned()));
        }
        Ok(blocks)
    }

    /// Whether these rows could not be looked at, so that they may be damaged in a way that nobody has met yet.
    pub(crate) fn is_not_known(&self) -> bool {
        self.not_known.load(Ordering::Relaxed)
    }

    fn checked(&self) -> Result<Shelf, ReadError> {
        let opening = self.folder().join(OPENING);
        let sound = self.sound(&Ending::default())?;
        if !sound.known {
            // Damage may end this process where it could not be looked for in another; the mark tells the next start.
            fs::write(&opening, b"")?;
        }
        let blocks = self.unseal().map_err(ReadError::from).and_then(|()| self.open_looked_at(sound))?;
        clear(&opening)?;
        Ok(blocks)
    }

    /// Puts the rows aside, and opens none in their place. They must be closed, or read by those alone who were told to end.
    pub(crate) fn anew(&self, why: Why, because: &str) -> Result<Shelf, OpenError> {
        let blocks = self.put_aside(why, because).and_then(|()| self.open_shelf());
        self.remember(because)?;
        blocks.map_err(|error| OpenError::Store(error.to_string()))
    }

    /// Puts the rows aside.
    pub(crate) fn put_aside(&self, why: Why, because: &str) -> Result<(), ReadError> {
        self.standing.over();
        self.unseal()?;
        shelf::drop_kept(self.folder())?;
        clear(&self.folder().join(UNCONFIRMED))?;
        self.not_known.store(false, Ordering::Relaxed);
        if fs::symlink_metadata(self.rows()).is_ok() {
            let name = self.folder().file_name().and_then(|name| name.to_str()).unwrap_or(self.place.name);
            let aside = aside::put(&self.place.parent, &self.rows(), name, why)?;
            tracing::warn!(because, aside = %aside.display(), "rows are put aside, to be replayed");
        }
        Ok(clear(&self.folder().join(OPENING))?)
    }

    /// Removes the rows, if there are any.
    pub(crate) fn remove_rows(&self) -> io::Result<()> {
        self.standing.over();
        self.unseal()?;
        clear(&self.folder().join(UNCONFIRMED))?;
        clear(&self.rows())
    }

    /// Opens the blocks, also again after they were closed.
    pub(crate) fn open_shelf(&self) -> Result<Shelf, ReadError> {
        let blocks = Shelf::open(&self.rows(), self.place.name, self.place.plain)?;
        self.standing.begun(self.folder(), &self.rows());
        Ok(blocks)
    }

    /// What a new start would miss of what is open, if anything: a process keeps what it has opened when somebody takes it away.
    pub(crate) fn missed(&self) -> Option<Missed> {
        self.standing.look()
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

    /// [`Generation::tell_dropped`], also after a restart, until [`Generation::forget_dropped`].
    fn remember(&self, because: &str) -> io::Result<()> {
        self.tell_dropped(because);
        clear(&self.folder().join(BECAUSE))?;
        fs::write(self.folder().join(BECAUSE), self.dropped_because().unwrap_or(because))
    }

    /// Tells again what was remembered.
    fn recall(&self) -> io::Result<()> {
        let path = self.folder().join(BECAUSE);
        if !path.is_file() {
            return Ok(());
        }
        let mut because = Vec::new();
        File::open(path)?.take(BECAUSE_BYTES_MAX).read_to_end(&mut because)?;
        self.tell_dropped(&String::from_utf8_lossy(&because));
        Ok(())
    }

    /// These rows are whole: why others were given up need not be told after the next start.
    pub(crate) fn forget_dropped(&self) -> io::Result<()> {
        clear(&self.folder().join(BECAUSE))
    }

    /// The mark of a snapshot that these rows came with, or of rows that could not be looked at, until they have been made from the log here.
    pub(crate) fn unconfirmed(&self) -> Option<Mark> {
        let bytes = fs::read(self.folder().join(UNCONFIRMED)).ok()?;
        // What says nothing any more says that much.
        Some(postcard::from_bytes(&bytes).unwrap_or_default())
    }

    /// These rows come with a snapshot, or could not be looked at.
    pub(crate) fn set_unconfirmed(&self, mark: &Mark) -> io::Result<()> {
        if self.folder().join(UNCONFIRMED).is_dir() {
            clear(&self.folder().join(UNCONFIRMED))?;
        }
        fs::write(self.folder().join(UNCONFIRMED), postcard::to_allocvec(mark).map_err(io::Error::other)?)
    }

    /// What these rows gave at a position that they are compared at, as far as it was kept.
    pub(crate) fn compared(&self) -> Option<(u64, Digest)> {
        postcard::from_bytes(&fs::read(self.folder().join(COMPARED)).ok()?).ok()
    }

    /// Keeps what these rows give at a position, until they have taken over: they may be halted behind it, and gone on with after a
    /// restart.
    pub(crate) fn keep_compared(&self, position: u64, digest: Digest) -> io::Result<()> {
        let kept = postcard::to_allocvec(&(position, digest)).map_err(io::Error::other)?;
        clear(&self.folder().join(COMPARED))?;
        let mut file = File::create(self.folder().join(COMPARED))?;
        file.write_all(&kept)?;
        file.sync_all()
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
        self.standing.over();
        let _ = self.lock.over.set(why);
    }
}
