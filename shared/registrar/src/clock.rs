//! Whether the machine's clock can be believed: what a wrong one writes cannot be undone.
//!
//! A clock is held against the newest time in the log and against the last moment at which it was found right, in this process or,
//! by a small file, in one before it on this machine. So a registry may rest for months, and only one whose machine was off for so
//! long asks its operator; a clock of 2000 or 2031 writes nothing. An operator vouches for one day. His word holds while the clock
//! shows that day, so that it is never left behind, and from then on as long as the process runs.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{Day, Instant};
use event_log::write_whole;
use parts::{Part, Watch};

/// Milliseconds that a clock may be behind the newest time: clocks of several machines are never quite the same.
pub const CLOCK_BEHIND_MS_MAX: u64 = 60 * 1000;
/// Days that a clock may be ahead of the last time that was right. A month of holidays passes without a question.
pub const CLOCK_AHEAD_DAYS_MAX: u64 = 31;
/// 2025-01-01 in China: no clock that is right is before the program.
pub const CLOCK_EARLIEST: Instant = Instant(1_735_660_800_000);
/// Pause between two looks at the clock and at what other processes wrote.
pub const CLOCK_LOOK_PAUSE: Duration = Duration::from_secs(1);
/// How often the last moment at which the clock was right is kept in the file, in milliseconds of that clock.
const KEPT_EVERY_MS: u64 = 60 * 60 * 1000;

/// Longest that a file may be which says when the clock was right, in bytes: it is a number.
const KEPT_BYTES_MAX: u64 = 64;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Why a clock is not believed, and nothing written by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.en())]
pub struct ClockFault {
    /// What it shows.
    pub now: Instant,
    /// The time it is held against.
    pub against: Instant,
}

impl ClockFault {
    /// A stable word for callers.
    pub fn reason(&self) -> &'static str {
        if self.now < self.against { "CLOCK_BEHIND" } else { "CLOCK_AHEAD" }
    }

    /// A sentence for officers and the operator.
    pub fn zh(&self) -> String {
        let (now, against) = (shown(self.now), shown(self.against));
        let how = if self.now < self.against {
            "早于".to_owned()
        } else {
            format!("晚{CLOCK_AHEAD_DAYS_MAX}天以上于")
        };
        let vouch = self.vouch(|day| format!(",时钟无误的以 --accept-clock {day} 启动"));
        format!("服务器时钟({now},北京时间){how}登记簿已知的最近时间({against}),未写入任何内容;请管理员校准时钟{vouch}")
    }

    /// The same in English.
    pub fn en(&self) -> String {
        let (now, against) = (shown(self.now), shown(self.against));
        let how = if self.now < self.against {
            "is behind".to_owned()
        } else {
            format!("is more than {CLOCK_AHEAD_DAYS_MAX} days ahead of")
        };
        let vouch = self.vouch(|day| format!(", or where it is right start with --accept-clock {day}"));
        format!(
            "the server's clock ({now}, China time) {how} the newest time the registry knows ({against}); nothing was written; set \
             the clock{vouch}"
        )
    }

    /// What an operator may do who knows better; nobody does of a time before the program.
    fn vouch(&self, say: impl Fn(Day) -> String) -> String {
        if self.now < CLOCK_EARLIEST { String::new() } else { say(Day::of(self.now)) }
    }
}

