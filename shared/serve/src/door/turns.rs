//! Turns. What comes in over connections is work that is given turns: few are at work at once, and whoever has much to be done waits for his
//! next turn behind everybody who has something to be done, so that a thousand requests of one connection cost the single request of another
//! no more than one of them would.
//!
//! A turn is for one piece of what a connection sends, or for the beginning of one request, and is given back when that has been done or
//! waits for something: the log, a position, a reader, its own message. So no turn is held by what waits for another.
//!
//! Turns go around by holder (a known caller, or a connection; `peer.rs`), and of a holder's by connection. **Who has little to be done goes
//! ahead of the round**: who has come with something new, while no more than a few things of it wait. Who has more waiting, or always has the
//! next thing there when the last is done, stands in the round with all of it. So those who ask for one thing at a time wait for each other, and
//! not for thousands of whom each asks for thousands; and of those who go ahead a few do before each one of the round.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bounds::{TURNS_AHEAD_IN_A_ROW_MAX, WAITING_AHEAD_MAX};
use crate::peer::{Holder, HolderHashes};

/// What is begun with a turn. It neither panics nor takes long: it hands the turn to who has the work.
type Work = Box<dyn FnOnce(Turn) + Send>;

/// What waits of one connection.
type Waiting = HashMap<Holder, VecDeque<Work>, HolderHashes>;

/// The turns of one door.
pub(super) struct Turns(Mutex<Inside>);

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").finish_non_exhaustive()
    }
}

/// One of them, given back when dropped.
#[derive(Debug)]
pub(super) struct Turn(Arc<Turns>);

/// How something comes to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comes {
    /// Its holder has come with it.
    Anew,
    /// It was there when what was done before it was: its holder always has more.
    AtOnce,
}

#[derive(Default)]
struct Inside {
    /// Turns that nobody has.
    free: usize,
    /// Somebody is giving them, and gives those that come back meanwhile.
    is_giving: bool,
    /// What waits, of each connection, by whom it is for.
    works: HashMap<u64, Waiting, HolderHashes>,
    /// Of whom something waits.
    holders: HashMap<Holder, Asking, HolderHashes>,
    /// Numbers of places.
    last: u64,
    /// Those who come before the round, with their places; one whose place is another by now stands there.
    ahead: VecDeque<(Holder, u64)>,
    /// Turns that were given to those since one was to the round.
    ahead_in_a_row: usize,
    round: VecDeque<(Holder, u64)>,
}

/// A holder that asks for turns.
#[derive(Default)]
struct Asking {
    /// The connections over which something waits.
    connections: VecDeque<u64>,
    /// How much does.
    waiting: usize,
    is_ahead: bool,
    /// Where it stands.
    place: u64,
}

impl Turns {
    /// So many at once.
    pub(super) fn new(at_once: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inside { free: at_once, ..Inside::default() })))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Nothing in here panics between two changes that belong together.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `work` done in its turn, which is now where one is free.
    pub(super) fn ask(
        self: &Arc<Self>,
        holder: Holder,
        connection: u64,
        comes: Comes,
        work: impl FnOnce(Turn) + Send + 'static,
    ) {
        let mut inside = self.inside();
        if inside.free > 0 && inside.works.is_empty() {
            inside.free -= 1;
            drop(inside);
            work(Turn(Arc::clone(self)));
        } else {
            inside.add(holder, connection, comes, Box::new(work));
            self.give(inside);
        }
    }

    /// Forgets what waits of a connection that has ended.
    pub(super) fn leave(&self, connection: u64) {
        // Dropped once others may come in again: what is dropped may give turns back.
        let works = self.inside().forget(connection);
        drop(works);
    }

    /// Gives what is free to whose turn it is. Never within itself: what is begun may give its turn back at once.
    fn give<'a>(self: &'a Arc<Self>, mut inside: MutexGuard<'a, Inside>) {
        if inside.is_giving {
            return;
        }
        inside.is_giving = true;
        while let Some(work) = if inside.free > 0 { inside.next() } else { None } {
            inside.free -= 1;
            drop(inside);
            work(Turn(Arc::clone(self)));
            inside = self.inside();
        }
        inside.is_giving = false;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut inside = self.0.inside();
        inside.free += 1;
        self.0.give(inside);
    }
}

