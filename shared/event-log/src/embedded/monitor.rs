//! The thread that looks after the writer: whether there is room, and whether a write hangs. It wakes the writer now and then, which
//! finds out by itself that the store has failed, or can be opened again, without a commit coming in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parts::Part;
use tokio::sync::mpsc;

use super::pulse::Pulse;
use super::room::Room;
use super::waiting::Message;
use crate::reached::ReachedFile;

/// Pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_millis(100);
/// A write that takes longer hangs: a disk that is only slow answers within this.
const WRITE_SLOW_MAX: Duration = Duration::from_secs(5);

/// Pause between two syncs of how far the log has reached: so much less than there is may be known of it after a power cut.
const REACHED_SYNC_PAUSE: Duration = Duration::from_secs(10);

pub(super) struct Monitor {
    pub(super) queue: mpsc::WeakSender<Message>,
    pub(super) room: Arc<Room>,
    pub(super) pulse: Arc<Pulse>,
    pub(super) reached: Arc<ReachedFile>,
    pub(super) part: Part,
}

impl Monitor {
    /// Looks until nobody holds the log any more.
    pub(super) fn run(self) {
        let (mut synced, mut trouble) = (Instant::now(), None);
        loop {
            #[expect(clippy::disallowed_methods, reason = "disk and descriptors tell nobody when they run out")]
            std::thread::sleep(LOOK_PAUSE);
            self.room.look();
            let Some(queue) = self.queue.upgrade() else {
                // Said by the next start where it matters.
                let _ = self.reached.sync();
                return;
            };
            // A full queue keeps the writer awake by itself.
            let _ = queue.try_send(Message::Look);
            drop(queue);
            if synced.elapsed() > REACHED_SYNC_PAUSE {
                trouble = self.reached.sync().err();
                synced = Instant::now();
            }
            match (self.pulse.under_way(), &trouble) {
                (Some(time), _) if time > WRITE_SLOW_MAX => {
                    self.part.unwell(format!(
                        "a write to the log has been under way for more than {} s",
                        WRITE_SLOW_MAX.as_secs()
                    ));
                }
                (_, Some(trouble)) => {
                    self.part.unwell(format!("how far the log reaches cannot be put down: {trouble}"));
                }
                _ => self.part.well(),
            }
        }
    }
}
