//! A folder for what is of no use after the program.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::json;

/// Times its removal is tried: something that is ending may write a last file meanwhile.
const ATTEMPTS_MAX: u32 = 100;
/// Pause between two of them.
const PAUSE: Duration = Duration::from_millis(20);

/// A folder of this process's own, removed when dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes `NAME-PID` in `parent`, and `parent` where it is not there.
    pub(crate) fn new(parent: &Path, name: &str) -> io::Result<Self> {
        std::fs::create_dir_all(parent)?;
        let folder = parent.join(format!("{name}-{}", std::process::id()));
        match std::fs::create_dir(&folder) {
            // A process of this number that was killed left it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                std::fs::remove_dir_all(&folder)?;
                std::fs::create_dir(&folder)?;
            }
            made => made?,
        }
        Ok(Self(folder))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for _ in 0..ATTEMPTS_MAX {
            match std::fs::remove_dir_all(&self.0) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    #[expect(clippy::disallowed_methods, reason = "whoever writes there cannot be waited for here")]
                    std::thread::sleep(PAUSE);
                }
                Ok(()) | Err(_) => return,
            }
        }
        json::note(&format!("未能删除 / could not be removed: {}", self.0.display()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_what_is_in_it_along_and_finds_one_that_was_left() {
        let parent = std::env::temp_dir().join(format!("puhui-scratch-test-{}", std::process::id()));
        for _ in 0..2 {
            let scratch = Scratch::new(&parent, "a").unwrap();
            std::fs::create_dir_all(scratch.path().join("b/c")).unwrap();
            std::fs::write(scratch.path().join("b/c/d"), "e").unwrap();
            std::mem::forget(scratch);
        }
        drop(Scratch::new(&parent, "a").unwrap());
        assert_eq!(std::fs::read_dir(&parent).unwrap().count(), 0);
        std::fs::remove_dir(&parent).unwrap();
    }
}
