//! Which columns a line of headings names, and whether blocks stand side by side under it.

use std::ops::Range;

use crate::book::{Cell, Line};
use crate::fold;
use crate::words::headings::{self, Column};
use crate::words::results;

/// Known headings that make a line one of headings though none of them is of the name: then an unknown one is asked about.
const KNOWN_WITHOUT_NAME_MIN: usize = 3;

/// The headings of one block of columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The block's columns in the sheet.
    pub span: Range<usize>,
    /// Heading by column of the block, as published; empty where there is none.
    pub cells: Vec<String>,
    /// What the known ones hold, and where in the block.
    columns: Vec<(Column, usize)>,
    /// Headings that name no known column, by where they stand in the block.
    pub unknown: Vec<usize>,
    /// Headings that name a column a second time.
    pub repeated: Vec<usize>,
    /// Whether they head a list of persons: then no row of it is an outlet's.
    pub persons: bool,
}

/// A heading and what it names.
#[derive(Debug, Clone)]
struct Heading {
    text: String,
    column: Option<Column>,
}

impl Heading {
    fn of(text: &str) -> Self {
        Self { text: text.to_owned(), column: headings::column(text) }
    }
}

impl Header {
    /// The blocks that a line of headings names; none where it is no such line. It names the outlets' names and at least one more thing.
    pub fn of(line: &Line) -> Vec<Self> {
        Self::of_headings(&line.cells.iter().map(|cell| Heading::of(&cell.text)).collect::<Vec<_>>())
    }

    /// The blocks that two lines of headings name together, some of the first standing over several of the second; none where they are no such lines.
    pub fn of_two(line: &Line, below: &Line) -> Vec<Self> {
        together(&line.cells, &below.cells).map_or_else(Vec::new, |headings| Self::of_headings(&headings))
    }

    /// The one heading of a list of names alone, with names below it in its column; none where it is no such line.
    pub fn alone(line: &Line, below: &Line) -> Vec<Self> {
        let only = |line: &Line| {
            let mut filled = line.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
            filled.next().map(|(at, _)| at).filter(|_| filled.next().is_none())
        };
        let Some(at) = only(line).filter(|at| only(below) == Some(*at)) else { return Vec::new() };
        let headings: Vec<Heading> = line.cells.iter().map(|cell| Heading::of(&cell.text)).collect();
        // What is called 幼儿园 may be the title of those that follow; what is called 幼儿园名称 is over their names.
        let named = headings[at].column == Some(Column::Name) && headings::is_of_names(&headings[at].text);
        if named { vec![Self::of_block(&headings, 0..headings.len())] } else { Vec::new() }
    }

    fn of_headings(headings: &[Heading]) -> Vec<Self> {
        let by_verdict = named_by_verdict(headings);
        let headings = by_verdict.as_deref().unwrap_or(headings);
        let blocks: Vec<Self> = blocks(headings).into_iter().map(|span| Self::of_block(headings, span)).collect();
        let named = |header: &Self| header.persons || header.place(Column::Name).is_some();
        let known = blocks.iter().map(Self::known_or_verdicts).max().unwrap_or(0);
        let unnamed = |header: &Self| known >= KNOWN_WITHOUT_NAME_MIN && !header.unknown.is_empty();
        // Where most cells are no headings, it is a row that happens to hold two words of them.
        let filled = headings.iter().filter(|heading| !heading.text.is_empty()).count();
        if known >= 2
            && blocks.iter().map(Self::known_or_verdicts).sum::<usize>() * 2 >= filled
            && blocks.iter().all(|header| named(header) || unnamed(header))
        {
            blocks
        } else {
            Vec::new()
        }
    }

    /// How many of a line's headings are known, in all of its blocks.
    pub fn known(blocks: &[Self]) -> usize {
        blocks.iter().map(|header| header.columns.len() + header.repeated.len()).sum()
    }

    /// The same of one block, and verdicts (认定, 取消): one heads a column beside one of names; elsewhere it stands in a row.
    fn known_or_verdicts(&self) -> usize {
        let named = self.place(Column::Name).is_some();
        let verdict = |at: &&usize| named && results::holds(&self.cells[**at]).is_some();
        self.columns.len() + self.repeated.len() + self.unknown.iter().filter(verdict).count()
    }

    fn of_block(headings: &[Heading], span: Range<usize>) -> Self {
        let own = &headings[span.clone()];
        let persons = headings::are_of_persons(own.iter().map(|heading| heading.text.as_str()));
        let mut header = Self {
            span,
            cells: own.iter().map(|heading| heading.text.clone()).collect(),
            columns: Vec::new(),
            unknown: Vec::new(),
            repeated: Vec::new(),
            persons,
        };
        for (at, heading) in own.iter().enumerate().filter(|(_, heading)| !heading.text.is_empty()) {
            match heading.column {
                _ if persons => header.columns.push((heading.column.unwrap_or(Column::Person), at)),
                // What is no part of the record may stand as often as it likes.
                Some(Column::Other) => header.columns.push((Column::Other, at)),
                Some(column) => header.place_column(column, at),
                None => header.unknown.push(at),
            }
        }
        header
    }

