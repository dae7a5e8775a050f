//! The rows: keys built for the questions, and how commits become them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::{Event, ProviderId, StreamId};
use event_log::{Recorded, SetAside};
use projection::{ApplyError, Projection, ReadError, Row, Rows};
use serde::{Deserialize, Serialize};

use crate::card::Card;
use crate::counters::Added;
use crate::fold::fold;
use crate::grams::Texts;
use crate::sentences::{fact_code, fact_name};
use crate::view::View;
use crate::{near, tasks};

/// `p` provider id → [`View`].
pub(crate) const PROVIDER: u8 = b'p';
/// `d` shown division (12 digits), provider id → first position (5 bytes): any prefix of a division is an area.
pub(crate) const BY_DIVISION: u8 = b'd';
/// `k` category, shown division, provider id → [`Card`]: a page of a list is read from neighbouring rows.
pub(crate) const BY_CATEGORY: u8 = b'k';
/// `z` zone, shown division, provider id → first position (5 bytes).
pub(crate) const BY_ZONE: u8 = b'z';
/// `o` operator's credit code, provider id → nothing: for codes supplied after the provider id was made.
pub(crate) const BY_OPERATOR: u8 = b'o';
/// `n` folded name, shown division, provider id → first position (5 bytes): names by what they begin with.
pub(crate) const BY_NAME: u8 = b'n';
/// `t`, [`IN_NAME`] or [`ELSEWHERE`], a pair of characters, 0, the first position without its last [`CHUNK_BITS`] (3 bytes), shown
/// county (3 bytes) → the set of first positions. A provider is in some thirty of them, and shares most with others of its county.
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
/// `w` county (6 digits), the first day on which something may have to be done (4 bytes), provider id → nothing.
pub(crate) const BY_WORK: u8 = b'w';
/// `s` is [`crate::counters`]'s. `c` position → [`ChangeRow`].
pub(crate) const CHANGE: u8 = b'c';
/// `q` → how many messages of the log were set aside; there is no such row where none was.
const STRAYS: u8 = b'q';
/// Stands between the parts of a key; no part holds it.
const SEPARATOR: u8 = 0;
/// First positions that differ only in so many lower bits share their sets of the text index: a set is as long as a chunk lets it be,
/// and a new provider touches none but the last. Few in tests, which have few outlets.
pub(crate) const CHUNK_BITS: u32 = if cfg!(test) { 6 } else { 18 };
/// A breach that was repaired is left out of the changes under this name.
const BROKEN: &str = "PledgeBroken";

/// A commit as the public follows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChangeRow {
    pub(crate) provider_id: String,
    pub(crate) operator_code: String,
    /// Before and after, where it moved.
    pub(crate) divisions: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) recorded_at_ms: u64,
}

/// A [`ChangeRow`] as it is stored: there are several of a provider.
#[derive(Serialize, Deserialize)]
struct StoredChange<'a> {
    provider_id: &'a str,
    operator_code: &'a str,
    divisions: Vec<u64>,
    #[serde(borrow)]
    categories: Vec<&'a str>,
    facts: Vec<u8>,
    recorded_at_ms: u64,
}

impl ChangeRow {
    fn encoded(&self) -> Result<Vec<u8>, ApplyError> {
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
            categories: self.categories.iter().map(String::as_str).collect(),
            facts: self.events.iter().map(code).collect::<Result<_, _>>()?,
            recorded_at_ms: self.recorded_at_ms,
        })
    }

    pub(crate) fn of(row: &Row) -> Result<Self, ReadError> {
        let stored: StoredChange<'_> = row.decode()?;
        let name = |code: &u8| fact_name(*code).map(str::to_owned).ok_or_else(odd_key);
        Ok(Self {
            provider_id: stored.provider_id.to_owned(),
            operator_code: stored.operator_code.to_owned(),
            divisions: stored.divisions.iter().map(|number| format!("{number:012}")).collect(),
            categories: stored.categories.iter().map(|category| (*category).to_owned()).collect(),
            events: stored.facts.iter().map(name).collect::<Result<_, _>>()?,
            recorded_at_ms: stored.recorded_at_ms,
        })
    }
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

/// Three bytes, the big end first.
fn three(number: u64) -> [u8; 3] {
    let bytes = number.min((1 << 24) - 1).to_be_bytes();
    [bytes[5], bytes[6], bytes[7]]
}

