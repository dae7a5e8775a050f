//! What lists call their columns: `data/words/headings.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::parts;
use crate::fold;

const TABLE: &str = include_str!("../../../../data/words/headings.csv");

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The outlet's name.
    Name,
    /// What it is certified as, in the list's own words.
    Category,
    /// The province.
    Province,
    /// The city.
    City,
    /// The county.
    County,
    /// The street or town.
    Street,
    /// The community or village.
    Community,
    /// The place's code.
    DivisionCode,
    /// The operator's credit code.
    Uscc,
    /// The outlet's number, or the whole provider id.
    Outlet,
    /// The address.
    Address,
    /// The body that decided.
    Body,
    /// The document's number.
    Document,
    /// The day of the decision.
    Decided,
    /// The day on which the certification was ended (取消日期、退出时间).
    Ended,
    /// The first day of the term.
    From,
    /// The last day of the term.
    To,
    /// The term, as one text.
    Term,
    /// What is said of the public notice.
    Publicity,
    /// Certified or not, or the result of a review.
    Status,
    /// The outlet's telephone.
    Phone,
    /// A person's name: not kept.
    Person,
    /// A person's number: not kept.
    PersonNumber,
    /// Degrees east.
    Longitude,
    /// Degrees north.
    Latitude,
    /// Both in one cell.
    Point,
    /// Whatever else is said.
    Remarks,
    /// Where the row is from.
    Source,
    /// A running number: says nothing of the outlet.
    Ordinal,
    /// The operator's name beside the outlet's.
    Operator,
    /// What is known and no part of the record: prices, sizes, grades, hours.
    Other,
}

impl Column {
    /// Every column by its code in the table and what it is called where the list has none.
    const ALL: [(Self, &'static str, &'static str); 31] = [
        (Self::Name, "name", "机构名称"),
        (Self::Category, "category", "类别"),
        (Self::Province, "province", "省份"),
        (Self::City, "city", "城市"),
        (Self::County, "county", "所属区县"),
        (Self::Street, "street", "所属街道"),
        (Self::Community, "community", "社区"),
        (Self::DivisionCode, "division-code", "区划代码"),
        (Self::Uscc, "uscc", "统一社会信用代码"),
        (Self::Outlet, "outlet", "网点号"),
        (Self::Address, "address", "地址"),
        (Self::Body, "body", "认定单位"),
        (Self::Document, "document", "文号"),
        (Self::Decided, "decided", "认定日期"),
        (Self::Ended, "ended", "终止日期"),
        (Self::From, "from", "有效期起"),
        (Self::To, "to", "有效期至"),
        (Self::Term, "term", "有效期"),
        (Self::Publicity, "publicity", "公示"),
        (Self::Status, "status", "状态"),
        (Self::Phone, "phone", "联系电话"),
        (Self::Person, "person", "负责人"),
        (Self::PersonNumber, "person-number", "身份证号"),
        (Self::Longitude, "longitude", "经度"),
        (Self::Latitude, "latitude", "纬度"),
        (Self::Point, "point", "经纬度"),
        (Self::Remarks, "remarks", "备注"),
        (Self::Source, "source", "来源"),
        (Self::Ordinal, "ordinal", "序号"),
        (Self::Operator, "operator", "运营主体"),
        (Self::Other, "other", "其他"),
    ];

    /// What the column is called where the list has none for it.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(column, ..)| *column == self).map_or("", |(.., label)| label)
    }

    /// Its code in the table and in answers.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(column, ..)| *column == self).map_or("", |(_, code, _)| code)
    }

    /// Every column that a heading can be said to mean.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().map(|(column, ..)| *column)
    }

    /// The column of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == code).map(|(column, ..)| *column)
    }
}

static KNOWN: LazyLock<HashMap<String, Column>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some((fold::key(row.get(0)?), Column::of_code(row.get(1)?)?));
    super::rows(TABLE).filter_map(row).collect()
});

/// The column a heading names. Marks of required fields and notes in brackets are passed over.
pub fn column(heading: &str) -> Option<Column> {
    let full = fold::key(heading).replace(['*', ':'], "");
    if full.is_empty() {
        return None;
    }
    let (short, _notes) = fold::without_notes(&full);
    let known = KNOWN.get(&full).or_else(|| KNOWN.get(&short)).copied();
    known.or_else(|| of_parts(&short))
}

const CHILDREN: &str = include_str!("../../../../data/words/heading_children.csv");

