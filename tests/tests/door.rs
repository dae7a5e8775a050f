//! The door: whoever only holds connections open, or asks in a way that costs, costs nobody else anything. Over the real
//! program, by connections that speak no more of HTTP/2 than each test needs.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::WatchRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use tests::frames::{GIVE_UP, PREFACE, SETTINGS, call_fields, connect, field, headers_frame};
use tests::{Running, channel, requests};
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// Descriptors the program is given.
const DESCRIPTORS: u32 = 256;
/// Idle connections, more than those.
const IDLE: usize = 300;
async fn record(channel: &Channel, number: u32) {
    CertificationServiceClient::new(channel.clone())
        .register_provider(requests::register(number))
        .await
        .expect("recorded");
}

/// Reads until the other end closes; whether it did.
fn closes(tcp: &mut TcpStream) -> bool {
    let mut bytes = [0; 4096];
    loop {
        match tcp.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

/// More idle connections than there are descriptors: commands on an open connection and on new ones are recorded, the
/// program does not spin, and those that never said a word are gone.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_cost_nobody_else_anything() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--data", folder.path().to_str().unwrap()];
    let server = Running::puhui_with_descriptors("certification", &words, DESCRIPTORS);
    let before = channel(&server.url).await;
    record(&before, 0).await;
    let mut idle: Vec<TcpStream> = (0..IDLE).map(|_| connect(&server)).collect();
    let (cpu, began) = (server.cpu(), Instant::now());
    for number in 1..200 {
        record(&before, number).await;
    }
    for number in 200..220 {
        // A caller that was not there before.
        let newcomer = async { record(&channel(&server.url).await, number).await };
        tokio::time::timeout(GIVE_UP, newcomer).await.expect("a new caller gets in");
    }
    // Each is closed, by its own time or because another came.
    tokio::task::spawn_blocking(move || {
        for (number, tcp) in idle.iter_mut().enumerate() {
            assert!(closes(tcp), "the {number}-th idle connection is still open");
        }
    })
    .await
    .unwrap();
    let (took, spent) = (began.elapsed(), server.cpu().saturating_sub(cpu));
    println!("{:.2} s of processor time in {:.1} s", spent.as_secs_f64(), took.as_secs_f64());
    assert!(spent < took / 2, "{spent:?} of processor time in {took:?}");
    record(&before, 220).await;
    server.stop();
}

/// Headers that never end, and calls whose messages never come: the connection is quiet all the while, and makes room for
/// another.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_never_made_hold_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--data", folder.path().to_str().unwrap(), "--connections", "4"];
    let server = Running::puhui("certification", &words);
    let mut slow: Vec<TcpStream> = (0..4).map(|_| connect(&server)).collect();
    for (number, tcp) in slow.iter_mut().enumerate() {
        tcp.write_all(&[PREFACE, &SETTINGS].concat()).unwrap();
        // Without END_HEADERS, or without END_STREAM: more is to come.
        let part = if number % 2 == 0 {
            headers_frame(1, 0, 1, &field(":method", "POST"))
        } else {
            headers_frame(1, 4, 1, &call_fields("/puhui.certification.v1.CertificationService/Apply"))
        };
        tcp.write_all(&part).unwrap();
        // The server's own SETTINGS: it has read the preface.
        tcp.read_exact(&mut [0; 9]).unwrap();
    }
    for number in 0..4 {
        record(&channel(&server.url).await, number).await;
    }
    server.stop();
}

/// Whether the other end keeps it open, as far as is known by now.
fn stays(tcp: &mut TcpStream) -> bool {
    tcp.set_nonblocking(true).expect("set");
    let mut bytes = [0; 4096];
    loop {
        match tcp.read(&mut bytes) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
    }
}

