//! Reads that decisions rest on.
//!
//! With one copy of the NATS stream every read is answered by the server that holds it, so reads that wait at the same moment go out
//! as one. With several copies a direct get may be answered by one that lags: there each read asks the leader.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, RawMessageError};
use async_nats::{Client, HeaderMap, Message, Request, StatusCode, Subscriber, jetstream};
use bytes::Bytes;
use domain::{Instant as Time, Position, StreamId};
use futures_util::StreamExt;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use super::operators::{Look, Operators};
use super::wire::ANSWER_MAX;
use crate::aside::Stored;
use crate::error::LogError;
use crate::recorded::Recorded;
use crate::subject::{ALL, OPERATORS, subject};

/// Subjects asked for in one request; the server answers at most 1024.
const SUBJECTS_MAX: usize = 512;
/// Reads that may wait to be asked together.
const READS_WAITING_MAX: usize = 4096;
/// Commits of one subject asked for in one request.
const LOAD_COMMITS_MAX: usize = 1024;
/// Bytes of them; the server sends at least one message.
pub(super) const LOAD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Commits up to a position whose greatest time is taken for the greatest of all up to it; one request.
const NEWEST_OF_COMMITS: u64 = 1024;

/// A commit, and where the one before it in its stream stands, as its writer told the server.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) commit: Recorded,
    /// None where the NATS stream does not say, for one was copied from another.
    pub(super) before: Option<Position>,
}

impl Met {
    fn new(stored: Stored<'_>, headers: Option<&HeaderMap>) -> Result<Self, LogError> {
        let before = headers.and_then(|headers| headers.get(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE));
        let before = before.and_then(|before| before.as_str().parse().ok()).map(Position);
        Ok(Self { commit: stored.believed()?, before })
    }
}

pub(super) type Found = Result<Option<Met>, LogError>;

/// One subject asked for, and who asks.
struct Ask {
    subject: String,
    answer: oneshot::Sender<Found>,
}

/// Reads from one NATS stream. Clones share the requests.
#[derive(Clone)]
pub(super) struct Reads {
    client: Client,
    pub(super) nats_stream: Arc<jetstream::stream::Stream>,
    /// Where reads that go out together wait; none where each asks the leader.
    together: Option<mpsc::Sender<Ask>>,
    operators: Look,
}

impl Reads {
    pub(super) async fn new(client: Client, nats_stream: Arc<jetstream::stream::Stream>) -> Result<Self, LogError> {
        let config = &nats_stream.cached_info().config;
        let (copies, name) = (config.num_replicas, config.name.clone());
        let mut together = None;
        let operators = Look::default();
        if copies == 1 {
            let inbox = client.new_inbox();
            let answers = client.subscribe(format!("{inbox}.*")).await.map_err(|error| unavailable(&error))?;
            let (sender, asks) = mpsc::channel(READS_WAITING_MAX);
            tokio::spawn(ask_together(
                Asking { client: client.clone(), name, inbox, answers, round: 0, operators: operators.clone() },
                asks,
            ));
            together = Some(sender);
        }
        Ok(Self { client, nats_stream, together, operators })
    }

    /// Whether one server alone answers.
    pub(super) fn one_copy(&self) -> bool {
        self.together.is_some()
    }

    pub(super) async fn meet_last(&self, stream: &StreamId) -> Found {
        let Some(together) = &self.together else {
            return met(self.nats_stream.get_last_raw_message_by_subject(&subject(stream)).await);
        };
        let subject = subject(stream);
        let (answer, answered) = oneshot::channel();
        if let (StreamId::Operator(_), Some((known, renew))) = (stream, self.operators.fresh()) {
            let found = known.found.get(&subject).map(direct).transpose();
            // Nobody waits for the answer to this one.
            if renew && together.try_send(Ask { subject, answer }).is_err() {
                self.operators.ended();
            }
            return found;
        }
        let ended = || LogError::Unavailable("the reader ended".to_owned());
        together.send(Ask { subject, answer }).await.map_err(|_| ended())?;
        answered.await.unwrap_or_else(|_| Err(ended()))
    }

    /// This process writes to `stream`: what was read of it before is void.
    pub(super) fn forget(&self, stream: &StreamId) {
        if let StreamId::Operator(_) = stream {
            self.operators.forget();
        }
    }

    /// What was read of any stream before is void: it may be of another copy of the log.
    pub(super) fn forget_all(&self) {
        self.operators.forget();
    }

    /// Where the log ends, as the leader says.
    pub(super) async fn head(&self) -> Result<Position, LogError> {
        let info = self.nats_stream.get_info().await.map_err(|error| unavailable(&error))?;
        Ok(Position(info.state.last_sequence))
    }

