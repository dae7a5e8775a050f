//! Every bound of the door, each with its unit and its reason.

use std::num::NonZeroUsize;
use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::places::Shares;
use crate::proxies::Proxies;

/// Connections at one time. A connection that does nothing takes some 20 KiB, so these take 80 MiB; the bureaus of a
/// province hold a few hundred, and the public comes through proxies that share theirs.
pub const CONNECTIONS_MAX: usize = 4096;
/// Connections from one address at one time: a bureau's office behind one router, with room. Callers of this machine are
/// bounded by the whole alone, because a proxy on it makes all of the public one address.
pub const CONNECTIONS_AN_ADDRESS_MAX: usize = 128;
/// Connections of the listener for metrics and health at one time: a few scrapers and probes.
pub const METRICS_CONNECTIONS_MAX: usize = 16;
/// Connections that the system has taken and that wait to be let in: as many as there may be, because all of them may come at one time, after a
/// restart. With fewer the others are heard only when they say so again, after a second or three. The system may allow fewer
/// (`net.core.somaxconn`).
pub const COMING_MAX: u32 = 4096;
/// File descriptors that are no connection's: the log's files (its store keeps up to 900 open, of few a quarter), those of the rows,
/// connections to NATS, and what the process itself holds.
pub const DESCRIPTORS_RESERVED: u64 = 1200;
/// Where there are fewer descriptors, the part of them that is no connection's all the same, in quarters.
const RESERVED_QUARTERS: u64 = 3;
/// Connections that were told to go and are not closed yet. They come on top of the connections let in. Where there are few descriptors,
/// an eighth of what is left for connections, and at least [`GOING_MIN`].
pub const GOING_MAX: usize = 64;
/// The fewest of those.
pub const GOING_MIN: usize = 8;
/// How long somebody new waits for one of those to be gone before all of them with nothing under way are closed.
pub const HURRY_AFTER: Duration = Duration::from_millis(20);
/// And before those are that take what is left of their answers.
pub const HURRY_ALL_AFTER: Duration = Duration::from_millis(500);

/// Since its last answer so long, a connection is at work between two calls: longer than a clerk or a program that asks steadily pauses.
pub const AT_WORK_MAX: Duration = Duration::from_secs(10);
/// So long a connection has just come, and is to be waited for: its preface and first call come after one or two times there and back.
pub const FIRST_CALL_MAX: Duration = Duration::from_secs(1);

/// Time to the connection preface of HTTP/2, or to the first byte of HTTP/1. Who connects means to ask: it follows at once,
/// and a lost packet takes a second or three.
pub const PREFACE_MAX: Duration = Duration::from_secs(5);
/// Time in which nothing waits for the server: no call is under way, or its caller does not take the answer. Channels of
/// gRPC connect again by themselves when they are next used.
pub const QUIET_MAX: Duration = Duration::from_mins(5);
/// Age at which a connection is asked to go elsewhere (GOAWAY), a tenth more or less, so that callers find a new address or
/// a new certificate. Long enough for a replay of ten years.
pub const AGE_MAX: Duration = Duration::from_hours(1);
/// Time after that for calls under way. What is left then is ended with a status: a watch goes on elsewhere from its position.
pub const AGE_GRACE: Duration = Duration::from_mins(5);
/// How long a connection that was asked to go may stay with nothing under way.
pub const GOODBYE_MAX: Duration = Duration::from_secs(1);
/// On a connection that was asked to go, whatever for: time in which nothing is taken of an answer that is under way, after which it is not finished
/// any more; and the time that a peer has to take what the system still holds for it, and to close, once all was said. As long as the whole
/// drain of a server that stops (`DRAIN_MAX`), which ends it in any case.
pub const FINISH_MAX: Duration = Duration::from_secs(10);
/// Bytes that are read away meanwhile of what a peer sends after the end: the windows of what it reads, and requests that it had sent already, as
/// many as may come before they are read. What is closed with bytes that nobody has read is reset, and the peer loses what it has not taken.
pub(super) const READ_AWAY_BYTES_MAX: usize = 512 * 1024;
/// Streams (calls under way) on one connection; a caller's channel waits with those beyond. What the protocol took for as many as there once were at one
/// time, some 700 bytes each, it keeps for as long as the connection is there.
const STREAMS_A_CONNECTION_MAX: u32 = 1024;
/// Connections at one time of which each may have as many: what is kept so of all of them is some 50 MiB.
const CONNECTIONS_OF_MANY_STREAMS_MAX: usize = 64;
/// Streams on each of those that come while there are more: as many as clients begin before they are told how many they may, which makes some 400 MiB of
/// all connections together.
const STREAMS_WHERE_THERE_ARE_MANY_CONNECTIONS_MAX: u32 = 100;
/// Calls on one connection that are refused by the protocol: header fields that are no request, or more streams than there may be, of which a
/// client may have begun a hundred before it is told. With one more it ends. The protocol keeps a place of some 300 bytes for each, for as long as
/// the connection is there.
pub const REFUSED_A_CONNECTION_MAX: usize = 128;
/// Questions under way in one process, until their answers are made: as many as there may be commands. Each holds its message and its
/// place in a queue, some 20 KiB; what it reads it holds only in one of the few places where it is read.
const QUESTIONS_UNDER_WAY_MAX: usize = 4096;
/// The same of one caller, where one is known: as many as one connection has streams.
const QUESTIONS_A_CALLER_MAX: usize = 1024;
/// Both.
pub(super) const QUESTIONS: Shares =
    Shares { all: QUESTIONS_UNDER_WAY_MAX, a_caller: QUESTIONS_A_CALLER_MAX, unknown: QUESTIONS_UNDER_WAY_MAX };
