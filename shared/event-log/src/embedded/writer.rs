//! What the one thread that writes does with a group of commits. When it does so is in `turns`, what after a write that failed in `recovery`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use domain::{Position, StreamId};
use fjall::PersistMode;
use parts::Part;
use quick_cache::UnitWeighter;
use quick_cache::unsync::{Cache, DefaultLifecycle};
use tokio::sync::watch;

use super::cell::StoreCell;
use super::damage::group_bytes;
use super::groups::{MARKER_BYTES, marker};
use super::key::stream_key;
use super::place::Place;
use super::pulse::Pulse;
use super::room::Room;
use super::store::Store;
use super::waiting::{Failure, Unsettled, Waiting};
use crate::error::{AppendError, Halt, LogError};
use crate::failpoint;
use crate::reached::known_file::{KnownFile, Noted};
use crate::reached::{Reached, ReachedFile};
use crate::recorded::{StreamHashes, Tail, next};
use domain::LogId;

/// Streams whose tail the writer remembers.
const TAILS_MAX: usize = 65_536;
/// Bytes of a position, as a key and as a value.
const POSITION_BYTES: usize = size_of::<u64>();

/// Where the streams are that were written last. Each is looked at twice a commit, and a table that holds them in itself is nearer than one
/// that points at each.
pub(super) type Tails = Cache<StreamId, Tail, UnitWeighter, StreamHashes>;
/// Where the streams of a group are once it is written.
type Moved = HashMap<StreamId, Tail, StreamHashes>;

pub(super) struct Writer {
    pub(super) id: LogId,
    pub(super) cell: Arc<StoreCell>,
    pub(super) folder: PathBuf,
    /// Where what is written must be found again.
    pub(super) place: Place,
    /// The last position that was acknowledged.
    pub(super) last: u64,
    /// What stands there.
    pub(super) known: Reached,
    pub(super) head: watch::Sender<u64>,
    /// Where it is put down, apart from the store.
    pub(super) reached: Arc<ReachedFile>,
    /// And where outside the folder, which may be put back as a whole.
    pub(super) outside: Arc<OnceLock<Arc<KnownFile>>>,
    pub(super) tails: Tails,
    pub(super) room: Arc<Room>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) part: Part,
}

impl Writer {
    pub(super) fn tails() -> Tails {
        Cache::with(TAILS_MAX, TAILS_MAX as u64, UnitWeighter, StreamHashes::default(), DefaultLifecycle::default())
    }

    /// Tells how the store is, which may have failed in its own background work, and whether its files are where they were.
    pub(super) fn look(&mut self) -> Result<(), Failure> {
        if let Some(store) = self.cell.look() {
            let alive = store.database.persist(PersistMode::Buffer);
            alive.map_err(|error| Failure::new(&error, Vec::new()))?;
            let count = store.database.journal_count();
            self.place.look(count).map_err(|loss| Failure::lost(&self.room, loss, Vec::new()))?;
        }
        if let Some(outside) = self.outside.get() {
            outside.look();
        }
        match self.refusal() {
            Some(AppendError::NotStoring { why, .. }) => self.part.unwell(why),
            Some(refusal) => self.part.unwell(refusal.to_string()),
            None => self.part.well(),
        }
        Ok(())
    }

    /// Why nothing may be begun, if that is so.
    pub(super) fn refusal(&self) -> Option<AppendError> {
        self.room.refusal().or_else(|| unnoted(&self.outside))
    }

