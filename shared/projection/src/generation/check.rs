//! Looks at files that were not closed in order, in a process of its own: where they are damaged, sled may end the process it is in
//! (spacejam/sled#1387), and that is not to be the one that serves.
//!
//! The process is this program started again: so its `main` calls [`check_if_asked`] before anything else. In a program that does not,
//! such files are opened at its own risk: a panic is caught where panics can be, and an end is seen by the next start.

use std::env;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::ending::Ending;
use super::names::ROWS;
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
/// Processes that look, at most: one that was ended from outside says nothing of the files.
const CHECKS_MAX: u32 = 2;
/// Pause between two looks whether it has ended.
const LOOK_PAUSE: Duration = Duration::from_millis(5);
/// The exit code that says that the files are damaged.
const DAMAGED: i32 = 10;
/// The exit code that says that they cannot be reached now.
const AWAY: i32 = 11;
/// The exit code of a panic.
const PANICKED: i32 = 101;
/// How a process ends by its own doing where it makes no sense of what it reads.
const OF_ITS_OWN: [Signal; 6] = [Signal::ABORT, Signal::SEGV, Signal::BUS, Signal::ILL, Signal::FPE, Signal::TRAP];

/// Whether this program can be started again to look at files.
static CAN_BE_ASKED: AtomicBool = AtomicBool::new(false);

/// What a look at each row came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Looked {
    /// They are what was written.
    Well,
    /// They are not, and how that was seen.
    Damaged(String),
    /// They cannot be reached now.
    Away,
    /// The look did not come to its end, and why: they may be well.
    NotKnown(String),
}

/// Looks at the files of rows, where this process was started by another to do that, and says with which code it is to end. To be
/// called at the beginning of `main`, before there are other threads.
pub fn check_if_asked() -> Option<ExitCode> {
    let (Some(folder), Some(name)) = (env::var_os(FOLDER), env::var(NAME).ok()) else {
        CAN_BE_ASKED.store(true, Ordering::Relaxed);
        return None;
    };
    // Who asked holds the other end: where he is gone, nobody wants to know, and the next start waits for the files.
    let watch = || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(AWAY);
    };
    // No thread can be had: that says nothing of the files.
    if std::thread::Builder::new().name("check-asked".to_owned()).spawn(watch).is_err() {
        return Some(code_of(AWAY));
    }
    let code = match looked(Path::new(&folder), &name) {
        Ok(()) => 0,
        Err(error) if error.passes() => AWAY,
        Err(_) => DAMAGED,
    };
    Some(code_of(code))
}

