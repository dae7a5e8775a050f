//! What a part that can die by itself tells of itself: whether it is well, and where it is not, why and since when.
//!
//! A part is a thread or a task that others rely on without calling it: the log's writer, a projection's applier, its block writer.
//! It holds a [`Part`] for as long as it lives and says how it is; whoever answers for the process holds a [`Watch`] and looks. A part
//! that goes away without a word, by a return nobody thought of, is told as ended: silence is never read as health.

use std::time::Instant;

use tokio::sync::watch;

/// How a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It does its work.
    Well,
    /// It does its work, and somebody is to do something before it cannot any more.
    Warns {
        /// What is to come: an English sentence for the operator.
        why: String,
        /// When that began to be told.
        since: Instant,
    },
    /// It does not.
    Unwell {
        /// What keeps it from its work: an English sentence for the operator.
        why: String,
        /// When that began. A second reason that follows the first without a recovery between keeps the first's moment.
        since: Instant,
    },
}

impl State {
    /// Whether the part does its work.
    pub fn is_well(&self) -> bool {
        matches!(self, Self::Well | Self::Warns { .. })
    }

    /// Since when it tells the same kind of thing.
    fn since(&self, warns: bool) -> Instant {
        match self {
            Self::Warns { since, .. } if warns => *since,
            Self::Unwell { since, .. } if !warns => *since,
            Self::Well | Self::Warns { .. } | Self::Unwell { .. } => Instant::now(),
        }
    }
}

/// A part's own end: it says here how it is. Dropped, it is told as ended.
#[derive(Debug)]
pub struct Part {
    name: &'static str,
    state: watch::Sender<State>,
}

impl Part {
    /// A part that is well. Its name is a word for operators, lower case with hyphens, and one in the process: `log-writer`.
    pub fn new(name: &'static str) -> Self {
        Self { name, state: watch::Sender::new(State::Well) }
    }

    /// It does its work, or does it again.
    pub fn well(&self) {
        self.state.send_if_modified(|state| {
            let recovers = *state != State::Well;
            *state = State::Well;
            recovers
        });
    }

    /// It does not do its work, for this reason.
    pub fn unwell(&self, why: impl Into<String>) {
        self.tell(|state| State::Unwell { why: why.into(), since: state.since(false) });
    }

    /// It does its work, and for this reason somebody is to do something.
    pub fn warns(&self, why: impl Into<String>) {
        self.tell(|state| State::Warns { why: why.into(), since: state.since(true) });
    }

    fn tell(&self, new: impl FnOnce(&State) -> State) {
        self.state.send_if_modified(|state| {
            let told = new(state);
            let changes = *state != told;
            *state = told;
            changes
        });
    }

    /// Where others see how it is.
    pub fn watch(&self) -> Watch {
        Watch { name: self.name, state: self.state.subscribe() }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.unwell("it has ended");
    }
}

/// Where a part is watched. Clones watch the same part.
#[derive(Debug, Clone)]
pub struct Watch {
    name: &'static str,
    state: watch::Receiver<State>,
}

impl Watch {
    /// Which part it is.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How the part is now.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Waits until the part tells something else than it did when this was last asked; false when it never will again, because it
    /// has ended.
    pub async fn changed(&mut self) -> bool {
        self.state.changed().await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reasons_moment_is_kept_until_it_is_well_again() {
        let part = Part::new("log-writer");
        let watch = part.watch();
        assert!(watch.state().is_well());
        part.unwell("the disk is full");
        let State::Unwell { since, .. } = watch.state() else { panic!("unwell") };
        part.unwell("no descriptors");
        assert_eq!(watch.state(), State::Unwell { why: "no descriptors".to_owned(), since });
        part.well();
        assert!(watch.state().is_well());
    }

    #[test]
    fn a_part_that_warns_does_its_work() {
        let part = Part::new("calendar");
        let watch = part.watch();
        part.warns("it ends in 60 days");
        let State::Warns { since, .. } = watch.state() else { panic!("warns") };
        part.warns("it ends in 59 days");
        assert_eq!(watch.state(), State::Warns { why: "it ends in 59 days".to_owned(), since });
        assert!(watch.state().is_well());
        part.well();
        assert_eq!(watch.state(), State::Well);
    }

    #[test]
    fn a_part_that_goes_away_has_ended() {
        let part = Part::new("applier");
        let watch = part.watch();
        drop(part);
        assert!(matches!(watch.state(), State::Unwell { why, .. } if why == "it has ended"));
    }
}
