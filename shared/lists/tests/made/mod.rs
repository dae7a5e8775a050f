//! Files that are made for tests: a ZIP file of parts that are not packed, so that what is in them is what was meant.

/// A ZIP file of these parts.
pub(crate) fn zip<B: AsRef<[u8]>>(parts: &[(&str, B)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let low = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    for (name, body) in parts {
        let body = body.as_ref();
        let at = file.len();
        let mut about = vec![20, 0, 0, 8, 0, 0, 0, 0, 0, 0];
        about.extend(crc32(body).to_le_bytes());
        about.extend(low(body.len()));
        about.extend(low(body.len()));
        about.extend(&low(name.len())[..2]);
        about.extend([0, 0]);
        file.extend(b"PK\x03\x04");
        file.extend(&about);
        file.extend(name.as_bytes());
        file.extend(body);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&about);
        directory.extend([0; 10]);
        directory.extend(low(at));
        directory.extend(name.as_bytes());
    }
    let at = file.len();
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(&low(parts.len())[..2]);
    file.extend(&low(parts.len())[..2]);
    file.extend(low(directory.len()));
    file.extend(low(at));
    file.extend([0, 0]);
    file
}

/// The check sum of ZIP files.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// The parts of a ZIP file, unpacked. For whole files alone.
#[allow(dead_code, reason = "not every test takes files apart")]
pub(crate) fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    use std::io::Read as _;
    let number = |at: usize, width: usize| bytes[at..at + width].iter().rev().fold(0, |n, b| n << 8 | usize::from(*b));
    let Some(end) = bytes.windows(4).rposition(|window| window == b"PK\x05\x06") else { return Vec::new() };
    let (mut at, mut parts) = (number(end + 16, 4), Vec::new());
    for _ in 0..number(end + 10, 2) {
        let (packed, name, header) = (number(at + 20, 4), number(at + 28, 2), number(at + 42, 4));
        let from = header + 30 + number(header + 26, 2) + number(header + 28, 2);
        let mut body = bytes[from..from + packed].to_vec();
        if number(at + 10, 2) == 8 {
            let packed = std::mem::take(&mut body);
            let read = flate2::read::DeflateDecoder::new(packed.as_slice()).read_to_end(&mut body);
            assert!(read.is_ok(), "a carried file unpacks");
        }
        parts.push((String::from_utf8_lossy(&bytes[at + 46..at + 46 + name]).into_owned(), body));
        at += 46 + name + number(at + 30, 2) + number(at + 32, 2);
    }
    parts
}
