//! The stored form of a commit: one byte that names the form, then the protobuf of `puhui.audit.v1.Commit`. What is written once is
//! readable for ever. docs/stored-form.md says it to strangers, docs/decisions/0010 why it is so.

mod error;
mod facts;
mod field;
mod values;
mod wire;

use domain::{
    BureauId, Commit, Event, Instant, OfficerId, OperatorCode, Position, ProviderId, RequestDigest, RequestId,
    Revision, StreamId, Text,
};

pub use error::DecodeError;
pub use facts::FACTS;
use facts::fact;
use field::{Field, Fields};
use wire::{Raw, malformed, put_number};

/// The newest form this program writes and reads.
const FORM: u8 = 1;

/// Forms that there may ever be. A text, which is what people send by mistake, begins with another byte.
const FORMS_MAX: u8 = 31;

/// Facts that most commits have at most.
const EVENTS_USUAL_MAX: usize = 4;
/// Bytes that most commits have at most.
const BYTES_USUAL_MAX: usize = 512;

/// Numbers of the fields of `puhui.audit.v1.Commit`.
mod number {
    pub(super) const POSITION: u32 = 1;
    pub(super) const REVISION: u32 = 2;
    pub(super) const PROVIDER: u32 = 3;
    pub(super) const OPERATOR: u32 = 4;
    pub(super) const ID: u32 = 5;
    pub(super) const DIGEST: u32 = 6;
    pub(super) const BUREAU: u32 = 7;
    pub(super) const OFFICER: u32 = 8;
    pub(super) const RECORDED_AT: u32 = 9;
    pub(super) const SCHEME: u32 = 10;
    pub(super) const EVENTS: u32 = 11;
    pub(super) const RULES: u32 = 12;
    pub(super) const OF_RULES: u32 = 18;
}

/// Slots for what stands once in every commit: the events have the last number, and what is beyond them is met on the way.
const HEAD_SLOTS: usize = 11;

/// The bytes of a commit.
pub fn encode(stream: &StreamId, revision: Revision, commit: &Commit) -> Vec<u8> {
    encode_at(stream, revision, commit, commit.recorded_at)
}

/// The bytes of a commit that is stamped with another time than it came with.
pub(crate) fn encode_at(stream: &StreamId, revision: Revision, commit: &Commit, recorded_at: Instant) -> Vec<u8> {
    let mut out = Vec::with_capacity(BYTES_USUAL_MAX);
    out.push(FORM);
    if revision.0 != 0 {
        put_number(number::REVISION, revision.0, &mut out);
    }
    match stream {
        StreamId::Provider(id) => id.put(number::PROVIDER, &mut out),
        StreamId::Operator(code) => code.put(number::OPERATOR, &mut out),
        StreamId::Log | StreamId::Rules => {}
    }
    commit.id.put(number::ID, &mut out);
    commit.digest.put(number::DIGEST, &mut out);
    commit.bureau.put(number::BUREAU, &mut out);
    commit.officer.put(number::OFFICER, &mut out);
    recorded_at.put(number::RECORDED_AT, &mut out);
    commit.scheme.put(number::SCHEME, &mut out);
    for event in &commit.events {
        event.put(number::EVENTS, &mut out);
    }
    commit.rules.put(number::RULES, &mut out);
    (*stream == StreamId::Rules).put(number::OF_RULES, &mut out);
    out
}

/// The protobuf of a commit that is stored as these bytes.
pub(crate) fn message(bytes: &[u8]) -> Result<&[u8], DecodeError> {
    let (form, message) = bytes.split_first().ok_or(DecodeError::Empty)?;
    match *form {
        FORM => Ok(message),
        newer if (FORM..=FORMS_MAX).contains(&newer) => Err(DecodeError::UnknownForm(newer)),
        other => Err(DecodeError::NoCommit(other)),
    }
}

/// The head of a commit.
struct Head<'a> {
    fields: Fields<'a, HEAD_SLOTS>,
    rules: Option<Raw<'a>>,
    of_rules: Option<Raw<'a>>,
}

