//! A fact of a record as the log has it.

use api::audit::v1::Commit;
use api::words;
use domain::Event;
use serde_json::{Map, Value};

use crate::ask::editions::recorded;
use crate::client::Failure;
use crate::json;

/// A fact as it was recorded, and with what.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) name: &'static str,
    pub(super) fields: Map<String, Value>,
    pub(super) made: Made,
    /// The same as the rules know it; none of what a newer version wrote.
    pub(super) fact: Option<Event>,
}

/// What a commit says of its facts.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) recorded_on: String,
    pub(super) bureau: String,
    pub(super) officer: String,
    pub(super) scheme: String,
    pub(super) position: u64,
    pub(super) revision: u64,
}

impl Act {
    /// The facts of a commit.
    pub(super) fn of(commit: &Commit) -> Result<Vec<Self>, Failure> {
        let as_value: Value = serde_json::from_str(&json::line(commit)?).unwrap_or_default();
        let events = as_value.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
        let made = Made {
            recorded_on: domain::Day::of(domain::Instant(commit.recorded_at_ms)).to_string(),
            bureau: commit.bureau_id.clone(),
            officer: commit.officer_id.clone(),
            scheme: commit.scheme_version.clone(),
            position: commit.position,
            revision: commit.revision,
        };
        let mut facts = recorded(commit).map(|read| read.commit.events).unwrap_or_default().into_iter();
        let names = commit.events.iter().map(|event| event.fact.as_ref().map_or("", words::name_of));
        let act = |(name, event): (&'static str, Value)| Self {
            name,
            fields: fact(&event).cloned().unwrap_or_default(),
            made: made.clone(),
            fact: facts.next(),
        };
        Ok(names.zip(events).map(act).collect())
    }

    pub(super) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn number(&self, field: &str) -> Option<u64> {
        self.fields.get(field).and_then(Value::as_u64).filter(|number| *number > 0)
    }

    /// What a correction says that stands in the act's place; none where nothing does.
    pub(super) fn right(&self) -> Option<&Map<String, Value>> {
        self.fields.get("fact").and_then(fact)
    }
}

/// The place of the act that a fact is about, from 0.
pub(super) fn target(fields: &Map<String, Value>) -> Option<usize> {
    usize::try_from(fields.get("act")?.as_u64()?).ok()?.checked_sub(1)
}

/// The fields of an event's one fact: those that are none are not there, or empty.
pub(super) fn fact(event: &Value) -> Option<&Map<String, Value>> {
    event.as_object()?.values().find_map(Value::as_object)
}
