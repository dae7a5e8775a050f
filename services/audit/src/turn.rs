//! Turns at the log: a replay holds a place while it reads, gives it up while its caller takes nothing, and to others after a while.

use std::time::Duration;

use serve::Caller;
use serve::places::{Place, Places};
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::telling::TAKEN_MAX;

/// After so long others come first, if any wait.
const TURN_MAX: Duration = Duration::from_millis(100);

/// The place of one replay, held or given up.
#[derive(Debug)]
pub(crate) struct Turn {
    places: Places,
    caller: Option<Caller>,
    place: Option<Place>,
    began: Instant,
}

impl Turn {
    /// That of a caller who has to have a place at once, or after a short wait.
    pub(crate) async fn begin(places: Places, caller: Option<Caller>) -> Option<Self> {
        let place = Some(places.take(caller).await?);
        Some(Self { places, caller, place, began: Instant::now() })
    }

    /// That of a caller who needs none yet.
    pub(crate) fn later(places: Places, caller: Option<Caller>) -> Self {
        Self { places, caller, place: None, began: Instant::now() }
    }

    pub(crate) fn give_up(&mut self) {
        self.place = None;
    }

    /// Whether a place is held, or free now; one that was held for long goes to others first, if any wait.
    pub(crate) fn goes_on(&mut self) -> bool {
        if self.place.is_some() && self.began.elapsed() < TURN_MAX {
            return true;
        }
        // Whoever waits comes before who has just had a turn.
        self.give_up();
        self.place = self.places.take_now(self.caller);
        self.began = Instant::now();
        self.place.is_some()
    }

    /// Waits for a place; whether one is held. What has begun waits long for it.
    pub(crate) async fn wait(&mut self) -> bool {
        self.place = self.places.take_within(self.caller, TAKEN_MAX).await;
        self.began = Instant::now();
        self.place.is_some()
    }
}

pub(crate) fn busy() -> Status {
    let (zh, en) = ("重放已达上限,请稍后再试", "as many replays run as may, try again later");
    serve::status::reasoned(Code::Unavailable, "BUSY", zh, en)
}
