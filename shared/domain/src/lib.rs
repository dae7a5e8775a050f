//! What may happen to a provider of inclusive life services, and what must not.
//!
//! Pure: no I/O, no clock, no random numbers, no serialisation. Time, ids and actors come in on the command.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod command;

mod calendar;
mod check;
mod code;
mod commit;
mod day;
mod decide;
mod division;
mod event;
mod ids;
mod invalid;
mod numbers;
mod operator;
mod provider;
mod refusal;
mod scheme;
mod terms;
mod text;
mod uscc;

pub use calendar::{Calendar, DayCount, DayKind, NOTICE_DAYS_MAX, NoticeWindow};
pub use code::{BureauId, CategoryCode, GroundCode, OfficerId, ZoneCode};
pub use commit::{Commit, Position, Revision, StreamId};
pub use day::{Day, Instant};
pub use decide::{Context, GROUNDS_OF_THE_RULES, decide};
pub use division::{Division, DivisionPrefix, DivisionTable};
pub use event::*;
pub use ids::{PlaqueNumber, PledgeNumber, ProviderId, RequestId};
pub use invalid::Invalid;
pub use numbers::{Fen, Ordinal, Percent, Phone, Point, Year};
pub use operator::{Operator, decide_operator, evolve_operator};
pub use provider::{
    Case, Certification, End, EndKind, Plaque, PlaqueStatus, Pledge, PledgeStatus, PricePromise, Provider, Stage,
    Standing, evolve, replay,
};
pub use refusal::Refusal;
pub use scheme::{Area, Bureau, CategoryRules, Ground, Scheme};
pub use terms::{
    BreachExtent, BreachSeverity, CertificationBasis, Particulars, PledgeForm, PledgeType, Price, PriceUnit,
    PromisorClass, PublicationScope, ReviewResult, RevocationKind,
};
pub use text::{Address, Content, DocumentNumber, Name, Reason, Text};
pub use uscc::{OperatorCode, Uscc};
