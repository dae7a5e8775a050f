//! What became of each row, and of each line that is none: as a CSV file and, beside it, as a workbook with a summary that adds up. Both stand under their
//! names whole or not at all.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use domain::ProviderId;
use lists::account::{Became, NotARow};
use lists::book::Book;
use lists::{List, Reading, Verdict};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::Read;
use super::told;
use crate::client::Failure;
use crate::failure::of_path;

/// Excel takes a CSV file for UTF-8 only with this mark.
const MARK: &[u8] = "\u{FEFF}".as_bytes();
/// Titles with their widths in the workbook.
const COLUMNS: [(&str, f64); 11] = [
    ("工作表 sheet", 12.0),
    ("行号 line", 9.0),
    ("分栏 block", 9.0),
    ("结果 outcome", 18.0),
    ("网点编号 provider_id", 26.0),
    ("名称 name", 30.0),
    ("规则 rule", 22.0),
    ("说明 reason", 70.0),
    ("待答问题 questions", 24.0),
    ("读取依据 because", 50.0),
    ("未录入 left_out", 20.0),
];
/// Longest text in a cell of a workbook, in characters; Excel takes 32,767 units.
const CELL_CHARS_MAX: usize = 16_000;
/// Longest title that is quoted, in characters.
const TITLE_CHARS_MAX: usize = 60;

/// What a row came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// Stored now.
    Stored,
    /// What was on record was ended now, as the list says.
    Ended,
    /// On record already, from this list or another.
    Already,
    /// The list proposes it: nothing is recorded.
    Proposed,
    /// The list refuses it, or puts it off: nothing is recorded.
    Refused,
    /// The list's reader, the registry, or a rule of the import turned it down.
    Rejected(Said),
    /// It waits for answers.
    Waiting,
    /// Not sent, or sent with an outcome that is not known: the import ended before its time.
    Unfinished,
    /// It can be read; nothing was sent, as was asked.
    Readable,
}

/// Why a row was turned down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// The rules' names, for programs.
    pub(crate) rule: String,
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl End {
    /// What a row comes to by what was read alone; none where it is to be sent.
    pub(crate) fn of(row: &Reading) -> Option<Self> {
        if row.verdict == Some(Verdict::Refused) {
            return Some(Self::Refused);
        }
        if !row.faults.is_empty() {
            let (rules, zh): (Vec<_>, Vec<_>) = row.faults.iter().map(|fault| (fault.rule, fault.zh.as_str())).unzip();
            let en: Vec<&str> = row.faults.iter().map(|fault| fault.en.as_str()).collect();
            let said = Said { rule: rules.join(" "), zh: numbered(&zh), en: numbered(&en) };
            return Some(Self::Rejected(said));
        }
        match (&row.verdict, &row.entry) {
            (_, None) | (None, _) => Some(Self::Waiting),
            (Some(Verdict::Proposed { .. }), Some(_)) => Some(Self::Proposed),
            (Some(Verdict::Certified | Verdict::Refused | Verdict::Ended { .. }), Some(_)) => None,
        }
    }

    /// What a report calls it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Stored => "已存 stored",
            Self::Ended => "已终止 ended",
            Self::Already => "已有 already",
            Self::Proposed => "拟认定 proposed",
            Self::Refused => "名单不予认定 refused",
            Self::Rejected(_) => "退回 rejected",
            Self::Waiting => "待答 waiting",
            Self::Unfinished => "未完成 unfinished",
            Self::Readable => "可录入 readable",
        }
    }

    /// What is said of it beside: why, and how to go on.
    pub(crate) fn said(&self) -> Said {
        let said = |rule: &str, zh: &str, en: &str| Said { rule: rule.into(), zh: zh.into(), en: en.into() };
        match self {
            Self::Rejected(said) => said.clone(),
            Self::Proposed => said(
                "PROPOSED_ONLY",
                "名单为拟认定公示,尚未认定;认定后请导入认定名单",
                "the list proposes it and does not certify it: import the list of those certified",
            ),
            Self::Refused => {
                said("NOT_CERTIFIED", "名单写明不予认定或暂缓,无需录入", "the list refuses it: nothing to record")
            }
            Self::Waiting => said("QUESTION", "请回答待答问题后再次导入", "answer the questions and import again"),
            Self::Unfinished => {
                said("", "本次导入提前结束,请再次运行", "the import ended before this row: run it again")
            }
            Self::Stored | Self::Ended | Self::Already | Self::Readable => Said::default(),
        }
    }
}

