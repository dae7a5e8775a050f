//! The terms of an ending that are choices.

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
