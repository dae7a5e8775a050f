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

/// Statutory holidays and make-up workdays, by day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    days: BTreeMap<Day, DayKind>,
}

impl Calendar {
    /// A calendar of these exceptions. Every year between the first and the last listed counts as covered.
    pub fn new(days: impl IntoIterator<Item = (Day, DayKind)>) -> Self {
        Self { days: days.into_iter().collect() }
    }

    /// Whether the table reaches `day`'s year. Working days are not counted outside it.
    pub fn covers(&self, day: Day) -> bool {
        let year = |entry: Option<(&Day, &DayKind)>| entry.map(|(day, _)| day.year());
        match (year(self.days.first_key_value()), year(self.days.last_key_value())) {
            (Some(first), Some(last)) => (first..=last).contains(&day.year()),
            _ => false,
        }
    }

    /// Whether `day` is worked.
    pub fn is_working_day(&self, day: Day) -> bool {
        match self.days.get(&day) {
            Some(DayKind::Holiday) => false,
            Some(DayKind::MakeUpWorkday) => true,
            None => !day.is_weekend(),
        }
    }

    /// Days in a window, first and last included. `None` where working days are asked outside the table.
    pub fn days_in(&self, window: NoticeWindow, count: DayCount) -> Option<u32> {
        match count {
            DayCount::Calendar => u32::try_from(window.end().number() - window.start().number() + 1).ok(),
            DayCount::Working => {
                if !self.covers(window.start()) || !self.covers(window.end()) {
                    return None;
                }
                let days = (window.start().number()..=window.end().number()).filter_map(|n| Day::from_number(n).ok());
                u32::try_from(days.filter(|day| self.is_working_day(*day)).count()).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> Calendar {
        let table = include_str!("../../../../data/tables/statutory_days.csv");
        Calendar::new(table.lines().skip(1).map(|line| {
            let mut fields = line.split(',');
            let day = Day::parse(fields.next().unwrap()).unwrap();
            let kind = match fields.next().unwrap() {
                "holiday" => DayKind::Holiday,
                "make-up workday" => DayKind::MakeUpWorkday,
                other => panic!("{other}"),
            };
            (day, kind)
        }))
    }

    #[test]
    fn every_published_window_comes_out_as_its_columns_say() {
        let table = include_str!("../../../../data/vectors/publicity_windows.csv");
        let mut seen = 0;
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let window = NoticeWindow::new(Day::parse(fields[1]).unwrap(), Day::parse(fields[2]).unwrap()).unwrap();
            let count = |how| calendar().days_in(window, how).map(|n| n.to_string());
            assert_eq!(count(DayCount::Calendar).as_deref(), Some(fields[3]), "{line}");
            assert_eq!(count(DayCount::Working).as_deref(), Some(fields[4]), "{line}");
            seen += 1;
        }
        assert_eq!(seen, 4);
    }

    #[test]
    fn working_days_are_not_guessed_outside_the_table() {
        let day = |t| Day::parse(t).unwrap();
        let window = NoticeWindow::new(day("2150-01-05"), day("2150-01-09")).unwrap();
        assert_eq!(calendar().days_in(window, DayCount::Working), None);
        assert_eq!(calendar().days_in(window, DayCount::Calendar), Some(5));
    }
}
