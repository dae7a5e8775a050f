//! What an import says when it is done, or when it was asked only to look: one object for programs, sentences for people.

use std::collections::BTreeMap;
use std::path::Path;

use lists::account::{self, NotARow};
use lists::{List, Question};
use serde_json::{Value, json};

use super::Read;
use super::report::{Counts, End, Paths, Writer, may_be_missed};
use super::shown::Found;
use crate::client::Failure;
use crate::json;

/// Questions, and rows with faults, that are told on a terminal; the report has them all.
const QUESTIONS_MAX: usize = 5;
const ROWS_MAX: usize = 40;

/// What an import came to, beside its counts.
pub(crate) struct Told<'a> {
    pub(crate) read: &'a Read,
    /// Where the report stands, if one was written.
    pub(crate) report: Option<&'a Paths>,
    /// Where questions wait to be answered, if there are any and they were written down.
    pub(crate) answers: Option<&'a Path>,
    /// How a search finds what was recorded.
    pub(super) found: Found,
}

impl Told<'_> {
    /// The object that `import --json` ends with.
    pub(crate) fn object(&self, counts: &Counts) -> Value {
        let list = &self.read.list;
        let lines = account::count(&list.lines);
        let not: BTreeMap<&str, u64> = lines.not.iter().map(|(why, number)| (why.code(), *number)).collect();
        let mut object: serde_json::Map<String, Value> =
            counts.each().into_iter().map(|(name, _, number)| (name.to_owned(), number.into())).collect();
        let path = |path: &Path| path.display().to_string();
        object.extend([
            ("rows".to_owned(), lines.rows.into()),
            ("lines".to_owned(), lines.lines.into()),
            ("lines_with_rows".to_owned(), lines.with_rows.into()),
            ("titles".to_owned(), lines.titles.into()),
            ("not_rows".to_owned(), lines.not.values().sum::<u64>().into()),
            ("not_rows_because".to_owned(), json!(not)),
            ("questions".to_owned(), list.questions.iter().map(question).collect()),
            ("warnings".to_owned(), list.warnings.iter().map(|w| json!({ "zh": w.zh, "en": w.en })).collect()),
            ("left_out".to_owned(), json!(left_out(list))),
            ("report".to_owned(), self.report.map(|report| path(&report.csv)).into()),
            ("report_xlsx".to_owned(), self.report.map(|report| path(&report.xlsx)).into()),
            ("answers".to_owned(), self.answers.map(path).into()),
            ("search_shows".to_owned(), self.found.object()),
        ]);
        Value::Object(object)
    }

    /// Says it, and fails where rows were rejected or questions are open.
    pub(crate) fn say(&self, counts: &Counts, as_json: bool) -> Result<(), Failure> {
        if as_json {
            json::say(&self.object(counts).to_string())?;
        } else {
            self.sentences(counts)?;
        }
        let questions = self.read.list.questions.len();
        // Rows may stand inside a cell of such a line: they are lost unless it is mended.
        let broken = account::count(&self.read.list.lines).not.get(&NotARow::Broken).copied().unwrap_or(0);
        if counts.rejected == 0 && counts.waiting == 0 && questions == 0 && broken == 0 {
            return Ok(());
        }
        let questions = u64::try_from(questions).unwrap_or(u64::MAX);
        let (zh, en): (Vec<_>, Vec<_>) = [
            (counts.rejected, "行退回", "rows rejected"),
            (counts.waiting, "行待答", "rows waiting"),
            (questions, "个问题", "questions"),
            (broken, "行引号不成对", "lines with an open quotation mark"),
        ]
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, zh, en)| (format!("{number}{zh}"), format!("{en}: {number}")))
        .unzip();
        Err(Failure::refused(format!("{} / {}", zh.join("、"), en.join(", "))))
    }

    fn sentences(&self, counts: &Counts) -> Result<(), Failure> {
        let list = &self.read.list;
        let told = counts.each().into_iter().filter(|(name, _, number)| {
            *number > 0 || matches!(*name, "stored" | "already" | "rejected") && self.report.is_some()
        });
        let told: Vec<String> = told.map(|(en, zh, number)| format!("{zh} {en} {number}")).collect();
        let report = self.report.map_or_else(String::new, |report| {
            format!(";报告 report: {} {}", report.csv.display(), report.xlsx.display())
        });
        json::say(&format!(
            "{}{report}",
            if told.is_empty() { "没有名单行 no rows".to_owned() } else { told.join(",") }
        ))?;
        if let Some(sentence) = self.found.sentence() {
            json::say(&sentence)?;
        }
        let lines = account::count(&list.lines);
        let missed: Vec<String> = lines
            .not
            .iter()
            .filter(|(why, _)| may_be_missed(**why))
            .map(|(why, number)| format!("{}:{number} 行 / {}: {number}", why.zh(), why.en()))
            .collect();
        for sentence in missed {
            json::say(&sentence)?;
        }
        for question in list.questions.iter().take(QUESTIONS_MAX) {
            let choices: Vec<&str> = question.choices.iter().take(8).map(|choice| choice.value.as_str()).collect();
            let choices = if choices.is_empty() { String::new() } else { format!(" [{}]", choices.join(" | ")) };
            json::say(&format!(
                "问题 {}:{}({} 行待答){choices} / {}",
                question.id, question.zh, question.rows, question.en
            ))?;
        }
        if let Some(more) = list.questions.len().checked_sub(QUESTIONS_MAX + 1) {
            json::say(&format!("另有 {} 个问题 / more questions", more + 1))?;
        }
        if let Some(answers) = self.answers {
            json::say(&format!(
                "请在此文件中回答后再次导入 / answer in this file and import again: {}",
                answers.display()
            ))?;
        }
        Ok(())
    }
}

