//! Why a file that says how far a log has reached takes nothing, for health and for whoever wants to record something.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::process::{Resource, getrlimit};

/// Why nothing can be put down, as it was when that was last tried or looked at.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// Whether `why` holds something: asked for every commit.
    is: AtomicBool,
    why: Mutex<Option<String>>,
}

impl Trouble {
    /// The reason, if there is one.
    pub(super) fn get(&self) -> Option<String> {
        if !self.is.load(Ordering::Acquire) {
            return None;
        }
        // Each change is one assignment, so a panic elsewhere leaves none half made.
        self.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a reason, or that there is none; the first line of the log on each.
    pub(super) fn set(&self, now: Option<String>) {
        let mut why = self.why.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*why, &now) {
            (None, Some(said)) => tracing::error!(why = said, "nothing more is recorded"),
            (Some(_), None) => tracing::info!("how far the log has reached is put down again"),
            _ => {}
        }
        self.is.store(now.is_some(), Ordering::Release);
        *why = now;
    }
}

/// What is told of a file that cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> String {
    format!(
        "{0} 不能写入({error}),此处应为服务用户可写的普通文件,请改其属主、权限、属性或所在磁盘的挂载 / {0} cannot be written ({error}): a file of \
         the user that the service runs as belongs there, on a disk that is not read-only (chown, chmod, chattr -i, mount -o remount,rw)",
        path.display()
    )
}

/// What is told of a file that another process keeps locked.
pub(super) fn locked(path: &Path) -> String {
    format!(
        "{0} 被其他进程锁住,请结束该进程 / {0} is kept locked by another process: end that process (`lslocks` names it)",
        path.display()
    )
}

/// That this file of so many bytes can be opened to be written, by its name, and as long. Nothing is written.
pub(super) fn may_be_written(path: &Path, bytes: u64) -> io::Result<()> {
    if getrlimit(Resource::Fsize).current.is_some_and(|most| most < bytes) {
        return Err(io::Error::other("files of this process may not be as long: RLIMIT_FSIZE, LimitFSIZE"));
    }
    File::options().read(true).write(true).open(path).map(drop)
}
