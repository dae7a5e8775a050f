//! A web page with all its parts in one file (.mht): spreadsheets save themselves so too.

use encoding_rs::{Encoding, GB18030};

use crate::book::{Book, Format};
use crate::error::{Kind, ListError};
use crate::open::decode;
use crate::open::grid::Budget;
use crate::open::html;

/// Most parts: a workbook has some for each sheet.
const PARTS_MAX: usize = 2_048;

/// Opens the pages in it. `head` is the file as text, of which the boundary is read.
pub(super) fn open(bytes: &[u8], head: &str) -> Result<Book, ListError> {
    let mut sheets = Vec::new();
    let mut budget = Budget::new();
    for part in parts(bytes, head).into_iter().take(PARTS_MAX) {
        let (headers, body) = halves(part);
        let headers = String::from_utf8_lossy(headers).to_ascii_lowercase();
        if !headers.contains("text/html") {
            continue;
        }
        let body = if headers.contains("quoted-printable") {
            quoted_printable(body)
        } else if headers.contains("base64") {
            base64(body)
        } else {
            body.to_vec()
        };
        let text = match charset(&headers) {
            Some(encoding) => encoding.decode(&body).0.into_owned(),
            None => decode::decode(&body)?.0,
        };
        sheets.extend(html::tables(&text, &mut budget)?);
    }
    if sheets.is_empty() {
        return Err(ListError::NotAList(Kind::NoTable));
    }
    Ok(Book { format: Format::Html, sheets })
}

/// What stands between the boundaries; all of it where none is named.
fn parts<'a>(bytes: &'a [u8], head: &str) -> Vec<&'a [u8]> {
    let head: String = head.chars().take(4 * 1024).collect();
    let at = head.to_ascii_lowercase().find("boundary=");
    let named = at.and_then(|at| head.get(at + 9..)).map(|after| {
        let quoted = after.strip_prefix('"');
        let end = if quoted.is_some() { vec!['"'] } else { vec![';', '\r', '\n', ' '] };
        let name = quoted.unwrap_or(after);
        format!("--{}", &name[..name.find(end.as_slice()).unwrap_or(name.len())])
    });
    let Some(boundary) = named.filter(|boundary| (3..=128).contains(&boundary.len())) else { return vec![bytes] };
    let boundary = boundary.as_bytes();
    let (mut parts, mut from, mut at) = (Vec::new(), None, 0);
    // Boundaries begin lines.
    while at < bytes.len() && parts.len() < PARTS_MAX {
        if bytes[at..].starts_with(boundary) {
            if let Some(from) = from {
                parts.push(&bytes[from..at]);
            }
            from = Some(at + boundary.len());
        }
        at = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| at + end + 1);
    }
    // The last part of a file that breaks off.
    if let Some(rest) = from.and_then(|from| bytes.get(from..)).filter(|rest| !rest.starts_with(b"--")) {
        parts.push(rest);
    }
    parts
}

/// The headers of a part and its body.
fn halves(part: &[u8]) -> (&[u8], &[u8]) {
    let part = part.strip_prefix(b"\r\n").or_else(|| part.strip_prefix(b"\n")).unwrap_or(part);
    let end = |mark: &[u8]| part.windows(mark.len()).position(|window| window == mark).map(|at| (at, at + mark.len()));
    let found = [end(b"\r\n\r\n"), end(b"\n\n")].into_iter().flatten().min();
    found.map_or((part, &[]), |(at, after)| (&part[..at], &part[after..]))
}

fn charset(headers: &str) -> Option<&'static Encoding> {
    let (_, after) = headers.split_once("charset=")?;
    let label: String = after
        .trim_start_matches('"')
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    let encoding = Encoding::for_label(label.as_bytes())?;
    Some(if encoding.name() == "GBK" { GB18030 } else { encoding })
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        at += 1;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        let hex = |at: usize| body.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        if let (Some(high), Some(low)) = (hex(at), hex(at + 1)) {
            out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            at += 2;
        } else if body.get(at..at + 2) == Some(b"\r\n") {
            at += 2;
        } else if body.get(at) == Some(&b'\n') {
            at += 1;
        } else {
            out.push(b'=');
        }
    }
    out
}

fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut many) = (0_u32, 0_u32);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        many += 6;
        if many >= 8 {
            many -= 8;
            out.push(u8::try_from(bits >> many & 0xFF).unwrap_or_default());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_in_it_are_read() {
        let file = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"--x1\"\r\n\r\n----x1\r\nContent-Type: text/html; charset=\"gb2312\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<table><tr><td colspan=3D2>=BC=D7=\r\n=D4=B0</td></tr></table>\r\n----x1\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHRhYmxlPjx0cj48dGQ+5LmZ5ZutPC90ZD48L3RyPjwvdGFibGU+\r\n----x1--\r\n";
        let book = crate::open::open(file.as_bytes()).unwrap();
        let texts: Vec<&str> = book.sheets.iter().map(|sheet| sheet.lines[0].cells[0].text.as_str()).collect();
        assert_eq!((texts, book.format), (vec!["甲园", "乙园"], Format::Html));
    }
}
