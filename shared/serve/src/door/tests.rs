//! Connections that stay too long, at a door with short times.

mod calm;
mod closed;
mod ends;
mod turns;
mod unread;

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use futures_util::StreamExt;
use h2::client::SendRequest;
use hyper::body::Frame;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::*;

/// Long after what is waited for should have come.
const GIVE_UP: Duration = Duration::from_mins(1);

/// Answers that begin and never go on.
#[derive(Debug, Clone)]
struct Hangs;

struct Never;

impl hyper::body::Body for Never {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Pending
    }
}

impl Answers for Hangs {
    fn answer(&self, _: Request<Body>, _: Instant) -> impl Future<Output = Response<Body>> + Send + 'static {
        std::future::ready(Response::new(Body::new(Never)))
    }
}

/// The defaults, with time to begin to speak also where the machine has much else to do.
fn patient() -> Bounds {
    Bounds { preface: GIVE_UP, ..Bounds::new(65_536) }
}

type Connection = tokio::task::JoinHandle<Result<(), h2::Error>>;

async fn connect(address: std::net::SocketAddr) -> (SendRequest<Bytes>, Connection) {
    let (client, connection) = h2::client::handshake(TcpStream::connect(address).await.unwrap()).await.unwrap();
    (client, tokio::spawn(connection))
}

#[tokio::test]
async fn a_quiet_connection_is_asked_to_go_and_an_old_one_ends_its_answers_with_a_status() {
    let bounds = Bounds {
        quiet: Duration::from_millis(100),
        age: Duration::from_millis(400),
        age_grace: Duration::from_millis(200),
        goodbye: Duration::from_millis(100),
        ..Bounds::new(65_536)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let door = tokio::spawn(Door::new(Hangs, Protocol::Http2, bounds).serve(
        listener,
        async {
            let _ = stopped.await;
        },
        GIVE_UP,
    ));
    let (quiet, quiet_ends) = connect(address).await;
    let (mut asking, _asking) = connect(address).await;
    let request = Request::post("http://x/hangs").body(()).unwrap();
    let (answer, _) = asking.send_request(request, true).unwrap();
    let mut body = answer.await.unwrap().into_body();
    // Asked to go, without an error.
    tokio::time::timeout(GIVE_UP, quiet_ends).await.unwrap().unwrap().unwrap();
    let ends = async {
        assert!(body.data().await.is_none());
        body.trailers().await.unwrap().unwrap()
    };
    let status = Status::from_header_map(&tokio::time::timeout(GIVE_UP, ends).await.unwrap()).unwrap();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert_eq!(status.get_details_error_info().unwrap().reason, "CONNECTION_ENDS");
    assert!(status.get_details_retry_info().is_some());
    drop((quiet, asking));
    stop.send(()).unwrap();
    assert!(door.await.unwrap(), "nothing is left at the door");
}

/// Answers that always have more, of a piece of this many bytes.
#[derive(Debug, Clone)]
struct GoesOn;

const PIECE_BYTES: usize = 1024;

struct Endless;

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[7; PIECE_BYTES])))))
    }
}

impl Answers for GoesOn {
    fn answer(&self, _: Request<Body>, _: Instant) -> impl Future<Output = Response<Body>> + Send + 'static {
        std::future::ready(Response::new(Body::new(Endless)))
    }
}

/// A door that serves, where, and what stops it.
async fn open<A: Answers>(
    answers: A,
    bounds: Bounds,
    drain: Duration,
) -> (tokio::task::JoinHandle<bool>, std::net::SocketAddr, tokio::sync::oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let door = Door::new(answers, Protocol::Http2, bounds).serve(
        listener,
        async {
            let _ = stopped.await;
        },
        drain,
    );
    (tokio::spawn(door), address, stop)
}

/// Takes a piece of an answer that goes on; `None` at its end.
async fn take(body: &mut h2::RecvStream) -> Option<usize> {
    let piece = tokio::time::timeout(GIVE_UP, body.data()).await.unwrap()?.unwrap();
    body.flow_control().release_capacity(piece.len()).unwrap();
    Some(piece.len())
}

async fn end(body: &mut h2::RecvStream) -> Status {
    let trailers = tokio::time::timeout(GIVE_UP, body.trailers()).await.unwrap().unwrap().unwrap();
    Status::from_header_map(&trailers).unwrap()
}