/// Several sentences with their numbers; one alone has none.
fn numbered(sentences: &[&str]) -> String {
    match sentences {
        [one] => (*one).to_owned(),
        several => {
            let each = several.iter().zip(1..).map(|(sentence, number)| format!("({number}) {sentence}"));
            each.collect::<Vec<_>>().join(" ")
        }
    }
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) stored: u64,
    pub(crate) ended: u64,
    pub(crate) already: u64,
    pub(crate) proposed: u64,
    /// By the list.
    pub(crate) refused: u64,
    pub(crate) rejected: u64,
    pub(crate) waiting: u64,
    pub(crate) unfinished: u64,
    pub(crate) readable: u64,
}

impl Counts {
    pub(crate) fn count(&mut self, end: &End) {
        *match end {
            End::Stored => &mut self.stored,
            End::Ended => &mut self.ended,
            End::Already => &mut self.already,
            End::Proposed => &mut self.proposed,
            End::Refused => &mut self.refused,
            End::Rejected(_) => &mut self.rejected,
            End::Waiting => &mut self.waiting,
            End::Unfinished => &mut self.unfinished,
            End::Readable => &mut self.readable,
        } += 1;
    }

    /// Each count with its words, in the order of reports.
    pub(crate) fn each(&self) -> [(&'static str, &'static str, u64); 9] {
        [
            ("stored", "已存", self.stored),
            ("ended", "已终止", self.ended),
            ("already", "已有", self.already),
            ("proposed", "拟认定", self.proposed),
            ("refused", "名单不予认定", self.refused),
            ("rejected", "退回", self.rejected),
            ("waiting", "待答", self.waiting),
            ("unfinished", "未完成", self.unfinished),
            ("readable", "可录入", self.readable),
        ]
    }
}

/// The two files of a report.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    pub(crate) csv: PathBuf,
    pub(crate) xlsx: PathBuf,
}

impl Paths {
    /// Those that a name given for a report means.
    pub(crate) fn named(report: &Path) -> Self {
        let ends = |ending: &str| report.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending));
        if ends("csv") {
            return Self { csv: report.to_owned(), xlsx: report.with_extension("xlsx") };
        }
        if ends("xlsx") {
            return Self { csv: report.with_extension("csv"), xlsx: report.to_owned() };
        }
        Self { csv: report.to_owned(), xlsx: beside(report, ".xlsx") }
    }

    /// That neither is the list itself, which would be gone.
    pub(crate) fn apart_from(&self, list: &Path) -> Result<(), Failure> {
        let same = |path: &Path| match (path.canonicalize(), list.canonicalize()) {
            (Ok(path), Ok(list)) => path == list,
            _ => path == list,
        };
        match [&self.csv, &self.xlsx].into_iter().find(|path| same(path)) {
            None => Ok(()),
            Some(path) => Err(Failure::usage(format!(
                "--report:报告会盖住名单本身,请换一个名称 / the report would take the list's place: {}",
                path.display()
            ))),
        }
    }
}

/// A file that stands beside another and is called after it.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    file.with_file_name(name)
}

/// Where a file is written until it is whole.
pub(crate) fn unfinished(file: &Path) -> PathBuf {
    beside(file, ".part")
}

/// Writes the report: one row for each row of the list, in its order, then one for each line that is none.
pub(crate) struct Writer<'a> {
    read: &'a Read,
    paths: Paths,
    csv: csv::Writer<File>,
    book: Workbook,
    /// The next row of the workbook.
    next: u32,
    counts: Counts,
}

impl<'a> Writer<'a> {
    /// Begins a report.
    pub(crate) fn new(read: &'a Read, paths: &Paths) -> Result<Self, Failure> {
        let part = unfinished(&paths.csv);
        let begun = || -> io::Result<csv::Writer<File>> {
            let mut file = File::create(&part)?;
            file.write_all(MARK)?;
            let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
            csv.write_record(COLUMNS.map(|(title, _)| title)).map_err(of_csv)?;
            Ok(csv)
        };
        let csv = begun().map_err(of_path(&part))?;
        let book = begun_book().map_err(|error| of_book(&paths.xlsx, error))?;
        Ok(Self { read, paths: paths.clone(), csv, book, next: 1, counts: Counts::default() })
    }

