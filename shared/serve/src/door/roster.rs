//! Who is in: how many, from where, and who goes when somebody new comes and all places are taken.
//!
//! **The fair order.** A connection for which something is under way, beside watches that have nothing to tell, never goes. Of the
//! others, in this order:
//!
//! 1. By standing (`life.rs`): first one that only holds its place, that is, for which nothing was ever done; then one for which nothing
//!    was done for a while; last one that is at work between two calls, or has just come. What only watches comes again and goes on from
//!    where it was, and so loses less than who works.
//! 2. Of the address for which most connections are in: who takes much makes room before who takes little.
//! 3. Of that address first one that never sent a word, then one that never asked, then one that only watches.
//! 4. The one for which something was last done longest ago.
//!
//! One that is at work between two calls, or has just come, goes for nobody of another address that has as many in: whoever fills all places with
//! calls that are under way, and comes again and again, would put out each that comes beside it before it has asked.
//!
//! Where none of them goes, because all are at work, whoever comes from an address that has none in is let in all the same, for one of the
//! address that has most and more than one: the one for which something was last done longest ago, and never one with a command under way.
//! A trusted proxy's make no room so: they are of many callers.
//!
//! Where all come from one address (this machine, or a proxy in front) the second says nothing of who takes much, because nobody can be
//! told from another before he has asked. There the order is that of work alone: whoever holds thousands of connections would have to work
//! on each of them, as often as the others do, to keep them, and then does not only hold them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use super::bounds::{Bounds, GOODBYE_MAX, QUESTIONS, REFLECTIONS, SHARED_AFTER, STANDING_BY, WATCHES, turns_at_once};
use super::life::{End, Life, Standing};
use super::line::now;
use super::shared::Shared;
use super::tally::Tally;
use super::turns::Turns;
use super::untaken::{Of, Rooms, Untaken};
use crate::peer::{Caller, Holder, Peer};
use crate::wire::Kind;

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
    /// What is held for callers.
    pub(super) rooms: Arc<Rooms>,
    /// Places of questions under way.
    pub(super) questions: Shared,
    /// Places of calls that tell what changes.
    pub(super) watches: Shared,
    /// Places of questions that wait for what comes by itself.
    pub(super) standing_by: Shared,
    /// Places of calls of reflection.
    pub(super) reflections: Shared,
    /// Somebody new waits for those to be gone that were asked to go.
    pub(super) hurry: Notify,
    /// And has waited for long: also for those that take what is left of their answers.
    pub(super) hurry_all: Notify,
    /// Turns of what is to be done.
    pub(super) turns: Arc<Turns>,
    /// Requests that wait for theirs, in bytes.
    pub(super) waiting: Arc<Tally>,
}

#[derive(Debug, Default)]
struct Inside {
    /// What was ended for what waits on it, and does so still.
    ending: Vec<Ending>,
    last: u64,
    lives: HashMap<u64, Arc<Life>>,
    of: HashMap<Caller, usize>,
}

/// What waits for a caller on a connection that was ended for it, or whose calls were on a proxy's.
#[derive(Debug)]
struct Ending {
    untaken: Arc<Untaken>,
    /// The connection that goes on without those calls.
    on: Option<u64>,
    since: Instant,
}

impl Roster {
    pub(super) fn new(bounds: Bounds) -> Arc<Self> {
        let (questions, watches, reflections) =
            (Shared::new(QUESTIONS), Shared::new(WATCHES), Shared::new(REFLECTIONS));
        let standing_by = Shared::new(STANDING_BY);
        let (inside, hurry, waiting) = (Mutex::default(), Notify::new(), Arc::default());
        let turns = Turns::new(turns_at_once());
        Arc::new(Self {
            inside,
            bounds,
            rooms: Rooms::new(),
            questions,
            watches,
            standing_by,
            reflections,
            hurry,
            hurry_all: Notify::new(),
            turns,
            waiting,
        })
    }

