//! Rows written in blocks, read through what is not written yet, and found again after a write that was cut short.

use crate::projection::Streams;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::Position;
use event_log::Recorded;
use proptest::prelude::*;
use tokio::sync::watch;

use super::base::{Store, locked};
use crate::error::{ApplyError, ReadError};
use crate::generation::Place;
use crate::layers::Mark;
use crate::parts::Parts;
use crate::progress::{Health, Progress};
use crate::projection::Projection;
use crate::reader::Reader;
use crate::rows::Rows;
use crate::scan::Scan;
use crate::shelf::{self, Shelf};
use crate::view::View;

/// The steps are told to the store by hand: nothing is folded.
#[derive(Clone)]
struct Nothing;

impl Projection for Nothing {
    const NAME: &'static str = "nothing";
    const VERSION: u32 = 1;
    const PLAIN: &'static [u8] = b"p";

    fn apply(&self, _: &mut Rows<'_>, _: &Recorded, _: &Streams) -> Result<(), ApplyError> {
        Ok(())
    }
}

/// What the rows should be: a value, or what is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Row {
    Plain(Vec<u8>),
    Counts(BTreeMap<u64, i64>),
}

type Model = BTreeMap<Vec<u8>, Row>;

#[derive(Debug, Clone)]
enum Step {
    Put(u16, usize),
    Remove(u16),
    Count(u16, u64, i64),
    /// Layers are put together, beside what follows or before it.
    Gather(bool),
    Freeze,
    Write,
    /// The process ends, with what is frozen kept, and so many blocks of it written.
    Kill(usize),
    Restart,
    /// Somebody takes the rows as they are, and holds them.
    Hold,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0_u16..400, 0_usize..900).prop_map(|(key, length)| Step::Put(key, length)),
        4 => (0_u16..400).prop_map(Step::Remove),
        8 => (0_u16..40, 0_u64..200, -2_i64..4).prop_map(|(key, number, by)| Step::Count(key, number, by)),
        4 => any::<bool>().prop_map(Step::Gather),
        1 => Just(Step::Freeze),
        2 => Just(Step::Write),
        1 => (0_usize..40).prop_map(Step::Kill),
        1 => Just(Step::Restart),
        2 => Just(Step::Hold),
    ]
}

fn plain(key: u16) -> Vec<u8> {
    format!("plain {key:05}").into_bytes()
}

fn counting(key: u16) -> Vec<u8> {
    format!("counts {key:05}").into_bytes()
}

/// Who hold rows at one time: each is looked at again and again.
const HELD_MAX: usize = 3;

fn shelf(store: &Store) -> Shelf {
    store.view().shelf().cloned().unwrap()
}

struct World {
    folder: tempfile::TempDir,
    store: Option<Arc<Store>>,
    model: Model,
    /// As it was when it was last frozen.
    frozen: Model,
    value: u8,
    /// The rows as somebody took them, and what they were.
    held: Vec<(Arc<View>, Model)>,
    /// How long a write waits for those who hold rows.
    read_wait: Duration,
}

fn told(row: &crate::scan::Row) -> Row {
    if row.counts() {
        Row::Counts(crate::layers::counts(row.value()).collect())
    } else {
        Row::Plain(row.value().to_vec())
    }
}

/// Says which rows differ, and not what all of them are.
fn same(rows: &Model, model: &Model) {
    let keys: BTreeSet<_> = rows.keys().chain(model.keys()).collect();
    for key in keys {
        assert_eq!(rows.get(key), model.get(key), "{}", String::from_utf8_lossy(key));
    }
}

fn scanned(view: &View) -> Result<Model, ReadError> {
    Scan::new(view, Bound::Unbounded, None).map(|row| row.map(|row| (row.key().to_vec(), told(&row)))).collect()
}

