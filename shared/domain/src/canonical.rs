//! What a command says, as bytes: the same for the same command, however it was spelt, and another for any other.
//!
//! A field is its name, a zero, the length of its value (4 bytes, big end first) and the value as people write it, in the order of the table
//! below; a record is its fields. What is absent is not there, nor a choice that is not made. So a field that is added later, at the end of its line and
//! optional, changes nothing of what was said before it. Digests of these bytes are stored: no field changes its name, its place or how it
//! is written.

#[cfg(feature = "changes")]
mod changes;

use std::io::Write as _;

use crate::command::{
    AcceptCase, AcceptRectification, AdoptCalendar, AdoptPlaces, AdoptScheme, AmendParticulars, Apply, ApprovePrice,
    BarOperator, BeginRules, Certify, Command, ConfirmOperatorCode, CorrectAct, Deregister, DestroyPlaque, HangPlaque,
    IdentifyOperator, IssuePlaque, LiftOperatorBar, LiftRevocationNotice, MadeBy, MakePledge, NoticeRevocation,
    OpenNotice, OperatorCommand, OrderPlaque, OrderRectification, Overturn, ProposePrice, RaiseObjection, RecordBreach,
    RecordCertification, RecordEnding, RecordExpiry, RecordFulfilment, RecordInspection, RecordPlaqueNotReturned,
    RecordReview, RecoverPlaque, RefuseCase, RegisterProvider, RejectPrice, Renew, RepairPledge, ReportPlaqueLost,
    ResolveObjection, Resume, ReturnCase, Revoke, RulesCommand, SupplementCase, Suspend, Withdraw, WithdrawCase,
};
use crate::ending::terms::{Ended, EndingKind, RevocationKind};
use crate::particulars::terms::{OperatorClass, Particulars, Release};
use crate::pledge::terms::{BreachExtent, BreachSeverity, PledgeForm, PledgeType, PromisorClass, PublicationScope};
use crate::price::terms::{Price, PriceUnit};
use crate::supervision::terms::ReviewResult;
use crate::value::{
    Act, BureauId, CategoryCode, Day, Division, Fen, GroundCode, NoticeWindow, Ordinal, Percent, Phone, PlaqueNumber,
    PledgeNumber, Point, Position, RulesText, Text, Uscc, Year, ZoneCode,
};

/// A value as a field of what is said.
trait Said {
    /// Says it under `name`, if it says anything.
    fn say<S: Saying>(&self, name: &'static str, out: &mut S);
}

/// What takes down what is said.
pub(crate) trait Saying {
    /// A field of this name, whose value `write` writes.
    fn field(&mut self, name: &'static str, write: impl FnOnce(&mut Vec<u8>));
    /// That a field of this name is so.
    fn so(&mut self, name: &'static str);
    /// A record of this name, whose fields `say` says.
    fn record(&mut self, name: &'static str, say: impl FnOnce(&mut Self));
}

impl Saying for Vec<u8> {
    fn field(&mut self, name: &'static str, write: impl FnOnce(&mut Vec<u8>)) {
        self.extend_from_slice(name.as_bytes());
        self.extend_from_slice(&[0; 5]);
        let from = self.len();
        write(self);
        // A command is far smaller than 4 GiB.
        let length = u32::try_from(self.len() - from).unwrap_or(u32::MAX).to_be_bytes();
        self[from - length.len()..from].copy_from_slice(&length);
    }

    fn so(&mut self, name: &'static str) {
        self.field(name, |_| {});
    }

    fn record(&mut self, name: &'static str, say: impl FnOnce(&mut Self)) {
        self.field(name, say);
    }
}

impl<T: Said> Said for Option<T> {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        if let Some(value) = self {
            value.say(name, out);
        }
    }
}

impl<T: Said> Said for Box<T> {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        self.as_ref().say(name, out);
    }
}

/// Said where it is so.
impl Said for bool {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        if *self {
            out.so(name);
        }
    }
}

impl<const MAX: usize> Said for Text<MAX> {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        out.field(name, |out| out.extend_from_slice(self.as_str().as_bytes()));
    }
}

/// Values that are kept as people write them.
macro_rules! spelt {
    ($($value:ident),* $(,)?) => {$(
        impl Said for $value {
            fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
                out.field(name, |out| out.extend_from_slice(self.as_str().as_bytes()));
            }
        }
    )*};
}

spelt! { BureauId, CategoryCode, Division, GroundCode, Phone, PlaqueNumber, PledgeNumber, RulesText, Uscc, ZoneCode }

