//! What is known of the plaques.

use std::collections::BTreeMap;

use crate::refusal::Refusal;
use crate::value::{Act, Day, PlaqueNumber, Text, Word};

/// Every plaque.
pub(crate) type Plaques = BTreeMap<PlaqueNumber, Plaque>;

/// A plaque.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plaque {
    /// The fact that ordered it.
    pub act: Act,
    /// Day of the order.
    pub ordered_on: Day,
    /// The plaque it was ordered in the place of.
    pub replaces: Option<PlaqueNumber>,
    /// Where at the outlet it is to hang.
    pub place: Option<Text<64>>,
    /// Where it is: what its steps and its recalls make of it.
    pub status: PlaqueStatus,
    /// By when it is to come back, if ordered back.
    pub recovery_due: Option<Day>,
    /// By when it was ever told to come back, and the days up to then from which on it was to, by what was on record then: it may have been covered in
    /// between, or be going to be.
    pub told: Vec<(Vec<Day>, Day)>,
    /// Orders to bring it back that were lifted, each with the day by which it was to come back, and the day from which it may stay.
    pub lifted: Vec<(Day, Day)>,
    /// Whether another was ordered in its place.
    pub replaced: bool,
    /// Day of the step by which it is there.
    pub since: Day,
    /// What happened to it, in the order it was typed; it was ordered first.
    pub steps: Vec<PlaqueStep>,
}

/// Something that happened to a plaque.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaqueStep {
    /// Where it came to be.
    pub status: PlaqueStatus,
    /// On which day.
    pub on: Day,
}

/// Where a plaque is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaqueStatus {
    /// 制作中.
    Ordered,
    /// 已发放.
    Issued,
    /// 已挂牌.
    Hung,
    /// 已收回.
    Recovered,
    /// 遗失.
    Lost,
    /// 已销毁.
    Destroyed,
    /// 未交回.
    NotReturned,
}

impl Plaque {
    /// Whether it has its place at the outlet: it is on the way there, or may be on the wall, and no other was ordered instead.
    pub fn holds_place(&self) -> bool {
        !self.replaced && (self.is_out() || self.status == PlaqueStatus::Ordered)
    }

    /// Where it was on a day, and since when: by the days of what happened, in whatever order that was typed; of one day what was typed last.
    pub fn at(&self, day: Day) -> (PlaqueStatus, Day) {
        self.stands(Some(day))
    }

    /// Where it is by all that is recorded: what its steps and its recalls make of it, whatever was recorded first.
    pub(super) fn settle(&mut self) {
        (self.status, self.since) = self.stands(None);
    }

    fn stands(&self, day: Option<Day>) -> (PlaqueStatus, Day) {
        let is_past = |step: &&PlaqueStep| day.is_none_or(|day| step.on <= day);
        let holds = |step: &&PlaqueStep| step.status != PlaqueStatus::NotReturned || self.is_withheld(step.on, day);
        let last = self.steps.iter().filter(is_past).filter(holds).max_by_key(|step| step.on);
        last.map_or((PlaqueStatus::Ordered, self.ordered_on), |step| (step.status, step.on))
    }

    /// Whether one that was found on a day not to have been returned is withheld on another, or by now: while the order stands by which it was to
    /// come back before. What is not to come back, or not yet, nobody withholds.
    fn is_withheld(&self, found: Day, day: Option<Day>) -> bool {
        let stood =
            |(due, lifted): &(Day, Day)| *due < found && found < *lifted && day.is_some_and(|day| day < *lifted);
        self.recovery_due.is_some_and(|due| due < found) || self.lifted.iter().any(stood)
    }

    /// The first day on which it was handed out.
    pub(crate) fn out_since(&self) -> Option<Day> {
        self.steps.iter().filter(|step| step.status == PlaqueStatus::Issued).map(|step| step.on).min()
    }

    /// The day on which it was destroyed without ever having been handed out.
    pub(crate) fn unmade_on(&self) -> Option<Day> {
        let destroyed = self.steps.iter().find(|step| step.status == PlaqueStatus::Destroyed);
        destroyed.filter(|_| self.out_since().is_none()).map(|step| step.on)
    }

    /// Whether it may be on a wall.
    pub fn is_out(&self) -> bool {
        matches!(self.status, PlaqueStatus::Issued | PlaqueStatus::Hung)
    }
}

impl PlaqueStatus {
    /// What the status is called.
    pub fn called(self) -> Word {
        let (zh, en) = match self {
            Self::Ordered => ("制作中", "being made"),
            Self::Issued => ("已发放", "handed out"),
            Self::Hung => ("已挂牌", "hung"),
            Self::Recovered => ("已收回", "recovered"),
            Self::Lost => ("遗失", "lost"),
            Self::Destroyed => ("已销毁", "destroyed"),
            Self::NotReturned => ("未交回", "not returned"),
        };
        Word::new(zh, en)
    }

    /// Whether somebody has it who would have to give it back.
    pub(crate) fn is_held(self) -> bool {
        match self {
            Self::Issued | Self::Hung | Self::NotReturned => true,
            Self::Ordered | Self::Recovered | Self::Lost | Self::Destroyed => false,
        }
    }

    pub(crate) fn wrong<T>(self) -> Result<T, Refusal> {
        Err(Refusal::PlaqueState { status: self.called() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_where_the_plaque_is() {
        let told = |status: PlaqueStatus| status.wrong::<()>().unwrap_err().zh();
        for (status, word) in
            [(PlaqueStatus::Ordered, "制作中"), (PlaqueStatus::Hung, "已挂牌"), (PlaqueStatus::Lost, "遗失")]
        {
            assert!(told(status).contains(word), "{}", told(status));
        }
    }

    fn day(number: i32) -> Day {
        Day::from_number(20_000 + number).unwrap()
    }

    fn plaque(steps: &[(PlaqueStatus, i32)]) -> Plaque {
        Plaque {
            act: Act::new(4).unwrap(),
            ordered_on: day(1),
            replaces: None,
            place: None,
            status: PlaqueStatus::Ordered,
            recovery_due: None,
            told: Vec::new(),
            lifted: Vec::new(),
            replaced: false,
            since: day(1),
            steps: steps.iter().map(|(status, on)| PlaqueStep { status: *status, on: day(*on) }).collect(),
        }
    }

    #[test]
    fn it_is_withheld_between_the_day_by_which_it_was_to_come_back_and_that_on_which_the_order_was_lifted() {
        let lifted = Plaque { lifted: vec![(day(10), day(20))], ..plaque(&[]) };
        let is_withheld = |found, on: Option<i32>| lifted.is_withheld(day(found), on.map(day));
        assert_eq!([10, 11, 19, 20].map(|found| is_withheld(found, Some(12))), [false, true, true, false]);
        assert_eq!([Some(19), Some(20), None].map(|on| is_withheld(15, on)), [true, false, false]);
        let ordered = Plaque { recovery_due: Some(day(30)), ..lifted.clone() };
        assert_eq!([30, 31].map(|found| ordered.is_withheld(day(found), None)), [false, true]);
    }

    #[test]
    fn it_is_out_since_it_was_first_handed_out() {
        use PlaqueStatus::{Destroyed, Hung, Issued, Recovered};
        let twice = plaque(&[(Issued, 5), (Hung, 6), (Recovered, 8), (Issued, 9), (Destroyed, 11)]);
        assert_eq!((twice.out_since(), twice.unmade_on()), (Some(day(5)), None));
        let never = plaque(&[(Destroyed, 7)]);
        assert_eq!((never.out_since(), never.unmade_on()), (None, Some(day(7))));
    }
}
