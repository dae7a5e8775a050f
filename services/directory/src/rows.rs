//! The rows: keys built for the questions, and how commits become them.

pub(crate) mod bars;
mod beside;
pub(crate) mod card;
pub(crate) mod change;
pub(crate) mod confirmed;
pub(crate) mod counter;
mod derived;
mod doubled;
pub(crate) mod key;
pub(crate) mod task;
mod touched;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::{Day, Event, StreamId};
use event_log::{Recorded, SetAside};
use projection::{ApplyError, Projection, ReadError, Rows, Snapshot, Streams};

use crate::outlet::fold::corrects;
use crate::outlet::shown::shown_until;
use change::ChangeRow;
use key::{BY_CATEGORY, CARD, NEWEST_DAY, STRAYS, change_in_key, change_key, county_digits};
use touched::{Touched, may_take_a_number};

/// The directory's projection.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DirectoryRows;

impl Projection for DirectoryRows {
    const NAME: &'static str = "directory";
    const VERSION: u32 = 23;
    const PLAIN: &'static [u8] = &[BY_CATEGORY, CARD];

    fn needs_stream(&self, recorded: &Recorded) -> bool {
        let events = &recorded.commit.events;
        let of_operator = bars::bears(events) || confirmed::bears(events);
        corrects(events) || (matches!(recorded.stream, StreamId::Operator(_)) && of_operator)
    }

    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded, streams: &Streams) -> Result<(), ApplyError> {
        self.apply_group(rows, &[recorded], streams)
    }

    fn set_aside(&self, rows: &mut Rows<'_>, _: &SetAside) -> Result<(), ApplyError> {
        let before = rows.get::<u64>(&STRAYS)?.unwrap_or(0);
        rows.put(&STRAYS, &(before + 1))
    }

    /// Every commit is folded into its provider's record; what follows from the record is made once, of the last one.
    fn apply_group(&self, rows: &mut Rows<'_>, group: &[&Recorded], streams: &Streams) -> Result<(), ApplyError> {
        let mut touched: BTreeMap<String, Touched> = BTreeMap::new();
        let newest = group.iter().map(|recorded| Day::of(recorded.commit.recorded_at).number()).max();
        let before = rows.get::<i32>(&NEWEST_DAY)?;
        if let Some(newest) = newest.filter(|newest| before.is_none_or(|before| before < *newest)) {
            rows.put(&NEWEST_DAY, &newest)?;
        }
        for recorded in group {
            let commit = &recorded.commit;
            let mut change = ChangeRow {
                events: commit.events.iter().map(|event| event.name().to_owned()).collect(),
                recorded_at_ms: commit.recorded_at.0,
                breach_until: commit.events.iter().filter_map(breach_until).max(),
                ..ChangeRow::default()
            };
            match &recorded.stream {
                StreamId::Operator(code) => {
                    code.as_str().clone_into(&mut change.operator_code);
                    if bars::bears(&commit.events) {
                        bars::follow(code.as_str(), recorded, rows, streams)?;
                        beside::of_operator(&mut touched, code.as_str(), rows)?;
                    }
                    if confirmed::bears(&commit.events) {
                        confirmed::follow(code.as_str(), recorded, rows, streams)?;
                    }
                }
                // Of no provider and no place.
                StreamId::Log | StreamId::Rules => {}
                StreamId::Provider(id) => {
                    id.as_str().clone_into(&mut change.provider_id);
                    let own = match touched.entry(id.as_str().to_owned()) {
                        Entry::Occupied(entry) => entry.into_mut(),
                        Entry::Vacant(entry) => entry.insert(Touched::load(id.as_str(), rows)?),
                    };
                    let before = commit.events.iter().any(may_take_a_number).then(|| doubled::numbers(&own.view));
                    let operated = beside::bears(&commit.events).then(|| beside::codes(id, &own.view));
                    own.fold(recorded, rows, &mut change, streams)?;
                    if let Some(before) = before {
                        doubled::follow(&mut touched, recorded, (id.as_str(), &before), rows)?;
                    }
                    if let Some(before) = operated {
                        beside::follow(&mut touched, id, &before, rows)?;
                    }
                }
            }
            rows.replace(&change_key(recorded.position.0), None, Some(change.encoded()?));
            let places = change.divisions.iter().chain(&change.places);
            let counties: BTreeSet<&str> = places.map(|division| county_digits(division)).collect();
            for county in counties {
                rows.replace(&change_in_key(county, recorded.position.0), None, Some(Vec::new()));
            }
        }
        touched.into_iter().try_for_each(|(id, touched)| touched.write(&id, rows))
    }
}

/// The latest day on which something was recorded: from it on, what is live is what the indexes have so. Before anything was, every day is.
pub(crate) fn newest_day(rows: &Snapshot<'_>) -> Result<i32, ReadError> {
    Ok(rows.get(&NEWEST_DAY)?.unwrap_or(i32::MIN))
}

/// The last day on which it is told that a pledge was broken, of the fact that says so.
fn breach_until(event: &Event) -> Option<i32> {
    match event {
        Event::PledgeBroken(e) => Some(shown_until(e.severity.into(), e.determined_on.number())),
        _ => None,
    }
}
