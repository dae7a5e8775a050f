//! An act that is typed late: acts of later days are on record, and were decided without it. Those are decided anew on what then stands, each
//! with what it was decided with in its day; one that would be refused refuses the late act, which names it. So a record says the same in
//! whatever order its acts were typed.
//!
//! An end that came later is overtaken and not contradicted, also by a ruling on what it ended: both are on record, and the earlier one counts. Nor
//! is what only answers an act contradicted by the ruling that undid that act. A bar undoes nothing by itself: what was decided within it stands, and
//! stands in the work list. What others decided and published is a fact of the past, whatever was recorded here since; and so is that somebody
//! applied: what comes of an application is decided on it, and it decides nothing itself.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::anew::command_of;
use crate::command::{Command, MadeBy};
use crate::correction::alike::only_answers;
use crate::decide::decide;
use crate::event::Event;
use crate::provider::Provider;
use crate::record::{Entry, InTheirDay, act_at, as_corrected, index_of, stood};
use crate::refusal::Refusal;
use crate::value::{Act, BureauId, Day};

/// Whether acts of later days than the one that a command tells of are on record: then its facts are asked of [`crate::stands_beside`] as well.
pub fn is_late(provider: &Provider, command: &Command) -> bool {
    command.decided_on().is_some_and(|day| provider.said.newest().is_some_and(|newest| day < newest))
}

