//! What the public may see of an outlet: the one place that decides it, for what is told and for what is filtered by.

use domain::Day;
use event_log::Recorded;

use super::choice::PublicationScope;
use super::view::{PledgeView, View};

/// A division down to its street.
pub(crate) fn street(division: &str) -> String {
    division.get(..9).map_or_else(|| division.to_owned(), |street| format!("{street}000"))
}

impl View {
    /// The division as the public may see it: to the street where the address is a home.
    pub(crate) fn shown_division(&self) -> String {
        if self.withhold_address { street(&self.division) } else { self.division.clone() }
    }

    /// A division that the outlet was shown in when the commit at `position` was recorded, as the public may see it now: to the street
    /// where the address was withheld then, or has been at any time since.
    pub(crate) fn division_then(&self, division: &str, position: u64) -> String {
        if self.withhold_address || position < self.withheld_until { street(division) } else { division.to_owned() }
    }

    /// The address as the public may see it.
    pub(crate) fn shown_address(&self) -> &str {
        if self.withhold_address { "" } else { &self.address }
    }

    /// Where the outlet stands, as the public may see it: latitude and longitude in millionths of a degree.
    pub(crate) fn shown_location(&self) -> Option<(i32, i32)> {
        self.location.filter(|_| !self.withhold_address)
    }
}

impl PledgeView {
    /// Whether more than its number, its status and who may see it is public.
    pub(crate) fn is_public(&self) -> bool {
        self.publication == PublicationScope::Public
    }
}

/// The record as it was when the log ended at `at`, without what has been taken from the public since. `None` before the first commit.
pub(crate) fn then(commits: &[Recorded], at: u64) -> Option<View> {
    let (earlier, later) = commits.split_at(commits.partition_point(|recorded| recorded.position.0 <= at));
    let mut now = View::default();
    earlier.first()?;
    for recorded in earlier {
        fold(&mut now, recorded);
    }
    let mut then = now.clone();
    for recorded in later {
        fold(&mut now, recorded);
        // An address that was shown once may be the home that was withheld afterwards.
        then.withhold_address |= now.withhold_address;
    }
    // A breach that was repaired since is not shown of the time before either.
    let still_shown = |act: u32| now.pledges.iter().flat_map(|pledge| &pledge.breaches).any(|breach| breach.act == act);
    for pledge in &mut then.pledges {
        let repaired: Vec<u32> =
            pledge.breaches.iter().map(|breach| breach.act).filter(|act| !still_shown(*act)).collect();
        for act in repaired {
            pledge.repair(act);
        }
    }
    Some(then)
}

fn fold(view: &mut View, recorded: &Recorded) {
    let day = Day::of(recorded.commit.recorded_at).number();
    for event in &recorded.commit.events {
        view.fold(event, recorded.position.0, day);
    }
    (view.revision, view.last_position) = (recorded.revision.0, recorded.position.0);
}
