//! What is read in the order of its numbers is what is read in any order, whatever became of the bytes.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;

use super::wire::{next, put_message, put_number};
use super::*;

/// The golden bytes of every fact, and of a commit of all of them.
fn golden() -> Vec<Vec<u8>> {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let mut paths: Vec<_> = std::fs::read_dir(Path::new(&here).join("tests/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "hex"))
        .collect();
    paths.sort();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let read = |path| std::fs::read_to_string(path).unwrap().trim_end().as_bytes().chunks(2).map(pair).collect();
    paths.iter().map(read).collect()
}

/// What may become of a message.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Remove(Index, u8),
    Insert(Index, u8),
    Double(Index, Index),
    Swap(Index, Index),
    Drop(Index),
    Add(Index, u8),
    /// The same within a message of it.
    Within(Index, Box<Change>),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let leaf = prop_oneof![
        1 => (at(), any::<u8>()).prop_map(|(place, byte)| Change::Flip(place, byte)),
        1 => (at(), 1..9_u8).prop_map(|(place, many)| Change::Remove(place, many)),
        1 => (at(), any::<u8>()).prop_map(|(place, byte)| Change::Insert(place, byte)),
        2 => (at(), at()).prop_map(|(from, to)| Change::Double(from, to)),
        2 => (at(), at()).prop_map(|(one, other)| Change::Swap(one, other)),
        2 => at().prop_map(Change::Drop),
        2 => (at(), any::<u8>()).prop_map(|(place, number)| Change::Add(place, number)),
    ];
    leaf.prop_recursive(3, 8, 1, |inner| {
        (any::<Index>(), inner).prop_map(|(place, change)| Change::Within(place, Box::new(change)))
    })
}

/// The fields of a message, each with its key; nothing if it is none.
fn fields(message: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut fields, mut rest) = (Vec::new(), message);
    while !rest.is_empty() {
        let before = rest;
        next(&mut rest).ok()??;
        fields.push(before[..before.len() - rest.len()].to_vec());
    }
    Some(fields)
}

fn changed(message: &[u8], change: &Change) -> Vec<u8> {
    let mut bytes = message.to_vec();
    let Some(mut fields) = fields(message).filter(|fields| !fields.is_empty()) else { return bytes };
    let many = fields.len();
    match change {
        Change::Flip(at, byte) => bytes[at.index(message.len())] ^= byte,
        Change::Remove(at, many) => {
            let from = at.index(message.len());
            bytes.drain(from..message.len().min(from + usize::from(*many)));
        }
        Change::Insert(at, byte) => bytes.insert(at.index(message.len()), *byte),
        Change::Double(from, to) => fields.insert(to.index(many + 1), fields[from.index(many)].clone()),
        Change::Swap(one, other) => fields.swap(one.index(many), other.index(many)),
        Change::Drop(at) => drop(fields.remove(at.index(many))),
        Change::Add(at, number) => {
            let mut field = Vec::new();
            put_number(u32::from(*number) % 70 + 1, 1, &mut field);
            fields.insert(at.index(many + 1), field);
        }
        Change::Within(at, change) => {
            let field = &mut fields[at.index(many)];
            if let Ok(Some((number, Raw::Bytes(inner)))) = next(&mut &field[..]) {
                let inner = changed(inner, change);
                field.clear();
                put_message(number, field, |out| out.extend_from_slice(&inner));
            }
        }
    }
    match change {
        Change::Flip(..) | Change::Remove(..) | Change::Insert(..) => bytes,
        _ => fields.concat(),
    }
}

/// Holds both ways of reading to one answer; tells whether it was read in order.
fn agrees(message: &[u8]) -> bool {
    let (quickly, slowly) = (decode_in_order(message), decode_in_any_order(message));
    let bytes = [&[FORM], message].concat();
    assert_eq!(decode(&bytes), slowly, "{message:02x?}");
    let looked = look_in_any_order(message);
    assert_eq!(look(&bytes), looked, "{message:02x?}");
    if let Ok((stream, _, commit)) = slowly {
        assert_eq!(looked, Ok((stream, commit.recorded_at)));
    }
    quickly.is_ok()
}

#[test]
fn what_this_program_writes_is_read_in_order() {
    let golden = golden();
    assert!(golden.len() > FACTS.len(), "a file a fact and one of all");
    for bytes in golden {
        let message = message(&bytes).unwrap();
        assert!(agrees(message) && look_in_order(message).is_ok(), "{bytes:02x?}");
    }
}

#[test]
fn a_field_that_a_newer_version_adds_at_the_end_is_passed_over_in_order() {
    for bytes in golden() {
        let mut added = bytes;
        put_number(40, 1, &mut added);
        assert!(agrees(message(&added).unwrap()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_became_of_the_bytes_both_ways_read_the_same(
        which in any::<Index>(),
        changes in proptest::collection::vec(change(), 1..4),
    ) {
        let golden = golden();
        let mut message = message(which.get::<Vec<u8>>(&golden)).unwrap().to_vec();
        for change in &changes {
            message = changed(&message, change);
        }
        agrees(&message);
    }
}
