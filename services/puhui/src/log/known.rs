//! Which log a data folder knows, and how far it had reached.
//!
//! A log that is gone, another in its place, or the same one shorter than it was, is never taken for the one that is known in silence: the
//! service says so and does not start. `--replace-log` with the id of the log that is given up, or `--accept-shorter-log` with where it
//! ends now, lets it go on; the latter also where the file that says so cannot be read.

use std::fs::DirEntry;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::{LogOpened, Position};
use event_log::{Embedded, EventLog, Inspect, Known, KnownFile, Log, LogError, LogId, Noted, Reached, Shortfall};
use tokio::task::JoinHandle;

use super::LogOpenError;
use crate::args::{LogPlace, Serve};
use crate::client::Failure;
use crate::data::{KNOWN, ROWS, made};

/// The file in a folder of rows that is locked while they are used.
const ROWS_LOCK: &str = "lock";
/// Pause between two looks at how far the log has reached: what was written last may be so much older than what is known of it.
const KEEP_PAUSE: Duration = Duration::from_secs(1);
/// Times a NATS server has to say that a log is shorter than it was before that is believed: a leader that was cut off and comes back
/// answers for a moment, and is behind.
const SHORTER_ATTEMPTS: u32 = 3;
/// Pause between two of them.
const SHORTER_PAUSE: Duration = Duration::from_secs(1);
/// Longest that a service which ends waits for a log that does not answer.
const END_MAX: Duration = Duration::from_secs(2);

fn file_of(data: &Path) -> io::Result<Option<(KnownFile, Reached)>> {
    KnownFile::open(&data.join(KNOWN))
}

/// What a data folder knows of its log.
#[derive(Debug, Clone, Copy)]
pub(super) enum Remembered {
    /// This is its log, and how far it had reached.
    Log(Reached),
    /// It knew one, and what says which cannot be read.
    Unreadable,
    /// None.
    Nothing,
}

impl Remembered {
    /// How far its log had reached.
    pub(super) fn reached(self) -> Option<Reached> {
        match self {
            Self::Log(known) => Some(known),
            Self::Unreadable | Self::Nothing => None,
        }
    }
}

/// What the data folder knows of its log.
pub(super) fn read(data: &Path) -> Result<Remembered, Failure> {
    match file_of(data) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            tracing::error!(%error, "which log this data folder knows cannot be read");
            Ok(Remembered::Unreadable)
        }
        other => Ok(other?.map_or(Remembered::Nothing, |(_, known)| Remembered::Log(known))),
    }
}

/// Whether the log is the one that is known, and holds what is known of it.
async fn holds(place: &LogPlace, log: &Log, known: Remembered) -> Result<(), LogError> {
    match known {
        Remembered::Log(known) if known.log == log.id() => {
            let attempts = if place.is_embedded() { 1 } else { SHORTER_ATTEMPTS };
            believed(attempts, || log.holds(&known)).await
        }
        Remembered::Unreadable => Err(LogError::Shorter(Shortfall { last: log.head().await?, known: Known::Nothing })),
        Remembered::Log(_) | Remembered::Nothing => Ok(()),
    }
}

/// What is said of a log, asked as often where it is said to fall short.
async fn believed<F>(attempts: u32, mut ask: impl FnMut() -> F) -> Result<(), LogError>
where
    F: Future<Output = Result<(), LogError>>,
{
    for _ in 1..attempts {
        match ask().await {
            Err(LogError::Shorter(shortfall)) => tracing::info!(%shortfall, "the log is asked again"),
            outcome => return outcome,
        }
        #[expect(clippy::disallowed_methods, reason = "a leader that is behind tells nobody when it has caught up")]
        tokio::time::sleep(SHORTER_PAUSE).await;
    }
    ask().await
}

/// Whether the folder has rows that were made from some log. A snapshot that was refused leaves a folder for them with nothing in it but the
/// file that is locked while they are used.
fn has_rows(data: &Path) -> bool {
    let entries = |folder: &Path| std::fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>());
    let is_used = |entry: DirEntry| match entries(&entry.path()) {
        Ok(inside) => inside.iter().any(|inside| inside.file_name() != ROWS_LOCK),
        // A file, or what cannot be looked into.
        Err(_) => true,
    };
    entries(&data.join(ROWS)).is_ok_and(|generations| generations.into_iter().any(is_used))
}

