//! Questions that wait for what comes by itself: a position that the rows have not reached. Nothing is done for them meanwhile, so one is as a watch
//! that has nothing to tell: its connection gives its place away like one that only watches, and its place among the questions under way is
//! another's until it goes on.
//!
//! And questions whose answers are known to be long before they are made: one waits until its caller has room for it ([`until_room`]), and keeps
//! the room while it is made ([`keep_room`]). So of the long answers that somebody asks for and does not take few are ever made.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use tonic::Status;

use super::life::{Awaited, End, Ending, Life, Watching};
use super::roster::Roster;
use super::shared::Share;
use super::untaken::{Expected, TooMuch, Untaken};
use crate::peer::Holder;
use crate::status;
use crate::wire::Kind;

tokio::task_local! {
    /// The call that is answered.
    static CALL: StandingBy;
}

/// A call that may come to wait so.
#[derive(Debug, Clone)]
pub(super) struct StandingBy {
    pub(super) life: Arc<Life>,
    pub(super) roster: Arc<Roster>,
    pub(super) holder: Holder,
    /// Its place among the questions under way.
    pub(super) question: Option<Arc<Share>>,
    /// What waits for its caller.
    pub(super) untaken: Arc<Untaken>,
    /// Told where it does.
    pub(super) waited: Arc<Waited>,
}

/// What a call has waited for.
#[derive(Debug, Default)]
pub(super) struct Waited {
    /// It waited for what comes by itself.
    by_itself: AtomicBool,
    /// The room that is kept for its answer: of as much as answers take there as a rule, until it is known what its own takes.
    room: Mutex<Option<Expected>>,
    /// It is known.
    is_known: AtomicBool,
    /// Bytes of its answer, for which there was no room when it was to be made.
    wants: AtomicUsize,
    /// It waited for room in vain.
    in_vain: AtomicBool,
}

impl Waited {
    /// Whether it waited for what comes by itself.
    pub(super) fn by_itself(&self) -> bool {
        self.by_itself.load(Ordering::Relaxed)
    }

    /// It is begun with this room.
    pub(super) fn begun_with(&self, room: Expected) {
        *self.room.lock().unwrap_or_else(PoisonError::into_inner) = Some(room);
    }

    /// The room that is kept for its answer, which it holds no more.
    pub(super) fn room(&self) -> Option<Expected> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn is_begun_with_room(&self) -> bool {
        self.room.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether room was kept for an answer of known length, which is told however much waits by then.
    pub(super) fn has_room(&self) -> bool {
        self.is_known.load(Ordering::Relaxed)
    }

    fn keep(&self, room: Expected) {
        self.begun_with(room);
        self.is_known.store(true, Ordering::Relaxed);
    }

    /// Whether it waited for room in vain.
    pub(super) fn in_vain(&self) -> bool {
        self.in_vain.load(Ordering::Relaxed)
    }

    fn no_room(&self, why: &TooMuch) -> Status {
        self.in_vain.store(true, Ordering::Relaxed);
        match why {
            TooMuch::OfHis => status::answers_untaken(),
            TooMuch::OfAll => status::too_many_questions(),
        }
    }
}

impl StandingBy {
    /// Answers it.
    pub(super) fn answering<T>(self, answer: impl Future<Output = T>) -> impl Future<Output = T> {
        CALL.scope(self, answer)
    }

    async fn until<T>(self, wait: impl Future<Output = T>) -> Result<T, Status> {
        let place = self.roster.standing_by.take(self.holder).ok_or_else(status::too_many_questions)?;
        let watching = Watching::on(&self.life);
        self.waited.by_itself.store(true, Ordering::Relaxed);
        self.lay_down();
        // Nothing is made for it meanwhile: others of its caller are not kept waiting by what it would take.
        if !self.waited.has_room() {
            drop(self.waited.room());
        }
        let come = tokio::select! {
            biased;
            come = wait => come,
            () = place.given() => return Err(status::too_many_questions()),
            // It ends with what only watches.
            why = Arc::clone(&self.life).until_cut(Kind::Stays) => return Err(status::ends(why == End::Server)),
        };
        drop((place, watching));
        self.take_again()?;
        Ok(come)
    }

