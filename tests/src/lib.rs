//! What the black-box tests start: the real program, a real nats-server. Ports are free ones, folders temporary, ends by signal.

#![expect(clippy::missing_panics_doc, reason = "a panic ends the test, which is what it is for")]

pub mod callers;
pub mod checker;
pub mod clock;
pub mod cluster;
pub mod forgetful;
pub mod frames;
pub mod requests;
pub mod wire;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The repository's root, asked when the test runs: clones may share a target folder.
pub fn root() -> PathBuf {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    Path::new(&here).parent().expect("tests/ has a parent").to_owned()
}

/// The program under test: `PUHUI_BIN`, else the one in the target folder.
pub fn puhui() -> PathBuf {
    let program = std::env::var_os("PUHUI_BIN").map_or_else(|| root().join("target/debug/puhui"), PathBuf::from);
    assert!(program.is_file(), "{}: build it with `cargo build -p puhui`", program.display());
    program
}

/// The real nats-server: `PUHUI_NATS_SERVER`, else the pinned one.
pub fn nats_server() -> PathBuf {
    let own = root().join(".tools/nats-server");
    let program = std::env::var_os("PUHUI_NATS_SERVER").map_or(own, PathBuf::from);
    assert!(program.is_file(), "{}: run `cargo xtask setup`", program.display());
    program
}

/// How many files and folders a folder holds.
pub fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("the folder can be read").count()
}

/// A port nobody listens on now.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Below the ports that outgoing connections take, from a place of this process's own, and none twice.
    let start = std::process::id().wrapping_mul(7_919);
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(10_000 + start.wrapping_add(step) % 20_000).expect("below 30,000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A linear congruential generator: a run is repeated by its seed.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A number from the environment, for runs that are made longer or repeated.
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Commits that a log begins with before anybody asks for one: which log it is, and the rules it begins with.
pub const BEGUN: u64 = 2;

/// The setting that makes a nats-server sync before it acknowledges.
const SYNCED: &str = "sync_interval: always";

/// Descriptors this process may have.
pub fn descriptors() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").expect("it is there");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).expect("a limit");
    line.split_whitespace().next().and_then(|soft| soft.parse().ok()).unwrap_or(usize::MAX)
}

/// Lets a process have so many files and connections open: the soft limit, below the hard one.
pub fn limit_descriptors(pid: u32, limit: u64) {
    let words = ["--pid", &pid.to_string(), &format!("--nofile={limit}:")];
    assert!(Command::new("prlimit").args(words).status().expect("prlimit runs").success());
}

/// Lets a process make files so long and no longer, in bytes; `None` for as long as the disk takes.
pub fn limit_file_size(pid: u32, bytes: Option<u64>) {
    let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    let words = ["--pid", &pid.to_string(), &format!("--fsize={limit}:")];
    assert!(Command::new("prlimit").args(words).status().expect("prlimit runs").success());
}

/// A running child that is killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Where it answers.
    pub url: String,
    /// Where the monitoring of a nats-server answers; empty for other programs.
    pub monitor: String,
}

impl Running {
    fn start(mut command: Command, url: String, ready: &str, on_stderr: bool) -> Self {
        if !on_stderr {
            command.stderr(Stdio::inherit());
            return Self::spawned(command, url, ready);
        }
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let lines = BufReader::new(child.stderr.take().expect("piped"));
        Self::told_ready(child, Box::new(lines), url, ready, &command)
    }

    /// A program whose stderr is where `command` puts it, once it has said on its stdout that it is ready.
    pub fn spawned(mut command: Command, url: String, ready: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        Self::told_ready(child, Box::new(lines), url, ready, &command)
    }

    fn told_ready(
        child: Child,
        mut lines: Box<dyn BufRead + Send>,
        url: String,
        ready: &str,
        command: &Command,
    ) -> Self {
        let mut line = String::new();
        while !line.contains(ready) {
            line.clear();
            let read = lines.read_line(&mut line).expect("readable");
            assert!(read > 0, "the program ended before it was ready: {command:?}");
        }
        // The rest is read and dropped, so that the child never waits for a full pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { child, url, monitor: String::new() }
    }

