//! After a write that failed: the store is opened anew in place, again and again until that succeeds, and the log goes on.
//!
//! A store whose write failed knows no longer what is on disk, and neither does the writer. So nobody of the group is told anything
//! until the store is open again and has read its journal: what it then holds is stored, and what it does not hold never will be.

use std::io;
use std::time::{Duration, Instant};

use domain::Position;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use tokio::sync::mpsc;

use super::evidence::{self, Evidence};
use super::identity;
use super::loss::Loss;
use super::place::Place;
use super::store::Store;
use super::waiting::{Failure, Message, Unsettled, Waiting};
use super::writer::Writer;
use crate::error::{AppendError, LogError};

/// Pause before the store is opened for the second time, doubled each time.
const OPEN_PAUSE_MIN: Duration = Duration::from_millis(100);
/// Longest pause: so long after the cause has ended, at most, the log goes on.
const OPEN_PAUSE_MAX: Duration = Duration::from_secs(1);
/// Longest pause where the store is damaged: each attempt reads the journals, and waiting mends nothing.
const OPEN_PAUSE_DAMAGED_MAX: Duration = Duration::from_secs(8);
/// Longest pause where somebody has harmed the files: each attempt reads the journals, and it is to go on within 10 s of their being put back.
const OPEN_PAUSE_LOST_MAX: Duration = Duration::from_secs(4);
/// Longest that a commit whose write failed waits to be looked up, before its outcome is called unknown.
const SETTLED_WITHIN: Duration = Duration::from_secs(5);

impl Writer {
    /// Answers a commit that was never begun.
    pub(super) fn refuse(&self, unwritten: Waiting, why: &str) {
        let refusal = self.refusal().unwrap_or_else(|| AppendError::Unavailable(why.to_owned()));
        let _ = unwritten.answer.send(Err(refusal));
    }

    /// Opens the store anew until it is open and can be written; false when nobody holds the log any more.
    ///
    /// Where the reason is that there is no room, the old store stays for readers until there is.
    pub(super) fn recover(&mut self, failure: Failure, waiting: &mut mpsc::Receiver<Message>) -> bool {
        let bytes = failure.bytes();
        let Failure { why, mut unsettled } = failure;
        let began = Instant::now();
        let (mut pause, mut next) = (OPEN_PAUSE_MIN, began);
        // What is only in the system's memory is written once more, and not again while nothing else is written.
        let mut is_on_disk = false;
        tracing::error!(why, "the store is opened anew");
        self.part.unwell(&*why);
        loop {
            if Instant::now() >= next {
                match self.open_anew((bytes, &*why), &mut unsettled, &mut is_on_disk) {
                    Ok(opened) => {
                        self.go_on(opened, unsettled, &why);
                        tracing::info!(last = self.last, took_ms = began.elapsed().as_millis(), "the log goes on");
                        return true;
                    }
                    Err(error) => {
                        let said = error.to_string();
                        self.part.unwell(if said.contains(&*why) { why.clone() } else { format!("{why}; {said}") });
                        tracing::warn!(%error, pause_ms = pause.as_millis(), "the store is not open yet");
                        let longest = match error {
                            LogError::Damaged(_) | LogError::Shorter(_) => OPEN_PAUSE_DAMAGED_MAX,
                            _ if self.room.has_lost() => OPEN_PAUSE_LOST_MAX,
                            _ => OPEN_PAUSE_MAX,
                        };
                        next = Instant::now() + pause;
                        pause = (pause * 2).min(longest);
                    }
                }
            }
            if began.elapsed() > SETTLED_WITHIN {
                for commit in unsettled.drain(..) {
                    let _ = commit.answer.send(Err(AppendError::OutcomeUnknown(why.clone())));
                }
            }
            // The monitor's looks are what wakes this loop.
            match waiting.blocking_recv() {
                Some(Message::Commit(commit)) => self.refuse(commit, &why),
                Some(Message::Look) => {}
                None => return false,
            }
        }
    }

