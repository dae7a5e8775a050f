//! `puhui provider history`: every act of a provider, in the order it was recorded.

use api::audit::v1::{Commit, ReplayRequest};
use api::words;
use puhui::print::Column;
use serde_json::Value;

use super::super::replay::for_each_commit;
use super::super::rows::Rows;
use crate::client::{Failure, Servers};
use crate::json;

/// Fields of facts that hold the number of the act they answer, the nearest first.
const ANSWERED: [&str; 9] =
    ["act", "order", "suspension", "notice", "bar", "because", "proposal", "breach", "certification"];
/// Fields that hold the day of a fact, where another stands before it in the message.
const DAYS: [&str; 3] = ["decided_on", "requested_on", "effective_on"];

/// Tells every act: a line each, or the commits as JSON.
pub(super) async fn history(servers: &Servers, id: String, as_json: bool) -> Result<(), Failure> {
    let request = ReplayRequest { provider_id: id.clone(), ..ReplayRequest::default() };
    let columns = [
        Column::whole("第几项"),
        Column::whole("登记日期"),
        Column::whole("事项"),
        Column::whole("类别"),
        Column::whole("日期"),
        Column::whole("所及"),
        Column::whole("更正"),
        Column::whole("文号"),
        Column::whole("经办单位"),
        Column::whole("经办人"),
        Column::whole("办法"),
        Column::whole("位置"),
        Column::whole("版本"),
        Column::whole("事件"),
    ];
    let mut rows = Rows::new(as_json, columns);
    // The number of a fact is its place among those of the provider, whatever commits they stand in.
    let mut stands: Vec<Value> = Vec::new();
    let told = for_each_commit(servers, request, |commit| {
        let before = stands.len();
        let as_value: Value = serde_json::from_str(&json::line(commit)?).unwrap_or_default();
        let events = as_value.get("events").and_then(Value::as_array).cloned().unwrap_or_default();
        let corrected: Vec<String> = events.into_iter().map(|event| corrected(&mut stands, event)).collect();
        rows.add(commit, |commit| lines(commit, &as_value, before, &corrected))
    });
    told.await?;
    if rows.is_empty() {
        return Err(Failure::refused(format!("没有网点 {id} 的记录 / nothing was recorded of {id}")));
    }
    rows.close()
}

/// The acts of a commit, of a provider that `before` facts were recorded of before it.
fn lines(commit: &Commit, as_value: &Value, before: usize, corrected: &[String]) -> Vec<Vec<String>> {
    let recorded_on = domain::Day::of(domain::Instant(commit.recorded_at_ms)).to_string();
    let facts = commit.events.iter().filter_map(|event| event.fact.as_ref()).map(words::name_of);
    let line = |(at, name): (usize, &'static str)| {
        let fact = as_value.get("events").and_then(|events| events.get(at)).and_then(Value::as_object);
        // An event has one field: its fact.
        let fact = fact.and_then(|event| event.values().next());
        let text = |field: &str| fact.and_then(|fact| fact.get(field)).and_then(Value::as_str).unwrap_or_default();
        vec![
            format!("第{}项", before + 1 + at),
            recorded_on.clone(),
            words::fact(name).map_or(name, |word| word.zh).to_owned(),
            text("category").to_owned(),
            day(fact),
            answered(fact),
            corrected.get(at).cloned().unwrap_or_default(),
            text("document_number").to_owned(),
            commit.bureau_id.clone(),
            commit.officer_id.clone(),
            commit.scheme_version.clone(),
            commit.position.to_string(),
            commit.revision.to_string(),
            name.to_owned(),
        ]
    };
    facts.enumerate().map(line).collect()
}

/// The day of a fact: of the decision where there was one, else the first it says.
fn day(fact: Option<&Value>) -> String {
    let Some(fields) = fact.and_then(Value::as_object) else { return String::new() };
    let decided = DAYS.iter().find_map(|field| fields.get(*field));
    // A term's last day is none on which something was done.
    let done = |field: &str| field.ends_with("_on") && field != "due_on";
    let first = || fields.iter().find(|(field, _)| done(field)).map(|(_, day)| day);
    decided.or_else(first).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The act that a fact answers.
fn answered(fact: Option<&Value>) -> String {
    let number = |field: &str| fact?.get(field)?.as_u64().filter(|number| *number > 0);
    ANSWERED.into_iter().find_map(number).map(|number| format!("第{number}项")).unwrap_or_default()
}

/// Adds a fact to those that stand; of one that corrects another, what that said and what stands in its place.
fn corrected(stands: &mut Vec<Value>, event: Value) -> String {
    let correction = event.get("act_corrected").cloned();
    stands.push(event);
    let Some(correction) = correction else { return String::new() };
    let act = correction.get("act").and_then(Value::as_u64).and_then(|act| usize::try_from(act).ok());
    let Some(was) = act.and_then(|act| stands.get_mut(act.checked_sub(1)?)) else { return String::new() };
    let Some(right) = correction.get("fact").filter(|fact| fields(fact).is_some()) else {
        return "不再成立".to_owned();
    };
    let differ = |(name, value): (&String, &Value)| {
        let before = fields(was).and_then(|was| was.get(name));
        (before != Some(value)).then(|| format!("{name} 原 {},改为 {}", text(before), text(Some(value))))
    };
    let told: Vec<String> = fields(right).into_iter().flatten().filter_map(differ).collect();
    *was = right.clone();
    told.join(";")
}

/// The fields of an event's one fact.
fn fields(event: &Value) -> Option<&serde_json::Map<String, Value>> {
    event.as_object()?.values().find_map(Value::as_object)
}

/// A value as people read it.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "无".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "无".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
