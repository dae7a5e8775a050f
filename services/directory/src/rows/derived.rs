//! Every row that follows from a provider's record.

use std::collections::{BTreeMap, BTreeSet};

use domain::ProviderId;
use projection::{ApplyError, Rows};

use super::card::Card;
use super::counter::{Added, status_code};
use super::key::{
    BY_CATEGORY, BY_DIVISION, BY_NAME, BY_NUMBER, BY_OPERATOR, BY_ZONE, ELSEWHERE, IN_NAME, PROVIDER, card_key,
    cell_key, division_range, end_key, end_stretches, key, short, text_key,
};
use super::task::TaskRow;
use crate::ground;
use crate::outlet::due;
use crate::outlet::happened::ends;
use crate::outlet::view::View;
use crate::text::{Texts, fold};

/// Every row that follows from a provider's record.
#[derive(Default)]
pub(super) struct Derived {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The texts and the place they are indexed under; a provider that is not registered has none.
    texts: Option<(Texts, u64)>,
    counted: Added,
}

impl Derived {
    pub(super) fn of(id: &str, view: &View) -> Result<Self, ApplyError> {
        let division = view.shown_division();
        let card = projection::encode(&Card::of(id, view, &division))?;
        let position = short(view.first_position);
        let mut rows =
            BTreeMap::from([(key(PROVIDER, &[id]), projection::encode(view)?), (card_key(&position), card.clone())]);
        let provider = ProviderId::parse(id).map_err(|_| ApplyError::Contradiction(format!("a provider {id}")))?;
        for task in due::all(&provider, view) {
            let (key, task) = TaskRow::of(id, view, &division, &task);
            rows.insert(key, projection::encode(&task)?);
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
        if let Some(point) = view.shown_location() {
            rows.insert([cell_key(ground::cell(point)).as_slice(), &position].concat(), Vec::new());
        }
        for (status, from) in ends(view) {
            for stretch in end_stretches(from) {
                rows.insert(end_key(status_code(status), stretch, &division, id), position.to_vec());
            }
        }
        let counted = Added::of(view, &division);
        Ok(Self { rows, texts: Some((texts, division_range(&division).0)), counted })
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
