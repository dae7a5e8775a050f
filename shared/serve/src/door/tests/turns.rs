//! What many ask at once over connections that they do not read, and what another asks beside them.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Connections that ask for much.
const OTHERS: usize = 32;
/// What each of them asks for.
const REQUESTS: u32 = 1000;

/// Requests of the others that are begun before a single one that has just been sent: a turn of each of them to read it and one to begin it, and
/// what is begun before the system tells that it has come. Of all that they ask for a small part.
const BEFORE_MAX: usize = 16 * OTHERS;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_request_is_begun_after_a_few_turns_of_all_who_ask_for_thousands() {
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let routes = axum::Router::new().fallback(move |request: Request<Body>| {
        let is_own = request.uri().path() == "/own";
        let begun = if is_own { count.load(Ordering::Relaxed) } else { count.fetch_add(1, Ordering::Relaxed) };
        async move { begun.to_string() }
    });
    let (_door, address, _stop) = open(crate::call::Grpc::new(routes), patient(), GIVE_UP).await;
    let (mut asking, _connection) = connect(address).await;
    let asked = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[])];
    let asked = asked.into_iter().chain((0..REQUESTS).map(|call| frame(1, 5, 2 * call + 1, &fields("/others"))));
    let asked: Arc<Vec<u8>> = Arc::new(asked.flatten().collect());
    let mut threads = Vec::new();
    for _ in 0..OTHERS {
        let asked = Arc::clone(&asked);
        threads.push(std::thread::spawn(move || {
            let mut tcp = std::net::TcpStream::connect(address).unwrap();
            tcp.write_all(&asked).unwrap();
            tcp
        }));
    }
    while begun.load(Ordering::Relaxed) < OTHERS {
        tokio::task::yield_now().await;
    }
    let mut waited = Vec::new();
    for _ in 0..10 {
        asking = asking.ready().await.unwrap();
        let before = begun.load(Ordering::Relaxed);
        let (answer, _) = asking.send_request(Request::post("http://x/own").body(()).unwrap(), true).unwrap();
        let mut body = tokio::time::timeout(GIVE_UP, answer).await.unwrap().unwrap().into_body();
        let text = body.data().await.unwrap().unwrap();
        let then: usize = std::str::from_utf8(&text).unwrap().parse().unwrap();
        waited.push(then.saturating_sub(before));
        // Where the others have been answered already nothing is waited for.
        if then + BEFORE_MAX > OTHERS * usize::try_from(REQUESTS).unwrap() {
            break;
        }
    }
    println!("requests begun before one of another's: {waited:?}");
    assert!(waited.iter().all(|others| *others <= BEFORE_MAX), "{waited:?}");
    // All that was asked is answered in the end, read or not.
    let held: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    while begun.load(Ordering::Relaxed) < OTHERS * usize::try_from(REQUESTS).unwrap() {
        tokio::task::yield_now().await;
    }
    drop(held);
}

/// While nothing of what it is sent is taken, only so much of what a connection asks for is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_not_read_for_long() {
    // What may wait with the last pieces is less than is held for one connection.
    const LARGE_BYTES: usize = 32 * 1024;
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let routes = axum::Router::new().fallback(move || {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::ready("x".repeat(LARGE_BYTES))
    });
    let (_door, address, _stop) = open(crate::call::Grpc::new(routes), patient(), GIVE_UP).await;
    let most = i32::MAX.unsigned_abs();
    let settings = frame(4, 0, 0, &[&[0, 4], &most.to_be_bytes()[..]].concat());
    let window = frame(8, 0, 0, &(most - 65_535).to_be_bytes());
    let mut tcp = std::net::TcpStream::connect(address).unwrap();
    tcp.write_all(&[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), settings, window].concat()).unwrap();
    for call in 0..REQUESTS {
        tcp.write_all(&frame(1, 5, 2 * call + 1, &fields("/large"))).unwrap();
    }
    // Another's requests are answered meanwhile, so many that this one's would have been begun.
    let (mut asking, _connection) = connect(address).await;
    for _ in 0..500 {
        asking = asking.ready().await.unwrap();
        let (answer, _) = asking.send_request(Request::post("http://x/own").body(()).unwrap(), true).unwrap();
        let mut body = answer.await.unwrap().into_body();
        while take(&mut body).await.is_some() {}
    }
    let begun_unread = begun.load(Ordering::Relaxed) - 500;
    // What the system keeps of a connection, what may wait, and what has come with the last pieces.
    let most = (16 * 1024 * 1024 + bounds::UNREAD_BYTES_MAX) / LARGE_BYTES
        + 2 * (bounds::WAITING_A_CONNECTION_BYTES_MAX / bounds::WAITING_BYTES);
    println!("{begun_unread} of {REQUESTS} were begun");
    assert!(begun_unread <= most, "{begun_unread} were begun");
    // Once it reads, all are answered.
    tcp.set_read_timeout(Some(GIVE_UP)).unwrap();
    let answered = tokio::task::spawn_blocking(move || {
        let (mut ended, mut head) = (0, [0; 9]);
        while ended < REQUESTS {
            std::io::Read::read_exact(&mut tcp, &mut head).map_err(|error| (ended, error))?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            std::io::Read::read_exact(&mut tcp, &mut vec![0; usize::try_from(length).unwrap()]).unwrap();
            // DATA or HEADERS, with END_STREAM.
            ended += u32::from(head[3] <= 1 && head[4] & 1 == 1);
        }
        Ok::<_, (u32, std::io::Error)>(())
    });
    answered.await.unwrap().unwrap();
    println!("{} were begun in the end", begun.load(Ordering::Relaxed) - 500);
}
