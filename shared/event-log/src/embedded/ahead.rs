//! Commits on their way from the disk to who follows: a thread reads ahead in parts, who follows decodes them one by one.
//!
//! What a thread decodes it also frees, and while it is still in that core's memory: decoding on the thread that reads took more
//! processor time and, on two cores, longer.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::task::{Poll, ready};

use bytes::Bytes;
use domain::Position;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::{mpsc, watch};

use super::cell::StoreCell;
use super::key::number;
use super::store::{Store, damaged};
use crate::aside::{SetAsides, Stored};
use crate::error::LogError;
use crate::recorded::{Followed, StoredCommit};

/// As many commits are read without another thread.
pub(super) const READ_IN_PLACE_MAX: u64 = 32;
/// Commits of a part.
const PART_COMMITS_MAX: u64 = 1024;
/// Commits that are read without letting others come first.
const COMMITS_AT_ONCE: u64 = 128;
/// A part that has as many bytes takes no other commit.
const PART_BYTES_ENOUGH: usize = 1024 * 1024;
/// Parts that wait for who follows.
const PARTS_AHEAD_MAX: usize = 4;

/// Stored commits that follow one another; at least one.
struct Part {
    next: u64,
    bytes: Bytes,
    /// Where the next commit begins in `bytes`.
    begins: usize,
    /// Where it and those after it end.
    ends: std::vec::IntoIter<usize>,
}

impl Part {
    /// The first of the commits at these positions, each there; nothing while the store is being opened anew.
    fn read(cell: &StoreCell, positions: RangeInclusive<u64>) -> Result<Option<Self>, LogError> {
        let (first, last) = positions.into_inner();
        let last = last.min(first.saturating_add(PART_COMMITS_MAX - 1));
        // Copied together at the end: letting go of a stored value waits until what was copied before has left the core, and that goes
        // to memory that the other core had last.
        let (mut values, mut length) = (Vec::with_capacity(usize::try_from(last + 1 - first).unwrap_or(0)), 0);
        let mut next = first;
        while next <= last && length < PART_BYTES_ENOUGH {
            let end = last.min(next + COMMITS_AT_ONCE - 1);
            let Some(store) = cell.look() else { return Ok(None) };
            read_values(&store, next..=end, &mut values, &mut length)?;
            next = end + 1;
            if next <= last {
                // Not within the loop that reads, which would be a fifth slower; and not with the store in hand, which the writer may wait
                // for.
                drop(store);
                giving_way::let_others_first();
            }
        }
        let (mut bytes, mut ends) = (Vec::with_capacity(length), Vec::with_capacity(values.len()));
        for value in &values {
            bytes.extend_from_slice(value);
            ends.push(bytes.len());
        }
        Ok(Some(Self { next: first, bytes: bytes.into(), begins: 0, ends: ends.into_iter() }))
    }

    /// The position after its last commit.
    fn end(&self) -> u64 {
        self.next + self.ends.len() as u64
    }

    /// What stands next: its position, and where in `bytes` it is.
    #[inline]
    fn next(&mut self) -> Option<(Position, Range<usize>)> {
        let end = self.ends.next()?;
        let next = (Position(self.next), self.begins..end);
        (self.begins, self.next) = (end, self.next + 1);
        Some(next)
    }
}

/// What was set aside, as far as is known: before anything is followed nothing is.
type Known = Option<SetAsides>;

/// What was set aside, from the first question on. What is set aside since is asked for where something is not believed.
fn known<'a>(cell: &StoreCell, known: &'a mut Known) -> Result<&'a mut SetAsides, LogError> {
    match known {
        Some(known) => Ok(known),
        None => Ok(known.insert(cell.read(Store::known)?)),
    }
}

/// What `bytes` at `position` are to who follows.
#[inline]
fn followed(cell: &StoreCell, position: Position, bytes: &[u8], set_aside: &mut Known) -> Result<Followed, LogError> {
    let known = known(cell, set_aside)?;
    match (Stored { position, subject: None, bytes }).believed() {
        Ok(recorded) if !known.names(position) => return Ok(Followed::Commit(recorded)),
        Err(_) => *known = cell.read(Store::known)?,
        Ok(_) => {}
    }
    cell.read(|store| store.looked_at(position, bytes, known))
}

/// The same, as it is stored.
fn followed_stored(
    cell: &StoreCell,
    position: Position,
    bytes: Bytes,
    set_aside: &mut Known,
) -> Result<Followed<StoredCommit>, LogError> {
    match (Stored { position, subject: None, bytes: &bytes }).looked_at() {
        Ok(head) if !known(cell, set_aside)?.names(position) => {
            Ok(Followed::Commit(StoredCommit::new(position, head, bytes)))
        }
        _ => followed(cell, position, &bytes, set_aside)
            .map(|next| next.map(|recorded| StoredCommit::of(&recorded, bytes))),
    }
}

/// Adds the commits at these positions, each there, until they are bytes enough for a part.
fn read_values(
    store: &Store,
    positions: RangeInclusive<u64>,
    values: &mut Vec<fjall::Slice>,
    length: &mut usize,
) -> Result<(), LogError> {
    let mut stored = store.commits.range(positions.start().to_be_bytes()..=positions.end().to_be_bytes());
    for expected in positions.clone() {
        let gap = |met| LogError::Gap { expected: Position(expected), met: Position(met) };
        let (key, value) =
            stored.next().ok_or_else(|| gap(*positions.end()))?.into_inner().map_err(|error| damaged(&error))?;
        let position = number(&key)?;
        if position != expected {
            return Err(gap(position));
        }
        *length += value.len();
        values.push(value);
        if *length >= PART_BYTES_ENOUGH {
            break;
        }
    }
    Ok(())
}

