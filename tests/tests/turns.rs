//! Requests are given turns: whoever asks for thousands at once, and reads nothing, makes nobody else wait for them, and what is held for
//! him is bounded. Over the real program.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::ListProvidersRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use prost::Message;
use tests::frames::{PREFACE, SETTINGS, call_frames, connect, frame};
use tests::{Running, channel, descriptors, requests};
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// Connections at a time that ask and read nothing, of which the oldest is closed for each new one.
const ASKING: usize = 128;
/// New ones before each thing that is asked beside them.
const ANEW: usize = 32;
/// What each asks for at once.
const REQUESTS: u32 = 1000;
/// What is asked beside them, one after the other.
const BESIDE: u32 = 16;
/// Median time of the three that are asked: some fifty times what they take with nobody else, so that it holds on a busy machine too.
const MEDIAN_MAX: Duration = Duration::from_secs(1);
/// Memory of the process, all in all.
const MEMORY_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// A connection that lets everything come, and a thousand calls on it.
fn calls(path: &str, message: &[u8]) -> Vec<u8> {
    let most = i32::MAX.unsigned_abs().to_be_bytes();
    // SETTINGS_INITIAL_WINDOW_SIZE, and the window of the connection.
    let settings = frame(4, 0, 0, &[&[0, 4], &most[..]].concat());
    let window = frame(8, 0, 0, &(i32::MAX.unsigned_abs() - 65_535).to_be_bytes());
    let requests = (0..REQUESTS).map(|number| call_frames(2 * number + 1, path, message));
    [PREFACE.to_vec(), settings, window].into_iter().chain(requests).flatten().collect()
}

/// The program with a hundred outlets, and a caller's channel to it.
async fn with_outlets(folder: &tempfile::TempDir) -> (Running, Channel) {
    let server = Running::puhui("all", &["--data", folder.path().to_str().expect("a text")]);
    let channel = channel(&server.url).await;
    let mut commands = CertificationServiceClient::new(channel.clone());
    for number in 0..100 {
        commands.register_provider(requests::register(number)).await.expect("recorded");
    }
    (server, channel)
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_requests_that_nobody_reads_the_answers_of_make_nobody_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (server, channel) = with_outlets(&folder).await;
    let mut commands = CertificationServiceClient::new(channel.clone());
    let kinds = [
        ("/puhui.directory.v1.DirectoryService/ListProviders", ListProvidersRequest::default().encode_to_vec()),
        ("/grpc.health.v1.Health/Check", HealthCheckRequest::default().encode_to_vec()),
        ("/nope.X/Y", Vec::new()),
        (
            "/puhui.certification.v1.CertificationService/RegisterProvider",
            RegisterProviderRequest::default().encode_to_vec(),
        ),
    ];
    let mut number = 1000;
    for (path, message) in kinds {
        let thousand = calls(path, &message);
        let (mut asking, mut took, mut memory) = (VecDeque::new(), Vec::new(), 0);
        for _ in 0..BESIDE {
            for _ in 0..ANEW {
                let mut tcp = connect(&server);
                // As much of it as goes: what the server does not take waits here.
                tcp.set_nonblocking(true).expect("set");
                let _ = tcp.write_all(&thousand);
                asking.push_back(tcp);
                asking.drain(..asking.len().saturating_sub(ASKING));
            }
            number += 1;
            let began = Instant::now();
            commands.register_provider(requests::register(number)).await.expect("recorded");
            DirectoryServiceClient::new(channel.clone())
                .list_providers(ListProvidersRequest::default())
                .await
                .expect("listed");
            HealthClient::new(tests::channel(&server.url).await)
                .check(HealthCheckRequest::default())
                .await
                .expect("told");
            took.push(began.elapsed());
            memory = memory.max(server.memory());
        }
        took.sort_unstable();
        let (median, longest) = (took[took.len() / 2], took[took.len() - 1]);
        println!("{path}: a command, a list and health in {median:?}, at most {longest:?}; {} MiB", memory >> 20);
        assert!(median < MEDIAN_MAX, "{path}: {median:?}");
        assert!(memory < MEMORY_BYTES_MAX, "{path}: {memory} bytes");
    }
    server.stop();
}

/// Connections there may be, of the test below.
const PLACES: usize = 32;

