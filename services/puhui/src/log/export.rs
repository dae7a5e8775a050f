//! The log in one file for whoever reads it without this program, described in docs/stored-form.md.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;

use domain::Position;
use event_log::{EventLog, Inspect, Log};
use futures_util::StreamExt;

use crate::args::LogExport;
use crate::failure::{Failure, of_path};
use crate::json::say;
use crate::signals::{self, Signals};

/// What the name of the file beside it ends with that holds the descriptors of the messages.
const DESCRIPTORS: &str = ".desc";
/// Bytes that go to the disk together.
const BUFFER_BYTES: usize = 1 << 20;

/// A file that has its name once it is whole; until then it is removed when dropped.
struct Part {
    beside: PathBuf,
    out: BufWriter<File>,
}

impl Part {
    fn beside(file: &Path) -> io::Result<Self> {
        let named = file
            .file_name()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "它没有名字 / it has no name"))?;
        let mut name = OsString::from(".");
        name.push(named);
        name.push(".part");
        let beside = file.with_file_name(name);
        let out = BufWriter::with_capacity(BUFFER_BYTES, File::create(&beside)?);
        Ok(Self { beside, out })
    }

    /// Writes what stands at a position.
    fn put(&mut self, position: Position, length: u32, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(&position.0.to_be_bytes())?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(bytes)
    }

    /// Gives it its name, under which there is nothing yet.
    fn done(mut self, file: &Path) -> io::Result<()> {
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        fs::hard_link(&self.beside, file)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Of another name by now, or of no use; there is nobody to tell.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Writes what stands at each position, believed or not, and beside it what its messages are.
pub(super) async fn export(asked: &LogExport, as_json: bool) -> Result<(), Failure> {
    let mut descriptors = OsString::from(&asked.file);
    descriptors.push(DESCRIPTORS);
    let descriptors = PathBuf::from(descriptors);
    for file in [&asked.file, &descriptors] {
        if file.exists() {
            return Err(Failure::usage(format!("{}:已有此文件 / there is such a file already", file.display())));
        }
    }
    // Asked for before anything is made that a signal must not leave behind.
    let mut signals = Signals::new()?;
    let log = asked.place.open_to_read().await?;
    let head = tokio::select! {
        done = written(&log, asked, &descriptors) => done?,
        name = signals.received() => return Err(signals::ended_by(name)),
    };
    let (file, id) = (asked.file.display(), log.id());
    if as_json {
        return say(&serde_json::json!({ "log_id": id.to_string(), "position": head.0 }).to_string());
    }
    say(&format!("{file}:日志 log {id},位置 positions 1 … {}", head.0))
}

async fn written(log: &Log, asked: &LogExport, descriptors: &Path) -> Result<Position, Failure> {
    let (to, beside) = (|| of_path(&asked.file), || of_path(descriptors));
    let mut records = Part::beside(&asked.file).map_err(to())?;
    let mut messages = Part::beside(descriptors).map_err(beside())?;
    messages.out.write_all(api::DESCRIPTORS).map_err(beside())?;
    let head = log.head().await?;
    let count = usize::try_from(head.0).unwrap_or(usize::MAX);
    let mut stored = pin!(log.bytes_after(Position(0)).take(count));
    while let Some(next) = stored.next().await {
        let (position, bytes) = next?;
        let length = u32::try_from(bytes.len())
            .map_err(|_| Failure::refused("有一条超过 4 GiB / a message of more than 4 GiB"))?;
        records.put(position, length, &bytes).map_err(to())?;
    }
    messages.done(descriptors).map_err(beside())?;
    records.done(&asked.file).map_err(to())?;
    Ok(head)
}
