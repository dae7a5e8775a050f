//! The crash suite: sudden ends under load, at random moments and at each arrow of the write path, and a checker that knows every
//! request sent reads the whole log afterwards.
//!
//! `cargo xtask crash --cycles N` runs it long. `PUHUI_CYCLES`, `PUHUI_SEED` and `PUHUI_BODY` (embedded, nats, nats-r3) make it as one
//! likes.
//! Failpoints are in debug builds of the program only.

mod copies;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::{Commit, ReplayRequest};
use tests::callers::{Callers, uscc};
use tests::checker::{self, Checker};
use tests::cluster::Cluster;
use tests::forgetful::Forgetful;
use tests::{BEGUN, Dice, Running, channel, done, free_port, run, setting};
use tonic::{Code, Status};
use uuid::Uuid;

/// Arrows of the write path at which a process can be told to end.
const POINTS: [&str; 5] = ["loaded", "decided", "gathered", "synced", "stored"];
/// Cycles after which the log begins anew, so that reading all of it stays short.
const CYCLES_A_LOG: u64 = 25;
/// Longest until a log whose servers are all there can be read.
const READABLE_MAX: Duration = Duration::from_secs(30);
/// Pause before it is read again.
const READ_AGAIN_PAUSE: Duration = Duration::from_millis(100);

/// What a log lies on.
enum Body {
    Embedded,
    /// One nats-server.
    Nats(Option<Running>),
    /// Three of them, a copy each.
    Copies(Cluster),
}