impl Inside {
    fn add(&mut self, holder: Holder, connection: u64, comes: Comes, work: Work) {
        let waiting = self.works.entry(connection).or_default().entry(holder).or_default();
        waiting.push_back(work);
        let is_first = waiting.len() == 1;
        let asking = self.holders.entry(holder).or_default();
        if is_first {
            asking.connections.push_back(connection);
        }
        asking.waiting += 1;
        let is_ahead = comes == Comes::Anew && asking.waiting <= WAITING_AHEAD_MAX;
        // Who stands in the round stays there until nothing of it waits.
        if asking.waiting == 1 || (asking.is_ahead && !is_ahead) {
            self.place(holder, is_ahead);
        }
    }

    /// Has a holder stand behind all who stand there already.
    fn place(&mut self, holder: Holder, is_ahead: bool) {
        let Some(asking) = self.holders.get_mut(&holder) else { return };
        self.last += 1;
        (asking.is_ahead, asking.place) = (is_ahead, self.last);
        if is_ahead { &mut self.ahead } else { &mut self.round }.push_back((holder, self.last));
    }

    /// What waits of a connection, which is not done any more.
    fn forget(&mut self, connection: u64) -> Waiting {
        let works = self.works.remove(&connection).unwrap_or_default();
        for (holder, works) in &works {
            let Some(asking) = self.holders.get_mut(holder) else { continue };
            asking.waiting -= works.len();
            if asking.waiting == 0 {
                self.holders.remove(holder);
            }
        }
        works
    }

    /// Whose turn it is.
    fn next(&mut self) -> Option<Work> {
        loop {
            let in_round =
                self.ahead.is_empty() || (self.ahead_in_a_row >= TURNS_AHEAD_IN_A_ROW_MAX && !self.round.is_empty());
            let (holder, place) = if in_round { self.round.pop_front() } else { self.ahead.pop_front() }?;
            if self.holders.get(&holder).is_none_or(|asking| asking.place != place) {
                continue;
            }
            let Some(work) = self.work_of(holder) else { continue };
            self.ahead_in_a_row = if in_round { 0 } else { self.ahead_in_a_row + 1 };
            self.place(holder, !in_round);
            return Some(work);
        }
    }

