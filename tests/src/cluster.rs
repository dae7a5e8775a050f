//! Three nats-servers in one cluster, each of which can be killed, cut off and brought back.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::{Running, SYNCED, create_log, free_port};

/// Longest wait for a server's monitoring, which one that is cut off does not answer.
const MONITOR_MAX: Duration = Duration::from_millis(500);

/// A server of the cluster. Dropped in this order: the process, its folder.
#[derive(Debug)]
struct Member {
    running: Option<Running>,
    ports: (u16, u16),
    settings: String,
    folder: TempDir,
}

impl Member {
    fn start(&mut self) {
        self.running = Some(Running::nats_with(self.folder.path(), self.ports, SYNCED, &self.settings));
    }
}

/// Killed when dropped.
#[derive(Debug)]
pub struct Cluster {
    members: Vec<Member>,
}

impl Default for Cluster {
    fn default() -> Self {
        Self::new()
    }
}

impl Cluster {
    /// As many copies as servers.
    pub const SERVERS: usize = 3;

    /// Servers with a log that holds nothing, every message synced. They choose a leader when they have found one another.
    pub fn new() -> Self {
        let routes: Vec<u16> = (0..Self::SERVERS).map(|_| free_port()).collect();
        let all: Vec<String> = routes.iter().map(|route| format!("nats://127.0.0.1:{route}")).collect();
        let all = all.join(", ");
        let member = |(index, route): (usize, &u16)| {
            let mut member = Member {
                running: None,
                ports: (free_port(), free_port()),
                settings: format!(
                    "server_name: n{index}\ncluster {{ name: puhui, listen: 127.0.0.1:{route}, routes: [{all}] }}\n"
                ),
                folder: tempfile::tempdir().expect("a folder"),
            };
            member.start();
            member
        };
        let cluster = Self { members: routes.iter().enumerate().map(member).collect() };
        create_log(&["--log", &cluster.urls(), "--nats-monitor", &cluster.monitors(), "--replicas", "3"]);
        cluster
    }

    /// Where all of them answer, comma-separated.
    pub fn urls(&self) -> String {
        let urls: Vec<String> = self.members.iter().map(|m| format!("nats://127.0.0.1:{}", m.ports.0)).collect();
        urls.join(",")
    }

    /// Where their monitoring answers, comma-separated.
    pub fn monitors(&self) -> String {
        let urls: Vec<String> = self.members.iter().map(|m| format!("http://127.0.0.1:{}", m.ports.1)).collect();
        urls.join(",")
    }

    /// Who leads the one NATS stream, as the first of them that knows says.
    pub fn leader(&self) -> Option<usize> {
        let name = self.members.iter().find_map(|member| leader_by(member.ports.1))?;
        name.strip_prefix('n')?.parse().ok()
    }

    /// SIGKILL.
    pub fn kill(&mut self, server: usize) {
        self.members[server].running.take().expect("it runs").kill();
    }

    /// Starts a killed one on its old store.
    pub fn start(&mut self, server: usize) {
        self.members[server].start();
    }

    /// Stops a server where it is: to the others and to clients it is as if the wire were cut.
    pub fn cut_off(&self, server: usize) {
        self.members[server].running.as_ref().expect("it runs").signal("STOP");
    }

    /// Lets one that was cut off go on where it was.
    pub fn let_go_on(&self, server: usize) {
        self.members[server].running.as_ref().expect("it runs").signal("CONT");
    }
}

/// The leader of the first NATS stream that this server's monitoring tells of.
fn leader_by(monitor: u16) -> Option<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", monitor)).ok()?;
    connection.set_read_timeout(Some(MONITOR_MAX)).ok()?;
    connection.write_all(b"GET /jsz?streams=true HTTP/1.0\r\n\r\n").ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let told: Value = serde_json::from_str(body).ok()?;
    let streams = told["account_details"].as_array()?.iter().filter_map(|account| account["stream_detail"].as_array());
    let leader = streams.flatten().find_map(|stream| stream["cluster"]["leader"].as_str());
    leader.filter(|name| !name.is_empty()).map(str::to_owned)
}
