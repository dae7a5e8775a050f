//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tonic::Status;

use super::admitted::{Admitted, admit};
use super::ahead::{self, Ahead, First};
use super::answer::Answer;
use super::bounds::{Bounds, KEPT_BYTES_MAX, PATIENCE_LONG, PIECE_BYTES_MAX, READ_AWAY_BYTES_MAX, streams};
use super::life::{End, Ending, Life, Owed};
use super::message::Message;
use super::pieces::{Pieces, gone};
use super::protocol::{Answers, Protocol};
use super::room::Room;
use super::roster::{Entered, Roster};
use super::shared::Share;
use super::standing_by::{StandingBy, Waited, room};
use super::untaken::{self, Held, Of, Untaken};
use crate::peer::{Holder, Peer};
use crate::status;
use crate::wire::{Call, Kind, failed};

/// Serves one connection until it ends, or has to.
pub(super) async fn live<A: Answers>(
    tcp: TcpStream,
    entered: Entered,
    protocol: Protocol,
    bounds: Arc<Bounds>,
    answers: A,
    stopping: watch::Receiver<bool>,
) {
    let (tcp, roster) = (Arc::new(tcp), Arc::clone(&entered.roster));
    if serve(&tcp, entered, protocol, &bounds, answers, stopping).await == Ended::Said {
        close(&tcp, &roster, &bounds).await;
    }
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// All that was to be said is with the system, and may be on its way.
    Said,
    /// In the middle: nothing of it is waited for.
    Broken,
}

