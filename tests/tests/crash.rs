//! The crash suite: sudden ends under load, at random moments and at each arrow of the write path, and a checker that knows every
//! request sent reads the whole log afterwards.
//!
//! `cargo xtask crash --cycles N` runs it long. `PUHUI_CYCLES`, `PUHUI_SEED` and `PUHUI_BODY` (embedded, nats) make it as one likes.
//! Failpoints are in debug builds of the program only.

mod checker;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::audit::v1::ReplayRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use api::certification::v1::RegisterProviderRequest;
use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::pledge::v1::MakePledgeRequest;
use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use api::registry::v1::{Particulars, PledgeForm, PledgeType, PromisorClass, PublicationScope};
use checker::{Answer, Checker, Sent};
use domain::Uscc;
use tests::forgetful::Forgetful;
use tests::{Running, channel, done, free_port, run};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

/// Callers at one time.
const CALLERS: u32 = 24;
/// Arrows of the write path at which a process can be told to end.
const POINTS: [&str; 5] = ["loaded", "decided", "gathered", "synced", "stored"];
/// Cycles after which the log begins anew, so that reading all of it stays short.
const CYCLES_A_LOG: u64 = 25;

/// A linear congruential generator: a run is repeated by its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// What one caller does until told to stop: registers a provider of its own, or adds a pledge to one that others write too.
struct Caller {
    certification: CertificationServiceClient<Channel>,
    pledge: PledgeServiceClient<Channel>,
    next: Arc<AtomicU32>,
    sent: Arc<Mutex<Vec<Sent>>>,
    stop: Arc<AtomicBool>,
}

fn uscc(number: u32) -> String {
    Uscc::synthetic("91", "321003", &format!("{number:08}")).expect("eight digits").to_string()
}

impl Caller {
    async fn run(mut self, mut dice: Dice) {
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let request_id = Uuid::new_v4().to_string();
            let shared = number > 100 && dice.below(3) == 0;
            let operator = uscc(if shared { u32::try_from(dice.below(4)).expect("small") } else { number });
            let provider_id = format!("{operator}-001");
            let answer = if shared {
                let request = pledge(&request_id, &provider_id, &operator, number);
                let answer = self.pledge.make_pledge(request).await;
                answer.map(|answer| (answer.get_ref().position, answer.get_ref().revision))
            } else {
                let answer = self.certification.register_provider(register(&request_id, &provider_id)).await;
                answer.map(|answer| (answer.get_ref().position, answer.get_ref().revision))
            };
            let answer = answer.map_or_else(
                |status| judged(&status),
                |(position, revision)| Answer::Acknowledged { position, revision },
            );
            let connection_lost = matches!(answer, Answer::Unknown);
            self.sent.lock().expect("whole").push(Sent { request_id, provider_id, answer });
            if connection_lost {
                tokio::task::yield_now().await;
            }
        }
    }
}

/// An error with a reason is the registry's own word; without one the connection ended, and nobody knows.
fn judged(status: &Status) -> Answer {
    let reason = status.get_details_error_info().map(|info| info.reason);
    match (status.code(), reason.as_deref()) {
        (_, Some("OUTCOME_UNKNOWN") | None) | (Code::Unknown | Code::Cancelled | Code::DeadlineExceeded, _) => {
            Answer::Unknown
        }
        _ => Answer::Refused,
    }
}

fn register(request_id: &str, provider_id: &str) -> RegisterProviderRequest {
    RegisterProviderRequest {
        request_id: request_id.to_owned(),
        bureau_id: "3210-development".to_owned(),
        officer_id: "crash".to_owned(),
        provider_id: provider_id.to_owned(),
        particulars: Some(Particulars {
            name: "合成网点".to_owned(),
            operator_name: "合成主体".to_owned(),
            division: "321003005007".to_owned(),
            address: "合成路1号".to_owned(),
            ..Particulars::default()
        }),
        ..RegisterProviderRequest::default()
    }
}

fn pledge(request_id: &str, provider_id: &str, operator: &str, number: u32) -> MakePledgeRequest {
    MakePledgeRequest {
        request_id: request_id.to_owned(),
        bureau_id: "321003-health".to_owned(),
        officer_id: "crash".to_owned(),
        provider_id: provider_id.to_owned(),
        pledge: Some(PledgeForm {
            number: format!("32100320260302{:06}", number % 1_000_000),
            promisor_name: "合成主体".to_owned(),
            promisor_class: PromisorClass::Organisation.into(),
            promisor_uscc: operator.to_owned(),
            pledge_type: PledgeType::Voluntary.into(),
            reason: "合成".to_owned(),
            content: "合成".to_owned(),
            liability: "合成".to_owned(),
            made_on: "2026-03-02".to_owned(),
            accepting_unit: "合成单位".to_owned(),
            accepting_unit_uscc: operator.to_owned(),
            publication: PublicationScope::Public.into(),
            ..PledgeForm::default()
        }),
        ..MakePledgeRequest::default()
    }
}

