//! Facts of the rules: what was adopted, letter by letter, by whom and under which document.

use crate::value::{Day, DivisionPrefix, DocumentNumber, Name, Position, Reason, RulesText, Sha256, Text};

/// A scheme was adopted for an area (办法施行).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeAdopted {
    /// Where it holds, with all that lies below (适用区域); absent: the whole registry.
    pub area: Option<DivisionPrefix>,
    /// Name and edition (版本), such as `yangzhou-2026.1`.
    pub version: Text<64>,
    /// First day of the scheme (施行日期).
    pub in_force_from: Day,
    /// The hash of its text (哈希值).
    pub sha256: Sha256,
    /// The file itself (原文).
    pub text: RulesText,
    /// Day it was adopted (发布日期).
    pub adopted_on: Day,
    /// The body that adopted it (制定机关); absent where the registry began with it.
    pub adopted_by: Option<Name>,
    /// Number of the document that carries it (文号); absent where the registry began with it.
    pub document_number: Option<DocumentNumber>,
    /// Where the edition stands that was entered wrong and in whose place it is (更正); absent where it corrects none.
    pub corrects: Option<Position>,
}

/// The working days of a time were adopted (工作日历). What was adopted for the same days before is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarAdopted {
    /// First day it speaks of (起日).
    pub covered_from: Day,
    /// Last day it speaks of (止日): working days are counted up to it, and not guessed after it.
    pub covered_until: Day,
    /// Where it was published (来源).
    pub source: Reason,
    /// The hash of its text (哈希值).
    pub sha256: Sha256,
    /// The table itself (原文): holidays and make-up workdays.
    pub text: RulesText,
    /// Day it was adopted (采用日期).
    pub adopted_on: Day,
    /// The body that adopted it (采用机关); absent where the registry began with it.
    pub adopted_by: Option<Name>,
    /// Number of the document that carries it (文号); absent where the registry began with it.
    pub document_number: Option<DocumentNumber>,
    /// Where the edition stands that was entered wrong and in whose place it is (更正); absent where it corrects none.
    pub corrects: Option<Position>,
}

/// An edition of the table of places was adopted (区划代码表). It adds to what is known and renames it; codes it retires are known as retired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacesAdopted {
    /// Where and when the table was published (版次).
    pub edition: Name,
    /// The hash of its text (哈希值).
    pub sha256: Sha256,
    /// The table itself (原文): codes, names, and the last day of those that are retired.
    pub text: RulesText,
    /// Day it was adopted (采用日期).
    pub adopted_on: Day,
    /// The body that adopted it (采用机关); absent where the registry began with it.
    pub adopted_by: Option<Name>,
    /// Number of the document that carries it (文号); absent where the registry began with it.
    pub document_number: Option<DocumentNumber>,
    /// Where the edition stands that was entered wrong and in whose place it is (更正); absent where it corrects none.
    pub corrects: Option<Position>,
}
