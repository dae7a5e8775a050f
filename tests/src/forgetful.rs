//! A file system in memory that forgets what was not fsynced: the power cut of crash tests.
//!
//! [`Forgetful::mount`] puts it on a folder by FUSE; a real database keeps its data there. SIGKILL the database,
//! [`Forgetful::cut`] the power, start it again: it sees what a disk would have kept.
//!
//! What is durable follows ext4 in its default mode, taken at its word and without the kindness of its heuristics:
//!
//! - Names (create, mkdir, link, rename, unlink, rmdir) are ordered. An fsync of any file or folder makes all of them
//!   durable that came before it; a cut undoes all that came after the last one. An fdatasync makes none of them durable,
//!   not even that of its own file.
//! - Bytes and length of a file become durable by fsync or fdatasync of that very file, or by a write through `O_SYNC`
//!   or `O_DSYNC`. Neither time, nor close, nor rename does it; nor do `sync`, `syncfs` and `sync_file_range`, of which
//!   FUSE is not told.
//! - After a cut a file has its durable bytes, or now and then those and the first of its unsynced writes, the last of
//!   them torn at some byte, which is harsher than a disk that writes whole sectors.
//!
//! Nothing is stored twice. A change keeps what it takes to undo it, an fsync drops that, so it costs what is dirty and
//! not what the file is long. There are files and folders, no symlinks, sockets or devices; all belong to root.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, Filesystem, FopenFlags, Generation, INodeNo,
    KernelConfig, LockOwner, MountOption, Notifier, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData,
    ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};

pub use disk::Cut;
use disk::{BLOCK, Body, Data, Disk, LONGEST_FILE, LONGEST_NAME, Listing, MOST_WAITING, now};

mod disk;
#[cfg(test)]
mod tests;

/// The most bytes in one request of the kernel's, which allows no more.
const BIGGEST_WRITE: u32 = 1 << 20;
/// What `statfs` says there is, in blocks, of which all are free.
const BLOCKS: u64 = LONGEST_FILE / BLOCK as u64 * 16;
/// The kernel asks each time, so it has nothing old to show after a cut.
const UNCACHED: Duration = Duration::ZERO;
/// No inode number is used twice.
const FIRST: Generation = Generation(0);
// From the kernel's uapi, the same on every 64-bit Linux Rust is at home on.
const S_IFMT: u32 = 0o170_000;
const S_IFREG: u32 = 0o100_000;
const FALLOC_FL_KEEP_SIZE: i32 = 1;
const CAP_SYS_ADMIN: u32 = 21;

/// A mounted file system that forgets. Dropping it unmounts it: before the folder it is mounted on, after the
/// processes that use it.
#[derive(Debug)]
pub struct Forgetful {
    disk: Arc<Mutex<Disk>>,
    session: Option<BackgroundSession>,
    notifier: Notifier,
    at: PathBuf,
}

impl Forgetful {
    /// Mounts an empty file system on `at`, an existing empty folder.
    pub fn mount(at: &Path) -> io::Result<Self> {
        let disk = Arc::new(Mutex::new(Disk::new()));
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("forgetful".to_owned()), MountOption::NoAtime];
        let session = fuser::spawn_mount(Server(Arc::clone(&disk)), at, &config)?;
        let notifier = session.notifier();
        Ok(Self { disk, session: Some(session), notifier, at: at.to_owned() })
    }

    /// The power cut, to be called once the processes that use the file system were killed and waited for. Everything
    /// goes back to its durable state; `seed` decides which files keep a part of what was not durable: with 0, none.
    pub fn cut(&self, seed: u64) -> Cut {
        // Pages written through a mapping reach the disk before the cut and not after it.
        self.drop_caches();
        let cut = lock(&self.disk).cut(seed);
        self.drop_caches();
        cut
    }

    /// Whether [`Self::mount`] can work here: `/dev/fuse` can be opened and the process may mount.
    pub fn supported() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let capabilities = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
        let capabilities = capabilities.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0);
        let may_mount = capabilities >> CAP_SYS_ADMIN & 1 == 1;
        may_mount && std::fs::File::options().read(true).write(true).open("/dev/fuse").is_ok()
    }

    fn drop_caches(&self) {
        let known: Vec<u64> = {
            let disk = lock(&self.disk);
            disk.nodes.iter().filter(|(_, node)| node.lookups > 0).map(|(ino, _)| *ino).collect()
        };
        for ino in known {
            // The kernel may have forgotten it meanwhile; then it has nothing to drop.
            let _ = self.notifier.inval_inode(INodeNo(ino), 0, 0);
        }
    }
}

