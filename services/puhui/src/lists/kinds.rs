//! What a list says an outlet is: its category, and whether the certification is decided or only proposed.

use domain::CategoryCode;

use super::entry::Rejection;
use super::tables::CategoryNames;
use super::{fold, rule};

/// How far the certification has come, by the list's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Certified,
    Proposed,
    /// The list is of outlets whose certification was refused or has ended.
    NotCertified,
}

/// Words that say a certification is proposed (公示 before the decision).
const PROPOSED: &[&str] = &["拟认定", "拟推荐", "拟评定", "待认定", "公示中", "proposed"];
/// Words that say there is none, or none any more.
const ENDED: &[&str] = &[
    "取消",
    "撤销",
    "退出",
    "注销",
    "终止",
    "失效",
    "到期",
    "不予认定",
    "未认定",
    "未通过",
    "不通过",
    "不合格",
    "暂停",
];
/// The same in titles. Notes above a header often say what happens when a term runs out or a review fails.
const ENDED_IN_TITLES: &[&str] = &["取消", "撤销", "退出", "注销", "不予认定", "未通过"];
/// The same in free remarks, where single words may speak of other things.
const ENDED_IN_REMARKS: &[&str] = &[
    "取消认定",
    "取消普惠",
    "撤销认定",
    "退出普惠",
    "自愿退出",
    "已取消",
    "已撤销",
    "已退出",
    "已注销",
    "不予认定",
    "未通过认定",
];
/// Words of quality grades and demonstration schemes, which certify something else.
const GRADES: &[&str] = &[
    "优质幼儿园",
    "优质园",
    "示范",
    "星级",
    "等级",
    "一级园",
    "二级园",
    "三级园",
    "qualitygrade",
    "not普惠",
    "非普惠",
];
const NOT_INCLUSIVE: &[&str] = &["not普惠", "非普惠", "qualitygrade"];
/// What a kind may carry beside the category's name.
const BESIDE: &[&str] = &["拟认定", "已认定", "认定的", "认定"];

fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// What the lines above the header say of the whole list.
pub(crate) fn progress_of_title(title: &str) -> Progress {
    let title = fold::key(title);
    if has(&title, ENDED_IN_TITLES) {
        Progress::NotCertified
    } else if has(&title, PROPOSED) {
        Progress::Proposed
    } else {
        Progress::Certified
    }
}

/// What one row says: its own words come before the title's.
pub(crate) fn progress(kind: &str, status: &str, remarks: &str, title: Progress) -> Progress {
    let (words, remarks) = (fold::key(&format!("{kind} {status}")), fold::key(remarks));
    if has(&words, ENDED) || has(&remarks, ENDED_IN_REMARKS) {
        Progress::NotCertified
    } else if has(&words, PROPOSED) || has(&remarks, PROPOSED) {
        Progress::Proposed
    } else if words.contains("已认定") {
        Progress::Certified
    } else {
        title
    }
}

/// The category that a text names by code, name or alias. Notes in brackets may stand beside the name; a quality grade
/// is no
/// certification as an inclusive provider, however good.
pub(crate) fn category(text: &str, title: &str, categories: &[CategoryNames]) -> Result<CategoryCode, Rejection> {
    let key = fold::key(text);
    if key.is_empty() {
        return Err(Rejection::empty(title));
    }
    let find = |key: &str| categories.iter().find(|c| c.is_called(key)).map(|c| c.code.clone());
    let found = find(&key).or_else(|| {
        let (base, _notes) = fold::without_notes(&key);
        find(&bare(&base))
    });
    match found {
        Some(_) if has(&key, NOT_INCLUSIVE) => Err(no_certification(text, title)),
        Some(code) => Ok(code),
        None if has(&key, GRADES) => Err(no_certification(text, title)),
        None => Err(Rejection::new(
            title,
            rule::CATEGORY_UNKNOWN,
            format!("没有「{}」这一类别;请填类别代码或名称,如 普惠托育、普惠性幼儿园", fold::cut(text, 40)),
            format!(
                "no category is called \"{}\"; give a category's code or name, such as childcare",
                fold::cut(text, 40)
            ),
        )),
    }
}

