//! The places of commands under way, shared by who holds them. Where all are taken, whoever has less under way than another waits a little, before
//! all who have more: so whoever asks for thousands at once turns nobody away who asks for a few, however many connections the thousands come
//! over. Who has most himself is told to come again at once.
//!
//! A command that has its place is never given up for another's: it may be on its way to the log.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::peer::{Holder, HolderHashes};
use crate::places::WAIT_MAX;

/// Commands under way in one process, over all connections; one more waits a little where its caller has fewer than another, and is answered
/// `RESOURCE_EXHAUSTED` at once where he has not. Each waits for its stream's turn, for the log, or for a processor, so this bounds every queue
/// behind it: in number, and, as a large one takes the places of several, in bytes (32 MiB of requests, which are held some four times over on
/// their way to the log).
pub const COMMANDS_UNDER_WAY_MAX: usize = 4096;
/// Commands that wait to be: those of many callers, a few of each.
const COMMANDS_WAITING_MAX: usize = 1024;

/// All places. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Room(Arc<Mutex<Inside>>);

#[derive(Debug)]
struct Inside {
    free: usize,
    /// Numbers of those who wait.
    last: u64,
    of: HashMap<Holder, Own, HolderHashes>,
    /// How many holders have so many places.
    counts: BTreeMap<usize, usize>,
    /// By how much each holder had, and then as they came.
    waiting: BTreeMap<(usize, u64), Waiting>,
}

/// Places of one holder.
#[derive(Debug, Default)]
struct Own {
    held: usize,
    /// Those it waits for.
    waited: usize,
}

#[derive(Debug)]
struct Waiting {
    holder: Holder,
    places: usize,
    /// Where they are given.
    gives: oneshot::Sender<Taken>,
}

/// Places of one command, free again when dropped.
#[derive(Debug)]
pub(super) struct Taken {
    room: Room,
    holder: Holder,
    places: usize,
}

/// Too many commands are under way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Room {
    pub(super) fn of(places: usize) -> Self {
        let (of, counts, waiting) = (HashMap::default(), BTreeMap::new(), BTreeMap::new());
        Self(Arc::new(Mutex::new(Inside { free: places, last: 0, of, counts, waiting })))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing in here panics between two changes that belong together.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many places: now, or within [`WAIT_MAX`].
    pub(super) async fn take(&self, holder: Holder, places: usize) -> Result<Taken, Full> {
        let (key, given) = {
            let mut inside = self.inside();
            if inside.waiting.is_empty() && inside.free >= places {
                inside.hold(holder, places);
                return Ok(Taken { room: self.clone(), holder, places });
            }
            inside.wait(holder, places)?
        };
        let _waits = Waits(self, key);
        match tokio::time::timeout(WAIT_MAX, given).await {
            Ok(Ok(taken)) => Ok(taken),
            // Another came who has less, or it took too long.
            Ok(Err(_)) | Err(_) => Err(Full),
        }
    }

    /// Gives what is free to those who wait, in their order.
    fn give(&self, mut inside: MutexGuard<'_, Inside>) {
        let mut unheard = Vec::new();
        while let Some(first) = inside.waiting.first_key_value().filter(|(_, first)| first.places <= inside.free) {
            let key = *first.0;
            let Some(Waiting { holder, places, gives }) = inside.wait_no_more(key) else { break };
            inside.hold(holder, places);
            unheard.extend(gives.send(Taken { room: self.clone(), holder, places }).err());
        }
        drop(inside);
        // Given back once others may come in again.
        drop(unheard);
    }
}

/// That a command waits for its places.
struct Waits<'a>(&'a Room, (usize, u64));

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let Self(room, key) = self;
        let mut inside = room.inside();
        if inside.wait_no_more(*key).is_some() {
            // Those behind it may need fewer.
            room.give(inside);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut inside = self.room.inside();
        inside.give_back(self.holder, self.places);
        self.room.give(inside);
    }
}

impl Inside {
    fn hold(&mut self, holder: Holder, places: usize) {
        self.free -= places;
        self.change(holder, |own| own.held += places);
    }

    fn give_back(&mut self, holder: Holder, places: usize) {
        self.free += places;
        self.change(holder, |own| own.held -= places);
    }

