//! What became of each line of a file. Each that holds anything becomes one thing, so that the counts add up.

use std::collections::BTreeMap;

/// What a line became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Became {
    /// Rows of the list: one, or one for each block that stands side by side.
    Rows(u32),
    /// A title: what it says holds for what stands below it.
    Title,
    /// Not a row, because.
    Not(NotARow),
}

/// Why a line is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotARow {
    /// It names the columns.
    Heading,
    /// It names them again, as lists set in pages do.
    HeadingAgain,
    /// A total.
    Total,
    /// A note, a signature, a day below the list.
    Note,
    /// A running number and nothing more.
    Numbered,
    /// It is marked as an example, as templates have one.
    Example,
    /// It is of a list of persons, such as experts, that stands beside or below the list.
    Persons,
    /// The row is hidden, or filtered away.
    Hidden,
    /// The row is struck out.
    StruckOut,
    /// The sheet is hidden.
    HiddenSheet,
    /// The sheet has no line that names the columns.
    NoHeading,
    /// A quotation mark is not closed: rows may stand inside a cell.
    Broken,
}

impl NotARow {
    /// Its code in reports.
    pub fn code(self) -> &'static str {
        self.told().0
    }

    /// The sentence an officer reads.
    pub fn zh(self) -> &'static str {
        self.told().1
    }

    /// The same in English.
    pub fn en(self) -> &'static str {
        self.told().2
    }

    fn told(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Heading => ("HEADING", "表头", "the headings"),
            Self::HeadingAgain => ("HEADING_AGAIN", "重复的表头", "the headings again"),
            Self::Total => ("TOTAL", "合计行", "a total"),
            Self::Note => ("NOTE", "说明、落款或日期", "a note, a signature or a day"),
            Self::Example => ("EXAMPLE", "标为「示例」的行,未读取", "marked as an example, not taken"),
            Self::Numbered => ("NUMBERED", "只有序号", "a running number alone"),
            Self::Persons => ("PERSONS", "人员名单中的行,未读取", "in a list of persons, not taken"),
            Self::Hidden => ("HIDDEN_ROW", "隐藏的行,未读取", "a hidden row, not taken"),
            Self::StruckOut => ("STRUCK_OUT", "已划去的行,未读取", "struck out, not taken"),
            Self::HiddenSheet => ("HIDDEN_SHEET", "在隐藏的工作表中,未读取", "in a hidden sheet, not taken"),
            Self::NoHeading => (
                "NO_HEADING",
                "所在工作表没有可识别的表头,未读取",
                "in a sheet without headings that are known, not taken",
            ),
            Self::Broken => (
                "QUOTATION_MARK",
                "引号不成对:一格里可能含有多行,未读取;请检查该行引号后重新导入",
                "a quotation mark is not closed and rows may stand inside a cell: mend it and import again",
            ),
        }
    }
}

/// One line and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The sheet's place in the book, from 0.
    pub sheet: usize,
    /// The line's number in it.
    pub number: u64,
    /// What became of it.
    pub became: Became,
}

/// How many lines became what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines that hold anything.
    pub lines: u64,
    /// Of them, lines that hold rows.
    pub with_rows: u64,
    /// Of them, titles.
    pub titles: u64,
    /// Of them, what is no row, by why.
    pub not: BTreeMap<NotARow, u64>,
    /// Rows: more than lines where blocks stand side by side.
    pub rows: u64,
}

/// Counts lines.
pub fn count(lines: &[Line]) -> Counts {
    let mut counts = Counts::default();
    for line in lines {
        counts.lines += 1;
        match line.became {
            Became::Rows(rows) => {
                counts.with_rows += 1;
                counts.rows += u64::from(rows);
            }
            Became::Title => counts.titles += 1,
            Became::Not(why) => *counts.not.entry(why).or_default() += 1,
        }
    }
    counts
}
