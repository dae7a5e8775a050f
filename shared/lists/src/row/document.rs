//! The number of a document within a sentence: 根据扬邗教〔2024〕5号文取消.

use domain::{DocumentNumber, Text};

use crate::fold;

/// Longest abbreviation of an office, in characters.
const OFFICE_CHARS_MAX: usize = 12;
/// What stands before a number and is no part of it.
const BEFORE: [&str; 11] = ["根据", "依据", "按照", "参照", "文号", "通知", "公告", "经", "按", "据", "见"];

/// The one number of a document that a text names.
pub(super) fn in_text(text: &str) -> Option<DocumentNumber> {
    let text = fold::width(text).replace(['[', '(', '【'], "〔").replace([']', ')', '】'], "〕");
    let mut found = text.match_indices('〔').filter_map(|(at, bracket)| {
        let (year, rest) = text[at + bracket.len()..].split_once('〕')?;
        let (number, _) = rest.split_once('号')?;
        let number = number.trim().trim_start_matches('第').trim();
        let is_number = |text: &str, longest: usize| {
            (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        };
        let year = year.trim();
        if year.len() != 4 || !is_number(year, 4) || !is_number(number, 5) {
            return None;
        }
        let office = office(&text[..at])?;
        Text::parse(&format!("{office}〔{year}〕{number}号")).ok()
    });
    let first: DocumentNumber = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// The abbreviation of an office that a text ends in.
fn office(before: &str) -> Option<String> {
    let is_part = |c: &char| c.is_alphabetic() && !matches!(c, '于' | '的' | '以' | '由' | '在');
    let run: Vec<char> = before.trim_end().chars().rev().take_while(is_part).collect();
    let run: String = run.into_iter().rev().collect();
    let begin = BEFORE.iter().filter_map(|word| Some(run.rfind(word)? + word.len())).max().unwrap_or(0);
    let office = &run[begin..];
    (1..=OFFICE_CHARS_MAX).contains(&office.chars().count()).then(|| office.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_in_a_sentence_is_found() {
        for (text, expected) in [
            ("根据扬邗教〔2024〕5号文取消", Some("扬邗教〔2024〕5号")),
            ("文号:扬邗卫〔2024〕15号", Some("扬邗卫〔2024〕15号")),
            ("见仪卫[2024]第5号", Some("仪卫〔2024〕5号")),
            ("关于取消认定的通知（扬教发（2024）12号）", Some("扬教发〔2024〕12号")),
            ("扬邗教〔2024〕5号、扬邗教〔2024〕6号", None),
            ("(2024年)5号楼", None),
            ("〔2024〕5号", None),
            ("2024年10月29日取消", None),
        ] {
            assert_eq!(in_text(text).map(|number| number.to_string()).as_deref(), expected, "{text}");
        }
    }
}
