//! Changes files so that their readers meet the change: in the parts of a ZIP file, in the records of a workbook, in markup, in bytes.

use crate::dice::Dice;
use crate::made;
use crate::{MIB, Sample};

const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "2",
    "255",
    "256",
    "65535",
    "65536",
    "1048576",
    "1048577",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "1e308",
    "-1e-308",
    "NaN",
    "inf",
    "",
    "XFD1048576",
    "A1:XFD1048576",
    "ZZZZZZZZ9",
];
const PIECES: &[&str] = &[
    "<",
    ">",
    "\"",
    "'",
    "&",
    "&#0;",
    "&#x110000;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "/>",
    "</",
    "\0",
    "\u{FEFF}",
    "\r",
    "\n",
    ",",
    "\t",
    "\"\"",
    "=",
    "<td>",
    "<table>",
    "<tr>",
    "</table>",
    "<row>",
    "<c>",
    "<v>",
    "</c>",
    "</row>",
    "<s>",
    "_x",
    "_x0041_",
    "sep=",
    "机构名称",
    "#N/A",
    "&amp;",
    "&lol9;",
    "<!DOCTYPE a [<!ENTITY a \"&b;&b;&b;&b;\"><!ENTITY b \"&a;&a;&a;\">]>",
    " hidden=\"1\"",
    " rowspan=9999999",
    "<div>",
    "</tr>",
    "<is><r><t>",
    "<text:span>",
];

/// A file made of a sample by so many changes.
pub(crate) fn damaged(sample: Sample, many: usize, dice: &mut Dice) -> Vec<u8> {
    let mut file = match sample {
        Sample::Parts(mut parts) => {
            for _ in 0..many {
                let mut at = dice.below(parts.len());
                // What says what kind of file it is, mostly not.
                if parts[at].0 == "mimetype" && !dice.one_in(20) {
                    at = parts.len() - 1;
                }
                match dice.below(40) {
                    0 => drop(parts.remove(at)),
                    1 => {
                        let other = dice.below(parts.len());
                        let body = parts[other].1.clone();
                        parts[at].1 = body;
                    }
                    _ => markup(&mut parts[at].1, dice),
                }
                if parts.is_empty() {
                    break;
                }
            }
            let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, body)| (name.as_str(), body.as_slice())).collect();
            if dice.one_in(3) { made::packed(&parts) } else { made::zip(&parts) }
        }
        Sample::Records(mut records) => {
            for _ in 0..many {
                record(&mut records, dice);
            }
            let stream = stream(&records, !dice.one_in(10));
            if dice.one_in(3) { made::ole(&[("Workbook", &stream)]) } else { stream }
        }
        Sample::Bytes(mut bytes) => {
            for _ in 0..many {
                if bytes.starts_with(&[0xD0, 0xCF]) { flip(&mut bytes, dice) } else { markup(&mut bytes, dice) }
            }
            bytes
        }
    };
    if many > 0 && dice.one_in(12) {
        flip(&mut file, dice);
    }
    if many > 0 && dice.one_in(40) {
        file.truncate(dice.below(file.len()));
    }
    file
}

/// Records as they stand in a file; where sheets begin is told as it is now, or as it was.
pub(crate) fn stream(records: &[(u16, Vec<u8>)], placed: bool) -> Vec<u8> {
    let (mut stream, mut sheets, mut bounds) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (kind, data)) in records.iter().enumerate() {
        match kind {
            0x0809 if at > 0 => sheets.push(stream.len()),
            0x0085 if data.len() >= 4 => bounds.push(stream.len() + 4),
            _ => {}
        }
        stream.extend(kind.to_le_bytes());
        let width = u16::try_from(data.len()).unwrap_or(u16::MAX);
        stream.extend(width.to_le_bytes());
        stream.extend(&data[..usize::from(width)]);
    }
    for (bound, sheet) in bounds.into_iter().zip(sheets).filter(|_| placed) {
        stream[bound..bound + 4].copy_from_slice(&u32::try_from(sheet).unwrap_or(0).to_le_bytes());
    }
    stream
}

