//! Connections that stay too long, at a door with short times.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
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
