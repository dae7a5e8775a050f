//! Fjall and redb on the embedded log's own work, beside a bare append and fdatasync: `cargo run --release -p event-log --features
//! compare --example stores [folder]`. Rounds alternate; medians are told. The folder must be on a disk, not in memory.

use std::error::Error;
use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use fjall::{KeyspaceCreateOptions, PersistMode};
use redb::{Durability, ReadableDatabase, ReadableTable, TableDefinition};

type Outcome<T> = Result<T, Box<dyn Error>>;
type Open = fn(&Path) -> Outcome<Box<dyn Store>>;

const COMMIT_BYTES: usize = 350;
/// A power of two, and more than a group has: a group holds no stream twice.
const STREAMS: u64 = 16_384;
/// Written before the measurement, so that no store is measured empty.
const FILLED: u64 = 100_000;
const ROUNDS: usize = 5;
/// Commits in a group, and groups in a round.
const GROUPS: [(u32, u32); 4] = [(1, 1000), (16, 500), (64, 250), (256, 100)];

/// Each store's name, which is its folder's too, and how it is opened. The first is the limit of the others.
const STORES: [(&str, Open); 4] = [
    ("append, fdatasync", |folder| {
        Ok(Box::new(File::options().read(true).append(true).create(true).open(folder.join("bare"))?))
    }),
    ("fjall", |folder| Ok(Box::new(Fjall::open(folder)?))),
    ("redb", |folder| Ok(Box::new(Redb::open(folder, false)?))),
    ("redb, quick repair", |folder| Ok(Box::new(Redb::open(folder, true)?))),
];

trait Store {
    /// Checks each commit against the end of its stream, writes all of them, and returns when they are on disk.
    fn write(&self, positions: Range<u64>) -> Outcome<()>;

    /// Reads all commits in order; returns how many.
    fn replay(&self) -> Outcome<usize>;
}

fn stored(position: u64) -> Vec<u8> {
    let mut commit = vec![7; COMMIT_BYTES];
    commit[..8].copy_from_slice(&position.to_be_bytes());
    commit
}

/// The key of this revision of the stream that the commit at `position` is of. Neighbours in the log are not neighbours by key.
fn stream_key(position: u64, revision: u64) -> Vec<u8> {
    let stream = (position % STREAMS) * 7919 % STREAMS;
    let mut key = format!("p91321003{stream:08}X-1\0").into_bytes();
    key.extend_from_slice(&revision.to_be_bytes());
    key
}

/// Takes the commit at `position` if its stream ends where its writer believes, by the writer's two look-ups. Returns its key.
fn checked(position: u64, position_of: impl Fn(&[u8]) -> Outcome<Option<u64>>) -> Outcome<Vec<u8>> {
    let before = position / STREAMS;
    let reached = before == 0 || position_of(&stream_key(position, before))? == Some(position - STREAMS);
    let key = stream_key(position, before + 1);
    if reached && position_of(&key)?.is_none() { Ok(key) } else { Err("a stream does not end where it should".into()) }
}

impl Store for File {
    fn write(&self, positions: Range<u64>) -> Outcome<()> {
        let mut file = self;
        file.write_all(&positions.flat_map(stored).collect::<Vec<_>>())?;
        Ok(file.sync_data()?)
    }

    fn replay(&self) -> Outcome<usize> {
        let mut file = std::io::BufReader::new(self);
        file.rewind()?;
        let (mut commit, mut count) = ([0; COMMIT_BYTES], 0);
        while file.read_exact(&mut commit).is_ok() {
            count += 1;
        }
        Ok(count)
    }
}

/// As the embedded log uses it, with the marker that ends each group.
struct Fjall {
    database: fjall::Database,
    commits: fjall::Keyspace,
    streams: fjall::Keyspace,
    groups: fjall::Keyspace,
}

impl Fjall {
    fn open(folder: &Path) -> Outcome<Self> {
        let database = fjall::Database::builder(folder).manual_journal_persist(true).open()?;
        let keyspace = |name| database.keyspace(name, KeyspaceCreateOptions::default);
        let (commits, streams, groups) = (keyspace("commits")?, keyspace("streams")?, keyspace("groups")?);
        Ok(Self { database, commits, streams, groups })
    }
}

impl Store for Fjall {
    fn write(&self, positions: Range<u64>) -> Outcome<()> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncAll));
        for position in positions.clone() {
            let position_of = |key: &[u8]| -> Outcome<Option<u64>> {
                let found = self.streams.get(key)?;
                Ok(found.map(|bytes| bytes.as_ref().try_into().map(u64::from_be_bytes)).transpose()?)
            };
            let key = checked(position, position_of)?;
            batch.insert(&self.commits, position.to_be_bytes(), stored(position));
            batch.insert(&self.streams, key, position.to_be_bytes());
        }
        batch.insert(&self.groups, positions.start.to_be_bytes(), [7; 32]);
        Ok(batch.commit()?)
    }

    fn replay(&self) -> Outcome<usize> {
        self.commits.iter().try_fold(0, |count, entry| {
            let (_, commit) = entry.into_inner()?;
            Ok(count + usize::from(commit.len() == COMMIT_BYTES))
        })
    }
}

/// Needs no marker: a transaction is seen whole or not at all.
struct Redb {
    database: redb::Database,
    quick_repair: bool,
}

