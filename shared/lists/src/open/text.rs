//! The lines of a text file: its delimiter, its lines, its quotation marks.

use std::collections::HashMap;

use crate::book::{Book, Broken, Cell, Format, Line, Sheet};
use crate::bounds::{CELL_CHARS_MAX, COLUMNS_MAX, HEADER_ROWS_MAX, LINES_MAX};
use crate::error::{Kind, ListError};
use crate::open::grid::{self, Budget};
use crate::words::headings;

/// What may part cells, the likeliest last.
const DELIMITERS: &[char] = &['|', '、', '；', '，', ';', '\t', ','];

/// Opens a text.
pub(super) fn open(text: &str, encoding: &'static str) -> Result<Book, ListError> {
    let (declared, text, skipped) = declared(text);
    let delimiter = declared.unwrap_or_else(|| delimiter(text));
    let mut budget = Budget::new();
    let lines = Splitter::new(text, delimiter, skipped).all(LINES_MAX, &mut budget)?;
    let control = |cell: &Cell| cell.text.chars().filter(|c| c.is_control()).count() * 10 > cell.text.chars().count();
    if lines.iter().take(HEADER_ROWS_MAX).any(|line| line.cells.iter().any(control)) {
        return Err(ListError::NotAList(Kind::Unknown));
    }
    let format = Format::Text { encoding, delimiter };
    Ok(Book { format, sheets: vec![Sheet { lines, ..Sheet::default() }] })
}

/// What a first line `sep=;` says, which Excel writes and reads, the text behind it, and how many lines that is.
fn declared(text: &str) -> (Option<char>, &str, u64) {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let line = text[..end].trim_matches(|c: char| c == '"' || c == ' ' || c == '\u{FEFF}');
    let word = line.get(..4).filter(|word| word.eq_ignore_ascii_case("sep="));
    // Behind other cells' delimiters, where a program padded the line.
    let Some(delimiter) = word.and_then(|_| line[4..].chars().next()) else { return (None, text, 0) };
    if delimiter == '"' || line[4..].trim_end_matches([',', ';', '\t']).chars().count() > 1 {
        return (None, text, 0);
    }
    let rest = &text[end..];
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
    (Some(delimiter), rest, 1)
}

/// The delimiter that makes most headings known; where none does, the one that parts lines most alike.
fn delimiter(text: &str) -> char {
    let head: Vec<&str> = physical(text).filter(|line| !line.trim().is_empty()).take(HEADER_ROWS_MAX * 2).collect();
    let known = |delimiter: char| {
        let named = |line: &&str| {
            let cells = line.split(delimiter).take(COLUMNS_MAX as usize);
            cells.filter(|cell| headings::column(cell.trim_matches(['"', ' '])).is_some()).count()
        };
        head.iter().take(HEADER_ROWS_MAX).map(named).max().unwrap_or(0)
    };
    let alike = |delimiter: char| {
        let mut counts: HashMap<usize, usize> = HashMap::new();
        for line in &head {
            *counts.entry(line.matches(delimiter).count()).or_default() += 1;
        }
        counts.into_iter().filter(|(many, _)| *many > 0).map(|(_, lines)| lines).max().unwrap_or(0)
    };
    // On a tie the comma counts: `max_by_key` takes the last. Within a text the marks for reading are no delimiters but where headings say so.
    DELIMITERS
        .iter()
        .copied()
        .max_by_key(|d| (known(*d), if matches!(d, '、' | '，' | '；' | '|') { 0 } else { alike(*d) }))
        .unwrap_or(',')
}

/// The lines as they end in the file.
fn physical(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let (line, then) = next_line(rest?);
        rest = then;
        Some(line)
    })
}

/// A line and what follows its end; lines end by a line feed, a carriage return, or both.
fn next_line(text: &str) -> (&str, Option<&str>) {
    match text.find(['\r', '\n']) {
        None => (text, None),
        Some(end) => {
            let rest = &text[end..];
            let after = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
            (&text[..end], (!after.is_empty()).then_some(after))
        }
    }
}

