//! What goes over the wire: publishes, alone or as one atomic batch, each with its expectation; and what the server's answer says.

use std::sync::Arc;
use std::time::Duration;

use async_nats::client::RequestErrorKind;
use async_nats::header::{
    NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_EXPECTED_STREAM,
};
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{Client, HeaderMap, Request};
use bytes::Bytes;
use domain::Position;
use futures_util::FutureExt;
use serde::Deserialize;

use super::room::Limit;
use crate::failpoint;

/// Longest wait for one answer of the server.
pub(super) const ANSWER_MAX: Duration = Duration::from_secs(3);

/// Server errors that mean: a subject does not end where its writer said, or another publish to it is on its way. Of a batch nothing
/// is stored.
const WRONG_LAST_SEQUENCE: [ErrorCode; 2] =
    [ErrorCode::STREAM_WRONG_LAST_SEQUENCE, ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT];
/// Server errors of checks that are made before anything is stored or proposed to other servers: the account, or the server, may store
/// nothing more.
const FULL: [(ErrorCode, Limit); 3] = [
    (ErrorCode::ACCOUNT_RESOURCES_EXCEEDED, Limit::Account),
    (ErrorCode::INSUFFICIENT_RESOURCES, Limit::Servers),
    (ErrorCode::STORAGE_RESOURCES_EXCEEDED, Limit::Servers),
];
/// Other server errors of checks that are made before anything is stored or proposed to other servers. Any other answer leaves the
/// outcome open: "store failed" comes after followers may have stored the message.
const REFUSED: [ErrorCode; 7] = [
    ErrorCode::JETSTREAM_NOT_ENABLED,
    ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT,
    ErrorCode::MEMORY_RESOURCES_EXCEEDED,
    ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM,
    ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM,
    // Another log has taken the place of the one that was opened.
    ErrorCode::STREAM_NOT_MATCH,
    ErrorCode::STREAM_SEALED,
];
/// How a server says, as why it stored nothing, that the NATS stream holds as much as it may.
const LIMITS: [&str; 3] =
    ["maximum messages exceeded", "maximum bytes exceeded", "maximum messages per subject exceeded"];
/// Server errors that refuse a batch as a batch, before anything of it is stored. Its commits may go alone.
const BATCH_REFUSED: [ErrorCode; 4] = [
    ErrorCode::ATOMIC_PUBLISH_DISABLED,
    ErrorCode::ATOMIC_PUBLISH_INCOMPLETE_BATCH,
    ErrorCode::ATOMIC_PUBLISH_TOO_LARGE_BATCH,
    ErrorCode::ATOMIC_PUBLISH_TOO_MANY_INFLIGHT,
];

/// A commit as it is published.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    /// The one NATS stream that may take it: its name is that of one log.
    pub(super) nats_stream: Arc<str>,
    pub(super) subject: String,
    /// Where the subject must end.
    pub(super) after: Position,
    pub(super) payload: Bytes,
}

/// What the server said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// On disk; the last message is at this position, those of a batch in the places before it.
    Stored(Position),
    /// Nothing is stored: a subject does not end where its writer said.
    WrongTail,
    /// Nothing is stored.
    Refused(String),
    /// Nothing is stored, for there is no room.
    Full(Limit, String),
    /// By the server that answers nothing is stored, for the NATS stream may hold no more; another that keeps a copy may have stored it.
    Limited(String),
    /// It cannot be told from the answer, or there was none.
    Open(String),
    /// Stored where another commit has stood, in a log that holds less than it did: when that is put right, this one is gone.
    Again(String),
}

#[derive(Deserialize)]
struct Acknowledgement {
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    count: usize,
    error: Option<jetstream::Error>,
}

/// Publishes one commit.
pub(super) async fn publish(client: &Client, message: &Outgoing) -> Answer {
    let request = Request::new().headers(expecting(message)).payload(message.payload.clone());
    failpoint::reach("gathered");
    answered(client, &message.subject, request, 0).await
}

/// An atomic batch that is being sent: all its messages are stored, one after another, or none is. Nothing of it is stored before
/// its last message, which commits it, so one that is given up leaves no trace. No two messages may have one subject.
#[derive(Debug)]
pub(super) struct Batch {
    id: String,
    /// Messages that are on their way already.
    sent: usize,
}

impl Batch {
    pub(super) fn new(client: &Client) -> Self {
        Self { id: client.new_inbox(), sent: 0 }
    }

    /// Messages that are on their way already.
    pub(super) fn sent(&self) -> usize {
        self.sent
    }