impl Drop for Forgetful {
    fn drop(&mut self) {
        // Not joined: a copy of the mount in another namespace may keep its thread alive.
        drop(self.session.take());
        let device = |path: &Path| path.metadata().map(|found| found.dev()).ok();
        if device(&self.at).is_some_and(|own| device(&self.at.join("..")) != Some(own)) {
            // Something still has a file open. It keeps it; the folder is free.
            let _ = Command::new("umount").arg("--lazy").arg(&self.at).stderr(Stdio::null()).status();
        }
    }
}

fn lock(disk: &Mutex<Disk>) -> MutexGuard<'_, Disk> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The kernel's requests. What is not here answers `ENOSYS`, upon which the kernel does without: flush, access, xattr,
/// lseek, `copy_file_range`; locks it keeps itself. `O_TRUNC` comes as a setattr, `O_APPEND` as an offset.
struct Server(Arc<Mutex<Disk>>);

impl Server {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        let mut disk = lock(&self.0);
        if disk.waiting.len() >= MOST_WAITING {
            disk.commit();
        }
        disk
    }
}

/// Answers a request with what came of it, or with the reason it was refused.
macro_rules! answer {
    ($to:ident, $result:expr, $found:pat => $well:expr) => {
        match $result {
            Ok($found) => $well,
            Err(refused) => $to.error(refused),
        }
    };
}

fn done(to: ReplyEmpty, result: Result<(), Errno>) {
    answer!(to, result, () => to.ok());
}

fn entry(to: ReplyEntry, result: Result<FileAttr, Errno>) {
    answer!(to, result, found => to.entry(&UNCACHED, &found, FIRST));
}

fn attributes(to: ReplyAttr, result: Result<FileAttr, Errno>) {
    answer!(to, result, found => to.attr(&UNCACHED, &found));
}