/// Splits a text into lines of cells.
struct Splitter<'a> {
    rest: Option<&'a str>,
    delimiter: char,
    /// The line at hand, from 1, as an editor counts.
    number: u64,
    /// How many delimiters a whole line has.
    whole: usize,
    /// How many bytes may still be read in vain: every mark that does not close is followed anew, and a file of them would be gone over without end.
    in_vain: usize,
}

/// A line of cells read from the text's beginning, and what follows.
struct Read<'a> {
    cells: Vec<String>,
    /// How many lines of the file it takes.
    lines: u64,
    rest: Option<&'a str>,
}

impl<'a> Splitter<'a> {
    fn new(text: &'a str, delimiter: char, skipped: u64) -> Self {
        let rest = (!text.is_empty()).then_some(text);
        Self { rest, delimiter, number: 1 + skipped, whole: whole(text, delimiter), in_vain: 16 * text.len() + 65_536 }
    }

    fn all(mut self, most: usize, budget: &mut Budget) -> Result<Vec<Line>, ListError> {
        let mut lines = Vec::new();
        while let Some(text) = self.rest {
            let number = self.number;
            let (read, broken) = match self.read(text) {
                Ok(read) => (read, None),
                // As it stands, so that the lines behind it are read as lines.
                Err(gone) => {
                    self.in_vain = self.in_vain.saturating_sub(gone);
                    (self.as_it_stands(text), Some(Broken::QuotationMark))
                }
            };
            self.rest = read.rest;
            self.number += read.lines;
            let mut cells: Vec<Cell> =
                read.cells.iter().take(COLUMNS_MAX as usize).map(|cell| grid::cell(cell)).collect();
            cells.truncate(cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1));
            if cells.is_empty() {
                continue;
            }
            budget.cells(cells.len())?;
            budget.bytes(cells.iter().map(|cell| cell.text.len()).sum())?;
            lines.push(Line { number, cells, broken, unseen: None });
            if lines.len() > most {
                return Err(ListError::TooManyRows);
            }
        }
        Ok(lines)
    }

    /// The next line of cells. An error, with how many bytes were gone over, where a quotation mark opens and does not close, or takes in what looks like whole lines: a cell that goes over
    /// lines of the file may hold what it will, but where its first line alone and another alone are as long as a line of the list, or where it
    /// closes and goes on with other words, rows stand in it.
    fn read(&self, text: &'a str) -> Result<Read<'a>, usize> {
        let mut cells = Vec::new();
        let mut rest = text;
        let mut lines = 1;
        loop {
            let Some(quoted) = rest.strip_prefix('"') else {
                // A cell without marks ends at the delimiter or with the line.
                let end = rest.find([self.delimiter, '\r', '\n']).unwrap_or(rest.len());
                push(&mut cells, rest[..end].to_owned());
                rest = &rest[end..];
                match self.after(rest) {
                    Some(next) => rest = next,
                    None => break,
                }
                continue;
            };
            let before = text.len() - quoted.len();
            let (mut cell, breaks, after) = closing(quoted, self.in_vain).map_err(|gone| before + gone)?;
            lines += breaks;
            rest = after;
            // What stands behind the mark belongs to the cell.
            let end = rest.find([self.delimiter, '\r', '\n']).unwrap_or(rest.len());
            let goes_on = breaks > 0 && !rest[..end].trim().is_empty();
            if goes_on || (lines > 1 && text.len() - rest.len() > self.in_vain) {
                return Err(text.len() - rest.len());
            }
            cell.push_str(&rest[..end]);
            push(&mut cells, cell);
            rest = &rest[end..];
            match self.after(rest) {
                Some(next) => rest = next,
                None => break,
            }
        }
        if lines > 1 {
            let taken = &text[..text.len() - rest.len()];
            let mut of_file = physical(taken).map(|line| line.matches(self.delimiter).count() >= self.whole.max(1));
            let first = of_file.next().unwrap_or(false);
            if self.whole > 0 && first && of_file.any(|whole| whole) {
                return Err(text.len() - rest.len());
            }
        }
        let (_, rest) = next_line(rest);
        Ok(Read { cells, lines, rest })
    }

    /// What follows the delimiter; `None` at the line's end.
    fn after(&self, rest: &'a str) -> Option<&'a str> {
        rest.strip_prefix(self.delimiter)
    }

    /// A line of the file, its marks as they stand.
    fn as_it_stands(&self, text: &'a str) -> Read<'a> {
        let (line, rest) = next_line(text);
        let mut cells = Vec::new();
        for cell in line.split(self.delimiter).take(COLUMNS_MAX as usize) {
            cells.push(cell.to_owned());
        }
        Read { cells, lines: 1, rest }
    }
}

fn push(cells: &mut Vec<String>, cell: String) {
    if cells.len() < COLUMNS_MAX as usize {
        cells.push(cell);
    }
}

/// What a quotation mark that opened holds, how many lines of the file it goes over, and what follows the mark that closes it. An error, with how
/// many bytes were gone over, where none does, or only behind more than a cell may hold or than may be read.
fn closing(quoted: &str, most: usize) -> Result<(String, u64, &str), usize> {
    let (mut cell, mut breaks, mut chars) = (String::new(), 0, 0_usize);
    let mut rest = quoted;
    loop {
        let end = rest.find(['"', '\r', '\n']).ok_or(quoted.len())?;
        chars += rest[..end].chars().count() + 1;
        cell.push_str(&rest[..end]);
        let mark = &rest[end..];
        if let Some(after) = mark.strip_prefix("\"\"") {
            cell.push('"');
            rest = after;
        } else if let Some(after) = mark.strip_prefix('"') {
            return Ok((cell, breaks, after));
        } else {
            let gone = quoted.len() - mark.len();
            if chars > CELL_CHARS_MAX || gone > most {
                return Err(gone);
            }
            breaks += 1;
            cell.push('\n');
            rest = mark.strip_prefix("\r\n").unwrap_or(&mark[1..]);
        }
    }
}

/// How many delimiters the lines of a list have: those of its headings, else those of most lines.
fn whole(text: &str, delimiter: char) -> usize {
    let head: Vec<&str> = physical(text).filter(|line| !line.trim().is_empty()).take(1_000).collect();
    let named = |line: &str| {
        line.split(delimiter)
            .take(COLUMNS_MAX as usize)
            .filter(|cell| headings::column(cell.trim_matches(['"', ' '])).is_some())
            .count()
    };
    let headings = head.iter().take(HEADER_ROWS_MAX).map(|line| (named(line), *line)).max_by_key(|(named, _)| *named);
    if let Some((2.., line)) = headings {
        // Those behind the last heading are there for no column.
        return line.trim_end_matches([delimiter, ' ']).matches(delimiter).count();
    }
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for line in &head {
        *counts.entry(line.matches(delimiter).count()).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(many, _)| *many > 0)
        .max_by_key(|(many, lines)| (*lines, *many))
        .map_or(0, |(many, _)| many)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Form;

    fn lines(text: &str) -> Vec<Line> {
        open(text, "UTF-8").unwrap().sheets.remove(0).lines
    }

    fn told(text: &str) -> Vec<String> {
        let cells = |line: &Line| line.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("|");
        let broken = |line: &Line| if line.broken.is_some() { "!" } else { "" };
        lines(text).iter().map(|line| format!("{}{}:{}", line.number, broken(line), cells(line))).collect()
    }

    #[test]
    fn delimiters_are_told_apart_and_lines_counted_as_an_editor_does() {
        for (d, end) in [(",", "\n"), ("\t", "\r\n"), (";", "\r"), ("，", "\n"), ("；", "\r\n"), ("|", "\n")] {
            let rows =
                ["名单", "", &format!("机构名称{d}地址"), "", &format!("\"甲{end}园\"{d}一"), &format!("乙{d}二")];
            assert_eq!(told(&rows.join(end)), ["1:名单", "3:机构名称|地址", "5:甲 园|一", "7:乙|二"], "{d:?} {end:?}");
        }
        // The marks for reading are no delimiters where headings do not say so.
        assert_eq!(told("机构名称,地址\n甲园,一，二、三；四"), ["1:机构名称|地址", "2:甲园|一，二、三；四"]);
        assert_eq!(told("甲;一,二;三\n乙;四;五\n丙;六;七"), ["1:甲|一,二|三", "2:乙|四|五", "3:丙|六|七"]);
    }

    #[test]
    fn a_first_line_may_say_the_delimiter() {
        for first in ["sep=;", "SEP=;\r", "\"sep=;\"", "sep=;;;"] {
            assert_eq!(
                told(&format!("{first}\n机构名称;地址,路\n甲;一")),
                ["2:机构名称|地址,路", "3:甲|一"],
                "{first:?}"
            );
        }
        assert_eq!(told("sep=;x,地址\n甲,一"), ["1:sep=;x|地址", "2:甲|一"]);
    }

    #[test]
    fn quoted_line_breaks_that_are_right_stay_right() {
        let head = "机构名称,类别,所属区县,备注\n";
        for (row, want) in [
            ("甲园,园,区,\"一\n二\"\n乙园,园,区,", vec!["2:甲园|园|区|一 二", "4:乙园|园|区"]),
            ("\"甲\n园\",园,区,\"他说\"\"好\"\"\"", vec!["2:甲 园|园|区|他说\"好\""]),
            ("甲园,园,区,\"一,二\n三,四\n五\"\n乙园,园,区,六", vec!["2:甲园|园|区|一,二 三,四 五", "5:乙园|园|区|六"]),
            ("甲园,\"园\"儿,区,5\"管", vec!["2:甲园|园儿|区|5\"管"]),
        ] {
            assert_eq!(told(&format!("{head}{row}"))[1..], want, "{row:?}");
        }
    }

    #[test]
    fn a_mark_that_does_not_close_or_takes_in_lines_is_told_at_its_line_and_the_rest_is_read() {
        let head = "机构名称,类别,所属区县,备注\n";
        for (rows, want) in [
            // Not closed.
            ("甲,园,区,\"原名\n乙,园,区,\n丙,园,区,", vec!["2!:甲|园|区|\"原名", "3:乙|园|区", "4:丙|园|区"]),
            ("\"甲,园,区,\n乙,园,区,", vec!["2!:\"甲|园|区", "3:乙|园|区"]),
            // Closed by one that opens another cell.
            ("甲,园,区,\"原\n乙,园,区,\"好\"\n丙,园,区,", vec!["2!:甲|园|区|\"原", "3:乙|园|区|好", "4:丙|园|区"]),
            ("甲,\"园,区,\n乙,园,\"区\",", vec!["2!:甲|\"园|区", "3:乙|园|区"]),
            // Closed by one that does not close itself.
            ("甲,园,区,\"原\n乙,园,区,\"\n丙,园,区,", vec!["2!:甲|园|区|\"原", "3!:乙|园|区|\"", "4:丙|园|区"]),
            ("甲,\"园,区,\n乙,园\",区,\n丙,园,区,", vec!["2!:甲|\"园|区", "3:乙|园\"|区", "4:丙|园|区"]),
        ] {
            assert_eq!(told(&format!("{head}{rows}"))[1..], want, "{rows:?}");
        }
    }

    #[test]
    fn a_cell_that_goes_on_for_ever_is_none() {
        let text = format!("机构名称,备注\n甲,\"{}\"\n乙,二", "长\n".repeat(3_000));
        let lines = lines(&text);
        assert_eq!((lines[1].number, lines[1].broken), (2, Some(Broken::QuotationMark)));
        assert_eq!(lines.last().map(|line| line.cells.len()), Some(2));
    }

    #[test]
    fn marks_that_do_not_close_are_not_followed_without_end() {
        // From each line on, cells close and open again up to the file's end, and there one does not close.
        let text = format!("机构名称,备注\n{}", "b\",\"a\n".repeat(30_000));
        let begun = std::time::Instant::now();
        assert_eq!(lines(&text).iter().filter(|line| line.broken.is_some()).count(), 30_000);
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }

    #[test]
    fn what_a_spreadsheet_shows_of_a_failed_formula_is_no_value() {
        let lines = lines("机构名称,备注\n#N/A,#1楼\n########,#REF!");
        let forms = |at: usize| lines[at].cells.iter().map(|cell| cell.form).collect::<Vec<_>>();
        assert_eq!(forms(1), [Form::Error, Form::Text]);
        assert_eq!(forms(2), [Form::Error, Form::Error]);
    }
}
