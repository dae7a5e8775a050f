//! What a service makes of the log: the one trait it writes.

use std::collections::BTreeMap;

use domain::Position;
use event_log::{Recorded, SetAside};

use crate::error::{ApplyError, ReadError};
use crate::rows::Rows;

/// The commits of a stream that a commit asks for ([`Projection::needs_stream`]): every one up to it, itself included.
#[derive(Debug, Default)]
pub struct Streams(BTreeMap<Position, Vec<Recorded>>);

impl Streams {
    /// Those up to the commit at this position.
    ///
    /// # Errors
    ///
    /// Where they were not read, which may pass.
    pub fn up_to(&self, position: Position) -> Result<&[Recorded], ApplyError> {
        let stream = self.0.get(&position).map(Vec::as_slice);
        stream.ok_or_else(|| ReadError::Store(format!("the stream up to position {} was not read", position.0)).into())
    }

    pub(crate) fn put(&mut self, position: Position, stream: Vec<Recorded>) {
        self.0.insert(position, stream);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// What is made of the log.
pub trait Projection: Clone + Send + Sync + 'static {
    /// Names its folder: lower-case letters and hyphens.
    const NAME: &'static str;
    /// Raised whenever the same log would give other rows: the rows are then built anew beside the old ones.
    const VERSION: u32;
    /// First bytes of the keys of rows that are read most: they take more of the disk, and are read without being unpacked.
    const PLAIN: &'static [u8] = &[];

    /// Whether what comes of a commit is made of the whole stream up to it, and not of the rows: then that is read beforehand.
    fn needs_stream(&self, recorded: &Recorded) -> bool {
        let _ = recorded;
        false
    }

    /// Folds one commit into the rows. Called once for each commit, in the order of the log, and must depend on nothing but the
    /// rows, the commit, and where it needs it its stream: a rebuild gives the same bytes.
    fn apply(&self, rows: &mut Rows<'_>, recorded: &Recorded, streams: &Streams) -> Result<(), ApplyError>;

    /// Takes note of a position that was set aside: what stands there is no commit, and its place is gone over.
    fn set_aside(&self, rows: &mut Rows<'_>, aside: &SetAside) -> Result<(), ApplyError> {
        let _ = (rows, aside);
        Ok(())
    }

    /// Folds commits that follow one another; the rows afterwards are those that [`Projection::apply`] makes of each. Where it fails,
    /// nothing of it counts, and each is applied by itself.
    fn apply_group(&self, rows: &mut Rows<'_>, group: &[&Recorded], streams: &Streams) -> Result<(), ApplyError> {
        group.iter().try_for_each(|recorded| self.apply(rows, recorded, streams))
    }
}
