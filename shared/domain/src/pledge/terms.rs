//! The terms of a pledge: its form, and the choices in it.

use crate::value::{Content, Day, Invalid, Name, PledgeNumber, Reason, Text, Uscc};

/// Types of pledge of the national template (承诺类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PledgeType {
    /// 审批替代型.
    ApprovalReplacing,
    /// 容缺受理型.
    PapersOwed,
    /// 证明事项型.
    ProofReplacing,
    /// 信用修复型.
    CreditRepair,
    /// 行业自律型.
    SelfDiscipline,
    /// 主动型.
    Voluntary,
    /// 其他; `other_type` says which.
    Other,
}

/// Who pledges (承诺人类别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PromisorClass {
    /// 法人及非法人组织.
    Organisation,
    /// 个体工商户.
    IndividualBusiness,
    /// 自然人; no code is kept and the name is masked: an identity number or a full name never enters the log.
    NaturalPerson,
}

impl PromisorClass {
    /// Reads the name of a promisor of this class: a natural person's only as published, 张* or 张某某.
    pub fn name(self, text: &str) -> Result<Name, Invalid> {
        match self {
            Self::Organisation | Self::IndividualBusiness => Name::parse(text),
            Self::NaturalPerson => Name::parse_masked(text),
        }
    }
}

/// Who may see a pledge (公开类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicationScope {
    /// 可向社会公开.
    Public,
    /// 特定范围内公开.
    Limited,
    /// 不可公开.
    Closed,
}

/// How far a pledge was not kept (履行状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreachExtent {
    /// 部分履行.
    Partly,
    /// 全部未履行.
    Wholly,
}

/// Gravity of a breach; sets the least time it is shown (信用修复管理办法, in force 2026-04-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreachSeverity {
    /// 轻微: may be repaired at once.
    Minor,
    /// 一般: shown three months at least.
    General,
    /// 严重: shown one year at least.
    Serious,
}

/// A pledge as the national collection template has it (`data/tables/credit_pledge_fields.csv`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeForm {
    /// Pledge number: 6 digits of the accepting division, 8 of the day it was made, 6 of a serial (承诺编码).
    pub number: PledgeNumber,
    /// Who pledges; a natural person as published, 张* or 张某某 (承诺人名称).
    pub promisor_name: Name,
    /// Class of the promisor (承诺人类别).
    pub promisor_class: PromisorClass,
    /// The promisor's credit code; required unless a natural person, for whom it stays empty (承诺人代码).
    pub promisor_uscc: Option<Uscc>,
    /// Type (承诺类型).
    pub pledge_type: PledgeType,
    /// Which type, where the type is OTHER (其他类型).
    pub other_type: Option<Text<64>>,
    /// Occasion of the pledge (承诺事由).
    pub reason: Reason,
    /// What is pledged (承诺内容).
    pub content: Content,
    /// What follows a breach (违诺责任).
    pub liability: Content,
    /// Day it was made (承诺作出日期).
    pub made_on: Day,
    /// Last day it binds; empty: without end (承诺有效期).
    pub valid_until: Option<Day>,
    /// Body that accepted it (承诺受理单位).
    pub accepting_unit: Name,
    /// That body's credit code (承诺受理单位代码).
    pub accepting_unit_uscc: Uscc,
    /// Who may see it (公开类型).
    pub publication: PublicationScope,
    /// Remarks (备注).
    pub remarks: Option<Reason>,
}
