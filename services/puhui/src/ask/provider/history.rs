//! `puhui provider history`: every act of a provider's record or of an operator's, in the order it was recorded.

mod named;
mod said;
mod whose;

use std::collections::BTreeMap;

use api::audit::v1::Commit;
use api::words;
use puhui::print::Column;
use serde_json::{Map, Value};

use super::super::replay::for_each_commit;
use super::super::rows::Rows;
use crate::client::{Failure, Servers};
use crate::json;
use named::Named;
pub(super) use whose::Whose;

/// Fields of facts that hold the number of the act they answer, the nearest first.
const ANSWERED: [&str; 11] = [
    "act",
    "order",
    "suspension",
    "notice",
    "bar",
    "because",
    "proposal",
    "breach",
    "objection",
    "notice_opened",
    "certification",
];
/// Fields that say what a fact is about, where that is no other act.
const ABOUT: [&str; 4] = ["plaque_number", "pledge_number", "item", "number"];
/// Fields that hold the day of a fact, where another stands before it in the message.
const DAYS: [&str; 3] = ["decided_on", "requested_on", "effective_on"];
/// Fields that have a column of their own.
const OWN_COLUMN: [&str; 4] = ["category", "document_number", "predecessor", "ordinal"];

/// Tells every act: a line each, or the commits as JSON.
pub(super) async fn history(servers: &Servers, whose: Whose, as_json: bool) -> Result<(), Failure> {
    let mut rows = Rows::new(as_json, columns());
    let mut acts: Vec<Act> = Vec::new();
    for_each_commit(servers, whose.request(), |commit| {
        if !whose.has(commit) {
            return Ok(());
        }
        if as_json {
            return rows.add(commit, |_| Vec::new());
        }
        // What became of an act stands behind it: all of them come before the first is told.
        acts.extend(Act::of(commit)?);
        Ok(())
    })
    .await?;
    if rows.is_empty() && acts.is_empty() {
        return Err(whose.nothing());
    }
    if !acts.is_empty() {
        let named = named::named(servers, &whose).await;
        let became = became(&acts);
        let mut stands: Vec<Act> = Vec::new();
        for (index, act) in acts.iter().enumerate() {
            let correction = corrected(&mut stands, act);
            let line = line(index, act, (became.get(&index), correction), &named);
            rows.either(|| Ok(String::new()), || vec![line])?;
        }
    }
    rows.close()
}

fn columns() -> [Column; 16] {
    [
        Column::whole("第几项"),
        Column::whole("状态"),
        Column::whole("登记日期"),
        Column::whole("事项"),
        Column::whole("类别"),
        Column::whole("日期"),
        Column::whole("所及"),
        Column::text("内容"),
        Column::text("更正"),
        Column::whole("文号"),
        Column::text("经办单位"),
        Column::whole("经办人"),
        Column::whole("办法"),
        Column::whole("位置"),
        Column::whole("版本"),
        Column::whole("事件"),
    ]
}

/// A fact as it was recorded, and with what.
#[derive(Debug, Clone)]
struct Act {
    name: &'static str,
    fields: Map<String, Value>,
    made: Made,
}

/// What a commit says of its facts.
#[derive(Debug, Clone)]
struct Made {
    recorded_on: String,
    bureau: String,
    officer: String,
    scheme: String,
    position: u64,
    revision: u64,
}

impl Act {
    /// The facts of a commit.
    fn of(commit: &Commit) -> Result<Vec<Self>, Failure> {
        let as_value: Value = serde_json::from_str(&json::line(commit)?).unwrap_or_default();
        let events = as_value.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
        let made = Made {
            recorded_on: domain::Day::of(domain::Instant(commit.recorded_at_ms)).to_string(),
            bureau: commit.bureau_id.clone(),
            officer: commit.officer_id.clone(),
            scheme: commit.scheme_version.clone(),
            position: commit.position,
            revision: commit.revision,
        };
        let names = commit.events.iter().map(|event| event.fact.as_ref().map_or("", words::name_of));
        let act = |(name, event): (&'static str, Value)| Self {
            name,
            fields: fact(&event).cloned().unwrap_or_default(),
            made: made.clone(),
        };
        Ok(names.zip(events).map(act).collect())
    }

    fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, field: &str) -> Option<u64> {
        self.fields.get(field).and_then(Value::as_u64).filter(|number| *number > 0)
    }

    /// What a correction says that stands in the act's place; none where nothing does.
    fn right(&self) -> Option<&Map<String, Value>> {
        self.fields.get("fact").and_then(fact)
    }
}

/// The place of the act that a fact is about, from 0.
fn target(fields: &Map<String, Value>) -> Option<usize> {
    usize::try_from(fields.get("act")?.as_u64()?).ok()?.checked_sub(1)
}

/// The fields of an event's one fact: those that are none are not there, or empty.
fn fact(event: &Value) -> Option<&Map<String, Value>> {
    event.as_object()?.values().find_map(Value::as_object)
}

