//! The same act: one that is equal in all that it says to one that was ever recorded in the stream, whatever became of that since.
//!
//! Of each act a digest of what it says is kept, and its number. An act that names another may be sent without that number: it is known either
//! way. Particulars that came with it are no part of it: they are held against the record by themselves.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::anew::{Said, said};
use crate::command::{Apply, Certify, Command, OperatorCommand, RecordCertification, RegisterProvider, Revoke};
use crate::event::Event;
use crate::value::Act;

/// What the acts of a stream say, digested, with their numbers; in the order of the digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidActs(Vec<([u8; 16], Act)>);

/// The first half of the SHA-256 of what is said: nobody finds two commands that share it.
fn digest(said: &[u8]) -> [u8; 16] {
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

    /// Keeps that `act` says so. Of several that say the same the first counts.
    fn keep(&mut self, said: &[u8], act: Act) {
        let digest = digest(said);
        if let Err(at) = self.0.binary_search_by_key(&digest, |(known, _)| *known) {
            self.0.insert(at, (digest, act));
        }
    }

    /// Keeps what a fact says of the command behind it.
    pub(crate) fn remember(&mut self, act: Act, fact: &Event) {
        match said(fact) {
            Said::Entered(particulars) => {
                let particulars = particulars.clone();
                self.keep(&Command::RegisterProvider(RegisterProvider { particulars }).canonical(), act);
            }
            Said::Asked(command) => {
                self.keep(&command.canonical(), act);
                let mut command = *command;
                if let Command::Revoke(revoke) = &mut command {
                    // Each may be left out without the other.
                    for less in
                        [Revoke { notice: None, ..revoke.clone() }, Revoke { bar_until: None, ..revoke.clone() }]
                    {
                        self.keep(&Command::Revoke(less).canonical(), act);
                    }
                }
                if leave_out(&mut command) {
                    self.keep(&command.canonical(), act);
                }
            }
            Said::AskedOfOperator(command) => {
                self.keep(&command.canonical(), act);
                if let OperatorCommand::LiftOperatorBar(mut lift) = command {
                    lift.bar = None;
                    self.keep(&OperatorCommand::LiftOperatorBar(lift).canonical(), act);
                }
            }
            Said::Lapsed(_) | Said::Opened | Said::Recalled | Said::Corrected | Said::OfTheLog => {}
        }
    }

    /// The act of which `command` is a repetition.
    pub(crate) fn same_as(&self, command: &Command) -> Option<Act> {
        // These may rightly happen twice on a day, and say nothing yet that tells the two apart.
        if matches!(command, Command::RaiseObjection(_) | Command::OrderPlaque(_)) {
            return None;
        }
        self.find(&alone(command).canonical())
    }

    /// The same of an operator.
    pub(crate) fn same_as_of_operator(&self, command: &OperatorCommand) -> Option<Act> {
        self.find(&command.canonical())
    }

    /// Bytes it takes beside itself.
    pub fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<([u8; 16], Act)>()
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "three commands of the many may enter a provider")]
/// The command without the particulars that came with it.
fn alone(command: &Command) -> Cow<'_, Command> {
    let mut alone = Cow::Borrowed(command);
    match command {
        Command::Apply(c) if c.particulars.is_some() => {
            alone = Cow::Owned(Command::Apply(Apply { particulars: None, ..c.clone() }));
        }
        Command::Certify(c) if c.particulars.is_some() => {
            alone = Cow::Owned(Command::Certify(Certify { particulars: None, ..c.clone() }));
        }
        Command::RecordCertification(c) if c.particulars.is_some() => {
            alone = Cow::Owned(Command::RecordCertification(RecordCertification { particulars: None, ..c.clone() }));
        }
        _ => {}
    }
    alone
}

/// The places of a command for what may be left out because the record gives it: whether something stood in one, which is taken out.
#[expect(clippy::wildcard_enum_match_arm, reason = "few commands of the many name another act")]
fn leave_out(command: &mut Command) -> bool {
    match command {
        Command::AcceptRectification(c) => c.order.take().is_some(),
        Command::Resume(c) => c.suspension.take().is_some(),
        Command::LiftRevocationNotice(c) => c.notice.take().is_some(),
        Command::Revoke(c) => c.notice.take().is_some() | c.bar_until.take().is_some(),
        Command::Overturn(c) => c.ending.take().is_some(),
        Command::Certify(c) => c.notice.take().is_some(),
        _ => false,
    }
}

/// Whether a command leaves out which other act it answers: it answers the one that is open, and only where none is can it be a repetition.
#[expect(clippy::wildcard_enum_match_arm, reason = "few commands of the many name another act")]
pub(crate) fn leaves_out(command: &Command) -> bool {
    match command {
        Command::AcceptRectification(c) => c.order.is_none(),
        Command::Resume(c) => c.suspension.is_none(),
        Command::LiftRevocationNotice(c) => c.notice.is_none(),
        Command::Revoke(c) => c.notice.is_none() || c.bar_until.is_none(),
        Command::Overturn(c) => c.ending.is_none(),
        _ => false,
    }
}
