//! Whether a scheme is whole: what it names is in it, what the rules need is in it, and its numbers are such as a rule can
//! be meant by. Asked of every scheme at the start, so that no decision meets a scheme it cannot be taken by.

use std::ops::RangeInclusive;

use domain::{Area, Bureau, CategoryRules, GROUNDS_OF_THE_RULES, Scheme};

use super::error::ReferenceError;
use super::tables::SchemeTables;

/// Months a certification may be valid for: up to twenty years.
const VALIDITY_MONTHS: RangeInclusive<u32> = 1..=240;
/// Days of a term to do something in: up to a year.
const TERM_DAYS: RangeInclusive<u32> = 1..=366;
/// Months of a bar, or before a repair: up to ten years.
const BAR_MONTHS: RangeInclusive<u32> = 0..=120;
/// Digits of a class of the statistical classification.
const CLASS_DIGITS: RangeInclusive<usize> = 2..=4;

fn wrong<T>(place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Result<T, ReferenceError> {
    Err(ReferenceError::Scheme { place: place.into(), zh: zh.into(), en: en.into() })
}

fn within(place: impl Into<String>, number: u32, range: &RangeInclusive<u32>) -> Result<(), ReferenceError> {
    let (least, most) = (range.start(), range.end());
    if range.contains(&number) {
        return Ok(());
    }
    wrong(place, format!("{number}不在{least}至{most}之间"), format!("{number} is not from {least} to {most}"))
}

/// Names the first fault found.
pub(super) fn whole(tables: &SchemeTables) -> Result<(), ReferenceError> {
    let scheme = &tables.scheme;
    if scheme.categories.is_empty() || scheme.bureaus.is_empty() {
        let place = if scheme.categories.is_empty() { "categories" } else { "bureaus" };
        return wrong(place, "至少一项", "at least one");
    }
    within("plaque_return_days", scheme.plaque_return_days, &TERM_DAYS)?;
    repair(scheme.repair_months)?;
    grounds(scheme)?;
    for (code, rules) in &scheme.categories {
        category(code.as_str(), rules)?;
    }
    for (code, classes) in &tables.statistical_classes {
        for class in classes {
            if !CLASS_DIGITS.contains(&class.len()) || !class.bytes().all(|byte| byte.is_ascii_digit()) {
                let place = format!("categories.{}.statistical_classes", code.as_str());
                let en = format!("{class:?} is not a class of 2 to 4 digits");
                return wrong(place, format!("“{class}”不是2至4位数字"), en);
            }
        }
    }
    scheme.bureaus.iter().try_for_each(|(id, bureau)| competence(id.as_str(), bureau, scheme))
}

fn repair((general, serious): (u32, u32)) -> Result<(), ReferenceError> {
    within("repair_months.general", general, &BAR_MONTHS)?;
    within("repair_months.serious", serious, &BAR_MONTHS)?;
    if serious < general {
        let en = "a serious breach is not shown for less than a general one";
        return wrong("repair_months.serious", "严重失信的公示期不应短于一般失信", en);
    }
    Ok(())
}

fn grounds(scheme: &Scheme) -> Result<(), ReferenceError> {
    for needed in GROUNDS_OF_THE_RULES {
        if !scheme.grounds.keys().any(|code| code.as_str() == needed) {
            let en = "this ground is missing, and the rules use it by themselves";
            return wrong(format!("grounds.{needed}"), "缺少此事由,系统依规则使用它", en);
        }
    }
    scheme.grounds.iter().try_for_each(|(code, ground)| {
        within(format!("grounds.{}.bar_months", code.as_str()), ground.bar_months, &BAR_MONTHS)
    })
}

/// The rules as they hold for a category: its own, or the defaults.
fn category(code: &str, rules: &CategoryRules) -> Result<(), ReferenceError> {
    let place = |key: &str| format!("categories.{code}.{key}");
    within(place("notice_days"), rules.notice_days, &TERM_DAYS)?;
    within(place("notice_age_days"), rules.notice_age_days, &TERM_DAYS)?;
    within(place("validity_months"), rules.validity_months, &VALIDITY_MONTHS)?;
    within(place("renewal_window_days"), rules.renewal_window_days, &TERM_DAYS)?;
    within(place("rectification_days"), rules.rectification_days, &TERM_DAYS)?;
    let hearing = if rules.revocation_needs_notice { TERM_DAYS } else { 0..=*TERM_DAYS.end() };
    within(place("hearing_days"), rules.hearing_days, &hearing)
}

fn competence(id: &str, bureau: &Bureau, scheme: &Scheme) -> Result<(), ReferenceError> {
    let areas = format!("bureaus.{id}.areas");
    if bureau.areas.is_empty() {
        return wrong(areas, "至少一个区域", "at least one area");
    }
    for area in &bureau.areas {
        if let Area::Zone(zone) = area
            && !scheme.zones.contains_key(zone)
        {
            let zone = zone.as_str();
            return wrong(areas, format!("[zones]中没有“{zone}”"), format!("there is no {zone:?} in [zones]"));
        }
    }
    for category in &bureau.categories {
        if !scheme.categories.contains_key(category) {
            let (place, category) = (format!("bureaus.{id}.categories"), category.as_str());
            let en = format!("there is no {category:?} in [categories]");
            return wrong(place, format!("[categories]中没有“{category}”"), en);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{YANGZHOU_SCHEME, scheme};

    #[test]
    fn a_scheme_that_is_not_whole_is_refused_by_the_place_in_the_file() {
        let health = "[bureaus.321003-health]\nname = \"邗江区卫生健康委员会\"\nareas = [\"321003\"]\n\
                      categories = [\"childcare\", \"community-health\"]";
        for (there, instead, said) in [
            (health, &health.replace("\"childcare\"", "\"childcar\"")[..], "bureaus.321003-health.categories: "),
            (health, &health.replace("[\"321003\"]", "[\"zone:nowhere\"]"), "bureaus.321003-health.areas: "),
            (health, &health.replace("[\"321003\"]", "[]"), "bureaus.321003-health.areas: "),
            ("pledge-broken = {", "pledge-kept = {", "grounds.pledge-broken: "),
            ("review-failed = {", "review-done = {", "grounds.review-failed: "),
            ("notice_days = 5", "notice_days = 0", "categories.breakfast.notice_days: "),
            ("notice_age_days = 180", "notice_age_days = 900", "categories.breakfast.notice_age_days: "),
            ("validity_months = 36", "validity_months = 4000000000", "categories.breakfast.validity_months: "),
            ("renewal_window_days = 180", "renewal_window_days = 0", "categories.breakfast.renewal_window_days: "),
            ("rectification_days = 30", "rectification_days = 900", "categories.breakfast.rectification_days: "),
            ("hearing_days = 5", "hearing_days = 0", "categories.breakfast.hearing_days: "),
            ("plaque_return_days = 15", "plaque_return_days = 0", "plaque_return_days: "),
            ("serious = 12", "serious = 2", "repair_months.serious: "),
            ("bar_months = 36", "bar_months = 4000000000", "grounds.deceit.bar_months: "),
            ("[\"011\", \"012\"]", "[\"011\", \"x\"]", "categories.repair.statistical_classes: "),
        ] {
            assert!(YANGZHOU_SCHEME.contains(there), "{there}");
            let refused = scheme(&YANGZHOU_SCHEME.replace(there, instead)).unwrap_err().to_string();
            assert!(refused.starts_with(said), "{refused}");
        }
    }
}
