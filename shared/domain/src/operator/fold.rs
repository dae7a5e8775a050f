//! What its facts make of an operator.

use super::state::Operator;
use crate::event::Event;

/// The state after a fact. Total.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "two facts of the many stand in an operator's stream")]
pub fn evolve_operator(mut operator: Operator, event: &Event) -> Operator {
    match event {
        Event::OperatorBarred(e) => operator.bar = Some((e.until, e.document_number.clone())),
        Event::OperatorBarLifted(_) => operator.bar = None,
        _ => {}
    }
    operator
}
