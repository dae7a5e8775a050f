//! Dates as bureaus publish them. A date that names only a month or a year is kept as that: no day is made up for it.

use domain::{Day, Invalid, NoticeWindow};

use crate::fold;

/// A date as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    /// A day.
    Day(Day),
    /// A month: its first and its last day.
    Month { first: Day, last: Day },
    /// A year and nothing more.
    Year,
}

/// A term as published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term {
    /// The last day, and the first where it was given. A month range runs from the first day of the first to the last
    /// day of the last.
    Days { from: Option<Day>, to: Day },
    /// A text that names no day: a year, a range of years, 三年, 长期.
    Noted,
}

const FORM: Invalid = Invalid {
    rule: "FORMAT",
    zh: "日期应写作 年-月-日,如 2025-03-01",
    en: "a date such as 2025-03-01, 2025/3/1, 2025.3.1 or 2025年3月1日",
};
const TERM_FORM: Invalid = Invalid {
    rule: "FORMAT",
    zh: "有效期应写作一个截止日期,或起止日期,如 2025-03-01至2028-02-29",
    en: "a last day, or a first and a last day, such as 2025-03-01/2028-02-29",
};
const BACKWARDS: Invalid =
    Invalid { rule: "RANGE", zh: "有效期的开始晚于结束", en: "the term begins after it has ended" };

/// Serial number that Excel gives 1970-01-01, in the 1900 date system.
const EXCEL_EPOCH: i32 = 25_569;

/// Reads one date, and nothing beside it but a time of day.
pub(crate) fn read(text: &str) -> Result<Published, Invalid> {
    let text = without_time(&fold::width(text));
    if let Some(published) = digits_only(&text) {
        return published;
    }
    match scan(&text)? {
        (dates, rest) if rest.trim().is_empty() => match dates.as_slice() {
            [one] => Ok(*one),
            _ => Err(FORM),
        },
        _ => Err(FORM),
    }
}

/// Reads a term: a last day, or a range.
pub(crate) fn term(text: &str) -> Result<Term, Invalid> {
    let (text, _notes) = fold::without_notes(&fold::width(text));
    let text = without_time(&text);
    let dates = if let Some(published) = digits_only(&text) {
        vec![published?]
    } else {
        let (dates, rest) = scan(&text)?;
        if dates.is_empty() && is_duration(&rest) {
            return Ok(Term::Noted);
        }
        if !rest.chars().all(|c| c.is_whitespace() || "自从起由至到止-~〜—–―/有效期限:、,".contains(c))
        {
            return Err(TERM_FORM);
        }
        dates
    };
    let first = |date: Published| match date {
        Published::Day(day) | Published::Month { first: day, .. } => Some(day),
        Published::Year => None,
    };
    let last = |date: Published| match date {
        Published::Day(day) | Published::Month { last: day, .. } => Some(day),
        Published::Year => None,
    };
    match *dates.as_slice() {
        [to] => Ok(last(to).map_or(Term::Noted, |to| Term::Days { from: None, to })),
        [from, to] => match (first(from), last(to)) {
            (Some(from), Some(to)) if from > to => Err(BACKWARDS),
            (Some(from), Some(to)) => Ok(Term::Days { from: Some(from), to }),
            _ => Ok(Term::Noted),
        },
        _ => Err(TERM_FORM),
    }
}

/// The notice window in a text such as `2025-09-26/2025-10-09 (5个工作日)`, where it names exactly two days.
pub(crate) fn window(text: &str) -> Option<NoticeWindow> {
    let (text, _notes) = fold::without_notes(&fold::width(text));
    match scan(&text).ok()?.0.as_slice() {
        [Published::Day(start), Published::Day(end)] => NoticeWindow::new(*start, *end).ok(),
        _ => None,
    }
}

