//! A date as published, and what can be wrong with one.

use domain::{Day, Invalid};

/// A date as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    /// A day.
    Day(Day),
    /// A month: its first and its last day.
    Month { first: Day, last: Day },
    /// The end of a year (2026年底).
    YearEnd { last: Day },
    /// A year, or a part of one that no day follows from (2024年上半年、2020学年).
    Year,
}

impl Published {
    /// The first day of it.
    pub(crate) fn first(self) -> Option<Day> {
        match self {
            Self::Day(day) | Self::Month { first: day, .. } => Some(day),
            Self::YearEnd { .. } | Self::Year => None,
        }
    }

    /// The last day of it.
    pub(crate) fn last(self) -> Option<Day> {
        match self {
            Self::Day(day) | Self::Month { last: day, .. } | Self::YearEnd { last: day } => Some(day),
            Self::Year => None,
        }
    }
}

pub(super) const FORM: Invalid = Invalid {
    rule: "FORMAT",
    zh: "日期应写作 年-月-日,如 2025-03-01",
    en: "a date such as 2025-03-01, 2025/3/1, 2025.3.1 or 2025年3月1日",
};
pub(super) const NOT_A_DAY: Invalid = Invalid {
    rule: "FORMAT",
    zh: "没有这一天:请核对月份和日期",
    en: "there is no such day: check the month and the day",
};
pub(super) const OUT_OF_RANGE: Invalid = Invalid {
    rule: "RANGE",
    zh: "年份超出范围:日期应在1949-10-01至2199-12-31之间",
    en: "the year is out of range: a day from 1949-10-01 to 2199-12-31",
};
pub(super) const TWO_DIGITS: Invalid =
    Invalid {
        rule: "FORMAT", zh: "年份应写四位,如 2024-03-01", en: "a year has four digits, such as 2024-03-01"
    };

/// A month of a year.
pub(super) fn month(year: i32, month: u8) -> Result<Published, Invalid> {
    let first = Day::new(year, month, 1).map_err(not_a_day)?;
    Ok(Published::Month { first, last: first.plus_months(1).plus_days(-1) })
}

/// What is wrong with numbers that are no day.
pub(super) fn not_a_day(invalid: Invalid) -> Invalid {
    if invalid.rule == OUT_OF_RANGE.rule { OUT_OF_RANGE } else { NOT_A_DAY }
}
