//! What an environment does to a process that runs well, and how each of it is begun and ended.

use std::fs::File;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tests::clock::{Clock, RIGHT, faketime};
use tests::wire::Wire;
use tests::{Dice, Running};
use tokio::net::unix::pipe::{OpenOptions, Receiver};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// Bytes of a disk that is filled: the log's reserve several times over.
const DISK_BYTES: u64 = 384 * 1024 * 1024;
/// Bytes that a filled disk may have left: from none, where a write ends in the middle, to more than the log's reserve.
const LEFT_MAX_BYTES: u64 = 80 * 1024 * 1024;
/// Files and connections that a process may have open, as a shell allows it.
pub(crate) const DESCRIPTORS_MAX: u64 = 1_024;
/// Descriptors that a process may have left when its limit is lowered.
const DESCRIPTORS_LEFT_MAX: u64 = 40;
/// Connections that are held open and idle, more than a process may have open; and from how many addresses they come.
const IDLE_CONNECTIONS: usize = 1_200;
const IDLE_ADDRESSES: usize = 12;
/// `open` with this waits for nobody, on Linux.
const O_NONBLOCK: i32 = 0o4000;
/// Longest wait for one of them.
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// Where a clock jumps to: a dead battery, a time zone, a typing error. None so little ahead that commits would be taken there: they would
/// stand in the log's way when it is right again, as they should.
const CLOCK_WRONG: [&str; 5] = ["-26y", "-2h", "-400d", "+400d", "+30y"];

/// One kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    DataDiskFull,
    StoreDiskFull,
    NoDescriptors,
    IdleConnections,
    StderrClosed,
    StderrStuck,
    ClockMoved,
    ServerStopped,
    WireCut,
}

impl Kind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::DataDiskFull, "data-disk"),
        (Self::StoreDiskFull, "store-disk"),
        (Self::NoDescriptors, "descriptors"),
        (Self::IdleConnections, "idle-connections"),
        (Self::StderrClosed, "stderr-closed"),
        (Self::StderrStuck, "stderr-stuck"),
        (Self::ClockMoved, "clock"),
        (Self::ServerStopped, "server-stopped"),
        (Self::WireCut, "wire-cut"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// Whether it is files and connections that run out.
    pub(crate) fn is_of_descriptors(self) -> bool {
        matches!(self, Self::NoDescriptors | Self::IdleConnections)
    }

    /// Whether everybody else is to be served as before.
    pub(crate) fn costs_nothing(self) -> bool {
        matches!(self, Self::IdleConnections | Self::StderrClosed | Self::StderrStuck)
    }

    /// Those that can be made here; what cannot is said aloud. `PUHUI_FAULT` leaves one of them.
    pub(crate) fn possible(on_nats: bool) -> Vec<Self> {
        let only = std::env::var("PUHUI_FAULT").ok();
        let asked = Self::ALL.into_iter().filter(|(_, name)| only.as_deref().is_none_or(|only| only == *name));
        let beyond = [Self::StoreDiskFull, Self::ServerStopped, Self::WireCut];
        let asked = asked.map(|(kind, _)| kind).filter(|kind| on_nats || !beyond.contains(kind));
        let mounts = Disk::supported();
        let possible = asked.filter(|kind| match kind {
            Self::DataDiskFull | Self::StoreDiskFull if !mounts => {
                println!("LEFT OUT: {}: mounting a small disk takes CAP_SYS_ADMIN", kind.name());
                false
            }
            Self::ClockMoved => faketime("clocks that jump").is_some(),
            _ => true,
        });
        possible.collect()
    }
}

/// A disk of [`DISK_BYTES`] in memory where it may be mounted, else a folder of the machine's own. Unmounted when dropped.
pub(crate) struct Disk {
    folder: PathBuf,
    is_mounted: bool,
}

impl Disk {
    pub(crate) fn supported() -> bool {
        let folder = tempfile::tempdir().expect("a folder");
        mount(folder.path()).is_ok_and(|()| {
            unmount(folder.path());
            true
        })
    }

    pub(crate) fn on(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("made");
        Self { folder: folder.to_owned(), is_mounted: mount(folder).is_ok() }
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }

