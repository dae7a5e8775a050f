//! Whether an act that is typed late, or a correction, is taken by all that is on record; and where it is not, what the way on is.
//!
//! What is decided anew is asked of what stands before it, in the order of days or as it was typed. That of a category one certification is live is
//! asked of all that is on record: an end that comes later than what is asked may be what keeps two apart. And what is in the way is named with all that
//! is in the way of that, so that whoever corrects one after the other comes to an end.

use std::collections::BTreeSet;

use crate::certification::decide::{beside_each_other, stands_alone};
use crate::command::{Command, CorrectAct};
use crate::context::Context;
use crate::correction::alike::goes_with;
use crate::correction::decide::{self as correction, about, entry_of};
use crate::event::Event;
use crate::late;
use crate::record::{AloneAtTheEnd, Entry, InTheirDay, as_corrected, index_of, replay};
use crate::refusal::Refusal;
use crate::value::{Act, BureauId, Day, Position, Reason};

/// Whether what was recorded of later days stands beside the facts that a late command makes.
///
/// # Errors
///
/// [`Refusal::ContradictsLater`], with the acts that would not have been taken, and those that rest on them, in the order in which they are put right
/// one after the other.
pub fn stands_beside(
    record: &[Entry<'_>],
    command: &Command,
    made: &[Event],
    then: &impl InTheirDay,
) -> Result<(), Refusal> {
    let beside = |record: &[Entry<'_>]| match late::stands_beside(record, command, made, then) {
        Err(_) if two(record, made).is_empty() => late::stands_beside(record, command, made, &AloneAtTheEnd(then)),
        answer => answer,
    };
    beside(record).map_err(|refusal| Way::onward(record, then, (None, refusal), |record| beside(record).err()))
}

/// What the correction makes of a provider's record: the facts to record, none where it repeats one on record, or a refusal.
///
/// # Errors
///
/// Whatever the rules say to the right act on the day the wrong one was recorded; [`Refusal::ActRestsOnIt`] where a later act would then not
/// have been taken; [`Refusal::ActSaysSo`] where the act says so by another correction, or without one.
pub fn decide_correction(
    record: &[Entry<'_>],
    c: &CorrectAct,
    then: &impl InTheirDay,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let decided = |record: &[Entry<'_>]| corrected(record, c, then, context);
    decided(record)
        .map_err(|refusal| Way::onward(record, then, (Some(about(record, c)), refusal), |record| decided(record).err()))
}

/// The same, and of what is in the way only what the record as it is now says.
fn corrected(
    record: &[Entry<'_>],
    c: &CorrectAct,
    then: &impl InTheirDay,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    match correction::decide_correction(record, c, then, context) {
        Ok(made) => stand_alone(record, c, made),
        Err(refusal) if refusal.may_be_of_two() => {
            match correction::decide_correction(record, c, &AloneAtTheEnd(then), context) {
                Ok(made) if two(record, &made).is_empty() => Ok(made),
                Ok(made) => match stand_alone(record, c, made) {
                    Err(other) if other.is_of_what_comes_after() || c.right.is_some() => Err(other),
                    // One that comes back is not in its own way; nor are two of which each ended by the time that the other began.
                    Ok(_) | Err(_) => Err(refusal),
                },
                // Not for those alone: named by what else there is.
                Err(other) if other.is_of_what_comes_after() => Err(other),
                Err(_) => Err(refusal),
            }
        }
        answer @ Err(_) => answer,
    }
}

/// What a correction makes, where it leaves no two certifications of a category live on one day. In the way of it is the one that was recorded last; of
/// what is put right itself is said what refuses it.
fn stand_alone(record: &[Entry<'_>], c: &CorrectAct, made: Vec<Event>) -> Result<Vec<Event>, Refusal> {
    let two = two(record, &made);
    let Some((one, other)) = two.first() else { return Ok(made) };
    let after = replay(record.iter().flat_map(|entry| entry.events).chain(&made));
    let later = one.max(other);
    let category = after.certifications.iter().find(|held| held.act == *later).map(|held| held.category.clone());
    let why = category.map(|category| stands_alone(&after, (*later, &category)));
    let Some(Err(why)) = why else { return Ok(made) };
    if *later == about(record, c) {
        return Err(why);
    }
    let acts = Act::newest_first(two.iter().map(|(one, other)| *one.max(other)).collect::<BTreeSet<Act>>());
    Err(Refusal::ActRestsOnIt { acts, zh: why.zh(), en: why.en() })
}

/// The certifications of a category that these facts leave beside each other and that were not so before.
fn two(record: &[Entry<'_>], made: &[Event]) -> BTreeSet<(Act, Act)> {
    let facts = || record.iter().flat_map(|entry| entry.events);
    let mut after = beside_each_other(&replay(facts().chain(made)));
    if !after.is_empty() {
        let before = beside_each_other(&replay(facts()));
        after.retain(|two| !before.contains(two));
    }
    after
}

/// So many facts are gone through at most to see what else is in the way: of a record that is longer than any there is not all may be named at once.
const GONE_THROUGH: usize = 6_000;

/// What is in the way of an act, and what of that: tried out on the record, each corrected to none in its turn.
struct Way<'r, T> {
    record: &'r [Entry<'r>],
    then: &'r T,
    /// The last day of the record, on which it is tried.
    today: Day,
    /// What the corrections made, and who would make each.
    struck: Vec<(&'r BureauId, Vec<Event>)>,
    /// The acts that were corrected, in that order.
    order: Vec<Act>,
    /// How many facts may still be gone through.
    left: usize,
}

/// What comes of a correction to none that is tried.
enum Tried<'r> {
    /// It does not stand any more.
    IsGone,
    /// Facts, by whom.
    Made(&'r BureauId, Vec<Event>),
    /// It is refused itself.
    Refused(Refusal),
}

impl<'r, T: InTheirDay> Way<'r, T> {
    /// The refusal with all that is in the way, in an order in which one after the other can be corrected to none; `refused` says of the record with
    /// those what is asked for still meets, which may be of an act itself. Where there is no such order, as it is.
    fn onward(
        record: &'r [Entry<'r>],
        then: &'r T,
        (of, refusal): (Option<Act>, Refusal),
        refused: impl Fn(&[Entry<'_>]) -> Option<Refusal>,
    ) -> Refusal {
        // What is put right is not in its own way.
        let others = |refusal: &Refusal| {
            let named = refusal.in_the_way();
            named.into_iter().filter(|act| Some(*act) != of).collect::<Vec<Act>>()
        };
        let mut named = others(&refusal);
        let Some(today) = record.iter().map(|entry| entry.recorded_on).max().filter(|_| !named.is_empty()) else {
            return refusal;
        };
        let (struck, order) = (Vec::new(), Vec::new());
        let mut way = Self { record, then, today, struck, order, left: GONE_THROUGH };
        while !named.is_empty() {
            if way.strike(of, named).is_none() {
                let named = others(&refusal);
                return refusal.with_in_the_way(&named);
            }
            named = refused(&way.entries()).map_or_else(Vec::new, |refusal| others(&refusal));
        }
        if way.order.is_empty() { refusal } else { refusal.with_in_the_way(&way.order) }
    }

    /// Corrects these to none, the newest first, and before each what is in its way, but for what it is all done for. None where that comes to no end.
    fn strike(&mut self, of: Option<Act>, mut open: Vec<Act>) -> Option<()> {
        let mut met: BTreeSet<Act> = of.into_iter().collect();
        open.sort_unstable();
        while let Some(act) = open.last().copied() {
            match self.tried(act)? {
                Tried::IsGone => {
                    open.pop();
                }
                Tried::Made(by, made) => {
                    open.pop();
                    self.struck.push((by, made));
                    self.order.push(act);
                }
                Tried::Refused(refusal) => {
                    met.insert(act);
                    let mut more = refusal.in_the_way();
                    // What waits for this one is not in its way.
                    more.retain(|more| !met.contains(more));
                    if more.is_empty() {
                        more.push(self.together(of, &met, &mut open)?);
                    }
                    open.retain(|act| !more.contains(act));
                    more.sort_unstable();
                    open.extend(more);
                }
            }
        }
        Some(())
    }

    /// Where two wait for each other, the last of them that can go with another act goes with that, as an end with its certification; and so does what it
    /// is all done for.
    fn together(&self, of: Option<Act>, met: &BTreeSet<Act>, open: &mut Vec<Act>) -> Option<Act> {
        let record = self.entries();
        let stands = as_corrected(record.iter().flat_map(|entry| entry.events));
        let goes_with = |act: Act| stands.get(index_of(act)).copied().flatten().and_then(goes_with);
        let mut waiting = open.iter().rev().copied().filter(|act| met.contains(act)).chain(of);
        let with = |act: Act| goes_with(act).filter(|with| !met.contains(with)).map(|with| (act, with));
        let (act, with) = waiting.find_map(with)?;
        open.retain(|waits| *waits != act);
        Some(with)
    }

    /// What its correction to none makes, by the bureau that recorded it. None where as much was gone through as may be.
    fn tried(&mut self, act: Act) -> Option<Tried<'r>> {
        let (record, at) = (self.entries(), index_of(act));
        let facts: usize = record.iter().map(|entry| entry.events.len()).sum();
        let left = self.left.checked_sub(facts)?;
        let tried = if as_corrected(record.iter().flat_map(|entry| entry.events)).get(at).copied().flatten().is_none() {
            Tried::IsGone
        } else {
            let bureau = entry_of(self.record, at)?.bureau;
            let (position, recorded_on) = (Position(u64::MAX), self.today);
            let now = Entry { position, recorded_on, bureau, corrects: true, events: &[] };
            let (corrected_on, reason) = (self.today, Reason::parse("更正").ok()?);
            let c = CorrectAct { act, corrected_on, reason, document_number: None, right: None };
            match corrected(&record, &c, self.then, &self.then.context(&now, None)) {
                Ok(made) => Tried::Made(bureau, made),
                Err(refusal) => Tried::Refused(refusal),
            }
        };
        self.left = left;
        Some(tried)
    }

    /// The record with what was corrected.
    fn entries(&self) -> Vec<Entry<'_>> {
        let (position, recorded_on) = (Position(u64::MAX), self.today);
        let struck =
            self.struck.iter().map(|(bureau, events)| Entry { position, recorded_on, bureau, corrects: false, events });
        self.record.iter().copied().chain(struck).collect()
    }
}