/// The log that the folder knows and is told to give up.
fn given_up(serve: &Serve, known: Option<LogId>) -> Result<bool, Failure> {
    let data = serve.place.data.display();
    match (&serve.replace_log, known) {
        (None, Some(id)) if serve.new_log => Err(Failure::usage(format!(
            "{data} 已记住日志 {id},不能用 --new-log 新建 / knows the log {id}: leave --new-log away, or give that log up with \
             --replace-log {id}"
        ))),
        (None, _) => Ok(false),
        (Some(given), Some(id)) if *given == id => Ok(true),
        (Some(given), known) => {
            let known = known.map_or_else(|| "no log".to_owned(), |id| format!("the log {id}"));
            Err(Failure::usage(format!(
                "--replace-log {given}:{data} 记住的不是它 / the data folder knows {known}: leave --replace-log away"
            )))
        }
    }
}

/// What is said of a log that falls short of what is known of it.
fn shorter(shortfall: &Shortfall) -> Failure {
    let last = shortfall.last.0;
    Failure::usage(match shortfall.known {
        Known::Nothing => format!(
            "{shortfall}。若日志无缺,以 --accept-shorter-log {last} 认可现状。If nothing is missing from the log, or can be put back, accept it \
             as it is with `puhui serve --accept-shorter-log {last}`"
        ),
        Known::Beyond(_) | Known::Other(_) => format!(
            "{shortfall}。请从备份放回缺少的部分;或以 --accept-shorter-log {last} 认可现状,其后所登记的即告失去。Put what is missing back from a \
             backup; or accept the log as it is, and what came after as lost, with `puhui serve --accept-shorter-log {last}`"
        ),
    })
}

fn of_log_error(error: LogError) -> Failure {
    match error {
        LogError::Shorter(shortfall) => shorter(&shortfall),
        other => other.into(),
    }
}

/// The log, opened as it stands where it falls short and that is accepted; and whether it was.
async fn opened(serve: &Serve, make: bool, known: Remembered) -> Result<(Log, bool), LogOpenError> {
    let place = &serve.place;
    match (place.open(make, known.reached().as_ref()).await, serve.accept_shorter_log.map(Position)) {
        (Err(LogOpenError::Log(LogError::Shorter(Shortfall { last, .. }))), Some(accepted)) if last == accepted => {
            let (folder, reserves) = place.folder();
            Ok((Log::Embedded(Embedded::open_shorter(&folder, reserves, last)?), true))
        }
        (opened, _) => Ok((opened?, false)),
    }
}

/// What is said where there is no log.
fn missing(place: &LogPlace, known: Remembered, why: &str) -> Failure {
    let data = place.data.display();
    Failure::usage(match known {
        Remembered::Log(Reached { log: id, .. }) => format!(
            "{data} 记住的日志 {id} 不见了 / the log {id} that this data folder knows is not there: {why}. Put it back from a backup; or \
             give it up, with everything in it, and begin a new one with --replace-log {id}"
        ),
        Remembered::Unreadable => format!(
            "{data} 记不清是哪个日志,而日志不见了 / the file {KNOWN} in this data folder cannot be read, and there is no log: {why}. Put the log \
             back from a backup, or begin a new one with --new-log --accept-shorter-log 0"
        ),
        Remembered::Nothing if place.is_embedded() => format!(
            "{data} 有索引而没有日志 / there are rows in this data folder and not the log they were made from: {why}. Put it back from a \
             backup, or begin a new one with --new-log"
        ),
        Remembered::Nothing => format!(
            "没有日志 / there is no log: {why}. Make it once with `puhui log create --log {}`, or start one service with --new-log",
            place.log
        ),
    })
}

fn no_shorter(accepted: u64) -> Failure {
    Failure::usage(format!(
        "--accept-shorter-log {accepted}:日志并未变短 / the log is no shorter than it is known to have been: leave it away"
    ))
}

/// What is told of words about a log that is given up or shorter, before anything is made, where the data folder shows that they are of none.
pub(crate) fn can_be_served(serve: &Serve) -> Result<(), Failure> {
    let place = &serve.place;
    // What else may stand there, and what cannot be read, is told where the folder is made and the log opened.
    let Ok(known) = (if place.data.is_dir() { read(&place.data) } else { Ok(Remembered::Nothing) }) else {
        return Ok(());
    };
    given_up(serve, known.reached().map(|known| known.log))?;
    let nothing = matches!(known, Remembered::Nothing) && place.is_embedded() && !has_rows(&place.data);
    match serve.accept_shorter_log {
        Some(accepted) if nothing && std::fs::symlink_metadata(place.folder().0).is_err() => Err(no_shorter(accepted)),
        _ => Ok(()),
    }
}

