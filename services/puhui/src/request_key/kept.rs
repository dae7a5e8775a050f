//! The file of the request key, looked after while a service that writes runs: what is recorded under a key that the next start does not find
//! could not be matched with a request that comes again.
//!
//! A file that is gone is written anew by this process, which knows what stood there: nothing else may be the key of this log, and the
//! next start would fail for want of it. Whatever else has its name is left as it is, for it may be meant: it is told, and nothing more is
//! recorded until the right one is back, or every service is started with the other.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use parts::{Part, Watch};
use serve::RequestKey;

use super::{Read, Unread, folder_of, put, read};

/// Pause between two looks: what was done to the file is told within it and as long as a look takes, far less than the 2 s that health has.
const LOOK_PAUSE: Duration = Duration::from_millis(100);

/// A key that is looked after until this is dropped.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) key: RequestKey,
    part: Watch,
    /// Ends the looks when it is dropped.
    _end: Sender<()>,
}

impl Kept {
    /// Looks after the file at `path`, in which this key was read.
    pub(super) fn begun(path: PathBuf, Read { key, text }: Read) -> io::Result<Self> {
        let folder = identity(&fs::metadata(folder_of(&path))?);
        let (end, ended) = channel();
        let part = Part::new("request-key");
        let kept = Self { key: key.clone(), part: part.watch(), _end: end };
        let keeper = Keeper { path, folder, key, text, seen: None, part };
        std::thread::Builder::new().name("request-key".to_owned()).spawn(move || keeper.run(&ended))?;
        Ok(kept)
    }

    /// Whether the next start will find it.
    pub(crate) fn watch(&self) -> Watch {
        self.part.clone()
    }
}

/// Device and number of a file or a folder.
type Identity = (u64, u64);

fn identity(about: &fs::Metadata) -> Identity {
    (about.dev(), about.ino())
}

/// What tells that a file was changed since it was read: which it is, how long, and when its bytes, its mode or its owner were set.
type Seen = (Identity, u64, (i64, i64));

fn seen(about: &fs::Metadata) -> Seen {
    (identity(about), about.len(), (about.ctime(), about.ctime_nsec()))
}

struct Keeper {
    path: PathBuf,
    /// Nothing is written into another folder in its place: that may be of another log.
    folder: Identity,
    key: RequestKey,
    text: String,
    /// The file as it was when the key was last found in it.
    seen: Option<Seen>,
    part: Part,
}

impl Keeper {
    fn run(mut self, ended: &Receiver<()>) {
        let mut told = false;
        while ended.recv_timeout(LOOK_PAUSE) == Err(RecvTimeoutError::Timeout) {
            match self.look() {
                Ok(()) => {
                    if told {
                        tracing::info!(path = %self.path.display(), "the request key is there again");
                    }
                    self.part.well();
                    told = false;
                }
                Err(why) => {
                    if !told {
                        tracing::error!(why, "nothing more is recorded");
                    }
                    self.part.unwell(why);
                    told = true;
                }
            }
        }
    }

    /// Why the next start would not go by this key.
    fn look(&mut self) -> Result<(), String> {
        let now = fs::metadata(&self.path).ok().map(|about| seen(&about));
        if now.is_some() && now == self.seen {
            return Ok(());
        }
        self.seen = None;
        match read(&self.path) {
            Ok(there) if there.key.is(&self.key) => {
                self.seen = now;
                Ok(())
            }
            Ok(there) => Err(self.another(&there.key)),
            Err(Unread::Missing) => self.put_back().map_err(|error| self.gone(&error)),
            Err(unread) => Err(self.odd(unread)),
        }
    }

    /// Writes it anew where nothing has its name. Who puts another there at the same moment has it stay; the next look tells of it.
    fn put_back(&self) -> io::Result<()> {
        if identity(&fs::metadata(folder_of(&self.path))?) != self.folder {
            return Err(io::Error::other("另一个文件夹在其原处 / another folder is in the place of its own"));
        }
        put(&self.path, &self.text)?;
        tracing::warn!(path = %self.path.display(), "the request key was taken away, and is written there again");
        Ok(())
    }

    fn gone(&self, error: &io::Error) -> String {
        format!(
            "{0} 不见了,且不能写回({error}),不再登记。请从备份或写同一登记簿的另一台服务放回 / {0}, the request key, was taken away and cannot be written \
             back ({error}): nothing more is recorded. Put it back from a backup, or from another service that writes this log",
            self.path.display()
        )
    }

    fn another(&self, other: &RequestKey) -> String {
        format!(
            "{0} 被换成另一把请求密钥({1},本服务用 {2}),不再登记。请放回原来的;确要换的,以 --accept-request-key {1} 重启写同一登记簿的各服务 / {0} holds another request key \
             ({1}) than the one that this service goes by ({2}): nothing more is recorded. Put the right one back; where the other is meant, start \
             every service that writes this log anew with --accept-request-key {1}",
            self.path.display(),
            other.name(),
            self.key.name()
        )
    }

    fn odd(&self, unread: Unread) -> String {
        let told = unread.told(&self.path);
        format!("{told}。放回以前不再登记 / nothing more is recorded until it is")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::make;
    use super::*;

    /// A key in a folder, and who looks after it.
    fn kept(folder: &Path) -> Keeper {
        let path = folder.join("request-key");
        make(&path).unwrap();
        let Read { key, text } = read(&path).ok().unwrap();
        let folder = identity(&fs::metadata(folder).unwrap());
        Keeper { path, folder, key, text, seen: None, part: Part::new("request-key") }
    }

    #[test]
    fn one_that_is_gone_is_written_again_and_another_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let mut keeper = kept(folder.path());
        let path = keeper.path.clone();
        assert_eq!(keeper.look(), Ok(()));
        let written = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!((keeper.look(), keeper.look()), (Ok(()), Ok(())));
        assert_eq!(fs::read(&path).unwrap(), written);
        // The same key, spelt in other letters, is no other.
        fs::write(&path, String::from_utf8(written.clone()).unwrap().to_uppercase()).unwrap();
        assert_eq!(keeper.look(), Ok(()));
        for other in [&b"0".repeat(64)[..], b"", b"no key"] {
            fs::write(&path, other).unwrap();
            let why = keeper.look().unwrap_err();
            assert!(why.contains(path.to_str().unwrap()) && why.contains("nothing more is recorded"), "{why}");
            assert_eq!(fs::read(&path).unwrap(), other, "it was written over");
        }
        fs::write(&path, &written).unwrap();
        assert_eq!(keeper.look(), Ok(()));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(keeper.look().unwrap_err().contains("take away what is no file"));
    }

    #[test]
    fn nothing_is_written_into_another_folder() {
        let above = tempfile::tempdir().unwrap();
        let (folder, away) = (above.path().join("data"), above.path().join("away"));
        fs::create_dir(&folder).unwrap();
        let mut keeper = kept(&folder);
        fs::rename(&folder, &away).unwrap();
        assert!(keeper.look().unwrap_err().contains("cannot be written back"));
        fs::create_dir(&folder).unwrap();
        assert!(keeper.look().unwrap_err().contains("another folder"));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::remove_dir(&folder).unwrap();
        fs::rename(&away, &folder).unwrap();
        assert_eq!(keeper.look(), Ok(()));
    }
}
