//! What becomes of a row.

use domain::{Day, EndingKind, ProviderId, Uscc};

use crate::question::Question;
use crate::reading::Because;

/// What becomes of a row, and why so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// What becomes of it.
    pub step: Step,
    /// The outlet it is of, where that is known.
    pub id: Option<ProviderId>,
    /// How it was found, and what an officer should know of it.
    pub because: Vec<Because>,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Acts are to be recorded, in this order.
    Record(Vec<Act>),
    /// All that it says is on record.
    Already,
    /// Nothing is to be recorded of what it says.
    Nothing,
    /// It cannot be recorded.
    Refused(Said),
    /// It waits for an answer.
    Asks(Box<Question>),
}

/// Why a row cannot be recorded, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The rule, for programs.
    pub rule: &'static str,
    /// The sentence an officer reads.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The credit code of an operator that was entered without one (补全统一社会信用代码).
    Identify {
        /// The code.
        uscc: Uscc,
        /// The day of the list's decision.
        on: Day,
        /// The list's document.
        document: String,
    },
    /// What was empty in the outlet's particulars (补充网点信息).
    Fill {
        /// Whether its address is.
        address: bool,
        /// Whether its telephone is.
        phone: bool,
        /// Whether the point it stands on is.
        point: bool,
    },
    /// The certification (补录认定).
    Certification {
        /// Whether the outlet comes on record with it.
        new: bool,
        /// Its first day, where that is not the list's.
        valid_from: Option<Day>,
    },
    /// What a certification on record should say (更正).
    Correct {
        /// The act that recorded it.
        act: u32,
        /// What it says then.
        right: Decision,
        /// Why.
        reason: String,
    },
    /// The end of a certification (补录终止).
    End {
        /// How.
        kind: EndingKind,
        /// The day of the decision.
        decided_on: Option<Day>,
    },
}

/// A certification as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Day of the decision.
    pub decided_on: Option<Day>,
    /// First day.
    pub valid_from: Option<Day>,
    /// Last day.
    pub valid_to: Option<Day>,
    /// The words that the last day was worked out from; none where a list states it.
    pub worked_out: Option<String>,
    /// The document's number.
    pub document: Option<String>,
    /// Who decided; empty: as the list says.
    pub body: String,
    /// Where it was published; empty: this list.
    pub source: String,
}

impl Placed {
    pub(super) fn because(what: &str, zh: String) -> Because {
        Because { what: what.to_owned(), zh }
    }
}
