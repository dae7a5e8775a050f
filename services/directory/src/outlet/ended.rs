//! By which decision an outlet stands ended, and whether a graver one came beside it: whoever left and was found to have deceived is told of as
//! both.

use domain::{Ahead, Bearing};
use serde::{Deserialize, Serialize};

use super::choice::EndKind;
use super::standing::standings;
use super::status::{Standing, Status};
use super::view::{CertificationView, EndView, View};

/// An end that was decided, with the days on which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ending {
    pub(crate) kind: EndKind,
    /// The day of the decision.
    pub(crate) decided_on: i32,
    pub(crate) from: i32,
    /// First day on which it holds no more.
    pub(crate) until: Option<i32>,
}

/// How a certification stands ended, if it does by a decision, and the gravest of the graver ones that hold beside it, with its first day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) by: Option<EndKind>,
    pub(crate) graver: Option<(EndKind, i32)>,
}

/// How a certification ended before it began: since the decision on the first of what ended it so, and which graver one was decided beside that, on
/// which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EndedAhead {
    pub(crate) standing: (Status, i32),
    pub(crate) ended: Ended,
}

impl Ending {
    pub(crate) fn of(end: &EndView) -> Self {
        let bearing = end.bearing();
        Self { kind: end.kind, decided_on: end.decided_on, from: bearing.from, until: bearing.until }
    }

    fn bearing(&self) -> Bearing<i32> {
        Bearing { status: self.kind.status().into(), from: self.from, until: self.until }
    }

    fn holds_on(&self, day: i32) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

impl EndKind {
    /// How grave it is: what says that the certification was got by deceit comes first, then what a breach brought.
    fn gravity(self) -> u8 {
        match self {
            // The ruling is told beside the renewal, whatever else had ended it.
            Self::RenewalOverturned => 0,
            Self::Withdrawn => 1,
            Self::Deregistered => 2,
            Self::Overturned => 3,
            Self::Cancelled => 4,
            Self::Annulled => 5,
        }
    }

    fn status(self) -> Status {
        match self {
            Self::Withdrawn => Status::Withdrawn,
            Self::Deregistered => Status::Deregistered,
            Self::Overturned | Self::Cancelled | Self::Annulled => Status::Revoked,
            Self::RenewalOverturned => Status::Expired,
        }
    }
}

/// By which of its ends a certification that stands so is ended on a day, and which is graver.
pub(crate) fn ended(ends: &(impl Iterator<Item = Ending> + Clone), (status, _): Standing, day: i32) -> Ended {
    if status.is_live() {
        return Ended::default();
    }
    let holding = || ends.clone().filter(|end| end.holds_on(day));
    let by = holding().filter(|end| end.kind.status() == status).min_by_key(|end| end.from).map(|end| end.kind);
    Ended { by, graver: graver(holding(), by) }
}

/// What is to come, on a day, of a certification with its first day and the one since which it is known: whether it is to begin, or how it ended
/// before it could (the domain's rule).
pub(crate) fn ahead(
    days: (Option<i32>, Option<i32>),
    ends: &(impl Iterator<Item = Ending> + Clone),
    day: i32,
) -> Option<Ahead<EndedAhead>> {
    let of = |ends: &mut dyn Iterator<Item = Ending>| {
        domain::ahead(days, ends.map(|end| (end, end.decided_on, end.bearing())), day)
    };
    let first = match of(&mut ends.clone())? {
        Ahead::Begins => return Some(Ahead::Begins),
        Ahead::Ended(first) => first,
    };
    // Each of those that had ended it by itself, by the day of its decision: it takes effect no sooner than the term.
    let alone = |end: &Ending| matches!(of(&mut std::iter::once(*end)), Some(Ahead::Ended(_)));
    let decided = ends.clone().filter(alone).map(|end| Ending { from: end.decided_on, ..end });
    let ended = Ended { by: Some(first.kind), graver: graver(decided, Some(first.kind)) };
    Some(Ahead::Ended(EndedAhead { standing: (first.kind.status(), first.decided_on), ended }))
}

/// The gravest of ends that is graver than one; of several of a kind the first.
fn graver(ends: impl Iterator<Item = Ending>, than: Option<EndKind>) -> Option<(EndKind, i32)> {
    let least = than.map_or(0, EndKind::gravity);
    let graver = ends.filter(|end| end.kind.gravity() > least);
    graver.min_by_key(|end| (u8::MAX - end.kind.gravity(), end.from)).map(|end| (end.kind, end.from))
}

/// The same of a whole outlet that stands so on a day, by the certification of one of these categories.
pub(crate) fn ended_as_a_whole(view: &View, standing: Standing, categories: &[&str], day: i32) -> Ended {
    if standing.0.is_live() {
        return Ended::default();
    }
    let about: Vec<&CertificationView> = standings(view, day).into_iter().map(|(c, _)| c).collect();
    let own = about.iter().filter(|c| categories.contains(&&*c.category)).flat_map(|c| c.endings());
    let own: Vec<Ending> = own.collect();
    let by = ended(&own.into_iter(), standing, day).by;
    let all = about.iter().flat_map(|c| c.endings()).filter(|end| end.holds_on(day));
    Ended { by, graver: graver(all, by) }
}

impl CertificationView {
    /// Its ends, in the order they were recorded.
    pub(crate) fn endings(&self) -> impl Iterator<Item = Ending> + Clone + '_ {
        self.ends.iter().map(Ending::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(kind: EndKind, from: i32, until: Option<i32>) -> Ending {
        Ending { kind, decided_on: from, from, until }
    }

    #[test]
    fn what_is_graver_than_the_end_that_stands_is_told_beside_it() {
        use EndKind::{Annulled, Cancelled, Withdrawn};
        let left = || [end(Withdrawn, 100, None), end(Annulled, 120, None), end(Cancelled, 110, None)].into_iter();
        let of = |by, graver| Ended { by, graver };
        assert_eq!(ended(&left(), (Status::Withdrawn, Some(100)), 105), of(Some(Withdrawn), None));
        assert_eq!(ended(&left(), (Status::Withdrawn, Some(100)), 115), of(Some(Withdrawn), Some((Cancelled, 110))));
        assert_eq!(ended(&left(), (Status::Withdrawn, Some(100)), 130), of(Some(Withdrawn), Some((Annulled, 120))));
        // After its term, and one that was overturned.
        let after = || [end(Annulled, 120, Some(140))].into_iter();
        assert_eq!(ended(&after(), (Status::Expired, Some(100)), 130), of(None, Some((Annulled, 120))));
        assert_eq!(ended(&after(), (Status::Expired, Some(100)), 140), of(None, None));
        // Of two the first one stands, and the lesser is not told beside it.
        let lesser = [end(Annulled, 100, None), end(Withdrawn, 120, None)].into_iter();
        assert_eq!(ended(&lesser, (Status::Revoked, Some(100)), 130), of(Some(Annulled), None));
        assert_eq!(ended(&left(), (Status::Valid, None), 90), Ended::default());
    }
}
