//! Text that is safe to show, and as much of it as fits.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands for a character that must not reach the terminal.
const REPLACEMENT: char = '\u{FFFD}';

/// The text with what could command a terminal replaced: a name in a published list must not move the cursor, change
/// colours or turn the reading direction.
pub fn harmless(text: &str) -> String {
    let commands = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}')
    };
    text.chars().map(|c| if commands(c) { REPLACEMENT } else { c }).collect()
}

/// The text, or as much of it as fits into `width` columns with an ellipsis.
pub(super) fn truncated(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut kept, mut used) = (String::new(), 0);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        kept.push(c);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// The text in pieces that are no wider than `width` columns, or than one character where that is wider.
pub(super) fn folded(text: &str, width: usize) -> Vec<String> {
    let (mut pieces, mut piece, mut used) = (Vec::new(), String::new(), 0);
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > width && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            used = 0;
        }
        used += wide;
        piece.push(c);
    }
    pieces.push(piece);
    pieces
}

/// The text, and spaces up to `width` columns.
pub(super) fn padded(text: &str, width: usize) -> String {
    text.to_owned() + &" ".repeat(width.saturating_sub(text.width()))
}