/// Questions that wait for a position, which are not counted among those under way meanwhile: as many of them, each with its message. There are no
/// fewer than connections, so that of callers who are known by their connections alone each has one.
pub(super) const STANDING_BY: Shares = QUESTIONS;
/// Calls that tell what changes (`Watch`, of health or of the directory), until they end: each holds a task, a stream and a message, some
/// 11 KiB. A caller needs one for each service it looks at.
pub(super) const WATCHES: Shares = Shares { all: 4096, a_caller: 256, unknown: 4096 };
/// Calls of reflection, until they end: each may hold the description of a service, some 90 KiB. Tools ask for it, one at a time.
pub(super) const REFLECTIONS: Shares = Shares { all: 64, a_caller: 16, unknown: 64 };
/// Turns at once for each processor: one that is done and one that is about to be, so that no processor waits for the next.
const TURNS_A_PROCESSOR: usize = 2;
/// Things of one holder that wait for turns, with which it still comes before the round: the reading of a request and the beginning of it, for
/// one or two that it asks at one time.
pub(super) const WAITING_AHEAD_MAX: usize = 4;
/// Pieces that are read of a connection, each while it already has the next, before it stands in the round with them: a request of some size, or
/// what a channel of gRPC says before its first.
pub(super) const PIECES_AHEAD_MAX: usize = 4;
/// Turns in a row of those who come before the round, before the round has one.
pub(super) const TURNS_AHEAD_IN_A_ROW_MAX: usize = 8;
/// Bytes that are read of a connection in one turn: some ten requests, and what looking at the smallest frames takes is less than a
/// millisecond.
pub(super) const PIECE_BYTES_MAX: usize = 2 * 1024;
/// Requests in one piece; of the shortest 2 KiB hold more than a hundred. While as many requests of all wait as may, a piece holds one, and only that
/// of a connection of which none waits is read: so all connections together bring no more than one each on top.
pub(super) const PIECE_REQUESTS_MAX: usize = 16;
/// Frames that ask for nothing (`PING`, `SETTINGS`, `WINDOW_UPDATE` and whatever else begins no request) that a connection has in hand when it comes:
/// what clients say before their first request, with room. With one more than it has in hand it ends (`ENHANCE_YOUR_CALM`): each is read and mostly
/// answered, which takes as long as a part of a request, and no bound of requests holds it.
pub(super) const IDLE_FRAMES_MAX: u32 = 256;
/// What it has in hand again with each second, up to as many as when it came: a client that looks whether its connection is still there sends one
/// in some seconds. All connections there may be together bring no more than some thirty thousand a second.
pub(super) const IDLE_FRAMES_A_SECOND: u32 = 8;
/// And with each request: its message in some pieces, the windows for its answer, and that it is taken back.
pub(super) const IDLE_FRAMES_A_REQUEST: u32 = 16;
/// Bytes that it is sent, or sends in messages, with which it has another in hand: clients that measure the way while they read send a PING with
/// each piece of an answer, and others two windows. The answer to a PING is a quarter of it.
pub(super) const IDLE_FRAME_BYTES: usize = 64;
/// The most that it ever has in hand: those for a long answer that it has not begun to read.
pub(super) const IDLE_FRAMES_IN_HAND_MAX: u32 = 256 * 1024;
/// Bytes that a request takes that waits for its turn, with the usual header fields.
pub(super) const WAITING_BYTES: usize = 4 * 1024;
/// Of its header fields, those that are usual.
pub(super) const FIELDS_BYTES: usize = 1024;
/// What each of them takes beside its name and value.
pub(super) const FIELD_BYTES: usize = 96;
/// Requests of one connection that wait for their turns, in bytes: 32 of the usual ones. With as much it is not read, so that what follows waits
/// with its caller. There may be a few more than are begun while the next piece is read.
pub(super) const WAITING_A_CONNECTION_BYTES_MAX: usize = 32 * WAITING_BYTES;
/// The same of all connections: 8,192 of the usual ones.
pub(super) const WAITING_ALL_BYTES_MAX: usize = 8192 * WAITING_BYTES;
/// Bytes that wait for the callers of one connection, with which it is not read while its peer takes nothing: what it asks for then would only
/// wait as well. Far more than a caller is behind that reads what it is sent.
pub(super) const UNREAD_BYTES_MAX: usize = 256 * 1024;
/// Bytes that an answer takes beside its message, until it is gone: its stream, its header fields and its trailers.
pub(super) const ANSWER_BYTES: usize = 2 * 1024;
/// Bytes that a call takes beside what came of its message while that has not come whole: its stream, its header fields and a task. With what the
/// protocol keeps for it, it is some 9 KiB: of all together the process takes up to half as much again as is counted.
pub(super) const AWAITED_BYTES: usize = 6 * 1024;
/// Bytes of a request's message that may come before it is read (the window of a stream of HTTP/2): the largest lawful one.
pub(super) const WINDOW_A_STREAM_BYTES: u32 = 256 * 1024;
/// The same of all requests of one connection: two of those, or a thousand of the usual ones. What comes before a request is begun is the rest
/// of the piece that it came with, because it is begun before the next is read, but on a proxy's connection.
pub(super) const WINDOW_A_CONNECTION_BYTES: u32 = 512 * 1024;
/// Bytes of answers that wait for one caller on one connection, of long ones and of short ones each; with as many no other call of it is begun before
/// some of it is taken. Some hundred of the largest pages: who asks for that many at one time reads them meanwhile.
pub const ANSWERS_A_CONNECTION_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of long answers, of more than `SLICED_BYTES` each, of all callers together: those that wait to be taken and those that are being made. Whoever
/// finds no room stands in a line for it.
pub const LONG_ANSWERS_BYTES_MAX: usize = 96 * 1024 * 1024;
/// Bytes of short ones. Above it connections end: of who takes too little first, then of the holder for whom most waits (of a proxy's connection,
/// the calls of one caller).
pub const SHORT_ANSWERS_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Of them, those beside which one is made that can wait. The rest is for what is told however much waits: answers to commands, refusals, and
/// what is little.
pub(super) const SHORT_ANSWERS_THAT_WAIT_BYTES: usize = SHORT_ANSWERS_BYTES_MAX / 4 * 3;
/// The half: from it on a caller for whom a short answer waits has no other begun before he has taken it. So callers who take what they are
/// sent are made to wait for a moment, and none of them ends.
pub(super) const SHORT_ANSWERS_FREELY_BYTES: usize = SHORT_ANSWERS_BYTES_MAX / 2;
/// Bytes of a short answer that is told at once to a caller for whom no other waits: whether somebody is well, and the like.
pub(super) const TOLD_BYTES: usize = ANSWER_BYTES + 4 * 1024;
/// Bytes of calls that are not begun, of all callers together: what has come of their messages, and what they take while they wait for room. Above it
/// those end of the holder who has most, and never anybody's answers.
pub const UNBEGUN_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The same of one caller on one connection: with as many, one that has not come whole ends as soon as more of it would be taken.
pub const UNBEGUN_A_CONNECTION_BYTES_MAX: usize = UNBEGUN_BYTES_MAX / 4;
/// All that may wait for callers at one time, in bytes, but for how much longer an answer may become than was thought before it was made.
pub const WAITING_FOR_CALLERS_BYTES_MAX: usize = LONG_ANSWERS_BYTES_MAX + SHORT_ANSWERS_BYTES_MAX + UNBEGUN_BYTES_MAX;
/// The least that a caller takes of what waits for him, in bytes a second, while another waits for that room: as many over [`PATIENCE_LONG`], or all
/// that waits.
pub(super) const LEAST_RATE: u64 = 64 * 1024;
/// Time in which that is to be taken of long answers.
pub(super) const PATIENCE_LONG: Duration = Duration::from_secs(2);
/// The same of short ones, which are seen to be taken when the last byte is: one of [`SLICED_BYTES`] more.
pub(super) const PATIENCE_SHORT: Duration = Duration::from_secs(4);
/// So long somebody may be ahead of that who took more. Of what a peer reads steadily the system takes 192 KiB and more at once, and then none: it asks
/// for more when half of [`UNSENT_BYTES`] are on the way, and the peer's window opens by some 64 KiB. Who reads 128 KB in a second is seen to take
/// some each second and a half, with as much again where the machine has much else to do.
pub(super) const AHEAD_MAX: Duration = Duration::from_secs(2);
/// Time in the line after which, where all take enough, one of several long answers of another ends for who has none.
pub(super) const SHARED_AFTER: Duration = Duration::from_secs(5);
/// Pause between two looks at who waits for room, and at who holds it.
pub(super) const LOOK_EVERY: Duration = UNTAKEN_WAIT_MAX.checked_div(UNTAKEN_LOOKS).expect("there are some");
/// Time in which a caller takes nothing of what waits for it, after which a call that waits for room is told to come again. The system takes some
/// of what is sent to who reads slowly, up to a megabyte at once, and asks for more when a third of that is read: for longer than a second or two
/// such a caller is seen to take nothing.
pub const UNTAKEN_WAIT_MAX: Duration = Duration::from_secs(5);
/// Bytes of what a peer is sent that the system holds before they are on the way, beside those that are and have not come, which the peer's own
/// window bounds. It would take up to four megabytes (`net.ipv4.tcp_wmem`) in which nothing is seen of how its peer reads: more than one who reads
/// 200 KB in a second takes in [`UNTAKEN_WAIT_MAX`]. It asks for more when half of them are on the way.
pub(super) const UNSENT_BYTES: u32 = 256 * 1024;
/// Bytes of a long answer after which it is seen that its caller takes something of it. Answers that he asked for at once come in turns, each a
/// frame of so many.
pub(super) const SLICE_BYTES: usize = 16 * 1024;
/// Above so many it goes in slices: a page of a list is soon taken whole.
pub(super) const SLICED_BYTES: usize = 256 * 1024;
/// Bytes of one answer that the protocol holds and the system does not take yet; with as many it takes no other piece of it, and the last may be as
/// long as a piece is (of a replay, 64 KiB and a commit). By itself it would hold 400 KiB of each, which nothing counts of what is no first message.
pub(super) const SENDING_BYTES_MAX: usize = 64 * 1024;
/// Looks in that time whether something was taken. Of a while in which the process stood still itself, or its machine, no more than one of them
/// is told to a caller, who could take nothing then.
pub(super) const UNTAKEN_LOOKS: u32 = 8;
/// Longest wait for room of a call whose caller takes what waits for it: as long as a call may take.
pub const ROOM_WAIT_MAX: Duration = Duration::from_secs(30);
/// Bytes of a question's message that are copied until its answer is made, to make it again where there was no room for it. A longer one is
/// kept as it came, and counted among what waits for its caller meanwhile.
pub(super) const KEPT_BYTES_MAX: usize = 4 * 1024;
/// Header fields of one request, in bytes as HTTP/2 counts them; a token of access is half of it at most. More is answered
/// with 431. Of a header that never ends so much is kept, and a frame of 16 KiB: some 160 MiB of all connections.
pub const HEADER_BYTES_MAX: u32 = 16 * 1024;
/// Bytes of a request that are taken in and dropped after its answer: clients that read nothing before all is sent find the answer
/// whole. What is longer is reset. The largest lawful request is a sixteenth of it.
pub const REST_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Time for those bytes.
pub const REST_MAX: Duration = Duration::from_secs(5);
/// Silence after which the system asks a peer whether it is still there.
pub const PROBE_AFTER: Duration = Duration::from_secs(30);
/// Pause between two such probes that are not answered.
pub const PROBE_PAUSE: Duration = Duration::from_secs(10);
/// Longest that a peer leaves them, or what it is sent, without a word that it has come or without taking it; then its connection ends. In
/// milliseconds, as the system has it. The system counts this by itself: pings of HTTP/2 would cost every frame a look at the clock.
pub const PEER_GONE_MS: u32 = 50_000;
/// Time to the whole header of a request of HTTP/1.
pub const HTTP1_HEADER_MAX: Duration = Duration::from_secs(5);

