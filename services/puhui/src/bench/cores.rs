//! Which processor cores the measured programs run on.

use std::fmt;

use rustix::io::Errno;
use rustix::thread::{CpuSet, Pid, sched_getaffinity, sched_setaffinity};

use crate::args::{Bench, Placement};
use crate::client::Failure;

/// The cores that this process may use, in two parts: what a machine gives that keeps its NATS server and its services apart
/// (`CPUAffinity=`, `cpuset`).
pub(crate) struct Cores {
    servers: Vec<usize>,
    others: Vec<usize>,
}

impl Cores {
    /// As the bench was told, or apart where that can be and one server is started; `None` for wherever the system puts the programs.
    ///
    /// # Errors
    ///
    /// Where it was told what cannot be: no server is started, or there is one core only.
    pub(crate) fn of(bench: &Bench, starts_servers: bool) -> Result<Option<Self>, Failure> {
        match bench.cores {
            None if starts_servers && bench.replicas == 1 => Self::apart(),
            None | Some(Placement::Shared) => Ok(None),
            Some(Placement::Apart) if !starts_servers => {
                Err(Failure::usage("--cores apart: only with the servers that --log nats starts"))
            }
            Some(Placement::Apart) => match Self::apart()? {
                None => Err(Failure::usage("--cores apart: this process may use one core only")),
                cores => Ok(cores),
            },
        }
    }

    /// The upper half for the NATS servers, the rest for services and bench, which is kept to it from now on, with all threads
    /// and what they start. `None` where there is one core only.
    ///
    /// # Errors
    ///
    /// Where the system does not let cores be chosen.
    fn apart() -> Result<Option<Self>, Failure> {
        let allowed = sched_getaffinity(None).map_err(std::io::Error::from)?;
        let mut others: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core)).collect();
        if others.len() < 2 {
            return Ok(None);
        }
        let servers = others.split_off(others.len().div_ceil(2));
        for thread in std::fs::read_dir("/proc/self/task")? {
            let name = thread?.file_name();
            let Some(thread) = name.to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw) else {
                continue;
            };
            match sched_setaffinity(Some(thread), &set(&others)) {
                // It has ended since.
                Ok(()) | Err(Errno::SRCH) => {}
                Err(error) => return Err(std::io::Error::from(error).into()),
            }
        }
        Ok(Some(Self { servers, others }))
    }

    /// Starts a child on the cores of the servers.
    pub(crate) fn with_servers<T>(&self, start: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        // A child begins on the cores of the thread that starts it.
        sched_setaffinity(None, &set(&self.servers)).map_err(std::io::Error::from)?;
        let started = start();
        sched_setaffinity(None, &set(&self.others)).map_err(std::io::Error::from)?;
        started
    }
}

fn set(cores: &[usize]) -> CpuSet {
    let mut set = CpuSet::new();
    for &core in cores {
        set.set(core);
    }
    set
}

impl fmt::Display for Cores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "servers on cores {:?}, the rest on {:?}", self.servers, self.others)
    }
}
