//! A commit's facts back to the command that made them, so that it can be decided anew.
//!
//! The facts of a commit stand in the order in which [`crate::decide`] puts them: terms that had ended by themselves, what the command itself
//! says, what the rules opened because of it, what fell with a certification, and the plaques that are called back or may stay. So which of them are the command's own follows
//! from their kinds; and a fact carries all that its command said that the record does not give.

mod rules;
mod said;

use std::ops::Range;

use crate::command::{Command, CorrectAct, MadeBy, RecordExpiry, RegisterProvider};
use crate::event::{ActCorrected, Event};
use crate::particulars::terms::Particulars;
pub(crate) use said::{Said, said};

/// What made a commit's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redone {
    /// What was asked to be recorded.
    pub made_by: MadeBy,
    /// Which of the commit's facts are the command's own, counted from 0. Those before them are terms that had ended; those after them are what
    /// the rules opened by themselves.
    pub own: Range<usize>,
}

impl Redone {
    /// How many of the commit's facts there are up to the act that the command is known by: the last of its own, and of a certification that came
    /// with its end, that.
    pub fn up_to_its_act(&self) -> usize {
        let with_its_end =
            matches!(&self.made_by, MadeBy::Provider(Command::RecordCertification(c)) if c.ended.is_some());
        self.own.end - usize::from(with_its_end)
    }
}

/// Why facts are of no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCommand {
    /// There are none.
    Empty,
    /// The log says it of itself.
    OfTheLog,
    /// No one command makes these together, in this order.
    NotTogether,
}

/// The command that made these facts of one commit.
///
/// # Errors
///
/// [`NoCommand`] where no command makes these facts, whatever was on record before.
pub fn command_of(events: &[Event]) -> Result<Redone, NoCommand> {
    if events.is_empty() {
        return Err(NoCommand::Empty);
    }
    if events.iter().any(rules::is_of_rules) {
        let made_by = MadeBy::Rules(rules::command_of(events).ok_or(NoCommand::NotTogether)?);
        return Ok(Redone { made_by, own: 0..events.len() });
    }
    let said: Vec<Said<'_>> = events.iter().map(said).collect();
    if said.iter().any(|said| matches!(said, Said::OfTheLog)) {
        return Err(NoCommand::OfTheLog);
    }
    if let Event::ActCorrected(first) = &events[0] {
        return correction(first, events);
    }
    let from = said.iter().take_while(|said| matches!(said, Said::Lapsed(_))).count();
    let to = said.len() - said.iter().rev().take_while(|said| matches!(said, Said::Recalled)).count();
    if from >= to {
        return expiry(&said[..from]);
    }
    let (entered, first) = match (&said[from], filled_along(events, from)) {
        (Said::Entered(particulars), _) => (Some(*particulars), from + 1),
        (_, Some(particulars)) => (Some(particulars), from + 1),
        (_, None) => (None, from),
    };
    let Some(act) = said.get(first).filter(|_| first < to) else {
        let entered = entered.ok_or(NoCommand::NotTogether)?;
        let made_by = MadeBy::Provider(Command::RegisterProvider(RegisterProvider { particulars: entered.clone() }));
        return Ok(Redone { made_by, own: from..first });
    };
    let made_by = match (act, entered) {
        (Said::Asked(command), None) => MadeBy::Provider(Command::clone(command)),
        (Said::Asked(command), Some(particulars)) => MadeBy::Provider(entering(Command::clone(command), particulars)?),
        (Said::AskedOfOperator(command), None) if events.len() == 1 => MadeBy::Operator(command.clone()),
        _ => return Err(NoCommand::NotTogether),
    };
    let mut own = from..first + 1;
    let made_by = match said.get(own.end).filter(|_| own.end < to && came_along(events, own.end)) {
        Some(Said::Asked(end)) => {
            own.end += 1;
            with_its_end(made_by, end)
        }
        Some(_) | None => made_by,
    };
    // A breach and a failed review open them; and what comes to have been live on the day of a breach of before.
    let opens_orders = matches!(
        &events[first],
        Event::PledgeBroken(_)
            | Event::ReviewRecorded(_)
            | Event::Certified(_)
            | Event::CertificationRecorded(_)
            | Event::CertificationRenewed(_)
            | Event::ActOverturned(_)
    );
    let opened = &said[own.end..to];
    if opened.iter().all(|said| opens_orders && matches!(said, Said::Opened)) {
        Ok(Redone { made_by, own })
    } else {
        Err(NoCommand::NotTogether)
    }
}

