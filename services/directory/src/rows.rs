//! The rows: keys built for the questions, and how commits become them.

use std::collections::BTreeSet;

use domain::{Event, StreamId};
use event_log::Recorded;
use projection::{ApplyError, Projection, ReadError, Rows};
use serde::{Deserialize, Serialize};

use crate::view::View;

/// `p` provider id → [`View`].
pub(crate) const PROVIDER: u8 = b'p';
/// `d` shown division (12 digits), provider id → nothing: any prefix of a division is an area.
pub(crate) const BY_DIVISION: u8 = b'd';
/// `k` category, shown division, provider id → nothing.
pub(crate) const BY_CATEGORY: u8 = b'k';
/// `z` zone, shown division, provider id → nothing.
pub(crate) const BY_ZONE: u8 = b'z';
/// `o` operator's credit code, provider id → nothing: for codes supplied after the provider id was made.
pub(crate) const BY_OPERATOR: u8 = b'o';
/// `c` position → [`ChangeRow`].
pub(crate) const CHANGE: u8 = b'c';
/// Stands between the parts of a key; no part holds it.
const SEPARATOR: u8 = 0;
/// A breach that was repaired is left out of the changes under this name.
const BROKEN: &str = "PledgeBroken";

/// A commit as the public follows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangeRow {
    pub(crate) provider_id: String,
    pub(crate) operator_code: String,
    /// Before and after, where it moved.
    pub(crate) divisions: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) recorded_at_ms: u64,
}

/// A key of these parts.
pub(crate) fn key(kind: u8, parts: &[&str]) -> Vec<u8> {
    let mut key = vec![kind];
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            key.push(SEPARATOR);
        }
        key.extend_from_slice(part.as_bytes());
    }
    key
}

pub(crate) fn change_key(position: u64) -> Vec<u8> {
    let mut key = vec![CHANGE];
    key.extend_from_slice(&position.to_be_bytes());
    key
}

/// The provider id at the end of an index key.
pub(crate) fn id_of(key: &[u8]) -> Option<&str> {
    let start = key.iter().rposition(|byte| *byte == SEPARATOR)? + 1;
    std::str::from_utf8(&key[start..]).ok()
}

/// The directory's projection.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DirectoryRows;

impl Projection for DirectoryRows {
    const NAME: &'static str = "directory";
    const VERSION: u32 = 1;

    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded) -> Result<(), ApplyError> {
        let commit = &recorded.commit;
        let mut change = ChangeRow {
            events: commit.events.iter().map(|event| event.name().to_owned()).collect(),
            recorded_at_ms: commit.recorded_at.0,
            ..ChangeRow::default()
        };
        match &recorded.stream {
            StreamId::Operator(code) => code.as_str().clone_into(&mut change.operator_code),
            StreamId::Provider(id) => {
                id.as_str().clone_into(&mut change.provider_id);
                apply_to_provider(id.as_str(), recorded, rows, &mut change)?;
            }
        }
        rows.put(&change_key(recorded.position.0), &change)
    }
}

fn apply_to_provider(
    id: &str,
    recorded: &Recorded,
    rows: &mut Rows<'_>,
    change: &mut ChangeRow,
) -> Result<(), ApplyError> {
    let row = key(PROVIDER, &[id]);
    let mut view: View = rows.get(&row)?.unwrap_or_default();
    let before = index_keys(id, &view);
    change.divisions.push(view.shown_division());
    for event in &recorded.commit.events {
        if let Event::PledgeRepaired(repaired) = event {
            forget_breach(&view, repaired.pledge_number.as_str(), rows)?;
        }
        view.fold(event, recorded.position.0);
    }
    view.revision = recorded.revision.0;
    view.last_position = recorded.position.0;
    change.divisions.push(view.shown_division());
    change.divisions.retain(|division| !division.is_empty());
    change.divisions.dedup();
    change.categories = touched(&recorded.commit.events, &view);
    let after = index_keys(id, &view);
    for gone in before.difference(&after) {
        rows.remove(gone);
    }
    for new in after.difference(&before) {
        rows.put(new, &())?;
    }
    rows.put(&row, &view)
}