/// `2025-03-01 00:00:00` and `2025-03-01T00:00` without their time: spreadsheets add it by themselves.
fn without_time(text: &str) -> String {
    let text = text.trim();
    match text.rsplit_once([' ', 'T']) {
        Some((date, time))
            if time.contains(':') && time.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '.') =>
        {
            date.trim().to_owned()
        }
        _ => text.to_owned(),
    }
}

/// A cell of digits only: a year, a month, a day without separators, or the serial number Excel keeps a day as.
fn digits_only(text: &str) -> Option<Result<Published, Invalid>> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = text.parse().unwrap_or(i32::MAX);
    Some(match text.len() {
        4 if (1949..=2199).contains(&number) => Ok(Published::Year),
        // Five digits reach from 1927 to 2173: every day a list can mean.
        5 => Day::from_number(number - EXCEL_EPOCH).map(Published::Day),
        6 => month(number / 100, u8::try_from(number % 100).unwrap_or(0)),
        8 => Day::parse_compact(text).map(Published::Day),
        _ => Err(FORM),
    })
}

fn month(year: i32, month: u8) -> Result<Published, Invalid> {
    let first = Day::new(year, month, 1).map_err(|_| FORM)?;
    Ok(Published::Month { first, last: first.plus_months(1).plus_days(-1) })
}

/// `三年`, `3年`, `36个月`, `长期`: a length without a day to count from.
fn is_duration(text: &str) -> bool {
    let text = fold::key(text);
    let number = text.strip_suffix("个月").or_else(|| text.strip_suffix('年'));
    let counted = |n: &str| {
        !n.is_empty()
            && n.chars().count() <= 3
            && n.chars().all(|c| c.is_ascii_digit() || "一二两三四五六七八九十".contains(c))
    };
    number.is_some_and(counted) || text == "长期" || text == "长期有效"
}

/// Every date in a text that begins with a year of four digits, and the text around them.
fn scan(text: &str) -> Result<(Vec<Published>, String), Invalid> {
    let chars: Vec<char> = text.chars().collect();
    let (mut dates, mut rest, mut at) = (Vec::new(), String::new(), 0);
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            rest.push(chars[at]);
            at += 1;
            continue;
        }
        let digits = run(&chars, at);
        if digits == 4 && has_no_unit_of_time(&chars, at + 4) {
            let (date, end) = date_at(&chars, at)?;
            dates.push(date);
            at = end;
        } else {
            rest.extend(&chars[at..at + digits]);
            at += digits;
        }
    }
    Ok((dates, rest))
}

/// `2025个` counts something: it is no year.
fn has_no_unit_of_time(chars: &[char], at: usize) -> bool {
    chars.get(at) != Some(&'个')
}

