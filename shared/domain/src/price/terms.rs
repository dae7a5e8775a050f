//! What a price is.

use crate::value::{Fen, Percent};

/// What a price is paid for (计价单位).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PriceUnit {
    /// 月.
    Month,
    /// 餐.
    Meal,
    /// 晚.
    Night,
    /// 小时.
    Hour,
}

/// A price promise (普惠价格).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// Amount in fen (分), 1 to 10,000,000.
    pub amount_fen: Fen,
    /// What it is paid for (计价单位).
    pub unit: PriceUnit,
    /// Largest rise of a later price over this one, in percent, 0 to 100 (允许涨幅).
    pub rise_percent_max: Percent,
}
