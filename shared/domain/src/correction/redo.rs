//! Deciding anew what was decided after an act that is corrected.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use super::alike::{follows_likewise, goes_with, is_carried_on, subject};
use crate::anew::{came_along, command_of};
use crate::command::{Command, MadeBy, RecordCertification};
use crate::ending::terms::Ended;
use crate::event::Event;
use crate::late::comes_to_end;
use crate::record::{Entry, act_at, as_corrected, index_of};
use crate::refusal::Refusal;
use crate::value::{Act, BureauId};

type Folding<'a, S> = &'a dyn Fn(S, Option<&Event>, &Event) -> S;
type Deciding<'a, S> = &'a dyn Fn(&S, &MadeBy, &Entry<'_>) -> Result<Vec<Event>, Refusal>;
type Following<'a, S> = &'a dyn Fn(&S, &Entry<'_>) -> Vec<Event>;

/// What a stream's state is, for who goes through it again.
pub(super) struct State<'a, S> {
    /// The state after what stands under the next number, and what was recorded under it.
    pub(super) fold: Folding<'a, S>,
    /// What a command makes of it in a commit like this one.
    pub(super) decide: Deciding<'a, S>,
    /// The same of what was decided before the bars that hold on its day by now.
    pub(super) decide_before_bars: Deciding<'a, S>,
    /// What follows from it by itself, in a commit like this one.
    pub(super) follow: Following<'a, S>,
}

/// A record that is gone through again.
pub(super) struct Redoing<'r, S> {
    pub(super) record: &'r [Entry<'r>],
    /// Every fact, as it was recorded.
    pub(super) facts: &'r [&'r Event],
    pub(super) state: &'r State<'r, S>,
    /// Who corrects.
    pub(super) bureau: &'r BureauId,
}

/// What follows from a correction.
pub(super) struct Consequences {
    /// Acts that followed from what was corrected, and what stands in their place.
    pub(super) corrections: Vec<(Act, Option<Event>)>,
    /// Facts that follow now.
    pub(super) facts: Vec<Event>,
}

/// The record before a correction.
struct Before<'s> {
    stands: &'s [Option<&'s Event>],
    /// Whether what the correction makes of it says that a certification is over sooner.
    ends: bool,
}

/// Acts that would not have been taken, and why the first of them would not.
#[derive(Default)]
struct Fallen {
    acts: Vec<Act>,
    why: Option<Refusal>,
}

