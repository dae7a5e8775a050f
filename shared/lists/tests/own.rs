//! Lists written for the purpose, unlike those of the field, as bureaus write: titles, parts, notes, spellings. Each stands in `own/` with its truth:
//! what goes in without an answer equals it, and with an officer's answers every row goes in, or is told why not. Read wrongly: none.
//!
//! A file has the list after `@csv`, `@tsv`, `@semi`, `@gb18030` as it is, or after `@xlsx` and `@html` as cells between `|`, where `<` is merged with the
//! cell on its left, `^` with the one above, and `#hidden` and `#struck` mark a row, `@sheet NAME` begins a sheet; `@answers` what an officer would say;
//! `@ask` what may be asked (`*`: anything); `@truth` a line for each row: `NAME :: VERDICT CATEGORY PLACE key=value …`, where a place that ends in `*` may
//! be told more nearly, `worked` says that the last day was worked out, and `may=` names another outcome that is no fault.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use domain::Day;
use lists::{List, Reading, Verdict};
use rust_xlsxwriter::{Format as Look, Workbook, Worksheet};

mod carried;

/// One list with its truth.
struct Own {
    name: String,
    format: String,
    body: Vec<String>,
    answers: Vec<(String, String)>,
    ask: Option<Vec<String>>,
    truth: Vec<Truth>,
}

#[derive(Debug)]
struct Truth {
    name: String,
    verdict: String,
    category: String,
    place: String,
    keys: BTreeMap<String, String>,
}

impl Own {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut own = Self { name, format: String::new(), body: vec![], answers: vec![], ask: None, truth: vec![] };
        let mut truth = false;
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "@csv" | "@tsv" | "@semi" | "@gb18030" | "@xlsx" | "@html" => word[1..].clone_into(&mut own.format),
                "@answers" => {
                    own.answers = rest
                        .split(' ')
                        .filter_map(|pair| pair.split_once('='))
                        .map(|(id, answer)| (id.to_owned(), answer.to_owned()))
                        .collect();
                }
                "@ask" => own.ask = Some(rest.split([' ', ',']).map(str::to_owned).collect()),
                "@truth" => truth = true,
                _ if truth && !line.is_empty() => own.truth.push(Truth::read(line)),
                // What stands above the list says what it is like.
                _ if own.format.is_empty() => {}
                _ if !truth && own.answers.is_empty() && own.ask.is_none() => own.body.push(line.to_owned()),
                _ => {}
            }
        }
        own
    }

    fn bytes(&self) -> Vec<u8> {
        let text = self.body.join("\n");
        match self.format.as_str() {
            "tsv" => text.replace(',', "\t").into_bytes(),
            "semi" => text.replace(',', ";").into_bytes(),
            "gb18030" => encoding_rs::GB18030.encode(&text).0.into_owned(),
            "xlsx" => self.xlsx(),
            "html" => self.html().into_bytes(),
            _ => text.into_bytes(),
        }
    }

    fn html(&self) -> String {
        let mut out = String::from("<html><head><meta charset=utf-8></head><body><p>发布时间</p><table border=1>\n");
        for line in &self.body {
            out.push_str("<tr>");
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| **cell != "<") {
                let span = 1 + cells[at + 1..].iter().take_while(|cell| **cell == "<").count();
                write!(out, "<td colspan={span}><p>{cell}&nbsp;</p></td>").unwrap();
            }
            out.push_str("</tr>\n");
        }
        out + "</table></body></html>"
    }

    fn xlsx(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let mut sheets: Vec<(Option<String>, Vec<&String>)> = vec![(None, Vec::new())];
        for line in &self.body {
            match line.strip_prefix("@sheet ") {
                Some(name) if sheets.len() == 1 && sheets[0].1.is_empty() => sheets[0].0 = Some(name.to_owned()),
                Some(name) => sheets.push((Some(name.to_owned()), Vec::new())),
                None => sheets.last_mut().unwrap().1.push(line),
            }
        }
        for (name, lines) in sheets {
            let sheet = book.add_worksheet();
            if let Some(name) = name {
                sheet.set_name(name).unwrap();
            }
            grid(sheet, &lines);
        }
        book.save_to_buffer().unwrap()
    }
}