/// Whether what was recorded of later days stands beside the facts that a late command makes.
///
/// # Errors
///
/// [`Refusal::ContradictsLater`], with the acts that would not have been taken, and those that rest on them: the newest first, as they are put right
/// one after the other.
pub(crate) fn stands_beside(
    record: &[Entry<'_>],
    command: &Command,
    made: &[Event],
    then: &impl InTheirDay,
) -> Result<(), Refusal> {
    let Some(day) = bound_by(command) else { return Ok(()) };
    let facts: Vec<&Event> = record.iter().flat_map(|entry| entry.events).collect();
    let late = Late { record, stands: as_corrected(facts.iter().copied()), facts, day, place: usize::MAX, then };
    let own = command_of(made).map_or(0..made.len(), |redone| redone.own.start..made.len());
    let own = own.filter(|at| !is_told_now(&made[*at]));
    let own: Vec<(usize, &Event)> = own.map(|at| (late.facts.len() + at, &made[at])).collect();
    let itself: Vec<Act> = own.iter().map(|(at, _)| act_at(*at)).collect();
    late.stands_beside(&own, BTreeSet::new, &itself)
}

/// The same of the right act of a correction, `made`, or of the one that stands again where a correction is taken back: acts of later days that stand
/// before it in the record are asked after it as they are after one that is typed late, and it is asked itself after those of earlier days that were
/// typed after it. What was no better before the correction is no fault of that.
///
/// # Errors
///
/// [`Refusal::ContradictsLater`], as [`stands_beside`]; or why the right act itself would not have been taken.
pub(crate) fn right_stands_beside(
    record: &[Entry<'_>],
    corrected: Act,
    made: &[Event],
    bureau: &BureauId,
    then: &impl InTheirDay,
) -> Result<(), Refusal> {
    let place = index_of(corrected);
    let facts: Vec<&Event> = record.iter().flat_map(|entry| entry.events).collect();
    let (before, after) = (as_corrected(facts.iter().copied()), as_corrected(facts.iter().copied().chain(made)));
    let right = Placed::of(record, &facts, after.clone(), place, then);
    let wrong = Placed::of(record, &facts, before, place, then);
    let mut own = Vec::new();
    if let Some(right) = &right {
        let tail = made.iter().enumerate().filter(|(_, fact)| matches!(fact, Event::RectificationOrdered(_)));
        let owed = tail.map(|(at, fact)| (facts.len() + at, fact));
        own = right.own.iter().copied().chain(owed).collect();
        // What was put into a day within a bar was not decided before the bar was typed; what stands again was.
        let is_let = |refusal: &Refusal| wrong.is_none() && refusal.is_of_a_bar();
        if let Some(refusal) = right.refusal(bureau).filter(|refusal| !is_let(refusal))
            && wrong.as_ref().is_none_or(|wrong| wrong.refusal(bureau).is_none())
        {
            return Err(refusal);
        }
        let known = || {
            let (late, own) = wrong.as_ref().map_or((&right.late, &[][..]), |wrong| (&wrong.late, &wrong.own));
            late.refused(own, &BTreeSet::new()).into_iter().map(|(at, _)| at).collect()
        };
        right.late.stands_beside(&own, known, &[])?;
    }
    let Some(wrong) = wrong else { return Ok(()) };
    // What came after the wrong act stands without it, on all the days since.
    let without = Late { stands: after, facts, ..wrong.late };
    let with_it =
        || wrong.late.refused(&wrong.own, &BTreeSet::new()).into_iter().map(|(at, _)| at).chain([place]).collect();
    match without.fall(&[], with_it, &own) {
        Some((acts, why)) => {
            let acts = Act::newest_first(acts.into_iter().map(act_at));
            let (zh, en) = why.reasons();
            Err(Refusal::ActRestsOnIt { acts, zh, en })
        }
        None => Ok(()),
    }
}

/// What follows from an act by itself is told as of now, and not as of its day.
fn is_told_now(fact: &Event) -> bool {
    matches!(fact, Event::MeasureFell(_) | Event::PlaqueRecoveryOrdered(_) | Event::PlaqueRecoveryLifted(_))
}

/// An act in its place in the record, and the record without it.
struct Placed<'r, T> {
    command: Command,
    entry: Entry<'r>,
    /// The act, and what follows from it.
    own: Vec<(usize, &'r Event)>,
    late: Late<'r, T>,
}

impl<'r, T: InTheirDay> Placed<'r, T> {
    /// None where nothing stands in this place that binds from a day on.
    fn of(
        record: &'r [Entry<'r>],
        facts: &[&'r Event],
        mut stands: Vec<Option<&'r Event>>,
        place: usize,
        then: &'r T,
    ) -> Option<Self> {
        let act = stands.get(place).copied().flatten()?;
        let MadeBy::Provider(command) = command_of(std::slice::from_ref(act)).ok()?.made_by else { return None };
        let day = bound_by(&command)?;
        let mut end = 0;
        let (entry, start) = record.iter().find_map(|entry| {
            let start = end;
            end += entry.events.len();
            (place < end).then_some((*entry, start))
        })?;
        let follows = start + command_of(entry.events).ok()?.own.end..end;
        let following = follows.clone().filter_map(|at| Some((at, stands[at]?)));
        let own = std::iter::once((place, act)).chain(following).collect();
        for at in follows.chain([place]) {
            stands[at] = None;
        }
        Some(Self { command, entry, own, late: Late { record, facts: facts.to_vec(), stands, day, place, then } })
    }

    /// Why it would not have been taken after acts of earlier days that were typed after it, by who corrects; where there are none, only for a bar
    /// on the operator, which is typed in another record.
    fn refusal(&self, bureau: &BureauId) -> Option<Refusal> {
        let mut state = Provider::default();
        let mut earlier: Vec<(usize, &Event)> = Vec::new();
        for (entry, range) in self.late.commits() {
            let asked = self.late.asked(entry, range.clone());
            if range.end > self.late.place + 1 && self.late.comes_after(&range, asked.as_ref()) {
                continue;
            }
            if range.start > self.late.place {
                earlier.extend(range.clone().filter_map(|at| Some((at, self.late.stands[at]?))));
            }
            state = self.late.after(state, range);
        }
        state.acts = act_at(self.late.place).get() - 1;
        let entry = Entry { bureau, corrects: true, ..self.entry };
        let context = self.late.then.context(&entry, state.operator_uscc());
        let refusal = decide(&state, &self.command, &context).err().filter(|refusal| !refusal.is_of_competence())?;
        if earlier.is_empty() {
            return matches!(refusal, Refusal::OperatorBarred { .. }).then_some(refusal);
        }
        let (_, act) = self.own.first()?;
        (refusal.is_of_a_bar() || !is_overtaken(&self.late.stands, &earlier, Some(act), &refusal)).then_some(refusal)
    }
}

/// The day of an act that later ones are held against, and that is held against an earlier one: not of what others decided, nor of what somebody
/// applied for.
fn bound_by(command: &Command) -> Option<Day> {
    if matches!(command, Command::Apply(_)) { None } else { command.decided_on() }
}

/// How an act is named by its number: what stands before it and after it, and what is said of one that has none yet.
type Naming = (&'static str, &'static str, &'static str);
const ZH: Naming = ("第", "项", "本事项");
const EN: Naming = ("no. ", "", "this act");

/// What is said of a refusal before the act it names has a number: that it is this one.
fn of_itself(said: &str, itself: &[Act], (before, after, this): Naming) -> String {
    let mut told = String::new();
    let mut rest = said;
    while let Some((front, back)) = rest.split_once(before) {
        let digits = back.len() - back.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, behind) = back.split_at(digits);
        let is_itself = itself.iter().any(|act| act.to_string() == number) && behind.starts_with(after);
        told.push_str(front);
        if is_itself {
            told.push_str(this);
            rest = &behind[after.len()..];
        } else {
            told.push_str(before);
            rest = back;
        }
    }
    told + rest
}

/// When something comes that is gone through by its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    /// Before the act.
    Before,
    /// After it, on this day.
    On(Day),
}

/// What is done on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// A commit is asked for once more, by its number.
    Ask(usize),
    /// A fact is told.
    Tell,
}

