//! Dates and terms as bureaus publish them. A date that names only a month or a year is kept as that: no day is made up for it. Of a term, what is
//! stated is told apart from a length that an end has to be worked out from.

use domain::{Day, Invalid, NoticeWindow};

use crate::fold;
use crate::words::dates::{self as words, Beside};

pub(crate) mod above;
mod plain;
mod published;
mod scan;

use plain::plain;
pub(crate) use published::Published;
use published::{FORM, OUT_OF_RANGE, month, not_a_day};
use scan::Item;

/// A term as published. Where nothing in it is known, the text names no day: a year, a range of years, 长期.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Term {
    /// The first day. A range of months runs from the first day of the first to the last day of the last.
    pub(crate) from: Option<Day>,
    /// The last day.
    pub(crate) to: Option<Day>,
    /// A length.
    pub(crate) length: Option<Length>,
    /// A date beside a length, where the text does not tell whether it is the first or the last.
    pub(crate) either: Option<Published>,
}

/// A length of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Length {
    /// In months.
    pub(crate) months: u32,
    /// In the list's words.
    pub(crate) words: String,
}

impl Length {
    /// The last day of this length from its first day on: the same day of the later month, less one.
    pub(crate) fn last_day(&self, from: Day) -> Day {
        from.plus_months(self.months).plus_days(-1)
    }

    /// Whether a first and a last day are about this far apart. Lists round: three years run from 2015年10月 to 2018年10月, or to the end of a
    /// school year.
    pub(crate) fn agrees(&self, from: Day, to: Day) -> bool {
        (self.last_day(from).number() - to.number()).abs() <= ROUNDED_DAYS_MAX
    }
}

/// As many days as people round a length of years by: a month.
const ROUNDED_DAYS_MAX: i32 = 31;
/// Longest text of a length that is kept, in characters.
const LENGTH_CHARS_MAX: usize = 64;

const TERM_FORM: Invalid = Invalid {
    rule: "FORMAT",
    zh: "有效期应写作一个截止日期,起止日期,或年限,如 2025-03-01至2028-02-29、三年",
    en: "a last day, a first and a last day, or a length, such as 2025-03-01/2028-02-29 or 三年",
};
const BACKWARDS: Invalid =
    Invalid { rule: "RANGE", zh: "有效期的开始晚于结束", en: "the term begins after it has ended" };
const LENGTH_DIFFERS: Invalid = Invalid {
    rule: "RANGE",
    zh: "年限与起止日期不一致:请核对,只保留正确的一个",
    en: "the length and the dates do not agree: check them and keep the one that is right",
};

const LENGTH_CHANGED: Invalid = Invalid {
    rule: "FORMAT",
    zh: "分不清延长或缩短是否已算在内:请写明截止日期",
    en: "it is not clear whether what it was lengthened or shortened by is in it: write the last day",
};

/// Serial number that Excel gives 1970-01-01, in the 1900 date system.
const EXCEL_EPOCH: i32 = 25_569;

/// Reads one date, with at most such words beside it as say nothing more (公布、起).
pub(crate) fn read(text: &str) -> Result<Published, Invalid> {
    let text = without_time(&fold::width(text));
    if let Some(published) = digits_only(&text) {
        return published;
    }
    whole_or_without_notes(&text, |chars| {
        let items = scan::items(chars)?;
        let alone = |item: &Item| match item {
            Item::Date(_) | Item::Word(Beside::Nothing | Beside::Begins | Beside::Part | Beside::Changes) => true,
            Item::Months(_) | Item::Word(_) => false,
        };
        let mut dates = items.iter().filter_map(|item| match item {
            Item::Date(date) => Some(*date),
            Item::Months(_) | Item::Word(_) => None,
        });
        match (dates.next(), dates.next()) {
            (Some(date), None) if items.iter().all(alone) => Ok(date),
            _ => Err(FORM),
        }
    })
}