/// What became of acts, by their places: corrected, or overturned. A correction that is corrected itself holds no more.
fn became(acts: &[Act]) -> BTreeMap<usize, String> {
    let mut became: BTreeMap<usize, String> = BTreeMap::new();
    let mut corrected: BTreeMap<usize, Option<&Map<String, Value>>> = BTreeMap::new();
    for (index, act) in acts.iter().enumerate().rev() {
        let stands = match corrected.get(&index) {
            None => Some(&act.fields),
            Some(right) => *right,
        };
        let Some(fields) = stands else { continue };
        let Some(target) = target(fields).filter(|target| *target < index) else { continue };
        let by = index + 1;
        match act.name {
            "ActCorrected" if !corrected.contains_key(&target) => {
                let right = fields.get("fact").and_then(fact);
                corrected.insert(target, right);
                let to = if right.is_some() { "" } else { "为无" };
                add(&mut became, target, format!("已更正{to}(见第{by}项)"));
            }
            "ActOverturned" => {
                add(&mut became, target, format!("已撤销(见第{by}项)"));
                if let Some((decided, stands)) = decided(acts, target) {
                    let what = if stands { "恢复" } else { "再次撤销" };
                    add(&mut became, decided, format!("{what}(见第{by}项)"));
                }
            }
            _ => {}
        }
    }
    became
}

/// Of a ruling on a ruling, however many, the act that they are about in the end, and whether it stands once this one is undone.
fn decided(acts: &[Act], ruling: usize) -> Option<(usize, bool)> {
    let of = |at: usize| acts.get(at).filter(|act| act.name == "ActOverturned").and_then(|act| target(&act.fields));
    let mut at = of(ruling)?;
    let mut stands = true;
    while let Some(before) = of(at).filter(|before| *before < at) {
        (at, stands) = (before, !stands);
    }
    Some((at, stands))
}

fn add(became: &mut BTreeMap<usize, String>, target: usize, what: String) {
    let told = became.entry(target).or_default();
    *told = if told.is_empty() { what } else { format!("{what};{told}") };
}

/// Adds an act to those that stand; of one that corrects another, what that said and what stands in its place.
fn corrected(stands: &mut Vec<Act>, act: &Act) -> String {
    stands.push(act.clone());
    if act.name != "ActCorrected" {
        return String::new();
    }
    let Some(was) = target(&act.fields).and_then(|target| stands.get_mut(target)) else { return String::new() };
    let Some(right) = act.right() else { return "更正为无,不再成立".to_owned() };
    let told = said::differences(was.name, &was.fields, right);
    was.fields.clone_from(right);
    told
}

/// The line of an act.
fn line(index: usize, act: &Act, (became, correction): (Option<&String>, String), named: &Named) -> Vec<String> {
    let Made { recorded_on, bureau, officer, scheme, position, revision } = &act.made;
    vec![
        format!("第{}项", index + 1),
        became.cloned().unwrap_or_default(),
        recorded_on.clone(),
        said::what(act.name, &act.fields),
        act.text("category").to_owned(),
        day(act).to_owned(),
        about(act),
        content(act, named),
        correction,
        act.text("document_number").to_owned(),
        named.bureau(bureau, recorded_on),
        officer.clone(),
        scheme.clone(),
        position.to_string(),
        revision.to_string(),
        act.name.to_owned(),
    ]
}

/// The day of a fact: of the decision where there was one, else the first it says.
fn day(act: &Act) -> &str {
    day_field(act).map_or("", |field| act.text(field))
}

fn day_field(act: &Act) -> Option<&str> {
    let decided = DAYS.into_iter().find(|field| !act.text(field).is_empty());
    // A term's last day is none on which something was done.
    let done = |field: &&String| field.ends_with("_on") && *field != "due_on" && !act.text(field).is_empty();
    decided.or_else(|| act.fields.keys().find(done).map(String::as_str))
}

/// What a fact is about: the act that it answers, a plaque, a pledge, an item that has a price.
fn about(act: &Act) -> String {
    let answered = ANSWERED.into_iter().find_map(|field| act.number(field)).map(|number| format!("第{number}项"));
    let pledge = act.fields.get("pledge").and_then(Value::as_object);
    let number = pledge.and_then(|pledge| pledge.get("number")).and_then(Value::as_str);
    let things = ABOUT.into_iter().map(|field| act.text(field)).chain(number).filter(|text| !text.is_empty());
    answered.into_iter().chain(things.map(str::to_owned)).collect::<Vec<_>>().join(" ")
}

