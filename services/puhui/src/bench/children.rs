//! Processes that are measured: a NATS server and the services, each with the processor time it takes.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::client::Failure;

/// A running child, killed when dropped.
pub(crate) struct Process {
    child: Child,
    name: &'static str,
    /// Where it answers.
    pub(crate) url: String,
    /// Where its monitoring answers; empty where it has none.
    pub(crate) monitor: String,
}

impl Process {
    fn start(
        mut command: Command,
        name: &'static str,
        url: String,
        ready: &str,
        on_stderr: bool,
    ) -> Result<Self, Failure> {
        let (out, err) = if on_stderr { (Stdio::null(), Stdio::piped()) } else { (Stdio::piped(), Stdio::inherit()) };
        let started = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let mut child = started.map_err(|error| Failure::usage(format!("{name} does not start: {error}")))?;
        let output: Option<Box<dyn Read + Send>> = if on_stderr {
            child.stderr.take().map(|o| Box::new(o) as _)
        } else {
            child.stdout.take().map(|o| Box::new(o) as _)
        };
        let process = Self { child, name, url, monitor: String::new() };
        let mut lines = BufReader::new(output.ok_or_else(|| Failure::unavailable("no pipe"))?);
        let mut line = String::new();
        while !line.contains(ready) {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                return Err(Failure::unavailable(format!("{name} ended before it was ready")));
            }
        }
        // The rest is read and dropped, so that the child never waits for a full pipe.
        let rest = move || std::io::copy(&mut lines, &mut std::io::sink());
        std::thread::Builder::new().name("rest-of-output".to_owned()).spawn(rest)?;
        Ok(process)
    }

    /// NATS servers on free ports that sync every message, their stores in `folder`; several are one cluster.
    pub(crate) fn nats(program: &Path, folder: &Path, servers: usize) -> Result<Vec<Self>, Failure> {
        let ports: Vec<[u16; 3]> =
            (0..servers).map(|_| Ok([free_port()?, free_port()?, free_port()?])).collect::<Result<_, Failure>>()?;
        let routes: Vec<String> = ports.iter().map(|[.., route]| format!("nats://127.0.0.1:{route}")).collect();
        let member = |number: usize, [_, _, route]: [u16; 3]| {
            let routes = routes.join(", ");
            format!(
                "server_name: n{number}\ncluster {{ name: bench, listen: 127.0.0.1:{route}, routes: [{routes}] }}\n"
            )
        };
        let started = ports.iter().enumerate().map(|(number, ports)| {
            let folder = folder.join(format!("n{number}"));
            std::fs::create_dir(&folder)?;
            let cluster = if servers == 1 { String::new() } else { member(number, *ports) };
            Self::nats_server(program, &folder, *ports, &cluster)
        });
        started.collect()
    }

    fn nats_server(
        program: &Path,
        folder: &Path,
        [port, monitor, _]: [u16; 3],
        cluster: &str,
    ) -> Result<Self, Failure> {
        let config = folder.join("nats-server.conf");
        let store = folder.join("jetstream").display().to_string();
        let text = format!(
            "listen: 127.0.0.1:{port}\nhttp: 127.0.0.1:{monitor}\njetstream {{ store_dir: {store:?}, sync_interval: always }}\n\
             {cluster}"
        );
        std::fs::write(&config, text)?;
        let mut command = Command::new(program);
        command.arg("--config").arg(config);
        let url = format!("nats://127.0.0.1:{port}");
        let mut server = Self::start(command, "nats-server", url, "Server is ready", true)?;
        server.monitor = format!("http://127.0.0.1:{monitor}");
        Ok(server)
    }

    /// `serve` of a `puhui` program with these services, on a free port.
    pub(crate) fn serving(program: &Path, services: &[&str], words: &[&str]) -> Result<Self, Failure> {
        let address = format!("127.0.0.1:{}", free_port()?);
        let mut command = Command::new(program);
        command.arg("serve").args(services).args(["--listen", &address]).args(words).env("PUHUI_LOG", "warn");
        Self::start(command, "puhui", format!("http://{address}"), "listening on", false)
    }

    /// The most memory it has held, in KiB; 0 where the system does not tell.
    pub(crate) fn most_memory_kib(&self) -> u64 {
        self.told("VmHWM:").unwrap_or(0)
    }

    /// The memory it holds now, and the most it has held, in KiB; none where the system does not tell.
    pub(crate) fn memory_kib(&self) -> Option<(u64, u64)> {
        Some((self.told("VmRSS:")?, self.told("VmHWM:")?))
    }

    /// A line of what the system tells of it, in KiB.
    fn told(&self, name: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    }

    fn cpu(&self) -> (String, f64) {
        (self.name.to_owned(), cpu_of(&self.child.id().to_string()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already ended, or ended now: either way it is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<u16, Failure> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Seconds of processor time of a process, user and system; 0 where the system does not tell.
fn cpu_of(pid: &str) -> f64 {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0.0 };
    // After the name, which may hold spaces: state is field 3, utime and stime are 14 and 15, in ticks of 1/100 s.
    let after = stat.rsplit_once(") ").map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Processor time so far of this process and of `processes`.
pub(crate) fn cpu(processes: &[&Process]) -> Vec<(String, f64)> {
    let own = ("bench".to_owned(), cpu_of("self"));
    processes.iter().map(|process| process.cpu()).chain([own]).collect()
}

/// Adds what was taken between two looks.
pub(crate) fn add(total: &mut Vec<(String, f64)>, before: &[(String, f64)], after: &[(String, f64)]) {
    for (index, ((name, end), (_, start))) in after.iter().zip(before).enumerate() {
        match total.get_mut(index) {
            Some((_, seconds)) => *seconds += end - start,
            None => total.push((name.clone(), end - start)),
        }
    }
}
