//! A replay under way: commits are read on threads that give way, one piece after another, each once there is room for it.

use std::time::Duration;

use domain::{BureauId, Position};
use event_log::{Followed, LogError, StoredCommit, StoredLog};
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use serve::of_log_error;
use serve::places::Places;
use serve::status::resumed;
use tonic::Status;

use crate::replay::{Filter, Piece};
use crate::telling::{Room, Telling};
use crate::turn::{Turn, busy};

/// Commits of a replay between which others on its threads come first.
pub(crate) const COMMITS_BETWEEN: usize = 256;
/// Commits after which a caller is told how far was looked, where nothing fits.
pub(crate) const COMMITS_UNTOLD_MAX: u64 = if cfg!(test) { 2_048 } else { 16_384 };
/// Longest that a reader of the log, which has read ahead, is kept for a caller that takes nothing.
const READER_KEPT_MAX: Duration = Duration::from_millis(250);

/// What is read, and for how long.
pub(crate) struct Wanted {
    /// Begin after this position.
    pub(crate) after: u64,
    /// Ends after this one, which is in the log.
    pub(crate) until: u64,
    pub(crate) filter: Filter,
    /// How it ends where nothing passes, if that is an error.
    pub(crate) in_vain: Option<Status>,
}

/// What stands in the log up to a position, read on from another. Its reader can be let go of, and is there again when it is needed.
struct Reading<L> {
    log: L,
    filter: Filter,
    reached: u64,
    until: u64,
    reader: Option<BoxStream<'static, Result<Followed<StoredCommit>, LogError>>>,
}

/// How reading a piece ended.
enum Read {
    /// There is more.
    On,
    /// That was all.
    All,
    Failed(LogError),
}

impl<L: StoredLog> Reading<L> {
    fn of(log: L, filter: Filter, after: u64, until: u64) -> Self {
        Self { log, filter, reached: after, until, reader: None }
    }

    /// Reads a piece, until it is full or others come first.
    async fn piece(&mut self) -> (Piece, Read) {
        let mut piece = Piece::default();
        let read = match self.fill(&mut piece).await {
            Ok(true) => Read::On,
            Ok(false) => Read::All,
            Err(error) => Read::Failed(error),
        };
        piece.reached = self.reached;
        (piece, read)
    }

    /// Whether there is more.
    async fn fill(&mut self, piece: &mut Piece) -> Result<bool, LogError> {
        let reader = self.reader.get_or_insert_with(|| {
            // Positions follow one another, so the number of commits says where to end.
            let count = usize::try_from(self.until.saturating_sub(self.reached)).unwrap_or(usize::MAX);
            self.log.follow_stored(Position(self.reached)).take(count).boxed()
        });
        for _ in 0..COMMITS_BETWEEN {
            giving_way::let_others_first();
            let next = match reader.next().now_or_never() {
                Some(next) => next,
                // Nothing is held back while the log is waited for.
                None if !piece.is_empty() => break,
                None => reader.next().await,
            };
            let Some(next) = next.transpose()? else { return Ok(false) };
            piece.add(&next, &self.filter)?;
            self.reached = piece.reached;
            if piece.is_full() {
                break;
            }
        }
        Ok(true)
    }

    /// Whether it may go on: a place is held. While it waits for one, what was read ahead is let go of.
    async fn has(&mut self, turn: &mut Turn) -> bool {
        if turn.goes_on() {
            return true;
        }
        self.reader = None;
        turn.wait().await
    }

    /// Room for a piece, with no place held while there is none; `None` where nobody takes answers any more.
    async fn room<'a>(&mut self, telling: &'a Telling, turn: &mut Turn, kept: &Places) -> Option<Room<'a>> {
        if let Some(room) = telling.room_now().ok()? {
            return Some(room);
        }
        turn.give_up();
        // Most take their answers in a moment. What few of the others have read ahead is kept for them as long.
        let kept = if self.reader.is_some() { kept.take_now(None) } else { None };
        let soon = if kept.is_some() { READER_KEPT_MAX } else { Duration::ZERO };
        let let_go = || {
            self.reader = None;
            drop(kept);
        };
        telling.room(soon, let_go).await
    }
}

/// A replay: where its answers go, and its place while it makes them.
pub(crate) struct Replay<L> {
    pub(crate) log: L,
    pub(crate) telling: Telling,
    pub(crate) turn: Turn,
    /// Places of those whose reader is kept while they wait for their caller.
    pub(crate) kept: Places,
}

impl<L: StoredLog + Clone> Replay<L> {
    /// Reads what is wanted until all of it was told or nobody takes it any more.
    pub(crate) async fn run(mut self, wanted: Wanted) {
        let closed = self.telling.closed();
        tokio::select! {
            biased;
            // A replay whose filter nothing fits would not notice.
            () = closed => {}
            () = self.tell(wanted) => {}
        }
    }

    async fn tell(&mut self, wanted: Wanted) {
        let Wanted { after, until, filter, in_vain } = wanted;
        let in_vain = in_vain.zip(filter.bureau.clone());
        let Self { log, telling, turn, kept } = self;
        let mut reading = Reading::of(log.clone(), filter, after, until);
        let (mut is_in_vain, mut told) = (true, after);
        let failed = loop {
            let Some(room) = reading.room(telling, turn, kept).await else { return };
            if !reading.has(turn).await {
                break Some(busy());
            }
            let (piece, read) = reading.piece().await;
            is_in_vain &= piece.is_empty();
            if !piece.is_empty() || piece.reached - told >= COMMITS_UNTOLD_MAX {
                told = piece.reached;
                room.tell(piece);
            }
            match read {
                // The threads are few, and a log that is read ahead never has it wait.
                Read::On => tokio::task::yield_now().await,
                Read::All => break None,
                Read::Failed(error) => break Some(of_log_error(&error)),
            }
        };
        let why = match (failed, in_vain) {
            (Some(failed), _) => Some(resumed(&failed, reading.reached)),
            (None, Some((in_vain, bureau))) if is_in_vain => vain(log, bureau, in_vain, turn).await,
            (None, _) => None,
        };
        turn.give_up();
        telling.end(why, reading.reached).await;
    }
}

/// Why a replay that tells nothing is refused: it asks for a bureau that the scheme does not name and that has never recorded anything,
/// whatever else is asked for. The log is read to its first commit.
pub(crate) async fn vain<L: StoredLog + Clone>(
    log: &L,
    bureau: BureauId,
    in_vain: Status,
    turn: &mut Turn,
) -> Option<Status> {
    let head = match log.head().await {
        Ok(head) => head.0,
        Err(error) => return Some(of_log_error(&error)),
    };
    let mut reading = Reading::of(log.clone(), Filter::of(bureau), 0, head);
    loop {
        if !reading.has(turn).await {
            return Some(busy());
        }
        let (piece, read) = reading.piece().await;
        if !piece.is_empty() {
            return None;
        }
        match read {
            Read::On => tokio::task::yield_now().await,
            Read::All => return Some(in_vain),
            Read::Failed(error) => return Some(of_log_error(&error)),
        }
    }
}