    /// `puhui serve` with these words, on a free port unless they name one.
    pub fn puhui(service: &str, words: &[&str]) -> Self {
        Self::puhui_at(service, words, free_port())
    }

    /// `puhui serve` on this port.
    pub fn puhui_at(service: &str, words: &[&str], port: u16) -> Self {
        Self::puhui_told(service, words, port, None)
    }

    /// `puhui serve` on this port, told to end at a failpoint (`stored:17`); debug builds only.
    pub fn puhui_told(service: &str, words: &[&str], port: u16, failpoint: Option<&str>) -> Self {
        Self::puhui_in(service, words, port, failpoint.map(|told| ("PUHUI_FAILPOINT", told)))
    }

    /// `puhui serve` on this port, with these settings in its environment: one of debug builds, or what moves its clock.
    pub fn puhui_in<'a>(
        service: &str,
        words: &[&str],
        port: u16,
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(puhui());
        command.envs(settings);
        command
            .args(["serve", service, "--listen", &address])
            .args(words)
            .envs(request_key(words))
            .env("PUHUI_LOG", "warn");
        Self::start(command, format!("http://{address}"), "listening on", false)
    }

    /// `puhui serve` that may have so many descriptors and no more.
    pub fn puhui_with_descriptors(service: &str, words: &[&str], descriptors: u32) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {descriptors} && exec \"$0\" \"$@\"")]).arg(puhui());
        command
            .args(["serve", service, "--listen", &address])
            .args(words)
            .envs(request_key(words))
            .env("PUHUI_LOG", "warn");
        Self::start(command, format!("http://{address}"), "listening on", false)
    }

    /// `puhui serve` whose standard error is this.
    pub fn puhui_telling(service: &str, words: &[&str], error: impl Into<Stdio>) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut command = Command::new(puhui());
        command
            .args(["serve", service, "--listen", &address])
            .args(words)
            .envs(request_key(words))
            .env("PUHUI_LOG", "info");
        Self::start_telling(command, format!("http://{address}"), error.into())
    }

    fn start_telling(mut command: Command, url: String, error: Stdio) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(error).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        while !line.contains("listening on") {
            line.clear();
            assert!(lines.read_line(&mut line).expect("readable") > 0, "the program ended before it was ready");
        }
        Self { child, url, monitor: String::new() }
    }

    /// Processor time the process has taken so far, user and system.
    pub fn cpu(&self) -> std::time::Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it runs");
        // After the name, which may hold spaces: state is field 3, utime and stime are 14 and 15, in ticks of 1/100 s.
        let (_, after) = stat.rsplit_once(") ").expect("a name");
        let ticks = after.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks"));
        std::time::Duration::from_millis(10 * ticks.sum::<u64>())
    }

    /// Memory the process has in use, in bytes.
    pub fn memory(&self) -> u64 {
        self.resident("VmRSS:")
    }

    /// The most memory the process ever had in use, in bytes.
    pub fn most_memory(&self) -> u64 {
        self.resident("VmHWM:")
    }

    fn resident(&self, figure: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let resident = status.lines().find_map(|line| line.strip_prefix(figure)).expect("a figure");
        1024 * resident.trim().trim_end_matches(" kB").parse::<u64>().expect("a number")
    }

    /// A nats-server with `JetStream` in `folder`, every message synced, and a log on it.
    pub fn nats(folder: &Path) -> Self {
        Self::nats_at(folder, (free_port(), free_port()))
    }

    /// A nats-server on these ports, the second for its monitoring.
    pub fn nats_at(folder: &Path, ports: (u16, u16)) -> Self {
        Self::empty_nats_at(folder, ports).with_log()
    }

    /// A nats-server without a log.
    pub fn empty_nats_at(folder: &Path, ports: (u16, u16)) -> Self {
        Self::nats_with(folder, ports, SYNCED, "")
    }

    /// Makes the log, if there is none.
    fn with_log(self) -> Self {
        create_log(&["--log", &self.url, "--nats-monitor", &self.monitor, "--accept-loss-on-power-cut"]);
        self
    }

    /// A nats-server that acknowledges before it syncs, as they do by default.
    pub fn lazy_nats(folder: &Path) -> Self {
        Self::nats_with(folder, (free_port(), free_port()), "", "").with_log()
    }

    fn nats_with(folder: &Path, (port, monitor): (u16, u16), sync: &str, more: &str) -> Self {
        let config = folder.join("nats-server.conf");
        let store = folder.join("jetstream");
        let text = format!(
            "listen: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitor}\njetstream {{ store_dir: {:?}, {sync} }}\n{more}",
            store.display().to_string()
        );
        std::fs::write(&config, text).expect("the configuration is written");
        let mut command = Command::new(nats_server());
        command.arg("--config").arg(config);
        let mut server = Self::start(command, format!("nats://127.0.0.1:{port}"), "Server is ready", true);
        server.monitor = format!("http://127.0.0.1:{monitor}");
        server
    }

    /// Whether it ends by itself in this time.
    pub fn ends_within(&mut self, time: std::time::Duration) -> bool {
        let until = std::time::Instant::now() + time;
        while std::time::Instant::now() < until {
            if self.child.try_wait().expect("answered").is_some() {
                return true;
            }
            #[expect(clippy::disallowed_methods, reason = "a child's end can only be polled with a bound")]
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        false
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("answered").is_none()
    }

    /// How many files and connections it has open.
    pub fn descriptors(&self) -> u64 {
        let open = entries(Path::new(&format!("/proc/{}/fd", self.pid())));
        u64::try_from(open).expect("fewer")
    }

    /// Lets it have so many files and connections open from now on.
    pub fn limit_descriptors(&self, limit: u64) {
        limit_descriptors(self.pid(), limit);
    }

    /// Stops the process where it is (`STOP`), or lets it go on (`CONT`).
    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().expect("kill runs").success());
        // The signal is sent, and each of its threads goes on until it is met by it.
        while signal == "STOP" && !self.is_stopped() {
            std::thread::yield_now();
        }
    }

    /// Whether every thread of the process is stopped (`T` in its `stat`, behind the name in brackets).
    fn is_stopped(&self) -> bool {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it runs");
        let stopped = |stat: String| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T'));
        tasks.flatten().all(|task| std::fs::read_to_string(task.path().join("stat")).is_ok_and(stopped))
    }

    /// SIGKILL, and the end of it.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("waited for");
    }

    /// SIGTERM, and the end of it: the program must end well.
    pub fn stop(mut self) {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(status.success());
        let status = self.child.wait().expect("waited for");
        assert!(status.success(), "ended with {status}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already ended, or ended now: either way it is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a log on servers, if there is none.
pub(crate) fn create_log(words: &[&str]) {
    let mut command = Command::new(puhui());
    let output = command.args(["log", "create"]).args(words).envs(request_key(words)).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || told.contains("there is a log already"), "{told}");
}

/// The request key for services on NATS, all of which are given the same; one on an embedded log makes its own.
pub fn request_key(words: &[&str]) -> Option<(&'static str, &'static str)> {
    words.contains(&"--log").then_some(("PUHUI_REQUEST_KEY", concat!(env!("CARGO_MANIFEST_DIR"), "/request-key")))
}

/// A connection to a running service.
pub async fn channel(url: &str) -> tonic::transport::Channel {
    let endpoint = tonic::transport::Endpoint::from_shared(url.to_owned()).expect("an address");
    endpoint.connect().await.expect("connected")
}

/// Waits until a service of a running process is reported as this; the empty name is the process itself.
pub async fn reported(url: &str, service: &str, serving: bool) {
    use tonic_health::pb::health_check_response::ServingStatus;
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    let request = HealthCheckRequest { service: service.to_owned() };
    let told = HealthClient::new(channel(url).await).watch(request).await.expect("health is told");
    let mut told = told.into_inner();
    let wanted = if serving { ServingStatus::Serving } else { ServingStatus::NotServing };
    loop {
        let now = told.message().await.expect("health is told on").expect("without an end");
        if now.status() == wanted {
            return;
        }
    }
}

/// Runs the program to its end.
pub fn run(words: &[&str]) -> Output {
    Command::new(puhui())
        .args(words)
        .envs(request_key(words))
        .env("PUHUI_LOG", "warn")
        .output()
        .expect("the program runs")
}

/// Runs the program to its end and answers what it printed; it must have ended well.
pub fn done(words: &[&str]) -> String {
    let output = run(words);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{words:?}: {} {}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}
