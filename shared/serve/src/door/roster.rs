//! Who is in: how many, from where, and who goes when somebody new comes and all places are taken.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::bounds::{Bounds, QUESTIONS, REFLECTIONS, WATCHES};
use super::untaken::Untaken;
use crate::peer::{Caller, Peer};
use crate::places::Places;

/// Why streams that are still open end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Their connection does.
    Connection,
    /// The server stops.
    Server,
}

/// What is known of one connection, kept by its task, its calls and the roster together.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) peer: Peer,
    pub(super) began: Instant,
    number: u64,
    /// Milliseconds after `began` at which something was last done for it.
    touched_ms: AtomicU64,
    /// Calls under way, but for those whose callers do not take their answers.
    owed: AtomicU32,
    /// Those of them whose messages have not come yet.
    awaited: AtomicU32,
    /// Those of them that watch, and have nothing to tell.
    watching: AtomicU32,
    /// Bytes of answers that are made and not taken.
    pub(super) untaken: Arc<Untaken>,
    greeted: AtomicBool,
    called: AtomicBool,
    /// Its place is given to another.
    pub(super) displaced: Notify,
    /// Why what is still open is to end now.
    cut: watch::Sender<Option<End>>,
}

impl Life {
    fn new(peer: Peer, number: u64) -> Self {
        Self {
            peer,
            began: Instant::now(),
            number,
            touched_ms: AtomicU64::new(0),
            owed: AtomicU32::new(0),
            awaited: AtomicU32::new(0),
            watching: AtomicU32::new(0),
            untaken: Arc::default(),
            greeted: AtomicBool::new(false),
            called: AtomicBool::new(false),
            displaced: Notify::new(),
            cut: watch::Sender::new(None),
        }
    }

    /// The first bytes have come.
    pub(super) fn greet(&self) {
        self.greeted.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_greeted(&self) -> bool {
        self.greeted.load(Ordering::Relaxed)
    }

    pub(super) fn touch(&self) {
        let elapsed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.touched_ms.store(elapsed, Ordering::Relaxed);
    }

    /// When it became quiet, that is, since when nothing waits for the server; `None` while something does.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        self.quiet_but_for(0)
    }

    fn quiet_but_for(&self, watching: u32) -> Option<Instant> {
        let waits = self.awaited.load(Ordering::Relaxed).saturating_add(watching);
        let quiet = self.owed.load(Ordering::Relaxed) <= waits;
        quiet.then(|| self.began + Duration::from_millis(self.touched_ms.load(Ordering::Relaxed)))
    }

    /// Whether it watches, and since when it can give its place to another: it is quiet, or does nothing but watch what does not change.
    /// Who watches comes again and goes on from where it was. `None` while something else waits for the server.
    fn gives_way_since(&self) -> Option<(bool, Instant)> {
        let watching = self.watching.load(Ordering::Relaxed);
        Some((watching > 0, self.quiet_but_for(watching)?))
    }

    /// When it is asked to go, a tenth more or less than `age`: those that came together do not go together.
    pub(super) fn ends(&self, age: Duration) -> Instant {
        let part = u32::try_from(self.number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56).unwrap_or(0);
        self.began + age * (230 + part / 5) / 256
    }

    /// Ends what is still open. The first reason stays.
    pub(super) fn cut(&self, why: End) {
        self.cut.send_if_modified(|cut| {
            let first = cut.is_none();
            *cut = cut.or(Some(why));
            first
        });
    }

    /// Why what is open is to end, if it is.
    pub(super) fn is_cut(&self) -> Option<End> {
        *self.cut.borrow()
    }

    /// Done when what is open is to end.
    pub(super) async fn until_cut(self: Arc<Self>) -> End {
        let mut cut = self.cut.subscribe();
        // The sender lives as long as this does.
        cut.wait_for(Option::is_some).await.ok().and_then(|cut| *cut).unwrap_or(End::Connection)
    }
}

/// The end of what a connection still has open, to be waited for by its calls. In the extensions of every request.
#[derive(Debug, Clone)]
pub(crate) struct Ending(Arc<Life>);

impl Ending {
    pub(super) fn of(life: &Arc<Life>) -> Self {
        Self(Arc::clone(life))
    }

    /// Done when a call has to end that is still under way.
    pub(crate) async fn comes(self) -> End {
        self.0.until_cut().await
    }
}

/// That the server owes a connection something. Where it is let go of, nothing is owed any more.
#[derive(Debug)]
pub(super) struct Owed(Arc<Life>);

impl Owed {
    pub(super) fn to(life: &Arc<Life>) -> Self {
        life.owed.fetch_add(1, Ordering::Relaxed);
        life.called.store(true, Ordering::Relaxed);
        Self(Arc::clone(life))
    }

    pub(super) fn life(&self) -> &Arc<Life> {
        &self.0
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        self.0.touch();
        self.0.owed.fetch_sub(1, Ordering::Relaxed);
    }
}

/// That a connection owes the server something: the message of a call that it has begun.
#[derive(Debug)]
pub(super) struct Awaited(Arc<Life>);

