//! What lies in the folder of a generation.

/// What says that blocks are being opened that could not be looked at before.
pub(super) const OPENING: &str = "opening";
/// Why the rows before these were given up, until these are whole.
pub(super) const BECAUSE: &str = "because";
/// Longest that is read of it, in bytes.
pub(super) const BECAUSE_BYTES_MAX: u64 = 4096;
/// What says that the rows came with a snapshot, or could not be looked at: their mark at that time.
pub(super) const UNCONFIRMED: &str = "unconfirmed";
/// The file whose lock one process has.
pub(super) const LOCK: &str = "lock";
/// What these rows, which are being built, gave at the position of those that are not confirmed.
pub(super) const COMPARED: &str = "compared";
/// The folder of the blocks.
pub(super) const ROWS: &str = "rows";
/// What says that a generation that was built beside another has taken over.
pub(super) const WHOLE: &str = "whole";
/// What says that a generation is not built on for now.
pub(super) const PAUSED: &str = "paused";
