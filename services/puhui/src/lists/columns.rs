//! Which row is the header, and which column holds what. Two families of headers are known: the one that
//! `data/lists/certified_lists_public.csv` uses, and the Chinese ones that bureaus use.

use super::bounds::HEADER_ROWS_MAX;
use super::fold;
use super::line::Line;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Column {
    Kind,
    Province,
    City,
    County,
    DivisionCode,
    Name,
    Uscc,
    Outlet,
    Address,
    DecidingBody,
    DocumentNumber,
    DecidedOn,
    ValidFrom,
    Term,
    Publicity,
    Status,
    Phone,
    Remarks,
    Source,
    /// A running number: says nothing about the outlet.
    Ignored,
}

const HEADERS: &[(Column, &[&str])] = &[
    (Column::Kind, &["kind", "类别", "服务类别", "机构类别", "认定类别", "机构类型"]),
    (Column::Province, &["province", "省", "省份", "所属省份"]),
    (Column::City, &["市", "城市", "地市", "所属城市", "设区市"]),
    (Column::County, &["county", "所属区县", "区县", "县区", "县(市、区)", "县市区", "属地"]),
    (Column::DivisionCode, &["区划代码", "行政区划", "行政区划代码", "统计用区划代码"]),
    (
        Column::Name,
        &[
            "provider_name_as_published",
            "机构名称",
            "单位名称",
            "名称",
            "幼儿园名称",
            "园所名称",
            "托育机构名称",
            "养老机构名称",
            "网点名称",
            "机构网点名称",
        ],
    ),
    (Column::Uscc, &["统一社会信用代码", "信用代码", "社会信用代码"]),
    (Column::Outlet, &["网点号", "网点编号"]),
    (Column::Address, &["地址", "机构地址", "详细地址", "网点地址"]),
    (Column::DecidingBody, &["deciding_body", "认定单位", "认定部门", "认定机关", "主管部门"]),
    (Column::DocumentNumber, &["doc_no", "文号", "认定文号", "文件号"]),
    (Column::DecidedOn, &["decision_or_notice_date", "认定日期", "认定时间", "决定日期"]),
    (Column::ValidFrom, &["有效期起", "有效期自", "有效期开始"]),
    (Column::Term, &["validity", "有效期", "有效期限", "有效期至", "有效期止", "认定有效期"]),
    (Column::Publicity, &["publicity", "公示", "公示情况", "公示期", "公示时间", "公示日期"]),
    (Column::Status, &["状态", "认定状态", "认定结果", "认定情况", "结论"]),
    (Column::Phone, &["联系电话", "公开电话", "电话"]),
    (Column::Remarks, &["备注", "说明"]),
    (Column::Source, &["source", "来源", "信息来源"]),
    (Column::Ignored, &["序号", "编号", "no", "no."]),
];

impl Column {
    /// What the column is called where the list has none for it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Kind => "类别",
            Self::Province => "省份",
            Self::City => "城市",
            Self::County => "所属区县",
            Self::DivisionCode => "区划代码",
            Self::Name => "机构名称",
            Self::Uscc => "统一社会信用代码",
            Self::Outlet => "网点号",
            Self::Address => "地址",
            Self::DecidingBody => "认定单位",
            Self::DocumentNumber => "文号",
            Self::DecidedOn => "认定日期",
            Self::ValidFrom => "有效期起",
            Self::Term => "有效期",
            Self::Publicity => "公示",
            Self::Status => "状态",
            Self::Phone => "联系电话",
            Self::Remarks => "备注",
            Self::Source => "来源",
            Self::Ignored => "序号",
        }
    }

    /// The column a header names. Marks of required fields and notes in brackets are passed over.
    fn named(header: &str) -> Option<Self> {
        let full = fold::key(header).replace(['*', ':'], "");
        let (short, _notes) = fold::without_notes(&full);
        let find = |text: &str| HEADERS.iter().find(|(_, names)| names.contains(&text)).map(|(column, _)| *column);
        find(&full).or_else(|| find(&short))
    }
}

/// The recognised header of a list.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// Which of the lines it is.
    pub(crate) index: usize,
    /// The header cells as published.
    pub(crate) cells: Vec<String>,
    columns: Vec<(Column, usize)>,
    /// Headers that name no known column.
    pub(crate) unknown: Vec<String>,
    /// Headers that name a column a second time.
    pub(crate) repeated: Vec<String>,
}

impl Header {
    /// The first line, within the first [`HEADER_ROWS_MAX`], that names the outlets' names and at least one more thing.
    pub(crate) fn find(lines: &[Line]) -> Option<Self> {
        lines.iter().take(HEADER_ROWS_MAX).enumerate().find_map(|(index, line)| Self::of(index, &line.cells))
    }

    fn of(index: usize, cells: &[String]) -> Option<Self> {
        let mut header =
            Self { index, cells: cells.to_vec(), columns: Vec::new(), unknown: Vec::new(), repeated: Vec::new() };
        for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            match Column::named(cell) {
                Some(Column::Ignored) => {}
                Some(column) if header.place(column).is_some() => header.repeated.push(cell.clone()),
                Some(column) => header.columns.push((column, at)),
                None => header.unknown.push(cell.clone()),
            }
        }
        (header.place(Column::Name).is_some() && header.columns.len() >= 2).then_some(header)
    }

    /// How many columns are recognised.
    pub(crate) fn recognised(&self) -> usize {
        self.columns.len()
    }

    /// Where a column stands.
    pub(crate) fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().find(|(c, _)| *c == column).map(|(_, at)| *at)
    }

    /// What the list calls a column.
    pub(crate) fn title(&self, column: Column) -> &str {
        self.place(column).and_then(|at| self.cells.get(at)).map_or(column.label(), String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(rows: &[&[&str]]) -> Vec<Line> {
        let line = |(i, cells): (usize, &&[&str])| Line {
            number: i as u64 + 1,
            cells: cells.iter().map(|c| (*c).to_owned()).collect(),
        };
        rows.iter().enumerate().map(line).collect()
    }

    #[test]
    fn titles_above_the_header_are_skipped() {
        let header = Header::find(&lines(&[
            &["2025年普惠性托育机构名单"],
            &["序号", "机构 名称*", "统一社会信用代码（18位）", "负责人", "地址", "地址"],
        ]))
        .unwrap();
        assert_eq!((header.index, header.recognised()), (1, 3));
        assert_eq!(header.place(Column::Uscc), Some(2));
        assert_eq!((header.unknown, header.repeated), (vec!["负责人".to_owned()], vec!["地址".to_owned()]));
    }

    #[test]
    fn a_name_alone_is_no_header() {
        assert!(Header::find(&lines(&[&["序号", "名称"]])).is_none());
        let mut late = vec![&["题"][..]; HEADER_ROWS_MAX];
        late.push(&["名称", "地址"]);
        assert!(Header::find(&lines(&late)).is_none());
    }

    #[test]
    fn no_header_names_two_columns() {
        let mut seen = std::collections::BTreeSet::new();
        for name in HEADERS.iter().flat_map(|(_, names)| *names) {
            assert!(seen.insert(name), "{name}");
            assert_eq!(*name, fold::key(name));
        }
    }
}
