//! Digits of any script: decimal digits, and those that are circled, bracketed, raised or lowered.

/// Runs of digits that stand one after another in Unicode: the first, its value, how many. In order. Of Unicode 16, those whose numeric type is
/// decimal or digit; without ASCII.
const RUNS: &[(u32, u8, u8)] = &[
    (0xB2, 2, 2),
    (0xB9, 1, 1),
    (0x660, 0, 10),
    (0x6F0, 0, 10),
    (0x7C0, 0, 10),
    (0x966, 0, 10),
    (0x9E6, 0, 10),
    (0xA66, 0, 10),
    (0xAE6, 0, 10),
    (0xB66, 0, 10),
    (0xBE6, 0, 10),
    (0xC66, 0, 10),
    (0xCE6, 0, 10),
    (0xD66, 0, 10),
    (0xDE6, 0, 10),
    (0xE50, 0, 10),
    (0xED0, 0, 10),
    (0xF20, 0, 10),
    (0x1040, 0, 10),
    (0x1090, 0, 10),
    (0x1369, 1, 9),
    (0x17E0, 0, 10),
    (0x1810, 0, 10),
    (0x1946, 0, 10),
    (0x19D0, 0, 10),
    (0x19DA, 1, 1),
    (0x1A80, 0, 10),
    (0x1A90, 0, 10),
    (0x1B50, 0, 10),
    (0x1BB0, 0, 10),
    (0x1C40, 0, 10),
    (0x1C50, 0, 10),
    (0x2070, 0, 1),
    (0x2074, 4, 6),
    (0x2080, 0, 10),
    (0x2460, 1, 9),
    (0x2474, 1, 9),
    (0x2488, 1, 9),
    (0x24EA, 0, 1),
    (0x24F5, 1, 9),
    (0x24FF, 0, 1),
    (0x2776, 1, 9),
    (0x2780, 1, 9),
    (0x278A, 1, 9),
    (0xA620, 0, 10),
    (0xA8D0, 0, 10),
    (0xA900, 0, 10),
    (0xA9D0, 0, 10),
    (0xA9F0, 0, 10),
    (0xAA50, 0, 10),
    (0xABF0, 0, 10),
    (0xFF10, 0, 10),
    (0x104A0, 0, 10),
    (0x10A40, 1, 4),
    (0x10D30, 0, 10),
    (0x10D40, 0, 10),
    (0x10E60, 1, 9),
    (0x11052, 1, 9),
    (0x11066, 0, 10),
    (0x110F0, 0, 10),
    (0x11136, 0, 10),
    (0x111D0, 0, 10),
    (0x112F0, 0, 10),
    (0x11450, 0, 10),
    (0x114D0, 0, 10),
    (0x11650, 0, 10),
    (0x116C0, 0, 10),
    (0x116D0, 0, 10),
    (0x116DA, 0, 10),
    (0x11730, 0, 10),
    (0x118E0, 0, 10),
    (0x11950, 0, 10),
    (0x11BF0, 0, 10),
    (0x11C50, 0, 10),
    (0x11D50, 0, 10),
    (0x11DA0, 0, 10),
    (0x11F50, 0, 10),
    (0x16130, 0, 10),
    (0x16A60, 0, 10),
    (0x16AC0, 0, 10),
    (0x16B50, 0, 10),
    (0x16D70, 0, 10),
    (0x1CCF0, 0, 10),
    (0x1D7CE, 0, 10),
    (0x1D7D8, 0, 10),
    (0x1D7E2, 0, 10),
    (0x1D7EC, 0, 10),
    (0x1D7F6, 0, 10),
    (0x1E140, 0, 10),
    (0x1E2F0, 0, 10),
    (0x1E4F0, 0, 10),
    (0x1E5F1, 0, 10),
    (0x1E950, 0, 10),
    (0x1F100, 0, 1),
    (0x1F101, 0, 10),
    (0x1FBF0, 0, 10),
];

/// The value of a digit of any script.
pub(crate) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return u8::try_from(c.to_digit(10)?).ok();
    }
    // Most of a text is Chinese, and has none there.
    if matches!(c, '\u{2800}'..='\u{A61F}' | '\u{AC00}'..='\u{FF0F}') {
        return None;
    }
    let code = u32::from(c);
    let next = RUNS.partition_point(|(first, ..)| *first <= code);
    let (first, value, count) = *RUNS.get(next.checked_sub(1)?)?;
    let at = u8::try_from(code - first).ok()?;
    (at < count).then_some(value + at)
}

/// Whether a digit has an ornament, as the numbers of a list have: circled, bracketed, with a point, raised, lowered.
pub(super) fn is_ornate(c: char) -> bool {
    matches!(c, '\u{B2}'..='\u{B9}' | '\u{2070}'..='\u{2089}' | '\u{2460}'..='\u{24FF}' | '\u{2776}'..='\u{2793}' | '\u{1F100}'..='\u{1F10A}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_any_script_have_their_value() {
        for (text, values) in [
            ("0189", [0, 1, 8, 9]),
            ("０１８９", [0, 1, 8, 9]),
            ("٠١٨٩", [0, 1, 8, 9]),
            ("०१८९", [0, 1, 8, 9]),
            ("⓪①⑧⑨", [0, 1, 8, 9]),
            ("⁰¹⁸⁹", [0, 1, 8, 9]),
            ("²³₀₉", [2, 3, 0, 9]),
            ("𝟎𝟏𝟖𝟗", [0, 1, 8, 9]),
            ("⑴❶➀➊", [1, 1, 1, 1]),
        ] {
            assert_eq!(text.chars().filter_map(digit).collect::<Vec<_>>(), values, "{text}");
        }
        for other in ['a', '一', '〇', '〡', '½', 'Ⅷ', '⑩', '㈠', ' ', '\u{10FFFF}'] {
            assert_eq!(digit(other), None, "{other}");
        }
        assert!(RUNS.is_sorted_by(|one, next| one.0 + u32::from(one.2) <= next.0));
    }
}
