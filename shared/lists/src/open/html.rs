//! The tables of a web page. Bureaus' systems write their lists so, and name them .xls.

use std::collections::HashMap;

use crate::book::{Book, Format, Sheet};
use crate::bounds::{CELL_CHARS_MAX, COLUMNS_MAX};
use crate::error::{Kind, ListError};
use crate::fold;
use crate::open::grid::{self, Area, Budget, Grid, Words};
use crate::open::markup::{self, Markup, Tag, Token};

/// Most tables: pages have some dozen, and more stand nowhere.
const TABLES_MAX: usize = 1_024;
/// How deep tables are read that stand in cells of others, and elements within elements.
const DEPTH_MAX: usize = 32;
const ELEMENTS_MAX: usize = 512;
/// Longest name of a table, in characters.
const NAME_CHARS_MAX: usize = 200;

/// Elements without an end.
const VOID: &[&str] =
    &["br", "img", "input", "hr", "meta", "link", "col", "area", "base", "embed", "param", "source", "wbr", "frame"];
/// Elements that begin a line.
const LINES: &[&str] =
    &["br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "dt", "dd", "section", "article"];

/// Opens a page.
pub(super) fn open(text: &str) -> Result<Book, ListError> {
    let sheets = tables(text, &mut Budget::new())?;
    if sheets.is_empty() {
        return Err(ListError::NotAList(Kind::NoTable));
    }
    Ok(Book { format: Format::Html, sheets })
}

/// The tables of a page that hold anything, in the order in which they begin.
pub(super) fn tables(text: &str, budget: &mut Budget) -> Result<Vec<Sheet>, ListError> {
    let mut page = Page { classes: classes(text), ..Page::default() };
    for token in Markup::page(text) {
        match token {
            Token::Start(tag, closes) => page.start(&tag, closes, budget)?,
            Token::End(name) => page.end(&name.to_ascii_lowercase(), budget)?,
            Token::Text(text) => page.text(text),
        }
    }
    while !page.open.is_empty() {
        page.end_table(budget)?;
    }
    page.done.sort_by_key(|(at, _)| *at);
    Ok(page.done.into_iter().map(|(_, sheet)| sheet).filter(|sheet| !sheet.lines.is_empty()).collect())
}

/// How an element is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    hidden: bool,
    struck: bool,
}

/// What the page's style sheets hide or strike out, by class.
fn classes(text: &str) -> HashMap<String, Look> {
    let mut found = HashMap::new();
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.as_str();
    while let Some((_, after)) = rest.split_once("<style") {
        let (sheet, then) = after.split_once("</style").unwrap_or((after, ""));
        rest = then;
        for rule in sheet.split('}') {
            let Some((selectors, body)) = rule.rsplit_once('{') else { continue };
            let look = of_style(body);
            if look == Look::default() {
                continue;
            }
            for selector in selectors.rsplit(['\n', ';', '>']).next().unwrap_or_default().split(',') {
                // A plain class alone: what is said of an element within another is not looked up.
                let selector = selector.trim();
                let class = selector
                    .strip_prefix("td.")
                    .or_else(|| selector.strip_prefix("tr."))
                    .or_else(|| selector.strip_prefix('.'));
                if let Some(class) = class.filter(|c| found.len() < 10_000 && !c.contains([' ', '.', ':', '>'])) {
                    found.insert(class.to_owned(), look);
                }
            }
        }
    }
    found
}

fn of_style(style: &str) -> Look {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let says = |what: &str| style.split(';').any(|rule| rule.trim_start_matches(['"', '\'']).starts_with(what));
    Look {
        hidden: says("display:none") || says("visibility:hidden") || says("visibility:collapse"),
        struck: style.split(';').any(|rule| rule.contains("text-decoration") && rule.contains("line-through")),
    }
}

#[derive(Default)]
struct Page {
    classes: HashMap<String, Look>,
    elements: Vec<(String, Look)>,
    open: Vec<Table>,
    /// How many tables within tables were not opened because they stand too deep.
    too_deep: usize,
    begun: usize,
    done: Vec<(usize, Sheet)>,
    /// The page's own title, and its headings so far.
    title: String,
    headings: String,
    /// The words right before.
    before: String,
    /// Whether the next words begin another line.
    line_begins: bool,
}

