//! What is held for callers that do not come on, in three rooms, each with bytes of its own, so that none takes another's: answers that are
//! **long**, answers that are **short**, and calls that are **not begun**, with what has come of their messages.
//!
//! Who holds room of answers takes what waits for him at a least rate ([`LEAST_RATE`]), or ends for who waits for it: that is the one rule by which
//! anybody ends whose answers fit. What he takes, or sends, elsewhere says nothing of it. Of calls that are not begun those of the caller who
//! holds most end, and nobody who reads answers.
//!
//! A call that finds so much waiting for its caller waits until some of it is taken (`Room`): whoever reads what it is sent gets all that it asks
//! for. Time counts against him only while something waits for him that he could take.
//!
//! A caller that lets nothing come (a window of HTTP/2 of no bytes, or a connection it does not read) may have many calls answered, each with
//! a page. The first piece of an answer is made at once, so that it is known how many bytes wait, and is counted until the last of them
//! is gone to the system; an answer of no message is counted until its header fields are written.

use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::body::Frame;
use tokio::sync::Notify;

use super::bounds::{
    AHEAD_MAX, ANSWER_BYTES, ANSWERS_A_CONNECTION_BYTES_MAX, AWAITED_BYTES, LEAST_RATE, LONG_ANSWERS_BYTES_MAX,
    LOOK_EVERY, PATIENCE_LONG, PATIENCE_SHORT, ROOM_WAIT_MAX, SHORT_ANSWERS_BYTES_MAX, SHORT_ANSWERS_FREELY_BYTES,
    SHORT_ANSWERS_THAT_WAIT_BYTES, SLICED_BYTES, UNBEGUN_A_CONNECTION_BYTES_MAX, UNBEGUN_BYTES_MAX, UNTAKEN_LOOKS,
};
use super::line::{Space, now};
use super::tally::Tally;
use crate::peer::Holder;

/// What a body says when it is asked for its next piece.
pub(super) type Piece = Option<Result<Frame<Bytes>, axum::Error>>;

/// What is held for a caller, each in a room of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// An answer that goes at once.
    Short,
    /// One that goes in slices.
    Long,
    /// A call that is not begun: what has come of its message, or that it waits.
    Unbegun,
}

impl Of {
    const ALL: [Self; 3] = [Self::Short, Self::Long, Self::Unbegun];

    /// What an answer of so many bytes is, with what it takes beside its message.
    pub(super) fn answer(bytes: usize) -> Self {
        if bytes > ANSWER_BYTES + SLICED_BYTES { Self::Long } else { Self::Short }
    }

    fn is_answer(self) -> bool {
        self != Self::Unbegun
    }

    /// Bytes beside which no more is let in that can wait.
    fn most(self) -> usize {
        match self {
            Self::Short => SHORT_ANSWERS_THAT_WAIT_BYTES,
            Self::Long => LONG_ANSWERS_BYTES_MAX,
            Self::Unbegun => UNBEGUN_BYTES_MAX,
        }
    }

    /// Bytes above which somebody ends.
    fn bound(self) -> usize {
        match self {
            Self::Short => SHORT_ANSWERS_BYTES_MAX,
            Self::Long | Self::Unbegun => self.most(),
        }
    }

    /// Time in which the least is to be taken.
    fn patience(self) -> Duration {
        if self == Self::Short { PATIENCE_SHORT } else { PATIENCE_LONG }
    }
}

/// What is held for all callers together.
#[derive(Debug)]
pub(super) struct Rooms {
    spaces: [Space; 3],
    long: Mutex<LongAnswers>,
}

/// Long answers under way, in the order in which they were made.
#[derive(Debug, Default)]
struct LongAnswers {
    last: u64,
    answers: BTreeMap<u64, Arc<Long>>,
}

/// A long answer under way.
#[derive(Debug)]
struct Long {
    holder: Holder,
    /// Its room is another's.
    ends: AtomicBool,
}