    fn headers(&self, message: &Outgoing) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.sent == 0 {
            // A batch is of one stream: where its first message was not taken, none is.
            headers.insert(NATS_EXPECTED_STREAM, &*message.nats_stream);
        }
        headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, message.after.0.to_string());
        headers.insert(NATS_BATCH_ID, self.id.as_str());
        headers.insert(NATS_BATCH_SEQUENCE, (self.sent + 1).to_string());
        headers
    }

    /// Sends the next message, which is not the last, if that takes no waiting; says whether it went.
    pub(super) fn send_ahead(&mut self, client: &Client, message: &Outgoing) -> bool {
        let headers = self.headers(message);
        let sending = client.publish_with_headers(message.subject.clone(), headers, message.payload.clone());
        let sent = matches!(sending.now_or_never(), Some(Ok(())));
        self.sent += usize::from(sent);
        sent
    }

    /// Sends what of `messages`, the whole batch, is not sent yet, and commits it.
    pub(super) async fn commit(mut self, client: &Client, messages: &[Outgoing]) -> Answer {
        let Some((last, before)) = messages.split_last() else { return Answer::Refused("an empty batch".to_owned()) };
        for message in before.iter().skip(self.sent) {
            let headers = self.headers(message);
            let sent = client.publish_with_headers(message.subject.clone(), headers, message.payload.clone());
            if let Err(error) = sent.await {
                // Without its last message a batch is never stored.
                return Answer::Refused(error.to_string());
            }
            self.sent += 1;
        }
        failpoint::reach("gathered");
        let mut headers = self.headers(last);
        headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
        let request = Request::new().headers(headers).payload(last.payload.clone());
        answered(client, &last.subject, request, messages.len()).await
    }
}

fn expecting(message: &Outgoing) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(NATS_EXPECTED_STREAM, &*message.nats_stream);
    headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, message.after.0.to_string());
    headers
}

/// Sends the message that is answered; `batch` is how many the batch has, 0 for a publish alone.
async fn answered(client: &Client, subject: &str, request: Request, batch: usize) -> Answer {
    match client.send_request(subject.to_owned(), request.timeout(Some(ANSWER_MAX))).await {
        Ok(answer) => {
            failpoint::reach("synced");
            verdict(&answer.payload, batch)
        }
        Err(error) => match error.kind() {
            // Nobody took it, or it was never sent. The server took the largest commit when the log was connected.
            RequestErrorKind::NoResponders
            | RequestErrorKind::InvalidSubject
            | RequestErrorKind::MaxPayloadExceeded => Answer::Refused(error.to_string()),
            RequestErrorKind::TimedOut | RequestErrorKind::Other => Answer::Open(error.to_string()),
        },
    }
}

fn verdict(payload: &[u8], batch: usize) -> Answer {
    let answer: Acknowledgement = match serde_json::from_slice(payload) {
        Ok(answer) => answer,
        Err(error) => return Answer::Open(format!("an answer that is none: {error}")),
    };
    let Some(error) = answer.error else {
        if answer.seq > 0 && answer.count == batch {
            return Answer::Stored(Position(answer.seq));
        }
        return Answer::Open(format!("{} of {batch} commits acknowledged at {}", answer.count, answer.seq));
    };
    let code = error.error_code();
    if WRONG_LAST_SEQUENCE.contains(&code) {
        Answer::WrongTail
    } else if let Some((_, limit)) = FULL.iter().find(|(full, _)| *full == code) {
        Answer::Full(*limit, error.to_string())
    } else if code == ErrorCode::STREAM_STORE_FAILED && LIMITS.iter().any(|limit| error.to_string().contains(limit)) {
        Answer::Limited(error.to_string())
    } else if REFUSED.contains(&code) || (batch > 0 && BATCH_REFUSED.contains(&code)) {
        Answer::Refused(error.to_string())
    } else {
        Answer::Open(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_says_what_it_says_and_no_more() {
        let error = |code: u64| format!(r#"{{"error":{{"code":400,"err_code":{code}}},"stream":"PUHUI","seq":0}}"#);
        let stored = Answer::Stored(Position(9));
        for (payload, batch, expected) in [
            (r#"{"stream":"PUHUI","seq":9}"#.to_owned(), 0, Some(stored)),
            (r#"{"stream":"PUHUI","seq":9,"batch":"b","count":3}"#.to_owned(), 3, Some(Answer::Stored(Position(9)))),
            (r#"{"stream":"PUHUI","seq":9,"batch":"b","count":2}"#.to_owned(), 3, None),
            (r#"{"stream":"PUHUI","seq":9}"#.to_owned(), 3, None),
            (error(10071), 0, Some(Answer::WrongTail)),
            (error(10164), 3, Some(Answer::WrongTail)),
            (error(10077), 0, None),
            (error(10158), 0, None),
            // Of a publish alone this error is no answer that can be explained.
            (error(10176), 0, None),
            (String::new(), 0, None),
        ] {
            let verdict = verdict(payload.as_bytes(), batch);
            match expected {
                Some(expected) => assert_eq!(verdict, expected, "{payload}"),
                None => assert!(matches!(verdict, Answer::Open(_)), "{payload}: {verdict:?}"),
            }
        }
        for (code, limit) in [(10002, Limit::Account), (10023, Limit::Servers), (10047, Limit::Servers)] {
            for batch in [0, 3] {
                let verdict = verdict(error(code).as_bytes(), batch);
                assert!(matches!(verdict, Answer::Full(of, _) if of == limit), "{code}");
            }
        }
        for limit in LIMITS {
            let payload = format!(
                r#"{{"error":{{"code":503,"err_code":10077,"description":"{limit}"}},"stream":"PUHUI","seq":0}}"#
            );
            assert!(matches!(verdict(payload.as_bytes(), 0), Answer::Limited(said) if said.contains(limit)), "{limit}");
        }
        for code in [10028, 10054, 10109] {
            assert!(matches!(verdict(error(code).as_bytes(), 0), Answer::Refused(_)), "{code}");
        }
        for code in [10174, 10176, 10199, 10210] {
            assert!(matches!(verdict(error(code).as_bytes(), 3), Answer::Refused(_)), "{code}");
        }
    }
}