/// Where all places are taken and more come to watch, it is watchers who make room: one that has worked, and is quiet between two
/// calls, stays.
#[tokio::test(flavor = "multi_thread")]
async fn who_watches_makes_room_before_who_has_worked() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--data", folder.path().to_str().unwrap(), "--connections", "4"];
    let server = Running::puhui("all", &words);
    let mut worker = connect(&server);
    let ask = [headers_frame(1, 4, 1, &call_fields("/grpc.health.v1.Health/Check")), vec![0, 0, 5, 0, 1, 0, 0, 0, 1]];
    worker.write_all(&[PREFACE, &SETTINGS, &ask.concat(), &[0; 5]].concat()).unwrap();
    // Frames until that with the end of the answer.
    let mut header = [0; 9];
    while header[3..] != [1, 5, 0, 0, 0, 1] {
        worker.read_exact(&mut header).unwrap();
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
        worker.read_exact(&mut vec![0; usize::try_from(length).unwrap()]).unwrap();
    }
    let mut held = Vec::new();
    for _ in 0..16 {
        let channel = channel(&server.url).await;
        let mut health = HealthClient::new(channel.clone());
        let mut told = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
        told.message().await.unwrap().expect("told");
        held.push((channel, told));
        assert!(stays(&mut worker), "it was put out for the {}-th watcher", held.len());
    }
    // Those that were put out were told so.
    let mut ended = 0;
    for (_, told) in &mut held[..8] {
        // Health may have changed meanwhile, which is told before.
        let end = loop {
            match told.message().await {
                Ok(Some(_)) => {}
                end => break end,
            }
        };
        if let Err(status) = end {
            assert_eq!(status.code(), Code::Unavailable, "{status}");
            ended += 1;
        }
    }
    assert_eq!(ended, 8);
    server.stop();
}

/// Connections that hold a watch open, and nothing else, give their places to who comes.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_only_watch_keep_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["--data", folder.path().to_str().unwrap(), "--connections", "4"];
    let server = Running::puhui("all", &words);
    let mut held = Vec::new();
    for number in 0..8 {
        let channel = channel(&server.url).await;
        if number % 2 == 0 {
            let mut health = HealthClient::new(channel.clone());
            let mut told = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
            told.message().await.unwrap().expect("told");
            held.push((channel, Box::new(told) as Box<dyn std::any::Any>));
        } else {
            let mut directory = DirectoryServiceClient::new(channel.clone());
            let told = directory.watch(WatchRequest::default()).await.unwrap().into_inner();
            held.push((channel, Box::new(told)));
        }
    }
    for number in 0..8 {
        record(&channel(&server.url).await, number).await;
    }
    server.stop();
}

/// A header over its bound is refused by itself, and an endless one ends its connection; calls beyond the streams a
/// connection may have wait or are refused, and none of it is felt by others.
#[tokio::test(flavor = "multi_thread")]
async fn huge_headers_and_many_streams_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("certification", &["--data", folder.path().to_str().unwrap()]);
    let path = "/puhui.certification.v1.CertificationService/Apply";
    let mut endless = connect(&server);
    endless.write_all(&[PREFACE, &SETTINGS].concat()).unwrap();
    let block = [call_fields(path), field("x", &"y".repeat(8_000))].concat();
    endless.write_all(&headers_frame(1, 0, 1, &block)).unwrap();
    let more = headers_frame(9, 0, 1, &field("x", &"y".repeat(16_000)));
    let ended = (0..1000).any(|_| endless.write_all(&more).is_err());
    assert!(ended || closes(&mut endless), "16 MB of header fields were taken");
    let mut many = connect(&server);
    many.write_all(&[PREFACE, &SETTINGS].concat()).unwrap();
    let mut refused = 0;
    for stream in 0..1100 {
        // END_HEADERS without END_STREAM: each waits for its message.
        let frame = headers_frame(1, 4, 2 * stream + 1, &call_fields(path));
        if many.write_all(&frame).is_err() {
            break;
        }
    }
    many.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut head = [0; 9];
    while many.read_exact(&mut head).is_ok() {
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        many.read_exact(&mut vec![0; length]).unwrap();
        // RST_STREAM.
        refused += u32::from(head[3] == 3);
    }
    assert!(refused >= 1100 - 1024, "{refused} of 1,100 streams refused");
    record(&channel(&server.url).await, 0).await;
    server.stop();
}

