//! Pledge numbers that more than one outlet holds, found by looking at what was on record at every position.

use std::collections::BTreeSet;

use domain::{Day, Event};

use super::Oracle;
use crate::outlet::view::DoubledView;
use crate::world::id;

impl Oracle<'_> {
    fn holds(&self, provider: u32, at: u64, number: &str) -> bool {
        self.record(provider, at).pledges.iter().any(|pledge| pledge.number == number)
    }

    /// The numbers of an outlet that others hold at the end, which those are, and the day since which there are any.
    pub(super) fn doubled(&self, provider: u32) -> Vec<DoubledView> {
        let numbers: BTreeSet<String> =
            self.record(provider, u64::MAX).pledges.iter().map(|pledge| pledge.number.clone()).collect();
        let all: BTreeSet<u32> = self.commits.iter().map(|told| told.provider).collect();
        let others_at = |at: u64, number: &str| -> Vec<u32> {
            all.iter().copied().filter(|other| *other != provider && self.holds(*other, at, number)).collect()
        };
        let mut doubled = Vec::new();
        for number in numbers.into_iter().filter(|number| !others_at(u64::MAX, number).is_empty()) {
            let mut since = None;
            for (position, told) in (1..).zip(self.commits) {
                if !told.events.iter().any(|event| matches!(event, Event::PledgeMade(_) | Event::ActCorrected(_))) {
                    continue;
                }
                let is_doubled = self.holds(provider, position, &number) && !others_at(position, &number).is_empty();
                since = is_doubled.then(|| since.unwrap_or_else(|| Day::of(told.recorded_at).number()));
            }
            let mut others: Vec<String> =
                others_at(u64::MAX, &number).into_iter().map(|other| id(other).to_string()).collect();
            others.sort();
            doubled.extend(since.map(|since| DoubledView { number, others, since }));
        }
        doubled
    }
}
