//! Which calls are begun. A question that waits for its turn holds little, but a caller may ask thousands at once: so many are under way
//! in all, and so many of one caller; where there are as many, who has most of them gives one up, or is told to come again (`shared.rs`). So
//! it is with those that stay, to tell what changes or to describe the services. Commands have a bound of their own (`desk.rs`), and who
//! asks for health once is always told.

use std::sync::Arc;

use tonic::Status;

use super::life::{End, Life};
use super::roster::Roster;
use super::shared::Share;
use crate::peer::{Holder, Peer};
use crate::status;
use crate::wire::{Call, Kind};

/// A call that is begun.
#[derive(Default)]
pub(super) struct Admitted {
    /// Held until its answer is made, but for while it waits for what comes by itself.
    pub(super) until_made: Option<Arc<Share>>,
    /// To be held until its answer has ended.
    pub(super) until_ended: Option<Share>,
}

impl Admitted {
    /// Done when one of its places is given to another.
    pub(super) async fn given(&self) {
        let given = async |place: Option<&Share>| match place {
            Some(place) => place.given().await,
            None => std::future::pending().await,
        };
        tokio::select! {
            () = given(self.until_made.as_deref()) => {}
            () = given(self.until_ended.as_ref()) => {}
        }
    }
}

/// Begins a call, or says why not.
pub(super) fn admit(life: &Life, roster: &Roster, sender: Peer, call: Call) -> Result<Admitted, Status> {
    if let Some(why) = life.is_cut(Kind::Question) {
        // It was asked to go, and has had the time to: nothing is begun on it any more.
        return Err(status::ends(why == End::Server));
    }
    let holder = Holder::of(sender);
    let taken = |place: Option<Share>| place.map(Some).ok_or_else(status::too_many_questions);
    let until_ended = match () {
        () if call.watches => taken(roster.watches.take(holder))?,
        () if call.describes => taken(roster.reflections.take(holder))?,
        () => None,
    };
    let until_made = if call.asks { taken(roster.questions.take(holder))?.map(Arc::new) } else { None };
    Ok(Admitted { until_made, until_ended })
}
