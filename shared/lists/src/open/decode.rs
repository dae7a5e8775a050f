//! The encoding of a text.

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::{Kind, ListError};

/// Where pages and documents name their encoding.
const DECLARED_WITHIN: usize = 2 * 1024;

/// Reads a text: what its mark says, UTF-16 without a mark, what a page says of itself, UTF-8, else GB18030, which holds GBK and GB 2312.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, &'static str), ListError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[mark..]).ok_or(ListError::Encoding);
    }
    // No text holds a zero but one whose every character takes two bytes.
    if bytes.contains(&0) {
        return utf16(bytes).ok_or(ListError::NotAList(Kind::Unknown));
    }
    let declared = declared(bytes).and_then(|encoding| with(encoding, bytes));
    if let Some(found) = declared.or_else(|| with(UTF_8, bytes)) {
        return Ok(found);
    }
    if breaks_off(bytes) {
        return Err(ListError::CutShort);
    }
    with(GB18030, bytes).ok_or(ListError::Encoding)
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> Option<(String, &'static str)> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some((text.into_owned(), encoding.name()))
}

/// The encoding that a page or a document names, where it is one that Chinese lists are in.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.trim_ascii_start();
    if !head.starts_with(b"<") && !head.get(..13).is_some_and(|word| word.eq_ignore_ascii_case(b"mime-version:")) {
        return None;
    }
    let head = String::from_utf8_lossy(&head[..head.len().min(DECLARED_WITHIN)]).to_ascii_lowercase();
    let named = head.split_once("charset=").or_else(|| head.split_once("encoding=")).map(|(_, after)| after)?;
    let label: String =
        named.trim_start_matches(['"', '\'']).chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    // Web pages call it GBK and hold all of GB18030.
    let encoding = Encoding::for_label(label.as_bytes())?;
    Some(if encoding.name() == "GBK" { GB18030 } else { encoding }).filter(|e| [GB18030, BIG5, UTF_8].contains(e))
}

/// UTF-16 whose mark is missing: the order of bytes in which nearly all is what lists are written in.
fn utf16(bytes: &[u8]) -> Option<(String, &'static str)> {
    let plain = |c: &char| matches!(c, '\t' | '\r' | '\n' | ' '..='~' | '\u{2000}'..='\u{206F}' | '\u{3000}'..='\u{303F}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}');
    for encoding in [UTF_16LE, UTF_16BE] {
        let Some((text, name)) = with(encoding, bytes) else { continue };
        let sample = text.chars().take(10_000);
        let (all, good) = sample.fold((0, 0), |(all, good), c| (all + 1, good + usize::from(plain(&c))));
        if good * 10 >= all * 9 {
            return Some((text, name));
        }
    }
    None
}

/// Whether a text in UTF-8 ends within a character.
fn breaks_off(bytes: &[u8]) -> bool {
    let Err(error) = std::str::from_utf8(bytes) else { return false };
    let good = &bytes[..error.valid_up_to()];
    error.error_len().is_none() && good.iter().filter(|byte| **byte >= 0x80).count() >= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let text = "机构名称,地址\r\n甲园,东路1号";
        let wide = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
        };
        for (bytes, name) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
            (GB18030.encode(text).0.into_owned(), "gb18030"),
            (wide(&[0xFF, 0xFE], u16::to_le_bytes), "UTF-16LE"),
            (wide(&[0xFE, 0xFF], u16::to_be_bytes), "UTF-16BE"),
            (wide(&[], u16::to_le_bytes), "UTF-16LE"),
            (wide(&[], u16::to_be_bytes), "UTF-16BE"),
        ] {
            assert_eq!(decode(&bytes).unwrap(), (text.to_owned(), name));
        }
        assert_eq!(decode(b"\xFF\xFF\xFF"), Err(ListError::Encoding));
        assert_eq!(decode(b"\xEF\xBB\xBF\xFF"), Err(ListError::Encoding));
        assert_eq!(decode(&text.as_bytes()[..text.len() - 4]), Ok((text[..text.len() - 4].to_owned(), "UTF-8")));
        assert_eq!(decode(&text.as_bytes()[..text.len() - 1]), Err(ListError::CutShort));
    }

    #[test]
    fn a_page_says_its_encoding() {
        let page = |charset: &str| format!("<html><meta charset=\"{charset}\"><td>名單</td></html>");
        for (charset, encoding, name) in
            [("big5", BIG5, "Big5"), ("gb2312", GB18030, "gb18030"), ("utf-8", UTF_8, "UTF-8")]
        {
            let bytes = encoding.encode(&page(charset)).0.into_owned();
            assert_eq!(decode(&bytes), Ok((page(charset), name)), "{charset}");
        }
        // What it says may be wrong.
        let bytes = GB18030.encode(&page("utf-8")).0.into_owned();
        assert_eq!(decode(&bytes), Ok((page("utf-8"), "gb18030")));
    }
}
