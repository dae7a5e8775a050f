//! One pledge number stands once in the registry. A provider's stream knows no other's, so that two outlets may come to have one: who holds a
//! number is kept, and each outlet of a doubled one is told of the others, in its work list.

use std::collections::BTreeMap;

use domain::Day;
use event_log::Recorded;
use projection::{ApplyError, Row, Rows, decode, encode};

use super::key::{HOLDERS, key};
use super::touched::Touched;
use crate::outlet::view::{DoubledView, View};

/// The pledge numbers that an outlet holds, in order.
pub(super) fn numbers(view: &View) -> Vec<String> {
    let mut numbers: Vec<String> = view.pledges.iter().map(|pledge| pledge.number.clone()).collect();
    numbers.sort_unstable();
    numbers
}

/// After a commit by which an outlet came to hold other numbers than `before`: who holds each, and what each of those is told.
pub(super) fn follow(
    touched: &mut BTreeMap<String, Touched>,
    recorded: &Recorded,
    (id, before): (&str, &[String]),
    rows: &mut Rows<'_>,
) -> Result<(), ApplyError> {
    let after = touched.get(id).map(|touched| numbers(&touched.view)).unwrap_or_default();
    let on = Day::of(recorded.commit.recorded_at).number();
    let (came, went) = (|number: &&String| !before.contains(number), |number: &&String| !after.contains(number));
    for number in after.iter().filter(came).chain(before.iter().filter(went)) {
        let key = key(HOLDERS, &[number]);
        let before = rows.row(&key)?;
        let held: Vec<String> = before.as_ref().map(|row| decode(row.value())).transpose()?.unwrap_or_default();
        let mut holds: Vec<String> = held.iter().filter(|holder| *holder != id).cloned().collect();
        if after.contains(number) {
            holds.push(id.to_owned());
            holds.sort_unstable();
        }
        let after_it = if holds.is_empty() { None } else { Some(encode(&holds)?) };
        rows.replace(&key, before.as_ref().map(Row::value), after_it);
        for holder in held.iter().filter(|holder| *holder != id).map(String::as_str).chain([id]) {
            let others = holds.iter().filter(|other| *other != holder).cloned().collect();
            let others = if holds.iter().any(|one| one == holder) { others } else { Vec::new() };
            if !touched.contains_key(holder) {
                touched.insert(holder.to_owned(), Touched::load(holder, rows)?);
            }
            if let Some(touched) = touched.get_mut(holder) {
                tell(&mut touched.view, number, others, on);
            }
        }
    }
    Ok(())
}

/// Which others hold a number of an outlet; it goes by the day on which the first of them came to.
fn tell(view: &mut View, number: &str, others: Vec<String>, on: i32) {
    let at = view.doubled.binary_search_by(|doubled| doubled.number.as_str().cmp(number));
    match (at, others.is_empty()) {
        (Ok(at), true) => drop(view.doubled.remove(at)),
        (Ok(at), false) => view.doubled[at].others = others,
        (Err(_), true) => {}
        (Err(at), false) => {
            view.doubled.insert(at, DoubledView { number: number.to_owned(), others, since: on });
        }
    }
}
