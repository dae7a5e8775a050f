//! What commits were decided with in their day.

use std::collections::BTreeMap;

use domain::{Context, Day, Entry, Event, InTheirDay, OperatorCode, Position, ProviderId, Uscc, replay_operator};
use event_log::Recorded;

use crate::rules::Rules;

/// Last days of the bars on operators, each from a position on.
#[derive(Debug, Default)]
pub struct Bars(BTreeMap<OperatorCode, Vec<(Position, Option<Day>)>>);

impl Bars {
    /// The bars of an operator, as its commits made them one after the other.
    pub fn of(&mut self, operator: OperatorCode, commits: &[Recorded]) {
        let until = |number: usize| {
            let facts = commits.iter().take(number).flat_map(|recorded| &recorded.commit.events);
            replay_operator(facts).barred_until()
        };
        let each = (1..).zip(commits).map(|(number, recorded)| (recorded.position, until(number)));
        self.0.insert(operator, each.collect());
    }

    /// The last day of the bar on an operator, as it stood in front of a position.
    fn until(&self, operator: &OperatorCode, before: Position) -> Option<Day> {
        let bars = self.0.get(operator)?;
        let known = bars.partition_point(|(position, _)| *position < before);
        bars.get(known.checked_sub(1)?)?.1
    }
}

/// What a provider's commits were decided with in their day.
#[derive(Debug, Clone, Copy)]
pub struct Then<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// The provider.
    pub provider: &'a ProviderId,
    /// The bars on its operator, under every code that it was known by.
    pub bars: &'a Bars,
}

impl InTheirDay for Then<'_> {
    fn context<'a>(&'a self, entry: &Entry<'a>, identified: Option<&Uscc>) -> Context<'a> {
        let bar = self.bars.until(self.provider.operator(), entry.position);
        let identified = identified.map(|uscc| OperatorCode::Uscc(uscc.clone()));
        Context {
            scheme: &self.rules.scheme,
            calendar: &self.rules.calendar,
            divisions: &self.rules.divisions,
            bureau: entry.bureau,
            today: entry.recorded_on,
            provider: self.provider,
            operator_barred_until: bar.max(identified.and_then(|code| self.bars.until(&code, entry.position))),
        }
    }
}

/// Commits as what was decided after them goes by.
pub fn entries(commits: &[Recorded]) -> Vec<Entry<'_>> {
    commits
        .iter()
        .map(|recorded| Entry {
            position: recorded.position,
            recorded_on: Day::of(recorded.commit.recorded_at),
            bureau: &recorded.commit.bureau,
            events: &recorded.commit.events,
        })
        .collect()
}

/// The code that a fact identifies an operator by, as it was recorded or as it corrects another.
pub fn identifies(fact: &Event) -> Option<OperatorCode> {
    match fact {
        Event::OperatorIdentified(e) => Some(OperatorCode::Uscc(e.operator_uscc.clone())),
        Event::ActCorrected(e) => e.fact.as_deref().and_then(identifies),
        _ => None,
    }
}
