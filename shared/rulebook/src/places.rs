//! Tables of places as they are written.

use std::collections::BTreeSet;

use domain::{Day, DivisionPrefix, DivisionTable, Name};

use crate::error::ReferenceError;

/// The first line of a table of places.
pub(crate) const HEADER: &str = "code,name,last_day";

/// Reads a table of places, `code,name,last_day`: codes of 2, 4, 6, 9 or 12 digits, the last day of those that are retired.
pub fn places(edition: &Name, text: &str) -> Result<DivisionTable, ReferenceError> {
    if text.lines().next().map(str::trim_end) != Some(HEADER) {
        let en = format!("the first line is {HEADER:?}");
        return Err(ReferenceError::line(1, format!("首行应为“{HEADER}”"), en));
    }
    let (mut rows, mut retired, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (index, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |zh: &str, en: &str| ReferenceError::line(index + 1, zh, en);
        let mut fields = line.split(',').map(str::trim);
        let (code, name, last_day) = (fields.next().unwrap_or_default(), fields.next(), fields.next());
        if DivisionPrefix::parse(code).is_err() {
            let en = "the first column is no code of 2, 4, 6, 9 or 12 digits";
            return Err(wrong("第一列不是区划代码(2、4、6、9或12位)", en));
        }
        if !seen.insert(code) {
            return Err(wrong("区划代码列出两次", "the code stands twice"));
        }
        let name = Name::parse(name.unwrap_or_default()).map_err(|invalid| wrong(invalid.zh, invalid.en))?;
        if let Some(last_day) = last_day.filter(|day| !day.is_empty()) {
            let day = Day::parse(last_day).map_err(|_| wrong("第三列不是日期", "the third column is no day"))?;
            retired.push((code.to_owned(), day));
        }
        rows.push((code.to_owned(), name.to_string()));
    }
    if rows.is_empty() {
        return Err(ReferenceError::line(1, "没有一个区划", "there is no place in it"));
    }
    Ok(DivisionTable::new(edition.as_str(), rows).retiring(retired))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_refused_by_its_line() {
        let read = |text: &str| places(&Name::parse("2027").unwrap(), text);
        assert!(read("code,name,last_day\n321003,邗江区,\n321011,维扬区,2011-11-12\n").is_ok());
        for (text, said) in [
            ("321003,邗江区,\n", "line 1: "),
            ("code,name,last_day\n", "line 1: "),
            ("code,name,last_day\n32100,邗江区,\n", "line 2: 第一列"),
            ("code,name,last_day\n321003,邗江区,\n321003,邗江区,\n", "line 3: 区划代码列出两次"),
            ("code,name,last_day\n321003,,\n", "line 2: 此项必填"),
            ("code,name,last_day\n321003,邗江区,今天\n", "line 2: 第三列"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
    }
}
