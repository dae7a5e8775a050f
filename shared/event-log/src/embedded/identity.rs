//! Which log a folder holds: a file beside the store says it, so that a folder without its store is not taken for a new log.

use std::io;
use std::path::Path;

use crate::error::LogError;
use crate::id::LogId;
use crate::reached::{Reached, ReachedFile};

/// The file that holds the log's id.
const ID: &str = "id";
/// The file that says how far the log has reached.
pub(super) const REACHED: &str = "reached";
/// A file that the store makes first of all and never removes.
const STORE: &str = "version";

fn unreadable(error: &io::Error) -> LogError {
    LogError::Unavailable(error.to_string())
}

/// Whether there is a store in `folder`, whole or not.
pub(super) fn holds_log(folder: &Path) -> Result<bool, LogError> {
    folder.join(STORE).try_exists().map_err(|error| unreadable(&error))
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