fn code_of(code: i32) -> ExitCode {
    ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Reads every block, and holds all of them against their checksum: sled passes over what it cannot read, and what it finds then are blocks
/// of different moments. Where the last write did not come to its end, every row is read and held against the digest of all.
fn looked(folder: &Path, name: &str) -> Result<(), ReadError> {
    let blocks = Shelf::open(&folder.join(ROWS), name, &[])?;
    match blocks.is_as_written()? {
        Some(true) => return Ok(()),
        Some(false) => return Err(ReadError::Damaged("the blocks do not give their checksum".to_owned())),
        None => {}
    }
    let snapshot = Snapshot::of(Arc::new(View::lying(blocks, folder)?));
    if snapshot.recount()? == snapshot.digest() {
        return Ok(());
    }
    Err(ReadError::Damaged("the rows do not give their digest".to_owned()))
}

#[cfg(test)]
thread_local! {
    /// What the next look on this thread comes to: a program of tests cannot be started for that.
    pub(crate) static SAYS: std::cell::RefCell<Option<Looked>> = const { std::cell::RefCell::new(None) };
}

/// Looks at files in a process of their own, which goes where that is ended meanwhile; `None` where this program cannot be started for
/// that.
pub(super) fn in_its_own_process(folder: &Path, name: &str, ending: &Ending) -> Option<Looked> {
    #[cfg(test)]
    if let Some(said) = SAYS.take() {
        return Some(said);
    }
    if !CAN_BE_ASKED.load(Ordering::Relaxed) {
        return None;
    }
    let program = env::current_exe().ok()?;
    asked(CHECK_MAX, ending, || {
        let mut command = Command::new(&program);
        command.env(FOLDER, folder).env(NAME, name);
        command
    })
}

/// Starts a process that looks, and once more where the first says nothing.
fn asked(longest: Duration, ending: &Ending, command: impl Fn() -> Command) -> Option<Looked> {
    let mut looked = None;
    for _ in 0..CHECKS_MAX {
        match once(longest, ending, command()) {
            Ok(Looked::NotKnown(why)) => {
                tracing::warn!(why, "a look at the rows did not come to its end");
                looked = Some(Looked::NotKnown(why));
            }
            Ok(told) => return Some(told),
            Err(error) => {
                tracing::warn!(%error, "rows cannot be looked at in a process of their own");
                break;
            }
        }
    }
    looked
}

fn once(longest: Duration, ending: &Ending, mut command: Command) -> io::Result<Looked> {
    let mut asked = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let began = Instant::now();
    loop {
        if let Some(ended) = asked.try_wait()? {
            return Ok(told(ended));
        }
        if ending.is_over() {
            asked.kill()?;
            asked.wait()?;
            return Ok(Looked::Away);
        }
        if began.elapsed() >= longest {
            asked.kill()?;
            asked.wait()?;
            return Ok(Looked::NotKnown(format!("it took longer than {} s", longest.as_secs())));
        }
        #[expect(clippy::disallowed_methods, reason = "bounded wait for a process")]
        std::thread::sleep(LOOK_PAUSE);
    }
}

/// What the end of a process says. One that was ended by another, such as the kernel where memory runs out or somebody at the keyboard,
/// says nothing.
fn told(ended: ExitStatus) -> Looked {
    let own = |signal: i32| OF_ITS_OWN.iter().any(|own| own.as_raw() == signal);
    match (ended.code(), ended.signal()) {
        (Some(0), _) => Looked::Well,
        (Some(DAMAGED), _) => Looked::Damaged("a look at each row found damage".to_owned()),
        (Some(AWAY), _) => Looked::Away,
        (Some(PANICKED), _) => Looked::Damaged(format!("a look at each row ended with {ended}")),
        (_, Some(signal)) if own(signal) => Looked::Damaged(format!("a look at each row ended with {ended}")),
        _ => Looked::NotKnown(format!("it was ended: {ended}")),
    }
}

/// Opens files in this process, and takes a panic for damage where panics can be caught.
pub(super) fn guarded(open: impl FnOnce() -> Result<Shelf, ReadError>) -> Result<Shelf, ReadError> {
    catch_unwind(AssertUnwindSafe(open))
        .unwrap_or_else(|_| Err(ReadError::Damaged("sled could not make sense of its files".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(script: &str) -> Looked {
        asked(Duration::from_mins(1), &Ending::default(), || {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        })
        .unwrap()
    }

    #[test]
    fn only_a_look_that_says_so_found_damage() {
        assert_eq!(says("exit 0"), Looked::Well);
        assert_eq!(says("exit 11"), Looked::Away);
        for script in ["exit 10", "exit 101", "kill -ABRT $$", "kill -SEGV $$", "kill -BUS $$"] {
            assert!(matches!(says(script), Looked::Damaged(_)), "{script}");
        }
        // Not those that a shell ignores where it was started in the background.
        for script in ["kill -KILL $$", "kill -TERM $$", "kill -USR1 $$", "kill -ALRM $$", "exit 1"] {
            assert!(matches!(says(script), Looked::NotKnown(_)), "{script}");
        }
    }

    #[test]
    fn a_look_that_was_ended_is_tried_again_once() {
        let folder = tempfile::tempdir().unwrap();
        let told =
            |end: &str| says(&format!("mkdir {0}/first 2>/dev/null && kill -KILL $$; {end}", folder.path().display()));
        assert_eq!(told("exit 0"), Looked::Well);
        std::fs::remove_dir(folder.path().join("first")).unwrap();
        assert!(matches!(told("exit 10"), Looked::Damaged(_)));
    }

    #[test]
    fn a_look_that_takes_too_long_has_a_word_of_its_own() {
        let slow = asked(Duration::from_millis(50), &Ending::default(), || {
            let mut command = Command::new("sleep");
            command.arg("60");
            command
        });
        assert_eq!(slow, Some(Looked::NotKnown("it took longer than 0 s".to_owned())));
        assert_eq!(asked(CHECK_MAX, &Ending::default(), || Command::new("/nowhere/at/all")), None);
    }
}
