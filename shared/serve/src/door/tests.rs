//! Connections that stay too long, at a door with short times.

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
const GIVE_UP: Duration = Duration::from_secs(20);

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
    fn answer(&self, _: Request<Body>) -> impl Future<Output = Response<Body>> + Send + 'static {
        std::future::ready(Response::new(Body::new(Never)))
    }
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
    fn answer(&self, _: Request<Body>) -> impl Future<Output = Response<Body>> + Send + 'static {
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
    let bounds = Bounds { quiet, goodbye: Duration::from_millis(100), ..Bounds::new(65_536) };
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
    let bounds = Bounds { goodbye: Duration::from_secs(1), ..Bounds::new(65_536) };
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

/// Where each call waits for ever, and how many do.
fn waiting() -> (crate::call::Grpc, Arc<tokio::sync::Semaphore>) {
    let came = Arc::new(tokio::sync::Semaphore::new(0));
    let told = Arc::clone(&came);
    let routes = axum::Router::new().fallback(move || async move {
        told.add_permits(1);
        std::future::pending::<&'static str>().await
    });
    (crate::call::Grpc::new(routes), came)
}

/// Somebody has more questions under way than may be, on a few connections: what is over is told to come again at once, and commands and
/// health are taken in all the same.
#[tokio::test]
async fn questions_under_way_are_bounded_over_all_connections() {
    const STREAMS: usize = 1000;
    let (most, connections) = (bounds::QUESTIONS.unknown, bounds::QUESTIONS.unknown / STREAMS + 1);
    let (answers, came) = waiting();
    let (_door, address, _stop) = open(answers, Bounds::new(65_536), GIVE_UP).await;
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
    let under_way = u32::try_from(most).unwrap();
    let _under_way = tokio::time::timeout(GIVE_UP, came.acquire_many(under_way)).await.unwrap().unwrap();
    assert_eq!(came.available_permits(), 0, "more are under way than may be");
    let (mut asking, connection) = connect(address).await;
    for call in ["puhui.certification.v1.CertificationService/Apply", "grpc.health.v1.Health/Check"] {
        asked.push(ask(&mut asking, call));
        came.acquire().await.unwrap().forget();
    }
    // Those who go give their places to others.
    drop((asked, held));
    let again = tokio::time::timeout(GIVE_UP, async {
        loop {
            let mut answer = ask(&mut asking, "puhui.directory.v1.DirectoryService/ListChanges");
            tokio::select! {
                _ = came.acquire() => break,
                refused = &mut answer => assert!(refused.is_ok()),
            }
        }
    });
    again.await.expect("a place is given back");
    drop((asking, connection));
}

/// Calls that stay have bounds of their own: of all that a machine asks for so many are begun, and who asks once is told.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_stay_are_bounded_over_all_connections() {
    for (call, most) in [
        ("grpc.health.v1.Health/Watch", bounds::WATCHES.unknown),
        ("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", bounds::REFLECTIONS.unknown),
    ] {
        let (answers, came) = waiting();
        let (_door, address, _stop) = open(answers, Bounds::new(65_536), GIVE_UP).await;
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
        let under_way = u32::try_from(most).unwrap();
        let _under_way = tokio::time::timeout(GIVE_UP, came.acquire_many(under_way)).await.unwrap().unwrap();
        assert_eq!(came.available_permits(), 0, "{call}: more are under way than may be");
        let (mut asking, connection) = connect(address).await;
        asked.push(ask(&mut asking, "grpc.health.v1.Health/Check"));
        tokio::time::timeout(GIVE_UP, came.acquire()).await.unwrap().unwrap().forget();
        drop((asked, held, asking, connection));
    }
}
