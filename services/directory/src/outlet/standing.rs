//! Where an outlet's certifications stand on a day.

use domain::{Ahead, Bearing};

use super::choice::EndKind;
use super::status::Standing;
use super::view::{CertificationView, EndView, NoticedView, View};

/// How a certification stands on a day; `None` where it had not begun.
pub(crate) fn on(certification: &CertificationView, day: i32) -> Option<Standing> {
    of_days(certification.begin(), certification.valid_to, &certification.bearings(), day)
}

/// Whether it stood on a day or was to, by what had been decided by then: what is asked of whoever applies.
pub(crate) fn was_certified(c: &CertificationView, day: i32) -> bool {
    stood_then(c, day) || c.lies_ahead(day)
}

/// Whether it stood on a day, by what had been decided by then: what is asked of a plaque.
pub(crate) fn stood_then(c: &CertificationView, day: i32) -> bool {
    let ends = c.ends.iter().filter(|end| end.decided_on <= day).map(EndView::bearing);
    let bearings = c.by_itself().chain(ends);
    let stood = of_days(c.begin(), c.valid_to, &bearings, day);
    stood.is_some_and(|(status, _)| status.is_live())
}

impl View {
    /// The day after this one on which a decision ends the last of what stands, in a record that tells of this day.
    pub(crate) fn end_to_come(&self, day: i32) -> Option<i32> {
        let known = || self.certifications.iter().filter(|c| c.known_since().is_none_or(|since| since <= day));
        let stands = |on: i32| known().any(|c| stood_then(c, on));
        let ends = known().flat_map(|c| &c.ends).filter(|end| end.overturned.is_none() && end.decided_on <= day);
        let later = ends.map(|end| end.effective_on).filter(|on| day < *on && !stands(*on));
        later.min().filter(|_| stands(day))
    }
}

impl CertificationView {
    /// What is to come of it on a day before it begins (the domain's rule).
    pub(crate) fn ahead(&self, day: i32) -> Option<Ahead<&EndView>> {
        let ends = self.ends.iter().map(|end| (end, end.decided_on, end.bearing()));
        domain::ahead((self.begin(), self.known_since()), ends, day)
    }

    /// Whether nothing is left of it on a day that a notice could come to: once it is over nothing is to be cancelled (the domain's rule).
    pub(super) fn leaves_nothing(&self, notice: &NoticedView, day: i32) -> bool {
        notice.intended == EndKind::Cancelled && !was_certified(self, day)
    }

    /// The notices of an intended revocation that hang over it on a day.
    pub(crate) fn open_notices(&self, day: i32) -> impl Iterator<Item = &NoticedView> {
        self.notices.iter().filter(move |notice| notice.is_open_on(day) && !self.leaves_nothing(notice, day))
    }

    /// Whether it was decided by a day and is to begin after it.
    pub(crate) fn lies_ahead(&self, day: i32) -> bool {
        matches!(self.ahead(day), Some(Ahead::Begins))
    }
}

/// The same, of what bears on it and its first and last day.
pub(crate) fn of_days(
    begin: Option<i32>,
    last: Option<i32>,
    bearings: &(impl Iterator<Item = Bearing<i32>> + Clone),
    day: i32,
) -> Option<Standing> {
    let standing = domain::standing(begin, last.map(|last| last.saturating_add(1)), bearings, day)?;
    Some((standing.status.into(), standing.since))
}

/// A certification in the order it was recorded: its category, its first day, and how it stands on a day.
pub(crate) type Candidate<'a> = (&'a str, Option<i32>, Option<Standing>);

/// Of certifications in the order they were recorded: one a category, by category, the one the day is about (the domain's rule).
pub(crate) fn about<T: Copy>(certifications: &[(T, Candidate<'_>)]) -> Vec<(T, Standing)> {
    let mut categories: Vec<&str> = certifications.iter().map(|(_, (category, _, _))| *category).collect();
    categories.sort_unstable();
    categories.dedup();
    let of = |wanted: &str| {
        let same = certifications.iter().filter(|(_, (category, _, _))| *category == wanted);
        let candidates = same.map(|(certification, (_, begin, standing))| {
            let standing = standing.map(|(status, since)| domain::Standing { status: status.into(), since });
            (*certification, *begin, standing)
        });
        domain::of_one_category(candidates)
    };
    let found = categories.into_iter().filter_map(of);
    found.map(|(certification, standing)| (certification, (standing.status.into(), standing.since))).collect()
}

/// The certifications a day is about, one a category by category, and how each stood.
pub(crate) fn standings(view: &View, day: i32) -> Vec<(&CertificationView, Standing)> {
    let all: Vec<_> = view.certifications.iter().map(|c| (c, (&*c.category, c.begin(), on(c, day)))).collect();
    about(&all)
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
