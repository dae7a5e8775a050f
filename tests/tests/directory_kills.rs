//! SIGKILL of the directory under load, again and again: it serves within two seconds of each start, and what it serves is what a fresh
//! replay gives at the same position.
//!
//! `cargo xtask crash --body directory --cycles N` makes it long, on the build that is deployed, whose writes are short and seldom;
//! `--body directory-writes` makes it long on a debug build that writes all the time, so that kills fall into writes, and holds no
//! start to two seconds. `PUHUI_CYCLES` and `PUHUI_SEED` make it as one likes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use api::audit::v1::GetHeadRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{
    AmendParticularsRequest, RecordCertificationRequest, RegisterProviderRequest, WithdrawRequest,
};
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::rows_service_client::RowsServiceClient;
use api::directory::v1::{GetProgressRequest, ListProvidersRequest, RowsState};
use api::registry::v1::Particulars;
use domain::Uscc;
use tests::{Dice, Running, channel, done, free_port, setting};
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use uuid::Uuid;

/// Who send commands at one time.
const CALLERS: u32 = 8;
/// Longest from a start to an answer that holds what was there before the kill.
const SERVES_MAX: Duration = Duration::from_secs(2);
/// The same where the machine may be busy with other things, and the time is not what is tested.
const SERVES_AT_ALL_MAX: Duration = Duration::from_secs(30);
/// Longest that a fresh replay may take.
const REPLAY_MAX: Duration = Duration::from_mins(2);
/// Kills after which the rows are compared with a fresh replay.
const KILLS_A_COMPARISON: u64 = 50;
/// The directory that is killed writes its rows so often that kills fall into writes.
const OFTEN: Option<(&str, &str)> = Some(("PUHUI_ROWS_WRITE_EVERY_MS", "40"));
/// An outlet moves once so many have come on record behind it, and leaves after so many: no two callers are at one outlet.
const MOVES_AFTER: u32 = 64;
const LEAVES_AFTER: u32 = 1_024;
/// What must be told to serve.
const SERVICE: &str = "puhui.directory.v1.DirectoryService";
/// Pause before a server that is not there yet is asked again.
const ASK_AGAIN_PAUSE: Duration = Duration::from_millis(5);

async fn pause() {
    #[expect(clippy::disallowed_methods, reason = "a process that starts can only be asked again")]
    tokio::time::sleep(ASK_AGAIN_PAUSE).await;
}

/// Lets time pass, at the end of which a process ends.
async fn pass(moment: Duration) {
    #[expect(clippy::disallowed_methods, reason = "the moment of the end is what is random")]
    tokio::time::sleep(moment).await;
}

/// Outlets that come on record and are certified, while others move or leave, as fast as it is acknowledged.
struct Load {
    stop: Arc<AtomicBool>,
    callers: Vec<JoinHandle<()>>,
}

impl Load {
    fn start(url: &Channel, next: &Arc<AtomicU32>, acknowledged: &Arc<AtomicU64>) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let callers = (0..CALLERS).map(|_| {
            let (client, stop) = (CertificationServiceClient::new(url.clone()), Arc::clone(&stop));
            let (next, acknowledged) = (Arc::clone(next), Arc::clone(acknowledged));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let commands = outlet(client.clone(), number).await;
                    acknowledged.fetch_add(commands, Ordering::Relaxed);
                }
            })
        });
        Self { callers: callers.collect(), stop }
    }

    async fn ended(self) {
        self.stop.store(true, Ordering::Relaxed);
        for caller in self.callers {
            caller.await.expect("the caller ends");
        }
    }
}

