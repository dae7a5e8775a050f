//! One spelling of the many in which dates are typed: numbers in Chinese to digits, blanks out, one dash for a range.

use crate::fold;

/// A digit of a Chinese number, in the plain and in the formal spelling. The circle and the letter are typed for 〇.
fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '○' | '零' | 'O' | 'o' | '0' => 0,
        '一' | '壹' | '元' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Tens of a Chinese number.
fn tens(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 1,
        '廿' => 2,
        '卅' => 3,
        _ => return None,
    })
}

/// Whether a character is one that numbers are written with.
pub(super) fn is_numeral(c: char) -> bool {
    digit(c).is_some() || tens(c).is_some()
}

/// Whether a character says by itself that a Chinese number stands here: 0, O and 元 are also other things.
fn is_chinese(c: char) -> bool {
    is_numeral(c) && !matches!(c, '0' | 'O' | 'o' | '元')
}

/// The text in digits, half width, with `-` for every dash, and without blanks but for those between two digits.
pub(super) fn plain(text: &str) -> Vec<char> {
    let chars: Vec<char> = fold::width(text)
        .chars()
        .map(|c| match c {
            '–' | '—' | '―' | '‐' | '‑' | '‒' | '−' | '─' | '﹣' => '-',
            '〜' | '∼' | '～' => '~',
            '。' | '·' | '•' => '.',
            '[' | '【' | '〔' | '{' | '〖' => '(',
            ']' | '】' | '〕' | '}' | '〗' => ')',
            other => other,
        })
        .collect();
    let chars = without_blanks(&chars);
    let mut plain = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| is_numeral(**c)).count();
        if run == 0 || chars[at].is_ascii_digit() {
            plain.push(chars[at]);
            at += 1;
            continue;
        }
        let numerals = &chars[at..at + run];
        at += run;
        put(numerals, &chars[at..], &mut plain);
    }
    plain.dedup_by(|next, last| *next == '-' && *last == '-');
    plain
}

/// Puts a run of numerals, by what stands behind it: a unit of time, or the year that a 一 typed for a dash leads to.
fn put(numerals: &[char], behind: &[char], plain: &mut Vec<char>) {
    let after_a_date = plain.last().is_some_and(|c| c.is_ascii_digit() || matches!(c, '年' | '月' | '日' | '号' | '.'));
    let unit = matches!(
        behind,
        ['年' | '月' | '日' | '号', ..] | ['个' | '周', '年' | '月', ..] | ['学', '年', ..] | ['个', '学', '年', ..]
    );
    let dashes = numerals.iter().take_while(|c| **c == '一').count();
    // 9月一2026年8月, and 九月一二〇二六年八月.
    let to_digits = dashes == numerals.len() && behind.first().is_some_and(char::is_ascii_digit);
    let to_a_year = unit && behind.first() == Some(&'年') && dashes > 0 && numerals.len() == 5;
    if after_a_date && to_digits {
        plain.push('-');
    } else if after_a_date && to_a_year {
        plain.push('-');
        plain.extend(value(&numerals[1..]));
    } else if unit && numerals.iter().any(|c| is_chinese(*c)) {
        plain.extend(value(numerals));
    } else {
        plain.extend(numerals);
    }
}

/// A Chinese number in digits: 二〇二四 digit by digit, 三十一 by its value.
fn value(numerals: &[char]) -> Vec<char> {
    let Some(at) = numerals.iter().position(|c| tens(*c).is_some()) else {
        return numerals.iter().filter_map(|c| char::from_digit(digit(*c)?, 10)).collect();
    };
    let before = numerals[..at].iter().filter_map(|c| digit(*c)).fold(None, |n, d| Some(n.unwrap_or(0) * 10 + d));
    let after = numerals[at + 1..].iter().filter_map(|c| digit(*c)).fold(0, |n, d| n * 10 + d);
    let number = before.unwrap_or(1) * tens(numerals[at]).unwrap_or(1) * 10 + after;
    number.to_string().chars().collect()
}

/// Blanks only between two digits, and one there.
fn without_blanks(chars: &[char]) -> Vec<char> {
    let mut kept: Vec<char> = Vec::with_capacity(chars.len());
    for (at, c) in chars.iter().enumerate() {
        if !c.is_whitespace() {
            kept.push(*c);
            continue;
        }
        let next = chars[at..].iter().find(|c| !c.is_whitespace());
        let between = kept.last().is_some_and(char::is_ascii_digit) && next.is_some_and(char::is_ascii_digit);
        if between {
            kept.push(' ');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_come_to_one() {
        for (text, expected) in [
            ("二〇二四年三月一日", "2024年3月1日"),
            ("二○二四年十二月三十一日", "2024年12月31日"),
            ("二零二四年二十月廿三日", "2024年20月23日"),
            ("二O二四年十月十日", "2024年10月10日"),
            ("2024 年 3 月 1 日", "2024年3月1日"),
            ("2024. 3. 1", "2024.3.1"),
            ("2024 03 01", "2024 03 01"),
            ("2023年9月一2026年8月", "2023年9月-2026年8月"),
            ("二〇二三年九月一二〇二六年八月", "2023年9月-2026年8月"),
            ("2023年9月一日起三年", "2023年9月1日起3年"),
            ("叁年", "3年"),
            ("三十六个月", "36个月"),
            ("2020—2023", "2020-2023"),
            ("2020——2023", "2020-2023"),
            ("第一批", "第一批"),
        ] {
            assert_eq!(plain(text).into_iter().collect::<String>(), expected, "{text}");
        }
    }
}
