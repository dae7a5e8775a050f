//! A natural person's name as published: the surname, the rest masked.

use super::invalid::Invalid;
use super::text::{NAME_CHARS_MAX, Text};

/// What stands for the characters left out.
const MASKS: [char; 3] = ['*', '＊', '某'];
/// Most characters of a surname (欧阳).
const SURNAME_CHARS_MAX: usize = 2;
/// Most characters left out.
const MASKED_CHARS_MAX: usize = 3;

impl Text<NAME_CHARS_MAX> {
    /// Reads a natural person's name, which is kept only as bureaus publish it: a surname of one or two characters and up to three marks of one
    /// kind, 张*, 张**, 张某, 张某某, 欧阳**.
    pub fn parse_masked(text: &str) -> Result<Self, Invalid> {
        let name = Self::parse(text)?;
        if is_masked(name.as_str()) {
            return Ok(name);
        }
        Err(Invalid::new(
            "NAME_NOT_MASKED",
            "自然人姓名只按公示写法录入,留姓隐名,如 张*、张某某;全名只留在本单位案卷中",
            "a natural person is named as published, the surname with the rest masked, 张* or 张某某: keep the full name in the bureau's own file",
        ))
    }
}

fn is_masked(name: &str) -> bool {
    let surname: usize = name.chars().take_while(|c| !MASKS.contains(c)).count();
    let mut marks = name.chars().skip(surname);
    let Some(mark) = marks.next() else { return false };
    (1..=SURNAME_CHARS_MAX).contains(&surname)
        && name.chars().take(surname).all(is_han)
        && marks.clone().count() < MASKED_CHARS_MAX
        && marks.all(|c| c == mark)
}

/// A character of the Chinese script, rare ones among them.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use crate::value::text::Name;

    #[test]
    fn a_person_is_named_by_a_surname_and_marks() {
        for taken in ["张*", "张**", "张***", "张＊", "张某", "张某某", "欧阳*", "欧阳某某", " 张** ", "𠅤*"]
        {
            assert!(Name::parse_masked(taken).is_ok(), "{taken}");
        }
        for name in [
            "张三",
            "张小明",
            "张",
            "*",
            "某",
            "某某",
            "**",
            "*三",
            "张*明",
            "张某明",
            "张*某",
            "张****",
            "司徒欧阳*",
            "Zhang*",
            "张三(张*)",
            "张*、李*",
            "买买提*",
            "张 *",
            "扬州市样例家政有限公司",
            "张先生",
        ] {
            assert_eq!(Name::parse_masked(name).unwrap_err().rule, "NAME_NOT_MASKED", "{name}");
        }
        assert_eq!(Name::parse_masked(" ").unwrap_err().rule, "EMPTY");
        assert_eq!(Name::parse_masked("张*13800138000").unwrap_err().rule, "MOBILE_NUMBER");
    }
}
