//! What stands above a row and holds for it: titles, titles between rows, the sheet's name, and what the officer said of the whole list.

use std::rc::Rc;

use domain::CategoryCode;

use crate::dates::above::TermsOfTitle;
use crate::fold;
use crate::kinds;
use crate::lexicon::CategoryNames;
use crate::outline::Step;
use crate::standing::{Says, Standing};
use crate::words::marks::Mark;
use crate::words::places::{self, Level};
use crate::words::stripes;

/// What was said above a row, each with the words that said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that titles say or not")]
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
    /// The same before the first title that named a category and nothing more: what stands under 其他 is none of those.
    pub(crate) wide: Option<Said<CategoryCode>>,
    /// Whether titles name categories and nothing more.
    pub(crate) grouped: bool,
    /// The group that a title names which is none of the categories: 其他.
    pub(crate) other: Option<String>,
    /// The table's number.
    pub(crate) table: usize,
    /// Names of places, from the widest title to the nearest.
    pub(crate) places: Vec<String>,
    /// Titles that state a term, from the widest to the nearest, without those of sections that are over.
    pub(crate) terms: Vec<Terms>,
    /// Notes below the last row that state one.
    pub(crate) terms_below: Vec<Terms>,
    /// Whether a row of the table was read: a title is one between rows from then on.
    pub(crate) between_rows: bool,
    /// The bodies that signed below the list.
    pub(crate) signed: Vec<String>,
}

/// A title that states a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Its words.
    pub(crate) title: String,
    /// What they state.
    pub(crate) terms: Rc<TermsOfTitle>,
    /// What it is like.
    shape: String,
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
    /// Holds the terms that a title states for what stands below it. One between rows ends the section that a title of its likeness began: 一、2021年认定
    /// says nothing of what stands below 二、2022年认定.
    pub(crate) fn hold(&mut self, title: &str, terms: Rc<TermsOfTitle>) {
        let states = *terms != TermsOfTitle::default();
        if !states && (self.terms.is_empty() || !self.between_rows) {
            return;
        }
        let shape = shape(title);
        if self.between_rows {
            self.terms.retain(|known| known.shape != shape);
        }
        if states {
            if self.terms.len() == TERMS_MAX {
                self.terms.remove(0);
            }
            self.terms.push(Terms { title: title.to_owned(), terms, shape });
        }
    }

    /// Holds the terms that a note below the last row states.
    pub(crate) fn hold_below(&mut self, note: &str, terms: Rc<TermsOfTitle>) {
        if *terms != TermsOfTitle::default() && self.terms_below.len() < TERMS_MAX {
            self.terms_below.push(Terms { title: note.to_owned(), terms, shape: String::new() });
        }
    }

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
        let group = stripes::name(text);
        let of_none = group.as_deref().and_then(places::level) == Some(Level::Other);
        if of_none && self.grouped {
            self.category.clone_from(&self.wide);
            self.other = group.filter(|_| self.category.is_none());
        } else if let Some(value) = category {
            self.other = None;
            let before = self.category.replace(Said { value, words: text.to_owned() });
            if group.is_none() || !self.grouped {
                self.wide = before.filter(|_| group.is_some());
            }
            self.grouped = group.is_some();
        }
        self.places.push(text.to_owned());
    }
}

/// What a title is like: two of one likeness are parts of a list one after the other.
fn shape(title: &str) -> String {
    let key = fold::key(title);
    let (outside, _notes) = fold::without_notes(&key);
    let numbered = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    match key.trim_start_matches('(').trim_start_matches(numbered).chars().next() {
        // 一、…; (二)…; 3.….
        Some(c @ ('、' | '.' | ')')) if key.starts_with(|c: char| c == '(' || numbered(c)) => {
            let kind = if key.trim_start_matches('(').starts_with(|c: char| c.is_ascii_digit()) { '1' } else { '一' };
            format!("{kind}{c}")
        }
        _ => outside.chars().filter(|c| !numbered(*c)).collect(),
    }
}
