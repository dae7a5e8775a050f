//! Rows that are there, opened to be read and carried: nothing is made, written, put aside or brought up to date.

use std::path::Path;
use std::sync::Arc;

use crate::error::ReadError;
use crate::generation::{Generation, OpenError, Place};
use crate::projection::Projection;
use crate::shelf;
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
        let odd = |error: ReadError| OpenError::Damaged(error.to_string());
        let mark = blocks.mark().map_err(odd)?;
        // What a sudden end left half written is read through what was kept of it; the next start writes it.
        let view = match shelf::kept(generation.folder()).map_err(odd)? {
            Some(redo) if [redo.before, redo.after].contains(&mark) => {
                View::written(redo.after, Some(blocks)).0.over(redo.table)
            }
            Some(_) | None if blocks.half_written().map_err(odd)? => {
                return Err(OpenError::Damaged(
                    "they were written in part, and what is missing was not kept".to_owned(),
                ));
            }
            Some(_) | None => View::written(mark, Some(blocks)).0,
        };
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
