//! Sentences beside a table that speak of some of its rows: 上述名单中第1号已取消, 带*的为普惠性幼儿园, 除序号2外均认定. They say nothing of what stands below them,
//! and are not lost.

use std::collections::{HashMap, HashSet};

use crate::book::Cell;
use crate::fold;
use crate::header::Header;
use crate::tables::TableRow;
use crate::words::headings::Column;
use crate::words::marks::Mark;
use crate::words::phrases::Place;
use crate::words::pointers::{self, Points, after};
use crate::words::verdicts;

/// Clauses of a sheet that are looked at.
const CLAUSES_MAX: usize = 200;
/// Longest clause, in characters: what is longer tells rules.
const CLAUSE_CHARS_MAX: usize = 80;
/// Shortest name that is looked for in a sentence, in characters.
const NAME_CHARS_MIN: usize = 4;

/// What a sentence says of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// How far its certification has come.
    Mark(Mark),
    /// Nobody but an officer can tell.
    Unclear,
    /// That others are certified.
    NotNamed,
    /// That all but it are certified.
    Excepted,
}

/// What a sentence says of a row, and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointed {
    pub(crate) told: Told,
    pub(crate) words: String,
}

/// Which rows a clause is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    Numbers(Vec<u32>),
    Sign(char),
    Look,
    Above,
    Below,
    All,
    /// The ones whose names stand in it.
    Named,
}

/// One clause about rows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    line: u64,
    who: Who,
    /// What is said of those it points at; of the others, where it says 除…外.
    says: Option<Told>,
    others: Option<Told>,
    words: String,
    /// The names of rows that stand in it, where it is about those.
    names: Vec<String>,
}

/// A row as sentences name it.
pub(crate) struct Row<'a> {
    line: u64,
    ordinal: Option<u32>,
    /// Its name, folded.
    name: String,
    cells: &'a [Cell],
}

impl<'a> Row<'a> {
    pub(crate) fn of(header: &Header, row: &'a TableRow<'_>) -> Self {
        let cell = |column| header.place(column).and_then(|at| row.cells.get(at)).map_or("", |cell| cell.text.as_str());
        let ordinal: String = fold::name(cell(Column::Ordinal)).chars().filter(char::is_ascii_digit).collect();
        Self { line: row.number, ordinal: ordinal.parse().ok(), name: fold::key(cell(Column::Name)), cells: &row.cells }
    }

    fn carries(&self, sign: char) -> bool {
        let is = |c: char| c == sign || (c as u32).checked_sub(0xFEE0) == Some(sign as u32);
        self.cells.iter().any(|cell| cell.text.chars().any(is))
    }
}

/// The sentences about rows of one sheet.
#[derive(Debug, Default)]
pub(crate) struct Pointers {
    clauses: Vec<Clause>,
    /// What of each title is no such sentence, by its line.
    rest: HashMap<u64, String>,
    /// How often each number stands before a row, and at which place the row of each line is.
    numbers: HashMap<u32, usize>,
    places: HashMap<u64, usize>,
    rows: usize,
    /// Signs that are given a meaning and no row carries: how they were set is lost.
    lost: Vec<char>,
}