    /// What a row came to, and of which outlet it is.
    pub(crate) fn row(&mut self, row: &Reading, id: Option<&ProviderId>, end: &End) -> Result<(), Failure> {
        self.counts.count(end);
        let because: Vec<String> =
            row.because.iter().map(|because| format!("{}:{}", because.what, because.zh)).collect();
        let said = end.said();
        self.put(&[
            row.at.sheet.clone(),
            row.at.line.to_string(),
            if row.at.block == 0 { String::new() } else { row.at.block.to_string() },
            end.word().to_owned(),
            id.map_or_else(String::new, ToString::to_string),
            row.name.clone(),
            said.rule,
            in_both(&said.zh, &said.en),
            row.waits_for.join("、"),
            because.join(";"),
            row.left_out.join("、"),
        ])
    }

    /// Writes what is left, puts both files under their names, and answers the counts.
    pub(crate) fn finish(mut self) -> Result<Counts, Failure> {
        for line in &self.read.list.lines {
            let (word, rule, said) = match line.became {
                Became::Rows(_) => continue,
                Became::Title => {
                    ("标题 title", "", "标题,对其下各行有效 / a title: it holds for what stands below it".to_owned())
                }
                Became::Not(why) => ("不是名单行 not a row", why.code(), format!("{} / {}", why.zh(), why.en())),
            };
            let text = match line.became {
                Became::Title => text_of(&self.read.book, line.sheet, line.number),
                _ => String::new(),
            };
            let sheet = self.read.book.sheets.get(line.sheet).map_or("", |sheet| sheet.name.as_str()).to_owned();
            let (number, empty) = (line.number.to_string(), String::new);
            self.put(&[
                sheet,
                number,
                empty(),
                word.to_owned(),
                empty(),
                text,
                rule.to_owned(),
                said,
                empty(),
                empty(),
                empty(),
            ])?;
        }
        let (csv, xlsx) = (unfinished(&self.paths.csv), unfinished(&self.paths.xlsx));
        self.csv.flush().map_err(of_path(&csv))?;
        summary(&mut self.book, &self.read.list, &self.counts).map_err(|error| of_book(&self.paths.xlsx, error))?;
        self.book.save(&xlsx).map_err(|error| of_book(&xlsx, error))?;
        // A report that stands under its name is whole, also where this process was killed at any moment.
        std::fs::rename(&xlsx, &self.paths.xlsx).map_err(of_path(&self.paths.xlsx))?;
        std::fs::rename(&csv, &self.paths.csv).map_err(of_path(&self.paths.csv))?;
        Ok(self.counts)
    }

    fn put(&mut self, cells: &[String; COLUMNS.len()]) -> Result<(), Failure> {
        let (row, path) = (self.next, self.paths.xlsx.clone());
        self.next += 1;
        let mut in_book = || -> Result<(), XlsxError> {
            let sheet = self.book.worksheet_from_index(1)?;
            for ((column, text), (title, _)) in (0_u16..).zip(cells).zip(COLUMNS) {
                let number = text.parse::<u32>().ok().filter(|_| title == COLUMNS[1].0 || title == COLUMNS[2].0);
                match number {
                    Some(number) => sheet.write_number(row, column, number)?,
                    None if text.is_empty() => continue,
                    // A text, whatever it begins with, and also once somebody has edited it.
                    None if begins_a_formula(text) => {
                        sheet.write_string_with_format(row, column, short(text), &Format::new().set_quote_prefix())?
                    }
                    None => sheet.write_string(row, column, short(text))?,
                };
            }
            Ok(())
        };
        in_book().map_err(|error| of_book(&path, error))?;
        let part = unfinished(&self.paths.csv);
        self.csv.write_record(cells.iter().map(|field| harmless(field))).map_err(of_csv).map_err(of_path(&part))
    }
}

/// The workbook with its two sheets: the summary, which is filled at the end, and the rows, which are not kept in memory.
fn begun_book() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("汇总 summary")?.set_column_width(0, 60.0)?.set_column_width(1, 12.0)?;
    let bold = Format::new().set_bold();
    let rows = book.add_worksheet_with_constant_memory()?.set_name("逐行 rows")?;
    rows.set_freeze_panes(1, 0)?;
    for (column, (title, width)) in (0_u16..).zip(COLUMNS) {
        rows.set_column_width(column, width)?.write_string_with_format(0, column, title, &bold)?;
    }
    Ok(book)
}

