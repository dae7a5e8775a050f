//! What the write loop keeps of one stream: its state, its tail, and the requests it holds.

use std::collections::HashMap;

use domain::{
    Commit, NeedsRecord, Operator, Provider, RequestDigest, RequestId, evolve, evolve_operator, replay, replay_operator,
};
use event_log::{Loaded, Recorded, Tail};

use crate::weight;

/// One stream, folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct History {
    pub(crate) provider: Provider,
    pub(crate) operator: Operator,
    pub(crate) tail: Tail,
    /// Digest of each recorded request, by its id: a repeated request is known however late it comes.
    pub(crate) requests: HashMap<RequestId, RequestDigest>,
}

impl History {
    pub(crate) fn replay(loaded: &Loaded) -> Self {
        // Behind the last commit there may be what was set aside.
        Self { tail: loaded.tail, ..Self::of(loaded) }
    }

    fn of(commits: &[Recorded]) -> Self {
        let facts = || commits.iter().flat_map(|recorded| &recorded.commit.events);
        let mut history = Self { provider: replay(facts()), operator: replay_operator(facts()), ..Self::default() };
        for recorded in commits {
            history.note(&recorded.commit, recorded.tail());
        }
        history
    }

    /// Where the commit stands from which on `is` holds to the end; that of the empty stream where it held before the first. `None` where it does not hold at the end.
    pub(crate) fn since(loaded: &Loaded, is: impl Fn(&Self) -> bool) -> Option<Tail> {
        let mut history = Self::default();
        let mut since = is(&history).then_some(Tail::default());
        for (number, recorded) in (1..).zip(loaded.iter()) {
            let so_far = loaded.get(..number).unwrap_or_default();
            history = history.then(&recorded.commit, recorded.tail()).unwrap_or_else(|_| Self::of(so_far));
            since = if is(&history) { since.or(Some(recorded.tail())) } else { None };
        }
        since
    }

    /// Bytes it takes in memory, counted from what it holds.
    pub(crate) fn weight(&self) -> usize {
        let Self { provider, operator, tail: _, requests } = self;
        size_of::<Self>()
            + weight::of_provider(provider)
            + weight::of_operator(operator)
            + weight::of_requests(requests)
    }

    /// This history and one more commit.
    ///
    /// # Errors
    ///
    /// [`NeedsRecord`] where that corrects an act: what comes of it is made of the whole stream.
    pub(crate) fn then(mut self, commit: &Commit, tail: Tail) -> Result<Self, NeedsRecord> {
        for event in &commit.events {
            self.provider = evolve(self.provider, event)?;
            self.operator = evolve_operator(self.operator, event)?;
        }
        self.note(commit, tail);
        Ok(self)
    }

    fn note(&mut self, commit: &Commit, tail: Tail) {
        // Of one id the first commit counts, as it does for who asks for its answer.
        self.requests.entry(commit.id).or_insert(commit.digest);
        self.tail = tail;
    }
}
