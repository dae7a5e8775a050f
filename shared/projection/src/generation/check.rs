//! Looks at files that were not closed in order, in a process of its own: where they are damaged, sled may end the process it is in
//! (spacejam/sled#1387), and that is not to be the one that serves.
//!
//! The process is this program started again: so its `main` calls [`check_if_asked`] before anything else. In a program that does not,
//! such files are opened at its own risk: a panic is caught where panics can be, and an end is seen by the next start.

use std::env;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::ROWS;
use crate::error::ReadError;
use crate::shelf::Shelf;
use crate::snapshot::Snapshot;
use crate::view::View;

/// The folder that is to be looked at, for the process that does.
const FOLDER: &str = "PUHUI_CHECK_ROWS";
/// The name of the rows in it.
const NAME: &str = "PUHUI_CHECK_ROWS_NAME";
/// Longest time it may take.
const CHECK_MAX: Duration = Duration::from_mins(3);
/// Pause between two looks whether it has ended.
const LOOK_PAUSE: Duration = Duration::from_millis(5);
/// The exit code that says that the files are damaged.
const DAMAGED: u8 = 10;
/// The exit code that says that they cannot be reached now.
const AWAY: u8 = 11;

/// Whether this program can be started again to look at files.
static CAN_BE_ASKED: AtomicBool = AtomicBool::new(false);

/// Looks at the files of rows, where this process was started by another to do that, and says with which code it is to end. To be
/// called at the beginning of `main`, before there are other threads.
pub fn check_if_asked() -> Option<ExitCode> {
    let (Some(folder), Some(name)) = (env::var_os(FOLDER), env::var(NAME).ok()) else {
        CAN_BE_ASKED.store(true, Ordering::Relaxed);
        return None;
    };
    // Who asked holds the other end: where he is gone, nobody wants to know, and the next start waits for the files.
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(AWAY.into());
    });
    Some(ExitCode::from(match looked(Path::new(&folder), &name) {
        Ok(()) => 0,
        Err(error) if error.passes() => AWAY,
        Err(_) => DAMAGED,
    }))
}

/// Reads every row, and holds all of them against their digest: sled passes over what it cannot read, and what it finds then are rows of
/// different moments.
fn looked(folder: &Path, name: &str) -> Result<(), ReadError> {
    let blocks = Shelf::open(&folder.join(ROWS), name, &[])?;
    let snapshot = Snapshot::of(Arc::new(View::lying(blocks, folder)?));
    if snapshot.recount()? == snapshot.digest() {
        return Ok(());
    }
    Err(ReadError::Damaged("the rows do not give their digest".to_owned()))
}

/// Looks at files in a process of their own; `None` where this program cannot be started for that.
pub(super) fn in_its_own_process(folder: &Path, name: &str) -> Option<Result<(), ReadError>> {
    if !CAN_BE_ASKED.load(Ordering::Relaxed) {
        return None;
    }
    let mut asked = Command::new(env::current_exe().ok()?)
        .env(FOLDER, folder)
        .env(NAME, name)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| tracing::warn!(%error, "rows cannot be looked at in a process of their own"))
        .ok()?;
    let began = Instant::now();
    let ended = loop {
        match asked.try_wait() {
            Ok(Some(ended)) => break Ok(ended),
            Ok(None) if began.elapsed() < CHECK_MAX => {
                #[expect(clippy::disallowed_methods, reason = "bounded wait for a process")]
                std::thread::sleep(LOOK_PAUSE);
            }
            Ok(None) => {
                let _ = asked.kill();
                break asked.wait();
            }
            Err(error) => break Err(error),
        }
    };
    Some(match ended {
        Ok(ended) if ended.success() => Ok(()),
        Ok(ended) if ended.code() == Some(AWAY.into()) => {
            Err(ReadError::Store("the rows cannot be reached for a look at them".to_owned()))
        }
        Ok(ended) if ended.code() == Some(DAMAGED.into()) => {
            Err(ReadError::Damaged("a look at each row found damage".to_owned()))
        }
        Ok(ended) => Err(ReadError::Damaged(format!("a look at each row ended with {ended}"))),
        Err(error) => Err(error.into()),
    })
}

/// Opens files in this process, and takes a panic for damage where panics can be caught.
pub(super) fn guarded(open: impl FnOnce() -> Result<Shelf, ReadError>) -> Result<Shelf, ReadError> {
    catch_unwind(AssertUnwindSafe(open))
        .unwrap_or_else(|_| Err(ReadError::Damaged("sled could not make sense of its files".to_owned())))
}