    /// Whether a connection is a proxy's, over which come requests of many.
    pub(super) fn is_proxy(&self, peer: Peer) -> bool {
        self.bounds.proxies.hold(peer.address.ip())
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing in here panics between two changes that belong together.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a connection in. Where all places are taken, another is asked to go for it, in the order that stands above: so whoever only
    /// holds connections open keeps nobody out.
    pub(super) fn enter(self: &Arc<Self>, peer: Peer) -> Result<Entered, Full> {
        self.enter_at(peer, Instant::now())
    }

    fn enter_at(self: &Arc<Self>, peer: Peer, now: Instant) -> Result<Entered, Full> {
        let caller = peer.counted_as();
        let most = match () {
            () if self.bounds.proxies.hold(peer.address.ip()) => self.bounds.connections,
            () if caller.is_this_machine() => self.bounds.connections_of_this_machine,
            () => self.bounds.connections_an_address,
        };
        let mut inside = self.inside();
        if inside.of.get(&caller).is_some_and(|of| *of >= most) {
            inside.displace(caller, true, now).ok_or(Full::ThatAddress)?;
        } else if inside.lives.len() >= self.bounds.connections {
            let has_none = !inside.of.contains_key(&caller);
            let goes = match inside.displace(caller, false, now) {
                None if has_none => inside.displace_at_work(|peer| self.is_proxy(peer)),
                goes => goes,
            };
            goes.ok_or(Full::Everywhere)?;
        }
        inside.last += 1;
        let number = inside.last;
        let life = Arc::new(Life::new(peer.over(number), now, &self.rooms, &self.waiting));
        inside.lives.insert(number, Arc::clone(&life));
        *inside.of.entry(caller).or_default() += 1;
        drop(inside);
        Ok(Entered { life, roster: Arc::clone(self) })
    }

    /// Where more of this is held than may, somebody ends: of answers first who takes less than the least, and where there is none the one of the
    /// holder for whom most waits; of calls that are not begun those of the holder who has most of them.
    pub(super) fn bound(&self, of: Of) {
        if self.rooms.over(of) > 0 {
            self.end(of, false, now(), || self.rooms.over(of));
        }
    }

    /// For who waits for room: ends who takes less than the least of what holds it, as many as there is need of for all who wait, and nobody else. Where
    /// all take enough, and who is next has waited for long and has none, one of several long answers of another ends.
    pub(super) fn make_room(&self, of: Of) {
        let (space, now) = (self.rooms.space(of), now());
        if self.end(of, true, now, || space.missing_for_all()) > 0 {
            // Room comes of these, and of nobody who reads.
            return;
        }
        let waits = space.next().filter(|next| next.since + SHARED_AFTER <= now && space.missing() > 0);
        if let Some(next) = waits.filter(|_| of == Of::Long) {
            self.rooms.share_long(next.holder);
        }
    }

    /// Ends some until no more is held than may be; answers how many bytes are to be given back by who has to end.
    fn end(&self, of: Of, only_stalled: bool, now: Instant, over: impl Fn() -> usize) -> usize {
        let mut inside = self.inside();
        // What that held is not gone before its own task has had a turn: no other goes for it meanwhile.
        inside.ending.retain(|ending| ending.untaken.held(of) > 0);
        // But for what the system does not take of answers that were made whole: its connection goes.
        let stuck = |ending: &Ending| ending.on.filter(|_| now.saturating_duration_since(ending.since) > GOODBYE_MAX);
        let stuck: Vec<_> = inside.ending.iter().filter_map(stuck).collect();
        for number in stuck {
            inside.end(number, now);
        }
        let callers =
            inside.lives.values().flat_map(|life| life.callers().into_iter().map(|of| (Arc::clone(life), of)));
        let mut callers: Vec<_> = callers.filter(|(_, untaken)| untaken.held(of) > 0).collect();
        let is_going = |untaken: &Untaken| of == Of::Unbegun && untaken.ends_unbegun();
        let mut going: usize = inside.ending.iter().map(|ending| ending.untaken.held(of)).sum();
        going +=
            callers.iter().filter(|(_, untaken)| is_going(untaken)).map(|(_, untaken)| untaken.held(of)).sum::<usize>();
        callers.retain(|(_, untaken)| !is_going(untaken) && (!only_stalled || untaken.is_stalled(of, now)));
        let mut all: HashMap<Holder, usize> = HashMap::new();
        for (_, untaken) in &callers {
            *all.entry(untaken.holder()).or_default() += untaken.held(of);
        }
        while over() > going {
            let rank = |(_, (life, untaken)): &(usize, &(Arc<Life>, Arc<Untaken>))| {
                let is_stalled = untaken.is_stalled(of, now);
                // Of those who take too little, who does so for longest.
                let all = all.get(&untaken.holder()).copied().filter(|_| !is_stalled);
                (is_stalled, all, Reverse(untaken.until(of)), untaken.held(of), life.number)
            };
            let Some((at, _)) = callers.iter().enumerate().max_by_key(rank) else { break };
            let (life, untaken) = callers.swap_remove(at);
            let held = untaken.held(of);
            going += held;
            all.entry(untaken.holder()).and_modify(|all| *all -= held.min(*all));
            match of {
                Of::Unbegun => untaken.end_unbegun(),
                Of::Short | Of::Long if self.is_proxy(life.peer) => {
                    life.forget(untaken.holder());
                    untaken.end();
                    inside.ending.push(Ending { untaken, on: Some(life.number), since: now });
                }
                Of::Short | Of::Long => inside.end(life.number, now),
            }
        }
        going
    }

    /// How many are in.
    pub(super) fn len(&self) -> usize {
        self.inside().lives.len()
    }

    /// Ends what is still open on any connection: the server stops.
    pub(super) fn cut(&self) {
        self.inside().lives.values().for_each(|life| life.cut(Kind::Command, End::Server));
    }
}

impl Inside {
    /// Ends a connection for what waits on it.
    fn end(&mut self, number: u64, now: Instant) {
        if let Some(life) = self.leave(number) {
            for ending in self.ending.iter_mut().filter(|ending| ending.on == Some(number)) {
                ending.on = None;
            }
            let callers = life.callers().into_iter();
            self.ending.extend(callers.map(|untaken| Ending { untaken, on: None, since: now }));
            life.dropped.notify_one();
        }
    }