impl<'r, S: Clone + Default> Redoing<'r, S> {
    /// The fact is what its commit was asked for, and not what follows from that.
    pub(super) fn asked_for(&self, index: usize) -> Result<Entry<'r>, Refusal> {
        let act = act_at(index);
        let (entry, range) = self.commit_of(index).ok_or(Refusal::ActUnknown { act })?;
        if is_own(entry.events, index - range.start) { Ok(entry) } else { Err(Refusal::ActFollows { act }) }
    }

    /// Whoever corrects an act may take it: asked of what it says, or said last where nothing stands in its place, where it was recorded, on
    /// that day.
    pub(super) fn may_change(&self, index: usize, stands: &[Option<&Event>]) -> Result<(), Refusal> {
        let fact = stands[index].unwrap_or_else(|| self.said_last(index, |correction| stands[correction].is_some()));
        self.may_take(index, fact, stands)
    }

    /// Whoever takes a correction back may take what stands then.
    pub(super) fn may_restore(&self, index: usize, then: &[Option<&Event>]) -> Result<(), Refusal> {
        then[index].map_or(Ok(()), |fact| self.may_take(index, fact, then))
    }

    /// What was said of an act before it was corrected to nothing, by the corrections that hold.
    fn said_last(&self, index: usize, holds: impl Fn(usize) -> bool) -> &'r Event {
        let said = |(correction, fact): (usize, &&'r Event)| {
            let Event::ActCorrected(e) = *fact else { return None };
            e.fact.as_deref().filter(|_| index_of(e.act) == index && holds(correction))
        };
        self.facts.iter().enumerate().rev().find_map(said).unwrap_or(self.facts[index])
    }

    /// What is no more since the act that it goes with was corrected to nothing, where the last correction of it says so.
    fn went_along(&self, index: usize, stands: &[Option<Event>]) -> Option<&'r Event> {
        let in_commits = self.record.iter().flat_map(|entry| entry.events.iter().enumerate());
        let of_it = |(correction, (at, fact)): (usize, (usize, &Event))| {
            let Event::ActCorrected(e) = fact else { return None };
            (index_of(e.act) == index && stands[correction].is_some()).then_some(at > 0 && e.fact.is_none())
        };
        let went = in_commits.enumerate().filter_map(of_it).last() == Some(true);
        went.then(|| self.said_last(index, |correction| stands[correction].is_some()))
    }

    fn may_take(&self, index: usize, fact: &Event, stands: &[Option<&Event>]) -> Result<(), Refusal> {
        let entry = self.asked_for(index)?;
        let Ok(redone) = command_of(std::slice::from_ref(fact)) else {
            return Err(Refusal::ActFollows { act: act_at(index) });
        };
        match self.decided(&self.before(index, stands), &redone.made_by, &self.corrected(entry)) {
            Err(refusal) if refusal.is_of_competence() => Err(refusal),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// The fact that the right act makes in the place of the wrong one: by the rules, on the day that was recorded, by who corrects it.
    pub(super) fn right(&self, index: usize, right: &MadeBy, stands: &[Option<&Event>]) -> Result<Event, Refusal> {
        let (entry, _) = self.commit_of(index).ok_or(Refusal::CorrectsAnother)?;
        let wrong = self.facts[index];
        let is_alike = command_of(std::slice::from_ref(wrong)).is_ok_and(|wrong| wrong.made_by.is_of_kind(right));
        if !is_alike {
            return Err(Refusal::CorrectsAnother);
        }
        let end = end_along(self.record, index, stands);
        let entry = self.corrected(entry);
        let (before, right) = (self.before(index, stands), accompanied(right, end));
        let made = match self.decided(&before, &right, &entry) {
            // What stands within a bar is put right in it: it stood so before.
            Err(refusal) if refusal.is_of_a_bar() && self.is_within_bar(&before, stands[index], &entry) => {
                (self.state.decide_before_bars)(&before, &right, &entry)
            }
            made => made,
        };
        let made = made.map_err(|refusal| named_later(index, refusal, stands))?;
        if made.is_empty() {
            return Err(Refusal::RightActRecorded);
        }
        let own = command_of(&made).map_err(|_| Refusal::CorrectsAnother)?.own;
        match &made[own] {
            [fact] if subject(fact) == subject(wrong) => Ok(fact.clone()),
            // What came along with it stays as it is: that is an act of its own.
            [fact, along] if subject(fact) == subject(wrong) && end == Some(along) => Ok(fact.clone()),
            // What a list fills of the outlet is no part of its certification.
            [Event::ParticularsAmended(_), ..] => Err(Refusal::ParticularsDiffer),
            _ => Err(Refusal::CorrectsAnother),
        }
    }

    /// Whether what stands in a place is within a bar that was not there when it was decided.
    fn is_within_bar(&self, before: &S, stands: Option<&Event>, entry: &Entry<'_>) -> bool {
        let made_by = stands.and_then(|fact| command_of(std::slice::from_ref(fact)).ok()).map(|redone| redone.made_by);
        made_by.is_some_and(|made_by| self.decided(before, &made_by, entry).is_err_and(|refusal| refusal.is_of_a_bar()))
    }

    /// Decides anew what was decided after the correction's act, on what then stands; `now` is the commit of the correction.
    pub(super) fn after(
        &self,
        stands: &[Option<&Event>],
        correction: &Event,
        now: &Entry<'_>,
    ) -> Result<Consequences, Refusal> {
        let with = as_corrected(self.facts.iter().copied().chain([correction]));
        let changed = (0..self.facts.len()).find(|&index| stands[index] != with[index]).unwrap_or(self.facts.len());
        // Where the right act is an end, what was done since on what was over by then stays, as where that is typed late.
        let by = (0..self.facts.len()).filter(|&index| stands[index] != with[index]).filter_map(|index| with[index]);
        let before = Before { stands, ends: comes_to_end(&with, by) };
        let mut stands: Vec<Option<Event>> = with.into_iter().map(Option::<&Event>::cloned).collect();
        stands.truncate(self.facts.len());
        let (mut state, mut fallen, mut corrections) = (S::default(), Fallen::default(), Vec::new());
        // Orders that follow now from an act of before, where none was recorded.
        let mut owed = VecDeque::new();
        let mut end = 0;
        for entry in self.record {
            let range = end..end + entry.events.len();
            end = range.end;
            if changed < range.end {
                let is_settled = |index: usize| self.follows_from_before(entry, index, changed);
                let settled: Vec<usize> = range.clone().filter(|index| is_settled(*index)).collect();
                let given = self.commit(
                    entry,
                    range.clone(),
                    &settled,
                    &before,
                    &state,
                    &mut stands,
                    &mut fallen,
                    &mut owed,
                    &mut corrections,
                );
                let open = range.clone().filter(|index| !settled.contains(index));
                self.match_following(open, (entry, range.start), given, &mut stands, &mut owed, &mut corrections);
            }
            for index in range {
                state = (self.state.fold)(state, stands[index].as_ref(), self.facts[index]);
            }
        }
        if let Some(why) = fallen.why {
            let (zh, en) = why.reasons();
            return Err(Refusal::ActRestsOnIt { acts: Act::newest_first(fallen.acts), zh, en });
        }
        // The correction and those that follow it have numbers too.
        for _ in 0..=corrections.len() {
            state = (self.state.fold)(state, None, correction);
        }
        let mut facts: Vec<Event> = owed.into();
        let state = facts.iter().fold(state, |state, fact| (self.state.fold)(state, Some(fact), fact));
        facts.extend((self.state.follow)(&state, now));
        let corrections = corrections.into_iter().map(|(index, fact)| (act_at(index), fact)).collect();
        Ok(Consequences { corrections, facts })
    }

    /// Whether a fact is an order that a correction made because of an act before all that changes now: that act is not decided anew, and owes what
    /// it owed.
    fn follows_from_before(&self, entry: &Entry<'_>, index: usize, changed: usize) -> bool {
        let Event::RectificationOrdered(order) = self.facts[index] else { return false };
        let is_correction = matches!(entry.events.first(), Some(Event::ActCorrected(_)));
        is_correction
            && order.because.is_some_and(|cause| index_of(cause) < changed)
            && index_of(order.certification) < changed
    }

    /// Decides a commit anew: what follows from it by the rules. What it was asked for stands, or falls.
    #[expect(clippy::too_many_arguments, reason = "what is known on the way")]
    fn commit(
        &self,
        entry: &Entry<'_>,
        range: Range<usize>,
        settled: &[usize],
        before: &Before<'_>,
        state: &S,
        stands: &mut [Option<Event>],
        fallen: &mut Fallen,
        owed: &mut VecDeque<Event>,
        corrections: &mut Vec<(usize, Option<Event>)>,
    ) -> Vec<Event> {
        let own: Vec<usize> = range.clone().filter(|index| is_own(entry.events, index - range.start)).collect();
        if let Some(Event::ActCorrected(_)) = entry.events.first() {
            // What it corrects is counted in where it stands. Orders that it made stand where they still follow.
            let mut state = state.clone();
            let mut given = Vec::new();
            for index in range {
                if settled.contains(&index) {
                    // What follows from an act that is decided anew before it is this very order.
                    owed.retain(|owed| !is_same_order(owed, self.facts[index]));
                    state = (self.state.fold)(state, stands[index].as_ref(), self.facts[index]);
                    continue;
                }
                let at = owed.iter().position(|owed| owed == self.facts[index]);
                let follows = at.and_then(|at| owed.remove(at));
                state = (self.state.fold)(state, follows.as_ref(), self.facts[index]);
                given.extend(follows);
            }
            given.extend((self.state.follow)(&state, entry));
            return given;
        }
        self.goes_along(entry, &range, stands, corrections);
        let asked: Vec<Event> = own.iter().filter_map(|&index| stands[index].clone()).collect();
        let [first, ..] = &asked[..] else {
            // What went with another act comes back with it.
            if let [index] = own[..]
                && goes_with(self.facts[index]).is_some()
                && let Some(fact) = self.went_along(index, stands)
                && !is_orphan(fact, stands)
                && let Ok((given, following)) = self.anew(state, std::slice::from_ref(fact), entry)
                && given == [fact.clone()]
            {
                corrections.push((index, Some(fact.clone())));
                stands[index] = Some(fact.clone());
                return following;
            }
            return (self.state.follow)(state, entry);
        };
        if let [index] = own[..]
            && is_orphan(first, stands)
        {
            corrections.push((index, None));
            stands[index] = None;
            return (self.state.follow)(state, entry);
        }
        let why = match self.anew(state, &asked, entry) {
            Ok((given, following)) if given.len() == asked.len() => {
                let alike =
                    asked.iter().zip(&given).all(|(asked, given)| asked == given || is_carried_on(asked, given));
                if alike {
                    let standing = own.iter().copied().filter(|&index| stands[index].is_some()).collect::<Vec<_>>();
                    // What a list filled stands before the certification that the rest follows from.
                    let is_filled = |index: &usize| matches!(self.facts[*index], Event::ParticularsAmended(_));
                    let asked_for = standing.iter().find(|index| !is_filled(index)).or(standing.first()).copied();
                    for (index, given) in standing.into_iter().zip(given) {
                        if stands[index].as_ref() != Some(&given) {
                            corrections.push((index, Some(given.clone())));
                            stands[index] = Some(given);
                        }
                    }
                    return asked_for.map_or_else(Vec::new, |own| numbered(act_at(own), range.start, following));
                }
                Refusal::ComesOutOtherwise
            }
            Ok(_) => Refusal::ComesOutOtherwise,
            Err(refusal)
                if refusal.is_of_an_end()
                    && own.iter().all(|&index| stands[index].as_ref() == before.stands[index])
                    && (before.ends || self.was_overtaken(entry, &range, before)) =>
            {
                let fold = |state, index: usize| (self.state.fold)(state, stands[index].as_ref(), self.facts[index]);
                let last = own.last().map_or(range.start, |last| last + 1);
                return (self.state.follow)(&(range.start..last).fold(state.clone(), fold), entry);
            }
            Err(refusal) => refusal,
        };
        for index in own {
            if stands[index].take().is_some() {
                fallen.acts.push(act_at(index));
            }
        }
        fallen.why.get_or_insert(why);
        (self.state.follow)(state, entry)
    }

    /// Whether what a commit was asked for was overtaken by an end before the correction already.
    fn was_overtaken(&self, entry: &Entry<'_>, range: &Range<usize>, before: &Before<'_>) -> bool {
        let own = range.clone().filter(|index| is_own(entry.events, index - range.start));
        let asked: Vec<Event> = own.filter_map(|index| before.stands[index].cloned()).collect();
        let state = self.before(range.start, before.stands);
        self.anew(&state, &asked, entry).is_err_and(|refusal| refusal.is_of_an_end())
    }

    /// The end that came along with a certification goes with it, and comes back with it.
    fn goes_along(
        &self,
        entry: &Entry<'_>,
        range: &Range<usize>,
        stands: &mut [Option<Event>],
        corrections: &mut Vec<(usize, Option<Event>)>,
    ) {
        let Some(index) = range.clone().find(|index| came_along(entry.events, index - range.start)) else { return };
        let end = match (&stands[index - 1], &stands[index]) {
            (None, Some(_)) => None,
            (Some(_), None) => match self.went_along(index, stands) {
                Some(end) => Some(end.clone()),
                None => return,
            },
            (Some(_), Some(_)) | (None, None) => return,
        };
        corrections.push((index, end.clone()));
        stands[index] = end;
    }

    /// What the rules make of what was asked for: its own facts, and what follows from them. Where the one who asked is not competent any more
    /// for what stands now, whoever corrects answers for it. A bar that comes to hold on its day by a correction undoes nothing by itself.
    fn anew(&self, state: &S, asked: &[Event], entry: &Entry<'_>) -> Result<(Vec<Event>, Vec<Event>), Refusal> {
        let redone = command_of(asked).map_err(|_| Refusal::NotRegistered)?;
        let ask = |decide: Deciding<'_, S>| match decide(state, &redone.made_by, entry) {
            Err(refusal) if refusal.is_of_competence() => decide(state, &redone.made_by, &self.corrected(*entry)),
            made => made,
        };
        let mut made = match ask(self.state.decide) {
            Err(refusal) if refusal.is_of_a_bar() => ask(self.state.decide_before_bars)?,
            made => made?,
        };
        let own = command_of(&made).map_or(0..0, |redone| redone.own);
        let given = made.drain(own).collect();
        Ok((given, made))
    }

    /// Holds what follows from a commit against what was recorded as following from it: what follows no more goes, what follows otherwise
    /// stands otherwise. An order that was not recorded is owed.
    fn match_following(
        &self,
        range: impl Iterator<Item = usize>,
        (entry, start): (&Entry<'_>, usize),
        mut given: Vec<Event>,
        stands: &mut [Option<Event>],
        owed: &mut VecDeque<Event>,
        corrections: &mut Vec<(usize, Option<Event>)>,
    ) {
        let followed: Vec<usize> = range
            .filter(|&index| {
                !is_own(entry.events, index - start) && !matches!(self.facts[index], Event::ActCorrected(_))
            })
            .collect();
        let mut matched: Vec<(usize, Option<Event>)> = Vec::new();
        let same: fn(&Event, &Event) -> bool = |recorded, given| recorded == given;
        for alike in [same, follows_likewise] {
            for &index in &followed {
                if matched.iter().any(|(known, _)| *known == index) {
                    continue;
                }
                if let Some(at) = given.iter().position(|given| alike(self.facts[index], given)) {
                    matched.push((index, Some(given.remove(at))));
                }
            }
        }
        for index in followed {
            let found = matched.iter_mut().find(|(known, _)| *known == index);
            let follows = found.and_then(|(_, fact)| fact.take());
            if stands[index] != follows {
                corrections.push((index, follows.clone()));
                stands[index] = follows;
            }
        }
        for fact in given.into_iter().filter(|fact| matches!(fact, Event::RectificationOrdered(_))) {
            // What is owed is in no state that is decided on, so a ruling after it owes it once more.
            if !owed.iter().any(|owed| is_same_order(owed, &fact)) {
                owed.push_back(fact);
            }
        }
    }

    /// The commit, answered for by who corrects.
    fn corrected<'e>(&'e self, entry: Entry<'e>) -> Entry<'e> {
        Entry { bureau: self.bureau, corrects: true, ..entry }
    }

    fn decided(&self, state: &S, made_by: &MadeBy, entry: &Entry<'_>) -> Result<Vec<Event>, Refusal> {
        (self.state.decide)(state, made_by, entry)
    }

    fn before(&self, index: usize, stands: &[Option<&Event>]) -> S {
        let before = stands[..index].iter().zip(self.facts);
        before.fold(S::default(), |state, (stands, recorded)| (self.state.fold)(state, *stands, recorded))
    }

    fn commit_of(&self, index: usize) -> Option<(Entry<'r>, Range<usize>)> {
        let mut end = 0;
        self.record.iter().find_map(|entry| {
            let range = end..end + entry.events.len();
            end = range.end;
            range.contains(&index).then_some((*entry, range))
        })
    }
}

/// The end that came along with the certification of this place, as it stands.
pub(super) fn end_along<'s>(record: &[Entry<'_>], index: usize, stands: &[Option<&'s Event>]) -> Option<&'s Event> {
    let mut start = 0;
    let is_along = record.iter().any(|entry| {
        let at = (index + 1).checked_sub(start).filter(|at| *at < entry.events.len());
        start += entry.events.len();
        at.is_some_and(|at| came_along(entry.events, at))
    });
    stands.get(index + 1).copied().flatten().filter(|_| is_along)
}

/// What that end says.
pub(super) fn told_along(end: &Event) -> Option<Ended> {
    let MadeBy::Provider(Command::RecordEnding(end)) = command_of(std::slice::from_ref(end)).ok()?.made_by else {
        return None;
    };
    Some(end.told_along())
}

/// The right act with the end that came along with the wrong one, where it says none: who corrects a certification need not tell its end again.
fn accompanied<'a>(right: &'a MadeBy, end: Option<&Event>) -> Cow<'a, MadeBy> {
    match (right, end.and_then(told_along)) {
        (MadeBy::Provider(Command::RecordCertification(c)), Some(end)) if c.ended.is_none() => {
            let ended = Some(Box::new(end));
            Cow::Owned(MadeBy::Provider(Command::RecordCertification(RecordCertification { ended, ..c.clone() })))
        }
        _ => Cow::Borrowed(right),
    }
}