fn open(folder: &Path) -> Arc<Store> {
    Arc::new(Store::open(Place::find::<Nothing>(folder).unwrap().0).unwrap())
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Some(open(folder.path()));
        Self {
            folder,
            store,
            model: Model::new(),
            frozen: Model::new(),
            value: 0,
            held: Vec::new(),
            read_wait: Duration::ZERO,
        }
    }

    fn store(&self) -> &Arc<Store> {
        self.store.as_ref().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut Rows<'_>)) {
        let view = self.store().view();
        let mut rows = Rows::new(&view);
        change(&mut rows);
        let (changes, digest) = rows.into_changes();
        let mark = Mark { digest, position: view.mark().position + 1, ..view.mark() };
        self.store().change(|view| view.after(changes.into(), mark));
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Put(key, length) => {
                self.value = self.value.wrapping_add(1);
                let value = vec![self.value; *length];
                self.change(|rows| rows.put(&plain(*key), &value).unwrap());
                self.model.insert(plain(*key), Row::Plain(postcard::to_allocvec(&value).unwrap()));
            }
            Step::Remove(key) => {
                self.change(|rows| rows.remove(&plain(*key)).unwrap());
                self.model.remove(&plain(*key));
            }
            Step::Count(key, number, by) => {
                self.change(|rows| rows.add(&counting(*key), *number, *by));
                let row = self.model.entry(counting(*key)).or_insert_with(|| Row::Counts(BTreeMap::new()));
                let Row::Counts(counts) = row else { panic!("a plain row") };
                *counts.entry(*number).or_default() += by;
                counts.retain(|_, count| *count != 0);
                if counts.is_empty() {
                    self.model.remove(&counting(*key));
                }
            }
            Step::Gather(first) => {
                self.store().gather_some();
                if *first {
                    self.store().gathered();
                    assert!(self.store().view().scattered().is_empty());
                }
            }
            Step::Freeze => {
                if self.store().view().frozen().is_empty() {
                    self.store().freeze();
                    self.frozen = self.model.clone();
                }
            }
            Step::Write => {
                self.take(&Step::Freeze);
                let store = Arc::clone(self.store());
                store.write_frozen(&shelf(&store), self.read_wait).unwrap();
            }
            Step::Hold => {
                if self.held.len() == HELD_MAX {
                    self.held.remove(0);
                }
                self.held.push((self.store().view(), self.model.clone()));
            }
            Step::Kill(count) => {
                self.held.clear();
                self.take(&Step::Freeze);
                let store = Arc::clone(self.store());
                let blocks = shelf(&store);
                let redo = store.resolve(&blocks).unwrap();
                shelf::keep(store.generation.folder(), &redo).unwrap();
                blocks.begin_writing().unwrap();
                blocks.write_some(&redo.table, *count).unwrap();
                store.gathered();
                drop((store, blocks));
                self.store = None;
                self.store = Some(open(self.folder.path()));
                self.model = self.frozen.clone();
            }
            Step::Restart => {
                self.held.clear();
                self.take(&Step::Write);
                self.store().flush().unwrap();
                self.store = None;
                self.store = Some(open(self.folder.path()));
            }
        }
    }

    /// Everything the rows can be asked is what the model says.
    fn check(&self) {
        let reader = Reader::of(Arc::clone(self.store()));
        let rows = reader.rows();
        let snapshot = rows.snapshot();
        for (view, model) in &self.held {
            match scanned(view) {
                Ok(rows) => same(&rows, model),
                Err(error) => assert!(matches!(error, ReadError::Overtaken), "{error}"),
            }
        }
        let scanned: Model =
            snapshot.scan(&[], None).map(|row| row.unwrap()).map(|row| (row.key().to_vec(), told(&row))).collect();
        same(&scanned, &self.model);
        for prefix in [&b"plain 000"[..], b"plain 003", b"counts", b"nobody"] {
            let found: Vec<_> = snapshot.scan(prefix, None).map(|row| row.unwrap().key().to_vec()).collect();
            assert_eq!(found, self.model.keys().filter(|key| key.starts_with(prefix)).cloned().collect::<Vec<_>>());
        }
        for key in (0..400).map(plain).chain((0..40).map(counting)) {
            assert_eq!(snapshot.get_row(&key).unwrap().as_ref().map(told), self.model.get(&key).cloned());
            let next = snapshot.scan(b"plain", Some(&key)).next().map(|row| row.unwrap().key().to_vec());
            let expected = self.model.keys().find(|other| **other > key && other.starts_with(b"plain")).cloned();
            assert_eq!(
                next,
                if key < b"plain".to_vec() {
                    self.model.keys().find(|other| other.starts_with(b"plain")).cloned()
                } else {
                    expected
                }
            );
        }
        assert_eq!(snapshot.digest(), snapshot.recount().unwrap());
    }
}

