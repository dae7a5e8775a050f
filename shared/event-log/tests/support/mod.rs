//! A real nats-server for the tests of the `JetStream` body.

pub(crate) mod cluster;
pub(crate) mod proxy;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use event_log::JetStreamConfig;

/// A nats-server that syncs every message, killed when dropped.
pub(crate) struct Nats {
    child: Child,
    pub(crate) port: u16,
    monitor: u16,
    /// Settings of its jetstream block beside the folder.
    settings: String,
    /// Further settings.
    more: String,
    pub(crate) folder: tempfile::TempDir,
}

/// The setting that makes a server sync before it acknowledges.
const SYNCED: &str = "sync_interval: always";

fn limit(bytes: u64) -> String {
    format!("{SYNCED}, max_file_store: {bytes}")
}

/// A port nobody listens on now.
fn free_port() -> u16 {
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

fn program() -> PathBuf {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let own = Path::new(&here).join("../../.tools/nats-server");
    let program = std::env::var_os("PUHUI_NATS_SERVER").map_or(own, PathBuf::from);
    assert!(program.is_file(), "{}: run `cargo xtask setup`", program.display());
    program
}

/// Writes the configuration of a server, and says where.
fn configured(folder: &Path, (port, monitor): (u16, u16), settings: &str, more: &str) -> PathBuf {
    let config = folder.join("nats-server.conf");
    let store = folder.join("jetstream").display().to_string();
    let jetstream = format!("jetstream {{ store_dir: {store:?}, {settings} }}");
    let text = format!("listen: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitor}\n{jetstream}\n{more}\n");
    std::fs::write(&config, text).expect("the configuration is written");
    config
}

fn start(folder: &Path, ports: (u16, u16), settings: &str, more: &str) -> Child {
    let config = configured(folder, ports, settings, more);
    let mut command = Command::new(program());
    command.arg("--config").arg(&config);
    spawned(command)
}

/// The server, once it says that it is ready.
fn spawned(mut command: Command) -> Child {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("nats-server starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped"));
    let mut line = String::new();
    while !line.contains("Server is ready") {
        line.clear();
        assert!(lines.read_line(&mut line).expect("readable") > 0, "nats-server ended before it was ready");
    }
    // The rest is read and dropped, so that the server never waits for a full pipe.
    std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    child
}

impl Nats {
    /// A server on a free port with an empty store.
    pub(crate) fn new() -> Self {
        Self::configured("")
    }

    /// The same, with one more setting.
    pub(crate) fn configured(more: &str) -> Self {
        Self::starting(SYNCED, more)
    }

    /// A server that acknowledges before it syncs, as they do by default.
    pub(crate) fn lazy() -> Self {
        Self::starting("", "")
    }

    /// One that may store so many bytes.
    pub(crate) fn limited(bytes: u64) -> Self {
        Self::starting(&limit(bytes), "")
    }

    fn starting(settings: &str, more: &str) -> Self {
        let (port, monitor) = (free_port(), free_port());
        let folder = tempfile::tempdir().expect("a folder");
        let child = start(folder.path(), (port, monitor), settings, more);
        Self { child, port, monitor, folder, settings: settings.to_owned(), more: more.to_owned() }
    }

    /// Lets it store so many bytes from now on, without an end between.
    pub(crate) fn raise(&mut self, bytes: u64) {
        self.allow(bytes);
        self.reload();
    }

    /// Lets it store so many bytes once it is started anew.
    pub(crate) fn allow(&mut self, bytes: u64) {
        self.settings = limit(bytes);
    }

    /// Gives it other further settings, without an end between.
    pub(crate) fn reconfigure(&mut self, more: &str) {
        more.clone_into(&mut self.more);
        self.reload();
    }

    fn reload(&self) {
        configured(self.folder.path(), (self.port, self.monitor), &self.settings, &self.more);
        self.signal("HUP");
    }

    /// How the log is told to connect.
    pub(crate) fn config(&self) -> JetStreamConfig {
        JetStreamConfig { new_log: true, monitors: vec![self.monitor_url()], ..JetStreamConfig::new(&self.url()) }
    }

    /// Where its monitoring listens.
    pub(crate) fn monitor_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitor)
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Stops the server where it is (`STOP`), lets it go on (`CONT`), or lets it read its configuration again (`HUP`).
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().expect("kill runs").success());
    }

    /// SIGKILL, then the same store on the same port again.
    pub(crate) fn kill_and_start(&mut self) {
        self.kill();
        self.start();
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("waited for");
    }

    /// The same store on the same port again, of a server that acknowledges before it syncs, or does not.
    pub(crate) fn start_syncing(&mut self, syncs: bool) {
        self.settings = if syncs { SYNCED.to_owned() } else { String::new() };
        self.start();
    }

    /// The same store on the same port again.
    pub(crate) fn start(&mut self) {
        self.child = start(self.folder.path(), (self.port, self.monitor), &self.settings, &self.more);
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        // Already ended, or ended now: either way it is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
