//! Bytes of one kind that may be held for all callers together, and the line of those for whom there is no room.
//!
//! Turns go around by holder, and of one holder the first that came is the first: who asks for much at once keeps nobody else waiting for all of
//! it. Nothing is kept for who waits: he is given room once it is there, and nobody who comes after him has it before. So what only waits is never
//! counted with what is held.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use super::bounds::LOOK_EVERY;
use crate::peer::Holder;

/// The clock by which it is seen who takes what waits for him, which is the one that wakes those who wait.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Bytes of one kind.
#[derive(Debug)]
pub(super) struct Space {
    most: usize,
    used: AtomicUsize,
    /// How many stand in the line: looked at without it by all who find room.
    waiting: AtomicUsize,
    line: Mutex<Line>,
}

#[derive(Debug, Default)]
struct Line {
    /// Holders of whom some wait, the next first.
    round: VecDeque<Holder>,
    of: HashMap<Holder, VecDeque<Arc<Waiter>>>,
    looked: Option<Instant>,
}

#[derive(Debug)]
struct Waiter {
    bytes: usize,
    since: Instant,
    has_room: AtomicBool,
    told: Notify,
}

/// The next in the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    pub(super) holder: Holder,
    pub(super) since: Instant,
}

impl Space {
    /// For so many. One thing that is longer than that is let in where nothing else is.
    pub(super) fn of(most: usize) -> Self {
        Self { most, used: AtomicUsize::new(0), waiting: AtomicUsize::new(0), line: Mutex::default() }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        // Nothing in here panics between two changes that belong together.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn has(&self, used: usize, bytes: usize) -> bool {
        used == 0 || used + bytes <= self.most
    }

    /// Room for so much, where there is some and nobody waits for it.
    pub(super) fn take(&self, bytes: usize) -> bool {
        self.waiting.load(Ordering::SeqCst) == 0 && self.take_before_all(bytes)
    }

    fn take_before_all(&self, bytes: usize) -> bool {
        let more = |used| self.has(used, bytes).then_some(used + bytes);
        self.used.fetch_update(Ordering::SeqCst, Ordering::Relaxed, more).is_ok()
    }

    /// The same, whether there is room or not.
    pub(super) fn take_all_the_same(&self, bytes: usize) {
        self.used.fetch_add(bytes, Ordering::SeqCst);
    }

    pub(super) fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::SeqCst);
        // Who comes to stand in the line at this very moment looks once more himself.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.let_in(&mut self.line());
        }
    }

    /// Lets in who is next while there is room for him.
    fn let_in(&self, line: &mut Line) {
        while let Some(waiter) = line.next().map(|(_, waiter)| Arc::clone(waiter)) {
            if !self.take_before_all(waiter.bytes) {
                return;
            }
            line.pass();
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            waiter.has_room.store(true, Ordering::Relaxed);
            waiter.told.notify_one();
        }
    }

    /// Room for so much, once the line has come to its holder. While he waits it is looked every [`LOOK_EVERY`] whether somebody holds what he
    /// does not take, whatever else goes on, but for a while in which the process stood still itself: nobody could take anything then.
    pub(super) async fn wait(&self, holder: Holder, bytes: usize, look: impl Fn()) {
        let mut place = Place::in_line(self, holder, bytes);
        let mut told = std::pin::pin!(place.waiter.told.notified());
        loop {
            let looked = now();
            if tokio::time::timeout(LOOK_EVERY, told.as_mut()).await.is_ok() {
                break;
            }
            if now() - looked < 2 * LOOK_EVERY && self.line().is_due(now()) {
                look();
            }
        }
        place.is_his = true;
    }

    /// Who is next.
    pub(super) fn next(&self) -> Option<Next> {
        self.line().next().map(|(holder, waiter)| Next { holder, since: waiter.since })
    }

    /// How much too much is held for all who wait to be let in.
    pub(super) fn missing_for_all(&self) -> usize {
        let bytes: usize = self.line().of.values().flatten().map(|waiter| waiter.bytes).sum();
        let used = self.used();
        if bytes == 0 { 0 } else { used.min((used + bytes).saturating_sub(self.most)) }
    }

    /// How much too much is held for the next to be let in.
    pub(super) fn missing(&self) -> usize {
        let bytes = self.line().next().map(|(_, waiter)| waiter.bytes);
        bytes.map_or(0, |bytes| {
            let used = self.used();
            if self.has(used, bytes) { 0 } else { used.min(used + bytes - self.most) }
        })
    }
}

impl Line {
    fn next(&self) -> Option<(Holder, &Arc<Waiter>)> {
        let holder = *self.round.front()?;
        Some((holder, self.of.get(&holder)?.front()?))
    }

    /// The next has had his turn.
    fn pass(&mut self) {
        let Some(holder) = self.round.pop_front() else { return };
        let Some(of) = self.of.get_mut(&holder) else { return };
        of.pop_front();
        if of.is_empty() {
            self.of.remove(&holder);
        } else {
            self.round.push_back(holder);
        }
    }

