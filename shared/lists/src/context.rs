//! What stands above a row and holds for it: titles, titles between rows, the sheet's name, and what the officer said of the whole list.

use domain::CategoryCode;

use crate::kinds;
use crate::lexicon::CategoryNames;
use crate::outline::Step;
use crate::standing::{Says, Standing};
use crate::words::marks::Mark;

/// What was said above a row, each with the words that said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// How far the certifications of the list have come.
    pub(crate) mark: Option<Said<Mark>>,
    /// The title that leaves open how far they have come, where none nearer tells it.
    pub(crate) unclear: Option<String>,
    /// Whether a part of the list says so, rather than the list.
    pub(crate) part: bool,
    /// Whether the file holds several lists, each with titles of its own.
    pub(crate) several: bool,
    /// How the title that comes next stands.
    pub(crate) step: Step,
    /// What of the next title holds for all rows below it, where not all of it does.
    pub(crate) rest: Option<String>,
    /// What all titles so far say of how far the certifications have come.
    pub(crate) standing: Standing,
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
    /// Takes in one more title: what it says comes before what wider ones said.
    pub(crate) fn take(&mut self, text: &str, categories: &[CategoryNames]) {
        let category = kinds::category_in_title(text, categories);
        // What of a title speaks of some rows alone holds for no other.
        let rest = self.rest.take();
        let says = rest.as_deref().unwrap_or(text);
        if !says.is_empty() {
            self.standing.take(says, self.step, category.as_ref());
        }
        let (says, part) = self.standing.now();
        self.part = part;
        self.several |= self.standing.is_later();
        (self.mark, self.unclear) = match says {
            Says::Nothing => (None, None),
            Says::Mark(value, words) => (Some(Said { value: *value, words: words.clone() }), None),
            Says::Unclear(words) => (None, Some(words.clone())),
        };
        if let Some(value) = category {
            self.category = Some(Said { value, words: text.to_owned() });
        }
        self.places.push(text.to_owned());
    }
}
