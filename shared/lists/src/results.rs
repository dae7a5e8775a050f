//! The columns of a table that say how far the certifications of its rows have come: results of reviews, ticks, reasons, states.

use crate::fold;
use crate::header::Header;
use crate::tables::TableRow;
use crate::words::headings::{self, Column};
use crate::words::marks::Mark;
use crate::words::results::{self, Holds, Rank};
use crate::words::{parts, sections, verdicts};

/// What a column says of the rows' certifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The result of a review, or a status.
    Result(Rank),
    /// A tick where the mark is true.
    Tick(Mark),
    /// Yes where the mark is true; no says nothing.
    Whether(Mark),
    /// Why it came to that: what is given a reason for has come to pass.
    Because(Mark),
    /// Whether the body is open.
    State,
    /// Whether the body is inclusive (普惠), where any row says so.
    Nature,
    /// A grade, which may say no.
    Grade,
    /// What came of a public notice.
    Notice,
    /// A remark.
    Remark,
}

/// Each column of a table that has a role, in the order of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Results(Vec<(usize, Role)>);

impl Results {
    pub(crate) fn of(header: &Header, rows: &[TableRow<'_>]) -> Self {
        let roles = (0..header.cells.len()).filter_map(|at| Some((at, role(header, rows, at)?)));
        Self(roles.collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, Role)> {
        self.0.iter().copied()
    }

    /// Whether the column holds results, whatever it is called.
    pub(crate) fn is_result(&self, at: Option<usize>) -> bool {
        self.0.iter().any(|(own, role)| Some(*own) == at && matches!(role, Role::Result(_)))
    }

    /// Whether the column is read for what it says of certifications.
    pub(crate) fn reads(&self, at: usize) -> bool {
        self.0.iter().any(|(own, _)| *own == at)
    }
}

/// Whether a text says that something has ended or was refused.
fn is_over(text: &str) -> bool {
    verdicts::of_cell(text).is_some_and(|mark| mark != Mark::Certified)
}

/// Whether a text names no category and is empty or a word for what has become of an outlet.
fn is_no_category(text: &str) -> bool {
    let key = fold::key(text);
    key.is_empty()
        || (parts::codes(&key).is_empty()
            && !key.contains("普惠")
            && (verdicts::of_cell(text).is_some() || sections::of(text).is_some()))
}

fn role(header: &Header, rows: &[TableRow<'_>], at: usize) -> Option<Role> {
    let heading = header.cells.get(at)?;
    // An officer may have said what the column is.
    let column = header.columns().iter().find(|(_, own)| *own == at).map(|(column, _)| *column);
    let column = column.or_else(|| headings::column(heading));
    let cells = || rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell.text.as_str());
    let holds = results::holds(heading).filter(|_| !matches!(column, Some(Column::Publicity | Column::Name)));
    match (holds, column) {
        (Some(Holds::State), _) => Some(Role::State),
        (Some(Holds::Nature), Some(Column::Other) | None) if cells().any(|text| text.contains("普惠")) => {
            Some(Role::Nature)
        }
        (Some(Holds::Grade), Some(Column::Other) | None) => Some(Role::Grade),
        (Some(Holds::Because(mark)), _) => Some(Role::Because(mark)),
        (Some(Holds::Ticks(mark)), _) => {
            let only_signs = cells().filter(|text| !text.is_empty()).all(|text| results::tick(text).is_some());
            Some(match mark {
                _ if only_signs => Role::Tick(mark),
                Mark::Certified => Role::Result(results::rank(heading)),
                _ => Role::Because(mark),
            })
        }
        (Some(Holds::Whether(Some(mark))), Some(Column::Status)) if mark != Mark::Certified => {
            Some(Role::Whether(mark))
        }
        (Some(Holds::Result), None) | (_, Some(Column::Status)) => Some(Role::Result(results::rank(heading))),
        // What is called a type may be what has become of each (新增, 退出).
        (_, Some(Column::Category)) if cells().any(is_over) && cells().all(is_no_category) => {
            Some(Role::Result(Rank::Plain))
        }
        (_, Some(Column::Remarks)) => Some(Role::Remark),
        (_, Some(Column::Publicity)) => Some(Role::Notice),
        _ => None,
    }
}
