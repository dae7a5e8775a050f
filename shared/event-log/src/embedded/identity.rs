//! Which log a folder holds: a file beside the store says it, so that a folder without its store is not taken for a new log.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use domain::Position;

use crate::error::LogError;
use crate::reached::{Reached, ReachedFile};
use domain::LogId;

/// The file that holds the log's id.
pub(super) const ID: &str = "id";
/// The file that says how far the log has reached.
pub(super) const REACHED: &str = "reached";
/// The file that the store makes last of all when it begins, and never removes.
pub(super) const STORE: &str = "version";
/// What the store makes before it.
pub(super) const TREES: &str = "keyspaces";
/// The folder of a tree's files, in its own.
pub(super) const TABLES: &str = "tables";
/// The file that says which of them are the tree's, beside them.
pub(super) const CURRENT: &str = "current";
/// The file that whoever has the store open holds.
pub(super) const LOCK: &str = "lock";
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

/// A log that is in a folder.
pub(super) struct Named {
    pub(super) id: LogId,
    /// Where its folder says how far it has reached.
    pub(super) file: Option<ReachedFile>,
    /// How far it is known to have reached.
    pub(super) reached: Option<Reached>,
    /// Whether the folder says by itself which log it is; else it is told by what it is known to hold.
    is_written: bool,
}

/// The log in `folder`. Where the file that says which one is gone or cannot be read, it is the one that its file of how far it has reached
/// tells of, or else the one that is `known` elsewhere.
pub(super) fn of(folder: &Path, known: Option<&Reached>) -> Result<Named, LogError> {
    let id = match crate::id::log_id_in(&folder.join(ID)) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
        other => other.map_err(|error| unreadable(&error))?,
    };
    let shown = folder.display();
    if !holds_log(folder)? {
        return Err(LogError::Missing(match id {
            Some(id) => format!("{shown} was that of {id}, and its commits are gone"),
            None => format!("{shown} holds none"),
        }));
    }
    let (file, reached) = reached(folder)?.unzip();
    // One that says that nothing was reached yet tells least.
    let told_by = reached.as_ref().filter(|reached| reached.position > Position(0)).or(known).or(reached.as_ref());
    let is_written = id.is_some();
    let Some(id) = id.or(told_by.map(|reached| reached.log)) else { return Err(nameless(folder)) };
    // What is said of another log says nothing of this one.
    let of_this = reached.is_some_and(|reached| reached.log == id);
    let (file, reached) = if of_this { (file, reached) } else { (None, None) };
    let reached = reached.or(known.copied().filter(|known| !is_written && known.log == id));
    Ok(Named { id, file, reached, is_written })
}

fn nameless(folder: &Path) -> LogError {
    let file = folder.join(ID);
    let (folder, file) = (folder.display(), file.display());
    LogError::Damaged(format!(
        "{folder} 中有提交,而 {ID} 文件缺失或不可读,别处也未记载是哪个日志。请从备份放回,或将日志标识(每个应答中的 log_id)写入 {file} / {folder} holds \
         commits, its file `{ID}` is gone or cannot be read, and nothing else says of which log they are. Put it back from a backup, or write \
         the log's id, which every answer tells as log_id, into {file}"
    ))
}

impl Named {
    /// Whether it is known to be this log, which ends at `last`: by its own file, or by a commit that it is known to hold and does.
    pub(super) fn is_known(&self, folder: &Path, last: Position) -> Result<(), LogError> {
        let tells = |reached: &Reached| reached.position > Position(0) || last == Position(0);
        if self.is_written || self.reached.as_ref().is_some_and(tells) { Ok(()) } else { Err(nameless(folder)) }
    }

    /// Writes down which log it is, where the folder does not say so.
    pub(super) fn write(&self, folder: &Path) -> Result<(), LogError> {
        if self.is_written {
            return Ok(());
        }
        tracing::warn!(id = %self.id, "the file that says which log this is was gone or could not be read, and is written anew");
        crate::id::write_log_id(self.id, &folder.join(ID)).map_err(|error| unreadable(&error))
    }
}

/// Gives `folder`, which holds no log, to a new one; [`LogError::Exists`] where it holds one.
pub(super) fn create(folder: &Path) -> Result<Named, LogError> {
    match of(folder, None) {
        Ok(there) => Err(LogError::Exists(there.id)),
        Err(LogError::Missing(_)) => make(folder),
        Err(error) => Err(error),
    }
}

/// Makes a new one in `folder`, which was found to hold none. The id comes first: what is interrupted then is no log yet.
pub(super) fn make(folder: &Path) -> Result<Named, LogError> {
    std::fs::create_dir_all(folder).map_err(|error| unreadable(&error))?;
    let id = crate::id::new_log_id();
    crate::id::write_log_id(id, &folder.join(ID)).map_err(|error| unreadable(&error))?;
    let reached = Reached::nothing(id);
    let file = ReachedFile::replace(&folder.join(REACHED), &reached).map_err(|error| unreadable(&error))?;
    Ok(Named { id, file: Some(file), reached: Some(reached), is_written: true })
}

/// How far a log is known to have reached; `None` where nothing says so.
fn reached(folder: &Path) -> Result<Option<(ReachedFile, Reached)>, LogError> {
    match ReachedFile::open(&folder.join(REACHED)) {
        Ok(found) => Ok(found),
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
            let (path, id) = (folder.path(), crate::id::new_log_id());
            crate::id::write_log_id(id, &path.join(ID)).unwrap();
            std::fs::create_dir(path.join(part)).unwrap();
            for refused in [create(path).map(drop), of(path, None).map(drop), holds_log(path).map(drop)] {
                assert!(matches!(refused, Err(LogError::Damaged(why)) if why.contains(part)), "{part}");
            }
            assert_eq!(crate::id::log_id_in(&path.join(ID)).unwrap(), Some(id));
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
            assert!(matches!(of(path, None), Err(LogError::Damaged(why)) if why.contains(named)), "{named}");
        }
    }

    #[test]
    fn what_is_there_before_a_store_is_keeps_no_log_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lost+found"), "").unwrap();
        let id = create(folder.path()).unwrap().id;
        // Ended before the store was begun.
        assert_ne!(create(folder.path()).unwrap().id, id);
    }
}
