//! What is known of the pledges.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::terms::{BreachSeverity, PledgeForm};
use crate::value::{Day, PledgeNumber};

/// Every pledge.
pub(crate) type Pledges = BTreeMap<PledgeNumber, Arc<Pledge>>;

/// A pledge and its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// As it was made.
    pub form: PledgeForm,
    /// Where it stands.
    pub status: PledgeStatus,
}

/// Where a pledge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PledgeStatus {
    /// 监管中.
    UnderSupervision,
    /// 全部履行.
    Fulfilled,
    /// 部分履行 or 全部未履行.
    Broken {
        /// How grave.
        severity: BreachSeverity,
        /// Since when it is shown.
        determined_on: Day,
    },
    /// 已修复.
    Repaired,
}

impl PledgeStatus {
    /// Whether a pledge with this status still binds.
    pub fn binds(self) -> bool {
        match self {
            Self::UnderSupervision | Self::Fulfilled => true,
            Self::Broken { .. } | Self::Repaired => false,
        }
    }
}

impl Pledge {
    /// Whether it is in force on `day`.
    pub fn in_force_on(&self, day: Day) -> bool {
        self.status.binds() && self.form.made_on <= day && self.form.valid_until.is_none_or(|last| day <= last)
    }
}
