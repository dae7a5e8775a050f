//! Callers that read slowly or not at all, and who shares a connection with them.

use futures_util::stream::FuturesUnordered;

use super::*;
use crate::{Proxies, ProxyHeader};

const LISTS: &str = "http://x/puhui.directory.v1.DirectoryService/ListProviders";
const COMMAND: &str = "http://x/puhui.certification.v1.CertificationService/RegisterProvider";

/// Where each question is answered with so many bytes, none before so many have come; and how many have.
fn answers(bytes: usize, together: usize) -> (crate::call::Grpc<axum::Router>, watch::Receiver<usize>) {
    let (count, come) = watch::channel(0);
    let enough = come.clone();
    let routes = axum::Router::new().fallback(move || {
        count.send_modify(|come| *come += 1);
        let mut enough = enough.clone();
        async move {
            let _ = enough.wait_for(|come| *come >= together).await;
            "x".repeat(bytes)
        }
    });
    (crate::call::Grpc::new(routes), come)
}

/// So many questions of this message asked at once and read all the while: how many of the answers have as many bytes.
async fn answered_whole(mut asking: SendRequest<Bytes>, questions: usize, message: Bytes, bytes: usize) -> usize {
    let (asked, began) = (FuturesUnordered::new(), Instant::now());
    for _ in 0..questions {
        asking = asking.ready().await.unwrap();
        let (answer, mut sending) = asking.send_request(Request::post(LISTS).body(()).unwrap(), false).unwrap();
        sending.send_data(message.clone(), true).unwrap();
        asked.push(async move {
            let answer = tokio::time::timeout(GIVE_UP, answer).await.unwrap().unwrap();
            let (refused, mut come) = (Status::from_header_map(answer.headers()), 0);
            let mut body = answer.into_body();
            while let Some(piece) = take(&mut body).await {
                come += piece;
            }
            if come != bytes {
                let refused = refused.as_ref().map(Status::message);
                println!("{come} bytes after {:?}, refused: {refused:?}", began.elapsed());
            }
            come
        });
    }
    asked.filter(|come| std::future::ready(*come == bytes)).count().await
}

/// Of what a peer does not read the system takes little beside what fits into the peer's own window: what it takes at once is not seen to be taken
/// for as long as the peer reads at that.
#[tokio::test]
async fn the_system_takes_little_of_what_a_peer_does_not_read() {
    const WINDOW_BYTES: u32 = 64 * 1024;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let peer = tokio::net::TcpSocket::new_v4().unwrap();
    peer.set_recv_buffer_size(WINDOW_BYTES).unwrap();
    let _peer = peer.connect(listener.local_addr().unwrap()).await.unwrap();
    let (tcp, _) = listener.accept().await.unwrap();
    set(&tcp).unwrap();
    let (tcp, piece) = (tcp.into_std().unwrap(), vec![7; bounds::SLICE_BYTES]);
    let (mut bytes, mut in_vain) = (0, 0);
    // What is on the way to the peer's window comes meanwhile.
    while in_vain < 100 {
        match std::io::Write::write(&mut &tcp, &piece) {
            Ok(written) => bytes += written,
            Err(_) => in_vain += 1,
        }
    }
    println!("{bytes} bytes were taken of who reads nothing");
    assert!(bytes <= (bounds::UNSENT_BYTES + 4 * WINDOW_BYTES) as usize, "{bytes}");
}

/// More than may wait for one connection, asked at once over one with the usual windows and read all the while: each is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_is_answered_all_that_it_asks_for_at_once() {
    const QUESTIONS: usize = 500;
    const BYTES: usize = 80 * 1024;
    // All are begun before the first is answered.
    let (answers, made) = answers(BYTES, QUESTIONS);
    let (_door, address, _stop) = open(answers, patient(), GIVE_UP).await;
    let (asking, _connection) = connect(address).await;
    let whole = answered_whole(asking, QUESTIONS, Bytes::from_static(&[0, 0, 0, 0, 0]), BYTES).await;
    let made = *made.borrow();
    println!("{whole} of {QUESTIONS} answered, {made} answers made");
    assert_eq!(whole, QUESTIONS);
    assert!(made <= 2 * QUESTIONS, "{made} answers were made");
}

