//! Codes that fail their check and were confirmed, by the operator's own stream.

use domain::{Day, Event, as_corrected};
use event_log::Recorded;
use projection::{ApplyError, ReadError, Row, Rows, Snapshot, Streams};
use serde::{Deserialize, Serialize};

use super::key::{CONFIRMED, key};
use crate::outlet::fold::corrects;

/// That a code was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConfirmedRow {
    /// Its number in the operator's stream.
    pub(crate) act: u32,
    /// Where it was recorded.
    pub(crate) position: u64,
    pub(crate) recorded_on: i32,
    pub(crate) bureau: String,
    pub(crate) scheme: String,
    pub(crate) confirmed_on: i32,
    pub(crate) document_number: String,
    pub(crate) seen: String,
}

/// Whether a commit of an operator bears on it.
pub(super) fn bears(events: &[Event]) -> bool {
    corrects(events) || events.iter().any(|event| matches!(event, Event::OperatorCodeConfirmed(_)))
}

/// What an operator's stream says of its code, after a commit that bears on it.
pub(super) fn follow(
    code: &str,
    recorded: &Recorded,
    rows: &mut Rows<'_>,
    streams: &Streams,
) -> Result<(), ApplyError> {
    let key = key(CONFIRMED, &[code]);
    let after = of(streams.up_to(recorded.position)?).map(|row| projection::encode(&row)).transpose()?;
    let before = rows.row(&key)?;
    rows.replace(&key, before.as_ref().map(Row::value), after);
    Ok(())
}

fn of(stream: &[Recorded]) -> Option<ConfirmedRow> {
    let facts = stream.iter().flat_map(|recorded| recorded.commit.events.iter().map(move |event| (recorded, event)));
    let stands = as_corrected(stream.iter().flat_map(|recorded| &recorded.commit.events));
    // At most one stands.
    let mut confirmed = (1..).zip(facts).zip(stands).filter_map(|((act, (recorded, _)), stands)| match stands {
        Some(Event::OperatorCodeConfirmed(e)) => Some(ConfirmedRow {
            act,
            position: recorded.position.0,
            recorded_on: Day::of(recorded.commit.recorded_at).number(),
            bureau: recorded.commit.bureau.to_string(),
            scheme: recorded.commit.scheme.to_string(),
            confirmed_on: e.confirmed_on.number(),
            document_number: e.document_number.to_string(),
            seen: e.seen.to_string(),
        }),
        _ => None,
    });
    confirmed.next()
}

/// That a code was confirmed, by a position.
pub(crate) fn confirmed(rows: &Snapshot<'_>, code: &str, by: u64) -> Result<Option<ConfirmedRow>, ReadError> {
    let row: Option<ConfirmedRow> = rows.get(&key(CONFIRMED, &[code]))?;
    Ok(row.filter(|row| row.position <= by))
}
