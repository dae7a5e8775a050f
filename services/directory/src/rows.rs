//! The rows: keys built for the questions, and how commits become them.

use std::collections::BTreeSet;

use domain::{Event, StreamId};
use event_log::Recorded;
use projection::{ApplyError, Projection, ReadError, Rows};
use serde::{Deserialize, Serialize};

use crate::card::Card;
use crate::counters::Added;
use crate::fold::fold;
use crate::grams::Texts;
use crate::near;
use crate::view::View;

/// `p` provider id → [`View`].
pub(crate) const PROVIDER: u8 = b'p';
/// `d` shown division (12 digits), provider id → first position (5 bytes): any prefix of a division is an area.
pub(crate) const BY_DIVISION: u8 = b'd';
/// `k` category, shown division, provider id → first position (5 bytes).
pub(crate) const BY_CATEGORY: u8 = b'k';
/// `z` zone, shown division, provider id → first position (5 bytes).
pub(crate) const BY_ZONE: u8 = b'z';
/// `o` operator's credit code, provider id → nothing: for codes supplied after the provider id was made.
pub(crate) const BY_OPERATOR: u8 = b'o';
/// `n` folded name, shown division, provider id → first position (5 bytes): names by what they begin with.
pub(crate) const BY_NAME: u8 = b'n';
/// `t`, [`IN_NAME`] or [`ELSEWHERE`], a pair of characters, 0, shown division (5 bytes) → the set of first positions. A provider is in
/// some thirty of them, and shares most with its neighbours.
pub(crate) const BY_TEXT: u8 = b't';
/// `i` first position (5 bytes) → [`Card`].
pub(crate) const CARD: u8 = b'i';
/// `g` cell (8 bytes), first position (5 bytes) → nothing: where it stands, if that is shown.
pub(crate) const BY_CELL: u8 = b'g';
/// `f` folded number of a certification document or a pledge, provider id → nothing.
pub(crate) const BY_NUMBER: u8 = b'f';
/// A pair of characters of the name.
pub(crate) const IN_NAME: u8 = b'1';
/// One of the operator's name or the address.
pub(crate) const ELSEWHERE: u8 = b'2';
/// `s` is [`crate::counters`]'s. `c` position → [`ChangeRow`].
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

/// Five bytes, the big end first: enough for a position or the twelve digits of a division.
pub(crate) fn short(number: u64) -> [u8; 5] {
    let bytes = number.min((1 << 40) - 1).to_be_bytes();
    [bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]]
}

/// The first and the last of twelve digits that begin with these.
pub(crate) fn division_range(digits: &str) -> (u64, u64) {
    let padded = |with: &str| format!("{digits:<12}").replace(' ', with).parse().unwrap_or(0);
    (padded("0"), padded("9"))
}

/// The part of the text index that one pair, or every pair beginning with one character, has.
pub(crate) fn text_prefix(class: u8, gram: &str) -> Vec<u8> {
    let mut key = vec![BY_TEXT, class];
    key.extend_from_slice(gram.as_bytes());
    if gram.chars().nth(1).is_some() {
        key.push(SEPARATOR);
    }
    key
}

fn text_key(class: u8, gram: &str, division: u64) -> Vec<u8> {
    let mut key = text_prefix(class, gram);
    key.extend_from_slice(&short(division));
    key
}

/// The pair and the division in a key of the text index.
pub(crate) fn text_parts(key: &[u8]) -> Option<(&str, u64)> {
    let (gram, rest) = key.get(2..)?.split_at_checked(key.len().checked_sub(8)?)?;
    let division = rest.get(1..6)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    Some((std::str::from_utf8(gram).ok()?, division))
}

pub(crate) fn card_key(first_position: &[u8]) -> Vec<u8> {
    let mut key = vec![CARD];
    key.extend_from_slice(first_position);
    key
}