/// The first sheet: what the file's lines and the list's rows came to, what is asked, what is to be known, what was left out.
fn summary(book: &mut Workbook, list: &List, counts: &Counts) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let sheet = book.worksheet_from_index(0)?;
    let mut row = 0_u32;
    let mut line = |text: &str, number: Option<u64>, title: bool| -> Result<(), XlsxError> {
        if title {
            row += u32::from(row > 0);
            sheet.write_string_with_format(row, 0, short(text), &bold)?;
        } else {
            sheet.write_string(row, 0, short(text))?;
        }
        if let Some(number) = number.and_then(|number| u32::try_from(number).ok()) {
            sheet.write_number(row, 1, number)?;
        }
        row += 1;
        Ok(())
    };
    let lines = lists::account::count(&list.lines);
    line("文件中有内容的行 lines of the file that hold anything", Some(lines.lines), true)?;
    line("其中 名单行 lines with rows", Some(lines.with_rows), false)?;
    line("其中 标题 titles", Some(lines.titles), false)?;
    for (why, number) in &lines.not {
        line(&format!("其中 {} {} ({})", why.zh(), why.en(), why.code()), Some(*number), false)?;
    }
    line(
        "名单的行(并排几栏的,一行多条) rows of the list: several a line where blocks stand side by side",
        Some(lines.rows),
        true,
    )?;
    for (en, zh, number) in counts.each().into_iter().filter(|(en, _, number)| *en != "readable" || *number > 0) {
        line(&format!("其中 {zh} {en}"), Some(number), false)?;
    }
    if !list.questions.is_empty() {
        line("待答问题,及等待的行数 questions, and the rows that wait", None, true)?;
    }
    for question in &list.questions {
        line(&format!("{}:{} / {}", question.id, question.zh, question.en), Some(question.rows), false)?;
    }
    if !list.warnings.is_empty() {
        line("请注意 warnings", None, true)?;
    }
    for warning in &list.warnings {
        line(&format!("{} / {}", warning.zh, warning.en), None, false)?;
    }
    let left_out = told::left_out(list);
    if !left_out.is_empty() {
        line("涉及个人、未录入的内容,及行数 left out because they are of persons, and in how many rows", None, true)?;
    }
    for (heading, number) in left_out {
        line(heading, Some(number), false)?;
    }
    Ok(())
}

