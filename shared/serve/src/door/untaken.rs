//! What is held for callers that do not come on: answers that are made and not taken, and calls whose messages have not come whole. Bounded in
//! bytes, a caller on a connection and in all.
//!
//! A call that finds so much waiting for its caller waits until some of it is taken (`Room`): whoever reads what it is sent gets all that it asks
//! for. Of messages that have not come whole one is ended at once where as much is held of those alone, in the moment in which more of it would be
//! taken: what waits of answers says nothing of whether more of a message comes.
//!
//! A caller that lets nothing come (a window of HTTP/2 of no bytes, or a connection it does not read) may have many calls answered, each with
//! a page. The first piece of an answer is made at once, so that it is known how many bytes wait, and is counted until the last of them
//! is gone to the system; an answer of no message is counted until its header fields are written.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::body::Frame;
use tokio::sync::Notify;

use super::bounds::{
    ANSWER_BYTES, ANSWERS_A_CONNECTION_BYTES_MAX, ANSWERS_BYTES_MAX, ANSWERS_FREELY_BYTES, AWAITED_BYTES,
    LONG_ANSWERS_BYTES_MAX, ONE_MESSAGE_BYTES, ROOM_WAIT_MAX, SLICED_BYTES, STALLED_AFTER, UNTAKEN_LOOKS,
    UNTAKEN_WAIT_MAX,
};
use super::tally::Tally;

/// Pause between two looks at who waits for room.
const LOOK_EVERY: Duration = UNTAKEN_WAIT_MAX.checked_div(UNTAKEN_LOOKS).expect("there are some");

/// What a body says when it is asked for its next piece.
pub(super) type Piece = Option<Result<Frame<Bytes>, axum::Error>>;

/// Whether more waits for all callers together than may.
fn is_full(all: usize) -> bool {
    all > ANSWERS_BYTES_MAX
}

/// What waits for one caller on one connection.
#[derive(Debug)]
pub(super) struct Untaken {
    bytes: Arc<Tally>,
    /// Of those, what is held for messages that have not come whole.
    half_sent: AtomicUsize,
    /// Bytes of answers that are being made, of those that waited for room.
    expected: AtomicUsize,
    /// Bytes of the last answer.
    usual: AtomicUsize,
    /// Bytes of answers, of those.
    answers: AtomicUsize,
    /// Bytes of long ones.
    long: AtomicUsize,
    /// How often something was taken.
    taken: AtomicU64,
    /// When something was taken last (where a long answer waits, of that), or the first of it began to wait, in milliseconds since `began`.
    took_ms: AtomicU64,
    began: Instant,
    /// Something was, and there is room.
    room: Notify,
    /// What is under way for it is to end at once, and for good: a call that comes later is counted elsewhere.
    has_ended: AtomicBool,
    ended: Notify,
}

