//! What is known of one connection: what is under way on it, when it last did anything, and what of it is to end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::bounds::{AT_WORK_MAX, FIRST_CALL_MAX};
use super::tally::Tally;
use super::untaken::{Rooms, Untaken};
use crate::peer::{Holder, Peer};
use crate::wire::Kind;

/// Why calls that are still open end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Their connection does.
    Connection,
    /// The server stops.
    Server,
    /// Their place is given to who holds fewer.
    Place,
}

/// What a connection has come to; the earlier gives its place away first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It never sent a word.
    Silent,
    /// It never asked.
    NeverAsked,
    /// Of what it asked nothing was ever answered: it only watches, or takes no answer.
    NeverWorked,
    /// Something was done for it.
    Worked,
}

/// How far a connection is from work; the earlier gives its place away first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Nothing was ever done for it.
    OnlyHolds,
    /// Nothing was for [`AT_WORK_MAX`].
    HasWorked,
    /// Something was just now, or it has just come.
    AtWork,
}

/// What is known of one connection, kept by its task, its calls and the roster together.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) peer: Peer,
    pub(super) began: Instant,
    pub(super) number: u64,
    /// Milliseconds after `began` at which something was last done for it.
    touched_ms: AtomicU64,
    /// The same of what was done that does not stay; 0 before anything was.
    worked_ms: AtomicU64,
    /// Calls under way, but for those whose callers do not take their answers.
    owed: AtomicU32,
    /// Those of them whose messages have not come yet.
    awaited: AtomicU32,
    /// Those of them that watch, and have nothing to tell, and that wait for what comes by itself.
    watching: AtomicU32,
    /// Those of them that are commands.
    commands: AtomicU32,
    /// Answers that have not ended, and pieces of answers that are not gone to the system.
    telling: AtomicU32,
    /// Milliseconds after `began` at which the last of those was gone.
    told_ms: AtomicU64,
    /// Requests that wait for their turns, in bytes.
    pub(super) waiting: Arc<Tally>,
    /// Its peer does not take what it is sent.
    blocked: AtomicBool,
    /// Bytes that wait for its callers.
    pub(super) untaken: Arc<Tally>,
    rooms: Arc<Rooms>,
    /// The same of each of them for whom some do.
    untaken_of: Mutex<HashMap<Holder, Weak<Untaken>>>,
    greeted: AtomicBool,
    called: AtomicBool,
    /// Its place is given to another: it is asked to go, and what has come in is answered.
    pub(super) displaced: Notify,
    /// It ends at once.
    pub(super) dropped: Notify,
    /// What is still open is to end now, up to this kind, and why.
    cut: watch::Sender<Option<(Kind, End)>>,
}

