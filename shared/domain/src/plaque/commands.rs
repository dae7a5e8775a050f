//! Commands on a plaque.

use crate::value::{Content, Day, PlaqueNumber, Reason, Text};

/// Orders a plaque to be made; the registry gives its number (制作牌匾).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPlaque {
    /// Day of the order (责令或制作日期).
    pub ordered_on: Day,
    /// Plaque it takes the place of (被替换的牌匾编号).
    pub replaces: Option<PlaqueNumber>,
    /// Where at the outlet it is to hang, such as 东门 (悬挂位置): what tells a second plaque from the first, which may do without.
    pub place: Option<Text<64>>,
}

/// Hands a plaque out (发放). Needs a live certification and a pledge in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuePlaque {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque was handed out (发放日期).
    pub issued_on: Day,
    /// Edition of the unified design (统一标识版本).
    pub design_version: Text<64>,
}

/// Records that the plaque hangs (挂牌).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HangPlaque {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque was hung (挂牌日期).
    pub hung_on: Day,
}

/// Records that the plaque came back (收回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverPlaque {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque came back (收回日期).
    pub recovered_on: Day,
}

/// Records a loss (遗失).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPlaqueLost {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day of the loss (遗失日期).
    pub lost_on: Day,
    /// Statement of loss as published (遗失声明).
    pub statement: Content,
}

/// Records that a plaque was destroyed (销毁).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestroyPlaque {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was destroyed (销毁日期).
    pub destroyed_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// Records that a plaque ordered back was not returned in time (未交回). The public sees it when scanning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPlaqueNotReturned {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was found not to have been returned (记录日期).
    pub recorded_on: Day,
    /// The facts (具体情形).
    pub detail: Content,
}
