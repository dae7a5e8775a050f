//! The parts of a ZIP file, each read as it unpacks and only so far.

use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::bounds::UNPACKED_BYTES_MAX;
use crate::error::ListError;

/// What every file may unpack to, however small it is.
const UNPACKED_BYTES_MIN: u64 = 64 * 1024 * 1024;
/// What a file may unpack to beyond that, for each of its bytes. Rows that are all alike pack well, so it is much.
const UNPACKED_FOR_A_BYTE: u64 = 96;
/// Most parts. A workbook has some dozen.
const PARTS_MAX: usize = 10_000;

/// A ZIP file's directory.
pub(super) struct Zip<'a> {
    bytes: &'a [u8],
    parts: Vec<Part>,
    /// What may still be unpacked. The directory's word for the sizes is not taken.
    left: Rc<Cell<u64>>,
}

struct Part {
    name: String,
    packed: usize,
    header: usize,
    method: u64,
    encrypted: bool,
    check: u64,
}

/// A part while it unpacks: no further than the file may, and at its end what came out is held against its check sum.
pub(super) struct Unpacking<'a> {
    inner: Box<dyn Read + 'a>,
    left: Rc<Cell<u64>>,
    sum: Crc,
    check: u64,
}

impl Read for Unpacking<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.sum.update(&into[..read]);
        let left = self.left.get().saturating_sub(read as u64);
        self.left.set(left);
        if left == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it unpacks to too much"));
        }
        if read == 0 && !into.is_empty() && u64::from(self.sum.sum()) != self.check {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a part is damaged"));
        }
        Ok(read)
    }
}

impl<'a> Zip<'a> {
    /// Reads the directory. `None` where there is none: the file breaks off before its end.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let most = (bytes.len() as u64).saturating_mul(UNPACKED_FOR_A_BYTE).saturating_add(UNPACKED_BYTES_MIN);
        Self::within(bytes, most.min(UNPACKED_BYTES_MAX))
    }

    /// The same, to be unpacked so far.
    fn within(bytes: &'a [u8], most: u64) -> Option<Self> {
        let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06")?;
        let mut many = number(bytes, end + 10, 2)?;
        let mut at = number(bytes, end + 16, 4)?;
        // ZIP64, which some programs write for small files too.
        if let Some(locator) = end.checked_sub(20).filter(|at| bytes.get(*at..*at + 4) == Some(b"PK\x06\x07")) {
            let record = usize::try_from(number(bytes, locator + 8, 8)?).ok()?;
            if bytes.get(record..record.checked_add(4)?) == Some(b"PK\x06\x06") {
                many = number(bytes, record + 32, 8)?;
                at = number(bytes, record + 48, 8)?;
            }
        }
        let mut at = usize::try_from(at).ok()?;
        let mut parts = Vec::new();
        for _ in 0..usize::try_from(many).ok()?.min(PARTS_MAX) {
            let part = Part::of(bytes, at)?;
            at = part.1;
            parts.push(part.0);
        }
        Some(Self { bytes, parts, left: Rc::new(Cell::new(most)) })
    }

    /// The names of its parts.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.name.as_str())
    }

    /// Whether a part is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name))
    }

    /// Whether any part is locked with a password.
    pub(super) fn is_locked(&self) -> bool {
        self.parts.iter().any(|part| part.encrypted)
    }

    /// A part, to be read as it unpacks. `None` where there is no such part.
    pub(super) fn part(&self, name: &str) -> Result<Option<BufReader<Unpacking<'a>>>, ListError> {
        let Some(part) = self.find(name) else { return Ok(None) };
        if part.encrypted {
            return Err(ListError::Password);
        }
        let packed = part.packed(self.bytes).ok_or(ListError::CutShort)?;
        let inner: Box<dyn Read + 'a> = match part.method {
            0 => Box::new(packed),
            8 => Box::new(DeflateDecoder::new(packed)),
            other => return Err(ListError::Workbook(format!("{name}: packed by method {other}"))),
        };
        let unpacking = Unpacking { inner, left: Rc::clone(&self.left), sum: Crc::new(), check: part.check };
        Ok(Some(BufReader::with_capacity(64 * 1024, unpacking)))
    }

    /// What came of reading its parts: what failed because it unpacks to too much is told so.
    pub(super) fn judge<T>(&self, result: Result<T, ListError>) -> Result<T, ListError> {
        result.map_err(|error| if self.left.get() == 0 { ListError::TooLarge } else { error })
    }

    /// The first bytes of a part.
    pub(super) fn head(&self, name: &str, most: u64) -> Vec<u8> {
        let mut head = Vec::new();
        if let Ok(Some(part)) = self.part(name) {
            // What cannot be unpacked has no head.
            if part.take(most).read_to_end(&mut head).is_err() {
                head.clear();
            }
        }
        head
    }
}

