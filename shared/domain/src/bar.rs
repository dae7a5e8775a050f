//! Bars (不得申报): from which day to which nothing is applied for, decided or renewed.

use crate::value::Day;

/// A bar, on a provider or on its operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Day of the decision: the first of it.
    pub from: Day,
    /// Last day of it.
    pub until: Day,
    /// Day on which it was lifted, or what brought it overturned: it held until then.
    pub lifted_on: Option<Day>,
}

impl Bar {
    /// Whether it holds on `day`.
    pub fn holds_on(&self, day: Day) -> bool {
        (self.from..=self.until).contains(&day) && self.lifted_on.is_none_or(|lifted| day < lifted)
    }
}

/// Last day of the bars that hold on `day`; `None` where none does. What happens on a day is asked of that day, whenever it is recorded.
pub fn barred_on(bars: impl IntoIterator<Item = Bar>, day: Day) -> Option<Day> {
    bars.into_iter().filter(|bar| bar.holds_on(day)).map(|bar| bar.until).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_holds_from_its_decision_to_its_last_day_or_until_it_is_lifted() {
        let day = |text: &str| Day::parse(text).unwrap();
        let bar =
            |from, until, lifted: Option<&str>| Bar { from: day(from), until: day(until), lifted_on: lifted.map(day) };
        let bars = [bar("2026-05-20", "2026-12-31", Some("2026-08-01")), bar("2026-07-01", "2026-07-31", None)];
        for (on, until) in [
            ("2026-05-19", None),
            ("2026-05-20", Some("2026-12-31")),
            ("2026-07-31", Some("2026-12-31")),
            ("2026-08-01", None),
        ] {
            assert_eq!(barred_on(bars, day(on)), until.map(day), "{on}");
        }
        assert_eq!(barred_on(bars[1..].iter().copied(), day("2026-07-31")), Some(day("2026-07-31")));
    }
}
