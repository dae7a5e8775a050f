//! What is known of the supervision of a certification.

use super::terms::ReviewResult;
use crate::standing::{Bearing, Spans, Status, stretches_of};
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
    /// What rulings made of it.
    pub rulings: Spans,
    /// What they made of what opened it, which it is over with.
    pub cause: Spans,
    /// The fact by which it fell, as its certification had been over by its day; none where it stands again.
    pub fell: Option<Act>,
}

impl Order {
    /// Whether the breach was still to be mended on a day: an order is met once, and one that was overturned held until then.
    pub fn is_open_on(&self, day: Day) -> bool {
        self.met_on.is_none() && self.stands_on(day)
    }

    /// Whether neither it nor what opened it was overturned on a day.
    fn stands_on(&self, day: Day) -> bool {
        self.fell.is_none() && self.rulings.hold_on(day) && self.cause.hold_on(day)
    }

    /// Whether it was met by then, or is overturned.
    pub(crate) fn is_over_by(&self, day: Day) -> bool {
        self.met_on.is_some_and(|met| met <= day) || !self.stands_on(day)
    }

    pub(crate) fn bearings(&self) -> impl Iterator<Item = Bearing> + Clone + '_ {
        let stretches = stretches_of(self.ordered_on, [self.rulings.days(), self.cause.days()]);
        borne(Status::Rectifying, stretches, self.met_on).filter(|_| self.fell.is_none())
    }
}

/// A suspension (暂停).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// The fact that it is.
    pub act: Act,
    /// First day of it.
    pub since: Day,
    /// Day on which it ended.
    pub resumed_on: Option<Day>,
    /// What rulings made of it.
    pub rulings: Spans,
    /// The fact by which it fell, as its certification had been over by its day; none where it stands again.
    pub fell: Option<Act>,
}

impl Suspension {
    /// Whether it had still to be ended on a day: it is resumed once, and one that was overturned held until then.
    pub fn is_open_on(&self, day: Day) -> bool {
        self.resumed_on.is_none() && self.fell.is_none() && self.rulings.hold_on(day)
    }

    pub(crate) fn bearings(&self) -> impl Iterator<Item = Bearing> + Clone + '_ {
        borne(Status::Suspended, stretches_of(self.since, [self.rulings.days()]), self.resumed_on)
            .filter(|_| self.fell.is_none())
    }
}

/// What a measure is in the stretches in which it stands, until it is over.
fn borne(
    status: Status,
    stretches: impl Iterator<Item = (Day, Option<Day>)> + Clone,
    over: Option<Day>,
) -> impl Iterator<Item = Bearing> + Clone {
    stretches.map(move |(from, until)| Bearing { status, from, until: [over, until].into_iter().flatten().min() })
}

/// A yearly review (年度复核).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The fact that it is.
    pub act: Act,
    /// The year it is of.
    pub year: Year,
    /// What came of it.
    pub result: ReviewResult,
    /// Day on which it was concluded.
    pub reviewed_on: Day,
    /// What rulings made of it: while it is undone the year may be reviewed anew.
    pub rulings: Spans,
}

impl Review {
    /// Whether it was not overturned by a day.
    pub(crate) fn stood_on(&self, day: Day) -> bool {
        self.rulings.hold_on(day)
    }
}
