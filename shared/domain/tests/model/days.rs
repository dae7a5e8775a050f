//! Days as numbers, by arithmetic of its own: nothing here is the domain's.

/// A day, counted from 1970-01-01.
pub(crate) type Number = i64;

const MONTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: usize) -> i64 {
    MONTHS[month] + i64::from(month == 1 && is_leap(year))
}

/// The days from 1970-01-01 to the first of a year.
fn first_of(year: i64) -> Number {
    (1970..year).map(|year| 365 + i64::from(is_leap(year))).sum::<i64>()
        - (year..1970).map(|year| 365 + i64::from(is_leap(year))).sum::<i64>()
}

/// Of a year, a month counted from 0, and a day of the month counted from 1.
fn of(year: i64, month: usize, day: i64) -> Number {
    first_of(year) + (0..month).map(|month| days_of(year, month)).sum::<i64>() + day - 1
}

/// Reads `yyyy-mm-dd`.
pub(crate) fn number(text: &str) -> Number {
    let parts: Vec<i64> = text.split('-').map(|part| part.parse().unwrap()).collect();
    let [year, month, day] = parts[..] else { panic!("no day: {text}") };
    of(year, usize::try_from(month - 1).unwrap(), day)
}

/// The same day of the month so many months later, or that month's last day.
pub(crate) fn months_later(day: Number, months: i64) -> Number {
    let mut year = 1970 + day.div_euclid(366);
    while first_of(year + 1) <= day {
        year += 1;
    }
    let (mut month, mut rest) = (0, day - first_of(year));
    while rest >= days_of(year, month) {
        rest -= days_of(year, month);
        month += 1;
    }
    let index = i64::try_from(month).unwrap() + months;
    let (year, month) = (year + index.div_euclid(12), usize::try_from(index.rem_euclid(12)).unwrap());
    of(year, month, (rest + 1).min(days_of(year, month)))
}

#[test]
fn days_are_those_of_the_calendar() {
    assert_eq!([number("1970-01-01"), number("2000-03-01"), number("2026-11-26")], [0, 11_017, 20_783]);
    assert_eq!(number("1949-10-01"), -7_397);
    for (from, months, to) in [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-06-16", 24, "2028-06-16"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-03-01", 0, "2026-03-01"),
    ] {
        assert_eq!(months_later(number(from), months), number(to), "{from} and {months} months");
    }
}
