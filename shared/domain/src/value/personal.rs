//! Numbers of persons in a text: identity numbers and mobile numbers, however they are spelt.
//!
//! The log is public in the end and nothing is ever taken out of it, so none of them is let in. What is found: digits of any script, in one
//! run or in groups that blanks, hyphens, dots, low lines, brackets or one or two marks of any other kind hold together, wherever the text goes on
//! right beside them; `x`, `X` and what is typed for it. What is not: numbers in Chinese numerals (一三八〇〇…), numbers glued to other digits
//! without a gap, passports, bank cards, and foreigners' permits of residence, whose numbers cannot be told from credit codes. What a list brings in is
//! looked through with more suspicion ([`numbers_of_persons`](super::numbers_of_persons)): there a number too many is covered rather than one kept.

mod digits;
pub(super) mod suspected;

use arrayvec::ArrayVec;

use super::identity::{self, BODY, OLD, X};
use super::uscc::Uscc;
pub(super) use digits::digit;

/// A number of a person that a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A citizen's identity number.
    Identity,
    /// A mobile number of the mainland.
    Mobile,
}

/// What kind of text is looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything that people write.
    Words,
    /// A document's number. Those that offices give out by place, day and serial have the form of an identity number: of eighteen digits in
    /// one case of eleven, of fifteen in all. None has a day before such numbers came up, and nobody born since is named by one.
    DocumentNumber,
}

/// The first year of birth that is taken for the day in a document's number.
const SERIALS_SINCE: u32 = 2010;
/// Fewest digits of a number of a person: a mobile number's.
pub(super) const DIGITS_MIN: usize = MOBILE;
const MOBILE: usize = 11;
/// What may stand before a mobile number without a gap: the country, and the 0 that was dialled for another city.
const MOBILE_PREFIXES: [&[u8]; 4] = [&[0, 0, 8, 6], &[8, 6], &[0], &[]];
/// Most digits that can be one number of a person: an identity number's.
const LONGEST: usize = BODY + 1;
/// Most digits that are looked at together: a bank card's.
const LONGEST_OF_ALL: usize = 19;

/// The letter X, and what is typed for it: the Roman ten, the sign of multiplication, the Greek and Cyrillic letters of that look.
fn is_x(c: char) -> bool {
    matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ' | '×' | 'Ⅹ' | 'ⅹ' | 'Χ' | 'χ' | 'Х' | 'х')
}

fn is_point(c: char) -> bool {
    matches!(c, '.' | '．')
}

/// Whether two groups of digits with only such characters between them may be one number.
fn links(c: char) -> bool {
    c.is_whitespace()
        || is_point(c)
        || matches!(
            c,
            '-' | '_' | '\u{2010}'
                ..='\u{2015}'
                    | '\u{2212}'
                    | '\u{FE58}'
                    | '\u{FE63}'
                    | '\u{FF0D}'
                    | '\u{FF3F}'
                    | '·'
                    | '•'
                    | '・'
                    | '‧'
                    | '。'
                    | '｡'
        )
}

/// Most marks in one gap that hold groups of digits together, besides those that [`links`] knows.
const MARKS_MAX: u8 = 2;
/// Letters and digits of a hexadecimal number, whose digits are nobody's: such as a hash.
const HEX_MIN: usize = 16;

fn is_bracket(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '（' | '）' | '［' | '］' | '｛' | '｝' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301B}')
}

/// Whether it is a mark: what is no letter, no digit and no sign of money or of parts in hundred. What lengthens a vowel looks like a dash.
fn is_mark(c: char) -> bool {
    let counts = matches!(c, '$' | '￥' | '¥' | '€' | '£' | '＄' | '%' | '％' | '‰' | '℃');
    matches!(c, 'ー' | 'ｰ') || (!c.is_alphanumeric() && !c.is_control() && !counts)
}

/// What stands between a run of digits and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Something that parts them.
    Parted,
    /// One point, as in a decimal fraction.
    Point,
    /// What holds the groups of one number together.
    Linked,
    /// A bracket, and perhaps what links beside it.
    Bracket,
    /// Another mark, and perhaps what links beside it.
    Mark(char),
}

