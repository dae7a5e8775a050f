//! Foldings that make two spellings of one text equal: width, white space, case, characters nobody sees.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use domain::is_unseen;

const TRADITIONAL: &str = include_str!("../../../data/tables/traditional_characters.csv");

/// Simplified characters by their traditional forms.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pair = |line: &str| {
        let (traditional, simplified) = line.split_once(',')?;
        Some((traditional.chars().next()?, simplified.chars().next()?))
    };
    TRADITIONAL.lines().skip(1).filter_map(pair).collect()
});

/// The ASCII form of a full-width character. Bureaus type `（`, `：` and `Ａ` as often as `(`, `:` and `A`.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// A cell as it is kept: characters that nobody sees out, line breaks and tabs to one space, no outer white space.
pub(crate) fn clean(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut broken = false;
    for c in text.chars().filter(|c| !is_unseen(*c)) {
        if matches!(c, '\r' | '\n' | '\t' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            broken = true;
            continue;
        }
        if std::mem::take(&mut broken) {
            kept.push(' ');
        }
        kept.push(c);
    }
    kept.trim().to_owned()
}

/// Half width, no white space. Two outlets of one county whose names are equal in this form are one outlet.
pub(crate) fn name(text: &str) -> String {
    text.chars().map(narrow).filter(|c| !c.is_whitespace() && !is_unseen(*c)).collect()
}

/// As [`name`], and lower case, in simplified characters, with one form of each bracket: for headings, words, categories, places.
pub(crate) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    key.extend(keyed(text));
    key
}

/// As [`key`], each character with where it stands in the text.
pub(crate) fn key_with_places(text: &str) -> Vec<(char, Range<usize>)> {
    let each = text.char_indices().map(|(at, c)| (at, at + c.len_utf8()));
    each.flat_map(|(begins, ends)| keyed(text.get(begins..ends).unwrap_or_default()).map(move |c| (c, begins..ends)))
        .collect()
}

fn keyed(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(narrow).flat_map(|c| {
        let c = match c {
            '〔' | '【' | '[' | '〈' | '《' | '「' | '{' => '(',
            '〕' | '】' | ']' | '〉' | '》' | '」' | '}' => ')',
            // Nothing below has a simpler form.
            ..='\u{2E7F}' => c,
            _ => SIMPLIFIED.get(&c).copied().unwrap_or(c),
        };
        // Nearly all of it is these, which have no case and are seen.
        let (as_it_is, lower) = match c {
            '\u{4E00}'..='\u{9FFF}' | '!'..='@' | '['..='~' => (Some(c), None),
            _ if c.is_whitespace() || is_unseen(c) => (None, None),
            _ => (None, Some(c.to_lowercase())),
        };
        as_it_is.into_iter().chain(lower.into_iter().flatten())
    })
}

/// Half width, white space kept: for dates and telephone numbers.
pub(crate) fn width(text: &str) -> String {
    text.chars().map(narrow).collect()
}

/// Takes the notes in round brackets out of a text: what is outside, and what is inside, joined by spaces.
pub(crate) fn without_notes(text: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '(' => {
                depth += 1;
                inside.push(' ');
            }
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => inside.push(c),
            _ => outside.push(c),
        }
    }
    (outside, inside)
}

/// At most `max` characters of a text, with an ellipsis where it was cut.
pub(crate) fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_fold_to_one_form() {
        assert_eq!(key(" 机构　名称（ＡＢ）\u{200B}"), "机构名称(ab)");
        assert_eq!(key("機構名稱【園】"), "机构名称(园)");
        assert_eq!(name("Ａ 园\n"), "A园");
        assert_eq!(clean(" 阳光\r\n幼儿园\u{202E} "), "阳光 幼儿园");
        assert_eq!(clean("\u{3164}阳光\u{2028}幼儿园\u{E0041}"), "阳光 幼儿园");
        assert_eq!(without_notes("甲(乙(丙))丁)"), ("甲丁".to_owned(), " 乙 丙".to_owned()));
        assert_eq!((cut("一二三", 3).as_str(), cut("一二三四", 3).as_str()), ("一二三", "一二…"));
    }
}
