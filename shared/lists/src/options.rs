//! What an officer says of a whole list beforehand, by an option or in the file of answers: names are taken as well as codes.

use domain::{DocumentNumber, Invalid};

use crate::dates::{self, Published};
use crate::lexicon::Lexicon;
use crate::places::{self, Found, Gazetteer, Places, Scope};
use crate::point::Datum;
use crate::reading::Fault;
use crate::words::marks::Mark;
use crate::words::verdicts;
use crate::{fold, rule};

/// What can be said of a whole list, by its name in the file of answers.
pub const OPTIONS: [&str; 6] = ["category", "place", "kind", "document", "decided-on", "datum"];
/// The answer that a text means, told under the name it was given by. What only the list itself can tell, such as which of two places of one name, is left to it.
pub fn settle(id: &str, text: &str, named: &str, lexicon: Lexicon<'_>) -> Result<String, Fault> {
    match id {
        "category" => category(text, named, lexicon),
        "kind" => kind(text, named),
        "place" => match Places::new(&Gazetteer::new(lexicon.divisions)).find(text, &Scope::default()) {
            Ok(Found::Unknown(near)) => Err(places::unknown(named, text, &near)),
            Err(fault) => Err(Fault { column: named.to_owned(), ..fault }),
            Ok(_) => Ok(text.to_owned()),
        },
        "document" => match DocumentNumber::parse(text) {
            Ok(document) => Ok(document.to_string()),
            Err(invalid) => Err(Fault::invalid(named, invalid, text)),
        },
        "decided-on" => match dates::read(text) {
            Ok(Published::Day(day)) => Ok(day.to_string()),
            Ok(_) => Err(unfit(named, text, "不是一个日期,如 2025-03-01", "is no day such as 2025-03-01")),
            Err(invalid) => Err(Fault::invalid(named, invalid, text)),
        },
        "datum" => Datum::of(text).map(|datum| datum.code().to_owned()).ok_or_else(|| {
            let known = Datum::ALL.map(|(_, code, _)| code).join("、");
            unfit(named, text, &format!("不是坐标系;可写:{known}"), &format!("is none of {known}"))
        }),
        _ => Ok(text.to_owned()),
    }
}

/// A category by its code or by one of its names; by a part of them where only one has it.
fn category(text: &str, named: &str, lexicon: Lexicon<'_>) -> Result<String, Fault> {
    let key = fold::key(text);
    if let Some(category) = lexicon.categories.iter().find(|category| category.is_called(&key)) {
        return Ok(category.code.to_string());
    }
    let part = |name: &String| !key.is_empty() && fold::key(name).contains(&key);
    let with = lexicon.categories.iter().filter(|c| part(&c.name) || c.aliases.iter().any(part));
    let with: Vec<_> = with.collect();
    if let [one] = with.as_slice() {
        return Ok(one.code.to_string());
    }
    let nearest = if with.is_empty() { lexicon.categories.iter().collect() } else { with };
    let nearest: Vec<String> = nearest.iter().map(|c| format!("{}({})", c.name, c.code)).collect();
    let nearest = nearest.join("、");
    let zh = format!("不能确定是哪一类;可写:{nearest}");
    Err(Fault { rule: rule::CATEGORY_UNKNOWN, ..unfit(named, text, &zh, &format!("is no one category: {nearest}")) })
}

fn kind(text: &str, named: &str) -> Result<String, Fault> {
    let found = Mark::of_code(&fold::key(text)).or_else(|| verdicts::of_cell(text));
    found.map(|mark| mark.code().to_owned()).ok_or_else(|| {
        let known = crate::row::kinds_to_choose();
        let known: Vec<String> = known.iter().map(|choice| format!("{}({})", choice.zh, choice.value)).collect();
        let known = known.join("、");
        unfit(named, text, &format!("不是名单的性质;可写:{known}"), &format!("is none of {known}"))
    })
}

fn unfit(named: &str, text: &str, zh: &str, en: &str) -> Fault {
    let text = fold::cut(text, 40);
    Fault::new(named, Invalid::UNSPECIFIED.rule, format!("「{text}」{zh}"), format!("\"{text}\" {en}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{carried_categories, carried_divisions};

    #[test]
    fn names_are_taken_as_well_as_codes() {
        let (categories, divisions) = (carried_categories().unwrap(), carried_divisions());
        let lexicon = Lexicon { categories: &categories, divisions: &divisions };
        for (id, text, expected) in [
            ("category", "childcare", Some("childcare")),
            ("category", "托育", Some("childcare")),
            ("category", "普惠性民办幼儿园", Some("kindergarten")),
            ("category", " 家政 ", Some("domestic")),
            ("category", "养老", None),
            ("category", "", None),
            ("category", "瑜伽", None),
            ("kind", "certified", Some("certified")),
            ("kind", "已认定", Some("certified")),
            ("kind", "拟认定", Some("proposed")),
            ("kind", "停办", Some("closed")),
            ("kind", "名单", None),
            ("place", "邗江区", Some("邗江区")),
            ("place", "321003", Some("321003")),
            // The list may tell which of the four.
            ("place", "鼓楼区", Some("鼓楼区")),
            ("place", "无此地", None),
            ("document", "扬邗卫〔2026〕12号", Some("扬邗卫〔2026〕12号")),
            ("document", "", None),
            ("decided-on", "2024年3月1日", Some("2024-03-01")),
            ("decided-on", "2024年3月", None),
            ("decided-on", "2024-02-30", None),
            ("datum", "百度", Some("bd-09")),
            ("datum", "WGS84", Some("wgs-84")),
            ("datum", "x", None),
            ("heading:办别", "ignore", Some("ignore")),
        ] {
            let found = settle(id, text, "--option", lexicon);
            assert_eq!(found.as_deref().ok(), expected, "{id} {text}: {found:?}");
            if let Err(fault) = found {
                assert!(fault.column == "--option" && fault.zh.contains(['「', ':']), "{fault:?}");
            }
        }
    }
}
