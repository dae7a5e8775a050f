//! What tells one log from another.

use std::io;
use std::path::Path;

use domain::LogId;
use uuid::Uuid;

use crate::whole::write_whole;

/// That of a log which is being made.
pub fn new_log_id() -> LogId {
    LogId::from_bytes(Uuid::new_v4().into_bytes())
}

/// The id that `file` holds; `None` where there is no such file. One that holds no id is [`io::ErrorKind::InvalidData`].
pub fn log_id_in(file: &Path) -> io::Result<Option<LogId>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let odd = || io::Error::new(io::ErrorKind::InvalidData, format!("{} holds no log id", file.display()));
    LogId::parse(&text).map(Some).map_err(|_| odd())
}

/// Writes an id into `file`, whole or not at all, and returns once it is on disk. The folder must be there.
pub(crate) fn write_log_id(id: LogId, file: &Path) -> io::Result<()> {
    write_whole(file, format!("{id}\n").as_bytes()).map(drop)
}

/// Its first eight digits, for names that people read.
pub(crate) fn short(id: LogId) -> String {
    let mut digits = id.to_string();
    digits.truncate(8);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_an_id_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("id");
        assert_eq!(log_id_in(&file).unwrap(), None);
        let (one, other) = (new_log_id(), new_log_id());
        for id in [one, other] {
            write_log_id(id, &file).unwrap();
            assert_eq!(log_id_in(&file).unwrap(), Some(id));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        std::fs::write(&file, "6a1f").unwrap();
        assert_eq!(log_id_in(&file).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
