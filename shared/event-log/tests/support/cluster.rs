//! Three nats-servers in one cluster, any of which can be killed, stopped and let go on.

use std::path::Path;
use std::process::{Child, Command};

use event_log::{JetStream, JetStreamConfig, LogError};

use super::{free_port, program, spawned};

struct Member {
    child: Child,
    name: String,
    port: u16,
    monitor: u16,
    route: u16,
    folder: tempfile::TempDir,
}

/// Killed when dropped.
pub(crate) struct Cluster {
    members: Vec<Member>,
}

fn start(member: (&str, u16, u16, u16), folder: &Path, routes: &[u16]) -> Child {
    let (name, port, monitor, route) = member;
    let routes: Vec<String> = routes.iter().map(|route| format!("nats://127.0.0.1:{route}")).collect();
    let store = folder.join("jetstream").display().to_string();
    let text = format!(
        "server_name: {name}\nlisten: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitor}\n\
         jetstream {{ store_dir: {store:?}, sync_interval: always }}\n\
         cluster {{ name: puhui, listen: 127.0.0.1:{route}, routes: [{}] }}\n",
        routes.join(", ")
    );
    let config = folder.join("nats-server.conf");
    std::fs::write(&config, text).expect("the configuration is written");
    let mut command = Command::new(program());
    command.arg("--config").arg(config);
    spawned(command)
}

impl Cluster {
    pub(crate) fn new() -> Self {
        let ports: Vec<(u16, u16, u16)> = (0..3).map(|_| (free_port(), free_port(), free_port())).collect();
        let routes: Vec<u16> = ports.iter().map(|(_, _, route)| *route).collect();
        let member = |(index, (port, monitor, route)): (usize, (u16, u16, u16))| {
            let (name, folder) = (format!("n{index}"), tempfile::tempdir().expect("a folder"));
            let child = start((&name, port, monitor, route), folder.path(), &routes);
            Member { child, name, port, monitor, route, folder }
        };
        Self { members: ports.into_iter().enumerate().map(member).collect() }
    }

    pub(crate) fn config(&self) -> JetStreamConfig {
        let urls: Vec<String> = self.members.iter().map(|m| format!("nats://127.0.0.1:{}", m.port)).collect();
        let monitors = self.members.iter().map(|m| format!("http://127.0.0.1:{}", m.monitor)).collect();
        JetStreamConfig { new_log: true, replicas: 3, monitors, ..JetStreamConfig::new(&urls.join(",")) }
    }

    /// A log on the cluster, once it has leaders.
    pub(crate) async fn connected(&self) -> JetStream {
        for _ in 0..200 {
            match JetStream::connect(&self.config()).await {
                Ok(log) => return log,
                Err(LogError::Unavailable(_)) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
        panic!("the cluster elects nobody");
    }

    fn index(&self, name: &str) -> usize {
        self.members.iter().position(|member| member.name == name).expect("a member")
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self, name: &str) {
        let index = self.index(name);
        self.members[index].child.kill().expect("killed");
        self.members[index].child.wait().expect("waited for");
    }

    /// Starts a killed one on its old store.
    pub(crate) fn start(&mut self, name: &str) {
        let routes: Vec<u16> = self.members.iter().map(|member| member.route).collect();
        let index = self.index(name);
        let member = &mut self.members[index];
        member.child = start((name, member.port, member.monitor, member.route), member.folder.path(), &routes);
    }

    /// Stops a server where it is (`STOP`), as if it were cut off, or lets it go on (`CONT`).
    pub(crate) fn signal(&self, name: &str, signal: &str) {
        let pid = self.members[self.index(name)].child.id().to_string();
        let done = Command::new("kill").args(["-s", signal, &pid]).status().expect("kill runs");
        assert!(done.success());
    }

    /// Names of all, the one named first.
    pub(crate) fn names_from(&self, first: &str) -> Vec<String> {
        let mut names: Vec<String> = self.members.iter().map(|member| member.name.clone()).collect();
        names.sort_by_key(|name| name != first);
        names
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for member in &mut self.members {
            // Already ended, or ended now: either way it is gone.
            let _ = member.child.kill();
            let _ = member.child.wait();
        }
    }
}
