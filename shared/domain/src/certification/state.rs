//! What is known of the certifications.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ending::state::End;
use crate::supervision::state::Standing;
use crate::supervision::terms::ReviewResult;
use crate::value::{CategoryCode, Day, DocumentNumber, Ordinal, Year};

/// The latest certification of each category.
pub(crate) type Certifications = BTreeMap<CategoryCode, Arc<Certification>>;

/// The latest certification of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certification {
    /// Which of the category.
    pub ordinal: Ordinal,
    /// Day of the decision, where known.
    pub decided_on: Option<Day>,
    /// First day of the first term, where known.
    pub valid_from: Option<Day>,
    /// Last day of the running term; `None`: the published list states none.
    pub valid_to: Option<Day>,
    /// Number of the deciding document, where known.
    pub document_number: Option<DocumentNumber>,
    /// Whether it was back-entered (补录).
    pub back_entered: bool,
    /// How it stands while live.
    pub standing: Standing,
    /// Last day to state one's case, while a revocation is noticed.
    pub hearing_until: Option<Day>,
    /// What ends it, from which day.
    pub end: Option<End>,
    /// Yearly reviews.
    pub reviews: BTreeMap<Year, ReviewResult>,
}

impl Certification {
    /// One of which only its place among the category's is known.
    pub(crate) fn new(ordinal: Ordinal) -> Self {
        Self {
            ordinal,
            decided_on: None,
            valid_from: None,
            valid_to: None,
            document_number: None,
            back_entered: false,
            standing: Standing::Valid,
            hearing_until: None,
            end: None,
            reviews: BTreeMap::new(),
        }
    }

    /// Whether it is live on `day`: not ended and within its term.
    pub fn live_on(&self, day: Day) -> bool {
        self.end.as_ref().is_none_or(|end| end.effective_on > day) && self.valid_to.is_none_or(|last| day <= last)
    }

    /// The first day it is not live any more, where that is known.
    pub fn over_since(&self) -> Option<Day> {
        let term = self.valid_to.map(|last| last.plus_days(1));
        let end = self.end.as_ref().map(|end| end.effective_on);
        [term, end].into_iter().flatten().min()
    }
}

/// Changes the certification of a category, if there is one.
pub(crate) fn on(
    certifications: &mut Certifications,
    category: &CategoryCode,
    change: impl FnOnce(&mut Certification),
) {
    if let Some(certification) = certifications.get_mut(category) {
        change(Arc::make_mut(certification));
    }
}
