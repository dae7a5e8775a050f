//! What ends a certification, and the bars that ends bring.

use std::collections::BTreeMap;

use crate::value::{CategoryCode, Day, DocumentNumber};

/// Last day of a bar, by the category whose revocation brought it.
pub(crate) type Bars = BTreeMap<CategoryCode, Day>;

/// What ends a certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Which end.
    pub kind: EndKind,
    /// First day it is not live any more.
    pub effective_on: Day,
    /// The deciding document, where there is one.
    pub document_number: Option<DocumentNumber>,
}

/// Kinds of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndKind {
    /// 取消 or 撤销.
    Revoked,
    /// 自愿退出.
    Withdrawn,
    /// 到期.
    Expired,
    /// 注销.
    Deregistered,
}
