//! A replay under way: commits are read on threads that give way, and wait, a few of them, for whoever asked.

use std::pin::pin;
use std::time::Duration;

use domain::{BureauId, Position};
use event_log::{EventLog, Followed, LogError, StoredLog};
use futures_util::{Stream, StreamExt, stream};
use prost::bytes::Bytes;
use serve::of_log_error;
use serve::places::Place;
use serve::status::resumed;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tonic::{Code, Status};

use crate::replay::{Answer, Filter, replayed};

/// Answers of a replay that wait for its caller.
const ANSWERS_AHEAD: usize = 64;
/// Longest that they wait for it: a replay that nobody takes ends, and says where another goes on, so that nobody waits for its place.
pub(crate) const TAKEN_MAX: Duration = Duration::from_mins(1);
/// Commits of a replay between which others on its threads come first.
pub(crate) const COMMITS_BETWEEN: usize = 64;

/// What is handed on to who asked: an answer and the position it tells of, or `None` where that was all. An end that is not said is none:
/// the replay was cut short.
type Told = Option<Result<(u64, Answer), Status>>;

/// What is read, and for how long.
pub(crate) struct Wanted {
    /// Begin after this position.
    pub(crate) after: Position,
    /// Positions, of which each holds one commit.
    pub(crate) count: usize,
    pub(crate) filter: Filter,
    /// How it ends where nothing passes, if that is an error.
    pub(crate) in_vain: Option<Status>,
}

/// Reads what is wanted into `told` until all of it was told or nobody takes it any more.
async fn read(log: impl StoredLog, wanted: Wanted, told: mpsc::Sender<Told>) {
    let Wanted { after, count, filter, mut in_vain } = wanted;
    let id = Bytes::from(log.id().to_string());
    let mut commits = pin!(log.follow_stored(after).take(count));
    // Also of what the filter leaves out: who goes on need not have it read again.
    let mut last = after.0;
    for number in 1.. {
        if number % COMMITS_BETWEEN == 0 {
            // The threads are few, and a log that is read ahead never has it wait.
            tokio::task::yield_now().await;
        }
        let next = tokio::select! {
            next = commits.next() => next,
            // Nobody reads on, which a replay whose filter nothing fits would not notice.
            () = told.closed() => return,
        };
        let next = next.map(|next| next.and_then(|next| Ok((next.position().0, replayed(&next, &filter, &id)?))));
        let (answer, ends) = match next {
            Some(Ok((position, replayed))) => {
                last = position;
                let Some(replayed) = replayed else { continue };
                in_vain = None;
                (Some(Ok((position, replayed))), false)
            }
            Some(Err(error)) => (Some(Err(resumed(&of_log_error(&error), last))), true),
            None => {
                let why = tokio::select! {
                    why = vain(&log, &filter, in_vain.take()) => why,
                    () = told.closed() => return,
                };
                (why.map(Err), true)
            }
        };
        if told.send_timeout(answer, TAKEN_MAX).await.is_err() || ends {
            return;
        }
    }
}

/// Why a replay that tells nothing is refused: it asks for a bureau that the scheme does not name and that has never recorded anything,
/// whatever else is asked for.
pub(crate) async fn vain(log: &impl EventLog, filter: &Filter, in_vain: Option<Status>) -> Option<Status> {
    let (in_vain, bureau) = in_vain.zip(filter.bureau.as_ref())?;
    match acted(log, bureau).await {
        Ok(true) => None,
        Ok(false) => Some(in_vain),
        Err(error) => Some(of_log_error(&error)),
    }
}

/// Whether a commit of the log is a bureau's. It is read to the first one.
async fn acted(log: &impl EventLog, bureau: &BureauId) -> Result<bool, LogError> {
    let count = usize::try_from(log.head().await?.0).unwrap_or(usize::MAX);
    let mut commits = pin!(log.follow(Position(0)).take(count));
    for number in 1.. {
        if number % COMMITS_BETWEEN == 0 {
            tokio::task::yield_now().await;
        }
        match commits.next().await.transpose()? {
            Some(Followed::Commit(recorded)) if recorded.commit.bureau == *bureau => return Ok(true),
            Some(_) => {}
            None => break,
        }
    }
    Ok(false)
}

fn cut_short(after: u64) -> Status {
    let (zh, en) = ("重放中断,请从该位置之后继续", "the replay was cut short, go on after this position");
    serve::status::resume(Code::Unavailable, "REPLAY_CUT_SHORT", after, zh, en)
}

/// The answers of a replay, which is read in a task of its own on `on` and holds its place until that ends.
pub(crate) fn answers<L: StoredLog>(
    on: &Handle,
    log: L,
    wanted: Wanted,
    place: Place,
) -> impl Stream<Item = Result<Answer, Status>> + Send + use<L> {
    let (sender, receiver) = mpsc::channel(ANSWERS_AHEAD);
    let after = wanted.after.0;
    let reading = read(log, wanted, sender);
    on.spawn(async move {
        reading.await;
        drop(place);
    });
    // Nothing once the end was said, and after which position another would go on until then.
    stream::unfold((Some(receiver), after), async |(receiver, after)| {
        let mut receiver = receiver?;
        match receiver.recv().await {
            Some(Some(Ok((position, answer)))) => Some((Ok(answer), (Some(receiver), position))),
            Some(Some(Err(status))) => Some((Err(status), (None, after))),
            Some(None) => None,
            None => Some((Err(cut_short(after)), (None, after))),
        }
    })
}
