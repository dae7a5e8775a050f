//! What tells one log from another.

use std::fmt;
use std::io;
use std::path::Path;

use domain::Invalid;
use uuid::Uuid;

use crate::whole::write_whole;

/// The identity of a log: 16 random bytes made with it, shown as a UUID. A copy of a log, such as a backup, keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogId(Uuid);

impl LogId {
    /// That of a log which is being made.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The id of these 16 bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Reads a UUID in its usual form, 36 characters; outer white space is dropped.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const HYPHENATED: usize = 36;
        let text = text.trim();
        let read = Uuid::try_parse(text).ok().filter(|_| text.len() == HYPHENATED);
        read.map(Self).ok_or(Invalid {
            rule: "FORMAT",
            zh: "日志标识应为 UUID",
            en: "the id of a log is a UUID, such as 6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11",
        })
    }

    /// The id that `file` holds; `None` where there is no such file. One that holds no id is [`io::ErrorKind::InvalidData`].
    pub fn read_from(file: &Path) -> io::Result<Option<Self>> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let odd = || io::Error::new(io::ErrorKind::InvalidData, format!("{} holds no log id", file.display()));
        Self::parse(&text).map(Some).map_err(|_| odd())
    }

    /// Writes the id into `file`, whole or not at all, and returns once it is on disk. The folder must be there.
    pub fn write_to(self, file: &Path) -> io::Result<()> {
        write_whole(file, format!("{self}\n").as_bytes()).map(drop)
    }

    /// Its first eight digits, for names that people read.
    pub(crate) fn short(self) -> String {
        let mut digits = self.to_string();
        digits.truncate(8);
        digits
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_an_id_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("id");
        assert_eq!(LogId::read_from(&file).unwrap(), None);
        let (one, other) = (LogId::random(), LogId::random());
        for id in [one, other] {
            id.write_to(&file).unwrap();
            assert_eq!(LogId::read_from(&file).unwrap(), Some(id));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        std::fs::write(&file, "6a1f").unwrap();
        assert_eq!(LogId::read_from(&file).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn an_id_is_read_as_it_is_shown() {
        let id = LogId::random();
        assert_eq!(LogId::parse(&format!(" {id}\n")), Ok(id));
        assert_eq!(LogId::from_bytes(*id.as_bytes()), id);
        assert!(id.to_string().starts_with(&id.short()));
        for odd in ["", "6a1f0c1e", "6a1f0c1e8a524f0e9a3b2f6f0c7b1d11", "{6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11}"] {
            assert!(LogId::parse(odd).is_err(), "{odd}");
        }
    }
}