/// All places are those of connections that wait for a position that never comes: nothing is done for them, and whoever comes is let in.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_position_keeps_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let places = PLACES.to_string();
    let server = Running::puhui("all", &["--data", folder.path().to_str().expect("a text"), "--connections", &places]);
    let far = ListProvidersRequest { min_position: 1_000_000_000, ..ListProvidersRequest::default() }.encode_to_vec();
    let waits = [
        PREFACE.to_vec(),
        SETTINGS.to_vec(),
        call_frames(1, "/puhui.directory.v1.DirectoryService/ListProviders", &far),
    ]
    .concat();
    for number in 0..4 {
        let _held: Vec<_> = (0..PLACES)
            .map(|_| {
                let mut tcp = connect(&server);
                tcp.write_all(&waits).expect("sent");
                // Its window, after which what it asked is looked at.
                tcp.read_exact(&mut [0; 9]).expect("greeted");
                tcp
            })
            .collect();
        let channel = channel(&server.url).await;
        let mut commands = CertificationServiceClient::new(channel.clone());
        commands.register_provider(requests::register(number)).await.expect("recorded");
        let mut directory = DirectoryServiceClient::new(channel.clone());
        directory.list_providers(ListProvidersRequest::default()).await.expect("listed");
        HealthClient::new(tests::channel(&server.url).await).check(HealthCheckRequest::default()).await.expect("told");
    }
    server.stop();
}

/// Connections that always have more to ask than is begun: as many as there are descriptors for, of either side.
const ALWAYS_ASKING: usize = 1000;
/// Median time of one call beside them, which takes a tenth of it; with the turn of each of them before each of its own it is several times that.
const BESIDE_THOUSANDS_MAX: Duration = Duration::from_millis(600);

/// Writes all of it, as it is taken.
async fn fill(tcp: &tokio::net::TcpStream, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        tcp.writable().await?;
        match tcp.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Connections that ask for a thousand things each and never read, opened again where they are ended.
fn always_asking(
    server: &Running,
    path: &str,
    message: &[u8],
) -> (tokio::task::JoinSet<()>, tokio::sync::watch::Receiver<usize>) {
    let address = server.url.strip_prefix("http://").expect("an address").to_owned();
    let thousand: Arc<[u8]> = calls(path, message).into();
    let mut asking = tokio::task::JoinSet::new();
    let (tell, filled) = tokio::sync::watch::channel(0);
    for _ in 0..ALWAYS_ASKING.min(descriptors() / 2) {
        let (address, thousand, tell) = (address.clone(), Arc::clone(&thousand), tell.clone());
        asking.spawn(async move {
            loop {
                let Ok(tcp) = tokio::net::TcpStream::connect(&address).await else { continue };
                if fill(&tcp, &thousand).await.is_ok() {
                    tell.send_modify(|filled| *filled += 1);
                    // What it asks is more than is answered in the time of this test.
                    let _ = tcp.ready(tokio::io::Interest::ERROR).await;
                }
            }
        });
    }
    (asking, filled)
}

/// Each of a thousand connections stands in the round with all that it asks; who asks for one thing at a time does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connections_that_always_ask_make_nobody_wait_who_asks_once() {
    let folder = tempfile::tempdir().unwrap();
    let (server, channel) = with_outlets(&folder).await;
    let mut commands = CertificationServiceClient::new(channel.clone());
    // Short lists: of long ones so many bytes wait soon that they are not read any more.
    let lists = ListProvidersRequest { page_size: 1, ..ListProvidersRequest::default() }.encode_to_vec();
    let (mut asking, mut filled) = always_asking(&server, "/puhui.directory.v1.DirectoryService/ListProviders", &lists);
    // All of them ask.
    filled.wait_for(|filled| *filled >= ALWAYS_ASKING).await.expect("they ask");
    let (mut took, mut memory) = ([const { Vec::new() }; 3], 0);
    for number in 0..24 {
        let mut began = Instant::now();
        let mut times = took.iter_mut();
        let mut took = || {
            let now = Instant::now();
            times.next().expect("three things are asked").push(now.duration_since(std::mem::replace(&mut began, now)));
        };
        commands.register_provider(requests::register(1000 + number)).await.expect("recorded");
        took();
        let mut directory = DirectoryServiceClient::new(channel.clone());
        directory.list_providers(ListProvidersRequest::default()).await.expect("listed");
        took();
        let mut health = HealthClient::new(tests::channel(&server.url).await);
        health.check(HealthCheckRequest::default()).await.expect("told");
        took();
        memory = memory.max(server.memory());
    }
    assert_eq!(asking.try_join_next().map(|ended| ended.is_ok()), None, "all of them ask to the end");
    asking.shutdown().await;
    let median = |mut took: Vec<Duration>| {
        took.sort_unstable();
        (took[took.len() / 2], took[took.len() - 1])
    };
    let [recorded, listed, told] = took.map(median);
    println!(
        "a command in {recorded:?}, a list in {listed:?}, health on a new connection in {told:?}; {} MiB",
        memory >> 20
    );
    for (median, _) in [recorded, listed, told] {
        assert!(median < BESIDE_THOUSANDS_MAX, "{median:?}");
    }
    assert!(memory < MEMORY_BYTES_MAX, "{memory} bytes");
    server.stop();
}
