//! What its facts make of an operator.

use super::state::{CodeConfirmation, Operator, OperatorBar};
use crate::event::Event;
use crate::standing::{Spans, is_about};
use crate::value::Act;

/// The state after what stands under the next number, corrections aside.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "few facts of the many stand in an operator's stream")]
pub(crate) fn folded_operator(mut operator: Operator, event: &Event) -> Operator {
    let act = Act::after(operator.acts);
    operator.acts = act.get();
    match event {
        Event::OperatorBarred(e) => operator.bars.push(OperatorBar {
            act,
            ground: e.ground.clone(),
            barred_on: e.barred_on,
            until: e.until,
            document_number: e.document_number.clone(),
            lifted_on: None,
            rulings: Spans::default(),
        }),
        Event::OperatorBarLifted(e) => {
            if let Some(bar) = operator.bars.iter_mut().find(|bar| bar.act == e.bar) {
                bar.lifted_on = Some(e.lifted_on);
            }
        }
        Event::ActOverturned(e) => {
            if let Some(bar) = operator.bars.iter_mut().find(|bar| is_about(bar.act, &bar.rulings, e.act)) {
                bar.rulings.turn(act, e.overturned_on);
            }
        }
        Event::OperatorCodeConfirmed(e) => {
            operator.confirmation = Some(CodeConfirmation {
                act,
                confirmed_on: e.confirmed_on,
                document_number: e.document_number.clone(),
                seen: e.seen.clone(),
            });
        }
        _ => return operator,
    }
    // Whatever changes it is said of it.
    operator.said.remember_of_operator(act, event);
    operator
}