async fn serve<A: Answers>(
    tcp: &Arc<TcpStream>,
    entered: Entered,
    protocol: Protocol,
    bounds: &Arc<Bounds>,
    answers: A,
    mut stopping: watch::Receiver<bool>,
) -> Ended {
    let life = &entered.life;
    let room = Room::of(&entered);
    // Whatever ends it: what waits for its turn ends with it.
    let _leaves = Leaves(room.clone());
    let io = TokioIo::new(Pieces::of(tcp, life, &room, protocol));
    let service = service_fn(|request: Request<Incoming>| {
        let (came, sender) = (Instant::now(), sender(life.peer, bounds, request.headers()));
        let holder = Holder::of(sender);
        let untaken = life.untaken_of(holder);
        room.comes_from(holder, Arc::clone(&untaken), request.headers());
        let (life, roster, answers) = (Arc::clone(life), Arc::clone(&entered.roster), answers.clone());
        // Nothing of it is done, and little held for it, before its turn.
        let door = At { life, untaken, roster, answers, is_bounded: protocol.bounds_answers(), waited: Arc::default() };
        // In a place of its own: it is handed on twice before it begins.
        Box::pin(async move { Ok::<_, Infallible>(door.answered(request, came, sender).await) })
    });
    let builder = protocol.builder(room.clone(), streams(entered.roster.len()));
    let mut connection = pin!(builder.serve_connection(io, service));
    // In HTTP/1 a peer may say that it asks no more, and wait for its answer.
    let mut gone = pin!(async {
        match protocol {
            Protocol::Http2 => gone(tcp).await,
            Protocol::Http1 => std::future::pending().await,
        }
    });
    let mut left: Option<Left> = None;
    loop {
        let look = match next(life, bounds, left, Instant::now()) {
            Next::Wait(until) => until,
            Next::Leave => {
                left = Some(Left::now(false));
                connection.as_mut().graceful_shutdown();
                continue;
            }
            Next::Drop if left.is_none() => return Ended::Broken,
            Next::Cut | Next::Drop => {
                life.cut(Kind::Command, if *stopping.borrow() { End::Server } else { End::Connection });
                // What the streams are told goes out with the connection's own next turn, if the peer takes it.
                let _ = tokio::time::timeout(bounds.goodbye, in_turns(connection.as_mut(), &room)).await;
                return if life.tells() { Ended::Broken } else { Ended::Said };
            }
        };
        let is_displaced = left.is_some_and(|left| left.is_displaced);
        tokio::select! {
            // What it sent before it went is not read.
            biased;
            () = &mut gone => return Ended::Broken,
            // An error ends it as its peer's goodbye does.
            ended = in_turns(connection.as_mut(), &room) => return ended,
            () = life.dropped.notified() => return Ended::Broken,
            () = life.displaced.notified() => {
                if !life.has_greeted() {
                    return Ended::Broken;
                }
                // Its peer may have asked for something just now, which is answered: it has not heard yet that it is to go.
                life.cut(Kind::Stays, End::Connection);
                if left.is_none() {
                    connection.as_mut().graceful_shutdown();
                }
                left = Some(Left { is_displaced: true, ..left.unwrap_or_else(|| Left::now(true)) });
            }
            () = entered.roster.hurry.notified(), if is_displaced => {
                life.cut(Kind::Question, End::Connection);
                let takes = life.tells() && life.told().elapsed() < PATIENCE_LONG;
                if life.quiet_since().is_some() && !takes {
                    return Ended::Broken;
                }
            }
            () = entered.roster.hurry_all.notified(), if is_displaced => {
                if life.quiet_since().is_some() {
                    return Ended::Broken;
                }
            }
            // A closed channel means that the door is gone.
            _ = stopping.wait_for(|stopping| *stopping), if left.is_none() => {
                left = Some(Left::now(false));
                connection.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep_until(look.into()) => {
                if is_displaced {
                    life.cut(Kind::Question, End::Connection);
                }
            }
        }
    }
}

/// Closes a connection on which all was said: its peer hears that nothing more comes, and what it still sends is read away until it closes as well.
/// One that is closed before is reset as soon as a byte comes that nobody reads, such as the window for what was just read, and what the system
/// holds for its peer is lost.
async fn close(tcp: &TcpStream, roster: &Roster, bounds: &Bounds) {
    if rustix::net::shutdown(tcp, rustix::net::Shutdown::Write).is_err() {
        return;
    }
    let read_away = async {
        let (mut piece, mut left) = (vec![0; PIECE_BYTES_MAX], READ_AWAY_BYTES_MAX);
        while left > 0 && tcp.readable().await.is_ok() {
            match tcp.try_read(&mut piece) {
                Ok(bytes) if bytes > 0 => left = left.saturating_sub(bytes),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Ok(_) | Err(_) => return,
            }
        }
    };
    let said = Instant::now();
    // Somebody new who waits for its place does so for no longer than a goodbye takes.
    let hurried = async {
        loop {
            tokio::select! {
                () = roster.hurry.notified() => {}
                () = roster.hurry_all.notified() => return,
            }
            if said.elapsed() >= bounds.goodbye {
                return;
            }
        }
    };
    let closed = async {
        tokio::select! {
            () = read_away => {}
            () = hurried => {}
        }
    };
    // Whether it closed or not, it is closed here.
    let _ = tokio::time::timeout(bounds.finish, closed).await;
}

/// A room that is left in the end.
struct Leaves(Room);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// The connection to its end, in its turns.
async fn in_turns<E>(mut connection: Pin<&mut impl Future<Output = Result<(), E>>>, room: &Room) -> Ended {
    poll_fn(|cx| {
        let ended = connection.as_mut().poll(cx);
        room.end_turn();
        ended.map(|ended| if ended.is_ok() { Ended::Said } else { Ended::Broken })
    })
    .await
}

/// Where a request is answered.
struct At<A> {
    life: Arc<Life>,
    /// What waits for its sender there.
    untaken: Arc<Untaken>,
    roster: Arc<Roster>,
    answers: A,
    is_bounded: bool,
    /// What it waited for, in its answering.
    waited: Arc<Waited>,
}

impl<A: Answers> At<A> {
    /// A request, in its turn: begun and answered once its message has come, or told why it was not.
    async fn answered(self, request: Request<Incoming>, came: Instant, sender: Peer) -> Response<Answer> {
        let call = Call::of(request.uri().path());
        let (kind, is_whole) = (call.kind, self.is_bounded && !call.describes);
        let mut owed = Owed::to(&self.life, kind);
        let (parts, body) = request.into_parts();
        let mut message = Message::of(body, &self.life, &self.untaken, &self.roster);
        // Of one whose message does not come little is held: its answer is begun apart, and what it takes is large.
        let whole = match self.answers.until(&parts, came) {
            Ok(until) if is_whole => self.whole(&mut message, kind, until).await,
            until => until.map(drop),
        };
        let answered = match whole {
            Ok(()) => Box::pin(self.begun(parts, message, came, (sender, call))).await,
            Err(status) => {
                drop(message);
                (failed(&status), None, None)
            }
        };
        let (answer, first, place) = answered;
        let (mut parts, body) = answer.into_parts();
        if self.waited.by_itself() && body.is_end_stream() {
            // It waited, and is told no more than that it was in vain.
            owed.only_waited();
        }
        if self.is_bounded {
            if first.is_none() && body.is_end_stream() {
                untaken::without_message(&mut parts.headers, &self.untaken, self.waited.in_vain());
            }
            self.roster.bound(Of::Short);
        }
        Response::from_parts(parts, Answer::new(body, owed, call.watches).with(first, place))
    }

    /// Waits until its message has come whole, for as long as it may take.
    async fn whole(&self, message: &mut Message, kind: Kind, until: Instant) -> Result<(), Status> {
        let mut whole = pin!(message.whole());
        if let Some(whole) = futures_util::FutureExt::now_or_never(whole.as_mut()) {
            return whole;
        }
        tokio::select! {
            biased;
            whole = whole => whole,
            () = self.untaken.until_unbegun_ends() => Err(status::answers_untaken()),
            why = Ending::of(&self.life, kind).comes() => Err(status::ends(why == End::Server)),
            () = tokio::time::sleep_until(until.into()) => Err(status::timed_out(kind == Kind::Command)),
        }
    }

    /// A request whose message has come: its answer, and what of it is made already.
    async fn begun(
        &self,
        mut parts: Parts,
        message: Message,
        came: Instant,
        (sender, call): (Peer, Call),
    ) -> (Response<Body>, Option<Ahead>, Option<Share>) {
        let kind = call.kind;
        parts.extensions.insert(sender);
        parts.extensions.insert(Ending::of(&self.life, kind));
        // What is no command may be answered again: it changes nothing. Of what describes the services no message is waited for.
        let again = self.is_bounded && kind != Kind::Command && !call.describes;
        let again = again.then(|| (parts.clone(), message.kept()));
        // Questions are bounded in number, and take less than is counted so but for what is long in them.
        let long = (kind == Kind::Question).then(|| message.come().len()).filter(|bytes| *bytes > KEPT_BYTES_MAX);
        let long = long.map(|bytes| Held::all_the_same(&self.untaken, Of::Unbegun, bytes));
        if long.is_some() {
            self.roster.bound(Of::Unbegun);
        }
        let mut request = Request::from_parts(parts, Body::new(message));
        let mut bytes = None;
        loop {
            let room = if self.is_bounded {
                room(&self.life, &self.roster, (&self.untaken, &self.waited), kind, bytes).await
            } else {
                Ok(None)
            };
            let admit = || {
                if self.is_bounded { admit(&self.life, &self.roster, sender, call) } else { Ok(Admitted::default()) }
            };
            let (room, mut admitted) = match room.and_then(|room| Ok((room, admit()?))) {
                Ok(begun) => begun,
                Err(status) => {
                    drop(request);
                    return (failed(&status), None, None);
                }
            };
            if let Some(room) = room {
                self.waited.begun_with(room);
            }
            let standing_by = StandingBy {
                life: Arc::clone(&self.life),
                roster: Arc::clone(&self.roster),
                holder: Holder::of(sender),
                question: admitted.until_made.clone(),
                untaken: Arc::clone(&self.untaken),
                waited: Arc::clone(&self.waited),
            };
            let mut answer = tokio::select! {
                // What was not begun yet is not begun any more.
                biased;
                () = admitted.given() => failed(&status::too_many_questions()),
                () = self.untaken.until_unbegun_ends(), if long.is_some() => failed(&status::too_many_questions()),
                answer = standing_by.answering(self.answers.answer(request, came)) => answer,
            };
            let place = admitted.until_ended.take();
            if !self.is_bounded {
                return (answer, None, place);
            }
            let must_be_told = kind == Kind::Command || bytes.is_some() || self.waited.has_room();
            match ahead::first(answer.body_mut(), &self.untaken, must_be_told, self.waited.room()) {
                First::Ahead(first) => return (answer, first, place),
                First::TooMuch(of) => {
                    let Some((parts, message)) = again.clone() else {
                        return (failed(&status::answers_untaken()), None, None);
                    };
                    // It is made again once there is room for it, which is kept meanwhile.
                    (request, bytes) = (Request::from_parts(parts, Body::from(message)), Some(of));
                }
            }
        }
    }
}

/// Who sent a request on a connection.
fn sender(peer: Peer, bounds: &Bounds, headers: &HeaderMap) -> Peer {
    if bounds.proxies.hold(peer.address.ip()) { peer.through_proxy(bounds.proxies.caller(headers)) } else { peer }
}

/// What is to become of a connection.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Nothing before this moment.
    Wait(Instant),
    /// It is asked to go.
    Leave,
    /// Its streams are ended.
    Cut,
    /// It ends: nothing waits for the server. Asked to go, its streams are told so before, for whoever takes that.
    Drop,
}

