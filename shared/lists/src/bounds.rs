//! How much of a list is read.

/// Largest file, in bytes.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most rows below the header.
pub const ROWS_MAX: usize = 200_000;
/// Longest cell, in characters. A row with a longer one is rejected.
pub const CELL_CHARS_MAX: usize = 4_000;
/// A header is looked for in this many rows; above it stand titles and notes.
pub const HEADER_ROWS_MAX: usize = 20;
/// Most rows that hold anything: those above the header come on top of the rows of the list.
pub(crate) const LINES_MAX: usize = ROWS_MAX + HEADER_ROWS_MAX;
/// Columns read; what stands further right belongs to no list.
pub(crate) const COLUMNS_MAX: u32 = 256;
/// What a workbook may unpack to, in bytes. It is a ZIP file, and a small one can hold gigabytes of zeros.
pub(crate) const UNPACKED_BYTES_MAX: u64 = 512 * 1024 * 1024;