/// Two orders of one certification that follow from one act.
fn is_same_order(one: &Event, other: &Event) -> bool {
    let (Event::RectificationOrdered(one), Event::RectificationOrdered(other)) = (one, other) else { return false };
    one.because.is_some() && (one.because, one.certification) == (other.because, other.certification)
}

/// What follows from an act names it by the number that it has, `own`: decided anew, terms that ended before it may have been counted in or not.
/// What follows from a breach of before the commit, which starts here, has the breach's number, and is of a certification of before it or of its own.
fn numbered(own: Act, start: usize, mut following: Vec<Event>) -> Vec<Event> {
    let number = |act: Act| if index_of(act) < start { act } else { own };
    for fact in &mut following {
        if let Event::RectificationOrdered(order) = fact {
            (order.because, order.certification) = (order.because.map(number), number(order.certification));
        }
    }
    following
}

/// Whether a fact goes with an act that stands no more.
fn is_orphan(fact: &Event, stands: &[Option<Event>]) -> bool {
    goes_with(fact).is_some_and(|act| stands.get(index_of(act)).is_none_or(Option::is_none))
}

/// Of what the right act names, that it is not on record is true of its place and false to whoever reads the record: it was entered after the
/// wrong one.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is not there is said in few ways, and two facts make what has a number"
)]
fn named_later(index: usize, refusal: Refusal, stands: &[Option<&Event>]) -> Refusal {
    let makes = |fact: &Event| match (&refusal, fact) {
        (Refusal::PledgeUnknown { number }, Event::PledgeMade(e)) => e.pledge.number == *number,
        (Refusal::PlaqueUnknown { number }, Event::PlaqueOrdered(e)) => e.plaque_number == *number,
        _ => false,
    };
    let made = || stands.iter().rposition(|fact| fact.is_some_and(makes));
    let later = match &refusal {
        Refusal::ActUnknown { act } | Refusal::ActNotOpen { act } => Some(index_of(*act)),
        _ => made(),
    };
    let is_there = |at: &usize| *at > index && stands.get(*at).is_some_and(Option::is_some);
    later.filter(is_there).map_or(refusal, |at| Refusal::RightNamesLater { act: act_at(at) })
}

/// Whether a fact is what its commit was asked for, and not what follows from that.
fn is_own(events: &[Event], at: usize) -> bool {
    let is_expiry = matches!(events[at], Event::CertificationExpired(_));
    !is_expiry && command_of(events).is_ok_and(|redone| redone.own.contains(&at))
}