/// As much waits for its caller as may, and he reads it: calls of which the message comes after the header fields are answered like the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_is_answered_what_came_in_pieces() {
    const QUESTIONS: usize = 200;
    const IN_PIECES: usize = 20;
    const BYTES: usize = 80 * 1024;
    let (answers, mut made) = answers(BYTES, 0);
    let (_door, address, _stop) = open(answers, patient(), GIVE_UP).await;
    let tcp = TcpStream::connect(address).await.unwrap();
    let (mut asking, mut connection) = h2::client::handshake(tcp).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    let _connection = tokio::spawn(connection);
    let mut asked = FuturesUnordered::new();
    let all = async |answer: h2::client::ResponseFuture| {
        let answer = tokio::time::timeout(GIVE_UP, answer).await.unwrap().unwrap();
        let refused = Status::from_header_map(answer.headers()).map(|status| status.message().to_owned());
        let (mut body, mut bytes) = (answer.into_body(), 0);
        while let Some(piece) = take(&mut body).await {
            bytes += piece;
        }
        (bytes, refused)
    };
    for _ in 0..QUESTIONS {
        asking = asking.ready().await.unwrap();
        let (answer, mut message) = asking.send_request(Request::post(LISTS).body(()).unwrap(), false).unwrap();
        message.send_data(Bytes::from_static(&[0, 0, 0, 0, 0]), true).unwrap();
        asked.push(all(answer));
    }
    let full = bounds::ANSWERS_A_CONNECTION_BYTES_MAX / (BYTES + bounds::ANSWERS_A_CONNECTION_BYTES_MAX / 1024);
    tokio::time::timeout(GIVE_UP, made.wait_for(|made| *made >= full)).await.unwrap().unwrap();
    let mut messages = Vec::new();
    for number in 0..IN_PIECES {
        let path = if number % 2 == 0 { COMMAND } else { LISTS };
        asking = asking.ready().await.unwrap();
        let (answer, message) = asking.send_request(Request::post(path).body(()).unwrap(), false).unwrap();
        asked.push(all(answer));
        messages.push(message);
        // The header fields are there, and have been looked at, before something of the message is.
        for _ in 0..3 {
            tokio::time::timeout(GIVE_UP, pings.ping(h2::Ping::opaque())).await.unwrap().unwrap();
        }
    }
    // Some are taken before the messages come.
    let mut ended = Vec::new();
    for _ in 0..IN_PIECES {
        ended.extend(asked.next().await);
    }
    for mut message in messages {
        // Where it was refused nothing of it is taken any more.
        let _ = message.send_data(Bytes::from_static(&[0, 0, 0, 0, 0]), true);
    }
    while let Some(one) = asked.next().await {
        ended.push(one);
    }
    let refused: Vec<_> = ended.iter().filter(|(bytes, _)| *bytes != BYTES).collect();
    println!("{} of {} answered", ended.len() - refused.len(), ended.len());
    assert!(refused.is_empty(), "{} refused: {:?}", refused.len(), refused[0]);
}

/// A question that is longer than is kept of most is made again like any other where there was no room for its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_question_is_answered_once_there_is_room() {
    const QUESTIONS: usize = 250;
    const BYTES: usize = 80 * 1024;
    let long: Bytes = {
        let length = 2 * bounds::KEPT_BYTES_MAX;
        [&[0][..], &u32::try_from(length).unwrap().to_be_bytes(), &vec![7; length]].concat().into()
    };
    // All are begun before the first is answered: for most there is no room.
    let (answers, made) = answers(BYTES, QUESTIONS);
    let (_door, address, _stop) = open(answers, patient(), GIVE_UP).await;
    let (asking, _connection) = connect(address).await;
    let whole = answered_whole(asking, QUESTIONS, long, BYTES).await;
    println!("{whole} of {QUESTIONS} answered, {} answers made", *made.borrow());
    assert_eq!(whole, QUESTIONS);
}