/// Whether a clause behind a term holds neither a number nor a word that changes it.
fn says_nothing_of_time(clause: &str) -> bool {
    let plain = plain(clause);
    let changes = (0..plain.len()).any(|at| matches!(words::at(&plain[at..]), Some((Beside::Changes, _))));
    !changes && !plain.iter().any(|c| c.is_ascii_digit() || matches!(c, '半' | '年' | '月'))
}

/// The date from which something takes effect, where a text says so (自2024年9月1日起执行): it is no day of a decision.
pub(crate) fn takes_effect(text: &str) -> Option<Published> {
    let items = scan::items(&plain(&fold::width(text))).ok()?;
    if !items.contains(&Item::Word(Beside::Effect)) {
        return None;
    }
    let mut dates = items.iter().filter_map(|item| match item {
        Item::Date(date) => Some(*date),
        Item::Months(_) | Item::Word(_) => None,
    });
    dates.next().filter(|_| dates.next().is_none())
}

/// The one day in a clause, where it names no other date.
pub(crate) fn one_day(clause: &str) -> Option<Day> {
    match scan::dates_among(&plain(clause))?.as_slice() {
        [Published::Day(day)] => Some(*day),
        _ => None,
    }
}

/// The last date in a clause.
pub(crate) fn last_date(clause: &str) -> Option<Published> {
    scan::dates_among(&plain(clause))?.pop()
}

/// The days of the one year that a text names (2021年度), where no nearer day follows from it.
pub(crate) fn year(text: &str) -> Option<(Day, Day)> {
    let text: String = plain(text).into_iter().collect();
    let mut years = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    let year: i32 = years.next().filter(|_| years.next().is_none())?.parse().ok()?;
    Some((Day::new(year, 1, 1).ok()?, Day::new(year, 12, 31).ok()?))
}

/// Reads a term: a last day, a range, a length. A clause behind it that holds no number changes nothing of it (三年,到期须复审).
pub(crate) fn term(text: &str) -> Result<Term, Invalid> {
    let read = whole_term(text);
    let folded = fold::width(text);
    match folded.split_once([',', ';', '。']) {
        Some((own, more)) if read == Err(TERM_FORM) && !own.contains('(') && says_nothing_of_time(more) => {
            whole_term(own).map_err(|_| TERM_FORM)
        }
        _ => read,
    }
}

/// The same, where all of a text is one.
fn whole_term(text: &str) -> Result<Term, Invalid> {
    let folded = without_time(&fold::width(text));
    if let Some(published) = digits_only(&folded) {
        let why = |invalid| if invalid == FORM { TERM_FORM } else { invalid };
        return published.map(|date| Term { to: date.last(), ..Term::default() }).map_err(why);
    }
    let words = fold::cut(text.trim(), LENGTH_CHARS_MAX);
    // 三年(试运行一年): a length beside a length is not passed over with its brackets.
    let (_, notes) = fold::without_notes(&plain(&folded).into_iter().collect::<String>());
    if scan::has_length(&notes) && scan::items(&plain(&folded)).is_err() {
        return Err(TERM_FORM);
    }
    whole_or_without_notes(&folded, |chars| {
        of_items(&scan::items(chars)?, &words).map_err(|invalid| if invalid == FORM { TERM_FORM } else { invalid })
    })
    .map_err(|invalid| if invalid == FORM { TERM_FORM } else { invalid })
}

/// The range that stands by itself in the brackets of a title: 平价商店名单(2021年2月1日起至2021年3月3日).
fn range_in_brackets(title: &str) -> Option<Term> {
    let title: String = plain(title).into_iter().collect();
    let inside = title.split('(').skip(1).filter_map(|part| part.split_once(')')).map(|(inside, _)| inside);
    inside.filter_map(|inside| whole_term(inside).ok()).find(|term| term.from.is_some() && term.to.is_some())
}

/// The notice window in a text such as `2025-09-26/2025-10-09 (5个工作日)`, where it names exactly two days.
pub(crate) fn window(text: &str) -> Option<NoticeWindow> {
    let (text, _notes) = fold::without_notes(&fold::width(text));
    match scan::dates_among(&plain(&text))?.as_slice() {
        [Published::Day(start), Published::Day(end)] => NoticeWindow::new(*start, *end).ok(),
        _ => None,
    }
}

