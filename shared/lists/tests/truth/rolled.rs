//! A workbook made at random, and its truth.

use std::collections::BTreeMap;

use domain::Day;

use crate::dice::Dice;
use crate::kinds::{Case, Column, Heads, Kind, Outlet, Over, Page, Set, Setting, Term, Told, day};
use crate::words::{
    ADDRESS_HEADINGS, CATEGORIES, CATEGORY_HEADINGS, COUNTIES, COUNTY_HEADINGS, DECIDED_HEADINGS, DOCUMENT_HEADINGS,
    ENDED_TITLES, ENDING_REMARKS, FROM_HEADINGS, HIDDEN_HEADINGS, NAME_HEADINGS, NOTES, PAIRS, REFUSED_TITLES,
    REMARK_HEADINGS, REMARKS, ROAD, SIGNATURES, STATUS_HEADINGS, STREET_HEADINGS, STREETS, TERM_HEADINGS, TO_HEADINGS,
};

impl Page {
    /// Sets a column among the others that is hidden, under a heading that would say something.
    pub(super) fn hide_one(&mut self, dice: &mut Dice) {
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
    pub(super) fn roll(seed: u64) -> Self {
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
            let (first, others) = outlets.split_at_mut(1);
            others[0].name.clone_from(&first[0].name);
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
            street: dice.pick::<&str>(STREETS),
            remark,
            address: format!("{}{}号", dice.pick(ROAD), 1 + dice.below(300)),
            document: format!("扬教〔{}〕{}号", &from.to_string()[..4], 1 + dice.below(60)),
            decided: from,
            from,
            to: from.plus_months(36).plus_days(-1),
        }
    }

    /// The headings of one block, each with what it holds.
    fn columns(&self, dice: &mut Dice) -> Vec<Column> {
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
    fn part(&mut self, dice: &mut Dice, (sheet, page): (usize, &mut Page), columns: &[Column], outlets: &[Outlet]) {
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
                    self.truth.insert((sheet, page.lines.len() as u64 + 1, block), Outlet::clone(outlet));
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
    fn paired(&self, dice: &mut Dice, columns: &[Column]) -> (Vec<Column>, Vec<Over>) {
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
    fn heading(&self, page: &mut Page, columns: &[Column], over: &[Over]) {
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
    fn merge(&self, page: &mut Page, columns: &[Column]) {
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
}