impl Rooms {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { spaces: Of::ALL.map(|of| Space::of(of.most())), long: Mutex::default() })
    }

    pub(super) fn space(&self, of: Of) -> &Space {
        &self.spaces[of as usize]
    }

    /// How much more is held than may.
    pub(super) fn over(&self, of: Of) -> usize {
        self.space(of).used().saturating_sub(of.bound())
    }

    fn long(&self) -> MutexGuard<'_, LongAnswers> {
        // Nothing in here panics between two changes that belong together.
        self.long.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where this holder has none, ends the youngest long answer of the one who has most and more than one, if it has not done so already.
    pub(super) fn share_long(&self, new: Holder) {
        let long = self.long();
        let mut of: HashMap<Holder, usize> = HashMap::new();
        for answer in long.answers.values() {
            *of.entry(answer.holder).or_default() += 1;
        }
        let is_ending = long.answers.values().any(|answer| answer.ends.load(Ordering::Relaxed));
        let most = of.iter().filter(|(_, count)| **count > 1).max_by_key(|(holder, count)| (**count, **holder));
        let Some((most, _)) = most.filter(|_| !is_ending && !of.contains_key(&new)) else { return };
        if let Some(answer) = long.answers.values().rev().find(|answer| answer.holder == *most) {
            answer.ends.store(true, Ordering::Relaxed);
        }
    }
}

/// A long answer, until it is told or let go of.
#[derive(Debug)]
pub(super) struct UnderWay {
    rooms: Arc<Rooms>,
    number: u64,
    long: Arc<Long>,
}

impl UnderWay {
    pub(super) fn of(untaken: &Untaken) -> Self {
        let long = Arc::new(Long { holder: untaken.holder, ends: AtomicBool::new(false) });
        let mut all = untaken.rooms.long();
        all.last += 1;
        let number = all.last;
        all.answers.insert(number, Arc::clone(&long));
        drop(all);
        Self { rooms: Arc::clone(&untaken.rooms), number, long }
    }

    /// Whether its room is another's.
    pub(super) fn has_to_end(&self) -> bool {
        self.long.ends.load(Ordering::Relaxed)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.rooms.long().answers.remove(&self.number);
    }
}

/// What waits for one caller on one connection.
#[derive(Debug)]
pub(super) struct Untaken {
    rooms: Arc<Rooms>,
    holder: Holder,
    /// Bytes that are held for its connection.
    connection: Arc<Tally>,
    /// Bytes of each kind.
    held: [AtomicUsize; 3],
    /// Bytes of answers that are being made, of those that waited for room.
    expected: [AtomicUsize; 3],
    /// Until when he has taken enough, in milliseconds since `began`; of what is not begun, since when some is.
    until_ms: [AtomicU64; 3],
    /// Bytes of the last answer.
    usual: AtomicUsize,
    /// How often something was taken.
    taken: AtomicU64,
    began: Instant,
    /// Something was, and there is room of his own.
    room: [Notify; 3],
    /// What is under way for it is to end at once, and for good: a call that comes later is counted elsewhere.
    has_ended: AtomicBool,
    /// What is not begun for it is.
    ends_unbegun: AtomicBool,
    ended: Notify,
}

impl Untaken {
    /// Of this holder, counted among what waits on its connection.
    pub(super) fn among(connection: &Arc<Tally>, rooms: &Arc<Rooms>, holder: Holder) -> Arc<Self> {
        Arc::new(Self {
            rooms: Arc::clone(rooms),
            holder,
            connection: Arc::clone(connection),
            held: Default::default(),
            expected: Default::default(),
            until_ms: Default::default(),
            usual: AtomicUsize::new(0),
            taken: AtomicU64::new(0),
            began: now(),
            room: Default::default(),
            has_ended: AtomicBool::new(false),
            ends_unbegun: AtomicBool::new(false),
            ended: Notify::new(),
        })
    }

    pub(super) fn holder(&self) -> Holder {
        self.holder
    }

    pub(super) fn held(&self, of: Of) -> usize {
        self.held[of as usize].load(Ordering::Relaxed)
    }

    fn expected(&self, of: Of) -> &AtomicUsize {
        &self.expected[of as usize]
    }

    fn space(&self, of: Of) -> &Space {
        self.rooms.space(of)
    }

