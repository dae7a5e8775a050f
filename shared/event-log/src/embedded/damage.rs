//! Where a journal is damaged, so that whoever repairs it knows which commits to look for.
//!
//! The store says that a checksum is wrong and not whose. So the journal is read here once more, batch after batch, as the store writes
//! it (`fjall::journal::entry`; a test holds this reading against a journal of the version in use). A batch holds one group of commits
//! under one checksum: a damaged group of one commit names its position. In a larger one the commit is named whose own bytes cannot
//! be right, and where each of them might be, the first and the last of the group.

use std::fmt;
use std::ops::RangeInclusive;

use domain::Revision;
use xxhash_rust::xxh3::xxh3_64;

use super::groups::groups;
use super::key::{number, stream_key};
use crate::stored::decode;

/// Tag, number of items, the store's own sequence number.
const START: (u8, usize) = (1, 13);
/// Tag, kind, compression, keyspace, and three lengths: of the key, of the value, and of the value as written.
const ITEM: (u8, usize) = (2, 21);
/// Tag, checksum of the items, trailer.
const END: (u8, usize) = (3, 13);
/// How a batch ends.
const TRAILER: [u8; 4] = *b"FJL\x03";

/// What of a journal cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Damage {
    /// One of these positions, or more of them.
    Within(RangeInclusive<u64>),
    /// Something before this position. What came before it in the journal is not known.
    Before(u64),
    /// Something after this position, the last that can be read.
    After(u64),
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(positions) if positions.start() == positions.end() => {
                write!(f, "position {} cannot be read: its bytes in the journal are damaged", positions.start())
            }
            Self::Within(positions) => write!(
                f,
                "one or more of positions {} to {} cannot be read: their bytes in the journal are damaged",
                positions.start(),
                positions.end()
            ),
            Self::Before(position) => write!(f, "the journal is damaged before position {position}"),
            Self::After(position) => write!(f, "the journal is damaged after position {position}"),
        }
    }
}

/// The positions of the last group of a journal that is whole from its first byte to its last, or its first damage; `before` is the last
/// position before it, if that is known.
pub(super) fn read(bytes: &[u8], before: Option<u64>) -> Result<Option<RangeInclusive<u64>>, Damage> {
    let (mut rest, mut group) = (bytes, None::<RangeInclusive<u64>>);
    while !rest.is_empty() {
        let Some((length, positions)) = whole_batch(rest) else {
            return Err(located(rest, group.map(|group| *group.end()).or(before)));
        };
        group = positions.or(group);
        rest = &rest[length..];
    }
    Ok(group)
}

/// The bytes that a group takes in the journal whose items have these keys and values, of so many bytes together.
pub(super) fn group_bytes(items: usize, keys_and_values: usize) -> usize {
    START.1 + items * ITEM.1 + keys_and_values + END.1
}

/// Whether these bytes are the whole group with these positions, and nothing else.
pub(super) fn is_group(bytes: &[u8], positions: &RangeInclusive<u64>) -> bool {
    whole_batch(bytes).is_some_and(|(length, group)| length == bytes.len() && group.as_ref() == Some(positions))
}

/// One item of a batch.
struct Item<'a> {
    key: &'a [u8],
    value: &'a [u8],
    length: usize,
}

/// The item these bytes begin with, if its lengths fit into them.
fn item(bytes: &[u8]) -> Option<Item<'_>> {
    let (tag, header) = ITEM;
    let number = |at: usize, length: usize| {
        let digits = bytes.get(at..at + length)?;
        digits.iter().rev().try_fold(0, |sum: usize, digit| sum.checked_mul(256)?.checked_add(usize::from(*digit)))
    };
    // Of the kind "value", not compressed.
    if bytes.get(..3)? != [tag, 0, 0] || number(13, 4)? != number(17, 4)? {
        return None;
    }
    let (key, value) = (number(11, 2)?, number(13, 4)?);
    let length = header + key + value;
    bytes.get(header..length).map(|both| Item { key: &both[..key], value: &both[key..], length })
}

/// The length of the batch these bytes begin with, and the positions of its group if it holds one; `None` unless it is whole.
fn whole_batch(bytes: &[u8]) -> Option<(usize, Option<RangeInclusive<u64>>)> {
    let (tag, mut at) = START;
    let items = bytes.get(..at).filter(|start| start[0] == tag)?;
    let items = u32::from_le_bytes(items[1..5].try_into().ok()?);
    let mut last: &[u8] = &[];
    for _ in 0..items {
        let item = item(&bytes[at..])?;
        (last, at) = (item.value, at + item.length);
    }
    let (tag, length) = END;
    let end = bytes.get(at..at + length).filter(|end| end[0] == tag && end[9..] == TRAILER)?;
    let sum = u64::from_le_bytes(end[1..9].try_into().ok()?);
    let positions = groups(last).next().map(|(_, positions)| positions);
    (xxh3_64(&bytes[START.1..at]) == sum).then_some((at + length, positions))
}

/// What the damaged batch at the beginning of these bytes held; `last` is the last position before it.
fn located(bytes: &[u8], last: Option<u64>) -> Damage {
    let Some((marker, positions)) = groups(bytes).next() else { return Damage::After(last.unwrap_or(0)) };
    let (next, end) = (*positions.start(), *positions.end());
    // Otherwise this batch's own marker is damaged as well, or it held no commits.
    let own = !ends_before(bytes, marker);
    match last {
        Some(last) if last + 1 < next => Damage::Within(last + 1..=if own { end } else { next - 1 }),
        _ if own => Damage::Within(narrowed(bytes.get(START.1..marker).unwrap_or_default(), positions)),
        Some(last) => Damage::After(last),
        None => Damage::Before(next),
    }
}

/// Whether another batch ends before this marker.
fn ends_before(bytes: &[u8], marker: usize) -> bool {
    bytes[..marker].windows(TRAILER.len()).any(|window| window == TRAILER)
}

/// Of the group with these positions, from the first commit to the last whose bytes are certainly wrong; the whole group where each may
/// be. `items` are those of its batch, up to the marker's own value.
fn narrowed(items: &[u8], positions: RangeInclusive<u64>) -> RangeInclusive<u64> {
    let mut wrong = Vec::new();
    let mut rest = items;
    for position in positions.clone() {
        let commit = item(rest);
        let stream = commit.as_ref().and_then(|commit| item(&rest[commit.length..]));
        let (Some(commit), Some(stream)) = (commit, stream) else {
            // Where this one begins is told by the lengths of the one before, so either may be the damaged one.
            wrong.extend([position.saturating_sub(1).max(*positions.start()), position]);
            break;
        };
        if !belong_together(&commit, &stream, position) {
            wrong.push(position);
        }
        rest = &rest[commit.length + stream.length..];
    }
    match (wrong.first(), wrong.last()) {
        (Some(first), Some(last)) => *first..=*last,
        _ => positions,
    }
}

/// Whether these are the commit at `position` and its place in its stream.
fn belong_together(commit: &Item<'_>, stream: &Item<'_>, position: u64) -> bool {
    let there = |bytes: &[u8]| number(bytes).is_ok_and(|number| number == position);
    let key = |(id, revision, _): (_, Revision, _)| stream_key(&id, revision);
    there(commit.key) && there(stream.value) && decode(commit.value).is_ok_and(|commit| key(commit) == stream.key)
}
