//! How a command repeats what is on record, and which act: asked of every command before its facts are recorded.

use std::borrow::Cow;

use crate::case::state::Stage;
use crate::command::{
    Apply, Certify, Command, CorrectAct, LiftOperatorBar, MadeBy, OperatorCommand, RecordCertification, RecordEnding,
    Revoke,
};
use crate::context::Context;
use crate::event::{ActCorrected, Event};
use crate::provider::Provider;
use crate::same::{SaidActs, answered, said_as};
use crate::value::Act;

/// How a command repeats what is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeats {
    /// It is this act sent again.
    Act(Act),
    /// It is this act, unless it answers another one, which it does not name: then nobody can tell.
    ActOrAnswers(Act),
    /// It is a step of the case that is open, as this act was one of another before; unless it is that one sent again.
    ActOrStep(Act),
}

impl Repeats {
    /// The act on record.
    pub(crate) fn act(self) -> Act {
        match self {
            Self::Act(act) | Self::ActOrAnswers(act) | Self::ActOrStep(act) => act,
        }
    }
}

/// How a command repeats what is on record, if it does.
pub(crate) fn repeats(p: &Provider, command: &Command, context: &Context<'_>) -> Option<Repeats> {
    if !p.said.may_hold(command) {
        return None;
    }
    let act = p.said.find(&said_as(&without_its_end(&alone(command, context))))?;
    if !has_its_end(p, command, act) {
        return None;
    }
    Some(if answered(command) == Some(None) || is_of_another(p, command, act) {
        Repeats::ActOrAnswers(act)
    } else if steps_since(p, command).is_some_and(|since| act < since) {
        Repeats::ActOrStep(act)
    } else {
        Repeats::Act(act)
    })
}

/// Whether the end that comes along with a certification, if one does, is on record of this one.
fn has_its_end(p: &Provider, command: &Command, act: Act) -> bool {
    let Command::RecordCertification(RecordCertification { category, ended: Some(ended), .. }) = command else {
        return true;
    };
    let end = p.said.find(&said_as(&Command::RecordEnding(RecordEnding::along(category, ended))));
    let own = p.of_category(category).find(|held| held.act == act);
    own.zip(end).is_some_and(|(own, end)| own.elsewhere.iter().any(|told| told.act == end))
}

/// The end on record of the certification that a command tells as it is on record, with another end along: of the same kind, or the last.
pub(crate) fn but_for_its_end(p: &Provider, c: &RecordCertification) -> Option<Act> {
    let ended = c.ended.as_deref()?;
    let alone = RecordCertification { particulars: None, ended: None, ..c.clone() };
    let act = p.said.find(&said_as(&Command::RecordCertification(alone)))?;
    let ends = &p.of_category(&c.category).find(|held| held.act == act)?.elsewhere;
    ends.iter().rfind(|told| told.kind == ended.kind).or(ends.last()).map(|told| told.act)
}

/// Whether a notice of revocation that names no certification would be of another one today than the notice on record that says the same.
fn is_of_another(p: &Provider, command: &Command, act: Act) -> bool {
    let Command::NoticeRevocation(c) = command else { return false };
    let of_the_day = || p.live(&c.category, c.noticed_on).or_else(|_| p.certified(&c.category, c.noticed_on));
    c.certification.is_none() && !of_the_day().is_ok_and(|held| held.notices.iter().any(|notice| notice.act == act))
}

/// The same of an operator.
pub(crate) fn repeats_of_operator(said: &SaidActs, command: &OperatorCommand) -> Option<Repeats> {
    if !said.may_hold_of_operator(command) {
        return None;
    }
    let act = said.find(&command.canonical())?;
    let names_none = matches!(command, OperatorCommand::LiftOperatorBar(LiftOperatorBar { bar: None, .. }));
    Some(if names_none { Repeats::ActOrAnswers(act) } else { Repeats::Act(act) })
}

/// Whether a correction on record is this one sent again.
pub(crate) fn is_repeated(on_record: &ActCorrected, c: &CorrectAct) -> bool {
    let ActCorrected { act, corrected_on, reason, document_number, fact } = on_record;
    let is_same =
        (act, corrected_on, reason, document_number) == (&c.act, &c.corrected_on, &c.reason, &c.document_number);
    let says = |fact: &Event, right: &MadeBy| {
        let mut said = SaidActs::default();
        match right {
            MadeBy::Provider(right) => {
                said.remember(*act, fact);
                said.find(&said_as(&unaccompanied(right))).is_some()
            }
            MadeBy::Operator(right) => {
                said.remember_of_operator(*act, fact);
                said.find(&right.canonical()).is_some()
            }
            MadeBy::Correction(_) | MadeBy::Rules(_) => false,
        }
    };
    is_same
        && match (fact.as_deref(), c.right.as_deref()) {
            (None, None) => true,
            (Some(fact), Some(right)) => says(fact, right),
            (Some(_), None) | (None, Some(_)) => false,
        }
}

/// The command without the particulars that came with it, which are held against the record by themselves, and with the bar that it asks for
/// by leaving it to the scheme.
fn alone<'c>(command: &'c Command, context: &Context<'_>) -> Cow<'c, Command> {
    let Command::Revoke(revoke) = command else { return unaccompanied(command) };
    if revoke.bar_until.is_some() {
        return Cow::Borrowed(command);
    }
    let ground = context.scheme.ground(&revoke.ground).ok();
    let bar_until = ground.and_then(|ground| ground.least_bar(revoke.decided_on));
    Cow::Owned(Command::Revoke(Revoke { bar_until, ..revoke.clone() }))
}

/// The command without the end that came along with a certification, which is an act of its own.
fn without_its_end(command: &Command) -> Cow<'_, Command> {
    let Command::RecordCertification(c @ RecordCertification { ended: Some(_), .. }) = command else {
        return Cow::Borrowed(command);
    };
    Cow::Owned(Command::RecordCertification(RecordCertification { ended: None, ..c.clone() }))
}

/// The command without the particulars that came with it.
#[expect(clippy::wildcard_enum_match_arm, reason = "three commands of the many may come with them")]
fn unaccompanied(command: &Command) -> Cow<'_, Command> {
    Cow::Owned(match command {
        Command::Apply(c) => Command::Apply(Apply { particulars: None, ..c.clone() }),
        Command::Certify(c) => Command::Certify(Certify { particulars: None, ..c.clone() }),
        Command::RecordCertification(c) => {
            Command::RecordCertification(RecordCertification { particulars: None, ..c.clone() })
        }
        _ => return Cow::Borrowed(command),
    })
}

/// Since which fact a command can be a step of the case that is open. Steps bear nothing but their day, and another case may take the same on
/// that day, or have its papers returned twice.
#[expect(clippy::wildcard_enum_match_arm, reason = "few commands of the many are steps of a case")]
fn steps_since(p: &Provider, command: &Command) -> Option<Act> {
    let (category, is_supplement) = match command {
        Command::SupplementCase(c) => (&c.category, true),
        Command::ReturnCase(c) => (&c.category, false),
        Command::AcceptCase(c) => (&c.category, false),
        Command::RecordInspection(c) => (&c.category, false),
        Command::OpenNotice(c) => (&c.category, false),
        Command::RefuseCase(c) => (&c.category, false),
        Command::WithdrawCase(c) => (&c.category, false),
        _ => return None,
    };
    let case = p.open_case(category)?;
    let supplements = is_supplement && case.stage == Stage::Returned;
    Some(if supplements { case.step } else { case.act })
}
