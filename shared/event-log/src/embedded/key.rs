//! How what is stored is found: positions, and the revisions of each stream.

use domain::{Revision, StreamId};

use crate::error::LogError;

pub(super) fn number(bytes: &[u8]) -> Result<u64, LogError> {
    let bytes: [u8; 8] =
        bytes.try_into().map_err(|_| LogError::Damaged("a key or position has no 8 bytes".to_owned()))?;
    Ok(u64::from_be_bytes(bytes))
}

pub(super) fn stream_prefix(stream: &StreamId) -> Vec<u8> {
    let (kind, id) = match stream {
        StreamId::Provider(id) => (b'p', id.as_str()),
        StreamId::Operator(code) => (b'o', code.as_str()),
        StreamId::Log => (b'l', ""),
        StreamId::Rules => (b'r', ""),
    };
    let mut key = Vec::with_capacity(id.len() + 10);
    key.push(kind);
    key.extend_from_slice(id.as_bytes());
    // No id holds a zero byte, so no stream's keys begin with another's.
    key.push(0);
    key
}

pub(super) fn stream_key(stream: &StreamId, revision: Revision) -> Vec<u8> {
    let mut key = stream_prefix(stream);
    key.extend_from_slice(&revision.0.to_be_bytes());
    key
}
