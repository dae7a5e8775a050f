//! What is on the disk, and what undoes the part of it that is not durable.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::time::SystemTime;

use fuser::{Errno, FileAttr, FileType, INodeNo, OpenFlags, RenameFlags};

/// The longest file; beyond it is `EFBIG`.
pub(super) const LONGEST_FILE: u64 = 1 << 32;
/// As many changes of one file wait for its fsync; beyond it a write is `ENOSPC`, so that it is noticed.
const MOST_UNSYNCED: usize = 1 << 20;
/// As many changes of names wait for an fsync. Then they become durable by themselves, as when ext4's journal is full.
pub(super) const MOST_WAITING: usize = 1 << 16;
/// The longest name, in bytes.
pub(super) const LONGEST_NAME: u32 = 255;
/// So many times in eight a cut leaves a file nothing of what it had not synced.
const FORGOTTEN_OF_8: usize = 5;
const ROOT: u64 = INodeNo::ROOT.0;
/// The file system's block, in bytes.
pub(super) const BLOCK: u32 = 4096;
// The same on every 64-bit Linux Rust is at home on.
pub(super) const O_DSYNC: i32 = 0o10_000;

/// What a power cut took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Files that lost all their unsynced changes, those included that are gone altogether.
    pub files_forgotten: usize,
    /// Files that kept the first of their unsynced changes and lost the rest.
    pub files_torn: usize,
    /// Bytes written and lost.
    pub bytes_forgotten: u64,
}

#[expect(clippy::disallowed_methods, reason = "a file's time is the machine's, as on any file system")]
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}

/// The next numbers of Knuth's linear congruential generator: the same seed, the same cut.
struct Dice(u64);

impl Dice {
    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).unwrap_or(usize::MAX);
        high % bound
    }
}

/// An unsynced write or change of length, as what undoes it.
#[derive(Debug)]
struct Unsynced {
    at: usize,
    /// Bytes written from there; 0 for a change of length.
    written: usize,
    /// What was there from `at` on.
    old: Vec<u8>,
    old_len: usize,
}

#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) bytes: Vec<u8>,
    unsynced: Vec<Unsynced>,
}

impl Data {
    pub(super) fn write(&mut self, at: usize, data: &[u8]) -> Result<(), Errno> {
        let old_len = self.bytes.len();
        let over = old_len.saturating_sub(at).min(data.len());
        self.note(Unsynced { at, written: data.len(), old: self.bytes[at.min(old_len)..][..over].to_vec(), old_len })?;
        if at > old_len {
            self.bytes.resize(at, 0);
        }
        self.bytes[at..at + over].copy_from_slice(&data[..over]);
        self.bytes.extend_from_slice(&data[over..]);
        Ok(())
    }

    pub(super) fn resize(&mut self, len: usize) -> Result<(), Errno> {
        let old_len = self.bytes.len();
        if len == old_len {
            return Ok(());
        }
        let at = len.min(old_len);
        self.note(Unsynced { at, written: 0, old: self.bytes[at..].to_vec(), old_len })?;
        self.bytes.resize(len, 0);
        Ok(())
    }

    fn note(&mut self, change: Unsynced) -> Result<(), Errno> {
        if self.unsynced.len() == MOST_UNSYNCED {
            return Err(Errno::ENOSPC);
        }
        self.unsynced.push(change);
        Ok(())
    }

    /// Undoes the unsynced changes but the first `whole` ones and `torn` bytes of the next. Answers the bytes lost.
    fn keep(&mut self, whole: usize, torn: usize) -> u64 {
        let mut lost = 0;
        for (after, change) in self.unsynced.drain(whole..).enumerate().rev() {
            let kept = if after == 0 { torn } else { 0 };
            let end = if kept > 0 { change.at + kept } else { 0 };
            self.bytes.resize(change.old_len.max(end), 0);
            if kept < change.old.len() {
                self.bytes[change.at + kept..change.at + change.old.len()].copy_from_slice(&change.old[kept..]);
            }
            lost += (change.written - kept) as u64;
        }
        // What is kept is on the disk.
        self.unsynced.clear();
        lost
    }
}

#[derive(Debug)]
pub(super) enum Body {
    File(Data),
    Folder(BTreeMap<OsString, u64>),
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) body: Body,
    pub(super) mode: u16,
    pub(super) modified: SystemTime,
    /// Names it has.
    pub(super) links: u32,
    /// References the kernel has.
    pub(super) lookups: u64,
}

impl Node {
    pub(super) fn kind(&self) -> FileType {
        match self.body {
            Body::File(_) => FileType::RegularFile,
            Body::Folder(_) => FileType::Directory,
        }
    }
}

