//! Rows that are there, opened to be read and carried: nothing is made, written, put aside or brought up to date.

use std::path::Path;
use std::sync::Arc;

use crate::generation::{Generation, OpenError, Place};
use crate::projection::Projection;
use crate::snapshot::Snapshot;
use crate::view::View;

/// Rows that no process has open, read as they are.
#[derive(Debug)]
pub struct Existing {
    view: Option<Arc<View>>,
    generation: Generation,
    /// Whether there was a seal on them.
    sealed: bool,
}

impl Existing {
    /// Opens the rows of a projection below `folder`. An error where there are none, where a process has them open, or where they are
    /// damaged.
    pub fn open<P: Projection>(folder: &Path, _: P) -> Result<Self, OpenError> {
        let (serving, _) = Place::find::<P>(folder)?;
        let (generation, blocks) = Generation::open_existing(serving)?;
        let lying = View::lying(blocks, generation.folder());
        let view = lying.map_err(|error| OpenError::Damaged(error.to_string()))?;
        let sealed = generation.is_sealed();
        Ok(Self { view: Some(Arc::new(view)), generation, sealed })
    }

    /// The rows.
    pub fn snapshot(&self) -> Option<Snapshot<'_>> {
        self.view.clone().map(Snapshot::of)
    }
}

impl Drop for Existing {
    fn drop(&mut self) {
        // sled notes where it has read to when it opens: what was sealed stays so.
        drop(self.view.take());
        if self.sealed
            && let Err(error) = self.generation.seal()
        {
            tracing::warn!(%error, "the rows could not be sealed again: the next start looks at each block");
        }
    }
}