/// What a reader makes of a text; where that cannot be read, of what stands outside its brackets.
fn whole_or_without_notes<T>(text: &str, read: impl Fn(&[char]) -> Result<T, Invalid>) -> Result<T, Invalid> {
    let chars = plain(text);
    match read(&chars) {
        Err(invalid) if (invalid == FORM || invalid == TERM_FORM) && chars.contains(&'(') => {
            let (outside, _notes) = fold::without_notes(&chars.iter().collect::<String>());
            read(&outside.chars().collect::<Vec<char>>()).map_err(|_| invalid)
        }
        read => read,
    }
}

/// What the things in a text come to as a term.
fn of_items(items: &[Item], words: &str) -> Result<Term, Invalid> {
    let dates: Vec<(usize, Published)> = items
        .iter()
        .enumerate()
        .filter_map(|(at, item)| match item {
            Item::Date(date) => Some((at, *date)),
            Item::Months(_) | Item::Word(_) => None,
        })
        .collect();
    let mut lengths = items.iter().filter_map(|item| match item {
        Item::Months(months) => Some(*months),
        Item::Date(_) | Item::Word(_) => None,
    });
    let months = lengths.next();
    if months.is_some() && items.contains(&Item::Word(Beside::Changes)) {
        return Err(LENGTH_CHANGED);
    }
    if lengths.any(|other| Some(other) != months) {
        return Err(LENGTH_DIFFERS);
    }
    let length = months.map(|months| Length { months, words: words.to_owned() });
    match dates.as_slice() {
        [] if length.is_some() || items.contains(&Item::Word(Beside::Open)) => Ok(Term { length, ..Term::default() }),
        [(at, date)] => Ok(match of_one(items, *at, length.is_some()) {
            Bound::First => Term { from: date.first(), length, ..Term::default() },
            Bound::Last => Term { to: date.last(), length, ..Term::default() },
            Bound::Either => Term { length, either: Some(*date), ..Term::default() },
        }),
        [(_, from), (_, to)] => {
            let term = Term { from: from.first(), to: to.last(), length, either: None };
            match (&term.length, term.from, term.to) {
                (_, Some(from), Some(to)) if from > to => Err(BACKWARDS),
                (Some(length), Some(from), Some(to)) if !length.agrees(from, to) => Err(LENGTH_DIFFERS),
                // 2020-2023年 names no day, and half of a range without the other is no term.
                (_, None, None) => Ok(Term { length: term.length, ..Term::default() }),
                _ => Ok(term),
            }
        }
        // Words alone are no term, and three dates are more than one.
        _ => Err(FORM),
    }
}

/// Which end of a term a date is.
enum Bound {
    First,
    Last,
    Either,
}

/// Which end of a term the one date of a text is, by the words around it.
fn of_one(items: &[Item], at: usize, with_length: bool) -> Bound {
    let word = |item: &Item| match item {
        Item::Word(word) if !matches!(word, Beside::Nothing | Beside::Changes) => Some(*word),
        Item::Word(_) | Item::Date(_) | Item::Months(_) => None,
    };
    let before = items[..at].iter().rev().find_map(word);
    let after = items[at + 1..].iter().find_map(word);
    match (before, after) {
        (Some(Beside::Joins | Beside::Ends), _) | (_, Some(Beside::Ends)) => Bound::Last,
        (Some(Beside::Begins | Beside::Effect), _)
        | (_, Some(Beside::Begins | Beside::Effect | Beside::Joins | Beside::Open)) => Bound::First,
        _ if with_length => Bound::Either,
        _ => Bound::Last,
    }
}