    /// Answers take so much there, as far as is known.
    pub(super) fn answers_as_a_rule(&self, bytes: usize) {
        self.usual.store(bytes, Ordering::Relaxed);
    }

    /// Whether so much waits that no other call is begun.
    pub(super) fn is_much(&self, of: Of) -> bool {
        self.held(of) >= ANSWERS_A_CONNECTION_BYTES_MAX
    }

    fn has_room(&self, of: Of) -> bool {
        self.has_room_beside(of, self.expected(of).load(Ordering::Relaxed))
    }

    /// Whether there is room beside answers of so many bytes that are being made. Where many short ones wait for all together, each caller has
    /// one at a time: he takes it before the next is made.
    fn has_room_beside(&self, of: Of, expected: usize) -> bool {
        let bytes = self.held(of) + expected;
        let is_free = of == Of::Long || bytes == 0 || self.space(of).used() < SHORT_ANSWERS_FREELY_BYTES;
        is_free && bytes < ANSWERS_A_CONNECTION_BYTES_MAX
    }

    fn ms_at(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    /// In what order those end who take too little, or hold as much: until when he took enough, or since when he holds it.
    pub(super) fn until(&self, of: Of) -> Instant {
        self.began + Duration::from_millis(self.until_ms[of as usize].load(Ordering::Relaxed))
    }

    /// Whether answers wait for him of which he takes less than the least.
    pub(super) fn is_stalled(&self, of: Of, now: Instant) -> bool {
        of.is_answer() && self.held(of) > 0 && now > self.until(of)
    }

    /// Some more is held for him.
    fn holds(&self, of: Of, bytes: usize) {
        self.connection.add(bytes);
        // Before it is seen that something is.
        if self.held(of) == 0 {
            let from = now();
            let until = if of.is_answer() { from + of.patience() } else { from };
            self.until_ms[of as usize].store(self.ms_at(until), Ordering::Relaxed);
        }
        self.held[of as usize].fetch_add(bytes, Ordering::Relaxed);
    }

    /// Of `held` bytes that waited he has taken so many. With all of them, or as many as at the least rate, he has the whole time once more, and with
    /// more is ahead of it for a while: the system takes some at once, and then none for as long as that is read.
    fn takes(&self, of: Of, bytes: usize, held: usize) {
        let patience_ms = u64::try_from(of.patience().as_millis()).unwrap_or(u64::MAX);
        let least = LEAST_RATE * patience_ms / 1000;
        let whole = u64::try_from(held).unwrap_or(u64::MAX).clamp(1, least);
        let more = patience_ms.saturating_mul(u64::try_from(bytes).unwrap_or(u64::MAX)) / whole;
        let (now, until) = (now(), &self.until_ms[of as usize]);
        let (from, most) = (self.ms_at(now), self.ms_at(now + of.patience() + AHEAD_MAX));
        let later = until.load(Ordering::Relaxed).max(from).saturating_add(more).min(most);
        until.store(later, Ordering::Relaxed);
        self.taken.fetch_add(1, Ordering::Relaxed);
    }

    fn tell_of_room(&self, of: Of) {
        if of.is_answer() && self.has_room(of) {
            self.room[of as usize].notify_one();
        }
    }

    /// Room for one more answer: now, or once others have been taken. An error where for so long he took none, or it took too long all in all.
    /// `bytes`: how many it has, where that is known. `look`: told beside of what one waits for room while who holds it may take nothing.
    pub(super) async fn room(
        self: &Arc<Self>,
        bytes: Option<usize>,
        look: impl Fn(Of),
    ) -> Result<Option<Expected>, TooMuch> {
        if bytes.is_none() && self.has_room(Of::Short) {
            return Ok(None);
        }
        let _held = Held::all_the_same(self, Of::Unbegun, AWAITED_BYTES);
        // Nobody waits for a long one before it is known that his is.
        let bytes = bytes.unwrap_or_else(|| self.usual.load(Ordering::Relaxed).min(SLICED_BYTES));
        let (of, last) = (Of::answer(bytes), now() + ROOM_WAIT_MAX);
        let mut expected = self.own_room(of, bytes, last).await?;
        // Of those who wait there the next, if there is room for both.
        self.tell_of_room(of);
        if !expected.is_in_all() {
            expected.comes_to_be_in_all(last, look).await?;
        }
        Ok(Some(expected))
    }

    /// Room of what he may have himself. Of those who wait, the first that came goes first.
    async fn own_room(self: &Arc<Self>, of: Of, bytes: usize, last: Instant) -> Result<Expected, TooMuch> {
        loop {
            if let Some(expected) = self.keep_own(of, bytes) {
                return Ok(expected);
            }
            let mut woken = pin!(self.room[of as usize].notified());
            let (mut taken, mut in_vain) = (self.taken.load(Ordering::Relaxed), 0);
            while tokio::time::timeout(LOOK_EVERY, woken.as_mut()).await.is_err() {
                let before = std::mem::replace(&mut taken, self.taken.load(Ordering::Relaxed));
                // While his own first answer waits for room itself there is nothing that he could take.
                in_vain = if before == taken && self.held(of) > 0 { in_vain + 1 } else { 0 };
                match () {
                    () if in_vain == UNTAKEN_LOOKS => return Err(TooMuch::OfHis),
                    () if now() >= last => return Err(TooMuch::OfAll),
                    () => {}
                }
            }
        }
    }

    /// Room for one more answer, of so many bytes, if there is any now. Of two that ask at once for what is left, one has it.
    pub(super) fn keep(self: &Arc<Self>, bytes: usize) -> Option<Expected> {
        let mut expected = self.keep_own(Of::answer(bytes), bytes)?;
        expected.is_in_all().then_some(expected)
    }

    /// The same of what he may have himself.
    fn keep_own(self: &Arc<Self>, of: Of, bytes: usize) -> Option<Expected> {
        let expected = self.expected(of).fetch_add(bytes, Ordering::Relaxed);
        // Given back where there is none.
        let kept = Expected { untaken: Arc::clone(self), of, bytes, in_all: false };
        self.has_room_beside(of, expected).then_some(kept)
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
        self.until_it(Self::has_ended).await;
    }

    /// Ends what is not begun.
    pub(super) fn end_unbegun(&self) {
        self.ends_unbegun.store(true, Ordering::Release);
        self.ended.notify_waiters();
    }

    pub(super) fn ends_unbegun(&self) -> bool {
        self.ends_unbegun.load(Ordering::Acquire)
    }

    pub(super) async fn until_unbegun_ends(&self) {
        self.until_it(Self::ends_unbegun).await;
    }

    async fn until_it(&self, has_come: impl Fn(&Self) -> bool) {
        loop {
            let ended = self.ended.notified();
            // Looked at once it would be heard: what came before was told to nobody.
            if has_come(self) {
                return;
            }
            ended.await;
        }
    }

    /// Whether a message that has not come whole is ended rather than that more of it is taken: one of so many, whatever waits beside them.
    pub(super) fn ends_messages(&self) -> bool {
        self.held(Of::Unbegun) >= UNBEGUN_A_CONNECTION_BYTES_MAX || self.ends_unbegun()
    }

    /// Whether there is room for so much more that is not begun.
    pub(super) fn has_unbegun_room(&self, bytes: usize) -> bool {
        !self.ends_messages() && self.space(Of::Unbegun).used() + bytes <= UNBEGUN_BYTES_MAX
    }
}

/// Room that is kept for an answer until it is made and counted.
#[derive(Debug)]
pub(super) struct Expected {
    untaken: Arc<Untaken>,
    of: Of,
    bytes: usize,
    /// Also beside what waits for all.
    in_all: bool,
}

impl Expected {
    /// Whether it is room for an answer of so many bytes.
    pub(super) fn suffices(&self, bytes: usize) -> bool {
        self.of == Of::answer(bytes) && self.bytes >= bytes
    }

