//! Workbooks made at random from a truth that is known: what is read of them equals it, or is asked, or is reported, and nothing is lost.
//!
//! A truth is a list of outlets. It is set as bureaus set lists: columns in any order under any of their names, counties and categories in columns, in
//! merged cells, in titles between the rows or in the sheet's name, blocks side by side, several sheets, a second part of ended ones, totals, notes and
//! signatures, headings repeated or in two lines, hidden and struck-out rows of other outlets; as a workbook or as text in some encoding. `PUHUI_CASES` workbooks (500
//! where it is not set) from `PUHUI_SEED`; `PUHUI_CASE` tells one of them.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use domain::{Day, DivisionTable};
use lists::account::{Became, NotARow};
use lists::book::{Book, Cell, Format, Line, Sheet, Unseen};
use lists::lexicon::{carried_categories, divisions};
use lists::{Answers, CategoryNames, Lexicon, List, Verdict};
use rust_xlsxwriter::{Format as Look, Workbook};

mod dice;

use dice::Dice;

/// One outlet as it is.
#[derive(Debug, Clone)]
struct Outlet {
    name: String,
    category: usize,
    county: usize,
    verdict: Kind,
    address: String,
    document: String,
    decided: Day,
    from: Day,
    to: Day,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Certified,
    Proposed,
    Refused,
    Ended,
}

/// Categories: the code, what cells call it, what titles call it.
const CATEGORIES: &[(&str, &[&str], &str)] = &[
    ("kindergarten", &["普惠性民办幼儿园", "普惠性幼儿园", "普惠幼儿园"], "普惠性民办幼儿园"),
    ("childcare", &["普惠性托育机构", "普惠托育", "普惠托育机构"], "普惠性托育机构"),
    ("elder-residential", &["普惠性养老机构", "普惠养老机构"], "普惠性养老机构"),
    ("community-meals", &["老年助餐点", "助餐点", "社区食堂"], "老年助餐点"),
];

/// Counties: the code, what cells call it, what titles call it.
const COUNTIES: &[(&str, &[&str], &str)] = &[
    ("321003000000", &["邗江区", "扬州市邗江区", "江苏省扬州市邗江区", "321003"], "邗江区"),
    ("321002000000", &["广陵区", "扬州市广陵区", "321002"], "广陵区"),
    ("321012000000", &["江都区", "扬州市江都区", "321012000000"], "江都区"),
    ("321023000000", &["宝应县", "扬州市宝应县"], "宝应县"),
    ("321081000000", &["仪征市", "扬州市仪征市", "321081"], "仪征市"),
];

const NAME_HEADINGS: &[&str] = &["机构名称", "单位名称", "名称", "网点名称", "服务机构名称"];
const CATEGORY_HEADINGS: &[&str] = &["类别", "机构类别", "服务类别", "机构类型"];
const COUNTY_HEADINGS: &[&str] = &["所属区县", "区县", "县区", "所在区县"];
const ADDRESS_HEADINGS: &[&str] = &["地址", "详细地址", "机构地址", "经营地址"];
const DOCUMENT_HEADINGS: &[&str] = &["文号", "认定文号", "批准文号"];
const DECIDED_HEADINGS: &[&str] = &["认定日期", "认定时间"];
const TERM_HEADINGS: &[&str] = &["有效期", "有效期限", "认定有效期"];
const FROM_HEADINGS: &[&str] = &["有效期起", "有效期自"];
const TO_HEADINGS: &[&str] = &["有效期至", "到期时间"];
const STATUS_HEADINGS: &[&str] = &["认定结果", "状态", "认定状态"];
const ROAD: &[&str] = &["文昌路", "邗江中路", "淮海路", "江阳路", "扬子江路"];
const NOTES: &[&str] = &[
    "注：到期须重新申报，不合格的取消认定。",
    "说明：以上名单由各区县上报。",
    "备注：退出须提前一个月书面申请。",
    "注:联系电话 0514-87654321。",
];
const SIGNATURES: &[&str] = &["扬州市教育局", "2024年3月1日", "扬州市教育局 2024年3月1日", "(盖章)"];

