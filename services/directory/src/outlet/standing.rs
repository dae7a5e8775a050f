//! Where an outlet's certifications stand on a day.

use super::status::{Standing, stands};
use super::view::{CertificationView, View};

/// How a certification stands on a day; `None` where it had not begun.
pub(crate) fn on(certification: &CertificationView, day: i32) -> Option<Standing> {
    stands(certification.begin(), certification.valid_to, &certification.spans, day)
}

/// Of certifications in the order they were recorded, each with how it stands: one a category, the latest that had begun, by category. The
/// one rule of which certification a day is about.
pub(crate) fn latest<T>(
    certifications: impl Iterator<Item = (T, Option<Standing>)>,
    category: impl for<'t> Fn(&'t T) -> &'t str,
) -> Vec<(T, Standing)> {
    let mut latest: Vec<(T, Standing)> = Vec::new();
    for (certification, standing) in certifications {
        let Some(standing) = standing else { continue };
        match latest.iter_mut().find(|(other, _)| category(other) == category(&certification)) {
            Some(other) => *other = (certification, standing),
            None => latest.push((certification, standing)),
        }
    }
    latest.sort_unstable_by(|(a, _), (b, _)| category(a).cmp(category(b)));
    latest
}

/// The certifications a day is about, one a category by category, and how each stood.
pub(crate) fn standings(view: &View, day: i32) -> Vec<(&CertificationView, Standing)> {
    latest(view.certifications.iter().map(|c| (c, on(c, day))), |c| &c.category)
}

/// How an outlet stands as a whole: the best live standing of its certifications, else the end that came last, and the categories it is
/// of; `None` where none had begun.
pub(crate) fn best(view: &View, day: i32) -> Option<(Standing, Vec<&str>)> {
    let all = standings(view, day);
    let live = || all.iter().filter(|(_, (status, _))| status.is_live());
    if let Some((_, best)) = live().min_by_key(|(_, (status, _))| *status) {
        return Some((*best, live().map(|(c, _)| c.category.as_str()).collect()));
    }
    let (c, standing) = all.into_iter().max_by_key(|(_, (_, since))| *since)?;
    Some((standing, vec![c.category.as_str()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outlet::status::{Span, Status};

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