const COMMITS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("commits");
const POSITIONS: TableDefinition<'_, &[u8], u64> = TableDefinition::new("streams");

impl Redb {
    fn open(folder: &Path, quick_repair: bool) -> Outcome<Self> {
        Ok(Self { database: redb::Database::create(folder.join("log.redb"))?, quick_repair })
    }
}

impl Store for Redb {
    fn write(&self, positions: Range<u64>) -> Outcome<()> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        // This is two-phase commit too: more to sync, and an open after a crash that does not walk the whole file.
        transaction.set_quick_repair(self.quick_repair);
        {
            let (mut commits, mut streams) = (transaction.open_table(COMMITS)?, transaction.open_table(POSITIONS)?);
            let mut keys = Vec::new();
            for position in positions {
                let key = checked(position, |key| Ok(streams.get(key)?.map(|found| found.value())))?;
                commits.insert(position, stored(position).as_slice())?;
                keys.push((key, position));
            }
            // Neighbours share a page.
            keys.sort_unstable();
            for (key, position) in keys {
                streams.insert(key.as_slice(), position)?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn replay(&self) -> Outcome<usize> {
        self.database.begin_read()?.open_table(COMMITS)?.iter()?.try_fold(0, |count, entry| {
            let (_, commit) = entry?;
            Ok(count + usize::from(commit.value().len() == COMMIT_BYTES))
        })
    }
}

fn disk_bytes(folder: &Path) -> Outcome<u64> {
    fs::read_dir(folder)?.try_fold(0, |bytes, entry| {
        let (path, about) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?)))?;
        Ok(bytes + if about.is_dir() { disk_bytes(&path)? } else { about.blocks() * 512 })
    })
}

/// The value that this many of a hundred do not exceed.
fn percentile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get((values.len() * percent / 100).min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(T, Duration)> {
    let began = Instant::now();
    work().map(|done| (done, began.elapsed()))
}

/// The median of what `round` tells of each store; they take turns at being first.
fn rounds(mut round: impl FnMut(usize) -> Outcome<f64>) -> Outcome<[f64; STORES.len()]> {
    let mut seconds = [const { Vec::new() }; STORES.len()];
    for turn in 0..ROUNDS * STORES.len() {
        let store = (turn + turn / STORES.len()) % STORES.len();
        seconds[store].push(round(store)?);
    }
    Ok(seconds.map(|seconds| percentile(seconds, 50)))
}

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir_in(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()))?;
    let folders = STORES.map(|(name, _)| folder.path().join(name));
    let mut stores = Vec::new();
    for (folder, (_, open)) in folders.iter().zip(STORES) {
        fs::create_dir(folder)?;
        let store = open(folder)?;
        (0..FILLED).step_by(1000).try_for_each(|first| store.write(first..first + 1000))?;
        stores.push(store);
    }
    let mut next = [FILLED; STORES.len()];
    for (group, groups) in GROUPS {
        let mut waits = [const { Vec::new() }; STORES.len()];
        let seconds = rounds(|store| {
            let mut all = 0.0;
            for _ in 0..groups {
                let positions = next[store]..next[store] + u64::from(group);
                next[store] = positions.end;
                let ((), took) = timed(|| stores[store].write(positions))?;
                waits[store].push(took.as_secs_f64() * 1000.0);
                all += took.as_secs_f64();
            }
            Ok(all)
        })?;
        for (((name, _), waits), took) in STORES.iter().zip(waits).zip(seconds) {
            let (rate, ratio) = (f64::from(group * groups) / took, seconds[0] / took);
            let (p50, p99) = (percentile(waits.clone(), 50), percentile(waits, 99));
            println!(
                "{group:3} a group  {name:18} {rate:8.0} commits/s  p50 {p50:6.3} ms  p99 {p99:6.3} ms  {ratio:.2} of bare"
            );
        }
    }
    // A copy of the files of an open store is what a crash leaves.
    let crashed = folder.path().join("crashed");
    fs::create_dir(&crashed)?;
    Command::new("cp").arg("-a").args(&folders).arg(&crashed).status()?;
    drop(stores);
    let opened = STORES.map(|(name, open)| timed(|| open(&crashed.join(name))));
    let opened: Vec<_> = opened.into_iter().collect::<Outcome<_>>()?;
    let count = u32::try_from(next[0])?;
    let seconds = rounds(|store| {
        let (read, took) = timed(|| opened[store].0.replay())?;
        if u64::try_from(read)? == next[store] { Ok(took.as_secs_f64()) } else { Err("a replay lacks commits".into()) }
    })?;
    for (store, (name, _)) in STORES.iter().enumerate() {
        let (rate, ratio) = (f64::from(count) / seconds[store], seconds[0] / seconds[store]);
        let open_ms = opened[store].1.as_millis();
        let disk = |folder: &Path| disk_bytes(folder).map(|bytes| bytes / u64::from(count));
        let (left, opened) = (disk(&folders[store])?, disk(&crashed.join(name))?);
        println!(
            "replay       {name:18} {rate:8.0} commits/s  {ratio:.2} of bare  {left} bytes a commit on disk; opened after a crash in {open_ms} ms, then {opened}"
        );
    }
    Ok(())
}