    /// Fills it but for so many bytes.
    fn fill(&self, left: u64) {
        let filler = File::create(self.filler()).expect("made");
        let mut end = 0;
        // Down to a byte, and then some given back.
        for piece in [vec![7_u8; 1 << 20], vec![7_u8; 1 << 10], vec![7_u8; 1]] {
            while let Ok(written @ 1..) = filler.write_at(&piece, end) {
                end += u64::try_from(written).expect("small");
            }
        }
        filler.set_len(end.saturating_sub(left)).expect("shortened");
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).expect("removed");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            unmount(&self.folder);
        }
    }
}

fn mount(folder: &Path) -> Result<(), ()> {
    let size = format!("size={DISK_BYTES}");
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", &size, "puhui-tests"]).arg(folder).stderr(Stdio::null());
    if command.status().is_ok_and(|status| status.success()) { Ok(()) } else { Err(()) }
}

fn unmount(folder: &Path) {
    // Lazily: a program that was just killed may still be letting go of its files.
    let _ = Command::new("umount").arg("--lazy").arg(folder).status();
}

/// A pipe with a name, which a process writes its stderr to, and somebody who reads it.
pub(crate) struct Stderr {
    path: PathBuf,
    reader: JoinHandle<()>,
    /// Open and not read.
    stuck: Option<Receiver>,
}

impl Stderr {
    pub(crate) fn new(folder: &Path) -> Self {
        let path = folder.join("stderr");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
        let reader = tokio::spawn(drain(opened(&path)));
        Self { path, reader, stuck: None }
    }

    /// For the process to write to.
    pub(crate) fn end(&self) -> Stdio {
        File::options().write(true).open(&self.path).expect("somebody reads").into()
    }

    /// Nobody reads any more: what is written from now on is refused.
    async fn close(&mut self) {
        self.reader.abort();
        // Aborted, and so not whole: what matters is that its end of the pipe is closed.
        let _ = (&mut self.reader).await;
    }

    /// Somebody keeps it open and reads nothing, and it is full: whoever writes to it waits.
    async fn stick(&mut self) {
        self.stuck = Some(opened(&self.path));
        self.close().await;
        let mut filler = File::options().write(true).custom_flags(O_NONBLOCK).open(&self.path).expect("it is open");
        while filler.write(&[b'\n'; 512]).is_ok() {}
    }

    /// It is read again.
    fn open(&mut self) {
        let pipe = self.stuck.take().unwrap_or_else(|| opened(&self.path));
        self.reader = tokio::spawn(drain(pipe));
    }
}

fn opened(path: &Path) -> Receiver {
    OpenOptions::new().open_receiver(path).expect("opened")
}

