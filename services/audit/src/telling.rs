//! Answers on their way to who asked: a few pieces wait for its caller, and whoever makes them asks for room before it makes one.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::{Stream, stream};
use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tonic::{Code, Status};

use crate::replay::{Answer, Piece};
use crate::streams::Open;

/// Pieces of a replay that wait for the caller, the one that is being made among them. One more is being taken.
pub(crate) const PIECES_AHEAD: usize = 2;
/// The same of a replay of one provider, of whose long records a piece may be twice as long: the next is made while one is being taken.
pub(crate) const PIECES_OF_ONE_AHEAD: usize = 1;
/// Longest that they wait for it: what nobody takes ends, and says where another goes on.
pub(crate) const TAKEN_MAX: Duration = Duration::from_mins(1);

/// A piece that is not taken yet. Whoever made it can take it back: what waits for a caller that reads nothing costs memory.
type Ahead = Mutex<Option<Piece>>;

fn taken_of(ahead: &Ahead) -> Option<Piece> {
    // Each change is one assignment, so a panic elsewhere leaves none half made.
    ahead.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// What is handed on to who asked. An end that is not said is none: the answers were cut short.
enum Told {
    Piece(Arc<Ahead>),
    /// Nothing is told of what was looked at up to here.
    Reached(u64),
    /// That was all, or why there is no more; and how far was looked.
    End(Option<Status>, u64),
}

/// Room for one piece, or for the end.
pub(crate) struct Room<'a> {
    permit: mpsc::Permit<'a, Told>,
    telling: &'a Telling,
}

impl Room<'_> {
    pub(crate) fn tell(self, piece: Piece) {
        if piece.is_empty() {
            return self.permit.send(Told::Reached(piece.reached));
        }
        let piece = Arc::new(Mutex::new(Some(piece)));
        let mut ahead = self.telling.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        ahead.retain(|piece| piece.strong_count() > 0);
        ahead.push(Arc::downgrade(&piece));
        drop(ahead);
        self.permit.send(Told::Piece(piece));
    }

    pub(crate) fn end(self, why: Option<Status>, reached: u64) {
        // From here on they are the caller's, whenever it takes them.
        self.telling.ahead.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.permit.send(Told::End(why, reached));
    }
}

/// Nobody takes answers any more.
pub(crate) struct Gone;

/// Whoever makes the answers.
pub(crate) struct Telling {
    told: mpsc::Sender<Told>,
    /// Pieces that were handed on and may not be taken yet.
    ahead: Mutex<Vec<Weak<Ahead>>>,
    open: Open,
}

impl Drop for Telling {
    /// Cut short: what was not taken is not told any more.
    fn drop(&mut self) {
        for piece in self.ahead.get_mut().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade) {
            taken_of(&piece);
        }
    }
}

impl Telling {
    /// Room, if there is some now.
    pub(crate) fn room_now(&self) -> Result<Option<Room<'_>>, Gone> {
        match self.told.try_reserve() {
            Ok(permit) => Ok(Some(Room { permit, telling: self })),
            Err(TrySendError::Full(())) => Ok(None),
            Err(TrySendError::Closed(())) => Err(Gone),
        }
    }

    /// Room, once the caller has taken what waits for it; `None` where it does not within [`TAKEN_MAX`], is gone, or another comes in its
    /// place. Where it does not within `soon`, `let_go` is called.
    pub(crate) async fn room(&self, soon: Duration, let_go: impl FnOnce() + Send) -> Option<Room<'_>> {
        let taken = self.open.waits(async {
            if let Ok(permit) = tokio::time::timeout(soon, self.told.reserve()).await {
                return permit.ok();
            }
            let_go();
            tokio::time::timeout(TAKEN_MAX, self.told.reserve()).await.ok()?.ok()
        });
        Some(Room { permit: taken.await??, telling: self })
    }

    /// Ends with these words, if the caller still takes them.
    pub(crate) async fn end(&self, why: Option<Status>, reached: u64) {
        if let Some(room) = self.room(Duration::ZERO, || {}).await {
            room.end(why, reached);
        }
    }

    /// Ends when nobody takes answers any more.
    pub(crate) fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let told = self.told.clone();
        async move { told.closed().await }
    }
}

fn cut_short(after: u64) -> Status {
    let (zh, en) = ("重放中断,请从该位置之后继续", "the replay was cut short, go on after this position");
    serve::status::resume(Code::Unavailable, "REPLAY_CUT_SHORT", after, zh, en)
}

/// What a caller takes.
struct Taking {
    told: mpsc::Receiver<Told>,
    /// From where another would go on.
    after: u64,
    log_id: Bytes,
}

impl Taking {
    /// What tells how far it is, from now on.
    fn tells(&mut self, answer: Answer) -> Answer {
        self.after = answer.reached;
        answer
    }

    fn reached(&mut self, position: u64) -> Answer {
        let answer = Answer::reached(position, self.log_id.clone());
        self.tells(answer)
    }
}

/// Answers of the log with this id that begin after a position, of which so many pieces may wait: who makes them, and who takes them.
pub(crate) fn channel(
    log_id: Bytes,
    after: u64,
    open: Open,
    ahead: usize,
) -> (Telling, impl Stream<Item = Result<Answer, Status>> + Send + use<>) {
    let (sender, receiver) = mpsc::channel(ahead);
    let taking = Taking { told: receiver, after, log_id };
    // Nothing once the end was said.
    let taken = stream::unfold(Some(taking), async |taking| {
        let mut taking = taking?;
        loop {
            match taking.told.recv().await {
                Some(Told::Piece(ahead)) => {
                    // Where it was taken back the end follows.
                    let Some(piece) = taken_of(&ahead) else { continue };
                    let answer = taking.tells(piece.answer(taking.log_id.clone()));
                    return Some((Ok(answer), Some(taking)));
                }
                Some(Told::Reached(reached)) => return Some((Ok(taking.reached(reached)), Some(taking))),
                Some(Told::End(None, reached)) => return Some((Ok(taking.reached(reached)), None)),
                Some(Told::End(Some(status), _)) => return Some((Err(status), None)),
                None => return Some((Err(cut_short(taking.after)), None)),
            }
        }
    });
    (Telling { told: sender, ahead: Mutex::default(), open }, taken)
}
