//! A provider's record and the rows that follow from it, while the commits of a group are folded into it.

use std::collections::BTreeSet;

use domain::Event;
use event_log::Recorded;
use projection::{ApplyError, Row, Rows, Streams};

use super::change::{ChangeRow, show_breach};
use super::derived::Derived;
use super::key::{PROVIDER, STRAYS, key, left_key, short};
use crate::outlet::fold::{corrects, moves};
use crate::outlet::live::Live;
use crate::outlet::shown::street;
use crate::outlet::view::View;

/// A provider that commits of a group are of.
pub(super) struct Touched {
    before: Derived,
    pub(super) view: View,
}

impl Touched {
    /// Puts the rows that follow from the record in the place of those that did.
    pub(super) fn write(self, id: &str, rows: &mut Rows<'_>) -> Result<(), ApplyError> {
        let Self { before, view } = self;
        before.replace(Derived::of(id, &view)?, view.first_position, rows);
        Ok(())
    }

    pub(super) fn load(id: &str, rows: &Rows<'_>) -> Result<Self, ApplyError> {
        Ok(match rows.get::<View>(&key(PROVIDER, &[id]))? {
            Some(view) => Self { before: Derived::of(id, &view)?, view },
            None => Self { before: Derived::default(), view: View::default() },
        })
    }

    /// A commit of it; what of it the public follows goes into `change`.
    pub(super) fn fold(
        &mut self,
        recorded: &Recorded,
        rows: &mut Rows<'_>,
        change: &mut ChangeRow,
        streams: &Streams,
    ) -> Result<(), ApplyError> {
        let view = &mut self.view;
        let moves = moves(&recorded.commit.events);
        // An outlet of one version was nowhere else than where it is.
        let before = if moves || view.versions.len() > 1 { places(view) } else { BTreeSet::new() };
        let held: Vec<String> = if moves { view.categories().map(str::to_owned).collect() } else { Vec::new() };
        let bears = moves || recorded.commit.events.iter().any(bears_on_standing);
        let stood = if bears { Stood::of(view) } else { None };
        change.divisions.push(view.division());
        follows(view.revision, recorded, rows)?;
        let shown = breaches(view);
        if corrects(&recorded.commit.events) {
            let mut corrected = View::of(streams.up_to(recorded.position)?);
            corrected.doubled = std::mem::take(&mut view.doubled);
            corrected.beside = std::mem::take(&mut view.beside);
            corrected.keep_withheld(view, recorded.position.0);
            *view = corrected;
        } else {
            view.follow(recorded, recorded.commit.events.iter().map(Some));
        }
        let shown_now = breaches(view);
        for position in shown.symmetric_difference(&shown_now) {
            show_breach(*position, shown_now.contains(position), rows)?;
        }
        let after = if moves { places(view) } else { before.clone() };
        // One that lost a category by a correction stands among those of it no more, wherever it is.
        let has_lost = held.iter().any(|category| !view.categories().any(|own| own == category));
        // Where a home is withheld, what was recorded earlier may come to be shown in its street only, also of places that it is still shown in.
        let withholds = moves && view.versions.iter().any(|version| version.withhold_address);
        for (division, _) in before.iter().filter(|place| has_lost || withholds || !after.contains(place)) {
            leave(division, &change.provider_id, recorded.position.0, rows)?;
        }
        for (division, _) in stood.map(|stood| stood.left(view)).unwrap_or_default() {
            leave(&division, &change.provider_id, recorded.position.0, rows)?;
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

/// Where an outlet stood among those that may be live, before a commit that bears on it.
struct Stood {
    /// Division and zone.
    places: Vec<(String, String)>,
    /// By category.
    live: Vec<(String, Live)>,
}

impl Stood {
    fn of(view: &View) -> Option<Self> {
        let live = |category: &str| Some((category.to_owned(), view.live(Some(category))?));
        let live: Vec<_> = view.categories().filter_map(live).collect();
        (!live.is_empty()).then(|| Self { places: view.places_ahead(), live })
    }

    /// The places in which it may not be found any more though it is to be found of the time before: on some day from that of the last record on
    /// it is live no more, or under another measure, or elsewhere. What had ended by itself by then had left without a record.
    fn left(self, after: &View) -> Vec<(String, String)> {
        let (from, now) = (after.made.last_on(), after.places_ahead());
        let covers =
            |category: &str, before: Live| after.live(Some(category)).is_some_and(|now| now.covers(before, from));
        let mut lasting = self.live.iter().filter(|(_, before)| from <= before.last).peekable();
        if lasting.peek().is_none() {
            return Vec::new();
        }
        let is_less = lasting.any(|(category, before)| before.is_measured || !covers(category, *before));
        self.places.into_iter().filter(|place| is_less || !now.contains(place)).collect()
    }
}

/// Whether after a fact certifications may stand otherwise than they did; a new one leaves the others as they are.
fn bears_on_standing(event: &Event) -> bool {
    matches!(
        event,
        Event::RectificationOrdered(_)
            | Event::RectificationAccepted(_)
            | Event::CertificationSuspended(_)
            | Event::CertificationResumed(_)
            | Event::CertificationRevoked(_)
            | Event::CertificationWithdrawn(_)
            | Event::CertificationExpired(_)
            | Event::CertificationDeregistered(_)
            | Event::EndingRecorded(_)
            | Event::CertificationRenewed(_)
            | Event::ActOverturned(_)
            | Event::ActCorrected(_)
    )
}

/// Whether by a fact the outlet may come to hold other pledge numbers.
pub(super) fn may_take_a_number(event: &Event) -> bool {
    matches!(event, Event::PledgeMade(_) | Event::ActCorrected(_))
}

/// Where the breaches were recorded that are shown.
fn breaches(view: &View) -> BTreeSet<u64> {
    view.breaches().map(|breach| breach.position).collect()
}

/// Divisions and zones in which it stands in an index, as the public may see them: of all its days.
fn places(view: &View) -> BTreeSet<(String, String)> {
    view.known().iter().map(|known| (known.division(), known.zone().to_owned())).collect()
}

/// An outlet is no more where it was, or not among those of a category there.
fn leave(division: &str, id: &str, position: u64, rows: &mut Rows<'_>) -> Result<(), ApplyError> {
    let mut places = vec![division.to_owned(), street(division)];
    places.dedup();
    for place in places {
        let key = left_key(position, &place, id);
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
        Event::MeasureFell(e) => Some(&e.category),
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
        | Event::PlacesAdopted(_)
        | Event::OperatorCodeConfirmed(_)
        | Event::LogOpened(_) => None,
    }
}
