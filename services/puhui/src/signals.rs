//! Signals that ask the program to end: what it made is put away first.

use std::io;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::client::Failure;

/// The signals that ask to end, from now on. Whoever makes something that must not be left behind asks for them before it makes it.
pub(crate) struct Signals {
    /// `None` where whoever started the program has it ignored, as `nohup` has.
    hangup: Option<Signal>,
    interrupt: Signal,
    /// Ctrl-\, which would end the program where it stands, with a core file.
    quit: Signal,
    terminate: Signal,
}

impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        let hangup = (!ignored(SignalKind::hangup())).then(|| signal(SignalKind::hangup())).transpose()?;
        let [interrupt, quit, terminate] =
            [SignalKind::interrupt(), SignalKind::quit(), SignalKind::terminate()].map(signal);
        Ok(Self { hangup, interrupt: interrupt?, quit: quit?, terminate: terminate? })
    }

    /// Waits for one, and tells which it was.
    pub(crate) async fn received(&mut self) -> &'static str {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = hangup => "SIGHUP",
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.quit.recv() => "SIGQUIT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

/// A file that may grow no further (`RLIMIT_FSIZE`) is an error of the write from now on, like a full disk, and not the end of the program.
pub(crate) fn outlive_file_size_limit() -> io::Result<()> {
    // Whoever listens hears it for as long as the program runs; nobody needs to wait for it.
    signal(SignalKind::from_raw(Number::XFSZ.as_raw())).map(drop)
}

/// What was under way when a signal came is not done.
pub(crate) fn ended_by(name: &str) -> Failure {
    Failure::unavailable(format!("{name}:提前结束,未完成 / ended by {name} before it was done"))
}

/// Whether the program was started with this signal ignored, as the system tells; it is taken for not ignored where that is not told.
fn ignored(kind: SignalKind) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0);
    mask >> (kind.as_raw_value() - 1) & 1 == 1
}
