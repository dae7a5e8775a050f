//! What may happen to a provider of inclusive life services, and what must not.
//!
//! Pure: no I/O, no clock, no random numbers, no serialisation. Time, ids and actors come in on the command.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod command;

mod commit;
mod decide;
mod event;
mod operator;
mod provider;
mod refusal;
mod rules;
mod terms;
mod value;

pub use commit::Commit;
pub use decide::{Context, GROUNDS_OF_THE_RULES, decide};
pub use event::*;
pub use operator::{Operator, decide_operator, evolve_operator};
pub use provider::{
    Case, Certification, End, EndKind, Plaque, PlaqueStatus, Pledge, PledgeStatus, PricePromise, Provider, Stage,
    Standing, evolve, replay,
};
pub use refusal::Refusal;
pub use rules::calendar::{Calendar, DayCount, DayKind};
pub use rules::places::DivisionTable;
pub use rules::scheme::{Area, Bureau, CategoryRules, Ground, Scheme};
pub use terms::{
    BreachExtent, BreachSeverity, CertificationBasis, Particulars, PledgeForm, PledgeType, Price, PriceUnit,
    PromisorClass, PublicationScope, ReviewResult, RevocationKind,
};
pub use value::{
    Address, BureauId, CategoryCode, Content, Day, Division, DivisionPrefix, DocumentNumber, Fen, GroundCode, Instant,
    Invalid, NOTICE_DAYS_MAX, Name, NoticeWindow, OfficerId, OperatorCode, Ordinal, Percent, Phone, PlaqueNumber,
    PledgeNumber, Point, Position, ProviderId, Reason, RequestId, Revision, Sha256, StreamId, Text, Uscc, Year,
    ZoneCode,
};