    /// Where the first commit of `stream` at or after `from` stands and its bytes, read from the leader and not decoded.
    pub(super) async fn first_bytes_from(
        &self,
        stream: &StreamId,
        from: u64,
    ) -> Result<Option<(Position, Bytes)>, LogError> {
        match self.nats_stream.get_first_raw_message_by_subject(subject(stream), from).await {
            Ok(message) => Ok(Some((Position(message.sequence), message.payload))),
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// The commit at `position`, if the copy that answers has it.
    pub(super) async fn at(&self, position: Position) -> Found {
        let asked = direct_get(&self.nats_stream.cached_info().config.name);
        let request = Request::new().payload(json!({ "seq": position.0 }).to_string().into()).timeout(Some(ANSWER_MAX));
        let answer = self.client.send_request(asked, request).await.map_err(|error| unavailable(&error))?;
        match answer.status {
            None => direct(&answer).map(Some),
            Some(_) => Ok(None),
        }
    }

    /// When the last commit was recorded, as the leader says; `Instant(0)` of an empty log, or where the last message is no commit.
    pub(super) async fn newest(&self) -> Result<Time, LogError> {
        match met(self.nats_stream.get_last_raw_message_by_subject(ALL).await) {
            Ok(last) => Ok(last.map_or(Time(0), |met| met.commit.commit.recorded_at)),
            Err(error) if error.stray().is_some() => Ok(Time(0)),
            Err(error) => Err(error),
        }
    }

    /// The greatest time of the [`NEWEST_OF_COMMITS`] commits up to a position, from whichever copy answers: those that two processes
    /// had under way at one moment stand closer together than that. What is no commit says nothing.
    pub(super) async fn newest_up_to(&self, last: u64) -> Result<Time, LogError> {
        if last == 0 {
            return Ok(Time(0));
        }
        let (mut from, mut newest) = (last.saturating_sub(NEWEST_OF_COMMITS - 1).max(1), Time(0));
        while from <= last {
            let messages = self.messages(ALL, from, LOAD_BYTES_MAX).await?;
            for message in &messages {
                let position = sequence(message)?;
                from = from.max(position + 1);
                if let (true, Ok(met)) = (position <= last, direct(message)) {
                    newest = newest.max(met.commit.commit.recorded_at);
                }
            }
            if messages.is_empty() {
                // A copy that lags has not heard of the rest.
                break;
            }
        }
        Ok(newest)
    }

    /// Messages of `stream` from a position on, a bounded number of them, from whichever copy answers; with `enough` bytes there are no more.
    pub(super) async fn from(&self, stream: &StreamId, from: u64, enough: usize) -> Result<Vec<Message>, LogError> {
        self.messages(&subject(stream), from, enough.min(LOAD_BYTES_MAX)).await
    }

    /// Messages of a subject, or of several, from a position on, a bounded number of them, from whichever copy answers.
    async fn messages(&self, subject: &str, from: u64, enough: usize) -> Result<Vec<Message>, LogError> {
        let inbox = self.client.new_inbox();
        let mut answers = self.client.subscribe(inbox.clone()).await.map_err(|error| unavailable(&error))?;
        let request = json!({
            "next_by_subj": subject, "seq": from, "batch": LOAD_COMMITS_MAX, "max_bytes": enough,
        });
        let asked = direct_get(&self.nats_stream.cached_info().config.name);
        let sent = self.client.publish_with_reply(asked, inbox, request.to_string().into()).await;
        sent.map_err(|error| unavailable(&error))?;
        until_end(&mut answers, None, false).await
    }
}

pub(super) fn unavailable(error: &dyn std::error::Error) -> LogError {
    LogError::Unavailable(error.to_string())
}

fn direct_get(nats_stream: &str) -> String {
    format!("$JS.API.DIRECT.GET.{nats_stream}")
}

pub(super) fn without_subject() -> LogError {
    LogError::Unavailable("an answer without a subject".to_owned())
}

fn met(message: Result<StreamMessage, RawMessageError>) -> Found {
    match message {
        Ok(message) => {
            let position = Position(message.sequence);
            let stored = Stored { position, subject: Some(&message.subject), bytes: &message.payload };
            Met::new(stored, Some(&message.headers)).map(Some)
        }
        Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
        Err(error) => Err(unavailable(&error)),
    }
}

/// A commit as a direct get answers it.
fn direct(message: &Message) -> Result<Met, LogError> {
    let headers = message.headers.as_ref();
    let subject = headers.and_then(|headers| headers.get("Nats-Subject")).ok_or_else(without_subject)?;
    let position = Position(sequence(message)?);
    Met::new(Stored { position, subject: Some(subject.as_str()), bytes: &message.payload }, headers)
}

pub(super) fn sequence(message: &Message) -> Result<u64, LogError> {
    let sequence = message.headers.as_ref().and_then(|headers| headers.get("Nats-Sequence"));
    let sequence = sequence.and_then(|sequence| sequence.as_str().parse().ok());
    sequence.ok_or_else(|| LogError::Unavailable("an answer without a sequence".to_owned()))
}

/// Messages up to the one that ends an answer, which one `alone` has none of; only those sent to `inbox`, if one is named.
async fn until_end(answers: &mut Subscriber, inbox: Option<&str>, alone: bool) -> Result<Vec<Message>, LogError> {
    let mut found = Vec::new();
    loop {
        let next = tokio::time::timeout(ANSWER_MAX, answers.next()).await;
        let message = next.map_err(|_| LogError::Unavailable("a read was not answered".to_owned()))?;
        let message = message.ok_or_else(|| LogError::Unavailable("the connection ended".to_owned()))?;
        if inbox.is_some_and(|inbox| inbox != message.subject.as_str()) {
            continue;
        }
        match message.status.map(|status| status.as_u16()) {
            None => {
                found.push(message);
                if alone {
                    return Ok(found);
                }
            }
            // The end of several, or nothing there.
            Some(204 | 404) => return Ok(found),
            _ if message.status == Some(StatusCode::NO_RESPONDERS) => {
                return Err(LogError::Unavailable("nobody answers for the NATS stream".to_owned()));
            }
            Some(status) => {
                let why = message.description.unwrap_or_default();
                return Err(LogError::Unavailable(format!("a read was answered {status} {why}")));
            }
        }
    }
}

/// What it takes to ask for many subjects at once.
struct Asking {
    client: Client,
    name: String,
    inbox: String,
    answers: Subscriber,
    round: u64,
    operators: Look,
}

async fn ask_together(mut asking: Asking, mut asks: mpsc::Receiver<Ask>) {
    let mut waiting = Vec::new();
    while asks.recv_many(&mut waiting, SUBJECTS_MAX).await > 0 {
        let (operators, others): (Vec<Ask>, Vec<Ask>) =
            waiting.drain(..).partition(|ask| ask.subject.starts_with(OPERATORS));
        if !operators.is_empty() {
            let looked = asking.look_at_operators().await;
            asking.operators.ended();
            match looked {
                Ok(Some(known)) => tell(operators, &Ok(&known.found)),
                // More of them than one answer holds.
                Ok(None) => asking.each(operators).await,
                Err(error) => tell(operators, &Err(error)),
            }
        }
        if !others.is_empty() {
            asking.each(others).await;
        }
    }
}

fn tell(asks: Vec<Ask>, found: &Result<&HashMap<String, Message>, LogError>) {
    for ask in asks {
        let said = match found {
            Ok(found) => found.get(&ask.subject).map(direct).transpose(),
            Err(error) => Err(LogError::Unavailable(error.to_string())),
        };
        // The caller may be gone; nobody else waits for this answer.
        let _ = ask.answer.send(said);
    }
}

impl Asking {
    /// Asks for these subjects and answers each.
    async fn each(&mut self, asks: Vec<Ask>) {
        let mut subjects: Vec<&str> = asks.iter().map(|ask| ask.subject.as_str()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let found = self.ask(json!({ "multi_last": subjects })).await.and_then(by_subject);
        match found {
            Ok(found) => tell(asks, &Ok(&found)),
            Err(error) => tell(asks, &Err(error)),
        }
    }

    /// The operators' streams as they are now; `None` when they are more than one answer holds. One small request says that nothing
    /// has changed.
    async fn look_at_operators(&mut self) -> Result<Option<Arc<Operators>>, LogError> {
        let (began, (epoch, known)) = (Instant::now(), self.operators.known());
        let all = format!("{OPERATORS}*");
        let last = self.ask(json!({ "last_by_subj": all })).await?.first().map(sequence).transpose()?;
        let now = match known {
            Some(known) if known.last == last => known,
            _ if last.is_none() => Arc::new(Operators { last, found: HashMap::new() }),
            _ => match self.ask(json!({ "multi_last": [all] })).await {
                Ok(found) => {
                    let last = found.iter().map(sequence).collect::<Result<Vec<_>, _>>()?.into_iter().max();
                    Arc::new(Operators { last, found: by_subject(found)? })
                }
                Err(error) => {
                    tracing::debug!(%error, "the operators' streams are asked for one by one");
                    return Ok(None);
                }
            },
        };
        self.operators.learn(epoch, began, Arc::clone(&now));
        Ok(Some(now))
    }

    /// The messages of one request.
    async fn ask(&mut self, request: serde_json::Value) -> Result<Vec<Message>, LogError> {
        self.round += 1;
        let inbox = format!("{}.{}", self.inbox, self.round);
        let sent = self.client.publish_with_reply(direct_get(&self.name), inbox.clone(), request.to_string().into());
        sent.await.map_err(|error| unavailable(&error))?;
        let alone = request.get("last_by_subj").is_some();
        until_end(&mut self.answers, Some(&inbox), alone).await
    }
}

fn by_subject(messages: Vec<Message>) -> Result<HashMap<String, Message>, LogError> {
    let named = |message: Message| {
        let subject = message.headers.as_ref().and_then(|headers| headers.get("Nats-Subject"));
        let subject = subject.map(|subject| subject.as_str().to_owned());
        subject.map(|subject| (subject, message)).ok_or_else(without_subject)
    };
    messages.into_iter().map(named).collect()
}
