//! Which credit codes a command brings, and a fact holds: those that fail their check are taken where a bureau confirmed them.

use crate::command::Command;
use crate::context::Context;
use crate::event::Event;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::value::{OperatorCode, ProviderId, Uscc};

impl Command {
    /// The credit codes that it brings, beside that of the provider it is on.
    #[expect(clippy::wildcard_enum_match_arm, reason = "four commands of the many bring codes")]
    pub fn codes(&self) -> impl Iterator<Item = &Uscc> {
        let codes = match self {
            Self::IdentifyOperator(c) => [Some(&c.operator_uscc), None],
            Self::MakePledge(c) => [c.pledge.promisor_uscc.as_ref(), Some(&c.pledge.accepting_unit_uscc)],
            Self::RecordFulfilment(c) => [c.determining_unit_uscc.as_ref(), None],
            Self::RecordBreach(c) => [c.determining_unit_uscc.as_ref(), None],
            _ => [None, None],
        };
        codes.into_iter().flatten()
    }

    /// The codes of which it is asked whether they were confirmed, where it is on this provider and its record is empty or not: those that fail
    /// their check. A provider that is on record is there under the code it has.
    pub fn unchecked_codes<'a>(
        &'a self,
        provider: &'a ProviderId,
        on_record: &Provider,
    ) -> impl Iterator<Item = &'a Uscc> {
        let own = match provider.operator() {
            OperatorCode::Uscc(code) if on_record.particulars.is_empty() => Some(code),
            OperatorCode::Uscc(_) | OperatorCode::ToBeCompleted(_) => None,
        };
        own.into_iter().chain(self.codes()).filter(|code| !code.is_well_checked())
    }
}

impl Event {
    /// The credit codes that it holds, as it was recorded or as it corrects another.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few facts of the many hold codes")]
    pub fn codes(&self) -> impl Iterator<Item = &Uscc> {
        let fact = match self {
            Self::ActCorrected(e) => e.fact.as_deref().unwrap_or(self),
            _ => self,
        };
        let codes = match fact {
            Self::OperatorIdentified(e) => [Some(&e.operator_uscc), None],
            Self::PledgeMade(e) => [e.pledge.promisor_uscc.as_ref(), Some(&e.pledge.accepting_unit_uscc)],
            Self::PledgeFulfilled(e) => [e.determining_unit_uscc.as_ref(), None],
            Self::PledgeBroken(e) => [e.determining_unit_uscc.as_ref(), None],
            _ => [None, None],
        };
        codes.into_iter().flatten()
    }
}

/// Every code that the command brings holds, or was confirmed.
pub(crate) fn hold(on_record: &Provider, command: &Command, context: &Context<'_>) -> Result<(), Refusal> {
    let mut unchecked = command.unchecked_codes(context.provider, on_record);
    match unchecked.find(|code| !context.confirmed.contains(code)) {
        Some(code) => Err(Refusal::CodeNotConfirmed { code: OperatorCode::Uscc(code.clone()) }),
        None => Ok(()),
    }
}
