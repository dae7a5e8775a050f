//! Rows that are there, opened to be read and carried: nothing is made, written, put aside or brought up to date where they lie. What is
//! opened is a copy in the folder for temporary files (`TMPDIR`), which takes as much room as the rows and goes at the end.

use std::path::Path;
use std::sync::Arc;

use crate::generation::{Copy, Ending, Generation, OpenError, Place};
use crate::projection::Projection;
use crate::snapshot::Snapshot;
use crate::view::View;

/// Rows that no process has open, read as they are.
#[derive(Debug)]
pub struct Existing {
    // Closed in this order.
    view: Arc<View>,
    _generation: Generation,
    _copy: Copy,
}

impl Existing {
    /// Opens the rows of a projection below `folder`. An error where there are none, where a process has them open, or where they are
    /// damaged; and once it is ended, which may be from another thread.
    pub fn open<P: Projection>(folder: &Path, _: P, ending: &Ending) -> Result<Self, OpenError> {
        let (serving, _) = Place::find::<P>(folder)?;
        let mut making = ending.making()?;
        let (copy, copied) = serving.copied(ending, &mut making)?;
        let (generation, blocks) = Generation::open_existing(copied, ending)?;
        drop(making);
        let lying = View::lying(blocks, generation.folder());
        let view = lying.map_err(|error| OpenError::Damaged(error.to_string()))?;
        Ok(Self { view: Arc::new(view), _generation: generation, _copy: copy })
    }

    /// The rows.
    pub fn snapshot(&self) -> Snapshot<'_> {
        Snapshot::of(Arc::clone(&self.view))
    }
}