/// A log, the processes on it, and what was asked of them. Dropped in this order: processes, the file system, the folders.
struct Scene {
    nats: Option<Running>,
    /// Where the log lies, if its power can be cut.
    power: Option<Forgetful>,
    folder: tempfile::TempDir,
    nats_folder: tempfile::TempDir,
    nats_ports: (u16, u16),
    port: u16,
    checker: Checker,
    next: Arc<AtomicU32>,
}

impl Scene {
    fn new(on_nats: bool, with_power: bool) -> Self {
        let (folder, nats_folder) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let nats_ports = (free_port(), free_port());
        let power = with_power.then(|| {
            let below = if on_nats { nats_folder.path().join("jetstream") } else { folder.path().join("data") };
            std::fs::create_dir(&below).expect("made");
            Forgetful::mount(&below).expect("mounted")
        });
        let nats = on_nats.then(|| Running::nats_at(nats_folder.path(), nats_ports));
        Self {
            nats,
            power,
            folder,
            nats_folder,
            nats_ports,
            port: free_port(),
            checker: Checker::default(),
            next: Arc::default(),
        }
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_str().expect("text").to_owned()
    }

    fn serve(&self, failpoint: Option<&str>) -> Running {
        let data = self.data();
        let mut words = vec!["--data", &data];
        if let Some(nats) = &self.nats {
            words.extend(["--log", &nats.url, "--nats-monitor", &nats.monitor]);
        }
        Running::puhui_told("all", &words, self.port, failpoint)
    }

    /// One cycle: load, a sudden end, a new start, and the check.
    async fn cycle(&mut self, dice: &mut Dice) -> String {
        let at_point = dice.below(2) == 0;
        let point = POINTS[usize::try_from(dice.below(5)).expect("small")];
        let told = format!("{point}:{}", 1 + dice.below(300));
        let mut server = self.serve(at_point.then_some(&told));
        let (sent, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let channel = Endpoint::from_shared(server.url.clone()).expect("an address").connect_lazy();
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let caller = Caller {
                    certification: CertificationServiceClient::new(channel.clone()),
                    pledge: PledgeServiceClient::new(channel.clone()),
                    next: Arc::clone(&self.next),
                    sent: Arc::clone(&sent),
                    stop: Arc::clone(&stop),
                };
                tokio::spawn(caller.run(Dice(dice.below(u64::MAX))))
            })
            .collect();
        let moment = Duration::from_millis(20 + dice.below(400));
        // A power cut ends all.
        let kind = match (&self.nats, &self.power) {
            (None, _) => 0,
            (Some(_), Some(_)) => 2,
            (Some(_), None) => dice.below(3),
        };
        if at_point {
            // It ends by itself at the point; where the count is never reached, by SIGKILL.
            server.ends_within(Duration::from_secs(2));
        } else {
            #[expect(clippy::disallowed_methods, reason = "the moment of the end is what is random")]
            tokio::time::sleep(moment).await;
        }
        let mut what = if at_point { told } else { format!("after {} ms", moment.as_millis()) };
        if kind > 0 {
            if let Some(nats) = self.nats.take() {
                nats.kill();
            }
            what += ", nats-server";
        }
        // Of the service alone, of the NATS server alone, or of both. A service that loses its server goes on with the new one.
        let survives = kind == 1 && !at_point;
        let server = if survives {
            Some(server)
        } else {
            stop.store(true, Ordering::Relaxed);
            server.kill();
            what += ", service";
            None
        };
        if let Some(power) = &self.power {
            let cut = power.cut(dice.below(1 << 20));
            write!(what, ", {cut:?}").expect("written");
        }
        if kind > 0 {
            self.nats = Some(Running::nats_at(self.nats_folder.path(), self.nats_ports));
        }
        stop.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.await.expect("the caller ends");
        }
        let sent = std::mem::take(&mut *sent.lock().expect("whole"));
        let count = sent.len();
        self.checker.sent(sent);
        let server = server.unwrap_or_else(|| self.serve(None));
        self.check(&server).await;
        server.stop();
        format!("{what}: {count} requests")
    }

    /// Reads the whole log as an auditor does and checks it against everything that was sent.
    async fn check(&mut self, server: &Running) {
        let mut audit = AuditServiceClient::new(channel(&server.url).await);
        let mut replay = audit.replay(ReplayRequest::default()).await.expect("answered").into_inner();
        let mut commits = Vec::new();
        while let Some(answer) = replay.message().await.expect("whole") {
            commits.extend(answer.commit);
        }
        if let Err(fault) = self.checker.check(&commits) {
            panic!("{fault}");
        }
    }

    /// The directory's rows are those of a fresh replay, byte for byte.
    async fn compare_projections(&self) {
        let data = self.data();
        let before = self.dump().await;
        std::fs::remove_dir_all(Path::new(&data).join("directory")).expect("removed");
        let after = self.dump().await;
        let rows = |dump: &str| dump.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        let (before, after) = (rows(&before), rows(&after));
        let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| {
            let only: Vec<_> = these.difference(those).take(5).cloned().collect();
            format!("{}: {}", these.difference(those).count(), only.join("; "))
        };
        assert!(
            before == after,
            "the directory differs from a fresh replay; rows it alone has: {}; rows the replay alone has: {}",
            only(&before, &after),
            only(&after, &before)
        );
    }

    async fn dump(&self) -> String {
        let server = self.serve(None);
        let mut audit = AuditServiceClient::new(channel(&server.url).await);
        let head = audit.get_head(api::audit::v1::GetHeadRequest {}).await.expect("answered").into_inner().position;
        // Nobody is certified, so nothing fits (1); what matters is that the position was reached before the answer (3 if not, after
        // 5 s, which rows that are made anew may take).
        let reached = (0..24).any(|_| {
            let asked = ["--server", &server.url, "search", "--min-position", &head.to_string(), "--limit", "1"];
            run(&asked).status.code() == Some(1)
        });
        assert!(reached, "the directory does not reach position {head} in two minutes");
        server.stop();
        done(&["dump", &self.data()])
    }
}

