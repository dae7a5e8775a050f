//! Deciding a stream's commits anew from what stands before each: whether the log says what the rules make of it.

use domain::{
    Day, Event, MadeBy, NeedsRecord, NoCommand, Operator, Position, Provider, Refusal, StreamId, command_of, decide,
    decide_correction, decide_operator, decide_operator_correction, evolve, evolve_operator, replay, replay_operator,
};
use domain::{Entry, InTheirDay};
use event_log::Recorded;

use crate::rules::Rules;
use crate::then::{Bars, Then, entries};

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

/// Decides every commit of a stream anew, with the rules of its day (`rules_at`; none where they are not at hand) and the bars on operators there
/// were; tells those that come out otherwise.
pub fn stream_anew<'r>(
    commits: &[Recorded],
    rules_at: impl Fn(&Recorded) -> Option<&'r Rules>,
    bars: &Bars,
) -> Vec<Otherwise> {
    let mut otherwise = Vec::new();
    let mut state = State::default();
    for (number, recorded) in (1..).zip(commits) {
        let before = commits.get(..number - 1).unwrap_or_default();
        let anew = match rules_at(recorded) {
            Some(rules) => state.anew(before, recorded, rules, bars),
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
                StreamId::Log => {}
            }
        }
        Ok(self)
    }

    /// What is made of a commit after these, where that is not what was recorded.
    fn anew(&self, before: &[Recorded], recorded: &Recorded, rules: &Rules, bars: &Bars) -> Option<Anew> {
        let Recorded { commit, position, .. } = recorded;
        let made_by = match command_of(&commit.events) {
            Ok(redone) => redone.made_by,
            // What the log says of itself no bureau asked for.
            Err(NoCommand::OfTheLog) if recorded.stream == StreamId::Log => return None,
            Err(why) => return Some(Anew::NoCommand(why)),
        };
        let (bureau, today) = (&commit.bureau, Day::of(commit.recorded_at));
        let entry = Entry { position: *position, recorded_on: today, bureau, events: &[] };
        let decided = match (&recorded.stream, &made_by) {
            (StreamId::Provider(provider), MadeBy::Provider(command)) => {
                let then = Then { rules, provider, bars };
                decide(&self.provider, command, &then.context(&entry, self.provider.operator_uscc()))
            }
            (StreamId::Provider(provider), MadeBy::Correction(command)) => {
                let then = Then { rules, provider, bars };
                decide_correction(&entries(before), command, &then, &then.context(&entry, None))
            }
            (StreamId::Operator(_), MadeBy::Operator(command)) => {
                decide_operator(&self.operator, command, &rules.scheme, bureau, today)
            }
            (StreamId::Operator(_), MadeBy::Correction(command)) => {
                decide_operator_correction(&entries(before), command, |_| &rules.scheme, bureau, today)
            }
            (StreamId::Provider(_) | StreamId::Operator(_) | StreamId::Log, _) => {
                return Some(Anew::NoCommand(NoCommand::NotTogether));
            }
        };
        match decided {
            Ok(facts) if facts == commit.events => None,
            Ok(facts) => Some(Anew::Facts(facts)),
            Err(refusal) => Some(Anew::Refused(refusal)),
        }
    }
}