impl Pointers {
    /// Looks at the titles and notes of a sheet.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = (u64, &'a str)>, rows: &[Row<'_>]) -> Self {
        let mut found = Self::default();
        let mut looks = CLAUSES_MAX;
        let names = Names::of(rows);
        for (line, text) in texts {
            if found.clauses.len() >= CLAUSES_MAX {
                break;
            }
            let mut rest = String::new();
            let mut any = false;
            for part in text.split_inclusive(['。', ';', '；', '(', ')', '（', '）']) {
                let key = fold::key(part);
                let key = key.trim_end_matches(['。', ';', '(', ')', ',']);
                let clause = clause(line, key, part).or_else(|| named(line, key, part, &names, &mut looks));
                match clause {
                    Some(clause) => {
                        any = true;
                        found.clauses.push(clause);
                    }
                    None => rest.push_str(part),
                }
            }
            if any {
                found.rest.insert(line, rest.trim_end_matches(['(', '（']).to_owned());
            }
        }
        if !found.clauses.is_empty() {
            found.rows = rows.len();
            for (place, row) in rows.iter().enumerate() {
                if let Some(number) = row.ordinal {
                    *found.numbers.entry(number).or_default() += 1;
                }
                found.places.entry(row.line).or_insert(place);
            }
            for clause in &found.clauses {
                let Who::Sign(sign) = clause.who else { continue };
                if !found.lost.contains(&sign) && !rows.iter().any(|row| row.carries(sign)) {
                    found.lost.push(sign);
                }
            }
        }
        found
    }

    /// Whether there are none.
    pub(crate) fn is_none(&self) -> bool {
        self.clauses.is_empty()
    }

    /// What of a title holds for what stands below it, where not all of it does.
    pub(crate) fn rest(&self, line: u64) -> Option<&str> {
        self.rest.get(&line).map(String::as_str)
    }

    /// A row whose name carries a sign that the list gives a meaning, without it: it marks the row and is no part of the name.
    pub(crate) fn without_signs<'b>(&self, header: &Header, row: &TableRow<'b>) -> Option<TableRow<'b>> {
        let at = header.place(Column::Name)?;
        let signs = || {
            self.clauses.iter().filter_map(|clause| if let Who::Sign(sign) = clause.who { Some(sign) } else { None })
        };
        let is = |c: char| signs().any(|sign| c == sign || (c as u32).checked_sub(0xFEE0) == Some(sign as u32));
        let name = &row.cells.get(at)?.text;
        if self.clauses.is_empty() || !name.contains(is) {
            return None;
        }
        let mut row = row.clone();
        let bare = row.cells[at].text.replace(is, "");
        bare.trim().clone_into(&mut row.cells.to_mut()[at].text);
        Some(row)
    }

    /// The sentences that point at numbers no row has.
    pub(crate) fn dangling(&self) -> impl Iterator<Item = &str> {
        let misses = |clause: &&Clause| match &clause.who {
            Who::Numbers(numbers) if !self.numbers.is_empty() => !numbers.iter().any(|n| self.numbers.contains_key(n)),
            Who::Numbers(numbers) => numbers.iter().all(|n| *n as usize > self.rows),
            _ => false,
        };
        self.clauses.iter().filter(misses).map(|clause| clause.words.as_str())
    }

    /// What the sentences say of a row: the first that says anything.
    pub(crate) fn at(&self, row: &Row<'_>) -> Option<Pointed> {
        self.clauses.iter().find_map(|clause| {
            let told = match self.is_of(clause, row) {
                Some(true) => clause.says.clone(),
                Some(false) => clause.others.clone(),
                // It may be of this row.
                None => Some(Told::Unclear),
            };
            Some(Pointed { told: told?, words: clause.words.clone() })
        })
    }

    /// Whether a clause is of a row, where that can be told.
    fn is_of(&self, clause: &Clause, row: &Row<'_>) -> Option<bool> {
        match &clause.who {
            Who::Numbers(numbers) if self.numbers.is_empty() => {
                // Nothing numbers the rows: it may be the one at that place.
                let place = self.places.get(&row.line)?;
                let own = u32::try_from(place + 1).ok()?;
                if numbers.contains(&own) { None } else { Some(false) }
            }
            Who::Numbers(numbers) => {
                let Some(own) = row.ordinal.filter(|own| numbers.contains(own)) else { return Some(false) };
                // Parts that number their rows anew have several of one number.
                if self.numbers.get(&own).is_some_and(|times| *times > 1) { None } else { Some(true) }
            }
            Who::Sign(sign) if self.lost.contains(sign) => None,
            Who::Sign(sign) => Some(row.carries(*sign)),
            Who::Look => None,
            Who::Above => Some(row.line < clause.line),
            Who::Below => Some(row.line > clause.line),
            Who::All => Some(true),
            Who::Named => {
                let own = &row.name;
                // 阳光幼儿园 within 阳光幼儿园分园 is not it.
                let within = |other: &String| other.len() > own.len() && other.contains(own);
                Some(clause.names.contains(own) && !clause.names.iter().any(within))
            }
        }
    }
}

