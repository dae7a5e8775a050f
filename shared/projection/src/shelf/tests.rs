use super::*;
use crate::layers::TableBuilder;

fn table(rows: &[(u32, Option<usize>)]) -> Table {
    let mut table = TableBuilder::default();
    for (key, length) in rows {
        match length {
            Some(length) => table.put(&key.to_be_bytes(), &vec![7; *length], false),
            None => table.gone(&key.to_be_bytes()),
        }
    }
    table.finish()
}

#[test]
fn blocks_are_known_to_be_those_that_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Shelf::open(folder.path(), "rows", &[]).unwrap();
    let shelf = open();
    assert_eq!(shelf.is_as_written().unwrap(), None, "nothing was");
    let many: Vec<_> = (0..400).map(|key| (key * 2, Some(100))).collect();
    let some: Vec<_> = (100..300).map(|key| (key, (key % 3 > 0).then_some(90))).collect();
    let none: Vec<_> = (0..800).map(|key| (key, None)).collect();
    for (position, rows) in [(1, &many), (2, &some), (3, &none), (4, &many)] {
        shelf.begin_writing().unwrap();
        assert_eq!(shelf.is_as_written().unwrap(), None, "some of them");
        shelf.write(&table(rows)).unwrap();
        shelf.end_writing(&Mark { position, ..Mark::default() }).unwrap();
        assert_eq!(shelf.is_as_written().unwrap(), Some(true), "{position}");
    }
    drop(shelf);
    let shelf = open();
    assert_eq!(shelf.is_as_written().unwrap(), Some(true));
    // A write that was cut short, and is gone on with by a process that has not made the first half of it.
    shelf.begin_writing().unwrap();
    shelf.write_some(&table(&some), 2).unwrap();
    drop(shelf);
    let shelf = open();
    shelf.write(&table(&some)).unwrap();
    shelf.end_writing(&Mark { position: 5, ..Mark::default() }).unwrap();
    assert_eq!(shelf.is_as_written().unwrap(), Some(true));
    let blocks = shelf.tree().range::<&[u8], _>(&[BLOCK][..]..&[BLOCK + 1][..]);
    let blocks: Vec<_> = blocks.map(Result::unwrap).collect();
    assert!(blocks.len() > 3);
    for (key, bytes) in &blocks {
        let changed: Vec<u8> = bytes.iter().rev().copied().collect();
        for instead in [Some(changed), None] {
            match instead {
                Some(instead) => shelf.tree().insert(key, instead).unwrap(),
                None => shelf.tree().remove(key).unwrap(),
            };
            assert_eq!(shelf.is_as_written().unwrap(), Some(false));
            shelf.tree().insert(key, bytes).unwrap();
        }
    }
    assert_eq!(shelf.is_as_written().unwrap(), Some(true));
    // The mark of another moment.
    shelf.tree().insert(MARK, postcard::to_allocvec(&Mark::default()).unwrap()).unwrap();
    assert_eq!(shelf.is_as_written().unwrap(), Some(false));
}

/// However long a row is: it and its neighbours are written into its block again and again, and each is there.
#[test]
fn a_row_that_is_longer_than_what_is_written_at_one_time_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::open(folder.path(), "rows", &[]).unwrap();
    let long = 3 * WRITE_BYTES_MAX / 2;
    let mut there = std::collections::BTreeMap::new();
    for (position, rows) in [
        (1, vec![(1, Some(10)), (2, Some(long)), (3, Some(20))]),
        (2, vec![(2, Some(long + 1))]),
        (3, vec![(0, Some(5)), (1, None), (2, Some(long + 2)), (3, Some(long)), (4, Some(7))]),
        (4, vec![(2, Some(long + 3)), (3, Some(long + 1)), (5, Some(1))]),
        (5, vec![(2, None), (3, Some(9))]),
    ] {
        shelf.begin_writing().unwrap();
        shelf.write(&table(&rows)).unwrap();
        shelf.end_writing(&Mark { position, ..Mark::default() }).unwrap();
        there.extend(rows);
        for (key, length) in &there {
            let key = key.to_be_bytes();
            let (_, block) = shelf.block_of(&key).unwrap().unwrap();
            let mut entries = Entries::of(block);
            let mut found = None;
            while let Some(entry) = entries.next().unwrap() {
                if entries.key() == key {
                    found = Some(entries.value(entry).len());
                }
            }
            assert_eq!(found, *length, "{key:?} at {position}");
        }
    }
}