/// A log, the processes on it, and what was asked of them. Dropped in this order: processes, the file system, the folders.
struct Scene {
    body: Body,
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
    fn new(body: &str, with_power: bool) -> Self {
        let (folder, nats_folder) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let nats_ports = (free_port(), free_port());
        let power = with_power.then(|| {
            let below = if body == "nats" { nats_folder.path().join("jetstream") } else { folder.path().join("data") };
            std::fs::create_dir(&below).expect("made");
            Forgetful::mount(&below).expect("mounted")
        });
        let body = match body {
            "nats" => Body::Nats(Some(Running::nats_at(nats_folder.path(), nats_ports))),
            "nats-r3" => Body::Copies(Cluster::new()),
            _ => Body::Embedded,
        };
        Self {
            body,
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
        let (urls, monitors);
        match &self.body {
            Body::Nats(Some(nats)) => words.extend(["--log", &nats.url, "--nats-monitor", &nats.monitor]),
            Body::Copies(cluster) => {
                (urls, monitors) = (cluster.urls(), cluster.monitors());
                words.extend(["--log", &urls, "--nats-monitor", &monitors, "--replicas", "3"]);
            }
            Body::Nats(None) | Body::Embedded => {}
        }
        Running::puhui_told("all", &words, self.port, failpoint)
    }

    /// One cycle: load, a sudden end, a new start, and the check.
    async fn cycle(&mut self, dice: &mut Dice) -> String {
        let at_point = dice.below(2) == 0;
        let point = POINTS[usize::try_from(dice.below(5)).expect("small")];
        let told = format!("{point}:{}", BEGUN + 1 + dice.below(300));
        let mut server = self.serve(at_point.then_some(&told));
        let callers = Callers::start(&server.url, &self.next, dice);
        let moment = Duration::from_millis(20 + dice.below(400));
        // A power cut ends all.
        let kind = match (&self.body, &self.power) {
            (Body::Embedded | Body::Copies(_), _) => 0,
            (Body::Nats(_), Some(_)) => 2,
            (Body::Nats(_), None) => dice.below(3),
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
            if let Body::Nats(Some(nats)) = std::mem::replace(&mut self.body, Body::Nats(None)) {
                nats.kill();
            }
            what += ", nats-server";
        }
        // Of the service alone, of the NATS server alone, or of both. A service that loses its server goes on with the new one.
        let survives = kind == 1 && !at_point;
        let server = if survives {
            Some(server)
        } else {
            callers.stop();
            server.kill();
            what += ", service";
            None
        };
        if let Some(power) = &self.power {
            let cut = power.cut(dice.below(1 << 20));
            write!(what, ", {cut:?}").expect("written");
        }
        if kind > 0 {
            self.body = Body::Nats(Some(Running::nats_at(self.nats_folder.path(), self.nats_ports)));
        }
        let count = self.settled(callers).await;
        let server = server.unwrap_or_else(|| self.serve(None));
        self.check(&server).await;
        server.stop();
        format!("{what}: {count} requests")
    }

    /// Waits for the callers' last answers, takes note of what they sent, and says how much that is.
    async fn settled(&mut self, callers: Callers) -> usize {
        let sent = callers.ended().await;
        let count = sent.len();
        self.checker.sent(sent);
        count
    }

    /// Reads the whole log as an auditor does and checks it against everything that was sent.
    async fn check(&mut self, server: &Running) {
        let began = Instant::now();
        let commits = loop {
            match whole_log(server).await {
                Ok(commits) => break commits,
                // A copy that was away may still be catching up, and the reader is told so.
                Err(status)
                    if matches!(self.body, Body::Copies(_))
                        && status.code() == Code::Unavailable
                        && began.elapsed() < READABLE_MAX =>
                {
                    println!("the log is read again: {}", status.message());
                    copies::pause(READ_AGAIN_PAUSE).await;
                }
                Err(status) => panic!("the log cannot be read: {status}"),
            }
        };
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
        self.directory_reaches_head(&server).await;
        server.stop();
        done(&["dump", &self.data()])
    }

    async fn directory_reaches_head(&self, server: &Running) {
        let mut audit = AuditServiceClient::new(channel(&server.url).await);
        let head = audit.get_head(api::audit::v1::GetHeadRequest {}).await.expect("answered").into_inner().position;
        // Nobody is certified, so nothing fits (1); what matters is that the position was reached before the answer (3 if not, after
        // 5 s, which rows that are made anew may take).
        let reached = (0..24).any(|_| {
            let asked = ["--server", &server.url, "search", "--min-position", &head.to_string(), "--limit", "1"];
            run(&asked).status.code() == Some(1)
        });
        assert!(reached, "the directory does not reach position {head} in two minutes");
    }
}

async fn whole_log(server: &Running) -> Result<Vec<Commit>, Status> {
    let mut audit = AuditServiceClient::new(channel(&server.url).await);
    let mut replay = audit.replay(ReplayRequest::default()).await?.into_inner();
    let mut commits = Vec::new();
    while let Some(answer) = replay.message().await? {
        commits.extend(answer.commits);
    }
    Ok(commits)
}

async fn crash(body: &str, with_power: bool, default_cycles: u64) {
    if std::env::var("PUHUI_BODY").is_ok_and(|asked| asked != body) {
        return;
    }
    if with_power && !Forgetful::supported() {
        println!("{body}: no power cut was tried: mounting by /dev/fuse takes CAP_SYS_ADMIN");
        return;
    }
    let ends = match (with_power, body) {
        (true, _) => "power cuts",
        (false, "nats-r3") => "faults",
        (false, _) => "kills",
    };
    let (cycles, seed) =
        (setting("PUHUI_CYCLES", default_cycles), setting("PUHUI_SEED", u64::from(std::process::id())));
    println!("PUHUI_BODY={body} PUHUI_CYCLES={cycles} PUHUI_SEED={seed}: {ends}");
    let mut dice = Dice(seed);
    let mut scene = Scene::new(body, with_power);
    let mut total = checker::Counts::default();
    for cycle in 1..=cycles {
        let what = match scene.body {
            Body::Copies(_) => scene.cycle_of_copies(&mut dice).await,
            Body::Embedded | Body::Nats(_) => scene.cycle(&mut dice).await,
        };
        println!("{body}, {ends}, cycle {cycle}: {what}; {}", scene.checker.counts());
        if cycle % CYCLES_A_LOG == 0 || cycle == cycles {
            scene.compare_projections().await;
            total.add(scene.checker.counts());
            scene = Scene::new(body, with_power);
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

#[tokio::test(flavor = "multi_thread")]
async fn three_copies_on_nats_survive_servers_that_come_and_go() {
    crash("nats-r3", false, 1).await;
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
    // The registrar loads all that a log begins with but the log's own first commit.
    let told = format!("loaded:{BEGUN}");
    let mut server = Running::puhui_told("all", &["--data", &data], free_port(), Some(&told));
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
