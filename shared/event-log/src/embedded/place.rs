//! Whether the files that are written are still the ones that a new start would find. A process keeps what it has opened when somebody
//! takes it away from under it: it would go on writing what nobody reads again.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::identity::JOURNAL;

/// The folder of a log as it was opened.
#[derive(Debug)]
pub(super) struct Place {
    folder: PathBuf,
    /// Device and number of the folder.
    opened: Option<(u64, u64)>,
    /// The greatest number that a journal had: each new one has a greater, and the last is the one that is written.
    last_journal: Option<u64>,
}

fn identity(folder: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(folder).map(|about| (about.dev(), about.ino()))
}

/// The greatest number of a journal in `folder`.
fn last_journal(folder: &Path) -> io::Result<Option<u64>> {
    let mut last = None;
    for entry in fs::read_dir(folder)? {
        let name = PathBuf::from(entry?.file_name());
        if name.extension().is_some_and(|ending| ending == JOURNAL) {
            last = last.max(name.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok()));
        }
    }
    Ok(last)
}

impl Place {
    /// As it is now, with the store open in it.
    pub(super) fn of(folder: &Path) -> Self {
        let mut place = Self { folder: folder.to_owned(), opened: identity(folder).ok(), last_journal: None };
        place.last_journal = last_journal(folder).ok().flatten();
        place
    }

    /// Why what is written now would not be found, if that is known. What cannot be looked at, for want of descriptors, is taken to be
    /// there.
    pub(super) fn look(&mut self) -> Option<String> {
        let folder = self.folder.display();
        match identity(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Some(format!("the folder {folder} of the log was taken away while it is open"));
            }
            Ok(now) if self.opened.is_some_and(|opened| opened != now) => {
                return Some(format!("another folder was put in the place of {folder} while the log is open"));
            }
            Ok(_) | Err(_) => {}
        }
        let last = last_journal(&self.folder).ok()?;
        if last < self.last_journal {
            let number = self.last_journal.unwrap_or_default();
            return Some(format!("the journal {number}.jnl in {folder} was taken away while the log is open"));
        }
        self.last_journal = last;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_is_told_until_it_is_back() {
        let above = tempfile::tempdir().unwrap();
        let (folder, away) = (above.path().join("log"), above.path().join("away"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("0.jnl"), "").unwrap();
        let mut place = Place::of(&folder);
        assert_eq!(place.look(), None);
        // A journal that is full is followed by another, and goes.
        fs::write(folder.join("1.jnl"), "").unwrap();
        assert_eq!(place.look(), None);
        fs::remove_file(folder.join("0.jnl")).unwrap();
        assert_eq!(place.look(), None);
        let said = |place: &mut Place, part: &str| assert!(place.look().unwrap().contains(part));
        fs::rename(folder.join("1.jnl"), &away).unwrap();
        said(&mut place, "1.jnl");
        fs::rename(&away, folder.join("1.jnl")).unwrap();
        assert_eq!(place.look(), None);
        fs::rename(&folder, &away).unwrap();
        said(&mut place, "taken away");
        fs::create_dir(&folder).unwrap();
        said(&mut place, "another folder");
        fs::remove_dir(&folder).unwrap();
        fs::rename(&away, &folder).unwrap();
        assert_eq!(place.look(), None);
    }
}
