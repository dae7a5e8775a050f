//! The stored form of a commit: one byte that names the form, then the protobuf of `puhui.audit.v1.Commit`. What is written once is
//! readable for ever. docs/stored-form.md says it to strangers, docs/decisions/0010 why it is so.

mod digits;
mod error;
mod facts;
mod field;
mod in_order;
mod values;
mod wire;

#[cfg(test)]
mod tests;

use domain::{
    BureauId, Commit, Event, Instant, OfficerId, OperatorCode, Position, ProviderId, RequestDigest, RequestId,
    Revision, StreamId, Text,
};

pub use error::DecodeError;
pub use facts::FACTS;
use facts::{fact, is_fact};
use field::{Field, Fields};
use in_order::{InOrder, Otherwise};
use wire::{Raw, malformed, put_number};

/// The newest form this program writes and reads.
const FORM: u8 = 1;

/// Forms that there may ever be. A text, which is what people send by mistake, begins with another byte.
const FORMS_MAX: u8 = 31;

/// Facts that most commits have. A fact takes hundreds of bytes, so that room for more would cost more than making it.
const EVENTS_USUAL: usize = 1;
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

/// Whose commit it is, of what its head says of that.
fn stream(
    provider: Option<ProviderId>,
    operator: Option<OperatorCode>,
    is_of_rules: bool,
) -> Result<StreamId, DecodeError> {
    match (provider, operator, is_of_rules) {
        (Some(id), None, false) => Ok(StreamId::Provider(id)),
        (None, Some(code), false) => Ok(StreamId::Operator(code)),
        (None, None, true) => Ok(StreamId::Rules),
        (None, None, false) => Ok(StreamId::Log),
        _ => Err(malformed("it is of two streams")),
    }
}

impl Head<'_> {
    fn stream(&self) -> Result<StreamId, DecodeError> {
        stream(self.read(number::PROVIDER)?, self.read(number::OPERATOR)?, self.is_of_rules()?)
    }
}

/// The commit of these bytes.
#[inline]
pub fn decode(bytes: &[u8]) -> Result<(StreamId, Revision, Commit), DecodeError> {
    let message = message(bytes)?;
    decode_in_order(message).or_else(|Otherwise| decode_in_any_order(message))
}

/// The commit of this message, as this program writes it.
fn decode_in_order(message: &[u8]) -> Result<(StreamId, Revision, Commit), Otherwise> {
    let mut fields = InOrder::of(message);
    let revision = fields.next(number::REVISION)?.map_or(Ok(0), Raw::number).map_err(|_| Otherwise)?;
    let provider = Field::next(&mut fields, number::PROVIDER)?;
    let operator = Field::next(&mut fields, number::OPERATOR)?;
    let id = Field::next(&mut fields, number::ID)?;
    let digest = Field::next(&mut fields, number::DIGEST)?;
    let bureau = Field::next(&mut fields, number::BUREAU)?;
    let officer = Field::next(&mut fields, number::OFFICER)?;
    let recorded_at = Field::next(&mut fields, number::RECORDED_AT)?;
    let scheme = Field::next(&mut fields, number::SCHEME)?;
    let mut events = Vec::with_capacity(EVENTS_USUAL);
    while let Some(raw) = fields.next(number::EVENTS)? {
        events.push(Event::read_quickly(raw)?);
    }
    let rules = Field::next(&mut fields, number::RULES)?;
    let is_of_rules = Field::next(&mut fields, number::OF_RULES)?;
    fields.end(number::OF_RULES)?;
    if events.is_empty() {
        return Err(Otherwise);
    }
    let stream = stream(provider, operator, is_of_rules).map_err(|_| Otherwise)?;
    Ok((stream, Revision(revision), Commit { id, digest, bureau, officer, recorded_at, scheme, rules, events }))
}

/// The commit of this message, or why it is none.
#[cold]
fn decode_in_any_order(message: &[u8]) -> Result<(StreamId, Revision, Commit), DecodeError> {
    let mut events = Vec::with_capacity(EVENTS_USUAL);
    let head = head(message, |raw| Event::read(raw).map(|event| events.push(event)))?;
    let stream = head.stream()?;
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
#[inline]
pub(crate) fn look(bytes: &[u8]) -> Result<(StreamId, Instant), DecodeError> {
    let message = message(bytes)?;
    look_in_order(message).or_else(|Otherwise| look_in_any_order(message))
}

fn look_in_order(message: &[u8]) -> Result<(StreamId, Instant), Otherwise> {
    let mut fields = InOrder::of(message);
    fields.next(number::REVISION)?;
    let provider = Field::next(&mut fields, number::PROVIDER)?;
    let operator = Field::next(&mut fields, number::OPERATOR)?;
    for number in number::ID..number::RECORDED_AT {
        fields.next(number)?;
    }
    let recorded_at = Field::next(&mut fields, number::RECORDED_AT)?;
    fields.next(number::SCHEME)?;
    let mut events = false;
    while let Some(raw) = fields.next(number::EVENTS)? {
        events = true;
        is_fact(raw)?;
    }
    fields.next(number::RULES)?;
    let is_of_rules = Field::next(&mut fields, number::OF_RULES)?;
    fields.end(number::OF_RULES)?;
    if !events {
        return Err(Otherwise);
    }
    Ok((stream(provider, operator, is_of_rules).map_err(|_| Otherwise)?, recorded_at))
}

#[cold]
fn look_in_any_order(message: &[u8]) -> Result<(StreamId, Instant), DecodeError> {
    let mut events = false;
    let head = head(message, |raw| {
        events = true;
        fact(raw).map(drop)
    })?;
    if !events {
        return Err(malformed("it holds no fact"));
    }
    Ok((head.stream()?, head.read(number::RECORDED_AT)?))
}