    /// The store, open, with all that was acknowledged, and as many `bytes` written to it; and where it is. Where it can be read and not
    /// written, those of whom nothing is there are told.
    fn open_anew(
        &mut self,
        (bytes, why): (usize, &str),
        unsettled: &mut Vec<Unsettled>,
        is_on_disk: &mut bool,
    ) -> Result<(Store, u64, Place), LogError> {
        if let Some(short) = self.room.look() {
            return Err(LogError::Unavailable(short.refusal().to_string()));
        }
        self.is_there()?;
        let was_lost = self.room.has_lost();
        self.cell.close();
        let unavailable = |error: io::Error| LogError::Unavailable(format!("the journal: {error}"));
        if !identity::holds_log(&self.folder)? {
            return Err(LogError::Unavailable(Loss::taken(&self.folder).to_string()));
        }
        if !*is_on_disk {
            // A sync that failed may have left bytes that can be read and are not on the disk.
            evidence::write_again(&self.folder).map_err(unavailable)?;
            *is_on_disk = true;
        }
        // What strangers had their hands on is read from its beginning.
        let (known, read) = (self.known, if was_lost { 0 } else { self.last });
        // Somebody may have put another log there that reaches as far.
        let holds = |store: &Store, last| super::holds(store, last, Some(&known));
        let (store, last) = Store::open_whole(&self.folder, read, holds).inspect_err(|error| {
            // It may have failed while it was writing.
            *is_on_disk = matches!(error, LogError::Damaged(_) | LogError::Shorter(_));
        })?;
        store.prove_writable(bytes).inspect_err(|_| {
            *is_on_disk = false;
            // What the journal does not hold it was cut off behind, and never will.
            for lost in unsettled.extract_if(.., |commit| commit.is_missing(&store)) {
                lost.settle(&store, why);
            }
        })?;
        self.next_can_begin()?;
        let place = Place::of(&self.folder, self.id).map_err(unavailable)?;
        Ok((store, last, place))
    }

    /// That a file can be made where the next journal will be begun: the store that cannot fails again with its first commit after that, and
    /// what is refused and taken in turn tells nobody what is wrong.
    fn next_can_begin(&self) -> Result<(), LogError> {
        let made =
            openat(CWD, &self.folder, OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR);
        match made {
            Err(error @ (Errno::ACCESS | Errno::PERM | Errno::ROFS)) => Err(LogError::Unavailable(format!(
                "{0} 中不能新建文件({error}),请改其属主或权限 / no file can be made in {0} ({error}): give it to the user that the service runs as \
                 (chown, chmod)",
                self.folder.display()
            ))),
            // There are file systems that make none without a name.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// While the store is open it holds everything, for whoever reads. It is closed only where its files, as they would be opened, hold all
    /// that was acknowledged.
    fn is_there(&mut self) -> Result<(), LogError> {
        let Some(store) = self.cell.look() else { return Ok(()) };
        let journals = store.database.journal_count();
        let Err(loss) = self.place.look(journals) else { return Ok(()) };
        let said = LogError::Unavailable(loss.to_string());
        self.room.is_lost(Some(loss));
        if self.place.stands().is_err() {
            return Err(said);
        }
        match Evidence::read(&self.folder) {
            Ok(evidence) if evidence.is_whole(journals, self.last) => Ok(()),
            Ok(_) | Err(_) => Err(said),
        }
    }

    fn go_on(&mut self, (store, last, place): (Store, u64, Place), unsettled: Vec<Unsettled>, why: &str) {
        self.tails.clear();
        (self.last, self.place) = (last, place);
        if let Ok(Some(bytes)) = store.bytes_at(last) {
            self.put_down(Position(last), &bytes);
            self.reached.note(&self.known);
        }
        self.cell.put(store);
        self.room.is_lost(None);
        // Also where the number is the same: who follows waits for this.
        self.head.send_replace(last);
        self.part.well();
        let store = self.cell.look();
        for commit in unsettled {
            match &store {
                Some(store) => match self.told(commit.tail) {
                    Ok(_) => commit.settle(store, why),
                    Err(unknown) => drop(commit.answer.send(Err(unknown))),
                },
                None => drop(commit.answer),
            }
        }
    }
}