async fn crash(body: &str, with_power: bool, default_cycles: u64) {
    if std::env::var("PUHUI_BODY").is_ok_and(|asked| asked != body) {
        return;
    }
    if with_power && !Forgetful::supported() {
        println!("{body}: no power cut was tried: mounting by /dev/fuse takes CAP_SYS_ADMIN");
        return;
    }
    let ends = if with_power { "power cuts" } else { "kills" };
    let (cycles, seed) =
        (setting("PUHUI_CYCLES", default_cycles), setting("PUHUI_SEED", u64::from(std::process::id())));
    println!("PUHUI_BODY={body} PUHUI_CYCLES={cycles} PUHUI_SEED={seed}: {ends}");
    let mut dice = Dice(seed);
    let mut scene = Scene::new(body == "nats", with_power);
    let mut total = checker::Counts::default();
    for cycle in 1..=cycles {
        let what = scene.cycle(&mut dice).await;
        println!("{body}, {ends}, cycle {cycle}: {what}; {}", scene.checker.counts());
        if cycle % CYCLES_A_LOG == 0 || cycle == cycles {
            scene.compare_projections().await;
            total.add(scene.checker.counts());
            scene = Scene::new(body == "nats", with_power);
        }
    }
    println!("{body}: {cycles} {ends}, seed {seed}: {total}; 0 lost, 0 doubled, 0 forked");
    // A suite that acknowledges nothing proves nothing.
    assert!(total.acknowledged >= cycles, "{total}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_log_survives_sudden_ends() {
    crash("embedded", false, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_on_nats_survives_sudden_ends() {
    crash("nats", false, 4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedded_log_survives_power_cuts() {
    crash("embedded", true, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_on_nats_survives_power_cuts() {
    crash("nats", true, 3).await;
}

/// The suite notices what it is there to notice: an acknowledgement of what is not there, a commit twice, one that was refused.
#[test]
fn the_checker_sees_what_went_wrong() {
    for (fault, plant) in checker::FAULTS {
        let said = checker::planted(*plant);
        assert!(said.as_ref().is_err_and(|said| said.contains(fault)), "{fault}: {said:?}");
    }
    checker::planted(|_, _| {}).expect("nothing planted, nothing found");
}

/// The failpoints are in the program that is tested; without them half of the cycles would be plain kills.
#[test]
fn a_process_can_be_told_where_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_str().unwrap().to_owned();
    let mut server = Running::puhui_told("all", &["--data", &data], free_port(), Some("loaded:1"));
    let url = server.url.clone();
    let call = Command::new(tests::puhui())
        .args(["--server", &url, "call", "puhui.certification.v1.CertificationService/RegisterProvider"])
        .arg(format!(
            r#"{{"request_id":"{}","bureau_id":"3210-development","officer_id":"crash","provider_id":"{}-001","particulars":{{"name":"合成网点","operator_name":"合成主体","division":"321003005007"}}}}"#,
            Uuid::new_v4(),
            uscc(1)
        ))
        .output()
        .unwrap();
    assert_eq!(call.status.code(), Some(3), "{}", String::from_utf8_lossy(&call.stderr));
    assert!(server.ends_within(Duration::from_secs(10)), "it went on");
}