/// `2025-03-01 00:00:00`, `2025-03-01T00:00+08:00` and `3/1/2025 12:00 AM` without their time: spreadsheets and programs add it by themselves. A time
/// in another zone may be of another day here.
fn without_time(text: &str) -> String {
    let text = text.trim();
    let half = ["AM", "PM", "am", "pm"].iter().find_map(|half| text.strip_suffix(half)).map_or(text, str::trim_end);
    let whole = half.strip_suffix("+08:00").unwrap_or(half);
    let date = whole.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':' || c == '.');
    let time = &whole[date.len()..];
    let date = date.trim_end_matches("上午").trim_end_matches("下午");
    match date.strip_suffix([' ', 'T', '日', '号']) {
        Some(bare) if time.contains(':') => {
            if date.ends_with([' ', 'T']) {
                bare.trim().to_owned()
            } else {
                date.to_owned()
            }
        }
        _ => text.to_owned(),
    }
}

/// Whether days or months stand first where the year stands last (06/01/2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Month, day, year.
    MonthFirst,
    /// Day, month, year.
    DayFirst,
}

/// A text whose years stand last, written as it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turned {
    /// There is none of them, or none that could be a day.
    AsItIs,
    /// With the year first.
    To(String),
    /// Day and month cannot be told apart.
    Unclear,
}

/// Turns dates whose year stands last, as `order` says where they do not say it themselves: 31/8/2027 can be read in one way alone.
pub(crate) fn turned(text: &str, order: Option<Order>) -> Turned {
    let text: Vec<char> = fold::width(text).chars().collect();
    let found = last_years(&text);
    let told = |(first, second)| match (first > 12, second > 12) {
        (true, false) => Some(Order::DayFirst),
        (false, true) => Some(Order::MonthFirst),
        _ => None,
    };
    let mut own = found.iter().filter_map(|turn| told((turn.first, turn.second)));
    let by_itself = own.next();
    if found.is_empty() || by_itself.is_some_and(|one| own.any(|other| other != one)) {
        return Turned::AsItIs;
    }
    let same = found.iter().all(|turn| turn.first == turn.second);
    let Some(order) = by_itself.or(order).or(same.then_some(Order::MonthFirst)) else { return Turned::Unclear };
    let (mut to, mut at) = (String::new(), 0);
    for turn in found {
        to.extend(&text[at..turn.at.start]);
        let (month, day) = match order {
            Order::MonthFirst => (turn.first, turn.second),
            Order::DayFirst => (turn.second, turn.first),
        };
        to.extend([
            turn.year.to_string(),
            "年".to_owned(),
            month.to_string(),
            "月".to_owned(),
            day.to_string(),
            "日".to_owned(),
        ]);
        at = turn.at.end;
    }
    to.extend(&text[at..]);
    Turned::To(to)
}

/// A date whose year stands last.
struct LastYear {
    at: std::ops::Range<usize>,
    first: u32,
    second: u32,
    year: u32,
}

fn last_years(text: &[char]) -> Vec<LastYear> {
    let number = |at: usize, longest: usize| {
        let digits = text[at..].iter().take_while(|c| c.is_ascii_digit()).take(longest + 1).count();
        let value = text[at..at + digits].iter().filter_map(|c| c.to_digit(10)).fold(0, |n, d| n * 10 + d);
        (1..=longest).contains(&digits).then_some((value, at + digits))
    };
    let one = |at: usize| {
        let (first, end) = number(at, 2)?;
        let separator = *text.get(end).filter(|c| matches!(c, '/' | '.' | '-'))?;
        let (second, end) = number(end + 1, 2)?;
        let (year, last) = number(text.get(end).filter(|c| **c == separator).map(|_| end + 1)?, 4)?;
        (1949..=2199).contains(&year).then_some(LastYear { at: at..last, first, second, year })
    };
    let mut found: Vec<LastYear> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let before = at.checked_sub(1).map(|before| text[before]);
        // Behind a dash stands the next date of a range, or the month of a date that began with its year.
        let begins = match before {
            Some('/' | '.' | '-') => found.last().is_some_and(|turn| turn.at.end + 1 == at),
            Some(c) => !c.is_ascii_digit(),
            None => true,
        };
        match Some(at).filter(|at| begins && text[*at].is_ascii_digit()).and_then(one) {
            Some(turn) => {
                at = turn.at.end;
                found.push(turn);
            }
            None => at += 1,
        }
    }
    found
}

