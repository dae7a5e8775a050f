//! Connections that send frames without end that ask for nothing.

use std::io::{ErrorKind, Read, Write};

use super::*;

/// More than any such connection has in hand.
const FRAMES: usize = 100_000;

/// What is told with the last frame of a connection that takes whatever comes until its end: the code of a GOAWAY.
fn told(mut tcp: std::net::TcpStream) -> Option<u32> {
    let (mut come, mut piece) = (Vec::new(), [0; 4096]);
    tcp.set_read_timeout(Some(GIVE_UP)).unwrap();
    loop {
        match tcp.read(&mut piece) {
            Ok(0) => break,
            Ok(bytes) => come.extend_from_slice(&piece[..bytes]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("{error}"),
        }
    }
    let goaway = come.last_chunk::<17>()?;
    (goaway[3] == 7).then(|| u32::from_be_bytes([goaway[13], goaway[14], goaway[15], goaway[16]]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_nothing_without_end_is_ended_and_nobody_else() {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let routes = axum::Router::new().fallback(async || "x".repeat(100_000));
    let (_door, address, _stop) = open(crate::call::Grpc::new(routes), patient(), GIVE_UP).await;
    let ping: &[u8] = &[7; 8];
    for (name, kind, payload) in [
        ("PING", 6, ping),
        ("SETTINGS", 4, &[]),
        ("WINDOW_UPDATE", 8, &[0, 0, 0, 1]),
        ("PRIORITY_UPDATE", 16, &[0, 0, 0, 1]),
    ] {
        let ended = tokio::task::spawn_blocking(move || {
            let mut tcp = std::net::TcpStream::connect(address).unwrap();
            tcp.write_all(&[PREFACE, &frame(4, 0, 0, &[])].concat()).unwrap();
            let reads = tcp.try_clone().unwrap();
            let reading = std::thread::spawn(move || told(reads));
            let many = frame(kind, 0, 0, payload);
            let sent = (0..FRAMES).take_while(|_| tcp.write_all(&many).is_ok()).count();
            (sent, reading.join().unwrap())
        });
        let (sent, told) = ended.await.unwrap();
        println!("{name}: ended with {told:?} after at most {sent} frames");
        assert!(sent < FRAMES, "{name} without end");
        // What waits unread may take the word away; then it is reset.
        assert!(told.is_none_or(|code| code == 11), "{name}: {told:?}");
    }
    // Who asks, reads and pings all the while goes on.
    let tcp = TcpStream::connect(address).await.unwrap();
    let (mut asking, mut connection) = h2::client::handshake(tcp).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    let _connection = tokio::spawn(connection);
    for _ in 0..2_000 {
        asking = asking.ready().await.unwrap();
        let (answer, _) = asking.send_request(Request::post("http://x/own").body(()).unwrap(), true).unwrap();
        let mut body = answer.await.unwrap().into_body();
        while take(&mut body).await.is_some() {
            pings.ping(h2::Ping::opaque()).await.unwrap();
        }
    }
}
