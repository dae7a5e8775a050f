//! Document numbers (文号) as they are compared: by their parts, 机关代字, year and number, however they are typed.

use super::text::{DocumentNumber, Text};
use super::unseen::is_unseen;

/// What people write for the brackets around the year (六角括号 by GB/T 9704), each pair.
const BRACKETS: [(char, char); 11] = [
    ('〔', '〕'),
    ('[', ']'),
    ('(', ')'),
    ('【', '】'),
    ('{', '}'),
    ('<', '>'),
    ('〈', '〉'),
    ('《', '》'),
    ('「', '」'),
    ('〖', '〗'),
    ('﹝', '﹞'),
];

/// A document number in the one way in which it is compared: 扬邗卫〔2026〕12号 of `扬邗卫[2026]12号`, 扬邗卫（２０２６） 第012号 and
/// 扬邗卫2026年第12号 alike. What has no such parts is compared without its blanks, width, case and kinds of bracket.
pub fn document_key(number: &str) -> String {
    let folded: String = number
        .chars()
        .filter(|c| !c.is_whitespace() && !is_unseen(*c))
        .map(half)
        .flat_map(char::to_lowercase)
        .map(bracket)
        .collect();
    let parts = by_brackets(&folded).or_else(|| by_year(&folded));
    match parts {
        Some((office, year, number)) => format!("{office}〔{year}〕{number}号"),
        None => folded,
    }
}

/// Whether two numbers are of one document.
pub(crate) fn is_same_document(one: &DocumentNumber, other: &DocumentNumber) -> bool {
    one == other || document_key(one.as_str()) == document_key(other.as_str())
}

/// The number as it is compared, where that is one.
pub(crate) fn as_compared(number: &DocumentNumber) -> DocumentNumber {
    Text::stored(&document_key(number.as_str())).unwrap_or_else(|_| number.clone())
}

fn half(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

fn bracket(c: char) -> char {
    let pair = BRACKETS.iter().find(|(open, close)| c == *open || c == *close);
    pair.map_or(c, |(open, _)| if c == *open { '〔' } else { '〕' })
}

/// 扬邗卫〔2026〕12号: the year stands in brackets, and the number behind it ends the text.
fn by_brackets(folded: &str) -> Option<(&str, &str, &str)> {
    let (office, rest) = folded.rsplit_once('〔')?;
    let (year, rest) = rest.split_once('〕')?;
    let number = rest.strip_suffix('号').unwrap_or(rest);
    Some((office, of_year(year.strip_suffix('年').unwrap_or(year))?, of_number(number)?))
}

/// 扬州市教育局公告2026年第12号: the year stands as a year.
fn by_year(folded: &str) -> Option<(&str, &str, &str)> {
    let (before, number) = folded.strip_suffix('号')?.rsplit_once('年')?;
    let at = before.len().checked_sub(4).filter(|at| before.is_char_boundary(*at))?;
    let (office, year) = before.split_at(at);
    let is_longer = office.ends_with(|c: char| c.is_ascii_digit());
    Some((office, of_year(year).filter(|_| !is_longer)?, of_number(number)?))
}

fn of_year(text: &str) -> Option<&str> {
    (text.len() == 4 && text.starts_with(['1', '2']) && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// The digits of a number, without what is written before them for its form.
fn of_number(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('第').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| digits.trim_start_matches('0'))?;
    Some(if number.is_empty() { "0" } else { number })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_compared_by_its_parts() {
        for alike in [
            "扬邗卫〔2026〕12号",
            "扬邗卫[2026]12号",
            "扬邗卫(2026)12号",
            "扬邗卫（2026）12号",
            "扬邗卫【2026】12号",
            "扬邗卫［２０２６］１２号",
            "扬邗卫〔2026)12号",
            " 扬邗卫 〔2026〕 12 号 ",
            "扬邗卫\u{3000}〔2026〕\u{200b}12号",
            "扬邗卫〔2026〕第12号",
            "扬邗卫〔2026〕012号",
            "扬邗卫〔2026〕12",
            "扬邗卫〔2026年〕12号",
            "扬邗卫2026年第12号",
            "扬邗卫﹝2026﹞12号",
        ] {
            assert_eq!(document_key(alike), "扬邗卫〔2026〕12号", "{alike}");
        }
        for other in [
            "扬邗卫〔2025〕12号",
            "扬邗卫〔2026〕2号",
            "扬邗卫〔2026〕120号",
            "扬邗教〔2026〕12号",
            "邗卫〔2026〕12号",
            "扬邗卫发〔2026〕12号",
            "扬邗卫〔2026〕12号附件2",
            "扬邗卫202612号",
            "扬邗卫〔12〕2026号",
        ] {
            assert_ne!(document_key(other), "扬邗卫〔2026〕12号", "{other}");
        }
    }

    #[test]
    fn what_has_no_such_parts_is_compared_as_it_is_but_for_its_form() {
        let alike = |one: &str, other: &str| document_key(one) == document_key(other);
        assert!(alike("公告（第3号）", "公告[第3号]") && alike("Ａ－１", "a-1") && alike("2019号", " 2019号"));
        assert!(!alike("2019号", "02019号") && !alike("公告3号", "公告4号") && !alike("", "号"));
        assert!(alike("公告2026年第3号", "公告〔2026〕3号") && !alike("公告12026年第3号", "公告1〔2026〕3号"));
        // Brackets that hold no year belong to the office.
        assert!(
            alike("扬(邗)卫〔2026〕1号", "扬〔邗〕卫[2026]1号") && !alike("扬(邗)卫〔2026〕1号", "扬邗卫〔2026〕1号")
        );
    }

    proptest! {
        #[test]
        fn what_is_compared_is_compared_alike_once_more(text in "[扬卫号年第0-9〔〕\\[\\]()（）【】 a-zA-Z]{0,20}") {
            let once = document_key(&text);
            prop_assert_eq!(document_key(&once), once);
        }
    }
}