/// The column of a heading by the column of the one above it and its own words; `*` stands for any.
static OF_CHILDREN: LazyLock<HashMap<(Column, String), Column>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        Some(((Column::of_code(row.get(0)?)?, fold::key(row.get(1)?)), Column::of_code(row.get(2)?)?))
    };
    super::rows(CHILDREN).filter_map(row).collect()
});

/// The column of a heading that stands under another one, and whether it is called by its own words alone (地址 over 街道) or by both (有效期 over 起).
pub fn column_under(parent: &str, child: &str) -> (Option<Column>, bool) {
    let above = column(parent);
    let of_child = |child: String| OF_CHILDREN.get(&(above?, child)).copied();
    if let Some(column) = of_child(fold::key(child)).or_else(|| of_child("*".to_owned())) {
        return (Some(column), matches!(above, Some(Column::Address)));
    }
    if let Some(column) = column(&format!("{parent}{child}")) {
        return (Some(column), false);
    }
    // A day, a number or a document under a heading of other things is theirs: the term of a licence is no certification's.
    let anybodys = |own: &Column| {
        !matches!(
            own,
            Column::Decided
                | Column::Ended
                | Column::From
                | Column::To
                | Column::Term
                | Column::Document
                | Column::Body
                | Column::Status
                | Column::Publicity
                | Column::Outlet
        )
    };
    let own = column(child).filter(|own| anybodys(own) || of_certification(parent));
    (own, true)
}

/// Whether a heading is of the certification as a whole.
fn of_certification(parent: &str) -> bool {
    matches!(column(parent), Some(Column::Status))
        || OF_ALL.iter().any(|word| fold::key(parent).contains(word.as_str()))
}

/// Whether a heading says that names stand below it: 幼儿园名称, where 幼儿园 may be a title as well.
pub fn is_of_names(heading: &str) -> bool {
    let (key, _notes) = fold::without_notes(&fold::key(heading));
    ENDINGS.iter().any(|(part, column)| *column == Column::Name && key.ends_with(part.as_str()))
        || key.ends_with("全称")
}

/// Whether a heading names outlets by what became of them: 取消认定幼儿园.
pub fn is_of_verdict(heading: &str) -> bool {
    super::titles::is_category(heading) && super::verdicts::of_clause(heading).is_some()
}

/// Whether a heading is an answer to the one above it, as 是 is under 是否普惠.
pub fn is_answer(heading: &str) -> bool {
    super::verdicts::of_cell(heading).is_some()
}

const PERSONS: &str = include_str!("../../../../data/words/heading_persons.csv");

/// What a heading is in a list of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfPersons {
    /// Who it is.
    Subject,
    /// What is said of him.
    Beside,
    /// Where he works.
    Body,
}

static OF_PERSONS: LazyLock<HashMap<String, OfPersons>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| {
        let is = match row.get(1)? {
            "subject" => OfPersons::Subject,
            "beside" => OfPersons::Beside,
            "body" => OfPersons::Body,
            _ => return None,
        };
        Some((fold::key(row.get(0)?), is))
    };
    super::rows(PERSONS).filter_map(row).collect()
});

/// Whether headings are those of a list of persons: it names who they are and nothing of an outlet but where they work.
pub fn are_of_persons<'a>(headings: impl Iterator<Item = &'a str>) -> bool {
    let (mut subjects, mut others) = (0, 0);
    for heading in headings.filter(|heading| !heading.is_empty()) {
        match OF_PERSONS.get(&fold::key(heading)) {
            Some(OfPersons::Subject) => subjects += 1,
            Some(OfPersons::Beside | OfPersons::Body) => others += 1,
            None => match column(heading) {
                Some(Column::Ordinal) => {}
                Some(Column::Person | Column::PersonNumber | Column::Phone | Column::Remarks) => others += 1,
                _ => return false,
            },
        }
    }
    subjects == 1 && others > 0
}

const RANKS: &str = include_str!("../../../../data/words/heading_ranks.csv");

static RANKED: LazyLock<HashMap<String, u8>> = LazyLock::new(|| {
    super::rows(RANKS).filter_map(|row| Some((fold::key(row.get(0)?), row.get(1)?.parse().ok()?))).collect()
});

/// Which of two headings of one column is taken: the lower, and of equal ones the first (`data/words/heading_ranks.csv`).
pub(crate) fn rank(heading: &str) -> u8 {
    let full = fold::key(heading).replace(['*', ':'], "");
    let (short, _notes) = fold::without_notes(&full);
    RANKED.get(&full).or_else(|| RANKED.get(&short)).copied().unwrap_or(1)
}

