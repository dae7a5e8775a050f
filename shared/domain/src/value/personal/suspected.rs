//! Where a text that somebody else wrote may hold a number of a person: looked through with more suspicion than what officers type, because what is
//! covered needlessly is a remark less, and what is kept is kept for good.

use std::ops::Range;

use super::super::identity::{self, BODY};
use super::super::unseen::is_unseen;
use super::digits::digit;
use super::{Digits, Gap, Kind, LONGEST_OF_ALL, MOBILE, Run, SERIALS_SINCE, Series, in_address, is_mobile, links};

/// What a text stands for, which says what its digits may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Within {
    /// Anything that people write.
    Words,
    /// A document's number.
    Document,
    /// A file's name: systems number what they give out, with as many digits as a part of a mobile number has.
    FileName,
    /// An organisation's code: one that is misspelt is told as that, and a person's is never shown.
    Code,
    /// An outlet's telephone: what has the form of a part of a mobile number is one.
    Telephone,
}

/// Fewest digits, of a car's plate, that are worth a look.
const LOOKED_AT_MIN: usize = 3;
/// Fewest Chinese numerals in a row, with the digits among them, that spell a number digit by digit.
const SPELT_MIN: usize = MOBILE;
/// Digits of a bank card's number.
const CARD: std::ops::RangeInclusive<usize> = 16..=LONGEST_OF_ALL;
/// Digits that are too many for a house and too few for a mobile number.
const PIECE: std::ops::RangeInclusive<usize> = 7..=MOBILE - 1;
/// First characters of plates: the provinces.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// Where a text may hold a number of a person, in bytes and in order: identity numbers, also such as fail their check; mobile numbers, in Chinese
/// numerals, with letters for digits, behind another number without a gap, and parts of them; bank cards; passports and permits by their form; plates;
/// mail addresses that are numbers. What only words beside it tell (QQ, 微信, 生于) is the reader's.
pub fn numbers_of_persons(text: &str, within: Within) -> Vec<Range<usize>> {
    let digits = text.chars().filter(|c| digit(*c).is_some() || numeral(*c).is_some());
    if digits.take(LOOKED_AT_MIN).count() < LOOKED_AT_MIN {
        return Vec::new();
    }
    let mut found = Vec::new();
    if within == Within::Code && is_code(&fold(text)) {
        return is_person_as_code(&fold(text)).then_some(0..text.len()).into_iter().collect();
    }
    // As it stands and as it may be meant: a numeral beside a number may be none of its digits.
    let spelt = Spelt::of(text);
    if spelt.text != text {
        found.extend(ranges(text, within));
    }
    found.extend(ranges(&spelt.text, within).into_iter().map(|range| spelt.original(&range)));
    joined(found)
}

fn ranges(text: &str, within: Within) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let read = Digits::of(text);
    let kind = if within == Within::Document { Kind::DocumentNumber } else { Kind::Words };
    read.each(LONGEST_OF_ALL, |series| {
        if read.is_suspected(series, kind, within) {
            found.push(series.range(text));
        }
        false
    });
    for (at, run) in read.runs.iter().enumerate() {
        let next = read.runs.get(at + 1);
        if read.is_glued(run, at.checked_sub(1).and_then(|left| read.runs.get(left))) {
            found.push(run.begins..run.ends);
        }
        if matches!(within, Within::Words | Within::Telephone) {
            found.extend(read.piece(run, next, within).map(|ends| run.begins..ends));
        }
    }
    if within == Within::Telephone && is_mobile_in_all(&read) {
        found.push(0..text.len());
    }
    if within != Within::Document {
        found.extend(tokens(text));
    }
    found
}

/// Ranges in order, those that touch as one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// Half width, without blanks.
fn fold(text: &str) -> String {
    text.chars().map(half).filter(|c| !c.is_whitespace() && !is_unseen(*c)).collect()
}

