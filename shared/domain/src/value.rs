//! The values that facts and commands are made of. Only parsing makes them, so one that is there is one that holds.

mod area;
mod check;
mod code;
mod day;
mod division;
mod hash;
mod hex;
mod identity;
mod ids;
mod invalid;
mod log_id;
mod masked;
mod notice;
mod numbers;
mod personal;
mod rules_text;
mod stream;
mod street;
mod text;
mod unseen;
mod uscc;
mod uuid;

pub use code::{BureauId, CategoryCode, GroundCode, OfficerId, ZoneCode};
pub use day::{Day, Instant};
pub use division::{Division, DivisionPrefix};
pub use hash::{RequestDigest, Sha256};
pub use ids::{PlaqueNumber, PledgeNumber, ProviderId, RequestId};
pub use invalid::Invalid;
pub use log_id::LogId;
pub use notice::{NOTICE_DAYS_MAX, NoticeWindow};
pub use numbers::{Act, Fen, NoticeDays, Ordinal, Percent, Phone, Point, Year};
pub use rules_text::{RULES_TEXT_BYTES_MAX, RulesText};
pub use stream::{Position, Revision, StreamId};
pub use text::{Address, Content, DocumentNumber, Name, Reason, Text};
pub use unseen::is_unseen;
pub use uscc::{OperatorCode, Uscc};