#[test]
fn long_layers_become_few_without_a_write() {
    let mut world = World::new();
    for key in 0..200 {
        world.take(&Step::Put(key, 3_000));
    }
    let before = world.store().view().layers().count();
    world.take(&Step::Gather(true));
    let after = world.store().view().layers().count();
    assert!(before > 50 && after < 12, "{before} layers, and then {after}");
    world.check();
    world.take(&Step::Write);
    assert_eq!(world.store().view().layers().count(), 0);
    world.check();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_what_was_done_to_them_written_or_not(steps in proptest::collection::vec(step(), 1..300)) {
        let mut world = World::new();
        for (index, step) in steps.iter().enumerate() {
            world.take(step);
            if index % 40 == 0 || !matches!(step, Step::Put(..) | Step::Remove(..) | Step::Count(..)) {
                world.check();
            }
        }
        world.check();
    }
}

#[test]
fn rows_written_in_part_of_which_the_rest_is_gone_are_dropped() {
    let mut world = World::new();
    for key in 0..50 {
        world.take(&Step::Put(key, 100));
    }
    world.take(&Step::Write);
    shelf(world.store()).begin_writing().unwrap();
    world.store = None;
    world.store = Some(open(world.folder.path()));
    assert_eq!(world.store().cursor(), Position(0));
    world.model.clear();
    world.check();
}

#[test]
fn what_was_kept_of_other_rows_is_not_gone_on_from() {
    let mut world = World::new();
    for key in 0..50 {
        world.take(&Step::Put(key, 100));
    }
    world.take(&Step::Write);
    world.take(&Step::Put(51, 3));
    world.store().freeze();
    shelf::keep(world.store().generation.folder(), &world.store().resolve(&shelf(world.store())).unwrap()).unwrap();
    let rows = world.store().generation.folder().join("rows");
    world.store = None;
    std::fs::remove_dir_all(rows).unwrap();
    world.store = Some(open(world.folder.path()));
    assert_eq!(world.store().cursor(), Position(0));
    world.model.clear();
    world.check();
}

#[test]
fn what_was_caught_up_with_is_written_at_once() {
    let mut world = World::new();
    let written = |world: &World| {
        assert!(world.store().write_some());
        world.store().settle();
        shelf(world.store()).mark().unwrap().position
    };
    world.take(&Step::Put(1, 10));
    assert_eq!(written(&world), 0, "more may come soon");
    world.store().set_health(Health::Live);
    assert_eq!(written(&world), 1);
    world.take(&Step::Put(2, 10));
    assert_eq!(written(&world), 1, "from now on, now and then");
}

#[test]
fn rows_that_move_to_another_block_are_found_all_the_while() {
    const STAY: u16 = 200;
    const ROUNDS: u16 = 40;
    let mut world = World::new();
    world.read_wait = Duration::from_mins(1);
    for index in 0..STAY {
        world.take(&Step::Put(index * ROUNDS, 200));
    }
    world.take(&Step::Write);
    let reader = Reader::of(Arc::clone(world.store()));
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut looks = 0_u32;
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                let rows = reader.rows();
                let snapshot = rows.snapshot();
                for index in 0..STAY {
                    let row = plain(index * ROUNDS);
                    let mut found = snapshot.scan(&row, None).map(|row| row.unwrap().key().to_vec());
                    assert_eq!(found.next(), Some(row), "after {looks} looks");
                }
                looks += 1;
            }
            looks
        });
        // Between those that stay: every block is split again and again.
        for round in 1..ROUNDS {
            for index in 0..STAY {
                world.take(&Step::Put(index * ROUNDS + round, 200));
            }
            world.take(&Step::Write);
        }
        over.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(looking.join().unwrap() > 0);
    });
    world.check();
}