/// One commit of the record, what it was asked for, and when it comes.
struct Commit<'l> {
    entry: &'l Entry<'l>,
    range: Range<usize>,
    asked: Option<(usize, Command)>,
    when: When,
}

/// A record by the day of an act that is typed late, or that comes to stand in the place of another.
struct Late<'r, T> {
    record: &'r [Entry<'r>],
    facts: Vec<&'r Event>,
    stands: Vec<Option<&'r Event>>,
    day: Day,
    /// Where among the facts it stands: of one that is typed now, behind all of them.
    place: usize,
    then: &'r T,
}

impl<T: InTheirDay> Late<'_, T> {
    /// Whether what is on record stands beside these facts, but for what would not be taken without them either, or was `known` not to.
    fn stands_beside(
        &self,
        own: &[(usize, &Event)],
        known: impl FnOnce() -> BTreeSet<usize>,
        itself: &[Act],
    ) -> Result<(), Refusal> {
        let anyhow = || {
            let without = self.refused(&[], &BTreeSet::new()).into_iter().map(|(at, _)| at);
            without.chain(known()).collect()
        };
        let Some((fallen, why)) = self.fall(own, anyhow, own) else { return Ok(()) };
        let acts = Act::newest_first(fallen.into_iter().map(act_at));
        let (zh, en) = why.reasons();
        let (zh, en) = (of_itself(&zh, itself, ZH), of_itself(&en, itself, EN));
        Err(Refusal::ContradictsLater { acts, zh, en })
    }

    /// What stands no more with these facts, and why the first of it does not: but for what would not `anyhow`, or is overtaken by some.
    fn fall(
        &self,
        own: &[(usize, &Event)],
        anyhow: impl FnOnce() -> BTreeSet<usize>,
        overtaking: &[(usize, &Event)],
    ) -> Option<(BTreeSet<usize>, Refusal)> {
        let with = self.refused(own, &BTreeSet::new());
        if with.is_empty() {
            return None;
        }
        let anyhow = anyhow();
        let ends = comes_to_end(&self.stands, overtaking.iter().map(|(_, fact)| *fact));
        let by_it = |(at, refusal): &(usize, Refusal)| {
            let stays = ends && refusal.is_of_an_end();
            !anyhow.contains(at) && !stays && !is_overtaken(&self.stands, overtaking, self.stands[*at], refusal)
        };
        let mut fallen: BTreeSet<usize> = with.iter().filter(|fallen| by_it(fallen)).map(|(at, _)| *at).collect();
        let why = with.iter().find(|(at, _)| fallen.contains(at)).map(|(_, why)| why.clone())?;
        // What rests on them would not stand without them.
        loop {
            let resting = self.refused(own, &fallen).into_iter().map(|(at, _)| at);
            let is_more = |at: &usize| !anyhow.contains(at) && with.iter().all(|(other, _)| other != at);
            let more: Vec<usize> = resting.filter(is_more).collect();
            let known = fallen.len();
            fallen.extend(more);
            if fallen.len() == known {
                break;
            }
        }
        Some((fallen, why))
    }

    /// Whether a commit comes after the act: of a later day, or of the same and typed after it; and what is of no day, where it was typed after it.
    fn comes_after(&self, range: &Range<usize>, asked: Option<&(usize, Command)>) -> bool {
        let at = asked.map_or(range.end - 1, |(at, _)| *at);
        match asked.and_then(|(_, command)| command.decided_on()) {
            Some(day) => (day, at) > (self.day, self.place),
            None => at > self.place,
        }
    }

    /// The later acts that would be refused where these facts stand before them and those that fell stand no more, each by the place of the last fact
    /// that it asked for: in the order of their days, and of one day as they were typed.
    fn refused(&self, late: &[(usize, &Event)], fallen: &BTreeSet<usize>) -> Vec<(usize, Refusal)> {
        let commits: Vec<Commit<'_>> = self.commits().map(|(entry, range)| self.commit(entry, range)).collect();
        let has_fallen = |commit: &Commit<'_>| {
            let asked = commit.asked.as_ref().filter(|_| commit.when != When::Before);
            asked.is_some_and(|(at, _)| fallen.contains(at))
        };
        let mut steps = Vec::new();
        for (number, commit) in commits.iter().enumerate().filter(|(_, commit)| !has_fallen(commit)) {
            if commit.when != When::Before {
                steps.push((commit.when, commit.range.start, Step::Ask(number)));
            }
            steps.extend(commit.range.clone().map(|at| (self.when(&commits, commit, at), at, Step::Tell)));
        }
        steps.sort_unstable();
        let (before, after) = steps.split_at(steps.partition_point(|(when, ..)| *when == When::Before));
        let tell = |state, at: usize| numbered(state, at, self.stands[at], self.facts[at]);
        let mut state = before.iter().fold(Provider::default(), |state, (_, at, _)| tell(state, *at));
        for (at, fact) in late {
            let recorded = self.facts.get(*at).copied().unwrap_or(fact);
            state = numbered(state, *at, Some(fact), recorded);
        }
        let mut refused = Vec::new();
        for (_, at, step) in after {
            let Step::Ask(number) = step else {
                state = tell(state, *at);
                continue;
            };
            let Commit { entry, asked, .. } = &commits[*number];
            if let Some((asked, command)) = asked.as_ref().filter(|(_, command)| bound_by(command).is_some()) {
                state.acts = act_at(*at).get() - 1;
                match decide(&state, command, &self.then.context(entry, state.operator_uscc())) {
                    Err(refusal) if !refusal.is_of_competence() => refused.push((*asked, refusal)),
                    Ok(_) | Err(_) => {}
                }
            }
        }
        refused
    }

    fn commit<'l>(&self, entry: &'l Entry<'l>, range: Range<usize>) -> Commit<'l> {
        let asked = self.asked(entry, range.clone());
        let when = if self.comes_after(&range, asked.as_ref()) {
            When::On(
                asked.as_ref().and_then(|(_, command)| command.decided_on()).unwrap_or_else(|| self.told_of(&range)),
            )
        } else {
            When::Before
        };
        Commit { entry, range, asked, when }
    }

    /// The day of what names none: an end's, as far as it is known, or an order's that came to follow; all else it tells of whatever comes after.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what else there is tells of the past")]
    fn told_of(&self, range: &Range<usize>) -> Day {
        let mut facts = range.clone().filter_map(|at| self.stands[at]);
        let day = facts.find_map(|fact| match fact {
            Event::CertificationRecorded(_) => Some(Day::FIRST),
            Event::EndingRecorded(e) => Some(e.decided_by()),
            Event::RectificationOrdered(e) => Some(e.ordered_on),
            _ => None,
        });
        day.unwrap_or(Day::FIRST)
    }

    /// When a fact of a commit comes.
    fn when(&self, commits: &[Commit<'_>], commit: &Commit<'_>, at: usize) -> When {
        match self.stands[at] {
            // Whatever happened to it, there was an outlet.
            Some(Event::ProviderRegistered(_)) => When::Before,
            // What had not been ordered by then fell when it was.
            Some(Event::MeasureFell(e)) => {
                let measure = index_of(e.measure);
                let of = commits.get(commits.partition_point(|commit| commit.range.end <= measure));
                of.map_or(commit.when, |of| commit.when.max(of.when))
            }
            // Told as of the day on which they were recorded, the one after the other.
            Some(Event::PlaqueRecoveryOrdered(_) | Event::PlaqueRecoveryLifted(_)) => {
                if commit.when == When::Before {
                    When::Before
                } else {
                    When::On(commit.entry.recorded_on)
                }
            }
            _ => commit.when,
        }
    }

    /// What a commit was asked for, as it stands, and the place of the last of its own facts; none of a correction.
    fn asked(&self, entry: &Entry<'_>, range: Range<usize>) -> Option<(usize, Command)> {
        let own = command_of(entry.events).ok()?.own;
        if matches!(entry.events.first(), Some(Event::ActCorrected(_))) {
            return None;
        }
        let own: Vec<usize> = own.map(|at| range.start + at).filter(|at| self.stands[*at].is_some()).collect();
        let standing: Vec<Event> = own.iter().filter_map(|at| self.stands[*at].cloned()).collect();
        let MadeBy::Provider(command) = command_of(&standing).ok()?.made_by else { return None };
        Some((*own.last()?, command))
    }

    fn after(&self, state: Provider, range: Range<usize>) -> Provider {
        range.fold(state, |state, at| numbered(state, at, self.stands[at], self.facts[at]))
    }

    fn commits(&self) -> impl Iterator<Item = (&Entry<'_>, Range<usize>)> {
        let mut end = 0;
        self.record.iter().map(move |entry| {
            let range = end..end + entry.events.len();
            end = range.end;
            (entry, range)
        })
    }
}

