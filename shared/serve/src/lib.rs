//! What every service starts with: reading requests, answering errors, tables and schemes, health, reflection, drain.

pub mod clock;
pub mod door;
pub mod health;
pub mod places;
pub mod telemetry;
pub mod terms;

mod bounds;
mod call;
mod codes;
mod desk;
mod fields;
mod giving_way;
mod metrics;
mod peer;
mod proxies;
mod request_key;
mod requests;
mod routes;
mod server;
pub mod status;
mod wire;

pub use self::giving_way::giving_way;
pub use bounds::REQUEST_BYTES_MAX;
pub use call::CALL_MAX;
pub use codes::{CODE_CHARS_MAX, UnknownCodes, nearest};
pub use desk::{Asked, COMMANDS_UNDER_WAY_MAX, CommandDesk, Header, Mutation, Target, bytes, outcome, right};
pub use door::{Bounds, keep_room, stands_by, take_descriptors, until_room};
pub use fields::{Blank, Brought, Fields};
pub use health::Parts;
pub use metrics::Metrics;
pub use peer::{Caller, Peer};
pub use proxies::{Network, Proxies, ProxyHeader};
pub use registrar::{Outcome, Receipt};
pub use request_key::RequestKey;
/// Tables and schemes, as they are written down and as the log adopts them.
pub use rulebook as reference;
pub use server::{DRAIN_MAX, Ready, Server, ServerError};
pub use status::{invalid_argument, of_log_error};

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    // Most answers hold some, so it is not left to a formatter.
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}
