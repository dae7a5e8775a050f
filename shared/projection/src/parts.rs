//! The parts of a projection that can die by themselves, as health asks about them: of the generation that serves.

use parts::{Part, Watch};

/// What each part tells.
#[derive(Debug)]
pub(crate) struct Parts {
    /// Takes commits from the log.
    pub(crate) follower: Part,
    /// Folds them into rows.
    pub(crate) applier: Part,
    /// Writes blocks.
    pub(crate) writer: Part,
}

impl Parts {
    pub(crate) fn new() -> Self {
        Self {
            follower: Part::new("rows-follower"),
            applier: Part::new("rows-applier"),
            writer: Part::new("rows-writer"),
        }
    }

    pub(crate) fn watches(&self) -> Vec<Watch> {
        self.all().map(Part::watch).into()
    }

    fn all(&self) -> [&Part; 3] {
        [&self.follower, &self.applier, &self.writer]
    }

    /// Whatever was wrong is of rows that serve no more.
    pub(crate) fn all_well(&self) {
        self.all().into_iter().for_each(Part::well);
    }

    /// Nobody keeps the rows current any more.
    pub(crate) fn ended(&self) {
        self.all().into_iter().for_each(|part| part.unwell("it has ended"));
    }
}
