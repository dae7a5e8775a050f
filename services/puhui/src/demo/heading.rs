//! The headings of the tour.

use std::time::Instant;

use crate::client::Failure;
use crate::json::say;

/// Prints a heading of the tour.
pub(super) fn heading(started: Instant, text: &str) -> Result<(), Failure> {
    say(&format!("\n[{:>5.2} s] {text}", started.elapsed().as_secs_f64()))
}