    /// Asks one to go for somebody new: of his own address, or of any.
    fn displace(&mut self, new: Caller, of_his_own: bool, now: Instant) -> Option<()> {
        let held = |of: Caller| self.of.get(&of).copied().unwrap_or(0);
        let own = held(new);
        let ranked = self.lives.values().filter_map(|life| {
            let of = life.peer.counted_as();
            if of_his_own && of != new {
                return None;
            }
            let (standing, stage, last) = life.gives_way(now)?;
            let held = held(of);
            if standing == Standing::AtWork && of != new && held <= own {
                return None;
            }
            Some((standing, Reverse(held), stage, last, life.number))
        });
        let (.., number) = ranked.min()?;
        self.go(number)
    }

    /// Of the address that has most, one that is at work on nothing but questions, for whoever has none.
    fn displace_at_work(&mut self, is_proxy: impl Fn(Peer) -> bool) -> Option<()> {
        let ranked = self.lives.values().filter(|life| !is_proxy(life.peer)).filter_map(|life| {
            let held = self.of.get(&life.peer.counted_as()).copied().filter(|held| *held > 1)?;
            Some((Reverse(held), life.only_asks()?, life.number))
        });
        let (.., number) = ranked.min()?;
        self.go(number)
    }

    /// Asks one to go.
    fn go(&mut self, number: u64) -> Option<()> {
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
    use super::super::bounds::{AT_WORK_MAX, FIRST_CALL_MAX};
    use super::super::life::{Awaited, Owed, Watching};
    use super::*;

    fn peer(last: u8) -> Peer {
        Peer::at(([192, 0, 2, last], 1).into())
    }

    fn roster(connections: usize, an_address: usize) -> Arc<Roster> {
        Roster::new(Bounds { connections, connections_an_address: an_address, ..Bounds::new(65_536) })
    }

    /// A call that is under way.
    fn asks(entered: &Entered) -> Owed {
        entered.life.greet();
        Owed::to(&entered.life, Kind::Question)
    }

    /// A watch that has nothing to tell.
    fn watches(entered: &Entered) -> (Owed, Watching) {
        entered.life.greet();
        (Owed::to(&entered.life, Kind::Stays), Watching::on(&entered.life))
    }

    fn gone(entered: &Entered) -> bool {
        !entered.roster.inside().lives.contains_key(&entered.life.number)
    }

    #[test]
    fn who_only_holds_goes_before_who_asked_and_who_is_asking_stays() {
        let roster = roster(3, 3);
        let asking = roster.enter(peer(1)).unwrap();
        let _owed = asks(&asking);
        let asked = roster.enter(peer(2)).unwrap();
        asked.life.greet();
        drop(asks(&asked));
        let silent = roster.enter(peer(3)).unwrap();
        let first = roster.enter(peer(4)).unwrap();
        assert!(gone(&silent) && !gone(&asked) && !gone(&asking));
        let owed = asks(&first);
        let _second = roster.enter(peer(5)).unwrap();
        assert!(gone(&asked) && !gone(&first));
        drop(owed);
        assert_eq!(roster.len(), 3);
    }

    #[test]
    fn a_call_whose_message_does_not_come_holds_no_place() {
        let roster = roster(2, 2);
        let begun = roster.enter(peer(1)).unwrap();
        let owed = asks(&begun);
        let awaited = Awaited::from(&begun.life);
        let busy = roster.enter(peer(2)).unwrap();
        let _owed = asks(&busy);
        drop(awaited);
        assert_eq!(roster.enter(peer(3)).unwrap_err(), Full::Everywhere);
        let _awaited = Awaited::from(&begun.life);
        let _new = roster.enter(peer(3)).unwrap();
        assert!(gone(&begun) && !gone(&busy));
        drop(owed);
    }

    #[test]
    fn who_only_watches_makes_room_before_who_has_worked() {
        let roster = roster(2, 2);
        let (watcher, quiet) = (roster.enter(peer(1)).unwrap(), roster.enter(peer(2)).unwrap());
        drop(asks(&quiet));
        let (_owed, watching) = watches(&watcher);
        assert_eq!(watcher.life.quiet_since(), None, "it is not asked to go for it");
        // While it has something to tell it stays.
        drop(watching);
        let new = roster.enter(peer(3)).unwrap();
        assert!(gone(&quiet) && !gone(&watcher));
        let _owed_new = asks(&new);
        assert_eq!(roster.enter(peer(4)).unwrap_err(), Full::Everywhere);
        let _watching = Watching::on(&watcher.life);
        let _another = roster.enter(peer(4)).unwrap();
        assert!(gone(&watcher) && !gone(&new));
    }

    /// All come from one address, as behind a proxy that nobody named: who holds makes room for who works, who worked long ago for who works
    /// now, and nobody for whom something is under way.
    #[test]
    fn of_one_address_it_is_work_that_keeps_a_place() {
        let roster = roster(5, 5);
        let at = |now| roster.enter_at(peer(1), now).unwrap();
        let now = Instant::now();
        let [at_work, has_worked, commands, first, second] = [(); 5].map(|()| at(now));
        drop((asks(&at_work), asks(&has_worked)));
        let _under_way = Owed::to(&commands.life, Kind::Command);
        let _watches = [&first, &second].map(watches);
        let now = now + 2 * FIRST_CALL_MAX;
        let one = at(now);
        assert!(gone(&first) && !gone(&second));
        let two = at(now);
        assert!(gone(&second));
        // Now those that have only just come, and have not even begun to speak.
        let three = at(now);
        assert!(gone(&one) && !gone(&two));
        let now = now + 2 * AT_WORK_MAX;
        at_work.life.touch_at(now, Kind::Question);
        let [four, five] = [at(now), at(now)];
        assert!(gone(&two) && gone(&three));
        let _work = [asks(&four), asks(&five)];
        let six = at(now);
        assert!(gone(&has_worked) && !gone(&at_work));
        let _works = asks(&six);
        let seven = at(now);
        assert!(gone(&at_work) && !gone(&commands));
        let _works_too = asks(&seven);
        assert_eq!(roster.enter_at(peer(1), now).unwrap_err(), Full::ThatAddress);
    }

    /// Also where another has more connections, for which something was done just now.
    #[test]
    fn of_those_that_only_hold_the_address_with_most_makes_room() {
        let roster = roster(6, 6);
        let office: Vec<_> = (0..3).map(|_| roster.enter(peer(1)).unwrap()).collect();
        let worked: Vec<_> = office.iter().map(asks).collect();
        drop(worked);
        let portal = roster.enter(peer(2)).unwrap();
        let many: Vec<_> = (0..2).map(|_| roster.enter(peer(3)).unwrap()).collect();
        let _watches: Vec<_> = many.iter().chain([&portal]).map(watches).collect();
        let later = Instant::now() + 2 * FIRST_CALL_MAX;
        let _new = roster.enter_at(peer(4), later).unwrap();
        assert!(gone(&many[0]) && !gone(&portal) && !office.iter().any(gone));
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

    /// Whoever has none in is let in for one of the address that has most, and for nobody who has one alone or whose command is under way.
    #[test]
    fn where_all_are_at_work_the_address_with_most_makes_room_for_who_has_none() {
        let proxies = crate::Proxies::new(&["192.0.2.9".parse().unwrap()], crate::ProxyHeader::default());
        let roster = Roster::new(Bounds { connections: 7, connections_an_address: 4, proxies, ..Bounds::new(65_536) });
        let many: Vec<_> = (0..3).map(|_| roster.enter(peer(1)).unwrap()).collect();
        let other = roster.enter(peer(2)).unwrap();
        let of_proxy: Vec<_> = (0..3).map(|_| roster.enter(peer(9)).unwrap()).collect();
        let mut owed = vec![Owed::to(&many[0].life, Kind::Command)];
        owed.extend(many[1..].iter().chain([&other]).chain(&of_proxy).map(asks));
        assert_eq!(roster.enter(peer(2)).unwrap_err(), Full::Everywhere, "it has one");
        let three = roster.enter(peer(3)).unwrap();
        assert!(gone(&many[1]) && !gone(&many[0]) && !gone(&many[2]));
        owed.push(asks(&three));
        let four = roster.enter(peer(4)).unwrap();
        assert!(gone(&many[2]) && !gone(&many[0]));
        owed.push(asks(&four));
        assert_eq!(roster.enter(peer(5)).unwrap_err(), Full::Everywhere, "nobody has more than one");
        assert!(!gone(&many[0]) && !gone(&other) && !of_proxy.iter().any(gone));
    }

    /// Where somebody fills all places with calls under way and comes again and again, whoever else comes has the time to ask, and to ask again.
    #[test]
    fn who_has_just_come_makes_no_room_for_the_address_with_most() {
        let roster = roster(3, 3);
        let many: Vec<_> = (0..3).map(|_| roster.enter(peer(1)).unwrap()).collect();
        let _owed: Vec<_> = many.iter().map(asks).collect();
        let now = Instant::now();
        let new = roster.enter_at(peer(2), now).unwrap();
        assert_eq!(roster.enter_at(peer(1), now).unwrap_err(), Full::Everywhere);
        drop(asks(&new));
        assert_eq!(roster.enter_at(peer(1), now + AT_WORK_MAX / 2).unwrap_err(), Full::Everywhere);
        assert!(!gone(&new));
        // Once nothing was done for it for a while it makes room like any other.
        let _again = roster.enter_at(peer(1), now + 2 * AT_WORK_MAX).unwrap();
        assert!(gone(&new));
    }

    #[test]
    fn a_trusted_proxy_is_bounded_by_the_whole_alone() {
        let proxies = crate::Proxies::new(&["192.0.2.1".parse().unwrap()], crate::ProxyHeader::default());
        let bounds = Bounds { connections: 5, connections_an_address: 1, proxies, ..Bounds::new(65_536) };
        let roster = Roster::new(bounds);
        let of_proxy: Vec<_> = (0..4).map(|_| roster.enter(peer(1)).unwrap()).collect();
        let _owed: Vec<_> = of_proxy.iter().map(asks).collect();
        let other = roster.enter(peer(2)).unwrap();
        let _owed_other = asks(&other);
        assert_eq!(roster.enter(peer(2)).unwrap_err(), Full::ThatAddress);
        assert_eq!(roster.enter(peer(1)).unwrap_err(), Full::Everywhere);
    }

    #[test]
    fn an_address_with_all_its_places_at_work_is_turned_away_alone() {
        let roster = roster(8, 2);
        let held: Vec<_> = (0..2).map(|_| roster.enter(peer(1)).unwrap()).collect();
        let owed: Vec<_> = held.iter().map(asks).collect();
        assert_eq!(roster.enter(peer(1)).unwrap_err(), Full::ThatAddress);
        let _other = roster.enter(peer(2)).unwrap();
        drop(owed);
        let _again = roster.enter(peer(1)).unwrap();
        assert_eq!(held.iter().filter(|held| gone(held)).count(), 1);
        drop(held);
        assert_eq!(roster.len(), 2);
    }
}