/// Behind a proxy that names its callers one that reads nothing is told to come again, and where all together have too much the calls of the one
/// that took nothing for longest end: whoever else comes over that connection is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_nobody_waits_for_who_does_not_read() {
    const BYTES: usize = 128 * 1024;
    const EACH: usize = BYTES + bounds::ANSWER_BYTES;
    // The first has as much as one may, the second so much that with the first it is nearly as much as is let in freely; of the others each has one.
    let calls = bounds::ANSWERS_A_CONNECTION_BYTES_MAX.div_ceil(EACH);
    let calls = [calls, bounds::SHORT_ANSWERS_FREELY_BYTES / EACH - calls];
    let callers = calls.len();
    let others = bounds::SHORT_ANSWERS_THAT_WAIT_BYTES / EACH - calls[0] - calls[1] + 1;
    let bounds =
        Bounds { proxies: Proxies::new(&["127.0.0.0/8".parse().unwrap()], ProxyHeader::default()), ..patient() };
    let routes = axum::Router::new().fallback(async || "x".repeat(BYTES));
    let (_door, address, _stop) = open(crate::call::Grpc::new(routes), bounds, GIVE_UP).await;
    let tcp = TcpStream::connect(address).await.unwrap();
    // Nothing of any answer is taken.
    let (mut asking, connection) =
        h2::client::Builder::new().initial_window_size(0).handshake::<_, Bytes>(tcp).await.unwrap();
    let connection = tokio::spawn(connection);
    let ask = |asking: &mut SendRequest<Bytes>, caller: usize| {
        let request = Request::post(LISTS).header("x-forwarded-for", format!("198.51.100.{caller}"));
        asking.send_request(request.body(()).unwrap(), true).unwrap().0
    };
    let begins =
        async |answer: h2::client::ResponseFuture| tokio::time::timeout(GIVE_UP, answer).await.unwrap().unwrap();
    let reason = |answer: &Response<h2::RecvStream>| {
        Status::from_header_map(answer.headers()).map(|status| status.get_details_error_info().unwrap().reason)
    };
    let data = async |caller: usize, mut body: h2::RecvStream| (caller, body.data().await.unwrap().map(drop));
    let mut unread = FuturesUnordered::new();
    for (caller, calls) in calls.into_iter().enumerate() {
        for _ in 0..calls {
            asking = asking.ready().await.unwrap();
            let answer = begins(ask(&mut asking, caller)).await;
            assert_eq!(reason(&answer), None, "caller {caller}");
            unread.push(data(caller, answer.into_body()));
        }
        if caller == 0 {
            let one_more = begins(ask(&mut asking, caller)).await;
            assert_eq!(reason(&one_more).as_deref(), Some("BUSY"));
        }
    }
    for caller in callers..callers + others {
        asking = asking.ready().await.unwrap();
        let answer = begins(ask(&mut asking, caller)).await;
        assert_eq!(reason(&answer), None, "caller {caller}");
        unread.push(data(caller, answer.into_body()));
    }
    let mut ended = Vec::new();
    for _ in 0..calls[0] {
        let (caller, data) = tokio::time::timeout(GIVE_UP, unread.next()).await.unwrap().unwrap();
        assert!(data.unwrap_err().is_reset());
        ended.push(caller);
    }
    assert!(ended.iter().all(|caller| *caller == 0), "{ended:?}");
    // The connection goes on, for another and for that one too.
    for caller in [callers + others, 0] {
        let answer = begins(ask(&mut asking, caller)).await;
        assert_eq!(reason(&answer), None, "caller {caller}");
    }
    assert!(!connection.is_finished());
    // Each for whom there was no room had one end of those who have taken nothing for long, and nobody after them.
    let ended = std::iter::from_fn(|| futures_util::FutureExt::now_or_never(unread.next()).flatten());
    let ended: Vec<_> = ended.map(|(caller, _)| caller).collect();
    assert!(ended.iter().all(|caller| *caller < callers), "{ended:?}");
}