fn no_certification(text: &str, title: &str) -> Rejection {
    Rejection::new(
        title,
        rule::NOT_INCLUSIVE_CERTIFICATION,
        format!("「{}」是质量等级或其他评定,不是普惠认定", fold::cut(text, 40)),
        format!("\"{}\" is a quality grade or another award, not a certification as inclusive", fold::cut(text, 40)),
    )
}

/// A kind without the words and the year that tell how far its certification has come.
fn bare(base: &str) -> String {
    let mut base = base.to_owned();
    for word in BESIDE {
        base = base.replace(word, "");
    }
    let base = base.trim_start_matches(|c: char| c.is_ascii_digit());
    base.strip_prefix("年度").or_else(|| base.strip_prefix('年')).unwrap_or(base).to_owned()
}

/// The refusal of a row that speaks of no certification in force.
pub(crate) fn not_certified(column: &str) -> Rejection {
    Rejection::new(
        column,
        rule::NOT_CERTIFIED,
        "名单写明该机构未获认定,或认定已取消、退出、到期、暂停".to_owned(),
        "the list says that the outlet was not certified, or no longer is".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::tables::carried_categories;

    #[test]
    fn kinds_of_published_lists_are_told_apart() {
        let categories = carried_categories().unwrap();
        for (text, expected) in [
            ("普惠性民办幼儿园", Ok("kindergarten")),
            ("普惠性民办幼儿园(2016已认定)", Ok("kindergarten")),
            ("普惠性民办幼儿园（拟认定,A类）", Ok("kindergarten")),
            ("拟认定普惠性托育机构", Ok("childcare")),
            ("2025年度认定普惠性托育机构", Ok("childcare")),
            ("瑜伽", Err(rule::CATEGORY_UNKNOWN)),
            ("childcare", Ok("childcare")),
            ("助残（残疾人之家）", Ok("disability")),
            ("社区/居家养老·日间照料", Ok("elder-community")),
            ("普惠性幼儿园(三星级)", Ok("kindergarten")),
            ("江苏省优质幼儿园(quality grade, not 普惠)", Err(rule::NOT_INCLUSIVE_CERTIFICATION)),
            ("三星级养老机构", Err(rule::NOT_INCLUSIVE_CERTIFICATION)),
            ("普惠性幼儿园(非普惠)", Err(rule::NOT_INCLUSIVE_CERTIFICATION)),
            ("幼儿园", Err(rule::CATEGORY_UNKNOWN)),
            ("", Err("EMPTY")),
        ] {
            let found = category(text, "类别", &categories);
            let found = found.as_ref().map(CategoryCode::as_str).map_err(|r| r.rule);
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_rows_words_come_before_the_titles() {
        use Progress::{Certified, NotCertified, Proposed};
        for (title, kind, status, remarks, expected) in [
            ("2025年普惠性幼儿园名单", "", "", "", Certified),
            ("拟认定普惠性托育机构公示名单", "", "", "", Proposed),
            ("拟认定普惠性托育机构公示名单", "普惠性托育机构(2016已认定)", "", "", Certified),
            ("普惠性幼儿园名单(有效期三年,到期重新申报)", "", "", "", Certified),
            ("关于取消部分普惠性幼儿园认定的名单", "", "", "", NotCertified),
            ("", "普惠性托育机构(拟认定)", "", "", Proposed),
            ("", "普惠性托育机构", "未通过", "", NotCertified),
            ("", "普惠性托育机构", "", "2024年已退出", NotCertified),
            ("", "普惠性托育机构", "", "取消午餐收费", Certified),
        ] {
            assert_eq!(
                progress(kind, status, remarks, progress_of_title(title)),
                expected,
                "{title}{kind}{status}{remarks}"
            );
        }
    }
}
