//! Characters that show nothing, or turn the direction in which a text is read.

/// Whether a character is one that people cannot see and that makes two texts differ that look the same, or one look like another: zero-width
/// marks, fillers, direction controls, tags, variation selectors.
///
/// The property `Default_Ignorable_Code_Point` of Unicode 14.0 (`DerivedCoreProperties.txt`), and what looks the same to a reader: the empty
/// Braille pattern and the marks of interlinear notes. White space is none of them.
pub const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}
