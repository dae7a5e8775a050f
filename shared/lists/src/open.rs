//! A file's bytes into a [`Book`]: by what the bytes are, whatever the file is called.
//!
//! Every reader takes bytes that anybody may have made: it never panics (in a release that would end the process), it holds no more in memory than
//! `grid::Budget` and `zip::Zip` allow, and it goes over no byte again and again. `examples/fuzz.rs` tries that.

mod decode;
mod grid;
mod html;
mod markup;
mod mhtml;
mod number;
mod ods;
mod ole;
mod text;
mod xls;
mod xlsx;
mod xml;
mod xml2003;
mod zip;

use crate::book::Book;
use crate::bounds::FILE_BYTES_MAX;
use crate::error::{Kind, ListError};
use ole::Ole;
use zip::Zip;

/// How much of a text is looked at to see what it is.
const HEAD_BYTES: usize = 4 * 1024;

/// Opens a file. What cannot be read is told as what it is and what to do.
pub fn open(bytes: &[u8]) -> Result<Book, ListError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(ListError::TooLarge);
    }
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(ListError::NotAList(Kind::Empty));
    }
    if Ole::is(bytes) {
        return of_ole(bytes);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") || bytes.starts_with(b"PK\x07\x08") {
        return of_zip(bytes);
    }
    // The records of an old workbook without their container.
    if let [0x09, 0x00 | 0x02 | 0x04 | 0x08, width, 0x00, ..] = bytes
        && matches!(width, 4..=16)
    {
        return xls::open(bytes, true);
    }
    if let Some(kind) = by_first_bytes(bytes) {
        return Err(ListError::NotAList(kind));
    }
    of_text(bytes)
}

fn of_ole(bytes: &[u8]) -> Result<Book, ListError> {
    let Some(ole) = Ole::of(bytes) else { return Err(ListError::CutShort) };
    let has = |names: &[&str]| ole.names().any(|name| names.iter().any(|n| n.eq_ignore_ascii_case(name)));
    if has(&["EncryptedPackage", "EncryptionInfo"]) {
        return Err(ListError::Password);
    }
    // WPS writes its tables so too, whatever they are called.
    if let Some((stream, whole)) = ole.stream("Workbook").or_else(|| ole.stream("Book")) {
        return xls::open(&stream, whole);
    }
    if has(&["WordDocument", "WpsDocument"]) {
        return Err(ListError::NotAList(Kind::TextDocument));
    }
    if has(&["PowerPoint Document"]) {
        return Err(ListError::NotAList(Kind::Slides));
    }
    if ole.names().any(|name| name.to_ascii_lowercase().starts_with("et")) {
        return Err(ListError::NotAList(Kind::WpsTable));
    }
    // Where the directory lies behind the break, nothing is named.
    let nothing = ole.names().next().is_none();
    Err(if nothing { ListError::CutShort } else { ListError::NotAList(Kind::OldOffice) })
}

fn of_zip(bytes: &[u8]) -> Result<Book, ListError> {
    let Some(zip) = Zip::of(bytes) else { return Err(ListError::CutShort) };
    let kind = zip.head("mimetype", 128);
    let kind = String::from_utf8_lossy(&kind);
    if xlsx::is(&zip) {
        return zip.judge(xlsx::open(&zip));
    }
    if kind.contains("opendocument.spreadsheet")
        || (kind.is_empty() && zip.has("content.xml") && zip.has("META-INF/manifest.xml"))
    {
        return zip.judge(ods::open(&zip));
    }
    let begins = |with: &str| zip.names().any(|name| name.starts_with(with));
    Err(if zip.has("xl/workbook.bin") {
        ListError::NotAList(Kind::BinaryWorkbook)
    } else if begins("word/") || kind.contains("opendocument.text") {
        ListError::NotAList(Kind::TextDocument)
    } else if begins("ppt/") || kind.contains("opendocument.presentation") {
        ListError::NotAList(Kind::Slides)
    } else if zip.names().any(|name| name == "Index.zip" || name.starts_with("Index/")) {
        ListError::NotAList(Kind::Numbers)
    } else if zip.has("OFD.xml") {
        ListError::NotAList(Kind::Pdf)
    } else if zip.is_locked() && zip.has("content.xml") {
        ListError::Password
    } else {
        ListError::NotAList(Kind::Archive)
    })
}

