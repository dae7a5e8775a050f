//! Which log a folder holds: a file beside the store says it, so that a folder without its store is not taken for a new log.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::LogError;
use crate::id::LogId;
use crate::reached::{Reached, ReachedFile};

/// The file that holds the log's id.
const ID: &str = "id";
/// The file that says how far the log has reached.
pub(super) const REACHED: &str = "reached";
/// The file that the store makes last of all when it begins, and never removes.
const STORE: &str = "version";
/// What the store makes before it.
const TREES: &str = "keyspaces";
/// The ending of a journal's name.
pub(super) const JOURNAL: &str = "jnl";

fn unreadable(error: &io::Error) -> LogError {
    LogError::Unavailable(error.to_string())
}

/// Whether there is a store in `folder`; [`LogError::Damaged`] where there is one without the file that tells so: its commits may all be
/// there, and nothing is made in their place.
pub(super) fn holds_log(folder: &Path) -> Result<bool, LogError> {
    if folder.join(STORE).try_exists().map_err(|error| unreadable(&error))? {
        return match stranger(folder).map_err(|error| unreadable(&error))? {
            None => Ok(true),
            Some(path) => Err(LogError::Damaged(format!(
                "{0} 不是日志的文件,请移走 / {0} is none of the log's files as the store names and makes them: take it away, or put the right \
                 one back",
                path.display()
            ))),
        };
    }
    let Some(part) = part_of_a_store(folder).map_err(|error| unreadable(&error))? else { return Ok(false) };
    let folder = folder.display();
    Err(LogError::Damaged(format!(
        "{folder} 中有日志的 {part} 而无其 {STORE} 文件,请从备份放回 / {folder} holds `{part}` of a log and not its file `{STORE}`: put it back from \
         a backup. Where no log was ever finished there, an empty folder takes a new one"
    )))
}

/// The first journal or tree that is not named by a number, or no file and no folder: the store would end the process at it.
fn stranger(folder: &Path) -> io::Result<Option<PathBuf>> {
    let numbered = |stem: Option<&OsStr>| stem.and_then(OsStr::to_str).is_some_and(|stem| stem.parse::<u64>().is_ok());
    for entry in std::fs::read_dir(folder)? {
        let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
        let is_journal = path.extension().is_some_and(|ending| ending == JOURNAL);
        if is_journal && !(entry?.is_file() && numbered(path.file_stem())) {
            return Ok(Some(path));
        }
    }
    let trees = match std::fs::read_dir(folder.join(TREES)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(folder.join(TREES))),
        trees => trees?,
    };
    for entry in trees {
        let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
        if !(entry?.is_dir() && numbered(path.file_name())) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// The first file or folder that only a store leaves.
fn part_of_a_store(folder: &Path) -> io::Result<Option<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    for entry in entries {
        let name = entry?.file_name();
        if name == TREES || Path::new(&name).extension().is_some_and(|ending| ending == JOURNAL) {
            return Ok(Some(name.to_string_lossy().into_owned()));
        }
    }
    Ok(None)
}

/// The id of the log in `folder`.
pub(super) fn of(folder: &Path) -> Result<LogId, LogError> {
    let id = match LogId::read_from(&folder.join(ID)) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(LogError::Damaged(error.to_string())),
        other => other.map_err(|error| unreadable(&error))?,
    };
    match (id, holds_log(folder)?) {
        (Some(id), true) => Ok(id),
        (Some(id), false) => {
            Err(LogError::Missing(format!("{} was that of {id}, and its commits are gone", folder.display())))
        }
        (None, false) => Err(LogError::Missing(format!("{} holds none", folder.display()))),
        (None, true) => Err(LogError::Damaged(format!(
            "{} holds commits and no file `{ID}` that says of which log; a log of an older form ends here",
            folder.display()
        ))),
    }
}

/// Gives `folder`, which holds no log, to a new one. The id comes first: what is interrupted then is no log yet.
pub(super) fn create(folder: &Path) -> Result<LogId, LogError> {
    if holds_log(folder)? {
        return Err(of(folder).map_or_else(|error| error, LogError::Exists));
    }
    std::fs::create_dir_all(folder).map_err(|error| unreadable(&error))?;
    let id = LogId::random();
    id.write_to(&folder.join(ID)).map_err(|error| unreadable(&error))?;
    ReachedFile::replace(&folder.join(REACHED), &Reached::nothing(id)).map_err(|error| unreadable(&error))?;
    Ok(id)
}

/// How far the log is known to have reached; `None` where nothing says so of this log.
pub(super) fn reached(folder: &Path, id: LogId) -> Result<Option<(ReachedFile, Reached)>, LogError> {
    match ReachedFile::open(&folder.join(REACHED)) {
        Ok(found) => Ok(found.filter(|(_, reached)| reached.log == id)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(error) => Err(unreadable(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that was put back without one small file of the store holds a log all the same, and keeps its id.
    #[test]
    fn a_store_without_its_version_is_no_place_for_a_new_log() {
        for part in ["0.jnl", TREES] {
            let folder = tempfile::tempdir().unwrap();
            let (path, id) = (folder.path(), LogId::random());
            id.write_to(&path.join(ID)).unwrap();
            std::fs::create_dir(path.join(part)).unwrap();
            for refused in [create(path).map(drop), of(path).map(drop), holds_log(path).map(drop)] {
                assert!(matches!(refused, Err(LogError::Damaged(why)) if why.contains(part)), "{part}");
            }
            assert_eq!(LogId::read_from(&path.join(ID)).unwrap(), Some(id));
        }
    }

    /// Names that end the process where the store meets them.
    #[test]
    fn what_is_none_of_the_stores_files_is_named() {
        type Spoil = fn(&Path);
        let spoils: [(&str, Spoil); 5] = [
            ("copy.jnl", |path| std::fs::write(path.join("copy.jnl"), "").unwrap()),
            ("1.jnl", |path| std::fs::create_dir(path.join("1.jnl")).unwrap()),
            ("0.jnl", |path| {
                std::fs::rename(path.join("0.jnl"), path.join("away")).unwrap();
                std::os::unix::fs::symlink("away", path.join("0.jnl")).unwrap();
            }),
            ("keyspaces/old", |path| std::fs::create_dir(path.join(TREES).join("old")).unwrap()),
            ("keyspaces", |path| std::fs::remove_dir_all(path.join(TREES)).unwrap()),
        ];
        for (named, spoil) in spoils {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path();
            create(path).unwrap();
            std::fs::write(path.join("0.jnl"), "").unwrap();
            std::fs::create_dir_all(path.join(TREES).join("0")).unwrap();
            std::fs::write(path.join(STORE), "").unwrap();
            assert!(matches!(holds_log(path), Ok(true)), "{named}");
            spoil(path);
            assert!(matches!(of(path), Err(LogError::Damaged(why)) if why.contains(named)), "{named}");
        }
    }

    #[test]
    fn what_is_there_before_a_store_is_keeps_no_log_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lost+found"), "").unwrap();
        let id = create(folder.path()).unwrap();
        // Ended before the store was begun.
        assert_ne!(create(folder.path()).unwrap(), id);
    }
}