/// How many ASCII digits stand from here on.
fn run(chars: &[char], at: usize) -> usize {
    chars[at.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count()
}

fn number(chars: &[char], at: usize, digits: usize) -> i32 {
    chars[at..at + digits].iter().filter_map(|c| c.to_digit(10)).fold(0, |n, d| n * 10 + i32::try_from(d).unwrap_or(0))
}

/// Reads the date whose year begins at `at`; answers it and where it ends.
fn date_at(chars: &[char], at: usize) -> Result<(Published, usize), Invalid> {
    let year = number(chars, at, 4);
    if !(1949..=2199).contains(&year) {
        return Err(FORM);
    }
    let mut end = at + 4;
    let separator = chars.get(end).copied().filter(|c| matches!(c, '-' | '/' | '.' | '年'));
    let Some(separator) = separator else { return Ok((Published::Year, end)) };
    let Some((month_number, after)) = part(chars, end + 1) else {
        return Ok((Published::Year, if separator == '年' { end + 1 } else { end }));
    };
    end = after;
    let second = chars.get(end).copied();
    let goes_on = if separator == '年' { second == Some('月') } else { second == Some(separator) };
    if goes_on && let Some((day, after)) = part(chars, end + 1) {
        end = after;
        if separator == '年' && matches!(chars.get(end), Some('日' | '号')) {
            end += 1;
        }
        return Day::new(year, month_number, day).map(|day| (Published::Day(day), end)).map_err(|_| FORM);
    }
    if second == Some('月') {
        end += 1;
    }
    Ok((month(year, month_number)?, end))
}

/// One or two digits that a month or a day can be: four are the year of the next date.
fn part(chars: &[char], at: usize) -> Option<(u8, usize)> {
    let digits = run(chars, at);
    if !(1..=2).contains(&digits) {
        return None;
    }
    Some((u8::try_from(number(chars, at, digits)).ok()?, at + digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn every_way_to_write_a_day_is_read() {
        for text in [
            "2025-03-01",
            "2025/3/1",
            "2025.3.1",
            "2025年3月1日",
            "2025年03月01号",
            "２０２５年３月１日",
            "20250301",
            "45717",
            "2025-03-01 00:00:00",
            "2025-03-01T00:00:00",
            " 2025-3-1 ",
        ] {
            assert_eq!(read(text), Ok(Published::Day(day("2025-03-01"))), "{text}");
        }
    }

    #[test]
    fn a_partial_date_stays_partial() {
        let september = Published::Month { first: day("2020-09-01"), last: day("2020-09-30") };
        for text in ["2020-09", "2020年9月", "2020.9", "202009"] {
            assert_eq!(read(text), Ok(september), "{text}");
        }
        for text in ["2016", "2016年"] {
            assert_eq!(read(text), Ok(Published::Year), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "2025-13-01",
            "2025-02-30",
            "25.3.1",
            "昨天",
            "",
            "2025-03-01起",
            "2025-03-01 2025-03-02",
            "1234567",
            "12345678901234",
        ] {
            assert_eq!(read(text).map_err(|e| e.rule), Err("FORMAT"), "{text}");
        }
        assert_eq!(read("10000").unwrap_err().rule, "RANGE", "a serial number before 1949");
    }

    #[test]
    fn terms_are_read_as_written() {
        let days = |from: Option<&str>, to: &str| Ok(Term::Days { from: from.map(day), to: day(to) });
        for (text, expected) in [
            ("2020-09/2023-09", days(Some("2020-09-01"), "2023-09-30")),
            ("2020.9-2023.8", days(Some("2020-09-01"), "2023-08-31")),
            ("2020年9月至2024年2月", days(Some("2020-09-01"), "2024-02-29")),
            ("2020-09-01～2023-08-31", days(Some("2020-09-01"), "2023-08-31")),
            ("自2020年9月1日起至2023年8月31日止", days(Some("2020-09-01"), "2023-08-31")),
            ("2023-08-31", days(None, "2023-08-31")),
            ("至2023年8月(三年)", days(None, "2023-08-31")),
            ("45717", days(None, "2025-03-01")),
            ("2020-2023", Ok(Term::Noted)),
            ("2023", Ok(Term::Noted)),
            ("三年", Ok(Term::Noted)),
            ("36个月", Ok(Term::Noted)),
            ("长期有效", Ok(Term::Noted)),
            ("2023-09/2020-09", Err("RANGE")),
            ("2025年9月1日-9月30日", Err("FORMAT")),
            ("另行通知", Err("FORMAT")),
            ("2020-01-01,2021-01-01,2022-01-01", Err("FORMAT")),
        ] {
            assert_eq!(term(text).map_err(|e| e.rule), expected, "{text}");
        }
    }

    #[test]
    fn a_window_needs_two_days() {
        let window_of = |text| window(text).map(|w| (w.start(), w.end()));
        let expected = Some((day("2025-09-26"), day("2025-10-09")));
        assert_eq!(window_of("2025-09-26/2025-10-09 (5个工作日)"), expected);
        assert_eq!(window_of("公示期:2025年9月26日至2025年10月9日"), expected);
        for text in ["公示期满无异议", "2025-09-26", "2025-09/2025-10", "2025-10-09/2025-09-26"] {
            assert_eq!(window_of(text), None, "{text}");
        }
    }
}
