//! Titles between rows that name a group and nothing more: 一、邗江区(3家), 五、其他.

use crate::fold;

/// Longest text that may be a group's name alone, in characters.
const CHARS_MAX: usize = 12;

/// A folded title without the number it begins with: 一、 (二) 3. 第四部分
pub(crate) fn without_number(key: &str) -> &str {
    let digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let part = |ending: &str| {
        let rest = key.strip_prefix('第')?.trim_start_matches(digit).strip_prefix(ending)?;
        Some(rest.trim_start_matches([':', '、', ',', '.']))
    };
    if let Some(rest) = ["部分", "类", "组"].into_iter().find_map(part) {
        return rest;
    }
    let rest = key.trim_start_matches('(').trim_start_matches(digit);
    let after = rest.trim_start_matches(['、', '.', ')', ',']);
    let digits = key.starts_with(|c: char| c.is_ascii_digit()) && !rest.starts_with(['年', '月']);
    let numbered = rest.len() < key.len() && (after.len() < rest.len() || digits);
    if numbered { after } else { key }
}

/// The name of a group where a text is that, folded: without its number, its notes, and how many there are.
pub(crate) fn name(text: &str) -> Option<String> {
    let key = fold::key(text);
    let (base, _notes) = fold::without_notes(without_number(&key));
    let base = base.trim_end_matches([':', ';', '。', ',', '、']);
    let counted = base.trim_end_matches(['家', '所', '个', '处', '户']);
    let uncounted = counted.trim_end_matches(|c: char| c.is_ascii_digit());
    let base =
        if uncounted.len() < counted.len() { uncounted.trim_end_matches(['共', '计', ':', ',']) } else { base };
    (2..=CHARS_MAX).contains(&base.chars().count()).then(|| base.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_named_without_its_number_and_how_many_there_are() {
        for (text, expected) in [
            ("一、邗江区", Some("邗江区")),
            ("（二）江都区（3家）", Some("江都区")),
            ("3.其他", Some("其他")),
            ("第四部分:市直属", Some("市直属")),
            ("邗江区2家", Some("邗江区")),
            ("邗江区:共12所", Some("邗江区")),
            ("功能区：", Some("功能区")),
            ("三家", Some("三家")),
            ("扬州市2024年普惠托育机构认定名单", None),
            ("", None),
        ] {
            assert_eq!(name(text).as_deref(), expected, "{text}");
        }
    }
}
