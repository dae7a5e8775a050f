//! What is known of the plaques.

use std::collections::BTreeMap;

use crate::refusal::Refusal;
use crate::value::{Act, Day, PlaqueNumber, Text};

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
    /// Where it is.
    pub status: PlaqueStatus,
    /// By when it is to come back, if ordered back.
    pub recovery_due: Option<Day>,
    /// Orders to bring it back that were lifted, each with the day by which it was to come back, and the day on which it was lifted.
    pub lifted: Vec<(Day, Day)>,
    /// Where it was, and since when, before it was found not to have been returned.
    pub withheld_from: Option<(PlaqueStatus, Day)>,
    /// Whether another was ordered in its place.
    pub replaced: bool,
    /// Day of the last step.
    pub since: Day,
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

    /// By when it was to come back on a day, as it is known now: an order that was lifted later stood until then.
    pub(crate) fn due_on(&self, day: Day) -> Option<Day> {
        let stood = self.lifted.iter().find(|(due, lifted)| *due < day && day < *lifted);
        stood.map(|(due, _)| *due).or(self.recovery_due)
    }

    /// Whether it may be on a wall.
    pub fn is_out(&self) -> bool {
        matches!(self.status, PlaqueStatus::Issued | PlaqueStatus::Hung)
    }
}

impl PlaqueStatus {
    /// What the status is called.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Ordered => "制作中",
            Self::Issued => "已发放",
            Self::Hung => "已挂牌",
            Self::Recovered => "已收回",
            Self::Lost => "遗失",
            Self::Destroyed => "已销毁",
            Self::NotReturned => "未交回",
        }
    }

    pub(crate) fn wrong<T>(self) -> Result<T, Refusal> {
        Err(Refusal::PlaqueState { status: self.zh() })
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
}
