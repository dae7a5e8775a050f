//! Faults of the environment: a disk that fills, descriptors that are used up, a stderr that is closed or stuck, a clock that is moved,
//! a server or a wire that goes away. Each under load, for a while; then it ends, and the process must be well again by itself.
//!
//! While it holds, what is refused is refused, and health says so; afterwards a checker that knows every request sent reads the whole log.
//! `cargo xtask crash --body embedded-environment --cycles N` (or `nats-environment`) runs it long. `PUHUI_CYCLES`, `PUHUI_SEED`,
//! `PUHUI_BODY` and `PUHUI_FAULT` make it as one likes.

mod faults;
mod vigil;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use api::audit::v1::audit_service_client::AuditServiceClient;
use api::audit::v1::{Commit, ReplayRequest};
use faults::{Disk, Kind, Nats, Stderr, Surroundings};
use tests::callers::{Callers, Load};
use tests::checker::{Checker, Counts};
use tests::clock::{Clock, RIGHT, faketime};
use tests::wire::Wire;
use tests::{Dice, Running, channel, free_port, limit_descriptors, puhui, setting};
use tonic::{Code, Status};
use vigil::{RED_MAX, Vigil};

/// Longest until a log that was away can be read again.
const GREEN_MAX: Duration = Duration::from_secs(10);
/// Cycles after which log and process begin anew, so that reading all of the log stays short.
const CYCLES_A_LOG: u64 = 10;
/// What the callers do: with a pause, so that a log stays one that is read in a moment.
const LOAD: Load = Load { pause: Duration::from_millis(40), ..Load::FULL };
/// What they do where descriptors are short: so much is written that the store opens files now and then. Over many providers: a record
/// with hundreds of pledges of this length takes a debug build longer to fold than the next commit takes to come, and what waits for the
/// rows then waits for that and not for descriptors.
const LONG: Load = Load { shared: 4_000, characters: 4_000, ..LOAD };
/// Files and connections that this process may have open.
const OWN_DESCRIPTORS: u64 = 4_096;
/// How long a fault holds at least and at most.
const HOLDS_MIN_MS: u64 = 100;
const HOLDS_MAX_MS: u64 = 4_000;

/// A log, the process on it, and what was asked of it.
struct Scene {
    around: Surroundings,
    metrics: u16,
    pid: u32,
    checker: Checker,
    /// The log as it was read so far.
    commits: Vec<Commit>,
    next: Arc<AtomicU32>,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn new(on_nats: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Disk::on(&folder.path().join("data"));
        let nats = if on_nats { Some(nats(folder.path()).await) } else { None };
        let stderr = Stderr::new(folder.path());
        let clock =
            faketime("a clock that can be moved").map(|library| Clock::new(library, folder.path(), "clock", RIGHT));
        let (port, metrics) = (free_port(), free_port());
        let mut command = Command::new("prlimit");
        command.arg(format!("--nofile={}", faults::DESCRIPTORS_MAX)).arg(puhui());
        command.args(["serve", "all", "--listen", &format!("127.0.0.1:{port}")]);
        command.args(["--metrics", &format!("127.0.0.1:{metrics}")]);
        command.arg("--data").arg(folder.path().join("data").join("puhui"));
        if let Some(nats) = &nats {
            let monitor = format!("http://127.0.0.1:{}", nats.ports.1);
            command.args(["--log", &nats.wire.url(), "--nats-monitor", &monitor]);
            command.envs(tests::request_key(&["--log"]));
        }
        // Something is said of each connection, so that a stderr that is gone is noticed.
        command.env("PUHUI_LOG", "warn,h2::server=debug").stderr(stderr.end());
        if let Some(clock) = &clock {
            // It goes by what it read for a second: to read it needs a descriptor, which there may not be.
            command.envs(clock.settings()).env("FAKETIME_CACHE_DURATION", "1");
        }
        let server = Running::spawned(command, format!("http://127.0.0.1:{port}"), "listening on");
        let pid = server.pid();
        let around = Surroundings { server, data, stderr, clock, nats };
        Self {
            around,
            metrics,
            pid,
            checker: Checker::default(),
            commits: Vec::new(),
            next: Arc::default(),
            _folder: folder,
        }
    }