/// The state after a fact under its own number, wherever in the order of days it comes.
fn numbered(mut state: Provider, at: usize, stands: Option<&Event>, recorded: &Event) -> Provider {
    state.acts = act_at(at).get() - 1;
    stood(state, stands, recorded)
}

/// Whether one of these facts says that a certification is over sooner than was known: an end, a ruling on a certification or on a renewal, or one on the
/// ruling that undid an end, which puts that back. This is the one rule of what becomes of all that was done since on what was over then: it was
/// done, so it stays on record and contradicts nothing, whatever the end is; the earlier one counts. What is measured of those days falls
/// ([`crate::supervision::fall`]) and plaques come back ([`crate::plaque::recall`]). Only what would have been said of another certification that was
/// live by then is in its way ([`crate::certification::decide::astray`]).
pub(crate) fn comes_to_end<'e>(stands: &[Option<&Event>], mut by: impl Iterator<Item = &'e Event>) -> bool {
    by.any(|fact| {
        let about = undone(stands, fact).and_then(|act| stands.get(index_of(act)).copied().flatten());
        let by_ruling = about.is_some_and(|about| {
            is_end(about)
                || matches!(
                    about,
                    Event::Certified(_) | Event::CertificationRecorded(_) | Event::CertificationRenewed(_)
                )
        });
        is_end(fact) || by_ruling
    })
}

