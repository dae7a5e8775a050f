//! The rows: keys built for the questions, and how commits become them.

pub(crate) mod card;
pub(crate) mod change;
pub(crate) mod counter;
mod derived;
pub(crate) mod key;
pub(crate) mod task;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::{Event, StreamId};
use event_log::{Recorded, SetAside};
use projection::{ApplyError, Projection, Row, Rows, Streams};

use crate::outlet::fold::corrects;
use crate::outlet::shown::street;
use crate::outlet::view::View;
use change::{ChangeRow, forget_breach};
use derived::Derived;
use key::{BY_CATEGORY, PROVIDER, STRAYS, change_in_key, change_key, county_digits, key, left_key, short};

/// The directory's projection.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DirectoryRows;

impl Projection for DirectoryRows {
    const NAME: &'static str = "directory";
    const VERSION: u32 = 8;
    const PLAIN: &'static [u8] = &[BY_CATEGORY];

    fn needs_stream(&self, recorded: &Recorded) -> bool {
        corrects(&recorded.commit.events)
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
        let mut touched: BTreeMap<&str, Touched> = BTreeMap::new();
        for recorded in group {
            let commit = &recorded.commit;
            let mut change = ChangeRow {
                events: commit.events.iter().map(|event| event.name().to_owned()).collect(),
                recorded_at_ms: commit.recorded_at.0,
                ..ChangeRow::default()
            };
            match &recorded.stream {
                StreamId::Operator(code) => code.as_str().clone_into(&mut change.operator_code),
                // Of no provider and no place.
                StreamId::Log | StreamId::Rules => {}
                StreamId::Provider(id) => {
                    id.as_str().clone_into(&mut change.provider_id);
                    let touched = match touched.entry(id.as_str()) {
                        Entry::Occupied(entry) => entry.into_mut(),
                        Entry::Vacant(entry) => entry.insert(Touched::load(id.as_str(), rows)?),
                    };
                    touched.fold(recorded, rows, &mut change, streams)?;
                }
            }
            rows.replace(&change_key(recorded.position.0), None, Some(change.encoded()?));
            let places = change.divisions.iter().chain(&change.places);
            let counties: BTreeSet<&str> = places.map(|division| county_digits(division)).collect();
            for county in counties {
                rows.replace(&change_in_key(county, recorded.position.0), None, Some(Vec::new()));
            }
        }
        for (id, Touched { before, view }) in touched {
            before.replace(Derived::of(id, &view)?, view.first_position, rows);
        }
        Ok(())
    }
}

/// A provider that commits of a group are of.
struct Touched {
    before: Derived,
    view: View,
}

impl Touched {
    fn load(id: &str, rows: &Rows<'_>) -> Result<Self, ApplyError> {
        Ok(match rows.get::<View>(&key(PROVIDER, &[id]))? {
            Some(view) => Self { before: Derived::of(id, &view)?, view },
            None => Self { before: Derived::default(), view: View::default() },
        })
    }

    fn fold(
        &mut self,
        recorded: &Recorded,
        rows: &mut Rows<'_>,
        change: &mut ChangeRow,
        streams: &Streams,
    ) -> Result<(), ApplyError> {
        let view = &mut self.view;
        let before = places(view);
        change.divisions.push(view.division());
        follows(view.revision, recorded, rows)?;
        if corrects(&recorded.commit.events) {
            let corrected = View::of(streams.up_to(recorded.position)?);
            let is_shown = |act: u32| corrected.breaches().any(|breach| breach.act == act);
            for breach in view.breaches().filter(|breach| !is_shown(breach.act)) {
                forget_breach(view, breach.act, rows)?;
            }
            *view = corrected;
        } else {
            for event in &recorded.commit.events {
                if let Event::PledgeRepaired(repaired) = event {
                    forget_breach(view, repaired.breach.get(), rows)?;
                }
            }
            view.follow(recorded, recorded.commit.events.iter().map(Some));
        }
        let moves = corrects(&recorded.commit.events) || recorded.commit.events.iter().any(is_of_particulars);
        let after = if moves { places(view) } else { before.clone() };
        for (division, _) in before.difference(&after) {
            leave(division, &change.provider_id, recorded.position.0, rows)?;
        }
        change.divisions.push(view.division());
        change.divisions.retain(|division| !division.is_empty());
        change.divisions.dedup();
        let ever: BTreeSet<String> = before.into_iter().chain(after).map(|(division, _)| division).collect();
        change.places = ever.into_iter().filter(|place| !change.divisions.contains(place)).collect();
        change.categories = touched(&recorded.commit.events, view);
        Ok(())
    }
}

/// Whether a fact may move the outlet.
fn is_of_particulars(event: &Event) -> bool {
    matches!(event, Event::ProviderRegistered(_) | Event::ParticularsAmended(_))
}

/// Divisions and zones in which it stands in an index, as the public may see them: of all its days.
fn places(view: &View) -> BTreeSet<(String, String)> {
    view.known().iter().map(|known| (known.division(), known.zone().to_owned())).collect()
}

/// An outlet is no more where it was.
fn leave(division: &str, id: &str, position: u64, rows: &mut Rows<'_>) -> Result<(), ApplyError> {
    let mut places = vec![division.to_owned(), street(division)];
    places.dedup();
    for place in places {
        let key = left_key(&place, id);
        let before = rows.row(&key)?;
        rows.replace(&key, before.as_ref().map(Row::value), Some(short(position).to_vec()));
    }
    Ok(())
}

/// A provider's commits follow one another. A message that was set aside may have had a revision of its own; which stream's, no reader
/// knows, so as many may be missing as were set aside in all, which is nearly always none.
fn follows(last: u64, recorded: &Recorded, rows: &Rows<'_>) -> Result<(), ApplyError> {
    let (found, expected) = (recorded.revision.0, last + 1);
    if found == expected || (found > expected && found - expected <= rows.get::<u64>(&STRAYS)?.unwrap_or(0)) {
        return Ok(());
    }
    let (stream, position) = (&recorded.stream, recorded.position.0);
    Err(ApplyError::Contradiction(format!(
        "the commit at position {position} says it is revision {found} of {stream:?}, where revision {expected} follows"
    )))
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
        Event::EndingRecorded(e) => Some(&e.category),
        Event::CertificationRenewed(e) => Some(&e.category),
        Event::ReviewRecorded(e) => Some(&e.category),
        Event::PriceProposed(e) => Some(&e.category),
        Event::PriceApproved(e) => Some(&e.category),
        Event::PriceRejected(e) => Some(&e.category),
        // Of what is put in its place; what is corrected to nothing touches whatever the outlet has.
        Event::ActCorrected(e) => e.fact.as_deref().and_then(category),
        Event::ActOverturned(_)
        | Event::ProviderRegistered(_)
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
        | Event::PlaqueRecoveryLifted(_)
        | Event::PlaqueRecovered(_)
        | Event::PlaqueLost(_)
        | Event::PlaqueDestroyed(_)
        | Event::PlaqueNotReturned(_)
        | Event::OperatorBarred(_)
        | Event::OperatorBarLifted(_)
        | Event::MessageSetAside(_)
        | Event::SchemeAdopted(_)
        | Event::CalendarAdopted(_)
        | Event::PlacesAdopted(_) => None,
    }
}