/// `--check`: tells what would be sent back and what is asked. Nothing is recorded, and no file written but a report that was asked for.
pub(crate) fn checked(read: &Read, report: Option<&Paths>, as_json: bool) -> Result<(), Failure> {
    let (mut counts, mut shown) = (Counts::default(), 0);
    let mut writer = report.map(|report| Writer::new(read, report)).transpose()?;
    for row in &read.list.rows {
        let end = End::of(row).unwrap_or(End::Readable);
        counts.count(&end);
        if let Some(writer) = &mut writer {
            writer.row(row, None, &end)?;
        }
        let End::Rejected(said) = &end else { continue };
        if !as_json && shown < ROWS_MAX {
            let at = if row.at.sheet.is_empty() { String::new() } else { format!("{}!", row.at.sheet) };
            json::say(&format!("第{at}{}行 {}:{} / {}", row.at.line, row.name, said.zh, said.en))?;
        }
        shown += 1;
    }
    if let Some(writer) = writer {
        writer.finish()?;
    }
    if shown > ROWS_MAX && !as_json {
        json::say(&format!(
            "另有 {} 行有误,用 --report 写出全部 / more rows; --report writes them all",
            shown - ROWS_MAX
        ))?;
    }
    Told { read, report, answers: None, found: Found::default() }.say(&counts, as_json)
}

fn question(question: &Question) -> Value {
    let choices: Vec<Value> = question.choices.iter().map(|c| json!({ "value": c.value, "zh": c.zh })).collect();
    json!({
        "id": question.id, "zh": question.zh, "en": question.en, "choices": choices, "suggested": question.suggested,
        "rows": question.rows,
    })
}

/// The headings under which something was left out because it is of a person, each with the rows it was in.
pub(crate) fn left_out(list: &List) -> BTreeMap<&str, u64> {
    let mut headings = BTreeMap::new();
    for row in &list.rows {
        for heading in &row.left_out {
            *headings.entry(heading.as_str()).or_default() += 1;
        }
    }
    headings
}
