//! Where a certification stands on a day: a pure function of what was recorded, so that expiry needs no event and no clock.

use std::collections::BTreeMap;

use api::registry::v1::CertificationStatus;
use serde::{Deserialize, Serialize};

use crate::view::{CertificationView, View};

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

impl Status {
    pub(crate) fn is_live(self) -> bool {
        match self {
            Self::Valid | Self::Rectifying | Self::Suspended => true,
            Self::Revoked | Self::Withdrawn | Self::Expired | Self::Deregistered => false,
        }
    }

    pub(crate) fn transit(self) -> i32 {
        match self {
            Self::Valid => CertificationStatus::Valid,
            Self::Rectifying => CertificationStatus::Rectifying,
            Self::Suspended => CertificationStatus::Suspended,
            Self::Revoked => CertificationStatus::Revoked,
            Self::Withdrawn => CertificationStatus::Withdrawn,
            Self::Expired => CertificationStatus::Expired,
            Self::Deregistered => CertificationStatus::Deregistered,
        }
        .into()
    }

    pub(crate) fn zh(self) -> &'static str {
        match self {
            Self::Valid => "有效",
            Self::Rectifying => "限期整改",
            Self::Suspended => "暂停",
            Self::Revoked => "已取消",
            Self::Withdrawn => "已自愿退出",
            Self::Expired => "已到期",
            Self::Deregistered => "已注销",
        }
    }

    pub(crate) fn en(self) -> &'static str {
        match self {
            Self::Valid => "certified and valid",
            Self::Rectifying => "certified, ordered to mend a breach",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn by the provider",
            Self::Expired => "expired",
            Self::Deregistered => "deregistered",
        }
    }
}

/// The status on a day and the day it began; `None` where the certification had not begun.
///
/// A decided end counts from its effective day, whatever was recorded live after it; the end of the term counts where it came first;
/// among live statuses the one recorded last stands.
pub(crate) fn on(certification: &CertificationView, day: i32) -> Option<(Status, Option<i32>)> {
    let begin = certification.valid_from.or(certification.decided_on);
    stands(begin, certification.valid_to, &certification.spans, day)
}

/// [`on`], of a certification by its first day, the last day of its term and what was recorded of it.
pub(crate) fn stands(
    begin: Option<i32>,
    valid_to: Option<i32>,
    spans: &[Span],
    day: i32,
) -> Option<(Status, Option<i32>)> {
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

/// The certifications a day is about, one a category: the latest that had begun by it, and how it stood.
pub(crate) fn standings(view: &View, day: i32) -> Vec<(&CertificationView, (Status, Option<i32>))> {
    let mut latest = BTreeMap::new();
    for c in &view.certifications {
        if let Some(standing) = on(c, day) {
            latest.insert(c.category.as_str(), (c, standing));
        }
    }
    latest.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certification(spans: &[(i32, Status)]) -> CertificationView {
        let spans = spans.iter().map(|(from, status)| Span { from: *from, status: *status }).collect();
        CertificationView { valid_from: Some(100), valid_to: Some(200), spans, ..CertificationView::default() }
    }

    #[test]
    fn the_status_of_a_day_follows_from_what_was_recorded() {
        use Status::{Expired, Rectifying, Revoked, Suspended, Valid, Withdrawn};
        type Recorded = &'static [(i32, Status)];
        type Standing = Option<(Status, i32)>;
        let table: &[(Recorded, i32, Standing)] = &[
            (&[], 99, None),
            (&[], 100, Some((Valid, 100))),
            (&[], 200, Some((Valid, 100))),
            (&[], 201, Some((Expired, 201))),
            (&[(120, Rectifying)], 119, Some((Valid, 100))),
            (&[(120, Rectifying)], 120, Some((Rectifying, 120))),
            (&[(120, Rectifying), (130, Valid)], 125, Some((Rectifying, 120))),
            (&[(120, Rectifying), (130, Valid)], 150, Some((Valid, 130))),
            (&[(120, Suspended)], 201, Some((Expired, 201))),
            // A withdrawal that lies ahead, and a rectification recorded after it.
            (&[(180, Withdrawn), (120, Rectifying)], 150, Some((Rectifying, 120))),
            (&[(180, Withdrawn), (120, Rectifying)], 190, Some((Withdrawn, 180))),
            // A revocation recorded after a withdrawal that lies ahead.
            (&[(180, Withdrawn), (150, Revoked)], 160, Some((Revoked, 150))),
            (&[(150, Revoked)], 300, Some((Revoked, 150))),
            // The term ended before the withdrawal took effect.
            (&[(250, Withdrawn)], 300, Some((Expired, 201))),
            // Annulled from the beginning.
            (&[(120, Rectifying), (100, Revoked)], 110, Some((Revoked, 100))),
        ];
        for (spans, day, expected) in table {
            let got = on(&certification(spans), *day).map(|(status, since)| (status, since.unwrap()));
            assert_eq!(got, *expected, "{spans:?} on {day}");
        }
    }

    #[test]
    fn a_list_that_states_no_days_is_valid_without_end() {
        assert_eq!(on(&CertificationView::default(), 5), Some((Status::Valid, None)));
    }
}
