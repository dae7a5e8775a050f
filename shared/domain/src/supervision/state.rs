//! How a live certification stands.

use crate::refusal::Refusal;
use crate::value::Day;

/// How a live certification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// 有效.
    Valid,
    /// 限期整改.
    Rectifying {
        /// Day of the order.
        ordered_on: Day,
        /// Last day to mend.
        due_on: Day,
    },
    /// 暂停; what it goes back to.
    Suspended {
        /// Day of the suspension.
        since: Day,
        /// The rectification under way, if any.
        rectifying: Option<(Day, Day)>,
    },
}

impl Standing {
    /// What the standing is called.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Valid => "有效",
            Self::Rectifying { .. } => "限期整改",
            Self::Suspended { .. } => "暂停",
        }
    }

    pub(crate) fn wrong<T>(self) -> Result<T, Refusal> {
        Err(Refusal::NotValid { status: self.zh() })
    }
}