fn grid(sheet: &mut Worksheet, lines: &[&String]) {
    let plain = Look::new();
    let struck = Look::new().set_font_strikethrough();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut looks = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let row = u32::try_from(at).unwrap();
        let (mark, rest) = match line.split_once(' ') {
            Some((mark @ ("#hidden" | "#struck"), rest)) => (mark, rest),
            _ => ("", line.as_str()),
        };
        if mark == "#hidden" {
            sheet.set_row_hidden(row).unwrap();
        }
        looks.push(if mark == "#struck" { &struck } else { &plain });
        rows.push(rest.split('|').map(|cell| cell.trim().to_owned()).collect());
    }
    let cell = |row: usize, column: usize| rows.get(row).and_then(|cells| cells.get(column)).map_or("", String::as_str);
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !matches!(text.as_str(), "" | "<" | "^")) {
            let right = (column + 1..cells.len()).take_while(|next| cell(row, *next) == "<").count();
            let below = (row + 1..rows.len()).take_while(|next| cell(*next, column) == "^").count();
            let at = (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
            let to = (u32::try_from(row + below).unwrap(), u16::try_from(column + right).unwrap());
            if right + below > 0 {
                sheet.merge_range(at.0, at.1, to.0, to.1, text, looks[row]).unwrap();
            } else if let Some(error) = text.strip_prefix('=') {
                sheet.write_formula(at.0, at.1, rust_xlsxwriter::Formula::new("=1/0").set_result(error)).unwrap();
            } else {
                sheet.write_string_with_format(at.0, at.1, text, looks[row]).unwrap();
            }
        }
    }
}

impl Truth {
    fn read(line: &str) -> Self {
        let (name, rest) = line.split_once(" :: ").unwrap_or_else(|| panic!("no truth: {line}"));
        let mut words: Vec<String> = Vec::new();
        let mut keys = BTreeMap::new();
        for word in rest.split(' ').filter(|word| !word.is_empty()) {
            match word.split_once('=') {
                Some((key, value)) => drop(keys.insert(key.to_owned(), value.to_owned())),
                None if word == "worked" => drop(keys.insert(word.to_owned(), String::new())),
                None => words.push(word.to_owned()),
            }
        }
        let mut word = |at: usize| words.get_mut(at).map(std::mem::take).unwrap_or_default();
        Self { name: name.to_owned(), verdict: word(0), category: word(1), place: word(2), keys }
    }

    fn may(&self, outcome: &str) -> bool {
        self.keys.get("may").is_some_and(|may| may == outcome)
    }

    /// What is read wrongly of this row, in words.
    fn wrong(&self, row: &Reading) -> Vec<String> {
        let Some(entry) = &row.entry else { return Vec::new() };
        let mut wrong = Vec::new();
        let mut hold = |what: &str, read: Option<String>, is: Option<String>| {
            if read != is && is.as_deref() != Some("?") && is.as_deref() != Some("*") {
                wrong.push(format!("{what} {read:?}, is {is:?}"));
            }
        };
        let verdict = match row.verdict {
            Some(Verdict::Certified) => "certified".to_owned(),
            Some(Verdict::Proposed { .. }) => "proposed".to_owned(),
            Some(Verdict::Refused) => "refused".to_owned(),
            Some(Verdict::Ended { .. }) => "ended".to_owned(),
            None => "none".to_owned(),
        };
        let is = match self.verdict.as_str() {
            "withdrawn" | "revoked" | "annulled" | "deregistered" | "closed" | "expired" => "ended",
            other => other,
        };
        if is == "any" || self.may(&verdict) {
            return Vec::new();
        }
        hold("verdict", Some(verdict), Some(is.to_owned()));
        hold("category", Some(entry.category.to_string()), Some(self.category.clone()));
        let place = entry.division.to_string();
        if !self.place.strip_suffix('*').is_some_and(|begin| place.starts_with(begin)) {
            hold("place", Some(place), Some(format!("{:0<12}", self.place)));
        }
        let said = |key: &str| self.keys.get(key).cloned();
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        let certified = row.verdict == Some(Verdict::Certified);
        if certified {
            hold("decided", day(entry.decided_on), said("decided"));
            hold("from", day(entry.valid_from), said("from"));
            hold("to", day(entry.valid_to), said("to"));
            hold("worked out", entry.worked_out.as_ref().map(|_| String::new()), said("worked"));
        }
        if let (Some(Verdict::Ended { decided_on, .. }), Some(ended)) = (row.verdict, said("ended")) {
            // A dash: the list does not say when.
            hold("ended", day(decided_on), Some(ended).filter(|ended| ended != "-"));
        }
        if !self.may("doc") {
            hold("document", entry.document.as_ref().map(ToString::to_string), said("doc"));
        }
        if certified || said("addr").is_none() {
            hold("address", entry.address.as_ref().map(ToString::to_string), said("addr"));
        }
        hold("code", entry.uscc.as_ref().map(|code| code.as_str().to_owned()), said("uscc"));
        wrong
    }
}

