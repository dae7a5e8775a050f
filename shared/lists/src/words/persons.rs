//! Words beside which a text names a person or gives a person's number (负责人张三, QQ 12345678): `data/words/persons.csv`, `numbers_of_persons.csv`,
//! `surnames.csv`, `forms_of_address.csv`.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/persons.csv");
const NUMBERS: &str = include_str!("../../../../data/words/numbers_of_persons.csv");
const SURNAMES: &str = include_str!("../../../../data/words/surnames.csv");
const FORMS: &str = include_str!("../../../../data/words/forms_of_address.csv");

static KNOWN: LazyLock<Vec<String>> =
    LazyLock::new(|| super::rows(TABLE).filter_map(|row| Some(fold::key(row.get(0)?))).collect());

/// Words of one kind by their first characters, each word's longest first.
type ByFirst<T> = HashMap<char, Vec<(Vec<char>, T)>>;

fn by_first<T>(words: impl Iterator<Item = (String, T)>) -> ByFirst<T> {
    let mut found: ByFirst<T> = HashMap::new();
    for (word, value) in words {
        let chars: Vec<char> = word.chars().collect();
        let Some(first) = chars.first().copied() else { continue };
        found.entry(first).or_default().push((chars, value));
    }
    for words in found.values_mut() {
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    found
}

/// The word that begins here, and its length.
fn begins<'w, T>(words: &'w ByFirst<T>, chars: &[Placed]) -> Option<(usize, &'w T)> {
    let own = words.get(&chars.first()?.0)?;
    let fits = |word: &[char]| chars.get(..word.len()).is_some_and(|own| own.iter().map(|(c, _)| c).eq(word));
    own.iter().find(|(word, _)| fits(word)).map(|(word, value)| (word.len(), value))
}

static BEFORE_NAMES: LazyLock<ByFirst<()>> =
    LazyLock::new(|| by_first(KNOWN.iter().map(|word| (word.trim_end_matches(':').to_owned(), ()))));
static BEFORE_NUMBERS: LazyLock<ByFirst<Kind>> = LazyLock::new(|| {
    by_first(super::rows(NUMBERS).filter_map(|row| Some((fold::key(row.get(0)?), Kind::of_code(row.get(1)?)?))))
});
static FAMILY_NAMES: LazyLock<ByFirst<()>> =
    LazyLock::new(|| by_first(super::rows(SURNAMES).filter_map(|row| Some((fold::key(row.get(0)?), ())))));
static BEHIND_NAMES: LazyLock<ByFirst<()>> =
    LazyLock::new(|| by_first(super::rows(FORMS).filter_map(|row| Some((fold::key(row.get(0)?), ())))));

/// What stands beside a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A number, behind it.
    Number,
    /// A number or a name of letters, behind it.
    Account,
    /// A day of birth, behind or before it.
    Born,
    /// It ends an address of mail, whose name stands before it.
    Mail,
}

impl Kind {
    fn of_code(code: &str) -> Option<Self> {
        Some(match code {
            "number" => Self::Number,
            "account" => Self::Account,
            "born" => Self::Born,
            "mail" => Self::Mail,
            _ => return None,
        })
    }
}

/// A character of a key and where it stands in the text.
type Placed = (char, Range<usize>);

/// Characters between a word and its number.
const BETWEEN_MAX: usize = 6;
/// Fewest digits of a number that is worth covering.
const DIGITS_MIN: usize = 4;
/// Fewest letters of an account's name.
const LETTERS_MIN: usize = 5;
/// Most characters of a given name.
const GIVEN_MAX: usize = 2;

/// Whether a text seems to name a person: one of the words, and right behind it, or behind a colon, what can be a name. A note too many is left
/// out rather than a name kept.
pub fn is_named(text: &str) -> bool {
    let key = fold::key(text);
    KNOWN.iter().flat_map(|word| key.match_indices(word.as_str()).map(|(at, word)| &key[at + word.len()..])).any(
        |rest| {
            let rest = rest.trim_start_matches([':', '是', '为', '(']);
            rest.chars().take_while(|c| is_han(*c)).take(2).count() == 2
        },
    )
}

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9FFF}').contains(&c)
}

