//! Numbers as a spreadsheet shows them: days, months, clock times, digits.

use crate::book::{Cell, Form};

/// What a cell's number format makes of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shows {
    /// A number.
    #[default]
    Number,
    /// A number with at least so many digits: `000`.
    Digits(u8),
    /// A day, with or without its time.
    Day,
    /// A month of a year.
    Month,
    /// A year.
    Year,
    /// A day of a year that is not shown.
    MonthDay,
    /// A time of day.
    Time,
    /// Nothing: `;;;`.
    Nothing,
}

/// What one of the formats that need no code shows, as Excel has them in Chinese.
pub(super) fn built_in(id: u32) -> Shows {
    match id {
        14 | 15 | 22 | 30 | 31 => Shows::Day,
        16 | 28 | 29 | 51 | 53 | 54 | 58 => Shows::MonthDay,
        17 | 27 | 36 | 50 | 52 | 57 => Shows::Month,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Shows::Time,
        _ => Shows::Number,
    }
}

/// What a format's code shows.
pub(super) fn of_code(code: &str) -> Shows {
    if !code.is_empty() && code.chars().all(|c| c == ';') {
        return Shows::Nothing;
    }
    let Some(letters) = letters(code) else { return Shows::Time };
    let has = |c: char| letters.contains(&c);
    match (has('y'), has('m'), has('d')) {
        (true, _, true) | (false, false, true) if has('y') || !has('m') => Shows::Day,
        (true, true, false) => Shows::Month,
        (true, false, false) => Shows::Year,
        (false, true, _) => Shows::MonthDay,
        _ if has('h') || has('s') => Shows::Time,
        _ => {
            let digits = code.trim();
            match u8::try_from(digits.len()) {
                Ok(width @ 2..=18) if digits.bytes().all(|b| b == b'0') => Shows::Digits(width),
                _ => Shows::Number,
            }
        }
    }
}

/// The letters that mean something in the first part of a code, a minute as `s`. `None` where it measures a length of time.
fn letters(code: &str) -> Option<Vec<char>> {
    let mut letters: Vec<char> = Vec::new();
    let mut rest = code.chars().peekable();
    let lower = code.to_ascii_lowercase();
    if lower.starts_with("general") || lower.contains("g/") {
        return Some(letters);
    }
    while let Some(c) = rest.next() {
        match c {
            ';' => break,
            '"' => drop(rest.by_ref().find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(rest.next()),
            '[' => {
                let inside: String = rest.by_ref().take_while(|c| *c != ']').take(64).collect();
                let inside = inside.to_ascii_lowercase();
                if !inside.is_empty() && inside.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    return None;
                }
            }
            'e' | 'E' if rest.peek().is_some_and(|next| matches!(next, '+' | '-')) => return Some(Vec::new()),
            // A year of an era, and Excel's Chinese year.
            'e' | 'E' | 'y' | 'Y' => letters.push('y'),
            'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => letters.push(c.to_ascii_lowercase()),
            // `AM/PM`, `A/P`: their M is no month. `aaaa` is a day of the week.
            'a' | 'A' if rest.peek().is_some_and(|next| matches!(next, 'm' | 'M' | '/')) => {
                let tail = rest.by_ref().take_while(|c| !matches!(c, 'p' | 'P')).take(8).count();
                if tail > 0 && rest.peek().is_some_and(|next| matches!(next, 'm' | 'M')) {
                    rest.next();
                }
            }
            _ => {}
        }
    }
    letters.dedup();
    let mut kept = Vec::new();
    for (at, c) in letters.iter().enumerate() {
        let beside = |other: Option<&char>, one: char| other == Some(&one);
        let minute = *c == 'm'
            && (beside(at.checked_sub(1).and_then(|at| letters.get(at)), 'h') || beside(letters.get(at + 1), 's'));
        kept.push(if minute { 's' } else { *c });
    }
    Some(kept)
}

/// A number as its cell shows it.
pub(super) fn cell(number: f64, shows: Shows, from_1904: bool) -> Cell {
    let (text, form) = match shows {
        Shows::Nothing => (String::new(), Form::Text),
        Shows::Digits(width) if number >= 0.0 && number.fract() == 0.0 => {
            (format!("{:0>width$}", digits(number), width = usize::from(width)), Form::Number)
        }
        Shows::Number | Shows::Digits(_) => (digits(number), Form::Number),
        Shows::Time => (time(number), Form::Text),
        Shows::Day | Shows::Month | Shows::Year | Shows::MonthDay => return day(number, shows, from_1904),
    };
    Cell { text, form, merged: false }
}

fn day(number: f64, shows: Shows, from_1904: bool) -> Cell {
    let Some((year, month, day)) = date(number, from_1904) else {
        // A clock time in a cell for days, or a number that is no day.
        let time_only = (0.0..1.0).contains(&number) && number > 0.0;
        let (text, form) = if time_only { (time(number), Form::Text) } else { (digits(number), Form::Number) };
        return Cell { text, form, merged: false };
    };
    shown_day(year, month, day, shows)
}

/// A day as its cell shows it.
pub(super) fn shown_day(year: i64, month: u32, day: u32, shows: Shows) -> Cell {
    let (text, form) = match shows {
        Shows::Month => (format!("{year}年{month}月"), Form::Text),
        Shows::Year => (format!("{year}年"), Form::Text),
        Shows::MonthDay => (format!("{month}月{day}日"), Form::Text),
        _ => (format!("{year:04}-{month:02}-{day:02}"), Form::Day),
    };
    Cell { text, form, merged: false }
}

