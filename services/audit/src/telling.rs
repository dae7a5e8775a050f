//! Answers on their way to who asked: a few pieces wait for its caller, and whoever makes them asks for room before it makes one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::{Stream, stream};
use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tonic::{Code, Status};

use crate::replay::Answer;
use crate::streams::Open;

/// Answers of a piece, at most: whoever takes them is no thread that gives way, and would come first for each.
pub(crate) const PIECE_ANSWERS_MAX: usize = 256;
/// A piece of as many bytes takes no other answer; the last may be as large as a commit is.
pub(crate) const PIECE_BYTES_ENOUGH: usize = 64 * 1024;
/// Pieces that wait for the caller, the one that is being made among them. One more is being taken.
const PIECES_AHEAD: usize = 2;
/// Longest that they wait for it: what nobody takes ends, and says where another goes on.
pub(crate) const TAKEN_MAX: Duration = Duration::from_mins(1);

/// Answers that are handed on together.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    /// Each with the position it tells of.
    pub(crate) answers: Vec<(u64, Answer)>,
    pub(crate) bytes: usize,
    /// Everything up to here was looked at.
    pub(crate) reached: u64,
}

impl Piece {
    pub(crate) fn add(&mut self, position: u64, answer: Answer) {
        self.bytes += answer.commit.as_ref().map_or(0, Bytes::len);
        self.answers.push((position, answer));
    }

    pub(crate) fn is_full(&self) -> bool {
        self.answers.len() >= PIECE_ANSWERS_MAX || self.bytes >= PIECE_BYTES_ENOUGH
    }
}

/// What of a piece is not taken yet. Whoever made it can take it back: what waits for a caller that reads nothing costs memory.
#[derive(Debug)]
struct Ahead {
    answers: VecDeque<(u64, Answer)>,
    /// How far is told once these are; not where they were taken back.
    reached: Option<u64>,
}

fn held(ahead: &Mutex<Ahead>) -> MutexGuard<'_, Ahead> {
    // Each change is one operation, so a panic elsewhere leaves none half made.
    ahead.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is handed on to who asked. An end that is not said is none: the answers were cut short.
enum Told {
    Piece(Arc<Mutex<Ahead>>),
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
        if piece.answers.is_empty() {
            return self.permit.send(Told::Reached(piece.reached));
        }
        let piece = Ahead { answers: piece.answers.into(), reached: Some(piece.reached) };
        let piece = Arc::new(Mutex::new(piece));
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
    ahead: Mutex<Vec<Weak<Mutex<Ahead>>>>,
    open: Open,
}

impl Drop for Telling {
    /// Cut short: what was not taken is not told any more.
    fn drop(&mut self) {
        for piece in self.ahead.get_mut().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade) {
            *held(&piece) = Ahead { answers: VecDeque::new(), reached: None };
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
    /// The piece that is being taken.
    piece: Option<Arc<Mutex<Ahead>>>,
    /// From where another would go on.
    after: u64,
    log_id: Bytes,
}

impl Taking {
    /// That everything up to here was looked at.
    fn reached(&mut self, position: u64) -> Answer {
        self.after = position;
        Answer { commit: None, set_aside: None, log_id: self.log_id.clone(), reached_position: position }
    }

    /// The next of the piece that is being taken.
    fn next_of_piece(&mut self) -> Option<Answer> {
        let mut piece = held(self.piece.as_ref()?);
        if let Some((position, answer)) = piece.answers.pop_front() {
            self.after = position;
            return Some(answer);
        }
        self.after = piece.reached.unwrap_or(self.after);
        drop(piece);
        self.piece = None;
        None
    }
}

/// Answers of the log with this id that begin after a position: who makes them, and who takes them.
pub(crate) fn channel(
    log_id: Bytes,
    after: u64,
    open: Open,
) -> (Telling, impl Stream<Item = Result<Answer, Status>> + Send + use<>) {
    let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
    let taking = Taking { told: receiver, piece: None, after, log_id };
    // Nothing once the end was said.
    let taken = stream::unfold(Some(taking), async |taking| {
        let mut taking = taking?;
        loop {
            if let Some(answer) = taking.next_of_piece() {
                return Some((Ok(answer), Some(taking)));
            }
            match taking.told.recv().await {
                Some(Told::Piece(piece)) => taking.piece = Some(piece),
                Some(Told::Reached(reached)) => return Some((Ok(taking.reached(reached)), Some(taking))),
                Some(Told::End(None, reached)) => return Some((Ok(taking.reached(reached)), None)),
                Some(Told::End(Some(status), _)) => return Some((Err(status), None)),
                None => return Some((Err(cut_short(taking.after)), None)),
            }
        }
    });
    (Telling { told: sender, ahead: Mutex::default(), open }, taken)
}