fn is_end(fact: &Event) -> bool {
    matches!(
        fact,
        Event::RevocationNoticed(_)
            | Event::CertificationRevoked(_)
            | Event::CertificationWithdrawn(_)
            | Event::CertificationDeregistered(_)
            | Event::EndingRecorded(_)
    )
}

/// What a ruling is about in the end.
fn undone(stands: &[Option<&Event>], fact: &Event) -> Option<Act> {
    if let Event::ActOverturned(e) = fact { Some(decided(stands, e.act)) } else { None }
}

/// Whether an act that would be refused is only overtaken by these: an end, or that one was told of it, where an earlier end comes, by a decision or a
/// ruling; and what only answers the act that a ruling undid, by its number or by that of the ruling by which it stood again.
fn is_overtaken(stands: &[Option<&Event>], late: &[(usize, &Event)], later: Option<&Event>, refusal: &Refusal) -> bool {
    let by = || late.iter().map(|(_, fact)| *fact);
    let Some(later) = later else { return true };
    // Whichever of the two was typed first: what was decided within a bar is told.
    if matches!(refusal, Refusal::Barred { .. }) {
        return true;
    }
    let is_second_end = is_end(later) && matches!(refusal, Refusal::NotLive { .. }) && comes_to_end(stands, by());
    let answered: Option<Act> = only_answers(later);
    is_second_end
        || answered.is_some_and(|act| by().filter_map(|fact| undone(stands, fact)).any(|undone| undone == act))
}

/// The act that is decided on by one that is overturned: itself, or of rulings on rulings, however many, what they are about in the end.
fn decided(stands: &[Option<&Event>], act: Act) -> Act {
    match stands.get(index_of(act)) {
        Some(Some(Event::ActOverturned(e))) if e.act < act => decided(stands, e.act),
        _ => act,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_that_has_no_number_yet_is_called_this_one() {
        let itself = [act_at(4)];
        for (said, told) in [
            ("第5项", "本事项"),
            ("该报价已有决定(第5项)", "该报价已有决定(本事项)"),
            ("第15项、第5项", "第15项、本事项"),
            ("第5年", "第5年"),
        ] {
            assert_eq!(of_itself(said, &itself, ZH), told);
        }
        assert_eq!(of_itself("decided (no. 5), and no. 6", &itself, EN), "decided (this act), and no. 6");
        assert_eq!(of_itself("第5项", &[], ZH), "第5项");
    }
}