    pub(super) fn is_of(&self, of: Of) -> bool {
        self.of == of
    }

    /// Of it so much, where it is more.
    pub(super) fn no_more_than(mut self, bytes: usize) -> Self {
        let less = self.bytes.saturating_sub(bytes);
        self.bytes -= less;
        self.untaken.expected(self.of).fetch_sub(less, Ordering::Relaxed);
        if self.in_all {
            self.untaken.space(self.of).give_back(less);
        }
        self.untaken.tell_of_room(self.of);
        self
    }

    /// The answer is made, and has so many bytes.
    pub(super) fn made(mut self, bytes: usize) -> Held {
        self = self.no_more_than(bytes);
        let more = bytes - if self.in_all { self.bytes } else { 0 };
        self.untaken.space(self.of).take_all_the_same(more);
        self.in_all = false;
        Held::counted(&self.untaken, self.of, bytes)
    }

    /// Keeps it beside what waits for all as well, where there is room.
    fn is_in_all(&mut self) -> bool {
        self.in_all = self.untaken.space(self.of).take(self.bytes);
        self.in_all
    }

    /// The same, once there is room.
    async fn comes_to_be_in_all(&mut self, last: Instant, look: impl Fn(Of)) -> Result<(), TooMuch> {
        let (untaken, of) = (Arc::clone(&self.untaken), self.of);
        let wait = untaken.space(of).wait(untaken.holder, self.bytes, || look(of));
        tokio::time::timeout_at(last.into(), wait).await.map_err(|_| TooMuch::OfAll)?;
        self.in_all = true;
        Ok(())
    }
}

impl Drop for Expected {
    fn drop(&mut self) {
        self.untaken.expected(self.of).fetch_sub(self.bytes, Ordering::Relaxed);
        if self.in_all {
            self.untaken.space(self.of).give_back(self.bytes);
        }
        self.untaken.tell_of_room(self.of);
    }
}

/// Bytes of one call, counted until this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    untaken: Arc<Untaken>,
    of: Of,
    bytes: usize,
    /// That it is gone is nothing that its caller took, and keeps no other waiting for longer: it told him that he waited in vain.
    is_in_vain: bool,
}

