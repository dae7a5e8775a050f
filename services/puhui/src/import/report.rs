//! What became of each row, as a CSV file that Excel opens.

use std::io::{self, Write};

use domain::ProviderId;

use lists::reading::{At, Fault};

/// Excel takes a CSV file for UTF-8 only with this mark.
const MARK: &[u8] = "\u{FEFF}".as_bytes();
const HEADER: [&str; 6] =
    ["行号 line", "结果 outcome", "网点编号 provider_id", "名称 name", "规则 rule", "说明 reason"];

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Stored now.
    pub(crate) stored: u64,
    /// On record already.
    pub(crate) already: u64,
    /// Rejected.
    pub(crate) rejected: u64,
    /// Not sent, or sent with an outcome that is not known: the import ended before its time.
    pub(crate) unfinished: u64,
}

/// Writes the report, one row for each row of the list.
pub(crate) struct Writer<W: Write> {
    csv: csv::Writer<W>,
    counts: Counts,
}

impl<W: Write> Writer<W> {
    /// Begins a report.
    pub(crate) fn new(mut out: W) -> io::Result<Self> {
        out.write_all(MARK)?;
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        csv.write_record(HEADER).map_err(of_csv)?;
        Ok(Self { csv, counts: Counts::default() })
    }

    /// The row was stored.
    pub(crate) fn stored(&mut self, line: u64, id: &ProviderId, name: &str) -> io::Result<()> {
        self.counts.stored += 1;
        self.row(line, "已存 stored", Some(id), name, "", "")
    }

    /// What the row says was on record already, from this list or another.
    pub(crate) fn already(&mut self, line: u64, id: &ProviderId, name: &str) -> io::Result<()> {
        self.counts.already += 1;
        self.row(line, "已有 already", Some(id), name, "", "")
    }

    /// The list's reader rejected the row.
    pub(crate) fn rejected(&mut self, at: &At, name: &str, faults: &[Fault], asked: &[String]) -> io::Result<()> {
        let rule = faults.first().map_or("QUESTION", |fault| fault.rule);
        let questions = asked.iter().map(|id| format!("待答 {id}"));
        let zh: Vec<String> = faults.iter().map(|fault| fault.zh.clone()).chain(questions).collect();
        let en: Vec<&str> = faults.iter().map(|fault| fault.en.as_str()).collect();
        self.refused(at.line, None, name, rule, &zh.join(";"), &en.join("; "))
    }

    /// The registry, or a rule of the import, turned the row down.
    pub(crate) fn refused(
        &mut self,
        line: u64,
        id: Option<&ProviderId>,
        name: &str,
        rule: &str,
        zh: &str,
        en: &str,
    ) -> io::Result<()> {
        self.counts.rejected += 1;
        self.row(line, "退回 rejected", id, name, rule, &format!("{zh} / {en}"))
    }

    /// The import ended before the row was done.
    pub(crate) fn unfinished(&mut self, line: u64, id: Option<&ProviderId>, name: &str) -> io::Result<()> {
        self.counts.unfinished += 1;
        let reason = "本次导入提前结束,请再次运行 / the import ended before this row: run it again";
        self.row(line, "未完成 unfinished", id, name, "", reason)
    }

    /// Writes what is left and answers the counts.
    pub(crate) fn finish(mut self) -> io::Result<Counts> {
        self.csv.flush()?;
        Ok(self.counts)
    }

    fn row(
        &mut self,
        line: u64,
        outcome: &str,
        id: Option<&ProviderId>,
        name: &str,
        rule: &str,
        reason: &str,
    ) -> io::Result<()> {
        let id = id.map_or("", ProviderId::as_str);
        let fields = [&line.to_string(), outcome, id, name, rule, reason].map(harmless);
        self.csv.write_record(fields).map_err(of_csv)
    }
}

/// The system's own error, where it is one.
fn of_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A field that a spreadsheet does not take for a formula.
fn harmless(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_opens_in_a_spreadsheet_and_runs_nothing() {
        let id = ProviderId::parse("914403001922038216-001").unwrap();
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out).unwrap();
        writer.stored(2, &id, "甲,园").unwrap();
        writer.already(3, &id, "=cmd()").unwrap();
        let fault = Fault {
            column: "地址".to_owned(),
            rule: "EMPTY",
            zh: "缺「地址」:此项必填".to_owned(),
            en: "地址: a value is required".to_owned(),
        };
        writer.rejected(&At { line: 4, ..At::default() }, "@乙", &[fault], &[]).unwrap();
        writer.refused(5, Some(&id), "丙\n园", "BARRED", "限制期内", "barred").unwrap();
        writer.unfinished(7, None, "丁").unwrap();
        assert_eq!(writer.finish().unwrap(), Counts { stored: 1, already: 1, rejected: 2, unfinished: 1 });
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\u{FEFF}行号 line,结果 outcome,网点编号 provider_id,名称 name,规则 rule,说明 reason\r\n\
             2,已存 stored,914403001922038216-001,\"甲,园\",,\r\n\
             3,已有 already,914403001922038216-001,'=cmd(),,\r\n\
             4,退回 rejected,,'@乙,EMPTY,缺「地址」:此项必填 / 地址: a value is required\r\n\
             5,退回 rejected,914403001922038216-001,\"丙\n园\",BARRED,限制期内 / barred\r\n\
             7,未完成 unfinished,,丁,,\"本次导入提前结束,请再次运行 / the import ended before this row: run it again\"\r\n"
        );
    }
}