impl Gap {
    /// This gap and one character more; `marks` of it there were.
    fn and(gap: Option<Self>, c: char, marks: &mut u8) -> Self {
        match gap {
            Some(Self::Parted) => Self::Parted,
            None if is_point(c) => Self::Point,
            None | Some(Self::Point) if links(c) => Self::Linked,
            Some(gap) if links(c) => gap,
            gap if is_bracket(c) || is_mark(c) => {
                *marks += 1;
                match gap {
                    _ if *marks > MARKS_MAX => Self::Parted,
                    Some(Self::Mark(first)) => Self::Mark(first),
                    _ if is_bracket(c) => Self::Bracket,
                    _ => Self::Mark(c),
                }
            }
            _ => Self::Parted,
        }
    }
}

/// What holds the groups of a series together.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    links: bool,
    brackets: bool,
    mark: Option<char>,
    /// Whether one mark holds some and another mark or what links holds others: figures that stand side by side.
    differs: bool,
}

impl Held {
    fn and(mut self, gap: Gap) -> Self {
        match gap {
            Gap::Parted => {}
            Gap::Point | Gap::Linked => self.links = true,
            Gap::Bracket => self.brackets = true,
            Gap::Mark(c) => {
                self.differs |= self.mark.is_some_and(|mark| mark != c);
                self.mark = Some(c);
            }
        }
        self.differs |= self.links && self.mark.is_some();
        self
    }

    /// Whether something holds them that people write between figures, too.
    fn is_loose(self) -> bool {
        self.brackets || self.mark.is_some()
    }
}

/// Digits without a gap.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The place of the first among the digits of the text.
    from: usize,
    length: usize,
    gap: Gap,
    /// Whether an X follows, beside it or behind what links.
    x: bool,
    /// Where it begins and ends in the text, in bytes.
    begins: usize,
    ends: usize,
}

/// Whole runs that hold together.
#[derive(Debug, Clone, Copy)]
struct Series<'d> {
    first: &'d Run,
    last: &'d Run,
    values: &'d [u8],
    lengths: &'d [usize],
    held: Held,
}

impl Series<'_> {
    /// Whether its digits are a mobile number by their form and how they are grouped.
    fn is_mobile(&self) -> bool {
        is_mobile(self.values, self.lengths)
            && (!self.held.is_loose() || is_loose_mobile(self.values, self.lengths, self.held))
    }

    /// Whether it is written like a decimal fraction.
    fn is_decimal(&self) -> bool {
        self.lengths.len() == 2 && self.last.gap == Gap::Point
    }
}

/// The digits of a text, and the runs they stand in.
struct Digits<'t> {
    text: &'t str,
    values: Vec<u8>,
    runs: Vec<Run>,
}

impl<'t> Digits<'t> {
    fn of(text: &'t str) -> Self {
        let mut read = Self { text, values: Vec::new(), runs: Vec::new() };
        // What came since the last digit; `None` right behind it.
        let (mut since, mut marks, mut ornate) = (Some(Gap::Parted), 0, false);
        for (at, c) in text.char_indices() {
            if let Some(value) = digit(c) {
                // ①13800138000: a number of a list, and a mobile number behind it.
                let other_look = std::mem::replace(&mut ornate, digits::is_ornate(c)) != ornate;
                let gap = since.take().or_else(|| other_look.then_some(Gap::Linked));
                read.push(value, gap, at, at + c.len_utf8());
                marks = 0;
            } else if since != Some(Gap::Parted) && is_x(c) {
                if let Some(run) = read.runs.last_mut() {
                    run.x = true;
                }
                since = Some(Gap::Parted);
            } else {
                since = Some(Gap::and(since, c, &mut marks));
            }
        }
        read
    }

    fn push(&mut self, value: u8, gap: Option<Gap>, begins: usize, ends: usize) {
        match (gap, self.runs.last_mut()) {
            (None, Some(run)) => {
                run.length += 1;
                run.ends = ends;
            }
            (gap, _) => {
                let gap = gap.unwrap_or(Gap::Parted);
                self.runs.push(Run { from: self.values.len(), length: 1, gap, x: false, begins, ends });
            }
        }
        self.values.push(value);
    }