/// A clause that names rows by their names and says that they are certified no more, below the rows.
fn named(line: u64, key: &str, part: &str, rows: &Names<'_>, looks: &mut usize) -> Option<Clause> {
    let below = rows.first.is_some_and(|first| first < line);
    if !below || *looks == 0 || key.chars().count() > CLAUSE_CHARS_MAX {
        return None;
    }
    let of = told(key)?;
    if of == Told::Mark(Mark::Certified) {
        return None;
    }
    *looks -= 1;
    let mut clause = Clause::new(line, Who::Named, Some(of), None, part);
    clause.names = rows.within(&fold::key(&clause.words));
    (!clause.names.is_empty()).then_some(clause)
}

/// The names of the rows of a sheet.
struct Names<'a> {
    /// The first row's line.
    first: Option<u64>,
    all: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(rows: &'a [Row<'_>]) -> Self {
        let long = |name: &&str| name.chars().count() >= NAME_CHARS_MIN;
        let all = rows.iter().map(|row| row.name.as_str()).filter(long).collect();
        Self { first: rows.first().map(|row| row.line), all }
    }

    /// Those that stand in a folded clause: its parts are looked for among the names, which may be many more.
    fn within(&self, key: &str) -> Vec<String> {
        let ends: Vec<usize> = key.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        let begins = key.char_indices().map(|(at, _)| at);
        let parts = begins.flat_map(|begin| ends.iter().filter_map(move |end| key.get(begin..*end)));
        let mut names: Vec<String> = parts.filter(|part| self.all.contains(part)).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Clause {
    fn new(line: u64, who: Who, says: Option<Told>, others: Option<Told>, part: &str) -> Self {
        Self { line, who, says, others, words: words(part), names: Vec::new() }
    }
}

fn words(part: &str) -> String {
    part.trim_matches(|c: char| c.is_whitespace() || "。;；()（）,，".contains(c)).to_owned()
}

/// What a clause says of the rows it is about; `None` where it says nothing of their certification.
fn told(text: &str) -> Option<Told> {
    let text = text.trim_start_matches(['的', '均', '都', '已', ':', ',', '、']);
    let text = after(text, Points::Is).unwrap_or(text);
    let text = text.trim_start_matches(['的', '均', '都', ':', ',', '、']);
    if text.is_empty() || verdicts::tells_rules(text) {
        return None;
    }
    match verdicts::of_cell(text).or_else(|| verdicts::of_remark(text)) {
        Some(mark) => Some(Told::Mark(mark)),
        None => verdicts::is_unclear(text, Place::Status).then_some(Told::Unclear),
    }
}

/// The clause that a folded part of a sentence is, where it is about some rows.
fn clause(line: u64, key: &str, part: &str) -> Option<Clause> {
    if key.chars().count() > CLAUSE_CHARS_MAX || verdicts::tells_rules(key) {
        return None;
    }
    if let Some((who, before, behind)) = points(key) {
        let except = before.rfind('除').map(|at| &before[at..]);
        if except.is_some() {
            let (inner, rest) = behind.split_once('外').unwrap_or(("", behind));
            let rest = rest.trim_start_matches([',', '其', '余', '他', '的']);
            let others = told(rest);
            let says = told(inner).or((others == Some(Told::Mark(Mark::Certified))).then_some(Told::Excepted));
            (says.is_some() || others.is_some()).then_some(())?;
            return Some(Clause::new(line, who, says, others, part));
        }
        let says = told(behind)?;
        let others = (says == Told::Mark(Mark::Certified)).then_some(Told::NotNamed);
        // Looks are not read: whatever is said of them may be of any row.
        return Some(Clause::new(line, who, Some(says), others, part));
    }
    let who = if pointers::has(key, Points::Back) {
        Who::Above
    } else if pointers::has(key, Points::All) {
        Who::All
    } else if pointers::has(key, Points::Forward) {
        Who::Below
    } else {
        return None;
    };
    let says = match verdicts::of_remark(key) {
        Some(Mark::Certified) | None => return None,
        Some(mark) => Told::Mark(mark),
    };
    Some(Clause::new(line, who, Some(says), None, part))
}

/// The rows that a text points at, with what stands before and behind the words that do.
fn points(key: &str) -> Option<(Who, &str, &str)> {
    for (at, c) in key.char_indices() {
        let (before, rest) = key.split_at(at);
        if let Some(behind) = after(rest, Points::Look) {
            return Some((Who::Look, before, behind.trim_start_matches(['字', '体', '色', '的', '部', '分'])));
        }
        let listed = after(rest, Points::Number).map(|rest| rest.trim_start_matches(['为', '是', ':', '第']));
        if let Some((numbers, behind)) = listed.and_then(numbers) {
            let behind = after(behind, Points::Counter).unwrap_or(behind);
            return Some((Who::Numbers(numbers), before, behind));
        }
        // 扬教〔2024〕第5号 is a document.
        if c == '第'
            && !before.ends_with([')', '〕', '字'])
            && let Some((numbers, behind)) = numbers(&rest[c.len_utf8()..])
            && let Some(behind) = after(behind, Points::Counter)
            && !behind.starts_with(['文', '令', '公', '楼'])
        {
            return Some((Who::Numbers(numbers), before, behind));
        }
        let signed = after(rest, Points::Sign).map(|rest| rest.trim_start_matches(['"', '“', '”', '\'', '(', '‘']));
        let own = (at == 0 || before.ends_with(':') || before.ends_with(['.', '、'])).then_some(rest);
        for (text, alone) in [(signed, false), (own, true)] {
            let Some(text) = text else { continue };
            let Some(sign) = text.chars().next().filter(|c| is_sign(*c)) else { continue };
            let behind = text[sign.len_utf8()..].trim_start_matches(['"', '”', '\'', ')', '’', '号', '的']);
            // A sign by itself says something only where its meaning follows.
            if !alone || after(behind, Points::Is).is_some() {
                return Some((Who::Sign(sign), before, behind));
            }
        }
    }
    None
}

/// Whether a character is one that marks rows: no letter, no digit, none of the signs that sentences are set with.
fn is_sign(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && !"、,.;:!?()-~—…·/\\\"'“”‘’%&@=+|<>《》_。，；：".contains(c)
}

/// The numbers at the beginning of a text: 3、5, 1-3, 第3至第5, 三和五; with what stands behind them.
fn numbers(text: &str) -> Option<(Vec<u32>, &str)> {
    let mut all: Vec<u32> = Vec::new();
    let (mut rest, mut through) = (text, false);
    loop {
        let (number, behind) = number(rest)?;
        match all.last() {
            Some(first) if through && *first < number && number - first < 1000 => all.extend(first + 1..=number),
            _ => all.push(number),
        }
        rest = behind;
        let behind = behind.strip_prefix('号').unwrap_or(behind);
        let next = |separators: &[char]| {
            let after = behind.strip_prefix(separators)?.trim_start_matches(['第', '序', '号']);
            number_begins(after).then_some(after)
        };
        if let Some(after) = next(&['至', '到', '-', '~', '—']) {
            (rest, through) = (after, true);
        } else if let Some(after) = next(&['、', ',', '和', '及', '与', '.']) {
            (rest, through) = (after, false);
        } else {
            return Some((all, rest));
        }
    }
}

fn number_begins(text: &str) -> bool {
    number(text).is_some()
}

const DIGITS: &str = "零一二三四五六七八九";

fn number(text: &str) -> Option<(u32, &str)> {
    let arabic = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if arabic.len() < text.len() {
        // A year is no row.
        let digits = &text[..text.len() - arabic.len()];
        return Some((digits.parse().ok().filter(|number| *number < 100_000)?, arabic))
            .filter(|(_, rest)| !rest.starts_with('年'));
    }
    let rest = text.trim_start_matches(|c: char| DIGITS.contains(c) || c == '十');
    let digits = &text[..text.len() - rest.len()];
    let digit = |c: char| DIGITS.chars().position(|own| own == c).and_then(|at| u32::try_from(at).ok());
    let value = match digits.split_once('十') {
        Some((tens, ones)) => {
            let of = |text: &str, none: u32| if text.is_empty() { Some(none) } else { digit(text.chars().next()?) };
            of(tens, 1)? * 10 + of(ones, 0)?
        }
        None => digit(Some(digits).filter(|digits| digits.chars().count() == 1)?.chars().next()?)?,
    };
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, ordinal: u32, name: &str) -> Option<Told> {
        let names = [(1, "北星幼儿园"), (2, "南星幼儿园"), (3, "东星幼儿园△"), (5, "西星幼儿园*")];
        let cells: Vec<Vec<Cell>> = names.iter().map(|(_, name)| vec![Cell::text(name)]).collect();
        let row = |at: usize| Row {
            line: at as u64 + 3,
            ordinal: Some(names[at].0),
            name: fold::key(names[at].1),
            cells: &cells[at],
        };
        let rows: Vec<Row<'_>> = (0..4).map(row).collect();
        let found = Pointers::of([(9, text)].into_iter(), &rows);
        let asked = rows.iter().find(|row| row.ordinal == Some(ordinal)).unwrap();
        assert!(fold::key(name).starts_with(&asked.name[..6]), "{name}");
        found.at(asked).map(|pointed| pointed.told)
    }

    #[test]
    fn sentences_point_at_rows() {
        use Mark::{Certified, Closed, Proposed, Revoked};
        let mark = |mark| Some(Told::Mark(mark));
        for (text, ordinal, name, expected) in [
            ("上述名单中第1号已取消", 1, "北星幼儿园", mark(Revoked)),
            ("上述名单中第1号已取消", 2, "南星幼儿园", None),
            ("序号3、5的为拟认定", 5, "西星幼儿园", mark(Proposed)),
            ("序号3、5的为拟认定", 2, "南星幼儿园", None),
            ("注：第3至5号已停办。", 3, "东星幼儿园", mark(Closed)),
            ("注：第3至5号已停办。", 1, "北星幼儿园", None),
            ("第三号、第五号取消认定", 5, "西星幼儿园", mark(Revoked)),
            ("邗江区民办幼儿园一览表(带*的为普惠性幼儿园)", 5, "西星幼儿园*", mark(Certified)),
            ("邗江区民办幼儿园一览表(带*的为普惠性幼儿园)", 2, "南星幼儿园", Some(Told::NotNamed)),
            ("名称后标注“△”的为拟取消", 3, "东星幼儿园△", Some(Told::Unclear)),
            ("名称后标注“△”的为拟取消", 2, "南星幼儿园", None),
            ("注:△表示已停办;*表示拟认定", 3, "东星幼儿园△", mark(Closed)),
            ("注:△表示已停办;*表示拟认定", 5, "西星幼儿园*", mark(Proposed)),
            ("注:*为新增", 5, "西星幼儿园*", None),
            ("带*的为省级示范园", 5, "西星幼儿园*", None),
            ("以下机构中除序号2外均认定为普惠托育机构", 2, "南星幼儿园", Some(Told::Excepted)),
            ("以下机构中除序号2外均认定为普惠托育机构", 1, "北星幼儿园", mark(Certified)),
            ("除第2号取消外，其余继续认定", 2, "南星幼儿园", mark(Revoked)),
            ("除第2号取消外，其余继续认定", 1, "北星幼儿园", mark(Certified)),
            ("标红的为拟取消", 1, "北星幼儿园", Some(Told::Unclear)),
            ("红色字体的已停办", 1, "北星幼儿园", Some(Told::Unclear)),
            ("北星幼儿园已于2024年9月停办", 1, "北星幼儿园", mark(Closed)),
            ("北星幼儿园已于2024年9月停办", 2, "南星幼儿园", None),
            ("上述机构均已取消", 2, "南星幼儿园", mark(Revoked)),
            // Sentences on rules, documents, and what is no verdict.
            ("上述机构收费超标的,取消资格", 2, "南星幼儿园", None),
            ("依据扬教〔2024〕第2号文认定", 2, "南星幼儿园", None),
            ("第2批认定名单", 2, "南星幼儿园", None),
            ("二、取消认定名单(2家)", 2, "南星幼儿园", None),
            ("2024年第2号公告认定", 2, "南星幼儿园", None),
            ("序号2由镇里代为申领", 2, "南星幼儿园", None),
            ("序号2待补材料", 2, "南星幼儿园", Some(Told::Unclear)),
        ] {
            assert_eq!(at(text, ordinal, name), expected, "{text} {ordinal}");
        }
    }

    #[test]
    fn what_of_a_title_is_no_such_sentence_stays() {
        let found = Pointers::of([(1, "邗江区民办幼儿园一览表(带*的为普惠性幼儿园)")].into_iter(), &[]);
        assert_eq!(found.rest(1), Some("邗江区民办幼儿园一览表"));
        let found = Pointers::of([(1, "邗江区普惠托育机构认定名单(2024)")].into_iter(), &[]);
        assert_eq!(found.rest(1), None);
    }
}
