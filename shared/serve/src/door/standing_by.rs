//! Questions that wait for what comes by itself: a position that the rows have not reached. Nothing is done for them meanwhile, so one is as a watch
//! that has nothing to tell: its connection gives its place away like one that only watches, and its place among the questions under way is
//! another's until it goes on.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use tonic::Status;

use super::life::{End, Life, Watching};
use super::roster::Roster;
use super::shared::Share;
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
    /// Told where it does.
    pub(super) has_waited: Arc<AtomicBool>,
}

impl StandingBy {
    /// Answers it.
    pub(super) fn answering<T>(self, answer: impl Future<Output = T>) -> impl Future<Output = T> {
        CALL.scope(self, answer)
    }

    async fn until<T>(self, wait: impl Future<Output = T>) -> Result<T, Status> {
        let place = self.roster.standing_by.take(self.holder).ok_or_else(status::too_many_questions)?;
        let watching = Watching::on(&self.life);
        self.has_waited.store(true, Ordering::Relaxed);
        if let Some(question) = &self.question {
            question.lay_down();
        }
        let come = tokio::select! {
            biased;
            come = wait => come,
            () = place.given() => return Err(status::too_many_questions()),
            // It ends with what only watches.
            why = Arc::clone(&self.life).until_cut(Kind::Stays) => return Err(status::ends(why == End::Server)),
        };
        drop((place, watching));
        if let Some(question) = &self.question {
            self.roster.questions.take_again(question).ok_or_else(status::too_many_questions)?;
        }
        Ok(come)
    }
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
        let has_waited = Arc::<AtomicBool>::default();
        let (come, comes) = tokio::sync::oneshot::channel::<u8>();
        let call = StandingBy {
            life: Arc::clone(&waits.life),
            roster: Arc::clone(&roster),
            holder,
            question: Some(question),
            has_waited: Arc::clone(&has_waited),
        };
        let mut call = Box::pin(call.answering(stands_by(comes)));
        let cx = &mut Context::from_waker(Waker::noop());
        assert_eq!(roster.enter(at(2)).unwrap_err(), Full::Everywhere);
        assert!(call.as_mut().poll(cx).is_pending() && has_waited.load(Ordering::Relaxed));
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
            has_waited: Arc::default(),
        };
        let mut call = Box::pin(call.answering(stands_by(std::future::pending::<()>())));
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(cx).is_pending());
        entered.life.cut(Kind::Stays, End::Connection);
        assert!(matches!(call.as_mut().poll(cx), std::task::Poll::Ready(Err(_))));
        assert_eq!(stands_by(std::future::ready(1)).now_or_never().unwrap().unwrap(), 1);
    }
}
