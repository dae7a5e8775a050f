//! Bars (不得申报): from which day to which nothing is applied for, decided or renewed.

use crate::value::{Act, Day, DocumentNumber, GroundCode};

/// A bar, on a provider or on its operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Day of the decision: the first of it.
    pub from: Day,
    /// Last day of it.
    pub until: Day,
    /// Day on which it was lifted, or what brought it overturned: it held until then.
    pub lifted_on: Option<Day>,
    /// The fact that brought it, in the record of whom it bars.
    pub act: Act,
    /// On which ground; `None` where the record does not say.
    pub ground: Option<GroundCode>,
    /// The document it rests on, where there is one.
    pub document_number: Option<DocumentNumber>,
}

impl Bar {
    /// Whether it holds on `day`.
    pub fn holds_on(&self, day: Day) -> bool {
        lies_within(day, (self.from, self.until), self.lifted_on)
    }
}

/// Whether what is decided on `day` lies within a bar from its decision to its last day, unless that was lifted by then: whichever of the two was
/// typed first. Days are whatever is in their order: a reader keeps them as numbers.
pub fn lies_within<D: Copy + Ord>(day: D, (from, until): (D, D), lifted_on: Option<D>) -> bool {
    from <= day && day <= until && lifted_on.is_none_or(|lifted| day < lifted)
}

/// Of the bars that hold on `day` the one that holds longest; `None` where none does. What happens on a day is asked of that day, whenever it is
/// recorded.
pub fn barring_on(bars: impl IntoIterator<Item = Bar>, day: Day) -> Option<Bar> {
    bars.into_iter().filter(|bar| bar.holds_on(day)).max_by_key(|bar| bar.until)
}

/// Last day of the bars that hold on `day`.
pub fn barred_on(bars: impl IntoIterator<Item = Bar>, day: Day) -> Option<Day> {
    barring_on(bars, day).map(|bar| bar.until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_holds_from_its_decision_to_its_last_day_or_until_it_is_lifted() {
        let day = |text: &str| Day::parse(text).unwrap();
        let bar = |from, until, lifted: Option<&str>| Bar {
            from: day(from),
            until: day(until),
            lifted_on: lifted.map(day),
            act: Act::after(0),
            ground: None,
            document_number: None,
        };
        let bars = [bar("2026-05-20", "2026-12-31", Some("2026-08-01")), bar("2026-07-01", "2026-07-31", None)];
        for (on, until) in [
            ("2026-05-19", None),
            ("2026-05-20", Some("2026-12-31")),
            ("2026-07-31", Some("2026-12-31")),
            ("2026-08-01", None),
        ] {
            assert_eq!(barred_on(bars.clone(), day(on)), until.map(day), "{on}");
        }
        assert_eq!(barred_on(bars[1..].iter().cloned(), day("2026-07-31")), Some(day("2026-07-31")));
    }
}
