//! The same act: one that is equal in all that it says to one that was ever recorded in the stream and has not been corrected away, whatever
//! became of that since.
//!
//! Of each act a digest of what it says is kept, and its number; of one that was corrected, of what it said first too: a list that is taken
//! again makes no second one of it. Nothing else is compared anywhere. So an act that may rightly happen twice says what tells the two apart:
//! the bureau's own number of an objection, the place of a plaque, the fact that is answered. The number of a document is the same however its brackets and blanks are typed. What is not said is either what follows from the
//! record (which act is answered where one is open, a zone, the least bar), or belongs to it (a step to its case).

use sha2::{Digest, Sha256};

use crate::anew::{Said, said};
use crate::certification::terms::CertificationBasis;
use crate::command::{
    AcceptRectification, AmendParticulars, ApprovePrice, Certify, Command, LiftOperatorBar, LiftRevocationNotice,
    MadeBy, NoticeRevocation, OperatorCommand, RecordCertification, RecordEnding, RegisterProvider, RejectPrice, Renew,
    RepairPledge, ResolveObjection, Resume, Revoke,
};
use crate::event::Event;
use crate::particulars::terms::Particulars;
use crate::value::{Act, Day, DocumentNumber, as_compared};

/// What the acts of a stream say, digested, with their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidActs {
    /// In the order of the digests.
    acts: Vec<(Digested, Act)>,
    /// A bit for each kind of command there is among them. Most commands are the first of their kind: they are on record by none, which is known
    /// without saying and digesting them.
    kinds: u64,
    /// The latest of the days that they are of.
    newest: Option<Day>,
}

type Digested = [u8; 16];

/// The first half of the SHA-256 of what is said: nobody finds two commands that share it.
fn digest(said: &[u8]) -> Digested {
    let mut first = [0; 16];
    first.copy_from_slice(&Sha256::digest(said)[..16]);
    first
}

/// The bit of a kind of command; those above the 64th share one with another.
fn bit(row: u32) -> u64 {
    1_u64.rotate_left(row)
}

impl SaidActs {
    /// Whether some act may be of the command's kind: where not, none says what it says.
    pub(crate) fn may_hold(&self, command: &Command) -> bool {
        self.kinds & bit(command.row()) != 0
    }

    /// The same of an operator.
    pub(crate) fn may_hold_of_operator(&self, command: &OperatorCommand) -> bool {
        self.kinds & bit(command.row()) != 0
    }

    /// The act that says so.
    pub(crate) fn find(&self, said: &[u8]) -> Option<Act> {
        let digest = digest(said);
        let at = self.acts.binary_search_by_key(&digest, |(known, _)| *known).ok()?;
        self.acts.get(at).map(|(_, act)| *act)
    }

