//! What stands above a row and holds for it: titles, titles between rows, the sheet's name, and what the officer said of the whole list.

use domain::CategoryCode;

use crate::kinds;
use crate::lexicon::CategoryNames;
use crate::tables::{Ends, TITLE_SEPARATOR};
use crate::words::marks::Mark;
use crate::words::phrases::Place;
use crate::words::verdicts;

/// What was said above a row, each with the words that said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// How far the certifications of the list have come.
    pub(crate) mark: Option<Said<Mark>>,
    /// The title that leaves open how far they have come, where none nearer tells it.
    pub(crate) unclear: Option<String>,
    /// What the outlets are certified as.
    pub(crate) category: Option<Said<CategoryCode>>,
    /// Names of places, from the widest title to the nearest.
    pub(crate) places: Vec<String>,
    /// The bodies that signed below the list.
    pub(crate) signed: Vec<String>,
}

/// A value and the words it was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said<T> {
    /// The value.
    pub(crate) value: T,
    /// The title's words.
    pub(crate) words: String,
}

impl Context {
    /// What a title ends before it is taken in.
    pub(crate) fn end(&mut self, ends: Ends, title: &str) {
        match ends {
            Ends::Nothing => {}
            Ends::Lists => {
                self.mark = None;
                self.unclear = None;
                self.category = None;
            }
            Ends::Verdicts => {
                self.mark = None;
                self.unclear = Some(title.to_owned());
            }
        }
    }

    /// Takes in one more title: what it says comes before what wider ones said.
    pub(crate) fn take(&mut self, text: &str, categories: &[CategoryNames]) {
        let beside: Vec<Option<Mark>> = text.split(TITLE_SEPARATOR).map(verdicts::of_title).collect();
        let said: Vec<Mark> = beside.iter().flatten().copied().collect();
        if said.iter().any(|mark| *mark != said[0]) {
            // Titles of blocks side by side: nobody can tell here which one is whose.
            self.mark = None;
            self.unclear = Some(text.to_owned());
        } else if let Some(value) = verdicts::of_title(text) {
            self.mark = Some(Said { value, words: text.to_owned() });
            self.unclear = None;
        } else if verdicts::is_unclear(text, Place::Title) {
            self.mark = None;
            self.unclear = Some(text.to_owned());
        } else if self.mark.is_none() && self.unclear.is_none() && verdicts::is_inclusive(text) {
            self.mark = Some(Said { value: Mark::Certified, words: text.to_owned() });
        }
        if let Some(value) = kinds::category_in_title(text, categories) {
            self.category = Some(Said { value, words: text.to_owned() });
        }
        self.places.push(text.to_owned());
    }
}