/// A part, or why there is none; nothing while the store is being opened anew.
type Read = Option<Result<Part, LogError>>;

/// The first part of these positions.
fn part_of(cell: &StoreCell, positions: RangeInclusive<u64>) -> Read {
    Part::read(cell, positions).transpose()
}

/// Sends what stands at these positions in parts, until it is not wanted any more. The store is held for one part at a time, and not
/// while another is waited to be taken.
fn read_all(cell: &StoreCell, positions: RangeInclusive<u64>, parts: &mpsc::Sender<Read>) {
    let (mut next, last) = positions.into_inner();
    while next <= last {
        // A thread that has just woken is owed its share of the processor, and would take it at once.
        giving_way::let_others_first();
        let part = part_of(cell, next..=last);
        next = match &part {
            Some(Ok(part)) => part.end(),
            Some(Err(_)) | None => u64::MAX,
        };
        if parts.blocking_send(part).is_err() {
            break;
        }
    }
}

/// Where one who follows is.
struct Place {
    cell: Arc<StoreCell>,
    head: watch::Receiver<u64>,
    /// The position of the next part.
    next: u64,
    /// What a thread reads, and the last position that it does.
    reading: Option<(mpsc::Receiver<Read>, u64)>,
}

impl Place {
    /// The next part, once there is one.
    async fn part(&mut self) -> Result<Part, LogError> {
        // Everything written has been seen, and nothing more will be: that is no quiet end of the log.
        let ended = |_| LogError::Unavailable("the log's writer ended".to_owned());
        loop {
            let next = self.next;
            // Seen before the store is looked for: one that is put in afterwards is told of below.
            let last = *self.head.wait_for(|head| *head >= next).await.map_err(ended)?;
            if let Some(part) = self.read(last).await {
                self.next = part.as_ref().map_or(self.next, Part::end);
                return part;
            }
            self.reading = None;
            self.head.changed().await.map_err(ended)?;
        }
    }

    /// The next part of those up to `last`.
    async fn read(&mut self, last: u64) -> Read {
        if let Some((parts, until)) = &mut self.reading {
            if let Some(part) = parts.recv().await {
                return part;
            }
            if self.next <= *until {
                return Some(Err(LogError::Unavailable("the thread that read the log ended".to_owned())));
            }
            self.reading = None;
        }
        let next = self.next;
        if last - next < READ_IN_PLACE_MAX {
            return part_of(&self.cell, next..=last);
        }
        let (sender, mut parts) = mpsc::channel(PARTS_AHEAD_MAX);
        let cell = Arc::clone(&self.cell);
        tokio::task::spawn_blocking(move || read_all(&cell, next..=last, &sender));
        let first = parts.recv().await;
        self.reading = Some((parts, last));
        first.unwrap_or_else(|| {
            Some(Err(LogError::Unavailable("the thread that reads the log did not start".to_owned())))
        })
    }
}

/// What stands after the position `after`, to the first error and nothing after it.
pub(super) fn follow(
    cell: Arc<StoreCell>,
    head: watch::Receiver<u64>,
    after: u64,
) -> impl Stream<Item = Result<Followed, LogError>> + Send + use<> {
    let (asked, mut known) = (Arc::clone(&cell), None);
    each(cell, head, after, move |position, bytes, at| followed(&asked, position, &bytes[at], &mut known))
}

/// The same, as it is stored.
pub(super) fn follow_stored(
    cell: Arc<StoreCell>,
    head: watch::Receiver<u64>,
    after: u64,
) -> impl Stream<Item = Result<Followed<StoredCommit>, LogError>> + Send + use<> {
    let (asked, mut known) = (Arc::clone(&cell), None);
    each(cell, head, after, move |position, bytes, at| followed_stored(&asked, position, bytes.slice(at), &mut known))
}

/// The same, believed or not.
pub(super) fn bytes_after(
    cell: Arc<StoreCell>,
    head: watch::Receiver<u64>,
    after: u64,
) -> impl Stream<Item = Result<(Position, Bytes), LogError>> + Send + use<> {
    each(cell, head, after, |position, bytes, at| Ok((position, bytes.slice(at))))
}

/// What `make` makes of each that stands after the position `after`: of its position, and of the bytes of several and where among them its
/// own are.
fn each<T>(
    cell: Arc<StoreCell>,
    head: watch::Receiver<u64>,
    after: u64,
    mut make: impl FnMut(Position, &Bytes, Range<usize>) -> Result<T, LogError> + Send,
) -> impl Stream<Item = Result<T, LogError>> + Send {
    let place = Place { cell, head, next: after.saturating_add(1), reading: None };
    let mut parts = Box::pin(stream::unfold(place, |mut place| async { Some((place.part().await, place)) }));
    let mut part: Option<Part> = None;
    let mut ended = false;
    stream::poll_fn(move |cx| {
        while !ended {
            if let Some(part) = &mut part
                && let Some((position, at)) = part.next()
            {
                let next = make(position, &part.bytes, at);
                ended = next.is_err();
                return Poll::Ready(Some(next));
            }
            match ready!(parts.poll_next_unpin(cx)) {
                Some(Ok(next)) => part = Some(next),
                Some(Err(error)) => {
                    ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                None => ended = true,
            }
        }
        Poll::Ready(None)
    })
}