    fn enter(&mut self, holder: Holder, waiter: Arc<Waiter>) {
        let of = self.of.entry(holder).or_default();
        if of.is_empty() {
            self.round.push_back(holder);
        }
        of.push_back(waiter);
    }

    /// Whether he stood there still.
    fn leave(&mut self, holder: Holder, waiter: &Arc<Waiter>) -> bool {
        let Some(of) = self.of.get_mut(&holder) else { return false };
        let before = of.len();
        of.retain(|other| !Arc::ptr_eq(other, waiter));
        let has_left = of.len() < before;
        if of.is_empty() {
            self.of.remove(&holder);
            self.round.retain(|other| *other != holder);
        }
        has_left
    }

    /// Whether a look is due: of many who wait only one looks.
    fn is_due(&mut self, now: Instant) -> bool {
        let is_due = self.looked.is_none_or(|looked| now.saturating_duration_since(looked) >= LOOK_EVERY);
        if is_due {
            self.looked = Some(now);
        }
        is_due
    }
}

/// A place in the line; let go of before room was given, or taken, it is as if he had never come.
struct Place<'a> {
    space: &'a Space,
    holder: Holder,
    waiter: Arc<Waiter>,
    is_his: bool,
}

impl<'a> Place<'a> {
    fn in_line(space: &'a Space, holder: Holder, bytes: usize) -> Self {
        let (has_room, told) = (AtomicBool::new(false), Notify::new());
        let waiter = Arc::new(Waiter { bytes, since: now(), has_room, told });
        let mut line = space.line();
        line.enter(holder, Arc::clone(&waiter));
        space.waiting.fetch_add(1, Ordering::SeqCst);
        space.let_in(&mut line);
        drop(line);
        Self { space, holder, waiter, is_his: false }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.is_his {
            return;
        }
        let mut line = self.space.line();
        if line.leave(self.holder, &self.waiter) {
            self.space.waiting.fetch_sub(1, Ordering::SeqCst);
            // Who is next may need less.
            self.space.let_in(&mut line);
            return;
        }
        drop(line);
        if self.waiter.has_room.load(Ordering::Relaxed) {
            self.space.give_back(self.waiter.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn at(number: u64) -> Holder {
        Holder::Connection(number)
    }

    /// One who comes behind forty of another waits for one of them, and not for all; of one holder the first that came is the first.
    #[tokio::test(start_paused = true)]
    async fn turns_go_around_by_holder() {
        let space = Space::of(10);
        assert!(space.take(10));
        let wait = |holder| Box::pin(space.wait(holder, 10, || {}));
        let mut many: Vec<_> = (0..40).map(|_| wait(at(1))).collect();
        let mut other = wait(at(2));
        assert!(many.iter_mut().all(|wait| wait.now_or_never().is_none()) && other.as_mut().now_or_never().is_none());
        assert!(!space.take(0), "nobody comes before who waits");
        space.give_back(10);
        assert!(many[0].as_mut().now_or_never().is_some() && other.as_mut().now_or_never().is_none());
        space.give_back(10);
        assert!(many[1].as_mut().now_or_never().is_none() && other.as_mut().now_or_never().is_some());
        // What waits is nothing that is held, and who leaves leaves nothing.
        assert_eq!(space.used(), 10);
        space.give_back(10);
        drop(many);
        assert_eq!((space.used(), space.waiting.load(Ordering::SeqCst)), (0, 0));
        assert!(space.next().is_none() && space.missing() == 0 && space.take(10));
    }

    /// What is longer than all may be is let in alone.
    #[tokio::test(start_paused = true)]
    async fn one_that_is_longer_than_all_is_let_in_alone() {
        let space = Space::of(10);
        assert!(space.take(1));
        let mut long = Box::pin(space.wait(at(1), 100, || {}));
        assert!(long.as_mut().now_or_never().is_none());
        assert_eq!((space.missing(), space.missing_for_all()), (1, 1));
        space.give_back(1);
        assert!(long.as_mut().now_or_never().is_some() && !space.take(1));
        space.give_back(100);
        assert!(space.take(1));
    }

    /// It is looked while somebody waits, however often something is given back meanwhile, and by one of all who wait.
    #[tokio::test(start_paused = true)]
    async fn it_is_looked_while_somebody_waits_whatever_else_goes_on() {
        let (space, looks) = (Arc::new(Space::of(10)), Arc::new(AtomicUsize::new(0)));
        assert!(space.take(10));
        for number in 0..3 {
            let (space, looks) = (Arc::clone(&space), Arc::clone(&looks));
            tokio::spawn(async move {
                space
                    .wait(at(number), 5, || {
                        looks.fetch_add(1, Ordering::Relaxed);
                    })
                    .await;
            });
        }
        for _ in 0..100 {
            tokio::time::advance(LOOK_EVERY / 10).await;
            tokio::task::yield_now().await;
            space.take_all_the_same(1);
            space.give_back(1);
        }
        let looks = looks.load(Ordering::Relaxed);
        assert!((8..=10).contains(&looks), "{looks} looks");
    }
}
