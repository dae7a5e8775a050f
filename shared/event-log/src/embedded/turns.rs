//! The turns of the one thread that writes: group commit without a timer.

use tokio::sync::mpsc;

use super::waiting::Message;
use super::writer::Writer;

/// Commits written and synced together at most.
const EMBEDDED_GROUP_COMMITS_MAX: usize = 1024;

impl Writer {
    /// Writes groups until every sender is gone. After a write that failed the store is opened anew, however often that takes.
    pub(super) fn run(mut self, mut waiting: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(EMBEDDED_GROUP_COMMITS_MAX);
        let mut group = Vec::with_capacity(EMBEDDED_GROUP_COMMITS_MAX);
        while waiting.blocking_recv_many(&mut messages, EMBEDDED_GROUP_COMMITS_MAX) > 0 {
            let mut looks = false;
            for message in messages.drain(..) {
                match message {
                    Message::Commit(commit) => group.push(commit),
                    Message::Look => looks = true,
                }
            }
            self.pulse.begins();
            let outcome = if looks { self.look() } else { Ok(()) };
            let outcome = outcome.and_then(|()| self.write(&mut group));
            self.pulse.ends();
            if let Err(failure) = outcome {
                // Of those whose group was not begun nothing was written.
                for unwritten in group.drain(..) {
                    self.refuse(unwritten, &failure.why);
                }
                if !self.recover(failure, &mut waiting) {
                    return;
                }
            }
        }
    }
}
