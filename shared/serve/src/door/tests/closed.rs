//! Connections that are closed by whoever asked over them.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// What was asked over a connection that is closed is not read any more, and what of it was not begun is forgotten.
#[tokio::test]
async fn of_a_connection_that_is_gone_nothing_more_is_begun() {
    const ASKED: u32 = 1000;
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let routes = axum::Router::new().fallback(move || {
        count.fetch_add(1, Ordering::Relaxed);
        async { "answered" }
    });
    let (door, address, stop) = open(crate::call::Grpc::new(routes), patient(), GIVE_UP).await;
    let (mut asking, connection) = connect(address).await;
    let question = fields("/puhui.directory.v1.DirectoryService/ListProviders");
    let asked = (0..ASKED).map(|number| frame(1, 5, 2 * number + 1, &question));
    let all: Vec<_> =
        [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[])].into_iter().chain(asked).collect();
    // On one thread: nothing of it is read before it is closed.
    let mut tcp = std::net::TcpStream::connect(address).unwrap();
    tcp.write_all(&all.concat()).unwrap();
    // Nothing comes back for it: what was sent is there to be read.
    tcp.shutdown(std::net::Shutdown::Write).unwrap();
    let request = Request::post("http://x/asks").body(()).unwrap();
    asking = asking.ready().await.unwrap();
    let answer = asking.send_request(request, true).unwrap().0;
    tokio::time::timeout(GIVE_UP, answer).await.unwrap().unwrap();
    drop((asking, connection));
    stop.send(()).unwrap();
    assert!(door.await.unwrap(), "nothing is left at the door");
    let begun = begun.load(Ordering::Relaxed);
    println!("{begun} of {ASKED} were begun");
    assert!(begun < 50, "{begun} of {ASKED} were begun");
}