/// What a list filled of the particulars by the certification behind it: in a commit an amendment stands by itself otherwise.
fn filled_along(events: &[Event], at: usize) -> Option<&Particulars> {
    match (events.get(at), events.get(at + 1)) {
        (Some(Event::ParticularsAmended(e)), Some(Event::CertificationRecorded(_))) => Some(&e.particulars),
        _ => None,
    }
}

/// Whether a fact is the end of the certification before it, told along with that: in a commit it stands by itself otherwise.
pub(crate) fn came_along(events: &[Event], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| events.get(before));
    matches!(
        (before, events.get(at)),
        (Some(Event::CertificationRecorded(of)), Some(Event::EndingRecorded(e))) if of.category == e.category
    )
}

/// The command with the end that came along.
fn with_its_end(mut made_by: MadeBy, end: &Command) -> MadeBy {
    if let (MadeBy::Provider(Command::RecordCertification(c)), Command::RecordEnding(end)) = (&mut made_by, end) {
        c.ended = Some(Box::new(end.clone().told_along()));
    }
    made_by
}

/// The first fact of a correction says what was asked for. What follows from it are corrections of what had followed from the act, orders that
/// follow now, terms that ended, and plaques.
fn correction(asked: &ActCorrected, events: &[Event]) -> Result<Redone, NoCommand> {
    let right = match asked.fact.as_deref().map(said) {
        None => None,
        Some(Said::Asked(command)) => Some(MadeBy::Provider(*command)),
        Some(Said::AskedOfOperator(command)) => Some(MadeBy::Operator(command)),
        Some(Said::Entered(particulars)) => {
            Some(MadeBy::Provider(Command::RegisterProvider(RegisterProvider { particulars: particulars.clone() })))
        }
        Some(Said::Corrected | Said::Opened | Said::Lapsed(_) | Said::Recalled | Said::OfTheLog) => {
            return Err(NoCommand::NotTogether);
        }
    };
    let order = |event: &Event| match said(event) {
        Said::Corrected => Some(0),
        Said::Opened => Some(1),
        Said::Lapsed(_) => Some(2),
        Said::Recalled => Some(3),
        Said::Asked(_) | Said::AskedOfOperator(_) | Said::Entered(_) | Said::OfTheLog => None,
    };
    let orders: Option<Vec<u8>> = events.iter().map(order).collect();
    if !orders.is_some_and(|orders| orders.is_sorted()) {
        return Err(NoCommand::NotTogether);
    }
    let command = CorrectAct {
        act: asked.act,
        corrected_on: asked.corrected_on,
        reason: asked.reason.clone(),
        document_number: asked.document_number.clone(),
        right: right.map(Box::new),
    };
    Ok(Redone { made_by: MadeBy::Correction(command), own: 0..1 })
}

/// Terms that had ended and nothing else: that was asked for, of the category that is told last.
fn expiry(lapsed: &[Said<'_>]) -> Result<Redone, NoCommand> {
    let Some(Said::Lapsed(category)) = lapsed.last() else { return Err(NoCommand::NotTogether) };
    let asked = lapsed.iter().rev().take_while(|said| matches!(said, Said::Lapsed(of) if of == category)).count();
    let made_by = MadeBy::Provider(Command::RecordExpiry(RecordExpiry { category: (*category).clone() }));
    Ok(Redone { made_by, own: lapsed.len() - asked..lapsed.len() })
}

/// The command with the particulars that it entered on its way.
#[expect(clippy::wildcard_enum_match_arm, reason = "three commands of the many may enter a provider")]
fn entering(mut command: Command, entered: &Particulars) -> Result<Command, NoCommand> {
    let particulars = match &mut command {
        Command::Apply(c) => &mut c.particulars,
        Command::Certify(c) => &mut c.particulars,
        Command::RecordCertification(c) => &mut c.particulars,
        _ => return Err(NoCommand::NotTogether),
    };
    *particulars = Some(entered.clone());
    Ok(command)
}
