//! Tables of statutory days as they are written.

use std::collections::BTreeSet;

use domain::{Calendar, Day, DayKind};

use crate::error::ReferenceError;
use crate::statutory::knows_festivals;

/// Years that one table may speak of.
pub const CALENDAR_YEARS_MAX: i32 = 50;

/// The first line of a table of days.
const HEADER: &str = "date,kind,festival";

/// Reads a table of statutory days, `date,kind,festival`, of the days from `from` to `until`; kind `holiday` or `make-up workday`.
pub fn calendar(text: &str, from: Day, until: Day) -> Result<Calendar, ReferenceError> {
    if until < from || until.year() - from.year() >= CALENDAR_YEARS_MAX {
        let (zh, en) = ("止日应不早于起日,且不超过50年", "the last day is on or after the first, within 50 years");
        return Err(ReferenceError::line(1, zh, en));
    }
    if text.lines().next().map(str::trim_end) != Some(HEADER) {
        let en = format!("the first line is {HEADER:?}");
        return Err(ReferenceError::line(1, format!("首行应为“{HEADER}”"), en));
    }
    let (mut days, mut seen) = (Vec::new(), BTreeSet::new());
    for (index, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let (day, kind) = row(line).map_err(|(zh, en)| ReferenceError::line(index + 1, zh, en))?;
        let wrong =
            |zh: &str, en: &str| Err(ReferenceError::line(index + 1, format!("{day} {zh}"), format!("{day} {en}")));
        if !(from..=until).contains(&day) {
            return wrong("不在所述起止日之间", "is not between the first and the last day");
        }
        if !seen.insert(day) {
            return wrong("列出两次", "stands twice");
        }
        if kind == DayKind::MakeUpWorkday && Calendar::default().is_working_day(day) {
            return wrong("本就是工作日,无须调休上班", "is no Saturday or Sunday, so it is worked anyway");
        }
        days.push((day, kind));
    }
    Ok(Calendar::covering(from, until, days))
}

/// The same of a table that somebody is to adopt: it knows the statutory festivals of the years it covers.
pub fn working_days(text: &str, from: Day, until: Day) -> Result<Calendar, ReferenceError> {
    let days = calendar(text, from, until)?;
    knows_festivals(&days, from, until)?;
    Ok(days)
}

fn row(line: &str) -> Result<(Day, DayKind), (&'static str, &'static str)> {
    let mut fields = line.split(',');
    let day = Day::parse(fields.next().unwrap_or_default().trim())
        .map_err(|_| ("第一列不是日期", "the first column is no day"))?;
    let kind = match fields.next().map(str::trim) {
        Some("holiday") => DayKind::Holiday,
        Some("make-up workday") => DayKind::MakeUpWorkday,
        _ => return Err(("第二列应为 holiday 或 make-up workday", "the second column is holiday or make-up workday")),
    };
    Ok((day, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_refused_by_its_line() {
        let day = |text| Day::parse(text).unwrap();
        let read = |text: &str| calendar(text, day("2027-01-01"), day("2027-12-31"));
        assert!(read("date,kind,festival\n2027-01-01,holiday,New Year\n").is_ok());
        for (text, said) in [
            ("2027-01-01,holiday,New Year\n", "line 1: "),
            ("date,kind,festival\n2027-01-01,holiday,x\n2027-01-01,holiday,x\n", "line 3: 2027-01-01 列出两次"),
            ("date,kind,festival\n2026-12-31,holiday,x\n", "line 2: 2026-12-31 不在"),
            ("date,kind,festival\n2027-02-08,make-up workday,x\n", "line 2: 2027-02-08 本就"),
            ("date,kind,festival\n2027-02-30,holiday,x\n", "line 2: 第一列"),
            ("date,kind,festival\n2027-02-08,free,x\n", "line 2: 第二列"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
        assert!(calendar("date,kind,festival\n", day("2027-01-02"), day("2027-01-01")).is_err());
    }
}