/// Long answers of which it is known before they are made that they are: whoever takes none has two made, however many he asks for over a
/// connection, and is told to come again; whoever takes them is answered all; and who asks for something short beside them is answered at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_long_answers_that_nobody_takes_few_are_made() {
    const QUESTIONS: usize = 40;
    const BYTES: usize = 5 * 1024 * 1024;
    let (count, made) = watch::channel(0);
    let routes = axum::Router::new().fallback(move |request: Request<Body>| {
        let count = count.clone();
        async move {
            let is_long = request.headers().contains_key("x-long");
            if is_long {
                loop {
                    if let Err(refused) = until_room().await {
                        return crate::wire::failed(&refused);
                    }
                    // As who waits for a place to make it in.
                    tokio::task::yield_now().await;
                    if keep_room(BYTES) {
                        break;
                    }
                }
                count.send_modify(|made| *made += 1);
            }
            Response::new(Body::from("x".repeat(if is_long { BYTES } else { 1 })))
        }
    });
    let (_door, address, _stop) = open(crate::call::Grpc::new(routes), patient(), GIVE_UP).await;
    let tcp = TcpStream::connect(address).await.unwrap();
    let (mut asking, connection) =
        h2::client::Builder::new().initial_window_size(0).handshake::<_, Bytes>(tcp).await.unwrap();
    let _connection = tokio::spawn(connection);
    let ask = |asking: &mut SendRequest<Bytes>, is_long: bool| {
        let request = Request::post(LISTS);
        let request = if is_long { request.header("x-long", "1") } else { request };
        asking.send_request(request.body(()).unwrap(), true).unwrap().0
    };
    let mut asked = FuturesUnordered::new();
    for _ in 0..QUESTIONS {
        asking = asking.ready().await.unwrap();
        asked.push(ask(&mut asking, true));
    }
    let (mut answered, mut busy) = (Vec::new(), 0);
    while let Some(answer) = tokio::time::timeout(GIVE_UP, asked.next()).await.unwrap() {
        let answer = answer.unwrap();
        match Status::from_header_map(answer.headers()) {
            None => answered.push(answer.into_body()),
            Some(status) => {
                assert_eq!(status.get_details_error_info().unwrap().reason, "BUSY");
                busy += 1;
            }
        }
    }
    println!("{} of {QUESTIONS} long answers were made, {busy} told to come again", *made.borrow());
    assert_eq!((*made.borrow(), answered.len(), busy), (2, 2, QUESTIONS - 2));
    // Another, who takes them, is answered all; each is made once.
    let (mut other, _connection) = connect(address).await;
    let taken = FuturesUnordered::new();
    for number in 0..2 * QUESTIONS {
        other = other.ready().await.unwrap();
        let answer = ask(&mut other, number % 2 == 0);
        taken.push(async move {
            let (mut body, mut bytes) = (answer.await.unwrap().into_body(), 0);
            while let Some(piece) = take(&mut body).await {
                bytes += piece;
            }
            bytes
        });
    }
    let taken: Vec<_> = tokio::time::timeout(GIVE_UP, taken.collect()).await.unwrap();
    let whole = |bytes: usize| taken.iter().filter(|taken| **taken == bytes).count();
    assert_eq!((whole(BYTES), whole(1), *made.borrow()), (QUESTIONS, QUESTIONS, 2 + QUESTIONS));
}

