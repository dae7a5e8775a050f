//! What stands in a text of dates, from left to right: days, months, years, lengths, and the words beside them.

use domain::{Day, Invalid};

use super::plain::is_numeral;
use super::published::{FORM, OUT_OF_RANGE, Published, TWO_DIGITS, not_a_day};
use crate::words::dates::{self, Beside};

/// One thing in a text of dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A day, a month, a year.
    Date(Published),
    /// A length of time, in months.
    Months(u32),
    /// A word.
    Word(Beside),
}

/// Reads all that stands in a text already in its plain spelling. A text with anything that is not known is no date.
pub(super) fn items(chars: &[char]) -> Result<Vec<Item>, Invalid> {
    let mut scan = Scan { chars, at: 0, items: Vec::new(), year: None };
    while scan.at < chars.len() {
        scan.next()?;
    }
    Ok(scan.items)
}

/// How far into a text, in bytes, a term can reach that it begins with: up to the first character outside brackets that stands in none, or to a third year.
pub(super) fn reach(text: &str) -> usize {
    let (mut depth, mut years, mut digits) = (0_usize, 0, 0_usize);
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            digits += 1;
            continue;
        }
        years += usize::from(depth == 0 && matches!(std::mem::take(&mut digits), 4 | 8));
        if years > DATES_MAX {
            return at;
        }
        match c {
            '(' | '[' | '【' | '〔' | '{' | '〖' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' | '〗' => depth = depth.saturating_sub(1),
            _ if depth > 0 || is_known(c) => {}
            _ => return at,
        }
    }
    text.len()
}

/// Dates of a term: its first day and its last.
const DATES_MAX: usize = 2;

/// Whether a character stands in dates, in lengths, in times of day, or beside them.
fn is_known(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii()
        || is_numeral(c)
        || dates::has(c)
        || "年月日号半个周零又学上下午、。·•–—―‐‑‒−─﹣〜∼～，：；．".contains(c)
}

/// Every date in a text among whatever else it says, where all of them can be read.
pub(super) fn dates_among(chars: &[char]) -> Option<Vec<Published>> {
    let mut scan = Scan { chars, at: 0, items: Vec::new(), year: None };
    while scan.at < chars.len() {
        let before = scan.at;
        if scan.date().ok()? {
            continue;
        }
        scan.at = before + scan.digits(before).max(1);
    }
    let date = |item: Item| match item {
        Item::Date(date) => Some(date),
        Item::Months(_) | Item::Word(_) => None,
    };
    Some(scan.items.into_iter().filter_map(date).collect())
}

/// Whether a text in its plain spelling holds a length of time.
pub(super) fn has_length(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (0..chars.len()).any(|at| {
        let begins = at == 0 || !chars[at - 1].is_ascii_digit();
        begins && Scan { chars: &chars, at, items: Vec::new(), year: None }.length()
    })
}

struct Scan<'a> {
    chars: &'a [char],
    at: usize,
    items: Vec<Item>,
    /// The year of the last date: `2024年3月-5月` does not say it twice.
    year: Option<i32>,
}