/// That a connection was asked to go.
#[derive(Debug, Clone, Copy)]
struct Left {
    at: Instant,
    /// Its place was given to another.
    is_displaced: bool,
}

impl Left {
    fn now(is_displaced: bool) -> Self {
        Self { at: Instant::now(), is_displaced }
    }
}

fn next(life: &Life, bounds: &Bounds, left: Option<Left>, now: Instant) -> Next {
    let quiet_since = life.quiet_since();
    if let Some(Left { at: left, is_displaced }) = left {
        let last = left + bounds.age_grace;
        // An answer that is under way is finished, while something of it is taken.
        let stays = if life.tells() { bounds.finish } else { bounds.goodbye };
        let goes = quiet_since.unwrap_or(now).max(life.told()).max(left) + stays;
        let goes = if is_displaced && quiet_since.is_some() { goes.min(left + bounds.finish) } else { goes };
        return match () {
            () if quiet_since.is_some() && now >= goes => Next::Drop,
            () if now >= last => Next::Cut,
            () => Next::Wait(goes.min(last)),
        };
    }
    let greets = life.began + bounds.preface;
    if !life.has_greeted() {
        return if now >= greets { Next::Drop } else { Next::Wait(greets) };
    }
    let ends = life.ends(bounds.age);
    let goes = quiet_since.unwrap_or(now) + bounds.quiet;
    if now >= ends || (quiet_since.is_some() && now >= goes) { Next::Leave } else { Next::Wait(goes.min(ends)) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::life::Telling;
    use super::super::roster::Roster;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn bounds() -> Bounds {
        Bounds {
            preface: SECOND,
            quiet: 10 * SECOND,
            age: 100 * SECOND,
            age_grace: 50 * SECOND,
            goodbye: 2 * SECOND,
            finish: 10 * SECOND,
            ..Bounds::new(65_536)
        }
    }

    #[test]
    fn a_silent_one_goes_soon_a_quiet_one_later_an_old_one_last() {
        let bounds = bounds();
        let entered = Roster::new(bounds.clone()).enter(Peer::at(([127, 0, 0, 1], 1).into())).unwrap();
        let life = &entered.life;
        let after = |seconds: u32| life.began + seconds * SECOND;
        let left = |seconds| Some(Left { at: after(seconds), is_displaced: false });
        assert_eq!(next(life, &bounds, None, after(0)), Next::Wait(after(1)));
        assert_eq!(next(life, &bounds, None, after(1)), Next::Drop);
        life.greet();
        assert_eq!(next(life, &bounds, None, after(1)), Next::Wait(after(10)));
        assert_eq!(next(life, &bounds, None, after(10)), Next::Leave);
        let owed = Owed::to(life, Kind::Question);
        assert!(matches!(next(life, &bounds, None, after(80)), Next::Wait(_)));
        assert_eq!(next(life, &bounds, None, after(111)), Next::Leave);
        // Asked to go, it may end what is under way, and no more.
        assert!(matches!(next(life, &bounds, left(20), after(30)), Next::Wait(_)));
        assert_eq!(next(life, &bounds, left(20), after(70)), Next::Cut);
        drop(owed);
        assert_eq!(next(life, &bounds, left(20), after(21)), Next::Wait(after(22)));
        assert_eq!(next(life, &bounds, left(20), after(23)), Next::Drop);
    }

    /// It is quiet, and what it was answered is on its way: it is finished for as long as something of it is taken.
    #[test]
    fn an_answer_under_way_is_finished() {
        let bounds = bounds();
        let entered = Roster::new(bounds.clone()).enter(Peer::at(([127, 0, 0, 1], 1).into())).unwrap();
        let life = &entered.life;
        let after = |seconds: u32| life.began + seconds * SECOND;
        let left = |is_displaced| Some(Left { at: after(20), is_displaced });
        life.greet();
        let telling = Telling::on(life);
        assert_eq!(next(life, &bounds, left(false), after(23)), Next::Wait(after(30)));
        assert_eq!(next(life, &bounds, left(false), after(30)), Next::Drop);
        life.tell_at(after(29));
        assert_eq!(next(life, &bounds, left(false), after(30)), Next::Wait(after(39)));
        // Another has its place.
        assert_eq!(next(life, &bounds, left(true), after(29)), Next::Wait(after(30)));
        assert_eq!(next(life, &bounds, left(true), after(30)), Next::Drop);
        life.tell_at(after(69));
        assert_eq!(next(life, &bounds, left(false), after(70)), Next::Cut);
        // The last of it went just now, and the peer may take it.
        drop(telling);
        life.tell_at(after(40));
        assert_eq!(next(life, &bounds, left(false), after(41)), Next::Wait(after(42)));
        assert_eq!(next(life, &bounds, left(false), after(42)), Next::Drop);
    }
}
