//! The states of streams that are kept in memory, bounded in bytes: one stream's state may be a thousand times another's.

use std::mem::size_of;
use std::sync::Arc;

use domain::StreamId;
use event_log::StreamHashes;
use lru::LruCache;

use crate::history::History;

/// Bytes of all states that are kept, by the weight of each and their places: as many as some 30,000 providers take that have a
/// certification, a pledge and a plaque. Commands under way hold what they decide on besides.
pub const CACHE_BYTES_MAX: usize = 96 * 1024 * 1024;

/// What a state takes beside itself: its place in the order of use, in the table of streams, and the allocator's part of both.
const PLACE_BYTES: usize = size_of::<StreamId>() + size_of::<Kept>() + 96;

#[derive(Debug)]
struct Kept {
    /// `None` while the next one is made of it.
    history: Option<Arc<History>>,
    bytes: usize,
}

/// Those used last, as many as there is room for.
#[derive(Debug)]
pub(crate) struct Cache {
    kept: LruCache<StreamId, Kept, StreamHashes>,
    bytes: usize,
    bytes_max: usize,
}

impl Cache {
    /// An empty one with room for as many bytes.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { kept: LruCache::unbounded_with_hasher(StreamHashes::default()), bytes: 0, bytes_max }
    }

    /// Bytes of what is kept.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn get(&mut self, stream: &StreamId) -> Option<Arc<History>> {
        self.kept.get(stream).and_then(|kept| kept.history.clone())
    }

    /// Lets go of a state of which the next one is made, and keeps its place for that one.
    pub(crate) fn hand_over(&mut self, stream: &StreamId) {
        if let Some(kept) = self.kept.peek_mut(stream) {
            kept.history = None;
        }
    }

    /// Everything that is kept.
    #[cfg(feature = "inspect")]
    pub(crate) fn all(&self) -> Vec<(StreamId, Arc<History>)> {
        self.kept.iter().filter_map(|(stream, kept)| Some((stream.clone(), kept.history.clone()?))).collect()
    }

    /// Keeps a state, in the place of others that were not used for longest. One that is larger than all the room is not kept.
    pub(crate) fn put(&mut self, stream: StreamId, history: Arc<History>) {
        let bytes = history.weight() + PLACE_BYTES;
        if bytes > self.bytes_max {
            self.forget(&stream);
            return;
        }
        self.bytes += bytes;
        // Its earlier state is replaced where it stands, as every command does.
        if let Some(earlier) = self.kept.put(stream, Kept { history: Some(history), bytes }) {
            self.bytes -= earlier.bytes;
        }
        while self.bytes > self.bytes_max {
            let Some((_, unused)) = self.kept.pop_lru() else { break };
            self.bytes -= unused.bytes;
        }
    }

    pub(crate) fn forget(&mut self, stream: &StreamId) {
        if let Some(kept) = self.kept.pop(stream) {
            self.bytes -= kept.bytes;
        }
    }
}

#[cfg(test)]
mod tests;
