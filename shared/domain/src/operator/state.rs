//! What is known of an operator.

use crate::bar::{Bar, barred_on};
use crate::same::SaidActs;
use crate::standing::{Spans, stretches_of};
use crate::value::{Act, Content, Day, DocumentNumber, GroundCode, OperatorCode};

/// What is known of an operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operator {
    /// How many facts its stream holds.
    pub acts: u32,
    /// What its acts say, by which an act is known that is sent again.
    pub said: SaidActs,
    /// Every bar.
    pub bars: Vec<OperatorBar>,
    /// That its code was confirmed, which it is where it fails its check.
    pub confirmation: Option<CodeConfirmation>,
}

/// That a code which fails its check was confirmed (核实代码).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeConfirmation {
    /// The fact that it is.
    pub act: Act,
    /// Day on which the bureau saw the document.
    pub confirmed_on: Day,
    /// Number of the document that the code stands on.
    pub document_number: DocumentNumber,
    /// What was seen.
    pub seen: Content,
}

/// A bar on an operator (运营主体禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorBar {
    /// The fact that it is.
    pub act: Act,
    /// On which ground.
    pub ground: GroundCode,
    /// Day of the decision.
    pub barred_on: Day,
    /// Last day of it.
    pub until: Day,
    /// The document it rests on.
    pub document_number: DocumentNumber,
    /// Day on which it was lifted: it held until then.
    pub lifted_on: Option<Day>,
    /// What rulings made of the decision.
    pub rulings: Spans,
}

impl OperatorBar {
    /// When it holds: in each of the stretches that the rulings leave it.
    pub fn bars(&self) -> impl Iterator<Item = Bar> + '_ {
        stretches_of(self.barred_on, [self.rulings.days()]).map(|(from, undone_on)| Bar {
            from,
            until: self.until,
            lifted_on: [self.lifted_on, undone_on].into_iter().flatten().min(),
            act: self.act,
            ground: Some(self.ground.clone()),
            document_number: Some(self.document_number.clone()),
        })
    }

    /// Whether it could be lifted on a day: once, and not while it is undone.
    pub(crate) fn may_be_lifted(&self, day: Day) -> bool {
        self.lifted_on.is_none() && self.rulings.hold_on(day)
    }

    /// Since when it is so by this fact, and when that was undone: by its own or by a ruling on it.
    pub(crate) fn held(&self, act: Act) -> Option<(Day, Option<Day>)> {
        self.rulings.held((self.act, self.barred_on), act)
    }
}

impl Operator {
    /// Whether this code, which is its own, can be relied on: its check holds, or a bureau confirmed it.
    pub fn is_known_by(&self, code: &OperatorCode) -> bool {
        code.is_well_checked() || self.confirmation.is_some()
    }

    /// Every bar, by when it holds.
    pub fn each_bar(&self) -> impl Iterator<Item = Bar> + '_ {
        self.bars.iter().flat_map(OperatorBar::bars)
    }

    /// Last day of the bars that hold on `day`.
    pub fn barred_on(&self, day: Day) -> Option<Day> {
        barred_on(self.each_bar(), day)
    }
}
