//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::admitted::{Admitted, admit};
use super::answer::Answer;
use super::bounds::Bounds;
use super::life::{End, Ending, Life, Owed};
use super::message::Message;
use super::pieces::Pieces;
use super::protocol::{Answers, Protocol};
use super::room::Room;
use super::roster::{Entered, Roster};
use super::shared::Holder;
use super::untaken;
use crate::peer::Peer;
use crate::status;
use crate::wire::{Kind, failed, watches};

/// Serves one connection until it ends, or has to.
pub(super) async fn live<A: Answers>(
    tcp: TcpStream,
    entered: Entered,
    protocol: Protocol,
    bounds: Arc<Bounds>,
    answers: A,
    mut stopping: watch::Receiver<bool>,
) {
    let life = &entered.life;
    let room = Room::of(&entered);
    // Whatever ends it: what waits for its turn ends with it.
    let _leaves = Leaves(room.clone());
    let io = TokioIo::new(Pieces::of(tcp, life, &room, protocol.greeting_bytes()));
    let service = service_fn(|request: Request<Incoming>| {
        let (came, sender) = (Instant::now(), sender(life.peer, &bounds, request.headers()));
        room.comes_from(Holder::of(sender, life.number));
        let (life, roster, answers) = (Arc::clone(life), Arc::clone(&entered.roster), answers.clone());
        // Nothing of it is done, and little held for it, before its turn.
        async move {
            let answered = answered(request, (came, sender), life, roster, answers, protocol.bounds_answers());
            Ok::<_, Infallible>(Box::pin(answered).await)
        }
    });
    let builder = protocol.builder(room.clone());
    let mut connection = pin!(builder.serve_connection(io, service));
    let (mut left, mut displaced) = (None, false);
    loop {
        let look = match next(life, &bounds, left, Instant::now()) {
            Next::Wait(until) => until,
            Next::Leave => {
                left = Some(Instant::now());
                connection.as_mut().graceful_shutdown();
                continue;
            }
            Next::Drop if left.is_none() => return,
            Next::Cut | Next::Drop => {
                life.cut(Kind::Command, if *stopping.borrow() { End::Server } else { End::Connection });
                // What the streams are told goes out with the connection's own next turn, if the peer takes it.
                let _ = tokio::time::timeout(bounds.goodbye, in_turns(connection.as_mut(), &room)).await;
                return;
            }
        };
        tokio::select! {
            // An error ends it as its peer's goodbye does.
            () = in_turns(connection.as_mut(), &room) => return,
            () = life.dropped.notified() => return,
            () = life.displaced.notified() => {
                if !life.has_greeted() {
                    return;
                }
                // Its peer may have asked for something just now, which is answered: it has not heard yet that it is to go.
                displaced = true;
                life.cut(Kind::Stays, End::Connection);
                if left.is_none() {
                    left = Some(Instant::now());
                    connection.as_mut().graceful_shutdown();
                }
            }
            () = entered.roster.hurry.notified(), if displaced => {
                life.cut(Kind::Question, End::Connection);
                if life.quiet_since().is_some() {
                    return;
                }
            }
            // A closed channel means that the door is gone.
            _ = stopping.wait_for(|stopping| *stopping), if left.is_none() => {
                left = Some(Instant::now());
                connection.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep_until(look.into()) => {
                if displaced {
                    life.cut(Kind::Question, End::Connection);
                }
            }
        }
    }
}

/// A room that is left in the end.
struct Leaves(Room);

impl Drop for Leaves {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// The connection to its end, in its turns.
async fn in_turns<E>(mut connection: Pin<&mut impl Future<Output = Result<(), E>>>, room: &Room) {
    poll_fn(|cx| {
        let ended = connection.as_mut().poll(cx);
        room.end_turn();
        ended.map(drop)
    })
    .await;
}

/// A request, in its turn: begun and answered, or told why it was not.
async fn answered(
    mut request: Request<Incoming>,
    (came, sender): (Instant, Peer),
    life: Arc<Life>,
    roster: Arc<Roster>,
    answers: impl Answers,
    is_bounded: bool,
) -> Response<Answer> {
    let path = request.uri().path();
    let (kind, watches) = (Kind::of(path), watches(path));
    let owed = Owed::to(&life, kind);
    let admitted = if is_bounded { admit(&life, &roster, sender, path) } else { Ok(Admitted::default()) };
    let (mut admitted, answer) = match admitted {
        Ok(admitted) => {
            request.extensions_mut().insert(sender);
            request.extensions_mut().insert(Ending::of(&life, kind));
            let request = request.map(|body| Body::new(Message::of(body, &life, &roster)));
            let answer = tokio::select! {
                // What was not begun yet is not begun any more.
                biased;
                () = admitted.given() => failed(&status::too_many_questions()),
                answer = answers.answer(request, came) => answer,
            };
            (admitted, answer)
        }
        Err(status) => {
            drop(Message::of(request.into_body(), &life, &roster));
            (Admitted::default(), failed(&status))
        }
    };
    let place = admitted.until_ended.take();
    let (mut parts, mut body) = answer.into_parts();
    let mut first = None;
    if is_bounded {
        if let Ok(piece) = untaken::first(&mut body, &life.untaken, kind == Kind::Command) {
            first = piece;
        } else {
            (parts, body) = failed(&status::answers_untaken()).into_parts();
        }
        if first.is_none() && hyper::body::Body::is_end_stream(&body) {
            untaken::without_message(&mut parts.headers, &life.untaken);
        }
        roster.bound_untaken();
    }
    Response::from_parts(parts, Answer::new(body, owed, watches).with(first, place))
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

/// `left`: when it was asked to go.
fn next(life: &Life, bounds: &Bounds, left: Option<Instant>, now: Instant) -> Next {
    let quiet_since = life.quiet_since();
    if let Some(left) = left {
        let last = left + bounds.age_grace;
        let goes = quiet_since.unwrap_or(now).max(left) + bounds.goodbye;
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
            ..Bounds::new(65_536)
        }
    }

    #[test]
    fn a_silent_one_goes_soon_a_quiet_one_later_an_old_one_last() {
        let bounds = bounds();
        let entered = Roster::new(bounds.clone()).enter(Peer::at(([127, 0, 0, 1], 1).into())).unwrap();
        let life = &entered.life;
        let after = |seconds: u32| life.began + seconds * SECOND;
        assert_eq!(next(life, &bounds, None, after(0)), Next::Wait(after(1)));
        assert_eq!(next(life, &bounds, None, after(1)), Next::Drop);
        life.greet();
        assert_eq!(next(life, &bounds, None, after(1)), Next::Wait(after(10)));
        assert_eq!(next(life, &bounds, None, after(10)), Next::Leave);
        let owed = Owed::to(life, Kind::Question);
        assert!(matches!(next(life, &bounds, None, after(80)), Next::Wait(_)));
        assert_eq!(next(life, &bounds, None, after(111)), Next::Leave);
        // Asked to go, it may end what is under way, and no more.
        assert!(matches!(next(life, &bounds, Some(after(20)), after(30)), Next::Wait(_)));
        assert_eq!(next(life, &bounds, Some(after(20)), after(70)), Next::Cut);
        drop(owed);
        assert_eq!(next(life, &bounds, Some(after(20)), after(21)), Next::Wait(after(22)));
        assert_eq!(next(life, &bounds, Some(after(20)), after(23)), Next::Drop);
    }
}