/// An ISO day or moment as its cell shows it; `None` where it is none.
pub(super) fn of_iso(text: &str, shows: Shows) -> Option<Cell> {
    let mut parts = text.get(..10)?.split('-');
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let fits = parts.next().is_none() && (1..=12).contains(&month) && (1..=31).contains(&day);
    let after = text.as_bytes().get(10).is_none_or(|b| matches!(b, b'T' | b' ' | b'Z'));
    (fits && after).then(|| shown_day(year, month, day, shows))
}

/// The day of a serial number.
fn date(number: f64, from_1904: bool) -> Option<(i64, u32, u32)> {
    if !(number.is_finite() && (if from_1904 { 0.0 } else { 1.0 }..2_958_466.0).contains(&number)) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 2,958,465")]
    let serial = number.floor() as i64;
    // Days from 1970-01-01. Excel has a 29 February 1900, so that what is before March of that year is a day off.
    let days = if from_1904 {
        serial - 24_107
    } else if serial < 60 {
        serial - 25_568
    } else {
        serial - 25_569
    };
    Some(civil(days))
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant's way, proleptic Gregorian).
fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let small = |n: i64| u32::try_from(n).unwrap_or_default();
    (year + era * 400 + i64::from(month <= 2), small(month), small(day))
}

fn time(number: f64) -> String {
    if !(0.0..1.0e6).contains(&number) {
        return digits(number);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1,440")]
    let minutes = (number.fract() * 1_440.0).round() as u32;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// A number in digits, never with an exponent: whole ones as stored, the rest with the fifteen digits that spreadsheets keep.
pub(super) fn digits(number: f64) -> String {
    if !number.is_finite() {
        return "#NUM!".to_owned();
    }
    if number.fract() == 0.0 || number.abs() < 1.0e-300 {
        return if number == 0.0 {
            "0".to_owned()
        } else if number.abs() < 1.0e21 {
            number.to_string()
        } else {
            format!("{number:e}")
        };
    }
    let kept = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    if kept.abs() < 1.0e-6 { format!("{kept:e}") } else { kept.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_show_what_they_show() {
        for (code, want) in [
            ("General", Shows::Number),
            ("G/通用格式", Shows::Number),
            ("0.00E+00", Shows::Number),
            ("#,##0.00;[Red]-#,##0.00", Shows::Number),
            ("000", Shows::Digits(3)),
            ("0", Shows::Number),
            ("@", Shows::Number),
            (";;;", Shows::Nothing),
            ("yyyy/m/d;@", Shows::Day),
            ("yyyy\"年\"m\"月\"d\"日\"", Shows::Day),
            ("[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\";@", Shows::Day),
            ("yyyy\\-mm\\-dd hh:mm:ss", Shows::Day),
            ("yyyy\"年\"m\"月\"", Shows::Month),
            ("[$-804]e.mm", Shows::Month),
            ("yyyy.mm", Shows::Month),
            ("mmm-yy", Shows::Month),
            ("yyyy\"年\"", Shows::Year),
            ("m\"月\"d\"日\"", Shows::MonthDay),
            ("m/d", Shows::MonthDay),
            ("h:mm AM/PM", Shows::Time),
            ("上午/下午h\"时\"mm\"分\"", Shows::Time),
            ("mm:ss", Shows::Time),
            ("[h]:mm", Shows::Time),
            ("0\"d\"", Shows::Number),
            ("[Red]0", Shows::Number),
        ] {
            assert_eq!(of_code(code), want, "{code}");
        }
    }

    #[test]
    fn days_are_the_days_that_are_shown() {
        for (number, shows, from_1904, want, form) in [
            (45_352.75, Shows::Number, false, "45352.75", Form::Number),
            (45_352.75, Shows::Day, false, "2024-03-01", Form::Day),
            (45_352.0, Shows::Month, false, "2024年3月", Form::Text),
            (45_352.0, Shows::MonthDay, false, "3月1日", Form::Text),
            (43_890.0, Shows::Day, true, "2024-03-01", Form::Day),
            (1.0, Shows::Day, false, "1900-01-01", Form::Day),
            (59.0, Shows::Day, false, "1900-02-28", Form::Day),
            (61.0, Shows::Day, false, "1900-03-01", Form::Day),
            (2_958_465.0, Shows::Day, false, "9999-12-31", Form::Day),
            (2_958_466.0, Shows::Day, false, "2958466", Form::Number),
            (-3.0, Shows::Day, false, "-3", Form::Number),
            (0.4375, Shows::Time, false, "10:30", Form::Text),
            (0.4375, Shows::Day, false, "10:30", Form::Text),
            (7.0, Shows::Digits(3), false, "007", Form::Number),
            (0.1 + 0.2, Shows::Number, false, "0.3", Form::Number),
            (913_210_031_000_000_400.0, Shows::Number, false, "913210031000000400", Form::Number),
            (-0.0, Shows::Number, false, "0", Form::Number),
        ] {
            let want = Cell { text: want.to_owned(), form, merged: false };
            assert_eq!(cell(number, shows, from_1904), want, "{number} {shows:?}");
        }
        assert_eq!(
            of_iso("2024-03-01T00:00:00", Shows::Day),
            Some(Cell { form: Form::Day, ..Cell::text("2024-03-01") })
        );
        assert_eq!(of_iso("2024-03-01", Shows::Month), Some(Cell::text("2024年3月")));
        assert_eq!(of_iso("2024年3月1日", Shows::Day), None);
    }
}