/// A request of the outlet with this number, with what all requests have.
macro_rules! request {
    ($number:expr, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {
        $request {
            request_id: Uuid::new_v4().to_string(),
            bureau_id: "3210-development".to_owned(),
            officer_id: "kills".to_owned(),
            provider_id: provider($number),
            $($field: $value,)*
            ..$request::default()
        }
    };
}

fn provider(number: u32) -> String {
    let uscc = Uscc::synthetic("91", "321003", &format!("{number:08}")).expect("eight digits");
    format!("{uscc}-001")
}

/// Where the outlet is before it has moved, and after.
fn particulars(number: u32, moved: u32) -> Particulars {
    Particulars {
        name: format!("合成网点{}", number % 97),
        operator_name: "合成主体".to_owned(),
        division: ["321003005007", "321003006001", "321002001001"][(number + moved) as usize % 3].to_owned(),
        address: format!("合成路{}号", number + moved),
        ..Particulars::default()
    }
}

/// Puts an outlet on record and certifies it; one of before moves, one of long before leaves. Returns the commands acknowledged.
async fn outlet(mut client: CertificationServiceClient<Channel>, number: u32) -> u64 {
    let mut commands = 2;
    let register = request!(number, RegisterProviderRequest { particulars: Some(particulars(number, 0)) });
    client.register_provider(register).await.expect("registered");
    let record = request!(
        number,
        RecordCertificationRequest {
            category: "childcare".to_owned(),
            source: "合成".to_owned(),
            deciding_body: "合成单位".to_owned(),
            valid_from: "2026-01-01".to_owned(),
            valid_to: "2028-12-31".to_owned(),
        }
    );
    client.record_certification(record).await.expect("recorded");
    if let Some(before) = number.checked_sub(MOVES_AFTER) {
        let amend = request!(
            before,
            AmendParticularsRequest {
                particulars: Some(particulars(before, 1)),
                effective_on: "2026-02-01".to_owned(),
                site_checked_on: "2026-02-01".to_owned(),
            }
        );
        client.amend_particulars(amend).await.expect("moved");
        commands += 1;
    }
    if let Some(long_before) = number.checked_sub(LEAVES_AFTER) {
        let withdraw = request!(
            long_before,
            WithdrawRequest {
                category: "childcare".to_owned(),
                requested_on: "2026-02-01".to_owned(),
                effective_on: "2026-03-01".to_owned(),
                reason: "合成".to_owned(),
            }
        );
        client.withdraw(withdraw).await.expect("withdrawn");
        commands += 1;
    }
    commands
}

struct Directory {
    running: Running,
    /// From its start to its first whole answer.
    served_after: Duration,
}

/// Starts a directory, and waits until it says that it serves, is live, and its answers hold everything up to `position`.
async fn started(
    words: &[&str],
    port: u16,
    setting: Option<(&str, &str)>,
    position: u64,
    longest: Duration,
) -> Directory {
    let began = Instant::now();
    let running = Running::puhui_in("directory", words, port, setting);
    let link = channel(&running.url).await;
    let (mut rows, mut health) = (RowsServiceClient::new(link.clone()), HealthClient::new(link.clone()));
    let mut directory = DirectoryServiceClient::new(link);
    loop {
        let request = ListProvidersRequest { min_position: position, page_size: 1, ..Default::default() };
        let listed = directory.list_providers(request).await.is_ok_and(|page| page.get_ref().position >= position);
        let now = rows.get_progress(GetProgressRequest {}).await.expect("answered").into_inner();
        assert_eq!(now.dropped_because, "", "the rows are kept");
        let healthy = health.check(HealthCheckRequest { service: SERVICE.to_owned() }).await;
        let serves = healthy.is_ok_and(|told| told.get_ref().status() == ServingStatus::Serving);
        let served_after = began.elapsed();
        // Also where it is served now: one answer may have taken all of the time.
        assert!(served_after <= longest, "not served {served_after:?} after the start");
        if listed && serves && now.state() == RowsState::Live {
            return Directory { running, served_after };
        }
        pause().await;
    }
}

/// The position and digest of a directory that has everything up to `head`, after which nothing comes.
async fn digest(directory: &Directory, head: u64) -> (u64, String) {
    let link = channel(&directory.running.url).await;
    let request = ListProvidersRequest { min_position: head, page_size: 1, ..Default::default() };
    DirectoryServiceClient::new(link.clone()).list_providers(request).await.expect("it has what was acknowledged");
    let mut rows = RowsServiceClient::new(link);
    let now = rows.get_progress(GetProgressRequest {}).await.expect("answered").into_inner();
    (now.position, now.digest)
}

/// Whether a write was under way: what it was to write is kept until it is done.
fn in_a_write(data: &Path) -> bool {
    let folders = std::fs::read_dir(data.join("directory")).expect("the rows are there");
    folders.map(|folder| folder.expect("readable").path()).any(|folder| folder.join("redo").exists())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_survives_sudden_ends() {
    let body = std::env::var("PUHUI_BODY").unwrap_or_default();
    let longest = match body.as_str() {
        "directory" => SERVES_MAX,
        // A debug build that writes all the time, so that kills fall into writes.
        "" | "directory-writes" => SERVES_AT_ALL_MAX,
        _ => return,
    };
    let (cycles, seed) = (setting("PUHUI_CYCLES", 5), setting("PUHUI_SEED", u64::from(std::process::id())));
    println!("PUHUI_BODY={body} PUHUI_CYCLES={cycles} PUHUI_SEED={seed}");
    let mut dice = Dice(seed);
    let (folder, nats_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let nats = Running::nats(nats_folder.path());
    let data = folder.path().join("data");
    let log = ["--log", &nats.url, "--nats-monitor", &nats.monitor, "--data"];
    let words = [&log[..], &[data.to_str().unwrap()]].concat();
    let (commands, audit) = (Running::puhui("certification", &words), Running::puhui("audit", &words));
    let (link, mut audit) = (channel(&commands.url).await, AuditServiceClient::new(channel(&audit.url).await));
    let (next, acknowledged, port) = (Arc::default(), Arc::<AtomicU64>::default(), free_port());
    let mut load = Load::start(&link, &next, &acknowledged);
    let mut directory = started(&words, port, OFTEN, 0, longest).await;
    // It never ends: what each start gives is held against it, and it, now and then, against a fresh replay.
    let unkilled = tempfile::tempdir().unwrap();
    let unkilled = [&log[..], &[unkilled.path().to_str().unwrap()]].concat();
    let unkilled = started(&unkilled, free_port(), None, 0, longest).await;
    let (mut times, mut early_ends, mut writes, mut compared) = (Vec::new(), 0_u64, 0_u64, 0_u64);
    for cycle in 1..=cycles {
        let moment = Duration::from_millis(20 + dice.below(300));
        // One in three ends once more, before it serves: while it catches up, or writes what it had caught up with.
        let again = (dice.below(3) == 0).then(|| Duration::from_millis(dice.below(100)));
        pass(moment).await;
        let head = audit.get_head(GetHeadRequest {}).await.unwrap().into_inner().position;
        directory.running.kill();
        writes += u64::from(in_a_write(&data));
        if let Some(moment) = again {
            let early = Running::puhui_in("directory", &words, port, OFTEN);
            pass(moment).await;
            early.kill();
            early_ends += 1;
            writes += u64::from(in_a_write(&data));
        }
        directory = started(&words, port, OFTEN, head, longest).await;
        times.push(directory.served_after);
        load.ended().await;
        let head = audit.get_head(GetHeadRequest {}).await.unwrap().into_inner().position;
        assert_eq!(
            digest(&directory, head).await,
            digest(&unkilled, head).await,
            "the rows are those of one never killed"
        );
        if cycle % KILLS_A_COMPARISON == 0 || cycle == cycles {
            // Started once more, so that what is compared was read back.
            directory.running.kill();
            directory = started(&words, port, OFTEN, head, longest).await;
            let anew = tempfile::tempdir().unwrap();
            let anew_words = [&log[..], &[anew.path().to_str().unwrap()]].concat();
            let replay = started(&anew_words, free_port(), None, head, REPLAY_MAX).await;
            assert_eq!(
                digest(&directory, head).await,
                digest(&replay, head).await,
                "the rows are those of a fresh replay"
            );
            // The digest is carried from row to row: that the rows themselves are there is seen from a look at each.
            directory.running.stop();
            replay.running.stop();
            let rows = [data.as_path(), anew.path()].map(|folder| done(&["dump", folder.to_str().expect("UTF-8")]));
            assert!(rows[0] == rows[1], "the rows on disk are those of a fresh replay");
            compared += 1;
            directory = started(&words, port, OFTEN, head, longest).await;
            println!(
                "cycle {cycle}: position {head}, {early_ends} kills more before it served, {writes} in a write, \
                 each equal to one never killed, {compared} times to a fresh replay; served after {}",
                told(&mut times)
            );
        }
        load = Load::start(&link, &next, &acknowledged);
    }
    load.ended().await;
    directory.running.stop();
    println!(
        "directory: {cycles} kills, seed {seed}, and {early_ends} before it served; {writes} in a write; \
         {} commands acknowledged; served after {}; each start's digest equal to that of one never killed, {compared} times to a fresh replay's",
        acknowledged.load(Ordering::Relaxed),
        told(&mut times),
    );
}

/// The times so far, in words.
fn told(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    format!("{:?} (p50), {:?} (p99), {:?} (longest)", at(50), at(99), at(100))
}
