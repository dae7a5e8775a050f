//! What a question may cost: how many rows are looked at for one page, and for how long anybody waits for it.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use projection::ReadError;

/// Rows between two looks at whether the caller still waits; others who wait for the processor come first there. A row costs up to some
/// ten microseconds.
const LOOK_EVERY: usize = 16;
/// Rows that are glanced at in the time in which one is looked at.
const GLANCES: usize = 16;

/// Why a question came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The rows could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Nobody waits for the answer any more.
    #[error("nobody waits for the answer")]
    Gone,
}

/// What is left of what one page of a question may cost.
#[derive(Debug)]
pub(crate) struct Effort {
    left: Cell<usize>,
    until_look: Cell<usize>,
    glances: Cell<usize>,
    gone: Arc<AtomicBool>,
    /// Rows that were looked at.
    #[cfg(test)]
    pub(crate) looked: Cell<usize>,
}

impl Effort {
    /// So many rows, for a caller that sets `gone` when it waits no more.
    pub(crate) fn new(rows: usize, gone: Arc<AtomicBool>) -> Self {
        Self {
            left: Cell::new(rows),
            until_look: Cell::new(LOOK_EVERY),
            glances: Cell::new(0),
            gone,
            #[cfg(test)]
            looked: Cell::new(0),
        }
    }

    /// So many rows, for one who stays.
    pub(crate) fn short(rows: usize) -> Self {
        Self::new(rows, Arc::default())
    }

    /// Another row is to be looked at; `false` where as many were as one page may.
    pub(crate) fn one(&self) -> Result<bool, Fault> {
        let left = self.left.get();
        if left == 0 {
            return Ok(false);
        }
        self.left.set(left - 1);
        self.step()?;
        Ok(true)
    }

    /// Another row is to be looked at that costs as much as so many.
    pub(crate) fn one_of(&self, rows: usize) -> Result<bool, Fault> {
        let (left, more) = (self.left.get(), rows.saturating_sub(1));
        if left <= more {
            return Ok(false);
        }
        self.left.set(left - more);
        self.one()
    }

    /// The same of a row that is passed over by its first bytes, and costs as much less.
    pub(crate) fn glance(&self) -> Result<bool, Fault> {
        let glances = self.glances.get() + 1;
        self.glances.set(glances % GLANCES);
        if glances < GLANCES { Ok(true) } else { self.one() }
    }

    /// Another row is looked at of a number that is bounded by itself.
    pub(crate) fn step(&self) -> Result<(), Fault> {
        #[cfg(test)]
        self.looked.set(self.looked.get() + 1);
        let until_look = self.until_look.get() - 1;
        if until_look > 0 {
            self.until_look.set(until_look);
            return Ok(());
        }
        self.until_look.set(LOOK_EVERY);
        if self.gone.load(Ordering::Relaxed) {
            return Err(Fault::Gone);
        }
        giving_way::let_others_first();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_with_what_it_may_cost_and_with_its_caller() {
        let effort = Effort::short(3);
        let looked = (0..5).map(|_| effort.one().unwrap()).collect::<Vec<_>>();
        assert_eq!(looked, [true, true, true, false, false]);
        let effort = Effort::short(3);
        assert_eq!([1, 3, 2, 0].map(|rows| effort.one_of(rows).unwrap()), [true, false, true, false]);
        let gone = Arc::new(AtomicBool::new(false));
        let effort = Effort::new(usize::MAX, Arc::clone(&gone));
        for _ in 0..10 * LOOK_EVERY {
            assert!(effort.one().unwrap());
        }
        gone.store(true, Ordering::Relaxed);
        let more = (0..=LOOK_EVERY).take_while(|_| effort.one().is_ok()).count();
        assert!(more < LOOK_EVERY, "{more} rows for nobody");
    }
}
