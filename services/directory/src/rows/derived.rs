//! Every row that follows from a provider's record.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ProviderId, document_key};
use projection::{ApplyError, Rows};

use super::card::{Card, Place, name_key};
use super::counter::{Added, status_code};
use super::key::{
    BY_NUMBER, BY_OPERATOR, Class, ELSEWHERE, IN_NAME, Index, LIVE, OVER, PROVIDER, card_key, cell_in, days,
    division_range, end_key, end_stretches, key, short, text_key,
};
use super::task::TaskRow;
use crate::ground;
use crate::outlet::due;
use crate::outlet::happened::ends;
use crate::outlet::live::Live;
use crate::outlet::view::View;
use crate::text::{fold, grams};

/// Every row that follows from a provider's record.
#[derive(Default)]
pub(super) struct Derived {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    texts: Texts,
    /// Whether it is in the sets of those that may be live.
    is_live: bool,
    counted: Added,
}

/// What an outlet is found by in the index of words, on whatever day, and the divisions it is indexed under; nothing of one that is not
/// registered.
#[derive(Default, PartialEq, Eq)]
struct Texts {
    /// Folded.
    names: BTreeSet<String>,
    /// Folded names of operators and addresses.
    others: BTreeSet<String>,
    divisions: BTreeSet<u64>,
}

impl Texts {
    fn of(places: &[Place<'_>]) -> Self {
        let others = places.iter().flat_map(|place| [place.known.operator_name(), place.known.address()]);
        Self {
            names: places.iter().map(|place| fold(place.known.name())).collect(),
            others: others.map(fold).collect(),
            divisions: places.iter().map(|place| division_range(&place.division).0).collect(),
        }
    }

    /// The keys of the pairs of the names, and of those that only the others have; in order.
    fn keys(&self, first_position: u64) -> Vec<Vec<u8>> {
        let names = grams(&self.names);
        let mut others = grams(&self.others);
        others.retain(|gram| names.binary_search(gram).is_err());
        let mut keys = Vec::with_capacity((names.len() + others.len()) * self.divisions.len());
        for (class, grams) in [(IN_NAME, names), (ELSEWHERE, others)] {
            for gram in grams {
                let gram = String::from_iter(gram);
                keys.extend(self.divisions.iter().map(|division| text_key(class, &gram, *division, first_position)));
            }
        }
        // Divisions of one county have one key.
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// Which outlets of an index it is among, and what its row there begins with.
fn class(live: Option<Live>) -> (Class, Vec<u8>) {
    match live {
        None => (Class::Over, Vec::new()),
        Some(Live { first, last, is_measured }) => {
            (if is_measured { Class::Measured } else { Class::Live }, days((first, last)))
        }
    }
}

impl Derived {
    /// The rows of an outlet stand in the indexes under every name, place and point that it ever had, so that a past day finds it under its
    /// own; who reads one asks its card whether it is that of the day.
    pub(super) fn of(id: &str, view: &View) -> Result<Self, ApplyError> {
        let places = Place::all(view);
        let position = short(view.first_position);
        let mut rows = BTreeMap::from([(key(PROVIDER, &[id]), projection::encode(view)?)]);
        let provider =
            ProviderId::parse_confirmed(id).map_err(|_| ApplyError::Contradiction(format!("a provider {id}")))?;
        let division = places.last().map_or("", |place| place.division.as_str());
        for task in due::all(&provider, view) {
            let (key, task) = TaskRow::of(id, view, division, &task);
            rows.insert(key, projection::encode(&task)?);
        }
        let Some(card) = Card::of(id, view, &places) else { return Ok(Self { rows, ..Self::default() }) };
        let encoded = projection::encode(&card)?;
        let all = [None].into_iter().chain(view.categories().map(Some));
        let live: Vec<(Option<&str>, Option<Live>)> = all.map(|category| (category, view.live(category))).collect();
        let is_live = live.iter().any(|(_, live)| live.is_some());
        let ahead = view.places_ahead();
        for named in card.all() {
            let is_here = ahead.iter().any(|(division, _)| division == named.division);
            for (category, live) in &live {
                let mut put = |zone: Option<&str>, is_here: bool, value: &[u8]| {
                    let (class, days) = class(live.filter(|_| is_here));
                    let key = Index { zone, category: *category }.key(class, &[named.division, id]);
                    rows.insert(key, [days.as_slice(), value].concat());
                };
                put(None, is_here, if category.is_some() { &encoded } else { &position });
                if !named.zone.is_empty() {
                    let is_here = ahead.iter().any(|place| (&*place.0, &*place.1) == (named.division, named.zone));
                    put(Some(named.zone), is_here, &position);
                }
            }
            let (over, class) = if is_live { (&[][..], Class::Live) } else { (OVER, Class::Over) };
            rows.insert(name_key(named, id), [&position, over].concat());
            if let Some(point) = named.location {
                rows.insert(cell_in(class, ground::cell(point), &position), Vec::new());
            }
        }
        rows.insert(card_key(&position), encoded);
        if let Some(code) = view.operator_uscc() {
            rows.insert(key(BY_OPERATOR, &[code, id]), Vec::new());
        }
        let documents = view.certifications.iter().map(|c| document_key(&c.document_number));
        let pledges = view.pledges.iter().map(|pledge| pledge.number.clone());
        for number in documents.chain(pledges).filter(|number| !number.is_empty()) {
            rows.insert(key(BY_NUMBER, &[&number, id]), Vec::new());
        }
        for (status, from) in ends(view) {
            for stretch in end_stretches(from) {
                for named in card.all() {
                    rows.insert(end_key(status_code(status), stretch, named.division, id), position.to_vec());
                }
            }
        }
        Ok(Self { rows, texts: Texts::of(&places), is_live, counted: Added::of(view) })
    }

    /// Takes away the rows that are no more, and writes those that are new or another.
    pub(super) fn replace(mut self, mut new: Self, first_position: u64, rows: &mut Rows<'_>) {
        for (key, before) in std::mem::take(&mut self.rows) {
            let after = new.rows.remove(&key);
            rows.replace(&key, Some(&before), after);
        }
        for (key, after) in std::mem::take(&mut new.rows) {
            rows.replace(&key, None, Some(after));
        }
        self.counted.replace(&new.counted, rows);
        let live = |own: &Self| -> BTreeSet<Vec<u8>> {
            let divisions = own.texts.divisions.iter().filter(|_| own.is_live);
            divisions.map(|division| text_key(LIVE, "", *division, first_position)).collect()
        };
        let (before, after) = (live(&self), live(&new));
        before.difference(&after).for_each(|gone| rows.add(gone, first_position, -1));
        after.difference(&before).for_each(|come| rows.add(come, first_position, 1));
        // Nearly every commit leaves the texts as they are, and their pairs are many.
        if self.texts != new.texts {
            let (before, after) = (self.texts.keys(first_position), new.texts.keys(first_position));
            for gone in before.iter().filter(|key| after.binary_search(key).is_err()) {
                rows.add(gone, first_position, -1);
            }
            for key in after.iter().filter(|key| before.binary_search(key).is_err()) {
                rows.add(key, first_position, 1);
            }
        }
    }
}
