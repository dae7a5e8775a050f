//! Working days. The table of statutory holidays and make-up workdays is data: weekday arithmetic
//! alone gives wrong ends around every festival.

use std::collections::BTreeMap;

use crate::value::{Day, NoticeWindow};

/// What the State Council's yearly notice makes of a day that the week alone would tell wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// A day off that may fall on a weekday (放假).
    Holiday,
    /// A Saturday or Sunday that is worked (调休上班).
    MakeUpWorkday,
}

/// How the days of a term are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayCount {
    /// Every day (日).
    Calendar,
    /// Working days (工作日).
    Working,
}

impl DayCount {
    /// What the days are called that are counted, in Chinese and in English.
    pub(crate) fn called(self) -> (&'static str, &'static str) {
        match self {
            Self::Calendar => ("自然日", "days"),
            Self::Working => ("工作日", "working days"),
        }
    }
}

/// Statutory holidays and make-up workdays, by day, and for which days they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    days: BTreeMap<Day, DayKind>,
    /// Stretches of days that are spoken of: first day → last day. No two touch.
    covered: BTreeMap<Day, Day>,
}

impl Calendar {
    /// A calendar that speaks of the days from `from` to `until`, both included, with these exceptions among them. Exceptions outside are
    /// left out: nothing is said of the other days of their years.
    pub fn covering(from: Day, until: Day, days: impl IntoIterator<Item = (Day, DayKind)>) -> Self {
        let days = days.into_iter().filter(|(day, _)| (from..=until).contains(day)).collect();
        Self { days, covered: (from <= until).then_some((from, until)).into_iter().collect() }
    }

    /// This calendar with what a later one says in the place of what was said of the same days.
    #[must_use]
    pub fn with(mut self, later: &Self) -> Self {
        for (from, until) in &later.covered {
            self.days.retain(|day, _| !(*from..=*until).contains(day));
            self.cover(*from, *until);
        }
        self.days.extend(later.days.iter().map(|(day, kind)| (*day, *kind)));
        self
    }

    fn cover(&mut self, from: Day, until: Day) {
        let (mut from, mut until) = (from, until);
        // Stretches that overlap it or lie right beside it become one with it.
        self.covered.retain(|known_from, known_until| {
            let apart = known_until.plus_days(1) < from || until.plus_days(1) < *known_from;
            if !apart {
                from = from.min(*known_from);
                until = until.max(*known_until);
            }
            apart
        });
        self.covered.insert(from, until);
    }

    /// Whether the table speaks of `day`. Working days are not counted over others.
    pub fn covers(&self, day: Day) -> bool {
        self.covered_from(day).is_some()
    }

    /// The last day of the stretch that `day` lies in; `None` where the table does not speak of it.
    pub fn covered_from(&self, day: Day) -> Option<Day> {
        self.covered.range(..=day).next_back().map(|(_, until)| *until).filter(|until| day <= *until)
    }

    /// Every stretch of days that are spoken of, first and last.
    pub fn covered(&self) -> impl Iterator<Item = (Day, Day)> {
        self.covered.iter().map(|(from, until)| (*from, *until))
    }

    /// Whether `day` is worked.
    pub fn is_working_day(&self, day: Day) -> bool {
        is_worked(self.days.get(&day).copied(), day)
    }

    /// The `number`-th working day from `from` on, which is itself the first of them where it is worked; the first day that the table does not
    /// speak of where it ends before.
    pub fn working_day(&self, from: Day, number: u32) -> Result<Day, Day> {
        let until = self.covered_from(from).ok_or(from)?;
        let days = (from.number()..=until.number()).filter_map(|day| Day::from_number(day).ok());
        let nth = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        days.filter(|day| self.is_working_day(*day)).nth(nth).ok_or(until.plus_days(1))
    }

    /// Days in a window, first and last included; the first day of it that the table does not speak of where working days are asked.
    pub fn days_in(&self, window: NoticeWindow, count: DayCount) -> Result<u32, Day> {
        let length = window.end().number() - window.start().number() + 1;
        match count {
            // A window has at most 366 days.
            DayCount::Calendar => Ok(u32::try_from(length).unwrap_or(u32::MAX)),
            DayCount::Working => {
                let until = self.covered_from(window.start()).ok_or(window.start())?;
                if until < window.end() {
                    return Err(until.plus_days(1));
                }
                // Every week has five, but for those the table speaks of: a window is counted with each certification.
                let (weeks, rest) = (i64::from(length / 7), i64::from(length % 7));
                let beyond = (0..rest).filter(|ahead| is_worked(None, window.start().plus_days(*ahead))).count();
                let spoken_of = self
                    .days
                    .range(window.start()..=window.end())
                    .map(|(day, kind)| i64::from(is_worked(Some(*kind), *day)) - i64::from(is_worked(None, *day)));
                let worked = 5 * weeks + i64::try_from(beyond).unwrap_or(0) + spoken_of.sum::<i64>();
                Ok(u32::try_from(worked).unwrap_or(0))
            }
        }
    }
}

