//! What a row says of its outlet, by which it is told from the other rows of its list.

use domain::Division;

use crate::fold;
use crate::reading::Entry;

use super::alike::{Alike, alike, written};
use super::called::{self, Called};

/// What a row says of its outlet, beside what it is certified as and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    name: String,
    called: Called,
    division: Division,
    /// Its address as it is kept, folded.
    pub(super) address: Option<String>,
    uscc: Option<String>,
    outlet: Option<u16>,
    beside: Option<u32>,
}

impl Said {
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            name: called::key(entry.name.as_str()),
            called: Called::of(entry.name.as_str(), entry.division.county()),
            division: entry.division.clone(),
            address: written(entry).map(|text| fold::key(&text)),
            uscc: entry.uscc.as_ref().map(|uscc| uscc.as_str().to_owned()),
            outlet: entry.outlet,
            beside: entry.beside,
        }
    }

    /// What rows have in common that may be of one outlet: the county, and what the name comes to.
    pub(super) fn key(&self) -> (String, String) {
        (self.division.county().to_owned(), self.called.core().to_owned())
    }

    /// Whether another row says it plainly that it is of another outlet: by street or address, code, number, or name.
    pub(super) fn is_apart_from(&self, entry: &Entry) -> bool {
        let other = Self::of(entry);
        let two_codes = self.uscc.as_ref().zip(other.uscc.as_ref()).is_some_and(|(one, other)| one != other);
        let two_numbers = self.outlet.zip(other.outlet).is_some_and(|(one, other)| one != other);
        let two_places = || {
            let place = alike(entry, &self.division, self.address.as_deref());
            matches!(place, Alike::OtherStreet | Alike::OtherAddress)
        };
        // Rows of one list bear each the name of their own outlet, unless one address stands beside two ways to write it.
        let two_names = self.name != other.name && (self.address.is_none() || other.address.is_none());
        two_codes || two_numbers || two_names || !self.called.is_like(&other.called) || two_places()
    }
}
