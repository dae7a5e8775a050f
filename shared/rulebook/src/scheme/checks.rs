//! Whether a scheme is whole: what it names is in it, what the rules need is in it, and its numbers are such as a rule can
//! be meant by. Asked of every scheme before it is adopted, with those it is laid over and those that are laid over it, so that no decision
//! meets a scheme it cannot be taken by.

use std::ops::RangeInclusive;

use domain::{
    Area, Bureau, CategoryCode, CategoryRules, Day, DivisionPrefix, GROUNDS_OF_THE_RULES, Scheme, Zone, ZoneCode,
};

use super::draft::SchemeDraft;
use crate::error::ReferenceError;
use crate::tables::SchemeTables;

/// Months a certification may be valid for: up to twenty years.
const VALIDITY_MONTHS: RangeInclusive<u32> = 1..=240;
/// Days of a term to do something in: up to a year.
const TERM_DAYS: RangeInclusive<u32> = 1..=366;
/// Months of a bar: up to ten years.
const BAR_MONTHS: RangeInclusive<u32> = 0..=120;
/// Least months that a general breach is shown before repair, and most that it is shown (信用修复管理办法, in force 2026-04-01).
const REPAIR_MONTHS_GENERAL: RangeInclusive<u32> = 3..=12;
/// The same of a serious one.
const REPAIR_MONTHS_SERIOUS: RangeInclusive<u32> = 12..=36;
/// Digits of the widest area of a zone: a county's.
const ZONE_DIGITS_MIN: usize = 6;
/// Digits of a class of the statistical classification.
const CLASS_DIGITS: RangeInclusive<usize> = 2..=4;

/// The first year in which a scheme can have come into force.
const IN_FORCE_YEAR_MIN: i32 = 2000;
/// How many months ahead a scheme can be adopted.
const IN_FORCE_MONTHS_AHEAD_MAX: u32 = 24;

/// The first day of a scheme is one that a scheme of today can have. One mistyped by a century would lock its area.
pub(crate) fn begins(in_force_from: Day, today: Day) -> Result<(), ReferenceError> {
    let latest = today.plus_months(IN_FORCE_MONTHS_AHEAD_MAX);
    if in_force_from.year() >= IN_FORCE_YEAR_MIN && in_force_from <= latest {
        return Ok(());
    }
    let en = format!("{in_force_from} is not from {IN_FORCE_YEAR_MIN}-01-01 to {latest}");
    wrong("in_force_from", format!("施行日期 {in_force_from} 应在{IN_FORCE_YEAR_MIN}-01-01至{latest}之间"), en)
}