impl Awaited {
    pub(super) fn from(life: &Arc<Life>) -> Self {
        life.awaited.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(life))
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.0.touch();
        self.0.awaited.fetch_sub(1, Ordering::Relaxed);
    }
}

/// That a call which watches has nothing to tell.
#[derive(Debug)]
pub(super) struct Watching(Arc<Life>);

impl Watching {
    pub(super) fn on(life: &Arc<Life>) -> Self {
        life.watching.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(life))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.watching.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a connection was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// As many as may be have something under way.
    Everywhere,
    /// As many of that address as may be have something under way.
    ThatAddress,
}

/// The connections that are in.
#[derive(Debug)]
pub(super) struct Roster {
    inside: Mutex<Inside>,
    bounds: Bounds,
    pub(super) untaken: Arc<Untaken>,
    /// Places of questions under way.
    pub(super) questions: Places,
    /// Places of calls that tell what changes.
    pub(super) watches: Places,
    /// Places of calls of reflection.
    pub(super) reflections: Places,
}

#[derive(Debug, Default)]
struct Inside {
    last: u64,
    lives: HashMap<u64, Arc<Life>>,
    of: HashMap<Caller, usize>,
}

impl Roster {
    pub(super) fn new(bounds: Bounds) -> Arc<Self> {
        let (questions, watches, reflections) =
            (Places::new(QUESTIONS), Places::new(WATCHES), Places::new(REFLECTIONS));
        Arc::new(Self { inside: Mutex::default(), bounds, untaken: Arc::default(), questions, watches, reflections })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing in here panics between two changes that belong together.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a connection in. Where all places are taken, one that is quiet goes: of the address that holds most, first one
    /// that never sent a word, then one that never asked, then the one that has been quiet longest, then one that only watches. So
    /// whoever only holds connections open keeps nobody out.
    pub(super) fn enter(self: &Arc<Self>, peer: Peer) -> Result<Entered, Full> {
        let caller = peer.counted_as();
        let most = match () {
            () if self.bounds.proxies.hold(peer.address.ip()) => self.bounds.connections,
            () if caller.is_this_machine() => self.bounds.connections_of_this_machine,
            () => self.bounds.connections_an_address,
        };
        let mut inside = self.inside();
        if inside.of.get(&caller).is_some_and(|of| *of >= most) {
            inside.displace(Some(caller)).ok_or(Full::ThatAddress)?;
        } else if inside.lives.len() >= self.bounds.connections {
            inside.displace(None).ok_or(Full::Everywhere)?;
        }
        inside.last += 1;
        let life = Arc::new(Life::new(peer, inside.last));
        let number = inside.last;
        inside.lives.insert(number, Arc::clone(&life));
        *inside.of.entry(caller).or_default() += 1;
        drop(inside);
        Ok(Entered { life, roster: Arc::clone(self) })
    }

    /// Where more answers wait than may, ends the connection on which most do, of the address for which most do.
    pub(super) fn bound_untaken(&self) {
        if !self.untaken.is_full() {
            return;
        }
        let mut inside = self.inside();
        let mut of: HashMap<Caller, usize> = HashMap::new();
        for life in inside.lives.values() {
            *of.entry(life.peer.counted_as()).or_default() += life.untaken.bytes();
        }
        let waits = |life: &Arc<Life>| (of.get(&life.peer.counted_as()).copied(), life.untaken.bytes(), life.number);
        let most = inside.lives.values().filter(|life| life.untaken.bytes() > 0).map(waits).max();
        if let Some(life) = most.and_then(|(_, _, number)| inside.leave(number)) {
            life.displaced.notify_one();
        }
    }

    /// How many are in.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.inside().lives.len()
    }

    /// Ends what is still open on any connection: the server stops.
    pub(super) fn cut(&self) {
        self.inside().lives.values().for_each(|life| life.cut(End::Server));
    }
}

impl Inside {
    fn displace(&mut self, of: Option<Caller>) -> Option<()> {
        let lives = self.lives.values().filter(|life| of.is_none_or(|caller| life.peer.counted_as() == caller));
        let quiet = lives.filter_map(|life| {
            let (watches, since) = life.gives_way_since()?;
            let held = self.of.get(&life.peer.counted_as()).copied().unwrap_or(0);
            let rank = (Reverse(held), life.has_greeted(), life.called.load(Ordering::Relaxed), watches, since);
            Some((rank, life.number))
        });
        let (_, number) = quiet.min()?;
        self.leave(number)?.displaced.notify_one();
        Some(())
    }

    fn leave(&mut self, number: u64) -> Option<Arc<Life>> {
        let life = self.lives.remove(&number)?;
        let caller = life.peer.counted_as();
        if let Some(of) = self.of.get_mut(&caller) {
            *of -= 1;
            if *of == 0 {
                self.of.remove(&caller);
            }
        }
        Some(life)
    }
}