/// Where a text gives a number of a person by the word beside it, in bytes.
pub(crate) fn numbers(text: &str) -> Vec<Range<usize>> {
    let latin = |c: &char| c.is_ascii_alphanumeric() || ('\u{FF10}'..='\u{FF5A}').contains(c);
    if text.chars().filter(latin).take(DIGITS_MIN).count() < DIGITS_MIN {
        return Vec::new();
    }
    let key = fold::key_with_places(text);
    let mut found = Vec::new();
    for at in 0..key.len() {
        if let Some(range) = key.get(at).filter(|(c, _)| *c == '生').and_then(|_| born_before(&key, at)) {
            found.push(range);
        }
        let Some((length, kind)) = begins(&BEFORE_NUMBERS, key.get(at..).unwrap_or_default()) else { continue };
        let (before, behind) = (key.get(..at).unwrap_or_default(), key.get(at + length..).unwrap_or_default());
        let own = key.get(at..at + length).unwrap_or_default();
        let in_word = |c: Option<&Placed>, edge: &Placed| {
            edge.0.is_ascii_alphabetic() && c.is_some_and(|(c, _)| c.is_ascii_alphabetic())
        };
        if *kind != Kind::Mail && own.first().is_some_and(|edge| in_word(before.last(), edge)) {
            continue;
        }
        match kind {
            Kind::Number | Kind::Account => found.extend(behind_word(behind, *kind)),
            Kind::Born => found.extend(days(behind, BETWEEN_MAX).or_else(|| day_at_end(before))),
            Kind::Mail => {
                let name = before.iter().rev().take_while(|(c, _)| is_of_mail(*c)).count();
                let first = before.len().checked_sub(name).and_then(|first| before.get(first));
                let last = own.last();
                found.extend(first.zip(last).filter(|_| name > 0).map(|(first, last)| first.1.start..last.1.end));
            }
        }
    }
    found
}

fn is_of_mail(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+')
}

/// The numbers behind a word: the next one, and another where a few characters say that it is a part of the same.
fn behind_word(mut behind: &[Placed], kind: Kind) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    loop {
        let of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
        let gap = behind.iter().take_while(|(c, _)| !c.is_ascii_alphanumeric()).count();
        let between = behind.get(..gap).unwrap_or_default();
        let says = |c: char| between.iter().any(|(own, _)| *own == c);
        // 微信公众号 is the body's own; a sentence further on is another matter.
        if gap > BETWEEN_MAX || says('众') || says('。') || (!found.is_empty() && !says('位')) {
            return found;
        }
        let rest = behind.get(gap..).unwrap_or_default();
        let length = rest.iter().take_while(|(c, _)| of_token(*c)).count();
        let token = rest.get(..length).unwrap_or_default();
        let digits = token.iter().filter(|(c, _)| c.is_ascii_digit()).count();
        let counts = rest.get(length).is_some_and(|(c, _)| "年月日元所家人个万平%号".contains(*c));
        let is_number = digits >= DIGITS_MIN || (kind == Kind::Account && token.len() >= LETTERS_MIN);
        let (Some(first), Some(last)) = (token.first(), token.last()) else { return found };
        if !is_number || counts {
            return found;
        }
        found.push(first.1.start..last.1.end);
        behind = rest.get(length..).unwrap_or_default();
    }
}

fn is_of_day(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '年' | '月' | '日' | '.' | '-' | '/')
}

/// The day that begins so many characters on, at most.
fn days(behind: &[Placed], between: usize) -> Option<Range<usize>> {
    let gap = behind.iter().take_while(|(c, _)| !c.is_ascii_digit()).count();
    let day = behind.get(gap..)?;
    let length = day.iter().take_while(|(c, _)| is_of_day(*c)).count();
    let day = day.get(..length)?;
    let digits = day.iter().filter(|(c, _)| c.is_ascii_digit()).count();
    (gap <= between && digits >= DIGITS_MIN).then(|| Some(day.first()?.1.start..day.last()?.1.end)).flatten()
}

/// The day that a text ends with: more than a year.
fn day_at_end(before: &[Placed]) -> Option<Range<usize>> {
    let length = before.iter().rev().take_while(|(c, _)| is_of_day(*c)).count();
    let day = before.get(before.len() - length..)?;
    let digits = day.iter().filter(|(c, _)| c.is_ascii_digit()).count();
    (digits > DIGITS_MIN).then(|| Some(day.first()?.1.start..day.last()?.1.end)).flatten()
}