impl Untaken {
    /// Counted among what waits on its connection.
    pub(super) fn among(connection: &Arc<Tally>) -> Arc<Self> {
        Arc::new(Self {
            bytes: Tally::of(connection),
            half_sent: AtomicUsize::new(0),
            expected: AtomicUsize::new(0),
            usual: AtomicUsize::new(0),
            answers: AtomicUsize::new(0),
            long: AtomicUsize::new(0),
            taken: AtomicU64::new(0),
            took_ms: AtomicU64::new(0),
            began: Instant::now(),
            room: Notify::new(),
            has_ended: AtomicBool::new(false),
            ended: Notify::new(),
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.now()
    }

    /// Answers take so much there, as far as is known.
    pub(super) fn answers_as_a_rule(&self, bytes: usize) {
        self.usual.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn tally(&self) -> &Arc<Tally> {
        &self.bytes
    }

    /// Whether so much waits that no other call is begun.
    pub(super) fn is_much(&self) -> bool {
        self.bytes() >= ANSWERS_A_CONNECTION_BYTES_MAX
    }

    /// Whether a message that has not come whole is ended rather than that more of it is taken: one of so many, whatever waits beside them, and
    /// never one alone.
    pub(super) fn ends_messages(&self) -> bool {
        self.half_sent() >= ANSWERS_A_CONNECTION_BYTES_MAX || self.takes_from_all()
    }

    /// Whether more waits in all than may, and of messages that have not come whole this caller has more than one.
    pub(super) fn takes_from_all(&self) -> bool {
        is_full(self.bytes.of_all()) && self.half_sent() > ONE_MESSAGE_BYTES
    }

    fn half_sent(&self) -> usize {
        self.half_sent.load(Ordering::Relaxed)
    }

    fn has_room(&self) -> bool {
        self.has_room_beside(self.expected.load(Ordering::Relaxed))
    }

    /// Whether there is room beside answers of so many bytes that are being made. Where much waits for all together, each caller has one answer at a
    /// time: he takes it before the next is made.
    fn has_room_beside(&self, expected: usize) -> bool {
        let has_none = || self.answers.load(Ordering::Relaxed) + expected == 0;
        self.bytes() + expected < ANSWERS_A_CONNECTION_BYTES_MAX
            && (self.bytes.of_all() < ANSWERS_FREELY_BYTES || has_none())
    }

    /// When its caller took something last, or a long answer began to wait for him: who takes what he is sent did so a moment ago.
    pub(super) fn took(&self) -> Instant {
        self.began + Duration::from_millis(self.took_ms.load(Ordering::Relaxed))
    }

    /// Whether something waits for him of which he takes nothing, for so long that he ends before who takes what he is sent.
    pub(super) fn is_stalled(&self, now: Instant) -> bool {
        // For who only waits for room himself there is nothing to take.
        let could_take = self.answers.load(Ordering::Relaxed) + self.half_sent() > 0;
        could_take && now.saturating_duration_since(self.took()) >= STALLED_AFTER
    }

    fn takes_now(&self) {
        let elapsed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.took_ms.store(elapsed, Ordering::Relaxed);
    }

    /// Less waits for its caller; `is_taken`: because he took it.
    fn is_less(&self, is_taken: bool) {
        if is_taken {
            self.taken.fetch_add(1, Ordering::Relaxed);
        }
        if self.has_room() {
            self.room.notify_one();
        }
    }

    /// Room for one more answer: now, or once others have been taken. An error where for so long none was, or it took too long all in all.
    /// Of those who wait, the first that came goes first. `make_room`: told beside how many bytes one waits for room while who holds it may take
    /// nothing.
    pub(super) async fn room(
        self: &Arc<Self>,
        bytes: Option<usize>,
        make_room: impl Fn(usize),
    ) -> Result<Option<Expected>, TooMuch> {
        if bytes.is_none() && self.has_room() {
            return Ok(None);
        }
        let _held = Held::waiting(self, AWAITED_BYTES);
        let last = Instant::now() + ROOM_WAIT_MAX;
        let mut expected = loop {
            if let Some(expected) = self.keep_own(bytes.unwrap_or_else(|| self.usual.load(Ordering::Relaxed))) {
                break expected;
            }
            let mut woken = pin!(self.room.notified());
            let (mut taken, mut in_vain) = (self.taken.load(Ordering::Relaxed), 0);
            while tokio::time::timeout(LOOK_EVERY, woken.as_mut()).await.is_err() {
                let before = std::mem::replace(&mut taken, self.taken.load(Ordering::Relaxed));
                in_vain = if before == taken { in_vain + 1 } else { 0 };
                if in_vain == UNTAKEN_LOOKS || Instant::now() >= last {
                    return Err(TooMuch::OfHis);
                }
            }
        };
        if self.has_room() {
            self.room.notify_one();
        }
        if !expected.is_in_all() {
            expected.comes_to_be_in_all(make_room).await?;
        }
        Ok(Some(expected))
    }

    /// Room for one more answer, of so many bytes, if there is any now. Of two that ask at once for what is left, one has it.
    pub(super) fn keep(self: &Arc<Self>, bytes: usize) -> Option<Expected> {
        let mut expected = self.keep_own(bytes)?;
        expected.is_in_all().then_some(expected)
    }

    /// The same of what he may have himself.
    fn keep_own(self: &Arc<Self>, bytes: usize) -> Option<Expected> {
        let expected = self.expected.fetch_add(bytes, Ordering::Relaxed);
        // Given back where there is none.
        let kept = Expected { untaken: Arc::clone(self), bytes, in_all: false };
        self.has_room_beside(expected).then_some(kept)
    }

    /// Ends what is under way: also a call that waits for its turn, or is begun in this very moment and listens only afterwards.
    pub(super) fn end(&self) {
        self.has_ended.store(true, Ordering::Release);
        self.ended.notify_waiters();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    pub(super) async fn until_ended(&self) {
        let ended = self.ended.notified();
        // Looked at once it would be heard: what came before was told to nobody.
        if !self.has_ended() {
            ended.await;
        }
    }
}

/// Room that is kept for an answer until it is made and counted.
#[derive(Debug)]
pub(super) struct Expected {
    untaken: Arc<Untaken>,
    bytes: usize,
    /// Also beside what waits for all.
    in_all: bool,
}

impl Expected {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Of it so much, where it is more.
    pub(super) fn no_more_than(mut self, bytes: usize) -> Self {
        let less = self.bytes.saturating_sub(bytes);
        self.bytes -= less;
        self.untaken.expected.fetch_sub(less, Ordering::Relaxed);
        if self.in_all {
            self.untaken.bytes.whole().give_back(less);
        }
        if self.untaken.has_room() {
            self.untaken.room.notify_one();
        }
        self
    }

    /// Keeps it beside what waits for all as well, where there is room.
    fn is_in_all(&mut self) -> bool {
        let whole = self.untaken.bytes.whole();
        whole.keep(self.bytes);
        self.in_all = whole.with_kept() <= most_beside(self.bytes);
        if !self.in_all {
            whole.give_back(self.bytes);
        }
        self.in_all
    }

    /// The same, once there is room. Whoever waits is in a line, and who is the next has it kept for him before all who come.
    async fn comes_to_be_in_all(&mut self, make_room: impl Fn(usize)) -> Result<(), TooMuch> {
        let (untaken, bytes) = (Arc::clone(&self.untaken), self.bytes);
        let (whole, most) = (untaken.bytes.whole(), most_beside(bytes));
        let wait = async {
            let _next = whole.line(bytes > SLICED_BYTES).await;
            whole.keep(bytes);
            self.in_all = true;
            loop {
                let less = whole.less();
                if whole.with_kept() <= most {
                    return;
                }
                let looked = Instant::now();
                let in_vain = tokio::time::timeout(LOOK_EVERY, less).await.is_err();
                // Where the process stood still itself nobody could take anything.
                if in_vain && looked.elapsed() < 2 * LOOK_EVERY {
                    make_room(most);
                }
            }
        };
        tokio::time::timeout(ROOM_WAIT_MAX, wait).await.map_err(|_| TooMuch::OfAll)
    }
}

/// What may wait for all together where an answer of so many bytes is made, itself included. One that is longer than that alone is made all the same.
fn most_beside(bytes: usize) -> usize {
    if bytes > SLICED_BYTES { LONG_ANSWERS_BYTES_MAX.max(bytes + ANSWERS_FREELY_BYTES / 2) } else { ANSWERS_BYTES_MAX }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.untaken.expected.fetch_sub(self.bytes, Ordering::Relaxed);
        if self.in_all {
            self.untaken.bytes.whole().give_back(self.bytes);
        }
        if self.untaken.has_room() {
            self.untaken.room.notify_one();
        }
    }
}

/// Bytes of one call, counted until this is dropped.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what it is of, each counted by itself")]
pub(super) struct Held {
    untaken: Arc<Untaken>,
    bytes: usize,
    is_half_sent: bool,
    is_answer: bool,
    /// Of an answer that goes in slices.
    is_long: bool,
    /// Of a call that waits for room, or is told that it waited in vain: that it is gone is nothing that its caller took, and keeps no other
    /// waiting for longer.
    only_waits: bool,
}

impl Held {
    pub(super) fn on(untaken: &Arc<Untaken>, bytes: usize) -> Self {
        untaken.bytes.add(bytes);
        let untaken = Arc::clone(untaken);
        Self { untaken, bytes, is_half_sent: false, is_answer: false, is_long: false, only_waits: false }
    }

    /// Of an answer.
    pub(super) fn answer(untaken: &Arc<Untaken>, bytes: usize) -> Self {
        let mut held = Self::on(untaken, bytes);
        (held.is_answer, held.is_long) = (true, bytes > ANSWER_BYTES + SLICED_BYTES);
        let is_first = untaken.answers.fetch_add(bytes, Ordering::Relaxed) + untaken.half_sent() == 0;
        let is_first_long = held.is_long && untaken.long.fetch_add(bytes, Ordering::Relaxed) == 0;
        if is_first || is_first_long {
            untaken.takes_now();
        }
        held
    }

    /// A part of what is held, by itself.
    pub(super) fn part(&mut self, bytes: usize) -> Self {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        Self { untaken: Arc::clone(&self.untaken), bytes, ..*self }
    }

    /// Whether there is room for it beside what waits for all and is being made, but for so much that is kept for itself.
    pub(super) fn fits(&self, kept: usize) -> bool {
        self.untaken.bytes.whole().with_kept() - kept <= most_beside(self.bytes)
    }

    /// It is not told: that it is gone is nothing that its caller took.
    pub(super) fn goes_untold(mut self) {
        self.only_waits = true;
    }

    /// Of a call that waits for room, or did in vain.
    pub(super) fn waiting(untaken: &Arc<Untaken>, bytes: usize) -> Self {
        let mut held = Self::on(untaken, bytes);
        held.only_waits = true;
        held
    }

    /// Of a message that has not come whole.
    pub(super) fn half_sent(untaken: &Arc<Untaken>, bytes: usize) -> Self {
        let is_first =
            untaken.half_sent.fetch_add(bytes, Ordering::Relaxed) + untaken.answers.load(Ordering::Relaxed) == 0;
        let mut held = Self::on(untaken, bytes);
        held.is_half_sent = true;
        if is_first {
            untaken.takes_now();
        }
        held
    }

    /// At least so many.
    pub(super) fn grow_to(&mut self, bytes: usize) {
        let more = bytes.saturating_sub(self.bytes);
        self.untaken.bytes.add(more);
        if self.is_half_sent {
            self.untaken.half_sent.fetch_add(more, Ordering::Relaxed);
            if more > 0 {
                // Its caller comes on.
                self.untaken.takes_now();
            }
        }
        self.bytes += more;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.is_half_sent {
            self.untaken.half_sent.fetch_sub(self.bytes, Ordering::Relaxed);
        }
        if self.is_answer {
            self.untaken.answers.fetch_sub(self.bytes, Ordering::Relaxed);
        }
        let long = if self.is_long { self.bytes } else { 0 };
        let long = self.untaken.long.fetch_sub(long, Ordering::Relaxed);
        // Where a long answer waits it is that which is to be taken.
        if self.is_answer && !self.only_waits && (self.is_long || long == 0) {
            self.untaken.takes_now();
        }
        self.untaken.bytes.remove(self.bytes);
        self.untaken.is_less(!self.only_waits);
    }
}

/// A piece of an answer, counted until nobody holds it.
pub(super) struct Counted {
    bytes: Bytes,
    _held: Held,
}

impl Counted {
    pub(super) fn as_held(held: Held, bytes: Bytes) -> Bytes {
        Bytes::from_owner(Self { bytes, _held: held })
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// No room for an answer.
#[derive(Debug)]
pub(super) enum TooMuch {
    /// More waits for the caller than may.
    OfHis,
    /// As much waits for all together as may.
    OfAll,
}

/// Counts an answer that is nothing but its header fields; `in_vain`: of a call that waited for room in vain.
pub(super) fn without_message(fields: &mut HeaderMap, own: &Arc<Untaken>, in_vain: bool) {
    let Some(kind) = fields.get_mut(CONTENT_TYPE) else { return };
    let (hold, bytes) = (if in_vain { Held::waiting } else { Held::answer }, Bytes::copy_from_slice(kind.as_bytes()));
    let counted = Counted::as_held(hold(own, ANSWER_BYTES + bytes.len()), bytes);
    if let Ok(mut value) = HeaderValue::from_maybe_shared(counted) {
        // One that is never indexed is not kept by the connection once it is written.
        value.set_sensitive(true);
        *kind = value;
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures_util::FutureExt;

    use super::super::ahead::{Ahead, First, first};
    use super::super::bounds::Bounds;
    use super::super::roster::{Entered, Roster};
    use super::*;
    use crate::peer::{Holder, Peer};

    const ANSWER_BYTES: usize = 1024 * 1024;

    /// What waits on the connection for who speaks for itself alone.
    fn own(entered: &Entered) -> Arc<Untaken> {
        entered.life.untaken_of(Holder::Connection(0))
    }

    /// Answers that wait on the connection until it has no more.
    fn filled(entered: &Entered) -> Vec<Ahead> {
        filled_of(&own(entered))
    }

    fn filled_of(untaken: &Arc<Untaken>) -> Vec<Ahead> {
        let mut waiting = Vec::new();
        while !untaken.is_much() {
            let mut body = Body::from(vec![7; ANSWER_BYTES]);
            match first(&mut body, untaken, true, 0) {
                First::Ahead(piece) => waiting.push(piece.expect("it is there")),
                First::TooMuch(_) => panic!("it is told"),
            }
        }
        waiting
    }

    #[test]
    fn answers_that_wait_are_bounded_on_a_connection_and_in_all() {
        let roster = Roster::new(Bounds::new(65_536));
        let enter = |last: u8| roster.enter(Peer::at(([192, 0, 2, last], 1).into())).expect("there is room");
        let one = enter(1);
        let waiting = filled(&one);
        assert_eq!(waiting.len() * ANSWER_BYTES, ANSWERS_A_CONNECTION_BYTES_MAX);
        assert!(own(&one).is_much());
        // An answer to a command is told all the same.
        let command = first(&mut Body::from(vec![7; ANSWER_BYTES]), &own(&one), true, 0);
        assert!(matches!(command, First::Ahead(_)) && one.life.untaken.now() > ANSWERS_A_CONNECTION_BYTES_MAX);
        drop((command, waiting));
        assert_eq!((one.life.untaken.now(), roster.untaken.now()), (0, 0));
        // Many connections of one address: some of them end, and nobody else's.
        let many: Vec<_> = (0..=ANSWERS_BYTES_MAX / ANSWERS_A_CONNECTION_BYTES_MAX).map(|_| enter(2)).collect();
        let of_one = filled(&one);
        let mut held: Vec<_> = many.iter().map(filled).collect();
        // So many that what waits on the others is no more than may, at once and not one after the other; and nobody else's.
        let (before, over) = (roster.len(), roster.untaken.now() - ANSWERS_BYTES_MAX);
        let ended = over.div_ceil(many[0].life.untaken.now());
        roster.bound_untaken();
        assert_eq!(roster.len(), before - ended);
        roster.bound_untaken();
        assert_eq!(roster.len(), before - ended, "what they held goes with their tasks");
        let gone = |entered: &Entered| entered.life.dropped.notified().now_or_never().is_some();
        assert!(!gone(&one) && many.iter().filter(|entered| gone(entered)).count() == ended);
        held.clear();
        roster.bound_untaken();
        assert_eq!(roster.len(), before - ended, "there is room again");
        drop(of_one);
    }

    /// Of one address some read and others take nothing: where all have too much those end that took nothing for longest, however much more waits for
    /// who reads; and from the half on each has one answer at a time.
    #[test]
    fn who_takes_nothing_ends_before_who_reads() {
        let roster = Roster::new(Bounds::new(65_536));
        let enter = || roster.enter(Peer::at(([192, 0, 2, 1], 1).into())).expect("there is room");
        let made =
            |entered: &Entered, bytes: usize| match first(&mut Body::from(vec![7; bytes]), &own(entered), true, 0) {
                First::Ahead(Some(piece)) => piece,
                First::Ahead(None) | First::TooMuch(_) => panic!("it is told"),
            };
        let idle: Vec<_> = (0..ANSWERS_BYTES_MAX / ANSWER_BYTES / 2).map(|_| enter()).collect();
        let held: Vec<_> = idle.iter().map(|idle| made(idle, ANSWER_BYTES)).collect();
        let reads = enter();
        assert!(own(&reads).keep(1).is_some());
        assert!(own(&idle[0]).keep(1).is_none(), "it has one");
        let mut long = made(&reads, ANSWERS_BYTES_MAX / 2);
        assert!(own(&reads).keep(1).is_none(), "and so has he by now");
        // A millisecond, by which they differ.
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(2) {
            std::hint::spin_loop();
        }
        drop(long.next());
        roster.bound_untaken();
        let gone = |entered: &Entered| entered.life.dropped.notified().now_or_never().is_some();
        assert!(!gone(&reads) && idle.iter().any(gone));
        drop((held, long));
        assert_eq!(roster.untaken.now(), 0);
    }

    /// Behind a proxy that names its callers each has a bound of its own, and what ends where all together have too much is one caller's calls.
    #[tokio::test]
    async fn of_a_proxys_connection_one_callers_calls_end_and_no_others() {
        let proxies = crate::Proxies::new(&["192.0.2.1".parse().unwrap()], crate::ProxyHeader::default());
        let roster = Roster::new(Bounds { proxies, ..Bounds::new(65_536) });
        let proxy = roster.enter(Peer::at(([192, 0, 2, 1], 1).into())).expect("there is room");
        let known = |last: u8| Holder::of(Peer::at(([198, 51, 100, last], 1).into()));
        let number = u8::try_from(ANSWERS_BYTES_MAX / ANSWERS_A_CONNECTION_BYTES_MAX).unwrap();
        let callers: Vec<_> = (0..=number).map(|last| proxy.life.untaken_of(known(last))).collect();
        let mut waiting: Vec<_> = callers[..usize::from(number)].iter().map(filled_of).collect();
        let last = callers.last().unwrap();
        assert!(callers[0].is_much() && !last.is_much());
        assert!(matches!(last.room(None, drop).await, Ok(None)), "another on that connection is answered");
        let most = first(&mut Body::from(vec![7; ANSWER_BYTES]), &callers[3], true, 0);
        // Of each the calls that listen already, until they have ended.
        let mut listen: Vec<_> = callers.iter().map(|caller| Box::pin(caller.until_ended())).enumerate().collect();
        let mut gone = || -> Vec<usize> {
            let gone = listen.extract_if(.., |(_, ended)| ended.as_mut().now_or_never().is_some());
            gone.map(|(number, _)| number).collect()
        };
        assert!(gone().is_empty());
        roster.bound_untaken();
        assert_eq!(gone(), [3]);
        assert_eq!(roster.len(), 1);
        // Whoever listens only now hears it as well: the call that was too much is begun while its caller's end.
        assert!(callers[3].until_ended().now_or_never().is_some());
        // Nobody else goes while it is going.
        roster.bound_untaken();
        assert!(gone().is_empty());
        drop((waiting.remove(3), most));
        roster.bound_untaken();
        assert_eq!((gone(), roster.len()), (vec![], 1));
        // What comes later of that caller is counted anew, and goes on.
        assert!(proxy.life.untaken_of(known(3)).until_ended().now_or_never().is_none());
    }

    /// Who takes what it is sent, one answer now and then, gets room in the end, whoever came first before the others; who takes nothing does not.
    #[tokio::test(start_paused = true)]
    async fn a_call_waits_for_room_while_its_caller_takes_something() {
        let roster = Roster::new(Bounds::new(65_536));
        let one = roster.enter(Peer::at(([192, 0, 2, 1], 1).into())).expect("there is room");
        let (untaken, mut waiting) = (own(&one), filled(&one));
        let bytes = untaken.bytes();
        assert!(untaken.room(None, drop).await.is_err());
        let waits: Vec<_> = (0..4).map(|_| Arc::clone(&untaken)).collect();
        let waits = waits.into_iter().map(|own| tokio::spawn(async move { own.room(Some(ANSWER_BYTES), drop).await }));
        let waits: Vec<_> = waits.collect();
        let mut got = Vec::new();
        for wait in waits {
            // Later than the first would have given up, had nothing been taken.
            for _ in 0..UNTAKEN_LOOKS * 3 / 4 {
                tokio::time::advance(UNTAKEN_WAIT_MAX / UNTAKEN_LOOKS).await;
                tokio::task::yield_now().await;
            }
            assert!(!wait.is_finished());
            waiting.pop();
            got.push(wait.await.unwrap().expect("room"));
            tokio::task::yield_now().await;
        }
        assert_eq!(untaken.bytes(), bytes - 4 * (ANSWER_BYTES + super::ANSWER_BYTES));
        assert!(untaken.room(Some(ANSWER_BYTES), drop).await.is_err(), "room is kept for those");
        drop(got);
        assert!(matches!(untaken.room(None, drop).await, Ok(None)));
        drop(waiting);
        assert_eq!(untaken.bytes(), 0);
    }

    /// One answer is more than there is room for, and its caller takes longer to read it than one may take nothing: the next waits for him, until
    /// enough of it is taken and not until all is.
    #[tokio::test(start_paused = true)]
    async fn who_takes_a_long_answer_slowly_takes_something() {
        const SLICES: usize = ANSWERS_A_CONNECTION_BYTES_MAX / super::super::bounds::SLICE_BYTES;
        let roster = Roster::new(Bounds::new(65_536));
        let one = roster.enter(Peer::at(([192, 0, 2, 1], 1).into())).expect("there is room");
        let untaken = own(&one);
        let First::Ahead(Some(mut ahead)) =
            first(&mut Body::from(vec![7; 2 * ANSWERS_A_CONNECTION_BYTES_MAX]), &untaken, false, 0)
        else {
            panic!("it was made");
        };
        let waits = tokio::spawn({
            let own = Arc::clone(&untaken);
            async move { own.room(Some(ANSWER_BYTES), drop).await }
        });
        tokio::task::yield_now().await;
        let (mut bytes, mut slices) = (0, 0);
        while let Some(slice) = ahead.next() {
            let slice = slice.unwrap().unwrap().into_data().unwrap();
            (bytes, slices) = (bytes + slice.len(), slices + 1);
            drop(slice);
            for _ in 0..UNTAKEN_LOOKS - 1 {
                tokio::time::advance(UNTAKEN_WAIT_MAX / UNTAKEN_LOOKS).await;
                tokio::task::yield_now().await;
            }
            if slices < SLICES {
                assert!(!waits.is_finished(), "after {slices} slices");
            } else if slices > SLICES + 1 {
                assert!(waits.is_finished(), "after {slices} slices, with {} bytes waiting", untaken.bytes());
            }
        }
        assert_eq!((bytes, slices), (2 * ANSWERS_A_CONNECTION_BYTES_MAX, 2 * SLICES));
        waits.await.unwrap().expect("room");
        assert!(ahead.is_told() && untaken.bytes() == 0);
    }

    /// Long answers of many callers are made while there is room for them in all; whoever comes then waits until some of them is taken, and what is
    /// short waits for none of them. Who takes what he is sent is not ended for it; of those who take nothing one is for each who waits.
    #[tokio::test(start_paused = true)]
    async fn long_answers_wait_for_room_in_all_and_end_nobody_who_reads() {
        const LONG_BYTES: usize = 12 * ANSWER_BYTES;
        const SECOND: Duration = Duration::from_secs(1);
        let roster = Roster::new(Bounds::new(65_536));
        let callers = LONG_ANSWERS_BYTES_MAX / (LONG_BYTES + super::ANSWER_BYTES);
        let enter = |last: usize| {
            roster.enter(Peer::at(([192, 0, 2, u8::try_from(last).unwrap()], 1).into())).expect("there is room")
        };
        let made = |entered: &Entered| match first(&mut Body::from(vec![7; LONG_BYTES]), &own(entered), true, 0) {
            First::Ahead(Some(ahead)) => ahead,
            First::Ahead(None) | First::TooMuch(_) => panic!("it is told"),
        };
        let in_it: Vec<_> = (0..callers).map(enter).collect();
        let mut held: Vec<_> = in_it.iter().map(made).collect();
        let (other, third, short) = (enter(callers), enter(callers + 1), enter(callers + 2));
        assert!(own(&other).keep(LONG_BYTES).is_none(), "there is no room for it");
        let one = first(&mut Body::from(vec![7; SLICED_BYTES]), &own(&short), false, 0);
        assert!(matches!(one, First::Ahead(Some(_))), "what is short is told");
        assert!(matches!(first(&mut Body::from(vec![7; LONG_BYTES]), &own(&short), false, 0), First::TooMuch(_)));
        let waits = |entered: &Entered| {
            let (own, roster) = (own(entered), Arc::clone(&roster));
            tokio::spawn(async move { own.room(Some(LONG_BYTES), |most| roster.make_room(most)).await })
        };
        let first_comes = waits(&other);
        tokio::task::yield_now().await;
        let second_comes = waits(&third);
        let all = in_it.len() + 3;
        // They are taken by turns, a slice at a time.
        while !first_comes.is_finished() {
            for ahead in &mut held {
                drop(ahead.next().expect("it is not taken yet"));
            }
            tokio::task::yield_now().await;
            assert!(roster.untaken.with_kept() <= ANSWERS_BYTES_MAX);
        }
        let room = first_comes.await.unwrap().expect("room").expect("kept");
        assert_eq!((room.bytes(), roster.len()), (LONG_BYTES, all));
        assert!(!second_comes.is_finished(), "the first that came is the first");
        // From now on nobody takes anything but the first of them.
        for at in &in_it[1..] {
            own(at).took_ms.store(0, Ordering::Relaxed);
        }
        let later = Instant::now() + STALLED_AFTER + SECOND;
        own(&in_it[0]).took_ms.store(3 * 60_000, Ordering::Relaxed);
        roster.end_untaken_at(later, true, || roster.untaken.with_kept(), LONG_ANSWERS_BYTES_MAX);
        let gone = |entered: &Entered| entered.life.dropped.notified().now_or_never().is_some();
        let ended: Vec<_> = in_it.iter().map(gone).collect();
        assert!(!ended[0] && ended.iter().filter(|gone| **gone).count() == 1, "{ended:?}");
        assert!(
            !gone(&other) && !gone(&third) && !gone(&short),
            "who waits for room takes nothing because there is nothing"
        );
        drop((room, one, held));
        second_comes.await.unwrap().expect("room");
        assert_eq!(roster.untaken.with_kept(), 0);
    }

    /// Whoever takes nothing ends before whoever takes what he is sent, however many addresses he has and however little waits on each.
    #[test]
    fn who_takes_nothing_ends_first_whatever_his_address() {
        let roster = Roster::new(Bounds::new(65_536));
        let enter = |last: u8| roster.enter(Peer::at(([192, 0, 2, last], 1).into())).expect("there is room");
        let reads = enter(0);
        let long = Held::answer(&own(&reads), 12 * ANSWER_BYTES);
        let many: Vec<_> = (1..=40).map(enter).collect();
        let held: Vec<_> = many.iter().map(|entered| Held::answer(&own(entered), 3 * ANSWER_BYTES)).collect();
        own(&reads).took_ms.store(60_000, Ordering::Relaxed);
        let later = Instant::now() + Duration::from_mins(1);
        let over = roster.untaken.now() - ANSWERS_BYTES_MAX;
        roster.end_untaken_at(later, false, || roster.untaken.now(), ANSWERS_BYTES_MAX);
        let gone = |entered: &Entered| entered.life.dropped.notified().now_or_never().is_some();
        let ended = many.iter().filter(|entered| gone(entered)).count();
        println!("{ended} of who takes nothing ended, and who reads: {}", gone(&reads));
        assert!(roster.len() == 41 - ended && ended == over.div_ceil(3 * ANSWER_BYTES));
        drop((long, held));
    }

    /// A process that is stopped, or on a machine that is, finds all its times passed at once when it goes on.
    #[tokio::test(start_paused = true)]
    async fn that_the_process_stood_still_goes_untold_as_a_caller_that_takes_nothing() {
        let roster = Roster::new(Bounds::new(65_536));
        let one = roster.enter(Peer::at(([192, 0, 2, 1], 1).into())).expect("there is room");
        let (untaken, mut waiting) = (own(&one), filled(&one));
        let own = Arc::clone(&untaken);
        let wait = tokio::spawn(async move { own.room(Some(ANSWER_BYTES), drop).await });
        tokio::task::yield_now().await;
        tokio::time::advance(3 * UNTAKEN_WAIT_MAX).await;
        tokio::task::yield_now().await;
        assert!(!wait.is_finished());
        waiting.pop();
        wait.await.unwrap().expect("room");
        // Where it goes on and nothing is taken, the caller is told in time.
        waiting.extend(filled(&one));
        let begun = tokio::time::Instant::now();
        assert!(untaken.room(Some(ANSWER_BYTES), drop).await.is_err());
        assert_eq!(begun.elapsed(), UNTAKEN_WAIT_MAX);
    }

    #[test]
    fn messages_end_of_who_holds_many_and_of_who_holds_more_than_one_where_all_do() {
        let roster = Roster::new(Bounds::new(65_536));
        let enter = |last: u8| roster.enter(Peer::at(([192, 0, 2, last], 1).into())).expect("there is room");
        let (one, two) = (own(&enter(1)), own(&enter(2)));
        let largest = Held::half_sent(&one, AWAITED_BYTES + crate::REQUEST_BYTES_MAX);
        let much = Held::half_sent(&two, ANSWERS_A_CONNECTION_BYTES_MAX);
        assert!(two.ends_messages() && !one.ends_messages());
        let answers = Held::on(&one, 2 * ANSWERS_A_CONNECTION_BYTES_MAX);
        assert!(one.is_much() && !one.ends_messages(), "answers that wait end no message");
        let others = own(&enter(3));
        let all = Held::on(&others, ANSWERS_BYTES_MAX);
        assert!(!one.ends_messages(), "one message is taken all the same");
        let second = Held::half_sent(&one, AWAITED_BYTES + 16 * 1024);
        assert!(one.ends_messages());
        drop((largest, much, all, second, answers));
        assert!(!one.ends_messages() && !two.ends_messages());
        assert_eq!(roster.untaken.now(), 0);
    }
}