/// The log for a service, if it is the one that the data folder knows and no shorter; and what keeps that known.
pub(crate) async fn open_for_serving(serve: &Serve) -> Result<(Log, Keeping), Failure> {
    let place = &serve.place;
    let known = read(&place.data)?;
    let known_id = known.reached().map(|known| known.log);
    let given_up = given_up(serve, known_id)?;
    let is_other = |met: LogId| {
        let id = known_id.filter(|id| *id != met && !given_up)?;
        Some(Failure::usage(format!(
            "{} 记住的日志是 {id},现在的是 {met} / this data folder knows the log {id}, and there is the log {met} in its place. \
             Bring the right one back, or give it up with --replace-log {id}",
            place.data.display()
        )))
    };
    // Before anything is put down of a log that may be another.
    let said = if place.is_embedded() { Embedded::named_in(&place.folder().0) } else { None };
    if let Some(other) = said.and_then(is_other) {
        return Err(other);
    }
    let fresh = matches!(known, Remembered::Nothing) && place.is_embedded() && !has_rows(&place.data);
    let (log, mut accepted) = match opened(serve, given_up || serve.new_log || fresh, known).await {
        Err(LogOpenError::Log(LogError::Missing(why))) => return Err(missing(place, known, &why)),
        Err(LogOpenError::Log(error)) => return Err(of_log_error(error)),
        Err(error) => return Err(error.into()),
        Ok(opened) => opened,
    };
    let met = log.id();
    if let Some(other) = is_other(met) {
        return Err(other);
    }
    match holds(place, &log, known).await {
        Err(LogError::Shorter(Shortfall { last, .. })) if serve.accept_shorter_log == Some(last.0) => accepted = true,
        other => other.map_err(of_log_error)?,
    }
    if let (Some(given), false) = (serve.accept_shorter_log, accepted) {
        return Err(no_shorter(given));
    }
    called(serve, event_log::opened(&log).await.map_err(of_log_error)?.as_ref())?;
    let reached = log.reached().await?;
    if accepted {
        tracing::warn!(
            last = reached.position.0,
            "a log that is shorter than it was is accepted as it is; a directory whose rows hold more answers nothing until `puhui rebuild`"
        );
    }
    let file = match (known, file_of(&place.data)) {
        (Remembered::Log(known), Ok(Some((file, _)))) if known.log == met && !accepted => {
            // Found in the log above.
            file.vouch(&known);
            file
        }
        _ => {
            // For a log on servers there may be none yet: nothing was made before it was known that there is such a log.
            made(&place.data)?;
            KnownFile::replace(&place.data.join(KNOWN), &reached)?
        }
    };
    let keeping = Keeping::begun(log.clone(), Arc::new(file)).await?;
    Ok((log, keeping))
}

/// A log that is opened is called what it was opened as.
fn called(serve: &Serve, opened: Option<&LogOpened>) -> Result<(), Failure> {
    match (&serve.opening.name, opened) {
        (Some(name), Some(opened)) if opened.name.as_str() != name => Err(Failure::usage(format!(
            "--name {name}:登记簿名为“{0}” / the log was opened as {0:?}: leave --name out",
            opened.name.as_str()
        ))),
        _ => Ok(()),
    }
}

/// The log that is there, if the data folder knows no other and no more of it.
pub(super) async fn open_to_write(place: &LogPlace) -> Result<Log, Failure> {
    let known = read(&place.data)?;
    let log = match place.open(false, known.reached().as_ref()).await {
        Err(LogOpenError::Log(error)) => return Err(of_log_error(error)),
        other => other?,
    };
    holds(place, &log, known).await.map_err(of_log_error)?;
    if let (Remembered::Log(known), Some((file, _))) = (known, file_of(&place.data)?) {
        file.vouch(&known);
        log.known_in(Arc::new(file));
    }
    Ok(log)
}

/// Keeps known, in a data folder, how far a log has reached, until it is dropped. What is acknowledged the log itself puts down there; this
/// looks after the rest: what others have written, and what could not be put down at once.
pub(crate) struct Keeping {
    log: Log,
    file: Arc<KnownFile>,
    task: JoinHandle<()>,
}

