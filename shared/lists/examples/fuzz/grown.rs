//! Lists of any shape, before they are files: few lines or a hundred thousand, a table for every line, sheets by the hundred, cells that go on and on.

use crate::dice::Dice;

/// One sheet.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) hidden: bool,
    pub(crate) lines: Vec<Line>,
    /// First and last row, first and last column, from 0.
    pub(crate) merged: Vec<[usize; 4]>,
    pub(crate) hidden_columns: Vec<(usize, usize)>,
}

/// One line.
#[derive(Default, Clone)]
pub(crate) struct Line {
    /// Where it stands, from 0.
    pub(crate) row: usize,
    pub(crate) cells: Vec<String>,
    pub(crate) hidden: bool,
    /// How many times it stands there, in files that can say so.
    pub(crate) repeated: usize,
}

const HEADINGS: &[&str] = &[
    "序号",
    "机构名称",
    "幼儿园名称",
    "类别",
    "所属区县",
    "街道",
    "地址",
    "统一社会信用代码",
    "认定日期",
    "有效期",
    "有效期至",
    "认定结果",
    "备注",
    "联系电话",
    "认定文号",
    "经度",
    "纬度",
    "负责人",
    "办别",
    "托位数",
    "认定单位",
    "公示期",
    "地级市",
    "区划代码",
    "",
];
const NAMES: &[&str] = &[
    "样例幼儿园",
    "阳光托育园(东区分园)",
    "邗江区蒋王街道居家养老服务中心",
    "扬州市邗江区新盛托育有限公司",
    "张某某便民店",
    "幸福里老年助餐点2号楼",
];
const PLACES: &[&str] = &[
    "邗江区",
    "扬州市广陵区",
    "江苏省扬州市宝应县",
    "321003",
    "321012000000",
    "市本级",
    "西湖区",
    "鼓楼区",
    "朝阳",
    "蒋王街道",
    "景区",
    "某某县",
    "开发区",
    "321999",
];
const DAYS: &[&str] = &[
    "2024-03-01",
    "2024年3月1日",
    "2024.3",
    "二〇二四年三月一日",
    "45352",
    "2024-13-45",
    "自认定之日起三年",
    "2024年3月1日至2027年2月28日",
    "2024.3.1-2027.2.28",
    "长期",
    "2023—2024学年",
    "24/3/1",
];
const WORDS: &[&str] = &[
    "普惠性民办幼儿园",
    "普惠托育",
    "拟认定",
    "取消认定",
    "不认定",
    "是",
    "否",
    "√",
    "×",
    "已认定(2023年退出)",
    "暂缓",
    "文昌西路100号",
    "扬教〔2024〕12号",
    "91321003MA1X12345Y",
    "9.1321E+17",
    "0514-87654321",
    "13900000000",
    "119.41",
    "32.39",
    "#N/A",
    "-",
    "/",
    "无",
    "A类",
    "85分",
    "未取消",
    "整改后合格,拟认定",
];
const TITLES: &[&str] = &[
    "2024年扬州市普惠性民办幼儿园名单",
    "二、取消认定名单",
    "邗江区",
    "广陵区(3家)",
    "拟认定普惠性托育机构公示",
    "一、蒋王街道",
    "普惠性养老机构",
    "附件2",
    "未通过认定的机构",
];
const NOTES: &[&str] = &[
    "注:不合格的取消认定。",
    "合计",
    "共3家",
    "联系人:张某 0514-87654321",
    "扬州市教育局",
    "2024年3月1日",
    "(盖章)",
    "示例",
];

/// How lines follow each other.
#[derive(Clone, Copy)]
enum Shape {
    /// Headings once, then rows.
    Plain,
    /// Headings again and again, in another order: as many tables.
    Tables,
    /// A title before every few rows.
    Titles,
    /// Anything.
    Mixed,
    /// One text a line.
    Alone,
    /// No cell like another.
    Odd,
}

/// Sheets of a list.
pub(crate) fn sheets(dice: &mut Dice) -> Vec<Sheet> {
    let most = match dice.below(60) {
        0 => 3_000_000,
        1..=3 => 600_000,
        4..=15 => 60_000,
        16..=35 => 8_000,
        _ => 1_500,
    };
    let many = if dice.one_in(12) { 1 + dice.below(1_200) } else { 1 + dice.below(3) };
    let shape = *dice.pick(&[Shape::Plain, Shape::Tables, Shape::Titles, Shape::Mixed, Shape::Alone, Shape::Odd]);
    (0..many).map(|at| sheet(dice, at, shape, most, many)).collect()
}

