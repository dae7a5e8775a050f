//! Which calls are begun. A question that waits for its turn holds little, but a caller may ask thousands at once: so many are under way
//! in all, and so many of one caller; one more is told to come again. So are those that stay, to tell what changes or to describe the
//! services. Commands have a bound of their own (`desk.rs`), and who asks for health once is always told.

use tonic::Status;

use super::roster::{Life, Roster};
use crate::peer::Peer;
use crate::places::Place;
use crate::status;
use crate::wire::{describes, is_question, watches};

/// A call that is begun.
#[derive(Default)]
pub(super) struct Admitted {
    /// Held until its answer is made.
    #[expect(dead_code, reason = "held")]
    until_made: Option<Place>,
    /// To be held until its answer has ended.
    pub(super) until_ended: Option<Place>,
}

/// Begins a call, or says why not.
pub(super) fn admit(life: &Life, roster: &Roster, sender: Peer, path: &str) -> Result<Admitted, Status> {
    if life.untaken.is_much() {
        return Err(status::answers_untaken());
    }
    let of = sender.caller();
    let taken = |place: Option<Place>| place.map(Some).ok_or_else(status::too_many_questions);
    let until_ended = match () {
        () if watches(path) => taken(roster.watches.take_now(of))?,
        () if describes(path) => taken(roster.reflections.take_now(of))?,
        () => None,
    };
    let until_made = if is_question(path) { taken(roster.questions.take_now(of))? } else { None };
    Ok(Admitted { until_made, until_ended })
}