impl Keeping {
    async fn begun(log: Log, file: Arc<KnownFile>) -> Result<Self, Failure> {
        put_down(&log, &file, true).await.map_err(|why| Failure::unavailable(format!("{KNOWN}: {why}")))?;
        log.known_in(Arc::clone(&file));
        let task = tokio::spawn(keep(log.clone(), Arc::clone(&file)));
        Ok(Self { log, file, task })
    }

    /// Puts down how far the log has reached at the end, and returns once it is on disk.
    pub(crate) async fn end(self) {
        let put = tokio::time::timeout(END_MAX, put_down(&self.log, &self.file, true)).await;
        if let Err(why) = put.unwrap_or_else(|_| Err("the log does not answer".to_owned())) {
            tracing::warn!(why, "how far the log reached is known as of a moment before");
        }
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(log: Log, file: Arc<KnownFile>) {
    let mut said = false;
    loop {
        #[expect(clippy::disallowed_methods, reason = "a log tells nobody how far others have written it")]
        tokio::time::sleep(KEEP_PAUSE).await;
        match put_down(&log, &file, false).await {
            Ok(()) => said = false,
            // Health tells of a log that is away; here it matters only if it is shorter afterwards.
            Err(why) if !said => {
                tracing::warn!(why, "how far the log has reached cannot be put down for now");
                said = true;
            }
            Err(_) => {}
        }
    }
}

/// Puts down how far the log has reached, where it holds what is known of it.
async fn put_down(log: &Log, file: &KnownFile, to_disk: bool) -> Result<(), String> {
    let said = |error: io::Error| format!("{KNOWN}: {error}");
    let said_of = |error: LogError| error.to_string();
    let known = file.says().map_err(said)?;
    if known.log == log.id() && (known.position != log.head().await.map_err(said_of)? || !file.is_vouched(&known)) {
        // The last one first, so that it is known only as that of a log which then holds what is known.
        let reached = log.reached().await.map_err(said_of)?;
        log.holds(&known).await.map_err(said_of)?;
        file.vouch(&known);
        match file.note(&reached).map_err(said)? {
            // Whoever wrote it meanwhile has put more down.
            Noted::Down | Noted::Unvouched(_) | Noted::Busy => {}
        }
    }
    if to_disk { file.sync().map_err(said) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use domain::{Sha256, StreamId};
    use event_log::Memory;

    use super::*;

    /// A log that holds another commit than the one that is known is not vouched for because it is longer.
    #[tokio::test]
    async fn how_far_another_copy_reaches_is_not_put_down() {
        let folder = tempfile::tempdir().unwrap();
        let (path, memory) = (folder.path().join(KNOWN), Memory::new());
        let log = Log::Memory(memory.clone());
        memory.publish(&StreamId::Log, b"one".to_vec());
        let first = log.reached().await.unwrap();
        memory.publish(&StreamId::Log, b"two".to_vec());
        for known in [first, Reached::nothing(log.id())] {
            let file = KnownFile::replace(&path, &known).unwrap();
            put_down(&log, &file, true).await.unwrap();
            assert_eq!(file.says().unwrap(), log.reached().await.unwrap());
        }
        for position in [1, 3] {
            let other = Reached { position: Position(position), sha256: Sha256::from_bytes([7; 32]), ..first };
            let file = KnownFile::replace(&path, &other).unwrap();
            let (others, _) = KnownFile::open(&path).unwrap().unwrap();
            put_down(&log, &others, true).await.unwrap_err();
            assert_eq!(file.says().unwrap(), other);
        }
    }

    /// A leader that comes back from being cut off is behind for a moment.
    #[tokio::test(start_paused = true)]
    async fn one_answer_of_a_leader_that_is_behind_is_not_the_last_word() {
        let shorter = Shortfall { last: Position(1), known: Known::Beyond(Position(2)) };
        for (behind, held) in [(0, true), (2, true), (3, false)] {
            let asked = Cell::new(0);
            let outcome = believed(SHORTER_ATTEMPTS, || {
                asked.set(asked.get() + 1);
                std::future::ready(if asked.get() > behind { Ok(()) } else { Err(LogError::Shorter(shorter)) })
            });
            assert_eq!(outcome.await.is_ok(), held, "{behind} answers of one that is behind");
            assert!(asked.get() <= SHORTER_ATTEMPTS);
        }
    }
}