impl Held {
    /// What is counted in its room already.
    fn counted(untaken: &Arc<Untaken>, of: Of, bytes: usize) -> Self {
        untaken.holds(of, bytes);
        Self { untaken: Arc::clone(untaken), of, bytes, is_in_vain: false }
    }

    /// Of something that does not wait for room.
    pub(super) fn all_the_same(untaken: &Arc<Untaken>, of: Of, bytes: usize) -> Self {
        untaken.space(of).take_all_the_same(bytes);
        Self::counted(untaken, of, bytes)
    }

    /// Where there is room.
    pub(super) fn now(untaken: &Arc<Untaken>, of: Of, bytes: usize) -> Option<Self> {
        untaken.space(of).take(bytes).then(|| Self::counted(untaken, of, bytes))
    }

    /// A part of what is held, by itself.
    pub(super) fn part(&mut self, bytes: usize) -> Self {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        Self { untaken: Arc::clone(&self.untaken), bytes, ..*self }
    }

    /// At least so many.
    pub(super) fn grow_to(&mut self, bytes: usize) {
        let more = bytes.saturating_sub(self.bytes);
        if more > 0 {
            self.untaken.space(self.of).take_all_the_same(more);
            self.untaken.holds(self.of, more);
            self.bytes += more;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (untaken, of) = (&self.untaken, self.of);
        let held = untaken.held[of as usize].fetch_sub(self.bytes, Ordering::Relaxed);
        untaken.connection.remove(self.bytes);
        untaken.space(of).give_back(self.bytes);
        if of.is_answer() {
            if !self.is_in_vain {
                untaken.takes(of, self.bytes, held);
            }
            untaken.tell_of_room(of);
        } else if held == self.bytes {
            // All of it has ended: what comes from now on is looked at anew.
            untaken.ends_unbegun.store(false, Ordering::Release);
        }
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
    let bytes = Bytes::copy_from_slice(kind.as_bytes());
    let mut held = Held::all_the_same(own, Of::Short, ANSWER_BYTES + bytes.len());
    held.is_in_vain = in_vain;
    if let Ok(mut value) = HeaderValue::from_maybe_shared(Counted::as_held(held, bytes)) {
        // One that is never indexed is not kept by the connection once it is written.
        value.set_sensitive(true);
        *kind = value;
    }
}

#[cfg(test)]
mod tests;