impl Filesystem for Server {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        config.set_max_write(BIGGEST_WRITE).map(drop).map_err(|most| io::Error::other(format!("max_write {most}")))
    }

    fn lookup(&self, _: &Request, folder: INodeNo, name: &OsStr, to: ReplyEntry) {
        let mut disk = self.disk();
        entry(to, disk.find(folder.0, name).and_then(|ino| disk.hand_out(ino)));
    }

    fn forget(&self, _: &Request, ino: INodeNo, times: u64) {
        let mut disk = self.disk();
        if let Ok(node) = disk.node(ino.0) {
            node.lookups = node.lookups.saturating_sub(times);
            if node.links == 0 {
                disk.sweep();
            }
        }
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, to: ReplyAttr) {
        attributes(to, self.disk().attributes(ino.0));
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        to: ReplyAttr,
    ) {
        let mut disk = self.disk();
        let resized = size.map_or(Ok(()), |len| disk.resize(ino.0, len));
        if let Ok(node) = disk.node(ino.0) {
            node.mode = mode.and_then(|mode| u16::try_from(mode & 0o7777).ok()).unwrap_or(node.mode);
            node.modified = match mtime {
                Some(TimeOrNow::SpecificTime(time)) => time,
                Some(TimeOrNow::Now) => now(),
                None => node.modified,
            };
        }
        attributes(to, resized.and_then(|()| disk.attributes(ino.0)));
    }

    fn mknod(&self, _: &Request, folder: INodeNo, name: &OsStr, mode: u32, _: u32, _: u32, to: ReplyEntry) {
        if mode & S_IFMT == S_IFREG {
            entry(to, self.disk().make(folder.0, name, mode, Body::File(Data::default())));
        } else {
            to.error(Errno::EPERM);
        }
    }

    fn mkdir(&self, _: &Request, folder: INodeNo, name: &OsStr, mode: u32, _: u32, to: ReplyEntry) {
        entry(to, self.disk().make(folder.0, name, mode, Body::Folder(BTreeMap::new())));
    }

    fn create(&self, _: &Request, folder: INodeNo, name: &OsStr, mode: u32, _: u32, _: i32, to: ReplyCreate) {
        let file = self.disk().make(folder.0, name, mode, Body::File(Data::default()));
        answer!(to, file, found => to.created(&UNCACHED, &found, FIRST, FileHandle(0), FopenFlags::empty()));
    }

    fn link(&self, _: &Request, ino: INodeNo, folder: INodeNo, name: &OsStr, to: ReplyEntry) {
        let mut disk = self.disk();
        let linked = disk.check_free(folder.0, name).and_then(|()| disk.put(folder.0, name, Some(ino.0)));
        entry(to, linked.and_then(|()| disk.hand_out(ino.0)));
    }

    fn unlink(&self, _: &Request, folder: INodeNo, name: &OsStr, to: ReplyEmpty) {
        done(to, self.disk().remove(folder.0, name));
    }

    fn rmdir(&self, _: &Request, folder: INodeNo, name: &OsStr, to: ReplyEmpty) {
        done(to, self.disk().remove(folder.0, name));
    }

    fn rename(
        &self,
        _: &Request,
        folder: INodeNo,
        name: &OsStr,
        new_folder: INodeNo,
        new: &OsStr,
        flags: RenameFlags,
        to: ReplyEmpty,
    ) {
        done(to, self.disk().rename((folder.0, name), (new_folder.0, new), flags));
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        at: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        to: ReplyData,
    ) {
        let len = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        answer!(to, self.disk().data(ino.0), data => {
            let rest = &data.bytes[len(at).min(data.bytes.len())..];
            to.data(&rest[..rest.len().min(len(size.into()))]);
        });
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        at: u64,
        data: &[u8],
        _: WriteFlags,
        flags: OpenFlags,
        _: Option<LockOwner>,
        to: ReplyWrite,
    ) {
        answer!(to, self.disk().write(ino.0, at, data, flags), written => to.written(written));
    }

    fn fallocate(&self, _: &Request, ino: INodeNo, _: FileHandle, at: u64, len: u64, mode: i32, to: ReplyEmpty) {
        let mut disk = self.disk();
        let long = disk.data(ino.0).map(|data| data.bytes.len() as u64);
        let resized = match (mode, at.checked_add(len)) {
            (0, Some(end)) => long.and_then(|long| if end > long { disk.resize(ino.0, end) } else { Ok(()) }),
            (FALLOC_FL_KEEP_SIZE, _) => long.map(drop),
            (0, None) => Err(Errno::EFBIG),
            _ => Err(Errno::EOPNOTSUPP),
        };
        done(to, resized);
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, only_data: bool, to: ReplyEmpty) {
        let mut disk = self.disk();
        done(to, if only_data { disk.sync_data(ino.0) } else { disk.sync(ino.0) });
    }

    fn fsyncdir(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, to: ReplyEmpty) {
        self.disk().commit();
        to.ok();
    }

    fn opendir(&self, _: &Request, _: INodeNo, _: OpenFlags, to: ReplyOpen) {
        let mut disk = self.disk();
        let handle = disk.listings.last_key_value().map_or(0, |(last, _)| last + 1);
        disk.listings.insert(handle, Listing::new());
        to.opened(FileHandle(handle), FopenFlags::empty());
    }

    fn readdir(&self, _: &Request, folder: INodeNo, handle: FileHandle, from: u64, mut to: ReplyDirectory) {
        let mut disk = self.disk();
        if from == 0 {
            match disk.list(folder.0) {
                Ok(listing) => disk.listings.insert(handle.0, listing),
                Err(refused) => return to.error(refused),
            };
        }
        let entries = disk.listings.get(&handle.0).into_iter().flatten().zip(1..);
        for ((name, ino, kind), next) in entries.skip(usize::try_from(from).unwrap_or(usize::MAX)) {
            if to.add(INodeNo(*ino), next, *kind, name) {
                break;
            }
        }
        to.ok();
    }

    fn releasedir(&self, _: &Request, _: INodeNo, handle: FileHandle, _: OpenFlags, to: ReplyEmpty) {
        self.disk().listings.remove(&handle.0);
        to.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, to: ReplyStatfs) {
        to.statfs(BLOCKS, BLOCKS, BLOCKS, u64::from(u32::MAX), u64::from(u32::MAX), BLOCK, LONGEST_NAME, BLOCK);
    }
}
