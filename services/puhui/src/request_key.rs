//! The file of the request key: who makes it, and what is said where it is missing.
//!
//! Whoever makes the log makes the key, beside the log and not in it. All services that write one log have the same: those on servers are
//! given a copy of the file.

mod kept;
mod remembered;

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use event_log::{EventLog, Log};
use serve::RequestKey;
use uuid::Uuid;

use crate::args::LogPlace;
use crate::data::{self, REQUEST_KEY};
use crate::failure::{Failure, of_path};
use crate::named_file;

pub(crate) use kept::Kept;

/// Longest file that may be one, in bytes.
const FILE_BYTES_MAX: usize = 256;
/// Who may read and write it: its owner.
const MODE: u32 = 0o600;

impl LogPlace {
    fn request_key(&self) -> PathBuf {
        self.request_key.clone().unwrap_or_else(|| self.data.join(REQUEST_KEY))
    }
}

/// The key, for who writes the log, if it is the one that the data folder knows or is named in `accepted`; and what keeps it where it is.
/// One is made where there is none, the log holds nothing and `make` says so.
pub(crate) async fn of(place: &LogPlace, log: &Log, make: bool, accepted: Option<&str>) -> Result<Kept, Failure> {
    let recorded = log.head().await?.0 > 0;
    let (path, read) = found(place, make && !recorded)?;
    remembered::held(&place.data, (log.id(), recorded), (&path, &read.key), accepted)?;
    Ok(Kept::begun(path, read)?)
}

/// The key and where it lies; `make` one where there is none.
fn found(place: &LogPlace, make: bool) -> Result<(PathBuf, Read), Failure> {
    let path = place.request_key();
    if make && matches!(read(&path), Err(Unread::Missing)) {
        self::make(&path)?;
        tracing::info!(path = %path.display(), "made a request key: keep it with the log's backup, and from others");
    }
    let read = read(&path).map_err(|unread| unread.told(&path))?;
    if path.metadata().is_ok_and(|there| there.permissions().mode() & 0o077 != 0) {
        tracing::warn!(path = %path.display(), "others of this machine may read the request key: chmod 600");
    }
    Ok((path, read))
}

/// What is told, before anything is made, of a key that is none, or that cannot be made where it would be.
pub(crate) fn can_be(place: &LogPlace, makes: bool) -> Result<(), Failure> {
    let path = place.request_key();
    let named = |failure: Failure| match &place.request_key {
        Some(_) => Failure::usage(format!("--request-key {failure}")),
        None => failure,
    };
    match read(&path) {
        Err(Unread::Missing) if makes => match &place.request_key {
            Some(path) if !folder_of(path).is_dir() => Err(named(Failure::usage(format!(
                "{}:其文件夹不存在 / the folder it is to be made in is not there",
                path.display()
            )))),
            _ => Ok(()),
        },
        // Where there is no log either, that is to be said first: what is missing is told of once the log is known.
        Ok(_) | Err(Unread::Missing) => Ok(()),
        Err(unread) => Err(named(unread.told(&path))),
    }
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a key where there is none, and the data folder where that is where it belongs.
pub(crate) fn made(place: &LogPlace) -> Result<(), Failure> {
    if place.request_key.is_none() {
        data::made(&place.data)?;
    }
    found(place, true).map(drop)
}

enum Unread {
    Missing,
    Io(io::Error),
    NoKey(domain::Invalid),
}

impl Unread {
    fn told(self, path: &Path) -> Failure {
        let shown = path.display();
        match self {
            Self::Missing => Failure::usage(format!(
                "{shown}:没有请求密钥。登记簿已有记录,迟到的重复请求须凭原密钥识别:从备份放回该文件,或从建立登记簿的那台复制(写同一登记簿的各服务用同一把), \
                 或以 --request-key 另指;确已丢失的,以 `puhui log request-key {shown}` 另立一把,并以 --accept-request-key 认可 / there is no request key, and the log was begun \
                 with one. Put the file back from a backup, copy it from where the log was made (all services that write one log have the \
                 same), or name it with --request-key. Where it is lost, `puhui log request-key {shown}` makes another, which is \
                 named with --accept-request-key: requests recorded before that are then not known again by their ids (REQUEST_KEY_DIFFERS)"
            )),
            Self::Io(error) => Failure::usage(format!(
                "{shown}: {error};请求密钥无法读取,请改其属主或权限,或移走不是文件的东西 / the request key cannot be read: give it to the user that \
                 the service runs as (chown, chmod), or take away what is no file"
            )),
            Self::NoKey(invalid) => Failure::usage(format!(
                "{shown}:不是请求密钥(64位十六进制数字),请从备份放回;没有备份的移走它,另立一把 / is no request key: {invalid}. Put it back from a \
                 backup, or take it away and have another made"
            )),
        }
    }
}

/// A key, and how it is written.
struct Read {
    key: RequestKey,
    text: String,
}

fn read(path: &Path) -> Result<Read, Unread> {
    let bytes = named_file::read(path, FILE_BYTES_MAX).map_err(|error| match error.kind() {
        // A link that leads nowhere is no missing file: what it leads to may come back.
        io::ErrorKind::NotFound if path.symlink_metadata().is_err() => Unread::Missing,
        _ => Unread::Io(error),
    })?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Read { key: RequestKey::parse(&text).map_err(Unread::NoKey)?, text })
}

/// Writes a new key into a file that is not there yet: whole under its name, or not at all. Its name.
pub(crate) fn make(path: &Path) -> Result<String, Failure> {
    let random = [*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes()].concat();
    let text = RequestKey::written(&random);
    put(path, &format!("{text}\n")).map_err(of_path(path))?;
    Ok(read(path).map_err(|unread| unread.told(path))?.key.name())
}

/// Writes a key into a file that is not there; one that is stays as it is.
fn put(path: &Path, text: &str) -> io::Result<()> {
    let folder = folder_of(path);
    let new = folder.join(format!(".request-key-{}", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // Where two services start at once, the first to come has made it.
        match std::fs::hard_link(&new, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    })();
    // What is left of it is of no use.
    let _ = std::fs::remove_file(&new);
    written?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        make(&path).unwrap();
        let first = read(&path).ok().unwrap().key.name();
        make(&path).unwrap();
        assert_eq!(read(&path).ok().unwrap().key.name(), first);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, MODE);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
