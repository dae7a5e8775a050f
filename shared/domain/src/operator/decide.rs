//! What is decided about an operator.

use super::facts::{OperatorBarLifted, OperatorBarred};
use super::state::Operator;
use crate::command::OperatorCommand;
use crate::context::{not_before, the_one};
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
    may_bar(scheme, bureau, today)?;
    decided(operator, command, scheme, today)
}

/// The bureau has the duty to bar operators.
pub(crate) fn may_bar(scheme: &Scheme, bureau: &BureauId, today: Day) -> Result<(), Refusal> {
    if scheme.bureau_on(bureau, today)?.bars_operators { Ok(()) } else { Err(Refusal::DutyMissing) }
}

/// The same, whoever asks.
pub(crate) fn decided(
    operator: &Operator,
    command: &OperatorCommand,
    scheme: &Scheme,
    today: Day,
) -> Result<Vec<Event>, Refusal> {
    match command {
        OperatorCommand::BarOperator(c) => {
            scheme.ground(&c.ground)?;
            if c.barred_on > today {
                return Err(Refusal::DayAhead { day: c.barred_on });
            }
            if c.until < c.barred_on {
                return Err(Refusal::BarBackwards);
            }
            let same = operator.bars.iter().find(|bar| bar.document_number == c.document_number);
            if let Some(bar) = same {
                let again = (bar.until, bar.barred_on) == (c.until, c.barred_on);
                let differs = || Refusal::DecisionDiffers { document: c.document_number.clone() };
                return if again { Ok(Vec::new()) } else { Err(differs()) };
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
            let standing = operator.bars.iter().filter(|bar| !bar.is_lifted);
            let bar = the_one(standing, |bar| bar.act, c.bar, Refusal::NotBarred)?;
            not_before(c.lifted_on, bar.barred_on)?;
            let lifted = OperatorBarLifted {
                bar: bar.act,
                lifted_on: c.lifted_on,
                document_number: c.document_number.clone(),
                reason: c.reason.clone(),
            };
            Ok(vec![lifted.into()])
        }
    }
}