/// Whether it is written as a code is: eighteen letters and digits and nothing else.
fn is_code(text: &str) -> bool {
    text.len() == BODY + 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether what is written as a code has the form of an identity number.
fn is_person_as_code(text: &str) -> bool {
    let digits = text.bytes().take(BODY).map(|byte| byte.is_ascii_digit().then(|| byte - b'0'));
    let body: Option<Vec<u8>> = digits.collect();
    let last = text.chars().next_back().is_some_and(|c| c.is_ascii_digit() || super::is_x(c));
    let body = body.and_then(|body| <[u8; BODY]>::try_from(body).ok());
    last && body.is_some_and(|body| identity::born_by_form(&body).is_some())
}

/// A text as its digits are read: half width, without what nobody sees, numerals and letters that stand for digits as digits.
struct Spelt {
    text: String,
    /// Where each character of it begins, and where it stands in the text.
    places: Vec<(usize, Range<usize>)>,
}

impl Spelt {
    fn of(text: &str) -> Self {
        let seen = text.char_indices().filter(|(_, c)| !is_unseen(*c));
        let mut chars: Vec<(char, Range<usize>)> = seen.map(|(at, c)| (half(c), at..at + c.len_utf8())).collect();
        spell_numerals(&mut chars);
        spell_letters(&mut chars);
        let mut spelt = Self { text: String::with_capacity(text.len()), places: Vec::with_capacity(chars.len()) };
        for (c, place) in chars {
            spelt.places.push((spelt.text.len(), place));
            spelt.text.push(c);
        }
        spelt
    }

    /// Where a part of it stands in the text.
    fn original(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.places.partition_point(|(begins, _)| *begins < range.start);
        let last = self.places.partition_point(|(begins, _)| *begins < range.end);
        let begins = self.places.get(first).map_or(0, |(_, place)| place.start);
        let ends = last.checked_sub(1).and_then(|last| self.places.get(last)).map_or(begins, |(_, place)| place.end);
        begins..ends
    }
}

fn half(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// The digit that a Chinese numeral stands for where a number is spelt digit by digit.
fn numeral(c: char) -> Option<char> {
    Some(match c {
        '〇' | '○' | '零' => '0',
        '一' | '壹' | '幺' => '1',
        '二' | '贰' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}

/// Numerals that spell a number digit by digit, with blanks and hyphens or without, as digits.
fn spell_numerals(chars: &mut [(char, Range<usize>)]) {
    let mut from = 0;
    while from < chars.len() {
        let rest = chars.get(from..).unwrap_or_default();
        let length = rest.iter().take_while(|(c, _)| numeral(*c).is_some() || digit(*c).is_some() || links(*c)).count();
        let series = chars.get_mut(from..from + length).unwrap_or_default();
        let spelt = series.iter().filter(|(c, _)| !links(*c)).count();
        if spelt >= SPELT_MIN {
            for (c, _) in series {
                *c = numeral(*c).unwrap_or(*c);
            }
        }
        from += length.max(1);
    }
}

/// Letters that look like 0 and 1 among the digits of a mobile or identity number, as digits.
fn spell_letters(chars: &mut [(char, Range<usize>)]) {
    let mut from = 0;
    while from < chars.len() {
        let rest = chars.get(from..).unwrap_or_default();
        let length = rest.iter().take_while(|(c, _)| c.is_ascii_alphanumeric()).count();
        let word = chars.get_mut(from..from + length).unwrap_or_default();
        let alike = |c: char| matches!(c, 'l' | 'I' | 'i' | 'o' | 'O');
        let digits = word.iter().filter(|(c, _)| c.is_ascii_digit()).count();
        let letters = word.iter().filter(|(c, _)| alike(*c)).count();
        if letters > 0 && digits >= 7 && digits + letters == word.len() {
            for (c, _) in word {
                *c = match *c {
                    'l' | 'I' | 'i' => '1',
                    'o' | 'O' => '0',
                    other => other,
                };
            }
        }
        from += length.max(1);
    }
}

impl Series<'_> {
    /// Where it stands, with the X of an identity number.
    fn range(&self, text: &str) -> Range<usize> {
        let after = text.get(self.last.ends..).unwrap_or_default();
        let x = after.char_indices().take_while(|(_, c)| links(*c) || super::is_x(*c)).find(|(_, c)| super::is_x(*c));
        let x = x.filter(|_| self.last.x && self.values.len() == BODY).map_or(0, |(at, c)| at + c.len_utf8());
        self.first.begins..self.last.ends + x
    }

    /// Whether nothing but blanks and hyphens holds it together.
    fn is_plain(&self) -> bool {
        !self.held.is_loose()
    }
}

impl Digits<'_> {
    fn is_suspected(&self, series: &Series<'_>, kind: Kind, within: Within) -> bool {
        let in_word = || {
            self.in_code(series.first)
                || self.in_code(series.last)
                || self.in_hex(series.first.begins, series.last.ends)
        };
        if self.is_surely_identity(series, kind) {
            return true;
        }
        if kind == Kind::Words && is_identity_by_form(series) && !in_word() {
            return true;
        }
        if series.is_mobile() && !self.is_other_number(series) && (!series.is_decimal() || self.is_no_fraction(series))
        {
            return true;
        }
        within != Within::Document
            && is_card(series)
            && !in_word()
            && !self.is_amount(series.last)
            && !self.in_page(series)
    }

    fn in_page(&self, series: &Series<'_>) -> bool {
        in_address(self.text.get(..series.first.begins).unwrap_or_default())
    }

    /// Whether a unit stands behind it, or a sign of money before.
    fn is_amount(&self, run: &Run) -> bool {
        let after = self.text.get(run.ends..).unwrap_or_default().trim_start();
        let before = self.text.get(..run.begins).unwrap_or_default();
        after.starts_with([
            '元', '万', '亿', '平', '㎡', '人', '所', '家', '个', '年', '月', '日', '号', '℃', '度', '%', '％',
        ]) || after.starts_with("m2")
            || before.ends_with(['¥', '￥', '$', '第', '〕', ']', ')', '#'])
    }

    /// Whether what is written like a fraction is a mobile number: 138.12345678 is no place in China, and stands alone.
    fn is_no_fraction(&self, series: &Series<'_>) -> bool {
        const EAST_MAX: &[u8] = &[1, 3, 5];
        let whole = series.values.get(..3).unwrap_or_default();
        let alone = self.runs.iter().filter(|run| run.gap == Gap::Point).count() == 1;
        match series.lengths {
            [3, 8] => whole > EAST_MAX || alone,
            [7, 4] => alone,
            _ => false,
        }
    }

    /// Whether a mobile number ends a run that begins with a landline's, or two stand in one.
    fn is_glued(&self, run: &Run, left: Option<&Run>) -> bool {
        let values = self.values.get(run.from..run.from + run.length).unwrap_or_default();
        let Some((head, mobile)) = values.split_last_chunk::<MOBILE>() else { return false };
        let dials = |values: &[u8]| is_mobile(values, &[values.len()]);
        let local = matches!(head.len(), 7 | 8) && head.first().is_some_and(|first| *first >= 2);
        let area = left.filter(|_| matches!(run.gap, Gap::Linked | Gap::Bracket));
        let behind_area = area.is_some_and(|left| self.values.get(left.from) == Some(&0) && left.length <= 4);
        let whole = matches!(head.len(), 10..=12) && head.first() == Some(&0);
        dials(mobile) && (whole || (local && behind_area) || (head.len() == MOBILE && dials(head)))
    }

    /// Where a run ends that is too much for a house and begins like a mobile number, or it and the next one.
    fn piece(&self, run: &Run, next: Option<&Run>, within: Within) -> Option<usize> {
        let linked = next.filter(|next| next.gap == Gap::Linked);
        let last = linked.unwrap_or(run);
        let values = self.values.get(run.from..run.from + run.length + linked.map_or(0, |next| next.length))?;
        let (before, after) = (self.text.get(..run.begins)?, self.text.get(last.ends..)?);
        let beside =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '@' | '*' | '+' | ':' | ',');
        let alone = run.gap == Gap::Parted && !before.ends_with(beside) && !after.starts_with(beside);
        let of_mobile = matches!(values, [1, 3..=9, ..]);
        if within == Within::Telephone {
            // No landline of a place begins with 1.
            let of_nobody =
                matches!(values, [1, ..]) && values.len() >= *PIECE.start() && !values.starts_with(&[1, 0, 1, 0]);
            let is_piece = values.len() < MOBILE && ((of_mobile && values.len() >= LOOKED_AT_MIN) || of_nobody);
            return (alone && is_piece).then_some(last.ends);
        }
        let grouped = linked.is_none_or(|next| matches!((run.length, next.length), (3, 4)));
        let is_day = linked.is_none() && values.len() == 8 && values.starts_with(&[1, 9]);
        // A cell of nothing else is a sum or a code.
        let in_text = self.text.chars().any(char::is_alphabetic);
        let counts = self.is_amount(run) || self.is_amount(last) || in_address(before);
        let is_piece = of_mobile && PIECE.contains(&values.len()) && grouped && in_text && !is_day && !counts;
        (alone && is_piece).then_some(last.ends)
    }
}

/// Seventeen digits of a place and a day, and one more or an X, grouped as people do: one whose check character is wrong.
fn is_identity_by_form(series: &Series<'_>) -> bool {
    let Some((body, rest)) = series.values.split_first_chunk::<BODY>() else { return false };
    let check = matches!(rest, [_]) || (rest.is_empty() && series.last.x);
    let mut lengths = series.lengths.to_vec();
    if rest.is_empty()
        && let Some(last) = lengths.last_mut()
    {
        *last += 1;
    }
    let grouped = matches!(
        lengths.as_slice(),
        [18] | [6, 8, 4]
            | [6, 12]
            | [14, 4]
            | [6, 4, 4, 4]
            | [6, 4, 2, 2, 4]
            | [4, 4, 4, 4, 2]
            | [3, 3, 4, 4, 4]
            | [17, 1]
            | [6, 8, 3, 1]
            | [10, 8]
            | [6, 6, 6]
    ) || lengths.iter().all(|length| *length == 1);
    let born = || identity::born_by_form(body).is_some_and(|year| year < SERIALS_SINCE);
    check && grouped && !series.held.differs && born()
}

/// A bank card's number: of `UnionPay`, or of another house where its check digit holds.
fn is_card(series: &Series<'_>) -> bool {
    let values = series.values;
    let grouped = match series.lengths {
        [_] => true,
        [first @ .., last] => first.iter().all(|length| *length == 4) && *last <= 4,
        [] => false,
    };
    let house = match values {
        [6, 2, ..] => true,
        [4, ..] | [5, 1..=5, ..] | [3, 5, ..] => values.len() == *CARD.start() && luhn(values),
        _ => false,
    };
    CARD.contains(&values.len()) && grouped && series.is_plain() && house
}

/// The check of ISO/IEC 7812.
fn luhn(values: &[u8]) -> bool {
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(at, value)| match (at % 2, u32::from(*value)) {
            (0, value) => value,
            (_, value) => value * 2 / 10 + value * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether all digits of a telephone together are a mobile number, however they are grouped.
fn is_mobile_in_all(read: &Digits<'_>) -> bool {
    is_mobile(&read.values, &[read.values.len()]) && read.runs.iter().skip(1).all(|run| run.gap != Gap::Parted)
}

/// Passports and permits by their form, plates, and mail addresses that are numbers.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(|c: char| c.is_ascii_alphanumeric())) {
        let begins = from + start;
        let rest = text.get(begins..).unwrap_or_default();
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (before, word, after) = (
            text.get(..begins).unwrap_or_default(),
            rest.get(..length).unwrap_or_default(),
            rest.get(length..).unwrap_or_default(),
        );
        from = begins + length;
        if let Some(more) = of_document(before, word, after) {
            found.push(begins..from + more);
        } else if let Some(range) = of_car(text, begins, word, after) {
            found.push(range);
        } else if word.len() >= 5 && word.bytes().all(|byte| byte.is_ascii_digit()) && after.starts_with('@') {
            found.push(begins..from);
        }
    }
    found
}

/// Letters that passports and permits of one letter and eight digits, or ten, begin with.
const OF_ONE: &[u8] = b"CDEGHKLMPSTW";
/// First letters of those with two.
const OF_TWO: &[u8] = b"CDEHKLMPS";

/// Bytes behind the word that belong to the number, where it is one of a passport, a permit of passage or residence, a Hong Kong identity card.
fn of_document(before: &str, word: &str, after: &str) -> Option<usize> {
    let joins = |c: char| matches!(c, '-' | '_' | '/' | '.' | '@' | ':' | '=' | '&' | '〔' | '[');
    if before.ends_with(joins) && !before.ends_with(':') || in_address(before) {
        return None;
    }
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (head, digits) = word.split_at_checked(letters)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let first = head.bytes().next()?.to_ascii_uppercase();
    if letters <= 2
        && digits.len() == 6
        && let Some(rest) = after.strip_prefix(['(', '（'])
    {
        let mut rest = rest.chars();
        let check =
            rest.next().is_some_and(|c| c.is_ascii_digit() || c == 'A') && matches!(rest.next(), Some(')' | '）'));
        return check.then_some(after.chars().take(2).map(char::len_utf8).sum());
    }
    if after.starts_with(joins) {
        return None;
    }
    let is_one = match (letters, digits.len()) {
        (1, 8 | 10) => OF_ONE.contains(&first),
        (2, 7) => OF_TWO.contains(&first),
        (3, 12) => true,
        _ => false,
    };
    is_one.then_some(0)
}

/// The plate of a car: a province, a letter, five or six letters and digits.
fn of_car(text: &str, begins: usize, word: &str, after: &str) -> Option<Range<usize>> {
    let (province, _) = text.get(..begins)?.char_indices().next_back().filter(|(_, c)| PROVINCES.contains(*c))?;
    let letter = word.bytes().next().filter(u8::is_ascii_alphabetic)?;
    let dot =
        after.starts_with(['·', '•', '・', '.', ' ', '-']).then(|| after.chars().next().map_or(0, char::len_utf8));
    let (rest, ends) = match (word.get(1..)?, dot) {
        ("", Some(dot)) => {
            let rest = after.get(dot..)?;
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            (rest.get(..length)?, begins + 1 + dot + length)
        }
        (rest, _) => (rest, begins + word.len()),
    };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let behind = text.get(ends..).unwrap_or_default();
    let is_plate = matches!(rest.len(), 5 | 6)
        && digits >= LOOKED_AT_MIN
        && !letter.eq_ignore_ascii_case(&b'I')
        && !behind.starts_with(['号', '-', '〕']);
    is_plate.then_some(province..ends)
}

#[cfg(test)]
mod tests;