/// One that always has something to be sent is never waited for, and its connection is not quiet.
#[tokio::test]
async fn an_answer_that_is_taken_goes_on_to_the_end_of_the_drain_and_then_ends_with_a_status() {
    let (quiet, drain) = (Duration::from_millis(50), Duration::from_millis(600));
    let bounds = Bounds { quiet, goodbye: Duration::from_millis(100), ..patient() };
    let (door, address, stop) = open(GoesOn, bounds, drain).await;
    let (mut asking, connection) = connect(address).await;
    let request = Request::post("http://x/goes/on").body(()).unwrap();
    let (answer, _) = asking.send_request(request, true).unwrap();
    let mut body = answer.await.unwrap().into_body();
    // Longer than a quiet connection stays.
    let began = Instant::now();
    while began.elapsed() < 8 * quiet {
        assert!(take(&mut body).await.is_some(), "it ended by itself");
    }
    let stopped = Instant::now();
    stop.send(()).unwrap();
    while take(&mut body).await.is_some() {}
    let status = end(&mut body).await;
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert_eq!(status.get_details_error_info().unwrap().reason, "DRAINING");
    assert!(status.get_details_retry_info().is_some());
    assert!(stopped.elapsed() >= drain, "it was cut {:?} after the stop", stopped.elapsed());
    assert!(!door.await.unwrap(), "it was cut");
    drop((asking, connection));
}

/// A call whose answer has not begun at the end of the drain is told so, too.
#[tokio::test]
async fn a_call_that_is_under_way_at_the_end_of_the_drain_ends_with_a_status() {
    let came = Arc::new(tokio::sync::Notify::new());
    let told = Arc::clone(&came);
    let routes = axum::Router::new().fallback(move || async move {
        told.notify_one();
        std::future::pending::<&'static str>().await
    });
    let bounds = Bounds { goodbye: Duration::from_secs(1), ..patient() };
    let (door, address, stop) = open(crate::call::Grpc::new(routes), bounds, Duration::from_millis(100)).await;
    let (mut asking, connection) = connect(address).await;
    let request = Request::post("http://x/hangs").body(()).unwrap();
    let (answer, _) = asking.send_request(request, true).unwrap();
    came.notified().await;
    stop.send(()).unwrap();
    let answer = tokio::time::timeout(GIVE_UP, answer).await.unwrap();
    let status = Status::from_header_map(answer.unwrap().headers()).unwrap();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert_eq!(status.get_details_error_info().unwrap().reason, "DRAINING");
    door.await.unwrap();
    drop((asking, connection));
}

/// How many calls wait.
type Count = watch::Sender<usize>;

/// One of them.
struct Waits(Count);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Where each call waits for ever, and how many do.
fn waiting() -> (crate::call::Grpc<axum::Router>, Waiting) {
    let count = Count::new(0);
    let now = count.subscribe();
    let routes = axum::Router::new().fallback(move || {
        let count = count.clone();
        async move {
            count.send_modify(|count| *count += 1);
            let _waits = Waits(count);
            std::future::pending::<&'static str>().await
        }
    });
    (crate::call::Grpc::new(routes), Waiting(now))
}

struct Waiting(watch::Receiver<usize>);

impl Waiting {
    async fn are(&mut self, number: usize) {
        let are = tokio::time::timeout(GIVE_UP, self.0.wait_for(|count| *count == number)).await.is_ok();
        assert!(are, "{} are under way, and not {number}", *self.0.borrow());
    }
}