/// The listener for metrics has bounds of the same kind.
#[test]
fn silent_connections_to_the_metrics_are_closed_and_hold_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = format!("127.0.0.1:{}", tests::free_port());
    let words = ["--data", folder.path().to_str().unwrap(), "--metrics", &metrics];
    let server = Running::puhui("certification", &words);
    let mut silent: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(&metrics).unwrap()).collect();
    let mut asking = TcpStream::connect(&metrics).unwrap();
    asking.set_read_timeout(Some(GIVE_UP)).unwrap();
    write!(asking, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    asking.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("puhui_part_well{part=\"log-writer\"} 1"), "{answer}");
    // One that begins and does not go on.
    write!(silent[99], "GET /metrics HTTP/1.1\r\nHost:").unwrap();
    for tcp in &mut silent {
        tcp.set_read_timeout(Some(GIVE_UP)).unwrap();
        assert!(closes(tcp));
    }
    server.stop();
}

/// Watches that one caller may hold, and one more.
const WATCHES: usize = 257;

/// Watches, each with these headers; whether each was begun.
async fn watches(channel: &Channel, headers: impl IntoIterator<Item = Vec<(&'static str, String)>>) -> Vec<bool> {
    let (mut begun, mut held) = (Vec::new(), Vec::new());
    for headers in headers {
        let mut request = tonic::Request::new(WatchRequest::default());
        for (name, value) in headers {
            request.metadata_mut().insert(name, value.parse().expect("a value"));
        }
        let watch = DirectoryServiceClient::new(channel.clone()).watch(request).await;
        begun.push(watch.is_ok());
        match watch {
            Ok(watch) => held.push(watch),
            Err(busy) => assert_eq!(busy.code(), Code::Unavailable, "{busy}"),
        }
    }
    begun
}

/// All of one caller, and the last of them is one too many.
fn all_but_the_last(begun: &[bool], what: &str) {
    let (last, before) = begun.split_last().expect("some were begun");
    assert!(before.iter().all(|begun| *begun), "{what}");
    assert!(!last, "{what}: the {WATCHES}-th");
}

/// Everybody behind a proxy comes from one address. Told apart by what a trusted proxy says, each has its own bounds; a proxy that nobody
/// named is not believed.
#[tokio::test]
async fn callers_behind_a_trusted_proxy_are_bounded_one_by_one() {
    for trusted in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let proxy = if trusted { "127.0.0.0/8" } else { "203.0.113.0/24" };
        let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap(), "--proxy", proxy]);
        let channel = channel(&server.url).await;
        // What stands before the last address is the caller's own word.
        let own = |number| vec![("x-forwarded-for", format!("192.0.2.{number}, 198.51.100.7, 127.0.0.1"))];
        let other = vec![("x-forwarded-for", "198.51.100.8".to_owned())];
        let mut begun = watches(&channel, (0..WATCHES).map(own).chain([other])).await;
        assert_eq!(begun.pop(), Some(true), "another caller has its own");
        if trusted {
            all_but_the_last(&begun, "x-forwarded-for");
        } else {
            assert!(begun.iter().all(|begun| *begun));
        }
        server.stop();
    }
}

/// A header that a proxy passes through is the caller's own word, and what cannot be read names nobody: with neither does anybody get more.
#[tokio::test]
async fn no_header_lets_a_caller_behind_a_trusted_proxy_out_of_its_bounds() {
    let list = |value: &str| ("x-forwarded-for", value.to_owned());
    let standard = |value: &str| ("forwarded", value.to_owned());
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for (header, by_another, own) in [
        (None, list("198.51.100.8"), vec![list("198.51.100.7"), standard("for=1.2.3.4")]),
        (None, list("198.51.100.8"), vec![list("198.51.100.7"), standard("for=_x")]),
        (None, list("198.51.100.8"), vec![list("_x")]),
        (None, list("198.51.100.8"), vec![standard("for=198.51.100.7")]),
        (Some("forwarded"), standard("for=198.51.100.8"), vec![standard("for=198.51.100.7"), list("198.51.100.8")]),
    ] {
        let named = header.map_or(Vec::new(), |header| vec!["--proxy-header", header]);
        let words = [vec!["--data", data, "--proxy", "127.0.0.0/8"], named].concat();
        let server = Running::puhui("all", &words);
        let headers = std::iter::repeat_n(own.clone(), WATCHES).chain([vec![by_another]]);
        let mut begun = watches(&channel(&server.url).await, headers).await;
        assert_eq!(begun.pop(), Some(true), "{own:?}: another caller has its own");
        all_but_the_last(&begun, &format!("{own:?}"));
        server.stop();
    }
}
