//! Commands on a price.

use super::terms::Price;
use crate::value::{Act, CategoryCode, Day, DocumentNumber, Name, Reason};

/// Proposes a price or a new price (报价).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposePrice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Amount, unit and allowed rise (普惠价格).
    pub price: Price,
    /// Day the price was proposed (报价日期).
    pub proposed_on: Day,
}

/// Approves the proposed price from a day on (同意价格).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovePrice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Which proposal, by its number; may be left out where one waits (所同意的报价).
    pub proposal: Option<Act>,
    /// Day of the decision (决定日期).
    pub decided_on: Day,
    /// First day of the price, not before the decision (生效日期).
    pub effective_on: Day,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
}

/// Turns the proposed price down (不予同意).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectPrice {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Which proposal, by its number; may be left out where one waits (不予同意的报价).
    pub proposal: Option<Act>,
    /// Day it was rejected (不予同意日期).
    pub rejected_on: Day,
    /// Why (理由).
    pub reason: Reason,
}