/// Shortest pause after an accept that failed; doubled with each one that follows.
pub const ACCEPT_PAUSE_MIN: Duration = Duration::from_millis(5);
/// Longest such pause.
pub const ACCEPT_PAUSE_MAX: Duration = Duration::from_secs(1);
/// Least time between two lines of the log on one trouble at the door; those in between are counted.
pub const LINE_EVERY: Duration = Duration::from_secs(10);

/// The bounds that a test or an option may set; [`Bounds::new`] has the defaults.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Connections for which there are descriptors.
    pub most: usize,
    /// Connections at one time.
    pub connections: usize,
    /// Connections that were told to go and are not closed yet, on top of those.
    pub going: usize,
    /// Connections at one time from one address, or from one network of 2^64 addresses of IPv6.
    pub connections_an_address: usize,
    /// Whoever comes from one of these is bounded by the whole alone, as who comes from this machine.
    pub proxies: Proxies,
    /// The same for the addresses of this machine.
    pub connections_of_this_machine: usize,
    /// Time to the first bytes.
    pub preface: Duration,
    /// Time in which nothing waits for the server.
    pub quiet: Duration,
    /// Age at which a connection is asked to go, a tenth more or less.
    pub age: Duration,
    /// Time after that for calls under way.
    pub age_grace: Duration,
    /// How long a connection that was asked to go may stay with nothing under way.
    pub goodbye: Duration,
    /// And with an answer of which nothing is taken; and how long its peer may take to close once all was said.
    pub finish: Duration,
}

