//! What was found, as the message that travels and in the words people read.

mod act;
pub(crate) mod bar;
mod certification;
pub(crate) mod change;
pub(crate) mod counts;
pub(crate) mod page;
pub(crate) mod plaque;
pub(crate) mod provider;
pub(crate) mod record;
pub(crate) mod summary;
pub(crate) mod task;
pub(crate) mod term;

use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use api::directory::v1::Sentence;
use domain::{CategoryCode, CodeOf, Day, DivisionTable, Scheme};
use tokio::sync::watch;

/// Where the tables are that answers are told with: those of now, as rules are adopted.
#[derive(Debug, Clone)]
pub struct CurrentNames(watch::Receiver<Arc<Names>>);

impl CurrentNames {
    /// Those of now.
    pub(crate) fn now(&self) -> Arc<Names> {
        Arc::clone(&self.0.borrow())
    }
}

impl From<watch::Receiver<Arc<Names>>> for CurrentNames {
    fn from(followed: watch::Receiver<Arc<Names>>) -> Self {
        Self(followed)
    }
}

/// Tables that stay as they are.
impl From<Arc<Names>> for CurrentNames {
    fn from(names: Arc<Names>) -> Self {
        Self(watch::Sender::new(names).subscribe())
    }
}

/// Tables the answers are told with.
#[derive(Debug)]
pub struct Names {
    /// Names of places.
    pub divisions: DivisionTable,
    /// Categories, and bureaus with their areas.
    pub scheme: Scheme,
    /// Classes of the statistical classification, by category.
    pub statistical_classes: BTreeMap<CategoryCode, Vec<String>>,
}

impl Names {
    /// The names of a division from the province down; levels the table does not list are left out.
    pub(crate) fn division(&self, code: &str) -> String {
        let levels = [2, 4, 6, 9, 12].into_iter().filter_map(|digits| code.get(..digits));
        levels.filter_map(|prefix| self.divisions.name(prefix)).collect::<Vec<_>>().join(" ")
    }

    /// What a category is called, or was; its code where no scheme listed it.
    pub(crate) fn category(&self, code: &str) -> String {
        self.name(CodeOf::Category, code, None)
    }

    /// What a ground is called; its code where the scheme does not list it.
    pub(crate) fn ground(&self, code: &str) -> String {
        self.name(CodeOf::Ground, code, None)
    }

    /// What a zone is called; its code where no scheme lists it.
    pub(crate) fn zone(&self, code: &str) -> String {
        self.name(CodeOf::Zone, code, None)
    }

    /// What a bureau was called on a day; its code where the scheme does not list it.
    pub(crate) fn bureau(&self, id: &str, day: i32) -> String {
        self.name(CodeOf::Bureau, id, Day::from_number(day).ok())
    }

    /// Bureaus alone were called otherwise on other days.
    fn name(&self, of: CodeOf, code: &str, day: Option<Day>) -> String {
        let name = self.scheme.name(of, code, day.unwrap_or(self.scheme.in_force_from));
        name.map_or_else(|| code.to_owned(), |name| name.to_string())
    }

    /// The categories of a class of the statistical classification: those whose classes begin with its digits.
    pub(crate) fn of_class(&self, class: &str) -> Vec<CategoryCode> {
        let in_class = |classes: &Vec<String>| classes.iter().any(|c| c.starts_with(class));
        self.statistical_classes.iter().filter(|(_, classes)| in_class(classes)).map(|(code, _)| code.clone()).collect()
    }
}

pub(crate) fn day(number: i32) -> String {
    Day::from_number(number).map(|day| day.to_string()).unwrap_or_default()
}

pub(crate) fn optional_day(number: Option<i32>) -> String {
    number.map(day).unwrap_or_default()
}

/// A sentence in both languages, as the fields of answers hold it.
#[expect(clippy::unnecessary_wraps, reason = "every field of a message type is optional")]
pub(crate) fn sentence(zh: &str, en: &str) -> Option<Sentence> {
    Some(Sentence { zh: zh.to_owned(), en: en.to_owned() })
}

/// What an answer is told with; remembers the last names, since neighbours share them.
#[derive(Debug)]
pub(crate) struct Teller<'a> {
    names: &'a Names,
    division: RefCell<(String, String)>,
    category: RefCell<(String, String)>,
    zone: RefCell<(String, String)>,
}

fn remembered<'r>(last: &'r RefCell<(String, String)>, code: &str, name: impl FnOnce() -> String) -> Ref<'r, str> {
    if last.borrow().0 != code {
        *last.borrow_mut() = (code.to_owned(), name());
    }
    Ref::map(last.borrow(), |last| last.1.as_str())
}

impl<'a> Teller<'a> {
    pub(crate) fn new(names: &'a Names) -> Self {
        Self { names, division: RefCell::default(), category: RefCell::default(), zone: RefCell::default() }
    }

    pub(super) fn division(&self, code: &str) -> Ref<'_, str> {
        remembered(&self.division, code, || self.names.division(code))
    }

    pub(super) fn category(&self, code: &str) -> Ref<'_, str> {
        remembered(&self.category, code, || self.names.category(code))
    }

    pub(super) fn zone(&self, code: &str) -> Ref<'_, str> {
        remembered(&self.zone, code, || self.names.zone(code))
    }
}
