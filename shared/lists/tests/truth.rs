//! Workbooks made at random from a truth that is known: what is read of them equals it, or is asked, or is reported, and nothing is lost.
//!
//! A truth is a list of outlets. It is set as bureaus set lists: columns in any order under any of their names, counties and categories in columns, in
//! merged cells, in titles between the rows or in the sheet's name, blocks side by side that are filled across or down, several sheets, two lists in
//! one sheet, further parts of ended and refused ones, terms as ranges, lengths or above the table, one name in two streets, remarks that end nothing
//! and some that do, totals of groups and of all, notes and signatures, headings repeated or in two lines, hidden columns, hidden and struck-out rows of other
//! outlets; as a workbook or as text in some encoding. `PUHUI_CASES` workbooks (500
//! where it is not set) from `PUHUI_SEED`; `PUHUI_CASE` tells one of them.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::{Day, DivisionTable};
use lists::account::{Became, NotARow};
use lists::book::{Book, Cell, Format, HiddenColumn, Line, Sheet, Unseen};
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
    street: &'static str,
    remark: &'static str,
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
const STREET_HEADINGS: &[&str] = &["所属街道", "街道", "所在街道"];
const REMARK_HEADINGS: &[&str] = &["备注", "备注说明"];
const HIDDEN_HEADINGS: &[&str] = &["认定结果", "有效期至", "核对", "类别"];
const STATUS_HEADINGS: &[&str] = &["认定结果", "状态", "认定状态"];
const ROAD: &[&str] = &["文昌路", "邗江中路", "淮海路", "江阳路", "扬子江路"];
/// Streets, which several counties have.
const STREETS: &[&str] = &["城东街道", "新集镇", "文汇街道", "西湖镇", "真州镇"];
/// Remarks that say nothing of how far the certification has come, whatever words they are made of.
const REMARKS: &[&str] = &[
    "",
    "到期前三个月申请复核",
    "收费超标的,取消认定",
    "原民办园退出后改办",
    "春节期间停止营业",
    "取消午餐收费",
    "未取消认定",
    "2022年取消后重新认定",
    "注册地址变更中",
    "不合格的限期整改",
    "周日歇业",
];
/// Remarks that say that it has ended.
const ENDING_REMARKS: &[&str] = &["2025年3月起停办", "2024年已退出", "已注销", "已停办"];
const NOTES: &[&str] = &[
    "注：到期须重新申报，不合格的取消认定。",
    "说明：以上名单由各区县上报。",
    "备注：退出须提前一个月书面申请。",
    "注:联系电话 0514-87654321。",
];
const ENDED_TITLES: &[&str] =
    &["二、取消认定名单", "取消认定的机构", "(二)撤销认定名单", "三、自愿退出名单", "注销的机构名单", "已停办的机构"];
const REFUSED_TITLES: &[&str] = &["三、不予认定名单", "未通过认定的机构", "(三)不予认定的机构"];
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
    /// The column that is hidden, where one is.
    hidden: Option<usize>,
}

impl Page {
    /// Sets a column among the others that is hidden, under a heading that would say something.
    fn hide_one(&mut self, dice: &mut Dice) {
        // A heading over several columns would have to go on over it.
        if !self.across.is_empty() {
            return;
        }
        let at = dice.below(self.width + 1);
        let heading = *dice.pick(HIDDEN_HEADINGS);
        let plain = |set: &Set| !set.over && set.cells.len() > 2;
        for set in self.lines.iter_mut().filter(|set| plain(set)) {
            let names = set.cells.iter().filter(|cell| NAME_HEADINGS.contains(&cell.as_str())).count();
            let text = if names > 0 { heading } else { *dice.pick(&["不认定", "取消", "2020-01-01", "旧"]) };
            set.cells.resize(set.cells.len().max(at), String::new());
            set.cells.insert(at, text.to_owned());
        }
        for set in self.lines.iter_mut().filter(|set| !set.over && set.cells.len() <= 2 && set.cells.len() > at) {
            set.cells.insert(at, String::new());
        }
        for (.., column) in &mut self.down {
            *column += usize::from(*column >= at);
        }
        self.width += 1;
        self.hidden = Some(at);
    }
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
    /// In the sheet's name.
    Sheet,
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
    street: bool,
    remarks: bool,
    blocks: usize,
    /// Whether blocks are filled one after the other, and not line by line.
    down: bool,
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
    /// In a line above the headings.
    Above,
}