impl Bounds {
    /// The defaults, for a process that may have so many descriptors.
    pub fn new(descriptors: u64) -> Self {
        let reserved = DESCRIPTORS_RESERVED.min(descriptors / 4 * RESERVED_QUARTERS);
        let rest = usize::try_from(descriptors - reserved).unwrap_or(usize::MAX);
        let going = (rest / 8).clamp(GOING_MIN, GOING_MAX);
        let most = rest.saturating_sub(going + METRICS_CONNECTIONS_MAX).max(1);
        let connections = most.min(CONNECTIONS_MAX);
        Self {
            most,
            connections,
            going,
            connections_an_address: CONNECTIONS_AN_ADDRESS_MAX.min(connections),
            proxies: Proxies::default(),
            connections_of_this_machine: connections,
            preface: PREFACE_MAX,
            quiet: QUIET_MAX,
            age: AGE_MAX,
            age_grace: AGE_GRACE,
            goodbye: GOODBYE_MAX,
            finish: FINISH_MAX,
        }
    }

    /// At most so many connections, where the descriptors suffice for them.
    #[must_use]
    pub fn in_all(mut self, connections: usize) -> Self {
        self.connections = connections.min(self.most);
        self.connections_of_this_machine = self.connections;
        self
    }

    /// So many connections of one address, this machine's included: for a place where no proxy stands in front.
    #[must_use]
    pub fn an_address(mut self, connections: usize) -> Self {
        self.connections_an_address = connections;
        self.connections_of_this_machine = connections;
        self
    }
}

