//! What is known of the supervision of a certification.

use crate::standing::{Bearing, Status};
use crate::value::{Act, Day, DocumentNumber, GroundCode};

/// An order to mend a breach (限期整改).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The fact that it is.
    pub act: Act,
    /// On which ground.
    pub ground: GroundCode,
    /// Day of the order.
    pub ordered_on: Day,
    /// Last day to mend.
    pub due_on: Day,
    /// The document that carries it; none where it follows by itself from another act.
    pub document_number: Option<DocumentNumber>,
    /// Day on which the breach was found mended.
    pub met_on: Option<Day>,
}

impl Order {
    pub(crate) fn bearing(&self) -> Bearing {
        Bearing { status: Status::Rectifying, from: self.ordered_on, until: self.met_on }
    }
}

/// A suspension (暂停).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspension {
    /// The fact that it is.
    pub act: Act,
    /// First day of it.
    pub since: Day,
    /// Day on which it ended.
    pub resumed_on: Option<Day>,
}

impl Suspension {
    pub(crate) fn bearing(&self) -> Bearing {
        Bearing { status: Status::Suspended, from: self.since, until: self.resumed_on }
    }
}