/// Where the cells from `cell` on begin.
pub(crate) fn cell_key(cell: u64) -> Vec<u8> {
    let mut key = vec![BY_CELL];
    key.extend_from_slice(&cell.to_be_bytes());
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
    const VERSION: u32 = 3;

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
    let known = view.first_position > 0;
    let division = view.shown_division();
    let before = Indexed::of(id, &view, &division);
    let counted = Added::of(&view, &division);
    let card = encoded(&Card::of(id, &view, &division))?;
    change.divisions.push(division);
    for event in &recorded.commit.events {
        if let Event::PledgeRepaired(repaired) = event {
            forget_breach(&view, repaired.pledge_number.as_str(), rows)?;
        }
        view.fold(event, recorded.position.0);
    }
    view.revision = recorded.revision.0;
    view.last_position = recorded.position.0;
    if !known {
        view.first_position = recorded.position.0;
    }
    let division = view.shown_division();
    let after = Indexed::of(id, &view, &division);
    before.replace(&after, view.first_position, rows);
    counted.replace(&Added::of(&view, &division), rows)?;
    let new = encoded(&Card::of(id, &view, &division))?;
    if !known || new != card {
        rows.put_bytes(&card_key(&short(view.first_position)), new);
    }
    change.divisions.push(division);
    change.divisions.retain(|division| !division.is_empty());
    change.divisions.dedup();
    change.categories = touched(&recorded.commit.events, &view);
    rows.put(&row, &view)
}

fn encoded(card: &Card<'_>) -> Result<Vec<u8>, ApplyError> {
    projection::encode(card)
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

/// What a provider is found by: its keys in the indexes, and its texts.
struct Indexed {
    /// Keys whose value is the first position.
    lists: BTreeSet<Vec<u8>>,
    /// Keys without a value.
    plain: BTreeSet<Vec<u8>>,
    /// The texts and the place they are indexed under; a provider that is not registered has none.
    texts: Option<(Texts, u64)>,
}

impl Indexed {
    fn of(id: &str, view: &View, division: &str) -> Self {
        let (mut lists, mut plain) = (BTreeSet::new(), BTreeSet::new());
        if division.is_empty() {
            return Self { lists, plain, texts: None };
        }
        let texts = Texts::new(&view.name, &view.operator_name, view.shown_address());
        lists.insert(key(BY_DIVISION, &[division, id]));
        for category in view.categories() {
            lists.insert(key(BY_CATEGORY, &[category, division, id]));
        }
        if !view.zone.is_empty() {
            lists.insert(key(BY_ZONE, &[&view.zone, division, id]));
        }
        lists.insert(key(BY_NAME, &[&texts.name, division, id]));
        if let Some(code) = &view.operator_uscc {
            plain.insert(key(BY_OPERATOR, &[code, id]));
        }
        let documents = view.certifications.iter().map(|c| fold(&c.document_number));
        let pledges = view.pledges.iter().map(|pledge| pledge.number.clone());
        for number in documents.chain(pledges).filter(|number| !number.is_empty()) {
            plain.insert(key(BY_NUMBER, &[&number, id]));
        }
        if let Some(point) = view.location.filter(|_| !view.withhold_address) {
            let mut key = cell_key(near::cell(point));
            key.extend_from_slice(&short(view.first_position));
            plain.insert(key);
        }
        Self { lists, plain, texts: Some((texts, division_range(division).0)) }
    }

    /// Takes away the keys that are no more, and writes the new ones.
    fn replace(&self, new: &Self, first_position: u64, rows: &mut Rows<'_>) {
        for gone in self.lists.difference(&new.lists).chain(self.plain.difference(&new.plain)) {
            rows.remove(gone);
        }
        for key in new.lists.difference(&self.lists) {
            rows.put_bytes(key, short(first_position).to_vec());
        }
        for key in new.plain.difference(&self.plain) {
            rows.put_bytes(key, Vec::new());
        }
        // Nearly every commit leaves the texts as they are, and their pairs are many.
        if self.texts != new.texts {
            let (before, after) = (self.text_keys(), new.text_keys());
            for gone in before.difference(&after) {
                rows.set_member(gone, first_position, false);
            }
            for key in after.difference(&before) {
                rows.set_member(key, first_position, true);
            }
        }
    }

    fn text_keys(&self) -> BTreeSet<Vec<u8>> {
        let Some((texts, place)) = &self.texts else { return BTreeSet::new() };
        let (name, elsewhere) = texts.grams();
        let keys =
            |class: u8, grams: BTreeSet<String>| grams.into_iter().map(move |gram| text_key(class, &gram, *place));
        keys(IN_NAME, name).chain(keys(ELSEWHERE, elsewhere)).collect()
    }
}

/// A row that has another form than this version writes.
pub(crate) fn odd_key() -> ReadError {
    ReadError::Store("a key of the directory has an odd form".to_owned())
}
