//! Requests are given turns: whoever asks for thousands at once, and reads nothing, makes nobody else wait for them, and what is held for
//! him is bounded. Over the real program.

use std::collections::VecDeque;
use std::io::Write;
use std::time::{Duration, Instant};

use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::directory::v1::ListProvidersRequest;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use prost::Message;
use tests::frames::{PREFACE, call_frames, connect, frame};
use tests::{Running, channel, requests};
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

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_requests_that_nobody_reads_the_answers_of_make_nobody_wait() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().to_str().unwrap()]);
    let channel = channel(&server.url).await;
    let mut commands = CertificationServiceClient::new(channel.clone());
    for number in 0..100 {
        commands.register_provider(requests::register(number)).await.expect("recorded");
    }
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