/// A sheet as it is set: lines of cells, some of them merged, hidden or struck out.
#[derive(Debug, Default, Clone)]
struct Page {
    name: String,
    lines: Vec<Set>,
    /// First line, last line, column: merged downwards. The value stands in the first.
    down: Vec<(usize, usize, usize)>,
    /// Line, first column, last column: merged to the right.
    across: Vec<(usize, usize, usize)>,
    width: usize,
}

#[derive(Debug, Default, Clone)]
struct Set {
    cells: Vec<String>,
    /// Whether the first cell is merged over the whole width.
    over: bool,
    hidden: bool,
    struck: bool,
}

/// How a list tells one of its things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Column,
    /// In a column whose equal neighbours are merged.
    Merged,
    /// In a title between the rows.
    Group,
    /// In the list's title.
    Title,
}

/// How one workbook is set.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column that the list has or not")]
struct Setting {
    county: Told,
    category: Told,
    status: bool,
    term: Term,
    document: bool,
    address: bool,
    decided: bool,
    ordinal: bool,
    blocks: usize,
    text: bool,
    heads: Heads,
}

/// Whether headings stand in two lines, some of the first over two of the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heads {
    One,
    /// What a heading is over is left empty.
    Two,
    /// It is merged over them, and others downwards.
    TwoMerged,
}

