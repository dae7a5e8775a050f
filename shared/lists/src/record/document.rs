//! Numbers of documents, compared by their parts: who issued it, the year, the number (机关代字、年份、序号). Lists write one number with every kind of
//! bracket, in either width, and with or without 第.

use crate::fold;

/// Brackets that stand around a year.
const OPENING: &[char] = &['〔', '[', '(', '【', '{', '<', '〈', '《', '「', '﹝'];
const CLOSING: &[char] = &['〕', ']', ')', '】', '}', '>', '〉', '》', '」', '﹞'];

/// Whether two numbers are of one document.
pub(super) fn same(one: &str, other: &str) -> bool {
    one == other || parts(one) == parts(other)
}

/// Issuer, year and number; the last two are empty where it is not written so.
fn parts(text: &str) -> (String, String, String) {
    let text = fold::key(text);
    let whole = || (text.clone(), String::new(), String::new());
    let found = || {
        let (issuer, rest) = text.split_once(OPENING)?;
        let (year, number) = rest.split_once(CLOSING)?;
        let year = year.trim_end_matches('年');
        let number = number.strip_prefix('第').unwrap_or(number);
        let number = number.strip_suffix('号').unwrap_or(number).trim_start_matches('0');
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(year) && year.len() == 4 && is_number(number))
            .then(|| (issuer.to_owned(), year.to_owned(), number.to_owned()))
    };
    found().unwrap_or_else(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_however_it_is_bracketed() {
        let base = "扬邗教〔2020〕1号";
        for same_number in [
            "扬邗教[2020]1号",
            "扬邗教（2020）1号",
            "扬邗教(2020)第1号",
            "扬邗教【2020】01号",
            "扬邗教〔２０２０〕１号",
            " 扬邗教 〔2020年〕 1 号",
            "扬邗教﹝2020﹞1",
        ] {
            assert!(same(base, same_number), "{same_number}");
        }
        for other in [
            "扬邗教〔2020〕11号",
            "扬邗教〔2021〕1号",
            "扬教〔2020〕1号",
            "扬邗教2020-1号",
            "扬邗教〔2020〕1号附件",
            "",
        ] {
            assert!(!same(base, other), "{other}");
        }
        assert!(same("认字-7", "认字-7") && !same("认字-7", "认字-8"));
    }
}
