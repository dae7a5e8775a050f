//! The stored form of a commit: one version byte, then postcard. What is written once is readable for ever.

mod v1;
mod values;

use domain::{Commit, Event, Instant, Invalid, Revision, StreamId};
use serde::{Deserialize, Serialize};

use values::{Stored, Utf8};

/// The newest form this program writes and reads.
const FORM: u8 = 1;

/// Forms that there may ever be. A text, which is what people send by mistake, begins with another byte.
const FORMS_MAX: u8 = 31;
/// Facts that there may ever be: what says that it is one of more is damaged, and no newer program's.
const FACTS_MAX: u32 = 4096;

/// Facts that most commits have at most.
const EVENTS_USUAL_MAX: usize = 4;

/// Why stored bytes are not a commit this program can read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No bytes at all.
    #[error("the stored commit is empty")]
    Empty,
    /// Written by a newer program.
    #[error("written by a newer version: form {0}; this program reads forms up to {FORM}")]
    UnknownForm(u8),
    /// Written by a newer program: the fact has this number in `puhui.audit.v1.Event`.
    #[error("written by a newer version: fact {0}; this program knows facts up to {last}", last = Event::NAMES.len())]
    UnknownFact(u32),
    /// Not written by any version: no form begins with this byte.
    #[error("it is no commit: its first byte is 0x{0:02x}")]
    NoCommit(u8),
    /// Not the form its version byte says.
    #[error("the stored commit is malformed: {0}")]
    Malformed(String),
    /// The form is right, a value in it is not.
    #[error("the stored commit holds an invalid value: {0}")]
    InvalidValue(Invalid),
}

impl DecodeError {
    /// Whether a newer program may have written it.
    pub fn is_newer(&self) -> bool {
        matches!(self, Self::UnknownForm(_) | Self::UnknownFact(_))
    }
}

impl From<Invalid> for DecodeError {
    fn from(invalid: Invalid) -> Self {
        Self::InvalidValue(invalid)
    }
}

#[derive(Debug, Serialize, Deserialize)]
enum StreamForm<'a> {
    Provider(#[serde(borrow)] Utf8<'a>),
    Operator(#[serde(borrow)] Utf8<'a>),
    Log,
}

/// A commit as stored, but for its facts, which follow: so each fact is made where it stays. To postcard the two are one record that
/// ends with a sequence.
#[derive(Debug, Serialize, Deserialize)]
struct HeadForm<'a> {
    #[serde(borrow)]
    stream: StreamForm<'a>,
    revision: u64,
    id: [u8; 16],
    digest: [u8; 16],
    #[serde(borrow)]
    bureau: Utf8<'a>,
    #[serde(borrow)]
    officer: Utf8<'a>,
    recorded_at: u64,
    #[serde(borrow)]
    scheme: Utf8<'a>,
    events: usize,
}

/// The bytes of a commit.
///
/// # Panics
///
/// Never: the form holds nothing that postcard cannot write.
pub fn encode(stream: &StreamId, revision: Revision, commit: &Commit) -> Vec<u8> {
    encode_at(stream, revision, commit, commit.recorded_at)
}

/// The bytes of a commit that is stamped with another time than it came with.
pub(crate) fn encode_at(stream: &StreamId, revision: Revision, commit: &Commit, recorded_at: Instant) -> Vec<u8> {
    let head = HeadForm {
        stream: match stream {
            StreamId::Provider(id) => StreamForm::Provider(id.to_form()),
            StreamId::Operator(code) => StreamForm::Operator(code.to_form()),
            StreamId::Log => StreamForm::Log,
        },
        revision: revision.0,
        id: commit.id.to_form(),
        digest: commit.digest,
        bureau: commit.bureau.to_form(),
        officer: commit.officer.to_form(),
        recorded_at: recorded_at.to_form(),
        scheme: commit.scheme.to_form(),
        events: commit.events.len(),
    };
    // Postcard fails on a fixed buffer that is full or a sequence of unknown length; neither can be here. Were it to fail, no bytes
    // would be better than bytes that are stored and never read.
    let never = "a growing buffer and known lengths";
    let head = postcard::to_extend(&head, vec![FORM]).expect(never);
    commit.events.iter().fold(head, |bytes, event| postcard::to_extend(&event.to_form(), bytes).expect(never))
}

/// What a fact that cannot be read is, if it is one that this program does not know.
fn newer_fact(bytes: &[u8]) -> Option<DecodeError> {
    let (variant, _) = postcard::take_from_bytes::<u32>(bytes).ok()?;
    let known = u32::try_from(Event::NAMES.len()).ok()?;
    (known..FACTS_MAX).contains(&variant).then_some(DecodeError::UnknownFact(variant + 1))
}

/// The commit of these bytes.
#[inline]
pub fn decode(bytes: &[u8]) -> Result<(StreamId, Revision, Commit), DecodeError> {
    let (form, bytes) = bytes.split_first().ok_or(DecodeError::Empty)?;
    match *form {
        FORM => {}
        newer if (FORM..=FORMS_MAX).contains(&newer) => return Err(DecodeError::UnknownForm(newer)),
        other => return Err(DecodeError::NoCommit(other)),
    }
    let malformed = |error: postcard::Error| DecodeError::Malformed(error.to_string());
    let (head, mut rest) = postcard::take_from_bytes::<HeadForm<'_>>(bytes).map_err(malformed)?;
    // Room for as many as a command makes: what a damaged number asks for is not made.
    let mut events = Vec::with_capacity(head.events.min(EVENTS_USUAL_MAX));
    for _ in 0..head.events {
        let (fact, after) = postcard::take_from_bytes::<v1::Fact<'_>>(rest)
            .map_err(|error| newer_fact(rest).unwrap_or_else(|| malformed(error)))?;
        events.push(Stored::from_form(fact)?);
        rest = after;
    }
    if !rest.is_empty() {
        return Err(DecodeError::Malformed(format!("{} bytes follow it", rest.len())));
    }
    let stream = match head.stream {
        StreamForm::Provider(id) => StreamId::Provider(Stored::from_form(id)?),
        StreamForm::Operator(code) => StreamId::Operator(Stored::from_form(code)?),
        StreamForm::Log => StreamId::Log,
    };
    let commit = Commit {
        id: Stored::from_form(head.id)?,
        digest: head.digest,
        bureau: Stored::from_form(head.bureau)?,
        officer: Stored::from_form(head.officer)?,
        recorded_at: Stored::from_form(head.recorded_at)?,
        scheme: Stored::from_form(head.scheme)?,
        events,
    };
    Ok((stream, Revision(head.revision), commit))
}
