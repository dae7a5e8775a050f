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
