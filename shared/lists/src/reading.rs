//! What a row of a list says, and why it is read so.

use domain::{
    Address, CategoryCode, Day, Division, DocumentNumber, Invalid, Name, NoticeWindow, Phone, Point, Reason, Uscc,
};

use crate::fold;

/// One row as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Where it stands.
    pub at: At,
    /// The outlet's name as a report gives it; empty where the row has none.
    pub name: String,
    /// How far the certification has come, where that can be told.
    pub verdict: Option<Verdict>,
    /// What else it says, where nothing is wrong and nothing is to be asked.
    pub entry: Option<Entry>,
    /// Why it is read so: a sentence for each thing that does not stand in a column of its own.
    pub because: Vec<Because>,
    /// Everything that is wrong with it.
    pub faults: Vec<Fault>,
    /// The questions it waits for.
    pub waits_for: Vec<String>,
    /// What was not kept, for privacy: headings, never the values.
    pub left_out: Vec<String>,
}

/// Where a row stands in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The sheet's name; empty where the file is a text.
    pub sheet: String,
    /// Its line or row, from 1.
    pub line: u64,
    /// Which of the blocks side by side, from 1; 0 where there is one.
    pub block: u32,
}

/// How far a certification has come, by the list's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Decided (认定).
    Certified,
    /// Proposed and put to the public (拟认定): no certification.
    Proposed {
        /// The notice's first and last day, where the list gives both.
        window: Option<NoticeWindow>,
    },
    /// Refused or put off (不予认定): nothing is to be recorded.
    Refused,
    /// It was certified and is no more.
    Ended {
        /// How.
        kind: Ending,
        /// The day of the decision to end it, where the list gives one.
        decided_on: Option<Day>,
    },
}

/// How a certification ended, by the list's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// Taken away (取消、撤销).
    Revoked,
    /// Annulled: void from its beginning, in so many words.
    Annulled,
    /// Left of its own will (退出).
    Withdrawn,
    /// The body is gone from the register, or open no more (注销、停办).
    Deregistered,
    /// The term has run out (到期).
    Expired,
}

/// One outlet in one category, as a list has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The outlet's name as published.
    pub name: Name,
    /// What the list says that it was called before.
    pub former: Vec<String>,
    /// Its operator's name, where the list gives it beside the outlet's. A person's is not kept.
    pub operator: Option<Name>,
    /// Which of the list's texts on street, address, operator and persons stands in the row, by number: two rows of one list that differ in any of them
    /// have two. Persons' names are kept nowhere.
    pub beside: Option<u32>,
    /// What it is certified, or proposed, as.
    pub category: CategoryCode,
    /// The county, or the place below it where the list tells it.
    pub division: Division,
    /// The street or community as the list writes it, where the table of places does not hold it.
    pub street: Option<String>,
    /// The operator's credit code.
    pub uscc: Option<Uscc>,
    /// The outlet's number, where the list gives one.
    pub outlet: Option<u16>,
    /// Where it stands.
    pub address: Option<Address>,
    /// The point it stands on, in CGCS2000 whatever the list gives it in.
    pub point: Option<Point>,
    /// The body or bodies that decide.
    pub body: Option<Name>,
    /// The document's number as published.
    pub document: Option<DocumentNumber>,
    /// The day of the decision. Empty for a proposal: the day beside one is its notice's.
    pub decided_on: Option<Day>,
    /// The first day of the term.
    pub valid_from: Option<Day>,
    /// The last day of the term.
    pub valid_to: Option<Day>,
    /// The length that `valid_to` was worked out from, in the list's words; empty where the list states the day.
    pub worked_out: Option<String>,
    /// What the list says of the public notice.
    pub publicity: Option<Reason>,
    /// The outlet's public telephone.
    pub phone: Option<Phone>,
    /// Where the list says it is from.
    pub source: Option<Reason>,
    /// What the row says and no other field holds: dates without a day, notes beside the category, remarks.
    pub as_published: Option<Reason>,
}

/// Why something is read as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// What: a column's label, such as 类别.
    pub what: String,
    /// The sentence in Chinese, such as 标题写明「拟认定」.
    pub zh: String,
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The column as the list calls it.
    pub column: String,
    /// The rule: one of [`crate::rule`] or of [`Invalid`].
    pub rule: &'static str,
    /// The sentence an officer reads: what is wrong and how to mend it.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Fault {
    pub(crate) fn new(column: &str, rule: &'static str, zh: String, en: String) -> Self {
        Self { column: column.to_owned(), rule, zh, en }
    }

    pub(crate) fn empty(column: &str) -> Self {
        let Invalid { rule, zh, en } = Invalid::EMPTY;
        Self::new(column, rule, format!("缺「{column}」:{zh}"), format!("{column}: {en}"))
    }

    pub(crate) fn invalid(column: &str, invalid: Invalid, text: &str) -> Self {
        let Invalid { rule, zh, en } = invalid;
        // A report is passed on like a list: it does not repeat a person's number.
        if invalid.is_of_a_person() {
            return Self::new(column, rule, format!("「{column}」{zh}"), format!("{column}: {en}"));
        }
        let text = fold::cut(text, 40);
        Self::new(column, rule, format!("「{column}」{text}:{zh}"), format!("{column} \"{text}\": {en}"))
    }
}
