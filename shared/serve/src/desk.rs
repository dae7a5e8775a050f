//! Where commands come in: the same way for every call of the three command services.

mod room;

use std::sync::Arc;
use std::time::Instant;

use api::registry::v1 as registry;
use domain::{BureauId, Invalid, OfficerId, OperatorCode, ProviderId, RequestDigest, RequestId, Revision};
use event_log::EventLog;
use registrar::{Action, Outcome, Receipt, Registrar, Submission};
use tonic::{Request, Response, Status};

use crate::call::HandedOn;
use crate::fields::Fields;
use crate::metrics::{CommandOutcome, Metrics};
use crate::peer::Holder;
use crate::request_key::RequestKey;
use crate::{clock, status};
pub use room::COMMANDS_UNDER_WAY_MAX;
use room::{Full, Room};

/// What every mutation carries, as it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    /// `request_id`.
    pub request_id: &'a str,
    /// `expected_revision`.
    pub expected_revision: Option<u64>,
    /// `validate_only`.
    pub validate_only: bool,
    /// `bureau_id`.
    pub bureau_id: &'a str,
    /// `officer_id`.
    pub officer_id: &'a str,
    /// Whose record it changes.
    pub target: Target<'a>,
}

/// Whose record a mutation changes, as it was sent.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// `provider_id`.
    Provider(&'a str),
    /// `operator_code`.
    Operator(&'a str),
    /// None: the rules themselves.
    Rules,
}

/// The command a mutation asks for, before it is known of whom.
#[derive(Debug, Clone)]
pub enum Asked {
    /// On a provider.
    Provider(domain::command::Command),
    /// On an operator.
    Operator(domain::command::OperatorCommand),
    /// On an act of either.
    Correction(domain::command::CorrectAct),
    /// On the rules.
    Rules(domain::command::RulesCommand),
}

/// A request that asks for a command. `Service` is a type of the service's crate, which may then implement this for messages of
/// the generated crate.
pub trait Mutation<Service>: Send + Sync {
    /// What the caller gets.
    type Response;

    /// What every mutation carries.
    fn header(&self) -> Header<'_>;

    /// Bytes of the message.
    fn bytes(&self) -> usize;

    /// The command; `None` when a field breaks a rule, which `fields` then holds.
    fn action(&self, fields: &mut Fields) -> Option<Asked>;

    /// What became of it, as the caller gets it.
    fn response(receipt: Receipt) -> Self::Response;
}

/// The act that a correction puts in the place of a wrong one; its violations are named `call.inner`. Who acts, and on whose record, is
/// said by the correction itself and nowhere else.
pub fn right<S, M: Mutation<S>>(fields: &mut Fields, call: &str, message: &M) -> Option<domain::MadeBy> {
    fields.within(call, |fields| {
        let header = message.header();
        let whose = match header.target {
            Target::Provider(id) => ("provider_id", id),
            Target::Operator(code) => ("operator_code", code),
            // Nobody's record: there is nothing to say twice.
            Target::Rules => ("", ""),
        };
        let said = [
            ("request_id", header.request_id),
            ("bureau_id", header.bureau_id),
            ("officer_id", header.officer_id),
            whose,
        ];
        for (field, _) in said.into_iter().filter(|(_, text)| !text.is_empty()) {
            fields.violate(field, Invalid::SAID_ABOVE);
        }
        match message.action(fields)? {
            Asked::Provider(command) => Some(domain::MadeBy::Provider(command)),
            Asked::Operator(command) => Some(domain::MadeBy::Operator(command)),
            Asked::Correction(command) => Some(domain::MadeBy::Correction(command)),
            Asked::Rules(command) => Some(domain::MadeBy::Rules(command)),
        }
    })
}

/// Bytes that a message takes.
pub fn bytes(message: &impl prost::Message) -> usize {
    message.encoded_len()
}

/// Bytes of a request that one place is for.
const PLACE_BYTES: usize = 8 * 1024;

/// How many places a request of this size takes.
fn places(bytes: usize) -> usize {
    bytes.div_ceil(PLACE_BYTES).max(1)
}

/// Takes commands in, has them decided and recorded, and answers.
#[derive(Debug)]
pub struct CommandDesk<L> {
    registrar: Arc<Registrar<L>>,
    key: RequestKey,
    room: Room,
    metrics: Metrics,
}

impl<L> Clone for CommandDesk<L> {
    fn clone(&self) -> Self {
        Self {
            registrar: Arc::clone(&self.registrar),
            key: self.key.clone(),
            room: self.room.clone(),
            metrics: self.metrics.clone(),
        }
    }
}

impl<L: EventLog> CommandDesk<L> {
    /// A desk in front of `registrar`, whose requests are digested under `key`, counted in `metrics`.
    pub fn new(registrar: Arc<Registrar<L>>, key: RequestKey, metrics: Metrics) -> Self {
        Self { registrar, key, room: Room::of(COMMANDS_UNDER_WAY_MAX), metrics }
    }

    /// One call, from message to message.
    pub async fn call<S, M: Mutation<S>>(&self, request: Request<M>) -> Result<Response<M::Response>, Status> {
        let began = Instant::now();
        let handed_on = request.extensions().get::<HandedOn>().cloned().unwrap_or_default();
        let holder = request.extensions().get().copied().map_or(Holder::NOBODY, Holder::of);
        let answer = self.answer(request.get_ref(), holder, &handed_on).await;
        let outcome = match &answer {
            Ok((outcome, _)) => CommandOutcome::Done(*outcome),
            Err(status) => CommandOutcome::Failed(status.code()),
        };
        self.metrics.command(outcome, began.elapsed());
        answer.map(|(_, answer)| Response::new(answer))
    }

    async fn answer<S, M: Mutation<S>>(
        &self,
        message: &M,
        holder: Holder,
        handed_on: &HandedOn,
    ) -> Result<(Outcome, M::Response), Status> {
        let submission = read(message, &self.key)?;
        let places = self.room.take(holder, places(message.bytes())).await;
        let _places = places.map_err(|Full| status::busy(COMMANDS_UNDER_WAY_MAX))?;
        if !submission.validate_only {
            handed_on.set();
        }
        match self.registrar.submit(&submission).await {
            Ok(receipt) => Ok((receipt.outcome, M::response(receipt))),
            Err(error) => Err(status::of_submit_error(&error)),
        }
    }
}

/// What is asked for.
fn read<S, M: Mutation<S>>(message: &M, key: &RequestKey) -> Result<Submission, Status> {
    let header = message.header();
    let mut fields = Fields::new();
    let id = fields.required("request_id", header.request_id, RequestId::parse);
    let bureau = fields.required("bureau_id", header.bureau_id, BureauId::parse);
    let officer = fields.required("officer_id", header.officer_id, OfficerId::parse);
    // A code that fails its check may have been confirmed: the rules ask.
    let (provider, operator) = match header.target {
        Target::Provider(text) => (fields.required("provider_id", text, ProviderId::parse_confirmed), None),
        Target::Operator(text) => (None, fields.required("operator_code", text, OperatorCode::parse_confirmed)),
        Target::Rules => (None, None),
    };
    let asked = message.action(&mut fields);
    let action = match asked {
        Some(Asked::Provider(command)) => provider.map(|id| Action::Provider(id, command)),
        Some(Asked::Operator(command)) => operator.map(|code| Action::Operator(code, command)),
        Some(Asked::Correction(command)) => match (provider, operator) {
            (Some(id), _) => Some(Action::CorrectProvider(id, command)),
            (None, code) => code.map(|code| Action::CorrectOperator(code, command)),
        },
        Some(Asked::Rules(command)) => Some(Action::Rules(command)),
        None => None,
    };
    let (id, bureau, officer, action) =
        fields.finish(id.zip(bureau).zip(officer.zip(action)).map(|((i, b), (o, a))| (i, b, o, a)))?;
    let digest = digest(key, &bureau, &action);
    Ok(Submission {
        id,
        digest,
        bureau,
        officer,
        now: clock::now(),
        expected_revision: header.expected_revision.map(Revision),
        validate_only: header.validate_only,
        action,
    })
}

/// What tells this request from another of the same id: what was understood of it, however it was spelt, by whichever officer of the bureau it
/// was sent.
fn digest(key: &RequestKey, bureau: &BureauId, action: &Action) -> RequestDigest {
    let (of, said) = match action {
        Action::Provider(id, command) => (id.as_str(), command.canonical()),
        Action::Operator(code, command) => (code.as_str(), command.canonical()),
        Action::CorrectProvider(id, command) => (id.as_str(), command.canonical()),
        Action::CorrectOperator(code, command) => (code.as_str(), command.canonical()),
        Action::Rules(command) => ("", command.canonical()),
    };
    key.digest([bureau.as_str().as_bytes(), of.as_bytes(), &said])
}

/// The outcome as it travels.
pub fn outcome(outcome: Outcome) -> i32 {
    match outcome {
        Outcome::Recorded => registry::Outcome::Recorded,
        Outcome::AlreadyRecorded => registry::Outcome::AlreadyRecorded,
        Outcome::Validated => registry::Outcome::Validated,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_request_takes_the_places_of_several() {
        for (bytes, expected) in
            [(0, 1), (1, 1), (PLACE_BYTES, 1), (PLACE_BYTES + 1, 2), (crate::REQUEST_BYTES_MAX, 32)]
        {
            assert_eq!(places(bytes), expected, "{bytes}");
        }
    }
}