/// Changes some bytes, or a number of four.
fn flip(bytes: &mut [u8], dice: &mut Dice) {
    for _ in 0..=dice.below(8) {
        if bytes.len() < 8 {
            return;
        }
        // The head says where everything is.
        let end = if dice.one_in(3) { 512.min(bytes.len()) } else { bytes.len() };
        let at = dice.below(end - 4);
        if dice.one_in(2) {
            bytes[at] ^= 1 << dice.below(8);
        } else {
            // Small ones too, which are numbers of sectors: chains that meet and go in circles.
            let small = u32::try_from(dice.below(bytes.len() / 512 + 2)).unwrap_or(0);
            let value = [0_u32, 1, small, small, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x7FFF_FFFF, 0xFFFF][dice.below(8)];
            let at = if dice.one_in(2) { at & !3 } else { at };
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
}

/// A piece of markup or of lines, from one border to another.
fn piece(bytes: &[u8], dice: &mut Dice) -> std::ops::Range<usize> {
    let from = dice.below(bytes.len());
    let border = |byte: &u8| matches!(byte, b'<' | b'\n' | b',' | b' ');
    let from = from + bytes[from..].iter().position(border).unwrap_or(0);
    let mut to = from;
    for _ in 0..=dice.below(12) {
        to += bytes.get(to + 1..).and_then(|rest| rest.iter().position(border)).map_or(0, |at| at + 1);
    }
    from..to
}

fn markup(bytes: &mut Vec<u8>, dice: &mut Dice) {
    if bytes.is_empty() {
        return;
    }
    match dice.below(10) {
        0 => flip(bytes, dice),
        // A number in a text, or where one stands.
        1 | 2 => {
            let at = dice.below(bytes.len());
            let from = at + bytes[at..].iter().position(u8::is_ascii_digit).unwrap_or(0);
            let end = from + bytes[from..].iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(0);
            bytes.splice(from..end, dice.pick(NUMBERS).bytes());
        }
        3 => {
            let at = dice.below(bytes.len() + 1);
            bytes.splice(at..at, dice.pick(PIECES).bytes());
        }
        4 => drop(bytes.drain(piece(bytes, dice))),
        5 => {
            let (from, to) = (piece(bytes, dice), piece(bytes, dice));
            let taken = bytes[from].to_vec();
            bytes.splice(to, taken);
        }
        // Doubled, mostly some times, now and then up to a few megabytes.
        6 | 7 => {
            let range = piece(bytes, dice);
            let taken =
                if dice.one_in(3) { dice.pick(PIECES).as_bytes().to_vec() } else { bytes[range.clone()].to_vec() };
            let most = if dice.one_in(40) { 4 * MIB } else { 4 * 1024 };
            let times = (dice.below(most) / taken.len().max(1)).max(1);
            bytes.splice(range.end..range.end, taken.repeat(times));
        }
        8 => bytes.truncate(dice.below(bytes.len())),
        _ => {
            let at = dice.below(bytes.len());
            bytes[at] = dice.next().to_le_bytes()[0];
        }
    }
}

fn record(records: &mut Vec<(u16, Vec<u8>)>, dice: &mut Dice) {
    // The first one says what it is.
    let at = 1 + dice.below(records.len().saturating_sub(1));
    if at >= records.len() {
        return;
    }
    match dice.below(9) {
        0 => drop(records.remove(at)),
        1 => records[at].0 = [0x3C, 0xFC, 0x06, 0xE5, 0x208, 0x809, 0x0A, 0x85, 0x41E, 0x207, 0xBD][dice.below(11)],
        2 => {
            let length = dice.below(records[at].1.len() + 1);
            records[at].1.truncate(length);
        }
        3 => {
            let most = if dice.one_in(10) { 65_535 } else { 64 };
            let length = dice.below(most);
            records[at].1.resize(length, 0xFF);
        }
        4 => {
            let other = dice.below(records.len());
            records.swap(at, other);
        }
        5 => {
            let taken = records[at].clone();
            let most = if dice.one_in(20) { 50_000 } else { 1_500 };
            let times = dice.below(most).min(2 * MIB / (taken.1.len() + 4));
            records.splice(at..at, std::iter::repeat_n(taken, times));
        }
        _ => {
            for _ in 0..=dice.below(3) {
                let data = &mut records[at].1;
                if data.len() < 2 {
                    return;
                }
                let place = dice.below(data.len() - 1);
                let value = [0_u16, 1, 2, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF][dice.below(9)];
                if dice.one_in(2) {
                    data[place..place + 2].copy_from_slice(&value.to_le_bytes());
                } else {
                    data[place] ^= 1 << dice.below(8);
                }
            }
        }
    }
}
