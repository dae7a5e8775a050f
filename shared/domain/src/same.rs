//! The same act: one that is equal in all that it says to one that was ever recorded in the stream and has not been corrected away, whatever
//! became of that since.
//!
//! Of each act a digest of what it says is kept, and its number; of one that was corrected, of what it said first too: a list that is taken
//! again makes no second one of it. Nothing else is compared anywhere. So an act that may rightly happen twice says what tells the two apart:
//! the bureau's own number of an objection, the place of a plaque, the fact that is answered. What is not said is either what follows from the
//! record (which act is answered where one is open, a zone, the least bar), or belongs to it (a step to its case).

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::anew::{Said, said};
use crate::case::state::Stage;
use crate::certification::terms::CertificationBasis;
use crate::command::{
    AcceptRectification, AmendParticulars, Apply, ApprovePrice, Certify, Command, CorrectAct, LiftOperatorBar,
    LiftRevocationNotice, MadeBy, OperatorCommand, RecordCertification, RegisterProvider, RejectPrice, RepairPledge,
    ResolveObjection, Resume, Revoke,
};
use crate::context::Context;
use crate::ending::decide::least_bar;
use crate::event::{ActCorrected, Event};
use crate::particulars::terms::Particulars;
use crate::provider::Provider;
use crate::value::Act;

/// What the acts of a stream say, digested, with their numbers; in the order of the digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidActs(Vec<(Digested, Act)>);

type Digested = [u8; 16];

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

/// The first half of the SHA-256 of what is said: nobody finds two commands that share it.
fn digest(said: &[u8]) -> Digested {
    let mut first = [0; 16];
    first.copy_from_slice(&Sha256::digest(said)[..16]);
    first
}

impl SaidActs {
    /// The act that says so.
    fn find(&self, said: &[u8]) -> Option<Act> {
        let digest = digest(said);
        let at = self.0.binary_search_by_key(&digest, |(known, _)| *known).ok()?;
        self.0.get(at).map(|(_, act)| *act)
    }

    /// Keeps that `act` says so. Of several that say the same the last counts.
    fn keep(&mut self, said: &[u8], act: Act) {
        let digest = digest(said);
        match self.0.binary_search_by_key(&digest, |(known, _)| *known) {
            Ok(at) => self.0[at].1 = act,
            Err(at) => self.0.insert(at, (digest, act)),
        }
    }

    /// Keeps what a fact of a provider says of the command behind it.
    pub(crate) fn remember(&mut self, act: Act, fact: &Event) {
        let command = match said(fact) {
            Said::Entered(particulars) => {
                Command::RegisterProvider(RegisterProvider { particulars: particulars.clone() })
            }
            Said::Asked(command) => *command,
            Said::AskedOfOperator(_)
            | Said::Lapsed(_)
            | Said::Opened
            | Said::Recalled
            | Said::Corrected
            | Said::OfTheLog => return,
        };
        self.keep(&command.canonical(), act);
        if let Some(less) = said_otherwise(command, fact) {
            self.keep(&less.canonical(), act);
        }
    }

    /// The same of an operator.
    pub(crate) fn remember_of_operator(&mut self, act: Act, fact: &Event) {
        // Every fact comes by here, and few are an operator's.
        if !matches!(fact, Event::OperatorBarred(_) | Event::OperatorBarLifted(_)) {
            return;
        }
        let Said::AskedOfOperator(command) = said(fact) else { return };
        self.keep(&command.canonical(), act);
        if let OperatorCommand::LiftOperatorBar(lift) = command {
            let less = OperatorCommand::LiftOperatorBar(LiftOperatorBar { bar: None, ..lift });
            self.keep(&less.canonical(), act);
        }
    }

    /// Bytes it takes beside itself.
    pub fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<(Digested, Act)>()
    }
}

/// How a command repeats what is on record, if it does.
pub(crate) fn repeats(p: &Provider, command: &Command, context: &Context<'_>) -> Option<Repeats> {
    let act = p.said.find(&alone(command, context).canonical())?;
    Some(if answered(command) == Some(None) {
        Repeats::ActOrAnswers(act)
    } else if steps_since(p, command).is_some_and(|since| act < since) {
        Repeats::ActOrStep(act)
    } else {
        Repeats::Act(act)
    })
}

/// The same of an operator.
pub(crate) fn repeats_of_operator(said: &SaidActs, command: &OperatorCommand) -> Option<Repeats> {
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
                said.find(&right.canonical()).is_some()
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
#[expect(clippy::wildcard_enum_match_arm, reason = "few commands of the many say more or less than themselves")]
fn alone<'c>(command: &'c Command, context: &Context<'_>) -> Cow<'c, Command> {
    Cow::Owned(match command {
        Command::Apply(c) if c.particulars.is_some() => Command::Apply(Apply { particulars: None, ..c.clone() }),
        Command::Certify(c) if c.particulars.is_some() => Command::Certify(Certify { particulars: None, ..c.clone() }),
        Command::RecordCertification(c) if c.particulars.is_some() => {
            Command::RecordCertification(RecordCertification { particulars: None, ..c.clone() })
        }
        Command::Revoke(c) if c.bar_until.is_none() => {
            let bar_until =
                context.scheme.ground(&c.ground).ok().and_then(|ground| least_bar(c.decided_on, ground.bar_months));
            Command::Revoke(Revoke { bar_until, ..c.clone() })
        }
        _ => return Cow::Borrowed(command),
    })
}

/// The command as it is said by who leaves out what follows from the record, or says it too.
#[expect(clippy::wildcard_enum_match_arm, reason = "few commands of the many leave something out")]
fn said_otherwise(command: Command, fact: &Event) -> Option<Command> {
    let less = match command {
        // The zone follows from the place, by the table.
        Command::RegisterProvider(c) if c.particulars.zone.is_some() => {
            Command::RegisterProvider(RegisterProvider { particulars: unplaced(c.particulars) })
        }
        Command::AmendParticulars(c) if c.particulars.zone.is_some() => {
            Command::AmendParticulars(AmendParticulars { particulars: unplaced(c.particulars), ..c })
        }
        Command::Certify(c) => match fact {
            // The notice is that of the case, which may be sent as well.
            Event::Certified(e) if e.basis == CertificationBasis::Case => {
                Command::Certify(Certify { notice: Some(e.notice), ..c })
            }
            _ => return None,
        },
        names => {
            answered(&names)??;
            unnamed(names)
        }
    };
    Some(less)
}

fn unplaced(particulars: Particulars) -> Particulars {
    Particulars { zone: None, ..particulars }
}

/// Commands that name the act they answer, and may leave it out where one is open.
macro_rules! answering {
    ($($command:ident . $answered:ident),* $(,)?) => {
        /// What a command says of the act it answers, if it answers one.
        fn answered(command: &Command) -> Option<Option<Act>> {
            match command {
                $(Command::$command(c) => Some(c.$answered),)*
                _ => None,
            }
        }

        /// The command without it.
        fn unnamed(command: Command) -> Command {
            match command {
                $(Command::$command(c) => Command::$command($command { $answered: None, ..c }),)*
                other => other,
            }
        }
    };
}

answering! {
    ResolveObjection.objection,
    AcceptRectification.order,
    Resume.suspension,
    LiftRevocationNotice.notice,
    Revoke.notice,
    ApprovePrice.proposal,
    RejectPrice.proposal,
    RepairPledge.breach,
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
