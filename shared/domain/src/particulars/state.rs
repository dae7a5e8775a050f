//! What is known of what identifies an outlet, by the days from which it holds.

use super::terms::{Particulars, Release};
use crate::value::{Act, Day, DocumentNumber, Name, Uscc};

/// Amendments that an outlet may have on record: with one a year there is room for many a life, and a caller in a loop does not make the
/// record grow without an end.
pub(crate) const AMENDMENTS_MAX: usize = 200;

/// The particulars as an act gave them (网点信息的一个版本).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The fact that it is.
    pub act: Act,
    /// The first day on which it holds; `None`: it is what the outlet came on record with, and holds on all days before the next.
    pub from: Option<Day>,
    /// What it gives.
    pub particulars: Particulars,
    /// The document that carries it.
    pub document_number: Option<DocumentNumber>,
    /// Day the new address was inspected.
    pub site_checked_on: Option<Day>,
    /// The bureau of the place that was left, and its document.
    pub release: Option<Release>,
}

/// How the operator's code became known (补全代码).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The fact that it is.
    pub act: Act,
    /// The operator's code; it is the operator's on every day.
    pub operator_uscc: Uscc,
    /// The operator's name from that day on, until an amendment gives another.
    pub operator_name: Name,
    /// Day on which it was confirmed.
    pub identified_on: Day,
    /// The document that shows it.
    pub document_number: DocumentNumber,
}

/// Days on which the same is known of what identifies an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch<D = Day> {
    /// The first of them; `None`: all days before the next stretch.
    pub from: Option<D>,
    /// Which version holds, by its place among them.
    pub version: usize,
    /// Whether the operator is named as it was identified, and not as the version names it.
    pub is_identified: bool,
}

/// The stretches of days that versions make, each given by its first day and its act, in the order of these. The one that begins last by a
/// day holds on it, of one day the act recorded last; a version that holds on no day is in none. An operator that was identified is named so
/// from that day on, until a version that begins later.
///
/// This is the one rule of which name, address and operator a day is about: for decisions, lists, counters, cards and plaque checks alike.
pub fn stretches<D: Copy + Ord, A: Copy + Ord>(
    versions: &[(Option<D>, A)],
    identified: Option<(D, A)>,
) -> Vec<Stretch<D>> {
    let mut all = Vec::with_capacity(versions.len() + usize::from(identified.is_some()));
    for (version, (from, act)) in versions.iter().enumerate() {
        let next = versions.get(version + 1).map(|(next, _)| *next);
        if next == Some(*from) {
            continue;
        }
        let before_it = identified.filter(|(day, identified)| (*from, *act) < (Some(*day), *identified));
        let within = before_it.map(|(day, _)| day).filter(|day| next.is_none_or(|next| Some(*day) < next));
        if within.is_none() || within > *from {
            all.push(Stretch { from: *from, version, is_identified: false });
        }
        if let Some(day) = within {
            all.push(Stretch { from: Some(day), version, is_identified: true });
        }
    }
    all
}

/// The stretch a day lies in; `None` where nothing is known.
pub fn stretch_on<D: Copy + Ord>(stretches: &[Stretch<D>], day: D) -> Option<&Stretch<D>> {
    stretches.iter().rev().find(|stretch| stretch.from.is_none_or(|from| from <= day)).or_else(|| stretches.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(versions: &[(Option<i32>, u32)], identified: Option<(i32, u32)>) -> Vec<(Option<i32>, usize, bool)> {
        stretches(versions, identified).iter().map(|s| (s.from, s.version, s.is_identified)).collect()
    }

    #[test]
    fn versions_hold_by_their_days_whenever_they_were_recorded() {
        assert_eq!(told(&[], None), []);
        assert_eq!(told(&[(None, 1)], None), [(None, 0, false)]);
        // Act 3 was recorded last and holds between the others.
        let versions = [(None, 1), (Some(10), 3), (Some(20), 2)];
        assert_eq!(told(&versions, None), [(None, 0, false), (Some(10), 1, false), (Some(20), 2, false)]);
        let all = stretches(&versions, None);
        let on = |day| stretch_on(&all, day).map(|stretch| stretch.version);
        assert_eq!([-5, 9, 10, 19, 20, 99].map(on), [0, 0, 1, 1, 2, 2].map(Some));
    }

    #[test]
    fn of_one_day_the_act_recorded_last_holds() {
        assert_eq!(told(&[(None, 1), (Some(10), 2), (Some(10), 3)], None), [(None, 0, false), (Some(10), 2, false)]);
    }

    #[test]
    fn an_operator_is_named_as_identified_until_a_later_version() {
        let two = [(None, 1), (Some(20), 2)];
        assert_eq!(told(&two, Some((10, 3))), [(None, 0, false), (Some(10), 0, true), (Some(20), 1, false)]);
        assert_eq!(told(&two, Some((30, 3))), [(None, 0, false), (Some(20), 1, false), (Some(30), 1, true)]);
        // Of one day the act recorded last says who the operator is.
        assert_eq!(told(&two, Some((20, 3))), [(None, 0, false), (Some(20), 1, true)]);
        assert_eq!(told(&[(None, 1), (Some(20), 3)], Some((20, 2))), [(None, 0, false), (Some(20), 1, false)]);
    }
}