/// What is wrong with a reading of a list; `answered` where the officer has.
fn wrong(own: &Own, list: &List, answered: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut left: Vec<&Truth> = own.truth.iter().collect();
    for row in &list.rows {
        let key = |text: &str| text.replace([' ', '\u{3000}'], "");
        let fits = |truth: &&Truth| key(&truth.name) == key(&row.name);
        // Of two of one name the one that is read as it is.
        let at = left
            .iter()
            .position(|truth| fits(truth) && truth.wrong(row).is_empty())
            .or_else(|| left.iter().position(fits));
        let Some(at) = at else {
            if row.entry.is_some() {
                wrong.push(format!("made up: line {} {:?}", row.at.line, row.name));
            }
            continue;
        };
        let truth = left.remove(at);
        wrong.extend(truth.wrong(row).into_iter().map(|what| format!("line {} {}: {what}", row.at.line, row.name)));
        let out = match (&row.entry, row.faults.is_empty()) {
            (Some(_), _) => "in",
            (None, false) => "fault",
            (None, true) => "asked",
        };
        let expected = if truth.verdict == "fault" { "fault" } else { "in" };
        if answered && out != expected && !truth.may(out) {
            let faults: Vec<&str> = row.faults.iter().map(|fault| fault.zh.as_str()).collect();
            wrong.push(format!(
                "line {} {} is {out}, not {expected}: {faults:?} {:?}",
                row.at.line, row.name, row.waits_for
            ));
        }
    }
    for truth in left.iter().filter(|truth| !truth.may("lost") && truth.verdict != "fault") {
        wrong.push(format!("lost: {}", truth.name));
    }
    let counts = lists::account::count(&list.lines);
    if counts.lines != counts.with_rows + counts.titles + counts.not.values().sum::<u64>() {
        wrong.push(format!("does not add up: {counts:?}"));
    }
    wrong
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/own");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn lists_unlike_those_that_were_given_are_read_right_asked_or_refused() {
    let (mut at_once, mut asked, mut refused, mut rows, mut failed) = (0, 0, 0, 0, Vec::new());
    for path in files() {
        let own = Own::read(&path);
        let bytes = own.bytes();
        let first = carried::read(&bytes, &own.name, &[]);
        let questions: Vec<&str> = first.questions.iter().map(|question| question.id.as_str()).collect();
        let mut told = wrong(&own, &first, own.answers.is_empty());
        let answers: Vec<(&str, &str)> =
            own.answers.iter().map(|(id, answer)| (id.as_str(), answer.as_str())).collect();
        let last = if answers.is_empty() { first.clone() } else { carried::read(&bytes, &own.name, &answers) };
        if !answers.is_empty() {
            told.extend(wrong(&own, &last, true));
        }
        // What is asked is what the list leaves open: at most two things, and each of them foreseen.
        let answered = |id: &&str| own.answers.iter().any(|(known, _)| known == id);
        let foreseen = own.ask.as_ref().is_some_and(|ask| ask.iter().any(|id| id == "*"));
        if !foreseen && !questions.iter().all(answered) {
            told.push(format!("asks {questions:?}"));
        }
        rows += own.truth.len();
        let whole = |list: &List| list.rows.iter().all(|row| row.entry.is_some());
        if whole(&first) {
            at_once += 1;
        } else if whole(&last) {
            asked += 1;
        } else {
            refused += 1;
        }
        if !told.is_empty() {
            failed.push(format!("{}: {}", own.name, told.join("\n    ")));
        }
    }
    println!(
        "{} lists, {rows} rows: {at_once} go in at once, {asked} after answers, {refused} with rows that are refused or left open; not as they are: {}",
        files().len(),
        failed.len()
    );
    assert!(failed.is_empty(), "{} lists:\n{}", failed.len(), failed.join("\n"));
}