    pub(super) fn write(&mut self, group: &mut Vec<Waiting>) -> Result<(), Failure> {
        if group.is_empty() {
            return Ok(());
        }
        if unnoted(&self.outside).is_some() {
            // They came while the last group could not be put down.
            group.drain(..).for_each(|unwritten| self.refuse(unwritten, "it is not known outside it"));
            return Ok(());
        }
        let Some(store) = self.cell.look() else {
            return Err(Failure::new(&"the store is not open", Vec::new()));
        };
        store.wait_for_room().map_err(|error| Failure::new(&error, Vec::new()))?;
        // The bytes, and how long the file is. When it was last written nobody asks, and to store that costs a lone commit a second write.
        let (mut batch, mut last) = (store.database.batch().durability(Some(PersistMode::SyncData)), self.last);
        let mut accepted: Vec<Unsettled> = Vec::with_capacity(group.len());
        let (mut behind, mut bytes_written) = (Vec::new(), 0);
        let mut moved: Moved = HashMap::with_capacity_and_hasher(group.len(), StreamHashes::default());
        for waiting in group.drain(..) {
            if moved.get(&waiting.stream).is_some_and(|tail| *tail != waiting.after) {
                // Behind one of this group: answered once that one can be read, for whoever decides again reads first.
                behind.push(waiting.answer);
                continue;
            }
            match self.ends_there(&store, &moved, &waiting) {
                Ok(true) => {}
                // The caller may be gone; nobody else waits for this answer.
                Ok(false) => {
                    let _ = waiting.answer.send(Err(AppendError::Conflict));
                    continue;
                }
                Err(error) => {
                    let _ = waiting.answer.send(Err(AppendError::Unavailable(error.to_string())));
                    continue;
                }
            }
            last += 1;
            let tail = Tail { revision: next(waiting.after.revision), position: Position(last) };
            let bytes = fjall::Slice::from(waiting.bytes);
            batch.insert(&store.commits, last.to_be_bytes(), bytes.clone());
            let key = stream_key(&waiting.stream, tail.revision);
            bytes_written += POSITION_BYTES + bytes.len() + key.len() + POSITION_BYTES;
            batch.insert(&store.streams, key, last.to_be_bytes());
            moved.insert(waiting.stream, tail);
            accepted.push(Unsettled { answer: waiting.answer, tail, bytes });
        }
        if accepted.is_empty() {
            return Ok(());
        }
        let positions = self.last + 1..=last;
        batch.insert(&store.groups, positions.start().to_be_bytes(), marker(&positions));
        let length = group_bytes(batch.len(), bytes_written + POSITION_BYTES + MARKER_BYTES);
        failpoint::reach("gathered");
        if let Err(error) = batch.commit() {
            for answer in behind {
                let _ = answer.send(Err(AppendError::Unavailable(error.to_string())));
            }
            return Err(Failure::new(&error, accepted));
        }
        failpoint::reach("synced");
        if let Err(loss) = self.place.confirm(&positions, length) {
            for answer in behind {
                let _ = answer.send(Err(AppendError::NotStoring { halt: Halt::Harmed, why: loss.to_string() }));
            }
            return Err(Failure::lost(&self.room, loss, accepted));
        }
        self.last = last;
        // Before anybody is answered: what was acknowledged is known.
        if let Some(stored) = accepted.last() {
            self.put_down(stored.tail.position, &stored.bytes);
        }
        self.head.send_replace(last);
        for stored in accepted {
            let _ = stored.answer.send(self.told(stored.tail));
        }
        for answer in behind {
            let _ = answer.send(Err(AppendError::Conflict));
        }
        // What nobody has to wait for.
        self.reached.note(&self.known);
        for (stream, tail) in moved {
            self.tails.insert(stream, tail);
        }
        Ok(())
    }

    /// What is answered to a commit that is on disk: it is acknowledged once that is known outside.
    pub(super) fn told(&self, tail: Tail) -> Result<Tail, AppendError> {
        match self.outside.get().filter(|outside| !outside.may_tell(tail.position)) {
            None => Ok(tail),
            Some(outside) => Err(AppendError::OutcomeUnknown(outside.trouble().unwrap_or_default())),
        }
    }

    /// Puts down that the log reaches to `position`, where `bytes` stand on disk: outside its folder, or in it where that is not said
    /// outside. Where that cannot be written it is tried again by who looks after each of the files; nothing is told as recorded, nor begun,
    /// that is not known outside the folder.
    pub(super) fn put_down(&mut self, position: Position, bytes: &[u8]) {
        self.known = Reached::by(self.id, position, bytes);
        match self.outside.get().map(|outside| outside.note(&self.known)) {
            Some(Ok(Noted::Down)) => return,
            // Where it cannot be written it says so itself.
            None | Some(Err(_)) => {}
            // Nobody else writes it while the log is open here.
            Some(Ok(noted @ (Noted::Unvouched(_) | Noted::Busy))) => {
                tracing::debug!(?noted, "how far the log has reached is put down outside it in a moment");
            }
        }
        self.reached.note(&self.known);
    }

    /// Whether the stream ends where the commit says, in the group or in the store.
    fn ends_there(&mut self, store: &Store, moved: &Moved, waiting: &Waiting) -> Result<bool, LogError> {
        let known = moved.get(&waiting.stream).or_else(|| self.tails.get(&waiting.stream));
        match known {
            Some(tail) => Ok(*tail == waiting.after),
            None => store.ends_at(&waiting.stream, waiting.after),
        }
    }
}

/// Why nothing may be begun: what is recorded would not be known outside the log.
pub(super) fn unnoted(outside: &OnceLock<Arc<KnownFile>>) -> Option<AppendError> {
    let why = outside.get()?.trouble()?;
    Some(AppendError::NotStoring { halt: Halt::Unnoted, why })
}