    /// The next that waits of a holder, of one of its connections after the other.
    fn work_of(&mut self, holder: Holder) -> Option<Work> {
        let asking = self.holders.get_mut(&holder)?;
        while let Some(connection) = asking.connections.pop_front() {
            // One that has ended is not there any more.
            let Some(works) = self.works.get_mut(&connection) else { continue };
            let Some(waiting) = works.get_mut(&holder) else { continue };
            let Some(work) = waiting.pop_front() else { continue };
            asking.waiting -= 1;
            if waiting.is_empty() {
                works.remove(&holder);
                if works.is_empty() {
                    self.works.remove(&connection);
                }
            } else {
                asking.connections.push_back(connection);
            }
            if asking.waiting == 0 {
                self.holders.remove(&holder);
            }
            return Some(work);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;

    /// Who was given turns, in their order, and the turns.
    #[derive(Clone, Default)]
    struct Given(Arc<Mutex<Vec<(u64, Turn)>>>);

    impl Given {
        fn ask(&self, turns: &Arc<Turns>, holder: Holder, connection: u64) {
            self.ask_as(turns, holder, connection, Comes::Anew);
        }

        fn ask_as(&self, turns: &Arc<Turns>, holder: Holder, connection: u64, comes: Comes) {
            let given = Arc::clone(&self.0);
            turns.ask(holder, connection, comes, move |turn| given.lock().unwrap().push((connection, turn)));
        }

        /// Has the turn that was given first given back; whose it was.
        fn one(&self) -> Option<u64> {
            let mut given = self.0.lock().unwrap();
            let (connection, turn) = if given.is_empty() { return None } else { given.remove(0) };
            drop(given);
            drop(turn);
            Some(connection)
        }

        /// One after the other, until nobody waits.
        fn all(&self) -> Vec<u64> {
            std::iter::from_fn(|| self.one()).collect()
        }

        fn has(&self, connection: u64) -> bool {
            self.0.lock().unwrap().iter().any(|(given, _)| *given == connection)
        }
    }

    fn own(connection: u64) -> Holder {
        Holder::Connection(connection)
    }

    fn known(last: u8) -> Holder {
        Holder::of(Peer::at(([192, 0, 2, last], 1).into()))
    }

    fn is_clean(turns: &Turns, at_once: usize) -> bool {
        let inside = turns.inside();
        inside.free == at_once
            && inside.works.is_empty()
            && inside.holders.is_empty()
            && inside.ahead.is_empty()
            && inside.round.is_empty()
    }

    /// Turns that are given before that of who has just asked for one.
    fn waits(given: &Given, connection: u64) -> usize {
        let mut waited = 0;
        while !given.has(connection) {
            assert!(given.one().is_some());
            waited += 1;
        }
        waited
    }

    /// Of many that each have a thousand to be done, whoever comes with one waits for a few turns, however many they are.
    #[test]
    fn one_request_waits_for_a_few_turns_of_whoever_has_thousands_to_be_done() {
        const OTHERS: u64 = 128;
        let (turns, given) = (Turns::new(2), Given::default());
        for other in 1..=OTHERS {
            (0..1000).for_each(|_| given.ask(&turns, own(other), other));
        }
        // Soon after they came, in their round, and with a second one soon after the first.
        for after in [0, 100, 5_000, 10, 60_000, 1, 1, 1] {
            (0..after).for_each(|_| assert!(given.one().is_some()));
            given.ask(&turns, own(0), 0);
            let waited = waits(&given, 0);
            assert!(waited <= 4, "{waited} turns before its own, after {after}");
        }
        let order = given.all();
        assert!(order.len() > 50_000);
        // To the end each has as many as any other.
        let half = &order[order.len() - 40_000..order.len() - 20_000];
        let of = |other| half.iter().filter(|connection| **connection == other).count();
        let counts: Vec<_> = (1..=OTHERS).map(of).collect();
        assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
        assert!(is_clean(&turns, 2));
    }

    /// Also where each of the many has few things waiting at a time, the next of which is there when the last is done: as one that is read
    /// piece by piece.
    #[test]
    fn who_always_has_the_next_thing_there_stands_in_the_round_with_it() {
        const OTHERS: u64 = 1000;
        let (turns, given) = (Turns::new(1), Given::default());
        (1..=OTHERS).for_each(|other| given.ask_as(&turns, own(other), other, Comes::AtOnce));
        let mut waited = Vec::new();
        for number in 0..2000 {
            if number % 100 == 0 {
                given.ask(&turns, own(0), 0);
                waited.push(0);
            }
            let connection = given.one().unwrap();
            if connection == 0 {
                continue;
            }
            if let Some(waited) = waited.last_mut().filter(|_| given.has(0)) {
                *waited = number % 100;
            }
            given.ask_as(&turns, own(connection), connection, Comes::AtOnce);
        }
        assert!(waited.iter().all(|waited| *waited <= 2), "{waited:?}");
        drop(given.all());
        assert!(is_clean(&turns, 1));
    }

    /// Whoever comes with more than a few things, or comes with one more whenever one is done, stands in the round as anybody does: none of them
    /// is behind another by more than a turn.
    #[test]
    fn who_has_a_few_things_waiting_goes_ahead_and_who_has_more_does_not() {
        let (turns, given) = (Turns::new(1), Given::default());
        for other in 1..=100 {
            (0..20).for_each(|_| given.ask(&turns, own(other), other));
        }
        let ahead = u64::try_from(WAITING_AHEAD_MAX).unwrap();
        (0..ahead).for_each(|_| given.ask(&turns, own(200), 200));
        (0..=ahead).for_each(|_| given.ask(&turns, own(201), 201));
        let order = given.all();
        let last = |of| order.iter().rposition(|connection| *connection == of).unwrap();
        assert!(last(200) <= 2 * WAITING_AHEAD_MAX, "{} turns before the last of a few", last(200));
        assert!(last(201) >= 100 * WAITING_AHEAD_MAX, "{} turns before the last of one more", last(201));
        assert!(is_clean(&turns, 1));
    }

    /// A place that was left, for the round or with the connection, is not taken for a later one.
    #[test]
    fn who_leaves_and_comes_again_has_one_place() {
        let (turns, given) = (Turns::new(1), Given::default());
        given.ask(&turns, own(0), 0);
        for _ in 0..3 {
            (0..10).for_each(|_| given.ask(&turns, known(1), 1));
            given.ask(&turns, known(1), 2);
            turns.leave(1);
        }
        (0..10).for_each(|_| given.ask(&turns, own(3), 3));
        (0..7).for_each(|_| given.ask(&turns, known(1), 2));
        let order = given.all();
        assert_eq!(order.len(), 1 + 10 + 10);
        let first = order[1..11].iter().filter(|connection| **connection == 2).count();
        assert!((4..=6).contains(&first), "{order:?}");
        assert!(is_clean(&turns, 1));
    }

    #[test]
    fn a_caller_is_one_however_many_connections_it_has() {
        let (turns, given) = (Turns::new(1), Given::default());
        let held = Given::default();
        held.ask(&turns, own(99), 99);
        for connection in 1..=10 {
            (0..20).for_each(|_| given.ask(&turns, known(1), connection));
        }
        (0..20).for_each(|_| given.ask(&turns, known(2), 11));
        drop(held.all());
        let order = given.all();
        let others = order[..40].iter().filter(|connection| **connection == 11).count();
        assert!((19..=20).contains(&others), "{order:?}");
        // Of its connections each has its turns.
        assert!((1..=10).all(|connection| order[..24].contains(&connection)), "{order:?}");
        assert!(is_clean(&turns, 1));
    }

    /// Whoever comes for the first time does so ahead of the round, and the round goes on all the same.
    #[test]
    fn who_always_comes_anew_keeps_nobody_from_the_round() {
        let (turns, given) = (Turns::new(1), Given::default());
        (0..1000).for_each(|_| given.ask(&turns, own(1), 1));
        let mut order = Vec::new();
        for new in 2..1000 {
            given.ask(&turns, own(new), new);
            given.ask(&turns, own(new), new);
            order.extend(given.one());
        }
        let of_one = order.iter().filter(|connection| **connection == 1).count();
        assert!(of_one >= order.len() / (TURNS_AHEAD_IN_A_ROW_MAX + 1) - 1, "{of_one} of {}", order.len());
        drop(given.all());
    }

    #[test]
    fn few_are_at_work_at_once_and_what_has_ended_is_forgotten() {
        let (turns, given) = (Turns::new(3), Given::default());
        for connection in 1..=4 {
            (0..10).for_each(|_| given.ask(&turns, own(connection), connection));
        }
        assert_eq!(given.0.lock().unwrap().len(), 3);
        // What waits of it is dropped, with what it holds.
        let held = Arc::new(());
        let holds = Arc::clone(&held);
        turns.ask(own(2), 2, Comes::Anew, move |_| drop(holds));
        turns.leave(2);
        assert_eq!(Arc::strong_count(&held), 1);
        assert!(!given.all()[3..].contains(&2));
        assert!(is_clean(&turns, 3));
    }

    /// Work that gives its turn back at once, as where the runtime has ended, is done one after the other and not one within the other.
    #[test]
    fn turns_that_come_back_at_once_are_given_without_end_of_the_stack() {
        let (turns, given) = (Turns::new(1), Given::default());
        given.ask(&turns, own(0), 0);
        let count = Arc::new(Mutex::new(0));
        for _ in 0..200_000 {
            let count = Arc::clone(&count);
            turns.ask(own(1), 1, Comes::Anew, move |turn| {
                *count.lock().unwrap() += 1;
                drop(turn);
            });
        }
        drop(given.all());
        assert_eq!(*count.lock().unwrap(), 200_000);
        assert!(is_clean(&turns, 1));
    }
}