/// A change of a name that waits for any fsync, as what undoes it.
#[derive(Debug)]
pub(super) struct Waiting {
    folder: u64,
    name: OsString,
    old: Option<u64>,
}

pub(super) type Listing = Vec<(OsString, u64, FileType)>;

#[derive(Debug)]
pub(super) struct Disk {
    pub(super) nodes: BTreeMap<u64, Node>,
    last: u64,
    pub(super) waiting: Vec<Waiting>,
    /// Nodes that lost their last name, kept while the kernel has them or a cut could give it back.
    orphans: BTreeSet<u64>,
    /// Open folders: what is read of one is as it was at the beginning, whatever is deleted meanwhile.
    pub(super) listings: BTreeMap<u64, Listing>,
}

impl Disk {
    pub(super) fn new() -> Self {
        let body = Body::Folder(BTreeMap::new());
        let root = Node { body, mode: 0o755, modified: now(), links: 1, lookups: 1 };
        let nodes = BTreeMap::from([(ROOT, root)]);
        Self { nodes, last: ROOT, waiting: Vec::new(), orphans: BTreeSet::new(), listings: BTreeMap::new() }
    }

    pub(super) fn node(&mut self, ino: u64) -> Result<&mut Node, Errno> {
        self.nodes.get_mut(&ino).ok_or(Errno::ESTALE)
    }

    pub(super) fn data(&mut self, ino: u64) -> Result<&mut Data, Errno> {
        match &mut self.node(ino)?.body {
            Body::File(data) => Ok(data),
            Body::Folder(_) => Err(Errno::EISDIR),
        }
    }

    fn names(&mut self, folder: u64) -> Result<&mut BTreeMap<OsString, u64>, Errno> {
        match &mut self.node(folder)?.body {
            Body::Folder(names) => Ok(names),
            Body::File(_) => Err(Errno::ENOTDIR),
        }
    }

    pub(super) fn find(&mut self, folder: u64, name: &OsStr) -> Result<u64, Errno> {
        self.names(folder)?.get(name).copied().ok_or(Errno::ENOENT)
    }

    pub(super) fn attributes(&mut self, ino: u64) -> Result<FileAttr, Errno> {
        let node = self.node(ino)?;
        let size = match &node.body {
            Body::File(data) => data.bytes.len(),
            Body::Folder(names) => names.len(),
        } as u64;
        let time = node.modified;
        Ok(FileAttr {
            ino: INodeNo(ino),
            size,
            blocks: size.div_ceil(512),
            atime: time,
            mtime: time,
            ctime: time,
            crtime: time,
            kind: node.kind(),
            perm: node.mode,
            nlink: node.links,
            uid: 0,
            gid: 0,
            rdev: 0,
            blksize: BLOCK,
            flags: 0,
        })
    }

    /// The attributes for an answer by which the kernel gets a reference.
    pub(super) fn hand_out(&mut self, ino: u64) -> Result<FileAttr, Errno> {
        self.node(ino)?.lookups += 1;
        self.attributes(ino)
    }

    pub(super) fn make(&mut self, folder: u64, name: &OsStr, mode: u32, body: Body) -> Result<FileAttr, Errno> {
        let ino = self.last + 1;
        let mode = u16::try_from(mode & 0o7777).map_err(|_| Errno::EINVAL)?;
        let node = Node { body, mode, modified: now(), links: 0, lookups: 0 };
        self.check_free(folder, name)?;
        self.last = ino;
        self.nodes.insert(ino, node);
        self.put(folder, name, Some(ino))?;
        self.hand_out(ino)
    }

    pub(super) fn check_free(&mut self, folder: u64, name: &OsStr) -> Result<(), Errno> {
        if name.len() > LONGEST_NAME as usize {
            return Err(Errno::ENAMETOOLONG);
        }
        if self.names(folder)?.contains_key(name) { Err(Errno::EEXIST) } else { Ok(()) }
    }

    /// Gives a name to `new`, or to nothing: every change of names is made of these.
    pub(super) fn put(&mut self, folder: u64, name: &OsStr, new: Option<u64>) -> Result<(), Errno> {
        let old = self.set(folder, name, new)?;
        self.node(folder)?.modified = now();
        self.waiting.push(Waiting { folder, name: name.to_owned(), old });
        Ok(())
    }

    fn set(&mut self, folder: u64, name: &OsStr, new: Option<u64>) -> Result<Option<u64>, Errno> {
        if let Some(new) = new {
            self.node(new)?.links += 1;
        }
        let names = self.names(folder)?;
        let old = match new {
            Some(new) => names.insert(name.to_owned(), new),
            None => names.remove(name),
        };
        if let Some(old) = old {
            let node = self.node(old)?;
            node.links -= 1;
            if node.links == 0 {
                self.orphans.insert(old);
            }
        }
        Ok(old)
    }

