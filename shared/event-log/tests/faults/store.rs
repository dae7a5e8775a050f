//! The disk of a real nats-server fills: it takes nothing more for the log until it is started anew, also when there is room again, and
//! says so to no client. Health and commands say it, with the remedy.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use event_log::conformance::{commit, provider};
use event_log::{AppendError, EventLog, JetStreamConfig, Tail};
use parts::State;

use super::{GREEN_WITHIN, RED_WITHIN, connected, part, told};
use crate::support::Nats;

/// Bytes of the server's disk.
const DISK_BYTES: u64 = 16 * 1024 * 1024;
/// What is told.
const REMEDY: &str = "free room and restart nats-server";

/// A small disk in memory, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    /// `None` where none may be mounted, which takes `CAP_SYS_ADMIN`.
    fn on(folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).expect("made");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={DISK_BYTES}"), "puhui-tests"]).arg(folder);
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        mounted.then(|| Self(folder.to_owned()))
    }

    fn fill(&self) {
        let mut filler = File::create(self.0.join("filler")).expect("made");
        for piece in [vec![7_u8; 1 << 16], vec![7_u8; 1]] {
            while filler.write_all(&piece).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("removed");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a server that was just killed may still be letting go of its files.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stores_nothing_after_a_full_disk_is_told_with_the_remedy() {
    let mut nats = Nats::new();
    nats.kill();
    let Some(disk) = Disk::on(&nats.folder.path().join("jetstream")) else {
        println!("LEFT OUT: a server whose disk fills: mounting a small disk takes CAP_SYS_ADMIN");
        return;
    };
    nats.start();
    let log = connected(&nats).await;
    let mut connection = part(log.parts(), "log-connection");
    let tail = log.append(&provider(1), Tail::default(), &commit(1)).await.unwrap();
    disk.fill();
    let (writer, mut last) = (log.clone(), tail);
    let writing = tokio::spawn(async move {
        loop {
            match writer.append(&provider(1), last, &commit(u128::from(last.revision.0) + 1)).await {
                Ok(next) => last = next,
                Err(error) => return (error, last),
            }
        }
    });
    told(&mut connection, false, RED_WITHIN).await;
    let why = |state: State| if let State::Unwell { why, .. } = state { why } else { String::new() };
    let told_so = tokio::time::timeout(RED_WITHIN, async {
        while !why(connection.state()).contains(REMEDY) {
            assert!(connection.changed().await, "it has ended");
        }
    });
    assert!(told_so.await.is_ok(), "{:?}", connection.state());
    let (unanswered, last) = writing.await.unwrap();
    // It may still be stored, for all that is known; what was acknowledged before is.
    assert!(matches!(unanswered, AppendError::OutcomeUnknown(_)), "{unanswered:?}");
    assert_eq!(log.tail(&provider(1)).await.unwrap(), last);
    // Room alone mends nothing, and nobody is kept waiting for an answer that never comes.
    disk.free();
    let refused = log.append(&provider(2), Tail::default(), &commit(9)).await;
    assert!(matches!(&refused, Err(AppendError::NotStoring { why, .. }) if why.contains(REMEDY)), "{refused:?}");
    // A process that comes later knows it before its first command.
    let later = event_log::JetStream::connect(&JetStreamConfig { new_log: false, ..nats.config() }).await.unwrap();
    let refused = later.append(&provider(2), Tail::default(), &commit(9)).await;
    assert!(matches!(&refused, Err(AppendError::NotStoring { why, .. }) if why.contains(REMEDY)), "{refused:?}");
    nats.kill_and_start();
    told(&mut connection, true, GREEN_WITHIN).await;
    let tail = log.tail(&provider(1)).await.unwrap();
    let stored = log.append(&provider(1), tail, &commit(10)).await.unwrap();
    assert_eq!(stored.revision.0, tail.revision.0 + 1);
    drop(later);
}