/// A table that is under way.
struct Table {
    at: usize,
    name: String,
    caption: String,
    hidden: bool,
    grid: Grid,
    /// The row at hand; none before the first.
    row: Option<u32>,
    column: u32,
    /// By column, up to which row a cell from above takes it.
    taken: Vec<Option<u32>>,
    cell: Option<OpenCell>,
}

struct OpenCell {
    column: u32,
    span: (u32, u32),
    look: Look,
    words: Words,
    /// What is not shown in it.
    unseen: String,
}

impl Page {
    fn look(&self) -> Look {
        self.elements.last().map(|(_, look)| *look).unwrap_or_default()
    }

    fn look_of(&self, tag: &Tag<'_>, name: &str) -> Look {
        let mut look = of_style(&tag.get("style").unwrap_or_default());
        for class in tag.raw("class").unwrap_or_default().split_ascii_whitespace().take(16) {
            if let Some(of_class) = self.classes.get(&class.to_ascii_lowercase()) {
                look.hidden |= of_class.hidden;
                look.struck |= of_class.struck;
            }
        }
        look.hidden |= tag.raw("hidden").is_some() || matches!(name, "rt" | "rp" | "select" | "template" | "head");
        look.struck |= matches!(name, "s" | "strike" | "del");
        if name == "title" {
            look.hidden = false;
        }
        look
    }

    fn start(&mut self, tag: &Tag<'_>, closes: bool, budget: &mut Budget) -> Result<(), ListError> {
        let name = tag.name.to_ascii_lowercase();
        if LINES.contains(&name.as_str()) {
            self.new_line();
        }
        if VOID.contains(&name.as_str()) || closes {
            return Ok(());
        }
        match name.as_str() {
            "td" | "th" => {
                self.end_cell(budget)?;
                self.close_to(&["tr"]);
            }
            "tr" | "tbody" | "thead" | "tfoot" => {
                self.end_cell(budget)?;
                self.close_to(&[]);
            }
            _ => {}
        }
        let own = self.look_of(tag, &name);
        let outer = self.look();
        let look = Look { hidden: own.hidden || outer.hidden, struck: own.struck || outer.struck };
        match name.as_str() {
            "table" => self.begin_table(look.hidden),
            "tr" => self.begin_row(look.hidden),
            "td" | "th" => self.begin_cell(tag, own, look),
            _ => {}
        }
        if self.elements.len() < ELEMENTS_MAX {
            // What hides or strikes out a table or a row is told of it as a whole.
            let within = match name.as_str() {
                "table" => Look::default(),
                "tr" => Look { hidden: false, struck: look.struck },
                _ => look,
            };
            self.elements.push((name, within));
        }
        Ok(())
    }

    fn end(&mut self, name: &str, budget: &mut Budget) -> Result<(), ListError> {
        match name {
            "table" => return self.end_table(budget),
            "td" | "th" | "tr" => self.end_cell(budget)?,
            name if LINES.contains(&name) => self.new_line(),
            _ => {}
        }
        let within = self.elements.iter().rposition(|(open, _)| open == "table").map_or(0, |at| at + 1);
        if let Some(at) = self.elements[within..].iter().rposition(|(open, _)| open == name) {
            self.elements.truncate(within + at);
        }
        Ok(())
    }

    /// Closes the elements of the innermost table that stand open, down to one of these.
    fn close_to(&mut self, keep: &[&str]) {
        let Some(table) = self.elements.iter().rposition(|(open, _)| open == "table") else { return };
        let kept = self.elements[table..].iter().rposition(|(open, _)| keep.contains(&open.as_str()));
        self.elements.truncate(table + kept.unwrap_or(0) + 1);
    }

    fn new_line(&mut self) {
        match self.open.last_mut() {
            Some(table) => {
                if let Some(cell) = &mut table.cell {
                    cell.push("\n", Look::default());
                }
            }
            None => self.line_begins = true,
        }
    }

    fn begin_table(&mut self, hidden: bool) {
        if self.open.len() >= DEPTH_MAX || self.begun >= TABLES_MAX {
            self.too_deep += 1;
            return;
        }
        let within =
            self.open.last().and_then(|table| table.cell.as_ref()).map(|cell| cell.words.text.trim().to_owned());
        let before = within.filter(|text| !text.is_empty()).unwrap_or_else(|| self.before.clone());
        let mut parts: Vec<&str> = Vec::new();
        for part in [self.title.trim(), self.headings.trim(), before.trim()] {
            if !part.is_empty() && !parts.iter().any(|told| told.contains(part)) {
                parts.push(part);
            }
        }
        let name = parts.join(" ");
        let hidden = hidden || self.open.iter().any(|table| table.hidden);
        self.begun += 1;
        self.open.push(Table {
            at: self.begun,
            name,
            caption: String::new(),
            hidden,
            grid: Grid::default(),
            row: None,
            column: 0,
            taken: vec![None; COLUMNS_MAX as usize],
            cell: None,
        });
    }