    /// One cycle: load, a fault for a while, its end, until all is well, and the check.
    async fn cycle(&mut self, kind: Kind, dice: &mut Dice) -> Result<String, String> {
        let load = if kind.is_of_descriptors() { LONG } else { LOAD };
        let callers = Callers::loading(&self.around.server.url, &self.next, dice, load);
        let vigil = Vigil::keep(&self.around.server.url, self.metrics, &callers.record(), dice.below(u64::MAX));
        let before = vigil.until_well().await.map_err(|fault| format!("before anything was done: {fault}"))?;
        let drawn = Duration::from_millis(HOLDS_MIN_MS + dice.below(HOLDS_MAX_MS - HOLDS_MIN_MS));
        // Whoever is kept waiting shows only when that lasts.
        let holds = if kind == Kind::StderrStuck { drawn + RED_MAX } else { drawn };
        let ongoing = self.around.begin(kind, dice).await;
        let what = format!("{} for {} ms", ongoing.what, holds.as_millis());
        vigil.pass(holds).await;
        let newcomer =
            if kind == Kind::IdleConnections { vigil.newcomer(&self.around.server.url).await } else { Ok(()) };
        self.around.end(ongoing);
        let outcome = vigil.until_well().await;
        if !self.around.server.is_alive() || self.around.server.pid() != self.pid {
            return Err(format!("{what}: the process has ended"));
        }
        newcomer.map_err(|fault| format!("{what}: {fault}"))?;
        let well_after = outcome.map_err(|fault| format!("{what}: {fault}"))?;
        let sight = vigil.end().await;
        let sent = callers.ended().await;
        let count = sent.len();
        self.checker.sent(sent);
        if let Some(fault) = sight.fault {
            return Err(format!("{what}: {fault}"));
        }
        if kind.costs_nothing() && sight.silent_longest > RED_MAX {
            return Err(format!("{what}: for {} ms nobody was served", sight.silent_longest.as_millis()));
        }
        let after = self.commits.len() as u64;
        let since = read_log(&self.around.server, after).await.map_err(|status| format!("{what}: {status}"))?;
        self.commits.extend(since);
        self.checker.check(&self.commits).map_err(|fault| format!("{what}: {fault}"))?;
        Ok(format!(
            "{what}: well before in {} ms, turned away for {} ms, unserved for {} ms, well after {} ms, {count} requests",
            before.as_millis(),
            sight.unserved_longest.as_millis(),
            sight.silent_longest.as_millis(),
            well_after.as_millis()
        ))
    }

    /// What was read cycle by cycle is what stands in the log at the end.
    async fn whole(&self) -> Result<(), String> {
        let whole = read_log(&self.around.server, 0).await.map_err(|status| status.to_string())?;
        if whole == self.commits {
            Ok(())
        } else {
            Err("the log is not what it was when it was read before".to_owned())
        }
    }
}

async fn nats(folder: &std::path::Path) -> Nats {
    let folder = folder.join("nats");
    let store = Disk::on(&folder.join("jetstream"));
    let ports = (free_port(), free_port());
    let server = Running::nats_at(&folder, ports);
    Nats { server: Some(server), store, wire: Wire::new(ports.0).await, folder, ports }
}

/// Every commit after a position, as an auditor reads it, without its events: they are long, and what is held against is not in them. A
/// replay that says that the log is away is gone on with where it ended, as it asks for, and comes to its end as soon as health is green
/// again.
async fn read_log(server: &Running, after_position: u64) -> Result<Vec<Commit>, Status> {
    let (mut commits, began) = (Vec::new(), Instant::now());
    loop {
        let after = commits.last().map_or(after_position, |commit: &Commit| commit.position);
        match read_on(server, after, &mut commits).await {
            Err(away) if away.code() == Code::Unavailable && began.elapsed() < GREEN_MAX => {
                println!("a replay after position {after} was cut short: {}", away.message());
            }
            ended => return ended.map(|()| commits),
        }
    }
}

async fn read_on(server: &Running, after_position: u64, commits: &mut Vec<Commit>) -> Result<(), Status> {
    let mut audit = AuditServiceClient::new(channel(&server.url).await);
    let mut replay = audit.replay(ReplayRequest { after_position, ..ReplayRequest::default() }).await?.into_inner();
    while let Some(answer) = replay.message().await? {
        commits.extend(answer.commits.into_iter().map(|commit| Commit { events: Vec::new(), ..commit }));
    }
    Ok(())
}

async fn survive(body: &str) {
    if std::env::var("PUHUI_BODY").is_ok_and(|asked| asked != body) {
        return;
    }
    let kinds = Kind::possible(body == "nats-environment");
    let many = kinds.len() as u64;
    let (cycles, seed) = (setting("PUHUI_CYCLES", many), setting("PUHUI_SEED", u64::from(std::process::id())));
    println!("PUHUI_BODY={body} PUHUI_CYCLES={cycles} PUHUI_SEED={seed}: faults of the environment");
    // This process holds both ends of a wire, and connections by the hundred.
    limit_descriptors(std::process::id(), OWN_DESCRIPTORS);
    let mut dice = Dice(seed);
    let mut scene = Scene::new(body == "nats-environment").await;
    let mut total = Counts::default();
    let first = dice.below(many.max(1));
    for cycle in 1..=cycles {
        // Each kind once, and then whichever.
        let place = if cycle <= many { (first + cycle) % many } else { dice.below(many) };
        let kind = kinds[usize::try_from(place).expect("small")];
        match scene.cycle(kind, &mut dice).await {
            Ok(what) => println!("{body}, cycle {cycle}: {what}; {}", scene.checker.counts()),
            Err(fault) => panic!("{body}, cycle {cycle} of seed {seed}: {fault}"),
        }
        if cycle % CYCLES_A_LOG == 0 || cycle == cycles {
            if let Err(fault) = scene.whole().await {
                panic!("{body}, after cycle {cycle} of seed {seed}: {fault}");
            }
            total.add(scene.checker.counts());
            scene = Scene::new(body == "nats-environment").await;
        }
    }
    println!("{body}: {cycles} faults, seed {seed}: {total}; 0 lost, 0 doubled, 0 forked; no process was started anew");
    // A suite that acknowledges nothing proves nothing.
    assert!(cycles == 0 || total.acknowledged >= cycles, "{total}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_on_the_embedded_log_survives_its_environment() {
    survive("embedded-environment").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_on_nats_survives_its_environment() {
    survive("nats-environment").await;
}
