//! How wide the terminal is.

use std::io::{self, IsTerminal};

/// Width of a terminal that does not say its own, in columns.
const COLUMNS_UNKNOWN: usize = 80;

/// The columns of the terminal that standard output is; `None` where it is none. The terminal itself is asked: `COLUMNS` is a variable of
/// the shell that programs are seldom given, and is asked where the terminal does not know.
pub fn columns() -> Option<usize> {
    let out = io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let asked = rustix::termios::tcgetwinsize(&out).map(|size| usize::from(size.ws_col));
    let told = || std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let known = |columns: &usize| *columns > 0;
    Some(asked.ok().filter(known).or_else(|| told().filter(known)).unwrap_or(COLUMNS_UNKNOWN))
}
