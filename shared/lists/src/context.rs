//! What stands above a row and holds for it: titles, titles between rows, the sheet's name, and what the officer said of the whole list.

use std::rc::Rc;

use domain::CategoryCode;

use crate::dates::above::TermsOfTitle;
use crate::kinds;
use crate::lexicon::CategoryNames;
use crate::standing::{Says, Standing};
use crate::tables::Ends;
use crate::words::marks::Mark;
use crate::words::places::{self, Level};
use crate::words::stripes;

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
    /// The title of which nobody can tell whether it ends what a part above it said.
    pub(crate) doubt: Option<String>,
    /// What the outlets are certified as.
    pub(crate) category: Option<Said<CategoryCode>>,
    /// The same before the first title that named a category and nothing more: what stands under 其他 is none of those.
    pub(crate) wide: Option<Said<CategoryCode>>,
    /// Whether titles name categories and nothing more.
    pub(crate) grouped: bool,
    /// The group that a title names which is none of the categories: 其他.
    pub(crate) other: Option<String>,
    /// The sheet's place in the book.
    pub(crate) sheet: usize,
    /// Names of places, from the widest title to the nearest.
    pub(crate) places: Vec<String>,
    /// Titles that state a term, from the widest to the nearest, without those of sections that are over.
    pub(crate) terms: Vec<Terms>,
    /// Notes below the last row that state one.
    pub(crate) terms_below: Vec<Terms>,
    /// The bodies that signed below the list.
    pub(crate) signed: Vec<String>,
}

/// A title that states a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Its words.
    pub(crate) title: String,
    /// What they state.
    pub(crate) stated: Rc<TermsOfTitle>,
}

/// Titles that state terms and hold at one time.
const TERMS_MAX: usize = 64;

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
                self.category = None;
                self.doubt = None;
            }
            Ends::Verdicts => self.doubt = Some(title.to_owned()),
        }
    }

    /// Holds the terms that a title states for what stands below it.
    pub(crate) fn hold(&mut self, title: &str, stated: Rc<TermsOfTitle>) {
        if *stated == TermsOfTitle::default() {
            return;
        }
        if self.terms.len() == TERMS_MAX {
            self.terms.remove(0);
        }
        self.terms.push(Terms { title: title.to_owned(), stated });
    }

    /// Holds the terms that a note below the last row states.
    pub(crate) fn hold_below(&mut self, note: &str, stated: Rc<TermsOfTitle>) {
        if *stated != TermsOfTitle::default() && self.terms_below.len() < TERMS_MAX {
            self.terms_below.push(Terms { title: note.to_owned(), stated });
        }
    }

    /// A group that is over, beside which the next stands: it tells what the groups are, and nothing of that.
    pub(crate) fn beside(&mut self, text: &str, categories: &[CategoryNames]) {
        if stripes::name(text).is_some() {
            self.group(text, categories);
            self.places.push(text.to_owned());
        }
    }

    /// Takes in one more title: what it says comes before what wider ones said.
    pub(crate) fn take(&mut self, text: &str, categories: &[CategoryNames]) {
        self.group(text, categories);
        self.places.push(text.to_owned());
    }

    /// How far the certifications have come by all titles so far.
    pub(crate) fn stand(&mut self, standing: &Standing, several: bool) {
        let (says, part) = standing.now();
        self.part = part;
        self.several = several || standing.is_later();
        (self.mark, self.unclear) = match says {
            Says::Nothing => (None, None),
            Says::Mark(value, words) => (Some(Said { value: *value, words: words.clone() }), None),
            Says::Unclear(words) => (None, Some(words.clone())),
        };
        // Above it all stands one that nobody can tell the end of.
        if let Some(words) = self.doubt.clone().filter(|_| !part) {
            (self.mark, self.unclear) = (None, Some(words));
        }
    }

    /// What a title says of the category, by itself and beside other groups.
    fn group(&mut self, text: &str, categories: &[CategoryNames]) {
        let group = stripes::name(text);
        let of_none = group.as_deref().and_then(places::level) == Some(Level::Other);
        if of_none && self.grouped {
            self.category.clone_from(&self.wide);
            self.other = group.filter(|_| self.category.is_none());
        } else if let Some(value) = kinds::category_in_title(text, categories) {
            self.other = None;
            let before = self.category.replace(Said { value, words: text.to_owned() });
            if group.is_none() || !self.grouped {
                self.wide = before.filter(|_| group.is_some());
            }
            self.grouped = group.is_some();
        }
    }
}