/// The six digits that twelve begin with.
pub(crate) fn county(division: u64) -> u64 {
    division / 1_000_000
}

fn text_key(class: u8, gram: &str, division: u64, first_position: u64) -> Vec<u8> {
    let mut key = text_prefix(class, gram);
    key.extend_from_slice(&three(first_position >> CHUNK_BITS));
    key.extend_from_slice(&three(county(division)));
    key
}

/// The sets that a pair has of a chunk, in the counties from one to another, both included.
pub(crate) fn text_range(class: u8, gram: &str, chunk: u64, (low, high): (u64, u64)) -> (Vec<u8>, Vec<u8>) {
    let mut prefix = text_prefix(class, gram);
    prefix.extend_from_slice(&three(chunk));
    ([prefix.as_slice(), &three(low)].concat(), [prefix.as_slice(), &three(high + 1)].concat())
}

/// The chunk and the county in a key of the text index.
pub(crate) fn text_place(key: &[u8]) -> Option<(u64, u64)> {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let (chunk, county) = key.last_chunk::<6>()?.split_at(3);
    Some((number(chunk), number(county)))
}

/// Where the work of a county begins, or its work from a day on.
pub(crate) fn work_key(county: &str, day: i32) -> Vec<u8> {
    // The least day first.
    let day = u32::try_from(i64::from(day) - i64::from(i32::MIN)).unwrap_or(u32::MAX);
    [&[BY_WORK], county.as_bytes(), &day.to_be_bytes()].concat()
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
    const VERSION: u32 = 4;
    const PLAIN: &'static [u8] = &[BY_CATEGORY];

    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded) -> Result<(), ApplyError> {
        self.apply_group(rows, &[recorded])
    }

    fn set_aside(&self, rows: &mut Rows<'_>, _: &SetAside) -> Result<(), ApplyError> {
        let before = rows.get::<u64>(&[STRAYS])?.unwrap_or(0);
        rows.put(&[STRAYS], &(before + 1))
    }

    /// Every commit is folded into its provider's record; what follows from the record is made once, of the last one.
    fn apply_group(&self, rows: &mut Rows<'_>, group: &[&Recorded]) -> Result<(), ApplyError> {
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
                StreamId::Log => {}
                StreamId::Provider(id) => {
                    id.as_str().clone_into(&mut change.provider_id);
                    let touched = match touched.entry(id.as_str()) {
                        Entry::Occupied(entry) => entry.into_mut(),
                        Entry::Vacant(entry) => entry.insert(Touched::load(id.as_str(), rows)?),
                    };
                    touched.fold(recorded, rows, &mut change)?;
                }
            }
            rows.replace(&change_key(recorded.position.0), None, Some(change.encoded()?));
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

    fn fold(&mut self, recorded: &Recorded, rows: &mut Rows<'_>, change: &mut ChangeRow) -> Result<(), ApplyError> {
        let view = &mut self.view;
        change.divisions.push(view.shown_division());
        follows(view.revision, recorded, rows)?;
        for event in &recorded.commit.events {
            if let Event::PledgeRepaired(repaired) = event {
                forget_breach(view, repaired.pledge_number.as_str(), rows)?;
            }
            view.fold(event, recorded.position.0);
        }
        view.revision = recorded.revision.0;
        view.last_position = recorded.position.0;
        if view.first_position == 0 {
            view.first_position = recorded.position.0;
        }
        change.divisions.push(view.shown_division());
        change.divisions.retain(|division| !division.is_empty());
        change.divisions.dedup();
        change.categories = touched(&recorded.commit.events, view);
        Ok(())
    }
}

/// A provider's commits follow one another. A message that was set aside may have had a revision of its own; which stream's, no reader
/// knows, so as many may be missing as were set aside in all, which is nearly always none.
fn follows(last: u64, recorded: &Recorded, rows: &Rows<'_>) -> Result<(), ApplyError> {
    let (found, expected) = (recorded.revision.0, last + 1);
    if found == expected || (found > expected && found - expected <= rows.get::<u64>(&[STRAYS])?.unwrap_or(0)) {
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
        | Event::OperatorBarLifted(_)
        | Event::MessageSetAside(_) => None,
    }
}