const PARTS: &str = include_str!("../../../../data/words/heading_parts.csv");

static ENDINGS: LazyLock<Vec<(String, Column)>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some((fold::key(row.get(0)?), Column::of_code(row.get(1)?)?));
    super::rows(PARTS).filter_map(row).collect()
});

/// Words that a heading over several others has where all of them are of the certification.
static OF_ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
    let row = |row: csv::StringRecord| Some(fold::key(row.get(0)?)).filter(|_| row.get(1) == Some("certification"));
    super::rows(PARTS).filter_map(row).collect()
});

/// The column of a heading that is made of known parts: what it ends in, or for what is no part of the record, what stands in it.
fn of_parts(key: &str) -> Option<Column> {
    let fits = |(part, column): &&(String, Column)| match column {
        Column::Other => key.contains(part.as_str()),
        Column::Name => key.strip_suffix(part.as_str()).is_some_and(|begin| !parts::codes(begin).is_empty()),
        _ => key.ends_with(part.as_str()),
    };
    ENDINGS.iter().find(fits).map(|(_, column)| *column)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_whole_and_names_no_column_twice() {
        let mut seen = BTreeSet::new();
        let lines = TABLE.lines().count();
        for row in csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap) {
            assert!(Column::of_code(&row[1]).is_some(), "{row:?}");
            assert!(!row[2].is_empty(), "{row:?} has no source");
            assert!(seen.insert(fold::key(&row[0])), "{row:?} stands twice");
        }
        assert_eq!((seen.len() + 1, KNOWN.len() + 1), (lines, lines));
        assert_eq!(ENDINGS.len() + OF_ALL.len() + 1, PARTS.lines().count());
        assert_eq!(OF_CHILDREN.len() + 1, CHILDREN.lines().count());
        assert_eq!(OF_PERSONS.len() + 1, PERSONS.lines().count());
        assert_eq!(RANKED.len() + 1, RANKS.lines().count());
        assert!(RANKED.keys().all(|heading| matches!(column(heading), Some(Column::Address | Column::Phone) | None)));
    }

    #[test]
    fn marks_and_notes_beside_a_heading_are_passed_over() {
        assert_eq!(column("机构 名称*"), Some(Column::Name));
        assert_eq!(column("统一社会信用代码（18位）"), Some(Column::Uscc));
        assert_eq!(column("办别"), Some(Column::Other));
        assert_eq!(column("长者饭堂名称"), Some(Column::Name));
        assert_eq!(column("普惠性托育园地址"), Some(Column::Address));
        assert_eq!(column("挂牌生效日"), None);
        assert_eq!(column("法人名称"), Some(Column::Operator));
    }

    #[test]
    fn a_heading_is_read_with_the_one_above_it() {
        for (parent, child, expected) in [
            ("有效期", "起", Some(Column::From)),
            ("认定有效期", "截止时间", Some(Column::To)),
            ("地址", "街道", Some(Column::Street)),
            ("地址", "门牌", Some(Column::Address)),
            ("位置", "详细地址", Some(Column::Address)),
            ("认定情况", "文号", Some(Column::Document)),
            ("认定情况", "日期", Some(Column::Decided)),
            ("基本信息", "机构名称", Some(Column::Name)),
            ("消防验收", "日期", None),
            ("食品经营许可证", "有效期", Some(Column::Other)),
            ("营业执照", "有效期", Some(Column::Other)),
            ("运营主体", "名称", Some(Column::Operator)),
            ("运营主体", "地址", Some(Column::Other)),
            ("负责人", "电话", Some(Column::Phone)),
            ("是否普惠", "是", None),
            ("收费", "是", Some(Column::Other)),
        ] {
            assert_eq!(column_under(parent, child).0, expected, "{parent} {child}");
        }
    }

    #[test]
    fn lists_of_persons_are_known_by_their_headings() {
        let are = |headings: &str| are_of_persons(headings.split(','));
        assert!(are("序号,姓名,单位") && are("序号,专家姓名,工作单位,职称,联系电话") && are("姓名,职务"));
        assert!(
            !are("序号,姓名,机构名称") && !are("序号,机构名称,负责人") && !are("姓名") && !are("序号,姓名,单位,地址")
        );
    }
}
