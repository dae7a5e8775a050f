//! What a row of a list comes to.

use domain::{
    Address, CategoryCode, Day, Division, DocumentNumber, Invalid, Name, NoticeWindow, OperatorCode, Phone, ProviderId,
    Reason,
};

use super::fold;

/// One row and what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line or row in the file, from 1.
    pub line: u64,
    /// The outlet's name as published; empty where the row has none.
    pub name: String,
    /// What was read, or why it was not.
    pub outcome: Result<Entry, Rejection>,
}

/// One outlet in one category, as a list has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The outlet. Its operator's part is the credit code, or a key made from county and name where the list gives
    /// none.
    pub provider_id: ProviderId,
    /// The outlet's name as published.
    pub name: Name,
    /// What it is certified, or proposed, as.
    pub category: CategoryCode,
    /// The county, or the place below it where the list gives its code.
    pub division: Division,
    /// Where it stands.
    pub address: Option<Address>,
    /// The body or bodies that decide.
    pub deciding_body: Option<Name>,
    /// The document's number as published.
    pub document_number: Option<DocumentNumber>,
    /// The day of the decision. Empty for a proposal: the day beside one is its notice's.
    pub decided_on: Option<Day>,
    /// The first day of the term.
    pub valid_from: Option<Day>,
    /// The last day of the term.
    pub valid_to: Option<Day>,
    /// What the list says of the public notice.
    pub publicity: Option<Reason>,
    /// The outlet's public telephone.
    pub phone: Option<Phone>,
    /// Where the list says it is from.
    pub source: Option<Reason>,
    /// What the row says and no other field holds: dates without a day, notes beside the kind, remarks.
    pub as_published: Option<Reason>,
    /// Decided, or proposed.
    pub stage: Stage,
}

impl Entry {
    /// The operator: its credit code, or a key that waits for it.
    pub fn operator(&self) -> &OperatorCode {
        self.provider_id.operator()
    }

    /// Whether the operator's credit code is known.
    pub fn operator_is_known(&self) -> bool {
        matches!(self.operator(), OperatorCode::Uscc(_))
    }
}

/// How far a certification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Decided (认定).
    Certified,
    /// Proposed and put to the public (拟认定): no certification.
    Proposed {
        /// The notice's first and last day, where the list gives both.
        window: Option<NoticeWindow>,
    },
}

/// Why a row is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The column as the list calls it.
    pub column: String,
    /// The rule: one of [`super::rule`] or of [`Invalid`].
    pub rule: &'static str,
    /// The sentence an officer reads.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Rejection {
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
