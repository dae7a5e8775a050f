//! What a list says an outlet is: its category, and whether the certification is decided or only proposed.

use domain::CategoryCode;

use crate::lexicon::CategoryNames;
use crate::reading::Fault;
use crate::words::{awards, parts};
use crate::{fold, rule};

/// The category that a title or a heading names: by the longest name or alias that stands in it, or else by its parts. `None` where it names several.
pub(crate) fn category_in_title(title: &str, categories: &[CategoryNames]) -> Option<CategoryCode> {
    let title = fold::key(title);
    let names = |category: &CategoryNames| category.longest_in(&title);
    let longest = || categories.iter().max_by_key(|category| names(category)).filter(|one| names(one) > 0);
    match parts::codes(&title).as_slice() {
        [] => longest().map(|category| category.code.clone()),
        [one] => {
            categories.iter().find(|category| category.code.as_str() == *one).map(|category| category.code.clone())
        }
        _ => None,
    }
}

/// The category that a text names by code, name or alias. Notes in brackets may stand beside the name; a quality grade
/// is no
/// certification as an inclusive provider, however good.
pub(crate) fn category(text: &str, title: &str, categories: &[CategoryNames]) -> Result<CategoryCode, Fault> {
    let key = fold::key(text);
    if key.is_empty() {
        return Err(Fault::empty(title));
    }
    let find = |key: &str| categories.iter().find(|c| c.is_called(key)).map(|c| c.code.clone());
    let found = find(&key).or_else(|| {
        let (base, _notes) = fold::without_notes(&key);
        find(&bare(&base))
    });
    // A grade beside 普惠 is told of one that is certified; alone it certifies something else.
    let graded = awards::is_award(&key) && !key.contains("普惠");
    let of_parts = || match parts::codes(&key).as_slice() {
        [one] => {
            categories.iter().find(|category| category.code.as_str() == *one).map(|category| category.code.clone())
        }
        _ => None,
    };
    match found.or_else(|| if graded { None } else { of_parts() }) {
        Some(_) if awards::is_not_inclusive(&key) => Err(no_certification(text, title)),
        Some(code) => Ok(code),
        None if awards::is_award(&key) => Err(no_certification(text, title)),
        None => Err(Fault::new(
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

fn no_certification(text: &str, title: &str) -> Fault {
    Fault::new(
        title,
        rule::NOT_INCLUSIVE_CERTIFICATION,
        format!("「{}」是质量等级或其他评定,不是普惠认定", fold::cut(text, 40)),
        format!("\"{}\" is a quality grade or another award, not a certification as inclusive", fold::cut(text, 40)),
    )
}

/// A kind without the words and the year that tell how far its certification has come.
fn bare(base: &str) -> String {
    let base = awards::without_beside(base);
    let base = base.trim_start_matches(|c: char| c.is_ascii_digit());
    base.strip_prefix("年度").or_else(|| base.strip_prefix('年')).unwrap_or(base).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::carried_categories;

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
            ("幼儿园", Ok("kindergarten")),
            ("民办普惠性幼儿园", Ok("kindergarten")),
            ("三星级普惠性民办幼儿园", Ok("kindergarten")),
            ("居家养老服务站", Ok("elder-community")),
            ("长者饭堂", Ok("community-meals")),
            ("社区卫生服务站", Ok("community-health")),
            ("幼儿园、养老院", Err(rule::CATEGORY_UNKNOWN)),
            ("", Err("EMPTY")),
        ] {
            let found = category(text, "类别", &categories);
            let found = found.as_ref().map(CategoryCode::as_str).map_err(|r| r.rule);
            assert_eq!(found, expected, "{text}");
        }
    }
}