/// Takes a repaired breach out of the list of changes; the log keeps it.
fn forget_breach(view: &View, number: &str, rows: &mut Rows<'_>) -> Result<(), ApplyError> {
    let breach = view.pledges.iter().find(|pledge| pledge.number == number).and_then(|pledge| pledge.breach.as_ref());
    let Some(breach) = breach else { return Ok(()) };
    let key = change_key(breach.position);
    if let Some(row) = rows.row(&key)? {
        let mut change = ChangeRow::of(&row)?;
        change.events.retain(|name| name != BROKEN);
        rows.replace(&key, Some(row.value()), Some(change.encoded()?));
    }
    Ok(())
}

/// Every row that follows from a provider's record.
#[derive(Default)]
struct Derived {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The texts and the place they are indexed under; a provider that is not registered has none.
    texts: Option<(Texts, u64)>,
    counted: Added,
}

impl Derived {
    fn of(id: &str, view: &View) -> Result<Self, ApplyError> {
        let division = view.shown_division();
        let card = projection::encode(&Card::of(id, view, &division))?;
        let position = short(view.first_position);
        let mut rows =
            BTreeMap::from([(key(PROVIDER, &[id]), projection::encode(view)?), (card_key(&position), card.clone())]);
        let provider = ProviderId::parse(id).map_err(|_| ApplyError::Contradiction(format!("a provider {id}")))?;
        if let Some(day) = tasks::first_day(&provider, view) {
            rows.insert([&work_key(county_digits(&view.division), day), id.as_bytes()].concat(), Vec::new());
        }
        if division.is_empty() {
            return Ok(Self { rows, ..Self::default() });
        }
        let texts = Texts::new(&view.name, &view.operator_name, view.shown_address());
        rows.insert(key(BY_DIVISION, &[&division, id]), position.to_vec());
        for category in view.categories() {
            rows.insert(key(BY_CATEGORY, &[category, &division, id]), card.clone());
        }
        if !view.zone.is_empty() {
            rows.insert(key(BY_ZONE, &[&view.zone, &division, id]), position.to_vec());
        }
        rows.insert(key(BY_NAME, &[&texts.name, &division, id]), position.to_vec());
        if let Some(code) = &view.operator_uscc {
            rows.insert(key(BY_OPERATOR, &[code, id]), Vec::new());
        }
        let documents = view.certifications.iter().map(|c| fold(&c.document_number));
        let pledges = view.pledges.iter().map(|pledge| pledge.number.clone());
        for number in documents.chain(pledges).filter(|number| !number.is_empty()) {
            rows.insert(key(BY_NUMBER, &[&number, id]), Vec::new());
        }
        if let Some(point) = view.location.filter(|_| !view.withhold_address) {
            rows.insert([cell_key(near::cell(point)).as_slice(), &position].concat(), Vec::new());
        }
        let counted = Added::of(view, &division);
        Ok(Self { rows, texts: Some((texts, division_range(&division).0)), counted })
    }

    /// Takes away the rows that are no more, and writes those that are new or another.
    fn replace(mut self, mut new: Self, first_position: u64, rows: &mut Rows<'_>) {
        for (key, before) in std::mem::take(&mut self.rows) {
            let after = new.rows.remove(&key);
            rows.replace(&key, Some(&before), after);
        }
        for (key, after) in std::mem::take(&mut new.rows) {
            rows.replace(&key, None, Some(after));
        }
        self.counted.replace(&new.counted, rows);
        // Nearly every commit leaves the texts as they are, and their pairs are many.
        if self.texts != new.texts {
            let (before, after) = (self.text_keys(first_position), new.text_keys(first_position));
            for gone in before.difference(&after) {
                rows.add(gone, first_position, -1);
            }
            for key in after.difference(&before) {
                rows.add(key, first_position, 1);
            }
        }
    }

    fn text_keys(&self, first_position: u64) -> BTreeSet<Vec<u8>> {
        let Some((texts, place)) = &self.texts else { return BTreeSet::new() };
        let (name, elsewhere) = texts.grams();
        let keys = |class: u8, grams: BTreeSet<String>| {
            grams.into_iter().map(move |gram| text_key(class, &gram, *place, first_position))
        };
        keys(IN_NAME, name).chain(keys(ELSEWHERE, elsewhere)).collect()
    }
}

/// The county a division is in; of one that is not known, no county's digits.
pub(crate) fn county_digits(division: &str) -> &str {
    division.get(..6).unwrap_or("000000")
}

/// A row that has another form than this version writes.
pub(crate) fn odd_key() -> ReadError {
    ReadError::Store("a key of the directory has an odd form".to_owned())
}