/// Whether a day is worked of which the table says this.
fn is_worked(said: Option<DayKind>, day: Day) -> bool {
    match said {
        Some(DayKind::Holiday) => false,
        Some(DayKind::MakeUpWorkday) => true,
        None => !day.is_weekend(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn window(start: &str, end: &str) -> NoticeWindow {
        NoticeWindow::new(day(start), day(end)).unwrap()
    }

    fn calendar() -> Calendar {
        let table = include_str!("../../../../data/tables/statutory_days.csv");
        let rows = table.lines().skip(1).map(|line| {
            let mut fields = line.split(',');
            let day = day(fields.next().unwrap());
            let kind = match fields.next().unwrap() {
                "holiday" => DayKind::Holiday,
                "make-up workday" => DayKind::MakeUpWorkday,
                other => panic!("{other}"),
            };
            (day, kind)
        });
        Calendar::covering(day("2004-01-01"), day("2026-12-31"), rows)
    }

    #[test]
    fn every_published_window_comes_out_as_its_columns_say() {
        let table = include_str!("../../../../data/vectors/publicity_windows.csv");
        let mut seen = 0;
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let count = |how| calendar().days_in(window(fields[1], fields[2]), how).map(|n| n.to_string());
            assert_eq!(count(DayCount::Calendar).as_deref(), Ok(fields[3]), "{line}");
            assert_eq!(count(DayCount::Working).as_deref(), Ok(fields[4]), "{line}");
            seen += 1;
        }
        assert_eq!(seen, 4);
    }

    #[test]
    fn the_days_of_a_window_are_those_that_are_worked_one_by_one() {
        let calendar = calendar();
        for start in (0..400).map(|ahead| day("2025-09-01").plus_days(ahead)) {
            let mut worked = 0;
            for end in (0..60).map(|ahead| start.plus_days(ahead)) {
                worked += u32::from(calendar.is_working_day(end));
                let window = NoticeWindow::new(start, end).unwrap();
                assert_eq!(calendar.days_in(window, DayCount::Working), Ok(worked), "{window:?}");
            }
        }
    }

    #[test]
    fn working_days_are_not_guessed_outside_the_table() {
        let last_days = calendar().days_in(window("2026-12-28", "2026-12-31"), DayCount::Working);
        assert_eq!(last_days, Ok(4), "the last day of the table is one of it");
        for (start, end, first) in [
            ("2150-01-05", "2150-01-09", "2150-01-05"),
            ("2026-12-28", "2027-01-08", "2027-01-01"),
            ("2003-12-28", "2004-01-08", "2003-12-28"),
        ] {
            assert_eq!(calendar().days_in(window(start, end), DayCount::Working), Err(day(first)));
            assert!(calendar().days_in(window(start, end), DayCount::Calendar).is_ok());
        }
        // One row of a year says nothing of its other days.
        let one = [(day("2027-01-01"), DayKind::Holiday)];
        let table = Calendar::covering(day("2027-01-01"), day("2027-01-03"), one);
        let spring = window("2027-02-08", "2027-02-12");
        assert_eq!(calendar().with(&table).days_in(spring, DayCount::Working), Err(day("2027-02-08")));
    }

    #[test]
    fn working_days_are_counted_on_over_holidays() {
        for (from, number, counted) in [
            ("2026-06-09", 1, Ok("2026-06-09")),
            ("2026-06-09", 5, Ok("2026-06-15")),
            ("2026-06-13", 1, Ok("2026-06-15")),
            // National Day: off from the 1st to the 7th, worked on Saturday the 10th.
            ("2026-10-01", 1, Ok("2026-10-08")),
            ("2026-10-01", 5, Ok("2026-10-13")),
            ("2026-12-31", 2, Err("2027-01-01")),
            ("2027-01-04", 1, Err("2027-01-04")),
        ] {
            assert_eq!(
                calendar().working_day(day(from), number),
                counted.map(day).map_err(day),
                "{number} from {from}"
            );
        }
    }

    #[test]
    fn years_are_merged_and_a_later_table_replaces_its_own_days_alone() {
        let holiday = |text| (day(text), DayKind::Holiday);
        let next = Calendar::covering(day("2027-01-01"), day("2027-12-31"), [holiday("2027-01-01")]);
        let both = calendar().with(&next);
        assert_eq!(both.covered().collect::<Vec<_>>(), [(day("2004-01-01"), day("2027-12-31"))]);
        assert_eq!(both.days_in(window("2026-12-28", "2027-01-08"), DayCount::Working), Ok(9));
        // The State Council changed its mind about a few days.
        let changed = Calendar::covering(day("2026-10-01"), day("2026-10-10"), [holiday("2026-10-01")]);
        let changed = both.with(&changed);
        // Stretches become one where they overlap or lie beside each other, from either side, and stay apart where a day is between.
        let of = |from, until| Calendar::covering(day(from), day(until), []);
        for (first, second, stretches) in [
            (("2026-03-01", "2026-03-10"), ("2026-03-11", "2026-03-20"), 1),
            (("2026-03-11", "2026-03-20"), ("2026-03-01", "2026-03-10"), 1),
            (("2026-03-12", "2026-03-20"), ("2026-03-01", "2026-03-10"), 2),
            (("2026-03-01", "2026-03-10"), ("2026-03-12", "2026-03-20"), 2),
            (("2026-03-05", "2026-03-20"), ("2026-03-01", "2026-03-10"), 1),
        ] {
            let table = of(first.0, first.1).with(&of(second.0, second.1));
            assert_eq!(table.covered().count(), stretches, "{first:?} and {second:?}");
            assert!(table.covers(day("2026-03-01")) && table.covers(day("2026-03-20")));
            assert_eq!(table.covers(day("2026-03-11")), stretches == 1, "{first:?} and {second:?}");
        }
        assert!(changed.is_working_day(day("2026-10-02")) && !changed.is_working_day(day("2026-09-25")));
        assert_eq!(changed.covered().count(), 1);
    }
}