/// Streams on a connection that comes where there are so many, itself among them.
pub(super) fn streams(connections: usize) -> u32 {
    if connections <= CONNECTIONS_OF_MANY_STREAMS_MAX {
        STREAMS_A_CONNECTION_MAX
    } else {
        STREAMS_WHERE_THERE_ARE_MANY_CONNECTIONS_MAX
    }
}

/// Turns at once in this process.
pub(super) fn turns_at_once() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get) * TURNS_A_PROCESSOR
}

/// Takes all the descriptors the system lets this process have, and tells how many those are.
pub fn take_descriptors() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    let now = limit.current.unwrap_or(u64::MAX);
    if now >= most {
        return now;
    }
    let mut raised = limit;
    raised.current = limit.maximum;
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => most,
        Err(error) => {
            tracing::warn!(%error, descriptors = now, "the limit on open files stays as it is");
            now
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_are_many_connections_each_has_fewer_streams() {
        let many = CONNECTIONS_OF_MANY_STREAMS_MAX;
        assert_eq!([1, many, many + 1, CONNECTIONS_MAX].map(streams), [1024, 1024, 100, 100]);
    }

    #[test]
    fn most_of_few_descriptors_and_a_fixed_number_of_many_are_no_connections() {
        for (descriptors, connections) in [(65_536, CONNECTIONS_MAX), (2_400, 1_120), (1_024, 208), (256, 40), (0, 1)] {
            assert_eq!(Bounds::new(descriptors).connections, connections, "of {descriptors}");
        }
        let bounds = Bounds::new(65_536);
        assert_eq!(bounds.connections_an_address, CONNECTIONS_AN_ADDRESS_MAX);
        assert_eq!(bounds.connections_of_this_machine, CONNECTIONS_MAX);
        let asked = Bounds::new(2_400).in_all(65_536);
        assert_eq!((asked.connections, asked.connections_of_this_machine), (1_120, 1_120));
    }
}