    /// Places a column. Of two that hold one thing the nearer one is taken: where an outlet serves, not where it is licensed.
    fn place_column(&mut self, column: Column, at: usize) {
        let rank = |at: usize| self.cells.get(at).map_or(u8::MAX, |heading| headings::rank(heading));
        match self.place(column) {
            None => self.columns.push((column, at)),
            Some(first) if rank(at) < rank(first) => {
                for (_, place) in self.columns.iter_mut().filter(|(known, _)| *known == column) {
                    *place = at;
                }
                self.repeated.push(first);
            }
            Some(_) => self.repeated.push(at),
        }
    }

    /// Whether a line says the same as this one.
    pub fn is(&self, line: &Line) -> bool {
        let text = |at: usize| line.cells.get(self.span.start + at).map_or("", |cell| cell.text.as_str());
        self.cells.iter().enumerate().all(|(at, cell)| cell == text(at))
    }

    /// Where in the block a column stands.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().find(|(c, _)| *c == column).map(|(_, at)| *at)
    }

    /// What the list calls a column.
    pub fn title(&self, column: Column) -> &str {
        self.place(column).and_then(|at| self.cells.get(at)).map_or(column.label(), String::as_str)
    }

    /// The known columns from left to right.
    pub fn columns(&self) -> &[(Column, usize)] {
        &self.columns
    }

    /// Passes an unknown column over, by an officer's word.
    pub fn pass_over(&mut self, at: usize) {
        self.unknown.retain(|unknown| *unknown != at);
    }

    /// Takes an officer's word for what an unknown heading means.
    pub fn learn(&mut self, at: usize, column: Column) {
        self.unknown.retain(|unknown| *unknown != at);
        self.place_column(column, at);
    }
}

/// Longest heading of a second line, in characters.
const CHILD_CHARS_MAX: usize = 14;

/// The headings of two lines read together: one that stands over several of the second line is read with each of them. None where the second line is a row,
/// or names the columns by itself.
fn together(first: &[Cell], second: &[Cell]) -> Option<Vec<Heading>> {
    let width = first.len().max(second.len());
    let text = |cells: &[Cell], at: usize| cells.get(at).map_or(String::new(), |cell| cell.text.clone());
    let filled = |at: usize| first.get(at).is_some_and(|cell| !cell.is_empty());
    let (parents, children) = parents(first, second)?;
    // Over nothing but headings of a whole line there stand titles.
    let alone = (0..width).any(|at| parents[at] == Some(at) && children[at] == 0 && filled(at));
    if !alone || children.iter().all(|many| *many == 0) {
        return None;
    }
    let mut headings = Vec::with_capacity(width);
    for (at, parent) in parents.iter().enumerate() {
        let heading = match *parent {
            Some(of) if children[of] > 0 => {
                let (parent, own) = (text(first, of), text(second, at));
                if own.is_empty() || own.chars().count() > CHILD_CHARS_MAX {
                    return None;
                }
                let (column, by_itself) = headings::column_under(&parent, &own);
                // What no table knows may be what a row holds: a verdict under 是 and 否 is asked about.
                if column.is_none() && !headings::is_answer(&own) && headings::column(&parent).is_none() {
                    return None;
                }
                let both = format!("{parent}{own}");
                Heading { text: if by_itself && column.is_some() { own } else { both }, column }
            }
            Some(of) if of == at => Heading::of(&text(first, of)),
            _ => Heading { text: String::new(), column: None },
        };
        headings.push(heading);
    }
    Some(headings)
}

/// For each column the one in which its heading of the first line stands, and for each of those how many headings of the second line stand below it: none,
/// or several. None where the lines are not so.
fn parents(first: &[Cell], second: &[Cell]) -> Option<(Vec<Option<usize>>, Vec<usize>)> {
    let width = first.len().max(second.len());
    let empty = Cell::default();
    let above = |at: usize| first.get(at).unwrap_or(&empty);
    let (mut parents, mut children) = (Vec::with_capacity(width), vec![0; width]);
    let mut parent: Option<usize> = None;
    for at in 0..width {
        let (own, below) = (above(at), second.get(at).unwrap_or(&empty));
        // Not one that is merged with the first.
        let is_child = !(below.is_empty() || below.merged && below.text == own.text);
        let goes_on = own.is_empty() || own.merged && parent.is_some_and(|of| above(of).text == own.text);
        if !goes_on {
            parent = Some(at);
        } else if own.is_empty() && !is_child {
            // Nothing stands in either line: a gap, or a hidden column, over which a heading may go on.
            parents.push(None);
            continue;
        }
        match parent {
            Some(of) if is_child => children[of] += 1,
            None if is_child => return None,
            // A cell of the first line over several has one below it in each column.
            Some(of) if of != at && children[of] > 0 => return None,
            _ => {}
        }
        parents.push(parent);
    }
    children.iter().all(|many| *many != 1).then_some((parents, children))
}