impl Head<'_> {
    fn read<T: Field>(&self, number: u32) -> Result<T, DecodeError> {
        self.fields.read(number)
    }

    fn rules(&self) -> Result<Position, DecodeError> {
        self.rules.map_or(Ok(Position(0)), Position::read)
    }

    fn is_of_rules(&self) -> Result<bool, DecodeError> {
        self.of_rules.map_or(Ok(false), bool::read)
    }
}

/// Keeps what stands once beyond the slots.
fn once<'a>(slot: &mut Option<Raw<'a>>, number: u32, raw: Raw<'a>) -> Result<(), DecodeError> {
    match slot.replace(raw) {
        None => Ok(()),
        Some(_) => Err(DecodeError::Malformed(format!("field {number} stands more than once"))),
    }
}

/// The head of a commit; each event is handed to `event`.
fn head<'a>(
    message: &'a [u8],
    mut event: impl FnMut(Raw<'a>) -> Result<(), DecodeError>,
) -> Result<Head<'a>, DecodeError> {
    let (mut rules, mut of_rules) = (None, None);
    let fields = Fields::of_with(message, |number, raw| match number {
        number::EVENTS => event(raw),
        number::RULES => once(&mut rules, number, raw),
        number::OF_RULES => once(&mut of_rules, number, raw),
        _ => Ok(()),
    })?;
    match fields.found(number::POSITION).first {
        // Where it stands says where it stands. One that says so itself would be told at two positions.
        Some(_) => Err(malformed("it says where it stands")),
        None => Ok(Head { fields, rules, of_rules }),
    }
}

fn stream(head: &Head<'_>) -> Result<StreamId, DecodeError> {
    let (provider, operator): (Option<ProviderId>, Option<OperatorCode>) =
        (head.read(number::PROVIDER)?, head.read(number::OPERATOR)?);
    match (provider, operator, head.is_of_rules()?) {
        (Some(id), None, false) => Ok(StreamId::Provider(id)),
        (None, Some(code), false) => Ok(StreamId::Operator(code)),
        (None, None, true) => Ok(StreamId::Rules),
        (None, None, false) => Ok(StreamId::Log),
        _ => Err(malformed("it is of two streams")),
    }
}

/// The commit of these bytes.
#[inline]
pub fn decode(bytes: &[u8]) -> Result<(StreamId, Revision, Commit), DecodeError> {
    // Room for as many as a command makes: what a damaged number asks for is not made.
    let mut events = Vec::with_capacity(EVENTS_USUAL_MAX);
    let head = head(message(bytes)?, |raw| Event::read(raw).map(|event| events.push(event)))?;
    let stream = stream(&head)?;
    let id: RequestId = head.read(number::ID)?;
    let digest: RequestDigest = head.read(number::DIGEST)?;
    let bureau: BureauId = head.read(number::BUREAU)?;
    let officer: OfficerId = head.read(number::OFFICER)?;
    let recorded_at: Instant = head.read(number::RECORDED_AT)?;
    let scheme: Text<64> = head.read(number::SCHEME)?;
    let rules = head.rules()?;
    let revision = match head.fields.found(number::REVISION).one()? {
        Some(raw) => raw.number()?,
        None => 0,
    };
    if events.is_empty() {
        return Err(malformed("it holds no fact"));
    }
    Ok((stream, Revision(revision), Commit { id, digest, bureau, officer, recorded_at, scheme, rules, events }))
}

/// Of the commit of these bytes, whose it is and when it was recorded. That it is of a form and of facts that are known is looked at; what
/// they say is not read.
pub(crate) fn look(bytes: &[u8]) -> Result<(StreamId, Instant), DecodeError> {
    let mut events = false;
    let head = head(message(bytes)?, |raw| {
        events = true;
        fact(raw).map(drop)
    })?;
    if !events {
        return Err(malformed("it holds no fact"));
    }
    Ok((stream(&head)?, head.read(number::RECORDED_AT)?))
}