/// Somebody has more questions under way than may be, on a few connections: what is over is told to come again at once, and commands and
/// health are taken in all the same.
#[tokio::test]
async fn questions_under_way_are_bounded_over_all_connections() {
    const STREAMS: usize = 1000;
    let (most, connections) = (bounds::QUESTIONS.unknown, bounds::QUESTIONS.unknown / STREAMS + 1);
    let (answers, mut waiting) = waiting();
    let (_door, address, _stop) = open(answers, patient(), GIVE_UP).await;
    let ask = |asking: &mut SendRequest<Bytes>, call: &str| {
        asking.send_request(Request::post(format!("http://x/{call}")).body(()).unwrap(), true).unwrap().0
    };
    let (mut asked, mut held) = (futures_util::stream::FuturesUnordered::new(), Vec::new());
    for _ in 0..connections {
        let (mut asking, connection) = connect(address).await;
        for _ in 0..STREAMS {
            asking = asking.ready().await.unwrap();
            asked.push(ask(&mut asking, "puhui.directory.v1.DirectoryService/ListChanges"));
        }
        held.push((asking, connection));
    }
    for _ in 0..connections * STREAMS - most {
        let answer = tokio::time::timeout(GIVE_UP, asked.next()).await.unwrap().unwrap().unwrap();
        let status = Status::from_header_map(answer.headers()).unwrap();
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert_eq!(status.get_details_error_info().unwrap().reason, "BUSY");
        assert!(status.get_details_retry_info().is_some());
    }
    waiting.are(most).await;
    let (mut asking, connection) = connect(address).await;
    let always = ["puhui.certification.v1.CertificationService/Apply", "grpc.health.v1.Health/Check"];
    for (number, call) in (1..).zip(always) {
        asked.push(ask(&mut asking, call));
        waiting.are(most + number).await;
    }
    // Those who go give their places back.
    drop((asked, held));
    waiting.are(0).await;
    let _answer = ask(&mut asking, "puhui.directory.v1.DirectoryService/ListChanges");
    waiting.are(1).await;
    drop((asking, connection));
}

/// Many connections ask for more than may be under way, all from this machine: whoever comes over another is answered, and a place is taken
/// from those who hold most.
#[tokio::test(flavor = "multi_thread")]
async fn however_many_questions_come_over_some_connections_another_asks_its_own() {
    for (call, most) in [
        ("puhui.directory.v1.DirectoryService/ListProviders", bounds::QUESTIONS.unknown),
        ("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", bounds::REFLECTIONS.unknown),
    ] {
        let (answers, mut waiting) = waiting();
        let (_door, address, _stop) = open(answers, patient(), GIVE_UP).await;
        let ask = |asking: &mut SendRequest<Bytes>| {
            asking.send_request(Request::post(format!("http://x/{call}")).body(()).unwrap(), true).unwrap().0
        };
        let (mut asked, mut held) = (futures_util::stream::FuturesUnordered::new(), Vec::new());
        let (streams, mut others) = ((most / 4).min(1000), Vec::new());
        for _ in 0..most / streams + 2 {
            let (mut asking, connection) = connect(address).await;
            for _ in 0..streams {
                asking = asking.ready().await.unwrap();
                asked.push(ask(&mut asking));
            }
            held.push((asking, connection));
        }
        for _ in 0..held.len() * streams - most {
            tokio::time::timeout(GIVE_UP, asked.next()).await.unwrap().unwrap().unwrap();
        }
        waiting.are(most).await;
        for _ in 0..4 {
            let (mut asking, connection) = connect(address).await;
            asking = asking.ready().await.unwrap();
            let mut answer = ask(&mut asking);
            tokio::select! {
                biased;
                refused = &mut answer => panic!("{call}: another is told to come again: {refused:?}"),
                given_up = tokio::time::timeout(GIVE_UP, asked.next()) => assert!(matches!(given_up, Ok(Some(Ok(_))))),
            }
            waiting.are(most).await;
            // It is not begun to be given up at once.
            assert!(futures_util::FutureExt::now_or_never(&mut answer).is_none(), "{call}");
            others.push(answer);
            held.push((asking, connection));
        }
        drop((asked, others, held));
    }
}

/// What the protocol keeps for streams that once were is bounded: where there are many connections a new one is told that it may have fewer.
#[tokio::test]
async fn where_there_are_many_connections_a_new_one_has_fewer_streams() {
    let (answers, _waiting) = waiting();
    let (_door, address, _stop) = open(answers, patient(), GIVE_UP).await;
    let (mut held, mut told) = (Vec::new(), Vec::new());
    for connections in 1..=80 {
        let (mut asking, connection) = connect(address).await;
        asking = asking.ready().await.unwrap();
        // It has its settings once it is answered.
        let request = Request::post("http://x/nope").header("grpc-timeout", "0S").body(()).unwrap();
        let answer = asking.send_request(request, true).unwrap().0;
        tokio::time::timeout(GIVE_UP, answer).await.unwrap().unwrap();
        told.push(asking.current_max_send_streams());
        assert_eq!(told.last().copied(), usize::try_from(bounds::streams(connections)).ok(), "of {connections}");
        held.push((asking, connection));
    }
    assert!(told[0] > told[79], "{told:?}");
}

