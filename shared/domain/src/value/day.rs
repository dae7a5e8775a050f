//! Chinese calendar days and instants. The domain reads no clock: both come in on the command.

use std::fmt;

use arrayvec::ArrayString;
use time::{Date, Duration, Month};

use super::invalid::Invalid;

/// A Chinese calendar day (UTC+8), 1949-10-01 to 2199-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The first day there is.
    pub(crate) const FIRST: Self = FIRST;

    /// Reads `yyyy-mm-dd`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::EMPTY);
        }
        if text.len() > 10 {
            return Err(Invalid::TOO_LONG);
        }
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return Err(FORM) };
        Self::of_digits([y1, y2, y3, y4], [m1, m2], [d1, d2])
    }

    /// Reads `yyyymmdd`.
    pub fn parse_compact(text: &str) -> Result<Self, Invalid> {
        let [y1, y2, y3, y4, m1, m2, d1, d2] = *text.as_bytes() else { return Err(FORM) };
        Self::of_digits([y1, y2, y3, y4], [m1, m2], [d1, d2])
    }

    fn of_digits(year: [u8; 4], month: [u8; 2], day: [u8; 2]) -> Result<Self, Invalid> {
        let (year, month, day) = (number(year)?, number(month)?, number(day)?);
        let narrow = |n: u16| u8::try_from(n).map_err(|_| FORM);
        Self::new(i32::from(year), narrow(month)?, narrow(day)?)
    }

    /// The day of this year, month (1 to 12) and day of the month.
    pub fn new(year: i32, month: u8, day: u8) -> Result<Self, Invalid> {
        let month = Month::try_from(month).map_err(|_| FORM)?;
        let date = Date::from_calendar_date(year, month, day).map_err(|_| FORM)?;
        let day = Self(date);
        if day < FIRST || day > LAST {
            return Err(Invalid::new(
                "RANGE",
                "日期应在1949-10-01至2199-12-31之间",
                "a day from 1949-10-01 to 2199-12-31",
            ));
        }
        Ok(day)
    }

    /// The Chinese calendar day of an instant.
    pub fn of(instant: Instant) -> Self {
        let seconds = (instant.0 / 1000).cast_signed() + 8 * 3600;
        Self(EPOCH).plus_days(seconds.div_euclid(86_400))
    }

    /// Days since 1970-01-01; the stored form.
    pub fn number(self) -> i32 {
        self.0.to_julian_day() - EPOCH.to_julian_day()
    }

    /// The day with this number of days since 1970-01-01.
    pub fn from_number(number: i32) -> Result<Self, Invalid> {
        let julian = number.checked_add(EPOCH.to_julian_day()).ok_or(Invalid::RANGE)?;
        let day = Self(Date::from_julian_day(julian).map_err(|_| Invalid::RANGE)?);
        if day < FIRST || day > LAST { Err(Invalid::RANGE) } else { Ok(day) }
    }

    /// This many days later; kept within the range of a `Day`.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let moved = self.0.checked_add(Duration::days(days.clamp(-200_000, 200_000)));
        Self(moved.unwrap_or(LAST.0)).clamp(FIRST, LAST)
    }

    /// The same day of the month this many months later, or that month's last day.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let index = i64::from(self.0.year()) * 12 + i64::from(u8::from(self.0.month())) - 1 + i64::from(months);
        let year = i32::try_from(index.div_euclid(12)).unwrap_or(i32::MAX);
        let month = Month::try_from(u8::try_from(index.rem_euclid(12) + 1).unwrap_or(12)).unwrap_or(Month::December);
        let last = month.length(year.min(9999));
        Date::from_calendar_date(year, month, self.0.day().min(last)).map_or(LAST, Self).clamp(FIRST, LAST)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Whether it is a Saturday or Sunday.
    pub(crate) fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), time::Weekday::Saturday | time::Weekday::Sunday)
    }
}

