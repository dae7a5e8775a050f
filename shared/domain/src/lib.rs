//! What may happen to a provider of inclusive life services, and what must not.
//!
//! Pure: no I/O, no clock, no random numbers, no serialisation. Time, ids and actors come in on the command.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod command;

mod anew;
mod aside;
mod bar;
mod bounds;
mod canonical;
mod case;
mod certification;
mod commit;
mod context;
mod correction;
mod decide;
mod difference;
mod ending;
mod event;
mod evolve;
mod judged;
mod late;
mod opened;
mod operator;
mod overturning;
mod particulars;
mod plaque;
mod pledge;
mod price;
mod provider;
mod record;
mod refusal;
mod repeats;
mod rules;
mod same;
mod standing;
mod supervision;
mod value;
mod way;

pub use anew::{NoCommand, Redone, command_of};
pub use bar::{Bar, barred_on, barring_on, lies_within};
pub use bounds::{BAR_MONTHS_MAX, EFFECT_MONTHS_MAX};
pub use case::state::{Case, CaseRefusal, Notice, Objection, Resolution, Stage};
pub use case::terms::NoticeCount;
pub use certification::state::{Certification, Decision, Renewal};
pub use certification::terms::CertificationBasis;
pub use command::MadeBy;
pub use commit::Commit;
pub use context::{Beside, Context};
pub use correction::decide::{decide_operator_correction, repeated_correction};
pub use decide::{GROUNDS_OF_THE_RULES, decide, repeated};
pub use difference::{Difference, Differing};
pub use ending::state::{Elsewhere, End, EndKind, RevocationNotice, effective_again, is_open_on};
pub use ending::terms::{Ended, EndingKind, RevocationKind};
pub use event::*;
pub use evolve::{NeedsRecord, evolve, evolve_operator};
pub use late::is_late;
pub use operator::decide::{decide_operator, repeated_of_operator};
pub use operator::state::{CodeConfirmation, Operator, OperatorBar};
pub use particulars::state::{Identified, Stretch, Version, stretch_on, stretches};
pub use particulars::terms::{OperatorClass, Particulars, Release};
pub use plaque::recall::to_come_back_since;
pub use plaque::state::{Plaque, PlaqueStatus, PlaqueStep};
pub use pledge::state::{Breach, Determination, Pledge, PledgeStatus, Repair};
pub use pledge::terms::{BreachExtent, BreachSeverity, PledgeForm, PledgeType, PromisorClass, PublicationScope};
pub use price::promised::{Applied, Approved, PromisedSince, Promisor, paid_after, paid_on, promised, promised_since};
pub use price::state::{Decided, PriceApproval, PriceDecision, PricePromise, PriceRejection, Proposal};
pub use price::terms::{Price, PriceUnit};
pub use provider::Provider;
pub use record::{Entry, InTheirDay, as_corrected, replay, replay_operator};
pub use refusal::Refusal;
pub use rules::calendar::{Calendar, DayCount, DayKind};
pub use rules::places::DivisionTable;
pub use rules::scheme::{Area, Bureau, CategoryRules, FormerName, Ground, Scheme, Zone};
pub use same::SaidActs;
pub use standing::{
    Ahead, Bearing, Spans, Standing, Status, ahead, held_until, lapses_between, of_one_category, standing,
    stretch_begins, stretches_of, unruled_on,
};
pub use supervision::state::{Order, Review, Suspension};
pub use supervision::terms::ReviewResult;
pub use value::{
    Act, Address, BureauId, Called, CategoryCode, CodeOf, Content, Day, Division, DivisionPrefix, DocumentNumber, Fen,
    GroundCode, Instant, Invalid, LogId, NOT_STATED, NOTICE_DAYS_MAX, Name, Names, NoticeDays, NoticeWindow, OfficerId,
    OperatorCode, Ordinal, Percent, Phone, PlaqueNumber, PledgeNumber, Point, Position, ProviderId,
    RULES_TEXT_BYTES_MAX, Reason, RequestDigest, RequestId, Revision, RulesText, Sha256, StreamId, Text, Uscc, Within,
    Word, Wording, Year, ZoneCode, document_key, is_unseen, numbers_of_persons,
};
pub use way::{decide_correction, stands_beside};
