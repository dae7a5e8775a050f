//! What is decided about an operator.

use super::facts::{OperatorBarLifted, OperatorBarred};
use super::state::Operator;
use crate::command::OperatorCommand;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::rules::scheme::Scheme;
use crate::value::{BureauId, Day};

/// What the command makes of the operator: facts, none when it is already so, or a refusal.
pub fn decide_operator(
    operator: &Operator,
    command: &OperatorCommand,
    scheme: &Scheme,
    bureau: &BureauId,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    if !scheme.bureau(bureau)?.bars_operators {
        return Err(Refusal::DutyMissing);
    }
    match command {
        OperatorCommand::BarOperator(c) => {
            scheme.ground(&c.ground)?;
            if c.barred_on > today {
                return Err(Refusal::DayAhead { day: c.barred_on });
            }
            if c.until < c.barred_on {
                return Err(Refusal::BarBackwards);
            }
            if operator.bar.as_ref() == Some(&(c.until, c.document_number.clone())) {
                return Ok(Vec::new());
            }
            let barred = OperatorBarred {
                ground: c.ground.clone(),
                barred_on: c.barred_on,
                until: c.until,
                document_number: c.document_number.clone(),
                detail: c.detail.clone(),
            };
            Ok(vec![barred.into()])
        }
        OperatorCommand::LiftOperatorBar(c) => {
            if c.lifted_on > today {
                return Err(Refusal::DayAhead { day: c.lifted_on });
            }
            if operator.bar.is_none() {
                return Err(Refusal::NotBarred);
            }
            let lifted = OperatorBarLifted {
                lifted_on: c.lifted_on,
                document_number: c.document_number.clone(),
                reason: c.reason.clone(),
            };
            Ok(vec![lifted.into()])
        }
    }
}
