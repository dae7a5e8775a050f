//! What the public may see of an outlet: the one place that decides it, for what is told and for what is filtered by.

use event_log::Recorded;

use super::choice::PublicationScope;
use super::fold::corrects;
use super::view::{BreachView, PledgeView, View};

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

    /// Keeps from the public, of the commits before the correction at `position`, what was withheld until then: the corrected record may
    /// never have withheld it.
    pub(crate) fn keep_withheld(&mut self, before: &Self, position: u64) {
        let shows = before.is_withheld() && !self.is_withheld();
        self.withheld_until = if shows { position } else { before.withheld_until };
    }

    /// Keeps from the public what a later record of the outlet withholds: whatever was shown on an earlier day may be the home. So may what
    /// that record does not have any more, while it withholds its own address.
    fn withhold_what_is_in(&mut self, later: &Self) {
        let withheld: Vec<u32> =
            later.as_recorded().filter_map(|known| known.is_withheld().then_some(known.version.act)).collect();
        let all = later.is_withheld();
        let kept = |act: u32| later.versions.iter().any(|version| version.act == act);
        for version in &mut self.versions {
            version.withheld_since |= withheld.contains(&version.act) || all && !kept(version.act);
        }
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
    let known = commits.partition_point(|recorded| recorded.position.0 <= at);
    let mut now = View::of(commits.get(..known).filter(|known| !known.is_empty())?);
    let mut then = now.clone();
    for more in known..commits.len() {
        // What is recorded only adds to what is withheld; a correction may take from it, and what was withheld until then stays so.
        if commits.get(more).is_some_and(|recorded| corrects(&recorded.commit.events)) {
            then.withhold_what_is_in(&now);
        }
        now.then(commits.get(..=more)?);
    }
    then.withhold_what_is_in(&now);
    // A breach that was repaired since, or was none, is not shown of the time before either; one that was corrected is shown as it stands.
    for pledge in &mut then.pledges {
        let Some(now) = now.pledges.iter().find(|now| now.number == pledge.number) else { continue };
        let known = |act: u32| pledge.breaches.iter().any(|breach| breach.act == act);
        let shown: Vec<BreachView> = now.breaches.iter().filter(|breach| known(breach.act)).cloned().collect();
        if shown != pledge.breaches {
            pledge.repaired |= now.repaired && shown.len() < pledge.breaches.len();
            pledge.breaches = shown;
            pledge.settle();
        }
    }
    Some(then)
}