/// A cell of digits only: a year, a month, a day without separators, or the serial number Excel keeps a day as, with or without its time of day.
fn digits_only(text: &str) -> Option<Result<Published, Invalid>> {
    let serial = match text.split_once('.') {
        Some((day, time)) if day.len() == 5 && time.bytes().all(|b| b.is_ascii_digit()) => day,
        _ => text,
    };
    if serial.is_empty() || !serial.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = serial.parse().unwrap_or(i32::MAX);
    Some(match serial.len() {
        4 if (1949..=2199).contains(&number) => Ok(Published::Year),
        4 => Err(OUT_OF_RANGE),
        // Five digits reach from 1927 to 2173: every day a list can mean.
        5 => Day::from_number(number - EXCEL_EPOCH).map(Published::Day).map_err(|_| OUT_OF_RANGE),
        6 => month(number / 100, u8::try_from(number % 100).unwrap_or(0)),
        8 => {
            let part = |n: i32| u8::try_from(n).unwrap_or(0);
            let day = Day::new(number / 10_000, part(number / 100 % 100), part(number % 100));
            day.map(Published::Day).map_err(not_a_day)
        }
        _ => Err(FORM),
    })
}

#[cfg(test)]
mod tests {
    use super::published::{NOT_A_DAY, TWO_DIGITS};
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
            "45717.75",
            "2025-03-01 00:00:00",
            "2025-03-01T00:00:00",
            " 2025-3-1 ",
            "二〇二五年三月一日",
            "二○二五年三月一号",
            "二零二五年三月一日",
            "2025 年 3 月 1 日",
            "2025. 3. 1",
            "2025 03 01",
            "2025、3、1",
            "2025，3，1",
            "2025．3．1",
            "2025—03—01",
            "2025年3月1日起",
            "自2025年3月1日起",
            "2025-03-01起",
            "2025年3月1日(公布)",
            "2025年3月1日(第2次会议)",
            "2025年3月1日公布",
            "公布于2025年3月1日",
            "认定日期:2025年3月1日",
            "2025年3月1",
            "2025年3月1日(第一批)",
            "2025年3月1日 星期六",
            "2025.3.1.",
        ] {
            assert_eq!(read(text), Ok(Published::Day(day("2025-03-01"))), "{text}");
        }
    }

    #[test]
    fn a_partial_date_stays_partial() {
        let september = Published::Month { first: day("2020-09-01"), last: day("2020-09-30") };
        for text in [
            "2020-09",
            "2020年9月",
            "2020.9",
            "202009",
            "二〇二〇年九月",
            "2020年9月底",
            "2020年 9月公布",
            "2020年9月(第一批)",
        ] {
            assert_eq!(read(text), Ok(september), "{text}");
        }
        for text in [
            "2016",
            "2016年",
            "2016年度",
            "2016年上半年",
            "2016年第一批",
            "2016年春季",
            "2016年9月上旬",
            "2016学年",
            "2016年第1季度",
            "2016学年第一学期",
            "二〇一六年度",
        ] {
            assert_eq!(read(text), Ok(Published::Year), "{text}");
        }
        assert_eq!(read("2016年底"), Ok(Published::YearEnd { last: day("2016-12-31") }));
    }

    #[test]
    fn what_is_no_date_is_refused_with_why() {
        for (text, why) in [
            ("2025-13-01", NOT_A_DAY),
            ("2025-02-30", NOT_A_DAY),
            ("2024.13.1", NOT_A_DAY),
            ("2024.13", NOT_A_DAY),
            ("20240230", NOT_A_DAY),
            ("二〇二四年二月三十日", NOT_A_DAY),
            ("25.3.1", TWO_DIGITS),
            ("24年3月1日", TWO_DIGITS),
            ("1948-05-01", OUT_OF_RANGE),
            ("1949-05-01", OUT_OF_RANGE),
            ("1948年", OUT_OF_RANGE),
            ("2924-05-01", OUT_OF_RANGE),
            ("10000", OUT_OF_RANGE),
            ("昨天", FORM),
            ("", FORM),
            ("2025-03-01前", FORM),
            ("2025年3月1日以后", FORM),
            ("2025-03-01 2025-03-02", FORM),
            ("2024年3月1日、2024年3月5日", FORM),
            ("截至2024年3月1日", FORM),
            ("三年", FORM),
            ("1234567", FORM),
            ("12345678901234", FORM),
            ("民国十三年", FORM),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
    }

    #[test]
    fn terms_are_read_as_written() {
        let days = |from: Option<&str>, to: &str| (from.map(day), Some(day(to)), None);
        let noted = (None, None, None);
        for (text, expected) in [
            ("2020-09/2023-09", days(Some("2020-09-01"), "2023-09-30")),
            ("2020.9-2023.8", days(Some("2020-09-01"), "2023-08-31")),
            ("2023.09—2026.08", days(Some("2023-09-01"), "2026-08-31")),
            ("2020年9月至2024年2月", days(Some("2020-09-01"), "2024-02-29")),
            ("2020-09-01～2023-08-31", days(Some("2020-09-01"), "2023-08-31")),
            ("2024/3/1~2027/2/28", days(Some("2024-03-01"), "2027-02-28")),
            ("2024-03-01-2027-02-28", days(Some("2024-03-01"), "2027-02-28")),
            ("自2020年9月1日起至2023年8月31日止", days(Some("2020-09-01"), "2023-08-31")),
            ("从二〇二〇年九月至二〇二三年八月", days(Some("2020-09-01"), "2023-08-31")),
            ("2023-08-31", days(None, "2023-08-31")),
            ("截至2026年8月31日", days(None, "2026-08-31")),
            ("至2026年8月底", days(None, "2026-08-31")),
            ("2026年底", days(None, "2026-12-31")),
            ("2026年8月31日到期", days(None, "2026-08-31")),
            ("有效期至:2026年8月31日", days(None, "2026-08-31")),
            ("45717", days(None, "2025-03-01")),
            ("20230901-20260831", days(Some("2023-09-01"), "2026-08-31")),
            ("202309至202608", days(Some("2023-09-01"), "2026-08-31")),
            ("2023年9月一2026年8月", days(Some("2023-09-01"), "2026-08-31")),
            ("二〇二三年九月一二〇二六年八月", days(Some("2023-09-01"), "2026-08-31")),
            ("2024年3-5月", days(Some("2024-03-01"), "2024-05-31")),
            ("2024年3月至5月", days(Some("2024-03-01"), "2024-05-31")),
            ("2025年9月1日-9月30日", days(Some("2025-09-01"), "2025-09-30")),
            ("2020年-2023年8月", days(None, "2023-08-31")),
            ("2026-08-31(延长)", days(None, "2026-08-31")),
            ("2024年3月1日起", (Some(day("2024-03-01")), None, None)),
            ("2024年3月1日至今", (Some(day("2024-03-01")), None, None)),
            ("三年(2023年9月-2026年8月)", (Some(day("2023-09-01")), Some(day("2026-08-31")), Some(36))),
            ("三年,即2015年10月至2018年10月", (Some(day("2015-10-01")), Some(day("2018-10-31")), Some(36))),
            ("自2023年9月1日起三年", (Some(day("2023-09-01")), None, Some(36))),
            ("2024-03-01起3年", (Some(day("2024-03-01")), None, Some(36))),
            ("2023年9月1日起一年", (Some(day("2023-09-01")), None, Some(12))),
            ("自二〇二四年三月起,有效期三年", (Some(day("2024-03-01")), None, Some(36))),
            ("至2023年8月(三年)", (None, Some(day("2023-08-31")), Some(36))),
            ("三年(至2023年8月)", (None, Some(day("2023-08-31")), Some(36))),
            ("三年", (None, None, Some(36))),
            ("叁年", (None, None, Some(36))),
            ("有效期3年", (None, None, Some(36))),
            ("自公布之日起三年", (None, None, Some(36))),
            ("36个月", (None, None, Some(36))),
            ("三十六个月", (None, None, Some(36))),
            ("一年半", (None, None, Some(18))),
            ("半年", (None, None, Some(6))),
            ("两年", (None, None, Some(24))),
            ("2020-2023", noted),
            ("2020-2023年", noted),
            ("2020年至2023年", noted),
            ("2020-2021学年", noted),
            ("2020-2021学年度", noted),
            ("2023", noted),
            ("2024年上半年", noted),
            ("2023年秋季学期至2026年春季学期", noted),
            ("3年(2023-2026)", (None, None, Some(36))),
            (
                "有效期:三年(自2023年9月1日起至2026年8月31日止)",
                (Some(day("2023-09-01")), Some(day("2026-08-31")), Some(36)),
            ),
            ("三年有效期:2023.9.1-2026.8.31", (Some(day("2023-09-01")), Some(day("2026-08-31")), Some(36))),
            ("2023/09/01 - 2026/08/31", days(Some("2023-09-01"), "2026-08-31")),
            ("自2023年9月1日起,有效期3年", (Some(day("2023-09-01")), None, Some(36))),
            ("2026.08.31止", days(None, "2026-08-31")),
            ("长期", noted),
            ("长期有效", noted),
        ] {
            let found = term(text).map(|t| (t.from, t.to, t.length.map(|l| l.months)));
            assert_eq!(found, Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_term_that_contradicts_itself_or_says_nothing_is_refused_with_why() {
        for (text, why) in [
            ("2023-09/2020-09", BACKWARDS),
            ("2025年9月至3月", BACKWARDS),
            ("三年(2023年9月-2025年8月)", LENGTH_DIFFERS),
            ("三年(五年)", LENGTH_DIFFERS),
            ("2024-02-30至2027-02-28", NOT_A_DAY),
            ("24.3.1-27.2.28", TWO_DIGITS),
            ("2023.9.1-26.8.31", TWO_DIGITS),
            ("2026年8月31日前", TERM_FORM),
            ("2023年9月1日上半年", TERM_FORM),
            ("另行通知", TERM_FORM),
            ("有效期", TERM_FORM),
            ("2020-01-01,2021-01-01,2022-01-01", TERM_FORM),
        ] {
            assert_eq!(term(text), Err(why), "{text}");
        }
    }

    #[test]
    fn one_date_beside_a_length_may_be_either() {
        let found = term("2024-03-01,三年").unwrap();
        assert_eq!((found.either, found.from, found.to), (Some(Published::Day(day("2024-03-01"))), None, None));
    }

    #[test]
    fn an_end_is_worked_out_to_the_day_before() {
        let last = |from, months| Length { months, words: String::new() }.last_day(day(from));
        assert_eq!(last("2018-12-14", 36), day("2021-12-13"));
        assert_eq!(last("2023-09-01", 36), day("2026-08-31"));
        assert_eq!(last("2024-02-29", 12), day("2025-02-27"));
    }

    #[test]
    fn a_range_alone_in_brackets_is_a_term() {
        let range = |title| range_in_brackets(title).map(|t| (t.from, t.to));
        let expected = Some((Some(day("2021-02-01")), Some(day("2021-03-03"))));
        assert_eq!(range("平价商店名单(2021年2月1日起至2021年3月3日)"), expected);
        assert_eq!(range("平价商店名单（2021年2月1日-3月3日）"), expected);
        for title in
            ["平价商店(2月1日至28日)", "名单(2021年)", "名单(公示期2021年2月1日至2月7日)", "2021年2月1日至3月3日名单"]
        {
            assert_eq!(range(title), None, "{title}");
        }
    }

    #[test]
    fn a_window_needs_two_days() {
        let window_of = |text| window(text).map(|w| (w.start(), w.end()));
        let expected = Some((day("2025-09-26"), day("2025-10-09")));
        assert_eq!(window_of("2025-09-26/2025-10-09 (5个工作日)"), expected);
        assert_eq!(window_of("公示期:2025年9月26日至2025年10月9日"), expected);
        assert_eq!(window_of("公示期为2025年9月26日至10月9日"), expected);
        for text in ["公示期满无异议", "2025-09-26", "2025-09/2025-10", "2025-10-09/2025-09-26"] {
            assert_eq!(window_of(text), None, "{text}");
        }
    }
}