impl Scan<'_> {
    fn next(&mut self) -> Result<(), Invalid> {
        if self.date()? || self.length() {
            return Ok(());
        }
        let rest = &self.chars[self.at..];
        if let Some((word, length)) = dates::at(rest) {
            self.word(word)?;
            self.at += length;
            return Ok(());
        }
        if rest[0].is_whitespace() || matches!(rest[0], '(' | ')' | ',' | ':' | ';' | '、' | '.' | '"' | '\'') {
            self.at += 1;
            return Ok(());
        }
        Err(FORM)
    }

    /// A word changes the date before it, or stands by itself.
    fn word(&mut self, word: Beside) -> Result<(), Invalid> {
        let last = self.items.last_mut();
        match (word, last) {
            (Beside::Last, Some(Item::Date(date))) => match *date {
                Published::Month { .. } | Published::YearEnd { .. } => {}
                Published::Year => *date = year_end(self.year.ok_or(FORM)?)?,
                Published::Day(_) => return Err(FORM),
            },
            // A part of a month or a year; a day has none, and neither stands alone.
            (Beside::Part, Some(Item::Date(date))) if !matches!(date, Published::Day(_)) => *date = Published::Year,
            (Beside::Last, _) | (Beside::Part, Some(Item::Date(_))) => return Err(FORM),
            (word, _) => self.items.push(Item::Word(word)),
        }
        Ok(())
    }

    /// Reads a date that begins here, if one does.
    fn date(&mut self) -> Result<bool, Invalid> {
        let at = self.at;
        match self.digits(at) {
            8 => {
                let (year, month, day) = (self.number(at, 4), self.part(at + 4), self.part(at + 6));
                self.push_day(year, month, day, at + 8)?;
            }
            6 if (1949..=2199).contains(&self.number(at, 4)) => {
                self.push_month(self.number(at, 4), self.part(at + 4), at + 6)?;
            }
            4 if self.chars.get(at + 4) != Some(&'个') => self.dated(at)?,
            1 | 2 => return self.short(at),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A date whose year of four digits begins at `at`.
    fn dated(&mut self, at: usize) -> Result<(), Invalid> {
        let year = self.number(at, 4);
        let separator =
            self.chars.get(at + 4).copied().filter(|c| matches!(c, '-' | '/' | '.' | '年' | '、' | ',' | ' '));
        let end = at + 4 + usize::from(separator == Some('年'));
        let Some(separator) = separator else { return self.push_year(year, end) };
        let Some((month, after)) = self.one_or_two(at + 5) else { return self.push_year(year, end) };
        let second = self.chars.get(after).copied();
        let goes_on = if separator == '年' { second == Some('月') } else { second == Some(separator) };
        if goes_on
            && let Some((day, after)) =
                self.one_or_two(after + 1).filter(|(_, after)| !self.begins_a_month(separator, *after))
        {
            let unit = separator == '年' && matches!(self.chars.get(after), Some('日' | '号'));
            return self.push_day(year, month, day, after + usize::from(unit));
        }
        // 2024、3 and 2024 3 list things: only three numbers are a day.
        if matches!(separator, '、' | ',' | ' ') {
            return self.push_year(year, end);
        }
        // 2024年3-5月.
        if separator == '年' && second != Some('月') {
            let joined = second.filter(|c| matches!(c, '-' | '~' | '至' | '到'));
            let to =
                joined.and_then(|_| self.one_or_two(after + 1)).filter(|(_, end)| self.chars.get(*end) == Some(&'月'));
            if let Some((to, end)) = to {
                self.push_month(year, month, after)?;
                self.items.push(Item::Word(Beside::Joins));
                return self.push_month(year, to, end + 1);
            }
        }
        self.push_month(year, month, after + usize::from(second == Some('月')))
    }

    /// Whether the two digits before `after` are a month without its year, as in `2024年3月5月`: no one writes a day so.
    fn begins_a_month(&self, separator: char, after: usize) -> bool {
        separator == '年' && self.chars.get(after) == Some(&'月')
    }

    /// One or two digits: a month of the year named before, a year without its century, or no date.
    fn short(&mut self, at: usize) -> Result<bool, Invalid> {
        let Some((number, after)) = self.one_or_two(at) else { return Ok(false) };
        let unit = self.chars.get(after).copied();
        if unit == Some('月') {
            let Some(year) = self.year else { return Ok(false) };
            let day = self.one_or_two(after + 1).filter(|(_, end)| matches!(self.chars.get(*end), Some('日' | '号')));
            match day {
                Some((day, end)) => self.push_day(year, number, day, end + 1)?,
                None => self.push_month(year, number, after + 1)?,
            }
            return Ok(true);
        }
        let separator = unit.filter(|c| matches!(c, '-' | '/' | '.' | '年'));
        if let Some(separator) = separator
            && after - at == 2
            && let Some((_, end)) = self.one_or_two(after + 1)
            && self.chars.get(end).is_some_and(|c| *c == if separator == '年' { '月' } else { separator })
        {
            return Err(TWO_DIGITS);
        }
        Ok(false)
    }

    /// Reads a length that begins here: `3年`, `3年半`, `半年`, `36个月`.
    fn length(&mut self) -> bool {
        let rest = &self.chars[self.at..];
        if let ['半', '年', ..] = rest {
            self.items.push(Item::Months(6));
            self.at += 2;
            return true;
        }
        let Some((number, after)) = self.up_to_three(self.at) else { return false };
        let (months, end) = match &self.chars[after..] {
            ['.', '5', '年', ..] => (number * 12 + 6, after + 3),
            ['年', '半', ..] => (number * 12 + 6, after + 2),
            ['年', ..] if self.chars.get(after + 1) != Some(&'级') => self.and_months(number * 12, after + 1),
            ['周', '年', ..] => (number * 12, after + 2),
            ['个', '月', ..] => (number, after + 2),
            _ => return false,
        };
        // 0年 and 999年 are no terms.
        if !(1..=600).contains(&months) {
            return false;
        }
        self.items.push(Item::Months(months));
        self.at = end;
        true
    }

    /// Years and months together: `2年零6个月`.
    fn and_months(&self, months: u32, end: usize) -> (u32, usize) {
        let at = end + usize::from(matches!(self.chars.get(end), Some('零' | '又')));
        match self.up_to_three(at) {
            Some((more, after)) if self.chars[after..].starts_with(&['个', '月']) => (months + more, after + 2),
            _ => (months, end),
        }
    }

    fn push_day(&mut self, year: i32, month: u8, day: u8, end: usize) -> Result<(), Invalid> {
        let day = Day::new(in_range(year)?, month, day).map_err(not_a_day)?;
        self.push(year, Published::Day(day), end)
    }

    fn push_month(&mut self, year: i32, month: u8, end: usize) -> Result<(), Invalid> {
        let published = super::published::month(in_range(year)?, month)?;
        self.push(year, published, end)
    }

    fn push_year(&mut self, year: i32, end: usize) -> Result<(), Invalid> {
        self.push(in_range(year)?, Published::Year, end)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the last step of reading a date, which may fail before")]
    fn push(&mut self, year: i32, date: Published, end: usize) -> Result<(), Invalid> {
        self.items.push(Item::Date(date));
        self.year = Some(year);
        self.at = end;
        Ok(())
    }

    /// How many ASCII digits stand from here on.
    fn digits(&self, at: usize) -> usize {
        self.chars[at.min(self.chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count()
    }

    fn number(&self, at: usize, digits: usize) -> i32 {
        let digits = self.chars[at..at + digits].iter().filter_map(|c| c.to_digit(10));
        digits.fold(0, |n, d| n * 10 + i32::try_from(d).unwrap_or(0))
    }

    /// Two digits.
    fn part(&self, at: usize) -> u8 {
        u8::try_from(self.number(at, 2)).unwrap_or(0)
    }

    /// One or two digits that a month or a day can be: four are the year of the next date.
    fn one_or_two(&self, at: usize) -> Option<(u8, usize)> {
        let digits = self.digits(at);
        (1..=2).contains(&digits).then(|| (u8::try_from(self.number(at, digits)).unwrap_or(0), at + digits))
    }

    fn up_to_three(&self, at: usize) -> Option<(u32, usize)> {
        let digits = self.digits(at);
        (1..=3).contains(&digits).then(|| (self.number(at, digits).unsigned_abs(), at + digits))
    }
}

fn in_range(year: i32) -> Result<i32, Invalid> {
    if (1949..=2199).contains(&year) { Ok(year) } else { Err(OUT_OF_RANGE) }
}

fn year_end(year: i32) -> Result<Published, Invalid> {
    Day::new(year, 12, 31).map(|last| Published::YearEnd { last }).map_err(not_a_day)
}
