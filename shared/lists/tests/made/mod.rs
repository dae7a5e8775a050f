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
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
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

/// The same, its parts packed.
#[allow(dead_code, reason = "not every test packs")]
pub(crate) fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write as _;
    let plain = zip(parts);
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let Some(end) = plain.windows(4).rposition(|window| window == b"PK\x05\x06") else { return plain };
    let low = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    for (name, body) in parts {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        let written = encoder.write_all(body).and_then(|()| encoder.finish());
        let Ok(body_packed) = written else { return plain };
        let at = file.len();
        let mut about = vec![20, 0, 0, 8, 8, 0, 0, 0, 0, 0];
        about.extend(crc32(body).to_le_bytes());
        about.extend(low(body_packed.len()));
        about.extend(low(body.len()));
        about.extend(&low(name.len())[..2]);
        about.extend([0, 0]);
        file.extend(b"PK\x03\x04");
        file.extend(&about);
        file.extend(name.as_bytes());
        file.extend(body_packed);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&about);
        directory.extend([0; 10]);
        directory.extend(low(at));
        directory.extend(name.as_bytes());
    }
    let at = file.len();
    file.extend(&directory);
    file.extend(&plain[end..end + 12]);
    file.extend(low(directory.len()));
    file.extend(low(at));
    file.extend([0, 0]);
    file
}

/// An OLE2 container of these streams, as old Office files and locked ones are: sectors of 512 bytes, a stream after another, none of them small.
#[allow(dead_code, reason = "not every test makes one")]
pub(crate) fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const FREE: u32 = 0xFFFF_FFFF;
    const END: u32 = 0xFFFF_FFFE;
    let low = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let sectors = |bytes: usize| bytes.div_ceil(SECTOR);
    let directory = sectors((streams.len() + 1) * 128);
    let content: usize = streams.iter().map(|(_, body)| sectors(body.len().max(4_096))).sum();
    // The table of sectors tells of itself too, and of the sectors that list its own where they are many.
    let (mut of_fat, mut of_list) = (1, 0);
    loop {
        let all = of_fat + of_list + directory + content;
        let (fat, list) = (sectors(all * 4), of_fat.saturating_sub(109_usize).div_ceil(127));
        if (fat, list) == (of_fat, of_list) {
            break;
        }
        (of_fat, of_list) = (fat, list);
    }
    let mut fat: Vec<u32> = Vec::new();
    fat.extend(std::iter::repeat_n(0xFFFF_FFFD, of_fat));
    fat.extend(std::iter::repeat_n(0xFFFF_FFFC, of_list));
    let chain = |fat: &mut Vec<u32>, many: usize| {
        let first = fat.len();
        fat.extend((1..many).map(|step| low(first + step)));
        fat.push(END);
        low(first)
    };
    let first_of_directory = chain(&mut fat, directory);
    let mut entries = Vec::new();
    let mut entry = |name: &str, kind: u8, child: u32, right: u32, first: u32, size: usize| {
        let mut units: Vec<u8> = name.encode_utf16().take(31).flat_map(u16::to_le_bytes).collect();
        let width = units.len() + 2;
        units.resize(64, 0);
        entries.extend(units);
        entries.extend(&low(width).to_le_bytes()[..2]);
        entries.extend([kind, 1]);
        entries.extend([FREE, right, child].iter().flat_map(|n| n.to_le_bytes()));
        entries.extend([0; 36]);
        entries.extend(first.to_le_bytes());
        entries.extend((size as u64).to_le_bytes());
    };
    entry("Root Entry", 5, if streams.is_empty() { FREE } else { 1 }, FREE, END, 0);
    for (at, (name, body)) in streams.iter().enumerate() {
        let first = chain(&mut fat, sectors(body.len().max(4_096)));
        let right = if at + 1 < streams.len() { low(at + 2) } else { FREE };
        entry(name, 2, FREE, right, first, body.len().max(4_096));
    }
    fat.resize(of_fat * SECTOR / 4, FREE);
    entries.resize(directory * SECTOR, 0);
    let mut file = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    file.extend([0; 16]);
    file.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in
        [low(of_fat), first_of_directory, 0, 4_096, END, 0, if of_list > 0 { low(of_fat) } else { END }, low(of_list)]
    {
        file.extend(number.to_le_bytes());
    }
    let tables: Vec<u32> = (0..of_fat).map(low).collect();
    file.extend((0..109).flat_map(|at| tables.get(at).copied().unwrap_or(FREE).to_le_bytes()));
    file.extend(fat.iter().flat_map(|next| next.to_le_bytes()));
    for (at, more) in tables.get(109..).unwrap_or_default().chunks(127).enumerate() {
        file.extend((0..127).flat_map(|at| more.get(at).copied().unwrap_or(FREE).to_le_bytes()));
        file.extend((if at + 1 < of_list { low(of_fat + at + 1) } else { END }).to_le_bytes());
    }
    file.extend(entries);
    for (_, body) in streams {
        file.extend(*body);
        file.resize(file.len() + sectors(body.len().max(4_096)) * SECTOR - body.len(), 0);
    }
    file
}
