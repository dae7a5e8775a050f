//! Where a certification stands, as it is kept in rows. What it follows from is said in the domain.

use domain::Bearing;
use serde::{Deserialize, Serialize};

/// Where a certification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Status {
    Valid,
    Rectifying,
    Suspended,
    Revoked,
    Withdrawn,
    Expired,
    Deregistered,
}

/// What bears on where a certification stands while it is live: an order to mend a breach, or a suspension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Measure {
    /// The number of the fact in its stream.
    pub(crate) act: u32,
    pub(crate) status: Status,
    pub(crate) from: i32,
    /// The day on which it was met or resumed.
    pub(crate) until: Option<i32>,
    /// Last day to mend the breach.
    pub(crate) due_on: Option<i32>,
    /// The fact that it follows from by itself; 0 where it was ordered.
    pub(crate) because: u32,
}

/// What bears on where a certification stands, as a card keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) status: Status,
    pub(crate) from: i32,
    pub(crate) until: Option<i32>,
}

impl Span {
    pub(crate) fn of(bearing: Bearing<i32>) -> Self {
        Self { status: bearing.status.into(), from: bearing.from, until: bearing.until }
    }

    pub(crate) fn bearing(self) -> Bearing<i32> {
        Bearing { status: self.status.into(), from: self.from, until: self.until }
    }
}

/// A status, and the day it began where the record says so.
pub(crate) type Standing = (Status, Option<i32>);

impl Status {
    pub(crate) fn is_live(self) -> bool {
        domain::Status::from(self).is_live()
    }
}

macro_rules! same {
    ($($variant:ident),*) => {
        impl From<Status> for domain::Status {
            fn from(status: Status) -> Self {
                match status { $(Status::$variant => Self::$variant),* }
            }
        }

        impl From<domain::Status> for Status {
            fn from(status: domain::Status) -> Self {
                match status { $(domain::Status::$variant => Self::$variant),* }
            }
        }
    };
}
same! { Valid, Rectifying, Suspended, Revoked, Withdrawn, Expired, Deregistered }