impl Said for Day {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        out.field(name, |out| out.extend_from_slice(&self.ascii()));
    }
}

/// Values that people write in one way.
macro_rules! written {
    ($($value:ident),* $(,)?) => {$(
        impl Said for $value {
            fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
                // Into memory, which does not fail.
                out.field(name, |out| _ = write!(out, "{self}"));
            }
        }
    )*};
}

written! { Act, Fen, Ordinal, Percent, Year }

impl Said for Position {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        out.field(name, |out| out.extend_from_slice(&self.0.to_be_bytes()));
    }
}

/// Choices, by their names.
macro_rules! chosen {
    ($($choice:ident),* $(,)?) => {$(
        impl Said for $choice {
            fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
                out.field(name, |out| _ = write!(out, "{self:?}"));
            }
        }
    )*};
}

chosen! {
    OperatorClass, EndingKind, RevocationKind, ReviewResult, PledgeType, PromisorClass, PublicationScope, BreachExtent, BreachSeverity, PriceUnit,
}

impl Said for NoticeWindow {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        out.record(name, |out| {
            self.start().say("start", out);
            self.end().say("end", out);
        });
    }
}

impl Said for Point {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        let (latitude, longitude) = (self.latitude_microdegrees(), self.longitude_microdegrees());
        out.field(name, |out| _ = write!(out, "{latitude} {longitude}"));
    }
}

/// Records: a line each, with all their fields, which the compiler holds them to.
macro_rules! records {
    ($($record:ident { $($field:ident),* $(,)? })*) => {$(
        #[cfg(test)]
        #[allow(dead_code, reason = "of all that have fields, while those that are told of are asked")]
        impl $record {
            /// The names of its fields.
            pub(crate) const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];
        }

        #[cfg(feature = "changes")]
        impl changes::Changing for $record {
            fn changed(&self) -> Vec<(String, Self)> {
                let mut all = Vec::new();
                $(for (path, value) in changes::Changing::changed(&self.$field) {
                    let mut changed = self.clone();
                    changed.$field = value;
                    all.push((changes::within(stringify!($field), &path), changed));
                })*
                all
            }

            fn some() -> Option<Self> {
                Some(Self { $($field: changes::Changing::some()?),* })
            }
        }

        impl Said for $record {
            fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
                let Self { $($field),* } = self;
                out.record(name, |out| {
                    $($field.say(stringify!($field), out);)*
                });
            }
        }
    )*};
}

