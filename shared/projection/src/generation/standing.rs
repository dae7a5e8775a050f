//! Whether what is open is what a new start would find: files that somebody takes away are written on by whoever has them open, and nobody finds
//! again what is written there.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

/// The file of the blocks, which sled makes once, in the folder of the blocks.
const BLOCKS: &str = "db";

/// Device and number of a file or a folder.
type Identity = (u64, u64);

/// What a new start would miss: a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Missed {
    /// It was taken away, or another has its place: the rows are made anew.
    Gone(String),
    /// It is there, and this process may not use it: once it may, all is as before.
    Barred(String),
}

/// What is to be found under its name.
#[derive(Debug, Default)]
pub(super) struct Standing(Mutex<Vec<(PathBuf, Identity)>>);

fn identity(about: &Metadata) -> Identity {
    (about.dev(), about.ino())
}

impl Standing {
    fn named(&self) -> MutexGuard<'_, Vec<(PathBuf, Identity)>> {
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The blocks were opened: the folder, and in it that of the blocks, are what they are now.
    pub(super) fn begun(&self, folder: &Path, rows: &Path) {
        let parts = [folder.to_owned(), rows.to_owned(), rows.join(BLOCKS)];
        let there = |path: PathBuf| Some((identity(&fs::metadata(&path).ok()?), path));
        *self.named() = parts.into_iter().filter_map(there).map(|(own, path)| (path, own)).collect();
    }

    /// This program is about to move or to remove them itself.
    pub(super) fn over(&self) {
        self.named().clear();
    }

    /// Looks at each by its name. What cannot be looked at, for want of descriptors or memory, is taken to be there.
    pub(super) fn look(&self) -> Option<Missed> {
        // Held until the end: whoever is about to move them says so first.
        let named = self.named();
        named.iter().find_map(|(path, own)| missed(path, *own))
    }
}

fn missed(path: &Path, own: Identity) -> Option<Missed> {
    let shown = path.display();
    let gone = |zh: &str, en: &str| {
        Some(Missed::Gone(format!(
            "服务运行时,索引的 {shown} {zh};索引正从登记簿重建,请勿改动该文件夹 / {shown} of the rows {en} while the service runs: they are made anew from \
             the log; leave that folder to the service"
        )))
    };
    match fs::metadata(path) {
        Ok(about) if identity(&about) != own => return gone("被另一个替换", "was replaced by another"),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return gone("被移走", "was taken away");
        }
        Ok(_) | Err(_) => {}
    }
    match accessat(CWD, path, Access::READ_OK | Access::WRITE_OK, AtFlags::EACCESS) {
        Err(error @ (Errno::ACCESS | Errno::PERM | Errno::ROFS)) => Some(Missed::Barred(format!(
            "{shown}:本进程无权读写索引({error}),请改其属主、权限或属性(chown、chmod、chattr) / this process may not read and write {shown} of the rows \
             ({error}): give it to the user that the service runs as (chown, chmod, chattr -i)"
        ))),
        Ok(()) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_or_replaced_is_missed_until_it_is_back() {
        let above = tempfile::tempdir().unwrap();
        let (folder, away) = (above.path().join("v1"), above.path().join("away"));
        let rows = folder.join("rows");
        fs::create_dir_all(&rows).unwrap();
        fs::write(rows.join(BLOCKS), b"blocks").unwrap();
        let standing = Standing::default();
        assert_eq!(standing.look(), None);
        standing.begun(&folder, &rows);
        assert_eq!(standing.look(), None);
        let gone = |path: &Path, how: &str| matches!(standing.look(), Some(Missed::Gone(why)) if why.contains(path.to_str().unwrap()) && why.contains(how));
        for path in [rows.join(BLOCKS), rows.clone(), folder.clone()] {
            fs::rename(&path, &away).unwrap();
            assert!(gone(&path, "taken away"), "{}", path.display());
            if away.is_dir() { fs::create_dir(&path) } else { fs::write(&path, b"blocks") }.unwrap();
            assert!(gone(&path, "replaced"), "{}", path.display());
            if path.is_dir() { fs::remove_dir(&path) } else { fs::remove_file(&path) }.unwrap();
            fs::rename(&away, &path).unwrap();
            assert_eq!(standing.look(), None);
        }
        standing.over();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(standing.look(), None);
    }
}
