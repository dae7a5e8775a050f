//! What the write loop keeps of one stream: its state, its tail, and the requests it holds.

use std::collections::HashMap;

use domain::{
    Act, Commit, Event, NeedsRecord, Operator, Provider, RequestDigest, RequestId, evolve, evolve_operator, replay,
    replay_operator,
};
use event_log::{Loaded, Recorded, StreamHashes, Tail};

use crate::weight;

/// Requests of one stream, each with its digest.
pub(crate) type Requests = HashMap<RequestId, RequestDigest, StreamHashes>;

/// One stream, folded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct History {
    pub(crate) provider: Provider,
    pub(crate) operator: Operator,
    pub(crate) tail: Tail,
    /// Digest of each recorded request, by its id: a repeated request is known however late it comes.
    pub(crate) requests: Requests,
}

/// How many facts stand before a commit of a stream, that with this index.
pub(crate) fn facts_before(commits: &[Recorded], index: usize) -> u32 {
    let facts = commits.iter().take(index).map(|recorded| recorded.commit.events.len()).sum::<usize>();
    u32::try_from(facts).unwrap_or(u32::MAX)
}

/// The index of the commit that holds an act.
pub(crate) fn commit_of(commits: &[Recorded], act: Act) -> Option<usize> {
    let number = usize::try_from(act.get()).ok()?;
    let mut facts = 0;
    commits.iter().position(|recorded| {
        facts += recorded.commit.events.len();
        number <= facts
    })
}

/// The index of the commit since which an act says what it does: that of its last correction, or its own.
pub(crate) fn saying(commits: &[Recorded], act: Act) -> Option<usize> {
    let corrects = |event: &Event| matches!(event, Event::ActCorrected(correction) if correction.act == act);
    let corrected = commits.iter().rposition(|recorded| recorded.commit.events.iter().any(corrects));
    corrected.or_else(|| commit_of(commits, act))
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
