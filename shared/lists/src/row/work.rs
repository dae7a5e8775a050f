//! A row under way: what it is read against, what was found so far, what is asked and what is wrong whatever the column.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use domain::{Day, Invalid, Text};

use super::cells::Cells;
use super::privacy::scrubbed;
use crate::book::{Cell, Form};
use crate::bounds::CELL_CHARS_MAX;
use crate::columns::Unknown;
use crate::context::Context;
use crate::dates::above::TermsOfTitle;
use crate::header::Header;
use crate::lexicon::Lexicon;
use crate::origin::Origin;
use crate::places::{Places, Titles};
use crate::pointers::Pointed;
use crate::question::{Answers, Asked, Question};
use crate::reading::{Because, Fault};
use crate::results::Results;
use crate::tables::TableRow;
use crate::words::headings::Column;
use crate::{fold, rule};

/// What rows are read against.
pub(crate) struct Reader<'a> {
    pub(crate) lexicon: Lexicon<'a>,
    pub(crate) places: &'a Places<'a>,
    pub(crate) answers: &'a Answers,
    pub(crate) origin: Origin<'a>,
    /// The terms that each title states: a title is looked at once and stands above many tables.
    pub(crate) terms: RefCell<HashMap<String, Rc<TermsOfTitle>>>,
    /// Where the titles of the sheet under way say that it is.
    pub(crate) titles: RefCell<Titles>,
    /// Sentences that hold nothing of a person: rows say many of them again and again.
    pub(crate) plain: RefCell<HashSet<String>>,
}

/// A row and what is known of its columns.
pub(crate) struct Given<'a> {
    pub(crate) header: &'a Header,
    pub(crate) row: &'a TableRow<'a>,
    /// The columns it fills of which nobody knows yet what they hold.
    pub(crate) unknown: Vec<&'a Unknown>,
    /// The one of them that seems to hold the name, where no known one does.
    pub(crate) name: Option<usize>,
    /// The columns of the table that say how far certifications have come.
    pub(crate) results: &'a Results,
    /// What a sentence beside the table says of the row.
    pub(crate) pointed: Option<Pointed>,
}

/// What reading a row comes to beside its entry.
#[derive(Default)]
pub(super) struct Found {
    /// That the code fails its check, which is a fault unless a bureau has confirmed it.
    pub(super) unconfirmed: Option<Fault>,
    pub(super) because: Vec<Because>,
    pub(super) faults: Vec<Fault>,
    pub(super) waits_for: Vec<String>,
    pub(super) left_out: Vec<String>,
}

/// A row under way.
pub(super) struct Work<'a, 'l> {
    pub(super) cells: Cells<'a>,
    pub(super) above: &'a Context,
    pub(super) results: &'a Results,
    pub(super) pointed: Option<&'a Pointed>,
    pub(super) reader: &'a Reader<'l>,
    pub(super) asked: &'a mut Asked,
    pub(super) found: Found,
    /// What the row says and no field holds.
    pub(super) notes: Vec<String>,
}

impl Work<'_, '_> {
    pub(super) fn fault(&mut self, fault: Fault) {
        self.found.faults.push(fault);
    }

    /// What the officer said of the whole list, for a row whose own cell says nothing.
    pub(super) fn said_beforehand<const MAX: usize>(&mut self, id: &str, column: Column) -> Option<Text<MAX>> {
        if self.cells.get(column).is_some() {
            return None;
        }
        let said = Text::parse(self.reader.answers.get(id)?).ok()?;
        self.because(column, "经办人为整份名单说明".to_owned());
        Some(said)
    }

    /// The day of the decision that the officer gave for the whole list, for a row that gives none.
    pub(super) fn decided_beforehand(&mut self) -> Option<Day> {
        if self.cells.get(Column::Decided).is_some() {
            return None;
        }
        let day = Day::parse(self.reader.answers.get("decided-on")?).ok()?;
        self.because(Column::Decided, "经办人为整份名单说明".to_owned());
        Some(day)
    }

    /// The row waits for a question's answer.
    pub(super) fn ask(&mut self, id: &str, question: impl FnOnce() -> Question) {
        // The file of answers is passed on like a report: no question repeats a person's number.
        let id = scrubbed(id);
        let scrubbed_question = || {
            let question = question();
            Question { id: id.clone(), zh: scrubbed(&question.zh), en: scrubbed(&question.en), ..question }
        };
        self.asked.ask(scrubbed_question, &id);
        self.found.waits_for.push(id);
    }

    pub(super) fn because(&mut self, column: Column, zh: String) {
        self.found.because.push(Because { what: column.label().to_owned(), zh });
    }

    pub(super) fn lengths(&mut self) {
        // Bytes first: most cells are short.
        let long = |cell: &&Cell| cell.text.len() > CELL_CHARS_MAX && cell.text.chars().count() > CELL_CHARS_MAX;
        let Some((at, _)) = self.cells.cells.iter().enumerate().find(|(_, cell)| long(cell)) else { return };
        let column = self.cells.header.cells.get(at).cloned().unwrap_or_default();
        self.fault(Fault::new(
            &column,
            Invalid::TOO_LONG.rule,
            format!("一格超过{CELL_CHARS_MAX}字;CSV文件请检查引号是否成对"),
            format!(
                "a cell has more than {CELL_CHARS_MAX} characters; in a CSV file, see whether a quotation mark is missing"
            ),
        ));
    }

    /// Cells of known columns that hold no value.
    pub(super) fn values(&mut self) {
        for (column, at) in self.cells.header.columns() {
            let Some(cell) = self.cells.cells.get(*at) else { continue };
            let title = self.cells.title(*column);
            match cell.form {
                Form::Error => self.found.faults.push(Fault::new(
                    title,
                    rule::FORMULA_ERROR,
                    format!("「{title}」是公式错误 {},不是内容;请改为内容后重新导入", fold::cut(&cell.text, 20)),
                    format!("{title} is a formula's error ({}), no value", fold::cut(&cell.text, 20)),
                )),
                Form::NotComputed => self.found.faults.push(Fault::new(
                    title,
                    rule::NOT_COMPUTED,
                    format!("「{title}」是公式,文件中没有其结果;请在表格软件中打开并保存一次,或粘贴为数值"),
                    format!("{title} is a formula whose value is not in the file: open and save it once, or paste its values"),
                )),
                // What is struck out of a remark or a telephone number is gone; what else a row says of an outlet is not told apart by guessing.
                Form::StruckOut if matches!(column, Column::Ordinal | Column::Phone | Column::Remarks | Column::Source) => {
                    self.notes.push(format!("{title}:已划去,未录入"));
                }
                Form::StruckOut => self.found.faults.push(Fault::new(
                    title,
                    rule::STRUCK_OUT,
                    format!("「{title}」已划去,而本行没有;请删去不再有效的内容,或取消删除线后重新导入"),
                    format!("{title} is struck out in a row that is not: delete what no longer holds, or take the line away"),
                )),
                Form::Text | Form::Number | Form::Day => {}
            }
        }
    }
}