/// What a file is that is known by its first bytes.
fn by_first_bytes(bytes: &[u8]) -> Option<Kind> {
    const KNOWN: &[(&[u8], Kind)] = &[
        (b"%PDF-", Kind::Pdf),
        (b"{\\rtf", Kind::TextDocument),
        (b"\xFF\xD8\xFF", Kind::Picture),
        (b"\x89PNG\r\n", Kind::Picture),
        (b"GIF87a", Kind::Picture),
        (b"GIF89a", Kind::Picture),
        (b"II*\0", Kind::Picture),
        (b"MM\0*", Kind::Picture),
        (b"RIFF", Kind::Picture),
        (b"Rar!\x1A\x07", Kind::Archive),
        (b"7z\xBC\xAF\x27\x1C", Kind::Archive),
        (b"\x1F\x8B\x08", Kind::Archive),
        (b"BZh", Kind::Archive),
        (b"\xFD7zXZ\0", Kind::Archive),
        (b"\x28\xB5\x2F\xFD", Kind::Archive),
        (b"SQLite format 3\0", Kind::Database),
        (b"\0\x01\0\0Standard ", Kind::Database),
    ];
    let head = &bytes[..bytes.len().min(1024)];
    let known = KNOWN.iter().find(|(first, _)| bytes.starts_with(first)).map(|(_, kind)| *kind);
    // A PDF may have other bytes before it, a bitmap is known by its two letters and the zeros behind its length.
    let pdf = || head.windows(5).any(|window| window == b"%PDF-").then_some(Kind::Pdf);
    let bitmap = || (bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4])).then_some(Kind::Picture);
    let heif = || (bytes.get(4..8) == Some(b"ftyp")).then_some(Kind::Picture);
    let tar = || (bytes.get(257..262) == Some(b"ustar")).then_some(Kind::Archive);
    known.or_else(pdf).or_else(bitmap).or_else(heif).or_else(tar)
}

fn of_text(bytes: &[u8]) -> Result<Book, ListError> {
    let (text, encoding) = decode::decode(bytes)?;
    let begins = text.trim_start();
    let head: String = begins.chars().take(HEAD_BYTES).collect::<String>().to_ascii_lowercase();
    if head.starts_with("mime-version:") || (head.contains("multipart/related") && head.contains("content-type:")) {
        return mhtml::open(bytes, &text);
    }
    if head.starts_with('<') {
        if head.contains("urn:schemas-microsoft-com:office:spreadsheet")
            && head.contains("workbook")
            && !head.contains("<html")
        {
            return xml2003::open(begins);
        }
        if head.contains("office:document") && head.contains("opendocument") {
            return ods::flat(begins.as_bytes());
        }
        let word = head.contains("<w:worddocument") || head.contains("word.document");
        if word && !head.contains("<html") {
            return Err(ListError::NotAList(Kind::TextDocument));
        }
        let tags = [
            "<html",
            "<table",
            "<!doctype html",
            "<head",
            "<meta",
            "<body",
            "<style",
            "<div",
            "<tr",
            "<script",
            "<title",
            "<p",
            "<center",
            "<font",
        ];
        if tags.iter().any(|tag| head.contains(tag)) {
            return html::open(begins);
        }
    }
    text::open(&text, encoding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::UNPACKED_BYTES_MAX;

    #[test]
    fn what_is_no_list_is_told_as_what_it_is() {
        let zip = |name: &str| crate::tests::zip(&[(name, b"<x/>")]);
        for (bytes, want) in [
            (b"".to_vec(), ListError::NotAList(Kind::Empty)),
            (b" \r\n\0".to_vec(), ListError::NotAList(Kind::Empty)),
            (b"%PDF-1.4\n".to_vec(), ListError::NotAList(Kind::Pdf)),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF".to_vec(), ListError::NotAList(Kind::Picture)),
            (b"\x89PNG\r\n\x1A\n\0\0".to_vec(), ListError::NotAList(Kind::Picture)),
            (b"Rar!\x1A\x07\x01\0".to_vec(), ListError::NotAList(Kind::Archive)),
            (b"7z\xBC\xAF\x27\x1C\0\x04".to_vec(), ListError::NotAList(Kind::Archive)),
            (b"{\\rtf1\\ansi".to_vec(), ListError::NotAList(Kind::TextDocument)),
            (zip("word/document.xml"), ListError::NotAList(Kind::TextDocument)),
            (zip("ppt/presentation.xml"), ListError::NotAList(Kind::Slides)),
            (zip("xl/workbook.bin"), ListError::NotAList(Kind::BinaryWorkbook)),
            (zip("Index/Document.iwa"), ListError::NotAList(Kind::Numbers)),
            (zip("名单.xlsx"), ListError::NotAList(Kind::Archive)),
            (zip("OFD.xml"), ListError::NotAList(Kind::Pdf)),
            (b"<html><p>x</p></html>".to_vec(), ListError::NotAList(Kind::NoTable)),
            (b"\x09\x00\x04\x00\x02\x00\x10\x00".to_vec(), ListError::NotAList(Kind::OldestExcel)),
            (vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], ListError::CutShort),
            (b"\x7FELF\x02\x01\x01\0\0\0\0".to_vec(), ListError::NotAList(Kind::Unknown)),
        ] {
            assert_eq!(open(&bytes).unwrap_err(), want, "{:?}", &bytes[..bytes.len().min(8)]);
        }
        assert!(UNPACKED_BYTES_MAX > FILE_BYTES_MAX as u64);
    }
}
