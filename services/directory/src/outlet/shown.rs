//! What the public may see of an outlet: the one place that decides it, for what is told and for what is filtered by.

use std::collections::BTreeMap;

use domain::Day;
use event_log::Recorded;

use super::choice::{BreachSeverity, PledgeStatus, PublicationScope};
use super::fold::moves;
use super::view::{BreachView, CorrectionView, PledgeView, VersionView, View};

/// Months from its determination for which a breach is shown at most, by its gravity (信用修复管理办法, in force 2026-04-01): minor, general and
/// serious.
const SHOWN_MONTHS: [u32; 3] = [3, 12, 36];

/// The last day on which a breach is shown that was determined on a day.
pub(crate) fn shown_until(severity: BreachSeverity, determined_on: i32) -> i32 {
    let [minor, general, serious] = SHOWN_MONTHS;
    let months = match severity {
        BreachSeverity::Minor => minor,
        BreachSeverity::General => general,
        BreachSeverity::Serious => serious,
    };
    Day::from_number(determined_on).map_or(determined_on, |day| day.plus_months(months).number())
}

/// The fact that a breach is.
const BREACH: &str = "PledgeBroken";

/// A division down to its street.
pub(crate) fn street(division: &str) -> String {
    division.get(..9).map_or_else(|| division.to_owned(), |street| format!("{street}000"))
}

/// Of which commits it is withheld where an outlet was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Withheld {
    /// Of those before this position.
    until: u64,
}

impl Withheld {
    /// A division that the outlet was shown in when the commit at `position` was recorded, as the public may see it now: to the street
    /// where the address was withheld then, or has been at any time since.
    pub(crate) fn division_then(self, division: &str, position: u64) -> String {
        if position < self.until { street(division) } else { division.to_owned() }
    }
}

impl View {
    /// Of which commits it is withheld where the outlet was.
    pub(crate) fn withheld(&self) -> Withheld {
        Withheld { until: if self.is_withheld() { u64::MAX } else { self.withheld_until } }
    }

    /// The record without the breaches whose time to be shown is over by today, whichever day is asked about: where nothing else was determined
    /// of a pledge, how it stands is not told any more. That another was repaired is.
    pub(crate) fn shown_on(mut self, today: i32) -> Self {
        for pledge in &mut self.pledges {
            let all = pledge.breaches.len();
            let is_over = |breach: &BreachView| today > shown_until(breach.severity, breach.determined_on);
            pledge.breaches.retain(|breach| !(breach.is_open() && is_over(breach)));
            if pledge.breaches.len() < all {
                pledge.settle();
                let is_left = pledge.breaches.iter().any(BreachView::is_open);
                if !is_left && pledge.status != PledgeStatus::Repaired {
                    pledge.status = PledgeStatus::Unspecified;
                }
            }
        }
        self
    }

    /// The corrections that are told: not those of a breach that is not shown, or was none.
    pub(crate) fn shown_corrections(&self) -> impl Iterator<Item = &CorrectionView> {
        let is_shown = |act: u32| self.breaches().any(|breach| breach.act == act);
        self.corrections.iter().filter(move |one| one.fact != BREACH || is_shown(one.corrected))
    }

    /// Keeps from the public, of the commits before the correction at `position`, what was withheld until then, which the corrected record
    /// may never have withheld, and what that record is the first to withhold: this the correction itself may tell of, as where the outlet
    /// stood before it.
    pub(crate) fn keep_withheld(&mut self, before: &Self, position: u64) {
        let known: BTreeMap<u32, &VersionView> = before.homes().iter().map(|home| (home.act, home)).collect();
        let is_new = |home: &VersionView| known.get(&home.act).is_none_or(|known| !known.is_in_the_place_of(home));
        let hides = self.homes().iter().any(is_new);
        let shows = before.is_withheld() && !self.is_withheld();
        self.withheld_until = match (hides, shows) {
            (true, _) => position + 1,
            (false, true) => position,
            (false, false) => before.withheld_until,
        };
    }

    /// The versions whose places are withheld: to the last that withholds its own, by the days.
    fn homes(&self) -> &[VersionView] {
        let last = self.versions.iter().rposition(|version| version.withhold_address);
        last.and_then(|last| self.versions.get(..=last)).unwrap_or_default()
    }

    /// Keeps from the public what a later record of the outlet withholds: whatever was shown on an earlier day may be the home. So may what
    /// that record does not have any more, of the day that it was recorded of, and of any while that record withholds its own address.
    fn withhold_what_is_in(&mut self, later: &Self) {
        let Some(last) = later.homes().last() else { return };
        let is_home = |version: &VersionView| (version.from, version.act) <= (last.from, last.act);
        let all = later.is_withheld();
        let known: BTreeMap<u32, &VersionView> = later.versions.iter().map(|version| (version.act, version)).collect();
        for version in &mut self.versions {
            let since = known.get(&version.act);
            let is_kept = since.is_some_and(|since| since.is_in_the_place_of(version));
            let was_home = !is_kept && (all || is_home(version));
            version.withheld_since |= was_home || since.is_some_and(|since| is_home(since));
        }
    }
}

impl VersionView {
    /// Whether the outlet stands by it where it does by another.
    fn is_in_the_place_of(&self, other: &Self) -> bool {
        self.division == other.division && self.address == other.address && self.location == other.location
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
        now.then(commits.get(..=more)?);
        // What any record since has withheld stays so: a later one may show where the outlet stands by then, or have been corrected.
        if commits.get(more).is_some_and(|recorded| moves(&recorded.commit.events)) {
            then.withhold_what_is_in(&now);
        }
    }
    // A breach that was repaired since, or was none, is not shown of the time before either; one that was corrected is shown as it stands.
    for pledge in &mut then.pledges {
        let Some(now) = now.pledges.iter().find(|now| now.number == pledge.number) else { continue };
        let known = |act: u32| now.breaches.iter().find(|breach| breach.act == act);
        pledge.breaches.retain(|breach| !breach.is_shown() || known(breach.act).is_some());
        for breach in pledge.breaches.iter_mut().filter(|breach| breach.is_shown()) {
            let Some(now) = known(breach.act) else { continue };
            // By which rulings it stands again is told where they were on record.
            let rulings = if now.is_shown() { std::mem::take(&mut breach.rulings) } else { now.rulings.clone() };
            *breach = BreachView { rulings, ..now.clone() };
        }
        pledge.settle();
    }
    Some(then)
}
