//! A record as it tells of one day: what had been decided by then, as it is known now. A decision that took effect before it was made, such as
//! a certification that never should have been, tells of the days since it took effect.

use super::ruling::OverturnedView;
use super::view::{CertificationView, View};

/// A ruling that had been given by a day.
fn ruled(overturned: &mut Option<OverturnedView>, day: i32) {
    if overturned.as_ref().is_some_and(|ruling| ruling.overturned_on > day) {
        *overturned = None;
    }
}

impl View {
    /// The record without what came later than a day.
    pub(crate) fn told_of(mut self, day: i32) -> Self {
        // While all of it is there: since when a plaque is to come back is asked of terms as they are known now.
        self.plaques = self.plaques.iter().filter_map(|plaque| self.plaque_of(plaque, day)).collect();
        self.certifications.iter_mut().for_each(|c| c.keep_until(day));
        self.cases = self.cases.into_iter().filter_map(|case| case.told_of(day)).collect();
        self.prices = self.prices.into_iter().filter_map(|price| price.told_of(day)).collect();
        self.pledges = self.pledges.into_iter().filter_map(|pledge| pledge.told_of(day)).collect();
        self.corrections.retain(|correction| correction.corrected_on <= day);
        // Before its operator was identified nobody knew the code.
        self.operator = self.operator.filter(|operator| operator.identified_on <= day);
        self
    }
}

impl CertificationView {
    fn keep_until(&mut self, day: i32) {
        let (measures, bases) = (std::mem::take(&mut self.measures), std::mem::take(&mut self.bases));
        for (mut measure, mut basis) in measures.into_iter().zip(bases).filter(|(measure, _)| measure.from <= day) {
            measure.until = measure.until.filter(|until| *until <= day);
            basis.over = basis.over.filter(|(_, on)| *on <= day);
            basis.rulings.keep_until(day);
            basis.cause.keep_until(day);
            self.measured(measure, basis);
        }
        self.notices.retain(|notice| notice.noticed_on <= day);
        for notice in &mut self.notices {
            notice.closed = notice.closed.filter(|(_, on)| *on <= day);
            notice.rulings.keep_until(day);
        }
        // What stands again reaches back no sooner than the ruling by which it does.
        self.ends.retain(|end| {
            let from = if end.again == 0 { end.bearing().from } else { end.decided_on };
            end.decided_on.min(from) <= day
        });
        for end in &mut self.ends {
            // What is overturned later does not reach back on a day before the ruling either.
            let from = end.bearing().from;
            let is_later = end.overturned.as_ref().is_some_and(|ruling| ruling.overturned_on > day);
            if is_later {
                end.effective_on = from;
            }
            ruled(&mut end.overturned, day);
        }
        self.reviews.retain(|review| review.reviewed_on <= day);
        self.reviews.iter_mut().for_each(|review| review.rulings.keep_until(day));
        self.keep_terms_until(day);
    }

    /// A term that was added later does not lengthen the one of the day, and one that was undone later still does.
    fn keep_terms_until(&mut self, day: i32) {
        let later = self.renewals.iter().any(|renewal| {
            let ruled_on = renewal.rulings.days().any(|on| on > day);
            renewal.decided_on.min(renewal.valid_from) > day || ruled_on
        });
        if !later {
            return;
        }
        self.valid_to = self.renewals.first().and_then(|first| first.before);
        self.renewals.retain(|renewal| renewal.decided_on.min(renewal.valid_from) <= day);
        self.renewals.iter_mut().for_each(|renewal| renewal.rulings.keep_until(day));
        self.valid_to = self.last_by_renewals();
    }
}
