//! What the write loop keeps of one stream: its state, its tail, and the requests it holds.

use std::collections::HashMap;

use domain::{Commit, Operator, Provider, RequestDigest, RequestId, evolve, evolve_operator};
use event_log::{Loaded, Tail};

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
        let folded =
            loaded.iter().fold(Self::default(), |history, recorded| history.then(&recorded.commit, recorded.tail()));
        // Behind the last commit there may be what was set aside.
        Self { tail: loaded.tail, ..folded }
    }

    /// Where the commit stands from which on `is` holds to the end; that of the empty stream where it held before the first. `None` where
    /// it does not hold at the end.
    pub(crate) fn since(loaded: &Loaded, is: impl Fn(&Self) -> bool) -> Option<Tail> {
        let mut history = Self::default();
        let mut since = is(&history).then_some(Tail::default());
        for recorded in loaded.iter() {
            history = history.then(&recorded.commit, recorded.tail());
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
    pub(crate) fn then(mut self, commit: &Commit, tail: Tail) -> Self {
        for event in &commit.events {
            self.provider = evolve(self.provider, event);
            self.operator = evolve_operator(self.operator, event);
        }
        // Of one id the first commit counts, as it does for who asks for its answer.
        self.requests.entry(commit.id).or_insert(commit.digest);
        self.tail = tail;
        self
    }
}
