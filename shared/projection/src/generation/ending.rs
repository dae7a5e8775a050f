//! Ends the reading of a copy from another thread: whoever reads may wait for the disk, or for somebody who reads what he prints.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clear::clear;

/// Ends the reading of rows that are there, also while they are copied or opened, and takes the copy away. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<Inside>);

#[derive(Debug, Default)]
struct Inside {
    ended: AtomicBool,
    /// The folder of the copy. Held while files are made there: by the copying, and by sled as it opens them.
    copy: Mutex<Option<PathBuf>>,
}

/// That files are being made.
#[derive(Debug)]
pub(crate) struct Making<'a>(MutexGuard<'a, Option<PathBuf>>);

impl Making<'_> {
    /// They are made below this folder.
    pub(super) fn below(&mut self, folder: &Path) {
        *self.0 = Some(folder.to_owned());
    }
}

impl Ending {
    /// Ends it. When this returns the copy is gone, and none is made any more; what is under way is waited for, up to a piece of a file, or
    /// the opening of the copied files.
    pub fn now(&self) -> io::Result<()> {
        self.0.ended.store(true, Ordering::Relaxed);
        self.copy().as_deref().map_or(Ok(()), clear)
    }

    /// Whether it was ended.
    pub fn is_over(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed)
    }

    /// An error once it was ended.
    pub(crate) fn go_on(&self) -> io::Result<()> {
        if self.is_over() { Err(io::Error::new(io::ErrorKind::Interrupted, "it was ended")) } else { Ok(()) }
    }

    /// Files are going to be made, until what is returned is dropped.
    pub(crate) fn making(&self) -> io::Result<Making<'_>> {
        let making = Making(self.copy());
        self.go_on()?;
        Ok(making)
    }

    fn copy(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.0.copy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_after_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy");
        let ending = Ending::default();
        let mut making = ending.making().unwrap();
        making.below(&copy);
        std::fs::create_dir(&copy).unwrap();
        let beside = ending.clone();
        let end = std::thread::spawn(move || beside.now());
        while !ending.is_over() {
            std::thread::yield_now();
        }
        // Still held: a last file before it is seen.
        std::fs::write(copy.join("db"), b"blocks").unwrap();
        assert!(ending.go_on().is_err());
        drop(making);
        end.join().unwrap().unwrap();
        assert!(!copy.exists() && ending.making().is_err());
    }
}
