//! Where a commit stands: whose stream, which of it, and which of the whole log.

use super::ids::ProviderId;
use super::uscc::OperatorCode;

/// Whose history a commit belongs to. Each stream is one consistency boundary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// One provider: its case, certifications, prices, pledges and plaques.
    Provider(ProviderId),
    /// One operator: bars that cross its providers.
    Operator(OperatorCode),
    /// The log itself: what was decided about its own messages.
    Log,
    /// The rules: schemes, the calendar, the tables of places. One stream of all, so that each edition is checked against those it stands on
    /// or inherits from.
    Rules,
}

/// A stream's number of commits: 0 when empty, then 1, 2, 3 … without a gap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A commit's place in the whole log: 1, 2, 3 … without a gap. 0 is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);