impl Part {
    /// The entry at a place, and where the next one is.
    fn of(bytes: &[u8], at: usize) -> Option<(Self, usize)> {
        if bytes.get(at..at.checked_add(4)?) != Some(b"PK\x01\x02") {
            return None;
        }
        let n = |offset: usize, width: usize| number(bytes, at + offset, width);
        let (name, extra, comment) = (usize::try_from(n(28, 2)?).ok()?, n(30, 2)?, n(32, 2)?);
        let from = at + 46;
        let after = from + name;
        let (extra, comment) = (usize::try_from(extra).ok()?, usize::try_from(comment).ok()?);
        let (unpacked, mut packed, mut header) = (n(24, 4)?, n(20, 4)?, n(42, 4)?);
        let mut field = bytes.get(after..after + extra)?;
        while field.len() >= 4 {
            let (id, width) = (number(field, 0, 2)?, usize::try_from(number(field, 2, 2)?).ok()?);
            let Some(body) = field.get(4..4 + width) else { break };
            if id == 1 {
                // Those of the three that do not fit stand here, in this order.
                let mut place = if unpacked == 0xFFFF_FFFF { 8 } else { 0 };
                for value in [&mut packed, &mut header] {
                    if *value == 0xFFFF_FFFF {
                        *value = number(body, place, 8)?;
                        place += 8;
                    }
                }
            }
            field = &field[4 + width..];
        }
        let name = String::from_utf8_lossy(bytes.get(from..after)?).replace('\\', "/");
        let part = Self {
            name: name.trim_start_matches('/').to_owned(),
            packed: usize::try_from(packed).ok()?,
            header: usize::try_from(header).ok()?,
            method: n(10, 2)?,
            check: n(16, 4)?,
            encrypted: n(8, 2)? & 1 == 1,
        };
        Some((part, after + extra + comment))
    }

    /// Its packed bytes.
    fn packed<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        if bytes.get(self.header..self.header.checked_add(4)?) != Some(b"PK\x03\x04") {
            return None;
        }
        let before = number(bytes, self.header + 26, 2)? + number(bytes, self.header + 28, 2)?;
        let from = self.header + 30 + usize::try_from(before).ok()?;
        bytes.get(from..from.checked_add(self.packed)?)
    }
}

/// A number of so many bytes, the lowest first.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let slice = bytes.get(at..at.checked_add(width)?)?;
    Some(slice.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::xlsx;

    #[test]
    fn what_unpacks_to_too_much_is_refused_whatever_its_directory_says() {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        for row in 0..200 {
            sheet.write(row, 0, "甲".repeat(1_000)).unwrap().write(row, 1, row).unwrap();
        }
        let mut bytes = workbook.save_to_buffer().unwrap();
        assert!(bytes.len() < 10_000, "{}", bytes.len());
        let mut at = 0;
        while let Some(found) = bytes[at..].windows(4).position(|window| window == b"PK\x01\x02") {
            at += found + 24;
            bytes[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
        }
        let open = |most| {
            let zip = Zip::within(&bytes, most).unwrap();
            zip.judge(xlsx::open(&zip)).map(|book| book.sheets[0].lines.len())
        };
        assert_eq!(open(100_000), Ok(200));
        for most in [1, 1_000, 10_000, 20_000] {
            assert_eq!(open(most), Err(ListError::TooLarge), "{most}");
        }
    }

    #[test]
    fn numbers_that_do_not_fit_stand_beside_and_paths_are_written_as_they_may_be() {
        // As programs write that do not know beforehand how long a part will be.
        let plain = crate::tests::zip(&[("\\xl\\a.xml", b"<a/>")]);
        let entry = plain.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        let end = plain.windows(4).position(|window| window == b"PK\x05\x06").unwrap();
        let mut bytes = plain[..entry].to_vec();
        let mut about = plain[entry..end].to_vec();
        about[20..28].fill(0xFF);
        about[30] = 20;
        about.extend([1, 0, 16, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
        let record = bytes.len() + about.len();
        bytes.extend(&about);
        bytes.extend(b"PK\x06\x06");
        bytes.extend([0; 28]);
        bytes.extend(1_u64.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend((entry as u64).to_le_bytes());
        bytes.extend(b"PK\x06\x07\0\0\0\0");
        bytes.extend((record as u64).to_le_bytes());
        bytes.extend([1, 0, 0, 0]);
        bytes.extend(b"PK\x05\x06\0\0\0\0\xFF\xFF\xFF\xFF");
        bytes.extend([0xFF; 8]);
        bytes.extend([0, 0]);
        let zip = Zip::of(&bytes).unwrap();
        assert_eq!(zip.names().collect::<Vec<_>>(), ["xl/a.xml"]);
        assert_eq!(zip.head("XL/A.XML", 100), b"<a/>");
    }
}
