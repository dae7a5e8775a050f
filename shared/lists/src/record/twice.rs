//! Rows of one list: two are of one outlet only where they say the same of it, or where an officer says that they are.

use domain::ProviderId;

use crate::fold;
use crate::question::{Answers, Choice, Question};
use crate::reading::{Because, Entry};

use super::alike::{Alike, alike, written};
use super::known::{Outlet, Register};
use super::matching::Match;
use super::said::Said;
use super::step::Placed;

/// What is asked of rows that may be of one outlet and do not say the same of it.
const TWICE: &str = "twice";
/// Answers: they are of one outlet.
const SAME: &str = "same";
/// Each is of one of its own.
const NEW: &str = "new";

impl Register {
    /// Which outlet a row is of, beside the other rows of its list.
    pub(super) fn matched_in_list(&self, entry: &Entry, answers: &Answers) -> Match {
        let own = Said::of(entry);
        let unclear = |other: &Said| *other != own && !other.is_apart_from(entry);
        let others = self.said.get(&own.key()).is_some_and(|all| all.iter().any(unclear));
        let answer = answers.get(&format!("{TWICE}:{}", entry.name)).or_else(|| answers.get(TWICE));
        match answer {
            Some(SAME) => return self.matched(entry, answers),
            Some(NEW) if others => return self.in_order(entry, &own),
            _ if others => return Match::Asks(Box::new(asked(entry))),
            _ => {}
        }
        let found = self.matched(entry, answers);
        let of_another = |id: &ProviderId| self.taken.get(id).is_some_and(|other| *other != own);
        match (&found, answer) {
            (Match::Known { id, .. }, Some(NEW)) if of_another(id) => Match::New { because: vec![said_another()] },
            (Match::Known { id, .. }, _) if of_another(id) => Match::Asks(Box::new(asked(entry))),
            _ => found,
        }
    }

    /// An officer says that rows of one name are each of an outlet of its own: the one on record that has the row's very address, or else the first that
    /// no other row is of, in the list's order. A list that was interrupted and is taken again finds them so.
    fn in_order(&self, entry: &Entry, own: &Said) -> Match {
        let named = self.named(entry);
        let spelt = if named.is_empty() { self.spelt(entry, &named) } else { Vec::new() };
        let is_free = |outlet: &&Outlet| {
            let apart = matches!(
                alike(entry, &outlet.division, outlet.address.as_deref()),
                Alike::OtherStreet | Alike::OtherAddress
            );
            let code = entry.uscc.as_ref().map(domain::Uscc::as_str).zip(outlet.code.as_deref());
            !apart
                && code.is_none_or(|(listed, known)| listed == known)
                && self.taken.get(&outlet.id).is_none_or(|other| other == own)
        };
        let free: Vec<&Outlet> = named.iter().chain(&spelt).map(|at| &self.outlets[*at]).filter(is_free).collect();
        let address = written(entry).map(|text| fold::key(&text));
        let address_of = |outlet: &Outlet| outlet.address.as_deref().map(fold::key);
        let taken = free.iter().find(|outlet| self.taken.contains_key(&outlet.id));
        let exact = || free.iter().find(|outlet| address_of(outlet) == address);
        // One that has the very address of another row is left to that.
        let others = self.said.get(&own.key());
        let of_another = |outlet: &Outlet| {
            let known = address_of(outlet);
            known.is_some() && others.is_some_and(|all| all.iter().any(|other| other != own && other.address == known))
        };
        let first = || free.iter().filter(|outlet| !of_another(outlet)).min_by_key(|outlet| outlet.id.as_str());
        match taken.or_else(exact).or_else(first) {
            Some(outlet) => {
                let identify = entry.uscc.is_some() && outlet.code.is_none();
                Match::Known { id: outlet.id.clone(), identify, because: vec![said_another()] }
            }
            None => Match::New { because: vec![said_another()] },
        }
    }
}

fn said_another() -> Because {
    Placed::because("网点", "经办人确认名单中同名各行是不同网点".to_owned())
}

fn asked(entry: &Entry) -> Question {
    let choice = |value: &str, zh: &str| Choice { value: value.to_owned(), zh: zh.to_owned() };
    Question {
        id: TWICE.to_owned(),
        zh: format!(
            "名单中有几行名称相同或相近,而地址、街道、经营者等不尽相同,又看不出是两处(如「{}」):是同一网点写了几次,还是各为一个网点?",
            entry.name
        ),
        en: format!(
            "rows of the list have one name, or nearly, and differ in what they say of address, street or operator, which does not tell whether they \
             are two (such as {}): one outlet, or one each?",
            entry.name
        ),
        choices: vec![choice(SAME, "同一网点"), choice(NEW, "各为一个网点")],
        suggested: None,
        rows: 0,
    }
}
