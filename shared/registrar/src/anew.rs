//! Deciding a stream's commits anew from what stands before each: whether the log says what the rules make of it.

use std::sync::Arc;

use domain::command::OperatorCommand;
use domain::{
    Day, Event, MadeBy, NeedsRecord, NoCommand, Operator, Position, Provider, Refusal, StreamId, command_of, decide,
    decide_correction, decide_operator, decide_operator_correction, evolve, evolve_operator, is_late, replay,
    replay_operator, stands_beside,
};
use domain::{Entry, InTheirDay};
use event_log::Recorded;
use rulebook::Editions;

use crate::then::{InForce, Operators, Then, entries};
use crate::under::{Ruling, known_on};

/// A commit that comes out otherwise when it is decided anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// Where it stands.
    pub position: Position,
    /// What is made of it now.
    pub anew: Anew,
}

/// What is made of a commit that is decided anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anew {
    /// These facts, and not those recorded.
    Facts(Vec<Event>),
    /// The rules would have refused it.
    Refused(Refusal),
    /// No command makes its facts.
    NoCommand(NoCommand),
    /// It was decided under rules that are not at hand.
    OtherRules,
}

/// Decides every commit of a stream anew, with the rules that it names (`rules_at` the position; none where they are not at hand) and what operators' own
/// streams said; tells those that come out otherwise.
pub fn stream_anew(
    commits: &[Recorded],
    rules_at: impl Fn(Position) -> Option<Arc<Editions>>,
    operators: &Operators,
) -> Vec<Otherwise> {
    let mut otherwise = Vec::new();
    let mut state = State::default();
    for (number, recorded) in (1..).zip(commits) {
        let before = commits.get(..number - 1).unwrap_or_default();
        let anew = match rules_at(recorded.commit.rules) {
            Some(editions) => state.anew(before, recorded, &editions, operators),
            None => Some(Anew::OtherRules),
        };
        otherwise.extend(anew.map(|anew| Otherwise { position: recorded.position, anew }));
        state =
            state.after(recorded).unwrap_or_else(|NeedsRecord| State::of(commits.get(..number).unwrap_or_default()));
    }
    otherwise
}

#[derive(Default)]
struct State {
    provider: Provider,
    operator: Operator,
}

impl State {
    fn of(commits: &[Recorded]) -> Self {
        let facts = || commits.iter().flat_map(|recorded| &recorded.commit.events);
        Self { provider: replay(facts()), operator: replay_operator(facts()) }
    }

    fn after(mut self, recorded: &Recorded) -> Result<Self, NeedsRecord> {
        for event in &recorded.commit.events {
            match recorded.stream {
                StreamId::Provider(_) => self.provider = evolve(self.provider, event)?,
                StreamId::Operator(_) => self.operator = evolve_operator(self.operator, event)?,
                StreamId::Log | StreamId::Rules => {}
            }
        }
        Ok(self)
    }

    /// What is made of a commit after these, where that is not what was recorded.
    fn anew(
        &self,
        before: &[Recorded],
        recorded: &Recorded,
        editions: &Editions,
        operators: &Operators,
    ) -> Option<Anew> {
        let made_by = match command_of(&recorded.commit.events) {
            Ok(redone) => redone.made_by,
            // What the log says of itself no bureau asked for.
            Err(NoCommand::OfTheLog) if recorded.stream == StreamId::Log => return None,
            Err(why) => return Some(Anew::NoCommand(why)),
        };
        match self.decided(before, recorded, &made_by, editions, operators) {
            Ok(facts) if facts == recorded.commit.events => None,
            Ok(facts) => Some(Anew::Facts(facts)),
            Err(Undecided::Refused(refusal)) => Some(Anew::Refused(refusal)),
            Err(Undecided::NotTogether) => Some(Anew::NoCommand(NoCommand::NotTogether)),
        }
    }

    fn decided(
        &self,
        before: &[Recorded],
        recorded: &Recorded,
        made_by: &MadeBy,
        editions: &Editions,
        operators: &Operators,
    ) -> Result<Vec<Event>, Undecided> {
        let Recorded { commit, position, .. } = recorded;
        let (bureau, today) = (&commit.bureau, Day::of(commit.recorded_at));
        let entry = Entry { position: *position, recorded_on: today, bureau, corrects: true, events: &[] };
        let decided = match (&recorded.stream, made_by) {
            (StreamId::Provider(provider), MadeBy::Provider(command)) => {
                let known = known_on(&self.provider, command, today);
                Ruling::of(editions, command, known, today).and_then(|ruling| {
                    let own = operators.on(provider, self.provider.operator_uscc(), *position);
                    let facts = decide(&self.provider, command, &ruling.context(bureau, today, provider, own))?;
                    if !facts.is_empty() && is_late(&self.provider, command) {
                        let rules = InForce::of_provider(editions, before, None, today)?;
                        let then = Then { rules: &rules, provider, operators, now: *position };
                        stands_beside(&entries(before), command, &facts, &then)?;
                    }
                    Ok(facts)
                })
            }
            (StreamId::Provider(provider), MadeBy::Correction(command)) => {
                InForce::of_provider(editions, before, Some(command), today).and_then(|rules| {
                    let then = Then { rules: &rules, provider, operators, now: *position };
                    decide_correction(&entries(before), command, &then, &then.context(&entry, None))
                })
            }
            (StreamId::Operator(code), MadeBy::Correction(command)) => {
                InForce::of_operator(editions, before, bureau, today).and_then(|rules| {
                    let scheme = |entry: &Entry<'_>| rules.scheme(entry.position);
                    decide_operator_correction(&entries(before), code, command, scheme, bureau, today)
                })
            }
            (StreamId::Operator(code), made_by) => {
                let command = OperatorCommand::of(made_by).ok_or(Undecided::NotTogether)?;
                let tables = editions.scheme_of_bureau(bureau, today, today).ok_or(Refusal::NoScheme);
                tables.and_then(|tables| decide_operator(&self.operator, code, &command, &tables.scheme, bureau, today))
            }
            (StreamId::Rules, MadeBy::Rules(command)) => rulebook::adopt(editions, command, bureau, today),
            _ => return Err(Undecided::NotTogether),
        };
        decided.map_err(Undecided::Refused)
    }
}

/// Why nothing was decided.
enum Undecided {
    Refused(Refusal),
    NotTogether,
}