/// What else a fact says.
fn content(act: &Act, named: &Named) -> String {
    let day = day_field(act);
    let is_told = |field: &String| {
        let field = field.as_str();
        let answered = ANSWERED.into_iter().find(|field| act.number(field).is_some()) == Some(field);
        OWN_COLUMN.contains(&field) || ABOUT.contains(&field) || Some(field) == day || answered
    };
    let mut rest: Map<String, Value> = act
        .fields
        .iter()
        .filter(|(field, _)| !is_told(field))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    if let Some(ground) = rest.get_mut("ground") {
        *ground = Value::String(named.ground(act.text("ground")));
    }
    let said = said::said(act.name, &rest);
    said.into_iter().map(|(called, text)| format!("{called} {text}")).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn act(name: &'static str, fields: &Value) -> Act {
        let made = Made {
            recorded_on: "2026-03-01".to_owned(),
            bureau: "321003-health".to_owned(),
            officer: "hj-1".to_owned(),
            scheme: "甲".to_owned(),
            position: 1,
            revision: 1,
        };
        let Value::Object(fields) = fields else { panic!("{fields}") };
        Act { name, fields: fields.clone(), made }
    }

    fn to_none(number: u32) -> Act {
        act("ActCorrected", &json!({ "act": number, "corrected_on": "2026-03-02", "reason": "录入有误", "fact": null }))
    }

    #[test]
    fn what_became_of_an_act_stands_in_its_own_row() {
        let price = |fen: u32| json!({ "item": "午餐", "price": { "amount_fen": fen, "unit": "PRICE_UNIT_MEAL", "rise_percent_max": 5 }, "proposed_on": "2026-03-01" });
        let right = act(
            "ActCorrected",
            &json!({ "act": 1, "corrected_on": "2026-03-02", "reason": "少一位", "fact": { "price_proposed": price(1200) } }),
        );
        let overturned = act("ActOverturned", &json!({ "act": 2, "overturned_on": "2026-04-01", "body": "法院" }));
        let ordered = act("RectificationOrdered", &json!({ "ordered_on": "2026-03-01" }));
        let acts = vec![act("PriceProposed", &price(120)), ordered, right, overturned];
        let became = became(&acts);
        assert_eq!(became.get(&0).map(String::as_str), Some("已更正(见第3项)"));
        assert_eq!(became.get(&1).map(String::as_str), Some("已撤销(见第4项)"));
        // A ruling is undone by another, and what it undid stands again.
        let ruling =
            |of: u32| act("ActOverturned", &json!({ "act": of, "overturned_on": "2026-04-02", "body": "法院" }));
        let rulings = [acts.clone(), vec![ruling(4), ruling(5)]].concat();
        let became_of = super::became(&rulings);
        assert_eq!(became_of.get(&1).map(String::as_str), Some("已撤销(见第4项);恢复(见第5项);再次撤销(见第6项)"));
        assert_eq!(became_of.get(&3).map(String::as_str), Some("已撤销(见第5项)"));
        let mut stands = Vec::new();
        let told: Vec<String> = acts.iter().map(|act| corrected(&mut stands, act)).collect();
        assert_eq!(told[2], "普惠价格 原 1.20元/餐,允许涨幅5%,改为 12.00元/餐,允许涨幅5%");
        // A correction that is taken back leaves the act as it was.
        let taken_back = [acts[0].clone(), to_none(1), to_none(2)];
        let became = super::became(&taken_back);
        assert_eq!((became.get(&0), became.get(&1).map(String::as_str)), (None, Some("已更正为无(见第3项)")));
    }

    #[test]
    fn a_line_says_what_an_act_is_about_and_what_it_says() {
        let named = Named::default();
        let row = |act: &Act| line(0, act, (None, String::new()), &named);
        let hung = act("PlaqueHung", &json!({ "plaque_number": "牌1", "hung_on": "2026-03-05" }));
        assert_eq!((&*row(&hung)[5], &*row(&hung)[6], &*row(&hung)[7]), ("2026-03-05", "牌1", ""));
        let review = act(
            "ReviewRecorded",
            &json!({ "category": "childcare", "certification": 2, "result": "REVIEW_RESULT_FAILED", "reviewed_on": "2026-03-05", "year": 2025 }),
        );
        assert_eq!((&*row(&review)[6], &*row(&review)[7]), ("第2项", "复核结果 不合格;复核年度 2025"));
        let resolved = act(
            "ObjectionResolved",
            &json!({ "objection": 5, "upheld": false, "finding": "不实", "resolved_on": "2026-03-05" }),
        );
        assert_eq!((&*row(&resolved)[6], &*row(&resolved)[7]), ("第5项", "异议核查结论 不实;异议是否成立 否"));
        let none = row(&to_none(3));
        assert_eq!((&*none[6], &*none[7]), ("第3项", "理由 录入有误"));
    }

    #[test]
    fn a_code_of_an_operator_is_told_apart_from_a_provider() {
        assert!(matches!(Whose::typed("914403001922038216".to_owned()), Whose::Operator(_)));
        assert!(matches!(Whose::typed("914403001922038216-001".to_owned()), Whose::Provider(_)));
    }
}
