//! What is known of an operator.

use crate::bar::{Bar, barred_on};
use crate::value::{Act, Day, DocumentNumber};

/// What is known of an operator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operator {
    /// How many facts its stream holds.
    pub acts: u32,
    /// Every bar.
    pub bars: Vec<OperatorBar>,
}

/// A bar on an operator (运营主体禁入).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorBar {
    /// The fact that it is.
    pub act: Act,
    /// Day of the decision.
    pub barred_on: Day,
    /// Last day of it.
    pub until: Day,
    /// The document it rests on.
    pub document_number: DocumentNumber,
    /// Day on which it was lifted: it held until then.
    pub lifted_on: Option<Day>,
}

impl OperatorBar {
    /// When it holds.
    pub fn bar(&self) -> Bar {
        Bar { from: self.barred_on, until: self.until, lifted_on: self.lifted_on }
    }
}

impl Operator {
    /// Every bar, by when it holds.
    pub fn each_bar(&self) -> impl Iterator<Item = Bar> + '_ {
        self.bars.iter().map(OperatorBar::bar)
    }

    /// Last day of the bars that hold on `day`.
    pub fn barred_on(&self, day: Day) -> Option<Day> {
        barred_on(self.each_bar(), day)
    }
}
