//! What is decided about the log's own messages. Such facts stand in the log's own stream, and no command of a bureau makes them.

use crate::value::{DocumentNumber, Position, Reason, Sha256};

/// A message of the log that is no commit was set aside: readers go on over its position (异常信息搁置).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSetAside {
    /// Where in the log the message stands (位置).
    pub position: Position,
    /// The hash of its stored bytes (哈希值): of other bytes nothing is said.
    pub sha256: Sha256,
    /// Why (理由).
    pub reason: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: DocumentNumber,
}
