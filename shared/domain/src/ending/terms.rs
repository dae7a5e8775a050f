//! The terms of an ending: choices, and an end that is told along with its certification.

use crate::value::{Day, DocumentNumber, Name, Reason};

/// Two acts that end a certification by decision, told apart in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RevocationKind {
    /// 取消: for a breach after the certification; it ends from the effective day.
    Cancelled,
    /// 撤销: obtained by deceit or granted unlawfully; it is void from the beginning.
    Annulled,
}

impl RevocationKind {
    /// What it is called.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Cancelled => "取消",
            Self::Annulled => "撤销",
        }
    }

    /// The same in English.
    pub fn en(self) -> &'static str {
        match self {
            Self::Cancelled => "cancellation",
            Self::Annulled => "annulment",
        }
    }
}

/// Which end another body decided and published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndingKind {
    /// 取消: for a breach after the certification.
    Cancelled,
    /// 撤销: obtained by deceit or error.
    Annulled,
    /// 自愿退出: at the provider's wish.
    Withdrawn,
    /// 注销: the body is gone.
    Deregistered,
}

/// An end that another body decided and published, told along with the certification that it ended: of one that a later certification followed,
/// the one cannot stand on record without the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Which end it is (终止方式).
    pub kind: EndingKind,
    /// Day of the decision, where known (决定日期).
    pub decided_on: Option<Day>,
    /// Day it takes effect, where known (生效日期).
    pub effective_on: Option<Day>,
    /// Number of the document that carries the decision, where known (文号).
    pub document_number: Option<DocumentNumber>,
    /// Body or bodies that decided (决定单位).
    pub deciding_body: Name,
    /// Where it was published (来源).
    pub source: Reason,
    /// Last day on which a new application is barred, where there is one (不得再次申报的截止日).
    pub bar_until: Option<Day>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revocation_is_called_what_the_law_calls_it() {
        let called = |kind: RevocationKind| (kind.zh(), kind.en());
        assert_eq!(called(RevocationKind::Cancelled), ("取消", "cancellation"));
        assert_eq!(called(RevocationKind::Annulled), ("撤销", "annulment"));
    }
}