fn wrong<T>(place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Result<T, ReferenceError> {
    Err(ReferenceError::scheme(place, zh, en))
}

fn within(place: impl Into<String>, number: u32, range: &RangeInclusive<u32>) -> Result<(), ReferenceError> {
    let (least, most) = (range.start(), range.end());
    if range.contains(&number) {
        return Ok(());
    }
    wrong(place, format!("{number}不在{least}至{most}之间"), format!("{number} is not from {least} to {most}"))
}

/// Names the first fault found.
pub(crate) fn whole(tables: &SchemeTables) -> Result<(), ReferenceError> {
    let scheme = &tables.scheme;
    if scheme.categories.is_empty() || scheme.bureaus.is_empty() {
        let place = if scheme.categories.is_empty() { "categories" } else { "bureaus" };
        return wrong(place, "至少一项", "at least one");
    }
    within("plaque_return_days", scheme.plaque_return_days, &TERM_DAYS)?;
    repair(scheme.repair_months)?;
    grounds(scheme)?;
    zones(scheme)?;
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

/// What a scheme of an area says of who decides where is about its area: it gives nobody a say in another one. `zone` has the places of a zone
/// that another scheme made.
pub(crate) fn within_its_area<'z>(
    draft: &'z SchemeDraft,
    zone: impl Fn(&ZoneCode) -> Option<&'z Zone>,
) -> Result<(), ReferenceError> {
    let Some(own) = &draft.area else { return Ok(()) };
    let lies_within = |place: &DivisionPrefix| place.as_str().starts_with(own.as_str());
    let beyond = |place: String| {
        let (zh, en) = (
            format!("超出本办法的适用区域 {}", own.as_str()),
            format!("it reaches beyond {}, where this scheme holds", own.as_str()),
        );
        wrong(place, zh, en)
    };
    for (code, zone) in &draft.zones {
        if !zone.areas.iter().all(lies_within) {
            return beyond(format!("zones.{}.areas", code.as_str()));
        }
    }
    for (id, bureau) in &draft.bureaus {
        let is_within = |area: &Area| match area {
            Area::Everywhere => false,
            Area::Division(place) => lies_within(place),
            Area::Zone(code) => zone(code).is_none_or(|zone| zone.areas.iter().all(lies_within)),
        };
        if !bureau.areas.iter().all(is_within) {
            return beyond(format!("bureaus.{id}.areas"));
        }
    }
    Ok(())
}

/// A bar on an operator holds for each of its outlets, wherever they are: a scheme that lies over another gives nobody that duty.
pub(crate) fn bars_nowhere_else(draft: &SchemeDraft) -> Result<(), ReferenceError> {
    let Some((id, _)) = draft.bureaus.iter().find(|(_, bureau)| bureau.bars_operators) else { return Ok(()) };
    let zh = "禁入及于运营主体的所有网点,超出本办法的适用区域,只能由最广区域的办法授予";
    let en = "a bar holds for every outlet of the operator, also beyond this area: only the scheme of the widest area gives that duty";
    wrong(format!("bureaus.{id}.bars_operators"), zh, en)
}

fn repair((general, serious): (u32, u32)) -> Result<(), ReferenceError> {
    for (place, months, range) in [
        ("repair_months.general", general, REPAIR_MONTHS_GENERAL),
        ("repair_months.serious", serious, REPAIR_MONTHS_SERIOUS),
    ] {
        let (least, most) = (range.start(), range.end());
        if !range.contains(&months) {
            let zh = format!("{months}不在{least}至{most}之间(信用修复管理办法,2026-04-01施行)");
            return wrong(
                place,
                zh,
                format!("{months} is not from {least} to {most}, as the national rules on repair have it"),
            );
        }
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
    within(place("hearing_days"), rules.hearing_days, &TERM_DAYS)
}

/// A scheme that lies over another may be stricter than it, not laxer: the time to be heard, and the months of a bar, are no less than below.
pub(crate) fn no_less(place: impl Into<String>, own: u32, below: u32) -> Result<(), ReferenceError> {
    if own >= below {
        return Ok(());
    }
    let zh = format!("{own}少于上级办法的{below}");
    wrong(place, zh, format!("{own} is less than the {below} of the scheme above"))
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
    let duties = [bureau.back_enters, bureau.keeps_pledges, bureau.bars_operators, bureau.adopts_rules];
    if bureau.categories.is_empty() && !bureau.every_category && !duties.contains(&true) {
        let en = "it decides on nothing and has no duty: list its categories, [\"*\"] for all, or give it a duty";
        let zh = "既无类别也无职责:请列出类别(全部为[\"*\"]),或给予职责(back_enters 等)";
        return wrong(format!("bureaus.{id}.categories"), zh, en);
    }
    let twice = (1..bureau.categories.len()).find(|at| bureau.categories[..*at].contains(&bureau.categories[*at]));
    if let Some(at) = twice {
        let (place, category) = (format!("bureaus.{id}.categories"), bureau.categories[at].as_str());
        return wrong(place, format!("“{category}”列出两次"), format!("{category:?} stands twice"));
    }
    for category in &bureau.categories {
        // What a bureau that has ended decided on may have been dropped since.
        if bureau.until.is_none() && !scheme.categories.contains_key(category) {
            let (place, category) = (format!("bureaus.{id}.categories"), category.as_str());
            let en = format!("there is no {category:?} in [categories]");
            return wrong(place, format!("[categories]中没有“{category}”"), en);
        }
    }
    names(id, bureau)?;
    succession(id, bureau, scheme)
}

/// Earlier names stand in order, each until a later day than the one before.
fn names(id: &str, bureau: &Bureau) -> Result<(), ReferenceError> {
    if bureau.former_names.is_sorted_by(|before, after| before.until < after.until) {
        return Ok(());
    }
    let en = "earlier names stand in order, the earliest first";
    wrong(format!("bureaus.{id}.names"), "曾用名应按先后排列", en)
}

/// Who ends has successors, and of all it decided on, everywhere, one of them does.
fn succession(id: &str, bureau: &Bureau, scheme: &Scheme) -> Result<(), ReferenceError> {
    let place = format!("bureaus.{id}.successors");
    let Some(until) = bureau.until else {
        return if bureau.successors.is_empty() {
            Ok(())
        } else {
            wrong(format!("bureaus.{id}.until"), "有承接单位,须写明截止日", "it has successors, so it has a last day")
        };
    };
    let mut successors = Vec::new();
    for successor in &bureau.successors {
        match scheme.bureaus.get(successor) {
            Some(other) if other.until.is_none_or(|day| day > until) && successor.as_str() != id => {
                successors.push(other);
            }
            _ => {
                let en = format!("{successor} is no bureau that acts after {until}");
                return wrong(place, format!("“{successor}”不是 {until} 之后办理业务的单位"), en);
            }
        }
    }
    if successors.is_empty() {
        return wrong(place, "撤并的单位须有承接单位", "a bureau that ends has a successor");
    }
    let categories: Vec<&CategoryCode> =
        if bureau.every_category { scheme.categories.keys().collect() } else { bureau.categories.iter().collect() };
    for area in &bureau.areas {
        for category in categories.iter().filter(|code| scheme.categories.contains_key(**code)) {
            let takes_over = |other: &&Bureau| {
                other.decides_on(category) && other.areas.iter().any(|its| touches(its, area, scheme))
            };
            if !successors.iter().any(takes_over) {
                let en = format!("none of them takes over {category}");
                return wrong(place, format!("无单位承接“{category}”"), en);
            }
        }
    }
    Ok(())
}

/// Whether one area lies in the other, or the other in it.
fn touches(one: &Area, other: &Area, scheme: &Scheme) -> bool {
    match (digits(one, scheme), digits(other, scheme)) {
        (None, _) | (_, None) => true,
        (Some(ones), Some(others)) => ones.iter().any(|one| others.iter().any(|other| overlap(one, other))),
    }
}

/// The places of an area; `None`: everywhere.
fn digits(area: &Area, scheme: &Scheme) -> Option<Vec<DivisionPrefix>> {
    match area {
        Area::Everywhere => None,
        Area::Division(prefix) => Some(vec![prefix.clone()]),
        Area::Zone(code) => Some(scheme.zones.get(code).map(|zone| zone.areas.clone()).unwrap_or_default()),
    }
}

fn overlap(one: &DivisionPrefix, other: &DivisionPrefix) -> bool {
    one.as_str().starts_with(other.as_str()) || other.as_str().starts_with(one.as_str())
}

/// A zone governs something, and no place is of two zones: which one governs would be chance.
fn zones(scheme: &Scheme) -> Result<(), ReferenceError> {
    let mut met: Vec<(&str, &DivisionPrefix)> = Vec::new();
    for (code, zone) in &scheme.zones {
        let place = format!("zones.{}.areas", code.as_str());
        if zone.areas.is_empty() {
            return wrong(place, "至少一个区域", "at least one area");
        }
        for area in &zone.areas {
            if area.as_str().len() < ZONE_DIGITS_MIN {
                return wrong(place, "功能区的区域应到县(市、区)或以下", "an area of a zone is a county or below");
            }
            if let Some((other, _)) = met.iter().find(|(_, met)| overlap(met, area)) {
                let zh = format!("{} 与“{other}”的区域重叠", area.as_str());
                return wrong(place, zh, format!("{} overlaps an area of {other}", area.as_str()));
            }
            met.push((code.as_str(), area));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::scheme;
    use crate::carried::YANGZHOU_SCHEME;

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
            ("serious = 12", "serious = 11", "repair_months.serious: "),
            ("serious = 12", "serious = 37", "repair_months.serious: "),
            ("general = 3", "general = 2", "repair_months.general: "),
            ("areas = [\"*\"]\nback_enters = true", "areas = [\"*\"]", "bureaus.open-lists.categories: "),
            ("bar_months = 36", "bar_months = 4000000000", "grounds.deceit.bar_months: "),
            ("[\"011\", \"012\"]", "[\"011\", \"x\"]", "categories.repair.statistical_classes: "),
            ("areas = [\"321071\"] }", "areas = [] }", "zones.yangzhou-etdz.areas: "),
            ("areas = [\"321071\"] }", "areas = [\"3210\"] }", "zones.yangzhou-etdz.areas: "),
            ("areas = [\"321071\"] }", "areas = [\"321003006\"] }", "zones.yangzhou-etdz.areas: "),
            (health, &health.replace("\"community-health\"", "\"childcare\""), "bureaus.321003-health.categories: "),
            (health, &format!("{health}\nsuccessors = [\"321003-civil\"]"), "bureaus.321003-health.until: "),
            (health, &format!("{health}\nuntil = \"2027-03-31\""), "bureaus.321003-health.successors: "),
            (health, &format!("{health}\n{}", ended("nobody")), "bureaus.321003-health.successors: "),
            (health, &format!("{health}\n{}", ended("321003-health")), "bureaus.321003-health.successors: "),
            (health, &format!("{health}\n{}", ended("321003-civil")), "bureaus.321003-health.successors: "),
            (health, &format!("{health}\n{}", names(["2020-01-01", "2019-01-01"])), "bureaus.321003-health.names: "),
        ] {
            assert!(YANGZHOU_SCHEME.contains(there), "{there}");
            let text = YANGZHOU_SCHEME.replace(there, instead);
            let error = scheme(&text).unwrap_err();
            assert!(error.to_string().starts_with(said), "{error}");
            // Named by the line on which the key stands, or what it stands in.
            let refused = error.refusal(&text).en();
            let (line, place) = refused.strip_prefix("line ").unwrap().split_once(", ").unwrap();
            assert!(line.parse::<usize>().unwrap() > 1, "{refused}");
            // What all categories are given is wrong where it is given.
            if said.contains("breakfast") {
                let key = there.split(' ').next().unwrap();
                assert!(place.starts_with(&format!("defaults.{key}: ")), "{refused}");
                let at = text.lines().position(|line| line.starts_with(key)).unwrap();
                assert_eq!(line, (at + 1).to_string(), "{refused}");
            }
        }
        for taken_over in
            [ended("321003-civil").replace("321003-civil", "3210-development"), names(["2019-01-01", "2020-01-01"])]
        {
            assert!(scheme(&YANGZHOU_SCHEME.replace(health, &format!("{health}\n{taken_over}"))).is_ok());
        }
    }

    fn ended(successor: &str) -> String {
        format!("until = \"2027-03-31\"\nsuccessors = [\"{successor}\"]")
    }

    fn names(days: [&str; 2]) -> String {
        let name = |day| format!("{{ name = \"旧名\", until = \"{day}\" }}");
        format!("names = [{}, {}]", name(days[0]), name(days[1]))
    }
}