/// A frame of HTTP/2 with nothing but a header.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The header fields of a call, in plain.
fn fields(path: &str) -> Vec<u8> {
    let fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x")];
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    fields.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

/// Kinds of frames that come until one of this kind, or the end, has.
fn until(tcp: &mut std::net::TcpStream, kind: u8) -> std::io::Result<Vec<u8>> {
    let mut kinds = Vec::new();
    while kinds.last() != Some(&kind) {
        let mut header = [0; 9];
        std::io::Read::read_exact(tcp, &mut header)?;
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
        std::io::Read::read_exact(tcp, &mut vec![0; usize::try_from(length).unwrap()])?;
        kinds.push(header[3]);
    }
    Ok(kinds)
}

/// A command that is on its way while its connection gives its place to another is recorded and answered, and not cut. On one thread:
/// nothing is read of it before the other has come.
#[tokio::test]
async fn a_command_that_has_come_is_answered_before_its_connection_goes() {
    use std::io::Write;
    const HEADERS: u8 = 1;
    const GOAWAY: u8 = 7;
    let recorded = Arc::new(tokio::sync::Semaphore::new(0));
    let waits = Arc::clone(&recorded);
    let routes = axum::Router::new().fallback(move || {
        let waits = Arc::clone(&waits);
        async move {
            let Ok(recorded) = waits.acquire().await else { return "it is closed" };
            recorded.forget();
            ""
        }
    });
    let bounds = patient().in_all(1);
    let (_door, address, _stop) = open(crate::call::Grpc::new(routes), bounds, GIVE_UP).await;
    for round in 0..4 {
        let mut one = std::net::TcpStream::connect(address).unwrap();
        one.set_read_timeout(Some(GIVE_UP)).unwrap();
        let command = fields("/puhui.certification.v1.CertificationService/Apply");
        one.write_all(&[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[])].concat()).unwrap();
        one.write_all(&frame(HEADERS, 5, 1, &command)).unwrap();
        let read = |mut tcp: std::net::TcpStream, kind| {
            tokio::task::spawn_blocking(move || until(&mut tcp, kind).map(|kinds| (tcp, kinds)))
        };
        recorded.add_permits(1);
        let (mut one, _) = read(one, HEADERS).await.unwrap().unwrap();
        let other = std::net::TcpStream::connect(address).unwrap();
        one.write_all(&frame(HEADERS, 5, 3, &command)).unwrap();
        // It is asked to go, and the command goes on.
        let asked = read(one, GOAWAY).await.unwrap();
        let (one, _) = asked.unwrap_or_else(|error| panic!("round {round}: {error}"));
        recorded.add_permits(1);
        let answered = read(one, HEADERS).await.unwrap();
        answered.unwrap_or_else(|error| panic!("round {round}: {error}"));
        drop(other);
    }
}

/// Calls that stay have bounds of their own: of all that a machine asks for so many are begun, and who asks once is told.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_stay_are_bounded_over_all_connections() {
    for (call, most) in [
        ("grpc.health.v1.Health/Watch", bounds::WATCHES.unknown),
        ("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", bounds::REFLECTIONS.unknown),
    ] {
        let (answers, mut waiting) = waiting();
        let (_door, address, _stop) = open(answers, patient(), GIVE_UP).await;
        let ask = |asking: &mut SendRequest<Bytes>, call: &str| {
            asking.send_request(Request::post(format!("http://x/{call}")).body(()).unwrap(), true).unwrap().0
        };
        let (mut asked, mut held) = (futures_util::stream::FuturesUnordered::new(), Vec::new());
        let more = 10;
        for number in 0..most + more {
            if number % 1000 == 0 {
                held.push(connect(address).await);
            }
            let (asking, _) = held.last_mut().unwrap();
            *asking = asking.clone().ready().await.unwrap();
            asked.push(ask(asking, call));
        }
        for _ in 0..more {
            let answer = tokio::time::timeout(GIVE_UP, asked.next()).await.unwrap().unwrap().unwrap();
            let status = Status::from_header_map(answer.headers()).unwrap();
            assert_eq!(status.get_details_error_info().unwrap().reason, "BUSY", "{call}: {status}");
        }
        waiting.are(most).await;
        let (mut asking, connection) = connect(address).await;
        asked.push(ask(&mut asking, "grpc.health.v1.Health/Check"));
        waiting.are(most + 1).await;
        drop((asked, held, asking, connection));
    }
}