/// A connection that is in; dropped, it has left.
#[derive(Debug)]
pub(super) struct Entered {
    pub(super) life: Arc<Life>,
    pub(super) roster: Arc<Roster>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        // One that was displaced has left already.
        let _ = self.roster.inside().leave(self.life.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> Peer {
        Peer::at(([192, 0, 2, last], 1).into())
    }

    fn roster(connections: usize, an_address: usize) -> Arc<Roster> {
        Roster::new(Bounds { connections, connections_an_address: an_address, ..Bounds::new(65_536) })
    }

    fn gone(entered: &Entered) -> bool {
        !entered.roster.inside().lives.contains_key(&entered.life.number)
    }

    #[test]
    fn who_only_holds_goes_before_who_asked_and_who_is_asking_stays() {
        let roster = roster(3, 3);
        let asking = roster.enter(peer(1)).unwrap();
        let _owed = Owed::to(&asking.life);
        let asked = roster.enter(peer(2)).unwrap();
        asked.life.greet();
        drop(Owed::to(&asked.life));
        let silent = roster.enter(peer(3)).unwrap();
        let first = roster.enter(peer(4)).unwrap();
        assert!(gone(&silent) && !gone(&asked) && !gone(&asking));
        let owed = Owed::to(&first.life);
        let _second = roster.enter(peer(5)).unwrap();
        assert!(gone(&asked) && !gone(&first));
        drop(owed);
        assert_eq!(roster.len(), 3);
    }

    #[test]
    fn a_call_whose_message_does_not_come_holds_no_place() {
        let roster = roster(2, 2);
        let begun = roster.enter(peer(1)).unwrap();
        let owed = Owed::to(&begun.life);
        let awaited = Awaited::from(&begun.life);
        let busy = roster.enter(peer(2)).unwrap();
        let _owed = Owed::to(&busy.life);
        drop(awaited);
        assert_eq!(roster.enter(peer(3)).unwrap_err(), Full::Everywhere);
        let _awaited = Awaited::from(&begun.life);
        let _new = roster.enter(peer(3)).unwrap();
        assert!(gone(&begun) && !gone(&busy));
        drop(owed);
    }

    #[test]
    fn who_only_watches_makes_room_after_who_is_quiet() {
        let roster = roster(2, 2);
        let (watcher, quiet) = (roster.enter(peer(1)).unwrap(), roster.enter(peer(2)).unwrap());
        let _owed = Owed::to(&watcher.life);
        let watching = Watching::on(&watcher.life);
        quiet.life.greet();
        watcher.life.greet();
        drop(Owed::to(&quiet.life));
        assert_eq!(watcher.life.quiet_since(), None, "it is not asked to go for it");
        let new = roster.enter(peer(3)).unwrap();
        assert!(gone(&quiet) && !gone(&watcher));
        let _owed_new = Owed::to(&new.life);
        // While it has something to tell it stays.
        drop(watching);
        assert_eq!(roster.enter(peer(4)).unwrap_err(), Full::Everywhere);
        let _watching = Watching::on(&watcher.life);
        let _another = roster.enter(peer(4)).unwrap();
        assert!(gone(&watcher) && !gone(&new));
    }

    #[test]
    fn the_address_that_holds_most_makes_room() {
        let roster = roster(4, 4);
        let one = roster.enter(peer(1)).unwrap();
        let many: Vec<_> = (0..3).map(|_| roster.enter(peer(2)).unwrap()).collect();
        for held in &many {
            held.life.greet();
        }
        let _new = roster.enter(peer(3)).unwrap();
        assert!(!gone(&one));
        assert_eq!(many.iter().filter(|held| gone(held)).count(), 1);
    }

    #[test]
    fn a_trusted_proxy_is_bounded_by_the_whole_alone() {
        let proxies = crate::Proxies::new(&["192.0.2.1".parse().unwrap()], crate::ProxyHeader::default());
        let bounds = Bounds { connections: 5, connections_an_address: 1, proxies, ..Bounds::new(65_536) };
        let roster = Roster::new(bounds);
        let of_proxy: Vec<_> = (0..4).map(|_| roster.enter(peer(1)).unwrap()).collect();
        let _owed: Vec<_> = of_proxy.iter().map(|entered| Owed::to(&entered.life)).collect();
        let other = roster.enter(peer(2)).unwrap();
        let _owed_other = Owed::to(&other.life);
        assert_eq!(roster.enter(peer(2)).unwrap_err(), Full::ThatAddress);
        assert_eq!(roster.enter(peer(1)).unwrap_err(), Full::Everywhere);
    }

    #[test]
    fn an_address_with_all_its_places_at_work_is_turned_away_alone() {
        let roster = roster(8, 2);
        let held: Vec<_> = (0..2).map(|_| roster.enter(peer(1)).unwrap()).collect();
        let owed: Vec<_> = held.iter().map(|held| Owed::to(&held.life)).collect();
        assert_eq!(roster.enter(peer(1)).unwrap_err(), Full::ThatAddress);
        let _other = roster.enter(peer(2)).unwrap();
        drop(owed);
        let _again = roster.enter(peer(1)).unwrap();
        assert_eq!(held.iter().filter(|held| gone(held)).count(), 1);
        drop(held);
        assert_eq!(roster.len(), 2);
    }
}
