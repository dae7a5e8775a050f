//! Facts of a price.

use super::terms::Price;
use crate::value::{Act, CategoryCode, Day, DocumentNumber, Name, Reason};

/// A price was proposed (报价).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceProposed {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// Amount, unit and allowed rise (普惠价格).
    pub price: Price,
    /// Day the price was proposed (报价日期).
    pub proposed_on: Day,
}

/// The proposed price was approved (价格确定).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceApproved {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// The proposal that was approved, by its number (所同意的报价).
    pub proposal: Act,
    /// Day of the decision (决定日期).
    pub decided_on: Day,
    /// First day of the price, not before the decision (生效日期).
    pub effective_on: Day,
    /// The price it takes the place of, if there was one (原价格).
    pub from: Option<Price>,
    /// The price that was approved (新价格).
    pub to: Price,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
}

/// The proposed price was turned down (不予同意).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRejected {
    /// Service category of the scheme (服务类别).
    pub category: CategoryCode,
    /// What the price is for, such as 全日托 or 午餐 (收费项目).
    pub item: Name,
    /// The proposal that was turned down, by its number (不予同意的报价).
    pub proposal: Act,
    /// Day it was rejected (不予同意日期).
    pub rejected_on: Day,
    /// Why (理由).
    pub reason: Reason,
}