    /// Makes durable what is not the bytes of a file.
    pub(super) fn commit(&mut self) {
        self.waiting.clear();
        self.sweep();
    }

    pub(super) fn sync(&mut self, ino: u64) -> Result<(), Errno> {
        self.commit();
        self.sync_data(ino)
    }

    pub(super) fn sync_data(&mut self, ino: u64) -> Result<(), Errno> {
        self.data(ino)?.unsynced.clear();
        Ok(())
    }

    /// Frees the nodes nothing can name again.
    pub(super) fn sweep(&mut self) {
        let nodes = &mut self.nodes;
        if self.waiting.is_empty() {
            self.orphans.retain(|ino| match nodes.get(ino) {
                Some(node) if node.links == 0 && node.lookups == 0 => {
                    nodes.remove(ino);
                    false
                }
                Some(node) => node.links == 0,
                None => false,
            });
        }
    }

    pub(super) fn remove(&mut self, folder: u64, name: &OsStr) -> Result<(), Errno> {
        let ino = self.find(folder, name)?;
        self.check_empty(ino)?;
        self.put(folder, name, None)
    }

    /// Of a folder that is to lose its name: nothing is in it.
    fn check_empty(&mut self, ino: u64) -> Result<(), Errno> {
        match &self.node(ino)?.body {
            Body::Folder(names) if !names.is_empty() => Err(Errno::ENOTEMPTY),
            _ => Ok(()),
        }
    }

    pub(super) fn rename(&mut self, from: (u64, &OsStr), to: (u64, &OsStr), flags: RenameFlags) -> Result<(), Errno> {
        let ino = self.find(from.0, from.1)?;
        if !RenameFlags::RENAME_NOREPLACE.contains(flags) {
            return Err(Errno::EINVAL);
        }
        match self.check_free(to.0, to.1) {
            Err(Errno::EEXIST) if !flags.contains(RenameFlags::RENAME_NOREPLACE) => {
                let target = self.find(to.0, to.1)?;
                self.check_empty(target)?;
            }
            other => other?,
        }
        self.put(to.0, to.1, Some(ino))?;
        self.put(from.0, from.1, None)
    }

    fn length(at: u64, len: u64) -> Result<usize, Errno> {
        let end = at.checked_add(len).filter(|end| *end <= LONGEST_FILE);
        end.and_then(|end| usize::try_from(end).ok()).ok_or(Errno::EFBIG)
    }

    pub(super) fn write(&mut self, ino: u64, at: u64, data: &[u8], flags: OpenFlags) -> Result<u32, Errno> {
        Self::length(at, data.len() as u64)?;
        self.data(ino)?.write(Self::length(at, 0)?, data)?;
        self.node(ino)?.modified = now();
        if flags.0 & O_DSYNC != 0 {
            self.sync(ino)?;
        }
        u32::try_from(data.len()).map_err(|_| Errno::EFBIG)
    }

    pub(super) fn resize(&mut self, ino: u64, len: u64) -> Result<(), Errno> {
        self.data(ino)?.resize(Self::length(len, 0)?)?;
        self.node(ino)?.modified = now();
        Ok(())
    }

    pub(super) fn list(&mut self, folder: u64) -> Result<Listing, Errno> {
        let names: Vec<_> = self.names(folder)?.iter().map(|(name, ino)| (name.clone(), *ino)).collect();
        let mut listing: Listing = [".", ".."].map(|dots| (dots.into(), folder, FileType::Directory)).into();
        for (name, ino) in names {
            let kind = self.node(ino)?.kind();
            listing.push((name, ino, kind));
        }
        Ok(listing)
    }

    pub(super) fn cut(&mut self, seed: u64) -> Cut {
        for Waiting { folder, name, old } in std::mem::take(&mut self.waiting).into_iter().rev() {
            // It cannot fail: no node is freed while a change waits.
            let _ = self.set(folder, &name, old);
        }
        let mut dice = Dice(seed);
        let mut cut = Cut::default();
        for node in self.nodes.values_mut() {
            let Body::File(data) = &mut node.body else { continue };
            let unsynced = data.unsynced.len();
            if unsynced == 0 {
                continue;
            }
            let none = seed == 0 || node.links == 0 || dice.below(8) < FORGOTTEN_OF_8;
            let whole = if none { 0 } else { dice.below(unsynced + 1) };
            let torn = data.unsynced.get(whole).map_or(0, |next| if none { 0 } else { dice.below(next.written + 1) });
            cut.files_forgotten += usize::from(whole == 0 && torn == 0);
            cut.files_torn += usize::from(whole + torn > 0 && whole < unsynced);
            cut.bytes_forgotten += data.keep(whole, torn);
        }
        self.sweep();
        cut
    }
}