/// The commands on one kind of subject.
macro_rules! commands {
    // Behind the bar stand those that others of these have as well.
    ($commands:ident: $($command:ident { $($field:ident),* $(,)? })* $(| $($shared:ident)*)?) => {
        records! { $($command { $($field),* })* }

        #[cfg(test)]
        #[allow(dead_code, reason = "as of the records")]
        impl $commands {
            /// The names of the fields of all of them.
            pub(crate) const FIELDS: &'static [&'static [&'static str]] = &[$($command::FIELDS),*];
        }

        impl $commands {
            /// What it says, as bytes: the same for the same command, however it was spelt.
            pub fn canonical(&self) -> Vec<u8> {
                let mut out = Vec::with_capacity(USUAL_BYTES_MAX);
                self.say_to(&mut out);
                out
            }

            /// Its row in the table: what is said begins with the name that stands there, and so differs from all of another row.
            #[allow(dead_code, reason = "nobody asks it of commands on the rules")]
            pub(crate) fn row(&self) -> u32 {
                enum Row { $($command,)* $($($shared,)*)? }
                match self {
                    $(Self::$command(_) => Row::$command as u32,)*
                    $($(Self::$shared(_) => Row::$shared as u32,)*)?
                }
            }

            /// Each command that differs from it in one leaf, with the path of that leaf. For tests.
            #[cfg(feature = "changes")]
            pub fn changes(&self) -> Vec<(String, Self)> {
                match self {
                    $(Self::$command(command) => {
                        let changed = changes::Changing::changed(command).into_iter();
                        changed.map(|(path, command)| (path, Self::$command(command))).collect()
                    })*
                    $($(Self::$shared(command) => {
                        let changed = changes::Changing::changed(command).into_iter();
                        changed.map(|(path, command)| (path, Self::$shared(command))).collect()
                    })*)?
                }
            }

            /// Says it all to `out`, in a record of its name.
            pub(crate) fn say_to<S: Saying>(&self, out: &mut S) {
                match self {
                    $(Self::$command(command) => command.say(stringify!($command), out),)*
                    $($(Self::$shared(command) => command.say(stringify!($shared), out),)*)?
                }
            }
        }
    };
}

/// Bytes that most commands have at most.
const USUAL_BYTES_MAX: usize = 1024;

records! {
    Particulars { name, operator_name, division, zone, address, phone, location, withhold_address, operator_class }
    Release { bureau_id, document_number, released_on }
    Ended { kind, decided_on, effective_on, document_number, deciding_body, source, bar_until }
    Price { amount_fen, unit, rise_percent_max }
    PledgeForm { number, promisor_name, promisor_class, promisor_uscc, pledge_type, other_type, reason, content, liability, made_on, valid_until, accepting_unit, accepting_unit_uscc, publication, remarks }
}

commands! { Command:
    RegisterProvider { particulars }
    AmendParticulars { particulars, effective_on, document_number, site_checked_on, release }
    IdentifyOperator { operator_uscc, operator_name, identified_on, document_number }
    Apply { particulars, category, applied_on }
    ReturnCase { category, missing, returned_on, due_on }
    SupplementCase { category, supplemented_on }
    AcceptCase { category, accepted_on }
    RecordInspection { category, inspected_on, passed, findings }
    OpenNotice { category, notice, published_at }
    RaiseObjection { category, objection_number, raised_on, summary }
    ResolveObjection { category, objection, resolved_on, upheld, finding }
    RefuseCase { category, decided_on, explanation, document_number }
    WithdrawCase { category, withdrawn_on, reason }
    Certify { particulars, category, decided_on, valid_from, valid_to, document_number, pledge_number, notice, deciding_body }
    RecordCertification { particulars, category, decided_on, valid_from, valid_to, document_number, deciding_body, publicity, source, ended, valid_to_worked_out_from }
    OrderRectification { category, ground, detail, ordered_on, due_on, legal_basis, document_number }
    AcceptRectification { order, category, accepted_on, findings }
    Suspend { category, ground, detail, suspended_on, legal_basis, document_number }
    Resume { suspension, category, resumed_on }
    NoticeRevocation { certification, category, ground, detail, noticed_on, hearing_until, legal_basis, document_number }
    LiftRevocationNotice { notice, category, lifted_on, reason }
    Revoke { certification, notice, category, kind, ground, legal_basis, document_number, decided_on, effective_on, bar_until }
    Withdraw { category, requested_on, effective_on, reason }
    RecordExpiry { category }
    Deregister { category, deregistered_on, reason, document_number }
    RecordEnding { category, kind, decided_on, effective_on, document_number, deciding_body, source, bar_until }
    Renew { category, decided_on, valid_from, valid_to, document_number, pledge_number, deciding_body }
    RecordReview { category, year, result, reviewed_on, note }
    Overturn { act, overturned_on, body, document_number, explanation }
    ProposePrice { category, item, price, proposed_on }
    ApprovePrice { category, item, proposal, decided_on, effective_on, document_number }
    RejectPrice { category, item, proposal, rejected_on, reason }
    MakePledge { pledge }
    RecordFulfilment { pledge_number, determined_on, determining_unit, determining_unit_uscc }
    RecordBreach { pledge_number, extent, severity, unperformed, consequence, determined_on, determining_unit, determining_unit_uscc }
    RepairPledge { pledge_number, breach, repaired_on, document_number }
    OrderPlaque { ordered_on, replaces, place }
    IssuePlaque { plaque_number, issued_on, design_version }
    HangPlaque { plaque_number, hung_on }
    RecoverPlaque { plaque_number, recovered_on }
    ReportPlaqueLost { plaque_number, lost_on, statement }
    DestroyPlaque { plaque_number, destroyed_on, reason }
    RecordPlaqueNotReturned { plaque_number, recorded_on, detail }
}

commands! { OperatorCommand:
    ConfirmOperatorCode { confirmed_on, document_number, seen }
    BarOperator { ground, barred_on, until, document_number, detail }
    LiftOperatorBar { bar, lifted_on, document_number, reason }
    | Overturn
}

commands! { RulesCommand:
    AdoptScheme { text, adopted_on, adopted_by, document_number, corrects }
    AdoptCalendar { covered_from, covered_until, source, text, adopted_on, adopted_by, document_number, corrects }
    AdoptPlaces { edition, text, adopted_on, adopted_by, document_number, corrects }
    BeginRules { scheme, covered_from, covered_until, source, days, edition, places, adopted_on }
}

records! {
    CorrectAct { act, corrected_on, reason, document_number, right }
}

/// What should have been recorded: the command itself, under its name.
impl Said for Box<MadeBy> {
    fn say<S: Saying>(&self, name: &'static str, out: &mut S) {
        out.field(name, |out| {
            out.extend(match &**self {
                MadeBy::Provider(command) => command.canonical(),
                MadeBy::Operator(command) => command.canonical(),
                MadeBy::Correction(command) => command.canonical(),
                MadeBy::Rules(command) => command.canonical(),
            });
        });
    }
}

#[cfg(feature = "changes")]
impl CorrectAct {
    /// Each correction that differs from it in one leaf, with the path of that leaf. For tests.
    pub fn changes(&self) -> Vec<(String, Self)> {
        changes::Changing::changed(self)
    }
}

impl CorrectAct {
    /// What it says, as bytes: the same for the same command, however it was spelt.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(USUAL_BYTES_MAX);
        self.say("CorrectAct", &mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{DocumentNumber, Name, Reason};

    fn certify() -> Certify {
        let day = |text| Day::parse(text).unwrap();
        Certify {
            particulars: Some(Particulars {
                name: Name::parse("园").unwrap(),
                operator_name: Name::parse("司").unwrap(),
                division: Division::parse("321003").unwrap(),
                zone: None,
                address: None,
                phone: None,
                location: Some(Point::new(32_390_000, 119_420_000).unwrap()),
                withhold_address: false,
                operator_class: None,
            }),
            category: CategoryCode::parse("childcare").unwrap(),
            decided_on: day("2026-03-16"),
            valid_from: day("2026-03-16"),
            valid_to: day("2029-03-15"),
            document_number: DocumentNumber::parse("D1").unwrap(),
            pledge_number: PledgeNumber::parse("32100320260302000001").unwrap(),
            notice: Some(NoticeWindow::new(day("2026-03-09"), day("2026-03-13")).unwrap()),
            deciding_body: None,
        }
    }

    /// These bytes have been digested and stored: they do not change.
    #[test]
    fn what_was_said_once_has_its_bytes_for_good() {
        let bytes = Command::Certify(certify()).canonical();
        let shown: Vec<u8> = bytes.iter().flat_map(|byte| byte.escape_ascii()).collect();
        assert_eq!(
            String::from_utf8(shown).unwrap(),
            "Certify\\x00\\x00\\x00\\x015particulars\\x00\\x00\\x00\\x00Yname\\x00\\x00\\x00\\x00\\x03\\xe5\\x9b\\xad\
             operator_name\\x00\\x00\\x00\\x00\\x03\\xe5\\x8f\\xb8division\\x00\\x00\\x00\\x00\\x0c321003000000\
             location\\x00\\x00\\x00\\x00\\x1232390000 119420000category\\x00\\x00\\x00\\x00\\tchildcare\
             decided_on\\x00\\x00\\x00\\x00\\n2026-03-16valid_from\\x00\\x00\\x00\\x00\\n2026-03-16\
             valid_to\\x00\\x00\\x00\\x00\\n2029-03-15document_number\\x00\\x00\\x00\\x00\\x02D1\
             pledge_number\\x00\\x00\\x00\\x00\\x1432100320260302000001notice\\x00\\x00\\x00\\x00&\
             start\\x00\\x00\\x00\\x00\\n2026-03-09end\\x00\\x00\\x00\\x00\\n2026-03-13"
        );
    }

    #[test]
    fn another_command_has_other_bytes() {
        let said = |change: fn(&mut Certify)| {
            let mut command = certify();
            change(&mut command);
            Command::Certify(command).canonical()
        };
        let first = said(|_| {});
        let changes: [fn(&mut Certify); 6] = [
            |c| c.particulars = None,
            |c| c.notice = None,
            |c| std::mem::swap(&mut c.valid_from, &mut c.valid_to),
            |c| c.deciding_body = Some(Name::parse("D1").unwrap()),
            |c| c.particulars.as_mut().unwrap().withhold_address = true,
            |c| c.document_number = DocumentNumber::parse("D2").unwrap(),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            assert_ne!(said(change), first, "{index}");
        }
        let reason = Reason::parse("r").unwrap();
        let category = CategoryCode::parse("childcare").unwrap();
        let withdrawn_on = Day::parse("2026-03-16").unwrap();
        let with = WithdrawCase { category: category.clone(), withdrawn_on, reason: Some(reason) };
        let without = WithdrawCase { category, withdrawn_on, reason: None };
        assert_ne!(Command::WithdrawCase(with).canonical(), Command::WithdrawCase(without).canonical());
    }
}
