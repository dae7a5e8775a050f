//! Changes: commits as the public follows them.

use domain::Event;
use projection::{ApplyError, ReadError, Row, Rows};
use serde::{Deserialize, Serialize};

use super::key::{change_key, odd};

/// A breach that is not shown is left out of the changes under this name.
const BROKEN: &str = "PledgeBroken";

/// A commit as the public follows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChangeRow {
    pub(crate) provider_id: String,
    pub(crate) operator_code: String,
    /// Before and after, where it moved.
    pub(crate) divisions: Vec<String>,
    /// Where else it was on other days: what it says may be of those.
    pub(crate) places: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) recorded_at_ms: u64,
    /// The last day on which it is told that a pledge was broken.
    pub(crate) breach_until: Option<i32>,
    /// Whether that is not told: it was repaired, or found to have been none.
    pub(crate) is_past: bool,
}

/// A [`ChangeRow`] as it is stored: there are several of a provider.
#[derive(Serialize, Deserialize)]
struct StoredChange<'a> {
    provider_id: &'a str,
    operator_code: &'a str,
    divisions: Vec<u64>,
    places: Vec<u64>,
    #[serde(borrow)]
    categories: Vec<&'a str>,
    facts: Vec<u8>,
    recorded_at_ms: u64,
    breach_until: Option<i32>,
    is_past: bool,
}

impl ChangeRow {
    pub(super) fn encoded(&self) -> Result<Vec<u8>, ApplyError> {
        let number = |division: &String| {
            division.parse().map_err(|_| ApplyError::Contradiction(format!("a division {division}")))
        };
        let code = |name: &String| {
            fact_code(name).ok_or_else(|| ApplyError::Contradiction(format!("a fact without a code: {name}")))
        };
        projection::encode(&StoredChange {
            provider_id: &self.provider_id,
            operator_code: &self.operator_code,
            divisions: self.divisions.iter().map(number).collect::<Result<_, _>>()?,
            places: self.places.iter().map(number).collect::<Result<_, _>>()?,
            categories: self.categories.iter().map(String::as_str).collect(),
            facts: self.events.iter().map(code).collect::<Result<_, _>>()?,
            recorded_at_ms: self.recorded_at_ms,
            breach_until: self.breach_until,
            is_past: self.is_past,
        })
    }

    /// Leaves out what is not shown any more on a day.
    pub(crate) fn shown_on(mut self, today: i32) -> Self {
        if self.is_past || self.breach_until.is_some_and(|until| until < today) {
            self.events.retain(|name| name != BROKEN);
        }
        self
    }

    pub(crate) fn of(row: &Row) -> Result<Self, ReadError> {
        let stored: StoredChange<'_> = row.decode()?;
        let twelve = |number: &u64| format!("{number:012}");
        let name = |code: &u8| fact_name(*code).map(str::to_owned).ok_or_else(odd);
        Ok(Self {
            provider_id: stored.provider_id.to_owned(),
            operator_code: stored.operator_code.to_owned(),
            divisions: stored.divisions.iter().map(twelve).collect(),
            places: stored.places.iter().map(twelve).collect(),
            categories: stored.categories.iter().map(|category| (*category).to_owned()).collect(),
            events: stored.facts.iter().map(name).collect::<Result<_, _>>()?,
            recorded_at_ms: stored.recorded_at_ms,
            breach_until: stored.breach_until,
            is_past: stored.is_past,
        })
    }
}

/// Tells of the breach that was recorded at a position in the list of changes, or takes it out of that; the log keeps it.
pub(super) fn show_breach(position: u64, is_shown: bool, rows: &mut Rows<'_>) -> Result<(), ApplyError> {
    let key = change_key(position);
    if let Some(row) = rows.row(&key)? {
        let change = ChangeRow { is_past: !is_shown, ..ChangeRow::of(&row)? };
        rows.replace(&key, Some(row.value()), Some(change.encoded()?));
    }
    Ok(())
}

/// The number a fact is kept by: its place among the names, to the end of which a new one goes.
fn fact_code(name: &str) -> Option<u8> {
    Event::NAMES.iter().position(|fact| *fact == name).and_then(|code| u8::try_from(code).ok())
}

fn fact_name(code: u8) -> Option<&'static str> {
    Event::NAMES.get(usize::from(code)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_a_number_of_its_own() {
        for (name, code) in domain::Event::NAMES.iter().zip(0..) {
            assert_eq!((fact_code(name), fact_name(code)), (Some(code), Some(*name)));
        }
    }
}