/// The categories a commit touches: its own, or every one of the outlet where it is of the whole outlet.
fn touched(events: &[Event], view: &View) -> Vec<String> {
    let own: BTreeSet<String> = events.iter().filter_map(category).map(ToString::to_string).collect();
    let of_whole = events.iter().any(|event| category(event).is_none());
    if of_whole { view.categories().map(str::to_owned).collect() } else { own.into_iter().collect() }
}

fn category(event: &Event) -> Option<&domain::CategoryCode> {
    match event {
        Event::ApplicationFiled(e) => Some(&e.category),
        Event::CaseReturned(e) => Some(&e.category),
        Event::CaseSupplemented(e) => Some(&e.category),
        Event::CaseAccepted(e) => Some(&e.category),
        Event::CaseInspected(e) => Some(&e.category),
        Event::NoticeOpened(e) => Some(&e.category),
        Event::ObjectionRaised(e) => Some(&e.category),
        Event::ObjectionResolved(e) => Some(&e.category),
        Event::CaseRefused(e) => Some(&e.category),
        Event::CaseWithdrawn(e) => Some(&e.category),
        Event::Certified(e) => Some(&e.category),
        Event::CertificationRecorded(e) => Some(&e.category),
        Event::RectificationOrdered(e) => Some(&e.category),
        Event::RectificationAccepted(e) => Some(&e.category),
        Event::CertificationSuspended(e) => Some(&e.category),
        Event::CertificationResumed(e) => Some(&e.category),
        Event::RevocationNoticed(e) => Some(&e.category),
        Event::RevocationNoticeLifted(e) => Some(&e.category),
        Event::CertificationRevoked(e) => Some(&e.category),
        Event::CertificationWithdrawn(e) => Some(&e.category),
        Event::CertificationExpired(e) => Some(&e.category),
        Event::CertificationDeregistered(e) => Some(&e.category),
        Event::CertificationRenewed(e) => Some(&e.category),
        Event::ReviewRecorded(e) => Some(&e.category),
        Event::CertificationOverturned(e) => Some(&e.category),
        Event::CertificationCorrected(e) => Some(&e.category),
        Event::PriceProposed(e) => Some(&e.category),
        Event::PriceApproved(e) => Some(&e.category),
        Event::PriceRejected(e) => Some(&e.category),
        Event::ProviderRegistered(_)
        | Event::ParticularsAmended(_)
        | Event::OperatorIdentified(_)
        | Event::PledgeMade(_)
        | Event::PledgeFulfilled(_)
        | Event::PledgeBroken(_)
        | Event::PledgeRepaired(_)
        | Event::PlaqueOrdered(_)
        | Event::PlaqueIssued(_)
        | Event::PlaqueHung(_)
        | Event::PlaqueRecoveryOrdered(_)
        | Event::PlaqueRecovered(_)
        | Event::PlaqueLost(_)
        | Event::PlaqueDestroyed(_)
        | Event::PlaqueNotReturned(_)
        | Event::OperatorBarred(_)
        | Event::OperatorBarLifted(_) => None,
    }
}

/// Takes a repaired breach out of the list of changes; the log keeps it.
fn forget_breach(view: &View, number: &str, rows: &mut Rows<'_>) -> Result<(), ApplyError> {
    let breach = view.pledges.iter().find(|pledge| pledge.number == number).and_then(|pledge| pledge.breach.as_ref());
    let Some(breach) = breach else { return Ok(()) };
    let key = change_key(breach.position);
    if let Some(mut change) = rows.get::<ChangeRow>(&key)? {
        change.events.retain(|name| name != BROKEN);
        rows.put(&key, &change)?;
    }
    Ok(())
}

/// The index keys of a provider.
fn index_keys(id: &str, view: &View) -> BTreeSet<Vec<u8>> {
    let mut keys = BTreeSet::new();
    if view.division.is_empty() {
        return keys;
    }
    let division = view.shown_division();
    keys.insert(key(BY_DIVISION, &[&division, id]));
    for category in view.categories() {
        keys.insert(key(BY_CATEGORY, &[category, &division, id]));
    }
    if !view.zone.is_empty() {
        keys.insert(key(BY_ZONE, &[&view.zone, &division, id]));
    }
    if let Some(code) = &view.operator_uscc {
        keys.insert(key(BY_OPERATOR, &[code, id]));
    }
    keys
}

/// A row that has another form than this version writes.
pub(crate) fn odd_key() -> ReadError {
    ReadError::Store("a key of the directory has an odd form".to_owned())
}
