//! Where the frames of HTTP/2 begin in what is read of a connection, so that no piece of it holds more requests than it may.

/// Bytes of a frame before its payload.
const HEADER_BYTES: usize = 9;
/// The type of a frame that is a piece of a message.
const IS_OF_A_MESSAGE: u8 = 0;
/// The type of a frame that begins a request.
const BEGINS_A_REQUEST: u8 = 1;

/// Frames that have begun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) requests: u32,
    /// All others.
    pub(super) others: u32,
    /// What these hold of messages.
    pub(super) message_bytes: usize,
}

/// Where in a frame a connection is.
#[derive(Debug)]
pub(super) struct Frames {
    /// Bytes to come before the next frame begins.
    rest: usize,
    /// What has come of its header.
    header: [u8; HEADER_BYTES],
    come: usize,
    begun: Begun,
}

impl Frames {
    /// Of a connection that begins with so many bytes that are no frame.
    pub(super) fn after(preface_bytes: usize) -> Self {
        Self { rest: preface_bytes, header: [0; HEADER_BYTES], come: 0, begun: Begun::default() }
    }

    /// What has begun since this was last asked.
    pub(super) fn begun(&mut self) -> Begun {
        std::mem::take(&mut self.begun)
    }

    /// How many of these bytes, which come next, hold no more requests than that; at least one byte.
    pub(super) fn up_to(&mut self, requests: usize, bytes: &[u8]) -> usize {
        let (mut at, mut begun, mut begins) = (0, 0, 0);
        while at < bytes.len() {
            if self.rest > 0 {
                let passed = self.rest.min(bytes.len() - at);
                (self.rest, at) = (self.rest - passed, at + passed);
                continue;
            }
            if self.come == 0 {
                begins = at;
            }
            self.header[self.come] = bytes[at];
            (self.come, at) = (self.come + 1, at + 1);
            if self.come < HEADER_BYTES {
                continue;
            }
            if self.header[3] == BEGINS_A_REQUEST {
                // One whose header began in the piece before is in this one.
                if begun >= requests && begins > 0 {
                    self.come = 0;
                    return begins;
                }
                begun += 1;
                self.begun.requests += 1;
            } else {
                self.begun.others += 1;
            }
            let [a, b, c, kind, ..] = self.header;
            (self.rest, self.come) = (u32::from_be_bytes([0, a, b, c]).try_into().unwrap_or(usize::MAX), 0);
            if kind == IS_OF_A_MESSAGE {
                self.begun.message_bytes += self.rest;
            }
            begins = 0;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, bytes: u8) -> Vec<u8> {
        [&[0, 0, bytes, kind, 4, 0, 0, 0, 1], &vec![7; bytes.into()][..]].concat()
    }

    /// Requests in each piece, where so many bytes are read at a time.
    fn pieces(all: &[u8], at_a_time: usize, requests: usize) -> Vec<usize> {
        let (mut frames, mut at, mut pieces) = (Frames::after(24), 0, Vec::new());
        let mut begins = Vec::new();
        let (mut next, mut messages, mut all_frames) = (24, 0, 0);
        while next < all.len() {
            all_frames += 1;
            if all[next + 3] == IS_OF_A_MESSAGE {
                messages += usize::from(all[next + 2]);
            }
            if all[next + 3] == BEGINS_A_REQUEST {
                begins.push(next + HEADER_BYTES - 1);
            }
            next += HEADER_BYTES + usize::from(all[next + 2]);
        }
        while at < all.len() {
            let piece = &all[at..all.len().min(at + at_a_time)];
            let taken = frames.up_to(requests, piece);
            assert!(taken > 0 && taken <= piece.len());
            pieces.push(begins.iter().filter(|begins| (at..at + taken).contains(*begins)).count());
            at += taken;
        }
        let begun = frames.begun();
        assert_eq!((usize::try_from(begun.requests).unwrap(), begun.message_bytes), (begins.len(), messages));
        assert_eq!(usize::try_from(begun.requests + begun.others).unwrap(), all_frames);
        assert_eq!(pieces.iter().sum::<usize>(), begins.len());
        pieces
    }

    #[test]
    fn no_piece_holds_more_requests_than_it_may_however_it_is_read() {
        let settings = [vec![0; 24], frame(4, 0)].concat();
        let short = frame(BEGINS_A_REQUEST, 6).repeat(100);
        let usual = [frame(BEGINS_A_REQUEST, 200), frame(IS_OF_A_MESSAGE, 5)].concat().repeat(20);
        let all = [settings, short, usual].concat();
        for at_a_time in [1, 2, 8, 9, 10, 15, 64, 100, 512, 2048, 100_000] {
            for requests in [1, 2, 16, 1000] {
                let pieces = pieces(&all, at_a_time, requests);
                assert!(pieces.iter().all(|piece| *piece <= requests), "{at_a_time}, {requests}: {pieces:?}");
            }
        }
        // What belongs to a request is read with it.
        assert_eq!(pieces(&all, 100_000, 1).len(), 120);
        assert_eq!(pieces(&all, 100_000, 1000).len(), 1);
    }
}
