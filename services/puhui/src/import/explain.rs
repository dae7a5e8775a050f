//! `puhui import --explain ROW`: how one row was read: its cells, what it says, why it is read so, what is wrong with it, what it waits for.

use lists::account::Became;
use lists::cover::covered;
use lists::reading::Ending;
use lists::words::headings::Column;
use lists::{Entry, Reading, Verdict, tables};
use puhui::print::{Column as Shown, Table, terminal};
use serde_json::{Value, json};

use super::Read;
use super::report::{End, text_of};
use crate::client::Failure;
use crate::json;

/// A row as an officer names it.
struct Named<'a> {
    sheet: Option<&'a str>,
    line: u64,
}

impl<'a> Named<'a> {
    /// `12`, or `Sheet1!12`.
    fn parse(text: &'a str) -> Result<Self, Failure> {
        let (sheet, line) = text.rsplit_once(['!', '！']).map_or((None, text), |(sheet, line)| (Some(sheet), line));
        let line = line.trim().trim_start_matches('第').trim_end_matches('行').parse::<u64>();
        match line {
            Ok(line) if line > 0 => Ok(Self { sheet: sheet.map(|sheet| sheet.trim_matches('\'')), line }),
            _ => Err(Failure::usage(format!("--explain {text}:应为行号,或 工作表!行号 / it is a line, or SHEET!LINE"))),
        }
    }
}

/// Tells how a row was read.
pub(crate) fn tell(read: &Read, asked: &str, as_json: bool) -> Result<(), Failure> {
    // Sheets are called as they are shown.
    let asked = &*covered(asked);
    let named = Named::parse(asked)?;
    let name_of = |sheet: usize| read.book.sheets.get(sheet).map_or("", |sheet| sheet.name.as_str());
    let lines = read.list.lines.iter().filter(|line| line.number == named.line);
    let lines: Vec<_> = lines.filter(|line| named.sheet.is_none_or(|sheet| name_of(line.sheet) == sheet)).collect();
    let line = match lines.as_slice() {
        [one] => *one,
        [] => {
            let sheets: Vec<&str> = read.book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
            let sheets = sheets.join("、");
            return Err(Failure::usage(format!(
                "--explain {asked}:没有这一行,或该行为空;工作表:{sheets} / there is no such line, or it is empty; sheets: {sheets}"
            )));
        }
        several => {
            let several: Vec<String> =
                several.iter().map(|line| format!("{}!{}", name_of(line.sheet), line.number)).collect();
            let several = several.join("、");
            return Err(Failure::usage(format!(
                "--explain {asked}:有几个工作表,请写明是哪一个:{several} / say which: {several}"
            )));
        }
    };
    match line.became {
        Became::Title => {
            let text = text_of(&read.book, line.sheet, line.number);
            told(as_json, "title", ("标题,对其下各行有效", "a title: it holds for what stands below it"), &text)
        }
        Became::Not(why) => told(as_json, "not_a_row", (why.zh(), why.en()), why.code()),
        Became::Rows(_) => {
            let found = tables::find(&read.book);
            let sheet = name_of(line.sheet);
            let rows = read.list.rows.iter().filter(|row| row.at.sheet == sheet && row.at.line == line.number);
            for row in rows {
                let block = usize::try_from(row.at.block.saturating_sub(1)).unwrap_or(usize::MAX);
                let table = found.tables.iter().filter(|table| table.sheet == line.sheet && table.block == block);
                let cells = table.flat_map(|table| table.rows.iter().map(move |own| (table, own)));
                let cells = cells.filter(|(_, own)| own.number == line.number).flat_map(|(table, own)| {
                    let known = |at: usize| table.header.columns().iter().find(|(_, place)| *place == at);
                    own.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(move |(at, cell)| Cell {
                        heading: table.header.cells.get(at).cloned().unwrap_or_default(),
                        column: known(at).map(|(column, _)| *column),
                        text: cell.text.clone(),
                    })
                });
                explain(row, &cells.collect::<Vec<_>>(), as_json)?;
            }
            Ok(())
        }
    }
}

/// A cell of the row.
struct Cell {
    heading: String,
    column: Option<Column>,
    text: String,
}

fn told(as_json: bool, became: &str, (zh, en): (&str, &str), text: &str) -> Result<(), Failure> {
    if as_json {
        return json::say(&json!({ "became": became, "zh": zh, "en": en, "text": text }).to_string());
    }
    json::say(&format!("{zh} / {en}: {text}"))
}

