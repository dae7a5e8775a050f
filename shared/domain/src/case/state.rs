//! What is known of the open cases.

use std::collections::BTreeMap;

use crate::refusal::Refusal;
use crate::value::{CategoryCode, Day, NoticeWindow};

/// Open cases, at most one a category.
pub(crate) type Cases = BTreeMap<CategoryCode, Case>;

/// An open case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Where it stands.
    pub stage: Stage,
    /// Day of the last step.
    pub since: Day,
    /// Objections of the running notice, in order; `None` while open, else whether upheld.
    pub objections: Vec<Option<bool>>,
}

/// Where an open case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// 已申报.
    Applied,
    /// 补正中.
    Returned,
    /// 已受理.
    Accepted,
    /// 已核查, with its outcome.
    Inspected {
        /// Whether it was passed.
        passed: bool,
    },
    /// 公示中.
    Publicised(NoticeWindow),
}

impl Stage {
    /// What the stage is called.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Applied => "已申报",
            Self::Returned => "补正中",
            Self::Accepted => "已受理",
            Self::Inspected { .. } => "已核查",
            Self::Publicised(_) => "公示中",
        }
    }

    pub(crate) fn wrong<T>(self) -> Result<T, Refusal> {
        Err(Refusal::WrongStage { stage: self.zh() })
    }
}