    fn change(&mut self, holder: Holder, change: impl FnOnce(&mut Own)) {
        let own = self.of.entry(holder).or_default();
        let before = own.held;
        change(own);
        let (now, is_over) = (own.held, own.held == 0 && own.waited == 0);
        if is_over {
            self.of.remove(&holder);
        }
        if before == now {
            return;
        }
        if let Some(count) = self.counts.get_mut(&before) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&before);
            }
        }
        if now > 0 {
            *self.counts.entry(now).or_default() += 1;
        }
    }

    /// Has a command wait, where another holder has more than this would have.
    fn wait(&mut self, holder: Holder, places: usize) -> Result<((usize, u64), oneshot::Receiver<Taken>), Full> {
        let before = self.of.get(&holder).map_or(0, |own| own.held + own.waited);
        if self.counts.last_key_value().is_none_or(|(most, _)| *most <= before + places) {
            return Err(Full);
        }
        if self.waiting.len() >= COMMANDS_WAITING_MAX {
            let last = self.waiting.last_key_value().map(|(key, _)| *key).filter(|(than, _)| *than > before);
            self.wait_no_more(last.ok_or(Full)?);
        }
        self.last += 1;
        let (gives, taken) = oneshot::channel();
        let key = (before, self.last);
        self.waiting.insert(key, Waiting { holder, places, gives });
        self.change(holder, |own| own.waited += places);
        Ok((key, taken))
    }

    fn wait_no_more(&mut self, key: (usize, u64)) -> Option<Waiting> {
        let waiting = self.waiting.remove(&key)?;
        self.change(waiting.holder, |own| own.waited -= waiting.places);
        Some(waiting)
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;

    use futures_util::FutureExt;

    use super::*;

    type Asks<'a> = Pin<Box<dyn Future<Output = Result<Taken, Full>> + 'a>>;

    fn own(number: u8) -> Holder {
        Holder::Connection(number.into())
    }

    /// So many commands of one place that are under way at once.
    fn taken(room: &Room, holder: Holder, number: usize) -> Vec<Taken> {
        (0..number).map(|_| room.take(holder, 1).now_or_never().unwrap().unwrap()).collect()
    }

    /// A command that waits.
    fn waits(room: &Room, holder: Holder, places: usize) -> Asks<'_> {
        let mut asks: Asks<'_> = Box::pin(room.take(holder, places));
        assert!(asks.as_mut().now_or_never().is_none(), "it waits");
        asks
    }

    fn is_clean(room: &Room, places: usize) -> bool {
        let inside = room.inside();
        inside.free == places && inside.of.is_empty() && inside.counts.is_empty() && inside.waiting.is_empty()
    }

    /// Many hold all there is and ask for more: whoever has less gets the next that is free, who has most is told at once.
    #[tokio::test(start_paused = true)]
    async fn who_has_less_waits_before_who_has_more_and_who_has_most_is_told_at_once() {
        let room = Room::of(64);
        let mut many: Vec<_> = (1..=16).map(|number| taken(&room, own(number), 4)).collect();
        assert_eq!(room.take(own(1), 1).now_or_never().unwrap().unwrap_err(), Full, "nobody has more");
        drop(many[0].pop());
        // The first to ask for it has it; and the next before it, who has less.
        let mut held = taken(&room, own(1), 1);
        let mut second = waits(&room, own(100), 1);
        let mut also = waits(&room, own(100), 1);
        let mut first = waits(&room, own(101), 1);
        drop(many[1].pop());
        held.push(second.as_mut().now_or_never().expect("it is given").unwrap());
        assert!(first.as_mut().now_or_never().is_none() && also.as_mut().now_or_never().is_none());
        drop(many[2].pop());
        held.push(first.as_mut().now_or_never().expect("before who waits for a second").unwrap());
        assert!(also.as_mut().now_or_never().is_none());
        // It does not wait for ever.
        let began = tokio::time::Instant::now();
        assert_eq!(also.await.unwrap_err(), Full);
        assert_eq!(began.elapsed(), WAIT_MAX);
        drop((many, held, first, second));
        assert!(is_clean(&room, 64));
    }

    /// Also where those behind it would need fewer: it would never have them.
    #[tokio::test(start_paused = true)]
    async fn a_large_one_waits_for_all_its_places_and_who_goes_gives_them_back() {
        let room = Room::of(8);
        let mut held = taken(&room, own(1), 8);
        let mut large = waits(&room, own(2), 3);
        let mut small = waits(&room, own(3), 1);
        held.truncate(6);
        assert!(large.as_mut().now_or_never().is_none() && small.as_mut().now_or_never().is_none());
        // It goes, and with it what kept the other waiting.
        drop(large);
        let small = small.as_mut().now_or_never().expect("it is given").unwrap();
        // One that was given its place and went before it knew.
        let gone = waits(&room, own(4), 2);
        held.pop();
        drop(gone);
        drop((held, small));
        assert!(is_clean(&room, 8));
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_wait_than_may_and_the_first_to_go_is_who_has_most() {
        let room = Room::of(COMMANDS_WAITING_MAX * 2);
        let held = taken(&room, own(1), COMMANDS_WAITING_MAX * 2);
        let mut waiting: Vec<_> = (0..COMMANDS_WAITING_MAX).map(|_| waits(&room, own(2), 1)).collect();
        assert_eq!(room.take(own(2), 1).now_or_never().unwrap().unwrap_err(), Full);
        let other = waits(&room, own(3), 1);
        let last = waiting.pop().unwrap().now_or_never();
        assert_eq!(last.expect("it is told").unwrap_err(), Full);
        assert!(waiting.iter_mut().all(|waits| waits.as_mut().now_or_never().is_none()));
        drop((held, waiting, other));
        assert!(is_clean(&room, COMMANDS_WAITING_MAX * 2));
    }
}