impl Life {
    pub(super) fn new(peer: Peer, began: Instant, rooms: &Arc<Rooms>, waiting: &Arc<Tally>) -> Self {
        Self {
            peer,
            began,
            number: peer.connection(),
            touched_ms: AtomicU64::new(0),
            worked_ms: AtomicU64::new(0),
            owed: AtomicU32::new(0),
            awaited: AtomicU32::new(0),
            watching: AtomicU32::new(0),
            commands: AtomicU32::new(0),
            telling: AtomicU32::new(0),
            told_ms: AtomicU64::new(0),
            waiting: Tally::of(waiting),
            blocked: AtomicBool::new(false),
            untaken: Arc::default(),
            rooms: Arc::clone(rooms),
            untaken_of: Mutex::default(),
            greeted: AtomicBool::new(false),
            called: AtomicBool::new(false),
            displaced: Notify::new(),
            dropped: Notify::new(),
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

    /// What waits for one of its callers.
    pub(super) fn untaken_of(&self, holder: Holder) -> Arc<Untaken> {
        // Nothing in here panics between two changes that belong together.
        let mut of = self.untaken_of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(untaken) = of.get(&holder).and_then(Weak::upgrade) {
            return untaken;
        }
        // So seldom that a look at all of them costs each that comes little.
        if of.len() == of.capacity() {
            of.retain(|_, untaken| untaken.strong_count() > 0);
        }
        let untaken = Untaken::among(&self.untaken, &self.rooms, holder);
        of.insert(holder, Arc::downgrade(&untaken));
        untaken
    }

    /// What waits for each of its callers.
    pub(super) fn callers(&self) -> Vec<Arc<Untaken>> {
        let of = self.untaken_of.lock().unwrap_or_else(PoisonError::into_inner);
        of.values().filter_map(Weak::upgrade).collect()
    }

    /// A call of this caller that comes later is counted anew.
    pub(super) fn forget(&self, holder: Holder) {
        self.untaken_of.lock().unwrap_or_else(PoisonError::into_inner).remove(&holder);
    }

    /// Whether its peer does not take what it is sent.
    pub(super) fn is_blocked(&self) -> bool {
        self.blocked.load(Ordering::Relaxed)
    }

    pub(super) fn set_blocked(&self, is_blocked: bool) {
        self.blocked.store(is_blocked, Ordering::Relaxed);
    }

    /// Something was done for it, by a call of this kind.
    pub(super) fn touch(&self, kind: Kind) {
        self.touch_at(Instant::now(), kind);
    }

    pub(super) fn touch_at(&self, now: Instant, kind: Kind) {
        let elapsed = self.elapsed_ms(now);
        self.touched_ms.store(elapsed, Ordering::Relaxed);
        if kind != Kind::Stays {
            self.worked_ms.store(elapsed.max(1), Ordering::Relaxed);
        }
    }

    fn elapsed_ms(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether an answer is under way on it, to the last byte that its peer has not let come.
    pub(super) fn tells(&self) -> bool {
        self.telling.load(Ordering::Acquire) > 0
    }

    pub(super) fn tell_at(&self, now: Instant) {
        self.told_ms.store(self.elapsed_ms(now), Ordering::Release);
    }

    /// When a piece of an answer, or the whole of one, was last gone to the system.
    pub(super) fn told(&self) -> Instant {
        self.began + Duration::from_millis(self.told_ms.load(Ordering::Relaxed))
    }

    /// When it became quiet, that is, since when nothing waits for the server; `None` while something does.
    pub(super) fn quiet_since(&self) -> Option<Instant> {
        self.quiet_but_for(0)
    }

    fn quiet_but_for(&self, watching: u32) -> Option<Instant> {
        let waits = self.awaited.load(Ordering::Relaxed).saturating_add(watching);
        let quiet = self.waiting.now() == 0 && self.owed.load(Ordering::Relaxed) <= waits;
        quiet.then(|| self.began + Duration::from_millis(self.touched_ms.load(Ordering::Relaxed)))
    }

    /// Its standing where it can give its place to another: it is quiet, or does nothing but watch what does not change. With it what it
    /// has come to, and when something was last done for it. `None` while something else waits for the server.
    pub(super) fn gives_way(&self, now: Instant) -> Option<(Standing, Stage, Instant)> {
        let touched = self.quiet_but_for(self.watching.load(Ordering::Relaxed))?;
        let worked = self.worked_ms.load(Ordering::Relaxed);
        if worked > 0 {
            let last = self.began + Duration::from_millis(worked);
            let is_long_ago = now.saturating_duration_since(last) > AT_WORK_MAX;
            return Some((if is_long_ago { Standing::HasWorked } else { Standing::AtWork }, Stage::Worked, last));
        }
        let stage = match () {
            () if self.called.load(Ordering::Relaxed) => Stage::NeverWorked,
            () if self.has_greeted() => Stage::NeverAsked,
            () => Stage::Silent,
        };
        let has_just_come = now.saturating_duration_since(self.began) <= FIRST_CALL_MAX;
        Some((if has_just_come { Standing::AtWork } else { Standing::OnlyHolds }, stage, touched))
    }

    /// When something was last done for it, where it is at work on nothing but questions.
    pub(super) fn only_asks(&self) -> Option<Instant> {
        let asks = self.commands.load(Ordering::Relaxed) == 0;
        asks.then(|| self.began + Duration::from_millis(self.touched_ms.load(Ordering::Relaxed)))
    }

    /// When it is asked to go, a tenth more or less than `age`: those that came together do not go together.
    pub(super) fn ends(&self, age: Duration) -> Instant {
        let part = u32::try_from(self.number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56).unwrap_or(0);
        self.began + age * (230 + part / 5) / 256
    }

    /// Ends what is still open, up to this kind of call. What was ended already keeps its reason.
    pub(super) fn cut(&self, up_to: Kind, why: End) {
        self.cut.send_if_modified(|cut| {
            let is_more = cut.is_none_or(|(kind, _)| kind < up_to);
            if is_more {
                *cut = Some((up_to, why));
            }
            is_more
        });
    }

    /// Why a call of this kind is to end, if it is.
    pub(super) fn is_cut(&self, kind: Kind) -> Option<End> {
        self.cut.borrow().filter(|(up_to, _)| kind <= *up_to).map(|(_, why)| why)
    }

    /// Done when an open call of this kind is to end.
    pub(super) async fn until_cut(self: Arc<Self>, kind: Kind) -> End {
        let mut cut = self.cut.subscribe();
        let ends = |cut: &Option<(Kind, End)>| cut.is_some_and(|(up_to, _)| kind <= up_to);
        // The sender lives as long as this does.
        cut.wait_for(ends).await.ok().and_then(|cut| *cut).map_or(End::Connection, |(_, why)| why)
    }
}

/// The end of what a connection still has open, to be waited for by its calls. In the extensions of every request.
#[derive(Debug, Clone)]
pub(crate) struct Ending(Arc<Life>, Kind);

impl Ending {
    pub(super) fn of(life: &Arc<Life>, kind: Kind) -> Self {
        Self(Arc::clone(life), kind)
    }

    /// Done when a call has to end that is still under way.
    pub(crate) async fn comes(self) -> End {
        self.0.until_cut(self.1).await
    }
}

/// That the server owes a connection something. Where it is let go of, nothing is owed any more.
#[derive(Debug)]
pub(super) struct Owed(Arc<Life>, Kind);

impl Owed {
    /// By a call of this kind.
    pub(super) fn to(life: &Arc<Life>, kind: Kind) -> Self {
        life.owed.fetch_add(1, Ordering::Relaxed);
        life.called.store(true, Ordering::Relaxed);
        if kind == Kind::Command {
            life.commands.fetch_add(1, Ordering::Relaxed);
        }
        Self(Arc::clone(life), kind)
    }

    /// By one that only waited: nothing was done for it.
    pub(super) fn only_waited(&mut self) {
        if self.1 == Kind::Question {
            self.1 = Kind::Stays;
        }
    }

    pub(super) fn life(&self) -> &Arc<Life> {
        &self.0
    }

    pub(super) fn kind(&self) -> Kind {
        self.1
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        self.0.touch(self.1);
        if self.1 == Kind::Command {
            self.0.commands.fetch_sub(1, Ordering::Relaxed);
        }
        self.0.owed.fetch_sub(1, Ordering::Relaxed);
    }
}

/// That an answer, or a piece of one, is on its way.
#[derive(Debug)]
pub(super) struct Telling(Arc<Life>);

impl Telling {
    pub(super) fn on(life: &Arc<Life>) -> Self {
        life.telling.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(life))
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        // Before it is gone: whoever sees that nothing is on its way sees also since when.
        self.0.tell_at(Instant::now());
        self.0.telling.fetch_sub(1, Ordering::Release);
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
        // A part of a message that came is nothing that was done.
        self.0.touch(Kind::Stays);
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