/// 1951年1月1日生: the day, where 生 ends the words.
fn born_before(key: &[Placed], at: usize) -> Option<Range<usize>> {
    if goes_on(key, at) { None } else { day_at_end(key.get(..at)?) }
}

/// Where a text names a person: behind a word that says so, before a form of address, and beside a number of a person. In bytes.
pub(crate) fn names(text: &str, numbers: &[Range<usize>]) -> Vec<Range<usize>> {
    let key = fold::key_with_places(text);
    let mut found = Vec::new();
    for at in 0..key.len() {
        let rest = key.get(at..).unwrap_or_default();
        if let Some((length, ())) = begins(&BEFORE_NAMES, rest) {
            let behind = rest.get(length..).unwrap_or_default();
            let gap = behind.iter().take_while(|(c, _)| matches!(c, ':' | '(' | '是' | '为' | '-')).count();
            found.extend(behind.get(gap..).and_then(name_at));
        }
        let parted = at.checked_sub(1).is_none_or(|left| !goes_on(&key, left));
        if parted && let Some(name) = addressed(rest) {
            found.push(name);
        }
    }
    for number in numbers {
        let before: Vec<Placed> = key.iter().filter(|(_, place)| place.end <= number.start).cloned().collect();
        let behind = key.iter().position(|(_, place)| place.start >= number.end).unwrap_or(key.len());
        found.extend(name_before(&before));
        let behind = key.get(behind..).unwrap_or_default();
        let gap = behind.iter().take(2).take_while(|(c, _)| is_between(*c)).count();
        found.extend(behind.get(gap..).and_then(name_at));
    }
    found
}

/// What may stand between a number and the name it is of.
fn is_between(c: char) -> bool {
    matches!(c, ':' | '(' | ')' | ',' | '、' | '-' | '/')
}

/// Whether the character of the key goes on in the next one: both are Chinese, and nothing stands between.
fn goes_on(key: &[Placed], at: usize) -> bool {
    match (key.get(at), key.get(at + 1)) {
        (Some((one, left)), Some((other, right))) => is_han(*one) && is_han(*other) && left.end == right.start,
        _ => false,
    }
}

/// The name that begins here and ends where the words end.
fn name_at(rest: &[Placed]) -> Option<Range<usize>> {
    let (family, ()) = begins(&FAMILY_NAMES, rest)?;
    let run = 1 + (0..rest.len()).take_while(|at| goes_on(rest, *at)).count();
    let fits = |length: &usize| {
        let behind = rest.get(*length..).unwrap_or_default();
        *length == run
            || (*length < run && begins(&BEFORE_NUMBERS, behind).is_some())
            || (*length < run && behind.first().is_some_and(|(c, _)| matches!(c, '电' | '联')))
    };
    let length = (family + 1..=family + GIVEN_MAX).rev().find(fits)?;
    Some(rest.first()?.1.start..rest.get(length - 1)?.1.end)
}

/// The name that ends right before a number.
fn name_before(before: &[Placed]) -> Option<Range<usize>> {
    let gap = before.iter().rev().take(2).take_while(|(c, _)| is_between(*c)).count();
    let before = before.get(..before.len() - gap)?;
    let last = before.len().checked_sub(1)?;
    let run = 1 + (0..last).rev().take_while(|at| goes_on(before, *at)).count();
    let name = before.get(before.len() - run..)?;
    let (family, ()) = begins(&FAMILY_NAMES, name)?;
    ((family + 1..=family + GIVEN_MAX).contains(&run) && is_han(name.first()?.0))
        .then(|| Some(name.first()?.1.start..name.last()?.1.end))
        .flatten()
}

