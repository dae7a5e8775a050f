//! Commands on the rules.

use crate::value::{Day, DocumentNumber, Name, Position, Reason, RulesText};

/// Adopts a scheme for the area it names (施行办法).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptScheme {
    /// The file (原文).
    pub text: RulesText,
    /// Day it was adopted (发布日期).
    pub adopted_on: Day,
    /// The body that adopted it (制定机关).
    pub adopted_by: Name,
    /// Number of the document that carries it (文号).
    pub document_number: DocumentNumber,
    /// Where the edition stands that was entered wrong and in whose place it is (更正).
    pub corrects: Option<Position>,
}

/// Adopts the working days of a time (采用工作日历).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptCalendar {
    /// First day the table speaks of (起日).
    pub covered_from: Day,
    /// Last day it speaks of (止日).
    pub covered_until: Day,
    /// Where it was published (来源).
    pub source: Reason,
    /// The table (原文).
    pub text: RulesText,
    /// Day it was adopted (采用日期).
    pub adopted_on: Day,
    /// The body that adopted it (采用机关).
    pub adopted_by: Name,
    /// Number of the document that carries it (文号).
    pub document_number: DocumentNumber,
    /// Where the edition stands that was entered wrong and in whose place it is (更正).
    pub corrects: Option<Position>,
}

/// Adopts an edition of the table of places (采用区划代码表).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptPlaces {
    /// Where and when the table was published (版次).
    pub edition: Name,
    /// The table (原文).
    pub text: RulesText,
    /// Day it was adopted (采用日期).
    pub adopted_on: Day,
    /// The body that adopted it (采用机关).
    pub adopted_by: Name,
    /// Number of the document that carries it (文号).
    pub document_number: DocumentNumber,
    /// Where the edition stands that was entered wrong and in whose place it is (更正).
    pub corrects: Option<Position>,
}

/// Adopts what a registry begins with, together (登记簿启用): a scheme, working days and places. Where rules are on record it has begun. No body
/// adopts it and no document carries it: it says what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeginRules {
    /// The scheme (原文).
    pub scheme: RulesText,
    /// First day the table of working days speaks of (起日).
    pub covered_from: Day,
    /// Last day it speaks of (止日).
    pub covered_until: Day,
    /// Where it was published (来源).
    pub source: Reason,
    /// The table of working days (原文).
    pub days: RulesText,
    /// Where and when the table of places was published (版次).
    pub edition: Name,
    /// The table of places (原文).
    pub places: RulesText,
    /// Day on which the registry begins (启用日期).
    pub adopted_on: Day,
}