    fn end_table(&mut self, budget: &mut Budget) -> Result<(), ListError> {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return Ok(());
        }
        self.end_cell(budget)?;
        if let Some(at) = self.elements.iter().rposition(|(open, _)| open == "table") {
            self.elements.truncate(at);
        }
        if let Some(table) = self.open.pop() {
            let name = grid::text(&[table.caption.trim(), table.name.trim()].join(" "));
            let sheet = table.grid.finish(fold::cut(&name, NAME_CHARS_MAX), table.hidden, budget)?;
            self.done.push((table.at, sheet));
        }
        self.before.clear();
        Ok(())
    }

    fn begin_row(&mut self, hidden: bool) {
        let Some(table) = self.open.last_mut() else { return };
        let row = table.row.map_or(0, |row| row.saturating_add(1));
        table.row = Some(row);
        table.column = 0;
        if hidden {
            table.grid.hide_rows(row, row);
        }
    }

    fn begin_cell(&mut self, tag: &Tag<'_>, own: Look, look: Look) {
        let Some(table) = self.open.last_mut() else { return };
        let row = *table.row.get_or_insert(0);
        let mut column = table.column;
        while table.taken.get(column as usize).is_some_and(|until| until.is_some_and(|until| until >= row)) {
            column += 1;
        }
        let rows = match tag.number("rowspan") {
            // To the table's end.
            Some(0) => u32::MAX,
            rows => rows.unwrap_or(1),
        };
        let columns = tag.number("colspan").unwrap_or(1).clamp(1, 1_000);
        let last = row.saturating_add(rows - 1);
        if !own.hidden {
            table.column = column.saturating_add(columns);
            for taken in table.taken.iter_mut().skip(column as usize).take(columns as usize).filter(|_| rows > 1) {
                *taken = Some(last);
            }
        }
        let look = Look { hidden: own.hidden, ..look };
        table.cell = Some(OpenCell {
            column,
            span: (last, column.saturating_add(columns - 1)),
            look,
            words: Words::default(),
            unseen: String::new(),
        });
    }

    fn end_cell(&mut self, budget: &mut Budget) -> Result<(), ListError> {
        let Some(table) = self.open.last_mut() else { return Ok(()) };
        let (Some(cell), Some(row)) = (table.cell.take(), table.row) else { return Ok(()) };
        if cell.look.hidden {
            table.grid.leave_out(cell.column, grid::text(&cell.unseen));
            return Ok(());
        }
        let OpenCell { column, span, mut words, .. } = cell;
        if words.runs.iter().all(|(_, struck)| *struck != Some(true)) {
            words.runs.clear();
        }
        let (cell, partly) = grid::of_words(&words.text, &words.runs, false);
        if partly {
            table.grid.partly_struck();
        }
        if !cell.is_empty() {
            table.grid.merge(Area { rows: (row, span.0), columns: (column, span.1) }, budget)?;
        }
        table.grid.put(row, column, cell, budget)
    }

    fn text(&mut self, text: &str) {
        let look = self.look();
        let text = markup::unescape(text);
        let text = spaced(&text);
        let element = |name: &str| self.elements.iter().any(|(open, _)| open == name);
        if element("title") && self.open.is_empty() {
            push(&mut self.title, &text);
        } else if let Some(table) = self.open.last_mut() {
            match &mut table.cell {
                Some(cell) if self.too_deep == 0 => cell.push(&text, look),
                None if self.elements.last().is_some_and(|(open, _)| open != "table" && open != "tr")
                    && self.elements.iter().any(|(open, _)| open == "caption")
                    && !look.hidden =>
                {
                    push(&mut table.caption, &text);
                }
                _ => {}
            }
        } else if !look.hidden && !text.trim().is_empty() {
            if self.elements.iter().any(|(open, _)| matches!(open.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")) {
                push(&mut self.headings, &text);
            }
            if std::mem::take(&mut self.line_begins) {
                self.before.clear();
            }
            push(&mut self.before, &text);
        }
    }
}