fn explain(row: &Reading, cells: &[Cell], as_json: bool) -> Result<(), Failure> {
    let end = End::of(row);
    let fields = row.entry.as_ref().map(fields).unwrap_or_default();
    let verdict = row.verdict.map(verdict);
    if as_json {
        let object = json!({
            "became": "row", "sheet": row.at.sheet, "line": row.at.line, "block": row.at.block, "name": row.name,
            "verdict": verdict.as_ref().map(|(code, _)| *code),
            "cells": cells.iter().map(|cell| json!({
                "heading": cell.heading, "column": cell.column.map(Column::code), "text": cell.text,
            })).collect::<Value>(),
            "fields": fields.iter().map(|(code, _, value)| ((*code).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>(),
            "because": row.because.iter().map(|b| json!({ "what": b.what, "zh": b.zh })).collect::<Value>(),
            "faults": row.faults.iter().map(|f| json!({
                "column": f.column, "rule": f.rule, "zh": f.zh, "en": f.en,
            })).collect::<Value>(),
            "waits_for": row.waits_for, "left_out": row.left_out,
        });
        return json::say(&object.to_string());
    }
    let mut table = Table::new([Shown::whole("项"), Shown::text("内容"), Shown::text("依据")]);
    for cell in cells {
        let column =
            cell.column.map_or_else(|| "未识别的列 unknown".to_owned(), |column| format!("读作「{}」", column.label()));
        table.row([&format!("格 {}", cell.heading), &cell.text, &column]);
    }
    let because = |what: &str| -> String {
        let own: Vec<&str> = row.because.iter().filter(|b| b.what == what).map(|b| b.zh.as_str()).collect();
        own.join(";")
    };
    if let Some((code, zh)) = verdict {
        table.row([&format!("{} {code}", Column::Status.label()), zh, &because(Column::Status.label())]);
    }
    for (_, label, value) in &fields {
        table.row([*label, value, &because(label)]);
    }
    // What has no field of its own, or belongs to a row that cannot go in, is told as well.
    let of_a_field = |what: &str| what == Column::Status.label() || fields.iter().any(|(_, label, _)| *label == what);
    for own in row.because.iter().filter(|own| !of_a_field(&own.what)) {
        table.row([&own.what, "", &own.zh]);
    }
    for fault in &row.faults {
        table.row(["有误 fault", &format!("{} / {}", fault.zh, fault.en), fault.rule]);
    }
    for id in &row.waits_for {
        table.row(["待答 question", id, ""]);
    }
    for heading in &row.left_out {
        table.row(["未录入 left out", heading, "涉及个人"]);
    }
    table.row(["结果 result", end.unwrap_or(End::Readable).word(), ""]);
    json::put(&match terminal::columns() {
        Some(columns) => table.shown(columns),
        None => table.plain(),
    })
}

/// What an entry says, by the names of its fields and of the columns they stand in.
fn fields(entry: &Entry) -> Vec<(&'static str, &'static str, String)> {
    let text = |value: &Option<String>| value.clone();
    let fields = [
        ("name", Column::Name.label(), Some(entry.name.to_string())),
        ("category", Column::Category.label(), Some(entry.category.to_string())),
        ("division", Column::County.label(), Some(entry.division.to_string())),
        ("street", Column::Street.label(), text(&entry.street)),
        ("uscc", Column::Uscc.label(), entry.uscc.as_ref().map(ToString::to_string)),
        ("outlet", Column::Outlet.label(), entry.outlet.map(|number| format!("{number:03}"))),
        ("address", Column::Address.label(), entry.address.as_ref().map(ToString::to_string)),
        (
            "point",
            Column::Point.label(),
            entry.point.map(|point| {
                format!("{},{}", degrees(point.longitude_microdegrees()), degrees(point.latitude_microdegrees()))
            }),
        ),
        ("body", Column::Body.label(), entry.body.as_ref().map(ToString::to_string)),
        ("document", Column::Document.label(), entry.document.as_ref().map(ToString::to_string)),
        ("decided_on", Column::Decided.label(), entry.decided_on.map(|day| day.to_string())),
        ("valid_from", Column::From.label(), entry.valid_from.map(|day| day.to_string())),
        ("valid_to", Column::To.label(), entry.valid_to.map(|day| day.to_string())),
        ("worked_out", "推算自", text(&entry.worked_out)),
        ("publicity", Column::Publicity.label(), entry.publicity.as_ref().map(ToString::to_string)),
        ("phone", Column::Phone.label(), entry.phone.as_ref().map(ToString::to_string)),
        ("source", Column::Source.label(), entry.source.as_ref().map(ToString::to_string)),
        ("as_published", "原文", entry.as_published.as_ref().map(ToString::to_string)),
    ];
    fields.into_iter().filter_map(|(code, label, value)| Some((code, label, value?))).collect()
}

/// Degrees with six places behind the point.
fn degrees(millionths: i32) -> String {
    let (sign, size) = (if millionths < 0 { "-" } else { "" }, millionths.unsigned_abs());
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

fn verdict(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Certified => ("certified", "已认定"),
        Verdict::Proposed { .. } => ("proposed", "拟认定"),
        Verdict::Refused => ("refused", "不予认定或暂缓"),
        Verdict::Ended { kind: Ending::Withdrawn, .. } => ("withdrawn", "自愿退出"),
        Verdict::Ended { kind: Ending::Deregistered, .. } => ("deregistered", "注销或停办"),
        Verdict::Ended { kind: Ending::Expired, .. } => ("expired", "到期"),
        Verdict::Ended { kind: Ending::Revoked, .. } => ("revoked", "取消认定"),
        Verdict::Ended { kind: Ending::Annulled, .. } => ("annulled", "撤销认定"),
    }
}