/// What a title says.
pub(crate) fn text_of(book: &Book, sheet: usize, number: u64) -> String {
    let lines = book.sheets.get(sheet).map(|sheet| sheet.lines.as_slice()).unwrap_or_default();
    let found = lines.binary_search_by_key(&number, |line| line.number).ok().and_then(|at| lines.get(at));
    let mut texts: Vec<&str> = Vec::new();
    for cell in found.iter().flat_map(|line| &line.cells).filter(|cell| !cell.is_empty()) {
        if !(cell.merged && texts.last() == Some(&cell.text.as_str())) {
            texts.push(&cell.text);
        }
    }
    let text = texts.join(" ");
    let short: String = text.chars().take(TITLE_CHARS_MAX).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// Whether a line that is no row is one that somebody may miss: what is hidden, struck out, broken or in a sheet that was not read.
pub(crate) fn may_be_missed(why: NotARow) -> bool {
    !matches!(why, NotARow::Heading | NotARow::HeadingAgain | NotARow::Total | NotARow::Note | NotARow::Numbered)
}

fn in_both(zh: &str, en: &str) -> String {
    match (zh, en) {
        (zh, "") => zh.to_owned(),
        ("", en) => en.to_owned(),
        (zh, en) => format!("{zh} / {en}"),
    }
}

/// The system's own error, where it is one.
fn of_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// What a workbook could not be written for.
pub(crate) fn of_book(path: &Path, error: XlsxError) -> Failure {
    match error {
        XlsxError::IoError(error) => of_path(path)(error),
        other => Failure::unavailable(format!(
            "{}:工作簿未能写成 / the workbook could not be written: {other}",
            path.display()
        )),
    }
}

/// Whether a spreadsheet takes a text for a formula: some pass over blanks, and read full width.
fn begins_a_formula(text: &str) -> bool {
    let first = text.chars().find(|c| !c.is_whitespace() && !domain::is_unseen(*c));
    first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
        || text.starts_with(['\t', '\r', '\n'])
}

/// A field that a spreadsheet does not take for a formula.
fn harmless(field: &str) -> String {
    if begins_a_formula(field) { format!("'{field}") } else { field.to_owned() }
}

/// As much of a text as a cell of a workbook holds, without what its file cannot.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(CELL_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use lists::Answers;
    use lists::reading::Fault;

    use super::*;

    const LIST: &str = "扬州市认定名单\n名称,类别,区县,联系电话,认定日期,有效期至\n\"甲,园\",普惠托育,邗江区,13800000000,,\n\
        =cmd(),普惠托育,邗江区,,,\n@乙,普惠托育,邗江区,,2026-02-30,2029-13-01\n丙园,甲乙丙丁,邗江区,,,\n合计,4,,,,\n";

    #[test]
    fn a_report_adds_up_opens_in_a_spreadsheet_and_runs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let read = super::super::read(LIST.as_bytes(), &Answers::default()).unwrap();
        assert_eq!(read.list.rows.len(), 4);
        let paths = Paths::named(&folder.path().join("r.csv"));
        let mut writer = Writer::new(&read, &paths).unwrap();
        let id = ProviderId::parse("914403001922038216-001").unwrap();
        writer.row(&read.list.rows[0], Some(&id), &End::Stored).unwrap();
        writer.row(&read.list.rows[1], Some(&id), &End::Already).unwrap();
        for row in &read.list.rows[2..] {
            writer.row(row, None, &End::of(row).unwrap()).unwrap();
        }
        assert!(!paths.csv.exists() && !paths.xlsx.exists());
        let counts = writer.finish().unwrap();
        assert_eq!(counts, Counts { stored: 1, already: 1, rejected: 1, waiting: 1, ..Counts::default() });
        let csv = std::fs::read_to_string(&paths.csv).unwrap();
        assert!(csv.starts_with("\u{FEFF}工作表 sheet,行号 line,"), "{csv}");
        for line in [
            ",3,,已存 stored,914403001922038216-001,\"甲,园\",,,,",
            ",4,,已有 already,914403001922038216-001,'=cmd(),",
            ",6,,待答 waiting,,丙园,QUESTION,请回答待答问题后再次导入 / answer the questions and import again,category:甲乙丙丁,",
            ",1,,标题 title,,扬州市认定名单,",
            ",2,,不是名单行 not a row,,,HEADING,表头 / the headings,",
            ",7,,不是名单行 not a row,,,TOTAL,",
        ] {
            assert!(csv.lines().any(|own| own.starts_with(line)), "{line} is not in {csv}");
        }
        // All faults of a row, and the telephone by its heading alone.
        let faulty = csv.lines().find(|line| line.contains("'@乙")).unwrap();
        assert!(faulty.contains("(1)") && faulty.contains("(2)") && faulty.contains("2029-13-01"), "{faulty}");
        assert!(!csv.contains("13800000000") && csv.contains("联系电话"), "{csv}");
        // The workbook is read by the list's own reader: two sheets, no formulas.
        let book = lists::open::open(&std::fs::read(&paths.xlsx).unwrap()).unwrap();
        let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names, ["汇总 summary", "逐行 rows"]);
        assert_eq!(book.sheets[1].lines.len(), csv.lines().count());
        assert!(book.sheets[1].lines.iter().any(|line| line.cells.iter().any(|cell| cell.text == "=cmd()")));
        let number = |begins: &str| -> u64 {
            let lines = book.sheets[0].lines.iter().filter(|line| line.cells[0].text.starts_with(begins));
            lines.map(|line| line.cells[1].text.parse::<u64>().unwrap()).sum()
        };
        assert_eq!(number("文件中有内容的行"), 7);
        assert_eq!(number("名单的行"), 4);
        // Both sums stand below them, in parts.
        assert_eq!(number("其中"), 7 + 4);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_report_is_called_as_it_is_named() {
        for (named, csv, xlsx) in [
            ("a/r.csv", "a/r.csv", "a/r.xlsx"),
            ("a/r.XLSX", "a/r.csv", "a/r.XLSX"),
            ("名单.xlsx.report.csv", "名单.xlsx.report.csv", "名单.xlsx.report.xlsx"),
            ("r", "r", "r.xlsx"),
        ] {
            let paths = Paths::named(Path::new(named));
            assert_eq!((paths.csv.to_str(), paths.xlsx.to_str()), (Some(csv), Some(xlsx)));
        }
    }

    #[test]
    fn what_the_list_refuses_or_proposes_is_not_rejected() {
        let fault = Fault { column: "类别".into(), rule: "EMPTY", zh: "缺".into(), en: "none".into() };
        let read = |list: &str| super::super::read(list.as_bytes(), &Answers::default()).unwrap().list.rows.remove(0);
        let mut refused = read("名称,类别,区县,状态\n甲园,普惠托育,邗江区,不予认定\n");
        refused.faults.push(fault);
        assert_eq!(End::of(&refused), Some(End::Refused));
        let proposed = read("名称,类别,区县,状态\n甲园,普惠托育,邗江区,拟认定\n");
        assert_eq!(End::of(&proposed), Some(End::Proposed));
        assert_eq!(End::of(&read("名称,类别,区县,状态\n甲园,普惠托育,邗江区,认定\n")), None);
    }
}