/// Headings over two others: what stands over them, and what each of them is called there.
type Pair = (&'static [&'static str], (char, &'static [&'static str]), (char, &'static [&'static str]));
const PAIRS: &[Pair] = &[
    (&["有效期", "认定有效期", "有效期限"], ('f', &["起", "始", "起始时间", "自"]), ('u', &["止", "至", "截止时间"])),
    (&["认定情况", "认定"], ('d', &["文号", "批准文号"]), ('D', &["日期", "时间", "认定时间"])),
    (&["地址", "位置", "机构地址"], ('c', &["区县", "所属区县"]), ('a', &["详细地址", "门牌", "具体地址"])),
    (&["基本信息", "机构基本情况"], ('n', &["机构名称", "名称"]), ('k', &["类别", "机构类别"])),
    (&["机构信息", "基本情况"], ('n', &["单位名称", "名称"]), ('a', &["地址", "经营地址"])),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Term {
    None,
    Range,
    Columns,
    Length,
}

struct Case {
    truth: Vec<Outlet>,
    setting: Setting,
    pages: Vec<Page>,
    /// Names of outlets that stand in hidden and struck-out rows.
    unseen: usize,
}

fn day(year: i32, month: u8, day: u8) -> Day {
    Day::new(year, month, day).unwrap()
}

/// A day as one of the ways to write it.
fn written(dice: &mut Dice, day: Day) -> String {
    let text = day.to_string();
    let (year, month, date) = (&text[..4], text[5..7].trim_start_matches('0'), text[8..].trim_start_matches('0'));
    match dice.below(6) {
        0 => text.clone(),
        1 => format!("{year}年{month}月{date}日"),
        2 => format!("{year}.{month}.{date}"),
        3 => format!("{year}/{month}/{date}"),
        4 => format!("{year}年{}月{}日", &text[5..7], &text[8..]),
        _ => format!("{}{}{}", year, &text[5..7], &text[8..]),
    }
}

impl Case {
    fn roll(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let dice = &mut dice;
        let blocks = if dice.one_in(4) { 2 + dice.below(2) } else { 1 };
        let told = |dice: &mut Dice| *dice.pick(&[Told::Column, Told::Column, Told::Merged, Told::Group, Told::Title]);
        let text = dice.one_in(3);
        let mut setting = Setting {
            county: told(dice),
            category: told(dice),
            status: dice.one_in(2),
            term: *dice.pick(&[Term::None, Term::Range, Term::Columns, Term::Length]),
            document: dice.one_in(2),
            address: dice.one_in(2),
            decided: dice.one_in(2),
            ordinal: dice.one_in(2),
            blocks,
            text,
            heads: Heads::One,
        };
        // One title between the rows tells one thing, and blocks side by side share their titles.
        if setting.county == Told::Group && (setting.category == Told::Group || blocks > 1) {
            setting.county = Told::Column;
        }
        if setting.category == Told::Group && blocks > 1 {
            setting.category = Told::Column;
        }
        if text || blocks > 1 {
            let unmerged = |told: Told| if told == Told::Merged { Told::Column } else { told };
            (setting.county, setting.category) = (unmerged(setting.county), unmerged(setting.category));
        }
        // A length is counted from something.
        if setting.term == Term::Length {
            setting.decided = true;
        }
        // The rolls before stay what they were.
        setting.heads = match dice.below(6) {
            0 => Heads::Two,
            1 if !text => Heads::TwoMerged,
            _ => Heads::One,
        };
        let sheets = if text { 1 } else { 1 + dice.below(3) };
        let mut case = Self { truth: Vec::new(), setting, pages: Vec::new(), unseen: 0 };
        for sheet in 0..sheets {
            case.sheet(dice, sheet);
        }
        case
    }

    fn sheet(&mut self, dice: &mut Dice, sheet: usize) {
        let county = dice.below(COUNTIES.len());
        let category = dice.below(CATEGORIES.len());
        let count = 1 + dice.below(9);
        // What a notice lists is proposed, whatever its status column says of a review.
        let list = if self.setting.status {
            Kind::Certified
        } else {
            *dice.pick(&[Kind::Certified, Kind::Certified, Kind::Proposed])
        };
        let mut outlets: Vec<Outlet> =
            (0..count).map(|n| self.outlet(dice, &format!("样例{sheet}-{n}号"), county, category, list)).collect();
        if self.setting.county == Told::Group || self.setting.county == Told::Merged {
            outlets.sort_by_key(|outlet| outlet.county);
        }
        if self.setting.category == Told::Group || self.setting.category == Told::Merged {
            outlets.sort_by_key(|outlet| outlet.category);
        }
        let mut page = Page { name: format!("Sheet{}", sheet + 1), ..Page::default() };
        let columns = self.columns(dice);
        page.width = columns.len() * self.setting.blocks;
        let place = if self.setting.county == Told::Title { COUNTIES[county].2 } else { "扬州市" };
        let what =
            if self.setting.category == Told::Title { CATEGORIES[category].2 } else { "普惠性生活服务机构" };
        let title = match list {
            Kind::Proposed => format!("{place}2024年拟认定{what}公示"),
            _ => format!("{place}2024年{what}认定名单"),
        };
        page.lines.push(Set { cells: vec![title], over: true, ..Set::default() });
        if dice.one_in(3) {
            let note = (*dice.pick(NOTES)).to_owned();
            page.lines.push(Set { cells: vec![note], over: true, ..Set::default() });
        }
        let (rows, ended) = if self.setting.status || dice.one_in(2) || self.setting.blocks > 1 {
            (outlets, Vec::new())
        } else {
            let at = dice.below(outlets.len()) + 1;
            let mut ended = outlets.split_off(at);
            for outlet in &mut ended {
                outlet.verdict = Kind::Ended;
            }
            (outlets, ended)
        };
        self.part(dice, &mut page, &columns, &rows);
        if !ended.is_empty() {
            let title = dice.pick(&["二、取消认定名单", "取消认定的机构", "(二)撤销认定名单"]);
            page.lines.push(Set { cells: vec![(*title).to_owned()], over: true, ..Set::default() });
            let mut columns = columns.clone();
            if dice.one_in(2) {
                dice.shuffle(&mut columns);
            }
            self.part(dice, &mut page, &columns, &ended);
        }
        for _ in 0..dice.below(3) {
            let text = if dice.one_in(2) { dice.pick(NOTES) } else { dice.pick(SIGNATURES) };
            let mut cells = vec![String::new(); dice.below(page.width)];
            cells.push((*text).to_owned());
            page.lines.push(Set { cells, ..Set::default() });
        }
        self.truth.extend(rows.into_iter().chain(ended));
        self.pages.push(page);
    }

    fn outlet(&self, dice: &mut Dice, name: &str, county: usize, category: usize, list: Kind) -> Outlet {
        let own = |told: Told| matches!(told, Told::Column | Told::Merged | Told::Group);
        let from = day(2022 + i32::try_from(dice.below(3)).unwrap(), u8::try_from(1 + dice.below(12)).unwrap(), 1);
        let verdict = if self.setting.status {
            *dice.pick(&[Kind::Certified, Kind::Proposed, Kind::Refused, Kind::Ended])
        } else {
            list
        };
        let kind = dice.pick(&["幼儿园", "服务中心", "之家", "便民店"]);
        Outlet {
            name: format!("{name}{kind}"),
            category: if own(self.setting.category) { dice.below(CATEGORIES.len()) } else { category },
            county: if own(self.setting.county) { dice.below(COUNTIES.len()) } else { county },
            verdict,
            address: format!("{}{}号", dice.pick(ROAD), 1 + dice.below(300)),
            document: format!("扬教〔{}〕{}号", &from.to_string()[..4], 1 + dice.below(60)),
            decided: from,
            from,
            to: from.plus_months(36).plus_days(-1),
        }
    }

    /// The headings of one block, each with what it holds.
    fn columns(&self, dice: &mut Dice) -> Vec<(&'static str, char)> {
        let s = &self.setting;
        let mut columns = vec![(*dice.pick(NAME_HEADINGS), 'n')];
        let mut add = |dice: &mut Dice, holds: bool, headings: &[&'static str], code: char| {
            if holds {
                columns.push((*dice.pick(headings), code));
            }
        };
        let column = |told: Told| matches!(told, Told::Column | Told::Merged);
        add(dice, column(s.county), COUNTY_HEADINGS, 'c');
        add(dice, column(s.category), CATEGORY_HEADINGS, 'k');
        add(dice, s.address, ADDRESS_HEADINGS, 'a');
        add(dice, s.document, DOCUMENT_HEADINGS, 'd');
        add(dice, s.decided, DECIDED_HEADINGS, 'D');
        add(dice, matches!(s.term, Term::Range | Term::Length), TERM_HEADINGS, 't');
        add(dice, s.term == Term::Columns, FROM_HEADINGS, 'f');
        add(dice, s.term == Term::Columns, TO_HEADINGS, 'u');
        add(dice, s.status, STATUS_HEADINGS, 's');
        dice.shuffle(&mut columns);
        if s.ordinal || columns.len() < 2 {
            columns.insert(0, ("序号", 'o'));
        }
        columns
    }

    fn cell(&self, dice: &mut Dice, outlet: &Outlet, code: char, number: usize) -> String {
        match code {
            'o' => number.to_string(),
            'n' => outlet.name.clone(),
            'c' if self.setting.county == Told::Merged => COUNTIES[outlet.county].1[0].to_owned(),
            'c' => (*dice.pick(COUNTIES[outlet.county].1)).to_owned(),
            'k' if self.setting.category == Told::Merged => CATEGORIES[outlet.category].1[0].to_owned(),
            'k' => (*dice.pick(CATEGORIES[outlet.category].1)).to_owned(),
            'a' => outlet.address.clone(),
            'd' => match dice.below(3) {
                0 => outlet.document.replace('〔', "[").replace('〕', "]"),
                1 => outlet.document.replace('〔', "（").replace('〕', "）"),
                _ => outlet.document.clone(),
            },
            'D' => written(dice, outlet.decided),
            'f' => written(dice, outlet.from),
            'u' => written(dice, outlet.to),
            't' if self.setting.term == Term::Length => (*dice.pick(&["三年", "3年", "36个月"])).to_owned(),
            't' => {
                let between = dice.pick(&["至", "-", "—", "~", "至 "]);
                // With hyphens between, a day is not written with them.
                let (from, to) = (written(dice, outlet.from), written(dice, outlet.to));
                let plain = |text: String| if between.contains('-') { text.replace('-', ".") } else { text };
                format!("{}{between}{}", plain(from), plain(to))
            }
            's' => {
                let words: &[&str] = match outlet.verdict {
                    Kind::Certified => &["认定", "已认定", "通过", "合格", "是", "√"],
                    Kind::Proposed => &["拟认定", "公示", "公示中", "待认定"],
                    Kind::Refused => &["不认定", "不予认定", "否", "不达标", "不符合", "未通过", "×", "暂缓"],
                    Kind::Ended => &["取消", "取消认定", "撤销", "退出", "注销", "停办"],
                };
                (*dice.pick(words)).to_owned()
            }
            _ => String::new(),
        }
    }

    /// One table of the page: its headings and rows.
    fn part(&mut self, dice: &mut Dice, page: &mut Page, columns: &[(&'static str, char)], outlets: &[Outlet]) {
        let blocks = self.setting.blocks;
        let (columns, over) = self.paired(dice, columns);
        let columns = columns.as_slice();
        self.heading(page, columns, &over);
        let group = |outlet: &Outlet| {
            if self.setting.county == Told::Group {
                Some(COUNTIES[outlet.county].2.to_owned())
            } else if self.setting.category == Told::Group {
                Some(CATEGORIES[outlet.category].2.to_owned())
            } else {
                None
            }
        };
        let mut last: Option<String> = None;
        let mut unseen = 0;
        // Blocks fill line by line.
        for (number, chunk) in outlets.chunks(blocks).enumerate() {
            if let Some(title) = group(&chunk[0]).filter(|title| Some(title) != last.as_ref()) {
                page.lines.push(Set { cells: vec![title.clone()], over: true, ..Set::default() });
                last = Some(title);
            }
            if dice.one_in(12) {
                self.heading(page, columns, &over);
            }
            if !self.setting.text && dice.one_in(10) {
                let mut other = chunk[0].clone();
                other.name = format!("未见{number}号店");
                let cells = columns.iter().map(|(_, code)| self.cell(dice, &other, *code, 99)).collect();
                let hidden = dice.one_in(2);
                page.lines.push(Set { cells, over: false, hidden, struck: !hidden });
                unseen += 1;
            }
            let cells = chunk
                .iter()
                .enumerate()
                .flat_map(|(at, outlet)| columns.iter().map(move |column| (outlet, column.1, number * blocks + at + 1)))
                .map(|(outlet, code, number)| self.cell(dice, outlet, code, number))
                .collect();
            page.lines.push(Set { cells, ..Set::default() });
        }
        self.unseen += unseen;
        if dice.one_in(4) {
            let total = dice.pick(&["合计", "总计", "小计"]);
            let count = format!("{}家", outlets.len());
            page.lines.push(Set { cells: vec![(*total).to_owned(), count], ..Set::default() });
        }
        self.merge(page, columns);
    }

    /// The columns with those that one heading is over beside each other, and where it stands.
    fn paired(
        &self,
        dice: &mut Dice,
        columns: &[(&'static str, char)],
    ) -> (Vec<(&'static str, char)>, Vec<(usize, &'static str)>) {
        let (mut columns, mut over) = (columns.to_vec(), Vec::new());
        if self.setting.heads == Heads::One {
            return (columns, over);
        }
        let mut taken: Vec<char> = Vec::new();
        let mut found: Vec<(char, &'static str)> = Vec::new();
        for (parents, left, right) in PAIRS {
            let holds = |code: char| columns.iter().any(|(_, other)| *other == code) && !taken.contains(&code);
            if !holds(left.0) || !holds(right.0) || dice.one_in(3) {
                continue;
            }
            taken.extend([left.0, right.0]);
            found.push((left.0, *dice.pick(parents)));
            columns.retain(|(_, code)| *code != right.0);
            let at = columns.iter().position(|(_, code)| *code == left.0).unwrap();
            columns[at].0 = *dice.pick(left.1);
            columns.insert(at + 1, (*dice.pick(right.1), right.0));
        }
        for (code, parent) in found {
            over.push((columns.iter().position(|(_, other)| *other == code).unwrap(), parent));
        }
        // Over every column there would stand titles.
        if over.len() * 2 == columns.len() {
            columns.push(("备注", '-'));
        }
        (columns, over)
    }

    /// The line of headings, or both.
    fn heading(&self, page: &mut Page, columns: &[(&'static str, char)], over: &[(usize, &'static str)]) {
        let blocks = self.setting.blocks;
        page.width = columns.len() * blocks;
        let names = || (0..blocks).flat_map(|_| columns.iter().map(|(heading, _)| (*heading).to_owned()));
        if over.is_empty() {
            page.lines.push(Set { cells: names().collect(), ..Set::default() });
            return;
        }
        let (mut first, mut second): (Vec<String>, Vec<String>) = (names().collect(), vec![String::new(); page.width]);
        let line = page.lines.len();
        for at in 0..page.width {
            let parent = |at: usize| over.iter().find(|(column, _)| *column == at % columns.len());
            if let Some((_, parent)) = parent(at) {
                second[at] = std::mem::replace(&mut first[at], (*parent).to_owned());
                second[at + 1] = std::mem::take(&mut first[at + 1]);
                if self.setting.heads == Heads::TwoMerged {
                    page.across.push((line, at, at + 1));
                }
            } else if second[at].is_empty() && self.setting.heads == Heads::TwoMerged {
                page.down.push((line, line + 1, at));
            }
        }
        for cells in [first, second] {
            page.lines.push(Set { cells, ..Set::default() });
        }
    }

    /// Merges equal neighbours downwards, within the part that was just set.
    fn merge(&self, page: &mut Page, columns: &[(&'static str, char)]) {
        for (at, (heading, code)) in columns.iter().enumerate() {
            let merged = match code {
                'c' => self.setting.county == Told::Merged,
                'k' => self.setting.category == Told::Merged,
                _ => false,
            };
            if !merged {
                continue;
            }
            let begin =
                page.lines.iter().rposition(|set| set.cells.get(at).is_some_and(|cell| cell == heading)).unwrap() + 1;
            let mut first = begin;
            while first < page.lines.len() {
                let value = page.lines[first].cells.get(at).cloned().unwrap_or_default();
                let plain = |set: &Set| !set.over && !set.hidden && !set.struck && set.cells.len() == columns.len();
                let mut last = first;
                while last + 1 < page.lines.len()
                    && plain(&page.lines[first])
                    && plain(&page.lines[last + 1])
                    && page.lines[last + 1].cells[at] == value
                {
                    last += 1;
                }
                if last > first {
                    for set in &mut page.lines[first + 1..=last] {
                        set.cells[at].clear();
                    }
                    page.down.push((first, last, at));
                }
                first = last + 1;
            }
        }
    }

    /// The book as it would be opened.
    fn book(&self) -> Book {
        let sheet = |page: &Page| {
            let mut lines: Vec<Line> = page
                .lines
                .iter()
                .enumerate()
                .map(|(at, set)| Line {
                    number: at as u64 + 1,
                    cells: set.cells.iter().map(|text| Cell::text(text)).collect(),
                    unseen: if set.hidden { Some(Unseen::Hidden) } else { set.struck.then_some(Unseen::StruckOut) },
                    ..Line::default()
                })
                .collect();
            for (line, set) in lines.iter_mut().zip(&page.lines).filter(|(_, set)| set.over && page.width > 1) {
                line.cells.resize(page.width, Cell::default());
                for cell in &mut line.cells[1..] {
                    *cell = Cell { text: set.cells[0].clone(), merged: true, ..Cell::default() };
                }
            }
            for (line, first, last) in &page.across {
                let text = lines[*line].cells[*first].text.clone();
                for cell in &mut lines[*line].cells[first + 1..=*last] {
                    *cell = Cell { text: text.clone(), merged: true, ..Cell::default() };
                }
            }
            for (first, last, column) in &page.down {
                let text = lines[*first].cells[*column].text.clone();
                for line in &mut lines[first + 1..=*last] {
                    line.cells[*column] = Cell { text: text.clone(), merged: true, ..Cell::default() };
                }
            }
            lines.retain(|line| line.cells.iter().any(|cell| !cell.is_empty()));
            Sheet { name: page.name.clone(), lines, ..Sheet::default() }
        };
        Book { format: Format::Xlsx, sheets: self.pages.iter().map(sheet).collect() }
    }

    /// The file's bytes.
    fn bytes(&self, dice: &mut Dice) -> Vec<u8> {
        if self.setting.text { self.csv(dice) } else { self.xlsx() }
    }

    fn csv(&self, dice: &mut Dice) -> Vec<u8> {
        let delimiter = *dice.pick(b",\t;");
        let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(Vec::new());
        for set in &self.pages[0].lines {
            writer.write_record(&set.cells).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        match dice.below(4) {
            0 => text.into_bytes(),
            1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            2 => encoding_rs::GB18030.encode(&text).0.into_owned(),
            _ => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        }
    }

    fn xlsx(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let plain = Look::new();
        let struck = Look::new().set_font_strikethrough();
        for page in &self.pages {
            let sheet = book.add_worksheet();
            sheet.set_name(&page.name).unwrap();
            for (at, set) in page.lines.iter().enumerate() {
                let row = u32::try_from(at).unwrap();
                let look = if set.struck { &struck } else { &plain };
                if set.over && page.width > 1 {
                    let last = u16::try_from(page.width - 1).unwrap();
                    sheet.merge_range(row, 0, row, last, &set.cells[0], look).unwrap();
                } else {
                    for (column, text) in set.cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                        sheet.write_string_with_format(row, u16::try_from(column).unwrap(), text, look).unwrap();
                    }
                }
                if set.hidden {
                    sheet.set_row_hidden(row).unwrap();
                }
            }
            for (line, first, last) in &page.across {
                let text = &page.lines[*line].cells[*first];
                let (line, first, last) =
                    (u32::try_from(*line).unwrap(), u16::try_from(*first).unwrap(), u16::try_from(*last).unwrap());
                sheet.merge_range(line, first, line, last, text, &plain).unwrap();
            }
            for (first, last, column) in &page.down {
                let (first, last) = (u32::try_from(*first).unwrap(), u32::try_from(*last).unwrap());
                let column = u16::try_from(*column).unwrap();
                let text = &page.lines[first as usize].cells[usize::from(column)];
                sheet.merge_range(first, column, last, column, text, &plain).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }
}

/// What became of the rows of all cases.
#[derive(Debug, Default)]
struct Tally {
    read: u64,
    asked: u64,
    reported: u64,
    by: BTreeMap<String, u64>,
}

/// Holds what was read against the truth: what is wrong, in words.
fn compare(case: &Case, list: &List, tally: &mut Tally) -> Result<(), String> {
    let truth: HashMap<&str, &Outlet> = case.truth.iter().map(|outlet| (outlet.name.as_str(), outlet)).collect();
    let mut met: HashMap<&str, u32> = HashMap::new();
    for row in &list.rows {
        let Some(outlet) = truth.get(row.name.as_str()) else {
            if row.entry.is_some() {
                return Err(format!("made up: {row:?}"));
            }
            *tally
                .by
                .entry(format!("a row without a name: {:?}", row.faults.first().map(|fault| fault.rule)))
                .or_default() += 1;
            continue;
        };
        *met.entry(&outlet.name).or_default() += 1;
        let Some(entry) = &row.entry else {
            if row.faults.is_empty() && row.waits_for.is_empty() {
                return Err(format!("neither read nor asked nor reported: {row:?}"));
            }
            let why = row.faults.first().map_or_else(|| row.waits_for[0].clone(), |fault| fault.rule.to_owned());
            *tally.by.entry(why).or_default() += 1;
            if row.faults.is_empty() {
                tally.asked += 1;
            } else {
                tally.reported += 1;
            }
            continue;
        };
        tally.read += 1;
        let verdict = match row.verdict {
            Some(Verdict::Certified) => Some(Kind::Certified),
            Some(Verdict::Proposed { .. }) => Some(Kind::Proposed),
            Some(Verdict::Refused) => Some(Kind::Refused),
            Some(Verdict::Ended { .. }) => Some(Kind::Ended),
            None => None,
        };
        let setting = &case.setting;
        let wrong = |what: &str| Err(format!("{what}: {row:?} is {outlet:?}"));
        if verdict != Some(outlet.verdict) {
            return wrong("verdict");
        }
        if entry.category.as_str() != CATEGORIES[outlet.category].0 {
            return wrong("category");
        }
        if entry.division.as_str() != COUNTIES[outlet.county].0 {
            return wrong("county");
        }
        if entry.address.as_ref().map(domain::Text::as_str) != setting.address.then_some(outlet.address.as_str()) {
            return wrong("address");
        }
        // Of one that ended, the number in a list of certified ones is of the certification, and not of its end: it is kept as the list has it.
        let of_certifying = outlet.verdict == Kind::Ended && entry.document.is_none();
        if entry.document.is_some() != setting.document && !of_certifying {
            return wrong("document");
        }
        if outlet.verdict == Kind::Certified {
            if entry.decided_on != setting.decided.then_some(outlet.decided) {
                return wrong("day of the decision");
            }
            // A length that is not worked out leaves the end unstated: less than the truth, and not another.
            let ends = match setting.term {
                Term::None => vec![None],
                Term::Range | Term::Columns => vec![Some(outlet.to)],
                Term::Length => vec![Some(outlet.to), None],
            };
            if !ends.contains(&entry.valid_to) {
                return wrong("last day");
            }
            if matches!(setting.term, Term::Range | Term::Columns) && entry.valid_from != Some(outlet.from) {
                return wrong("first day");
            }
        }
    }
    for outlet in &case.truth {
        match met.get(outlet.name.as_str()) {
            Some(1) => {}
            Some(_) => return Err(format!("twice: {outlet:?}")),
            None => return Err(format!("lost: {outlet:?}")),
        }
    }
    adds_up(case, list)
}

/// Every line that holds anything became one thing, in the order of the book.
fn adds_up(case: &Case, list: &List) -> Result<(), String> {
    let counts = lists::account::count(&list.lines);
    let not: u64 = counts.not.values().sum();
    let lines: usize = case
        .pages
        .iter()
        .map(|page| page.lines.iter().filter(|set| set.cells.iter().any(|c| !c.is_empty())).count())
        .sum();
    if counts.lines != lines as u64 || counts.lines != counts.with_rows + counts.titles + not {
        return Err(format!("{lines} lines are {counts:?}"));
    }
    if counts.rows != list.rows.len() as u64 {
        return Err(format!("{} rows are {counts:?}", list.rows.len()));
    }
    let hidden: u64 = [NotARow::Hidden, NotARow::StruckOut].iter().filter_map(|why| counts.not.get(why)).sum();
    if hidden != case.unseen as u64 {
        return Err(format!("{} rows that nobody sees are {counts:?}", case.unseen));
    }
    if list.lines.iter().any(|line| line.became == Became::Rows(0)) {
        return Err("a line of no rows".to_owned());
    }
    Ok(())
}

fn number(name: &str, unset: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(unset)
}

fn carried() -> (Vec<CategoryNames>, DivisionTable) {
    let table = include_str!("../../../data/tables/divisions_above_street.csv");
    (carried_categories().unwrap(), divisions("2023", table).unwrap())
}

/// The page as a person would see it, for a failure.
fn shown(case: &Case) -> String {
    let mut out = format!("{:?}\n", case.setting);
    for page in &case.pages {
        for set in &page.lines {
            let mark = if set.hidden {
                "hidden "
            } else if set.struck {
                "struck "
            } else if set.over {
                "over "
            } else {
                ""
            };
            let _ = writeln!(out, "  {mark}{}", set.cells.join(" | "));
        }
        let _ = writeln!(out, "  merged down: {:?}", page.down);
    }
    out
}

#[test]
fn what_is_read_is_the_truth_or_is_asked_or_reported() {
    let (seed, cases) = (number("PUHUI_SEED", 20_261_128), number("PUHUI_CASES", 500));
    let only = std::env::var("PUHUI_CASE").ok().and_then(|text| text.parse::<u64>().ok());
    let (categories, divisions) = carried();
    let lexicon = Lexicon { categories: &categories, divisions: &divisions };
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for number in only.map_or(0..cases, |one| one..one + 1) {
        let case = Case::roll(seed.wrapping_mul(1_000_003).wrapping_add(number));
        // Each tenth goes through a file's bytes.
        let book = if number % 10 == 0 || case.setting.text {
            lists::open::open(&case.bytes(&mut Dice(number))).unwrap()
        } else {
            case.book()
        };
        let list = lists::read(&book, lexicon, &Answers::default()).unwrap();
        if let Err(what) = compare(&case, &list, &mut tally) {
            wrong.push(format!("case {number} of seed {seed}: {what}\n{}", shown(&case)));
        }
    }
    println!("seed {seed}, {cases} workbooks: {tally:?}, {} wrong", wrong.len());
    // A line for each kind of what is wrong, with one case of it.
    let mut kinds: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for what in &wrong {
        let kind = what.split(": ").nth(1).unwrap_or_default();
        kinds.entry(kind).or_insert((0, what)).0 += 1;
    }
    for (kind, (count, one)) in &kinds {
        println!("{count} of {kind}, such as {one}");
    }
    assert!(wrong.is_empty(), "{} wrong, of which the first: {}", wrong.len(), wrong[0]);
    assert!(tally.read > 9 * (tally.asked + tally.reported), "most of what is said plainly goes in: {tally:?}");
}
