//! Facts of a plaque.

use crate::value::{Content, Day, PlaqueNumber, Reason, Text};

/// A plaque was ordered and numbered (制作牌匾).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueOrdered {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day of the order (责令或制作日期).
    pub ordered_on: Day,
    /// Plaque it takes the place of (被替换的牌匾编号).
    pub replaces: Option<PlaqueNumber>,
    /// Where at the outlet it is to hang (悬挂位置).
    pub place: Option<Text<64>>,
}

/// A plaque was handed out (发放).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueIssued {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque was handed out (发放日期).
    pub issued_on: Day,
    /// Edition of the unified design (统一标识版本).
    pub design_version: Text<64>,
}

/// A plaque was hung (挂牌).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueHung {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque was hung (挂牌日期).
    pub hung_on: Day,
}

/// A plaque is to come back (责令收回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueRecoveryOrdered {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Last day of the term (期限届满日).
    pub due_on: Day,
}

/// A plaque that was to come back may stay: a certification covers it again (撤回收回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueRecoveryLifted {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was lifted (撤回日期).
    pub lifted_on: Day,
}

/// A plaque came back (收回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueRecovered {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day the plaque came back (收回日期).
    pub recovered_on: Day,
}

/// A plaque was lost (遗失).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueLost {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day of the loss (遗失日期).
    pub lost_on: Day,
    /// Statement of loss as published (遗失声明).
    pub statement: Content,
}

/// A plaque was destroyed (销毁).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueDestroyed {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was destroyed (销毁日期).
    pub destroyed_on: Day,
    /// Why (理由).
    pub reason: Reason,
}

/// A plaque ordered back was not returned (未交回).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaqueNotReturned {
    /// Plaque number (牌匾编号).
    pub plaque_number: PlaqueNumber,
    /// Day it was found not to have been returned (记录日期).
    pub recorded_on: Day,
    /// The facts (具体情形).
    pub detail: Content,
}
