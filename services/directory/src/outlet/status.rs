//! Where a certification stands on a day: a pure function of what was recorded, so that expiry needs no event and no clock.

use serde::{Deserialize, Serialize};

/// Where a certification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Status {
    Valid,
    Rectifying,
    Suspended,
    Revoked,
    Withdrawn,
    Expired,
    Deregistered,
}

/// From a day on, a status, as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) from: i32,
    pub(crate) status: Status,
}

/// A status, and the day it began where the record says so.
pub(crate) type Standing = (Status, Option<i32>);

impl Status {
    pub(crate) fn is_live(self) -> bool {
        match self {
            Self::Valid | Self::Rectifying | Self::Suspended => true,
            Self::Revoked | Self::Withdrawn | Self::Expired | Self::Deregistered => false,
        }
    }
}

/// The status on a day of a certification by its first day, the last day of its term and what was recorded of it, and the day that status
/// began; `None` where the certification had not begun.
///
/// A decided end counts from its effective day, whatever was recorded live after it; the end of the term counts where it came first;
/// among live statuses the one recorded last stands.
pub(crate) fn stands(begin: Option<i32>, valid_to: Option<i32>, spans: &[Span], day: i32) -> Option<Standing> {
    if begin.is_some_and(|begin| day < begin) {
        return None;
    }
    let reached = || spans.iter().rev().filter(|span| span.from <= day);
    let decided = reached().find(|span| !span.status.is_live()).map(|end| (end.status, end.from));
    let lapsed = valid_to.filter(|last| day > *last).map(|last| (Status::Expired, last + 1));
    if let Some((status, from)) = [decided, lapsed].into_iter().flatten().min_by_key(|(_, from)| *from) {
        return Some((status, Some(from)));
    }
    Some(reached().next().map_or((Status::Valid, begin), |span| (span.status, Some(span.from))))
}