/// Where an outlet stands: the page, the line from 1, the block from 1; block 0 where none stand side by side.
type Place = (usize, u64, u32);

struct Case {
    truth: BTreeMap<Place, Outlet>,
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
            term: *dice.pick(&[Term::None, Term::Range, Term::Columns, Term::Length, Term::Above]),
            document: dice.one_in(2),
            address: dice.one_in(2),
            decided: dice.one_in(2),
            ordinal: dice.one_in(2),
            street: dice.one_in(4),
            remarks: dice.one_in(3),
            blocks,
            down: dice.one_in(2),
            text,
            heads: Heads::One,
        };
        if !text && dice.one_in(6) {
            setting.county = Told::Sheet;
        }
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
        let mut case = Self { truth: BTreeMap::new(), setting, pages: Vec::new(), unseen: 0 };
        for sheet in 0..sheets {
            case.sheet(dice, sheet);
        }
        case
    }

    fn sheet(&mut self, dice: &mut Dice, sheet: usize) {
        let county = dice.below(COUNTIES.len());
        let name = match self.setting.county {
            // Sheets have names of their own.
            Told::Sheet => {
                format!("{}{}", COUNTIES[county].2, if sheet > 0 { (sheet + 1).to_string() } else { String::new() })
            }
            _ => format!("Sheet{}", sheet + 1),
        };
        let mut page = Page { name, ..Page::default() };
        self.pages.push(Page::default());
        for list in 0..if dice.one_in(5) { 2 } else { 1 } {
            self.list(dice, (sheet, list), county, &mut page);
        }
        // A column that nobody sees, of what would be read otherwise.
        if !self.setting.text && self.setting.blocks == 1 && page.hidden.is_none() && dice.one_in(8) {
            page.hide_one(dice);
        }
        self.pages[sheet] = page;
    }

    /// One list of a page: its title, its table and what stands below.
    fn list(&mut self, dice: &mut Dice, (sheet, list): (usize, usize), county: usize, page: &mut Page) {
        let county = if self.setting.county == Told::Sheet { county } else { dice.below(COUNTIES.len()) };
        let category = dice.below(CATEGORIES.len());
        let count = 1 + dice.below(9);
        // What a notice lists is proposed, whatever its status column says of a review.
        let kind = if self.setting.status {
            Kind::Certified
        } else {
            *dice.pick(&[Kind::Certified, Kind::Certified, Kind::Proposed])
        };
        let mut outlets: Vec<Outlet> = (0..count)
            .map(|n| self.outlet(dice, &format!("样例{sheet}-{list}-{n}号"), county, category, kind))
            .collect();
        if self.setting.term == Term::Above {
            let (decided, from, to) = (outlets[0].decided, outlets[0].from, outlets[0].to);
            for outlet in &mut outlets {
                (outlet.decided, outlet.from, outlet.to) = (decided, from, to);
            }
        }
        // One name in two streets is two outlets.
        if self.setting.street && count > 1 && dice.one_in(2) {
            outlets[1].name = outlets[0].name.clone();
            let other = STREETS.iter().position(|street| *street == outlets[0].street).unwrap() + 1;
            outlets[1].street = STREETS[other % STREETS.len()];
        }
        if self.setting.county == Told::Group || self.setting.county == Told::Merged {
            outlets.sort_by_key(|outlet| outlet.county);
        }
        if self.setting.category == Told::Group || self.setting.category == Told::Merged {
            outlets.sort_by_key(|outlet| outlet.category);
        }
        let columns = self.columns(dice);
        page.width = columns.len() * self.setting.blocks;
        let place = if self.setting.county == Told::Title { COUNTIES[county].2 } else { "扬州市" };
        let what =
            if self.setting.category == Told::Title { CATEGORIES[category].2 } else { "普惠性生活服务机构" };
        let title = match kind {
            Kind::Proposed => format!("{place}2024年拟认定{what}公示"),
            _ => format!("{place}2024年{what}认定名单"),
        };
        page.lines.push(Set { cells: vec![title], over: true, ..Set::default() });
        if self.setting.term == Term::Above {
            let (from, to) = (written(dice, outlets[0].from), written(dice, outlets[0].to));
            let term = match dice.below(3) {
                0 => format!("有效期：{from}至{to}"),
                1 => format!("有效期三年，自{from}至{to}"),
                _ => format!("认定有效期自{from}起至{to}止"),
            };
            page.lines.push(Set { cells: vec![term], over: true, ..Set::default() });
        }
        if dice.one_in(3) {
            let note = (*dice.pick(NOTES)).to_owned();
            page.lines.push(Set { cells: vec![note], over: true, ..Set::default() });
        }
        let mut parts = vec![("", outlets)];
        while !self.setting.status && self.setting.blocks == 1 && parts.len() < 3 && dice.one_in(2) {
            let kind = *dice.pick(&[Kind::Ended, Kind::Ended, Kind::Refused]);
            let at = dice.below(parts[0].1.len()) + 1;
            let mut others = parts[0].1.split_off(at);
            for outlet in &mut others {
                outlet.verdict = kind;
                outlet.remark = "";
            }
            let title = *dice.pick(if kind == Kind::Ended { ENDED_TITLES } else { REFUSED_TITLES });
            if !others.is_empty() {
                parts.insert(1, (title, others));
            }
        }
        let mut columns = columns;
        for (title, outlets) in parts {
            if !title.is_empty() {
                page.lines.push(Set { cells: vec![title.to_owned()], over: true, ..Set::default() });
                if dice.one_in(2) {
                    dice.shuffle(&mut columns);
                }
            }
            self.part(dice, (sheet, page), &columns, &outlets);
        }
        for _ in 0..dice.below(3) {
            let text = if dice.one_in(2) { dice.pick(NOTES) } else { dice.pick(SIGNATURES) };
            let mut cells = vec![String::new(); dice.below(page.width)];
            cells.push((*text).to_owned());
            page.lines.push(Set { cells, ..Set::default() });
        }
    }

    fn outlet(&self, dice: &mut Dice, name: &str, county: usize, category: usize, list: Kind) -> Outlet {
        let own = |told: Told| matches!(told, Told::Column | Told::Merged | Told::Group);

        let from = day(2022 + i32::try_from(dice.below(3)).unwrap(), u8::try_from(1 + dice.below(12)).unwrap(), 1);
        let remark = if list == Kind::Certified && !self.setting.status && dice.one_in(8) {
            *dice.pick(ENDING_REMARKS)
        } else {
            *dice.pick(REMARKS)
        };
        let verdict = if self.setting.remarks && ENDING_REMARKS.contains(&remark) {
            Kind::Ended
        } else if self.setting.status {
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
            street: *dice.pick::<&str>(STREETS),
            remark,
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
        add(dice, s.street, STREET_HEADINGS, 'S');
        add(dice, s.remarks, REMARK_HEADINGS, 'r');
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
            'S' => outlet.street.to_owned(),
            'r' => outlet.remark.to_owned(),
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
    fn part(
        &mut self,
        dice: &mut Dice,
        (sheet, page): (usize, &mut Page),
        columns: &[(&'static str, char)],
        outlets: &[Outlet],
    ) {
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
        let (mut unseen, mut of_group) = (0, 0);
        let totals = dice.one_in(3);
        let total = |dice: &mut Dice, many: usize| {
            let word = dice.pick(&["合计", "总计", "小计"]);
            Set { cells: vec![(*word).to_owned(), format!("{many}家")], ..Set::default() }
        };
        // Blocks fill line by line, or one after the other.
        let lines = outlets.len().div_ceil(blocks);
        for number in 0..lines {
            let at = |block: usize| if self.setting.down { block * lines + number } else { number * blocks + block };
            let line: Vec<(usize, Option<&Outlet>)> =
                (0..blocks).map(|block| (at(block), outlets.get(at(block)))).collect();
            let Some(first) = line[0].1 else { continue };
            if let Some(title) = group(first).filter(|title| Some(title) != last.as_ref()) {
                if totals && last.is_some() {
                    page.lines.push(total(dice, of_group));
                }
                page.lines.push(Set { cells: vec![title.clone()], over: true, ..Set::default() });
                (last, of_group) = (Some(title), 0);
            }
            of_group += 1;
            if dice.one_in(12) {
                self.heading(page, columns, &over);
            }
            if !self.setting.text && dice.one_in(10) {
                let mut other = first.clone();
                other.name = format!("未见{number}号店");
                let cells = columns.iter().map(|(_, code)| self.cell(dice, &other, *code, 99)).collect();
                let hidden = dice.one_in(2);
                page.lines.push(Set { cells, over: false, hidden, struck: !hidden });
                unseen += 1;
            }
            let mut cells = Vec::new();
            for (block, (number, outlet)) in line.iter().enumerate() {
                for (_, code) in columns {
                    cells.push(outlet.map(|outlet| self.cell(dice, outlet, *code, number + 1)).unwrap_or_default());
                }
                if let Some(outlet) = outlet {
                    let block = if blocks > 1 { u32::try_from(block).unwrap() + 1 } else { 0 };
                    self.truth.insert((sheet, page.lines.len() as u64 + 1, block), (*outlet).clone());
                }
            }
            page.lines.push(Set { cells, ..Set::default() });
        }
        self.unseen += unseen;
        if dice.one_in(4) {
            page.lines.push(total(dice, outlets.len()));
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
            let mut hidden_columns = Vec::new();
            if let Some(at) = page.hidden {
                let mut hidden = HiddenColumn { at, first: String::new(), cells: 0 };
                for cell in lines.iter_mut().filter_map(|line| line.cells.get_mut(at)) {
                    let cell = std::mem::take(cell);
                    hidden.cells += u64::from(!cell.is_empty() && !cell.merged);
                }
                hidden_columns.push(hidden);
            }
            lines.retain(|line| line.cells.iter().any(|cell| !cell.is_empty()));
            Sheet { name: page.name.clone(), lines, hidden_columns, ..Sheet::default() }
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
        let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        match dice.below(6) {
            0 => text.into_bytes(),
            3 => wide(u16::to_le_bytes),
            4 => [vec![0xFE, 0xFF], wide(u16::to_be_bytes)].concat(),
            1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            2 => encoding_rs::GB18030.encode(&text).0.into_owned(),
            _ => [vec![0xFF, 0xFE], wide(u16::to_le_bytes)].concat(),
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
            if let Some(hidden) = page.hidden {
                sheet.set_column_hidden(u16::try_from(hidden).unwrap()).unwrap();
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
    let mut met: BTreeMap<Place, u32> = BTreeMap::new();
    for row in &list.rows {
        let page = case.pages.iter().position(|page| page.name == row.at.sheet).unwrap_or(0);
        let place = (page, row.at.line, row.at.block);
        let Some(outlet) = case.truth.get(&place) else {
            if row.entry.is_some() {
                return Err(format!("made up: {row:?}"));
            }
            *tally
                .by
                .entry(format!("a row without a name: {:?}", row.faults.first().map(|fault| fault.rule)))
                .or_default() += 1;
            continue;
        };
        *met.entry(place).or_default() += 1;
        if row.name != outlet.name {
            return Err(format!("name: {row:?} is {outlet:?}"));
        }
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
        if entry.street.as_deref() != setting.street.then_some(outlet.street) {
            return wrong("street");
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
            if entry.valid_to != (setting.term != Term::None).then_some(outlet.to) {
                return wrong("last day");
            }
            // What is worked out from a length says so.
            if entry.worked_out.is_some() != (setting.term == Term::Length) {
                return wrong("worked out or not");
            }
            let from = matches!(setting.term, Term::Range | Term::Columns | Term::Above).then_some(outlet.from);
            if entry.valid_from != from {
                return wrong("first day");
            }
        }
    }
    for (place, outlet) in &case.truth {
        match met.get(place) {
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