/// Day and time in China.
fn shown(at: Instant) -> String {
    let seconds = (at.0 / 1000 + 8 * 3600) % (24 * 3600);
    format!("{} {:02}:{:02}:{:02}", Day::of(at), seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// What a clock is judged by. A time of 0 is one that is not known.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// The newest time in the log.
    newest: Instant,
    /// The last moment at which the clock was right.
    right: Instant,
    /// The day an operator vouches for.
    vouched: Option<Day>,
    /// Whether his word has held since this process began.
    held: bool,
}

fn judge(now: Instant, known: Known) -> Result<(), ClockFault> {
    let not_before = |against: Instant, by: u64| {
        let behind = now.0.saturating_add(by) < against.0;
        if behind { Err(ClockFault { now, against }) } else { Ok(()) }
    };
    not_before(CLOCK_EARLIEST, 0)?;
    if known.vouched == Some(Day::of(now)) {
        return Ok(());
    }
    // Once an operator has said that the log is ahead, not the clock, the clock is held against itself.
    not_before(if known.held { known.right } else { known.newest }, CLOCK_BEHIND_MS_MAX)?;
    let against = known.newest.max(known.right);
    let ahead = against > Instant(0) && now.0 > against.0.saturating_add(CLOCK_AHEAD_DAYS_MAX * DAY_MS);
    if ahead { Err(ClockFault { now, against }) } else { Ok(()) }
}

/// The guard before every command. `ClockGuard::default()` knows nothing but the log.
#[derive(Debug)]
pub struct ClockGuard {
    state: Mutex<State>,
    part: Part,
    /// Where the last moment at which the clock was right is kept.
    file: Option<PathBuf>,
}

#[derive(Debug, Default)]
struct State {
    right: Instant,
    vouched: Option<Day>,
    held: bool,
    /// Whether the part was told as unwell.
    told: bool,
    /// What the file says.
    kept: Instant,
}

impl Default for ClockGuard {
    fn default() -> Self {
        Self { state: Mutex::default(), part: Part::new("clock"), file: None }
    }
}

impl ClockGuard {
    /// A guard that keeps in `file` when the clock was right, and takes an operator's word for the day `vouched`.
    ///
    /// A file that is not there or cannot be read is no error: then the log alone says what time it was.
    pub fn new(file: PathBuf, vouched: Option<Day>) -> Self {
        // A pipe is never opened to its end, and what is longer than a number is none.
        let is_one = fs::metadata(&file).is_ok_and(|there| there.is_file() && there.len() <= KEPT_BYTES_MAX);
        let kept = if is_one { fs::read_to_string(&file).unwrap_or_default() } else { String::new() };
        let kept = kept.trim().parse().map(Instant).unwrap_or_default();
        let state = State { right: kept, kept, vouched, ..State::default() };
        Self { state: Mutex::new(state), file: Some(file), ..Self::default() }
    }

    /// Where it is told whether the clock is believed.
    pub fn watch(&self) -> Watch {
        self.part.watch()
    }

    /// Whether commands may be decided by a clock that shows `now`, where the log's newest time is `newest`.
    pub fn check(&self, now: Instant, newest: Instant) -> Result<(), ClockFault> {
        let mut state = self.state();
        let known = Known { newest, right: state.right, vouched: state.vouched, held: state.held };
        let judged = judge(now, known);
        match &judged {
            Ok(()) => {
                state.right = now;
                state.held |= state.vouched == Some(Day::of(now));
                if state.told {
                    tracing::info!(now = shown(now), "the clock is believed again");
                    self.part.well();
                }
            }
            Err(fault) => {
                if !state.told {
                    tracing::error!(%fault, "commands are refused");
                }
                self.part.unwell(fault.to_string());
            }
        }
        state.told = judged.is_err();
        judged
    }

    /// What is to be kept now, if it is time.
    pub(crate) fn due(&self) -> Option<Keeping> {
        let file = self.file.clone()?;
        let mut state = self.state();
        if state.right.0.abs_diff(state.kept.0) < KEPT_EVERY_MS {
            return None;
        }
        // Where it fails it is tried again after as long.
        state.kept = state.right;
        Some(Keeping { file, right: state.right })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is an assignment, so a panic elsewhere leaves none half made.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the clock was right, on its way to the file.
#[derive(Debug)]
pub(crate) struct Keeping {
    file: PathBuf,
    right: Instant,
}

impl Keeping {
    /// Writes it, and waits for the disk; a power cut leaves this or what was kept before.
    pub(crate) fn write(self) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        write_whole(&self.file, format!("{}\n", self.right.0).as_bytes()).map(drop)
    }
}

#[cfg(test)]
mod tests;
