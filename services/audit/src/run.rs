//! A replay under way: commits are read on threads that give way, and wait, a few of them, for whoever asked.

use std::pin::pin;
use std::time::Duration;

use domain::{BureauId, Position};
use event_log::{EventLog, Followed, LogError, StoredLog};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use prost::bytes::Bytes;
use serve::of_log_error;
use serve::places::Place;
use serve::status::resumed;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tonic::{Code, Status};

use crate::replay::{Answer, Filter, replayed};

/// Answers of a replay that are handed on together: whoever takes them is no thread that gives way, and would come first for each.
const ANSWERS_TOGETHER: usize = 64;
/// As many times so many wait for its caller.
const TOGETHER_AHEAD: usize = 2;
/// Longest that they wait for it: a replay that nobody takes ends, and says where another goes on, so that nobody waits for its place.
pub(crate) const TAKEN_MAX: Duration = Duration::from_mins(1);
/// Commits of a replay between which others on its threads come first.
pub(crate) const COMMITS_BETWEEN: usize = 64;

/// What is handed on to who asked. An end that is not said is none: the replay was cut short.
enum Told {
    /// Answers, each with the position it tells of.
    Answers(Vec<(u64, Answer)>),
    /// That was all, or why there is no more.
    End(Option<Status>),
}

/// Answers on their way to who asked.
struct Telling {
    told: mpsc::Sender<Told>,
    together: Vec<(u64, Answer)>,
}

impl Telling {
    /// Adds an answer; whether anybody still takes them.
    async fn answer(&mut self, position: u64, answer: Answer) -> bool {
        self.together.push((position, answer));
        self.together.len() < ANSWERS_TOGETHER || self.hand_on().await
    }

    /// Hands on what there is; the same.
    async fn hand_on(&mut self) -> bool {
        if self.together.is_empty() {
            return true;
        }
        let together = std::mem::replace(&mut self.together, Vec::with_capacity(ANSWERS_TOGETHER));
        self.told.send_timeout(Told::Answers(together), TAKEN_MAX).await.is_ok()
    }

    async fn end(mut self, why: Option<Status>) {
        if self.hand_on().await {
            // Whoever is gone needs no end.
            let _ = self.told.send_timeout(Told::End(why), TAKEN_MAX).await;
        }
    }
}

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
    let mut telling = Telling { told, together: Vec::new() };
    // Also of what the filter leaves out: who goes on need not have it read again.
    let mut last = after.0;
    for number in 1.. {
        if number % COMMITS_BETWEEN == 0 {
            // What the filter lets through now and then is not held back either.
            if !telling.hand_on().await {
                return;
            }
            // The threads are few, and a log that is read ahead never has it wait.
            tokio::task::yield_now().await;
        }
        let mut next = commits.next().now_or_never();
        if next.is_none() {
            // Nothing is held back while the log is waited for.
            if !telling.hand_on().await {
                return;
            }
            next = tokio::select! {
                next = commits.next() => Some(next),
                // Nobody reads on, which a replay whose filter nothing fits would not notice.
                () = telling.told.closed() => return,
            };
        } else if telling.told.is_closed() {
            return;
        }
        let next = next.flatten();
        let next = next.map(|next| next.and_then(|next| Ok((next.position().0, replayed(&next, &filter, &id)?))));
        match next {
            Some(Ok((position, answer))) => {
                last = position;
                let Some(answer) = answer else { continue };
                in_vain = None;
                if !telling.answer(position, answer).await {
                    return;
                }
            }
            Some(Err(error)) => return telling.end(Some(resumed(&of_log_error(&error), last))).await,
            None => {
                let why = tokio::select! {
                    why = vain(&log, &filter, in_vain.take()) => why,
                    () = telling.told.closed() => return,
                };
                return telling.end(why).await;
            }
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
    let (sender, receiver) = mpsc::channel(TOGETHER_AHEAD);
    let after = wanted.after.0;
    let reading = read(log, wanted, sender);
    on.spawn(async move {
        reading.await;
        drop(place);
    });
    // Nothing once the end was said, and after which position another would go on until then.
    stream::unfold((Some(receiver), Vec::new().into_iter(), after), async |(receiver, mut together, after)| {
        let mut receiver = receiver?;
        loop {
            if let Some((position, answer)) = together.next() {
                return Some((Ok(answer), (Some(receiver), together, position)));
            }
            let ended = match receiver.recv().await {
                Some(Told::Answers(answers)) => {
                    together = answers.into_iter();
                    continue;
                }
                Some(Told::End(None)) => return None,
                Some(Told::End(Some(status))) => status,
                None => cut_short(after),
            };
            return Some((Err(ended), (None, together, after)));
        }
    })
}