/// Long answers of many who read at one time sum to more than may wait: those for whom there is no room wait for it, and nobody is cut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_reads_is_cut_for_the_long_answers_of_others() {
    const READERS: usize = 16;
    const BYTES: usize = 12 * 1024 * 1024;
    let (count, tried) = watch::channel(0);
    let routes = axum::Router::new().fallback(move || {
        let count = count.clone();
        async move {
            let mut is_first = true;
            loop {
                if let Err(refused) = until_room().await {
                    return crate::wire::failed(&refused);
                }
                let has_room = keep_room(BYTES);
                count.send_modify(|tried| *tried += usize::from(std::mem::take(&mut is_first)));
                if has_room {
                    return Response::new(Body::from(vec![7; BYTES]));
                }
            }
        }
    });
    let (_door, address, _stop) = open(crate::call::Grpc::new(routes), patient(), GIVE_UP).await;
    let reading = FuturesUnordered::new();
    for _ in 0..READERS {
        let mut tried = tried.clone();
        reading.push(async move {
            let (asking, _connection) = connect(address).await;
            let mut asking = asking.ready().await.unwrap();
            let answer = asking.send_request(Request::post(LISTS).body(()).unwrap(), true).unwrap().0;
            // Nobody reads before all have asked for room.
            tried.wait_for(|tried| *tried == READERS).await.unwrap();
            let (mut body, mut bytes) = (answer.await.ok()?.into_body(), 0);
            while let Some(Ok(piece)) = tokio::time::timeout(GIVE_UP, body.data()).await.unwrap() {
                body.flow_control().release_capacity(piece.len()).unwrap();
                bytes += piece.len();
            }
            (bytes == BYTES).then_some(())
        });
    }
    let whole = reading.filter_map(std::future::ready).count().await;
    println!("{whole} of {READERS} read all of it");
    assert_eq!(whole, READERS);
}

/// Eight hold all the room of long answers and take next to nothing, messages of four are half sent, and one waits for a long answer: whether somebody is
/// well is told at once, and what is short as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_what_is_short_is_told_at_once_beside_what_is_long_and_half_sent() {
    const BYTES: usize = 12 * 1024 * 1024;
    const HEALTH: &str = "http://x/grpc.health.v1.Health/Check";
    let (count, mut made) = watch::channel(0);
    let routes = axum::Router::new().fallback(move |request: Request<Body>| {
        let count = count.clone();
        async move {
            if !request.headers().contains_key("x-long") {
                return Response::new(Body::from("x".repeat(1000)));
            }
            while !keep_room(BYTES) {
                if let Err(refused) = until_room().await {
                    return crate::wire::failed(&refused);
                }
            }
            count.send_modify(|made| *made += 1);
            Response::new(Body::from(vec![7; BYTES]))
        }
    });
    let (_door, address, _stop) = open(crate::call::Grpc::new(routes), patient(), GIVE_UP).await;
    let long = async || {
        let (asking, connection) = connect(address).await;
        let mut asking = asking.ready().await.unwrap();
        let request = Request::post(LISTS).header("x-long", "1").body(()).unwrap();
        let answer = asking.send_request(request, true).unwrap().0;
        (asking, connection, answer)
    };
    let (mut held, room) = (Vec::new(), bounds::LONG_ANSWERS_BYTES_MAX / BYTES);
    for number in 1..room {
        held.push(long().await);
        tokio::time::timeout(GIVE_UP, made.wait_for(|made| *made == number)).await.unwrap().unwrap();
    }
    let _waiting = [long().await, long().await];
    let mut sending = Vec::new();
    for _ in 0..4 {
        let (mut asking, connection) = connect(address).await;
        for _ in 0..26 {
            asking = asking.ready().await.unwrap();
            let (answer, mut message) = asking.send_request(Request::post(COMMAND).body(()).unwrap(), false).unwrap();
            let half = [&[0][..], &250_000_u32.to_be_bytes(), &vec![7; 240_000]].concat();
            message.send_data(half.into(), false).unwrap();
            sending.push((answer, message));
        }
        held.push((asking, connection, sending.pop().unwrap().0));
    }
    let (mut asking, _connection) = connect(address).await;
    let (mut latest, mut number, began) = (Duration::ZERO, 0, Instant::now());
    while began.elapsed() < Duration::from_secs(2) {
        asking = asking.ready().await.unwrap();
        let asked = Instant::now();
        let request = Request::post(if number % 2 == 0 { HEALTH } else { LISTS }).body(()).unwrap();
        let answer = asking.send_request(request, true).unwrap().0;
        let answer = tokio::time::timeout(GIVE_UP, answer).await.unwrap().unwrap();
        assert!(Status::from_header_map(answer.headers()).is_none());
        let mut body = answer.into_body();
        while take(&mut body).await.is_some() {}
        (latest, number) = (latest.max(asked.elapsed()), number + 1);
    }
    println!("the latest of {number} came after {latest:?}");
    assert!(latest < Duration::from_secs(2), "{latest:?}");
}