#[test]
fn a_block_that_was_being_split_at_a_sudden_end_keeps_none_of_what_was_split_off() {
    // What has changed lies everywhere in the block, or all of it at its end; or there was none before.
    for (cut, changed, before) in (0..8).flat_map(|cut| [(cut, 0..40, 40), (cut, 35..40, 40), (cut, 0..40, 0)]) {
        let mut world = World::new();
        for index in 0..before {
            world.take(&Step::Put(index * 4, 200));
        }
        world.take(&Step::Write);
        for index in changed {
            for number in 1..4 {
                world.take(&Step::Put(index * 4 + number, 600));
            }
        }
        world.take(&Step::Kill(cut));
        world.check();
        // Were one of these still in a block before its own, it would be found there as it was.
        for index in 0..40 {
            world.take(&Step::Put(index * 4, 30));
            world.take(&Step::Write);
            world.check();
        }
    }
}

#[test]
fn rows_that_are_held_are_waited_for_before_others_stand_in_their_blocks() {
    let mut world = World::new();
    for key in 0..60 {
        world.take(&Step::Put(key, 200));
    }
    world.take(&Step::Write);
    world.take(&Step::Hold);
    for key in 0..60 {
        world.take(&Step::Put(key, 100));
    }
    let (store, held) = (Arc::clone(world.store()), world.held.pop().unwrap());
    let (began, begins) = std::sync::mpsc::channel();
    let writing = std::thread::spawn(move || {
        began.send(()).unwrap();
        store.freeze();
        store.write_frozen(&shelf(&store), Duration::from_mins(1)).unwrap();
    });
    begins.recv().unwrap();
    for _ in 0..50 {
        assert_eq!(scanned(&held.0).unwrap(), held.1, "nothing is written over it");
    }
    world.check();
    drop(held);
    writing.join().unwrap();
    world.check();
    // Who never lets go is told.
    world.take(&Step::Hold);
    world.take(&Step::Put(1, 7));
    world.take(&Step::Write);
    assert!(matches!(scanned(&world.held[0].0), Err(ReadError::Overtaken)));
    world.check();
}

/// A world with a row that is not written, its store, and what is told of the part that writes.
fn with_a_row() -> (World, Arc<Store>, parts::Watch) {
    let mut world = World::new();
    world.take(&Step::Put(1, 10));
    let parts = Arc::new(Parts::new());
    let (progress, _) = watch::channel(Progress::at(Position(0)));
    let store = Arc::clone(world.store());
    store.publish(&progress, &parts, 0);
    let writer = parts.watches().into_iter().find(|part| part.name() == "rows-writer").unwrap();
    (world, store, writer)
}

/// One that never comes to its end is told of while it lasts, by the part that it is of, and no more once it has ended.
#[test]
fn a_write_that_does_not_end_is_told() {
    let (world, store, writer) = with_a_row();
    let (ends, waits) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        let _ = waits.recv();
    });
    assert!(writer.state().is_well());
    locked(&store.writing).set_thread(thread);
    while writer.state().is_well() {
        store.look_at_write();
        std::thread::yield_now();
    }
    let parts::State::Unwell { why, .. } = writer.state() else { panic!("{:?}", writer.state()) };
    assert!(why.contains("a write of the rows has been under way"), "{why}");
    drop(ends);
    store.flush().unwrap();
    assert!(writer.state().is_well(), "{:?}", writer.state());
    world.check();
}

#[test]
fn a_write_whose_thread_panicked_is_told_and_the_rows_are_opened_anew() {
    for settled in [false, true] {
        let (world, store, writer) = with_a_row();
        let thread = std::thread::spawn(|| panic!("a test"));
        while !thread.is_finished() {
            std::thread::yield_now();
        }
        locked(&store.writing).set_thread(thread);
        if settled {
            store.settle();
        } else {
            assert!(store.write_some());
        }
        assert!(!writer.state().is_well(), "settled {settled}");
        assert!(store.write_failed().unwrap().contains("the thread that writes rows is gone"));
        assert!(locked(&store.writing).reopens());
        // The next write opens them anew, and all is well.
        store.flush().unwrap();
        assert!(writer.state().is_well() && !locked(&store.writing).reopens());
        world.check();
    }
}