impl OpenCell {
    fn push(&mut self, text: &str, look: Look) {
        if self.look.hidden {
            push(&mut self.unseen, text);
        } else if !look.hidden && self.words.text.len() <= 4 * CELL_CHARS_MAX {
            // One space where words are parted by any.
            let begins = self.words.text.is_empty() || self.words.text.ends_with([' ', '\n']);
            self.words.text.push_str(if begins { text.trim_start_matches(' ') } else { text });
            let (end, struck) = (self.words.text.len(), Some(look.struck));
            self.words.goes_on(end, struck);
        }
    }
}

/// Adds words, as many as names have.
fn push(to: &mut String, text: &str) {
    if to.len() < 4 * NAME_CHARS_MAX {
        to.push_str(text);
    }
}

/// White space as pages show it: one space, however much there is.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii_whitespace() {
            out.push(c);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Form, Unseen};

    fn sheets(text: &str) -> Vec<Sheet> {
        tables(text, &mut Budget::new()).unwrap()
    }

    fn lines(sheet: &Sheet) -> Vec<String> {
        sheet.lines.iter().map(|l| l.cells.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join("|")).collect()
    }

    #[test]
    fn cells_that_span_rows_and_columns_hold_for_all_they_cover() {
        let text = "<table><tr><td colspan=3>2024年名单<tr><th>区县<th>名称<th>地址<tr><td rowspan=2>甲区<td>一园<td>东路<tr><td>二园<td>西路<tr><td>乙区<td>三园</table>";
        assert_eq!(
            lines(&sheets(text)[0]),
            ["2024年名单|2024年名单|2024年名单", "区县|名称|地址", "甲区|一园|东路", "甲区|二园|西路", "乙区|三园"]
        );
    }

    #[test]
    fn each_table_is_a_sheet_named_by_what_stands_above_it() {
        let text = "<html><head><title>某区公示</title><style>.n{color:red}</style></head><body><div>首页</div><h1>第一批名单</h1><p>附件一<table><tr><td>外<table><caption>内表</caption><tr><td>甲<td>&nbsp;</table></td></tr></table><table></table><p>附件二</p><table><tr><td>乙</td></tr></table>";
        let sheets = sheets(text);
        let told: Vec<(&str, Vec<String>)> = sheets.iter().map(|s| (s.name.as_str(), lines(s))).collect();
        let want = [
            ("某区公示 第一批名单 附件一", vec!["外".to_owned()]),
            ("内表 某区公示 第一批名单 外", vec!["甲".to_owned()]),
            ("某区公示 第一批名单 附件二", vec!["乙".to_owned()]),
        ];
        assert_eq!(told, want);
    }

    #[test]
    fn what_is_not_shown_or_struck_out_is_told_apart() {
        let text = "<style>.x5 {mso-style:a; text-decoration:line-through;}\n.gone{display:none}</style><table>
            <tr><td style='display:none'>id<td>名称<td>地址</tr>
            <tr style='DISPLAY: none'><td style='display:none'>1<td>甲园<td>东路</tr>
            <tr class=gone><td>甲二园<td>东路</tr>
            <tr><td style='display:none'>2<td><s>乙园</s><td><del>西路</del></tr>
            <tr><td class=x5>丙园<td class=x5>南路</tr>
            <tr><td><strike>旧</strike>丁园<td>北路<span hidden>9</span></tr>
            <tr><td>戊园<td class='x5'>中路</tr></table>
            <div style='display:none'><table><tr><td>己园</table></div>";
        let sheets = sheets(text);
        assert_eq!(
            lines(&sheets[0]),
            ["名称|地址", "甲园|东路", "甲二园|东路", "乙园|西路", "丙园|南路", "丁园|北路", "戊园|中路"]
        );
        let unseen: Vec<Option<Unseen>> = sheets[0].lines.iter().map(|line| line.unseen).collect();
        let (hidden, struck) = (Some(Unseen::Hidden), Some(Unseen::StruckOut));
        assert_eq!(unseen, [None, hidden, hidden, struck, struck, None, None]);
        assert_eq!(sheets[0].lines[6].cells[1].form, Form::StruckOut);
        assert_eq!((sheets[0].partly_struck, sheets[0].hidden_columns.len()), (1, 1));
        assert_eq!((sheets[0].hidden_columns[0].first.as_str(), sheets[0].hidden_columns[0].cells), ("id", 3));
        assert!(!sheets[0].hidden && sheets[1].hidden);
    }
}