    /// Looks at every series of whole runs that hold together and have no more than `longest` digits, until one is all that is looked for.
    fn each(&self, longest: usize, mut look: impl FnMut(&Series<'_>) -> bool) {
        for (first, run) in self.runs.iter().enumerate() {
            let mut lengths = ArrayVec::<usize, LONGEST_OF_ALL>::new();
            let (mut total, mut held) = (0, Held::default());
            for (place, next) in self.runs.iter().enumerate().skip(first) {
                total += next.length;
                if (place > first && next.gap == Gap::Parted) || total > longest {
                    break;
                }
                if place > first {
                    held = held.and(next.gap);
                }
                // A run has a digit at least, so there are no more runs than digits.
                lengths.push(next.length);
                let values = self.values.get(run.from..run.from + total).unwrap_or_default();
                if look(&Series { first: run, last: next, values, lengths: &lengths, held }) {
                    return;
                }
            }
        }
    }

    /// An identity number goes before a mobile number: its groups may look like one.
    fn find(&self, kind: Kind) -> Option<Found> {
        let mut found = None;
        self.each(LONGEST, |series| {
            if self.is_surely_identity(series, kind) {
                found = Some(Found::Identity);
                return true;
            }
            if found.is_none() && series.is_mobile() && !self.is_other(series) {
                found = Some(Found::Mobile);
            }
            false
        });
        found
    }

    fn is_surely_identity(&self, series: &Series<'_>, kind: Kind) -> bool {
        is_identity(series.values, series.last.x, kind)
            || (kind == Kind::Words
                && !series.held.is_loose()
                && self.is_old(series.values, series.lengths, series.last))
    }

    /// Whether fifteen digits are an identity number. They have no check character, so it is asked how they are grouped, and that no letter
    /// goes on behind them, as in a credit code.
    fn is_old(&self, values: &[u8], lengths: &[usize], last: &Run) -> bool {
        let goes_on =
            self.text.get(last.ends..).is_some_and(|after| after.starts_with(|c: char| c.is_ascii_alphabetic()));
        <&[u8; OLD]>::try_from(values).is_ok_and(|old| is_grouped_old(lengths) && !goes_on && identity::is_old(old))
    }

    /// Whether it stands in a word of hexadecimal digits that is longer than any number of a person.
    fn in_hex(&self, begins: usize, ends: usize) -> bool {
        let (before, after) = (self.text.get(..begins).unwrap_or_default(), self.text.get(ends..).unwrap_or_default());
        let word = |c: &char| c.is_ascii_alphanumeric();
        let around = || before.chars().rev().take_while(word).chain(after.chars().take_while(word));
        let letters = around().filter(char::is_ascii_alphabetic).count();
        letters > 0 && around().all(|c| c.is_ascii_hexdigit()) && around().count() + (ends - begins) >= HEX_MIN
    }

    /// Whether a run is a part of a whole credit code, which is an organisation's. One that fails its check may be a mobile number in letters.
    fn in_code(&self, run: &Run) -> bool {
        let (before, after) =
            (self.text.get(..run.begins).unwrap_or_default(), self.text.get(run.ends..).unwrap_or_default());
        let of_word = |c: &char| c.is_ascii_alphanumeric();
        // Of ASCII, so a byte each.
        let begins = run.begins - before.chars().rev().take_while(of_word).count();
        let ends = run.ends + after.chars().take_while(of_word).count();
        self.text.get(begins..ends).is_some_and(|word| Uscc::parse(word).is_ok())
    }

    /// Whether what surrounds eleven digits says that they are no mobile number.
    fn is_other(&self, series: &Series<'_>) -> bool {
        series.is_decimal() || self.is_other_number(series)
    }

    fn is_other_number(&self, series: &Series<'_>) -> bool {
        let Series { first, last, lengths, .. } = *series;
        let before = self.text.get(..first.begins).unwrap_or_default();
        let mut after = self.text.get(last.ends..).unwrap_or_default().chars();
        let (left, right) = (before.chars().next_back(), after.next());
        let unit = if right == Some(' ') { after.next() } else { right };
        let amount = left.is_some_and(|c| matches!(c, '¥' | '￥' | '$'))
            || unit.is_some_and(|c| matches!(c, '元' | '万' | '亿'));
        // 苏150〔2026〕1234号: the number of a document around its year.
        let middle = self.values.get(first.from + lengths.first().copied().unwrap_or(0)..);
        let is_year = middle.is_some_and(|middle| middle.starts_with(&[1, 9]) || middle.starts_with(&[2, 0]));
        let of_year = lengths.len() == 3 && last.gap == Gap::Bracket && is_year && right == Some('号');
        // Inside of a code or a hexadecimal number, and in the address of a page, whose numbers are the page's.
        let in_word = || self.in_code(first) || self.in_code(last) || self.in_hex(first.begins, last.ends);
        amount || of_year || in_address(before) || in_word()
    }
}

/// Groups that are held together as figures side by side may be: only such as nobody but a telephone has, and no day.
fn is_loose_mobile(values: &[u8], lengths: &[usize], held: Held) -> bool {
    let of_telephone = matches!(lengths, [.., 8] | [.., 4, 4]) || lengths.iter().all(|length| *length == 1);
    let is_day = lengths.len() == 2
        && values.last_chunk::<8>().is_some_and(|[century, decade, .., ten, month, tens, _]| {
            matches!((century, decade), (1, 9) | (2, 0)) && ten * 10 + month <= 12 && *tens <= 3
        });
    of_telephone && !is_day && !held.differs
}

fn in_address(before: &str) -> bool {
    let begins = before.char_indices().rev().find(|(_, c)| !c.is_ascii() || c.is_ascii_whitespace());
    let word = begins.map_or(before, |(at, c)| before.get(at + c.len_utf8()..).unwrap_or_default());
    word.contains("://")
}

fn is_identity(values: &[u8], x: bool, kind: Kind) -> bool {
    let before = match kind {
        Kind::Words => u32::MAX,
        Kind::DocumentNumber => SERIALS_SINCE,
    };
    let Some((body, rest)) = values.split_first_chunk::<BODY>() else { return false };
    let check = match rest {
        [check] => Some(*check),
        [] if x => Some(X),
        _ => None,
    };
    check.and_then(|check| identity::born(body, check)).is_some_and(|year| year < before)
}

/// How people group fifteen digits. Others are figures that stand side by side.
fn is_grouped_old(lengths: &[usize]) -> bool {
    matches!(lengths, [15] | [6, 9] | [6, 6, 3] | [12, 3] | [4, 4, 4, 3] | [3, 3, 3, 3, 3] | [5, 5, 5])
        || lengths.iter().all(|length| *length == 1)
}

fn is_mobile(values: &[u8], lengths: &[usize]) -> bool {
    MOBILE_PREFIXES.iter().any(|prefix| {
        let Some(number @ [1, second, ..]) = values.strip_prefix(*prefix) else { return false };
        // What stands before it alone is another run's.
        let Some((first, others)) = lengths.split_first() else { return false };
        number.len() == MOBILE
            && *second >= 3
            && *first > prefix.len()
            && is_grouped_mobile(first - prefix.len(), others)
    })
}

/// How people group eleven digits. Others are not looked at: a price and a day beside it are `[3, 4, 2, 2]`.
fn is_grouped_mobile(first: usize, others: &[usize]) -> bool {
    match (first, others) {
        (11, [])
        | (3, [8] | [4, 4] | [3, 5])
        | (4, [4, 3] | [3, 4] | [7])
        | (5, [6])
        | (7, [4])
        | (2, [2, 2, 2, 2, 1]) => true,
        (1, others) => others.iter().all(|length| *length == 1) || others.iter().all(|length| *length == 2),
        _ => false,
    }
}

/// The first number of a person in a text.
pub(super) fn find(text: &str, kind: Kind) -> Option<Found> {
    // Most texts have no digits or few, and are done here.
    if text.chars().filter(|c| digit(*c).is_some()).take(DIGITS_MIN).count() < DIGITS_MIN {
        return None;
    }
    Digits::of(text).find(kind)
}

/// Whether a telephone number, without what is written between its digits, is a mobile's.
pub(super) fn is_mobile_dialled(digits: &str) -> bool {
    let values: ArrayVec<u8, LONGEST> = digits.chars().filter_map(digit).take(LONGEST).collect();
    is_mobile(&values, &[values.len()])
}

#[cfg(test)]
mod tests;