fn sheet(dice: &mut Dice, at: usize, shape: Shape, most: usize, many: usize) -> Sheet {
    let most = most / many;
    let columns = match dice.below(40 + many) {
        0 => 300,
        1 => 60,
        _ => 1 + dice.below(14),
    };
    let blocks = if dice.one_in(6) { 1 + dice.below(5) } else { 1 };
    let mut heading = heading(dice, columns, blocks);
    // Rows that are alike cost little to make, and some programs write nothing else.
    let pool: Vec<Vec<String>> = (0..24).map(|_| row(dice, &heading)).collect();
    let (mut lines, mut used, mut place): (Vec<Line>, _, _) = (Vec::new(), 0, 0);
    let often = 1 + dice.below(6);
    while used < most || lines.len() < 4 {
        let begins = lines.is_empty();
        let one = |text: &str| vec![text.to_owned()];
        let cells = match shape {
            Shape::Tables if begins || dice.one_in(often) => {
                dice.shuffle(&mut heading);
                heading.clone()
            }
            Shape::Titles if lines.len() > 1 && dice.one_in(often) => one(&numbered(dice, TITLES)),
            Shape::Plain | Shape::Titles | Shape::Odd | Shape::Mixed if begins => heading.clone(),
            Shape::Mixed => match dice.below(8) {
                0 => heading.clone(),
                1 => one(&numbered(dice, TITLES)),
                2 => one(dice.pick::<&str>(NOTES)),
                3 => Vec::new(),
                _ => dice.pick(&pool).clone(),
            },
            Shape::Alone => one(&numbered(dice, if begins { TITLES } else { NAMES })),
            Shape::Odd => row(dice, &heading),
            Shape::Plain | Shape::Tables | Shape::Titles => dice.pick(&pool).clone(),
        };
        used += 8 + cells.iter().map(|cell| cell.len() + 4).sum::<usize>();
        let repeated = if dice.one_in(200) { dice.below(70_000) } else { 1 };
        lines.push(Line { row: place, cells, hidden: dice.one_in(30), repeated });
        place += if dice.one_in(100) { dice.below(100_000) } else { 1 };
    }
    // A line far wider than any list.
    if dice.one_in(100 * many) {
        let wide = dice.below(lines.len());
        lines[wide].cells = (0..100_000).map(|_| (*dice.pick(WORDS)).to_owned()).collect();
    }
    let rows = place;
    let areas = if dice.one_in(10 * many) { dice.below(4_000) } else { dice.below(6) };
    let merged = (0..areas).map(|_| area(dice, rows, columns)).collect();
    let hidden_columns = (0..dice.below(3)).map(|_| (dice.below(columns), dice.below(300))).collect();
    let name = if dice.one_in(3) { text(dice) } else { format!("Sheet{at}") };
    Sheet { name, hidden: dice.one_in(20), lines, merged, hidden_columns }
}

fn heading(dice: &mut Dice, columns: usize, blocks: usize) -> Vec<String> {
    let one: Vec<String> = (0..columns).map(|_| (*dice.pick(HEADINGS)).to_owned()).collect();
    let mut all = Vec::new();
    for _ in 0..blocks {
        all.extend(one.iter().cloned());
    }
    if all.iter().all(|cell| !cell.contains("名称")) {
        all.insert(0, "机构名称".to_owned());
    }
    all
}

fn row(dice: &mut Dice, heading: &[String]) -> Vec<String> {
    heading.iter().map(|heading| cell(dice, heading)).collect()
}

fn cell(dice: &mut Dice, heading: &str) -> String {
    if dice.one_in(25) {
        return text(dice);
    }
    let of: &[&str] = match heading {
        "机构名称" | "幼儿园名称" | "负责人" => NAMES,
        "所属区县" | "街道" | "地级市" | "区划代码" => PLACES,
        "认定日期" | "有效期" | "有效期至" | "公示期" => DAYS,
        _ => WORDS,
    };
    if dice.one_in(4) { numbered(dice, of) } else { (*dice.pick(of)).to_owned() }
}

/// One of these with a number behind it, so that none is like another.
fn numbered(dice: &mut Dice, of: &[&str]) -> String {
    format!("{}{}", dice.pick(of), dice.below(1_000_000))
}

/// A text of any length made of pieces that readers know.
fn text(dice: &mut Dice) -> String {
    let all = [HEADINGS, NAMES, PLACES, DAYS, WORDS, TITLES, NOTES];
    let most = match dice.below(40) {
        0 if dice.one_in(20) => 40_000,
        1..=2 => 4_000,
        _ => 120,
    };
    let length = dice.below(most);
    let piece = |dice: &mut Dice| {
        let of = *dice.pick(&all);
        (*dice.pick(of)).to_owned()
    };
    if dice.one_in(2) {
        let one = piece(dice);
        return one.repeat(length / one.len().max(1) + 1);
    }
    let between = *dice.pick(&["", "、", ",", "(", ")", "。", " ", "\n", "至", "-", "〔", "<", "&", "\""]);
    let mut text = String::new();
    while text.len() < length {
        text.push_str(&piece(dice));
        text.push_str(between);
    }
    text
}

fn area(dice: &mut Dice, rows: usize, columns: usize) -> [usize; 4] {
    let (row, column) = (dice.below(rows), dice.below(columns));
    let down = if dice.one_in(3) { dice.below(1_100_000) } else { dice.below(4) };
    let across = if dice.one_in(3) { dice.below(20_000) } else { dice.below(columns) };
    [row, row + down, column, column + across]
}