/// The name that begins here and is followed by a form of address: 李老师.
fn addressed(rest: &[Placed]) -> Option<Range<usize>> {
    let (family, ()) = begins(&FAMILY_NAMES, rest)?;
    let length = (family..=family + GIVEN_MAX).find(|length| {
        let form = rest.get(*length..).and_then(|behind| begins(&BEHIND_NAMES, behind));
        (0..length.saturating_sub(1)).all(|at| goes_on(rest, at))
            && form.is_some_and(|(form, ())| !goes_on(rest, length + form - 1))
    })?;
    Some(rest.first()?.1.start..rest.get(length - 1)?.1.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(KNOWN.len() + 1, TABLE.lines().count());
        let words = |words: &ByFirst<()>| words.values().map(Vec::len).sum::<usize>();
        assert_eq!(BEFORE_NUMBERS.values().map(Vec::len).sum::<usize>() + 1, NUMBERS.lines().count());
        assert_eq!(words(&FAMILY_NAMES) + 1, SURNAMES.lines().count());
        assert_eq!(words(&BEHIND_NAMES) + 1, FORMS.lines().count());
    }

    #[test]
    fn a_name_stands_behind_its_word() {
        for text in ["负责人张三", "联系人:李 四", "園長：王五 电话另附", "(法定代表人：赵六)"]
        {
            assert!(is_named(text), "{text}");
        }
        for text in ["设有老年餐桌", "无负责人", "火车站长江路1号", "人民医院长安路院区"] {
            assert!(!is_named(text), "{text}");
        }
    }

    fn covered(text: &str, ranges: &[Range<usize>]) -> String {
        let cover = |(at, c): (usize, char)| {
            if c.is_alphanumeric() && ranges.iter().any(|range| range.contains(&at)) { '█' } else { c }
        };
        text.char_indices().map(cover).collect()
    }

    #[test]
    fn a_word_says_whose_a_number_is() {
        for (text, expected) in [
            ("银行卡6222", "银行卡████"),
            ("护照号码:E1234", "护照号码:█████"),
            ("QQ:123456789", "QQ:█████████"),
            ("ＱＱ１２３４５６７８９", "ＱＱ█████████"),
            ("扣扣 12345", "扣扣 █████"),
            ("微信:wx13812345678", "微信:█████████████"),
            ("微信号 zhangsan_8", "微信号 ████████_█"),
            ("wx: zhangsan", "wx: ████████"),
            ("身份证尾号1234", "身份证尾号████"),
            ("手机后四位5678前七位1381234", "手机后四位████前七位███████"),
            ("车牌苏K12345", "车牌苏██████"),
            ("出生年月1951.01", "出生年月████.██"),
            ("生日:1951年1月1日", "生日:█████████"),
            ("1951年1月1日生 户籍湖南", "█████████生 户籍湖南"),
            ("1951-01-01出生", "████-██-██出生"),
            ("zhangsan@qq.com", "████████@██.███"),
            ("邮箱 zhang.san@163.com", "邮箱 █████.███@███.███"),
            // No person's.
            ("微信公众号yzjyj2024", "微信公众号yzjyj2024"),
            ("凭身份证办理,2024年5月起", "凭身份证办理,2024年5月起"),
            ("手机店文昌路1234号", "手机店文昌路1234号"),
            ("jyj@yangzhou.gov.cn", "jyj@yangzhou.gov.cn"),
            ("2024年9月生效", "2024年9月生效"),
            ("2024年生均经费1234", "2024年生均经费1234"),
            ("扬邗教〔2024〕15号", "扬邗教〔2024〕15号"),
        ] {
            assert_eq!(covered(text, &numbers(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_name_is_found_beside_its_word_its_number_and_its_form_of_address() {
        for (text, number, expected) in [
            ("联系人李建国", None, "联系人███"),
            ("负责人 欧阳小明 0514", None, "负责人 ████ 0514"),
            ("(园长:王五)", None, "(园长:██)"),
            ("园长王五 另附", None, "园长██ 另附"),
            ("负责人李建国电话0514", None, "负责人███电话0514"),
            ("李老师", None, "█老师"),
            ("文昌路1号(王大妈)", None, "文昌路1号(█大妈)"),
            ("秦邮路1号 李建国 138", Some(138), "秦邮路1号 ███ 138"),
            ("通过(李建国138)", Some(138), "通过(███138)"),
            ("138 李建国", Some(138), "138 ███"),
            ("138(李建国)", Some(138), "138(███)"),
            // No names.
            ("联系人及电话", None, "联系人及电话"),
            ("负责人电话", None, "负责人电话"),
            ("法人登记证书", None, "法人登记证书"),
            ("人民医院长安路院区", None, "人民医院长安路院区"),
            ("园长办公室", None, "园长办公室"),
            ("新老师范路", None, "新老师范路"),
            ("文昌路1号 电话 138", Some(138), "文昌路1号 电话 138"),
        ] {
            let numbers: Vec<Range<usize>> = number
                .and_then(|number: u32| text.find(&number.to_string()))
                .map(|at| at..at + 3)
                .into_iter()
                .collect();
            assert_eq!(covered(text, &names(text, &numbers)), expected, "{text}");
        }
    }
}