/// Reads what is said and keeps none of it, also when nobody has begun to write yet.
async fn drain(pipe: Receiver) {
    let mut piece = vec![0; 64 * 1024];
    loop {
        if pipe.readable().await.is_err() {
            return;
        }
        if let Ok(0) = pipe.try_read(&mut piece) {
            // Nobody writes just now.
            #[expect(clippy::disallowed_methods, reason = "a pipe does not tell when a writer comes")]
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A connection from this address of this machine, if it comes about.
async fn connection(from: Ipv4Addr, to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::from((from, 0))).ok()?;
    tokio::time::timeout(CONNECT_MAX, socket.connect(to)).await.ok()?.ok()
}

/// A process and what is around it.
pub(crate) struct Surroundings {
    pub(crate) server: Running,
    pub(crate) data: Disk,
    pub(crate) stderr: Stderr,
    /// Where clocks can be moved.
    pub(crate) clock: Option<Clock>,
    /// Of the log on NATS.
    pub(crate) nats: Option<Nats>,
}

/// A nats-server, its disk, and the wire to it.
pub(crate) struct Nats {
    pub(crate) server: Option<Running>,
    pub(crate) store: Disk,
    pub(crate) wire: Wire,
    pub(crate) folder: PathBuf,
    pub(crate) ports: (u16, u16),
}

/// A fault that holds.
pub(crate) struct Ongoing {
    kind: Kind,
    idle: Vec<TcpStream>,
    /// What was done, in words.
    pub(crate) what: String,
}

impl Surroundings {
    pub(crate) async fn begin(&mut self, kind: Kind, dice: &mut Dice) -> Ongoing {
        let (mut idle, mut reached) = (Vec::new(), 0);
        let what = match kind {
            Kind::DataDiskFull => {
                let left = dice.below(2) * dice.below(LEFT_MAX_BYTES);
                self.data.fill(left);
                format!("{left} bytes left")
            }
            Kind::StoreDiskFull => {
                self.nats().store.fill(0);
                "nothing left".to_owned()
            }
            Kind::NoDescriptors => {
                let left = dice.below(DESCRIPTORS_LEFT_MAX);
                let limit = self.server.descriptors() + left;
                self.server.limit_descriptors(limit);
                format!("{left} left of {limit}")
            }
            Kind::IdleConnections => {
                let address = self.address();
                for _ in 0..IDLE_CONNECTIONS / IDLE_ADDRESSES {
                    // One from each address at a time: of very many at once the system forgets some.
                    let froms = (1..=IDLE_ADDRESSES).map(|from| u8::try_from(from).expect("small"));
                    let attempts = froms.map(|from| connection(Ipv4Addr::new(127, 0, 2, from), address));
                    // Taken, turned away or left to wait: that is the process's to decide.
                    idle.extend(futures_util::future::join_all(attempts).await.into_iter().flatten());
                    if idle.len() == reached {
                        break;
                    }
                    reached = idle.len();
                }
                format!("{reached} from {IDLE_ADDRESSES} addresses, {} descriptors open", self.server.descriptors())
            }
            Kind::StderrClosed => {
                self.stderr.close().await;
                self.make_it_speak();
                "nobody reads it".to_owned()
            }
            Kind::StderrStuck => {
                self.stderr.stick().await;
                self.make_it_speak();
                "it is full, and nobody reads it".to_owned()
            }
            Kind::ClockMoved => {
                let to = CLOCK_WRONG[usize::try_from(dice.below(5)).expect("small")];
                self.clock.as_ref().expect("it can be moved").shows(to);
                to.to_owned()
            }
            Kind::ServerStopped => {
                self.nats().server.as_ref().expect("runs").signal("STOP");
                "SIGSTOP".to_owned()
            }
            Kind::WireCut => {
                self.nats().wire.cut();
                "cut".to_owned()
            }
        };
        Ongoing { kind, idle, what: format!("{}: {what}", kind.name()) }
    }

    pub(crate) fn end(&mut self, ongoing: Ongoing) {
        match ongoing.kind {
            Kind::DataDiskFull => self.data.free(),
            Kind::StoreDiskFull => {
                let nats = self.nats();
                nats.store.free();
                // A nats-server that could not write gives JetStream up until it is started anew, by whoever watches over it.
                nats.server.take().expect("runs").kill();
                nats.server = Some(Running::nats_at(&nats.folder, nats.ports));
            }
            Kind::NoDescriptors => self.server.limit_descriptors(DESCRIPTORS_MAX),
            Kind::IdleConnections => drop(ongoing.idle),
            Kind::StderrClosed | Kind::StderrStuck => {
                self.make_it_speak();
                self.stderr.open();
            }
            Kind::ClockMoved => self.clock.as_ref().expect("it can be moved").shows(RIGHT),
            Kind::ServerStopped => self.nats().server.as_ref().expect("runs").signal("CONT"),
            Kind::WireCut => self.nats().wire.mend(),
        }
    }

    /// Where the process listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.url.trim_start_matches("http://").parse().expect("an address")
    }

    fn nats(&mut self) -> &mut Nats {
        self.nats.as_mut().expect("a log on NATS")
    }

    /// Has it write to its stderr: a connection that speaks no HTTP/2 is something it says a word about.
    fn make_it_speak(&self) {
        for _ in 0..8 {
            if let Ok(mut stream) = std::net::TcpStream::connect(self.address()) {
                // It may have been turned away already.
                let _ = stream.write_all(b"no preface of any protocol that is known here\r\n\r\n");
            }
        }
    }
}