    /// Keeps that `act`, a command of this row, says so. Of several that say the same the last counts.
    fn keep(&mut self, row: u32, said: &[u8], act: Act) {
        self.kinds |= bit(row);
        let digest = digest(said);
        match self.acts.binary_search_by_key(&digest, |(known, _)| *known) {
            Ok(at) => self.acts[at].1 = act,
            Err(at) => self.acts.insert(at, (digest, act)),
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
        self.newest = self.newest.max(command.decided_on());
        // Who leaves out which certification a revocation or its notice is of says the same.
        let of_the_day = unnamed_certification(&command);
        for command in of_the_day.into_iter().chain([command]) {
            self.keep(command.row(), &said_as(&command), act);
            if let Some(less) = said_otherwise(command, fact) {
                self.keep(less.row(), &said_as(&less), act);
            }
        }
    }

    /// The same of an operator.
    pub(crate) fn remember_of_operator(&mut self, act: Act, fact: &Event) {
        let command = match said(fact) {
            Said::AskedOfOperator(command) => command,
            Said::Asked(command) => match OperatorCommand::of(&MadeBy::Provider(*command)) {
                Some(command) => command,
                None => return,
            },
            Said::Entered(_) | Said::Lapsed(_) | Said::Opened | Said::Recalled | Said::Corrected | Said::OfTheLog => {
                return;
            }
        };
        self.keep(command.row(), &command.canonical(), act);
        if let OperatorCommand::LiftOperatorBar(lift) = command {
            let less = OperatorCommand::LiftOperatorBar(LiftOperatorBar { bar: None, ..lift });
            self.keep(less.row(), &less.canonical(), act);
        }
    }

    /// The latest of the days that acts are of, of those that say one.
    pub(crate) fn newest(&self) -> Option<Day> {
        self.newest
    }

    /// Bytes it takes beside itself.
    pub fn bytes(&self) -> usize {
        self.acts.capacity() * size_of::<(Digested, Act)>()
    }
}

/// What a command says as acts are told apart by: of what lists tell, the number of a document by its parts, however it is typed.
pub(crate) fn said_as(command: &Command) -> Vec<u8> {
    respelt(command).as_ref().unwrap_or(command).canonical()
}

/// The command with the number of its document as it is compared, where that is typed otherwise.
#[expect(clippy::wildcard_enum_match_arm, reason = "four commands of the many are told by lists of several hands")]
fn respelt(command: &Command) -> Option<Command> {
    let other = |number: &DocumentNumber| Some(as_compared(number)).filter(|compared| compared != number);
    Some(match command {
        Command::Certify(c) => Command::Certify(Certify { document_number: other(&c.document_number)?, ..c.clone() }),
        Command::Renew(c) => Command::Renew(Renew { document_number: other(&c.document_number)?, ..c.clone() }),
        Command::RecordCertification(c) => {
            let document_number = Some(c.document_number.as_ref().and_then(other)?);
            Command::RecordCertification(RecordCertification { document_number, ..c.clone() })
        }
        Command::RecordEnding(c) => {
            let document_number = Some(c.document_number.as_ref().and_then(other)?);
            Command::RecordEnding(RecordEnding { document_number, ..c.clone() })
        }
        _ => return None,
    })
}

/// The command without the certification that it is of, where it names one and may leave it out.
#[expect(clippy::wildcard_enum_match_arm, reason = "two commands of the many")]
fn unnamed_certification(command: &Command) -> Option<Command> {
    match command {
        Command::NoticeRevocation(c) => {
            Some(Command::NoticeRevocation(NoticeRevocation { certification: None, ..c.clone() }))
        }
        Command::Revoke(c) => Some(Command::Revoke(Revoke { certification: None, ..c.clone() })),
        _ => None,
    }
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
        pub(crate) fn answered(command: &Command) -> Option<Option<Act>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{AcceptCase, SupplementCase};
    use crate::event::CaseAccepted;
    use crate::value::{CategoryCode, Day, DocumentNumber, Reason};

    #[test]
    fn of_a_kind_that_was_never_recorded_nothing_is_held() {
        let (category, on) = (CategoryCode::parse("childcare").unwrap(), Day::parse("2026-03-02").unwrap());
        let accepted = Command::AcceptCase(AcceptCase { category: category.clone(), accepted_on: on });
        let supplemented = Command::SupplementCase(SupplementCase { category: category.clone(), supplemented_on: on });
        let mut said = SaidActs::default();
        assert!(!said.may_hold(&accepted) && said.bytes() == 0);
        let (document_number, reason) = (DocumentNumber::parse("解除1号").unwrap(), Reason::parse("已整改").unwrap());
        let lifted =
            OperatorCommand::LiftOperatorBar(LiftOperatorBar { bar: None, lifted_on: on, document_number, reason });
        assert!(!said.may_hold_of_operator(&lifted));
        said.remember(Act::after(0), &CaseAccepted { category, accepted_on: on }.into());
        assert!(said.may_hold(&accepted) && !said.may_hold(&supplemented));
        assert_eq!(said.find(&accepted.canonical()), Some(Act::after(0)));
        assert_eq!(said.find(&supplemented.canonical()), None);
        // A digest of 16 bytes and a number of 4 for each, and room for more.
        assert!((20..400).contains(&said.bytes()), "{}", said.bytes());
    }

    #[test]
    fn each_kind_of_command_has_a_bit_of_its_own() {
        assert!(Command::FIELDS.len() <= 64);
        let bits: std::collections::BTreeSet<u64> = (0..64).map(bit).collect();
        assert_eq!((bits.len(), bit(0), bit(64)), (64, 1, 1));
    }
}
