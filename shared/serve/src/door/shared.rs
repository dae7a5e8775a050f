//! Places that are shared by who holds them. Where all are taken, whoever holds most gives back the one it took last to who holds fewer: so
//! whoever asks for many keeps nobody from his first, however many connections the many come over.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::peer::Holder;
use crate::places::Shares;

/// The places of one kind.
#[derive(Debug)]
pub(super) struct Shared {
    shares: Shares,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    last: u64,
    all: usize,
    /// Of each holder, in the order in which it took them.
    of: HashMap<Holder, BTreeMap<u64, Arc<Given>>>,
    /// Holders by how many they have.
    by_count: BTreeSet<(usize, Holder)>,
}

/// Whether a place was given to another.
#[derive(Debug, Default)]
struct Given {
    is_given: AtomicBool,
    told: Notify,
}

/// One place, free again when dropped.
#[derive(Debug)]
pub(super) struct Share {
    holder: Holder,
    number: u64,
    given: Arc<Given>,
    held: Arc<Mutex<Held>>,
}

fn locked(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    // Nothing in here panics between two changes that belong together.
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(shares: Shares) -> Self {
        Self { shares, held: Arc::default() }
    }

    /// A place; `None` where the holder has as many as it may, or all are taken and nobody has more than it would have.
    pub(super) fn take(&self, holder: Holder) -> Option<Share> {
        let mut held = locked(&self.held);
        held.last += 1;
        let share = Share { holder, number: held.last, given: Arc::default(), held: Arc::clone(&self.held) };
        let taken = held.take(self.shares, &share);
        drop(held);
        taken.map(|()| share)
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        locked(&self.held).all
    }

    /// One that was laid down ([`Share::lay_down`]), taken once more. `None` as of one that is new.
    pub(super) fn take_again(&self, share: &Share) -> Option<()> {
        locked(&self.held).take(self.shares, share)
    }
}

impl Held {
    fn take(&mut self, shares: Shares, share: &Share) -> Option<()> {
        let holder = share.holder;
        let most = match holder {
            Holder::Caller(_) => shares.a_caller,
            Holder::Connection(_) => shares.unknown,
        };
        let own = self.of.get(&holder).map_or(0, BTreeMap::len);
        if own >= most {
            return None;
        }
        if self.all >= shares.all {
            self.give_back(own + 1)?;
        }
        self.of.entry(holder).or_default().insert(share.number, Arc::clone(&share.given));
        self.counted(holder, own, own + 1);
        Some(())
    }

    /// Of who has more than `than`, and most, the last place is given to another.
    fn give_back(&mut self, than: usize) -> Option<()> {
        let (count, holder) = *self.by_count.last().filter(|(count, _)| *count > than)?;
        let (_, given) = self.of.get_mut(&holder)?.pop_last()?;
        self.counted(holder, count, count - 1);
        given.is_given.store(true, Ordering::Relaxed);
        given.told.notify_one();
        Some(())
    }

    fn counted(&mut self, holder: Holder, before: usize, now: usize) {
        self.all = self.all + now - before;
        self.by_count.remove(&(before, holder));
        if now > 0 {
            self.by_count.insert((now, holder));
        } else {
            self.of.remove(&holder);
        }
    }
}

impl Share {
    /// Whether it was given to another.
    pub(super) fn is_given(&self) -> bool {
        self.given.is_given.load(Ordering::Relaxed)
    }

    /// Done when it is given to another.
    pub(super) fn given(&self) -> impl Future<Output = ()> + Send + use<> {
        let given = Arc::clone(&self.given);
        async move { given.told.notified().await }
    }

    /// Gives it back, to be taken again.
    pub(super) fn lay_down(&self) {
        let mut held = locked(&self.held);
        let Some(own) = held.of.get_mut(&self.holder) else { return };
        let before = own.len();
        // One that was given to another is not there any more.
        if own.remove(&self.number).is_some() {
            held.counted(self.holder, before, before - 1);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.lay_down();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::peer::Peer;

    /// Places that are taken, and by how many.
    fn counts(places: &Shared) -> (usize, usize) {
        let held = locked(&places.held);
        assert_eq!(held.of.len(), held.by_count.len());
        (held.all, held.of.len())
    }

    fn known(last: u8) -> Holder {
        Holder::of(Peer::at(([192, 0, 2, last], 1).into()))
    }

    #[test]
    fn who_holds_most_gives_back_the_last_it_took_to_who_holds_fewer() {
        let places = Shared::new(Shares { all: 8, a_caller: 4, unknown: 8 });
        let of = |number: u64, count: usize| -> Vec<Share> {
            (0..count).map(|_| places.take(Holder::Connection(number)).unwrap()).collect()
        };
        let (five, three) = (of(1, 5), of(2, 3));
        assert!(places.take(Holder::Connection(1)).is_none(), "it has most itself");
        let _one = places.take(Holder::Connection(3)).unwrap();
        assert!(five[4].is_given() && !five[3].is_given());
        assert_eq!(five[4].given().now_or_never(), Some(()));
        assert!(five[3].given().now_or_never().is_none());
        let _two = places.take(known(1)).unwrap();
        assert_eq!(five.iter().filter(|place| place.is_given()).count(), 2);
        assert!(three.iter().all(|place| !place.is_given()));
        // Nobody has two more than it: it would be taken to and fro.
        assert!(places.take(Holder::Connection(2)).is_none());
        drop(five);
        assert_eq!(counts(&places), (5, 3));
        // Of a known caller no more than its own share, however many there are.
        let more: Vec<_> = std::iter::from_fn(|| places.take(known(1))).collect();
        assert_eq!(more.len(), 3);
        drop((three, more));
        assert_eq!(locked(&places.held).all, 2);
    }

    /// What is laid down is another's meanwhile, and is taken again like a new one; whoever waits to hear that it was given still does.
    #[test]
    fn a_place_that_is_laid_down_is_taken_again_where_there_is_one() {
        let places = Shared::new(Shares { all: 2, a_caller: 2, unknown: 2 });
        let [one, two] = [1, 2].map(|number| places.take(Holder::Connection(number)).unwrap());
        let mut given = Box::pin(one.given());
        one.lay_down();
        assert_eq!(counts(&places), (1, 1));
        let three = places.take(Holder::Connection(3)).unwrap();
        assert!(places.take_again(&one).is_none());
        drop(three);
        places.take_again(&one).unwrap();
        assert_eq!(counts(&places), (2, 2));
        drop(two);
        let _second = places.take(Holder::Connection(1)).unwrap();
        assert!(given.as_mut().now_or_never().is_none() && !one.is_given());
        let _another = places.take(Holder::Connection(2)).unwrap();
        assert!(places.take(Holder::Connection(4)).is_none());
        drop(one);
        assert_eq!(counts(&places), (1, 1), "what was given last went first");
    }

    /// Each of many gets one, whatever the others hold.
    #[test]
    fn however_many_hold_all_another_gets_one() {
        let places = Shared::new(Shares { all: 64, a_caller: 64, unknown: 64 });
        let mut held = Vec::new();
        for connection in 0..64 {
            for _ in 0..64 {
                held.extend(places.take(Holder::Connection(connection)));
            }
            let count = locked(&places.held).of[&Holder::Connection(connection)].len();
            let fair = 64 / usize::try_from(connection + 1).unwrap();
            assert!(count >= 1 && count + 1 >= fair, "connection {connection} has {count} of {fair}");
        }
        assert_eq!(locked(&places.held).all, 64);
        held.clear();
        assert_eq!(counts(&places), (0, 0));
    }
}