/// The number that these digits are, up to 4 of them. Not by way of a text: a replay reads several a commit.
fn number<const DIGITS: usize>(digits: [u8; DIGITS]) -> Result<u16, Invalid> {
    digits.into_iter().try_fold(0, |number, digit| match digit {
        b'0'..=b'9' => Ok(number * 10 + u16::from(digit - b'0')),
        _ => Err(FORM),
    })
}

const FORM: Invalid = Invalid::new("FORMAT", "日期应写作 年-月-日,如 2025-03-01", "a day written yyyy-mm-dd");
const EPOCH: Date = match Date::from_calendar_date(1970, Month::January, 1) {
    Ok(date) => date,
    Err(_) => Date::MIN,
};
const FIRST: Day = match Date::from_calendar_date(1949, Month::October, 1) {
    Ok(date) => Day(date),
    Err(_) => Day(Date::MIN),
};
const LAST: Day = match Date::from_calendar_date(2199, Month::December, 31) {
    Ok(date) => Day(date),
    Err(_) => Day(Date::MAX),
};

impl Day {
    /// `yyyy-mm-dd`.
    pub fn text(self) -> ArrayString<10> {
        // It is ASCII.
        ArrayString::from_byte_string(&self.ascii()).unwrap_or_default()
    }

    /// The same, as bytes.
    pub fn ascii(self) -> [u8; 10] {
        // Digit by digit: a page of a list holds sixty days, a command says what it says some ten times, and formatting numbers is slow.
        let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or(0);
        let (year, month, day) =
            (self.0.year().unsigned_abs(), u32::from(u8::from(self.0.month())), u32::from(self.0.day()));
        [
            digit(year / 1000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            b'-',
            digit(month / 10),
            digit(month),
            b'-',
            digit(day / 10),
            digit(day),
        ]
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// An instant: milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_chinese() {
        // 2024-12-31 16:00 UTC is midnight in China.
        assert_eq!(Day::of(Instant(1_735_660_800_000)).to_string(), "2025-01-01");
        assert_eq!(Day::of(Instant(1_735_660_799_999)).to_string(), "2024-12-31");
        assert_eq!(Day::of(Instant(u64::MAX)), LAST);
    }

    #[test]
    fn days_are_read_strictly() {
        for bad in ["2025-02-30", "2025-2-3", "20250203", "1900-01-01", "2025/02/03", "日期日期"] {
            assert!(Day::parse(bad).is_err(), "{bad}");
        }
        for (text, rule) in [("", "EMPTY"), ("2025-02-3", "FORMAT"), ("2025-02-031", "TOO_LONG")] {
            assert_eq!(Day::parse(text).unwrap_err().rule, rule, "{text}");
        }
    }

    #[test]
    fn months_end_where_the_month_ends() {
        let day = |t| Day::parse(t).unwrap();
        assert_eq!(day("2024-01-31").plus_months(1), day("2024-02-29"));
        assert_eq!(day("2022-11-05").plus_months(36), day("2025-11-05"));
        assert_eq!(Day::from_number(day("2025-03-01").number()), Ok(day("2025-03-01")));
    }

    #[test]
    fn a_day_lies_between_the_first_and_the_last_however_it_is_told() {
        for (text, number) in [("1949-10-01", FIRST.number()), ("2199-12-31", LAST.number())] {
            let day = Day::parse(text).unwrap();
            assert_eq!((day.to_string(), Day::from_number(number)), (text.to_owned(), Ok(day)));
        }
        for beyond in [FIRST.number() - 1, LAST.number() + 1, i32::MIN, i32::MAX] {
            assert_eq!(Day::from_number(beyond), Err(Invalid::RANGE), "{beyond}");
        }
        assert_eq!(Day::parse("1949-09-30").unwrap_err().rule, "RANGE");
        assert_eq!(Day::parse("2200-01-01").unwrap_err().rule, "RANGE");
    }
}
