//! The thread that looks after the writer: whether there is room, and whether a write hangs. It wakes the writer now and then, which
//! finds out by itself that the store has failed, or can be opened again, without a commit coming in. It waits for no disk itself.

use std::sync::Arc;
use std::time::Duration;

use parts::Part;
use tokio::sync::mpsc;

use super::pulse::Pulse;
use super::room::Room;
use super::syncing::Syncing;
use super::waiting::Message;
use crate::reached::ReachedFile;

/// Pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_millis(100);
/// A write that takes longer hangs: whoever waits for it is served by nobody, which health tells of within 2 s.
pub(super) const WRITE_SLOW_MAX: Duration = Duration::from_millis(1500);

pub(super) struct Monitor {
    pub(super) queue: mpsc::WeakSender<Message>,
    pub(super) room: Arc<Room>,
    /// How far the log has reached.
    pub(super) reached: Arc<ReachedFile>,
    /// That of the writer.
    pub(super) pulse: Arc<Pulse>,
    pub(super) syncing: Syncing,
    pub(super) part: Part,
}

impl Monitor {
    /// Looks until nobody holds the log any more.
    pub(super) fn run(mut self) {
        loop {
            #[expect(clippy::disallowed_methods, reason = "disk and descriptors tell nobody when they run out")]
            std::thread::sleep(LOOK_PAUSE);
            self.room.look();
            let Some(queue) = self.queue.upgrade() else { return };
            // A full queue keeps the writer awake by itself.
            let _ = queue.try_send(Message::Look);
            drop(queue);
            let syncing = self.syncing.look(self.reached.is_in_order() == Some(false));
            match self.pulse.hangs().or(syncing) {
                Some(why) => self.part.unwell(why),
                None => self.part.well(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use parts::{State, Watch};

    use super::super::room::Reserves;
    use super::*;
    use crate::reached::Reached;
    use domain::LogId;

    /// Longest that a test waits.
    const TOLD_MAX: Duration = Duration::from_secs(10);

    async fn told(watch: &mut Watch, is_so: impl Fn(&State) -> bool) {
        let waited = tokio::time::timeout(TOLD_MAX, async {
            while !is_so(&watch.state()) {
                assert!(watch.changed().await, "it has ended");
            }
        });
        waited.await.unwrap_or_else(|_| panic!("{:?}", watch.state()));
    }

    fn hangs(state: &State) -> bool {
        matches!(state, State::Unwell { why, .. } if why.contains("under way"))
    }

    /// A disk that hangs holds the sync and the write, and not who is to tell of it.
    #[tokio::test]
    async fn a_disk_that_hangs_is_told_of_and_the_writer_is_woken_all_the_while() {
        let slow_max = Duration::from_millis(50);
        let (folder, (queue, mut waiting)) = (tempfile::tempdir().unwrap(), mpsc::channel(1));
        // The disk answers what it is sent, and only then.
        let (answers, disk) = sync_channel(0);
        let sync = move |_| disk.recv().unwrap_or(Ok(()));
        let (mut syncing, syncer) = Syncing::new(slow_max);
        syncing.ask();
        let syncs = std::thread::spawn(move || syncer.run(sync));
        let pulse = Arc::new(Pulse::new(slow_max));
        let room = Arc::new(Room::new(folder.path(), Reserves::default()));
        let part = Part::new("log-monitor");
        let mut watch = part.watch();
        let known = Reached::nothing(LogId::from_bytes([7; 16]));
        let reached = Arc::new(ReachedFile::replace(&folder.path().join("reached"), &known).unwrap());
        let (pulse_of, of_reached) = (Arc::clone(&pulse), Arc::clone(&reached));
        let monitor = Monitor { queue: queue.downgrade(), room, reached: of_reached, pulse: pulse_of, syncing, part };
        let looks = std::thread::spawn(move || monitor.run());
        told(&mut watch, hangs).await;
        for _ in 0..3 {
            let woken = tokio::time::timeout(TOLD_MAX, waiting.recv()).await;
            assert!(matches!(woken, Ok(Some(Message::Look))), "nobody wakes the writer");
        }
        answers.send(Ok(())).unwrap();
        told(&mut watch, State::is_well).await;
        pulse.begins();
        // The write that hangs is that of how far the log has reached.
        let held = reached.hold();
        told(&mut watch, hangs).await;
        drop(held);
        pulse.ends();
        told(&mut watch, State::is_well).await;
        drop((queue, answers));
        looks.join().unwrap();
        syncs.join().unwrap();
    }
}
