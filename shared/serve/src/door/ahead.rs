//! What of an answer was made ahead, on its way to its caller. What is long goes in slices, each of which is noticed when it is gone: of a caller who
//! takes a long answer slowly it is seen that he takes something, long before he has it whole.

use std::sync::Arc;

use axum::body::Bytes;
use hyper::body::Frame;

use super::bounds::{SLICE_BYTES, SLICED_BYTES};
use super::untaken::{Piece, Untaken};

/// One piece of an answer.
pub(super) struct Ahead {
    piece: Option<Piece>,
    /// Whether it goes in slices.
    is_long: bool,
    untaken: Arc<Untaken>,
}

impl Ahead {
    pub(super) fn of(piece: Piece, untaken: &Arc<Untaken>) -> Self {
        let bytes = piece.as_ref().and_then(|piece| piece.as_ref().ok()?.data_ref()).map_or(0, Bytes::len);
        Self { piece: Some(piece), is_long: bytes > SLICED_BYTES, untaken: Arc::clone(untaken) }
    }

    /// Its next slice; `None` after the last.
    pub(super) fn next(&mut self) -> Option<Piece> {
        let frame = match self.piece.take()? {
            Some(Ok(frame)) => frame,
            ended => return Some(ended),
        };
        let frame = match frame.into_data() {
            Ok(mut bytes) if self.is_long && bytes.len() > SLICE_BYTES => {
                let slice = bytes.split_to(SLICE_BYTES);
                self.piece = Some(Some(Ok(Frame::data(bytes))));
                Frame::data(self.untaken.slice(slice))
            }
            Ok(bytes) => Frame::data(bytes),
            Err(trailers) => trailers,
        };
        Some(Some(Ok(frame)))
    }

    pub(super) fn is_told(&self) -> bool {
        self.piece.is_none()
    }
}
