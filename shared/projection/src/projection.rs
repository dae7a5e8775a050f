//! What a service makes of the log: the one trait it writes.

use event_log::{Recorded, SetAside};

use crate::error::ApplyError;
use crate::rows::Rows;

/// What is made of the log.
pub trait Projection: Clone + Send + Sync + 'static {
    /// Names its folder: lower-case letters and hyphens.
    const NAME: &'static str;
    /// Raised whenever the same log would give other rows: the rows are then built anew beside the old ones.
    const VERSION: u32;
    /// First bytes of the keys of rows that are read most: they take more of the disk, and are read without being unpacked.
    const PLAIN: &'static [u8] = &[];

    /// Folds one commit into the rows. Called once for each commit, in the order of the log, and must depend on nothing but the
    /// rows and the commit: a rebuild gives the same bytes.
    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded) -> Result<(), ApplyError>;

    /// Takes note of a position that was set aside: what stands there is no commit, and its place is gone over.
    fn set_aside(&self, rows: &mut Rows<'_>, aside: &SetAside) -> Result<(), ApplyError> {
        let _ = (rows, aside);
        Ok(())
    }

    /// Folds commits that follow one another; the rows afterwards are those that [`Projection::apply`] makes of each. Where it fails,
    /// nothing of it counts, and each is applied by itself.
    fn apply_group(&self, rows: &mut Rows<'_>, group: &[&Recorded]) -> Result<(), ApplyError> {
        group.iter().try_for_each(|recorded| self.apply(rows, recorded))
    }
}
