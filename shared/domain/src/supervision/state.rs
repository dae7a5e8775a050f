//! What is known of the supervision of a certification.

use super::terms::ReviewResult;
use crate::standing::{Bearing, Status, held_on};
use crate::value::{Act, Day, DocumentNumber, GroundCode, Year};

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
    /// The breach or failed review that opened it by itself.
    pub because: Option<Act>,
    /// Day on which it was overturned: it held until then.
    pub overturned_on: Option<Day>,
}

impl Order {
    /// Whether the breach was still to be mended on a day: an order is met once, and one that was overturned held until then.
    pub fn is_open_on(&self, day: Day) -> bool {
        self.met_on.is_none() && held_on(self.overturned_on, day)
    }

    /// Whether it was met or overturned by then.
    pub(crate) fn is_over_by(&self, day: Day) -> bool {
        [self.met_on, self.overturned_on].into_iter().flatten().any(|over| over <= day)
    }

    pub(crate) fn bearing(&self) -> Bearing {
        let until = [self.met_on, self.overturned_on].into_iter().flatten().min();
        Bearing { status: Status::Rectifying, from: self.ordered_on, until }
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
    /// Day on which it was overturned: it held until then.
    pub overturned_on: Option<Day>,
}

impl Suspension {
    /// Whether it had still to be ended on a day: it is resumed once, and one that was overturned held until then.
    pub fn is_open_on(&self, day: Day) -> bool {
        self.resumed_on.is_none() && held_on(self.overturned_on, day)
    }

    pub(crate) fn bearing(&self) -> Bearing {
        let until = [self.resumed_on, self.overturned_on].into_iter().flatten().min();
        Bearing { status: Status::Suspended, from: self.since, until }
    }
}

/// A yearly review (年度复核).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// The fact that it is.
    pub act: Act,
    /// The year it is of.
    pub year: Year,
    /// What came of it.
    pub result: ReviewResult,
    /// Day on which it was concluded.
    pub reviewed_on: Day,
    /// Day on which it was overturned: the year may be reviewed anew from then on.
    pub overturned_on: Option<Day>,
}

impl Review {
    /// Whether it was not overturned by a day.
    pub(crate) fn stood_on(&self, day: Day) -> bool {
        held_on(self.overturned_on, day)
    }
}
