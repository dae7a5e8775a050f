//! How a store begins: with what lies there, or with nothing.

use domain::Position;

use super::base::{Beginning, STOP_WAIT_MAX, Store, locked};
use crate::error::ReadError;
use crate::generation::{Generation, OpenError, Place, Why};
use crate::layers::Mark;
use crate::progress::Progress;
use crate::shelf::{self, Shelf};
use crate::view::View;

impl Store {
    /// Opens the rows at a place, or starts with none where they are damaged.
    pub(crate) fn open(place: Place) -> Result<Self, OpenError> {
        let (generation, mut blocks) = Generation::open(place)?;
        let mark = match recovered(&generation, &blocks) {
            Ok(mark) => mark,
            Err(error) if error.passes() => return Err(OpenError::Store(error.to_string())),
            Err(error) => {
                drop(blocks);
                blocks = generation.anew(Why::Damaged, &error.to_string())?;
                Mark::default()
            }
        };
        if generation.is_not_known() && generation.unconfirmed().is_none() {
            generation.set_unconfirmed(&mark)?;
        }
        Ok(Self::of(generation, mark, blocks))
    }

    /// Begins again with nothing: these rows are put aside, and `why` tells the reason. After an error it is called again before anything is
    /// followed: until then nothing is read, written or sealed.
    pub(crate) fn begin_again(&self, why: Why) -> Result<(), ReadError> {
        if !self.is_beginning() {
            self.settle();
            *locked(&self.beginning) = Beginning::PuttingAside;
            // First, so that whoever finds no rows finds that they are not whole.
            self.tell(|progress| {
                *progress = Progress { dropped: progress.dropped + 1, ..Progress::at(Position(0)) };
            });
            self.turn(|_| View::written(Mark::default(), None));
            // No blocks of the other log are those of these rows any more.
            locked(&self.writing).begin_again(Mark::default());
        }
        if *locked(&self.beginning) == Beginning::PuttingAside {
            // Who still reads the others holds their files, wherever they lie.
            self.wait_for_earlier(STOP_WAIT_MAX, |_| true);
            self.generation.put_aside(why, why.sentence())?;
            self.generation.tell_dropped(why.sentence());
            *locked(&self.beginning) = Beginning::Opening;
        } else {
            // Only whole rows are worth a place beside.
            self.generation.remove_rows()?;
        }
        let blocks = self.generation.open_shelf()?;
        self.turn(|view| view.on(Some(blocks)));
        *locked(&self.beginning) = Beginning::Over;
        Ok(())
    }

    /// Whether a beginning with nothing is still to be gone on with.
    pub(crate) fn is_beginning(&self) -> bool {
        *locked(&self.beginning) != Beginning::Over
    }

    /// Takes away what was begun and came to nothing. Nothing is read from them.
    pub(crate) fn remove_rows(&self) -> Result<(), ReadError> {
        self.turn(|_| View::written(Mark::default(), None));
        self.wait_for_earlier(STOP_WAIT_MAX, |_| true);
        self.generation.remove_rows()?;
        Ok(())
    }
}

/// The mark of the rows, after what was left half written is written.
fn recovered(generation: &Generation, blocks: &Shelf) -> Result<Mark, ReadError> {
    let mark = blocks.mark()?;
    match shelf::kept(generation.folder())? {
        Some(redo) if [redo.before, redo.after].contains(&mark) => {
            blocks.begin_writing()?;
            blocks.write(&redo.table)?;
            blocks.end_writing(&redo.after)?;
            shelf::drop_kept(generation.folder())?;
            return Ok(redo.after);
        }
        // Of other rows: these were taken away by hand, or dropped.
        Some(_) | None => shelf::drop_kept(generation.folder())?,
    }
    if blocks.half_written()? {
        return Err(ReadError::Damaged("rows were written in part, and what is missing was not kept".to_owned()));
    }
    Ok(mark)
}
