//! Which calls are begun. A question that waits for its turn holds little, but a caller may ask thousands at once: so many are under way
//! in all, and so many of one caller; one more is told to come again. Commands have a bound of their own (`desk.rs`), and who asks for
//! health is always told.

use tonic::Status;

use super::roster::{Life, Roster};
use crate::peer::Peer;
use crate::places::Place;
use crate::status;
use crate::wire::is_question;

/// A call that is begun; it is under way while this is held.
pub(super) struct Admitted(#[expect(dead_code, reason = "held")] Option<Place>);

impl Admitted {
    /// Without a bound.
    pub(super) const FREELY: Self = Self(None);
}

/// Begins a call, or says why not.
pub(super) fn admit(life: &Life, roster: &Roster, sender: Peer, path: &str) -> Result<Admitted, Status> {
    if life.untaken.is_much() {
        return Err(status::answers_untaken());
    }
    if !is_question(path) {
        return Ok(Admitted::FREELY);
    }
    let place = roster.questions.take_now(sender.caller()).ok_or_else(status::too_many_questions)?;
    Ok(Admitted(Some(place)))
}
