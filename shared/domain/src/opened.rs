//! The first fact of a log, in its own stream: which log it is.

use crate::value::{LogId, Name};

/// A log was opened (登记簿启用): the first commit of each, which says which log it is. Who opened it is in the commit's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOpened {
    /// The log's id, made with it (日志标识).
    pub log_id: LogId,
    /// What the registry is called (登记簿名称).
    pub name: Name,
}
