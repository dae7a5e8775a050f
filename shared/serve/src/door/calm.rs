//! Frames that ask for nothing: how many of them a connection may send. Each is looked at and mostly answered, in the turns of its connection, but
//! whoever sends them without end takes a part of a processor for nothing.

use std::time::Instant;

use super::bounds::{
    IDLE_FRAME_BYTES, IDLE_FRAMES_A_REQUEST, IDLE_FRAMES_A_SECOND, IDLE_FRAMES_IN_HAND_MAX, IDLE_FRAMES_MAX,
};
use super::frames::Begun;

/// How many a connection has in hand.
#[derive(Debug)]
pub(super) struct Calm {
    left: u32,
    /// Bytes with which it has no other yet.
    bytes: usize,
    /// When it was last looked at the clock; that is done only where none is left.
    looked: Instant,
}

impl Calm {
    /// Of one that comes now.
    pub(super) fn from(now: Instant) -> Self {
        Self { left: IDLE_FRAMES_MAX, bytes: 0, looked: now }
    }

    /// Frames came: whether it may go on.
    pub(super) fn came(&mut self, begun: Begun, now: impl FnOnce() -> Instant) -> bool {
        self.more(begun.requests.saturating_mul(IDLE_FRAMES_A_REQUEST));
        self.moved(begun.message_bytes);
        if self.left < begun.others {
            let now = now();
            let seconds = now.saturating_duration_since(self.looked).as_secs_f64();
            let by_time = (seconds * f64::from(IDLE_FRAMES_A_SECOND)).min(f64::from(IDLE_FRAMES_MAX));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a few hundred")]
            self.more(by_time as u32);
            self.looked = now;
        }
        let goes_on = self.left >= begun.others;
        self.left = self.left.saturating_sub(begun.others);
        goes_on
    }

    /// So many bytes of messages came, or were sent to it.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.more(u32::try_from(self.bytes / IDLE_FRAME_BYTES).unwrap_or(u32::MAX));
        self.bytes %= IDLE_FRAME_BYTES;
    }

    fn more(&mut self, frames: u32) {
        self.left = self.left.saturating_add(frames).min(IDLE_FRAMES_IN_HAND_MAX);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn others(others: u32) -> Begun {
        Begun { others, ..Begun::default() }
    }

    #[test]
    fn who_only_pings_ends_and_who_asks_and_reads_goes_on() {
        let begun = Instant::now();
        let mut calm = Calm::from(begun);
        let at_once = (0..10 * IDLE_FRAMES_MAX).take_while(|_| calm.came(others(1), || begun)).count();
        assert_eq!(at_once, usize::try_from(IDLE_FRAMES_MAX).unwrap());
        // With time it has as many as when it came, and no more.
        let later = begun + Duration::from_hours(1);
        let with_time = (0..10 * IDLE_FRAMES_MAX).take_while(|_| calm.came(others(1), || later)).count();
        assert_eq!(with_time, at_once);
        // What answers a PING is too short to pay for another.
        let mut calm = Calm::from(begun);
        let answered = (0..10 * IDLE_FRAMES_MAX).take_while(|_| {
            calm.moved(17);
            calm.came(others(1), || begun)
        });
        assert!(answered.count() < 2 * at_once);
        // A PING and two windows with each piece of an answer, or some with each request, however many.
        let mut calm = Calm::from(begun);
        for _ in 0..10_000 {
            calm.moved(3 * IDLE_FRAME_BYTES);
            assert!(calm.came(others(3), || begun));
        }
        for _ in 0..10_000 {
            let asks = Begun { requests: 1, others: IDLE_FRAMES_A_REQUEST, message_bytes: 0 };
            assert!(calm.came(asks, || begun));
        }
        // Messages in pieces of a byte are no better.
        let pieces = (0..10 * IDLE_FRAMES_MAX).take_while(|_| {
            let piece = Begun { requests: 0, others: 1, message_bytes: 1 };
            calm.came(piece, || begun)
        });
        assert!(pieces.count() < 2 * at_once);
    }
}