/// Headings of which several name outlets by what became of them, with what stands between of the same kind (拟认定幼儿园, 地址, 取消认定幼儿园, 地址).
fn named_by_verdict(headings: &[Heading]) -> Option<Vec<Heading>> {
    let of_verdict = |heading: &Heading| heading.column.is_none() && headings::is_of_verdict(&heading.text);
    let mut filled = headings.iter().filter(|heading| !heading.text.is_empty());
    let known =
        filled.all(|heading| heading.column.is_some_and(|column| column != Column::Name) || of_verdict(heading));
    if !known || headings.iter().filter(|heading| of_verdict(heading)).count() < 2 {
        return None;
    }
    let known = |heading: &Heading| {
        let column = if of_verdict(heading) { Some(Column::Name) } else { heading.column };
        Heading { text: heading.text.clone(), column }
    };
    Some(headings.iter().map(known).collect())
}

/// The columns of each block: a heading of a name that stands twice, word for word, begins a block with what stands around it; so does a running number
/// that stands twice, and headings that each name outlets by what became of them (拟认定幼儿园, 取消认定幼儿园).
fn blocks(headings: &[Heading]) -> Vec<Range<usize>> {
    let keys: Vec<String> = headings.iter().map(|heading| fold::key(&heading.text)).collect();
    let whole = || std::iter::once(0..headings.len()).collect();
    let Some(first) = keys.iter().position(|key| !key.is_empty()) else { return Vec::new() };
    let between = |starts: &[usize]| -> Vec<Range<usize>> {
        let ends = starts.iter().skip(1).copied().chain([headings.len()]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    };
    if let Some(name) = headings.iter().position(|heading| heading.column == Some(Column::Name)) {
        let names = keys.iter().filter(|key| **key == keys[name]).count();
        let starts: Vec<usize> = (first..keys.len()).filter(|at| keys[*at] == keys[first]).collect();
        if names >= 2 && starts.len() == names {
            return between(&starts);
        }
    }
    let by_verdict: Vec<usize> = (first..keys.len())
        .filter(|at| headings[*at].column == Some(Column::Name) && headings::is_of_verdict(&headings[*at].text))
        .collect();
    if by_verdict.len() >= 2 && by_verdict[0] == first {
        return between(&by_verdict);
    }
    let numbered: Vec<usize> = (first..keys.len())
        .filter(|at| headings[*at].column == Some(Column::Ordinal) && keys[*at] == keys[first])
        .collect();
    let spans = between(&numbered);
    let subject = |span: &Range<usize>| {
        let own = &headings[span.clone()];
        let names = own.iter().filter(|heading| heading.column == Some(Column::Name)).count();
        names == 1 || headings::are_of_persons(own.iter().map(|heading| heading.text.as_str()))
    };
    if spans.len() >= 2 && spans.iter().all(subject) {
        return spans;
    }
    whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Vec<Header> {
        Header::of(&Line { number: 1, cells: cells.iter().map(|text| Cell::text(text)).collect(), ..Line::default() })
    }

    #[test]
    fn blocks_side_by_side_are_told_apart() {
        for (cells, spans) in [
            (&["序号", "机构名称", "地址"][..], vec![Range { start: 0, end: 3 }]),
            (&["序号", "机构名称", "序号", "机构名称"], vec![0..2, 2..4]),
            (&["序号", "机构名称", "", "序号", "机构名称"], vec![0..3, 3..5]),
            (&["机构名称", "地址", "地址"], vec![Range { start: 0, end: 3 }]),
            (&["2025年名单"], vec![]),
            (&["机构名称"], vec![]),
            (&["序号", "机构名称", "地址", "", "序号", "姓名", "单位"], vec![0..4, 4..7]),
            (&["序号", "机构名称", "序号", "门店名称", "地址"], vec![0..2, 2..5]),
            (&["拟认定幼儿园", "地址", "取消认定幼儿园", "地址"], vec![0..2, 2..4]),
        ] {
            let found: Vec<Range<usize>> = of(cells).into_iter().map(|header| header.span).collect();
            assert_eq!(found, spans, "{cells:?}");
        }
    }

    #[test]
    fn a_heading_over_two_goes_on_over_a_hidden_column() {
        let line =
            |cells: &[&str]| Line { cells: cells.iter().map(|text| Cell::text(text)).collect(), ..Line::default() };
        for (first, second, expected) in [
            (
                &["机构信息", "", "", "批准文号"][..],
                &["名称", "", "机构类别", ""][..],
                &["名称", "", "机构类别", "批准文号"][..],
            ),
            (&["文号", "", "机构信息", ""], &["", "", "名称", "地址"], &["文号", "", "名称", "机构信息地址"]),
            // Below one heading stands one: it is over nothing.
            (&["文号", "机构名称", "", ""], &["", "", "", "地址"], &[]),
        ] {
            let found = Header::of_two(&line(first), &line(second));
            let cells = found.first().map(|header| header.cells.clone()).unwrap_or_default();
            assert_eq!(cells, expected, "{first:?}");
        }
    }
}
