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
    /// A division that the outlet was shown in when the commit at `position` was recorded, as the public may see it now: to the street
    /// where the address was withheld then, or has been at any time since.
    pub(crate) fn division_then(&self, division: &str, position: u64) -> String {
        if self.is_withheld() || position < self.withheld_until { street(division) } else { division.to_owned() }
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
    }
    for known in now.known().iter().filter(|known| known.is_withheld()) {
        for version in then.versions.iter_mut().filter(|version| version.act == known.version.act) {
            version.withheld_since = true;
        }
    }
    for pledge in then.pledges.iter_mut().filter(|pledge| pledge.breach.is_some()) {
        if let Some(now) = now.pledges.iter().find(|now| now.number == pledge.number && now.breach != pledge.breach) {
            (pledge.status, pledge.breach) = (now.status, now.breach.clone());
        }
    }
    Some(then)
}

fn fold(view: &mut View, recorded: &Recorded) {
    let day = Day::of(recorded.commit.recorded_at).number();
    view.made.push(view.acts, &recorded.commit);
    for event in &recorded.commit.events {
        view.fold(event, recorded.position.0, day);
    }
    (view.revision, view.last_position) = (recorded.revision.0, recorded.position.0);
}
