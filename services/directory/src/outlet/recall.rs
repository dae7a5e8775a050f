//! Since when plaques were to come back on a day, and what had been ordered by then: by the record and the day, in whatever order the record was typed
//! (the domain's rule). An order is told from the day on which it went out, and for what it is by all that is on record.

use domain::stretch_begins;

use super::standing::stood_then;
use super::view::{Back, PlaqueView, RecallView, View};

impl View {
    /// A plaque as it was on a day; `None` before it was ordered.
    pub(crate) fn plaque_of(&self, plaque: &PlaqueView, day: i32) -> Option<PlaqueView> {
        let mut told = plaque.clone().told_of(day)?;
        for recall in &mut told.recalls {
            recall.since = self.recalled_for(plaque, recall, day);
        }
        Some(PlaqueView { back: self.back_on(plaque, day), ..told })
    }

    /// That a plaque is to come back on a day, and by what order of before.
    fn back_on(&self, plaque: &PlaqueView, day: i32) -> Option<Back> {
        let since = self.to_come_back_since(plaque, day)?;
        let stands = |recall: &&RecallView| {
            recall.recorded_on <= day && since <= recall.due && recall.lifted.is_none_or(|lift| day < lift.since)
        };
        Some(Back { since, order: plaque.recalls.iter().rfind(stands).copied() })
    }

    /// Since when a plaque was to come back on a day, where it was out on it and so by the record.
    pub(crate) fn to_come_back_since(&self, plaque: &PlaqueView, day: i32) -> Option<i32> {
        let is_held = plaque.ordered_on <= day && plaque.status_on(day).is_out();
        let is_due = is_held && self.is_due_back(plaque, day);
        is_due.then(|| self.begins(plaque, day).unwrap_or(day))
    }

    /// The first day of what an order is for, by what had been decided by a day: one that was to come back when it was ordered since before, else the
    /// day of the end that was decided ahead. Of one that was lifted, the stretch that this ended; `None` where there is none, as where what it was for
    /// was corrected.
    pub(crate) fn recalled_for(&self, plaque: &PlaqueView, recall: &RecallView, day: i32) -> Option<i32> {
        let last = recall.lifted.map_or(recall.recorded_on, |lift| lift.since.saturating_sub(1));
        if self.is_due_back(plaque, last) {
            return self.begins(plaque, last);
        }
        let is_open = recall.lifted.is_none();
        let ends = self.certifications.iter().flat_map(|c| &c.ends).filter(|end| is_open && end.overturned.is_none());
        let ahead = ends.filter(|end| end.decided_on <= day && last < end.effective_on).map(|end| end.effective_on);
        ahead.filter(|on| self.is_due_back(plaque, *on)).min()
    }

    /// The day after this one on which a plaque is to come back by a decision of before, and the last to give it back where that was ordered for it by then.
    /// What was decided later may have called it back for another end.
    pub(crate) fn recall_to_come(&self, plaque: &PlaqueView, day: i32) -> Option<(i32, Option<i32>)> {
        let on = self.clone().told_of(day).end_to_come(day)?;
        let of_it = |recall: &&RecallView| {
            let stood = recall.recorded_on <= day && recall.lifted.is_none_or(|lift| day < lift.since);
            stood && self.recalled_for(plaque, &RecallView { lifted: None, ..**recall }, day) == Some(on)
        };
        Some((on, plaque.recalls.iter().rfind(of_it).map(|recall| recall.due)))
    }

    /// The first day, of those by a day, on which it came to be so that it is to come back.
    fn begins(&self, plaque: &PlaqueView, day: i32) -> Option<i32> {
        let is_back = |day: i32| self.is_due_back(plaque, day);
        stretch_begins(self.turns(plaque), is_back, |day| day.saturating_sub(1), day).max(plaque.out_since())
    }

    /// Whether it was to come back on a day, by what had been decided by then: no certification stood, or another had been ordered in its place.
    fn is_due_back(&self, plaque: &PlaqueView, day: i32) -> bool {
        !self.certifications.iter().any(|c| stood_then(c, day)) || self.is_replaced_on(plaque, day)
    }

    /// One that was destroyed before it went out takes the place until then, if no third one came there.
    fn is_replaced_on(&self, plaque: &PlaqueView, day: i32) -> bool {
        let until = |other: &PlaqueView| other.unmade_on().filter(|_| plaque.replaced.is_none());
        self.instead(plaque).any(|other| other.ordered_on <= day && until(other).is_none_or(|unmade| day < unmade))
    }

    fn instead<'v>(&'v self, plaque: &'v PlaqueView) -> impl Iterator<Item = &'v PlaqueView> {
        self.plaques.iter().filter(|other| other.instead_of == plaque.number)
    }

    /// The days on which it may come to be so, or cease to be.
    fn turns<'v>(&'v self, plaque: &'v PlaqueView) -> impl Iterator<Item = i32> + 'v {
        let of_terms = self.certifications.iter().flat_map(|c| {
            let ends = c.ends.iter().flat_map(|end| {
                let bearing = end.bearing();
                [Some(end.decided_on), Some(end.effective_on), Some(bearing.from), bearing.until]
            });
            ends.chain([c.begin(), c.over()]).flatten().collect::<Vec<_>>()
        });
        of_terms.chain(self.instead(plaque).flat_map(|other| [Some(other.ordered_on), other.unmade_on()]).flatten())
    }
}