    /// Its place among the questions under way is another's.
    fn lay_down(&self) {
        if let Some(question) = &self.question {
            question.lay_down();
        }
    }

    fn take_again(&self) -> Result<(), Status> {
        let Some(question) = &self.question else { return Ok(()) };
        self.roster.questions.take_again(question).ok_or_else(status::too_many_questions)
    }

    /// Waits until its caller has room for more.
    async fn until_room(self) -> Result<(), Status> {
        // It waited before it was begun, and would wait for what it holds itself.
        if self.waited.is_begun_with_room() {
            return Ok(());
        }
        let wants = Some(self.waited.wants.swap(0, Ordering::Relaxed)).filter(|bytes| *bytes > 0);
        let mut room = pin!(room(&self.life, &self.roster, (&self.untaken, &self.waited), Kind::Question, wants));
        // What there was no room for is kept for it: others who come meanwhile wait behind it.
        let keep = |room: Option<Expected>| room.filter(|_| wants.is_some()).map(|room| self.waited.begun_with(room));
        if let Some(room) = room.as_mut().now_or_never() {
            keep(room?);
            return Ok(());
        }
        self.lay_down();
        keep(room.await?);
        self.take_again()
    }
}

/// Room for an answer, where its caller takes those that wait. It is the caller that is waited for.
pub(super) async fn room(
    life: &Arc<Life>,
    roster: &Roster,
    (untaken, waited): (&Arc<Untaken>, &Waited),
    kind: Kind,
    bytes: Option<usize>,
) -> Result<Option<Expected>, Status> {
    let mut room = pin!(untaken.room(bytes, |of| roster.make_room(of)));
    if let Some(room) = room.as_mut().now_or_never() {
        return room.map_err(|why| waited.no_room(&why));
    }
    let _awaited = Awaited::from(life);
    tokio::select! {
        biased;
        room = room => room.map_err(|why| waited.no_room(&why)),
        () = untaken.until_unbegun_ends() => Err(waited.no_room(&TooMuch::OfAll)),
        why = Ending::of(life, kind).comes() => Err(status::ends(why == End::Server)),
    }
}

/// Waits, within a call, until its caller has room for a long answer; an error where he takes nothing of what waits for him. Nothing of the
/// answer is made before, and no place held that others want.
pub async fn until_room() -> Result<(), Status> {
    match CALL.try_with(StandingBy::clone) {
        Ok(call) => call.until_room().await,
        // Nobody's call, at no door.
        Err(_) => Ok(()),
    }
}

/// Keeps room for the answer of a call, about so many bytes, until it is made and counted; `false` where its caller has none left by now, so that
/// it is to wait again.
pub fn keep_room(bytes: usize) -> bool {
    CALL.try_with(|call| {
        if call.waited.has_room() {
            return true;
        }
        // Of what its answer takes nothing was known when it waited: it is asked for anew, and where it has none, in the line.
        let before = call.waited.room().filter(|before| before.suffices(bytes));
        match before.map(|before| before.no_more_than(bytes)).or_else(|| call.untaken.keep(bytes)) {
            Some(room) => call.waited.keep(room),
            None => call.waited.wants.store(bytes, Ordering::Relaxed),
        }
        call.waited.has_room()
    })
    .unwrap_or(true)
}

/// Waits, within a call, for what comes by itself, however the call fares: an error where it has to end before.
pub async fn stands_by<T>(wait: impl Future<Output = T>) -> Result<T, Status> {
    let mut wait = pin!(wait);
    // Mostly it is there already.
    if let Some(come) = wait.as_mut().now_or_never() {
        return Ok(come);
    }
    match CALL.try_with(StandingBy::clone) {
        Ok(call) => call.until(wait).await,
        // Nobody's call, at no door.
        Err(_) => Ok(wait.await),
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::super::bounds::Bounds;
    use super::super::life::Owed;
    use super::super::roster::Full;
    use super::*;
    use crate::peer::Peer;

    /// While it waits its connection and its place are another's; it goes on with a place.
    #[test]
    fn what_waits_for_what_comes_by_itself_holds_neither_place() {
        let at = |last: u8| Peer::at(([192, 0, 2, last], 1).into());
        let roster = Roster::new(Bounds { connections: 1, ..Bounds::new(65_536) });
        let waits = roster.enter(at(1)).unwrap();
        waits.life.greet();
        let mut owed = Owed::to(&waits.life, Kind::Question);
        let holder = Holder::of(waits.life.peer);
        let question = Arc::new(roster.questions.take(holder).unwrap());
        let waited = Arc::<Waited>::default();
        let (come, comes) = tokio::sync::oneshot::channel::<u8>();
        let call = StandingBy {
            life: Arc::clone(&waits.life),
            roster: Arc::clone(&roster),
            holder,
            question: Some(question),
            untaken: waits.life.untaken_of(holder),
            waited: Arc::clone(&waited),
        };
        let mut call = Box::pin(call.answering(stands_by(comes)));
        let cx = &mut Context::from_waker(Waker::noop());
        assert_eq!(roster.enter(at(2)).unwrap_err(), Full::Everywhere);
        assert!(call.as_mut().poll(cx).is_pending() && waited.by_itself());
        assert_eq!((roster.questions.taken(), roster.standing_by.taken()), (0, 1));
        let other = roster.enter(at(2)).unwrap();
        assert_eq!(roster.len(), 1);
        come.send(7).unwrap();
        assert!(matches!(call.as_mut().poll(cx), std::task::Poll::Ready(Ok(Ok(7)))));
        assert_eq!((roster.questions.taken(), roster.standing_by.taken()), (1, 0));
        drop(call);
        assert_eq!(roster.questions.taken(), 0);
        // In vain: nothing was done for it.
        owed.only_waited();
        drop((owed, other));
        let later = std::time::Instant::now() + std::time::Duration::from_mins(1);
        let standing = waits.life.gives_way(later).map(|(standing, ..)| standing);
        assert_eq!(standing, Some(super::super::life::Standing::OnlyHolds));
    }

    /// Its connection is asked to go: it ends with what watches.
    #[test]
    fn it_ends_with_its_connection() {
        let roster = Roster::new(Bounds::new(65_536));
        let entered = roster.enter(Peer::at(([127, 0, 0, 1], 1).into())).unwrap();
        let call = StandingBy {
            life: Arc::clone(&entered.life),
            roster: Arc::clone(&roster),
            holder: Holder::Connection(1),
            question: None,
            untaken: entered.life.untaken_of(Holder::Connection(1)),
            waited: Arc::default(),
        };
        let mut call = Box::pin(call.answering(stands_by(std::future::pending::<()>())));
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(cx).is_pending());
        entered.life.cut(Kind::Stays, End::Connection);
        assert!(matches!(call.as_mut().poll(cx), std::task::Poll::Ready(Err(_))));
        assert_eq!(stands_by(std::future::ready(1)).now_or_never().unwrap().unwrap(), 1);
    }

    /// Begun with room that it waited for, which is all that there is: it is not kept waiting by what it holds itself, and makes its answer in that
    /// room; where it waits for what comes by itself the room is another's meanwhile.
    #[test]
    fn the_room_it_waited_for_is_its_own_or_another_s() {
        const ALL: usize = super::super::bounds::ANSWERS_A_CONNECTION_BYTES_MAX;
        const SOME: usize = ALL / 2;
        let roster = Roster::new(Bounds::new(65_536));
        let entered = roster.enter(Peer::at(([127, 0, 0, 1], 1).into())).unwrap();
        let untaken = entered.life.untaken_of(Holder::Connection(1));
        let begun = || {
            let waited = Arc::<Waited>::default();
            waited.begun_with(untaken.keep(ALL).unwrap());
            assert!(untaken.keep(SOME).is_none());
            StandingBy {
                life: Arc::clone(&entered.life),
                roster: Arc::clone(&roster),
                holder: Holder::Connection(1),
                question: None,
                untaken: Arc::clone(&untaken),
                waited,
            }
        };
        let call = begun();
        let waited = Arc::clone(&call.waited);
        let made = call.answering(async { (until_room().await.is_ok(), keep_room(SOME), keep_room(ALL)) });
        assert_eq!(made.now_or_never(), Some((true, true, true)));
        assert!(waited.has_room() && untaken.keep(SOME).is_some() && waited.room().is_some());
        drop(waited);
        let mut call = Box::pin(begun().answering(stands_by(std::future::pending::<()>())));
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(untaken.keep(ALL).is_some());
    }
}
